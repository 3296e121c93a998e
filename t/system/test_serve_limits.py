# SPDX-License-Identifier: BSD-2-Clause
"""Hostile and clumsy clients: milter-sim serve names what is wrong and goes on."""

import os
import socket

import pytest

from serve import Script, Serve, mailbox

TEXT = b"Subject: cut\r\n\r\n..a\r\n..\r\nb\r\n"


def test_the_final_dot_cut_at_every_byte(start, place):
    s = start(Serve, "--deliver", f"maildir:{place}/mail")
    c = s.client()
    c.hello()
    whole = TEXT + b".\r\nNOOP\r\n"
    for cut in range(len(whole) + 1):
        c.envelope()
        c.send(whole[:cut])
        c.send(whole[cut:])
        assert c.reply() == "250 OK"
        assert c.reply() == "250 OK"
    got = {m.split("\n\n", 1)[1] for m in mailbox(f"{place}/mail", "anyone")}
    assert got == {".a\n.\nb\n"}


@pytest.mark.parametrize("end", ["\n.\n", "\r\n.\n", "\n.\r\n", "\r.\r", "\r\n.\r", "\r.\r\n"])
def test_no_other_end_of_message(start, place, end):
    """Two servers that see the end in two places can be made to pass on a hidden message."""
    s = start(Serve, "--deliver", f"maildir:{place}/mail")
    c = s.client()
    c.hello()
    c.envelope()
    c.send("Subject: x\r\n\r\nx" + end + "MAIL FROM:<hidden@bar.com>\r\n")
    assert c.reply() in ("421 Bare linefeed (LF) not allowed",
                         "421 Bare carriage return (CR) not allowed")
    assert c.closed()
    assert mailbox(f"{place}/mail", "anyone") == []


def test_filters_never_see_a_refused_text(start, place):
    filt = start(Script, f"{place}/f.sock")
    s = start(Serve, "--milter", filt.words)
    c = s.client()
    c.hello()
    c.envelope()
    c.send("Subject: x\r\n\r\nx\0y\r\n.\r\n")
    assert c.reply() == "554 NUL byte not allowed"
    c.cmd("QUIT")
    c.close()
    assert filt.story() == "O DC C DH H DM M DR R T A Q"


def test_size_limit(start, place):
    s = start(Serve, "--size-limit", "1k")
    c = s.client()
    assert "250-SIZE 1024" in c.hello().split("\n")
    assert c.cmd("MAIL FROM:<a@b> SIZE=1025").startswith("552 ")
    assert c.message("x" * 70 + "\r\n")[-1] == "250 OK"
    assert c.message(("x" * 70 + "\r\n") * 15)[-1].startswith("552 ")
    assert c.message()[-1] == "250 OK"  # and the session goes on


def test_line_limits(start):
    s = start(Serve)
    c = s.client()
    c.hello()
    assert c.cmd("NOOP " + "x" * 505) == "250 OK"
    assert c.cmd("NOOP " + "x" * 506) == "500 Line too long"
    assert c.cmd("X" * 5000) == "500 Line too long"
    assert c.message("x" * 998 + "\r\n")[-1] == "250 OK"
    assert c.message("x" * 999 + "\r\n")[-1] == "500 Line too long in message text"
    s = start(Serve, "--line-limit", "0")
    c = s.client()
    c.hello()
    assert c.message("x" * 200000 + "\r\n")[-1] == "250 OK"


def test_header_limit(start):
    s = start(Serve)
    c = s.client()
    c.hello()
    assert c.message("A: 1\r\n" * 100000 + "\r\n")[-1] == "552 Headers too large"
    assert c.message("A: " + (" " + "x" * 900 + "\r\n") * 50)[-1] == "552 Headers too large"
    assert c.message()[-1] == "250 OK"


def test_memory_is_shared_and_given_back(start):
    s = start(Serve, "--memory", "1M", "--line-limit", "0")
    c = s.client()
    c.hello()
    assert c.message("x" * 3000000 + "\r\n")[-1].startswith("452 ")
    for _ in range(5):
        assert c.message("x" * 300000 + "\r\n")[-1] == "250 OK"


def test_pipelined_commands_are_answered_in_order(start, place):
    filt = start(Script, f"{place}/f.sock")
    s = start(Serve, "--milter", filt.words, "--announce", "+PIPELINING,ENHANCEDSTATUSCODES")
    c = s.client()
    assert c.hello().split("\n")[-2:] == ["250-ENHANCEDSTATUSCODES", "250 HELP"]
    c.send("RSET\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<>\r\nDATA\r\n")
    assert [c.reply() for _ in range(5)] == [
        "250 2.0.0 OK", "250 2.1.0 OK", "250 2.1.5 OK", "501 5.1.7 Syntax error in the address",
        "354 Start mail input; end with <CRLF>.<CRLF>"]
    c.send("x\r\n.\r\nNOOP\r\nQUIT\r\nNOOP\r\n")
    assert [c.reply() for _ in range(3)][2].startswith("221")
    assert c.closed()
    assert filt.story() == "O DC C DH H DM M DR R T N B DE E Q"


def test_a_client_that_closes_in_the_middle(start, place):
    filt = start(Script, f"{place}/f.sock")
    s = start(Serve, "--milter", filt.words)
    c = s.client()
    c.hello()
    c.envelope()
    c.send("Subject: x\r\n")
    c.close()
    assert filt.story() == "O DC C DH H DM M DR R T"  # as sendmail: no ABORT, no QUIT
    assert s.client().hello().startswith("250")


def test_a_half_closed_client_still_hears_its_answers(start):
    s = start(Serve)
    c = s.client()
    c.send("EHLO bar.com\r\nNOOP\r\n")
    c.sock.shutdown(socket.SHUT_WR)
    assert c.reply().startswith("250-foo.com")
    assert c.reply() == "250 OK"
    assert c.closed()


def test_a_client_that_never_reads(start):
    """The replies wait, and so does the reading of commands; others are served."""
    s = start(Serve, "--timeout", "2")
    c = s.client()
    c.sock.settimeout(1)
    try:
        for _ in range(2000):
            c.send("HELP\r\n" * 1000)
    except OSError:
        pass
    assert s.client().hello().startswith("250")


GARBAGE = {
    "NUL": b"\0" * 100, "0xff": b"\xff" * 5000 + b"\r\n", "HTTP": b"GET / HTTP/1.1\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "empty lines": b"\r\n" * 100,
    "brackets": b"MAIL FROM:" + b"<" * 500 + b"\r\n", "parameters": b"RCPT TO:<a@b> " * 30 + b"\r\n",
}


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_ends_nothing_else(start, garbage):
    s = start(Serve)
    c = s.client()
    c.send(GARBAGE[garbage])
    c.close()
    c = s.client()
    c.hello()
    assert c.message()[-1] == "250 OK"
    assert s.stop() == 0


def test_random_bytes(start):
    s = start(Serve, "--deliver", "null")
    words = [b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA", b".", b"\r\n", b"\n", b"\r", b"\0", b"..",
             b"EHLO x", b"RSET", b"QUIT", b" ", b"SIZE=9", b"<", b">", b"\xff", b"x: y", b"\t"]
    seed = int.from_bytes(os.urandom(4), "big")
    for n in range(60):
        c = s.client()
        state, data = seed + n, b""
        for _ in range(200):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            data += words[(state >> 33) % len(words)]
        try:
            c.send(data)
        except OSError:
            pass
        c.close()
    c = s.client()
    c.hello()
    assert c.message()[-1] == "250 OK", f"seed {seed}"
    assert s.stop() == 0
