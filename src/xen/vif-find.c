/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif-find.c - which vif a word means. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/base/cleanup.h"
#include "src/base/text.h"
#include "src/xen/vif-find.h"

bool vif_is_named(const struct vif *vif, const char *word)
{
	char link[32];
	unsigned devid;

	if (parse_id(word, &devid))
		return vif->devid == devid;
	snprintf(link, sizeof(link), "vif%u.%u", vif->domain.domid, vif->devid);
	return !strcmp(word, link) || !strcmp(word, vif->link) ||
	       (vif->mac && !strcasecmp(word, vif->mac));
}

/* "0 (vif2.0, 00:16:3e:00:00:02), 1 (...)" */
static void describe(const struct vif *v, size_t n, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s%u (%s, %s)", i ? ", " : "",
					v[i].devid, v[i].link, v[i].mac ? v[i].mac : "no mac");
}

int vif_pick(const struct vif *v, size_t n, const struct domain *domain, const char *word,
	     size_t *index_out, struct error *err)
{
	char list[400], label[DOMAIN_LABEL_SIZE];

	describe(v, n, list, sizeof(list));
	if (!word && n > 1) {
		error_status(err, STATUS_USAGE, -EINVAL, "%s: the domain has %zu vifs: %s",
			     domain_label(domain, label), n, list);
		error_hint(err, "say which one with --vif");
		return -EINVAL;
	}
	for (*index_out = 0; *index_out < n; ++*index_out)
		if (!word || vif_is_named(&v[*index_out], word))
			return 0;
	if (!word)
		return error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: the domain has no vif",
				    domain_label(domain, label));
	error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: the domain has no vif%s%s%s",
		     domain_label(domain, label), n ? " '" : "", n ? word : "", n ? "'" : "");
	if (n)
		error_hint(err, "it has %s", list);
	return -ENOENT;
}

int vifs_take(struct vifs *all, const struct domain *domain, const char *word, struct vif *out,
	      struct error *err)
{
	size_t i;
	int r;

	if (all->broken.n && (!word || !all->n))
		return error_set(err, -EUCLEAN, "%s", all->broken.v[0].why);
	r = vif_pick(all->v, all->n, domain, word, &i, err);
	if (r && all->broken.n)
		error_hint(err, "%s", all->broken.v[0].why);
	if (r)
		return r;
	*out = all->v[i];
	all->v[i] = (struct vif){ 0 };
	return 0;
}

int vif_find(struct store *st, const struct domain *domain, const char *word, struct vif *out,
	     struct error *err)
{
	CLEANUP(vifs_release) struct vifs all = { 0 };
	int r = vif_list(st, domain, 1, NODES_ALL, &all, err);

	return r ? r : vifs_take(&all, domain, word, out, err);
}
