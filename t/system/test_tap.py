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


def test_each_fate_has_its_lines(place):
    Path(place, "test_three.py").write_text(TESTS)
    run = Path(os.environ["TOP_SRCDIR"], "t/system/run")
    end = subprocess.run([run, f"{place}/test_three.py"], capture_output=True, text=True,
                         timeout=LIMIT, check=False)
    lines = end.stdout.splitlines()
    assert lines[:4] == ["1..3", "ok 1 - test_passes", "# 3 kills: all well", "not ok 2 - test_fails"]
    assert "# said before" in lines
    assert lines[-1] == "ok 3 - test_is_skipped # SKIP no such thing"
    assert "noise" not in end.stdout
