# SPDX-License-Identifier: BSD-2-Clause
"""spam-milter's tarpit: who is refused too often waits, and nobody else."""

import select
import signal
import time

from daemons import LIMIT
from mta import Mta, session, strings
from spam_fixtures import ACCEPT, ASKED, BAD, CONTINUE, GOOD, REFUSED, lists, spam, verdict  # noqa: F401


def refusal_time(m):
    start = time.monotonic()
    assert verdict(m, BAD) == [CONTINUE, REFUSED]
    return time.monotonic() - start


def test_who_is_refused_too_often_waits_and_nobody_else(spam):
    d = spam("tarpit-refusals=2", "tarpit-delay=5")
    with session(d.socket) as m, Mta(d.socket) as other:
        other.negotiate()
        other.connect(address="192.0.2.2")
        assert refusal_time(m) < 4 and refusal_time(m) < 4
        assert 5 <= refusal_time(m) < LIMIT
        start = time.monotonic()
        assert verdict(m, GOOD) == [CONTINUE, ACCEPT]
        assert refusal_time(other) < 4
        assert time.monotonic() - start < 5


def test_a_reload_forgets_no_client_and_a_stop_waits_for_none(spam):
    d = spam("tarpit-refusals=1", "tarpit-delay=300")
    with session(d.socket) as m:
        refusal_time(m)
        d.signal(signal.SIGHUP)
        d.wait_line(r"reloaded")
        m.mail()
        m.rcpt(ASKED)
        m.command("T")
        m.command("L", strings("From", "bad@x.example"))
        m.send("N")
        assert not m.pending()
        start = time.monotonic()
        assert d.stop() == 0
        assert time.monotonic() - start < LIMIT


def test_beyond_the_limit_nobody_waits(spam):
    d = spam("tarpit-refusals=1", "tarpit-delay=300", "max-delayed=2")
    open_ = [session(d.socket) for _ in range(5)]
    for m in open_:
        m.mail()
        m.rcpt(ASKED)
        m.command("T")
        m.command("L", strings("From", "bad@x.example"))
    for m in open_:
        m.send("N")
    waiting, others = [m.sock for m in open_], []
    while len(waiting) > 2:  # the first refusal, and the two for whom there was no place
        answered = select.select(waiting, [], [], 1)[0]
        if not answered:  # libmilter lets what came at one moment lie, docs/FINDINGS.md 8
            others.append(session(d.socket))
            assert len(others) < LIMIT
        waiting = [s for s in waiting if s not in answered]
    assert len(waiting) == 2 and not select.select(waiting, [], [], 0.5)[0]
    for m in open_ + others:
        m.sock.close()
    assert d.stop() == 0
