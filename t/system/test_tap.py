# SPDX-License-Identifier: BSD-2-Clause
"""What our own report of pytest, tap.py, tells of tests that pass, fail and are skipped."""

import os
import subprocess
from pathlib import Path

from daemons import LIMIT

TESTS = """
import pytest

def test_passes():
    print("# 3 kills: all well")
    print("noise")

def test_fails():
    print("said before")
    assert 1 == 2

@pytest.mark.skip(reason="no such thing")
def test_is_skipped():
    pass
"""


def run(place, *options, tests=TESTS):
    Path(place, "test_three.py").write_text(tests)
    program = Path(os.environ["TOP_SRCDIR"], "t/system/run")
    return subprocess.run([program, f"{place}/test_three.py", *options], capture_output=True, text=True,
                          timeout=LIMIT, check=False)


def test_each_fate_has_its_lines(place):
    end = run(place)
    lines = end.stdout.splitlines()
    assert lines[:4] == ["1..3", "ok 1 - test_passes", "# 3 kills: all well", "not ok 2 - test_fails"]
    assert "# said before" in lines
    assert lines[-1] == "ok 3 - test_is_skipped # SKIP no such thing"
    assert "noise" not in end.stdout


def test_a_file_of_which_none_is_asked_for_is_skipped(place):
    """`make check-packages K=postfix` goes through every file."""
    end = run(place, "-k", "postfix")
    assert (end.returncode, end.stdout.strip()) == (0, "1..0 # SKIP none is named by 'postfix'")


def test_a_file_without_a_test_is_a_fault(place):
    for options in ([], ["-k", "postfix"]):
        end = run(place, *options, tests="")
        assert end.stdout.strip() == "Bail out! no test in this file"
        assert end.returncode != 0
