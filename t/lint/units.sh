#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# units - what systemd thinks of our units; prints TAP.
#
# 1.5 or better (0 is best, 10 worst) in `systemd-analyze security`, which
# weighs what a service could still do after somebody has taken it over.
set -eu
cd "${TOP_BUILDDIR:-.}"

count=0
# shellcheck disable=SC2086 # UNITS is a list of words
set -- ${UNITS:-}
services=$(for unit; do case $unit in *.service) echo "$unit" ;; esac; done)
if ! command -v systemd-analyze >/dev/null 2>&1; then
	echo "1..0 # SKIP no systemd-analyze"
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
