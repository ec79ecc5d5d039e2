#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# what the kernel sends elsewhere, and routes to vifs that their lists know nothing of
load setup

# elsewhere TEXT: check of web01 has that difference alone, and repair leaves it
elsewhere() {
	run xvif check web01
	echo "$output"
	[ "$status" = 6 ]
	[ "$output" = "web01 vif 0: route-elsewhere: $1" ]
	[[ "$(xvif repair 2>&1)" == *"$1 stays"* ]]
}

@test "elsewhere: this host's own address, and its broadcast address" {
	xvif -q add-ip --force web01 192.168.7.1
	elsewhere "192.168.7.1: local 192.168.7.1 dev eth0"
	xvif -q del-ip web01 192.168.7.1
	refused 1 "by 'broadcast 192.168.7.255 dev eth0'" xvif add-ip web01 192.168.7.255
	xvif -q add-ip web01 192.168.7.128/25
	xvif check
	xvif -q del-ip web01 192.168.7.128/25
	ip route add local 10.7.0.0/24 dev lo
	refused 1 "by 'local 10.7.0.0/24 dev lo'" xvif add-ip web01 10.7.0.5
	ip route del local 10.7.0.0/24 dev lo
}

# how often names of links are looked up to check web01
lookups() {
	strace -f -qq -e trace=ioctl -o /run/xen/trace xvif check web01
	grep -c SIOCGIFINDEX /run/xen/trace || true
}

@test "elsewhere: what rules decide, by the table, the incoming link, or themselves" {
	local by="0.0.0.0/0 via 192.168.7.254 dev eth0 table 100" i before
	xvif -q del-ip web01 10.0.0.2
	ip route add default via 192.168.7.254
	ip route add default via 192.168.7.254 table 100
	ip rule add to 10.7.0.0/16 lookup 100 pref 1000
	refused 1 "by '$by'" xvif add-ip web01 10.7.0.5
	xvif check
	ip rule add iif eth0 lookup 100 pref 1001
	elsewhere "10.0.0.1: $by"
	# what leaves it to the next table
	ip route add throw 10.0.0.0/16 table 100
	xvif check
	ip route del throw 10.0.0.0/16 table 100
	# the way of some senders out, and that of marked packets
	ip rule del pref 1001
	ip rule add from 10.0.1.0/24 lookup 100 pref 1001
	ip rule add iif vif2.0 lookup 100 pref 1002
	ip rule add fwmark 7 lookup 100 pref 1003
	ip rule add from 192.168.7.1 lookup 100 pref 1004
	xvif check
	ip route add unreachable 10.0.0.1 table 100
	elsewhere "10.0.0.1: unreachable 10.0.0.1 table 100"
	ip route del unreachable 10.0.0.1 table 100
	# as WireGuard has it
	ip rule add not fwmark 7 lookup 100 pref 1005
	elsewhere "10.0.0.1: $by"
	ip rule add lookup main suppress_prefixlength 0 pref 999
	xvif check
	ip rule add to 10.0.0.1 prohibit pref 998
	elsewhere "10.0.0.1: prohibit in 'ip rule', priority 998"
	for pref in 998 999 1000 1001 1002 1003 1004 1005; do
		ip rule del pref $pref
	done
	xvif check
	# of two routes in a table the one with the lower metric counts
	ip rule add to 10.0.0.1 lookup 101 pref 1000
	ip route add 10.0.0.1 via 192.168.7.254 dev eth0 metric 5 table 101
	ip route add 10.0.0.1 dev vif1.0 metric 2 table 101
	xvif check
	ip route add 10.0.0.1 via 192.168.7.254 dev eth0 metric 1 table 101
	elsewhere "10.0.0.1: 10.0.0.1 via 192.168.7.254 dev eth0 table 101 metric 1"
	ip rule del pref 1000
	# a rule for a part of a network decides nothing about the rest
	xvif -q add-ip web01 10.6.0.0/29
	ip rule add to 10.6.0.1 lookup main pref 1000
	ip rule add to 10.6.0.0/24 lookup 100 pref 1001
	elsewhere "10.6.0.0/29: $by"
	ip rule del pref 1000
	ip rule del pref 1001
	xvif check
	# those of all guests are read once, not for each address
	before=$(lookups)
	for i in $(seq 20); do
		ip rule add iif vif2.0 lookup 100 pref $((1000 + i))
	done
	[ "$(lookups)" -le $((before + 20)) ]
	xvif -q del-ip web01 10.6.0.0/29
	# one to another vif
	ip route add 10.0.0.1 dev vif2.0
	run xvif repair web01
	[[ "$output" == *"route-elsewhere: 10.0.0.1: 10.0.0.1 dev vif2.0 stays: repair changes no routes but the vif's own"* ]]
}

