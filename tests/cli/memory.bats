#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Commands whose allocations fail: the result is the right one, or they say
# that memory was short, fail, and what they have printed by then is a part of
# the right result, never a whole of another kind.
# Of each command MEMORY_POINTS allocations fail, each in a run of its own: one
# alone, the next with all that follow it, and so on.
load setup

POINTS=${MEMORY_POINTS:-6}

# starved N FOLLOWING COMMAND...: allocation N fails, and those that follow, if FOLLOWING says so;
# leaves $out, $err and $status
starved() {
	local at=$1 env=(OOM_AT="$1" OOM_COUNT=/run/xen/count LD_PRELOAD="$XVIF_BUILD/tests/sandbox/oom.so")
	[ "$2" != following ] || env+=(OOM_ALL=1)
	shift 2
	status=0
	timeout 20 env "${env[@]}" "$@" >/run/xen/out 2>/run/xen/err </dev/null || status=$?
	out=$(sed 's/T[0-9:]*Z/T/' /run/xen/out)
	err=$(</run/xen/err)
}

# begin COMMAND...: the right result, and the allocations to try
begin() {
	local count
	starved 0 alone "$@"
	right=$out right_err=$err right_status=$status
	count=$(</run/xen/count)
	echo "$count allocations: $*"
	[ "$count" -gt 0 ]
	points=$(seq $(((count + 2 * POINTS - 1) / (2 * POINTS))) $(((count + POINTS - 1) / POINTS)) "$count")
	how=following
}

take_turns() {
	[ "$how" = alone ] && how=following || how=alone
}

is_right() {
	[ "$out" = "$right" ] && [ "$err" = "$right_err" ] && [ "$status" = "$right_status" ]
}

# libxlutil itself ends the program, with "out of dynamic memory" and 2
says_so() {
	[[ "$err" =~ (out of( dynamic)? memory|Cannot allocate memory) ]]
}

fails_honestly() {
	case $status in 1 | 2 | 4 | 5) ;; *) return 1 ;; esac
	says_so && { [ -z "$out" ] || { [ "$out" != "$right" ] && [[ "$right" == "$out"* ]]; }; }
}

complain() { # what, N, FOLLOWING
	printf '%s: allocation %s %s\nstatus %s\n%s\n%s\n' "$@" "$status" "$err" "$out"
	return 1
}

# each_point COMMAND...: one that changes nothing
each_point() {
	local right right_err right_status points n how
	begin "$@"
	for n in $points; do
		take_turns
		starved "$n" $how "$@"
		is_right || fails_honestly || complain wrong "$n" $how
	done
}

# each_candidate WORD...: fewer may be offered, no others
each_candidate() {
	local right right_err right_status points n how
	begin xvif complete -- xvif "$@"
	[ -n "$right" ]
	for n in $points; do
		take_turns
		starved "$n" $how xvif complete -- xvif "$@"
		[ "$status" -le 1 ] && ! grep -vxFf <(cut -f 1 <<<"$right") <(cut -f 1 <<<"$out") | grep . ||
			complain wrong "$n" $how
	done
}

# each_apply COMMAND...: it tells of each vif what became of it
each_apply() {
	local right right_err right_status points n how
	begin "$@"
	for n in $points; do
		take_turns
		starved "$n" $how "$@"
		is_right || { [ "$status" = 1 ] && says_so; } || complain wrong "$n" $how
	done
}

live() {
	xenstore-read /local/domain/0/backend/vif/1/0/ip
}

# is_kept OLD NEW: the list is as the status says
is_kept() {
	case $status in
	0) [ "$(live)" = "$2" ] && { is_right || says_so; } ;;
	1 | 4) [ "$(live)" = "$1" ] && fails_honestly ;;
	5) says_so ;;
	*) false ;;
	esac
}

# each_edit OLD NEW COMMAND...: from OLD; a repair leaves all consistent, and has nothing to do but to
# remove a journal where the edit says that it was done or taken back
each_edit() {
	local old=$1 new=$2 right right_err right_status points n how
	shift 2
	begin "$@"
	[ "$right_status" = 0 ]
	for n in $points; do
		take_turns
		xvif -q set-ips web01 $old
		starved "$n" $how "$@"
		is_kept "$old" "$new" || complain wrong "$n" $how
		xvif repair >/run/xen/repaired
		[ "$status" = 5 ] || ! grep -v ': journal: ' /run/xen/repaired || complain "not finished" "$n" $how
		xvif check web01 || complain inconsistent "$n" $how
	done
	xvif -q set-ips web01 $old
}

with_rules() {
	activate_rules
	xvif -q repair
}

@test "what is shown" {
	with_rules
	each_point xvif show
	each_point xvif show -J
	each_point xvif show -S
	# without the memory for a locale the lines of a tree are those of ASCII
	LC_ALL=C each_point xvif show --tree
	each_point xvif show web01
	each_point xvif show web01 -rn -o IPS
	each_point xvif show -J web01 0
	each_point xvif show --guest-config web01 0
	each_point xvif find 10.0.0.1
	each_point xvif find -J 10.0.0.0/8
	each_point xvif doctor
	each_point xvif doctor -J
	each_point xvif watch --until state=connected web01
	each_point xvif help
	each_point xvif help add-ip
	each_point xvif version -J
	each_point xvif shell -c 'ls /local/domain; show'
	each_candidate s
	each_candidate show ''
	each_candidate del-ip web01 ''
}

@test "what is compared" {
	with_rules
	each_point xvif check
	each_point xvif check -J
	ip route del 10.0.0.2 dev vif1.0
	iptables -A FORWARD -m physdev --physdev-in vif1.0 -s 10.0.0.99 -j ACCEPT
	sed -i 's/10.0.1.1/10.0.1.9/' "$(userdata_of 2)"
	each_point xvif check
	each_point xvif check -J
	not xvif -q check
	each_point xvif repair --dry-run
	each_point xvif repair --dry-run -J
}

