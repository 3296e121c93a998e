#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# documents - what the documents point at is there; prints TAP.
#
# Links to files; and in the tables of FAILURES and TESTING, whose last column
# names tests: the program (check_scan, fuzz_scan, test_spam.py) and the test
# in code marks (`test_beyond_the_limit_nobody_waits`).
set -eu
. "$(dirname "$0")/tap.sh"
cd "${TOP_SRCDIR:-.}"

last_column() {
	sed -nE 's/^\|.*\|([^|]*)\|$/\1/p' "$1"
}

for page in README.md HACKING.md docs/*.md docs/decisions/*.md; do
	status=0
	for link in $(grep -oE '\]\([^)#]+' "$page" | sed 's/^](//' | grep -v '^http' | sort -u); do
		[ -e "$(dirname "$page")/$link" ] || { echo "# no file $link"; status=1; }
	done
	say_status $status "$page: links"
done

for page in docs/FAILURES.md docs/TESTING.md; do
	status=0
	for name in $(last_column "$page" | grep -oE '\b(check|fuzz|test)_[a-z0-9_]+(\.py)?' | sort -u); do
		case $name in
		*.py) [ -f "t/system/$name" ] || [ -f "t/integration/$name" ] || [ -f "t/packaging/$name" ] ;;
		check_*) [ -f "t/unit/$name.c" ] ;;
		fuzz_*) [ -f "t/fuzz/$name.c" ] ;;
		*) grep -q "def $name(" t/system/*.py t/integration/*.py t/packaging/*.py ;;
		esac || { echo "# no test $name"; status=1; }
	done
	for name in $(last_column "$page" | grep -oE '`[a-z0-9]+(_[a-z0-9]+)+`' | tr -d '\140' | sort -u); do
		grep -qE "(START_TEST\(|def )${name}[()]" t/unit/*.c t/system/*.py t/integration/*.py t/packaging/*.py ||
			{ echo "# no test $name"; status=1; }
	done
	say_status $status "$page: the tests it names"
done
echo "1..$n"
