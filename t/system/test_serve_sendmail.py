# SPDX-License-Identifier: BSD-2-Clause
"""Profile sendmail-8.17: what the delivered mail shows and no reply does."""

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
