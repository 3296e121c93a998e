# SPDX-License-Identifier: BSD-2-Clause
"""The MTAs that sessions are played against, behind one face.

A fleet is one MTA with a number of places to play at the same time; each place
has a listener for every kind of session and its own sockets for the filters
m1 and m2, so that what arrives there belongs to the session being played.

    fleet.connect(player, kind)      a client's socket
    fleet.sockets(player)            {"m1": path, "m2": path}
    fleet.delivered(player, record)  [[user, text], ...] of the session just played
"""

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import masks
import runtime
from generate import KINDS

HERE = Path(__file__).resolve().parent / "image"
USERS = ("jones", "brown", "smith", "full", "forward")  # as in t/integration/image/prepare
ACCOUNTS = ("daemon", "bin", "mail", "news", "nobody", "www-data", "uucp")
LIMITS = "C:2s;S:2s;R:2s;E:4s"
ACTIONS = {"N": "accept", "T": "tempfail", "R": "reject", "4": "quarantine"}
LIMIT = 120


def place_of(player):
    return f"w{player:02d}"


def in_order(mail):
    """Of two mails to one user the queue id would say which is first."""
    return sorted(mail, key=lambda m: (m[0], masks.masked(m[1])))


class Fleet:
    name = None

    def __init__(self, place, players):
        self.place, self.players = Path(place), players
        for p in range(players):
            self.folders(self.place / place_of(p) / "mail")

    def folders(self, mail):
        for n, user in enumerate(USERS):
            for sub in ("tmp", "new", "cur"):
                (mail / user / sub).mkdir(parents=True, exist_ok=True)
                if os.geteuid() == 0:
                    os.chown(mail / user / sub, 2001 + n, 2001 + n)
            if os.geteuid() == 0:
                os.chown(mail / user, 2001 + n, 2001 + n)

    def sockets(self, player):
        return {m: f"{self.place}/{place_of(player)}/{m}" for m in ("m1", "m2")}

    def path(self, player, kind):
        return f"{self.place}/{place_of(player)}/{kind}.smtp"

    def connect(self, player, kind):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(30)
        s.connect(self.path(player, kind))
        return s

    def collect(self, mail):
        """Takes away what lies in a set of mailboxes."""
        got = []
        for user in USERS:
            new = mail / user / "new"
            for f in sorted(new.iterdir()) if new.is_dir() else []:
                got.append([user, f.read_bytes().decode("latin-1")])
                f.unlink()
        return in_order(got)

    def delivered(self, player, _record):
        return self.collect(self.place / place_of(player) / "mail")


class Contained(Fleet):
    """In a container, started by image/NAME.entry."""

    def __init__(self, place, players, engine):
        super().__init__(place, players)
        self.engine = engine
        ports, numbers = [], []
        for p in range(players):
            numbers.append(f"{p:02d}")
            for k, kind in enumerate(KINDS):
                ports.append(f"/milter/{place_of(p)}/{kind}.smtp {self.port(p, k)}\n")
        (self.place / "ports").write_text("".join(ports), encoding="ascii")
        (self.place / "players").write_text("\n".join(numbers) + "\n", encoding="ascii")
        self.configure()
        self.handle = engine.start(self.name, self.mounts())
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise

    @staticmethod
    def port(player, kind):
        return 20000 + 100 * player + kind

    def mounts(self):
        return {self.place: "/milter", HERE / f"{self.name}.entry": f"/{self.name}.entry"}

    def wait_ready(self):
        until = time.monotonic() + LIMIT
        waiting = [(p, k) for p in range(self.players) for k in ("N", "NN")]
        while waiting:
            try:
                with self.connect(*waiting[0]) as s:
                    if s.recv(100)[:3] == b"220":
                        waiting.pop(0)
                        continue
            except OSError:
                pass
            assert time.monotonic() < until and self.engine.alive(self.handle), \
                f"{self.name} does not answer: {self.log()}"
            time.sleep(0.1)

    def log(self):
        path = self.place / "mta.log"
        text = path.read_text(errors="replace") if path.exists() else ""
        return text[-3000:] + self.engine.output(self.handle)[-3000:]

    def stop(self):
        self.engine.stop(self.handle)


