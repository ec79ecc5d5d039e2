# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guard.sh - what the guard costs: a packet between two guests of a bridge beside no rules and the rules
# of the stock scripts, an edit, a comparison and a start on a host with many guarded vifs.
# Run inside "enter" by "make bench-guard". In turns, medians; on a machine that does nothing else.
. "$(dirname "${BASH_SOURCE[0]}")/../sandbox/world.sh"
PATH=$XVIF_BUILD/.libs:$XVIF_BUILD:$PATH
export LD_LIBRARY_PATH=$XVIF_BUILD/.libs
many=$XVIF_BUILD/tests/bench/guard-many
vifs=${VIFS:-2000}
packets=${PACKETS:-100000}
rounds=${ROUNDS:-15}
# of vifs beside the two that send and receive; to make 10000 takes the kernel minutes
sizes=${SIZES:-0 300 2000}
trap world_stop EXIT

# note NAME VALUE: one of many, in a file of its own
note() {
	echo "$2" >>"/run/xen/took.$1"
}

# medians NAME...: each, and how many times the first
medians() {
	local name value first=
	for name; do
		value=$(sort -n "/run/xen/took.$name" | sed -n "$((($(wc -l <"/run/xen/took.$name") + 1) / 2))p")
		: "${first:=$value}"
		awk -v name="$name" -v value="$value" -v first="$first" 'BEGIN {
			printf "%-24s %10.3f  x %.2f\n", name, value, value / first }'
	done
}

# two_guests: on a bridge; the first sends to the second, and nobody there listens
two_guests() {
	local i
	for i in 1 2; do
		domain_create $i "guest$i"
		vif_nodes $i 0 "00:16:3e:00:00:0$i" vif-bridge "10.9.0.$i"
		guest $i 0
		ip -n "g$i.0" link set e0 address "00:16:3e:00:00:0$i"
		hotplug $i 0 online
	done
	ip -n g2.0 addr flush dev e0
	sysctl -qw net.bridge.bridge-nf-call-iptables=1
}

packet() {
	ip netns exec g1.0 "$XVIF_BUILD/tests/bench/packets" e0 00:16:3e:00:00:01 00:16:3e:00:00:02 \
		10.9.0.1 10.9.0.2 "$packets"
}

# stock N: the rules of N vifs, as vif-bridge sets them where Debian does not keep it from that
stock() {
	local i
	{
		echo '*filter'
		for ((i = 0; i < $1; i++)); do
			echo "-A FORWARD -m physdev --physdev-is-bridged --physdev-in vif$((3000 + i)).0 -s 10.8.$((i / 250)).$((i % 250)) -j ACCEPT"
			echo "-A FORWARD -m physdev --physdev-is-bridged --physdev-out vif$((3000 + i)).0 -j ACCEPT"
		done
		echo '-A FORWARD -m physdev --physdev-is-bridged --physdev-in vif1.0 -s 10.9.0.1 -j ACCEPT'
		echo COMMIT
	} | iptables-restore
}

# unguard: no table, and nothing that says there is to be one
unguard() {
	nft delete table netdev xvif 2>/dev/null || true
	rm -f /etc/xvif/guard.conf
}

guarded() { # N: that many beside the two
	echo 'default mode=enforce' >/etc/xvif/guard.conf
	xvif -q guard restore
	[ "$1" = 0 ] || "$many" put "$1" >/dev/null
}

packets_in_turns() {
	local round n
	for ((round = 0; round < rounds; round++)); do
		note no-rules "$(packet)"
		for n in $sizes; do
			guarded $n
			note "guarded-$((n + 2))" "$(packet)"
			unguard
		done
		for n in 10 100 300; do
			stock $n
			note "stock-$n" "$(packet)"
			iptables -F FORWARD
		done
	done
	echo "ns for a packet, median of $rounds:"
	# shellcheck disable=SC2046
	medians no-rules $(printf 'guarded-%s ' $(for n in $sizes; do echo $((n + 2)); done)) stock-10 stock-100 stock-300
}

# alone ACTION N: of the guard alone
alone() {
	local wall cpu
	read -r wall cpu < <("$many" "$1" "$2")
	note "$1-$2" "$wall"
	note "$1-$2-processor" "$cpu"
}

guard_in_turns() {
	local round n
	for ((round = 0; round < rounds; round++)); do
		for n in 1 "$vifs"; do
			unguard
			alone put "$n"
			alone edit "$n"
			alone compare "$n"
		done
	done
	unguard
	echo "ms of the guard alone, an edit with what reads it again:"
	medians edit-1 "edit-$vifs" edit-1-processor "edit-$vifs-processor"
	medians put-1 "put-$vifs" "put-$vifs-processor"
	medians compare-1 "compare-$vifs" "compare-$vifs-processor"
}

milliseconds() { # COMMAND...
	local begin=${EPOCHREALTIME/./} us
	"$@" >/dev/null 2>&1 || true
	us=$((${EPOCHREALTIME/./} - begin))
	printf '%d.%03d\n' $((us / 1000)) $((us % 1000))
}

# fill: domains with a vif each, as one list of nodes; their links do not exist
fill() {
	local i u b c f at nodes=()
	for ((i = 100; i < 100 + vifs; i++)); do
		u=$(printf '%08d-1111-4111-8111-111111111111' "$i")
		b=/local/domain/0/backend/vif/$i/0 c=/libxl/$i/device/vif/0 f=/local/domain/$i/device/vif/0
		nodes+=("/local/domain/$i/name" "many$i" "/local/domain/$i/domid" "$i"
			"/local/domain/$i/vm" "/vm/$u" "/vm/$u/name" "many$i" "/vm/$u/uuid" "$u")
		for at in "$b" "$c"; do
			nodes+=("$at/frontend" "$f" "$at/frontend-id" "$i" "$at/online" 1 "$at/state" 4
				"$at/script" /etc/xen/scripts/vif-route "$at/mac" "00:16:3e:01:$(printf '%02x:%02x' $((i >> 8)) $((i & 255)))"
				"$at/ip" "10.64.$((i / 250)).$((i % 250 + 1))" "$at/handle" 0 "$at/type" vif "$at/hotplug-status" connected)
		done
		nodes+=("$c/backend" "$b" "$f/backend" "$b" "$f/backend-id" 0 "$f/state" 4)
		if [ ${#nodes[@]} -gt 4000 ]; then
			xenstore-write "${nodes[@]}"
			nodes=()
		fi
	done
	[ ${#nodes[@]} = 0 ] || xenstore-write "${nodes[@]}"
	seq 100 $((99 + vifs)) >>"$NOHV_DOMAINS"
}

commands_in_turns() {
	local round
	fill
	for ((round = 0; round < (rounds + 2) / 3; round++)); do
		unguard
		note check-off "$(milliseconds xvif check)"
		note edit-off "$(milliseconds xvif -q add-ip guest1 10.9.0.77)"
		xvif -q del-ip guest1 10.9.0.77
		echo 'default mode=enforce' >/etc/xvif/guard.conf
		note restore-on "$(milliseconds xvif -q guard restore)"
		note status-on "$(milliseconds xvif guard status)"
		note check-on "$(milliseconds xvif check)"
		note edit-on "$(milliseconds xvif -q add-ip guest1 10.9.0.77)"
		xvif -q del-ip guest1 10.9.0.77
	done
	echo "ms of a command, with $vifs vifs:"
	medians edit-off edit-on
	medians check-off check-on
	medians restore-on status-on
}

world_guests() {
	:
}

world_start
two_guests
[ "${1:-all}" = all ] || { "$1"_in_turns; exit; }
packets_in_turns
guard_in_turns
commands_in_turns
