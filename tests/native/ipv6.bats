#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# what xvif doctor finds of routed guests with IPv6 addresses, and what such a guest is to be told
load setup

# finds NAME VERDICT [PATTERN]
finds() {
	run xvif doctor "$1"
	echo "$output"
	[[ "$output" == *"$2"* ]]
	[[ "$output" == *"${3:-}"* ]]
}

@test "accept-ra: a default route that a router advertised expires where the host forwards" {
	native 2001:db8:7::5
	finds accept-ra note "no default route of IPv6"
	ip -6 route add default via fe80::99 dev eth0 proto ra
	sysctl -qw net.ipv6.conf.eth0.accept_ra=1
	finds accept-ra bad "it expires"
	sysctl -qw net.ipv6.conf.eth0.accept_ra=2
	finds accept-ra ok
	ip -6 route replace default via fe80::99 dev eth0 proto static
	sysctl -qw net.ipv6.conf.eth0.accept_ra=1
	finds accept-ra ok
}

@test "proxy-ndp: somebody has to answer for a guest's address in an outer network" {
	native 2001:db8:7::5
	finds proxy-ndp ok eth0
	sysctl -qw net.ipv6.conf.eth0.proxy_ndp=0
	finds proxy-ndp bad "proxy_ndp is 0 on eth0"
	sysctl -qw net.ipv6.conf.eth0.proxy_ndp=1
	ip -6 neigh del proxy 2001:db8:7::5 dev eth0
	finds proxy-ndp bad "ip -6 neigh add proxy"
	xvif repair new01
	finds proxy-ndp ok
	run xvif add-ip new01 2001:db8:7:0:8000::/65
	echo "$output"
	[[ "$output" == *"it has to be routed to this host"* ]]
	finds proxy-ndp bad "answers for no whole network"
}

@test "scripts: a native one is known" {
	native 2001:db8:7::5
	finds scripts ok "vif-xvif-route is a script of this xvif"
}

@test "what --guest-config prints makes the guest answer on IPv6, in each style" {
	native "10.5.0.1 2001:db8:7::5 2001:db8:5::/64"
	ip netns exec g5.0 ip addr flush dev e0
	ip -n g5.0 link set e0 name eth0
	xvif show new01 --guest-config=iproute2 >/run/xen/commands
	cat /run/xen/commands
	ip netns exec g5.0 bash -e /run/xen/commands
	ip -n g5.0 -6 route show default | grep -q 'via fe80::1'
	wait_until 10 ping -c 1 -W 1 2001:db8:7::5
	wait_until 10 ping -c 1 -W 1 2001:db8:5::1
	ping -c 1 -W 1 10.5.0.1
	xvif show new01 --guest-config=ifupdown | grep -qx '    up ip route replace default via fe80::1 dev $IFACE'
	xvif show new01 --guest-config=netplan | grep -A 1 -x '        - to: "::/0"' | grep -qx '          via: "fe80::1"'
	xvif show new01 --guest-config=networkd | grep -qx 'Gateway=fe80::1'
	xvif set-ips new01 2001:db8:7::5
	[ -z "$(xvif show new01 --guest-config=iproute2 | grep 'does not know')" ]
}
