#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# worms - fixtures/worms is what its generator makes; prints TAP.
#
# The worms are data under version control, yet nobody may edit one by hand:
# the noise and the offsets come from generate.py and its seed.
set -eu
worms=${FIXTURES:-fixtures}/worms

if ! command -v python3 >/dev/null; then
	echo "1..0 # SKIP no python3 to run generate.py"
	exit 0
fi
python3 "$worms/generate.py" --check || exit 0 # the plan and "not ok" say it
