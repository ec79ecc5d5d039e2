# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# native.sh - what the native scripts cost beside the stock ones: a start, many starts at once, an edit
# on a host with few and with many vifs. Run inside "enter" by "make bench-native". In turns, medians; on
# a machine that does nothing else. VIFS are on the host with many, AT_ONCE start at once.
. "$(dirname "${BASH_SOURCE[0]}")/../sandbox/world.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../native/install.bash"
spawn=$XVIF_BUILD/tests/bench/spawn
PATH=$XVIF_BUILD/.libs:$XVIF_BUILD:$PATH
export LD_LIBRARY_PATH=$XVIF_BUILD/.libs
vifs=${VIFS:-2000}
at_once=${AT_ONCE:-300}
trap world_stop EXIT

# start_of DOMID SCRIPT COMMAND: as libxl runs it
start_of() {
	echo "env XENBUS_TYPE=vif XENBUS_PATH=backend/vif/$1/0 XENBUS_BASE_PATH=backend netdev= vif=vif$1.0 \
script=/etc/xen/scripts/$2 /etc/xen/scripts/$2 $3 type_if=vif"
}

# run_script DOMID SCRIPT COMMAND
run_script() {
	local words
	read -ra words <<<"$(start_of "$@")"
	"${words[@]}"
}

# compare COMMAND...: medians of 15, by their first words
compare() {
	"$spawn" 15 "$@" | sed -E 's/env .* script=[^ ]*\/([^ ]*) [^;]*/\1/; s/ *;.*//'
}

# add_nodes DOMID SCRIPT: a guest, of which there is no link
add_nodes() {
	domain_create "$1" "guest$1"
	vif_nodes "$1" 0 "00:16:3e:00:$(printf %02x:%02x $(($1 / 256)) $(($1 % 256)))" "$2" \
		"10.7.$(($1 / 250)).$(($1 % 250 + 1))" state 2
}

# add DOMID SCRIPT: likewise, before its script has run; its link needs no other end
add() {
	add_nodes "$@"
	ip link add "vif$1.0" type bridge
}

# all_at_once COMMAND: milliseconds until the last one has ended, and how many failed
all_at_once() {
	local i begin=${EPOCHREALTIME/./} pids=() failed=0
	for ((i = 1000; i < 1000 + at_once; i++)); do
		run_script "$i" vif-xvif-route "$1" >/dev/null 2>&1 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || failed=$((failed + 1))
	done
	echo "$((${EPOCHREALTIME/./} / 1000 - begin / 1000)) ms, $failed failed"
}

# starts_at_once: three times
starts_at_once() {
	for _ in 1 2 3; do
		all_at_once online
		all_at_once offline >/dev/null
	done
}

native_install
world_start
world_guests
add 5 vif-xvif-route
add 6 vif-route

echo "one start, and its end not counted:"
for guard in off on; do
	[ $guard = off ] || xvif -q guard on 2>/dev/null
	echo "guard $guard:"
	compare "$(start_of 6 vif-route online) ; $(start_of 6 vif-route offline)" \
		"$(start_of 5 vif-xvif-route online) ; $(start_of 5 vif-xvif-route offline)"
done
xvif -q guard off 2>/dev/null

echo "an edit, on a host with 4 vifs:"
run_script 5 vif-xvif-route online
xenstore-write /local/domain/0/backend/vif/5/0/state 4
edits() {
	compare "xenstore-read /local/domain/5/name" "xvif -q add-ip 5 10.6.0.1 ; xvif -q del-ip 5 10.6.0.1" \
		"xvif -q add-ip guest5 10.6.0.1 ; xvif -q del-ip guest5 10.6.0.1"
}
edits

echo "$at_once starts at once:"
for ((i = 1000; i < 1000 + at_once; i++)); do
	add "$i" vif-xvif-route
done
starts_at_once
xvif -q guard on 2>/dev/null
echo "likewise, with the guard:"
starts_at_once
xvif -q guard off 2>/dev/null

echo "an edit, on a host with $vifs vifs:"
all_at_once online >/dev/null
for ((i = 1000 + at_once; i < 1000 + vifs; i++)); do
	add_nodes "$i" vif-xvif-route
done
edits
