# SPDX-License-Identifier: BSD-2-Clause
"""The MTAs under test, behind one face: sendmail, Postfix, and our simulator.

A rig has one folder that is shared with the container.  In it: a unix socket
NAME.smtp for each listener, the milters' sockets below run/, mail/ (a Maildir
for each user) and home/.  Listeners differ by the filters they ask and by what happens when a
filter is away; their names are the keys of LISTENERS.
"""

import os
import re
import socket
import threading
import time
from pathlib import Path

import runtime
from daemons import BUILD, Daemon

USERS = ("jones", "brown", "smith", "full", "forward")  # uid 2001 and up
MILTERS = ("logger", "quota", "spam", "virus")
LIMIT = 90  # seconds; a limit, no expectation

# name: (filters in order, sendmail's F=, Postfix's default_action, time limits)
LONG = "C:10s;S:10s;R:10s;E:30s"
SHORT = "C:2s;S:2s;R:2s;E:4s"
LISTENERS = {
    "virus": (["virus"], "T", "tempfail", LONG),
    "quota": (["quota"], "", "accept", LONG),
    "logger": (["logger"], "", "accept", LONG),
    "spam": (["spam"], "", "accept", LONG),
    "pass": (["virus"], "", "accept", SHORT),
    "temp": (["virus"], "T", "tempfail", SHORT),
    "reject": (["virus"], "R", "reject", SHORT),
    "four": (["virus"], "4", "quarantine", SHORT),
    "readme": (list(MILTERS), None, None, None),  # as the README's lines say
}
PORTS = {name: 2525 + i for i, name in enumerate(LISTENERS)}


def milter_socket(name):
    """Where the MTA finds a milter: the place that the README names."""
    return f"/run/{name}-milter/milter.sock"


class Rig:
    """The shared folder of one MTA."""

    name = None

    def __init__(self, place):
        self.place = Path(place)
        for sub in ["mail", "home", *(f"run/{m}-milter" for m in MILTERS)]:
            (self.place / sub).mkdir(parents=True, exist_ok=True)
        for n, user in enumerate(USERS):
            folders = [self.place / "home" / user, self.place / "mail" / user]
            folders += [folders[1] / sub for sub in ("tmp", "new", "cur")]
            for folder in folders:
                folder.mkdir(exist_ok=True)
                if os.geteuid() == 0:
                    os.chown(folder, 2001 + n, 2001 + n)

    def milter_address(self, name):
        """Where our milter listens, outside."""
        return f"unix:{self.place}/run/{name}-milter/milter.sock"

    def endpoint(self, listener):
        """What a client connects to: a path, or (host, port)."""
        return f"{self.place}/{listener}.smtp"

    def connect(self, listener, limit=LIMIT):
        where = self.endpoint(listener)
        if isinstance(where, tuple):
            return socket.create_connection(where, limit)
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(limit)
        s.connect(where)
        return s

    def wait_ready(self, alive):
        """Until the greeting comes on the last listener, or the MTA has ended."""
        until = time.monotonic() + LIMIT
        while time.monotonic() < until:
            try:
                with self.connect("pass", 5) as s:
                    if s.recv(100)[:1] in (b"2", b"4", b"5"):
                        return
            except OSError:
                pass
            assert alive(), f"{self.name} ended: {self.log()}"
            time.sleep(0.02)
        raise AssertionError(f"{self.name} does not answer: {self.log()}")

    def mails(self, user):
        """What was delivered to that user, as bytes, in no order."""
        return [f.read_bytes() for f in (self.place / "mail" / user / "new").iterdir()]

    def wait_mails(self, user, count):
        """Delivery may end after the 250."""
        until = time.monotonic() + LIMIT
        while len(got := self.mails(user)) < count and time.monotonic() < until:
            time.sleep(0.02)  # a folder in a container has no event to wait for
        assert len(got) == count, f"{len(got)} mails for {user}, want {count}"
        return got

    def empty_mailboxes(self):
        for f in (self.place / "mail").glob("*/new/*"):
            f.unlink()

    def log(self):
        path = self.place / "mta.log"
        return path.read_text(errors="replace") if path.exists() else ""


class Contained(Rig):
    """An MTA in a container."""

    def __init__(self, place, engine, readme):
        super().__init__(place)
        self.engine = engine
        self.write_configuration(readme)
        (self.place / "ports").write_text(
            "".join(f"{n} {p}\n" for n, p in PORTS.items()), encoding="ascii")
        mounts = {self.place: "/milter", self.place / "mail": "/var/mail",
                  self.place / "home": "/home"}
        for m in MILTERS:
            mounts[self.place / "run" / f"{m}-milter"] = f"/run/{m}-milter"
        self.handle = engine.start(self.name, mounts)
        self.wait_ready(lambda: engine.alive(self.handle))

    def stop(self):
        self.engine.stop(self.handle)

    def log(self):
        return super().log() + self.engine.output(self.handle)


