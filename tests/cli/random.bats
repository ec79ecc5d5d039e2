#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Random edits against a model, each compared with a cold start of the same list
# in a namespace of its own, while probes run to an address that stays; and what
# others break between them. "check --full" does RANDOM_EDITS of each kind and
# RANDOM_SECONDS of many at once. SEED=N repeats what was done with the seed N.
# bats file_tags=long
load setup
load random

# bats test_tags=oxenstored
@test "random edits of a routed vif" {
	reference vif1.0
	xvif -q set-ips web01 10.0.0.254
	stream 10.0.0.254
	random_edits 1 0 10.0.0 10.0.0.254 vif1.0
	streamed
}

@test "random edits of a routed vif with rules, also to no address" {
	reference vif1.0
	activate_rules
	restart 1 0 vif1.0
	xvif -q del-ip --allow-empty web01 10.0.0.1 10.0.0.2
	random_edits 1 0 10.0.0 "" vif1.0
}

@test "random edits of a routed vif with rules" {
	reference vif1.0
	activate_rules
	restart 1 0 vif1.0
	xvif -q set-ips web01 10.0.0.254
	stream 10.0.0.254
	random_edits 1 0 10.0.0 10.0.0.254 vif1.0
	streamed
}

@test "random edits of a routed vif with an emulated card and rules" {
	reference vif1.0 vif1.0-emu
	activate_rules
	emulated 1 0
	echo 2 >/proc/sys/net/ipv4/conf/all/rp_filter # the guest answers by its first interface
	restart 1 0 vif1.0 vif1.0-emu
	xvif -q set-ips web01 10.0.0.254
	stream 10.0.0.254
	random_edits 1 0 10.0.0 10.0.0.254 vif1.0 vif1.0-emu
	streamed
}

teardown() {
	world_stop
	nft delete table netdev xvif 2>/dev/null || true
	rm -f {/etc,/var/lib}/xvif/guard.conf
}

@test "random edits of a guarded vif: what may stay reaches its guest, the guard is that of a cold start" {
	local EDITS=${RANDOM_EDITS:-3}
	reference vif1.0
	ip -n g1.0 link set e0 address 00:16:3e:00:00:01
	xvif -q guard on
	xvif -q set-ips web01 10.0.0.254
	stream 10.0.0.254
	random_edits 1 0 10.0.0 10.0.0.254 vif1.0
	streamed
	guarded_as_cold_started
}

@test "random edits of a guarded vif on a bridge, of IPv4 and IPv6, also to no address" {
	local EDITS=${RANDOM_EDITS:-3}
	local POOL_OF="10.9.0.2 10.9.0.16/28 10.9.0.17 2001:db8::5 2001:db8::/64 2001:db8:0:1::/64 fe80::1"
	reference vif2.1
	ip -n ref link set vif2.1 master xenbr0
	xvif -q guard on
	random_edits 2 1 10.9.0 "" vif2.1
	guarded_as_cold_started
}

# bridged SCRIPT: vif 2.1 on the bridge lets through what its rules allow and nothing else;
# a peer on the bridge streams to its address 10.9.0.1
bridged() {
	activate_rules
	xenstore-write /local/domain/0/backend/vif/2/1/script "/etc/xen/scripts/$1" \
		/local/domain/0/backend/vif/2/1/ip 10.9.0.1 /libxl/2/device/vif/1/ip 10.9.0.1
	write_userdata 2
	echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
	ip link set vif2.1 nomaster
	restart 2 1
	ip link set vif2.1 master xenbr0
	iptables -P FORWARD DROP
	ip netns add peer
	ip link add peer0 type veth peer name e0 netns peer
	ip link set peer0 master xenbr0 up
	ip -n peer addr add 10.9.0.254/24 dev e0
	ip -n peer link set e0 up
	ip -n g2.1 addr add 10.9.0.1/24 dev e0
	ip netns exec g2.1 "$PROBE" echo 7 </dev/null >/dev/null 2>&1 3>&-
	wait_until 10 ip netns exec peer ping -c 1 -W 1 10.9.0.1
	stream 10.9.0.1 ip netns exec peer
}

@test "random edits of a bridged vif with rules that drop everything else" {
	reference vif2.1
	bridged vif-bridge
	random_edits 2 1 10.9.0 10.9.0.1 vif2.1
	streamed
}

