#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What does milter-sim record between MTA and milter cost?  make bench-record

The same messages to the same virus-milter, straight and through the proxy, in turn,
round after round; a ratio is through / straight of one round.

    record.py BUILDDIR [ROUNDS [MESSAGES]]
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = Path(sys.argv[1]).resolve()
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 9
MESSAGES = int(sys.argv[3]) if len(sys.argv) > 3 else 4000
SIGNATURES = TOP / "fixtures/signatures/signatures"
sys.path.insert(0, str(TOP / "t/system"))
os.environ.update(TOP_BUILDDIR=str(BUILD), FIXTURES=str(TOP / "fixtures"))
from daemons import Daemon  # noqa: E402


def rate(sock, connections, pace):
    """Messages a second."""
    done = subprocess.run(
        [BUILD / "milter-sim", "load", "--milter", f"unix:{sock}", "--messages", str(MESSAGES),
         "--connections", str(connections), "--pace", pace, "--expect", "any", "--report", "json",
         "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr or done.stdout)
    return json.loads(done.stdout)["messages_a_second"]


def row(what, straight, through, connections, pace):
    """Prints what that many connections make of it."""
    seen = []
    for n in range(-1, ROUNDS):
        pair = {}
        for sock in (straight, through) if n % 2 else (through, straight):
            pair[sock] = rate(sock, connections, pace)
        if n >= 0:  # the one before warms up
            seen.append((pair[straight], pair[through]))
    ratios = [b / a for a, b in seen]
    print(f"| {what} | {statistics.median(a for a, _ in seen):.0f} | "
          f"{statistics.median(b for _, b in seen):.0f} | {statistics.median(ratios):.2f} "
          f"({min(ratios):.2f} to {max(ratios):.2f}) |", flush=True)


def main():
    place = Path(tempfile.mkdtemp(prefix="rm."))
    running = []
    try:
        milter = Daemon([f"{BUILD}/virus-milter", "-f", "-p", f"unix:{place}/m", "-o", "allow-root=yes",
                         "-o", "summary-interval=0", "-o", f"signatures={SIGNATURES}"])
        running.append(milter)
        milter.wait_line(": ready")
        proxy = Daemon([f"{BUILD}/milter-sim", "record", "--listen", f"unix:{place}/p", "--to",
                        f"unix:{place}/m", "--dir", f"{place}/recordings", "--port-file",
                        f"{place}/ready", "--quiet"])
        running.append(proxy)
        while not (place / "ready").exists():
            if proxy.process.poll() is not None:
                sys.exit(proxy.log())
        print(f"{ROUNDS} paired rounds of {MESSAGES} messages, load {os.getloadavg()[0]:.1f}; "
              "x is through / straight.\n\n"
              "| messages a second | straight | through record | x |\n|---|--:|--:|--:|", flush=True)
        for connections in (1, 8):
            row(f"{connections} at once, as fast as it goes", place / "m", place / "p", connections, "none")
    finally:
        for d in running:
            d.kill()
        shutil.rmtree(place)


main()
