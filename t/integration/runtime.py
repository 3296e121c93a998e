# SPDX-License-Identifier: BSD-2-Clause
"""A way to run a container here, found out by trying; and the images to run.

podman with crun, then with runc, then docker, then bubblewrap on an unpacked
root.  What is asked of each: no network, one folder shared, root inside.  An
image is named by a hash of all that goes into it, so it is built once and kept.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent / "image"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "refmilter"
# Some hosts may not raise these; a smaller number always works.
ULIMIT = ["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"]

IMAGES = {
    "sendmail": ("sendmail-bin,sendmail-base,sendmail-cf,sensible-mda,m4,socat,passwd",
                 "/usr/libexec/sendmail/sendmail"),
    "postfix": ("postfix,socat,passwd", "/usr/sbin/postfix"),
}


class NoRuntime(Exception):
    """With the reason in one line."""


def sh(*argv, limit=600, **kwargs):
    return subprocess.run([str(a) for a in argv], capture_output=True, text=True,
                          timeout=limit, check=False, **kwargs)


def version(mta):
    """What the image of this MTA is made from."""
    h = hashlib.sha256(repr(IMAGES[mta]).encode())
    for f in ("Containerfile", "prepare", "deliver", f"{mta}.entry", "mkroot"):
        h.update((HERE / f).read_bytes())
    return h.hexdigest()[:12]


def root_tar(name, packages=None, suite="bookworm"):
    """The root file system as a tar, made on first use (about 40 s)."""
    packages = packages or IMAGES[name][0]
    of = packages if suite == "bookworm" else f"{suite} {packages}"
    path = CACHE / f"{name}-{hashlib.sha256(of.encode()).hexdigest()[:12]}.tar"
    if path.exists():
        return path
    if shutil.which("mmdebstrap") is None:
        raise NoRuntime("mmdebstrap is missing, and no image can be pulled")
    CACHE.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.tar")
    done = sh(HERE / "mkroot", part, packages, suite, limit=1500)
    if done.returncode != 0:
        part.unlink(missing_ok=True)
        raise NoRuntime("mmdebstrap failed: " + done.stderr.strip()[-200:])
    part.rename(path)
    return path


class Engine:
    """podman or docker."""

    def __init__(self, *command):
        self.command = command
        self.name = " ".join(command)

    def image(self, mta):
        name = f"localhost/refmilter-{mta}:{version(mta)}"
        if sh(*self.command, "image", "inspect", name).returncode != 0:
            base = f"localhost/refmilter-{mta}-root:{version(mta)}"
            done = sh(*self.command, "import", root_tar(mta), base)
            assert done.returncode == 0, done.stderr
            packages, probe = IMAGES[mta]
            flags = ULIMIT if self.command[0] == "podman" else []
            done = sh(*self.command, "build", *flags, "--network=none",
                      "--build-arg", f"BASE={base}", "--build-arg", f"PROBE={probe}",
                      "--build-arg", "PACKAGES=" + packages.replace(",", " "),
                      "-t", name, HERE)
            assert done.returncode == 0, done.stderr
        return name

    def start(self, mta, mounts):
        """Starts it in the background; a handle for stop()."""
        name = f"refmilter-{mta}-{os.getpid()}-{len(str(mounts))}-{os.urandom(3).hex()}"
        argv = [*self.command, "run", "-d", "--name", name, *ULIMIT,
                "--network=none", "--hostname", "mx.test"]
        if self.command[0] == "podman":
            argv.append("--no-hosts")
        for outside, inside in mounts.items():
            argv += ["-v", f"{outside}:{inside}"]
        done = sh(*argv, self.image(mta), "/bin/sh", f"/{mta}.entry")
        if done.returncode != 0:
            raise NoRuntime(f"{self.name}: " + done.stderr.strip()[-300:])
        return name

    def stop(self, handle):
        sh(*self.command, "rm", "-f", "-t", "1", handle)

    def alive(self, handle):
        done = sh(*self.command, "inspect", "-f", "{{.State.Running}}", handle)
        return done.stdout.strip() == "true"

    def output(self, handle):
        done = sh(*self.command, "logs", handle)
        return done.stdout + done.stderr


class Bubblewrap:
    """An unpacked root and namespaces of its own; needs root for the MTA's users."""

    name = "bwrap"

    def image(self, mta):
        root = CACHE / f"{mta}-{version(mta)}.root"
        if not root.exists():
            part = root.with_suffix(f".{os.getpid()}")
            with tarfile.open(root_tar(mta)) as tar:
                tar.extractall(part, numeric_owner=True)
            for f in ("prepare", "deliver", f"{mta}.entry"):
                shutil.copy(HERE / f, part / f)
            done = sh("chroot", part, "/bin/sh", "/prepare")
            assert done.returncode == 0, done.stderr
            part.rename(root)
        return root

    def start(self, mta, mounts):
        argv = ["bwrap", "--bind", str(self.image(mta)), "/", "--dev", "/dev",
                "--proc", "/proc", "--tmpfs", "/run", "--unshare-pid", "--unshare-net",
                "--unshare-uts", "--hostname", "mx.test"]
        for outside, inside in mounts.items():
            argv += ["--bind", str(outside), inside]
        return subprocess.Popen([*argv, "/bin/sh", f"/{mta}.entry"],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)

    def stop(self, handle):
        # The first process inside is the namespace's init: with it all others end.
        for child in sh("pgrep", "-P", handle.pid).stdout.split():
            sh("kill", "-9", child)
        handle.kill()
        handle.wait(10)

    def alive(self, handle):
        return handle.poll() is None

    def output(self, handle):
        return handle.stdout.read().decode(errors="replace") if handle.poll() is not None else ""


