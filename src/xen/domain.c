/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain.c - who a domain is: domid, name, uuid. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/cleanup.h"
#include "src/xen/domain.h"
#include "src/xen/hypervisor.h"
#include "src/net/ipnet.h"
#include "src/base/suggest.h"
#include "src/base/text.h"

bool parse_id(const char *word, unsigned *out)
{
	size_t len = strspn(word, "0123456789");

	if (!len || word[len] || len > 9)
		return false;
	*out = (unsigned)strtoul(word, NULL, 10);
	return true;
}

bool domain_is_same(const struct domain *a, const struct domain *b)
{
	return text_is_same(a->name, b->name) && text_is_same(a->uuid, b->uuid);
}

const char *domain_label(const struct domain *domain, char buf[DOMAIN_LABEL_SIZE])
{
	snprintf(buf, DOMAIN_LABEL_SIZE, "%u", domain->domid);
	return domain->name ? domain->name : buf;
}

void domain_release(struct domain *domain)
{
	free(domain->name);
	free(domain->uuid);
	*domain = (struct domain){ 0 };
}

void domains_release(struct domains *domains)
{
	for (size_t i = 0; i < domains->n; i++)
		domain_release(&domains->v[i]);
	free(domains->v);
	*domains = (struct domains){ 0 };
}

/* "/vm/UUID" -> UUID; a node that says anything else counts as none. */
static void cut_uuid(char **vm)
{
	if (*vm && !strncmp(*vm, "/vm/", 4) && !strchr(*vm + 4, '/')) {
		memmove(*vm, *vm + 4, strlen(*vm + 4) + 1);
		return;
	}
	free(*vm);
	*vm = NULL;
}

static int load_uuid(struct store *st, struct domain *domain, struct error *err)
{
	int r = store_get(st, 0, &domain->uuid, err, "/local/domain/%u/vm", domain->domid);

	cut_uuid(&domain->uuid);
	return r;
}

int domain_read(struct store *st, store_tx tx, struct domain *v, size_t n, struct error *err)
{
	struct batch b = { 0 };
	int r;

	for (size_t i = 0; i < n; i++) {
		batch_get(&b, &v[i].name, "/local/domain/%u/name", v[i].domid);
		batch_get(&b, &v[i].uuid, "/local/domain/%u/vm", v[i].domid);
	}
	r = store_run(st, tx, &b, err);
	for (size_t i = 0; i < n; i++)
		cut_uuid(&v[i].uuid);
	return r;
}

int domain_is_gone(struct store *st, unsigned domid, bool *gone_out, struct error *err)
{
	CLEANUP(cleanup_free) char *name = NULL, *vm = NULL;
	struct batch b = { 0 };
	int r;

	batch_get(&b, &name, "/local/domain/%u/name", domid);
	batch_get(&b, &vm, "/local/domain/%u/vm", domid);
	r = store_run(st, 0, &b, err);
	*gone_out = !r && !name && !vm && (st->file || hypervisor_domain(domid) != LIFE_RUNNING);
	return r;
}

static int by_domid(const void *a, const void *b)
{
	const struct domain *x = a, *y = b;

	return x->domid < y->domid ? -1 : x->domid > y->domid;
}

/* With @uuids false only the names are read. */
static int list(struct store *st, bool uuids, struct domains *out, struct error *err)
{
	CLEANUP(names_release) struct names names = { 0 };
	struct batch b = { 0 };
	int r = store_list(st, 0, &names, err, "/local/domain");

	if (r)
		return r;
	out->v = calloc(names.n + 1, sizeof(*out->v));
	if (!out->v)
		return error_memory(err);
	for (unsigned i = 0; i < names.n; i++) {
		struct domain *d = &out->v[out->n];

		if (!parse_id(names.v[i], &d->domid))
			continue;
		out->n++;
		batch_get(&b, &d->name, "/local/domain/%u/name", d->domid);
		if (uuids)
			batch_get(&b, &d->uuid, "/local/domain/%u/vm", d->domid);
	}
	r = store_run(st, 0, &b, err);
	for (size_t i = 0; i < out->n && uuids; i++)
		cut_uuid(&out->v[i].uuid);
	if (r)
		domains_release(out);
	else
		qsort(out->v, out->n, sizeof(*out->v), by_domid);
	return r;
}

