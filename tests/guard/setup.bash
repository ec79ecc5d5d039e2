# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# setup.bash - loaded by every test of the guard: a host of two guests that send raw frames. The names of
# addresses are those of names.c: "own" is web01, "peer" is db01, "to" whoever receives.
GUARD=${BASH_SOURCE[0]%/*}
. "$GUARD/../cli/setup.bash"
FRAMES=$XVIF_BUILD/tests/guard/frames
. "$GUARD/host.bash"

teardown() {
	untraced world_stop
	nft delete table netdev xvif 2>/dev/null || true
	rm -f {/etc,/var/lib}/xvif/guard.conf
}

# No guests yet: a test says how they are connected.
world_guests() {
	ip link set xenbr0 mtu 9000
	# so that what is for groups, and what a bridge keeps to itself, arrives
	ip link set xenbr0 type bridge mcast_snooping 0 group_fwd_mask 0x4000
	sysctl -qw net.bridge.bridge-nf-call-{ip,ip6,arp}tables=0 net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.xenbr0.accept_ra=0
}

# mac_of DOMID: of its vif 0
mac_of() {
	printf '00:16:3e:00:00:%02x\n' "$1"
}

# add_guest DOMID NAME SCRIPT LIST [KEY VALUE...]: connected, and its own kernel keeps quiet
add_guest() {
	local domid=$1
	domain_create "$domid" "$2"
	vif_nodes "$domid" 0 "$(mac_of "$domid")" "$3" "$4" "${@:5}"
	guest "$domid" 0
	quiet "$domid" e0
	hotplug "$domid" 0 online
}

# quiet DOMID LINK: the guest's end has the MAC of the vif, no IPv6 of its own, and room for large packets
quiet() {
	ip netns exec "g$1.0" sysctl -qw "net.ipv6.conf.$2.disable_ipv6=1"
	ip -n "g$1.0" link set "$2" address "$(mac_of "$1")" mtu 9000
	ip link set "vif$1.0${3:-}" mtu 9000
}

# bridged: both guests on xenbr0, where the host and the gateway are, too
bridged() {
	bridge_addresses
	add_guest 3 web01 vif-bridge "$own_list"
	add_guest 4 db01 vif-bridge "$peer_list"
}

# routed [twin]: "own" is routed by the host; "peer" is another of its guests
routed() {
	ip route add default via 192.168.7.254
	add_guest 3 web01 vif-route "$own4 ${own4_net%.*}.0/24"
	add_guest 4 db01 vif-route "$peer4 ${peer4_net%.*}.0/24"
	${1:-true}
	# the script fails at words of IPv6, so they come by another way, as they do on such hosts
	set_list 3 "$own_list"
	set_list 4 "$peer_list"
	ip -batch - <<-END
		route add $own6 dev vif3.0
		route add 2001:db8:9:1::/64 dev vif3.0
		route add $peer6 dev vif4.0
		route add 2001:db8:9:2::/64 dev vif4.0
	END
}

# set_list DOMID LIST: wherever it is in the store and in libxl's file
set_list() {
	xenstore-write "/local/domain/0/backend/vif/$1/0/ip" "$2" "/libxl/$1/device/vif/0/ip" "$2"
	write_userdata "$1"
}

# twin: web01 has an emulated card, brought up as libxl does; g3.0/t0 is its end
twin() {
	emulated 3 0
	quiet 3 t0 -emu
	ip route flush dev vif3.0 # the script adds them anew
	hotplug 3 0 online
}

# to_guest, to_host, to_stack: the end and the names of a receiver, for frames
to_guest() {
	echo "-t g4.0/e0"
}
to_host() {
	echo "-t /xenbr0 -s to=$(cat /sys/class/net/xenbr0/address) -s to4=$host4 -s to6=$host6"
}
to_stack() {
	local link=${1:-vif3.0} mac ll
	mac=$(cat "/sys/class/net/$link/address")
	wait_until 5 eval "ip -6 route show table local dev $link | grep -q '^local fe80:'"
	ll=$(ip -6 -br addr show dev "$link" scope link | grep -o 'fe80::[^/]*')
	echo "-t stack:/$link -s to=$mac -s host=$mac -s to4=192.168.7.1 -s host4=192.168.7.1" \
		"-s gateway4=192.168.7.254 -s to6=$ll -s host-ll=$ll -s gateway-ll=$ll"
}

# frames passed|stopped LINK RECEIVER TABLE... [-o PATTERN...]: true if all of these are
frames() {
	local wanted=$1 link=$2
	# shellcheck disable=SC2046
	"$FRAMES" run -w "$wanted" -f "g3.0/$link" $(eval "$3") "${@:4}"
}

# guarded LINK RECEIVER: attacks do not get through, nor what only an option allows; flows do
guarded() {
	frames stopped "$1" "$2" "$GUARD"/{attacks,options} "${@:3}"
	frames passed "$1" "$2" "$GUARD/flows" "${@:3}"
}

# unguarded LINK RECEIVER: a few of all, which pass
unguarded() {
	frames passed "$1" "$2" "$GUARD/attacks" -o 'ipv4-of-*' -o 'ipv6-of-*' -o 'arp-reply-for-*' -o 'na-for-*' -o 'ra*'
	frames passed "$1" "$2" "$GUARD/flows"
}

# conf LINE...: these are guard.conf, and in force
conf() {
	printf '%s\n' "$@" >/etc/xvif/guard.conf
	xvif guard restore
}
