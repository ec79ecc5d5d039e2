/* SPDX-License-Identifier: GPL-2.0-or-later */
/* step-kernel.c - steps that add and delete routes and rules, and that look whether they are there. */
#include <errno.h>

#include "src/base/cleanup.h"
#include "src/edit/step-kinds.h"

bool port_is_present(const struct port *port)
{
	return port->link && kernel_link(port->name) == port->link;
}

bool port_is_replaced(const struct port *port)
{
	return kernel_link(port->name) && !port_is_present(port);
}

bool port_is_unplugged(const struct survey *s, const struct port *port)
{
	return port != &s->ports[PORT_VIF] && !port_is_present(port);
}

static bool has_route(const struct routes *routes, const struct route *rt)
{
	for (size_t i = 0; i < routes->n; i++)
		if (route_equal(&routes->v[i], rt))
			return true;
	return false;
}

/* Delete what was added, and is not there from before. */
static int delete_added(const struct apply *a, const struct port *port, const struct routes *now,
			struct error *err)
{
	const struct survey *s = a->s;
	int r = 0;

	for (size_t i = 0; i < now->n && !r; i++)
		if (survey_owns_route(s, &now->v[i]) &&
		    !(a->has_met_route && ipnet_equal(&now->v[i].dst, &a->met_route)) &&
		    iplist_has(&port->unrouted, &now->v[i].dst) &&
		    !has_route(&port->routes, &now->v[i]))
			r = kernel_route_delete(&now->v[i], err);
	return r;
}

/* Was it a route of the list before? What has happened to others is somebody else's. */
static bool was_ours(const struct survey *s, const struct route *rt)
{
	return survey_removes_route(s, rt) ||
	       (survey_owns_route(s, rt) && iplist_has(&s->before, &rt->dst));
}

/* One that the script has not made comes back as it was, the others if none is in their place. */
static bool is_lost(const struct survey *s, const struct port *port, const struct routes *now,
		    const struct route *rt)
{
	return survey_owns_route(s, rt) ? !survey_is_routed(s, port, now, &rt->dst) :
					  !has_route(now, rt);
}

static int add_lost(const struct survey *s, const struct port *port, const struct routes *now,
		    struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < port->routes.n && !r; i++)
		if (was_ours(s, &port->routes.v[i]) && is_lost(s, port, now, &port->routes.v[i]))
			r = kernel_route_add(&port->routes.v[i], err);
	return r;
}

static int restore_port(const struct apply *a, const struct port *port, struct error *err)
{
	const struct survey *s = a->s;
	CLEANUP(routes_release) struct routes now = { 0 };
	unsigned link;
	int r = kernel_find_link(port->name, &link, err);

	if (r || !link || link != port->link)
		return r;
	r = kernel_routes(port->link, &now, err);
	if (!r)
		r = delete_added(a, port, &now, err);
	if (!r)
		r = add_lost(s, port, &now, err);
	return r && port_is_unplugged(s, port) ? 0 : r;
}

int apply_restore_routes(struct apply *a, const struct port *port, struct error *err)
{
	int r = a->is_gone || a->restored == port ? 0 : restore_port(a, port, err);

	if (!r)
		a->restored = port;
	return r;
}

static int restore_routes(struct apply *a, const struct step *step, struct error *err)
{
	return apply_restore_routes(a, step->port, err);
}

static int describe_route(const char *operation, const struct route *rt, struct strv *out)
{
	char text[ROUTE_TEXT_SIZE];

	route_format(rt, text);
	return strv_add(out, "ip route %s %s", operation, text);
}

static int describe_route_add(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)s;
	return describe_route("add", &step->route, out);
}

static int add_route(struct apply *a, const struct step *step, struct error *err)
{
	int r = kernel_route_add(&step->route, err);

	return r && port_is_unplugged(a->s, step->port) ? 0 : r;
}

const struct step_kind step_route_add = {
	.describe = describe_route_add,
	.apply = add_route,
	.undo = restore_routes,
};

