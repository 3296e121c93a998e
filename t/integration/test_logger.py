# SPDX-License-Identifier: BSD-2-Clause
"""logger-milter behind a real MTA: the copy is what the client sent."""

from pathlib import Path

import pytest

from archive_view import Archive
from daemons import FIXTURES

# Postfix takes these out before a filter sees the message (traces, a30).
REMOVED = {"postfix": {b"bcc", b"resent-bcc", b"return-path", b"content-length"}}
# ... and these it adds where they are missing.
ADDED = {"postfix": {b"from", b"date", b"message-id"}}
# The simulator is asked through a unix socket, the others are behind a relay.
ADDRESS = {"sendmail": "127.0.0.1", "postfix": "127.0.0.1"}
# Postfix turns a bare CR into a blank; sendmail refuses such mail.
MAILS = [n for n in sorted(p.name for p in Path(f"{FIXTURES}/mail").glob("*.eml"))
         if not {0, 13} & set(Path(f"{FIXTURES}/mail/{n}").read_bytes().replace(b"\r\n", b"\n"))]


@pytest.fixture
def switch(tmp_path):
    return tmp_path / "on"


@pytest.fixture
def store(tmp_path):
    (tmp_path / "store").mkdir()
    return Archive(tmp_path / "store")


@pytest.fixture
def logger(milter, store, switch):
    """logger() keeps mail in `store` while `switch` exists."""
    def one(*options):
        return milter("logger", [f"directory={store.directory}", f"switch={switch}",
                                 "min-free=0", "summary-interval=0", *options])
    return one


def stuffed(content):
    return b"\r\n".join(b"." + line if line.startswith(b".") else line
                        for line in content.split(b"\r\n"))


def send(raw, content, *rcpts, sender="Smith@bar.com"):
    c = raw("logger")
    c.greet()
    assert c.say(f"MAIL FROM:<{sender}>").startswith("250"), c.transcript
    answers = [c.say(f"RCPT TO:<{r}>") for r in rcpts]
    last = c.message(stuffed(content))
    c.say("QUIT")
    c.sock.close()
    return answers, last


def split(content):
    """[(name in lower case, the field)] and the body.

    As every MTA does, a line that is no field ends the header and begins the
    body; blanks between name and colon are not shown to a filter.
    """
    found, lines = [], content.split(b"\r\n")
    while lines and lines[0]:
        if lines[0][:1] in (b" ", b"\t") and found:
            found[-1][1] += b"\r\n" + lines.pop(0)
            continue
        name, colon, value = lines[0].partition(b":")
        if not colon or b" " in name.rstrip():
            break
        found.append([name.strip().lower(), name.strip() + b":" + value])
        lines.pop(0)
    return found, b"\r\n".join(lines[1:] if lines and not lines[0] else lines)


def shown(content, mta):
    """What this MTA shows a filter of a message: its fields and its body."""
    found, body = split(content)
    return [f for f in found if f[0] not in REMOVED.get(mta, ())], body


def kept(copy, mta, sent):
    """The same of a copy, without what the MTA has added."""
    added = ADDED.get(mta, set()) - {name for name, _ in split(sent)[0]}
    found, body = shown(copy, mta)
    return [f for f in found if f[0] not in added], body


MAIL = (b"From: Smith@bar.com\r\nTo: jones@foo.com\r\n"
        b"Subject:  two blanks,\r\n\tfolded \r\nDate: Mon, 19 May 2003 08:15:00 -0700\r\n"
        b"Message-Id: <1@bar.com>\r\nX-Empty:\r\nX-Case: a\r\nx-CASE: b\r\n\r\n"
        b".dot\r\n..dots\r\n\r\ntrailing blanks  \r\n\xe9\xff\r\n" + b"x" * 900 + b"\r\n")


def test_the_copy_is_the_mail_that_the_client_sent(clean, logger, store, switch, raw):
    switch.touch()
    d = logger()
    assert send(raw, MAIL, "jones@foo.com")[1].startswith("250 2.0.0")
    copy, side = store.only()
    assert shown(copy, clean.name) == shown(MAIL, clean.name)
    assert side["status"] == "taken" and side["complete"]
    assert side["client"]["helo"] == "client.test"
    assert side["client"].get("address") == ADDRESS.get(clean.name), side
    queued = clean.wait_mails("jones", 1)[0]
    assert side["queue_id"].encode() in queued  # in Received, so that log and copy can be joined
    assert d.stop() == 0
    assert ": 1 messages  kept=1" in d.log()
    assert "no copy could be kept" not in d.log()


