# SPDX-License-Identifier: BSD-2-Clause
"""What each MTA tells the client when virus-milter is away, dies or hangs.

The listener decides: sendmail's F= absent, T, R, 4, or Postfix's default_action
accept, tempfail, reject, quarantine.  The replies are those that real MTAs gave;
our simulator must give sendmail's.
"""

import signal
import threading

import pytest

SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
EOF = "*EOF*"

# (listener, when): the reply at which it shows, and the one after
SENDMAIL = {
    ("pass", "absent"): ("220 ", "250 2.1.0"),
    ("temp", "absent"): ("220 ", "451 4.3.2 Please try again later"),
    ("reject", "absent"): ("554 mx.test ESMTP not accepting messages",
                           "550 5.0.0 Command rejected"),
    ("four", "absent"): ("421 4.7.0 mx.test closing connection", EOF),
    ("pass", "before MAIL"): ("250 2.1.0", "250 2.1.5"),
    ("temp", "before MAIL"): ("451 4.3.2 Please try again later",
                              "503 5.0.0 Need MAIL before RCPT"),
    ("reject", "before MAIL"): ("550 5.7.1 <Smith@bar.com>... Command rejected",
                                "503 5.0.0 Need MAIL before RCPT"),
    ("four", "before MAIL"): ("421 4.3.0 closing connection", EOF),
    ("pass", "at the end"): ("250 2.0.0", "250 2.1.0"),
    ("temp", "at the end"): ("451 4.3.2 Please try again later",
                             "451 4.3.2 Please try again later"),
    ("reject", "at the end"): ("554 5.7.1 Command rejected",
                               "550 5.7.1 <Smith@bar.com>... Command rejected"),
    ("four", "at the end"): ("421 4.7.0 mx.test closing connection", EOF),
}
POSTFIX = {
    ("pass", "absent"): ("220 ", "250 2.1.0"),
    ("temp", "absent"): ("220 ", "451 4.7.1 Service unavailable - try again later"),
    ("reject", "absent"): ("554 mx.test ESMTP not accepting connections",
                           "550 5.5.0 Service unavailable"),
    ("four", "absent"): ("220 ", "250 2.1.0"),
    ("pass", "before MAIL"): ("250 2.1.0", "250 2.1.5"),
    ("temp", "before MAIL"): ("451 4.7.1 Service unavailable - try again later",
                              "503 5.5.1 Error: need MAIL command"),
    ("reject", "before MAIL"): ("550 5.5.0 Service unavailable",
                                "503 5.5.1 Error: need MAIL command"),
    ("four", "before MAIL"): ("250 2.1.0", "250 2.1.5"),
    # smtpd awaits no answer to MAIL, so it does not see that cleanup had none
    ("temp", "hanging"): ("451 4.7.1 Service unavailable - try again later", "250 2.1.0"),
    ("reject", "hanging"): ("550 5.5.0 Service unavailable", "250 2.1.0"),
    ("pass", "at the end"): ("250 2.0.0", "250 2.1.0"),
    ("temp", "at the end"): ("451 4.7.1 Service unavailable - try again later",
                             "451 4.7.1 Service unavailable - try again later"),
    ("reject", "at the end"): ("550 5.5.0 Service unavailable",
                               "550 5.5.0 Service unavailable"),
    ("four", "at the end"): ("250 2.0.0", "250 2.1.0"),
}
TABLE = {"sendmail": SENDMAIL, "postfix": POSTFIX, "sim": SENDMAIL}
POLICIES = ["pass", "temp", "reject", "four"]
MAIL, RCPT = "MAIL FROM:<Smith@bar.com>", "RCPT TO:<jones@foo.com>"


def same(got, want):
    return got == want or (len(want) <= 9 and got.startswith(want))


def expect(mta, listener, when, first, second):
    table = TABLE[mta.name]
    want = table.get((listener, when)) or table[listener, "at the end"]
    assert same(first, want[0]) and same(second, want[1]), f"got {(first, second)}, want {want}"