@test "random edits of a vif of Open vSwitch with rules that drop everything else" {
	# stands for the switch: an edit does not ask it, a cold start does
	mkdir -p /run/xen/bin
	printf '#!/bin/sh\n[ "$1" != --timeout=30 ] || touch /run/xen/asked-switch\n' >/run/xen/bin/ovs-vsctl
	chmod +x /run/xen/bin/ovs-vsctl
	PATH=$PATH:/run/xen/bin
	reference vif2.1
	ip -n ref link set xenbr0 down
	bridged vif-openvswitch
	rm /run/xen/asked-switch
	xvif -q add-ip --vif 1 db01 10.9.0.2
	xvif -q del-ip --vif 1 db01 10.9.0.2
	[ ! -e /run/xen/asked-switch ]
	state() { # the switch has the port, not a bridge
		iptables -S FORWARD | grep '^-A' | sort
	}
	export -f state
	random_edits 2 1 10.9.0 10.9.0.1 vif2.1
	streamed
}

# all_of: what check compares, of both vifs that are broken
all_of() {
	state vif1.0 vif2.1
	ip -o addr show dev vif1.0 | grep -o 'inet [^ ]*'
	ip -o link show vif1.0 | grep -o '[<,]UP[,>]'
	ip -o link show vif2.1 | grep -o '[<,]UP[,>]'
	cat /proc/sys/net/ipv4/conf/vif1.0/proxy_arp
	xenstore-read /local/domain/0/backend/vif/{1/0,2/1}/{ip,hotplug-status} /libxl/{1/device/vif/0,2/device/vif/1}/ip
	cat "$(userdata_of 1)" "$(userdata_of 2)" | tr -d "\0" | jq -c ".nics[] | [.devid, .ip]"
}

# broken_by NUMBER WORD: the NUMBERth way, on a word of the list of web01 where it is about one
broken_by() {
	local backend=/local/domain/0/backend/vif rule
	case $1 in
	0) ip route del "$2" dev vif1.0 ;;
	1) ip route flush dev vif1.0 ;;
	2) ip addr flush dev vif1.0 ;;
	3) ip route replace "$2" dev vif1.0 metric 2 ;;
	4) ip route replace "$2" dev vif2.0 src 192.168.7.1 metric 2 ;;
	5) ip route add 10.0.0.99 dev vif1.0 src 192.168.7.1 metric 2 ;;
	6) ip link set vif1.0 down ;;
	7) echo 0 >/proc/sys/net/ipv4/conf/vif1.0/proxy_arp ;;
	8) iptables -F FORWARD ;;
	9) iptables -D FORWARD 1 ;;
	10) # the first one, once more
		rule=$(iptables -S FORWARD 1)
		eval "iptables ${rule/-A/-I}"
		;;
	11) iptables -I FORWARD -m physdev --physdev-is-bridged --physdev-in vif1.0 -s 10.0.0.99 -j ACCEPT ;;
	12) xenstore-write /libxl/1/device/vif/0/ip "$2" ;;
	13) sed -i 's/"ip": "[^"]*"/"ip": "10.0.0.99"/' "$(userdata_of 1)" ;;
	14) xenstore-write $backend/1/0/hotplug-status error ;;
	15) xenstore-rm $backend/2/1/hotplug-status ;;
	16) ip link set vif2.1 nomaster ;;
	17) ip link set vif2.1 master xenbr1 ;;
	18) ip link set vif2.1 down ;;
	19) ip route replace "$2" dev vif1.0 src 192.168.7.1 metric 2 mtu 200 ;;
	20) ip link set vif1.0 master xenbr0 ;;
	21) ip route replace "$2" via 10.0.0.254 dev vif1.0 src 192.168.7.1 metric 2 onlink ;;
	22) sed -i 's/"ip": "10.9.0.1",//' "$(userdata_of 2)" ;;
	esac 2>/dev/null
}
WAYS=23

# told_and_mended: whether check and the model agree, and one repair brings the model back
told_and_mended() {
	local status_wanted=6
	all_of >/run/xen/broken 2>&1
	! cmp -s /run/xen/sound /run/xen/broken || status_wanted=0
	run xvif check
	[ "$status" = $status_wanted ] || { echo "check: $status instead of $status_wanted: $output"; diff /run/xen/sound /run/xen/broken; return 1; }
	xvif repair >/run/xen/repaired 2>&1 || { cat /run/xen/repaired; return 1; }
	all_of 2>&1 | diff /run/xen/sound - || { cat /run/xen/repaired; return 1; }
	run xvif check
	[ "$status" = 0 ] || { echo "$output"; return 1; }
}

