#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# xvif watch: changes as they happen
load setup

B=/local/domain/0/backend/vif

# watching ARGUMENTS...: in the background, until "ended"; returns when it has begun
watching() {
	: >/run/xen/lines
	: >/run/xen/error
	xvif watch -v "$@" >/run/xen/lines 2>/run/xen/error 3>&- &
	WATCH_PID=$!
	wait_until 10 grep -qE ': (watching|not there yet, waiting)$' /run/xen/error
}

# ended: stops it; true if it ends with status 0 by itself
ended() {
	kill -"${1:-TERM}" "$WATCH_PID"
	finished
}

# finished: it ends without being told to, within 10 seconds; the status is that of watch
finished() {
	wait_until 10 eval "! kill -0 $WATCH_PID" || { kill -KILL "$WATCH_PID"; return 99; }
	wait "$WATCH_PID"
}

# printed N: waits until there are N lines, and shows them
printed() {
	wait_until 10 eval "[ \$(wc -l </run/xen/lines) -ge $1 ]" || true
	cat /run/xen/lines /run/xen/error
	[ "$(wc -l </run/xen/lines)" = "$1" ]
}

# line N: without its time
line() {
	sed -n "$1p" /run/xen/lines | sed -E 's/^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} //'
}

# marker: a change that is known to come after all others
marker() {
	xenstore-write $B/2/1/bridge "br$1"
}

# bats test_tags=oxenstored
@test "an edit, a state, a hotplug-status: one line each, before and after" {
	watching --no-kernel
	xvif -q add-ip web01 10.0.0.5
	printed 1
	xenstore-write $B/1/0/state 5
	printed 2
	xenstore-write $B/1/0/hotplug-status ''
	printed 3
	xenstore-rm $B/1/0/hotplug-status
	printed 4
	xvif -q --hotplug=none set-ips --vif 0 db01 10.0.1.9 || true
	[ "$(line 1)" = "web01 vif 0: ip: 10.0.0.1 10.0.0.2 +10.0.0.5" ]
	[ "$(line 2)" = "web01 vif 0: state: connected -> closing" ]
	[ "$(line 3)" = "web01 vif 0: hotplug-status: connected -> ''" ]
	[ "$(line 4)" = "web01 vif 0: hotplug-status: '' -> (none)" ]
	printed 5
	[ "$(line 5)" = "db01 vif 0: ip: -10.0.1.1 +10.0.1.9" ]
	[[ "$(sed -n 1p /run/xen/lines)" == 20[0-9][0-9]-[01][0-9]-[0-3][0-9]\ * ]]
	ended
}

@test "JSON has the promised keys, a line each, UTC; SXP reads back" {
	watching --no-kernel -J
	xvif -q add-ip web01 10.0.0.5
	xenstore-write $B/1/0/state 5
	printed 2
	[ "$(jq -c 'del(.time)' <(sed -n 1p /run/xen/lines))" = '{"domain":"web01","domid":1,"vif":0,"node":"ip","before":["10.0.0.1","10.0.0.2"],"after":["10.0.0.1","10.0.0.2","10.0.0.5"]}' ]
	[ "$(jq -c 'del(.time)' <(sed -n 2p /run/xen/lines))" = '{"domain":"web01","domid":1,"vif":0,"node":"state","before":"connected","after":"closing"}' ]
	[ "$(jq -r .time <(sed -n 1p /run/xen/lines))" = "$(TZ=UTC date -d "$(jq -r .time <(sed -n 1p /run/xen/lines))" +%FT%TZ)" ]
	ended
	watching -S
	xenstore-write $B/1/0/ip '10.0.0.7'
	printed 1
	ended
	xvif sxp check /run/xen/lines
	[ "$(xvif sxp get --raw 'change/node' /run/xen/lines)" = ip ]
	[[ "$(cat /run/xen/lines)" == *"(before 10.0.0.1 10.0.0.2 10.0.0.5) (after 10.0.0.7))" ]]
}

