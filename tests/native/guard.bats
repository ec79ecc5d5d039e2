#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# guests of the native scripts, guarded: no attack arrives, each flow does, from the first packet on
load ../guard/setup
. "$BATS_TEST_DIRNAME/install.bash"

setup() {
	native_install
	untraced fresh_host
	XENSTORED_PID=$(</run/xen/daemon.pid)
}

teardown() {
	[ -z "${FLOOD_PID:-}" ] || kill "$FLOOD_PID" 2>/dev/null || true
	untraced world_stop
	native_uninstall
	nft delete table netdev xvif 2>/dev/null || true
	rm -f {/etc,/var/lib}/xvif/guard.conf
}

# native_bridged, native_routed: as bridged and routed of the stock scripts
native_bridged() {
	bridge_addresses
	add_guest 3 web01 vif-xvif-bridge "$own_list"
	add_guest 4 db01 vif-xvif-bridge "$peer_list"
}

native_routed() {
	ip route add default via 192.168.7.254
	sysctl -qw net.ipv6.conf.all.forwarding=1
	add_guest 3 web01 vif-xvif-route "$own_list"
	add_guest 4 db01 vif-xvif-route "$peer_list"
}

# with_twin: an emulated card of web01, brought up as libxl does after the vif; g3.0/t0 is its end
with_twin() {
	emulated 3 0
	quiet 3 t0 -emu
	hotplug 3 0 offline
	hotplug 3 0 online
}

@test "between guests of a bridge, and to the host, through the emulated card, too" {
	conf 'default mode=enforce'
	native_bridged
	with_twin
	for link in e0 t0; do
		guarded $link to_guest
		guarded $link to_host
	done
	xvif guard status
	xvif check
}

@test "routed: what the host's stack takes, through the emulated card, too" {
	conf 'default mode=enforce'
	native_routed
	with_twin
	guarded e0 to_stack
	guarded t0 "to_stack vif3.0-emu"
	xvif guard status
	xvif check
}

@test "an edit lets its addresses pass, and no others" {
	conf 'default mode=enforce'
	native_bridged
	added=(-s own4=10.9.0.77 -s own6=2001:db8:9::77 -l 'ip4 src=10.9.1.5 / udp')
	some=(-o 'ipv[46]-unicast' -o arp-reply -o na -o dad -o arp-probe)
	frames stopped e0 to_guest "$GUARD/flows" "${added[@]}" "${some[@]}"
	xvif add-ip web01 10.9.0.77 2001:db8:9::77
	frames passed e0 to_guest "$GUARD/flows" "${added[@]}"
	guarded e0 to_guest
	xvif del-ip web01 10.9.0.77 2001:db8:9::77
	frames stopped e0 to_guest "$GUARD/flows" "${added[@]}" "${some[@]}"
	guarded e0 to_guest
}

# restart_under_flood passed|stopped TABLE...: web01's vif ends and starts while its guest sends these
# 10,000 times a second
restart_under_flood() {
	hotplug 3 0 offline
	ip link set vif3.0 down
	not nft list chain netdev xvif vif-3.0
	"$FRAMES" flood -w "$1" -f g3.0/e0 -t g4.0/e0 -r 10000 "${@:2}" >/run/xen/flood 2>&1 3>&- &
	FLOOD_PID=$!
	wait_until 60 grep started /run/xen/flood
	hotplug 3 0 online
}

# refusing: something that web01 has sent since its start was refused
refusing() {
	xvif guard status -J web01:0 | jq -e '[.guards[0].dropped[]] | add > 0'
}

@test "no attack passes in the first packets of a vif that starts" {
	conf 'default mode=enforce'
	native_bridged
	for _ in 1 2 3 4 5; do
		restart_under_flood stopped "$GUARD"/{attacks,options} -x '*fragment*'
		wait_until 20 refusing
		kill -INT "$FLOOD_PID"
		wait "$FLOOD_PID"
		FLOOD_PID=
		cat /run/xen/flood
		[[ "$(sed 1d /run/xen/flood)" =~ ^[1-9][0-9]*" sent, 0 passed"$ ]]
		frames passed e0 to_guest "$GUARD/flows"
	done
	xvif guard status
}

# received: how many frames db01 has
received() {
	ip netns exec g4.0 cat /sys/class/net/e0/statistics/rx_packets
}

@test "nothing is refused of what a guest that is kept sends while its vif starts" {
	conf 'default mode=enforce'
	native_bridged
	for _ in 1 2 3 4 5; do
		local before
		before=$(received)
		restart_under_flood passed "$GUARD/flows"
		wait_until 20 eval "[ \$(received) -gt $((before + 50)) ]"
		kill -INT "$FLOOD_PID"
		wait "$FLOOD_PID"
		FLOOD_PID=
		cat /run/xen/flood
		[[ "$(sed 1d /run/xen/flood)" =~ ^[1-9][0-9]*" sent, "[1-9][0-9]*" passed" ]]
		xvif guard status -J web01:0 | tee /run/xen/guard |
			jq -e '.guards[0] | .vif == 0 and ([.dropped[]] | add) == 0 and .refused == []'
	done
}
