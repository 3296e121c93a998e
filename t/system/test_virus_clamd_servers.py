# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter's second stage: several clamd, what is said of them, and reloads."""

import os
import signal

from clamd_fixtures import CLEAN, FOUND, LATER, SIGNATURE, SIGNATURES, double, lines, says, virus  # noqa: F401
from mta import session



# ---- several ----

def test_the_next_one_is_asked_when_one_is_away(virus, double, place):
    d = double(says(b"stream: X FOUND\0"))
    v = virus(f"unix:{place}/none.sock", "inet:1@127.0.0.1", d)
    with session(v.socket) as m:
        assert m.message(b"x") == FOUND
        d.close()
        assert m.message(b"x") == LATER, "the last is gone"


def test_the_next_one_is_asked_when_one_says_nothing_of_use(virus, double):
    one = double(says(b"INSTREAM size limit exceeded. ERROR\0"), name="one.sock")
    two = double(says(b"stream: X FOUND\0"), name="two.sock")
    with session(virus(one, two).socket) as m:
        assert m.message(b"x") == FOUND
    assert one.streams == two.streams


def test_one_known_to_be_away_is_not_tried_first(virus, double):
    silent = double(says(b"stream: OK\0"), name="one.sock", pong=b"What?\0")
    good = double(says(b"stream: X FOUND\0"), name="two.sock")
    v = virus(silent, good)
    v.wait_line("one.sock does not answer: nonsense: 'What")
    with session(v.socket) as m:
        assert m.message(b"x") == FOUND
    assert silent.streams == []


# ---- news ----

def test_a_change_is_a_line_and_a_message_is_none(virus, double, place):
    d = double()
    v = virus(d, clamd_ping="1s")
    v.wait_line(r"clamd: unix:\S+ answers: ClamAV 9.9/1/today")
    d.wait(lambda d: d.pings > 2)
    d.close()
    v.wait_line(r"clamd: unix:\S+ does not answer: ")  # connect, or a PING under way
    with session(v.socket) as m:
        for _ in range(20):
            assert m.message(b"x") == LATER
    os.unlink(d.path)
    away = v.mark()
    double()
    v.wait_line(r"answers: ", after=away)
    log = v.log()
    assert log.count(" answers: ") == 2
    assert log.count("does not answer") == 1
    assert log.count("no verdict on a message") == 1, "one cause, one line"


NO_VERDICT = {"error": b"INSTREAM size limit exceeded. ERROR\0",
              "nonsense": b"\1\0",
              "closed": b""}


def test_each_cause_is_a_line_when_it_begins_and_one_when_all_are_over(virus, double):
    say = []
    d = double(lambda talk, number: talk.say(say[0]))
    v = virus(d)
    with session(v.socket) as m:
        for _ in range(3):
            for answer in NO_VERDICT.values():
                say[:] = [answer]
                assert m.message(b"x") == LATER
        say[:] = [b"stream: OK\0"]
        assert m.message(b"x") == CLEAN
        assert m.message(b"x") == CLEAN
    v.stop()
    told = [line.split(": ")[3] for line in lines(v, "no verdict on a message")]
    assert told == list(NO_VERDICT)
    assert lines(v, "verdicts again") == [
        f"clamd: {d.address}: verdicts again, after 9 messages without"]


def test_each_server_has_lines_of_its_own(virus, double):
    one = double(says(b"\1\0"), name="one.sock")
    two = double(says(b"\1\0"), name="two.sock")
    v = virus(one, two)
    with session(v.socket) as m:
        for _ in range(5):
            assert m.message(b"x") == LATER
        two.scan = says(b"stream: OK\0")
        for _ in range(5):
            assert m.message(b"x") == CLEAN
    v.stop()
    assert [line.split(": ")[1] for line in lines(v, "no verdict")] == [one.address, two.address]
    assert lines(v, "verdicts again") == [
        f"clamd: {two.address}: verdicts again, after 5 messages without"]


def test_a_hostile_version_stays_on_its_line(virus, double):
    d = double(pong=b"PONG\0")
    d.answer = lambda talk: (
        talk.say(b"ClamAV\n9\x1b[2J\0") if talk.command() == b"VERSION" else talk.say(b"PONG\0"))
    v = virus(d)
    v.wait_line("does not answer: nonsense: 'ClamAV.n9.x1B")


# ---- reload ----

def test_an_older_connection_is_not_judged(virus, double, milter, place):
    """Its MTA was told to send no headers; a bare body would look clean."""
    d = double(says(b"stream: X FOUND\0"))
    os.mkdir(f"{place}/spool2", 0o700)
    conf = f"{place}/conf"
    with open(conf, "w", encoding="ascii") as f:
        f.write(f'signatures = "{SIGNATURES}"\nclamd-spool = "{place}/spool2"\n')
    v = milter("virus-milter", args=["-c", conf])
    with session(v.socket) as old:
        assert old.message(b"x") == CLEAN
        with open(conf, "a", encoding="ascii") as f:
            f.write(f'clamd = "{d.address}"\n')
        v.signal(signal.SIGHUP)
        v.wait_line("reloaded: .*; clamd unix:")
        assert old.message(b"x") == LATER
        assert old.message(SIGNATURE) == FOUND
        assert d.streams == []
        with session(v.socket) as new:
            assert new.message(b"x") == FOUND
            # And off again: the newer connection sends headers in vain.
            with open(conf, "w", encoding="ascii") as f:
                f.write(f'signatures = "{SIGNATURES}"\n')
            mark = v.mark()
            v.signal(signal.SIGHUP)
            v.wait_line("reloaded: ", after=mark)
            assert new.message(b"x") == CLEAN
        assert old.message(b"x") == CLEAN
    assert len(d.streams) == 1
    v.wait_line("a connection is older than the reload that asked for clamd")
