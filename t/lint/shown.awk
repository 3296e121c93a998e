# SPDX-License-Identifier: BSD-2-Clause
# Rows "| words | recording | `line` *no* `line` ... |": do these lines stand there in this
# order?  Each is the beginning of one; no: not before the next one that is named.
function fault(what) { print "# " recording ": " what; bad++ }
function number_taken(line) { sub(/^[0-9]+ /, "", line); return line }
function shown(list,    n, part, i, forbidden, found, line) {
	n = split(list, part, "`")
	found = 1
	for (i = 2; i <= n; i += 2) {
		if (part[i - 1] ~ /\*no\* $/) {
			forbidden = part[i]
			continue
		}
		found = 0
		while (!found && (getline line < file) > 0) {
			line = number_taken(line)
			if (index(line, part[i]) == 1)
				found = 1
			else if (forbidden != "" && index(line, forbidden) == 1)
				return "`" forbidden "` stands before `" part[i] "`"
		}
		if (!found)
			return "no `" part[i] "` where it should be"
		forbidden = ""
	}
	while (forbidden != "" && (getline line < file) > 0)
		if (index(number_taken(line), forbidden) == 1)
			return "`" forbidden "` stands at the end"
	return ""
}
/^\| .* \| (sendmail|postfix)-[0-9.]+\/[A-Za-z0-9_-]+ \| / {
	rows++
	split($0, cell, / \| /)
	recording = cell[2]
	file = traces "/" recording ".mta"
	if ((getline line < file) <= 0)
		fault("is no recording")
	else if ((why = shown(cell[3])) != "")
		fault(why)
	close(file)
}
END { print (bad || !rows ? "not ok 2" : "ok 2") " - each of " rows " statements is shown by its recording" }
