# SPDX-License-Identifier: BSD-2-Clause
"""What no two runs have in common, and why.

A mask hides a value: never a packet, a line or an order.  Two runs of the real
MTA on the same session must be equal under these; run.py says which were not.
"""

import re

# (pattern, what stands there instead, why)
TEXT = [
    (r"[0-9][A-Z][A-Za-z0-9]{6}[0-9]{6}", "QID", "sendmail's queue id: time and process id"),
    (r"\b[0-9A-F]{9,12}\b(?=[\s;.@\0(]|$)", "QID", "Postfix's queue id: time and inode"),
    (r"[0-9]{12,14}\.QID@", "STAMP.QID@", "the time in a Message-Id that the MTA makes"),
    (r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), +[0-9]+ [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8}"
     r"( (GMT|[+-][0-9]{4}( \([A-Z]+\))?))?", "DATE", "the time of day"),
    (r"(550 5\.7\.0 no end)[^\r\n]*", r"\1", "what stood in memory behind a reply without its NUL"),
    (r"(550 5\.0\.0 )(?!\w+ \w)[^\r\n]*", r"\1...",
     "... and behind a reply of a code alone; words of a filter's or the MTA's own stay"),
    (r"(?m)^a=0x[0-9a-f]+, ", "a=POINTER, ", "sendmail tells an address of its memory"),
    (r"(\{(?:daemon|client)_port\}\0)[0-9]+", r"\1PORT", "any free port"),
]


def masked(text):
    for pattern, by, _ in TEXT:
        text = re.sub(pattern, by, text)
    return text


def packet(letter, payload):
    """A packet's payload, as text; CONNECT without the client's port."""
    if letter == "C" and b"\0" in payload[:-1]:
        end = payload.index(b"\0") + 2
        payload = payload[:end] + b"??" + payload[end + 2:]
    return masked(payload.decode("latin-1"))


def is_report(text):
    """A report of the MTA's own about mail that it could not deliver.

    It is not the session's message; which of those a queue would send, and
    when, is not the simulator's to say.
    """
    return bool(re.search(r"^From: (Mail Delivery Subsystem|MAILER-DAEMON)", text, re.M))
