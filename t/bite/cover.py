# SPDX-License-Identifier: BSD-2-Clause
"""Which unit tests run which lines: one build with gcov, each program by itself."""

import gzip
import json
import os
import subprocess
from collections import defaultdict
from pathlib import Path

from tree import Broken, Tree


def unit_tests(tree):
    return sorted(p.stem for p in (tree.root / "t/unit").glob("check_*.c"))


def counted(tree):
    """{(file, line)} that ran since the counters were last removed."""
    lines = set()
    data = list(tree.root.rglob("*.gcda"))
    for folder in {d.parent for d in data}:
        names = [str(d) for d in data if d.parent == folder]
        subprocess.run(["gcov", "--json-format", "-o", str(folder), *names], cwd=folder,
                       capture_output=True, check=False)
        for report in folder.glob("*.gcov.json.gz"):
            for f in json.loads(gzip.decompress(report.read_bytes()))["files"]:
                name = os.path.relpath(os.path.join(tree.root, f["file"]), tree.root)
                lines |= {(name, line["line_number"]) for line in f["lines"] if line["count"]}
            report.unlink()
    for d in data:
        d.unlink()
    return lines


def lines_of_tests(where=None):
    """{(file, line): {program...}} of the unit tests."""
    tree = Tree("--enable-coverage", "--disable-hardening", where=where)
    try:
        tests = unit_tests(tree)
        code, out = tree.make("-j2", *(f"t/unit/{t}" for t in tests))
        if code != 0:
            raise Broken(out[-2000:])
        ran = defaultdict(set)
        counted(tree)
        for test in tests:
            tree.run(test)
            for line in counted(tree):
                ran[line].add(test)
        return dict(ran)
    finally:
        tree.close()


def first_by_name(file, tests):
    """The test that bears the file's name first: it is the likeliest to fail, and small."""
    stem = Path(file).stem
    return sorted(tests, key=lambda t: (t != f"check_{stem}", t))
