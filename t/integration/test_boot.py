# SPDX-License-Identifier: BSD-2-Clause
"""The units in a booted systemd: each state in which a site finds them.

The tests of a machine go on from where the one before left it, as days do.
"""

import os
import re
from pathlib import Path

import pytest

from boot import CLIENT, booted, installed, manual_block

WORM = "uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
OTHER = "an entirely different signature line 1234567890"
GOOD = f"# mine\nWORM_SOBIG.B =\n{WORM}\n"
NEWER = f"{GOOD}\nNEWER =\n{OTHER}\n"
TYPO = "WORM_SOBIG.B\n"
FOUND = "550 5.7.0 VIRUS FOUND"
VIRUS = "S=unix:/run/virus-milter/milter.sock, F=T, T=C:5m;S:2m;R:2m;E:5m"
ALL = ["logger", "quota", "spam", "virus"]

pytestmark = pytest.mark.limit(1500)


@pytest.fixture(scope="module")
def machine():
    m = booted("--privileged")
    yield m
    m.end()


def enable(m, name):
    return m.run(f"systemctl enable --now {name}-milter.socket {name}-milter.service")[0]


def heals(m, text, want):
    """A message that waits in the socket gets its answer once the file is mended."""
    m.until("systemctl show -P NRestarts virus-milter", r"^[1-9]")
    assert m.state("virus-milter.socket") == "active", "mail waits"
    waiting = m.mail_begins(text)
    since = m.since()
    m.write(m.signatures, GOOD)
    assert waiting.communicate(timeout=300)[0].startswith(want)
    assert m.states("virus-milter") == ("active", "active"), "nobody called systemctl"
    m.until(m.journal("virus-milter", since), "ready: 1 signature")


# ---- the first hour ----

def test_not_configured_is_quiet(machine):
    for name in ALL:
        assert enable(machine, name) == 0
    assert machine.states("virus-milter") == ("inactive", "inactive")
    assert machine.sh("systemctl --failed --no-legend") == ""
    assert machine.log("virus-milter").count("error") == 0


@pytest.mark.parametrize("name", ["logger", "quota", "spam"])
def test_what_make_install_made_is_enough_for_the_others(machine, name):
    machine.until(f"systemctl is-active {name}-milter.service {name}-milter.socket", "active\nactive")
    assert re.search(r"ready.*; configuration .*; listening on unix:/run/",
                     machine.log(f"{name}-milter"))


@pytest.mark.parametrize("content", ["", "# nothing yet\n", TYPO], ids=["empty", "comment", "typo"])
def test_a_file_that_cannot_be_used_makes_mail_wait_until_it_is_mended(machine, content):
    machine.serve(VIRUS)
    machine.write(machine.signatures, content)
    enable(machine, "virus")
    heals(machine, WORM, FOUND)
    machine.sh("systemctl stop virus-milter.socket virus-milter.service")
    machine.sh(f"rm {machine.signatures}")
    assert machine.states("virus-milter") == ("inactive", "inactive")


def test_configured(machine):
    machine.write(machine.signatures, GOOD)
    assert enable(machine, "virus") == 0
    assert machine.states("virus-milter") == ("active", "active")
    assert machine.mail(WORM).startswith(FOUND)
    assert machine.mail().startswith("250")


# ---- days ----

def test_t_as_root_judges_as_the_service(machine):
    assert "# judged with the rights of user virus-milter" in machine.sh("virus-milter -t")
    machine.sh(f"chmod 600 {machine.signatures}")
    assert machine.fails("virus-milter -t") == 78
    machine.sh(f"chmod 644 {machine.signatures}")


def test_a_reload_with_a_typo_fails_and_changes_nothing(machine):
    since = machine.since()
    machine.write(machine.signatures, TYPO)
    machine.fails("systemctl reload virus-milter")
    assert machine.states("virus-milter") == ("active", "active")
    machine.until(machine.journal("virus-milter", since), f"{machine.signatures}:1: ")
    assert machine.mail(WORM).startswith(FOUND)


def test_mended_it_is_reloaded(machine):
    machine.write(machine.signatures, NEWER)
    assert machine.mail(OTHER).startswith("250")
    machine.sh("systemctl reload virus-milter")
    machine.until("systemctl show -P StatusText virus-milter", "reloaded: 2 signatures.*; configuration")
    assert machine.mail(OTHER).startswith(FOUND)


def test_a_configuration_that_comes_and_goes_is_read_at_a_reload(machine):
    conf = f"{machine.conf}/virus-milter.conf"
    machine.sh(f"mv {conf} {conf}.away && systemctl restart virus-milter")
    machine.until("systemctl show -P StatusText virus-milter", "ready: .*; no configuration file")
    machine.write(conf, 'reply = "550 5.7.0 WORM"\n')
    machine.sh("systemctl reload virus-milter")
    machine.until("systemctl show -P StatusText virus-milter", f"reloaded: .*; configuration {conf}")
    assert machine.mail(WORM).startswith("550 5.7.0 WORM")
    machine.sh(f"rm {conf} && systemctl reload virus-milter")
    machine.until("systemctl show -P StatusText virus-milter", "reloaded: .*; no configuration file")
    assert machine.mail(WORM).startswith(FOUND)
    machine.sh(f"mv {conf}.away {conf}")


