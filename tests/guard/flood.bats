#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# while the guard is changed no attack passes, and nothing else is lost
# bats file_tags=long
load setup

# flood DOMID RATE passed|stopped TABLE...: these so many times a second, from that guest to db01, until
# "flooded"; all should be
flood() {
	DROPS=$(queue_drops)
	"$FRAMES" flood -w "$3" -f "g$1.0/e0" -t g4.0/e0 -r "$2" "${@:4}" >/run/xen/flood 2>&1 3>&- &
	FLOOD_PID=$!
	wait_until 60 grep started /run/xen/flood
}

# where_lost: what the guard has refused since it was last put there, and what links have dropped
where_lost() {
	xvif guard
	ip -s -s link show master xenbr0
	ip -n g4.0 -s -s link show e0
	return 1
}

# flooded passed|stopped: ends the flood; true if all of it was; prints the cases that were not
flooded() {
	kill -INT "$FLOOD_PID" || true
	wait "$FLOOD_PID" || true
	sed 1d /run/xen/flood
	[[ "$(sed -n 2p /run/xen/flood)" =~ ^([0-9]{3,})" sent, "([0-9]+)" passed"$ ]]
	if [ "$1" = stopped ]; then
		[ "${BASH_REMATCH[2]}" = 0 ]
	else
		none_lost $((BASH_REMATCH[1] - BASH_REMATCH[2])) "$DROPS" || where_lost
	fi
}

# answering: web01 answers what the host asks it
answering() {
	ip -n g3.0 -batch - <<-END
		route add default dev e0
		route add local $own4 dev lo
	END
	ip netns exec g3.0 "$PROBE" echo 7 </dev/null >/dev/null 2>&1 3>&-
	ping -c 1 -W 2 "$own4"
}

# ten_edits COMMAND...: five that add and five that remove; before each the command
ten_edits() {
	local i
	for i in 1 2 3 4 5; do
		"${@:-true}"
		xvif -q add-ip web01 "10.9.0.20$i" "2001:db8:9::20$i"
		"${@:-true}"
		xvif -q del-ip web01 "10.9.0.20$i" "2001:db8:9::20$i"
	done
}

# killed COMMAND...: at ten of its calls, repaired each time
killed() {
	local n=1
	while ! "$XVIF_BUILD/tests/sandbox/killer" $n "$@" >/run/xen/killed 2>&1; do
		xvif -q repair
		xvif -q set-ips web01 $own_list
		n=$((n + ${KILL_STEP:-20}))
	done
	xvif -q set-ips web01 $own_list
}

@test "an attack passes at no moment: edits, on, restore, another name, kill -9 and repair" {
	bridged
	xvif guard on
	flood 3 1000 stopped "$GUARD"/{attacks,options} -x "*fragment*"
	ten_edits
	xenstore-write /local/domain/0/backend/vif/3/0/vifname guest-web
	xvif -q guard on
	xvif -q guard restore
	ip link set vif3.0 down
	ip link set vif3.0 name guest-web
	ip link set guest-web up
	xvif -q guard on
	ten_edits
	killed xvif add-ip web01 10.9.0.77 2001:db8:9::77
	killed xvif del-ip web01 10.9.1.0/24
	flooded stopped
	guarded e0 to_guest
}

@test "nothing else is lost: edits, on, observe, off, restore" {
	bridged
	answering
	xvif -q guard on
	stream "$own4"
	flood 3 2000 passed "$GUARD/flows"
	ten_edits
	for mode in observe on off on restore off; do
		xvif -q guard "$mode"
	done
	xvif -q guard on
	ten_edits xvif -q guard restore
	killed xvif add-ip web01 10.9.0.77
	streamed
	flooded passed
}

@test "nothing is lost in the moment in which the guard is put there" {
	bridged
	flood 3 20000 passed "$GUARD/flows"
	for _ in {1..20}; do
		xvif -q guard on
		xvif -q guard off
	done
	flooded passed
}
