# SPDX-License-Identifier: BSD-2-Clause
"""milter-sim check and report, against a milter that is good and ones that are not.

The milter is t/mutants/mutant, on plain sockets: with --mutant NAME it has that defect.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

import schema
from daemons import BUILD, LIMIT

TOP = os.environ.get("TOP_SRCDIR", ".")
CASES = f"{TOP}/cases"
SCHEMA = f"{TOP}/docs/check-report.schema.json"
MUTANT = f"{BUILD}/t/mutants/mutant"
QUICK = ["--only", "neg/1", "--only", "rep/2.*", "--only", "ord/2", "--only", "shu/1"]


def spawn(mutant=None):
    return f"{MUTANT} {'--mutant ' + mutant if mutant else ''} {{socket}}"


@pytest.fixture
def check(run):
    def one(*args, cases=CASES):
        return run("milter-sim", "check", "--cases", cases, *args)
    return one


@pytest.fixture
def report(check, tmp_path):
    """The JSON report of a run, and how it ended."""
    def one(*args):
        done = check("--report", f"json={tmp_path}/r.json", *args)
        with open(f"{tmp_path}/r.json", encoding="utf-8") as f:
            made = json.load(f)
        schema.check(made, SCHEMA)
        return done, made
    return one


def failed(r):
    return {c["rule"] for c in r["results"] if c["outcome"] == "fail"}


def test_a_good_milter_breaks_no_rule(report):
    done, r = report("--spawn", spawn(), *QUICK)
    assert done.returncode == 0, done.stdout
    assert r["counts"]["pass"] == len(r["results"]) == 13
    assert "keeps all rules" in done.stdout


@pytest.mark.parametrize("mutant,rule", [("rcpt-twice", "rep/once"),
                                         ("answer-continue", "neg/answer-letter"),
                                         ("leaks-socket", "inv/descriptors"),
                                         ("term-ignored", "shu/term"),
                                         ("idle-closes", "tim/idle"),
                                         ("name-colon", "mod/name"),
                                         ("abort-keeps", "ord/abort-clears")])
def test_a_mutant_fails_with_the_rule_that_it_breaks(report, mutant, rule):
    # These are waited for in each session: one case of the family is enough.
    only = {"leaks-socket": "inv/2", "term-ignored": "shu/1", "idle-closes": "tim/11"}.get(mutant, rule.split("/", maxsplit=1)[0])
    done, r = report("--spawn", spawn(mutant), "--only", only, "--jobs", "2")
    assert done.returncode == 1
    assert rule in failed(r)


def test_an_answer_to_quit_is_a_fault_of_the_cases_of_quit_alone(report):
    """It comes behind each session; no MTA reads it, and what else is wrong must be seen."""
    _, r = report("--spawn", spawn("quit-answered"), "--only", "rep", "--only", "ses",
                  "--only", "ord/1", "--only", "con/2", "--jobs", "2")
    assert {c["id"] for c in r["results"] if c["outcome"] == "fail"} == {"rep/7"}


def test_how_many_sessions_a_milter_serves_at_once_is_its_own_affair(report):
    """It is told as a warning; cases that have more of them are not reached."""
    done, r = report("--spawn", spawn("one-session"), "--jobs", "2", "--timeout", "1s",
                     *(w for i in (1.3, 2, 5, 24.1) for w in ("--only", f"con/{i}")))
    assert done.returncode == 0, done.stdout
    assert {c["id"]: c["outcome"] for c in r["results"]} == {
        "con/1.3": "not reached", "con/2": "fail", "con/5": "fail", "con/24.1": "pass"}


def test_a_failure_tells_all(check):
    out = check("--spawn", spawn("rcpt-twice"), "--only", "rep/2.4").stdout
    for word in ("rule ", "source ", "expected", "got ", "breaks", "M> RCPT", "again"):
        assert word in out, word
    again = re.search(r"again +(milter-sim check .*)", out).group(1)
    done = subprocess.run(again.replace("milter-sim", f"{BUILD}/milter-sim", 1), shell=True,
                          capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 1 and "rep/2.4" in done.stdout


def test_the_same_seed_finds_the_same_whatever_the_jobs(report):
    """At which command a stray answer is seen is the kernel's choice, not ours."""
    def found(r):
        return [(c["id"], c["outcome"], c["rule"]) for c in r["results"]]

    _, one = report("--spawn", spawn("rcpt-twice"), *QUICK, "--jobs", "4")
    _, two = report("--spawn", spawn("rcpt-twice"), *QUICK, "--jobs", "1")
    assert failed(one)
    assert found(one) == found(two)
    assert one["counts"] == two["counts"]