class Sendmail(Contained):
    name = "sendmail"
    flags = {"N": "", "T": "F=T, ", "R": "F=R, ", "4": "F=4, "}

    def mounts(self):
        return {**super().mounts(), HERE / "deliver": "/deliver"}

    def configure(self):
        listeners, filters = [
            "define(`confPID_FILE', `/run/sendmail/mta/w@W@.pid')dnl",
            "define(`QUEUE_DIR', `/milter/w@W@/queue')dnl"], []
        for k, kind in enumerate(KINDS):
            asks = ";".join("ab"[n] + flag for n, flag in enumerate(kind))
            listeners.append(f"DAEMON_OPTIONS(`Name=MTA, Family=inet, Addr=127.0.0.1, "
                             f"Port=2@W@{k:02d}, I={asks}')dnl")
        for n, socket_name in ((0, "m1"), (1, "m2")):
            for flag, words in self.flags.items():
                filters.append(f"MAIL_FILTER(`{'ab'[n]}{flag}', `S=unix:/milter/w@W@/"
                               f"{socket_name}, {words}T={LIMITS}')dnl")
        (self.place / "virtusertable").write_text("", encoding="ascii")
        text = (runtime.HERE / "sendmail.mc").read_text(encoding="ascii")
        for old, new in (("@LISTENERS@", "\n".join(listeners)), ("@FILTERS@", "\n".join(filters)),
                         ("deliver $u'", "deliver $u /milter/w@W@/mail'"),
                         ("`PSDFMAw", "`nPSDFMAw")):
            assert old in text
            text = text.replace(old, new)
        (self.place / "sendmail.mc").write_text(text, encoding="ascii")

    @staticmethod
    def waiting(queue):
        """What is still to be delivered here; mail for elsewhere has no way out and goes."""
        here = False
        for f in queue.glob("qf*"):
            try:
                # Tried, and it has a reason why not: nobody is there, or it cannot be read.
                away = re.search(rb"\nN[1-9].*\nM", f.read_bytes(), re.S)
            except OSError:
                continue  # delivered just now
            here |= not away
            if away:
                f.unlink(missing_ok=True)
                queue.joinpath("df" + f.name[2:]).unlink(missing_ok=True)
        return here

    def delivered(self, player, record):
        queue = self.place / place_of(player) / "queue"
        began = time.monotonic()
        asked = False
        while self.waiting(queue) and time.monotonic() < began + 15:
            time.sleep(0.005)  # delivery goes on after the 250 when the filter has left
            if not asked and time.monotonic() > began + 0.3:
                # What it left to its queue, as all mail behind one that was held.
                (queue.parent / "run").touch()
                asked = True
        got = super().delivered(player, record)
        for f in sorted(queue.glob("hf*")):
            if b"Auto-Submitted: auto-generated" not in f.read_bytes():  # no report
                got.append([".quarantine", ""])
            f.unlink()
            queue.joinpath("df" + f.name[2:]).unlink(missing_ok=True)
        return got


