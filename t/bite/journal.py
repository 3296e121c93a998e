# SPDX-License-Identifier: BSD-2-Clause
"""What a mutation run has done so far, so that the next piece of it goes on from there.

A file of JSON lines: the head (seed, count, layers, a digest of the source, which
tests run which lines), then one line for each change that was judged.
"""

import hashlib
import json
from pathlib import Path

OF_THE_DRAW = ("seed", "count", "layers", "unit")


def digest(root, folders=("src", "sim")):
    """Changes with any C file: then the same seed draws other places."""
    sum_ = hashlib.sha256()
    for folder in folders:
        for path in sorted((root / folder).rglob("*.c")):
            sum_.update(path.read_bytes())
    return sum_.hexdigest()


class Journal:
    """Without a path nothing is kept."""

    def __init__(self, path, root, options):
        self.path, self.fates, self.ran = path and Path(path), {}, None
        self.head = {"source": digest(root), **{k: getattr(options, k) for k in OF_THE_DRAW}}
        if self.path and self.path.exists():
            self.go_on(options)

    def go_on(self, options):
        head, *rows = map(json.loads, self.path.read_text().splitlines())
        if head["source"] != self.head["source"]:
            raise SystemExit(f"{self.path} is about another source: remove it to begin again")
        self.head = {k: head[k] for k in self.head}
        for k in OF_THE_DRAW:
            setattr(options, k, head[k])
        self.ran = {(file, line): tests for file, line, tests in head["ran"]}
        self.fates = {tuple(place): fate and tuple(fate) for place, fate in rows}

    def write(self, what):
        if self.path:
            with self.path.open("a", encoding="utf-8") as f:
                print(json.dumps(what), file=f)

    def lines_of_tests(self, measure):
        """measure()'s answer, or the one of the first piece."""
        if self.ran is None:
            self.ran = measure()
            ran = [[file, line, sorted(tests)] for (file, line), tests in sorted(self.ran.items())
                   if file.startswith(("src/", "sim/"))]
            self.write({**self.head, "ran": ran})
        return self.ran

    def judged(self, place):
        return place in self.fates

    def note(self, place, fate):
        self.fates[place] = fate
        self.write([place, fate])
