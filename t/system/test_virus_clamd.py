# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter's second stage, with a clamd that does as it is told."""

import re
import signal
import socket
import threading

import pytest

from clamds import Double, reads_itself
from daemons import FIXTURES, LIMIT
from mta import STEP, Mta, session, strings

SIGNATURES = f"{FIXTURES}/signatures/signatures"
SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
FOUND = ("y", b"550 5.7.0 VIRUS FOUND\0")
CLEAN = ("c", b"")
LATER = ("y", b"451 4.3.0 Please try again later\0")
NO = {letter: bits[0] for letter, bits in STEP.items()}
NR = {letter: bits[1] for letter, bits in STEP.items()}
LEADSPC = 0x100000


def says(data):
    return lambda talk, number: talk.say(data)


@pytest.fixture
def double(place):
    made = []

    def one(*args, **kwargs):
        made.append(Double(place, *args, **kwargs))
        return made[-1]

    yield one
    for d in made:
        d.close()


@pytest.fixture
def virus(milter, place):
    """virus(double..., options) with those servers, quick to give up."""
    import os
    os.mkdir(f"{place}/spool", 0o700)

    def one(*servers, **keys):
        options = {"signatures": SIGNATURES, "summary-interval": "0",
                   "clamd-spool": f"{place}/spool", "clamd-answer-timeout": "5m",
                   "clamd-timeout": "5m"}
        options |= {k.replace("_", "-"): v for k, v in keys.items()}
        words = [f"{k}={v}" for k, v in options.items()]
        if servers:
            words.append("clamd=" + ", ".join(getattr(s, "address", s) for s in servers))
        return milter("virus-milter", words)
    return one


def test_the_mta_is_asked_for_headers_only_with_a_clamd(virus, double):
    with Mta(virus(double()).socket) as m:
        _, actions, steps, _ = m.negotiate()
    assert actions == 0x100
    assert steps == (sum(NO[x] for x in "CHRUT") | NR["M"] | NR["L"] | NR["N"] | NR["B"] | LEADSPC)


