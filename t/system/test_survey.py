# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim survey: transcripts to an MTA, which is ours or a socket that does as told."""

import json
import os
import re
import resource
import signal
import socket
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from daemons import BUILD, LIMIT, SLOW
from serve import LIMITS, Script, Serve

SOURCE = Path(os.environ["TOP_SRCDIR"])
HELLO = "S: 220 hello\nC: HELO bar.com\nS: 250 hello\n"
MESSAGE = """S: 220 ${*}
C: HELO bar.com
S: 250 ${*}
C: MAIL FROM:<Smith@bar.com>
S: 250 ${*}
C: RCPT TO:<Jones@foo.com>
M> RCPT <Jones@foo.com>
S: 250 ${*}
C: DATA
S: 354 ${*}
C: Subject: x
C:
C: Hello
C: .
S: 250 ${*}
"""


def argv(*words):
    return [f"{BUILD}/milter-sim", "survey", *map(str, words)]


def survey(*words, cwd=None, **more):
    return subprocess.run(argv(*words), capture_output=True, text=True, timeout=LIMIT, check=False,
                          cwd=cwd, **more)


@pytest.fixture
def ours(start, place):
    """`serve`, which looks for a milter where the survey is."""
    class Ours:
        def __init__(self, *options, milters=1):
            self.words, told = [], []
            for n in range(1, milters + 1):
                told += ["--milter", f"S=unix:{place}/m{n}, F=T, {LIMITS}"]
                self.words += ["--milter", f"unix:{place}/m{n}"]
            self.words += ["--smtp", start(Serve, *told, *options).address, "--dir", f"{place}/out"]

        def survey(self, text, *options, name="it"):
            Path(place, f"{name}.mta").write_text(text, encoding="ascii")
            return survey(*self.words, *options, f"{place}/{name}.mta")

        @staticmethod
        def lines(name="it"):
            with open(f"{place}/out/{name}.jsonl", encoding="ascii") as f:
                return [json.loads(line) for line in f]
    return Ours


class Mta(threading.Thread):
    """Says these things one after another, each but the first when something came."""

    def __init__(self, *says):
        super().__init__(daemon=True)
        self.says, self.heard = says, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(LIMIT)
        self.address = f"inet:{self.listener.getsockname()[1]}@127.0.0.1"
        self.start()

    def run(self):
        conn, _ = self.listener.accept()
        conn.settimeout(LIMIT)
        for n, what in enumerate(self.says):
            if n > 0:
                self.heard.append(conn.recv(65536).decode())
            if what == "close":
                conn.close()
                return
            conn.sendall(what.encode())
        while data := conn.recv(65536):
            self.heard.append(data.decode())
        conn.close()


def alone(place, mta, text, *options):
    """What a survey without a milter says, and what it wrote."""
    Path(place, "it.mta").write_text(text, encoding="ascii")
    end = survey("--smtp", mta.address, "--dir", f"{place}/out", *options, f"{place}/it.mta")
    with open(f"{place}/out/it.jsonl", encoding="ascii") as f:
        return end, [json.loads(line) for line in f]


def said(lines, direction):
    return "".join(r["text"] for r in lines if r.get("dir") == direction)


def commands(lines, milter="m1"):
    return "".join(r["cmd"] for r in lines if r.get("milter") == milter and r.get("dir") == "mta>milter"
                   and r["cmd"] != "D")


def test_the_example_of_the_manual(ours, place):
    manual = (SOURCE / "docs/man/milter-sim.1").read_text(encoding="ascii")
    shown = re.search(r"^\$ (milter-sim survey .*)\n((?:.*\n)*?)\.Ed", manual, re.M)
    here = ours("--user", "Jones")
    words = shown[1].replace("inet:25@mx.test", here.words[3]).split()[2:]
    words = [re.sub(r"^unix:m.sock", f"unix:{place}/m1", w) for w in words]
    Path(place, "hello.mta").write_text(MESSAGE, encoding="ascii")
    Path(place, "refused.mta").write_text(MESSAGE.replace("S: 250 ${*}\nC: DATA", "M< REJECT\nS: 550 ${*}\nC: DATA"),
                                          encoding="ascii")
    end = survey(*words, cwd=place)
    assert (end.stdout, end.returncode) == (shown[2], 0), end.stderr


