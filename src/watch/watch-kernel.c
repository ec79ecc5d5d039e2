/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-kernel.c - links, addresses and routes of vifs as they were last seen in the kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/base/strv.h"
#include "src/base/text.h"
#include "src/kernel/kernel-links.h"
#include "src/watch/watch-internal.h"

/* The interfaces of a vif: its own, and that of its emulated card. */
enum { OWN, EMULATED, N_LINKS };

/* An interface, and what is said of it. */
struct seen_link {
	char *name;	/* NULL: the vif has none of this kind, or none on this host */
	unsigned index; /* 0: it is not there */
	bool is_up;
	char *master;		       /* its name; NULL: none */
	struct strv addresses, routes; /* sorted */
	struct ipnet *nets;	       /* the destinations of its routes, in any order */
	size_t n_nets;
};

struct seen_card {
	unsigned domid, devid;
	struct seen_link links[N_LINKS];
};

static void release_link(struct seen_link *link)
{
	free(link->name);
	free(link->master);
	strv_release(&link->addresses);
	strv_release(&link->routes);
	free(link->nets);
	*link = (struct seen_link){ 0 };
}

struct cards {
	struct seen_card *v;
	size_t n;
};

static void release_cards(struct cards *cards)
{
	for (size_t i = 0; i < cards->n; i++)
		for (int k = 0; k < N_LINKS; k++)
			release_link(&cards->v[i].links[k]);
	free(cards->v);
	*cards = (struct cards){ 0 };
}

void kernel_watch_release(struct kernel_watch *w)
{
	struct cards cards = { w->v, w->n };

	release_cards(&cards);
	kernel_events_close(&w->events);
	*w = (struct kernel_watch){ 0 };
}

int kernel_watch_start(struct kernel_watch *w, struct error *err)
{
	w->is_marked = true;
	return kernel_events_open(&w->events, err);
}

int kernel_watch_fd(const struct kernel_watch *w)
{
	return kernel_events_fd(&w->events);
}

static bool concerns(const struct seen_link *seen, unsigned link, const char *name)
{
	return seen->name && (!link || seen->index == link || (name && !strcmp(seen->name, name)));
}

static void mark(unsigned link, const char *name, void *data)
{
	struct kernel_watch *w = data;

	for (size_t i = 0; i < w->n && !w->is_marked; i++)
		for (int k = 0; k < N_LINKS; k++)
			w->is_marked |= concerns(&w->v[i].links[k], link, name);
}

int kernel_watch_mark(struct kernel_watch *w, struct error *err)
{
	return kernel_events_read(&w->events, mark, w, err);
}

static int compare_cards(const void *key, const void *element)
{
	const struct seen_card *a = key, *b = element;

	if (a->domid != b->domid)
		return a->domid < b->domid ? -1 : 1;
	return a->devid < b->devid ? -1 : a->devid > b->devid;
}

static struct seen_card *find_card(const struct cards *cards, unsigned domid, unsigned devid)
{
	struct seen_card key = { .domid = domid, .devid = devid };
	size_t i = array_place(&key, cards->v, cards->n, sizeof(key), compare_cards);

	return i < cards->n && !compare_cards(&key, &cards->v[i]) ? &cards->v[i] : NULL;
}

/* The name of an interface that the vif may have on this host; NULL: none. */
static const char *link_name(const struct vif *vif, int kind, char buf[VIF_EMULATED_SIZE])
{
	if (vif->backend_domid)
		return NULL;
	if (kind == OWN)
		return vif->link;
	return vif_emulated_link(vif, buf) ? buf : NULL;
}

/* Are these the vifs that were looked at, with the same names of interfaces? */
static bool are_same_vifs(const struct kernel_watch *w, const struct vif *const *vifs, size_t n)
{
	size_t i = 0;

	for (; i < n && i < w->n; i++) {
		const struct seen_card *seen = &w->v[i];
		char buf[VIF_EMULATED_SIZE];

		if (seen->domid != vifs[i]->domain.domid || seen->devid != vifs[i]->devid)
			return false;
		for (int k = 0; k < N_LINKS; k++)
			if (!text_is_same(seen->links[k].name, link_name(vifs[i], k, buf)))
				return false;
	}
	return i == n && i == w->n;
}

