#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Random operations on guarded vifs of the native scripts, of IPv4 and IPv6, beside one of a stock
# script, against a model: after each, the kernel and the store are as a cold start of the same list
# leaves them. "check --full" does RANDOM_EDITS of each kind, and twice as many that are mixed. SEED=N repeats what was done with the
# seed N.
# bats file_tags=long
load setup
load ../cli/random

EDITS=${RANDOM_EDITS:-3}

POOL_OF="10.5.0.2 10.5.0.16/28 10.5.0.17 2001:db8:7::5 2001:db8:7::6 2001:db8:5::/64 2001:db8:5::7"

# link_state LINK: what its script, its list and the guard have made of it
link_state() {
	ip -j link show dev "$1" | jq -c '.[] | [(.flags - ["LOWER_UP", "NO-CARRIER"] | sort), .mtu, .master, .address]'
	ip -j addr show dev "$1" | jq -c '.[].addr_info[] | [.local, .prefixlen, .scope]' | sort
	ip route show dev "$1" | sort
	ip -6 route show dev "$1" | sort
	[ "$1" != vif5.0 ] || ip -6 neigh show proxy | sort
	(cd /proc/sys/net && grep . ipv4/conf/"$1"/proxy_arp ipv6/conf/"$1"/{accept_ra,autoconf,disable_ipv6})
}

# guard_of DOMID.DEVID: chain and sets of that vif; no counters
guard_of() {
	nft -j -s list table netdev xvif | jq -S --arg vif "$1" '.nftables[] | .set, .chain, .rule | select(.)
		| select((.name // .chain) | endswith("-" + $vif)) | select(.name // "" | test("^(dropped|seen)-") | not)
		| del(.handle) | if .elem then .elem |= sort_by(tostring) else . end
		| if .dev then .dev |= ([.] | flatten | sort) else . end
		| walk(if type == "object" then del(.counter, .comment, .expires) else . end)' | jq -sc 'sort_by(tostring)[]'
}

state() { # LINK...
	local link
	for link; do
		link_state "$link"
		[[ $link != vif[56].0 ]] || guard_of "${link#vif}"
	done
}

# cold_start DOMID DEVID LINK...: in the reference, of links that were not there before
cold_start() {
	local link mac
	for link in "${@:3}"; do
		mac=$(cat "/sys/class/net/$link/address")
		ip link del "$link"
		! nft list table netdev xvif >/dev/null 2>&1 || nft delete table netdev xvif
		ip link add "$link" address "$mac" type veth peer name "p-${link#vif}"
		ip link set "p-${link#vif}" up
		sysctl -qw "net.ipv6.conf.${link/./\/}.accept_dad=0"
	done
	ip -6 neigh show proxy | while read -r link; do
		ip -6 neigh del proxy ${link% proxy}
	done
	hotplug "$1" "$2" online
	state "${@:3}"
}

# native_host: guests 5 (routed) and 6 (bridged) of the native scripts, and the reference
native_host() {
	local d link
	export -f link_state guard_of
	reference vif1.0 vif5.0 vif6.0
	ip -n ref addr add 2001:db8:7::1/64 dev eth0 nodad
	ip netns exec ref sysctl -qw net.ipv6.conf.all.forwarding=1
	echo 'default mode=enforce' >/etc/xvif/guard.conf
	native "10.5.0.254 2001:db8:7::254"
	domain_create 6 new02
	vif_nodes 6 0 00:16:3e:00:00:06 vif-xvif-bridge 10.6.0.1
	guest 6 0
	for d in 5 6; do
		ip -n g$d.0 link set e0 address 00:16:3e:00:00:0$d
	done
	hotplug 6 0 online
	for link in vif1.0 vif5.0 vif6.0; do
		sysctl -qw "net.ipv6.conf.${link/./\/}.accept_dad=0"
		ip -n ref link set $link address "$(cat /sys/class/net/$link/address)"
	done
	xvif guard restore
	[ -n "$(guard_of 5.0)" ]
	[ -n "$(guard_of 6.0)" ]
}

@test "random edits of a routed vif: its probes lose nothing" {
	native_host
	xvif -q set-ips new01 10.5.0.254
	stream 10.5.0.254
	random_edits 5 0 10.5.0 10.5.0.254 vif5.0
	streamed
	xvif guard status
}

@test "random edits of a bridged vif, also to no address" {
	native_host
	xvif -q del-ip --allow-empty new02 10.6.0.1
	random_edits 6 0 10.5.0 "" vif6.0
	xvif guard status
}

# broken_by NUMBER WORD: what others do to vif 5.0, on a word of its list
broken_by() {
	case $1 in
	0) ip route del "$2" dev vif5.0 ;;
	1) ip route flush dev vif5.0 ;;
	2) ip addr flush dev vif5.0 ;;
	3) ip -6 route flush dev vif5.0 proto boot ;;
	4) ip -6 neigh del proxy "$2" dev eth0 ;;
	5) ip -6 addr del fe80::1/64 dev vif5.0 ;;
	6) ip link set vif5.0 down ;;
	7) echo 0 >/proc/sys/net/ipv4/conf/vif5.0/proxy_arp ;;
	8) echo 1 >/proc/sys/net/ipv6/conf/vif5.0/accept_ra ;;
	9) nft flush ruleset ;;
	10) nft flush chain netdev xvif vif-5.0 ;;
	11) nft delete element netdev xvif ip4-5.0 "{ $2 }" ;;
	12) xenstore-write $backend/hotplug-status error ;;
	13) xenstore-write /libxl/5/device/vif/0/ip "$2" ;;
	14) ip link set vif5.0 master xenbr0 ;;
	15) xenstore-rm $backend/hotplug-status ;;
	esac 2>/dev/null
}
WAYS=16

