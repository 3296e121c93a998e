# SPDX-License-Identifier: BSD-2-Clause
"""However an address is written: who gets the mail is whom logger, spam and quota mean.

Nothing is expected of a spelling by itself.  The MTA decides who gets it, without a filter's
say; then the filters must have thought so too.
"""

import re

import pytest

from archive_view import Archive
from test_quota import QUOTA, homes, pytestmark, quota  # noqa: F401
from test_spam import LISTED

MAIL = f"From: {LISTED}\r\nSubject: x\r\n\r\nspelling %d\r\n".encode()
SPELLINGS = """
<jones@foo.com> <JONES@FOO.COM> <jones@foo.com.> <jones@foo.com..> <jones@.foo.com> <jones.@foo.com>
<.jones@foo.com> <jo..nes@foo.com> <"jones"@foo.com> <"Jones"@FOO.com> <"jo"nes@foo.com>
<jo"nes"@foo.com> <"jo\\nes"@foo.com> <jo\\nes@foo.com> <\\jones@foo.com> <"\\jones"@foo.com>
<"jones "@foo.com> <" jones"@foo.com> <"jones\\ "@foo.com> <"jones"."x"@foo.com> <""jones@foo.com>
<jones+x@foo.com> <jones+@foo.com> <"jones+x"@foo.com> <jones+x+y@foo.com> <+jones@foo.com>
<jones-x@foo.com> <jones(x)@foo.com> <(x)jones@foo.com> <jones@foo.com(x)> <jones@(x)foo.com>
<jones@foo(x).com> <"jones(x)"@foo.com> <jones(@foo.com> <jones@[127.0.0.1]> <jones@[127.0.0.2]>
<jones@127.0.0.1> <jones@[IPv6:::1]> <jones@#127.0.0.1> <jones@mx.test> <jones@MX.TEST.> <jones@test>
<jones@foo.org> <jones@mx> <jones@localhost> <jones@bar.com> <jones> <"jones"> <jones@>
<jones%foo.com> <jones%foo.com@foo.org> <jones%foo.com@mx.test> <jones%foo.com@foo.com>
<jones%bar.com@foo.com> <"jones%foo.com"@foo.org> <jones%foo.com%foo.org@foo.com> <jones%> <%jones>
<jones%foo.com.@foo.org> <JONES%FOO.COM@FOO.ORG> <jones+x%foo.com@foo.org> <jones\\%foo.com@foo.com>
<foo.com!jones> <foo.com!jones@foo.org> <foo.com!foo.org!jones> <mx.test!jones> <!jones>
<foo.com!jones%foo.org> <"foo.com!jones"@foo.org> <bar.com!jones>
<"jones@foo.com"@foo.org> <"jones@foo.com"@foo.com> <"jones@foo.com"> <jones@foo.com@foo.org>
<jones@foo.com@foo.com> <jones@foo.org@foo.com> <"jones@bar.com"@foo.com> <jones@bar.com@foo.com>
<@mx.test:jones@foo.com> <@foo.com,@foo.org:jones@foo.com> <@foo.com:jones> <@foo.com:jones%foo.com>
<@bar.com:jones@foo.com> <@foo.com:@foo.org:jones@foo.com> <@:jones@foo.com> <:jones@foo.com>
<<jones@foo.com>> <jones@foo.com jones@foo.com> <x:jones@foo.com;> <jones:@foo.com> <jones;@foo.com>
<jones,brown@foo.com> <brown,jones@foo.com> <jones@foo.com,brown@foo.com> <jones@foo.com;>
<jones=40foo.com@foo.com> <=?us-ascii?q?jones?=@foo.com> <jones@xn--foo.com> <jo*nes@foo.com>
<jones/x@foo.com> <./jones@foo.com> <|jones@foo.com> <"|jones"@foo.com> <brown@foo.com> <ajones@foo.com>
<jonesa@foo.com> <jones@foo.comx> <info@foo.com> <postmaster> <jones@foo.com> jones@foo.com
""".split()
SPELLINGS += ["  <jones@foo.com>  ", "<jones@foo.com> NOTIFY=NEVER", "<jones @foo.com>", "<jones@ foo.com>",
              "< jones@foo.com >", "<jones@foo.com\t>", "<jones\t@foo.com>", '<"jones\t"@foo.com>',
              "Jones <jones@foo.com>", '"brown@foo.com" <jones@foo.com>', "<jones@foo.com> <brown@foo.com>",
              "<jones@foo.com>x", "<jones@foo.com", "jones@foo.com>", "<brown@foo.com> (jones@foo.com)",
              "<jones@foo.com> ORCPT=rfc822;brown@foo.com", "<brown@foo.com> ORCPT=rfc822;jones@foo.com",
              "<jones+" + "x" * 200 + "@foo.com>", "<" + "@foo.com," * 40 + "@foo.com:jones@foo.com>",
              "<jones@foo.com" + "." * 2 + ">", "<j\u00f6nes@foo.com>", "<jones@f\u00f6\u00f6.com>",
              "<jones\u00a0@foo.com>", "<jones\x7f@foo.com>", "<jones\x01@foo.com>"]
# Postfix looks up aliases after the filters; milter-lists(5) says so.
RESOLVED_LATER = {"sendmail": [], "postfix": ["<info@foo.com>"]}


