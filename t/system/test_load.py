# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim load: every verdict is accounted for, and a wrong one fails the run."""

import json
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from daemons import BUILD, LIMIT, Milter
from serve import Serve
from test_milter_script import Played

SIM = f"{BUILD}/milter-sim"
LINE = "TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
REPLY = "550 5.7.0 VIRUS FOUND"


def load(*args):
    done = subprocess.run([SIM, "load", "--report", "json", "--quiet", *map(str, args)],
                          capture_output=True, text=True, timeout=LIMIT, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


@pytest.fixture
def worm(tmp_path):
    (tmp_path / "worm").write_text(LINE + "\n")
    return tmp_path / "worm"


@pytest.fixture
def virus(tmp_path):
    (tmp_path / "signatures").write_text(f"w =\n{LINE}\n")
    milter = Milter("virus-milter", tmp_path, [f"signatures={tmp_path}/signatures"])
    yield milter
    milter.stop()


@pytest.fixture
def played(tmp_path):
    all_of_them = []

    def start(script):
        all_of_them.append(Played(tmp_path, script))
        return f"unix:{all_of_them[-1].path}"
    yield start
    for milter in all_of_them:
        milter.end()


def test_each_worm_is_refused_and_nothing_else(virus, worm):
    code, report, err = load("--milter", virus.socket, "--messages", 500, "--worm", worm, "--infected", "3%",
                             "--reply", REPLY, "--per-connection", 7, "--cpu-of", virus.process.pid)
    assert code == 0, err
    assert report["done"] and report["messages"] == 500 and report["wrong"] == 0
    assert report["verdicts"] == {"accepted": 485, "refused": 15, "deferred": 0, "discarded": 0}
    assert report["recipients"] == 999  # 1, 2, 3, 1, 2, ...
    assert report["stages"]["message"]["count"] == 500
    assert report["watched"]["cpu_us_a_message"] > 0
    eom = report["stages"]["eom"]
    assert eom["least_ms"] <= eom["p50_ms"] <= eom["p99_ms"] <= eom["most_ms"]


@pytest.mark.parametrize("args", [["--size", "mix"], ["--size", "1"], ["--size", "300k"], ["--pace", "mta"],
                                  ["--rate", "400"], ["--recipients", "1", "--from", ""]])
def test_sizes_and_paces_change_no_verdict(virus, worm, args):
    code, report, err = load("--milter", virus.socket, "--messages", 60, "--worm", worm, "--infected", "10%", *args)
    assert code == 0, err
    assert report["verdicts"]["refused"] == 6 and report["wrong"] == 0


def test_an_interrupt_shows_what_was_counted(virus, worm):
    run = subprocess.Popen([SIM, "load", "--milter", virus.socket, "--messages", "4000000", "--report", "json",
                            "--connections", "1", "--worm", worm], stdout=subprocess.PIPE, text=True)
    try:
        virus.wait_line("virus: 'w'")
        virus.wait_line("virus: 'w'", after=virus.mark())  # so the first one was counted
        run.send_signal(signal.SIGINT)
        report = json.loads(run.communicate(timeout=LIMIT)[0])
    finally:
        run.kill()
    assert run.returncode == 1 and not report["done"]
    assert report["fault"] == "interrupted" and 0 < report["verdicts"]["refused"] < 4000000


def named(report):
    return {one["address"]: one["verdicts"] for one in report["named"]}


def verdicts(**given):
    return {"accepted": 0, "refused": 0, "deferred": 0, "discarded": 0} | given


def test_who_is_over_quota_is_refused_and_nobody_else(milter, place):
    for name in ("jones", "games"):
        (Path(place) / "mail" / name / "new").mkdir(parents=True)
        (Path(place) / "mail" / name).chmod(0o700)
    (Path(place) / "mail").chmod(0o700)
    (Path(place) / "mail/games/new/1.x.host,S=100000").write_bytes(b"x")
    (Path(place) / "limits").write_text("* 100000\n")
    (Path(place) / "aliases").write_text("")
    d = milter("quota-milter", [f"homes={place}/mail", "maildir=.", f"limits={place}/limits",
                                f"aliases={place}/aliases"])
    code, report, err = load("--milter", d.socket, "--messages", 300, "--to", "jones@foo.com", "--to",
                             "games@foo.com=refused,20%", "--size", "2k", "--reply", "552 5.2.2 Mailbox full")
    assert code == 0, err + str(report["examples"])
    assert named(report)["games@foo.com"] == verdicts(refused=60)
    assert report["recipients"] == 600 and report["recipients_refused"] == 60
    assert report["verdicts"]["refused"] + report["verdicts"]["accepted"] == 300
    assert report["verdicts"]["refused"] > 0  # those that had no other recipient


def test_listed_senders_are_refused_and_no_others(milter, place):
    (Path(place) / "senders").write_text("bad@x.example\n")
    (Path(place) / "recipients").write_text("all\n")
    d = milter("spam-milter", [f"senders={place}/senders", f"recipients={place}/recipients"])
    code, report, err = load("--milter", d.socket, "--messages", 300, "--from", "bad@x.example=refused,5%",
                             "--from", "good@x.example", "--reply", "550 5.7.1 Rejected at the recipient's request")
    assert code == 0, err + str(report["examples"])
    assert named(report) == {"bad@x.example": verdicts(refused=15)}
    assert report["verdicts"] == verdicts(accepted=285, refused=15)


def test_of_whom_copies_are_kept_there_are_as_many(milter, place):
    store = Path(place) / "store"
    store.mkdir()
    (Path(place) / "on").touch()
    (Path(place) / "selection").write_text("jones@foo.com\n")
    d = milter("logger-milter", [f"directory={store}", f"switch={place}/on", "min-free=0",
                                 f"selection={place}/selection"])
    code, report, err = load("--milter", d.socket, "--messages", 200, "--size", "2k", "--to", "brown@foo.com",
                             "--to", "jones@foo.com=accepted,10%")
    assert code == 0, err + str(report["examples"])
    assert named(report)["jones@foo.com"] == verdicts(accepted=20)
    assert len(list((store / "new").iterdir())) == 20


@pytest.mark.parametrize("script, args, example", [
    ("M< on RCPT 2: reply 552 5.2.2 full\n", ["--recipients", "2"],
     "message 1, recipient one made up: refused with '552 5.2.2 full', must be accepted"),
    ("", ["--to", "full@foo.com=refused,50%"], "message 1, recipient full@foo.com: accepted, must be refused"),
    ("M< on RCPT: TEMPFAIL\n", ["--to", "full@foo.com=refused"],
     "message 1, recipient full@foo.com: deferred, must be refused"),
    ("M< on MAIL: ACCEPT\n", ["--to", "full@foo.com=refused"],
     "message 1, recipient full@foo.com: accepted, must be refused"),
    ("", ["--from", "bad@x=refused,100%"], "must be refused"),
    ("M< on RCPT: reply 550 5.1.1 no\n", ["--to", "a@b=refused", "--reply", "552 5.2.2 full"],
     "message 1, recipient a@b: refused with '550 5.1.1 no', must be told '552 5.2.2 full'"),
])
def test_what_becomes_of_one_party_is_judged_too(played, script, args, example):
    code, report, _ = load("--milter", played(script), "--messages", 2, "--connections", 1, *args)
    assert code == 1
    assert report["wrong"] + report["recipients_wrong"] > 0
    assert any(e.endswith(example) for e in report["examples"]), report["examples"]


def test_a_recipient_about_whom_nobody_is_asked_is_taken(played):
    code, report, _ = load("--milter", played("M< on OPTNEG: OPTNEG version 6 actions none protocol NORCPT\n"),
                           "--messages", 2, "--to", "a@b", "--to", "full@b=refused,50%", "--recipients", "2")
    assert code == 1
    assert report["recipients"] == 4 and report["recipients_wrong"] == 1
    assert named(report)["full@b"] == verdicts(accepted=1)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "HEADER", "BODYEOB"])
