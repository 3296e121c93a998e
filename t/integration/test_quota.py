# SPDX-License-Identifier: BSD-2-Clause
"""quota-milter behind a real MTA; what counts as forwarding, the MTA itself decides.

The users exist in the container alone, so the milter sees them by nss_wrapper,
with homes in the folder that both share; without the library, by its key `homes`.
"""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

import runtime
from daemons import BUILD
from mtas import LIMIT as PATIENCE
from mtas import USERS

FULL = "552 5.2.2 Mailbox full"
QUOTA = 1_000_000
MARGIN = 25600
SHIM = "libnss_wrapper.so"
ENTRY = (runtime.HERE / "sendmail.entry").read_text(encoding="ascii")
ALIASES = re.search(r"printf '(postmaster.*)' > /etc/aliases", ENTRY)[1].replace("\\n", "\n")

AFTER_ALL_REFUSED = {
    "sendmail": "503 5.0.0 Need RCPT (recipient)",
    "postfix": "554 5.5.1 Error: no valid recipients",
    "sim": "503 5.0.0 Need RCPT (recipient)",
}
OPTIONS = {  # quota-milter(8): what else Postfix takes for a .forward
    "postfix": ["unsafe-forward=honour"],
}


pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can give files to the users of the container")


def can_wrap():
    """No: the library is not there, or a sanitizer wants to be first."""
    run = subprocess.run([f"{BUILD}/quota-milter", "--version"], capture_output=True, check=False,
                         env=dict(os.environ, LD_PRELOAD=SHIM))
    return run.returncode == 0 and not run.stderr


class Homes:
    """The homes of the users, which MTA and milter share."""

    def __init__(self, place):
        self.folder = place / "home"
        self.uid = {user: 2001 + n for n, user in enumerate((*USERS, "out"))}

    def clear(self):
        for user in USERS:
            for entry in list((self.folder / user).iterdir()):
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        shutil.rmtree(self.folder / "out", ignore_errors=True)

    def put(self, user, name, content, mode=0o644, owner=None):
        path = self.folder / user / name
        path.write_text(content, encoding="ascii")
        os.chown(path, *[self.uid.get(owner or user, 0)] * 2)
        path.chmod(mode)
        return path

    def fill(self, user, used):
        """A Maildir with a maildirsize that says so."""
        for sub in ("", "Maildir", "Maildir/new", "Maildir/cur", "Maildir/tmp"):
            path = self.folder / user / sub
            path.mkdir(exist_ok=True)
            os.chown(path, *[self.uid[user]] * 2)
        self.put(user, "Maildir/maildirsize", f"{QUOTA}S\n{used} 9\n")


@pytest.fixture
def homes(clean):
    one = Homes(clean.place)
    one.clear()
    yield one
    one.clear()


@pytest.fixture
def quota(clean, homes, milter, tmp_path):
    """quota(options...): the users as the container has them, and `out`, an alias there."""
    def one(*options, home="home"):
        (tmp_path / "aliases").write_text(ALIASES, encoding="ascii")
        env = {"LD_PRELOAD": SHIM, "NSS_WRAPPER_PASSWD": str(tmp_path / "passwd"),
               "NSS_WRAPPER_GROUP": str(tmp_path / "group")}
        if not can_wrap():
            env, options = {}, [f"homes={clean.place}/{home}", *options]
        for name, line in [("passwd", "{0}:x:{1}:{1}::{2}/{0}:/bin/sh\n"), ("group", "{0}:x:{1}:\n")]:
            users = "".join(line.format(user, uid, clean.place / home)
                            for user, uid in homes.uid.items())
            (tmp_path / name).write_text("root:x:0:0::/root:/bin/sh\n" + users
                                         if name == "passwd" else "root:x:0:\n" + users)
        return milter("quota", [
            f"aliases={tmp_path}/aliases", "local-domains=foo.com,mx.test", "answer-lifetime=0",
            "summary-interval=0", *OPTIONS.get(clean.name, []), *options], env=env)
    return one


def ask(raw, user):
    """The answer to RCPT; no message follows."""
    c = raw("quota")
    c.greet()
    assert c.say("MAIL FROM:<Smith@bar.com>").startswith("250"), c.transcript
    answer = c.say(f"RCPT TO:<{user}@foo.com>")
    c.say("QUIT")
    c.sock.close()
    return answer


def send(raw, *users, sender="Smith@bar.com", size=None, body=b"Hello\r\n"):
    """One message; the answers to each RCPT, and the last."""
    c = raw("quota")
    c.greet()
    args = f" SIZE={size}" if size is not None else ""
    assert c.say(f"MAIL FROM:<{sender}>{args}").startswith("250"), c.transcript
    answers = [c.say(f"RCPT TO:<{user}@foo.com>") for user in users]
    last = c.message(b"Subject: x\r\n\r\n" + body)
    c.say("QUIT")
    c.sock.close()
    return answers, last