def test_what_clamd_finds_is_refused(virus, double):
    v = virus(double(says(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")),
              reply="550 5.7.0 VIRUS FOUND: %v")
    with session(v.socket) as m:
        assert m.message(b"x") == ("y", b"550 5.7.0 VIRUS FOUND: Win.Test.EICAR_HDB-1\0")
    v.wait_line(r"QID1: virus: 'Win.Test.EICAR_HDB-1' from: '<sender@example.org>' by: clamd "
                r"client=client.example\[192.0.2.1\] nrcpt=1 action=reject 550 5.7.0$")


def test_a_signature_of_ours_needs_no_clamd(virus, double):
    d = double()
    with session(virus(d).socket) as m:
        assert m.message(SIGNATURE) == FOUND
    assert d.streams == []


HEADERS = [("X-Odd", "no blank"), ("Subject", "  two blanks"), ("Folded", " a\n\tb\n c"),
           ("Empty", ""), ("Blank", " "), ("Utf", " \xe4\xf6")]


@pytest.mark.parametrize("body", [b"", b"\0\0x\r\n", b"a" * 65535 + b"b" * 70000, b"\n.\r\r\n"],
                         ids=["empty", "NUL", "long", "odd ends"])
@pytest.mark.parametrize("memory", ["0", "1k", "1M"])
def test_the_message_arrives_byte_by_byte(virus, double, body, memory):
    d = double()
    with session(virus(d, clamd_memory=memory).socket) as m:
        assert m.message(body, headers=[(n, v.encode("latin1")) for n, v in HEADERS]) == CLEAN
    head = b"".join(f"{n}:{v}".encode("latin1").replace(b"\n", b"\r\n") + b"\r\n"
                    for n, v in HEADERS)
    assert d.streams == [b"From refmilter\n" + head + b"\r\n" + body]


def test_an_mta_that_takes_a_blank_off(virus, double):
    d = double()
    with session(virus(d).socket, steps=0xFFFFF) as m:
        assert m.message(b"x", headers=[("A", "b"), ("Empty", "")]) == CLEAN
    assert d.streams == [b"From refmilter\nA: b\r\nEmpty:\r\n\r\nx"]


# ---- answers that are none ----

NO_VERDICT = {
    "nothing, and closes": says(b""),
    "half an answer": says(b"stream: O"),
    "an answer without its end": says(b"stream: OK"),
    "the other form's end": says(b"stream: OK\n"),
    "an error": says(b"INSTREAM size limit exceeded. ERROR\0"),
    "another subject": says(b"/etc/passwd: OK\0"),
    "garbage": says(bytes(range(256)) * 3),
    "NULs": says(b"\0" * 2000),
    "a megabyte": says(b"x" * (1 << 20)),
    "OK, and more": says(b"stream: OK\0stream: OK\0"),
    "two verdicts": says(b"stream: OK\0stream: X FOUND\0"),
    "a name that is empty": says(b"stream:  FOUND\0"),
    "control characters": says(b"stream: a\x1b[31m FOUND\0"),
    "a reset": lambda talk, number: talk.reset(),
    "closes at once": reads_itself(lambda talk, number: None),
    "OK before the end": reads_itself(lambda talk, number: talk.say(b"stream: OK\0")),
    "a limit that was reached": says(b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0"),
}


@pytest.mark.parametrize("fail", ["tempfail", "accept"])
@pytest.mark.parametrize("scan", NO_VERDICT.values(), ids=NO_VERDICT)
def test_what_is_no_verdict_is_none(virus, double, scan, fail):
    v = virus(double(scan), clamd_fail=fail)
    with session(v.socket) as m:
        # Large, so that clamd can have hung up before all is written.
        assert m.message(b"x" * 300000) == (LATER if fail == "tempfail" else CLEAN)
        assert m.message(SIGNATURE) == FOUND
    v.stop()
    assert "not-judged=1" in v.log()


def test_an_answer_by_single_bytes_is_one(virus, double):
    def slowly(talk, number):
        for byte in b"stream: Slow.Name FOUND\0":
            talk.say(bytes([byte]))
    with session(virus(double(slowly)).socket) as m:
        assert m.message(b"x") == FOUND


@reads_itself
def refuses_early(talk, number):
    """As clamd does at the header of a chunk too many; then it hangs up."""
    talk.exactly(100)
    talk.say(b"INSTREAM size limit exceeded. ERROR\0")


def test_the_reason_is_read_though_writing_failed(virus, double):
    v = virus(double(refuses_early))
    with session(v.socket) as m:
        assert m.message(b"x" * 3000000) == LATER
    v.wait_line(r"clamd: unix:\S+: no verdict on a message: "
                r"error: 'INSTREAM size limit exceeded. ERROR.x00'")


# ---- time ----

@pytest.fixture
def hangs(double):
    def one(**kwargs):
        d = double(None, **kwargs)
        d.scan = lambda talk, number: d.over.wait()
        return d
    return one


@pytest.mark.parametrize("limit", ["clamd_answer_timeout", "clamd_timeout"])
def test_a_clamd_that_never_answers(virus, hangs, limit):
    v = virus(hangs(), **{limit: "1s"})
    with session(v.socket) as m:
        assert m.message(b"x") == LATER
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


# ---- size ----

TOO_LARGE = {"tempfail": ("y", b"451 4.3.4 This message is too large to be looked at\0"),
             "accept": CLEAN,
             "reject": ("y", b"552 5.3.4 This message is too large to be looked at\0")}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_exactly_the_limit_is_shown_and_a_byte_more_is_not(virus, double, what):
    d = double()
    v = virus(d, clamd_max_size="100k", too_large=what)
    around = len(b"From refmilter\nSubject:x\r\n\r\n")
    with session(v.socket) as m:
        assert m.message(b"x" * (102400 - around)) == CLEAN
        assert m.message(b"x" * (102401 - around)) == TOO_LARGE[what]
        assert m.message(b"x" * 102400 + SIGNATURE) == FOUND, "ours has no limit"
    assert [len(s) for s in d.streams] == [102400]
    v.wait_line("QID1: virus: too large: 102401 bytes from: '<sender@example.org>' by: clamd")


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
    v.wait_line(r"clamd: unix:\S+ does not answer: connect: ")
    with session(v.socket) as m:
        for _ in range(20):
            assert m.message(b"x") == LATER
    import os
    os.unlink(d.path)
    away = v.mark()
    double()
    v.wait_line(r"answers: ", after=away)
    log = v.log()
    assert log.count(" answers: ") == 2
    assert log.count("does not answer") == 1
    assert log.count("no verdict on a message") == 1, "once a minute"


def test_a_hostile_version_stays_on_its_line(virus, double):
    d = double(pong=b"PONG\0")
    d.answer = lambda talk, real=d.answer: (
        talk.say(b"ClamAV\n9\x1b[2J\0") if talk.command() == b"VERSION" else talk.say(b"PONG\0"))
    v = virus(d)
    v.wait_line("does not answer: nonsense: 'ClamAV.n9.x1B")


# ---- reload ----

def test_an_older_connection_is_not_judged(virus, double, milter, place):
    """Its MTA was told to send no headers; a bare body would look clean."""
    import os
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


# ---- mistakes ----

@pytest.mark.parametrize("options, said", [
    (["clamd=nonsense"], "clamd: 'nonsense' is no socket"),
    (["clamd=inet:0@127.0.0.1"], "is no server: write unix:/path or inet:port@host"),
    (["clamd=unix:relative"], "is no server"),
    (["clamd=inet:70000"], "'70000' is no port"),
    (["clamd=inet:3310", "clamd-pass=descriptor"], "is no unix socket, so no descriptor"),
    (["clamd=unix:/x", "clamd-spool=/nowhere/here"], "/nowhere/here: No such file.*make that dir"),
    (["clamd-fail=reject"], "want one of tempfail, accept"),
    (["too-large=drop"], "want one of tempfail, accept, reject"),
    (["clamd-max-size=0"], "clamd-max-size = '0' does not fit"),
    (["clamd-connections=0"], "clamd-connections = '0' does not fit"),
])
def test_a_mistake_is_named_at_t(run, place, options, said):
    words = ["-t", "-o", f"signatures={SIGNATURES}", "-o", "allow-root=yes",
             "-o", f"clamd-spool={place}"]
    for o in options:
        words += ["-o", o]
    end = run("virus-milter", *words)
    assert end.returncode == 78
    assert re.search(said, end.stderr), end.stderr


def test_off_means_that_nothing_of_it_is_looked_at(run):
    end = run("virus-milter", "-t", "-o", f"signatures={SIGNATURES}", "-o", "allow-root=yes",
              "-o", "clamd-spool=/nowhere/here")
    assert (end.returncode, end.stderr) == (0, "")


def test_a_host_without_an_address_is_named_but_no_error(run, place):
    end = run("virus-milter", "-t", "-o", f"signatures={SIGNATURES}", "-o", "allow-root=yes",
              "-o", f"clamd-spool={place}", "-o", "clamd=inet:3310@no.such.host.invalid")
    assert end.returncode == 0
    assert "clamd: host 'no.such.host.invalid':" in end.stderr


# ---- want of means ----

def test_without_room_for_the_spool_it_is_not_judged(virus, double, place):
    """The folder goes away under us, as a file system that is unmounted."""
    import os
    v = virus(double(), clamd_memory="1k")
    os.rmdir(f"{place}/spool")
    with session(v.socket) as m:
        assert m.message(b"x" * 2000) == LATER
        assert m.message(b"x" * 200) == CLEAN, "what stays in memory needs none"
        os.mkdir(f"{place}/spool", 0o700)
        assert m.message(b"x" * 2000) == CLEAN
    v.wait_line(r"directory-gone: \S+/spool: cannot keep a message for clamd")


def test_nothing_is_left_in_the_spool(virus, double, place):
    import os
    d = double()
    v = virus(d, clamd_memory="0")
    m = session(v.socket)
    m.mail()
    m.command("L", strings("Subject", " x"))
    m.command("B", b"x" * 100000)
    with session(v.socket) as other:  # behind it, so the first was read
        assert other.message(b"x") == CLEAN
    assert os.listdir(f"{place}/spool") == []
    m.sock.close()
    v.kill()
    assert os.listdir(f"{place}/spool") == []


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


def test_passed_as_a_descriptor(virus, place):
    """The double takes the file that is passed, and reads all of it from the start."""
    import array
    import os
    got, listener = [], socket.socket(socket.AF_UNIX)
    listener.bind(f"{place}/fd.sock")
    listener.listen(10)

    def serve():
        while True:
            try:
                s, _ = listener.accept()
            except OSError:
                return
            s.settimeout(LIMIT)
            word = b""
            while not word.endswith(b"\0"):
                word += s.recv(1)
            if word == b"zFILDES\0":
                _, control, _, _ = s.recvmsg(1, socket.CMSG_SPACE(4))
                fds = array.array("i")
                fds.frombytes(control[0][2])
                with os.fdopen(fds[0], "rb") as f:
                    got.append(f.read())
                s.sendall(b"fd[9]: X FOUND\0" if b"bad" in got[-1] else
                          b"fd[9]: lstat() failed. ERROR\0" if b"deny" in got[-1] else
                          b"fd[9]: OK\0")
            else:
                s.sendall(b"PONG\0" if word == b"zPING\0" else b"ClamAV 1\0")
            s.close()
    threading.Thread(target=serve, daemon=True).start()
    v = virus(f"unix:{place}/fd.sock", clamd_pass="descriptor", clamd_memory="1k")
    with session(v.socket) as m:
        assert m.message(b"good") == CLEAN
        assert m.message(b"x" * 5000 + b"bad") == FOUND
        assert m.message(b"deny") == LATER
        assert m.message(b"deny") == LATER
    assert got[0] == b"From refmilter\nSubject:x\r\n\r\ngood"
    assert got[1] == b"From refmilter\nSubject:x\r\n\r\n" + b"x" * 5000 + b"bad"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    v.stop()
    assert v.log().count("lstat() failed. ERROR") == 1
