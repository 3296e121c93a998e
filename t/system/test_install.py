# SPDX-License-Identifier: BSD-2-Clause
"""README's Install lines, in a clone and in the tarball; what they put where."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

BUILD = Path(os.environ["TOP_BUILDDIR"])
SOURCE = Path(os.environ["TOP_SRCDIR"])
README = SOURCE / "README.md"
NAMES = ["logger-milter", "quota-milter", "spam-milter", "virus-milter"]


def reason_to_skip():
    log = BUILD / "config.log"
    first = log.read_text(errors="replace")[:4000] if log.exists() else ""
    if re.search(r"\$ .*configure.*--enable-(sanitize|coverage)", first):
        return "a build of its own; the plain suite makes it"
    if shutil.which("make") is None or shutil.which("cc") is None:
        return "no make or no compiler"
    return None


pytestmark = [pytest.mark.limit(1500),
              pytest.mark.skipif(reason_to_skip() is not None, reason=str(reason_to_skip()))]


def install_lines():
    """The block of the section, as it is printed."""
    section = README.read_text().split("\n## Install\n")[1].split("\n## ")[0]
    block = re.search(r"(?:^    .*\n)+", section, re.M)[0]
    return "\n".join(line[4:] for line in block.splitlines())


class Tree:
    """A source tree in a folder of its own, and where it installs."""

    def __init__(self, place):
        self.top, self.stage = Path(place) / "tree", Path(place) / "stage"
        tools = Path(place) / "tools"
        tools.mkdir()
        (tools / "sudo").write_text('#!/bin/sh\nexec "$@"\n')
        (tools / "sudo").chmod(0o755)
        # The suite itself is not run inside the suite.
        overrides = f"DESTDIR={self.stage} TESTS= check_PROGRAMS= check_DATA="
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
        self.env = {**keep, "PATH": f"{tools}:{keep['PATH']}",
                    "MAKEFLAGS": f"-j2 -- {overrides}", "REFMILTER_NO_INSTALL": "1"}

    def run(self, script):
        end = subprocess.run(["bash", "-ec", script], cwd=self.top, env=self.env,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=1400, check=False)
        assert end.returncode == 0, (end.stdout + end.stderr)[-4000:]
        return end.stdout

    def installed(self):
        return sorted(str(p.relative_to(self.stage)) for p in self.stage.rglob("*")
                      if not p.is_dir())


def tools_missing():
    return [t for t in ("autoreconf", "automake", "git") if shutil.which(t) is None]


@pytest.fixture
def clone(place):
    if not (SOURCE / ".git").exists():
        pytest.skip("this is no clone")
    if tools_missing():
        pytest.skip("no " + ", ".join(tools_missing()))
    tree = Tree(place)
    tree.top.mkdir()
    files = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=SOURCE,
                           capture_output=True, check=True).stdout
    there = b"\0".join(f for f in files.split(b"\0") if f and (SOURCE / f.decode()).exists())
    packed = subprocess.run(["tar", "-C", SOURCE, "--null", "-T", "-", "-c"], input=there,
                            capture_output=True, check=True).stdout
    subprocess.run(["tar", "-C", tree.top, "-x"], input=packed, check=True)
    return tree


@pytest.fixture
def tarball(place):
    tree = Tree(place)
    end = subprocess.run(["make", "-s", "-C", BUILD, "distdir", f"distdir={tree.top}"],
                         env={**tree.env, "MAKEFLAGS": ""}, capture_output=True, text=True,
                         timeout=600, check=False)
    assert end.returncode == 0, end.stderr[-2000:]
    subprocess.run(["chmod", "-R", "u+w", tree.top], check=True)
    return tree


def check_folders(tree):
    """All that has the folders inside has those of the README's ./configure."""
    for name in NAMES:
        text = subprocess.run([tree.stage / "usr/sbin" / name, "--help"], capture_output=True,
                              text=True, check=True).stdout
        assert f"/etc/mail/milters/{name}.conf" in text and "/usr/local" not in text
        unit = (tree.stage / f"usr/lib/systemd/system/{name}.service").read_text()
        assert f"ExecStart=/usr/sbin/{name} " in unit
    for kind in ("service", "socket"):
        unit = (tree.stage / f"usr/lib/systemd/system/virus-milter.{kind}").read_text()
        assert "ConditionPathExists=/etc/mail/milters/signatures\n" in unit


def test_quick_start_and_then_install_in_one_clone(clone):
    clone.run("autoreconf -fi && ./configure -q && make -s")
    assert "/usr/local/etc" in clone.run("./virus-milter --help")
    clone.run(install_lines())
    check_folders(clone)


def test_the_tarball_and_what_it_puts_where(tarball):
    tarball.run(install_lines())
    check_folders(tarball)
    there = tarball.installed()
    conf = [f for f in there if f.startswith("etc/")]
    assert conf == [f"etc/mail/milters/{f}" for f in sorted(
        [f"{n}.conf" for n in NAMES] + ["spam-recipients", "spam-senders"])]
    for file in conf:
        text = (tarball.stage / file).read_text()
        assert all(line.startswith("#") for line in text.splitlines() if line), file
    for name in NAMES:
        assert f"usr/lib/sysusers.d/{name}.conf" in there
        assert f"usr/share/man/man8/{name}.8" in there
        assert f"usr/share/bash-completion/completions/{name}" in there
    for doc in ("README.md", "NEWS", "examples/main.cf", "examples/sendmail.mc",
                "examples/signatures", "examples/logger-selection",
                "examples/socket-postfix-chroot.conf", "examples/m4/virus-milter.m4"):
        assert f"usr/share/doc/refmilter/{doc}" in there
    cases = [f for f in there if f.startswith("usr/share/refmilter/cases/")]
    assert len([f for f in cases if f.endswith(".mta")]) > 400

    # Once more, over what an administrator has: it stays, also at the end.
    mine = tarball.stage / "etc/mail/milters/virus-milter.conf"
    mine.write_text("action = tempfail\n")
    tarball.run("make -s install")
    assert mine.read_text() == "action = tempfail\n"
    tarball.run("make -s uninstall")
    assert tarball.installed() == ["etc/mail/milters/virus-milter.conf"]
    for folder in ("refmilter", "doc/refmilter"):
        assert not (tarball.stage / "usr/share" / folder).exists()


def test_the_folder_can_be_told_to_make_too(tarball):
    """As packagers do: nothing is left of what an earlier make was told."""
    tarball.run("./configure -q && make -s virus-milter units/virus-milter.service")
    tarball.run("make -s sysconfdir=/etc virus-milter units/virus-milter.service")
    assert "default /etc/mail/milters/" in tarball.run("./virus-milter --help")
    assert "=/etc/mail/milters/signatures" in tarball.run("cat units/virus-milter.service")
    made = os.stat(tarball.top / "virus-milter").st_mtime_ns
    tarball.run("make -s sysconfdir=/etc virus-milter")
    assert os.stat(tarball.top / "virus-milter").st_mtime_ns == made, "what is right stays"
