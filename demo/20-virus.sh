# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# virus - worms are refused inside the dialogue, other mail is delivered

milter virus -o "signatures=$FIXTURES/signatures/signatures"
serve --milter "S=unix:$work/virus.sock, F=T"

say
say "A letter:"
mail "$FIXTURES/mail/plain.eml" Smith@bar.com Jones@foo.com
expect "250 OK"
[ "$(delivered)" -eq 1 ] || differs "the letter was not delivered"
say "  as it should be: delivered"

worm() {
	say
	say "$2, from a sender whom the worm made up:"
	mail "$FIXTURES/worms/$1" "$3" Jones@foo.com
	expect "550 5.7.0 VIRUS FOUND"
	expect_log virus-milter "virus: '$2'"
}
worm klez-h.eml  KLEZ.H       postmaster@example.com
worm sobig-b.eml WORM_SOBIG.B support@microsoft.com

[ "$(delivered)" -eq 1 ] || differs "a worm was delivered"
say "  as it should be: nothing delivered, no notice sent to anybody"
