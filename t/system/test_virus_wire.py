# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter as an MTA sees it, packet by packet."""

import itertools

import pytest

from daemons import FIXTURES, LIMIT
from mta import STEP, Closed, Mta, Silence, session, strings

SIGNATURES = f"{FIXTURES}/signatures/signatures"
SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
FOUND = ("y", b"550 5.7.0 VIRUS FOUND\0")
CLEAN = ("c", b"")

NO = {letter: bits[0] for letter, bits in STEP.items()}
NR = {letter: bits[1] for letter, bits in STEP.items()}


@pytest.fixture
def virus(milter):
    return milter("virus-milter", [f"signatures={SIGNATURES}", "summary-interval=0"])


def test_it_asks_for_mail_body_and_eom_alone_and_for_no_edits(virus):
    with Mta(virus.socket) as m:
        version, actions, steps, wishes = m.negotiate()
    assert version == 6
    assert actions == 0x100, "only the list of macros, no way to change a message"
    assert steps == sum(NO[x] for x in "CHRLNUT") | NR["M"] | NR["B"]
    assert wishes[5] == wishes[6], "sendmail reads the list of EOM under EOH"
    assert "{nrcpts}" in wishes[5].split()


# An old MTA offers less; the verdict must be the same.
OFFERS = [
    ("version 2", {"version": 2, "actions": 0x1F, "steps": 0x7F}),
    ("version 3", {"version": 3, "actions": 0x3F, "steps": 0x1FF}),
    ("version 4", {"version": 4, "actions": 0x3F, "steps": 0x3FF}),
    ("version 6", {}),
    ("version 6 without optional bits", {"actions": 0, "steps": 0}),
    ("version 6 without NR", {"steps": 0x7FF}),
    ("version 6 without NO", {"steps": 0x1FFFFF & ~0x37F}),
    ("version 99, all bits", {"version": 99, "actions": 0xFFFFFFFF, "steps": 0xFFFFFFFF}),
]


@pytest.mark.parametrize("offer", [o[1] for o in OFFERS], ids=[o[0] for o in OFFERS])
def test_the_verdict_is_the_same_whatever_is_offered(virus, offer):
    with session(virus.socket, **offer) as m:
        assert m.message(b"x\r\n" + SIGNATURE + b"\r\n") == FOUND
        assert m.message(b"clean\r\n") == CLEAN
        assert m.message(SIGNATURE) == FOUND
        assert not m.pending()


def test_nothing_is_answered_that_was_not_offered(virus):
    """libmilter reads an offer of 0 as that of version 1, so 0 is not offered here."""
    for version, actions, steps in [(2, 0x1F, 0x7F), (6, 0x1, 0x400), (6, 0x100, 0x80000)]:
        with Mta(virus.socket) as m:
            got = m.negotiate(version, actions, steps)
        assert got[0] == version
        assert got[1] & ~actions == 0 and got[2] & ~steps == 0


@pytest.mark.parametrize("cut", range(len(SIGNATURE) + 1))
def test_a_signature_cut_anywhere_is_found(virus, cut):
    chunks = [b"a" * 65400 + SIGNATURE[:cut], SIGNATURE[cut:]]
    with session(virus.socket) as m:
        m.mail()
        assert m.content(chunks=[c for c in chunks if c]) == FOUND


@pytest.mark.parametrize("before", range(65535 - 77, 65535 + 2, 13))
def test_a_signature_across_the_chunk_border_is_found(virus, before):
    with session(virus.socket) as m:
        assert m.message(b"a" * before + SIGNATURE + b"b" * 10) == FOUND


BODIES = [
    ("one byte a packet", [bytes([b]) for b in b"x" + SIGNATURE + b"y"], FOUND),
    ("the signature alone", [SIGNATURE], FOUND),
    ("after a NUL", [b"\0\0" + SIGNATURE], FOUND),
    ("a NUL inside is another text", [SIGNATURE[:40] + b"\0" + SIGNATURE[40:]], CLEAN),
    ("folded by CRLF is another text", [SIGNATURE[:40] + b"\r\n" + SIGNATURE[40:]], CLEAN),
    ("its last byte is missing", [SIGNATURE[:-1]], CLEAN),
    ("its last byte is another", [SIGNATURE[:-1] + b"!"], CLEAN),
    ("no body", [], CLEAN),
    ("8-bit bytes", [bytes(range(256)) * 10], CLEAN),
]


