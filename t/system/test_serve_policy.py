# SPDX-License-Identifier: BSD-2-Clause
"""What a client is told when a filter is absent, dies, hangs or talks nonsense.

The table is sendmail 8.17's, as recorded: each fault under each F=, the reply
to the command at which it shows, and to the next.
"""

import itertools
import re
import signal
import socket
import struct
import threading
import time

import pytest

from daemons import LIMIT
from serve import LIMITS, Client, Script, Serve, frame

LATER = "451 4.3.2 Please try again later"
CLOSING = "421 4.7.0 foo.com closing connection"
SENDER_OK = "250 2.1.0 <Smith@bar.com>... Sender ok"
RCPT_OK = "250 2.1.5 <Jones@foo.com>... Recipient ok"
GO = "354 End data with <CR><LF>.<CR><LF>"
SHORT = "T=C:2s;S:60s;R:2s;E:4s"  # for filters that hang


def serve(start, path, policy, limits=LIMITS):
    words = f"S=unix:{path}, {policy}{limits}"
    return start(Serve, "--profile", "sendmail-8.17", "--milter", words)


def dialogue(c):
    """Replies to MAIL, RCPT, DATA and the text, as far as it gets."""
    c.hello()
    replies = c.message()
    return [r.replace(r.split(" ")[2], "QID") if "Message accepted" in r else r for r in replies]


ACCEPTED = [SENDER_OK, RCPT_OK, GO, "250 2.0.0 QID Message accepted for delivery"]
NEED_MAIL = "503 5.0.0 Need MAIL before RCPT"
NEED_MAIL_DATA = "503 5.0.0 Need MAIL command"


def absent(start, place):
    return f"{place}/nobody.sock"


def refuses(start, place):
    """A socket file behind which nobody listens any more."""
    s = socket.socket(socket.AF_UNIX)
    s.bind(f"{place}/stale.sock")
    s.close()
    return f"{place}/stale.sock"


def accepts_never(start, place):
    s = socket.socket(socket.AF_UNIX)
    s.bind(f"{place}/deaf.sock")
    s.listen(8)
    accepts_never.held = s
    return f"{place}/deaf.sock"


def script(**kwargs):
    def make(start, place):
        return start(Script, f"{place}/script.sock", **kwargs).listener.getsockname()
    return make


BEFORE_GREETING = {
    "absent": absent,
    "refuses": refuses,
    "accepts never": accepts_never,
    "closes at once": script(at_accept="close"),
    "closes in the negotiation": script(on={"O": [["close"]]}),
    "hangs in the negotiation": script(on={"O": [["hang"]]}),
    "answers the offer by c": script(on={"O": [[("c", b"")]]}),
    "answers the offer shortly": script(negotiate=struct.pack(">II", 6, 0)),
    "takes an action not offered": script(negotiate=struct.pack(">III", 6, 0x80000000, 0)),
    "takes a step not offered": script(negotiate=struct.pack(">III", 6, 0, 0x400000)),
    "is of version 1": script(negotiate=struct.pack(">III", 1, 0x3F, 0)),
    "talks HTTP": script(on={"O": [[b"HTTP/1.1 400 Bad Request\r\n\r\n"]]}),
    "sends length 0": script(on={"O": [[b"\0\0\0\0"]]}),
    "closes at CONNECT": script(on={"C": [["close"]]}),
    "hangs at CONNECT": script(on={"C": [["hang"]]}),
}


@pytest.mark.parametrize("fault", BEFORE_GREETING)
@pytest.mark.parametrize("policy", ["", "F=T, ", "F=R, ", "F=4, "])
def test_before_the_greeting(start, place, fault, policy):
    limits = SHORT if fault == "accepts never" or "hangs" in fault else LIMITS
    s = serve(start, BEFORE_GREETING[fault](start, place), policy, limits)
    c = Client(s.address)
    if policy == "":
        assert c.greeting.startswith("220 foo.com ESMTP")
        assert dialogue(c) == ACCEPTED
    elif policy == "F=T, ":
        assert c.greeting.startswith("220 foo.com ESMTP")
        assert dialogue(c) == [LATER, NEED_MAIL, NEED_MAIL_DATA]
    elif policy == "F=R, ":
        assert c.greeting == "554 foo.com ESMTP not accepting messages"
        assert dialogue(c) == ["550 5.0.0 Command rejected"] * 3
    else:
        assert c.greeting == CLOSING
        assert c.closed()
    s.wait_line(r"^1 +\*\* +M1 ")  # it is said why
    c.close()
    assert s.stop() == 0


