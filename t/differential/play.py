# SPDX-License-Identifier: BSD-2-Clause
"""Plays one session against an MTA: the client and up to two filters, in one loop.

A session is plain data, the same words as in a recording's first line:

    {"kind": "T",              the listener: what F= says of each filter
     "client": [["cmd", LINE] | ["pipe", [LINE, ...]] | ["text", PART, ...] | ["drop"] |
                ["raw", BYTES, REPLIES]],
     "milter": SPEC, "milter2": SPEC}

"text" is sent only after a 354, and a command there is a line of the message;
a PART is a string or [string, times].  SPEC:

    {"neg": {"v":, "a":, "p":, "sym": {stage: names}},    the answer to OPTNEG
     "on": {LETTER: [ANSWER, ...]},    to the first, second ... such packet
     "absent": true, "deaf": true}     no socket; a socket where nobody accepts

ANSWER is a list of [letter, hex], {"raw": hex}, {"close": 1}, {"hang": 1}.
What is not told is answered by `c`, or not at all where that was negotiated.

The record of it: for each step what the client read, the packets on which the
MTA waited in the order of both filters, each filter's wire, and how it ended.
Packets that nobody answers (MACRO, ABORT, QUIT) keep their place on their own
wire; when they come relative to SMTP is up to the kernel.
"""

import os
import selectors
import socket
import struct
import time

LIMIT = 25.0  # seconds for one reply: more than any time limit of a listener
SILENT = "DAQOK"
NO_REPLY = {"C": 0x1000, "H": 0x2000, "M": 0x4000, "R": 0x8000, "T": 0x10000,
            "U": 0x20000, "N": 0x40000, "L": 0x80, "B": 0x80000}


def frame(letter, payload=b""):
    return struct.pack(">I", 1 + len(payload)) + letter.encode("latin-1") + payload


def negotiation(neg, offered):
    """The payload of the answer to OPTNEG."""
    neg = neg or {}
    v, a, p = struct.unpack(">III", offered[:12])
    lists = b"".join(struct.pack(">I", int(stage)) + names.encode() + b"\0"
                     for stage, names in sorted((neg.get("sym") or {}).items()))
    return struct.pack(">III", neg.get("v", min(v, 6)), neg.get("a", a), neg.get("p", 0)) + lists


def text_of(parts):
    return "".join(p if isinstance(p, str) else p[0] * p[1] for p in parts)


