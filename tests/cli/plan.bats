#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# what --dry-run prints is what is done: the plan beside the system calls of the edit
load setup

# of_plan FILE: its lines as calls.awk prints what was done; what only looks is left out
of_plan() {
	sed -nE '
		/^(write|permissions) /p
		s/^(remove \/[^ ]*)( and what is empty above it)?$/\1/p
		s/^change ip of vif [0-9]+ in (.*) to ".*"$/change \1/p
		s/^remove ip of vif [0-9]+ in (.*)$/change \1/p
		s/^change ip= of vif [0-9]+ in (.*), keep (.*)$/change \2\nchange \1/p
		s/^(ip route (add|replace|del) [^ ]+) .*/\1/p
		s/^ip link set dev ([^ ]+) .*/link \1/p
		s/^ip addr add [^ ]+ dev ([^ ]+)$/link \1/p
		s/^sysctl net.ipv4.conf.([^/]+).proxy_arp=1$/link \1/p
		s/^run .* (\/[^ ]+ (online|offline) type_if=vif)$/run \1/p
		s/^iptables (-[ID] FORWARD .*)/run iptables \1/p' "$1"
}

# done_by FILE: the changes of a trace; the folders above what was removed, which were empty, are left
# out, and of iptables only what changes rules, in the spelling of a plan
done_by() {
	awk -v children=/run/xen/trace -f "$BATS_TEST_DIRNAME/calls.awk" "$1" | sed -E '
		s/^run [^ ]*iptables (-w( [0-9]+)? )?(-[ID] FORWARD)/run iptables \3/' | awk '
		/^run / && !/^run (iptables -[ID]|[^ ]* o[nf]*line type_if=vif$)/ { next }
		/^remove / {
			for (path in removed)
				if (index(path, $2 "/") == 1)
					next
			removed[$2]
		}
		{ print }'
}

# ordered: rules that change one after the other may do so in any order, and have more than one spelling
ordered() {
	awk '
		!/^run iptables/ { print; next }
		{
			line = ""
			gsub(/ -m udp/, "")
			n = split($0, word, " ")
			for (i = 1; i <= n; i++)
				for (j = i + 1; j <= n; j++)
					if (word[j] < word[i]) { t = word[i]; word[i] = word[j]; word[j] = t }
			for (i = 1; i <= n; i++)
				line = line " " word[i]
			print substr($0, 1, 15)
			rules[++count] = line
		}
		END {
			for (i = 1; i <= count; i++)
				print rules[i] | "sort"
		}' "$1"
}

# as_planned COMMAND...: does what it says with --dry-run, in that order, and nothing else
as_planned() {
	local main
	xvif --dry-run "$@" >/run/xen/plan
	rm -f /run/xen/trace*
	strace -ff -x -s 100000 -o /run/xen/trace \
		-e trace=sendto,rename,execve,clone,vfork,clone3 xvif "$@"
	main=$(grep -lE '^execve\("[^"]*/xvif"' /run/xen/trace.* | head -n 1)
	of_plan /run/xen/plan >/run/xen/planned
	done_by "$main" >/run/xen/done
	[ -s /run/xen/done ]
	diff -u <(ordered /run/xen/planned) <(ordered /run/xen/done)
}

@test "routed: added by the script, removed without it" {
	as_planned add-ip web01 10.0.0.5 10.0.0.64/29
	as_planned del-ip web01 10.0.0.2
	as_planned set-ips web01 10.0.0.5 10.0.0.9
	as_planned del-ip --allow-empty web01 10.0.0.5 10.0.0.9
	grep -qx 'remove /local/domain/0/backend/vif/1/0/ip' /run/xen/done
}

@test "routed with rules" {
	activate_rules
	hotplug 1 0 offline
	ip route flush dev vif1.0
	hotplug 1 0 online
	as_planned set-ips web01 10.0.0.1 10.0.0.5
	grep -q '^run iptables -D' /run/xen/done
}

@test "bridged with rules: these, and the list" {
	activate_rules
	hotplug 2 1 online
	as_planned add-ip db01 --vif 1 10.0.2.5
	grep -q '^run iptables -I' /run/xen/done
	as_planned set-ips db01 --vif 1 10.0.2.6
	grep -q '^run iptables -D' /run/xen/done
}

@test "routes as copies, when the address of eth0 has changed" {
	ip addr flush dev eth0
	ip addr add 192.168.7.99/24 dev eth0
	ip addr replace 192.168.7.1/32 dev lo
	as_planned add-ip web01 10.0.0.5
	grep -qx 'ip route add 10.0.0.5' /run/xen/done
}

@test "what an edit was asked to leave is noted" {
	as_planned add-ip --hotplug=none --no-persist web01 10.0.0.5
	grep -q '^write /local/domain/0/xvif/asked/1/0/list' /run/xen/done
	as_planned set-ips web01 10.0.0.1 10.0.0.2
}

@test "a cycle runs the script offline and online" {
	as_planned set-ips --hotplug=cycle web01 10.0.0.7
	[ "$(grep -c '^run /etc/xen/scripts/vif-route o[nf]*line type_if=vif$' /run/xen/done)" = 2 ]
}

