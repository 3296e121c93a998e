# SPDX-License-Identifier: BSD-2-Clause
"""Random sessions against a real MTA and against the simulator: are they the same?

    run.py [--mta sendmail] [--seed 1] [--count 300] ...

Prints a line of progress, how well the sessions covered the protocol, and the
differences by class, each with its smallest session as a transcript; the last line
is TAP.  Exit: 0 all equal but for the share that --allow says, 1 more differ, or
there is no container and REFMILTER_REQUIRE says container; 77 no container.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration"), str(HERE.parent / "system")]

import compare  # noqa: E402
import coverage  # noqa: E402
import generate  # noqa: E402
import mta as mtas  # noqa: E402
import runtime  # noqa: E402
import shrink  # noqa: E402
import transcript  # noqa: E402
import worker  # noqa: E402


def options(words=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--mta", choices=sorted(mtas.MTAS), default="sendmail")
    p.add_argument("--seed", default="1", help="any word; the same one makes the same sessions")
    p.add_argument("--count", type=int, default=300)
    p.add_argument("--first", type=int, default=0, help="begin with this session of the seed")
    p.add_argument("--sessions", metavar="FILE", type=argparse.FileType(encoding="utf-8"),
                   help="not random ones but those of this file, a JSON object a line")
    p.add_argument("--players", type=int, default=8, help="sessions at the same time (8)")
    p.add_argument("--allow", type=float, default=0.0, help="per cent that may differ (0)")
    p.add_argument("--shrink", type=int, default=5, help="classes to shrink, the largest first")
    p.add_argument("--profile", help="another profile than that of the MTA")
    p.add_argument("--twice", action="store_true",
                   help="play the real MTA against itself: what is not deterministic?")
    p.add_argument("--pass-over", action="append", default=[], metavar="REGEX",
                   help="leave such lines out, to look behind a difference that is known")
    p.add_argument("--report", help="write classes and transcripts to this file")
    p.add_argument("--program", default=os.environ.get("TOP_BUILDDIR", ".") + "/milter-sim")
    o = p.parse_args(words)
    if o.sessions:
        try:
            o.given = [json.loads(line) for line in o.sessions if line.strip()]
        except ValueError as why:
            p.error(f"{o.sessions.name}: {why}")
        o.seed, o.count = o.sessions.name, len(o.given) - o.first
    return o


def sessions(o):
    """Those to play: (number, session)."""
    every = o.given if o.sessions else generate.sessions(o.seed, o.first + o.count)
    return list(enumerate(every))[o.first:]


class Run:
    """What all players share; each is a process of its own."""

    def __init__(self, o, place, engine):
        kind, self.profile, more = mtas.MTAS[o.mta]
        self.profile = o.profile or self.profile
        self.twice = o.twice
        self.real = kind(place / "real", o.players, engine)
        self.simulator = mtas.Simulator(place / "sim", o.players, Path(o.program).resolve(),
                                        self.profile, more)
        self.cache = worker.Cache(runtime.CACHE / "differential" / worker.version(o.mta))
        self.tasks, self.results = multiprocessing.Queue(), multiprocessing.Queue()

    def player(self, number):
        """One process: takes tasks to its end, says what came of each."""
        p = worker.Player(number, self.real, self.simulator, self.cache)
        covered = coverage.Coverage()
        try:
            for n, session, wanted in iter(self.tasks.get, None):
                try:
                    self.results.put((n, *self.one(p, covered, session, wanted)))
                except Exception as e:  # noqa: BLE001: a player must not end in silence
                    self.results.put((n, f"harness: {type(e).__name__} {e}", False, session, None, None))
        finally:
            self.simulator.stop()
        self.results.put((None, covered))

    def one(self, p, covered, session, wanted):
        if wanted is not None:
            small = shrink.shrink(session, lambda s: p.both(s)[2] == wanted)
            real, simulated, name, _ = p.both(small)
            return name, False, small, real, simulated
        if self.twice:
            real = p.really(session)
            covered.add(session, real)
            name = p.unstable(session, real)
            return name, False, session, real, real
        real, simulated, name, unstable = p.both(session)
        covered.add(session, real)
        if name is None:
            return None, False, None, None, None
        return name, unstable, session, real, simulated

    def start(self, players):
        self.processes = [multiprocessing.Process(target=self.player, args=(n,))
                          for n in range(players)]
        for process in self.processes:
            process.start()


class Tally:
    def __init__(self, count):
        self.count, self.done, self.began = count, 0, time.monotonic()
        self.classes, self.unstable = Counter(), Counter()
        self.example = defaultdict(list)

    def take(self, n, name, unstable, session, real, simulated):
        self.done += 1
        if unstable:
            self.unstable[name] += 1
        elif name is not None:
            self.classes[name] += 1
            self.example[name].append((len(json.dumps(session)), n, session, real, simulated))
        if sys.stderr.isatty() or self.done % 50 == 0 or self.done == self.count:
            rate = self.done / max(0.001, time.monotonic() - self.began)
            print(f"{self.done}/{self.count} sessions, {sum(self.classes.values())} differ, "
                  f"{sum(self.unstable.values())} not stable, {rate:.0f}/s",
                  end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)

    def others(self, name, shown):
        """Their numbers, of the first few."""
        numbers = sorted(n for _, n, *_ in self.example[name] if n != shown)
        return "".join(f", {n}" for n in numbers[:15]) + (", ..." if len(numbers) > 15 else "")

    def smallest(self, name):
        return min(self.example[name], key=lambda e: e[:2])


def report(o, run, tally, covered, small, out):
    equal = tally.done - sum(tally.classes.values())
    out(f"{o.mta} and {run.profile if not o.twice else o.mta}: {equal} of {tally.done} sessions "
        f"equal ({100 * equal / max(1, tally.done):.2f} %), seed {o.seed}"
        + (f", {sum(tally.unstable.values())} not stable in the real one" if tally.unstable else ""))
    for line in covered.report():
        out(line)
    for name, count in tally.classes.most_common():
        n, session, real, simulated = small.get(name) or tally.smallest(name)[1:]
        out(f"\n{count} x {name}   (session {n}{tally.others(name, n)})")
        if real is not None:
            out(compare.side_by_side(real, simulated))
            if name in small:
                out("as a transcript:")
                out(transcript.text(session, real, run.profile, f"{o.seed}/{n}"))
    for name, count in tally.unstable.most_common():
        out(f"not stable in two runs of the real one: {count} x {name}")


def collect(run, count, take):
    for _ in range(count):
        take(*run.results.get(timeout=600))


def play_all(o, run):
    tally = Tally(o.count)
    run.start(o.players)
    for n, session in sessions(o):
        run.tasks.put((n, session, None))
    collect(run, o.count, tally.take)
    small = {}
    names = [n for n, _ in tally.classes.most_common(o.shrink) if not n.startswith("harness")]
    if not o.twice:
        for name in names:
            run.tasks.put((tally.smallest(name)[1], tally.smallest(name)[2], name))

        def take(n, name, _unstable, session, real, simulated):
            if name in names:
                small[name] = (n, session, real, simulated)
        collect(run, len(names), take)
    covered = coverage.Coverage()
    for _ in run.processes:
        run.tasks.put(None)
    for _ in run.processes:
        covered.join(run.results.get(timeout=600)[1])
    for process in run.processes:
        process.join(60)
    return tally, covered, small


def no_container(o, why):
    required = "container" in os.environ.get("REFMILTER_REQUIRE", "")
    print(f"{'not ok' if required else 'ok'} - {o.mta}" + (": " if required else " # SKIP ") +
          f"no container runtime: {why}")
    return 1 if required else 77


def main():
    o = options()
    try:
        engine = runtime.prepare([o.mta])
    except runtime.NoRuntime as why:
        return no_container(o, why)
    compare.PASSED_OVER += o.pass_over
    place = Path(tempfile.mkdtemp(prefix="rd."))
    os.chmod(place, 0o755)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the container ends with us
    run = Run(o, place, engine)
    try:
        tally, covered, small = play_all(o, run)
    finally:
        run.real.stop()
        shutil.rmtree(place, ignore_errors=True)
    if o.report:
        with open(o.report, "w", encoding="utf-8") as f:
            report(o, run, tally, covered, small, lambda line: print(line, file=f))
    report(o, run, tally, covered, small, print)
    differ = sum(tally.classes.values())
    good = tally.done > 0 and 100 * differ <= o.allow * tally.done
    print(f"{'ok' if good else 'not ok'} - {o.mta}: {tally.done - differ} of {tally.done} random sessions are alike")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
