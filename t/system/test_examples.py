# SPDX-License-Identifier: BSD-2-Clause
"""conf/ and examples/: each configuration is one that its program takes."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from daemons import LIMIT

BUILD = Path(os.environ["TOP_BUILDDIR"])
EXAMPLES = Path(os.environ["TOP_SRCDIR"]) / "examples"
CONF = Path(os.environ["TOP_SRCDIR"]) / "conf"
PROGRAMS = os.environ["PROGRAMS"].split()
CONFS = sorted(conf.stem for conf in CONF.glob("*-milter.conf") if conf.stem in PROGRAMS)

# The files that the examples name stand beside them here.
FILES = {
    "logger-milter": {"directory": BUILD, "selection": "logger-selection"},
    "virus-milter": {"signatures": "signatures"},
    "quota-milter": {"aliases": "aliases", "limits": "quota-limits"},
    "spam-milter": {"senders": "spam-senders", "recipients": "spam-recipients"},
}


def effective(name, conf):
    """What -t prints, as a dict; the example's files instead of those in /etc."""
    words = [BUILD / name, "-t", "-c", conf, "-p", "unix:./examples.sock", "-o", "allow-root=yes"]
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
def test_what_is_installed_is_taken_and_changes_nothing(name, nothing):
    assert effective(name, CONF / f"{name}.conf") == effective(name, nothing)


def confdir(name):
    """Where this build looks for its configuration."""
    end = subprocess.run([BUILD / name, "--help"], capture_output=True, text=True,
                         timeout=LIMIT, check=True)
    return re.search(rf"default (\S*)/{name}\.conf", end.stdout)[1]


def uncommented(name, into):
    """As installed, with every key that stands in it as a comment put in force."""
    text = (CONF / f"{name}.conf").read_text().replace("/etc/mail/milters", confdir(name))
    conf = into / "all.conf"
    conf.write_text(re.sub(r"^#(?=[a-z0-9-]+ = )", "", text, flags=re.MULTILINE))
    return conf


@pytest.mark.parametrize("name", CONFS)
def test_what_is_installed_has_every_key_with_its_default(name, nothing, tmp_path):
    conf = uncommented(name, tmp_path)
    assert effective(name, conf) == effective(name, nothing)
    keys = re.findall(r"^([a-z0-9-]+) = ", conf.read_text(), re.MULTILINE)
    assert sorted(keys) == sorted(effective(name, nothing))


@pytest.mark.skipif("spam-milter" not in CONFS, reason="no spam-milter in this build")
def test_the_lists_that_are_installed_hold_nobody():
    end = subprocess.run(
        [BUILD / "spam-milter", "-t", "-c", CONF / "spam-milter.conf", "-o", "allow-root=yes",
         "-o", f"senders={CONF}/spam-senders", "-o", f"recipients={CONF}/spam-recipients"],
        capture_output=True, text=True, timeout=LIMIT, check=False)
    assert (end.returncode, end.stderr) == (0, "")
    assert "# 0 senders, 0 recipients" in end.stdout


MILTERS = ["logger-milter", "quota-milter", "spam-milter", "virus-milter"]


@pytest.mark.parametrize("name", MILTERS)
def test_the_m4_of_a_milter_is_its_line_of_sendmail_mc(name):
    def lines(file):
        return [row for row in (EXAMPLES / file).read_text().splitlines() if f"(`{name}'," in row]
    assert len(lines("sendmail.mc")) == 1
    assert lines(f"m4/{name}.m4") == lines("sendmail.mc")


def test_a_chrooted_postfix_looks_where_the_drop_in_puts_the_socket():
    drop_in = (EXAMPLES / "socket-postfix-chroot.conf").read_text()
    path = re.search(r"^ListenStream=/var/spool/postfix/(.+)$", drop_in, re.M)[1]
    said = re.findall(r"\{ unix:([^,]+),", (EXAMPLES / "main.cf-chroot").read_text())
    assert said == [path.replace("%p", name) for name in MILTERS]
