# SPDX-License-Identifier: BSD-2-Clause
"""`milter-sim serve` under test: the program, an SMTP client, and filters.

Client speaks SMTP byte by byte.  Script is a filter that answers as told,
rightly or wrongly, and remembers every packet; Probe is a filter on the real
libmilter.  Every wait has a limit.
"""

import os
import re
import socket
import struct
import subprocess
import threading

from daemons import BUILD, LIMIT, Daemon
from listening import Listening

LIMITS = f"T=C:{LIMIT:.0f}s;S:{LIMIT:.0f}s;R:{LIMIT:.0f}s;E:{LIMIT:.0f}s"


class Serve(Daemon):
    """Its lines are stdout's and stderr's."""

    def __init__(self, *options, listen="127.0.0.1:0", domain="foo.com"):
        argv = ["sh", "-c", 'exec "$0" "$@" >&2', f"{BUILD}/milter-sim", "serve",
                "--listen", listen, "--domain", domain, *options]
        super().__init__(argv)
        self.address = self.wait_line(r"listening on (\S+)").group(1)

    def client(self, **kwargs):
        return Client(self.address, **kwargs)


class Client:
    def __init__(self, address, greeting=True, limit=LIMIT, source=None):
        if address.startswith("unix:"):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(limit)
            self.sock.connect(address[5:])
        else:
            port, host = re.match(r"inet6?:(\d+)@(.*)", address).groups()
            self.sock = socket.create_connection((host, int(port)), limit, source and (source, 0))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO,
                             struct.pack("ll", int(limit), 0))
        self.file = self.sock.makefile("rb")
        self.greeting = self.reply() if greeting else None

    def send(self, data):
        self.sock.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def reply(self):
        """A whole reply, lines joined by LF; "" when the server has closed."""
        lines = []
        while True:
            line = self.file.readline().decode("latin-1")
            if not line:
                return "\n".join(lines)
            assert line.endswith("\r\n"), repr(line)
            lines.append(line[:-2])
            if line[3:4] != "-":
                return "\n".join(lines)

    def cmd(self, line):
        self.send(line + "\r\n")
        return self.reply()

    def closed(self):
        return self.file.read() == b""

    def hello(self):
        return self.cmd("EHLO bar.com")

    def envelope(self, sender="Smith@bar.com", rcpts=("Jones@foo.com",)):
        """All replies from MAIL to DATA."""
        replies = [self.cmd(f"MAIL FROM:<{sender}>")]
        replies += [self.cmd(f"RCPT TO:<{r}>") for r in rcpts]
        return replies + [self.cmd("DATA")]

    def message(self, text="Subject: test\r\n\r\nHello\r\n", **envelope):
        """The replies from MAIL to the final dot's."""
        replies = self.envelope(**envelope)
        if replies[-1].startswith("354"):
            self.send(text)
            replies.append(self.cmd("."))
        return replies

    def close(self):
        self.file.close()
        self.sock.close()


def frame(letter, payload=b""):
    return struct.pack(">I", 1 + len(payload)) + letter.encode() + payload


class Script(Listening):
    """A filter that answers as told.

    on = {"R": [[("r", b"")], ...]}: for the first, second ... RCPT a list of
    things to do: (letter, payload), bytes as they are, "close", "hang".  What
    is not told is answered by `c`.  negotiate: bytes of the OPTNEG payload.
    """

    QUIET = "DAQOK"
    in_turn = True

    def __init__(self, path, on=None, negotiate=None, at_accept=None):
        self.on = {k: list(v) for k, v in (on or {}).items()}
        self.negotiate = negotiate or struct.pack(">III", 6, 0x1FF, 0)
        self.at_accept = at_accept
        self.letters = []  # as they came, macros as D and a letter
        self.packets = []
        self.ended = threading.Event()
        self.words = f"S=unix:{path}, F=T, {LIMITS}"
        super().__init__(path)

    def meet(self, conn):
        super().meet(conn)
        self.ended.set()

    def exactly(self, conn, n):
        got = b""
        while len(got) < n:
            part = conn.recv(n - len(got))
            if not part:
                raise ConnectionError
            got += part
        return got

    @staticmethod
    def say(conn, data):
        """An MTA may be gone before it is answered; what it said before still counts."""
        try:
            conn.sendall(data)
        except OSError:
            pass

    def talk(self, conn):
        if self.at_accept == "close":
            return
        if self.at_accept == "hang":
            self.held = conn.dup()
            return
        steps = struct.unpack(">I", self.negotiate[8:12])[0] if len(self.negotiate) >= 12 else 0
        no_reply = {"C": 0x1000, "H": 0x2000, "M": 0x4000, "R": 0x8000, "T": 0x10000,
                    "U": 0x20000, "N": 0x40000, "L": 0x80, "B": 0x80000}
        while True:
            n = struct.unpack(">I", self.exactly(conn, 4))[0]
            packet = self.exactly(conn, n)
            letter, payload = packet[:1].decode(), packet[1:]
            self.packets.append((letter, payload))
            self.letters.append(letter + payload[:1].decode() if letter == "D" else letter)
            told = self.on.get(letter)
            if told:
                if not self.act(conn, told.pop(0)):
                    return
            elif letter == "O":
                self.say(conn, frame("O", self.negotiate))
            elif letter == "Q":
                return
            elif letter not in self.QUIET and not steps & no_reply.get(letter, 0):
                self.say(conn, frame("c"))

    def act(self, conn, doings):
        for do in doings:
            if do == "close":
                return False
            if do == "hang":
                continue
            self.say(conn, do if isinstance(do, bytes) else frame(*do))
        return True

    def story(self):
        """The letters of one session that has ended, as one word each."""
        assert self.ended.wait(LIMIT)
        return " ".join(self.letters)


class Probe:
    """probe_milter WORD...: a filter on the real libmilter."""

    def __init__(self, directory, *words):
        self.path = f"{directory}/probe.sock"
        self.process = subprocess.Popen(
            [f"{BUILD}/t/system/probe_milter", f"unix:{self.path}", *words],
            stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"
        self.words = f"S=unix:{self.path}, F=T, {LIMITS}"

    def calls(self):
        """Its lines up to the end of a session."""
        lines = []
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if line == "close\n":
                break
        return lines

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def mailbox(directory, user):
    """The messages in a Maildir, oldest first."""
    new = f"{directory}/{user}/new"
    if not os.path.isdir(new):
        return []
    return [open(f"{new}/{n}", encoding="latin-1").read()  # noqa: SIM115
            for n in sorted(os.listdir(new), key=lambda n: int(n.split("Q")[1].split(".")[0]))]
