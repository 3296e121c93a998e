# SPDX-License-Identifier: BSD-2-Clause
"""The packages, each kind built once by tools/debs; and machines to install them on.

What was built stays in packages/ of the build folder, which `make check-packages`
empties first; by hand, t/system/run builds what is not there.
"""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

import boot
from boot import Machine
from daemons import BUILD
from runtime import CACHE, NoRuntime

SOURCE = Path(os.environ["TOP_SRCDIR"])
BUILT = Path(BUILD) / "packages"
HOST = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
RELEASE = os.environ.get("REFMILTER_RELEASE") or HOST  # of Debian: they are built on it, and for it
MILTERS = ["logger", "quota", "spam", "virus"]
REQUIRED = "container" in os.environ.get("REFMILTER_REQUIRE", "")

WITH_MTA = {
    "postfix": boot.PACKAGES + ",postfix",
    "sendmail": boot.PACKAGES + ",sendmail-bin,sendmail-base,sendmail-cf,sensible-mda,procmail,m4,make",
}


def cannot(why):
    """A skip, or a failure where a machine promised to have it all."""
    (pytest.fail if REQUIRED else pytest.skip)(why)


def need(*commands):
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    missing = [c for c in commands if shutil.which(c, path=path) is None]
    if missing:
        cannot("no " + ", ".join(missing))


@contextmanager
def alone(what):
    """One process at a time makes it."""
    BUILT.mkdir(exist_ok=True)
    with open(BUILT / f"{what}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def tarball():
    """What make dist makes, packed quickly."""
    with alone("tarball"):
        return made_tarball()


def made_tarball():
    made = sorted(BUILT.glob("refmilter-*.tar.xz"))
    if not made:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
        subprocess.run(["make", "-s", "-C", BUILD, "dist"], env={**env, "XZ_OPT": "-1"},
                       stdout=subprocess.DEVNULL, check=True, timeout=900)
        for file in Path(BUILD).glob("refmilter-*.tar.xz"):
            shutil.move(file, BUILT / file.name)
        made = sorted(BUILT.glob("refmilter-*.tar.xz"))
    return made[0]


def built(name="first", *options, before="", **env):
    """The folder with the packages of that name; `before` is done in the shell first."""
    need("dh", "dpkg-buildpackage", "xz", *(["mmdebstrap"] if RELEASE != HOST else []))
    if not (SOURCE / "debian").is_dir():
        cannot("this is no clone: the tarball has no debian/")
    with alone(name):
        out = BUILT / name
        if not list(out.glob("*.deb")):
            shutil.rmtree(out, ignore_errors=True)
            given = {"DEB_BUILD_OPTIONS": "nocheck", "TARBALL": str(tarball()), "RELEASE": RELEASE, **env}
            words = " ".join(str(o) for o in (SOURCE / "tools/debs", out, *options))
            end = subprocess.run(["bash", "-c", f"{before}\nexec {words}"],
                                 env={**os.environ, **given}, capture_output=True, text=True,
                                 timeout=1200, check=False)
            assert end.returncode == 0, (end.stdout + end.stderr)[-4000:]
    return out


def debs(folder, *names):
    """Their .deb files, of all five without names; no debug symbols."""
    found = [d for d in sorted(folder.glob("*.deb")) if "-dbgsym_" not in d.name]
    return [d for d in found if not names or d.name.split("_")[0] in names]


def of_revision(revision, folder):
    """Today's packages once more, as a later revision: a folder with them."""
    folder.mkdir()
    for deb in debs(built()):
        tree = folder / "tree"
        subprocess.run(["dpkg-deb", "-R", deb, tree], check=True)
        control = tree / "DEBIAN/control"
        control.write_text(re.sub(r"^(Version: .*)-.*$", rf"\1-{revision}", control.read_text(), flags=re.M))
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-b", tree, folder], check=True,
                       stdout=subprocess.DEVNULL)
        shutil.rmtree(tree)
    return folder


def root_with_apt(kind, packages, ending="tar"):
    """A root as the tools of Debian want one: packed, with apt and its sources."""
    packed = CACHE / f"{kind}-{RELEASE}-{hashlib.sha256(packages.encode()).hexdigest()[:12]}.{ending}"
    if not packed.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        part = packed.with_name(f"part-{os.getpid()}.{ending}")
        end = subprocess.run(
            ["bash", "-c", '. "$1/tools/bare.sh"; bare_make "$4" "$(dpkg --print-architecture)" "$2" "$3"',
             "sh", SOURCE, packages, part, RELEASE], capture_output=True, text=True, timeout=600, check=False)
        if end.returncode != 0:
            part.unlink(missing_ok=True)
            cannot(f"no root for {kind}: " + end.stderr.strip()[-200:])
        part.rename(packed)
    return packed


class Site(Machine):
    """A booted Debian with its own MTA, where packages come and go."""

    def __init__(self, mta):
        need("podman", "mmdebstrap")
        reasons = []
        for engine in boot.engines():
            try:
                of = boot.image(engine, f"pkg-{mta}", WITH_MTA[mta], RELEASE)
                super().__init__(engine, "--privileged", "--hostname=mx.test", of=of)
                break
            except (NoRuntime, subprocess.TimeoutExpired, OSError) as e:
                reasons.append(str(e).replace("\n", " "))
        else:
            cannot("no booted systemd: " + "; ".join(reasons))
        # The image leaves documents out, which a machine has.
        self.sh("rm -f /etc/dpkg/dpkg.cfg.d/*mmdebstrap*")
        self.write("/etc/hosts", "127.0.0.1 mx.test mx localhost\n")

    def bring(self, files, to="/tmp/debs"):
        self.sh(f"rm -rf {to} && mkdir -p {to}")
        packed = subprocess.run(["tar", "-C", Path(files[0]).parent, "-c",
                                 *(Path(f).name for f in files)], capture_output=True, check=True)
        subprocess.run([*self.engine, "exec", "-i", self.name, "tar", "-C", to, "-x"],
                       input=packed.stdout, check=True, timeout=120)
        return f"{to}/*.deb"

    def dpkg(self, words):
        return self.run(f"DEBIAN_FRONTEND=noninteractive dpkg {words}")

    def put(self, files):
        status, said = self.dpkg(f"-i {self.bring(files)}")
        assert status == 0, said[-3000:]
        return said
