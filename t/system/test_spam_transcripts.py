# SPDX-License-Identifier: BSD-2-Clause
"""t/sim/spam/*.mta: spam-milter in transcripts, one daemon for each."""

import os
import subprocess
from pathlib import Path

import pytest

from daemons import BUILD
from serve import LIMITS

FOLDER = Path(os.environ["TOP_SRCDIR"]) / "t/sim/spam"
SENDERS = """bad@x.example
bulk.example
.sub.example
b\u00fccher.example
worm@
bad@[192.0.2.66]
"""
OPTIONS = {"split": ["mixed=split"], "reject": ["mixed=reject"],
           "envelope": ["match=envelope"], "no-from": ["no-from=reject"]}
NAMES = sorted(p.stem for p in FOLDER.glob("*.mta"))


def test_there_are_transcripts():
    assert set(OPTIONS) < set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_transcript(milter, place, name):
    (Path(place) / "senders").write_text(SENDERS, encoding="utf-8")
    (Path(place) / "recipients").write_text("jones@foo.com\ngreen@foo.com\npostmaster@foo.com\n")
    d = milter("spam-milter", [f"senders={place}/senders", f"recipients={place}/recipients",
                               *OPTIONS.get(name, [])])
    end = subprocess.run(
        [f"{BUILD}/milter-sim", "run", "--milter", f"S={d.socket}, {LIMITS}", f"{FOLDER}/{name}.mta"],
        capture_output=True, text=True, errors="replace", timeout=120, check=False)
    assert end.returncode == 0, end.stdout + end.stderr
