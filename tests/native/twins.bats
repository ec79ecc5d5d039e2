#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# what tests/cli/edit.bats says of IPv4 and a stock script, of IPv6 and a native one
load setup

setup() {
	start_host
	native "2001:db8:7::5 2001:db8:7::6"
	ip -n g5.0 -batch - <<-END
		link set e0 address 00:16:3e:00:00:05
		addr add 2001:db8:7::5/128 dev e0 nodad
		addr add 2001:db8:7::6/128 dev e0 nodad
		addr add 2001:db8:7::7/128 dev e0 nodad
		route add default via fe80::1 dev e0
	END
}

routes() {
	ip -6 route show dev "${1:-vif5.0}" | sed 's/ pref medium *$//; /^fe80::/d'
}

answered_for() {
	ip -6 neigh show proxy | cut -d ' ' -f 1 | sort | xargs
}

@test "add-ip adds one route, the guest answers, the list is in all places" {
	not ping -c 1 -W 1 2001:db8:7::7
	run xvif add-ip new01 2001:db8:7::7
	[ "$status" = 0 ]
	[ "$output" = "new01 vif 0: 2001:db8:7::5 2001:db8:7::6 +2001:db8:7::7" ]
	[ "$(node ip)" = "2001:db8:7::5 2001:db8:7::6 2001:db8:7::7" ]
	[ "$(xenstore-read /libxl/5/device/vif/0/ip)" = "$(node ip)" ]
	[ "$(tr -d '\0' <"$(userdata_of 5)" | jq -r '.nics[0].ip')" = "$(node ip)" ]
	[ "$(node hotplug-status)" = connected ]
	[ "$(routes | wc -l)" = 3 ]
	routes | grep -qx '2001:db8:7::7 metric 2'
	ping -c 1 -W 2 2001:db8:7::7
	not xenstore-exists /local/domain/0/xvif
}

@test "an address in any of its forms is the same one" {
	run xvif add-ip new01 2001:0DB8:7:0::0005
	[ "$status" = 0 ]
	[[ "$output" == *"new01 vif 0: 2001:db8:7::5 2001:db8:7::6"* ]]
	xvif del-ip new01 2001:DB8:7:0:0:0:0:6
	[ "$(node ip)" = 2001:db8:7::5 ]
	[ "$(routes)" = "2001:db8:7::5 metric 2" ]
	[ "$(answered_for)" = 2001:db8:7::5 ]
}

@test "del-ip takes the route away, and the answer for it" {
	ping -c 1 -W 2 2001:db8:7::6
	run xvif del-ip new01 2001:db8:7::6
	[ "$status" = 0 ]
	[ "$output" = "new01 vif 0: 2001:db8:7::5 -2001:db8:7::6" ]
	[ "$(routes)" = "2001:db8:7::5 metric 2" ]
	[ "$(answered_for)" = 2001:db8:7::5 ]
	not ping -c 1 -W 1 2001:db8:7::6
}

@test "the last address goes only with --allow-empty, and the node with it" {
	refused 1 "without a route" xvif del-ip new01 2001:db8:7::5 2001:db8:7::6
	xvif del-ip --allow-empty new01 2001:db8:7::5 2001:db8:7::6
	[ "$(node ip)" = none ]
	[ -z "$(routes)" ]
	[ -z "$(answered_for)" ]
	xvif add-ip new01 2001:db8:7::5
	[ "$(node ip)" = 2001:db8:7::5 ]
	ping -c 1 -W 2 2001:db8:7::5
}

@test "a vif with a name of its own" {
	hotplug 5 0 offline
	xenstore-write $backend/vifname web
	hotplug 5 0 online
	xvif add-ip --vif web new01 2001:db8:7::7
	[ "$(routes web | wc -l)" = 3 ]
	ping -c 1 -W 2 2001:db8:7::7
}

@test "a vif without an ip node" {
	xenstore-rm $backend/ip
	ip -6 route flush dev vif5.0 proto boot
	xvif add-ip new01 2001:db8:7::7
	[ "$(node ip)" = 2001:db8:7::7 ]
	ping -c 1 -W 2 2001:db8:7::7
}

@test "--hotplug=none writes the list and leaves the kernel alone" {
	routes >/run/xen/before
	answered_for >>/run/xen/before
	xvif add-ip --hotplug=none new01 2001:db8:7::7
	[ "$(node ip)" = "2001:db8:7::5 2001:db8:7::6 2001:db8:7::7" ]
	{ routes && answered_for; } | diff /run/xen/before -
}

