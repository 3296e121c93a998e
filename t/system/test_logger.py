# SPDX-License-Identifier: BSD-2-Clause
"""logger-milter as an MTA sees it: what is kept of which mail."""

import hashlib
import re
from pathlib import Path

import pytest

from archive_view import octets
from logger_fixtures import logger, store, switch  # noqa: F401
from mta import Mta, session


def test_without_the_switch_the_answer_at_mail_is_accept(logger, store):
    d = logger(on=False)
    with session(d.socket) as m:
        assert m.mail() == ("a", b"")
        assert m.mail() == ("a", b"")
    assert store.folder("new") == []


def test_a_copy_is_what_the_mta_showed(logger, store):
    d = logger()
    body = b"one\r\n.dot\r\nNUL\0and \xff\xe9\nbare\r\n" + b"x" * 70000
    with session(d.socket) as m:
        assert m.mail("<Smith@bar.com>", "SIZE=100", "BODY=8BITMIME", auth_authen="smith",
                      tls_version="TLSv1.3")[0] == "c"
        m.rcpt("<Jones@foo.com>", "NOTIFY=NEVER")
        m.rcpt("<Green@foo.com>", mailer="error", host="5.1.1", addr="550 5.1.1 User unknown")
        assert m.content([("Subject", " hello\n\tworld"), ("X", "y")], [body[:65535], body[65535:]],
                         i="QID7")[0] == "c"
    content, side = store.only()
    assert content == b"Subject: hello\r\n\tworld\r\nX:y\r\n\r\n" + body
    assert side["sha256"] == hashlib.sha256(content).hexdigest()
    assert side["size"] == len(content) == side["header_bytes"] + side["body_bytes"]
    assert side["status"] == "taken" and side["complete"] and side["cut"] is None
    assert side["queue_id"] == "QID7"
    assert side["client"] == {"name": "client.example", "address": "192.0.2.1", "helo": "client.example"}
    assert side["authenticated"] == {"user": "smith"} and side["tls"] == {"version": "TLSv1.3"}
    assert side["sender"] == {"path": "<Smith@bar.com>", "args": ["SIZE=100", "BODY=8BITMIME"]}
    jones, green = side["recipients"]
    assert jones == {"path": "<Jones@foo.com>", "args": ["NOTIFY=NEVER"], "answer": "accepted",
                     "mailer": "local", "address": "jones"}
    assert green["answer"] == "rejected" and green["address"] == "550 5.1.1 User unknown"
    assert store.folder("tmp") == []
    assert "QID7" not in d.log()  # a line for each message would tell who is watched
    for f in store.folder("new") + store.folder("envelope"):
        assert f.stat().st_mode & 0o7777 == 0o600


def test_leading_blanks_and_no_reply_are_asked_for(logger):
    d = logger()
    with Mta(d.socket) as m:
        _, _, steps, _ = m.negotiate()
        assert steps & 0x100000 and steps & 0x800  # HDR_LEADSPC, RCPT_REJ
        assert steps & 0x80000 and steps & 0x80 and steps & 0x8000  # NR_BODY, NR_HDR, NR_RCPT


HOSTILE = [b"../../x", b"rm -r * ;", b'"a\nb"@c', b"$(id)@x", b"|cmd", b"-rf", b"x" * 255 + b"@y",
           b"\xff\xfe@x", b'"}],"a":{[\\u0000', b"<>", b"", b"\x1b[2J", b"/etc/passwd", b"a%n%s@x"]


@pytest.mark.parametrize("path", HOSTILE)
def test_no_byte_of_mail_becomes_a_name(logger, store, path):
    d = logger()
    with session(d.socket) as m:
        m.helo(path)
        m.mail(path, path, qid=path)
        m.rcpt("<ok@x>")
        m.send("R", path + b"\0" + path + b"\0")
        m.content([("Subject", path)], [b"x" + path], i=path)
    _, side = store.only()
    assert octets(side["sender"]["path"]) == path
    assert octets(side["recipients"][1]["path"]) == path
    for f in [*store.folder("new"), *store.folder("envelope")]:
        assert re.fullmatch(r"[A-Za-z0-9.-]+", f.name)
    assert sorted(p.name for p in store.directory.iterdir()) == \
        [".lock", "cur", "envelope", "new", "tmp"]


def test_the_switch_is_looked_at_once_per_message(logger, store, switch):
    d = logger(on=False)
    with session(d.socket) as m:
        assert m.mail()[0] == "a"
        switch.touch()
        assert m.mail()[0] == "c"
        switch.unlink()
        m.rcpt("<a@b>")
        assert m.content([("Subject", " x")], [b"body"])[0] == "c"
        assert m.mail()[0] == "a"
    assert store.only()[0].endswith(b"body")


