# SPDX-License-Identifier: BSD-2-Clause
"""Sessions of the real MTAs that no transcript says, played again.

t/sim/recordings.sh runs those that are transcripts.  Each recording in
fixtures/traces says what the client sent and how the filter behaved.
milter-sim serve with that MTA's profile must say the same to both, byte for
byte, once queue ids, ports, dates and the listener's name are masked.
"""

import json
import os
import re
import struct
from pathlib import Path

import pytest

from serve import Client, Script, Serve

RECORDINGS = sorted(Path(os.environ["FIXTURES"], "traces").glob("*/*.jsonl"))
# Not the same yet, or never: what is not in the words of `serve`.
NOT_YET = {
    "sendmail-8.17/a13c-nul-allowed": "a sendmail with RejectNUL=false",
    "postfix-3.7/b-rcpt-y-nonul": "what stood in the memory behind a reply without its NUL",
    "sendmail-8.17/a24-bs": "sendmail -bs, on a pipe",
}
OPTIONS = {"sendmail-8.17": [], "postfix-3.7": ["--size-limit", "50000000"]}
ACTIONS = {"accept": "", "tempfail": ", F=T", "reject": ", F=R", "quarantine": ", F=Q"}
MASKS = [
    (r"[0-9][A-Z][A-Za-z0-9]{6}[0-9]{6}", "QID"),
    (r"\b[0-9A-F]{9,12}\b(?=[\s;.@\0(]|$)", "QID"),
    (r"[0-9]{12,14}\.QID", "STAMP.QID"),
    (r"[A-Z][a-z]{2}, +[0-9]+ [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} (GMT|\+0000)( \(UTC\))?", "DATE"),
    (r"(Debian-2\+deb12u2; ).*?(?=\r|$)", r"\1LATER"),
    (r"(\{daemon_name\}\0)[A-Z0-9]+", r"\1MTA"),
    (r"(\{(daemon|client)_port\}\0)[0-9]+", r"\1PORT"),
]


def masked(text):
    for pattern, by in MASKS:
        text = re.sub(pattern, by, text)
    return text


def packet(letter, payload):
    if letter == "C":  # the port stands behind the host and the family
        end = payload.index(b"\0") + 2
        payload = payload[:end] + b"??" + payload[end + 2:]
    return letter, masked(payload.decode("latin-1"))


def filters_of(meta):
    """The words of --milter for each, without the socket that S= names."""
    if isinstance(meta["filter"], dict):
        return list(meta["filter"].values())
    action = re.search(r"default_action=(\w+)", meta["filter"])
    limits = "C:2s;S:2s;R:2s;E:4s" if "timeout=2s" in meta["filter"] else "C:10s;S:10s;R:10s;E:30s"
    return [f"S=x{ACTIONS[action[1] if action else 'tempfail']}, T={limits}"]


def source_of(records):
    """The client's address, where it is another one of this host."""
    for r in records:
        if r.get("dir") == "mta>milter" and r.get("cmd") == "C":
            address = bytes.fromhex(r["hex"]).split(b"\0", 1)[1][3:-1].decode()
            return address if address.startswith("127.") else None
    return None


def told(spec):
    """A recording's filter as a Script wants it."""
    def doing(one):
        if isinstance(one, list):
            return one[0], bytes.fromhex(one[1])
        if "raw" in one:
            return bytes.fromhex(one["raw"])
        return "close" if "close" in one else "hang"

    if spec.get("close_on_accept") or spec.get("noaccept"):
        return {"at_accept": "close" if "close_on_accept" in spec else "hang"}
    on = {k: [[doing(d) for d in turn] for turn in v] for k, v in (spec.get("on") or {}).items()}
    neg = spec.get("neg")
    if neg is None:
        return {"on": on}
    lists = b"".join(struct.pack(">I", int(stage)) + names.encode() + b"\0"
                     for stage, names in (neg.get("sym") or {}).items())
    return {"on": on, "negotiate": struct.pack(">III", neg.get("v", 6), neg.get("a", 0x1FF),
                                               neg.get("p", 0)) + lists}


class Line(Client):
    """A client that keeps what it heard."""

    def __init__(self, address, source):
        self.heard = ""
        super().__init__(address, source=source)

    def reply(self):
        text = super().reply()
        if text:
            self.heard += text.replace("\n", "\r\n") + "\r\n"
        return text

    def follow(self, script):
        for what, *args in script:
            if what == "cmd":
                self.cmd(args[0])
            elif what == "data":
                if self.cmd("DATA").startswith("354"):
                    self.send(args[0])
                    self.reply()
            elif what == "send":
                self.send(args[0])
            elif what == "recv":
                self.reply()
            elif what == "drop":
                break


def playable(path):
    with open(path, encoding="utf-8") as f:
        meta = json.loads(f.readline())
    steps = [step[0] for step in meta.get("client", [])]
    return "milter" in meta and all(
        s in ("cmd", "data", "send", "recv", "drop", "sleep") for s in steps)


def name(path):
    return f"{path.parent.name}/{path.stem}"


def one(path):
    why = NOT_YET.get(name(path))
    return pytest.param(path, marks=[pytest.mark.xfail(reason=why, strict=True)] if why else [])


@pytest.mark.parametrize("path", [one(p) for p in RECORDINGS if playable(p)],
                         ids=name)
def test_says_what_the_mta_said(start, place, path):
    with open(path, encoding="utf-8") as f:
        meta, *records = [json.loads(line) for line in f]
    filters, words = {}, []
    for n, told_words in enumerate(filters_of(meta), 1):
        spec = meta["milter"] if n == 1 else meta["milter2"]
        filters[f"m{n}"] = start(Script, f"{place}/m{n}", **told(spec or {}))
        words += ["--milter", re.sub(r"S=[^,]*", f"S=unix:{place}/m{n}", told_words)]
    s = start(Serve, "--profile", path.parent.name, "--user", "jones", "--user", "brown",
              "--user", "smith", "--domain", "foo.com", "--line-limit", "0",
              *OPTIONS[path.parent.name], *words, domain="mx.test",
              listen="[::1]:0" if meta["fam"] == 6 else "127.0.0.1:0")
    c = Line(s.address, source_of(records))
    c.follow(meta["client"])
    c.close()
    said = "".join(r["text"] for r in records if r["src"] == "smtp" and r.get("dir") == "S>C")
    assert masked(c.heard) == masked(said)
    for name, filt in filters.items():
        sent = [packet(r["cmd"], bytes.fromhex(r["hex"])) for r in records
                if r.get("milter") == name and r.get("dir") == "mta>milter" and "cmd" in r]
        filt.story()
        assert [packet(*p) for p in filt.packets] == sent


def test_each_recording_is_there_once():
    names = [p.parent.name + "/" + p.stem for p in RECORDINGS[0].parents[1].glob("*/*.*")]
    assert len(names) == len(set(names)) >= 458  # as many as were recorded first
