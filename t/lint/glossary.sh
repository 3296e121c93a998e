#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# glossary - docs/GLOSSARY.md has a line for each word of the public headers, and one; prints TAP.
#
# A header says in its first line what its module is, `name - meaning`.  Of those in
# include/ the page repeats these lines below its last mark, each in a row; `--print` prints
# them as they must stand there.  The name of a struct or an enum says a module's
# word, or one that has a row of its own.
set -eu
LC_ALL=C
export LC_ALL
. "$(dirname "$0")/tap.sh"
cd "${TOP_SRCDIR:-.}"
page=docs/GLOSSARY.md
mark='<!-- t/lint/glossary.sh --print -->'
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
headers=$(find include -name '*.h' | sort)

# A row for each header; one that does not begin with its name gives none.
modules() {
	# shellcheck disable=SC2086 # names without blanks
	awk '
		FNR == 1 { open = 0; done = 0; n = split(FILENAME, part, "/"); name = part[n]; sub(/\.h$/, "", name) }
		done { next }
		!open && index($0, " * " name " - ") == 1 { open = 1; text = substr($0, length(name) + 7); next }
		open && /^ \* ./ { text = text " " substr($0, 4); next }
		open {
			sub(/ Pure.*| Private.*| Wide letters.*/, "", text); sub(/[ .]+$/, "", text)
			path = FILENAME; sub(/^include\//, "", path); sub(/\.h$/, "", path)
			gsub(/\|/, "\\|", text)
			print "| " path " | " text " |"; done = 1
		}' $headers
}

if [ "${1:-}" = --print ]; then
	modules
	exit
fi

echo 1..4
modules > "$out/modules"
sed "1,\\|^$mark\$|d" "$page" | grep '^| [a-z0-9_]*/' > "$out/page" || true
diff "$out/page" "$out/modules" > "$out/bad" || true
say_findings "$page has what t/lint/glossary.sh --print prints" "$out/bad"

sed -E 's/^\| ([^ ]*) .*/\1/' "$out/modules" | sort > "$out/told"
printf '%s\n' "$headers" | sed 's,^include/,,; s,\.h$,,' | sort > "$out/there"
comm -13 "$out/told" "$out/there" > "$out/bad"
find sim src -name '*.h' | while read -r header; do
	name=${header##*/}
	grep -qE "^(/\*| \*) ${name%.h} - " "$header" || echo "$header"
done >> "$out/bad"
say_findings "each header begins with its name and what it is" "$out/bad"

# The words that have a row: `refuse, reject` are two.
sed "/^$(printf '%s' "$mark" | sed 's,/,\\/,g')\$/,\$d" "$page" | sed -nE 's/^\| ([^|]*) \|.*/\1/p' |
	tr ',' '\n' | sed 's/^ *//; s/ *$//' | grep -vx 'word' | sort > "$out/words"
uniq -d "$out/words" > "$out/bad"
say_findings "no word has two rows" "$out/bad"

# shellcheck disable=SC2086
awk -v words="$out/words" '
	function base(w) { sub(/ies$/, "y", w); sub(/(ed|s)$/, "", w); return w }
	BEGIN { while ((getline line < words) > 0) { n = split(tolower(line), w, /[ -]/); for (i = 1; i <= n; i++) has[base(w[i])] = 1 } }
	FNR == 1 { split("", mine); n = split(FILENAME, part, "/"); name = part[n]; sub(/\.h$/, "", name)
		n = split(name, w, "_"); for (i = 1; i <= n; i++) mine[base(w[i])] = 1 }
	/^(struct|enum) [a-z0-9_]+ \{/ {
		n = split($2, w, "_"); found = 0
		for (i = 1; i <= n; i++) found = found || base(w[i]) in mine || base(w[i]) in has
		if (!found) print FILENAME ": " $1 " " $2
	}' $headers > "$out/bad"
say_findings "each struct and enum has a word that is explained" "$out/bad"