class Filter:
    """One connection of the MTA to a scripted milter."""

    def __init__(self, play, name, spec, sock):
        self.play, self.name, self.spec, self.sock = play, name, spec, sock
        self.inbox = b""
        self.seen = {}
        self.steps = 0  # the protocol bits that we answered with
        self.packets = []  # [letter, hex]
        self.answered = []  # [letter, nth, answer, ...]: what the script really did
        self.end = None
        self.mute = False
        self.ahead = False  # said more than was asked

    def readable(self):
        try:
            got = self.sock.recv(262144)
        except OSError:
            got = b""
        if not got:
            return self.close("eof")
        self.inbox += got
        while self.end is None and len(self.inbox) >= 4:
            n = struct.unpack(">I", self.inbox[:4])[0]
            if len(self.inbox) < 4 + n:
                break
            packet, self.inbox = self.inbox[4:4 + n], self.inbox[4 + n:]
            self.packet(packet[:1].decode("latin-1"), packet[1:])
        return None

    def packet(self, letter, payload):
        self.packets.append([letter, payload.hex()])
        n = self.seen[letter] = self.seen.get(letter, 0) + 1
        told = self.spec.get("on", {}).get(letter, [])
        answer = told[n - 1] if n <= len(told) else None
        if letter not in SILENT and (answer or not self.steps & NO_REPLY.get(letter, 0)):
            self.play.waited(self.name, letter, payload)
        if self.mute:
            return
        if answer is None:
            if letter == "O":
                self.opened(payload)
            elif letter not in SILENT and not self.steps & NO_REPLY.get(letter, 0):
                self.say(frame("c"))
            return
        self.answered.append([letter, n, answer])
        finals = sum(1 for do in answer if isinstance(do, list) and do[0] in "cartdsyf4X")
        asked = 0 if letter in "DAQK" or self.steps & NO_REPLY.get(letter, 0) else 1
        self.ahead |= finals > asked
        for do in answer:
            self.act(do)

    def opened(self, offered):
        reply = negotiation(self.spec.get("neg"), offered)
        self.steps = struct.unpack(">I", reply[8:12])[0]
        self.say(frame("O", reply))

    def act(self, do):
        if self.end is not None:
            return
        if isinstance(do, list):
            if do[0] == "O" and len(do[1]) >= 24:
                self.steps = int(do[1][16:24], 16)
            self.say(frame(do[0], bytes.fromhex(do[1])))
        elif "raw" in do:
            self.say(bytes.fromhex(do["raw"]))
        elif "close" in do:
            self.close("closed")
        else:
            self.mute = True

    def say(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            pass  # the MTA has gone; its end comes as EOF

    def close(self, why):
        if self.end is None:
            self.end = why
            self.play.forget(self.sock)


class Sockets:
    """The places where an MTA looks for filters m1 and m2; kept between sessions."""

    def __init__(self, paths):
        self.paths = paths  # {"m1": path, ...}
        self.listeners = {}
        for name in paths:
            self.open(name)

    def open(self, name):
        path = self.paths[name]
        if os.path.exists(path):
            os.unlink(path)
        s = socket.socket(socket.AF_UNIX)
        s.bind(path)
        os.chmod(path, 0o666)
        s.listen(16)
        s.setblocking(False)
        self.listeners[name] = s

    def prepare(self, session):
        """Who is absent in this session, and who is there again."""
        for name, key in (("m1", "milter"), ("m2", "milter2")):
            if name not in self.paths:
                continue
            if (session.get(key) or {}).get("absent"):
                if self.listeners.pop(name, None):
                    os.unlink(self.paths[name])
            elif name not in self.listeners:
                self.open(name)

    def drain(self):
        """Throws away connections that nobody took."""
        for s in self.listeners.values():
            while True:
                try:
                    s.accept()[0].close()
                except OSError:
                    break


class Play:
    def __init__(self, session, connect, sockets):
        self.session, self.sockets = session, sockets
        self.selector = selectors.DefaultSelector()
        self.filters = []
        self.heard = b""
        self.client_eof = False
        self.steps = []  # [what was sent, [packets waited on], what was read]
        self.stuck = None
        sockets.prepare(session)
        sockets.drain()
        self.listening = {}
        for name, key in (("m1", "milter"), ("m2", "milter2")):
            spec = session.get(key) or {}
            if name in sockets.listeners and not spec.get("deaf"):
                self.listening[sockets.listeners[name]] = (name, spec)
                self.selector.register(sockets.listeners[name], selectors.EVENT_READ, "accept")
        self.client = connect()
        self.client.setblocking(False)
        self.selector.register(self.client, selectors.EVENT_READ, "client")

    # What happens.

    def waited(self, name, letter, payload):
        if self.steps:
            self.steps[-1][1].append([name, letter, payload.hex()])

    def forget(self, sock):
        self.selector.unregister(sock)
        sock.close()

    def turn(self, seconds):
        events = self.selector.select(seconds)
        # Filters before the client: what was sent first is seen first.
        for key, _ in sorted(events, key=lambda e: e[0].data == "client"):
            if key.data == "accept":
                name, spec = self.listening[key.fileobj]
                try:
                    sock, _ = key.fileobj.accept()
                except OSError:
                    continue
                sock.settimeout(LIMIT)
                f = Filter(self, name, spec, sock)
                self.filters.append(f)
                self.selector.register(sock, selectors.EVENT_READ, f)
            elif key.data == "client":
                self.client_reads()
            elif key.data.end is None:
                key.data.readable()

    def client_reads(self):
        try:
            got = self.client.recv(262144)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        if not got:
            self.client_eof = True
            self.selector.unregister(self.client)
        self.heard += got

    def until(self, done, limit=LIMIT):
        until = time.monotonic() + limit
        while not done():
            left = until - time.monotonic()
            if left <= 0:
                return False
            self.turn(left)
        return True

    # What the client does.

    def replies(self):
        """How many whole replies stand in what was heard.

        A line without a code is none: sendmail's library writes some of its own.
        """
        lines = self.heard.split(b"\n")[:-1]
        return sum(1 for line in lines if line[:3].isdigit() and line[3:4] != b"-")

    def step(self, data, replies):
        """Sends and reads so many replies, or to the end."""
        self.steps.append([data.decode("latin-1"), [], ""])
        view = memoryview(data)
        while view and not self.client_eof:
            try:
                view = view[self.client.send(view):]
            except BlockingIOError:
                self.turn(0.01)
            except OSError:
                break
        if not self.until(lambda: self.client_eof or self.replies() >= replies):
            self.stuck = f"no reply within {LIMIT:.0f} s"
        return self.take()

    def take(self):
        text = self.heard.decode("latin-1")
        self.heard = b""
        self.steps[-1][2] += text
        if self.client_eof and not text.endswith("*EOF*"):
            self.steps[-1][2] += "*EOF*"
        return text

    def drop(self):
        """Our direction ends; what still comes is read."""
        self.steps.append(["*drop*", [], ""])
        try:
            self.client.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        self.until(lambda: self.client_eof, 10)
        self.take()

    def run(self):
        try:
            last = self.step(b"", 1)
            for what, *args in self.session["client"]:
                if self.client_eof or self.stuck:
                    break
                if last.startswith("354") and what in ("cmd", "pipe"):
                    lines = args[0] if what == "pipe" else args
                    self.step("".join(f"{x}\r\n" for x in lines).encode("latin-1"), 0)
                elif what == "cmd":
                    last = self.step(args[0].encode("latin-1") + b"\r\n", 1)
                elif what == "pipe":
                    data = "".join(line + "\r\n" for line in args[0])
                    last = self.step(data.encode("latin-1"), len(args[0]))
                    last = "".join(last.splitlines(True)[-1:])
                elif what == "text" and last.startswith("354"):
                    last = self.step(text_of(args).encode("latin-1"), 1)
                elif what == "part" and last.startswith("354"):
                    last = self.step(text_of(args).encode("latin-1"), 0)
                elif what == "raw":
                    last = self.step(args[0].encode("latin-1"), args[1])
                    last = "".join(last.splitlines(True)[-1:])
                elif what == "drop":
                    self.drop()
                    break
            if not self.client_eof and not self.stuck:
                self.drop()
            self.until(lambda: all(f.end for f in self.filters), 10)
        finally:
            self.close()
        return self.record()

    def close(self):
        for f in self.filters:
            f.close("open")
        self.client.close()
        self.selector.close()

    def record(self):
        return {"steps": self.steps, "stuck": self.stuck,
                "wires": [{"name": f.name, "packets": f.packets, "end": f.end,
                           "answered": f.answered, "ahead": f.ahead} for f in self.filters]}


def play(session, connect, sockets):
    return Play(session, connect, sockets).run()