@pytest.mark.parametrize("chunks,want", [b[1:] for b in BODIES], ids=[b[0] for b in BODIES])
def test_what_is_found_and_what_is_not(virus, chunks, want):
    with session(virus.socket) as m:
        m.mail()
        assert m.content(chunks=chunks) == want


def test_one_message_leaves_no_trace_in_the_next(virus):
    with session(virus.socket) as m:
        m.mail()
        m.command("B", SIGNATURE[:40])
        m.send("A")  # ABORT
        m.mail()
        m.command("B", SIGNATURE[40:])
        assert m.eom() == CLEAN
        m.mail()
        m.command("B", SIGNATURE[:40])
        m.mail()  # the next MAIL without ABORT: NR_MAIL makes sendmail do that
        m.command("B", SIGNATURE[40:])
        assert m.eom() == CLEAN
        m.mail()
        m.command("B", SIGNATURE)
        m.send("A")
        assert m.message(b"clean") == CLEAN


def test_abort_may_come_at_any_time_and_often(virus):
    with session(virus.socket) as m:
        for _ in range(3):
            m.send("A")
        assert m.message(SIGNATURE) == FOUND
        for _ in range(3):
            m.send("A")
        assert m.message(b"clean") == CLEAN
    assert virus.stop() == 0, "a sanitizer that looks for leaks says so at the end"


def test_a_body_without_mail_is_never_accepted(virus):
    """libmilter passes BODY on after UNKNOWN; bug 9 of the 2003 listing."""
    with Mta(virus.socket) as m:
        m.negotiate(steps=0)
        m.connect()
        m.command("U", strings("FOO"))
        assert m.command("B", SIGNATURE) == ("y", b"451 4.3.0 Please try again later\0")
    virus.wait_line("cannot judge a message")


def sequences():
    """Every order of three of these commands."""
    return [s for n in (1, 2, 3) for s in itertools.product("CHMRLNBEUA", repeat=n)]


PAYLOAD = {
    "C": strings("h") + b"4\0\1" + strings("127.0.0.1"), "H": strings("h"),
    "M": strings("<a@b>"), "R": strings("<c@d>"), "L": strings("Name", "value"),
    "B": SIGNATURE, "U": strings("FOO"),
}


@pytest.mark.limit(400)
def test_no_order_of_commands_crashes_it_or_lets_the_signature_in(virus):
    for order in sequences():
        with Mta(virus.socket, limit=5) as m:
            m.negotiate(steps=0)
            try:
                for letter in order:
                    m.send(letter, PAYLOAD.get(letter, b""))
                m.send("Q")
                verdicts = []
                while True:
                    verdicts.append(m.recv()[0])
            except (Closed, BrokenPipeError, ConnectionResetError):
                pass
        body_then_eom = "B" in order and "E" in order[order.index("B"):]
        accepted = bool(verdicts) and verdicts[-1] in "ac"
        # libmilter ignores BODY where it is out of order: then nothing was scanned,
        # and nothing was promised.  Where it was given to us, EOM must refuse.
        if order == ("M", "B", "E") or (body_then_eom and order[0] == "U"):
            assert not accepted, order
    with session(virus.socket) as m:
        assert m.message(SIGNATURE) == FOUND