/* What the kernel has, of all links; routes are sorted by link. */
struct kernel_state {
	struct host_links links;
	struct link_addresses addresses;
	struct routes routes;
};

static void release_state(struct kernel_state *state)
{
	host_links_release(&state->links);
	link_addresses_release(&state->addresses);
	routes_release(&state->routes);
}

/* Links first: a change that is under way is over then, with all that goes with it. */
static int read_state(struct kernel_state *out, struct error *err)
{
	int r = kernel_links(&out->links, err);

	if (!r)
		r = kernel_addresses(&out->addresses, err);
	if (!r)
		r = kernel_routes(0, &out->routes, err);
	if (!r)
		routes_sort(&out->routes);
	return r;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_texts(struct strv *texts)
{
	if (texts->n)
		qsort(texts->v, texts->n, sizeof(*texts->v), compare_texts);
}

static int read_routes(const struct kernel_state *state, struct seen_link *out)
{
	struct routes routes = routes_of_link(&state->routes, out->index);

	out->nets = calloc(routes.n + 1, sizeof(*out->nets));
	if (!out->nets)
		return -ENOMEM;
	for (size_t i = 0; i < routes.n; i++) {
		char text[ROUTE_TEXT_SIZE];

		route_format(&routes.v[i], text);
		out->nets[out->n_nets++] = routes.v[i].dst;
		if (strv_add(&out->routes, "%s", text))
			return -ENOMEM;
	}
	sort_texts(&out->routes);
	return 0;
}

/* "10.0.0.254/24": here the host part matters. */
static int read_addresses(const struct kernel_state *state, struct seen_link *out)
{
	struct link_addresses addresses = link_addresses_of(&state->addresses, out->index);

	for (size_t i = 0; i < addresses.n; i++) {
		struct ipnet net = addresses.v[i].net;
		unsigned prefix = net.prefix;
		char text[IPNET_TEXT_SIZE];

		net.prefix = ipnet_bits(&net);
		ipnet_format(&net, text);
		if (strv_add(&out->addresses, "%s/%u", text, prefix))
			return -ENOMEM;
	}
	sort_texts(&out->addresses);
	return 0;
}

static int read_link(const struct kernel_state *state, const char *name, struct seen_link *out)
{
	const struct host_link *link = name ? host_links_named(&state->links, name) : NULL;
	const struct host_link *master = link && link->master ?
						 host_links_at(&state->links, link->master) :
						 NULL;

	out->name = name ? strdup(name) : NULL;
	out->master = master ? strdup(master->name) : NULL;
	if ((name && !out->name) || (master && !out->master))
		return -ENOMEM;
	if (!link)
		return 0;
	out->index = link->index;
	out->is_up = link->is_up;
	return read_addresses(state, out) || read_routes(state, out) ? -ENOMEM : 0;
}

static int read_cards(const struct vif *const *vifs, size_t n, struct cards *out, struct error *err)
{
	CLEANUP(release_state) struct kernel_state state = { 0 };
	int r = read_state(&state, err);

	if (r)
		return r;
	out->v = calloc(n + 1, sizeof(*out->v));
	if (!out->v)
		return error_memory(err);
	for (size_t i = 0; i < n; i++) {
		struct seen_card *card = &out->v[out->n++];
		char buf[VIF_EMULATED_SIZE];

		card->domid = vifs[i]->domain.domid;
		card->devid = vifs[i]->devid;
		for (int k = 0; k < N_LINKS; k++)
			if (read_link(&state, link_name(vifs[i], k, buf), &card->links[k]))
				return error_memory(err);
	}
	return 0;
}

struct card_comparison {
	const struct vif *vif;
	int kind;
	watch_visitor visit;
	void *data;
};

static const char *const node_names[][N_LINKS] = {
	{ "link", "emulated-link" },
	{ "master", "emulated-master" },
	{ "address", "emulated-address" },
	{ "route", "emulated-route" },
};
enum { LINK, MASTER, ADDRESS, ROUTE };

static int tell(const struct card_comparison *c, int node, const char *before, const char *after,
		struct error *err)
{
	const struct watch_change change = {
		.kind = CHANGE_NODE,
		.domain = &c->vif->domain,
		.vif = c->vif,
		.node = node_names[node][c->kind],
		.before = { before, before ? strlen(before) : 0 },
		.after = { after, after ? strlen(after) : 0 },
	};

	return text_is_same(before, after) ? 0 : c->visit(&change, c->data, err);
}

/* What is only in @before has gone, what is only in @after has come. */
static int tell_texts(const struct card_comparison *c, int node, const struct strv *before,
		      const struct strv *after, struct error *err)
{
	size_t i = 0, j = 0;
	int r = 0;

	while ((i < before->n || j < after->n) && !r) {
		int order = i == before->n ? 1 :
			    j == after->n  ? -1 :
					     strcmp(before->v[i], after->v[j]);

		if (order < 0)
			r = tell(c, node, before->v[i], NULL, err);
		else if (order > 0)
			r = tell(c, node, NULL, after->v[j], err);
		i += order <= 0;
		j += order >= 0;
	}
	return r;
}

static const char *link_word(const struct seen_link *link)
{
	return !link || !link->index ? NULL : link->is_up ? "up" : "down";
}

/* Its addresses and routes go with a link, and need no words. */
static int compare_links(const struct card_comparison *c, const struct seen_link *before,
			 const struct seen_link *after, struct error *err)
{
	static const struct seen_link none;
	int r;

	if (before->index && before->index != after->index) {
		r = tell(c, LINK, link_word(before), NULL, err);
		return r || !after->index ? r : compare_links(c, &none, after, err);
	}
	r = tell(c, LINK, link_word(before), link_word(after), err);
	if (!r)
		r = tell(c, MASTER, before->master, after->master, err);
	if (!r)
		r = tell_texts(c, ADDRESS, &before->addresses, &after->addresses, err);
	return r ? r : tell_texts(c, ROUTE, &before->routes, &after->routes, err);
}

static int compare_card(const struct vif *vif, const struct seen_card *before,
			const struct seen_card *after, watch_visitor visit, void *data,
			struct error *err)
{
	static const struct seen_card none;
	int r = 0;

	for (int k = 0; k < N_LINKS && !r; k++) {
		const struct card_comparison c = { vif, k, visit, data };

		r = compare_links(&c, before ? &before->links[k] : &none.links[k], &after->links[k],
				  err);
	}
	return r;
}

int kernel_watch_refresh(struct kernel_watch *w, const struct vif *const *vifs, size_t n,
			 watch_visitor visit, void *data, struct error *err)
{
	CLEANUP(release_cards) struct cards now = { 0 };
	struct cards seen = { w->v, w->n };
	int r;

	if (!w->events.nl || (!w->is_marked && are_same_vifs(w, vifs, n)))
		return 0;
	w->is_marked = true;
	r = read_cards(vifs, n, &now, err);
	/* others change it faster than it can be listed */
	if (r == -EINTR)
		return 0;
	for (size_t i = 0; i < n && !r && visit; i++)
		r = compare_card(vifs[i], find_card(&seen, now.v[i].domid, now.v[i].devid),
				 &now.v[i], visit, data, err);
	if (r)
		return r;
	w->v = now.v;
	w->n = now.n;
	w->is_marked = false;
	now = seen;
	return 0;
}

static const struct seen_link *link_of(const struct kernel_watch *w, const struct vif *vif)
{
	const struct cards cards = { w->v, w->n };
	const struct seen_card *card = find_card(&cards, vif->domain.domid, vif->devid);

	return card ? &card->links[OWN] : NULL;
}

/* Others change it faster than it can be listed; or its link is in another domain. */
bool kernel_watch_knows(const struct kernel_watch *w, const struct vif *vif)
{
	const struct seen_link *link = link_of(w, vif);

	return !w->is_marked && link && link->name;
}

const char *kernel_watch_link(const struct kernel_watch *w, const struct vif *vif)
{
	const char *word = link_word(link_of(w, vif));

	return word ? word : "none";
}

const char *kernel_watch_master(const struct kernel_watch *w, const struct vif *vif)
{
	const struct seen_link *link = link_of(w, vif);

	return link ? link->master : NULL;
}

bool kernel_watch_routes(const struct kernel_watch *w, const struct vif *vif, const struct ipnet *net)
{
	const struct seen_link *link = link_of(w, vif);

	for (size_t i = 0; link && i < link->n_nets; i++)
		if (link->nets[i].prefix <= net->prefix && ipnet_overlaps(&link->nets[i], net))
			return true;
	return false;
}
