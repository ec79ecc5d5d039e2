#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# xvif find: whose is an address, a network, a MAC
load setup

B=/local/domain/0/backend/vif

# found QUERY: "DOMAIN VIF BY DETAIL" of each owner
found() {
	xvif find -J "$1" | jq -r '.owners[] | "\(.domain) \(.vif) \(.by) \(.detail)"'
}

# sources QUERY: only who and by what, on a line
sources() {
	xvif find -J "$1" | jq -r '[.owners[] | "\(.domain)/\(.vif)/\(.by)"] | join(" ")'
}

# routes_say QUERY-LIKE-IP: the links by which ip(8) would send it, in all tables
route_links() {
	ip -j route show table all match "$1" | jq -r '.[] | select(.dst != "default" and (.dev | test("^vif"))) | .dev' | sort -u
}

@test "an address: the list and the route" {
	[ "$(found 10.0.0.2)" = $'web01 0 list 10.0.0.2\nweb01 0 route 10.0.0.2 dev vif1.0 src 192.168.7.1 metric 2' ]
	[ "$(route_links 10.0.0.2)" = vif1.0 ]
	[ "$(xenstore-read $B/1/0/ip)" = "10.0.0.1 10.0.0.2" ]
	run xvif find 10.0.0.2
	[ "$status" = 0 ]
	[ "${lines[0]}" = "DOMAIN DOMID VIF BY    DETAIL" ]
	[ "${lines[1]}" = "web01      1   0 list  10.0.0.2" ]
}

@test "JSON has the promised keys; SXP reads back; columns" {
	[ "$(xvif find -J 10.0.1.1 | jq -c '[.query, (.owners[0] | [.domain,.domid,.vif,.by])]')" = '["10.0.1.1",["db01",2,0,"list"]]' ]
	xvif find -S 10.0.1.1 >/run/xen/found
	xvif sxp check /run/xen/found
	[ "$(xvif sxp get --raw find/query /run/xen/found)" = 10.0.1.1 ]
	[ "$(xvif find -nro LINK,BY 10.0.1.1 | head -n 1)" = "vif2.0 list" ]
	[ -z "$(xvif find -q 10.0.1.1)" ]
}

@test "nobody: 3, in every form" {
	run xvif find 10.9.9.9
	[ "$status" = 3 ]
	[ "$output" = "xvif: 10.9.9.9: no vif has it" ]
	run xvif find -J 10.9.9.9
	[ "$status" = 3 ]
	[ "$output" = '{"query":"10.9.9.9","owners":[]}' ]
	run xvif find -q 10.9.9.9
	[ "$status" = 3 ]
	[ -z "$output" ]
}

@test "a network in the list, a route that covers it, and never the default route" {
	ip route add default via 192.168.7.2
	ip route add 10.0.7.0/24 via 10.0.0.1 dev vif1.0
	ip route add 10.0.6.0/26 dev vif2.0 table 77
	ip route add default dev vif2.0 metric 99
	xenstore-write $B/2/0/ip "10.0.1.1 10.0.6.0/28"
	[ "$(found 10.0.6.3)" = $'db01 0 network 10.0.6.0/28\ndb01 0 route 10.0.6.0/26 dev vif2.0 table 77' ]
	[ "$(route_links 10.0.6.3)" = vif2.0 ]
	[ "$(sources 10.0.6.17)" = "db01/0/route" ]
	[ "$(found 10.0.7.9)" = "web01 0 route 10.0.7.0/24 via 10.0.0.1 dev vif1.0" ]
	run xvif find 8.8.8.8
	[ "$status" = 3 ]
}

@test "a network: every vif with an address inside it, and what contains it" {
	xenstore-write $B/2/1/ip "10.0.1.64/28 2001:db8::/64 junk"
	[ "$(xvif find -J 10.0.0.0/16 | jq -r '.owners[] | select(.by == "list") | "\(.domain) \(.vif) \(.detail)"')" = \
		$'web01 0 10.0.0.1\nweb01 0 10.0.0.2\ndb01 0 10.0.1.1\ndb01 1 10.0.1.64/28' ]
	[ "$(sources 10.0.1.64/30)" = "db01/1/network" ]
	[ "$(sources 10.0.1.64/28)" = "db01/1/list" ]
	[ "$(sources 2001:db8::5)" = "db01/1/network" ]
	[ "$(sources 2001:db8::/32)" = "db01/1/list" ]
}

