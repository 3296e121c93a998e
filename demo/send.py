# SPDX-License-Identifier: BSD-2-Clause
"""send - one message by smtplib, its dialogue shown as swaks shows it.

    send.py HOST:PORT FROM TO,TO... FILE
"""

import smtplib
import sys

server, sender, recipients, path = sys.argv[1:]
host, port = server.rsplit(":", 1)


def told(command, reply):
    code, text = reply
    lines = text.decode("ascii", "replace").splitlines()
    if command:
        print(f" -> {command}")
    for line in lines[:-1]:
        print(f"<-  {code}-{line}")
    print(f"{'<- ' if code < 400 else '<**'} {code} {lines[-1]}", flush=True)
    return code


smtp = smtplib.SMTP()
told("", smtp.connect(host, int(port)))
told("EHLO bar.com", smtp.ehlo("bar.com"))
told(f"MAIL FROM:<{sender}>", smtp.mail(sender))
codes = [told(f"RCPT TO:<{one}>", smtp.rcpt(one)) for one in recipients.split(",")]
code = 0
if 250 in codes:
    told("DATA", smtp.docmd("DATA"))
    with open(path, "rb") as file:
        lines = file.read().splitlines()
    for line in lines:
        smtp.send((b"." if line.startswith(b".") else b"") + line + b"\r\n")
    print(f" -> {len(lines)} lines sent")
    smtp.send(b".\r\n")
    code = told("", smtp.getreply())
told("QUIT", smtp.quit())
sys.exit(0 if code == 250 else 1)
