# SPDX-License-Identifier: BSD-2-Clause
"""quota-milter: whose mailbox it is, and who is let go without a look."""

import os
import time
from pathlib import Path

import pytest

from mta import Mta
from quota_fixtures import CONTINUE, FULL, LIMIT, homes, put, quota, rcpt  # noqa: F401


# A client may send any of these; none may lead out of the folder or be executed.
HOSTILE = ["../../etc/passwd", "..", ".", "/etc", "games/../games", "rm -r * ;", "`id`", "$(id)",
           "|id", "-rf", "games\\", "\"games", "\"g/../games\"", "%s%n%p", "games%00", "*",
           "\xe9t\xe9", "\xff\xfe", "a" * 500, "ga\nmes", "\"\"", ""]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda n: ascii(n)[:20])
def test_hostile_names_are_nobody(quota, homes, name):
    folder = homes("games")
    put(folder / "games", LIMIT)
    d = quota()
    for local in [name, f'"{name}"']:
        raw = local.encode("latin-1")
        assert rcpt(d, f"<{local}@foo.com>".encode("latin-1").decode("latin-1"),
                    addr=raw.decode("latin-1")) == CONTINUE
    assert rcpt(d, "<games@foo.com>") == FULL
    assert sorted(os.listdir(folder)) == ["games"]


# Forwarding and aliases.

FORWARDS = [
    ("absent", None, 0o600, FULL), ("empty", "", 0o600, FULL), ("comments", "# x\n", 0o600, FULL),
    ("backslash-self", "\\games\n", 0o600, FULL), ("self", "games\n", 0o600, FULL),
    ("blanks", " \n\t\n", 0o600, FULL), ("quoted-self", "\"games\"", 0o600, FULL),
    ("upper-self", "GAMES@LOCALHOST\n", 0o600, FULL),
    ("self-at-home", "games@localhost\n", 0o600, FULL), ("self-detail", "games+x\n", 0o600, FULL),
    ("other", "other@x.example", 0o600, CONTINUE),
    ("both", "\\games, other@x.example\r\n", 0o600, CONTINUE),
    ("vacation", "\\games, \"|/usr/bin/vacation games\"\n", 0o600, CONTINUE),
    ("program", "\"|prog a, b\"\n", 0o600, CONTINUE), ("file", "/dev/null\n", 0o600, CONTINUE),
    ("include", ":include:/f\n", 0o600, CONTINUE),
    ("error", "error:5.7.1:550 x\n", 0o600, CONTINUE),
    ("bom", "\ufeffgames\n", 0o600, CONTINUE),
    ("group-writable", "other@x.example\n", 0o660, FULL),
    ("world-writable", "other@x.example\n", 0o602, FULL),
    ("mode-000", "other@x.example\n", 0o000, FULL),
    ("megabyte", "#\n" * 600_000, 0o600, CONTINUE),  # not read: not known
]


@pytest.mark.parametrize("content,mode,want", [f[1:] for f in FORWARDS],
                         ids=[f[0] for f in FORWARDS])
def test_forward_files(quota, homes, content, mode, want):
    home = homes("games") / "games"
    put(home, LIMIT)
    if content is not None:
        (home / ".forward").write_text(content, encoding="utf-8", newline="")
        (home / ".forward").chmod(mode)
    assert rcpt(quota(), "<games@foo.com>") == want


def test_a_forward_file_of_a_detail(quota, homes):
    home = homes("games") / "games"
    put(home, LIMIT)
    for name, to in [(".forward+away", "other@x.example"), (".forward-away", "games")]:
        (home / name).write_text(to)
        (home / name).chmod(0o600)
    d = quota("recipient-delimiter=+-")
    for detail in ("+away", "+Away"):
        assert rcpt(d, f"<games{detail}@foo.com>") == CONTINUE
    for detail in ("", "-away", "+away+x", "+"):
        assert rcpt(d, f"<games{detail}@foo.com>") == FULL, detail
    assert d.stop() == 0
    assert rcpt(quota("forward-files=.forward"), "<games+away@foo.com>") == FULL


