# SPDX-License-Identifier: BSD-2-Clause
"""clamd, the real one with a database of our own, and one that does as it is told."""

import array
import base64
import os
import shutil
import socket
import struct
import subprocess
import threading

from daemons import LIMIT, Daemon
from listening import Listening

EICAR = (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$"  # in two: this file is no virus
         b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")
UNWANTED = b"pua-own-thing-here!!"
CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
DATABASE = {"own.ndb": f"Own.Eicar:0:*:{EICAR.hex()}\nPUA.Own.Thing:0:*:{UNWANTED.hex()}\n"}


class Clamd(Daemon):
    """The real one, in the foreground, in a folder of its own; no network, no freshclam."""

    def __init__(self, place, name="clamd", tcp=None, **settings):
        self.place = f"{place}/{name}"
        self.socket = f"{self.place}/sock"
        self.address = f"unix:{self.socket}"
        os.makedirs(f"{self.place}/db", exist_ok=True)
        for file, text in DATABASE.items():
            with open(f"{self.place}/db/{file}", "w", encoding="ascii") as f:
                f.write(text)
        lines = {"Foreground": "yes", "LocalSocket": self.socket, "FixStaleSocket": "yes",
                 "DatabaseDirectory": f"{self.place}/db", "TemporaryDirectory": self.place,
                 "LogFile": f"{self.place}/log", "LogTime": "yes", "StreamMaxLength": "2M",
                 "MaxThreads": "4", "MaxQueue": "50", "SelfCheck": "0", **settings}
        if tcp:
            lines |= {"TCPSocket": str(tcp), "TCPAddr": "127.0.0.1"}
        with open(f"{self.place}/conf", "w", encoding="ascii") as f:
            f.writelines(f"{k} {v}\n" for k, v in lines.items())
        super().__init__([CLAMD, "-c", f"{self.place}/conf"], stdout=subprocess.DEVNULL)
        self.wait_pong()

    def command(self, word, limit=LIMIT):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(limit)
            s.connect(self.socket)
            s.sendall(b"z" + word + b"\0")
            return s.recv(4096)

    def wait_pong(self):
        pause = threading.Event()
        for _ in range(int(LIMIT * 20)):
            try:
                if self.command(b"PING", 5) == b"PONG\0":
                    return
            except OSError:
                assert self.process.poll() is None, self.log()
            pause.wait(0.05)  # its socket has no other sign
        raise AssertionError("clamd does not come up: " + self.log())


class Talk:
    """One connection to the double, as it is handed to what the double does."""

    def __init__(self, sock):
        self.sock = sock
        self.leave = lambda: None  # called when the first byte of an answer may go out

    def exactly(self, n):
        got = b""
        while len(got) < n:
            part = self.sock.recv(n - len(got))
            if not part:
                raise EOFError
            got += part
        return got

    def command(self):
        got = b""
        while not got.endswith(b"\0"):
            got += self.exactly(1)
        assert got.startswith(b"z"), got
        return got[1:-1]

    def stream(self):
        """All chunks up to the end mark."""
        data = b""
        while True:
            n = struct.unpack(">I", self.exactly(4))[0]
            if n == 0:
                return data
            data += self.exactly(n)

    def passed(self):
        """The descriptor that is passed."""
        _, control, _, _ = self.sock.recvmsg(1, socket.CMSG_SPACE(4))
        fds = array.array("i")
        fds.frombytes(control[0][2])
        return fds[0]

    def descriptor(self):
        """All of the file that is passed, read from where it stands."""
        with os.fdopen(self.passed(), "rb") as f:
            return f.read()

    def say(self, data):
        self.leave()
        self.sock.sendall(data)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class Double(Listening):
    """
    A clamd whose scans are played by `scan(talk, number)`; it stores what it got.

    PING and VERSION are answered as clamd does, unless `pong` says otherwise.
    """

    def __init__(self, place, scan=None, name="double.sock", pong=b"PONG\0"):
        self.path = f"{place}/{name}"
        self.address = f"unix:{self.path}"
        self.scan = scan or (lambda talk, number: talk.say(b"stream: OK\0"))
        self.pong = pong
        self.streams, self.pings, self.at_once, self.most = [], 0, 0, 0
        self.news = threading.Condition()
        self.over = threading.Event()  # what hangs, hangs on this
        super().__init__(self.path)

    def talk(self, conn):
        self.answer(Talk(conn))

    def answer(self, talk):
        word = talk.command()
        if word in (b"PING", b"VERSION"):
            with self.news:
                self.pings += word == b"PING"
                self.news.notify_all()
            talk.say(self.pong if word == b"PING" else b"ClamAV 9.9/1/today\0")
            return
        assert word in (b"INSTREAM", b"FILDES"), word
        talk.take = talk.stream if word == b"INSTREAM" else talk.descriptor
        with self.news:
            self.streams.append(None)
            number = len(self.streams) - 1
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            self.news.notify_all()
        gone = threading.Event()

        def leave():
            """Once told, the asker may give its place to the next: it counts no longer."""
            with self.news:
                self.at_once -= not gone.is_set()
                gone.set()
                self.news.notify_all()
        talk.leave = leave
        try:
            self.take(talk, number)
        finally:
            leave()

    def take(self, talk, number):
        if not getattr(self.scan, "reads_itself", False):
            data = talk.take()
            with self.news:
                self.streams[number] = data
                self.news.notify_all()
        self.scan(talk, number)

    def wait(self, what, limit=LIMIT):
        """Until what(self) is true."""
        with self.news:
            assert self.news.wait_for(lambda: what(self), limit), "the double saw nothing of it"

    def close(self):
        self.over.set()
        super().close()


def reads_itself(function):
    function.reads_itself = True
    return function


# ---- mail with EICAR in it, each way that an attachment may come ----

def part(head, body):
    return (b"--BB\r\nContent-Type: text/plain\r\n\r\nhello\r\n--BB\r\n"
            + head + b"\r\n\r\n" + body + b"\r\n--BB--\r\n")


def zipped(content):
    import io
    import zipfile
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("x.com", content)
    return out.getvalue()


def in_base64(content):
    return part(b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64",
                base64.encodebytes(content).replace(b"\n", b"\r\n"))


def in_quoted_printable(content):
    return part(b"Content-Type: application/octet-stream\r\n"
                b"Content-Transfer-Encoding: quoted-printable",
                b"=\r\n".join(b"".join(b"=%02X" % c for c in content[i:i + 20])
                              for i in range(0, len(content), 20)))


def in_uuencode(content):
    import binascii
    lines = [binascii.b2a_uu(content[i:i + 45]) for i in range(0, len(content), 45)]
    return b"hello\r\n\r\nbegin 644 x.com\r\n" + b"".join(
        line.replace(b"\n", b"\r\n") for line in lines) + b"`\r\nend\r\n"


MULTIPART = [("Content-Type", ' multipart/mixed; boundary="BB"'), ("MIME-Version", " 1.0")]


def nested(content):
    inner = (b'From: a@b\r\nContent-Type: multipart/mixed; boundary="CC"\r\n\r\n'
             + in_base64(content).replace(b"--BB", b"--CC"))
    return part(b"Content-Type: message/rfc822", inner)


INFECTED = [
    ("plain", [], EICAR + b"\r\n"),
    ("base64", MULTIPART, in_base64(EICAR)),
    ("quoted-printable", MULTIPART, in_quoted_printable(EICAR)),
    ("uuencode", [], in_uuencode(EICAR)),
    ("zip", MULTIPART, in_base64(zipped(EICAR))),
    ("nested message", MULTIPART, nested(EICAR)),
]
