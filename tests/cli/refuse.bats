#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Everything that is refused: one line, the right exit status, nothing changed.
load setup

B=/local/domain/0/backend/vif/1/0

@test "a lock that cannot be written: why, whatever becomes of its file" {
	refused 1 "cannot write the lock '/run/xvif/vif-1.0.lock': No space left on device" \
		strace -qq -o /run/xen/trace -P /run/xvif/vif-1.0.lock -e trace=ftruncate,unlink \
		-e inject=ftruncate:error=ENOSPC -e inject=unlink:error=EROFS xvif add-ip web01 10.0.0.5
}

@test "names: no such domain or vif, near matches, several vifs" {
	refused 3 "did you mean 'web01'" xvif add-ip web0 10.0.0.5
	refused 3 "no such domain" xvif show 77
	refused 3 "it has 0 (vif1.0, 00:16:3e:00:00:01)" xvif add-ip --vif 7 web01 10.0.0.5
	refused 2 "the domain has 2 vifs" xvif add-ip db01 10.0.1.5
	refused 2 "to name the vif: --vif=1" xvif add-ip db01 1 10.0.1.5
	refused 2 "to name the vif: --vif=vif2.0" xvif add-ip db01 vif2.0 10.0.1.5
	refused 2 "to name the vif: --vif=00:16:3e:00:00:03" xvif set-ips db01 00:16:3e:00:00:03 10.0.1.5
	refused 2 "see 'xvif help add-ip'" xvif add-ip db01 10.0.1.300 10.0.1.5
	refused 3 "'xvif find 10.0.0.1' says" xvif show 10.0.0.1
	refused 3 "'xvif find 00:16:3e:00:00:01' says" xvif check 00:16:3e:00:00:01
	refused 3 "vif 1 of domain 2 has that link: say '2 --vif=1'" xvif show vif2.1
}

@test "commands and options: what was begun and not finished, where to read on" {
	refused 2 "did you mean 'add-ip'?" xvif add web01 10.0.0.5
	refused 2 "did you mean '--dry-run'?" xvif add-ip --dry web01 10.0.0.5
	refused 2 "see 'xvif help show'" xvif show -z
	refused 2 "see 'xvif help show'" xvif show --color=pink
	refused 2 "see 'xvif help'" xvif -z
	refused 2 "web01: is no IP and no network, nor a MAC" xvif find web01
}

@test "addresses" {
	refused 2 "at character 8" xvif add-ip web01 10.0.0.300
	refused 2 "'10.0.0.5' for the one address" xvif add-ip web01 10.0.0.5/24
	refused 2 "multicast" xvif add-ip web01 224.0.0.1
	refused 2 "loopback" xvif add-ip web01 127.0.0.1
	refused 2 "0.0.0.0" xvif add-ip web01 0.0.0.0
	refused 2 "broadcast" xvif add-ip web01 255.255.255.255
	refused 2 "not an IPv4 address" xvif add-ip web01 '*'
	refused 1 "this host's own address" xvif add-ip web01 192.168.7.1
	refused 1 "vif 0 of domain 'db01' has 10.0.1.1" xvif add-ip web01 10.0.1.1
	refused 1 "IPv6" xvif add-ip web01 2001:db8::5
	ip route add default via 192.168.7.254
	refused 1 "this host's gateway" xvif add-ip web01 192.168.7.254
}

@test "a list that does not fit" {
	local many
	many=$(printf '10.1.%d.%d ' $(seq 0 1 999 | awk '{print int($1/250), $1%250+1}'))
	refused 1 "a xenstore node can take" xvif add-ip web01 "$many"
}

@test "states of the vif" {
	xenstore-write $B/state 5
	refused 1 "closing" xvif add-ip web01 10.0.0.5
	xenstore-write $B/state 4 $B/frontend-id 9
	refused 1 "frontend-id is '9'" xvif add-ip web01 10.0.0.5
	xenstore-write $B/frontend-id 1 $B/hotplug-status error
	refused 1 "hotplug-status is 'error'" xvif add-ip web01 10.0.0.5
	xenstore-write $B/hotplug-status ""
	refused 1 "running now" xvif add-ip web01 10.0.0.5
	xenstore-write $B/hotplug-status connected
	sed -i 's/^1$/1d/' "$NOHV_DOMAINS"
	refused 1 "dying" env LD_PRELOAD="$NOHV" xvif add-ip web01 10.0.0.5
}

