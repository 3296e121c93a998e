# SPDX-License-Identifier: BSD-2-Clause
"""Every key of every milter, with a value that is not its default: taken and in force."""

import grp
import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from daemons import LIMIT

BUILD = Path(os.environ["TOP_BUILDDIR"])
CONF = Path(os.environ["TOP_SRCDIR"]) / "conf"
MILTERS = [n for n in os.environ["PROGRAMS"].split() if (CONF / f"{n}.conf").exists()]

# PLACE stands for a folder of the test.  Of the keys that all have:
COMMON = {
    "socket": '"unix:PLACE/other.sock"', "socket-mode": "0600", "socket-group": grp.getgrgid(os.getegid()).gr_name,
    "user": pwd.getpwuid(os.geteuid()).pw_name, "pid-file": '"PLACE/pid"', "allow-root": "yes", "log": "stderr",
    "log-level": "debug", "syslog-facility": "local3", "summary-interval": "1m",
    "drain-timeout": "7s", "max-delayed": "3", "metrics-file": '"PLACE/metrics"',
    "metrics-interval": "30s",
}
OTHER = {
    "virus-milter": {
        "signatures": '"PLACE/signatures"', "min-pattern": "9", "action": "tempfail",
        "reply": '"551 5.7.0 worm"', "clamd": '{ "unix:PLACE/clamd", "unix:PLACE/other" }',
        "clamd-fail": "accept", "clamd-max-size": "1M", "too-large": "accept",
        "clamd-ignore": '{ "PUA.*", "Heuristics.*" }', "clamd-pass": "descriptor",
        "clamd-connections": "3", "clamd-connect-timeout": "1s", "clamd-send-timeout": "2s",
        "clamd-answer-timeout": "3s", "clamd-timeout": "4s", "clamd-ping": "5s",
        "clamd-memory": "64k", "clamd-spool": '"PLACE"',
    },
    "quota-milter": {
        "source": "mbox", "maildir": "Mail", "spool": '"PLACE"', "limits": '"PLACE/limits"',
        "server": '"unix:PLACE/s"', "map": "other", "homes": '"PLACE"', "mailbox-name": "address",
        "margin": "1k", "reply": '"452 4.2.2 full"', "unknown": "tempfail",
        "unknown-reply": '"450 4.3.0 later"', "exempt": '{ games, "jones@foo.com" }',
        "local-mailers": "{ local, virtual }", "local-domains": '{ "foo.com", "bar.com" }',
        "recipient-delimiter": "-", "aliases": '{ "PLACE/aliases" }', "follow-aliases": "yes",
        "forward-files": '{ ".forward", ".other" }', "unsafe-forward": "honour",
        "exempt-files": '{ ".dovecot.sieve" }', "check-local-copy": "yes",
        "check-authenticated": "no", "local-clients": "skip", "time-limit": "1s", "lookups": "16", "user-lifetime": "1m",
        "answer-lifetime": "1m", "cache-size": "64",
    },
    "logger-milter": {
        "switch": '"PLACE/on"', "directory": '"PLACE/store"', "selection": '"PLACE/selection"',
        "recipient-delimiter": "-", "local-domains": '{ "foo.com" }', "keep": "headers",
        "body-bytes": "1k", "keep-aborted": "yes", "min-free": "1M", "on-error": "tempfail",
    },
    "spam-milter": {
        "senders": '"PLACE/senders"', "recipients": "all", "match": "both", "mixed": "split",
        "no-from": "reject", "recipient-delimiter": "-", "local-domains": '{ "foo.com" }',
        "check-authenticated": "yes", "reply": '"552 5.7.1 no"', "no-from-reply": '"553 5.7.1 who"',
        "tarpit-refusals": "3", "tarpit-window": "1m", "tarpit-delay": "1s",
    },
}
# What a key needs beside it to be of sense.
SPOOL = 'clamd-spool = "PLACE"\n'
WITH = {"virus-milter": {"clamd": SPOOL,
                         "clamd-pass": SPOOL + 'clamd = { "unix:PLACE/clamd" }\n'},
        "quota-milter": {"source": 'limits = "PLACE/limits"\n',
                         "mailbox-name": 'source = socketmap\nserver = "unix:PLACE/s"\n'}}


def keys_of(name):
    return re.findall(r"^#([a-z0-9-]+) = ", (CONF / f"{name}.conf").read_text(), re.MULTILINE)


@pytest.fixture
def place(tmp_path):
    """A folder with all that the values name."""
    shutil.copy(Path(os.environ["FIXTURES"]) / "signatures/signatures", tmp_path)
    for file, text in {"limits": "* 1G", "aliases": "a: b", "selection": "to games", "senders": "bad@x.example"}.items():
        (tmp_path / file).write_text(text + "\n")
    (tmp_path / "store").mkdir(mode=0o700)
    return tmp_path


def effective(name, place, text):
    """What -t prints with this configuration, as a dict."""
    conf = place / "a.conf"
    here = {"virus-milter": {"signatures": '"PLACE/signatures"'},
            "logger-milter": {"directory": '"PLACE/store"'},
            "spam-milter": {"senders": '"PLACE/senders"', "recipients": "all"},
            "quota-milter": {"aliases": "{}"}}[name]
    here |= {"allow-root": "yes", "socket": '"unix:PLACE/m.sock"'}
    before = "".join(f"{k} = {v}\n" for k, v in here.items() if f"\n{k} = " not in f"\n{text}")
    conf.write_text((before + text).replace("PLACE", str(place)))
    end = subprocess.run([BUILD / name, "-t", "-c", conf], capture_output=True, text=True,
                         timeout=LIMIT, check=False)
    assert (end.returncode, end.stderr) == (0, "")
    return dict(re.findall(r"^([a-z0-9-]+) = (.*)$", end.stdout, re.MULTILINE))


@pytest.mark.parametrize("name", MILTERS)
def test_the_table_has_every_key(name):
    assert sorted({**COMMON, **OTHER[name]}) == sorted(keys_of(name))


@pytest.mark.parametrize(("name", "key"), [(n, k) for n in MILTERS for k in {**COMMON, **OTHER[n]}])
def test_a_key_is_taken(name, key, place):
    value = {**COMMON, **OTHER[name]}[key]
    text = f"{WITH.get(name, {}).get(key, '')}{key} = {value}\n"
    words = re.findall(r'[^\s"{},]+', value.replace("PLACE", str(place)))
    now = effective(name, place, text)[key]
    assert re.findall(r'[^\s"{},]+', now) == words
