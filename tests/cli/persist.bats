#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# the list in libxl's stored configuration, check and repair, edits that were cut off
load setup

live() {
	xenstore-read "/local/domain/0/backend/vif/1/0/${1:-ip}"
}

stored() { # DOMID DEVID
	tr -d '\0' <"$(userdata_of "$1")" | jq -r ".nics[] | select(.devid == $2) | .ip"
}

routes() {
	ip route show dev "${1:-vif1.0}" | sed 's/ *$//'
}

# bats test_tags=oxenstored
@test "an edit changes the list in libxl's stored configuration, and no other byte of it" {
	local file before
	file=$(userdata_of 1)
	cp -p "$file" /run/xen/before.json
	xvif add-ip web01 10.0.0.5
	[ "$(stored 1 0)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
	[ "$(stat -c %a "$file")" = 600 ]
	sed 's/10.0.0.1 10.0.0.2/10.0.0.1 10.0.0.2 10.0.0.5/' /run/xen/before.json | cmp - "$file"
	# xenstored 4.18 and later makes a folder for itself there
	[ "$(find /var/lib/xen -type f ! -name 'userdata-d.*')" = "" ]
	xvif del-ip web01 10.0.0.5
	cmp /run/xen/before.json "$file"
	xvif add-ip --vif 1 db01 10.9.0.1
	[ "$(stored 2 1)" = 10.9.0.1 ]
	[ "$(stored 2 0)" = 10.0.1.1 ]
	xvif del-ip --allow-empty --vif 1 db01 10.9.0.1
	[ "$(stored 2 1)" = null ]
}

# bats test_tags=oxenstored
@test "says where the list stands, and where it does not" {
	[ "$(xvif add-ip -J web01 10.0.0.5 | jq -c .persisted)" = '{"backend":true,"libxl":true,"userdata":true,"config":false}' ]
	[ "$(xvif add-ip -J --no-persist web01 10.0.0.6 | jq -c .persisted)" = '{"backend":true,"libxl":true,"userdata":false,"config":false}' ]
	[ "$(stored 1 0)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
	[ "$(xvif show -J web01 0 | jq -c '.vifs[0].persisted')" = '{"backend":true,"libxl":true,"userdata":false,"config":null}' ]
	rm "$(userdata_of 2)"
	[[ "$(xvif check db01)" == "db01 vif 0: userdata: libxl has no stored configuration of it"* ]]
	# the stub domain of a guest has none
	xenstore-write /local/domain/2/target 1
	xvif check db01
	xenstore-rm /local/domain/2/target
	run xvif add-ip --vif 0 db01 10.0.1.5
	[ "$status" = 0 ]
	[[ "$output" == *"lost when the guest reboots"* ]]
}

@test "a stored configuration that cannot be understood is not touched" {
	cp "$(userdata_of 1)" /run/xen/userdata
	sed 's/"uuid": "00000001-/"uuid": "00000002-/' /run/xen/userdata >"$(userdata_of 1)"
	refused 1 "is of another domain, with the uuid 00000002-1111" xvif add-ip web01 10.0.0.5
	refused 1 "is of another domain" xvif repair web01
	[[ "$(xvif check web01)" == "web01 vif 0: userdata: "*"is of another domain"* ]]
	cat /run/xen/userdata >"$(userdata_of 1)"
	xvif check web01
	echo '{"nics": [ oops' >"$(userdata_of 1)"
	refused 1 "cannot be understood" xvif add-ip web01 10.0.0.5
}

@test "libxl holds its lock: the edit waits for it, no longer than --timeout" {
	local lock pid
	lock=/var/lib/xen/userdata-l.1.$(uuid_of 1).domain-userdata-lock
	flock "$lock" -c 'touch /run/xen/locked; while [ ! -e /run/xen/unlock ]; do sleep 0.02; done' 3>&- &
	pid=$!
	wait_until 10 test -e /run/xen/locked
	snapshot | grep -v userdata-l >/run/xen/before
	run xvif add-ip --timeout 1 web01 10.0.0.5
	echo "$output"
	[ "$status" = 1 ]
	[[ "$output" == *"libxl's lock"* ]]
	snapshot | grep -v userdata-l | diff /run/xen/before -
	touch /run/xen/unlock
	wait $pid
	xvif add-ip web01 10.0.0.5
	rm /run/xen/locked /run/xen/unlock
}

@test "check: nothing to say on a host that is right" {
	run xvif check
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$output" ]
	[ "$(xvif check -J)" = '{"consistent":true,"differences":[],"uncompared":[],"notes":[]}' ]
}

# bats test_tags=oxenstored
@test "check finds each kind of difference, repair mends it and says so" {
	ip route del 10.0.0.1 dev vif1.0
	ip route add 10.0.0.77 dev vif1.0 src 192.168.7.1 metric 2
	xenstore-write /libxl/1/device/vif/0/ip 10.0.0.1
	sed -i 's/10.0.0.1 10.0.0.2/10.0.0.9/' "$(userdata_of 1)"
	xenstore-write /local/domain/0/backend/vif/1/0/hotplug-status error \
		/local/domain/0/backend/vif/1/0/hotplug-error "no luck"
	run xvif check web01
	echo "$output"
	[ "$status" = 6 ]
	run xvif check -J
	[ "$(jq -c '[.differences[].kind]|sort' <<<"$output")" = '["hotplug-status","libxl","route-extra","route-missing","userdata"]' ]
	snapshot >/run/xen/before
	[[ "$(xvif repair --dry-run web01)" == *"web01 vif 0: would repair: route-missing: 10.0.0.1"* ]]
	snapshot | diff /run/xen/before -
	run xvif repair
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"web01 vif 0: repaired: route-missing: 10.0.0.1"* ]]
	xvif check
	[ "$(routes | wc -l)" = 2 ]
	[ "$(stored 1 0)" = "10.0.0.1 10.0.0.2" ]
	[ "$(live hotplug-status)" = connected ]
	not xenstore-exists /local/domain/0/backend/vif/1/0/hotplug-error
	[ -z "$(xvif repair)" ]
}

