# SPDX-License-Identifier: BSD-2-Clause
"""Each of the four milters with a metrics-file, and what stands in it at the end."""

import os
from pathlib import Path

import pytest

from daemons import FIXTURES
from prom import Metrics, lint

SIGNATURES = f"{FIXTURES}/signatures/signatures"
SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
FILTERS = ["virus", "quota", "logger", "spam"]


@pytest.fixture
def measured(milter, place):
    """measured("virus", options...): that milter, which writes its figures to .prom."""
    def one(filter, *options, **kwargs):
        for folder in ("store", "homes"):
            os.makedirs(f"{place}/{folder}", mode=0o700, exist_ok=True)
        for file in ("none", "on"):
            Path(place, file).touch()
        needs = {"virus": [f"signatures={SIGNATURES}"],
                 "quota": [f"aliases={place}/none", f"homes={place}/homes", "maildir=."],
                 "logger": [f"directory={place}/store", f"switch={place}/on", "min-free=0"],
                 "spam": [f"senders={place}/none", "recipients=all"]}[filter]
        path = f"{place}/{filter}.prom"
        d = milter(f"{filter}-milter", [f"metrics-file={path}", *needs, *options], **kwargs)
        d.prom, d.filter = path, filter
        return d
    return one


def at_the_end(d):
    assert d.stop() == 0
    lint(d.prom)
    assert not os.path.exists(f"{d.prom}.tmp")
    return Metrics(d.prom, d.filter)
