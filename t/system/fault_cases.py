# SPDX-License-Identifier: BSD-2-Clause
"""What programs do while a call of theirs fails (faults.py), and what may become of it."""

import os
import shutil
from pathlib import Path

import faults
from archive_view import Archive
from daemons import FIXTURES
from mta import Closed, Silence, session
from serve import Client
from worms import fill, letter, worm

MESSAGE = b"Subject: x\r\n\r\nhello\r\n"
SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
PUT_OFF = {"y4", "t", "closed", "silent"}  # the MTA does as its F= says


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


class Milter:
    """`right` is what it answers where nothing fails, `besides` what else it may."""
    besides = PUT_OFF | {"c", "a"}

    def argv(self, place):
        argv = [self.program, "-f", "-p", f"unix:{place}/s", "-o", "allow-root=yes", "-o", "drain-timeout=1"]
        for o in self.options:
            argv += ["-o", o]
        return argv

    def after(self, answers, lines, kind):
        """What must hold at the end of each run."""


class Quota(Milter):
    """A full mailbox; refused without the words, for which there was no room."""
    program, right = "quota-milter", "y5"
    besides = Milter.besides | {"r"}

    def __init__(self, place):
        home = place / "homes/games"
        for part in ("cur", "new", "tmp"):
            (home / part).mkdir(parents=True)
        (home / "maildirsize").write_text("1000S\n999 1\n")
        self.options = [f"homes={place}/homes", "maildir=.", "aliases="]

    def talk(self, m):
        m.mail()
        return m.rcpt("<games@foo.com>")


class Spam(Milter):
    """A listed sender and one who asked."""
    program, right = "spam-milter", "y5"
    besides = Milter.besides | {"r"}

    def __init__(self, place):
        (place / "senders").write_text("bad@x.example\n")
        (place / "recipients").write_text("jones@foo.com\n")
        self.options = [f"senders={place}/senders", f"recipients={place}/recipients"]

    def talk(self, m):
        return m.message(b"text", headers=[("From", "bad@x.example")])


class Logger(Milter):
    """A message that is kept: where it passes without a copy, a line says so."""
    program, right = "logger-milter", "c"

    def __init__(self, place):
        (place / "on").touch()
        (place / "store").mkdir()
        self.store = Archive(place / "store")
        self.options = [f"directory={place}/store", f"switch={place}/on", "min-free=0"]

    def talk(self, m):
        return m.message(b"text")

    def after(self, answers, lines, kind):
        assert self.store.faults() == []
        lost = (answers or []).count("c") - len(self.store.messages())
        # Without memory there may be none for the line.
        assert lost <= 0 or kind == "malloc" or b"without a copy" in lines, f"{lost} lost in silence: {lines}"
        shutil.rmtree(self.store.directory)
        self.store.directory.mkdir()


class Virus(Milter):
    """A worm, which never passes."""
    program, right = "virus-milter", "y5"
    besides = PUT_OFF | {"r"}

    def __init__(self, _):
        self.options = [f"signatures={FIXTURES}/signatures/signatures"]

    def talk(self, m):
        return m.message(SIGNATURE)


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


def smtp(line):
    """The reply that decided: the first that is no yes, else the final dot's; "" where none came."""
    try:
        c = Client(line.split(b"listening on ")[1].split()[0].decode())
        hello = c.hello()
        replies = [hello] if hello.startswith("4") else c.message(MESSAGE.decode())
        c.close()
        return next((r for r in replies if r[:1] not in ("2", "3")), replies[-1])
    except (OSError, AssertionError):
        return ""
