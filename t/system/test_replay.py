# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim replay: recorded traffic, to a milter that may answer otherwise."""

import json
import os
import re
import struct
import subprocess
from pathlib import Path

import pytest

from daemons import BUILD, LIMIT
from serve import Script
from test_compare import BAD, META, RCPT, answer, macro, packet

SOURCE = Path(os.environ["TOP_SRCDIR"])
OFFER = packet("O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF))
AGREED = answer("O", struct.pack(">III", 6, 0x1FF, 0))
MAIL = packet("M", b"<Smith@bar.com>\0")
QUIT = packet("Q")
CONNECT = packet("C", b"localhost\x004\x12\x34127.0.0.1\0")
BEGINNING = [META, OFFER, AGREED, CONNECT, answer("c"), macro(b"4XyZ000001"), MAIL, answer("c"), RCPT]
SESSION = [*BEGINNING, answer("c"), QUIT]
TEXT_END = packet("E")


def note(what):
    return {"t": 0.1, "src": "milter", "milter": "m1", "conn": 1, "ev": what}


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="ascii")
    return path


def replay(*words, cwd=None, limit="30s"):
    return subprocess.run([f"{BUILD}/milter-sim", "replay", "--timeout", limit, *words], capture_output=True,
                          text=True, timeout=LIMIT, check=False, cwd=cwd)


@pytest.fixture
def play(tmp_path):
    """Plays a recording of these lines to a milter that does that."""
    scripts = []

    def run(lines, *options, on=None, limit="30s", **script):
        scripts.append(Script(f"{tmp_path}/m.sock", on, **script))
        end = replay("--milter", f"unix:{tmp_path}/m.sock", *options, write(tmp_path / "it", lines), limit=limit)
        assert end.stderr == ""
        return end.returncode, end.stdout.replace(f"{tmp_path}/", "")
    yield run
    for script in scripts:
        script.kill()


def test_the_same_milter_answers_alike(play):
    assert play(SESSION) == (0, "1..1\nok 1 - it: 4 answers\n")


def test_what_is_sent_is_what_was_recorded(tmp_path):
    script = Script(f"{tmp_path}/m.sock")
    try:
        assert replay("--milter", f"unix:{tmp_path}/m.sock", write(tmp_path / "it", SESSION)).returncode == 0
        assert script.story() == "O C DM M R Q"
    finally:
        script.kill()
    assert [payload for letter, payload in script.packets if letter == "D"] == [b"Mi\x004XyZ000001\0"]


def test_the_example_of_the_manual(tmp_path):
    manual = (SOURCE / "docs/man/milter-sim.1").read_text(encoding="ascii")
    shown = re.search(r"^\$ milter-sim replay --milter unix:m.sock .*?\n(.*?)^\.Ed", manual, re.S | re.M)[1]
    command = re.search(r"^\$ milter-sim (replay .*)", manual, re.M)[1].split()
    for name in ("mon.jsonl", "tue.jsonl"):
        write(tmp_path / name, SESSION)
    script = Script(f"{tmp_path}/m.sock", {"R": [[("c", b"")], [("y", b"550 5.7.1 not you\0")]]})
    try:
        end = replay(*command[1:], cwd=tmp_path)
    finally:
        script.kill()
    assert (end.returncode, end.stderr) == (1, "")
    assert end.stdout == shown


def test_a_spawned_milter(tmp_path):
    one, other = write(tmp_path / "a", SESSION), write(tmp_path / "b", [*BEGINNING, answer("r"), QUIT])
    end = replay("--spawn", f"{BUILD}/milter-sim milter --listen {{socket}}", one, other)
    assert (end.returncode, end.stderr) == (1, "")
    assert re.findall("^(?:not )?ok", end.stdout, re.M) == ["ok", "not ok"]
    end = replay("--spawn", "false {socket}", one)
    assert end.returncode == 3 and "exited with 1" in end.stderr and "1.." not in end.stdout


ODD = {
    "another answer": (SESSION, {"R": [[("r", b"")]]}, "M< CONTINUE", "M< REJECT"),
    "another negotiation": ([META, OFFER, answer("O", struct.pack(">III", 6, 1, 0))], {}, "M< OPTNEG version 6 actions ADDHDRS protocol none",
                            "M< OPTNEG version 6 actions ADDHDRS|"),
    "a close": (SESSION, {"R": [["close"]]}, "M< CONTINUE", "a close"),
    "no packet": (SESSION, {"R": [[b"\xff\xff\xff\xffHTTP"]]}, "M< CONTINUE", "bytes that are no packet"),
    "one answer more": (SESSION, {"R": [[("c", b""), ("c", b"")]]}, "no more answers", "M< CONTINUE"),
    "a change more": ([*BEGINNING, answer("c"), TEXT_END, answer("c"), QUIT], {"E": [[("h", b"A\0b\0"), ("c", b"")]]},
                      "M< CONTINUE", "M< ADDHEADER A: b"),
    "it closed then": ([*BEGINNING, note("eof-from-milter")], {}, "a close", "M< CONTINUE"),
}


