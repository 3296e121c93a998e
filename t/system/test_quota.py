# SPDX-License-Identifier: BSD-2-Clause
"""quota-milter as an MTA sees it, with real Maildirs behind it."""

import os
import signal
import time
from pathlib import Path

import pytest

from mta import Mta, session
from serve import Serve, mailbox

LIMIT = 100_000  # of every mailbox here; the margin is a tenth of it
CONTINUE, ACCEPT = ("c", b""), ("a", b"")
FULL = ("y", b"552 5.2.2 Mailbox full\0")


@pytest.fixture
def homes(place):
    """homes(name...) makes homes for mailboxes and tells their folder."""
    folder = Path(place) / "mail"
    folder.mkdir()
    folder.chmod(0o700)

    def one(*names):
        for n in names:
            (folder / n / "new").mkdir(parents=True)
            (folder / n).chmod(0o700)
        return folder
    return one


@pytest.fixture
def quota(milter, place, homes):
    """quota(options...): every mailbox in `homes` may hold LIMIT bytes."""
    def one(*options, **kwargs):
        (Path(place) / "limits").write_text(f"* {LIMIT}\n")
        (Path(place) / "aliases").write_text("staff: games, jones\nself: self\n")
        return milter("quota-milter", [
            f"homes={homes()}", "maildir=.", f"limits={place}/limits",
            f"aliases={place}/aliases", "answer-lifetime=0", *options], **kwargs)
    return one


def put(home, size, name="1.x.host"):
    """A message of so many bytes; its name tells a size, so that it costs no disk."""
    (home / "new" / f"{name},S={size}").write_bytes(b"x")


def rcpt(d, path, size=None, sender="<sender@example.org>", client="192.0.2.1", **macros):
    """The answer to one RCPT in a session of its own."""
    with Mta(d.socket) as m:
        m.negotiate()
        m.connect(address=client)
        m.mail(sender, *([f"SIZE={size}"] if size is not None else []),
               **{k: macros.pop(k) for k in ["auth_authen"] if k in macros})
        return m.rcpt(path, **macros)


@pytest.fixture
def serve(start):
    """serve(milter, users...) is a server that delivers into homes."""
    def one(d, folder, *users, profile="sendmail-8.17"):
        return start(Serve, "--profile", profile, "--announce", "SIZE", "--milter", f"S={d.socket}",
                     "--deliver", f"maildir:{folder}", *sum((["--user", u] for u in users), []))
    return one


# The paper's philosophy, delivered for real.

def test_small_mail_is_delivered_until_the_margin_and_large_mail_is_not(quota, homes, serve):
    folder = homes("games")
    d = quota()
    c = serve(d, folder, "games").client()
    c.hello()
    small = "Subject: small\r\n\r\n" + ("x" * 98 + "\r\n") * 99  # 10 kB
    delivered = 0
    while True:
        said = c.cmd(f"MAIL FROM:<a@b.example> SIZE={len(small)}")
        assert said.startswith("250")
        said = c.cmd("RCPT TO:<games@foo.com>")
        if not said.startswith("250"):
            break
        assert c.cmd("DATA").startswith("354")
        c.send(small)
        assert c.cmd(".").startswith("250")
        delivered += 1
        assert len(mailbox(folder, "games")) == delivered
        if delivered == 5:  # half full: the large one does not fit, a small one does
            c.cmd("MAIL FROM:<a@b.example> SIZE=60000")
            assert c.cmd("RCPT TO:<games@foo.com>") == "552 5.2.2 Mailbox full"
            c.cmd("RSET")
        assert delivered < 20
    assert said == "552 5.2.2 Mailbox full"
    used = sum(f.stat().st_size for f in (folder / "games/new").iterdir())
    assert LIMIT - LIMIT // 10 <= used < LIMIT
    d.wait_line(rf"quota: 'too-large' to: 'games' used: \d+ limit: {LIMIT} size: 60000 .*"
                r"action=reject 552 5\.2\.2")
    d.wait_line(rf"quota: 'full' to: 'games' used: {used} limit: {LIMIT}")


