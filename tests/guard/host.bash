# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# host.bash - the host of the cases, in the sandbox and on a real Xen; the addresses are those of names.c.
eval "$("${FRAMES:-frames}" names)"
# shellcheck disable=SC2034 # for those who source this
own_list="$own4 ${own4_net%.*}.0/24 $own6 2001:db8:9:1::/64"
# shellcheck disable=SC2034
peer_list="$peer4 ${peer4_net%.*}.0/24 $peer6 2001:db8:9:2::/64"

# bridge_addresses: of the host on xenbr0, where its gateways are, too
bridge_addresses() {
	ip -batch - <<-END
		addr add $host4/24 dev xenbr0
		addr add $host6/64 dev xenbr0 nodad
		addr add $host_ll/64 dev xenbr0 nodad
		route add default via $gateway4
		route add default via $gateway_ll dev xenbr0
	END
}
