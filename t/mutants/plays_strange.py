# SPDX-License-Identifier: BSD-2-Clause
"""Plays of what strangers' milters fall over: large, long, eight-bit, late, and in the wrong hands."""

import signal

from stage import (ABORT, END, LIMIT, QUIT, START, Line, body, connect, helo, message, offer, packet,
                   strings)


def mail(*args):
    return packet("M", strings("<a@b.c>", *args)) + packet("R", strings("<j@f.c>"))


def large(stage):
    """Bodies, fields, recipients and macros, larger than most."""
    rest = message(qid="") + QUIT
    pieces = [b"x" * 4096, b"x" * 8192, b"x" * 32768, b"x\0", b"x"]
    fields = [("X", "x" * n) for n in (9000, 40000, 65500)]
    many = packet("D", b"M" + strings(*(w for n in range(40) for w in (f"{{m{n}}}", "x")), "i", "Q9"))
    twice = packet("D", b"M" + strings("{auth_authen}", "joe")) + packet("D", b"M" + strings("i", "Q9"))
    return stage.all(
        *(START + message(pieces=[p]) + rest for p in pieces),
        START + message(headers=[("X", "x" * 900)] * 80) + rest, START + message(headers=[("X", "x")] * 110) + rest,
        offer(steps=0x1FFBFF) + connect() + helo() + message(pieces=[b"x" * 65535] * 60) + rest,
        START + message(pieces=[b"x"] * 70) + rest,
        *(START + message(headers=[f]) + rest for f in fields),
        START + message([f"<u{n}@{'x' * 250}.c>" for n in range(300)]) + rest,
        START + many + message(qid="") + rest, START + twice + message(qid="") + rest,
        START + message(headers=[("X", "x" * 9000)] * 4) + message() * 20 + QUIT)


def rare(stage):
    """Bytes, clients and orders that are rare, and right."""
    rest = message(qid="") + QUIT
    clients = [connect("caf\xe9"), connect(rest=b"4\xff\xff192.0.2.1\0"), connect("[192.0.2.1]")]
    third = packet("K") + connect() + helo() + message()
    return stage.all(
        *(offer() + c + helo() + rest for c in clients), START + mail("A=1", "B=2", "C=3", "D=4", "E=5", "F=6") + rest,
        START + packet("M", strings("<a@b.c>")) + packet("R", strings("<j\xf6@f.c>")) + rest,
        START + packet("D", b"M" + strings("{x}", "\xf6")) + rest,
        START + message(sender="<>") * 2 + QUIT, START + mail() + packet("U", strings("FOO")) + rest,
        START + message() * 2 + mail() + ABORT + rest, START + message(pieces=()) + rest,
        START + message(headers=()) + rest, START + message() + third * 2 + QUIT,
        offer(4) + connect() + helo() + rest,
        offer(steps=0xFFFFF) + connect() + helo() + rest,
        START + message(["<a@b.c>", "<b@b.c>", "<c@b.c>"]) * 4 + QUIT, START + body(b"x") * 3 + END + QUIT)


def late_words(stage):
    """Who says something when all has been said."""
    line = Line(stage)
    line.send(START + message())
    line.taken()
    signal.sigtimedwait([], 0.4)
    return line.rest()


def hands(stage):
    """Sessions whose sockets and recipients get into other hands."""
    kept = Line(stage)
    kept.send(START + packet("M", strings("<a@b.c>")) + packet("R", strings("<a1@b.c>")))
    kept.taken()
    said = [stage.say(START + message(["<b1@b.c>"]) + QUIT)]
    other = [Line(stage) for _ in range(4)]
    for line in other:
        line.send(START)
    signal.sigtimedwait([], 0.1)
    for line in other:
        line.send(message() + QUIT)
    said += [line.rest() for line in other]
    kept.send(packet("T") + packet("N") + END + QUIT)
    return [kept.rest(), said]


def reloads(stage):
    """SIGHUP within a message."""
    line = Line(stage)
    line.send(START + mail())
    line.taken()
    stage.process.send_signal(signal.SIGHUP)
    signal.sigtimedwait([], LIMIT / 20)
    line.send(packet("T") + packet("N") + END + QUIT)
    return line.rest()


def many_sessions(stage):
    """One after the other, and what they leave."""
    said = [stage.say(START + QUIT) for _ in range(140)]
    kinds = [helo() * 60, packet("U", strings("FOO")) * 60, (packet("K") + connect()) * 60,
             b"".join(packet("D", b"M" + strings("i", "x")) for _ in range(60)),
             packet("M", strings("<a@b.c>")) + packet("R", strings("<reject@b.c>")) * 60]
    grown = []
    for kind in kinds:
        before = stage.figures()
        stage.say(START + kind + QUIT)
        grown.append([b > a + 3 for a, b in zip(before, stage.figures())])
    before = stage.figures()
    whole = START + mail() + packet("L", strings("X", "x" * 1900)) + QUIT
    for _ in range(40):
        line = Line(stage)
        for piece in (whole[:-1200], whole[-1200:-600], whole[-600:]):
            line.send(piece)
            line.taken()
        line.rest()
    return said, grown, [b > a + 3 for a, b in zip(before, stage.figures())]