REJECTED = "554 5.7.1 Command rejected"
IN_SESSION = {
    # where: (by F= absent, T, R, 4) as far as the dialogue gets
    "H": {"": ACCEPTED, "F=T, ": [LATER, NEED_MAIL, NEED_MAIL_DATA],
          "F=R, ": ["550 5.0.0 Command rejected"] * 3},
    "M": {"": ACCEPTED, "F=T, ": [LATER, NEED_MAIL, NEED_MAIL_DATA],
          "F=R, ": ["550 5.7.1 <Smith@bar.com>... Command rejected", NEED_MAIL, NEED_MAIL_DATA]},
    "R": {"": ACCEPTED, "F=T, ": [SENDER_OK, LATER, "503 5.0.0 Need RCPT (recipient)"],
          "F=R, ": [SENDER_OK, "550 5.7.1 <Jones@foo.com>... Command rejected",
                    "503 5.0.0 Need RCPT (recipient)"]},
    "T": {"": ACCEPTED, "F=T, ": [SENDER_OK, RCPT_OK, LATER],
          "F=R, ": [SENDER_OK, RCPT_OK, "550 5.7.1 Command rejected"]},
    "L": {"": ACCEPTED, "F=T, ": [SENDER_OK, RCPT_OK, GO, LATER],
          "F=R, ": [SENDER_OK, RCPT_OK, GO, REJECTED]},
    "B": {"": ACCEPTED, "F=T, ": [SENDER_OK, RCPT_OK, GO, LATER],
          "F=R, ": [SENDER_OK, RCPT_OK, GO, REJECTED]},
    "E": {"": ACCEPTED, "F=T, ": [SENDER_OK, RCPT_OK, GO, LATER],
          "F=R, ": [SENDER_OK, RCPT_OK, GO, REJECTED]},
}
DEATHS = {"closes": ["close"], "hangs": ["hang"], "garbage length": [b"\x7f\xff\xff\xffc"],
          "half a frame": [b"\0\0\0\5h", "close"]}
HEARD = {"H": 0, "M": 0, "R": 1, "T": 2, "L": 3, "B": 3, "E": 3}  # replies of ACCEPTED before


CASES = [(w, d) for w in IN_SESSION for d in DEATHS if d != "hangs" or w in "RE"]


@pytest.mark.parametrize("where, death", CASES)
def test_in_a_session(start, place, where, death):
    for n, (policy, want) in enumerate(IN_SESSION[where].items()):
        filt = start(Script, f"{place}/{n}.sock", on={where: [DEATHS[death]]})
        limits = SHORT if death == "hangs" else LIMITS
        s = serve(start, filt.listener.getsockname(), policy, limits)
        c = Client(s.address)
        assert dialogue(c) == want, (policy, where, death)
        c.close()
        assert s.stop() == 0


@pytest.mark.parametrize("policy", ["", "F=T, ", "F=R, "])
@pytest.mark.parametrize("where", HEARD)
def test_a_packet_of_length_0_ends_the_session_whatever_f_says(start, place, where, policy):
    """As sendmail's process dies of it (docs/decisions/0029)."""
    filt = start(Script, f"{place}/f.sock", on={where: [[b"\0\0\0\0c"]]})
    s = serve(start, filt.listener.getsockname(), policy)
    c = Client(s.address)
    assert [reply for reply in dialogue(c) if reply] == ACCEPTED[:HEARD[where]]
    assert c.closed()


@pytest.mark.parametrize("where", "HMRTLBE")
def test_f4_closes_the_session(start, place, where):
    filt = start(Script, f"{place}/f.sock", on={where: [["close"]]})
    s = serve(start, filt.listener.getsockname(), "F=4, ")
    c = Client(s.address)
    said = [c.hello()] + (c.message() if where != "H" else [])
    said = [line for line in said if line]
    assert said[-1] == ("421 4.3.0 closing connection" if where in "MR" else CLOSING)
    assert c.closed()


def test_after_a_fault_every_later_mail_hears_it(start, place):
    filt = start(Script, f"{place}/f.sock", on={"B": [["close"]]})
    s = serve(start, filt.listener.getsockname(), "F=T, ")
    c = s.client()
    c.hello()
    assert c.message()[-1] == LATER
    assert c.cmd("MAIL FROM:<Smith@bar.com>") == LATER
    # A new session asks anew.
    c = s.client()
    c.hello()
    assert c.message()[-1].startswith("250")


