#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# layers - every include line obeys the table; prints TAP.
#
# The table is the architecture: left may include right, and nothing else.
# sim/ is divided into rooms, lowest first; a room's README repeats its row.
set -eu
cd "${TOP_SRCDIR:-.}"

may() {
	case $1 in
	base)     echo 'base' ;;
	wire)     echo 'base wire' ;;
	policy)   echo 'base policy' ;;
	store)    echo 'base policy store' ;;
	glue)     echo 'base policy glue' ;;
	*-milter|milter-sigs) echo "base policy store glue $1" ;;

	sim/io)         echo 'base' ;;
	sim/profile)    echo 'base wire' ;;
	sim/transcript) echo 'base wire' ;;
	sim/puppet)     echo 'base wire io transcript' ;;
	sim/smtp)       echo 'base wire profile' ;;
	sim/filters)    echo 'base wire profile' ;;
	sim/server)     echo 'base wire io profile transcript smtp filters' ;;
	sim/play)       echo 'base wire io transcript puppet filters server' ;;
	sim/check)      echo 'base wire io transcript play' ;;
	sim/load)       echo 'base wire io' ;;
	sim/commands)   echo 'base wire io profile transcript puppet smtp filters server play check load' ;;
	sim)            echo 'commands' ;;

	*)        echo "no-layer-of-that-name:$1" ;;
	esac
}

# System headers that would make a layer or a room impure.
never() {
	pure='sys/socket.h poll.h pthread.h syslog.h unistd.h'
	case $1 in
	wire)   echo "$pure" ;;
	policy) echo "$pure stdio.h time.h fcntl.h sys/stat.h" ;;
	sim/profile|sim/smtp|sim/filters) echo "$pure stdio.h time.h fcntl.h sys/stat.h" ;;
	esac
}

# Rooms of policy/: a decision uses what lies beside the rooms, and addresses;
# never another decision.
decisions() {
	case $1 in
	policy/address) echo 'policy policy/address' ;;
	policy/*)       echo "policy policy/address $1" ;;
	policy)         echo 'policy' ;;
	virus-milter)   echo 'policy policy/virus' ;;
	milter-sigs)    echo 'policy policy/virus' ;;
	quota-milter)   echo 'policy policy/address policy/quota' ;;
	logger-milter)  echo 'policy policy/address policy/logger' ;;
	spam-milter)    echo 'policy policy/address policy/spam' ;;
	glue)           echo 'policy policy/address' ;;
	*)              echo 'policy policy/address policy/logger policy/quota policy/spam policy/virus' ;;
	esac
}

files=$(find include src sim -name '*.[ch]' | sort)
rooms=$(find sim -mindepth 1 -type d ! -name '.*' | sort)

n=0
echo "1..$(printf '%s\n' "$files" "$rooms" | wc -l)"
say() { # WHAT BAD
	n=$((n + 1))
	if [ -z "$2" ]; then echo "ok $n - $1"; else echo "not ok $n - $1$2"; fi
}

for file in $files; do
	layer=$(echo "$file" | sed -E 's,^(include|src)/([^/]+)/.*,\2,; s,^(sim(/[^/]+)?)/[^/]*$,\1,')
	own=${layer#sim/}
	bad=
	for used in $(sed -nE 's,^ *# *include "(sim/)?([^/"]+)/.*,\2,p' "$file" | sort -u); do
		case " $(may "$layer") $own " in *" $used "*) ;; *) bad="$bad $used" ;; esac
	done
	room=$(echo "${file%/*}" | sed -E 's,^(include|src)/,,')
	for used in $(sed -nE 's,^ *# *include "(policy(/[^/"]+)?)/[^/"]+".*,\1,p' "$file" | sort -u); do
		case " $(decisions "$room") " in *" $used "*) ;; *) bad="$bad $used" ;; esac
	done
	for used in $(sed -nE 's,^ *# *include <([^>]+)>.*,\1,p' "$file" | sort -u); do
		case " $(never "$layer") " in *" $used "*) bad="$bad $used" ;; esac
		case $used in libmilter/*) [ "$layer" = glue ] || bad="$bad $used" ;; esac
	done
	say "$file" "${bad:+ uses$bad}"
done

for room in $rooms; do
	bad=
	grep -qxF "Uses: $(may "$room")" "$room/README" || bad=" does not say 'Uses: $(may "$room")'"
	say "$room/README" "$bad"
done
