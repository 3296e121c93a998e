# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim compare: where two recordings part, and recordings that are none."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from daemons import BUILD, LIMIT

SOURCE = Path(os.environ["TOP_SRCDIR"])
META = {"kind": "meta", "version": 1, "scenario": "a session"}


def packet(letter, payload=b"", to="mta>milter", **more):
    return {"t": 0.1, "src": "milter", "milter": "m1", "conn": 1, "dir": to, "cmd": letter,
            "len": len(payload) + 1, "hex": payload.hex(), **more}


def answer(letter, payload=b""):
    return packet(letter, payload, to="milter>mta")


def smtp(text, to="C>S", **more):
    return {"t": 0.1, "src": "smtp", "dir": to, "text": text, **more}


def macro(i):
    return packet("D", b"Mi\0" + i + b"\0")


RCPT = packet("R", b"<Jones@foo.com>\0")
SESSION = [META, macro(b"4XyZ000001"), packet("M", b"<Smith@bar.com>\0"), answer("c"), RCPT, answer("c")]


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="ascii")
    return path


def compare(*words, cwd=None):
    return subprocess.run([f"{BUILD}/milter-sim", "compare", *words], capture_output=True, text=True,
                          timeout=LIMIT, check=False, cwd=cwd)


def both(tmp_path, one, other, *options):
    end = compare(*options, write(tmp_path / "a", one), write(tmp_path / "b", other))
    assert end.stderr == ""
    return end.returncode, end.stdout.replace(f"{tmp_path}/", "")


def test_the_example_of_the_manual(tmp_path):
    manual = (SOURCE / "docs/man/milter-sim.1").read_text(encoding="ascii")
    shown = re.search(r"^\$ milter-sim compare before.jsonl after.jsonl\n(.*?)^\.Ed", manual, re.S | re.M)[1]
    refused = [*SESSION[:-1], answer("y", b"550 5.7.1 not you\0")]
    write(tmp_path / "before.jsonl", SESSION)
    write(tmp_path / "after.jsonl", [*refused[:1], macro(b"5AbC000002"), *refused[2:]])
    end = compare("before.jsonl", "after.jsonl", cwd=tmp_path)
    assert (end.returncode, end.stderr) == (1, "")
    assert end.stdout == shown.replace("\\e", "\\")


def test_a_recording_is_like_itself():
    file = SOURCE / "fixtures/traces/sendmail-8.17/a03-three-messages.jsonl"
    end = compare(file, file)
    assert end.returncode == 0
    assert re.fullmatch(r"alike: \d\d+ lines; hidden: queue-id \d+, port \d+, date \d+\n", end.stdout)


HIDDEN = {
    "a queue id, in a reply too": ([macro(b"4XyZ000001"), smtp("250 2.0.0 4XyZ000001 taken\r\n", "S>C")],
                                   [macro(b"9AbC777777"), smtp("250 2.0.0 9AbC777777 taken\r\n", "S>C")]),
    "the client's port": ([packet("C", b"localhost\x004\x12\x34127.0.0.1\0")],
                          [packet("C", b"localhost\x004\x43\x21127.0.0.1\0")]),
    "a macro with a port": ([packet("D", b"C{client_port}\x0012345\0")],
                            [packet("D", b"C{client_port}\x00777\0")]),
    "a date": ([packet("L", b"Date\0Sat, 28 Nov 2026 10:00:00 +0000 (UTC)\0")],
               [packet("L", b"Date\0Sun,  1 Jan 2023 23:59:59 +0100\0")]),
    "where a read ended": ([smtp("EHLO bar."), smtp("com\r\nNOOP\r\n")], [smtp("EHLO bar.com\r\nNO"), smtp("OP\r\n")]),
    "what is for people": ([macro(b"4XyZ000001")], [{**macro(b"4XyZ000001"), "t": 9, "txt": "words"}]),
    "the order of two wires": ([smtp("NOOP\r\n"), RCPT], [RCPT, smtp("NOOP\r\n")]),
}


@pytest.mark.parametrize("what", HIDDEN)
def test_what_no_two_sessions_have_in_common(tmp_path, what):
    one, other = HIDDEN[what]
    assert both(tmp_path, [META, *one], [META, *other])[0] == 0


