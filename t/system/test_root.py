# SPDX-License-Identifier: BSD-2-Clause
"""Started as root: what it touches, a user of the machine cannot bend."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys

import pytest

from daemons import BUILD, FIXTURES, LIMIT, Daemon
from mta import session

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

USER = pwd.getpwuid(65534).pw_name
SIGNATURES = f"{FIXTURES}/signatures/signatures"
SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"

# What the user's own program does all the time, in a folder that is the user's:
# {run} is the folder of the socket, {s} the socket, {prize} a file of root's,
# {vault} a folder of root's.
ATTACKS = {
    "a link in place of the socket, as soon as it is there": """
        if stat.S_ISSOCK(os.lstat("{s}").st_mode):
            os.symlink("{prize}", "{run}/x")
            os.rename("{run}/x", "{s}")""",
    "a link in place of the socket, and away again": """
        os.symlink("{prize}", "{run}/x")
        os.rename("{run}/x", "{s}")
        os.unlink("{s}")""",
    "a link in place of the lock": """
        os.symlink("{vault}/new", "{run}/x")
        os.rename("{run}/x", "{s}.lock")
        os.unlink("{s}.lock")""",
    "another folder in place of the socket's": """
        os.rename("{run}", "{run}.old")
        os.symlink("{vault}", "{run}")
        os.unlink("{run}")
        os.rename("{run}.old", "{run}")""",
}

ATTACKER = """
import os, stat
os.setgroups([]); os.setgid(65534); os.setuid(65534)
while True:
    try:
{attack}
    except OSError:
        for name in ("{run}/x", "{s}.lock"):
            try:
                os.unlink(name)
            except OSError:
                pass
"""

ROUNDS = 40


class Scene:
    """A folder of the user's, a folder and a file of root's, a signature file."""

    def __init__(self, place):
        os.chmod(place, 0o755)
        self.run, self.vault = f"{place}/u/run", f"{place}/vault"
        self.socket, self.prize = f"{self.run}/s", f"{place}/vault/prize"
        os.makedirs(self.run)
        for folder in (f"{place}/u", self.run):
            os.chown(folder, 65534, 65534)
        os.mkdir(self.vault, 0o755)
        with open(self.prize, "w", encoding="ascii") as f:
            f.write("secret")
        os.chmod(self.prize, 0o600)
        self.signatures = f"{place}/signatures"
        shutil.copyfile(SIGNATURES, self.signatures)  # the tree may be root's alone

    def vault_now(self):
        """Everything that root's folder holds, with owner, mode and size."""
        rows = []
        for name in [".", *sorted(os.listdir(self.vault))]:
            st = os.lstat(f"{self.vault}/{name}")
            rows.append((name, st.st_mode, st.st_uid, st.st_gid, name != "." and st.st_size))
        return rows

    def argv(self, *options):
        words = [f"{BUILD}/virus-milter", "-f", "-p", f"unix:{self.socket}"]
        for o in [f"user={USER}", f"signatures={self.signatures}", *options]:
            words += ["-o", o]
        return words


@pytest.fixture
def scene(place, monkeypatch):
    # The kernel shows nobody the memory of a process that became another user,
    # so in a sanitized build its own search for leaks must be off.
    others = os.environ.get("ASAN_OPTIONS")
    monkeypatch.setenv("ASAN_OPTIONS", ":".join(filter(None, [others, "detect_leaks=0"])))
    return Scene(place)


def run_once(argv):
    """Started and ended again, served or not; what it said."""
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as p:
        try:
            line = p.stderr.readline().decode(errors="replace")
        finally:
            p.kill()
    return line


@pytest.mark.limit(600)
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_user_who_swaps_files_gains_nothing(scene, attack):
    names = {"run": scene.run, "s": scene.socket, "prize": scene.prize, "vault": scene.vault}
    script = ATTACKER.format(attack=ATTACKS[attack].strip("\n"), **names).format(**names)
    before = scene.vault_now()
    with subprocess.Popen([sys.executable, "-c", script]) as attacker:
        try:
            said = [run_once(scene.argv("socket-mode=0666")) for _ in range(ROUNDS)]
            assert attacker.poll() is None, "the attack itself broke"
        finally:
            attacker.kill()
    assert scene.vault_now() == before
    assert all(line for line in said), "served, or said why not"


def test_the_socket_is_the_users_from_the_start(scene, start):
    os.mkdir(f"{scene.run}/g", 0o755)
    os.chown(f"{scene.run}/g", 65534, 65534)
    scene.socket = f"{scene.run}/g/s"
    d = start(Daemon, scene.argv("socket-group=root", "socket-mode=0620"))
    d.wait_line(": ready")
    for name, mode, gid in (("s", 0o620, 0), ("s.lock", 0o600, 0)):
        st = os.lstat(f"{scene.run}/g/{name}")
        assert (stat.S_IMODE(st.st_mode), st.st_uid, st.st_gid) == (mode, 65534, gid), name
    with session(f"unix:{scene.socket}") as m:
        assert m.message(b"clean\r\n") == ("c", b"")
    assert d.stop() == 0
    assert not os.path.exists(scene.socket)


