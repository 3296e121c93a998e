# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter with doubles of clamd: fixtures, and the answers that there are."""

import os

import pytest

from clamds import Double
from daemons import FIXTURES

SIGNATURES = f"{FIXTURES}/signatures/signatures"
SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
FOUND = ("y", b"550 5.7.0 VIRUS FOUND\0")
CLEAN = ("c", b"")
LATER = ("y", b"451 4.3.0 Please try again later\0")


def says(data):
    return lambda talk, number: talk.say(data)


def lines(daemon, words):
    """What it said with these words, without the level before it."""
    return [line[line.index("clamd: "):] for line in daemon.log().splitlines() if words in line]


@pytest.fixture
def double(place):
    made = []

    def one(*args, **kwargs):
        made.append(Double(place, *args, **kwargs))
        return made[-1]

    yield one
    for d in made:
        d.close()


@pytest.fixture
def virus(milter, place):
    """virus(double..., options) with those servers, quick to give up."""
    os.mkdir(f"{place}/spool", 0o700)

    def one(*servers, **keys):
        options = {"signatures": SIGNATURES, "summary-interval": "0",
                   "clamd-spool": f"{place}/spool", "clamd-answer-timeout": "5m",
                   "clamd-timeout": "5m"}
        options |= {k.replace("_", "-"): v for k, v in keys.items()}
        words = [f"{k}={v}" for k, v in options.items()]
        if servers:
            words.append("clamd=" + ", ".join(getattr(s, "address", s) for s in servers))
        return milter("virus-milter", words)
    return one


@pytest.fixture
def hangs(double):
    def one(**kwargs):
        d = double(None, **kwargs)
        d.scan = lambda talk, number: d.over.wait()
        return d
    return one