@test "check and repair: rules" {
	activate_rules
	hotplug 1 0 offline
	ip route flush dev vif1.0
	iptables -F FORWARD
	hotplug 1 0 online
	hotplug 2 0 offline
	ip route flush dev vif2.0
	hotplug 2 0 online
	hotplug 2 1 offline
	iptables -F FORWARD
	hotplug 1 0 offline; ip route flush dev vif1.0; hotplug 1 0 online
	hotplug 2 0 offline; ip route flush dev vif2.0; hotplug 2 0 online
	ip link set vif2.1 nomaster; hotplug 2 1 online
	xvif check
	iptables -S FORWARD | sort >/run/xen/right
	iptables -D FORWARD -m physdev --physdev-is-bridged --physdev-in vif1.0 -s 10.0.0.1 -j ACCEPT
	iptables -I FORWARD -m physdev --physdev-is-bridged --physdev-in vif1.0 -s 10.0.0.66 -j ACCEPT
	run xvif check
	echo "$output"
	[ "$status" = 6 ]
	[ "$(grep -c ': rules: ' <<<"$output")" = 2 ]
	xvif repair web01
	xvif check
	iptables -S FORWARD | sort | diff /run/xen/right -
}

@test "repair: one vif whose rules cannot be told keeps no other from being put right" {
	activate_rules
	cp -a /etc/xen/scripts /run/xen/broken
	echo 'exit 3' >/run/xen/broken/xen-hotplug-common.sh
	xenstore-write /local/domain/0/backend/vif/2/1/script /run/xen/broken/vif-bridge
	ip route del 10.0.0.2 dev vif1.0
	run xvif repair
	echo "$output"
	[ "$status" = 1 ]
	[[ "$output" == *"/run/xen/broken/vif-bridge"*"could not be recorded"* ]]
	ip route show 10.0.0.2 | grep vif1.0
}

@test "check: duplicates are reported, what a guest claims is a note" {
	xvif add-ip --force --vif 1 db01 10.0.0.0/28
	xenstore-write /local/domain/1/attr/vif/0/ipv4/0 10.0.0.200
	run xvif check -J
	[ "$status" = 6 ]
	[ "$(jq -r '.differences[].kind' <<<"$output" | sort -u)" = duplicate ]
	[[ "$output" == *"10.0.0.200"* ]]
}

@test "check: a domain without vifs has none of domain 0's, which has one of a driver domain" {
	domain_create 5 driver
	xenstore-write /local/domain/5/backend/vif/0/0/frontend-id 0 /local/domain/5/backend/vif/0/0/state 4 \
		/local/domain/5/backend/vif/0/0/ip 10.0.0.1 /libxl/0/device/vif/0/backend /local/domain/5/backend/vif/0/0
	run xvif check web01
	[ "$status" = 6 ]
	[[ "$output" == *"vif 0.0 has 10.0.0.1"* || "$output" == *"vif 1.0 has 10.0.0.1"* ]]
	[ -z "$(xvif check driver)" ]
}

@test "check says what an edit was asked to leave as it was" {
	local asked=/local/domain/0/xvif/asked/1/0
	xvif -q add-ip --no-persist web01 10.0.0.5
	run xvif check
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"userdata: libxl's stored configuration says '10.0.0.1 10.0.0.2'"* ]]
	[[ "$output" == *"an edit with --no-persist was asked to leave"* ]]
	xvif add-ip --dry-run --hotplug=none web01 10.0.0.6 | grep -q "^write $asked"
	# an edit that stores the list mends it, and what was asked is forgotten
	xvif -q add-ip web01 10.0.0.6
	xvif check
	not xenstore-exists /local/domain/0/xvif
	xvif -q add-ip --hotplug=none web01 10.0.0.7
	xvif check -J | jq -e '.consistent == false and (.notes[0] | contains("--hotplug=none"))'
	# it speaks of that list only
	xenstore-write /local/domain/0/backend/vif/1/0/ip "10.0.0.1 10.0.0.8"
	run xvif check
	[ "$status" = 6 ]
	[[ "$output" != *"asked"* ]]
	xenstore-write /local/domain/0/backend/vif/1/0/ip "$(xenstore-read $asked/list)"
	run xvif check
	[[ "$output" == *"--hotplug=none was asked"* ]]
	xvif repair
	xvif check
	[ "$(routes | wc -l)" = 5 ]
	not xenstore-exists /local/domain/0/xvif
}

# bats test_tags=oxenstored
@test "what was asked is forgotten with its domain, and kept when an edit goes back" {
	xvif -q add-ip --no-persist web01 10.0.0.5
	xenstore-ls -f /local/domain/0/xvif >/run/xen/asked
	xenstore-ls -fp /local/domain/0 | grep -q '^/local/domain/0/xvif = .*(n0)'
	cp /etc/xen/scripts/vif-common.sh /run/xen/vif-common.sh
	sed -i 's/^for addr in/fatal "no luck"; for addr in/' /etc/xen/scripts/vif-route
	run xvif add-ip --hotplug=delta web01 10.0.0.6
	[ "$status" = 4 ]
	xenstore-ls -f /local/domain/0/xvif | diff /run/xen/asked -
	xenstore-write /local/domain/0/xvif/asked/9/0/uuid x /local/domain/0/xvif/asked/9/0/list 10.9.9.9
	xvif -q add-ip --vif 0 --no-persist --hotplug=none db01 10.0.1.9
	not xenstore-exists /local/domain/0/xvif/asked/9
	xenstore-exists /local/domain/0/xvif/asked/1/0/persist
	xenstore-exists /local/domain/0/xvif/asked/2/0/hotplug
}