SEEN = {
    "another letter": ([RCPT, answer("c")], [RCPT, answer("r")]),
    "another order": ([answer("h", b"A\0b\0"), answer("m", b"\0\0\0\1A\0c\0")],
                      [answer("m", b"\0\0\0\1A\0c\0"), answer("h", b"A\0b\0")]),
    "a packet less": ([RCPT, answer("c")], [RCPT]),
    "a packet more": ([RCPT], [RCPT, answer("c")]),
    "another queue id in one place": ([macro(b"4XyZ000001"), smtp("250 4XyZ000001\r\n", "S>C")],
                                      [macro(b"4XyZ000001"), smtp("250 9AbC777777\r\n", "S>C")]),
    "a short word for a queue id": ([macro(b"a"), smtp("a\r\n")], [macro(b"b"), smtp("b\r\n")]),
    "a connection more": ([RCPT], [RCPT, {**RCPT, "conn": 2}]),
    "another milter": ([RCPT], [{**RCPT, "milter": "m2"}]),
    "another end": ([RCPT, {"src": "milter", "milter": "m1", "conn": 1, "ev": "eof-from-mta"}],
                    [RCPT, {"src": "milter", "milter": "m1", "conn": 1, "ev": "reset-by-mta"}]),
    "a bare LF": ([smtp("NOOP\r\n")], [smtp("NOOP\n")]),
}


@pytest.mark.parametrize("what", SEEN)
def test_what_parts_them(tmp_path, what):
    one, other = SEEN[what]
    assert both(tmp_path, [META, *one], [META, *other])[0] == 1


def test_whose_wire_and_which_lines(tmp_path):
    second = {**RCPT, "conn": 2}
    code, said = both(tmp_path, [META, RCPT, second, {**answer("c"), "conn": 2}], [META, RCPT, second])
    assert (code, said) == (1, "a:4 and b: its end part, m1, connection 2\n"
                               "  M> RCPT <Jones@foo.com>\n- M< CONTINUE\n+ (end)\n")


def test_masks_of_ones_own(tmp_path):
    one, other = ([META, answer("h", b"X-Scan\0by %s\0" % v)] for v in (b"1.2", b"1.3"))
    assert both(tmp_path, one, other)[0] == 1
    assert both(tmp_path, one, other, "--mask", r"by [0-9.]+") == (0, "alike: 1 lines; hidden: mask 2\n")
    assert both(tmp_path, one, other, "--mask", "x*")[0] == 1  # it matches nothing, everywhere
    ids = [[META, macro(i)] for i in (b"4XyZ000001", b"9AbC777777")]
    assert both(tmp_path, *ids)[0] == 0
    assert both(tmp_path, *ids, "--exact")[0] == 1
    assert both(tmp_path, *ids, "--exact", "--mask", "i=[^ ]+")[0] == 0


BAD = {
    "empty": (b"", 1, "the file is empty"),
    "not JSON": (b'{"kind":"meta"}\nhello\n', 2, "not JSON"),
    "cut short": (b'{"kind":"meta"}\n{"t":0.1,"src":"mil', 2, "the line is cut short"),
    "another version": (b'{"kind":"meta","version":2}\n', 1, "a recording of another version than 1"),
    "a version that is none": (b'{"kind":"meta","version":"1"}\n', 1, "a recording of another version than 1"),
    "no description": (b'{"t":1,"src":"smtp","dir":"C>S","text":"a"}\n', 1, "the first line does not describe a session"),
    "two in one": (b'{"kind":"meta"}\n{"kind":"meta"}\n', 2, "another recording begins in this one"),
    "no hexadecimal": (b'{"kind":"meta"}\n{"src":"milter","milter":"m1","dir":"mta>milter","cmd":"C","hex":"0x"}\n',
                       2, '"hex" is not hexadecimal'),
    "bytes": (b"\0\xff\n", 1, "not JSON"),
    "deep": (b'{"kind":"meta"}\n' + b"[" * 100000 + b"\n", 2, "not JSON"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_recording_that_is_none_is_refused_with_file_and_line(tmp_path, what):
    lines, number, words = BAD[what]
    bad = tmp_path / "bad"
    bad.write_bytes(lines)
    end = compare(bad, bad)
    assert (end.returncode, end.stdout) == (2, "")
    assert end.stderr.startswith(f"milter-sim compare: {bad}:{number}: {words}")


def test_usage(tmp_path):
    for words in ([], ["one"], ["a", "b", "c"], ["--mask", "(", "a", "b"], ["--nonsense"], [tmp_path, "b"], ["no", "no"]):
        end = compare(*words, cwd=tmp_path)
        assert end.returncode == 2 and end.stderr and not end.stdout, words
