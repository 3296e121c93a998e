# SPDX-License-Identifier: BSD-2-Clause
"""examples/: each configuration is one that its program takes."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from daemons import LIMIT

BUILD = Path(os.environ["TOP_BUILDDIR"])
EXAMPLES = Path(os.environ["TOP_SRCDIR"]) / "examples"
PROGRAMS = os.environ["PROGRAMS"].split()
CONFS = sorted(conf.stem for conf in EXAMPLES.glob("*-milter.conf") if conf.stem in PROGRAMS)

# The files that the examples name stand beside them here.
FILES = {
    "logger-milter": {"directory": BUILD, "selection": "logger-selection"},
    "virus-milter": {"signatures": "signatures"},
    "quota-milter": {"aliases": "aliases", "limits": "quota-limits"},
    "spam-milter": {"senders": "spam-senders", "recipients": "spam-recipients"},
}


def effective(name, conf):
    """What -t prints, as a dict; the example's files instead of those in /etc."""
    words = [BUILD / name, "-t", "-c", conf, "-p", "unix:./examples.sock"]
    for key, file in FILES.get(name, {}).items():
        words += ["-o", f"{key}={EXAMPLES / file}"]
    end = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert (end.returncode, end.stderr) == (0, "")
    return dict(re.findall(r"^([a-z0-9-]+) = (.*)$", end.stdout, re.MULTILINE))


@pytest.fixture
def nothing(tmp_path):
    conf = tmp_path / "nothing.conf"
    conf.write_text("")
    return conf


@pytest.mark.parametrize("name", CONFS)
def test_the_example_is_taken(name):
    assert effective(name, EXAMPLES / f"{name}.conf")


def uncommented(name, into):
    """The example with every key that stands in it as a comment put in force."""
    text = (EXAMPLES / f"{name}.conf").read_text()
    conf = into / "all.conf"
    conf.write_text(re.sub(r"^#(?=[a-z0-9-]+ = )", "", text, flags=re.MULTILINE))
    return conf


@pytest.mark.parametrize("name", CONFS)
def test_the_keys_that_are_commented_out_are_taken_too(name, tmp_path):
    assert effective(name, uncommented(name, tmp_path))


@pytest.mark.skipif("virus-milter" not in CONFS, reason="no virus-milter in this build")
def test_the_example_of_virus_milter_has_every_key_with_its_default(nothing, tmp_path):
    conf = uncommented("virus-milter", tmp_path)
    assert effective("virus-milter", conf) == effective("virus-milter", nothing)
    keys = re.findall(r"^([a-z0-9-]+) = ", conf.read_text(), re.MULTILINE)
    assert sorted(keys) == sorted(effective("virus-milter", nothing))
