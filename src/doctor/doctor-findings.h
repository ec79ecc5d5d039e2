/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-findings.h - the names of what the doctor looks at. */
#ifndef XVIF_DOCTOR_FINDINGS_H
#define XVIF_DOCTOR_FINDINGS_H

/* X(its function, its name, what it looks at), in the order of the report. */
#define PROBES(X) \
	X(xenstored, "xenstored", "xenstored answers") \
	X(lost_domains, "lost-domains", "the store has all domains of the hypervisor") \
	X(store_quota, "store-quota", "no guest is near a limit of xenstored") \
	X(scripts, "scripts", "hotplug scripts are there, and known") \
	X(script_permissions, "script-permissions", "only root can change hotplug scripts") \
	X(quoted_ip, "quoted-ip", "vif-common.sh takes a list as several addresses (--fix)") \
	X(rules_disabled, "rules-disabled", "vif-common.sh sets rules at all") \
	X(tools, "tools", "programs that the scripts call") \
	X(hotplug_error, "hotplug-error", "no vif is marked as failed") \
	X(duplicate_ip, "duplicate-ip", "no two vifs have the same address") \
	X(duplicate_mac, "duplicate-mac", "no two vifs of a bridge have the same MAC") \
	X(node_permissions, "node-permissions", "no guest may write the nodes of its vifs' backends") \
	X(frontends, "frontends", "guests have the other ends of their vifs") \
	X(gateway_address, "gateway-address", "the gateway device has an address (vif-route)") \
	X(ip_forward, "ip-forward", "the kernel forwards packets of routed vifs") \
	X(mark_rules, "mark-rules", "no rule by mark decides where packets of routed vifs go") \
	X(guest_rules, "guest-rules", "no rule of routing stops what routed guests send") \
	X(proxy_arp, "proxy-arp", "this host answers ARP for routed addresses") \
	X(accept_ra, "accept-ra", "the default route of IPv6 stays (routed vifs)") \
	X(proxy_ndp, "proxy-ndp", "this host answers for routed IPv6 addresses") \
	X(neighbours, "neighbours", "no neighbour entry gives an address of a guest another MAC") \
	X(rp_filter, "rp-filter", "routed guests cannot use addresses of others") \
	X(iptables, "iptables", "iptables works where the scripts set rules") \
	X(forward_policy, "forward-policy", "chain FORWARD fits the vifs") \
	X(link_drops, "link-drops", "no chain of nftables drops all packets of a vif") \
	X(bridge_netfilter, "bridge-netfilter", "bridged packets are shown to the rules") \
	X(physdev, "physdev", "rules of bridged vifs are there at all") \
	X(guard, "guard", "guests are kept to their lists (xvif guard)") \
	X(networkd, "networkd", "systemd-networkd leaves vifs alone") \
	X(networkmanager, "networkmanager", "NetworkManager leaves vifs alone") \
	X(firewalld, "firewalld", "firewalld leaves rules of vifs alone")

#endif
