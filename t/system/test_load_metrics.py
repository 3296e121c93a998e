# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim load --metrics: what a milter counted is what the load saw of it."""

import os
import re
from pathlib import Path

import pytest

from measured import SIGNATURE, measured  # noqa: F401


@pytest.fixture
def load(run, place):
    def one(d, *words, metrics=None):
        return run("milter-sim", "load", "--milter", d.socket, "--connections", "8",
                   "--messages", "300", "--per-connection", "20", "--size", "2k", "--quiet",
                   "--metrics", metrics or d.prom, *words)
    return one


def worms(place):
    Path(place, "worm").write_bytes(SIGNATURE)
    return ["--worm", f"{place}/worm", "--infected", "10%"]


def full_mailboxes(place):
    """jones is over his quota, brown is not; some messages are for jones alone."""
    for user, used in (("jones", 20), ("brown", 5)):
        os.makedirs(f"{place}/homes/{user}/new")
        Path(f"{place}/homes/{user}/maildirsize").write_text(f"10S\n{used} 1\n")
    return ["--to", "jones@foo.com", "--to", "brown@foo.com", "--recipients", "1-2",
            "--expect", "any"]


def a_listed_sender(place):
    Path(place, "none").write_text("sender@example.net\n")
    return ["--expect", "refused"]


CASES = {
    "virus": ([], worms),
    "quota": (["answer-lifetime=1h"], full_mailboxes),
    "logger": ([], lambda place: []),
    "spam": (["match=envelope"], a_listed_sender),
}


@pytest.mark.parametrize("filter", CASES)
def test_each_of_the_four_counts_the_same(measured, load, place, filter):
    options, prepare = CASES[filter]
    words = prepare(place)
    d = measured(filter, "metrics-interval=1", *options)
    for _ in range(2):  # the second time from what the first left
        end = load(d, *words)
        assert end.returncode == 0, end.stdout + end.stderr
        assert f"metrics     {d.prom} counts the same\n" in end.stdout
    refused = {"virus": "30 refused", "quota": "150 refused", "logger": "0 refused",
               "spam": "300 refused"}[filter]
    assert refused in end.stdout


def test_a_figure_that_differs_is_named(measured, load, place):
    """The file of one that sees none of it stands for one that lost count."""
    d = measured("virus", "metrics-interval=1")
    os.rename(d.prom, f"{place}/old.prom")
    end = load(d, *worms(place), "--timeout", "1s", metrics=f"{place}/old.prom")
    assert end.returncode == 1, end.stdout + end.stderr
    for line in (r"connections negotiated: \d+ here, from 0 to 0 in the metrics-file",
                 "messages begun: 300 here, from 0 to 0", "messages refused: 30 here, from 0 to 0"):
        assert re.search(line, end.stderr)
    assert "counts the same" not in end.stdout


def test_a_file_that_never_comes_is_named(measured, load, place):
    d = measured("virus")
    end = load(d, "--timeout", "1s", metrics=f"{place}/none.prom")
    assert end.returncode == 1
    assert f"{place}/none.prom: No such file or directory" in end.stderr


def test_what_is_no_metrics_file_is_named_before_the_first_message(measured, load, place):
    d = measured("virus")
    Path(place, "words").write_text("# a comment\nneither fish nor fowl\n")
    end = load(d, metrics=f"{place}/words")
    assert end.returncode == 2
    assert f"--metrics: {place}/words: line 2 is no line of a metrics-file" in end.stderr
    assert end.stdout == ""


def test_a_server_has_none(run):
    end = run("milter-sim", "load", "--smtp", "127.0.0.1:25", "--metrics", "/x")
    assert end.returncode == 2
    assert "--metrics goes with --milter SOCKET" in end.stderr
