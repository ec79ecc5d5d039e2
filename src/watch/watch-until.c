/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-until.c - what "watch --until" waits for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/base/suggest.h"
#include "src/watch/watch-internal.h"

enum test_kind {
	TEST_GONE,
	TEST_NODE,    /* of vifs: it is @value */
	TEST_ADDRESS, /* a list covers @net */
	TEST_LINK,    /* of vifs: the kernel's word for it is @value */
	TEST_MASTER,
	TEST_ROUTE, /* a route covers @net */
	TEST_PATH,  /* the node at @path is @value, or is there */
};

struct until_test {
	enum test_kind kind;
	bool is_negated, is_any;
	enum vif_node node;
	char *path, *value; /* @value NULL: any */
	struct iplist list; /* of a node that is one */
	struct ipnet net;
	bool is_outside; /* not below the root: read by itself */
	char *now;	 /* then: what is there, NULL: nothing */
	size_t now_len;
};

void until_release(struct until *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].path);
		free(c->v[i].value);
		iplist_release(&c->v[i].list);
		free(c->v[i].now);
	}
	free(c->v);
	*c = (struct until){ 0 };
}

#define usage(err, ...) error_status(err, STATUS_USAGE, -EINVAL, __VA_ARGS__)

static int parse_node(const char *name, enum vif_node *out, struct error *err)
{
	const char *best[2];
	struct suggest near = suggest_begin(name, best, 2);

	for (enum vif_node i = 0; i < N_NODES; i++) {
		if (!strcmp(vif_node_name(i), name)) {
			*out = i;
			return 0;
		}
		suggest_offer(&near, vif_node_name(i));
	}
	usage(err, "--until: a vif has no node '%s'", name);
	error_hint(err, "'xvif help watch' lists what can be waited for");
	suggest_hint(&near, err);
	return -EINVAL;
}

/* A number of XenbusState, or the word for it. */
static int check_state(const char *value, struct error *err)
{
	const char *best[2];
	struct suggest near = suggest_begin(value, best, 2);

	for (char state[] = "0"; *state <= '8'; ++*state) {
		if (!strcmp(vif_state_name(state), value) || !strcmp(state, value))
			return 0;
		suggest_offer(&near, vif_state_name(state));
	}
	usage(err, "--until: there is no state '%s'", value);
	error_hint(err, "'xvif help watch' lists what can be waited for");
	suggest_hint(&near, err);
	return -EINVAL;
}

/* A path, or a name below the root, or "" for the root itself; for free(). */
static char *full_path(const struct until *c, const char *name)
{
	char *path;

	if (!c->root || *name == '/')
		return strdup(name);
	if (!*name)
		return strdup(c->root);
	if (asprintf(&path, "%s/%s", strcmp(c->root, "/") ? c->root : "", name) < 0)
		return NULL;
	return path;
}

static int parse_path(const struct until *c, const char *name, const char *value,
		      struct until_test *out, struct error *err)
{
	out->kind = TEST_PATH;
	out->path = full_path(c, name);
	out->value = value ? strdup(value) : NULL;
	if (!out->path || (value && !out->value))
		return error_memory(err);
	out->is_outside = !c->root || !tree_path_is_in(out->path, c->root);
	return 0;
}

static int check_link(const char *value, struct error *err)
{
	static const char *const words[] = { "up", "down", "none" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i], value))
			return 0;
	return usage(err, "--until: a link is up, down or none, not '%s'", value);
}

/* What the kernel has: "link=up", "master=xenbr0". Returns -ENOENT if it is none of these. */
static int parse_kernel(struct until *c, const char *name, const char *value,
			struct until_test *out, struct error *err)
{
	if (strcmp(name, "link") && strcmp(name, "master"))
		return -ENOENT;
	out->kind = *name == 'l' ? TEST_LINK : TEST_MASTER;
	if (out->kind == TEST_LINK && check_link(value, err))
		return -EINVAL;
	c->is_of_kernel = true;
	out->value = strdup(value);
	return out->value ? 0 : error_memory(err);
}

