# SPDX-License-Identifier: BSD-2-Clause
"""t/sim/quota/*.mta: quota-milter in transcripts, before the mailboxes of this table."""

import os
import subprocess
from pathlib import Path

import pytest

from daemons import BUILD
from quota_fixtures import homes, put, quota  # noqa: F401
from serve import LIMITS
from test_quota_whose import FORWARDS, STRANGE_FORWARDS

FOLDER = Path(os.environ["TOP_SRCDIR"]) / "t/sim/quota"
LIMIT, MARGIN = 1_000_000, 25 * 1024  # of whom the table of limits does not name; the default
LIMIT_LINES = f"""* {LIMIT}
zero 0
unlimited unlimited
tiny-8 10
tiny-9 10
tiny-10 10
nine-8 9
nine-9 9
one-0 1
one-1 1
vast-room {2**64 - 1}
vast-under {2**64 - 1}
vast-at {2**64 - 1}
"""
# The sizes of the messages of each.
MAILBOXES = {
    "empty": [], "half": [LIMIT // 2], "summed": [LIMIT - MARGIN - 1, 1],
    "under-margin": [LIMIT - MARGIN - 1], "at-margin": [LIMIT - MARGIN],
    "over-margin": [LIMIT - MARGIN + 1],
    "under-limit": [LIMIT - 1], "at-limit": [LIMIT], "over-limit": [LIMIT + 1],
    "zero": [2**63], "unlimited": [2**63],
    "tiny-8": [8], "tiny-9": [9], "tiny-10": [10], "nine-8": [8], "nine-9": [9],
    "one-0": [], "one-1": [1],
    "over-2-31": [2**31], "over-2-63": [2**63 + 1], "over-2-64": [2**64],
    "wraps": [2**63, 2**63], "vast-room": [2**63 + 1],
    "vast-under": [2**64 - 1 - MARGIN - 1], "vast-at": [2**64 - 1 - MARGIN],
    **{n: [LIMIT] for n in ["games", "jones", "brown", "postmaster", "mailer-daemon"]},
    **{n: [LIMIT] for n in ["passwd", "etc", "%s%n%p"]},
}
MANY = {**{f"full{i}": [LIMIT] for i in range(1, 251)}, **{f"room{i}": [] for i in range(1, 251)}}
# Each alias has a full mailbox of its name, too.
ALIASES = {
    "to-self": "to-self", "to-backslash-self": "\\to-backslash-self",
    "to-self-at-home": "to-self-at-home@localhost",
    "to-one": "games", "to-chain": "to-one", "to-empty": "empty", "to-list": "games, jones",
    "to-self-and-other": "to-self-and-other, games", "to-folded": "games,\n\tjones",
    "to-outside": "x@elsewhere.example", "to-program": '"|/usr/bin/prog a, b"',
    "to-file": "/var/mail/file",
    "to-include": ":include:/f", "to-loop": "to-loop-2", "to-loop-2": "to-loop",
    "to-error": "error:5.7.1:550 x",
}
OPTIONS = {"aliases-followed": ["follow-aliases=yes"], "forward-copies": ["check-local-copy=yes"],
           "temporary": ["reply=452 4.2.2 Mailbox full"]}
NAMES = sorted(p.stem for p in FOLDER.glob("*.mta"))


def furnish(folder, make, more):
    """All mailboxes, more of them, those of aliases and of each form of .forward among them."""
    forwards = {f"forward-{name}": (text, mode) for name, text, mode, _ in FORWARDS}
    strange = {f"forward-{name}": form for name, form, _ in STRANGE_FORWARDS}
    sizes = {**MAILBOXES, **more, **{n: [LIMIT] for n in [*ALIASES, *forwards, *strange]}}
    make(*sizes)
    for name, messages in sizes.items():
        for i, size in enumerate(messages):
            put(folder / name, size, name=f"{i}.x.host")
    for name, (text, mode) in forwards.items():
        if text is not None:
            file = folder / name / ".forward"
            file.write_text(text.replace("games", name).replace("GAMES", name.upper()),
                            encoding="utf-8", newline="")
            file.chmod(mode)
    for name, form in strange.items():
        (folder / name / "real").write_text("other@x.example\n")
        (folder / name / "real").chmod(0o600)
        form(folder / name / ".forward")
    return sorted(sizes)


def test_there_are_transcripts():
    assert set(OPTIONS) < set(NAMES)


def test_every_form_has_a_line():
    forwards = (FOLDER / "forward.mta").read_text()
    for name in [f[0] for f in [*FORWARDS, *STRANGE_FORWARDS]]:
        assert f"<forward-{name}@foo.com>" in forwards
    aliases = (FOLDER / "aliases.mta").read_text()
    for name in ALIASES:
        assert f"<{name}@foo.com>" in aliases


@pytest.mark.parametrize("name", NAMES)
def test_transcript(quota, homes, place, name):  # noqa: F811
    folder = homes()
    mailboxes = furnish(folder, homes, MANY if name == "many" else {})
    (Path(place) / "table").write_text(LIMIT_LINES)
    (Path(place) / "names").write_text("".join(f"{n}: {a}\n" for n, a in ALIASES.items()))
    d = quota(f"limits={place}/table", f"aliases={place}/names", "time-limit=10",
              *OPTIONS.get(name, []))
    end = subprocess.run(
        [f"{BUILD}/milter-sim", "run", "--milter", f"S={d.socket}, {LIMITS}",
         f"{FOLDER}/{name}.mta"],
        capture_output=True, text=True, errors="replace", timeout=120, check=False)
    assert end.returncode == 0, end.stdout + end.stderr
    assert sorted(os.listdir(folder)) == mailboxes
