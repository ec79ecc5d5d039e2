/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey-elsewhere.c - what of the list the kernel sends elsewhere.
 *
 * It goes through its policies in the order of their priority (ip-rule(8)): the
 * table "local" comes first, "main", where the routes of vifs are, late. What
 * the policies of marked packets do no address tells: they are left out.
 */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/edit/survey-parts.h"

/* One address or network of the list on its way through the policies. */
struct way {
	struct survey *s;
	const struct ipword *word;
	const struct routes *all;
	const struct routing *routing;
};

static bool is_ours(const struct survey *s, const struct route *rt)
{
	return survey_port_of(s, rt) && !rt->has_gateway;
}

static bool is_told(const struct survey *s, const char *word, const char *text)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < s->elsewhere.n; i++)
		if (!strncmp(s->elsewhere.v[i], word, len) &&
		    !strcmp(s->elsewhere.v[i] + len + strlen(": "), text))
			return true;
	return false;
}

/* An added address is refused then; a kept one is told. @hint: what to do, or NULL */
static int meet(const struct way *way, const char *text, const char *hint, struct error *err)
{
	struct survey *s = way->s;

	if (iplist_has(&s->added, &way->word->net) && !s->options->force) {
		error_set(err, -EEXIST, "%s: this host routes it elsewhere, by '%s'",
			  way->word->text, text);
		error_hint(err, "%s--force adds the address all the same", hint);
		return -EEXIST;
	}
	/* several policies may name one table */
	if (is_told(s, way->word->text, text))
		return 0;
	strv_add(&s->notes, "%s is routed elsewhere, by '%s'", way->word->text, text);
	return strv_add(&s->elsewhere, "%s: %s", way->word->text, text) ? error_memory(err) : 0;
}

static int meet_route(const struct way *way, const struct route *rt, struct error *err)
{
	char text[ROUTE_TEXT_SIZE], hint[ROUTE_TEXT_SIZE + 160];

	route_format(rt, text);
	if (rt->table == RT_TABLE_MAIN && rt->link)
		snprintf(hint, sizeof(hint),
			 "'xvif find %s' says whether it is another vif's; if not, 'ip route del %s' "
			 "deletes it; ",
			 way->word->text, text);
	else if (rt->table == RT_TABLE_MAIN)
		snprintf(hint, sizeof(hint), "'ip route del %s' deletes that; ", text);
	else
		snprintf(hint, sizeof(hint), "'ip rule' says for whom that is; ");
	return meet(way, text, hint, err);
}

/* What is delivered here; the broadcast address of a network that is routed as a whole does no harm. */
static int look_in_local(const struct way *way, struct error *err)
{
	const struct ipnet *net = &way->word->net;
	int r = 0;

	for (size_t i = 0; i < way->routing->locals.n && !r; i++) {
		const struct route *rt = &way->routing->locals.v[i];
		char text[ROUTE_TEXT_SIZE];

		if (!ipnet_overlaps(&rt->dst, net) ||
		    (rt->type == RTN_BROADCAST && net->prefix < ipnet_bits(net)))
			continue;
		route_format(rt, text);
		r = meet(way, text, "", err);
	}
	return r;
}

/* The metric of the vif's own route to it; the kernel prefers those of a lower one. */
static uint32_t own_metric(const struct way *way)
{
	const struct port *port = &way->s->ports[PORT_VIF];

	for (size_t i = 0; i < way->all->n; i++)
		if (way->all->v[i].link == port->link && survey_owns_route(way->s, &way->all->v[i]) &&
		    ipnet_equal(&way->all->v[i].dst, &way->word->net))
			return way->all->v[i].metric;
	return way->s->script.family->routes == ROUTES_UNKNOWN ? UINT32_MAX : port->metric;
}