# used | the answer to RCPT
EDGES = [(0, "250"), (QUOTA - MARGIN - 1, "250"), (QUOTA - MARGIN, FULL), (QUOTA - 1, FULL),
         (QUOTA, FULL), (QUOTA + 1, FULL), (3_000_000_000, FULL)]


@pytest.mark.parametrize("used,want", EDGES)
def test_full_is_what_comes_within_the_margin(clean, homes, quota, raw, used, want):
    homes.fill("full", used)
    d = quota()
    answers, last = send(raw, "full")
    assert answers[0].startswith(want), answers
    clean.wait_mails("full", 0 if want == FULL else 1)
    if want == FULL:
        d.wait_line(rf"quota: 'full' to: 'full' used: {used} limit: {QUOTA} .*action=reject 552 5\.2\.2")
    assert last.startswith("250") == (want != FULL)


def test_the_full_one_alone_is_refused(clean, homes, quota, raw):
    homes.fill("full", QUOTA)
    homes.fill("brown", 0)
    d = quota()
    answers, last = send(raw, "jones", "full", "brown", "Full+detail")
    assert [a[:9] for a in answers] == ["250 2.1.5", FULL[:9], "250 2.1.5", FULL[:9]]
    assert answers[1] == answers[3] == FULL
    assert last.startswith("250 2.0.0")
    for user in ("jones", "brown"):
        clean.wait_mails(user, 1)
    assert clean.mails("full") == []
    assert d.stop() == 0
    assert re.search(r": 1 messages  full=2", d.log()), d.log()


def test_what_the_mta_says_when_all_were_refused(clean, homes, quota, raw):
    homes.fill("full", QUOTA)
    quota()
    c = raw("quota")
    c.greet()
    c.say("MAIL FROM:<Smith@bar.com>")
    assert c.say("RCPT TO:<full@foo.com>") == FULL
    assert c.say("DATA") == AFTER_ALL_REFUSED[clean.name]
    # the transaction is open, and another recipient may follow
    assert c.say("RCPT TO:<jones@foo.com>").startswith("250 2.1.5")
    assert c.message(b"Subject: x\r\n\r\nx\r\n").startswith("250 2.0.0")
    clean.wait_mails("jones", 1)


