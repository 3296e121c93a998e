# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# quota - mailboxes of 3,000 bytes: small mail gets in until the margin is reached

for user in games brown; do
	mkdir -p "$work/mail/$user/new"
	chmod 700 "$work/mail/$user"
done
chmod 700 "$work/mail"
printf '* 3000\n' >"$work/limits"
milter quota -o homes="$work/mail" -o maildir=. -o limits="$work/limits" -o aliases= \
    -o answer-lifetime=0
serve --user games --user brown --milter "S=unix:$work/quota.sock"

{
	printf 'Subject: hello\r\n\r\n'
	for _ in 1 2 3 4 5 6 7 8 9 10; do printf '%060d\r\n' 0; done
} >"$work/letter"

say "Four letters to games fit into its mailbox."
for _ in 1 2 3 4; do mail "$work/letter" Smith@bar.com games@foo.com >/dev/null; done
[ "$(delivered)" -eq 4 ] || differs "$(delivered) messages delivered, not 4"

say "It has less than a tenth left: the next one is refused, for games alone."
mail "$work/letter" Smith@bar.com games@foo.com,Jones@foo.com
expect "552 5.2.2 Mailbox full"
expect_log quota-milter "quota: 'full' to: 'games'"
[ "$(delivered)" -eq 5 ] || differs "$(delivered) messages delivered, not 5"

say "The postmaster still reaches games."
mail "$work/letter" postmaster@bar.com games@foo.com
[ "$(delivered)" -eq 6 ] || differs "the postmaster's message was not delivered"

say "brown is full, and forwards: that is not the quota's business."
printf 'x' >"$work/mail/brown/new/1.x,S=3000"
printf 'brown@elsewhere.example\n' >"$work/mail/brown/.forward"
chmod 600 "$work/mail/brown/.forward"
mail "$work/letter" Smith@bar.com brown@foo.com
[ "$(delivered)" -eq 8 ] || differs "the message was not passed on"
