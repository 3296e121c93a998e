# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter on the command line: every mistake has a line and an exit code."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from daemons import BUILD, FIXTURES, LIMIT
from mta import session

PROGRAM = "virus-milter"
SIGNATURES = f"{FIXTURES}/signatures/signatures"
EX_OK, EX_USAGE, EX_UNAVAILABLE, EX_NOPERM, EX_CONFIG = 0, 64, 69, 77, 78

# what is wrong | arguments ({p} is a fresh directory) | exit code | what stderr says
MISUSES = [
    ("an unknown switch", ["-x"], EX_USAGE, "unknown option"),
    ("an unknown long switch", ["--nonsense"], EX_USAGE, "unknown option"),
    ("a switch without its argument", ["-p"], EX_USAGE, "lacks its argument"),
    ("an argument left over", ["-f", "spare"], EX_USAGE, "left over"),
    ("a configuration file that is not there", ["-c", "{p}/none"], EX_CONFIG,
     "{p}/none: cannot be opened: No such file or directory"),
    ("a directory as configuration", ["-c", "{p}"], EX_CONFIG, "{p}: a directory, name the file in it"),
    ("an unknown key", ["-o", "colour=red"], EX_CONFIG, "no such option"),
    ("an override without value", ["-o", "signatures"], EX_CONFIG, "want key=value"),
    ("a mode that is no mode", ["-o", "socket-mode=rw"], EX_CONFIG, "an octal mode"),
    ("a socket of no kind", ["-p", "bogus:x"], EX_UNAVAILABLE, "want unix:PATH"),
    ("a socket in a directory that is not there", ["-p", "unix:{p}/no/s"],
     EX_UNAVAILABLE, "No such file or directory"),
    ("a socket path that is too long", ["-p", "unix:/tmp/" + 120 * "x"],
     EX_UNAVAILABLE, "too long"),
    ("fd:3 when nothing was passed in", ["-p", "fd:3"], EX_UNAVAILABLE,
     "no stream socket was passed in"),
    ("a port that is none", ["-p", "inet:65537@127.0.0.1"], EX_UNAVAILABLE,
     "a number from 0 to 65535"),
    ("a mode of more than access", ["-o", "socket-mode=4755"], EX_CONFIG, "an octal mode"),
    ("a process to reload that is none", ["-r", "me"], EX_USAGE, "the number of a process"),
    ("all processes to reload", ["-r", "-1"], EX_USAGE, "the number of a process"),
    ("an unknown user", ["-o", "user=no-such-user-here"], EX_CONFIG, "no such user"),
    ("an unknown group", ["-o", "socket-group=no-such-group-here"], EX_UNAVAILABLE,
     "no such group"),
    ("no signature file", ["-o", "signatures={p}/none"], EX_CONFIG, "{p}/none"),
    ("a directory as signature file", ["-o", "signatures={p}"], EX_CONFIG, "{p}"),
    ("a 4xx reply for a rejection", ["-o", "reply=450 4.7.0 VIRUS"], EX_CONFIG,
     "must begin with a 5yz code"),
    ("a 5xx reply for a tempfail", ["-o", "action=tempfail", "-o", "reply=550 5.7.0 X"],
     EX_CONFIG, "must begin with a 4yz code"),
    ("an enhanced code of another class", ["-o", "reply=550 4.7.0 VIRUS"], EX_CONFIG,
     "another class"),
    ("a lone per cent sign", ["-o", "reply=550 5.7.0 50% VIRUS"], EX_CONFIG, "neither %%"),
]


@pytest.mark.parametrize("what,args,code,says", MISUSES, ids=[m[0] for m in MISUSES])
def test_a_mistake_is_named(run, place, what, args, code, says):
    args = [a.replace("{p}", place) for a in args]
    base = ["-f", "-o", "allow-root=yes", "-o", f"signatures={SIGNATURES}"]
    if "-p" not in args:
        base += ["-p", f"unix:{place}/s"]
    end = run(PROGRAM, *base, *args)
    assert end.returncode == code, end.stderr
    assert says.replace("{p}", place) in end.stderr
    assert end.stdout == ""
    assert not os.path.exists(f"{place}/s"), "no socket may stay behind"


def test_an_error_in_the_signature_file_names_file_and_line(run, place):
    with open(f"{place}/sigs", "w", encoding="ascii") as f:
        f.write("# a comment\nGOOD =\nabcdefghijklmnop\nLONELY =\n")
    end = run(PROGRAM, "-f", "-o", "allow-root=yes", "-o", f"signatures={place}/sigs",
              "-p", f"unix:{place}/s")
    assert end.returncode == EX_CONFIG
    assert f"{place}/sigs:4: " in end.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try")
def test_root_is_refused_unless_told(run, place):
    end = run(PROGRAM, "-f", "-o", f"signatures={SIGNATURES}", "-p", f"unix:{place}/s")
    assert end.returncode == EX_NOPERM
    assert "refuses to run as root" in end.stderr


def test_t_prints_a_configuration_that_reads_back_the_same(run, place):
    first = run(PROGRAM, "-t", "-o", f"signatures={SIGNATURES}", "-p", "unix:/tmp/here")
    assert first.returncode == EX_OK, first.stderr
    assert 'socket = "unix:/tmp/here"' in first.stdout
    assert 'reply = "550 5.7.0 VIRUS FOUND"' in first.stdout
    with open(f"{place}/conf", "w", encoding="ascii") as f:
        f.write(first.stdout)
    second = run(PROGRAM, "-t", "-c", f"{place}/conf")
    assert (second.returncode, second.stdout) == (EX_OK, first.stdout)


