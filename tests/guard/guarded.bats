#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# with the guard no attack arrives, and each flow does: the tables attacks, flows and options
load setup

@test "between guests of a bridge, and to the host, through the emulated card, too" {
	bridged
	twin
	xvif guard on
	for link in e0 t0; do
		guarded $link to_guest
		guarded $link to_host
	done
	xvif guard status
	xvif guard off
	unguarded e0 to_guest
}

@test "routed: what the host's stack takes, through the emulated card, too" {
	routed twin
	xvif guard on
	guarded e0 to_stack
	guarded t0 "to_stack vif3.0-emu"
	xvif guard status
}

@test "the host does not believe what its guest says" {
	routed
	xvif guard on
	sysctl -qw net.ipv4.neigh.vif3/0.locktime=0
	ip neigh replace 192.168.7.254 lladdr "$gateway" nud stale dev vif3.0
	ip neigh replace "$gateway6" lladdr "$gateway" nud stale dev vif3.0
	nstat -asz UdpNoPorts Udp6NoPorts | grep Udp >/run/xen/before
	frames stopped e0 to_stack "$GUARD/attacks" -l rarp
	nstat -asz UdpNoPorts Udp6NoPorts | grep Udp | diff /run/xen/before -
	ip neigh show dev vif3.0 | grep "^192.168.7.254 lladdr $gateway "
	ip neigh show dev vif3.0 | grep "^$gateway6 lladdr $gateway "
	ip -6 route show | not grep 'proto ra'
}

@test "after edits, another name, a reconnect, a flush and the service" {
	bridged
	xvif guard on
	added=(-s own4=10.9.0.77 -s own6=2001:db8:9::77 -l 'ip4 src=10.9.1.5 / udp')
	frames stopped e0 to_guest "$GUARD/flows" "${added[@]}" -o 'ipv[46]-unicast' -o arp-reply -o na -o dad -o arp-probe
	xvif add-ip web01 10.9.0.77 2001:db8:9::77
	frames passed e0 to_guest "$GUARD/flows" "${added[@]}"
	guarded e0 to_guest
	xvif del-ip web01 10.9.0.77 2001:db8:9::77
	frames stopped e0 to_guest "$GUARD/flows" "${added[@]}" -o 'ipv[46]-unicast' -o arp-reply -o na -o dad -o arp-probe
	guarded e0 to_guest
	nft list ruleset >/dev/null
	nft flush ruleset
	unguarded e0 to_guest
	xvif guard restore
	guarded e0 to_guest
	hotplug 3 0 offline
	hotplug 3 0 online
	xvif repair
	guarded e0 to_guest
	ip link set vif3.0 down
	ip link set vif3.0 name guest-web
	ip link set guest-web up
	xenstore-write /local/domain/0/backend/vif/3/0/vifname guest-web
	xvif repair
	guarded e0 to_guest
}

@test "observe: all passes, and what would not is told" {
	bridged
	vif_nodes 3 1 00:16:3e:00:00:13 vif-bridge "$sibling4 $sibling6"
	guest 3 1
	hotplug 3 1 online
	xvif guard observe
	frames passed e0 to_guest "$GUARD"/{attacks,options,flows}
	run xvif guard status -J web01:0
	echo "$output"
	[ "$status" = 0 ]
	for reason in mac vlan ethertype arp ipv4 ipv6 nd ra dhcp multicast apipa sibling; do
		jq -e ".guards[0].dropped[\"$reason\"] > 0" <<<"$output"
	done
	jq -e '.guards[0].refused[] | select(.source == "10.9.0.2" and .reason == "ipv4")' <<<"$output"
}

# only OPTION LINE: with the line, what is of the option passes, and only that
only() {
	conf 'default mode=enforce' "$2"
	frames passed e0 to_guest "$GUARD/options" -o "$1:*"
	frames passed e0 to_guest "$GUARD/flows"
}

