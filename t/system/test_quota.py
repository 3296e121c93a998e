# SPDX-License-Identifier: BSD-2-Clause
"""quota-milter as an MTA sees it: who is full, and what the client is told."""

import os

import pytest

from mta import Mta, session
from quota_fixtures import ACCEPT, CONTINUE, FULL, LIMIT, homes, put, quota, rcpt  # noqa: F401
from serve import Serve, mailbox


@pytest.fixture
def serve(start):
    """serve(milter, users...) is a server that delivers into homes."""
    def one(d, folder, *users, profile="sendmail-8.17"):
        return start(Serve, "--profile", profile, "--announce", "SIZE", "--milter", f"S={d.socket}",
                     "--deliver", f"maildir:{folder}", *sum((["--user", u] for u in users), []))
    return one


# The paper's philosophy, delivered for real.

def test_small_mail_is_delivered_until_the_margin_and_large_mail_is_not(quota, homes, serve):
    folder = homes("games")
    d = quota()
    c = serve(d, folder, "games").client()
    c.hello()
    small = "Subject: small\r\n\r\n" + ("x" * 98 + "\r\n") * 99  # 10 kB
    delivered = 0
    while True:
        said = c.cmd(f"MAIL FROM:<a@b.example> SIZE={len(small)}")
        assert said.startswith("250")
        said = c.cmd("RCPT TO:<games@foo.com>")
        if not said.startswith("250"):
            break
        assert c.cmd("DATA").startswith("354")
        c.send(small)
        assert c.cmd(".").startswith("250")
        delivered += 1
        assert len(mailbox(folder, "games")) == delivered
        if delivered == 5:  # half full: the large one does not fit, a small one does
            c.cmd("MAIL FROM:<a@b.example> SIZE=60000")
            assert c.cmd("RCPT TO:<games@foo.com>") == "552 5.2.2 Mailbox full"
            c.cmd("RSET")
        assert delivered < 20
    assert said == "552 5.2.2 Mailbox full"
    used = sum(f.stat().st_size for f in (folder / "games/new").iterdir())
    assert LIMIT - LIMIT // 10 <= used < LIMIT
    d.wait_line(rf"quota: 'too-large' to: 'games' used: \d+ limit: {LIMIT} size: 60000 .*"
                r"action=reject 552 5\.2\.2")
    d.wait_line(rf"quota: 'full' to: 'games' used: {used} limit: {LIMIT}")


def test_one_of_three_is_full_and_the_others_get_the_mail(quota, homes, serve):
    folder = homes("games", "jones", "brown")
    put(folder / "jones", LIMIT)
    c = serve(quota(), folder, "games", "jones", "brown").client()
    c.hello()
    said = c.message(sender="a@b.example", rcpts=["games@foo.com", "jones@foo.com", "brown@foo.com"])
    assert [s[:3] for s in said] == ["250", "250", "552", "250", "354", "250"]
    assert said[2] == "552 5.2.2 Mailbox full"
    assert len(mailbox(folder, "games")) == len(mailbox(folder, "brown")) == 1
    assert len(os.listdir(folder / "jones/new")) == 1


@pytest.mark.parametrize("profile", ["rfc2821", "sendmail-8.17"])
def test_all_are_full_and_the_client_says_data(quota, homes, serve, profile):
    folder = homes("games", "jones")
    put(folder / "games", LIMIT)
    c = serve(quota(), folder, "games", "jones", profile=profile).client()
    c.hello()
    said = c.envelope(sender="a@b.example", rcpts=["games@foo.com", "games@foo.com"])
    assert said[1:3] == ["552 5.2.2 Mailbox full"] * 2
    assert said[3].startswith("503") or said[3].startswith("554")
    assert c.cmd("RSET").startswith("250")
    assert c.message(sender="a@b.example", rcpts=["jones@foo.com"])[-1].startswith("250")
    assert len(mailbox(folder, "jones")) == 1


def test_rset_between_recipients_forgets_the_size(quota, homes, serve):
    folder = homes("games")
    c = serve(quota(), folder, "games").client()
    c.hello()
    c.cmd(f"MAIL FROM:<a@b.example> SIZE={LIMIT + 1}")
    assert c.cmd("RCPT TO:<games@foo.com>") == "552 5.2.2 Mailbox full"
    c.cmd("RSET")
    assert c.message(sender="a@b.example", rcpts=["games@foo.com"])[-1].startswith("250")


def test_five_hundred_recipients_every_other_one_full(quota, homes):
    names = [f"user{i}" for i in range(500)]
    folder = homes(*names)
    for n in names[::2]:
        put(folder / n, LIMIT)
    d = quota()
    with session(d.socket) as m:
        m.mail()
        said = [m.rcpt(f"<{n}@foo.com>") for n in names]
        assert said == [FULL, CONTINUE] * 250
        assert m.command("T") == ACCEPT


def test_the_same_recipient_twice_is_refused_twice(quota, homes):
    put(homes("games") / "games", LIMIT)
    d = quota()
    with session(d.socket) as m:
        m.mail()
        assert [m.rcpt("<games@foo.com>") for _ in range(2)] == [FULL, FULL]


# What is asked of the MTA.

def test_neither_header_nor_body_comes_and_mail_needs_no_answer(quota):
    with Mta(quota().socket) as m:
        _, actions, steps, wishes = m.negotiate()
    assert steps & 0x4000 and not steps & 0x8000         # MAIL silently, RCPT aloud
    assert steps & 0x20 and steps & 0x40 and steps & 0x10  # no header, no EOH, no BODY
    assert actions & ~0x100 == 0                         # nothing is ever changed
    del wishes


@pytest.mark.parametrize("used,size,want", [
    (LIMIT - 10_001, None, CONTINUE), (LIMIT - 10_000, None, FULL), (LIMIT - 9_999, None, FULL),
    (LIMIT, None, FULL), (LIMIT + 1, None, FULL), (0, None, CONTINUE), (2**63, None, FULL),
    (2**64, None, FULL), (50_000, 50_000, CONTINUE), (50_000, 50_001, FULL), (0, 0, CONTINUE),
    (0, LIMIT, CONTINUE), (0, LIMIT + 1, FULL), (0, 2**64, FULL), (0, -1, CONTINUE),
    (0, "big", CONTINUE), (0, "", CONTINUE)])
def test_boundaries(quota, homes, used, size, want):
    put(homes("games") / "games", used)
    assert rcpt(quota(), "<games@foo.com>", size) == want


def test_the_reply_may_be_temporary(quota, homes):
    put(homes("games") / "games", LIMIT)
    d = quota("reply=452 4.2.2 Mailbox full")
    assert rcpt(d, "<games@foo.com>") == ("y", b"452 4.2.2 Mailbox full\0")
    d.wait_line(r"quota: 'full' to: 'games' .* action=tempfail 452 4\.2\.2")
