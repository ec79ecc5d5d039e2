#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# doctor: each finding provoked, and gone when its cause is
load setup

HIDDEN=()
SYSCTLS=(/proc/sys/net/bridge/bridge-nf-call-iptables /proc/sys/net/ipv4/conf/all/rp_filter
	/proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/bridge/bridge-nf-call-ip6tables)

setup_file() {
	BEFORE=$(cat "${SYSCTLS[@]}" | xargs)
	export BEFORE
}

# hide PATH [BY]: BY (nothing that can be executed) stands in the place of a file until the test ends
hide() {
	local path
	path=$(readlink -f "$1")
	mount --bind "${2:-/dev/null}" "$path"
	HIDDEN+=("$path")
}

teardown() {
	local path i=0
	for path in $BEFORE; do
		echo "$path" >"${SYSCTLS[i++]}"
	done
	for path in "${HIDDEN[@]}"; do
		umount "$path"
	done
	rm -rf /etc/xen/scripts/*.bak /etc/xvif/* /run/systemd /run/udev /run/NetworkManager /run/firewalld.pid
	untraced world_stop
}

# finds NAME VERDICT [TEXT]: that and no other verdict, TEXT in a detail, and the exit status fits
finds() {
	local name=$1 verdict=$2 text=${3:-} expected=0
	run xvif doctor -J "$name"
	echo "$output"
	[ "$(jq -r '.findings[].name' <<<"$output" | sort -u)" = "$name" ]
	[ "$(jq -r '.findings[].verdict' <<<"$output" | sort -u | xargs)" = "$verdict" ]
	[[ "$(jq -r '.findings[].detail' <<<"$output")" == *"$text"* ]]
	[[ " $verdict " != *" bad "* ]] || expected=6
	[ "$status" = $expected ]
	[ "$(jq .ok <<<"$output")" = "$([ $expected = 0 ] && echo true || echo false)" ]
}

# quiet NAME: it does not matter for this host
quiet() {
	run xvif doctor -J "$1"
	echo "$output"
	[ "$output" = '{"ok":true,"findings":[]}' ]
	[ "$status" = 0 ]
}

# only_bridged: the routed vifs go
only_bridged() {
	local id
	for id in 1 2; do
		ip link del vif$id.0
		xenstore-rm /local/domain/0/backend/vif/$id/0 /libxl/$id/device/vif/0
	done
}

# bridged_list IPS: the list of vif 2.1, brought up with it
bridged_list() {
	hotplug 2 1 offline
	xenstore-write /local/domain/0/backend/vif/2/1/ip "$1" /libxl/2/device/vif/1/ip "$1"
	iptables -F FORWARD
	hotplug 2 1 online
}

# script_of_2008: vif-common.sh as it was then: active, the list in quotes
script_of_2008() {
	activate_rules
	sed -i 's/^\( *for addr in \)\$ip$/\1"$ip"/' /etc/xen/scripts/vif-common.sh
	grep -q '^ *for addr in "$ip"$' /etc/xen/scripts/vif-common.sh
}

# peer_on_bridge: a host 10.9.0.254 on the bridge; the guest behind vif 2.1 has 10.9.0.1 to .3
peer_on_bridge() {
	local i
	ip netns add peer
	ip link add peer0 type veth peer name e0 netns peer
	ip link set peer0 master xenbr0 up
	ip -n peer addr add 10.9.0.254/24 dev e0
	ip -n peer link set e0 up
	for i in 1 2 3; do
		ip -n g2.1 addr add 10.9.0.$i/24 dev e0
	done
}

# on a busy machine a bridge may lose the first packets of a port; the first answer is enough
passes() { # ADDRESS
	ip netns exec g2.1 ping -c 1 -i 0.2 -w 2 -I "$1" 10.9.0.254
}

@test "a host that is as it should be: nothing bad, exit status 0" {
	run xvif doctor
	echo "$output"
	[ "$status" = 0 ]
	[[ "${lines[0]}" == NAME*VERDICT*DETAIL ]]
	[ "${#lines[@]}" -ge 10 ]
	[[ "$output" != *" bad "* ]]
	[ "$(xvif doctor -q)" = "" ]
	[ "$(xvif doctor -S | xvif sxp get --raw doctor/ok)" = true ]
	[ "$(xvif doctor -n -r -o NAME,FIXABLE quoted-ip)" = "quoted-ip false" ]
}

@test "quoted-ip: the guest with two addresses is cut off, --fix mends it, nothing else is changed" {
	local common=/etc/xen/scripts/vif-common.sh before
	script_of_2008
	chown 1234:4321 $common
	chmod 640 $common
	cp -p $common /run/xen/before.sh
	echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
	iptables -P FORWARD DROP
	bridged_list "10.9.0.1 10.9.0.2"
	peer_on_bridge
	not passes 10.9.0.2
	finds quoted-ip bad "$common: line "
	[ "$(jq '.findings[0].fixable' <<<"$output")" = true ]
	cmp $common /run/xen/before.sh

	run xvif doctor --fix quoted-ip
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"mended"*"$common.bak"* ]]
	sed 's/in "$ip"$/in $ip/' /run/xen/before.sh | cmp - $common
	not cmp -s $common /run/xen/before.sh
	cmp $common.bak /run/xen/before.sh
	[ "$(stat -c '%u:%g %a' $common $common.bak | uniq)" = "1234:4321 640" ]
	[ "$(ls /etc/xen/scripts)" = "$( (ls /run/xen/scripts; echo vif-common.sh.bak) | sort)" ]

	hotplug 2 1 offline
	hotplug 2 1 online
	passes 10.9.0.2
	passes 10.9.0.1
	not passes 10.9.0.3

	before=$(stat -c '%i %Z' $common $common.bak)
	xvif doctor --fix quoted-ip
	[ "$(stat -c '%i %Z' $common $common.bak)" = "$before" ]
	finds quoted-ip ok
}

@test "--fix says what it cannot mend, and nothing when nothing is bad" {
	sysctl -q net.ipv4.ip_forward=0
	run xvif doctor --fix ip-forward
	[ "$status" = 6 ]
	[[ "$output" == *"--fix mends quoted-ip alone"* ]]
	[ "$(sysctl -n net.ipv4.ip_forward)" = 0 ]
	sysctl -q net.ipv4.ip_forward=1
	run xvif doctor --fix ip-forward
	[ "$status" = 0 ]
	[[ "$output" != *"--fix"* ]]
}

@test "quoted-ip: no backup that is there is overwritten, followed, or left by a --fix that fails" {
	local common=/etc/xen/scripts/vif-common.sh
	script_of_2008
	cp $common /run/xen/before.sh
	echo "the operator's" >$common.bak
	echo "the operator's" >/run/xen/target
	ln -s /run/xen/target $common.bak.1
	chattr +i $common 2>/dev/null || mount --bind $common $common
	not xvif doctor --fix quoted-ip
	[ ! -e $common.bak.2 ]
	chattr -i $common 2>/dev/null || umount $common
	run xvif doctor --fix quoted-ip
	echo "$output"
	[ "$status" = 0 ]
	[[ "$(tr -s ' \n' ' ' <<<"$output")" == *"$common.bak.2;"* ]]
	cmp $common.bak.2 /run/xen/before.sh
	[ "$(cat $common.bak /run/xen/target)" = $'the operator\'s\nthe operator\'s' ]
}

@test "quoted-ip: a note where handle_iptable() is disabled, mended all the same" {
	sed -i 's/^\( *for addr in \)\$ip$/\1"$ip"/' /etc/xen/scripts/vif-common.sh
	finds quoted-ip note "without effect"
	[ "$(jq '.findings[0].fixable' <<<"$output")" = true ]
	xvif doctor --fix
	finds quoted-ip ok
	cmp /etc/xen/scripts/vif-common.sh /run/xen/scripts/vif-common.sh
}

@test "quoted-ip: a file that cannot be replaced stays, and is still bad" {
	script_of_2008
	cp /etc/xen/scripts/vif-common.sh /run/xen/before.sh
	mount -o remount,bind,ro /etc/xen/scripts
	run xvif doctor --fix quoted-ip
	mount -o remount,bind,rw /etc/xen/scripts
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"cannot be written"*"Read-only"* ]]
	cmp /etc/xen/scripts/vif-common.sh /run/xen/before.sh
}

@test "quoted-ip: the vif-common.sh beside a script that stands elsewhere" {
	cp -a /etc/xen/scripts /run/xen/site
	sed -i 's/^\( *for addr in \)\$ip$/\1"$ip"/' /run/xen/site/vif-common.sh
	xenstore-write /local/domain/0/backend/vif/1/0/script /run/xen/site/vif-route
	finds quoted-ip "note ok" "/run/xen/site/vif-common.sh: line"
	xvif doctor --fix
	cmp /run/xen/site/vif-common.sh /run/xen/scripts/vif-common.sh
	rm -r /run/xen/site
}

@test "rules-disabled: Debian's return, and Xen's own script" {
	finds rules-disabled note "returns at once"
	activate_rules
	finds rules-disabled ok
}

# bats test_tags=oxenstored
@test "xenstored: which one answers; stopped or hanging, the rest is looked at all the same" {
	finds xenstored ok "$([ "${XENSTORED:-xenstored}" = oxenstored ] && echo oxenstored || echo "C xenstored") answers"
	[[ "$output" == *"(process $XENSTORED_PID)"* ]]
	kill -STOP "$XENSTORED_PID"
	run xvif doctor --timeout 1
	kill -CONT "$XENSTORED_PID"
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *xenstored*bad*"does not answer"* ]]
	kill "$XENSTORED_PID"
	wait_until 10 eval "! kill -0 $XENSTORED_PID"
	run xvif doctor
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"xenstored "*bad*"cannot connect"* ]]
	[[ "$output" == *"scripts "*ok*"vif-bridge is as Xen ships it; vifs to come have it"* ]]
	[[ "$output" == *"tools "*ok* ]]
	[ "$(grep -c ' bad ' <<<"$output")" = 1 ]
}

# bats test_tags=oxenstored
@test "lost-domains: the hypervisor has guests that the store has not" {
	quiet lost-domains
	export LD_PRELOAD=$NOHV
	finds lost-domains ok "2 guests"
	xenstore-rm /local/domain/1
	finds lost-domains note "2 guests, the store 1"
	xenstore-rm /local/domain/2/name
	finds lost-domains note "domain 2 has no name"
	xenstore-rm /local/domain/2
	finds lost-domains bad "restarted"
}

@test "store-quota: what guests have of what xenstored lets them have" {
	local i
	finds store-quota ok "none of the 2 guests"
	if [ "${XENSTORED:-xenstored}" = oxenstored ]; then
		for ((i = 0; i < 780; i++)); do
			printf '/local/domain/1/data/%s\n%s\n' $i $i
		done | xargs -d '\n' xenstore-write
		finds store-quota ok
		for ((i = 780; i < 800; i++)); do
			printf '/local/domain/1/data/%s\n%s\n' $i $i
		done | xargs -d '\n' xenstore-write
		finds store-quota note "web01 has 810 of the 1000 nodes"
		return
	fi
	# web01 has 10 nodes, db01 18
	"$XEN_BIN/xenstore-control" quota set nodes 23
	finds store-quota ok
	"$XEN_BIN/xenstore-control" quota set nodes 22
	finds store-quota note "db01 has 18 of the 22 nodes in the store that xenstored allows a guest: at the limit"
	"$XEN_BIN/xenstore-control" quota set nodes 18
	finds store-quota bad "db01 has 18 of the 18 nodes in the store that xenstored allows a guest: it cannot"
	"$XEN_BIN/xenstore-control" quota set nodes 1000
	# releases of Xen differ in the bytes that they count for a node: both guests have more
	"$XEN_BIN/xenstore-control" quota set memory 300
	finds store-quota bad bytes
}

@test "scripts: stock, missing, changed, vouched for, with hooks" {
	finds scripts ok "vif-route is as Xen ships it; 2 vifs have it"
	xenstore-write /local/domain/0/backend/vif/1/0/script /etc/xen/scripts/vif-gone
	finds scripts "bad ok" "vif-gone"
	mv /etc/xen/scripts/vif-common.sh /run/xen/vif-common.sh
	finds scripts bad "'/etc/xen/scripts/vif-route': there is no vif-common.sh beside it"
	[[ "$(xvif check db01)" == *"script-missing"*"no vif-common.sh beside it"* ]]
	mv /run/xen/vif-common.sh /etc/xen/scripts/vif-common.sh
	xenstore-write /local/domain/0/backend/vif/1/0/script /etc/xen/scripts/vif-route
	echo 'true' >>/etc/xen/scripts/vif-route
	finds scripts "note ok" "not one of the stock scripts"
	echo "/etc/xen/scripts/vif-route $(sha256sum </etc/xen/scripts/vif-route | cut -c1-64) delta" >/etc/xvif/scripts.conf
	finds scripts ok "vouches for it (delta)"
	cp /run/xen/scripts/vif-route /etc/xen/scripts/
	mkdir /etc/xen/scripts/vif-post.d
	touch /etc/xen/scripts/vif-post.d/a.hook
	chmod +x /etc/xen/scripts/vif-post.d/a.hook
	finds scripts note "hooks"
}

@test "scripts: without vifs, the one that xl.conf names" {
	xenstore-rm /local/domain/1 /local/domain/2
	finds scripts ok "/etc/xen/scripts/vif-bridge is as Xen ships it; vifs to come"
	quiet gateway-address
	printf 'vif.default.script="vif-route"\nvif.default.gatewaydev="uplink9"\n' >/run/xen/xl.conf
	hide /etc/xen/xl.conf /run/xen/xl.conf
	finds scripts ok "/etc/xen/scripts/vif-route is"
	finds gateway-address bad "no link 'uplink9'"
	quiet ip-forward
}

@test "a script that is not known: how its vif is wired is seen from the link" {
	echo 'true' >>/etc/xen/scripts/vif-route
	echo 'true' >>/etc/xen/scripts/vif-bridge
	finds duplicate-mac ok
	echo 0 >/proc/sys/net/ipv4/ip_forward
	finds ip-forward bad
	quiet gateway-address
	rm /etc/xen/scripts/vif-route /etc/xen/scripts/vif-bridge
	finds ip-forward bad
	finds duplicate-mac ok
	only_bridged
	quiet ip-forward
	ip link set vif2.1 nomaster
	quiet duplicate-mac
}

@test "tools: a program that a script in use calls is missing" {
	finds tools ok
	hide "$(command -v ifconfig)"
	finds tools bad "ifconfig is missing"
	only_bridged
	finds tools ok
	hide "$(command -v flock)"
	finds tools ok
	activate_rules
	finds tools bad "flock is missing"
}

@test "hotplug-error: a script has failed; repair puts it right" {
	finds hotplug-error ok
	xenstore-write /local/domain/0/backend/vif/1/0/hotplug-status error
	finds hotplug-error bad "web01 vif 0"
	xvif repair web01 0
	finds hotplug-error ok
}

@test "duplicate-ip, duplicate-mac" {
	finds duplicate-ip ok
	finds duplicate-mac ok
	xenstore-write /local/domain/0/backend/vif/1/0/mac 00:16:3e:00:00:0x
	finds duplicate-mac bad "web01 vif 0: its node mac is '00:16:3e:00:00:0x'"
	xenstore-rm /local/domain/0/backend/vif/1/0/mac
	finds duplicate-mac bad "web01 vif 0: its node mac is ''"
	xenstore-write /local/domain/0/backend/vif/1/0/mac 00:16:3E:00:00:01
	finds duplicate-mac ok
	domain_create 3 twin
	vif_nodes 3 0 00:16:3E:00:00:03 vif-bridge "10.0.0.0/30"
	guest 3 0
	hotplug 3 0 online
	finds duplicate-ip bad "10.0.0.0/30"
	[ "$(jq '.findings | length' <<<"$output")" = 2 ]
	finds duplicate-mac bad "db01 vif 1 and twin vif 0"
	ip link add other type bridge
	ip link set vif3.0 master other
	finds duplicate-mac ok
	domain_create 4 third
	vif_nodes 4 0 00:16:3e:00:00:03 vif-bridge ""
	guest 4 0
	hotplug 4 0 online
	finds duplicate-mac bad "db01 vif 1 and third vif 0"
	[ "$(jq '.findings | length' <<<"$output")" = 1 ]
}

@test "node-permissions: what a guest may write that this host believes" {
	local backend=/local/domain/0/backend/vif node
	finds node-permissions ok
	for node in $backend/1/0 $backend/1/0/ip $backend/1/0/script /libxl/1/device/vif/0/ip; do
		xenstore-chmod $node n0 b1
		finds node-permissions bad "web01 vif 0: domain 1 may write $node,"
		xenstore-chmod $node w0
		finds node-permissions bad "every guest may write $node;"
		xenstore-chmod $node r1
		finds node-permissions bad "domain 1 may write $node,"
		xenstore-chmod $node n0 r1
	done
	xenstore-chmod $backend/2/1/mac n0 r7 w2
	finds node-permissions bad "db01 vif 1: domain 2 may write $backend/2/1/mac"
	eval "$(xvif doctor node-permissions | sed "s/.*'\(xenstore-chmod [^']*\)'.*/\1/;1d")"
	finds node-permissions ok
	xenstore-chmod /local/domain/2/device/vif/1/state n2 w1
	finds node-permissions ok
}