def test_a_recording_of_both_wires(ours):
    here = ours("--user", "Jones")
    end = here.survey("# A recipient is refused\n" + MESSAGE.replace(
        "S: 250 ${*}\nC: DATA", "M< REPLYCODE 550 5.7.1 not now\nS: 550 ${*}\nC: DATA"), "--mta", "ours")
    assert (end.returncode, end.stderr) == (0, "")
    meta, *lines = here.lines()
    assert meta == {"kind": "meta", "version": 1, "scenario": "it", "desc": "A recipient is refused", "mta": "ours"}
    assert commands(lines) == "OCHMRQ"
    assert "550 5.7.1 not now\r\n" in said(lines, "S>C")
    assert said(lines, "C>S").endswith("DATA\r\n"), "nobody wants the message"
    assert {r["dir"] for r in lines if r.get("cmd") == "y"} == {"milter>mta"}
    times = [r["t"] for r in lines]
    assert times == sorted(times) and times[0] == 0


def test_two_surveys_are_alike_and_the_other_tools_read_them(ours, place):
    here = ours("--user", "Jones")
    for name in "ab":
        assert here.survey(MESSAGE, name=name).returncode == 0
    sim = f"{BUILD}/milter-sim"
    end = subprocess.run([sim, "compare", f"{place}/out/a.jsonl", f"{place}/out/b.jsonl"], capture_output=True,
                         text=True, timeout=LIMIT, check=False)
    assert end.stdout.startswith("alike: ") and end.returncode == 0
    again = Script(f"{place}/again")
    end = subprocess.run([sim, "replay", "--milter", f"unix:{place}/again", f"{place}/out/a.jsonl"],
                         capture_output=True, text=True, timeout=LIMIT, check=False)
    again.kill()
    assert end.stdout.startswith("1..1\nok 1") and end.returncode == 0
    text = subprocess.run([sim, "decode", "--recording", f"{place}/out/a.jsonl"], capture_output=True,
                          text=True, timeout=LIMIT, check=True).stdout
    assert "C: MAIL FROM:<Smith@bar.com>\n" in text and "M> MAIL <Smith@bar.com>\n" in text


def test_recordings_are_for_their_owner_and_never_written_over(ours, place):
    here = ours()
    assert here.survey(HELLO).returncode == 0
    assert stat.S_IMODE(os.stat(f"{place}/out/it.jsonl").st_mode) == 0o600
    assert stat.S_IMODE(os.stat(f"{place}/out").st_mode) == 0o700
    before = Path(f"{place}/out/it.jsonl").read_bytes()
    end = here.survey(HELLO)
    assert end.returncode == 2 and "out/it.jsonl: File exists" in end.stderr
    assert Path(f"{place}/out/it.jsonl").read_bytes() == before


def test_an_answer_goes_to_its_message_though_another_never_came_to_the_filter(ours):
    """The MTA refuses the first MAIL itself; the second one's filter answer stays the second one's."""
    text = """S: 220 ${*}
C: HELO bar.com
S: 250 ${*}
C: MAIL FROM:<a@bar.com>
M> MAIL <a@bar.com>
S: 250 ${*}
C: RCPT TO:<nobody@foo.com>
M> RCPT <nobody@foo.com>
M< REPLYCODE 450 4.7.1 first
S: 450 ${*}
C: RSET
S: 250 ${*}
C: MAIL FROM:<b@bar.com>
M> MAIL <b@bar.com>
S: 250 ${*}
C: RCPT TO:<Jones@foo.com>
M> RCPT <Jones@foo.com>
M< REPLYCODE 550 5.7.1 second
S: 550 ${*}
"""
    here = ours("--user", "Jones", "--verify")
    assert here.survey(text).returncode == 0
    lines = here.lines()
    assert commands(lines).count("R") == 1, "the first recipient is the MTA's own matter"
    assert "second" in said(lines, "S>C") and "first" not in said(lines, "S>C")