@test "a vif whose link is not there" {
	ip link del vif1.0
	refused 1 "--hotplug=none writes the list only" xvif add-ip web01 10.0.0.5
	xvif add-ip --hotplug=none web01 10.0.0.5
	[ "$(xenstore-read $B/ip)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
}

@test "a word in the list that is no address" {
	xenstore-write $B/ip "10.0.0.1 host.example"
	refused 1 "host.example" xvif add-ip web01 10.0.0.5
	xvif set-ips web01 10.0.0.1 10.0.0.2
}

@test "scripts: nat, unknown, missing, not executable, hooks" {
	xenstore-write $B/script /etc/xen/scripts/vif-nat
	refused 1 "one address only" xvif add-ip web01 10.0.0.5
	xenstore-write $B/script /etc/xen/scripts/vif-none
	refused 1 "No such file" xvif add-ip web01 10.0.0.5
	xenstore-write $B/script /etc/xen/scripts/vif-route
	chmod -x /etc/xen/scripts/vif-route
	refused 1 "not executable" xvif add-ip web01 10.0.0.5
	chmod +x /etc/xen/scripts/vif-route
	echo 'true' >>/etc/xen/scripts/vif-route
	refused 1 "--hotplug=delta" xvif add-ip web01 10.0.0.5
}

@test "scripts that cannot be read: that is said, and not that they are unknown" {
	local common=/etc/xen/scripts/vif-common.sh
	xenstore-write $B/script /etc/xen/scripts
	refused 1 "/etc/xen/scripts: cannot be read: Is a directory" xvif add-ip web01 10.0.0.5
	xenstore-write $B/script /etc/xen/scripts/vif-route
	refused 1 "/etc/xen/scripts/vif-route: cannot be read: Input/output error" strace -o /run/xen/trace -e trace=read \
		-P /etc/xen/scripts/vif-route -e inject=read:error=EIO xvif add-ip web01 10.0.0.5
	refused 1 "$common: cannot be read: Input/output error" strace -o /run/xen/trace -e trace=read \
		-P $common -e inject=read:error=EIO xvif add-ip web01 10.0.0.5
	rm $common
	mkdir $common
	refused 1 "$common: cannot be read: Is a directory" xvif add-ip web01 10.0.0.5
	rmdir $common
	cp /run/xen/scripts/vif-common.sh $common
	xvif -q add-ip web01 10.0.0.5
}

@test "a stock script with more behind a NUL, which a shell passes over, is unknown" {
	sed -i 's|^handle_iptable$|&\x00; true more|' /etc/xen/scripts/vif-route
	grep -qa 'handle_iptable.; true more' /etc/xen/scripts/vif-route
	refused 1 "it is not one of the stock scripts" xvif add-ip web01 10.0.0.5
}

@test "a vif-common.sh that takes the list for one address: refused where its rules are on, else it goes" {
	sed -i 's/for addr in \$ip$/for addr in "$ip"/' /etc/xen/scripts/vif-common.sh
	grep -q 'for addr in "\$ip"' /etc/xen/scripts/vif-common.sh
	xvif -q add-ip web01 10.0.0.5
	xvif -q del-ip web01 10.0.0.5
	xvif check
	activate_rules
	refused 1 "xvif doctor" xvif add-ip web01 10.0.0.5
	refused 1 "xvif doctor" xvif add-ip --hotplug=delta web01 10.0.0.5
	refused 1 "xvif doctor" xvif add-ip --hotplug=cycle web01 10.0.0.5
	run xvif check -J
	[ "$status" = 6 ]
	jq -e '(.consistent | not) and ([.uncompared[].reason] == ["quoted-ip", "quoted-ip", "quoted-ip"])' <<<"$output"
	ip route del 10.0.0.2 dev vif1.0
	[[ "$(xvif check --allow quoted-ip web01)" == "web01 vif 0: route-missing: 10.0.0.2"* ]]
	xvif -q add-ip --hotplug=none web01 10.0.0.5
	# a changed one, and a script that the operator vouches for
	echo 'true' >>/etc/xen/scripts/vif-common.sh
	refused 1 "xvif doctor" xvif add-ip --hotplug=delta web01 10.0.0.6
	sed -i 's/^handle_iptable()/&\n{\n  return 0\n}\nunused()/' /etc/xen/scripts/vif-common.sh
	xvif -q add-ip --hotplug=delta web01 10.0.0.6
}

@test "a backend in another domain" {
	xenstore-write /libxl/1/device/vif/0/backend /local/domain/5/backend/vif/1/0
	xenstore-write /local/domain/5/backend/vif/1/0/state 4
	refused 1 "domain 5" xvif add-ip web01 10.0.0.5
}

# bats test_tags=oxenstored
@test "no xenstored: says where it looked, at once" {
	kill "$XENSTORED_PID"
	wait_until 10 eval "! kill -0 $XENSTORED_PID"
	run timeout 5 xvif show
	[ "$status" = 1 ]
	[[ "$output" == *"/xenstored/socket"* ]]
	# and no test reaches another store
	run timeout 2 xenstore-ls
	[ "$status" != 0 ]
}

# bats test_tags=oxenstored
@test "a xenstored that does not answer: --timeout ends it" {
	kill -STOP "$XENSTORED_PID"
	run timeout 10 xvif --timeout 1 show
	kill -CONT "$XENSTORED_PID"
	[ "$status" = 1 ]
	[[ "$output" == *"does not answer"* && "$output" == *"'xvif doctor xenstored'"* ]]
}

# bats test_tags=oxenstored
@test "a user who is not root" {
	mkdir /run/xen/plain
	cp "$(command -v xvif)" "$(ldd "$(command -v xvif)" | awk '/libsxp/ {print $3}')" /run/xen/plain
	refused 1 "run it as root" env LD_LIBRARY_PATH=/run/xen/plain setpriv --reuid=65534 --clear-groups /run/xen/plain/xvif show
	rm -r /run/xen/plain
}

@test "a --timeout of more milliseconds than an int holds is long, not short" {
	kill -STOP "$XENSTORED_PID"
	run timeout 2 xvif --timeout 4294968 show
	kill -CONT "$XENSTORED_PID"
	echo "status $status: $output"
	[ "$status" = 124 ]
}

# bats test_tags=oxenstored
@test "a xenstored that is stuck and whose backlog is full" {
	local i
	kill -STOP "$XENSTORED_PID"
	for i in 1 2 3 4; do
		run timeout 10 xvif show --timeout 1
		[ "$status" = 1 ]
		[[ "$output" == *"does not answer"* ]]
	done
	kill -CONT "$XENSTORED_PID"
}

@test "options that have no meaning for a command are refused, not ignored" {
	refused 2 "has no option --noheadings" xvif add-ip -n web01 10.0.0.5
	refused 2 "has no option --output" xvif add-ip -o help web01 10.0.0.5
	refused 2 "no column" xvif show -o ""
}

@test "one format is printed, and options that do nothing in it are refused" {
	local options
	for options in "-J -S" "--format=json -S" "--format=text -J"; do
		refused 2 "cannot be printed together" xvif show $options
	done
	[ "$(xvif show -J --format=json)" = "$(xvif show --format=json)" ]
	[ "$(xvif show --format=text)" = "$(xvif show)" ]
	refused 2 "'csv' is none of text|json|sxp" xvif show --format=csv
	for options in "-n" "-r" "--tree"; do
		refused 2 "has no effect with --format=json" xvif show -J $options
	done
	for options in "-n" "-r" "--tree" "-o VIF"; do
		refused 2 "has no effect with --format=sxp" xvif show -S $options
	done
	for options in "-J" "-S" "--format=text" "-o VIF" "-n" "-r" "--tree"; do
		refused 2 "has no effect with --guest-config" xvif show web01 --guest-config=netplan $options
	done
	refused 2 "--noheadings: has no effect" xvif show -n web01 0
	refused 2 "--in-place: has no effect with --check" xvif sxp fmt --check --in-place
	refused 2 "--width: has no effect with --compact" xvif sxp fmt --compact --width 4
	for options in "help" "complete" "sxp fmt" "shell"; do
		refused 2 "cannot print format 'json'" xvif $options -J </dev/null
	done
	xvif show -J -q -v --color=always --timeout 5 web01
}

@test "-J with -o: the keys of the chosen columns, in their order, and no more is read" {
	[ "$(xvif show -J -o VIF,backend,HOTPLUG,IPS web01)" = \
		'{"vifs":[{"vif":0,"backend_domid":0,"hotplug_status":"connected","ips":["10.0.0.1","10.0.0.2"]}]}' ]
	[ "$(xvif show -J -o DOMID db01 1)" = '{"vifs":[{"domid":2}]}' ]
	[ "$(xvif find -J -o VIF,BY 10.0.1.1)" = '{"query":"10.0.1.1","owners":[{"vif":0,"by":"list"},{"vif":0,"by":"route"}]}' ]
	refused 2 "no column 'COLOUR'" xvif show -J -o COLOUR
	strace -f -o "$BATS_TEST_TMPDIR/trace" -s 200 -e trace=write,writev,sendto,sendmsg xvif show -J -o DOMAIN,VIF
	! grep -q 'hotplug-status\|/mac\|/script' "$BATS_TEST_TMPDIR/trace"
}

# bats test_tags=oxenstored
@test "a store that lost its domains" {
	xenstore-rm /local/domain/1
	refused 3 "xenstored was restarted" env LD_PRELOAD="$NOHV" xvif show web01
}

@test "--vif without a DOMAIN, or beside a VIF, is no vif" {
	local command
	for command in show check repair watch; do
		refused 2 "--vif: DOMAIN is missing" xvif $command --vif 0
		refused 2 "'0' and --vif=1: which of them?" xvif $command db01 0 --vif 1
	done
}
