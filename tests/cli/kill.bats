#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# kill -9 before each step of an edit, and after each system call in turn, then
# repair; and many edits at once. A run does every KILL_STEP-th call from
# KILL_FIRST on, so that those with KILL_FIRST from 1 to KILL_STEP together do each.
# bats file_tags=oxenstored,long
load setup

STEP=${KILL_STEP:-20}
FIRST=${KILL_FIRST:-1}

live() {
	xenstore-read "/local/domain/0/backend/vif/1/0/ip"
}

# consistent OLD NEW: after a repair all promises hold
consistent() {
	local list
	list=$(live)
	[ "$list" = "$1" ] || [ "$list" = "$2" ] || { echo "the list is '$list'"; return 1; }
	! xenstore-exists /local/domain/0/xvif || { echo "something is left in xenstore"; return 1; }
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/hotplug-status)" = connected ]
	[ "$(ip route show dev vif1.0 | awk '{print $1}' | sort | tr '\n' ' ')" = \
		"$(tr ' ' '\n' <<<"$list" | sort | tr '\n' ' ')" ] || { ip route; return 1; }
	xvif check web01
}

# kill_from FIRST STEP OLD NEW [-s] COMMAND...: as killer does, from OLD; repaired each time
kill_from() {
	local n=$1 step=$2 old=$3 new=$4 kind=() tried=0
	shift 4
	[ "$1" != -s ] || { kind=(-s); shift; }
	while ! "$XVIF_BUILD/tests/sandbox/killer" "${kind[@]}" "$n" "$@" >/run/xen/killed 2>&1; do
		xvif repair || { cat /run/xen/killed; return 1; }
		consistent "$old" "$new" || { cat /run/xen/killed; return 1; }
		xvif -q set-ips web01 $old
		n=$((n + step))
		tried=$((tried + 1))
	done
	echo "# $tried stops of $*" >&3
	[ $tried -gt 0 ]
	[ "$(live)" = "$new" ]
}

# kill_each OLD NEW COMMAND...: from OLD, killed before each step and at each call
kill_each() {
	local old=$1 new=$2
	shift 2
	stream 10.0.0.1
	kill_from 1 1 "$old" "$new" -s "$1" -v "${@:2}"
	xvif -q set-ips web01 $old
	kill_from "$FIRST" "$STEP" "$old" "$new" "$@"
	streamed
}

@test "add-ip killed at any call" {
	kill_each "10.0.0.1 10.0.0.2" "10.0.0.1 10.0.0.2 10.0.0.5" xvif add-ip web01 10.0.0.5
}

@test "del-ip killed at any call" {
	kill_each "10.0.0.1 10.0.0.2" "10.0.0.1" xvif del-ip web01 10.0.0.2
}

@test "set-ips with rules killed at any call" {
	activate_rules
	hotplug 1 0 offline
	ip route flush dev vif1.0
	hotplug 1 0 online
	kill_each "10.0.0.1 10.0.0.2" "10.0.0.1 10.0.0.5" xvif set-ips web01 10.0.0.1 10.0.0.5
	iptables -S FORWARD | sort >/run/xen/edited
	hotplug 1 0 offline
	ip route flush dev vif1.0
	hotplug 1 0 online
	iptables -S FORWARD | sort | diff /run/xen/edited -
}

@test "set-ips of a vif with an emulated card killed at any call" {
	activate_rules
	emulated 1 0
	echo 2 >/proc/sys/net/ipv4/conf/all/rp_filter # the guest answers by its first interface
	hotplug 1 0 offline
	ip route flush dev vif1.0
	hotplug 1 0 online
	kill_each "10.0.0.1 10.0.0.2" "10.0.0.1 10.0.0.5" xvif set-ips web01 10.0.0.1 10.0.0.5
	[ "$(ip route show dev vif1.0-emu | awk '{print $1}' | tr '\n' ' ')" = "10.0.0.1 10.0.0.5 " ]
}

@test "repair killed at any call, repaired by the next" {
	local n=$FIRST tried=0
	while :; do
		ip route del 10.0.0.2 dev vif1.0
		sed -i 's/10.0.0.1 10.0.0.2/10.0.0.9/' "$(userdata_of 1)"
		! "$XVIF_BUILD/tests/sandbox/killer" $n xvif repair >/run/xen/killed 2>&1 || break
		xvif repair
		consistent "10.0.0.1 10.0.0.2" ""
		n=$((n + STEP))
		tried=$((tried + 1))
	done
	echo "# $tried stops of repair" >&3
	[ $tried -gt 0 ]
}

@test "two vifs ask for one address at once: one has it" {
	local i first second
	for i in $(seq 30); do
		xvif add-ip --hotplug=none web01 "10.0.0.$((i + 100))" >"$BATS_TEST_TMPDIR/first" 2>&1 &
		first=$!
		xvif add-ip --hotplug=none db01 --vif 1 "10.0.0.$((i + 100))" >"$BATS_TEST_TMPDIR/second" 2>&1 &
		second=$!
		wait $first && first=0 || first=$?
		wait $second && second=0 || second=$?
		echo "$i: $first $second"
		[ $((first + second)) = 1 ]
	done
	[ "$(xvif show -rno IPS | grep -oc '10\.0\.0\.111')" = 1 ]
}

@test "50 edits of one vif at once: 50 addresses" {
	local i pids=()
	for i in $(seq 50); do
		xvif -q add-ip --timeout 300 web01 10.0.0.$((i + 100)) 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	[ "$(live | wc -w)" = 52 ]
	xvif check web01
}

# fail_each OLD NEW COMMAND...: from OLD, each call that others notice fails once
fail_each() {
	local old=$1 new=$2 n=$FIRST tried=0 status list
	shift 2
	while :; do
		status=0
		timeout 100 "$XVIF_BUILD/tests/sandbox/killer" -f $n "$@" >/run/xen/failed 2>&1 || status=$?
		[ $status != 99 ] || break
		list=$(live)
		case $status in
		0) [ "$list" = "$new" ] ;;
		1 | 4) [ "$list" = "$old" ] ;;
		5) xvif repair ;;
		*) false ;;
		esac || { echo "status $status, list '$list'"; cat /run/xen/failed; return 1; }
		xvif repair >/run/xen/repaired
		consistent "$old" "$new" || { echo "status $status"; cat /run/xen/failed; return 1; }
		# what is said to be done, or to be as it was, needs no repair but a journal that could not be removed
		[ $status = 5 ] || ! grep -v ': journal: ' /run/xen/repaired || { cat /run/xen/failed; return 1; }
		xvif -q set-ips web01 $old
		n=$((n + STEP))
		tried=$((tried + 1))
	done
	echo "# $tried failures in $*" >&3
	[ $tried -gt 0 ]
}

@test "add-ip: every call that others notice fails once" {
	fail_each "10.0.0.1 10.0.0.2" "10.0.0.1 10.0.0.2 10.0.0.5" xvif add-ip --timeout 5 web01 10.0.0.5
}

@test "del-ip: every call that others notice fails once" {
	fail_each "10.0.0.1 10.0.0.2" "10.0.0.1" xvif del-ip --timeout 5 web01 10.0.0.2
}
