#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The ways in which operators and services break a host: check or doctor sees each of them, repair
# mends what it says it mends, and nothing gets worse. One host is broken and mended in turn; after
# each way it is as it was. Where docs/differences.md names the way, what it says of those that see the
# difference is true, and all: show, watch, find, guard status, and findings of doctor.
load setup

BASE=/run/xen/base BROKEN=/run/xen/broken NOW=/run/xen/now

# host [rules|site]: net01 has an address in the network of eth0; with rules: bridged packets pass them
host() {
	HOST=${1:-}
	[ "$HOST" != rules ] || activate_rules
	iptables -A FORWARD -m comment --comment "of the site" -j ACCEPT
	echo 1 >/proc/sys/net/ipv4/conf/eth0/proxy_arp
	echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter
	echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
	echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
	domain_create 3 net01
	vif_nodes 3 0 00:16:3e:00:00:04 vif-route 192.168.7.5
	guest 3 0
	vif_nodes 2 1 00:16:3e:00:00:03 vif-bridge 10.9.0.1
	ip link add xenbr1 type bridge
	ip link set xenbr1 up
	hotplug 3 0 online
	hotplug 2 1 offline
	hotplug 2 1 online
	hotplug 1 0 offline
	hotplug 1 0 online
	hotplug 2 0 offline
	hotplug 2 0 online
	[ "$HOST" != site ] || site
	xvif check
	xvif doctor >/run/xen/healthy || true
	cat /run/xen/healthy
	state >$BASE
	# the way in which a state is read is not blind
	ip link set vif2.1 nomaster
	state | not cmp -s - $BASE
	ip link set vif2.1 master xenbr0
	state | cmp - $BASE
}

# site: a guest whose script is the site's own, with addresses of both families
site() {
	cat >/etc/xen/scripts/vif-site <<-'END'
		#!/bin/bash
		. "$(dirname "$0")/vif-common.sh"
		case $command in
		online)
			ip link set "$dev" up
			for a in $ip; do ip route add "$a" dev "$dev" metric 2; done
			success
			;;
		offline) for a in $ip; do ip route del "$a" dev "$dev" metric 2; done ;;
		esac
	END
	chmod 755 /etc/xen/scripts/vif-site
	vouch
	domain_create 4 site01
	vif_nodes 4 0 00:16:3e:00:00:05 vif-site "10.4.0.1 2001:db8::5"
	guest 4 0 10.4.0.0/24
	hotplug 4 0 online
}

vouch() {
	echo "/etc/xen/scripts/vif-site $(sha256sum </etc/xen/scripts/vif-site | cut -c1-64) delta routes" >/etc/xvif/scripts.conf
}

# what the guard counts and has seen apart, and since when
guard_state() {
	nft -s list chains netdev xvif
	nft -s list chain netdev xvif vif-1.0
	for set in armed ip4-1.0 mine-9.0; do nft -s list set netdev xvif $set; done | sed 's/ comment "since [^"]*"//g'
}

# hide PROGRAM: nothing that can be executed stands in its place, until "show" of it
hide() {
	mount --bind /dev/null "$(readlink -f "$(command -v "$1")")"
}
unhide() {
	umount "$(readlink -f "$(PATH=$PATH:/usr/sbin command -v "$1" || echo "$2")")"
}

