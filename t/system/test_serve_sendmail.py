# SPDX-License-Identifier: BSD-2-Clause
"""Profile sendmail-8.17: what the delivered mail shows and no reply does."""

import struct
from pathlib import Path

import pytest

from serve import LIMITS, Script, Serve, mailbox

MAIL, RCPT = "MAIL FROM:<Smith@bar.com>", "RCPT TO:<Jones@foo.com>"
FOR = "\n\tfor <Jones@foo.com>; "


def mail(start, place, commands, on=None, text="Subject: x\r\n\r\nHello\r\n"):
    script = start(Script, f"{place}/m", on=on)
    s = start(Serve, "--profile", "sendmail-8.17", "--verify", "--user", "jones", "--domain", "foo.com",
              "--milter", f"S={script.listener.getsockname()}, {LIMITS}", "--deliver", f"maildir:{place}/mail",
              domain="mx.test")
    c = s.client()
    for command in [*commands, "DATA"]:
        c.cmd(command)
    c.send(text + ".\r\n")
    assert c.reply().startswith("250 2.0.0 "), commands
    return mailbox(f"{place}/mail", "jones")[0]


@pytest.mark.parametrize("commands, named", [
    (["HELO x", MAIL, RCPT], True),
    (["VRFY jones", "HELO x", MAIL, RCPT], False),
    (["HELO x", "VRFY jones", MAIL, RCPT], False),
    (["HELO x", "VRFY jones", "HELO y", MAIL, RCPT], True),
    (["VRFY jones", MAIL, "HELO x", MAIL, RCPT], True),
    (["HELO x", MAIL, "VRFY jones", RCPT], False),
])
def test_received_names_the_recipient_when_it_is_all_that_was_looked_up(start, place, commands, named):
    """As the real one did; a HELO forgets what VRFY looked up, but not the first one before MAIL."""
    assert (FOR in mail(start, place, commands)) == named


def test_a_resent_field_of_a_filter_is_shown_to_filters_alone(start, place):
    on = {"E": [[("h", b"Resent-From\0x@y.com\0"), ("h", b"X-New\0a\0"), ("c", b"")]]}
    got = mail(start, place, ["HELO x", MAIL, RCPT], on)
    assert "\nX-New: a\n" in got and "Resent-" not in got


def test_of_empty_fields_those_are_added_that_sendmail_adds(start, place):
    got = mail(start, place, ["HELO x", MAIL, RCPT], text="From:\r\nResent-From:\r\nSubject: x\r\n\r\nHello\r\n")
    assert "\nResent-From: Smith@bar.com\nFrom: Smith@bar.com\nResent-Message-Id: <" in got


@pytest.mark.parametrize("sent, delivered", [
    ("Cc: a@b.c,d@e.f,\r\n g@h.i\r\n", "Cc: a@b.c, d@e.f, g@h.i\n"),
    ("Cc: A. B <@r.x:a@b.c>\r\n", 'Cc: "A. B" <a@b.c>\n'),
    ("Cc: a @ b.c (x) , y%z.q@foo.com\r\n", "Cc: a@b.c (x), y%z.q@foo.com\n"),
    ("Cc: us: a@b.c, d@localhost;\r\n", "Cc: us: a@b.c, d@mx.test;\n"),
    ("Cc: a b\r\n", "Cc: a, b\n"),
    ("Cc: a b\r\nFrom: <s@bar.com>\r\n", "Cc: a.b\nFrom: <s@bar.com>\n"),
    ("Errors-To: a b\r\n", "Errors-To: a.b\n"),
    ("Cc: <us: a>, us: g: a;;, : b\r\n", "Cc: <us:a>, us: g:a;;, : b\n"),
    ("Cc: <a@b> <c@d>\r\n", 'Cc: "<a@b>" <c@d>\n'),
    ("Reply-To: Thu, 1 Jan 1998 00:00:00 +0000\r\n", "Reply-To: Thu, 1 Jan 1998 00:00:00+0000\n"),
    ("Cc: a!b, foo.com!c\r\n", "Cc: a!b, c@foo.com\n"),
    ("Cc: " + ", ".join(f"user{n}@example{n}.com" for n in range(4)) + "\r\n",
     "Cc: user0@example0.com, user1@example1.com, user2@example2.com,\n        user3@example3.com\n"),
])
def test_a_field_of_addresses_is_put_together_anew(start, place, sent, delivered):
    assert "\n" + delivered in mail(start, place, ["HELO x", MAIL, RCPT], text=sent + "\r\nHello\r\n")


def test_a_name_of_the_client_gets_quotes_in_our_from(start, place):
    got = mail(start, place, ["HELO x", MAIL, RCPT], text="Full-Name: A, B\r\n\r\nHello\r\n")
    assert '\nFrom: "A, B" <Smith@bar.com>\n' in got


def test_a_field_that_is_the_begin_of_the_text_loses_its_line_end(start, place):
    got = mail(start, place, ["HELO x", MAIL, RCPT], text="X: y\r\ntext: a\r\nZ: b\r\n\r\nHello\r\n")
    assert got.endswith("\nX: y\n\ntext: aZ: b\n\nHello\n")