class Sendmail(Contained):
    name = "sendmail"

    def write_configuration(self, readme):
        listeners, filters = [], []
        for name, (asks, flag, _, limits) in LISTENERS.items():
            port = f"Name={name}, Family=inet, Addr=127.0.0.1, Port={PORTS[name]}"
            if flag is None:  # the global list, which the README's lines make
                listeners.append(f"DAEMON_OPTIONS(`{port}')dnl")
                filters += readme
                continue
            own = [f"{name}{m}" for m in asks]
            listeners.append(f"DAEMON_OPTIONS(`{port}, I={';'.join(own)}')dnl")
            for mine, m in zip(own, asks):
                f = f", F={flag}" if flag else ""
                filters.append(
                    f"MAIL_FILTER(`{mine}', `S=unix:{milter_socket(m)}{f}, T={limits}')dnl")
        text = (runtime.HERE / "sendmail.mc").read_text(encoding="ascii")
        text = text.replace("@LISTENERS@", "\n".join(listeners))
        text = text.replace("@FILTERS@", "\n".join(filters))
        (self.place / "sendmail.mc").write_text(text, encoding="ascii")
        (self.place / "virtusertable").write_text(
            "info@foo.com jones\nsales@virtual.example jones\n", encoding="ascii")


class Postfix(Contained):
    name = "postfix"

    def write_configuration(self, readme):
        main = (runtime.HERE / "main.cf").read_text(encoding="ascii")
        master = []
        for name, (asks, _, action, limits) in LISTENERS.items():
            master.append(f"127.0.0.1:{PORTS[name]} inet n - n - - smtpd")
            if action is None:
                main += "\n".join(readme) + "\n"
                continue
            seconds = dict(part.split(":") for part in limits.split(";"))
            list_ = ", ".join(
                f"{{ unix:{milter_socket(m)}, default_action={action}, "
                f"connect_timeout={seconds['C']}, command_timeout={seconds['R']}, "
                f"content_timeout={seconds['E']} }}" for m in asks)
            master.append(f"  -o {{ smtpd_milters={list_} }}")
        (self.place / "main.cf").write_text(main, encoding="ascii")
        (self.place / "master.cf").write_text("\n".join(master) + "\n", encoding="ascii")

    def empty_mailboxes(self):
        """What the test before has sent is delivered first, if it is going to be."""
        until = time.monotonic() + 2
        while (log := self.log()).count("(queue active)") > log.count(": removed"):
            if time.monotonic() > until:
                break
            time.sleep(0.02)
        super().empty_mailboxes()


class Simulator(Rig):
    """milter-sim serve: one process for each listener, started when first asked."""

    name = "sim"

    def __init__(self, place, _engine, readme):
        super().__init__(place)
        self.readme = readme
        self.running = {}
        self.lock = threading.Lock()

    def endpoint(self, listener):
        with self.lock:
            return self.start(listener)

    def start(self, listener):
        path = f"{self.place}/{listener}.smtp"
        if listener not in self.running:
            argv = [f"{BUILD}/milter-sim", "serve", "--profile", "sendmail-8.17",
                    "--listen", f"unix:{path}", "--port-file", f"{path}.ready",
                    "--domain", "mx.test", "--domain", "foo.com", "--domain", "foo.org", "--size-limit", "50M",
                    "--deliver", f"maildir:{self.place}/mail"]
            for user in (*USERS, "postmaster", "out"):  # the last two are aliases elsewhere
                argv += ["--user", user]
            for words in self.filters(listener):
                argv += ["--milter", words]
            self.running[listener] = Daemon(argv, stdout=open(f"{path}.log", "wb"))
            until = time.monotonic() + LIMIT
            while not os.path.exists(f"{path}.ready") and time.monotonic() < until:
                time.sleep(0.01)
        return path

    def filters(self, listener):
        asks, flag, _, limits = LISTENERS[listener]
        if flag is None:
            for line in self.readme:
                words = re.search(r"`(S=[^']*)'", line)[1]
                yield words.replace("unix:/run/", f"unix:{self.place}/run/")
            return
        for m in asks:
            f = f", F={flag}" if flag else ""
            yield f"S={self.milter_address(m)}{f}, T={limits}"

    def stop(self):
        for d in self.running.values():
            assert d.stop() == 0, d.log()

    def log(self):
        return "\n".join(d.log() for d in self.running.values())


MTAS = {"sendmail": Sendmail, "postfix": Postfix, "sim": Simulator}
