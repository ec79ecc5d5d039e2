#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# the hotplug scripts vif-xvif-route and vif-xvif-bridge: libxl's contract, beside the stock scripts
load setup

# made: of the kernel and the store, all that a script makes of the vif; of IPv6 only what the stock
# scripts know. Words in which the two differ on purpose are taken out: xvif-hotplug(7)
made() {
	local link=vif5.0
	[ ! -e /sys/class/net/mine ] || link=mine
	echo "$link"
	ip -4 route show dev $link
	ip -4 -o addr show dev $link | sed 's/^[0-9]*: //; s/ brd [0-9.]*//'
	ip -o link show dev $link | sed 's/^[0-9]*: //; s/ state .*//; s/,LOWER_UP//; s/NO-CARRIER,//; s/\\ *alias .*//'
	[ ! -e /sys/class/net/$link/brport ] || {
		cat /sys/class/net/$link/address
		basename "$(readlink /sys/class/net/$link/master)"
	}
	sysctl -n net.ipv4.conf.${link/./\/}.proxy_arp net.ipv4.conf.${link/./\/}.forwarding
	xenstore-ls -p /local/domain/0/backend/vif/5 | sed 's/-xvif-/-/; s/ *\.[ .]*(/ (/'
	xenstore-read /local/domain/5/device/vif/0/mtu 2>/dev/null || true
}

# compared KIND LIST [KEY VALUE...]: the stock script and the native one make the same of it
compared() {
	local kind=$1 status_stock=0 status_native=0
	shift
	add_vif "vif-$kind" "$@"
	hotplug 5 0 online 2>/dev/null || status_stock=$?
	made >/run/xen/stock
	drop_vif
	add_vif "vif-xvif-$kind" "$@"
	hotplug 5 0 online || status_native=$?
	made >/run/xen/native
	drop_vif
	echo "$kind $*: stock $status_stock, native $status_native"
	[ $status_stock = $status_native ]
	diff /run/xen/stock /run/xen/native
}

@test "route: what vif-route makes of a list, vif-xvif-route makes" {
	ip link add gw1 type bridge
	ip addr add 172.16.3.1/24 dev gw1
	ip link set gw1 up
	compared route ""
	compared route 10.5.0.1
	compared route "10.5.0.1 10.5.0.2 10.5.1.0/24"
	compared route "10.5.0.1  10.5.0.2 " vifname mine
	compared route 10.5.0.1 gatewaydev gw1
}

@test "bridge: what vif-bridge makes of a vif, vif-xvif-bridge makes" {
	ip link add br1 type bridge
	ip link set br1 mtu 1400 up
	compared bridge ""
	compared bridge "10.5.0.1 10.5.0.2"
	compared bridge "" bridge br1
	compared bridge "" mtu 1300
	compared bridge "2001:db8::1"
}

@test "bridge: without a name it is the bridge that there is; xenbr1 may be eth1" {
	add_vif vif-xvif-bridge ""
	xenstore-rm $backend/bridge
	hotplug 5 0 online
	[ "$(readlink /sys/class/net/vif5.0/master)" = ../xenbr0 ]
	ip link add eth1 type bridge
	xenstore-write $backend/bridge xenbr1
	hotplug 5 0 offline
	[ ! -e /sys/class/net/vif5.0/master ]
	hotplug 5 0 online
	[ "$(readlink /sys/class/net/vif5.0/master)" = ../eth1 ]
}

# fails PATTERN: online does so, says why, and leaves nothing half done
fails() {
	run hotplug 5 0 online
	echo "$output"
	[ "$status" = 1 ]
	[ "$(node hotplug-status)" = error ]
	[[ "$(node hotplug-error)" == *"$1"* ]]
	[ -z "$(ip route show dev vif5.0 2>/dev/null)" ]
	[ -z "$(ip -6 neigh show proxy)" ]
	[ ! -e /sys/class/net/vif5.0/brport ]
	[ -z "$(ip link show dev vif5.0 up 2>/dev/null)" ]
}

