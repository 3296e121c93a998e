# SPDX-License-Identifier: BSD-2-Clause
"""clamd, node_exporter and Prometheus around the units, as they are shipped.

A booted Debian with its own packages of them.  The drop-ins are those of
examples/, word by word; nothing runs as root that would not at a site.
"""

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from boot import PACKAGES, booted
from clamds import DATABASE, EICAR
from prom import parse

EXAMPLES = Path(os.environ["TOP_SRCDIR"]) / "examples"
ALL = ["logger", "quota", "spam", "virus"]
FOUND = "550 5.7.0 VIRUS FOUND"
LATER = "451 4.3.0 Please try again later"
VIRUS = "S=unix:/run/virus-milter/milter.sock, F=T, T=C:5m;S:2m;R:2m;E:5m"
TEXTFILES = "/var/lib/prometheus/node-exporter"
EICAR = EICAR.decode()

pytestmark = pytest.mark.limit(2400)  # the first time the root is made, too


def prom_file(name):
    return f"/run/milter-metrics/{name}-milter/{name}-milter.prom"


def drop_in(m, name, example):
    """The example in the place that its first line names, and the service with it."""
    text = (EXAMPLES / example).read_text()
    path = re.match(r"# (/etc/systemd/system/\S+\.conf): ", text)[1].replace("NAME", name)
    m.write(path, text)
    m.sh("systemctl daemon-reload")


def configure(m, name, *lines):
    """These lines behind those that make install made, and a restart."""
    conf = f"{m.conf}/{name}-milter.conf"
    m.sh(f"[ -e {conf}.made ] || cp {conf} {conf}.made")
    m.write(conf, m.sh(f"cat {conf}.made") + "\n" + "\n".join(lines) + "\n")
    m.sh(f"systemctl restart {name}-milter.service")
    assert m.states(f"{name}-milter") == ("active", "active"), m.log(f"{name}-milter")


@pytest.fixture(scope="module")
def machine():
    m = booted("--privileged", kind="site",
               packages=PACKAGES + ",clamav-daemon,prometheus,prometheus-node-exporter,curl")
    try:
        m.write(m.signatures, "OURS =\nan entirely different signature line 1234567890\n")
        m.sh("systemctl mask --now clamav-freshclam")  # it asks the network
        m.write("/var/lib/clamav/own.ndb", DATABASE["own.ndb"])
        for unit in ("service", "socket"):  # which wait for a database of freshclam's
            m.write(f"/etc/systemd/system/clamav-daemon.{unit}.d/own.conf",
                    "[Unit]\nConditionPathExistsGlob=\nStartLimitIntervalSec=0\n")
        m.sh("systemctl daemon-reload; systemctl start clamav-daemon")
        for name in ALL:
            m.sh(f"systemctl enable --now {name}-milter.socket {name}-milter.service")
        yield m
    finally:
        m.end()


# ---- clamd ----

def test_clamd_on_its_own_socket_needs_no_drop_in(machine):
    configure(machine, "virus", 'clamd = "unix:/run/clamav/clamd.ctl"')
    machine.serve(VIRUS)
    assert machine.mail(EICAR).startswith(FOUND)
    assert machine.mail("clean").startswith("250")
    machine.until(machine.journal("virus-milter"), "clamd: unix:/run/clamav/clamd.ctl answers: ClamAV")


def test_a_large_message_finds_its_folder(machine):
    configure(machine, "virus", 'clamd = "unix:/run/clamav/clamd.ctl"', "clamd-memory = 0")
    assert machine.mail(EICAR).startswith(FOUND)
    assert machine.mail("clean").startswith("250")
    assert machine.sh("ls -A /var/lib/virus-milter") == ""


