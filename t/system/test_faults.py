# SPDX-License-Identifier: BSD-2-Clause
"""Each allocation, and each open(), write(), close(), fsync() and rename(), of each
program fails once, in turn.

What may happen: it does not start or ends with a line and a code, a connection
is closed, mail is put off, or passes where the failure policy says so.  What
may not: a crash, a hang, a result that is not that of a run without a fault.
Allocations of virus-milter, which may let no worm in, have a file of their own.
make check tries some of each, make check-torture all.
"""

import os
import shutil
from pathlib import Path

import pytest

import fault_cases
import faults

pytestmark = [
    pytest.mark.limit(3600 if faults.ALL else 600),
    pytest.mark.skipif(not os.path.exists(faults.SHIM),
                       reason="fail_nth.so is not built (sanitizers have their own malloc)")]

FILES = ["open", "write", "close", "fsync", "rename"]
GROUPS = {"malloc": ["malloc"], "files": FILES}
KINDS = pytest.mark.parametrize("kinds", GROUPS.values(), ids=GROUPS.keys())
MILTERS = [pytest.param(case, kinds, id=f"{case.program}-{name}")
           for name, kinds in GROUPS.items()
           for case in (fault_cases.Quota, fault_cases.Spam, fault_cases.Logger, fault_cases.Virus)
           if case is not fault_cases.Virus or kinds is FILES]


def each_call(place, kinds, one):
    """Runs one(kind, nth) for the calls that are to fail; how many runs there were of each kind."""
    tried = {}
    for kind in kinds:
        one(kind, 0)
        for nth in faults.points(faults.calls(place), faults.SOME // len(kinds)):
            one(kind, nth)
            tried[kind] = tried.get(kind, 0) + 1
    return tried


@pytest.mark.parametrize("case, kinds", MILTERS)
def test_each_call_of_a_milter(place, case, kinds):
    case, refused = case(Path(place)), []

    def one(kind, nth):
        code, got, lines = faults.serve(
            place, case.argv(place), kind, nth,
            lambda _: [fault_cases.answer(f"{place}/s", case.talk) for _ in range(2)])
        what = f"{case.program} {kind} {nth}: {code} {got} {lines}"
        assert code >= 0, f"killed: {what}"
        assert got is not None or (code != 0 and faults.says_why(lines)), f"neither served nor failed: {what}"
        case.after(got, lines, kind)
        refused.append(got is None)
        assert set(got or []) <= case.besides | {case.right}, what
        # A fault does not stay.  libmilter's own loop may end the process, with a
        # line and a code: systemd starts it again.
        assert not got or case.right in got or code != 0, what
        assert nth > 0 or got == [case.right] * 2, what

    assert each_call(place, kinds, one)
    assert any(refused), "some of the calls must be those of the start"


@KINDS
@pytest.mark.parametrize("name", ["check", "test", "learn", "run"])
def test_each_call_of_a_program_that_ends(place, name, kinds):
    argv = fault_cases.conclusions(place)[name]
    right, failed = faults.run(place, argv, "malloc", 0), []

    def one(kind, nth):
        code, out, err = faults.run(place, argv, kind, nth)
        what = f"{name} {kind} {nth}: {code} {out[-300:]} {err[-300:]}"
        assert code >= 0, f"killed: {what}"
        if code == right[0] and not err:
            assert out == right[1], f"another result and not a word: {what}"
        else:
            assert nth > 0, what
            failed.append(what)
            assert faults.says_why(err) or b"not ok" in out or b"Bail out" in out, f"failed without a line: {what}"

    assert each_call(place, kinds, one)
    assert failed, "most calls cannot be done without"


@KINDS
def test_each_call_of_serve(place, kinds):
    mail = Path(place) / "mail"
    argv = ["milter-sim", "serve", "--listen", "127.0.0.1:0", "--domain", "foo.com", "--user", "Jones",
            "--deliver", f"maildir:{mail}"]

    def one(kind, nth):
        shutil.rmtree(mail, ignore_errors=True)
        code, got, lines = faults.serve(place, argv, kind, nth,
                                        lambda line: [fault_cases.smtp(line) for _ in range(2)])
        what = f"serve {kind} {nth}: {code} {got} {lines}"
        assert code >= 0, f"killed: {what}"
        assert got is not None or (code != 0 and faults.says_why(lines)), f"neither served nor failed: {what}"
        kept = [p.read_bytes() for p in mail.glob("Jones/new/*")]
        accepted = sum(reply.startswith("250") for reply in got or [])
        # A 250 that could not be sent is the one way to keep mail that the client will send again.
        unsaid = (got or []).count("") if kind == "write" else 0
        assert accepted <= len(kept) <= accepted + unsaid, f"250 and not kept, or kept and not 250: {what}"
        assert all(m.endswith(b"hello\n") or m.endswith(b"hello\r\n") for m in kept), f"torn: {what}"
        assert not any(r.startswith("5") for r in got or []), f"not put off: {what}"
        assert not got or any(r.startswith("250") for r in got), f"a fault stays: {what}"
        assert nth > 0 or [r[:3] for r in got] == ["250"] * 2, what

    assert each_call(place, kinds, one)