def test_each_wait_has_its_limit(start, place):
    """R bounds one wait, E the sum: progress packets do not extend E."""
    class Slow(Script):
        def act(self, conn, doings):
            for _ in range(200):
                conn.sendall(b"\0\0\0\1p")
                time.sleep(0.4)
            return False

    filt = start(Slow, f"{place}/f.sock", on={"E": [["slow"]]})
    s = serve(start, filt.listener.getsockname(), "F=T, ", "T=C:60s;S:60s;R:60s;E:2s")
    c = s.client()
    c.hello()
    c.envelope()
    c.send("Subject: x\r\n\r\nx\r\n.\r\n")
    began = time.monotonic()
    assert c.reply() == LATER
    assert 1.8 < time.monotonic() - began < 40
    s.wait_line("timeout: no answer")


def test_a_filter_that_does_not_read(start, place):
    """S bounds a write: two megabytes do not fit into a socket."""
    filt = start(Script, f"{place}/f.sock", negotiate=struct.pack(">III", 6, 0x1FF, 0x80000))
    blocked, over = filt.exactly, threading.Event()

    def deaf(conn, n):
        if filt.letters[-1:] == ["N"]:
            over.wait(LIMIT)
        return blocked(conn, n)

    filt.exactly = deaf
    s = serve(start, filt.listener.getsockname(), "F=T, ", "T=C:60s;S:1s;R:60s;E:60s")
    c = s.client()
    c.hello()
    c.envelope()
    c.send("Subject: x\r\n\r\n" + ("0123456789" * 7 + "\r\n") * 30000 + ".\r\n")
    assert c.reply() == LATER
    over.set()
    s.wait_line("timeout: does not read")


def test_an_answer_too_many_is_named(start, place):
    """Neither sendmail nor Postfix notices; every later answer is off by one."""
    filt = start(Script, f"{place}/f.sock", on={"M": [[frame("c") * 2]]})
    s = serve(start, filt.listener.getsockname(), "F=T, ")
    c = s.client()
    c.hello()
    assert c.cmd("MAIL FROM:<Smith@bar.com>") == SENDER_OK
    assert c.cmd("RCPT TO:<Jones@foo.com>") == RCPT_OK
    s.wait_line("M1 breach reply/unasked:")
    assert c.cmd("RCPT TO:<Jones@foo.com>") == RCPT_OK
    assert s.stop() == 0
    assert sum("breach reply/unasked" in line for line in s.lines if line) == 1


def test_a_hanging_filter_stops_nobody_else(start, place):
    filt = start(Script, f"{place}/f.sock", on={"R": [["hang"]]})
    s = serve(start, filt.listener.getsockname(), "F=T, ", "T=C:60s;S:60s;R:5s;E:60s")
    stuck = s.client()
    stuck.hello()
    stuck.cmd("MAIL FROM:<Smith@bar.com>")
    stuck.send("RCPT TO:<Jones@foo.com>\r\n")
    began = time.monotonic()
    other = Client(s.address, greeting=False)  # the Script serves one at a time
    other.send("NOOP\r\n")
    assert stuck.reply() == LATER
    assert time.monotonic() - began > 3
    assert s.stop() == 0


class Flood(Script):
    """To each end of a message RPL_PROGRESS, until nobody reads it any more."""

    def __init__(self, path):
        self.asked, self.full = threading.Semaphore(0), threading.Semaphore(0)
        self.begin = threading.Event()
        super().__init__(path)

    in_turn = False

    def talk(self, conn):
        while True:
            packet = self.exactly(conn, struct.unpack(">I", self.exactly(conn, 4))[0])
            if packet[:1] == b"E":
                return self.flood(conn)
            if packet[:1] not in b"DABQ":
                self.say(conn, frame("O", self.negotiate) if packet[:1] == b"O" else frame("c"))

    def flood(self, conn):
        self.asked.release()
        self.begin.wait(LIMIT)
        conn.setblocking(False)
        try:
            while True:
                conn.send(100 * frame("p"))
        except BlockingIOError:
            self.full.release()


def test_of_two_that_flood_none_is_read_while_the_other_waits(start, place):
    filt = start(Flood, f"{place}/f.sock")
    s = start(Serve, "--trace", "--milter", filt.words)
    clients = [s.client(), s.client()]
    for c in clients:
        c.hello()
        assert c.envelope()[-1].startswith("354")
        c.send("Subject: test\r\n\r\n.\r\n")
        assert filt.asked.acquire(timeout=LIMIT)
    s.freeze()
    filt.begin.set()  # both sockets are full before either is read
    for _ in clients:
        assert filt.full.acquire(timeout=LIMIT)
    s.signal(signal.SIGCONT)
    assert all(c.reply().startswith("451") for c in clients)
    flooded = re.findall(r"^(\d+) +M< +PROGRESS", s.log(), re.M)
    runs = [len(list(run)) for _, run in itertools.groupby(flooded)]
    half = len(runs) // 2  # towards the end one may be alone
    assert len(flooded) > 10000
    assert half > 2 and max(runs[:half]) < 4000, runs
