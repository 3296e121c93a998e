# SPDX-License-Identifier: BSD-2-Clause
"""spam-milter's lists: what is refused at start, and what a reload does."""

import re
import signal
from pathlib import Path

import pytest

from mta import session, strings
from spam_fixtures import ACCEPT, ASKED, BAD, CONTINUE, GOOD, PLAIN, POSTMASTER, RECIPIENTS, REFUSED, lists, spam, verdict  # noqa: F401


@pytest.mark.parametrize("senders,recipients,why", [
    ("x@y.example\n*\n", "all\n", r"/senders:2: '\*': \* is no wildcard here: write all for everybody"),
    ("*@x.example\n", "all\n", r"/senders:1: .*\* is no wildcard here"),
    ("all\n", "all\n", r"/senders:1: 'all': 'all' has no meaning in this list"),
    ("x.example\n", "a b\n", r"/recipients:1: 'a b': more than one word"),
    ("x.example\n", "\0", r"/recipients:1: .*a control character"),
])
def test_a_faulty_list_is_refused_at_start(run, place, lists, senders, recipients, why):
    lists(senders, recipients)
    end = run("spam-milter", "-f", "-p", f"unix:{place}/s", "-o", "allow-root=yes",
              "-o", f"senders={place}/senders", "-o", f"recipients={place}/recipients")
    assert end.returncode == 78
    assert re.search(why, end.stderr), end.stderr


@pytest.mark.parametrize("option,why", [
    ("senders=/nonexistent/x", "/nonexistent/x: cannot be opened: No such file"),
    ("senders=/", "/: a directory"),
    ("senders=/dev/null", "/dev/null: not a regular file"),
    ("reply=250 2.0.0 ok", "reply '250 2.0.0 ok' does not begin with a reply code"),
    ("reply=452 4.5.3 later", "reply '.*must begin with a 5yz code"),
    ("reply=550 5.7.1 %x", "reply '.*neither %%"),
    ("no-from-reply=550 5.7.1 %f", "no-from-reply '.*neither %%"),
    ("mixed=drop", "mixed"), ("match=body", "match"), ("tarpit-delay=301", "tarpit-delay"),
])
def test_a_faulty_option_is_refused_at_start(run, place, lists, option, why):
    end = run("spam-milter", "-f", "-p", f"unix:{place}/s", "-o", "allow-root=yes",
              "-o", f"senders={place}/senders", "-o", f"recipients={place}/recipients", "-o", option)
    assert end.returncode == 78
    assert re.search(why, end.stderr), end.stderr


def test_a_list_that_all_may_write_is_refused(run, place, lists):
    (Path(place) / "senders").chmod(0o666)
    end = run("spam-milter", "-t", "-o", "allow-root=yes", "-p", f"unix:{place}/s",
              "-o", f"senders={place}/senders", "-o", f"recipients={place}/recipients")
    assert end.returncode == 78 and "everybody may write to it, chmod o-w it" in end.stderr


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1])
def test_a_message_under_way_keeps_the_lists_it_began_with(spam, lists, number):
    d = spam()
    with session(d.socket) as old, session(d.socket) as new:
        old.mail()
        old.rcpt(ASKED)
        old.command("T")
        lists("good@x.example\n", RECIPIENTS)
        d.signal(number)
        d.wait_line(r"reloaded: 1 senders, 2 recipients")
        assert verdict(new, BAD) == [CONTINUE, ACCEPT]
        assert verdict(new, GOOD) == [CONTINUE, REFUSED]
        old.command("L", strings("From", "bad@x.example"))
        assert old.command("N") == REFUSED
        assert verdict(old, BAD) == [CONTINUE, ACCEPT]


def test_a_faulty_list_at_reload_changes_nothing(spam, lists):
    d = spam()
    lists("good@x.example\ntwo words\n", RECIPIENTS)
    d.signal(signal.SIGHUP)
    d.wait_line(r"reload: .*/senders:2: .*more than one word.*keeping the old")
    with session(d.socket) as m:
        assert verdict(m, BAD) == [CONTINUE, REFUSED]
        assert verdict(m, GOOD) == [CONTINUE, ACCEPT]


def test_recipients_may_be_the_word_all(spam):
    d = spam("recipients=all")
    d.wait_line(r"ready: 5 senders, for everybody")
    with session(d.socket) as m:
        assert verdict(m, BAD, [PLAIN]) == [CONTINUE, REFUSED]
        assert verdict(m, BAD, [POSTMASTER]) == [ACCEPT]
