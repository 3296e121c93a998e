# SPDX-License-Identifier: BSD-2-Clause
"""Milters of other people: each starts, takes part in a session, and ends."""

from conftest import NAMES
from mta import Mta, Silence, Closed


def connected(f):
    """The socket's file may be there before anybody listens."""
    for _ in range(100):
        try:
            return Mta(f.socket)
        except ConnectionRefusedError:
            f.process.poll()
    return Mta(f.socket)


def test_there_are_ten_at_least():
    assert len(NAMES) >= 10


def test_a_plain_message_is_let_through(foreign):
    with connected(foreign) as m:
        version, actions, steps, _ = m.negotiate()
        assert version <= 6 and actions <= 0x1FF and steps <= 0x1FFFFF
        m.connect()
        m.helo()
        for _ in range(2):
            assert m.mail(qid="QID1") in (("c", b""), None)
            m.rcpt("<jones@foo.com>")
            headers = [("From", " a@bar.com"), ("Date", " Thu, 1 May 2003 10:00:00 +0000"),
                       ("Message-Id", " <1@bar.com>"), ("Subject", " x")]
            answer = m.content(headers, [b"hello\r\n"])
            assert answer[0] in "ca", (answer, foreign.said())
            m.send("A")
        m.send("Q")
        try:
            m.recv()  # PMilter says "continue" to QUIT
        except (Closed, Silence):
            pass
    # What it ends with is for milter-sim check to judge; here it ends.
    foreign.stop()
