# SPDX-License-Identifier: BSD-2-Clause
"""milter-sigs: signatures learned from messages, checked, tested."""

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from daemons import BUILD, FIXTURES
from worms import code, fill, letter, lines, worm

SIGNATURES = f"{FIXTURES}/signatures/signatures"


@pytest.fixture
def mail(place):
    """20 copies of a worm and 50 letters."""
    place = Path(place)
    fill(place / "infected", lambda n: worm("a", n), 20)
    fill(place / "clean", letter, 50)
    return place


def entries(text):
    """[(name, pattern)] of a signature file."""
    return re.findall(r"(?m)^(\S+) =\n(\S+)$", text)


def test_learns_whole_lines_of_the_worm(mail, run):
    end = run("milter-sigs", "learn", "--infected", f"{mail}/infected", "--clean", f"{mail}/clean",
              "--name", "WORM_A")
    assert end.returncode == 0, end.stderr
    assert end.stderr == ""
    found = entries(end.stdout)
    assert [name for name, _ in found] == ["WORM_A"] * 3
    assert all(pattern in lines(code("a")) and len(pattern) == 76 for _, pattern in found)
    assert end.stdout.count("# in 20 of 20 infected messages, in 0 of 50 clean ones; line ") == 3


def test_what_it_learned_passes_its_own_check_and_test(mail, run):
    end = run("milter-sigs", "learn", "--infected", f"{mail}/infected", "--clean", f"{mail}/clean")
    (mail / "sigs").write_text(end.stdout)
    checked = run("milter-sigs", "check", f"{mail}/sigs")
    assert (checked.returncode, checked.stdout) == (0, f"{mail}/sigs: 3 signatures, no faults\n")
    tested = run("milter-sigs", "test", f"{mail}/sigs", f"{mail}/infected", "--clean", f"{mail}/clean")
    assert tested.returncode == 0
    assert "mail: 20 of 20 messages hit (100 %)" in tested.stdout
    assert "clean: 0 of 50 messages hit, so fewer than 60000 in a million (95 % sure)" in tested.stdout


def test_a_signature_that_can_match_nothing_is_named(mail, run):
    """Two lines of base64 under one name, and a word right behind a pattern."""
    one, two = lines(code("a"))[20:22]  # the first ones are what every program begins with
    sigs = mail / "sigs"
    for text, says in [(f"W =\n{one}\n{two}\n", "joined of lines to more than the 76"),
                       (f"W =\n{one}\njunk\n", "joined of lines to more than the 76"),
                       (f"W =\n{one[:30]}\n{one[30:]}\n", "joined of lines of unequal width"),
                       (f"W =\n{one}{two}\n", "longer than a line of base64")]:
        sigs.write_text(text)
        end = run("milter-sigs", "check", f"{sigs}")
        assert end.returncode == 1 and f"{sigs}:2: W: is {says}" in end.stdout, end.stdout
    sigs.write_text(f"W =\n{one[:38]}\n{one[38:]}\n")
    end = run("milter-sigs", "check", f"{sigs}", f"{mail}/infected")
    assert (end.returncode, end.stdout) == (0, f"{sigs}: 1 signature, no faults\n")
    end = run("milter-sigs", "check", f"{sigs}", f"{mail}/clean")
    assert end.returncode == 1 and f"{sigs}:2: W: stands in none of the messages" in end.stdout


def test_its_words_are_about_what_there_is(mail, run):
    """No header over nothing, no rate out of one message, help where it is asked for."""
    end = run("milter-sigs", "learn", "--infected", f"{mail}/infected", "--clean",
              f"{mail}/infected")
    assert (end.returncode, end.stdout) == (1, "")
    (mail / "sigs").write_text(f"W =\n{lines(code('a'))[20]}\n")
    clean = next((mail / "clean").iterdir())
    end = run("milter-sigs", "test", f"{mail}/sigs", "--clean", f"{clean}")
    assert "clean: 0 of 1 message hit, too few to say" in end.stdout
    for word in ["learn", "check", "test"]:
        end = run("milter-sigs", word, "--help")
        assert end.returncode == 0 and end.stdout.startswith("usage: milter-sigs learn")