@test "frontends: what a guest made of its end of a connected vif" {
	local front=/local/domain/1/device/vif/0
	finds frontends ok
	xenstore-write $front/state 6
	finds frontends note "web01 vif 0: the backend is connected, the guest says that it is closed"
	xenstore-write $front/state $'4\033[31m'
	[[ "$(xvif doctor frontends)" == *"says that it is unknown"* ]]
	xenstore-write $front/backend $'/local/domain/7/\033[31m' $front/state 4
	[[ "$(xvif doctor frontends)" == *"names another backend, '/local/domain/7/\x1b[31m'"* ]]
	xenstore-rm $front
	finds frontends note "web01 vif 0: its frontend is gone"
	xenstore-write /local/domain/0/backend/vif/1/0/state 2
	finds frontends ok
}

@test "guest-rules: rules of routing that stop what guests send" {
	quiet guest-rules
	ip rule add iif vif1.0 prohibit pref 100
	finds guest-rules note "'ip rule' 100 is 'prohibit' for what comes from vif1.0: it goes no further"
	ip rule add from 10.0.1.0/24 to 192.0.2.0/24 blackhole pref 101
	finds guest-rules note "101 is 'blackhole' for what comes from vif2.0 to 192.0.2.0/24"
	ip rule add iif vif1.0 goto 32767 pref 102
	finds guest-rules note "'ip rule' 102 is 'goto' for what comes from vif1.0: where that leads is not looked at"
	ip rule del pref 100
	ip rule del pref 101
	ip rule del pref 102
	ip rule add iif eth0 prohibit
	ip rule add from 10.9.0.0/16 unreachable
	ip rule add from 10.0.0.1 lookup 100
	quiet guest-rules
	ip rule del iif eth0 prohibit
	ip rule del from 10.9.0.0/16 unreachable
	ip rule del from 10.0.0.1 lookup 100
}