def test_an_inet_clamd_is_out_of_reach_without_the_drop_in_and_found_with_it(machine):
    conf = machine.sh("cat /etc/clamav/clamd.conf")
    kept = [line for line in conf.splitlines() if not re.match("LocalSocket|FixStale|LogFile|PidFile", line)]
    machine.write("/etc/clamav/inet.conf", "\n".join(
        [*kept, "TCPSocket 3310", "TCPAddr 127.0.0.1"]) + "\n")
    machine.sh("systemd-run -q --unit clamd-inet clamd --foreground=true -c /etc/clamav/inet.conf")
    machine.until("bash -c ': </dev/tcp/127.0.0.1/3310' && echo yes", "yes")
    since = machine.since()
    configure(machine, "virus", 'clamd = "inet:3310@127.0.0.1"')
    assert machine.mail("clean").startswith(LATER), "the service has no network"
    machine.until(machine.journal("virus-milter", since), r"clamd: inet:3310@127\.0\.0\.1 does not answer")
    drop_in(machine, "virus", "virus-milter-clamd-inet.conf")
    machine.sh("systemctl restart virus-milter.service")
    assert machine.mail(EICAR).startswith(FOUND)
    assert machine.mail("clean").startswith("250")
    assert machine.sh("systemctl show -P IPAddressDeny virus-milter") != "\n", "all others are barred"
    machine.sh("systemctl stop clamd-inet; rm -r /etc/systemd/system/virus-milter.service.d; "
               "systemctl daemon-reload")


# ---- figures ----

def scraped(m):
    """What node_exporter says, as Prometheus would read it."""
    return m.sh("curl -sf http://127.0.0.1:9100/metrics")


def test_the_figures_of_all_four_come_to_node_exporter(machine):
    link = re.search(r"^#     (ln -s .*)$", (EXAMPLES / "metrics.conf").read_text(), re.M)[1]
    line = re.search(r'^#     (metrics-file = .*)$', (EXAMPLES / "metrics.conf").read_text(), re.M)[1]
    for name in ALL:
        drop_in(machine, name, "metrics.conf")
        more = ['clamd = "unix:/run/clamav/clamd.ctl"'] if name == "virus" else []
        configure(machine, name, line.replace("NAME", name), "metrics-interval = 1", *more)
        machine.sh(link.replace("NAME", name))
        machine.until(f"cat {prom_file(name)}", rf'refmilter_build_info{{filter="{name}"')
    machine.sh("systemctl restart prometheus-node-exporter")
    shown = machine.until("curl -sf http://127.0.0.1:9100/metrics", "node_textfile_mtime_seconds.*virus")
    assert "node_textfile_scrape_error 0\n" in shown
    for name in ALL:
        assert f'refmilter_sessions_total{{filter="{name}",result="negotiated"}}' in shown
        assert f"{name}-milter.prom" in shown
    assert machine.sh("stat -c %U:%a /run/milter-metrics/virus-milter") == "virus-milter:755\n"


def test_without_the_drop_in_there_is_no_file_and_a_line(machine):
    """The folder is the drop-in's doing: the hardening holds."""
    since = machine.since()
    machine.sh("rm -r /etc/systemd/system/spam-milter.service.d; systemctl daemon-reload; "
               "rm -r /run/milter-metrics/spam-milter; systemctl restart spam-milter.service")
    machine.until(machine.journal("spam-milter", since),
                  f"cannot write the metrics-file {prom_file('spam')}: .*; mail goes on")
    assert machine.states("spam-milter") == ("active", "active")
    drop_in(machine, "spam", "metrics.conf")
    machine.sh("systemctl restart spam-milter.service")
    machine.until(f"cat {prom_file('spam')}", "refmilter_build_info")


# ---- Prometheus ----

PROMETHEUS = """
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [metrics-alerts.yml]
scrape_configs: [{job_name: node, static_configs: [{targets: ['127.0.0.1:9100']}]}]
"""


def ask(expression):
    return f"curl -sfG http://127.0.0.1:9090/api/v1/query --data-urlencode 'query={expression}'"


