#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# xvif dump, load and --store: every byte comes back, all or nothing is loaded,
# what is no dump is refused. CHURN_SECONDS: how long the store is churned.
load setup

SECONDS_OF_CHURN=${CHURN_SECONDS:-3}

# what the daemons take: oxenstored has quotas for domain 0, too (oxenstored.conf)
case ${XENSTORED:-xenstored} in
xenstored) path_max=1900 value_max=4088 name_max=2040 ;;
oxenstored) path_max=990 value_max=2048 name_max=990 ;;
esac

# truth PATH: its nodes with values and permissions, as xenstore-ls has them
truth() {
	xenstore-ls -fp "$1" | LC_ALL=C sort
}

# a tree with all that a value may hold: all bytes, each twice; empty; quotes; a deep node
write_tree() {
	local i bytes='' deep=/tool/t/deep
	for i in $(seq 0 255); do
		bytes+=$(printf '\\x%02x\\x%02x' "$i" $((255 - i)))
	done
	xenstore-write /tool/t/bytes "$bytes" /tool/t/nul '\x00' /tool/t/nuls 'a\x00\x00' /tool/t/empty '' \
		/tool/t/quotes "it's \"q\" (x) #c \\\\ end" /tool/t/utf8 'grüße' /tool/t/bad '\xff\xfe' \
		/tool/t/newline 'a\nb\tc ' /tool/t/inner own /tool/t/inner/below 1 /tool/t/@-_9 name
	for i in $(seq 480); do
		deep+=/d$i
	done
	xenstore-write "${deep:0:$path_max}x" deepest
	xenstore-chmod /tool/t/inner n1 r2 b3 w0
	xenstore-chmod /tool/t/inner/below n0 b1
	xenstore-chmod /tool/t b0
}

# bats test_tags=oxenstored
@test "a dump has the nodes, values and permissions of xenstore-ls" {
	xvif dump -J >/run/xen/json
	jq -r '.. | objects | select(has("path")) | select(.path != "/") |
		"\(.path) = \"\(.value)\"   (\(.perms | join(",")))"' /run/xen/json | LC_ALL=C sort >/run/xen/dumped
	truth / | diff - /run/xen/dumped
	# and so has the other form
	xvif dump >/run/xen/sxp
	xvif dump -J --store /run/xen/sxp | cmp - /run/xen/json
	xvif sxp check /run/xen/sxp
	[ "$(wc -l </run/xen/sxp)" = $(($(xenstore-ls -f | wc -l) + 1)) ]
}

# bats test_tags=oxenstored
@test "more children than one answer of xenstored holds come back" {
	local i nodes=() paths=() form
	for i in $(seq 900); do
		nodes+=("/tool/w/name$i" "$i")
		paths+=("/tool/w/name$i")
	done
	xenstore-write "${nodes[@]}"
	xvif dump /tool/w >/run/xen/sxp
	xvif dump -J /tool/w >/run/xen/json
	for form in sxp json; do
		xenstore-rm /tool/w
		xvif -q load /run/xen/$form
		[ "$(xenstore-read "${paths[@]}" | tr '\n' ' ')" = "$(seq 900 | tr '\n' ' ')" ]
		[ "$(xvif load --prune /run/xen/$form)" = "/tool/w: nothing to do" ]
	done
	[ "$(sed -n '10,11s/ (perms.*//p' /run/xen/sxp | tr '\n' ' ')" = ' (node name9 9  (node name10 10 ' ]
}

# bats test_tags=oxenstored
@test "every byte, empty values, deep, permissions: both forms put all back" {
	local form
	write_tree
	truth /tool/t >/run/xen/truth
	[ "$(wc -l </run/xen/truth)" -gt 200 ]
	xvif dump /tool/t >/run/xen/sxp
	xvif dump -J /tool/t >/run/xen/json
	[ "$(xvif dump -J /tool/t/nuls | jq -c .value)" = '{"hex":"610000"}' ]
	[ "$(xvif dump -J /tool/t/bad | jq -c .value)" = '{"hex":"fffe"}' ]
	[ "$(xvif dump -J /tool/t/utf8 | jq -r .value)" = 'grüße' ]
	for form in sxp json; do
		xenstore-rm /tool/t
		xvif -q load /run/xen/$form
		truth /tool/t | diff /run/xen/truth -
		[ "$(truth /tool | grep '/t = ')" = '/tool/t = ""   (b0)' ]
		[ "$(xenstore-read -R /tool/t/nuls | od -An -tx1)" = ' 61 00 00' ]
		[ "$(xvif load /run/xen/$form)" = "/tool/t: nothing to do" ]
		xvif dump /tool/t | cmp - /run/xen/sxp
		# as another tree, byte for byte as well
		xvif -q load /tool/u /run/xen/$form
		truth /tool/u | sed 's,^/tool/u,/tool/t,' | diff /run/xen/truth -
		xenstore-rm /tool/u
	done
}

