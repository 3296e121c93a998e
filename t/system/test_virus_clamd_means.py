# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter's second stage: wrong keys, want of means, and passing a descriptor."""

import os
import re

import pytest

from clamd_fixtures import CLEAN, FOUND, LATER, SIGNATURES, double, lines, says, virus  # noqa: F401
from clamds import reads_itself
from mta import session, strings



# ---- mistakes ----

@pytest.mark.parametrize("options, said", [
    (["clamd=nonsense"], "clamd: 'nonsense' is no socket"),
    (["clamd=inet:0@127.0.0.1"], "is no server: write unix:/path or inet:port@host"),
    (["clamd=unix:relative"], "is no server"),
    (["clamd=inet:70000"], "'70000' is no port"),
    (["clamd=inet:3310", "clamd-pass=descriptor"], "is no unix socket, so no descriptor"),
    (["clamd=unix:/x", "clamd-spool=/nowhere/here"], "/nowhere/here: No such file.*make that dir"),
    (["clamd=unix:/x, inet:3310, unix:/x"], "clamd: 'unix:/x' is there twice"),
    (["clamd=" + ", ".join(f"unix:/{n}" for n in range(17))], "more than 16 servers"),
    (["clamd=inet:3310@" + "a" * 256], "a host has at most 255 bytes"),
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
    v = virus(double(), clamd_memory="1k")
    os.rmdir(f"{place}/spool")
    with session(v.socket) as m:
        assert m.message(b"x" * 2000) == LATER
        assert m.message(b"x" * 200) == CLEAN, "what stays in memory needs none"
        os.mkdir(f"{place}/spool", 0o700)
        assert m.message(b"x" * 2000) == CLEAN
    v.wait_line(r"directory-gone: \S+/spool: cannot keep a message for clamd")


def test_nothing_is_left_in_the_spool(virus, double, place):
    d = double()
    v = virus(d, clamd_memory="0")
    m = session(v.socket)
    m.mail()
    m.command("L", strings("Subject", " x"))
    m.command("B", b"x" * 60000)  # libmilter hangs up on more than 65,535
    with session(v.socket) as other:  # behind it, so the first was read
        assert other.message(b"x") == CLEAN
    assert os.listdir(f"{place}/spool") == []
    m.sock.close()
    v.kill()
    assert os.listdir(f"{place}/spool") == []


# ---- descriptors ----

def test_passed_as_a_descriptor(virus, double):
    """clamd takes the file that is passed, and reads all of it from the start."""
    d = double(lambda talk, number: talk.say(
        b"fd[9]: X FOUND\0" if b"bad" in d.streams[number] else b"fd[9]: OK\0"))
    with session(virus(d, clamd_pass="descriptor", clamd_memory="1k").socket) as m:
        assert m.message(b"good") == CLEAN
        assert m.message(b"x" * 5000 + b"bad") == FOUND
    assert d.streams == [b"From refmilter\nSubject:x\r\n\r\n" + body
                         for body in (b"good", b"x" * 5000 + b"bad")]


def test_one_server_reads_on_while_the_next_one_is_asked(virus, double):
    """Each has an offset of its own, or the second would find the file read already."""
    first, second = double(name="first.sock"), double(name="second.sock")
    passed = {}

    @reads_itself
    def keep(talk, number):
        passed[first] = talk.passed()
        talk.say(b"fd[9]: busy. ERROR\0")

    @reads_itself
    def read(talk, number):
        with os.fdopen(talk.passed(), "rb") as mine, os.fdopen(passed[first], "rb") as its:
            assert its.read(10) == b"From refmi"
            second.streams[number] = mine.read()
            assert its.read() == second.streams[number][10:]
        talk.say(b"fd[9]: X FOUND\0" if b"bad" in second.streams[number] else b"fd[9]: OK\0")

    first.scan, second.scan = keep, read
    with session(virus(first, second, clamd_pass="descriptor", clamd_memory="1k").socket) as m:
        assert m.message(b"bad") == FOUND
        assert m.message(b"bad" + b"x" * 5000) == FOUND
    assert [len(s) for s in second.streams] == [28 + 3, 28 + 5003]


def test_a_descriptor_that_clamd_may_not_read_is_one_line(virus, double):
    """As under a profile of AppArmor's, which lets no file of ours be opened: for ever."""
    d = double(says(b"fd[9]: lstat() failed: Permission denied. ERROR\0"))
    v = virus(d, clamd_pass="descriptor", clamd_ping="1s")
    with session(v.socket) as m:
        for _ in range(30):
            assert m.message(b"x") == LATER
    v.stop()
    assert lines(v, "no verdict on a message") == [
        f"clamd: {d.address}: no verdict on a message: "
        r"error: 'fd[9]: lstat() failed: Permission denied. ERROR\x00'"]
    assert "verdicts again" not in v.log() and "not-judged=30" in v.log()