# bats test_tags=oxenstored
@test "vifs appear and vanish, with what they are" {
	watching
	vif_nodes 2 2 00:16:3e:00:00:22 vif-route "10.0.1.7 10.0.1.8"
	printed 1
	xenstore-rm $B/2/2 /libxl/2/device/vif/2
	printed 2
	[ "$(line 1)" = "db01 vif 2: appeared: 10.0.1.7 10.0.1.8, mac 00:16:3e:00:00:22, state connected, hotplug-status connected" ]
	[ "$(line 2)" = "db01 vif 2: vanished: 10.0.1.7 10.0.1.8, mac 00:16:3e:00:00:22, state connected, hotplug-status connected" ]
	ended
	watching -J
	domain_create 3 sw01
	vif_nodes 3 0 00:16:3e:00:00:33 vif-route 10.0.3.1
	printed 1
	xenstore-rm $B/3 /libxl/3 /local/domain/3
	printed 2
	[ "$(jq -c '[.domain,.domid,.vif,.node,.before,.after.mac,.after.ips,.after.state]' <(sed -n 1p /run/xen/lines))" = '["sw01",3,0,"vif",null,"00:16:3e:00:00:33",["10.0.3.1"],"connected"]' ]
	[ "$(jq -c '[.domain,.domid,.vif,.node,.before.ips,.after]' <(sed -n 2p /run/xen/lines))" = '["sw01",3,0,"vif",["10.0.3.1"],null]' ]
	ended
}

# bats test_tags=oxenstored
@test "events that mean no change print nothing" {
	watching
	xenstore-write $B/1/0/state 4 $B/1/0/ip "10.0.0.1 10.0.0.2"
	xenstore-write $B/1/0/ip " 10.0.0.1   10.0.0.2 "
	xenstore-chmod $B/1/0/ip n0 r1
	xenstore-write $B/1/0/feature-sg 1 /libxl/1/device/vif/0/state 1 /libxl/1/dm-version x
	xenstore-write /local/domain/1/memo/x 1 /local/domain/1/device/vif/0/state 1
	marker 1
	printed 1
	[ "$(line 1)" = "db01 vif 1: bridge: xenbr0 -> br1" ]
	ended
}

# bats test_tags=oxenstored
@test "one domain by name, domid, uuid; one vif by devid, MAC, link" {
	local words
	for words in "db01 1" "2 00:16:3E:00:00:03" "$(uuid_of 2) vif2.1" "db01 --vif 1"; do
		# shellcheck disable=SC2086
		watching $words
		xenstore-write $B/1/0/state 5 $B/2/0/state 5
		vif_nodes 2 2 00:16:3e:00:00:22 vif-route 10.0.1.7
		xenstore-write $B/2/1/state 5
		printed 1
		[ "$(line 1)" = "db01 vif 1: state: connected -> closing" ]
		xenstore-write $B/1/0/state 4 $B/2/0/state 4 $B/2/1/state 4
		xenstore-rm $B/2/2 /libxl/2/device/vif/2
		printed 2
		ended
	done
	run xvif watch db02
	[ "$status" = 3 ]
	[[ "$output" == *"did you mean 'db01'"* ]]
	run xvif watch db01 7
	[ "$status" = 3 ]
	run xvif watch backend/vif
	[ "$status" = 2 ]
}