@test "route: what fails says why, and leaves nothing" {
	add_vif vif-xvif-route "10.5.0.1 10.5.0.2"
	ip addr flush dev eth0
	fails "gateway device 'eth0' has no IPv4 address"
	xenstore-write $backend/gatewaydev gw9
	fails "gateway device 'gw9' does not exist"
	xenstore-rm $backend/gatewaydev
	ip addr add 192.168.7.1/24 dev eth0
	ip route add 10.5.0.2 dev vif1.0 metric 2
	fails "10.5.0.2 is routed to vif1.0 already"
	ip route show 10.5.0.2 | grep -q vif1.0
	ip route del 10.5.0.2
	xenstore-write $backend/ip "10.5.0.1 web.example.org"
	fails "'web.example.org' in its list is not an address or network"
	xenstore-write $backend/ip "10.5.0.1 010.0.0.2"
	fails "'010.0.0.2' in its list is not an address or network"
	xenstore-write $backend/ip "10.5.0.1" $backend/vifname xenbr0
	fails "cannot rename link 'vif5.0': a link 'xenbr0' exists already"
	xenstore-write $backend/vifname ../../etc
	fails "'../../etc' cannot be the name of a link"
	xenstore-rm $backend/vifname
	sysctl -qw net.ipv6.conf.vif5/0.disable_ipv6=1
	xenstore-write $backend/ip "10.5.0.1 2001:db8:5::1"
	fails "IPv6 is disabled on link 'vif5.0'"
	xenstore-write $backend/ip 10.5.0.1
	hotplug 5 0 online
	[ "$(node hotplug-status) $(node hotplug-error)" = "connected none" ]
}

@test "bridge: what fails says why, and leaves nothing" {
	add_vif vif-xvif-bridge ""
	xenstore-write $backend/bridge br9
	fails "bridge 'br9' does not exist"
	xenstore-write $backend/bridge eth0
	fails "'eth0' is not a bridge"
	ip link del vif5.0
	run hotplug 5 0 online
	[ "$status" = 1 ]
	[ "$(node hotplug-error)" = "link 'vif5.0' does not exist" ]
}

@test "a guest that has gone gets no nodes" {
	add_vif vif-xvif-route 10.5.0.1
	local script
	xenstore-rm /local/domain/0/backend/vif/5
	run env XENBUS_PATH=backend/vif/5/0 vif=vif5.0 /etc/xen/scripts/vif-xvif-route online type_if=vif
	[ "$status" = 1 ]
	[[ "$output" == *"vif 5.0: no such vif"* ]]
	not xenstore-exists /local/domain/0/backend/vif/5
	for script in vif-xvif-route vif-xvif-bridge; do
		env XENBUS_PATH=backend/vif/5/0 vif=vif5.0 /etc/xen/scripts/$script offline type_if=vif
	done
	not xenstore-exists /local/domain/0/backend/vif/5
}

@test "offline takes away what there is, and never fails" {
	add_vif vif-xvif-route "10.5.0.1 10.5.0.2 192.168.7.77 2001:db8:7::5 2001:db8:5::/64"
	ip addr add 2001:db8:7::1/64 dev eth0 nodad
	hotplug 5 0 offline
	hotplug 5 0 online
	[ "$(ip route show dev vif5.0 | wc -l)" = 3 ]
	[ "$(ip -6 neigh show proxy | xargs)" = "2001:db8:7::5 dev eth0 proxy" ]
	ip route del 10.5.0.1
	hotplug 5 0 offline
	[ -z "$(ip route show dev vif5.0)$(ip -6 route show dev vif5.0)$(ip -6 neigh show proxy)" ]
	hotplug 5 0 online
	ip link del vif5.0
	hotplug 5 0 offline
	kill "$XENSTORED_PID"
	wait_until 10 not kill -0 "$XENSTORED_PID"
	env XENBUS_PATH=backend/vif/5/0 vif=vif5.0 /etc/xen/scripts/vif-xvif-route offline type_if=vif
}

@test "without a xenstored that answers, online ends in time" {
	add_vif vif-xvif-route 10.5.0.1
	local start=$SECONDS
	kill -STOP "$XENSTORED_PID"
	run env XENBUS_PATH=backend/vif/5/0 vif=vif5.0 /etc/xen/scripts/vif-xvif-route online type_if=vif
	kill -CONT "$XENSTORED_PID"
	echo "$output"
	[ "$status" = 1 ]
	[ $((SECONDS - start)) -lt 35 ]
}

