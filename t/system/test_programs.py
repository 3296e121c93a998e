# SPDX-License-Identifier: BSD-2-Clause
"""Every installed program answers --version and --help, and refuses nonsense."""

import os
import subprocess
from pathlib import Path

import pytest

from daemons import LIMIT

BUILD = Path(os.environ["TOP_BUILDDIR"])
NAMES = os.environ["PROGRAMS"].split()
EX_USAGE = {"milter-sim": 2, "milter-sigs": 2}


def run(name, *args):
    return subprocess.run([BUILD / name, *args], capture_output=True, text=True, timeout=LIMIT, check=False)


def test_make_says_which_programs_there_are():
    assert all((BUILD / name).exists() for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_version_is_name_and_number(name):
    end = run(name, "--version")
    assert end.returncode == 0
    assert end.stdout.startswith(name)
    assert end.stderr == ""


@pytest.mark.parametrize("name", NAMES)
def test_help_goes_to_stdout_and_names_the_program(name):
    end = run(name, "--help")
    assert end.returncode == 0
    assert name in end.stdout
    assert end.stderr == ""


@pytest.mark.parametrize("name", NAMES)
def test_unknown_option_is_a_usage_error_on_stderr(name):
    end = run(name, "--no-such-option")
    assert end.returncode == EX_USAGE.get(name, 64)
    assert "no-such-option" in end.stderr
    assert end.stdout == ""
