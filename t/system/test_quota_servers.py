# SPDX-License-Identifier: BSD-2-Clause
"""quota-milter in front of quota servers: a real Dovecot, and some that misbehave."""

import os
import pwd
import socket
import threading
import time
from pathlib import Path

import pytest

import dovecots
from daemons import LIMIT, Daemon
from listening import Listening
from mta import Mta, session

CONTINUE = ("c", b"")
FULL = ("y", b"552 5.2.2 Mailbox full\0")


class Server(Listening):
    """Answers questions on a unix socket: answer(question) is bytes, or None to hang."""

    def __init__(self, path, answer, end=b"\n\n"):
        self.where, self.answer, self.end = f"unix:{path}", answer, end
        self.questions, self.connections = [], 0
        super().__init__(path)

    def meet(self, conn):
        self.connections += 1
        super().meet(conn)

    def talk(self, conn):
        while True:
            got = b""
            while not got.endswith(self.end):
                part = conn.recv(4096)
                if not part:
                    return
                got += part
            self.questions.append(got)
            said = self.answer(got)
            if said is None:
                conn.recv(1)  # until the milter hangs up
                return
            if said == b"":
                return
            conn.sendall(said)


@pytest.fixture
def server(start, place):
    def one(answer, **kwargs):
        return start(Server, f"{place}/quota", answer, **kwargs)
    return one


@pytest.fixture
def quota(milter, place):
    """quota(where, options...) asks that server about mailboxes in `homes`."""
    def one(where, *options):
        for name in ["games", "jones"]:
            (Path(place) / "homes" / name).mkdir(parents=True, exist_ok=True)
        return milter("quota-milter", ["source=quota-status", f"server={where}", "aliases=",
                                       f"homes={place}/homes", "answer-lifetime=0", *options])
    return one


def rcpt(d, path, *args, **macros):
    with Mta(d.socket) as m:
        m.negotiate()
        m.connect()
        m.mail("<sender@example.org>", *args)
        return m.rcpt(path, **macros)


def policy(text):
    return lambda _: f"action={text}\n\n".encode()


@pytest.mark.parametrize("text,want", [
    ("552 5.2.2 Mailbox is full", FULL), ("554 5.2.2 Quota exceeded", FULL), ("DUNNO", CONTINUE),
    ("OK", CONTINUE), ("REJECT Unknown user", CONTINUE), ("DEFER_IF_PERMIT Internal error", CONTINUE),
    ("", CONTINUE)])
def test_what_a_policy_server_says(server, quota, text, want):
    s = server(policy(text))
    assert rcpt(quota(s.where), "<games+x@foo.com>", "SIZE=1") == want
    assert b"\nrecipient=games\nsize=25600\n\n" in s.questions[0]  # the margin, which is more


def test_the_connection_is_kept_and_the_size_goes_with_the_question(server, quota):
    s = server(lambda q: b"action=552 5.2.2 full\n\n" if b"size=50000\n" in q else b"action=OK\n\n")
    d = quota(s.where)
    for _ in range(5):
        assert rcpt(d, "<games@foo.com>", "SIZE=50000") == FULL
        assert rcpt(d, "<games@foo.com>") == CONTINUE
    assert (len(s.questions), s.connections) == (10, 1)


def test_mailboxes_may_be_addresses(server, quota):
    s = server(policy("552 5.2.2 full"))
    d = quota(s.where, "mailbox-name=address", "local-mailers=virtual")
    assert rcpt(d, "<Me+x@Virtual.example>", mailer="virtual", addr="me+x@virtual.example") == FULL
    assert b"\nrecipient=me@virtual.example\n" in s.questions[0]


@pytest.mark.parametrize("answer,words", [
    (lambda _: b"", "Connection reset"), (lambda _: b"HTTP/1.1 400 Bad\r\n\r\n", "answered nonsense: 'HTTP"),
    (lambda _: b"x" * 100_000, "answered nonsense: 'xxx"), (lambda _: b"action=OK\n\n" * 2, "answered nonsense"),
    (lambda _: b"action=O", "timed out"), (lambda _: None, "timed out")],
    ids=["closes", "nonsense", "endless", "twice", "half", "hangs"])
def test_a_server_that_misbehaves_lets_mail_through(server, quota, answer, words):
    d = quota(server(answer).where, "time-limit=1")
    began = time.monotonic()
    assert rcpt(d, "<games@foo.com>") == CONTINUE
    assert time.monotonic() - began < 5
    d.wait_line(rf"(server|late): mailbox 'games': (.*{words}|its usage is not known within 1000 ms)")


def test_a_server_that_is_away_and_comes(quota, place, start):
    d = quota(f"unix:{place}/quota", "unknown=tempfail")
    assert rcpt(d, "<games@foo.com>")[1].startswith(b"451 4.3.0 ")
    d.wait_line(r"server: mailbox 'games': No such file or directory")
    start(Server, f"{place}/quota", policy("552 5.2.2 full"))
    assert rcpt(d, "<games@foo.com>") == FULL


@pytest.mark.parametrize("answer,want", [
    (b"15:TEMP Over quota,", FULL), (b"15:PERM Over quota,", FULL), (b"2:OK,", CONTINUE),
    (b"9:NOTFOUND ,", CONTINUE), (b"99999999:", CONTINUE), (b"0:,", CONTINUE)])
def test_a_socketmap(server, quota, answer, want):
    s = server(lambda _: answer, end=b",")
    assert rcpt(quota(s.where, "source=socketmap", "map=mailbox"), "<games@foo.com>") == want
    assert s.questions == [b"13:mailbox games,"]


