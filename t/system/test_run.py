# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim run: what it says of a difference, exit codes, other servers, real milters."""

import os
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from daemons import LIMIT, SLOW

BUILD = Path(os.environ["TOP_BUILDDIR"])
SIM = BUILD / "milter-sim"
D1 = Path(os.environ["TOP_SRCDIR"]) / "t" / "sim" / "rfc2821" / "d1.transcript"
D1_OPTIONS = "--domain foo.com --user Jones --user Brown --announce 8BITMIME,SIZE,DSN,HELP"


def run(*args):
    end = subprocess.run([SIM, "run", *args], capture_output=True, text=True, timeout=LIMIT, check=False)
    return end.returncode, end.stdout, end.stderr


@pytest.fixture
def transcript(tmp_path):
    def write(text, name="t.mta"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def test_the_rfcs_sample_session_runs_as_printed():
    code, out, err = run("--option", D1_OPTIONS, D1)
    assert (code, out, err) == (0, f"1..1\nok 1 - {D1}\n", "")


def test_a_difference_has_line_expected_got_and_both_dialogues(transcript):
    t = transcript("# Title\nM< on MAIL: REJECT\nS: 220 ${*}\nC: HELO x\nS: 250 ${*}\nC: MAIL FROM:<a@b>\nS: 250 OK\n")
    code, out, _ = run(t)
    assert code == 1
    assert out.startswith(f"1..1\nnot ok 1 - {t}: Title\n")
    assert f"# {t}:7: expected  S: 250 OK\n# {t}:7: got       S: 550 " in out
    for line in ("C: MAIL FROM:<a@b>", "M> MAIL <a@b>", "M< REJECT", "S: 550 "):
        assert f"#   {line}" in out


@pytest.mark.parametrize(
    "text, got",
    [
        ("S: 220 ${*}\nS: 221 ${*}\n", "no answer in time"),
        ("M> HELO x\n", "no answer in time, last was: CONNECT localhost"),
        ("S: 220 ${*}\nC: QUIT\nS: 221 ${*}\nS: 250 more\n", "the connection closed"),
        ("C: QUIT\nS: 220 ${*}\n", "S: 221 "),
        ("S: 220 ${*}\nS! silence 10ms\nC: NOOP\nS! silence 20s\n", "S: 250 "),
        ("S: 220 ${*}\nC: QUIT\nS! close\n", "S: 221 "),
        ("S= 220 x\n", "S= 220 l"),
        ("expect: every packet\nM> OPTNEG ${*}\nM> HELO x\nS: 220 ${*}\n", "M> CONNECT "),
        ("expect: every packet\nM> OPTNEG ${*}\nS: 220 ${*}\n", "M> CONNECT "),
        ("M> CONNECT ${*}\nM! no CONNECT\nC: HELO x\nM> HELO x\nM! no HELO\nM! no QUIT\nC: QUIT\nM> QUIT\nC: x\nS: 1\n", "S: 220"),
        ("M> OPTNEG ${*}\nS: 220 ${*}\nM! no CONNECT\n", "it was sent"),
        ("S: ${a} ${*}\nC: NOOP\nS: ${a} ${*}\n", "S: 250 "),
    ],
)
def test_every_kind_of_difference_is_seen(transcript, text, got):
    code, out, _ = run("--timeout", "5s", transcript(text))
    assert code == 1, out
    assert f"got       {got}" in out


@pytest.mark.parametrize(
    "text, code, trouble",
    [
        ("S: 220\nX: y\n", 2, "t.mta:2: a line begins with"),
        ("# nothing\n", 2, "no line of a session"),
        ("option: --no-such\nS: 220 ${*}\n", 2, "'--no-such' is no option"),
        ("C: ${nothing}\n", 2, "${nothing} has no value yet"),
    ],
)
def test_a_transcript_that_cannot_be_played_is_usage(transcript, text, code, trouble):
    got, out, _ = run(transcript(text))
    assert got == code
    assert trouble in out


@pytest.mark.parametrize(
    "args, trouble",
    [
        ([], "no transcript is named"),
        (["--timeout", "soon", "x"], "a time is written"),
        (["--server", "unix:/s", "--milter", "S=unix:/m", "x"], "--server has its own"),
        (["--played", "unix:/m", "x"], "--played goes with --server"),
        (["--server", "x", "x"], "milter-sim run: "),
        (["--time-scale", "0", "x"], "--time-scale is 1 to 1000"),
        (["--time-scale", "fast", "x"], "--time-scale is 1 to 1000"),
        (["--server", "unix:/s", "--time-scale", "2", "x"], "no --time-scale"),
    ],
)
def test_wrong_options_are_named(args, trouble):
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert trouble in err


def test_all_files_are_run_and_the_worst_decides(transcript):
    good = transcript("S: 220 ${*}\n", "good.mta")
    bad = transcript("S: 221 ${*}\n", "bad.mta")
    code, out, _ = run(good, bad, "/no/such.mta", good)
    assert code == 2
    lines = [line for line in out.splitlines() if not line.startswith("#")]
    assert [line.split(" - ")[0] for line in lines] == ["1..4", "ok 1", "not ok 2", "not ok 3", "ok 4"]


def test_nobody_listens_is_exit_3(transcript, tmp_path):
    code, out, _ = run("--server", f"unix:{tmp_path}/nobody", transcript("S: 220 ${*}\n"))
    assert code == 3
    assert "not ok 1" in out


@pytest.mark.parametrize("allow, code", [("command/order", 0), ("", 1)])
def test_any_server_and_its_milter_played(transcript, tmp_path, allow, code):
    """A stand-in MTA: it asks the milter at MAIL and passes the reply on; that it
    does so without a negotiation breaks a rule."""

    def mta(listening):
        client, _ = listening.accept()
        milter = socket.socket(socket.AF_UNIX)
        milter.connect(f"{tmp_path}/m.sock")
        lines = client.makefile("rb")
        client.sendall(b"220 hello\r\n")
        assert lines.readline() == b"MAIL FROM:<a@b>\r\n"
        milter.sendall(b"\0\0\0\7M<a@b>\0"[:4] + b"M<a@b>\0")
        length = int.from_bytes(milter.recv(4, socket.MSG_WAITALL), "big")
        reply = milter.recv(length, socket.MSG_WAITALL)
        client.sendall(reply[1:-1] + b"\r\n")
        assert lines.readline() == b""
        client.close()
        milter.close()

    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{tmp_path}/s.sock")
        listening.listen()
        thread = threading.Thread(target=mta, args=(listening,))
        thread.start()
        t = transcript(f"allow: {allow}\n" * bool(allow) + "S: 220 hello\nC: MAIL FROM:<a@b>\nM> MAIL <a@b>\nM< reply 550 5.7.1 no\nS: 550 5.7.1 no\nC! close\nM! close\n")
        got, out, _ = run("--server", f"unix:{tmp_path}/s.sock", "--played", f"unix:{tmp_path}/m.sock", t)
        thread.join(10)
    assert got == code, out
    assert allow or "command/order" in out
    assert not (tmp_path / "m.sock").exists()


def test_no_time_passes_where_all_is_played(transcript):
    """The filter's time limit and the silence are minutes."""
    code, out, _ = run("--timeout", "90s", transcript(
        "milter: F=4, T=R:60s\nS: 220 ${*}\nC: HELO x\nS: 250 ${*}\nS! silence 60s\n"
        "C: MAIL FROM:<a@b>\nM> MAIL <a@b>\nM< hang\nS! silence 59s\nS: 421 ${*}\n"))
    assert code == 0, out
    assert run("--timeout", "59s", transcript("milter: T=R:60s\nM> OPTNEG ${*}\nM< hang\nS: 220 ${*}\n"))[0] == 1


def test_times_pass_faster_with_a_real_milter(transcript, tmp_path):
    script = transcript("M< on MAIL: hang\n", "script")
    ready = tmp_path / "ready"
    child = subprocess.Popen([SIM, "milter", "--script", script, "--listen", f"unix:{tmp_path}/m",
                              "--port-file", ready, "--log", tmp_path / "log"])
    try:
        while not ready.exists():
            assert child.poll() is None
        slow = transcript("S: 220 ${*}\nC: HELO x\nS: 250 ${*}\nC: MAIL FROM:<a@b>\nM> MAIL <a@b>\nS: 421 ${*}\n")
        scale = max(1, int(50 / SLOW))
        code, out, _ = run("--time-scale", str(scale), "--timeout", "600s", "--milter",
                           f"S=unix:{tmp_path}/m, F=4, T=C:500s;S:500s;R:200s", slow)
    finally:
        child.terminate()
        child.wait(10)
    assert code == 0, out


def test_a_real_milter_must_answer_as_written(transcript, tmp_path):
    """`milter-sim milter` stands for it: a process of its own behind a socket."""
    script = transcript("M< on MAIL: reply 550 5.7.0 VIRUS FOUND\n", "script")
    ready = tmp_path / "ready"
    child = subprocess.Popen(
        [SIM, "milter", "--script", script, "--listen", f"unix:{tmp_path}/m", "--port-file", ready]
        + ["--log", tmp_path / "log", "--connections", "2"]
    )
    try:
        while not ready.exists():
            assert child.poll() is None
        head = "S: 220 ${*}\nC: HELO x\nS: 250 ${*}\nC: MAIL FROM:<a@b>\nM> MAIL <a@b>\n"
        good = transcript(head + "M< REPLYCODE 550 5.7.0 ${*} FOUND\nS: 550 5.7.0 VIRUS FOUND\n", "good.mta")
        bad = transcript(head + "M< CONTINUE\nS: 250 ${*}\n", "bad.mta")
        code, out, _ = run("--milter", f"S=unix:{tmp_path}/m, F=T", good, bad)
    finally:
        child.terminate()
        child.wait(10)
    assert code == 1, out
    assert f"ok 1 - {good}" in out
    assert f"# {bad}:6: expected  M< CONTINUE\n# {bad}:6: got       M< REPLYCODE 550 5.7.0 VIRUS FOUND\n" in out
