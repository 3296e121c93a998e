# SPDX-License-Identifier: BSD-2-Clause
"""Which entry of a list means which RCPT: milter-lists(5)'s table, as printed."""

import os
import re
from pathlib import Path

import pytest

from archive_view import Archive

PAGE = Path(os.environ["TOP_SRCDIR"]) / "docs/man/milter-lists.5"
MAIL = b"From: x@bar.com\r\n\r\nhello\r\n"


def printed():
    """The rows (path, {MTA: what it shows}, entries that mean it), and the entries."""
    text = PAGE.read_text(encoding="ascii").replace("\\e", "\\")
    block = re.search(r"^RCPT TO:.*?\n(.*?)\n\n(.*?)^\.Ed", text, re.M | re.S)
    rows = []
    for line in block[1].splitlines():
        path, sendmail, postfix, *meant = line.split()
        rows.append((path, {"sendmail": sendmail, "postfix": postfix}, set(meant)))
    return rows, dict(re.findall(r"(\d)  (\S+)", block[2]))


ROWS, ENTRIES = printed()


@pytest.fixture
def kept(milter, raw, tmp_path):
    """kept(selection)(path): the sidecar if the copy was kept; else None."""
    def start(selection, *options):
        store, switch = tmp_path / "store", tmp_path / "on"
        store.mkdir(exist_ok=True)
        switch.touch()
        (tmp_path / "list").write_text(selection + "\n", encoding="utf-8")
        d = milter("logger", [f"directory={store}", f"switch={switch}", "min-free=0",
                              f"selection={tmp_path}/list", "summary-interval=0", *options])
        c = raw("logger")
        c.greet()

        def one(path, sender="<x@bar.com>"):
            archive = Archive(store)
            for f in archive.folder("new"):
                f.unlink()
            assert c.say(f"MAIL FROM:{sender}").startswith("250"), c.transcript
            assert c.say(f"RCPT TO:{path}").startswith("250"), c.transcript
            assert c.message(MAIL).startswith("250"), c.transcript
            return archive.only()[1] if archive.folder("new") else None
        one.daemon = d
        return one
    return start


@pytest.mark.limit(300)
@pytest.mark.parametrize("number", ENTRIES)
def test_the_table_of_the_manual(clean, kept, number):
    if clean.name == "sim":
        pytest.skip("the table says what sendmail and Postfix show")
    assert len(ROWS) > 15 and set(ENTRIES) == {"1", "2", "3", "4"}
    one = kept(f"to {ENTRIES[number]}")
    wrong = []
    for path, shows, meant in ROWS:
        if shows[clean.name] == "-":
            continue
        side = one(path)
        if (side is not None) != (number in meant):
            wrong.append(path)
        if side is not None and side["recipients"][0]["address"] != shows[clean.name]:
            wrong.append((path, side["recipients"]))
    assert wrong == [], one.daemon.log()


def test_a_sender_is_known_by_each_spelling(clean, kept):
    one = kept("from smith@bar.com")
    for path in ["<smith@bar.com>", '<"smith"@bar.com>', "<Smith@BAR.com.>", "<smith+x@bar.com>"]:
        assert one("<jones@foo.com>", path), path
    for path in ["<smith@foo.com>", "<>", "<jsmith@bar.com>", "<smith@bar.com.evil.example>"]:
        assert one("<jones@foo.com>", path) is None, path


def test_local_domains_keep_a_namesake_out(clean, kept):
    """A list with users of other hosts: who is local is said, not guessed."""
    one = kept("to jones@elsewhere.example", "local-domains={foo.com}")
    assert one("<jones>") is None
    one.daemon.stop()
    assert kept("to jones@foo.com", "local-domains={foo.com}")("<jones>")


def test_an_address_that_postfix_maps_is_kept(clean, kept):
    """virtual_alias_domains: {rcpt_mailer} says "error", and the mail is taken."""
    if clean.name != "postfix":
        pytest.skip("Postfix alone shows it so")
    side = kept("to @virtual.example")("<sales@virtual.example>")
    assert side["recipients"][0]["answer"] == "accepted"


def test_letters_beyond_ascii(clean, kept):
    """U-labels and A-labels are one; capitals are no other letters (SMTPUTF8)."""
    if clean.name != "postfix":
        pytest.skip("Debian's sendmail and the simulator do not offer SMTPUTF8")
    one = kept("from J\u00d6RG@b\u00fccher.example")
    for sender in ["<j\u00f6rg@b\u00fccher.example>", "<J\u00d6RG@xn--bcher-kva.example>"]:
        side = one("<jones@foo.com>", sender + " SMTPUTF8")
        assert side["sender"]["path"] == sender
    assert one("<jones@foo.com>", "<jorg@b\u00fccher.example> SMTPUTF8") is None
