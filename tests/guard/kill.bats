#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# kill -9 after each system call of an edit of a guarded vif in turn: what stays in the list passes at
# once, what was never in it does not, and repair puts list and guard in order. KILL_STEP and KILL_FIRST
# as in tests/cli/kill.bats.
# bats file_tags=long
load setup

# consistent OLD NEW: all of the vif agrees with one of these lists
consistent() {
	local list
	list=$(xenstore-read /local/domain/0/backend/vif/3/0/ip)
	[ "$list" = "$1" ] || [ "$list" = "$2" ] || { echo "the list is '$list'"; return 1; }
	xvif check web01 && xvif guard status -q web01
}

# killed OLD NEW ADDRESS COMMAND...: the address is in one of the lists only
killed() {
	local old=$1 new=$2 address=$3 n=${KILL_FIRST:-1} tried=0 flow
	shift 3
	case $address in *:*) flow=own6 ;; *) flow=own4 ;; esac
	while ! "$XVIF_BUILD/tests/sandbox/killer" "$n" "$@" >/run/xen/killed 2>&1; do
		frames passed e0 to_guest "$GUARD/flows" >/dev/null || { cat /run/xen/killed; return 1; }
		frames stopped e0 to_guest "$GUARD"/{attacks,options} >/dev/null || { cat /run/xen/killed; return 1; }
		xvif -q repair
		consistent "$old" "$new" || { cat /run/xen/killed; return 1; }
		xvif -q set-ips web01 $old
		n=$((n + ${KILL_STEP:-20}))
		tried=$((tried + 1))
	done
	[ $tried -gt 0 ]
	consistent "$new" "$new"
	# and what is listed is what passes
	xvif -q set-ips web01 $old
	"$FRAMES" run -f g3.0/e0 -t g4.0/e0 -s "$flow=$address" -l 'ip4 src=10.9.1.9 / udp' \
		"$GUARD/flows" -o ipv4-unicast -o ipv6-unicast >/run/xen/with-old
	"$@"
	"$FRAMES" run -f g3.0/e0 -t g4.0/e0 -s "$flow=$address" -l 'ip4 src=10.9.1.9 / udp' \
		"$GUARD/flows" -o ipv4-unicast -o ipv6-unicast >/run/xen/with-new
	not cmp -s /run/xen/with-old /run/xen/with-new
}

@test "add-ip killed at any call" {
	bridged
	xvif guard on
	killed "$own_list" "$own_list 10.9.0.77" 10.9.0.77 xvif -q add-ip web01 10.9.0.77
}

@test "del-ip killed at any call" {
	own_list+=" 2001:db8:9::77"
	bridged
	xvif guard on
	killed "$own_list" "${own_list% *}" 2001:db8:9::77 xvif -q del-ip web01 2001:db8:9::77
}
