#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# xenstored is replaced while it runs (xenstore-control live-update): connections, watches and edits go on
# bats file_tags=c-xenstored
load setup

CONTROL=$XEN_BIN/xenstore-control

# update: all nodes belong to domain 0: the new daemon knows none of the guests, which nobody introduced
update() {
	"$CONTROL" live-update -t 5 "$XEN_BIN/xenstored" >&2 3>&- && readlink "/proc/$XENSTORED_PID/exe" >&2
}

@test "watch, the shell and an edit go on over a live update of xenstored" {
	"$CONTROL" help | grep -q '^live-update' || skip "this xenstored has no live update"
	local id
	for id in 1 2; do
		xenstore-chmod -r "/local/domain/$id" n0
		xenstore-chmod -r "/vm/$(uuid_of $id)" n0
	done
	xenstore-chmod -r /local/domain/0/backend n0
	xvif watch -J >/run/xen/changes 2>/run/xen/complaints 3>&- &
	mkfifo /run/xen/lines
	xvif shell </run/xen/lines >/run/xen/shell 2>&1 3>&- &
	exec 8>/run/xen/lines
	echo 'ls /local/domain/1/name' >&8
	wait_until 10 grep -q web01 /run/xen/shell
	# what the daemon does not know any more, it does not tell
	xvif -q add-ip web01 10.0.0.3
	wait_until 10 grep -q 10.0.0.3 /run/xen/changes
	update
	echo 'ls /local/domain/2/name' >&8
	wait_until 10 grep -q db01 /run/xen/shell
	xvif -q add-ip web01 10.0.0.4
	wait_until 10 grep -q 10.0.0.4 /run/xen/changes
	# in the middle of an edit, while its script runs
	sed -i "2i [ \"\$1\" != online ] || $CONTROL live-update -t 5 $XEN_BIN/xenstored >&2 || exit 1" /etc/xen/scripts/vif-route
	xvif -q add-ip --hotplug=delta web01 10.0.0.5
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/ip)" = "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5" ]
	wait_until 10 grep -q 10.0.0.5 /run/xen/changes
	not xenstore-exists /local/domain/0/xvif
	exec 8>&-
	wait %2
	kill %1
	[ ! -s /run/xen/complaints ]
	cp /run/xen/scripts/vif-route /etc/xen/scripts/
	xvif check web01
}
