# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim record: a proxy that nobody notices, and what it writes down."""

import json
import os
import re
import resource
import socket
import stat
import struct
import subprocess
import threading
import time

import pytest

from daemons import BUILD, LIMIT, Daemon
from serve import Script, Serve, frame


class Record(Daemon):
    def __init__(self, place, to, *options, listen=None, **kwargs):
        self.folder = f"{place}/recordings"
        self.where = listen or f"unix:{place}/r.sock"
        argv = ["sh", "-c", 'exec "$0" "$@" >&2', f"{BUILD}/milter-sim", "record", "--listen", self.where,
                "--to", to, "--dir", self.folder, *options]
        super().__init__(argv, **kwargs)
        self.address = self.wait_line(r"recording at (\S+)").group(1)
        self.words = f"S={self.address}, F=T, T=C:{LIMIT:.0f}s;S:{LIMIT:.0f}s;R:{LIMIT:.0f}s;E:{LIMIT:.0f}s"

    def files(self):
        return sorted(f for f in os.listdir(self.folder) if f.endswith(".jsonl"))

    def ended(self, count=1):
        """The recordings, once so many are at their end."""
        until = time.monotonic() + LIMIT
        while True:
            got = []
            for name in self.files():
                with open(f"{self.folder}/{name}", encoding="ascii") as f:
                    got.append(f.read())
            if sum('"ev":"close"' in text for text in got) >= count:
                return [[json.loads(line) for line in text.splitlines()] for text in got]
            assert time.monotonic() < until, got
            time.sleep(0.01)


class Milter:
    """A socket where a milter would be; a test says what happens there."""

    def __init__(self, place, family=socket.AF_UNIX):
        self.listener = socket.socket(family)
        self.listener.settimeout(LIMIT)
        self.listener.bind(f"{place}/m.sock" if family == socket.AF_UNIX else ("127.0.0.1", 0))
        self.listener.listen(8)
        name = self.listener.getsockname()
        self.where = f"unix:{name}" if family == socket.AF_UNIX else f"inet:{name[1]}@127.0.0.1"

    def accept(self):
        s, _ = self.listener.accept()
        s.settimeout(LIMIT)
        return s


def dial(address):
    if address.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(LIMIT)
        s.connect(address[5:])
        return s
    port, host = re.match(r"inet:(\d+)@(.*)", address).groups()
    return socket.create_connection((host, int(port)), LIMIT)


@pytest.fixture(params=["unix", "inet"])
def pair(request, start, place):
    """Both ends of a connection through the proxy, and the proxy."""
    milter = Milter(place, socket.AF_UNIX if request.param == "unix" else socket.AF_INET)
    r = start(Record, place, milter.where, listen=None if request.param == "unix" else "inet:0@127.0.0.1")
    mta = dial(r.address)
    return mta, milter.accept(), r


def exactly(sock, n):
    got = b""
    while len(got) < n:
        part = sock.recv(n - len(got))
        assert part, f"ended after {len(got)} of {n}"
        got += part
    return got


def test_a_session_is_written_down(start, place):
    script = Script(f"{place}/m.sock", {"R": [[("y", b"550 5.7.1 no\0")]]})
    r = start(Record, place, f"unix:{place}/m.sock")
    c = start(Serve, "--milter", r.words).client()
    c.hello()
    assert c.message(rcpts=("Jones@foo.com", "Brown@foo.com"))[1] == "550 5.7.1 no"
    c.cmd("QUIT")
    [records] = r.ended()
    assert script.ended.wait(LIMIT)
    assert records[0]["kind"] == "meta" and records[0]["version"] == 1
    sent = [x["cmd"] for x in records if x.get("dir") == "mta>milter"]
    assert "".join(sent) == "".join(s[0] for s in script.letters)
    assert [x["hex"] for x in records if x.get("cmd") == "y"] == [b"550 5.7.1 no\0".hex()]
    [name] = r.files()
    assert stat.S_IMODE(os.stat(f"{r.folder}/{name}").st_mode) == 0o600
    assert stat.S_IMODE(os.stat(r.folder).st_mode) == 0o700
    end = subprocess.run([f"{BUILD}/milter-sim", "decode", f"{r.folder}/{name}"], capture_output=True,
                         text=True, timeout=LIMIT, check=False)
    assert end.returncode == 0 and "\nM< REPLYCODE 550 5.7.1 no\n" in end.stdout


def test_the_end_of_one_direction(pair):
    mta, milter, _ = pair
    mta.sendall(b"abc")
    mta.shutdown(socket.SHUT_WR)
    assert exactly(milter, 3) == b"abc" and milter.recv(1) == b""
    milter.sendall(b"last words")  # the other direction is open
    assert exactly(mta, 10) == b"last words"
    milter.close()
    assert mta.recv(1) == b""


