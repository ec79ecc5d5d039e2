#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# edits while something else goes wrong, or somebody else does something
load setup

live() {
	xenstore-read "/local/domain/0/backend/vif/1/0/${1:-ip}"
}

routes() {
	ip route show dev "${1:-vif1.0}" | sed 's/ *$//'
}

# slow_script: vif-route waits in "online" while /run/xen/wait is there, and says so in /run/xen/waiting
slow_script() {
	rm -f /run/xen/waiting
	touch /run/xen/wait
	sed -i 's|^for addr in|if [ "$command" = online ]; then touch /run/xen/waiting; while [ -e /run/xen/wait ]; do sleep 0.02; done; fi; for addr in|' \
		/etc/xen/scripts/vif-route
}

# replace_iptables BODY: what comes before the real iptables is started
replace_iptables() {
	mkdir -p /run/xen/bin
	printf '#!/bin/bash\n%s\nexec iptables-nft "$@"\n' "$1" >/run/xen/bin/iptables
	chmod +x /run/xen/bin/iptables
	cp -a /etc/alternatives /run/xen/alternatives
	ln -sf /run/xen/bin/iptables /run/xen/alternatives/iptables
	mount --bind /run/xen/alternatives /etc/alternatives
}

cold_start() { # DOMID DEVID
	hotplug "$1" "$2" offline
	iptables -F FORWARD
	ip route flush dev "vif$1.$2"
	hotplug "$1" "$2" online
}

# bats test_tags=oxenstored
@test "a signal while the script runs: it is killed, everything goes back" {
	local signal pid
	slow_script
	for signal in HUP INT TERM; do
		rm -f /run/xen/waiting
		snapshot >/run/xen/before
		xvif add-ip --hotplug=delta web01 10.0.0.5 2>/run/xen/error 3>&- &
		pid=$!
		wait_until 10 test -e /run/xen/waiting
		kill -$signal $pid
		status=0
		wait $pid || status=$?
		[ "$status" = 1 ]
		grep -q interrupted /run/xen/error
		snapshot | diff /run/xen/before -
		[ -z "$(ls /run/xvif)" ]
	done
}

@test "a signal during a cycle does not stop it half way" {
	slow_script
	xvif -q add-ip --hotplug=cycle web01 10.0.0.5 3>&- &
	local pid=$!
	wait_until 10 test -e /run/xen/waiting
	kill -HUP $pid
	rm /run/xen/wait
	wait $pid || true
	routes
	[ "$(routes | wc -l)" = 3 ]
	[ "$(live hotplug-status)" = connected ]
}

@test "started with SIGCHLD ignored, a failed iptables still counts" {
	activate_rules
	cold_start 1 0
	replace_iptables 'case " $* " in *" -I "*10.0.0.5*) exit 1;; esac'
	run bash -c 'trap "" CHLD; exec xvif add-ip web01 10.0.0.5'
	umount /etc/alternatives
	[ "$status" = 4 ]
	[ "$(live)" = "10.0.0.1 10.0.0.2" ]
}

@test "an iptables that hangs is no iptables that is off" {
	activate_rules
	cold_start 1 0
	replace_iptables 'case " $* " in *" -S "*) sleep 1000;; esac'
	run xvif add-ip --timeout 1 web01 10.0.0.5
	umount /etc/alternatives
	echo "$output"
	[ "$status" = 1 ]
	[ "$(live)" = "10.0.0.1 10.0.0.2" ]
}

# bats test_tags=oxenstored
@test "the vif goes while it is edited: nothing of it comes back" {
	activate_rules
	domain_create 3 sw01
	vif_nodes 3 0 00:16:3e:00:00:04 vif-route 10.9.1.1
	guest 3 0
	hotplug 3 0 online
	slow_script
	xvif add-ip --hotplug=delta sw01 10.9.1.2 2>/run/xen/error 3>&- &
	local pid=$!
	wait_until 10 test -e /run/xen/waiting
	iptables -F FORWARD
	xenstore-rm /local/domain/0/backend/vif/3/0 /libxl/3/device/vif/0
	rm /run/xen/wait
	status=0
	wait $pid || status=$?
	echo "$status $(cat /run/xen/error)"
	[ "$status" = 3 ]
	iptables -S FORWARD | not grep vif3.0
	not xenstore-exists /local/domain/0/backend/vif/3/0
	not xenstore-exists /libxl/3/device/vif/0
}

