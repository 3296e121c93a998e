# SPDX-License-Identifier: BSD-2-Clause
"""What was answered 250 is stored, once and whole: after kill -9, on a full
disk, after a power cut.

`make check` does a few rounds of each; `make check-torture` does all.
"""

import os
import random
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from archive_view import Archive
from daemons import BUILD, Daemon, Milter
from load import NOTHING, Books, Load, account
from mta import session

TORTURE = os.environ.get("REFMILTER_TORTURE") == "1"
KILLS = 60 if TORTURE else 6
CUTS = 40 if TORTURE else 4
pytestmark = pytest.mark.limit(900 if TORTURE else 400)


def mounted(argv, where):
    where.mkdir(exist_ok=True)
    end = subprocess.run(["mount", *map(str, argv), str(where)], capture_output=True, text=True, check=False)
    return end.stderr.strip() if end.returncode else None


def unmount(where):
    subprocess.run(["umount", "-l", str(where)], capture_output=True, check=False)


@pytest.fixture
def mount(place):
    """mount(where, argv...): skips the test where that is not allowed."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    made = []

    def one(where, *argv):
        fault = mounted(argv, where)
        if fault:
            pytest.skip(f"no mount here: {fault}")
        made.append(where)
        return where

    yield one
    for where in reversed(made):
        unmount(where)


@pytest.fixture
def logger(start, place):
    """logger(directory, options...) with the switch on."""
    def one(directory, *options):
        (Path(place) / "on").touch()
        Path(directory).mkdir(exist_ok=True)
        return start(Milter, "logger-milter", place,
                     [f"directory={directory}", f"switch={place}/on", "min-free=0", *options])
    return one


def test_kill_9_loses_tears_and_doubles_nothing(logger, place):
    store = Archive(Path(place) / "store")
    d = logger(store.directory)
    rng = random.Random(1)
    with Load(d.socket, 8) as load:
        for _ in range(KILLS):
            load.wait_for(rng.randrange(1, 400 if TORTURE else 60), letters="c")
            d.kill()
            d = logger(store.directory)
        load.wait_for(20, letters="c")
    d.stop()
    faults, stored = account(store, load.accepted())
    print(f"# {KILLS} kills: {len(load.accepted())} accepted, {stored} stored, "
          f"{len(store.folder('tmp'))} left in tmp: {faults}")
    assert faults == NOTHING
    assert len(load.accepted()) >= KILLS


def free(store):
    """Most of a full disk, file by file; the clients go on meanwhile."""
    for f in store.folder("new")[:-1]:
        yield f
        f.unlink()
        (store.directory / "envelope" / f"{f.name}.json").unlink()


def tool(name):
    """Its path; the test is skipped where a bare machine has none."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        pytest.skip(f"no {name}")
    return path


def full_disk(mount, place):
    return mount(place / "small", "-t", "tmpfs", "-o", "size=1M", "tmpfs")


def over_quota(mount, place):
    """A part of a disk that has room, with a limit: the real EDQUOT."""
    image, btrfs = place / "image", tool("btrfs")
    with open(image, "wb") as f:
        f.truncate(256 << 20)
    subprocess.run([tool("mkfs.btrfs"), "-q", image], check=True, capture_output=True)
    disk = mount(place / "large", "-o", "loop", image)
    for words in (["quota", "enable", disk], ["subvolume", "create", disk / "small"],
                  ["qgroup", "limit", "2M", disk / "small"]):
        subprocess.run([btrfs, *words], check=True, capture_output=True)
    return disk / "small"


SMALL = {"disk-full": (full_disk, "No space left on device"),
         "quota": (over_quota, "Disk quota exceeded")}


@pytest.mark.parametrize("cause", SMALL)
def test_a_full_disk_tempfails_what_it_cannot_keep(logger, place, mount, cause):
    store = Archive(SMALL[cause][0](mount, Path(place)) / "store")
    d = logger(store.directory, "on-error=tempfail")
    removed = set()
    with Load(d.socket, 8) as load:
        for _ in range(3):
            load.wait_for(50, letters="yt")
            full = len(load.accepted())  # what is kept from here on has found room
            for f in free(store):
                removed.add(re.match(rb"X-Id: (\S+)", f.read_bytes()).group(1).decode())
            load.wait_accepted(full + 5)
    faults, stored = account(store, load.accepted() - removed)
    print(f"# {len(load.accepted())} accepted, {stored} + {len(removed)} found, "
          f"{sum(a in 'yt' for a in load.answers.values())} tempfailed: {faults}")
    assert faults == NOTHING
    assert stored + len(removed) >= len(load.accepted())
    d.wait_line(f"{cause}: ")
    assert d.stop() == 0
    assert store.folder("tmp") == []


