# SPDX-License-Identifier: BSD-2-Clause
"""Where an installation can go wrong: a bare root that is not booted, a full disk, a user
that cannot be made; and what is left when all is gone."""

import os
import re
import subprocess

import pytest

import boot
from daemons import BUILD
from packages import MILTERS, RELEASE, SOURCE, built, cannot, debs, need, root_with_apt
from runtime import NoRuntime, root_tar

pytestmark = pytest.mark.limit(1500)
NAMES = ["milter-sim", *(f"refmilter-{m}" for m in MILTERS)]
STATUS = r"dpkg-query -W -f '\${Package} \${db:Status-Status}\n' 'refmilter-*' milter-sim 2>/dev/null"
ALL = "find / -xdev ! -path '/proc/*' ! -path '/dev/*'" \
      " ! -path '/var/lib/dpkg/*' ! -path '/var/log/*'"

# In mounts of its own: MEGABYTES of a disk with Debian and the packages, then a script of
# lines `run COMMAND` and plain ones.
MACHINE = r"""
set -eu
. "$TOP_SRCDIR/tools/bare.sh"
mount -t tmpfs -o size="$2"m,mode=755 none "$1"
tar -C "$1" --exclude='./dev/*' -xf "$3"
rm -f "$1"/etc/dpkg/dpkg.cfg.d/*mmdebstrap*
mkdir "$1/srv/debs"
cp $4 "$1/srv/debs"
root=$1
run() { BARE_NETWORK=none bare_run "$root" root "export DEBIAN_FRONTEND=noninteractive; $1" 2>&1; }
"""


