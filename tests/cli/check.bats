#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# xvif check: what it could not compare, each reason of it
load setup

B=/local/domain/0/backend/vif/1/0

# replace_iptables BODY: what comes before the real iptables is started
replace_iptables() {
	mkdir -p /run/xen/bin
	printf '#!/bin/bash\n%s\nexec iptables-nft "$@"\n' "$1" >/run/xen/bin/iptables
	chmod +x /run/xen/bin/iptables
	cp -a /etc/alternatives /run/xen/alternatives
	ln -sf /run/xen/bin/iptables /run/xen/alternatives/iptables
	mount --bind /run/xen/alternatives /etc/alternatives
}

# reasons WORD...: why parts of web01's vif are not compared; nothing else is wrong with it
reasons() {
	local words="$*"
	run xvif check --timeout 1 -J web01
	echo "wanted: $words; status $status: $output"
	[ "$status" = 6 ]
	jq -e --arg words "$words" '.consistent == false and .differences == [] and
		([.uncompared[] | select(.domain == "web01" and .domid == 1 and .vif == 0 and .detail != "" and
			(has("allowed") | not)) | .reason] == ($words | split(" ")))' <<<"$output"
	xvif check --timeout 1 --allow "${words// /,}" web01
}

# words_reasons DETAIL REASON: a word of the list is the one difference, and keeps this from being compared
words_reasons() {
	run xvif check -J web01
	echo "$output"
	[ "$status" = 6 ]
	jq -e --arg detail "$1" --arg reason "$2" '(.differences | length == 1) and
		(.differences[0] | .kind == "list-word" and (.detail | startswith($detail))) and
		([.uncompared[].reason] == [$reason])' <<<"$output"
}

@test "check: a script that is missing, unreadable, unknown or vouched for is a reason, and hides no other vif" {
	local digest
	ip route del 10.0.1.1 dev vif2.0
	xenstore-write $B/script /etc/xen/scripts/vif-none
	reasons script-missing
	run xvif check
	[ "$status" = 6 ]
	[ "$output" = "db01 vif 0: route-missing: 10.0.1.1 has no route on vif2.0
web01 vif 0: not compared: script-missing: routes and rules: hotplug script '/etc/xen/scripts/vif-none': No such file or directory" ]
	[ "$(xvif check --allow script-missing)" = "db01 vif 0: route-missing: 10.0.1.1 has no route on vif2.0" ]
	xvif repair -q db01
	xenstore-rm $B/script
	reasons no-script
	cp /etc/xen/scripts/vif-route /etc/xen/scripts/vif-own
	xenstore-write $B/script /etc/xen/scripts/vif-own
	chmod -x /etc/xen/scripts/vif-own
	reasons script-unreadable
	chmod +x /etc/xen/scripts/vif-own
	echo true >>/etc/xen/scripts/vif-own
	reasons unknown-script
	mkdir /etc/xen/scripts/vif-folder
	xenstore-write $B/script /etc/xen/scripts/vif-folder
	reasons script-unreadable
	rmdir /etc/xen/scripts/vif-folder
	xenstore-write $B/script /etc/xen/scripts/vif-own
	run xvif check -q
	[ "$status" = 6 ]
	[ -z "$output" ]
	xvif check -S web01 >/run/xen/sxp || [ $? = 6 ]
	grep -q '(reason unknown-script)' /run/xen/sxp
	# what libxl keeps is compared all the same
	xenstore-write /libxl/1/device/vif/0/ip 10.0.0.1
	[[ "$(xvif check --allow unknown-script web01)" == "web01 vif 0: libxl: "* ]]
	xenstore-write /libxl/1/device/vif/0/ip "10.0.0.1 10.0.0.2"
	mkdir -p /etc/xvif
	digest=$(sha256sum /etc/xen/scripts/vif-own | cut -d' ' -f1)
	echo "/etc/xen/scripts/vif-own $digest delta" >/etc/xvif/scripts.conf
	reasons vouched-script
	echo "/etc/xen/scripts/vif-own $digest cycle" >/etc/xvif/scripts.conf
	reasons vouched-script
	[[ "$(xvif repair web01 2>&1)" == *"web01 vif 0: not compared: vouched-script: "* ]]
	rm /etc/xvif/scripts.conf
}

@test "check: rules that are not those of vif-common.sh, or cannot be recorded, hide no missing route" {
	activate_rules
	hotplug 1 0 offline; ip route flush dev vif1.0; hotplug 1 0 online
	xvif check web01
	echo '[ "$XENBUS_PATH" != xvif/record ] || exit 3' >>/etc/xen/scripts/xen-hotplug-common.sh
	reasons rules-unreadable
	ip route del 10.0.0.2 dev vif1.0
	[ "$(xvif check --allow rules-unreadable web01)" = "web01 vif 0: route-missing: 10.0.0.2 has no route on vif1.0" ]
	cp -a /run/xen/scripts/. /etc/xen/scripts/
	activate_rules
	xvif repair -q web01
	cp /etc/xen/scripts/vif-route /etc/xen/scripts/vif-own
	echo true >>/etc/xen/scripts/vif-own
	xenstore-write $B/script /etc/xen/scripts/vif-own
	mkdir -p /etc/xvif
	echo "/etc/xen/scripts/vif-own $(sha256sum /etc/xen/scripts/vif-own | cut -d' ' -f1) delta" >/etc/xvif/scripts.conf
	reasons vouched-script
	iptables -D FORWARD -m physdev --physdev-is-bridged --physdev-in vif1.0 -s 10.0.0.1 -j ACCEPT
	reasons vouched-script foreign-rules
	rm /etc/xvif/scripts.conf
}

@test "check: iptables that fails or hangs hides no missing route" {
	activate_rules
	hotplug 1 0 offline; ip route flush dev vif1.0; hotplug 1 0 online
	xvif check web01
	replace_iptables 'case $* in *-S*) exec sleep 60 ;; esac'
	ip route del 10.0.0.2 dev vif1.0
	run xvif check --timeout 1 web01
	umount /etc/alternatives
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"web01 vif 0: route-missing: 10.0.0.2 has no route on vif1.0"* ]]
	[[ "$output" == *"web01 vif 0: not compared: iptables-failed: rules: iptables: still running"* ]]
}

