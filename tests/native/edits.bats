#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# edits of vifs with a native script: by netlink, IPv4 and IPv6 alike
load setup

# kernel: what there is of the vif
kernel() {
	local link
	for link in vif5.0 vif5.0-emu; do
		[ ! -e /sys/class/net/$link ] || {
			ip route show dev $link
			ip -6 route show dev $link | sed '/^fe80::/d'
		}
	done | sort
	ip -6 neigh show proxy | sort
}

# as_started: what there is, is what a start with the list that is in the store makes
as_started() {
	kernel >/run/xen/edited
	hotplug 5 0 offline
	hotplug 5 0 online
	kernel | diff /run/xen/edited -
	xvif check new01
}

@test "added and removed addresses are as after a start, and no program is run" {
	native "10.5.0.1 2001:db8:7::5"
	strace -f -qq -e trace=execve -o /run/xen/trace xvif add-ip new01 10.5.0.2 10.5.8.0/24 2001:db8:7::6 2001:db8:5::/64
	[ "$(grep -c execve /run/xen/trace)" = 1 ]
	[ "$(node ip)" = "10.5.0.1 2001:db8:7::5 10.5.0.2 10.5.8.0/24 2001:db8:7::6 2001:db8:5::/64" ]
	as_started
	[ "$(ip -6 neigh show proxy | wc -l)" = 2 ]
	xvif del-ip new01 10.5.0.1 2001:db8:7::5
	as_started
	xvif set-ips new01 2001:db8:5::/64 10.5.0.9
	as_started
	[ -z "$(ip -6 neigh show proxy)" ]
	xvif del-ip --allow-empty new01 2001:db8:5::/64 10.5.0.9
	as_started
}

@test "an emulated card's interface has each address, too" {
	native "10.5.0.1 2001:db8:7::5"
	emulated 5 0
	hotplug 5 0 online
	xvif add-ip new01 10.5.0.2 2001:db8:7::6
	ip -6 route show dev vif5.0-emu | grep -q '2001:db8:7::6 metric 1 '
	as_started
	xvif del-ip new01 2001:db8:7::5 10.5.0.1
	as_started
}

@test "the plan says what is done, and a dry run does nothing" {
	native "10.5.0.1 2001:db8:7::5"
	kernel >/run/xen/before
	run xvif add-ip --dry-run new01 10.5.0.2 2001:db8:7::6
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"ip route add 10.5.0.2 dev vif5.0 src 192.168.7.1 metric 2"* ]]
	[[ "$output" == *"ip route add 2001:db8:7::6 dev vif5.0 metric 2"* ]]
	[[ "$output" == *"ip -6 neigh add proxy 2001:db8:7::6 dev eth0"* ]]
	kernel | diff /run/xen/before -
	xvif -J add-ip new01 10.5.0.2 | grep -q '"method":"netlink"'
}

@test "an address that another vif or this host has is refused, IPv6 alike" {
	native "10.5.0.1 2001:db8:7::5"
	refused 1 "10.0.0.1" xvif add-ip new01 10.0.0.1
	refused 1 "this host's own address" xvif add-ip new01 2001:db8:7::1
	ip -6 route add 2001:db8:7::8 dev vif1.0 metric 2
	refused 1 "2001:db8:7::8" xvif add-ip new01 2001:db8:7::8
}

@test "the host answers outside for what is in the list" {
	native "10.5.0.1 2001:db8:7::5"
	ip -6 neigh del proxy 2001:db8:7::5 dev eth0
	run xvif check new01
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"proxy-missing: "*"2001:db8:7::5"* ]]
	xvif repair new01 | grep -q 'repaired: proxy-missing'
	[ "$(ip -6 neigh show proxy | xargs)" = "2001:db8:7::5 dev eth0 proxy" ]
	# an edit that ends once its list is written
	kill_after_list
	run xvif check new01
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"proxy-extra: "*"2001:db8:7::5"* ]]
	xvif repair new01
	[ -z "$(ip -6 neigh show proxy)" ]
	xvif check new01
}

