#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# installed - make installcheck: what was installed is whole and in its place.
#
# make tells the folders, DESTDIR before each; prints what is wrong.
set -eu
bad=0
wrong() { echo "installed: $*"; bad=1; }

for name in $PROGRAMS; do
	for program in "$BINDIR/$name" "$SBINDIR/$name" ''; do
		[ -x "$program" ] && break
	done
	if [ -z "$program" ]; then
		wrong "$name is in neither $BINDIR nor $SBINDIR"
	elif [ "$("$program" --version | cut -d' ' -f1)" != "$name" ]; then
		wrong "$program does not say its name and version"
	fi
	find "$MANDIR" -name "$name.[18]" | grep -q . || wrong "$name has no man page in $MANDIR"
done

for unit in $UNITS; do
	file=$UNITDIR/${unit##*/}
	[ -f "$file" ] || { wrong "$file is not there"; continue; }
	sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$file" | while read -r program; do
		[ -x "${DESTDIR:-}$program" ] || echo "$program"
	done | grep . && wrong "$file starts a program that is not there"
done

[ $bad -eq 0 ] && echo "installed: all in place"
exit $bad
