# SPDX-License-Identifier: BSD-2-Clause
"""Plays of borders: of buffers, of messages, of sessions, and of what a process holds."""

import glob
import signal
import time

from stage import ABORT, END, QUIT, START, Line, body, connect, count, helo, message, offer, packet, strings

MAIL = packet("M", strings("<smith@bar.com>"))
RCPT = packet("R", strings("<jones@foo.com>"))


def borders(stage):
    """Payloads of one length, and messages that are large in all."""
    rest = message(qid="") + QUIT
    front = START + MAIL + RCPT
    pieces = [front + body(b"x" * n) + END for n in (1460, 4091, 8187, 32768, 65531)]
    fields = [front + packet("L", strings("X", "x" * (n - 3))) + END for n in (512, 1024, 4091)]
    names = [offer() + connect() + helo("x" * (n - 1)) for n in (129, 257)]
    words = [START + packet("U", strings("x" * (n - 1))) for n in (257, 513)]
    paths = [START + packet("M", strings("x" * 256)) + ABORT]
    much = [front + packet("L", strings("X", "x" * 950)) * 80 + END,
            front + body(b"x" * 65535) * 17 + END, front + packet("N") + packet("E", b"x" * 4091)]
    return stage.all(*(one + rest for one in pieces + fields + names + words + paths + much))


def changes(stage):
    """What one message says and the next does not; ABORT where there is little to abort."""
    rest = message(qid="") + QUIT
    plain = MAIL + RCPT + packet("N") + END + QUIT
    refused = packet("M", strings("<reject@b.c>"))
    return stage.all(START + message() + plain, offer() + connect() + ABORT + rest, START + refused + rest,
                     START + MAIL + packet("U", strings("FOO")) + ABORT + rest)


def steps(stage):
    """Two sessions by turns, and one beside half a packet."""
    mine = [packet("L", strings("Subject", "mine")), packet("N"), body(b"mine")]
    other = [packet("L", strings("Subject", "other")), packet("N"), body(b"other")]
    answers = count(stage.say(START + MAIL + RCPT))
    lines = Line(stage), Line(stage)
    seen = []
    for line in lines:
        line.send(START + MAIL + RCPT)
        seen.append(line.packets(answers))
    for pair in zip(mine, other):
        for line, one in zip(lines, pair):
            line.send(one)
            line.taken()
    for line in lines:
        line.send(END + QUIT)
        seen.append(line.rest())
    half = Line(stage)
    half.send(START[:3])
    half.taken()
    return seen + [stage.say(START + message() + QUIT), half.rest()]


def together(stage):
    """Two messages that end at one moment, many times."""
    sent = [START + message(sender=s) for s in ("<a@b.c>", "<b@c.d>")]
    answers = [count(stage.say(one)) for one in sent]
    seen = []
    for _ in range(20):
        lines = Line(stage), Line(stage)
        for line, one, n in zip(lines, sent, answers):
            line.send(one)
            seen.append(line.packets(n))
        for line in lines:
            line.send(END + QUIT)
        seen += [line.rest() for line in lines]
    return seen


def silences(stage):
    """Four seconds of nothing, within a message and behind it."""
    seen = []
    for front, rest in ((START + MAIL + RCPT, END), (START + message(), message())):
        answers = count(stage.say(front))
        line = Line(stage)
        line.send(front)
        seen.append(line.packets(answers))
        time.sleep(4)
        line.send(rest + QUIT)
        seen.append(line.rest())
    return seen


def dead_children(stage):
    """Children that have ended and that nobody has asked about, by tens."""
    found = 0
    for name in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(name, encoding="latin-1") as f:
                state, parent = f.read().rpartition(")")[2].split()[:2]
            found += state == "Z" and int(parent) == stage.process.pid
        except OSError:
            pass  # it has ended
    return found // 10


def holdings(stage):
    """What hundreds of sessions and messages leave, and the largest of them."""
    large = [("Received", "a\n\tb")], [b"x" * 40000]
    for one, times in ((START + message() * 20 + QUIT, 300),
                       (START + message(headers=large[0], pieces=large[1]) + QUIT, 30)):
        stage.say(one)
        before = stage.figures()
        for _ in range(times):
            stage.say(one)
        yield [b > a + 2 for a, b in zip(before, stage.figures())], dead_children(stage)


def hoards(stage):
    return list(holdings(stage))


def interrupted(stage):
    """SIGINT."""
    return stage.stop(signal.SIGINT)