@pytest.mark.parametrize("kind,on", [("file", True), ("directory", True), ("unreadable", True),
                                     ("dangling", False), ("link", True), ("absent", False)])
def test_what_counts_as_a_switch(logger, switch, kind, on):
    d = logger(on=False)
    if kind == "directory":
        switch.mkdir()
    elif kind in ("file", "unreadable"):
        switch.touch(mode=0 if kind == "unreadable" else 0o644)
    elif kind in ("dangling", "link"):
        switch.symlink_to("/nowhere/at/all" if kind == "dangling" else "/etc/passwd")
    with session(d.socket) as m:
        assert m.mail()[0] == ("c" if on else "a")


def drop(m, stage):
    """As far as `stage` events; none of them answers by itself."""
    m.mail()
    for n, step in enumerate([lambda: m.rcpt("<a@b>"), lambda: m.command("T"),
                              lambda: m.command("L", b"Subject\0x\0"), lambda: m.command("N"),
                              lambda: m.command("B", b"z" * 50000)]):
        if n < stage:
            step()


@pytest.mark.parametrize("stage", range(6))
@pytest.mark.parametrize("how", ["abort", "close", "mail", "quit"])
def test_nothing_is_left_of_a_message_without_its_end(logger, store, stage, how):
    d = logger()
    with session(d.socket) as m:
        drop(m, stage)
        if how == "abort":
            m.send("A")
        elif how == "mail":
            m.mail()
        elif how == "quit":
            m.send("Q")
        if how in ("abort", "mail"):
            m.send("A")
            assert m.message(b"the one")[0] == "c"
    with session(d.socket) as m:
        assert m.message(b"the last")[0] == "c"
    assert d.stop() == 0
    assert len(store.folder("new")) == (2 if how in ("abort", "mail") else 1)
    assert store.folder("tmp") == []


def test_an_aborted_message_is_evidence_when_asked_for(logger, store):
    d = logger("keep-aborted=yes")
    with session(d.socket) as m:
        drop(m, 5)
        m.send("A")
        assert m.message(b"the one")[0] == "c"
    d.stop()
    sides = sorted((s["status"], s["complete"], s["cut"]) for _, s in store.messages())
    assert sides == [("aborted", False, "aborted"), ("taken", True, None)]


@pytest.mark.parametrize("keep,kept,cut", [
    ("keep=headers", b"", "headers only"),
    ("keep=first", b"12345", "first bytes of the body"),
    ("keep=all", b"1234567", None)])
def test_keeps_as_much_as_told(logger, store, keep, kept, cut):
    d = logger(keep, "body-bytes=5")
    with session(d.socket) as m:
        assert m.message(b"1234567", headers=[("Subject", " x")])[0] == "c"
    content, side = store.only()
    assert content == b"Subject: x\r\n\r\n" + kept
    assert side["cut"] == cut and side["complete"] == (cut is None) and side["body_seen"] == 7


def test_only_selected_mail_is_kept(logger, store, place):
    listed = Path(place) / "list"
    listed.write_text("to jones@example.org until 2999-12-31\nfrom @worm.example\nto old@example.org until 2001-01-01\n")
    d = logger(f"selection={listed}")
    d.wait_line("keeps the mail of 3 entries")
    for sender, rcpt, verdict in [
            ("<a@b>", "<brown@example.org>", "a"), ("<a@b>", "<Jones+x@EXAMPLE.org>", "c"),
            ("<x@worm.example>", "<b@c>", "c"), ("<jones@example.org>", "<b@c>", "a"),
            ("<a@b>", "<old@example.org>", "a")]:
        with session(d.socket) as m:
            assert m.message(b"x", sender, [rcpt])[0] == verdict, (sender, rcpt)
    assert len(store.folder("new")) == 2


def test_a_thousand_recipients_and_a_long_header_name(logger, store):
    d = logger()
    with session(d.socket) as m:
        assert m.message(b"", rcpts=[f"<u{n}@foo.com>" for n in range(1000)],
                         headers=[("H" * 998, " v")])[0] == "c"
    content, side = store.only()
    assert len(side["recipients"]) == 1000 and side["envelope_complete"]
    assert content == b"H" * 998 + b": v\r\n\r\n"


def test_a_hundred_megabytes(logger, store):
    d = logger()
    chunk = bytes(range(256)) * 255
    with session(d.socket) as m:
        m.mail()
        m.rcpt("<a@b>")
        m.command("T")
        m.command("N")
        for _ in range(100 << 20 >> 16):
            m.command("B", chunk)
        assert m.eom()[0] == "c"
    path = store.folder("new")[0]
    assert path.stat().st_size == 2 + (100 << 20 >> 16) * len(chunk)
    assert store.faults() == []
