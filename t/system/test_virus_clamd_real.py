# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter in front of the real clamd, with a database of our own."""

import os
import signal
import threading

import pytest

from clamd_fixtures import CLEAN, FOUND, LATER, SIGNATURE
from clamds import CLAMD, EICAR, INFECTED, MULTIPART, UNWANTED, Clamd, in_base64
from daemons import FIXTURES
from mta import session

SIGNATURES = f"{FIXTURES}/signatures/signatures"

pytestmark = pytest.mark.skipif(CLAMD is None, reason="no clamd (Debian: clamav-daemon)")


@pytest.fixture
def clamd(start, place):
    def one(*args, **kwargs):
        return start(Clamd, place, *args, **kwargs)
    return one


@pytest.fixture
def virus(milter, place):
    os.mkdir(f"{place}/spool", 0o700)

    def one(*servers, **keys):
        options = {"signatures": SIGNATURES, "clamd-spool": f"{place}/spool",
                   "clamd-answer-timeout": "5m", "clamd-timeout": "5m"}
        options |= {k.replace("_", "-"): v for k, v in keys.items()}
        return milter("virus-milter", [f"{k}={v}" for k, v in options.items()]
                      + ["clamd=" + ", ".join(s.address for s in servers)])
    return one


def test_eicar_in_every_wrapping_and_each_way_to_pass_it(virus, clamd, place):
    v = virus(clamd(), clamd_memory="1k")
    with session(v.socket) as m:
        for what, headers, body in INFECTED:
            assert m.message(body, headers=headers or [("Subject", " x")]) == FOUND, what
        assert m.message(b"clean\r\n") == CLEAN
        assert m.message(in_base64(b"clean"), headers=MULTIPART) == CLEAN
        assert m.message(SIGNATURE) == FOUND


def test_by_descriptor_too(virus, clamd):
    v = virus(clamd(), clamd_pass="descriptor", clamd_memory="1k")
    with session(v.socket) as m:
        for what, headers, body in INFECTED:
            assert m.message(body, headers=headers) == FOUND, what
            assert m.message(body + b"x" * 5000, headers=headers) == FOUND, what
        assert m.message(b"clean\r\n") == CLEAN


@pytest.mark.parametrize("first", ["X-Odd", "Cc", "User-Agent", "from", "FROM", "Received",
                                   "Thread-Topic", "DKIM-Signature", "Content-Type"])
def test_whatever_header_comes_first(virus, clamd, first):
    """clamd alone takes only some of them for the beginning of a mail."""
    headers = [] if first == "Content-Type" else [(first, " whatever")]
    with session(virus(clamd()).socket) as m:
        assert m.message(in_base64(EICAR), headers=headers + MULTIPART) == FOUND
        assert m.message(in_base64(b"clean"), headers=headers + MULTIPART) == CLEAN


def test_old_mta_without_leading_spaces(virus, clamd):
    with session(virus(clamd()).socket, version=2, actions=0x1F, steps=0x7F) as m:
        headers = [(n, v.strip()) for n, v in MULTIPART]
        assert m.message(in_base64(EICAR), headers=headers) == FOUND


def test_what_does_not_count_passes_with_a_line(virus, clamd):
    v = virus(clamd(), clamd_ignore="PUA.*")
    with session(v.socket) as m:
        assert m.message(UNWANTED) == CLEAN
        assert m.message(EICAR) == FOUND
    v.wait_line("QID1: virus: ignored: 'PUA.Own.Thing.UNOFFICIAL' from: ")


def test_a_limit_that_clamd_reached_is_no_virus(virus, clamd):
    v = virus(clamd(MaxFileSize="100K", AlertExceedsMax="yes"), too_large="reject")
    with session(v.socket) as m:
        assert m.message(b"clean " * 50000) == LATER
    v.wait_line("QID1: virus: not judged: 'Heuristics.Limits.Exceeded.MaxFileSize")