class Traffic(threading.Thread):
    """Connections that come and go, as on a server that is in use.

    Debian's libmilter may hand two packets to one idle thread; if the first
    one's callback then waits, the second packet waits for the next event of any
    session to get a thread of its own.
    """

    def __init__(self, where):
        super().__init__(daemon=True)
        self.path, self.end = where.split(":", 1)[1], threading.Event()
        self.start()

    def run(self):
        while not self.end.wait(0.005):
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(self.path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end.set()
        self.join()


def test_two_hundred_that_hang_do_not_delay_one_that_does_not(server, quota, place):
    names = [f"hang{i}" for i in range(200)]
    for n in names:
        (Path(place) / "homes" / n).mkdir(parents=True)
    s = server(lambda q: None if b"recipient=hang" in q else b"action=552 5.2.2 full\n\n")
    d = quota(s.where, "time-limit=30", "user-lifetime=1h")
    hanging = []
    with Traffic(d.socket):
        for n in names:
            m = session(d.socket)
            m.mail()
            m.macro("R", rcpt_mailer="local", rcpt_addr=n)
            m.send("R", f"<{n}@foo.com>\0".encode())
            hanging.append(m)
        until = time.monotonic() + LIMIT
        while len(s.questions) < 200:
            assert time.monotonic() < until, len(s.questions)
            time.sleep(0.01)
        with session(d.socket) as m:
            m.mail()
            began = time.monotonic()
            assert m.rcpt("<games@foo.com>") == FULL
            took = time.monotonic() - began
    assert took < 1, took  # t/bench has the figure
    for m in hanging:
        m.sock.close()


# The real one.


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture
def dovecot(start, place):
    """A Dovecot on loopback; games has 190,000 of 200,000 bytes, jones nothing."""
    why = dovecots.missing()
    if why:
        pytest.skip(why)
    os.chmod(place, 0o755)
    me = pwd.getpwuid(os.getuid())
    owner = pwd.getpwnam("mail") if me.pw_uid == 0 else me
    users = ""
    for name in ["games", "jones"]:
        home = Path(place) / "homes" / name
        for part in ["cur", "new", "tmp"]:
            (home / part).mkdir(parents=True)
            os.chown(home / part, owner.pw_uid, owner.pw_gid)
        os.chown(home, owner.pw_uid, owner.pw_gid)
        users += f"{name}:{{PLAIN}}x:{owner.pw_uid}:{owner.pw_gid}::{home}::\n"
    message = Path(place) / "homes/games/new/1700000000.M1P1.host,S=190000"
    message.write_bytes(b"Subject: x\r\n\r\n" + b"x" * 189_986)
    os.chown(message, owner.pw_uid, owner.pw_gid)
    (Path(place) / "users").write_text(users)
    port = free_port()
    group = __import__("grp").getgrgid(me.pw_gid).gr_name
    (Path(place) / "conf").write_text(
        dovecots.configuration(place=place, user=me.pw_name, group=group, port=port))
    d = start(Daemon, [dovecots.program(), "-F", "-c", f"{place}/conf"])
    d.place, d.inet, d.unix = place, f"inet:{port}@127.0.0.1", f"unix:{place}/quota"
    until = time.monotonic() + LIMIT
    while not Path(f"{place}/quota").exists():
        assert d.process.poll() is None, d.log() + Path(f"{place}/log").read_text()
        assert time.monotonic() < until
        time.sleep(0.05)
    return d


@pytest.mark.parametrize("where", ["unix", "inet"])
def test_dovecot(dovecot, milter, where):
    d = milter("quota-milter", ["source=quota-status", f"server={getattr(dovecot, where)}",
                                "aliases=", f"homes={dovecot.place}/homes", "answer-lifetime=0",
                                "time-limit=20", "margin=5k"])
    log = Path(dovecot.place) / "log"
    # 10,000 bytes are left: 5k fit, 9,999 fit, 10,001 do not.
    assert rcpt(d, "<games@foo.com>") == CONTINUE, log.read_text() + d.log()
    assert rcpt(d, "<games@foo.com>", "SIZE=9999") == CONTINUE
    assert rcpt(d, "<games@foo.com>", "SIZE=10001") == FULL, log.read_text() + d.log()
    assert rcpt(d, "<jones@foo.com>", "SIZE=10001") == CONTINUE
    assert rcpt(d, "<ghost@foo.com>", "SIZE=10001") == CONTINUE
    assert "not known" not in d.log() and "nonsense" not in d.log(), d.log()


def test_dovecot_writes_a_maildirsize_that_we_understand(dovecot, milter):
    homes = f"{dovecot.place}/homes"
    by_dovecot = milter("quota-milter", ["source=quota-status", f"server={dovecot.unix}", "aliases=",
                                         f"homes={homes}", "time-limit=20"])
    assert rcpt(by_dovecot, "<games@foo.com>") == FULL  # 25,600 do not fit
    if not Path(f"{homes}/games/maildirsize").exists():
        pytest.skip("this Dovecot wrote no maildirsize when it was asked")
    d = milter("quota-milter", [f"homes={homes}", "maildir=.", "aliases="],
               socket=f"unix:{dovecot.place}/second.sock")
    assert rcpt(d, "<games@foo.com>") == FULL
    d.wait_line(r"quota: 'full' to: 'games' used: 190000 limit: 200000")
    assert rcpt(d, "<jones@foo.com>") == CONTINUE