def works(engine, mta="sendmail"):
    """None, or the reason why not."""
    if isinstance(engine, Bubblewrap):
        if shutil.which("bwrap") is None:
            return "bwrap is not installed"
        if os.geteuid() != 0:
            return "bwrap needs root"
        done = sh("bwrap", "--bind", "/", "/", "--unshare-pid", "--unshare-net", "true")
        return None if done.returncode == 0 else "bwrap: " + done.stderr.strip()[-100:]
    if shutil.which(engine.command[0]) is None:
        return f"{engine.command[0]} is not installed"
    try:
        image = engine.image(mta)
    except (NoRuntime, AssertionError, subprocess.TimeoutExpired) as e:
        return f"{engine.name}: {str(e).strip()[-150:]}"
    done = sh(*engine.command, "run", "--rm", *ULIMIT, "--network=none", image, "/bin/true")
    return None if done.returncode == 0 else f"{engine.name}: {done.stderr.strip()[-150:]}"


def engines():
    """All there are to try; the one that worked last time comes first."""
    every = [Engine("podman"), Engine("podman", "--runtime", "runc"), Engine("docker"),
             Bubblewrap()]
    wanted = os.environ.get("REFMILTER_CONTAINER", "")
    if wanted:
        return [e for e in every if e.name.split()[0] == wanted]
    try:
        last = (CACHE / "engine").read_text(encoding="ascii")
    except OSError:
        last = ""
    return sorted(every, key=lambda e: e.name != last)


def find():
    """The first engine that works; NoRuntime with all reasons otherwise."""
    reasons = []
    for engine in engines():
        why = works(engine)
        if why is None:
            CACHE.mkdir(parents=True, exist_ok=True)
            (CACHE / "engine").write_text(engine.name, encoding="ascii")
            return engine
        reasons.append(why)
    raise NoRuntime("; ".join(reasons).replace("\n", " ") or "no such runtime")


def prepare(images=tuple(IMAGES)):
    """The engine, with these images made; one process at a time does this."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        engine = find()
        for mta in images:
            engine.image(mta)
    return engine
