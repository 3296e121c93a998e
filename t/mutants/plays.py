# SPDX-License-Identifier: BSD-2-Clause
"""What is done to a mutant, and what can be seen of it.

A play is a function of a Stage; what it returns must be the same each time that
it is played to the same milter.
"""

import os
import signal
import socket
import struct

from plays_border import (borders, changes, hoards, interrupted, silences, steps, together)
from plays_late import (cuts, deaf, ends_in_a_packet, late, long_runs, many, others, pauses, sessions,
                        throng)
from plays_mail import everyday
from plays_odd import beside, bits, colours, growth_by_kind, odd, scanned, strange
from plays_strange import hands, large, late_words, many_sessions, rare, reloads
from stage import (ABORT, END, LIMIT, QUIT, SIGNATURE, START, THREE, Line, Stage, body, connect,
                   count, helo, message, offer, packet, strings)


def ordinary(stage):
    two = message(THREE) + ABORT + message(THREE, qid="") + packet("U", strings("FOO"))
    return stage.all(START + two + helo("again.example") + message() + QUIT,
                     offer() + packet("C", strings("host") + b"U") + helo() + message() + QUIT)


def offers(stage):
    rest = connect() + helo() + message() + QUIT
    plain = [offer(v) + rest for v in (2, 3, 4, 5, 7, 99)]
    less = [offer(6, a, s) + rest for a, s in ((1, 0), (0, 0x1FFFFF), (0x3F, 0x7F), (0x1FF, 0x3FF))]
    odd = [offer(6, 0xFFFFFFFF, 0xFFFFFFFF) + rest, offer(more=b"more") + rest,
           offer() + offer() + rest, packet("O", b"12345678901") + rest, rest]
    silent = Line(stage)
    return stage.all(*plain, *less, *odd), silent.rest()


def order(stage):
    rest = message(qid="") + QUIT
    plain = message()
    middle = packet("M", strings("<smith@bar.com>")) + packet("R", strings("<jones@foo.com>"))
    return stage.all(
        START + middle + ABORT + ABORT + ABORT + rest, START + ABORT + rest,
        START + plain + ABORT + rest, START + middle + plain + rest, START + plain + rest,
        START + packet("M", strings("<a@b.c>")) + ABORT + rest,
        offer() + connect() + plain + QUIT, START + middle + helo() + rest,
        START + message(data=False) + rest, START + message(headers=()) + rest,
        START + message(pieces=()) + rest, START + plain * 12 + QUIT,
        START + message(["<jones@foo.com>"] * 150) + rest,
        START + message(("<reject@foo.com>",) + THREE) + rest,
        START + packet("U", strings("FOO")) + middle + packet("U", strings("FOO")) + END + rest,
        START + packet("B", b"x") + rest, START + END + rest,
        START + plain + packet("K") + connect() + helo() + rest, START + packet("K") + rest)


def ends(stage):
    parts = [offer(), connect(), helo(), packet("M", strings("<a@b.c>")),
             packet("R", strings("<jones@foo.com>")), packet("T"), packet("L", strings("A", "b")),
             packet("N"), body(b"x"), END]
    starts = [b"".join(parts[:n]) for n in range(len(parts) + 1)]
    return stage.all(*starts, *(s + QUIT for s in starts), *(s + QUIT + helo() for s in starts))


def bodies(stage):
    rest = message(qid="") + QUIT
    texts = [b"one\r\ntwo\r\n", b"a\0b\r\n\0", b"\xe4\xf6\xfc\r\n", b"no end", b".dot\r\n..\r\n"]
    cuts = [[t[:n], t[n:]] for t in texts for n in range(1, len(t) - 1, 2)]
    large = b"x" * 65535
    long = START + message(pieces=[large] * 5) + rest
    return stage.all(*(START + message(pieces=c) + rest for c in cuts),
                     START + message(pieces=[b"x"] * 600) + rest,
                     START + message(pieces=[large]) + rest, long,
                     START + message(end=b"more\r\n") + rest)


