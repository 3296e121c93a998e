# SPDX-License-Identifier: BSD-2-Clause
"""A mutant that runs, and what is said to it.

All commands of a connection go out at once and
its end is closed behind them, so a milter that answers all of them closes too:
nothing here waits for a time, but for what never comes.
"""

import fcntl
import glob
import os
import signal
import socket
import struct
import subprocess
import termios
import time

LIMIT = 5 * float(os.environ.get("REFMILTER_SLOW", "1"))
SIGNATURE = b"REFMILTER-TEST-SIGNATURE-0123456789"


def packet(letter, payload=b""):
    return struct.pack(">I", 1 + len(payload)) + letter.encode() + payload


def strings(*items):
    return b"".join((i.encode("latin-1") if isinstance(i, str) else i) + b"\0" for i in items)


def offer(version=6, actions=0x1FF, steps=0x1FFFFF, more=b""):
    return packet("O", struct.pack(">III", version, actions, steps) + more)


def connect(host="client.example", rest=b"4\x04\xd2192.0.2.1\0"):
    return packet("D", b"C" + strings("j", "mx.test")) + packet("C", strings(host) + rest)


def helo(name="client.example"):
    return packet("H", strings(name))


def body(*pieces):
    return b"".join(packet("B", p) for p in pieces)


def message(rcpts=("<jones@foo.com>",), sender="<smith@bar.com>", headers=(("Subject", " hi"),),
            pieces=(b"one\r\n", b"two\r\n"), qid="Q1", data=True, end=b""):
    out = packet("D", b"M" + strings("i", qid)) if qid else b""
    out += packet("M", strings(sender, "SIZE=10"))
    for r in rcpts:
        out += packet("D", b"R" + strings("{rcpt_addr}", r)) + packet("R", strings(r))
    out += packet("T") if data else b""
    for name, value in headers:
        out += packet("D", b"L") + packet("L", strings(name, value))
    return out + packet("N") + body(*pieces) + packet("E", end)


START = offer() + connect() + helo()
ABORT, QUIT, END = packet("A"), packet("Q"), packet("E")
THREE = ("<jones@foo.com>", "<green@foo.com>", "<brown@foo.com>")


class Line:
    """One connection."""

    def __init__(self, stage):
        self.stage = stage
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(stage.patience())
        self.sock.connect(stage.path)

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            pass  # it has hung up; what it said is still to be read

    def taken(self):
        """Waits until the milter has read all that was sent, and done what that asks for."""
        for _ in range(int(LIMIT * 100)):
            left = fcntl.ioctl(self.sock, termios.TIOCOUTQ, b"\0" * 4)
            if left == b"\0" * 4 and self.stage.sleeps():
                return
            signal.sigtimedwait([], 0.01)

    def packets(self, n):
        """So many packets, for a play that must know where the milter is."""
        got = b""
        try:
            for _ in range(n):
                head = self.sock.recv(4, socket.MSG_WAITALL)
                size = min(struct.unpack(">I", head)[0], 1 << 20) if len(head) == 4 else 0
                got += head + self.sock.recv(size, socket.MSG_WAITALL)
        except OSError as e:
            got += self.failed(e)
        return got

    def failed(self, e):
        """How it ended, for who reads it, and for those after this one."""
        self.stage.late |= isinstance(e, TimeoutError)
        return type(e).__name__.encode()

    def rest(self):
        """Closes our end; all that still comes, and how it ends."""
        got = b""
        until = time.monotonic() + self.stage.patience()
        try:
            self.sock.shutdown(socket.SHUT_WR)
            while True:
                self.sock.settimeout(max(0.01, until - time.monotonic()))
                part = self.sock.recv(65536)
                if not part:
                    break
                got += part
        except OSError as e:
            got += b" " + self.failed(e)
        self.sock.close()
        return got


class Stage:
    """A mutant that runs, on a socket of its own."""

    def __init__(self, program, arguments, directory, limit=LIMIT):
        self.limit = limit
        self.argv = [program, *arguments, f"unix:{directory}/s"]
        self.path = f"{directory}/s"
        self.log = b""
        self.late = False  # something has not come in time: enough is known
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE)
        self.ready = self.process.stderr.readline()

    def patience(self):
        """Seconds: whoever was late once is late again, and need not be waited for."""
        return self.limit / 20 if self.late else self.limit

    def say(self, data):
        """A whole connection: what comes back."""
        if self.late:
            return "not asked"
        try:
            line = Line(self)
        except OSError as e:
            return type(e).__name__
        line.send(data)
        return line.rest()

    def all(self, *sessions):
        """Each of the sessions, and after each one a sound one."""
        return [(self.say(s), self.say(START + message() + QUIT)) for s in sessions]

    def figures(self):
        """Descriptors, threads and megabytes that it holds."""
        at = f"/proc/{self.process.pid}"
        with open(f"{at}/statm", encoding="ascii") as f:
            pages = int(f.read().split()[1])
        return len(os.listdir(f"{at}/fd")), len(os.listdir(f"{at}/task")), pages * 4 // 1024

    def sleeps(self):
        """No thread of it runs, or waits for a processor."""
        for task in glob.glob(f"/proc/{self.process.pid}/task/*/stat"):
            try:
                with open(task, encoding="ascii") as f:
                    if f.read().rpartition(")")[2].split()[0] == "R":
                        return False
            except OSError:
                pass  # it has ended
        return True

    def gone(self, seconds):
        """Waits so long for its end, and no longer."""
        for _ in range(int(seconds * 100)):
            if not self.alive():
                return
            signal.sigtimedwait([], 0.01)

    def alive(self):
        return self.process.poll() is None

    def stop(self, number=signal.SIGTERM):
        """The exit code; the log has all of stderr then."""
        if self.alive():
            self.process.send_signal(number)
        try:
            self.log += self.process.communicate(timeout=2 * LIMIT)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.log += self.process.communicate()[1]
            return "does not end"
        return self.process.returncode


def count(answers):
    """How many packets; none in the name of what went wrong, which say() returns instead."""
    n = 0
    if isinstance(answers, str):
        return n
    while len(answers) >= 5:
        answers = answers[4 + struct.unpack(">I", answers[:4])[0]:]
        n += 1
    return n
