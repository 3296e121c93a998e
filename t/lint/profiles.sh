#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# profiles - an MTA is data; prints TAP.
#
# docs/PROFILES.md has the tables of the code; a profile's file has at most
# four functions; no code but a profile's knows an MTA by name.
set -eu
. "$(dirname "$0")/tap.sh"
src=${TOP_SRCDIR:-.}
page=$src/docs/PROFILES.md
mark='<!-- from here on: t/lint/profile_table -->'
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT

echo 1..3
sed "1,\\|^$mark\$|d" "$page" | sed 1d > "$here/page"
"${TOP_BUILDDIR:-.}/t/lint/profile_table" > "$here/code"
diff "$here/page" "$here/code" > "$here/differ" || true
say_findings 'docs/PROFILES.md has what t/lint/profile_table prints' "$here/differ"

for file in "$src"/sim/profile/*.c; do
	grep -q '^const struct profile profile_' "$file" || continue
	functions=$(grep -c '^{' "$file" || true)
	[ "$functions" -le 4 ] || echo "${file#"$src/"}: $functions functions"
done > "$here/many"
say_findings 'a profile has at most four functions' "$here/many"

# Comments and lines of help text may name them, code may not.
for file in "$src"/sim/io/*.[ch] "$src"/sim/smtp/*.[ch] "$src"/sim/filters/*.[ch] \
	"$src"/sim/server/*.[ch] "$src"/sim/puppet/*.[ch] "$src"/sim/play/*.[ch]; do
	sed -E 's,/\*.*\*/,,; /\/\*/,/\*\//d; /^[[:space:]]*"/d' "$file" |
		grep -iE 'sendmail|postfix' | sed "s,^,${file#"$src/"}: ," || true
done > "$here/names"
say_findings 'no code outside the profiles names an MTA' "$here/names"