@test "neighbours: a MAC set by hand that is not that of the vif" {
	quiet neighbours
	ping -c 1 -W 5 10.0.0.1
	quiet neighbours
	ip neigh replace 10.0.0.2 lladdr 00:16:3E:00:00:01 dev vif1.0 nud permanent
	finds neighbours ok
	ip neigh replace 10.0.0.2 lladdr 00:16:3e:00:00:09 dev vif1.0 nud permanent
	finds neighbours note "web01 vif 0: packets to 10.0.0.2 go to the MAC 00:16:3e:00:00:09"
	ip neigh replace 2001:db8::2 lladdr 00:16:3e:00:00:08 dev vif2.0 nud permanent
	finds neighbours note "db01 vif 0: packets to 2001:db8::2"
	only_bridged
	quiet neighbours
}

@test "gateway-address: no link, no address, another address than before" {
	finds gateway-address ok "eth0, the gateway device, has 192.168.7.1"
	xenstore-write /local/domain/0/backend/vif/2/0/gatewaydev uplink9
	finds gateway-address "bad ok" "no link 'uplink9'"
	xenstore-rm /local/domain/0/backend/vif/2/0/gatewaydev
	ip addr add 192.168.8.1/24 dev eth0
	ip addr del 192.168.7.1/24 dev eth0
	finds gateway-address note "192.168.8.1 now, vif1.0, vif2.0 came up"
	ip addr flush dev vif2.0
	finds gateway-address note "192.168.8.1 now, vif1.0 came up"
	ip link set eth0 down
	finds gateway-address bad "eth0, the gateway device, is down"
	ip link set eth0 up
	ip addr del 192.168.8.1/24 dev eth0
	finds gateway-address bad "no IPv4 address"
	only_bridged
	quiet gateway-address
}