# state: all that a way may break and a repair may change, whatever the kernel numbers anew;
# rules of vifs in any order, those of the site by how many of these come after
state() {
	[ -z "${STATE:-}" ] || return 0
	{
		set +e # what cannot be read is a part of it
		xenstore-ls -fp
		ip -o -batch - <<-END
			addr
			link
			route show table all
			rule
			neigh show nud permanent
			neigh show proxy
		END
		ip -6 -batch - <<-END
			route show table all
			rule
		END
		iptables-save | awk '/^[#:]/ { sub(/ \[.*/, "") } /physdev/ { n++ }
			/^-A FORWARD/ && !/physdev/ { $0 = $0 " below " n } { print }'
		${GUARD:-true}
		nft list tables | sed '/ ip6* \(filter\|raw\|mangle\)$/d'
		grep -H . /proc/sys/net/ipv{4/ip_forward,6/conf/all/forwarding,4/conf/*/{forwarding,proxy_arp,rp_filter}} \
			/proc/sys/net/bridge/bridge-nf-call-iptables
		stat -c '%n %A %U' /var/lib/xen /etc/xen/scripts /etc/xen/scripts/vif* /etc/xvif /etc/xvif/*
		md5sum /var/lib/xen/userdata-d* /etc/xen/scripts/vif-* /etc/xvif/*
	} 2>&1 | sed '/^\/tool\/xenstored/d;/^#/d;s/^[0-9]*: //;s/@[^:]*:/:/;s/NO-CARRIER,//;s/,LOWER_UP//
		s/ brd [^ ]*//;s/ \(qlen\|state\|group\) [^\\]*//;s/\\.*//
		/fe80::/d;/ff00::/d;/^multicast/d;/^anycast/d;/^broadcast .* dev vif/d' | sort
}

# seers_said NAME: what docs/differences.md says of the way, "check; show; watch: `route`"
seers_said() {
	sed -n "s/^|[^|]*|[^|]*| \([^|]*\) |[^|]*| broken.bats: \"$1\" |$/\1/p" "$BATS_TEST_DIRNAME/../../docs/differences.md"
}

# look FILE: what others than check print of a vif, but when its link was set up, and what was counted
look() {
	xvif show "${vif[@]}" 2>&1 | sed -E '/^(since|drop|refused)/d' >"$1.show"
	xvif guard status >"$1.guard" 2>&1 || true
	xvif doctor 2>&1 | awk '$2 != "ok" { $1 = $1; print }' >"$1.doctor" || true
}

begin_looking() {
	vif=(web01 0)
	[[ "$1" != *" vif "* ]] || read -ra vif <<<"${1/ vif/}"
	look /run/xen/before
	: >/run/xen/watching # what an earlier one said
	xvif watch -v >/run/xen/lines 2>/run/xen/watching 3>&- &
	WATCH_PID=$!
	wait_until 10 grep -q ': watching$' /run/xen/watching
}

# seers: those that print otherwise than before
seers() {
	cmp -s /run/xen/{before,after}.show || echo show
	cmp -s /run/xen/{before,after}.guard || echo '`guard status`'
	{ grep -vxFf /run/xen/before.doctor /run/xen/after.doctor || true; } | cut -d' ' -f1 | sort -u | paste -sd, | sed '/^$/d;s/^./doctor: &/;s/,/, /g'
}

# end_looking SAID SEEN
end_looking() {
	local said=$1 node
	look /run/xen/after
	for node in $(grep -o 'watch: [^;]*' <<<"$said" | sed 's/watch: //;s/ or /|/g;s/[`,]//g'); do
		wait_until 10 grep -qE " ${2%%:*}: ($node): " /run/xen/lines || fails "watch does not print $node: $(cat /run/xen/lines)"
	done
	kill "$WATCH_PID"
	wait "$WATCH_PID" || true
	[[ "$said" != *find* ]] || [ "$(xvif find -n -o BY "${2##* }" | grep -c list)" = 2 ] || fails "find does not name two owners"
	[[ "$said" != "check of all"* ]] || xvif check "${vif[@]}" || fails "check of a vif sees it"
	diff <(sed 's/; /\n/g' <<<"$said" | grep -vE '^(check|watch|find)') <(seers) || fails "docs/differences.md says: $said"
}

# way NAME MENDED SEEN BREAK [UNDO]: MENDED is
#   mends: repair brings back the state before
#   stays: repair changes nothing, UNDO does
#   follows: repair makes the host agree with what was broken; UNDO brings back the state before
# SEEN is a pattern of a line of check, or, after "doctor ", one of doctor that a healthy host has not
way() {
	local name=$1 mended=$2 seen=$3 break=$4 undo=${5:-true} by=check said repair=0 vif seers
	echo "--- $name"
	seers=$(seers_said "$name")
	[ -z "$seers" ] || begin_looking "${seen%%:*}"
	eval "$break"
	state >$BROKEN
	[ -z "$seers" ] || end_looking "$seers" "$seen"
	! cmp -s $BASE $BROKEN || [ "${HIDDEN:-}" ] || fails "changes nothing"
	[[ "$seen" != doctor* ]] || by=doctor
	said=$(timeout 20 xvif --timeout "${TIMEOUT:-5}" $by 2>&1) && [ "$by" = check ] && [[ "$seen" != xvif:* ]] && fails "check is silent"
	sees "$said" "${seen#doctor }" || fails "is not seen by $by:
$(grep -vxFf /run/xen/healthy <<<"$said")"
	said=$(timeout 20 xvif --timeout "${TIMEOUT:-5}" repair 2>&1) || repair=$?
	echo "repair: $repair: $said"
	state >$NOW
	case $mended in
	mends)
		[ "$repair" = 0 ] || fails "repair: $repair"
		grep -q ': repaired: ' <<<"$said" || fails "repair does not say what it did"
		;;
	stays)
		cmp -s $BROKEN $NOW || fails "repair changed $(diff $BROKEN $NOW | head -n 20)"
		! grep -q ': repaired: ' <<<"$said" || fails "repair says that it repaired"
		eval "$undo"
		;;
	follows)
		xvif -q check || fails "not consistent after repair"
		eval "$undo"
		;;
	esac
	STATE='' state >$NOW
	cmp -s $BASE $NOW || { fails "left $(diff $BASE $NOW | head -n 20)"; anew; }
}

# table FAMILY NAME HOOK DEVICE POLICY [RULE...]: of another program
table() {
	nft -f - <<-END
		table $1 $2 {
			chain f {
				type filter hook $3 $4 priority 10; $5
				$(printf '%s\n' "${@:6}")
			}
		}
	END
}

# sees TEXT PATTERN: a line of TEXT that a healthy host has not begins so
sees() {
	local line
	while IFS= read -r line; do
		# shellcheck disable=SC2053
		[[ "$line" != $2* ]] || grep -qxF "$line" /run/xen/healthy || return 0
	done <<<"$1"
	return 1
}

fails() {
	echo "*** $name: $1"
	WRONG+=("$name")
}

anew() {
	world_stop || true
	setup
	host "$HOST" >/dev/null
}

all_seen() {
	xvif check
	echo "${#WRONG[@]}: ${WRONG[*]}"
	[ "${#WRONG[@]}" = 0 ]
}
WRONG=()

@test "routes" {
	host
	way "one route deleted" mends "web01 vif 0: route-missing: 10.0.0.1" "ip route del 10.0.0.1 dev vif1.0"
	way "links flushed, as networkd does" mends "web01 vif 0: route-missing: 10.0.0.1" \
		"ip route flush dev vif1.0; ip addr flush dev vif1.0"
	way "address of the link gone" mends "db01 vif 0: link-address: " "ip addr flush dev vif2.0"
	way "routed to another vif" mends "web01 vif 0: route-missing: 10.0.0.2" \
		"ip route replace 10.0.0.2 dev vif2.0 src 192.168.7.1 metric 2"
	way "route without its source" mends "web01 vif 0: route-foreign: *10.0.0.2" \
		"ip route replace 10.0.0.2 dev vif1.0 metric 2"
	way "route of no list" mends "web01 vif 0: route-extra: 10.0.0.9" \
		"ip route add 10.0.0.9 dev vif1.0 src 192.168.7.1 metric 2"
	way "route with an MTU" mends "web01 vif 0: route-foreign: *10.0.0.1" \
		"ip route replace 10.0.0.1 dev vif1.0 src 192.168.7.1 metric 2 mtu 100"
	way "route by a gateway behind the vif" mends "web01 vif 0: route-foreign: *10.0.0.1" \
		"ip route replace 10.0.0.1 via 10.0.0.2 dev vif1.0 src 192.168.7.1 metric 2 onlink"
	way "blackhole" stays "web01 vif 0: route-elsewhere: 10.0.0.1: blackhole" \
		"ip route add blackhole 10.0.0.1" "ip route del blackhole 10.0.0.1"
	way "preferred route by a gateway" stays "net01 vif 0: route-elsewhere: 192.168.7.5: " \
		"ip route add 192.168.7.5 via 192.168.7.254 metric 1" "ip route del 192.168.7.5 via 192.168.7.254"
	way "another table by a rule" stays "web01 vif 0: route-elsewhere: 10.0.0.1: " \
		"ip route add 10.0.0.1 via 192.168.7.254 table 100; ip rule add to 10.0.0.0/24 lookup 100" \
		"ip rule del to 10.0.0.0/24 lookup 100; ip route flush table 100"
	way "rule that prohibits" stays "web01 vif 0: route-elsewhere: 10.0.0.2: prohibit" \
		"ip rule add to 10.0.0.2 prohibit" "ip rule del to 10.0.0.2 prohibit"
	way "another table for what comes from the uplink" stays "web01 vif 0: route-elsewhere: 10.0.0.1: " \
		"ip route add default via 192.168.7.254; ip route add 10.0.0.1 via 192.168.7.254 table 100; ip rule add iif eth0 lookup 100" \
		"ip route del default; ip rule del iif eth0 lookup 100; ip route flush table 100"
	way "table for what comes from the vif" stays "doctor guest-rules *vif1.0" \
		"ip rule add iif vif1.0 prohibit" "ip rule del iif vif1.0 prohibit"
	way "rule for the guest's packets" stays "doctor guest-rules *vif1.0" \
		"ip rule add from 10.0.0.1 blackhole" "ip rule del from 10.0.0.1 blackhole"
	way "the host has the address, too" stays "web01 vif 0: route-elsewhere: 10.0.0.2: local" \
		"ip addr add 10.0.0.2/32 dev eth0" "ip addr del 10.0.0.2/32 dev eth0"
	way "rule for the main table gone" stays "web01 vif 0: route-elsewhere: 10.0.0.1: no rule" \
		"ip rule del lookup main" "ip rule add lookup main pref 32766"
	all_seen
}

@test "links" {
	host
	way "routed link down" mends "web01 vif 0: link-down" "ip link set vif1.0 down"
	way "bridged link down" mends "db01 vif 1: link-down" "ip link set vif2.1 down"
	way "link deleted" stays "net01 vif 0: link-missing" "ip link del vif3.0" \
		"ip link add vif3.0 type veth peer name e0 netns g3.0; ip -n g3.0 link set e0 up; xvif -q repair"
	way "link renamed" stays "net01 vif 0: link-missing" \
		"ip link set vif3.0 down; ip link set vif3.0 name lan3; ip link set lan3 up" \
		"ip link set lan3 down; ip link set lan3 name vif3.0; hotplug 3 0 offline; hotplug 3 0 online"
	way "out of its bridge" mends "db01 vif 1: bridge-port" "ip link set vif2.1 nomaster"
	way "in another bridge" mends "db01 vif 1: bridge-port" \
		"ip link set vif2.1 master xenbr1"
	way "routed link in a bridge" mends "web01 vif 0: bridge-port" "ip link set vif1.0 master xenbr0"
	way "bridge deleted" stays "db01 vif 1: bridge-missing" "ip link del xenbr0" \
		"ip link add xenbr0 type bridge; ip link set xenbr0 up; ip link set vif2.1 master xenbr0"
	way "bridge down" stays "db01 vif 1: link-down" "ip link set xenbr0 down" "ip link set xenbr0 up"
	way "uplink down" stays "doctor gateway-address *bad*eth0" "ip link set eth0 down" "ip link set eth0 up"
	way "gateway device without address" stays "doctor gateway-address *bad*eth0" "ip addr flush dev eth0" \
		"ip addr add 192.168.7.1/24 dev eth0; xvif -q repair"
	way "proxy_arp of the vif" mends "web01 vif 0: proxy-arp" "echo 0 >/proc/sys/net/ipv4/conf/vif1.0/proxy_arp"
	way "ip_forward" stays "doctor ip-forward *bad" "sysctl -qw net.ipv4.conf.all.forwarding=0" \
		"echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv4/conf/eth0/proxy_arp"
	way "forwarding of the vif" stays "doctor ip-forward *bad*vif1.0" "echo 0 >/proc/sys/net/ipv4/conf/vif1.0/forwarding" \
		"echo 1 >/proc/sys/net/ipv4/conf/vif1.0/forwarding"
	way "forwarding of the uplink" stays "doctor ip-forward *bad*eth0" "echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding" \
		"echo 1 >/proc/sys/net/ipv4/conf/eth0/forwarding"
	way "proxy_arp of the uplink" stays "doctor proxy-arp *bad*192.168.7.5" "echo 0 >/proc/sys/net/ipv4/conf/eth0/proxy_arp" \
		"echo 1 >/proc/sys/net/ipv4/conf/eth0/proxy_arp"
	way "rp_filter" stays "doctor rp-filter *note" "echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter" \
		"echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter"
	HIDDEN=y way "wrong permanent neighbour" stays "doctor neighbours *web01" \
		"ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:09 dev vif1.0 nud permanent" "ip neigh del 10.0.0.1 dev vif1.0"
	all_seen
}

@test "rules and other filters" {
	host rules
	way "chain flushed" mends "web01 vif 0: rules: " \
		"iptables -F FORWARD; iptables -A FORWARD -m comment --comment 'of the site' -j ACCEPT"
	way "bridged packets not shown" stays "doctor bridge-netfilter *note" \
		"echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables" "echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables"
	HIDDEN=y way "iptables cannot be run" stays "web01 vif 0: *iptables-failed" "hide iptables" "unhide iptables /usr/sbin/xtables-nft-multi"
	way "one rule deleted" mends "db01 vif 1: rules: " \
		"iptables -D FORWARD -m physdev --physdev-is-bridged --physdev-in vif2.1 -s 10.9.0.1 -j ACCEPT"
	way "rules doubled" mends "db01 vif 1: rules: " "hotplug 2 1 online"
	way "rule of an address of no list" mends "db01 vif 1: rules: " \
		"iptables -I FORWARD -m physdev --physdev-is-bridged --physdev-in vif2.1 -s 10.9.0.77 -j ACCEPT"
	way "policy DROP" stays "doctor forward-policy *" "iptables -P FORWARD DROP" "iptables -P FORWARD ACCEPT"
	way "DROP first" stays "doctor forward-policy *" "iptables -I FORWARD -j DROP" "iptables -D FORWARD -j DROP"
	way "mangle DROP" stays "doctor forward-policy *" "iptables -t mangle -P FORWARD DROP" \
		"iptables -t mangle -P FORWARD ACCEPT; nft delete table ip mangle"
	way "another table drops" stays "doctor forward-policy *bad" \
		"table inet site forward '' 'policy drop;'" "nft delete table inet site"
	way "another table rejects at its end" stays "doctor forward-policy *" \
		"table inet firewalld forward '' '' 'ct state established accept' 'reject with icmpx admin-prohibited'" \
		"nft delete table inet firewalld"
	way "a table of bridges drops" stays "doctor forward-policy *" \
		"table bridge site forward '' 'policy drop;'" "nft delete table bridge site"
	all_seen
}

B=/local/domain/0/backend/vif C=/libxl F=/local/domain
node() { xenstore-write "$@"; }

@test "the store" {
	host
	way "list edited by hand" follows "web01 vif 0: libxl: " "xenstore-write $B/1/0/ip '10.0.0.1 10.0.0.3'" \
		"xvif -q set-ips web01 10.0.0.1 10.0.0.2"
	way "libxl's copy edited" mends "web01 vif 0: libxl: " "xenstore-write $C/1/device/vif/0/ip 10.0.0.1"
	way "garbage in the list" stays "web01 vif 0: list-word: " "xenstore-write $B/1/0/ip '10.0.0.1 10.0.0.2 x.y' $C/1/device/vif/0/ip '10.0.0.1 10.0.0.2 x.y'
		sed -i 's/10.0.0.1 10.0.0.2/& x.y/' $(userdata_of 1)" \
		"xenstore-write $B/1/0/ip '10.0.0.1 10.0.0.2' $C/1/device/vif/0/ip '10.0.0.1 10.0.0.2'; write_userdata 1"
	way "a word twice" mends "web01 vif 0: list-word: " "xenstore-write $B/1/0/ip '10.0.0.1 10.0.0.2 10.0.0.1'" \
		"xenstore-write $B/1/0/ip '10.0.0.1 10.0.0.2'"
	way "list removed" follows "web01 vif 0: libxl: " "xenstore-rm $B/1/0/ip" \
		"xvif -q set-ips web01 10.0.0.1 10.0.0.2"
	way "an address of another vif" stays "net01 vif 0: duplicate: 10.0.1.1" \
		"xenstore-write $B/3/0/ip '192.168.7.5 10.0.1.1' $C/3/device/vif/0/ip '192.168.7.5 10.0.1.1'" \
		"xenstore-write $B/3/0/ip '192.168.7.5' $C/3/device/vif/0/ip '192.168.7.5'"
	way "no script" stays "web01 vif 0: *no-script" "xenstore-rm $B/1/0/script" "xenstore-write $B/1/0/script /etc/xen/scripts/vif-route; xenstore-chmod $B/1/0/script n0 r1"
	way "script that is not there" stays "web01 vif 0: *script-missing" "xenstore-write $B/1/0/script /etc/xen/scripts/vif-gone" \
		"xenstore-write $B/1/0/script /etc/xen/scripts/vif-route"
	way "hotplug-status gone" mends "web01 vif 0: hotplug-status" "xenstore-rm $B/1/0/hotplug-status"
	way "hotplug-status error" mends "web01 vif 0: hotplug-status" "xenstore-write $B/1/0/hotplug-status error"
	way "mac broken" stays "doctor duplicate-mac *bad*web01 vif 0" "xenstore-write $B/1/0/mac 00:16:zz" "xenstore-write $B/1/0/mac 00:16:3e:00:00:01"
	way "mac gone" stays "doctor duplicate-mac *bad*web01 vif 0" "xenstore-rm $B/1/0/mac" "xenstore-write $B/1/0/mac 00:16:3e:00:00:01; xenstore-chmod $B/1/0/mac n0 r1"
	way "state 5 of a connected guest" stays "web01 vif 0: state" "xenstore-write $B/1/0/state 5" "xenstore-write $B/1/0/state 4"
	way "frontend gone" stays "doctor frontends *web01 vif 0" "xenstore-rm $F/1/device/vif/0" \
		"xenstore-write $F/1/device/vif/0/backend $B/1/0 $F/1/device/vif/0/backend-id 0 $F/1/device/vif/0/state 4 $F/1/device/vif/0/handle 0 $F/1/device/vif/0/mac 00:16:3e:00:00:01 $F/1/device/vif/0/trusted 1; xenstore-chmod -r $F/1/device/vif/0 n1 r0"
	way "frontend of another domain" stays "web01 vif 0: *vif-broken" "xenstore-write $B/1/0/frontend-id 2" "xenstore-write $B/1/0/frontend-id 1"
	way "the guest may write its list" stays "doctor node-permissions *bad*web01 vif 0" "xenstore-chmod $B/1/0/ip n0 b1" "xenstore-chmod $B/1/0/ip n0 r1"
	way "nodes of a domain that is gone" stays "xvif: *9" "xenstore-write $B/9/0/frontend-id 9 $B/9/0/state 4 $B/9/0/ip 10.0.9.9 $B/9/0/frontend $F/9/device/vif/0" \
		"xenstore-rm $B/9"
	way "libxl's copy gone" stays "web01 vif 0: libxl" "xenstore-rm $C/1/device/vif/0" "vif_nodes 1 0 00:16:3e:00:00:01 vif-route '10.0.0.1 10.0.0.2'"
	way "name of the domain gone" stays "doctor lost-domains *domain 1" "xenstore-rm $F/1/name" "xenstore-write $F/1/name web01; xenstore-chmod $F/1/name n0 r1"
	way "bridge that is not there" stays "db01 vif 1: bridge-missing" "xenstore-write $B/2/1/bridge xenbr9" "xenstore-write $B/2/1/bridge xenbr0"
	way "backend node of the frontend" stays "doctor frontends *web01 vif 0" "xenstore-write $F/1/device/vif/0/backend $B/2/0" "xenstore-write $F/1/device/vif/0/backend $B/1/0"
	all_seen
}

@test "files" {
	host
	S=/etc/xen/scripts
	way "script changed" stays "web01 vif 0: *unknown-script" "echo true >>$S/vif-route" "cp -a /run/xen/scripts/vif-route $S"
	way "script missing" stays "web01 vif 0: *script-missing" "rm $S/vif-route" "cp -a /run/xen/scripts/vif-route $S"
	way "script writable by others" stays "web01 vif 0: script-unsafe" "chmod 777 $S/vif-route" "chmod 755 $S/vif-route"
	way "folder of scripts writable" stays "doctor script-permissions *bad" "chmod 777 $S" "chmod 755 $S"
	way "script not executable" stays "web01 vif 0: *script-unreadable" "chmod -x $S/vif-route" "chmod 755 $S/vif-route"
	way "hook added" stays "doctor scripts *note" "mkdir $S/vif-post.d; echo true >$S/vif-post.d/site.hook; chmod +x $S/vif-post.d/site.hook" "rm -r $S/vif-post.d"
	way "vif-common.sh changed" stays "doctor scripts *note" "cp -a $S/vif-common.sh /run/xen/v; echo true >>$S/vif-common.sh" "cp -a /run/xen/v $S/vif-common.sh"
	way "vif-common.sh missing" stays "doctor scripts *bad" "mv $S/vif-common.sh /run/xen/v" "mv /run/xen/v $S/vif-common.sh"
	U=$(userdata_of 1)
	cp -a "$U" /run/xen/u
	way "stored configuration missing" stays "web01 vif 0: userdata" "rm $U" "cp -a /run/xen/u $U"
	way "stored configuration broken" stays "web01 vif 0: *userdata" "head -c 300 /run/xen/u >$U" "cp -a /run/xen/u $U"
	way "stored configuration empty" stays "web01 vif 0: *userdata" ": >$U" "cp -a /run/xen/u $U"
	way "stored configuration of another list" mends "web01 vif 0: userdata: " "sed -i 's/10.0.0.1 10.0.0.2/10.0.0.1/' $U"
	way "stored configuration of another domain" stays "web01 vif 0: *userdata" "cat $(userdata_of 3) >$U" "cp -a /run/xen/u $U"
	way "stored configuration that cannot be written" stays "web01 vif 0: userdata: " \
		"sed -i 's/10.0.0.1 10.0.0.2/10.0.0.1/' $U; mount -o remount,ro /var/lib/xen" "mount -o remount,rw /var/lib/xen; cp -a /run/xen/u $U"

	all_seen
}

@test "scripts of the site, and IPv6" {
	host site
	way "scripts.conf broken" stays "site01 vif 0: *unknown-script" "echo x y z >>/etc/xvif/scripts.conf" "vouch"
	way "scripts.conf writable by others" stays "site01 vif 0: *unknown-script" "chmod 666 /etc/xvif/scripts.conf" "chmod 644 /etc/xvif/scripts.conf"
	way "route deleted" mends "site01 vif 0: route-missing: 2001:db8::5" "ip route del 2001:db8::5 dev vif4.0"
	way "all routes flushed" mends "site01 vif 0: route-missing: 10.4.0.1" \
		"ip route flush dev vif4.0; ip -6 route del 2001:db8::5"
	way "blackhole" stays "site01 vif 0: route-elsewhere: 2001:db8::5: blackhole" \
		"ip -6 route add blackhole 2001:db8::5 metric 1" "ip -6 route del blackhole 2001:db8::5 metric 1"
	way "the host has the address" stays "site01 vif 0: route-elsewhere: 2001:db8::5: local" \
		"ip addr add 2001:db8::5/128 dev eth0 nodad" "ip addr del 2001:db8::5/128 dev eth0"
	way "rule that prohibits" stays "site01 vif 0: route-elsewhere: 2001:db8::5: prohibit" \
		"ip -6 rule add to 2001:db8::/64 prohibit" "ip -6 rule del to 2001:db8::/64 prohibit"
	way "forwarding" stays "doctor ip-forward *bad*ipv6" "echo 0 >/proc/sys/net/ipv6/conf/all/forwarding" \
		"echo 1 >/proc/sys/net/ipv6/conf/all/forwarding"
	way "script changed" stays "site01 vif 0: *unknown-script" "echo true >>/etc/xen/scripts/vif-site" \
		"sed -i '\$d' /etc/xen/scripts/vif-site"
	way "another table drops IPv6" stays "doctor forward-policy *bad" "table ip6 site forward '' 'policy drop;'" \
		"nft delete table ip6 site"
	all_seen
}

@test "the guard" {
	GUARD=guard_state
	host
	xvif guard on -q
	state >$BASE
	way "guard flushed" mends "web01 vif 0: guard-missing: " "nft delete table netdev xvif"
	way "guard changed" mends "web01 vif 0: guard-differs: " "nft insert rule netdev xvif vif-1.0 accept"
	way "guard disarmed" mends "web01 vif 0: guard-off: " "nft delete element netdev xvif armed '{ \"vif1.0\" }'"
	way "guard of a vif that is not there" mends "*guard-extra: " "nft add set netdev xvif mine-9.0 '{ type ipv4_addr; }'"
	xvif guard off -q
	all_seen
}

@test "programs and services" {
	host
	# xenstored has to answer whoever looks at the state
	HIDDEN=y STATE=: TIMEOUT=1 way "xenstored stopped" stays "doctor xenstored *bad" "kill -STOP $XENSTORED_PID" \
		"kill -CONT $XENSTORED_PID"
	HIDDEN=y way "ifconfig is missing" stays "doctor tools *bad*ifconfig" "hide ifconfig" "unhide ifconfig /usr/sbin/ifconfig"
	all_seen
}
