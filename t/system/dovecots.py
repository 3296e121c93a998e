# SPDX-License-Identifier: BSD-2-Clause
"""A real Dovecot that answers how full a mailbox is: 2.3, and 2.4, which is configured otherwise.

What quota-milter(8) prints for each is part of its configuration here, as printed.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

COMMON = """
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
ssl = no
protocols =
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
service anvil {{
  chroot =
}}
"""

CONF = {
    "2.3": COMMON + """
mail_location = maildir:~/
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = passwd-file
  args = {place}/users
}}
plugin {{
  quota = maildir:User quota
  quota_rule = *:bytes=200000
  quota_grace = 0
  quota_status_nouser = REJECT Unknown user
}}
service quota-status {{
  unix_listener {place}/quota {{
    mode = 0666
  }}
}}
""",
    "2.4": """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
""" + COMMON + """
mail_driver = maildir
mail_path = ~/
passdb static {{
}}
userdb passwd-file {{
  passwd_file_path = {place}/users
}}
quota_storage_grace = 0
quota_status_nouser = REJECT Unknown user
quota "User quota" {{
  driver = maildir
  storage_size = 200000 B
}}
service quota-status {{
  unix_listener {place}/quota {{
    mode = 0666
  }}
}}
""",
}


def program():
    return shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin")


def version():
    """"2.3" of "2.3.19.1 (9b53102964)"."""
    said = subprocess.run([program(), "--version"], capture_output=True, text=True, check=False).stdout
    return ".".join(said.split(".")[:2])


def missing():
    """Why there is none to be started here; None where there is."""
    if program() is None:
        return "no dovecot: install dovecot-imapd"
    if not any(Path(p, "dovecot/quota-status").exists() for p in ["/usr/lib", "/usr/libexec"]):
        return "dovecot has no quota-status"
    if version() not in CONF:
        return f"dovecot {version()} may have another configuration than {' and '.join(CONF)}"
    return None


def printed(which):
    """The example of quota-milter(8) for that version."""
    text = (Path(os.environ["TOP_SRCDIR"]) / "docs/man/quota-milter.8").read_text(encoding="utf-8")
    part = text.split(f"n Dovecot {which}")[1]
    return re.search(r"^\.Bd -literal.*\n((?:.*\n)*?)\.Ed$", part, re.M)[1]


def configuration(port, **names):
    lines = printed(version())
    assert "port = 12340\n" in lines
    return CONF[version()].format(**names) + lines.replace("port = 12340", f"port = {port}")