static int describe_route_replace(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)s;
	return describe_route("replace", &step->route, out);
}

static int replace_route(struct apply *a, const struct step *step, struct error *err)
{
	int r = kernel_route_replace(&step->route, err);

	return r && port_is_unplugged(a->s, step->port) ? 0 : r;
}

/* What was in its place, on either interface, is put there again. */
static int put_replaced(const struct port *port, const struct route *by, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < port->routes.n && !r && port_is_present(port); i++)
		if (ipnet_equal(&port->routes.v[i].dst, &by->dst) &&
		    port->routes.v[i].table == by->table && port->routes.v[i].metric == by->metric)
			r = kernel_route_replace(&port->routes.v[i], err);
	return r;
}

static int undo_route_replace(struct apply *a, const struct step *step, struct error *err)
{
	int r = 0;

	for (size_t p = 0; p < a->s->n_ports && !r && !a->is_gone; p++) {
		r = put_replaced(&a->s->ports[p], &step->route, err);
		if (r && port_is_unplugged(a->s, &a->s->ports[p]))
			r = 0;
	}
	return r;
}

const struct step_kind step_route_replace = {
	.describe = describe_route_replace,
	.apply = replace_route,
	.undo = undo_route_replace,
};

static int describe_route_delete(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)s;
	return describe_route("del", &step->route, out);
}

static int delete_route(struct apply *a, const struct step *step, struct error *err)
{
	int r = kernel_route_delete(&step->route, err);

	return r && port_is_unplugged(a->s, step->port) ? 0 : r;
}

const struct step_kind step_route_delete = {
	.describe = describe_route_delete,
	.apply = delete_route,
	.undo = restore_routes,
};

static int describe_rules(const char *operation, const struct rules *rules, struct strv *out)
{
	int r = 0;

	for (size_t i = 0; i < rules->n && !r; i++)
		r = strv_add(out, "iptables %s FORWARD %s", operation, rules->v[i].text);
	return r;
}

static int describe_rules_add(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)s;
	return describe_rules("-I", &step->rules, out);
}

static int list_rules(const struct survey *s, struct rules *out, struct error *err)
{
	return rules_list(s->links, s->options->timeout_s, out, err);
}

/* What is missing is looked for again: a script may have set other rules than it was expected to. */
static int add_rules(struct apply *a, const struct step *step, struct error *err)
{
	CLEANUP(rules_release) struct rules present = { 0 }, missing = { 0 };
	const struct survey *s = a->s;
	int r = list_rules(s, &present, err);

	(void)step;
	if (!r)
		r = rules_subtract(&s->wanted, &present, &missing, err);
	return r ? r : rules_insert(&missing, s->options->timeout_s, err);
}

/* The rules of our links, but for those of another vif. */
static int list_own_rules(const struct survey *s, struct rules *out, struct error *err)
{
	const char *links[PORTS_MAX + 1] = { NULL };
	size_t n = 0;

	for (size_t p = 0; p < s->n_ports; p++)
		if (!port_is_replaced(&s->ports[p]))
			links[n++] = s->ports[p].name;
	return n ? rules_list(links, s->options->timeout_s, out, err) : 0;
}

/* The vif was taken down during the edit, and its rules with it: what was inserted since is left. */
static int delete_left_rules(const struct survey *s, struct error *err)
{
	CLEANUP(rules_release) struct rules now = { 0 }, ours = { 0 };
	int r = list_own_rules(s, &now, err);

	if (!r)
		r = rules_among(&now, &s->wanted, &s->obsolete, &ours, err);
	return r ? r : rules_delete(&ours, s->options->timeout_s, err);
}

/* What is missing is missing of the vif that was; another of its name has its own. */
static int insert_lost_rules(const struct survey *s, const struct rules *now, struct error *err)
{
	CLEANUP(rules_release) struct rules lost = { 0 }, missing = { 0 };
	int r = 0;

	if (port_is_replaced(&s->ports[PORT_VIF]))
		return 0;
	r = rules_subtract(&s->rules, now, &lost, err);
	if (!r)
		r = rules_among(&lost, &s->wanted, &s->obsolete, &missing, err);
	return r ? r : rules_insert(&missing, s->options->timeout_s, err);
}