/* Does the kernel prefer @rt to the route of the vif, for all or a part of the word? */
static int look_in_main(const struct way *way, struct error *err)
{
	const struct ipnet *net = &way->word->net;
	int r = 0;

	for (size_t i = 0; i < way->all->n && !r; i++) {
		const struct route *rt = &way->all->v[i];

		/* the bytes first: there are many routes, and few that match */
		if (memcmp(rt->dst.addr, net->addr, net->prefix / 8) || rt->table != RT_TABLE_MAIN ||
		    rt->dst.family != net->family || rt->dst.prefix < net->prefix ||
		    is_ours(way->s, rt) || !ipnet_overlaps(&rt->dst, net))
			continue;
		if (rt->dst.prefix > net->prefix || rt->metric < own_metric(way))
			r = meet_route(way, rt, err);
	}
	return r;
}

/*
 * Guests are often led out by a default route of their own, and filtered: that is
 * no fault of the addresses, unless it concerns what comes from an uplink.
 */
static bool is_of_senders(const struct policy *policy)
{
	return policy->is_partial && !policy->is_of_uplink;
}

/* Does the kernel prefer @rt? Of several next hops it may take each: one elsewhere counts. */
static bool is_better(const struct way *way, const struct route *rt, const struct route *than)
{
	if (!than || rt->dst.prefix != than->dst.prefix)
		return !than || rt->dst.prefix > than->dst.prefix;
	return rt->metric < than->metric || (rt->metric == than->metric && !is_ours(way->s, rt));
}

/*
 * Another table: the route that holds most of the word, and those to a part of it.
 * @answers_out: the kernel looks no further for the packets of this policy
 */
static int look_in_table(const struct way *way, const struct policy *policy, bool *answers_out,
			 struct error *err)
{
	const struct ipnet *net = &way->word->net;
	const struct routes table = routing_table(way->routing, policy->table);
	const struct route *best = NULL;
	int r = 0;

	for (size_t i = 0; i < table.n && !r; i++) {
		const struct route *rt = &table.v[i];

		if (rt->dst.family != net->family || !ipnet_overlaps(&rt->dst, net) ||
		    (policy->has_suppressed && rt->dst.prefix <= policy->suppressed))
			continue;
		if (rt->dst.prefix > net->prefix)
			r = is_ours(way->s, rt) || rt->type == RTN_THROW ? 0 :
									   meet_route(way, rt, err);
		else if (is_better(way, rt, best))
			best = rt;
	}
	if (best && best->type == RTN_THROW)
		best = NULL;
	*answers_out = best;
	if (r || !best || is_ours(way->s, best))
		return r;
	if (!best->dst.prefix && is_of_senders(policy))
		return 0;
	return meet_route(way, best, err);
}

static int meet_action(const struct way *way, const struct policy *policy, struct error *err)
{
	char text[64];

	if (is_of_senders(policy))
		return 0;
	snprintf(text, sizeof(text), "%s in 'ip rule', priority %u",
		 policy->action == FR_ACT_BLACKHOLE   ? "blackhole" :
		 policy->action == FR_ACT_UNREACHABLE ? "unreachable" :
							"prohibit",
		 policy->priority);
	return meet(way, text, "", err);
}

/* Returns 0 or a negative errno. */
static int look_by(const struct way *way, const struct policy *policy, bool *answers_out,
		   struct error *err)
{
	switch (policy->action) {
	case FR_ACT_BLACKHOLE:
	case FR_ACT_UNREACHABLE:
	case FR_ACT_PROHIBIT:
		*answers_out = true;
		return meet_action(way, policy, err);
	case FR_ACT_TO_TBL:
		break;
	default:
		return 0;
	}
	if (policy->table == RT_TABLE_LOCAL)
		return look_in_local(way, err);
	if (policy->table != RT_TABLE_MAIN)
		return look_in_table(way, policy, answers_out, err);
	*answers_out = true;
	return look_in_main(way, err);
}

/* Hosts have one for each guest, with the same table: what @a has told is not looked for again. */
static bool tells_the_same(const struct policy *a, const struct policy *b)
{
	return a && a->action == b->action && a->action == FR_ACT_TO_TBL && a->table == b->table &&
	       a->has_suppressed == b->has_suppressed && a->suppressed == b->suppressed &&
	       is_of_senders(a) && is_of_senders(b);
}

