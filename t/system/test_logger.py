# SPDX-License-Identifier: BSD-2-Clause
"""logger-milter as an MTA sees it."""

import hashlib
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from archive_view import Archive, octets
from daemons import BUILD, LIMIT
from mta import Mta, session


@pytest.fixture
def store(place):
    path = Path(place) / "store"
    path.mkdir()
    return Archive(path)


@pytest.fixture
def switch(place):
    return Path(place) / "on"


@pytest.fixture
def logger(milter, store, switch):
    """logger(options...) keeps mail in `store` while `switch` exists; it does."""
    def one(*options, on=True, **kwargs):
        if on:
            switch.touch()
        return milter("logger-milter", [f"directory={store.directory}", f"switch={switch}",
                                        "min-free=0", *options], **kwargs)
    return one


def test_without_the_switch_the_answer_at_mail_is_accept(logger, store):
    d = logger(on=False)
    with session(d.socket) as m:
        assert m.mail() == ("a", b"")
        assert m.mail() == ("a", b"")
    assert store.folder("new") == []


def test_a_copy_is_what_the_mta_showed(logger, store):
    d = logger()
    body = b"one\r\n.dot\r\nNUL\0and \xff\xe9\nbare\r\n" + b"x" * 70000
    with session(d.socket) as m:
        assert m.mail("<Smith@bar.com>", "SIZE=100", "BODY=8BITMIME", auth_authen="smith",
                      tls_version="TLSv1.3")[0] == "c"
        m.rcpt("<Jones@foo.com>", "NOTIFY=NEVER")
        m.rcpt("<Green@foo.com>", mailer="error", host="5.1.1", addr="550 5.1.1 User unknown")
        assert m.content([("Subject", " hello\n\tworld"), ("X", "y")], [body[:65535], body[65535:]],
                         i="QID7")[0] == "c"
    content, side = store.only()
    assert content == b"Subject: hello\r\n\tworld\r\nX:y\r\n\r\n" + body
    assert side["sha256"] == hashlib.sha256(content).hexdigest()
    assert side["size"] == len(content) == side["header_bytes"] + side["body_bytes"]
    assert side["status"] == "taken" and side["complete"] and side["cut"] is None
    assert side["queue_id"] == "QID7"
    assert side["client"] == {"name": "client.example", "address": "192.0.2.1", "helo": "client.example"}
    assert side["authenticated"] == {"user": "smith"} and side["tls"] == {"version": "TLSv1.3"}
    assert side["sender"] == {"path": "<Smith@bar.com>", "args": ["SIZE=100", "BODY=8BITMIME"]}
    jones, green = side["recipients"]
    assert jones == {"path": "<Jones@foo.com>", "args": ["NOTIFY=NEVER"], "answer": "accepted",
                     "mailer": "local", "address": "jones"}
    assert green["answer"] == "rejected" and green["address"] == "550 5.1.1 User unknown"
    assert store.folder("tmp") == []
    assert "QID7" not in d.log()  # a line for each message would tell who is watched
    for f in store.folder("new") + store.folder("envelope"):
        assert f.stat().st_mode & 0o7777 == 0o600


def test_leading_blanks_and_no_reply_are_asked_for(logger):
    d = logger()
    with Mta(d.socket) as m:
        _, _, steps, _ = m.negotiate()
        assert steps & 0x100000 and steps & 0x800  # HDR_LEADSPC, RCPT_REJ
        assert steps & 0x80000 and steps & 0x80 and steps & 0x8000  # NR_BODY, NR_HDR, NR_RCPT


HOSTILE = [b"../../x", b"rm -r * ;", b'"a\nb"@c', b"$(id)@x", b"|cmd", b"-rf", b"x" * 255 + b"@y",
           b"\xff\xfe@x", b'"}],"a":{[\\u0000', b"<>", b"", b"\x1b[2J", b"/etc/passwd", b"a%n%s@x"]


@pytest.mark.parametrize("path", HOSTILE)
def test_no_byte_of_mail_becomes_a_name(logger, store, path):
    d = logger()
    with session(d.socket) as m:
        m.helo(path)
        m.mail(path, path, qid=path)
        m.rcpt("<ok@x>")
        m.send("R", path + b"\0" + path + b"\0")
        m.content([("Subject", path)], [b"x" + path], i=path)
    _, side = store.only()
    assert octets(side["sender"]["path"]) == path
    assert octets(side["recipients"][1]["path"]) == path
    for f in [*store.folder("new"), *store.folder("envelope")]:
        assert re.fullmatch(r"[A-Za-z0-9.-]+", f.name)
    assert sorted(p.name for p in store.directory.iterdir()) == \
        [".lock", "cur", "envelope", "new", "tmp"]


