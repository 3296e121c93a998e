# SPDX-License-Identifier: BSD-2-Clause
"""All four milters and an MTA that means harm: whatever comes, each lives on and
serves the next one.  Every connection is one write and our end of it closed, so
nothing waits; a dead process shows when it is stopped, with its exit code.
"""

import itertools
import os
import random
import struct

import pytest

from daemons import FIXTURES, SLOW
from mta import Mta, dial, session, strings

CONNECT = strings("h") + b"4\0\x19" + strings("192.0.2.1")
HEALTHY = {"virus-milter": "c", "quota-milter": "ca", "logger-milter": "ca", "spam-milter": "ca"}
ROUNDS = 20 if os.environ.get("REFMILTER_TORTURE") else 2


def packet(letter, payload=b""):
    return struct.pack(">I", 1 + len(payload)) + letter.encode("latin-1") + payload


COMMANDS = {
    "O": packet("O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)), "D": packet("D", b"Ri\0Q\0"),
    "C": packet("C", CONNECT), "H": packet("H", strings("me")),
    "M": packet("M", strings("<a@b.c>")), "R": packet("R", strings("<jones@foo.com>")),
    "T": packet("T"), "L": packet("L", strings("From", "a@b.c")), "N": packet("N"),
    "B": packet("B", b"body\r\n"), "E": packet("E"), "U": packet("U", strings("FOO")),
    "A": packet("A"), "Q": packet("Q"), "K": packet("K")}
START = COMMANDS["O"] + COMMANDS["C"] + COMMANDS["H"]
REST = b"".join(COMMANDS[c] for c in "MRTLNBE")


@pytest.fixture(params=sorted(HEALTHY))
def victim(request, milter, place):
    for name in ("store", "homes"):
        os.mkdir(f"{place}/{name}")
    for name, text in (("senders", "listed.example\n"), ("recipients", "jones@\n"), ("switch", "")):
        with open(f"{place}/{name}", "w", encoding="ascii") as f:
            f.write(text)
    options = {
        "virus-milter": [f"signatures={FIXTURES}/signatures/signatures"],
        "quota-milter": ["source=maildir", f"homes={place}/homes", "aliases="],
        "logger-milter": [f"directory={place}/store", f"switch={place}/switch", "min-free=0"],
        "spam-milter": [f"senders={place}/senders", f"recipients={place}/recipients"]}
    d = milter(request.param, options[request.param])
    d.name = request.param
    yield d
    with session(d.socket) as m:
        assert m.message(b"body\r\n")[0] in HEALTHY[d.name], "a healthy session behind it all"
    assert d.stop() == 0, d.log()


def play(d, data):
    """All of it in one write; whatever comes back is read to its end."""
    with dial(d.socket) as s:
        try:
            s.sendall(data)
            s.shutdown(1)
            while s.recv(65536):
                pass
        except ConnectionError:
            pass  # it may hang up


def without_a_value(strings_before):
    """MACRO with an odd number of strings, in a heap that is full of no addresses."""
    fill = packet("D", b"C" + b"x" * (8 * (strings_before + 2) - 2) + b"\0")
    return 4 * fill + packet("D", b"C" + b"A\0" * strings_before)


def test_a_macro_without_a_value_ends_no_milter(victim):
    """The smallest such packet is D C i NUL; behind it any look-up leaves libmilter's list."""
    play(victim, COMMANDS["O"] + packet("D", b"Ci\0") + COMMANDS["C"] + REST)
    out = START + b"".join(without_a_value(n) + REST for n in range(1, 16, 2))
    for stage in b"HMRTNE":
        out += packet("D", bytes([stage]) + b"i\0") + REST
    for _ in range(5):
        play(victim, out)


def test_a_macro_without_a_value_is_no_macro_and_the_others_stay(victim):
    with Mta(victim.socket) as m:
        m.negotiate()
        m.connect()
        m.helo()
        m.send("D", b"M" + strings("i", "QID7", "{mail_addr}"))
        m.command("M", strings("<worm@b.c>"))
        m.rcpt("<jones@foo.com>")
        assert m.content()[0] in HEALTHY[victim.name]


def test_lengths_letters_and_payloads_that_are_none(victim):
    lengths = [0, 1, 2, 65535, 65536, 65537, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF]
    odd = [struct.pack(">I", n) + c + b"x" * 20 for n in lengths for c in (b"E", b"B", b"D", b"O")]
    odd += [packet(chr(n), p) for n in range(256) for p in (b"", b"x")]
    odd += [packet(c, p) for c in COMMANDS for p in (b"\0", b"\0\0", b"x\0", b"\0x", b"\xff" * 300)]
    odd += [packet("C", b"h\0" + p) for p in (
        b"U", b"X", b"L\0\0/x\0", b"4\0", b"4\0\x19bad\0", b"6\0\x19::g\0", b"6\0\x19IPv6:::1\0")]
    odd += [packet(c, b"A\0" + b"y" * 65000 + b"\0") for c in "CHMRLU"]
    odd += [packet("M", b"<a@b.c>\0" + b"X=1\0" * 16000), packet("L", b"\0\0"),
            packet("D", b"M" + b"i\0Q\0" * 16000), b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\x02\0"]
    for x in odd:
        play(victim, x + REST)
        play(victim, START + x + REST)
    for x in odd[::5]:
        play(victim, START + COMMANDS["M"] + x + REST)


def test_a_stream_that_ends_at_any_byte(victim):
    whole = COMMANDS["O"] + packet("D", b"Ci\0Q\0") + COMMANDS["C"] + COMMANDS["H"] + REST
    for n in range(len(whole)):
        play(victim, whole[:n])


def test_any_order_of_commands(victim):
    for pair in itertools.product(COMMANDS, repeat=2):
        play(victim, START + b"".join(COMMANDS[c] for c in pair) + REST)
    shuffle = random.Random(13)
    for _ in range(150 * ROUNDS):
        letters = shuffle.choices(list(COMMANDS), k=shuffle.randint(3, 30))
        play(victim, COMMANDS["O"] + b"".join(COMMANDS[c] for c in letters))


def test_random_changes_of_a_sound_session(victim):
    shuffle = random.Random(20030530)
    for _ in range(150 * ROUNDS):
        data = bytearray(START + REST)
        for _ in range(shuffle.randint(1, 8)):
            data[shuffle.randrange(len(data))] = shuffle.choice([0, 1, 255, shuffle.randrange(256)])
        play(victim, bytes(data) + COMMANDS["Q"])


def test_connections_that_say_nothing_and_ones_that_do_not_listen(victim):
    idle = [dial(victim.socket) for _ in range(int(100 / SLOW) + 1)]
    for s in idle:
        s.close()
    for _ in range(20):
        with dial(victim.socket) as s:
            s.sendall(START + REST * 20)