def test_tap_and_junit_say_the_same(check, tmp_path):
    done = check("--spawn", spawn("rcpt-twice"), *QUICK, "--report", "tap",
                 "--report", f"junit={tmp_path}/j.xml")
    assert done.stdout.startswith("TAP version 14\n1..13\n")
    bad = re.findall(r"^not ok \d+ - (\S+):", done.stdout, re.M)
    cases = ElementTree.parse(f"{tmp_path}/j.xml").getroot().findall(".//testcase")
    assert bad and len(cases) == 13
    assert bad == [c.get("name").split(":")[0] for c in cases if c.find("failure") is not None]


def test_a_baseline_fails_on_what_is_new_and_on_what_is_healed(check, tmp_path):
    known = f"{tmp_path}/known"
    bad = ("--spawn", spawn("rcpt-twice"), *QUICK)
    assert check(*bad, "--write-baseline", known).returncode == 1
    assert check(*bad, "--baseline", known).returncode == 0
    healed = check("--spawn", spawn(), *QUICK, "--baseline", known)
    assert healed.returncode == 1 and "passes now" in healed.stdout
    with open(known, "w", encoding="utf-8") as f:
        f.write("# nothing\n")
    assert check(*bad, "--baseline", known).returncode == 1


def test_a_milter_that_cannot_be_started_is_no_failure_of_a_case(check):
    done = check("--spawn", "/nonexistent/milter {socket}", *QUICK)
    assert done.returncode == 3 and "cannot run" in done.stderr
    done = check("--spawn", "sh -c 'echo oh dear; exit 5' {socket}", *QUICK)
    assert done.returncode == 3
    assert "exited with 5" in done.stderr and "oh dear" in done.stderr


def test_nothing_reached_is_77(check):
    done = check("--spawn", spawn(), "--only", "rep/4.1")
    assert done.returncode == 77 and "not reached" in done.stdout


@pytest.mark.parametrize("args,words", [
    ([], "--spawn"),
    (["--spawn", "mymilter"], "{socket}"),
    (["--spawn", "m {socket}", "--milter", "unix:/x"], "exclude"),
    (["--spawn", "m {socket}", "--profile", "exim"], "sendmail-8.17"),
    (["--spawn", "m {socket}", "--level", "may"], "interop"),
    (["--spawn", "m {socket}", "--report", "pdf"], "junit"),
    (["--spawn", "m {socket}", "--only", "nonesuch"], "no case"),
    (["--explain", "rep/999"], "--list"),
])
def test_misuse_is_told(check, args, words):
    done = check(*args)
    assert done.returncode == 2 and words in done.stderr


@pytest.mark.parametrize("change,words", [
    ({"version": 2}, "version is not 1"), ({"seed": "1"}, "seed is no integer"),
    ({"new": 1}, "new is not in the schema"), ({"counts": {"pass": "all"}}, "counts.pass"),
    ({"results": [{"id": "rep/1"}]}, "results[0].level is missing"),
])
def test_the_schema_is_one_that_can_be_broken(change, words):
    with open(SCHEMA, encoding="utf-8") as f:
        rules = json.load(f)
    good = {"format": "refmilter-check", "version": 1, "tool": "1", "milter": "m", "profile": "strict",
            "seed": 1, "strict": False, "interrupted": False, "dead": False, "counts": {}, "rules": 0,
            "results": []}
    assert not schema.faults(good, rules, rules)
    assert any(words in w for w in schema.faults({**good, **change}, rules, rules))


