# SPDX-License-Identifier: BSD-2-Clause
"""Two records of the same session: are they the same, and where do they part?

A record becomes lines of text, masked (masks.py).  Lines come in three parts,
compared in this order: what the client and the filters that were waited on saw,
in one order; each filter's wire with all its packets and its end; the mail.

A filter that says more than was asked (two replies, a reply where none is due)
answers the future: then the MTA does not wait for it, and which wire is read
first is chance.  Of such sessions each wire is compared by itself.
"""

import re

import masks


def shown(text):
    """One line of any bytes; long ones by their ends and length."""
    if len(text) > 1200:
        text = f"{text[:400]}...{len(text)}...{text[-100:]}"
    return "".join(c if " " <= c < "\x7f" else f"\\x{ord(c):02x}" for c in text)


def talks_ahead(record):
    return any(wire["ahead"] for wire in record["wires"])


def dialogue(record):
    together = not talks_ahead(record)
    for sent, waited, read in record["steps"]:
        yield f"C: {shown(sent)}"
        if together:
            for name, letter, payload in waited:
                yield f"{name} {letter} {shown(masks.packet(letter, bytes.fromhex(payload)))}"
        for line in masks.masked(read).splitlines():
            yield f"S: {shown(line)}"


def wires(record):
    for wire in sorted(record["wires"], key=lambda w: w["name"]):
        for letter, payload in wire["packets"]:
            text = masks.packet(letter, bytes.fromhex(payload))
            yield f"{wire['name']}> {letter} {shown(text)}"
        yield f"{wire['name']}> end {wire['end']}"


def mail(record):
    for user, text in record.get("mail", []):
        if not masks.is_report(text):
            yield f"mail {user}"
            for line in masks.masked(text).split("\n"):
                yield f"  {shown(line)}"


PARTS = (dialogue, wires, mail)
PASSED_OVER = []  # run.py --pass-over: lines that one knows already


def known_dropped(lines):
    return [line for line in lines if not any(re.search(p, line) for p in PASSED_OVER)]


def first_difference(one, other):
    """None, or (part's name, number of the line, its line in one, in the other)."""
    for part in PARTS:
        a, b = known_dropped(part(one)), known_dropped(part(other))
        for n in range(max(len(a), len(b))):
            left = a[n] if n < len(a) else "(end)"
            right = b[n] if n < len(b) else "(end)"
            if left != right:
                return part.__name__, n, left, right
    return None


def general(line):
    """A line without what only this session has."""
    line = re.sub(r"<[^>]*>", "<>", line)
    line = re.sub(r"\"[^\"]*\"", '""', line)
    line = re.sub(r"^(m[12]>? ?)", "m ", line)
    return line[:70]


def last_command(record, part, number):
    """The command at which they part, for the class."""
    if part != "dialogue":
        return ""
    verb = ""
    for n, line in enumerate(known_dropped(dialogue(record))):
        if n > number:
            break
        if line.startswith("C: "):
            verb = line[3:].split("\\x0d")[0][:4].upper() or "connect"
            if line.count("\\x0d\\x0a") > 1:
                verb = "text or pipeline"
    return verb


def packet_class(left, right):
    a, b = left.split(" ", 2), right.split(" ", 2)
    if len(a) > 2 and len(b) > 2 and a[1] == b[1]:
        stage = a[2][:1] if a[1] == "D" else ""
        return f"payload of {a[1]}{stage}"
    return f"{' '.join(a[1:2])}{a[2][:1] if a[1:2] == ['D'] and len(a) > 2 else ''}, " \
           f"simulator {' '.join(b[1:2])}{b[2][:1] if b[1:2] == ['D'] and len(b) > 2 else ''}"


def class_of(real, simulated):
    """The name under which differences of one kind are counted; None: no difference."""
    found = first_difference(real, simulated)
    if found is None:
        return None
    part, number, left, right = found
    if simulated.get("stuck") or real.get("stuck"):
        return "no reply within the limit: " + ("real" if real.get("stuck") else "simulator")
    verb = last_command(real, part, number)
    where = f"at {verb}: " if verb else f"{part}: "
    if left[:1] == "m" and left[1:2].isdigit() and right[:1] == "m" and part != "mail":
        return where + packet_class(left, right)
    return f"{where}{general(left)} | simulator {general(right)}"


def side_by_side(real, simulated, before=6, after=4):
    """Some lines around the first difference, for people."""
    found = first_difference(real, simulated)
    if found is None:
        return "no difference"
    part, number, left, right = found
    lines = {p.__name__: known_dropped(p(real)) for p in PARTS}[part]
    other = {p.__name__: known_dropped(p(simulated)) for p in PARTS}[part]
    out = [f"  {line}" for line in lines[max(0, number - before):number]]
    out += [f"- {line}" for line in lines[number:number + after]] or ["- (end)"]
    out += [f"+ {line}" for line in other[number:number + after]] or ["+ (end)"]
    return "\n".join(out)
