# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# steps.sh - the words that scenarios are written in. A step whose expectation is
# not met says so and ends the scenario. Commands are printed as a person would
# type them, with what they print; $output is what the last one printed.

PATIENCE=400 # seconds that a guest may take to come up, on a slow machine

say() {
	printf '\n-- %s\n' "$*"
}

# give_up WHY: the scenario failed; what the host looks like goes to the console
give_up() {
	printf 'FAILED: %s\n' "$*"
	echo "$*" | head -n 1 >/run/xen/reason
	{
		echo "-- the host when '$*'"
		timeout 20 xl list || true
		timeout 20 xenstore-ls -fp || true
		ip -d addr
		ip route show table all
		iptables -S
		ps ax
		tail -n 50 /var/log/xen/xen-hotplug.log /var/log/xen/xl-*.log /var/log/xen/console/*
	} >/dev/hvc0 2>&1
	exit 1
}

# skip WHY: this scenario cannot run here
skip() {
	echo "$*" >/run/xen/reason
	exit 77
}

# exits STATUS COMMAND...: run it as shown; it must end with STATUS
exits() {
	local expected=$1 status=0
	shift
	printf '# %s\n' "${*@Q}" | sed "s/'\([A-Za-z0-9_.,:/=@%+-]*\)'/\1/g"
	output=$("$@" 2>&1) || status=$?
	[ -z "$output" ] || printf '%s\n' "$output" | grep -v '^xc: progress' || true
	[ "$status" = "$expected" ] || give_up "'$*' ended with status $status, not $expected"
}

# ok COMMAND...: it must succeed
ok() {
	exits 0 "$@"
}

# prints TEXT: the last command's output has it
prints() {
	[[ $output == *"$1"* ]] || give_up "no '$1' in the output above"
}

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] || give_up "$1: expected '$2', found '$3'"
	printf '   %s: %s\n' "$1" "${3:-none}"
}

# json QUERY: of what the last command printed; a jq that fails says so in its place
json() {
	jq -c "$1" <<<"$output" || echo "jq ended with status $?"
}

# within SECONDS COMMAND...: true as soon as COMMAND is
within() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		# each look costs an emulated processor much
		sleep 0.5
	done
}

# answers ADDRESS...: a guest answers there; the first packet may wait for ARP
answers() {
	local address
	for address in "$@"; do
		within 90 ping -c 1 -W 2 "$address" || give_up "$address does not answer"
		echo "   $address answers"
	done
}

# silent ADDRESS...: nothing answers there
silent() {
	local address
	for address in "$@"; do
		! ping -c 3 -i 0.2 -W 2 "$address" >/run/xen/ping 2>&1 || give_up "$address answers"
		echo "   $address: $(grep -m 1 -ohE 'unreachable|[0-9.]+% packet loss' /run/xen/ping)"
	done
}

# probes ADDRESS [FROM...]: 25 a second go to the guest, which echoes them, until
# "lost_none"; FROM is the beginning of a command, "ip netns exec NAME"
probes() {
	set -- "${@:2}" probe stream "$1" 7 25
	echo "# $* &"
	"$@" >/run/xen/probes 2>&1 &
	prober=$!
}

lost_none() {
	kill -INT "$prober"
	wait "$prober" || true
	echo "   the probes: $(cat /run/xen/probes)"
	grep -qE '^[1-9][0-9]+ sent, 0 lost, 0 refused$' /run/xen/probes || give_up "probes were lost"
}

# config NAME VIFS [ADDRESSES]: /etc/xen/NAME.cfg for a guest with these vifs, whose
# system has ADDRESSES ("addr=IP" on eth0, "addr1=IP" on eth1) from its boot on
config() {
	cat >"/etc/xen/$1.cfg" <<-END
	name = "$1"
	type = "${guest_type:-pv}"
	kernel = "/guest/vmlinux"
	ramdisk = "/guest/initrd"
	extra = "console=hvc0 quiet loglevel=3 mitigations=off $3"
	memory = 128
	vcpus = 1
	vif = [ $2 ]
	END
	sed -n '/^vif/,$p' "/etc/xen/$1.cfg"
}

domid() { # NAME
	xl domid "$1" 2>/dev/null
}

# node NAME VIF [KEY]: what its backend in xenstore has
node() {
	xenstore-read "/local/domain/0/backend/vif/$(domid "$1")/$2/${3:-ip}"
}

# up NAME [AFTER]: it runs, under another domid than AFTER; its system is up
up() {
	local id
	within $PATIENCE restarted "$1" "${2:-none}" || give_up "$1 is not there"
	id=$(domid "$1")
	within $PATIENCE connected "$id" || give_up "$1 is not connected"
	echo "   $1 is domain $id"
}

restarted() { # NAME FORMER
	local id
	id=$(domid "$1") && [ "$id" != "$2" ]
}

connected() { # DOMID
	local path vifs
	vifs=$(xenstore-list -p "/local/domain/0/backend/vif/$1") || return 1
	for path in $vifs; do
		[ "$(xenstore-read "$path/state")" = 4 ] || return 1
	done
}

# create NAME: from its config; ready when its system says so
create() {
	: >"/var/log/xen/console/guest-$1.log"
	ok xl create "/etc/xen/$1.cfg"
	within $PATIENCE grep -q '^guest is up' "/var/log/xen/console/guest-$1.log" || give_up "$1 does not boot"
	up "$1"
}

destroy() { # NAME
	local id
	id=$(domid "$1")
	ok xl destroy "$1"
	within 60 gone "$id" || give_up "backends of domain $id are left"
}

gone() { # DOMID
	! xenstore-exists "/local/domain/0/backend/vif/$1" && ! ip -o link | grep -q " vif$1\\."
}

# in_guest NAME COMMAND: on its console; $output and $status are the command's
in_guest() {
	local log=/var/log/xen/console/guest-$1.log size
	size=$(stat -c %s "$log")
	echo "$1# $2"
	echo "$2" >"$(xenstore-read "/local/domain/$(domid "$1")/console/tty")"
	within 120 command_done "$log" "$size" || give_up "no answer from the console of $1"
	output=$(tail -c +$((size + 1)) "$log" | tr -d '\r' | sed '/^\[[0-9]*\]$/,$d')
	status=$(tail -c +$((size + 1)) "$log" | tr -d '\r' | sed -n 's/^\[\([0-9]*\)\]$/\1/p' | head -n 1)
	[ -z "$output" ] || printf '%s\n' "$output"
}

command_done() { # LOG SIZE
	tail -c +$(($2 + 1)) "$1" | tr -d '\r' | grep -qE '^\[[0-9]+\]$'
}

no_link() { # NAME
	! ip link show "$1"
}

routes() { # LINK: addresses that have a route there
	ip -o route show dev "$1" | awk '{print $1}' | sort | xargs
}

# consistent: xvif check finds every place in agreement
consistent() {
	ok xvif check
	same "differences found by xvif check" "" "$output"
}

# tidy: after a scenario, whatever its end: the host as after boot
tidy() {
	local id name
	pkill -x 'probe|frames|xvif'
	[ ! -e /run/xenstored/away ] || mv /run/xenstored/away /run/xenstored/socket
	for id in $(xenstore-list /local/domain | grep -vx 0); do
		xl destroy "$id"
		within 60 gone "$id"
	done
	for name in $(ip netns list | awk '{print $1}'); do
		ip netns del "$name"
	done
	ip link del xenbr0 2>/dev/null
	ip -6 addr flush dev eth0 scope global
	echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
	iptables -F FORWARD
	iptables -P FORWARD ACCEPT
	echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables
	cp -a /tests/etc-xen/. /etc/xen/
	rm -rf /etc/xen/scripts/vif-post.d /etc/xvif /var/lib/xvif
	rm -f /etc/xen/*.cfg* /var/log/xen/console/* /run/xen/ping /run/xen/probes /run/xen/heard
}
