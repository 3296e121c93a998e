#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What clamd behind virus-milter costs, and what the metrics-file costs: make bench-clamd.

One clamd with a tiny database of its own, the same messages, milter-sim load as the
MTA.  In each round every contestant has its turn; a ratio is the median of those of
the rounds, so what else the machine does meets all of them.

    clamd.py BUILDDIR SIGNATURES [ROUNDS [MESSAGES]] > docs/figures/clamd.md
"""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))
BUILD, SIGNATURES = sys.argv[1:3]
os.environ.update(TOP_BUILDDIR=BUILD, FIXTURES="")
from clamds import CLAMD, Clamd  # noqa: E402
from daemons import Daemon, Milter  # noqa: E402

ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 7
MESSAGES = int(sys.argv[4]) if len(sys.argv) > 4 else 2000
CLAMAV = shutil.which("clamav-milter", path="/usr/sbin:/usr/bin")


def clamav_milter(place, clamd):
    """As it must be set to refuse: its default lets the mail pass and quarantines it."""
    sock = f"{place}/clamav-milter.sock"
    Path(place, "clamav-milter.conf").write_text(
        f"MilterSocket unix:{sock}\nClamdSocket {clamd.address}\nForeground yes\n"
        "OnInfected Reject\nRejectMsg VIRUS FOUND\nAddHeader No\n")
    d = Daemon([CLAMAV, "-c", f"{place}/clamav-milter.conf"], stdout=subprocess.DEVNULL)
    pause = threading.Event()
    while not os.path.exists(sock):
        pause.wait(0.05)
    d.socket = f"unix:{sock}"
    return d


def virus_milter(place, name, *options):
    return Milter("virus-milter", place, [f"signatures={SIGNATURES}", "summary-interval=0", *options],
                  socket=f"unix:{place}/{name}.sock")


def load(d, *words):
    done = subprocess.run(
        [f"{BUILD}/milter-sim", "load", "--milter", d.socket, "--connections", "8", "--messages",
         str(MESSAGES), "--cpu-of", str(d.process.pid), "--report", "json", "--quiet", *words],
        capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr + done.stdout
    return {"cpu": report["watched"]["cpu_us_a_message"],
            "p50": report["stages"]["message"]["p50_ms"],
            "p99": report["stages"]["message"]["p99_ms"]}


def slow_one(clamd, over):
    """One message after another that clamd takes long for, as somebody else would send it."""
    body = os.urandom(1 << 20).hex().encode()
    while not over.is_set():
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(clamd.socket)
            s.sendall(b"zINSTREAM\0" + len(body).to_bytes(4, "big") + body + b"\0\0\0\0")
            s.recv(100)


def rounds(players, *words):
    """{name: [figures of each round]}; every second round in the other order."""
    seen = {name: [] for name in players}
    for n in range(ROUNDS):
        for name in sorted(players, reverse=n % 2 == 1):
            seen[name].append(load(players[name], *words))
    return seen


def table(title, seen, base):
    print(f"\n## {title}\n\n| | CPU us a message | x | p50 ms | x | p99 ms | x |\n"
          "|---|--:|--:|--:|--:|--:|--:|")
    for name, runs in seen.items():
        cells = []
        for what in ("cpu", "p50", "p99"):
            ratio = statistics.median(a[what] / b[what] for a, b in zip(runs, seen[base]) if b[what])
            cells.append(f"{statistics.median(r[what] for r in runs):.3g} | {ratio:.2f}")
        print(f"| {name} | {' | '.join(cells)} |")


def main():
    place = tempfile.mkdtemp(prefix="rm.")
    os.mkdir(f"{place}/spool", 0o700)
    running = []
    try:
        clamd = Clamd(place, MaxThreads="12", MaxQueue="100")
        running.append(clamd)
        ours = [f"clamd={clamd.address}", f"clamd-spool={place}/spool"]
        players = {"virus-milter, clamd": virus_milter(place, "with", *ours),
                   "virus-milter, clamd by descriptor": virus_milter(
                       place, "fd", *ours, "clamd-pass=descriptor"),
                   "virus-milter": virus_milter(place, "alone"),
                   "virus-milter, metrics each second": virus_milter(
                       place, "metrics", f"metrics-file={place}/v.prom", "metrics-interval=1")}
        if CLAMAV:
            players["clamav-milter"] = clamav_milter(place, clamd)
        running += players.values()
        print(f"# clamd behind virus-milter\n\n{ROUNDS} rounds of {MESSAGES} messages of 20 KB, 8 "
              f"connections, load {' '.join(f'{x:.1f}' for x in os.getloadavg())}; x is the median of the "
              "ratios of the rounds.\nCPU is the milter's own: clamd's is the same for both.")
        both = {k: v for k, v in players.items() if "clam" in k}
        table("Beside clamav-milter", rounds(both), "virus-milter, clamd")
        over = threading.Event()
        other = threading.Thread(target=slow_one, args=(clamd, over))
        other.start()
        seen = rounds(both)
        over.set()
        other.join()
        table("While clamd has a message of 2 MB all the time", seen, "virus-milter, clamd")
        table("The price of each part", rounds({k: v for k, v in players.items() if "virus" in k}),
              "virus-milter")
    finally:
        for d in running:
            d.kill()
        shutil.rmtree(place)


if CLAMD is None:
    sys.exit("no clamd (Debian: clamav-daemon)")
main()
