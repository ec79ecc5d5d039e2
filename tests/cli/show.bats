#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# xvif show, help, version and the ways to name things
load setup

@test "show prints a row for each vif" {
	run xvif show
	echo "$output"
	[ "${#lines[@]}" = 4 ]
	[[ "${lines[0]}" == "DOMAIN DOMID VIF LINK   MAC               STATE     HOTPLUG   IPS" ]]
	[[ "${lines[1]}" == "web01      1   0 vif1.0 00:16:3e:00:00:01 connected connected 10.0.0.1 10.0.0.2" ]]
}

@test "show -J is one document with the promised keys" {
	run xvif show -J web01
	[ "$(jq -c '.vifs[0].ips' <<<"$output")" = '["10.0.0.1","10.0.0.2"]' ]
	[ "$(jq -c '.vifs[0] | [.domain,.domid,.vif,.mac,.link,.type,.script,.bridge,.backend_domid,.state,.hotplug_status]' <<<"$output")" = \
		'["web01",1,0,"00:16:3e:00:00:01","vif1.0","vif","/etc/xen/scripts/vif-route","xenbr0",0,"connected","connected"]' ]
}

@test "show -S prints what xend printed" {
	xvif -q add-ip web01 10.0.0.5
	run xvif show web01 -S
	[[ "$output" == "(device (vif (ip '10.0.0.1 10.0.0.2 10.0.0.5') (mac 00:16:3e:00:00:01) "* ]]
}

@test "a domain by domid, name, uuid; a vif by devid, mac, link" {
	local word
	for word in 2 db01 "$(uuid_of 2)"; do
		[ "$(xvif show -no VIF "$word" | wc -l)" = 2 ]
	done
	for word in 1 00:16:3E:00:00:03 vif2.1; do
		[ "$(xvif show -no LINK db01 "$word")" = vif2.1 ]
	done
}

@test "columns are chosen with -o and listed with -o help" {
	[ "$(xvif show -n -r -o domain,ips web01)" = 'web01 10.0.0.1\x2010.0.0.2' ]
	xvif show -o help | grep -qx BRIDGE
	run xvif show -o brige
	[ "$status" = 2 ]
	[[ "$output" == *"did you mean 'BRIDGE'"* ]]
}

@test "control bytes of the store never reach the terminal" {
	xenstore-write /local/domain/1/name "$(printf 'we\033[2Jb')"
	run xvif show
	[[ "$output" != *$'\033'* ]]
	[[ "$output" == *'\x1b'* ]]
}

@test "more domains than one answer of xenstored holds" {
	local args=() i
	for i in $(seq 100 1500); do
		args+=("/local/domain/$i/name" "guest$i")
	done
	printf '%s\0' "${args[@]}" | xargs -0 -n 400 xenstore-write
	domain_create 1501 last
	vif_nodes 1501 0 00:16:3e:00:15:01 vif-route 10.0.7.7
	[ "$(xvif show -nro IPS last)" = 10.0.7.7 ]
	xvif show -nro DOMAIN | grep -x last
	run xvif add-ip db01 --vif 0 10.0.7.7
	echo "$output"
	[ "$status" = 1 ]
	[[ "$output" == *"vif 0 of domain 'last' has 10.0.7.7 already"* ]]
}
