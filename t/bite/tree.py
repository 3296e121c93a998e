# SPDX-License-Identifier: BSD-2-Clause
"""A copy of the tree that may be changed, built, and tested; and what its tests said."""

import filecmp
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BUILD_LIMIT, TEST_LIMIT, UNIT_LIMIT = 1200, 600, 150  # seconds; a change may make a program run for ever
CPU_LIMIT = 120  # seconds of one process
UNIT_ENVIRONMENT = {"CK_VERBOSITY": "silent", "CK_TAP_LOG_FILE_NAME": "-",
                    "CK_DEFAULT_TIMEOUT": os.environ.get("BITE_TIMEOUT", "60")}


class Broken(Exception):
    """The tree itself, or a description of a change to it, is not as expected."""


def end_session(leader):
    """libcheck puts each test into a process group of its own, so a group is not enough."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.parent.name, stat.read_text().rsplit(")", 1)[1].split()
            if int(rest[3]) == leader:
                os.kill(int(pid), signal.SIGKILL)
        except OSError:
            pass  # it has ended meanwhile


def sh(argv, limit, **kwargs):
    """(exit code, all output); 124 where it did not end in time."""
    with tempfile.TemporaryFile() as out:
        p = subprocess.Popen([str(a) for a in argv], stdout=out, stderr=subprocess.STDOUT,
                             stdin=subprocess.DEVNULL, start_new_session=True,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT)),
                             **kwargs)
        try:
            code = p.wait(limit)
        except subprocess.TimeoutExpired:
            code = 124
        end_session(p.pid)
        p.wait()
        out.seek(0)
        return code, out.read().decode(errors="replace")


class Tree:
    """Sources of `top` as git lists them, copied, configured and built with `options`.

    `keep` is a folder that stays at the end: the next one there has only to build
    what has changed since.
    """

    def __init__(self, *options, where=None, keep=None):
        self.kept = keep is not None
        self.root = Path(keep or tempfile.mkdtemp(prefix="bite.", dir=where))
        self.copy()
        if not (self.root / "Makefile").exists():
            self.must(["autoreconf", "-fi"])
            self.must(["./configure", "-q", *options])
        self.must(["make", "-s", "-j2"])

    def copy(self):
        names = subprocess.run(["git", "-C", TOP, "ls-files", "-z"], check=True, capture_output=True,
                               text=True).stdout.split("\0")
        for name in filter(None, names):
            source, target = TOP / name, self.root / name
            if source.exists() and not (target.exists() and filecmp.cmp(source, target, False)):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)

    def must(self, argv):
        code, out = sh(argv, BUILD_LIMIT, cwd=self.root)
        if code != 0:
            raise Broken(f"{' '.join(map(str, argv))}: exit code {code}\n{out[-2000:]}")

    def make(self, *goals):
        return sh(["make", "-s", *goals], BUILD_LIMIT, cwd=self.root)

    def close(self):
        if not self.kept:
            shutil.rmtree(self.root, ignore_errors=True)

    def read(self, name):
        return (self.root / name).read_text()

    def write(self, name, text):
        (self.root / name).write_text(text)

    def run(self, program, names=(), sanitizer_options=None):
        """What a test program says: {test: passed}; {} where it cannot run at all."""
        if program.endswith(".py"):
            argv = ["t/system/run", f"t/system/{program}"]
            if names:
                argv += ["-k", " or ".join(names)]
            env, limit = {"TIME_LIMIT": str(TEST_LIMIT)}, TEST_LIMIT + 60
        else:
            argv, env, limit = [f"t/unit/{program}"], dict(UNIT_ENVIRONMENT), UNIT_LIMIT
        env.update(TOP_SRCDIR=str(self.root), TOP_BUILDDIR=str(self.root),
                   FIXTURES=str(self.root / "fixtures"), **(sanitizer_options or {}))
        code, said = sh(argv, limit, cwd=self.root, env={**os.environ, **env})
        return results(said + ("\nBail out! no end in time" if code == 124 else ""))


def results(tap):
    """{name: passed} from TAP; a test that ran over several rows passes if all do.

    libcheck writes "ok 1 - FILE:CASE:NAME: words", pytest "ok 1 - NAME[row]".
    """
    said = {}
    for ok, text in re.findall(r"^(not ok|ok) \d+ - (.*)$", tap, re.MULTILINE):
        if " # SKIP" in text:
            continue
        unit = re.match(r"\S+\.c:[^:]*:(\w+): ", text)
        name = unit[1] if unit else re.match(r"\w*", text)[0]
        said[name] = said.get(name, True) and ok == "ok"
    if "Bail out!" in tap:
        said["Bail out!"] = False
    return said