def test_one_of_three_is_full_and_the_others_get_the_mail(quota, homes, serve):
    folder = homes("games", "jones", "brown")
    put(folder / "jones", LIMIT)
    c = serve(quota(), folder, "games", "jones", "brown").client()
    c.hello()
    said = c.message(sender="a@b.example", rcpts=["games@foo.com", "jones@foo.com", "brown@foo.com"])
    assert [s[:3] for s in said] == ["250", "250", "552", "250", "354", "250"]
    assert said[2] == "552 5.2.2 Mailbox full"
    assert len(mailbox(folder, "games")) == len(mailbox(folder, "brown")) == 1
    assert len(os.listdir(folder / "jones/new")) == 1


@pytest.mark.parametrize("profile", ["rfc2821", "sendmail-8.17"])
def test_all_are_full_and_the_client_says_data(quota, homes, serve, profile):
    folder = homes("games", "jones")
    put(folder / "games", LIMIT)
    c = serve(quota(), folder, "games", "jones", profile=profile).client()
    c.hello()
    said = c.envelope(sender="a@b.example", rcpts=["games@foo.com", "games@foo.com"])
    assert said[1:3] == ["552 5.2.2 Mailbox full"] * 2
    assert said[3].startswith("503") or said[3].startswith("554")
    assert c.cmd("RSET").startswith("250")
    assert c.message(sender="a@b.example", rcpts=["jones@foo.com"])[-1].startswith("250")
    assert len(mailbox(folder, "jones")) == 1


def test_rset_between_recipients_forgets_the_size(quota, homes, serve):
    folder = homes("games")
    c = serve(quota(), folder, "games").client()
    c.hello()
    c.cmd(f"MAIL FROM:<a@b.example> SIZE={LIMIT + 1}")
    assert c.cmd("RCPT TO:<games@foo.com>") == "552 5.2.2 Mailbox full"
    c.cmd("RSET")
    assert c.message(sender="a@b.example", rcpts=["games@foo.com"])[-1].startswith("250")


def test_five_hundred_recipients_every_other_one_full(quota, homes):
    names = [f"user{i}" for i in range(500)]
    folder = homes(*names)
    for n in names[::2]:
        put(folder / n, LIMIT)
    d = quota()
    with session(d.socket) as m:
        m.mail()
        said = [m.rcpt(f"<{n}@foo.com>") for n in names]
        assert said == [FULL, CONTINUE] * 250
        assert m.command("T") == ACCEPT


def test_the_same_recipient_twice_is_refused_twice(quota, homes):
    put(homes("games") / "games", LIMIT)
    d = quota()
    with session(d.socket) as m:
        m.mail()
        assert [m.rcpt("<games@foo.com>") for _ in range(2)] == [FULL, FULL]


# What is asked of the MTA.

def test_neither_header_nor_body_comes_and_mail_needs_no_answer(quota):
    with Mta(quota().socket) as m:
        _, actions, steps, wishes = m.negotiate()
    assert steps & 0x4000 and not steps & 0x8000         # MAIL silently, RCPT aloud
    assert steps & 0x20 and steps & 0x40 and steps & 0x10  # no header, no EOH, no BODY
    assert actions & ~0x100 == 0                         # nothing is ever changed
    del wishes


@pytest.mark.parametrize("used,size,want", [
    (LIMIT - 10_001, None, CONTINUE), (LIMIT - 10_000, None, FULL), (LIMIT - 9_999, None, FULL),
    (LIMIT, None, FULL), (LIMIT + 1, None, FULL), (0, None, CONTINUE), (2**63, None, FULL),
    (2**64, None, FULL), (50_000, 50_000, CONTINUE), (50_000, 50_001, FULL), (0, 0, CONTINUE),
    (0, LIMIT, CONTINUE), (0, LIMIT + 1, FULL), (0, 2**64, FULL), (0, -1, CONTINUE),
    (0, "big", CONTINUE), (0, "", CONTINUE)])