def test_the_switch_is_looked_at_once_per_message(logger, store, switch):
    d = logger(on=False)
    with session(d.socket) as m:
        assert m.mail()[0] == "a"
        switch.touch()
        assert m.mail()[0] == "c"
        switch.unlink()
        m.rcpt("<a@b>")
        assert m.content([("Subject", " x")], [b"body"])[0] == "c"
        assert m.mail()[0] == "a"
    assert store.only()[0].endswith(b"body")


@pytest.mark.parametrize("kind,on", [("file", True), ("directory", True), ("unreadable", True),
                                     ("dangling", False), ("link", True), ("absent", False)])
def test_what_counts_as_a_switch(logger, switch, kind, on):
    d = logger(on=False)
    if kind == "directory":
        switch.mkdir()
    elif kind in ("file", "unreadable"):
        switch.touch(mode=0 if kind == "unreadable" else 0o644)
    elif kind in ("dangling", "link"):
        switch.symlink_to("/nowhere/at/all" if kind == "dangling" else "/etc/passwd")
    with session(d.socket) as m:
        assert m.mail()[0] == ("c" if on else "a")


def drop(m, stage):
    """As far as `stage` events; none of them answers by itself."""
    m.mail()
    for n, step in enumerate([lambda: m.rcpt("<a@b>"), lambda: m.command("T"),
                              lambda: m.command("L", b"Subject\0x\0"), lambda: m.command("N"),
                              lambda: m.command("B", b"z" * 50000)]):
        if n < stage:
            step()


@pytest.mark.parametrize("stage", range(6))
@pytest.mark.parametrize("how", ["abort", "close", "mail", "quit"])
def test_nothing_is_left_of_a_message_without_its_end(logger, store, stage, how):
    d = logger()
    with session(d.socket) as m:
        drop(m, stage)
        if how == "abort":
            m.send("A")
        elif how == "mail":
            m.mail()
        elif how == "quit":
            m.send("Q")
        if how in ("abort", "mail"):
            m.send("A")
            assert m.message(b"the one")[0] == "c"
    with session(d.socket) as m:
        assert m.message(b"the last")[0] == "c"
    assert d.stop() == 0
    assert len(store.folder("new")) == (2 if how in ("abort", "mail") else 1)
    assert store.folder("tmp") == []


def test_an_aborted_message_is_evidence_when_asked_for(logger, store):
    d = logger("keep-aborted=yes")
    with session(d.socket) as m:
        drop(m, 5)
        m.send("A")
        assert m.message(b"the one")[0] == "c"
    d.stop()
    sides = sorted((s["status"], s["complete"], s["cut"]) for _, s in store.messages())
    assert sides == [("aborted", False, "aborted"), ("taken", True, None)]


@pytest.mark.parametrize("keep,kept,cut", [
    ("keep=headers", b"", "headers only"),
    ("keep=first", b"12345", "first bytes of the body"),
    ("keep=all", b"1234567", None)])
def test_keeps_as_much_as_told(logger, store, keep, kept, cut):
    d = logger(keep, "body-bytes=5")
    with session(d.socket) as m:
        assert m.message(b"1234567", headers=[("Subject", " x")])[0] == "c"
    content, side = store.only()
    assert content == b"Subject: x\r\n\r\n" + kept
    assert side["cut"] == cut and side["complete"] == (cut is None) and side["body_seen"] == 7


def test_only_selected_mail_is_kept(logger, store, place):
    listed = Path(place) / "list"
    listed.write_text("to jones@example.org until 2999-12-31\nfrom @worm.example\nto old@example.org until 2001-01-01\n")
    d = logger(f"selection={listed}")
    d.wait_line("keeps the mail of 3 entries")
    for sender, rcpt, verdict in [
            ("<a@b>", "<brown@example.org>", "a"), ("<a@b>", "<Jones+x@EXAMPLE.org>", "c"),
            ("<x@worm.example>", "<b@c>", "c"), ("<jones@example.org>", "<b@c>", "a"),
            ("<a@b>", "<old@example.org>", "a")]:
        with session(d.socket) as m:
            assert m.message(b"x", sender, [rcpt])[0] == verdict, (sender, rcpt)
    assert len(store.folder("new")) == 2


def test_a_thousand_recipients_and_a_long_header_name(logger, store):
    d = logger()
    with session(d.socket) as m:
        assert m.message(b"", rcpts=[f"<u{n}@foo.com>" for n in range(1000)],
                         headers=[("H" * 998, " v")])[0] == "c"
    content, side = store.only()
    assert len(side["recipients"]) == 1000 and side["envelope_complete"]
    assert content == b"H" * 998 + b": v\r\n\r\n"


