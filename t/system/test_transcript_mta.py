# SPDX-License-Identifier: BSD-2-Clause
"""Transcripts that speak as the MTA: to a played milter, a real one, and to hostile ones."""

import os
import struct
import subprocess
import time
from pathlib import Path

import pytest

from daemons import LIMIT
from listening import Listening

SIM = Path(os.environ["TOP_BUILDDIR"]) / "milter-sim"
HEAD = "speaks: milter\ntimeout: 2s\n"
OFFER = "M> OPTNEG version 6 actions all protocol all\nM< answer\n"
MAIL = OFFER + "M> CONNECT h inet 25 192.0.2.1\nM< answer\nM> HELO h\nM< answer\nM> MAIL <a@b>\nM< answer\n"
EOM = MAIL + "M> RCPT <c@d>\nM< answer\nM> BODY x\nM< answer\nM> BODYEOB\nM< answer\n"
OPTNEG = struct.pack(">IcIII", 13, b"O", 6, 0x1FF, 0)


SANITIZED = b"__asan_init" in SIM.read_bytes()  # its memory is not ours to judge


def high_water(pid):
    """KiB of memory at most so far; 0 when it is not to be known."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])
    except (OSError, IndexError):
        return 0


def play(transcript, text, *args):
    """Exit code, output and the greatest size in KiB of one run."""
    transcript.write_text(text)
    size, begin = 0, time.monotonic()
    with open(f"{transcript}.out", "w+") as out:
        with subprocess.Popen([SIM, "run", *args, transcript], stdout=out) as p:
            while p.poll() is None:
                size = max(size, high_water(p.pid))
                assert time.monotonic() - begin < LIMIT
                time.sleep(0.005)
        out.seek(0)
        return p.returncode, out.read(), 0 if SANITIZED else size


@pytest.fixture
def transcript(tmp_path):
    return tmp_path / "t.mta"


@pytest.mark.parametrize("listen", ["unix:{}/m.sock", "inet:0@127.0.0.1", "inet6:0@::1"])
def test_speaks_to_a_milter_wherever_it_is(tmp_path, place, transcript, listen):
    script, ports = tmp_path / "script", tmp_path / "port"
    script.write_text("M< on BODYEOB: ADDHEADER X-Seen: yes\n")
    m = subprocess.Popen([SIM, "milter", "--listen", listen.format(place), "--script", script,
                               "--port-file", ports, "--log", tmp_path / "log"])
    try:
        until = time.monotonic() + LIMIT
        while not ports.exists() and m.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        if m.poll() is not None:
            pytest.skip(f"cannot listen on {listen}")
        address = ports.read_text().strip()
        code, out, _ = play(transcript, HEAD + EOM + "R: ...\nR: HEADER X-Seen: yes\nR: BODY x\n",
                            "--milter", f"S={address}")
        assert code == 0, out
    finally:
        m.terminate()
        m.wait()


def test_nobody_there_is_exit_3(tmp_path, transcript):
    code, out, _ = play(transcript, HEAD + EOM, "--milter", f"S=unix:{tmp_path}/none")
    assert code == 3
    assert "No such file" in out


class Hostile(Listening):
    """A milter on a plain socket; `misbehave` gets the connection after OPTNEG."""

    def __init__(self, path, misbehave):
        self.path, self.misbehave = path, misbehave
        super().__init__(path)

    def talk(self, conn):
        conn.recv(100)
        conn.sendall(OPTNEG)
        conn.recv(100)
        self.misbehave(conn)


def flood(bytes_):
    many = bytes_ * (1 + 65536 // len(bytes_))  # made here: 60 MB took seconds on a busy machine

    def send(c):
        while True:
            c.sendall(many)
    return send


def drip(c):
    for b in b"\0\0\xff\xffh" + b"x" * 60:
        c.sendall(bytes([b]))
        time.sleep(0.2)


def packet(letter, payload=b""):
    return struct.pack(">Ic", len(payload) + 1, letter) + payload


@pytest.mark.parametrize(
    "misbehave, says",
    [
        (flood(packet(b"c")), "reply/unasked"),
        (flood(packet(b"p")), "progress/stage"),
        (flood(packet(b"h", b"X\0" + b"y" * 60000 + b"\0")), "edit/stage"),
        (flood(b"\0"), "frame/empty"),
        (lambda c: c.sendall(b"\x7f\xff\xff\xffc"), "frame/too-long"),
        (lambda c: c.sendall(b"\xff\xff\xff\xff"), "frame/too-long"),
        (lambda c: c.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "frame/too-long"),
        (lambda c: c.sendall(b"\0\0\0\x09hX"), "frame/cut"),
        (drip, "no answer in 2000 ms but"),
        (lambda c: c.recv(1000) and time.sleep(LIMIT), "no answer in 2000 ms"),
        (lambda c: None, "the milter closed the connection"),
    ],
)
def test_no_milter_hangs_it_or_makes_it_large(place, transcript, misbehave, says):
    hostile = Hostile(f"{place}/h.sock", misbehave)
    begin = time.monotonic()
    code, out, size = play(transcript, HEAD + EOM, "--milter", f"S=unix:{hostile.path}")
    hostile.close()
    assert (code, says in out) == (1, True), out
    assert time.monotonic() - begin < LIMIT
    assert size < 64 * 1024


@pytest.mark.parametrize("allowed", ["progress", "edits"])
def test_a_flood_that_is_allowed_ends_too(place, transcript, allowed):
    """PROGRESS without end at the end of a message, and a body that never ends."""
    def misbehave(c):
        c.sendall(packet(b"c"))
        while c.recv(1000)[-1:] != b"E":
            c.sendall(packet(b"c"))
        flood(packet(b"p") if allowed == "progress" else packet(b"b", b"z" * 65000))(c)

    hostile = Hostile(f"{place}/h.sock", misbehave)
    code, out, size = play(transcript, HEAD + EOM + "R! same\n", "--timeout", "2s", "--milter",
                           f"S=unix:{hostile.path}")
    hostile.close()
    assert code == 1, out
    assert "no answer in" in out
    assert size < 64 * 1024


@pytest.mark.parametrize("generate", ["walks 30 of 50", "sequences 2", "sessions 30 times 2"])
def test_libmilter_keeps_the_rules(tmp_path, transcript, milter, generate):
    signatures = tmp_path / "signatures"
    signatures.write_text("WORM =\nDUxhuml30nenGwkz6SxOb2GMamANTGfHdhe2WDEx83Qb1i0W\n")
    d = milter("virus-milter", options=[f"signatures={signatures}"])
    healthy = "".join(f"2 {line}\n" for line in EOM.splitlines())
    text = f"{HEAD}generate: {generate}\n{OFFER}point:\n{healthy}"
    code, out, _ = play(transcript, text, "--milter", f"S={d.socket}")
    assert code == 0, out


def test_a_virus_is_refused_wherever_it_is_cut(tmp_path, transcript, milter):
    signatures = tmp_path / "signatures"
    signatures.write_text("WORM =\nDUxhuml30nenGwkz6SxOb2GMamANTGfHdhe2WDEx83Qb1i0W\n")
    d = milter("virus-milter", options=[f"signatures={signatures}"])
    text = (HEAD + "param: reply = 550 5.7.0 VIRUS FOUND\ngenerate: cuts\n" + MAIL
            + "M> RCPT <c@d>\nM< answer\npoint:\nM> BODY aDUxhuml30nenGwkz6SxOb2GMamANTGfHdhe2WDEx83Qb1i0W\n"
            + "M< answer\nM> BODYEOB\nM< answer\nR< REPLYCODE ${reply}\n")
    code, out, _ = play(transcript, text, "--milter", f"S={d.socket}")
    assert code == 0, out


# --- with a server between: M< is a pattern, and the wrong packet is named ---


@pytest.fixture
def played(tmp_path, place):
    """milter-sim milter with a script, as a real milter."""
    started = []

    def start(script):
        (tmp_path / "script").write_text(script)
        p = subprocess.Popen([SIM, "milter", "--listen", f"unix:{place}/m.sock", "--script",
                              tmp_path / "script", "--log", tmp_path / "log", "--port-file", tmp_path / "port"])
        started.append(p)
        until = time.monotonic() + LIMIT
        while not (tmp_path / "port").exists() and time.monotonic() < until:
            time.sleep(0.01)
        return f"S=unix:{place}/m.sock"

    yield start
    for p in started:
        p.terminate()
        p.wait()


SMTP = ("S: 220 ${*}\nC: HELO x\nS: 250 ${*}\nC: MAIL FROM:<a@b>\nS: 250 ${*}\nC: RCPT TO:<c@localhost>\n"
        "S: 250 ${*}\nC: DATA\nS: 354 ${*}\nC: Subject: x\nC:\nC: x\nC: .\n")


def test_what_a_real_milter_must_answer_is_a_pattern(transcript, played):
    words = played("M< on BODYEOB: INSHEADER 1 X-Seen: yes\nM< on BODYEOB: CONTINUE\n")
    code, out, _ = play(transcript, SMTP + "M> BODYEOB\nM< INSHEADER ${*}\nM< ${final}\nS: 250 ${*}\n",
                        "--milter", words)
    assert code == 0, out


def test_a_pattern_cannot_be_played(transcript):
    code, out, _ = play(transcript, SMTP + "M> BODYEOB\nM< ${final}\nS: 250 ${*}\n")
    assert code == 2
    assert "give --milter" in out


def test_a_mismatch_at_the_end_names_the_packet_that_differs(transcript, played):
    words = played("M< on BODYEOB: ADDHEADER X: wrong\nM< on BODYEOB: CONTINUE\n")
    code, out, _ = play(transcript, SMTP + "M> BODYEOB\nM< ADDHEADER X: right\nM< CONTINUE\nS: 250 ${*}\n",
                        "--milter", words)
    assert code == 1
    assert "expected  M< ADDHEADER X: right" in out
    assert "got       M< ADDHEADER X: wrong, then CONTINUE" in out


def test_a_breach_fails_unless_it_is_allowed(transcript, played):
    words = played("M< on RCPT: SKIP\n")
    text = "S: 220 ${*}\nC: HELO x\nS: 250 ${*}\nC: MAIL FROM:<a@b>\nS: 250 ${*}\nC: RCPT TO:<c@localhost>\nS: ${*}\n"
    code, out, _ = play(transcript, text, "--milter", words)
    assert code == 1
    assert "expected  SKIP answers a piece of the body and nothing else" in out
    assert "got       skip/stage: M< SKIP, the last command was RCPT" in out
    code, out, _ = play(transcript, "allow: skip/stage\n" + text, "--milter", words)
    assert code == 0, out
