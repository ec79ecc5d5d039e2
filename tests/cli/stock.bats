#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# the stock scripts of all versions of Xen are known by their digests, also as NixOS writes them
load setup
load stock

@test "each digest is that of a text that was shipped" {
	needs_texts
	local made=() of versions version
	for of in vif-route:installed,4.13,4.4 vif-bridge:installed,4.22,4.14,4.7,4.5,4.4 vif-openvswitch:installed,4.22 \
		vif-nat:installed,nixos vif-common.sh:debian,4.9,4.6,4.5,4.2; do
		IFS=, read -ra versions <<<"${of#*:}"
		for version in "${versions[@]}"; do
			made+=("$(stock_text "${of%:*}" "$version" | digest)")
		done
	done
	# of these no installed script has the lines: vif-nat of 4.4, vif-nat and vif-bridge of openSUSE
	made+=(d492ed3de5926f31a7775245f0f2a80bb06d3cece7c6ca45c6cc2939a2c92eae
		7fa1694bf080dcaf6999eca2d186ff11c4465f378a0178439a43fa34f93349d9
		92d49a22f430e2ac1ed039ecc2d77a49b23b32728f73c0d1260ce991a743739c)
	diff <(printf '%s\n' "${made[@]}" | sort) <(grep -o '[0-9a-f]\{64\}' "$HEADER" | sort)
}

@test "vif-route before 4.13 fails for an emulated card that has addresses: no edit gives it any" {
	needs_texts
	put vif-route 4.4
	started 1 0
	emulated 1 0
	refused 1 "fails for its emulated interface 'vif1.0-emu'" xvif add-ip web01 10.0.0.5
	not hotplug 1 0 online
	xenstore-write /local/domain/0/backend/vif/1/0/hotplug-status connected
	ip link del vif1.0-emu
	xvif -q add-ip web01 10.0.0.5
}

# nix: the scripts as NixOS has them, in its store, calling programs by their paths; other sandboxes
# wait until this test ends, as the folder itself is one for all
nix() {
	local store=/nix/store hash=0123456789abcdfghijklmnpqrsvwxyz name at command
	local names='arptables|awk|brctl|bridge|cp|cut|diff|dirname|flock|grep|ifconfig|ip|iptables|logger|mkdir|mktemp|ovs-vsctl|rm|sed|stat|which'
	exec 8</
	flock 8
	mkdir -p /nix
	mount -t tmpfs -o mode=755 tmpfs /nix
	mkdir -m 1775 $store
	chgrp 30000 $store
	for name in ${names//|/ }; do
		mkdir -p $store/$hash-$name-1.0/bin
		command=$(command -v "$name") || continue
		ln -s "$command" $store/$hash-$name-1.0/bin/
	done
	NIX=$store/$hash-xen-4.20.2/etc/xen/scripts
	mkdir -p $NIX
	cp -a /etc/xen/scripts/. $NIX
	# twice: of "which brctl" the second begins where the first ends
	at="/fatal|log /!s#(^|[[:blank:]\`(|])($names)([[:blank:]])#\\1$store/$hash-\\2-1.0/bin/\\2\\3#g"
	sed -i -E "$at;$at;s/^( *if .*ip) route/\\1  route/" $NIX/vif-* $NIX/*-common.sh $NIX/locking.sh
	for at in 1/0 2/0; do
		xenstore-write /local/domain/0/backend/vif/$at/script $NIX/vif-route \
			"/libxl/${at%/*}/device/vif/${at#*/}/script" $NIX/vif-route
	done
	xenstore-write /local/domain/0/backend/vif/2/1/script $NIX/vif-bridge /libxl/2/device/vif/1/script $NIX/vif-bridge
}

@test "NixOS: scripts that call programs by their paths are what they are elsewhere" {
	needs_texts
	[ ! -e /nix/store ] || skip "this machine has a /nix/store"
	put vif-common.sh 4.9
	nix
	grep -q '^ *if /nix/store/[^ ]*/bin/which /nix/store/[^ ]*/bin/brctl ' $NIX/vif-bridge
	[ "$(xvif doctor -J scripts tools | jq -r '.findings | map(.verdict) | unique | join(" ")')" = ok ]
	started 1 0
	iptables -S >/run/xen/rules
	xvif check web01
	# what its vif-common.sh would set is found out without an iptables that does it
	iptables -S | diff /run/xen/rules -
	edited web01 1 0
	ip route show dev vif1.0 | grep -q '^10.0.7.2 '
	iptables -S FORWARD | grep -q -- '-s 10.0.7.2/32 .*physdev-in vif1.0 '
	xvif -q set-ips web01 10.0.0.1
	edited db01 2 1
	for script in vif-nat vif-openvswitch; do
		xenstore-write /local/domain/0/backend/vif/1/0/script $NIX/$script
		[ "$(xvif doctor -J scripts | jq -r ".findings[] | select(.detail | contains(\"$script\")).verdict")" = ok ]
	done
	xenstore-write /local/domain/0/backend/vif/1/0/script $NIX/vif-route
	mount --bind /dev/null "$(readlink -f "$(command -v iptables)")"
	run xvif add-ip web01 10.0.0.5
	[[ "$status $output" == "1 "*"calls one in /nix/store"* ]]
	umount "$(readlink -f "$(command -v iptables)")"
	# any other path may be another program
	sed -i 's,-ip-1.0/bin/ip route,-ip-1.0/sbin/ip route,' $NIX/vif-route
	refused 1 "it is not one of the stock scripts" xvif add-ip web01 10.0.0.5
	chmod -t /nix/store
	refused 1 "'/nix/store' is writable by others than root" xvif add-ip --hotplug=delta web01 10.0.0.5
	umount /nix
	rmdir /nix
	exec 8<&-
}

@test "rules of a site that calls iptables by its path are found out without setting them" {
	local own=/etc/xen/scripts/vif-own
	activate_rules
	cp /etc/xen/scripts/vif-route $own
	echo true >>$own
	sed -i 's,^ *iptables \$IPTABLES_WAIT_RUNE "\$@",/usr/sbin/iptables -w "$@"; /usr/sbin/nft add table ip site,' \
		/etc/xen/scripts/vif-common.sh
	grep -q '^/usr/sbin/iptables' /etc/xen/scripts/vif-common.sh
	xenstore-write /local/domain/0/backend/vif/1/0/script $own
	echo "$own $(sha256sum <$own | cut -c1-64) delta" >/etc/xvif/scripts.conf
	iptables -S >/run/xen/rules
	run xvif check web01
	echo "$output"
	iptables -S | diff /run/xen/rules -
	not nft list table ip site
	xvif -q add-ip --dry-run web01 10.0.0.5
	iptables -S | diff /run/xen/rules -
}