# bats test_tags=oxenstored
@test "a domain that was destroyed: its address is free, what it left behind is said" {
	xenstore-write /local/domain/0/backend/vif/9/0/ip 10.9.9.1 /local/domain/0/backend/vif/9/0/frontend-id 9 \
		/local/domain/0/backend/vif/9/0/state 6 /local/domain/0/xvif/journal/9/0/before 10.9.9.1 \
		/local/domain/0/xvif/journal/9/0/after "" /local/domain/0/xvif/journal/9/0/uuid "$(uuid_of 9)"
	iptables -I FORWARD -m physdev --physdev-is-bridged --physdev-in vif9.0 -s 10.9.9.1 -j ACCEPT
	xvif add-ip web01 10.9.9.1
	run xvif check
	[ "$status" = 0 ]
	[[ "$output" == *"domain 9 is gone, its backend nodes are still below"* ]]
	xvif repair
	iptables -S FORWARD | not grep vif9.0
	not xenstore-exists /local/domain/0/xvif
	# one that runs owns its addresses
	xenstore-write /local/domain/9/name old01
	refused 1 "has 10.9.9.1 already" xvif add-ip --vif 0 db01 10.9.9.1
}

# with rules, and a link that the script has renamed
name_the_vif_web() {
	activate_rules
	hotplug 1 0 offline
	ip route flush dev vif1.0
	xenstore-write /local/domain/0/backend/vif/1/0/vifname web
	ip link set vif1.0 down
	hotplug 1 0 online
}

# bats test_tags=oxenstored
@test "the guest is destroyed while an edit of a vif with a name of its own is cut off" {
	name_the_vif_web
	touch /run/xen/wait
	rm -f /run/xen/waiting
	sed -i 's|^call_hooks|if [ "$command" = online ] \&\& [ -e /run/xen/wait ]; then touch /run/xen/waiting; sleep 1000; fi; call_hooks|' \
		/etc/xen/scripts/vif-route
	xvif add-ip --hotplug=delta web01 10.0.0.5 3>&- &
	local pid=$!
	wait_until 10 test -e /run/xen/waiting
	kill -KILL "$(pgrep -x xvif)"
	wait $pid || true
	iptables -S FORWARD | grep -q 'web .*10.0.0.5\|10.0.0.5.* web '
	# as libxl destroys it: the script runs offline with the list it finds, then the nodes go
	hotplug 1 0 offline
	ip link del web
	xenstore-rm /local/domain/1 /libxl/1 /local/domain/0/backend/vif/1
	rm "$(userdata_of 1)"
	sed -i '/^1$/d' "$NOHV_DOMAINS"
	iptables -S FORWARD | grep -q 'physdev-in web'
	xvif repair
	wait_until 10 not pgrep -f 'sleep 1000'
	iptables -S FORWARD | not grep web
	not xenstore-exists /local/domain/0/xvif
}

@test "xvif killed, its script goes on: the next edit ends that and puts the rest right" {
	touch /run/xen/wait
	rm -f /run/xen/waiting
	sed -i 's|^for addr in|if [ "$command" = online ] \&\& [ -e /run/xen/wait ]; then rm /run/xen/wait; touch /run/xen/waiting; sleep 1000; fi; for addr in|' \
		/etc/xen/scripts/vif-route
	xvif add-ip --hotplug=delta web01 10.0.0.5 3>&- &
	local pid=$!
	wait_until 10 test -e /run/xen/waiting
	kill -KILL "$(pgrep -x xvif || pgrep -x lt-xvif)"
	wait $pid || true
	xvif check | grep -q 'journal'
	run xvif add-ip --hotplug=delta web01 10.0.0.6
	echo "$output"
	[ "$status" = 0 ]
	wait_until 10 not pgrep -f 'sleep 1000'
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.6" ]
	[ "$(routes | wc -l)" = 3 ]
	not xenstore-exists /local/domain/0/xvif
}

@test "of many scripts that a killed edit has run, the last one is ended" {
	local leader lock=/run/xvif/vif-1.0.lock
	mkdir -p /run/xvif
	{ echo "pid 4194304 (xvif)"; seq -f 'script 99%04g 12345678' 50; } >$lock
	# shellcheck disable=SC2016
	setsid bash -c 'exec 9>>'$lock'; flock 9; printf "mine %d\nscript %d %d\n" $$ $$ "$(cut -d " " -f 22 /proc/$$/stat)" >&9
		sleep 1000; :' </dev/null >/dev/null 2>&1 3>&- &
	wait_until 10 grep -q '^mine' $lock
	leader=$(sed -n 's/^mine //p' $lock)
	kill -0 "$leader"
	xvif -q add-ip --timeout 10 web01 10.0.0.5
	not kill -0 "$leader"
}

# bats test_tags=oxenstored
@test "a journal whose vif is gone goes with its rules" {
	xenstore-write /local/domain/0/xvif/journal/9/0/before 10.9.9.1 \
		/local/domain/0/xvif/journal/9/0/after "10.9.9.1 10.9.9.2" \
		/local/domain/0/xvif/journal/9/0/uuid "$(uuid_of 9)"
	iptables -I FORWARD -m physdev --physdev-is-bridged --physdev-in vif9.0 -s 10.9.9.1 -j ACCEPT
	xvif repair
	iptables -S FORWARD | not grep vif9.0
	not xenstore-exists /local/domain/0/xvif
}

@test "--config changes the vif's list in the domain's own file, and no other byte" {
	local cfg=/run/xen/web01.cfg
	cat >$cfg <<-'END'
	# web server
	name = "web01"   # the name
	vif = [ 'bridge=xenbr0, mac=00:16:3e:00:00:99, ip=10.5.0.1',
	        'ip=10.0.0.1 10.0.0.2,mac=00:16:3E:00:00:01 , script=vif-route' ] # two
	END
	chmod 640 $cfg
	cp $cfg /run/xen/old.cfg
	[ "$(xvif add-ip -J --config $cfg web01 10.0.0.5 | jq -c .persisted.config)" = true ]
	sed "s/'ip=10.0.0.1 10.0.0.2,/'ip=10.0.0.1 10.0.0.2 10.0.0.5,/" /run/xen/old.cfg | diff - $cfg
	diff /run/xen/old.cfg /var/lib/xvif/backup$cfg
	[ "$(stat -c %a $cfg)" = 640 ]
	cp $cfg /run/xen/second.cfg
	[[ "$(xvif del-ip --dry-run --config $cfg web01 10.0.0.5)" == *"keep /var/lib/xvif/backup$cfg"* ]]
	xvif set-ips --allow-empty --config $cfg web01
	diff /run/xen/second.cfg /var/lib/xvif/backup$cfg
	[ "$(find /var/lib/xvif -type f | wc -l)" = 1 ]
	[ "$(stat -c %a /var/lib/xvif/backup)" = 700 ]
	sed "s/'ip=10.0.0.1 10.0.0.2,/'/" /run/xen/old.cfg | diff - $cfg
	xvif add-ip --config $cfg web01 10.0.0.7
	grep -q "script=vif-route , ip=10.0.0.7'\|script=vif-route, ip=10.0.0.7'" $cfg
	[ "$(xvif sxp from-config $cfg | xvif sxp get -r 'device/vif[script]/ip')" = 10.0.0.7 ]
	cp $cfg /run/xen/now.cfg
	run xvif add-ip --config $cfg --dry-run web01 10.0.0.8
	[[ "$output" == *"$cfg"* ]]
	diff /run/xen/now.cfg $cfg
}

