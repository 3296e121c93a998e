# SPDX-License-Identifier: BSD-2-Clause
"""Installed, booted, mailing, upgraded, removed, purged: with Debian's own MTAs.

The tests of a site go on from where the one before left it, as days do; each state
times each MTA has its line.
"""

import re

import pytest

from packages import MILTERS, SOURCE, Site, built, debs, of_revision

SIGNATURE = "uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
FOUND = "550 5.7.0 VIRUS FOUND"
FULL = "552 5.2.2 Mailbox full"
LISTED = "550 5.7.1 Rejected at the recipient's request"
AWAY = {"postfix": "451 4.7.1 Service unavailable", "sendmail": "451 4.3.2 Please try again later"}
CONF = "/etc/mail/milters"
DOC = "/usr/share/doc"

pytestmark = pytest.mark.limit(1500)

# TO FROM BODY: the reply to RCPT if that refuses, else the one to the message.
CLIENT = r"""
exec 3<>/dev/tcp/127.0.0.1/25 || { echo "no connection"; exit; }
reply() {
	line='connection lost'
	while IFS= read -r -t 60 line <&3; do case $line in ???-*) ;; *) break ;; esac; done
	line=${line%$'\r'}
}
say() { printf '%s\r\n' "$1" >&3; reply; case $line in [23]*) ;; *) echo "$line"; exit ;; esac; }
reply
say "EHLO client.test"
say "MAIL FROM:<smith@bar.com>"
say "RCPT TO:<$1>"
say DATA
printf 'From: <%s>\r\nSubject: test\r\nMessage-Id: <%s@client.test>\r\n\r\n%s\r\n.\r\n' "$2" "$RANDOM.$RANDOM" "$3" >&3
reply
echo "$line"
"""

# Letters and worms in turn until /tmp/stop: what each was, and the reply.
LOAD = f"""
n=0
until [ -e /tmp/stop ]; do
	n=$((n + 1))
	echo "letter $n $(bash /tmp/client jones@foo.com smith@bar.com "letter-$n.")" >>/tmp/replies
	echo "worm $n $(bash /tmp/client jones@foo.com smith@bar.com {SIGNATURE})" >>/tmp/replies
done
"""


def example(name):
    return f"{DOC}/refmilter-virus/examples/{name}"


class Postfix:
    name, chroot, unit = "postfix", False, "postfix.service"
    drop_in, lines = "socket-postfix.conf", "main.cf"

    def prepare(self, m):
        """Debian's default installation, with our domain, and no DNS here."""
        m.sh("""newaliases; postconf -e myhostname=mx.test mydestination=foo.com,localhost \\
            inet_protocols=ipv4 smtp_dns_support_level=disabled smtp_host_lookup=native \\
            smtpd_client_connection_rate_limit=0 mailbox_command=""")
        if not self.chroot:
            m.sh("postconf -F smtp/inet/chroot=n")
        m.sh("systemctl enable postfix; systemctl restart postfix")

    def let_connect(self, m):
        for name in MILTERS:
            m.sh(f"install -D -m 644 {example(self.drop_in)}"
                 f" /etc/systemd/system/{name}-milter.socket.d/postfix.conf")
        m.sh("systemctl daemon-reload")

    def know(self, m):
        """The example's lines as they are."""
        m.sh(f"cat {example(self.lines)} >>/etc/postfix/main.cf && systemctl restart postfix")


class Chrooted(Postfix):
    chroot = True
    drop_in, lines = "socket-postfix-chroot.conf", "main.cf-chroot"


