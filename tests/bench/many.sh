# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# many.sh - commands on a host with many guests, against the same reads by
# libxenstore and by nothing but requests. Run inside "enter" by "make bench-many".
. "$(dirname "${BASH_SOURCE[0]}")/../sandbox/world.sh"
reads=$XVIF_BUILD/tests/bench/store-reads
xvif=$XVIF_BUILD/.libs/xvif
[ -x "$xvif" ] || xvif=$XVIF_BUILD/xvif
export LD_LIBRARY_PATH=$XVIF_BUILD/.libs
domains=${DOMAINS:-1000}
trap world_stop EXIT

# fill FIRST LAST: domains with two vifs each, as one list of nodes
fill() {
	local i d b c f u nodes=()
	for ((i = $1; i <= $2; i++)); do
		u=$(printf '%08d-1111-4111-8111-111111111111' "$i")
		nodes+=("/local/domain/$i/name" "guest$i" "/local/domain/$i/domid" "$i"
			"/local/domain/$i/vm" "/vm/$u" "/vm/$u/name" "guest$i" "/vm/$u/uuid" "$u")
		for d in 0 1; do
			b=/local/domain/0/backend/vif/$i/$d c=/libxl/$i/device/vif/$d f=/local/domain/$i/device/vif/$d
			for at in "$b" "$c"; do
				nodes+=("$at/frontend" "$f" "$at/frontend-id" "$i" "$at/online" 1 "$at/state" 4
					"$at/script" /etc/xen/scripts/vif-route "$at/mac" "00:16:3e:$(printf '%02x:%02x' $((i >> 8)) $((i & 255))):0$d"
					"$at/ip" "10.$((8 + d)).$((i / 250)).$((i % 250 + 1)) 10.$((18 + d)).$((i / 250)).$((i % 250 + 1))"
					"$at/bridge" xenbr0 "$at/handle" "$d" "$at/type" vif "$at/hotplug-status" connected)
			done
			nodes+=("$c/backend" "$b" "$f/backend" "$b" "$f/backend-id" 0 "$f/state" 4)
		done
	done
	xenstore-write "${nodes[@]}"
	seq "$1" "$2" >>"$NOHV_DOMAINS"
}

microseconds() { # COMMAND...
	local begin=${EPOCHREALTIME/./} end
	"$@" >/dev/null
	end=${EPOCHREALTIME/./}
	echo $((end - begin))
}

median() {
	sort -n | sed -n "$((($1 + 1) / 2))p"
}

# list_reads NAMES [PATH-BELOW-A-DOMAIN]: these of each vif, and this of each domain, and what tells
# of both; "-" before a path: its names
list_reads() {
	local names=$1 i d name
	echo -/local/domain
	for ((i = 100; i < 100 + domains; i++)); do
		echo "/local/domain/$i/name"
		echo "/local/domain/$i/vm"
		echo "-/libxl/$i/device/vif"
		[ -z "${2:-}" ] || echo "-/local/domain/$i/$2"
		for d in 0 1; do
			echo "/libxl/$i/device/vif/$d/backend"
			for name in $names; do
				echo "/local/domain/0/backend/vif/$i/$d/$name"
			done
		done
	done
}

compare() { # NAME PATHS COMMAND...: medians, in turns
	local name=$1 paths=$2 i ours=() bare=() one=()
	shift 2
	for i in 1 2 3 4 5; do
		ours+=("$(microseconds "$@")")
		bare+=("$("$reads" pipelined <"$paths")")
		one+=("$("$reads" libxenstore <"$paths")")
	done
	printf '%s %s %s\n' "$(printf '%s\n' "${ours[@]}" | median 5)" "$(printf '%s\n' "${bare[@]}" | median 5)" \
		"$(printf '%s\n' "${one[@]}" | median 5)" |
		awk -v name="$name" '{ printf "%-24s %8.1f ms  bare requests %8.1f ms (x %.2f, at most 1.3)  libxenstore %8.1f ms (x %.1f, at least 8)\n",
			name, $1 / 1000, $2 / 1000, $1 / $2, $3 / 1000, $3 / $1 }'
}

world_start "${XENSTORED:-xenstored}"
for ((first = 100; first < 100 + domains; first += 20)); do
	fill "$first" $((first + 19))
done
# Tab behind "xvif add-ip ": the program, and with what bash does; "version" beside them
tab() {
	local n=0 version=() program=() bash=()
	. "$(dirname "${BASH_SOURCE[0]}")/../../completions/xvif.bash"
	PATH=${xvif%/*}:$PATH
	compopt() { :; }
	press() { COMP_LINE='xvif add-ip ' COMP_POINT=12 _xvif xvif; }
	for ((n = 0; n < 15; n++)); do
		version+=("$(microseconds "$xvif" version)")
		program+=("$(microseconds "$xvif" complete --marked -- xvif add-ip '')")
		bash+=("$(microseconds press)")
	done
	printf '%s %s %s\n' "$(printf '%s\n' "${version[@]}" | median 15)" \
		"$(printf '%s\n' "${program[@]}" | median 15)" "$(printf '%s\n' "${bash[@]}" | median 15)" |
		awk -v name="add-ip <Tab>, $domains domains" '{ printf "%-24s %8.1f ms  in bash %8.1f ms (at most 50)  version %8.1f ms\n",
			name, $2 / 1000, $3 / 1000, $1 / 1000 }'
}

paths=$(mktemp -p /run/xen)
list_reads "ip mac state vifname hotplug-status" >"$paths"
compare "show, $domains domains" "$paths" "$xvif" show
list_reads "ip state vifname" attr/vif >"$paths"
compare "find IP" "$paths" "$xvif" find 10.8.1.1
list_reads "mac state vifname" >"$paths"
compare "find MAC" "$paths" "$xvif" find 00:16:3e:00:64:01

# kilobytes COMMAND...: the most memory it had
kilobytes() {
	"$@" >/dev/null &
	local pid=$! most=0 now
	while now=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
		most=$now
	done
	wait "$pid"
	echo "$most"
}

# against NAME OURS... -- OTHER...: medians, in turns
against() {
	local name=$1 i ours=() other=() a=() b=()
	shift
	while [ "$1" != -- ]; do ours+=("$1"); shift; done
	shift
	other=("$@")
	for i in 1 2 3; do
		a+=("$(microseconds "${ours[@]}")")
		b+=("$(microseconds "${other[@]}")")
	done
	printf '%s %s %s\n' "$(printf '%s\n' "${a[@]}" | median 3)" "$(printf '%s\n' "${b[@]}" | median 3)" \
		"$(kilobytes "${ours[@]}")" |
		awk -v name="$name" -v other="${other[*]}" '{ printf "%-24s %8.1f ms  %s %8.1f ms (x %.1f, at least 8)  %.1f MB\n",
			name, $1 / 1000, other, $2 / 1000, $2 / $1, $3 / 1024 }'
}

nodes=$(xenstore-ls -f | wc -l)
against "dump, $nodes nodes" "$xvif" dump / -- xenstore-ls
against "dump -J, $nodes nodes" "$xvif" dump -J / -- xenstore-ls -fp
tab