@pytest.mark.parametrize("listener", POLICIES)
def test_absent_from_the_start(clean, raw, listener):
    c = raw(listener)
    greeting = c.reply()
    after = EOF if c.say("EHLO client.test") == EOF else c.say(MAIL)
    expect(clean, listener, "absent", greeting, after)


@pytest.mark.parametrize("listener", POLICIES)
def test_killed_before_mail(clean, milter, raw, listener):
    d = milter("virus")
    c = raw(listener)
    c.greet()
    d.kill()
    first = c.say(MAIL)
    if not first.startswith("250") or listener == "pass":
        expect(clean, listener, "before MAIL", first, c.say(RCPT))
        return
    # virus-milter does not answer MAIL, so it may show at the end alone
    c.say(RCPT)
    first = c.message(b"Subject: x\r\n\r\n" + SIGNATURE + b"\r\n")
    second = EOF if first == EOF else c.say(MAIL)
    expect(clean, listener, "at the end", first, second)


@pytest.mark.parametrize("listener", POLICIES)
def test_killed_between_rcpt_and_data(clean, milter, raw, listener):
    d = milter("virus")
    c = raw(listener)
    c.greet()
    assert c.say(MAIL).startswith("250")
    assert c.say(RCPT).startswith("250")
    d.kill()
    first = c.message(b"Subject: x\r\n\r\n" + SIGNATURE + b"\r\n")
    second = EOF if first == EOF else c.say(MAIL)
    expect(clean, listener, "at the end", first, second)


@pytest.mark.parametrize("listener", POLICIES)
def test_hanging_at_the_end_of_a_message(clean, milter, raw, listener):
    """SIGSTOP: the socket is open, and nobody answers; the limits are 2 and 4 s."""
    d = milter("virus")
    c = raw(listener)
    c.greet()
    assert c.say(MAIL).startswith("250")
    assert c.say(RCPT).startswith("250")
    d.freeze()
    try:
        first = c.message(b"Subject: x\r\n\r\n" + SIGNATURE + b"\r\n")
        second = EOF if first == EOF else c.say(MAIL)
    finally:
        d.signal(signal.SIGCONT)
    expect(clean, listener, "hanging", first, second)


@pytest.mark.limit(120)
def test_a_restart_under_load_loses_nothing_and_lets_nothing_in(clean, milter, raw):
    """F=T: each answer is 250, the refusal, or "later"; what got 250 is there."""
    d = [milter("virus")]
    stop, accepted, wrong = threading.Event(), [], []

    def drive(n):
        try:
            client(n)
        except OSError as e:
            wrong.append((n, e))

    def client(n):
        i = 0
        while not stop.is_set():
            c = raw("temp")
            c.greet()
            for _ in range(5):
                i += 1
                mark = f"id-{n}-{i}".encode()
                bad = i % 2 == 0
                if not c.say(MAIL).startswith("250") or not c.say(RCPT).startswith("250"):
                    break
                got = c.message(b"Subject: " + mark + b"\r\n\r\n" +
                                (SIGNATURE if bad else b"clean") + b"\r\n")
                if got.startswith("250"):
                    accepted.append(mark)
                    if bad:
                        wrong.append(mark)
                elif not got.startswith(("550 5.7.0", "451 4.")):
                    wrong.append((mark, got))
                    break
            c.sock.close()

    workers = [threading.Thread(target=drive, args=(n,)) for n in range(4)]
    for w in workers:
        w.start()
    for round_ in range(6):
        served = len(accepted)
        for _ in range(500):
            if len(accepted) >= served + 5:
                break
            stop.wait(0.01)
        d[-1].kill() if round_ % 2 else d[-1].stop()
        d.append(milter("virus"))
    stop.set()
    for w in workers:
        w.join(30)
    assert not wrong
    assert len(accepted) > 20, "the load must have been served"
    got = b"".join(clean.wait_mails("jones", len(accepted)))
    assert all(b"Subject: " + mark + b"\n" in got for mark in accepted)