def test_two_clients_two_milters(ours):
    text = """1 S: 220 ${*}
2 S: 220 ${*}
2 C: HELO bar.com
2 M2> HELO bar.com
2 M2< REPLYCODE 550 5.7.1 not you
2 S: 550 ${*}
1 C: HELO bar.com
1 S: 250 ${*}
"""
    here = ours(milters=2)
    assert here.survey(text).returncode == 0
    lines = here.lines()
    assert {r["conn"] for r in lines if r.get("milter") == "m2"} == {1, 2}
    assert [r["conn"] for r in lines if r.get("cmd") == "y"] == [2]


def test_an_mta_that_calls_again_has_another_connection(ours):
    text = """S: 220 ${*}
C: EHLO bar.com
S: 250 ${*}
C: XCLIENT NAME=there.test
M> OPTNEG ${*}
S: 220 ${*}
C: EHLO bar.com
S: 250 ${*}
"""
    here = ours("--xclient")
    assert here.survey(text).returncode == 0
    calls = [r["conn"] for r in here.lines() if r.get("cmd") == "O" and r["dir"] == "mta>milter"]
    assert calls == [1, 2]


def test_a_reply_is_waited_for_whatever_it_says(place):
    mta = Mta("220-one\r\n220 two\r\n", "500 no\r\n", "250 Subject to change\r\n")
    end, lines = alone(place, mta, HELLO + "C: NOOP\nS: 250 ok\n")
    assert end.stdout.startswith(f"{place}/out/it.jsonl: 3 replies, 0 packets\n") and end.returncode == 0
    assert said(lines, "S>C") == "220-one\r\n220 two\r\n500 no\r\n250 Subject to change\r\n"
    assert said(lines, "C>S") == "HELO bar.com\r\nNOOP\r\n"


def test_a_message_that_is_not_wanted_is_left_out(place):
    mta = Mta("220 hello\r\n", "250 hello\r\n", "250 from\r\n", "250 to\r\n", "503 no\r\n", "221 bye\r\n", "close")
    end, lines = alone(place, mta, MESSAGE.replace("M> RCPT <Jones@foo.com>\n", "") + "C: QUIT\nS: 221\nS! close\n")
    assert end.returncode == 0, end.stdout
    assert said(lines, "C>S").endswith("DATA\r\nQUIT\r\n")


def test_a_message_that_the_transcript_lacks_ends_it(place):
    mta = Mta("220 hello\r\n", "250 hello\r\n", "354 go on\r\n")
    end, lines = alone(place, mta, HELLO + "C: DATA\nS: 503 no\nC: QUIT\nS: 221 bye\n")
    assert end.returncode == 1
    assert "cut short at" in end.stdout and "wants a message where the transcript has none" in end.stdout
    assert said(lines, "S>C").endswith("354 go on\r\n")


def test_an_mta_that_closes(place):
    end, lines = alone(place, Mta("220 hello\r\n", "close"), HELLO + "C: NOOP\nS: 250 ok\n")
    assert end.returncode == 1
    assert re.search(r"1 replies, 0 packets; cut short at \S+it.mta:3: the MTA had closed\n", end.stdout)
    assert [r["ev"] for r in lines if "ev" in r] == ["connect", "eof-from-mta", "client-closed"]
    assert "1 of 1 surveyed, 1 of them cut short" in end.stdout


def test_an_mta_that_hangs(place):
    end, lines = alone(place, Mta(""), HELLO, "--timeout", "200ms")
    assert end.returncode == 1
    assert re.search(r"cut short at \S+it.mta:1: no reply in time\n", end.stdout)
    assert said(lines, "S>C") == ""


def test_an_mta_that_does_not_leave_its_milter(place):
    class Stays(Mta):
        """Has called its milter before it says a word."""
        def run(self):
            conn, _ = self.listener.accept()
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(f"{place}/m")
                s.sendall(b"\0\0\0\x0dO\0\0\0\6\0\0\1\xff\0\x1f\xff\xff")
                conn.sendall(b"220 hello\r\n")
                conn.settimeout(LIMIT)
                while conn.recv(65536):
                    pass
                while s.recv(65536):  # until the survey has had enough
                    pass
            conn.close()

    Path(place, "it.mta").write_text("S: 220 hello\nM> OPTNEG ${*}\n", encoding="ascii")
    end = survey("--smtp", Stays().address, "--milter", f"unix:{place}/m", "--dir", f"{place}/out",
                 "--timeout", f"{3 * SLOW:.0f}s", f"{place}/it.mta")
    assert end.returncode == 1 and "keeps its connection to a milter open" in end.stdout
    assert not os.path.exists(f"{place}/m")