@test "check: nodes that are missing or contradict each other, another domain's backend" {
	xenstore-write $B/frontend-id 7
	reasons vif-broken
	xenstore-write $B/frontend-id 1 $B/handle 3
	reasons vif-broken
	xenstore-write $B/handle 0 $B/state 77
	reasons vif-broken
	xenstore-rm $B/state
	reasons vif-broken
	xenstore-write $B/state 4 $B/hotplug-status odd
	reasons vif-broken
	xenstore-write $B/hotplug-status connected
	xvif check
	xenstore-write /local/domain/5/backend/vif/1/0/state 4 /local/domain/5/backend/vif/1/0/frontend-id 1 \
		/local/domain/5/backend/vif/1/0/ip "10.0.0.1 10.0.0.2" \
		/libxl/1/device/vif/0/backend /local/domain/5/backend/vif/1/0
	reasons driver-domain
	xenstore-write /libxl/1/device/vif/0/ip 10.0.0.1
	[[ "$(xvif check --allow driver-domain web01)" == "web01 vif 0: libxl: libxl's copy says '10.0.0.1'" ]]
	# a vif that cannot be read at all may have any address
	xenstore-write /libxl/1/device/vif/0/backend /nowhere
	run xvif check
	echo "$output"
	[ "$status" = 6 ]
	[ "$output" = "web01 vif 0: not compared: vif-broken: vif 1.0: '/nowhere' is no path of its backend" ]
	run xvif check -q
	[ "$status" = 6 ]
	[ -z "$output" ]
	run xvif check -q db01
	[ "$status" = 6 ]
	xvif check -q --allow=vif-broken db01
	xenstore-write /libxl/1/device/vif/0/backend $B
	xenstore-rm $B
	run xvif check
	echo "$output"
	[ "$status" = 6 ]
	[ "$output" = "web01 vif 0: not compared: vif-broken: vif 1.0: its backend has no nodes" ]
}

@test "check: a domain that runs and is not in the store, backends that are no vifs" {
	xenstore-write $B/ip 10.0.0.1
	xenstore-rm /libxl/2/device
	xenstore-rm /local/domain/0/backend/vif/2
	xenstore-write /local/domain/0/backend/vif/2/0/ip 10.0.1.1
	xenstore-rm /local/domain/1
	run env LD_PRELOAD="$NOHV" xvif check -J
	echo "$output"
	[ "$status" = 6 ]
	jq -e '.differences == [] and .notes == [] and ([.uncompared[] | [.domain, .domid, .vif, .reason]] ==
		[[null, 1, null, "vif-broken"], [null, 2, null, "vif-broken"]])' <<<"$output"
	run env LD_PRELOAD="$NOHV" xvif check
	[ "${lines[0]}" = "domain 1: not compared: vif-broken: it runs, and the store has nothing of it but backends of vifs" ]
	[ "${lines[1]}" = "domain 2: not compared: vif-broken: its backends have neither a frontend-id nor a state" ]
}

