#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# a vif that is attached to a running guest: udev has it guarded when its link appears, before its script
# sets the link up, and also where its script calls no hook
load setup

HOOK=/etc/xen/scripts/vif-post.d/xvif-guard.hook
UDEVD=$(command -v /usr/lib/systemd/systemd-udevd /lib/systemd/systemd-udevd | head -n 1)

# udev_start: the real one, with the rule that is installed, and no other
udev_start() {
	install_program
	mount -t tmpfs tmpfs /usr/lib/udev/rules.d
	mkdir -p /run/udev/rules.d
	cp "$XVIF_BUILD/udev/60-xvif-guard.rules" /run/udev/rules.d
	"$UDEVD" >/run/xen/udevd.log 2>&1 3>&- &
	UDEVD_PID=$!
	wait_until 10 test -S /run/udev/control
}

udev_stop() {
	[ -z "${UDEVD_PID:-}" ] || kill "$UDEVD_PID"
	wait "${UDEVD_PID:-}" 2>/dev/null || true
	umount /usr/lib/udev/rules.d /usr/local/sbin 2>/dev/null || true
	rm -rf /run/udev
}

teardown() {
	udev_stop
	rm -f "$HOOK"
	world_stop
	nft delete table netdev xvif 2>/dev/null || true
	rm -f {/etc,/var/lib}/xvif/guard.conf
}

# has_chain DOMID; on a kernel that binds chains to names it is there for both ends of a rename
has_chain() {
	nft list chain netdev xvif "vif-$1.0" | grep -q "vif$1.0"
}

# detach: web01 loses its vif, as when its driver closes it
detach() {
	hotplug 3 0 offline
	ip netns del g3.0
	ip link del vif3.0 2>/dev/null || true
}

# attach: netback makes its link again; its script has not run yet
attach() {
	guest 3 0
	quiet 3 e0
}

@test "without udev and without the hook nothing keeps a vif that is attached to its list" {
	conf 'default mode=enforce'
	bridged
	unguarded e0 to_guest
	run xvif guard status
	[ "$status" = 6 ]
}

@test "a link is guarded when it appears, whatever its script calls; nothing is left when it goes" {
	conf 'default mode=enforce'
	udev_start
	bridged
	wait_until 20 has_chain 3
	wait_until 20 has_chain 4
	guarded e0 to_guest
	xvif guard status
	xvif guard off web01
	not has_chain 3
	ip netns del g4.0
	ip link del vif4.0 2>/dev/null || true
	wait_until 20 eval '! nft list table netdev xvif | grep -q -- "-4\.0"'
	# off stays off
	detach
	udevadm settle
	attach
	udevadm settle
	not has_chain 3
}

@test "no attack passes while a vif is attached to a running guest; udev and the hook make one guard" {
	xvif guard on
	[ -x "$HOOK" ]
	udev_start
	bridged
	for _ in 1 2 3; do
		detach
		udevadm settle
		not has_chain 3
		attach
		wait_until 20 has_chain 3
		"$FRAMES" flood -f g3.0/e0 -t g4.0/e0 -r 1000 "$GUARD"/{attacks,options} -x '*fragment*' \
			>/run/xen/flood 2>&1 3>&- &
		FLOOD_PID=$!
		wait_until 20 grep started /run/xen/flood
		hotplug 3 0 online
		kill -INT "$FLOOD_PID"
		wait "$FLOOD_PID"
		cat /run/xen/flood
		[[ "$(sed 1d /run/xen/flood)" =~ ^[1-9][0-9]*" sent, 0 passed"$ ]]
		frames passed e0 to_guest "$GUARD/flows"
	done
	# both at the same time
	for _ in 1 2 3 4 5; do
		detach
		attach
		hotplug 3 0 online
		udevadm settle
		xvif guard status
	done
}

@test "guard on and doctor say whether udev has the rule" {
	xvif guard on
	[[ "$(xvif doctor guard)" == *note*"udev does not run"* ]]
	udev_start
	[[ "$(xvif doctor guard)" == *ok*"guarded as they appear"* ]]
	rm /run/udev/rules.d/*
	[[ "$(xvif guard on 2>&1)" == *"udev has no rule 60-xvif-guard.rules"* ]]
	run xvif doctor guard
	[ "$status" = 6 ]
	[[ "$output" == *bad*"udev has no rule 60-xvif-guard.rules"* ]]
	# one that an administrator has switched off
	ln -s /dev/null /run/udev/rules.d/60-xvif-guard.rules
	[[ "$(xvif doctor guard)" == *bad*"udev has no rule 60-xvif-guard.rules"* ]]
}
