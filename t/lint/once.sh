#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# once - calls that change what all threads share stand in few files; prints TAP.
#
# No test can see one that is made again while others run: the log goes out
# under another name for a moment, a file gets another's mode.
set -eu
cd "${TOP_SRCDIR:-.}"

# call, the files that may make it; - is none
table() {
	cat <<-'END'
	openlog    src/base/log.c
	log_open   src/glue/daemon.c,src/glue/check.c
	umask      src/glue/listener_unix.c
	chdir      src/glue/process.c
	closelog   -
	setlogmask -
	setlocale  -
	setenv     -
	putenv     -
	tzset      -
	END
}

n=0
echo "1..$(table | wc -l)"
table | while read -r call files; do
	n=$((n + 1))
	# A definition begins its line; a call does not.
	bad=$(grep -rlE --include='*.c' "[^[:alnum:]_\"]$call\(" src | grep -vxF -e "$(echo "$files" | tr ',' '\n')" | tr '\n' ' ')
	if [ -z "$bad" ]; then echo "ok $n - $call: $files"; else echo "not ok $n - $call: $files alone, not $bad"; fi
done
