#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# units - what systemd thinks of our units; prints TAP.
#
# 1.5 or better (0 is best, 10 worst) in `systemd-analyze security`, which
# weighs what a service could still do after somebody has taken it over.
set -eu
here=$(cd "$(dirname "$0")" && pwd)/${0##*/}
cd "${TOP_BUILDDIR:-.}"

count=0
# shellcheck disable=SC2086 # UNITS is a list of words
set -- ${UNITS:-}
services=$(for unit; do case $unit in *.service) echo "$unit" ;; esac; done)
if ! command -v systemd-analyze >/dev/null 2>&1; then
	echo "1..0 # SKIP no systemd-analyze"
	exit 0
fi
# It makes /run/systemd, also with --offline, which an ordinary user may not where
# systemd is installed and not booted: then we go where /run is our own.
if ! [ -d /run/systemd ] && ! [ -w /run ]; then
	if ! [ -n "${OWN_RUN:-}" ] && unshare -rm true 2>/dev/null; then
		exec unshare -rm sh -c 'mount -t tmpfs run /run && OWN_RUN=1 exec sh "$0"' "$here"
	fi
	echo "1..0 # SKIP systemd is not booted, and $(id -un) may not make /run/systemd"
	exit 0
fi
# shellcheck disable=SC2086
set -- $services
echo "1..$(($# * 2))"
for unit; do
	count=$((count + 2))
	if grep -n '@[a-z]*@' "$unit"; then
		echo "not ok $((count - 1)) - $unit: configure filled in all names"
	else
		echo "ok $((count - 1)) - $unit: configure filled in all names"
	fi
	if systemd-analyze security --no-pager --offline=true --threshold=15 "$unit" >"$unit.security" 2>&1; then
		echo "ok $count - $unit: $(tail -n 1 "$unit.security" | sed 's/^[^O]*//; s/#/no. /')"
	else
		echo "not ok $count - $unit: $(tail -n 1 "$unit.security" | sed 's/^[^O]*//; s/#/no. /')"
		sed 's/^/# /' "$unit.security"
	fi
	rm -f "$unit.security"
done
