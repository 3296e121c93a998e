# SPDX-License-Identifier: BSD-2-Clause
"""Mail that is made to pass: behind real MTAs no worm and no listed sender does.

An MTA may refuse some of it for itself, or change it on its way to the filter and behind it;
what is asked is what a recipient gets to see.
"""

import email
import email.utils
import re
import time

import pytest

from mtas import LIMIT
from test_spam import LISTED

WORM = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
HEAD = b"From: a@bar.com\r\nSubject: x\r\n"
SMUGGLED = b"\r\nMAIL FROM:<y@bar.com>\r\nRCPT TO:<jones@foo.com>\r\nDATA\r\n" + HEAD + b"\r\n" + WORM
NEST = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1)
                for n in range(150))
BODIES = {
    "plain": HEAD + b"\r\n" + WORM,
    "behind a NUL": HEAD + b"\r\nab\0cd\r\n" + WORM,
    "behind a NUL in its line": HEAD + b"\r\nab\0" + WORM,
    "behind a bare CR": HEAD + b"\r\nab\r" + WORM,
    "behind a bare LF": HEAD + b"\r\nab\n" + WORM,
    "behind LF CR": HEAD + b"\r\nab\n\r" + WORM,
    "all line ends bare": HEAD.replace(b"\r", b"") + b"\n" + WORM,
    "behind a stuffed dot": HEAD + b"\r\n.." + WORM,
    "behind a dot": HEAD + b"\r\n." + WORM,
    "without a header": WORM + b"\r\nfoo",
    "with an empty header": b"\r\n" + WORM,
    "behind a line that is no field": b"no field\r\n" + WORM,
    "behind a field without a name": b": x\r\n" + HEAD + b"\r\n" + WORM,
    "behind a line of a blank": HEAD + b" \r\n" + WORM,
    "behind a fold without text": HEAD + b" foo\r\n\t\r\n" + WORM,
    "behind From of an mbox": b"From jones Mon\r\n" + HEAD + b"\r\nFrom jones\r\n" + WORM,
    "behind 1500 fields": HEAD + b"".join(b"X-%d: y\r\n" % n for n in range(1500)) + b"\r\n" + WORM,
    "behind a field of 90 KB": HEAD + b"X: a\r\n" + (b" " + b"b" * 900 + b"\r\n") * 100 + b"\r\n" + WORM,
    "behind a field of one line": HEAD + b"X: " + b"a" * 5000 + b"\r\n\r\n" + WORM,
    "across the chunks of libmilter": HEAD + b"\r\n" + (b"y" * 98 + b"\r\n") * 655 + b"z" * 10 + WORM,
    "in parts in parts": HEAD + b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n" + NEST + WORM,
    "behind octets of 8 bits": HEAD + b"\r\n\xff\xfe\r\n" + WORM,
    "behind each octet there is": HEAD + b"\r\n" + bytes({*range(1, 256)} - {10, 13}) + b"\r\n" + WORM,
    "behind half of itself": HEAD + b"\r\n" + b"".join(
        b"x" * n + WORM[:40] + b"\r\n" for n in range(900, 998)) + WORM,
    **{f"in a line, behind {n}": HEAD + b"\r\n" + b"x" * n + WORM
       for n in (970, 2028, 65515, 70000)},
    "smuggled by LF . CRLF": HEAD + b"\r\nfoo\n." + SMUGGLED,
    "smuggled by CRLF . LF": HEAD + b"\r\nfoo\r\n.\n" + SMUGGLED[2:],
    "smuggled by CR . CR": HEAD + b"\r\nfoo\r.\r" + SMUGGLED,
}
BY_BDAT = {
    "octet by octet": lambda m: [m[i:i + 1] for i in range(len(m))],
    "cut in the worm": lambda m: [m[:-50], m[-50:-20], m[-20:]],
    "an empty one last": lambda m: [m, b""],
}
NAME = LISTED.encode()
FROM = {
    "a blank before the colon": b"From : " + NAME,
    "a fold before the colon": b"From\r\n : " + NAME,
    "a NUL before it": b"From: good@y.example\0, " + NAME,
    "a NUL in it": b"From: offers\0@shop.example",
    "a NUL in the name": b"Fr\0om: " + NAME,
    "a bare CR before it": b"From: good@y.example\r, " + NAME,
    "a field behind a bare CR": b"X: y\rFrom: " + NAME + b"\r\nFrom: good@y.example",
    "a field behind a bare LF": b"X: y\nFrom: " + NAME + b"\r\nFrom: good@y.example",
    "a second field": b"From: good@y.example\r\nFrom: " + NAME,
    "behind 1500 fields": b"".join(b"X-%d: y\r\n" % n for n in range(1500)) + b"From: " + NAME,
    "behind a line that is no field": b"X: y\r\nfoo\r\nFrom: " + NAME,
    "behind From of an mbox": b"From jones Mon\r\nFrom: " + NAME,
    "behind a name of 5000": b'From: "' + b"a" * 5000 + b'" <' + NAME + b">",
    "the last of 1500": b"From: " + b"".join(b"a%d@y.example,\r\n " % n for n in range(1500)) + NAME,
    "a no-break space": b"From: offers\xc2\xa0@shop.example",
    "a soft hyphen": "From: off\u00aders@shop.example".encode(),
    "a dot behind it": b"From: offers@shop.example.",
    "quoted": b'From: "of\\fers"@shop.example',
    "blanks and comments": b"From: offers (a) @ shop (b) . example",
    "an open group": b"From: undisclosed: " + NAME,
    "behind an empty group": b"From: x:;, " + NAME,
    "an empty line of it": b"From:\r\n \r\n " + NAME,
    "a source route": b"From: <@a.example,@b.example:" + NAME + b">",
    "a bang path": b"From: shop.example!offers",
    "a bang path in brackets": b"From: Bad <shop.example!offers>",
    "a per cent sign": b"From: offers%shop.example",
    "a per cent sign in brackets": b"From: Bad <offers%shop.example>",
    "a per cent sign in a bang path": b"From: shop.example!offers%y.example",
    "a semicolon": b"From: g@y.example; " + NAME,
    "a tabulator": b"From:\t" + NAME,
    "no blank": b"from:" + NAME,
    "a form feed": b"From: offers\x0c@shop.example",
}