def test_a_bad_case_is_named_by_file_and_line(check, tmp_path):
    (tmp_path / "a.mta").write_text("id: a/1\nlevel: must\nsays: x\nsource: y\n"
                                    "speaks: milter\nM> NONSENSE\n")
    done = check("--list", cases=str(tmp_path))
    assert done.returncode == 2 and "a.mta:6:" in done.stderr


def test_list_explain_and_dry_run_need_no_milter(check):
    assert re.search(r"^rep/2\.4 +must +behind", check("--list").stdout, re.M)
    assert "engine.c" in check("--explain", "rep/2.4").stdout
    dry = check("--dry-run", "--only", "rep/2.4").stdout
    assert "M> RCPT <Jones@foo.com>" in dry and "3c 4a 6f 6e" in dry


def test_a_running_milter_has_one_job_and_its_process_is_left_alone(check, place):
    path = f"{place}/s"
    with subprocess.Popen([MUTANT, f"unix:{path}"], stderr=subprocess.PIPE) as milter:
        milter.stderr.readline()
        try:
            done = check("--milter", f"unix:{path}", *QUICK, "--only", "rob/1")
            assert done.returncode == 0, done.stdout
            assert "--spawn" in done.stdout  # why shu/1 and rob/1 were not run
            assert milter.poll() is None
        finally:
            milter.kill()


def test_an_interrupt_shows_what_was_found(place):
    argv = [f"{BUILD}/milter-sim", "check", "--cases", CASES, "--spawn", spawn(), "--jobs", "1"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, "TMPDIR": place}) as p:
        while not any(n.startswith("mcheck.") for n in os.listdir(place)):
            assert p.poll() is None
        p.send_signal(signal.SIGINT)
        out = p.communicate(timeout=LIMIT)[0]
    assert "Interrupted." in out
    assert not os.listdir(place)


def test_report_makes_one_matrix_of_several(check, run, tmp_path):
    for name, mutant in ("good", None), ("bad", "rcpt-twice"):
        check("--spawn", spawn(mutant), *QUICK, "--name", name,
              "--report", f"json={tmp_path}/{name}.json")
    files = [f"{tmp_path}/good.json", f"{tmp_path}/bad.json"]
    page = run("milter-sim", "report", *files).stdout
    assert page.count("<tr class=\"l-") == 13 and "http" not in page
    anchors = re.findall(r'href="#([^"]+)"', page)
    assert anchors and all(f'id="{a}"' in page for a in anchors)
    table = run("milter-sim", "report", "--markdown", *files).stdout
    assert "| case | level | rule | good | bad |" in table
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    done = run("milter-sim", "report", str(broken))
    assert done.returncode == 2 and "broken.json" in done.stderr


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium")
@pytest.mark.parametrize("width", [360, 1400])
def test_the_page_fits_a_phone_and_a_desk(check, tmp_path, width):
    """Nothing is wider than the window, with every fold open."""
    page = tmp_path / "r.html"
    check("--spawn", spawn("rcpt-twice"), *QUICK, "--report", f"html={page}")
    text = page.read_text().replace("<details", "<details open").replace("open open", "open")
    (tmp_path / "open.html").write_text(text.replace("</body>", """<script>
      document.title = document.documentElement.scrollWidth + "/" + innerWidth +
        "/" + document.querySelectorAll("tbody tr").length;
      </script></body>"""))
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},800",
         f"--user-data-dir={tmp_path}/profile", "--dump-dom", f"file://{tmp_path}/open.html"],
        capture_output=True, text=True, timeout=4 * LIMIT, check=False)
    wide, window, rows = re.search(r"<title>(\d+)/(\d+)/(\d+)</title>", done.stdout).groups()
    assert int(rows) == 13
    assert int(wide) <= int(window)