@test "each option lets pass what it is for, and no more" {
	bridged
	only extra-macs "web01:0 extra-macs=$virtual"
	frames stopped e0 to_guest "$GUARD/attacks" -x mac-of-virtual-router
	only any-source "mac=$own any-source"
	frames stopped e0 to_guest "$GUARD/attacks" -o 'ipv4-of-host' -o 'ipv4-of-gateway' -o 'ipv6-of-host' \
		-o 'ipv4-multicast*' -o 'ipv4-loopback*' -o 'ipv6-loopback' -o 'ra*' -o 'mac-*'
	only trunk "web01 trunk=5"
	frames stopped e0 to_guest "$GUARD/attacks" -o 'vlan-1' -o vlan-4095 -o 'vlan-in-vlan' -o 'vlan-of-neighbour' \
		-o 'vid-0-*' -o '802.1ad*' -o 'ipv*' -o 'na-*'
	only ethertypes "web01 ethertypes=0x88cc,0x88b5"
	frames stopped e0 to_guest "$GUARD/attacks" -o 'ipv*' -o 'bpdu*' -o 'snap*' -o 'ethertype-mpls'
	only router-advertiser "$(uuid_of 3):0 router-advertiser"
	frames stopped e0 to_guest "$GUARD/attacks" -o 'ipv*' -o 'na*' -o 'redirect-from-gateway' -o 'ra-from-gateway'
	only dhcp-server "web01 dhcp-server"
	frames stopped e0 to_guest "$GUARD/attacks" -o 'ipv*' -o 'na*' -o 'ra*' -o 'dhcp-server-as-gateway'
	only multicast-querier "web01 multicast-querier"
	frames stopped e0 to_guest "$GUARD/attacks" -o 'ipv*' -o 'na*' -o 'ra*' -o '*-in-atomic-fragment'
	conf 'default mode=enforce' 'web01 link-local=eui64'
	frames stopped e0 to_guest "$GUARD/flows" -o 'ipv6-link-local-[spw]*' -o '*-stable' -o '*-random'
	frames passed e0 to_guest "$GUARD/flows" -o ipv6-link-local -o dad-link-local -o rs -o ipv4-unicast
}

@test "two guests that are one router: shared and extra-macs" {
	bridged
	xvif add-ip web01 "$virtual4" "$virtual6"
	# both have to say so
	conf 'default mode=enforce' "web01 extra-macs=$virtual shared=$virtual4,$virtual6" \
		"db01 extra-macs=$virtual shared=$virtual6"
	run xvif add-ip db01 "$virtual4" "$virtual6"
	echo "$output"
	[ "$status" = 1 ]
	[[ "$output" == *"$virtual4: vif 0 of domain 'web01' has $virtual4 already"* ]]
	conf 'default mode=enforce' "web01 extra-macs=$virtual shared=$virtual4,$virtual6" \
		"db01 extra-macs=$virtual shared=${virtual4%.*}.64/28,$virtual6"
	xvif add-ip db01 "$virtual4" "$virtual6"
	xvif check
	xvif check db01
	[[ "$(xvif doctor duplicate-ip)" != *"$virtual4"* ]]
	[ "$(xvif find -n -o DOMAIN,BY "$virtual4" | tr -s ' ' | sort | xargs)" = "db01 list web01 list" ]
	run xvif add-ip db01 10.9.1.0/28
	[ "$status" = 1 ]
	frames passed e0 to_guest "$GUARD/options" -o 'vrrp:*' -o 'shared:*' -o 'extra-macs:*'
	frames passed e0 to_guest "$GUARD/flows"
	frames stopped e0 to_guest "$GUARD/attacks" -x mac-of-virtual-router
}