@test "a repair" {
	ip route del 10.0.0.1 dev vif1.0
	ip route replace 10.0.0.2 dev vif1.0 metric 2
	ip route add 10.0.0.77 dev vif1.0 src 192.168.7.1 metric 2
	sed -i 's/10.0.0.1 10.0.0.2/10.0.0.9/' "$(userdata_of 1)"
	xenstore-write /libxl/1/device/vif/0/ip 10.0.0.8
	as_planned repair web01
	grep -qx 'ip route del 10.0.0.77' /run/xen/done
	grep -qx 'ip route replace 10.0.0.2' /run/xen/done
	grep -qx "change $(userdata_of 1)" /run/xen/done
}

@test "a repair of links" {
	ip link set vif1.0 down
	ip link set vif2.1 down
	ip link set vif2.1 nomaster
	ip link set vif2.1 address 00:16:3e:00:00:03
	echo 0 >/proc/sys/net/ipv4/conf/vif2.0/proxy_arp
	as_planned repair
	[ "$(grep -c '^link vif2.1$' /run/xen/done)" = 3 ]
	grep -qx 'link vif2.0' /run/xen/done
	ip addr flush dev vif2.0
	as_planned repair db01
	grep -qx 'link vif2.0' /run/xen/done
}

@test "-v prints the lines of the plan, each step before it is done" {
	xvif --dry-run set-ips web01 10.0.0.1 10.0.0.5 >/run/xen/plan
	xvif -v set-ips web01 10.0.0.1 10.0.0.5 2>/run/xen/said
	sed -n 's/^xvif: //p' /run/xen/said | diff <(grep -v '(dry run)$' /run/xen/plan) -
}

# config FILE: a configuration of web01 with the list it has
config() {
	echo "vif = [ 'mac=$(xenstore-read /local/domain/0/backend/vif/1/0/mac),ip=10.0.0.1 10.0.0.2' ]" >"$1"
}

@test "a configuration file" {
	config /run/xen/web01.cfg
	as_planned add-ip --config /run/xen/web01.cfg web01 10.0.0.5
	grep -qx 'change /run/xen/web01.cfg' /run/xen/done
}

@test "a configuration file that has the list already is no line" {
	config /run/xen/web01.cfg
	xvif add-ip --dry-run --config /run/xen/web01.cfg web01 10.0.0.1 >/run/xen/plan
	xvif -v add-ip --config /run/xen/web01.cfg web01 10.0.0.1 2>/run/xen/said
	[ "$(cat /run/xen/plan)" = "web01 vif 0: 10.0.0.1 10.0.0.2 (dry run)" ]
	not grep 'change ip=' /run/xen/said
}

@test "a stored list in another spelling is written anew, and that is in the plan" {
	sed -i 's/10.0.0.1 10.0.0.2/10.0.0.1  10.0.0.2/' "$(userdata_of 1)"
	ip route del 10.0.0.1 dev vif1.0
	as_planned repair web01
	grep -qx "change $(userdata_of 1)" /run/xen/done
}

@test "both interfaces of a vif with an emulated card, with rules" {
	activate_rules
	emulated 1 0
	hotplug 1 0 offline
	ip route flush dev vif1.0
	hotplug 1 0 online
	as_planned set-ips web01 10.0.0.1 10.0.0.5
	grep -qx 'ip route add 10.0.0.5' /run/xen/done
	ip link del vif1.0-emu
	as_planned set-ips web01 10.0.0.6
}

@test "a script that is vouched for" {
	sed '2i true' /etc/xen/scripts/vif-route >/etc/xen/scripts/vif-site
	chmod +x /etc/xen/scripts/vif-site
	xenstore-write /local/domain/0/backend/vif/1/0/script /etc/xen/scripts/vif-site
	as_planned set-ips --hotplug=delta web01 10.0.0.1 10.0.0.5
	grep -qx 'run /etc/xen/scripts/vif-site online type_if=vif' /run/xen/done
}

@test "apply -v prints the steps, too" {
	echo 'web01: [10.0.0.1, 10.0.0.5]' >/run/xen/wanted.yaml
	xvif apply -v --dry-run /run/xen/wanted.yaml >/run/xen/plan
	xvif apply -v /run/xen/wanted.yaml 2>/run/xen/said
	sed -n 's/^xvif: //p' /run/xen/said | diff <(grep -v '(dry run)$' /run/xen/plan) -
}

@test "an interrupted edit is finished first: -v prints these steps, too, and --dry-run says that they come" {
	"$XVIF_BUILD/tests/sandbox/killer" -s 4 xvif -v set-ips web01 10.0.0.1 10.0.0.5 || true
	xvif repair --dry-run web01 | sed '/would repair/d' >/run/xen/repair
	grep -q '^remove /local/domain/0/xvif/journal/1/0' /run/xen/repair
	xvif add-ip --dry-run web01 10.0.0.6 >/run/xen/plan 2>/run/xen/notes
	grep -qx "xvif: note: web01 vif 0: an interrupted edit of this vif is finished or undone first, see 'xvif repair --dry-run'" \
		/run/xen/notes
	xvif -v add-ip web01 10.0.0.6 2>/run/xen/said
	sed -n 's/^xvif: //p' /run/xen/said | head -n "$(wc -l </run/xen/repair)" | diff /run/xen/repair -
	xvif add-ip --dry-run web01 10.0.0.7 2>&1 | not grep 'interrupted edit'
}