# kill_after_list: an edit that takes 2001:db8:7::5 away, killed as soon as the list is without it
kill_after_list() {
	local n
	for n in $(seq 1 30); do
		"$XVIF_BUILD/tests/sandbox/killer" -s "$n" xvif -v del-ip new01 2001:db8:7::5 >/dev/null 2>&1 || true
		[[ "$(node ip)" == *2001* ]] || break
		xvif repair new01 >/dev/null
	done
	ip -6 neigh show proxy | grep -q 2001:db8:7::5
}

@test "check sees what is missing of IPv6, and repair puts it right" {
	native "10.5.0.1 2001:db8:7::5 2001:db8:5::/64"
	xvif check new01
	ip -6 route del 2001:db8:5::/64 dev vif5.0
	ip -6 route add 2001:db8:99::1 dev vif5.0 metric 2
	run xvif check new01
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"route-missing: 2001:db8:5::/64 has no route on vif5.0"* ]]
	[[ "$output" == *"route-extra: 2001:db8:99::1"* ]]
	xvif repair new01
	as_started
	ip link set vif5.0 down
	run xvif check new01
	[ "$status" = 6 ]
	xvif repair new01
	as_started
}

@test "none of 2000 probes a second is lost while addresses come and go" {
	native "10.5.0.1 2001:db8:7::5"
	ip -n g5.0 addr add 2001:db8:7::5/128 dev lo nodad
	ip -n g5.0 route add default via fe80::1 dev e0
	wait_until 10 ping -c 1 -W 1 10.5.0.1
	stream 10.5.0.1
	local i
	for i in 1 2 3 4 5; do
		xvif add-ip new01 10.5.0.2 2001:db8:7::6
		xvif del-ip new01 10.5.0.2 2001:db8:7::6
	done
	streamed
}

@test "a guest without IPv4, on a host whose gateway device has none" {
	ip addr flush dev eth0
	ip addr add 2001:db8:7::1/64 dev eth0 nodad
	add_vif vif-xvif-route 2001:db8:7::5
	hotplug 5 0 online
	[ "$(node hotplug-status)" = connected ]
	xvif check new01
	xvif add-ip new01 2001:db8:7::6
	xvif check new01
	refused 1 "'eth0' has no IPv4 address" xvif add-ip new01 10.5.0.1
}

@test "bridged: the list is kept, and enforced by the guard" {
	add_vif vif-xvif-bridge "10.5.0.1 2001:db8:7::5"
	hotplug 5 0 online
	xvif add-ip new01 10.5.0.2 2001:db8:7::6
	xvif check new01
	xvif guard on new01
	nft list set netdev xvif ip6-5.0 | grep -q 2001:db8:7::6
	hotplug 5 0 offline
	[ -z "$(nft list table netdev xvif 2>/dev/null | grep 'vif-5.0')" ]
	hotplug 5 0 online
	xvif guard status new01
}

