#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# a vif with an emulated network card: a second interface, routed and allowed like the first
load setup

# hvm: web01 has an emulated card, brought up as libxl does
hvm() {
	emulated 1 0
	ip route flush dev vif1.0
	hotplug 1 0 online
}

state() {
	local link
	for link in vif1.0 vif1.0-emu; do
		[ ! -e /sys/class/net/$link ] || ip route show dev $link | sort
	done
	iptables -S FORWARD | sort
}

# as_cold_started: the state is that of a fresh start of the same list
as_cold_started() {
	state >/run/xen/edited
	hotplug 1 0 offline
	iptables -F FORWARD
	ip route flush dev vif1.0
	ip route flush dev vif1.0-emu
	hotplug 1 0 online
	state | diff /run/xen/edited -
}

live() {
	xenstore-read "/local/domain/0/backend/vif/1/0/${1:-ip}"
}

@test "both interfaces are as after a cold start, with rules and without" {
	hvm
	xvif add-ip web01 10.0.0.5
	ip route show dev vif1.0-emu | grep -q '^10.0.0.5 .*src 192.168.7.1 metric 1 *$'
	xvif set-ips web01 10.0.0.5 10.0.0.64/29
	xvif del-ip web01 10.0.0.5
	as_cold_started
	activate_rules
	as_cold_started || true # the rules come with this start
	xvif add-ip web01 10.0.0.6
	xvif del-ip web01 10.0.0.64/29
	xvif set-ips web01 10.0.0.7 10.0.0.6
	iptables -S FORWARD | grep -q -- '-s 10.0.0.7/32 .*vif1.0-emu'
	as_cold_started
	xvif check web01
}

@test "from no address to one and back" {
	activate_rules
	hvm
	xvif -q del-ip --allow-empty web01 10.0.0.1 10.0.0.2
	as_cold_started
	xvif -q add-ip web01 10.0.0.1
	as_cold_started
}

@test "a stream through the emulated card loses nothing, nor one through the vif" {
	activate_rules
	hvm
	echo 2 >/proc/sys/net/ipv4/conf/all/rp_filter # the guest answers by its first interface
	stream 10.0.0.1
	xvif -q add-ip web01 10.0.0.5
	xvif -q set-ips web01 10.0.0.1 10.0.0.7
	ping -c 1 -W 2 10.0.0.7
	xvif -q set-ips web01 10.0.0.1
	streamed
	ip link del vif1.0-emu
	stream 10.0.0.1
	xvif -q add-ip web01 10.0.0.5
	xvif -q del-ip web01 10.0.0.5
	streamed
}

@test "check finds what differs on either interface, repair mends it" {
	activate_rules
	hvm
	state >/run/xen/right
	xvif check web01
	ip route del 10.0.0.2 dev vif1.0-emu
	ip route add 10.0.0.9 dev vif1.0-emu src 192.168.7.1 metric 1
	iptables -D FORWARD -m physdev --physdev-is-bridged --physdev-in vif1.0-emu -s 10.0.0.1 -j ACCEPT
	run xvif check web01
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"route-missing: 10.0.0.2 has no route on vif1.0-emu"* ]]
	[[ "$output" == *"route-extra: 10.0.0.9 dev vif1.0-emu"* ]]
	[[ "$output" == *"rules: missing: "*"vif1.0-emu"* ]]
	snapshot >/run/xen/before
	run xvif repair --dry-run web01
	echo "$output"
	[[ "$output" == *"ip route add 10.0.0.2 dev vif1.0-emu src 192.168.7.1 metric 1"* ]]
	snapshot | diff /run/xen/before -
	xvif repair web01
	state | diff /run/xen/right -
	xvif check web01
}

@test "--dry-run: the route of the emulated card is a copy, no script runs for it" {
	hvm
	snapshot >/run/xen/before
	run xvif add-ip --dry-run web01 10.0.0.5
	echo "$output"
	[ "$(grep -c '^run ' <<<"$output")" = 1 ]
	[[ "$output" == *"ip route add 10.0.0.5 dev vif1.0-emu src 192.168.7.1 metric 1"* ]]
	run xvif del-ip --dry-run web01 10.0.0.2
	[[ "$output" == *"ip route del 10.0.0.2 dev vif1.0 src"* ]]
	[[ "$output" == *"ip route del 10.0.0.2 dev vif1.0-emu src"* ]]
	snapshot | diff /run/xen/before -
}

@test "what fails for the second interface takes back the first" {
	hvm
	ip route add 10.0.0.5 dev vif2.0 src 192.168.7.1 metric 1
	refused 1 "10.0.0.5: is routed to vif2.0 already" xvif add-ip --force web01 10.0.0.5
	ip route del 10.0.0.5
	# while the script runs for the first, somebody takes the second's route
	local ifconfig
	ifconfig=$(command -v ifconfig)
	mkdir -p /run/xen/bin
	cp "$ifconfig" /run/xen/bin/ifconfig.real
	printf '#!/bin/sh\nip route add 10.0.0.5 dev vif2.0 metric 1\nexec /run/xen/bin/ifconfig.real "$@"\n' >/run/xen/bin/ifconfig
	chmod +x /run/xen/bin/ifconfig
	snapshot >/run/xen/before
	mount --bind /run/xen/bin/ifconfig "$ifconfig"
	run xvif add-ip web01 10.0.0.5
	umount "$ifconfig"
	echo "$output"
	[ "$status" = 4 ]
	[[ "$output" == *"cannot add the route to 10.0.0.5"* ]]
	ip route del 10.0.0.5 dev vif2.0
	snapshot | diff /run/xen/before -
}

