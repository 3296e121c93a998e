# SPDX-License-Identifier: BSD-2-Clause
"""Recordings of real MTAs as transcripts: what fixtures/traces holds.

    recorded.py --program milter-sim --into DIR RECORDING...

`milter-sim decode` writes almost a transcript; what remains is to name the
filters and their failure policy, to leave out what follows by itself (a
filter's CONTINUE, its plain answer to OPTNEG), and to put a pattern where a
value is that no two runs share: queue id, port, time, the listener's name.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

# What no two runs share, in the notation of packets and in replies.
MASKS = [
    (r"[0-9]{12,14}\.[0-9A-Za-z]{8,14}@mx\.test", "${*}@mx.test"),
    (r"\b[0-9][A-Z][A-Za-z0-9]{6}[0-9]{6}\b", "${*}"),
    (r"\b(?=[0-9A-F]*[0-9])[0-9A-F]{9,12}\b(?!@)", "${*}"),
    (r"(Debian-2\+deb12u2; ).*?(; \(No UCE)", r"\1${*}\2"),
    (r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), +[0-9]+ [A-Z][a-z]{2} 2026 [0-9:]{8}"
     r"( (GMT|[+-][0-9]{4}))?( \([A-Z]+\))?", "${*}"),
    (r"^((?:[0-9] )?M[0-9]?> CONNECT \S+ inet6?) [0-9]+ ", r"\1 ${*} "),
    (r"(\{daemon_name\})=MTA[A-Z0-9]*", r"\1=${*}"),
    (r"(\{(?:client|daemon)_port\})=[0-9]+", r"\1=${*}"),
]
PLAIN_OPENING = re.compile(r"^M[0-9]?< OPTNEG version 6 actions ADDHDRS\|CHGBODY\|ADDRCPT\|DELRCPT\|"
                           r"CHGHDRS\|QUARANTINE\|CHGFROM\|ADDRCPT_PAR\|SETSYMLIST protocol none$")
OFFER = re.compile(r"^(M[0-9]?> OPTNEG) version 6 actions ADDHDRS\|.* protocol NOCONNECT\|.*HDR_LEADSPC$")
OPTIONS = {
    "sendmail": "--profile sendmail-8.17 --domain mx.test --domain foo.com --domain localhost "
                "--user jones --user brown --user smith --line-limit 0 --verify",
    "postfix": "--profile postfix-3.7 --domain mx.test --domain foo.com --domain localhost "
               "--user jones --user brown --user smith --line-limit 0 --size-limit 50000000",
}
POLICIES = {2526: "N", 2527: "T", 2528: "R", 2529: "4"}


def policy(meta, mta, waits):
    """One `milter:` line for each filter that the listener asked."""
    filters = 2 if meta.get("milter2") is not None or meta["port"] == 2532 else 1
    short = meta["port"] in POLICIES or meta["port"] == 2530 or waits
    times = "T=C:2s;S:2s;R:2s;E:4s" if short else "T=C:10s;S:10s;R:10s;E:30s"
    flag = POLICIES.get(meta["port"], "T")
    if mta == "postfix" and flag == "4":
        flag = "Q"
    if meta["scenario"].startswith("e-absent"):
        return  # its option line names a socket that is not there
    for _ in range(filters):
        yield "milter: " + ("" if flag == "N" else f"F={flag}, ") + times


def masked(line):
    if line[:1] in "SM":
        line = line.replace("${", "$${")
        for pattern, by in MASKS:
            line = re.sub(pattern, by, line)
        while line.count("${") > 8:  # a pattern has no more
            line = re.sub(r"\$\{\*\}[^$]*\$\{\*\}", "${*}", line, count=1)
    return line


def kept(line):
    """The line as a transcript has it; None: it follows by itself."""
    if re.fullmatch(r"M[0-9]?< CONTINUE", line) or PLAIN_OPENING.match(line):
        return None
    return OFFER.sub(r"\1 ${*}", masked(line))


def plain(line):
    """Large bodies were numbered lines; only their length matters, so they are all x."""
    line = re.sub(r"(?<![0-9])[0-9]{7} (?=x{20,})", "x" * 8, line)
    # The first line of a chunk may be the rest of one.
    return re.sub(r"(?<=> BODY )[0-9]{1,6} (?=x{20,})", lambda m: "x" * len(m[0]), line)


def shortened(line):
    """A long packet by its beginning; where the next one begins says where it was cut."""
    if re.match(r"M[0-9]?> BODY", line) and len(line) > 2000:
        return line[:200].rstrip("\\") + "${*}"
    if re.match(r"M[0-9]?< REPLBODY", line) and len(line) > 4000:
        return line[:4000].rstrip("\\")
    return line


def repeated(lines):
    """Equal lines of the client, three and more, as one."""
    run = []
    for line in [*lines, None]:
        if run and line != run[0]:
            many = len(run) > 2 and run[0].startswith("C: ")
            yield from [f"C*{len(run)}{run[0][1:]}"] if many else run
            run = []
        run.append(line)


def unescaped(text):
    return text.encode("latin-1", "replace").decode("unicode_escape").encode("latin-1", "replace")


def framed(line):
    """An answer that has no notation, as the bytes that it was."""
    m = re.match(r"(M[0-9]?<) (\S+) \[[^]]*\] ?(.*)", line)
    if not m:
        return line
    letter = m[2] if len(m[2]) == 1 else {"OPTNEG": "O", "REPLYCODE": "y"}.get(m[2], "?")
    size = 1 + len(unescaped(m[3]))
    head = "".join(f"\\x{b:02x}" for b in size.to_bytes(4, "big"))
    return f"{m[1]} raw {head}{letter}{m[3]}"


NO_REPLY = {"C": 0x1000, "H": 0x2000, "M": 0x4000, "R": 0x8000, "T": 0x10000,
            "U": 0x20000, "N": 0x40000, "L": 0x80, "B": 0x80000, "E": 0}


def silences(records):
    """Numbers of the packets that should have been answered and were not.

    A filter on libmilter says nothing to what comes out of order.
    """
    silent, count, waiting, steps = set(), 0, {}, {}
    for r in records:
        if r.get("src") != "milter":
            continue
        who = r["milter"], r.get("conn")
        if r.get("dir") == "mta>milter" and "cmd" in r:
            if waiting.get(who) is not None:
                silent.add(waiting[who])
            due = r["cmd"] in NO_REPLY and not steps.get(who, 0) & NO_REPLY[r["cmd"]]
            waiting[who] = count if due else None
            count += 1
        elif r.get("ev") == "eof-from-mta" and waiting.get(who) is not None:
            silent.add(waiting.pop(who))
        elif r.get("dir") == "milter>mta" or r.get("ev") in (
                "closed-by-milter", "sleep", "hang", "eof-from-milter", "reset-by-milter") or (
                    r.get("ev", "").startswith("sleep ")):
            waiting[who] = None
            if r.get("cmd") == "O" and len(r["hex"]) >= 24:
                steps[who] = int(r["hex"][16:24], 16)
    return silent | {n for n in waiting.values() if n is not None}


class Converter:
    def __init__(self, meta, records, mta):
        self.meta, self.mta = meta, mta
        self.events = [r for r in records if "ev" in r]
        self.silent = silences(records)
        self.connection = 0
        self.server_ended = False

    def event(self, e):
        """What an event is in a transcript; None: it follows by itself."""
        if e["src"] == "smtp":
            return self.smtp_event(e["ev"])
        who = "M2" if e["milter"] == "m2" else "M"
        if e["ev"] == "sleep" and "s" in e:
            return f"{who}< hang" if e["s"] >= 4 else f"{who}< wait {int(1000 * e['s'])}ms"
        if e["ev"].startswith("sleep "):
            return f"{who}< wait {e['ev'][6:]}"
        return {"hang": f"{who}< hang", "closed-by-milter": f"{who}< close", "eof-from-milter": f"{who}< close",
                "reset-by-milter": f"{who}< reset"}.get(e["ev"])

    def smtp_event(self, what):
        if what == "connect":
            self.connection += 1
            self.server_ended = False
        elif what in ("eof-from-mta", "eof"):
            self.server_ended = True
            return "S! close"
        elif what in ("client-drop", "client-closed") and not self.server_ended:
            self.server_ended = True
            return "C! close"
        elif what == "client-shutdown":
            return "C! shutdown"
        return None

    def lines(self, decoded):
        yield f"# {self.meta['scenario']}: {self.meta.get('desc') or 'as recorded'}"
        yield f"option: {OPTIONS[self.mta]}" + (
            " --milter S=unix:/nonexistent/milter.sock,F=T" if "absent" in self.meta["scenario"]
            else "")
        yield from policy(self.meta, self.mta, self.silent)
        yield "expect: every packet and macro"
        yield from self.session(decoded)

    def session(self, decoded):
        """What happened, without what stands in front of it."""
        return repeated(settled(moved(self.told(decoded))))

    def told(self, decoded):
        events, packets = iter(self.events), 0
        event = next(events, None)
        for line in decoded.split("\n")[1:]:
            if line.startswith("# "):
                if event is None or not line.endswith(event["ev"]):
                    continue  # words about a packet
                line, event = self.event(event), next(events, None)
            else:
                line = kept(framed(re.sub(r"^[0-9]+ (?=[CSM])", "", line)))
            number = f"{self.connection} " if self.connection > 1 else ""
            if line:
                yield number + shortened(plain(line))
            if line and re.match(r"M[0-9]?>", line):
                if packets in self.silent:
                    yield f"{number}{line.split('>')[0]}< hang"
                packets += 1


def moved(lines):
    """Packets that nobody answers may be recorded one step late.

    The macros of a recipient that sendmail refuses go out before its 550, and
    what ends a session that a 421 closed before the client can say more.
    """
    out = []
    for line in lines:
        at = len(out)
        if re.match(r"M[0-9]?> MACRO RCPT \{rcpt_mailer\}=error", line):
            late = at - (1 if out[-1].startswith("C:") else 0)
            if out[late - 1].startswith("S: 550 5.1.1") and "=error" not in out[late - 2]:
                at = late - 1
        if re.match(r"M[0-9]?> (ABORT|QUIT)$", line):
            reply = max((n for n, x in enumerate(out) if x.startswith("S: ")), default=0)
            if out and out[reply].startswith("S: 421 "):
                at = reply + 1
                while at < len(out) and out[at].startswith("M"):
                    at += 1
        out.insert(at, line)
    return out


def settled(lines):
    """A close only where it answers a packet: elsewhere there is nobody to see it."""
    before = ""
    for line in lines:
        if re.fullmatch(r"(\d+ )?M[0-9]?< close", line) and not re.match(r"(\d+ )?M", before):
            continue
        before = line
        yield line


def convert(path, program):
    with open(path, encoding="utf-8") as f:
        meta = json.loads(f.readline())
        records = [json.loads(line) for line in f]
    mta = "postfix" if "Postfix" in meta["mta"] else "sendmail"
    done = subprocess.run([program, "decode", path], capture_output=True, check=False)
    text = done.stdout.decode("utf-8", "surrogateescape")
    return "\n".join(Converter(meta, records, mta).lines(text)) + "\n"


def allow(paths, program):
    """Adds `allow:` for each rule that a recorded filter breaks: it was meant to."""
    for _ in range(6):  # a run stops at the first rule broken
        done = subprocess.run([program, "run", "--timeout", "20s", *paths],
                              capture_output=True, text=True, errors="replace", check=False)
        found = dict(re.findall(r"^# (\S+\.mta):[0-9]+: got +([a-z-]+/[a-z-]+): M", done.stdout, re.M))
        for path, rule in found.items():
            text = Path(path).read_bytes().decode("utf-8", "surrogateescape")
            if "\nallow: " in text:
                text = text.replace("\nallow: ", f"\nallow: {rule} ", 1)
            else:
                text = text.replace("\nexpect: ", f"\nallow: {rule}\nexpect: ", 1)
            Path(path).write_bytes(text.encode("utf-8", "surrogateescape"))
        if not found:
            return


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--program", default="./milter-sim")
    p.add_argument("--into", default=".")
    p.add_argument("recording", nargs="+")
    o = p.parse_args()
    made = []
    for path in o.recording:
        out = Path(o.into) / (Path(path).stem + ".mta")
        out.write_bytes(convert(path, o.program).encode("utf-8", "surrogateescape"))
        made.append(str(out))
    allow(made, o.program)
    return 0


if __name__ == "__main__":
    sys.exit(main())
