#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# hotplug scripts that others than root can change are not run
load setup

S=/etc/xen/scripts

# unsafe CURE WHAT: edits and repairs are refused with that hint, check and doctor tell it; the hint cures it
unsafe() {
	local cure=$1 what=$2
	echo "$what: $cure"
	refused 1 "is not safe to run as root: '$what'" xvif add-ip web01 10.0.0.5
	[ "${lines[1]}" = "xvif: $cure" ]
	refused 1 "is not safe to run as root: '$what'" xvif repair web01
	refused 1 "is not safe to run as root: '$what'" xvif set-ips --hotplug=delta web01 10.0.0.1
	xvif set-ips -q --hotplug=none web01 10.0.0.1 10.0.0.2
	run xvif check web01
	[ "$status" = 6 ]
	[[ "$output" == "web01 vif 0: script-unsafe: '$what' "*"; rules not compared" ]]
	run xvif doctor -J
	[ "$status" = 6 ]
	jq -e --arg cure "$cure" '.findings | (map(select(.name == "script-permissions"))[0] |
		.verdict == "bad" and (.detail | endswith("type: " + $cure))) and
		(map(select(.name == "scripts" and .verdict == "ok" and (.detail | contains("vif-route")))) == [])' <<<"$output"
	eval "$cure"
	xvif check web01
	[[ "$(xvif doctor script-permissions)" == *ok* ]]
}

@test "trust: a script, what it sources, and each folder above are root's alone" {
	activate_rules
	xvif repair -q
	chmod 0777 $S/vif-route
	unsafe "chmod go-w $S/vif-route" $S/vif-route
	chown 1000 $S/vif-route
	unsafe "chown root $S/vif-route" $S/vif-route
	chown :1000 $S/vif-common.sh
	chmod g+w $S/vif-common.sh
	unsafe "chmod go-w $S/vif-common.sh" $S/vif-common.sh
	chmod o+w $S/locking.sh
	unsafe "chmod go-w $S/locking.sh" $S/locking.sh
	chmod 1777 $S
	unsafe "chmod go-w $S" $S
	mkdir -m 0777 $S/vif-post.d
	unsafe "chmod go-w $S/vif-post.d" $S/vif-post.d
	# not executable: a hook that is not called yet
	touch $S/vif-post.d/10.hook
	chown 1000 $S/vif-post.d/10.hook
	unsafe "chown root $S/vif-post.d/10.hook" $S/vif-post.d/10.hook
	chown root:root $S/vif-route $S/vif-common.sh
	chmod g+w $S/vif-common.sh
	xvif add-ip -q web01 10.0.0.5
}

@test "trust: the rules of an unsafe vif-common.sh are not recorded by running it" {
	activate_rules
	echo "touch /run/xen/was-run" >>$S/vif-common.sh
	chmod o+w $S/vif-common.sh
	not xvif check
	not xvif repair
	not xvif add-ip --dry-run web01 10.0.0.5
	[ ! -e /run/xen/was-run ]
}

@test "trust: a symbolic link counts with what it names, and all on the way" {
	mkdir -m 0755 /etc/xvif/elsewhere
	mv $S/vif-route /etc/xvif/elsewhere/vif-route
	ln -s ../../../etc/./xvif/elsewhere $S/there
	ln -s there/vif-route $S/vif-route
	xvif add-ip -q web01 10.0.0.5
	xvif del-ip -q web01 10.0.0.5
	chmod o+w /etc/xvif/elsewhere
	unsafe "chmod go-w /etc/xvif/elsewhere" /etc/xvif/elsewhere
	chmod o+w /etc/xvif/elsewhere/vif-route
	unsafe "chmod go-w /etc/xvif/elsewhere/vif-route" /etc/xvif/elsewhere/vif-route
	chown -h 1000 $S/there
	unsafe "chown -h root $S/there" $S/there
	rm $S/vif-route $S/there
}

@test "trust: who has write access by an access list is none of root's group" {
	command -v setfacl >/dev/null || skip "no setfacl"
	setfacl -m u:1000:rw $S/vif-route || skip "no access lists here"
	refused 1 "is not safe to run as root: '$S/vif-route' is writable" xvif add-ip web01 10.0.0.5
	chmod go-w $S/vif-route
	xvif add-ip -q web01 10.0.0.5
}

# stopped_at_hooks COMMAND...: starts it, stopped once it has read the script and looks for hooks
stopped_at_hooks() {
	mkdir $S/vif-post.d
	strace -f -o /run/xen/trace -P $S/vif-post.d -e trace=openat -e inject=openat:signal=STOP:when=1 \
		"$@" >/run/xen/out 2>&1 3>&- &
	STRACE_PID=$!
	for _ in {1..200}; do
		STOPPED_PID=$(pgrep -P $STRACE_PID || true)
		[ -z "$STOPPED_PID" ] || ! grep -q 'stopped by SIGSTOP' /run/xen/trace || return 0
		read -rt 0.05 <> <(:) || true
	done
	return 1
}

@test "trust: a script that is replaced while it is looked at is not run, and all is as it was" {
	snapshot >/run/xen/before
	stopped_at_hooks xvif add-ip web01 10.0.0.5
	cp -p $S/vif-route $S/new
	sed -i '2i touch /run/xen/was-run' $S/new
	mv $S/new $S/vif-route
	kill -CONT "$STOPPED_PID"
	wait "$STRACE_PID" && return 1
	cat /run/xen/out
	grep -q "'$S/vif-route' was changed after it was looked at: it is not run" /run/xen/out
	[ ! -e /run/xen/was-run ]
	snapshot >/run/xen/after
	diff /run/xen/before /run/xen/after
}
