# SPDX-License-Identifier: BSD-2-Clause
"""Two virus-milters behind the real haproxy, with the configuration of docs/ADMIN.md: one
dies under load, then both, and nothing is lost or wrongly accepted."""

import os
import re
import socket
import tempfile
import threading
from collections import Counter
from pathlib import Path

import pytest

from daemons import FIXTURES, LIMIT, Daemon, Milter
from packages import SOURCE, need
from serve import LIMITS, Serve

pytestmark = pytest.mark.limit(900)
FOUND = "550 5.7.0 VIRUS FOUND"
WORM = re.search(r"^WORM_SOBIG\.B =\n(\S+)", Path(FIXTURES, "signatures/signatures").read_text(), re.M)[1]


def free_ports(n):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def printed(front, one, two):
    """The page's haproxy.cfg, at ports of ours and as the user that we are."""
    block = re.search(r"^    # /etc/haproxy/haproxy.cfg\n((?:    .*\n)+)", (SOURCE / "docs/ADMIN.md").read_text(), re.M)[1]
    text = re.sub(r"^    ", "", block, flags=re.M)
    for before, after in (("127.0.0.1:8890", front), ("10.0.0.5:8891", one), ("10.0.0.6:8891", two)):
        assert text.count(before) == 1
        text = text.replace(before, after)
    text = text.replace("inter 500ms", "inter 50ms")
    return re.sub(r"^ +(user|group) .*\n", "", text, flags=re.M)


def outcome(serve, body="hello"):
    """The first reply that refuses, else the one to the message."""
    client = serve.client()
    replies = [client.hello(), *client.message(f"Subject: x\r\n\r\n{body}\r\n")]
    client.close()
    return next((r for r in replies if r[:1] not in ("2", "3")), replies[-1])


class Clients(threading.Thread):
    """Letters and worms in turn until told to stop: what each was, and the last reply."""

    def __init__(self, serve, name):
        super().__init__()
        self.serve, self.letter = serve, f"letter-{name}"
        self.rows, self.news, self.enough = [], threading.Condition(), threading.Event()
        self.start()

    def run(self):
        n = 0
        while not self.enough.is_set():
            n += 1
            for kind, body in ((f"{self.letter}-{n}.", f"{self.letter}-{n}."), ("worm", WORM)):
                reply = outcome(self.serve, body)
                with self.news:
                    self.rows.append((kind, reply))
                    self.news.notify_all()

    def more(self, n):
        """Until n more messages have their reply."""
        with self.news:
            goal = len(self.rows) + n
            assert self.news.wait_for(lambda: len(self.rows) >= goal, LIMIT)

    def end(self):
        self.enough.set()
        self.join(LIMIT)
        assert not self.is_alive()


class Pair:
    def __init__(self):
        need("haproxy")
        self.place = tempfile.TemporaryDirectory(prefix="pair-")
        self.front, *ports = (f"127.0.0.1:{p}" for p in free_ports(3))
        self.ports = ports
        self.milters = [self.begin(0), self.begin(1)]
        config = Path(self.place.name, "haproxy.cfg")
        config.write_text(printed(self.front, *ports))
        os.environ["PATH"] += ":/usr/sbin"
        self.haproxy = Daemon(["haproxy", "-f", str(config)], stdout=-3)
        self.mail = Path(self.place.name, "mail")
        host, port = self.front.split(":")
        self.serve = Serve("--milter", f"S=inet:{port}@{host}, F=T, {LIMITS}", "--user", "Jones",
                           "--deliver", f"maildir:{self.mail}")

    def begin(self, n):
        host, port = self.ports[n].split(":")
        return Milter("virus-milter", self.place.name, socket=f"inet:{port}@{host}",
                      options=[f"signatures={FIXTURES}/signatures/signatures", "summary-interval=0"])

    def until(self, reply):
        """A letter after the other until one is answered so: haproxy has noticed."""
        for _ in range(int(LIMIT * 50)):
            last = outcome(self.serve)
            if last.startswith(reply):
                return
            threading.Event().wait(0.02)
        raise AssertionError(f"no {reply}, the last was {last!r}")

    def delivered(self):
        texts = [f.read_text(errors="replace") for f in self.mail.glob("**/new/*")]
        return Counter(m for t in texts for m in re.findall(r"^letter-\S+$", t, re.M))

    def close(self):
        for daemon in (self.serve, self.haproxy, *self.milters):
            daemon.kill()
        self.place.cleanup()


@pytest.fixture
def pair():
    pair = Pair()
    yield pair
    pair.close()


def test_one_of_two_dies_under_load_and_nothing_is_lost_or_wrongly_accepted(pair):
    pair.until("250")
    clients = [Clients(pair.serve, n) for n in range(4)]
    for dies in (0, 1, 0):
        for c in clients:
            c.more(20)
        pair.milters[dies].kill()
        for c in clients:
            c.more(20)
        pair.milters[dies] = pair.begin(dies)
    for c in clients:
        c.end()
    rows = [row for c in clients for row in c.rows]
    assert [r for r in rows if r[0] == "worm" and not r[1].startswith((FOUND, "451 "))] == []
    letters = [r for r in rows if r[0] != "worm"]
    assert [r for r in letters if not r[1].startswith(("250 ", "451 "))] == []
    accepted = Counter(name for name, reply in letters if reply.startswith("250 "))
    assert pair.delivered() == accepted, "each once, and no other"
    put_off = sum(reply.startswith("451 ") for _, reply in rows)
    assert put_off < len(rows) / 4, Counter(reply for _, reply in rows)
    print(f"# {len(rows)} messages, 3 kills: {put_off} put off, the others each with its verdict")


def test_with_both_away_mail_waits_and_comes_through_afterwards(pair):
    pair.until("250")
    for m in pair.milters:
        m.kill()
    pair.until("451")
    assert outcome(pair.serve, WORM).startswith("451 ")
    pair.milters = [pair.begin(0), pair.begin(1)]
    pair.until("250")
    assert outcome(pair.serve, WORM).startswith(FOUND)


def test_its_health_check_floods_no_log(pair):
    """haproxy's, and two hundred of ours like them: connect, say nothing, close."""
    pair.until("250")
    lines = [m.mark() for m in pair.milters]
    for port in pair.ports:
        host, number = port.split(":")
        for _ in range(200):
            socket.create_connection((host, int(number)), LIMIT).close()
    pair.until("250")
    for m, before in zip(pair.milters, lines):
        assert m.lines[before:] == []
