# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# demo.sh - the main job, shown inside "enter".
. "$(dirname "${BASH_SOURCE[0]}")/world.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../native/install.bash"
PATH=$XVIF_BUILD:$PATH
trap 'set +e; world_stop' EXIT # mounts go with the sandbox

say() {
	printf '\n%s\n' "$*"
}

show() { # prints a command, runs it
	printf '# %s\n' "$*"
	"$@"
}

# inside NAME VIF COMMAND...: likewise, in the guest
inside() {
	local name=$1 vif=$2
	shift 2
	printf '%s# %s\n' "$name" "$*"
	ip netns exec "g$vif" "$@"
}

# start_app01: a guest with the native script, on a host with a network of IPv6
start_app01() {
	ip addr add 2001:db8:7::1/64 dev eth0 nodad
	sysctl -qw net.ipv6.conf.all.forwarding=1
	domain_create 3 app01
	vif_nodes 3 0 00:16:3e:00:00:04 vif-xvif-route 10.0.2.1
	guest 3 0 10.0.2.0/24
	ip -n g3.0 -batch - <<-END
		link set e0 address 00:16:3e:00:00:04
		addr add 2001:db8:7::5/128 dev e0 nodad
		route add default via fe80::1 dev e0
	END
	hotplug 3 0 online
}

# give_macs: to each guest those of its vifs, as netfront does
give_macs() {
	ip -n g1.0 link set e0 address 00:16:3e:00:00:01
	ip -n g2.0 link set e0 address 00:16:3e:00:00:02
	ip -n g2.1 link set e0 address 00:16:3e:00:00:03
}

# give_bridge_addresses: the host and db01 on xenbr0; db01 also takes one that is not in its list
give_bridge_addresses() {
	ip addr add 10.0.3.254/24 dev xenbr0
	ip -n g2.1 -batch - <<-END
		addr add 10.0.3.1/24 dev e0
		addr add 10.0.3.9/24 dev e0
	END
}

# install_program: where the hook of the guard looks for it
install_program() {
	mount -t tmpfs tmpfs /usr/local/sbin
	ln -s "$XVIF_BUILD/xvif" /usr/local/sbin/xvif
}

native_install
world_start
world_guests 2>/dev/null
set -e
give_macs

say "A Xen host with two guests. web01 is routed and has two addresses:"
show xvif show
show ip route

say "While 2000 probes a second run to 10.0.0.1, web01 gets a third address:"
"$PROBE" stream 10.0.0.1 7 2000 >$WORLD/stream &
stream=$!
show xvif add-ip web01 10.0.0.5
show ping -c 1 -q 10.0.0.5
show ip route show dev vif1.0
show xvif del-ip web01 10.0.0.2
sleep 1
kill -INT $stream
wait $stream || true

say "The probes to 10.0.0.1 meanwhile:"
cat $WORLD/stream

say "app01 has xvif's own hotplug script, for which IPv6 is as IPv4. It gets an address of IPv6:"
start_app01
show xvif add-ip app01 2001:db8:7::5
show ping -c 1 -q 2001:db8:7::5
show ip -6 route show dev vif3.0

say "db01 is on a bridge. Its list says 10.0.3.1, but nothing keeps it from sending as 10.0.3.9:"
give_bridge_addresses
show xvif set-ips --vif 1 db01 10.0.3.1
inside db01 2.1 ping -c 1 -q -I 10.0.3.9 10.0.3.254

say "The guard does. What the list has passes, what it has not is refused:"
install_program
show xvif guard on
inside db01 2.1 ping -c 1 -q -I 10.0.3.1 10.0.3.254
if inside db01 2.1 ping -c 1 -W 1 -q -I 10.0.3.9 10.0.3.254; then
	echo "demo: the guard did not stop it" >&2
	exit 1
fi
show xvif guard status db01:1

if [ -t 0 ]; then
	say "You are in that world now; 'exit' ends it. Try:"
	echo "  xvif add-ip db01 --vif 0 10.0.1.2; ping -c 1 10.0.1.2; xvif show -J db01"
	echo "  xvif add-ip --dry-run web01 10.0.0.9; xvif help; xenstore-ls /local/domain/0/backend"
	PS1='sandbox# ' bash --norc -i || true
fi
