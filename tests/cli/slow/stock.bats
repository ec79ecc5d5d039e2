#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# the stock scripts of all versions of Xen: an edit leaves what a start leaves
load ../setup
load ../stock

@test "vif-route of each version: edits are as a start, routes with its metric or without" {
	needs_texts
	local version common
	put vif-common.sh 4.9
	for version in 4.13 4.4; do
		put vif-route $version
		iptables -F FORWARD
		started 1 0
		edited web01 1 0
	done
	ip route show dev vif1.0 | grep -qx '10.0.7.2 scope link src 192.168.7.1 *'
	for common in 4.6 4.5 4.2; do
		put vif-common.sh $common
		started 1 0
		edited web01 1 0
		iptables -S FORWARD | grep -q -- '-s 10.0.7.2/32 .*physdev-in vif1.0 '
		xvif -q set-ips web01 10.0.0.1
	done
}

@test "vif-bridge of each version: edits are as a start, with the rules that it sets" {
	needs_texts
	local version common
	# 4.22 calls it so
	echo 'setup_bridge_port() { setup_virtual_bridge_port "$@"; }' >>/etc/xen/scripts/xen-network-common.sh
	emulated 2 1
	for version in 4.22 4.14 4.7 4.5 4.4; do
		case $version in 4.22 | 4.14) common=4.9 ;; 4.7) common=4.6 ;; 4.5) common=4.5 ;; 4.4) common=4.2 ;; esac
		put vif-bridge $version
		put vif-common.sh $common
		started 2 1
		edited db01 2 1
		[ "$(iptables -S FORWARD | grep -c -- '-s 10.0.7.2/32 .*vif2.1 ')" = 1 ]
		xvif -q set-ips --allow-empty --vif 1 db01
	done
	# rules for the vif alone, whatever its vif-common.sh could do
	put vif-common.sh 4.9
	started 2 1
	edited db01 2 1
	not grep -q emu /run/xen/edited
	put vif-bridge 4.5
	started 2 1
	edited db01 2 1
	grep -q -- '-s 10.0.7.2/32 .*vif2.1-emu ' /run/xen/edited
}
