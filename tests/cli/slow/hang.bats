#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# what has to wait for libxl's 40 seconds; run by "check --full"
load ../setup

@test "a script that hangs is killed with all it started, and everything goes back" {
	sed -i 's|^for addr in|[ "$command" != online ] \|\| { sleep 1000 \& echo "waiting for nothing" >\&2; wait; }; for addr in|' \
		/etc/xen/scripts/vif-route
	refused 4 "still running after 40 s" xvif add-ip --hotplug=delta web01 10.0.0.5
	wait_until 10 not pgrep -f 'sleep 1000'
}
