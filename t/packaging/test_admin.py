# SPDX-License-Identifier: BSD-2-Clause
"""docs/ADMIN.md: each block as it is printed, from top to bottom, on a booted Debian with
its own chrooted Postfix and the packages; and between them what such a day brings."""

import base64
import hashlib
import re

import pytest

import packages
from packages import SOURCE, Site, built, debs

pytestmark = pytest.mark.limit(1500)
PAGE = SOURCE / "docs/ADMIN.md"
MORE = ",postfix,haproxy,rsyslog,logrotate,nftables,iproute2"
WORM = "\n".join(base64.b64encode(hashlib.sha512(b"%d" % n).digest()[:57]).decode() for n in range(12))

# PORT FROM SUBJECT BODY: the last reply.
CLIENT = r"""
exec 3<>/dev/tcp/127.0.0.1/$1 || { echo "no connection"; exit; }
reply() { while IFS= read -r -t 60 line <&3; do case $line in ???-*) ;; *) break ;; esac; done; line=${line%$'\r'}; }
say() { printf '%s\r\n' "$1" >&3; reply; case $line in [23]*) ;; *) echo "$line"; exit ;; esac; }
reply
say "EHLO client.test"
say "MAIL FROM:<$2>"
say "RCPT TO:<jones@foo.com>"
say DATA
printf 'From: <%s>\r\nSubject: %s\r\n\r\n' "$2" "$3" >&3
printf '%s\n' "$4" | sed 's/$/\r/' >&3
say .
echo "$line"
"""


def blocks(text):
    """(heading, block) of each run of indented lines, empty lines inside of it too."""
    heading, found, current = "", [], []
    for line in [*text.splitlines(), "end"]:
        if line.startswith("    "):
            current.append(line[4:])
        elif line == "" and current:
            current.append("")
        else:
            if current:
                found.append((heading, "\n".join(current).strip("\n")))
                current = []
            if line.startswith("## "):
                heading = line[3:]
    return found


class Day:
    """What happens on the machine before the block of a heading that has these words."""

    def __init__(self, m):
        self.m = m
        self.happened = []

    def mail(self, port=25, sender="smith@bar.com", subject="lunch", body="hello"):
        return self.m.sh('bash /tmp/client "$@"', str(port), sender, subject, body).strip()

    def before(self, heading, block):
        for where, words, happens in (
                ("A new worm", "mkdir -p /root/worm", self.a_worm_goes_round),
                ("A new worm", "rm /etc/mail/milters/logger-on", self.the_worm_is_refused),
                ("Many machines", "nft -f", self.there_are_other_machines),
                ("The logger", "find /var", self.a_week_goes_by),
                ("An upgrade", "for name", self.haproxy_stands_between)):
            if where in heading and words in block:
                happens()
                self.happened.append(happens.__name__)

    def a_worm_goes_round(self):
        """It is not known yet; other mail comes too."""
        for n in range(3):
            assert self.mail(sender=f"x{n}@bar.com", subject="Re: details", body=WORM).startswith("250")
        for n in range(2):
            assert self.mail(body=f"See you at {n}.").startswith("250")

    def the_worm_is_refused(self):
        assert self.mail(subject="anything", body=WORM) == "550 5.7.0 VIRUS FOUND"
        assert self.mail().startswith("250")

    def there_are_other_machines(self):
        """All of them here: both filters, and we are the MTA."""
        assert self.mail(port=587, body=WORM) == "550 5.7.0 VIRUS FOUND"
        self.m.sh("for a in 5 6 7; do ip address add 10.0.0.$a/32 dev lo; done")
        self.m.sh("systemd-run -q --unit second -p User=virus-milter virus-milter -f -p inet:8891@10.0.0.6")

    def haproxy_stands_between(self):
        self.m.until("bash -c ': </dev/tcp/127.0.0.1/8890' && echo yes", "yes")
        listens(self.m)
        assert self.mail(body=WORM) == "550 5.7.0 VIRUS FOUND"
        assert self.mail().startswith("250")
        before = self.m.sh("journalctl --sync; journalctl -q -t virus-milter -o cat | wc -l")
        self.m.sh("systemctl stop virus-milter.socket virus-milter.service second")
        assert self.mail(body=WORM).startswith("451"), "both are away"
        self.m.sh("systemctl start virus-milter.socket virus-milter.service")
        self.m.until("bash /tmp/client 25 a@bar.com x hello", "^250")
        assert int(before) < 40, "the health check is silent"

    def a_week_goes_by(self):
        self.m.sh("find /var/lib/logger-milter/new /var/lib/logger-milter/envelope -type f -exec touch -d '8 days ago' {} +")


def listens(m):
    m.until("bash -c ': </dev/tcp/127.0.0.1/25' && echo yes", "yes")


def says(block):
    """What its lines say must come, and the script without these notes."""
    wanted = re.findall(r"# says: (.*)$", block, re.M)
    return wanted, re.sub(r" *# says: .*$", "", block, flags=re.M)


@pytest.fixture(scope="module")
def m():
    packages.WITH_MTA["admin"] = packages.boot.PACKAGES + MORE
    site = Site("admin")
    try:
        site.write("/tmp/client", CLIENT)
        site.sh("""useradd -m jones; newaliases; postconf -e myhostname=mx.test \\
            mydestination=foo.com,localhost inet_protocols=ipv4 smtp_dns_support_level=disabled \\
            smtp_host_lookup=native smtpd_client_connection_rate_limit=0 mailbox_command=
            systemctl enable postfix; systemctl restart postfix""")
        site.put(debs(built()))
        yield site
    finally:
        site.end()


def test_every_block_does_what_the_page_says(m):
    day, ran = Day(m), 0
    page = PAGE.read_text()
    every = blocks(page)
    for heading, block in every:
        day.before(heading, block)
        name = re.match(r"# (/\S+)$", block.splitlines()[0])
        if name:
            m.write(name[1], block + "\n")
        else:
            wanted, script = says(block)
            status, output = m.run(f"set -eu -o pipefail\n{script}")
            assert status == 0, f"{heading}:\n{block}\n--- {status}\n{output[-3000:]}"
            missing = [w for w in wanted if w not in output]
            assert missing == [], f"{heading}:\n{block}\n---\n{output[-3000:]}"
        ran += 1
        if "restart postfix" in block:
            listens(m)
    lines = sum(line != "" for _, block in every for line in block.splitlines())
    assert lines == len(re.findall(r"^    .*\S", page, re.M)) > 100, "no block was overlooked"
    assert ran == len(every)
    assert len(day.happened) == 5, day.happened
    print(f"# {ran} blocks were run")


def test_after_the_last_block_nothing_of_ours_is_left(m):
    assert m.sh("pgrep -f '[a-z]-milter -f' || true") == ""
    assert m.sh("ls -d /etc/mail/milters /var/lib/*-milter /etc/systemd/system/*milter* 2>/dev/null || true") == ""
    assert m.sh("bash /tmp/client 25 a@bar.com x hello").startswith("250")


def test_the_parser_finds_each_block_of_a_page():
    page = "## A\ntext\n\n    one\n\n    two    # says: 2\n\n<!-- -->\n\n    three\n## B\n    four\n"
    assert blocks(page) == [("A", "one\n\ntwo    # says: 2"), ("A", "three"), ("B", "four")]
    assert says("two    # says: 2") == (["2"], "two")
