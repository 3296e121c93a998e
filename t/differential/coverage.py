# SPDX-License-Identifier: BSD-2-Clause
"""How well a set of sessions exercises an MTA: pairs, and rows of differences.

Counted is what really happened: the packet came and the answer was given.
"""

import re
import struct
from collections import Counter

import answers

# Stage by stage, what a client does that makes the MTA come there.
STAGE_OF = {"H": r"(?i)(EHLO|HELO) ", "M": r"(?i)MAIL FROM", "R": r"(?i)RCPT TO", "T": r"(?i)DATA"}


def opened(wire):
    """(version, actions, protocol) of the first filter's answer, as far as told."""
    first = [p for letter, p in wire["packets"] if letter == "O"]
    return struct.unpack(">III", bytes.fromhex(first[0])[:12]) if first else None


class Facts:
    """What one record shows, as predicates ask for it."""

    def __init__(self, session, record):
        self.session, self.record = session, record
        self.sent = [s[0] for s in record["steps"]]
        self.read = [s[2] for s in record["steps"]]
        self.wires = record["wires"]
        self.letters = ["".join(p[0] for p in w["packets"]) for w in self.wires]
        self.all = "|".join(self.letters)
        self.specs = [session.get("milter") or {}, session.get("milter2") or {}]
        self.negs = [s.get("neg") or {} for s in self.specs]
        self.said = set()  # (stage, name)
        for w in self.wires:
            for stage, _, answer in w["answered"]:
                for name in answers.name_of(answer):
                    self.said.add((stage, name))
        self.edits = [do for w in self.wires for stage, _, answer in w["answered"]
                      if stage == "E" for do in answer if isinstance(do, list)]

    def client(self, pattern):
        return any(re.search(pattern, s) for s in self.sent)

    def heard(self, pattern):
        return any(re.search(pattern, s, re.M) for s in self.read)

    def says(self, stages, *names):
        return any((s, n) in self.said for s in stages for n in names)

    def packet(self, letter, pattern=b""):
        return any(letter == p[0] and re.search(pattern, bytes.fromhex(p[1]))
                   for w in self.wires for p in w["packets"])

    def bits(self):
        return [n.get("p", 0) for n in self.negs]

    def edit(self, letter, pattern=b""):
        return any(do[0] == letter and re.search(pattern, bytes.fromhex(do[1]), re.S)
                   for do in self.edits)


NO = 0x377  # the steps that can be masked
NR = 0xFF080
# The rows of "Differences" between sendmail and Postfix; each is a question to a record.
ROWS = {
    "offer": lambda f: "O" in f.all,
    "accepted version": lambda f: any("v" in n for n in f.negs),
    "bits that were not offered": lambda f: any(
        n.get("a", 0) & ~0x1FF or n.get("p", 0) & 0x400000 for n in f.negs),
    "MDS_256K, MDS_1M": lambda f: any(p & 0x30000000 for p in f.bits()),
    "an answer to OPTNEG that is none": lambda f: any("O" in s.get("on", {}) for s in f.specs),
    "order of two filters": lambda f: len(f.wires) == 2 and all("M" in x for x in f.letters),
    "macro packets": lambda f: "D" in f.all,
    "macros of a masked stage": lambda f: any(p & NO for p in f.bits()) and "D" in f.all,
    "SETSYMLIST": lambda f: any(n.get("sym") for n in f.negs) and "D" in f.all,
    "macro values": lambda f: f.packet("D", rb"^M") and f.packet("D", rb"^R"),
    "a recipient that the MTA refuses": lambda f: f.heard(r"^55. 5\.1\."),
    "connect": lambda f: "C" in f.all,
    "HELO's argument": lambda f: f.packet("H"),
    "arguments of MAIL and RCPT": lambda f: f.packet("M", rb"\0.+\0") or f.packet("R", rb"\0.+\0"),
    "unknown command": lambda f: "U" in f.all,
    "pipelined": lambda f: any(s[0] == "pipe" for s in f.session["client"]),
    "headers after the final dot only": lambda f: "L" in f.all,
    "headers as shown": lambda f: "LL" in f.all,
    "header forms": lambda f: f.client(r"X-(Folded|Two|Tab|Empty|Blank|None|Trail|Wide)"),
    "headers that the MTA takes out": lambda f: f.client(
        r"(Return-Path|Bcc|Content-Length|Full-Name|Resent-)") and "L" in f.all,
    "leading space": lambda f: any(p & 0x100000 for p in f.bits()) and "L" in f.all,
    "body": lambda f: "B" in f.all,
    "a body of more than one chunk": lambda f: "BB" in f.all,
    "end of a message, and another": lambda f: re.search("E.*M", f.all),
    "ABORT": lambda f: "A" in f.all,
    "QUIT": lambda f: "Q" in f.all,
    "the client drops before DATA": lambda f: f.sent[-1] == "*drop*" and not f.client("^DATA"),
    "the client drops in DATA": lambda f: f.sent[-1] == "*drop*" and len(f.read) > 1 and (
        f.read[-2].startswith("354") or f.read[-2] == ""),
    "ACCEPT at connect or HELO": lambda f: f.says("CH", "a"),
    "ACCEPT in a message": lambda f: f.says("MRTLNB", "a"),
    "DISCARD at connect": lambda f: f.says("C", "d"),
    "DISCARD": lambda f: f.says("HMRTLNBE", "d"),
    "SKIP": lambda f: f.says("CHMRTLNB", "s"),
    "PROGRESS outside EOM": lambda f: f.says("CHMRTLNBU", "p"),
    "an edit before EOM": lambda f: f.says("CHMRTLNBU", *answers.EDITS),
    "an edit that was not negotiated": lambda f: bool(f.edits) and any(
        n.get("a", 0x1FF) != 0x1FF for n in f.negs),
    "NR negotiated, answered anyway": lambda f: any(
        p & NR for p in f.bits()) and any(w["ahead"] for w in f.wires),
    "a reply's letter that is unknown": lambda f: f.says("CHMRTLNBEU", "unknown"),
    "a packet of length 0": lambda f: f.says("CHMRTLNBEU", "zero"),
    "a packet of length 0x7fffffff": lambda f: f.says("CHMRTLNBEU", "biglen"),
    "ACCEPT for an unknown command": lambda f: f.says("U", "a"),
    "plain reject": lambda f: f.says("CHMRTLNBE", "r"),
    "plain tempfail": lambda f: f.says("CHMRTLNBE", "t"),
    "DATA refused": lambda f: f.says("T", "r", "t", "y4", "y5"),
    "quarantine": lambda f: f.edit("q"),
    "INSHEADER's index": lambda f: f.edit("i"),
    "CHGHEADER's index": lambda f: f.edit("m", rb"^\0\0\0[^\1]"),
    "DELRCPT in another case": lambda f: f.edit("-", rb"JONES|Jones@foo.com"),
    "a body replaced by nothing": lambda f: f.edit("b", rb"^$"),
    "the filter is absent or dies": lambda f: any(
        s.get("absent") for s in f.specs) or f.says("CHMRTLNBEU", "close"),
    "the filter hangs": lambda f: f.says("OCHMRTLNBEU", "hang"),
}


