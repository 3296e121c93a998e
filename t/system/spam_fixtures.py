# SPDX-License-Identifier: BSD-2-Clause
"""spam-milter with two lists: fixtures, and the answers that there are."""

from pathlib import Path

import pytest

SENDERS = """# senders
bad@x.example
bulk.example
.bulk.example
b\u00fccher.example
worm@
"""
RECIPIENTS = "jones@foo.com\nall.example\n"

ASKED, PLAIN, POSTMASTER = "<Jones@foo.com>", "<Brown@foo.com>", "<postmaster@foo.com>"
BAD, GOOD = [("From", "bad@x.example")], [("From", "good@x.example")]
REFUSED = ("y", b"550 5.7.1 Rejected at the recipient's request\0")
CONTINUE, ACCEPT = ("c", b""), ("a", b"")


@pytest.fixture
def lists(place):
    """lists(senders, recipients) writes them; as a dict of options."""
    def one(senders=SENDERS, recipients=RECIPIENTS):
        (Path(place) / "senders").write_bytes(senders.encode())
        (Path(place) / "recipients").write_bytes(recipients.encode())
    one()
    return one


@pytest.fixture
def spam(milter, place, lists):
    """spam(options...) refuses mail of SENDERS for RECIPIENTS."""
    def one(*options, **kwargs):
        return milter("spam-milter", [f"senders={place}/senders",
                                      f"recipients={place}/recipients", *options], **kwargs)
    return one


def verdict(m, headers, rcpts=(ASKED,), sender="<sender@example.org>", qid="QID1"):
    """The answers at RCPT, and the last one if the filter was still there."""
    said = []
    assert m.mail(sender, qid=qid) in (None, CONTINUE)
    for r in rcpts:
        said.append(m.rcpt(r))
        if said[-1] == ACCEPT:
            return said
    return said + [m.content(headers, [b"From: bad@x.example\r\n\r\nbody\r\n"])]
