#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# manual - every option stands in its man page, and the other way round; TAP.
#
# Switches: what --help lists against the ".It Fl" lines of the page.  Keys:
# what -t prints against the ".It Cm" lines.  So a page writes switches as
# ".It Fl c , Fl -config Ar file" and keys as ".It Cm socket-mode = Ar mode",
# and uses neither macro at the head of any other list item.
set -eu
. "$(dirname "$0")/tap.sh"
top=${TOP_SRCDIR:-.} build=${TOP_BUILDDIR:-.}
empty=$(mktemp)
trap 'rm -f "$empty"' EXIT

# The words of each list that the other lacks, as TAP comments; 1 if any.
compare() { # compare WHAT "PROGRAM'S WORDS" "PAGE'S WORDS"
	status=0
	for word in $2; do
		case " $3 " in *" $word "*) ;; *) echo "# not in the page: $word"; status=1 ;; esac
	done
	for word in $3; do
		case " $2 " in *" $word "*) ;; *) echo "# not in the program: $word"; status=1 ;; esac
	done
	[ -n "$2" ] || { echo "# the program shows none"; status=1; }
	say_status $status "$1"
}

one_line() { sort -u | tr '\n' ' '; }

# Switches at the head of a line of help text: "  -p, --socket SOCKET   ...".
switches_of_help() {
	sed -nE 's/^ +(-[^ ,]+(, --[^ ]+)?).*/\1/p' | tr -d ',' | tr ' =' '\n\n' | grep '^-' | one_line
}

switches_of_page() {
	sed -nE 's/^\.It (Fl .*)/\1/p' "$1" | grep -oE 'Fl -?[A-Za-z-]+' | sed 's/^Fl /-/' | one_line
}

keys_of_page() {
	sed -nE 's/^\.It Cm ([a-z0-9-]+).*/\1/p' "$1" | one_line
}

# What a program needs beside its defaults for -t to succeed here.
needs() {
	case $1 in
	logger-milter) echo "-o directory=." ;;
	spam-milter) echo "-o senders=$top/examples/spam-senders -o recipients=$top/examples/spam-recipients" ;;
	virus-milter) echo "-o signatures=$top/fixtures/signatures/signatures" ;;
	esac
}

check_help() { # check_help PROGRAM PAGE
	help=$("$build/$1" --help) || { say_status 1 "$1 --help"; return; }
	compare "$1: switches" "$(echo "$help" | switches_of_help)" "$(switches_of_page "$2")"
}

check_keys() { # check_keys PROGRAM PAGE
	# -p: a unix socket whose folder is there.
	# shellcheck disable=SC2046 # needs prints words
	keys=$("$build/$1" -t -o allow-root=yes -c "$empty" -p unix:./manual.sock $(needs "$1")) ||
		{ say_status 1 "$1 -t"; return; }
	keys=$(echo "$keys" | sed -nE 's/^([a-z0-9-]+) = .*/\1/p' | one_line)
	compare "$1: keys" "$keys" "$(keys_of_page "$2")"
}

# A program of subcommands: each has a --help of its own, one page tells all.
check_subcommands() { # check_subcommands PROGRAM PAGE
	words=$("$build/$1" --help | sed -nE 's/^  ([a-z]+)  .*/\1/p')
	help=$(for word in '' $words; do
		# shellcheck disable=SC2086 # the empty word is no argument
		"$build/$1" $word --help
	done) || { say_status 1 "$1 --help"; return; }
	inside=$(echo "$help" | grep -oE -- '(^|[^a-z-])--?[a-z][a-z-]*' | grep -oE -- '--?[a-z].*' | one_line)
	compare "$1: switches" "$inside" "$(switches_of_page "$2")"
	compare "$1: subcommands" "$(echo "$words" | one_line)" \
		"$(sed -nE 's/^\.Ss ([a-z]+)$/\1/p' "$2" | one_line)"
}

for program in ${PROGRAMS:-}; do
	page=$(echo "$top/docs/man/$program".[18])
	if [ ! -f "$page" ]; then
		say_status 1 "$program has a man page"
		continue
	fi
	case $program in
	milter-sim) check_subcommands "$program" "$page" ;;
	*-milter)
		check_help "$program" "$page"
		check_keys "$program" "$page"
		;;
	*) check_help "$program" "$page" ;;
	esac
done

# What a page says to see also, of ours, must be there.
for page in "$top"/docs/man/*.[1-8]; do
	[ -f "$page" ] || continue
	status=0
	for xr in $(sed -nE 's/^\.Xr ([a-z]+-[a-z-]+) ([1-8]).*/\1.\2/p' "$page" | grep -E '^milter-|-milter\.' | sort -u); do
		[ -f "$top/docs/man/$xr" ] || { echo "# no page $xr"; status=1; }
	done
	say_status $status "${page##*/}: the pages it refers to are there"
done

# mdoc takes these words for macros, and shows "550 No such user" without its "No".
english='Ad|An|Ap|As|At|Do|Ex|In|Me|Ms|No|So|St'
for page in "$top"/docs/man/*.[1-8]; do
	[ -f "$page" ] || continue
	bad=$(grep -nE '^\.(Ql|Dl|Li|D1) ' "$page" | sed 's/"[^"]*"//g' | grep -E " ($english)( |\$)" || true)
	[ -z "$bad" ] || echo "$bad" | sed 's/^/# quote it: line /'
	status=${bad:+1}
	say_status "${status:-0}" "${page##*/}: no word of literal text is a macro"
done

[ "$n" -gt 0 ] && echo "1..$n" || echo "1..0 # SKIP no programs"
