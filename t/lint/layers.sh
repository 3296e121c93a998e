#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# layers - every include line obeys the table; prints TAP.
#
# The table is the architecture: left may include right, and nothing else.
# sim/ is divided into rooms, lowest first; a room's README repeats its row.
set -eu
. "$(dirname "$0")/tap.sh"
cd "${TOP_SRCDIR:-.}"

may() {
	case $1 in
	base)     allowed='base' ;;
	wire)     allowed='base wire' ;;
	policy)   allowed='base policy' ;;
	store)    allowed='base policy store' ;;
	glue)     allowed='base policy glue' ;;
	*-milter|milter-sigs) allowed="base policy store glue $1" ;;

	sim/io)         allowed='base' ;;
	sim/profile)    allowed='base wire' ;;
	sim/transcript) allowed='base wire' ;;
	sim/puppet)     allowed='base wire io transcript' ;;
	sim/smtp)       allowed='base wire profile' ;;
	sim/filters)    allowed='base wire profile' ;;
	sim/server)     allowed='base wire io profile transcript smtp filters' ;;
	sim/play)       allowed='base wire io transcript puppet filters server record' ;;
	sim/check)      allowed='base wire io profile transcript play' ;;
	sim/load)       allowed='base wire io' ;;
	sim/record)     allowed='base wire io transcript' ;;
	sim/commands)   allowed='base wire io profile transcript puppet smtp filters server play check load record' ;;
	sim)            allowed='commands' ;;

	*)        allowed="no-layer-of-that-name:$1" ;;
	esac
}

# System headers that would make a layer or a room impure.
never() {
	pure='sys/socket.h poll.h pthread.h syslog.h unistd.h'
	case $1 in
	wire)   forbidden="$pure" ;;
	policy) forbidden="$pure stdio.h time.h fcntl.h sys/stat.h" ;;
	sim/profile|sim/smtp|sim/filters) forbidden="$pure stdio.h time.h fcntl.h sys/stat.h" ;;
	*)      forbidden= ;;
	esac
}

# Rooms of policy/: a decision uses what lies beside the rooms, and addresses;
# never another decision.
decisions() {
	case $1 in
	policy/address) rooms_of_policy='policy policy/address' ;;
	policy/*)       rooms_of_policy="policy policy/address $1" ;;
	policy)         rooms_of_policy='policy' ;;
	virus-milter)   rooms_of_policy='policy policy/virus' ;;
	milter-sigs)    rooms_of_policy='policy policy/virus' ;;
	quota-milter)   rooms_of_policy='policy policy/address policy/quota' ;;
	logger-milter)  rooms_of_policy='policy policy/address policy/logger' ;;
	spam-milter)    rooms_of_policy='policy policy/address policy/spam' ;;
	glue)           rooms_of_policy='policy policy/address' ;;
	*)              rooms_of_policy='policy policy/address policy/logger policy/quota policy/spam policy/virus' ;;
	esac
}

files=$(find include src sim -name '*.[ch]' | sort)
rooms=$(find sim -mindepth 1 -type d ! -name '.*' | sort)

echo "1..$(printf '%s\n' "$files" "$rooms" | wc -l)"

# What FILE may and may not use; no process is started for a file.
enter() { # FILE
	bad=
	room=${1%/*}
	room=${room#include/}
	room=${room#src/}
	case $room in
	sim*) layer=$room ;;
	*)    layer=${room%%/*} ;;
	esac
	may "$layer"
	never "$layer"
	decisions "$room"
}

# One of its include lines, with its quotes or brackets.
judge() { # INCLUDE
	name=${1#?}
	name=${name%?}
	case $1 in
	'<libmilter/'*) [ "$layer" = glue ] || bad="$bad $name" ;;
	'<'*) case " $forbidden " in *" $name "*) bad="$bad $name" ;; esac ;;
	*/*)
		used=${name#sim/}
		used=${used%%/*}
		case " $allowed ${layer#sim/} " in *" $used "*) ;; *) bad="$bad $used" ;; esac
		case $name in
		policy/*)
			used=${name%/*}
			case " $rooms_of_policy " in *" $used "*) ;; *) bad="$bad $used" ;; esac
		esac
	esac
}

# Each file's include lines, and a line "FILE end" behind them.
# shellcheck disable=SC2086 # a list of names without blanks
includes=$(awk '
	FNR == 1 && before != "" { print before, "end" }
	FNR == 1 { before = FILENAME }
	match($0, /^ *# *include *[<"][^>"]+[>"]/) {
		name = substr($0, RSTART, RLENGTH)
		sub(/^[^<"]*/, "", name)
		print FILENAME, name
	}
	END { print before, "end" }' $files)

at=
while read -r file used; do
	[ "$file" = "$at" ] || enter "$file"
	at=$file
	case $used in
	end) say_faults "$file" "${bad:+ uses$bad}" ;;
	*)   judge "$used" ;;
	esac
done <<EOF
$includes
EOF

for room in $rooms; do
	bad=
	may "$room"
	grep -qxF "Uses: $allowed" "$room/README" || bad=" does not say 'Uses: $allowed'"
	say_faults "$room/README" "$bad"
done
