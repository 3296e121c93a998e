# SPDX-License-Identifier: BSD-2-Clause
"""What a key changes, as an MTA or the reader of the log sees it: the keys that no
other test sets.  That each key is taken at all is t/system/test_keys.py."""

import os
import time
from pathlib import Path

import pytest

from daemons import BUILD, Daemon
from daemons import LIMIT as PATIENCE
from logger_fixtures import logger, store, switch  # noqa: F401
from mta import session
from quota_fixtures import CONTINUE, FULL, LIMIT, homes, put, quota, rcpt  # noqa: F401
from spam_fixtures import BAD, REFUSED, lists, spam, verdict  # noqa: F401

FIXTURES = os.environ["FIXTURES"]


# recipient-delimiter: what of a local part is the mailbox.

@pytest.mark.parametrize(("delimiter", "user", "want"), [
    ("-", "games-list", FULL), ("-", "games+list", CONTINUE), ("-+", "games+list-x", FULL),
    ("", "games+list", CONTINUE), ("", "games", FULL)])
def test_quota_looks_at_the_mailbox_before_the_delimiter(quota, homes, delimiter, user, want):
    put(homes("games") / "games", LIMIT)
    assert rcpt(quota(f"recipient-delimiter={delimiter}"), f"<{user}@foo.com>", addr=user) == want


@pytest.mark.parametrize(("delimiter", "user", "kept"), [
    ("-", "games-list", 1), ("-", "games+list", 0), ("", "games+list", 0)])
def test_logger_selects_the_mailbox_before_the_delimiter(logger, store, place, delimiter, user, kept):
    (Path(place) / "selection").write_text("to games@foo.com\n")
    d = logger(f"selection={place}/selection", f"recipient-delimiter={delimiter}")
    with session(d.socket) as m:
        m.message(b"x", rcpts=(f"<{user}@foo.com>",))
    assert len(store.folder("new")) == kept


@pytest.mark.parametrize(("delimiter", "user", "refused"), [
    ("-", "jones-list", True), ("-", "jones+list", False), ("", "jones+list", False)])
def test_spam_asks_the_mailbox_before_the_delimiter(spam, delimiter, user, refused):
    d = spam(f"recipient-delimiter={delimiter}")
    with session(d.socket) as m:
        assert (verdict(m, BAD, rcpts=[f"<{user}@foo.com>"])[-1] == REFUSED) == refused


# quota-milter

def test_where_a_program_takes_the_mail_nobody_is_full(quota, homes):
    folder = homes("games", "jones")
    for user in ("games", "jones"):
        put(folder / user, LIMIT)
    (folder / "games" / ".dovecot.sieve").write_text("discard;\n")
    d = quota("exempt-files=.dovecot.sieve, .procmailrc")
    assert rcpt(d, "<games@foo.com>") == CONTINUE
    assert rcpt(d, "<jones@foo.com>") == FULL


@pytest.mark.parametrize(("key", "from_here", "from_here_resolved"), [
    ("when-safe", CONTINUE, FULL), ("check", FULL, FULL), ("skip", CONTINUE, CONTINUE)])
def test_mail_from_this_host_is_looked_at_as_asked(quota, homes, key, from_here, from_here_resolved):
    put(homes("games") / "games", LIMIT)
    d = quota(f"local-clients={key}")
    said = [rcpt(d, "<games@localhost>", client="127.0.0.1", mailer=m, addr="games@localhost")
            for m in ("", "local")]
    assert said == [from_here, from_here_resolved]
    assert rcpt(d, "<games@foo.com>") == FULL  # from elsewhere


def test_more_users_than_are_remembered_are_each_judged_right(quota, homes):
    users = [f"user{n}" for n in range(200)]
    folder = homes(*users)
    for full in users[::3]:
        put(folder / full, LIMIT)
    d = quota("cache-size=64", "answer-lifetime=1h")
    with session(d.socket) as m:
        m.mail()
        for _ in range(2):
            said = [m.rcpt(f"<{u}@foo.com>") for u in users]
            assert said == [FULL if n % 3 == 0 else CONTINUE for n in range(200)]


# virus-milter

def test_a_pattern_shorter_than_is_allowed_is_named(run, place):
    (Path(place) / "signatures").write_text("SHORT =\n    EICARXYZABCD\n")
    ends = {n: run("virus-milter", "-t", "-o", "allow-root=yes", "-p", f"unix:{place}/s",
                   "-o", f"signatures={place}/signatures", "-o", f"min-pattern={n}") for n in (12, 13)}
    assert (ends[12].returncode, ends[12].stderr) == (0, "")
    assert ends[13].returncode == 78 and "signatures:2" in ends[13].stderr and "13" in ends[13].stderr


# What all have.

def once_it_listens(address):
    """A session with a milter that does not say that it is ready."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return session(address)
        except (FileNotFoundError, ConnectionRefusedError):
            assert time.monotonic() < until
            time.sleep(0.01)


@pytest.mark.parametrize(("level", "says_ready"), [
    ("error", False), ("warning", False), ("notice", True), ("debug", True)])
def test_the_log_has_what_its_level_lets_through(start, place, level, says_ready):
    d = start(Daemon, [f"{BUILD}/virus-milter", "-f", "-p", f"unix:{place}/s", "-o", "allow-root=yes",
                       "-o", f"signatures={FIXTURES}/signatures/signatures", "-o", f"log-level={level}"])
    with once_it_listens(f"unix:{place}/s") as m:
        assert m.message(b"x")[0] in "ac"
    d.stop()
    assert ("ready" in d.log()) == says_ready, d.log()
    assert says_ready or d.log() == ""
