# SPDX-License-Identifier: BSD-2-Clause
"""Every installed program answers --version and --help, and refuses nonsense."""

import os
import subprocess
from pathlib import Path

import pytest

from daemons import FIXTURES, LIMIT

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


SIGNATURES = f"{FIXTURES}/signatures/signatures"
# Each file that a milter reads for its rules: what it is called, what may stand in it.
FILES = [("virus", "signatures", Path(SIGNATURES).read_text(encoding="utf-8")),
         ("virus", "-c", f'signatures = "{SIGNATURES}"\n'),
         ("spam", "senders", "a@b.example\n"), ("spam", "recipients", "a@b.example\n"),
         ("logger", "selection", "all\n"), ("logger", "-c", ""),
         ("quota", "limits", "* 1G\n"), ("quota", "-c", "")]


@pytest.mark.parametrize("filter, key, text", FILES, ids=[f"{f} {k}" for f, k, _ in FILES])
def test_a_file_that_everybody_may_write_is_refused(place, filter, key, text):
    """Its group may, as a site may have it."""
    path = Path(place, "file")
    path.write_text(text)
    os.mkdir(f"{place}/store", 0o700)
    others = {"virus": {"signatures": SIGNATURES}, "spam": {"senders": f"{place}/none", "recipients": "all"},
              "logger": {"directory": f"{place}/store", "min-free": "0"}, "quota": {"aliases": ""}}[filter]
    Path(place, "none").touch(mode=0o644)
    if key != "-c":
        others[key] = str(path)
    elif filter == "virus":
        others = {}
    words = [w for k, v in others.items() for w in ("-o", f"{k}={v}")]
    words += ["-t", "-o", "allow-root=yes"] + (["-c", str(path)] if key == "-c" else [])

    path.chmod(0o664)
    end = run(f"{filter}-milter", *words)
    assert (end.returncode, end.stderr) == (0, "")
    path.chmod(0o646)
    end = run(f"{filter}-milter", *words)
    assert end.returncode == 78
    assert str(path) in end.stderr and "everybody may write to it" in end.stderr
