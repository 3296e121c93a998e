# SPDX-License-Identifier: BSD-2-Clause
"""logger-milter --export, and what the README does with what was kept."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from daemons import BUILD, LIMIT
from logger_fixtures import logger, store, switch  # noqa: F401
from mta import session


def export(run, store, *args):
    return subprocess.run([f"{BUILD}/logger-milter", "--export", *args, *map(str, store.folder("new"))],
                          capture_output=True, timeout=LIMIT, check=False)


def test_exports_batch_smtp_and_mbox(logger, store, run):
    d = logger()
    with session(d.socket) as m:
        m.mail("<Smith@bar.com>", "SIZE=9", "BODY=8BITMIME")
        m.rcpt("<Jones@foo.com>", "NOTIFY=NEVER")
        m.rcpt("<Green@foo.com>", mailer="error")
        m.content([("Subject", " x")], [b"From me\r\n.dot\r\n..\n.\r\nlast"])
    end = export(run, store, "bsmtp")
    assert end.returncode == 0, end.stderr
    assert end.stdout == (
        b"EHLO localhost\r\nMAIL FROM:<Smith@bar.com> BODY=8BITMIME\r\nRCPT TO:<Jones@foo.com> NOTIFY=NEVER\r\n"
        b"DATA\r\nSubject: x\r\n\r\nFrom me\r\n..dot\r\n...\n..\r\nlast\r\n.\r\nQUIT\r\n")
    end = export(run, store, "mbox")
    assert re.fullmatch(rb"From Smith@bar.com \w{3} \w{3} [ \d]\d [\d:]{8} \d{4}\n"
                        rb"Subject: x\n\n>From me\n.dot\n..\n.\nlast\n\n", end.stdout)


def test_an_envelope_that_would_be_a_command_is_not_exported(logger, store, run):
    d = logger()
    with session(d.socket) as m:
        m.message(b"", sender=b"<a@b>\r\nRCPT TO:<victim@x>")
    end = export(run, store, "bsmtp")
    assert end.returncode == 65 and b"control character" in end.stderr
    assert end.stdout == b"EHLO localhost\r\nQUIT\r\n"


def test_what_is_cut_is_exported_only_on_request(logger, store, run):
    d = logger("keep=headers")
    with session(d.socket) as m:
        m.message(b"body")
    assert export(run, store, "mbox").returncode == 65
    assert export(run, store, "mbox", "--cut").returncode == 0


@pytest.mark.parametrize("args", [[], ["zip", "x"], ["mbox"], ["mbox", "--cut"]])
def test_export_misused(run, args):
    end = run("logger-milter", "--export", *args)
    assert end.returncode == 64 and "usage" in end.stderr


def test_the_readme_keeps_one_persons_mail(milter, store, switch, place):
    """The lines of "One person's mail", as printed but for the folder and the year."""
    text = (Path(os.environ["TOP_SRCDIR"]) / "README.md").read_text(encoding="utf-8")
    part = text.split("One person's\nmail")[1].split("\n## ")[0]
    files = re.findall(r"^    # /etc/mail/milters/(\S+?)(?:,.*)?\n((?:    \S.*\n)+)", part, re.M)
    assert [name for name, _ in files] == ["logger-milter.conf", "logger-selection"]
    for name, lines in files:
        lines = lines.replace("/etc/mail/milters/", f"{place}/").replace("until 20", "until 90")
        (Path(place) / name).write_text(lines, encoding="ascii")
    switch.touch()
    d = milter("logger-milter", [f"directory={store.directory}", f"switch={switch}", "min-free=0"],
               args=["-c", f"{place}/logger-milter.conf"])
    for rcpt in ["<brown@foo.example>", "<jones@foo.example>", "<jones@foo.example.org>"]:
        with session(d.socket) as m:
            m.mail("<x@bar.com>")
            m.rcpt(rcpt)
            m.content([], [b"hello\r\n"])
    assert store.only()[1]["recipients"][0]["path"] == "<jones@foo.example>"
