# SPDX-License-Identifier: BSD-2-Clause
"""Clients that send numbered messages and remember which were answered.

A message says its number at its head and at its end, so a torn one shows.
What happens to a message whose answer never came is open: it may be stored.
"""

import random
import threading
import time

from daemons import LIMIT
from mta import Closed, Mta, Silence


def message(number, rng):
    """(headers, chunks) of a message between 1 byte and 100 KB, mostly small."""
    size = rng.choice((1, 500, 2000, 4000, 4000, 20000, 40000, 100000))
    filler = (b"%032x" % rng.getrandbits(128)) * (size // 32 + 1)
    body = filler[:size] + b"\r\nend of %s\r\n" % number.encode()
    return [("X-Id", f" {number}")], [body[i:i + 65535] for i in range(0, len(body), 65535)]


class Load:
    """`with Load(socket, 8) as load`: eight clients until the block ends."""

    def __init__(self, address, clients):
        self.address = address
        self.answers = {}  # number -> letter of the final answer
        self.sent = 0
        self._news = threading.Condition()
        self._stop = False
        self._threads = [threading.Thread(target=self._client, args=(n,)) for n in range(clients)]

    def __enter__(self):
        for t in self._threads:
            t.start()
        return self

    def __exit__(self, *_):
        self._stop = True
        for t in self._threads:
            t.join()

    def accepted(self):
        with self._news:
            return self._accepted()

    def wait_for(self, more, limit=3 * LIMIT, letters="cayrt"):
        """Until `more` further messages have been answered so."""
        def count():
            return sum(letter in letters for letter in self.answers.values())
        with self._news:
            goal = count() + more
            if not self._news.wait_for(lambda: count() >= goal, limit):
                raise AssertionError(f"{count()} of {goal} answers after {limit} s")

    def wait_accepted(self, total, limit=3 * LIMIT):
        """Until so many have been accepted since the beginning."""
        with self._news:
            if not self._news.wait_for(lambda: len(self._accepted()) >= total, limit):
                raise AssertionError(f"{len(self._accepted())} of {total} after {limit} s")

    def _accepted(self):
        return {n for n, letter in self.answers.items() if letter in "ca"}

    def _client(self, n):
        rng = random.Random(n)
        serial = 0
        while not self._stop:
            try:
                with Mta(self.address) as m:
                    m.negotiate()
                    m.connect()
                    m.helo()
                    while not self._stop:
                        serial += 1
                        self._one(m, f"{n}-{serial}", rng)
            except (Closed, Silence, OSError):
                time.sleep(0.01)  # the daemon is away; it will be back

    def _one(self, m, number, rng):
        headers, chunks = message(number, rng)
        with self._news:
            self.sent += 1
        letter = self._answer(m, headers, chunks)
        with self._news:
            self.answers[number] = letter
            self._news.notify_all()

    @staticmethod
    def _answer(m, headers, chunks):
        answer = m.mail()
        if answer[0] != "c":
            return answer[0]
        m.rcpt("<jones@foo.com>")
        return m.content(headers, chunks)[0]


NOTHING = {"lost": 0, "torn": 0, "duplicated": 0}


class Books:
    """Accounts for an archive again and again; reads each message once."""

    def __init__(self):
        self.seen = set()  # file names
        self.ids = []
        self.torn = 0

    def read(self, archive):
        torn = archive.faults(self.seen)
        self.torn += len(torn)
        self.ids += archive.ids(self.seen | set(torn))
        self.seen |= {p.name for p in archive.folder("new")}

    def faults(self, accepted):
        return {"lost": len(accepted - set(self.ids)), "torn": self.torn,
                "duplicated": len(self.ids) - len(set(self.ids))}


def account(archive, accepted):
    """What an archive lacks of what `accepted` promises, and its size."""
    books = Books()
    books.read(archive)
    return books.faults(accepted), len(books.ids)
