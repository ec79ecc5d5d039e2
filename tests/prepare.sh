# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# prepare.sh - for ./check and ./demo: what the machine needs and whether it has it.

# Install the packages of the list that are missing.
install_packages() {
	local wanted missing=() p
	wanted=$(sed 's/#.*//' packages)
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
