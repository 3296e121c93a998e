# SPDX-License-Identifier: BSD-2-Clause
"""quota-milter with real Maildirs behind it: fixtures, and the answers that there are."""

from pathlib import Path

import pytest

from mta import Mta

LIMIT = 100_000  # of every mailbox here; the margin is a tenth of it
CONTINUE, ACCEPT = ("c", b""), ("a", b"")
FULL = ("y", b"552 5.2.2 Mailbox full\0")


@pytest.fixture
def homes(place):
    """homes(name...) makes homes for mailboxes and tells their folder."""
    folder = Path(place) / "mail"
    folder.mkdir()
    folder.chmod(0o700)

    def one(*names):
        for n in names:
            (folder / n / "new").mkdir(parents=True)
            (folder / n).chmod(0o700)
        return folder
    return one


@pytest.fixture
def quota(milter, place, homes):
    """quota(options...): every mailbox in `homes` may hold LIMIT bytes."""
    def one(*options, **kwargs):
        (Path(place) / "limits").write_text(f"* {LIMIT}\n")
        (Path(place) / "aliases").write_text("staff: games, jones\nself: self\n")
        return milter("quota-milter", [
            f"homes={homes()}", "maildir=.", f"limits={place}/limits",
            f"aliases={place}/aliases", "answer-lifetime=0", *options], **kwargs)
    return one


def put(home, size, name="1.x.host"):
    """A message of so many bytes; its name tells a size, so that it costs no disk."""
    (home / "new" / f"{name},S={size}").write_bytes(b"x")


def rcpt(d, path, size=None, sender="<sender@example.org>", client="192.0.2.1", **macros):
    """The answer to one RCPT in a session of its own."""
    with Mta(d.socket) as m:
        m.negotiate()
        m.connect(address=client)
        m.mail(sender, *([f"SIZE={size}"] if size is not None else []),
               **{k: macros.pop(k) for k in ["auth_authen"] if k in macros})
        return m.rcpt(path, **macros)