STRANGE_FORWARDS = [
    ("directory", lambda p: p.mkdir(), FULL), ("fifo", os.mkfifo, FULL),
    ("link-out", lambda p: p.symlink_to("/etc/passwd"), FULL),
    ("link-dead", lambda p: p.symlink_to("/nonexistent"), FULL),
    ("link-loop", lambda p: p.symlink_to(p), FULL),
    ("link-beneath", lambda p: p.symlink_to("real"), CONTINUE),
]


@pytest.mark.parametrize("make,want", [f[1:] for f in STRANGE_FORWARDS],
                         ids=[f[0] for f in STRANGE_FORWARDS])
def test_strange_forward_files(quota, homes, make, want):
    home = homes("games") / "games"
    put(home, LIMIT)
    (home / "real").write_text("other@x.example\n")
    (home / "real").chmod(0o600)
    make(home / ".forward")
    assert rcpt(quota("time-limit=10"), "<games@foo.com>") == want


def test_aliases_are_not_checked_and_a_new_one_is_seen(quota, homes, place):
    folder = homes("staff", "self", "games")
    for n in ["staff", "self", "games"]:
        put(folder / n, LIMIT)
    d = quota()
    assert rcpt(d, "<staff@foo.com>") == CONTINUE
    assert rcpt(d, "<self@foo.com>") == FULL
    (Path(place) / "aliases").write_text("games: other@x.example\n")
    until = time.monotonic() + 30
    while rcpt(d, "<games@foo.com>") == FULL:  # looked at every 5 s
        assert time.monotonic() < until


@pytest.mark.parametrize("sender,want", [
    ("<>", CONTINUE), ("<postmaster>", CONTINUE), ("<Postmaster@X.example>", CONTINUE),
    ("<MAILER-DAEMON@x>", CONTINUE), ("<\"mailer-daemon\"@x>", CONTINUE),
    ("<postmaster+x@y>", FULL), ("<mypostmaster@x>", FULL), ("<a@b>", FULL)])
def test_senders(quota, homes, sender, want):
    put(homes("games") / "games", LIMIT)
    assert rcpt(quota(), "<games@foo.com>", sender=sender) == want


def test_postmaster_has_always_room(quota, homes):
    put(homes("postmaster") / "postmaster", LIMIT)
    d = quota()
    for path in ["<postmaster@foo.com>", "<Postmaster>", "<POSTMASTER@foo.com>"]:
        assert rcpt(d, path) == CONTINUE


@pytest.mark.parametrize("exempt", ["games", "{ brown, games@foo.com }"])
def test_who_is_exempt_has_always_room(quota, homes, exempt):
    folder = homes("games", "jones")
    for user in ("games", "jones"):
        put(folder / user, LIMIT)
    d = quota(f"exempt={exempt}")
    assert rcpt(d, "<games@foo.com>") == CONTINUE
    assert rcpt(d, "<jones@foo.com>") == FULL


def test_a_detail_and_case_lead_to_the_mailbox(quota, homes):
    put(homes("games") / "games", LIMIT)
    d = quota()
    assert rcpt(d, "<Games+detail@Foo.com>") == FULL
    assert rcpt(d, "<@a.example:games@foo.com>", addr="games") == FULL
    assert rcpt(d, "<x@y>", addr="games") == FULL
    assert rcpt(d, "<games@foo.com>", mailer="esmtp") == CONTINUE
    assert rcpt(d, "<games@foo.com>", mailer="error") == CONTINUE


# Who is asked, and who is let go.

def test_local_clients_without_rcpt_mailer_are_let_go(quota, homes):
    """As Postfix's non_smtpd_milters come; a refusal would stay in its queue."""
    put(homes("games") / "games", LIMIT)
    d = quota()
    with Mta(d.socket) as m:
        m.negotiate()
        m.connect(address="127.0.0.1")
        m.mail()
        assert m.rcpt("<games@localhost>", mailer="", addr="games@localhost") == CONTINUE
    assert rcpt(d, "<games@foo.com>", client="127.0.0.1") == FULL


def test_authenticated_clients_are_as_configured(quota, homes, place):
    put(homes("games") / "games", LIMIT)
    assert rcpt(quota(), "<games@foo.com>", auth_authen="joe") == FULL
    assert rcpt(quota("check-authenticated=no", socket=f"unix:{place}/second.sock"), "<games@foo.com>",
                auth_authen="joe") == CONTINUE