@test "ip-forward: for the host, for a vif, for IPv6; only where a routed vif is" {
	finds ip-forward ok
	echo 0 >/proc/sys/net/ipv4/conf/vif1.0/forwarding
	finds ip-forward bad "vif1.0 alone"
	echo 1 >/proc/sys/net/ipv4/conf/vif1.0/forwarding
	echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding
	finds ip-forward bad "off for eth0, the gateway device"
	echo 0 >/proc/sys/net/ipv4/ip_forward
	finds ip-forward bad "net.ipv4.ip_forward is 0"
	echo 1 >/proc/sys/net/ipv4/ip_forward
	finds ip-forward ok
	xenstore-write /local/domain/0/backend/vif/1/0/ip "10.0.0.1 2001:db8::5"
	finds ip-forward bad "net.ipv6.conf.all.forwarding"
	echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
	finds ip-forward ok
	echo 0 >/proc/sys/net/ipv4/ip_forward
	only_bridged
	quiet ip-forward
}

@test "proxy-arp: a guest's address in the network of an outer link is not reached from there" {
	quiet proxy-arp
	ip netns add outside
	ip link set uplink0 netns outside
	ip -n outside addr add 192.168.7.2/24 dev uplink0
	ip -n outside link set uplink0 up
	ip -n g1.0 route add local 192.168.7.50 dev lo
	xvif add-ip web01 192.168.7.50
	not ip netns exec outside ping -c 1 -W 1 192.168.7.50
	finds proxy-arp bad "192.168.7.50 of routed guests: in the network of eth0"
	ip neighbour add proxy 192.168.7.50 dev eth0
	finds proxy-arp ok
	ip neighbour del proxy 192.168.7.50 dev eth0
	finds proxy-arp bad
	echo 1 >/proc/sys/net/ipv4/conf/eth0/proxy_arp
	finds proxy-arp ok eth0
	wait_until 10 ip netns exec outside ping -c 1 -W 1 192.168.7.50
	# what is to be typed is right for a name with a dot
	ip link add eth0.5 type bridge
	ip link set eth0.5 up
	ip addr add 10.0.0.254/24 dev eth0.5
	finds proxy-arp "bad ok" "in the network of eth0.5"
	$(jq -r '.findings[].detail' <<<"$output" | grep -o "sysctl -w net[^']*")
	finds proxy-arp ok eth0.5
}

