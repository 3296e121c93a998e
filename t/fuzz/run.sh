#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run - build each named target with libFuzzer and let it invent inputs.
#
#	FUZZ_SECONDS=60 make fuzz
#	make fuzz FUZZ_SECONDS=60 FUZZ_TARGETS=t/fuzz/fuzz_reply
#
# New inputs are kept in t/fuzz/libfuzzer/corpus/NAME of the build folder, so
# that the next run goes on from there.  The first input that breaks a target
# ends the run with exit code 1; its file is named.
set -eu

cc=${FUZZ_CC:-clang}
seconds=${FUZZ_SECONDS:-10}
src=${TOP_SRCDIR:-.}
build=${TOP_BUILDDIR:-.}
out=$build/t/fuzz/libfuzzer
sanitize=address,undefined
flags="-g -O1 -std=c17 -pthread -fno-sanitize-recover=all -include $build/config.h
	-I$src/include -I$src"

probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
echo 'int LLVMFuzzerTestOneInput(const char *d, long n) { return d == 0 && n < 0; }' \
	> "$probe/probe.c"
if ! $cc -fsanitize=fuzzer "$probe/probe.c" -o "$probe/probe" 2> /dev/null; then
	echo "make fuzz: $cc has no libFuzzer; install clang, or name one that has: FUZZ_CC=clang-14" >&2
	exit 77
fi

# The layers that targets may reach; an archive links only what a target uses.
mkdir -p "$out/objects"
for file in "$src"/src/base/*.c "$src"/src/wire/*.c "$src"/src/policy/*.c "$src"/src/policy/*/*.c "$src"/src/store/*.c \
	"$src"/sim/*/*.c; do
	[ -e "$file" ] || continue
	object=$out/objects/$(echo "${file#"$src"/src/}" | tr '/' '-').o
	[ "$object" -nt "$file" ] && [ -z "$(find "$src/include" -newer "$object" -name '*.h')" ] ||
		$cc $flags -fsanitize=fuzzer-no-link,$sanitize -c "$file" -o "$object" 2> "$probe/log" ||
		echo "# left out, does not compile alone: ${file#"$src"/}"
done
rm -f "$out/libproject.a"
ar cr "$out/libproject.a" "$out"/objects/*.o

for target in "$@"; do
	name=${target##*/fuzz_}
	extra=$(sed -n 's,^ \* fuzz libraries: \(.*\)$,\1,p' "$src/$target.c")
	$cc $flags -fsanitize=fuzzer,$sanitize "$src/$target.c" "$out/libproject.a" $extra \
		-o "$out/fuzz_$name"
	corpus=$out/corpus/$name
	mkdir -p "$corpus"
	if ! "$out/fuzz_$name" -max_total_time="$seconds" -artifact_prefix="$out/$name-" \
		-print_final_stats=1 -verbosity=1 -timeout=10 -rss_limit_mb=1024 \
		"$corpus" "$src/fixtures/fuzz/$name" > "$out/$name.log" 2>&1; then
		tail -n 60 "$out/$name.log"
		echo "make fuzz: $name: broken by the input above; again: $out/fuzz_$name $out/$name-*"
		exit 1
	fi
	sed -n 's/^stat::number_of_executed_units: *//p' "$out/$name.log" | {
		read -r runs
		echo "$name: $runs inputs in $seconds s, none broke it"
	}
done
