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
trap 'kill $XENSTORED_PID' EXIT # the links go with their namespace, all at once

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

# check_reads: what "check" reads
check_reads() {
	local i d
	echo -/local/domain
	for ((i = 100; i < 100 + domains; i++)); do
		echo "/local/domain/$i/name"
		echo "-/libxl/$i/device/vif"
		for d in 0 1; do
			echo "/libxl/$i/device/vif/$d/backend"
			for name in frontend-id handle ip mac state online script type bridge vifname gatewaydev hotplug-status; do
				echo "/local/domain/0/backend/vif/$i/$d/$name"
			done
			echo "/libxl/$i/device/vif/$d/ip"
			echo "/local/domain/$i/image/device-model-domid"
			echo "-/local/domain/$i/attr/vif/$d/ipv4"
			echo "-/local/domain/$i/attr/vif/$d/ipv6"
		done
	done
}

# plug_in: the links, routes, rules and stored configurations of all vifs, as their scripts leave them
plug_in() {
	local i d ip comma
	for ((i = 100; i < 100 + domains; i++)); do
		for d in 0 1; do
			echo "link add vif$i.$d type bridge"
			echo "link set vif$i.$d up"
			for ip in "10.$((8 + d)).$((i / 250)).$((i % 250 + 1))" "10.$((18 + d)).$((i / 250)).$((i % 250 + 1))"; do
				echo "route add $ip dev vif$i.$d src 192.168.7.1 metric 2"
			done
		done
	done | ip -batch -
	{
		echo '*filter'
		for ((i = 100; i < 100 + domains; i++)); do
			for d in 0 1; do
				for ip in "-s 10.$((8 + d)).$((i / 250)).$((i % 250 + 1))" "-s 10.$((18 + d)).$((i / 250)).$((i % 250 + 1))" "-p udp --sport 68 --dport 67"; do
					echo "-A FORWARD -m physdev --physdev-is-bridged --physdev-in vif$i.$d $ip -j ACCEPT"
					echo "-A FORWARD -m physdev --physdev-is-bridged --physdev-out vif$i.$d -j ACCEPT"
				done
			done
		done
		echo COMMIT
	} | iptables-restore --noflush || exit
	for ((i = 100; i < 100 + domains; i++)); do
		comma=
		{
			printf '{\n    "c_info": { "type": "pv", "name": "guest%d" },\n    "nics": [' "$i"
			for d in 0 1; do
				printf '%s\n        { "devid": %d, "ip": "10.%d.%d.%d 10.%d.%d.%d" }' "$comma" "$d" $((8 + d)) \
					$((i / 250)) $((i % 250 + 1)) $((18 + d)) $((i / 250)) $((i % 250 + 1))
				comma=,
			done
			printf '\n    ]\n}\n\0'
		} >"$(userdata_of "$i")"
	done
}

# parts PATHS: "check" against one look at each source, and what it starts
parts() {
	local i all=() store=() routes=() rules=() trace=/run/xen/trace
	for i in 1 2 3 4 5; do
		all+=("$(microseconds "$xvif" check)")
		store+=("$("$reads" pipelined <"$1")")
		routes+=("$(microseconds ip route show table all)")
		rules+=("$(microseconds iptables -w -S)")
	done
	printf 'check, %s domains: %s ms; one look at the store %s, all routes (ip) %s, all rules (iptables) %s ms\n' "$domains" \
		"$(($(printf '%s\n' "${all[@]}" | median 5) / 1000))" "$(($(printf '%s\n' "${store[@]}" | median 5) / 1000))" \
		"$(($(printf '%s\n' "${routes[@]}" | median 5) / 1000))" "$(($(printf '%s\n' "${rules[@]}" | median 5) / 1000))"
	command -v strace >/dev/null || return 0
	strace -f -qq -e trace=execve -o $trace "$xvif" check
	echo "it starts: $(grep -o 'execve("[^"]*".*= 0$' $trace | sed 's/execve("\([^"]*\)".*/\1/' | sort | uniq -c | tr '\n' ' ')"
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
tab

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

n_nodes=$(xenstore-ls -f | wc -l)
against "dump, $n_nodes nodes" "$xvif" dump / -- xenstore-ls
against "dump, with permissions" "$xvif" dump / -- xenstore-ls -fp
against "dump -J" "$xvif" dump -J / -- xenstore-ls -fp
check_reads >"$paths"
plug_in
"$xvif" check || { echo "the host is not consistent" >&2; exit 1; }
echo "without rules (as Debian ships the scripts):"
parts "$paths"
activate_rules
"$xvif" check || { echo "the host is not consistent" >&2; exit 1; }
echo "with rules:"
parts "$paths"
echo "all vifs differ:"
sed -i 's/"ip": "10/"ip": "11/' /var/lib/xen/userdata-d.*
printf 'check: %s ms\n' "$(($(microseconds sh -c "$xvif check || true") / 1000))"
