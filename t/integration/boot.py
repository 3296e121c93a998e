# SPDX-License-Identifier: BSD-2-Clause
"""A booted systemd in a container, with `make install` of this build in it.

podman alone knows --systemd=always.  The image is a Debian 12 with systemd and
the libraries; the programs are those of this build, so where they do not run
there (another libc), that is a reason to skip.
"""

import io
import os
import re
import shlex
import subprocess
import tarfile
import time
from pathlib import Path

import pytest

from daemons import BUILD, LIMIT
from runtime import ULIMIT, NoRuntime, root_tar, sh

PACKAGES = "systemd,libmilter1.0.1,libconfuse2,libjansson4,libidn2-0,passwd,procps"

# One message by SMTP, in the shell that each Debian has: prints the last reply.
CLIENT = r"""
set -eu
exec 3<>/dev/tcp/127.0.0.1/2525
reply() { while IFS= read -r line <&3; do case $line in ???-*) ;; *) break ;; esac; done; }
say() { printf '%s\r\n' "$1" >&3; reply; case $line in [23]*) ;; *) echo "$line"; exit ;; esac; }
reply
say "EHLO client.test"
say "MAIL FROM:<$1>"
say "RCPT TO:<jones@foo.com>"
say DATA
printf 'From: %s\r\nSubject: test\r\n\r\n%s\r\n.\r\n' "$1" "$2" >&3
reply
echo "$line"
"""


def engines():
    """podman with the runtime that starts systemd here."""
    wanted = os.environ.get("REFMILTER_CONTAINER", "")
    return [["podman", "--runtime", "runc"], ["podman"]] if wanted in ("", "podman") else []


def image(engine, kind="systemd", packages=PACKAGES, suite="bookworm"):
    tar = root_tar(kind, packages, suite)
    name = f"localhost/refmilter-{kind}:" + tar.stem.split("-")[-1]
    if sh(*engine, "image", "inspect", name).returncode != 0:
        done = sh(*engine, "import", tar, name)
        if done.returncode != 0:
            raise NoRuntime(done.stderr.strip()[-200:])
    return name


def installed():
    """`make install` of this build as a tar, and the folders that it was configured for."""
    stage = subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    subprocess.run(["make", "-s", "-C", BUILD, "install", f"DESTDIR={stage}"], env=env,
                   stdout=subprocess.DEVNULL, check=True, timeout=600)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for top in os.listdir(stage):
            tar.add(f"{stage}/{top}", arcname=top, filter=as_root)
    subprocess.run(["rm", "-rf", stage], check=True)
    return buffer.getvalue()


def as_root(member):
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


