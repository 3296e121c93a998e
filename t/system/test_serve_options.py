# SPDX-License-Identifier: BSD-2-Clause
"""The command line of milter-sim serve, its sockets and its files."""

import os
import re
import socket
from pathlib import Path

import pytest

from serve import Client, Probe, Serve, mailbox

WRONG = {
    "no such option": (["--bogus"], "bogus"),
    "an argument": (["x"], "'x' is no option"),
    "no value": (["--milter"], "milter"),
    "a filter without a socket": (["--milter", "F=T"], "no socket"),
    "a filter's policy": (["--milter", "S=unix:/x, F=X"], "F=X"),
    "a filter's limit": (["--milter", "S=unix:/x, T=X:5s"], "T=X:5s"),
    "a filter's limit, no number": (["--milter", "S=unix:/x, T=C:5y"], "T=C:5y"),
    "a filter's words": (["--milter", "unix:/x"], "expected S=socket"),
    "a filter's comma": (["--milter", "S=unix:/x F=T"], "a comma is missing before F=T"),
    "a filter's socket": (["--milter", "S=bogus"], "no socket: write unix:/path"),
    "a filter's port": (["--milter", "S=inet:99999@localhost"], "99999"),
    "a long path": (["--milter", "S=unix:/" + "x" * 200], "107 bytes"),
    "a profile": (["--profile", "exim"], "rfc2821"),
    "a domain": (["--domain", "a b"], "a b"),
    "a user with a slash": (["--user", "../../etc/passwd"], "cannot be a mailbox"),
    "a user with a dot": (["--user", ".ssh"], "cannot be a mailbox"),
    "a delivery": (["--deliver", "pipe:/bin/sh"], "maildir:DIR"),
    "a size": (["--size-limit", "many"], "many"),
    "a size of nothing": (["--size-limit", "0"], "'0'"),
    "a timeout": (["--timeout", "0"], "1 to 86400"),
    "sessions": (["--sessions", "-1"], "1 to 10000"),
    "a listener": (["--listen", "nowhere"], "nowhere"),
    "a macro": (["--macro", "auth_authen"], "NAME=VALUE"),
    "a macro's name": (["--macro", "{a b}=1"], "NAME=VALUE"),
    "an announcement": (["--announce", "SI\nZE"], "keywords"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_usage_is_a_clear_line(run, what):
    options, said = WRONG[what]
    end = run("milter-sim", "serve", *options)
    assert end.returncode == 2
    assert said in end.stderr and "--help" in end.stderr
    assert end.stdout == ""


def test_help_names_every_option_and_the_manual_too(run):
    end = run("milter-sim", "serve", "--help")
    assert end.returncode == 0 and end.stderr == ""
    manual = Path(os.environ["TOP_SRCDIR"], "docs/man/milter-sim.1").read_text(encoding="utf-8")
    section = manual.split("\n.Ss serve\n")[1].split("\n.Ss ")[0]
    helps = re.findall(r"^  --([a-z-]+)", end.stdout, re.M)
    assert set(helps) - {"help"} == set(re.findall(r"^\.It Fl -([a-z-]+)", section, re.M))


def test_cannot_listen(run, start, place):
    s = start(Serve)
    port = s.address.split(":")[1].split("@")[0]
    end = run("milter-sim", "serve", "--listen", f"127.0.0.1:{port}")
    assert end.returncode == 3
    assert "Address already in use" in end.stderr


def test_a_unix_socket_is_replaced_only_when_nobody_listens(run, start, place):
    path = f"{place}/smtp.sock"
    s = start(Serve, listen=f"unix:{path}")
    assert Client(s.address).hello().startswith("250-foo.com")
    end = run("milter-sim", "serve", "--listen", f"unix:{path}")
    assert end.returncode == 3
    s.kill()
    assert os.path.exists(path)  # stale now
    s = start(Serve, listen=f"unix:{path}")
    assert Client(s.address).hello().startswith("250-foo.com")
    assert s.stop() == 0
    assert not os.path.exists(path)
    with open(path, "w", encoding="ascii") as f:
        f.write("precious")
    end = run("milter-sim", "serve", "--listen", f"unix:{path}")
    assert end.returncode == 3
    assert open(path, encoding="ascii").read() == "precious"  # noqa: SIM115


def test_several_sockets_and_the_port_file(start, place):
    s = start(Serve, "--listen", f"unix:{place}/b.sock", "--port-file", f"{place}/ports")
    s.wait_line(r"listening on unix:")
    s.client().close()
    with open(f"{place}/ports", encoding="ascii") as f:
        assert f.read() == f"{s.address}\nunix:{place}/b.sock\n"
    assert Client(f"unix:{place}/b.sock").hello().startswith("250")


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_ipv6(start, place):
    probe = start(Probe, place)
    try:
        s = start(Serve, "--milter", probe.words, "--trace", listen="[::1]:0")
    except AssertionError:
        pytest.skip("no ::1 on this machine")
    assert s.client().hello().startswith("250")
    s.wait_line(r"M> +CONNECT localhost inet6 \d+ IPv6:0:0:0:0:0:0:0:1")


def test_mbox(start, place):
    s = start(Serve, "--user", "Jones", "--deliver", f"mbox:{place}/mail")
    c = s.client()
    c.hello()
    assert c.message("Subject: 1\r\n\r\nFrom here\r\n>From there\r\n")[-1] == "250 OK"
    assert c.message(sender="", text="Subject: 2\r\n\r\n\r\n")[-1] == "250 OK"
    with open(f"{place}/mail/Jones", encoding="ascii") as f:
        text = f.read()
    first, second = re.split(r"^From ", text, flags=re.M)[1:]
    assert first.startswith("Smith@bar.com  ") and first.endswith("\n\n>From here\n>>From there\n\n")
    assert second.startswith("MAILER-DAEMON  ") and "\nReturn-Path: <>\n" in second


def test_names_out_of_a_mail_are_never_file_names(start, place):
    s = start(Serve, "--deliver", f"maildir:{place}/mail")
    c = s.client()
    c.hello()
    for rcpt in ("../../x", "/etc/passwd", "a/b", "$(id)", "-rf"):
        assert c.message(rcpts=(rcpt,))[-1] == "250 OK"
    assert os.listdir(f"{place}/mail") == ["anyone"]
    assert len(mailbox(f"{place}/mail", "anyone")) == 5


def test_what_cannot_be_stored_is_not_accepted(start, place):
    s = start(Serve, "--user", "Jones", "--deliver", f"maildir:{place}/mail")
    with open(f"{place}/mail/Jones", "w", encoding="ascii"):
        pass  # a file where a folder should be
    c = s.client()
    c.hello()
    assert c.message()[-1] == "451 Local error in processing"
    s.wait_line("Not a directory")
    os.unlink(f"{place}/mail/Jones")
    assert c.message()[-1] == "250 OK"


def test_quarantine(start, place):
    probe = start(Probe, place, "quarantine:looks odd")
    s = start(Serve, "--milter", probe.words, "--user", "Jones", "--deliver", f"maildir:{place}/mail")
    c = s.client()
    c.hello()
    assert c.message()[-1] == "250 OK"
    assert os.listdir(f"{place}/mail") == [".quarantine"]
    assert s.stop() == 0
    s.wait_line("1 in quarantine")


def test_verify(start):
    s = start(Serve, "--verify", "--user", "Admin.MRC=Mark Crispin", "--announce", "VRFY,HELP")
    c = s.client()
    assert c.hello() == "250-foo.com greets bar.com\n250-VRFY\n250 HELP"
    assert c.cmd("VRFY Crispin") == "250 Mark Crispin <Admin.MRC@foo.com>"
    assert c.cmd("VRFY nobody").startswith("252 ")


def test_domains(start):
    s = start(Serve, "--domain", "also.example", "--user", "Jones", "--user", "x@far.example")
    c = s.client()
    c.hello()
    c.cmd("MAIL FROM:<a@b>")
    for path, known in (("Jones", True), ("jones@FOO.com", True), ("Jones@also.example", True),
                        ("@foo.com:Jones@foo.com", True), ("Jones@far.example", False),
                        ('"Jones"@foo.com', True), ('"jo\\nes"@Also.Example', True), ('"jones"', True),
                        ('"Jones+x"@foo.com', True), ('"Jo nes"@foo.com', False), ('""@foo.com', False),
                        ('"x"@far.example', True), ('"x@far.example"@foo.com', False),
                        ("postmaster", True), ("PostMaster@also.example", True), ('"postmaster"@foo.com', True),
                        ("postmaster@far.example", False), ('"' + 70 * "J" + '"@foo.com', False),
                        ("x@far.example", True), ("x@foo.com", False)):
        assert c.cmd(f"RCPT TO:<{path}>") == ("250 OK" if known else "550 No such user here"), path
