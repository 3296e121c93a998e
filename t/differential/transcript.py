# SPDX-License-Identifier: BSD-2-Clause
"""A session and what the real MTA said, as a transcript for t/sim."""

import re
import struct

import answers
import masks
import play

STAMPED = re.compile(r"\0.*<[0-9]{14}\.[0-9A-F]+@|\0 *[A-Z][a-z]{2}, [0-9 ]+[A-Z][a-z]{2} 20[0-9]{2} ")
NAMES = {"O": "OPTNEG", "C": "CONNECT", "H": "HELO", "M": "MAIL", "R": "RCPT", "T": "DATA",
         "L": "HEADER", "N": "EOH", "B": "BODY", "E": "BODYEOB", "U": "UNKNOWN", "A": "ABORT",
         "Q": "QUIT"}
# A filter at random keeps no rule, and the MTA's reaction is what counts.
ALLOWED = ("frame/cut frame/empty frame/too-long payload/letter payload/left-over payload/short "
           "payload/terminated payload/name negotiate/actions negotiate/protocol "
           "negotiate/symlist negotiate/version-high negotiate/version-low edit/agreed edit/body "
           "edit/stage progress/stage payload/stage command/masked reply/code reply/enhanced "
           "reply/kind reply/lines reply/no-reply reply/percent reply/text reply/unasked "
           "skip/agreed skip/stage command/order")


def escaped(data):
    return "".join(chr(b) if 0x20 < b < 0x7f and b not in b'\\"' or b == 0x20 else f"\\x{b:02x}"
                   for b in data)


def action(do):
    if isinstance(do, list):
        return "raw " + escaped(play.frame(do[0], bytes.fromhex(do[1])))
    if "raw" in do:
        return "raw " + escaped(bytes.fromhex(do["raw"]))
    return "close" if "close" in do else "hang"


def bits(number, names):
    known = [n for n, bit in names.items() if number & bit]
    rest = number & ~sum(names.values())
    return "|".join(known + ([hex(rest)] if rest else [])) or "none"


LISTS = ["CONNECT", "HELO", "MAIL", "RCPT", "DATA", "BODYEOB", "EOH"]


def opening(neg):
    words = (f"OPTNEG version {neg.get('v', 6)} actions {bits(neg.get('a', 0x1FF), answers.ACTIONS)} "
             f"protocol {bits(neg.get('p', 0), answers.BITS)}")
    if neg.get("sym"):
        payload = play.negotiation(neg, struct.pack(">III", 6, 0x1FF, 0))
        return "raw " + escaped(play.frame("O", payload))
    return words


def rules(number, spec):
    who = "M" if number == 1 else f"M{number}"
    if spec.get("neg"):
        yield f"{who}< on OPTNEG: {opening(spec['neg'])}"
    for letter, told in sorted(spec.get("on", {}).items()):
        for nth, answer in enumerate(told, 1):
            for do in answer:
                yield f"{who}< on {NAMES[letter]} {nth}: {action(do)}"


def pattern(line):
    """A line of the server as a pattern: what is masked may be anything."""
    line = masks.masked(line)
    return re.sub(r"DATE.*|STAMP\.QID|QID", "${*}", line.replace("${", "${*}"))


def client_lines(sent):
    if re.search(r"[^\x20-\x7e\r\n]|\n(?<!\r\n)|\r(?!\n)", sent) or not sent.endswith("\r\n"):
        yield "C= " + escaped(sent.encode("latin-1"))
        return
    for line in sent[:-2].split("\r\n"):
        yield f"C: {line}" if line else "C:"


def server_line(line):
    if re.search(r"[^\x20-\x7e]", line):
        return "S= " + escaped(line.encode("latin-1")) + "\\x0d\\x0a"
    return f"S: {pattern(line)}"


def waited(packets):
    """The packets that came; CONNECT and others with a changing value by name."""
    for name, letter, payload in packets:
        who = "M>" if name == "m1" else "M2>"
        if letter == "C":
            yield f"{who} CONNECT ${{*}}"
        elif letter in "OTNE":
            yield f"{who} {NAMES[letter]}" + (" ${*}" if letter == "O" else "")
        elif letter == "L" and STAMPED.search(text := bytes.fromhex(payload).decode("latin-1")):
            yield f"{who} HEADER {text.split(chr(0))[0]}: ${{*}}"
        elif len(payload) < 400:
            yield f"{who} raw {letter}" + escaped(bytes.fromhex(payload))
        else:
            yield f"{who} {NAMES[letter]} ${{*}}"


def lines(session, record, profile, title):
    yield f"# {title}"
    yield (f"option: --profile {profile} --domain mx.test --domain foo.com "
           "--domain localhost --user jones --user brown --user smith "
           + ("--verify" if profile.startswith("sendmail") else "--size-limit 50000000"))
    yield f"allow: {ALLOWED}"
    for n, flag in enumerate(session["kind"], 1):
        spec = session.get("milter" if n == 1 else "milter2") or {}
        yield "milter: " + ("" if flag == "N" else f"F={flag}, ") + "T=C:2s;S:2s;R:2s;E:4s"
        for key in ("absent", "deaf"):
            if spec.get(key):
                yield f"# and this filter is {key}"
    for n, key in ((1, "milter"), (2, "milter2")):
        yield from rules(n, session.get(key) or {})
    ahead = any(w["ahead"] for w in record["wires"])
    for sent, packets, read in record["steps"]:
        if sent == "*drop*":
            yield "C! shutdown"
        elif sent:
            yield from client_lines(sent)
        if not ahead:
            yield from waited(packets)
        for line in read.replace("*EOF*", "").split("\r\n")[:-1]:
            yield server_line(line)
        if read.endswith("*EOF*"):
            yield "S! close"


def text(session, record, profile, title):
    return "\n".join(lines(session, record, profile, title)) + "\n"
