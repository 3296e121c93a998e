# SPDX-License-Identifier: BSD-2-Clause
"""What the options of milter-sim check change: what is sent, what is played, what counts."""

import os
import re
import subprocess

import pytest

from daemons import BUILD

TOP = os.environ.get("TOP_SRCDIR", ".")
MUTANT = f"{BUILD}/t/mutants/mutant"


@pytest.fixture
def check(run):
    def one(*args):
        return run("milter-sim", "check", "--cases", f"{TOP}/cases", *args)
    return one


def outcome(done, case):
    """Of one case, as TAP tells it."""
    line = re.search(rf"^(not ok|ok) \d+ - {re.escape(case)}:.*$", done.stdout, re.M)
    assert line, done.stdout
    return ("skip" if "# SKIP" in line[0] else "known" if "# TODO" in line[0] else line[1])


@pytest.mark.parametrize(("option", "packet"), [
    (["--client", "192.0.2.9"], "CONNECT localhost inet 40000 192.0.2.9"),
    (["--client", "IPv6:2001:db8::1"], "CONNECT localhost inet6 40000 IPv6:2001:db8::1"),
    (["--helo", "me.example"], "HELO me.example"),
    (["--from", "a@b.example"], "MAIL <a@b.example>"),
    (["--from", "a@b.example"], "MACRO MAIL i=h4F1 {mail_mailer}=esmtp {mail_host}=b.example."),
    (["--to", "c@d.example"], "RCPT <c@d.example>"),
    (["--to", "c@d.example"], "{rcpt_addr}=c@d.example"),
    (["--macro", "{auth_authen}=joe", "--macro", "{x}=a b"], 'j=mail.foo.com {auth_authen}="joe" {x}="a b"'),
    (["--param", "from=<p@q.example>"], "MAIL <p@q.example>"),
])
def test_the_milter_is_sent_what_was_asked_for(check, option, packet):
    plain = check("--dry-run", "--only", "ord/2").stdout
    asked = check("--dry-run", "--only", "ord/2", *option).stdout
    assert packet in asked and packet not in plain


def test_the_message_is_the_one_of_the_file(check, tmp_path):
    file = tmp_path / "mine.eml"
    file.write_text("Subject: mine\n\nOne\n.\nlast without an end")
    sent = check("--dry-run", "--only", "ord/2", "--message", file).stdout
    assert sent.count("M> HEADER") == 1 and "M> HEADER Subject: mine" in sent
    assert r"M> BODY One\r\n.\r\nlast without an end" in sent
    done = check("--dry-run", "--message", f"{file}.absent")
    assert done.returncode == 2 and "mine.eml.absent" in done.stderr


def test_skip_leaves_cases_out(check):
    all_of_it = check("--list", "--only", "ord").stdout.splitlines()
    left = check("--list", "--only", "ord", "--skip", "ord/1*").stdout.splitlines()
    gone = set(all_of_it) - set(left)
    assert gone and left
    assert all("ord/1" in line for line in gone)


def test_a_should_counts_where_one_is_strict(check):
    bad = ("--spawn", f"{MUTANT} --mutant change-zero {{socket}}", "--only", "mod/14", "--report", "tap")
    assert [check(*bad).returncode, check(*bad, "--strict").returncode] == [0, 1]
    # A level that is not played does not count either.
    assert check(*bad, "--strict", "--level", "must").returncode in (2, 77)


@pytest.fixture
def running(place):
    """A milter that runs, and is not ours to end: its address."""
    path = f"unix:{place}/s"
    with subprocess.Popen([MUTANT, path], stderr=subprocess.PIPE) as milter:
        milter.stderr.readline()
        yield path
        milter.kill()


def test_a_running_milter_is_spared_what_may_end_it_unless_asked(check, running):
    cases = ("--milter", running, "--only", "neg/24", "--only", "ord/2", "--report", "tap")
    spared, asked = check(*cases), check(*cases, "--hostile")
    assert [outcome(spared, "neg/24"), outcome(spared, "ord/2")] == ["skip", "ok"]
    assert [outcome(asked, "neg/24"), outcome(asked, "ord/2")] == ["ok", "ok"]