# operate: one of what happens to a guest; says what in DONE
operate() {
	case $((RANDOM % 8)) in
	0)
		DONE="started anew"
		hotplug 5 0 offline
		hotplug 5 0 online
		;;
	1)
		DONE="started twice"
		hotplug 5 0 online
		;;
	2 | 3 | 4)
		local way=$((RANDOM % WAYS)) word=${LIST[RANDOM % ${#LIST[@]}]}
		DONE="broken by $way $word"
		broken_by $way "$word" || true
		xvif -q repair new01
		;;
	*)
		DONE=edited
		edit 5 0
		;;
	esac
}

@test "random operations: starts, edits, and what others break and repair mends, beside a stock script" {
	local i LIST=(10.5.0.254 2001:db8:7::254) STAYS=10.5.0.254 POOL=($POOL_OF) DONE
	local web01=(10.0.0.1 10.0.0.2) model
	native_host
	export SEED=${SEED:-${RANDOM_SEED:-$((EDITS * 7))}}
	RANDOM=$SEED
	for ((i = 0; i < EDITS * 2; i++)); do
		if [ $((RANDOM % 4)) = 0 ]; then
			model=("${LIST[@]}") LIST=("${web01[@]}") POOL=(10.0.0.{2,3,16/28,64/26,5,6,7}) STAYS=10.0.0.1
			edit 1 0 && as_cold_started 1 0 vif1.0 || { echo "seed $SEED, operation $i: web01 ${LIST[*]}"; return 1; }
			web01=("${LIST[@]}") LIST=("${model[@]}") POOL=($POOL_OF) STAYS=10.5.0.254
			continue
		fi
		operate
		echo "$i: $DONE: ${LIST[*]}"
		[ "$(node hotplug-status)" = connected ] && xvif check new01 && as_cold_started 5 0 vif5.0 ||
			{ echo "seed $SEED, operation $i: $DONE: ${LIST[*]}"; return 1; }
	done
	xvif -q repair # a flush of all rules concerned the others, too
	xvif check
	xvif guard status
	echo "# seed $SEED: $i operations" >&3
}
