# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# setup.bash - loaded by every test file: a fresh host for each test.
# the program itself, not the shell script that libtool puts in its place
PATH=$XVIF_BUILD/.libs:$XVIF_BUILD:$PATH
export LD_LIBRARY_PATH=$XVIF_BUILD/.libs
. "${BASH_SOURCE[0]%/*}/../sandbox/world.sh"

# untraced COMMAND...: in a shell of its own, without the note that bats takes of each command: that
# costs more than many of them
untraced() (
	set +T
	trap - DEBUG
	"$@"
)

# enter made a copy of the scripts for this file; each test begins with the stock ones,
# and with nothing that another test has left
fresh_host() {
	[ -d /run/xen/scripts ] || cp -a /etc/xen/scripts /run/xen/scripts
	find /run/xen -mindepth 1 -maxdepth 1 ! -name scripts ! -name nr_open -exec rm -rf {} +
	cp -a /run/xen/scripts/. /etc/xen/scripts/
	rm -rf /etc/xen/scripts/vif-post.d
	world_start "${XENSTORED:-xenstored}"
	world_guests
	echo "$XENSTORED_PID" >/run/xen/daemon.pid
}

setup() {
	untraced fresh_host
	XENSTORED_PID=$(</run/xen/daemon.pid)
}

teardown() {
	untraced world_stop
}

# not COMMAND...: true if it fails; a test does not end at a "! COMMAND" that succeeds
not() {
	! "$@"
}

# install_program: where the hook of the guard, and udev, look for it; for the test to unmount
install_program() {
	mount -t tmpfs tmpfs /usr/local/sbin
	cat >/usr/local/sbin/xvif <<-END
		#!/bin/sh
		export LD_LIBRARY_PATH=$LD_LIBRARY_PATH
		exec $XVIF_BUILD/.libs/xvif "\$@"
	END
	chmod 755 /usr/local/sbin/xvif
}

# refused STATUS PATTERN COMMAND...: exits so, says so, in at most two lines, and changes nothing
refused() {
	local status_wanted=$1 pattern=$2
	shift 2
	snapshot >/run/xen/before
	run "$@"
	snapshot >/run/xen/after
	echo "status $status: $output"
	[ "$status" = "$status_wanted" ]
	[[ "$output" == *"$pattern"* ]]
	[ "${#lines[@]}" -le 2 ]
	diff /run/xen/before /run/xen/after
}

# queue_drops: packets that the kernel of this machine has dropped because a processor's queue was full
queue_drops() {
	local dropped sum=0
	while read -r _ dropped _; do
		sum=$((sum + 16#$dropped))
	done </proc/net/softnet_stat
	echo $sum
}

# none_lost NUMBER DROPS: true if that is 0. If the machine has dropped as many since there were DROPS,
# nothing is proven either way.
none_lost() {
	local drops
	[ "$1" != 0 ] || return 0
	drops=$(($(queue_drops) - $2))
	echo "$1 lost; full queues of this machine dropped $drops"
	[ "$1" -gt "$drops" ] || skip "this machine's full queues dropped $drops packets"
	return 1
}

# stream ADDRESS [COMMAND...]: 2000 probes a second until "streamed", run by COMMAND
stream() {
	STREAM_DROPS=$(queue_drops)
	"${@:2}" "$PROBE" stream "$1" 7 2000 >/run/xen/stream 3>&- &
	STREAM_PID=$!
}

# streamed: ends the stream; true if it was one, and lost nothing
streamed() {
	kill -INT "$STREAM_PID" || true
	wait "$STREAM_PID" || true
	echo "stream: $(cat /run/xen/stream)"
	[[ "$(cat /run/xen/stream)" =~ ^[0-9]{3,}" sent, "([0-9]+)" lost, 0 refused"$ ]] || return 1
	none_lost "${BASH_REMATCH[1]}" "$STREAM_DROPS"
}

# stopped_at CALL N [-P PATH] COMMAND...: in the background, stopped at its Nth system call CALL (for
# PATH); false if it has fewer
stopped_at() {
	local call=$1 n=$2
	shift 2
	rm -f /run/xen/trace
	strace -o /run/xen/trace -e trace="$call" -e inject="$call:signal=STOP:when=$n" "$@" >/run/xen/out 3>&- &
	STRACE_PID=$!
	wait_until 20 eval "grep -qE 'stopped by SIGSTOP|exited with' /run/xen/trace"
	grep -q 'stopped by SIGSTOP' /run/xen/trace
}

# continued: until it has ended
continued() {
	kill -CONT "$(pgrep -P $STRACE_PID)"
	wait $STRACE_PID
}
