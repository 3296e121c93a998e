# SPDX-License-Identifier: BSD-2-Clause
"""spam-milter as an MTA sees it."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from daemons import Milter
from mta import Mta, session, strings
from spam_fixtures import ACCEPT, ASKED, BAD, CONTINUE, GOOD, PLAIN, POSTMASTER, RECIPIENTS, REFUSED, SENDERS, lists, spam, verdict  # noqa: F401

# Edge cases of header From: what a listed sender may try,
# and what must not be taken for one.
HITS = [
    "bad@x.example", "<bad@x.example>", "Bad Man <bad@x.example>", "BAD@X.EXAMPLE",
    "good@x.example, bad@x.example", "G: good@x.example, bad@x.example;",
    "(c)bad(c)@(c)x.example(c)", "(a(b)c) bad@x.example", "(open bad@x.example",
    "bad@x.example(.example.com", "\"open <bad@x.example>", "\"bad\"@x.example",
    "<@hop1.org,@hop2.net:bad@x.example>", "bad@\n x.example", "bad . x@\n bulk . example",
    "bad@x.example.", "bad@.x.example", "bad@x.example>", "<bad@x.example", "<<bad@x.example>>",
    "good@x.example> bad@x.example", "bad@x.example good@x.example", "bad@x.example@y.example",
    "any@bulk.example", "any@a.bulk.example", "any@B\u00dcCHER.example",
    "any@xn--bcher-kva.example", "worm@any.example", "worm", "<worm>", "worm@",
    "@bulk.example", "@user@bulk.example", "\"a\\\"b\"@bulk.example", "\"user@bar\"@bulk.example",
    "a@b" * 9000 + ", bad@x.example", "=?utf-8?q?x?= <bad@x.example>", "\tbad@x.example\t",
]
MISSES = [
    "good@x.example", "bad@x.example <good@x.example>", "\"bad@x.example\" <good@x.example>",
    "\"<bad@x.example>, Inc.\" <good@x.example>", "good@x.example (bad@x.example)",
    "=?utf-8?q?=3Cbad=40x.example=3E?= <good@x.example>",
    "=?utf-8?b?PGJhZEB4LmV4YW1wbGU+?= <good@x.example>",
    "bad@y.example", "bad@x.example.org", "bad@xx.example", "bad@a.x.example",
    "any@notbulk.example", "any@bulk.example.evil.org", "any@[192.0.2.1]", "abad@x.example",
    "\"bad@x.example\"@good.example", "<@bulk.example:good@x.example>", "bulk.example@good.example",
    "bad=x.example@good.example", "words without an address", "Undisclosed: ;", "<>", "", "(bad@x.example)",
    "\"bad@x.example\"", "wormwood", "a" * 65000 + "@good.example",
]


def header(value):
    return [("Subject", "x"), ("From", value.encode()), ("To", "y")]


@pytest.mark.parametrize("value", HITS, ids=lambda v: v[:30].encode("ascii", "replace").decode())
def test_a_listed_sender_is_refused(spam_once, value):
    with session(spam_once.socket) as m:
        assert verdict(m, header(value)) == [CONTINUE, REFUSED]


@pytest.mark.parametrize("value", MISSES, ids=lambda v: v[:30])
def test_another_is_not(spam_once, value):
    with session(spam_once.socket) as m:
        assert verdict(m, header(value))[-1] == ACCEPT


@pytest.fixture(scope="module")
def spam_once(tmp_path_factory):
    """One daemon for the tests that only look at From."""
    place = Path(tempfile.mkdtemp(prefix="rm."))
    (place / "senders").write_text(SENDERS, encoding="utf-8")
    (place / "recipients").write_text(RECIPIENTS)
    d = Milter("spam-milter", place, [f"senders={place}/senders", f"recipients={place}/recipients"])
    yield d
    d.kill()
    shutil.rmtree(place)


@pytest.mark.parametrize("name,refused", [
    ("From", True), ("FROM", True), ("from", True), ("From ", True), ("From\t", True),
    ("Resent-From", False), ("Sender", False), ("X-From", False), ("Reply-To", False)])
def test_only_the_field_named_from_counts(spam_once, name, refused):
    with session(spam_once.socket) as m:
        said = verdict(m, [(name, "bad@x.example"), ("From", "good@x.example")])
        assert said == [CONTINUE, REFUSED if refused else ACCEPT]


@pytest.mark.parametrize("headers", [BAD + GOOD, GOOD + BAD, GOOD * 50 + BAD])
def test_every_from_field_counts(spam_once, headers):
    with session(spam_once.socket) as m:
        assert verdict(m, headers) == [CONTINUE, REFUSED]


def test_from_in_the_body_does_not_count(spam_once):
    with session(spam_once.socket) as m:
        assert verdict(m, GOOD) == [CONTINUE, ACCEPT]


# What is asked of the MTA.

def test_headers_come_without_waiting_and_the_body_not_at_all(spam):
    d = spam()
    with Mta(d.socket) as m:
        _, actions, steps, _ = m.negotiate()
    assert steps & 0x1000 == 0 and steps & 0x1 == 0x1  # no CONNECT
    assert steps & 0x4000  # MAIL without an answer
    assert steps & 0x80    # nor headers
    assert steps & 0x010   # no body
    assert actions & ~0x100 == 0  # nothing is ever changed


def test_mail_for_others_ends_at_its_first_rcpt(spam):
    d = spam()
    with session(d.socket) as m:
        assert verdict(m, BAD, [PLAIN]) == [ACCEPT]
        assert verdict(m, BAD, [POSTMASTER]) == [ACCEPT]
        assert "T" not in m.sent and "L" not in m.sent


def test_without_anybody_who_asked_it_ends_at_data(spam):
    d = spam("mixed=reject")
    with session(d.socket) as m:
        m.mail()
        assert m.rcpt(PLAIN) == CONTINUE
        assert m.command("T") == ACCEPT


@pytest.mark.parametrize("version,steps", [(2, 0x7F), (3, 0x17F), (4, 0x37F), (6, 0x37F)])
def test_an_old_mta_gets_the_same_answers(spam, version, steps):
    """No DATA below version 4, no NR bits: then the first header is where it ends."""
    d = spam("mixed=reject")
    with Mta(d.socket) as m:
        m.negotiate(version=version, actions=0x1F, steps=steps)
        m.connect()
        m.mail()
        assert m.rcpt(PLAIN) == CONTINUE
        if steps & 0x200:
            assert m.command("T") == ACCEPT
        else:
            assert m.command("L", strings("Received", "x")) == ACCEPT
        m.mail()
        assert m.rcpt(ASKED) == CONTINUE
        if steps & 0x200:
            assert m.command("T") == CONTINUE
        assert m.command("L", strings("From", "bad@x.example")) == CONTINUE
        assert m.command("N") == REFUSED


def test_a_message_without_headers_is_judged_too(spam):
    d = spam("no-from=reject")
    with session(d.socket) as m:
        m.mail()
        m.rcpt(ASKED)
        assert m.command("T") == CONTINUE
        assert m.command("N") == ("y", b"550 5.7.1 A From address is required\0")


# Recipients of both kinds.

@pytest.mark.parametrize("mixed,rcpts,want", [
    ("accept", [ASKED, PLAIN], [CONTINUE, ACCEPT]),
    ("accept", [PLAIN, ASKED], [ACCEPT]),
    ("accept", [ASKED, "<x@all.example>"], [CONTINUE, CONTINUE, REFUSED]),
    ("accept", ["<jones+news@foo.com>"], [CONTINUE, REFUSED]),
    ("accept", ["<\"jones\"@FOO.com>"], [CONTINUE, REFUSED]),
    ("accept", ["<abuse@all.example>"], [ACCEPT]),
    ("reject", [ASKED, PLAIN], [CONTINUE, CONTINUE, REFUSED]),
    ("reject", [PLAIN, ASKED, POSTMASTER], [CONTINUE, CONTINUE, CONTINUE, ACCEPT]),
    ("split", [ASKED, PLAIN, ASKED], [CONTINUE, "452", CONTINUE, REFUSED]),
    ("split", [PLAIN, ASKED], [CONTINUE, "452", ACCEPT]),
    ("split", [POSTMASTER, ASKED, PLAIN], [CONTINUE, "452", CONTINUE, ACCEPT]),
])
def test_mixed_recipients(spam, mixed, rcpts, want):
    split = ("y", b"452 4.5.3 Please send to this recipient in a separate transaction\0")
    d = spam(f"mixed={mixed}")
    with session(d.socket) as m:
        assert verdict(m, BAD, rcpts) == [split if w == "452" else w for w in want]


def test_the_envelope_sender_is_answered_at_each_rcpt(spam):
    d = spam("match=envelope")
    with session(d.socket) as m:
        said = verdict(m, GOOD, [PLAIN, ASKED, "<x@all.example>", PLAIN], "<bad@x.example>")
        assert said == [CONTINUE, REFUSED, REFUSED, CONTINUE, ACCEPT]
        assert verdict(m, BAD, [ASKED], "<good@x.example>") == [ACCEPT]
        assert verdict(m, BAD, [ASKED], "<>") == [ACCEPT]


def test_both(spam):
    d = spam("match=both")
    with session(d.socket) as m:
        assert verdict(m, GOOD, [ASKED], "<bad@x.example>") == [REFUSED, ACCEPT]
        assert verdict(m, BAD, [ASKED], "<good@x.example>") == [CONTINUE, REFUSED]


def test_what_the_mta_resolved_counts(spam):
    d = spam()
    with session(d.socket) as m:
        m.mail()
        assert m.rcpt("<sales@foo.com>", addr="jones@foo.com") == CONTINUE
        m.mail()
        assert m.rcpt("<sales@foo.com>", addr="brown") == ACCEPT


@pytest.mark.parametrize("option,want", [("no", ACCEPT), ("yes", CONTINUE)])
def test_clients_that_logged_in(spam, option, want):
    d = spam(f"check-authenticated={option}")
    with session(d.socket) as m:
        m.mail(auth_authen="smith")
        assert m.rcpt(ASKED) == want


# Nothing stays from one message to the next.

def test_rset_leaves_no_trace(spam):
    d = spam("mixed=reject")
    with session(d.socket) as m:
        m.mail("<bad@x.example>")
        m.rcpt(ASKED)
        m.command("T")
        m.command("L", strings("From", "bad@x.example"))
        m.send("A")  # RSET
        assert verdict(m, GOOD, [PLAIN]) == [CONTINUE, ACCEPT]
        assert verdict(m, GOOD, [ASKED]) == [CONTINUE, ACCEPT]


def test_a_second_message_begins_afresh(spam):
    d = spam()
    with session(d.socket) as m:
        for _ in range(3):
            assert verdict(m, BAD) == [CONTINUE, REFUSED]
            assert verdict(m, GOOD) == [CONTINUE, ACCEPT]
            assert verdict(m, BAD, [PLAIN]) == [ACCEPT]


def test_many_sessions_at_once_are_not_mixed_up(spam):
    d = spam()
    open_ = [session(d.socket) for _ in range(20)]
    for n, m in enumerate(open_):
        m.mail()
        m.rcpt(ASKED)
        m.command("T")
        m.command("L", strings("From", "bad@x.example" if n % 2 else "good@x.example"))
    for n, m in enumerate(open_):
        assert m.command("N") == (REFUSED if n % 2 else ACCEPT)
        m.sock.close()


# Replies, lines, counts.

def test_the_reply_is_configured_and_may_name_the_address(spam):
    d = spam("reply=554 5.7.1 100%% no mail from %f, sorry")
    with session(d.socket) as m:
        assert verdict(m, header("X <Any@a.Bulk.example>"))[-1] == (
            "y", b"554 5.7.1 100%% no mail from any@a.bulk.example, sorry\0")


def test_signs_of_the_sender_cannot_leave_a_lone_one_at_the_end(spam):
    """Odd places, more than libmilter's 980 bytes once they are doubled: sendmail would
    throw the whole reply away."""
    d = spam("reply=554 5.7.1 x%f%f%f")
    with session(d.socket) as m:
        letter, reply = verdict(m, [("From", "%" * 200 + "@bulk.example")])[-1]
        assert letter == "y" and 900 < len(reply) < 1000 and reply.count(b"%") % 2 == 0


def test_the_line_names_entry_and_number(spam, place):
    d = spam()
    with session(d.socket) as m:
        verdict(m, header("<x@a.bulk.example>"), [ASKED, "<\u00fc@all.example>"], qid="q7")
    d.wait_line(re.escape(
        f"q7: spam: '.bulk.example' ({place}/senders:4) from: 'x@a.bulk.example' "
        "for: '<Jones@foo.com>,<ü@all.example>' client=client.example[192.0.2.1]")
        + r" nrcpt=\S+ action=reject 550 5\.7\.1$")


def test_a_message_without_from_is_logged(spam):
    d = spam()
    with session(d.socket) as m:
        assert verdict(m, [("Subject", "x")]) == [CONTINUE, ACCEPT]
    d.wait_line(r"QID1: no address in From for: '<Jones@foo.com>'.*action=accept")


def test_the_summary_counts(spam):
    d = spam("match=both", "mixed=split", "no-from=reject")
    with session(d.socket) as m:
        verdict(m, BAD)
        verdict(m, BAD)
        verdict(m, [])
        verdict(m, GOOD, [ASKED, PLAIN])
        verdict(m, GOOD, [ASKED], "<bad@x.example>")
    assert d.stop() == 0
    line = d.wait_line(r": 5 messages  (.*)").group(1)
    assert sorted(line.split()) == ["envelope=1", "from=2", "no-from=1", "split=1"]