def value_of(m, expression, pattern=r"\[[\d.]+,\"(-?[\d.]+)\"\]"):
    return float(re.search(pattern, m.until(ask(expression), pattern))[1])


def test_prometheus_has_what_the_milter_counted(machine):
    machine.write("/etc/prometheus/prometheus.yml", PROMETHEUS)
    machine.write("/etc/prometheus/metrics-alerts.yml", (EXAMPLES / "metrics-alerts.yml").read_text())
    machine.sh("systemctl restart prometheus")
    machine.serve(VIRUS)
    before = value_of(machine, "refmilter_messages_total{filter=\"virus\"}")
    for text in (EICAR, "clean", "clean"):
        machine.mail(text)
    machine.until(ask('refmilter_messages_total{filter="virus"}'), rf'"{before + 3:.0f}"\]')
    machine.until(ask('refmilter_clamd_messages_total{outcome="found"}'), r'"1"\]')
    machine.until(ask('refmilter_clamd_up'), r'"1"\]')
    rules = json.loads(machine.sh("curl -sf http://127.0.0.1:9090/api/v1/rules"))
    names = {r["name"] for g in rules["data"]["groups"] for r in g["rules"]}
    assert names == set(re.findall(r"alert: (\w+)", (EXAMPLES / "metrics-alerts.yml").read_text()))


def test_a_reload_that_fails_is_an_alert(machine):
    """systemctl says it itself and leaves the milter alone; a bare SIGHUP has nobody to tell."""
    good = machine.sh(f"cat {machine.signatures}")
    machine.write(machine.signatures, "nonsense\n")
    try:
        machine.fails("systemctl reload virus-milter")
        machine.sh("systemctl kill --kill-who=main -s HUP virus-milter.service")
        machine.until("curl -sf http://127.0.0.1:9090/api/v1/alerts", '"MilterReloadFailed".*"firing"')
    finally:
        machine.write(machine.signatures, good)
    machine.sh("systemctl reload virus-milter")


def test_the_age_of_one_that_was_killed_shows(machine):
    machine.serve(VIRUS)
    machine.mail("clean")
    age = 'time() - node_textfile_mtime_seconds{file=~".*virus-milter.prom"}'
    machine.until(ask(age + " < 5"), r'"[\d.]+"\]')
    machine.write("/etc/systemd/system/virus-milter.service.d/stays-down.conf",
                  "[Service]\nRestart=no\n")
    machine.sh("systemctl daemon-reload; systemctl stop virus-milter.socket; "
               "systemctl kill -s KILL virus-milter.service")
    machine.until(ask(age + " > 6"), r'"[\d.]+"\]')
    left = parse(machine.sh(f"cat {prom_file('virus')}"))[0]
    assert left['refmilter_messages_total{filter="virus"}'] > 0, "its last figures stay"
    machine.sh("rm /etc/systemd/system/virus-milter.service.d/stays-down.conf; "
               "systemctl daemon-reload; systemctl reset-failed virus-milter.service; "
               "systemctl start virus-milter.socket virus-milter.service")
    machine.until(ask(age + " < 5"), r'"[\d.]+"\]')


# ---- a bad day ----

CLAMD_UNITS = "clamav-daemon.socket clamav-daemon.service"
MESSAGES = 10000 if os.environ.get("REFMILTER_TORTURE") else 300
QUICK = ['clamd = "unix:/run/clamav/clamd.ctl"', "metrics-interval = 1",
         f'metrics-file = "{prom_file("virus")}"', "clamd-connect-timeout = 1s",
         "clamd-send-timeout = 1s", "clamd-answer-timeout = 1s", "clamd-timeout = 5s"]


def figures(m):
    return parse(m.sh(f"cat {prom_file('virus')}"))[0]


def errors(f):
    """Of attempts at clamd, by cause."""
    name = 'refmilter_clamd_errors_total{filter="virus",cause="'
    return Counter({k.removeprefix(name).rstrip('"}'): int(v) for k, v in f.items()
                    if k.startswith(name) and v})


