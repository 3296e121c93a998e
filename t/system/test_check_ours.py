# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim check against the four milters: no false alarm, and each keeps its own policy.

What the paper asks of each is in cases/policy; these are held to it with their own words.
"""

import json
import os
from pathlib import Path

import pytest

from daemons import BUILD, FIXTURES, SLOW
from quota_fixtures import put

CASES = os.environ.get("TOP_SRCDIR", ".") + "/cases"
LIMIT = 1_000_000
OPTIONS = ["--client", "192.0.2.1", "--timeout", f"{10 * SLOW:.0f}s"]
JOBS = {"virus": "3", "spam": "3"}  # the others share a store, and only one may have it


def virus(place):
    return ["summary-interval=0", f"signatures={FIXTURES}/signatures/signatures"]


def quota(place):
    for name in ("full", "room", "jones"):
        (place / "mail" / name / "new").mkdir(parents=True)
        (place / "mail" / name).chmod(0o700)
    (place / "mail").chmod(0o700)
    put(place / "mail" / "full", LIMIT)
    (place / "limits").write_text(f"* {LIMIT}\n")
    (place / "aliases").write_text("")
    return [f"homes={place}/mail", "maildir=.", f"limits={place}/limits",
            f"aliases={place}/aliases", "local-domains=foo.com"]


def spam(place):
    (place / "senders").write_text("listed.example\n.listed.example\n")
    (place / "recipients").write_text("chosen@foo.com\n")
    return [f"senders={place}/senders", f"recipients={place}/recipients"]


def logger(place):
    (place / "store").mkdir(mode=0o700)
    (place / "switch").touch()
    return [f"directory={place}/store", f"switch={place}/switch"]


@pytest.fixture
def check(run, place, tmp_path):
    """The results of a check of one of our milters; the milter's command."""
    def one(name, *args):
        words = " ".join(f"-o {o}" for o in globals()[name](Path(place)))
        spawn = f"{BUILD}/{name}-milter -f -p {{socket}} -o allow-root=yes {words}"
        done = run("milter-sim", "check", "--cases", CASES, "--spawn", spawn, *OPTIONS, "--jobs",
                   JOBS.get(name, "1"), *args, "--report", f"json={tmp_path}/r.json")
        with open(f"{tmp_path}/r.json", encoding="utf-8") as f:
            return done, json.load(f)["results"]
    return one


def faults(results):
    return [(r["id"], r["outcome"], r.get("expected"), r.get("got"), r.get("why"))
            for r in results if r["outcome"] in ("fail", "error", "known")]


@pytest.mark.parametrize("name", ["virus", "quota", "spam", "logger"])
def test_a_milter_keeps_its_policy(check, name):
    done, results = check(name, "--only", f"policy/{name}")
    assert not faults(results), done.stdout
    assert len(results) >= 6 and all(r["outcome"] == "pass" for r in results), done.stdout


# Where faults like to hide; all cases take a minute each on a busy machine.
HARD = ["ord/2", "ord/48", "ord/49", "ord/50", "ord/51", "ord/52", "rep/19", "rep/20", "con/8",
        "con/9", "tim/1", "tim/9", "inv/4", "rob/19"]


@pytest.mark.parametrize("name", ["virus", "quota", "spam", "logger"])
def test_a_milter_breaks_no_rule_where_it_is_hard(check, name):
    done, results = check(name, *(w for c in HARD for w in ("--only", c)))
    assert not faults(results), done.stdout
    assert len(results) == len(HARD) and done.returncode == 0


def test_a_milter_may_end_the_message_that_it_has_begun(check):
    """SIGTERM in the middle: logger-milter waits for the rest, here longer than it would idle."""
    done, results = check("logger", "--only", "shu/3")
    assert not faults(results), done.stdout
    assert len(results) == 1 and done.returncode == 0
