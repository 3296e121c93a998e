# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter's second stage: what clamd is shown, and what its answers mean."""

import pytest

from clamd_fixtures import CLEAN, FOUND, LATER, SIGNATURE, double, says, virus  # noqa: F401
from clamds import reads_itself
from mta import STEP, Mta, session

NO = {letter: bits[0] for letter, bits in STEP.items()}
NR = {letter: bits[1] for letter, bits in STEP.items()}
LEADSPC = 0x100000



def test_the_mta_is_asked_for_headers_only_with_a_clamd(virus, double):
    with Mta(virus(double()).socket) as m:
        _, actions, steps, _ = m.negotiate()
    assert actions == 0x100
    assert steps == (sum(NO[x] for x in "CHRUT") | NR["M"] | NR["L"] | NR["N"] | NR["B"] | LEADSPC)


def test_what_clamd_finds_is_refused(virus, double):
    v = virus(double(says(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")),
              reply="550 5.7.0 VIRUS FOUND: %v")
    with session(v.socket) as m:
        assert m.message(b"x") == ("y", b"550 5.7.0 VIRUS FOUND: Win.Test.EICAR_HDB-1\0")
    v.wait_line(r"QID1: virus: 'Win.Test.EICAR_HDB-1' from: '<sender@example.org>' by: clamd "
                r"client=client.example\[192.0.2.1\] nrcpt=1 action=reject 550 5.7.0$")


def test_a_signature_of_ours_needs_no_clamd(virus, double):
    d = double()
    with session(virus(d).socket) as m:
        assert m.message(SIGNATURE) == FOUND
    assert d.streams == []


HEADERS = [("X-Odd", "no blank"), ("Subject", "  two blanks"), ("Folded", " a\n\tb\n c"),
           ("Empty", ""), ("Blank", " "), ("Utf", " \xe4\xf6")]


@pytest.mark.parametrize("body", [b"", b"\0\0x\r\n", b"a" * 65535 + b"b" * 70000, b"\n.\r\r\n"],
                         ids=["empty", "NUL", "long", "odd ends"])
@pytest.mark.parametrize("memory", ["0", "1k", "1M"])
def test_the_message_arrives_byte_by_byte(virus, double, body, memory):
    d = double()
    with session(virus(d, clamd_memory=memory).socket) as m:
        assert m.message(body, headers=[(n, v.encode("latin1")) for n, v in HEADERS]) == CLEAN
    head = b"".join(f"{n}:{v}".encode("latin1").replace(b"\n", b"\r\n") + b"\r\n"
                    for n, v in HEADERS)
    assert d.streams == [b"From refmilter\n" + head + b"\r\n" + body]


def test_an_mta_that_takes_a_blank_off(virus, double):
    d = double()
    with session(virus(d).socket, steps=0xFFFFF) as m:
        assert m.message(b"x", headers=[("A", "b"), ("Empty", "")]) == CLEAN
    assert d.streams == [b"From refmilter\nA: b\r\nEmpty:\r\n\r\nx"]


# ---- answers that are none ----

NO_VERDICT = {
    "nothing, and closes": says(b""),
    "half an answer": says(b"stream: O"),
    "an answer without its end": says(b"stream: OK"),
    "the other form's end": says(b"stream: OK\n"),
    "an error": says(b"INSTREAM size limit exceeded. ERROR\0"),
    "another subject": says(b"/etc/passwd: OK\0"),
    "garbage": says(bytes(range(256)) * 3),
    "NULs": says(b"\0" * 2000),
    "a megabyte": says(b"x" * (1 << 20)),
    "OK, and more": says(b"stream: OK\0stream: OK\0"),
    "two verdicts": says(b"stream: OK\0stream: X FOUND\0"),
    "a name that is empty": says(b"stream:  FOUND\0"),
    "control characters": says(b"stream: a\x1b[31m FOUND\0"),
    "a reset": lambda talk, number: talk.reset(),
    "closes at once": reads_itself(lambda talk, number: None),
    "OK before the end": reads_itself(lambda talk, number: talk.say(b"stream: OK\0")),
    "a limit that was reached": says(b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0"),
}


@pytest.mark.parametrize("fail", ["tempfail", "accept"])
@pytest.mark.parametrize("scan", NO_VERDICT.values(), ids=NO_VERDICT)
def test_what_is_no_verdict_is_none(virus, double, scan, fail):
    v = virus(double(scan), clamd_fail=fail)
    with session(v.socket) as m:
        # Large, so that clamd can have hung up before all is written.
        assert m.message(b"x" * 300000) == (LATER if fail == "tempfail" else CLEAN)
        assert m.message(SIGNATURE) == FOUND
    v.stop()
    assert "not-judged=1" in v.log()


def test_an_answer_by_single_bytes_is_one(virus, double):
    def slowly(talk, number):
        for byte in b"stream: Slow.Name FOUND\0":
            talk.say(bytes([byte]))
    with session(virus(double(slowly)).socket) as m:
        assert m.message(b"x") == FOUND


@reads_itself
def refuses_early(talk, number):
    """As clamd does at the header of a chunk too many; then it hangs up."""
    talk.exactly(100)
    talk.say(b"INSTREAM size limit exceeded. ERROR\0")


def test_the_reason_is_read_though_writing_failed(virus, double):
    v = virus(double(refuses_early))
    with session(v.socket) as m:
        assert m.message(b"x" * 3000000) == LATER
    v.wait_line(r"clamd: unix:\S+: no verdict on a message: "
                r"error: 'INSTREAM size limit exceeded. ERROR.x00'")


# ---- size ----

TOO_LARGE = {"tempfail": ("y", b"451 4.3.4 This message is too large to be looked at\0"),
             "accept": CLEAN,
             "reject": ("y", b"552 5.3.4 This message is too large to be looked at\0")}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_exactly_the_limit_is_shown_and_a_byte_more_is_not(virus, double, what):
    d = double()
    v = virus(d, clamd_max_size="100k", too_large=what)
    around = len(b"From refmilter\nSubject:x\r\n\r\n")
    with session(v.socket) as m:
        assert m.message(b"x" * (102400 - around)) == CLEAN
        assert m.message(b"x" * (102401 - around)) == TOO_LARGE[what]
        assert m.message(b"x" * 102400 + SIGNATURE) == FOUND, "ours has no limit"
    assert [len(s) for s in d.streams] == [102400]
    v.wait_line("QID1: virus: too large: 102401 bytes from: '<sender@example.org>' by: clamd")
