#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# xvif show, help, version and the ways to name things
load setup

@test "show prints a row for each vif" {
	run xvif show
	echo "$output"
	[ "${#lines[@]}" = 4 ]
	[[ "${lines[0]}" == "DOMAIN DOMID VIF LINK   MAC               STATE     HOTPLUG   IPS" ]]
	[[ "${lines[1]}" == "web01      1   0 vif1.0 00:16:3e:00:00:01 connected connected 10.0.0.1 10.0.0.2" ]]
}

@test "show -J is one document with the promised keys" {
	run xvif show -J web01
	[ "$(jq -c '.vifs[0].ips' <<<"$output")" = '["10.0.0.1","10.0.0.2"]' ]
	[ "$(jq -c '.vifs[0] | [.domain,.domid,.vif,.mac,.link,.type,.script,.bridge,.backend_domid,.state,.hotplug_status]' <<<"$output")" = \
		'["web01",1,0,"00:16:3e:00:00:01","vif1.0","vif","/etc/xen/scripts/vif-route","xenbr0",0,"connected","connected"]' ]
}

@test "show -S prints what xend printed" {
	xvif -q add-ip web01 10.0.0.5
	run xvif show web01 -S
	[[ "$output" == "(device (vif (ip '10.0.0.1 10.0.0.2 10.0.0.5') (mac 00:16:3e:00:00:01) "* ]]
}

@test "a domain by domid, name, uuid; a vif by devid, mac, link" {
	local word
	for word in 2 db01 "$(uuid_of 2)"; do
		[ "$(xvif show -no VIF "$word" | wc -l)" = 2 ]
	done
	for word in 1 00:16:3E:00:00:03 vif2.1; do
		[ "$(xvif show -no LINK db01 "$word")" = vif2.1 ]
	done
}

@test "help lists the commands, and says how to read on" {
	run xvif
	[ "$status" = 2 ]
	[ "$output" = "$(xvif help)" ]
	[[ "$output" == *"  add-ip "* && "$output" == *"'xvif help COMMAND' explains one, xvif(1) all." ]]
}

@test "columns are chosen with -o and listed with -o help" {
	[ "$(xvif show -n -r -o domain,ips web01)" = 'web01 10.0.0.1\x2010.0.0.2' ]
	xvif show -o help | grep -qx BRIDGE
	run xvif show -o brige
	[ "$status" = 2 ]
	[[ "$output" == *"did you mean 'BRIDGE'"* ]]
}

@test "control bytes of the store never reach the terminal" {
	xenstore-write /local/domain/1/name "$(printf 'we\033[2Jb')"
	run xvif show
	[[ "$output" != *$'\033'* ]]
	[[ "$output" == *'\x1b'* ]]
}

# bats test_tags=oxenstored
@test "more domains than one answer of xenstored holds" {
	local args=() i
	for i in $(seq 100 1500); do
		args+=("/local/domain/$i/name" "guest$i")
	done
	printf '%s\0' "${args[@]}" | xargs -0 -n 400 xenstore-write
	domain_create 1501 last
	vif_nodes 1501 0 00:16:3e:00:15:01 vif-route 10.0.7.7
	[ "$(xvif show -nro IPS last)" = 10.0.7.7 ]
	xvif show -nro DOMAIN | grep -x last
	run xvif add-ip db01 --vif 0 10.0.7.7
	echo "$output"
	[ "$status" = 1 ]
	[[ "$output" == *"vif 0 of domain 'last' has 10.0.7.7 already"* ]]
}

@test "--tree: domains, their vifs, the addresses of these" {
	LC_ALL=C run xvif show --tree
	echo "$output"
	[ "$(sed 's/ .*//' <<<"${lines[1]}")" = web01 ]
	[[ "${lines[2]}" == '`-vif1.0 '*"00:16:3e:00:00:01 connected connected" ]]
	[[ "${lines[3]}" == '  |-10.0.0.1'* ]]
	[[ "${lines[4]}" == '  `-10.0.0.2'* ]]
	[ "$(xvif show --tree -o HOTPLUG -n db01 | wc -l)" = 4 ]
	xenstore-write /local/domain/0/backend/vif/1/0/ip '10.0.0.1 web'
	xvif show --tree | grep -q ' *[^ ]*?web *$'
	xvif show --tree -o UUID -n web01 | head -n 1 | grep -qx "web01 *00000001-1111-4111-8111-111111111111"
}

