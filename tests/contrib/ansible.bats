#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# the Ansible collection, by the real ansible-playbook
load ../cli/setup

# play VARIABLES [OPTION...]: a task with these; what it reported as JSON
play() {
	local vars=$1
	shift
	mkdir -p "$BATS_TEST_TMPDIR/ansible_collections/xvif"
	ln -sfn "$BATS_TEST_DIRNAME/../../contrib/ansible" "$BATS_TEST_TMPDIR/ansible_collections/xvif/xen"
	cat >"$BATS_TEST_TMPDIR/play.yml" <<-END
		- hosts: localhost
		  connection: local
		  gather_facts: false
		  tasks:
		    - xvif.xen.xvif_ips: $vars
	END
	ANSIBLE_COLLECTIONS_PATH=$BATS_TEST_TMPDIR ANSIBLE_STDOUT_CALLBACK=minimal ANSIBLE_NOCOLOR=1 \
		ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false \
		ANSIBLE_HOME=$BATS_TEST_TMPDIR/home \
		ansible-playbook "$@" "$BATS_TEST_TMPDIR/play.yml" |
		sed -n '/^localhost | .* => {/,$ { s/^localhost | .* => //; p }' |
		jq -c '[has("rc"), .changed, .before, .after, .msg // null]'
}

@test "check mode changes nothing, the first run changes, the second is ok" {
	local task='{domain: web01, ips: [10.0.0.1, 10.0.0.5]}'
	snapshot >/run/xen/before
	[ "$(play "$task" --check --diff)" = \
		'[false,true,["10.0.0.1","10.0.0.2"],["10.0.0.1","10.0.0.5"],null]' ]
	snapshot | diff /run/xen/before -
	[ "$(play "$task")" = '[false,true,["10.0.0.1","10.0.0.2"],["10.0.0.1","10.0.0.5"],null]' ]
	[ "$(ip route show 10.0.0.5 | wc -l)" = 1 ]
	[ "$(play "$task")" = '[false,false,["10.0.0.1","10.0.0.5"],["10.0.0.1","10.0.0.5"],null]' ]
	[ "$(play "$task" --check)" = '[false,false,["10.0.0.1","10.0.0.5"],["10.0.0.1","10.0.0.5"],null]' ]
}

@test "present, absent, a vif of several, a refusal" {
	[ "$(play '{domain: db01, vif: 0, ips: 10.0.1.2, state: present}')" = \
		'[false,true,["10.0.1.1"],["10.0.1.1","10.0.1.2"],null]' ]
	[ "$(play '{domain: db01, vif: 0, ips: 10.0.1.1, state: absent}')" = \
		'[false,true,["10.0.1.1","10.0.1.2"],["10.0.1.2"],null]' ]
	run play '{domain: db01, ips: 10.0.1.1}'
	[[ "$output" == '[true,'*'the domain has 2 vifs'* ]]
	run play '{domain: web01, ips: 10.0.1.2, state: present}'
	[[ "$output" == '[true,'*"of domain 'db01' has 10.0.1.2 already"* ]]
}

@test "ansible-doc reads the module's documentation" {
	play '{domain: web01, ips: 10.0.0.1}' --syntax-check || true
	ANSIBLE_COLLECTIONS_PATH=$BATS_TEST_TMPDIR ANSIBLE_HOME=$BATS_TEST_TMPDIR/home \
		ansible-doc --json xvif.xen.xvif_ips >"$BATS_TEST_TMPDIR/doc"
	[ "$(jq -r '."xvif.xen.xvif_ips".doc.options | keys | join(" ")' "$BATS_TEST_TMPDIR/doc")" = \
		"allow_empty config domain executable force ips persist state timeout vif" ]
}