# bats test_tags=oxenstored
@test "somebody else writes the list meanwhile: both edits are in it" {
	slow_script
	xvif -q add-ip --hotplug=delta web01 10.0.0.5 3>&- &
	local pid=$!
	wait_until 10 test -e /run/xen/waiting
	xenstore-write /local/domain/0/backend/vif/1/0/ip "10.0.0.1 10.0.0.2 10.0.0.9"
	rm /run/xen/wait
	wait $pid
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.9 10.0.0.5" ]
}

# bats test_tags=oxenstored
@test "xenstored goes away at any request of an edit, for good: it is said, nothing crashes" {
	local n status
	for n in $(seq 60); do
		status=0
		strace -f -o /run/xen/trace -e inject=sendto:error=EPIPE:when=$n \
			-e inject=connect:error=ECONNREFUSED:when=2+ \
			xvif add-ip --hotplug=none web01 10.0.0.5 >/run/xen/output 2>&1 || status=$?
		[ $status != 0 ] || break
		case $status in
		1 | 5) grep -q "^xvif: " /run/xen/output ;;
		*) false ;;
		esac || { echo "request $n: status $status"; cat /run/xen/output; return 1; }
		xvif -q repair
		xvif -q set-ips web01 10.0.0.1 10.0.0.2
	done
	[ "$n" -gt 5 ]
	[ $status = 0 ]
}

# bats test_tags=oxenstored
@test "two vifs cannot get one address at the same time" {
	slow_script
	local pid status=0
	xvif -q add-ip --hotplug=delta web01 10.0.0.5 3>&- &
	pid=$!
	wait_until 10 test -e /run/xen/waiting
	xvif add-ip db01 --vif 1 10.0.0.5
	rm /run/xen/wait
	wait $pid || status=$?
	[ $status = 1 ]
	routes | not grep -q 10.0.0.5
	[ "$(xvif show -n -o IPS | grep -c '10\.0\.0\.5')" = 1 ]
}

@test "routes of others on the link stay, also when an edit fails" {
	ip route add 10.0.0.5 dev vif1.0 table 100
	ip route add 10.0.0.2 dev vif1.0 table 100
	ip route add 10.0.0.2 via 10.0.0.1 dev vif1.0 metric 32 proto bird onlink
	ip route add 172.21.0.0/16 via 10.0.0.1 dev vif1.0 proto bird onlink
	xvif add-ip web01 10.0.0.5
	routes | grep -qx '10.0.0.5 scope link src 192.168.7.1 metric 2'
	xvif del-ip web01 10.0.0.2
	routes | not grep -q '10.0.0.2 .*metric 2$'
	routes | grep -q '10.0.0.2 via 10.0.0.1 proto bird metric 32'
	ip route show table 100 | grep -q 10.0.0.2
	sed -i 's/^for addr in/ip route del 172.21.0.0\/16; fatal "no luck"; for addr in/' /etc/xen/scripts/vif-route
	run xvif add-ip --hotplug=delta web01 10.0.0.6
	[ "$status" = 4 ]
	routes | not grep -q 172.21.0.0
	routes | grep -q '10.0.0.1 .*metric 2$'
}

@test "the address of eth0 has changed, and no route of the script is there to copy" {
	ip route add 10.0.0.99 dev vif1.0 table 100
	ip route flush table main dev vif1.0
	ip addr flush dev eth0
	ip addr add 192.168.7.99/24 dev eth0
	refused 1 "no route to copy" xvif add-ip web01 10.0.0.5
}

@test "an address routed to another link is refused, also with --force" {
	refused 1 "10.0.1.1" xvif add-ip web01 10.0.1.1
	refused 1 "routed to vif2.0" xvif add-ip --force web01 10.0.1.1
}

@test "an unusable word that is replaced takes its rule with it" {
	activate_rules
	xenstore-write /local/domain/0/backend/vif/2/1/ip "10.9.0.5/24"
	hotplug 2 1 offline
	ip link set vif2.1 nomaster
	iptables -F FORWARD
	hotplug 2 1 online
	iptables -S FORWARD | grep -q '10.9.0.0/24'
	xvif set-ips --vif 1 db01 10.7.0.3
	iptables -S FORWARD | grep -q 10.7.0.3
	iptables -S FORWARD | not grep -q '10.9.0.0/24'
}

