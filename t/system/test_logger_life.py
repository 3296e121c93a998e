# SPDX-License-Identifier: BSD-2-Clause
"""logger-milter: its folder, what is wrong with it, reload and start."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from archive_view import Archive
from logger_fixtures import logger, store, switch  # noqa: F401
from mta import session


def keep(socket, expect):
    with session(socket) as m:
        m.mail("<x@bar.com>")
        m.rcpt("<jones@foo.com>")
        assert m.content([], [b"hello\r\n"])[0] == expect


def test_reload_takes_the_new_options_and_keeps_the_lock(logger, store, place):
    listed = Path(place) / "list"
    listed.write_text("to nobody@example.org\n")
    d = logger(f"selection={listed}")
    listed.write_text("to jones@foo.com\nto x@y\n")
    d.signal(signal.SIGHUP)
    d.wait_line("reloaded: keeps the mail of 2 entries")
    with session(d.socket) as m:
        assert m.message(b"x")[0] == "c"
    listed.write_text("to jones@foo.com until soon\n")
    d.signal(signal.SIGHUP)
    d.wait_line(r"list:1: has no date.*keeping the old rules")
    with session(d.socket) as m:
        assert m.message(b"x")[0] == "c"
    assert len(store.folder("new")) == 2


def test_a_second_daemon_is_refused(logger, store, run, switch):
    logger()
    end = run("logger-milter", "-f", "-p", f"unix:{store.directory}/second.sock", "-o", "allow-root=yes",
              "-o", f"directory={store.directory}", "-o", f"switch={switch}")
    assert end.returncode == 78
    assert "another logger uses it" in end.stderr


def test_checking_the_options_disturbs_no_daemon(logger, store, run):
    logger()
    end = run("logger-milter", "-t", "-o", f"directory={store.directory}")
    assert end.returncode == 0, end.stderr
    end = run("logger-milter", "-t", "-o", "directory=/no/such/place")
    assert end.returncode == 78 and "/no/such/place" in end.stderr


def test_a_directory_that_comes_back_is_used_again(logger, store):
    d = logger()
    subprocess.run(["rm", "-rf", store.directory], check=True)
    with session(d.socket) as m:
        assert m.message(b"x")[0] == "a"
    d.wait_line("directory-gone: .*mail passes without a copy")
    store.directory.mkdir()
    with session(d.socket) as m:
        assert m.message(b"x")[0] == "c"
    assert len(store.folder("new")) == 1


def test_tempfail_when_told_to(logger, store):
    d = logger("on-error=tempfail")
    subprocess.run(["rm", "-rf", store.directory], check=True)
    with session(d.socket) as m:
        kind, reply = m.message(b"x")
        assert kind == "y" and reply.startswith(b"451 4.3.0 ")
    d.wait_line("mail is tempfailed")


def test_a_file_size_limit_is_an_error_of_one_message(logger, store):
    d = logger()
    subprocess.run(["prlimit", f"--pid={d.process.pid}", "--fsize=50000"], check=True)
    with session(d.socket) as m:
        assert m.message(b"x" * 100000)[0] == "c"
        d.wait_line("file-size-limit: ")
        assert m.message(b"x" * 1000)[0] == "c"
    assert len(store.folder("new")) == 1 and store.folder("tmp") == []


def test_trouble_is_logged_once_a_minute(logger, store):
    d = logger()
    subprocess.run(["rm", "-rf", store.directory], check=True)
    for _ in range(20):
        with session(d.socket) as m:
            m.message(b"x")
    assert d.log().count("directory-gone: ") == 1


def test_min_free_stops_before_the_disk_is_full(logger, store):
    d = logger("min-free=1000000G")
    with session(d.socket) as m:
        assert m.message(b"x")[0] == "a"
    d.wait_line("min-free: .* bytes free, min-free is ")
    assert store.folder("new") == []


def test_leftovers_of_a_crash_are_removed_at_start(logger, store):
    logger().kill()
    old, young = store.directory / "tmp" / "old", store.directory / "tmp" / "young"
    for f in (old, young):
        f.touch()
    os.utime(old, (1, 1))
    logger().wait_line("1 left-overs removed")
    assert not old.exists() and young.exists()


def test_the_name_of_the_directory_counts(logger, store, place):
    """Moved away and made anew; replaced by a link, which nobody follows."""
    d = logger("on-error=tempfail")
    keep(d.socket, "c")
    os.rename(store.directory, f"{place}/moved")
    os.mkdir(store.directory)
    keep(d.socket, "c")
    d.wait_line("directory-new: .*/store: another directory is there now")
    assert len(store.folder("new")) == 1 == len(Archive(Path(place) / "moved").folder("new"))
    os.rename(store.directory, f"{place}/second")
    keep(d.socket, "y")
    os.symlink(f"{place}/second", store.directory)
    keep(d.socket, "y")
    d.wait_line("directory-gone: ")
    assert len(Archive(Path(place) / "second").folder("new")) == 1


@pytest.mark.parametrize("spoil", ["open", "group", "link", "owner"])
def test_a_directory_that_others_rule_is_refused(run, store, switch, spoil, place):
    path = Path(store.directory)
    if spoil == "open":
        path.chmod(0o702)
    elif spoil == "group":
        path.chmod(0o720)
    elif spoil == "link":
        path.rename(f"{place}/real")
        path.symlink_to(f"{place}/real")
    elif os.geteuid() == 0:
        os.chown(path, 65534, 65534)
    else:
        pytest.skip("root alone can give a directory away")
    for t in (["-t"], []):
        end = run("logger-milter", *t, "-f", "-p", f"unix:{place}/s", "-o", "allow-root=yes",
                  "-o", f"directory={path}", "-o", f"switch={switch}")
        assert end.returncode == 78 and f"{path}: " in end.stderr, end.stderr
