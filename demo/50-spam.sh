# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# spam - senders that Jones asked not to hear from; Brown did not ask

printf 'offers@shop.example\n.bulk.example\n' >"$work/senders"
printf 'Jones@foo.com\n' >"$work/recipients"
milter spam -o senders="$work/senders" -o recipients="$work/recipients"
serve --milter "S=unix:$work/spam.sock"

letter() { printf 'Subject: %s\r\nFrom: %s\r\n\r\nBuy now\r\n' "$1" "$2" >"$work/letter"; }

say "Jones asked: a listed sender is refused, hidden among others in From or not."
letter offer 'Friend <friend@good.example>, "Shop, Inc." <offers@SHOP.example>'
mail "$work/letter" bounce@mailer.example Jones@foo.com
expect "550 5.7.1 Rejected at the recipient's request"
expect_log spam-milter "/senders:1) from: 'offers@shop.example' for: '<Jones@foo.com>'"
[ "$(delivered)" -eq 0 ] || differs "the message was delivered"

say "A listed address as mere display name is no sender."
letter hello '"offers@shop.example" <friend@good.example>'
mail "$work/letter" bounce@mailer.example Jones@foo.com
[ "$(delivered)" -eq 1 ] || differs "the message was not delivered"

say "Brown did not ask: the same offer is delivered."
letter offer 'news@list.bulk.example'
mail "$work/letter" bounce@mailer.example Brown@foo.com
[ "$(delivered)" -eq 2 ] || differs "the message was not delivered"

say "And to Jones it is not."
mail "$work/letter" bounce@mailer.example Jones@foo.com
expect "550 5.7.1 Rejected at the recipient's request"
expect_log spam-milter "spam: '.bulk.example'"
[ "$(delivered)" -eq 2 ] || differs "the message was delivered"