def test_boundaries(quota, homes, used, size, want):
    put(homes("games") / "games", used)
    assert rcpt(quota(), "<games@foo.com>", size) == want


@pytest.mark.parametrize("sender,want", [
    ("<>", CONTINUE), ("<postmaster>", CONTINUE), ("<Postmaster@X.example>", CONTINUE),
    ("<MAILER-DAEMON@x>", CONTINUE), ("<\"mailer-daemon\"@x>", CONTINUE),
    ("<postmaster+x@y>", FULL), ("<mypostmaster@x>", FULL), ("<a@b>", FULL)])
def test_senders(quota, homes, sender, want):
    put(homes("games") / "games", LIMIT)
    assert rcpt(quota(), "<games@foo.com>", sender=sender) == want


def test_postmaster_has_always_room(quota, homes):
    put(homes("postmaster") / "postmaster", LIMIT)
    d = quota()
    for path in ["<postmaster@foo.com>", "<Postmaster>", "<POSTMASTER@foo.com>"]:
        assert rcpt(d, path) == CONTINUE


def test_a_detail_and_case_lead_to_the_mailbox(quota, homes):
    put(homes("games") / "games", LIMIT)
    d = quota()
    assert rcpt(d, "<Games+detail@Foo.com>") == FULL
    assert rcpt(d, "<@a.example:games@foo.com>", addr="games") == FULL
    assert rcpt(d, "<x@y>", addr="games") == FULL
    assert rcpt(d, "<games@foo.com>", mailer="esmtp") == CONTINUE
    assert rcpt(d, "<games@foo.com>", mailer="error") == CONTINUE


# A client may send any of these; none may lead out of the folder or be executed.
HOSTILE = ["../../etc/passwd", "..", ".", "/etc", "games/../games", "rm -r * ;", "`id`", "$(id)",
           "|id", "-rf", "games\\", "\"games", "\"g/../games\"", "%s%n%p", "games%00", "*",
           "\xe9t\xe9", "\xff\xfe", "a" * 500, "ga\nmes", "\"\"", ""]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda n: ascii(n)[:20])
def test_hostile_names_are_nobody(quota, homes, name):
    folder = homes("games")
    put(folder / "games", LIMIT)
    d = quota()
    for local in [name, f'"{name}"']:
        raw = local.encode("latin-1")
        assert rcpt(d, f"<{local}@foo.com>".encode("latin-1").decode("latin-1"),
                    addr=raw.decode("latin-1")) == CONTINUE
    assert rcpt(d, "<games@foo.com>") == FULL
    assert sorted(os.listdir(folder)) == ["games"]


# Forwarding and aliases.

FORWARDS = [
    ("absent", None, 0o600, FULL), ("empty", "", 0o600, FULL), ("comments", "# x\n", 0o600, FULL),
    ("backslash-self", "\\games\n", 0o600, FULL), ("self", "games\n", 0o600, FULL),
    ("blanks", " \n\t\n", 0o600, FULL), ("quoted-self", "\"games\"", 0o600, FULL),
    ("upper-self", "GAMES@LOCALHOST\n", 0o600, FULL),
    ("self-at-home", "games@localhost\n", 0o600, FULL), ("self-detail", "games+x\n", 0o600, FULL),
    ("other", "other@x.example", 0o600, CONTINUE),
    ("both", "\\games, other@x.example\r\n", 0o600, CONTINUE),
    ("vacation", "\\games, \"|/usr/bin/vacation games\"\n", 0o600, CONTINUE),
    ("program", "\"|prog a, b\"\n", 0o600, CONTINUE), ("file", "/dev/null\n", 0o600, CONTINUE),
    ("include", ":include:/f\n", 0o600, CONTINUE),
    ("error", "error:5.7.1:550 x\n", 0o600, CONTINUE),
    ("bom", "\ufeffgames\n", 0o600, CONTINUE),
    ("group-writable", "other@x.example\n", 0o660, FULL),
    ("world-writable", "other@x.example\n", 0o602, FULL),
    ("mode-000", "other@x.example\n", 0o000, FULL),
    ("megabyte", "#\n" * 600_000, 0o600, CONTINUE),  # not read: not known
]


