# SPDX-License-Identifier: BSD-2-Clause
"""RFC 2821's sample session, odd bytes, and clean mail through each MTA."""

import subprocess
from pathlib import Path

import pytest

from daemons import BUILD, FIXTURES

# sendmail mends parts that are not whole: no header, no end, more than 20 deep.
REWRITTEN = {"sendmail": {"empty-parts.eml", "nested-24.eml", "odd-boundary.eml"}}
MAILS = sorted(p.name for p in Path(f"{FIXTURES}/mail").glob("*.eml"))
TYPICAL = [  # appendix D.1: what the client says, and the code it gets
    ("EHLO bar.com", "250"), ("MAIL FROM:<Smith@bar.com>", "250"),
    ("RCPT TO:<Jones@foo.com>", "250"), ("RCPT TO:<Green@foo.com>", "550"),
    ("RCPT TO:<Brown@foo.com>", "250"), ("DATA", "354"),
]


def test_the_sample_session_of_rfc_2821(clean, milter, raw):
    d = milter("virus")
    c = raw("virus")
    assert c.reply().startswith("220")
    for command, code in TYPICAL:
        assert c.say(command).startswith(code), c.transcript
    c.send(b"Blah blah blah...\r\n...etc. etc. etc.\r\n")
    assert c.say(".").startswith("250")
    assert c.say("QUIT").startswith("221")
    for user in ("jones", "brown"):
        mail = clean.wait_mails(user, 1)[0]
        # A dot that begins a line is the client's to double; it did not.
        assert b"Blah blah blah...\n..etc. etc. etc.\n" in mail
    assert d.stop() == 0
    assert ": 1 messages" in d.log()


def test_the_sample_session_as_a_transcript(clean, milter, place_for_transcript):
    """milter-sim run plays the client against each MTA."""
    milter("virus")
    end = subprocess.run(
        [f"{BUILD}/milter-sim", "run", "--server", f"unix:{clean.endpoint('virus')}",
         place_for_transcript], capture_output=True, text=True, timeout=60, check=False)
    assert end.returncode == 0, end.stdout + end.stderr


@pytest.fixture
def place_for_transcript(tmp_path):
    path = tmp_path / "typical.mta"
    lines = ["# RFC 2821 D.1, with each MTA's own words", "S: 220 ${*}"]
    for command, code in TYPICAL:
        # What EHLO says has as many lines as the MTA likes; HELO's answer has one.
        lines.append(f"C: {command.replace('EHLO', 'HELO')}")
        lines.append(f"S: {code} ${{*}}")
    lines += ["C: Blah blah blah...", "C: .", "S: 250 ${*}", "C: QUIT", "S: 221 ${*}"]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


# What was sent | what each MTA does with it
BYTES = [
    ("a NUL", b"a\0b", {"sendmail": "554 5.6.1", "postfix": "250 2.0.0", "sim": "554 5.6.1"}),
    ("a bare LF", b"a\nb", {"sendmail": "421 4.5.0", "postfix": "250 2.0.0", "sim": "421 4.5.0"}),
    ("a bare CR", b"a\rb", {"sendmail": "421 4.5.0", "postfix": "250 2.0.0", "sim": "421 4.5.0"}),
]


@pytest.mark.parametrize("data,want", [b[1:] for b in BYTES], ids=[b[0] for b in BYTES])
def test_what_becomes_of_odd_bytes(clean, milter, raw, data, want):
    d = milter("virus")
    c = raw("virus")
    c.greet()
    c.say("MAIL FROM:<Smith@bar.com>")
    c.say("RCPT TO:<jones@foo.com>")
    got = c.message(b"Subject: x\r\n\r\n" + data + b"\r\n")
    assert got.startswith(want[clean.name]), got
    clean.wait_mails("jones", 1 if got.startswith("250") else 0)
    assert d.stop() == 0


@pytest.mark.limit(300)
def test_clean_mail_of_every_form_is_delivered_as_sent(clean, milter, raw):
    milter("virus")
    sent = []
    for name in MAILS:
        content = Path(f"{FIXTURES}/mail/{name}").read_bytes().replace(b"\r\n", b"\n")
        if b"\0" in content or b"\r" in content:
            continue  # what becomes of those is another test
        c = raw("virus")
        c.greet()
        c.say(f"MAIL FROM:<{name}@bar.com>")
        c.say("RCPT TO:<jones@foo.com>")
        stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line
                               for line in content.split(b"\n"))
        got = c.message(stuffed)
        c.sock.close()
        assert got.startswith("250 2.0.0"), (name, got)
        sent.append((name, content))
    got = clean.wait_mails("jones", len(sent))
    changed = set()
    for name, content in sent:
        mail = next(m for m in got if f"<{name}@bar.com>".encode() in m)
        body = content.split(b"\n\n", 1)[1] if b"\n\n" in content else b""
        if body.rstrip(b"\n") not in mail:
            changed.add(name)
    assert changed == REWRITTEN.get(clean.name, set())