@test "elsewhere: where a goto of 'ip rule' leads" {
	local by="0.0.0.0/0 via 192.168.7.254 dev eth0 table 102" pref
	local past="no rule in 'ip rule' leads to the table main"
	xvif -q del-ip web01 10.0.0.2
	ip route add default via 192.168.7.254
	ip route add default via 192.168.7.254 table 102
	# past the table that would send it elsewhere
	ip rule add lookup 102 pref 1000
	elsewhere "10.0.0.1: $by"
	ip rule add goto 32766 pref 900
	xvif check
	# past the table main, all or some
	ip rule del pref 1000
	ip rule del pref 900
	ip rule add goto 32767 pref 900
	elsewhere "10.0.0.1: $past"
	refused 1 "by '$past'" xvif add-ip web01 10.0.0.3
	ip rule del pref 900
	ip rule add to 10.0.0.1 goto 32767 pref 901
	elsewhere "10.0.0.1: $past"
	ip rule del pref 901
	ip rule add to 10.0.9.0/24 goto 32767 pref 902
	ip rule add fwmark 7 goto 32767 pref 903
	xvif check
	ip rule add iif eth0 goto 32767 pref 904
	elsewhere "10.0.0.1: $past"
	ip rule del pref 904
	# for some senders only, as a default route of their own is; not what refuses the address
	ip rule add iif vif2.0 goto 1000 pref 904
	ip rule add goto 32766 pref 999
	ip rule add lookup 102 pref 1000
	xvif check
	ip route add unreachable 10.0.0.1 table 102
	elsewhere "10.0.0.1: unreachable 10.0.0.1 table 102"
	ip rule del pref 904
	xvif check
	# no rule has the priority that it leads to: the kernel passes it over
	ip rule del pref 999
	ip rule del pref 1000
	ip route flush table 102
	ip rule add goto 5000 pref 905
	xvif check
	for pref in 902 903 905; do
		ip rule del pref $pref
	done
}

@test "elsewhere: a route to another vif's network is its owner's to delete" {
	ip route add 10.9.8.0/24 via 10.0.0.2 dev vif1.0 onlink
	refused 1 "'xvif find 10.9.8.0/24' says whether it is another vif's" xvif add-ip db01 --vif 0 10.9.8.0/24
	xvif find 10.9.8.0/24 | grep -q '^web01 '
	ip route add blackhole 10.9.7.0/24
	refused 1 "xvif: 'ip route del blackhole 10.9.7.0/24' deletes that" xvif add-ip db01 --vif 0 10.9.7.0/24
}

@test "foreign: a route to an address that is not in the list is told, and stays until it is asked for" {
	ip route add 10.9.9.9 dev vif1.0
	ip route add 10.9.8.0/24 via 10.0.0.2 dev vif1.0 onlink
	ip route add 10.9.7.0/24 via 10.9.9.9 dev vif1.0 onlink
	ip route add 10.9.6.6 dev vif2.1
	ip -6 route add 2001:db8:1::/64 dev vif1.0
	wait_until 10 eval "! ip -6 addr show tentative | grep -q inet6"
	ip route show table all >/run/xen/before
	run xvif check
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"web01 vif 0: route-foreign: 10.9.7.0/24 via 10.9.9.9 dev vif1.0: the gateway is not in its list"* ]]
	[[ "$output" == *"web01 vif 0: route-foreign: 10.9.9.9 dev vif1.0: the address is not in its list"* ]]
	[[ "$output" == *"db01 vif 1: route-foreign: 10.9.6.6 dev vif2.1: "* ]]
	[[ "$output" == *"xvif: web01 vif 0: the route '10.9.8.0/24 via 10.0.0.2 dev vif1.0' is for no address of its list"* ]]
	[[ "$output" == *"xvif: web01 vif 0: the route '2001:db8:1::/64 dev vif1.0 metric 1024' is for no address of its list"* ]]
	[ "$(grep -c route-foreign <<<"$output")" = 3 ]
	run xvif repair
	[ "$status" = 0 ]
	[[ "$output" != *repaired* ]]
	[[ "$output" == *"left alone: route-foreign: 10.9.9.9 dev vif1.0: "* ]]
	ip route show table all | diff /run/xen/before -
	ip route del 10.9.6.6
	ip route del 10.9.7.0/24
	xvif add-ip -q web01 10.9.9.9
	xvif check
	# its gateway goes, and it stays: told
	[[ "$(xvif del-ip web01 10.0.0.2 2>&1)" == *"the route '10.9.8.0/24 via 10.0.0.2 dev vif1.0' stays"* ]]
	[[ "$(xvif check)" == *"10.9.8.0/24 via 10.0.0.2 dev vif1.0: the gateway"* ]]
	ip route del 10.9.8.0/24
	# one inside of a network goes with it
	xvif add-ip -q web01 10.9.0.0/28
	ip route add 10.9.0.3 dev vif1.0
	xvif check
	xvif del-ip -q web01 10.9.0.0/28
	[ -z "$(ip route show 10.9.0.3)" ]
	xvif check
}

