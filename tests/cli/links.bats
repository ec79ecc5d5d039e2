#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# the links of vifs, their bridge and their backend's state: check sees what others did to them,
# repair puts it right
load setup

B=/local/domain/0/backend/vif

# differs KIND:DETAIL...: check says so, and nothing else
differs() {
	local status
	run xvif check --timeout 1
	echo "wanted: $*; status $status: $output"
	[ "$status" = 6 ]
	diff <(printf '%s\n' "$@" | sort) <(sort <<<"$output")
}

# link_of LINK: what the script sets of it
link_of() {
	ip -o link show dev "$1" | grep -oE '<[^>]*>|master [^ ]*|link/ether [^ ]*'
	[ "$2" = bridged ] || cat "/proc/sys/net/ipv4/conf/$1/proxy_arp"
}

# mended: one repair does it, and all is as the scripts left it
mended() {
	run xvif repair
	echo "$output"
	[ "$status" = 0 ]
	xvif check
	diff /run/xen/routed <(link_of vif1.0 routed)
	diff /run/xen/bridged <(link_of vif2.1 bridged)
}

# flush_address: of vif1.0, and its routes stay
flush_address() {
	ip addr flush dev vif1.0
	ip route replace 10.0.0.1 dev vif1.0 src 192.168.7.1 metric 2
	ip route replace 10.0.0.2 dev vif1.0 src 192.168.7.1 metric 2
}

remember() {
	link_of vif1.0 routed >/run/xen/routed
	link_of vif2.1 bridged >/run/xen/bridged
	grep -q '<.*,UP.*>' /run/xen/bridged
	grep -qx 'master xenbr0' /run/xen/bridged
	grep -qx 1 /run/xen/routed
}

@test "a link that is down, a port that is in no bridge or another one, proxy_arp off: mended without the script" {
	remember
	echo 'touch /run/xen/script-ran' >>/etc/xen/scripts/xen-hotplug-common.sh
	echo 0 >/proc/sys/net/ipv4/conf/vif1.0/proxy_arp
	differs "web01 vif 0: proxy-arp: proxy_arp of vif1.0 is 0: its guest finds no other host"
	run xvif repair --dry-run web01
	grep -qx 'sysctl net/ipv4/conf/vif1.0/proxy_arp=1' <<<"$output"
	[ "$(cat /proc/sys/net/ipv4/conf/vif1.0/proxy_arp)" = 0 ]
	mended
	ip link set vif2.1 nomaster
	differs "db01 vif 1: bridge-port: vif2.1 is not a port of 'xenbr0'"
	mended
	ip link add xenbr1 type bridge
	ip link set vif2.1 master xenbr1
	differs "db01 vif 1: bridge-port: vif2.1 is a port of 'xenbr1', not of 'xenbr0'"
	mended
	ip link set vif2.1 down
	differs "db01 vif 1: link-down: vif2.1 is down"
	run xvif add-ip --vif 1 db01 10.9.0.1
	[ "$status" = 0 ]
	[[ "$output" == *"vif2.1 is not as its script left it, it is down: 'xvif repair' repairs that"* ]]
	ip link set vif2.1 nomaster
	ip link set vif2.1 address 00:16:3e:00:00:03
	differs "db01 vif 1: link-down: vif2.1 is down" "db01 vif 1: bridge-port: vif2.1 is not a port of 'xenbr0'" \
		"db01 vif 1: link-address: the MAC of vif2.1 is 00:16:3e:00:00:03, not fe:ff:ff:ff:ff:ff"
	mended
	flush_address
	differs "web01 vif 0: link-address: vif1.0 has no IPv4 address"
	mended
	ip -o addr show dev vif1.0 | grep -q 'inet 192.168.7.1/32 scope global'
	[ ! -e /run/xen/script-ran ]
	# what the script would set is not known without an address of the gateway device
	ip addr add 192.168.7.1/32 dev lo
	ip addr flush dev eth0
	flush_address
	[[ "$(xvif repair web01 2>&1)" == *"link-address: vif1.0 has no IPv4 address stays: its gateway device has none"* ]]
}

