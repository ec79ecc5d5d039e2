# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# random.bash - random edits against a model, each compared with a cold start of the same list in a
# namespace of its own.
EDITS=${RANDOM_EDITS:-8}

# reference LINK...: a host beside this one, with nothing but these links
reference() {
	local link
	ip netns add ref
	ip -n ref link set lo up
	ip -n ref link add eth0 type veth peer name uplink0
	ip -n ref addr add 192.168.7.1/24 dev eth0
	ip -n ref link set eth0 up
	ip -n ref link add xenbr0 type bridge
	ip -n ref link set xenbr0 up
	for link; do
		ip -n ref link add "$link" type veth peer name "p-${link#vif}"
		ip -n ref link set "p-${link#vif}" up
	done
	export -f hotplug state cold_start
}

state() { # LINK...
	local link
	for link; do
		ip route show dev "$link" | sort
		basename "$(readlink "/sys/class/net/$link/master")" 2>/dev/null || true
	done
	iptables -S FORWARD | grep '^-A' | sort
}

# cold_start DOMID DEVID LINK...: in the reference
cold_start() {
	local link
	iptables -F FORWARD
	for link in "${@:3}"; do
		ip route flush dev "$link"
		ip link set "$link" nomaster
	done
	hotplug "$1" "$2" online
	state "${@:3}"
}

# as_cold_started DOMID DEVID LINK...: the state is that of a fresh start of the same list
as_cold_started() {
	state "${@:3}" >/run/xen/edited
	ip netns exec ref bash -c 'cold_start "$@"' cold_start "$@" >/run/xen/cold 2>/dev/null
	diff /run/xen/cold /run/xen/edited
}

has() { # WORD LIST...
	local word=$1 i
	shift
	for i; do [ "$i" != "$word" ] || return 0; done
	return 1
}

# edit DOMID DEVID: one random edit of the vif, and of LIST, the model; STAYS is kept, if there is one
edit() {
	local pick=("${POOL[RANDOM % 7]}" "${POOL[RANDOM % 7]}") kept=() i
	local vif=(--vif "$2" "$1")
	case $((RANDOM % 3)) in
	0)
		for i in "${pick[@]}"; do has "$i" "${LIST[@]}" || LIST+=("$i"); done
		xvif -q add-ip "${vif[@]}" "${pick[@]}" 2>/dev/null
		;;
	1)
		for i in "${LIST[@]}"; do [ "$i" = "${pick[0]}" ] || kept+=("$i"); done
		LIST=("${kept[@]}")
		xvif -q del-ip --allow-empty "${vif[@]}" "${pick[0]}" 2>/dev/null
		;;
	2)
		LIST=(${STAYS:+"$STAYS"} "${pick[0]}")
		has "${pick[1]}" "${LIST[@]}" || LIST+=("${pick[1]}")
		xvif -q set-ips "${vif[@]}" "${LIST[@]}" 2>/dev/null
		;;
	esac
	for i in "/local/domain/0/backend/vif/$1/$2/ip" "/libxl/$1/device/vif/$2/ip"; do
		[ "$(xenstore-read "$i" 2>/dev/null)" = "${LIST[*]}" ] || { echo "$i is not '${LIST[*]}'"; return 1; }
	done
}

# random_edits DOMID DEVID NETWORK STAYS LINK...: of seven words, POOL_OF or some of NETWORK
random_edits() {
	local i LIST=() STAYS=$4 POOL=()
	read -ra POOL <<<"${POOL_OF:-}"
	[ -n "${POOL_OF:-}" ] || for i in 2 3 16/28 64/26 5 6 7; do POOL+=("$3.$i"); done
	[ -z "$STAYS" ] || LIST=("$STAYS")
	RANDOM=${SEED:-$((EDITS * 7))}
	for ((i = 0; i < EDITS; i++)); do
		edit "$1" "$2" && as_cold_started "$1" "$2" "${@:5}" || { echo "edit $i: ${LIST[*]}"; return 1; }
	done
	xvif check --allow openvswitch "$1" "$2"
	echo "# $EDITS edits" >&3
}

# only VIF's rules, set by its own start
restart() { # DOMID DEVID NETWORK-LINK...
	hotplug "$1" "$2" offline
	iptables -F FORWARD
	local link
	for link in "${@:3}"; do
		ip route flush dev "$link"
	done
	hotplug "$1" "$2" online
}

# guard_state: the table of the guard; its counters and their times apart, and in no order but that of rules in a chain
guard_state() {
	nft -j -s list table netdev xvif | jq -S '[.nftables[] | select(.metainfo | not)] | {
		sets: [.[].set | select(.) | select(.name | test("^(dropped|seen)-") | not) | del(.handle)
			| .elem |= (if . then sort_by(tostring) else . end)] | sort_by(.name),
		names: [.[].set | select(.) | .name] | sort,
		chains: [.[].chain | select(.) | del(.handle) | .dev |= (if type == "array" then sort else . end)] | sort_by(.name),
		rules: [.[].rule | select(.)] | group_by(.chain) | map({(.[0].chain): map(.expr)}) | add
	} | walk(if type == "object" then del(.counter, .comment, .expires) else . end)'
}

# reserved FILE: addresses that no guest may use unless its list names them
reserved() {
	jq -r '.sets[] | select(.name == "reserved").elem // [] | .[] | tostring' "$1" | sort
}

# guarded_as_cold_started: what edits have left of the guard is what a host that starts makes; an edit
# does not know whether other lists have a link-local address that it removes: it stays reserved
guarded_as_cold_started() {
	guard_state >/run/xen/guard-edited
	[ "$(jq '.sets | length' /run/xen/guard-edited)" -gt 5 ]
	nft delete table netdev xvif
	xvif -q guard restore
	guard_state >/run/xen/guard-cold
	[ -z "$(comm -23 <(reserved /run/xen/guard-cold) <(reserved /run/xen/guard-edited))" ]
	diff <(jq 'del(.sets[] | select(.name == "reserved").elem)' /run/xen/guard-cold) \
		<(jq 'del(.sets[] | select(.name == "reserved").elem)' /run/xen/guard-edited)
}
