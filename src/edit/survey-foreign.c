/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey-foreign.c - routes to the vif's links that its list knows nothing of.
 *
 * Whoever made them, they give the guest addresses that it does not own, or
 * lead to networks behind it: only the operator knows, so none is deleted unasked.
 */
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "src/edit/survey-parts.h"

enum verdict {
	VERDICT_NONE,	 /* of the list, or the kernel's business */
	VERDICT_BEHIND,	 /* of others, and may be as it is meant */
	VERDICT_FOREIGN, /* gives the guest what its list does not */
};

/* fe80::/10 and ff00::/8: each link has them. */
static bool is_of_link(const struct ipnet *net)
{
	return net->family == AF_INET6 &&
	       (net->addr[0] == 0xff || (net->addr[0] == 0xfe && (net->addr[1] & 0xc0) == 0x80));
}

static enum verdict judge_gateway(const struct survey *s, const struct route *rt)
{
	bool is_known = is_of_link(&rt->gateway) || iplist_covers(&s->after, &rt->gateway);

	return is_known ? VERDICT_BEHIND : VERDICT_FOREIGN;
}

static enum verdict judge(const struct survey *s, const struct route *rt)
{
	if (rt->type != RTN_UNICAST || is_of_link(&rt->dst) || survey_removes_route(s, rt))
		return VERDICT_NONE;
	if (rt->has_gateway)
		return judge_gateway(s, rt);
	if (iplist_covers(&s->after, &rt->dst))
		return VERDICT_NONE;
	/* words that cannot be read have routes that the script made */
	if (survey_owns_route(s, rt) && iplist_first_invalid(&s->after))
		return VERDICT_NONE;
	if (rt->table != RT_TABLE_MAIN || rt->is_multipath)
		return VERDICT_BEHIND;
	/* its list cannot have them */
	if (rt->dst.family == AF_INET6 && survey_fails_at_ipv6(s))
		return VERDICT_BEHIND;
	return VERDICT_FOREIGN;
}

static int tell(struct survey *s, const struct route *rt)
{
	enum verdict verdict = judge(s, rt);
	char text[ROUTE_TEXT_SIZE];

	if (verdict == VERDICT_NONE)
		return 0;
	route_format(rt, text);
	if (verdict == VERDICT_BEHIND)
		return strv_add(&s->behind, "the route '%s' is for no address of its list", text);
	return strv_add(&s->foreign, "%s: the %s is not in its list", text,
			rt->has_gateway ? "gateway" : "address");
}

/* The kernel keeps a route by a gateway that is routed no more. */
static int note_gateway(struct survey *s, const struct route *rt)
{
	char text[ROUTE_TEXT_SIZE];

	if (!rt->has_gateway || !iplist_covers(&s->removed, &rt->gateway) ||
	    iplist_covers(&s->after, &rt->gateway))
		return 0;
	route_format(rt, text);
	return strv_add(&s->notes, "the route '%s' stays: its gateway is removed from the list",
			text);
}

int survey_find_foreign(struct survey *s, struct error *err)
{
	bool is_compared = s->uses_routes || s->script.family->routes == ROUTES_NONE;
	int r = 0;

	for (size_t p = 0; p < s->n_ports && is_compared; p++)
		for (size_t i = 0; i < s->ports[p].routes.n && !r; i++)
			r = s->options->repair ? tell(s, &s->ports[p].routes.v[i]) :
						 note_gateway(s, &s->ports[p].routes.v[i]);
	return r ? error_memory(err) : 0;
}
