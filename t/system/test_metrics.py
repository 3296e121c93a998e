# SPDX-License-Identifier: BSD-2-Clause
"""metrics-file of all four: the text that Prometheus reads, whole at every moment."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import threading
import urllib.request
from pathlib import Path

import pytest

from clamds import Double
from daemons import BUILD, LIMIT, Daemon
from measured import FILTERS, SIGNATURE, SIGNATURES, at_the_end, measured  # noqa: F401
from mta import session, strings
from prom import NODE_EXPORTER, PROMTOOL, Metrics, lint, until


def unless_answered_before(m):
    """A message, up to the answer that ends it; some filters have enough of MAIL."""
    for answer in (lambda: m.mail(), lambda: m.rcpt("<jones@foo.com>"),
                   lambda: m.content(chunks=[b"x"])):
        if (answer() or "c")[0] != "c":
            return


@pytest.mark.parametrize("filter", FILTERS)
def test_the_file_is_there_from_the_start_and_has_the_last_word(measured, filter):
    old = os.umask(0o077)
    d = measured(filter)
    os.umask(old)
    lint(d.prom)
    first = Metrics(d.prom, filter)
    assert first("messages_total") == 0 and first("answer_seconds_count") == 0
    assert os.stat(d.prom).st_mode & 0o777 == 0o644, "node_exporter is another user"
    with session(d.socket) as m:
        for _ in range(3):
            unless_answered_before(m)
    last = at_the_end(d)
    assert last("messages_total") == 3
    assert last("sessions_total", result="negotiated") == 1
    assert last("answer_seconds_count") == sum(
        v for k, v in last.values.items() if k.startswith("refmilter_verdicts_total"))
    assert first.falls(last) == [] and set(first.values) == set(last.values)


@pytest.mark.parametrize("filter", FILTERS)
def test_eight_clients_are_counted_to_the_message(measured, filter, place):
    """What the load saw and what the milter counted is the same, event by event."""
    d = measured(filter)
    Path(place, "worm").write_bytes(SIGNATURE)
    words = ["--infected", "10%", "--worm", f"{place}/worm"] if filter == "virus" else []
    end = subprocess.run([f"{BUILD}/milter-sim", "load", "--milter", d.socket, "--connections", "8",
                          "--messages", "400", "--per-connection", "0", "--size", "2k",
                          "--report", "json", "--quiet", *words],
                         capture_output=True, text=True, timeout=3 * LIMIT, check=False)
    assert end.returncode == 0, end.stdout + end.stderr
    report, got = json.loads(end.stdout), at_the_end(d)
    assert got("messages_total") == report["messages"] == 400
    assert got("sessions_total", result="negotiated") == 8
    refused = sum(got("verdicts_total", event=e, verdict="reject")
                  for e in ("mail", "rcpt", "data", "header", "eoh", "body", "eom"))
    assert refused == report["verdicts"]["refused"] == (40 if filter == "virus" else 0)
    if filter in ("virus", "logger"):  # which answer every message at its end
        assert got("verdicts_total", event="eom", verdict="continue") == report["verdicts"]["accepted"]
    if filter == "logger":
        assert got("logger_copies_total", result="kept") == 400
        assert got("logger_copy_bytes_total") == sum(
            f.stat().st_size for f in Path(place, "store/new").iterdir() if f.suffix != ".json")
    if filter == "quota":
        assert sum(got("quota_lookups_total", what="user", result=r)
                   for r in ("cached", "found", "failed", "late", "busy")) == report["recipients"]


def test_what_clamd_did_is_told(measured, place):
    double = Double(place, lambda talk, n: talk.say(b"nonsense\0"))
    os.mkdir(f"{place}/spool", 0o700)
    d = measured("virus", f"clamd={double.address}", f"clamd-spool={place}/spool")
    with session(d.socket) as m:
        for _ in range(5):
            m.message(SIGNATURE)
        for _ in range(7):
            m.message(b"clean")
    got = at_the_end(d)
    double.close()
    assert got("verdicts_total", event="eom", verdict="reject") == 5
    assert got("verdicts_total", event="eom", verdict="tempfail") == 7
    assert got("clamd_messages_total", outcome="no_opinion") == 7
    assert got("clamd_errors_total", cause="error") == 7
    assert got("clamd_messages_waiting") == 0
    assert got("clamd_up", server=double.address) in (0, 1)


def test_what_quota_looked_up_is_told(measured, place):
    os.makedirs(f"{place}/homes/jones/new")
    d = measured("quota", "answer-lifetime=1h", "user-lifetime=1h", "time-limit=60")
    with session(d.socket) as m:
        m.mail()
        for _ in range(3):
            assert m.rcpt("<jones@foo.com>") == ("c", b"")
        assert m.rcpt("<nobody@foo.com>") == ("c", b"")
    got = at_the_end(d)
    assert got("quota_lookups_total", what="user", result="found") == 2
    assert got("quota_lookups_total", what="user", result="cached") >= 2
    assert got("quota_lookups_total", what="user", result="late") == 0
    assert got("quota_lookup_seconds_count") == sum(
        got("quota_lookups_total", what=w, result=r)
        for w in ("user", "usage", "forward") for r in ("found", "failed", "late", "busy"))


def test_what_the_logger_kept_and_what_not_is_told(measured, place):
    d = measured("logger")
    with session(d.socket) as m:
        m.message(b"x" * 1000)
        m.mail()
        m.rcpt("<jones@foo.com>")
        m.command("L", strings("Subject", "half of it"))
        m.send("A")
        m.message(b"y")
    got = at_the_end(d)
    assert got("logger_copies_total", result="kept") == 2
    assert got("logger_copies_total", result="dropped") == 1
    assert got("logger_copies_total", result="failed") == 0
    assert got("logger_free_bytes") > 0
    assert got("logger_copy_bytes_total") == 2 * len(b"Subject:x\r\n\r\n") + 1001


def test_a_copy_that_failed_is_told(measured, place):
    d = measured("logger")
    os.rename(f"{place}/store", f"{place}/away")
    with session(d.socket) as m:
        assert m.message(b"x") == ("a", b""), "mail passes without a copy"
    got = at_the_end(d)
    assert got("logger_copies_total", result="failed") == 1
    assert got("logger_copies_total", result="kept") == 0


def test_an_answer_held_back_is_counted_and_not_taken_for_a_slow_one(measured, place):
    Path(place, "none").write_text("sender@example.org\n")
    d = measured("spam", "match=envelope", "tarpit-refusals=1", "tarpit-delay=1")
    with session(d.socket) as m:
        for _ in range(2):
            unless_answered_before(m)
    got = at_the_end(d)
    assert got("delayed_total") == 1
    assert got("rules", kind="senders") == 1


# ---- reload ----

def test_a_reload_is_counted_and_takes_nothing_back(measured, place):
    conf = Path(place, "conf")
    conf.write_text('recipients = "all"\n')
    d = measured("spam", args=["-c", str(conf)])
    before = Metrics(d.prom, "spam")
    with session(d.socket) as m:
        unless_answered_before(m)
    Path(place, "none").write_text("a@b.example\nc@d.example\n")
    d.signal(signal.SIGHUP)
    mid = until(d.prom, "spam", lambda m: m("reloads_total", result="done") == 1)
    assert mid("rules", kind="senders") == 2
    assert mid("messages_total") == 1
    assert before.falls(mid) == []
    conf.write_text("nonsense = 1\n")
    d.signal(signal.SIGHUP)
    got = until(d.prom, "spam", lambda m: m("reloads_total", result="failed") == 1)
    assert got("rules", kind="senders") == 2
    assert got("rules_loaded_timestamp_seconds") == mid("rules_loaded_timestamp_seconds")
    assert mid.falls(got) == []


def test_another_file_is_written_from_the_next_start_on(milter, place):
    conf = Path(place, "conf")
    conf.write_text(f'signatures = "{SIGNATURES}"\nmetrics-file = "{place}/a.prom"\n')
    d = milter("virus-milter", args=["-c", str(conf)])
    conf.write_text(f'signatures = "{SIGNATURES}"\nmetrics-file = "{place}/b.prom"\n')
    d.signal(signal.SIGHUP)
    d.wait_line("reloaded: .*; from the next start on: metrics-file")
    d.stop()
    assert Metrics(f"{place}/a.prom", "virus")("reloads_total", result="done") == 1
    assert not os.path.exists(f"{place}/b.prom")


# ---- readers ----

def test_no_reader_sees_a_part_of_it_and_nothing_goes_down(measured):
    d = measured("virus", "metrics-interval=1")
    over = threading.Event()
    stop = threading.Timer(LIMIT, over.set)
    stop.start()
    last = Metrics(d.prom, "virus")
    names, seen, reads = set(last.values), {last.mtime}, 0
    with session(d.socket) as m:
        while len(seen) < 4 and not over.is_set():
            now = Metrics(d.prom, "virus")
            assert set(now.values) == names and last.falls(now) == []
            if now.mtime not in seen:
                m.message(b"x")
            seen.add(now.mtime)
            last = now
            reads += 1
    stop.cancel()
    assert reads > 10 and len(seen) >= 4


def test_one_that_was_killed_leaves_a_file_that_is_whole_and_ages(measured):
    d = measured("virus", "metrics-interval=1")
    with session(d.socket) as m:
        m.message(SIGNATURE)
        until(d.prom, "virus", lambda m: m("messages_total") == 1)
        d.kill()
    lint(d.prom)
    left = Metrics(d.prom, "virus")
    assert left("messages_total") == 1
    assert Metrics(d.prom, "virus").mtime == left.mtime


# ---- trouble ----

def works(d):
    with session(d.socket) as m:
        assert m.message(SIGNATURE)[1] == b"550 5.7.0 VIRUS FOUND\0"
        assert m.message(b"clean") == ("c", b"")


@pytest.mark.parametrize("path, said", [
    ("none/v.prom", "No such file or directory"),
    ("file/v.prom", "Not a directory"),
    ("folder", "Is a directory"),
    ("x" * 252, "File name too long"),
], ids=["no folder", "a file for a folder", "a folder", "too long"])
def test_a_file_that_cannot_be_written_costs_no_mail(milter, place, path, said):
    os.mkdir(f"{place}/folder")
    Path(place, "file").touch()
    d = milter("virus-milter", [f"signatures={SIGNATURES}", "metrics-interval=1",
                                f"metrics-file={place}/{path}"])
    works(d)
    for _ in range(2):  # each of which tries to write it, too
        mark = d.mark()
        d.signal(signal.SIGHUP)
        d.wait_line("reloaded", after=mark)
    assert d.stop() == 0
    assert d.log().count("cannot write the metrics-file") == 1, d.log()
    assert f"cannot write the metrics-file {place}/{path}: {said}; mail goes on" in d.log()
    assert [f for f in os.listdir(place) if f.endswith(".tmp")] == []


def test_a_full_disk_keeps_the_old_file_until_there_is_room(measured):
    """A file size limit stands in for the disk: write() fails behind the first bytes."""
    d = measured("virus", "metrics-interval=1")
    old = Metrics(d.prom, "virus")
    _, hard = resource.prlimit(d.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(d.process.pid, resource.RLIMIT_FSIZE, (1000, hard))
    works(d)
    d.wait_line("cannot write the metrics-file .*: File too large; mail goes on")
    assert Metrics(d.prom, "virus").values == old.values
    works(d)
    resource.prlimit(d.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    d.wait_line("the metrics-file .* is written again")
    assert at_the_end(d)("messages_total") == 4
    assert d.log().count("metrics-file") == 2


@pytest.mark.parametrize("what", ["link", "pipe", "hard link", "left over"])
def test_what_stands_where_it_writes_is_not_written_to(measured, place, what):
    victim = Path(place, "victim")
    victim.write_text("precious")
    temporary = Path(place, "virus.prom.tmp")
    {"link": lambda: temporary.symlink_to(victim),
     "pipe": lambda: os.mkfifo(temporary),
     "hard link": lambda: os.link(victim, temporary),
     "left over": lambda: temporary.write_text("half")}[what]()
    d = measured("virus")
    works(d)
    assert at_the_end(d)("messages_total") == 2
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("option, said", [
    ("metrics-interval=0", "metrics-interval = '0' does not fit"),
    ("metrics-interval=2d", "metrics-interval = '2d'"),
    ("metrics-file=relative.prom", "metrics-file = 'relative.prom' does not fit, want a whole path"),
])
def test_a_mistake_is_named_at_t(run, option, said):
    end = run("virus-milter", "-t", "-o", f"signatures={SIGNATURES}", "-o", "allow-root=yes", "-o", option)
    assert end.returncode == 78
    assert said in end.stderr


# ---- node_exporter, and the rules for Prometheus ----

EXAMPLES = Path(os.environ["TOP_SRCDIR"]) / "examples"


@pytest.mark.skipif(NODE_EXPORTER is None, reason="no node_exporter")
def test_node_exporter_shows_it_through_the_link_of_the_example(measured, place, start):
    """The ln -s of examples/metrics.conf, in folders of our own."""
    d = measured("virus")
    with session(d.socket) as m:
        m.message(SIGNATURE)
    assert d.stop() == 0
    line = re.search(r"^#     (ln -s .*)$", (EXAMPLES / "metrics.conf").read_text(), re.M)[1]
    line = line.replace("/run/milter-metrics/NAME-milter/NAME-milter.prom", d.prom)
    os.mkdir(f"{place}/textfiles")
    subprocess.run(line.replace("/var/lib/prometheus/node-exporter/", f"{place}/textfiles/"),
                   shell=True, check=True, timeout=LIMIT)
    e = start(Daemon, [NODE_EXPORTER, "--web.listen-address=127.0.0.1:0", "--collector.disable-defaults",
                       "--collector.textfile", f"--collector.textfile.directory={place}/textfiles"])
    port = e.wait_line(r'isten.*ddress="?127\.0\.0\.1:([1-9]\d*)')[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=LIMIT) as page:
        shown = page.read().decode()
    assert 'refmilter_verdicts_total{event="eom",filter="virus",verdict="reject"} 1\n' in shown
    assert "node_textfile_scrape_error 0\n" in shown
    age = re.search(r'^node_textfile_mtime_seconds\{file="[^"]*virus\.prom"\} (\S+)$', shown, re.M)[1]
    assert float(age) == pytest.approx(os.stat(d.prom).st_mtime, abs=1)


RULES = """
rule_files: [metrics-alerts.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'node_textfile_mtime_seconds{file="/x/virus-milter.prom"}', values: '0 60 120 120x20'}
      - {series: 'refmilter_failures_total{filter="virus",cause="memory"}', values: '0x10 3x20'}
      - {series: 'refmilter_reloads_total{filter="spam",result="failed"}', values: '0x10 1x20'}
      - {series: 'refmilter_reloads_total{filter="spam",result="done"}', values: '0+1x30'}
      - {series: 'refmilter_clamd_up{filter="virus",server="unix:/c"}', values: '1x5 0x20'}
    alert_rule_test:
