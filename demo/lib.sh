# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# lib - what the steps of the demo share.
#
# A step is a file NN-NAME.sh beside this one; demo/run reads each into a
# shell of its own, with this file before it.  In a step:
#
#     say TEXT                  a line for the reader
#     start PROGRAM ARGUMENT... a program of this build in the background, its
#                               words in $work/PROGRAM.log
#     milter NAME OPTION...     start NAME-milter on unix:$work/NAME.sock
#     serve OPTION...           start the SMTP front on a free port: $server
#     mail FILE FROM TO,TO...   send it with a real client, show the dialogue
#     expect TEXT               the last dialogue holds this answer
#     expect_log PROGRAM TEXT   that program says so within 10 s
#     delivered                 how many messages were delivered
#
# Whatever differs ends the demo with exit code 1.  What a step started is
# stopped when the step ends.

pids=
trap 'stop_all' EXIT

say()  { printf '%s\n' "$*"; }
show() { sed 's/^/    /' "$@"; }

differs() {
	say "DIFFERS: $*"
	for log in "$work"/*.log; do
		[ -s "$log" ] && say "--- ${log##*/}" && show "$log"
	done
	exit 1
}

start() {
	program=$1
	shift
	say "\$ $program $*" | sed "s,$work/,,g; s,$TOP_SRCDIR/,,g"
	"$TOP_BUILDDIR/$program" "$@" >>"$work/$program.log" 2>&1 &
	pids="$! $pids"
}

# Last started, first stopped: the server goes before its milters.
stop_all() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	pids=
}

# wait_until WHAT COMMAND...: for an event, ten seconds at most.
wait_until() {
	what=$1 left=100
	shift
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || differs "$what: not within 10 s"
		sleep 0.1
	done
}

# Root may run the demo, as in a container; a service may not.
milter() {
	milter=$1
	shift
	start "$milter-milter" -f -p "unix:$work/$milter.sock" -o allow-root=yes "$@"
	wait_until "$milter-milter is ready" grep -q ': ready' "$work/$milter-milter.log"
}

serve() {
	rm -f "$work/port"
	start milter-sim serve --profile rfc2821 --listen 127.0.0.1:0 --port-file "$work/port" \
	    --domain foo.com --user Jones --user Brown --deliver "maildir:$work/mail" "$@"
	wait_until "milter-sim listens" test -s "$work/port"
	server=$(sed -n 's/^inet:\([0-9]*\)@\(.*\)/\2:\1/p' "$work/port")
}

# Alpine has no swaks; python's smtplib is a real client too.
mail() {
	dialogue=$work/dialogue
	if command -v swaks >/dev/null 2>&1; then
		swaks --server "$server" --ehlo bar.com --from "$2" --to "$3" --data "@$1" \
		    --suppress-data >"$dialogue" 2>&1 || true
	else
		python3 "$TOP_SRCDIR/demo/send.py" "$server" "$2" "$3" "$1" >"$dialogue" 2>&1 || true
	fi
	sed -n 's/^ -> /C: /p; s/^<..  */S: /p; s/^<\*\* /S: /p' "$dialogue" >"$dialogue.plain"
	[ -s "$dialogue.plain" ] || differs "the client had no dialogue: $(cat "$dialogue")"
	dialogue=$dialogue.plain
	show "$dialogue"
}

expect() {
	grep -qF -- "$1" "$dialogue" || differs "the server did not answer '$1'"
	say "  as it should be: $1"
}

expect_log() {
	wait_until "$1 logs '$2'" grep -qF -- "$2" "$work/$1.log"
	say "  $1 logs: $(grep -F -- "$2" "$work/$1.log" | tail -n 1)"
}

delivered() { find "$work/mail" -path '*/new/*' -type f 2>/dev/null | wc -l | tr -d ' '; }
