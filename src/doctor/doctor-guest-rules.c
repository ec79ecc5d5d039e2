/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-guest-rules.c - probe of rules of routing that stop what routed guests send. */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "src/doctor/doctor.h"

/* NULL: it stops nothing, and leads past nothing */
static const char *action_name(const struct policy *policy)
{
	switch (policy->action) {
	case FR_ACT_BLACKHOLE:
		return "blackhole";
	case FR_ACT_UNREACHABLE:
		return "unreachable";
	case FR_ACT_PROHIBIT:
		return "prohibit";
	case FR_ACT_GOTO:
		return "goto";
	default:
		return NULL;
	}
}

static bool has_from(const struct vif *vif, const struct ipnet *from)
{
	for (size_t i = 0; i < vif->ips.n; i++)
		if (vif->ips.words[i].is_valid && ipnet_overlaps(&vif->ips.words[i].net, from))
			return true;
	return false;
}

/* Is it about what this vif sends? One by mark is another finding's, one to some address check's. */
static bool is_about(const struct policy *policy, const struct facts_vif *hv)
{
	if (hv->wiring != WIRING_ROUTED || policy->is_by_mark || policy->is_of_host)
		return false;
	if (policy->iif && policy->iif != hv->link)
		return false;
	if (policy->from.family && !has_from(hv->vif, &policy->from))
		return false;
	return policy->iif || policy->from.family;
}

static void judge(const struct facts *facts, const struct policy *policy, struct findings *out)
{
	struct some stopped = { 0 };
	char to[IPNET_TEXT_SIZE] = "";

	for (size_t i = 0; i < facts->n_here; i++)
		if (is_about(policy, &facts->here[i]))
			some_add(&stopped, facts->here[i].vif->link);
	if (!stopped.n)
		return;
	if (policy->to.family)
		ipnet_format(&policy->to, to);
	note(out, "'ip%s rule' %u is '%s' for what comes from %s%s%s: %s",
	     policy->family == AF_INET6 ? " -6" : "", policy->priority, action_name(policy),
	     some_text(&stopped), *to ? " to " : "", to,
	     policy->action == FR_ACT_GOTO ? "where that leads is not looked at" :
					     "it goes no further");
}

void look_at_guest_rules(const struct facts *facts, struct findings *out)
{
	if (facts->no_routing)
		note(out, "%s: whether a rule stops what guests send is not known",
		     facts->no_routing);
	for (size_t i = 0; i < facts->routing.n_policies; i++)
		if (action_name(&facts->routing.policies[i]))
			judge(facts, &facts->routing.policies[i], out);
}