@test "check: a vif that starts, or whose script runs, is waited for; one that the guest closed is compared" {
	local pid
	xenstore-write $B/state 3
	reasons starting
	xenstore-write $B/state 4 $B/hotplug-status ""
	reasons script-running
	# the watch is set after it was looked at
	strace -f -s 200 -o /run/xen/trace xvif check web01 3>&- &
	pid=$!
	wait_until 10 grep -qF "$B"'\0vif\0' /run/xen/trace
	xenstore-write $B/hotplug-status connected
	wait $pid
	xenstore-write $B/state 6
	xvif check web01
	ip route del 10.0.0.2 dev vif1.0
	run xvif check web01
	[ "$status" = 6 ]
	[ "$output" = "web01 vif 0: route-missing: 10.0.0.2 has no route on vif1.0" ]
	# on its way out
	xenstore-write $B/online 0
	run xvif check -J
	[ "$status" = 0 ]
	jq -e '.consistent and .uncompared == [] and (.notes | length == 1)' <<<"$output"
}

@test "check: before a vif's script has run there is nothing to miss" {
	local pid
	xenstore-write $B/state 2
	xenstore-rm $B/hotplug-status
	ip route del 10.0.0.1 dev vif1.0
	ip route del 10.0.0.2 dev vif1.0
	run xvif check --timeout 1 web01
	[ "$status" = 6 ]
	[[ "$output" == "web01 vif 0: route-missing: "* ]]
	strace -f -s 200 -o /run/xen/trace xvif check web01 3>&- &
	pid=$!
	wait_until 10 grep -qF "$B"'\0vif\0' /run/xen/trace
	hotplug 1 0 online
	wait $pid
}

@test "check: an edit that was interrupted and leaves the kernel, or took it all away" {
	local journal=/local/domain/0/xvif/journal/1/0 method
	for method in none cycle; do
		xenstore-write $journal/before "10.0.0.1 10.0.0.2" $journal/after "10.0.0.1 10.0.0.2" \
			$journal/uuid "$(uuid_of 1)" $journal/method $method
		run xvif check -J web01
		echo "$output"
		[ "$status" = 6 ]
		jq -e '([.differences[].kind] == ["journal"]) and ([.uncompared[].reason] == ["edit-interrupted"])' <<<"$output"
	done
}

@test "check: words that are not addresses, IPv6, a stored configuration that cannot be read" {
	xenstore-write $B/ip "10.0.0.1 10.0.0.2 host.example" /libxl/1/device/vif/0/ip "10.0.0.1 10.0.0.2 host.example"
	write_userdata 1
	words_reasons "'host.example' cannot be used" list-word
	xenstore-write $B/ip "10.0.0.1 10.0.0.2 2001:db8::5" /libxl/1/device/vif/0/ip "10.0.0.1 10.0.0.2 2001:db8::5"
	write_userdata 1
	words_reasons "'2001:db8::5' is an IPv6 address" ipv6
	xenstore-write $B/ip "10.0.0.1 10.0.0.2" /libxl/1/device/vif/0/ip "10.0.0.1 10.0.0.2"
	rm "$(userdata_of 1)"
	mkdir "$(userdata_of 1)"
	reasons userdata-unreadable
	ip route del 10.0.0.2 dev vif1.0
	[ "$(xvif check --allow userdata-unreadable web01)" = "web01 vif 0: route-missing: 10.0.0.2 has no route on vif1.0" ]
	rmdir "$(userdata_of 1)"
	write_userdata 1
	# an edit would need it to have an address; nothing is edited here
	ip addr flush dev eth0
	[ "$(xvif check web01)" = "web01 vif 0: route-missing: 10.0.0.2 has no route on vif1.0" ]
}

@test "check: vif-nat is compared where it can have set up the list" {
	ip route flush dev vif1.0
	ip addr flush dev vif1.0
	xenstore-write $B/script /etc/xen/scripts/vif-nat $B/ip 10.0.0.1 /libxl/1/device/vif/0/ip 10.0.0.1
	write_userdata 1
	hotplug 1 0 online
	xvif check web01
	ip route del 10.0.0.1 dev vif1.0
	ip route add 10.0.0.9 dev vif1.0
	run xvif check web01
	echo "$output"
	[ "$status" = 6 ]
	[ "$(grep -c 'route-missing: 10.0.0.1\|route-extra: 10.0.0.9' <<<"$output")" = 2 ]
	[ "$(wc -l <<<"$output")" = 2 ]
	run xvif repair web01
	[ "$status" = 0 ]
	[[ "$output" == *"left alone"*"supports one address only"* ]]
	xenstore-write $B/ip "10.0.0.1 10.0.0.2" /libxl/1/device/vif/0/ip "10.0.0.1 10.0.0.2"
	write_userdata 1
	reasons vif-nat
}

