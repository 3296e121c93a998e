# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter's second stage: how long it waits for clamd, and who waits for a place."""

import threading
import time

import pytest

from clamd_fixtures import CLEAN, FOUND, LATER, double, hangs, virus  # noqa: F401
from clamds import reads_itself
from daemons import LIMIT
from mta import session


@pytest.mark.parametrize("limit", ["clamd_answer_timeout", "clamd_timeout"])
def test_a_clamd_that_never_answers(virus, hangs, limit):
    d = hangs()
    v = virus(d, **{limit: "1s"})
    until = time.monotonic() + LIMIT
    with session(v.socket) as m:
        # Where the machine stands still for a second, clamd has not all of it by then.
        while not any(d.streams):
            assert m.message(b"x") == LATER and time.monotonic() < until
    v.wait_line("no verdict on a message: late")


def test_a_clamd_that_never_reads(virus, hangs):
    d = hangs()
    d.scan = reads_itself(lambda talk, number: d.over.wait())
    v = virus(d, clamd_send_timeout="1s")
    with session(v.socket) as m:
        assert m.message(b"x" * 3000000) == LATER
    v.wait_line("no verdict on a message: send")


def test_the_mta_hears_that_we_are_at_work(virus, hangs):
    d = hangs()
    d.scan = lambda talk, number: d.over.wait() and talk.say(b"stream: X FOUND\0")
    with session(virus(d).socket) as m:
        m.mail()
        m.command("B", b"x")
        m.send("E")
        assert m.recv() == ("p", b"")
        d.over.set()
        assert m.recv() == FOUND


def test_who_waits_in_the_queue_is_told_too_and_not_for_ever(virus, hangs):
    d = hangs()
    v = virus(d, clamd_connections="1", clamd_timeout="4s", clamd_answer_timeout="1h")
    with session(v.socket) as first, session(v.socket) as second:
        first.mail()
        first.send("E")
        d.wait(lambda d: len(d.streams) == 1)
        second.mail()
        assert second.eom() == LATER
        assert ("p", b"") in second.edits
        assert first.recv()[0] == "p"
    # Whose four seconds end first is the machine's choice, and one line is said of both.
    v.wait_line("no verdict on a message: (all places .clamd-connections. were taken "
                "for too long|late)")
    # Where it was the first's, the second may have had the place for its last moment.
    assert d.most == 1 or "no verdict on a message: late" in v.log()


def test_an_mta_that_goes_away_frees_its_place(virus, hangs, double):
    d = hangs()
    v = virus(d, clamd_connections="1")
    with session(v.socket) as m:
        m.mail()
        m.send("E")
        d.wait(lambda d: len(d.streams) == 1)
    with session(v.socket) as m:
        m.mail()
        m.send("E")
        d.wait(lambda d: len(d.streams) == 2)  # the first gave its place back


def test_a_hundred_messages_at_once_and_ten_with_clamd(virus, double):
    d = double()
    v = virus(d, clamd_connections="10")
    results = []

    def one(n):
        with session(v.socket) as m:
            results.append(m.message(b"message %d\r\n" % n * 1000))
    threads = [threading.Thread(target=one, args=(n,)) for n in range(100)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert results == [CLEAN] * 100
    assert len(d.streams) == 100 and len(set(d.streams)) == 100
    assert 1 <= d.most <= 10


def test_a_message_too_slow_to_come_takes_no_place(virus, double):
    """clamd is asked when all is there; half a message of one client stops no other."""
    d = double()
    v = virus(d, clamd_connections="1")
    slow = [session(v.socket) for _ in range(20)]
    for m in slow:
        m.mail()
        m.command("B", b"x" * 1000)
    with session(v.socket) as m:
        assert m.message(b"x") == CLEAN
    assert len(d.streams) == 1
    for m in slow:
        assert m.eom() == CLEAN
        m.sock.close()
