# SPDX-License-Identifier: BSD-2-Clause
"""The mutants are what their table says: one sound filter, and many that are not.

Each mutant must differ from the good variant, set up alike, in something that
can be seen from outside.  Whether `milter-sim check` finds it is another
question; that is what `make check-mutants` is for.  It asks this of all of them
too (REFMILTER_MUTANTS=all); `make check` of every twelfth, as many of them show
themselves only by what does not come in time.
"""

import concurrent.futures
import functools
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from daemons import Daemon
from plays import PLAYS, SLOW, plays_for
from serve import LIMITS, Serve
from stage import LIMIT, Stage

BUILD = os.environ["TOP_BUILDDIR"]
PROGRAMS = {"any": "mutant", "address": "mutant-address", "thread": "mutant-thread"}
FAMILIES = list(PLAYS)
EVERY = 1 if os.environ.get("REFMILTER_MUTANTS") == "all" else 12
lock = threading.Lock()


def program(build):
    return f"{BUILD}/t/mutants/{PROGRAMS[build]}"


def table():
    out = subprocess.run([program("any"), "--list"], capture_output=True, text=True, check=True)
    names = "name family rule build shape bug what".split()
    return [dict(zip(names, line.split("\t"))) for line in out.stdout.splitlines()]


def perform(play, build, *arguments, limit=LIMIT):
    """What one play shows of one milter, and whether that lived through it."""
    place = tempfile.mkdtemp(prefix="mu.")
    try:
        stage = Stage(program(build), arguments, place, limit)
        try:
            return play(stage), stage.alive()
        except OSError as e:  # it is gone, or deaf
            return type(e).__name__, stage.alive()
        finally:
            stage.process.kill()
            stage.process.communicate()
    finally:
        shutil.rmtree(place, ignore_errors=True)


@functools.lru_cache(maxsize=None)
def sound_once(play, build, shape):
    """It is never silent, so the machine alone can make it late."""
    return perform(play, build, "--shape", shape, limit=12 * LIMIT)


def sound(play, build, shape):
    with lock:
        return sound_once(play, build, shape)


def differs(row):
    """The first play that tells the mutant from the good variant, or None."""
    for play in plays_for(row["family"]):
        good = sound(play, row["build"], row["shape"])
        if perform(play, row["build"], "--mutant", row["name"]) != good:
            return play.__name__
    return None


@pytest.mark.limit(200 if EVERY > 1 else 1200)
@pytest.mark.parametrize("family", FAMILIES)
def test_each_mutant_differs_from_the_good_one(family):
    rows = [r for r in table() if r["family"] == family
            and os.path.exists(program(r["build"]))][::EVERY]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = list(pool.map(differs, rows))
    alike = [r["name"] for r, play in zip(rows, found) if play is None]
    assert rows and not alike


@pytest.mark.parametrize("shape", ["general", "quiet", "masked", "passive"])
def test_the_good_one_does_the_same_each_time(shape):
    for play in (p for p in plays_for("ord") if EVERY == 1 or p not in SLOW):
        again = perform(play, "any", "--shape", shape, limit=12 * LIMIT)
        assert again == sound(play, "any", shape), play.__name__
        assert again[1] or play.__name__ in (
            "signals", "report", "ends_in_a_packet", "interrupted"), play.__name__


def test_the_table_has_no_name_twice_and_every_family():
    rows = table()
    names = [r["name"] for r in rows]
    assert len(rows) >= 80 and len(set(names)) == len(names)
    assert {r["family"] for r in rows} == set(FAMILIES)
    for r in rows:
        assert r["rule"].startswith(r["family"] + "/"), r["name"]


def designs():
    out = subprocess.run([program("any"), "--designs"], capture_output=True, text=True, check=True)
    return [line.split("\t")[0] for line in out.stdout.splitlines()]


# What judges two answers to one message; and those that hang up.
ONLY = [word for case in ("con/21", "con/14", "body/20", "ord/15", "ord/49", "ord/50", "ord/51",
                          "mod/1", "rep/19", "inv/6") for word in ("--only", case)]


def test_a_sound_filter_of_another_design_is_not_blamed():
    def blamed(design):
        done = subprocess.run(
            [f"{BUILD}/milter-sim", "check", "--cases", f"{os.environ['TOP_SRCDIR']}/cases",
             *ONLY, "--timeout", "3s", "--report", "tap",
             "--spawn", f"{program('any')} --design {design} {{socket}}"],
            capture_output=True, text=True, check=False)
        return [f"{design}: {line}" for line in done.stdout.splitlines()
                if line.startswith("not ok")] or ([] if done.returncode == 0 else [design])

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(blamed, designs()))
    assert len(found) >= 18 and not sum(found, [])


@pytest.mark.parametrize("arguments", [[], ["--mutant"], ["--design", "none", "unix:x"], ["--mutant", "none", "unix:x"],
                                       ["--shape", "none", "unix:x"], ["--wrong"]])
def test_wrong_use_is_said(arguments):
    done = subprocess.run([program("any"), *arguments], capture_output=True, text=True,
                          check=False, timeout=60)
    assert done.returncode == 2 and "usage" in done.stderr


class Mutant(Daemon):
    """The good variant, for an MTA to talk to."""

    def __init__(self, place, shape="general"):
        super().__init__([program("any"), "--shape", shape, f"unix:{place}/m"])
        self.wait_line("ready")
        self.words = f"S=unix:{place}/m, F=T, {LIMITS}"


def delivered(place, user):
    found = [f for f in Path(f"{place}/mail/{user}/new").glob("*")]
    return [f.read_text() for f in found]


@pytest.mark.parametrize("shape", ["general", "quiet", "masked", "passive"])
def test_an_mta_makes_what_the_good_one_wants_of_a_message(start, place, shape):
    mutant = start(Mutant, place, shape)
    serve = start(Serve, "--milter", mutant.words, "--user", "jones", "--user", "archive",
                  "--deliver", f"maildir:{place}/mail")
    client = serve.client()
    client.hello()
    for _ in range(2):
        replies = client.message("Subject: hi\r\nFrom: a@b.c\r\n\r\nbody\r\n",
                                 rcpts=("jones@foo.com",))
        assert replies[-1].startswith("250"), replies
    edited = shape != "passive"
    texts = delivered(place, "jones")
    assert len(texts) == 2
    for text in texts:
        assert text.endswith("\nbody\n")
        assert ("X-Reference: seen\n" in text) == edited
        assert ("Subject: [seen] hi\n" in text) == (shape in ("general", "quiet"))
    assert len(delivered(place, "archive")) == (2 if edited else 0)


@pytest.mark.parametrize("word, reply", [
    ("reject", "554 Command rejected"), ("tempfail", "451 Please try"), ("discard", "250"),
    ("reply", "550 5.7.1 Refused, 100% on purpose"), ("later", "451 4.7.1 Later, please"),
    ("hangup", "421 4.3.2 Closing now"),
    ("lines", "550-5.7.1 Refused\n550 5.7.1 on purpose")])
def test_a_word_asks_for_an_answer(start, place, word, reply):
    mutant = start(Mutant, place)
    client = start(Serve, "--milter", mutant.words).client()
    client.hello()
    text = f"X-Verdict: eom={word}\r\n\r\nbody\r\n"
    assert client.message(text, rcpts=("jones@foo.com",))[-1].startswith(reply)