def test_a_hundred_megabytes(logger, store):
    d = logger()
    chunk = bytes(range(256)) * 255
    with session(d.socket) as m:
        m.mail()
        m.rcpt("<a@b>")
        m.command("T")
        m.command("N")
        for _ in range(100 << 20 >> 16):
            m.command("B", chunk)
        assert m.eom()[0] == "c"
    path = store.folder("new")[0]
    assert path.stat().st_size == 2 + (100 << 20 >> 16) * len(chunk)
    assert store.faults() == []


def test_reload_takes_the_new_options_and_keeps_the_lock(logger, store, place):
    listed = Path(place) / "list"
    listed.write_text("to nobody@example.org\n")
    d = logger(f"selection={listed}")
    listed.write_text("to jones@foo.com\nto x@y\n")
    d.signal(signal.SIGHUP)
    d.wait_line("reloaded: keeps the mail of 2 entries")
    with session(d.socket) as m:
        assert m.message(b"x")[0] == "c"
    listed.write_text("to jones@foo.com until soon\n")
    d.signal(signal.SIGHUP)
    d.wait_line(r"list:1: has no date.*keeping the old rules")
    with session(d.socket) as m:
        assert m.message(b"x")[0] == "c"
    assert len(store.folder("new")) == 2


def test_a_second_daemon_is_refused(logger, store, run, switch):
    logger()
    end = run("logger-milter", "-f", "-p", f"unix:{store.directory}/second.sock", "-o", "allow-root=yes",
              "-o", f"directory={store.directory}", "-o", f"switch={switch}")
    assert end.returncode == 78
    assert "another logger uses it" in end.stderr


def test_checking_the_options_disturbs_no_daemon(logger, store, run):
    logger()
    end = run("logger-milter", "-t", "-o", f"directory={store.directory}")
    assert end.returncode == 0, end.stderr
    end = run("logger-milter", "-t", "-o", "directory=/no/such/place")
    assert end.returncode == 78 and "/no/such/place" in end.stderr


def test_a_directory_that_comes_back_is_used_again(logger, store):
    d = logger()
    subprocess.run(["rm", "-rf", store.directory], check=True)
    with session(d.socket) as m:
        assert m.message(b"x")[0] == "a"
    d.wait_line("directory-gone: .*mail passes without a copy")
    store.directory.mkdir()
    with session(d.socket) as m:
        assert m.message(b"x")[0] == "c"
    assert len(store.folder("new")) == 1


def test_tempfail_when_told_to(logger, store):
    d = logger("on-error=tempfail")
    subprocess.run(["rm", "-rf", store.directory], check=True)
    with session(d.socket) as m:
        kind, reply = m.message(b"x")
        assert kind == "y" and reply.startswith(b"451 4.3.0 ")
    d.wait_line("mail is tempfailed")


def test_a_file_size_limit_is_an_error_of_one_message(logger, store):
    d = logger()
    subprocess.run(["prlimit", f"--pid={d.process.pid}", "--fsize=50000"], check=True)
    with session(d.socket) as m:
        assert m.message(b"x" * 100000)[0] == "c"
        d.wait_line("file-size-limit: ")
        assert m.message(b"x" * 1000)[0] == "c"
    assert len(store.folder("new")) == 1 and store.folder("tmp") == []


def test_trouble_is_logged_once_a_minute(logger, store):
    d = logger()
    subprocess.run(["rm", "-rf", store.directory], check=True)
    for _ in range(20):
        with session(d.socket) as m:
            m.message(b"x")
    assert d.log().count("directory-gone: ") == 1


def test_min_free_stops_before_the_disk_is_full(logger, store):
    d = logger("min-free=1000000G")
    with session(d.socket) as m:
        assert m.message(b"x")[0] == "a"
    d.wait_line("min-free: .* bytes free, min-free is ")
    assert store.folder("new") == []


def test_leftovers_of_a_crash_are_removed_at_start(logger, store):
    logger().kill()
    old, young = store.directory / "tmp" / "old", store.directory / "tmp" / "young"
    for f in (old, young):
        f.touch()
    os.utime(old, (1, 1))
    logger().wait_line("1 left-overs removed")
    assert not old.exists() and young.exists()


def export(run, store, *args):
    return subprocess.run([f"{BUILD}/logger-milter", "--export", *args, *map(str, store.folder("new"))],
                          capture_output=True, timeout=LIMIT, check=False)


