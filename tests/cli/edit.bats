#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# add-ip, del-ip, set-ips on a routed vif
load setup

routes() {
	ip route show dev "${1:-vif1.0}" | sed 's/ *$//'
}

live() {
	xenstore-read "/local/domain/0/backend/vif/1/0/${1:-ip}"
}

# bats test_tags=oxenstored
@test "add-ip adds one route, the guest answers, the list is in both places" {
	not ping -c 1 -W 1 10.0.0.5
	run xvif add-ip web01 10.0.0.5
	[ "$status" = 0 ]
	[ "$output" = "web01 vif 0: 10.0.0.1 10.0.0.2 +10.0.0.5" ]
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
	[ "$(xenstore-read /libxl/1/device/vif/0/ip)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
	[ "$(live hotplug-status)" = connected ]
	[ "$(routes | wc -l)" = 3 ]
	routes | grep -qx '10.0.0.5 scope link src 192.168.7.1 metric 2'
	ping -c 1 -W 2 10.0.0.5
	not xenstore-exists /local/domain/0/xvif
}

@test "del-ip takes the route away and runs no script" {
	echo 'exit 1' >/etc/xen/scripts/xen-hotplug-common.sh
	run xvif del-ip web01 10.0.0.2
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = "web01 vif 0: 10.0.0.1 -10.0.0.2" ]
	[ "$(live)" = 10.0.0.1 ]
	[ "$(routes)" = "10.0.0.1 scope link src 192.168.7.1 metric 2" ]
}

@test "after edits the routes are those of a cold start" {
	xvif set-ips web01 10.0.0.2 10.0.0.9 10.0.0.64/29
	xvif add-ip web01 10.0.0.7
	xvif del-ip web01 10.0.0.9
	[ "$(live)" = "10.0.0.2 10.0.0.64/29 10.0.0.7" ]
	routes | sort >/run/xen/edited
	hotplug 1 0 offline
	ip route flush dev vif1.0
	hotplug 1 0 online
	routes | sort >/run/xen/cold
	diff /run/xen/edited /run/xen/cold
}

@test "what is there is not added, what is absent is not removed: done, nothing changed" {
	snapshot >/run/xen/before
	xvif add-ip web01 10.0.0.1/32
	xvif del-ip web01 10.0.0.77
	snapshot >/run/xen/after
	diff /run/xen/before /run/xen/after
}

# bats test_tags=oxenstored
@test "the last address goes only with --allow-empty, and the node with it" {
	refused 1 "without a route" xvif del-ip web01 10.0.0.1 10.0.0.2
	xvif del-ip --allow-empty web01 10.0.0.1 10.0.0.2
	not xenstore-exists /local/domain/0/backend/vif/1/0/ip
	[ -z "$(routes)" ]
	xvif add-ip web01 10.0.0.1
	[ "$(live)" = 10.0.0.1 ]
	ping -c 1 -W 2 10.0.0.1
}

@test "a script that fails leaves everything as it was; its words are in the message" {
	sed -i 's/^for addr in/for addr in $ip; do [ "$addr" != 10.0.0.6 ] || { echo "no luck with $addr" >\&2; false; }; ip route add $addr dev $dev src $main_ip metric 2; done; for addr in/' \
		/etc/xen/scripts/vif-route
	refused 4 "no luck with 10.0.0.6" xvif add-ip --hotplug=delta web01 10.0.0.5 10.0.0.6
}

# bats test_tags=oxenstored
@test "--dry-run says what would be done and does nothing" {
	snapshot >/run/xen/before
	run xvif add-ip --dry-run web01 10.0.0.5
	snapshot >/run/xen/after
	diff /run/xen/before /run/xen/after
	[[ "$output" == *"vif-route online type_if=vif"* ]]
	[[ "$output" == *'write /local/domain/0/backend/vif/1/0/ip = "10.0.0.1 10.0.0.2 10.0.0.5"'* ]]
	[[ "$output" == *"change ip of vif 0 in $(userdata_of 1) to \"10.0.0.1 10.0.0.2 10.0.0.5\""* ]]
	run xvif add-ip --dry-run --no-persist web01 10.0.0.5
	[[ "$output" != *"change ip of vif 0"* ]]
}

@test "the address of eth0 has changed: the old routes stay" {
	ip addr flush dev eth0
	ip addr add 192.168.7.99/24 dev eth0
	ip addr replace 192.168.7.1/32 dev lo
	xvif add-ip web01 10.0.0.5
	[ "$(routes | wc -l)" = 3 ]
	routes | grep -qx '10.0.0.5 scope link src 192.168.7.1 metric 2'
}

