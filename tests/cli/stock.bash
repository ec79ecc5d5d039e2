# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# stock.bash - the stock scripts of other versions, made from those that are installed (Xen 4.15 to 4.21):
# what a version does not have is left out, what it has elsewhere is taken from there. That they are
# the texts that were shipped is proven by their digests.
INSTALLED=/run/xen/scripts
HEADER=${BASH_SOURCE[0]%/*}/../../src/hotplug/stock-digests.h

# plain SCRIPT: without comments, blank lines and indentation, as its digest is formed
plain() {
	sed 's/^[[:space:]]*//; s/[[:space:]]*$//; /^$/d; /^#/d' "$INSTALLED/$1"
}

# digest: of a script on stdin
digest() {
	sed 's/^[[:space:]]*//; s/[[:space:]]*$//; /^$/d; /^#/d' | sha256sum | cut -c1-64
}

# line_of SCRIPT PATTERN: the line that begins so, its variables written as vif-bridge writes them
line_of() {
	plain "$1" | sed -n "/^$2/{s/\"//g; s/\${\([a-z]*\)}/\"\$\1\"/g; p;}"
}

# stock_text SCRIPT VERSION: the first version of Xen that had it
stock_text() {
	case $1-$2 in
	*-installed | vif-common.sh-debian) plain "$1" ;;
	vif-route-4.13) plain vif-route | sed 's/^\(add\|remove\)|\(.*\))$/\1)\n;\&\n\2)/' ;;
	vif-route-4.4)
		plain vif-route | sed 's/^add|//; s/^remove|//; s/ metric .*//; /^case "${type_if}"/,/^esac/d
			s/^for addr/if [ "${ip}" ] ; then\n&/; s/^done/&\nfi/'
		;;
	vif-bridge-4.22 | vif-openvswitch-4.22) plain "$1" | sed 's/setup_virtual_/setup_/' ;;
	vif-bridge-4.14)
		# "add" has lines of its own, those of "online"; for "offline" see line_of
		plain vif-bridge | sed -n 's/ "$type_if"$//; s/^add|//; s/^remove|//; /^online)/,/^;;/H
			/^esac/{x;s/\nonline/add/;p;x;}; /^remove_from_bridge/!{p;d;}'"
			i if which brctl >&/dev/null; then
			i $(line_of xen-network-common.sh 'do_without_error brctl')
			i else
			i $(line_of xen-network-common.sh 'do_without_error ip .*nomaster')
			i fi
			i $(line_of vif-nat 'do_without_error ifconfig')"
		;;
	vif-bridge-4.7)
		stock_text vif-bridge 4.14 | sed '/^if which/d; /^else$/{N;/bridge link\|nomaster/{N;d;};}
			1,/; then$/s/; then$/\nthen/'
		;;
	vif-bridge-4.5)
		stock_text vif-bridge 4.7 | sed '/^ip link show\|^set_mtu/s/"//g'
		;;
	vif-bridge-4.4)
		stock_text vif-bridge 4.5 | sed 's/^handle_iptable/if [ "$type_if" = vif ]; then\n&\nfi/'
		;;
	vif-nat-nixos) plain vif-nat | sed 's/if ip route/if ip  route/' ;;
	vif-common.sh-4.9) plain vif-common.sh | sed '/^handle_iptable()/,/^}/{/^return 0$/d}' ;;
	vif-common.sh-4.6)
		stock_text vif-common.sh 4.9 | sed '/^IPTABLES_WAIT/d; /^iptables_w()/,/^}/d; s/iptables_w/iptables/'
		;;
	vif-common.sh-4.5) stock_text vif-common.sh 4.6 | sed 's/^fatal .$/fatal/' ;;
	vif-common.sh-4.2)
		stock_text vif-common.sh 4.5 | sed 's/ -o "$command" == "add"//; s/\\( \(.*\) \\)/\1/'
		;;
	esac
}

# put SCRIPT VERSION: in place of the installed one
put() {
	local text=/run/xen/text
	{ echo '#!/bin/bash'; stock_text "$1" "$2"; } >$text
	grep -q "$(digest <$text)" "$HEADER"
	cat $text >"/etc/xen/scripts/$1"
}

# state DOMID DEVID
state() {
	local link
	for link in "vif$1.$2" "vif$1.$2-emu"; do
		[ ! -e "/sys/class/net/$link" ] || ip route show dev "$link" | sort
	done
	iptables -S FORWARD | grep -w "vif$1.$2" | sort
}

# started DOMID DEVID: as after a start, and nothing else is left of it
started() {
	hotplug "$1" "$2" offline
	iptables -F FORWARD
	ip route flush dev "vif$1.$2"
	hotplug "$1" "$2" online
}

# edited DOMAIN DOMID DEVID: edits leave what a start with the same list leaves
edited() {
	echo "edited $*"
	xvif -q add-ip --vif "$3" "$1" 10.0.7.1 10.0.7.64/29 10.0.7.2
	xvif -q del-ip --vif "$3" "$1" 10.0.7.1
	state "$2" "$3" >/run/xen/edited
	xvif check --vif="$3" "$1"
	started "$2" "$3"
	state "$2" "$3" | diff /run/xen/edited -
}

# needs_texts: skip where others are installed, as on Debian 11
needs_texts() {
	[ "$(plain vif-bridge | digest)" = 165f82ae0c45de02c7230cc07d3695f0d240a185fdab8ace14e1d4708f6bd3c6 ] ||
		skip "the scripts of Xen 4.15 to 4.21 are not installed"
}
