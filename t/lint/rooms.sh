#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# rooms - the drawing of sim/ in docs/ARCHITECTURE.md is the tree; prints TAP.
#
# Each folder of sim/ stands on one floor of the drawing and in the table below
# it, with a row that names the rooms its README says it uses, and uses rooms of
# lower floors only; and what is drawn is there.
set -eu
. "$(dirname "$0")/tap.sh"
cd "${TOP_SRCDIR:-.}"
page=docs/ARCHITECTURE.md

drawn=$(sed -nE 's/^  floor ([0-9]+) .*/&/p' "$page" |
	awk '{ for (i = 3; i <= NF; i++) if ($i ~ /^\[[a-z]+\]$/) print $2, substr($i, 2, length($i) - 2) }')
rooms=$(find sim -mindepth 1 -maxdepth 1 -type d ! -name '.*' | sed 's,sim/,,' | sort)

floor_of() { printf '%s\n' "$drawn" | awk -v room="$1" '$2 == room { print $1 }'; }

# What the row of the table says a room uses, as words in the README's order.
row_of() { sed -nE "s/^\| $1 \|.*\| ([^|]*) \|\$/\1/p" "$page" | tr -d ','; }

echo "1..$(printf '%s\n' "$rooms" "$drawn" | wc -l)"
for room in $rooms; do
	bad=
	floor=$(floor_of "$room")
	uses=$(sed -n 's/^Uses: base *//p' "sim/$room/README")
	[ "$(echo "$floor" | wc -w)" = 1 ] || bad="$bad is not drawn once"
	for used in $uses; do
		[ "$used" = wire ] || [ "$(floor_of "$used")" -lt "${floor:-0}" ] || bad="$bad stands not above $used"
	done
	row=$(row_of "$room")
	[ "$row" = "$uses" ] || [ "$row" = "all of them" ] || bad="$bad has a row that says '$row', not '$uses'"
	say_faults "sim/$room is drawn as it is" "$bad"
done
for room in $(printf '%s\n' "$drawn" | cut -d' ' -f2); do
	bad=
	[ -d "sim/$room" ] || bad=" is not there"
	say_faults "the drawing's $room" "$bad"
done
