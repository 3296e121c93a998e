#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# conformance - docs/CONFORMANCE.md is what tools/conformance-table makes; prints TAP.
set -eu
top=${TOP_SRCDIR:-.} build=${TOP_BUILDDIR:-.}
made=$(mktemp) list=$(mktemp)
trap 'rm -f "$made" "$list"' EXIT

if [ ! -x "$build/t/mutants/mutant" ]; then
	echo "1..0 # SKIP t/mutants/mutant is not built"
	exit 0
fi
echo 1..1
"$build/t/mutants/mutant" --list > "$list"
"$top/tools/conformance-table" "$top/cases" "$list" > "$made"
if diff -u "$top/docs/CONFORMANCE.md" "$made" | sed 's/^/# /' | head -20 | grep .; then
	echo "# t/mutants/mutant --list > L; tools/conformance-table cases L > docs/CONFORMANCE.md"
	echo "not ok 1 - docs/CONFORMANCE.md is as the cases say"
else
	echo "ok 1 - docs/CONFORMANCE.md is as the cases say"
fi
