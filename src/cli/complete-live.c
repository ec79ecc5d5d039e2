/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complete-live.c - candidates that live in the store: domains, vifs, their addresses, nodes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/cleanup.h"
#include "src/cli/complete-live.h"
#include "src/xen/vif.h"
#include "src/xen/vif-find.h"

/* With more candidates nobody needs to see at once which nodes have others below them. */
#define NODES_LOOKED_INTO 300

static int by_name(const void *a, const void *b)
{
	const struct domain *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* Would the command line take this word for the domain so called? */
static bool names_domain(const char *name, enum argument kind)
{
	unsigned domid;

	return *name && *name != '-' && !parse_id(name, &domid) && completion_may_show(name) &&
	       !(kind == ARG_TARGET && strchr(name, '/'));
}

static void offer_domid(const struct completion *c, const struct domain *domain)
{
	char word[16];

	snprintf(word, sizeof(word), "%u", domain->domid);
	completion_offer(c, word, domain->name, false);
}

static void offer_domain(const struct completion *c, enum argument kind,
			 const struct domain *domain, bool is_unique)
{
	unsigned typed;
	char text[32];

	/* nobody looks for domain 0 who does not say so: it hardly ever has a vif */
	if (!domain->domid && !c->partial[c->at])
		return;
	snprintf(text, sizeof(text), "domain %u", domain->domid);
	if (is_unique && names_domain(domain->name, kind)) {
		completion_offer(c, domain->name, text, false);
		if (!parse_id(c->partial + c->at, &typed))
			return;
	}
	offer_domid(c, domain);
}

/* One that has neither a name nor a uuid is none yet, or no longer. */
static void offer_nameless(const struct completion *c, struct store *st, const struct domains *all)
{
	CLEANUP(cleanup_free) char **uuids = calloc(all->n + 1, sizeof(*uuids));
	struct error ignored = { 0 };
	struct batch b = { 0 };

	for (size_t i = 0; i < all->n && uuids; i++)
		if (!all->v[i].name)
			batch_get(&b, &uuids[i], "/local/domain/%u/vm", all->v[i].domid);
	store_run(st, 0, &b, &ignored);
	for (size_t i = 0; i < all->n && uuids; i++) {
		if (uuids[i])
			offer_domid(c, &all->v[i]);
		free(uuids[i]);
	}
}

static void offer_domains(const struct completion *c, enum argument kind, struct store *st)
{
	CLEANUP(domains_release) struct domains all = { 0 };
	CLEANUP(cleanup_free) const struct domain **named = NULL;
	struct error ignored = { 0 };
	size_t n = 0;

	if (domain_list_names(st, &all, &ignored))
		return;
	named = calloc(all.n + 1, sizeof(*named));
	if (!named)
		return;
	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].name)
			named[n++] = &all.v[i];
	qsort(named, n, sizeof(*named), by_name);
	for (size_t i = 0; i < n; i++) {
		bool is_unique = !(i && !by_name(&named[i - 1], &named[i])) &&
				 !(i + 1 < n && !by_name(&named[i], &named[i + 1]));

		offer_domain(c, kind, named[i], is_unique);
	}
	offer_nameless(c, st, &all);
}

/* The domain that the words before name; NULL: none. */
static const char *typed_domain(const struct typed *typed)
{
	for (size_t i = 0; typed->command && i < typed->args.n_words; i++) {
		enum argument kind = command_argument(typed->command, i);

		if (kind == ARG_DOMAIN || kind == ARG_TARGET)
			return typed->args.words[i];
	}
	return NULL;
}

/* Its vifs, or the one that --vif names. */
static int find_vifs(const struct typed *typed, const char *word, unsigned nodes, struct store *st,
		     struct vifs *out)
{
	CLEANUP(domain_release) struct domain domain = { 0 };
	const char *name = typed_domain(typed);
	struct error ignored = { 0 };
	int r = name ? domain_find(st, name, &domain, &ignored) : -1;

