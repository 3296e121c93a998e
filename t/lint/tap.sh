# SPDX-License-Identifier: BSD-2-Clause
# tap - the lines in which a lint says what it found.  Read with `.`; counts in $n.
# shellcheck shell=sh
n=0

# STATUS TEXT: true is 0, as a command returns it.
say_status() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# TEXT FAULTS: good where there are none; they stand behind the text.
say_faults() {
	n=$((n + 1))
	if [ -z "$2" ]; then echo "ok $n - $1"; else echo "not ok $n - $1$2"; fi
}

# TEXT FILE: the same; the file has one a line, which stand below.
say_findings() {
	n=$((n + 1))
	if [ ! -s "$2" ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; sed 's/^/# /' "$2"; fi
}