@test "a vif with a name of its own" {
	hotplug 1 0 offline
	ip route flush dev vif1.0
	xenstore-write /local/domain/0/backend/vif/1/0/vifname web
	ip link set vif1.0 down
	hotplug 1 0 online
	xvif add-ip --vif web web01 10.0.0.5
	[ "$(routes web | wc -l)" = 3 ]
	ping -c 1 -W 2 10.0.0.5
}

# bats test_tags=oxenstored
@test "a vif without an ip node" {
	xenstore-rm /local/domain/0/backend/vif/1/0/ip
	ip route flush dev vif1.0
	xvif add-ip web01 10.0.0.5
	[ "$(live)" = 10.0.0.5 ]
	ping -c 1 -W 2 10.0.0.5
}

# bats test_tags=oxenstored
@test "ten edits under a stream of probes lose none" {
	local i
	stream 10.0.0.1
	for i in 1 2 3; do
		xvif -q add-ip web01 10.0.0.5
		xvif -q set-ips web01 10.0.0.1 10.0.0.7 10.0.0.8
		xvif -q del-ip web01 10.0.0.7
	done
	xvif -q set-ips web01 10.0.0.1
	streamed
}

@test "--hotplug=none writes the list and leaves the kernel alone" {
	routes >/run/xen/before
	xvif add-ip --hotplug=none web01 10.0.0.5
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
	routes | diff /run/xen/before -
}

# Routes of the links that somebody else changes while the edit waits for libxl's lock, in vain.
fails_beside() { # DOMID ARG...: an edit that cannot take libxl's lock of the domain
	local lock pid domid=$1
	shift
	lock=/var/lib/xen/userdata-l.$domid.$(uuid_of "$domid").domain-userdata-lock
	flock "$lock" -c 'touch /run/xen/locked; while [ ! -e /run/xen/unlock ]; do sleep 0.02; done' 3>&- &
	pid=$!
	wait_until 10 test -e /run/xen/locked
	xvif --timeout 3 "$@" >/run/xen/said 2>&1 3>&- &
	edit=$!
	wait_until 10 xenstore-exists /local/domain/0/xvif
	other_routes
	status=0
	wait $edit || status=$?
	cat /run/xen/said
	touch /run/xen/unlock
	wait $pid
	rm /run/xen/locked /run/xen/unlock
	[ "$status" = 1 ]
	grep -q "libxl's lock" /run/xen/said
}

@test "--hotplug=none that fails touches no route that somebody else set or took meanwhile" {
	other_routes() {
		ip route add 10.0.0.5 dev vif1.0 src 192.168.7.1 metric 2
		ip route del 10.0.0.2 dev vif1.0
		routes >/run/xen/theirs
	}
	fails_beside 1 set-ips --hotplug=none web01 10.0.0.1 10.0.0.5
	routes | diff /run/xen/theirs -
	[ "$(live)" = "10.0.0.1 10.0.0.2" ]
}

@test "an edit of rules that fails touches no route" {
	other_routes() {
		ip route add 10.0.2.5 dev vif2.1
		routes vif2.1 >/run/xen/theirs
	}
	xvif -q add-ip --vif 1 db01 10.0.2.1
	fails_beside 2 add-ip --vif 1 db01 10.0.2.5
	routes vif2.1 | diff /run/xen/theirs -
}

@test "--hotplug=cycle brings any script to the list, and says that it interrupts" {
	echo '# a comment changes nothing, this does' >>/etc/xen/scripts/vif-route
	echo 'true' >>/etc/xen/scripts/vif-route
	run xvif add-ip --hotplug=cycle web01 10.0.0.5
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"interrupted"* ]]
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
	[ "$(live hotplug-status)" = connected ]
	[ "$(routes | wc -l)" = 3 ]
	ping -c 1 -W 2 10.0.0.5
}

@test "--hotplug=cycle goes back when online fails with the list" {
	sed -i 's/^for addr in/[[ "$command$ip" != online*10.0.0.6* ]] || fatal "no luck"; for addr in/' \
		/etc/xen/scripts/vif-route
	run xvif add-ip --hotplug=cycle web01 10.0.0.6
	echo "$output"
	[ "$status" = 4 ]
	[ "$(live)" = "10.0.0.1 10.0.0.2" ]
	[ "$(live hotplug-status)" = connected ]
	ping -c 1 -W 2 10.0.0.2
}

@test "a kept address that lost its route gets it back" {
	ip route del 10.0.0.1 dev vif1.0
	run xvif add-ip web01 10.0.0.1
	[ "$status" = 0 ]
	[[ "$output" == *"10.0.0.1 is in the list and has no route on vif1.0: adding one"* ]]
	routes | grep -qx '10.0.0.1 scope link src 192.168.7.1 metric 2'
}