# bats test_tags=oxenstored
@test "a domain whose name is not ASCII: show -J, apply, dump, load and --store" {
	local option
	xenstore-write /local/domain/1/name bücher "/vm/$(uuid_of 1)/name" bücher
	xvif show -J bücher | jq -c '.vifs[0].ips += ["10.0.0.5"]' | xvif apply -
	[ "$(xvif show -n -o DOMAIN,IPS bücher)" = "bücher 10.0.0.1 10.0.0.2 10.0.0.5" ]
	for option in '' -J; do
		xvif dump $option >/run/xen/dump
		[ "$(xvif show --store /run/xen/dump -n -o DOMAIN bücher)" = bücher ]
		xvif dump $option /local/domain/1 >/run/xen/dump
		xenstore-write /local/domain/1/name other
		xvif load --force /run/xen/dump
		[ "$(xenstore-read -R /local/domain/1/name)" = bücher ]
	done
}

# bats test_tags=oxenstored
@test "a dump that a person wrote or edited" {
	xenstore-write /tool/e/keep old /tool/e/perms p
	xenstore-chmod /tool/e/perms n0 r7
	cat >/run/xen/e <<-'END'
		# children in any order, comments, what stays as it is
		(node /tool/e
		  (node z "a b" (perms n0 b2)) # a comment
		  (node perms new)
		  (node keep (perms n1))
		  (node 'made'))
	END
	run xvif load -v /run/xen/e
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" = '~ /tool/e/keep (n0) -> (n1)' ]
	[ "${lines[1]}" = '+ /tool/e/made = ""' ]
	[ "${lines[2]}" = '~ /tool/e/perms = "p" -> "new"' ]
	[ "${lines[3]}" = '+ /tool/e/z = "a b" (n0 b2)' ]
	[ "${lines[4]}" = '/tool/e: 2 added, 2 changed, 0 removed' ]
	diff <(truth /tool/e) - <<-'END'
		/tool/e/keep = "old"   (n1)
		/tool/e/made = ""   (n0)
		/tool/e/perms = "new"   (n0,r7)
		/tool/e/z = "a b"   (n0,b2)
	END
	xenstore-rm /tool/e
	echo '{"children":[{"path":"b","value":{"hex":"00ff"}},{"path":"/tool/e/a","perms":["n0"]}],"path":"/tool/e"}' |
		xvif -q load
	[ "$(xenstore-read -R /tool/e/b | od -An -tx1)" = ' 00 ff' ]
	xenstore-exists /tool/e/a
}

# bats test_tags=oxenstored
@test "an owner that does not run here" {
	echo '(node /tool/o x (node a y (perms n77)))' >/run/xen/o
	if [ "${XENSTORED:-xenstored}" = xenstored ]; then
		refused 1 "cannot set the permissions of '/tool/o/a'" xvif load /run/xen/o
		[[ "$output" == *"whose domain is not running here"* ]]
	else
		xvif -q load /run/xen/o
		[ "$(truth /tool/o)" = '/tool/o/a = "y"   (n77)' ]
	fi
}

# bats test_tags=oxenstored
@test "nodes that the dump does not have stay, or go with --prune; --dry-run touches nothing" {
	xenstore-write /tool/p/a 1
	xvif dump /tool/p >/run/xen/p
	xenstore-write /tool/p/b 2 /tool/p/b/c 3 /tool/p/a x
	snapshot >/run/xen/before
	run xvif load --dry-run --prune /run/xen/p
	[ "${lines[0]}" = '~ /tool/p/a = "x" -> "1"' ]
	[ "${lines[1]}" = '- /tool/p/b = "2" (n0)' ]
	[ "${lines[2]}" = '- /tool/p/b/c = "3" (n0)' ]
	[ "${lines[3]}" = '/tool/p: 0 added, 1 changed, 2 removed (dry run)' ]
	snapshot | diff /run/xen/before -
	run xvif load /run/xen/p
	[ "$status" = 0 ]
	[[ "$output" == *"2 nodes that the dump does not have stay"* ]]
	[ "$(xenstore-read /tool/p/a /tool/p/b/c | tr '\n' ' ')" = '1 3 ' ]
	[ "$(xvif load --prune -J /run/xen/p | jq -c '[.changed,.added,.modified,.removed,.kept]')" = '[true,0,0,2,0]' ]
	not xenstore-exists /tool/p/b
	xvif dump /tool/p | cmp - /run/xen/p
}

