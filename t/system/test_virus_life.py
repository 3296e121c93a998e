# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter over its life: log, counts, reload, stop, restart."""

import os
import re
import signal
import subprocess
import threading

import pytest

from daemons import BUILD, FIXTURES, LIMIT, SLOW
from mta import Closed, Mta, session

SIGNATURES = f"{FIXTURES}/signatures/signatures"
SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
OTHER = b"an entirely different signature line 1234567890"
FOUND = ("y", b"550 5.7.0 VIRUS FOUND\0")
CLEAN = ("c", b"")
LOUD = 0x7FF  # an offer without NR bits: a test then knows that an event was taken


@pytest.fixture
def virus(milter):
    return milter("virus-milter", [f"signatures={SIGNATURES}", "summary-interval=0"])


@pytest.fixture
def editable(milter, place):
    """A milter whose signature file the test may rewrite."""
    write(place, "ONE =\n" + SIGNATURE.decode() + "\n")
    d = milter("virus-milter", [f"signatures={place}/sigs", "summary-interval=0"])
    d.write = lambda text: write(place, text)
    return d


def write(place, text):
    with open(f"{place}/new", "w", encoding="latin-1") as f:
        f.write(text)
    os.chmod(f"{place}/new", 0o644)
    os.rename(f"{place}/new", f"{place}/sigs")


def summaries(log):
    """(messages, {name: count}) over all summary lines of a log."""
    messages, names = 0, {}
    for m in re.finditer(r": (\d+) messages ?(.*)", log):
        messages += int(m[1])
        for name, n in re.findall(r" ([^ =]+)=(\d+)", m[2]):
            names[name] = names.get(name, 0) + int(n)
    return messages, names


# ---- log ----

def test_a_refused_message_is_one_line(virus):
    with session(virus.socket) as m:
        assert m.message(SIGNATURE, sender="<big@boss.com>", qid="vAB123",
                         rcpts=["<a@foo.com>", "<b@foo.com>"]) == FOUND
    m = virus.wait_line("virus: ")
    assert re.search(
        r"vAB123: virus: 'WORM_SOBIG\.B' from: '<big@boss\.com>'.* "
        r"client=client\.example\[192\.0\.2\.1\] nrcpt=2 action=reject 550 5\.7\.0$",
        m.string), m.string
    virus.stop()
    assert virus.log().count("virus: '") == 1


@pytest.mark.parametrize("sender", [
    "<a\nInjected: line@b>", "<a\r\nx@b>", "<\x1b[31mred@b>", "<\xff\xfe@b>", "<%s%n%x@b>",
    "<" + 2000 * "a" + "@b>", "", "<>",
])
def test_a_hostile_sender_stays_in_its_line(virus, sender):
    """And so does a client: what its ident server says comes first in the MTA's `_`."""
    with Mta(virus.socket) as m:
        m.negotiate()
        m.macro("C", _="me[192.0.2.9] action=accept @a.b [198.51.100.7]")
        assert m.message(SIGNATURE, sender=sender.encode("latin-1")) == FOUND
    virus.stop()
    lines = [line for line in virus.log().split("\n") if "virus: '" in line]
    assert len(lines) == 1
    assert all(" " <= c <= "~" for c in lines[0])
    assert "Injected" not in lines[0].split("from: ")[0]
    assert lines[0].endswith(
        " client=me\\x5B192.0.2.9\\x5D\\x20action=accept\\x20@a.b[198.51.100.7]"
        " nrcpt=1 action=reject 550 5.7.0"), "a long sender must not push the rest out"


def test_a_clean_message_is_no_line(virus):
    with session(virus.socket) as m:
        assert m.message(b"clean") == CLEAN
    virus.stop()
    assert "QID1" not in virus.log()


# ---- counts ----

