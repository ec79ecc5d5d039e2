#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# native scripts and edits of their vifs, killed after each system call from the first on that others can
# notice, in turn: of these calls a run has every KILL_STEP-th from KILL_FIRST on
# bats file_tags=long
load setup

STEP=${KILL_STEP:-20}
FIRST=${KILL_FIRST:-1}
KILLER=$XVIF_BUILD/tests/sandbox/killer
list="10.5.0.1 10.5.8.0/24 2001:db8:7::5 2001:db8:5::/64"

# native_vif [KEY VALUE...]: with the guard on
native_vif() {
	install_program
	ip addr add 2001:db8:7::1/64 dev eth0 nodad
	xvif guard on 2>/dev/null
	add_vif vif-xvif-route "$list" "$@"
	export XENBUS_PATH=backend/vif/5/0 vif=vif5.0
}

SCRIPT=/etc/xen/scripts/vif-xvif-route

script() {
	$SCRIPT "$1" type_if=vif
}

kernel() {
	local link
	for link in vif5.0 mine; do
		[ -e "/sys/class/net/$link" ] || continue
		ip -o link show dev $link | sed 's/ state .*//; s/,LOWER_UP//; s/NO-CARRIER,//'
		ip -o addr show dev $link | sed 's/^[0-9]*: //'
		ip route show dev $link
		ip -6 route show dev $link | sed '/^fe80::/d'
	done | sort
	ip -6 neigh show proxy | sort
	nft list table netdev xvif | grep -E 'vif-5.0|ip4-5.0' | sort
}

# whole: the vif is as a start that nothing disturbs leaves it
whole() {
	kernel | diff /run/xen/whole -
	[ "$(node hotplug-status)" = connected ]
	xvif check new01
}

# killed COMMAND...: after call N, which is then the next in turn; false once it has ended before
killed() {
	local status=0
	"$KILLER" $N "$@" >/run/xen/killed 2>&1 || status=$?
	N=$((N + STEP))
	TRIED=$((TRIED + 1))
	[ $status = 1 ]
}

@test "online killed at any call is made whole by the next one" {
	native_vif vifname mine
	script online
	xenstore-write $backend/state 4
	kernel >/run/xen/whole
	whole
	local N=$FIRST TRIED=0
	while script offline && killed $SCRIPT online type_if=vif; do
		script online
		whole
	done
	[ "$TRIED" -gt 1 ]
	umount /usr/local/sbin
}

@test "offline killed at any call is finished by the next one" {
	native_vif
	script online
	script offline
	kernel >/run/xen/gone
	local N=$FIRST TRIED=0
	while script online && killed $SCRIPT offline type_if=vif; do
		script offline
		kernel | diff /run/xen/gone -
	done
	[ "$TRIED" -gt 1 ]
	umount /usr/local/sbin
}

# edited NAME ARGUMENT...: an edit, killed at any call: repaired, it is done or was not begun
edited() {
	local N=$FIRST TRIED=0 after
	xenstore-write $backend/state 4
	xvif set-ips new01 $list
	while killed xvif "$@"; do
		xvif repair new01 >/dev/null
		xvif check new01
		after=$(node ip)
		[ "$after" = "$list" ] || [ "$after" = "$expected" ]
		xvif set-ips new01 $list >/dev/null
		[ "$(ip -6 neigh show proxy | xargs)" = "2001:db8:7::5 dev eth0 proxy" ]
	done
	[ "$(node ip)" = "$expected" ]
	xvif check new01
	[ "$TRIED" -gt 1 ]
}

@test "add-ip killed at any call is repaired" {
	native_vif
	script online
	expected="$list 10.5.0.2 2001:db8:7::6"
	edited add-ip new01 10.5.0.2 2001:db8:7::6
	umount /usr/local/sbin
}

@test "del-ip killed at any call is repaired" {
	native_vif
	script online
	expected="10.5.8.0/24 2001:db8:5::/64"
	edited del-ip new01 10.5.0.1 2001:db8:7::5
	umount /usr/local/sbin
}
