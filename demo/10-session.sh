# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# session - the sample session of RFC 2821, appendix D.1, with a real client

serve
sed -n 's/^ *C: \(Blah.*\|\.\.\.etc.*\)/\1/p' "$TOP_SRCDIR/t/sim/rfc2821/d1.transcript" >"$work/letter"
mail "$work/letter" Smith@bar.com Jones@foo.com,Green@foo.com,Brown@foo.com

sed -n 's/^ *S: //p' "$TOP_SRCDIR/t/sim/rfc2821/d1.transcript" >"$work/printed"
sed -n 's/^S: //p' "$dialogue" >"$work/answered"
diff "$work/printed" "$work/answered" || differs "the server's lines are not those of the RFC"
say "  as it should be: each line of the server is the one that the RFC prints"
[ "$(delivered)" -eq 2 ] || differs "$(delivered) messages delivered, not 2"
say "  as it should be: Jones and Brown have the message, Green is not known here"