@test "a kept IPv6 word does not stop an edit under active rules" {
	activate_rules
	xenstore-write /local/domain/0/backend/vif/2/1/ip "10.9.0.1 2001:db8::1"
	xvif add-ip --vif 1 db01 10.9.0.2
	[ "$(xenstore-read /local/domain/0/backend/vif/2/1/ip)" = "10.9.0.1 2001:db8::1 10.9.0.2" ]
}

@test "a site's own script without vif-common.sh, vouched for" {
	mkdir -p /run/xen/site
	cat >/run/xen/site/vif-site <<-'END'
	#!/bin/sh
	for a in $(xenstore-read "$XENBUS_PATH/ip"); do ip route add "$a" dev "$vif"; done
	xenstore-write "$XENBUS_PATH/hotplug-status" connected
	END
	chmod +x /run/xen/site/vif-site
	xenstore-write /local/domain/0/backend/vif/1/0/script /run/xen/site/vif-site
	refused 1 "unknown" xvif add-ip web01 10.0.0.5
	xvif add-ip --hotplug=delta web01 10.0.0.5
	routes | grep -qx '10.0.0.5 scope link'
	xvif add-ip --dry-run --hotplug=delta web01 10.0.0.6
	xvif del-ip --dry-run --hotplug=delta web01 10.0.0.5 | grep -qx 'ip route del 10.0.0.5 dev vif1.0'
	xvif del-ip --hotplug=delta web01 10.0.0.5
	routes | not grep -q 10.0.0.5
	rm -r /run/xen/site
}

@test "vif-nat is refused by every method" {
	xenstore-write /local/domain/0/backend/vif/1/0/script /etc/xen/scripts/vif-nat
	local method
	for method in auto delta cycle none; do
		refused 1 "one address only" xvif add-ip --hotplug=$method web01 10.0.0.5
	done
}

@test "a result that cannot be written does not deny the change" {
	run bash -c 'xvif add-ip web01 10.0.0.5 >/dev/full'
	[ "$status" = 0 ]
	[[ "$output" == *"cannot write"* ]]
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
	run bash -c 'xvif show >/dev/full'
	[ "$status" = 1 ]
}

# bats test_tags=oxenstored
@test "closed descriptors are not taken for the store's" {
	xvif add-ip web01 10.0.0.5 <&- >&- 2>&-
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
	xvif add-ip --hotplug=none web01 10.0.0.6 2>&-
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.5 10.0.0.6" ]
}

@test "set-ips changes the order, and says what stands in the list" {
	run xvif set-ips -J web01 10.0.0.2 10.0.0.1
	[ "$(jq -c '[.changed, .after]' <<<"$output")" = '[true,["10.0.0.2","10.0.0.1"]]' ]
	[ "$(live)" = "10.0.0.2 10.0.0.1" ]
	[ "$(routes | wc -l)" = 2 ]
}

# bats test_tags=oxenstored
@test "a broken vif does not hide the others" {
	xenstore-write /libxl/2/device/vif/1/backend /local/domain/0/backend/vif/9/9
	run xvif show
	[ "$status" = 0 ]
	[[ "$output" == *vif2.0* ]]
	[[ "$output" == *"vif 2.1: '/local/domain/0/backend/vif/9/9' is no path of its backend"* ]]
	xvif add-ip --vif 0 db01 10.0.1.9
	refused 1 "no path of its backend" xvif add-ip db01 10.0.1.10
}

@test "a gateway of several is this host's own, too" {
	ip route add default nexthop via 192.168.7.253 nexthop via 192.168.7.254
	refused 1 "gateway" xvif add-ip web01 192.168.7.254
}

# bats test_tags=oxenstored
@test "bytes that are no UTF-8, and C1 controls" {
	xenstore-write /local/domain/1/name $'web\xff\xc2\x9b31m'
	xvif show -J | jq -e . >/dev/null
	run xvif show nosuch
	run xvif add-ip 1 10.0.0.5
	[[ "$output" == 'web\xff\xc2\x9b31m vif 0:'* ]]
}

# DEL, a C1, a bidirectional override, a zero-width character, one beyond U+FFFF
acting() {
	printf 'we\x7f\xc2\x9b\xe2\x80\xae\xe2\x80\x8b\xf3\xa0\x80\x81b'
}

