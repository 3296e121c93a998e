#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# layers - every include line obeys the table; prints TAP.
#
# The table is the architecture: left may include right, and nothing else.
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
	sim)      echo 'base wire sim' ;;
	*)        echo "no-layer-of-that-name:$1" ;;
	esac
}

# System headers that would make a layer impure.
never() {
	case $1 in
	wire)   echo 'sys/socket.h poll.h pthread.h syslog.h unistd.h' ;;
	policy) echo 'sys/socket.h poll.h pthread.h syslog.h unistd.h stdio.h time.h fcntl.h sys/stat.h' ;;
	esac
}

# Rooms of a layer: a decision uses what lies beside the rooms, and addresses;
# never another decision.
rooms() {
	case $1 in
	policy/address) echo 'policy policy/address' ;;
	policy/*)       echo "policy policy/address $1" ;;
	policy)         echo 'policy' ;;
	virus-milter)   echo 'policy policy/virus' ;;
	milter-sigs)    echo 'policy policy/virus' ;;
	quota-milter)   echo 'policy policy/address policy/quota' ;;
	logger-milter)  echo 'policy policy/address policy/logger' ;;
	spam-milter)    echo 'policy policy/address policy/spam' ;;
	glue)           echo 'policy' ;;
	*)              echo 'policy policy/address policy/logger policy/quota policy/spam policy/virus' ;;
	esac
}

n=0
echo "1..$(find include src sim -name '*.[ch]' | wc -l)"
for file in $(find include src sim -name '*.[ch]' | sort); do
	layer=$(echo "$file" | sed -E 's,^(include|src)/([^/]+)/.*,\2,; s,^sim/.*,sim,')
	bad=
	for used in $(sed -nE 's,^ *# *include "([^/"]+)/.*,\1,p' "$file" | sort -u); do
		case " $(may "$layer") " in *" $used "*) ;; *) bad="$bad $used" ;; esac
	done
	room=$(echo "${file%/*}" | sed -E 's,^(include|src)/,,')
	for used in $(sed -nE 's,^ *# *include "(policy(/[^/"]+)?)/[^/"]+".*,\1,p' "$file" | sort -u); do
		case " $(rooms "$room") " in *" $used "*) ;; *) bad="$bad $used" ;; esac
	done
	for used in $(sed -nE 's,^ *# *include <([^>]+)>.*,\1,p' "$file" | sort -u); do
		case " $(never "$layer") " in *" $used "*) bad="$bad $used" ;; esac
		case $used in libmilter/*) [ "$layer" = glue ] || bad="$bad $used" ;; esac
	done
	n=$((n + 1))
	if [ -z "$bad" ]; then echo "ok $n - $file"; else echo "not ok $n - $file uses$bad"; fi
done