@test "online twice, and twice at once, is as once" {
	add_vif vif-xvif-route "10.5.0.1 10.5.0.2 2001:db8:5::1"
	hotplug 5 0 online
	made >/run/xen/once
	hotplug 5 0 online
	made | diff /run/xen/once -
	hotplug 5 0 online &
	hotplug 5 0 online
	wait $!
	made | diff /run/xen/once -
	xenstore-write $backend/vifname mine
	hotplug 5 0 offline
	hotplug 5 0 online
	hotplug 5 0 online
	ip route show dev mine | grep -q 10.5.0.2
}

@test "an emulated card: its own metric, and gone with remove" {
	add_vif vif-xvif-route "10.5.0.1 2001:db8:5::1"
	emulated 5 0
	hotplug 5 0 online
	ip route show dev vif5.0-emu | grep -q '10.5.0.1 .*metric 1 *$'
	ip -6 route show dev vif5.0-emu | grep -q '2001:db8:5::1 metric 1 '
	ip route show dev vif5.0 | grep -q '10.5.0.1 .*metric 2 *$'
	[ "$(node hotplug-status)" = connected ]
	hotplug 5 0 offline
	[ -z "$(ip route show dev vif5.0-emu)$(ip route show dev vif5.0)" ]
	xenstore-write $backend/vifname mine
	hotplug 5 0 online
	ip route show dev mine-emu | grep -q 10.5.0.1
	ip route show dev mine | grep -q 10.5.0.1
}

@test "what libxl does not ask of it, it does not do" {
	add_vif vif-xvif-route 10.5.0.1
	local script=/etc/xen/scripts/vif-xvif-route
	export XENBUS_PATH=backend/vif/5/0 vif=vif5.0 INTERFACE=vif5.0-emu
	$script online type_if=tap
	$script add type_if=vif
	[ -z "$(ip route show dev vif5.0)" ]
	[ "$(node hotplug-status)" = none ]
	run $script type_if=vif
	[ "$status" = 1 ]
	run $script online type_if=bond
	[ "$status" = 1 ]
	run env -u XENBUS_PATH $script online type_if=vif
	[ "$status" = 1 ]
	[[ "$output" == *"XENBUS_PATH is not set"* ]]
	run env XENBUS_PATH=/local/domain/0/backend/vbd/5/0 $script online type_if=vif
	[ "$status" = 1 ]
}

@test "hooks of others run with what the stock scripts give them" {
	mkdir -p /etc/xen/scripts/vif-post.d
	cat >/etc/xen/scripts/vif-post.d/90-site.hook <<-'END'
		echo "$command $type_if $dev $XENBUS_PATH $ip" >>/run/xen/hooked
		[ "$command" = offline ] || xenstore_write "$XENBUS_PATH/seen" yes
	END
	chmod 755 /etc/xen/scripts/vif-post.d/90-site.hook
	add_vif vif-xvif-route 10.5.0.1
	hotplug 5 0 online
	hotplug 5 0 offline
	diff /run/xen/hooked - <<-END
		online vif vif5.0 backend/vif/5/0 10.5.0.1
		offline vif vif5.0 backend/vif/5/0 10.5.0.1
	END
	[ "$(node seen)" = yes ]
	echo 'fatal "not today"' >/etc/xen/scripts/vif-post.d/91-site.hook
	chmod 755 /etc/xen/scripts/vif-post.d/91-site.hook
	fails "a hook in /etc/xen/scripts/vif-post.d failed"
}

@test "IPv6: the guest reaches the host and what is outside by fe80::1, and the host takes no advertisement" {
	local i
	ip addr add 2001:db8:7::1/64 dev eth0 nodad
	sysctl -qw net.ipv6.conf.all.forwarding=1
	add_vif vif-xvif-route "10.5.0.1 2001:db8:7::5 2001:db8:5::/64"
	hotplug 5 0 online
	[ "$(sysctl -n net.ipv6.conf.vif5/0.accept_ra net.ipv6.conf.vif5/0.autoconf | xargs)" = "0 0" ]
	ip -n g5.0 -batch - <<-END
		addr add 2001:db8:7::5/128 dev e0 nodad
		addr add 2001:db8:5::9/64 dev e0 nodad
		route add default via fe80::1 dev e0
	END
	for i in 2001:db8:7::5 2001:db8:5::9; do
		wait_until 10 ping -c 1 -W 1 "$i"
	done
	# somebody outside, for whom 2001:db8:7::5 is on his own network
	ip netns add out
	ip link set uplink0 netns out
	ip -n out link set uplink0 up
	ip -n out addr add 2001:db8:7::99/64 dev uplink0 nodad
	wait_until 10 ip netns exec out ping -c 1 -W 1 2001:db8:7::5
	not ip netns exec out ping -c 1 -W 1 2001:db8:7::6
}

