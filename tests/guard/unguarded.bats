#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# without the guard each attack arrives, so that what stops it is the guard; and so does each flow
load setup

# all_arrive LINK RECEIVER
all_arrive() {
	frames passed "$1" "$2" "$GUARD"/{attacks,options,flows}
}

# counts_of_host: of UDP that nobody waits for, which IP has taken
counts_of_host() {
	nstat -asz UdpNoPorts Udp6NoPorts | awk '/^Udp/ { print $1, $2 }'
}

@test "between guests of a bridge, and to the host: all pass, through the emulated card, too" {
	bridged
	twin
	for link in e0 t0; do
		all_arrive $link to_guest
		all_arrive $link to_host
	done
}

@test "two programs tell the same, one that sends and one that listens" {
	bridged
	"$FRAMES" listen -w passed -t g4.0/e0 "$GUARD/flows" >/run/xen/heard 3>&- &
	wait_until 5 grep listening /run/xen/heard
	"$FRAMES" cast -f g3.0/e0 "$GUARD/flows" -x vid-0-dhcp
	status=0
	wait $! || status=$?
	cat /run/xen/heard
	[ "$status" = 1 ]
	[ "$(sed 1d /run/xen/heard)" = "$(printf 'vid-0-dhcp stopped\n135 passed, 1 stopped')" ]
}

@test "routed: the host's stack takes all, through the emulated card, too" {
	routed twin
	all_arrive e0 to_stack
	all_arrive t0 "to_stack vif3.0-emu"
}

@test "the rules of the stock scripts stop none of the attacks between guests" {
	activate_rules
	iptables -P FORWARD DROP
	sysctl -qw net.bridge.bridge-nf-call-{ip,ip6,arp}tables=1
	bridged
	iptables -S FORWARD | grep -q -- '-s 10.9.0.1/32 .*vif3.0 '
	frames passed e0 to_guest "$GUARD/attacks" -o 'ipv4-of-*' -o 'ipv4-un*' -o 'ipv6-of-*' -o 'mac-of-*' \
		-o 'arp-re*' -o 'arp-an*' -o 'arp-p*' -o 'na-[fost]*' -o 'ns-*' -o 'dad-*' -o 'ra-[biu]*' -o 'redirect*' \
		-o 'dhcp*-server*' -o 'vlan*' -o 'bpdu*' -o 'lldp'
}

@test "the host believes what its guest says" {
	routed
	counts_of_host >/run/xen/before
	frames passed e0 to_stack "$GUARD/attacks" -o ipv4-of-gateway -o ipv6-of-neighbour
	counts_of_host >/run/xen/after
	not cmp -s /run/xen/before /run/xen/after
	sysctl -qw net.ipv4.neigh.vif3/0.locktime=0
	ip neigh replace 192.168.7.254 lladdr "$gateway" nud stale dev vif3.0
	ip neigh replace "$gateway6" lladdr "$gateway" nud stale dev vif3.0
	frames passed e0 to_stack "$GUARD/attacks" -o arp-reply-for-gateway -o na-target-of-gateway -o ra
	ip neigh show dev vif3.0 | grep "^192.168.7.254 lladdr $own "
	ip neigh show dev vif3.0 | grep "^$gateway6 lladdr $own "
	ip -6 route show default | grep "via $own_ll dev vif3.0 proto ra"
}
