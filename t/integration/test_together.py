# SPDX-License-Identifier: BSD-2-Clause
"""All four milters as a site runs them, with the README's own configuration lines."""

import re

import pytest

from archive_view import Archive
from conftest import readme_lines
from daemons import FIXTURES

FILTERS = ["logger", "quota", "spam", "virus"]
LISTED, QUOTA = "offers@shop.example", 1_000_000
CLEAN = ["--data", f"@{FIXTURES}/mail/plain.eml"]
WORM = ["--data", f"@{FIXTURES}/worms/sobig-b.eml"]
FROM_LISTED = ["--header", f"From: {LISTED}"]
FOUND = "550 5.7.0 VIRUS FOUND"
FULL = "552 5.2.2 Mailbox full"
REFUSED = "550 5.7.1 Rejected at the recipient's request"
# With virus-milter away, which the README's lines give F=T or default_action=tempfail.
AWAY = {
    "sendmail": "451 4.3.2 Please try again later",
    "postfix": "451 4.7.1 Service unavailable - try again later",
    "sim": "451 4.3.2 Please try again later",
}


class Site:
    """The files of a site; its milters."""

    def __init__(self, place, milter):
        self.milter, self.running = milter, {}
        self.store, self.switch = Archive(place / "store"), place / "on"
        self.store.directory.mkdir()
        maildir = place / "homes/full/Maildir"
        (maildir / "new").mkdir(parents=True)
        for folder in (place / "homes", place / "homes/full"):
            folder.chmod(0o755)
        files = {"senders": f"{LISTED}\n", "recipients": "jones@foo.com\n", "aliases": "",
                 "homes/full/Maildir/maildirsize": f"{QUOTA}S\n{QUOTA} 9\n"}
        for name, text in files.items():
            (place / name).write_text(text, encoding="ascii")
        self.options = {
            "logger": [f"directory={place}/store", f"switch={self.switch}", "min-free=0"],
            "quota": [f"homes={place}/homes", f"aliases={place}/aliases"],
            "spam": [f"senders={place}/senders", f"recipients={place}/recipients"],
            "virus": [],
        }

    def start(self, *names):
        for name in names:
            self.running[name] = self.milter(name, ["summary-interval=0", *self.options[name]])

    def stop(self):
        """SIGTERM to each, which ends it well; their logs."""
        codes = {name: d.stop() for name, d in self.running.items()}
        assert set(codes.values()) == {0}, codes
        return {name: d.log() for name, d in self.running.items()}


def test_the_readme_has_all_four(mta):
    """Else the tests below would show less than they say."""
    section = "Postfix" if mta.name == "postfix" else "sendmail"
    found = re.findall(r"/run/(\w+)-milter/", "\n".join(readme_lines(section)))
    assert found == FILTERS


@pytest.fixture
def site(clean, milter, tmp_path):
    return Site(tmp_path, milter)


@pytest.fixture
def send(swaks):
    """send(to, what...): one mail in a session of its own."""
    def one(to, *what):
        return swaks("readme", "--from", "Smith@bar.com", "--to", to, *what)
    return one


# what | to whom | answer to RCPT | the last answer | who gets it
MAIL = {
    "clean": (CLEAN, "jones@foo.com", [], "250 2.0.0", ["jones"]),
    "a worm": (WORM, "jones@foo.com", [], FOUND, []),
    "to a full mailbox": (CLEAN, "full@foo.com", [FULL], FULL, []),
    "to a full one and another": (CLEAN, "full@foo.com,brown@foo.com", [FULL], "250 2.0.0", ["brown"]),
    "a worm to a full one and another": (WORM, "full@foo.com,brown@foo.com", [FULL], FOUND, []),
    "listed to who asked": (FROM_LISTED, "jones@foo.com", [], REFUSED, []),
    "listed to who did not": (FROM_LISTED, "brown@foo.com", [], "250 2.0.0", ["brown"]),
    "listed to a full mailbox": (FROM_LISTED, "full@foo.com", [FULL], FULL, []),
}


@pytest.mark.parametrize("name", MAIL)
def test_each_refuses_what_is_its_own(clean, site, send, name):
    what, to, at_rcpt, last, gets = MAIL[name]
    site.switch.touch()
    site.start(*FILTERS)
    end = send(to, *what)
    assert [a for a in end.answers("RCPT") if not a.startswith("250")] == at_rcpt, end.text
    assert end.final == last or end.final.startswith("250") and last.startswith("250"), end.text
    for user in gets:
        clean.wait_mails(user, 1)
    assert {u for u in ("jones", "brown", "full") if clean.mails(u)} == set(gets)
    # The logger comes first and has its copy before the others refuse the message.
    assert len(site.store.folder("new")) == len(end.answers("."))
    assert site.store.faults() == []


# Of the ten messages above.  No MTA waits for an answer to MAIL, and when all
# recipients were refused, as of two, it may hang up before the later filters have
# read it.
COUNTS = {
    "logger": "10 messages  kept=6",
    "quota": "10 messages  full=4",
    "spam": "(8|9|10) messages  from=1",
    "virus": "(8|9|10) messages  WORM_SOBIG.B=3",
}


def test_a_day_of_mail_is_counted(clean, site, send):
    site.switch.touch()
    site.start(*FILTERS)
    for what, to, _, _, _ in MAIL.values():
        send(to, *what)
    site.switch.unlink()
    send("jones@foo.com", *WORM)
    send("jones@foo.com", *CLEAN)
    clean.wait_mails("jones", 2)
    clean.wait_mails("brown", 2)
    logs = site.stop()
    for name, want in COUNTS.items():
        assert re.search(f": {want}$", logs[name], re.M), logs[name]
    assert "no copy could be kept" not in logs["logger"]
    assert len(site.store.folder("new")) == 6
    assert logs["virus"].count("virus: 'WORM_SOBIG.B'") == 3
    assert logs["quota"].count("quota: 'full' to: 'full'") == 4
    assert logs["spam"].count(f"spam: '{LISTED}'") == 1


@pytest.mark.parametrize("away", FILTERS)
def test_what_happens_while_one_is_away(clean, site, send, away):
    """Without virus-milter mail waits at the client; without another it goes on."""
    site.start(*[f for f in FILTERS if f != away])
    end = send("jones@foo.com", *CLEAN)
    if away == "virus":
        assert end.final == AWAY[clean.name], end.text
        assert clean.mails("jones") == []
    else:
        assert end.final.startswith("250"), end.text
        assert send("jones@foo.com", *WORM).final == FOUND
        clean.wait_mails("jones", 1)
    site.stop()