@test "rp-filter: a routed guest can send from any address unless it is 1" {
	echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
	echo 0 >/proc/sys/net/ipv4/conf/vif1.0/rp_filter
	echo 2 >/proc/sys/net/ipv4/conf/vif2.0/rp_filter
	finds rp-filter note "rp_filter is 0 on vif1.0"
	[[ "$output" == *"2, loose, on vif2.0"* ]]
	ip -n g1.0 addr add 10.3.3.3/32 dev lo
	ip route add 10.3.3.3 dev vif2.0
	ip netns exec g1.0 ping -c 1 -W 1 -I 10.3.3.3 192.168.7.1 || true
	local sent dropped
	dropped=$(awk '/^TcpExt/ && !n {for (n = 1; $n != "IPReversePathFilter"; n++); next} /^TcpExt/ {print $n}' /proc/net/netstat)
	echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter
	echo 0 >/proc/sys/net/ipv4/conf/vif2.0/rp_filter
	finds rp-filter ok "vif1.0, vif2.0"
	not ip netns exec g1.0 ping -c 1 -W 1 -I 10.3.3.3 192.168.7.1
	sent=$(awk '/^TcpExt/ && !n {for (n = 1; $n != "IPReversePathFilter"; n++); next} /^TcpExt/ {print $n}' /proc/net/netstat)
	[ "$sent" -gt "$dropped" ]
	only_bridged
	quiet rp-filter
}