class Sendmail:
    name, unit = "sendmail", "sendmail.service"

    def prepare(self, m):
        """Debian's sendmail.mc, with our domain, no waiting, and no DNS here.

        Enabled, because Debian 13's sendmail-bin leaves its unit disabled: its
        postinst ends above what debhelper added to it.
        """
        m.sh("systemctl enable sendmail")
        m.write("/etc/mail/service.switch", "hosts files\naliases files\n")
        m.write("/tmp/here", "define(`confSERVICE_SWITCH_FILE', `/etc/mail/service.switch')dnl\n"
                "FEATURE(`accept_unresolvable_domains')dnl\n")
        m.sh("""chown root:smmsp /var/spool/mqueue
            echo foo.com >>/etc/mail/local-host-names; touch /etc/aliases /etc/mail/aliases; newaliases
            sed -i '/greet_pause/d; /CONNECTION_RATE_THROTTLE/d' /etc/mail/sendmail.mc""")
        self.above_mailers(m, "/tmp/here")

    @staticmethod
    def above_mailers(m, file):
        m.sh("""cd /etc/mail && sed -i "0,/^MAILER/{/^MAILER/e cat $1
            }" sendmail.mc && m4 sendmail.mc >sendmail.cf.new && mv sendmail.cf.new sendmail.cf
            systemctl restart sendmail""", file)

    def let_connect(self, m):
        """It connects as root."""

    def know(self, m):
        """README.Debian's lines, above those that name the mailers."""
        lines = re.findall(r"^    (include\(.*)$", (SOURCE / "debian/README.Debian").read_text(), re.M)
        assert len(lines) == 4
        m.write("/tmp/lines", "\n".join(lines) + "\n")
        self.above_mailers(m, "/tmp/lines")
        m.sh("grep ^Xvirus-milter /etc/mail/sendmail.cf")


SITES = {"postfix-chrooted": Chrooted, "postfix": Postfix, "sendmail": Sendmail}


@pytest.fixture(scope="module", params=list(SITES.values()), ids=list(SITES))
def m(request):
    site = Site(request.param.name)
    site.mta = request.param()
    try:
        site.write("/tmp/client", CLIENT)
        site.sh("for u in jones brown full; do useradd -m $u; done")
        site.mta.prepare(site)
        listens(site)
        site.before, site.failed_before = files(site), failed(site)
        site.put(debs(built()))
        yield site
    finally:
        site.end()


def failed(m):
    """Debian 13 wants to load modules of the kernel, which a container may not."""
    return m.sh("systemctl --failed --no-legend --plain | cut -d' ' -f1")


def listens(m):
    m.until("bash -c ': </dev/tcp/127.0.0.1/25' && echo yes", "yes")


def mail(m, to="jones@foo.com", sender="smith@bar.com", body="hello"):
    return m.sh("bash /tmp/client \"$@\"", to, sender, body).strip()


def enable(m):
    for name in MILTERS:
        m.sh(f"systemctl enable --now {name}-milter.socket {name}-milter.service")


def states(m):
    return {name: m.states(f"{name}-milter") for name in MILTERS}


def all_are(state):
    return {name: (state, state) for name in MILTERS}


def files(m):
    """All that is on the disk but what the machine itself writes all the time."""
    found = m.sh(r"""find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp \
        -o -path /var/log -o -path /var/lib/dpkg -o -path /var/mail -o -path /var/spool -o -path /var/lib/systemd \
        -o -path /var/cache -o -path /home \) -prune -o -print""")
    return set(found.splitlines())


STATES = ["not_configured", "configured", "with_a_typo", "mended", "upgraded_under_load", "removed", "purged"]


def test_the_plan_names_every_state_of_every_mta(request):
    """What is not in the plan is not missed when it does not run."""
    planned = [item.name for item in request.session.items]
    missing = [(state, mta) for state in STATES for mta in SITES
               if not any(n.startswith(f"test_{state}_") and n.endswith(f"[{mta}]") for n in planned)]
    assert missing == [] or request.config.option.keyword, missing


# ---- the first hour ----

def test_not_configured_it_is_quiet_and_inactive(m):
    assert states(m) == all_are("inactive")
    assert m.sh("systemctl is-enabled {logger,quota,spam,virus}-milter.service || true").split() \
        == ["disabled"] * 4
    assert failed(m) == m.failed_before
    assert m.sh("pgrep -f '[a-z]-milter -f' || true") == ""
    assert mail(m).startswith("250"), "the MTA does not know of it"


def test_not_configured_every_command_is_harmless(m):
    m.mta.let_connect(m)
    m.sh("systemctl enable --now virus-milter.socket virus-milter.service")
    assert m.states("virus-milter") == ("inactive", "inactive")
    assert failed(m) == m.failed_before


def test_configured_it_starts(m):
    m.sh(f"cp {example('signatures')} {CONF}/signatures && touch {CONF}/logger-on")
    m.write(f"{CONF}/spam-senders", "offers@shop.example\n")
    m.write(f"{CONF}/spam-recipients", "jones@foo.com\n")
    m.sh("mkdir -p /home/full/Maildir && printf '1000000S\\n1000000 9\\n' >/home/full/Maildir/maildirsize"
         " && chown -R full: /home/full")
    enable(m)
    assert states(m) == all_are("active")
    m.mta.know(m)
    listens(m)


