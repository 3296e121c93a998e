# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim check and try, and the milters they start: daemons, and the end of all.

Whatever ends the tool, no process and no folder of it is left behind.
"""

import os
import re
import signal
import subprocess

import pytest

from daemons import BUILD, LIMIT

TOP = os.environ.get("TOP_SRCDIR", ".")
CASES = f"{TOP}/cases"
MUTANT = f"{BUILD}/t/mutants/mutant"
MAIL = f"{TOP}/fixtures/mail/plain.eml"
# Behind a setsid of its own, out of the group that the tool made for it.
DAEMON = f"sh -c 'setsid {MUTANT} \"$0\" & echo $! >\"$1\"' {{socket}} {{dir}}/pid"
PIDFILE = ("--pidfile", "{dir}/pid")


@pytest.fixture
def env(place):
    return {**os.environ, "TMPDIR": place}


def milters(place):
    """The milters whose socket is in the folder."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="latin-1") as f:
                words = f.read().split("\0")
        except OSError:
            continue
        if words[0] == MUTANT and any(place in w for w in words):
            found.append(int(pid))
    return found


@pytest.fixture
def tool(env, place):
    """milter-sim, begun; after the test nothing of it may be there any more."""
    begun = []

    def one(*args):
        p = subprocess.Popen([f"{BUILD}/milter-sim", *args], env=env, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        begun.append(p)
        return p
    yield one
    for p in begun:
        if p.poll() is None:
            p.kill()
        p.communicate()
    assert not os.listdir(place)
    assert not milters(place)


def line_with(p, words):
    """Reads on until it has said so."""
    for line in p.stdout:
        if words in line:
            return
    raise AssertionError(f"it never said {words}")


def until(what):
    for _ in range(int(LIMIT * 100)):
        if what():
            return
        signal.sigtimedwait([], 0.01)
    raise AssertionError("it never came to it")


def is_ready(place):
    """Does a milter that was started there say so?"""
    for folder in os.listdir(place):
        try:
            with open(f"{place}/{folder}/output", encoding="utf-8") as f:
                if "ready" in f.read():
                    return True
        except OSError:
            pass
    return False


MUTE = f"{MUTANT} --mutant connect-silent {{socket}}"
HOUR = ("--timeout", "3600s", "--only", "ord/1", "--cases", CASES, "--jobs", "1")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_ends_a_wait_of_an_hour(tool, place, number):
    p = tool("check", "--spawn", MUTE, *HOUR)
    until(lambda: is_ready(place))
    p.send_signal(number)
    out = p.communicate(timeout=LIMIT)[0]
    assert "Interrupted." in out and "ord/1" in out
    assert p.returncode == 128 + number


def test_who_kills_the_tool_leaves_no_milter(env, place):
    """The folder stays: there is nobody left to take it away."""
    argv = [f"{BUILD}/milter-sim", "check", "--spawn", MUTE, *HOUR]
    with subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL) as p:
        until(lambda: is_ready(place))
        assert milters(place)
        p.kill()
    until(lambda: not milters(place))


def test_what_failed_before_an_interrupt_is_told_and_is_the_exit_code(tool):
    p = tool("check", "--spawn", f"{MUTANT} --mutant rcpt-twice {{socket}}", "--cases", CASES,
             "--jobs", "1", "--only", "rep/2.4", "--only", "ord", "--only", "rob")
    line_with(p, "fail ")
    p.send_signal(signal.SIGINT)
    out = p.communicate(timeout=LIMIT)[0]
    assert "Interrupted." in out
    assert p.returncode == 1


def test_a_second_interrupt_leaves_no_milter_that_will_not_end(tool, place):
    p = tool("check", "--spawn", f"{MUTANT} --mutant term-ignored {{socket}}", "--cases", CASES,
             "--only", "shu/1", "--jobs", "1")
    until(lambda: is_ready(place))
    for _ in range(3):
        p.send_signal(signal.SIGINT)
    assert "Interrupted." in p.communicate(timeout=LIMIT)[0]


