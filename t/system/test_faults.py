# SPDX-License-Identifier: BSD-2-Clause
"""Each allocation of each program fails once, in turn.

What may happen: it does not start or ends with a line and a code, a connection
is closed, mail is put off, or passes where the failure policy says so.  What
may not: a crash, a hang, a result that is not that of a run without a fault.
virus-milter, which may let no worm in, has a file of its own.
make check tries some points of each, make check-torture all.
"""

import os
import shutil
from pathlib import Path

import pytest

import faults
from archive_view import Archive
from daemons import FIXTURES
from mta import Closed, Silence, session
from serve import Client
from worms import fill, letter, worm

pytestmark = [
    pytest.mark.limit(3600 if faults.ALL else 600),
    pytest.mark.skipif(not os.path.exists(faults.SHIM),
                       reason="fail_nth.so is not built (sanitizers have their own malloc)")]

MESSAGE = b"Subject: x\r\n\r\nhello\r\n"


def answer(sock, talk):
    """The first letter of a milter's answer; "closed" and "silent" are answers too."""
    try:
        with session(f"unix:{sock}", faults.SILENT, steps=0x7FF) as m:
            packet = talk(m)
            return packet[0] + packet[1][:1].decode() if packet[0] == "y" else packet[0]
    except Closed:
        return "closed"
    except (Silence, OSError):
        return "silent"


class Quota:
    """A full mailbox."""
    program, right = "quota-milter", "y5"

    def __init__(self, place):
        home = place / "homes/games"
        for part in ("cur", "new", "tmp"):
            (home / part).mkdir(parents=True)
        (home / "maildirsize").write_text("1000S\n999 1\n")
        self.options = [f"homes={place}/homes", "maildir=.", "aliases="]

    def talk(self, m):
        m.mail()
        return m.rcpt("<games@foo.com>")


class Spam:
    """A listed sender and one who asked."""
    program, right = "spam-milter", "y5"

    def __init__(self, place):
        (place / "senders").write_text("bad@x.example\n")
        (place / "recipients").write_text("jones@foo.com\n")
        self.options = [f"senders={place}/senders", f"recipients={place}/recipients"]

    def talk(self, m):
        return m.message(b"text", headers=[("From", "bad@x.example")])


class Logger:
    """A message that is kept."""
    program, right = "logger-milter", "c"

    def __init__(self, place):
        (place / "on").touch()
        (place / "store").mkdir()
        self.store = Archive(place / "store")
        self.options = [f"directory={place}/store", f"switch={place}/on", "min-free=0"]

    def talk(self, m):
        return m.message(b"text")

    def after(self):
        assert self.store.faults() == []
        shutil.rmtree(self.store.directory)
        self.store.directory.mkdir()


@pytest.mark.parametrize("kind", [Quota, Spam, Logger], ids=lambda k: k.program)
def test_each_allocation_of_a_milter(place, kind):
    case = kind(Path(place))
    argv = [case.program, "-f", "-p", f"unix:{place}/s", "-o", "allow-root=yes", "-o", "drain-timeout=1"]
    for o in case.options:
        argv += ["-o", o]

    def one(nth):
        code, got, lines = faults.serve(
            place, argv, nth, lambda _: [answer(f"{place}/s", case.talk) for _ in range(2)])
        what = f"{case.program} {nth}: {code} {got} {lines}"
        assert code >= 0, f"killed: {what}"
        assert got is not None or (code != 0 and faults.says_why(lines)), f"neither served nor failed: {what}"
        if hasattr(case, "after"):
            case.after()
        return code, got, what

    assert one(0)[1] == [case.right] * 2
    count, refused = faults.calls(place), 0
    for nth in faults.points(count):
        code, got, what = one(nth)
        refused += got is None
        # Put off, passed on, cut off, or refused without the words, for which there was no
        # room; never a refusal of what is right, and a fault does not stay.
        refusal = {"r"} if case.right == "y5" else set()
        assert set(got or []) <= {case.right, "y4", "t", "c", "a", "closed", "silent"} | refusal, what
        # libmilter's own loop may end the process, with a line and a code: systemd starts it again.
        assert not got or case.right in got or code != 0, what
    assert refused, "some of the calls must be those of the start"


def conclusions(place):
    """Programs that run to an end, by what they do."""
    place = Path(place)
    fill(place / "infected", lambda n: worm("a", n), 5)
    fill(place / "clean", letter, 5)
    signatures = f"{FIXTURES}/signatures/signatures"
    transcripts = Path(os.environ["TOP_SRCDIR"]) / "t/sim"
    return {
        "check": ["milter-sigs", "check", signatures],
        "test": ["milter-sigs", "test", signatures, f"{FIXTURES}/worms", "--clean", f"{place}/clean"],
        "learn": ["milter-sigs", "learn", "--infected", f"{place}/infected", "--clean", f"{place}/clean"],
        "run": ["milter-sim", "run", "--timeout", "1s", f"{transcripts}/rfc2821-d1.mta", f"{transcripts}/edits.mta"],
    }


@pytest.mark.parametrize("name", ["check", "test", "learn", "run"])
def test_each_allocation_of_a_program_that_ends(place, name):
    argv = conclusions(place)[name]
    right = faults.run(place, argv, 0)
    count, failed = faults.calls(place), 0
    for nth in faults.points(count):
        code, out, err = faults.run(place, argv, nth)
        what = f"{name} {nth} of {count}: {code} {out[-300:]} {err[-300:]}"
        assert code >= 0, f"killed: {what}"
        if code == right[0] and not err:
            assert out == right[1], f"another result and not a word: {what}"
        else:
            failed += 1
            assert faults.says_why(err) or b"not ok" in out or b"Bail out" in out, f"failed without a line: {what}"
    assert failed, "most calls cannot be done without"


def smtp(place, line):
    """The reply to the final dot, "" where it never came to that."""
    try:
        c = Client(line.split(b"listening on ")[1].split()[0].decode())
        c.hello()
        replies = c.message(MESSAGE.decode())
        c.close()
        return replies[-1]
    except (OSError, AssertionError):
        return ""


def test_each_allocation_of_serve(place):
    mail = Path(place) / "mail"
    argv = ["milter-sim", "serve", "--listen", "127.0.0.1:0", "--domain", "foo.com", "--user", "Jones",
            "--deliver", f"maildir:{mail}"]

    def one(nth):
        shutil.rmtree(mail, ignore_errors=True)
        code, got, lines = faults.serve(place, argv, nth,
                                        lambda line: [smtp(place, line) for _ in range(2)])
        what = f"serve {nth}: {code} {got} {lines}"
        assert code >= 0, f"killed: {what}"
        assert got is not None or (code != 0 and faults.says_why(lines)), f"neither served nor failed: {what}"
        kept = [p.read_bytes() for p in mail.glob("Jones/new/*")]
        accepted = sum(reply.startswith("250") for reply in got or [])
        assert len(kept) == accepted, f"250 and not kept, or kept and not 250: {what}"
        assert all(m.endswith(b"hello\n") or m.endswith(b"hello\r\n") for m in kept), f"torn: {what}"
        return got, what

    got, what = one(0)
    assert [r[:3] for r in got] == ["250"] * 2, what
    for nth in faults.points(faults.calls(place)):
        got, what = one(nth)
        assert not got or any(r.startswith("250") for r in got), f"a fault stays: {what}"