@test "a routed link that is down: set up first, then its routes come back; an edit does it, too" {
	remember
	ip link set vif1.0 down
	differs "web01 vif 0: link-down: vif1.0 is down" "web01 vif 0: route-missing: 10.0.0.1 has no route on vif1.0" \
		"web01 vif 0: route-missing: 10.0.0.2 has no route on vif1.0"
	mended
	ping -c 1 -W 2 10.0.0.2
	ip link set vif1.0 down
	echo 0 >/proc/sys/net/ipv4/conf/vif1.0/proxy_arp
	run xvif add-ip web01 10.0.0.5
	[ "$status" = 0 ]
	[[ "$output" == *"web01 vif 0: vif1.0 is down: setting it up"* ]]
	[ "$(ip route show dev vif1.0 | wc -l)" = 3 ]
	mended
}

@test "the link of an emulated card is compared as the vif's own; that it is unplugged is no fault" {
	emulated 1 0
	write_userdata 1
	hotplug 1 0 offline
	ip route flush dev vif1.0
	hotplug 1 0 online
	xvif check
	remember
	ip link set vif1.0-emu down
	echo 0 >/proc/sys/net/ipv4/conf/vif1.0-emu/proxy_arp
	differs "web01 vif 0: link-down: vif1.0-emu is down" \
		"web01 vif 0: proxy-arp: proxy_arp of vif1.0-emu is 0: its guest finds no other host" \
		"web01 vif 0: route-missing: 10.0.0.1 has no route on vif1.0-emu" \
		"web01 vif 0: route-missing: 10.0.0.2 has no route on vif1.0-emu"
	mended
	ip link del vif1.0-emu
	xvif check
}

@test "a MAC that the link of a bridged vif should not have stays while the link is up" {
	ip link set vif2.1 address 00:16:3e:00:00:03
	differs "db01 vif 1: link-address: the MAC of vif2.1 is 00:16:3e:00:00:03, not fe:ff:ff:ff:ff:ff"
	run xvif repair
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"db01 vif 1: link-address: "*" stays: it is changed while the link is down"* ]]
	[[ "$output" != *repaired* ]]
	ip link set vif2.1 down
	xvif repair
	xvif check
}

@test "a bridge that is not there, is none, is down, or is called eth0" {
	xenstore-write $B/2/1/bridge br9
	differs "db01 vif 1: bridge-missing: bridge 'br9' does not exist"
	run xvif repair
	[ "$status" = 0 ]
	[[ "$output" == *"bridge-missing: bridge 'br9' does not exist stays: "* ]]
	[[ "$(xvif add-ip --vif 1 db01 10.9.0.1 2>&1)" == *"bridge 'br9' does not exist: vif2.1 is not a port of a bridge"* ]]
	xenstore-write $B/2/1/bridge eth0
	differs "db01 vif 1: bridge-missing: 'eth0' is not a bridge"
	ip link set xenbr0 down
	xenstore-write $B/2/1/bridge xenbr0
	differs "db01 vif 1: link-down: the bridge 'xenbr0' is down"
	[[ "$(xvif repair 2>&1)" == *"the bridge 'xenbr0' is down stays: "* ]]
	ip link set xenbr0 up
	xvif check
	ip link property add dev xenbr0 altname lan
	xenstore-write $B/2/1/bridge lan
	xvif check
	xenstore-write $B/2/1/bridge xenbr0
	ip link set xenbr0 name eth7
	differs "db01 vif 1: bridge-missing: bridge 'xenbr0' does not exist"
	ip link set eth7 down
	ip link set eth7 name eth9
	ip link set eth9 up
	xenstore-write $B/2/1/bridge xenbr9
	xvif check
	ip link set vif2.1 nomaster
	differs "db01 vif 1: bridge-port: vif2.1 is not a port of 'eth9'"
	xenstore-rm $B/2/1/bridge
	differs "db01 vif 1: bridge-port: vif2.1 is a port of no bridge, and its nodes name none"
	[[ "$(xvif repair 2>&1)" == *"bridge-port: "*" stays: write its node 'bridge'"* ]]
	ip link set vif2.1 master eth9
	xvif check
}

