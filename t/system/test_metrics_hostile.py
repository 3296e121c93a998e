# SPDX-License-Identifier: BSD-2-Clause
"""metrics-file of all four, whatever stands in mail, in clamd's answers, in the configuration."""

import os

import pytest

from clamds import Double
from measured import FILTERS, at_the_end, measured  # noqa: F401
from mta import session
from prom import Metrics, lint

ODD = [b'a"} 1\nx_total 5\n', b"back\\slash\\", b"tab\there", b"\xff\xfe\x80", "äöü€".encode(),
       b"{le=\"+Inf\"}", b"# EOF", b"%s%n%1000000d", b"l" * 900, b"\x01\x1b[31m", b""]


def hostile_session(d, odd):
    """Every place where an MTA hands on what a client has typed."""
    with session(d.socket) as m:
        for step in (lambda: m.mail(b"<%b@%b.example>" % (odd, odd), qid=b"Q" + odd[:50]),
                     lambda: m.rcpt(b"<%b@foo.com>" % odd, addr=b"x" + odd, mailer=b"m" + odd, host=odd),
                     lambda: m.content([(b"X-" + odd.replace(b":", b""), odd), (b"From", odd), (b"Subject", odd)],
                                       [odd * 50 + b"\r\n"], msg_id=b"<" + odd + b">")):
            if (step() or "c")[0] != "c":
                return


@pytest.mark.parametrize("filter", FILTERS)
def test_nothing_from_mail_makes_a_series(measured, filter):
    d = measured(filter, "metrics-interval=1")
    before = set(Metrics(d.prom, filter).values)
    for odd in ODD:
        hostile_session(d, odd)
    end = at_the_end(d)
    assert set(end.values) == before
    assert end("messages_total") == len(ODD)


NAMES = [b"Own.Name", b'a"} 1', b"back\\slash", b"{x=\"y\"}", b"%n%s", b"#", b"n" * 255]
NONE = [b"stream: new\nline FOUND\0", b"stream: \xff\xfe FOUND\0", b"x" * 5000, b"stream: " + b"n" * 256 + b" FOUND\0",
        b'a"} 1\nx_total 5\n\0', b"\0", b""]


def test_nothing_that_clamd_says_makes_a_series(measured, place):
    answers = [b"stream: " + n + b" FOUND\0" for n in NAMES] + NONE
    clamd = Double(place, lambda talk, number: talk.say(answers[number]), pong=b'P"ONG\\\n\0')
    os.mkdir(f"{place}/spool", 0o700)
    d = measured("virus", f"clamd={clamd.address}", f"clamd-spool={place}/spool")
    before = set(Metrics(d.prom, "virus").values)
    with session(d.socket) as m:
        for _ in answers:
            m.message(b"x")
    end = at_the_end(d)
    clamd.close()
    assert set(end.values) == before
    assert end("clamd_messages_total", outcome="found") == len(NAMES)
    assert end("clamd_messages_total", outcome="no_opinion") == len(NONE)


def test_servers_of_any_name_are_as_many_series(measured, place):
    """Two that differ only in bytes that the log escapes are two all the same."""
    paths = [f"{place}/plain", f'{place}/quo"ted"', f"{place}/back\\slash", f"{place}/back\\\\slash",
             f"{place}/\\xff", f"{place}/ä", f"{place}/ö", f"{place}/new\nline", f"{place}/new\rline",
             f"{place}/" + "l" * (105 - len(place)), f"{place}/" + "l" * (106 - len(place))]
    os.mkdir(f"{place}/spool", 0o700)
    d = measured("virus", "clamd=" + ", ".join(f"unix:{p}" for p in paths), f"clamd-spool={place}/spool")
    lint(d.prom)
    up = [s for s in at_the_end(d).values if s.startswith("refmilter_clamd_up{")]
    assert len(up) == len(paths)
    assert any(s.endswith(r'/\\xC3\\xA4"}') for s in up)