# a site's own script that routes each address to the link, as it likes
site_script() {
	cp -a /etc/xen/scripts/vif-route /etc/xen/scripts/vif-site
	cat >/etc/xen/scripts/vif-site <<-'END'
	#!/bin/sh
	for a in $(xenstore-read "$XENBUS_PATH/ip"); do ip route add "$a" dev "$vif" metric 5 || exit 1; done
	xenstore-write "$XENBUS_PATH/hotplug-status" connected
	END
	chmod 755 /etc/xen/scripts/vif-site
	xenstore-write /local/domain/0/backend/vif/1/0/script /etc/xen/scripts/vif-site
	ip route flush dev vif1.0
	hotplug 1 0 online
	mkdir -p /etc/xvif
}

# vouch METHOD [routes]
vouch() {
	echo "/etc/xen/scripts/vif-site $(sha256sum </etc/xen/scripts/vif-site | cut -c1-64) $*" >/etc/xvif/scripts.conf
}

# routes to the address and to its network
has_ipv6_routes() {
	ip -6 route show table local | grep -q '^local 2001:db8:5::1 ' &&
		ip -6 route show | grep -q '^2001:db8:5::/64 '
}

@test "vouched: what is promised is compared, and repaired; what is not is never consistent" {
	site_script
	vouch delta
	ip route del 10.0.0.2 dev vif1.0
	run xvif check -J web01
	[ "$status" = 6 ]
	jq -e '.differences == [] and (.uncompared[0] | .reason == "vouched-script" and (.detail | startswith("routes: ")))' <<<"$output"
	vouch delta routes
	[[ "$(xvif doctor scripts)" == *"vouches for it (delta routes)"* ]]
	[[ "$(xvif check web01)" == "web01 vif 0: route-missing: 10.0.0.2 has no route on vif1.0" ]]
	xvif repair
	xvif check web01
	ip route show dev vif1.0 | grep -q '10.0.0.2 .*metric 5'
	xvif add-ip -q web01 10.0.0.5 2001:db8::5
	ip -6 route show dev vif1.0 | grep -q '2001:db8::5 .*metric 5'
	xvif check web01
	ip route add 10.9.9.9 dev vif1.0
	[[ "$(xvif check web01)" == "web01 vif 0: route-foreign: 10.9.9.9 dev vif1.0: "* ]]
	ip route del 10.9.9.9
	# the twins of IPv6
	ip -6 route del 2001:db8::5 dev vif1.0
	[[ "$(xvif check web01)" == "web01 vif 0: route-missing: 2001:db8::5 has no route on vif1.0" ]]
	xvif repair -q web01
	xvif check web01
	for kind in blackhole unreachable prohibit; do
		ip -6 route add $kind 2001:db8::5 metric 3
		[[ "$(xvif check web01)" == "web01 vif 0: route-elsewhere: 2001:db8::5: $kind 2001:db8::5 dev lo metric 3" ]]
		ip -6 route del $kind 2001:db8::5 metric 3
		ip -6 route add $kind 2001:db8::7
		refused 1 "this host routes it elsewhere, by '$kind 2001:db8::7" xvif add-ip web01 2001:db8::7
		refused 1 "this host routes it elsewhere" xvif add-ip web01 2001:db8::6/127
		ip -6 route del $kind 2001:db8::7
	done
	ip addr add 2001:db8:5::1/64 dev eth0 nodad
	# the kernel makes routes for it when it gets to it
	wait_until 10 has_ipv6_routes
	refused 1 "this host's own address" xvif add-ip web01 2001:db8:5::1
	xvif add-ip -q --force web01 2001:db8:5::1
	[[ "$(xvif check web01)" == "web01 vif 0: route-elsewhere: 2001:db8:5::1: local 2001:db8:5::1 dev "* ]]
	xvif del-ip -q web01 2001:db8:5::1
	# what only a run anew would mend is left
	vouch cycle routes
	ip route del 10.0.0.2 dev vif1.0
	run xvif check web01
	[[ "$output" == *"web01 vif 0: route-missing: 10.0.0.2 has no route on vif1.0"* ]]
	[[ "$output" == *"not compared: vouched-script: rules: "* ]]
	run xvif repair web01
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" != *repaired* ]]
	[[ "$output" == *"route-missing: 10.0.0.2 has no route on vif1.0"*"--hotplug=cycle"* ]]
	rm /etc/xvif/scripts.conf
}
