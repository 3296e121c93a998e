# SPDX-License-Identifier: BSD-2-Clause
"""Plays of what everyday mail is made of."""

from stage import QUIT, START, body, connect, helo, message, offer, packet, strings


def everyday(stage):
    """Fields, parts, macros and parameters that every MTA sees each day."""
    rest = message(qid="") + QUIT
    fields = [("Content-Type", "multipart/mixed"), ("From", "=?UTF-8?B?SsO2?= <a@b.c>"), ("DKIM-Signature", "v=1"),
              ("Date", "x"), ("Bcc", ""), ("List-Id", "<a.b>"), ("From", " <"), ("Content-Type", 'text/plain; charset="')]
    macros = [b"H" + strings("{tls_version}", "TLSv1.3"), b"M" + strings("{auth_ssf}", "256"),
              b"H" + strings("{cert_subject}", "/O=Bar, Ltd.")]
    pieces = [b"x\r\n--=_b1\r\n", b"base64\r\n\r\nPGh0bWw+", b'boundary=""', b"=====*", b"From Smith\r\n", b"begin 644 a\r\n"]
    mail = packet("M", strings("<a@b.c>"))
    return stage.all(
        *(START + message(headers=[f]) + rest for f in fields), *(START + packet("D", m) + rest for m in macros),
        START + message(headers=[("Received", "x")] * 35) + rest, *(START + message(pieces=[p]) + rest for p in pieces),
        offer() + connect() + helo("[IPv6:2001:db8::25]") + rest, START + packet("M", strings("<a@b.c>", "REQUIRETLS")) + rest,
        START + mail + packet("R", strings("<b@c.d>", "ORCPT=rfc822;Jones+2Bx@c.d")) + body(b"x") + rest)
