# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim try: one message through a milter, and what a person is shown of it."""

import json
import os

import pytest

from daemons import BUILD

TOP = os.environ.get("TOP_SRCDIR", ".")
MUTANT = f"{BUILD}/t/mutants/mutant"
MAIL = f"{TOP}/fixtures/mail/plain.eml"


@pytest.fixture
def attempt(run):
    def one(*args, mutant=None):
        command = f"{MUTANT} {'--mutant ' + mutant if mutant else ''} {{socket}}"
        return run("milter-sim", "try", "--spawn", command, *args)
    return one


def test_what_a_milter_changes_is_shown_as_a_diff(attempt):
    done = attempt(MAIL)
    assert done.returncode == 0, done.stderr
    assert "MAIL      250 OK" in done.stdout
    assert "changes   ADDHEADER X-Reference" in done.stdout
    assert "\n+HEADER X-Reference" in done.stdout
    assert "asks for  MAIL: i" in done.stdout
    assert done.stdout.rstrip().endswith("accepted")


@pytest.mark.parametrize("sender,code,words", [
    ("accept@bar.com", 0, "sees no more"),
    ("reject@bar.com", 10, "550 5.7.1 Command rejected"),
    ("reply@bar.com", 10, "550 5.7.1"),
    ("tempfail@bar.com", 11, "451 4.3.2"),
    ("later@bar.com", 11, "451"),
    ("discard@bar.com", 12, "thrown away"),
])
def test_the_exit_code_says_what_became_of_it(attempt, sender, code, words):
    done = attempt("--from", sender, MAIL)
    assert done.returncode == code, done.stdout
    assert words in done.stdout


@pytest.mark.parametrize("profile,sender,words", [
    ("sendmail-8.17", "tempfail@bar.com", "451 4.3.2 Please try again later"),
    ("sendmail-8.17", "reply@bar.com", "550 5.7.1 <reply@bar.com>... "),
    ("postfix-3.7", "tempfail@bar.com", "451 4.7.1 Service unavailable - try again later"),
])
def test_a_client_hears_the_profile(attempt, profile, sender, words):
    assert words in attempt("--profile", profile, "--from", sender, MAIL).stdout


def test_one_refused_recipient_is_not_a_refused_message(attempt):
    done = attempt("--to", "reject@foo.com", "--to", "Jones@foo.com", MAIL)
    assert done.returncode == 0
    assert "RCPT      550 5.7.1 Command rejected" in done.stdout


def test_no_recipient_left_is_a_refused_message(attempt):
    done = attempt("--to", "reject@foo.com", MAIL)
    assert done.returncode == 10


def test_of_several_files_the_gravest_counts(attempt):
    done = attempt(MAIL, "/nonexistent.eml")
    assert done.returncode == 2 and "/nonexistent.eml" in done.stderr


def test_a_broken_rule_is_told(attempt):
    done = attempt(MAIL, mutant="add-unterminated")
    assert done.returncode == 1 and "broke a rule" in done.stdout


def test_json_is_for_programs(attempt):
    done = attempt("--json", MAIL, MAIL)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 2
    assert lines[0]["code"] == 0 and lines[0]["verdict"] == "accepted"
    assert {"stage": "MAIL", "answer": "CONTINUE", "heard": "250 OK"} in lines[0]["stages"]
    assert any("ADDHEADER" in c for c in lines[0]["changes"])


def test_no_milter_is_3_and_misuse_is_2(run):
    assert run("milter-sim", "try", "--milter", "unix:/nonexistent", MAIL).returncode == 3
    assert run("milter-sim", "try", MAIL).returncode == 2
    assert run("milter-sim", "try", "--spawn", "m {socket}").returncode == 2
    end = run("milter-sim", "try", "--spawn", "m", MAIL)
    assert end.returncode == 2 and "nowhere what its socket is" in end.stderr
