# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# commands.sh - what commands cost: time against the least that could do it,
# processes started, requests to xenstored. Run inside "enter" by "make bench-commands".
. "$(dirname "${BASH_SOURCE[0]}")/../sandbox/world.sh"
spawn=$XVIF_BUILD/tests/bench/spawn
PATH=$XVIF_BUILD/tests/bench/bin:$PATH
export LD_LIBRARY_PATH=$XVIF_BUILD/.libs
mkdir -p "$XVIF_BUILD/tests/bench/bin"
# the program itself, not the shell script that libtool puts in its place
cp "$(ls "$XVIF_BUILD"/.libs/xvif 2>/dev/null || echo "$XVIF_BUILD/xvif")" "$XVIF_BUILD/tests/bench/bin/xvif"
trap world_stop EXIT

# more N: domains 100 .. 99+N, one routed vif each
more() {
	local i
	for ((i = 100; i < 100 + $1; i++)); do
		domain_create $i "guest$i"
		vif_nodes $i 0 "00:16:3e:00:01:$(printf %02x $((i % 256)))" vif-route "10.7.$((i / 250)).$((i % 250 + 1))"
	done
}

costs() { # COMMAND...: processes and requests
	local trace=/run/xen/trace
	strace -f -qq -e trace=execve,write,writev,sendmsg,sendto -o $trace "$@" >/dev/null 2>&1 || true
	# libxenstore writes a request's 16 byte head on its own
	printf '%5d processes %5d requests  %s\n' "$(grep -c 'execve(.*= 0' $trace)" \
		"$(grep -cE 'write\([0-9]+, .*, 16\) = 16' $trace)" "$*"
}

online="env XENBUS_TYPE=vif XENBUS_PATH=bench XENBUS_BASE_PATH=bench netdev= vif=vif1.0 script=/etc/xen/scripts/vif-route /etc/xen/scripts/vif-route online type_if=vif"
world_start
world_guests
xenstore-write /local/domain/0/bench/ip 10.0.0.5

for guests in 2 50; do
	[ $guests = 2 ] || more $((guests - 2))
	echo "$guests guests:"
	"$spawn" 200 "xenstore-read /local/domain/1/name" "xvif show 1" "xvif show web01" "xvif show" "xvif version"
	"$spawn" 20 "$online ; ip route del 10.0.0.5" "xvif add-ip web01 10.0.0.5 ; xvif del-ip web01 10.0.0.5"
done
"$spawn" 50 "xvif del-ip web01 10.0.0.5 ; xvif add-ip --hotplug=none web01 10.0.0.5"
if command -v strace >/dev/null; then
	echo "costs:"
	costs xenstore-read /local/domain/1/name
	costs xvif show 1
	costs xvif show web01
	costs xvif show
	costs xvif add-ip web01 10.0.0.6
	costs xvif del-ip web01 10.0.0.6
fi
