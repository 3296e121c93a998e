# SPDX-License-Identifier: BSD-2-Clause
"""Programs in which one call fails: fail_nth.so, preloaded (fail_nth.c)."""

import contextlib
import os
import subprocess
import threading

from daemons import BUILD, LIMIT

SHIM = f"{BUILD}/t/system/fail_nth.so"
ALL = os.environ.get("REFMILTER_TORTURE") == "1"
# An answer that has not come by now does not come.  The pool of Debian's libmilter forgets the
# session for which it had no memory: that one is silent for as long as its MTA waits.
SILENT = LIMIT / 4
SOME = 25  # points of a run that make check tries, spread over it


@contextlib.contextmanager
def start(place, argv, kind, nth):
    """The process; one that has not ended after 2 * LIMIT is killed, which its exit code tells."""
    with subprocess.Popen(
            [f"{BUILD}/{argv[0]}", *argv[1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(os.environ, LD_PRELOAD=SHIM, FAIL_KIND=kind, FAIL_NTH=str(nth),
                     FAIL_FILE=f"{place}/count")) as p:
        patience = threading.Timer(2 * LIMIT, p.kill)
        patience.start()
        try:
            yield p
        finally:
            patience.cancel()
            p.kill()


def calls(place):
    """How many the process made that ended last."""
    with open(f"{place}/count", encoding="ascii") as f:
        return int(f.read())


def points(count, some=SOME):
    """The numbers of the calls that are to fail: all of them, or some, spread."""
    return range(1, count + 1, 1 if ALL else max(1, -(-count // some)))


def run(place, argv, kind, nth):
    """To its end: (exit code, stdout, stderr)."""
    with start(place, argv, kind, nth) as p:
        out, err = p.communicate()
        return p.returncode, out, err


def serve(place, argv, kind, nth, drive):
    """A daemon, driven once it says where it listens, then ended by SIGTERM.

    (exit code, what drive(line) returned or None where it never got ready, lines)
    """
    with start(place, argv, kind, nth) as p:
        stream = p.stdout if argv[0] == "milter-sim" else p.stderr
        lines, got = b"", None
        for line in stream:
            lines += line
            # Each of the two words may be what found no memory.
            if b"listening on " in line or b": ready" in line:
                got = drive(line)
                p.terminate()
                break
        out, err = p.communicate()
        return p.returncode, got, lines + out + err


def says_why(lines):
    """A line of which something stands behind the program's name and colon."""
    return any(line.partition(b": ")[2].rstrip(b": ").strip() for line in lines.splitlines())