def test_configured_it_starts_at_boot_before_the_mta(m):
    m.reboot()
    m.write("/tmp/client", CLIENT)
    listens(m)
    assert states(m) == all_are("active")
    times = "systemctl show -P {} " + m.mta.unit
    started = int(m.sh(times.format("InactiveExitTimestampMonotonic")))
    for name in MILTERS:
        socket = int(m.sh(f"systemctl show -P ActiveEnterTimestampMonotonic {name}-milter.socket"))
        service = int(m.sh(f"systemctl show -P ActiveEnterTimestampMonotonic {name}-milter.service"))
        assert socket < service <= started, name


# ---- mail ----

def test_a_letter_arrives_and_the_logger_has_a_copy(m):
    assert mail(m, body="a letter of its own").startswith("250")
    m.until("cat /var/mail/jones", "a letter of its own")
    assert "a letter of its own" in m.sh("cat /var/lib/logger-milter/new/*")


def test_a_worm_is_refused(m):
    assert mail(m, body=SIGNATURE) == FOUND


def test_a_full_mailbox_is_refused(m):
    assert mail(m, to="full@foo.com") == FULL


def test_a_listed_sender_is_refused_to_who_asked(m):
    assert mail(m, sender="offers@shop.example") == LISTED
    assert mail(m, to="brown@foo.com", sender="offers@shop.example").startswith("250")


def test_without_the_virus_milter_mail_waits_at_the_client(m):
    m.sh("systemctl stop virus-milter.socket virus-milter.service")
    assert mail(m).startswith(AWAY[m.mta.name])
    m.sh("systemctl start virus-milter.socket virus-milter.service")
    assert mail(m, body=SIGNATURE) == FOUND


def test_logcheck_is_silent_on_such_a_day(m):
    for name in MILTERS:
        m.sh(f"systemctl reload {name}-milter && systemctl restart {name}-milter")
    lines = "journalctl --sync; journalctl -q --no-pager -o short " + " ".join(
        f"-t {name}-milter" for name in MILTERS)
    assert "action=reject 550 5.7.0" in m.sh(lines)
    m.sh("cat /etc/logcheck/ignore.d.server/refmilter-* >/tmp/rules")
    assert m.sh(f"({lines}) | grep -vE -f /tmp/rules || true") == ""


def test_logcheck_tells_of_a_fault(m):
    m.sh(f"echo nonsense = 1 >>{CONF}/spam-milter.conf")
    m.fails("systemctl reload spam-milter")
    m.sh(f"sed -i '/^nonsense/d' {CONF}/spam-milter.conf")
    m.until("journalctl --sync; journalctl -q --no-pager -o short -t spam-milter"
            " | grep -vE -f /tmp/rules", "spam-milter.*nonsense")


# ---- a typo ----

def test_with_a_typo_mail_waits(m):
    m.write(f"{CONF}/signatures", "WORM_SOBIG.B\n")
    m.run("systemctl restart virus-milter.service")
    m.until("systemctl show -P NRestarts virus-milter", r"^[1-9]")
    assert m.state("virus-milter.socket") == "active"
    m.sh("systemd-run -q --unit waits sh -c"
         f" 'bash /tmp/client jones@foo.com smith@bar.com {SIGNATURE} >/tmp/waited'")
    assert m.state("waits.service") == "active"


def test_mended_it_heals(m):
    m.sh(f"cp {example('signatures')} {CONF}/signatures")
    m.until("systemctl is-active virus-milter", "^active")
    m.until("cat /tmp/waited", FOUND)
    assert mail(m, body=SIGNATURE) == FOUND, "nobody called systemctl"
    assert mail(m).startswith("250")


def test_without_its_user_mail_waits_until_there_is_one(m):
    m.sh("systemctl stop virus-milter.service && userdel virus-milter")
    m.fails("systemctl start virus-milter.service")
    assert m.sh("systemctl show -P ExecMainStatus virus-milter").strip() == "217"
    assert "Failed to determine user credentials" in m.log("virus-milter")
    assert m.state("virus-milter.socket") == "active"
    m.sh("systemd-sysusers")
    m.until("systemctl is-active virus-milter", "^active")
    assert mail(m, body=SIGNATURE) == FOUND, "nobody called systemctl"


