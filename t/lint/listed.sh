#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# listed - every source and test stands in a local.mk; prints TAP.
#
# A file that no local.mk names is missing from the tarball, and a test that
# none names never runs: both look fine in the author's own tree.  And in a clone,
# whatever git has is in the tarball, or .gitattributes says why not: a leftover that
# was committed is neither.
set -eu
cd "${TOP_SRCDIR:-.}"

find include src sim t demo -name '*.[ch]' -o -name 'test_*.py' -o -path 'demo/[0-9]*.sh' | sort > "${TMPDIR:-/tmp}/listed.$$"
trap 'rm -f "${TMPDIR:-/tmp}/listed.$$"' EXIT

fragments=$(find src sim t demo -name '*.mk')
n=0
echo "1..$(($(wc -l < "${TMPDIR:-/tmp}/listed.$$") + 1))"
while read -r file; do
	dir=${file%/*} base=${file##*/}
	n=$((n + 1))
	# By its path, by %reldir%/name from its own folder, or, as automake
	# does for a program of one source file, by the program's name.
	if grep -qwF -e "$file" -e "${file%.c}" Makefile.am $fragments ||
	    { [ -f "$dir/local.mk" ] && grep -qwF -e "%reldir%/$base" -e "%reldir%/${base%.c}" "$dir/local.mk"; }
	then
		echo "ok $n - $file"
	else
		echo "not ok $n - $file is in no local.mk"
	fi
done < "${TMPDIR:-/tmp}/listed.$$"

# Folders of the list stand for all that is in them.
strangers() {
	git ls-files | git check-attr --stdin export-ignore | sed -n 's/: export-ignore: unspecified$//p' |
		awk -v list="$1" '
		BEGIN { while ((getline file < list) > 0) known[file] }
		{
			for (path = $0; !(path in known) && sub("/[^/]*$", "", path); )
				;
			if (!(path in known)) print
		}'
}
. t/lint/tap.sh
n=$(wc -l < "${TMPDIR:-/tmp}/listed.$$")
if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; then
	${MAKE:-make} -s -C "${TOP_BUILDDIR:-.}" distfiles | sed "s,^\./,,;s,^$(pwd -P)/,," > "${TMPDIR:-/tmp}/listed.$$"
	say_faults "what git has is in the tarball, or .gitattributes says why not" "$(strangers "${TMPDIR:-/tmp}/listed.$$" | sed 's/^/: /' | tr '\n' ' ')"
else
	echo "ok $((n + 1)) - what git has is in the tarball # SKIP no clone"
fi
