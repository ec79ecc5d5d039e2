#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# addresses as anti-spoofing rules: scripts whose handle_iptable() is active
load setup

# bridged: vif 2.1 and a peer on the bridge, rules on, everything else dropped
bridged() {
	activate_rules
	echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
	hotplug 2 1 offline
	ip link set vif2.1 nomaster
	xenstore-write /local/domain/0/backend/vif/2/1/ip "10.9.0.1 10.9.0.2" \
		/libxl/2/device/vif/1/ip "10.9.0.1 10.9.0.2"
	iptables -F FORWARD
	iptables -P FORWARD DROP
	hotplug 2 1 online
	ip netns add peer
	ip link add peer0 type veth peer name e0 netns peer
	ip link set peer0 master xenbr0 up
	ip -n peer addr add 10.9.0.254/24 dev e0
	ip -n peer link set e0 up
	local i
	for i in 1 2 3 4; do
		ip -n g2.1 addr add 10.9.0.$i/24 dev e0
	done
	wait_until 10 passes 10.9.0.1
}

# passes ADDRESS: the guest reaches the peer from there
passes() {
	ip netns exec g2.1 ping -c 1 -W 1 -I "$1" 10.9.0.254
}

forward_rules() {
	iptables -S FORWARD | sort
}

cold_start() { # DOMID DEVID
	hotplug "$1" "$2" offline
	iptables -F FORWARD
	ip route flush dev "vif$1.$2"
	hotplug "$1" "$2" online
}

@test "bridge: a spoofed source is dropped, an added one passes, the link stays up" {
	bridged
	passes 10.9.0.2
	not passes 10.9.0.3
	local carrier
	carrier=$(cat /sys/class/net/vif2.1/carrier_changes)
	xvif add-ip --vif 1 db01 10.9.0.3
	passes 10.9.0.3
	not passes 10.9.0.4
	xvif del-ip --vif 1 db01 10.9.0.2
	not passes 10.9.0.2
	passes 10.9.0.1
	[ "$(cat /sys/class/net/vif2.1/carrier_changes)" = "$carrier" ]
}

@test "bridge: the rules are those of a cold start, each as often" {
	bridged
	xvif add-ip --vif 1 db01 10.9.0.3 10.9.0.64/26
	xvif set-ips --vif 1 db01 10.9.0.64/26 10.9.0.4
	xvif add-ip --vif 1 db01 10.9.0.1
	forward_rules >/run/xen/edited
	cold_start 2 1
	forward_rules | diff /run/xen/edited -
}

@test "bridge: from no address to one and back" {
	activate_rules
	cold_start 2 1
	forward_rules >/run/xen/empty
	xvif add-ip --vif 1 db01 10.9.0.1
	forward_rules >/run/xen/edited
	cold_start 2 1
	forward_rules | diff /run/xen/edited -
	xvif del-ip --allow-empty --vif 1 db01 10.9.0.1
	forward_rules | diff /run/xen/empty -
}

@test "route: routes and rules are those of a cold start" {
	activate_rules
	cold_start 1 0
	xvif add-ip web01 10.0.0.5
	xvif del-ip web01 10.0.0.1
	xvif set-ips web01 10.0.0.5 10.0.0.64/29 10.0.0.9
	forward_rules >/run/xen/edited
	ip route show dev vif1.0 | sort >/run/xen/edited-routes
	cold_start 1 0
	forward_rules | diff /run/xen/edited -
	ip route show dev vif1.0 | sort | diff /run/xen/edited-routes -
}

@test "route: no rule of a kept address is ever missing" {
	activate_rules
	cold_start 1 0
	stream 10.0.0.1
	local i
	for i in 1 2 3; do
		xvif -q add-ip web01 10.0.0.5
		xvif -q del-ip web01 10.0.0.5
	done
	streamed
}

