# SPDX-License-Identifier: BSD-2-Clause
"""A real Dovecot that answers how full a mailbox is: 2.3, and 2.4, which is configured otherwise."""

import os
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
mail_plugins = quota
plugin {{
  quota = maildir:User quota
  quota_rule = *:bytes=200000
  quota_grace = 0
  quota_status_success = DUNNO
  quota_status_nouser = REJECT Unknown user
  quota_status_overquota = 552 5.2.2 Mailbox is full
}}
service quota-status {{
  executable = quota-status -p postfix
  unix_listener {place}/quota {{
    mode = 0666
  }}
  inet_listener {{
    address = 127.0.0.1
    port = {port}
  }}
  client_limit = 1
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
mail_plugins {{
  quota = yes
}}
quota_storage_grace = 0
quota_status_success = DUNNO
quota_status_nouser = REJECT Unknown user
quota_status_overquota = 552 5.2.2 Mailbox is full
quota "User quota" {{
  driver = maildir
  storage_size = 200000 B
}}
service quota-status {{
  executable = quota-status -p postfix
  unix_listener {place}/quota {{
    mode = 0666
  }}
  inet_listener quota {{
    listen = 127.0.0.1
    port = {port}
  }}
  client_limit = 1
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


def configuration(**names):
    return CONF[version()].format(**names)
