# SPDX-License-Identifier: BSD-2-Clause
"""XCLIENT and --macro: a filter is shown whichever client a test wants.

What Postfix makes of each attribute is recorded: fixtures/traces/postfix-3.7/x*.
Here are the real client, the other profiles, and a filter that does not read.
"""

import re
import shutil
import socket
import struct
import subprocess

import pytest

from daemons import LIMIT
from serve import Script, Serve

def port(address):
    return re.match(r"inet:(\d+)@", address)[1]


@pytest.mark.skipif(shutil.which("swaks") is None, reason="no swaks")
def test_swaks_is_whoever_it_says(start, place):
    script = Script(f"{place}/m.sock")
    s = start(Serve, "--xclient", "--milter", script.words, "--trace", "--profile", "postfix-3.7")
    end = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{port(s.address)}", "--to", "Jones@foo.com", "--helo", "bar.com",
         "--from", "Smith@bar.com", "--xclient-name", "spike.example", "--xclient-addr", "192.0.2.7",
         "--xclient-login", "a+b", "--xclient-reverse-name", "[UNAVAILABLE]"],
        capture_output=True, text=True, timeout=LIMIT, check=False)
    assert end.returncode == 0, end.stdout + end.stderr
    s.wait_line(r"M> +CONNECT spike.example inet \d+ 192.0.2.7")
    s.wait_line(r"M> +MACRO MAIL .*\{auth_type\}=XCLIENT \{auth_authen\}=a\+b ")
    s.wait_line(r"M> +BODYEOB")


def test_only_with_the_option(start):
    c = start(Serve, "--profile", "postfix-3.7").client()
    assert "XCLIENT" not in c.hello()
    assert c.cmd("XCLIENT ADDR=192.0.2.7") == "550 5.7.0 Error: insufficient authorization"
    c = start(Serve).client()
    assert "XCLIENT" not in c.hello()
    assert c.cmd("XCLIENT ADDR=192.0.2.7") == c.cmd("BOGUS ADDR=192.0.2.7")


@pytest.mark.parametrize("profile", ["rfc2821", "sendmail-8.17", "strict"])
def test_with_any_profile(start, place, profile):
    script = Script(f"{place}/m.sock")
    s = start(Serve, "--xclient", "--milter", script.words, "--profile", profile, "--trace")
    c = s.client()
    assert "\n250-XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT\n" in c.hello()
    greeting = c.cmd("XCLIENT ADDR=192.0.2.7 NAME=[UNAVAILABLE] LOGIN=jones")
    assert greeting.startswith(c.greeting[:11])  # a date may follow
    assert "XCLIENT" not in c.hello()
    assert c.message()[-1].startswith("250")
    s.wait_line(r"M> +CONNECT \[192.0.2.7\] inet \d+ 192.0.2.7")
    s.wait_line(r"M> +MACRO MAIL .*\{auth_authen\}=jones")


def test_a_message_before_and_one_behind(start, place):
    first, second = Script(f"{place}/m1.sock"), Script(f"{place}/m2.sock")
    s = start(Serve, "--xclient", "--milter", first.words, "--milter", second.words)
    c = s.client()
    c.hello()
    for _ in range(3):
        assert c.message()[-1] == "250 OK"
        assert c.cmd("XCLIENT NAME=other.example") == c.greeting
        c.hello()
    assert c.message()[-1] == "250 OK"
    assert c.cmd("QUIT").startswith("221")


def test_a_filter_that_refuses_the_one_may_take_the_other(start, place):
    script = Script(f"{place}/m.sock", {"C": [[("r", b"")], [("c", b"")]]})
    c = start(Serve, "--xclient", "--milter", script.words, "--profile", "sendmail-8.17").client()
    assert c.greeting.startswith("554")
    assert c.cmd("XCLIENT NAME=other.example").startswith("220")
    c.hello()
    assert c.message()[-1].startswith("250")


def test_a_filter_that_does_not_read_is_left(start, place):
    """It negotiated that nobody waits for its answers, and took none of the text."""
    quiet = struct.pack(">III", 6, 0x1FF, 0x80 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x10000 | 0x40000 | 0x80000)
    script = Script(f"{place}/m.sock", {"C": ["hang"]}, negotiate=quiet)
    c = start(Serve, "--xclient", "--milter", script.words).client()
    assert c.greeting.startswith("220")
    c.hello()
    assert c.cmd("XCLIENT NAME=other.example").startswith("220")


def test_a_client_that_goes_at_xclient(start, place):
    script = Script(f"{place}/m.sock")
    s = start(Serve, "--xclient", "--milter", script.words)
    c = s.client()
    c.hello()
    c.send("XCLIENT NAME=other.example\r\n")
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.close()
    c = s.client()
    c.hello()
    assert c.message()[-1] == "250 OK"
    assert s.stop() == 0


def test_macros_that_are_given(start, place):
    script = Script(f"{place}/m.sock")
    s = start(Serve, "--milter", script.words, "--trace", "--macro", "auth_authen=jones", "--macro",
              "{auth_type}=PLAIN", "--macro", "j=mx.example", "--macro", "{tls_version}=TLSv1.3", "--macro",
              "{my_own}=a b", "--macro", "my_own=last", "--macro", "{verify}=")
    c = s.client()
    c.hello()
    assert c.message()[-1] == "250 OK"
    line = s.wait_line(r"M> +MACRO CONNECT (.*)")[1]
    assert line.startswith("j=mx.example ") and line.count("{my_own}=last") == 1
    assert re.search(r" \{verify\}=( |$|\"\")", line)
    s.wait_line(r"M> +MACRO HELO \{tls_version\}=TLSv1.3$")
    s.wait_line(r"M> +MACRO MAIL .*\{auth_type\}=PLAIN \{auth_authen\}=jones ")
