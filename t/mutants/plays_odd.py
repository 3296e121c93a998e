# SPDX-License-Identifier: BSD-2-Clause
"""Plays of what is rare: offers, payloads and neighbours of every kind."""

import struct

from stage import (ABORT, END, QUIT, START, Line, body, connect, count, helo, message, offer,
                   packet, strings)


def bits(stage):
    """Offers that lack one bit each."""
    rest = connect() + helo() + message() + packet("U", strings("FOO")) + QUIT
    every = [(0x1FF & ~(1 << n), 0x1FFFFF) for n in range(9)]
    every += [(0x1FF, 0x1FFFFF & ~(1 << n)) for n in range(21)]
    return stage.all(*(offer(6, a, s) + rest for a, s in every))


def odd(stage):
    """What clients and MTAs may say, and what they may not."""
    rest = message(qid="") + QUIT
    values = [" caf\xe9", "    x", "", " a\n b", " " + "x" * 19000, " %s%n"]
    headers = [("X", v.encode("latin-1")) for v in values] + [("X-{|}~", "x"), ("n" * 60000, "x")]
    paths = ["<>", "Smith@bar.com", "<" + "x" * 250 + "@b.c>", '<"S J"@b.c>', "<@a.b:s@b.c>",
             "<s\xc3\xb6@b.c>", "<JONES@FOO.COM>", "<a+b@c.d>", "<a@[1.2.3.4]>", "<postmaster>"]
    names = ["[192.0.2.1]", "x" * 255, "()\xff"]
    args = ["SIZE=10", "BODY=8BITMIME", "NOTIFY=NEVER"]
    whole = [packet("M", strings("<a@b.c>", a)) + packet("R", strings("<j@f.c>", a)) for a in args]
    clients = ["localhost\x004\x9c\x40127.0.0.1", "h\x006\0\x19::ffff:1.2.3.4", "[192.0.2.1]\0U",
               "h\x006\0\x19IPv6:::1", "h\x004\0\x00127.0.0.1", "h\x004\x9c\x40300.1.2.3",
               "h\x006\0\x19::zz", "h\0L\0\0/" + "p" * 4096, "h\x004\x9c", "h\x004\x9c\x40", "h"]
    pieces = [bytes(range(256)), b"a\rb", b"a\nb", b"\r\n" * 9, b"\nx", b"a\r\n.\r\n", b"", b"%s",
              b"x" * 61000, b"end"]
    return stage.all(
        *(START + message(headers=(h,)) + rest for h in headers),
        START + message(headers=[("A", "b")] * 950) + rest, START + message(headers=(), pieces=()) + rest,
        *(START + message(sender=p) + message((p,)) + rest for p in paths),
        *(offer() + connect() + helo(n) + rest for n in names),
        *(START + w + END + rest for w in whole),
        *(offer() + packet("C", strings(c)) + helo() + rest for c in clients),
        *(START + message(pieces=[p]) + rest for p in pieces),
        START + message(pieces=[b"x" * 65535, b"y"]) + rest,
        *(START + packet("U", strings(u)) + rest for u in ("", "x" * 2000)),
        START + message() + helo() + packet("U", strings("FOO")) + rest,
        START + message() + packet("U", strings("FOO")) + rest,
        START + packet("M", strings("<a@b.c>")) + helo() + ABORT + rest,
        START + packet("M", strings("<a@b.c>")) + packet("L", strings("A", "b")) + rest,
        START + packet("R", strings("<a@b.c>")) + rest, START + message() + ABORT + QUIT,
        *(START + packet("M", strings("<a@b.c>")) + b"".join(packet(x, p) for x, p in middle) + ABORT
          + rest for middle in parts()))


def parts():
    """A message broken off behind each of its commands."""
    steps = [("R", strings("<j@f.c>")), ("T", b""), ("L", strings("A", "b")), ("N", b""), ("B", b"x")]
    return [steps[:n] for n in range(1, len(steps) + 1)]


def strange(stage):
    """Lengths, letters, strangers, macros and payloads as no MTA sends them."""
    rest = message() + QUIT
    raw = [struct.pack(">I", n) + b"xxxx" for n in (0xFFFFFFFF, 65537, 0x80000001)]
    raw += [b"PING\n", b"GET / HTTP/1.0\r\n\r\n", b"EHLO x\r\n", b"SSH-2.0-x\r\n", b"\x16\x03\x01\x02",
            b"\0" * 64, packet("M", b"<Smith")[:8], b""]
    raw += [packet("M", b"x" * 90)[:n] for n in (1, 2, 3, 4, 5, 8)]
    sent = [struct.pack(">I", 1) + bytes([n]) for n in (0, 255, 32, 70, 88, 49, 97)]
    sent += [packet("D", p) for p in (b"M{\0x\0}\0y\0{}\0z\0", b"M\0x\0", b"Zi\0x\0", b"Mi\0x",
                                      b"M" + b"a\0b\0" * 500)]
    sent += [packet(c, b"x" * 65534 + b"\0") for c in "HMRU"]
    sent += [packet(c, b"\0" * 1000) for c in "HRUL"] + [packet(c, b"x") for c in "ANQ"]
    sent += [packet("C", c) for c in (b"", b"h", b"h\0", b"\0U", b"h\x004\x9c", b"h\x004\x9c\x40")]
    mail = packet("M", strings("<a@b.c>")) + packet("R", strings("<j@f.c>"))
    fields = [packet("L", p) for p in (b"Subject\0", b"Subject\0x\0y\0z", b"n" * 60000 + b"\0x\0")]
    return stage.all(*raw, *(offer() + r for r in raw), *(START + r for r in raw),
                     *(START + x + rest for x in sent), *(offer() + x + rest for x in sent),
                     *(START + mail + x + rest for x in fields))