def test_a_line_of_clean_mail_is_no_signature(mail, run):
    """Also where it stands in the middle of a longer line."""
    (mail / "clean" / "program").write_bytes(
        b"Subject: x\r\n\r\n" + b"".join(b"> " + li.encode() + b" <\r\n" for li in lines(code("a"))))
    end = run("milter-sigs", "learn", "--infected", f"{mail}/infected", "--clean", f"{mail}/clean")
    assert end.returncode == 1
    assert "but all of them in clean mail too" in end.stderr
    assert entries(end.stdout) == []


def test_a_share_of_the_infected_is_enough_if_told_so(mail, run):
    for n in range(2):
        (mail / "infected" / f"other{n}").write_bytes(letter(n))
    args = ["--infected", f"{mail}/infected", "--clean", f"{mail}/clean"]
    end = run("milter-sigs", "learn", *args)
    assert end.returncode == 1 and "try --cluster, or --share" in end.stderr
    end = run("milter-sigs", "learn", *args, "--share", "90", "--per-name", "1")
    assert end.returncode == 0
    assert len(entries(end.stdout)) == 1 and "in 20 of 22 infected" in end.stdout


def test_sorts_several_worms_into_families(mail, run):
    for n in range(7):
        (mail / "infected" / f"b{n}").write_bytes(worm("b", n))
    (mail / "infected" / "alone").write_bytes(worm("c", 0))
    end = run("milter-sigs", "learn", "--cluster", "--infected", f"{mail}/infected", "--clean",
              f"{mail}/clean", "--name", "W", "--per-name", "2")
    assert end.returncode == 0, end.stderr
    found = entries(end.stdout)
    assert [n for n, _ in found] == ["W.1", "W.1", "W.2", "W.2"]
    assert {p for n, p in found if n == "W.1"} <= set(lines(code("a")))
    assert {p for n, p in found if n == "W.2"} <= set(lines(code("b")))
    assert "# family 1: 20 messages" in end.stdout and "# family 2: 7 messages" in end.stdout


def test_reads_maildirs_files_and_folders_in_folders(mail, run):
    box = mail / "box"
    for folder in ("new", "cur", "tmp", "envelope"):
        (box / folder).mkdir(parents=True)
    for n, folder in enumerate(["new", "new", "cur"]):
        (box / folder / f"{n}").write_bytes(worm("m", n))
    (box / "tmp" / "x").write_bytes(b"half a message")
    (box / "envelope" / "x.json").write_bytes(b"{}")
    (mail / "more" / "deep").mkdir(parents=True)
    (mail / "more" / "deep" / "m").write_bytes(worm("m", 9))
    (mail / "more" / "link").symlink_to("/etc/passwd")
    (mail / "more" / ".hidden").write_bytes(b"x")
    (mail / "one").write_bytes(worm("m", 10))
    end = run("milter-sigs", "learn", "--infected", str(box), f"{mail}/more", f"{mail}/one")
    assert end.returncode == 0, end.stderr
    assert "in 5 of 5 infected messages, not tried on clean mail" in end.stdout


def test_check_says_what_is_weak(mail, run):
    good = lines(code("x"))
    (mail / "weak").write_text(
        f"SHORT =\n{good[3][:12]}\n\nTEXT =\nAll information is in the attached file.\n\n"
        f"MIME =\nContent-Transfer-Encoding: base64\n\nRUN =\n{'A' * 40 + good[5][:20]}\n\n"
        f"GOOD =\n{good[4]}\n\nLONGER =\nxx{good[4]}yy\n\nAGAIN =\n{good[4]}\n")
    end = run("milter-sigs", "check", f"{mail}/weak")
    assert end.returncode == 1
    for line, name, word in [(2, "SHORT", "too short"), (5, "TEXT", "does not look random"),
                             (8, "MIME", "harmless mail is full of"), (11, "RUN", "repeats itself"),
                             (17, "LONGER", "holds the pattern of line 14 (GOOD)")]:
        assert re.search(rf"(?m)^{re.escape(str(mail))}/weak:{line}: {name}: .*{re.escape(word)}", end.stdout), \
            (name, end.stdout)
    assert "weak:20: the same pattern as in line 14 (GOOD)" in end.stdout
    assert "weak:14: GOOD:" not in end.stdout