@test "--config: a file that does not have the vif, or cannot be read, refuses the edit" {
	echo "vif = [ 'mac=00:16:3e:00:00:99' ]" >/run/xen/other.cfg
	refused 1 "no vif with MAC 00:16:3e:00:00:01" xvif add-ip --config /run/xen/other.cfg web01 10.0.0.5
	echo "vif = [ 'mac" >/run/xen/other.cfg
	refused 2 "parsing error" xvif add-ip --config /run/xen/other.cfg web01 10.0.0.5
	refused 1 "cannot be read" xvif add-ip --config /run/xen/nosuch.cfg web01 10.0.0.5
}

@test "--config: the file of another domain is refused" {
	local cfg=/run/xen/other.cfg
	printf 'name = "web02"\nvif = [ "mac=00:16:3e:00:00:01, ip=10.0.0.1" ]\n' >$cfg
	cp $cfg /run/xen/old.cfg
	refused 1 "$cfg: is of another domain: its name is 'web02', not 'web01'" xvif add-ip --config $cfg web01 10.0.0.5
	printf 'name = "web01"\nuuid = "c7b0e2a1-0000-4000-8000-00000000dead"\nvif = [ "mac=00:16:3e:00:00:01" ]\n' >$cfg
	refused 1 "its uuid is 'c7b0e2a1-0000-4000-8000-00000000dead', not '$(uuid_of 1)'" xvif add-ip --config $cfg web01 10.0.0.5
	refused 1 "its uuid is" xvif add-ip --dry-run --config $cfg web01 10.0.0.5
	printf 'name = "web01"\nuuid = "%s"\nvif = [ "mac=00:16:3e:00:00:01" ]\n' "$(uuid_of 1 | tr -d - | tr a-f A-F)" >$cfg
	xvif add-ip --config $cfg web01 10.0.0.5
	grep -q "ip=10.0.0.1 10.0.0.2 10.0.0.5" $cfg
}

@test "--config: what only the file has is named, and removed; of several ip= xl takes the last" {
	local cfg=/run/xen/web01.cfg
	echo 'vif = [ "mac=00:16:3e:00:00:01, ip=10.0.0.8, ip=10.0.0.2 host.example 10.0.0.9 10.0.0.5" ]' >$cfg
	run xvif add-ip --dry-run --config $cfg web01 10.0.0.5
	[ "$status" = 0 ]
	[[ "$output" == *"note: web01 vif 0: $cfg has host.example, which the vif does not have: it would be removed there"* ]]
	[[ "$output" == *"note: web01 vif 0: $cfg has 10.0.0.9, which the vif does not have: it would be removed there"* ]]
	[ "$(grep -c 'does not have' <<<"$output")" = 2 ]
	xvif add-ip -J --config $cfg web01 10.0.0.5 >/run/xen/json
	jq -e '[.notes[] | select(contains("10.0.0.9"))] | length == 1' /run/xen/json
	[ "$(cat $cfg)" = 'vif = [ "mac=00:16:3e:00:00:01, ip=10.0.0.8, ip=10.0.0.1 10.0.0.2 10.0.0.5" ]' ]
	refused 1 "has several ip=; change it by hand" xvif set-ips --allow-empty --config $cfg web01
	# the list stays, the file does not
	sed -i 's/10.0.0.1 10.0.0.2/10.0.0.7 10.0.0.1 10.0.0.2/' $cfg
	[[ "$(xvif add-ip --config $cfg web01 10.0.0.5 2>&1)" == *"$cfg has 10.0.0.7, which the vif does not have: it is removed there"* ]]
	not grep -q 10.0.0.7 $cfg
}

@test "--config: nothing is left beside a file that xendomains starts" {
	mkdir -p /run/xen/auto
	echo 'vif = [ "mac=00:16:3e:00:00:01, ip=10.0.0.1 10.0.0.2" ]' >/run/xen/web01.cfg
	ln -s ../web01.cfg /run/xen/auto/web01
	cp /run/xen/web01.cfg /run/xen/auto/copy
	cp /run/xen/web01.cfg /run/xen/old.cfg
	xvif add-ip -q --config /run/xen/auto/web01 web01 10.0.0.5
	xvif add-ip -q --config /run/xen/auto/copy web01 10.0.0.5
	[ "$(ls -A /run/xen/auto | xargs)" = "copy web01" ]
	[ -h /run/xen/auto/web01 ]
	diff /run/xen/old.cfg /var/lib/xvif/backup/run/xen/web01.cfg
	diff /run/xen/old.cfg /var/lib/xvif/backup/run/xen/auto/copy
	# killed while it writes: what it leaves is hidden
	not strace -o /dev/null -e inject=rename:signal=KILL:when=3 \
		xvif add-ip -q --config /run/xen/auto/copy web01 10.0.0.6
	xvif repair -q
	[ "$(ls -A /run/xen/auto | wc -l)" = 3 ]
	[ "$(ls /run/xen/auto | xargs)" = "copy web01" ]
	rm -rf /var/lib/xvif/backup
	[[ "$(xvif add-ip --dry-run --no-backup --config /run/xen/auto/copy web01 10.0.0.7)" == *"change ip= of vif 0 in /run/xen/auto/copy"$'\n'* ]]
	xvif add-ip -q --no-backup --config /run/xen/auto/copy web01 10.0.0.7
	grep -q 10.0.0.7 /run/xen/auto/copy
	[ ! -e /var/lib/xvif/backup ]
	refused 2 "--no-backup" xvif add-ip --no-backup web01 10.0.0.8
	# a backup that cannot be written: the file is as it was
	cp /run/xen/auto/copy /run/xen/old.cfg
	touch /var/lib/xvif/backup
	run xvif add-ip -q --config /run/xen/auto/copy web01 10.0.0.8
	rm /var/lib/xvif/backup
	[ "$status" = 5 ]
	[[ "$output" == *"/var/lib/xvif/backup"*"--no-backup"* ]]
	diff /run/xen/old.cfg /run/xen/auto/copy
}