@test "a rule set by hand stays" {
	activate_rules
	cold_start 1 0
	iptables -A FORWARD -m physdev --physdev-in vif1.0 --physdev-is-bridged -s 10.0.0.200 -j DROP
	xvif set-ips web01 10.0.0.5
	forward_rules | grep -q -- '-s 10.0.0.200/32 .*-j DROP'
	forward_rules | not grep -q -- '-s 10.0.0.1/32'
}

@test "a rule that cannot be set: everything goes back" {
	activate_rules
	cold_start 1 0
	mkdir -p /run/xen/bin
	cat >/run/xen/bin/iptables <<-'END'
	#!/bin/bash
	case " $* " in *" -I "*10.0.0.5*) echo "iptables: no luck" >&2; exit 1;; esac
	exec iptables-nft "$@"
	END
	chmod +x /run/xen/bin/iptables
	cp -a /etc/alternatives /run/xen/alternatives
	ln -sf /run/xen/bin/iptables /run/xen/alternatives/iptables
	mount --bind /run/xen/alternatives /etc/alternatives
	snapshot >/run/xen/before
	run xvif add-ip web01 10.0.0.5
	umount /etc/alternatives
	echo "$output"
	[ "$status" = 4 ]
	snapshot | diff /run/xen/before -
}

@test "openvswitch: rules only, Open vSwitch is not asked" {
	activate_rules
	domain_create 3 sw01
	vif_nodes 3 0 00:16:3e:00:00:04 vif-openvswitch 10.9.1.1
	guest 3 0
	xvif add-ip sw01 10.9.1.2
	forward_rules | grep -q -- '-s 10.9.1.1/32 .*vif3.0'
	forward_rules | grep -q -- '-s 10.9.1.2/32 .*vif3.0'
	[ "$(xenstore-read /local/domain/0/backend/vif/3/0/ip)" = "10.9.1.1 10.9.1.2" ]
}

@test "openvswitch: hooks, which it does not call, change nothing" {
	domain_create 3 sw01
	vif_nodes 3 0 00:16:3e:00:00:04 vif-openvswitch 10.9.1.1
	guest 3 0
	mkdir /etc/xen/scripts/vif-post.d
	touch /etc/xen/scripts/vif-post.d/a.hook
	chmod +x /etc/xen/scripts/vif-post.d/a.hook
	xvif add-ip sw01 10.9.1.2
	refused 1 "hooks in /etc/xen/scripts/vif-post.d" xvif add-ip --vif 1 db01 10.9.0.2
}

@test "IPv6: refused where the script cannot, taken where rules are off" {
	refused 1 "IPv6" xvif add-ip web01 2001:db8::5
	run xvif add-ip --vif 1 db01 2001:db8::5
	[ "$status" = 0 ]
	[[ "$output" == *"note:"*"nothing enforces it"* ]]
	[ "$(xenstore-read /local/domain/0/backend/vif/2/1/ip)" = 2001:db8::5 ]
	xvif del-ip --allow-empty --vif 1 db01 2001:DB8:0::5
	activate_rules
	refused 1 "IPv6" xvif add-ip --vif 1 db01 2001:db8::5
}

@test "a table that iptables cannot list: the scripts set no rules, nor does an edit" {
	activate_rules
	iptables -A INPUT -i lo -j ACCEPT
	nft add rule ip filter INPUT meta mark set numgen inc mod 2
	cold_start 1 0
	forward_rules >/run/xen/before
	run xvif add-ip web01 10.0.0.5
	run xvif check
	xvif check --allow iptables-failed
	nft flush chain ip filter INPUT
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == "web01 vif 0: not compared: iptables-failed: rules: iptables does not work: "* ]]
	forward_rules | diff /run/xen/before -
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/ip)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
}

@test "IPv6 with --hotplug=none: said where the guest would not start again" {
	run xvif add-ip --hotplug=none web01 2001:db8::5
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"IPv6"*"would not start"* ]]
	run xvif add-ip --hotplug=none web01 10.0.0.5
	[[ "$output" != *IPv6* ]]
	run xvif add-ip --hotplug=none --vif 1 db01 2001:db8::6
	[[ "$output" != *IPv6* ]]
}