@test "a vif that is started with the guard on is guarded before its link is up" {
	install_program
	xvif guard on 2>/dev/null
	add_vif vif-xvif-route "10.5.0.1 2001:db8:7::5"
	strace -o /run/xen/trace -e trace=sendto,sendmsg -s 65536 env XENBUS_PATH=backend/vif/5/0 vif=vif5.0 \
		/etc/xen/scripts/vif-xvif-route online type_if=vif
	# the last change of nftables comes before the first link that is set up
	[ "$(awk '/NFNL_MSG_BATCH_END/ { guarded = NR } /RTM_SETLINK.*ifi_flags=IFF_UP/ && !up { up = NR }
		END { print guarded && up && guarded < up }' /run/xen/trace)" = 1 ]
	xvif guard status new01
	xvif check new01
	umount /usr/local/sbin
}

@test "--hotplug=cycle runs the script under the edit's lock" {
	native "10.5.0.1 2001:db8:7::5"
	xvif set-ips new01 10.5.0.3 2001:db8:7::6 --hotplug=cycle
	as_started
}

# gateway6: the guest's gateway is there, and the host takes no advertisement
gateway6() {
	ip -6 addr show dev vif5.0 | grep -q 'inet6 fe80::1/64'
	[ "$(sysctl -n net.ipv6.conf.vif5/0.accept_ra)" = 0 ]
}

@test "the guest's gateway of IPv6 is compared, and comes back with its link" {
	native "10.5.0.1 2001:db8:7::5"
	gateway6
	ip addr del fe80::1/64 dev vif5.0
	run xvif check new01
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"link-address: vif5.0 lacks fe80::1"* ]]
	xvif repair new01
	gateway6
	ip link set vif5.0 down
	xvif repair new01
	gateway6
	ip link set vif5.0 down
	xvif add-ip new01 10.5.0.2
	gateway6
	xvif check new01
	sysctl -qw net.ipv6.conf.vif5/0.accept_ra=1
	run xvif check new01
	[ "$status" = 6 ]
	xvif repair new01
	gateway6
}

@test "the first address of IPv4 comes with what it needs of the link" {
	ip addr flush dev eth0
	add_vif vif-xvif-route 2001:db8:5::1
	hotplug 5 0 online
	xenstore-write $backend/state 4
	ip addr add 192.168.7.1/24 dev eth0
	xvif add-ip new01 10.5.0.1
	xvif check new01
	[ "$(sysctl -n net.ipv4.conf.vif5/0.proxy_arp)" = 1 ]
}

@test "an answer outside goes with its route, and stays if it is another vif's by now" {
	native "10.5.0.1 2001:db8:7::5 2001:db8:7::6"
	xvif del-ip --hotplug=none new01 2001:db8:7::5
	xvif repair new01
	[ "$(ip -6 neigh show proxy | xargs)" = "2001:db8:7::6 dev eth0 proxy" ]
	sysctl -qw net.ipv6.conf.eth0.proxy_ndp=0
	run xvif check new01
	[ "$status" = 6 ]
	[[ "$output" == *"proxy-missing: "* ]]
	xvif repair new01
	[ "$(sysctl -n net.ipv6.conf.eth0.proxy_ndp)" = 1 ]
}

@test "with hooks of the site an edit needs the operator's word, and is then by netlink" {
	native 10.5.0.1
	mkdir -p /etc/xen/scripts/vif-post.d
	echo true >/etc/xen/scripts/vif-post.d/90-site.hook
	chmod 755 /etc/xen/scripts/vif-post.d/90-site.hook
	refused 1 "hooks in /etc/xen/scripts/vif-post.d" xvif add-ip new01 10.5.0.2
	run xvif check new01
	[ "$status" = 6 ]
	xvif add-ip --hotplug=delta new01 10.5.0.2
	echo "/etc/xen/scripts/vif-xvif-route $(sha256sum </etc/xen/scripts/vif-xvif-route | cut -d ' ' -f 1) delta routes" >/etc/xvif/scripts.conf
	xvif add-ip new01 10.5.0.3
	xvif check new01
	rm /etc/xvif/scripts.conf
	[ "$(node ip)" = "10.5.0.1 10.5.0.2 10.5.0.3" ]
}

# each call that others notice fails once, until the edit is done in spite of it
@test "an edit that is rolled back leaves the answers of what it keeps" {
	native "10.5.0.1 2001:db8:7::5"
	local n=1
	while [ "$(node ip)" = "10.5.0.1 2001:db8:7::5" ]; do
		sysctl -qw net.ipv6.conf.eth0.proxy_ndp=0
		"$XVIF_BUILD/tests/sandbox/killer" -f $n xvif add-ip new01 2001:db8:7::6 >/dev/null 2>&1 || true
		ip -6 neigh show proxy | grep '2001:db8:7::5 dev eth0'
		n=$((n + 5))
	done
	[ $n -gt 20 ]
}