def test_a_milter_that_closes(pair):
    mta, milter, _ = pair
    milter.sendall(b"last words")
    milter.close()
    assert exactly(mta, 10) == b"last words" and mta.recv(1) == b""
    with pytest.raises(OSError):
        for _ in range(1000):
            mta.sendall(b"x" * 1000)
            time.sleep(0.001)


def test_a_reset(pair):
    mta, milter, _ = pair
    mta.sendall(b"ab")  # a unix socket resets only when there is more than was read
    assert milter.recv(1) == b"a"
    milter.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    milter.close()
    if mta.family == socket.AF_UNIX:  # where ours has nothing unread: it is closed
        assert mta.recv(1) == b""
    else:
        with pytest.raises(ConnectionResetError):
            mta.recv(1)


def test_who_does_not_read_is_not_read_for(pair):
    mta, milter, r = pair
    mta.setblocking(False)
    sent = 0
    until = time.monotonic() + LIMIT
    quiet = None
    while quiet is None or time.monotonic() < quiet + 0.5:
        assert time.monotonic() < until
        try:
            sent += mta.send(b"x" * 65536)
            quiet = None
        except BlockingIOError:
            quiet = quiet or time.monotonic()
            time.sleep(0.01)
    assert sent < 32 << 20
    with open(f"/proc/{r.process.pid}/statm", encoding="ascii") as f:
        assert int(f.read().split()[1]) * resource.getpagesize() < 100 << 20
    assert exactly(milter, sent) == b"x" * sent


def test_a_milter_that_is_away(start, place):
    """The first MTA may find our door still open; behind that, nobody is there."""
    r = start(Record, place, f"unix:{place}/m.sock")
    s = dial(r.address)
    try:
        assert s.recv(1) == b""
    except ConnectionResetError:
        pass
    r.wait_line("the milter is not there, and so we are not")
    with pytest.raises((FileNotFoundError, ConnectionRefusedError)):
        dial(r.address)
    script = Script(f"{place}/m.sock")
    r.wait_line("the milter is there again")
    c = start(Serve, "--milter", r.words).client()
    c.hello()
    assert c.message()[-1] == "250 OK"
    assert "E" in script.letters


def test_a_milter_that_hangs(pair):
    mta, milter, _ = pair
    mta.sendall(frame("O", bytes(12)))
    assert exactly(milter, 17)[4:5] == b"O"
    mta.settimeout(0.3)
    with pytest.raises(TimeoutError):
        mta.recv(1)


def test_what_is_no_packet_is_written_down_too(pair):
    mta, milter, r = pair
    mta.sendall(frame("Z", b"odd") + b"\0\0\0\0GET / HTTP/1.0")
    assert len(exactly(milter, 8 + 4 + 14)) == 26
    mta.close()
    milter.close()
    [records] = r.ended()
    assert [(x.get("cmd"), x.get("hex"), x.get("raw")) for x in records if x.get("dir") == "mta>milter"] == [
        ("Z", b"odd".hex(), None), (None, None, (b"\0\0\0\0GET / HTTP/1.0").hex())]


def test_any_cut_is_the_same(start, place):
    whole = frame("O", bytes(12)) + frame("H", b"bar.com\0") + frame("B", b"x" * 70000) + frame("Q")
    milter = Milter(place)
    r = start(Record, place, milter.where)
    mta = dial(r.address)
    far = milter.accept()
    for size, at in ((1, 0), (3, 30), (len(whole), 33)):
        while at < (30 if size == 1 else 33 if size == 3 else len(whole)):
            mta.sendall(whole[at:at + size])
            at += size
    assert exactly(far, len(whole)) == whole
    mta.close()
    far.close()
    [records] = r.ended()
    assert [x["cmd"] for x in records if "cmd" in x] == ["O", "H", "B", "Q"]
    assert len(next(x for x in records if x.get("cmd") == "B")["hex"]) == 140000


def test_redacted(start, place):
    Script(f"{place}/m.sock", {"R": [[("y", b"550 5.7.1 <Jones@foo.com>: no\0")], [("c", b"")]]})
    r = start(Record, place, f"unix:{place}/m.sock", "--redact")
    c = start(Serve, "--milter", r.words).client()
    c.hello()
    c.message("Subject: Secret 1234\r\nFrom: \xe9 <Smith@bar.com>\r\n\r\nPassword=42!\r\n",
              rcpts=("Jones@foo.com", "Brown@foo.com"))
    c.cmd("QUIT")
    [records] = r.ended()
    packets = {}
    for x in records:
        if "cmd" in x:
            packets.setdefault(x["cmd"], []).append(bytes.fromhex(x["hex"]))
    assert packets["M"] == [b"<xxxxx@xxx.xxx>\0"]
    assert packets["R"] == [b"<xxxxx@xxx.xxx>\0"] * 2
    assert packets["L"] == [b"Subject\0xxxxxx 0000\0", b"From\0x <xxxxx@xxx.xxx>\0"]
    assert packets["B"] == [b"xxxxxxxx=00!\r\n"]
    assert packets["y"] == [b"550 5.7.1 <xxxxx@xxx.xxx>: xx\0"]
    assert packets["C"][0][:9] == b"xxxxxxxxx" and packets["C"][0].endswith(b"000.0.0.0\0")
    with open(f"{r.folder}/{r.files()[0]}", encoding="ascii") as f:
        text = f.read()
    for word in ("Jones", "Smith", "Secret", "Password", "foo.com", "bar.com", "127.0"):
        assert word not in text and word.encode().hex() not in text