# bats test_tags=oxenstored
@test "format characters of a guest reach no terminal, and JSON keeps them" {
	local name shown='we\x7f\xc2\x9b\xe2\x80\xae\xe2\x80\x8b\xf3\xa0\x80\x81b' command
	local json='"we\u007f\u009b\u202e\u200b\udb40\udc01b"'
	name=$(acting)
	xenstore-write /local/domain/1/name "$name" /local/domain/1/memo "$name" \
		/local/domain/0/backend/vif/1/0/vifname "$name"
	ip route del 10.0.0.2 dev vif1.0
	for command in show "show -r" "show 1" "show --tree" check doctor "find 10.0.0.1" "dump /local/domain/1" \
		"shell -c ls" "shell -c 'cat /local/domain/1/memo'" "add-ip --dry-run 1 10.0.0.9" -S\ show -S\ check; do
		[[ $command != -S* ]] || command="${command#-S } -S"
		for LC_ALL in C C.UTF-8; do
			eval "LC_ALL=$LC_ALL run xvif $command"
			echo "$command: $output"
			[[ "$output" != *[$'\x7f']* && "$output" != *$'\xe2\x80'* && "$output" != *$'\xf3'* ]]
			[[ "$output" != *$'\xc2\x9b'* ]]
		done
	done
	[[ "$(xvif show)" == *"$shown"* ]]
	[[ "$(xvif dump -J /local/domain/1)" == *"$json"* ]]
	[[ "$(xvif show -J)" == *"$json"* ]]
	run xvif check -J
	[[ "$output" == *"$json"* ]]
	[[ "$(xvif dump /local/domain/1/memo | xvif sxp to-json)" == *"$json"* ]]
	[ "$(xvif show -J 1 | jq -r '.. | .domain? // empty' | head -n 1)" = "$name" ]
}

# bats test_tags=oxenstored
@test "notes and plans of an edit show no control byte" {
	xenstore-write /local/domain/0/backend/vif/1/0/type vif_ioemu \
		/local/domain/1/image/device-model-domid $'9\e[31m' \
		/local/domain/0/backend/vif/1/0/gatewaydev $'eth9\e[31m'
	local command
	for command in "add-ip --dry-run" add-ip; do
		run xvif $command --hotplug=none web01 10.0.0.5
		echo "$output"
		[[ "$output" == *'domain 9\x1b[31m'* ]]
		[[ "$output" != *$'\e'* ]]
	done
	xenstore-rm /local/domain/1/image
	run xvif add-ip --dry-run --hotplug=cycle web01 10.0.0.6
	[[ "$output" != *$'\e'* ]]
}

@test "a changed script that the operator vouched for, until it changes again" {
	echo 'true' >>/etc/xen/scripts/vif-route
	refused 1 "scripts.conf" xvif add-ip web01 10.0.0.5
	echo "# ours
	/etc/xen/scripts/vif-route $(sha256sum /etc/xen/scripts/vif-route | cut -d' ' -f1) delta" >/etc/xvif/scripts.conf
	[ "$(xvif add-ip web01 10.0.0.5 2>&1)" = "web01 vif 0: 10.0.0.1 10.0.0.2 +10.0.0.5" ]
	routes | grep -q 10.0.0.5
	activate_rules
	[[ "$(xvif del-ip web01 10.0.0.5 2>&1)" == *"xvif sets none"* ]]
	iptables -A FORWARD -m physdev --physdev-is-bridged --physdev-in vif1.0 -s 10.0.0.0/8 -j ACCEPT
	[[ "$(xvif add-ip web01 10.0.0.5 2>&1)" == *"they are left alone"* ]]
	iptables -S FORWARD | grep -q "10.0.0.0/8.*vif1.0"
	chmod o+w /etc/xvif/scripts.conf
	refused 1 "is not read: '/etc/xvif/scripts.conf' is writable by others than root" xvif add-ip web01 10.0.0.6
	chmod o-w /etc/xvif/scripts.conf
	echo 'true' >>/etc/xen/scripts/vif-route
	refused 1 "its line in /etc/xvif/scripts.conf has another SHA-256" xvif add-ip web01 10.0.0.6
	echo "/etc/xen/scripts/vif-route delta" >/etc/xvif/scripts.conf
	refused 1 "/etc/xvif/scripts.conf:1: expected PATH SHA256 METHOD" xvif add-ip web01 10.0.0.6
	echo "/other $(sha256sum /etc/xen/scripts/vif-route | cut -d' ' -f1) deltas" >/etc/xvif/scripts.conf
	refused 1 "/etc/xvif/scripts.conf:1: invalid method 'deltas' (expected delta or cycle)" xvif add-ip web01 10.0.0.6
	rm /etc/xvif/scripts.conf
	mkdir /etc/xvif/scripts.conf
	refused 1 "/etc/xvif/scripts.conf: cannot be read: Is a directory" xvif add-ip web01 10.0.0.6
	rmdir /etc/xvif/scripts.conf
}