@test "iptables: it does not work" {
	quiet iptables
	hide "$(command -v iptables)" /bin/false
	finds iptables note "not looked at"
	activate_rules
	finds iptables bad "set no rules then"
	umount "${HIDDEN[0]}"
	HIDDEN=()
	finds iptables ok
}

@test "forward-policy: routed guests where the chain drops" {
	echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables
	finds forward-policy ok accepts
	iptables -P FORWARD DROP
	finds forward-policy bad "no rule accepts packets of routed guests"
	iptables -N DOCKER-USER
	iptables -A FORWARD -j DOCKER-USER
	iptables -A FORWARD -m physdev --physdev-in vif1.0 --physdev-is-bridged -j ACCEPT
	finds forward-policy bad
	iptables -A FORWARD -i vif+ -j ACCEPT
	finds forward-policy note "as far as your own rules"
	iptables -F FORWARD
	iptables -X DOCKER-USER
}

@test "forward-policy: bridged guests where the chain drops, and where it accepts" {
	only_bridged
	echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables
	iptables -P FORWARD DROP
	finds forward-policy ok drops
	echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
	peer_on_bridge
	not passes 10.9.0.1
	finds forward-policy bad "bridged guests are cut off"
	iptables -I FORWARD -m physdev --physdev-is-bridged -j ACCEPT
	finds forward-policy note
	passes 10.9.0.1
	activate_rules
	bridged_list 10.9.0.1
	finds forward-policy ok drops
	iptables -P FORWARD ACCEPT
	passes 10.9.0.3
	finds forward-policy note "no guest to its addresses"
}

@test "forward-policy: chains of nftables, of any table; mark-rules" {
	echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables
	finds forward-policy ok accepts
	nft add table inet site
	nft 'add chain inet site fw { type filter hook forward priority 0; policy drop; }'
	finds forward-policy bad "chain 'inet site fw' drops by its policy"
	[[ "$output" == *"vif1.0, vif2.0 do not pass"* ]]
	# as firewalld's: a rule for known connections, chains that accept nothing, a reject at the end
	nft 'chain inet site fw { policy accept; }'
	nft add chain inet site zone
	nft add rule inet site fw ct state established,related accept
	nft add rule inet site fw iifname lo accept
	nft add rule inet site fw jump zone
	finds forward-policy ok
	nft add rule inet site fw log counter reject with icmpx admin-prohibited
	finds forward-policy bad "drops or rejects at its end"
	nft 'add rule inet site zone iifname "vif*" accept'
	finds forward-policy note "as far as its rules accept"
	nft insert rule inet site fw accept
	finds forward-policy ok
	nft delete table inet site

	# bridged guests pass chains of the family bridge; IPv6 matters to those that have it
	nft add table bridge site
	nft 'add chain bridge site fw { type filter hook forward priority 0; policy drop; }'
	finds forward-policy bad "packets of vif2.1 do not pass"
	nft delete table bridge site
	nft add table ip6 site
	nft 'add chain ip6 site fw { type filter hook forward priority 0; policy drop; }'
	echo 1 >/proc/sys/net/bridge/bridge-nf-call-ip6tables
	finds forward-policy bad "packets of vif2.1 do not pass"
	echo 0 >/proc/sys/net/bridge/bridge-nf-call-ip6tables
	finds forward-policy ok
	xenstore-write /local/domain/0/backend/vif/1/0/ip "10.0.0.1 2001:db8::1"
	finds forward-policy bad "packets of vif1.0 do not pass"
	nft delete table ip6 site
	finds forward-policy ok

	quiet mark-rules
	ip rule add fwmark 0x10/0xf0 lookup 100
	finds mark-rules note "with mark 0x10/0xf0 to table 100"
	ip rule del fwmark 0x10/0xf0
	quiet mark-rules
	ip -6 rule add fwmark 7 lookup 100
	finds mark-rules note "'ip -6 rule'"
	xenstore-write /local/domain/0/backend/vif/1/0/ip "10.0.0.1"
	quiet mark-rules
	ip -6 rule del fwmark 7
}

# site_rule FAMILY HOOK RULE...: a chain of the site's own in the place of the one before
site_rule() {
	local family=$1 hook=$2 rule
	shift 2
	nft -f - <<-EOF
		table $family site
		delete table $family site
		table $family site {
			set links { type ifname; elements = { "vif2.0" }; }
			chain drops { meta protocol ip6 return; drop; }
			chain fw { type filter hook $hook priority 0; policy accept; }
		}
	EOF
	for rule in "$@"; do
		nft add rule "$family" site fw "$rule"
	done
}

