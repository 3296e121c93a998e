# SPDX-License-Identifier: BSD-2-Clause
"""The MTA's side of the milter protocol, in as few lines as a test needs.

A third opinion beside src/wire and libmilter: written from libmilter's
mfdef.h, shares no code with either.  Every read has a time limit, and "no
answer in time" is the exception Silence, not a hang.
"""

import socket
import struct

from daemons import LIMIT

ALL_ACTIONS, ALL_STEPS = 0x1FF, 0x1FFFFF  # what sendmail 8.17 offers
# command letter: (bit "do not send", bit "no reply")
STEP = {
    "C": (0x001, 0x1000), "H": (0x002, 0x2000), "M": (0x004, 0x4000),
    "R": (0x008, 0x8000), "B": (0x010, 0x80000), "L": (0x020, 0x80),
    "N": (0x040, 0x40000), "U": (0x100, 0x20000), "T": (0x200, 0x10000),
}


class Silence(Exception):
    """The milter did not answer in time."""


class Closed(Exception):
    """The milter closed the connection."""


def dial(address, limit=LIMIT):
    kind, rest = address.split(":", 1)
    if kind in ("unix", "local"):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(limit)
        s.connect(rest)
        return s
    port, host = rest.split("@")
    return socket.create_connection((host, int(port)), limit)


def strings(*items):
    return b"".join((i.encode() if isinstance(i, str) else i) + b"\0" for i in items)


class Mta:
    """One connection to a milter; `with` closes it."""

    def __init__(self, address, limit=LIMIT):
        self.limit = limit
        self.sock = dial(address, limit)
        self.steps = 0
        self.sent = []  # letters, in order

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, letter, payload=b""):
        self.sent.append(letter)
        self.raw(struct.pack(">I", 1 + len(payload)) + letter.encode() + payload)

    def raw(self, data):
        self.sock.sendall(data)

    def _exactly(self, n):
        got = b""
        while len(got) < n:
            try:
                part = self.sock.recv(n - len(got))
            except TimeoutError:
                raise Silence(f"no answer within {self.limit} s") from None
            except ConnectionResetError:
                part = b""
            if not part:
                raise Closed
            got += part
        return got

    def recv(self):
        """The next packet: (letter, payload)."""
        n = struct.unpack(">I", self._exactly(4))[0]
        packet = self._exactly(n)
        return packet[:1].decode(), packet[1:]

    def pending(self, within=0.05):
        """True when the milter sent something that nobody asked for."""
        self.sock.settimeout(within)
        try:
            return self.sock.recv(1, socket.MSG_PEEK) != b""
        except TimeoutError:
            return False
        finally:
            self.sock.settimeout(self.limit)

    def negotiate(self, version=6, actions=ALL_ACTIONS, steps=ALL_STEPS):
        """(version, actions, steps, {stage: macros}) as the milter wants them."""
        self.send("O", struct.pack(">III", version, actions, steps))
        letter, p = self.recv()
        assert letter == "O", letter
        version, actions, self.steps = struct.unpack(">III", p[:12])
        wishes, rest = {}, p[12:]
        while rest:
            stage = struct.unpack(">I", rest[:4])[0]
            names, rest = rest[4:].split(b"\0", 1)
            wishes[stage] = names.decode()
        return version, actions, self.steps, wishes

    def macro(self, stage, **values):
        """Names longer than a letter are put in braces; `_` is itself."""
        pairs = []
        for name, value in values.items():
            pairs += [name if len(name) == 1 else "{" + name + "}", value]
        self.send("D", stage.encode() + strings(*pairs))

    def command(self, letter, payload=b""):
        """Sends it unless masked; the answer, or None where none is due."""
        no, no_reply = STEP.get(letter, (0, 0))
        if self.steps & no:
            return None
        self.send(letter, payload)
        return None if self.steps & no_reply else self.recv()

    def connect(self, host="client.example", address="192.0.2.1"):
        self.macro("C", _=f"{host} [{address}]", j="mx.test")
        return self.command(
            "C", strings(host) + b"4" + struct.pack(">H", 1234) + strings(address))

    def helo(self, name="client.example"):
        return self.command("H", strings(name))

    def mail(self, path="<sender@example.org>", *args, qid="QID1", **macros):
        self.macro("M", i=qid, **macros)
        return self.command("M", strings(path, *args))

    def rcpt(self, path, *args, mailer="local", host="", addr=None):
        addr = path.strip("<>").split("@")[0].lower() if addr is None else addr
        self.macro("R", rcpt_mailer=mailer, rcpt_host=host, rcpt_addr=addr)
        return self.command("R", strings(path, *args))

    def eom(self, **macros):
        """The verdict on the message; modifications are collected in .edits."""
        self.edits = []
        if macros:
            self.macro("E", **macros)
        self.send("E")
        while True:
            letter, payload = self.recv()
            if letter not in "+-2ehimbqp":
                return letter, payload
            self.edits.append((letter, payload))

    def content(self, headers=(), chunks=(), **eom_macros):
        """DATA to end of message; the first verdict that is not "continue"."""
        steps = [("T", b"")]
        steps += [("L", strings(n, v)) for n, v in headers]
        steps += [("N", b"")]
        steps += [("B", c) for c in chunks]
        for letter, payload in steps:
            answer = self.command(letter, payload)
            if answer is not None and answer[0] not in "cs":
                return answer
            if answer is not None and answer[0] == "s" and letter == "B":
                break
        return self.eom(**eom_macros)

    def message(self, body=b"", sender="<sender@example.org>",
                rcpts=("<jones@foo.com>",), headers=(("Subject", "x"),), qid="QID1"):
        """A whole transaction; the first verdict that ends it."""
        answer = self.mail(sender, qid=qid)
        if answer is not None and answer[0] != "c":
            return answer
        for r in rcpts:
            self.rcpt(r)
        chunks = [body[i:i + 65535] for i in range(0, len(body), 65535)]
        return self.content(headers, chunks, nrcpts=str(len(rcpts)), msg_id="<m@x>")


def session(address, limit=LIMIT, **negotiation):
    """A connection that has got as far as HELO."""
    m = Mta(address, limit)
    m.negotiate(**negotiation)
    m.connect()
    m.helo()
    return m