@test "a link that is gone, or has another name: a difference, and what repair cannot do it does not claim" {
	ip link set vif1.0 down
	ip link set vif1.0 name web
	run xvif check -J web01
	[ "$status" = 6 ]
	jq -e '.uncompared == [] and ([.differences[] | [.vif, .kind]] == [[0, "link-missing"]])' <<<"$output"
	xenstore-write $B/1/0/vifname other
	ip link set web name vif1.0
	differs "web01 vif 0: link-missing: there is no link 'other', it is called 'vif1.0'"
	xenstore-rm $B/1/0/vifname
	ip link del vif1.0
	ip link del vif2.1
	differs "web01 vif 0: link-missing: there is no link 'vif1.0'" "db01 vif 1: link-missing: there is no link 'vif2.1'"
	ip route del 10.0.1.1 dev vif2.0
	run xvif repair
	echo "$output"
	[ "$status" = 1 ]
	[[ "$output" == *"there is no link 'vif1.0' on this host"*"xl network-detach"* ]]
	[[ "$output" == *"db01 vif 0: repaired: route-missing: 10.0.1.1"* ]]
	refused 1 "there is no link 'vif1.0'" xvif add-ip web01 10.0.0.5
}

@test "the backend's driver knows the name of a link that somebody renamed" {
	mkdir -p /run/xen/bus/xen-backend/devices/vif-1-0/net/web
	mount --bind /run/xen/bus /sys/bus
	ip link set vif1.0 down
	ip link set vif1.0 name web
	run xvif check web01
	umount /sys/bus
	[ "$output" = "web01 vif 0: link-missing: there is no link 'vif1.0', it is called 'web'" ]
}

@test "a backend that is closing beside a connected frontend, or for too long: state" {
	local began=$SECONDS
	xenstore-write $B/1/0/state 5
	run xvif check --timeout 30 web01
	[ "$status" = 6 ]
	[ "$output" = "web01 vif 0: state: the backend does not finish closing" ]
	[ $((SECONDS - began)) -lt 20 ]
	[[ "$(xvif repair web01 2>&1)" == *"left alone: vif 1.0: it is closing, not connected"* ]]
	# the guest is closing it, or the toolstack removes it: that ends
	xenstore-write /local/domain/1/device/vif/0/state 5
	differs "web01 vif 0: state: the backend does not finish closing"
	for node in state online; do
		xenstore-write $B/1/0/state 5
		[ $node = state ] || xenstore-write $B/1/0/online 0 /local/domain/1/device/vif/0/state 4
		strace -f -s 200 -o /run/xen/trace xvif check web01 3>&- &
		pid=$!
		wait_until 10 grep -qF "$B/1/0"'\0vif\0' /run/xen/trace
		xenstore-write $B/1/0/state 6
		wait $pid
		rm /run/xen/trace
	done
	xenstore-write $B/1/0/state 5
	run xvif check --timeout 1 web01
	[ "$status" = 6 ]
	[[ "$output" == *"web01 vif 0: state: "* ]]
}