def test_above_clamds_own_limit_it_is_no_verdict(virus, clamd):
    v = virus(clamd(StreamMaxLength="100K"), clamd_memory="1k")
    around = len(b"From refmilter\nSubject:x\r\n\r\n")
    with session(v.socket) as m:
        assert m.message(b"x" * (102400 - around)) == CLEAN
        assert m.message(b"x" * (102401 - around)) == LATER
        assert m.message(b"x" * 1000000) == LATER
    v.wait_line("INSTREAM size limit exceeded. ERROR")


def test_killed_and_started_again(virus, clamd, place):
    c = clamd()
    v = virus(c)
    with session(v.socket) as m:
        assert m.message(EICAR) == FOUND
        c.kill()
        assert m.message(EICAR) == LATER
        assert m.message(b"clean") == LATER
        v.wait_line("does not answer")
        clamd()
        assert m.message(EICAR) == FOUND
        assert m.message(b"clean") == CLEAN


def test_stopped_and_going_on(virus, clamd):
    c = clamd()
    v = virus(c, clamd_answer_timeout="2s", clamd_connect_timeout="1s", clamd_ping="1s")
    with session(v.socket) as m:
        assert m.message(EICAR) == FOUND
        c.freeze()
        v.wait_line("does not answer: late")
        assert m.message(EICAR) == LATER
        mark = v.mark()
        c.signal(signal.SIGCONT)
        v.wait_line("answers: ClamAV", after=mark)
        assert m.message(EICAR) == FOUND


def test_over_tcp_and_the_second_of_two(virus, clamd, place):
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    one, two = clamd("one"), clamd("two", tcp=port)
    two.address = f"inet:{port}@127.0.0.1"
    with session(virus(one, two).socket) as m:
        assert m.message(EICAR) == FOUND
        one.kill()
        assert m.message(EICAR) == FOUND
        assert m.message(b"clean") == CLEAN
        two.kill()
        assert m.message(b"clean") == LATER


def test_while_it_loads_its_database(virus, clamd):
    c = clamd()
    with session(virus(c).socket) as m:
        for _ in range(5):
            assert c.command(b"RELOAD") == b"RELOADING\0"
            assert m.message(EICAR) == FOUND
            assert m.message(b"clean") == CLEAN


def test_with_a_queue_that_is_full(virus, clamd):
    """Open streams of others take every place of clamd's: it answers nobody."""
    import socket
    c = clamd(MaxQueue="8", MaxThreads="4")
    v = virus(c, clamd_connect_timeout="1s", clamd_answer_timeout="1s", clamd_timeout="3s")
    others = []
    for _ in range(12):
        s = socket.socket(socket.AF_UNIX)
        s.connect(c.socket)
        s.sendall(b"zINSTREAM\0\0\0\0\1x")
        others.append(s)
    with session(v.socket) as m:
        assert m.message(EICAR) == LATER
        for s in others:
            s.close()
        c.wait_pong()
        assert m.message(EICAR) == FOUND


def test_kills_under_load_let_nothing_through(virus, clamd):
    """No infected message is accepted; each clean one is accepted or put off."""
    c = clamd()
    v = virus(c, clamd_connections="4")
    each = 200 if os.environ.get("REFMILTER_TORTURE") else 25
    seen, lock = {}, threading.Lock()
    done = threading.Event()

    def client(n):
        with session(v.socket) as m:
            for i in range(each):
                bad = (n + i) % 2 == 0
                answer = m.message((EICAR if bad else b"clean") + b" %d %d\r\n" % (n, i))
                with lock:
                    key = ("bad" if bad else "clean", answer[1][:3] or answer[0].encode())
                    seen[key] = seen.get(key, 0) + 1
    threads = [threading.Thread(target=client, args=(n,)) for n in range(50)]
    for t in threads:
        t.start()
    watcher = threading.Thread(target=lambda: ([t.join() for t in threads], done.set()))
    watcher.start()
    kills = 0
    while not done.wait(0.3):
        c.kill()
        kills += 1
        c = clamd()
    watcher.join()
    assert set(seen) <= {("bad", b"550"), ("bad", b"451"), ("clean", b"c"), ("clean", b"451")}
    assert sum(seen.values()) == 50 * each
    assert seen[("bad", b"550")] > 0 and seen[("clean", b"c")] > 0
    print(f"# {kills} kills: {seen}")