def test_only_fields_of_a_resent_message_make_it_one(start, place):
    got = mail(start, place, ["HELO x", MAIL, RCPT], text="Resent-Subject: a\r\n\r\nHello\r\n")
    assert "Resent-From" not in got and "Resent-Date" not in got


@pytest.mark.parametrize("second, copies", [("<jones+a@foo.com>", 2), ("<JONES@mx.test>", 1), ('"jones"', 1)])
def test_a_detail_parts_two_recipients_of_one_mailbox(start, place, second, copies):
    mail(start, place, ["HELO x", MAIL, RCPT, f"RCPT TO:{second}"])
    assert len(mailbox(f"{place}/mail", "jones")) == copies


@pytest.mark.parametrize("edit, delivered", [
    (("h", b"X-New\0a\nb\0"), "\nX-New: a b\n"),
    (("h", b"X-New\0a\n b\n\0"), "\nX-New: a\n b \n"),
    (("i", b"\xff\xff\xff\xffX-New\0v\0"), "Return-Path: <Smith@bar.com>\nX-New: v\nReceived:"),
    (("m", b"\xff\xff\xff\xffX-Old\0v\0"), "\nX-Old: v\nX-Old: b\n"),
    (("m", b"\x80\0\0\0X-Old\0v\0"), "\nX-Old: v\nX-Old: a\nX-Old: b\n"),
    (("h", b"X-Old \0v\0"), "\nX-Old: v\n"),
    (("h", b"X:Y\0v\0"), "\nX:Y: v\n"),
    (("h", b"X-Long\0a\n " + 2500 * b"x" + b"\n b\0"), "\nX-Long: a\n " + 2302 * "x" + "\n " + 197 * "x" + "\n b\n"),
    (("h", b"X-Last\0" + 2500 * b"y" + b"\0"), "\nX-Last: " + 2295 * "y" + "\n"),
    (("i", b"\0\0\0\1Date\0\0"), "\nDate: \nDate: "),
    (("h", b"Return-Path\0<a@b.c>\0"), "Return-Path: <a@b.c>\nReceived:"),
    (("+", b"<jones>>\0"), "\nX-Old: a\n"),
    (("+", b"<jones+@foo.com>\0"), "\nX-Old: a\n"),
])
def test_odd_edits_are_made_as_sendmail_makes_them(start, place, edit, delivered):
    text = "X-Old: a\r\nX-Old: b\r\n\r\nHello\r\n"
    assert delivered in mail(start, place, ["HELO x", MAIL, RCPT], {"E": [[edit, ("c", b"")]]}, text)
    assert len(mailbox(f"{place}/mail", "jones")) == 1


@pytest.mark.parametrize("field", [
    b"Text\0v\0", b"X Y\0v\0", b"X\xe4\0v\0", b"A" * 101 + b"\0v\0", b"Resent-To\0v\0", b"Resent-Bcc\0v\0"])
def test_a_field_of_a_filter_that_is_none_when_it_is_read_again_is_lost(start, place, field):
    got = mail(start, place, ["HELO x", MAIL, RCPT], {"E": [[("h", field), ("h", b"X-New\0v\0"), ("c", b"")]]},
               "Subject: x\r\n\r\nHello\r\n")
    assert "\nSubject: x\nX-New: v\n\nHello\n" in got


@pytest.mark.parametrize("field", [b"Date\0\0", b"From\0\0", b"Return-Path\0\0"])
def test_nothing_in_place_of_what_the_client_gave_is_nothing(start, place, field):
    """Return-Path, which is always ours, goes."""
    name = field.split(b"\0")[0].decode()
    got = mail(start, place, ["HELO x", MAIL, RCPT], {"E": [[("h", field), ("c", b"")]]},
               "From: a@b.c\r\nDate: x\r\n\r\nHello\r\n")
    assert got.count(f"{name}:") == (0 if name == "Return-Path" else 1)


def test_the_return_path_can_be_taken_out(start, place):
    got = mail(start, place, ["HELO x", MAIL, RCPT], {"E": [[("m", b"\0\0\0\1Return-Path\0\0"), ("c", b"")]]})
    assert got.startswith("Received:")


def test_a_name_of_two_lines_is_taken_and_the_mail_lost(start, place):
    with pytest.raises(IndexError):
        mail(start, place, ["HELO x", MAIL, RCPT], {"E": [[("h", b"X\nY\0v\0"), ("c", b"")]]})


@pytest.mark.parametrize("sender, edit, delivered", [
    ("<us:x@foo.com>", None, "\nFrom: us:us:x@foo.com\n"),
    ("<>", None, "\nMessage-Id: "),
    ("<>", ("e", b"<new@bar.com>\0"), "\nFrom: new@bar.com\n"),
])
def test_from_says_who_the_sender_is_at_last(start, place, sender, edit, delivered):
    got = mail(start, place, ["HELO x", f"MAIL FROM:{sender}", RCPT], {"E": [[*([edit] if edit else []), ("c", b"")]]})
    assert delivered in got and got.count("From:") == delivered.count("From:")