@test "a neighbour: behind the link of a vif, or with its MAC on a bridge" {
	ip neigh add 10.0.0.77 lladdr 00:16:3e:00:00:77 dev vif1.0
	ip neigh add 10.5.5.5 lladdr 00:16:3e:00:00:03 dev xenbr0
	ip neigh add 10.5.5.6 lladdr 00:16:3e:00:00:99 dev xenbr0
	[ "$(found 10.0.0.77)" = "web01 0 neighbour 10.0.0.77 dev vif1.0 lladdr 00:16:3e:00:00:77" ]
	[ "$(found 10.5.5.5)" = "db01 1 neighbour 10.5.5.5 dev xenbr0 lladdr 00:16:3e:00:00:03" ]
	run xvif find 10.5.5.6
	[ "$status" = 3 ]
	# one that never answered is nobody's
	ip neigh add 10.0.0.78 dev vif1.0 nud failed
	[ "$(ip -j neigh show dev vif1.0 | jq -c '[.[].dst] | sort')" = '["10.0.0.77","10.0.0.78"]' ]
	run xvif find 10.0.0.78
	[ "$status" = 3 ]
	[ "$(ip -j neigh show to 10.5.5.5 | jq -r '.[0].lladdr')" = "$(xenstore-read $B/2/1/mac)" ]
}

@test "a neighbour that the host has really seen" {
	ping -c 1 -W 2 10.0.0.1
	[[ "$(sources 10.0.0.1)" == "web01/0/list web01/0/route web01/0/neighbour" ]]
}

@test "what guests claim comes last, and cannot do harm" {
	local i args=()
	xenstore-write /local/domain/2/attr/vif/0/ipv4/0 10.0.0.1 /local/domain/2/attr/vif/1/ipv6/0 2001:db8::7 \
		/local/domain/2/attr/vif/1/ipv4/0 "$(printf '10.0.0.1\033[2J')" /local/domain/2/attr/vif/1/ipv4/1 '../../../1/name' \
		/local/domain/2/attr/vif/7/ipv4/0 10.0.0.1 /local/domain/2/attr/vif/x/ipv4/0 10.0.0.1
	[ "$(sources 10.0.0.1)" = "web01/0/list web01/0/route db01/0/guest" ]
	[ "$(found 2001:0DB8::7)" = "db01 1 guest 2001:db8::7" ]
	for i in $(seq 900); do
		args+=("/local/domain/1/attr/vif/0/ipv4/$i" "10.7.$((i / 250)).$((i % 250 + 1))")
	done
	printf '%s\0' "${args[@]}" | xargs -0 -n 400 xenstore-write
	[ "$(found 10.7.3.7)" = "web01 0 guest 10.7.3.7" ]
	[ "$(xvif find -J 10.7.0.0/16 | jq '.owners | length')" = 900 ]
}

@test "a MAC, in any form, or a part of one" {
	local word
	for word in 00:16:3e:00:00:03 00:16:3E:00:00:03 00-16-3e-00-00-03 00163e000003 3e:00:00:03 3e000003 00:03; do
		[ "$(found "$word" | grep -c .)" = 1 ]
		[ "$(found "$word")" = "db01 1 mac 00:16:3e:00:00:03" ]
	done
	[ "$(sources 00:16:3e)" = "web01/0/mac db01/0/mac db01/1/mac" ]
	# not in the middle of a byte
	run xvif find 0163
	[ "$status" = 3 ]
	ip neigh add 10.0.0.77 lladdr 00:16:3e:00:00:77 dev vif1.0
	[ "$(found 00:77)" = "web01 0 neighbour 10.0.0.77 dev vif1.0 lladdr 00:16:3e:00:00:77" ]
	refused 2 "nor a MAC" xvif find 16
	refused 2 "nor a MAC" xvif find 1:2
	refused 2 "nor a MAC" xvif find 00:16:3e:00:00:03:04
	refused 2 "is no IP and no network, nor a MAC" xvif find web01
	refused 2 "IP|NET|MAC is missing" xvif find
}

@test "a vif whose backend is in another domain has no link here" {
	domain_create 5 driver
	xenstore-write /local/domain/5/backend/vif/1/1/frontend-id 1 /local/domain/5/backend/vif/1/1/state 4 \
		/local/domain/5/backend/vif/1/1/vifname vif2.0 /local/domain/5/backend/vif/1/1/ip 10.8.8.8 \
		/libxl/1/device/vif/1/backend /local/domain/5/backend/vif/1/1
	[ "$(sources 10.8.8.8)" = web01/1/list ]
	[ "$(sources 10.0.1.1)" = "db01/0/list db01/0/route" ]
}

@test "a dump of another host: only what it says" {
	xvif dump / >/run/xen/dump
	xenstore-rm $B/1 /libxl/1 /local/domain/1
	run xvif find 10.0.0.1
	[ "$status" = 3 ]
	run xvif find --store /run/xen/dump -n -r 10.0.0.1
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = "web01 1 0 list 10.0.0.1" ]
}

@test "a link of an emulated card belongs to its vif" {
	ip link add vif1.0-emu type veth peer name emulator
	ip link set vif1.0-emu up
	ip link set emulator up
	ip route add 10.0.3.3 dev vif1.0-emu
	[ "$(found 10.0.3.3)" = "web01 0 route 10.0.3.3 dev vif1.0-emu" ]
}
