# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# system.sh - for tests/package and tests/matrix: a fresh Debian in a folder, from the mirrors that
# apt has here.

# system_possible CODENAME: true if that release can be made here; otherwise prints why not
system_possible() {
	if ! sandbox_possible; then
		return 1
	fi
	if ! command -v debootstrap >/dev/null; then
		echo "debootstrap is missing"
		return 1
	fi
	if [ -z "$(system_sources "$1")" ]; then
		echo "apt is configured with no mirror of Debian, or has no list of it"
		return 1
	fi
}

# apt_releases: "CODENAME ADDRESS" of each part of Debian that apt has here
apt_releases() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Identifier: Packages' 2>/dev/null |
		sed -n 's/^Debian //p' | sort -u
}

# codename_here: that of this system, as apt has it
codename_here() {
	local name
	name=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	apt_releases | awk -v name="$name" '$1 == name { found = name } $1 !~ /-/ && !first { first = $1 }
		END { print found ? found : first }'
}

# system_sources CODENAME: its lines for sources.list; of a release that apt does not have here
# those of the one that it has, with the other name. Debian's unstable has neither updates nor
# security.
system_sources() {
	apt_releases | awk -v here="$(codename_here)" -v wanted="$1" '
		here == "" { next }
		$1 == here || $1 == here "-updates" || $1 == here "-security" {
			suffix = substr($1, length(here) + 1)
			if (suffix == "" || wanted != "sid") print "deb", $2, wanted suffix, "main" }'
}

# system_make CODENAME ROOT CACHE: a minimal system, in which packages start no services. It need not
# survive a power failure, and its mounts end with debootstrap.
system_make() {
	local mirror
	mirror=$(system_sources "$1" | awk -v release="$1" '$3 == release { print $2; exit }')
	mkdir -p "$3/debs" "$2/etc/dpkg/dpkg.cfg.d"
	echo force-unsafe-io >"$2/etc/dpkg/dpkg.cfg.d/unsafe-io"
	unshare -m --propagation private debootstrap --variant=minbase --cache-dir="$3/debs" \
		"$1" "$2" "$mirror" || return 1
	printf '#!/bin/sh\nexit 101\n' >"$2/usr/sbin/policy-rc.d"
	chmod 755 "$2/usr/sbin/policy-rc.d"
	system_sources "$1" >"$2/etc/apt/sources.list"
	apt-config dump | grep -E '^Acquire::(Check-Valid-Until|Check-Date|Retries|https?::Proxy) ' \
		>"$2/etc/apt/apt.conf.d/mirror" || true
}

# system_run ROOT CACHE COMMAND...: run it in there. The root is a mount of its own, so that
# namespaces can be made in it; packages that are downloaded are kept in the cache, which is
# /var/cache/xvif-tests in there. With the command ends all that it has started.
system_run() {
	mkdir -p "$2/apt/partial" "$1/var/cache/apt/archives" "$1/var/cache/xvif-tests"
	[ ! -e /etc/resolv.conf ] || cp -L /etc/resolv.conf "$1/etc/resolv.conf"
	# shellcheck disable=SC2016
	unshare -mp --fork --kill-child --propagation private bash -c '
		set -e
		root=$1 cache=$2
		shift 2
		mount --bind "$root" "$root"
		mount --bind "$cache" "$root/var/cache/xvif-tests"
		mount --bind "$cache/apt" "$root/var/cache/apt/archives"
		mount --rbind /dev "$root/dev"
		cd "$root"
		mkdir -p .old
		pivot_root . .old
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		umount -l /.old
		rmdir /.old
		exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=xterm \
			LC_ALL=C.UTF-8 XVIF_TESTS_CACHE=/var/cache/xvif-tests "$@"' bash "$@"
}