def test_a_name_stands_with_no_sender_too(start, place):
    got = mail(start, place, ["HELO x", "MAIL FROM:<>", RCPT], text="Full-Name: Some One\r\n\r\nHello\r\n")
    assert "\nFrom: Some One <>\n" in got


@pytest.mark.parametrize("given, sender", [
    (b"<@b>", "MAILER-DAEMON"), (b"a@b.c, d@e.f", "MAILER-DAEMON"), (b":include:/x", "MAILER-DAEMON"),
    (b"a" * 300 + b"@b.c", "MAILER-DAEMON"), (b'"unbal', '"unbal"'), (b'<"a@b.c>', '"a@b.c>"'), (b"<a@b", "a@b"),
    (b"N <a@b.c>", "a@b.c")])
def test_a_sender_of_a_filter_is_mended_or_nobody(start, place, given, sender):
    got = mail(start, place, ["HELO x", MAIL, RCPT], {"E": [[("e", given + b"\0"), ("c", b"")]]})
    assert got.startswith(f"Return-Path: <{sender}>\n")


def test_a_body_that_is_none_loses_the_mail(start, place):
    with pytest.raises(IndexError):
        mail(start, place, ["HELO x", MAIL, RCPT], {"E": [[("e", b"<a@b>\0BODY=X\0"), ("c", b"")]]})


@pytest.mark.parametrize("edits, copies", [
    ([("+", b"nosuch, jones")], 1), ([("+", b"jones nosuch")], 1), ([("-", b"jones,brown")], 0),
    ([("-", b"nobody jones")], 0)])
def test_addresses_in_a_row_are_one_each(start, place, edits, copies):
    try:
        mail(start, place, ["HELO x", MAIL, RCPT if "-" in edits[0] else "RCPT TO:<x@bar.com>"],
             {"E": [[*[(letter, text + b"\0") for letter, text in edits], ("c", b"")]]})
    except IndexError:
        assert copies == 0
    assert len(mailbox(f"{place}/mail", "jones")) == copies


def test_a_packet_of_a_filter_has_no_limit(start, place):
    got = mail(start, place, ["HELO x", MAIL, RCPT], {"E": [[("b", 200 * b"x" * 500 + b"\r\n"), ("c", b"")]]})
    assert got.endswith("\n\n" + 100000 * "x" + "\n")


def test_who_else_the_client_named_is_asked_before_filters_are(start, place):
    on = {"E": [[("h", b"Cc\0a@b.c\0"), ("c", b"")]]}
    assert "\nBcc:\nCc: a@b.c\n" in mail(start, place, ["HELO x", MAIL, RCPT], on, "Bcc: x@y.z\r\n\r\nHello\r\n")


def test_the_protocol_is_that_of_the_mail(start, place):
    """A filter that is gone is not asked, and the HELO counts all the same."""
    on = {"C": [[("X", b"")]]}
    assert " with ESMTP id " in mail(start, place, ["EHLO x", MAIL, RCPT], on)


def test_a_new_body_keeps_the_cr_at_its_end(start, place):
    mail(start, place, ["HELO x", MAIL, RCPT], {"E": [[("b", b"a\r\nb\r"), ("c", b"")]]})
    [stored] = Path(f"{place}/mail/jones/new").iterdir()
    assert stored.read_bytes().endswith(b"\n\na\nb\r\n")


def test_mail_is_held_without_a_reason_too(start, place):
    script = start(Script, f"{place}/m", on={"E": [[("q", b"\0"), ("c", b"")]]})
    s = start(Serve, "--profile", "sendmail-8.17", "--user", "jones", "--deliver", f"maildir:{place}/mail",
              "--milter", f"S={script.listener.getsockname()}, {LIMITS}", domain="mx.test")
    c = s.client()
    for command in ["HELO x", MAIL, "RCPT TO:<jones>", "DATA"]:
        c.cmd(command)
    c.send("X: y\r\n\r\nHello\r\n.\r\n")
    assert c.reply().startswith("250 2.0.0 ")
    assert len(mailbox(f"{place}/mail", ".quarantine")) == 1


@pytest.mark.parametrize("look_up, count", [("VRFY jones", b"2"), ("EXPN us: jones, x@y.z;", b"3"), ("VRFY jones none", b"1")])
def test_who_is_looked_up_counts_as_a_recipient(start, place, look_up, count):
    wish = struct.pack(">IIII", 6, 0x1FF, 0, 3) + b"{nrcpts}\0"
    script = start(Script, f"{place}/m", negotiate=wish)
    s = start(Serve, "--profile", "sendmail-8.17", "--user", "jones", "--milter",
              f"S={script.listener.getsockname()}, {LIMITS}", domain="mx.test")
    c = s.client()
    for command in ["HELO x", MAIL, look_up, "RCPT TO:<jones>"]:
        c.cmd(command)
    assert b"R{nrcpts}\0" + count + b"\0" in [p for letter, p in script.packets if letter == "D"]