	if (r || !word)
		return r ? r : vif_list(st, &domain, 1, nodes, out, &ignored);
	out->v = calloc(1, sizeof(*out->v));
	r = out->v ? vif_find(st, &domain, word, out->v, &ignored) : -1;
	out->n = !r;
	return r;
}

/* Upper and lower case are alike in it: the part stays as it was typed. */
static void offer_mac(const struct completion *c, const char *mac, const char *description)
{
	const char *part = c->partial + c->at;
	CLEANUP(cleanup_free) char *word = strdup(mac);

	if (!word || strncasecmp(word, part, strlen(part)))
		return;
	memcpy(word, part, strlen(part));
	completion_offer(c, word, description, false);
}

static void offer_devid(const struct completion *c, const struct vif *vif)
{
	CLEANUP(cleanup_free) char *ips = iplist_format(&vif->ips), *text = NULL;
	char devid[16];

	snprintf(devid, sizeof(devid), "%u", vif->devid);
	if (asprintf(&text, "%s%s%s", vif->link, ips && *ips ? " " : "", ips ? ips : "") < 0)
		text = NULL;
	completion_offer(c, devid, text, false);
}

static void offer_vif(const struct completion *c, const struct vif *vif)
{
	char description[32];

	offer_devid(c, vif);
	snprintf(description, sizeof(description), "vif %u", vif->devid);
	completion_offer(c, vif->link, description, false);
	if (vif->mac)
		offer_mac(c, vif->mac, description);
}

static void offer_vifs(const struct completion *c, struct store *st)
{
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	unsigned nodes = 1u << NODE_MAC | 1u << NODE_IP;

	if (find_vifs(c->typed, NULL, nodes, st, &vifs))
		return;
	for (size_t i = 0; i < vifs.n; i++)
		offer_vif(c, &vifs.v[i]);
}

/* Of the domain before the last colon: its vifs, by their devids. */
static void offer_vifs_of(struct completion c, struct store *st)
{
	const char *part = c.partial + c.at, *colon = strrchr(part, ':');
	CLEANUP(cleanup_free) char *name = strndup(part, colon ? (size_t)(colon - part) : 0);
	CLEANUP(domain_release) struct domain domain = { 0 };
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	struct error ignored = { 0 };

	if (!colon || !name || domain_find(st, name, &domain, &ignored) ||
	    vif_list(st, &domain, 1, 1u << NODE_IP, &vifs, &ignored))
		return;
	c.at += (size_t)(colon + 1 - part);
	for (size_t i = 0; i < vifs.n; i++)
		offer_devid(&c, &vifs.v[i]);
}

/* The addresses on the line so far; words that are none are passed over. */
static void read_typed_ips(const struct completion *c, struct iplist *out)
{
	const struct args *args = &c->typed->args;
	CLEANUP(cleanup_free) char *begun = strndup(c->partial, c->at);
	struct error ignored = { 0 };

	for (size_t i = 0; i < args->n_words; i++)
		if (command_argument(c->typed->command, i) == ARG_HELD_IPS)
			iplist_parse_argument(args->words[i], out, &ignored);
	if (begun)
		iplist_parse_argument(begun, out, &ignored);
}

/* Several may stand in one word, separated by blanks or commas. */
static void offer_held_ips(struct completion c, struct store *st)
{
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	CLEANUP(iplist_release) struct iplist typed = { 0 };
	char description[32];

	for (const char *p = c.partial; *p; p++)
		if (strchr(" \t,", *p))
			c.at = (size_t)(p + 1 - c.partial);
	if (find_vifs(c.typed, args_text(&c.typed->args, &option_vif), 1u << NODE_IP, st, &vifs))
		return;
	read_typed_ips(&c, &typed);
	for (size_t i = 0; i < vifs.n; i++) {
		struct iplist *ips = &vifs.v[i].ips;

		/* as an argument it could not be read otherwise */
		if (iplist_spell_all(ips, NULL))
			return;
		snprintf(description, sizeof(description), "vif %u", vifs.v[i].devid);
		for (size_t j = 0; j < ips->n; j++)
			if (ips->words[j].is_valid && !iplist_has(&typed, &ips->words[j].net))
				completion_offer(&c, ips->words[j].text, description, false);
	}
}

