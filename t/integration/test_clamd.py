# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter with the real clamd behind it, behind a real MTA: exact replies."""

import os
import re
import signal

import pytest

from clamds import CLAMD, EICAR, INFECTED, MULTIPART, UNWANTED, Clamd, in_base64

FOUND = "550 5.7.0 VIRUS FOUND"
LATER = "451 4.3.0 Please try again later"

pytestmark = [pytest.mark.skipif(CLAMD is None, reason="no clamd (Debian: clamav-daemon)"),
              pytest.mark.limit(300)]


@pytest.fixture
def clamd(mta):
    running = []

    def one(**settings):
        running.append(Clamd(mta.place, "clamd", **settings))
        return running[-1]
    yield one
    for c in running:
        c.kill()


@pytest.fixture
def virus(milter, mta):
    """virus(clamd, options...): our filter with that clamd behind it."""
    os.makedirs(f"{mta.place}/spool", mode=0o700, exist_ok=True)

    def one(server, *options):
        return milter("virus", [f"clamd={server.address}", f"clamd-spool={mta.place}/spool",
                                "clamd-memory=1k", *options])
    return one


@pytest.fixture
def client(raw):
    """client(body, headers) sends one message on the one connection; its last reply."""
    connection = []

    def one(body, headers=()):
        if not connection:  # the filter must listen by then
            connection.append(raw("virus"))
            connection[0].greet()
        c = connection[0]
        for command in ("MAIL FROM:<smith@bar.com>", "RCPT TO:<jones@foo.com>"):
            assert c.say(command).startswith("250")
        head = "".join(f"{name}:{value}\r\n" for name, value in headers or [("Subject", " x")])
        return c.message(head.encode() + b"\r\n" + body)
    return one


def test_eicar_in_each_wrapping_is_refused_and_nothing_is_delivered(clean, clamd, virus, client):
    v = virus(clamd())
    for what, headers, body in INFECTED:
        assert client(body, headers) == FOUND, what
        assert client(body, [("X-Odd", " first"), *headers]) == FOUND, what
    assert client(in_base64(b"clean"), MULTIPART).startswith("250 2.0.0")
    assert client(b"clean\r\n").startswith("250 2.0.0")
    clean.wait_mails("jones", 2)
    v.stop()
    assert v.log().count("virus: 'Own.Eicar.UNOFFICIAL' from: '<smith@bar.com>' by: clamd") == 12


def test_a_large_one_too(clean, clamd, virus, client):
    """In a file, and more than one piece of the MTA's and of clamd's."""
    virus(clamd())
    filler = (b"z" * 76 + b"\r\n") * 20000
    assert client(filler + EICAR + b"\r\n") == FOUND
    assert client(filler).startswith("250 2.0.0")
    clean.wait_mails("jones", 1)


def test_while_clamd_is_away_mail_is_put_off(clean, clamd, virus, client):
    c = clamd()
    v = virus(c)
    assert client(b"clean\r\n").startswith("250 2.0.0")
    c.kill()
    for body in (b"clean\r\n", EICAR):
        assert client(body) == LATER
    v.wait_line("does not answer")
    clamd()
    assert client(EICAR) == FOUND
    assert client(b"clean\r\n").startswith("250 2.0.0")
    clean.wait_mails("jones", 2)
    v.wait_line("verdicts again, after 2 messages without")


def test_while_clamd_hangs_mail_is_put_off(clean, clamd, virus, client):
    c = clamd()
    virus(c, "clamd-answer-timeout=1s", "clamd-connect-timeout=1s")
    assert client(EICAR) == FOUND
    c.freeze()
    assert client(b"clean\r\n") == LATER
    c.signal(signal.SIGCONT)
    c.wait_pong()
    assert client(EICAR) == FOUND
    assert clean.mails("jones") == []


def test_where_the_site_prefers_mail_to_safety_it_passes(clean, clamd, virus, client):
    c = clamd()
    virus(c, "clamd-fail=accept")
    c.kill()
    assert client(EICAR).startswith("250 2.0.0")
    clean.wait_mails("jones", 1)


def test_the_name_stands_in_the_reply_where_the_site_wants_it(clean, clamd, virus, client):
    virus(clamd(), "reply=550 5.7.0 VIRUS FOUND: %v")
    assert client(EICAR) == f"{FOUND}: Own.Eicar.UNOFFICIAL"


def test_what_is_too_large_or_does_not_count(clean, clamd, virus, client):
    v = virus(clamd(), "clamd-max-size=100k", "too-large=reject", "clamd-ignore=PUA.*")
    assert client(b"x" * 70 + b"\r\n" + UNWANTED).startswith("250 2.0.0")
    assert client((b"x" * 70 + b"\r\n") * 2000) == "552 5.3.4 This message is too large to be looked at"
    clean.wait_mails("jones", 1)
    v.stop()
    assert re.search(r": 2 messages .*ignored=1", v.log()), v.log()
    assert re.search(r": 2 messages .*too-large=1", v.log()), v.log()