class Machine:
    """A container that has booted; sh() runs a line in it."""

    def __init__(self, engine, *flags, of=None):
        self.engine = engine
        self.shell = None
        self.name = f"refmilter-boot-{os.getpid()}-{os.urandom(3).hex()}"
        done = sh(*engine, "run", "-d", "--name", self.name, *ULIMIT, "--network=none",
                  "--no-hosts", "--systemd=always", *flags, of or image(engine), "/lib/systemd/systemd")
        if done.returncode != 0:
            self.end()
            raise NoRuntime(done.stderr.strip()[-200:])
        try:
            self.booted()
        except AssertionError as e:
            self.end()
            raise NoRuntime(f"systemd does not boot: {str(e)[-200:]}") from e

    def booted(self):
        self.until("systemctl is-system-running", r"running|degraded")

    def hang_up(self):
        if self.shell is not None:
            self.shell.kill()
            self.shell.wait()
            self.shell = None

    def reboot(self):
        """What is not on a disk is gone: /run, /tmp, all processes."""
        self.hang_up()
        done = sh(*self.engine, "restart", "-t", "30", self.name)
        assert done.returncode == 0, done.stderr
        self.booted()

    def end(self):
        self.hang_up()
        sh(*self.engine, "rm", "-f", "-t", "0", self.name)

    def run(self, line, *args, content=""):
        """In the one shell that is open all the time: an exec for each is slow."""
        if self.shell is None:
            self.shell = subprocess.Popen(
                [*self.engine, "exec", "-i", self.name, "bash"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        words = " ".join(shlex.quote(a) for a in args)
        mark = f"end-{os.urandom(8).hex()}"
        self.shell.stdin.write(f"( set -- {words}\n{line}\n) 2>&1 <<'{mark}'\n{content}\n{mark}\n"
                               f"status=$?; echo; echo {mark} $status\n")
        self.shell.stdin.flush()
        got = []
        for answer in self.shell.stdout:
            if answer.startswith(mark):
                return int(answer.split()[1]), "".join(got)[:-1]
            got.append(answer)
        raise NoRuntime(f"the shell in the container ended: {line}")

    def sh(self, line, *args, content=""):
        """What it prints; a failure is one of the test."""
        status, output = self.run(line, *args, content=content)
        assert status == 0, f"{line}: {output[-2000:]}"
        return output

    def fails(self, line):
        """Its exit code, which is not 0."""
        status, output = self.run(line)
        assert status != 0, f"{line}: {output}"
        return status

    def until(self, line, pattern, limit=2 * LIMIT):
        """Runs the line again and again until what it prints matches; that."""
        end = time.monotonic() + limit
        while True:
            got = self.run(line)[1]
            if re.search(pattern, got):
                return got
            assert time.monotonic() < end, f"{line}: no {pattern!r} in {got!r}"
            time.sleep(0.2)  # an event inside of a container has no other way out

    def write(self, path, text, mode="644"):
        self.sh('mkdir -p "${1%/*}" && cat >"$1.new" && chmod "$2" "$1.new" && mv "$1.new" "$1"',
                path, mode, content=text.removesuffix("\n"))

    def install(self, tar):
        subprocess.run([*self.engine, "exec", "-i", self.name, "tar", "-C", "/", "-x"], input=tar,
                       check=True, timeout=4 * LIMIT)
        self.sh("systemd-sysusers && systemctl daemon-reload")

    def state(self, unit):
        """active, inactive, failed, activating."""
        return self.sh(f"systemctl show -P ActiveState {unit}").strip()

    def states(self, name):
        return self.state(f"{name}.service"), self.state(f"{name}.socket")

    def since(self):
        """For log(since): from now on.  (A cursor and -u together skip lines in systemd 252.)"""
        return self.sh("date +@%s.%6N").strip()

    def journal(self, name, since=None):
        """The command that prints the lines of a unit, and those about it."""
        return (f"journalctl --sync; journalctl -q --no-pager -u {name} -o cat"
                + (f" --since={since}" if since else ""))

    def log(self, name, since=None):
        return self.sh(self.journal(name, since))

    def serve(self, *filters):
        """The simulator as the MTA, with these filters; takes the place of one before."""
        words = " ".join(f"--milter '{f}'" for f in filters)
        self.sh("systemctl stop mta 2>/dev/null; systemctl reset-failed mta 2>/dev/null; true")
        self.sh("systemd-run -q --unit mta $(command -v milter-sim) serve --listen 127.0.0.1:2525"
                f" --domain foo.com --user jones --deliver maildir:/tmp/mail {words}")
        self.until("bash -c ': </dev/tcp/127.0.0.1/2525' && echo yes", "yes")

    def mail(self, text="hello", sender="smith@bar.com"):
        """The reply to the end of a message, or to what was refused before."""
        return self.sh(CLIENT, sender, text).strip()

    def mail_begins(self, text):
        """The same, not waited for: a process whose output is the reply."""
        return subprocess.Popen(
            [*self.engine, "exec", self.name, "bash", "-c", CLIENT, "sh", "smith@bar.com", text],
            stdout=subprocess.PIPE, text=True)


def furnish(machine):
    machine.install(installed())
    status, said = machine.run("virus-milter --version")
    if status != 0:
        raise NoRuntime("this build does not run in Debian 12: " + said[-200:])


def boot(*flags, **of):
    """A machine with this build installed; NoRuntime with the reason otherwise."""
    reasons = []
    for engine in engines():
        try:
            machine = Machine(engine, *flags, of=image(engine, **of))
        except (NoRuntime, subprocess.TimeoutExpired, OSError) as e:
            reasons.append(str(e).replace("\n", " "))
            continue
        try:
            furnish(machine)
        except BaseException:
            machine.end()
            raise
        return machine
    raise NoRuntime("; ".join(reasons) or "podman is not wanted")


def booted(*flags, **of):
    """The same for a test, which is skipped where there can be none."""
    if os.environ.get("REFMILTER_MTA", "") not in ("", "systemd"):
        pytest.skip("another MTA was asked for")
    try:
        machine = boot(*flags, **of)
    except NoRuntime as e:
        if os.environ.get("REFMILTER_REQUIRE") == "container":
            raise
        pytest.skip(f"no booted systemd: {e}")
    machine.conf = machine.sh("dirname $(ls /etc/mail/milters/virus-milter.conf "
                              "/usr/local/etc/mail/milters/virus-milter.conf 2>/dev/null)").strip()
    machine.signatures = f"{machine.conf}/signatures"
    return machine


def manual_block(page, section):
    """The first literal block of a section of a man page, as a person would type it."""
    text = (Path(os.environ["TOP_SRCDIR"]) / "docs/man" / page).read_text()
    part = re.search(rf"^\.Sh {section}\n(.*?)^\.Sh ", text, re.M | re.S)[1]
    return re.search(r"^\.Bd -literal.*?\n(.*?)^\.Ed", part, re.M | re.S)[1]