static int delete_added_rules(const struct survey *s, const struct rules *now, struct error *err)
{
	CLEANUP(rules_release) struct rules more = { 0 }, surplus = { 0 };
	int r = rules_subtract(now, &s->rules, &more, err);

	if (!r)
		r = rules_among(&more, &s->wanted, &s->wanted, &surplus, err);
	return r ? r : rules_delete(&surplus, s->options->timeout_s, err);
}

static int restore_present_rules(const struct survey *s, struct error *err)
{
	CLEANUP(rules_release) struct rules now = { 0 };
	int r = list_rules(s, &now, err);

	if (!r)
		r = insert_lost_rules(s, &now, err);
	return r ? r : delete_added_rules(s, &now, err);
}

int apply_restore_rules(struct apply *a, struct error *err)
{
	int r;

	if (!a->s->uses_rules || a->has_restored_rules)
		return 0;
	r = a->is_gone ? delete_left_rules(a->s, err) : restore_present_rules(a->s, err);
	a->has_restored_rules = !r;
	return r;
}

static int restore_rules(struct apply *a, const struct step *step, struct error *err)
{
	(void)step;
	return apply_restore_rules(a, err);
}

const struct step_kind step_rules_add = {
	.describe = describe_rules_add,
	.apply = add_rules,
	.undo = restore_rules,
};

static int describe_rules_delete(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)s;
	return describe_rules("-D", &step->rules, out);
}

static int delete_rules(struct apply *a, const struct step *step, struct error *err)
{
	CLEANUP(rules_release) struct rules present = { 0 }, surplus = { 0 };
	const struct survey *s = a->s;
	int r = list_rules(s, &present, err);

	(void)step;
	if (!r)
		r = rules_surplus(&present, &s->wanted, &s->obsolete, &surplus, err);
	return r ? r : rules_delete(&surplus, s->options->timeout_s, err);
}

const struct step_kind step_rules_delete = {
	.describe = describe_rules_delete,
	.apply = delete_rules,
	.undo = restore_rules,
};

static int describe_nothing(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)step, (void)s, (void)out;
	return 0;
}

/* An address of the list is not routed to @port: was it, or should it be? */
static int complain(const struct survey *s, const struct port *port, const struct ipword *word,
		    struct error *err)
{
	if (port_is_unplugged(s, port))
		return 0;
	if (iplist_has(&port->unrouted, &word->net))
		return error_status(err, STATUS_FAILED, -EIO,
				    "the script succeeded, but there is no route to %s on %s",
				    word->text, port->name);
	if (survey_is_routed(s, port, &port->routes, &word->net))
		return error_status(err, STATUS_FAILED, -EIO,
				    "the route to %s on %s vanished during this edit", word->text,
				    port->name);
	return 0;
}

static int verify_port(const struct survey *s, const struct port *port, struct error *err)
{
	CLEANUP(routes_release) struct routes now = { 0 };
	int r = port->link ? kernel_routes(port->link, &now, err) : 0;

	for (size_t i = 0; i < s->after.n && !r; i++) {
		const struct ipword *word = &s->after.words[i];

		if (word->is_valid && port->link && !survey_is_routed(s, port, &now, &word->net))
			r = complain(s, port, word, err);
	}
	return r;
}

/* Every address of the list that was routed, or was to be, is. */
static int verify(struct apply *a, const struct step *step, struct error *err)
{
	int r = 0;

	(void)step;
	for (size_t p = 0; p < a->s->n_ports && !r; p++)
		r = verify_port(a->s, &a->s->ports[p], err);
	return r;
}

const struct step_kind step_verify = {
	.describe = describe_nothing,
	.apply = verify,
};