# bats test_tags=oxenstored
@test "a named domain is followed over its reboot, and no other" {
	watching web01 0
	xenstore-rm $B/1 /libxl/1
	printed 1
	xenstore-rm /local/domain/1
	domain_create 6 other
	vif_nodes 6 0 00:16:3e:00:00:66 vif-route 10.6.6.6
	# the same uuid and name
	echo 7 >>"$NOHV_DOMAINS"
	xenstore-write /local/domain/7/name web01 /local/domain/7/vm "/vm/$(uuid_of 1)"
	vif_nodes 7 0 00:16:3e:00:00:01 vif-route "10.0.0.1"
	printed 2
	xenstore-write $B/7/0/state 5
	printed 3
	xenstore-rm $B/7 /libxl/7 /local/domain/7
	printed 4
	# made anew: the same name
	domain_create 8 web01
	vif_nodes 8 0 00:16:3e:00:00:88 vif-route "10.0.0.8"
	printed 5
	# another name
	xenstore-write /local/domain/8/name web09
	printed 6
	xenstore-write $B/6/0/state 5
	xenstore-write $B/8/0/state 5
	printed 7
	[[ "$(line 1)" == "web01 vif 0: vanished: 10.0.0.1 10.0.0.2, "* ]]
	[[ "$(line 2)" == "web01 vif 0: appeared: 10.0.0.1, "* ]]
	[ "$(line 3)" = "web01 vif 0: state: connected -> closing" ]
	[[ "$(line 5)" == "web01 vif 0: appeared: 10.0.0.8, "* ]]
	[ "$(line 6)" = "web09: name: web01 -> web09" ]
	[ "$(line 7)" = "web09 vif 0: state: connected -> closing" ]
	ended
}

# bats test_tags=oxenstored
@test "a vif whose backend is in another domain" {
	domain_create 5 driver
	xenstore-write /local/domain/5/backend/vif/2/3/frontend-id 2 /local/domain/5/backend/vif/2/3/state 2 \
		/libxl/2/device/vif/3/backend /local/domain/5/backend/vif/2/3
	watching
	xenstore-write /local/domain/5/backend/vif/2/3/state 4
	printed 1
	[ "$(line 1)" = "db01 vif 3: state: init-wait -> connected" ]
	ended
}

# bats test_tags=oxenstored
@test "a path: every change there and below, old and new" {
	watching /local/domain/1/memo
	grep -q 'not there yet' /run/xen/error
	xenstore-write /local/domain/1/memo/a/b 1
	printed 3
	xenstore-write /local/domain/1/memo/a/b 1
	xenstore-write /local/domain/1/memo/a/b 2
	printed 4
	xenstore-rm /local/domain/1/memo/a
	printed 6
	xenstore-write /local/domain/1/memox 1
	xenstore-rm /local/domain/1/memo
	printed 7
	[ "$(line 1)" = "/local/domain/1/memo: (none) -> ''" ]
	[ "$(line 2)" = "/local/domain/1/memo/a: (none) -> ''" ]
	[ "$(line 3)" = "/local/domain/1/memo/a/b: (none) -> '1'" ]
	[ "$(line 4)" = "/local/domain/1/memo/a/b: '1' -> '2'" ]
	[ "$(line 5)" = "/local/domain/1/memo/a: '' -> (none)" ]
	[ "$(line 6)" = "/local/domain/1/memo/a/b: '2' -> (none)" ]
	[ "$(line 7)" = "/local/domain/1/memo: '' -> (none)" ]
	ended
}

@test "what a guest writes is escaped, and cut where it is long; in JSON it is whole" {
	local long
	long=$(printf 'x%.0s' $(seq 1500))
	watching /local/domain/1/memo
	xenstore-write /local/domain/1/memo "$(printf 'we\033[2Jb\302\233')"
	printed 1
	xenstore-write /local/domain/1/memo "$long"
	printed 2
	not grep -q $'\033' /run/xen/lines
	[ "$(line 1)" = "/local/domain/1/memo: (none) -> 'we\\x1b[2Jb\\xc2\\x9b'" ]
	[[ "$(line 2)" == *"xxx'... (1500 bytes)" ]]
	[ "$(line 2 | wc -c)" -lt 400 ]
	ended
	watching -J /local/domain/1/memo
	xenstore-write /local/domain/1/memo "$(printf 'a\377')"
	printed 1
	[ "$(jq -c '[.node,.domain,.vif,.after]' /run/xen/lines)" = '["/local/domain/1/memo",null,null,{"hex":"61ff"}]' ]
	[ "$(jq -r .before /run/xen/lines)" = "$long" ]
	ended
	xenstore-write /local/domain/1/name "$(printf 'web\033[2J')"
	watching
	xenstore-write $B/1/0/state 5
	printed 1
	[ "$(line 1)" = 'web\x1b[2J vif 0: state: connected -> closing' ]
	ended
}

