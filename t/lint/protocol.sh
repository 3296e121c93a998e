#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# protocol - the tables of docs/PROTOCOL.md are those of the code, and the recordings
# that it names show what it says; prints TAP.
set -eu
page=${TOP_SRCDIR:-.}/docs/PROTOCOL.md
mark='<!-- from here on: milter-sim decode --table -->'
here=$(mktemp)
trap 'rm -f "$here" "$here.code"' EXIT

echo 1..2
sed "1,/^$mark\$/d" "$page" | sed 1d > "$here"
"${TOP_BUILDDIR:-.}/milter-sim" decode --table > "$here.code"
if [ -s "$here.code" ] && cmp -s "$here" "$here.code"; then
	echo 'ok 1 - docs/PROTOCOL.md has the tables of the code'
else
	diff "$here" "$here.code" | sed 's/^/# /'
	echo "not ok 1 - docs/PROTOCOL.md: put the output of milter-sim decode --table below the mark"
fi
awk -v traces="${TOP_SRCDIR:-.}/fixtures/traces" -f "${TOP_SRCDIR:-.}/t/lint/shown.awk" "$page"
