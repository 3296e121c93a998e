# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# bare - small Debian roots, made and run in; sourced by who needs one.
#
# Needs root and mmdebstrap.  The package sources are the host's own, whatever
# they are, for another suite with its name in place of the host's.

# The codename of the host's Debian, which its package sources name.
host_suite() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# Copies of the host's package sources in folder $1, for suite $2.
bare_sources() {
	local file
	mkdir -p "$1"
	find /etc/apt/sources.list /etc/apt/sources.list.d -type f \
	    \( -name '*.list' -o -name '*.sources' \) -size +0 2>/dev/null |
	while read -r file; do
		sed "s/\<$(host_suite)\>/$2/g" "$file" >"$1/${file##*/}"
	done
}

# Settings about checks and proxies go along.
bare_apt_settings() {
	grep -lEi '^ *Acquire::(Check|http|https|Retries)' /etc/apt/apt.conf /etc/apt/apt.conf.d/* 2>/dev/null || true
}

# bare_make SUITE ARCH PACKAGE,PACKAGE... OUT [OPTION-OF-mmdebstrap...]: OUT is a folder, or a .tar.
bare_make() {
	local suite=$1 arch=$2 packages=$3 out=$4 options=() file sources
	shift 4
	sources=$(mktemp -d)
	bare_sources "$sources" "$suite"
	while read -r file; do options+=("--aptopt=$file"); done < <(bare_apt_settings)
	# mmdebstrap reads a file that is named as a mirror.
	mmdebstrap --quiet --variant=minbase --architectures="$arch" --include="$packages" \
		--aptopt='APT::Install-Recommends "false"' \
		"${options[@]}" "$@" "$suite" "$out" "$sources"/* || { rm -rf "$sources"; return 1; }
	rm -rf "$sources"
}

# bare_tar SUITE ARCH PACKAGE,PACKAGE...: prints the .tar of such a root, which is made once.
# The packages and how they are installed name it, so a change makes a new one.
bare_tar() {
	local cache=${XDG_CACHE_HOME:-$HOME/.cache}/refmilter suite=$1 arch=$2 packages=$3 sum tar
	sum=$({ echo "$packages"; declare -f bare_make; } | sha256sum | cut -c1-12)
	tar=$cache/bare-$suite-${arch#*,}-$sum.tar
	if [ ! -e "$tar" ]; then
		mkdir -p "$cache"
		bare_make "$suite" "$arch" "$packages" "$tar.$$.tar" >&2 || {
			rm -f "$tar.$$.tar"
			echo "no root of $suite $arch could be made, see above" >&2
			return 1
		}
		mv "$tar.$$.tar" "$tar"
	fi
	echo "$tar"
}

# bare_unpack TAR ROOT: without its device nodes, which bare_run makes.
bare_unpack() { mkdir -p "$2" && tar -C "$2" --exclude='./dev/*' -xf "$1"; }

# bare_run ROOT USER COMMAND: with mounts and processes of its own, /dev with the
# plain nodes, and, where BARE_NETWORK=none, no network but loopback.
bare_run() {
	local net=()
	[ "${BARE_NETWORK:-}" != none ] || net=(--net)
	# shellcheck disable=SC2016 # expanded by the inner shells
	unshare --mount --pid --fork --kill-child --propagation private "${net[@]}" sh -c '
		[ -z "$4" ] || ip link set lo up || exit 1
		cd "$1" && mount -t proc proc proc && mount -t tmpfs -o mode=755 dev dev &&
		for node in null:3 zero:5 full:7 random:8 urandom:9; do
			mknod -m 666 dev/${node%:*} c 1 ${node#*:} || exit 1
		done &&
		mknod -m 666 dev/tty c 5 0 && ln -s /proc/self/fd dev/fd &&
		mkdir dev/pts dev/shm && mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts &&
		ln -s pts/ptmx dev/ptmx && mount -t tmpfs shm dev/shm &&
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb ${REFMILTER_SLOW:+REFMILTER_SLOW=$REFMILTER_SLOW} \
		    chroot . su -s /bin/sh "$2" -c "$3"
	' sh "$1" "$2" "$3" "${net[*]}" </dev/null
}
