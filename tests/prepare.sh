# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# prepare.sh - for ./check and ./demo: what the machine needs and whether it has it.

# wanted_packages [SECTION...]: the packages of these sections of the list, or of all;
# "xen-utils" stands for the version that this system has; names with "@" are for some releases.
wanted_packages() {
	local p release
	release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2>/dev/null) || true
	for p in $(awk -v wanted="$*" '
		{ sub(/#.*/, "") }
		/^\[.*\]$/ { taken = wanted == "" || index(" " wanted " ", " " substr($0, 2, length($0) - 2) " "); next }
		taken { print }' packages); do
		case $p in
		xen-utils) xen_utils ;;
		*@!"$release") ;;
		*@!* | *@"$release") echo "${p%@*}" ;;
		*@*) ;;
		*) echo "$p" ;;
		esac
	done
}

# The newest xen-utils-VERSION: the installed one, else the one apt knows; never its debug symbols.
xen_utils() {
	local found
	found=$(dpkg-query -W -f '${Package} ${Status}\n' 'xen-utils-[0-9]*' 2>/dev/null |
		awk '/ok installed/ {print $1}' | only_versions)
	[ -n "$found" ] || found=$(apt-cache pkgnames xen-utils- | only_versions)
	echo "${found:-xen-utils}" | sort -V | tail -n 1
}

only_versions() {
	grep -xE 'xen-utils-[0-9]+(\.[0-9]+)*' || true
}

# install_packages [SECTION...]: what is missing of the packages of these sections, or of all
install_packages() {
	local wanted missing=() p
	if ! command -v apt-get >/dev/null; then
		echo "not a Debian system: what is needed is listed in 'packages', by Debian's names" >&2
		return 1
	fi
	[ -n "$(apt-cache pkgnames xenstore-utils)" ] || apt-get update -q >/dev/null 2>&1 || true
	wanted=$(wanted_packages "$@")
	for p in $wanted; do
		dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ]; then
		echo "these packages are needed, and only root can install them: ${missing[*]}" >&2
		return 1
	fi
	echo "installing: ${missing[*]}"
	local log
	log=$(mktemp)
	if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
		tail -20 "$log" >&2
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
}

# True if the sandbox can run here; otherwise prints why not.
sandbox_possible() {
	if [ "$(uname -s)" != Linux ]; then
		echo "needs Linux"
		return 1
	fi
	if [ "$(id -u)" != 0 ]; then
		echo "needs root"
		return 1
	fi
	if ! unshare -mnp --fork --mount-proc true 2>/dev/null; then
		echo "needs private mount, network and pid namespaces (CAP_SYS_ADMIN)"
		return 1
	fi
}

# build_tree DIRECTORY [CONFIGURE-OPTION...]: configure and build there, unless done; the log is DIRECTORY/log
build_tree() {
	local dir=$1 top=$PWD
	shift
	mkdir -p "$dir"
	(
		exec >>"$dir/log" 2>&1
		set -e
		# configure refuses that, too, with no word of where
		[ ! -e config.status ] || {
			echo "$top has been configured itself: run 'make distclean' there first"
			exit 1
		}
		[ -x configure ] && [ configure -nt configure.ac ] && [ Makefile.in -nt Makefile.am ] || autoreconf -fi
		cd "$dir"
		[ -e config.status ] || "$top/configure" "$@"
		make -j"$(nproc)" all sandbox
	)
}
