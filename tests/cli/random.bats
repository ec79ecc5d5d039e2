#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# random edits against a model; "check --full" does RANDOM_EDITS of each kind
load setup

EDITS=${RANDOM_EDITS:-15}
POOL=(10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.16/28 10.0.0.64/26 10.0.0.5 10.0.0.6 10.0.0.7)

has() { # WORD LIST...
	local word=$1 i
	shift
	for i; do [ "$i" != "$word" ] || return 0; done
	return 1
}

# edit DOMID DEVID: one random edit of the vif, and of LIST, the model
edit() {
	local pick=("${POOL[RANDOM % 8]}" "${POOL[RANDOM % 8]}") kept=() i
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
		LIST=("${pick[0]}")
		has "${pick[1]}" "${LIST[@]}" || LIST+=("${pick[1]}")
		xvif -q set-ips "${vif[@]}" "${pick[@]}" 2>/dev/null
		;;
	esac
	[ "$(xenstore-read "/local/domain/0/backend/vif/$1/$2/ip" 2>/dev/null)" = "${LIST[*]}" ]
}

state() {
	ip route show dev "$1" | sort
	iptables -S FORWARD | sort
	bridge link show dev "$1" 2>/dev/null | sed 's/ state .*//'
}

# as_cold_started DOMID DEVID: the state is that of a fresh start of the same list
as_cold_started() {
	local link=vif$1.$2
	state "$link" >/run/xen/edited
	hotplug "$1" "$2" offline
	iptables -F FORWARD
	ip route flush dev "$link"
	ip link set "$link" nomaster
	hotplug "$1" "$2" online
	state "$link" | diff /run/xen/edited -
}

random_edits() { # DOMID DEVID
	local i LIST=()
	RANDOM=${SEED:-$((EDITS * 7))}
	xvif -q set-ips --allow-empty --vif "$2" "$1" 2>/dev/null
	hotplug "$1" "$2" offline
	iptables -F FORWARD
	ip link set "vif$1.$2" nomaster
	hotplug "$1" "$2" online
	for ((i = 0; i < EDITS; i++)); do
		edit "$1" "$2" || { echo "edit $i: ${LIST[*]}"; return 1; }
		as_cold_started "$1" "$2" || { echo "edit $i: ${LIST[*]}"; return 1; }
	done
	echo "# $EDITS edits" >&3
}

@test "random edits of a routed vif are as a cold start" {
	random_edits 1 0
}

@test "random edits of a routed vif with rules are as a cold start" {
	activate_rules
	random_edits 1 0
}

@test "random edits of a bridged vif with rules are as a cold start" {
	activate_rules
	xvif -q set-ips web01 10.3.0.1
	random_edits 2 1
}

@test "random edits under a stream to a constant address, all places agree after each" {
	local i LIST=(10.0.0.254)
	activate_rules
	hotplug 1 0 offline
	ip route flush dev vif1.0
	hotplug 1 0 online
	xvif -q set-ips web01 10.0.0.254
	stream 10.0.0.254
	for ((i = 0; i < EDITS; i++)); do
		xvif -q add-ip web01 "${POOL[RANDOM % 8]}" "${POOL[RANDOM % 8]}"
		xvif -q del-ip web01 "${POOL[RANDOM % 8]}" "${POOL[RANDOM % 8]}" 2>/dev/null
		xvif check web01
	done
	streamed
}

@test "writers and readers at once: no edit lost, no half list seen" {
	local i w pids=() seconds=${RANDOM_SECONDS:-3}
	local end=$((SECONDS + seconds))
	for w in 1 2 3 4; do
		(
			while [ $SECONDS -lt $end ]; do
				xvif -q add-ip web01 10.0.0.$((w + 100)) || echo "writer $w" >>/run/xen/wrong
				xvif -q del-ip web01 10.0.0.$((w + 100)) || echo "writer $w" >>/run/xen/wrong
			done
			xvif -q add-ip web01 10.0.0.$((w + 150))
		) 3>&- &
		pids+=($!)
	done
	for w in 1 2; do
		(
			while [ $SECONDS -lt $end ]; do
				xenstore-read /local/domain/0/backend/vif/1/0/ip |
					grep -qE '^10\.0\.0\.1 10\.0\.0\.2( 10\.0\.0\.1[05][1-4])*$' ||
					echo "reader" >>/run/xen/wrong
			done
		) 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	[ ! -e /run/xen/wrong ]
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/ip | wc -w)" = 6 ]
	xvif check web01
}
