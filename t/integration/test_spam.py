# SPDX-License-Identifier: BSD-2-Clause
"""spam-milter behind a real MTA: who asked, who is listed, and what the client is told."""

import pytest

REFUSED = "550 5.7.1 Rejected at the recipient's request"
TAKEN = "250 2.0.0"
LISTED, HONEST = "offers@shop.example", "smith@bar.com"
ASKED, OTHER = "jones@foo.com", "brown@foo.com"

# The reply to RCPT: sendmail puts the address into a 550 there, and not into a 452.
AT_RCPT = {
    "sendmail": "550 5.7.1 <jones@foo.com>... Rejected at the recipient's request",
    "postfix": REFUSED,
    "sim": "550 5.7.1 <jones@foo.com>... Rejected at the recipient's request",
}


@pytest.fixture
def spam(milter, tmp_path):
    """spam(options...) with one listed sender, one listed domain; jones asked."""
    def one(*options):
        (tmp_path / "senders").write_text(f"{LISTED}\n.bulk.example\n", encoding="ascii")
        (tmp_path / "recipients").write_text(f"{ASKED}\npostmaster@foo.com\n", encoding="ascii")
        return milter("spam", [f"senders={tmp_path}/senders", "summary-interval=0",
                               f"recipients={tmp_path}/recipients", *options])
    return one


def send(raw, from_, *rcpts, envelope="x@bar.com"):
    """One message; the answers to RCPT, and the last."""
    c = raw("spam")
    c.greet()
    assert c.say(f"MAIL FROM:<{envelope}>").startswith("250"), c.transcript
    answers = [c.say(f"RCPT TO:<{r}>") for r in rcpts]
    last = c.message(f"From: {from_}\r\nSubject: x\r\n\r\nHello\r\n".encode())
    c.say("QUIT")
    return answers, last


# who sends | to whom | options | the answer to the dot | who gets it
MATRIX = [
    ("listed to who asked", LISTED, [ASKED], [], REFUSED, []),
    ("listed to who did not", LISTED, [OTHER], [], TAKEN, [OTHER]),
    ("unlisted to who asked", HONEST, [ASKED], [], TAKEN, [ASKED]),
    ("unlisted to who did not", HONEST, [OTHER], [], TAKEN, [OTHER]),
    ("a domain below to who asked", "x@a.bulk.example", [ASKED], [], REFUSED, []),
    ("the domain itself to who asked", "x@bulk.example", [ASKED], [], TAKEN, [ASKED]),
    ("in another case, with a name", '"Shop" <OFFERS@Shop.Example>', [ASKED], [], REFUSED, []),
    ("as a display name alone", f'"{LISTED}" <{HONEST}>', [ASKED], [], TAKEN, [ASKED]),
    ("with detail to who asked", LISTED, ["jones+news@foo.com"], [], REFUSED, []),
    ("listed to both", LISTED, [ASKED, OTHER], [], TAKEN, [ASKED, OTHER]),
    ("unlisted to both, reject", HONEST, [ASKED, OTHER], ["mixed=reject"], TAKEN, [ASKED, OTHER]),
    ("listed to both, reject", LISTED, [ASKED, OTHER], ["mixed=reject"], REFUSED, []),
    ("listed to both, other order", LISTED, [OTHER, ASKED], ["mixed=reject"], REFUSED, []),
]


@pytest.mark.parametrize("from_,rcpts,options,want,gets", [m[1:] for m in MATRIX],
                         ids=[m[0] for m in MATRIX])
def test_who_is_refused(clean, spam, raw, from_, rcpts, options, want, gets):
    d = spam(*options)
    answers, last = send(raw, from_, *rcpts)
    assert all(a.startswith("250 2.1.5") for a in answers), answers
    assert last == want or (want == TAKEN and last.startswith(TAKEN)), last
    for rcpt in [ASKED, OTHER]:
        clean.wait_mails(rcpt.split("@")[0], 1 if rcpt in gets else 0)
    assert d.stop() == 0
    assert ("action=reject 550 5.7.1" in d.log()) == (want == REFUSED), d.log()
    assert d.log().count(": 1 messages") == 1, d.log()


def test_a_field_longer_than_a_packet_hides_no_address(clean, spam, raw):
    """libmilter would close the connection.  sendmail refuses the mail; Postfix cuts the
    field at 60,000 octets, for the filter and for the reader alike."""
    spam()
    padding = f"good@y.example,\r\n {'x' * 900}@y.example,\r\n " * 100
    assert send(raw, f"{LISTED},\r\n {padding}{HONEST}", ASKED)[1][:1] == "5"
    if send(raw, f"{padding}{LISTED}", ASKED)[1].startswith("250"):
        assert LISTED.encode() not in clean.wait_mails("jones", 1)[0]


def test_postmaster_never_asked(clean, spam, raw):
    spam("mixed=reject")
    for rcpts in (["postmaster@foo.com"], [ASKED, "postmaster@foo.com"]):
        assert send(raw, LISTED, *rcpts)[1].startswith(TAKEN)
    clean.wait_mails("jones", 1)


def test_a_listed_envelope_sender_is_refused_to_each_who_asked(clean, spam, raw):
    d = spam("match=envelope")
    answers, last = send(raw, HONEST, ASKED, OTHER, envelope=LISTED)
    assert answers[0] == AT_RCPT[clean.name]
    assert answers[1].startswith("250 2.1.5")
    assert last.startswith(TAKEN)
    clean.wait_mails("brown", 1)
    assert clean.mails("jones") == []
    d.wait_line(rf"spam: '{LISTED}' .* mail-from: '.*{LISTED}.*action=reject 550 5\.7\.1")


def test_a_client_that_sends_again_reaches_everybody_it_may(clean, spam, raw):
    spam("mixed=split")
    answers, last = send(raw, LISTED, OTHER, ASKED)
    assert answers[0].startswith("250 2.1.5")
    assert answers[1].startswith("452 4.5.3 "), answers
    assert last.startswith(TAKEN)
    assert send(raw, LISTED, ASKED)[1] == REFUSED
    clean.wait_mails("brown", 1)
    assert clean.mails("jones") == []


def test_each_message_of_a_connection_is_judged_for_itself(clean, spam, raw):
    spam()
    c = raw("spam")
    c.greet()
    for from_, rcpt, want in [(LISTED, ASKED, REFUSED), (HONEST, ASKED, TAKEN),
                              (LISTED, OTHER, TAKEN), (LISTED, ASKED, REFUSED)]:
        assert c.say("MAIL FROM:<x@bar.com>").startswith("250")
        assert c.say(f"RCPT TO:<{rcpt}>").startswith("250")
        assert c.message(f"From: {from_}\r\n\r\nx\r\n".encode()).startswith(want)
    clean.wait_mails("jones", 1)
    clean.wait_mails("brown", 1)