def greeted(raw, listener):
    c = raw(listener)
    c.greet()
    return c


def send(raw, listener, content, sender="<x@bar.com>"):
    c = greeted(raw, listener)
    for command in (f"MAIL FROM:{sender}", "RCPT TO:<jones@foo.com>"):
        assert c.say(command).startswith("250"), c.transcript
    assert c.say("DATA").startswith("354"), c.transcript
    c.send(content + b"\r\n.\r\n")
    answer = c.reply()
    if b"DATA" in content and answer[0] == "2":
        c.say("NOOP")  # what was smuggled has been taken by then
    c.sock.close()
    return answer


def arrived(mta, raw, listener):
    """All that jones has got, once this last letter is there."""
    last = b"the last letter of this test"
    assert send(raw, listener, HEAD + b"\r\n" + last).startswith("250")
    until = time.monotonic() + LIMIT
    while not any(last in m for m in mta.mails("jones")):
        assert time.monotonic() < until, "the last letter does not come"
        time.sleep(0.02)  # a folder in a container has no event to wait for
    return [m for m in mta.mails("jones") if last not in m]


def test_no_worm_gets_through(clean, milter, raw):
    milter("virus")
    for name, content in BODIES.items():
        answer = send(raw, "virus", content)
        assert "smuggled" in name or answer[0] in "45", (name, answer)
    assert send(raw, "virus", BODIES["plain"]) == "550 5.7.0 VIRUS FOUND"
    assert [m for m in arrived(clean, raw, "virus") if WORM in m] == []


@pytest.mark.parametrize("cut", BY_BDAT.values(), ids=BY_BDAT.keys())
def test_no_worm_gets_through_by_bdat(clean, milter, raw, cut):
    if clean.name != "postfix":
        pytest.skip("Postfix alone offers CHUNKING")
    milter("virus")
    c = greeted(raw, "virus")
    for command in ("MAIL FROM:<x@bar.com> BODY=8BITMIME SMTPUTF8", "RCPT TO:<jones@foo.com>"):
        assert c.say(command).startswith("250"), c.transcript
    chunks = cut(BODIES["plain"] + b"\r\n")
    for n, chunk in enumerate(chunks):
        c.send(b"BDAT %d%s\r\n" % (len(chunk), b" LAST" if n == len(chunks) - 1 else b"") + chunk)
        answer = c.reply()
    assert answer == "550 5.7.0 VIRUS FOUND"


def senders_shown(mail):
    """Every address of a From field, as a mail program of today reads it."""
    fields = email.message_from_bytes(mail).get_all("From", [])
    return {a.lower() for _, a in email.utils.getaddresses([str(f) for f in fields])}


def test_no_listed_sender_is_shown(clean, milter, raw, tmp_path):
    (tmp_path / "senders").write_text(f"{LISTED}\n", encoding="ascii")
    (tmp_path / "recipients").write_text("jones@foo.com\n", encoding="ascii")
    milter("spam", [f"senders={tmp_path}/senders", f"recipients={tmp_path}/recipients",
                    "summary-interval=0"])
    answers = {name: send(raw, "spam", field + b"\r\nSubject: " + name.encode() + b"\r\n\r\nx")
               for name, field in FROM.items()}
    refused = [a for a in answers.values() if a.startswith("550 5.7.1 Rejected at the rec")]
    assert len(refused) >= 15, answers
    shown = {}
    for mail in arrived(clean, raw, "spam"):
        name = re.search(rb"^Subject: (.*?)\r?$", mail, re.M)[1]
        shown[name] = senders_shown(mail)
    assert [n for n, addresses in shown.items() if LISTED in addresses] == []
