#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# recordings - sessions recorded with real MTAs, fixtures/traces, in TAP.
#
# What sendmail or Postfix did then, `milter-sim serve` with its profile does
# now: the same replies, and the same packets in the same order.  Those that
# differ still stand in fixtures/traces/not-yet, each with a reason; one of these
# that passes is a failure too, so that the list can only become shorter.
set -eu
cd "${TOP_SRCDIR:-.}"
sim=${TOP_BUILDDIR:-.}/milter-sim
# What goes wrong is in the TAP; stderr is that of the servers, once for each.
{ "$sim" run --timeout 20s fixtures/traces/*/*.mta 2>/dev/null || [ $? -le 2 ]; } |
	awk -v list=fixtures/traces/not-yet '
	function reason(name,    folder) {
		seen[name] = 1
		folder = name
		sub(/\/.*/, "/*", folder)
		if (folder in why) {
			seen[folder] = 1
			return why[folder]
		}
		return why[name]
	}
	BEGIN {
		while ((getline line < list) > 0)
			if (line !~ /^#/ && split(line, word, " ") > 1) {
				sub(/^[^ ]+ +/, "", line)
				why[word[1]] = line
			}
	}
	/^(not )?ok / {
		name = $0
		sub(/^.*fixtures\/traces\//, "", name)
		sub(/\.mta:.*/, "", name)
		todo = reason(name)
		print $0 (todo == "" ? "" : " # TODO " todo)
		next
	}
	{ print }
	END {
		for (name in why)
			if (!(name in seen)) {
				print "Bail out! not-yet names " name ", which is not there"
				exit 1
			}
	}'