# each_load FILE OPTION...: the dump in FILE, all of it or nothing; what it changes is below /tool/t
each_load() {
	local old=$BATS_TEST_TMPDIR/old new=$BATS_TEST_TMPDIR/new now=$BATS_TEST_TMPDIR/now file=$1
	local right right_err right_status points n how
	shift
	xvif dump /tool/t >"$old"
	begin xvif load "$@" "$file"
	xvif dump /tool/t >"$new"
	not cmp -s "$old" "$new"
	for n in $points; do
		take_turns
		xvif -q load --prune "$old"
		starved "$n" $how xvif load "$@" "$file"
		xvif dump /tool/t >"$now"
		if [ "$status" = 0 ]; then
			cmp "$now" "$new" && { is_right || says_so; }
		else
			cmp "$now" "$old" && fails_honestly
		fi || complain wrong "$n" $how
	done
	xvif -q load --prune "$old"
}

# is_applied OLD NEW OLD NEW: the lists of web01 and db01 are as the output and the status say
is_applied() {
	local db01
	db01=$(xenstore-read /local/domain/0/backend/vif/2/0/ip)
	case $out in *"web01 vif 0: "*) [ "$(live)" = "$2" ] ;; *) [ "$(live)" = "$1" ] || says_so ;; esac || return
	case $out in *"db01 vif 0: "*) [ "$db01" = "$4" ] ;; *) [ "$db01" = "$3" ] || says_so ;; esac || return
	case $status in 0) [ "$db01" = "$4" ] && { is_right || says_so; } ;; 1 | 4 | 5) says_so ;; *) false ;; esac
}

@test "dumps" {
	local dump=$BATS_TEST_TMPDIR/dump
	each_point xvif dump
	each_point xvif dump -J /local/domain/1
	xvif dump >"$dump"
	xvif dump -J >"$dump.json"
	each_point xvif show --store "$dump.json" -J
	each_point xvif check --store "$dump"
	xvif -q add-ip web01 10.0.0.7
	each_point xvif load --dry-run "$dump"
	each_point xvif load --dry-run -J "$dump.json"
	xvif -q del-ip web01 10.0.0.7
	xenstore-write /tool/t/a 1 /tool/t/b 2 /tool/t/c/d 3
	echo "(node /tool/t (node a 9 (perms n0)) (node e 5 (perms n0)))" >"$dump"
	each_load "$dump"
	each_load "$dump" --prune -J
}

@test "files" {
	cd "$BATS_TEST_TMPDIR"
	echo "(domain (name web01) (device (vif (mac 00:16:3e:00:00:01) (ip '10.0.0.1 10.0.0.2'))))" >a.sxp
	each_point xvif sxp fmt a.sxp
	each_point xvif sxp get -r domain/device/vif/ip a.sxp
	each_point xvif sxp set --expr domain/name '(a b)' a.sxp
	each_point xvif sxp del domain/device/vif/ip a.sxp
	each_point xvif sxp to-json a.sxp
	echo '{"a":[1,{"hex":"ff00"},"\u00e9",null],"b":{"c":"d","e":"f","g":1}} ["h"]' >a.json
	each_point xvif sxp from-json a.json
	echo 'vif = [ "mac=00:16:3e:00:00:01,ip=10.0.0.1 10.0.0.2", "bridge=xenbr0" ]' >a.cfg
	each_point xvif sxp from-config a.cfg
	printf 'web01: [10.0.0.1, 10.0.0.9]\ndb01:\n  0: 10.0.1.1 10.0.1.2\n' >state.yaml
	echo '{"web01":["10.0.0.1"],"db01":{"0":"10.0.1.1 10.0.1.2","vif2.1":[]}}' >state.json
	echo "(web01 (vif0 (10.0.0.1 '10.0.0.5')))" >state.sxp
	each_apply xvif apply --dry-run state.yaml
	each_apply xvif apply --dry-run -J state.json
	each_apply xvif apply --dry-run state.sxp
}

@test "edits" {
	with_rules
	each_point xvif add-ip --dry-run web01 10.0.0.5
	each_point xvif del-ip --dry-run -J web01 10.0.0.2
	each_edit "10.0.0.1 10.0.0.2" "10.0.0.1 10.0.0.2 10.0.0.5" xvif add-ip web01 10.0.0.5
	each_edit "10.0.0.1 10.0.0.2" "10.0.0.1" xvif del-ip -J web01 10.0.0.2
	each_edit "10.0.0.1 10.0.0.2" "10.0.0.1 10.0.0.5" xvif set-ips -v web01 10.0.0.1 10.0.0.5
}

@test "edits of many vifs" {
	local state=$BATS_TEST_TMPDIR/state right right_err right_status points n how
	with_rules
	echo '{"web01":["10.0.0.1","10.0.0.9"],"db01":{"0":"10.0.1.1 10.0.1.2"}}' >"$state"
	begin xvif apply "$state"
	for n in $points; do
		take_turns
		xvif -q set-ips web01 10.0.0.1 10.0.0.2
		xvif -q set-ips db01 --vif 0 10.0.1.1
		starved "$n" $how xvif apply "$state"
		is_applied "10.0.0.1 10.0.0.2" "10.0.0.1 10.0.0.9" 10.0.1.1 "10.0.1.1 10.0.1.2" || complain wrong "$n" $how
		xvif repair >/run/xen/repaired
		[ "$status" = 5 ] || ! grep -v ': journal: ' /run/xen/repaired || complain "not finished" "$n" $how
		xvif check || complain inconsistent "$n" $how
	done
}