# bats test_tags=oxenstored
@test "what running domains depend on is not changed without --force" {
	local path
	xvif dump /local/domain/0/backend >/run/xen/b
	[ "$(xvif load /run/xen/b)" = "/local/domain/0/backend: nothing to do" ]
	sed -i 's/10.0.0.2/10.0.0.9/' /run/xen/b
	refused 1 "'/local/domain/0/backend/vif/1/0/ip' would change" xvif load /run/xen/b
	for path in / /local /local/domain/1/control /libxl/1/device /vm/x /tool/xenstored; do
		echo "(node $path (perms n0 r1) (node new x))" >/run/xen/one
		refused 1 "--force makes them" xvif load /run/xen/one
	done
	echo '(node / (node tool (node fine x)))' | xvif -q load
	[ "$(xenstore-read /tool/fine)" = x ]
	run xvif load --dry-run /run/xen/b
	[ "$status" = 0 ]
	[[ "$output" == *"without --force this is refused"* ]]
	run xvif load --force /run/xen/b
	[ "$status" = 0 ]
	[[ "$output" == *"lists of vifs have changed, routes and rules have not"* ]]
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/ip)" = "10.0.0.1 10.0.0.9" ]
}

# no_dump PATTERN TEXT: refused as a dump, with the place and one reason
no_dump() {
	printf '%b' "$2" >/run/xen/bad
	refused 1 "/run/xen/bad$1" xvif load /run/xen/bad
	refused 1 "/run/xen/bad$1" xvif show --store /run/xen/bad
}

@test "what is no dump is refused with its place, and nothing is written" {
	no_dump ': is empty' ''
	no_dump ':1:1: no node' 'x'
	no_dump ':2:1: a dump is one node' '(node /tool/a)\n(node /tool/b)'
	no_dump ':1:16: end of text' '(node /tool/a b'
	no_dump ':1:7: ' '(node tool)'
	no_dump ':1:7: ' '(node //tool)'
	no_dump ':1:7: ' '(node "/tool/a b")'
	no_dump ":1:21: /tool/a: 'b/c' is no name" '(node /tool/a (node b/c))'
	no_dump ':1:21: ' "(node /tool/a (node ''))"
	no_dump ":1:23: /tool/a: a second node 'b'" '(node /tool/a (node b)(node b))'
	no_dump ":1:22: /tool/a: 'x1' is no permission" '(node /tool/a (perms x1))'
	no_dump ':1:15: ' '(node /tool/a (perms))'
	no_dump ':1:25: ' '(node /tool/a (perms n0)(perms n0))'
	no_dump ':1:17: ' '(node /tool/a b c)'
	no_dump ':1:22: ' '(node /tool/a (perms n70000))'
	no_dump ': ' '{"path":"/tool/a","values":"x"}'
	no_dump ": /tool/a: '/tool/b/c' is no name" '{"path":"/tool/a","children":[{"path":"/tool/b/c"}]}'
	no_dump ': ' '{"path":"/tool/a","value":{"hex":"0"}}'
	no_dump ': ' '{"path":"/tool/a","children":["b"]}'
	no_dump ':1:18' '{"path":"/tool/a"'
	no_dump ':1:48001: nesting too deep' "$(printf '{"path":"/tool/a","children":[%.0s' $(seq 4000))"
	head -c 100000 /dev/urandom >/run/xen/bad
	refused 1 /run/xen/bad xvif load /run/xen/bad
	refused 1 'cannot be read' xvif load nothing-here
	refused 2 'there is no file of that name either' xvif load /run/xen/nothing-here.sxp
	refused 2 'no path of xenstore' xvif load tool /run/xen/bad
}