@test "check: an emulated card under a script that is vouched for" {
	cp /etc/xen/scripts/vif-route /etc/xen/scripts/vif-own
	echo true >>/etc/xen/scripts/vif-own
	emulated 1 0
	xenstore-write $B/script /etc/xen/scripts/vif-own
	mkdir -p /etc/xvif
	echo "/etc/xen/scripts/vif-own $(sha256sum /etc/xen/scripts/vif-own | cut -d' ' -f1) delta" >/etc/xvif/scripts.conf
	reasons emulated-link vouched-script
	rm /etc/xvif/scripts.conf
}

@test "check --allow: what it takes, and what it leaves" {
	xenstore-write $B/script /etc/xen/scripts/vif-none $B/ip "10.0.0.1 no-address" /libxl/1/device/vif/0/ip "10.0.0.1 no-address"
	write_userdata 1
	refused 2 "unknown reason 'script-mising'" xvif check --allow list-word,script-mising
	[[ "$output" == *"did you mean 'script-missing'?"* ]]
	refused 2 "unknown reason ''" xvif check --allow list-word,
	refused 2 "unknown reason 'x'" xvif check --allow=x
	[[ "$output" == *"'xvif help check' lists the reasons"* ]]
	run xvif check -J --allow list-word
	[ "$status" = 6 ]
	jq -e '.consistent == false and ([.uncompared[] | [.reason, .allowed]] |
		sort == [["list-word", true], ["script-missing", null]])' <<<"$output"
	run xvif check -J --allow list-word,script-missing
	[ "$status" = 0 ]
	jq -e '.consistent and ([.uncompared[].allowed] == [true, true])' <<<"$output"
	[ -z "$(xvif check --allow list-word,script-missing)" ]
	# a difference is not to be allowed
	xenstore-write /libxl/1/device/vif/0/ip 10.0.0.1
	not xvif check -q --allow list-word,script-missing
}

@test "check --store: what a dump does not have is not left out, what it has is" {
	xenstore-write $B/script /etc/xen/scripts/vif-none
	xvif dump >/run/xen/all.sxp
	run xvif check -J --store /run/xen/all.sxp
	[ "$status" = 0 ]
	jq -e '.consistent and .uncompared == [] and (.notes[0] | contains("only the dump is compared"))' <<<"$output"
	xenstore-write $B/ip "10.0.0.1 host.example" /libxl/1/device/vif/0/ip "10.0.0.1 host.example"
	xvif dump >/run/xen/all.sxp
	run xvif check -J --store /run/xen/all.sxp
	[ "$status" = 6 ]
	jq -e '[.uncompared[].reason] == ["list-word"]' <<<"$output"
}

@test "check: help and completion have the same reasons, and each is tried by a test" {
	local word
	xvif complete -- xvif check --allow= | cut -f1 | sed 's/^--allow=//' >/run/xen/offered
	[ "$(wc -l </run/xen/offered)" -gt 20 ]
	xvif help check | sed -n '/^Reasons/,$s/^  \([a-z0-9-]*\): .*/\1/p' | diff - /run/xen/offered
	while read -r word; do
		grep -q "$word" "$BATS_TEST_DIRNAME"/*.bats || { echo "no test of $word"; return 1; }
	done </run/xen/offered
	[ "$(xvif complete -- xvif check --allow=no-script,list-w)" = "--allow=no-script,list-word	its list has a word that is not an address" ]
	[ "$(xvif complete -- xvif check --allow no-s)" = "no-script	its nodes name no hotplug script" ]
}

# oxenstored takes no value that is so long
# bats test_tags=c-xenstored
@test "check: a list that is as long as a node can be is compared" {
	local list
	list=$(printf '10.100.100.%s ' $(seq 100 254))$(printf '10.100.101.%s ' $(seq 100 211))
	list=${list% }
	[ "${#list}" -gt 3968 ]
	xenstore-write $B/ip "$list"
	ip route flush dev vif1.0
	xenstore-write $B/script /etc/xen/scripts/vif-bridge /libxl/1/device/vif/0/ip "$list"
	hotplug 1 0 online
	write_userdata 1
	xvif check web01
}