@test "--config: an edit that fails leaves the file as it was" {
	echo "vif = [ 'mac=00:16:3e:00:00:01, ip=10.0.0.1 10.0.0.2' ]" >/run/xen/web01.cfg
	cp /run/xen/web01.cfg /run/xen/old.cfg
	sed -i 's/^for addr in/fatal "no luck"; for addr in/' /etc/xen/scripts/vif-route
	run xvif add-ip --hotplug=delta --config /run/xen/web01.cfg web01 10.0.0.5
	[ "$status" = 4 ]
	diff /run/xen/old.cfg /run/xen/web01.cfg
}

# killed_in COMMAND EDIT...: the edit's script waits in COMMAND, both are killed
killed_in() {
	local command=$1 pid
	shift
	touch /run/xen/wait
	rm -f /run/xen/waiting
	cp -a /run/xen/scripts/vif-route /etc/xen/scripts/
	sed -i 's|^for addr in|if [ "$command" = '"$command"' ] \&\& [ -e /run/xen/wait ]; then rm /run/xen/wait; touch /run/xen/waiting; sleep 1000; fi; for addr in|' \
		/etc/xen/scripts/vif-route
	"$@" 3>&- &
	pid=$!
	wait_until 10 test -e /run/xen/waiting
	kill -KILL "$(pgrep -x xvif)"
	pkill -KILL -f 'vif-route [o]' || true
	wait $pid || true
}

# bats test_tags=oxenstored
@test "a cycle that was interrupted, script and all: repair brings the vif up" {
	killed_in online xvif -q add-ip --hotplug=cycle web01 10.0.0.5
	run xvif repair
	echo "$output"
	[ "$status" = 0 ]
	wait_until 10 not pgrep -f 'sleep 1000'
	[ "$(live hotplug-status)" = connected ]
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.5" ]
	[ "$(routes | wc -l)" = 3 ]
	ping -c 1 -W 2 10.0.0.5
	killed_in offline xvif -q del-ip --hotplug=cycle web01 10.0.0.5
	xvif -q add-ip --hotplug=cycle web01 10.0.0.6
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.5 10.0.0.6" ]
	[ "$(routes | wc -l)" = 4 ]
}

# bats test_tags=oxenstored
@test "a repair that fails keeps the journal" {
	killed_in online xvif -q add-ip --hotplug=delta web01 10.0.0.5
	local lock
	lock=/var/lib/xen/userdata-l.1.$(uuid_of 1).domain-userdata-lock
	sed -i 's/10.0.0.1 10.0.0.2/10.0.0.9/' "$(userdata_of 1)"
	flock "$lock" -c 'touch /run/xen/locked; while [ ! -e /run/xen/unlock ]; do sleep 0.02; done' 3>&- &
	wait_until 10 test -e /run/xen/locked
	run xvif repair --timeout 1
	[ "$status" = 1 ]
	xenstore-exists /local/domain/0/xvif/journal/1/0
	touch /run/xen/unlock
	wait $!
	xvif repair
	not xenstore-exists /local/domain/0/xvif
	rm /run/xen/locked /run/xen/unlock
}

# bats test_tags=oxenstored
@test "a journal of a former domain gives no permission" {
	echo true >>/etc/xen/scripts/vif-route
	iptables -I FORWARD -m physdev --physdev-is-bridged --physdev-in vif1.0 -s 10.77.0.1 -j ACCEPT
	xenstore-write /local/domain/0/xvif/journal/1/0/before 10.9.9.1 \
		/local/domain/0/xvif/journal/1/0/after 10.9.9.2 /local/domain/0/xvif/journal/1/0/uuid other
	xvif repair
	iptables -S FORWARD | grep -q 10.77.0.1
	not xenstore-exists /local/domain/0/xvif
}

# bats test_tags=oxenstored
@test "a running edit is no difference; one that runs too long keeps its vif from being compared" {
	touch /run/xen/wait
	rm -f /run/xen/waiting
	sed -i 's|^for addr in|if [ "$command" = online ]; then touch /run/xen/waiting; while [ -e /run/xen/wait ]; do sleep 0.02; done; fi; for addr in|' \
		/etc/xen/scripts/vif-route
	xvif -q add-ip --hotplug=delta web01 10.0.0.5 3>&- &
	local pid=$!
	wait_until 10 test -e /run/xen/waiting
	run xvif check --timeout 1 -J
	echo "$output"
	[ "$status" = 6 ]
	jq -e '.differences == [] and ([.uncompared[].reason] == ["edit-running", "unknown-script"])' <<<"$output"
	xvif check --timeout 1 --allow unknown-script,edit-running
	rm /run/xen/wait
	wait $pid
}

@test "json-c's way to write a slash is understood" {
	xvif -q set-ips web01 10.0.0.1 10.0.0.64/29
	sed -i 's,10.0.0.64/29,10.0.0.64\\/29,' "$(userdata_of 1)"
	xvif check
	xvif -q add-ip web01 10.0.0.2
	[ "$(stored 1 0)" = "10.0.0.1 10.0.0.64/29 10.0.0.2" ]
}

@test "a kept IPv6 word and an operator's own route stop no edit, and stay" {
	xvif -q add-ip --hotplug=none web01 2001:db8::5 || true
	ip -6 route add 2001:db8:1::/64 dev vif1.0 metric 2
	xvif repair
	xvif -q add-ip web01 10.0.0.9
	ip -6 route show dev vif1.0 | grep -q 2001:db8:1::/64
	[ "$(live)" = "10.0.0.1 10.0.0.2 2001:db8::5 10.0.0.9" ]
}

