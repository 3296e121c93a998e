# SPDX-License-Identifier: BSD-2-Clause
"""spam-milter behind milter-sim, as an SMTP client sees it: whole sessions."""

import re
import signal
from pathlib import Path

import pytest

from daemons import Milter
from serve import LIMITS, Probe, Serve, mailbox

REFUSED = "550 5.7.1 Rejected at the recipient's request"
PROFILES = ["rfc2821", "sendmail-8.17"]
USERS = ["--user", "Jones", "--user", "Brown", "--user", "postmaster", "--user", "abuse"]


class World:
    """One daemon with lists of its own, behind one server."""

    def __init__(self, start, place):
        self._start, self.place, self.filters = start, Path(place), []

    def lists(self, senders, recipients="jones@foo.com\n"):
        (self.place / "senders").write_text(senders, encoding="utf-8")
        (self.place / "recipients").write_text(recipients)

    def up(self, *options, profile="rfc2821", before=(), after=()):
        self.milter = self._start(Milter, "spam-milter", self.place, [
            f"senders={self.place}/senders", f"recipients={self.place}/recipients", *options])
        words = [p.words for p in before]
        words += [f"S={self.milter.socket}, {LIMITS}"] + [p.words for p in after]
        args = [a for w in words for a in ("--milter", w)]
        self.server = self._start(Serve, "--profile", profile, "--trace", *USERS, *args,
                                  "--deliver", f"maildir:{self.place}/mail")
        return self.client()

    def client(self):
        c = self.server.client()
        c.hello()
        return c

    def of(self, user):
        return len(mailbox(f"{self.place}/mail", user))


@pytest.fixture
def world(start, place):
    w = World(start, place)
    w.lists("bad@x.example\n.bulk.example\n")
    return w


def text(*headers, body="Hello\r\n"):
    return "".join(h + "\r\n" for h in headers) + "\r\n" + body


# What a client may send in place of an honest From, and whether it is refused.
CASES = {
    "plain": (["From: bad@x.example"], True),
    "upper case": (["FROM: BAD@X.EXAMPLE"], True),
    "folded in the address": (["From: <bad@", "\tx.example>"], True),
    "folded before it": (["From:", " Bad Man", "  <bad@x.example>"], True),
    "no blank behind the colon": (["From:bad@x.example"], True),
    "two From": (["From: good@x.example", "From: bad@x.example"], True),
    "far down": (["X-%d: y" % n for n in range(200)] + ["From: bad@x.example"], True),
    "a list": (["From: good@x.example, bad@x.example"], True),
    "a group": (["From: G: good@x.example, bad@x.example;"], True),
    "comments": (["From: (a(b\\)c)) bad (d) @ (e) x.example (f)"], True),
    "a source route": (["From: <@a.example,@b.example:bad@x.example>"], True),
    "a stray bracket": (["From: bad@x.example>"], True),
    "an open quote": (["From: \"bad <bad@x.example>"], True),
    "below a domain": (["From: a@b.c.bulk.example"], True),
    "a long From": (["From: " + "\r\n ".join("a%d@good.example," % n for n in range(800)),
                     " bad@x.example"], True),
    "8-bit around it": (["From: \xff\xfe <bad@x.example>"], True),
    "only a display name": (["From: \"bad@x.example\" <good@x.example>"], False),
    "only a comment": (["From: good@x.example (bad@x.example)"], False),
    "an encoded word": (["From: =?utf-8?q?=3Cbad=40x.example=3E?= <good@x.example>"], False),
    "another domain": (["From: bad@x.example.evil.example"], False),
    "a domain that ends like it": (["From: a@notbulk.example"], False),
    "the domain itself": (["From: a@bulk.example"], False),
    "other fields": (["From: good@x.example", "Sender: bad@x.example", "Reply-To: bad@x.example",
                      "Resent-From: bad@x.example", "X-From: bad@x.example"], False),
    "no From": (["Subject: x"], False),
    "an empty From": (["From: <>"], False),
    "no address": (["From: Bad Man"], False),
}


@pytest.mark.parametrize("profile", PROFILES)
def test_what_stands_in_from(world, profile):
    """All of them in one session: nothing stays from one to the next."""
    c = world.up(profile=profile)
    delivered = 0
    for name, (headers, refused) in CASES.items():
        *_, last = c.message(text("Subject: " + name, *headers))
        assert last.startswith(REFUSED) == refused, (name, last)
        delivered += not refused
        assert world.of("Jones") == delivered, name


@pytest.mark.parametrize("profile", PROFILES)
def test_from_in_the_body_or_in_a_message_inside_does_not_count(world, profile):
    c = world.up(profile=profile)
    *_, last = c.message(text("From: good@x.example", "Content-Type: message/rfc822",
                              body="From: bad@x.example\r\n\r\nFrom: bad@x.example\r\n"))
    assert last.startswith("250")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_blank_before_the_colon(world, profile):
    """RFC 5322 4.5.2 has it as obsolete; a server may show it with or without."""
    c = world.up(profile=profile)
    *_, last = c.message(text("Subject: x", "From : bad@x.example"))
    assert last.startswith(REFUSED)


