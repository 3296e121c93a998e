# SPDX-License-Identifier: BSD-2-Clause
"""What virus-milter(8) prints of clamd and of figures, typed and seen as it is printed."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from clamd_fixtures import CLEAN, FOUND, LATER, SIGNATURE, SIGNATURES, double, says, virus  # noqa: F401
from clamds import CLAMD
from daemons import LIMIT
from measured import FILTERS, at_the_end, measured  # noqa: F401
from mta import session

TOP = Path(os.environ["TOP_SRCDIR"])


def page(name):
    text = (TOP / f"docs/man/{name}-milter.8").read_text(encoding="utf-8")
    for roff, plain in (("\\(dq", '"'), ("\\ ", " "), ("\\e", "\\")):
        text = text.replace(roff, plain)
    return text


def section(name, of="virus"):
    return re.search(rf"^\.S[hs] {name}\n(.*?)(?=^\.S[hs] |\Z)", page(of), re.M | re.S)[1]


def literal(introduction):
    """The lines of EXAMPLES that these words introduce."""
    return re.search(rf"^{introduction}:\n\.Bd -literal[^\n]*\n(.*?)^\.Ed$", section("EXAMPLES"), re.M | re.S)[1]


# ---- the configuration ----

def test_the_printed_configuration_does_what_the_page_says(milter, double, place):
    answers = {b"eicar": b"stream: Own.Eicar FOUND\0", b"unwanted": b"stream: PUA.Own.Thing FOUND\0"}
    d = double(lambda talk, number: talk.say(
        next((a for word, a in answers.items() if word in d.streams[number]), b"stream: OK\0")))
    conf = literal("With clamd behind it").replace("/run/clamav/clamd.ctl", d.path)
    assert d.path in conf
    reply = re.search(r"^\.Dl (reply = .*VIRUS FOUND: %v.*)$", page("virus"), re.M)[1]
    os.mkdir(f"{place}/spool", 0o700)
    Path(place, "conf").write_text(f'{conf}{reply}\nsignatures = "{SIGNATURES}"\nclamd-max-size = 10000\n'
                                   f'clamd-spool = "{place}/spool"\n')
    v = milter("virus-milter", args=["-c", f"{place}/conf"])
    with session(v.socket) as m:
        assert m.message(b"clean") == CLEAN
        assert m.message(b"eicar") == ("y", b"550 5.7.0 VIRUS FOUND: Own.Eicar\0")
        assert m.message(b"unwanted") == CLEAN
        assert m.message(b"x" * 10001)[1].startswith(b"552 5.3.4 ")
        assert m.message(SIGNATURE)[0] == "y"
    assert d.streams[0].startswith(re.search(r"\.Ql (From refmilter) ,", section("CLAMD"))[1].encode() + b"\n")


def test_the_words_of_the_page_are_those_of_the_reply(virus, double):
    said = re.search(r"\.Ql (451 4\.3\.0 .*) ,", section("CLAMD"))[1]
    with session(virus(double(says(b"ERROR\0"))).socket) as m:
        assert m.message(b"x") == ("y", said.encode() + b"\0")


@pytest.mark.skipif(CLAMD is None, reason="no clamd")
def test_clamd_has_every_limit_that_the_page_names(place):
    """Each alone in a configuration; clamd names the option that it does not know."""
    names = re.findall(r"^\.Ql ([A-Z]\w+)(?: yes)?(?: [,:])?$", section("What clamd calls OK unseen"), re.M)
    assert {"MaxFileSize", "StreamMaxLength", "AlertExceedsMax", "PCREMaxFileSize"} <= set(names)

    def clamd_says(option):
        Path(place, "clamd.conf").write_text(f"DatabaseDirectory {place}/none\nLocalSocket {place}/s\n"
                                             f"Foreground yes\n{option}\n")
        end = subprocess.run([CLAMD, "-c", f"{place}/clamd.conf"], capture_output=True, text=True,
                             timeout=LIMIT, check=False)
        return end.stdout + end.stderr
    assert "Unknown option" in clamd_says("MaxNothing 10")
    for name in names:
        said = clamd_says(f"{name} {'yes' if name.startswith('Alert') else '10'}")
        assert "option" not in said, (name, said)


# ---- the log ----

def logged(virus, double, place):
    """All that a virus-milter says of clamd on a bad day."""
    d = double(name="one.sock")
    v = virus(d, clamd_ping="1s", clamd_ignore="PUA.*", clamd_max_size="4k", clamd_memory="1k")
    v.wait_line("one.sock answers: ")
    with session(v.socket) as m:
        for answer, want in ((b"stream: X FOUND\0", FOUND), (b"stream: PUA.X FOUND\0", CLEAN),
                             (b"stream: Heuristics.Limits.X FOUND\0", LATER), (b"ERROR\0", LATER), (b"ERROR\0", LATER),
                             (b"stream: OK\0", CLEAN)):
            d.scan = says(answer)
            assert m.message(b"x") == want
        assert m.message(b"x" * 5000)[1].startswith(b"451 4.3.4")
        os.rmdir(f"{place}/spool")
        assert m.message(b"x" * 2000) == LATER
        os.mkdir(f"{place}/spool", 0o700)
    d.close()
    v.wait_line("one.sock does not answer: ")
    return v


def pattern(item):
    """Capitals stand for something, dots for more, a plural for one too."""
    out = re.escape(item.replace("...", "\0")).replace("messages", "messages?")
    return re.sub(r"\b[A-Z]{4,}(?![a-z])|\bN\b|\bWHY\b", r".+", out).replace("\0", ".*")


UNSEEN = {  # what another test shows
    "clamd: no thread": "check_clamd_watch",
    "clamd: no verdict on a message: all places": "check_clamd",
    "clamd: older-connection": "test_an_older_connection_is_not_judged",
}


def test_every_line_of_the_page_about_clamd_is_one_of_the_log(virus, double, place):
    v = logged(virus, double, place)
    v.stop()
    items = [i for i in re.findall(r"^\.It Li (.*)$", section("LOG"), re.M) if "clamd" in i or "virus: " in i]
    assert len(items) >= 12
    for item in items:
        if "offset:" in item or item.startswith(tuple(UNSEEN)):
            continue
        assert re.search(pattern(item), v.log()), (item, pattern(item), v.log())


def test_no_line_of_clamd_is_missing_in_the_page(virus, double, place):
    v = logged(virus, double, place)
    v.stop()
    patterns = [pattern(i) for i in re.findall(r"^\.It Li (.*)$", section("LOG"), re.M)]
    for line in v.log().splitlines():
        if "clamd: " in line:
            assert any(re.search(p, line) for p in patterns), line


# ---- figures ----

@pytest.mark.parametrize("filter", FILTERS)
def test_the_figures_are_where_the_page_says(measured, filter):
    """Written when ready, after each interval, after a reload, at the end; the label; for everybody."""
    text = section("METRICS", filter)
    label = re.search(r"filter=\"\w+\"", text)[0]
    d = measured(filter, "metrics-interval=1d")
    first = os.stat(d.prom)
    assert first.st_mode & 0o777 == 0o644, "readable for everybody"
    d.signal(signal.SIGHUP)
    d.wait_line("reloaded")
    end = at_the_end(d)
    assert end.mtime > first.st_mtime_ns
    assert end("reloads_total", result="done") == 1
    assert all(label in series for series in end.values)
    for example in re.findall(r"^\.Pa (examples/[\w.-]+)", text, re.M):
        assert (TOP / example).exists()
