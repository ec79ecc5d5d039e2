# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# world.sh - a Xen host inside "enter": a real xenstored, the stock vif
# scripts, guests that answer. Needs XVIF_BUILD, where "make sandbox" has run.

XEN_BIN=$(ls -d /usr/lib/xen-[0-9]*/bin 2>/dev/null | sort -V | tail -n 1)
WORLD=/run/xen
NOHV=$XVIF_BUILD/tests/sandbox/nohv.so
PROBE=$XVIF_BUILD/tests/sandbox/probe
NODES=$XVIF_BUILD/tests/sandbox/nodes
export NOHV_DOMAINS=$WORLD/domids

# wait_until SECONDS COMMAND...: true as soon as COMMAND is
wait_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.02
	done
}

# daemon_start [xenstored|oxenstored]: with an empty store, and wait until it answers
daemon_start() {
	rm -f /run/xenstored/socket
	case ${1:-xenstored} in
	xenstored)
		LD_PRELOAD=$NOHV "$XEN_BIN/xenstored" -N --pid-file $WORLD/xenstored.pid \
			--entry-nb 100000000 </dev/null >$WORLD/xenstored.log 2>&1 3>&- &
		;;
	oxenstored)
		LD_PRELOAD=$NOHV "$XEN_BIN/oxenstored" --no-fork \
			</dev/null >$WORLD/xenstored.log 2>&1 3>&- &
		;;
	esac
	XENSTORED_PID=$!
	disown
	wait_until 10 test -S /run/xenstored/socket || return 1
	wait_until 10 timeout 2 xenstore-list / || return 1
}

# world_start [xenstored|oxenstored]: an empty store, domain 0, eth0, a bridge
world_start() {
	: >$NOHV_DOMAINS
	daemon_start "${1:-}" || return 1
	ip -batch - <<-END
		link set lo up
		link add eth0 type veth peer name uplink0
		addr add 192.168.7.1/24 dev eth0
		link set eth0 up
		link set uplink0 up
		link add xenbr0 type bridge
		link set xenbr0 up
	END
	echo 1 >/proc/sys/net/ipv4/ip_forward
	echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
	xenstore-write /local/domain/0/name Domain-0 /local/domain/0/domid 0
}