@test "a rule of the second interface that cannot be set: everything goes back" {
	activate_rules
	hvm
	mkdir -p /run/xen/bin
	cat >/run/xen/bin/iptables <<-'END'
	#!/bin/bash
	case " $* " in *" -I "*vif1.0-emu*10.0.0.5*) echo "iptables: no luck" >&2; exit 1;; esac
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

@test "a route to the other interface in the place of one is put back when the edit fails" {
	activate_rules
	hvm
	ip route replace 10.0.0.2 dev vif1.0-emu metric 2
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
	[[ "$output" == *"the route to 10.0.0.2 on vif1.0 is not as its script makes it: replacing it"* ]]
	snapshot | diff /run/xen/before -
}

@test "the card is unplugged: no route is missed, its rules follow the list by name" {
	activate_rules
	hvm
	ip link del vif1.0-emu
	xvif check web01
	xvif add-ip web01 10.0.0.5
	xvif del-ip web01 10.0.0.2
	iptables -S FORWARD | grep -q -- '-s 10.0.0.5/32 .*vif1.0-emu'
	# so the remove that libxl runs when the guest ends leaves nothing
	hotplug 1 0 offline
	iptables -S FORWARD | not grep vif1.0
}

@test "a vif with a name of its own: NAME-emu" {
	hvm
	hotplug 1 0 offline
	ip route flush dev vif1.0
	ip route flush dev vif1.0-emu
	xenstore-write /local/domain/0/backend/vif/1/0/vifname web
	ip link set vif1.0 down
	ip link set vif1.0-emu down
	hotplug 1 0 online
	xvif add-ip web01 10.0.0.5
	ip route show dev web | grep -q '^10.0.0.5 .*metric 2'
	ip route show dev web-emu | grep -q '^10.0.0.5 .*metric 1'
	xvif check
}

@test "the address of eth0 has changed: both get copies of a present route" {
	hvm
	ip addr flush dev eth0
	ip addr add 192.168.7.99/24 dev eth0
	ip addr replace 192.168.7.1/32 dev lo
	xvif add-ip web01 10.0.0.5
	ip route show dev vif1.0 | grep -q '^10.0.0.5 .*src 192.168.7.1 metric 2'
	ip route show dev vif1.0-emu | grep -q '^10.0.0.5 .*src 192.168.7.1 metric 1'
}

@test "openvswitch: the script sets no rules for the second interface" {
	activate_rules
	xenstore-write /local/domain/0/backend/vif/1/0/script /etc/xen/scripts/vif-openvswitch
	emulated 1 0
	ip route flush dev vif1.0
	xvif add-ip web01 10.0.0.5
	iptables -S FORWARD | grep -q 'vif1.0 .*10.0.0.5\|10.0.0.5.*vif1.0 '
	iptables -S FORWARD | not grep vif1.0-emu
}

@test "an unknown script, and a cycle: refused while the card is there" {
	hvm
	refused 1 "emulated interface" xvif add-ip --hotplug=cycle web01 10.0.0.5
	echo true >>/etc/xen/scripts/vif-route
	refused 1 "emulated interface" xvif add-ip --hotplug=delta web01 10.0.0.5
	xvif -q add-ip --hotplug=none web01 10.0.0.5
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
}

@test "a stub domain has the card: said, and nothing of it is looked for here" {
	hvm
	ip link del vif1.0-emu
	xenstore-write /local/domain/1/image/device-model-domid 7
	run xvif add-ip web01 10.0.0.5
	[ "$status" = 0 ]
	[[ "$output" == *"stub domain 7"* ]]
}

@test "a card that was unplugged before the rules came has none, and gets none" {
	activate_rules
	hvm
	iptables -S FORWARD | sed -n 's/^-A \(.*vif1\.0-emu.*\)/iptables -D \1/p' | bash
	ip link del vif1.0-emu
	xvif check web01
	xvif add-ip web01 10.0.0.5
	iptables -S FORWARD | not grep vif1.0-emu
}

@test "a stub domain has the same list as its guest: no duplicate, and both can be edited" {
	domain_create 7 web01-dm
	vif_nodes 7 0 00:16:3e:00:00:01 vif-bridge 10.0.0.1
	guest 7 0
	hotplug 7 0 online
	xenstore-write /local/domain/1/image/device-model-domid 7
	xvif -q set-ips web01 10.0.0.1
	run xvif check
	echo "$output"
	[ "$status" = 0 ]
	xvif check -q web01
	xvif doctor duplicate-ip
	xvif -q add-ip web01 10.0.0.5
	xvif -q add-ip web01-dm 10.0.0.5 10.0.0.6
	xvif -q add-ip web01 10.0.0.6
	echo '{"web01":["10.0.0.1","10.0.0.9"],"web01-dm":["10.0.0.1","10.0.0.9"]}' | xvif -q apply -
	xvif check
	# what another guest, or another vif of the pair, has is one all the same
	refused 1 "has 10.0.0.9 already" xvif add-ip --vif 0 db01 10.0.0.9
	xenstore-rm /local/domain/1/image
	run xvif check
	[ "$status" = 6 ]
	[[ "$output" == *duplicate* ]]
}
