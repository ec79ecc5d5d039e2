#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# without xenstored's socket all goes through the kernel's device, and each wait has its limit
# (tests/xen/scenarios/device does it with a real one)
load setup

# device COMMAND...: xvif sees no socket, and a device by the rules of Linux
device() {
	env LD_PRELOAD="$XVIF_BUILD/tests/sandbox/xenbus.so${LD_PRELOAD:+ $LD_PRELOAD}" XENBUS=/run/xenstored/away "$@"
}

away() {
	mv /run/xenstored/socket /run/xenstored/away
}

back() {
	mv /run/xenstored/away /run/xenstored/socket
}

@test "through the device: what is shown, dumped, edited, loaded, watched" {
	local shown dumped watch i longest=4000 nodes=()
	for i in $(seq 400); do nodes+=("/many/node-with-a-long-name-$i" "$i"); done
	xenstore-write "${nodes[@]}"
	shown=$(xvif show -J) dumped=$(xvif dump /)
	away
	run xvif show
	[ "$status" = 1 ]
	[ "$(device xvif show -J)" = "$shown" ]
	[ "$(device xvif dump /)" = "$dumped" ]
	device xvif watch -v --no-kernel --count 1 web01 >/run/xen/lines 2>/run/xen/error 3>&- &
	watch=$!
	wait_until 10 grep -q watching /run/xen/error
	# the stock script would want the socket
	device xvif add-ip --hotplug=none web01 10.0.0.5
	wait $watch
	grep -q 'ip: 10.0.0.1 10.0.0.2 +10.0.0.5' /run/xen/lines
	ip route add 10.0.0.5 dev vif1.0 src 192.168.7.1 metric 2
	device xvif check
	device xvif shell -c 'begin; set /t/a 1; set /t/b 2; commit; cd /t; mv a c'
	device xvif dump /t >/run/xen/dump
	device xvif shell -c 'rm -r /t'
	device xvif load /run/xen/dump
	# as long as the device takes, and longer; a value in oxenstored has at most 2048 bytes
	[ "${XENSTORED:-}" != oxenstored ] || longest=2000
	run device xvif shell -c "set /t/long $(printf "%0${longest}d" 7)"
	[ "$status" = 0 ]
	run device xvif shell -c "set /t/long $(printf '%04090d' 7)"
	[ "$status" = 1 ]
	[[ "$output" == *"longer than xenstored takes"* ]]
	back
	[ "$(xenstore-read /t/c)" = 1 ]
	[ "$(xenstore-read /t/long)" = "$(printf "%0${longest}d" 7)" ]
}

@test "through the device: a xenstored that does not answer is waited for as long as --timeout says" {
	local pid words
	away
	kill -STOP "$XENSTORED_PID"
	for words in show 'watch web01' 'add-ip web01 10.0.0.5' 'shell -c ls'; do
		# shellcheck disable=SC2086
		run device timeout 20 xvif --timeout 1 $words
		echo "$words: $status $output"
		[ "$status" = 1 ]
	done
	kill -CONT "$XENSTORED_PID"
	# and in the middle of a session
	mkfifo /run/xen/typed
	device xvif shell --timeout 1 </run/xen/typed >/run/xen/said 2>&1 3>&- &
	pid=$!
	exec 8>/run/xen/typed
	echo pwd >&8
	wait_until 10 grep -q / /run/xen/said
	kill -STOP "$XENSTORED_PID"
	echo ls >&8
	wait_until 10 grep -q 'does not answer' /run/xen/said
	kill -CONT "$XENSTORED_PID"
	exec 8>&-
	wait $pid || true
	back
}