/* "ip~ADDRESS", "route~ADDRESS" */
static int parse_address(struct until *c, const char *name, const char *value,
			 struct until_test *out, struct error *err)
{
	bool is_route = !strcmp(name, "route");

	if ((!is_route && strcmp(name, "ip")) || out->is_any)
		return usage(err, "--until: '~' is for addresses: 'ip~ADDRESS', 'route~ADDRESS'");
	out->kind = is_route ? TEST_ROUTE : TEST_ADDRESS;
	c->is_of_kernel |= is_route;
	return ipnet_parse(value, &out->net, err);
}

/* "NAME=VALUE", split: @sign is '=' or '~'. */
static int parse_comparison(struct until *c, const char *name, char sign, const char *value,
			    struct until_test *out, struct error *err)
{
	int r;

	if (c->root || *name == '/')
		return sign == '=' ?
			       parse_path(c, name, value, out, err) :
			       usage(err, "--until: '~' is for addresses of a vif, 'ip~ADDRESS'");
	if (!strncmp(name, "any:", 4)) {
		out->is_any = true;
		name += 4;
	}
	if (sign == '~')
		return parse_address(c, name, value, out, err);
	r = parse_kernel(c, name, value, out, err);
	if (r != -ENOENT)
		return r;
	if (parse_node(name, &out->node, err))
		return -EINVAL;
	if (out->node == NODE_STATE && check_state(value, err))
		return -EINVAL;
	out->kind = TEST_NODE;
	if (out->node == NODE_IP)
		return iplist_parse_argument(value, &out->list, err);
	out->value = strdup(value);
	return out->value ? 0 : error_memory(err);
}

/* @text may be written to. */
static int parse_test(struct until *c, char *text, struct until_test *out, struct error *err)
{
	char *sign = strpbrk(text, "=~"), kind = sign ? *sign : '\0';

	if (!strcmp(text, "gone")) {
		out->kind = TEST_GONE;
		return 0;
	}
	if (sign) {
		out->is_negated = sign > text && sign[-1] == '!';
		sign[-out->is_negated] = '\0';
		return parse_comparison(c, text, kind, sign + 1, out, err);
	}
	out->is_negated = *text == '!';
	text += out->is_negated;
	if (*text == '/' || (c->root && *text))
		return parse_path(c, text, NULL, out, err);
	usage(err, "--until: '%s' is no condition", text);
	error_hint(err, "'xvif help watch' lists what can be waited for");
	return -EINVAL;
}

int until_parse(const char *text, const char *root, struct until *out, struct error *err)
{
	static const char and[] = " and ";
	CLEANUP(cleanup_free) char *copy = strdup(text);
	char *next = copy;
	int r = copy ? 0 : error_memory(err);

	*out = (struct until){ .root = root };
	while (next && !r) {
		char *test = next;
		struct until_test *v = array_grow(out->v, out->n, sizeof(*v));

		if (!v)
			return error_memory(err);
		out->v = v;
		v[out->n++] = (struct until_test){ 0 };
		next = strstr(test, and);
		if (next) {
			*next = '\0';
			next += strlen(and);
		}
		r = parse_test(out, test, &v[out->n - 1], err);
	}
	return r;
}

int until_watch(const struct until *c, struct events *ev, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < c->n && !r; i++) {
		if (!c->v[i].is_outside)
			continue;
		r = events_watch(ev, c->v[i].path, UNTIL_TOKEN, err);
		r = r == -EEXIST ? 0 : r;
	}
	return r;
}

int until_read(struct until *c, struct store *st, struct error *err)
{
	struct batch b = { 0 };

	for (size_t i = 0; i < c->n; i++) {
		if (!c->v[i].is_outside)
			continue;
		free(c->v[i].now);
		c->v[i].now = NULL;
		batch_get_bytes(&b, &c->v[i].now, &c->v[i].now_len, "%s", c->v[i].path);
	}
	return store_run(st, 0, &b, err);
}

