#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# hardening - each program is linked as configure promised; prints TAP.
set -eu
cd "${TOP_BUILDDIR:-.}"

if [ "${HARDENING:-yes}" != yes ]; then
	echo "1..0 # SKIP hardening is off (sanitizer build, or --disable-hardening)"
	exit 0
fi
if ! command -v readelf >/dev/null 2>&1; then
	echo "1..0 # SKIP no readelf"
	exit 0
fi

# what it is called, readelf's option, what must be seen
checks() {
	cat <<-'END'
	position independent|-hW|Type: *DYN
	RELRO|-lW|GNU_RELRO
	bound at start|-dW|BIND_NOW|FLAGS_1.*NOW
	stack not executable|-lW|GNU_STACK.* RW +0x
	stack protector|-sW|__stack_chk_fail
	END
}

count=0
# shellcheck disable=SC2086 # PROGRAMS is a list of words
set -- ${PROGRAMS:-}
echo "1..$(($# * $(checks | wc -l)))"
for program; do
	while IFS='|' read -r what option pattern; do
		count=$((count + 1))
		if readelf "$option" "$program" | grep -qE "$pattern"; then
			echo "ok $count - $program: $what"
		else
			echo "not ok $count - $program: $what"
		fi
	done <<-END
	$(checks)
	END
done
