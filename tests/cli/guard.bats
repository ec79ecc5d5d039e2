#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# guard: what is switched on is in force, what is not in force is said; what nft says of it
load setup

teardown() {
	nft flush ruleset
	umount /usr/local/sbin 2>/dev/null
	rm -rf /etc/xvif/* /var/lib/xvif/guard.conf
	untraced world_stop
}

# own_macs: guests have the MACs that their vifs have
own_macs() {
	ip -n g1.0 link set e0 address 00:16:3e:00:00:01
	ip -n g2.0 link set e0 address 00:16:3e:00:00:02
	ip -n g2.1 link set e0 address 00:16:3e:00:00:03
}

# sends NETNS SOURCE: does a packet from there reach this host?
sends() {
	ip -n "$1" addr add "$2" dev lo 2>/dev/null || true
	ip netns exec "$1" ping -c 1 -W 1 -I "${2%/*}" 192.168.7.1
}

in_force() {
	run xvif guard status -J
	echo "$output"
	[ "$status" = 0 ]
	[ "$(jq -r '.guards[].in_force' <<<"$output" | sort -u)" = true ]
}

@test "on, observe, off: what a guest may send; nft takes the plan, and lists what is in force" {
	own_macs
	echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
	echo 0 >/proc/sys/net/ipv4/conf/vif1.0/rp_filter
	ip route add 10.0.0.9 dev vif1.0
	sends g1.0 10.0.0.9/32
	xvif guard on --dry-run >/run/xen/plan.nft
	not nft list table netdev xvif
	[ ! -e /etc/xvif/guard.conf ]
	nft -c -f /run/xen/plan.nft

	xvif guard on
	in_force
	[ "$(grep -v '^#' /etc/xvif/guard.conf)" = "default mode=enforce" ]
	nft list ruleset >/run/xen/listed.nft
	grep -q 'chain vif-1.0' /run/xen/listed.nft
	sends g1.0 10.0.0.1
	sends g1.0 10.0.0.2
	not sends g1.0 10.0.0.9/32
	xvif guard status web01 -J | jq -e '.guards[0].dropped.ipv4 > 0'
	xvif guard status web01 -J | jq -e '.guards[0].refused[] | select(.source == "10.0.0.9" and .reason == "ipv4")'
	xvif guard status web01 -J | jq -e '.guards[0].addresses[] | select(.ip == "10.0.0.2" and .packets > 0)'

	# one vif alone; its line is put behind, comments and all else stay
	sed -i '1i # mine' /etc/xvif/guard.conf
	xvif guard observe web01:0
	in_force
	[ "$(cat /etc/xvif/guard.conf)" = "# mine
# which vifs xvif keeps to their lists: see xvif-guard(7)
default mode=enforce
web01:0 mode=observe" ]
	sends g1.0 10.0.0.9/32
	xvif guard on web01:0
	not sends g1.0 10.0.0.9/32
	xvif guard off web01:0
	sends g1.0 10.0.0.9/32
	not nft list chain netdev xvif vif-1.0
	nft list chain netdev xvif vif-2.0
	rm /etc/xvif/guard.conf
	xvif guard restore
	not nft list table netdev xvif
}

@test "what was changed by hand is seen and put right" {
	local change
	xvif guard on -q
	for change in 'flush ruleset' 'flush table netdev xvif' 'flush chain netdev xvif refuse' \
		'add rule netdev xvif vif-1.0 accept' 'insert rule netdev xvif refuse accept' \
		'delete element netdev xvif armed { "vif1.0" }' 'delete chain netdev xvif vif-1.0' \
		'add element netdev xvif ip4-1.0 { 10.0.0.9 }' \
		'delete element netdev xvif ip4-1.0 { 10.0.0.1 }' \
		'add set netdev xvif mine { type ipv4_addr; }' 'flush set netdev xvif own' \
		'add chain netdev xvif vif-1.0 { policy drop; }'; do
		echo "nft $change"
		nft "$change"
		run xvif guard status
		echo "$output"
		[ "$status" = 6 ]
		[[ "$output" == *guard-* ]]
		xvif guard restore
		in_force
	done
	# of two addresses neither is one that this host had
	xvif -q set-ips web01 10.0.0.2/31
	nft 'delete element netdev xvif ip4-1.0 { 10.0.0.2/31 }; add element netdev xvif ip4-1.0 { 10.0.0.2 }'
	run xvif guard status
	[ "$status" = 6 ]
	xvif -q set-ips web01 10.0.0.1 10.0.0.2
	xvif guard restore
	in_force
	# a table of that name that somebody else made, with a set of another type
	nft delete table netdev xvif
	nft -f - <<-END
		table netdev xvif {
			set armed {
				type ipv4_addr
			}
			chain refuse {
				ip saddr @armed drop
			}
		}
	END
	run xvif guard status
	[ "$status" = 6 ]
	xvif guard restore
	in_force
	xvif guard off -q
	not nft list table netdev xvif
}

@test "on --confirm: the kernel ends it, unless it is confirmed; a broken guard.conf" {
	own_macs
	echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
	echo 0 >/proc/sys/net/ipv4/conf/vif1.0/rp_filter
	ip route add 10.0.0.9 dev vif1.0
	run xvif guard confirm
	[ "$status" = 1 ]
	xvif guard on --confirm=2
	[ "$(grep -v '^#' /etc/xvif/guard.conf)" = "default mode=observe" ]
	not sends g1.0 10.0.0.9/32
	wait_until 10 sends g1.0 10.0.0.9/32
	in_force
	xvif guard on --confirm=60
	xvif guard confirm
	[ "$(grep -v '^#' /etc/xvif/guard.conf)" = "default mode=enforce" ]
	in_force
	[ "$(xvif guard status -J | jq '.guards[].ends_s' | sort -u)" = null ]
	not sends g1.0 10.0.0.9/32

	echo 'web01 mode=perhaps' >/etc/xvif/guard.conf
	run xvif guard status
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"/etc/xvif/guard.conf:1:12: invalid mode 'perhaps'"* ]]
	not sends g1.0 10.0.0.9/32
	run xvif guard off
	[ "$status" = 1 ]
	nft flush ruleset
	run xvif guard restore
	not sends g1.0 10.0.0.9/32
	# without the one that was saved, what has a list is guarded
	rm /var/lib/xvif/guard.conf
	nft flush ruleset
	run xvif guard restore
	not sends g1.0 10.0.0.9/32
}

@test "edits: an address may be used from when it is in the list until it is not; undo, check, repair" {
	local change
	own_macs
	echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
	echo 0 >/proc/sys/net/ipv4/conf/vif1.0/rp_filter
	xvif guard on -q
	[[ "$(xvif add-ip web01 10.0.0.5 --dry-run)" == *"nft add element netdev xvif ip4-1.0 { 10.0.0.5 }"* ]]
	not sends g1.0 10.0.0.5/32
	xvif add-ip web01 10.0.0.5 10.0.0.64/29 2>&1
	sends g1.0 10.0.0.5/32
	sends g1.0 10.0.0.66/32
	not sends g1.0 10.0.0.72/32
	in_force
	# words inside others, and what is left of them
	xvif add-ip web01 10.0.0.64/28 -q
	sends g1.0 10.0.0.72/32
	xvif del-ip web01 10.0.0.64/28 -q
	not sends g1.0 10.0.0.72/32
	sends g1.0 10.0.0.66/32
	xvif set-ips web01 10.0.0.1 -q
	not sends g1.0 10.0.0.2/32
	sends g1.0 10.0.0.1
	in_force
	xvif check
	xvif add-ip web01 10.0.0.2 -q

	for change in 'flush ruleset' 'delete element netdev xvif armed { "vif1.0" }' \
		'add rule netdev xvif vif-1.0 accept' 'add element netdev xvif ip4-1.0 { 10.0.0.9 }' \
		'add chain netdev xvif vif-9.0'; do
		nft "$change"
		run xvif check
		echo "$output"
		[ "$status" = 6 ]
		[[ "$output" == *guard-* ]]
		xvif repair
		xvif check
		in_force
	done
	nft flush ruleset
	xvif repair web01
	xvif check web01
	# also where its routes and rules are left alone
	nft flush ruleset
	echo : >>/etc/xen/scripts/vif-common.sh
	run xvif repair
	in_force
	nft flush ruleset
	run xvif repair web01
	echo "$output"
	[[ "$output" == *"web01 vif 0: repaired: guard-missing"* ]]
	xvif guard status web01
	run xvif repair
	sed -i '$d' /etc/xen/scripts/vif-common.sh
	xvif check
	# any edit makes the guard of its vif anew
	nft flush ruleset
	xvif add-ip web01 10.0.0.7 -q
	nft list chain netdev xvif vif-1.0
	not sends g1.0 10.0.0.9/32
	sends g1.0 10.0.0.7/32
	# also where its chain alone is missing: its sets let pass everything
	ip route add 10.0.0.9 dev vif1.0
	nft delete chain netdev xvif vif-1.0
	sends g1.0 10.0.0.9/32
	xvif add-ip web01 10.0.0.8 -q
	nft list chain netdev xvif vif-1.0
	not sends g1.0 10.0.0.9/32
	xvif del-ip web01 10.0.0.8 -q
	nft delete chain netdev xvif vif-1.0
	xvif del-ip web01 10.0.0.7 -q
	not sends g1.0 10.0.0.9/32
	ip route del 10.0.0.9 dev vif1.0
	xvif guard status web01
	# a vif that goes leaves nothing
	ip link del vif2.1
	xenstore-rm /local/domain/0/backend/vif/2/1 /libxl/2/device/vif/1
	xvif guard restore -q
	not nft list chain netdev xvif vif-2.1
}

# sets_of VIF: the sets of a vif, by what they are of
sets_of() {
	nft -j list sets | jq -r --arg of "-$1" '.nftables[].set | select(.table == "xvif").name | select(endswith($of))' | sort | xargs
}

@test "sets of a family come with its first address and go with its last, in force at each moment" {
	xvif guard on
	[ "$(sets_of 1.0)" = ip4-1.0 ]
	xvif add-ip -q --hotplug=none web01 2001:db8::5
	[ "$(sets_of 1.0)" = "ip4-1.0 ip6-1.0 nd-1.0" ]
	nft list set netdev xvif nd-1.0 | grep -q 0x20010db8000000000000000000000005
	in_force
	nft list chain netdev xvif vif-1.0 >/run/xen/edited
	xvif guard off
	xvif guard on
	nft list chain netdev xvif vif-1.0 | diff /run/xen/edited -
	[ "$(sets_of 1.0)" = "ip4-1.0 ip6-1.0 nd-1.0" ]

	xvif del-ip -q --hotplug=none web01 2001:db8::5
	[ "$(sets_of 1.0)" = ip4-1.0 ]
	[ -z "$(nft list chain netdev xvif vif-1.0 | grep 'saddr @ip6')" ]
	in_force

	# a set that nobody needs is told, and goes
	nft add set netdev xvif ip6-1.0 '{ type ipv6_addr; flags interval; }'
	run xvif guard status
	[ "$status" = 6 ]
	[[ "$output" == *"set 'ip6-1.0' is not needed"* ]]
	xvif guard restore
	[ "$(sets_of 1.0)" = ip4-1.0 ]
	in_force
}

# killed_at_batches COMMAND...: behind each of its transactions of nftables in turn; then an edit leaves the
# guard in force. $list is what web01 has before.
killed_at_batches() {
	local n
	xenstore-write "$live" "$list"
	strace -o /run/xen/whole -e trace=sendto "$@"
	n=$(grep -n NFNL_MSG_BATCH_BEGIN /run/xen/whole | cut -d: -f1)
	[ -n "$n" ]
	for n in $n; do
		xvif -q set-ips --hotplug=none web01 10.0.0.1 10.0.0.2 ${made-$list}
		xenstore-write "$live" "$list"
		stopped_at sendto "$n" "$@"
		kill -9 "$(pgrep -P $STRACE_PID)"
		wait $STRACE_PID || true
		xvif -q add-ip --hotplug=none web01 10.0.0.9
		xvif guard status
	done
}

@test "killed while the sets of a family come or go: the next edit leaves them right" {
	local live=/local/domain/0/backend/vif/1/0/ip list
	xvif guard on -q
	list="10.0.0.1 10.0.0.2"
	killed_at_batches xvif -q add-ip --hotplug=none web01 2001:db8::5
	list="10.0.0.1 10.0.0.2 2001:db8::5"
	killed_at_batches xvif -q del-ip --hotplug=none web01 2001:db8::5
	# of a list that was written by hand
	made='' killed_at_batches xvif -q guard restore
}

@test "the hook: a vif that starts is guarded, one that cannot be does not start, one that goes leaves nothing" {
	install_program
	own_macs
	run xvif guard on
	[ -x /etc/xen/scripts/vif-post.d/xvif-guard.hook ]
	# the scripts are as known as before
	xvif check
	xvif add-ip web01 10.0.0.5 -v 2>&1 | tee /run/xen/steps
	grep -q ' run script=' /run/xen/steps
	in_force
	hotplug 1 0 offline
	not nft list chain netdev xvif vif-1.0
	nft flush ruleset
	hotplug 1 0 online
	nft list chain netdev xvif vif-1.0
	xvif guard status web01
	hotplug 2 1 online
	nft list chain netdev xvif vif-2.1

	# off stays off
	xvif guard off web01:0 -q
	hotplug 1 0 offline
	hotplug 1 0 online
	not nft list chain netdev xvif vif-1.0
	xvif guard on web01:0 -q

	# without a guard it does not start, and says why
	hotplug 1 0 offline
	nft flush ruleset
	xenstore-write /local/domain/0/backend/vif/1/0/mac 01:00:00:00:00:00
	run hotplug 1 0 online
	echo "$output"
	[ "$status" != 0 ]
	[[ "$(xenstore-read /local/domain/0/backend/vif/1/0/hotplug-error)" == *"xvif guard: "*"its MAC '01:00:00:00:00:00'"* ]]
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/hotplug-status)" = error ]
	[[ "$(ip -o link show vif1.0)" != *,UP* ]]
	echo 'default mode=enforce on-failure=continue' >/etc/xvif/guard.conf
	xenstore-write /local/domain/0/backend/vif/1/0/hotplug-status ""
	hotplug 1 0 online
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/hotplug-status)" = connected ]
	run xvif guard status web01
	[ "$status" = 6 ]
	xenstore-write /local/domain/0/backend/vif/1/0/mac 00:16:3e:00:00:01

	# a guest that is moved to this host has another name until it runs
	printf '%s\n' 'web01 mode=enforce' >/etc/xvif/guard.conf
	hotplug 1 0 offline
	xenstore-write /local/domain/1/name web01--incoming
	hotplug 1 0 online
	nft list chain netdev xvif vif-1.0
	xenstore-write /local/domain/1/name web01

	# another hook beside it: the scripts are unknown, as before; without the program guests start
	hotplug 1 0 offline
	umount /usr/local/sbin
	hotplug 1 0 online
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/hotplug-status)" = connected ]
	echo ': other' >>/etc/xen/scripts/vif-post.d/xvif-guard.hook
	run xvif add-ip web01 10.0.0.6
	[ "$status" = 1 ]
	[[ "$output" == *"hooks in /etc/xen/scripts/vif-post.d"* ]]
}

@test "a vif that goes leaves nothing, nor do the names that its link had" {
	install_program
	own_macs
	xvif guard on -q
	ip link set vif1.0 down
	xenstore-write /local/domain/0/backend/vif/1/0/vifname web0
	hotplug 1 0 online
	xvif guard status web01
	nft list set netdev xvif armed | grep -q '"web0"'
	hotplug 1 0 offline
	not grep -E -- '-1[.]0' <(nft list table netdev xvif)
	for set in armed own local; do
		nft list set netdev xvif $set >/run/xen/listed
		not grep -E 'web0|vif1[.]0' /run/xen/listed
		grep -q '"vif2.0"' /run/xen/listed
	done
	xenstore-rm /local/domain/0/backend/vif/1/0 /libxl/1/device/vif/0
	run xvif check
	echo "$output"
	not grep guard- <<<"$output"
}

@test "a chain that a guest left on a name which is now that of another's link goes" {
	own_macs
	xvif guard on -q
	ip link set vif1.0 down
	ip link set vif1.0 name web0
	xenstore-write /local/domain/0/backend/vif/1/0/vifname web0
	xvif guard restore -q
	xenstore-rm /local/domain/0/backend/vif/1/0 /libxl/1/device/vif/0
	ip link del web0
	ip link set vif2.0 down
	ip link set vif2.0 name web0
	xenstore-write /local/domain/0/backend/vif/2/0/vifname web0
	xvif guard restore -q
	not nft list chain netdev xvif vif-1.0
	nft list chain netdev xvif vif-2.0 | grep web0
	xvif guard status db01
}

@test "repair and restore leave to a vif what an edit adds while they compare" {
	local command n added edits
	own_macs
	xvif guard on -q
	for command in repair 'guard restore'; do
		n=0 edits=0
		nft delete element netdev xvif ip4-1.0 '{ 10.0.0.1 }'
		# shellcheck disable=SC2086
		while stopped_at openat $((++n)) -P /etc/xvif/guard.conf xvif $command; do
			added=
			# where the lock of this vif is held, an edit waits
			xvif add-ip -q --timeout 1 --vif 0 db01 10.0.1.$((n + 10)) && added=10.0.1.$((n + 10))
			continued
			xvif check
			if [ -n "$added" ]; then
				nft get element netdev xvif ip4-2.0 "{ $added }"
				edits=$((edits + 1))
			fi
			xvif -q set-ips --vif 0 db01 10.0.1.1
			nft delete element netdev xvif ip4-1.0 '{ 10.0.0.1 }'
		done
		wait $STRACE_PID
		xvif check
		[ $edits -gt 0 ]
	done
}

# batches TRACE: transactions of nftables in it
batches() {
	grep -c 'NFNL_MSG_BATCH_BEGIN' "$1"
}

@test "what was compared while others changed nftables is compared again" {
	local n
	own_macs
	xvif guard on -q
	nft delete element netdev xvif ip4-1.0 '{ 10.0.0.1 }'
	strace -o /run/xen/alone -e trace=sendto xvif guard restore -q
	[ "$(batches /run/xen/alone)" = 1 ]
	n=$(grep -n NFNL_MSG_BATCH_BEGIN /run/xen/alone | cut -d: -f1)
	nft delete element netdev xvif ip4-1.0 '{ 10.0.0.1 }'
	stopped_at sendto $((n - 1)) xvif guard restore -q
	nft add table inet other
	continued
	[ "$(batches /run/xen/trace)" = 2 ]
	nft delete table inet other
	xvif check
}

@test "udev knows a link by the name that it had, and by its device" {
	own_macs
	xvif guard on -q
	ip link set vif1.0 down
	ip link set vif1.0 name web0
	xenstore-write /local/domain/0/backend/vif/1/0/vifname web0
	xvif guard clear
	ACTION=add INTERFACE=vif1.0 DEVPATH=/devices/vif-1-0/net/vif1.0 xvif guard hook link
	xvif guard status web01
	ACTION=remove INTERFACE=web0 DEVPATH=/devices/vif-1-0/net/web0 xvif guard hook link
	xvif guard status web01
	ip link del web0
	ACTION=remove INTERFACE=web0 DEVPATH=/devices/vif-1-0/net/web0 xvif guard hook link
	not grep -E -- '-1[.]0' <(nft list table netdev xvif)
	ACTION=add INTERFACE=vif9.0 DEVPATH=/devices/virtual/net/vif9.0 xvif guard hook link
	not grep -E -- '-9[.]0' <(nft list table netdev xvif)
}

@test "doctor: what is open, what is not in force, what will not be; clear" {
	run xvif doctor guard
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *note*"vif1.0, vif2.0 can send from addresses of each other"* ]]
	xvif guard on -q
	run xvif doctor -J guard
	echo "$output"
	[ "$status" = 0 ]
	[ "$(jq -r '.findings[].verdict' <<<"$output" | xargs)" = "note note ok" ]
	rm /etc/xen/scripts/vif-post.d/xvif-guard.hook
	[[ "$(xvif doctor guard)" == *bad*"the hook"*"does not exist"* ]]
	echo : >/etc/xen/scripts/vif-post.d/xvif-guard.hook
	[[ "$(xvif doctor guard)" == *bad*"differs from the hook"* ]]
	rm /etc/xen/scripts/vif-post.d/xvif-guard.hook
	mkdir -p /run/systemd/system
	[[ "$(xvif doctor guard)" == *bad*"systemd has no xvif-guard.service"* ]]
	rmdir /run/systemd/system
	xvif guard clear
	not nft list table netdev xvif
	run xvif doctor guard
	[ "$status" = 6 ]
	[[ "$output" == *"not guarded as /etc/xvif/guard.conf says"* ]]
}

@test "nftables that cannot be read: not compared, and not called consistent" {
	xvif guard on
	xvif check
	run setpriv --bounding-set=-net_admin --inh-caps=-net_admin xvif check
	echo "$output"
	[ "$status" = 6 ]
	[ "$(grep -c 'not compared: guard-unreadable: ' <<<"$output")" = 3 ]
	setpriv --bounding-set=-net_admin --inh-caps=-net_admin xvif check --allow=guard-unreadable
	xvif guard off
	setpriv --bounding-set=-net_admin --inh-caps=-net_admin xvif check
}

# word DOMAIN: the guard of its first vif, in the column
word() {
	xvif show -J -o GUARD "$1" | jq -r '.vifs[0].guard'
}

# asks COMMAND...: does it ask nf_tables for anything? (its children may: iptables does)
asks() {
	strace -o /run/xen/asked -e trace=socket "$@" >/dev/null
	grep -q NETLINK_NETFILTER /run/xen/asked
}

@test "show and find: how a vif is guarded, and what was refused, where that is asked for" {
	own_macs
	echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
	echo 0 >/proc/sys/net/ipv4/conf/vif1.0/rp_filter
	ip route add 10.0.0.9 dev vif1.0
	not asks xvif show web01 0
	not asks xvif show -o GUARD,DROPS
	[ "$(word web01)" = off ]
	xvif guard on -q
	not asks xvif show
	not asks xvif show -J
	not asks xvif find 10.0.0.1 -J
	asks xvif show -o GUARD
	asks xvif find 10.0.0.1 -o GUARD
	asks xvif show web01 0
	sends g1.0 10.0.0.2
	not sends g1.0 10.0.0.9/32
	xvif show -J web01 | jq -e '.vifs[0] | has("guard") or has("drops") | not'
	xvif show -J -o guard,drops web01 |
		jq -e '.vifs[0] | .guard == "enforce" and .drops > 0 and keys == ["drops", "guard"]'
	[[ "$(xvif show -n -r -o VIF,GUARD,DROPS db01)" == "0 enforce "[0-9]*$'\n'"1 enforce "[0-9]* ]]
	[[ "$(xvif find -n -r -o BY,GUARD,DROPS 10.0.0.1)" == "list enforce "[1-9]* ]]
	xvif show -J web01 0 | jq -e '.vifs[0] | .guard == "enforce" and .dropped.ipv4 > 0 and
		.drops == ([.dropped[]] | add) - .dropped.sibling and
		any(.refused[]; .source == "10.0.0.9" and .reason == "ipv4") and
		.addresses[1].ip == "10.0.0.2" and .addresses[1].packets > 0 and .addresses[1].bytes > 0'
	run xvif show web01 0
	echo "$output"
	[[ "$output" == *"guard "*"enforce"*"dropped "*"ipv4: "*"refused "* && "$output" == *"10.0.0.9  ipv4  packets "* ]]
	[[ "$output" == *"10.0.0.2  routes 1  rules 0  packets "*"  bytes "* ]]
	[[ "$output" != *"vlan: "* ]]
	# a dump says nothing of it
	xvif dump / >/run/xen/dump.sxp
	[ "$(xvif show --store /run/xen/dump.sxp -J -o GUARD,DROPS web01)" = '{"vifs":[{"guard":null,"drops":null}]}' ]

	nft delete element netdev xvif armed '{ "vif1.0" }'
	[ "$(word web01)" = disarmed ]
	[ "$(word db01)" = enforce ]
	nft add rule netdev xvif vif-1.0 accept
	nft add element netdev xvif armed '{ "vif1.0" }'
	[ "$(word web01)" = differs ]
	nft flush ruleset
	[ "$(word web01)" = missing ]
	xvif guard observe -q
	[ "$(word web01)" = observe ]
	xvif guard on -q --confirm=60 web01
	[ "$(word web01)" = unconfirmed ]
	xvif guard off -q web01
	[ "$(word web01)" = off ]
	[ "$(word db01)" = observe ]
	[ "$(xvif show -J -o DROPS web01)" = '{"vifs":[{"drops":null}]}' ]
	xenstore-write /local/domain/0/backend/vif/2/0/mac 01:00:00:00:00:00
	[ "$(word db01)" = impossible ]
	xenstore-write /local/domain/0/backend/vif/2/0/mac 00:16:3e:00:00:02
	run setpriv --bounding-set=-net_admin --inh-caps=-net_admin xvif show -r -n -o GUARD,DROPS db01
	echo "$output"
	[[ "$output" == *"unreadable"* && "$output" != *observe* ]]
}

# since IP: from when on the packets of an address of web01 are counted
since() {
	xvif guard status web01 -J | jq -r --arg ip "$1" '.guards[0].addresses[] | select(.ip == $ip) | .since'
}

@test "since when an address is counted: it outlives edits of others and restore, and begins anew with its counter" {
	local old=2026-01-01T00:00:00Z now
	own_macs
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	xvif guard on -q
	[[ ! "$(since 10.0.0.1)" < $now ]]
	nft delete element netdev xvif ip4-1.0 '{ 10.0.0.1 }'
	nft add element netdev xvif ip4-1.0 "{ 10.0.0.1 comment \"since $old\" }"
	in_force
	[ "$(since 10.0.0.1)" = $old ]
	xvif show web01 0 -J | jq -e --arg old $old '.vifs[0].addresses[0].since == $old'
	xvif add-ip web01 10.0.0.5 10.0.0.64/29 -q
	xvif guard restore -q
	sends g1.0 10.0.0.1
	[ "$(since 10.0.0.1)" = $old ]
	[[ ! "$(since 10.0.0.5)" < $now ]]
	nft list set netdev xvif ip4-1.0 | grep -q "10.0.0.5 counter .* comment \"since $(since 10.0.0.5)\""
	# one inside another has no numbers of its own
	xvif add-ip web01 10.0.0.65 -q
	xvif guard status web01 -J | jq -e '.guards[0].addresses[] | select(.ip == "10.0.0.65") | .packets == null and .since == null'
	xvif del-ip web01 10.0.0.1 -q
	xvif add-ip web01 10.0.0.1 -q
	[[ ! "$(since 10.0.0.1)" < $now ]]
	# what others put has no time, and no other comment is one
	nft delete element netdev xvif ip4-1.0 '{ 10.0.0.2 }'
	nft add element netdev xvif ip4-1.0 '{ 10.0.0.2 comment "since yesterday, 12 PM" }'
	[ "$(since 10.0.0.2)" = null ]
	nft flush ruleset
	xvif guard restore -q
	[[ ! "$(since 10.0.0.2)" < $now ]]
}

@test "guard on enables the service, once, and says so; it does not fail because of it" {
	grep -qx 'ExecStart=/.*/sbin/xvif guard restore' "$XVIF_BUILD/systemd/xvif-guard.service"
	mkdir -p /run/systemd/system /run/bin
	[[ "$(xvif guard on 2>&1)" == *"systemd has no xvif-guard.service"* ]]
	echo '[Unit]' >/run/systemd/system/xvif-guard.service
	[[ "$(xvif doctor guard)" == *bad*"xvif-guard.service is not enabled"* ]]
	printf '#!/bin/sh\necho "no bus"\nexit 1\n' >/run/bin/systemctl
	chmod 755 /run/bin/systemctl
	PATH=/run/bin:$PATH run xvif guard on
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"xvif-guard.service was not enabled: systemctl enable --now xvif-guard.service: no bus"* ]]
	in_force
	mount -t tmpfs tmpfs /etc/systemd/system
	cat >/run/bin/systemctl <<-END
		#!/bin/sh
		echo "\$@" >>/run/xen/systemctl
		mkdir -p /etc/systemd/system/multi-user.target.wants
		: >/etc/systemd/system/multi-user.target.wants/xvif-guard.service
	END
	PATH=/run/bin:$PATH run xvif guard on
	echo "$output"
	[[ "$output" == *"xvif-guard.service was enabled: "* ]]
	# it may have ended since: each time it is started, which only one that runs does not notice
	PATH=/run/bin:$PATH run xvif guard on
	[[ "$output" != *xvif-guard.service* ]]
	[ "$(uniq -c /run/xen/systemctl | xargs)" = "2 --quiet enable --now xvif-guard.service" ]
	[[ "$(xvif doctor guard)" != *bad* ]]
	umount /etc/systemd/system
	rm -r /run/systemd /run/bin
}