@test "the line of an edit: order, what was idle, dry run" {
	run xvif set-ips web01 10.0.0.2 10.0.0.1 10.0.0.3
	[ "$output" = "web01 vif 0: 10.0.0.2 10.0.0.1 +10.0.0.3" ]
	run xvif set-ips web01 10.0.0.3 10.0.0.2
	[ "$output" = "web01 vif 0: 10.0.0.3 10.0.0.2 -10.0.0.1" ]
	run xvif del-ip web01 10.0.0.99
	[ "${lines[0]}" = "xvif: note: 10.0.0.99 is not in the list" ]
	[ "${lines[1]}" = "web01 vif 0: 10.0.0.3 10.0.0.2" ]
	run xvif del-ip --dry-run web01 10.0.0.2
	[[ "$output" == *"web01 vif 0: 10.0.0.3 -10.0.0.2 (dry run)" ]]
	run xvif add-ip -v web01 10.0.0.4
	[[ "$output" == *"xvif: run script="* ]]
}

# bats test_tags=oxenstored
@test "two edits at the same time are both done" {
	local i
	for i in 21 22 23 24; do
		xvif -q add-ip web01 10.0.0.$i 3>&- &
	done
	wait
	[ "$(live | wc -w)" = 6 ]
	[ "$(routes | wc -l)" = 6 ]
}

@test "a rollback looks at the routes once, and at the rules, however many steps it undoes" {
	activate_rules
	hotplug 1 0 offline
	ip route flush dev vif1.0
	hotplug 1 0 online
	xvif -q set-ips web01 10.0.0.{1..20}
	mkdir -p /run/xen/bin
	cat >/run/xen/bin/iptables <<-'END'
	#!/bin/bash
	echo "$@" >>/run/xen/calls
	case " $* " in *" -D "*10.0.0.7/32*) echo "iptables: no luck" >&2; exit 1;; esac
	exec iptables-nft "$@"
	END
	chmod +x /run/xen/bin/iptables
	cp -a /etc/alternatives /run/xen/alternatives
	ln -sf /run/xen/bin/iptables /run/xen/alternatives/iptables
	mount --bind /run/xen/alternatives /etc/alternatives
	snapshot | sort >/run/xen/before
	run strace -e trace=sendto -o /run/xen/trace xvif set-ips web01 10.0.0.1
	umount /etc/alternatives
	echo "$output"
	[ "$status" = 4 ]
	snapshot | sort | diff /run/xen/before -
	# after the last that was deleted
	awk '/RTM_DELROUTE/ { looks = 0 } /RTM_GETROUTE/ { looks++ } END { exit looks != 1 }' /run/xen/trace
	awk '/ -D / { looks = 0 } / -S$/ { looks++ } END { exit looks != 1 }' /run/xen/calls
}

@test "--flush forgets the neighbour and the connections of a removed address" {
	iptables -A INPUT -m conntrack --ctstate NEW -j ACCEPT
	ping -c 1 10.0.0.1
	ping -c 1 10.0.0.2
	ip neigh show dev vif1.0 | grep -q '^10.0.0.2 '
	local tracked=/proc/net/nf_conntrack
	[ ! -e $tracked ] || grep -q 'dst=10.0.0.2 ' $tracked
	xvif del-ip --flush web01 10.0.0.2
	ip neigh show dev vif1.0 | not grep -q '^10.0.0.2 '
	ip neigh show dev vif1.0 | grep -q '^10.0.0.1 '
	[ ! -e $tracked ] || ! grep -q 'dst=10.0.0.2 ' $tracked
	[ ! -e $tracked ] || grep -q 'dst=10.0.0.1 ' $tracked
	iptables -F INPUT
}

@test "a kept address that is routed to another vif is left so, and does not stop the edit" {
	ip route replace 10.0.0.2 dev vif2.0 metric 2
	run xvif add-ip web01 10.0.0.5
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"10.0.0.2 is in the list, and is routed to vif2.0: that route is kept"* ]]
	run xvif del-ip web01 10.0.0.5
	[ "$status" = 0 ]
	[ "$(live)" = "10.0.0.1 10.0.0.2" ]
	ip route show 10.0.0.2 | grep -q 'dev vif2.0'
	[[ "$(xvif check web01)" == *"route-missing: 10.0.0.2 has no route on vif1.0"* ]]
	run xvif repair web01
	[ "$status" = 1 ]
	[[ "$output" == *"10.0.0.2: is routed to vif2.0 already"* ]]
}
