#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run - every transcript of this folder through `milter-sim run`, in TAP; from a
# copy, as they are installed: none may need a file beside this folder.
set -eu
here=$(cd "${TOP_SRCDIR:-.}/t/sim" && pwd)
build=$(cd "${TOP_BUILDDIR:-.}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$here" "$work/cases"
chmod -R u+w "$work"
cd "$work"
"$build/milter-sim" run cases/*.mta cases/milter/*.mta || [ $? -eq 1 ]
