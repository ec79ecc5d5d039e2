#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# words of a list that its script cannot set up, or reads in its own way
load setup

B=/local/domain/0/backend/vif/2/0

# listed WORDS: db01's list, as libxl would have written it; the script is run with it
listed() {
	xenstore-write $B/ip "$1" /libxl/2/device/vif/0/ip "$1"
	write_userdata 2
	ip route flush dev vif2.0
	hotplug 2 0 online 2>/dev/null || true
	xenstore-write $B/hotplug-status connected
	xenstore-rm $B/hotplug-error
}

# told WORD WHY: check has that, and its only difference
told() {
	run xvif check -J db01 0
	echo "$output"
	[ "$status" = 6 ]
	jq -e --arg word "$1" --arg why "$2" '(.differences | length == 1) and (.differences[0] |
		.kind == "list-word" and (.detail | startswith("\u0027" + $word)) and
		(.detail | contains($why)))' <<<"$output"
}

@test "words: what is certain is written anew by repair, and its routes stay" {
	local word
	for word in 10.8.0.0/255.255.255.248=10.8.0.0/29 10.0.0.05=10.0.0.5 10.8.0.9/255.255.255.255=10.8.0.9; do
		listed "10.0.1.1 ${word%=*}"
		told "${word%=*}" "means ${word#*=} to its script"
		ip route show dev vif2.0 >/run/xen/before
		grep "^${word#*=} " /run/xen/before
		xvif repair
		[ "$(xenstore-read $B/ip)" = "10.0.1.1 ${word#*=}" ]
		xvif check
		ip route show dev vif2.0 | diff /run/xen/before -
	done
	listed "10.0.1.1 10.0.1.2 10.0.1.1/32"
	told 10.0.1.1/32 "repeated"
	xvif repair
	[ "$(xenstore-read $B/ip)" = "10.0.1.1 10.0.1.2" ]
	[ "$(ip route show dev vif2.0 | wc -l)" = 2 ]
	xvif check
}

@test "words: what is not certain is told with what to type, and left" {
	local word good="type: xvif set-ips 2 --vif 0 10.0.1.1"
	for word in 010.0.0.5 10.5 11/8 1 0x0a.0.0.5 10.0.0.5/24 10.0.0.0/255.0.255.0 host.example 10.0.0.6, \
		10.0.0.6,10.0.0.7 default 0.0.0.0/0 bridge=xenbr1 2001:db8::5 fe80::1%eth0 2001:db8::1/64; do
		listed "10.0.1.1 $word"
		told "$word" "$good"
		xvif repair -q
		[ "$(xenstore-read $B/ip)" = "10.0.1.1 $word" ]
		told "$word" "$good"
	done
	listed "10.0.1.1 $(printf 'x%.0s' {1..2000})"
	told xxx "...' cannot be used, too long for an address"
	xvif set-ips 2 --vif 0 10.0.1.1
	xvif check
}

@test "words: a netmask counts for owners, and edits of other addresses go on" {
	activate_rules
	xvif repair -q
	listed "10.0.1.1 10.8.0.0/255.255.255.248"
	refused 1 "'xvif del-ip 2 --vif 0 10.8.0.0/29'" xvif add-ip web01 10.8.0.3
	xvif find 10.8.0.3 | grep -q 'db01 .* network'
	[ "$(xvif complete -- xvif del-ip db01 --vif 0 10.8)" = "10.8.0.0/29	vif 0" ]
	xenstore-write /local/domain/0/backend/vif/1/0/ip "10.0.0.1 10.0.0.2 10.8.0.4" \
		/libxl/1/device/vif/0/ip "10.0.0.1 10.0.0.2 10.8.0.4"
	[[ "$(xvif check)" == *duplicate* ]]
	xvif set-ips web01 10.0.0.1 10.0.0.2
	run xvif add-ip db01 --vif 0 10.0.1.5
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"its list: '10.8.0.0/255.255.255.248' means 10.8.0.0/29"* ]]
	[ "$(xenstore-read $B/ip)" = "10.0.1.1 10.8.0.0/255.255.255.248 10.0.1.5" ]
	told 10.8.0.0/255.255.255.248 "means 10.8.0.0/29"
	xvif set-ips -q db01 --vif 0 10.0.1.1 10.8.0.0/29
	[ "$(xenstore-read $B/ip)" = "10.0.1.1 10.8.0.0/29" ]
	xvif check
	xvif del-ip -q db01 --vif 0 10.8.0.0/29
	xvif check
}

@test "words: no cycle with a list that the script fails at" {
	listed "10.0.1.1 10.0.1.1"
	refused 1 "its script would fail at '10.0.1.1'" xvif add-ip --hotplug=cycle db01 --vif 0 10.0.1.5
	xvif add-ip db01 --vif 0 10.0.1.5
	listed "10.0.1.1 2001:db8::5"
	refused 1 "its script would fail at '2001:db8::5'" xvif add-ip --hotplug=cycle db01 --vif 0 10.0.1.5
	xvif set-ips --hotplug=cycle db01 --vif 0 10.0.1.1
	xvif check
}