int domain_list(struct store *st, struct domains *out, struct error *err)
{
	return list(st, true, out, err);
}

int domain_list_names(struct store *st, struct domains *out, struct error *err)
{
	return list(st, false, out, err);
}

static void hint_near(const struct domains *all, const char *word, struct error *err)
{
	const char *best[3];
	struct suggest near = suggest_begin(word, best, 3);

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].name)
			suggest_offer(&near, all->v[i].name);
	suggest_hint(&near, err);
}

static bool is_address(const char *word)
{
	struct ipnet net;

	return !ipnet_parse(word, &net, NULL) ||
	       (strlen(word) == 17 && strspn(word, "0123456789abcdefABCDEF:") == 17);
}

static int not_found(const struct store *st, const struct domains *all, const char *word,
		     struct error *err)
{
	int guests = st->file ? 0 : hypervisor_count_guests();
	size_t known = 0;
	unsigned domid, devid;
	int end = 0;

	for (size_t i = 0; i < all->n; i++)
		known += all->v[i].domid != 0;
	error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: no such domain", word);
	if (guests > 0 && (size_t)guests > known) {
		error_hint(err,
			   "the hypervisor runs %d guests, xenstore lists %zu: if xenstored was "
			   "restarted, it lost them; they come back when they are restarted",
			   guests, known);
	} else if (!st->file && parse_id(word, &domid) && hypervisor_domain(domid) == LIFE_DYING) {
		error_hint(err, "domain %u is dying", domid);
	} else if (sscanf(word, "vif%9u.%9u%n", &domid, &devid, &end) == 2 && !word[end]) {
		error_hint(err, "vif %u of domain %u has that link: say '%u --vif=%u'", devid,
			   domid, domid, devid);
	} else if (is_address(word)) {
		error_hint(err, "'xvif find %s' says whose it is", word);
	} else {
		hint_near(all, word, err);
	}
	return -ENOENT;
}

static bool is_named(const struct domain *domain, const char *word)
{
	return (domain->name && !strcmp(domain->name, word)) ||
	       (domain->uuid && !strcasecmp(domain->uuid, word));
}

const struct domain *domain_pick(const struct store *st, const struct domains *all,
				 const char *word, struct error *err)
{
	const struct domain *found = NULL;
	unsigned domid;
	bool is_id = parse_id(word, &domid);

	for (size_t i = 0; i < all->n; i++) {
		const struct domain *d = &all->v[i];

		if (is_id ? d->domid != domid : !is_named(d, word))
			continue;
		if (found) {
			error_status(err, STATUS_USAGE, -EINVAL,
				     "%s: domains %u and %u are both called so, give the domid",
				     word, found->domid, d->domid);
			return NULL;
		}
		found = d;
	}
	if (!found)
		not_found(st, all, word, err);
	return found;
}

/* Take it out of @all. */
static int find_named(const struct store *st, struct domains *all, const char *word,
		      struct domain *out, struct error *err)
{
	const struct domain *found = domain_pick(st, all, word, err);

	if (!found)
		return err && err->status == STATUS_USAGE ? -EINVAL : -ENOENT;
	*out = *found;
	all->v[found - all->v] = (struct domain){ 0 };
	return 0;
}

#define UUID_LENGTH 36

int domain_find(struct store *st, const char *word, struct domain *out, struct error *err)
{
	CLEANUP(domains_release) struct domains all = { 0 };
	bool is_uuid = strlen(word) == UUID_LENGTH;
	unsigned domid;
	int r;

	*out = (struct domain){ 0 };
	if (parse_id(word, &domid)) {
		out->domid = domid;
		r = store_get(st, 0, &out->name, err, "/local/domain/%u/name", domid);
	} else {
		r = list(st, is_uuid, &all, err);
		if (!r)
			r = find_named(st, &all, word, out, err);
	}
	if (!r && !out->uuid)
		r = load_uuid(st, out, err);
	if (r || out->name || out->uuid)
		return r;
	r = list(st, false, &all, err);
	return r ? r : not_found(st, &all, word, err);
}