@test "--config: two vifs with one MAC, the backup as secret as the file" {
	local cfg=/run/xen/two.cfg
	printf "vif = [ 'mac=00:16:3e:00:00:01, ip=10.5.0.1', 'mac=00:16:3e:00:00:01, ip=10.5.0.2' ]\nvncpasswd = 'x'\n" >$cfg
	chmod 600 $cfg
	xvif -q set-ips --config $cfg web01 10.0.0.1
	[ "$(xvif sxp from-config $cfg | xvif sxp get -r device/vif/ip)" = $'10.0.0.1\n10.5.0.2' ]
	[ "$(stat -c %a /var/lib/xvif/backup$cfg)" = 600 ]
	printf "vif = [ '" >$cfg
	refused 2 "two.cfg" xvif add-ip --config $cfg web01 10.0.0.5
}

@test "a damaged stored configuration, or a vif that cannot be read, does not hide the others" {
	printf 'no JSON\0' >"$(userdata_of 1)"
	ip route del 10.0.1.1 dev vif2.0
	run xvif check
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *"web01 vif 0: userdata: "*"cannot be understood"* ]]
	[[ "$output" == *"db01 vif 0: route-missing: 10.0.1.1"* ]]
	xvif repair db01
	write_userdata 1
	xvif check
	xenstore-write /libxl/2/device/vif/0/backend /local/domain/0/backend/vif/1/0
	run xvif check -J
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == *'"consistent":false'* ]]
	[[ "$output" == *"is no path of its backend"* ]]
}

@test "-v prints nothing while libxl's lock is held: who stops the terminal stops no xl" {
	strace -o /run/xen/trace -s 200 -e trace=openat,unlink,write,writev xvif -v add-ip web01 10.0.0.5
	grep -c '^writev*(2, ' /run/xen/trace
	[ "$(grep -c '^writev*(2, .*change ip of vif 0 in ' /run/xen/trace)" = 1 ]
	sed -n '/^openat(.*domain-userdata-lock/,/^unlink(.*domain-userdata-lock/p' /run/xen/trace >/run/xen/held
	cat /run/xen/held
	grep -q '^unlink' /run/xen/held
	not grep '^writev*(2, ' /run/xen/held
}

# stopped_before_commit EDIT...: the edit waits for libxl's lock, until "go_on"; in the background, as $edit
stopped_before_commit() {
	rm -f /run/xen/unlock
	flock "/var/lib/xen/userdata-l.1.$(uuid_of 1).domain-userdata-lock" \
		-c 'touch /run/xen/locked; while [ ! -e /run/xen/unlock ]; do sleep 0.02; done' 3>&- &
	holder=$!
	wait_until 10 test -e /run/xen/locked
	"$@" >/run/xen/edited 2>&1 3>&- &
	edit=$!
	wait_until 10 waits_for_libxl
}

# has the edit opened libxl's lock?
waits_for_libxl() {
	find /proc/"$(pgrep -x xvif)"/fd -lname '*domain-userdata-lock' | grep -q .
}

go_on() {
	touch /run/xen/unlock
	wait "$holder"
	rm /run/xen/locked
}

# bats test_tags=oxenstored
@test "an edit with --hotplug=none that was interrupted: the next one, or repair, clears it away" {
	sed -i 's/for addr in \$ip$/for addr in "$ip"/' /etc/xen/scripts/vif-common.sh
	activate_rules
	local routes
	routes=$(ip route show dev vif1.0)
	stopped_before_commit xvif add-ip --hotplug=none web01 10.0.0.5
	kill -KILL "$edit"
	go_on
	xenstore-exists /local/domain/0/xvif/journal/1/0
	run xvif add-ip --hotplug=none web01 10.0.0.6
	echo "$output"
	[ "$status" = 0 ]
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.6" ]
	not xenstore-exists /local/domain/0/xvif/journal
	stopped_before_commit xvif add-ip --hotplug=none web01 10.0.0.5
	kill -KILL "$edit"
	go_on
	run xvif repair
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"journal"* ]]
	not xenstore-exists /local/domain/0/xvif/journal
	[ "$(ip route show dev vif1.0)" = "$routes" ]
}

# bats test_tags=oxenstored
@test "the guest is rebooted while a vif with a name of its own is edited: the new one keeps its rules" {
	name_the_vif_web
	stopped_before_commit xvif add-ip web01 10.0.0.5
	hotplug 1 0 offline
	ip link del web
	ip netns del g1.0
	xenstore-rm /local/domain/1 /libxl/1 /local/domain/0/backend/vif/1
	rm "$(userdata_of 1)"
	domain_create 3 web01
	vif_nodes 3 0 00:16:3e:00:00:01 vif-route "10.0.0.1 10.0.0.2" vifname web
	guest 3 0 10.0.0.0/24
	hotplug 3 0 online
	iptables -S FORWARD >/run/xen/before
	grep -q 'web.*10.0.0.1\|10.0.0.1.*web' /run/xen/before
	go_on
	not wait "$edit"
	cat /run/xen/edited
	iptables -S FORWARD | diff /run/xen/before -
}

@test "a guest that goes down, and is read for its reboot, before the list is written: the edit says so" {
	stopped_before_commit env LD_PRELOAD="$NOHV" xvif add-ip web01 10.0.0.5
	sed -i 's/^1$/1d/' "$NOHV_DOMAINS"
	go_on
	status=0
	wait "$edit" || status=$?
	cat /run/xen/edited
	[ "$status" = 1 ]
	grep -q dying /run/xen/edited
	[ "$(live)" = "10.0.0.1 10.0.0.2" ]
	grep -q '"10.0.0.1 10.0.0.2"' "$(userdata_of 1)"
	[ "$(ip route show dev vif1.0 | wc -l)" = 2 ]
}