@pytest.mark.parametrize("mixed,rcpts,replies,of_jones,of_brown", [
    ("accept", ["Jones@foo.com", "Brown@foo.com"], ["250", "250", "354", "250"], 1, 1),
    ("reject", ["Jones@foo.com", "Brown@foo.com"], ["250", "250", "354", "550"], 0, 0),
    ("reject", ["Jones@foo.com", "postmaster@foo.com"], ["250", "250", "354", "250"], 1, 0),
    ("split", ["Jones@foo.com", "Brown@foo.com"], ["250", "452", "354", "550"], 0, 0),
    ("split", ["Brown@foo.com", "Jones@foo.com"], ["250", "452", "354", "250"], 0, 1),
    ("accept", ["postmaster@foo.com"], ["250", "354", "250"], 0, 0),
    ("accept", ["abuse@foo.com"], ["250", "354", "250"], 0, 0),
    ("accept", ["Brown@foo.com"], ["250", "354", "250"], 0, 1),
])
def test_recipients_of_both_kinds(world, mixed, rcpts, replies, of_jones, of_brown):
    c = world.up(f"mixed={mixed}")
    said = c.message(text("From: bad@x.example"), rcpts=rcpts)
    assert [s[:3] for s in said[1:]] == replies
    assert (world.of("Jones"), world.of("Brown")) == (of_jones, of_brown)


def test_a_split_message_arrives_in_two_transactions(world):
    c = world.up("mixed=split")
    good = text("From: good@x.example")
    assert c.message(good, rcpts=["Brown@foo.com", "Jones@foo.com"])[2].startswith("452 4.5.3")
    assert c.message(good, rcpts=["Jones@foo.com"])[-1].startswith("250")
    assert (world.of("Jones"), world.of("Brown")) == (1, 1)


def test_nothing_of_mail_that_nobody_asked_about_is_sent_to_the_filter(world):
    c = world.up()
    assert c.message(text("From: bad@x.example"), rcpts=["Brown@foo.com"])[-1].startswith("250")
    c.cmd("QUIT")
    log = re.sub(r" +", " ", world.server.log())
    assert "M> RCPT <Brown@foo.com>" in log and "M< ACCEPT" in log
    assert "M> DATA" not in log and "M> HEADER" not in log and "M> BODYEOB" not in log


def test_a_recipient_that_a_filter_before_refuses_does_not_count(world, start, place):
    """As when quota-milter stands before this one."""
    probe = start(Probe, place, "rcpt=552 5.2.2 Mailbox full")
    c = world.up(before=[probe])
    assert [s[:3] for s in c.envelope(rcpts=["Jones@foo.com"])][1] == "552"
    assert "M2> RCPT" not in world.server.log()


def test_rset_and_a_second_message_leave_no_trace(world):
    c = world.up("match=both", "mixed=split")
    assert c.cmd("MAIL FROM:<bad@x.example>").startswith("250")
    assert c.cmd("RCPT TO:<Jones@foo.com>").startswith("550")
    assert c.cmd("RSET").startswith("250")
    assert c.message(text("From: good@x.example"), rcpts=["Jones@foo.com"])[-1].startswith("250")
    assert c.message(text("From: bad@x.example"), rcpts=["Jones@foo.com"])[-1].startswith("550")
    assert c.message(text("From: bad@x.example"), rcpts=["Brown@foo.com"])[-1].startswith("250")
    assert c.message(text("From: good@x.example"), rcpts=["Jones@foo.com"])[-1].startswith("250")
    assert (world.of("Jones"), world.of("Brown")) == (2, 1)


def test_ehlo_within_a_transaction_leaves_no_trace(world):
    c = world.up("mixed=split")
    c.cmd("MAIL FROM:<Smith@bar.com>")
    c.cmd("RCPT TO:<Jones@foo.com>")
    c.hello()
    assert c.message(text("From: bad@x.example"), rcpts=["Brown@foo.com"])[-1].startswith("250")


def test_a_client_that_goes_away_leaves_no_trace(world):
    c = world.up()
    c.envelope()
    c.send("From: bad@x.example\r\n")
    c.close()
    c = world.client()
    assert c.message(text("From: good@x.example"))[-1].startswith("250")


def test_reload_between_rcpt_and_the_end(world):
    c = world.up()
    c.envelope()
    world.lists("good@x.example\n", "brown@foo.com\n")
    world.milter.signal(signal.SIGHUP)
    world.milter.wait_line(r"reloaded: 1 senders, 1 recipients")
    c.send(text("From: bad@x.example"))
    assert c.cmd(".").startswith(REFUSED)  # the lists it began with
    assert c.message(text("From: bad@x.example"))[-1].startswith("250")
    assert c.message(text("From: good@x.example"), rcpts=["Brown@foo.com"])[-1].startswith(REFUSED)


def test_a_filter_that_dies_lets_mail_pass(world):
    """F= is not set, as the manual's example has it: the paper's availability."""
    c = world.up()
    world.milter.kill()
    assert c.message(text("From: bad@x.example"))[-1].startswith("250")
    assert world.of("Jones") == 1


@pytest.mark.parametrize("sender", ["", "Jones@foo.com"])
def test_the_null_sender_and_the_recipient_itself(world, sender):
    """A bounce, and mail to oneself, are judged by From like all mail."""
    c = world.up()
    assert c.message(text("From: good@x.example"), sender=sender)[-1].startswith("250")
    assert c.message(text("From: bad@x.example"), sender=sender)[-1].startswith(REFUSED)