@test "link-drops: chains of nftables that drop all packets of a vif" {
	site_rule inet forward 'iifname "vif1.0" counter drop'
	finds link-drops bad "chain 'inet site fw' drops all packets from vif1.0;"
	site_rule inet forward 'oifname "vif*" reject'
	finds link-drops bad "all packets to vif1.0, vif2.0;"
	site_rule inet forward 'iif { vif1.0 } log drop' 'iifname @links drop'
	finds link-drops bad "all packets from vif1.0, vif2.0;"
	site_rule inet forward 'iifname vmap { "vif1.0" : jump drops, "vif3.0" : drop }'
	finds link-drops bad "all packets from vif1.0;"
	xenstore-write /local/domain/0/backend/vif/1/0/ip "10.0.0.1 2001:db8::1"
	finds link-drops bad "all IPv4 packets from vif1.0;"
	xenstore-write /local/domain/0/backend/vif/1/0/ip 10.0.0.1
	# for some packets only, of other links, behind a rule that accepts
	site_rule inet forward 'iifname "vif1.0" ip saddr 10.0.0.1 drop' 'iifname "vif2.1" drop' \
		'iifname vmap { "eth0" : drop }' 'iifname "vif2.0" accept' 'iifname @links drop' \
		'iifname "vif*" jump drops'
	nft flush chain inet site drops
	nft add rule inet site drops return
	finds link-drops ok
	# a chain that asks for no link is forward-policy's
	site_rule inet forward drop
	finds link-drops ok
	site_rule inet forward 'iifname "vif1.0" accept' 'iifname "vif2.0" jump drops' drop
	finds link-drops bad "all packets from vif2.0;"
	# what cannot be told is not good
	site_rule inet forward 'iifgroup 5 drop'
	finds link-drops note "whether chain 'inet site fw' drops all packets from vif1.0, vif2.0"
	site_rule inet input 'iifname "vif1.0" drop'
	finds link-drops note "all packets from vif1.0 to this host itself"
	nft delete table inet site
	nft 'table netdev site { chain in { type filter hook ingress device vif1.0 priority 0; policy drop; }; }'
	finds link-drops bad "chain 'netdev site in' drops all packets from vif1.0;"
	nft delete table netdev site
	site_rule bridge forward 'oifname "vif*" meta protocol ip drop'
	finds link-drops bad "chain 'bridge site fw' drops all packets to vif2.1;"
	nft delete table bridge site
	# chains of IP see the bridge, and iptables' physdev the port
	echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
	site_rule ip forward 'iifname "xenbr0" drop'
	finds link-drops bad "all packets to vif2.1;"
	nft delete table ip site
	iptables -A FORWARD -m physdev --physdev-in vif2.1 -j DROP
	finds link-drops bad "chain 'ip filter FORWARD' drops all packets from vif2.1;"
	iptables -F FORWARD
	echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables
	xvif -q guard on
	finds link-drops ok
	nft delete table netdev xvif
}

@test "link-drops: a list that breaks off is not taken for a whole one" {
	local n
	site_rule inet forward 'iifname "vif1.0" drop'
	for n in $(seq 40); do
		run strace -o /run/xen/trace -e trace=recvmsg -e inject=recvmsg:error=ENOBUFS:when="$n" \
			xvif doctor link-drops
		echo "$output"
		grep -q INJECTED /run/xen/trace || break
		[[ "$output" == *"all packets from vif1.0;"* || "$output" == *"link-drops note"*"is not known"* ||
			$status != [06] ]]
	done
	[ "$n" -gt 5 ]
	nft delete table inet site
}

@test "bridge-netfilter: rules that never see a packet" {
	echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables
	bridged_list 10.9.0.1
	quiet bridge-netfilter
	activate_rules
	bridged_list 10.9.0.1
	iptables -P FORWARD DROP
	peer_on_bridge
	passes 10.9.0.3
	finds bridge-netfilter bad "vif2.1"
	echo 1 >/sys/class/net/xenbr0/bridge/nf_call_iptables
	finds bridge-netfilter ok
	not passes 10.9.0.3
	echo 0 >/sys/class/net/xenbr0/bridge/nf_call_iptables
	iptables -P FORWARD ACCEPT
	finds bridge-netfilter note
	echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
	finds bridge-netfilter ok
}

@test "physdev: rules of a bridged vif are not there" {
	quiet physdev
	activate_rules
	bridged_list 10.9.0.1
	finds physdev ok
	iptables -F FORWARD
	finds physdev bad
	xvif repair db01 1
	finds physdev ok
}