def test_in_a_folder_of_roots_alone_root_makes_the_socket(scene, start):
    scene.socket = f"{scene.vault}/s"
    d = start(Daemon, scene.argv("socket-mode=0620"))
    d.wait_line(": ready")
    st = os.lstat(scene.socket)
    assert (stat.S_IMODE(st.st_mode), st.st_uid, st.st_gid) == (0o620, 65534, 65534)
    with session(f"unix:{scene.socket}") as m:
        assert m.message(b"clean\r\n") == ("c", b"")
    assert d.stop() == 0
    again = start(Daemon, scene.argv())  # on the socket that it could not remove
    again.wait_line(": ready")


def test_a_folder_in_which_the_user_may_not_write_is_named(scene):
    os.chown(scene.run, 0, 0)  # but the one above it is the user's
    end = subprocess.run(scene.argv(), capture_output=True, text=True, timeout=LIMIT, check=False)
    assert end.returncode == 69
    assert "the folder must be writable for the milter's user" in end.stderr


# ---- the pid file ----

def test_the_pid_file_is_roots_and_the_daemon_is_not(scene, start):
    path = f"{scene.vault}/virus-milter.pid"
    d = start(Daemon, scene.argv(f"pid-file={path}"))
    d.wait_line(": ready")
    st = os.lstat(path)
    assert (stat.S_IMODE(st.st_mode), st.st_uid) == (0o644, 0)
    with open(path, encoding="ascii") as f:
        assert int(f.read()) == d.process.pid
    assert d.stop() == 0
    assert os.path.getsize(path) == 0, "nobody is killed by what it left"


def test_a_pid_file_in_a_folder_of_the_users_is_refused(scene):
    argv = scene.argv(f"pid-file={scene.run}/pid")
    end = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert end.returncode == 73
    assert "its folder can be written by somebody else" in end.stderr
    assert not os.path.exists(f"{scene.run}/pid")
    assert not os.path.exists(scene.socket), "no socket may stay behind"


# ---- -t and --reload ----

def check(*args):
    return subprocess.run([f"{BUILD}/virus-milter", *args], capture_output=True, text=True,
                          timeout=LIMIT, check=False)


def test_t_judges_with_the_rights_of_the_user(scene):
    options = ["-o", f"user={USER}", "-o", f"signatures={scene.signatures}"]
    end = check("-t", *options)
    assert end.returncode == 0, end.stderr
    assert f"# judged with the rights of user {USER}" in end.stdout
    os.chmod(scene.signatures, 0o600)  # root could read it, the service cannot
    end = check("-t", *options)
    assert end.returncode == 78
    assert f"{scene.signatures}: " in end.stderr and "Permission denied" in end.stderr
    end = check("-t", "-o", "allow-root=yes", "-o", f"signatures={scene.signatures}")
    assert end.returncode == 0, "who stays root is judged as root"


def test_t_reads_the_configuration_as_the_user_will(scene, place):
    conf = f"{place}/conf"
    with open(conf, "w", encoding="ascii") as f:
        f.write(f'user = {USER}\nsignatures = "{scene.signatures}"\n')
    os.chmod(conf, 0o600)
    end = check("-t", "-c", conf)
    assert end.returncode == 78
    assert f"{conf}: cannot be opened: Permission denied" in end.stderr


def test_reload_tells_root_of_a_fault_and_reloads_without(scene, start):
    options = ["-o", f"user={USER}", "-o", f"signatures={scene.signatures}"]
    d = start(Daemon, scene.argv())
    d.wait_line(": ready")
    with open(scene.signatures, "w", encoding="ascii") as f:
        f.write("LONELY =\n")
    end = check("--reload", str(d.process.pid), *options)
    assert end.returncode == 78
    assert f"{scene.signatures}:1: " in end.stderr
    assert "reload" not in d.log(), "the daemon was not even asked"
    with open(scene.signatures, "w", encoding="ascii") as f:
        f.write("NEW =\nan entirely different signature line 1234567890\n")
    end = check("--reload", str(d.process.pid), *options)
    assert (end.returncode, end.stdout, end.stderr) == (0, "", "")
    d.wait_line("reloaded: 1 signature")


def test_reload_with_a_stale_number_signals_nobody_of_roots(scene, place):
    shutil.copy(shutil.which("sleep"), f"{place}/virus-milter")  # else its name says enough
    with subprocess.Popen([f"{place}/virus-milter", "1000"]) as stranger:
        end = check("-r", str(stranger.pid), "-o", f"user={USER}", "-o",
                    f"signatures={scene.signatures}")
        assert stranger.poll() is None
        stranger.send_signal(signal.SIGKILL)
    assert end.returncode == 77
    assert "Operation not permitted" in end.stderr
