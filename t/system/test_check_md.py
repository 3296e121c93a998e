# SPDX-License-Identifier: BSD-2-Clause
"""docs/CHECK.md: what it says to type is typed, as printed, and does what it says.

`mymilter` is t/mutants' sound one, or the small one of t/foreign on the library of
that language, where Debian's is here.  Of the cases a few are played: the command
called milter-sim adds where they are and which.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from daemons import BUILD, LIMIT

TOP = Path(os.environ.get("TOP_SRCDIR", "."))
TEXT = (TOP / "docs/CHECK.md").read_text("utf-8")
FOREIGN = TOP / "t/foreign"
FEW = "--only neg/1 --only 'rep/2.*' --only ord/2 --only shu/1"
TOOL = f"""#!/bin/sh
verb=$1; shift
case $verb in check) set -- {FEW} "$@";; esac
case "$verb $*" in check*--cases*|report*) ;; *) set -- --cases '{TOP.resolve()}/cases' "$@";; esac
exec '{os.path.abspath(BUILD)}/milter-sim' "$verb" "$@"
"""
MILTER = f"#!/bin/sh\nexec '{os.path.abspath(BUILD)}/t/mutants/mutant' \"$@\"\n"
GO = "/usr/share/gocode/src/github.com/emersion/go-milter"


def script(path, text):
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with an author's milter in it, and the tool in PATH."""
    script(tmp_path / "milter-sim", TOOL)
    for name in ("mymilter", "one", "two"):
        script(tmp_path / name, MILTER)
    (tmp_path / "interesting.eml").write_text("Subject: interesting\r\n\r\nbody\r\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def printed():
    """The commands of the page, each in one line."""
    text = TEXT.replace("\\\n", " ")
    return re.findall(r"^    (milter-sim .*)$", text, re.MULTILINE)


def typed(line):
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=3 * LIMIT,
                          check=False)


def test_each_command_does_what_the_page_says(desk):
    lines = printed()
    assert len(lines) >= 9
    for line in lines:
        done = typed(line)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
    for made in ("check.xml", "check.html", "matrix.html", "known-failures"):
        assert (desk / made).exists(), made
    assert json.loads((desk / "one.json").read_text())["milter"] == "one"


def test_a_shell_is_asked_for_by_name(desk):
    words = re.search(r'`(--spawn "sh -c .*")`', TEXT)[1]
    assert typed(f"milter-sim check {words}").returncode == 0


def test_the_three_lines_of_an_autopkgtest(desk):
    fields = dict(re.findall(r"^    ([A-Z][A-Za-z-]*): (.*)$", TEXT, re.MULTILINE))
    assert set(fields) == {"Test-Command", "Depends", "Restrictions"}
    done = typed(fields["Test-Command"])
    assert done.returncode == 0, done.stdout + done.stderr
    # What it prints on stderr would be a failure without the restriction.
    assert fields["Restrictions"] == "allow-stderr" and "refmilter" in fields["Depends"]


def test_a_baseline_fails_on_what_is_new(desk):
    write, compare = [line for line in printed() if "baseline" in line]
    assert typed(write).returncode == 0
    script(desk / "mymilter", MILTER.replace('"$@"', '--mutant eom-answered-twice "$@"'))
    assert typed(compare).returncode == 1


def test_the_case_of_your_own_can_be_played(desk):
    case = re.search(r"^    (id: mine/1\n(?:    .*\n)*)", TEXT, re.MULTILINE)[1]
    case = re.sub(r"^    ", "", case, flags=re.MULTILINE)
    case = case.replace("/usr/share/refmilter", str(TOP.resolve()))
    (desk / "mine.mta").write_text(case)
    done = typed("milter-sim check --cases mine.mta --only 'mine/*' --spawn './mymilter {socket}'")
    assert done.returncode == 0 and "1 pass" in done.stdout, done.stdout + done.stderr


def python():
    done = subprocess.run(["/usr/bin/python3", "-c", "import Milter"], capture_output=True,
                          check=False)
    return shutil.copy if done.returncode == 0 else None


def perl():
    done = subprocess.run(["perl", "-MSendmail::PMilter", "-e", "1"], capture_output=True,
                          check=False)
    return shutil.copy if done.returncode == 0 else None


def go():
    if shutil.which("go") is None or not os.path.isdir(GO):
        return None

    def build(source, target):
        env = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode",
               "GOCACHE": f"{os.path.dirname(target)}/cache", "CGO_ENABLED": "0"}
        subprocess.run(["go", "build", "-o", target, source], check=True, env=env)
    return build


@pytest.mark.parametrize("language, source, target, place", [
    ("Python, pymilter", "pymilter/small.py", "mymilter.py", python),
    ("Perl, Sendmail::PMilter", "pmilter/milter.pl", "mymilter.pl", perl),
    ("Go, go-milter", "go-milter/main.go", "mymilter", go)])
def test_the_command_of_a_language(desk, language, source, target, place):
    put = place()
    if put is None:
        pytest.skip(f"Debian's library for {language} is not installed")
    put(FOREIGN / source, desk / target)
    words = re.search(rf"^\| {re.escape(language)} \| `(.*)` \|$", TEXT, re.MULTILINE)[1]
    assert shlex.split(words)[0] == "--spawn"
    done = typed(f"milter-sim check {words}")
    # What else is wrong with a library is docs/FINDINGS.md's; here it is driven.
    assert done.returncode in (0, 1) and " pass" in done.stdout, done.stdout + done.stderr
    assert not re.search(r"^fail +must +(neg/1|ord/2|shu/1) ", done.stdout, re.MULTILINE), done.stdout