@pytest.mark.parametrize("content,mode,want", [f[1:] for f in FORWARDS],
                         ids=[f[0] for f in FORWARDS])
def test_forward_files(quota, homes, content, mode, want):
    home = homes("games") / "games"
    put(home, LIMIT)
    if content is not None:
        (home / ".forward").write_text(content, encoding="utf-8", newline="")
        (home / ".forward").chmod(mode)
    assert rcpt(quota(), "<games@foo.com>") == want


STRANGE_FORWARDS = [
    ("directory", lambda p: p.mkdir(), FULL), ("fifo", os.mkfifo, FULL),
    ("link-out", lambda p: p.symlink_to("/etc/passwd"), FULL),
    ("link-dead", lambda p: p.symlink_to("/nonexistent"), FULL),
    ("link-loop", lambda p: p.symlink_to(p), FULL),
    ("link-beneath", lambda p: p.symlink_to("real"), CONTINUE),
]


@pytest.mark.parametrize("make,want", [f[1:] for f in STRANGE_FORWARDS],
                         ids=[f[0] for f in STRANGE_FORWARDS])
def test_strange_forward_files(quota, homes, make, want):
    home = homes("games") / "games"
    put(home, LIMIT)
    (home / "real").write_text("other@x.example\n")
    (home / "real").chmod(0o600)
    make(home / ".forward")
    assert rcpt(quota("time-limit=10"), "<games@foo.com>") == want


def test_aliases_are_not_checked_and_a_new_one_is_seen(quota, homes, place):
    folder = homes("staff", "self", "games")
    for n in ["staff", "self", "games"]:
        put(folder / n, LIMIT)
    d = quota()
    assert rcpt(d, "<staff@foo.com>") == CONTINUE
    assert rcpt(d, "<self@foo.com>") == FULL
    (Path(place) / "aliases").write_text("games: other@x.example\n")
    until = time.monotonic() + 30
    while rcpt(d, "<games@foo.com>") == FULL:  # looked at every 5 s
        assert time.monotonic() < until


# Who is asked, and who is let go.

def test_local_clients_without_rcpt_mailer_are_let_go(quota, homes):
    """As Postfix's non_smtpd_milters come; a refusal would stay in its queue."""
    put(homes("games") / "games", LIMIT)
    d = quota()
    with Mta(d.socket) as m:
        m.negotiate()
        m.connect(address="127.0.0.1")
        m.mail()
        assert m.rcpt("<games@localhost>", mailer="", addr="games@localhost") == CONTINUE
    assert rcpt(d, "<games@foo.com>", client="127.0.0.1") == FULL


def test_authenticated_clients_are_as_configured(quota, homes, place):
    put(homes("games") / "games", LIMIT)
    assert rcpt(quota(), "<games@foo.com>", auth_authen="joe") == FULL
    assert rcpt(quota("check-authenticated=no", socket=f"unix:{place}/second.sock"), "<games@foo.com>",
                auth_authen="joe") == CONTINUE


def test_the_reply_may_be_temporary(quota, homes):
    put(homes("games") / "games", LIMIT)
    d = quota("reply=452 4.2.2 Mailbox full")
    assert rcpt(d, "<games@foo.com>") == ("y", b"452 4.2.2 Mailbox full\0")
    d.wait_line(r"quota: 'full' to: 'games' .* action=tempfail 452 4\.2\.2")


# Trouble.

@pytest.mark.parametrize("options,want", [
    ([], CONTINUE),
    (["unknown=tempfail"], ("y", b"451 4.3.0 Mailbox cannot be looked up, try again later\0"))])