@test "random edits, and what others break between them: told, and mended at once" {
	local i n done=() LIST=(10.0.0.254) STAYS=10.0.0.254 POOL=(10.0.0.{2,3,16/28,64/26,5,6,7})
	reference vif1.0
	activate_rules
	ip link add xenbr1 type bridge
	ip link set xenbr1 up
	restart 2 1 vif2.1
	hotplug 1 0 offline
	hotplug 1 0 online
	hotplug 2 0 offline
	hotplug 2 0 online
	xvif -q add-ip --vif 1 db01 10.9.0.1
	xvif -q set-ips web01 10.0.0.254
	xvif check
	SEED=${SEED:-${RANDOM_SEED:-$((EDITS * 7))}}
	RANDOM=$SEED
	for ((i = 0; i < EDITS * 2; i++)); do
		done=()
		edit 1 0 || { echo "seed $SEED, edit $i: ${LIST[*]}"; return 1; }
		all_of >/run/xen/sound
		for ((n = RANDOM % 4; n >= 0; n--)); do
			done+=($((RANDOM % WAYS)) "${LIST[RANDOM % ${#LIST[@]}]}")
			broken_by "${done[@]: -2}" || true
		done
		told_and_mended || { echo "seed $SEED, round $i, list ${LIST[*]}: broken by ${done[*]}"; return 1; }
	done
	echo "# seed $SEED: $i rounds" >&3
}

# writer NUMBER END: adds and removes its own address on any of the 20 vifs; says at last where it is
writer() {
	local v address is_there=() RANDOM=$1
	while [ $SECONDS -lt "$2" ]; do
		v=$((RANDOM % 20))
		address=10.20.$v.$((100 + $1))
		if [ -z "${is_there[v]:-}" ]; then
			is_there[v]=yes
			xvif -q add-ip $((10 + v)) "$address"
		else
			unset "is_there[v]"
			xvif -q del-ip $((10 + v)) "$address"
		fi || echo "writer $1 failed with vif $v" >>/run/xen/wrong
		echo >>"/run/xen/edits.$1"
	done
	for v in "${!is_there[@]}"; do echo "10.20.$v.$((100 + $1))"; done >"/run/xen/model.$1"
}

# reader END: each list begins with its vif's own address, and each word is a whole one
reader() {
	local v list
	while [ $SECONDS -lt "$1" ]; do
		v=$((RANDOM % 20))
		list=$(xenstore-read "/local/domain/0/backend/vif/$((10 + v))/0/ip")
		[[ "$list" =~ ^10\.20\.$v\.1(\ 10\.20\.$v\.10[1-4])*$ ]] || echo "reader: '$list'" >>/run/xen/wrong
		list=$(xvif show -nro IPS $((10 + v)))
		[[ "$list" == "10.20.$v.1"* ]] || echo "show: '$list'" >>/run/xen/wrong
		echo >>/run/xen/reads
	done
}

# bats test_tags=oxenstored
@test "4 writers and 2 readers on 20 vifs: no edit lost, no half list seen" {
	local i v pids=() end
	for v in $(seq 0 19); do
		domain_create $((10 + v)) "many$v"
		vif_nodes $((10 + v)) 0 "00:16:3e:00:01:$(printf %02x "$v")" vif-route "10.20.$v.1"
		ip link add "vif$((10 + v)).0" type bridge
		hotplug $((10 + v)) 0 online
	done
	end=$((SECONDS + ${RANDOM_SECONDS:-3}))
	for i in 1 2 3 4; do writer $i $end 3>&- & pids+=($!); done
	for i in 1 2; do reader $end 3>&- & pids+=($!); done
	for i in "${pids[@]}"; do wait "$i"; done
	echo "# $(cat /run/xen/edits.* | wc -l) edits, $(wc -l </run/xen/reads) reads" >&3
	[ ! -e /run/xen/wrong ] || { cat /run/xen/wrong; return 1; }
	{ cat /run/xen/model.*; for v in $(seq 0 19); do echo "10.20.$v.1"; done; } | sort >/run/xen/model
	for v in $(seq 0 19); do
		xenstore-read "/local/domain/0/backend/vif/$((10 + v))/0/ip" | tr ' ' '\n'
	done | sort | diff /run/xen/model -
	xvif check
}