static bool is_list(const struct iplist *ips, const struct iplist *wanted)
{
	size_t i = 0;

	while (i < wanted->n && i < ips->n && ips->words[i].is_valid &&
	       ipnet_equal(&wanted->words[i].net, &ips->words[i].net))
		i++;
	return i == wanted->n && i == ips->n;
}

/* A state by its name or its number. */
static bool has_value(const struct vif *vif, const struct until_test *t,
		      const struct kernel_watch *kernel)
{
	const char *value;

	if (t->kind == TEST_LINK)
		return !strcmp(kernel_watch_link(kernel, vif), t->value);
	value = t->kind == TEST_MASTER ? kernel_watch_master(kernel, vif) :
					 vif_node_value(vif, t->node);
	if (t->kind == TEST_MASTER)
		return value && !strcmp(value, t->value);
	if (t->node == NODE_IP)
		return is_list(&vif->ips, &t->list);
	if (t->node == NODE_MAC)
		return value && !strcasecmp(value, t->value);
	if (t->node == NODE_STATE && value && !strcmp(vif_state_name(value), t->value))
		return true;
	return value && !strcmp(value, t->value);
}

/* What is not known fulfils no test, nor its contrary. */
static bool is_known(const struct until_test *t, const struct vif *vif,
		     const struct kernel_watch *kernel)
{
	bool is_of_kernel = t->kind == TEST_LINK || t->kind == TEST_MASTER || t->kind == TEST_ROUTE;

	return !is_of_kernel || kernel_watch_knows(kernel, vif);
}

static bool node_holds(const struct until_test *t, const struct vif *const *vifs, size_t n,
		       const struct kernel_watch *kernel)
{
	size_t fulfilled = 0;

	for (size_t i = 0; i < n; i++)
		fulfilled += is_known(t, vifs[i], kernel) &&
			     has_value(vifs[i], t, kernel) != t->is_negated;
	if (t->is_any)
		return fulfilled;
	return fulfilled == n && (n || t->is_negated);
}

static bool address_holds(const struct until_test *t, const struct vif *const *vifs, size_t n,
			  const struct kernel_watch *kernel)
{
	bool all_known = true;

	for (size_t i = 0; i < n; i++) {
		if (!is_known(t, vifs[i], kernel))
			all_known = false;
		else if (t->kind == TEST_ROUTE ? kernel_watch_routes(kernel, vifs[i], &t->net) :
						 iplist_covers(&vifs[i]->ips, &t->net))
			return !t->is_negated;
	}
	return t->is_negated && all_known;
}

static bool path_holds(const struct until_test *t, until_value value, const void *data)
{
	struct watch_value now = t->is_outside ? (struct watch_value){ t->now, t->now_len } :
						 value(data, t->path);
	bool is_so = now.text != NULL;

	if (is_so && t->value)
		is_so = now.len == strlen(t->value) && !memcmp(now.text, t->value, now.len);
	return is_so != t->is_negated;
}

static bool test_holds(const struct until *c, const struct until_test *t,
		       const struct vif *const *vifs, size_t n, const struct kernel_watch *kernel,
		       until_value value, const void *data)
{
	switch (t->kind) {
	case TEST_GONE:
		return c->root ? !value(data, c->root).text : !n;
	case TEST_NODE:
	case TEST_LINK:
	case TEST_MASTER:
		return node_holds(t, vifs, n, kernel);
	case TEST_ADDRESS:
	case TEST_ROUTE:
		return address_holds(t, vifs, n, kernel);
	case TEST_PATH:
		break;
	}
	return path_holds(t, value, data);
}

bool until_holds(const struct until *c, const struct vif *const *vifs, size_t n,
		 const struct kernel_watch *kernel, until_value value, const void *data)
{
	for (size_t i = 0; i < c->n; i++)
		if (!test_holds(c, &c->v[i], vifs, n, kernel, value, data))
			return false;
	return true;
}