# Links of one group go at once, which the default one is not allowed to.
world_stop() {
	local link links=()
	kill "$XENSTORED_PID" 2>/dev/null
	pkill -x probe
	for link in /sys/class/net/*; do
		[ "$link" = /sys/class/net/lo ] || [ ! -L "$link" ] || links+=("${link##*/}")
	done
	{
		for link in /run/netns/*; do
			[ ! -e "$link" ] || echo "netns del ${link##*/}"
		done
		echo 'addr flush dev lo scope global'
		printf 'link set %s group 1\n' "${links[@]}"
		echo 'link del group 1'
	} | ip -force -batch - 2>/dev/null
	for link in "${links[@]}"; do
		[ ! -L "/sys/class/net/$link" ] || ip link del "$link" 2>/dev/null
	done
	ip route flush table main # blackhole and such, which go with no link
	iptables -F FORWARD 2>/dev/null
	iptables -P FORWARD ACCEPT 2>/dev/null
	wait_until 10 eval "! kill -0 $XENSTORED_PID"
	rm -rf /run/xenstored/* /run/xvif/* /run/xen-hotplug/* /var/lib/xen/* /var/log/xen/* \
		/var/lib/xenstored/*
	return 0
}

# uuid_of DOMID
uuid_of() {
	printf '%08d-1111-4111-8111-111111111111\n' "$1"
}

# domain_create DOMID NAME: as libxl leaves a running domain in the store
domain_create() {
	local uuid domain=/local/domain/$1
	uuid=$(uuid_of "$1")
	echo "$1" >>$NOHV_DOMAINS
	"$NODES" "$domain" "" "n0 r$1" "$domain/name" "$2" "" "$domain/domid" "$1" "" \
		"$domain/vm" "/vm/$uuid" "" "$domain/data" "" "n$1" "$domain/attr" "" "n$1" \
		"$domain/error" "" "n$1" "/vm/$uuid" "" "n0 r$1" "/vm/$uuid/name" "$2" "" \
		"/vm/$uuid/uuid" "$uuid" "" "/libxl/$1/type" pv ""
}

# vif_nodes DOMID DEVID MAC SCRIPT IPS [KEY VALUE...]: the nodes libxl writes
# for a connected vif; no ip node when IPS is empty, as libxl does. Its copy keeps
# the state and the hotplug-status that the vif began with.
vif_nodes() {
	local domid=$1 devid=$2 mac=$3 script=$4 ips=$5
	local backend=/local/domain/0/backend/vif/$domid/$devid
	local copy=/libxl/$domid/device/vif/$devid
	local frontend=/local/domain/$domid/device/vif/$devid
	shift 5
	local nodes=(frontend "$frontend" frontend-id "$domid" online 1 state 4
		script "/etc/xen/scripts/$script" mac "$mac")
	[ -z "$ips" ] || nodes+=(ip "$ips")
	nodes+=(bridge xenbr0 handle "$devid" type vif hotplug-status connected "$@")
	local write=("$backend" "" "n0 r$domid" "$copy" "" n0 "$frontend" "" "n$domid r0") i
	for ((i = 0; i < ${#nodes[@]}; i += 2)); do
		write+=("$backend/${nodes[i]}" "${nodes[i + 1]}" "" "$copy/${nodes[i]}" "${nodes[i + 1]}" "")
	done
	"$NODES" "${write[@]}" "$copy/backend" "$backend" "" "$copy/state" 1 "" "$copy/hotplug-status" "" "" \
		"$backend/feature-sg" 1 "" "$backend/multi-queue-max-queues" 1 "" \
		"$frontend/backend" "$backend" "" "$frontend/backend-id" 0 "" "$frontend/state" 4 "" \
		"$frontend/handle" "$devid" "" "$frontend/mac" "$mac" "" "$frontend/trusted" 1 ""
	write_userdata "$domid"
}

# userdata_of DOMID: where libxl stores the domain's configuration
userdata_of() {
	echo "/var/lib/xen/userdata-d.$1.$(uuid_of "$1").libxl-json"
}

# write_userdata DOMID: the configuration as libxl 4.17 stores it, its vifs as
# they are in xenstore; with the NUL that libxl puts at the end
write_userdata() {
	local base=/libxl/$1/device/vif uuid file devid devids keys=() values comma='' ip
	uuid=$(uuid_of "$1")
	file=/var/lib/xen/userdata-d.$1.$uuid.libxl-json
	mapfile -t devids < <(xenstore-list "$base")
	for devid in "${devids[@]}"; do
		keys+=("$base/$devid/mac" "$base/$devid/script")
	done
	mapfile -t values < <(xenstore-read "/local/domain/$1/name" "${keys[@]}")
	{
		printf '{\n    "c_info": {\n        "type": "pv",\n        "name": "%s",\n' "${values[0]}"
		printf '        "uuid": "%s",\n        "run_hotplug_scripts": "True"\n    },\n' "$uuid"
		printf '    "b_info": {\n        "avail_vcpus": [\n            0\n        ],\n        "type.pv": {\n\n        }\n    },\n'
		printf '    "nics": ['
		for devid in "${devids[@]}"; do
			values=("${values[@]:1}")
			printf '%s\n        {\n            "devid": %s,\n            "mac": "%s",\n' "$comma" "$devid" \
				"${values[0]}"
			ip=$(xenstore-read "$base/$devid/ip" 2>/dev/null) &&
				printf '            "ip": "%s",\n' "$ip"
			values=("${values[@]:1}")
			printf '            "script": "%s",\n            "nictype": "vif"\n        }' "${values[0]##*/}"
			comma=,
		done
		printf '\n    ],\n    "on_reboot": "restart"\n}\n\0'
	} >"$file"
	chmod 600 "$file"
}