def test_an_mta_that_says_more_than_is_kept(place):
    class Flood(Mta):
        def run(self):
            conn, _ = self.listener.accept()
            try:
                while True:
                    conn.sendall(b"220-more\r\n" * 5000)
            except OSError:
                conn.close()

    end, _ = alone(place, Flood(), "C: QUIT\nS! silence 60s\n", "--timeout", "60s")
    assert end.returncode == 1 and "the server says too much" in end.stdout


def test_it_is_interrupted(place):
    mta = Mta("220 hello\r\n")
    Path(place, "it.mta").write_text(HELLO, encoding="ascii")
    end = subprocess.Popen(argv("--smtp", mta.address, "--dir", f"{place}/out", f"{place}/it.mta", "never.mta"),
                           stdout=subprocess.PIPE, text=True)
    out = Path(place, "out/it.jsonl")
    while not (out.exists() and "HELO" in out.read_text(encoding="ascii")):
        assert end.poll() is None
    end.send_signal(signal.SIGINT)
    text, _ = end.communicate(timeout=LIMIT)
    assert end.returncode == 128 + signal.SIGINT
    assert "1 replies, 0 packets; cut short" in text
    assert json.loads(out.read_text(encoding="ascii").splitlines()[-1])["text"] == "HELO bar.com\r\n"


def test_nobody_is_there(place):
    Path(place, "it.mta").write_text(HELLO, encoding="ascii")
    end = survey("--smtp", f"unix:{place}/none", "--dir", f"{place}/out", f"{place}/it.mta")
    assert end.returncode == 3 and "No such file" in end.stderr


def test_a_milter_s_place_that_is_taken(ours, place):
    here = ours()
    other = Script(f"{place}/m1")
    end = here.survey(HELLO)
    other.kill()
    assert end.returncode == 3 and "cannot listen" in end.stderr


def small():
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))


def test_no_room_for_the_recording(ours):
    here = ours()
    Path(here.words[-1] + "/../it.mta").resolve().write_text(HELLO, encoding="ascii")
    end = survey(*here.words, Path(here.words[-1]).parent / "it.mta", preexec_fn=small)
    assert end.returncode == 2 and "it.jsonl: File too large" in end.stderr


@pytest.mark.parametrize("text, why", [
    ("C: HELO\nFISH\n", "it.mta:2: "),
    ("speaks: milter\nM> HELO x\n", "it.mta: speaks to a milter"),
    ("# nothing\n", "it.mta: has no line of a session"),
])
def test_a_file_that_cannot_be_played_is_named(ours, place, text, why):
    end = ours().survey(text)
    assert end.returncode == 2 and why in end.stderr
    assert "0 of 1 surveyed" in end.stdout and not os.path.exists(f"{place}/out/it.jsonl")


@pytest.mark.parametrize("words, why", [
    (["x.mta"], "--smtp is missing"),
    (["--smtp", "inet:1@127.0.0.1"], "no transcript is named"),
    (["--smtp", "fish", "x.mta"], "fish"),
    (["--smtp", "inet:1@127.0.0.1", "--milter", "fish", "x.mta"], "fish"),
    (["--smtp", "inet:1@127.0.0.1", "--timeout", "1", "x.mta"], "300ms or 2s"),
    (["--smtp", "inet:1@127.0.0.1", "--dir", "/no/such/place", "x.mta"], "/no/such/place: cannot be made"),
])
def test_wrong_options_are_named(words, why):
    end = survey(*words)
    assert end.returncode == 2 and why in end.stderr


def test_help():
    end = survey("--help")
    assert end.returncode == 0 and end.stdout.startswith("usage: milter-sim survey") and end.stderr == ""
