# SPDX-License-Identifier: BSD-2-Clause
"""quota-milter: files that are wrong, options, reload, other kinds of mailbox."""

import os
import signal
from pathlib import Path

import pytest

from quota_fixtures import CONTINUE, FULL, LIMIT, homes, put, quota, rcpt  # noqa: F401


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
    (["limits=/nonexistent"], "limits /nonexistent: cannot be opened: No such file"),
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