# ---- an upgrade ----

def test_upgraded_under_load_no_message_is_lost_or_wrongly_accepted(m, tmp_path):
    m.write(f"{CONF}/virus-milter.conf", "# mine\nsummary-interval = 1h\n")
    m.write(f"{CONF}/by-hand", "kept\n")
    m.write("/tmp/load", LOAD)
    m.sh("rm -f /tmp/stop /tmp/replies; systemd-run -q --unit load bash /tmp/load")
    m.until("wc -l </tmp/replies", "^[1-9][0-9]")
    pids = m.sh("pidof virus-milter spam-milter quota-milter logger-milter")
    status, said = m.dpkg(f"--force-confold -i {m.bring(debs(of_revision(2, tmp_path / 'next')))}")
    assert status == 0, said[-3000:]
    done = int(m.sh("wc -l </tmp/replies"))
    m.until(f"[ $(wc -l </tmp/replies) -gt {done + 10} ] && echo more", "more")
    m.sh("touch /tmp/stop")
    m.until("systemctl is-active load", "inactive|failed")

    rows = [line.split(" ", 2) for line in m.sh("cat /tmp/replies").splitlines()]
    accepted = [n for kind, n, reply in rows if kind == "letter" and reply.startswith("250")]
    assert [r for r in rows if r[0] == "worm" and r[2].startswith("250")] == [], "wrongly accepted"
    others = [r for r in rows if not r[2].startswith("250" if r[0] == "letter" else FOUND)]
    assert len(others) <= 1 and all(r[2][:3] in ("451", "421") for r in others), others
    for n in accepted:
        m.until(f"cat /var/mail/jones | grep -c '^letter-{n}[.]'", "^1$")
    assert not set(pids.split()) & set(m.sh(
        "pidof virus-milter spam-milter quota-milter logger-milter").split()), "all are the new ones"
    print(f"# {len(rows)} messages while all four were upgraded: {len(accepted)} letters accepted and"
          f" delivered, 0 worms accepted, {len(others)} put off")


def test_what_an_administrator_wrote_outlives_the_upgrade(m):
    assert "summary-interval = 1h" in m.sh(f"cat {CONF}/virus-milter.conf")
    assert m.sh(f"cat {CONF}/by-hand") == "kept\n"
    assert m.sh("dpkg-query -W -f '${Version}' refmilter-virus") == "0.1.0-2"
    assert states(m) == all_are("active")


# ---- the end ----

def test_removed_all_stop_and_the_mta_goes_on(m):
    names = " ".join(f"refmilter-{name}" for name in MILTERS)
    status, said = m.dpkg(f"-r {names} milter-sim")
    assert status == 0, said
    assert m.sh("pgrep -f '[a-z]-milter -f' || true") == ""
    assert m.sh("ls /run/*-milter /var/spool/postfix/milters/* 2>/dev/null || true") == ""
    assert failed(m) == m.failed_before
    assert mail(m, body=SIGNATURE).startswith(AWAY[m.mta.name]), "F=T, default_action=tempfail"
    assert m.sh(f"cat {CONF}/spam-recipients") == "jones@foo.com\n"


def test_purged_only_peoples_mail_is_left_and_it_says_so(m):
    m.sh(f"rm {CONF}/by-hand")
    names = " ".join(f"refmilter-{name}" for name in MILTERS)
    status, said = m.dpkg(f"-P {names} milter-sim")
    assert status == 0, said
    assert "/var/lib/logger-milter holds copies of people's mail and was left in place" in said
    drop_ins = {p for p in files(m) if p.startswith("/etc/systemd/system/") and "-milter.socket.d" in p}
    left = files(m) - m.before - drop_ins
    stores = {p for p in left if p == "/var/lib/logger-milter" or p.startswith("/var/lib/logger-milter/")}
    assert "a letter of its own" in m.sh("cat /var/lib/logger-milter/new/*")
    assert {p for p in left - stores if "milter" in p or "/etc/mail/m4" in p} == set(), left - stores
    assert "milter" not in m.sh("systemctl list-units --all --no-legend '*-milter.*' || true")
    assert m.sh("getent passwd virus-milter").startswith("virus-milter:"), "users stay, as Debian's do"
