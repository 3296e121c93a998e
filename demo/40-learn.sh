# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# learn - a worm that nobody knows is captured, learned, and refused

python=$(command -v /usr/bin/python3 || command -v python3)
copy() { # copy NUMBER: one of the worm, in a wrapper of its own, as a file
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$TOP_SRCDIR/t/system" "$python" -c '
import sys, worms
sys.stdout.buffer.write(worms.worm("demo", int(sys.argv[1])))' "$1" >"$work/copy$1.eml"
}

mkdir "$work/store"
cp "$FIXTURES/signatures/signatures" "$work/signatures"
milter logger -o "directory=$work/store" -o "switch=$work/on" -o min-free=0
milter virus -o "signatures=$work/signatures"
serve --milter "S=unix:$work/logger.sock" --milter "S=unix:$work/virus.sock, F=T"

say
say "A letter, while the switch is off: nothing is kept."
mail "$FIXTURES/mail/plain.eml" Smith@bar.com Jones@foo.com
expect "250 OK"
[ "$(find "$work/store/new" -type f | wc -l)" -eq 0 ] || differs "the letter was kept"
say "  as it should be: no copy"

say
say "\$ touch on"
touch "$work/on"
say "A new worm comes, three times, never in the same wrapper:"
for n in 1 2 3; do
	copy $n
	mail "$work/copy$n.eml" "user$n@example.com" Jones@foo.com
	expect "250 OK"
done
rm "$work/on"
[ "$(find "$work/store/new" -type f | wc -l)" -eq 3 ] || differs "not three copies were kept"
say "  as it should be: three byte-exact copies in store/new"

say
say "\$ milter-sigs learn --infected store --clean fixtures/mail --name WORM_NEW --per-name 1"
"$TOP_BUILDDIR/milter-sigs" learn --quiet --infected "$work/store" --clean "$FIXTURES/mail" \
    --name WORM_NEW --per-name 1 >"$work/learned" || differs "nothing was learned"
show "$work/learned"
cat "$work/learned" >>"$work/signatures"
"$TOP_BUILDDIR/milter-sigs" check "$work/signatures" | show

say "\$ kill -HUP virus-milter"
for pid in $pids; do
	[ "$(cat "/proc/$pid/comm")" = virus-milter ] && kill -HUP "$pid"
done
expect_log virus-milter "reloaded: 4 signatures"

say
say "The next copy, and a letter:"
copy 4
mail "$work/copy4.eml" user4@example.com Jones@foo.com
expect "550 5.7.0 VIRUS FOUND"
expect_log virus-milter "virus: 'WORM_NEW'"
mail "$FIXTURES/mail/plain.eml" Smith@bar.com Jones@foo.com
expect "250 OK"