# bats test_tags=oxenstored
@test "a whole store of changes is in the lines of a path" {
	xenstore-ls -f / >/run/xen/before
	watching -J /
	xvif -q add-ip web01 10.0.0.5
	domain_create 3 sw01
	vif_nodes 3 0 00:16:3e:00:00:33 vif-route 10.0.3.1
	xenstore-rm $B/2 /libxl/2
	vif_nodes 2 0 00:16:3e:00:00:22 vif-route 10.0.1.7
	xenstore-write /tool/end 1
	wait_until 10 grep -q /tool/end /run/xen/lines
	ended
	xenstore-ls -f / >/run/xen/after
	replay
}

# replay: the lines lead from what xenstore-ls said before to what it said after
replay() {
	jq -r '[.node, .before // "-", .after // "-"] | join("\t")' /run/xen/lines |
		awk -F '\t' -v OFS='\t' -v before=/run/xen/before '
		BEGIN {
			while ((getline text < before) > 0) {
				n = index(text, " = ")
				is[substr(text, 1, n - 1)] = substr(text, n + 4, length(text) - n - 4)
			}
		}
		!/^\// { next }
		{
			now = ($1 in is) ? is[$1] : "-"
			if (now != $2 || $2 == $3) {
				print "wrong, it was " now ": " $0 >"/dev/stderr"
				wrong = 1
			}
			if ($3 == "-")
				delete is[$1]
			else
				is[$1] = $3
		}
		END {
			for (path in is)
				print path " = \"" is[path] "\""
			exit wrong
		}' >/run/xen/replayed
	LC_ALL=C diff <(LC_ALL=C sort /run/xen/replayed) <(sed 's/   *([^)]*)$//' /run/xen/after | LC_ALL=C sort)
}

R2='10.0.0.2 dev vif1.0 src 192.168.7.1 metric 2'