@test "a backend that waits for hotplug-status: repair writes it once the kernel is right" {
	xenstore-write $B/1/0/state 2
	xenstore-rm $B/1/0/hotplug-status
	differs "web01 vif 0: state: the backend waits for hotplug-status, which nobody has written"
	xvif repair
	[ "$(xenstore-read $B/1/0/hotplug-status)" = connected ]
	xvif check
	xenstore-rm $B/1/0/hotplug-status
	ip route del 10.0.0.1 dev vif1.0
	ip link set vif1.0 down
	xvif repair web01
	[ "$(xenstore-read $B/1/0/hotplug-status)" = connected ]
	xvif check
	# libxl before 4.17: its script may be about to run
	xenstore-rm $B/1/0/hotplug-status
	xenstore-rm /libxl/1/device/vif/0/hotplug-status
	[[ "$(xvif repair web01 2>&1)" == *"left alone: vif 1.0: its hotplug script may not have run yet"* ]]
	not xenstore-read $B/1/0/hotplug-status
	refused 1 "may not have run yet" xvif add-ip web01 10.0.0.5
}

@test "Open vSwitch: the link is compared, its port is not, and that is said" {
	ip link set vif2.1 nomaster
	xenstore-write $B/2/1/script /etc/xen/scripts/vif-openvswitch
	write_userdata 2
	run xvif check
	[ "$status" = 6 ]
	[ "$output" = "db01 vif 1: not compared: openvswitch: port: Open vSwitch is not asked what it does with vif2.1" ]
	xvif check --allow openvswitch
	ip link set vif2.1 down
	ip link set vif2.1 address 00:16:3e:00:00:03
	run xvif check --allow openvswitch
	[ "$status" = 6 ]
	[ "${#lines[@]}" = 2 ]
	xvif repair db01
	xvif check --allow openvswitch
}

@test "vif-nat: its link is compared, and left alone" {
	ip route flush dev vif1.0
	ip addr flush dev vif1.0
	xenstore-write $B/1/0/script /etc/xen/scripts/vif-nat $B/1/0/ip 10.0.0.1 /libxl/1/device/vif/0/ip 10.0.0.1
	write_userdata 1
	hotplug 1 0 online
	xvif check web01
	echo 0 >/proc/sys/net/ipv4/conf/vif1.0/proxy_arp
	differs "web01 vif 0: proxy-arp: proxy_arp of vif1.0 is 0: its guest finds no other host"
	run xvif repair web01
	[[ "$output" == *"left alone"*"supports one address only"* ]]
	ip link set vif1.0 down
	run xvif check web01
	[[ "$output" == *"web01 vif 0: link-down: vif1.0 is down"* ]]
}

@test "a repair that fails afterwards leaves the link as it was, and one that has not helped fails" {
	echo 0 >/proc/sys/net/ipv4/conf/vif2.0/proxy_arp
	ip route del 10.0.1.1 dev vif2.0
	echo "trap 'echo 0 >/proc/sys/net/ipv4/conf/vif2.0/proxy_arp' EXIT" >>/etc/xen/scripts/xen-network-common.sh
	run xvif repair db01
	cp -a /run/xen/scripts/xen-network-common.sh /etc/xen/scripts/
	echo "$output"
	[ "$status" = 4 ]
	[[ "$output" == *"'vif2.0' was put right, and somebody else has changed it since"* ]]
	not xvif check db01
	xvif repair db01
	ip link set vif1.0 down
	ip addr flush dev vif1.0
	echo 0 >/proc/sys/net/ipv4/conf/vif1.0/proxy_arp
	sed -i '2i echo no luck >&2; exit 1' /etc/xen/scripts/xen-network-common.sh
	snapshot >/run/xen/before
	run xvif repair web01
	echo "$output"
	[ "$status" = 4 ]
	snapshot | diff /run/xen/before -
	[ -z "$(ip -o -4 addr show dev vif1.0)" ]
	[ "$(cat /proc/sys/net/ipv4/conf/vif1.0/proxy_arp)" = 0 ]
}

@test "check of many vifs asks for all links at once" {
	strace -f -o /run/xen/trace -e trace=sendto,ioctl xvif check
	[ "$(grep -c 'RTM_GETLINK' /run/xen/trace)" = 1 ]
	not grep SIOCGIFINDEX /run/xen/trace
}
