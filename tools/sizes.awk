# SPDX-License-Identifier: BSD-2-Clause
# sizes - how long files and functions are, and how deep they nest.
#
# Reads C files in the house style, where a function's braces stand alone in
# the first column.  Prints the figures; a long function, or a file of more lines
# or bytes than a reader takes in, makes the exit code 1, the rest is a note.

BEGIN {
	file_lines = 400; file_bytes = 24 * 1024
	function_lines = 80; median_lines = 12; p90_lines = 40
	nesting = 3      # an if in a loop in an if
}

FNR == 1 { end_file(); file = FILENAME; lines = bytes = 0 }
{ lines++; bytes += length($0) + 1 }

/^#include "sim\/[a-z]+\// {
	split(FILENAME, mine, "sim/"); split(mine[2], room, "/")
	split($0, its, "/")
	across += FILENAME ~ /(^|\/)sim\/[a-z]+\// && its[2] != room[1]
}

/^[a-z_][A-Za-z0-9_]*\(/ { name = $0; sub(/\(.*/, "", name) }
/^\{/ { start = FNR; depth = 0 }
start && /^\t+(if|for|while|do|switch)[ ]/ { match($0, /^\t+/); if (RLENGTH > depth) depth = RLENGTH }
/^\}/ && start {
	length_of[++n] = FNR - start - 1
	over_forty += FNR - start - 1 > 40
	if (FNR - start - 1 > function_lines)
		over(name " has " FNR - start - 1 " lines, limit " function_lines)
	if (depth > nesting)
		note[++n_notes] = file ": " name " nests " depth " deep"
	start = 0
}

END {
	end_file()
	sort(n)
	median = length_of[int((n + 1) / 2)]; p90 = length_of[int(n * 0.9)]
	printf "%d functions: median %d, p90 %d, longest %d lines; %d files, longest %d lines\n",
	    n, median, p90, length_of[n], n_files, longest
	printf "%d files over 300 lines, %d functions over 40, %d includes from one room of sim/ to another\n",
	    over_300, over_forty, across
	for (i = 1; i <= n_notes; i++)
		print "note: " note[i]
	if (median > median_lines || p90 > p90_lines) {
		print "functions are too long: limits are median " median_lines ", p90 " p90_lines
		bad = 1
	}
	exit bad
}

function end_file() {
	if (!file)
		return
	n_files++
	if (lines > longest) longest = lines
	over_300 += lines > 300
	if (lines > file_lines) over("has " lines " lines, limit " file_lines)
	if (bytes > file_bytes) over("has " bytes " bytes, limit " file_bytes)
}

function over(what) { print file ": " what; bad = 1 }

function sort(n,    i, j, v) {
	for (i = 2; i <= n; i++) {
		v = length_of[i]
		for (j = i - 1; j > 0 && length_of[j] > v; j--) length_of[j + 1] = length_of[j]
		length_of[j + 1] = v
	}
}
