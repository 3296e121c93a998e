# SPDX-License-Identifier: BSD-2-Clause
"""The mail that real Postfix 3.7.11 stored, and that its profile stores.

Recordings hold the wires and not what came of them.  Each row is a session that
was played to the real one: what the client said, what its filter did, and lines
of the mail, all of them below the Received field's date.
"""

import re
import struct
from pathlib import Path

import pytest

from serve import LIMITS, Script, Serve

HEADER = "From: Smith <Smith@bar.com>\r\nSubject: test one\r\n"
EDIT = struct.pack(">I", 1)


def edits(*packets):
    return {"E": [[*packets, ("c", b"")]]}


SESSIONS = {
    "the CR of an added field stays": (
        ["EHLO bar.com"], HEADER + "\r\nHello\r\n", edits(("h", b"X-Crlf\0a\r\n b\0")),
        ["From: Smith <Smith@bar.com>", "Subject: test one", "X-Crlf: a\r", " b", "", "Hello"]),
    "a deleted field is no place for an inserted one": (
        ["EHLO bar.com"], HEADER + "\r\nHello\r\n",
        edits(("m", EDIT + b"From\0\0"), ("i", EDIT + b"X-In\0a\0")),
        ["X-In: a", "Subject: test one", "", "Hello"]),
    "lines of a mailbox at the head of the text": (
        ["EHLO bar.com"], "From the start\r\n>From here\r\n" + HEADER + "\r\nHello\r\n", {},
        ["X-Mailbox-Line: From the start", "X-Mailbox-Line: >From here",
         "From: Smith <Smith@bar.com>", "Subject: test one", "", "Hello"]),
    "words in a row are addresses": (
        ["EHLO bar.com"], "From: a@b\r\nTo: Jones <Jones@foo.com>\r\n begins with blank\r\n\r\nHello\r\n", {},
        ["From: a@b", "To: Jones <Jones@foo.com>, begins@mx.test, with@mx.test,",
         "\tblank@mx.test", "", "Hello"]),
}
RECEIVED = {
    "EHLO and then HELO is ESMTP": (["EHLO bar.com", "HELO again.com"],
                                    "from again.com (localhost [127.0.0.1])", "with ESMTP"),
    "HELO is SMTP": (["HELO bar.com"], "from bar.com (localhost [127.0.0.1])", "with SMTP"),
    "a name that is none": (["EHLO a b;c"], "from a?b?c (localhost [127.0.0.1])", "with ESMTP"),
}


def serve(tmp_path, script):
    return Serve("--profile", "postfix-3.7", "--user", "jones", "--domain", "foo.com", "--milter", f"S=unix:{script}, {LIMITS}",
                 "--deliver", f"maildir:{tmp_path}/mail", domain="mx.test")


def play(tmp_path, commands, text, on, sender="Smith@bar.com"):
    """What lies in the mailboxes behind it: a name, a mail; the last of each name."""
    return dict(copies(tmp_path, commands, text, on, sender))


def copies(tmp_path, commands, text, on, sender="Smith@bar.com"):
    script = Script(f"{tmp_path}/m", on=on)
    daemon = serve(tmp_path, f"{tmp_path}/m")
    try:
        client = daemon.client()
        for command in commands:
            client.cmd(command)
        replies = client.message(text, sender=sender)
        client.cmd("QUIT")
        client.close()
        assert re.match("250 2.0.0 Ok: queued as", replies[-1]), replies
    finally:
        script.kill()
        daemon.kill()
    return [(f.parent.parent.name, f.read_bytes().decode("latin-1"))
            for f in Path(tmp_path, "mail").glob("*/new/*")]


def content(mail):
    """Below the Received field."""
    lines = mail.split("\n")
    while not re.match(r"\t.*; ", lines[0]):
        lines.pop(0)
    return [line for line in lines[1:-1] if not re.match("(Message-Id|Date): ", line)]


@pytest.mark.parametrize("name", SESSIONS)
def test_the_mail_is_that_of_postfix(tmp_path, name):
    commands, text, on, wanted = SESSIONS[name]
    assert content(play(tmp_path, commands, text, on)["jones"]) == wanted


@pytest.mark.parametrize("name", RECEIVED)
def test_the_greeting_in_received(tmp_path, name):
    commands, came, protocol = RECEIVED[name]
    mail = play(tmp_path, commands, HEADER + "\r\nHello\r\n", {})["jones"]
    assert f"Received: {came}\n" in mail
    assert protocol + " id " in mail


def test_shutdown_in_the_text_throws_the_mail_away(tmp_path):
    assert play(tmp_path, ["EHLO bar.com"], HEADER + "\r\nHello\r\n", {"N": [[("4", b"")]]}) == {}


def test_mail_is_held_though_no_recipient_is_left(tmp_path):
    on = edits(("q", b"held\0"), ("-", b"<Jones@foo.com>\0"))
    assert list(play(tmp_path, ["EHLO bar.com"], HEADER + "\r\nHello\r\n", on)) == [".quarantine"]


@pytest.mark.parametrize("payload", [b"", b"why", b"why\0more", b"why\0\0", b"\0"])
def test_a_reason_to_hold_mail_may_be_any_bytes(tmp_path, payload):
    on = edits(("q", payload))
    assert list(play(tmp_path, ["EHLO bar.com"], HEADER + "\r\nHello\r\n", on)) == [".quarantine"]


def test_the_null_sender_is_mailer_daemon(tmp_path):
    mail = play(tmp_path, ["EHLO bar.com"], "Subject: x\r\n\r\nHello\r\n", {}, sender="")["jones"]
    assert "\nFrom: MAILER-DAEMON\n" in mail


def test_a_path_is_the_one_address_in_it(tmp_path):
    mail = play(tmp_path, ["EHLO bar.com"], HEADER + "\r\nHello\r\n", {}, sender="Smith @bar.com")
    assert mail["jones"].startswith("Return-Path: <Smith@bar.com>\n")


def test_a_recipient_that_a_filter_adds_has_no_orcpt(tmp_path):
    """So it is another one than the client's of that name: both get a copy."""
    again = edits(("+", b"<Jones@foo.com>\0"))
    assert [name for name, _ in copies(tmp_path, ["EHLO bar.com"], HEADER + "\r\nHello\r\n", again)] == ["jones"] * 2


def test_two_that_a_filter_adds_are_one(tmp_path):
    twice = edits(("+", b"<jones@foo.com>\0"), ("+", b"<Jones@foo.com>\0"))
    assert len(copies(tmp_path, ["EHLO bar.com"], HEADER + "\r\nHello\r\n", twice)) == 2


@pytest.mark.parametrize(("been", "delivered"), [("JONES", 0), ("brown", 1)])
def test_mail_that_was_in_this_mailbox_before_is_a_loop(tmp_path, been, delivered):
    text = f"Delivered-To: {been}@foo.com\r\n" + HEADER + "\r\nHello\r\n"
    assert len(copies(tmp_path, ["EHLO bar.com"], text, {})) == delivered
