# SPDX-License-Identifier: BSD-2-Clause
"""Makes fixtures/traces anew: each kept session, surveyed with the MTA in its container.

    recordings.py [--mta sendmail] [--into DIR] [NAME...]

DIR (traces.new) gets for each profile what fixtures/traces has for it, and beside it,
in raw/, the recording itself.  What differs from the kept one is listed, with the first
line that does; `diff -r fixtures/traces DIR` shows all of it.  NAME is a01-simple, or
the beginning of some.  Exit: 0 all were made, 1 some were not, 77 no container.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration"), str(HERE.parent / "system")]

import mta as mtas  # noqa: E402
import recorded  # noqa: E402
import runtime  # noqa: E402

KEPT = Path(os.environ.get("FIXTURES", "fixtures")) / "traces"
SESSION = re.compile(r"(\d+ )?([CS][*0-9]*[:=!]|M\d*[<>!] (?!on ))")
WHOLE_LIMITS = {"2": (mtas.LIMITS, ("2s", "2s", "4s")), "10": ("C:10s;S:10s;R:10s;E:30s", ("10s", "10s", "30s"))}
# profile: what it is the profile of
MTAS = {"sendmail-8.17": (mtas.Sendmail, "sendmail", "sendmail 8.17.1.9 (Debian 12)"),
        "postfix-3.7": (mtas.Postfix, "postfix", "Postfix 3.7.11 (Debian 12)")}


def timed(fleet, limits, xclient):
    """That fleet with other time limits; all of its listeners may be told who the client is."""
    words, (connect, command, content) = WHOLE_LIMITS[limits]

    class Timed(fleet):
        def configure(self):
            super().configure()
            for name in ("sendmail.mc", "master.cf"):
                path = self.place / name
                if not path.exists():
                    continue
                text = path.read_text(encoding="ascii").replace(f"T={mtas.LIMITS}", f"T={words}")
                text = re.sub(r"connect_timeout=\S+, command_timeout=\S+, content_timeout=\S+",
                              f"connect_timeout={connect}, command_timeout={command}, "
                              f"content_timeout={content}", text)
                if xclient:
                    text = text.replace(" inet n - n - - smtpd",
                                        " inet n - n - - smtpd\n  -o inet_protocols=all"
                                        "\n  -o smtpd_authorized_xclient_hosts=127.0.0.0/8,[::1]/128")
                path.write_text(text, encoding="ascii")
    return Timed


def text_of(path):
    return path.read_bytes().decode("utf-8", "surrogateescape")


def head_of(text):
    """The lines in front of the session: what it is about, and under which options it runs."""
    lines = text.split("\n")
    return lines[:next(n for n, line in enumerate(lines) if SESSION.match(line))]


def listener_of(path):
    """(time limit, may be told the client, kind of listener, is a milter there)"""
    head = "\n".join(head_of(text_of(path)))
    filters = re.findall(r"^milter: (.*)$", head, re.M)
    flags = "".join((re.search(r"F=(\w)", words) or ["", "N"])[1] for words in filters)
    limit = re.search(r"T=C:(\d+)s", filters[0])[1] if filters else "10"
    return limit, "--xclient" in head, flags.replace("Q", "4") or "T", len(filters)


def survey(program, smtp, sockets, files, into, *more):
    """Recordings of these files, in `into`; what milter-sim said."""
    words = [program, "survey", "--smtp", smtp, "--dir", into, "--timeout", "60s", *more]
    for path in sockets:
        words += ["--milter", f"unix:{path}"]
    done = subprocess.run([*map(str, words), *map(str, files)], capture_output=True, text=True, check=False,
                          timeout=70 * len(files), umask=0)
    return done.stdout + done.stderr


def remade(program, kept, raw):
    """The transcript of a fresh recording, under the head of the kept one."""
    with open(raw, encoding="utf-8") as f:
        meta, *records = [json.loads(line) for line in f]
    decoded = subprocess.run([program, "decode", "--recording", str(raw)], capture_output=True, check=False).stdout
    session = recorded.Converter(meta, records, None).session(decoded.decode("utf-8", "surrogateescape"))
    return "\n".join([*head_of(text_of(kept)), *session]) + "\n"


def wires(text):
    """Each wire by itself, and both of those on which somebody waits.

    When a packet that nobody answers comes relative to SMTP is up to the kernel.
    """
    text = re.sub(r"^((\d+ )?S! close\n)\1+", r"\1", text, flags=re.M)  # who closes does it once
    for byte, short in (("\\x09", "\\t"), ("\\x0a", "\\n"), ("\\x0d", "\\r")):
        text = text.replace(byte, short)
    lines = text.split("\n")
    free = re.compile(r"(\d+ )?M\d*(> (MACRO|ABORT|QUIT)\b|< close)")
    return [[line for line in lines if re.match(r"(\d+ )?[CS]", line)],
            [line for line in lines if re.match(r"(\d+ )?M[<>!] (?!on )", line)],
            [line for line in lines if re.match(r"(\d+ )?M2[<>!]", line)],
            [line for line in lines if not free.match(line)]]


def matches(pattern, line):
    """What is masked in the kept one may be anything, and what would be masked by now, too."""
    for mask, by in recorded.MASKS if pattern[:1] in "0123456789SM" else []:
        pattern = re.sub(mask, by, pattern)
    return pattern == line or re.fullmatch(re.escape(pattern).replace(re.escape("${*}"), ".*"), line, re.S)


def first_difference(kept, made):
    """None: alike."""
    whole = "\nexpect: every packet" in kept
    for was, now in zip(wires(kept), wires(made)):
        if not whole:  # such packets are written by name now
            was = [line for line in was if not re.match(r"M\d*> raw", line)]
        now = iter([*now, "(the end)"])
        for a in [*was, "(the end)"]:
            b = next(now)
            while not whole and b.startswith("M") and not matches(a, b):
                b = next(now)  # a packet that the kept one does not name
            if not matches(a, b):
                return f"{a[:200]!r} was, {b[:200]!r} is"
    return None


def survey_all(o, engine, files, raw):
    """Each listener's files, by as many MTAs as there are time limits."""
    groups = defaultdict(lambda: defaultdict(list))
    for f in files:
        listener = listener_of(f)
        groups[listener[:2]][listener].append(f)
    for (limits, xclient), listeners in sorted(groups.items()):
        place = Path(tempfile.mkdtemp(prefix="rr."))
        os.chmod(place, 0o755)
        fleet = timed(MTAS[o.profile][0], limits, xclient)(place, 1, engine)
        try:
            for listener, its in sorted(listeners.items()):
                print(f"# {o.profile} {listener}: {len(its)} sessions", flush=True)
                sockets = sorted(fleet.sockets(0).values())[:listener[3]]
                said = survey(o.program, f"unix:{fleet.path(0, listener[2])}", sockets, its, raw,
                              "--mta", MTAS[o.profile][2])
                print("".join(f"# {line}\n" for line in said.splitlines() if "cut short" in line or ": " not in line),
                      end="", flush=True)
        finally:
            fleet.stop()
            shutil.rmtree(place, ignore_errors=True)


