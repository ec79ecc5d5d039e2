#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# what others do to the routes of vifs: check sees it, one repair mends it, edits say it
load setup

# mended PATTERN: check says so, one repair mends it
mended() {
	run xvif check
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"$1"* ]]
	xvif repair
	xvif check
}

# failing_iptables ADDRESS: deletes no rule of it; the routes of vif1.0 at that moment are kept
failing_iptables() {
	mkdir -p /run/xen/bin
	cat >/run/xen/bin/iptables <<-'END'
	#!/bin/bash
	case " $* " in *" -D "*@ADDRESS@*) ip route show dev vif1.0 >/run/xen/then; echo "iptables: no luck" >&2; exit 1;; esac
	exec iptables-nft "$@"
	END
	sed -i "s/@ADDRESS@/$1/" /run/xen/bin/iptables
	chmod +x /run/xen/bin/iptables
	cp -a /etc/alternatives /run/xen/alternatives
	ln -sf /run/xen/bin/iptables /run/xen/alternatives/iptables
	mount --bind /run/xen/alternatives /etc/alternatives
}

# set_rules: web01 has the rules that the scripts set when they are activated
set_rules() {
	activate_rules
	hotplug 1 0 offline
	ip route flush dev vif1.0
	hotplug 1 0 online
}

# fail_to_remove ADDRESS: an edit of web01 that is rolled back, as iptables fails; the state before is kept
fail_to_remove() {
	failing_iptables "$1"
	snapshot | sort >/run/xen/before
	run xvif del-ip web01 "$1"
	umount /etc/alternatives
	echo "$output"
	[ "$status" = 4 ]
}

@test "links flushed, as a restart of systemd-networkd does: address and routes come back" {
	ip route flush dev vif2.0
	ip addr flush dev vif2.0
	mended "db01 vif 0: route-missing: 10.0.1.1"
	ip -o addr show dev vif2.0 | grep -q 'inet 192.168.7.1/32'
	ip route show dev vif2.0 | grep -qx '10.0.1.1 scope link src 192.168.7.1 metric 2 '
	ping -c 1 -W 2 10.0.1.1
	ip route flush dev vif1.0
	ip addr flush dev vif1.0
	xvif add-ip web01 10.0.0.5
	[ "$(ip route show dev vif1.0 | wc -l)" = 3 ]
	xvif check
}

@test "another address for the source, and no route to copy: the refusal names the way" {
	ip route flush dev vif1.0
	ip addr flush dev eth0
	ip addr add 192.168.7.99/24 dev eth0
	refused 1 "set-ips with --hotplug=cycle" xvif add-ip web01 10.0.0.5
	xvif set-ips --hotplug=cycle web01 10.0.0.1 10.0.0.2 10.0.0.5
	[ "$(ip route show dev vif1.0 | grep -c 'src 192.168.7.99 metric 2')" = 3 ]
}

@test "an address that is routed to another vif comes back in one repair" {
	ip route replace 10.0.0.2 dev vif2.0 src 192.168.7.1 metric 2
	mended "web01 vif 0: route-missing: 10.0.0.2"
	ip route get 10.0.0.2 | grep -q 'dev vif1.0'
}

@test "an address of another routed vif: --force cannot add it, and the refusal names the way" {
	refused 1 "'xvif del-ip 2 --vif 0 10.0.1.1'" xvif add-ip web01 10.0.1.1
	refused 1 "'xvif find 10.0.1.1' names its owner" xvif add-ip --force web01 10.0.1.1
	xvif del-ip --allow-empty 2 --vif 0 10.0.1.1
	xvif add-ip web01 10.0.1.1
}

@test "a route to the vif without a source: told, replaced at once, gone with its address" {
	local i
	stream 10.0.0.2
	for i in 1 2 3 4 5; do
		ip route replace 10.0.0.2 dev vif1.0 metric 2
		mended "web01 vif 0: route-foreign: the route to 10.0.0.2 on vif1.0"
	done
	streamed
	ip route show dev vif1.0 | grep -qx '10.0.0.2 scope link src 192.168.7.1 metric 2 '
	ip route replace 10.0.0.2 dev vif1.0 metric 2
	xvif set-ips web01 10.0.0.1 10.0.0.2
	ip route show dev vif1.0 | grep -qx '10.0.0.2 scope link src 192.168.7.1 metric 2 '
	ip route add 10.0.0.2 dev vif1.0 metric 7
	ip route add 10.0.0.2 dev vif1.0
	xvif del-ip web01 10.0.0.2
	! ip route show dev vif1.0 | grep -q '^10\.0\.0\.2 '
	xvif check
}

@test "a route by hand to a removed address comes back when the edit is rolled back" {
	set_rules
	ip route add 10.0.0.2 dev vif1.0 metric 7
	fail_to_remove 10.0.0.2
	! grep -q '^10\.0\.0\.2 ' /run/xen/then
	snapshot | sort | diff /run/xen/before -
}

@test "an address that this host routes elsewhere: refused, or told" {
	ip route add blackhole 10.7.0.5
	refused 1 "this host routes it elsewhere, by 'blackhole 10.7.0.5'" xvif add-ip db01 --vif 0 10.7.0.5
	ip route add 10.7.0.4 via 192.168.7.254
	refused 1 "by '10.7.0.4 via 192.168.7.254 dev eth0'" xvif add-ip db01 --vif 0 10.7.0.4
	refused 1 "10.7.0.0/29: this host routes it elsewhere" xvif add-ip db01 --vif 0 10.7.0.0/29
	ip route add unreachable 10.8.0.0/16
	ip route add 10.8.0.9 via 192.168.7.254 metric 50
	xvif add-ip db01 --vif 0 10.8.0.9
	xvif check
	xvif add-ip --force db01 --vif 0 10.7.0.5
	run xvif check
	echo "$output"
	[ "$status" = 6 ]
	[ "${lines[0]}" = "db01 vif 0: route-elsewhere: 10.7.0.5: blackhole 10.7.0.5" ]
	run xvif repair
	[[ "$output" == *"10.7.0.5: blackhole 10.7.0.5 stays"* ]]
	! [[ "$output" == *"repaired"* ]]
	ip route del blackhole 10.7.0.5
	xvif check
	ip route add prohibit 10.0.0.1
	[[ "$(xvif check)" == *"web01 vif 0: route-elsewhere: 10.0.0.1: prohibit 10.0.0.1"* ]]
	xvif -q add-ip web01 10.0.0.5
}

@test "a route to the vif with an MTU or by a gateway: replaced, and put back when the edit fails" {
	set_rules
	mended() {
		run xvif check
		echo "$output"
		[[ "$output" == *"web01 vif 0: route-foreign: the route to 10.0.0.2 on vif1.0 is not the one that its script makes"* ]] || return
		xvif -q repair
		xvif check web01
	}
	ip route replace 10.0.0.2 dev vif1.0 src 192.168.7.1 metric 2 mtu 300 advmss 200
	mended
	ip route replace 10.0.0.2 via 10.0.0.1 dev vif1.0 src 192.168.7.1 metric 2 onlink
	mended
	ip route replace 10.0.0.2 via 10.0.0.1 dev vif1.0 src 192.168.7.1 metric 2 onlink mtu lock 300
	fail_to_remove 10.0.0.1
	grep -qx '10.0.0.2 scope link src 192.168.7.1 metric 2 ' /run/xen/then
	snapshot | sort | diff /run/xen/before -
}