# told LINE...: waits for the next lines, which are these, of the kernel; SEEN counts
told() {
	local line
	printed $((SEEN + $#))
	for line in "$@"; do
		SEEN=$((SEEN + 1))
		[ "$(line "$SEEN")" = "$line" ]
	done
}

@test "what others change in the kernel: links, their bridges, addresses, routes" {
	SEEN=0
	emulated 1 0
	ip link set vif1.0-emu up
	ip link add other0 type bridge
	ip link set other0 up
	watching
	ip route del 10.0.0.2 dev vif1.0
	told "web01 vif 0: route: $R2 -> (none)"
	ip route add 10.0.0.2 dev vif1.0
	told "web01 vif 0: route: (none) -> 10.0.0.2 dev vif1.0"
	# the kernel drops IPv4 routes of a link that goes down, and those with an address that goes, in silence
	ip link set vif2.0 down
	told "db01 vif 0: link: up -> down" \
		"db01 vif 0: route: 10.0.1.1 dev vif2.0 src 192.168.7.1 metric 2 -> (none)"
	ip addr add 192.168.9.1/32 dev other0
	ip route add 10.8.8.8 dev vif1.0-emu src 192.168.9.1
	told "web01 vif 0: emulated-route: (none) -> 10.8.8.8 dev vif1.0-emu src 192.168.9.1"
	ip addr del 192.168.9.1/32 dev other0
	told "web01 vif 0: emulated-route: 10.8.8.8 dev vif1.0-emu src 192.168.9.1 -> (none)"
	ip -6 route add 2001:db8::8 dev vif1.0
	told "web01 vif 0: route: (none) -> 2001:db8::8 dev vif1.0 metric 1024"
	ip nexthop add id 7 dev vif1.0
	ip route add 10.8.8.9 nhid 7
	told "web01 vif 0: route: (none) -> 10.8.8.9 dev vif1.0"
	ip nexthop del id 7
	told "web01 vif 0: route: 10.8.8.9 dev vif1.0 -> (none)"
	ip link set vif2.1 nomaster
	told "db01 vif 1: master: xenbr0 -> (none)"
	ip addr add 10.9.9.9/24 dev vif2.1
	told "db01 vif 1: address: (none) -> 10.9.9.9/24"
	# routes and addresses go with their link; a link of the same name is another
	ip link del vif2.1
	told "db01 vif 1: link: up -> (none)"
	ip link del vif1.0-emu
	told "web01 vif 0: emulated-link: up -> (none)"
	# nothing of a vif, or no change
	ip route add 10.7.7.7 dev other0
	ip route add blackhole 10.7.7.8
	ip link set other0 down
	ip link set vif1.0 up
	ip route replace 10.0.0.2 dev vif1.0
	marker 1
	told "db01 vif 1: bridge: xenbr0 -> br1"
	ended
}

@test "kernel changes: JSON, --count, conditions, --no-kernel" {
	local condition
	for condition in link=up any:master=xenbr0 route~10.0.0.1 'route!~10.0.0.3' 'link!=down and route~10.0.1.1'; do
		timeout 10 xvif watch --until "$condition"
	done
	watching --no-kernel
	ip link set vif1.0 down
	marker 1
	printed 1
	ended
	ip link set vif1.0 up
	watching -J --count 2
	ip route add 10.0.0.2 dev vif1.0
	printed 1
	ip link set vif1.0 down
	finished
	printed 2
	[ "$(jq -c 'del(.time)' /run/xen/lines)" = '{"domain":"web01","domid":1,"vif":0,"node":"route","before":null,"after":"10.0.0.2 dev vif1.0"}
{"domain":"web01","domid":1,"vif":0,"node":"link","before":"up","after":"down"}' ]
	watching web01 --until 'link=up and route~10.0.0.2'
	ip link set vif1.0 up
	printed 1
	ip route add 10.0.0.2 dev vif1.0
	finished
	watching db01 1 --until link=none
	ip link del vif2.1
	finished
	watching -q --until any:link=down
	ip link set vif2.0 down
	finished
	refused 2 "up, down or none" xvif watch --until link=upp
	refused 2 "--no-kernel" xvif watch --no-kernel --until link=up
	refused 2 "makes no sense with a path" xvif watch --no-kernel /tool
}

@test "kernel changes that there was no room for are found" {
	ip link add other0 type bridge
	ip link set other0 up
	watching
	kill -STOP "$WATCH_PID"
	# the socket is full of what is no business of ours when something happens that is
	for _ in $(seq 20); do
		seq -f 'route add 10.6.0.%.0f dev other0' 1 250
		seq -f 'route del 10.6.0.%.0f dev other0' 1 250
	done >/run/xen/batch
	seq -f 'route add 10.5.0.%.0f dev vif1.0' 1 50 >>/run/xen/batch
	ip -batch /run/xen/batch
	[ "$(awk -v pid="$WATCH_PID" '$3 == pid && $9 > 0' /proc/net/netlink)" ]
	kill -CONT "$WATCH_PID"
	marker 1
	printed 51
	[ "$(grep -c 'web01 vif 0: route: (none) -> 10.5.0.' /run/xen/lines)" = 50 ]
	ended
}

# bats test_tags=oxenstored
@test "--count ends it after that many changes" {
	watching --count 2
	xenstore-write $B/1/0/state 5 $B/1/0/hotplug-status error $B/2/0/state 5
	finished
	printed 2
}

# bats test_tags=oxenstored
@test "--until: at once when it holds, when it comes true, not before" {
	local condition
	for condition in state=connected state=4 hotplug-status=connected ip~10.0.0.2 'ip!~10.0.0.9' \
		'ip=10.0.0.1 10.0.0.2' ip=10.0.0.1/32,10.0.0.2 mac=00:16:3E:00:00:01 'state!=closing' any:state=connected 'ip~10.0.0.1 and state=connected' \
		/local/domain/1/name=web01 /local/domain/1 '!/local/domain/9' '/local/domain/1/name!=x'; do
		run timeout 10 xvif watch web01 --until "$condition"
		echo "$condition: $status $output"
		[ "$status" = 0 ]
		[ -z "$output" ]
	done
	watching db01 --until state=closing
	xenstore-write $B/2/0/state 5
	printed 1
	xenstore-write $B/1/0/state 5
	kill -0 "$WATCH_PID"
	xenstore-write $B/2/1/state 5
	finished
	watching --until any:hotplug-status=error
	xenstore-write $B/2/1/hotplug-status error
	finished
	watching db01 --until ip~10.0.1.9
	xenstore-write $B/2/1/ip '10.0.1.8/29'
	finished
	watching web01 -q --until gone
	xenstore-rm $B/1 /libxl/1 /local/domain/1
	finished
	[ ! -s /run/xen/lines ]
	watching --until /tool/ready=yes
	xenstore-write /tool/ready no
	xenstore-write /tool/ready yes
	finished
	run xvif watch web01 --until gone
	[ "$status" = 0 ]
}

# bats test_tags=oxenstored
@test "--until with a path: nodes below it by their names" {
	watching $B/1/0 --until 'state=6 and online=0'
	xenstore-write $B/1/0/state 6
	printed 1
	xenstore-write $B/1/0/online 0
	finished
	printed 2
	run timeout 10 xvif watch $B/1/0 --until '!nothing'
	[ "$status" = 0 ]
	watching $B/1/0 --until gone
	xenstore-rm $B/1
	finished
	watching /tool/x --until =1
	xenstore-write /tool/x 1
	finished
}

# bats test_tags=oxenstored
@test "--until waits for a domain that is not there yet" {
	watching new01 0 --until ip~10.9.9.9
	grep -q 'not there yet' /run/xen/error
	domain_create 9 new01
	vif_nodes 9 0 00:16:3e:00:00:99 vif-route 10.9.9.9
	finished
	watching 11 --until state=connected
	domain_create 11 eleven
	vif_nodes 11 0 00:16:3e:00:00:11 vif-route 10.9.9.11
	finished
}

# bats test_tags=oxenstored
@test "--timeout: 1 and a sentence if something was waited for, else 0" {
	run xvif watch web01 --until state=closing --timeout 1
	[ "$status" = 1 ]
	[ "$output" = "xvif: watch: 'state=closing' did not hold within 1 s" ]
	run xvif watch --count 3 --timeout 1
	[ "$status" = 1 ]
	[ "$output" = "xvif: watch: 0 of 3 changes within 1 s" ]
	run xvif watch --timeout 1
	[ "$status" = 0 ]
}

@test "conditions that make no sense are refused" {
	refused 2 "no node 'stat'" xvif watch --until stat=connected
	refused 2 "no state '42'" xvif watch --until state=42
	refused 2 "no state 'conected'" xvif watch --until state=conected
	[[ "$output" == *"connected"* ]]
	refused 2 "is no condition" xvif watch --until connected
	refused 2 "is no condition" xvif watch --until ''
	refused 2 "'10.0.0'" xvif watch --until ip~10.0.0
	refused 2 "'10.0.0'" xvif watch --until 'ip=10.0.0.1 10.0.0'
	refused 2 "ip~ADDRESS" xvif watch --until state~conn
	refused 2 "makes no sense with a path" xvif watch /tool 1
	refused 2 "makes no sense with a path" xvif watch /tool --vif 1
	refused 2 "is no number above 0" xvif watch --count 0
}

# fails_in_vain TEXT COMMAND...: what ends the watch leaves it with status 1, and one line that says so
fails_in_vain() {
	local text=$1
	shift
	"$@"
	status=0
	finished || status=$?
	cat /run/xen/error
	[ "$status" = 1 ]
	[ "$(tail -n 1 /run/xen/error)" = "xvif: watch: $text" ]
	[ "$(wc -l </run/xen/error)" = 2 ]
}

# bats test_tags=oxenstored
@test "a signal, or a reader that goes, before what is waited for: 1 and a sentence" {
	local signal
	for signal in INT TERM HUP; do
		watching web01 --until state=closing
		fails_in_vain "ended by a signal before 'state=closing' held" kill -$signal $WATCH_PID
	done
	watching --count 3
	xenstore-write $B/1/0/state 5
	printed 1
	fails_in_vain "ended by a signal after 1 of 3 changes" kill $WATCH_PID
	# a condition or a count that is met is enough
	watching --count 1 --until state=closing
	xenstore-write $B/1/0/state 5
	xenstore-write $B/1/0/hotplug-status error
	finished
	mkfifo /run/xen/reader
	xvif watch -v --until state=closing >/run/xen/reader 2>/run/xen/error 3>&- &
	WATCH_PID=$!
	exec 9</run/xen/reader
	wait_until 10 grep -q watching /run/xen/error
	exec 9<&-
	fails_in_vain "its reader went before 'state=closing' held" true
}

# bats test_tags=oxenstored
@test "signals end it with status 0, and so does a reader that goes" {
	local signal pid
	for signal in INT TERM HUP; do
		watching
		ended "$signal"
	done
	# idle: nothing is written that could fail
	mkfifo /run/xen/fifo
	xvif watch -v >/run/xen/fifo 2>/run/xen/error 3>&- &
	WATCH_PID=$!
	exec 9</run/xen/fifo
	wait_until 10 grep -q watching /run/xen/error
	exec 9<&-
	finished
	[ "$(cat /run/xen/error)" = "xvif: all domains: watching" ]
	# and in the middle of lines
	(xvif watch -J 2>/run/xen/error; echo $? >/run/xen/status) 3>&- | head -n 1 >/run/xen/first &
	pid=$!
	until [ -s /run/xen/status ]; do
		xenstore-write $B/1/0/state $((RANDOM % 6 + 1)) $B/2/0/state $((RANDOM % 6 + 1))
	done
	wait $pid
	[ "$(cat /run/xen/status)" = 0 ]
	[ -s /run/xen/first ]
	[ ! -s /run/xen/error ]
}

@test "output that cannot be written is an error" {
	run bash -c 'xvif watch --count 5 >/dev/full 2>/run/xen/error & p=$!
		while kill -0 $p 2>/dev/null; do xenstore-write '$B'/1/0/state $((RANDOM % 6 + 1)); done; wait $p'
	[ "$status" = 1 ]
	grep -q 'cannot write the result: No space left' /run/xen/error
}

# restart: xenstored comes back with an empty store, as it does on a host
restart() {
	kill -KILL "$XENSTORED_PID"
	wait_until 10 eval "! kill -0 $XENSTORED_PID"
	wait_until 10 grep -q 'waiting for xenstored' /run/xen/error
	rm -rf /var/lib/xenstored/* /run/xenstored/*
	ip link del eth0
	ip link del xenbr0
	world_start "${XENSTORED:-xenstored}"
}

# bats test_tags=oxenstored
@test "a restart of xenstored: the gap is reported, then what changed meanwhile" {
	watching -J
	restart
	domain_create 1 web01
	vif_nodes 1 0 00:16:3e:00:00:01 vif-route "10.0.0.1 10.0.0.2"
	wait_until 10 grep -q 'is back after' /run/xen/error
	xenstore-write $B/1/0/state 5
	wait_until 10 grep -q closing /run/xen/lines
	ended
	cat /run/xen/lines
	[ "$(jq -c 'select(.node == "xenstored") | [.domain,.before,.after]' /run/xen/lines)" = \
		$'[null,"connected","lost"]\n[null,"lost","connected"]' ]
	# what was not there is gone; web01 was rebuilt before or after the first look
	[ "$(jq -c 'select(.domid == 2) | [.vif, .before.ips, .after]' /run/xen/lines)" = \
		$'[0,["10.0.1.1"],null]\n[1,[],null]' ]
	[ "$(jq -c 'select(.domid == 1)' /run/xen/lines | tail -n 1 | jq -c '[.node,.before,.after]')" = '["state","connected","closing"]' ]
	[ "$(grep -c waiting /run/xen/error)" = 1 ]
}

# bats test_tags=oxenstored
@test "a restart while a path, a domain, a condition are waited for" {
	watching /local/domain/1/name
	restart
	wait_until 10 grep -q 'is back after' /run/xen/error
	printed 1
	xenstore-write /local/domain/1/name web01
	printed 2
	ended
	watching web01 --until ip~10.0.0.9
	restart
	wait_until 10 grep -q 'is back after' /run/xen/error
	domain_create 4 web01
	vif_nodes 4 0 00:16:3e:00:00:01 vif-route "10.0.0.9"
	finished
	watching web01 --until gone --timeout 2
	kill -KILL "$XENSTORED_PID"
	status=0
	finished || status=$?
	[ "$status" = 1 ]
	grep -q "'gone' did not hold within 2 s" /run/xen/error
}

# bats test_tags=oxenstored
@test "a xenstored that does not answer" {
	kill -STOP "$XENSTORED_PID"
	run timeout 10 xvif watch --timeout 1
	kill -CONT "$XENSTORED_PID"
	[ "$status" = 1 ]
	[[ "$output" == *"does not answer"* ]]
}

# flatten: the lines as churn.awk reads them
flatten() {
	jq -r 'def list: if type == "array" then join(" ") else . end;
		def vif: ["mac=\(.mac)", "ip=\(.ips | list)", "state=\(.state)"];
		select(.domid >= 100 and .domid < 900) |
		[.domid, (if .node != "vif" then .node elif .before then "vanished" else "appeared" end), .domain] +
		(if .node == "vif" then .before // .after | vif else ["before=\(.before | list)", "after=\(.after | list)"] end) |
		map(tostring) | join("\t")' /run/xen/lines
}

# bats test_tags=oxenstored
@test "domains created, changed, renamed, deleted as fast as it goes: no false line" {
	local churn=$XVIF_BUILD/tests/sandbox/churn a b tree
	watching -J
	xenstore-ls -f $B >/run/xen/before
	xvif watch -v -J $B >/run/xen/tree 2>/run/xen/tree.error 3>&- &
	tree=$!
	wait_until 10 grep -q watching /run/xen/tree.error
	"$churn" 100 4 "${CHURN_SECONDS:-2}" >/run/xen/truth.a 3>&- &
	a=$!
	"$churn" 200 12 "${CHURN_SECONDS:-2}" >/run/xen/truth.b 3>&- &
	b=$!
	wait $a
	wait $b
	domain_create 999 marker
	vif_nodes 999 0 00:16:3e:09:09:09 vif-route 10.99.99.99
	wait_until 20 grep -q 10.99.99.99 /run/xen/lines
	wait_until 20 grep -q 10.99.99.99 /run/xen/tree
	wait_until 20 grep -q $B/999/0/hotplug-status /run/xen/tree
	ended
	kill $tree
	wait $tree
	cat /run/xen/truth.a /run/xen/truth.b >/run/xen/truth
	flatten >/run/xen/flat
	awk -f "$BATS_TEST_DIRNAME/churn.awk" /run/xen/truth /run/xen/flat
	# the tree: each line goes on where the one before ended, the last where the store is
	xenstore-ls -f $B >/run/xen/after
	cp /run/xen/tree /run/xen/lines
	replay
}
