#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# circles - no includes go round in a circle, anywhere; prints TAP.
#
# NAME.c and NAME.h are one module, wherever they live.  A module that is cut
# over several files has a private header, which says so on top ("Private to
# NAME"); what is included through it does not count, and only the files of
# its own folder may include it.
set -eu
. "$(dirname "$0")/tap.sh"
cd "${TOP_SRCDIR:-.}"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

find include src sim t demo -name '*.[ch]' | sort > "$out/files"
xargs grep -lE 'Private to( [a-z_]|$)' < "$out/files" | grep '\.h$' > "$out/private" || true

# "file included", both as paths in the tree.
xargs grep -nE '^ *# *include "' < "$out/files" |
	sed -E 's,^([^:]*):[0-9]*: *# *include "([^"]*)".*,\1 \2,' > "$out/lines"

awk -v files="$out/files" -v privates="$out/private" '
	function module(f) { sub(/^(include|src)\//, "", f); sub(/\.[ch]$/, "", f); return f }
	function folder(f) { sub(/\/[^\/]*$/, "", f); return f }
	BEGIN {
		while ((getline f < files) > 0) there[f] = 1
		while ((getline f < privates) > 0) private[f] = 1
	}
	{
		used = there["include/" $2] ? "include/" $2 : there[$2] ? $2 : folder($1) "/" $2
		if (!there[used])
			next # made by configure, or of the system
		if (used in private) {
			if (folder(module(used)) != folder(module($1)) && $1 !~ /^t\//)
				print "stranger " $1 " " used
			next
		}
		if (module($1) != module(used))
			print "edge " module($1) " " module(used)
	}' "$out/lines" | sort -u > "$out/graph"

sed -n 's/^edge //p' "$out/graph" | tsort > "$out/order" 2> "$out/loops" || true

echo 1..3
[ -s "$out/order" ] || echo "no module found" >> "$out/loops"
say_findings "no circle of includes among $(wc -l < "$out/order") modules" "$out/loops"
sed -n 's/^stranger \(.*\) \(.*\)/\1 includes \2/p' "$out/graph" > "$out/strangers"
say_findings "a private header stays in its folder" "$out/strangers"
# Two headers that include each other are a circle whatever they say of themselves.
grep -E '^[^ ]*\.h ' "$out/lines" | awk '{ f = $1; sub(/^include\//, "", f); print f, $2 }' |
	tsort > /dev/null 2> "$out/loops" || true
say_findings "no circle among headers" "$out/loops"