def hostile(stage):
    rest = message() + QUIT
    nul = [packet(c, p) for c in "HMRLUCDNE" for p in (b"", b"\0", b"x", b"\0\0", b"x\0")]
    connects = [packet("C", b"h\0" + x) for x in (
        b"U", b"X", b"L\0\0/run/x\0", b"4\0", b"4\0\x19127.0.0.1", b"6\0\x19::1\0",
        b"6\0\x19IPv6:::1\0", b"4\0\x19999.1.1.1\0", b"\0")]
    connects.append(packet("C", b"h" * 4096 + b"\0U"))
    lengths = [struct.pack(">I", n) + b"x" * 20
               for n in (0, 65537, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)]
    letters = [packet(chr(n)) for n in (0, 1, 32, 70, 90, 99, 121, 127)]
    macros = [packet("D", p) for p in (b"", b"C", b"Ci\0", b"Ci\0a\0b\0", b"Li\0a\0", b"Zi\0",
                                       b"Ci\0" + b"x" * 60000 + b"\0")]
    longs = [packet("L", b"A\0" + b"x" * 60000 + b"\0"), packet("M", b"<a@b.c>\0" + b"X\0" * 500)]
    cut = [START + message()[:n] for n in range(0, len(message()), 7)]
    web = [b"GET / HTTP/1.0\r\n\r\n", b"EHLO x\r\n"]
    first = [offer() + x + rest for x in connects]
    return stage.all(*first, *(START + x + rest for x in nul + lengths + letters + macros),
                     *(START + packet("M", strings("<a@b.c>")) + x + rest for x in longs),
                     *cut, *web)


def gone(stage):
    """MTAs that do not wait for the answers."""
    for _ in range(5):
        line = Line(stage)
        line.send(START + message() * 50)
        line.sock.close()
    return stage.all(START + message() + QUIT)


def slowly(stage):
    line = Line(stage)
    for byte in START + message() + QUIT:
        line.send(bytes([byte]))
    return line.rest()


def crowd(stage):
    mail = packet("M", strings("<half@bar.com>"))
    answered = count(stage.say(START + mail))
    half = Line(stage)
    half.send(START + mail)
    seen = [half.packets(answered)]
    seen += [stage.say(START + message() + message() + ABORT + message() + QUIT) for _ in range(2)]
    half.send(packet("R", strings("<jones@foo.com>")) + END + QUIT)
    seen.append(half.rest())
    many = [Line(stage) for _ in range(12)]
    for n, line in enumerate(many):
        line.send(START + packet("M", strings(f"<sender{n}@bar.com>")))
    seen += [line.packets(answered) for line in many]
    for line in many:
        line.send(packet("R", strings("<jones@foo.com>")) + END + ABORT + QUIT)
    return seen + [line.rest() for line in many]


def policies(stage):
    rest = message() + QUIT
    sig, n = SIGNATURE, len(SIGNATURE) // 2
    pieces = [[sig], [b"x" + sig + b"\r\n"], [sig[:n], sig[n:]], [b"\0" + sig], [b"clean", sig],
              [sig[:n] + sig], [sig[:20]]]
    froms = ["a@listed.example", "a@sub.listed.example", "a@unlisted.example", "a@LISTED.example",
             "a@b.c, a@listed.example", "(a@listed.example) a@b.c"]
    full = ("<full@foo.com>",) + THREE
    room, plain = ("<room@foo.com>", "<full@foo.com>"), ("<plain@foo.com>",)
    half = packet("M", strings("<a@b.c>")) + packet("N") + body(sig[:n]) + ABORT
    senders = ["<a@b.c>", "<>", "<postmaster@b.c>", "<mailer-daemon@b.c>"]
    words = "accept reject tempfail discard reply later hangup lines".split()
    return stage.all(
        *(START + message(pieces=p) + message(pieces=p) + rest for p in pieces),
        *(START + message(headers=(("From", f),)) + rest for f in froms),
        START + message(headers=(("From", "a@b.c"), ("From", froms[0]))) + rest,
        *(START + message(full, sender=s) + rest for s in senders),
        START + message(room) + message(full) + rest, START + half + message(pieces=[sig[n:]]) + rest,
        START + packet("M", strings("<a@b.c>", "SIZE=999999999999")) + packet("R", strings(room[0])) + END + rest,
        START + message(plain, headers=(("From", froms[0]),)) + rest, START + message(sender="<../x@b.c>") + rest,
        *(START + message((f"<{w}@foo.com>",) + THREE) + rest for w in words),
        *(START + message(headers=(("X-Verdict", f"{s}={w}"),)) + rest
          for w in words for s in ("header", "eoh", "body", "eom")))