@test "one vif: addresses with their routes and rules, all nodes, since when" {
	activate_rules
	xvif -q add-ip db01 --vif 1 10.0.2.2
	xvif show -J web01 0 >/run/xen/json
	[ "$(jq -c '[.vifs[0].addresses[] | [.ip, (.routes | length)]]' /run/xen/json)" = \
		'[["10.0.0.1",1],["10.0.0.2",1]]' ]
	[ "$(jq -r '.vifs[0].nodes[] | "\(.name) \(.value)"' /run/xen/json)" = \
		"$(for n in $(xenstore-list /local/domain/0/backend/vif/1/0 | LC_ALL=C sort); do
			echo "$n $(xenstore-read "/local/domain/0/backend/vif/1/0/$n")"
		done)" ]
	[[ "$(jq -r '.vifs[0].since' /run/xen/json)" == 20??-??-??T??:??:??Z ]]
	xvif show -J db01 1 >/run/xen/json
	[ "$(jq '.vifs[0].addresses[0].rules | length' /run/xen/json)" = \
		"$(iptables -S FORWARD | grep -c -- '-s 10.0.2.2')" ]
	[ "$(jq '.vifs[0].addresses[0].rules | length' /run/xen/json)" -gt 0 ]
}

@test "one vif of a driver domain: this host knows nothing of its routes" {
	domain_create 5 driver
	xenstore-write /local/domain/5/backend/vif/1/1/frontend-id 1 /local/domain/5/backend/vif/1/1/state 4 \
		/local/domain/5/backend/vif/1/1/ip 10.8.8.8 /libxl/1/device/vif/1/backend /local/domain/5/backend/vif/1/1
	[ "$(xvif show -J web01 1 | jq -c '.vifs[0] | [has("routes"), has("rules"), .addresses[0].routes]')" = \
		'[false,false,null]' ]
	xvif show web01 1 | not grep -E '^(routes|rules)'
}

@test "what --guest-config=iproute2 prints makes the guest answer" {
	ip netns add g9
	ip link add vif9.0 type veth peer name eth0 netns g9
	ip -n g9 link set eth0 address 00:16:3e:00:00:09
	domain_create 9 plain
	vif_nodes 9 0 00:16:3e:00:00:09 vif-route "10.0.9.1 10.0.9.64/29"
	hotplug 9 0 online
	run ping -qnc 1 -W 1 10.0.9.1
	[ "$status" != 0 ]
	xvif show plain --guest-config=iproute2 >/run/xen/commands
	ip netns exec g9 ip link set lo up
	ip netns exec g9 sh -e /run/xen/commands
	ping -qnc 1 -W 5 10.0.9.1
	ping -qnc 1 -W 5 10.0.9.67
	ip netns exec g9 ping -qnc 1 -W 5 192.168.7.1
}

@test "--guest-config for a bridge has its network's prefix and gateway" {
	ip addr add 10.5.0.1/16 dev xenbr0
	ip route add default via 10.5.0.254
	xvif -q add-ip db01 --vif 1 10.5.7.7
	run xvif show db01 1 --guest-config=networkd
	echo "$output"
	grep -qx 'MACAddress=00:16:3e:00:00:03' <<<"$output"
	grep -qx 'Address=10.5.7.7/16' <<<"$output"
	grep -qx 'Gateway=10.5.0.254' <<<"$output"
	not grep -q OnLink <<<"$output"
	xvif show db01 --guest-config=netplan | grep -qx '        - "10.5.7.7/16"'
	xvif show db01 --guest-config=ifupdown | grep -qx '    address 10.5.7.7/16'
	run xvif show --guest-config=netplan
	[ "$status" = 2 ]
}

@test "colours and lines wrapped on a terminal only, NO_COLOR, --color" {
	local escape=$'\033['
	xenstore-write /local/domain/0/backend/vif/2/0/hotplug-status error
	[[ "$(xvif show)" != *"$escape"* ]]
	[[ "$(xvif show --color=always)" == *"${escape}31merror"* ]]
	[[ "$(TERM=xterm script -qec 'xvif show' /dev/null)" == *"${escape}31merror"* ]]
	[[ "$(TERM=xterm NO_COLOR=1 script -qec 'xvif show' /dev/null)" != *"$escape"* ]]
	[[ "$(TERM=xterm script -qec 'xvif show --color=never' /dev/null)" != *"$escape"* ]]
	[ "$(xvif show web01 | wc -l)" = 2 ]
	[ "$(script -qec 'stty cols 72; xvif show web01' /dev/null | wc -l)" = 3 ]
}

@test "addresses of other links that come and go meanwhile are no failure" {
	local i
	ip link add many type bridge
	for i in $(seq 240); do echo "address add 10.77.0.$i/32 dev many"; done | ip -batch -
	for i in $(seq 40); do printf 'address %s 10.88.0.1/32 dev many\n' add del; done >/run/xen/turn
	(while [ -e /run/xen/turn ]; do ip -batch /run/xen/turn 2>/dev/null; done) 3>&- &
	for i in $(seq 100); do
		xvif show web01 0 >/run/xen/shown 2>&1 || break
	done
	rm /run/xen/turn
	wait
	cat /run/xen/shown
	[ "$i" = 100 ]
}

# rows: what "show -J" prints, as shown.awk reads it
rows() {
	jq -r '.vifs[] | select(.domid >= 100 and .domid < 900) |
		[.domid, .domain, .mac, (.ips | join(" ")), .state] | map(tostring) | join("\t")' /run/xen/json
}

