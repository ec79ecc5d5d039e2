#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# xvif apply: many vifs brought to a declared state
load setup

ips() { # DOMAIN VIF
	xvif show -nro IPS "$1" "$2" | sed 's/\\x20/ /g'
}

state=/run/xen/state

# bats test_tags=oxenstored
@test "YAML, JSON and S-expressions mean the same; a second run changes nothing" {
	cat >$state.yaml <<-END
		# the only vif of a domain needs no name
		web01: [10.0.0.1, 10.0.0.5]
		db01:
		  0: 10.0.1.1 10.0.1.2
		  00:16:3e:00:00:03: []
	END
	echo '{"web01":["10.0.0.1","10.0.0.5"],"db01":{"0":"10.0.1.1 10.0.1.2","vif2.1":[]}}' >$state.json
	cat >$state.sxp <<-END
		# a comment
		(web01 10.0.0.1 10.0.0.5)
		(db01 (0 10.0.1.1 10.0.1.2) (vif2.1))
	END
	local form
	for form in yaml json sxp; do
		xvif -q set-ips web01 10.0.0.1 10.0.0.2
		xvif -q set-ips db01 --vif 0 10.0.1.1
		run xvif apply $state.$form
		echo "$output"
		[ "$status" = 0 ]
		[ "${lines[0]}" = "web01 vif 0: 10.0.0.1 -10.0.0.2 +10.0.0.5" ]
		[ "${lines[1]}" = "db01 vif 0: 10.0.1.1 +10.0.1.2" ]
		[ "${lines[2]}" = "2 changed, 1 unchanged, 0 failed" ]
		[ "$(ips web01 0)" = "10.0.0.1 10.0.0.5" ]
		[ "$(ip route show 10.0.1.2 | wc -l)" = 1 ]
		[ "$(ip route show 10.0.0.2 | wc -l)" = 0 ]
		snapshot >/run/xen/before
		run xvif apply $state.$form
		[ "$output" = "0 changed, 3 unchanged, 0 failed" ]
		snapshot | diff /run/xen/before -
	done
	xvif check
}

@test "what show --json printed is a declared state" {
	xvif show -J >$state
	xvif -q set-ips web01 10.0.0.9
	xvif apply $state
	[ "$(ips web01 0)" = "10.0.0.1 10.0.0.2" ]
}

@test "--dry-run says what would be done and does nothing" {
	echo 'web01: [10.0.0.1, 10.0.0.5]' >$state
	snapshot >/run/xen/before
	run xvif apply --dry-run $state
	[ "$output" = "web01 vif 0: 10.0.0.1 -10.0.0.2 +10.0.0.5 (dry run)
1 changed, 0 unchanged, 0 failed (dry run)" ]
	xvif apply -v --dry-run $state | grep -q '^ip route del 10.0.0.2 dev vif1.0'
	[ "$(xvif apply -J --dry-run $state | jq -c '[.changed, .vifs[0].status, .vifs[0].after, (.vifs[0].plan | length > 3)]')" = \
		'[true,"changed",["10.0.0.1","10.0.0.5"],true]' ]
	[[ "$(xvif apply --color=always --dry-run $state)" == *$'\033[32m+10.0.0.5'* ]]
	snapshot | diff /run/xen/before -
}

# bats test_tags=oxenstored
@test "addresses that move, also in a circle" {
	echo '{"web01":["10.0.1.1","10.0.0.1"],"db01":{"0":["10.0.0.2"]}}' >$state
	run xvif apply --dry-run $state
	[ "$status" = 0 ]
	run xvif apply $state
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[-3]}" = "web01 vif 0: 10.0.0.1 -10.0.0.2 +10.0.1.1" ]
	[ "${lines[-2]}" = "db01 vif 0: -10.0.1.1 +10.0.0.2" ]
	[ "$(ips web01 0)" = "10.0.1.1 10.0.0.1" ]
	[ "$(ips db01 0)" = 10.0.0.2 ]
	[[ "$(ip route get 10.0.1.1)" == *"dev vif1.0"* ]]
	[[ "$(ip route get 10.0.0.2)" == *"dev vif2.0"* ]]
	xvif check
	echo '{"web01":["10.0.0.2"],"db01":{"0":["10.0.1.1"]}}' >$state
	run xvif apply $state
	echo "$output"
	[ "$(ips web01 0)" = 10.0.0.2 ]
	[ "$(ips db01 0)" = 10.0.1.1 ]
	xvif check
}