@pytest.mark.parametrize("action, reply", [
    ("reject", "550 5.7.0 VIRUS FOUND"), ("tempfail", "451 4.7.0 VIRUS FOUND"),
])
def test_t_prints_the_reply_that_is_sent(run, action, reply):
    end = run(PROGRAM, "-t", "-o", f"signatures={SIGNATURES}", "-o", f"action={action}")
    assert end.returncode == 0 and f'\nreply = "{reply}"\n' in end.stdout


def test_t_checks_the_signatures_too(run, place):
    end = run(PROGRAM, "-t", "-o", f"signatures={place}/none")
    assert end.returncode == EX_CONFIG
    assert f"{place}/none" in end.stderr


def test_without_f_it_goes_to_the_background_once_it_serves(run, place):
    end = run(PROGRAM, "-p", f"unix:{place}/s", "-o", "allow-root=yes",
              "-o", f"signatures={SIGNATURES}")
    assert end.returncode == EX_OK, end.stderr
    with session(f"unix:{place}/s") as m:  # at once: "started" means "serves"
        assert m.message(b"clean\r\n") == ("c", b"")
    assert run_pkill(f"unix:{place}/s") == 0


def test_in_the_background_a_mistake_still_gives_line_and_code(run, place):
    end = run(PROGRAM, "-p", f"unix:{place}/s", "-o", "allow-root=yes",
              "-o", f"signatures={place}/none")
    assert end.returncode == EX_CONFIG
    assert f"{place}/none" in end.stderr


def test_in_the_background_a_configuration_named_from_here_is_read_again(run, place):
    conf, figures = Path(place, "here.conf"), Path(place, "m.prom")
    conf.write_text(f'signatures = "{SIGNATURES}"\n', encoding="ascii")
    end = run(PROGRAM, "-c", "here.conf", "-p", f"unix:{place}/s", "-o", "allow-root=yes",
              "-o", f"metrics-file={figures}", cwd=place)
    assert end.returncode == EX_OK, end.stderr
    conf.write_text("no-such-key = 1\n", encoding="ascii")
    os.kill(pid_of(f"unix:{place}/s"), signal.SIGHUP)
    until = time.monotonic() + LIMIT
    while 'result="failed"} 1' not in figures.read_text() and time.monotonic() < until:
        time.sleep(0.02)
    assert run_pkill(f"unix:{place}/s") == 0
    assert 'result="failed"} 1' in figures.read_text()


def pid_of(socket):
    """The daemon that serves this socket, found by its arguments; None: there is none."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if socket.encode() in f.read().split(b"\0"):
                    return int(pid)
        except OSError:
            pass
    return None


def run_pkill(socket):
    """Ends the daemon that serves this socket."""
    pid = pid_of(socket)
    if pid is None:
        return 1
    os.kill(pid, signal.SIGTERM)
    return 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_user_drops_root_for_good(milter, place):
    os.chmod(place, 0o755)
    shutil.copyfile(SIGNATURES, f"{place}/signatures")  # the tree may be root's alone
    d = milter(PROGRAM, [f"signatures={place}/signatures", "user=nobody", "allow-root=no",
                         "socket-mode=0666"])
    with open(f"/proc/{d.process.pid}/status", encoding="ascii") as f:
        status = dict(line.split(":\t", 1) for line in f if ":\t" in line)
    assert set(status["Uid"].split()) == {"65534"}
    assert "0" not in status["Gid"].split() + status["Groups"].split()
    with session(d.socket) as m:
        assert m.message(b"clean\r\n") == ("c", b"")


def test_a_socket_from_systemd_is_served(place):
    import socket
    s = socket.socket(socket.AF_UNIX)
    s.bind(f"{place}/s")
    s.listen(5)
    p = subprocess.Popen(
        [f"{BUILD}/{PROGRAM}", "-f", "-p", "fd:3", "-o", "allow-root=yes",
         "-o", f"signatures={SIGNATURES}"],
        stderr=subprocess.PIPE, pass_fds=[3], preexec_fn=lambda: os.dup2(s.fileno(), 3)
    ) if s.fileno() != 3 else None
    if p is None:  # the descriptor is 3 already
        p = subprocess.Popen([f"{BUILD}/{PROGRAM}", "-f", "-p", "fd:3", "-o",
                              "allow-root=yes", "-o", f"signatures={SIGNATURES}"],
                             stderr=subprocess.PIPE, pass_fds=[3])
    try:
        assert b"ready" in p.stderr.readline()
        with session(f"unix:{place}/s") as m:
            assert m.message(b"clean\r\n") == ("c", b"")
    finally:
        p.terminate()
        assert p.wait(20) == 0
    assert os.path.exists(f"{place}/s"), "systemd's socket is not ours to remove"


def test_a_number_that_is_another_program_by_now_is_not_signalled(run):
    """HUP would end it; the pid file of a process that was killed names anybody."""
    with subprocess.Popen(["sleep", "1000"]) as stranger:
        end = run(PROGRAM, "-r", str(stranger.pid), "-o", "allow-root=yes",
                  "-o", f"signatures={SIGNATURES}")
        alive = stranger.poll() is None
        stranger.kill()
        assert stranger.wait() == -signal.SIGKILL and alive
    assert end.returncode == EX_UNAVAILABLE
    assert f"--reload {stranger.pid}: that process is 'sleep', not {PROGRAM}" in end.stderr


def test_a_number_that_nobody_has_is_told(run):
    gone = subprocess.Popen(["true"])  # waited for, so its number is free
    gone.wait()
    end = run(PROGRAM, "-r", str(gone.pid), "-o", "allow-root=yes",
              "-o", f"signatures={SIGNATURES}")
    assert end.returncode == EX_UNAVAILABLE
    assert f"--reload {gone.pid}: No such process" in end.stderr
