# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# steps - runs steps one after the other, also after a failed one, times each,
# and counts the tests of all; sourced by run and night.
#
# A step's tests are counted from what it printed: automake's summary, or TAP.
passed=0 failed=0 skipped=0 seconds=
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
touch "$work/start"

summary() { awk -v word="$2" '$1 == "#" && $2 == word ":" { n += $3 } END { print n + 0 }' "$1"; }
tap()     { grep -cE "$2" "$1"; }

count() {
	local log=$1 status=$2 bad
	passed=$((passed + $(summary "$log" PASS) + $(summary "$log" XFAIL)))
	skipped=$((skipped + $(summary "$log" SKIP)))
	bad=$(($(summary "$log" FAIL) + $(summary "$log" XPASS) + $(summary "$log" ERROR)))
	if ! grep -q '^# TOTAL:' "$log"; then
		passed=$((passed + $(tap "$log" '^ok ')))
		skipped=$((skipped + $(tap "$log" '^ok .*# SKIP')))
		passed=$((passed - $(tap "$log" '^ok .*# SKIP')))
		bad=$((bad + $(tap "$log" '^not ok ')))
	fi
	# A step that broke before it could count is one failure.
	[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	failed=$((failed + bad))
	[ "$bad" -eq 0 ]
}

# What a test's log says of each that failed, and nothing of the others.
why() {
	echo "--- $1"
	awk '/^(ok|not ok|PASS:|SKIP:|XFAIL:) / { on = /^not ok/ && !/# TODO/ } /^(Bail|FAIL|ERROR)/ || on' "$1" |
		cut -c1-400 | tail -n 120
}

# The logs of the tests that failed; where they went with the root they ran in, the step's,
# which VERBOSE=1 has printed them to.
failures() {
	find "$work" . -name '*.trs' -newer "$work/start" \
		-exec grep -lE '^:global-test-result: (FAIL|ERROR|XPASS)$' {} + |
		sed 's/trs$/log/' | grep . || echo "$1"
}

# step NAME COMMAND...; no step takes longer than STEP_LIMIT seconds.
step() {
	local name=$1 log start=$SECONDS status=0
	shift
	log=$work/${name//[^a-z0-9]/-}.log
	echo "=== $name: $*"
	timeout "${STEP_LIMIT:-1800}" "$@" >"$log" 2>&1 || status=$?
	if count "$log" "$status"; then
		grep -E '^# (TOTAL|SKIP):|^(ok|SKIP).*# SKIP|^# [0-9]+ functions' "$log"
	else
		grep -E '^(FAIL|XPASS|ERROR|not ok|Bail out)|(error|warning):|\*\*\*' "$log" | head -60
		echo "--- last lines of $name (exit code $status)"
		tail -60 "$log"
		failures "$log" | while IFS= read -r tests; do
			why "$tests"
		done
	fi
	echo "=== $name: $((SECONDS - start)) s"
	seconds="$seconds  $name $((SECONDS - start))"
	touch "$work/start"
}

# The last two lines; its exit code is that of the whole.
finish() {
	chmod -R u+w "$work"
	echo "seconds:$seconds  all $SECONDS"
	echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
	[ "$failed" -eq 0 ]
}