class Coverage:
    def __init__(self):
        self.pairs, self.rows = Counter(), Counter()
        self.sessions = self.idle = 0

    def add(self, session, record):
        f = Facts(session, record)
        self.sessions += 1
        self.pairs.update(f.said)
        for spec in f.specs:
            for name, made in answers.OPENINGS.items():
                if all(spec.get(k) == v for k, v in made.items()):
                    self.pairs["O", name] += 1
        self.bits(f)
        for name, question in ROWS.items():
            self.rows[name] += bool(question(f))
        self.idle += not any(f.specs)

    def join(self, other):
        self.pairs += other.pairs
        self.rows += other.rows
        self.sessions += other.sessions
        self.idle += other.idle

    def bits(self, f):
        reached = {"C"} | {s for s, p in STAGE_OF.items() if f.client(p)}
        if any(r.startswith("354") for r in f.read):
            reached |= set("LNBE")
        if f.heard("^50[02]") or "U" in f.all:
            reached.add("U")
        for neg in f.negs:
            names = [n for n, bit in answers.BITS.items() if neg.get("p", 0) & bit]
            names += ["no " + n for n, bit in answers.ACTIONS.items() if not neg.get("a", 0x1FF) & bit]
            names += ["list " + n for n in (neg.get("sym") or {})]
            self.pairs.update((s, n) for s in reached for n in names)

    def wanted(self):
        every = [(s, n) for s in answers.STAGES for n in answers.NAMES]
        every += [("O", n) for n in answers.OPENINGS]
        every += [(s, n) for s in answers.STAGES for n in answers.BITS]
        return every

    def missing(self):
        return [f"{s} x {n}" for s, n in self.wanted() if not self.pairs[s, n]]

    def report(self):
        low = min(self.wanted(), key=lambda p: self.pairs[p])
        rare = sorted((n, count) for n, count in self.rows.items() if count < 10)
        rare += [(n, 0) for n in ROWS if n not in self.rows]
        lines = [f"coverage: {len(self.wanted()) - len(self.missing())} of {len(self.wanted())} pairs "
                 f"of stage and answer, fault or bit; the rarest {low[0]} x {low[1]}: "
                 f"{self.pairs[low]} times",
                 f"coverage: {len(ROWS) - len(rare)} of {len(ROWS)} kinds of behaviour ten times or more; "
                 f"filters that only say CONTINUE: {100 * self.idle / max(1, self.sessions):.1f} %"]
        never = self.missing()
        lines += [f"coverage: never: {m}" for m in never[:20]]
        lines += [f"coverage: ... and {len(never) - 20} more"] if len(never) > 20 else []
        lines += [f"coverage: only {count} times: {name}" for name, count in rare]
        return lines