def test_a_broken_maildirsize_never_refuses(quota, homes, place, options, want):
    home = homes("games") / "games"
    put(home, LIMIT)
    (home / "maildirsize").write_bytes(b"\0\0\0\n")
    (Path(place) / "none").write_text("")
    d = quota(f"limits={place}/none", *options)
    for _ in range(3):
        assert rcpt(d, "<games@foo.com>") == want
    d.wait_line(r"maildir: mailbox 'games': maildirsize has no quota in its first line")
    assert d.log().count("maildirsize has no quota") == 1  # once a minute


def test_an_alias_file_that_is_missing_lets_mail_through(quota, homes, place):
    put(homes("games") / "games", LIMIT)
    d = quota(f"aliases={place}/none")
    assert rcpt(d, "<games@foo.com>") == CONTINUE
    d.wait_line(r"aliases: .*/none: No such file or directory; recipients may be aliases")


@pytest.mark.parametrize("options,words", [
    (["source=quota-status"], "source = quota-status needs server"),
    (["source=socketmap", "server=here"], "'here' is neither unix:/path nor inet:port@host"),
    (["source=mbox"], "source = mbox needs limits"),
    (["mailbox-name=address"], "mailbox-name = address needs source"),
    (["reply=550 4.2.2 x"], "reply '550 4.2.2 x' has an enhanced status code of another"),
    (["unknown-reply=550 5.2.2 x"], "unknown-reply '550 5.2.2 x' must begin with a 4yz"),
    (["limits=/nonexistent"], "limits '/nonexistent': No such file"),
    (["time-limit=0"], "time-limit"), (["nonsense=1"], "nonsense")])
def test_a_faulty_option_is_refused_at_start(run, place, options, words):
    (Path(place) / "empty").write_text("")
    args = sum((["-o", o] for o in options), [])
    r = run("quota-milter", "-t", "-c", f"{place}/empty", "-p", f"unix:{place}/s",
            "-o", "allow-root=yes", *args)
    assert r.returncode in (64, 78) and words in r.stderr, r.stderr


def test_a_reload_takes_new_limits_and_keeps_the_old_with_a_fault(quota, homes, place):
    put(homes("games") / "games", LIMIT)
    d = quota()
    assert rcpt(d, "<games@foo.com>") == FULL
    (Path(place) / "limits").write_text("games unlimited\n")
    d.signal(signal.SIGHUP)
    d.wait_line(r"reloaded: \d+ aliases, 1 limits")
    assert rcpt(d, "<games@foo.com>") == CONTINUE
    (Path(place) / "limits").write_text(f"games {LIMIT}\nfault\n")
    d.signal(signal.SIGHUP)
    d.wait_line(r"reload: limits '.*' line 2: has a name but no limit; keeping the old rules")
    assert rcpt(d, "<games@foo.com>") == CONTINUE
    assert d.stop() == 0
    assert "full=1" in d.log()


def test_mbox(place, milter):
    (Path(place) / "spool").mkdir()
    for name, size in [("games", LIMIT), ("jones", 10)]:
        (Path(place) / "spool" / name).write_bytes(b"x" * size)
        (Path(place) / "homes" / name).mkdir(parents=True)
    (Path(place) / "limits").write_text(f"* {LIMIT}\n")
    d = milter("quota-milter", ["source=mbox", f"spool={place}/spool", f"homes={place}/homes",
                                f"limits={place}/limits", "aliases="])
    assert rcpt(d, "<games@foo.com>") == FULL
    assert rcpt(d, "<jones@foo.com>") == CONTINUE


def test_users_of_the_system(milter, place):
    """Whoever runs this has a name; nobody else is asked for."""
    name = __import__("pwd").getpwuid(os.getuid()).pw_name
    (Path(place) / "spool").mkdir()
    for n in [name, "no-such-user-here"]:
        (Path(place) / "spool" / n).write_bytes(b"x" * LIMIT)
    (Path(place) / "limits").write_text(f"* {LIMIT}\n")
    d = milter("quota-milter", ["source=mbox", f"spool={place}/spool", f"limits={place}/limits",
                                "aliases=", "forward-files="])
    assert rcpt(d, f"<{name}@foo.com>") == FULL
    assert rcpt(d, "<no-such-user-here@foo.com>") == CONTINUE