def test_no_room_ends_the_recording_and_not_the_mail(start, place):
    Script(f"{place}/m.sock")
    r = start(Record, place, f"unix:{place}/m.sock",
              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000)))
    s = start(Serve, "--milter", r.words)
    c = s.client()
    c.hello()
    text = "Subject: x\r\n\r\n" + "y" * 70 + "\r\n"
    for _ in range(3):
        assert c.message(text * 500)[-1] == "250 OK"
    c.cmd("QUIT")
    r.wait_line(r"recording ends, mail goes on: .*File too large")
    c = s.client()
    c.hello()
    assert c.message()[-1] == "250 OK"
    assert len(r.files()) == 1
    with open(f"{r.folder}/{r.files()[0]}", encoding="ascii") as f:
        assert all(json.loads(line) for line in f)  # whole lines


def test_the_oldest_go(start, place):
    Script(f"{place}/m.sock")
    os.mkdir(f"{place}/recordings", 0o700)
    for name, size in (("20200101T000000Z-000007.jsonl", 10), ("notes.txt", 200000)):
        with open(f"{place}/recordings/{name}", "w", encoding="ascii") as f:
            f.write("x" * size)
    r = start(Record, place, f"unix:{place}/m.sock", "--max-size", "64k")
    assert r.files() == []  # it was older than seven days
    s = start(Serve, "--milter", r.words)
    for n in range(12):
        c = s.client()
        c.hello()
        assert c.message("Subject: x\r\n\r\n" + ("z" * 70 + "\r\n") * 30)[-1] == "250 OK"
        c.cmd("QUIT")
        r.ended(min(n + 1, 3))
    assert os.path.exists(f"{r.folder}/notes.txt")
    kept = r.files()
    assert sum(os.stat(f"{r.folder}/{f}").st_size for f in kept) <= 65536
    assert 1 < len(kept) < 12 and kept[-1].endswith("-000019.jsonl")


def test_many_at_once(start, place):
    """Each session whole, whatever the others do."""
    barrier = threading.Barrier(8)
    milter = Milter(place)
    r = start(Record, place, milter.where)
    errors = []

    def far():
        s = milter.accept()
        try:
            got = exactly(s, 8 * 1000)
            s.sendall(got)
        except (OSError, AssertionError) as e:
            errors.append(e)
        s.close()

    def near(n):
        data = frame(chr(ord("a") + n), bytes([n]) * 3) * 1000
        s = dial(r.address)
        barrier.wait(LIMIT)
        s.sendall(data)
        if exactly(s, len(data)) != data:
            errors.append(n)
        s.close()

    threads = [threading.Thread(target=far) for _ in range(8)]
    threads += [threading.Thread(target=near, args=(n,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(LIMIT)
    assert not errors
    for records in r.ended(8):
        letters = {x["cmd"] for x in records if "cmd" in x}
        assert len(letters) == 1 and sum("cmd" in x for x in records) == 2000


def test_term_lets_a_session_end(start, place):
    milter = Milter(place)
    r = start(Record, place, milter.where)
    mta = dial(r.address)
    far = milter.accept()
    mta.sendall(frame("Q"))
    exactly(far, 5)
    r.process.terminate()
    until = time.monotonic() + LIMIT
    while os.path.exists(r.address[5:]):
        assert time.monotonic() < until
        time.sleep(0.01)
    far.sendall(frame("c"))
    assert exactly(mta, 5) == frame("c")
    mta.close()
    far.close()
    assert r.process.wait(LIMIT) == 0
    r.wait_line("1 sessions, 1 recorded")


@pytest.mark.parametrize("options,said", [
    ([], "--listen: is missing"), (["--listen", "unix:/x"], "--to: is missing"),
    (["--listen", "bogus", "--to", "unix:/x"], "--listen: "), (["--max-size", "1"], "--max-size: "),
    (["--max-age", "soon"], "--max-age: "), (["x"], "x: is no option")])
def test_wrong_usage(run, options, said):
    end = run("milter-sim", "record", *options)
    assert end.returncode == 2 and said in end.stderr


def test_cannot_listen_or_write(run, place):
    end = run("milter-sim", "record", "--listen", "unix:/nonexistent/x", "--to", "unix:/x", "--dir", f"{place}/d")
    assert end.returncode == 3 and "cannot listen" in end.stderr
    end = run("milter-sim", "record", "--listen", f"unix:{place}/x", "--to", "unix:/x", "--dir", "/nonexistent/d")
    assert end.returncode == 3 and "/nonexistent/d" in end.stderr