class Postfix(Contained):
    name = "postfix"

    def __init__(self, place, players, engine):
        self.folders(Path(place) / "mail")
        self.logged = {}  # queue id: its end
        self.log_at = 0
        super().__init__(place, players, engine)

    def mounts(self):
        return {**super().mounts(), self.place / "mail": "/var/mail"}

    def configure(self):
        main = (runtime.HERE / "main.cf").read_text(encoding="ascii")
        (self.place / "main.cf").write_text(main, encoding="ascii")
        master = []
        for p in range(self.players):
            for k, kind in enumerate(KINDS):
                asks = ", ".join(
                    f"{{ unix:/milter/{place_of(p)}/m{n}, default_action={ACTIONS[flag]}, "
                    "connect_timeout=2s, command_timeout=2s, content_timeout=4s }"
                    for n, flag in enumerate(kind, 1))
                master.append(f"127.0.0.1:{self.port(p, k)} inet n - n - - smtpd")
                master.append(f"  -o {{ smtpd_milters={asks} }}")
        (self.place / "master.cf").write_text("\n".join(master) + "\n", encoding="ascii")

    def read_log(self):
        with open(self.place / "mta.log", "rb") as f:
            f.seek(self.log_at)
            text = f.read()
        text = text[:text.rfind(b"\n") + 1]
        self.log_at += len(text)
        for line in text.decode(errors="replace").splitlines():
            m = re.search(r": ([0-9A-F]{9,}): (removed|milter-hold|milter-discard|.*status=(?:deferred))",
                          line)
            if m:
                self.logged[m[1]] = m[2]

    def delivered(self, player, record):
        """What the log says has come to its end, by the queue ids that the client was told."""
        ids = re.findall(r"queued as ([0-9A-F]{9,})", "".join(s[2] for s in record["steps"]))
        until = time.monotonic() + 20
        discarded = 0.3  # a message that a filter discarded has no such line
        while any(i not in self.logged for i in ids) and time.monotonic() < until:
            self.read_log()
            if any(i not in self.logged for i in ids):
                time.sleep(0.01)
                discarded -= 0.01
                if discarded < 0 and self.all_discarded(record):
                    break
        got = []
        for user in USERS:
            for f in sorted((self.place / "mail" / user / "new").iterdir()):
                try:
                    text = f.read_bytes().decode("latin-1")
                except OSError:
                    continue  # another player's, just taken away
                if any(f"id {i}" in text for i in ids):
                    got.append([user, text])
                    f.unlink()
        held = [[".quarantine", ""] for i in ids if self.logged.get(i) == "milter-hold"]
        return in_order(got) + held

    @staticmethod
    def all_discarded(record):
        return any(a[0] == "d" for w in record["wires"] for _, _, answer in w["answered"]
                   for a in answer if isinstance(a, list))


class Simulator(Fleet):
    """`milter-sim serve`, one for each player and kind, started when needed."""

    name = "sim"

    def __init__(self, place, players, program, profile, more=()):
        super().__init__(place, players)
        # What holds mail when a filter fails is the fourth way of Postfix.
        self.flags = {"4": "Q"} if profile.startswith("postfix") else {}
        self.argv = [str(program), "serve", "--profile", profile, "--domain", "mx.test",
                     "--domain", "foo.com", "--domain", "foo.org", "--domain", "localhost", *more]
        # Debian's own accounts are there too; nobody looks into their mailboxes.
        for user in (*USERS, "postmaster", *(f"{u}={u}" for u in ACCOUNTS)):
            self.argv += ["--user", user]
        self.running = {}

    def connect(self, player, kind):
        if (player, kind) not in self.running:
            self.running[player, kind] = self.start(player, kind)
        port = int(re.match(r"inet:(\d+)@", self.running[player, kind][1])[1])
        return socket.create_connection(("127.0.0.1", port), 30)

    def start(self, player, kind):
        where = self.place / place_of(player)
        told = where / f"{kind}.port"
        argv = [*self.argv, "--listen", "127.0.0.1:0", "--port-file", str(told),
                "--deliver", f"maildir:{where}/mail"]
        for n, flag in enumerate(kind, 1):
            words = "" if flag == "N" else f", F={self.flags.get(flag, flag)}"
            argv += ["--milter", f"S=unix:{where}/m{n}{words}, T={LIMITS}"]
        with open(where / f"{kind}.log", "ab") as log:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until = time.monotonic() + 30
        while not (told.exists() and told.read_text(encoding="ascii").endswith("\n")):
            assert process.poll() is None and time.monotonic() < until, \
                (where / f"{kind}.log").read_text(encoding="utf-8")[-500:]
            time.sleep(0.01)
        return process, told.read_text(encoding="ascii").split()[0]

    def delivered(self, player, record):
        mail = self.place / place_of(player) / "mail"
        got = self.collect(mail)
        held = mail / ".quarantine"
        if held.is_dir():
            got += [[".quarantine", ""] for _ in (held / "new").iterdir()]
            shutil.rmtree(held)
        return got

    def stop(self):
        for process, _ in self.running.values():
            process.terminate()
        for process, _ in self.running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


# name: (what plays it, the profile that should be the same, its further options)
MTAS = {"sendmail": (Sendmail, "sendmail-8.17", ("--verify",)),
        "postfix": (Postfix, "postfix-3.7", ("--size-limit", "50000000", "--domain", "foo.org"))}