# networkd MATCH [UNMANAGED]: the real one runs until "kill $NETWORKD", and has seen the vifs
networkd() {
	local link
	mkdir -p /run/systemd/network /run/systemd/netif/{links,leases,lldp} /run/udev/data
	for link in /sys/class/net/*/ifindex; do
		echo I:1 >"/run/udev/data/n$(cat "$link")"
	done
	printf '[Match]\nName=%s\n[Link]\nUnmanaged=%s\n[Network]\nLinkLocalAddressing=no\n' "$1" "${2:-no}" \
		>/run/systemd/network/10-test.network
	chown -R systemd-network /run/systemd/netif
	/lib/systemd/systemd-networkd </dev/null >/run/xen/networkd.log 2>&1 3>&- &
	NETWORKD=$!
	wait_until 20 grep -q 'ADMIN_STATE=\(configured\|unmanaged\)' "/run/systemd/netif/links/$(cat /sys/class/net/vif1.0/ifindex)"
}

@test "networkd: it manages vifs, and takes their routes away; told not to, it does not" {
	quiet networkd
	networkd vif* yes
	finds networkd ok
	[ -n "$(ip route show dev vif1.0)" ]
	kill $NETWORKD
	wait $NETWORKD || true
	networkd vif*
	finds networkd bad "vif1.0, vif2.0"
	wait_until 10 eval '[ -z "$(ip route show dev vif1.0)" ]'
	kill $NETWORKD
	wait $NETWORKD || true
}

@test "networkmanager: it manages vifs" {
	local index
	quiet networkmanager
	index=$(cat /sys/class/net/vif1.0/ifindex)
	mkdir -p /run/NetworkManager/devices
	printf '[device]\nmanaged=false\nperm-hw-addr-fake=FE:FF:FF:FF:FF:FF\nnm-owned=false\n' >"/run/NetworkManager/devices/$index"
	finds networkmanager ok
	sed -i s/managed=false/managed=true/ "/run/NetworkManager/devices/$index"
	finds networkmanager bad vif1.0
}

@test "firewalld: it runs, with iptables below it or without" {
	local pid
	quiet firewalld
	cp /bin/sleep /run/xen/firewalld
	/run/xen/firewalld 600 3>&- &
	pid=$!
	echo $pid >/run/firewalld.pid
	wait_until 10 grep -qx firewalld /proc/$pid/comm
	finds firewalld note "zones"
	mkdir -p /etc/firewalld
	mount -t tmpfs tmpfs /etc/firewalld
	echo FirewallBackend=iptables >/etc/firewalld/firewalld.conf
	finds firewalld note
	activate_rules
	bridged_list 10.9.0.1
	finds firewalld bad "removes the vifs' rules"
	kill $pid
	wait $pid || true
	quiet firewalld
	echo "$XENSTORED_PID" >/run/firewalld.pid
	quiet firewalld
	umount /etc/firewalld
}

@test "wrong use" {
	run xvif doctor ipforward
	[ "$status" = 2 ]
	[[ "$output" == *"no finding 'ipforward'"*"'ip-forward'"* ]]
	run xvif doctor --force
	[ "$status" = 2 ]
	mkdir -p /run/xen/all
	cp "$XVIF_BUILD"/.libs/xvif "$XVIF_BUILD"/.libs/libsxp.so.* /run/xen/all/
	run env LD_LIBRARY_PATH=/run/xen/all setpriv --reuid=65534 --clear-groups /run/xen/all/xvif doctor
	echo "$output"
	[ "$status" = 1 ]
	[[ "$output" == *"only root"* ]]
}

@test "names with control bytes are escaped" {
	xenstore-write /local/domain/1/name $'we\e[31mb\n01' /local/domain/0/backend/vif/1/0/hotplug-status error
	run xvif doctor hotplug-error
	[ "$status" = 6 ]
	[[ "$output" == *'we\x1b[31mb\x0a01 vif 0'* ]]
	[ "${#lines[@]}" = 2 ]
}

# fails_at CALL ERROR PATH ORDINAL: doctor, whose ORDINAL-th call, of those for PATH if that is not "", fails
fails_at() {
	run strace -o /run/xen/trace -e trace="$1" ${3:+-P "$3"} -e inject="$1:error=$2:when=$4" xvif doctor
	echo "$output"
	grep -q INJECTED /run/xen/trace
}

@test "what cannot be looked at is said, and is neither good nor short of memory" {
	local n netlink=0
	for n in $(seq 60); do
		fails_at socket EMFILE "" "$n" || break
		[[ "$output" != *"out of memory"* && "$output" != *"has no IPv4 address"* ]]
		grep -q 'AF_NETLINK.*INJECTED' /run/xen/trace || continue
		[[ "$output" == *"Too many open files"* ]]
		netlink=$((netlink + 1))
	done
	[ $netlink -gt 1 ]
	fails_at openat EIO /proc/sys/net/ipv4/ip_forward 1
	[[ "$output" == *"ip-forward "*bad*"/proc/sys/net/ipv4/ip_forward cannot be read"* ]]
	fails_at openat EIO /proc/sys/net/ipv4/conf/all/rp_filter 1
	[[ "$output" == *"rp-filter "*bad*"/proc/sys/net/ipv4/conf/all/rp_filter cannot be read"* ]]
}

@test "a program cannot be started for want of files: that is said" {
	activate_rules
	fails_at memfd_create EMFILE "" 1
	[[ "$output" == *"iptables "*bad*"Too many open files"* ]]
}