@test "a vif without a list: free but for the host and the gateway, or closed" {
	peer_list=
	bridged
	xvif guard on
	as_peer=(-s "own=$peer" -s "own-ll=$peer_ll" -s own4=10.9.0.9 -s own6=2001:db8:9::9 -s "peer=$own" \
		-s "peer-ll=$own_ll" -s "to=$own")
	run "$FRAMES" run -w passed -f g4.0/e0 -t g3.0/e0 "${as_peer[@]}" "$GUARD/flows"
	echo "$output"
	[ "$status" = 0 ]
	run "$FRAMES" run -w stopped -f g4.0/e0 -t g3.0/e0 "${as_peer[@]}" "$GUARD/attacks" -o 'ipv[46]-of-host' \
		-o ipv4-of-gateway -o ipv6-link-local-of-gateway -o 'arp-reply-for-[gh]*' -o na-target-of-host \
		-o '*-link-local-of-[gh]*' -o 'ra*' -o 'mac-*' -o 'vlan*' -o '*dhcp*'
	echo "$output"
	[ "$status" = 0 ]
	conf 'default mode=enforce unlisted=closed'
	run "$FRAMES" run -w stopped -f g4.0/e0 -t g3.0/e0 "${as_peer[@]}" -F g4.0/e0 "$GUARD"/{flows,attacks,options}
	[ "$status" = 2 ] # not even what is sent behind each
	# what is sent behind them comes from the other guest, and back
	run "$FRAMES" run -w stopped -f g4.0/e0 -t /xenbr0 "${as_peer[@]}" -F g3.0/e0 \
		-l "mac src=$own dst=all / ip4 src=10.9.0.1 dst=10.9.0.255 / udp" "$GUARD"/{flows,attacks,options}
	echo "$output"
	[ "$status" = 0 ]
}

@test "a guest that gives its card another MAC can send nothing from that" {
	bridged
	xvif guard on
	ip -n g3.0 link set e0 address "$other"
	xenstore-write /local/domain/3/device/vif/0/mac "$other"
	xvif repair
	frames stopped e0 to_guest "$GUARD/flows" -s "own=$other" -l "mac src=00:16:3e:00:00:03 / ip4 / udp"
	frames passed e0 to_guest "$GUARD/flows"
}

# is_reserved INTERFACE-ID: four groups of four digits, behind fe80::
is_reserved() {
	nft list set netdev xvif reserved | grep -q "0xfe80000000000000${1//:/}"
}

@test "a guest that advertises itself as a router is no gateway of this host; another one is" {
	sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.xenbr0.accept_ra=2
	bridged
	xvif guard observe
	"$FRAMES" send -f g3.0/e0 "ip6 src=own-ll-random dst=ff02::1 / ra / sll / prefix"
	wait_until 10 eval "ip -6 route show default | grep -q 'via $own_ll_random dev xenbr0 proto ra'"
	# its other end, which keeps quiet, would answer what the host asks it
	ip neigh replace "$own_ll_random" lladdr "$own" nud permanent dev xenbr0
	xvif guard restore
	not is_reserved "${own_ll_random#fe80::}"
	xvif guard status
	xvif guard on
	frames passed e0 to_guest "$GUARD/flows" -o '*-random'
	# behind a port that is not a vif's
	ip link add up0 type veth peer name up1
	ip link set up0 master xenbr0 up
	ip link set up1 up
	"$FRAMES" send -f /up1 "mac src=$gateway dst=33:33:00:00:00:01 / ip6 src=fe80::77 dst=ff02::1 / ra / sll mac=$gateway / prefix"
	wait_until 10 eval "ip -6 route show default | grep -q 'fe80::77 dev xenbr0'"
	xvif guard restore
	is_reserved 0000:0000:0000:0077
}

@test "addresses that this host gets are a difference, those that it had are none" {
	bridged
	xvif guard on
	ip addr add 10.9.1.9/24 dev xenbr0
	run xvif check
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"web01 vif 0: guard-differs: set 'ip4-3.0': "* ]]
	xvif repair
	xvif check
	ip addr del 10.9.1.9/24 dev xenbr0
	xvif check
	xvif guard status
	# more than one address is missing: somebody took it
	nft delete element netdev xvif ip4-3.0 '{ 10.9.1.10-10.9.1.255 }'
	run xvif check
	[ "$status" = 6 ]
	[[ "$output" == *"guard-differs: set 'ip4-3.0': "* ]]
	xvif guard restore
	xvif check
}