static bool concerns(const struct policy *policy, const struct ipnet *net)
{
	return policy->family == net->family && !policy->is_by_mark && !policy->is_of_host &&
	       (!policy->to.family || ipnet_overlaps(&policy->to, net));
}

/* Which packets to a word get as far as a policy. */
enum { OF_SENDERS = 1, OF_UPLINK = 2, OF_ALL = 4 };

static unsigned matched(const struct policy *policy, unsigned packets)
{
	if (!packets || !policy->is_partial)
		return packets;
	return policy->is_of_uplink ? OF_UPLINK : OF_SENDERS;
}

/* The policy for some packets only, where no others get as far. */
static struct policy narrow(const struct policy *policy, unsigned packets)
{
	struct policy out = *policy;

	if (packets & OF_ALL)
		return out;
	out.is_of_uplink &= out.is_partial;
	out.is_of_uplink |= (packets & OF_UPLINK) != 0;
	out.is_partial = true;
	return out;
}

/* What is for a part of a network, or for some packets, leaves the rest to the next. */
static bool is_for_all(const struct policy *policy, const struct ipnet *net)
{
	return !policy->is_partial && (!policy->to.family || policy->to.prefix <= net->prefix);
}

/* Where a "goto" leads; its own place where there is no such priority: it is passed over then. */
static size_t find_target(const struct routing *routing, size_t at)
{
	const struct policy *v = routing->policies;

	for (size_t i = at + 1; i < routing->n_policies; i++)
		if (v[i].family == v[at].family && v[i].priority == v[at].target)
			return i;
	return at;
}

/* The policies, one after the other. @reached: for each which packets get there, and one more for the end */
static int follow_each(const struct way *way, unsigned char *reached, struct error *err)
{
	const struct routing *routing = way->routing;
	const struct policy *before = NULL;
	int r = 0;

	for (size_t i = 0; i < routing->n_policies && !r; i++) {
		const struct policy *policy = &routing->policies[i];
		const struct policy some = narrow(policy, reached[i]);
		bool answers = false;

		if (reached[i] && concerns(policy, &way->word->net) &&
		    !tells_the_same(before, &some)) {
			size_t target = policy->action == FR_ACT_GOTO ? find_target(routing, i) : i;

			r = look_by(way, &some, &answers, err);
			before = policy;
			if (target != i)
				reached[target] |= matched(policy, reached[i]);
			answers |= target != i;
		}
		if (!answers || !is_for_all(policy, &way->word->net))
			reached[i + 1] |= reached[i];
	}
	return r;
}

static bool has_family(const struct routing *routing, int family)
{
	for (size_t i = 0; i < routing->n_policies; i++)
		if (routing->policies[i].family == family)
			return true;
	return false;
}

static int follow(const struct way *way, struct error *err)
{
	const size_t n = way->routing->n_policies;
	CLEANUP(cleanup_free) unsigned char *reached = calloc(n + 1, 1);
	int r;

	if (!reached)
		return error_memory(err);
	/* a kernel without policy routing has no rules, and looks into local and main */
	if (!has_family(way->routing, way->word->net.family)) {
		r = look_in_local(way, err);
		return r ? r : look_in_main(way, err);
	}
	reached[0] = OF_ALL;
	r = follow_each(way, reached, err);
	if (r || !(reached[n] & (OF_ALL | OF_UPLINK)))
		return r;
	return meet(way, "no rule in 'ip rule' leads to the table main", "", err);
}

int survey_find_elsewhere(struct survey *s, const struct routes *all, struct error *err)
{
	CLEANUP(routing_release) struct routing own = { 0 };
	struct way way = { .s = s, .all = all };
	int r = s->uses_routes ?
			snapshot_routing(s->options->snapshot, all, &own, &way.routing, err) :
			0;

	for (size_t i = 0; i < s->after.n && s->uses_routes && !r; i++) {
		way.word = &s->after.words[i];
		if (way.word->is_valid &&
		    !(way.word->net.family == AF_INET6 && survey_fails_at_ipv6(s)))
			r = follow(&way, err);
	}
	return r;
}