def colours(stage):
    """What is rare in a message, or behind it, and then an ordinary one."""
    rest = message(qid="") + QUIT
    mail = packet("M", strings("<a@b.c>")) + packet("R", strings("<j@f.c>"))
    unknown = packet("U", strings("FOO"))
    return stage.all(
        START + message(headers=[("Received", "one\n\ttwo")]) + rest,
        START + packet("D", b"M" + strings("{auth_authen}", "smith")) + message() + rest,
        START + mail + QUIT, START + message() + ABORT + rest, START + mail + ABORT * 2 + rest,
        START + ABORT + rest, START + unknown + ABORT + rest)


def kinds():
    """A session of each kind, and what ends it."""
    mail = packet("M", strings("<a@b.c>"))
    rcpt = packet("R", strings("<j@f.c>"))
    front = [offer(), connect(), helo(), mail, rcpt, packet("T"), packet("L", strings("A", "b")),
             packet("N"), body(b"x")]
    broken = [b"".join(front[:n]) for n in range(len(front) + 1)]
    refused = packet("M", strings("<reject@b.c>")) + ABORT + mail + packet("R", strings("<reject@f.c>"))
    anew = mail + rcpt + helo() + mail + packet("U", strings("FOO")) + mail
    facts = packet("D", b"M" + strings("{auth_authen}", "smith")) + mail + packet(
        "R", strings("<j@f.c>", "NOTIFY=NEVER"))
    return broken + [START + message() + QUIT, START + mail + rcpt + QUIT, START + refused + QUIT,
                     START + anew + ABORT + QUIT, START + facts + ABORT + QUIT, START + packet("Z"),
                     offer(2, 0x3F, 0x7F) + connect() + helo() + message(data=False) + QUIT]


def growth_by_kind(stage):
    """What stays of each kind of session."""
    seen = []
    for one in kinds():
        stage.say(one)
        before = stage.figures()
        for _ in range(25):
            stage.say(one)
        seen.append([b > a + 3 for a, b in zip(before, stage.figures())])
    return seen


def beside(stage):
    """A sound session while another one stands behind each of the commands."""
    steps = [connect(), helo(), packet("M", strings("<a@b.c>")), packet("T"),
             packet("L", strings("A", "b")), packet("N"), body(b"x"), ABORT]
    seen = []
    for n in range(len(steps) + 1):
        line = Line(stage)
        sent = offer() + b"".join(steps[:n])
        line.send(sent)
        seen += [line.packets(count(stage.say(sent))), stage.say(START + message() + QUIT)]
        line.send(QUIT)
        seen.append(line.rest())
    return seen


def scanned(stage):
    """What scanners are tested with, an ordinary message behind it, and all verdicts by name."""
    rest = message(qid="") + QUIT
    marks = [b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTI" b"VIRUS-TEST-FILE!$H+H*",
             b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST" b"-EMAIL*C.34X"]
    refused = offer() + packet("C", strings("reject.example.org") + b"U")
    nobody = offer() + connect() + helo("reject.example.org")
    verdicts = [message(headers=[("X-Verdict", v)]) for v in ("eoh=reject", "eom=tempfail", "body=discard")]
    nc = (packet("K") + connect() + helo() + message()) * 9
    sessions = [*(START + message(pieces=[m]) + rest for m in marks), refused, nobody, START + nc + QUIT,
                START + message(headers=[("X-Spam-Flag", "YES")]) + rest, *(START + v + rest for v in verdicts),
                START + message(sender="<accept@b.c>") + rest,
                *(START + packet("M", strings("<a@b.c>")) + b"".join(packet(x, p) for x, p in middle) + ABORT
                  + QUIT for middle in parts()),
                START + message(pieces=[b"x" * 65535] * 3) + rest]
    seen = []
    for one in sessions:
        seen.append(stage.say(one))
        before = stage.figures()
        for _ in range(25):
            stage.say(one)
        seen.append([b > a + 3 for a, b in zip(before, stage.figures())])
    return seen
