# SPDX-License-Identifier: BSD-2-Clause
"""Files of metrics, as Prometheus would read them, and judged by its own tool."""

import os
import re
import shutil
import subprocess
import threading

from daemons import LIMIT

TOOLS = "/usr/bin:/usr/local/bin"
PROMTOOL = shutil.which("promtool", path=TOOLS)
NODE_EXPORTER = (shutil.which("prometheus-node-exporter", path=TOOLS)
                 or shutil.which("node_exporter", path=TOOLS))

SERIES = re.compile(r'([a-z_]+)((?:\{[a-z]+="(?:[^"\\\n]|\\.)*"(?:,[a-z]+="(?:[^"\\\n]|\\.)*")*\})?)'
                    r' (\d+(?:\.\d+)?)')
OF_A_HISTOGRAM = re.compile(r"_(bucket|sum|count)$")


def parse(text):
    """{series: value}; each series once, each behind the HELP and TYPE of its family."""
    assert text.endswith("\n"), "torn"
    found, types, family = {}, {}, None
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("# HELP "):
            family = line.split()[2]
            said = next(lines).split()
            assert said[:3] == ["#", "TYPE", family], said
            assert family not in types, f"{family} comes in two parts"
            types[family] = said[3]
            continue
        m = SERIES.fullmatch(line)
        assert m, line
        name = OF_A_HISTOGRAM.sub("", m[1]) if types[family] == "histogram" else m[1]
        assert name == family, f"{line} stands under {family}"
        assert m[1] + m[2] not in found, f"twice: {line}"
        found[m[1] + m[2]] = float(m[3])
    return found, types


def lint(path):
    """promtool has nothing to say; where there is none, parse() has looked at least."""
    if PROMTOOL:
        with open(path, "rb") as f:
            end = subprocess.run([PROMTOOL, "check", "metrics"], stdin=f, capture_output=True,
                                 text=True, timeout=LIMIT, check=False)
        assert (end.returncode, end.stdout, end.stderr) == (0, "", "")


class Metrics:
    """A file of one filter at one moment."""

    def __init__(self, path, filter):
        self.filter = filter
        with open(path, encoding="ascii") as f:
            self.mtime = os.fstat(f.fileno()).st_mtime_ns
            self.values, self.types = parse(f.read())

    def __call__(self, name, **labels):
        """The value of refmilter_NAME with these labels."""
        inner = ",".join(f'{k}="{v}"' for k, v in {"filter": self.filter, **labels}.items())
        return self.values[f"refmilter_{name}{{{inner}}}"]

    def falls(self, later):
        """The counters that are less in `later` than here; there should be none."""
        def monotone(series):
            return not series.startswith("refmilter_") or self.types.get(
                OF_A_HISTOGRAM.sub("", series.split("{")[0]),
                self.types.get(series.split("{")[0])) in ("counter", "histogram")
        return [s for s in self.values if monotone(s) and later.values[s] < self.values[s]]


def until(path, filter, what, limit=LIMIT):
    """The first file of which what(metrics) is true; its writer alone knows when."""
    pause = threading.Event()
    for _ in range(int(limit * 20)):
        if os.path.exists(path):
            m = Metrics(path, filter)
            if what(m):
                return m
        pause.wait(0.05)
    raise AssertionError(f"{path} does not become so: {m.values if os.path.exists(path) else None}")
