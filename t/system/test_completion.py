# SPDX-License-Identifier: BSD-2-Clause
"""What bash offers at a Tab: what --help prints, no more and no less."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from daemons import BUILD, LIMIT

SOURCE = Path(os.environ["TOP_SRCDIR"])
MILTERS = ["logger-milter", "quota-milter", "spam-milter", "virus-milter"]
SCRIPT = """
. "$1"; function=$2; shift 2
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
$function "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")


def offered(file, *words):
    """What is offered for the last of these words."""
    function = "_" + file.replace("-", "_")
    end = subprocess.run(["bash", "-uc", SCRIPT, "bash", SOURCE / "completions" / file, function,
                          f"{BUILD}/{words[0]}", *words[1:]], capture_output=True, text=True,
                         timeout=LIMIT, check=True)
    assert end.stderr == ""
    return sorted(set(end.stdout.split()))


def help_of(*words):
    return subprocess.run([f"{BUILD}/{words[0]}", *words[1:], "--help"], capture_output=True,
                          text=True, check=True).stdout


def options(text):
    """Of a help text: each word that begins a line of options."""
    lines = re.findall(r"^ +(-.*?)(?:  |$)", text, re.M)
    return sorted({word for line in lines for word in re.findall(r"(?:^|[ ,])(-[a-z-]+)", line)
                   if word.startswith("--") or len(word) == 2})


def subcommands():
    return re.findall(r"^  ([a-z]+) ", help_of("milter-sim"), re.M)


@pytest.mark.parametrize("name", MILTERS)
def test_each_option_of_a_milter(name):
    assert offered("milter", name, "-") == options(help_of(name))


def test_keys_behind_o_are_those_of_the_configuration(tmp_path):
    keys = set(re.findall(r"^#([a-z-]+) = ", (SOURCE / "conf/virus-milter.conf").read_text(), re.M))
    fake = tmp_path / "virus-milter"
    fake.write_text(f"#!/bin/sh\necho ' -c FILE configuration (default {SOURCE}/conf/virus-milter.conf)'\n")
    fake.chmod(0o755)
    got = subprocess.run(["bash", "-uc", SCRIPT, "bash", SOURCE / "completions/milter", "_milter",
                          fake, "-o", ""], capture_output=True, text=True, check=True).stdout.split()
    assert keys and set(got) == {f"{key}=" for key in keys}


def test_each_subcommand_of_the_simulator():
    assert offered("milter-sim", "milter-sim", "") == sorted(["--help", "--version", *subcommands()])


@pytest.mark.parametrize("word", subcommands())
def test_each_option_of_a_subcommand(word):
    assert offered("milter-sim", "milter-sim", word, "--") == options(help_of("milter-sim", word))


def test_cases_are_offered_by_id_and_by_family():
    cases = ["--cases", str(SOURCE / "cases")]
    listed = subprocess.run([f"{BUILD}/milter-sim", "check", *cases, "--list"], capture_output=True,
                            text=True, check=True).stdout
    ids = {line.split()[0] for line in listed.splitlines() if "/" in line.split()[0]}
    assert len(ids) > 400
    for option in ("--only", "--skip", "--explain"):
        got = offered("milter-sim", "milter-sim", "check", *cases, option, "")
        assert set(got) == ids | {i.split("/")[0] for i in ids}
    assert offered("milter-sim", "milter-sim", "check", *cases, "--only", "tim/1") == sorted(
        i for i in ids if i.startswith("tim/1"))


def test_words_that_an_option_takes():
    assert offered("milter-sim", "milter-sim", "check", "--level", "m") == ["must"]
    assert offered("milter-sim", "milter-sim", "check", "--profile", "") == sorted(set(re.findall(
        r"strict|[a-z]+-\d[.\d]*", re.search(r"--profile NAME(.*?)\n  --", help_of(
            "milter-sim", "check"), re.S)[1])))


def test_an_option_with_a_file_is_left_to_bash():
    assert offered("milter-sim", "milter-sim", "check", "--baseline", "") == []


def test_milter_sigs():
    assert offered("milter-sigs", "milter-sigs", "") == ["--help", "--version", "check", "learn", "test"]
    assert offered("milter-sigs", "milter-sigs", "learn", "--") == options(help_of("milter-sigs"))