@pytest.mark.parametrize("name", ["logger", "quota", "spam"])
def test_a_reload_of_the_others_fails_too_where_there_is_a_fault(machine, name):
    conf = f"{machine.conf}/{name}-milter.conf"
    machine.sh(f"cp {conf} {conf}.good && echo nonsense = 1 >>{conf}")
    machine.fails(f"systemctl reload {name}-milter")
    machine.sh(f"mv {conf}.good {conf} && systemctl reload {name}-milter")
    machine.until(f"systemctl show -P StatusText {name}-milter", "reloaded")
    assert machine.states(f"{name}-milter") == ("active", "active")


def test_a_restart_with_a_typo_makes_mail_wait_until_it_is_mended(machine):
    machine.write(machine.signatures, TYPO)
    machine.run("systemctl restart virus-milter")
    heals(machine, WORM, FOUND)


def test_all_four_in_a_row(machine):
    machine.write(f"{machine.conf}/spam-senders", "offers@shop.example\n")
    machine.write(f"{machine.conf}/spam-recipients", "jones@foo.com\n")
    machine.sh("systemctl reload spam-milter")
    machine.until("systemctl show -P StatusText spam-milter", "reloaded: 1 senders, 1 recipients")
    machine.sh(f"touch {machine.conf}/logger-on")
    machine.serve(*(f"S=unix:/run/{n}-milter/milter.sock, F=T" for n in ALL))
    assert machine.mail("one that is kept").startswith("250")
    assert machine.mail(sender="offers@shop.example").startswith("550 5.7.1 ")
    assert machine.mail(WORM).startswith(FOUND)
    assert "one that is kept" in machine.sh("cat /var/lib/logger-milter/new/*")
    machine.serve(VIRUS)


def test_an_upgrade_loses_no_message(machine):
    """Connections that come while the service is away wait in the socket."""
    machine.write("/tmp/client.sh", CLIENT)
    machine.sh("systemd-run -q --unit load bash -c 'until [ -e /tmp/stop ]; do "
               f"bash /tmp/client.sh smith@bar.com {WORM} >>/tmp/replies; done'")
    machine.until("wc -l </tmp/replies", "[1-9]")
    for _ in range(3):
        machine.install(installed())
        machine.sh("systemctl restart virus-milter.service")
    count = int(machine.sh("wc -l </tmp/replies"))
    machine.until(f"[ $(wc -l </tmp/replies) -ge {count + 2} ] && echo more", "more")
    machine.sh("touch /tmp/stop")
    machine.until("systemctl is-active load", "inactive|failed")
    replies = machine.sh("cat /tmp/replies").splitlines()
    assert not [r for r in replies if r.startswith("250")], "a worm got in"
    others = [r for r in replies if not r.startswith(FOUND)]
    assert len(others) <= 3 and all(r.startswith("451") for r in others), "one reset a restart"


# ---- where a site is different ----

def test_the_drop_in_of_the_manual_moves_the_signatures(machine):
    machine.sh("systemctl stop virus-milter.socket virus-milter.service")
    machine.write("/srv/mail/signatures", GOOD)
    machine.sh(f"rm {machine.signatures}")
    machine.write(f"{machine.conf}/virus-milter.conf", "signatures = /srv/mail/signatures\n")
    enable(machine, "virus")
    assert machine.states("virus-milter") == ("inactive", "inactive"), "why the drop-in is needed"
    for unit in ("virus-milter.service", "virus-milter.socket"):
        machine.write(f"/etc/systemd/system/{unit}.d/override.conf",
                      manual_block("virus-milter.8", "SYSTEMD"))
    machine.sh("systemctl daemon-reload")
    assert enable(machine, "virus") == 0
    assert machine.states("virus-milter") == ("active", "active")
    assert machine.mail(WORM).startswith(FOUND)


def readme_edit():
    """What README tells to type into `systemctl edit` for a chroot, and the line behind it."""
    text = (Path(os.environ["TOP_SRCDIR"]) / "README.md").read_text()
    block = re.search(r"# systemctl edit virus-milter\.socket\n((?:    .*\n|\n)*?)    # (systemctl .*)\n", text)
    return "\n".join(line.strip() for line in block[1].splitlines()), block[2]


def test_a_socket_that_was_edited_moves_as_readme_says(machine):
    drop_in, then = readme_edit()
    machine.sh("groupadd -f postfix")
    machine.write("/etc/systemd/system/virus-milter.socket.d/zz-readme.conf", drop_in)
    machine.sh("systemctl daemon-reload")  # systemctl edit does that
    machine.sh(then)
    path = "/var/spool/postfix/milters/virus-milter.sock"
    machine.serve(f"S=unix:{path}, F=T")
    assert machine.mail(WORM).startswith(FOUND)
    assert machine.sh(f"stat -c '%U:%G %a' {path}") == "virus-milter:postfix 660\n"
    assert f"listening on unix:{path}" in machine.log("virus-milter")


def test_stopped_it_is_gone(machine):
    machine.sh("systemctl stop virus-milter.socket virus-milter.service")
    assert machine.states("virus-milter") == ("inactive", "inactive")
    machine.sh("test ! -e /var/spool/postfix/milters/virus-milter.sock")
    assert machine.mail(WORM).startswith("451"), "F=T"
    assert machine.sh("systemctl --failed --no-legend") == ""


# ---- a container without rights ----

@pytest.fixture(scope="module")
def unprivileged():
    m = booted()
    yield m
    m.end()


def test_in_a_container_without_privileges_all_start(unprivileged):
    unprivileged.write(unprivileged.signatures, GOOD)
    for name in ALL:
        assert enable(unprivileged, name) == 0, unprivileged.log(f"{name}-milter")
        assert unprivileged.states(f"{name}-milter") == ("active", "active")
