# SPDX-License-Identifier: BSD-2-Clause
"""quota-milter and a file server that is dead: a FUSE whose other end never answers."""

import ctypes
import os
import signal
from pathlib import Path

import pytest

from quota_fixtures import CONTINUE, FULL, LIMIT, homes, put, quota, rcpt  # noqa: F401

MNT_FORCE, MNT_DETACH = 1, 2
LIBC = ctypes.CDLL(None, use_errno=True)


@pytest.fixture
def dead(monkeypatch):
    """dead(folder) puts a file system there that answers nothing, as long as the test runs.

    Under the address sanitizer the search for leaks at the end wants to halt each
    thread, and waits for the one that hangs; so that it can be seen that we do not,
    there is none.
    """
    monkeypatch.setenv("ASAN_OPTIONS", os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")
    held = []

    def one(folder):
        try:
            fd = os.open("/dev/fuse", os.O_RDWR)
        except OSError as e:
            pytest.skip(f"no FUSE: {e}")
        words = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
        if LIBC.mount(b"dead", os.fsencode(folder), b"fuse", 0, words) != 0:
            os.close(fd)
            pytest.skip(f"no mount: {os.strerror(ctypes.get_errno())}")
        held.append((folder, fd))

    yield one
    for folder, fd in held:
        LIBC.umount2(os.fsencode(folder), MNT_FORCE | MNT_DETACH)
        os.close(fd)


def test_alias_files_that_hang_hold_no_session_no_reload_and_no_stop(quota, homes, place, dead):
    put(homes("games") / "games", LIMIT)
    folder = Path(place) / "etc"
    folder.mkdir()
    (folder / "aliases").write_text("")
    d = quota(f"aliases={folder}/aliases", "time-limit=1s")
    assert rcpt(d, "<games@foo.com>") == FULL
    dead(folder)
    said = "aliases: not looked at within 1000 ms; what was read before counts"
    while said not in d.log():  # some look-up finds that it is time to look
        assert rcpt(d, "<games@foo.com>") == FULL
    assert rcpt(d, "<games@foo.com>") == FULL
    d.signal(signal.SIGHUP)  # new rules have read nothing yet
    d.wait_line("reloaded: 0 aliases")
    assert rcpt(d, "<games@foo.com>") == CONTINUE
    assert d.stop() == 0


def test_homes_that_hang_hold_no_session_and_no_stop(quota, homes, place, dead):
    put(homes("games") / "games", LIMIT)
    d = quota("time-limit=1s", "user-lifetime=0")
    assert rcpt(d, "<games@foo.com>") == FULL
    dead(homes())
    for _ in range(6):
        assert rcpt(d, "<games@foo.com>") == CONTINUE
    d.wait_line("late: mailbox 'games': its user is not known within 1000 ms")
    assert d.stop() == 0