# bats test_tags=oxenstored
@test "what xenstored would not take is found before the first write" {
	local long
	long=$(printf 'x%.0s' $(seq 4090))
	echo "(node /tool/a ok (node b $long))" >/run/xen/big
	refused 1 "'/tool/a/b': a value of 4090 bytes does not fit" xvif load /run/xen/big
	echo "(node /tool/a ok (node b '' (node ${long:0:2040})))" >/run/xen/big
	refused 1 'is too long for xenstored' xvif load /run/xen/big
	echo "(node /tool/a ok (node b '' (perms n0 $(printf 'r%d ' $(seq 1000 1900)))))" >/run/xen/big
	refused 1 'the permissions do not fit' xvif load /run/xen/big
	# the longest that do fit
	echo "(node /tool/a ${long:0:value_max} (node ${long:0:name_max}))" >/run/xen/big
	xvif -q load /run/xen/big
	[ "$(xenstore-read /tool/a | tr -d '\n' | wc -c)" = $value_max ]
}

# bats test_tags=oxenstored
@test "load killed at any call: all of it is there, or nothing" {
	local n=1 tried=0 none=0 all=0 step=$((${KILL_STEP:-23} * 3)) g i
	count() {
		xenstore-ls -f /tool/k | wc -l
	}
	{
		echo '(node /tool/k new'
		for g in 1 2 3 4; do
			echo "(node g$g ''"
			for i in $(seq 300); do echo "(node name$i $i (perms n0 r1))"; done
			echo ')'
		done
		echo ')'
	} >/run/xen/k
	xenstore-write /tool/k old /tool/k/g1/name7 seven
	xvif load --prune --dry-run /run/xen/k | grep -q '^/tool/k: 1202 added, 2 changed'
	while ! timeout 60 "$XVIF_BUILD/tests/sandbox/killer" $n xvif -q load /run/xen/k >/run/xen/killed 2>&1; do
		case "$(xenstore-read /tool/k /tool/k/g1/name7 | tr '\n' ' ') $(count)" in
		'old seven  2') none=$((none + 1)) ;;
		'new 7  1204') all=$((all + 1)) ;;
		*) count; return 1 ;;
		esac
		xenstore-rm /tool/k
		xenstore-write /tool/k old /tool/k/g1/name7 seven
		n=$((n + step))
		tried=$((tried + 1))
	done
	echo "# $tried stops: $none before, $all after" >&3
	[ "$none" -gt 0 ] # how many calls it makes depends on how the answers arrive
	[ "$(count)" = 1204 ]
}

# bats test_tags=oxenstored
@test "others write the same nodes meanwhile: all of a load is there, or none" {
	local i writer status done=0
	{
		echo '(node /tool/c'
		for i in $(seq 200); do echo "(node name$i loaded)"; done
		echo ')'
	} >/run/xen/c
	rm -f /run/xen/stop
	while [ ! -e /run/xen/stop ]; do xenstore-write /tool/c/name100 other; done 3>&- &
	writer=$!
	for i in $(seq 10); do
		xenstore-rm /tool/c
		run xvif -q load /run/xen/c
		case $status in
		0) done=$((done + 1)); [ "$(xenstore-list /tool/c | wc -l)" = 200 ] ;;
		1) [[ "$output" == *"keeps changing"* ]] && [ "$(xenstore-list /tool/c | wc -l)" -le 1 ] ;;
		*) false ;;
		esac || { echo "$status $output"; touch /run/xen/stop; return 1; }
	done
	# a kill would leave its last write to come
	touch /run/xen/stop
	wait $writer
	echo "# $done of 10 loaded" >&3
	xvif -q load /run/xen/c
	[ "$(xenstore-ls /tool/c | grep -c loaded)" = 200 ]
}