def test_exports_batch_smtp_and_mbox(logger, store, run):
    d = logger()
    with session(d.socket) as m:
        m.mail("<Smith@bar.com>", "SIZE=9", "BODY=8BITMIME")
        m.rcpt("<Jones@foo.com>", "NOTIFY=NEVER")
        m.rcpt("<Green@foo.com>", mailer="error")
        m.content([("Subject", " x")], [b"From me\r\n.dot\r\n..\n.\r\nlast"])
    end = export(run, store, "bsmtp")
    assert end.returncode == 0, end.stderr
    assert end.stdout == (
        b"EHLO localhost\r\nMAIL FROM:<Smith@bar.com> BODY=8BITMIME\r\nRCPT TO:<Jones@foo.com> NOTIFY=NEVER\r\n"
        b"DATA\r\nSubject: x\r\n\r\nFrom me\r\n..dot\r\n...\n..\r\nlast\r\n.\r\nQUIT\r\n")
    end = export(run, store, "mbox")
    assert re.fullmatch(rb"From Smith@bar.com \w{3} \w{3} [ \d]\d [\d:]{8} \d{4}\n"
                        rb"Subject: x\n\n>From me\n.dot\n..\n.\nlast\n\n", end.stdout)


def test_an_envelope_that_would_be_a_command_is_not_exported(logger, store, run):
    d = logger()
    with session(d.socket) as m:
        m.message(b"", sender=b"<a@b>\r\nRCPT TO:<victim@x>")
    end = export(run, store, "bsmtp")
    assert end.returncode == 65 and b"control character" in end.stderr
    assert end.stdout == b"EHLO localhost\r\nQUIT\r\n"


def test_what_is_cut_is_exported_only_on_request(logger, store, run):
    d = logger("keep=headers")
    with session(d.socket) as m:
        m.message(b"body")
    assert export(run, store, "mbox").returncode == 65
    assert export(run, store, "mbox", "--cut").returncode == 0


@pytest.mark.parametrize("args", [[], ["zip", "x"], ["mbox"], ["mbox", "--cut"]])
def test_export_misused(run, args):
    end = run("logger-milter", "--export", *args)
    assert end.returncode == 64 and "usage" in end.stderr


def test_the_readme_keeps_one_persons_mail(milter, store, switch, place):
    """The lines of "One person's mail", as printed but for the folder and the year."""
    text = (Path(os.environ["TOP_SRCDIR"]) / "README.md").read_text(encoding="utf-8")
    part = text.split("One person's\nmail")[1].split("\n## ")[0]
    files = re.findall(r"^    # /etc/mail/milters/(\S+?)(?:,.*)?\n((?:    \S.*\n)+)", part, re.M)
    assert [name for name, _ in files] == ["logger-milter.conf", "logger-selection"]
    for name, lines in files:
        lines = lines.replace("/etc/mail/milters/", f"{place}/").replace("until 20", "until 90")
        (Path(place) / name).write_text(lines, encoding="ascii")
    switch.touch()
    d = milter("logger-milter", [f"directory={store.directory}", f"switch={switch}", "min-free=0"],
               args=["-c", f"{place}/logger-milter.conf"])
    for rcpt in ["<brown@foo.example>", "<jones@foo.example>", "<jones@foo.example.org>"]:
        with session(d.socket) as m:
            m.mail("<x@bar.com>")
            m.rcpt(rcpt)
            m.content([], [b"hello\r\n"])
    assert store.only()[1]["recipients"][0]["path"] == "<jones@foo.example>"


def keep(socket, expect):
    with session(socket) as m:
        m.mail("<x@bar.com>")
        m.rcpt("<jones@foo.com>")
        assert m.content([], [b"hello\r\n"])[0] == expect


def test_the_name_of_the_directory_counts(logger, store, place):
    """Moved away and made anew; replaced by a link, which nobody follows."""
    d = logger("on-error=tempfail")
    keep(d.socket, "c")
    os.rename(store.directory, f"{place}/moved")
    os.mkdir(store.directory)
    keep(d.socket, "c")
    assert len(store.folder("new")) == 1 == len(Archive(Path(place) / "moved").folder("new"))
    os.rename(store.directory, f"{place}/second")
    keep(d.socket, "y")
    os.symlink(f"{place}/second", store.directory)
    keep(d.socket, "y")
    d.wait_line("directory-gone: ")
    assert len(Archive(Path(place) / "second").folder("new")) == 1


@pytest.mark.parametrize("spoil", ["open", "link", "owner"])
def test_a_directory_that_others_rule_is_refused(run, store, switch, spoil, place):
    path = Path(store.directory)
    if spoil == "open":
        path.chmod(0o777)
    elif spoil == "link":
        path.rename(f"{place}/real")
        path.symlink_to(f"{place}/real")
    elif os.geteuid() == 0:
        os.chown(path, 65534, 65534)
    else:
        pytest.skip("root alone can give a directory away")
    for t in (["-t"], []):
        end = run("logger-milter", *t, "-f", "-p", f"unix:{place}/s", "-o", "allow-root=yes",
                  "-o", f"directory={path}", "-o", f"switch={switch}")
        assert end.returncode == 78 and f"{path}: " in end.stderr, end.stderr
