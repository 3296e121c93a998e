#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# fixtures - the data are what their READMEs say; prints TAP.
#
# worms/ is data under version control, yet nobody may edit it by hand: noise
# and offsets come from generate.py and its seed.  A signature must stand in
# just the messages that EXPECTED names, and in none of mail/.
set -eu
. "$(dirname "$0")/tap.sh"
export LC_ALL=C
cd "${FIXTURES:-fixtures}"

pattern_of() {
	sed -n "/^$1 *=/{n;p;}" signatures/signatures
}

if command -v python3 >/dev/null; then
	made=$(python3 worms/generate.py --check) && status=0 || status=1
	say_status $status "worms/ is what generate.py makes, byte for byte"
	echo "$made" | sed -n 's/^not ok [0-9]*/#/p'
else
	n=$((n + 1))
	echo "ok $n - worms/ # SKIP no python3 to run generate.py"
fi

# Every pattern of the file as "-e PATTERN", for grep -F.
any=$(sed -n 's/^[^#]\{76\}$/-e &/p' signatures/signatures)

while read -r file name; do
	[ "$name" = - ] && wanted=1 || wanted=0
	[ "$name" = - ] && pattern=$any || pattern="-e $(pattern_of "$name")"
	sed '1,/^$/d' "worms/$file" | grep -aqF $pattern && found=0 || found=1
	say_status $((found != wanted)) "worms/$file: $name"
done <worms/EXPECTED

grep -alF $any mail/*.eml && status=1 || status=0
say_status $status "mail/ holds no signature"

for dir in */; do
	[ -s "${dir}README" ] && status=0 || status=1
	say_status $status "$dir has a README"
done
echo "1..$n"
