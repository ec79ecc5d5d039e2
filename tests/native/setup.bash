# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# setup.bash - loaded by every test of the native scripts: they are installed beside the stock ones.
. "${BASH_SOURCE[0]%/*}/../cli/setup.bash"
. "${BASH_SOURCE[0]%/*}/install.bash"

start_host() {
	native_install
	untraced fresh_host
	XENSTORED_PID=$(</run/xen/daemon.pid)
}

setup() {
	start_host
}

teardown() {
	untraced world_stop
	native_uninstall
	nft delete table netdev xvif 2>/dev/null || true
	rm -f {/etc,/var/lib}/xvif/guard.conf
}

# add_vif SCRIPT LIST [KEY VALUE...]: domain 5 with a link and nodes as before its script runs
add_vif() {
	local script=$1 list=$2
	shift 2
	domain_create 5 new01
	vif_nodes 5 0 00:16:3e:00:00:05 "$script" "$list" state 2 "$@"
	xenstore-rm /local/domain/0/backend/vif/5/0/hotplug-status
	guest 5 0 10.5.0.0/16
	ip netns exec g5.0 sysctl -qw net.ipv6.conf.e0.accept_dad=0
}

drop_vif() {
	xenstore-rm /local/domain/0/backend/vif/5 /libxl/5 /local/domain/5
	ip link del vif5.0 2>/dev/null || ip link del mine
	ip netns del g5.0
}

backend=/local/domain/0/backend/vif/5/0

# node NAME: of the vif's backend
node() {
	xenstore-read $backend/"$1" 2>/dev/null || echo none
}

# native LIST [KEY VALUE...]: such a guest, started, on a host with IPv6
native() {
	ip addr add 2001:db8:7::1/64 dev eth0 nodad
	sysctl -qw net.ipv6.conf.all.forwarding=1
	add_vif vif-xvif-route "$@"
	hotplug 5 0 online
	xenstore-write $backend/state 4
}
