# SPDX-License-Identifier: BSD-2-Clause
"""Plays of what takes long, comes in pieces, or hangs on who else is there."""

import glob
import signal
import time

from stage import (ABORT, END, LIMIT, QUIT, START, Line, body, connect, count, helo, message, offer, packet,
                   strings)

MAIL = packet("M", strings("<smith@bar.com>"))
RCPT = packet("R", strings("<jones@foo.com>"))


def in_pieces(stage, *pieces):
    """One connection, each piece in a write of its own that has been read."""
    line = Line(stage)
    for piece in pieces:
        line.send(piece)
        line.taken()
    return line.rest()


def cuts(stage):
    """Each command in two writes, and all of them byte by byte."""
    whole = [offer(), packet("C", strings("host") + b"U"), helo(), MAIL, RCPT, packet("T"), packet("L", strings("A", "b")),
             packet("N"), body(b"x\r\n"), END]
    seen = []
    for n, cut in enumerate(whole):
        front, rest = b"".join(whole[:n]), b"".join(whole[n + 1:]) + QUIT
        seen.append(in_pieces(stage, front, cut[:3], cut[3:] + rest))
    for front, rest in ((offer(), b""), (START + MAIL, RCPT + packet("N") + body(b"xyz") + END)):
        seen.append(in_pieces(stage, *(bytes([b]) for b in front + rest)))
    return seen


def pauses(stage):
    """A second of silence before a message, within it and behind it."""
    seen = []
    for front, rest in ((START, message()), (START + MAIL + RCPT, END), (START + message(), message())):
        answers = count(stage.say(front))
        line = Line(stage)
        line.send(front)
        seen.append(line.packets(answers))
        time.sleep(1)
        line.send(rest + QUIT)
        seen.append(line.rest())
    return seen


def many(stage):
    """Of everything more than a session has as a rule."""
    rest = message(qid="") + QUIT
    return stage.all(
        START + MAIL + RCPT * 1100 + ABORT + rest,
        START + (MAIL + RCPT + ABORT) * 30 + rest,
        START + helo() * 4 + message() * 4 + helo() + rest,
        START + message(("<reject@foo.com>",)) + ABORT + rest,
        START + MAIL + body(b"other") + ABORT + rest,
        START + message(pieces=[b"x"]) + message(pieces=[b"x" * 65535]) + rest,
        *(START + MAIL + packet("L", strings("X", "x" * (n - 3))) + rest for n in (997, 1000, 1003)),
        *(START + MAIL + body(b"x" * n) + END + rest for n in (255, 256, 512, 1000, 1024, 65534)))


def long_runs(stage):
    """Hundreds of sessions, and a session of as many messages."""
    seen = [stage.say(START + QUIT) for _ in range(260)]
    blank = packet("D", b"M" + strings("{auth_authen}", ""))
    return [seen[-1], *stage.all(START + (MAIL + RCPT + ABORT) * 120 + message() + QUIT,
                                 START + blank + message() + QUIT)]


def processes(stage):
    """Those that have its socket in their words."""
    found = 0
    for name in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(name, encoding="latin-1") as f:
                found += f"unix:{stage.path}" in f.read().split("\0")
        except OSError:
            pass  # it has ended
    return found


def ends_in_a_packet(stage):
    """SIGTERM with a client in the middle of a packet, and who is left behind it."""
    line = Line(stage)
    front = START + MAIL[:8]
    line.send(front)
    line.packets(count(stage.say(START)))
    line.taken()
    stage.process.send_signal(signal.SIGTERM)
    stage.gone(LIMIT)
    seen = [stage.alive()]
    line.sock.close()
    return seen + [stage.stop(), processes(stage)]


def sessions(stage):
    """Whole sessions, as the two MTAs and the appendix of RFC 2821 have them."""
    rest = message(qid="") + QUIT
    macros = [packet("D", s + strings("i", "x")) for s in (b"C", b"H", b"M", b"R", b"T", b"L", b"N", b"B", b"E")]
    mtas = [packet("D", b"C" + strings(m, "127.0.0.1")) for m in ("{if_addr}", "{daemon_addr}")]
    twice = packet("D", b"M" + strings("{mail_addr}", "x"))
    two = ("<jones@foo.com>", "<brown@foo.com>")
    heads = [("From", "a@b.c"), ("To", "b@c.d"), ("Date", "x"), ("Received", "y"), ("X", "caf\xff")]
    unknown = packet("U", strings("VRFY x"))
    return stage.all(
        *(START + m + rest for m in macros), *(offer() + m + connect() + helo() + rest for m in mtas),
        START + twice + twice + rest, START + message(two, headers=heads[:2]) + rest,
        START + message(headers=heads) + rest, START + MAIL + RCPT + ABORT + QUIT,
        START + MAIL + RCPT + unknown + RCPT + packet("N") + END + rest,
        START + MAIL + ABORT + helo() + rest,
        START + MAIL + packet("N") + body(b"x") + packet("T") + rest, b"zINSTREAM\0", START + packet("M", b"<Smith>")[:10])


def others(stage):
    """Terms and names of a session that negotiates between two commands of another."""
    line = Line(stage)
    line.send(START + MAIL)
    seen = [line.packets(count(stage.say(START + MAIL))),
            stage.say(offer(2, 0x3F, 0x7F) + connect("other") + helo("other.example") + QUIT)]
    line.send(RCPT + packet("N") + body(b"x") + END + message() + QUIT)
    return seen + [line.rest()]


def throng(stage):
    """A hundred sessions, left within a message, and one more."""
    front = START + MAIL + RCPT
    answers = count(stage.say(front))
    lines = []
    for _ in range(100):
        try:
            lines.append(Line(stage))
        except OSError as e:
            return type(e).__name__
        lines[-1].send(front)
        lines[-1].packets(answers)
        if stage.late:
            break
    seen = [len(lines), stage.say(START + message() + QUIT)]
    for line in lines:
        line.send(END + QUIT)
    return seen + [line.rest() for line in lines]


def deaf(stage):
    """One that reads nothing, and one beside it."""
    line = Line(stage)
    line.sock.setblocking(False)
    try:
        for _ in range(400):
            line.sock.send(START + message() * 20)
    except OSError:
        pass
    seen = stage.say(START + message() + QUIT)
    line.sock.close()
    return seen


def late(stage):
    """A large message whose changes are read a second late, and one who goes without."""
    large = START + message(pieces=[b"x" * 60000] * 4)
    line = Line(stage)
    line.send(large)
    time.sleep(1)
    line.send(QUIT)
    seen = [line.rest()]
    before = stage.figures()
    for _ in range(9):
        line = Line(stage)
        line.send(large)
        line.taken()
        line.sock.close()
    return seen + [[b > a + 3 for a, b in zip(before, stage.figures())]]