@test "what 'xl config-update' left is taken at the next reboot: an edit says so" {
	printf 'name = "web01"\nvif = [ "ip=10.0.0.1, script=vif-route" ]\n' \
		>"/var/lib/xen/userdata-d.1.$(uuid_of 1).xl"
	run xvif add-ip web01 10.0.0.5
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *"xl config-update"* ]]
	run xvif add-ip --no-persist web01 10.0.0.6
	[[ "$output" != *"xl config-update"* ]]
}

@test "repair: a word that scripts take and xvif does not keeps its route" {
	xenstore-write /local/domain/0/backend/vif/1/0/ip "10.0.0.1 10.0.0.64/255.255.255.248" \
		/libxl/1/device/vif/0/ip "10.0.0.1 10.0.0.64/255.255.255.248"
	ip route flush dev vif1.0
	hotplug 1 0 online
	write_userdata 1
	ip route show dev vif1.0 >/run/xen/before
	grep -q 10.0.0.64/29 /run/xen/before
	run xvif check
	echo "$output"
	[ "$status" = 6 ]
	[[ "$output" == "web01 vif 0: list-word: '10.0.0.64/255.255.255.248' means 10.0.0.64/29 "* ]]
	[ "${#lines[@]}" = 1 ]
	xvif repair
	xvif check
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/ip)" = "10.0.0.1 10.0.0.64/29" ]
	ip route show dev vif1.0 | diff /run/xen/before -
	xvif -q set-ips web01 10.0.0.64/29
	[ "$(ip route show dev vif1.0 | awk '{print $1}')" = 10.0.0.64/29 ]
}

# bats test_tags=oxenstored
@test "repair: a vif that others change all the time keeps no other from being put right" {
	activate_rules
	hotplug 1 0 offline
	ip route flush dev vif1.0
	mkdir -p /run/xen/bin
	cat >/run/xen/bin/iptables <<-'END'
		#!/bin/bash
		case " $* " in *" -I "*vif1.0*10.0.0.1*)
			state=/local/domain/0/backend/vif/1/0/state
			xenstore-write $state $((6 - $(xenstore-read $state)))
		esac
		exec iptables-nft "$@"
	END
	chmod +x /run/xen/bin/iptables
	cp -a /etc/alternatives /run/xen/alternatives
	ln -sf /run/xen/bin/iptables /run/xen/alternatives/iptables
	ip route del 10.0.1.1 dev vif2.0
	mount --bind /run/xen/alternatives /etc/alternatives
	run xvif repair
	umount /etc/alternatives
	echo "$output"
	[ "$status" = 1 ]
	[[ "$output" == *"somebody else changed it during this edit"* ]]
	[[ "$output" == *"db01 vif 0: repaired: route-missing"* ]]
	ip route show dev vif2.0 | grep -q 10.0.1.1
}

# bats test_tags=oxenstored
@test "a vif that is detached and attached again while it is edited: the edit is of the new one" {
	activate_rules
	hotplug 1 0 offline
	hotplug 1 0 online
	local list
	for list in "10.0.0.1 10.0.0.2" "10.0.0.1 10.0.0.3"; do
		xvif -q set-ips web01 10.0.0.1 10.0.0.2
		stopped_before_commit xvif add-ip web01 10.0.0.5
		hotplug 1 0 offline
		ip link del vif1.0
		ip netns del g1.0
		xenstore-rm /local/domain/0/backend/vif/1/0 /libxl/1/device/vif/0 /local/domain/1/device/vif/0
		vif_nodes 1 0 00:16:3e:00:00:01 vif-route "$list"
		guest 1 0 10.0.0.0/24
		hotplug 1 0 online
		go_on
		wait "$edit" || true
		cat /run/xen/edited
		[ "$(live)" = "$list 10.0.0.5" ]
		xvif check web01
	done
}

# bats test_tags=oxenstored
@test "repair: an orphan that cannot be cleared away does not hide what was repaired" {
	xenstore-write /local/domain/0/xvif/journal/9/0/before 10.9.9.1 \
		/local/domain/0/xvif/journal/9/0/after "10.9.9.1 10.9.9.2" \
		/local/domain/0/xvif/journal/9/0/uuid "$(uuid_of 9)"
	ip route del 10.0.0.2 dev vif1.0
	mkdir -p /run/xvif
	flock /run/xvif/vif-9.0.lock -c 'touch /run/xen/locked; while [ ! -e /run/xen/unlock ]; do sleep 0.02; done' 3>&- &
	holder=$!
	wait_until 10 test -e /run/xen/locked
	run xvif repair --timeout 1
	go_on
	echo "$output"
	[ "$status" = 1 ]
	[[ "$output" == *"web01 vif 0: repaired: route-missing"* ]]
	[[ "$output" == *"vif-9.0.lock' was not had in time"* ]]
	xvif repair
	not xenstore-exists /local/domain/0/xvif
}

@test "repair: a vif that cannot be read is a failure, the others are looked after" {
	xenstore-write /libxl/2/device/vif/1/backend /local/domain/0/backend/vif/9/9
	ip route del 10.0.0.2 dev vif1.0
	run xvif repair
	echo "$output"
	[ "$status" = 1 ]
	[[ "$output" == *"no path of its backend"* ]]
	[[ "$output" == *"web01 vif 0: repaired: route-missing"* ]]
}

@test "a guest that libvirt runs: an edit says that its copy is another" {
	echo '<domain/>' >"/var/lib/xen/userdata-d.1.$(uuid_of 1).libvirt-xml"
	run xvif add-ip web01 10.0.0.5
	[ "$status" = 0 ]
	[[ "$output" == *"note: web01 vif 0: libvirt runs the domain"*"'virsh edit'"* ]]
	[[ "$(xvif add-ip --dry-run web01 10.0.0.6 2>&1)" == *"libvirt runs the domain"* ]]
	[[ "$(xvif add-ip db01 --vif 0 10.0.1.6 2>&1)" != *libvirt* ]]
	xvif check
}