def test_the_line_counts_the_recipients_that_were_let_pass(clean, logger, switch, raw):
    """Postfix sends no {nrcpts}."""
    switch.touch()
    d = logger("min-free=1000000G")  # no copy can be kept: the line that says so
    answers, last = send(raw, MAIL, "jones@foo.com", "brown@foo.com")
    assert [a[:3] for a in answers] == ["250", "250"] and last.startswith("250 2.0.0")
    d.wait_line(r"logger: no copy could be kept client=\S+ nrcpt=2 action=")
    assert clean.wait_mails("jones", 1) and clean.wait_mails("brown", 1)


@pytest.mark.limit(300)
def test_mail_of_every_form_is_copied_as_sent(clean, logger, store, switch, raw):
    switch.touch()
    logger()
    wrong = []
    for name in MAILS:
        content = Path(f"{FIXTURES}/mail/{name}").read_bytes()
        content = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if not content.endswith(b"\r\n"):
            content += b"\r\n"  # the client has to end the line before the dot
        before = set(store.folder("new"))
        assert send(raw, content, "jones@foo.com")[1].startswith("250 2.0.0"), name
        copy = [p for p in store.folder("new") if p not in before]
        assert len(copy) == 1, name
        if kept(copy[0].read_bytes(), clean.name, content) != shown(content, clean.name):
            wrong.append(name)
    assert wrong == []
    assert store.faults() == []


def test_the_envelope_has_recipients_that_no_header_names(clean, logger, store, switch, raw):
    switch.touch()
    logger()
    rcpts = ["jones@foo.com", "green@foo.com", "Brown@foo.com", "smith+detail@foo.com"]
    answers, last = send(raw, MAIL, *rcpts, sender="")
    assert [a[:3] for a in answers] == ["250", "550", "250", "250"]
    assert last.startswith("250 2.0.0")
    _, side = store.only()
    assert side["sender"]["path"] == "<>"
    told = {r["path"]: r["answer"] for r in side["recipients"]}
    assert told == {f"<{r}>": "rejected" if r.startswith("green") else "accepted" for r in rcpts}
    copy, _ = store.only()
    assert b"Brown" not in copy and b"smith+" not in copy
    for user in ("jones", "brown", "smith"):
        clean.wait_mails(user, 1)


def test_parameters_of_mail_and_rcpt_are_in_the_sidecar(clean, logger, store, switch, raw):
    switch.touch()
    logger()
    c = raw("logger")
    c.greet()
    assert c.say("MAIL FROM:<Smith@bar.com> SIZE=1234 BODY=8BITMIME").startswith("250")
    assert c.say("RCPT TO:<jones@foo.com>").startswith("250")
    assert c.message(stuffed(MAIL)).startswith("250 2.0.0")
    side = store.only()[1]
    assert side["sender"] == {"path": "<Smith@bar.com>", "args": ["SIZE=1234", "BODY=8BITMIME"]}
    assert clean.wait_mails("jones", 1)


def test_nothing_is_kept_while_the_switch_is_off(clean, logger, store, switch, raw):
    d = logger()
    for on in (False, True, False):
        (switch.touch if on else lambda: switch.unlink(missing_ok=True))()
        assert send(raw, MAIL, "jones@foo.com")[1].startswith("250 2.0.0")
        assert len(store.folder("new")) <= 1
    store.only()
    assert store.folder("tmp") == []
    clean.wait_mails("jones", 3)
    assert d.stop() == 0
    assert ": 3 messages  kept=1" in d.log(), d.log()


def test_what_does_not_reach_its_end_is_not_kept(clean, logger, store, switch, raw):
    """RSET, and a client that goes away in the middle of DATA."""
    switch.touch()
    d = logger()
    c = raw("logger")
    c.greet()
    for _ in range(2):
        c.say("MAIL FROM:<Smith@bar.com>")
        c.say("RCPT TO:<jones@foo.com>")
        assert c.say("RSET").startswith("250")
    c.say("MAIL FROM:<Smith@bar.com>")
    c.say("RCPT TO:<jones@foo.com>")
    assert c.say("DATA").startswith("354")
    c.send(MAIL)
    c.sock.close()
    assert send(raw, MAIL, "jones@foo.com")[1].startswith("250 2.0.0")
    clean.wait_mails("jones", 1)
    assert d.stop() == 0
    store.only()
    assert store.folder("tmp") == []