@pytest.mark.limit(400)
def test_counts_are_exact_under_load_and_not_lost_at_exit(milter):
    d = milter("virus-milter", [f"signatures={SIGNATURES}", "summary-interval=1"])
    threads, each = 8, 150

    def drive(n):
        with session(d.socket) as m:
            for i in range(each):
                assert m.message(SIGNATURE if i % 3 == 0 else b"clean") == (
                    FOUND if i % 3 == 0 else CLEAN)

    workers = [threading.Thread(target=drive, args=(n,)) for n in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    assert d.stop() == 0
    assert summaries(d.log()) == (threads * each, {"WORM_SOBIG.B": threads * each // 3})


def test_the_summary_line_is_that_of_the_paper(milter):
    d = milter("virus-milter", [f"signatures={SIGNATURES}", "summary-interval=1"])
    with session(d.socket) as m:
        for _ in range(3):
            m.message(SIGNATURE)
    d.wait_line(r"[A-Z][a-z]{2} \d\d \d\d:\d\d: 3 messages  WORM_SOBIG\.B=3$")
    d.wait_line(r": 0 messages")  # then the counts start again


# ---- reload ----

@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_reloads(editable, number):
    with session(editable.socket) as m:
        assert m.message(OTHER) == CLEAN
        editable.write("TWO =\n" + OTHER.decode() + "\n")
        editable.signal(number)
        editable.wait_line("reloaded")
        assert m.message(OTHER) == FOUND
        assert m.message(SIGNATURE) == CLEAN


@pytest.mark.limit(400)
def test_a_signal_right_after_the_start_never_stops_it(milter, place):
    """libmilter has a thread that takes HUP for "stop"; it must not get hold of one."""
    write(place, "ONE =\n" + SIGNATURE.decode() + "\n")
    for i in range(40):
        d = milter("virus-milter", [f"signatures={place}/sigs"])
        for _ in range(4):
            d.signal(signal.SIGHUP)
        d.wait_line("reloaded")
        with session(d.socket) as m:
            assert m.message(SIGNATURE) == FOUND, i
        assert d.stop() == 0, d.log()


BAD = ["", "LONELY =\n", "X =\nshort\n", "no name here at all\n", "\0\0\0"]


@pytest.mark.parametrize("content", BAD, ids=[repr(b) for b in BAD])
def test_an_error_at_reload_keeps_the_old_set(editable, content):
    editable.write(content)
    editable.signal(signal.SIGHUP)
    line = editable.wait_line("reload: ").string
    assert "/sigs" in line and "keeping the old" in line
    with session(editable.socket) as m:
        assert m.message(SIGNATURE) == FOUND
    editable.stop()
    assert editable.log().count("reload") == 1, "one line"


def test_a_vanished_file_at_reload_keeps_the_old_set(editable, place):
    os.unlink(f"{place}/sigs")
    editable.signal(signal.SIGHUP)
    editable.wait_line("reload: .*No such file.*keeping the old")
    with session(editable.socket) as m:
        assert m.message(SIGNATURE) == FOUND


def test_a_message_under_way_keeps_the_rules_it_began_with(editable):
    with session(editable.socket, steps=LOUD) as m, session(editable.socket) as other:
        m.mail()
        m.command("B", SIGNATURE[:40])
        editable.write("TWO =\n" + OTHER.decode() + "\n")
        editable.signal(signal.SIGHUP)
        editable.wait_line("reloaded")
        assert other.message(SIGNATURE) == CLEAN
        m.command("B", SIGNATURE[40:] + OTHER)
        assert m.eom() == FOUND
        assert m.message(SIGNATURE) == CLEAN


@pytest.mark.limit(400)
def test_reloads_under_load_lose_nothing(editable):
    """The signature is in both sets, so it must be found whatever set is in force."""
    wrong, stop = [], threading.Event()

    def drive():
        with session(editable.socket) as m:
            while not stop.is_set():
                if m.message(b"x" * 3000 + SIGNATURE) != FOUND:
                    wrong.append(1)

    workers = [threading.Thread(target=drive) for _ in range(4)]
    for w in workers:
        w.start()
    for i in range(30):
        editable.write(f"ONE =\n{SIGNATURE.decode()}\nMORE{i} =\nfiller signature {i:8}\n")
        mark = editable.mark()
        editable.signal(signal.SIGHUP)
        editable.wait_line("reloaded", after=mark)
    stop.set()
    for w in workers:
        w.join()
    assert not wrong


# ---- stop ----

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_when_idle_takes_less_than_five_seconds(virus, number):
    idle = session(virus.socket)  # an open connection without a message is idle
    virus.signal(number)
    assert virus.wait(limit=5 * SLOW) == 0
    assert "0 messages" in virus.log() and "stopped" in virus.log()
    idle.sock.close()
    assert not os.path.exists(virus.socket.removeprefix("unix:"))


@pytest.mark.limit(400)
def test_a_stop_right_after_the_start_is_no_failure(milter):
    """libmilter, stopped before its first accept(), says that it failed: 1 of 7 here."""
    for i in range(40):
        assert milter("virus-milter", [f"signatures={SIGNATURES}"]).stop() == 0, i


def test_a_message_under_way_gets_its_answer_after_sigterm(virus):
    with session(virus.socket, steps=LOUD) as m:
        m.mail()
        m.command("B", SIGNATURE)
        virus.signal(signal.SIGTERM)
        until_refused(virus.socket)
        assert m.eom() == FOUND
    assert virus.wait() == 0
    assert summaries(virus.log()) == (1, {"WORM_SOBIG.B": 1})


def test_an_envelope_alone_does_not_hold_it_up(virus):
    """After RSET sendmail sends no ABORT to a filter that does not answer MAIL."""
    with session(virus.socket, steps=LOUD) as m:
        m.mail()
        virus.signal(signal.SIGTERM)
        assert virus.wait(limit=5) == 0


def until_refused(socket):
    """Waits for the event "no new sessions": a negotiation that is refused."""
    for _ in range(2000):
        try:
            with Mta(socket) as m:
                m.negotiate()
        except (Closed, OSError):
            return
    raise AssertionError("still takes sessions")


def test_a_new_message_while_it_stops_is_put_off(virus):
    with session(virus.socket, steps=LOUD) as slow, session(virus.socket) as late:
        slow.mail()
        slow.command("B", b"text")
        virus.signal(signal.SIGTERM)
        until_refused(virus.socket)
        answer = late.message(b"clean")
        assert answer[0] == "t" or answer[1].startswith(b"451 4."), answer
        assert slow.eom() == CLEAN
    assert virus.wait() == 0
    assert "cannot judge a message: this process is about to stop" in virus.log()
    assert "without the MAIL command" not in virus.log()


def test_a_message_that_never_ends_does_not_hold_it_for_ever(milter):
    d = milter("virus-milter", [f"signatures={SIGNATURES}", "drain-timeout=1"])
    with session(d.socket, steps=LOUD) as m:
        m.mail()
        m.command("B", b"text")
        d.signal(signal.SIGTERM)
        assert d.wait(limit=10) == 0
    assert "stopping with 1 messages under way" in d.log()


# ---- start again ----

def test_after_kill_9_it_starts_again_on_the_stale_socket(milter, place):
    first = milter("virus-milter", [f"signatures={SIGNATURES}"])
    first.signal(signal.SIGKILL)
    first.wait()
    assert os.path.exists(first.socket.removeprefix("unix:"))
    second = milter("virus-milter", [f"signatures={SIGNATURES}"])
    with session(second.socket) as m:
        assert m.message(SIGNATURE) == FOUND


def test_a_second_instance_is_refused_and_the_first_lives_on(virus):
    end = subprocess.run(virus.argv, capture_output=True, text=True, timeout=LIMIT,
                         check=False)
    assert end.returncode == 69
    assert "another process holds its lock" in end.stderr
    with session(virus.socket) as m:
        assert m.message(SIGNATURE) == FOUND


# ---- what goes wrong around it ----

def test_nobody_reads_stderr_and_service_goes_on(place):
    """A full pipe must not stop it; bug 11 of the 2003 listing."""
    read_end, write_end = os.pipe()
    p = subprocess.Popen(
        [f"{BUILD}/virus-milter", "-f", "-p", f"unix:{place}/s", "-o", "allow-root=yes",
         "-o", f"signatures={SIGNATURES}"], stderr=write_end)
    try:
        os.read(read_end, 1)  # it is up; from now on nobody reads
        with session(f"unix:{place}/s") as m:
            for _ in range(1500):  # about 200 bytes a line, 64 KiB a pipe
                assert m.message(SIGNATURE) == FOUND
    finally:
        p.terminate()
        assert p.wait(LIMIT) == 0
        os.close(read_end)
        os.close(write_end)


def test_stderr_is_closed_and_service_goes_on(place):
    read_end, write_end = os.pipe()
    p = subprocess.Popen(
        [f"{BUILD}/virus-milter", "-f", "-p", f"unix:{place}/s", "-o", "allow-root=yes",
         "-o", f"signatures={SIGNATURES}"], stderr=write_end)
    os.close(write_end)
    try:
        os.read(read_end, 1)
        os.close(read_end)
        with session(f"unix:{place}/s") as m:
            for _ in range(20):
                assert m.message(SIGNATURE) == FOUND
    finally:
        p.terminate()
        assert p.wait(LIMIT) == 0


def test_few_file_descriptors_delay_but_lose_nothing(place, start):
    from daemons import Milter
    d = start(Milter, "virus-milter", place, [f"signatures={SIGNATURES}"],
              preexec_fn=lambda: __import__("resource").setrlimit(
                  __import__("resource").RLIMIT_NOFILE, (40, 40)))
    crowd = []
    for _ in range(60):
        m = Mta(d.socket)
        crowd.append(m)
    for m in crowd:  # make room again
        m.sock.close()
    with session(d.socket) as m:
        assert m.message(SIGNATURE) == FOUND


def test_the_soft_limit_of_files_is_raised(place, start):
    import resource
    from daemons import Milter
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    d = start(Milter, "virus-milter", place, [f"signatures={SIGNATURES}"],
              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard)))
    with open(f"/proc/{d.process.pid}/limits", encoding="ascii") as f:
        line = next(line for line in f if line.startswith("Max open files"))
    assert int(line.split()[3]) == hard