/* The folder that the part begins with, as the store calls it; NULL: none. */
static char *find_folder(const struct live_source *source, const char *part, size_t len)
{
	CLEANUP(cleanup_free) char *typed = strndup(part, len);
	char *path = NULL, *end;

	if (!typed || strstr(typed, "//"))
		return NULL;
	if (source->folder)
		path = source->folder(source->data, typed);
	else if (*typed == '/')
		path = strdup(typed);
	end = path ? path + strlen(path) : NULL;
	if (path && end > path + 1 && end[-1] == '/')
		end[-1] = '\0';
	return path;
}

/* Those of @names that begin with the part, moved to the front. */
static unsigned match(struct names *names, const char *part)
{
	unsigned n = 0;

	for (unsigned i = 0; i < names->n; i++) {
		char *name = names->v[i];

		if (strncmp(name, part, strlen(part)))
			continue;
		names->v[i] = names->v[n];
		names->v[n++] = name;
	}
	return n;
}

/* What is below each of them; false when that is not known. */
static bool look_into(struct store *st, const char *folder, const struct names *names, unsigned n,
		      struct names *below)
{
	const char *slash = folder[1] ? "/" : "";
	struct error ignored = { 0 };
	struct batch b = { 0 };

	for (unsigned i = 0; i < n; i++)
		batch_list(&b, &below[i], "%s%s%s", folder, slash, names->v[i]);
	return !store_run(st, 0, &b, &ignored);
}

static void offer_node(const struct completion *c, const char *name, bool has_more, bool is_known)
{
	CLEANUP(cleanup_free) char *word = NULL;

	if (asprintf(&word, "%s%s", name, has_more ? "/" : "") >= 0)
		completion_offer(c, word, NULL, has_more || !is_known);
	else
		word = NULL;
}

static void offer_nodes(struct completion c, const struct live_source *source, struct store *st)
{
	const char *slash = strrchr(c.partial + c.at, '/');
	size_t len = slash ? (size_t)(slash + 1 - (c.partial + c.at)) : 0;
	CLEANUP(cleanup_free) char *folder = find_folder(source, c.partial + c.at, len);
	CLEANUP(names_release) struct names names = { 0 };
	CLEANUP(cleanup_free) struct names *below = NULL;
	struct error ignored = { 0 };
	bool is_known = false;
	unsigned n;

	if (!folder || store_list(st, 0, &names, &ignored, "%s", folder))
		return;
	c.at += len;
	n = match(&names, c.partial + c.at);
	below = calloc(n + 1, sizeof(*below));
	if (below && n <= NODES_LOOKED_INTO)
		is_known = look_into(st, folder, &names, n, below);
	for (unsigned i = 0; i < n; i++)
		offer_node(&c, names.v[i], is_known && below[i].n, is_known);
	for (unsigned i = 0; i < n && below; i++)
		names_release(&below[i]);
}

/* An absolute path begins with '/', whatever else may stand here. */
static void offer_path(const struct completion *c, enum argument kind,
		       const struct live_source *source, struct store *st)
{
	const char *part = c->partial + c->at;

	if (!*part && (kind == ARG_TARGET || !source->folder))
		completion_offer(c, "/", NULL, true);
	else if (kind != ARG_TARGET || strchr(part, '/'))
		offer_nodes(*c, source, st);
}

void live_offer(void *data, enum argument kind, const struct completion *c)
{
	const struct live_source *source = data;
	struct store *st = source->store(source->data, &c->typed->args);

	if (!st)
		return;
	if (kind == ARG_DOMAIN || kind == ARG_TARGET || kind == ARG_WHOM)
		offer_domains(c, kind, st);
	if (kind == ARG_WHOM)
		offer_vifs_of(*c, st);
	if (kind == ARG_PATH || kind == ARG_PATHS || kind == ARG_TARGET)
		offer_path(c, kind, source, st);
	if (kind == ARG_VIF)
		offer_vifs(c, st);
	if (kind == ARG_HELD_IPS)
		offer_held_ips(*c, st);
}
