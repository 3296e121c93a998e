# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter on whole messages: the worms of fixtures/worms, the mail of fixtures/mail."""

from pathlib import Path

import pytest

from daemons import FIXTURES
from mta import session

WORMS = Path(FIXTURES) / "worms"
EXPECTED = dict(line.split() for line in (WORMS / "EXPECTED").read_text().splitlines())
MAIL = sorted((Path(FIXTURES) / "mail").glob("*.eml"))
FOUND = ("y", b"550 5.7.0 VIRUS FOUND\0")
CLEAN = ("c", b"")


def body(path):
    """What an MTA sends as body: behind the first empty line, in CRLF."""
    lines = path.read_bytes().split(b"\n")
    empty = lines.index(b"") if b"" in lines else len(lines)
    return b"\r\n".join(lines[empty + 1:])


@pytest.fixture
def virus(milter):
    return milter("virus-milter", [f"signatures={FIXTURES}/signatures/signatures"])


@pytest.mark.parametrize("name", EXPECTED)
def test_a_worm_is_refused_by_its_name_or_is_of_a_form_that_is_not_found(virus, name):
    with session(virus.socket) as m:
        verdict = m.message(body(WORMS / name))
    virus.stop()
    if EXPECTED[name] == "-":
        assert verdict == CLEAN
        assert "virus: '" not in virus.log()
    else:
        assert verdict == FOUND
        assert f"virus: '{EXPECTED[name]}' from: " in virus.log()


def test_clean_mail_of_every_form_passes(virus):
    with session(virus.socket) as m:
        for path in MAIL:
            assert m.message(body(path)) == CLEAN, path.name
    virus.stop()
    assert f": {len(MAIL)} messages" in virus.log()