# guest DOMID DEVID [NETWORK]: a network namespace behind vifDOMID.DEVID that
# answers pings, and UDP on port 7, on every address of NETWORK
guest() {
	local name=g$1.$2
	ip -batch - <<-END
		netns add $name
		link add vif$1.$2 type veth peer name e0 netns $name
	END
	ip -n "$name" -batch - <<-END
		link set lo up
		link set e0 up
		${3:+route add default dev e0}
		${3:+route add local $3 dev lo}
	END
	[ -z "${3:-}" ] || {
		ip netns exec "$name" "$PROBE" echo 7 </dev/null >/dev/null 2>&1 3>&-
	}
}

# hotplug DOMID DEVID online|offline: as libxl runs the vif's script, a second
# time for the interface of an emulated card
hotplug() {
	local path=backend/vif/$1/$2 values script gatewaydev command=$3 emulated=
	mapfile -t values < <(xenstore-read "/local/domain/0/$path/script" "/local/domain/0/$path/type")
	script=${values[0]}
	[ "${values[1]:-}" != vif_ioemu ] || emulated=vif$1.$2-emu
	gatewaydev=$(xenstore-read "/local/domain/0/$path/gatewaydev" 2>/dev/null || true)
	env script="$script" XENBUS_TYPE=vif XENBUS_PATH="$path" XENBUS_BASE_PATH=backend \
		netdev="$gatewaydev" INTERFACE=$emulated vif=vif$1.$2 \
		"$script" "$command" type_if=vif </dev/null >&2 3>&- || return
	[ -n "$emulated" ] || return 0
	case $command in online) command=add ;; offline) command=remove ;; esac
	env script="$script" XENBUS_TYPE=vif XENBUS_PATH="$path" XENBUS_BASE_PATH=backend \
		netdev="$gatewaydev" INTERFACE=$emulated vif=vif$1.$2 \
		"$script" "$command" type_if=tap </dev/null >&2 3>&-
}

# emulated DOMID DEVID: the interface that QEMU makes for the emulated card of a
# vif; until it is unplugged, the guest answers behind it, too
emulated() {
	ip link add "vif$1.$2-emu" type veth peer name t0 netns "g$1.$2"
	ip -n "g$1.$2" link set t0 up
	xenstore-write "/local/domain/0/backend/vif/$1/$2/type" vif_ioemu "/libxl/$1/device/vif/$2/type" vif_ioemu
}

# web01 is domain 1, routed, with two addresses; db01 is domain 2, one routed and one bridged vif
world_guests() {
	domain_create 1 web01
	vif_nodes 1 0 00:16:3e:00:00:01 vif-route "10.0.0.1 10.0.0.2"
	guest 1 0 10.0.0.0/24
	domain_create 2 db01
	vif_nodes 2 0 00:16:3e:00:00:02 vif-route 10.0.1.1
	vif_nodes 2 1 00:16:3e:00:00:03 vif-bridge ""
	guest 2 0 10.0.1.0/24
	guest 2 1
	hotplug 1 0 online
	hotplug 2 0 online
	hotplug 2 1 online
}

# activate_rules: scripts as Xen ships them; Debian switches handle_iptable() off
activate_rules() {
	sed -i '/^handle_iptable()/,/^}/{/^ *return 0$/d}' /etc/xen/scripts/vif-common.sh
}

# snapshot: all that an edit may change, as text; the kernel sees the carrier of a link later than
# its peer
snapshot() {
	xenstore-ls -fp | sed '/^\/tool\/xenstored/d'
	ip route show table all | sed '/fe80::/d;/ff00::/d'
	ip -6 route show table all type unicast | sed '/^fe80::/d'
	ip -o link | sed 's/ \(qlen\|state\) .*//;s/NO-CARRIER,//;s/,LOWER_UP//'
	iptables -S
	find /var/lib/xen -type f -exec md5sum {} +
}