# plain COMMAND...: what it prints on either stream has no control bytes but tab and newline
plain() {
	"$@" >/run/xen/printed 2>&1 || true
	[ "$(LC_ALL=C tr -d '\011\012\040-\176\200-\377' </run/xen/printed | wc -c)" = 0 ] || {
		echo "$*:"
		cat -v /run/xen/printed
		return 1
	}
}

# bats test_tags=oxenstored
@test "what a guest writes changes nothing that xvif does, and nothing of the terminal" {
	local end=/local/domain/1/device/vif/0 claim=/local/domain/1/attr/vif/0 much
	much=$(printf 'x\\x1b[2J%.0s' $(seq 400) | cut -c1-2000)
	printf '#!/bin/sh\ntouch /run/xen/evil-ran\n' >/run/xen/evil
	chmod +x /run/xen/evil
	xvif add-ip --dry-run web01 10.0.0.5 >/run/xen/plan
	xvif show >/run/xen/shown
	xvif show -S web01 0 | sed '/claimed/d' >/run/xen/detail
	xenstore-write $end/backend /local/domain/0/backend/vif/2/0 $end/backend-id 7 $end/handle 9 \
		$end/script /run/xen/evil $end/ip 10.66.6.6 $end/mac '\x1b]0;owned\x07' $end/vifname eth0 \
		$end/state '6\x00' $end/hotplug-status error $end/frontend-id 2 $end/type vif_ioemu \
		$claim/ipv4/0 '\x1b]0;owned\x07\x1b[2J' $claim/ipv4/1 '10.0.0.77\x00\x9b31m' \
		$claim/ipv6/0 "$much" $claim/name '\x07' "/local/domain/1/data/$(printf 'y%.0s' $(seq 200))" "$much"
	xvif add-ip --dry-run web01 10.0.0.5 | diff /run/xen/plan -
	xvif show | diff /run/xen/shown -
	xvif show -J web01 0 | jq -e '.vifs[0].claimed | length == 3'
	plain xvif show web01 0
	plain xvif show -S web01 0
	plain xvif show --tree
	plain xvif check
	xvif check -J | jq -e '.consistent and (.notes | length == 3)'
	plain xvif check -S
	plain xvif repair --dry-run
	plain xvif add-ip -v --dry-run web01 10.0.0.5
	xenstore-ls -fp /local/domain/0/backend/vif/2 >/run/xen/other
	xvif add-ip web01 10.0.0.5
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
	[ "$(routes | wc -l)" = 3 ]
	xenstore-ls -fp /local/domain/0/backend/vif/2 | diff /run/xen/other -
	[ "$(xenstore-read $end/ip)" = 10.66.6.6 ]
	[ ! -e /run/xen/evil-ran ]
	xvif check web01
}

# at_second_look COMMAND: at check's second list of the rules, which is made for web01 alone, the guest
# ends as libxl ends it, up to the offline script; then COMMAND is run
at_second_look() {
	xvif check web01
	ip route del 10.0.0.2 dev vif1.0
	not xvif check web01
	rm -f /run/xen/looks
	replace_iptables 'case $* in *"-S"*) echo >>/run/xen/looks ;; esac
case $*:$(grep -c "" /run/xen/looks 2>/dev/null) in *"-S:2")
	. '"$BATS_TEST_DIRNAME"'/../sandbox/world.sh
	xenstore-write '"$backend"'/online 0 '"$backend"'/state 5
	hotplug 1 0 offline
	'"$1"' ;; esac >/dev/null 2>&1'
}

# bats test_tags=oxenstored
@test "check: a guest that ends while it is looked at has no differences" {
	local backend=/local/domain/0/backend/vif/1/0
	activate_rules
	cold_start 1 0
	at_second_look 'xenstore-rm /local/domain/1 /libxl/1 /local/domain/0/backend/vif/1'
	run xvif check web01
	umount /etc/alternatives
	echo "$output"
	[ "$(wc -l </run/xen/looks)" = 2 ]
	[ "$status" = 0 ]
	[ -z "$output" ]
}