GARBAGE = [
    ("HTTP", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a TLS hello", bytes.fromhex("16030100c8010000c40303") + bytes(60)),
    ("SMTP", b"EHLO x\r\nMAIL FROM:<a@b>\r\n"),
    ("zeros", bytes(64)),
    ("0xff", b"\xff" * 64),
    ("an unknown command", b"\0\0\0\1Z"),
    ("a short OPTNEG", b"\0\0\0\x08O\0\0\0\6\0\0\0"),
    ("OPTNEG of version 1", b"\0\0\0\x0dO\0\0\0\1\0\0\0\0\0\0\0\0"),
    ("a length of 2 GB", b"\x7f\xff\xff\xffE"),
    ("nothing", b""),
]


@pytest.mark.parametrize("data", [g[1] for g in GARBAGE], ids=[g[0] for g in GARBAGE])
def test_garbage_closes_that_connection_alone(virus, data):
    with Mta(virus.socket, limit=1) as m:
        m.raw(data)
        m.sock.shutdown(1)
        try:
            m.recv()
        except (Closed, Silence):
            pass
    with session(virus.socket) as m:
        assert m.message(SIGNATURE) == FOUND


def test_a_drop_at_any_byte_leaves_it_well(virus):
    whole = b""
    for letter, payload in [("M", strings("<a@b>")), ("B", SIGNATURE), ("E", b"")]:
        whole += len(payload + b"x").to_bytes(4, "big") + letter.encode() + payload
    for n in range(len(whole)):
        with Mta(virus.socket) as m:
            m.negotiate()
            m.raw(whole[:n])
    with session(virus.socket) as m:
        assert m.message(SIGNATURE) == FOUND
    assert virus.stop() == 0, "a sanitizer that looks for leaks says so at the end"


def test_the_reply_doubles_per_cent_signs(milter):
    d = milter("virus-milter", [f"signatures={SIGNATURES}",
                                "reply=554 5.7.1 100%% sure: %v"])
    with session(d.socket) as m:
        assert m.message(SIGNATURE) == ("y", b"554 5.7.1 100%% sure: WORM_SOBIG.B\0")


@pytest.mark.parametrize("more, reply", [
    (["reply=451 4.7.0 VIRUS?"], b"451 4.7.0 VIRUS?"),
    ([], b"451 4.7.0 VIRUS FOUND"),
])
def test_tempfail_is_another_action(milter, more, reply):
    d = milter("virus-milter", [f"signatures={SIGNATURES}", "action=tempfail", *more])
    with session(d.socket) as m:
        assert m.message(SIGNATURE) == ("y", reply + b"\0")


def test_log_is_another_action(milter):
    d = milter("virus-milter", [f"signatures={SIGNATURES}", "action=log"])
    with session(d.socket) as m:
        assert m.message(SIGNATURE) == CLEAN
    d.wait_line("virus: 'WORM_SOBIG.B' from: ")


def test_two_hundred_sessions_at_once(virus):
    sessions = [session(virus.socket) for _ in range(200)]
    for i, m in enumerate(sessions):
        m.mail()
        m.command("B", SIGNATURE[:30 + i % 40])
    for i, m in enumerate(sessions):
        m.command("B", SIGNATURE[30 + i % 40:] if i % 2 else b"clean")
    for i, m in enumerate(sessions):
        assert m.eom() == (FOUND if i % 2 else CLEAN), i
        m.sock.close()


def test_a_sea_of_stalled_clients_holds_nothing_up_once_it_is_gone(virus):
    """While they stall, Debian's libmilter may stop serving others (docs/FAILURES.md)."""
    stalled = [Mta(virus.socket) for _ in range(100)]
    for m in stalled:
        m.raw(b"\0\0\1\0B half a packet")
    for m in stalled:
        m.sock.close()
    with session(virus.socket) as m:
        assert m.message(SIGNATURE) == FOUND


# ---- what libmilter lets through to a filter, or makes of nonsense ----

@pytest.mark.parametrize("length", [0, 0x80000001, 0xFFFFFFFF])
def test_an_end_without_length_does_not_pass_the_signature(virus, length):
    """libmilter takes such a packet for an empty command; "E" ends the message."""
    with session(virus.socket) as m:
        m.mail()
        m.command("B", SIGNATURE)
        m.raw(length.to_bytes(4, "big") + b"E")
        try:
            assert m.recv() == FOUND
        except Closed:
            pass  # also fine: F=T puts the mail off
    with session(virus.socket) as m:
        assert m.message(SIGNATURE) == FOUND


def test_thirty_thousand_parameters_are_no_trouble(virus):
    with session(virus.socket) as m:
        m.mail("<a@b>", *["X=Y"] * 10000)
        m.command("B", SIGNATURE)
        assert m.eom() == FOUND


def test_a_client_of_unknown_family_has_no_address(virus):
    with Mta(virus.socket) as m:
        m.negotiate(steps=0)
        m.send("C", strings("localhost") + b"U")
        m.recv()
        m.command("M", strings("<a@b>"))
        m.command("B", SIGNATURE)
        assert m.eom() == FOUND
    assert "client=[]" in virus.wait_line("virus: ").string


def test_an_mta_that_reads_no_answers_holds_up_nobody_else(virus):
    with session(virus.socket, steps=0x7FF) as deaf:
        deaf.sock.setblocking(False)
        mail = (5).to_bytes(4, "big") + b"M" + strings("<a>")
        try:
            for _ in range(200000):
                deaf.sock.sendall(mail)
        except BlockingIOError:
            pass  # the pipe is full: it waits for us to read
        with session(virus.socket) as m:
            assert m.message(SIGNATURE) == FOUND
