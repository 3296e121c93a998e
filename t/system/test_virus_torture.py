# SPDX-License-Identifier: BSD-2-Clause
"""Every allocation and every thread of virus-milter fails once, in turn.

What may happen: it does not start (with a line and a code), a connection is
closed, a message is put off or refused.  What may not: a crash, a hang, or the
signature let in (bug 6 of the 2003 listing, which accepted on malloc failure).

All points take minutes, so `make check` takes all of one message, and every
STRIDE-th of the rest; REFMILTER_TORTURE=1 (make check-torture) takes all.
"""

import os
import subprocess
import threading

import pytest

import faults
from daemons import BUILD, FIXTURES, LIMIT
from mta import Closed, Silence, session

SIGNATURES = f"{FIXTURES}/signatures/signatures"
SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
SHIM = f"{BUILD}/t/system/fail_nth.so"
STRIDE = 1 if os.environ.get("REFMILTER_TORTURE") else 11

pytestmark = pytest.mark.skipif(
    not os.path.exists(SHIM), reason="fail_nth.so is not built (sanitizers have their own malloc)")


def one_run(place, kind, nth, worms=3):
    """Starts it with the nth call failing, sends worms; (exit code, served, verdicts, calls)."""
    sock, count = f"{place}/s", f"{place}/count"
    env = dict(os.environ, LD_PRELOAD=SHIM, FAIL_KIND=kind, FAIL_NTH=str(nth), FAIL_FILE=count)
    p = subprocess.Popen(
        [f"{BUILD}/virus-milter", "-f", "-p", f"unix:{sock}", "-o", "allow-root=yes",
         "-o", f"signatures={SIGNATURES}", "-o", "drain-timeout=1"],
        stderr=subprocess.PIPE, env=env)
    lines, verdicts = b"", []
    hung = threading.Timer(LIMIT, p.kill)  # alive, and never ready
    hung.start()
    while b"ready" not in lines:
        line = p.stderr.readline()
        lines += line
        if not line:
            break
    hung.cancel()
    served = b"ready" in lines
    if served:
        verdicts = [worm(sock) for _ in range(worms)]
        p.terminate()
    code = p.wait(LIMIT)
    lines += p.stderr.read()
    assert code >= 0, f"{kind} {nth}: killed by signal {-code}: {lines}"
    assert served or code != 0, f"{kind} {nth}: neither served nor failed: {lines}"
    assert served or lines, f"{kind} {nth}: failed without a line"
    with open(count, encoding="ascii") as f:
        return code, served, verdicts, int(f.read())


def worm(sock):
    try:
        with session(f"unix:{sock}", faults.SILENT) as m:
            return m.message(SIGNATURE)[0]
    except Closed:
        return "closed"
    except (Silence, OSError):
        return "silent"


def points(place, kind, calls):
    """Which of the calls shall fail."""
    if kind == "thread":
        return range(1, calls + 1)
    idle, one = (one_run(place, kind, 0, worms)[3] for worms in (0, 1))
    assert idle < one < calls
    return sorted({*range(1, calls + 1, STRIDE), *range(idle, one + 1)})


@pytest.mark.limit(900)
@pytest.mark.parametrize("kind", ["malloc", "thread"])
def test_each_call_that_fails_lets_no_worm_in(place, kind):
    code, served, verdicts, calls = one_run(place, kind, 0)
    assert code == 0 and served and verdicts == ["y"] * 3
    assert calls > 3, "the shim must see the calls"
    refused = 0
    for nth in points(place, kind, calls):
        code, served, verdicts, _ = one_run(place, kind, nth)
        assert not set(verdicts) & {"c", "a", "d"}, f"{kind} {nth}: {verdicts}"
        if served and code == 0 and kind == "malloc":  # one message may have suffered
            assert verdicts.count("y") >= 2, f"{kind} {nth}: {verdicts}"
        refused += not served
    assert refused, "some of the calls must be those of the start"