def make(o, engine):
    """(alike, different, not made)"""
    into = Path(o.into) / o.profile
    raw = into / "raw"
    raw.mkdir(parents=True)
    files = [f for f in sorted((KEPT / o.profile).glob("*.mta"))
             if not o.name or any(f.stem.startswith(n) for n in o.name)]
    survey_all(o, engine, files, raw)
    alike = different = missing = 0
    for f in files:
        if not (raw / f"{f.stem}.jsonl").exists():
            missing += 1
            print(f"not made: {o.profile}/{f.stem}")
            continue
        text = remade(o.program, f, raw / f"{f.stem}.jsonl")
        (into / f.name).write_bytes(text.encode("utf-8", "surrogateescape"))
        differs = first_difference(text_of(f), text)
        if differs is None:
            alike += 1
        else:
            different += 1
            print(f"differs: {o.profile}/{f.stem}: {differs}")
    return alike, different, missing


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--mta", choices=sorted(m[1] for m in MTAS.values()), help="both")
    p.add_argument("--into", default="traces.new")
    p.add_argument("--program", default=os.environ.get("TOP_BUILDDIR", ".") + "/milter-sim")
    p.add_argument("name", nargs="*")
    o = p.parse_args()
    o.program = str(Path(o.program).resolve())
    if Path(o.into).exists():
        p.error(f"{o.into} is there already")
    profiles = [name for name, m in MTAS.items() if o.mta in (None, m[1])]
    try:
        engine = runtime.prepare([MTAS[name][1] for name in profiles])
    except runtime.NoRuntime as why:
        print(f"no container runtime: {why}")
        return 77
    lost = 0
    for o.profile in profiles:
        alike, different, missing = make(o, engine)
        lost += missing
        print(f"{o.profile}: {alike} of {alike + different + missing} recordings are made alike, "
              f"{different} differ, {missing} were not made")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