@test "two vifs that change their only addresses need --allow-empty for the moment between" {
	xvif -q set-ips web01 10.0.0.1
	echo '{"web01":["10.0.1.1"],"db01":{"0":["10.0.0.1"]}}' >$state
	run xvif apply $state
	echo "$output"
	[ "$status" = 1 ]
	[[ "$output" == *"--allow-empty"* ]]
	[ "$(ips web01 0) $(ips db01 0)" = "10.0.0.1 10.0.1.1" ]
	xvif apply --allow-empty $state
	[ "$(ips web01 0) $(ips db01 0)" = "10.0.1.1 10.0.0.1" ]
	xvif check
}

@test "what is wrong with a file is said before anything is changed" {
	echo '{"web01":["10.0.0.1","10.0.0.300"]}' >$state
	refused 2 "$state: web01: '10.0.0.300'" xvif apply $state
	echo '{"web01":["10.0.0.7"],"db01":{"0":["10.0.0.7"]}}' >$state
	refused 2 "10.0.0.7 of 'db01' is declared for 'web01', too" xvif apply $state
	echo '{"web01":["10.0.0.7"],"db01":{"1":["10.0.0.0/24"]}}' >$state
	refused 2 "is declared for" xvif apply $state
	echo '{"web01":["10.0.0.7"],"1":["10.0.0.8"]}' >$state
	refused 2 "vif 0 of domain '1' is declared twice" xvif apply $state
	printf '{"web01":["10.0.0.7"],\n "db01":{"0":["10.0.1.1"]},"web01":["10.0.0.8"]}' >$state
	refused 2 "$state:2:28: \"web01\" occurs twice" xvif apply $state
	echo '{"db01":{"0":["10.0.1.7"],"0":["10.0.1.8"]}}' >$state
	refused 2 '"0" occurs twice' xvif apply $state
	printf 'web01: [10.0.0.7]\nweb01: [10.0.0.8]\n' >$state
	refused 2 "vif 0 of domain 'web01' is declared twice" xvif apply $state
	printf 'web01: [10.0.0.1\nx' >$state
	refused 2 "$state:3:1: did not find expected" xvif apply $state
	printf 'db01: {1: []}\n"web01\\0x": [10.0.0.7]\n' >$state
	refused 2 "$state:2:1: holds NUL" xvif apply $state
	printf 'web01:\n- 10.0.0.7\n- "10.0.0.8\\x00.9"\n' >$state
	refused 2 "$state:3:3: holds NUL" xvif apply $state
	printf '{"web01":["10.0.0.7\\u0000.9"]}' >$state
	refused 2 "$state: the text that begins with '10.0.0.7' holds NUL" xvif apply $state
	printf '("web01\\x00" 10.0.0.7)' >$state
	refused 2 "$state: the text that begins with 'web01' holds NUL" xvif apply $state
	printf '(db01 ("1\\x001" 10.0.0.7))' >$state
	refused 2 "$state: the text that begins with '1' holds NUL" xvif apply $state
	printf '{"vifs":[{"domain":"web01\\u0000x","vif":0,"ips":["10.0.0.7"]}]}' >$state
	refused 2 "$state: the text that begins with 'web01' holds NUL" xvif apply $state
	echo '(web01 (0 10.0.0.1)' >$state
	refused 2 "is not closed" xvif apply $state
	echo 'web01' >$state
	refused 2 "domains with their vifs were expected" xvif apply $state
	printf 'a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n' >$state
	refused 2 "too many values" xvif apply $state
	refused 1 "No such file" xvif apply /nowhere
	echo 'db01: [10.0.0.7]' >$state
	run xvif apply $state
	[ "$status" = 2 ]
	[[ "$output" == *"the domain has 2 vifs"*"name the vif below the domain"* ]]
}

