# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter behind a real MTA: exact replies, and no mail lost or let in."""

import threading
from pathlib import Path

import pytest

from daemons import FIXTURES

FOUND = "550 5.7.0 VIRUS FOUND"
SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
WORMS = [line.split() for line in
         Path(f"{FIXTURES}/worms/EXPECTED").read_text(encoding="ascii").splitlines()]
ENVELOPE = ["--from", "Smith@bar.com", "--to", "jones@foo.com"]


@pytest.mark.parametrize("name,signature", WORMS, ids=[w[0] for w in WORMS])
def test_a_worm_is_refused_and_nothing_is_delivered(clean, milter, swaks, name, signature):
    d = milter("virus")
    end = swaks("virus", *ENVELOPE, "--data", f"@{FIXTURES}/worms/{name}")
    if "421 4.5.0" in end.text or "554 5.6.1" in end.text:
        assert name == "nul.eml", end.text  # this MTA refuses NUL itself
        return
    if signature == "-":
        assert end.final.startswith("250 2.0.0"), end.text
        clean.wait_mails("jones", 1)
        return
    assert end.final == FOUND, end.text
    assert clean.mails("jones") == []
    d.stop()
    assert d.log().count(f"virus: '{signature}' from: '<Smith@bar.com>'") == 1, d.log()
    assert ("nrcpt=" in d.log()) == ("nrcpt=1" in d.log()) and "nrcpt=?" not in d.log()


def test_the_second_message_of_a_connection_is_judged_for_itself(clean, milter, raw):
    milter("virus")
    c = raw("virus")
    c.greet()
    for body, want in [(b"clean", "250 2.0.0"), (SIGNATURE, FOUND), (b"clean", "250 2.0.0"),
                       (SIGNATURE[:40], "250 2.0.0"), (SIGNATURE[40:], "250 2.0.0")]:
        assert c.say("MAIL FROM:<Smith@bar.com>").startswith("250")
        assert c.say("RCPT TO:<jones@foo.com>").startswith("250")
        assert c.message(b"Subject: x\r\n\r\n" + body + b"\r\n").startswith(want)
    clean.wait_mails("jones", 4)


@pytest.mark.parametrize("before", [65535 - 76, 65535 - 38, 65535 - 1, 65535])
def test_a_signature_at_the_chunk_border_is_refused(clean, milter, raw, before):
    milter("virus")
    filler = (b"x" * 70 + b"\r\n") * (before // 72)
    filler += b"y" * (before - len(filler))
    c = raw("virus")
    c.greet()
    c.say("MAIL FROM:<Smith@bar.com>")
    c.say("RCPT TO:<jones@foo.com>")
    assert c.message(b"Subject: x\r\n\r\n" + filler + SIGNATURE + b"\r\n") == FOUND
    assert clean.mails("jones") == []


def test_a_mail_of_20_megabytes_is_read_to_its_end(clean, milter, raw):
    milter("virus")
    big = (b"z" * 76 + b"\r\n") * (20 * 1024 * 1024 // 78)
    for tail, want in [(b"", "250 2.0.0"), (SIGNATURE + b"\r\n", FOUND)]:
        c = raw("virus")
        c.greet()
        c.say("MAIL FROM:<Smith@bar.com>")
        c.say("RCPT TO:<jones@foo.com>")
        assert c.message(b"Subject: big\r\n\r\n" + big + tail).startswith(want)
    got = clean.wait_mails("jones", 1)[0]
    assert got.count(b"z") == big.count(b"z")


@pytest.mark.limit(180)
def test_twenty_clients_at_once_each_get_their_own_answer(clean, milter, raw):
    d = milter("virus")
    wrong = []

    def drive(n):
        try:
            client(n)
        except OSError as e:
            wrong.append((n, e))

    def client(n):
        c = raw("virus")
        c.greet()
        for i in range(5):
            c.say(f"MAIL FROM:<{n}.{i}@bar.com>")
            c.say("RCPT TO:<jones@foo.com>")
            bad = (n + i) % 2 == 0
            got = c.message(b"Subject: x\r\n\r\n" + (SIGNATURE if bad else b"clean") + b"\r\n")
            if not got.startswith(FOUND if bad else "250 2.0.0"):
                wrong.append((n, i, got))
        c.say("QUIT")

    workers = [threading.Thread(target=drive, args=(n,)) for n in range(20)]
    for w in workers:
        w.start()
    for w in workers:
        w.join(60)
        assert not w.is_alive()
    assert not wrong
    got = clean.wait_mails("jones", 50)
    assert len({m.split(b"Return-Path: ")[1].split(b"\n")[0] for m in got}) == 50
    assert d.stop() == 0
    assert ": 100 messages  WORM_SOBIG.B=50" in d.log()