def test_a_running_milter_that_is_mute_is_no_trap(tool, tmp_path):
    argv = [MUTANT, "--mutant", "connect-silent", f"unix:{tmp_path}/s"]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as milter:
        try:
            milter.stderr.readline()
            held = os.listdir(f"/proc/{milter.pid}/fd")
            p = tool("check", "--milter", f"unix:{tmp_path}/s", *HOUR)
            until(lambda: len(os.listdir(f"/proc/{milter.pid}/fd")) > len(held))
            p.send_signal(signal.SIGINT)
            assert "Interrupted." in p.communicate(timeout=LIMIT)[0]
            assert milter.poll() is None  # not ours to end
        finally:
            milter.kill()


@pytest.mark.parametrize("sub", ["check", "try"])
def test_an_interrupt_ends_a_daemon_too(tool, place, sub):
    mute = DAEMON.replace(MUTANT, f"{MUTANT} --mutant connect-silent")
    what = HOUR if sub == "check" else (MAIL,)
    p = tool(sub, "--spawn", mute, *PIDFILE, *what)
    until(lambda: milters(place))
    p.send_signal(signal.SIGINT)
    p.communicate(timeout=LIMIT)
    assert p.returncode == 128 + signal.SIGINT


def test_a_daemon_is_found_by_its_file_watched_and_ended(tool):
    p = tool("check", "--spawn", DAEMON, *PIDFILE, "--cases", CASES, "--only", "rep/2.4",
             "--only", "shu/1", "--only", "shu/11", "--only", "inv/1", "--jobs", "1")
    out = p.communicate(timeout=LIMIT)[0]
    assert p.returncode == 0, out
    assert re.search(r"\b4 pass", out), out


def test_a_daemon_that_dies_is_seen_to_die(tool):
    dies = DAEMON.replace(MUTANT, f"{MUTANT} --mutant mail-empty-crash")
    p = tool("check", "--spawn", dies, *PIDFILE, "--cases", CASES, "--only", "rob/9.2")
    out = p.communicate(timeout=LIMIT)[0]
    assert p.returncode == 1 and "the milter's process ended" in out


def test_a_daemon_that_writes_no_file_is_told_by_name(tool):
    p = tool("check", "--spawn", f"{MUTANT} {{socket}}", *PIDFILE, "--cases", CASES,
             "--only", "rep/2.4", "--ready-within", "300ms")
    out = p.communicate(timeout=LIMIT)[0]
    assert p.returncode == 3 and "did not write {dir}/pid" in out


def test_whom_the_file_named_before_is_left_alone(tool, tmp_path):
    """A stale file, or that of a milter that serves real mail."""
    with subprocess.Popen(["sleep", "1000"]) as other:
        try:
            (tmp_path / "pid").write_text(f"{other.pid}\n")
            p = tool("check", "--spawn", f"{MUTANT} {{socket}}", "--pidfile", f"{tmp_path}/pid",
                     "--cases", CASES, "--only", "rep/2.4", "--ready-within", "300ms")
            out = p.communicate(timeout=LIMIT)[0]
            assert p.returncode == 3, out
            assert other.poll() is None
        finally:
            other.kill()


@pytest.mark.parametrize("kind", ["unix", "inet", "inet6"])
def test_try_takes_a_daemon_on_each_kind_of_socket(tool, kind):
    p = tool("try", "--spawn", DAEMON, *PIDFILE, "--via", kind, MAIL)
    out = p.communicate(timeout=LIMIT)[0]
    assert p.returncode == 0, out
    assert out.rstrip().endswith("accepted")


@pytest.mark.parametrize("sub", ["check", "try"])
def test_misuse_is_told(tool, sub):
    more = () if sub == "check" else (MAIL,)
    p = tool(sub, "--spawn", "m {socket}", "--via", "x25", *more)
    assert "unix inet inet6" in p.communicate(timeout=LIMIT)[0] and p.returncode == 2
    p = tool(sub, "--milter", "unix:/x", "--pidfile", "y", *more)
    assert "goes with --spawn" in p.communicate(timeout=LIMIT)[0] and p.returncode == 2
