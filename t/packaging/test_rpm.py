# SPDX-License-Identifier: BSD-2-Clause
"""packaging/refmilter.spec: built, installed into an empty root, verified, removed.

Debian's rpm stands in for Fedora's: what Fedora's systemd-rpm-macros would define is
defined here (also that a folder of documents has no version in its name, as since Fedora 20), and
scripts and dependencies are looked at but not run.
"""

import shutil
import subprocess

import pytest

from packages import BUILT, MILTERS, SOURCE, need, tarball

pytestmark = pytest.mark.limit(2400)
SPEC = SOURCE / "packaging/refmilter.spec"
NAMES = ["milter-sim", *(f"refmilter-{m}" for m in MILTERS)]

MACROS = {
    "_unitdir": "/usr/lib/systemd/system",
    "_sysusersdir": "/usr/lib/sysusers.d",
    "systemd_post()": "systemctl preset %{?*}",
    "systemd_preun()": "systemctl disable --now %{?*}",
    "systemd_postun_with_restart()": "systemctl try-restart %{?*}",
    "_docdir_fmt": "%%{NAME}",
    "debug_package": "%{nil}",
    "optflags": "-O1",
}


def rpm(root, *words):
    return subprocess.run(["rpm", "--root", root, *words], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def rpms():
    need("rpmbuild", "rpm")
    BUILT.mkdir(exist_ok=True)
    source, top = tarball(), BUILT / "rpm"
    shutil.rmtree(top, ignore_errors=True)
    (top / "SOURCES").mkdir(parents=True)
    shutil.copy(source, top / "SOURCES")
    words = [w for k, v in {**MACROS, "_topdir": str(top)}.items() for w in ("--define", f"{k} {v}")]
    end = subprocess.run(["rpmbuild", "-bb", "--nodeps", "--nocheck", *words, SPEC],
                         capture_output=True, text=True, timeout=1800, check=False)
    assert end.returncode == 0, (end.stdout + end.stderr)[-4000:]
    assert "installed (but unpackaged)" not in end.stderr and "File listed twice" not in end.stderr
    yield sorted(top.glob("RPMS/*/*.rpm"))
    shutil.rmtree(top / "BUILD", ignore_errors=True)


@pytest.fixture(scope="module")
def root(rpms, tmp_path_factory):
    place = tmp_path_factory.mktemp("root")
    assert rpm(place, "--initdb").returncode == 0
    end = rpm(place, "--nodeps", "--noscripts", "-i", *rpms)
    assert end.returncode == 0, end.stderr
    return place


def test_five_packages_are_built(rpms):
    assert [r.name.rsplit("-", 2)[0] for r in rpms] == NAMES


def test_the_version_is_that_of_configure():
    configure = (SOURCE / "configure.ac").read_text()
    version = configure.split("AC_INIT([refmilter], [")[1].split("]")[0]
    assert f"Version:        {version}\n" in SPEC.read_text()


def test_installed_every_file_is_as_it_was_packed(root):
    for name in NAMES:
        end = rpm(root, "-V", "--nodeps", "--noscripts", name)
        assert (end.returncode, end.stdout) == (0, ""), name


@pytest.mark.parametrize("name", MILTERS)
def test_a_service_is_whole(root, name):
    for file in (f"usr/sbin/{name}-milter", f"etc/mail/milters/{name}-milter.conf",
                 f"usr/lib/sysusers.d/{name}-milter.conf", f"usr/share/man/man8/{name}-milter.8",
                 f"usr/lib/systemd/system/{name}-milter.socket",
                 f"usr/share/bash-completion/completions/{name}-milter",
                 f"usr/share/doc/refmilter-{name}/examples/main.cf"):
        assert list(root.glob(f"{file}*")), file  # manuals are packed in Fedora, and not by Debian's rpm
    assert f"/etc/mail/milters/{name}-milter.conf" in rpm(root, "-qc", f"refmilter-{name}").stdout
    unit = (root / f"usr/lib/systemd/system/{name}-milter.service").read_text()
    assert f"ExecStart=/usr/sbin/{name}-milter " in unit
    scripts = rpm(root, "-q", "--scripts", f"refmilter-{name}").stdout
    for line in (f"systemctl preset {name}-milter.service {name}-milter.socket",
                 f"systemctl disable --now {name}-milter.service {name}-milter.socket",
                 f"systemctl try-restart {name}-milter.service\n"):
        assert line in scripts + "\n", scripts


def test_what_was_changed_is_seen_and_survives(root):
    conf = root / "etc/mail/milters/spam-senders"
    conf.write_text("offers@shop.example\n")
    assert "spam-senders" in rpm(root, "-V", "--nodeps", "--noscripts", "refmilter-spam").stdout


def test_removed_nothing_is_left_but_what_was_changed(root):
    end = rpm(root, "--nodeps", "--noscripts", "-e", *NAMES)
    assert end.returncode == 0, end.stderr
    ours = [str(p.relative_to(root)) for p in root.rglob("*")
            if p.is_file() and not str(p.relative_to(root)).startswith(("var/lib/rpm", "root/.rpmdb", "usr/lib/sysimage"))]
    assert ours == ["etc/mail/milters/spam-senders.rpmsave"]


def test_rpmlint_finds_no_error_of_the_spec():
    need("rpmlint")
    end = subprocess.run(["rpmlint", SPEC], capture_output=True, text=True, check=False)
    errors = [line for line in end.stdout.splitlines() if " E: " in line]
    assert errors == [], end.stdout
