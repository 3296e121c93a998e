# SPDX-License-Identifier: BSD-2-Clause
"""README.md's other lines, run as they are printed but for the folders; test_readme.py
has the quick start, test_install.py the install lines, t/integration those of the MTAs."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from daemons import BUILD, FIXTURES, LIMIT
from mta import session
from worms import fill, letter, worm

TOP = Path(os.environ["TOP_SRCDIR"])
MILTERS = ["logger-milter", "quota-milter", "spam-milter", "virus-milter"]


def section(name):
    return (TOP / "README.md").read_text(encoding="utf-8").split(f"\n## {name}\n")[1].split("\n## ")[0]


def blocks(name):
    """The indented blocks of a section, without their indent."""
    found = re.findall(r"(?:^    .*\n|(?<=\n)\n(?=    ))+", section(name), re.M)
    return [re.sub(r"^    ", "", block, flags=re.M).strip("\n") for block in found]


def files(name, place):
    """Writes the section's files of /etc/mail/milters into `place`; their names."""
    names = []
    for block in blocks(name):
        for lines, file in re.findall(
                r"(^# (?:in )?/etc/mail/milters/([\w.-]+).*\n(?:(?!# (?:in )?/etc/).*(?:\n|\Z))*)", block, re.M):
            (Path(place) / file).write_text(lines.replace("/etc/mail/milters", place))
            names.append(file)
    return names


def printed(name, begin):
    """A log line of the section, as a pattern: what follows the dots is anything."""
    line = next(row for block in blocks(name) for row in block.splitlines() if row.startswith(begin))
    return re.escape(line.split(" client=")[0])


def test_sendmails_and_postfixs_lines_are_those_of_the_examples():
    def words(text):
        return " ".join(re.sub(r"^(#|dnl ).*$", "", text, flags=re.M).split())

    assert words(blocks("sendmail")[0]) in words((TOP / "examples/sendmail.mc").read_text())
    main_cf, drop_in, _, one = blocks("Postfix")
    assert words(main_cf) in words((TOP / "examples/main.cf").read_text())
    assert words(one.split("=", 1)[1]) in words((TOP / "examples/main.cf-chroot").read_text())
    unit = (TOP / "examples/socket-postfix-chroot.conf").read_text().replace("%p", "virus-milter")
    assert words(unit) in words(drop_in)


def takes(program, conf, *options):
    argv = [f"{BUILD}/{program}", "-t", "-c", conf, "-o", "allow-root=yes"]
    return subprocess.run([*argv, *options], capture_output=True, text=True, timeout=LIMIT, check=False)


def test_every_configuration_file_is_taken(place):
    """Postfix's chroot without systemd, quota-milter's server; the others are played below."""
    assert files("Postfix", place) == ["virus-milter.conf"]
    end = takes("virus-milter", f"{place}/virus-milter.conf",
                "-o", f"signatures={FIXTURES}/signatures/signatures")
    assert "/var/spool/postfix/milters/virus-milter.sock" in end.stdout and end.stderr == ""
    assert files("Full mailboxes", place) == ["quota-milter.conf"]
    no_aliases = ["-o", f"aliases={place}/aliases"]
    Path(f"{place}/aliases").touch()
    end = takes("quota-milter", f"{place}/quota-milter.conf", *no_aliases)
    assert "\nsource = quota-status\n" in end.stdout and end.stderr == ""
    options = re.findall(r"`([a-z-]+ = [^`]+)`", section("Full mailboxes").split("With Postfix")[1])
    assert len(options) == 2
    Path(f"{place}/more").write_text("\n".join(options))
    end = takes("quota-milter", f"{place}/more", "-o", "source=maildir", *no_aliases)
    assert 'local-mailers = { "local", "virtual" }' in end.stdout and end.stderr == ""


def test_the_printed_signature_finds_its_worm_and_logs_the_printed_line(milter, place):
    assert files("Signatures", place) == ["signatures"]
    d = milter("virus-milter", [f"signatures={place}/signatures"])
    mail = (Path(FIXTURES) / "worms/sobig-b.eml").read_bytes()
    body = mail.split(b"\r\n\r\n", 1)[1] if b"\r\n\r\n" in mail else mail.split(b"\n\n", 1)[1].replace(b"\n", b"\r\n")
    with session(d.socket) as m:
        answer = m.message(body, sender="<support@microsoft.com>", qid="6ANFl2o3000005")
        assert answer == ("y", b"550 5.7.0 VIRUS FOUND\0")
    line = printed("Watch it", "6ANFl2o3000005").split("offset:")[0]
    d.wait_line(line + r"offset: \d+ client=\S+ nrcpt=1 action=reject 550 5\.7\.0")


def test_the_printed_lists_refuse_and_log_the_printed_line(milter, place):
    assert files("Senders that people do not want", place) == ["spam-senders", "spam-recipients"]
    d = milter("spam-milter", [f"senders={place}/spam-senders", f"recipients={place}/spam-recipients"])
    for sender, rcpt, refused in [("x@a.bulk.example", "jones", True), ("offers@shop.example", "jones", True),
                                  ("x@a.bulk.example", "brown", False), ("x@shop.example", "jones", False)]:
        with session(d.socket) as m:
            m.mail("<s@bar.com>", qid="h4F2")
            answer = m.rcpt(f"<{rcpt}@foo.example>")
            if answer != ("a", b""):  # nobody who asked is among them
                answer = m.content([("From", sender)], [b"hello\r\n"])
            assert (answer[0] == "y") is refused, (sender, rcpt)
    line = printed("Senders that people do not want", "h4F2").replace("/etc/mail/milters", place)
    d.wait_line(line + " client=")


@pytest.mark.limit(300)
def test_from_a_capture_to_a_signature(milter, place):
    """The lines of Signatures and of Copies of mail: switch, export, learn, check, test."""
    top, store = Path(place), Path(place) / "store"
    steps = next(b for b in blocks("Signatures") if b.startswith("touch")).splitlines()
    copies = next(b for b in blocks("Copies of mail") if b.startswith("touch")).splitlines()
    assert steps[0].split("  ")[0] == copies[0].split("  ")[0]
    fill(top / "Maildir/new", letter, 20)
    (top / "Maildir/cur").mkdir()
    (top / "milters").mkdir()
    store.mkdir(mode=0o700)

    def sh(line):
        line = line.replace("/etc/mail/milters", f"{place}/milters").replace("~", place)
        line = re.sub(r"^(logger-milter|milter-sigs)|(?<=&& )milter-sigs",
                      lambda m: f"{BUILD}/{m[0]}", line).replace("/var/lib/logger-milter", str(store))
        end = subprocess.run(["sh", "-ec", line], cwd=place, capture_output=True, text=True,
                             timeout=LIMIT, check=False)
        assert end.returncode == 0, (line, end.stdout, end.stderr)
        return end.stdout

    sh(steps[0])
    d = milter("logger-milter", [f"directory={store}", f"switch={place}/milters/logger-on", "min-free=0"])
    for n in range(20):
        with session(d.socket) as m:
            m.message(worm("a", n).split(b"\r\n\r\n", 1)[1])
    assert sh(copies[2]).count("DATA") == 20
    (store / "new").rename(top / "caught")
    for line in steps[3:]:
        if not line.startswith("systemctl"):
            sh(line)
    assert not (top / "milters/logger-on").exists()
    v = milter("virus-milter", [f"signatures={place}/milters/signatures"])
    with session(v.socket) as m:
        assert m.message(worm("a", 99).split(b"\r\n\r\n", 1)[1])[0] == "y"
        assert m.message(letter(99))[0] == "c"