def on_a_machine(place, script, megabytes=1200):
    """What the script printed, in the parts that its lines `=== NAME` begin."""
    if os.geteuid() != 0:
        cannot("not root")
    need("mmdebstrap", "unshare")
    try:
        tar = root_tar("systemd", boot.PACKAGES, RELEASE)
    except NoRuntime as e:
        cannot(str(e))
    files = " ".join(str(d) for d in debs(built()))
    end = subprocess.run(
        ["unshare", "--mount", "bash", "-c", MACHINE + script, "sh", place, str(megabytes), tar, files],
        env={**os.environ, "TOP_SRCDIR": str(SOURCE)}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=600, check=False)
    assert end.returncode == 0, (end.stdout + end.stderr)[-4000:]
    parts = re.split(r"^=== (.*)\n", end.stdout, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def installed(status):
    return sorted(line.split()[0] for line in status.splitlines() if line.endswith(" installed"))


def test_a_bare_root_that_is_not_booted_takes_them_and_gives_them_up(tmp_path):
    """As in an image or an installer: no systemd runs."""
    said = on_a_machine(tmp_path, f"""
        echo "=== before"; run "{ALL}"
        echo "=== install"; run "dpkg -i /srv/debs/*.deb"
        echo "=== users"; run "getent passwd {' '.join(m + '-milter' for m in MILTERS)}"
        echo "=== checks"
        run "install -d -o logger-milter -m 700 /var/lib/logger-milter"  # systemd's, where it runs
        run "for m in logger quota spam; do runuser -u \\$m-milter -- \\$m-milter -t >/dev/null 2>&1 || echo \\$m; done"
        echo "=== enabled"; run "find /etc/systemd/system -name '*-milter*'"
        echo "=== running"; run "ls /proc/*/exe -l | grep milter" || :
        echo "=== remove"; run "dpkg -r {' '.join(NAMES)}"
        echo "=== kept"; run "find /etc/mail/milters -type f" | sort
        echo "=== purge"; run "dpkg -P {' '.join(NAMES)}"
        echo "=== after"; run "{ALL}"
        """)
    assert len(said["users"].splitlines()) == 4
    assert (said["checks"], said["enabled"], said["running"]) == ("", "", "")
    assert f"/etc/mail/milters/{MILTERS[0]}-milter.conf" in said["kept"]
    before, after = (set(said[x].splitlines()) for x in ("before", "after"))
    # Users stay, and with them what passwd(5) keeps of before; the loader's cache is new.
    ours = {p for p in after - before if not re.fullmatch(r"/etc/(passwd|shadow|group|gshadow)-", p)}
    assert ours == set()
    assert before - after == set()


def test_on_a_full_disk_none_is_half_installed_and_later_all_are(tmp_path):
    said = on_a_machine(tmp_path, f"""
        free=$(df --output=avail -k "$root" | tail -n 1)
        head -c $(((free - 700) * 1024)) /dev/zero >"$root/srv/full"
        echo "=== full"; run "dpkg -i /srv/debs/*.deb" || echo "failed with $?"
        echo "=== status"; run "{STATUS}" || :
        echo "=== services"; run "cd /lib/systemd/system && ls *-milter.service 2>/dev/null" || :
        echo "=== torn"; run "find / -xdev -name '*.dpkg-new' ! -path '/proc/*'"
        rm "$root/srv/full"
        echo "=== again"; run "dpkg -i /srv/debs/*.deb"
        echo "=== finally"; run "{STATUS}"
        """, megabytes=400)
    assert "No space left on device" in said["full"] and "failed with" in said["full"]
    there = installed(said["status"])
    assert there != NAMES, "the disk was not full"
    unfinished = [line for line in said["status"].splitlines()
                  if not line.endswith((" installed", " not-installed"))]
    assert unfinished == []
    services = sorted(s.removesuffix("-milter.service") for s in said["services"].split())
    assert [f"refmilter-{s}" for s in services] == [n for n in there if n != "milter-sim"]
    assert said["torn"] == ""
    assert installed(said["finally"]) == NAMES


def test_where_a_user_cannot_be_made_it_says_so_and_is_finished_later(tmp_path):
    """rename(2) onto a mount point fails, which is how passwd is written."""
    said = on_a_machine(tmp_path, f"""
        echo "=== install"; run "mount --bind /etc/passwd /etc/passwd; dpkg -i /srv/debs/refmilter-virus_*.deb" ||
            echo "failed with $?"
        echo "=== status"; run "{STATUS}"
        echo "=== enabled"; run "find /etc/systemd/system -name '*-milter*'"
        echo "=== later"; run "dpkg --configure -a"
        echo "=== finally"; run "{STATUS}; getent passwd virus-milter"
        """)
    assert "failed with" in said["install"]
    assert re.search(r"(?i)passwd: Device or resource busy", said["install"]), said["install"]
    assert "refmilter-virus half-configured" in said["status"]
    assert said["enabled"] == ""
    assert "refmilter-virus installed" in said["finally"]
    assert "\nvirus-milter:" in said["finally"]


def test_piuparts_finds_nothing_left(tmp_path):
    if os.geteuid() != 0:
        cannot("not root")
    need("piuparts", "mmdebstrap")
    end = subprocess.run(
        ["piuparts", "--no-eatmydata", "--no-upgrade-test", "--keep-sources-list", "-b", root_with_apt("piuparts", boot.PACKAGES, "tar.gz"),
         "-d", RELEASE, "--tmpdir", tmp_path, *debs(built())],
        capture_output=True, text=True, timeout=1200, check=False)
    assert end.returncode == 0, end.stdout[-6000:] + end.stderr[-2000:]
    assert "PASS: All tests." in end.stdout


def test_make_install_on_a_full_disk_fails_and_leaves_no_half_of_a_file(tmp_path):
    """What is half there would be kept by the next make install, as an administrator's."""
    if os.geteuid() != 0:
        cannot("not root")
    script = """
        mkdir "$2/conf" && mount -t tmpfs -o size=8k none "$2/conf" || exit 99
        make -s -C "$1" install-data-local DESTDIR="$2" miltersconfdir=/conf >"$3" 2>&1 && exit 98
        find "$2/conf" -type f -name '*.conf' -printf '%f %s\\n'
        """
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    said = tmp_path / "said"
    full = tmp_path / "full"
    full.mkdir()
    end = subprocess.run(["unshare", "--mount", "bash", "-c", script, "sh", BUILD, full, said], env=env,
                         capture_output=True, text=True, timeout=300, check=False)
    assert end.returncode == 0, end.stderr
    assert "No space left on device" in said.read_text()
    whole = {file.name: file.stat().st_size for file in (SOURCE / "conf").glob("*.conf")}
    assert end.stdout, "some had room"
    for line in end.stdout.splitlines():
        name, size = line.split()
        assert int(size) > whole[name] / 2, f"{name} is torn"