# bats test_tags=oxenstored
@test "a vif that is not there, or that fails: it ends there, with -k it goes on" {
	echo '{"web01":["10.0.0.1","10.0.0.5"],"web02":["10.0.0.9"]}' >$state
	snapshot >/run/xen/before
	run xvif apply $state
	echo "$output"
	[ "$status" = 3 ]
	[[ "$output" == *"web02: no such domain"* ]]
	snapshot | diff /run/xen/before -
	run xvif apply -k -J $state
	[ "$status" = 3 ]
	[ "$(ips web01 0)" = "10.0.0.1 10.0.0.5" ]
	[ "$(xvif apply -k -J $state 2>/dev/null | jq -c '[.changed, [.vifs[].status]]')" = \
		'[false,["failed","unchanged"]]' ]
	# the script of the first fails
	sed -i '2i exit 1' /etc/xen/scripts/vif-route
	mkdir -p /etc/xvif
	echo "/etc/xen/scripts/vif-route $(sha256sum </etc/xen/scripts/vif-route | cut -d' ' -f1) delta" >/etc/xvif/scripts.conf
	echo '{"web01":["10.0.0.6"],"db01":{"1":["10.0.3.3"]}}' >$state
	run xvif apply $state
	echo "$output"
	[ "$status" = 4 ]
	[ "$(ips web01 0)" = "10.0.0.1 10.0.0.5" ]
	[ -z "$(ips db01 1)" ]
	run xvif apply -k $state
	[ "$status" = 4 ]
	[ "$(ips db01 1)" = 10.0.3.3 ]
}

# fails_with ADDRESS: the script of routed vifs fails for it, and for no other
fails_with() {
	cp /run/xen/scripts/vif-route /etc/xen/scripts/
	sed -i "s/^for addr in/[[ \"\$ip\" != *$1* ]] || fatal 'no luck'; for addr in/" /etc/xen/scripts/vif-route
	mkdir -p /etc/xvif
	echo "/etc/xen/scripts/vif-route $(sha256sum </etc/xen/scripts/vif-route | cut -d' ' -f1) delta" >/etc/xvif/scripts.conf
}

@test "addresses that move: what a failure leaves of it is said" {
	# web01 gives 10.0.0.2 away, and does not get 10.0.1.1; db01 has all it is to have by then
	echo '{"web01":["10.0.1.1","10.0.0.1"],"db01":{"0":["10.0.0.2"]}}' >$state
	fails_with 10.0.1.1
	run xvif apply $state
	echo "$output"
	[ "$status" = 4 ]
	[ "$(ips web01 0), $(ips db01 0)" = "10.0.0.1, 10.0.0.2" ]
	[[ "$output" == *$'\nweb01 vif 0: 10.0.0.1 -10.0.0.2\ndb01 vif 0: -10.0.1.1 +10.0.0.2\n1 changed, 0 unchanged, 1 failed' ]]
	xvif -q set-ips web01 10.0.0.1
	xvif -q set-ips --vif 0 db01 10.0.1.2
	xvif -q set-ips web01 10.0.0.1 10.0.0.2
	xvif -q set-ips --hotplug=none --vif 0 db01 10.0.1.1
	run xvif apply -J $state
	[ "$(head -n 1 <<<"$output" | cut -c 1-5)" = "xvif:" ]
	[ "$(tail -n 1 <<<"$output" | jq -c '[.changed, (.vifs[] | [.status, .before, .after])]')" = \
		'[true,["failed",["10.0.0.1","10.0.0.2"],["10.0.0.1"]],["changed",["10.0.1.1"],["10.0.0.2"]]]' ]
}

@test "addresses that move: one that gave, and was not reached again, is listed" {
	# web01 gives 10.0.0.2 away; db01 cannot take it, and it ends there
	echo '{"web01":["10.0.0.1","10.0.1.1"],"db01":{"0":["10.0.0.2"]}}' >$state
	fails_with 10.0.0.2
	run xvif apply -J $state
	echo "$output"
	[ "$status" = 4 ]
	[ "$(ips web01 0), $(ips db01 0)" = "10.0.0.1, 10.0.1.1" ]
	[ "$(tail -n 1 <<<"$output" | jq -c '[.changed, (.vifs[] | [.domain, .status, .before, .after])]')" = \
		'[true,["db01","failed",["10.0.1.1"],["10.0.1.1"]],["web01","failed",["10.0.0.1","10.0.0.2"],["10.0.0.1"]]]' ]
	[[ "$output" == *"web01: it gave addresses away"* ]]
	# the same without a move: nothing is changed, and that is said, too
	fails_with 10.0.0.6
	echo '{"web01":["10.0.0.6","10.0.0.1"]}' >$state
	run xvif apply -J $state
	[ "$(tail -n 1 <<<"$output" | jq -c '[.changed, .vifs[0].after]')" = '[false,["10.0.0.1"]]' ]
}

