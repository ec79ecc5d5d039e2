# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# demo.sh - the main job, shown inside "enter".
. "$(dirname "${BASH_SOURCE[0]}")/world.sh"
PATH=$XVIF_BUILD:$PATH
trap world_stop EXIT

say() {
	printf '\n%s\n' "$*"
}

show() { # prints a command, runs it
	printf '# %s\n' "$*"
	"$@"
}

world_start
world_guests 2>/dev/null

say "A Xen host with two guests. web01 is routed and has two addresses:"
show xvif show
show ip route

say "While 2000 probes a second run to 10.0.0.1, web01 gets a third address:"
"$PROBE" stream 10.0.0.1 7 2000 >$WORLD/stream &
stream=$!
show xvif add-ip web01 10.0.0.5
show ping -c 1 -q 10.0.0.5
show ip route show dev vif1.0
show xvif del-ip web01 10.0.0.2
sleep 1
kill -INT $stream
wait $stream || true

say "The probes to 10.0.0.1 meanwhile:"
cat $WORLD/stream

if [ -t 0 ]; then
	say "You are in that world now; 'exit' ends it. Try:"
	echo "  xvif add-ip db01 --vif 0 10.0.1.2; ping -c 1 10.0.1.2; xvif show -J db01"
	echo "  xvif add-ip --dry-run web01 10.0.0.9; xvif help; xenstore-ls /local/domain/0/backend"
	PS1='sandbox# ' bash --norc -i || true
fi
