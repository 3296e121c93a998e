# SPDX-License-Identifier: BSD-2-Clause
"""A milter whose socket systemd keeps: its stop and the next start, as clients see them."""

import os
import signal
import socket

import pytest

from daemons import BUILD, FIXTURES, LIMIT, Daemon
from mta import Mta, session

SIGNATURES = f"{FIXTURES}/signatures/signatures"
SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
FOUND = ("y", b"550 5.7.0 VIRUS FOUND\0")
CLEAN = ("c", b"")
LOUD = 0x7FF  # an offer without NR bits: a test then knows that an event was taken


class Systemd:
    """What it does for a service with a socket unit and Type=notify, and no more."""

    def __init__(self, place):
        self.address = f"unix:{place}/s"
        self.kept = socket.socket(socket.AF_UNIX)
        self.kept.bind(f"{place}/s")
        self.kept.listen(50)
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.bind(f"{place}/n")
        self.notified.settimeout(LIMIT)
        self.env = {**os.environ, "LISTEN_FDS": "1", "NOTIFY_SOCKET": f"{place}/n"}

    def until(self, state):
        while state not in self.notified.recv(4096).decode().split("\n"):
            pass

    def start(self, start):
        fd = self.kept.fileno()
        # The shell alone can make it descriptor 3; dash takes no number above 9.
        d = start(Daemon, ["bash", "-c", f'exec 3<&{fd} "$@"', "bash",
                           f"{BUILD}/virus-milter", "-f", "-p", "fd:3", "-o", "allow-root=yes",
                           "-o", f"signatures={SIGNATURES}"], pass_fds=[fd], env=self.env)
        self.until("READY=1")
        return d

    def end(self):
        self.kept.close()
        self.notified.close()


@pytest.fixture
def systemd(place):
    s = Systemd(place)
    yield s
    s.end()


def test_who_comes_while_it_stops_waits_for_the_next(systemd, start):
    first = systemd.start(start)
    with session(systemd.address, steps=LOUD) as slow:
        slow.mail()
        slow.command("B", SIGNATURE)
        first.signal(signal.SIGTERM)
        systemd.until("STOPPING=1")
        late = [Mta(systemd.address) for _ in range(20)]
        assert slow.eom() == FOUND
    assert first.wait() == 0
    assert not any(m.pending(within=0.01) for m in late)
    systemd.start(start)
    for m in late:
        with m:
            m.negotiate()
            m.connect()
            m.helo()
            assert m.message(SIGNATURE) == FOUND


def test_it_stops_at_once_though_nobody_comes(systemd, start):
    first = systemd.start(start)
    with session(systemd.address):
        assert first.stop() == 0
    systemd.kept.setblocking(False)
    with pytest.raises(BlockingIOError):
        systemd.kept.accept()  # a connection would have systemd start it again
