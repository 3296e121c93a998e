# SPDX-License-Identifier: BSD-2-Clause
"""Sessions of the real sendmail that no transcript says, played again.

t/sim/recordings.sh runs those that are transcripts.  Each recording in fixtures/traces/sendmail-8.17 says what the client sent and
how the filter behaved.  milter-sim serve must say the same to both, byte for
byte, once queue ids, ports, dates and the listener's name are masked.
"""

import json
import os
import re
import struct
from pathlib import Path

import pytest

from serve import Client, Script, Serve

RECORDINGS = sorted(Path(os.environ["FIXTURES"], "traces", "sendmail-8.17").glob("*.jsonl"))
# Not the same yet, or never: what is not in the words of `serve`.
NOT_YET = {
    "a13c-nul-allowed": "a sendmail with RejectNUL=false",
    "a23b-no-ptr": "a client from another address of ours that has no name",
    "a24-bs": "sendmail -bs, on a pipe",
}
MASKS = [
    (r"[0-9][A-Z][A-Za-z0-9]{6}[0-9]{6}", "QID"),
    (r"[0-9]{12}\.QID", "STAMP.QID"),
    (r"[A-Z][a-z]{2}, +[0-9]+ [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} (GMT|\+0000)", "DATE"),
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

    def __init__(self, address):
        self.heard = ""
        super().__init__(address)

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


def one(path):
    why = NOT_YET.get(path.stem)
    return pytest.param(path, marks=[pytest.mark.xfail(reason=why, strict=True)] if why else [])


@pytest.mark.parametrize("path", [one(p) for p in RECORDINGS if playable(p)],
                         ids=lambda p: p.stem)
def test_says_what_sendmail_said(start, place, path):
    with open(path, encoding="utf-8") as f:
        meta, *records = [json.loads(line) for line in f]
    filters, words = {}, []
    for n, told_words in enumerate(meta["filter"].values(), 1):
        spec = meta["milter"] if n == 1 else meta["milter2"]
        filters[f"m{n}"] = start(Script, f"{place}/m{n}", **told(spec or {}))
        words += ["--milter", re.sub(r"S=[^,]*", f"S=unix:{place}/m{n}", told_words)]
    s = start(Serve, "--profile", "sendmail-8.17", "--user", "jones", "--user", "brown",
              "--user", "smith", "--domain", "foo.com", "--line-limit", "0",
              *words, domain="mx.test",
              listen="[::1]:0" if meta["fam"] == 6 else "127.0.0.1:0")
    c = Line(s.address)
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
    assert len(names) == len(set(names)) == 458