@test "a kept address that lost its route gets it back" {
	ip -6 route del 2001:db8:7::5 dev vif5.0
	run xvif add-ip new01 2001:db8:7::5
	[ "$status" = 0 ]
	[[ "$output" == *"2001:db8:7::5 is in the list and has no route on vif5.0: adding one"* ]]
	routes | grep -qx '2001:db8:7::5 metric 2'
}

@test "two edits at the same time are both done" {
	local i
	for i in 21 22 23 24; do
		xvif -q add-ip new01 2001:db8:7::$i 3>&- &
	done
	wait
	[ "$(node ip | wc -w)" = 6 ]
	[ "$(routes | wc -l)" = 6 ]
	[ "$(answered_for | wc -w)" = 6 ]
}

@test "ten edits under a stream of probes lose none" {
	local i
	ip netns exec g5.0 "$PROBE" echo6 7 </dev/null >/dev/null 2>&1 3>&-
	stream 2001:db8:7::5
	for i in 1 2 3 4 5; do
		xvif -q add-ip new01 2001:db8:7::7 10.5.0.1
		xvif -q del-ip new01 2001:db8:7::7 10.5.0.1
	done
	streamed
}

@test "--flush forgets the neighbour of a removed address" {
	ping -c 1 -W 2 2001:db8:7::5
	ping -c 1 -W 2 2001:db8:7::6
	ip -6 neigh show dev vif5.0 | grep -q '^2001:db8:7::6 '
	xvif del-ip --flush new01 2001:db8:7::6
	ip -6 neigh show dev vif5.0 | not grep -q '^2001:db8:7::6 .*lladdr'
	ip -6 neigh show dev vif5.0 | grep -q '^2001:db8:7::5 '
}

@test "a kept address that is routed to another vif is left so, and does not stop the edit" {
	ip -6 route del 2001:db8:7::6 dev vif5.0
	ip -6 route add 2001:db8:7::6 dev vif2.0 metric 2
	run xvif add-ip new01 2001:db8:7::7
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"2001:db8:7::6 is in the list, and is routed to vif2.0: that route is kept"* ]]
	ip -6 route show 2001:db8:7::6 | grep -q 'dev vif2.0'
	[[ "$(xvif check new01)" == *"route-missing: 2001:db8:7::6 has no route on vif5.0"* ]]
	run xvif repair new01
	[ "$status" = 1 ]
	[[ "$output" == *"2001:db8:7::6: is routed to vif2.0 already"* ]]
}

@test "elsewhere: what rules decide, by the table or themselves" {
	ip -6 rule add pref 100 to 2001:db8:7::7 lookup 100
	ip -6 route add 2001:db8:7::/64 dev vif2.0 table 100
	refused 1 "2001:db8:7::7: this host routes it elsewhere" xvif add-ip new01 2001:db8:7::7
	ip -6 rule del pref 100
	ip -6 rule add pref 100 to 2001:db8:7::7 prohibit
	refused 1 "prohibit" xvif add-ip new01 2001:db8:7::7
	ip -6 rule del pref 100
	ip -6 route flush table 100
	xvif add-ip new01 2001:db8:7::7
}

@test "a route to an address that is not in the list is told, and goes with its address" {
	ip -6 route add 2001:db8:7::99 dev vif5.0
	run xvif check new01
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"route-foreign: "*2001:db8:7::99*"the address is not in its list"* ]]
	xvif add-ip new01 2001:db8:7::99
	xvif check new01
	xvif del-ip new01 2001:db8:7::99
	[ -z "$(ip -6 route show 2001:db8:7::99)" ]
}

# edit_with STRACE-OPTION...: adds addresses and takes them away again; the first is traced
edit_with() {
	strace -f -qq -o /run/xen/trace -e trace=setsockopt,recvmsg "$@" xvif add-ip new01 2001:db8:7::7 10.5.0.1
	xvif check new01
	xvif del-ip new01 2001:db8:7::7 10.5.0.1
}

# chosen: the number of the call that receives the first routes or addresses of one link
chosen() {
	awk '/setsockopt.*SOL_NETLINK, (NETLINK_GET_STRICT_CHK|0xc)/ { is_next = 1 }
		/recvmsg/ { n++; if (is_next) { print n; exit } }' /run/xen/trace
}

@test "a kernel that cannot choose the routes of a link lists all" {
	edit_with -v
	local first
	first=$(chosen)
	[ "$first" -gt 1 ]
	edit_with -e inject=recvmsg:error=EINVAL:when="$first"
	grep -q INJECTED /run/xen/trace
	# one that knows of no such option
	edit_with -e inject=setsockopt:error=ENOPROTOOPT
	grep -q INJECTED /run/xen/trace
}