def growth(stage):
    """What stays when sessions have gone: descriptors, threads, megabytes."""
    stage.all(START + message() + QUIT)
    if not stage.alive():
        return "ended"
    before = stage.figures()
    stage.all(*[START + message() * 2 + QUIT] * 10, *[START + message()[:60]] * 10)
    if not stage.alive():
        return "ended"
    return [b > a + 3 for a, b in zip(before, stage.figures())]


def signals(stage):
    seen = []
    if stage.alive():
        stage.process.send_signal(signal.SIGHUP)
    seen.append(stage.say(START + message() + QUIT))
    second = Stage(stage.argv[0], stage.argv[1:-1], os.path.dirname(stage.path)) \
        if stage.alive() else None
    if second:
        seen += [second.ready[-7:], second.stop(), stage.say(START + message() + QUIT)]
    try:
        seen.append(oct(os.stat(stage.path).st_mode))
        line = Line(stage)
    except OSError as e:
        return seen + [type(e).__name__]
    answered = count(stage.say(START + message()[:-5]))
    line.send(START + message()[:-5])
    seen.append(line.packets(answered))
    line.taken()  # a quiet milter has answered nothing of it: has it read it?
    stage.process.send_signal(signal.SIGTERM)
    for _ in range(int(LIMIT * 100)):  # until the signal has done something
        if not os.path.exists(stage.path) or not stage.alive():
            break
        signal.sigtimedwait([], 0.01)
    line.send(END)
    seen += [line.rest(), stage.stop(), os.path.exists(stage.path)]
    socket.socket(socket.AF_UNIX).bind(stage.path) if not os.path.exists(stage.path) else None
    stage.start()  # on a stale socket
    return seen + [stage.ready[-7:], stage.say(START + message() + QUIT), stage.stop()]


def report(stage):
    """What a sanitizer says at the end."""
    crowd(stage)
    lines = [Line(stage) for _ in range(16)]
    for line in lines:
        line.send(START + message() * 20 + QUIT)
    for line in lines:
        line.rest()
    stage.all(START + message()[:60], START + message() + QUIT)
    code = stage.stop()
    return code, b"Sanitizer" in stage.log


def ends_of_it(stage):
    """SIGTERM twice, with a client that says nothing, and in a message; then a new start."""
    seen = []
    for front in (START, START + message()[:-5]):
        line = Line(stage)
        line.send(front)
        line.packets(count(stage.say(front)))
        line.taken()
        stage.process.send_signal(signal.SIGTERM)
        stage.gone(LIMIT / 20)
        stage.process.send_signal(signal.SIGTERM)
        stage.gone(2 * LIMIT)
        seen.append(stage.alive())
        line.sock.close()
        seen.append(stage.stop())
        stage.start()
        seen += [stage.ready[-7:], stage.say(START + message() + QUIT)]
    return seen


def growth_of_many(stage):
    """The same as growth, of many ABORTs and QUITs."""
    stage.say(START + message() * 9 + QUIT)
    before = stage.figures()
    stage.say(START + (packet("M", strings("<a@b.c>")) + ABORT) * 30 + message() * 60 + QUIT)
    for _ in range(20):
        stage.say(START + QUIT)
    return [b > a + 3 for a, b in zip(before, stage.figures())]


PLAYS = {"neg": [offers, bits, cuts], "ord": [order, borders, changes, everyday, odd, colours, ends, many, long_runs], "rep": [sessions], "mod": [offers, bits],
         "body": [bodies, everyday, scanned, borders, odd, many], "rob": [hostile, strange, borders, odd, many],
         "tim": [slowly, late, gone, order, cuts, pauses, deaf, silences], "con": [crowd, steps, together, colours, beside, others, throng, long_runs],
         "shu": [signals, interrupted, ends_of_it, ends_in_a_packet], "inv": [growth, growth_of_many, growth_by_kind, hoards, scanned, late, report], "ses": [sessions, odd],
         "policy": [policies]}
ALL = [ordinary, crowd, order, bits, odd, strange, beside, offers, ends, bodies, policies, hostile, slowly,
       gone, sessions, cuts, many, others, pauses, deaf, throng, growth, growth_of_many, growth_by_kind, colours, signals, ends_of_it, ends_in_a_packet, long_runs, report, borders, changes, steps, together, silences, hoards, interrupted, scanned, everyday, late, large, rare, late_words, hands, reloads, many_sessions]


SLOW = {pauses, deaf, throng, ends_of_it, silences, hoards}  # seconds each


def plays_for(family):
    return PLAYS[family] + [p for p in ALL if p not in PLAYS[family]]