def load(m, kind, *words):
    """Half of the messages on half of the connections, as a unit of its own."""
    m.sh(f"systemctl reset-failed load-{kind} 2>/dev/null; rm -f /tmp/{kind}.json; systemd-run -q "
         f"--unit load-{kind} -p StandardOutput=file:/tmp/{kind}.json $(command -v milter-sim) load "
         f"--milter unix:/run/virus-milter/milter.sock --connections 25 --messages {MESSAGES // 2} "
         f"--rate {40 if MESSAGES < 1000 else 200} --timeout 300s --report json {' '.join(words)}")


def is_loaded(m):
    return "active" in m.run("systemctl is-active load-infected load-clean")[1].split()


def settled(m, kind):
    report = json.loads(m.sh(f"cat /tmp/{kind}.json"))
    assert report["done"] and report["messages"] == MESSAGES // 2, report
    return Counter(report["verdicts"])


def becomes(m, what):
    """Whether the figures become so while the load goes on."""
    while is_loaded(m):
        if what(figures(m)):
            return True
    return False


def strike(m, fault):
    """One fault, while messages are with clamd; True when it was in time for that."""
    waiting = 'refmilter_clamd_messages_waiting{filter="virus"}'
    late = 'refmilter_clamd_errors_total{filter="virus",cause="late"}'
    clean = 'refmilter_clamd_messages_total{filter="virus",outcome="clean"}'
    before = figures(m)
    m.sh("systemctl kill -s STOP clamav-daemon")
    struck = becomes(m, lambda f: f[waiting] > 0)
    if fault == "killed":
        m.sh("systemctl kill -s KILL clamav-daemon")
    elif fault == "restarted":
        m.sh("systemctl restart clamav-daemon")
    else:
        struck = struck and becomes(m, lambda f: f[late] > before[late])
        m.sh("systemctl kill -s CONT clamav-daemon")
    m.sh(f"systemctl reset-failed {CLAMD_UNITS}; systemctl start {CLAMD_UNITS}")
    after = figures(m)
    becomes(m, lambda f: f[clean] > after[clean])
    return struck


def test_whatever_befalls_clamd_nothing_infected_passes_and_nothing_is_lost(machine):
    """50 connections; every message has its verdict, and the milter's own figures agree."""
    configure(machine, "virus", *QUICK)
    machine.write("/tmp/eicar", EICAR)
    struck, infected, clean, turn = Counter(), Counter(), Counter(), 0
    faults = ["killed", "stopped", "restarted"]
    while min(struck[f] for f in faults) < 1:
        load(machine, "infected", "--worm /tmp/eicar --expect-infected any")
        load(machine, "clean", "--expect any")
        while is_loaded(machine):
            struck[faults[turn % 3]] += strike(machine, faults[turn % 3])
            turn += 1
        infected += settled(machine, "infected")
        clean += settled(machine, "clean")
    machine.sh("systemctl stop virus-milter.socket virus-milter.service")
    f = figures(machine)
    print(f"# struck: {dict(struck)}; infected: {dict(infected)}; clean: {dict(clean)}; "
          f"errors: {dict(errors(f))}")
    assert set(+infected) <= {"refused", "deferred"} and infected["refused"] > 0
    assert set(+clean) <= {"accepted", "deferred"} and clean["accepted"] > 0

    def verdicts(verdict):
        return f[f'refmilter_verdicts_total{{filter="virus",event="eom",verdict="{verdict}"}}']
    assert f['refmilter_messages_total{filter="virus"}'] == (infected + clean).total()
    assert verdicts("reject") == infected["refused"]
    assert verdicts("tempfail") == infected["deferred"] + clean["deferred"]
    assert verdicts("continue") == clean["accepted"]
    assert errors(f).total() > 0
    machine.sh("systemctl start virus-milter.socket virus-milter.service")