def test_the_large_is_refused_and_the_small_gets_in(clean, homes, quota, raw):
    homes.fill("full", QUOTA // 2)
    d = quota()
    assert send(raw, "full", size=QUOTA // 2 + 1)[0] == [FULL]
    assert send(raw, "full", size=1000)[0][0].startswith("250 2.1.5")
    assert send(raw, "jones", "full", size=40_000_000)[0][0].startswith("250 2.1.5")
    d.wait_line(rf"quota: 'too-large' to: 'full' .* size: {QUOTA // 2 + 1}")
    clean.wait_mails("full", 1)
    clean.wait_mails("jones", 1)


@pytest.mark.parametrize("sender", ["", "postmaster@bar.com", "MAILER-DAEMON@bar.com", "Postmaster"])
def test_who_reports_a_failure_is_let_through(clean, homes, quota, raw, sender):
    homes.fill("full", QUOTA)
    quota()
    answers, last = send(raw, "full", sender=sender)
    assert answers[0].startswith("250 2.1.5") and last.startswith("250 2.0.0")
    clean.wait_mails("full", 1)


def test_an_alias_is_no_mailbox(clean, homes, quota, raw, tmp_path):
    """`out` forwards away in the MTA; here it is a user with a full mailbox, too."""
    (homes.folder / "out").mkdir()
    homes.fill("out", QUOTA)
    d = quota()
    assert ask(raw, "out").startswith("250 2.1.5")
    d.stop()
    (tmp_path / "none").write_text("")
    quota(f"aliases={tmp_path}/none")
    assert ask(raw, "out") == FULL


def is_delivered(mta, raw, to, mailbox):
    answers, last = send(raw, to)
    assert answers[0].startswith("250 2.1.5"), answers
    wait_done(mta, last)
    mta.wait_mails(mailbox, 1)


def test_an_alias_for_every_detail(clean, homes, quota, raw):
    """sendmail asks for "forward+*"; Postfix does not, and delivers to forward."""
    homes.fill("forward", QUOTA)
    if clean.name != "sim":  # the simulator has no such aliases
        is_delivered(clean, raw, "forward+x", "jones" if clean.name == "sendmail" else "forward")
    quota()
    assert ask(raw, "forward+x").startswith("250 2.1.5")
    assert ask(raw, "forward") == FULL


def test_a_forward_of_a_detail(clean, homes, quota, raw):
    """Postfix reads .forward+list for full+List; sendmail does where ForwardPath says so."""
    homes.fill("full", QUOTA)
    homes.put("full", ".forward+list", "brown\n")
    if clean.name != "sim":  # the simulator knows no .forward
        is_delivered(clean, raw, "full+List", "brown" if clean.name == "postfix" else "full")
    quota()
    assert ask(raw, "full+List").startswith("250 2.1.5")
    assert ask(raw, "full+other") == ask(raw, "full") == FULL


def test_mail_is_taken_until_it_fills_the_mailbox(clean, quota, raw, tmp_path):
    """The Maildir is the one into which the MTA delivers."""
    (tmp_path / "limits").write_text("* 100000\n")  # the margin is a tenth
    quota("maildir=.", f"limits={tmp_path}/limits", home="mail")
    body = (b"x" * 78 + b"\r\n") * 250  # 20 kB
    for taken in range(1, 6):
        assert send(raw, "full", body=body)[1].startswith("250 2.0.0"), taken
        clean.wait_mails("full", taken)
    assert send(raw, "full", body=body)[0] == [FULL]
    next((clean.place / "mail/full/new").iterdir()).unlink()
    assert send(raw, "full", body=body)[1].startswith("250 2.0.0")
    clean.wait_mails("full", 5)


def forward(content, **kwargs):
    return lambda homes: homes.put("full", ".forward", content, **kwargs)


def folder(homes):
    (homes.folder / "full/.forward").mkdir()


def link(user):
    def make(homes):
        homes.put(user, "list", "brown\n")
        (homes.folder / "full/.forward").symlink_to("list" if user == "full" else f"../{user}/list")
        os.chown(homes.folder / "full/.forward", *[homes.uid["full"]] * 2, follow_symlinks=False)
    return make


def included(homes):
    homes.put("full", "list", "brown\n")
    homes.put("full", ".forward", ":include:/home/full/list\n")


# .forward of `full` | who gets the mail | is the mailbox checked (it is full)?
FORMS = {
    "absent": (lambda homes: None, "full", True),
    "empty": (forward(""), "full", True),
    "comments and blanks": (forward("# nothing\n\n  \n"), "full", True),
    "a backslash": (forward("\\full\n"), "full", True),
    "the name": (forward("full\n"), "full", True),
    "at a local domain": (forward("full@foo.com\n"), "full", True),
    "in upper case": (forward("FULL@FOO.COM\n"), "full", True),
    "at this host": (forward("full@mx.test\n"), "full", True),
    "with detail": (forward("full+x\n"), "full", True),
    "another user": (forward("brown\n"), "brown", False),
    "no final newline": (forward("brown"), "brown", False),
    "CRLF": (forward("brown@foo.com\r\n"), "brown", False),
    "with a copy": (forward("\\full, brown\n"), "brown full", False),
    "two lines": (forward("\\full\nbrown\n"), "brown full", False),
    "elsewhere": (forward("someone@elsewhere.example\n"), "", False),
    "a program": (forward('"|exit 0; a, b"\n'), "", False),
    "vacation": (forward('\\full, "|exit 0 full"\n'), "full", False),
    "a file": (forward("/dev/null\n"), "", False),
    "an included list": (included, "brown", False),
    "owned by root": (forward("brown\n", owner="root"), "brown", False),
    "owned by another": (forward("brown\n", owner="jones"), "full", True),
    "group may write": (forward("brown\n", mode=0o664), "full", True),
    "others may write": (forward("brown\n", mode=0o666), "full", True),
    "nobody may read": (forward("brown\n", mode=0), "full", True),
    "a folder": (folder, "full", True),
    "a link within the home": (link("full"), "brown", False),
    "a link out of the home": (link("brown"), "full", True),
}
# Where Postfix does otherwise.
POSTFIX = {
    "group may write": ("brown", False),  # therefore unsafe-forward=honour
    # Postfix follows no link and delivers here; quota-milter takes it for forwarding
    # and lets the mail pass, the safe side of the two.
    "a link within the home": ("full", False),
}


def wait_done(mta, last):
    """Until the MTA has tried all deliveries of that message."""
    number = re.search(r"250 2\.0\.0 (?:Ok: queued as )?(\S+)", last)[1]
    done = re.compile(number + (": removed" if mta.name == "postfix" else ": to="))
    until = time.monotonic() + PATIENCE
    log = Path(mta.place / "mta.log")
    while not done.search(log.read_text(errors="replace")):
        assert time.monotonic() < until, f"no {done.pattern} in the log"
        time.sleep(0.02)


@pytest.mark.parametrize("form", FORMS)
def test_who_forwards_is_let_through_as_the_mta_forwards(clean, homes, quota, raw, form):
    make, gets, checked = FORMS[form]
    if clean.name == "postfix" and form in POSTFIX:
        gets, checked = POSTFIX[form]
    homes.fill("full", QUOTA)
    make(homes)
    if clean.name != "sim":  # the simulator knows no .forward
        answers, last = send(raw, "full")  # no milter is there yet: the MTA is the judge
        assert answers[0].startswith("250 2.1.5"), answers
        wait_done(clean, last)
        for user in gets.split():
            clean.wait_mails(user, 1)
        assert {u for u in USERS if clean.mails(u)} == set(gets.split())
    quota()
    answer = ask(raw, "full")
    assert answer == FULL if checked else answer.startswith("250 2.1.5"), answer