@pytest.mark.parametrize("cause", SMALL)
def test_a_full_disk_lets_mail_pass_by_default(logger, place, mount, cause):
    make, why = SMALL[cause]
    store = Archive(make(mount, Path(place)) / "store")
    d = logger(store.directory)
    with Load(d.socket, 8) as load:
        load.wait_for(1000)
    assert set(load.answers.values()) <= {"c", "a"}
    d.wait_line(f"{cause}: .*{why}; mail passes without a copy")
    assert d.stop() == 0
    assert 0 < len(store.folder("new")) < len(load.answers)
    assert account(store, set())[0] == NOTHING
    assert store.folder("tmp") == []
    assert d.log().count(f"{cause}: ") == 1
    kept = sum(map(int, re.findall(r"(?<!-)kept=(\d+)", d.log())))
    assert kept == len(store.folder("new"))


def cut(daemon, disk, copy, load):
    """The disk as a power cut would leave it now, and what was promised by then."""
    daemon.freeze()
    shutil.copyfile(disk, copy)
    promised = load.accepted()  # nobody answers while the daemon stands still
    daemon.signal(signal.SIGCONT)
    return promised


def test_a_power_cut_loses_nothing_that_was_accepted(logger, place, mount):
    mkfs = tool("mkfs.ext4")
    disk, copy = Path(place) / "disk", Path(place) / "copy"
    with open(disk, "wb") as f:
        f.truncate(192 << 20)
    subprocess.run([mkfs, "-q", "-m0", "-N65536", str(disk)], check=True)
    live = mount(Path(place) / "live", "-o", "loop", disk)
    d = logger(live / "store")
    rng = random.Random(1)
    books = Books()
    with Load(d.socket, 8) as load:
        for _ in range(CUTS):
            load.wait_for(rng.randrange(1, 120), letters="c")
            promised = cut(d, disk, copy, load)
            after = Path(place) / "after"
            fault = mounted(["-o", "loop", copy], after)
            assert fault is None, fault
            try:
                books.read(Archive(after / "store"))
            finally:
                unmount(after)
            assert books.faults(promised) == NOTHING
    d.stop()
    print(f"# {CUTS} cuts, {len(promised)} accepted: {books.faults(promised)}")


ORDER = re.compile(
    r'(fsync|fdatasync|rename\w*|link\w*|write|writev|send\w*)\((.*)\)\s+= (-?\d+)')


def test_files_then_names_then_directories_then_the_answer(place):
    """The order of system calls; strace shows what each descriptor is."""
    if not shutil.which("strace"):
        pytest.skip("no strace")
    store, trace = Path(place) / "store", Path(place) / "trace"
    store.mkdir()
    (Path(place) / "on").touch()
    d = Daemon(["strace", "-f", "-y", "-s", "8", "-o", str(trace),
                "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,write,writev,sendto,sendmsg",
                f"{BUILD}/logger-milter", "-f", "-p", f"unix:{place}/s", "-o", "allow-root=yes",
                "-o", f"directory={store}", "-o", f"switch={place}/on", "-o", "min-free=0"])
    try:
        try:
            d.wait_line(": ready")
        except AssertionError:
            pytest.skip(f"strace may not trace here: {d.log()[-200:]}")
        with session(f"unix:{place}/s") as m:
            assert m.message(b"x" * 50000)[0] == "c"
    finally:
        task = Path(f"/proc/{d.process.pid}/task/{d.process.pid}/children")
        for child in task.read_text().split() if task.exists() else []:
            os.kill(int(child), signal.SIGTERM)  # strace ends with what it traces
        d.wait()
    steps = []
    for line in trace.read_text().splitlines():
        m = ORDER.search(line)
        if m and m.group(3) != "-1" and ("store" in m.group(2) or "socket" in m.group(2) or "/s" in m.group(2)):
            steps.append((m.group(1), m.group(2)))
    words = []
    for call, args in steps:
        if call == "fsync":
            where = re.search(r"/store/(\w+)", args).group(1)
            words.append(f"fsync {where}" + (" file" if args.count("/") > store.as_posix().count("/") + 1 and "tmp" in where else ""))
        elif call.startswith("rename"):
            words.append("rename to " + re.findall(r"/store/(\w+)>", args)[1])
        elif "/store/tmp" in args:
            words.append("write file")
        else:
            words.append("answer")
    last = words.index("fsync new")
    first = words.index("write file")
    assert words[first:last + 1] == [
        "write file", "write file", "write file", "fsync tmp file", "fsync tmp file",
        "rename to envelope", "rename to new", "fsync envelope", "fsync new"]
    assert words[last + 1:] == ["answer"]
