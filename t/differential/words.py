# SPDX-License-Identifier: BSD-2-Clause
"""What sessions are made of: lines, addresses, parameters, headers, bodies."""

SENDERS = ["<Smith@bar.com>"] * 8 + [
    "<>", "<smith@bar.com>", "<Smith@BAR.COM>", '<"john smith"@bar.com>', "<jones@foo.com>",
    "<@a.example,@b.example:Smith@bar.com>", "Smith@bar.com", "<Smith>", "<Smith@[127.0.0.1]>",
    "<smith+tag@sub.bar.com>", "<postmaster@foo.com>", "<Jones@mx.test>",
    "<x%foo.com@mx.test>", "<x%bar.com@foo.com>", "<foo.com!x>", "<\"a b\"@foo.com>", "<smith(c)@bar.com>",
    "<<smith@bar.com>>", "<a@b.c><smith@bar.com>", "<smith@bar.com.>", "<x@[1.2.3.4]>", "<us:x@foo.com>"]
BAD_SENDERS = ["<Smith@", "<a@b@c>", "<smith@bar..com>", "", "<Smith@bar.com", "Smith@bar.com>",
               "<Smith @bar.com>", "<sm\xefth@bar.com>", "<Smith@bar.com> junk",
               "<@bar.com>", "<smith@>", "<smith(c@bar.com>", "<\"smith@bar.com>", "</tmp/x>", "<a,b@bar.com>",
               "<smith@bar.com:25>", "<smith@.bar.com>", "<smith@[1.2.3.4]x>", "<" + "x" * 260 + ">"]
SENDER_PARAMETERS = ["SIZE=100", "SIZE=0", "BODY=8BITMIME", "BODY=7BIT", "RET=FULL", "RET=HDRS",
                     "ENVID=abc+3D1", "size=200", "AUTH=<>", "AUTH=smith@bar.com", "BY=100;R"]
BAD_SENDER_PARAMETERS = ["SIZE=abc", "SIZE=99999999999999", "SIZE", "BODY=FOO", "BODY", "RET=X",
                         "ENVID", "FOO", "FOO=BAR", "RET=FULL RET=HDRS", "=x",
                         "BY=100;X", "BY=1;RX", "BY=1000000000;R"]
USERS = ["<Jones@foo.com>"] * 5 + [
    "<jones@foo.com>", "<Brown@foo.com>", "<brown@foo.com>", "<smith@foo.com>", "<jones@mx.test>",
    "<BROWN@FOO.COM>", '<"jones"@foo.com>', "<jones>", "Jones@foo.com",
    "<@a.example:brown@foo.com>", "<smith@localhost>", "<jones+tag@foo.com>", "<brown%foo.com@mx.test>",
    "<foo.com!smith>", "<smith(c)@foo.com>", "<x@bar.com><brown@foo.com>", "< smith@foo.com >", "<\\jones@foo.org>"]
BAD_USERS = ["<Green@foo.com>", "<nosuch@mx.test>", "<nosuch>", "<>", "<jones@foo.com", "",
             "<jones@@foo.com>", "<jon es@foo.com>", "<Green@foo.com>",
             "<|/bin/false>", "</tmp/x>", "<jones%@foo.com>", "<@foo.com>", "<jones,brown>", "<jones> <brown>",
             "<\"jones @foo.com>", "<jones@[127.0.0.1]x>"]
USER_PARAMETERS = ["NOTIFY=NEVER", "NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;jones@foo.com",
                   "notify=never", "NOTIFY=NEVER ORCPT=rfc822;a+20b@foo.com"]
BAD_USER_PARAMETERS = ["NOTIFY=X", "NOTIFY", "FOO=1", "FOO", "ORCPT=jones", "NOTIFY=NEVER,DELAY"]

HELLOS = ["EHLO bar.com"] * 8 + [
    "HELO bar.com", "HELO bar.com", "ehlo bar.com", "EHLO [127.0.0.1]", "HELO BAR.COM",
    "EHLO bar.com.", "HELO -", "EHLO localhost", "Helo mx.test"]
BAD_HELLOS = ["EHLO", "HELO", "EHLO a b c", "HELO b\xe4r.com", "EHLO bar_com!"]

STRAY = ["NOOP", "NOOP", "NOOP with words", "RSET", "RSET", "RSET now", "VRFY jones", "VRFY nosuch",
         "VRFY <jones@foo.com>", "VRFY", "EXPN jones", "EXPN", "ETRN foo.com", "ETRN", "VRFY jones, nosuch",
         "VRFY jones brown", "VRFY jones@", "VRFY us: smith, <brown> (c);", "EXPN /tmp/x", "EXPN brown+x smith",
         "ETRN #slow", "HELP", "HELP mail", "HELP r", "NO\0OP", "NOOP a\rb",
         "BAR", "BAR  spaced  args ", "XYZZY", "", "noop", "rset", "AUTH PLAIN",
         "STARTTLS", "BDAT", "MAIL", "RCPT", "MAIL FROM", "MAIL Smith@bar.com", "DATA now",
         "TURN", "SEND FROM:<a@b>", "HELP NOSUCH", "NOOP " + "x" * 600, "QUITE", "RCPT FROM:<x>",
         "MAIL FROM:<Smith@bar.com>", "RCPT TO:<Jones@foo.com>", "EHLO bar.com", "HELO again.com"]