# bats test_tags=oxenstored
@test "--store: a dump is shown, compared and dumped as the host it is from, with that one gone" {
	local form
	xvif show -J >/run/xen/show
	xvif dump >/run/xen/all.sxp
	xvif dump -J >/run/xen/all.json
	sed 's,\(node ip \).10.0.0.1 10.0.0.2.,\110.0.0.77,;s/hotplug-status connected/hotplug-status error/' \
		/run/xen/all.sxp >/run/xen/wrong.sxp
	kill "$XENSTORED_PID"
	wait_until 10 eval "! kill -0 $XENSTORED_PID"
	for form in sxp json; do
		xvif show -J --store /run/xen/all.$form | cmp - /run/xen/show
		xvif dump --store /run/xen/all.$form | cmp - /run/xen/all.sxp
		xvif dump -J --store /run/xen/all.$form | cmp - /run/xen/all.json
		run xvif check --store /run/xen/all.$form
		[ "$status" = 0 ]
		[[ "$output" == *"only the dump is compared"* ]]
	done
	[ "$(xvif dump --store /run/xen/all.json /local/domain/1/name)" = \
		"(node /local/domain/1/name web01 (perms n0 r1))" ]
	run xvif dump --store /run/xen/all.sxp /local/domain/7
	[ "$status" = 3 ]
	run xvif check --store /run/xen/wrong.sxp
	[ "$status" = 6 ]
	[[ "$output" == *"web01 vif 0: hotplug-status"* ]]
	# a part of a store works as far as it goes
	xvif dump --store /run/xen/all.sxp /local/domain >/run/xen/part.sxp
	[ "$(xvif dump --store /run/xen/part.sxp /local/domain/2/name)" = \
		"(node /local/domain/2/name db01 (perms n0 r2))" ]
	[ "$(xvif dump --store /run/xen/part.sxp)" = "$(cat /run/xen/part.sxp)" ]
	for form in add-ip del-ip set-ips repair load; do
		run xvif $form --store /run/xen/all.sxp web01 10.0.0.9
		[ "$status" = 2 ]
	done
}

@test "--store: nothing of this host is in what is shown of another" {
	xvif dump >/run/xen/there
	# here vif1.0 has a route and a rule, another list, and libxl's stored configuration
	activate_rules
	iptables -A FORWARD -m physdev --physdev-is-bridged --physdev-in vif1.0 -s 10.0.0.1 -j ACCEPT
	strace -f -o /run/xen/trace xvif show -J web01 0 --store /run/xen/there >/run/xen/json
	[ "$(jq -c '.vifs[0] | [.routes, .rules, .since, .persisted.userdata]' /run/xen/json)" = '[null,null,null,null]' ]
	not grep -qE 'NETLINK|xenstored|/var/lib/xen|/dev/xen|execve.*iptables' /run/xen/trace || { cat /run/xen/trace; return 1; }
	strace -f -o /run/xen/trace xvif check --store /run/xen/there
	not grep -qE 'NETLINK|xenstored|/var/lib/xen|/dev/xen|/run/xvif|execve.*iptables' /run/xen/trace
	strace -f -o /run/xen/trace xvif show web01 --guest-config=iproute2 --store /run/xen/there
	not grep -qE 'NETLINK|/dev/xen' /run/xen/trace
}

# bats test_tags=oxenstored
@test "dumps of nodes that vanish and appear as fast as possible" {
	local end=$((SECONDS + SECONDS_OF_CHURN)) pids=() i n=0 full=0 broke=
	for i in 1 2 3; do
		while :; do
			xenstore-write /tool/v/$i/a/b/c v$i /tool/v/$i/a/x v$i /tool/v/$i/name v$i
			xenstore-rm /tool/v/$i/a
			xenstore-rm /tool/v/$i
		done 3>&- >/dev/null 2>&1 &
		pids+=($!)
	done
	xenstore-write /tool/v/stays yes
	# on a slow machine few of the dumps meet a whole one
	while [ $SECONDS -lt $end ] || { [ $full = 0 ] && [ $SECONDS -lt $((end + 60)) ]; }; do
		broke=1
		timeout 20 xvif dump -J /tool/v >/run/xen/json || break
		# a node has its own value or, as a mere parent, none
		jq -r '.. | objects | select(has("path")) | "\(.path) \(.value) \(.perms | join(","))"' /run/xen/json |
			grep -vE '^/tool/v  n0$|^/tool/v/stays yes n0$|^/tool/v/([123])/(a/b/c|a/x|name) v\1 n0$|^/tool/v/[123](/a|/a/b)?  n0$' && break
		n=$((n + 1))
		full=$((full + $(grep -c 'a/b/c' /run/xen/json || true)))
		xvif load --dry-run --prune /run/xen/json >/dev/null || break
		broke=
	done
	kill "${pids[@]}"
	echo "# $n dumps, $full times the deepest node was there" >&3
	[ -z "$broke" ] || { cat /run/xen/json; return 1; }
	[ $n -gt 2 ]
	[ $full -gt 0 ]
}