@test "what show prints as S-expressions is a declared state, too" {
	xvif show --sxp >/run/xen/shown
	[ "$(xvif apply /run/xen/shown)" = "0 changed, 3 unchanged, 0 failed" ]
	sed "s/(ip 10.0.1.1)/(ip '10.0.1.1 10.0.1.2')/" /run/xen/shown | xvif apply -
	[ "$(xenstore-read /local/domain/0/backend/vif/2/0/ip)" = "10.0.1.1 10.0.1.2" ]
	refused 2 "a device without 'domid'" xvif apply - <<<"(device (vif (ip 10.0.0.1) (devid 0)))"
	# a domain may be called so
	refused 3 "device: no such domain" xvif apply - <<<"(device (0 10.0.0.1))"
}

@test "an object of what show prints: whose it is, and its list; the only vif need not be named" {
	[ "$(xvif apply - <<<'{"vifs": [{"domain": "web01", "ips": ["10.0.0.1", "10.0.0.2"]}]}')" = \
		"0 changed, 1 unchanged, 0 failed" ]
	refused 2 "vifs: number 2 has no 'ips'" xvif apply - \
		<<<'{"vifs": [{"domain": "web01", "ips": ["10.0.0.1"]}, {"domain": "db01", "vif": 0}]}'
	refused 2 "vifs: number 1 has no 'domain'" xvif apply - <<<'{"vifs": [{"vif": 0, "ips": []}]}'
}

@test "vifs that were not tried after a failure are counted" {
	echo '{"nobody": ["10.0.0.9"], "web01": ["10.0.0.8"]}' >/run/xen/wanted
	run xvif apply /run/xen/wanted
	[ "$status" = 3 ]
	[ "${lines[-1]}" = "0 changed, 0 unchanged, 1 failed, 1 not tried" ]
	[ "$(xvif apply -J /run/xen/wanted 2>/dev/null | jq -c '[.untried, (.vifs | length)]')" = "[1,1]" ]
	run xvif apply --keep-going /run/xen/wanted
	[ "${lines[-1]}" = "1 changed, 0 unchanged, 1 failed" ]
}

@test "a word that is no address does not keep a vif from giving one away" {
	xenstore-write /local/domain/0/backend/vif/1/0/ip "10.0.0.1 host.example 10.0.0.2"
	echo '{"web01":["10.0.0.1"],"db01":{"0":["10.0.1.1","10.0.0.2"]}}' >$state
	run xvif apply $state
	echo "$output"
	[ "$status" = 0 ]
	[ "$(ips web01 0)" = 10.0.0.1 ]
	[ "$(ips db01 0)" = "10.0.1.1 10.0.0.2" ]
}

@test "a vif that cannot be read does not make another the domain's only one" {
	xenstore-write /libxl/2/device/vif/1/backend /local/domain/0/backend/vif/9/9
	echo '{"db01":["10.0.1.1","10.0.1.5"]}' >$state
	refused 1 "no path of its backend" xvif apply $state
	echo '{"db01":{"0":["10.0.1.1","10.0.1.5"]}}' >$state
	xvif -q apply $state
	[ "$(ips db01 0)" = "10.0.1.1 10.0.1.5" ]
}

@test "apply: each note names its vif" {
	rm /var/lib/xen/userdata-d.*
	printf 'web01: [10.0.0.1, 10.0.0.5]\ndb01: {0: [10.0.1.1, 10.0.1.5]}\n' >/run/xen/wanted.yaml
	run xvif apply /run/xen/wanted.yaml
	echo "$output"
	[ "$status" = 0 ]
	grep -q '^xvif: note: web01 vif 0: libxl keeps no configuration' <<<"$output"
	grep -q '^xvif: note: db01 vif 0: libxl keeps no configuration' <<<"$output"
	not grep '^xvif: note: libxl' <<<"$output"
}
