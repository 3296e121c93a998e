# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim milter: a played milter, seen from the MTA's side of its socket."""

import json
import os
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest

from daemons import LIMIT

SIM = Path(os.environ["TOP_BUILDDIR"]) / "milter-sim"
OFFER = struct.pack(">III", 6, 0x1FF, 0x1FFFFF)


class Mta:
    """One connection to the played milter."""

    def __init__(self, path):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.settimeout(LIMIT)
        self.s.connect(str(path))

    def send(self, letter, payload=b""):
        self.s.sendall(struct.pack(">I", len(payload) + 1) + letter + payload)

    def take(self, n):
        got = b""
        while len(got) < n:
            more = self.s.recv(n - len(got))
            if not more:
                raise EOFError
            got += more
        return got

    def reply(self):
        frame = self.take(struct.unpack(">I", self.take(4))[0])
        return frame[:1], frame[1:]

    def ask(self, letter, payload=b""):
        self.send(letter, payload)
        return self.reply()

    def silent(self, seconds):
        self.s.settimeout(seconds)
        try:
            return self.s.recv(1) is None
        except TimeoutError:
            return True
        finally:
            self.s.settimeout(LIMIT)


class Played:
    def __init__(self, folder, script, *args):
        self.path = folder / "m.sock"
        self.log = folder / "log.jsonl"
        ready = folder / "ready"
        (folder / "script").write_text(script)
        self.child = subprocess.Popen(
            [SIM, "milter", "--script", folder / "script", "--listen", f"unix:{self.path}"]
            + ["--log", self.log, "--port-file", ready, *args],
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + LIMIT
        while not ready.exists():
            assert self.child.poll() is None, self.child.stderr.read()
            assert time.monotonic() < deadline, f"not ready in {LIMIT} s"
            time.sleep(0.005)

    def end(self, number=signal.SIGTERM):
        if number is not None:
            self.child.send_signal(number)
        code = self.child.wait(LIMIT)
        self.child.stderr.close()
        return code

    def packets(self):
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [(r["conn"], r["dir"][0:3], r.get("cmd", "raw")) for r in lines if "dir" in r]


@pytest.fixture
def played(tmp_path):
    all_of_them = []

    def start(script, *args):
        all_of_them.append(Played(tmp_path, script, *args))
        return all_of_them[-1]

    yield start
    for p in all_of_them:
        if p.child.poll() is None:
            p.child.kill()
            p.end(None)


def test_answers_as_told_and_records_both_ways(played):
    p = played("M< on RCPT 2: reply 550 5.7.1 no\nM< on EOM: ADDHEADER X-Seen: yes\n", "--connections", "1")
    m = Mta(p.path)
    assert m.ask(b"O", OFFER) == (b"O", struct.pack(">III", 6, 0x1FF, 0))
    assert m.ask(b"C", b"localhost\0U") == (b"c", b"")
    assert m.ask(b"M", b"<a@b>\0") == (b"c", b"")
    assert m.ask(b"R", b"<c@d>\0") == (b"c", b"")
    assert m.ask(b"R", b"<e@f>\0") == (b"y", b"550 5.7.1 no\0")
    assert m.ask(b"E") == (b"h", b"X-Seen\0yes\0")
    assert m.reply() == (b"c", b"")
    m.send(b"Q")
    m.s.close()
    assert p.end(None) == 0
    assert [c for _, way, c in p.packets() if way == "mta"] == list("OCMRREQ")
    assert [c for _, way, c in p.packets() if way == "mil"] == list("Occcyhc")
    assert not p.path.exists()


def test_the_recording_can_be_decoded(played):
    p = played("M< on MAIL: raw \\x00\\x00\\x00\\x00\n", "--connections", "1")
    m = Mta(p.path)
    m.ask(b"O", OFFER)
    m.send(b"M", b"<a@b>\0")
    assert m.take(4) == b"\0\0\0\0"
    m.s.close()
    p.end(None)
    text = subprocess.run([SIM, "decode", p.log], capture_output=True, text=True, check=True).stdout
    assert "M> MAIL <a@b>\nM< raw \\x00\\x00\\x00\\x00\n" in text
    assert "\n# eof-from-mta\n" in text


def test_bytes_cut_anywhere_are_packets(played):
    p = played("")
    m = Mta(p.path)
    for byte in struct.pack(">I", 13) + b"O" + OFFER:
        m.s.sendall(bytes([byte]))
    assert m.reply()[0] == b"O"


def test_many_packets_at_once_are_answered_in_order(played):
    p = played("M< on RCPT 500: REJECT\n")
    m = Mta(p.path)
    m.s.sendall((struct.pack(">I", 7) + b"R<a@b>\0"[:7]) * 1000)
    answers = b"".join(m.reply()[0] for _ in range(1000))
    assert answers == b"c" * 499 + b"r" + b"c" * 500


def test_many_connections_have_rules_of_their_own_count(played):
    p = played("M< on MAIL 2: TEMPFAIL\n")
    mtas = [Mta(p.path) for _ in range(50)]
    assert {m.ask(b"M", b"<a>\0")[0] for m in mtas} == {b"c"}
    assert {m.ask(b"M", b"<a>\0")[0] for m in mtas} == {b"t"}
    assert p.end() == 0
    assert {conn for conn, _, _ in p.packets()} == set(range(1, 51))


def test_a_waiting_connection_does_not_stop_the_others(played):
    p = played("M< on HELO: wait 3600s\n")
    slow, quick = Mta(p.path), Mta(p.path)
    slow.send(b"H", b"x\0")
    assert quick.ask(b"M", b"<a>\0")[0] == b"c"
    assert slow.silent(0.05)


def test_waits_and_then_answers(played):
    p = played("M< on HELO: wait 120ms\nM< on HELO: REJECT\n")
    m = Mta(p.path)
    begun = time.monotonic()
    assert m.ask(b"H", b"x\0")[0] == b"r"
    assert time.monotonic() - begun >= 0.1


def test_close_and_reset_end_the_connection(played):
    p = played("M< on HELO: close\nM< on MAIL: reset\n")
    m = Mta(p.path)
    m.send(b"H", b"x\0")
    assert m.s.recv(1) == b""
    m = Mta(p.path)
    m.send(b"M", b"x\0")
    try:
        assert m.s.recv(1) == b""
    except ConnectionResetError:
        pass


def test_hang_hears_and_says_nothing_more(played):
    p = played("M< on HELO: hang\n", "--connections", "1")
    m = Mta(p.path)
    m.send(b"H", b"x\0")
    m.send(b"M", b"<a>\0")
    assert m.silent(0.05)
    m.s.close()
    assert p.end(None) == 0
    assert p.packets() == [(1, "mta", "H"), (1, "mta", "M")]


@pytest.mark.parametrize("bytes_", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n\r\n"])
def test_a_stream_that_lost_its_place_is_closed_and_named(played, bytes_):
    p = played("")
    m = Mta(p.path)
    m.s.sendall(bytes_)
    try:
        assert m.s.recv(1) == b""
    except ConnectionResetError:
        pass
    assert Mta(p.path).ask(b"H", b"x\0")[0] == b"c"
    p.end()
    assert "length " in p.log.read_text()


def test_ends_by_itself_after_so_many_connections(played):
    p = played("", "--connections", "2")
    for _ in range(2):
        Mta(p.path).s.close()
    assert p.end(None) == 0


@pytest.mark.parametrize(
    "script, fault",
    [
        ("M< on FISH: REJECT\n", ":1: no command is called 'FISH'"),
        ("\nC: HELO x\n", ":2: only 'M< on COMMAND: ACTION' lines"),
        ("include: /no/such\n", ":1: /no/such: No such file"),
    ],
)
def test_a_script_that_cannot_be_used_is_named(tmp_path, script, fault):
    (tmp_path / "s").write_text(script)
    end = subprocess.run(
        [SIM, "milter", "--listen", f"unix:{tmp_path}/m", "--script", tmp_path / "s"],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert (end.returncode, end.stdout) == (2, "")
    assert fault in end.stderr


@pytest.mark.parametrize(
    "args, code, fault",
    [
        ([], 2, "--listen is missing"),
        (["--listen", "unix:/no/such/folder/m"], 3, "--listen unix:/no/such/folder/m"),
        (["--listen", "unix:m", "--connections", "0"], 2, "--connections wants"),
        (["--listen", "unix:m", "--script", "/no/such"], 2, "/no/such: No such file"),
        (["--listen", "unix:m", "more"], 2, "not an option: more"),
    ],
)
def test_wrong_options_are_named(tmp_path, args, code, fault):
    end = subprocess.run(
        [SIM.resolve(), "milter", *args], capture_output=True, text=True, timeout=LIMIT, check=False, cwd=tmp_path
    )
    assert (end.returncode, fault in end.stderr) == (code, True), end.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_full_disk_ends_it_with_a_reason(tmp_path):
    child = subprocess.Popen(
        [SIM, "milter", "--listen", f"unix:{tmp_path}/m", "--log", "/dev/full", "--port-file", tmp_path / "ready"],
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "ready").exists():
        assert child.poll() is None
    s = socket.socket(socket.AF_UNIX)
    s.connect(f"{tmp_path}/m")
    assert child.wait(10) == 2
    assert "/dev/full: cannot write" in child.stderr.read()
    child.stderr.close()
    s.close()