UNKNOWN = ["BAR", "BAR  spaced  args ", "XYZZY x", "foo", "HEL0 bar.com"]

HEADERS = ["From: Smith <Smith@bar.com>", "To: Jones <Jones@foo.com>", "Subject: test one",
           "Date: Thu, 21 May 1998 05:33:29 -0700", "Message-ID: <1@bar.com>"]
MORE_HEADERS = [
    "X-Folded: one\r\n two\r\n\tthree", "X-Two:  two blanks", "X-Tab:\ttab", "X-Empty:", "X-Blank: ",
    "X-None:none", "Return-Path: <x@y.example>", "Bcc: Brown <Brown@foo.com>",
    "Content-Length: 99", "Full-Name: Smith", "Resent-From: Smith@bar.com",
    "Resent-To: Jones@foo.com", "X-Seen: first", "X-Seen: second", "X-Trail: trailing  ",
    "Subject: again", "X-Latin: caf\xe9", "X-Long: " + "long " * 60, "X-Space : before colon",
    "Received: from a by b; Thu, 21 May 1998 05:33:29 -0700", "Cc: Brown@foo.com, x@bar.com",
    "X-Wide: one\r\n  \r\n two", "Apparently-To: jones", "Sender: smith", "Reply-To: (c) <a@b.c>",
    "Cc: a@b.c,d@e.f,\r\n g@h.i", "Cc: A. B <@r.x:a@b.c>", "Cc: x@y.z (c) , a @ b.c", "Reply-To: us: a@b.c;",
    "Resent-Subject: x", "Errors-To: a@b.c d", "Cc: " + ", ".join(f"user{n}@example{n}.com" for n in range(9)),
    "Content-Type: text/plain; charset=utf-8", "MIME-Version: 1.0", "Importance: high"]
ODD_HEADERS = ["no colon here", ": no name", "Text: x", "X-Bad Name: x", " begins with blank"]

BODIES = [["Blah blah blah...\r\n", "...etc. etc. etc.\r\n"], ["Hello\r\n"], ["Hello\r\n"],
          ["one\r\n\r\ntwo\r\n\r\n"], ["..dots\r\n...\r\n"], ["caf\xe9 \xff\x80\r\n"],
          ["From the start\r\n", ">From\r\n"], ["long ", ["x", 1500], "\r\n"],
          ["tab\tand trailing  \r\n"], ["=20\r\n"]]
SIZES = [65533, 65534, 65535, 65536, 131071, 200000]
ODD_BODIES = [["nul \0 here\r\n"], ["bare \n lf\r\n"], ["bare \r cr\r\n"], ["\r\n"], []]

# Arguments of edits, by letter: what is good, and what is at the edge.
FROMS = ["<new@bar.com>", "<>", "new@bar.com", "<new@bar.com>\0SIZE=3", "<a@b>\0x\0y"]
RCPTS = ["<smith@foo.com>", "smith@foo.com", "<SMITH@FOO.COM>", "<brown@foo.com>", "<nosuch@foo.com>"]
GONE = ["<Jones@foo.com>", "<JONES@FOO.COM>", "Jones@foo.com", "<brown@foo.com>", "<never@foo.com>"]
RCPT_PARS = ["<smith@foo.com>\0NOTIFY=NEVER", "<smith@foo.com>", "<smith@foo.com>\0FOO=1"]
ADDED = ["X-Add\0added", "X-Add\0 led by a blank", "X-Add\0", "X-Fold\0one\n two", "Subject\0second",
         "X-Tab\0\ttab", "X-Crlf\0a\r\n b"]
CHANGED = ["Subject\0changed", "subject\0other case", "X-Seen\0seen", "X-Missing\0new", "X-Seen\0",
           "Subject\0", "From\0Other <o@bar.com>", "Received\0", "Message-ID\0<2@bar.com>"]
INDEXES = [0, 1, 1, 1, 2, 3, 99]
NEW_BODIES = ["replaced\r\n", "", "no line end", "two\r\nlines\r\n", "dots\r\n.\r\n..x\r\n", "bare\nlf\n"]

SYMLISTS = {"0": ["j _", "", "j v {daemon_name}", "nosuch", "{if_addr} {if_name}"],
            "1": ["j", "", "{tls_version} s"], "2": ["{mail_addr}", "", "i {mail_host} f", "j i"],
            "3": ["{rcpt_addr}", "", "i {nrcpts}", "{rcpt_mailer}"],
            "4": ["i", "", "i {nrcpts} {rcpt_addr}"],
            "5": ["i j", "", "{msg_id}", "i {msg_size}"], "6": ["i", "", "{msg_id} i"]}