def test_check_finds_no_fault_with_the_papers_signatures(run):
    end = run("milter-sigs", "check", SIGNATURES)
    assert end.returncode == 0, end.stdout


def test_check_names_the_line_of_an_error(mail, run):
    (mail / "bad").write_text("NAME =\n")
    end = run("milter-sigs", "check", f"{mail}/bad")
    assert end.returncode == 2 and f"{mail}/bad:1: " in end.stderr


def test_test_says_where_each_signature_stands(mail, run):
    first, second = lines(code("a"))[10], lines(code("a"))[20]
    (mail / "sigs").write_text(f"ONE =\n{first}\nTWO =\n{second}\nNEVER =\n{lines(code('z'))[5]}\n")
    one = mail / "infected" / "0.eml"
    content = one.read_bytes()
    end = run("milter-sigs", "test", f"{mail}/sigs", str(one))
    assert end.returncode == 0
    assert f"{one}: ONE at byte {content.index(first.encode())} (line 2 of the signatures)" in end.stdout
    assert f"{one}: TWO at byte {content.index(second.encode())} (line 4 of the signatures)" in end.stdout
    assert "NEVER" not in end.stdout


def test_test_reports_false_positives(mail, run):
    (mail / "sigs").write_text(f"LETTERHEAD =\n{lines(code('letterhead', 2000))[4]}\n")
    end = run("milter-sigs", "test", f"{mail}/sigs", "--clean", f"{mail}/clean")
    assert end.returncode == 1
    assert "clean: 25 of 50 messages hit (50 %)\n  LETTERHEAD (line 2): 25" in end.stdout


@pytest.mark.parametrize("args,word", [
    ([], "no such subcommand"), (["teach"], "teach"), (["learn"], "--infected"),
    (["learn", "--infected"], "--infected"), (["learn", "--infected", "x", "--name", "a b"], "--name"),
    (["learn", "--infected", "x", "--share", "0"], "--share"), (["check"], "one file"),
    (["learn", "--infected", "x", "--per-name"], "--per-name"), (["test", "x"], "signature file and"),
    (["learn", "--what"], "--what"), (["check", "--what"], "--what"), (["test", "x", "y", "--what"], "--what")])
def test_misuse(run, args, word):
    end = run("milter-sigs", *args)
    assert end.returncode == 2 and word in end.stderr and end.stdout == ""


@pytest.mark.parametrize("path", ["/no/such/folder", "/dev/zero"])
def test_what_cannot_be_read_is_said(run, path):
    end = run("milter-sigs", "learn", "--infected", path)
    assert end.returncode == 2 and path in end.stderr


def test_shows_progress_on_a_terminal_only(mail):
    try:
        ours, theirs = pty.openpty()
    except OSError as why:
        pytest.skip(f"no terminal to be had: {why}")
    argv = [f"{BUILD}/milter-sigs", "learn", "--infected", *[f"{mail}/infected"] * 60]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=theirs) as p:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:
            pass  # a terminal whose other side is closed
        assert p.wait() == 0
    os.close(ours)
    assert b"\r" in shown  # a quick run shows only that the line is wiped


def peak(argv):
    """Kilobytes of memory that a command took."""
    script = "import resource,subprocess,sys;e=subprocess.run(sys.argv[1:],stdout=-3);" \
             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss);sys.exit(e.returncode)"
    end = subprocess.run(["/usr/bin/python3", "-c", script, *argv], capture_output=True, text=True, check=True)
    return int(end.stdout)


def test_memory_does_not_grow_with_the_number_of_messages(mail):
    few = peak([f"{BUILD}/milter-sigs", "learn", "--infected", f"{mail}/infected"])
    many = peak([f"{BUILD}/milter-sigs", "learn", "--infected", *[f"{mail}/infected"] * 200])
    assert many < few + 3000, (few, many)
