#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# dead - each function that a header promises is called by a program; prints TAP.
#
# A function that its tests alone call is code that nobody runs.  The compiler
# tells of unused static ones and the linker says nothing of the rest, so the
# text is read: a name that a header of include/, src/ or sim/ declares must stand
# somewhere in src/ or sim/ beside its own definition.  Read as text it is the same
# with every compiler, and a call that was inlined away is still a call.
#
# t/lint/seams has those that are for tests, each with its reason.
set -eu
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)
cd "${TOP_SRCDIR:-.}"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Prints the dead of the tree in the current folder.
dead() {
	# shellcheck disable=SC2046 # names without blanks
	awk '
		function statement(   name) {
			if (text !~ /^[ \t]*(typedef|struct|enum|union) [^(]*$/ && match(text, /[a-z_][a-z0-9_]*\(/)) {
				name = substr(text, RSTART, RLENGTH - 1)
				if (!(name in at)) at[name] = FILENAME
			}
			text = ""
		}
		# Uses; a name that begins a line is being defined, not called.
		function uses(line,   name, first, before) {
			first = 1
			while (match(line, /[A-Za-z_][A-Za-z0-9_]*/)) {
				name = substr(line, RSTART, RLENGTH)
				before = substr(line, RSTART - 1, 1)
				if (!(first && RSTART == 1 && substr(line, RLENGTH + 1, 1) == "(") && before !~ /[.]/ &&
				    !(before == ">" && substr(line, RSTART - 2, 1) == "-"))
					used[name] = 1
				line = substr(line, RSTART + RLENGTH)
				first = 0
			}
		}
		function without_comments(line,   i, rest) {
			rest = ""
			for (;;) {
				if (comment) {
					if ((i = index(line, "*/")) == 0) return rest
					line = substr(line, i + 2); comment = 0
				}
				if ((i = index(line, "/*")) == 0) return rest line
				rest = rest substr(line, 1, i - 1); line = substr(line, i + 2); comment = 1
			}
		}
		FNR == 1 { comment = depth = macro = 0; text = ""; header = FILENAME ~ /\.h$/ }
		{
			line = without_comments($0)
			if (line ~ /^#include/) next
			gsub(/"([^"\\]|\\.)*"/, "", line)
			if (macro || line ~ /^#/) { macro = line ~ /\\$/; if (line !~ /^#define [A-Za-z0-9_]+$/) uses(line); next }
			if (!header) { uses(line); next }
			n = length(line)
			for (i = 1; i <= n; i++) {
				c = substr(line, i, 1)
				if (c == "{") { if (depth++ == 0) statement() }
				else if (c == "}") depth--
				else if (c == ";" && depth == 0) statement()
				else if (depth == 0) text = text c
			}
			if (depth > 0) uses(line); else text = text " "
		}
		END { for (name in at) if (!(name in used)) print name, at[name] }' \
		$(find include src sim -name '*.[ch]' 2>/dev/null | sort) | sort
}

dead > "$out/dead"
sed -E '/^#|^$/d' "$here/seams" > "$out/seams"
cut -d' ' -f1 "$out/seams" | sort > "$out/names"

echo 1..3
grep -vwF -f "$out/names" "$out/dead" > "$out/bad" || true
say_findings "each function of a header is called by a program, or is a seam for tests" "$out/bad"
# Only a remark: a program that begins to call one is no fault.
cut -d' ' -f1 "$out/dead" | comm -13 - "$out/names" | sed 's/.*/# & is no seam any more: a program calls it/'
grep -vE '^[a-z0-9_]+ +[^ ].*' "$out/seams" > "$out/bad" || true
say_findings "each seam has a reason" "$out/bad"

# Does it bite?  One that is called, one that calls itself "called" in a comment only.
mkdir -p "$out/tree/include/base" "$out/tree/src/base"
printf '%s\n' 'int alive(int n);' '/* dead() */' 'int dead(' '    int n);' 'struct s { int (*port)(void); };' \
	'static inline int quick(void)' '{' '	return 1;' '}' > "$out/tree/include/base/a.h"
printf '%s\n' 'int' 'alive(int n)' '{' '	return n; /* as dead() */' '}' 'int' 'dead(int n)' '{' \
	'	return alive(n) + s.quick("quick");' '}' > "$out/tree/src/base/a.c"
printf '%s\n' 'dead include/base/a.h' 'quick include/base/a.h' > "$out/want"
(cd "$out/tree" && dead) | diff "$out/want" - > "$out/bad" || true
say_findings "it finds a function that nobody calls" "$out/bad"
