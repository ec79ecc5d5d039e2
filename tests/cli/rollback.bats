#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# what is as it was after an edit that failed, and what is said of the rest
load setup

@test "rollback: what a site's own script did besides stays, and the error says so" {
	cat >/etc/xen/scripts/vif-site <<-'END'
	#!/bin/sh
	for a in $(xenstore-read "$XENBUS_PATH/ip"); do
		ip route add "$a" dev "$vif" && ip neigh add proxy "$a" dev eth0
	done
	exit 1
	END
	chmod 755 /etc/xen/scripts/vif-site
	xenstore-write /local/domain/0/backend/vif/1/0/script /etc/xen/scripts/vif-site
	run xvif add-ip --hotplug=delta web01 10.0.0.5
	echo "$output"
	[ "$status" = 4 ]
	[[ "$output" == *"rolled back, but what '/etc/xen/scripts/vif-site' did besides routes stays"* ]]
	[ -z "$(ip route show 10.0.0.5)" ]
	ip neigh show proxy | grep -q 10.0.0.5
}

# met LINK: as the script sets 10.0.0.6, somebody else has just routed it to LINK
met() {
	cp /sbin/ip /run/xen/ip.real
	cat >/run/xen/ip <<-END
	#!/bin/sh
	case "\$*" in "route add 10.0.0.6 "*) /run/xen/ip.real route add 10.0.0.6 dev $1 src 192.168.7.1 metric 2;; esac
	exec /run/xen/ip.real "\$@"
	END
	chmod +x /run/xen/ip
	mount --bind /run/xen/ip "$(readlink -f /sbin/ip)"
	run xvif add-ip web01 10.0.0.5 10.0.0.6 10.0.0.7
	umount "$(readlink -f /sbin/ip)"
	echo "$output"
	[ "$status" = 4 ]
	[[ "$output" != *besides* ]]
	[ -z "$(ip route show 10.0.0.5)$(ip route show 10.0.0.7)" ]
	[[ "$(ip route show 10.0.0.6)" == "10.0.0.6 dev $1 "* ]]
	ip route del 10.0.0.6
	xvif check
}

@test "rollback: a route that somebody set while the script ran is not deleted" {
	met vif1.0
	met vif2.0
}

@test "a link that cannot be looked for is not missing" {
	refused 1 "cannot look for link 'eth0': Input/output error" strace -f -o /run/xen/trace -e trace=ioctl \
		-e inject=ioctl:error=EIO xvif add-ip web01 10.0.0.5
}
