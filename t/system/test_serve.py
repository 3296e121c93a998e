# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim serve with real clients, real filters on libmilter, real files."""

import signal
import socket
import subprocess
import time

import pytest

from daemons import LIMIT
from serve import Client, Probe, Serve, mailbox


def test_the_sample_session_word_for_word(start, place):
    """RFC 2821 appendix D.1."""
    s = start(Serve, "--user", "Jones", "--user", "Brown", "--deliver", f"maildir:{place}/mail")
    c = s.client()
    assert c.greeting == "220 foo.com Simple Mail Transfer Service Ready"
    assert c.cmd("EHLO bar.com") == (
        "250-foo.com greets bar.com\n250-8BITMIME\n250-SIZE\n250-DSN\n250 HELP")
    assert c.cmd("MAIL FROM:<Smith@bar.com>") == "250 OK"
    assert c.cmd("RCPT TO:<Jones@foo.com>") == "250 OK"
    assert c.cmd("RCPT TO:<Green@foo.com>") == "550 No such user here"
    assert c.cmd("RCPT TO:<Brown@foo.com>") == "250 OK"
    assert c.cmd("DATA") == "354 Start mail input; end with <CRLF>.<CRLF>"
    c.send("Blah blah blah...\r\n...etc. etc. etc.\r\n")
    assert c.cmd(".") == "250 OK"
    assert c.cmd("QUIT") == "221 foo.com Service closing transmission channel"
    assert c.closed()
    for user in ("Jones", "Brown"):
        (text,) = mailbox(f"{place}/mail", user)
        assert text.startswith("Return-Path: <Smith@bar.com>\nReceived: from bar.com (")
        assert text.endswith("\n\nBlah blah blah...\n..etc. etc. etc.\n")
    assert mailbox(f"{place}/mail", "Green") == []
    assert s.stop() == 0


def test_swaks_and_a_filter_on_libmilter(start, place):
    probe = start(Probe, place, "eom=550 5.7.0 VIRUS FOUND")
    s = start(Serve, "--milter", probe.words, "--trace")
    port = s.address.split(":")[1].split("@")[0]
    end = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{port}", "--helo", "bar.com",
         "--from", "Smith@bar.com", "--to", "Jones@foo.com,Brown@foo.com",
         "--header", "Subject: one", "--body", "..dots\\n"],
        capture_output=True, text=True, timeout=LIMIT, check=False)
    assert "<** 550 5.7.0 VIRUS FOUND" in end.stdout
    calls = probe.calls()
    assert calls[0] == "negotiate 0x1ff 0x1fffff"
    assert calls[1] == "connect localhost address j=foo.com"
    assert "helo bar.com" in calls
    assert calls[3].startswith("mail <Smith@bar.com> i=6") and "mail_addr=Smith@bar.com" in calls[3]
    assert "rcpt <Brown@foo.com> rcpt_addr=brown" in calls
    assert "header Subject:one|" in calls
    assert calls[-1] == "close" and "abort" not in calls
    s.wait_line(r"^1 +M< +REPLYCODE 550 5.7.0 VIRUS FOUND$")
    s.wait_line(r"^1 +S: +550 5.7.0 VIRUS FOUND$")
    assert s.stop() == 0


def test_changes_reach_the_mailbox(start, place):
    probe = start(Probe, place, "addheader:X-A:one", "insheader:X-B:two", "chgheader:Subject:new",
                  "chgheader:X-Gone:", "addrcpt:<Third@foo.com>", "delrcpt:<brown@FOO.com>",
                  "body:new body\r\n", "chgfrom:<other@bar.com>")
    s = start(Serve, "--milter", probe.words, "--deliver", f"maildir:{place}/mail",
              "--user", "Jones", "--user", "Brown", "--user", "Third")
    c = s.client()
    c.hello()
    text = "Subject: old\r\nX-Gone: x\r\n\r\nold body\r\n"
    assert c.message(text, rcpts=("Jones@foo.com", "Brown@foo.com"))[-1] == "250 OK"
    assert mailbox(f"{place}/mail", "Brown") == []
    for user in ("Jones", "Third"):
        (got,) = mailbox(f"{place}/mail", user)
        assert got.startswith("Return-Path: <other@bar.com>\nX-B: two\nReceived:")
        assert got.endswith("\nSubject: new\nX-A: one\n\nnew body\n")
        assert "X-Gone" not in got


def test_two_recipients_two_answers(start, place):
    probe = start(Probe, place, "rcpt=552 5.2.2 Mailbox full")
    s = start(Serve, "--milter", probe.words)
    c = s.client()
    c.hello()
    assert c.envelope() == ["250 OK", "552 5.2.2 Mailbox full",
                            "503 Bad sequence of commands: no valid recipients"]


def test_many_sessions_at_once(start, place):
    s = start(Serve, "--sessions", "20")
    clients = [s.client() for _ in range(20)]
    assert Client(s.address).greeting == "421 foo.com Too many sessions, try again later"
    for c in clients:
        c.hello()
        assert c.message()[-1] == "250 OK"
    for c in clients:
        assert c.cmd("QUIT").startswith("221")
        assert c.closed()
    assert s.client().greeting.startswith("220")


def test_with_a_time_scale_nobody_waits_for_the_limits(start, place):
    """A filter that hangs and a client that says nothing: fifty minutes in three seconds."""
    hung = socket.socket(socket.AF_UNIX)
    hung.bind(f"{place}/hung.sock")
    hung.listen()
    s = start(Serve, "--time-scale", "1000", "--timeout", "3000",
              "--milter", f"S=unix:{place}/hung.sock, F=T, T=C:50m;S:50m;R:50m;E:50m")
    began = time.monotonic()
    c = s.client()
    assert c.cmd("EHLO bar.com").startswith("250")
    assert c.cmd("MAIL FROM:<a@b.example>").startswith("451")
    assert c.reply().startswith("421")
    assert time.monotonic() - began >= 5  # it has waited for both
    hung.close()


def test_silence_is_timed_out(start):
    s = start(Serve, "--timeout", "1")
    c = s.client()
    assert c.reply() == "421 foo.com Timeout, closing transmission channel"
    assert c.closed()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_term_finishes_the_message_under_way(start, number):
    s = start(Serve)
    idle, busy = s.client(), s.client()
    busy.hello()
    busy.envelope()
    s.signal(number)
    assert idle.reply().startswith("421 foo.com Service not available")
    busy.send("Subject: x\r\n\r\nlast\r\n")
    assert busy.cmd(".") == "250 OK"
    assert busy.reply().startswith("421")
    assert s.wait() == 0
    s.wait_line(r"2 sessions, 1 messages: 1 accepted")


def test_a_second_signal_waits_for_no_message(start):
    s = start(Serve)
    idle, busy = s.client(), s.client()
    busy.hello()
    busy.envelope()
    s.signal(signal.SIGTERM)
    assert idle.reply().startswith("421")  # the first one is taken, the message goes on
    s.signal(signal.SIGTERM)
    assert busy.closed()
    assert s.wait() == 0
