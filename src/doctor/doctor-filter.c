/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-filter.c - probes of the packet filter: what becomes of packets of vifs. */
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/doctor/doctor.h"
#include "src/kernel/nft-forward.h"

void look_at_iptables(const struct facts *facts, struct findings *out)
{
	bool is_needed = false;

	for (size_t i = 0; i < facts->n_here; i++)
		is_needed |= facts->here[i].sets_rules;
	if (facts->has_forward && is_needed)
		ok(out, "iptables works");
	else if (facts->no_forward && is_needed)
		bad(out, "%s: the scripts set no rules then, and say nothing", facts->no_forward);
	else if (facts->no_forward)
		note(out, "%s: chain FORWARD was not looked at", facts->no_forward);
}

static bool matches_ports(const struct rule *rule)
{
	return strstr(rule->text, "--physdev-") != NULL;
}

/* Docker sets the policy to DROP and adds rules for its own links only. */
static bool is_of_docker(const struct rule *rule)
{
	return strcasestr(rule->text, "docker") != NULL;
}

/* Could a rule of the site's own let packets pass that the policy would drop? */
static size_t count_own_rules(const struct rules *rules)
{
	size_t n = 0;

	for (size_t i = 0; i < rules->n; i++)
		n += !matches_ports(&rules->v[i]) && !is_of_docker(&rules->v[i]);
	return n;
}

static size_t count_port_rules(const struct rules *rules)
{
	size_t n = 0;

	for (size_t i = 0; i < rules->n; i++)
		n += matches_ports(&rules->v[i]);
	return n;
}

/* The scripts' rules are for bridged packets only (--physdev-is-bridged). */
static void judge_routed(const struct facts *facts, struct findings *out)
{
	if (count_own_rules(&facts->forward.rules))
		note(out,
		     "the policy of chain FORWARD drops: routed guests are reached only as far as your "
		     "own rules accept their packets");
	else
		bad(out,
		    "the policy of chain FORWARD drops, and no rule accepts packets of routed guests: "
		    "the scripts' rules are for bridged ones; accept what is to pass, as with 'iptables -A "
		    "FORWARD -i vif+ -j ACCEPT' and '-o vif+'");
}

/* Bridged, shown to iptables, and the scripts set no rules. */
static void judge_bridged(const struct facts *facts, struct findings *out)
{
	size_t own = count_own_rules(&facts->forward.rules) + count_port_rules(&facts->forward.rules);

	if (own)
		note(out,
		     "the policy of chain FORWARD drops: bridged guests are reached only as far as your "
		     "own rules accept their packets");
	else
		bad(out,
		    "the policy of chain FORWARD drops, bridged packets are shown to it, and no rule "
		    "accepts them: bridged guests are cut off; accept them ('iptables -I FORWARD -m physdev "
		    "--physdev-is-bridged -j ACCEPT') or set net.bridge.bridge-nf-call-iptables to 0");
}

static bool has_unruled(const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_here; i++)
		if (!facts->here[i].sets_rules && facts_vif_is_shown(&facts->here[i], AF_INET))
			return true;
	return false;
}

/* What a packet of a vif meets depends on the vif and on the family of the chain. */
static bool passes_chain(const struct facts_vif *hv, uint8_t family)
{
	if (family == NFPROTO_BRIDGE)
		return hv->wiring == WIRING_BRIDGED;
	if (hv->wiring == WIRING_ROUTED)
		return family != NFPROTO_IPV6 || iplist_has_family(&hv->vif->ips, AF_INET6);
	return facts_vif_is_shown(hv, family == NFPROTO_IPV6 ? AF_INET6 : AF_INET);
}

/* The chain of iptables, which was listed with that. */
static bool is_of_iptables(const struct facts *facts, const struct nft_table_chain *chain)
{
	return facts->has_forward && facts->forward.drops && chain->family == NFPROTO_IPV4 &&
	       !strcmp(chain->table, "filter") && !strcmp(chain->name, "FORWARD");
}