@test "a link of others that has the name of the vif is left alone" {
	ip link add other type bridge
	ip addr add 172.16.9.1/24 dev other
	ip link set other up
	add_vif vif-xvif-bridge "" vifname other
	run hotplug 5 0 online
	[ "$status" = 1 ]
	[[ "$output" == *"a link 'other' exists already"* ]]
	hotplug 5 0 offline
	ip link del vif5.0
	run hotplug 5 0 online
	[ "$status" = 1 ]
	[[ "$output" == *"link 'vif5.0' does not exist"* ]]
	hotplug 5 0 offline
	ip -o link show dev other up | grep -q other
	ip -o addr show dev other | grep -q 172.16.9.1
	[ ! -e /sys/class/net/other/brport ]
}

@test "offline of a link that has gone leaves no answers outside, but those for another vif" {
	ip addr add 2001:db8:7::1/64 dev eth0 nodad
	add_vif vif-xvif-route "2001:db8:7::5 2001:db8:7::6"
	hotplug 5 0 online
	ip link del vif5.0
	ip -6 route add 2001:db8:7::6 dev vif1.0 metric 2
	hotplug 5 0 offline
	[ "$(ip -6 neigh show proxy | xargs)" = "2001:db8:7::6 dev eth0 proxy" ]
}

@test "a list that an edit is about to write is waited for" {
	add_vif vif-xvif-route "10.5.0.1 10.5.0.2"
	hotplug 5 0 online
	xenstore-write $backend/state 4
	mkdir -p /run/xvif
	exec 8<>/run/xvif/vif-5.0.lock
	flock 8
	hotplug 5 0 online 8>&- &
	wait_until 5 eval 'pgrep -x vif-xvif-route >/dev/null'
	xenstore-write $backend/ip 10.5.0.1
	ip route del 10.5.0.2
	rm /run/xvif/vif-5.0.lock
	exec 8>&-
	wait $!
	[ "$(ip route show dev vif5.0 | awk '{print $1}')" = 10.5.0.1 ]
}

@test "what is left of a guard, and one that was changed, is put right by a start" {
	install_program
	xvif guard on 2>/dev/null
	nft add set netdev xvif ip4-5.0 '{ typeof ip saddr; flags interval; counter; elements = { 10.5.0.77 }; }'
	nft flush chain netdev xvif refuse
	add_vif vif-xvif-route 10.5.0.1
	hotplug 5 0 online
	xenstore-write $backend/state 4
	[ -z "$(nft list set netdev xvif ip4-5.0 | grep 10.5.0.77)" ]
	xvif guard status
	umount /usr/local/sbin
}

@test "a run that fails for a guest that runs leaves it up, and guarded" {
	install_program
	xvif guard on 2>/dev/null
	add_vif vif-xvif-route 10.5.0.1
	hotplug 5 0 online
	xenstore-write $backend/state 4 $backend/ip "10.5.0.1 nonsense"
	run hotplug 5 0 online
	[ "$status" = 1 ]
	nft list chain netdev xvif vif-5.0
	ip -o link show dev vif5.0 up | grep -q vif5.0
	ip route add 10.5.0.2 dev vif1.0 metric 2
	xenstore-write $backend/ip "10.5.0.1 10.5.0.3 10.5.0.2"
	run hotplug 5 0 online
	[ "$status" = 1 ]
	nft list chain netdev xvif vif-5.0
	[ "$(ip route show dev vif5.0 | awk '{print $1}')" = 10.5.0.1 ]
	ip -o link show dev vif5.0 up | grep -q vif5.0
	umount /usr/local/sbin
}
