# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim decode: readable lines, named errors, exit codes 0, 1, 2."""

import os
import subprocess
from pathlib import Path

import pytest

from daemons import LIMIT

SIM = Path(os.environ["TOP_BUILDDIR"]) / "milter-sim"
TRACES = Path(os.environ["FIXTURES"]) / "traces"


def decode(*args, data=b""):
    end = subprocess.run([SIM, "decode", *args], input=data, capture_output=True, timeout=LIMIT, check=False)
    return end.returncode, end.stdout.decode(), end.stderr.decode()


def test_hex_with_blanks_and_comments():
    code, out, err = decode(data=b"00000001 63 # fine\n0000 0008 48 62 61 72 2e 63 6f 00\n")
    assert (code, out, err) == (0, "M< CONTINUE\nM> HELO bar.co\n", "")


def test_raw_bytes():
    code, out, err = decode("--raw", data=b"\0\0\0\x07M<a@b>\0")
    assert (code, out, err) == (0, "M> MAIL <a@b>\n", "")


def test_second_optneg_is_the_answer():
    offer = "0000000d 4f 00000006 000001ff 001fffff\n"
    _, out, _ = decode(data=(offer + offer).encode())
    assert [line[:9] for line in out.splitlines()] == ["M> OPTNEG", "M< OPTNEG"]


@pytest.mark.parametrize(
    "data, trouble",
    [
        (b"00000000", "byte 0: length 0"),
        (b"00000001 63 ffffffff", "byte 5: length above the limit"),
        (b"00000001 63 00000002 48", "byte 5: packet ends early"),
        (b"00000002 48 61", "byte 0: string not terminated"),
        (b"00000002 63 61", "byte 0: bytes left over"),
        (b"00000001 5a", "byte 0: no packet has this letter"),
        (b"GET / HTTP/1.1", "line 1: not hexadecimal"),
        (b"000", "line 1: not hexadecimal"),
        (b'{"t":1}\n{"t":', "line 2: not JSON"),
        (b'{"src":"milter","milter":"m1","dir":"mta>milter","cmd":"A","len":7,"hex":""}', '"len" is not what "hex" holds'),
    ],
)
def test_faults_have_a_name_and_a_place(data, trouble):
    code, _, err = decode(data=data)
    assert code == 1
    assert err.startswith("-: ")
    assert trouble in err


def test_a_recording_reads_like_a_transcript():
    code, out, err = decode(TRACES / "sendmail-8.17" / "a02-rfc2821-d1.jsonl")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    for line in (
        "C: EHLO bar.com",
        "M> HELO bar.com",
        "M> MAIL <Smith@bar.com>",
        "M< CONTINUE",
        "C: QUIT",
        "M> QUIT",
    ):
        assert line in lines


def test_second_connection_and_second_milter_have_numbers():
    _, conns, _ = decode(TRACES / "sendmail-8.17" / "a27-two-conns.jsonl")
    _, milters, _ = decode(TRACES / "sendmail-8.17" / "a26-two-milters.jsonl")
    assert "\n2 M> CONNECT " in conns
    assert "\nM2> CONNECT " in milters


def test_a_packet_that_does_not_decode_is_shown_and_reported():
    path = TRACES / "postfix-3.7" / "b-rcpt-y-nonul.jsonl"
    code, out, err = decode(path)
    assert code == 1
    assert "\nM< raw \\x00\\x00\\x00\\x11y550 5.7.0 no nul\n" in out
    assert err == f"{path}: line 23: string not terminated\n"


def test_worst_file_decides_and_all_are_read():
    good = TRACES / "postfix-3.7" / "d-version-2.jsonl"
    code, out, err = decode("/no/such/file", good)
    assert code == 2
    assert "M> QUIT" in out
    assert err == "/no/such/file: No such file or directory\n"


def test_a_folder_is_not_a_file():
    code, _, err = decode(TRACES)
    assert code == 2
    assert "Is a directory" in err