# bats test_tags=oxenstored
@test "domains created, changed, renamed, deleted as fast as it goes: each row was so" {
	local churn=$XVIF_BUILD/tests/sandbox/churn a b name status
	"$churn" 100 4 "${CHURN_SECONDS:-3}" >/run/xen/truth.a 3>&- &
	a=$!
	"$churn" 200 12 "${CHURN_SECONDS:-3}" >/run/xen/truth.b 3>&- &
	b=$!
	while kill -0 $a 2>/dev/null; do
		timeout 20 xvif show -J >/run/xen/json 2>>/run/xen/error || break
		{ echo +; rows; echo =; } >>/run/xen/rows
		timeout 20 xvif show --tree >/run/xen/tree 2>>/run/xen/error || break
		# of one domain, by a name that may be another's or nobody's by now
		name=$(tail -n 2 /run/xen/rows | cut -sf 2 | tail -n 1)
		status=0
		timeout 20 xvif show -J "${name:-web01}" >/run/xen/json 2>/run/xen/one || status=$?
		case $status in
		0) { echo +; rows; } >>/run/xen/rows ;;
		3) grep -q "no such domain" /run/xen/one ;;
		*) false ;;
		esac || { cat /run/xen/one; break; }
	done
	wait $a
	wait $b
	cat /run/xen/error
	[ ! -s /run/xen/error ]
	cat /run/xen/truth.a /run/xen/truth.b >/run/xen/truth
	awk -f "$BATS_TEST_DIRNAME/shown.awk" /run/xen/truth /run/xen/rows | tee /run/xen/verdict
	tail -n 1 /run/xen/verdict | sed 's/^/# /' >&3
	grep -q ', 0 wrong$' /run/xen/verdict
}

# bats test_tags=oxenstored
@test "a path that is no backend's is said once, also of a domain that changes meanwhile" {
	local i
	xenstore-write /libxl/1/device/vif/0/backend /local/domain/7/backend/vif/9/9
	touch /run/xen/turn
	(while [ -e /run/xen/turn ]; do xenstore-write /local/domain/1/name web01 /local/domain/1/name web01 ||
		break; done) 3>&- &
	for i in $(seq 30); do
		xvif show -n -o DOMAIN >/run/xen/shown 2>&1 || break
		[ "$(grep -c 'is no path of its backend' /run/xen/shown)" = 1 ] || break
		[ "$(grep -cx db01 /run/xen/shown)" = 2 ] || break
	done
	rm /run/xen/turn
	wait
	cat /run/xen/shown
	[ "$i" = 30 ]
	[ "$(grep -c 'is no path of its backend' /run/xen/shown)" = 1 ]
}

# bats test_tags=oxenstored
@test "vifs of a driver domain that comes and goes: all that there were at one moment" {
	local i backend=/local/domain/5/backend/vif/1 paths=() states=()
	# vif 0 is written last: with it all are there
	for i in $(seq 39 -1 0); do
		paths+=("/libxl/1/device/vif/$i/backend" "$backend/$i")
		states+=("$backend/$i/state" 4)
	done
	xenstore-write "${paths[@]}"
	touch /run/xen/turn
	(while [ -e /run/xen/turn ]; do
		xenstore-write "${states[@]}" && xenstore-rm /local/domain/5 || break
	done) 3>&- &
	for i in $(seq 300); do
		xvif show -n -r -o DOMAIN,VIF >/run/xen/shown || break
		grep -qx 'web01 0' /run/xen/shown || continue
		[ "$(grep -c ^web01 /run/xen/shown)" = 40 ] || break
	done
	rm /run/xen/turn
	wait
	cat /run/xen/shown
	[ "$i" = 300 ]
}

@test "the details say that no stock script reads vlan" {
	xenstore-write /local/domain/0/backend/vif/1/0/vlan 7
	xvif show web01 0 | grep -q 'vlan.*no stock one reads it'
	not grep -lIw vlan /etc/xen/scripts/vif-*
}

@test "one vif: list, nodes and claims are of one moment, whenever others change them" {
	local n=1 list claim=/local/domain/1/attr/vif/0/ipv4/0
	xenstore-write $claim "10.0.0.1 10.0.0.2"
	while stopped_at sendto $n xvif show -J web01 0; do
		list="10.0.0.1 10.0.0.$((n + 100))"
		xenstore-write /local/domain/0/backend/vif/1/0/ip "$list" $claim "$list"
		continued
		jq -c '.vifs[0] | [(.ips | join(" ")), (.nodes[] | select(.name == "ip").value), .claimed[0]]' /run/xen/out |
			tee /run/xen/three
		jq -e 'unique | length == 1' /run/xen/three
		n=$((n + 3))
	done
	wait $STRACE_PID
	[ $n -gt 12 ]
}