class Client:
    """One connection to a listener after another: an MTA hangs up on who errs too often."""

    def __init__(self, raw, listener):
        self.raw, self.listener, self.one, self.count = raw, listener, None, 0

    def connect(self):
        if self.one is not None:
            self.one.sock.close()
        self.one, self.count = self.raw(self.listener), 0
        self.one.greet()

    def send(self, path, content):
        """The answers to RCPT and to the dot, or to RCPT alone."""
        if self.one is None or self.count == 8:
            self.connect()
        self.count += 1
        if not self.one.say("MAIL FROM:<x@bar.com>").startswith("250"):
            self.connect()
            assert self.one.say("MAIL FROM:<x@bar.com>").startswith("250"), self.one.transcript
        answer = self.one.say(f"RCPT TO:{path}")
        if not answer.startswith("250"):
            self.one.say("RSET")
            return answer, None
        return answer, self.one.message(content)


def tags(mails):
    """Which of the messages these are."""
    return {int(m) for b in mails for m in re.findall(rb"\nspelling (\d+)\r?\n", b)}


def sent(raw, listener, numbers):
    """{number: (the answer to RCPT, the answer to the dot or None)}"""
    client = Client(raw, listener)
    return {n: client.send(SPELLINGS[n], MAIL % n) for n in numbers}


@pytest.mark.limit(300)
def test_who_gets_it_is_whom_the_filters_mean(clean, milter, raw, tmp_path, quota, homes):
    if clean.name == "sim":
        pytest.skip("it is an MTA's own idea of a mailbox that is asked for")
    archive = Archive(tmp_path / "store")
    archive.directory.mkdir()
    (tmp_path / "on").touch()
    for name in ("list", "recipients", "senders"):
        (tmp_path / name).write_text({"list": "to jones", "senders": LISTED}.get(name, "jones") + "\n")
    milter("logger", [f"directory={archive.directory}", f"switch={tmp_path}/on", "min-free=0",
                      f"selection={tmp_path}/list", "summary-interval=0"])
    taken = {n for n, (_, last) in sent(raw, "logger", range(len(SPELLINGS))).items()
             if last and last.startswith("250")}
    kept = tags(f.read_bytes() for f in archive.folder("new"))
    assert len(kept) > 60
    clean.wait_mails("jones", len(kept) + len(RESOLVED_LATER[clean.name]))
    got = tags(clean.mails("jones"))

    milter("spam", [f"senders={tmp_path}/senders", f"recipients={tmp_path}/recipients",
                    "summary-interval=0"])
    refused = {n for n, (_, last) in sent(raw, "spam", taken).items() if last.startswith("550 5.7.1")}
    homes.fill("jones", QUOTA)
    homes.fill("brown", 0)
    quota()
    full = {n for n, (rcpt, _) in sent(raw, "quota", taken).items() if rcpt.startswith("552 5.2.2")}

    got -= {SPELLINGS.index(a) for a in RESOLVED_LATER[clean.name]}
    for name, meant in [("logger", kept), ("spam", refused), ("quota", full)]:
        assert {SPELLINGS[n] for n in meant ^ got} == set(), name


# offers@shop.example, and some who are not.
SENDERS = """
<offers@shop.example> <OFFERS@SHOP.EXAMPLE> <offers@shop.example.> <offers@shop.example..>
<"offers"@shop.example> <"of\\fers"@shop.example> <of\\fers@shop.example> <offers(x)@shop.example>
<offers@(x)shop.example> <offers@shop.example(x)> <offers%shop.example> <offers%shop.example@foo.com>
<offers%shop.example@y.example> <"offers%shop.example"@foo.com> <shop.example!offers>
<foo.com!offers%shop.example> <shop.example!offers@foo.com> <@a.example:offers@shop.example>
<@foo.com:offers@shop.example> <"offers@shop.example"@foo.com> <offers@shop.example@foo.com>
<a@offers@shop.example> <<offers@shop.example>> offers@shop.example <offers@shop.example>x
<x@bar.com>
""".split() + ["  <offers@shop.example>", "<offers @shop.example>", "<offers@ shop.example>",
               "<offers@shop.example > BODY=8BITMIME", "<offers@shop.example> SIZE=100"]


@pytest.mark.limit(300)
def test_whom_a_letter_is_said_to_come_from_is_whom_spam_milter_judged(clean, milter, raw, tmp_path):
    if clean.name == "sim":
        pytest.skip("it is an MTA's own idea of a sender that is asked for")
    for name, line in (("senders", LISTED), ("recipients", "jones@foo.com")):
        (tmp_path / name).write_text(line + "\n")
    milter("spam", [f"senders={tmp_path}/senders", f"recipients={tmp_path}/recipients",
                    "match=envelope", "summary-interval=0"])
    refused, taken = set(), set()
    for n, path in enumerate(SENDERS):
        c = raw("spam")
        c.greet()
        if c.say(f"MAIL FROM:{path}").startswith("250"):
            answer = c.say("RCPT TO:<jones@foo.com>")
            if answer.startswith("250"):
                assert c.message(b"Subject: x\r\n\r\nspelling %d\r\n" % n).startswith("250")
                taken.add(n)
            elif answer.startswith("550 5.7.1"):
                refused.add(n)
        c.sock.close()
    assert len(refused) > 20 and SENDERS.index("<x@bar.com>") in taken
    shown = [re.search(rb"^Return-Path: (.*?)\r?$", m, re.M)[1].lower()
             for m in clean.wait_mails("jones", len(taken))]
    assert [s for s in shown if s == b"<offers@shop.example>"] == []