@pytest.mark.parametrize("what", ODD)
def test_other_answers(play, what):
    lines, on, expected, got = ODD[what]
    code, said = play(lines, on=on)
    assert code == 1
    assert re.search(r"^# it:\d+: expected  " + re.escape(expected), said, re.M), said
    assert re.search(r"^# it:\d+: got       " + re.escape(got), said, re.M), said


def test_an_answer_that_does_not_come(play):
    code, said = play(SESSION, on={"R": [["hang"]]}, limit="500ms")
    assert code == 1
    assert re.search(r"^# it:\d+: expected  M< .*\n# it:\d+: got       nothing in time$", said, re.M), said


ALIKE = {
    "progress": ([*BEGINNING, answer("p"), answer("c"), QUIT], {}),
    "more progress": (SESSION, {"R": [[("p", b""), ("p", b""), ("c", b"")]]}),
    "a close where it closed": ([*BEGINNING, note("closed-by-milter")], {"R": [["close"]]}),
    "no packet where it was none": ([*BEGINNING, {**note(""), "dir": "milter>mta", "raw": "00000000"}], {"R": [[b"\0\0\0\0"]]}),
    "an MTA that goes": ([*BEGINNING, answer("c"), note("eof-from-mta")], {}),
    "two connections": ([*SESSION, *({**line, "conn": 2} for line in SESSION[1:])], {}),
    "dates": ([*BEGINNING, answer("h", b"X\0Sat, 28 Nov 2026 10:00:00 +0000\0"), answer("c"), QUIT],
              {"R": [[("h", b"X\0Sun, 29 Nov 2026 11:11:11 +0000\0"), ("c", b"")]]}),
}


@pytest.mark.parametrize("what", ALIKE)
def test_what_may_differ(play, what):
    lines, on = ALIKE[what]
    code, said = play(lines, on=on)
    assert code == 0, said


def test_masks(play, tmp_path):
    lines = [*BEGINNING, answer("h", b"X\0by 1.2\0"), answer("c"), QUIT]
    on = {"R": [[("h", b"X\0by 1.3\0"), ("c", b"")]]}
    assert play(lines, on=on)[0] == 1
    os.unlink(tmp_path / "m.sock")
    assert play(lines, "--mask", "by [0-9.]+", on=on)[0] == 0


def test_a_masked_recording(play):
    lines = [{**META, "redacted": True}, *BEGINNING[1:], answer("y", b"550 5.7.1 xx, xxxxx@xxx\0"), QUIT]
    assert play(lines, on={"R": [[("y", b"550 5.7.1 no, Smith@bar\0")]]})[0] == 0


def test_a_recording_that_ends_early(play):
    code, said = play([*BEGINNING, answer("c"), note("recording-ends")])
    assert (code, said) == (0, "1..1\nok 1 - it: 4 answers (the recording ends early)\n")


def test_which_of_several_milters(play, tmp_path):
    second = [{**line, "milter": "m2"} for line in SESSION[1:]]
    both = write(tmp_path / "both", [*SESSION, *second])
    end = replay("--milter", "unix:/nowhere", both)
    assert (end.returncode, end.stderr) == (2, f"milter-sim replay: {both}: has several milters; --of m1, m2 says which\n")
    assert play([META, *second, *SESSION[1:-2], answer("r")], "--of", "m2")[0] == 0


def test_nobody_there(tmp_path):
    end = replay("--milter", f"unix:{tmp_path}/none", write(tmp_path / "it", SESSION))
    assert end.returncode == 3 and "No such file" in end.stdout


@pytest.mark.parametrize("what", BAD)
def test_a_recording_that_is_none(tmp_path, what):
    lines, number, words = BAD[what]
    bad = tmp_path / "bad"
    bad.write_bytes(lines)
    end = replay("--milter", "unix:/nowhere", bad)
    assert end.returncode == 2 and end.stderr.startswith(f"milter-sim replay: {bad}:{number}: {words}")


def test_a_recording_without_a_milter(tmp_path):
    it = write(tmp_path / "it", [META])
    end = replay("--milter", "unix:/nowhere", it)
    assert (end.returncode, end.stderr) == (2, f"milter-sim replay: {it}: no packets of a milter in it\n")


def test_usage(tmp_path):
    it = str(write(tmp_path / "it", SESSION))
    for words in ([], [it], ["--milter", "unix:/x", "--spawn", "x {socket}", it], ["--milter", "unix:/x"],
                  ["--spawn", "x without a socket", it],
                  ["--milter", "nonsense", it], ["--milter", "unix:/x", "--of", "m0", it], ["--milter", "unix:/x", "--mask", "(", it]):
        end = replay(*words)
        assert end.returncode == 2 and end.stderr and not end.stdout, words