def test_a_sender_may_be_refused_at_mail_or_behind(played, stage):
    code, report, _ = load("--milter", played(f"M< on {stage}: REJECT\n"), "--messages", 4,
                           "--from", "bad+x=y,z@x=refused,100%")
    assert code == 0, report["examples"]
    assert named(report) == {"bad+x=y,z@x": verdicts(refused=4)}
    assert report["recipients"] == {"MAIL": 0}.get(stage, 7)  # 1, 2, 3, 1


def test_a_milter_that_dies_ends_the_run(milter, place, worm):
    (Path(place) / "signatures").write_text(f"w =\n{LINE}\n")
    d = milter("virus-milter", [f"signatures={place}/signatures"])
    run = subprocess.Popen([SIM, "load", "--milter", d.socket, "--messages", "4000000000", "--worm", worm,
                            "--infected", "1%"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with socket.socket(socket.AF_UNIX) as one:  # it serves
        one.connect(d.socket.removeprefix("unix:"))
    d.signal(signal.SIGKILL)
    out, err = run.communicate(timeout=LIMIT)
    d.wait()
    assert run.returncode in (1, 3), err
    assert err.startswith(f"milter-sim load: {d.socket}: ")
    assert run.returncode == 3 or "PARTIAL" in out.splitlines()[0]


def test_a_milter_that_lets_worms_through_fails_the_run(played, worm):
    code, report, _ = load("--milter", played(""), "--messages", 100, "--worm", worm, "--infected", "2%")
    assert code == 1
    assert report["done"] and report["wrong"] == 2
    assert report["examples"][0].endswith("worm): accepted, must be refused")


def test_a_milter_that_refuses_one_message_too_many_fails_the_run(played):
    code, report, _ = load("--milter", played("M< on BODYEOB 3: REJECT\n"), "--messages", 20, "--connections", 1)
    assert code == 1
    assert report["verdicts"]["refused"] == report["wrong"] == 1
    assert report["examples"][0].startswith("message 3 ")


def test_a_reply_in_other_words_fails_the_run(played, worm):
    code, report, _ = load("--milter", played("M< on BODYEOB: reply 550 5.7.0 VIRUS FOUND!\n"), "--messages", 3,
                           "--worm", worm, "--reply", REPLY)
    assert code == 1
    assert report["wrong"] == 3 and "must be told '550 5.7.0 VIRUS FOUND'" in report["examples"][0]


@pytest.mark.parametrize("script, verdict, refused", [
    ("M< on MAIL: REJECT\n", "refused", 0),
    ("M< on CONNECT: REJECT\n", "refused", 0),
    ("M< on HELO: TEMPFAIL\n", "deferred", 0),
    ("M< on RCPT: reply 552 5.2.2 full\n", "refused", 2),
    ("M< on HEADER: DISCARD\n", "discarded", 0),
    ("M< on MAIL: ACCEPT\n", "accepted", 0),
    ("M< on CONNECT: ACCEPT\n", "accepted", 0),
    ("M< on BODYEOB: PROGRESS\nM< on BODYEOB: ADDHEADER X: y\nM< on BODYEOB: CONTINUE\n", "accepted", 0),
])
def test_a_verdict_may_come_at_any_stage(played, script, verdict, refused):
    code, report, err = load("--milter", played(script), "--messages", 40, "--connections", 3, "--recipients", "2",
                             "--expect", verdict, "--per-connection", 5)
    assert code == 0, err
    assert report["verdicts"][verdict] == 40
    assert report["recipients_refused"] == 40 * refused


@pytest.mark.parametrize("script, words", [
    ("M< on BODYEOB 2: close\n", "closed"),
    ("M< on OPTNEG: close\n", "closed, where the answer to open was due"),
    ("M< on OPTNEG: CONTINUE\n", "refuses the negotiation"),
    ("M< on MAIL: OPTNEG version 6 actions none protocol none\n", "a packet that is no answer"),
    ("M< on HEADER: ADDHEADER X: y\n", "has not ended"),
    ("M< on MAIL: raw \\x00\\x00\\x00\\x00\n", "length 0"),
    ("M< on RCPT: hang\n", "no answer in time, where the answer to rcpt was due, in message 1"),
])
def test_a_broken_dialogue_ends_the_run_as_partial(played, script, words):
    code, report, err = load("--milter", played(script), "--messages", 9, "--connections", 1, "--timeout", "300ms")
    assert code in (1, 3)
    assert words in err and words in report["fault"]
    assert not report["done"] and report["messages"] < 9


def test_nobody_is_there(tmp_path):
    code, _, err = load("--milter", f"unix:{tmp_path}/nobody")
    assert code == 3 and "No such file" in err


def test_a_server_by_smtp(tmp_path):
    server = Serve("--deliver", f"maildir:{tmp_path}", "--user", "user1", domain="example.org")
    try:
        code, report, err = load("--smtp", server.address, "--messages", 30, "--recipients", "1", "--per-connection", 4)
        assert code == 0, err
        assert report["verdicts"]["accepted"] == 30
        code, report, err = load("--smtp", server.address, "--messages", 4, "--recipients", "2", "--to", "nobody@example.org",
                               "--expect", "refused", "--reply", "550 nobody here")
    finally:
        server.stop()
    assert code == 1 and report["wrong"] == 4, err
    assert report["verdicts"]["refused"] == 4 and report["recipients_refused"] == 8
    mails = list((tmp_path / "user1" / "new").iterdir())
    assert len(mails) == 30
    body = mails[0].read_bytes().split(b"\n\n", 1)[1]
    assert 20 * 1000 < len(body) < 21 * 1000  # LF in place of CRLF


@pytest.mark.parametrize("args, words", [
    ([], "one of --milter"),
    (["--milter", "unix:/x", "--smtp", "y:1"], "once"),
    (["--milter", "unix:/m", "--messages", "0"], "--messages: a number from 1"),
    (["--milter", "unix:/m", "--recipients", "3-1"], "--recipients: as in 1-3"),
    (["--milter", "unix:/m", "--infected", "5%"], "--infected goes with --worm"),
    (["--milter", "unix:/m", "--expect", "maybe"], "one of accepted, refused"),
    (["--milter", "unix:/m", "--to", "<a@b>"], "without brackets"),
    (["--milter", "unix:/m", "--header", "X: a\r\nb"], "no control characters"),
    (["--milter", "unix:/m", "--header", "no colon"], "cannot be one"),
    (["--milter", "unix:/m", "--cpu-of", "999999999"], "there is no process"),
    (["--milter", "unix:/m", "--to", "a@b=maybe"], "--to: one of accepted"),
    (["--milter", "unix:/m", "--to", "a@b,200%"], "--to: a share of the messages"),
    (["--milter", "unix:/m", "--from", "a@b=refused,"], "--from: a share"),
    (["--milter", "unix:/m"] + ["--from", "a@b"] * 109, "--from: at most 108"),
    (["--milter", "unix:/m"] + ["--from", "a@b,1%"] * 8, "--from: at most 8"),
    (["--milter", "unix:/m"] + ["--to", "a@b,1%"] * 101, "--to: at most 100"),
    (["--milter", "unix:/m", "--size", "64M"], "--size: mix, 1 to 32M"),
    (["--milter", "unix:/m", "--size", "/no/such"], "--size: /no/such"),
    (["--milter", "unix:/m", "/no/such.eml"], "/no/such.eml"),
])
def test_what_cannot_be_used_is_named(args, words):
    code, _, err = load(*args)
    assert code == 2 and words in err


def test_files_are_sent_as_they_are(played, tmp_path):
    """Folds, dots and bare LF: the milter sees the fields and lines of the file."""
    (tmp_path / "a.eml").write_text("Subject: a\n folded\nX:y\n\n.dot\nlast")
    seen = []

    def milter(listening):
        link, _ = listening.accept()
        with link, link.makefile("rb") as packets:
            while head := packets.read(4):
                packet = packets.read(int.from_bytes(head, "big"))
                seen.append(packet)
                if packet[:1] == b"O":
                    link.sendall(b"\0\0\0\x0dO\0\0\0\6\0\0\0\0\0\0\0\0")
                elif packet[:1] not in b"DQA":
                    link.sendall(b"\0\0\0\1c")

    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.fspath(tmp_path / "m"))
        listening.listen()
        thread = threading.Thread(target=milter, args=(listening,))
        thread.start()
        code, _, err = load("--milter", f"unix:{tmp_path}/m", "--messages", 1, "--connections", 1, "--size",
                            tmp_path / "a.eml")
        thread.join(LIMIT)
    assert code == 0, err
    assert [p for p in seen if p[:1] in b"LBE"] == [
        b"LSubject\0 a\n folded\0", b"LX\0y\0", b"B.dot\r\nlast\r\n", b"E"]
