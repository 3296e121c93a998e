# SPDX-License-Identifier: BSD-2-Clause
"""virus-milter without a clamd costs the MTA nothing that it did not cost before there was one.

What is compared is each byte that the milter says and each packet that the MTA has
to send, as they were seen with commit d3c0fcb, the last one without a second stage.
"""

import struct

import pytest

from daemons import FIXTURES
from mta import Mta

SIGNATURES = f"{FIXTURES}/signatures/signatures"
SIGNATURE = b"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
MACROS = b"{msg_id} {nrcpts} i\0"
LISTS = struct.pack(">I", 5) + MACROS + struct.pack(">I", 6) + MACROS


def asks(version, actions, steps, lists=b""):
    body = b"O" + struct.pack(">III", version, actions, steps) + lists
    return struct.pack(">I", len(body)) + body


CONTINUE = b"\0\0\0\1c"
REFUSED = b"\0\0\0\x17y550 5.7.0 VIRUS FOUND\0"
# What is offered: what is sent in two messages, the second with a signature, and what is said.
BEFORE = {
    "sendmail 8.17": ({}, "ODDMDBDEDMDBDE",
                      asks(6, 0x100, 0x8436B, LISTS) + CONTINUE + REFUSED),
    "Postfix 3.7": ({"steps": 0xFFFFF}, "ODDMDBDEDMDBDE",
                    asks(6, 0x100, 0x8436B, LISTS) + CONTINUE + REFUSED),
    "no replies to leave out": ({"actions": 0x1F, "steps": 0x3FF}, "ODDMDBDEDMDBDE",
                                asks(6, 0, 0x36B) + CONTINUE * 5 + REFUSED),
    "version 2": ({"version": 2, "actions": 0x3F, "steps": 0x7F}, "ODDMDTBDEDMDTBDE",
                  asks(2, 0, 0x6B) + CONTINUE * 7 + REFUSED),
}


class Recorder(Mta):
    """An MTA that keeps every byte it reads."""

    heard = b""

    def _exactly(self, n):
        got = super()._exactly(n)
        self.heard += got
        return got


@pytest.mark.parametrize("offer, sent, said", BEFORE.values(), ids=BEFORE)
def test_without_a_clamd_every_byte_is_as_before_there_was_one(milter, place, offer, sent, said):
    v = milter("virus-milter", [f"signatures={SIGNATURES}", f"metrics-file={place}/v.prom",
                                "too-large=reject", "clamd-max-size=1", "clamd-spool=/nowhere"])
    with Recorder(v.socket) as m:
        m.negotiate(**offer)
        m.connect()
        m.helo()
        for body in (b"clean\r\n", SIGNATURE):
            m.message(body)
        assert not m.pending()
    assert "".join(m.sent) == sent
    assert m.heard == said
