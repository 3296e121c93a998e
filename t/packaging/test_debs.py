# SPDX-License-Identifier: BSD-2-Clause
"""Debian's packages: built as an ordinary user without a network, and what is in them."""

import re
import subprocess

import pytest

from packages import MILTERS, SOURCE, built, debs, need

pytestmark = pytest.mark.limit(2400)
NAMES = ["milter-sim", *(f"refmilter-{m}" for m in MILTERS)]


def output(*words):
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, check=True).stdout


def contents(deb):
    """Path -> (mode, owner) of each file."""
    rows = [line.split(None, 5) for line in output("dpkg-deb", "-c", deb).splitlines()]
    return {r[5].split(" -> ")[0].removeprefix("."): (r[0], r[1]) for r in rows if r[0][0] != "d"}


def the(name):
    return debs(built(), name)[0]


def field(name, what):
    return output("dpkg-deb", "-f", the(name), what).strip()


def test_five_packages_are_built_as_an_ordinary_user():
    assert [d.name.split("_")[0] for d in debs(built())] == NAMES
    log = (built() / "build.log").read_text(errors="replace")
    assert "Rules-Requires-Root" not in log and "fakeroot" not in log
    assert "Testsuite summary" not in log and "check_text" not in log, "nocheck is honoured"
    owners = {owner for d in debs(built()) for _, owner in contents(d).values()}
    assert owners == {"root/root"}


@pytest.mark.parametrize("name", MILTERS)
def test_a_service_is_whole(name):
    there = contents(the(f"refmilter-{name}"))
    daemon = f"{name}-milter"
    units = [f for f in there if f.endswith((f"/{daemon}.service", f"/{daemon}.socket"))]
    assert len(units) == 2 and all("/lib/systemd/system/" in u for u in units)
    doc = f"/usr/share/doc/refmilter-{name}"
    for file in (f"/usr/sbin/{daemon}", f"/etc/mail/milters/{daemon}.conf",
                 f"/usr/lib/sysusers.d/{daemon}.conf", f"/usr/share/man/man8/{daemon}.8.gz",
                 f"/usr/share/bash-completion/completions/{daemon}",
                 f"/etc/mail/m4/{daemon}.m4", f"/etc/logcheck/ignore.d.server/refmilter-{name}",
                 f"{doc}/README.Debian", f"{doc}/copyright", f"{doc}/examples/main.cf",
                 f"{doc}/examples/socket-postfix-chroot.conf"):
        assert file in there or f"{file}.gz" in there, file
    others = [f for f in there if f.startswith("/usr/sbin/") and f != f"/usr/sbin/{daemon}"]
    assert others == [], "one service a package"


def test_every_file_is_in_one_package_alone():
    seen = [f for d in debs(built()) for f in contents(d)]
    assert sorted(seen) == sorted(set(seen))


def test_what_each_needs():
    depends = {n: set(re.findall(r"(?:^|, )([a-z0-9.+-]+)", field(n, "Depends"))) for n in NAMES}
    # For authors of other milters: no daemon comes along.
    assert depends["milter-sim"] == {"libc6", "libjansson4"}
    assert "libidn2-0" in depends["refmilter-spam"]
    for name in NAMES[1:]:
        assert "libmilter1.0.1" in depends[name]
        assert not depends[name] & {"postfix", "sendmail-bin", "exim4", *NAMES}


def test_cases_come_with_the_simulator(tmp_path):
    subprocess.run(["dpkg-deb", "-x", the("milter-sim"), tmp_path], check=True)
    listed = output(tmp_path / "usr/bin/milter-sim", "check", "--cases",
                    tmp_path / "usr/share/refmilter/cases", "--list")
    ours = output(tmp_path / "usr/bin/milter-sim", "check", "--cases", SOURCE / "cases", "--list")
    assert listed == ours and len(listed.splitlines()) > 400


# What lintian would say, had debian/*lintian-overrides not told it why.
EXPLAINED = {"package-supports-alternative-init-but-no-init.d-script", "initial-upload-closes-no-bugs",
             "debian-watch-does-not-check-openpgp-signature", "very-long-line-length-in-source-file"}


def test_lintian_finds_nothing_that_is_not_explained():
    need("lintian")
    changes = next(built().glob("*.changes"))
    # Not root's business, and lintian says so.
    said = subprocess.run(["lintian", "-EviI", "--pedantic", "--show-overrides", "--allow-root",
                           changes], capture_output=True, text=True, check=False)
    found = [line for line in said.stdout.splitlines() if re.match(r"[EWIPX]: ", line)]
    assert found == [], "\n".join(found)
    assert set(re.findall(r"^O: [^:]+: (\S+)", said.stdout, re.M)) == EXPLAINED
    assert said.returncode == 0, said.stderr


def test_every_program_is_hardened_as_dpkg_says():
    need("blhc")
    said = subprocess.run(["blhc", "--all", built() / "build.log"], capture_output=True, text=True,
                          check=False)
    assert (said.returncode, said.stdout) == (0, "")
