# SPDX-License-Identifier: BSD-2-Clause
"""debian/tests as a distribution runs them: autopkgtest, in a booted podman container."""

import hashlib
import os
import re
import shutil
import subprocess

import pytest

import boot
from daemons import LIMIT
from packages import SOURCE, built, cannot, debs, need, root_with_apt
from runtime import ULIMIT, sh

pytestmark = pytest.mark.limit(1500)
CONTROL = SOURCE / "debian/tests/control"  # the tarball has none
TESTS = re.findall(r"^Tests: (\S+)$", CONTROL.read_text(), re.M) if CONTROL.is_file() else ["all"]
# What the tests depend on is there, so the machine needs no network.
ROOT = boot.PACKAGES + ",systemd-sysv,postfix,apt-utils,dpkg-dev"


def image(engine):
    """With apt and its sources, as autopkgtest wants one."""
    name = "localhost/refmilter-autopkgtest:" + hashlib.sha256(ROOT.encode()).hexdigest()[:12]
    if sh(*engine, "image", "inspect", name).returncode != 0:
        done = sh(*engine, "import", root_with_apt("autopkgtest", ROOT), name)
        if done.returncode != 0:
            cannot(done.stderr.strip()[-200:])
    return name


def starts(engine):
    return sh(*engine, "run", "--rm", *ULIMIT, "--network=none", image(engine), "/bin/true").returncode == 0


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Its summary, TEST -> what became of it; and what the tests printed."""
    need("autopkgtest", "podman", "mmdebstrap")
    if os.geteuid() != 0:
        cannot("not root")
    engine = next((e for e in boot.engines() if starts(e)), None)
    if engine is None:
        cannot("podman starts no container here")
    place = tmp_path_factory.mktemp("autopkgtest")
    shutil.copytree(SOURCE / "debian", place / "tree/debian")
    podman = place / "bin/podman"
    podman.parent.mkdir()
    podman.write_text(f"#!/bin/sh\nexec {shutil.which(engine[0])} {' '.join(engine[1:])} \"$@\"\n")
    podman.chmod(0o755)
    label = f"refmilter.place={place}"
    try:
        end = subprocess.run(
            ["autopkgtest", "--output-dir", place / "out", "--no-built-binaries", *debs(built()), place / "tree",
             "--", "podman", "--init", image(engine), *ULIMIT, "--label", label,
             "--network=none", "--privileged", "--systemd=always"],
            env={**os.environ, "PATH": f"{podman.parent}:{os.environ['PATH']}"},
            capture_output=True, text=True, timeout=20 * LIMIT, check=False)
    finally:  # one that is stopped half-way leaves its machine
        left = sh(*engine, "ps", "-aq", "--filter", f"label={label}").stdout.split()
        if left:
            sh(*engine, "rm", "-f", "-t", "0", *left)
    log = end.stdout + end.stderr
    assert (place / "out/summary").exists(), log[-4000:]
    rows = [line.split(None, 1) for line in (place / "out/summary").read_text().splitlines()]
    return dict(rows), log


@pytest.mark.parametrize("name", TESTS)
def test_it_passes_on_the_installed_packages(said, name):
    summary, log = said
    assert summary.get(name, "was not run").startswith("PASS"), f"{summary}\n{log[-6000:]}"


def test_a_worm_and_a_letter_went_by_real_mail(said):
    """The test of the machine itself: what Debian's Postfix answered is in the log."""
    assert "a worm: 550 5.7.0 VIRUS FOUND" in said[1]
    assert re.search(r"^a letter: 250 ", said[1], re.M)


def test_the_check_of_an_installed_milter_counts_its_cases(said):
    """As TAP: hundreds, and none of them not ok but what libmilter itself cannot do."""
    assert len(re.findall(r"^ok \d+", said[1], re.M)) > 100
    assert re.findall(r"^not ok (?!.*# TODO).*", said[1], re.M) == []