# bats test_tags=oxenstored
@test "check: a guest that ends is looked at again, as it is by then" {
	local backend=/local/domain/0/backend/vif/1/0
	activate_rules
	cold_start 1 0
	at_second_look 'touch /run/xen/closing'
	xvif check web01 >/run/xen/said 2>&1 3>&- &
	wait_until 10 test -e /run/xen/closing
	wait_until 10 eval '[ "$(wc -l </run/xen/looks)" -gt 2 ]'
	# closing is waited for: it does not last, or something is wrong
	kill -0 $!
	xenstore-write $backend/state 6
	wait $!
	umount /etc/alternatives
	cat /run/xen/said
	[[ "$(cat /run/xen/said)" == *"routes and rules not compared: vif 1.0: it is closed, not connected" ]]
}

# bats test_tags=oxenstored
@test "check: a vif that others change each time it is looked at is not called right" {
	local backend=/local/domain/0/backend/vif/1/0
	activate_rules
	cold_start 1 0
	ip route del 10.0.0.2 dev vif1.0
	replace_iptables 'case $* in *-S*) xenstore-write '$backend'/bridge br$$ ;; esac'
	run xvif check -J web01
	umount /etc/alternatives
	echo "$output"
	[ "$status" = 6 ]
	[ "$output" = '{"consistent":false,"differences":[],"uncompared":[{"domain":"web01","domid":1,"vif":0,"reason":"unsettled","detail":"others changed it each time it was compared"}],"notes":[]}' ]
}

# bats test_tags=oxenstored
@test "check: a vif that cannot be read any more when it is looked at again does not hide the others" {
	local backend=/local/domain/0/backend/vif/1/0
	activate_rules
	cold_start 1 0
	ip route del 10.0.0.2 dev vif1.0
	replace_iptables 'case $* in *-S*) xenstore-write /libxl/1/device/vif/0/backend /nowhere ;; esac'
	run xvif check -J web01
	umount /etc/alternatives
	echo "$output"
	[ "$status" = 6 ]
	jq -e '.consistent == false and .differences == [] and (.uncompared[0] |
		.domain == "web01" and .reason == "vif-broken" and (.detail | contains("no path of its backend")))' <<<"$output"
}

@test "netlink fails at any socket of an edit: that is said, and not that there is no address" {
	local n status
	for n in $(seq 60); do
		status=0
		strace -f -o /run/xen/trace -e trace=socket -e inject=socket:error=EMFILE:when=$n \
			xvif add-ip --dry-run web01 10.0.0.5 >/run/xen/output 2>&1 || status=$?
		grep -q INJECTED /run/xen/trace || break
		case $status in
		0) not grep -q "note:" /run/xen/output ;;
		*) grep -q "^xvif: .*Too many open files" /run/xen/output ;;
		esac || { echo "socket $n: status $status"; cat /run/xen/output; return 1; }
	done
	[ "$n" -gt 5 ]
	[ $status = 0 ]
}

@test "who logged in: what cannot be read is unknown in the log, not root" {
	local traced="strace -s 500 -o /run/xen/trace -e trace=connect,sendto,openat" log uid
	$traced xvif -q add-ip web01 10.0.0.5
	# the connection to the log is not made, and what would go there is in the trace
	log=$(grep '^connect' /run/xen/trace | awk '/"\/dev\/log"/ { print NR; exit }')
	uid=$(grep '^openat' /run/xen/trace | awk '/"\/proc\/self\/loginuid"/ { print NR; exit }')
	xvif -q del-ip web01 10.0.0.5
	$traced -e inject=connect:retval=0:when="$log+" xvif -q add-ip web01 10.0.0.5
	grep "sendto.*uid 0 loginuid $(sed 's/^4294967295$/-1/' /proc/self/loginuid): domain 1" /run/xen/trace
	xvif -q del-ip web01 10.0.0.5
	$traced -e inject=connect:retval=0:when="$log+" -e inject=openat:error=ENOENT:when="$uid" \
		xvif -q add-ip web01 10.0.0.5
	grep "sendto.*uid 0 loginuid unknown: domain 1" /run/xen/trace
}
