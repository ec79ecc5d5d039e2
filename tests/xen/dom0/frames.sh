# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# frames.sh - raw frames from a guest, heard by another one or by the host: the cases of tests/guard, with
# the addresses of its names.c. web01 is "own", db01 "peer".
. /guard/host.bash

# more than a guest's MTU, or made by a guest's own stack only
too_large="-x *-jumbo -x *-gso"

# bridge_up: xenbr0, where the host has its addresses, and what is for groups arrives
bridge_up() {
	ok ip link add xenbr0 type bridge mcast_snooping 0 group_fwd_mask 0x4000
	# a router that a guest pretends to be would be a gateway, whose addresses are nobody's
	echo 0 >/proc/sys/net/ipv6/conf/xenbr0/accept_ra
	ok ip link set xenbr0 up
	bridge_addresses
}

# listen_in GUEST WANTED OPTION...: it listens on eth0; "heard_in" tells
listen_in() {
	in_guest "$1" "frames listen -w $2 -t /eth0 ${*:3} >/heard 2>&1 & listener=\$!; until grep -q . /heard; do sleep 0.2; done"
	[ "$status" = 0 ] || give_up "$1 does not listen"
}

heard_in() { # GUEST
	in_guest "$1" 'wait $listener; r=$?; cat /heard; (exit $r)'
	[ "$status" = 0 ] || give_up "not what was to be heard in $1"
}

# to_guest WANTED OPTION...: web01 sends these cases; db01 hears all of them ("passed") or none ("stopped")
to_guest() {
	local options="${*:2} $too_large"
	listen_in db01 "$1" "$options"
	in_guest web01 "frames cast -f /${link:-eth0} -r 100 $options"
	[ "$status" = 0 ] || give_up "web01 cannot send"
	heard_in db01
}

# to_host WANTED OPTION...: the same, and the host hears them
to_host() {
	local options listener
	options="-s to=$(cat /sys/class/net/xenbr0/address) -s to4=$host4 -s to6=$host6 ${*:2} $too_large"
	# shellcheck disable=SC2086
	(set -f && exec frames listen -w "$1" -t /xenbr0 $options) >/run/xen/heard 2>&1 &
	listener=$!
	within 60 grep -q . /run/xen/heard || give_up "the host does not listen"
	in_guest web01 "frames cast -f /${link:-eth0} -r 100 $options"
	[ "$status" = 0 ] || give_up "web01 cannot send"
	wait "$listener" || { cat /run/xen/heard; give_up "not what was to be heard by the host"; }
	sed 's/^/   the host: /' /run/xen/heard
}

# guarded: no attack gets through, what web01 may send does
guarded() {
	to_guest stopped /guard/attacks /guard/options
	to_host stopped /guard/attacks /guard/options
	to_guest passed /guard/flows
	to_host passed /guard/flows
}
