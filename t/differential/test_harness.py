# SPDX-License-Identifier: BSD-2-Clause
"""The differential harness itself, with the simulator in the real MTA's place."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]

import compare  # noqa: E402
import coverage  # noqa: E402
import generate  # noqa: E402
import masks  # noqa: E402
import mta  # noqa: E402
import play  # noqa: E402
import recordings  # noqa: E402
import run  # noqa: E402
import shrink  # noqa: E402
import transcript  # noqa: E402

PROGRAM = f"{os.environ['TOP_BUILDDIR']}/milter-sim"
PLAIN = {"kind": "T", "milter": {}, "client": [
    ["cmd", "EHLO bar.com"], ["cmd", "MAIL FROM:<Smith@bar.com>"], ["cmd", "RCPT TO:<jones@foo.com>"],
    ["cmd", "DATA"], ["text", "Subject: x\r\n\r\n", "Hello\r\n", ".\r\n"], ["cmd", "QUIT"]]}


@pytest.fixture
def simulator(tmp_path):
    """simulator("sendmail-8.17") plays a session with that profile: its record."""
    fleets, sockets = {}, {}

    def one(profile, session):
        if profile not in fleets:
            fleets[profile] = mta.Simulator(tmp_path / profile, 1, PROGRAM, profile)
            sockets[profile] = play.Sockets(fleets[profile].sockets(0))
        fleet = fleets[profile]
        record = play.play(session, lambda: fleet.connect(0, session["kind"]), sockets[profile])
        return {**record, "mail": fleet.delivered(0, record)}
    yield one
    for fleet in fleets.values():
        fleet.stop()


def test_a_seed_makes_the_same_sessions_for_any_count():
    assert list(generate.sessions("7", 40)) == list(generate.sessions("7", 90))[:40]
    assert list(generate.sessions("7", 40)) != list(generate.sessions("8", 40))


def test_filters_that_only_say_continue_are_a_tenth_at_most():
    idle = sum(1 for s in generate.sessions("1", 2000) if not s["milter"] and not s.get("milter2"))
    assert 0 < idle <= 200


def test_the_sessions_of_a_file_are_played_in_its_order(tmp_path, capsys):
    path = tmp_path / "mine"
    path.write_text(f"{json.dumps(PLAIN)}\n\n{json.dumps({**PLAIN, 'kind': 'T'})}\n", encoding="utf-8")
    played = run.sessions(run.options(["--sessions", str(path), "--first", "1"]))
    assert [(n, s["kind"]) for n, s in played] == [(1, "T")]
    path.write_text("{\n", encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        run.options(["--sessions", str(path)])
    assert end.value.code == 2 and str(path) in capsys.readouterr().err


def test_each_kind_of_listener_is_used():
    assert {s["kind"] for s in generate.sessions("1", 200)} == set(generate.KINDS)


def test_a_line_without_a_code_is_no_reply():
    heard = SimpleNamespace(heard=b"olderrors=0, Errors=1\n250-one\r\n250 two\r\n220 next")
    assert play.Play.replies(heard) == 1


def test_memory_is_masked_and_words_are_not():
    assert masks.masked("550 5.0.0 \x05\r\n") == masks.masked("550 5.0.0 \r\n")
    assert masks.masked("550 5.0.0 no code") != masks.masked("550 5.0.0 Command rejected")
    assert masks.masked("a=0x55ab, olderrors=0") == "a=POINTER, olderrors=0"


def test_one_session_twice_is_equal(simulator):
    quick = [s for s in generate.sessions("1", 60) if "hang" not in str(s) and "deaf" not in str(s)]
    covered = coverage.Coverage()
    for session in quick[:40]:
        one = simulator("sendmail-8.17", session)
        covered.add(session, one)
        assert compare.first_difference(one, simulator("sendmail-8.17", session)) is None
    assert covered.rows["macro values"] >= 10
    assert sum(covered.pairs.values()) >= 60


def test_a_message_is_read_where_it_was_delivered(simulator):
    record = simulator("sendmail-8.17", PLAIN)
    assert [user for user, _ in record["mail"]] == ["jones"]
    assert "Hello" in record["mail"][0][1]


def test_another_value_is_a_difference_and_a_queue_id_is_not(simulator):
    record = simulator("sendmail-8.17", PLAIN)
    same = simulator("sendmail-8.17", PLAIN)
    assert record["steps"] != same["steps"]  # the queue id
    assert compare.class_of(record, same) is None
    same["steps"][2][2] = same["steps"][2][2].replace("ok", "OK")
    assert compare.class_of(record, same).startswith("at MAIL: S: 250 2.1.0")


def test_a_packet_less_and_another_order_are_differences(simulator):
    for change in (lambda p: p[:-1], lambda p: p[:5] + [p[6], p[5]] + p[7:]):
        record, other = simulator("sendmail-8.17", PLAIN), simulator("sendmail-8.17", PLAIN)
        other["wires"][0]["packets"] = change(other["wires"][0]["packets"])
        assert compare.class_of(record, other).startswith("wires: ")


def test_a_difference_shrinks_to_a_transcript_that_shows_it(simulator, tmp_path):
    session = {**PLAIN, "milter": {"on": {"R": [[["r", ""]]], "E": [[["h", "582d410078" + "00"],
                                                                   ["c", ""]]]}}}
    session["client"] = [["cmd", "NOOP"], *session["client"]]

    def refused(s):
        return "Command rejected" in str(simulator("sendmail-8.17", s)["steps"])
    small = shrink.shrink(session, refused)
    assert [step[1][:4] for step in small["client"]] == ["MAIL", "RCPT"]
    assert small["milter"] == {"on": {"R": [[["r", ""]]]}}
    record = simulator("sendmail-8.17", small)
    for profile, code in (("sendmail-8.17", 0), ("rfc2821", 1)):
        path = tmp_path / f"{profile}.mta"
        path.write_text(transcript.text(small, record, profile, "shrunk"), encoding="utf-8")
        done = subprocess.run([PROGRAM, "run", path], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout


@pytest.mark.parametrize("required", ["", "container"])
def test_without_a_container_it_is_skipped_unless_that_is_a_failure(tmp_path, required):
    env = {**os.environ, "PATH": str(tmp_path), "REFMILTER_REQUIRE": required}
    done = subprocess.run([sys.executable, HERE / "run.py", "--count", "1"], env=env, capture_output=True,
                          text=True, check=False)
    words = "not ok - sendmail: no container" if required else "ok - sendmail # SKIP no container"
    assert (done.returncode, done.stdout[:len(words)]) == (1 if required else 77, words), done.stderr


@pytest.mark.parametrize("ends", ["0 0 0", "0 1 1", "1 0 1", "77 77 77", "77 0 77", "0 77 77", "77 1 1", "1 77 1"])
def test_the_exit_code_of_both_mtas(tmp_path, ends):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\ncase "$*" in *sendmail*) exit $SENDMAIL;; *) exit $POSTFIX;; esac\n')
    python.chmod(0o755)
    sendmail, postfix, both = ends.split()
    env = {**os.environ, "PYTHON": str(python), "SENDMAIL": sendmail, "POSTFIX": postfix}
    assert subprocess.run([HERE / "run"], env=env, check=False).returncode == int(both)


@pytest.mark.parametrize("profile", sorted(recordings.MTAS))
def test_kept_recordings_are_made_anew(tmp_path, profile, monkeypatch):
    """With the simulator in the MTA's place, which does what was recorded."""
    monkeypatch.setattr(mta, "LIMITS", "C:60s;S:60s;R:60s;E:60s")
    _, name, _ = recordings.MTAS[profile]
    fleet = mta.Simulator(tmp_path / "sim", 1, PROGRAM, profile, mta.MTAS[name][2])
    kept = [recordings.KEPT / profile / f"{n}.mta" for n in ("a01-simple", "b-rcpt-y4", "b-eoh-t", "c-addheader")]
    kept = [f for f in kept if f.exists()]
    raw = tmp_path / "raw"
    try:
        with fleet.connect(0, "T") as c:
            assert c.recv(1000)  # its filters have been asked for, and were not there
        said = recordings.survey(PROGRAM, fleet.running[0, "T"][1], sorted(fleet.sockets(0).values())[:1], kept, raw)
    finally:
        fleet.stop()
    assert f"{len(kept)} of {len(kept)} surveyed, 0 of them cut short" in said and len(kept) > 1
    for f in kept:
        was = recordings.text_of(f)
        now = recordings.remade(PROGRAM, f, raw / f"{f.stem}.jsonl")
        assert recordings.first_difference(was, now) is None
        assert recordings.first_difference(was.replace("M> BODYEOB", "M> EOH", 1).replace("S: 250 ", "S: 251 "), now)


def test_each_kept_session_has_a_listener():
    listeners = {recordings.listener_of(f) for f in recordings.KEPT.glob("*/*.mta")}
    assert {flags for _, _, flags, _ in listeners} <= set(generate.KINDS)
    assert {limits for limits, _, _, _ in listeners} == set(recordings.WHOLE_LIMITS)