@test "a guest that is being saved or migrated: an edit says that it comes back without it" {
	local helper
	# libxl's own process for that, which waits until somebody reads what it says
	mkfifo /run/xen/said
	exec 8<>/run/xen/said
	head -c 65536 /dev/zero >&8
	"$XEN_BIN/libxl-save-helper" --save-domain 3 4 1 0 0 0 >&8 2>&8 3>&- &
	helper=$!
	wait_until 10 grep -qz save-domain /proc/$helper/cmdline
	run xvif add-ip web01 10.0.0.5
	[ "$status" = 0 ]
	[[ "$output" == *"note: web01 vif 0: the domain is being saved or migrated"*"made again"* ]]
	[[ "$(xvif add-ip db01 --vif 0 10.0.1.6 2>&1)" != *saved* ]]
	[[ "$(xvif check web01 2>&1)" != *saved* ]]
	kill $helper
	exec 8>&-
	[[ "$(xvif add-ip web01 10.0.0.6 2>&1)" != *saved* ]]
}

# xl_begins WORD...: xl, which does not get further; until fd 8 is closed
xl_begins() {
	[ -p /run/xen/input ] || mkfifo /run/xen/input
	exec 8<>/run/xen/input
	(exec -a /usr/sbin/xl bash -s "$@" <&8 3>&-) &
	xl=$!
	wait_until 10 grep -qz "^$1\$" /proc/$xl/cmdline
}

@test "xl that is about to save or migrate has read the list: also that is said" {
	local xl words
	for words in 'save web01 /run/x' 'migrate --debug 1 other' "remus $(uuid_of 1) other"; do
		# shellcheck disable=SC2086
		xl_begins $words
		[[ "$(xvif add-ip --dry-run web01 10.0.0.5 2>&1)" == *"note: web01 vif 0: the domain is being saved or migrated"* ]]
		[[ "$(xvif add-ip --dry-run db01 --vif 0 10.0.1.6 2>&1)" != *saved* ]]
		kill -KILL $xl
	done
	xl_begins list web01
	[[ "$(xvif add-ip --dry-run web01 10.0.0.5 2>&1)" != *saved* ]]
	kill -KILL $xl
	# it begins while the edit waits for libxl's lock
	stopped_before_commit xvif add-ip web01 10.0.0.5
	cat /run/xen/edited
	not grep saved /run/xen/edited
	xl_begins migrate web01 other
	go_on
	wait "$edit"
	kill -KILL $xl
	cat /run/xen/edited
	[ "$(grep -c 'web01 vif 0: the domain is being saved or migrated.*made again' /run/xen/edited)" = 1 ]
	exec 8>&-
}

@test "a guest that XAPI runs is named as such, with what to use instead" {
	xenstore-write "/xapi/$(uuid_of 1)/private/vif/0/mac" 00:16:3e:00:00:01
	[[ "$(xvif add-ip web01 10.0.0.5 2>&1)" == *"note: web01 vif 0: XAPI runs the domain"*"xe vif-param-set"* ]]
	[[ "$(xvif add-ip db01 --vif 0 10.0.1.6 2>&1)" != *XAPI* ]]
	cp /etc/xen/scripts/vif-route /etc/xen/scripts/vif
	echo true >>/etc/xen/scripts/vif
	xenstore-write /local/domain/0/backend/vif/1/0/script /etc/xen/scripts/vif
	refused 1 "XAPI runs its domain, and sets it up by its own script '/etc/xen/scripts/vif'" \
		xvif add-ip web01 10.0.0.6
	[[ "${lines[1]}" == *"xe vif-param-set uuid=... locking-mode=locked ipv4-allowed="* ]]
	rm /etc/xen/scripts/vif
}

# bats test_tags=oxenstored
@test "what was interrupted is told, and --no-persist of the next edit holds for its repair" {
	ip route del 10.0.0.2 dev vif1.0
	stopped_before_commit xvif add-ip web01 10.0.0.1
	kill -KILL "$edit"
	go_on
	[[ "$(xvif check web01)" == *"journal: an edit was interrupted that keeps the list '10.0.0.1 10.0.0.2'"* ]]
	xvif repair -q
	xvif check
	ip route del 10.0.0.2 dev vif1.0
	stopped_before_commit xvif repair web01
	kill -KILL "$edit"
	go_on
	[[ "$(xvif check web01)" == *"journal: a repair was interrupted"* ]]
	xvif repair -q
	stopped_before_commit xvif add-ip web01 10.0.0.5
	kill -KILL "$edit"
	go_on
	sed -i 's/10.0.0.1 10.0.0.2/10.0.0.9/' "$(userdata_of 1)"
	xvif -q add-ip --no-persist web01 10.0.0.6
	grep -q '"10.0.0.9"' "$(userdata_of 1)"
	[ "$(live)" = "10.0.0.1 10.0.0.2 10.0.0.6" ]
}

@test "an edit cut off beside a word that is no address leaves no rules" {
	local list="10.0.0.1 host.example 10.0.0.2"
	activate_rules
	xvif -q repair
	xenstore-write /local/domain/0/backend/vif/1/0/ip "$list" /libxl/1/device/vif/0/ip "$list"
	write_userdata 1
	iptables -S FORWARD | sort >/run/xen/before
	stopped_before_commit xvif set-ips web01 10.0.0.1 10.0.0.2 10.0.0.5
	kill -KILL "$edit"
	go_on
	iptables -S FORWARD | grep -q 10.0.0.5
	[[ "$(xvif check web01)" == *"rules: too many: "*"10.0.0.5"* ]]
	run xvif repair
	echo "$output"
	[ "$status" = 0 ]
	iptables -S FORWARD | sort | diff /run/xen/before -
	[ -z "$(ip route show 10.0.0.5)" ]
}

@test "what an edit clears away of its own leaves the records of other vifs" {
	local asked=/local/domain/0/xvif/asked
	xvif add-ip --hotplug=none web01 10.0.0.5
	xvif add-ip --hotplug=none --vif 0 db01 10.0.1.5
	xvif add-ip --hotplug=none --vif 1 db01 10.9.0.1
	xvif repair db01 0
	not xenstore-exists $asked/2/0
	xenstore-exists $asked/2/1
	xenstore-exists $asked/1/0
	xvif set-ips --hotplug=cycle --vif 1 db01 10.9.0.2
	not xenstore-exists $asked/2
	xenstore-exists $asked/1/0
	xvif repair web01
	not xenstore-exists /local/domain/0/xvif
}