"""


@pytest.mark.skipif(PROMTOOL is None, reason="no promtool")
def test_the_rules_of_the_example_tell_what_they_should(place):
    shutil.copy(EXAMPLES / "metrics-alerts.yml", place)
    fires = {"MilterSilent": ("critical", 'file: "/x/virus-milter.prom"',
                              "/x/virus-milter.prom is not written any more: its milter has ended"),
             "MilterCannotJudge": ("warning", "filter: virus",
                                   "virus-milter could not judge every event"),
             "MilterReloadFailed": ("warning", "filter: spam, result: failed",
                                    "spam-milter keeps its old rules: a reload failed"),
             "MilterClamdAway": ("critical", 'filter: virus, server: "unix:/c"',
                                 "clamd unix:/c does not answer")}
    text = RULES
    for name, (severity, labels, summary) in fires.items():
        text += (f"      - {{eval_time: 2m, alertname: {name}}}\n"
                 f"      - {{eval_time: 13m, alertname: {name}, exp_alerts: [{{exp_labels: "
                 f"{{severity: {severity}, {labels}}}, exp_annotations: {{summary: \"{summary}\"}}}}]}}\n")
    Path(place, "test.yml").write_text(text)
    end = subprocess.run([PROMTOOL, "test", "rules", "test.yml"], cwd=place, capture_output=True,
                         text=True, timeout=LIMIT, check=False)
    assert end.returncode == 0, end.stdout + end.stderr
