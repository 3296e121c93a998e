#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run - every transcript of this folder through `milter-sim run`, in TAP.
set -eu
cd "${TOP_SRCDIR:-.}"
"${TOP_BUILDDIR:-.}/milter-sim" run t/sim/*.mta t/sim/milter/*.mta || [ $? -eq 1 ]