static void judge_chain(const struct facts *facts, const struct nft_forward *chain,
			struct findings *out)
{
	const char *how = chain->drops_by_policy ? "drops by its policy" :
						   "drops or rejects at its end";
	char name[NFT_CHAIN_TEXT_SIZE];
	struct some met = { 0 };

	if ((!chain->drops_by_policy && !chain->drops_at_end) || is_of_iptables(facts, chain->chain))
		return;
	for (size_t i = 0; i < facts->n_here; i++)
		if (facts->here[i].link && passes_chain(&facts->here[i], chain->chain->family))
			some_add(&met, facts->here[i].vif->link);
	nft_chain_format(chain->chain, name);
	if (met.n && chain->may_accept)
		note(out,
		     "nftables: chain '%s' %s: packets of %s pass only as far as its rules accept them",
		     name, how, some_text(&met));
	else if (met.n)
		bad(out,
		    "nftables: chain '%s' %s, and no rule accepts new connections: packets of %s do not "
		    "pass; add rules that accept them, as \"nft insert rule %s iifname 'vif*' accept\" and "
		    "the same with oifname",
		    name, how, some_text(&met), name);
}

static void judge_nftables(const struct facts *facts, struct findings *out)
{
	CLEANUP(nft_forwards_release) struct nft_forwards forwards = { 0 };

	if (facts->no_tables)
		note(out, "%s: chains of nftables were not looked at", facts->no_tables);
	if (nft_forward_list(&facts->tables, &forwards, NULL))
		out->has_failed = true;
	for (size_t i = 0; i < forwards.n && !out->has_failed; i++)
		judge_chain(facts, &forwards.v[i], out);
}

void look_at_forward_policy(const struct facts *facts, struct findings *out)
{
	size_t before = out->n;

	judge_nftables(facts, out);
	if (!facts->has_forward)
		return;
	if (facts->forward.drops && facts_has(facts, WIRING_ROUTED))
		judge_routed(facts, out);
	if (facts->forward.drops && has_unruled(facts))
		judge_bridged(facts, out);
	if (!facts->forward.drops && facts_has_bridge_rules(facts))
		note(out,
		     "the policy of chain FORWARD accepts, and the scripts' rules only accept: they keep "
		     "no guest to its addresses; 'iptables -P FORWARD DROP' does, once all else that is to "
		     "pass has a rule");
	if (out->n == before)
		ok(out, "the policy of chain FORWARD %s", facts->forward.drops ? "drops" : "accepts");
}

/* Rules for bridged vifs are there, or would be: do they ever see a packet? */
void look_at_bridge_netfilter(const struct facts *facts, struct findings *out)
{
	struct some blind = { 0 };

	if (!facts_has_bridge_rules(facts))
		return;
	for (size_t i = 0; i < facts->n_here; i++) {
		const struct facts_vif *hv = &facts->here[i];

		if (hv->wiring == WIRING_BRIDGED && hv->sets_rules && hv->vif->ips.n &&
		    !facts_vif_is_shown(hv, AF_INET))
			some_add(&blind, hv->vif->link);
	}
	if (!blind.n)
		ok(out, "packets of bridged vifs are shown to iptables");
	else
		finding_add(out,
			    facts->has_forward && facts->forward.drops ? VERDICT_BAD : VERDICT_NOTE,
			    "packets of %s are not shown to iptables: its rules keep no guest to its "
			    "addresses; 'modprobe br_netfilter' and 'sysctl -w "
			    "net.bridge.bridge-nf-call-iptables=1', and lines in /etc/modules-load.d and "
			    "/etc/sysctl.d",
			    some_text(&blind));
}

/* Whether the kernel has the match shows in the rules that are there, wherever it comes from. */
void look_at_physdev(const struct facts *facts, struct findings *out)
{
	if (!facts_has_bridge_rules(facts) || !facts->has_forward)
		return;
	if (count_port_rules(&facts->forward.rules))
		ok(out, "the rules of bridged vifs are there, the kernel has the physdev match");
	else
		bad(out,
		    "no rule of a bridged vif is in chain FORWARD: they were removed, or this kernel has "
		    "no physdev match (xt_physdev) and takes none; 'xvif repair' sets them, and says why if "
		    "it cannot");
}
