/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-compare.c - how what is there differs from what was seen. */
#include <string.h>

#include "src/base/text.h"
#include "src/watch/watch-internal.h"

/* What is told of a vif; frontend-id and handle only say again which one it is. */
static const enum vif_node told_nodes[] = {
	NODE_IP,      NODE_STATE,  NODE_HOTPLUG_STATUS, NODE_ONLINE, NODE_MAC,
	NODE_VIFNAME, NODE_SCRIPT, NODE_TYPE,		NODE_BRIDGE, NODE_GATEWAYDEV,
};

struct seen_comparison {
	const struct domain *label;
	watch_visitor visit;
	void *data;
};

static int tell_node(const struct seen_comparison *c, const struct vif *vif, const char *node,
		     const char *before, const char *after, struct error *err)
{
	const struct watch_change change = {
		.kind = CHANGE_NODE,
		.domain = c->label,
		.vif = vif,
		.node = node,
		.before = { before, before ? strlen(before) : 0 },
		.after = { after, after ? strlen(after) : 0 },
	};

	return text_is_same(before, after) ? 0 : c->visit(&change, c->data, err);
}

static int tell_vif(const struct seen_comparison *c, enum watch_change_kind kind,
		    const struct vif *vif, struct error *err)
{
	const struct watch_change change = { .kind = kind, .domain = c->label, .vif = vif };

	return c->visit(&change, c->data, err);
}

static bool has_same_words(const struct iplist *a, const struct iplist *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n && !strcmp(a->words[i].text, b->words[i].text))
		i++;
	return i == a->n && i == b->n;
}

static int compare_vif(const struct seen_comparison *c, const struct vif *before,
		       const struct vif *after, struct error *err)
{
	int r = 0;

	if (strcmp(before->backend, after->backend)) {
		r = tell_vif(c, CHANGE_VANISHED, before, err);
		return r ? r : tell_vif(c, CHANGE_APPEARED, after, err);
	}
	for (size_t i = 0; i < sizeof(told_nodes) / sizeof(*told_nodes) && !r; i++) {
		if (told_nodes[i] == NODE_IP && has_same_words(&before->ips, &after->ips))
			continue;
		r = tell_node(c, after, vif_node_name(told_nodes[i]),
			      vif_node_value(before, told_nodes[i]),
			      vif_node_value(after, told_nodes[i]), err);
	}
	return r;
}

static int compare_vifs(const struct seen_comparison *c, const struct seen_domain *d,
			const struct vif *now, size_t n, struct error *err)
{
	size_t i = 0, j = 0;
	int r = 0;

	while ((i < d->n || j < n) && !r) {
		if (j == n || (i < d->n && d->v[i].devid < now[j].devid))
			r = tell_vif(c, CHANGE_VANISHED, &d->v[i++], err);
		else if (i == d->n || now[j].devid < d->v[i].devid)
			r = tell_vif(c, CHANGE_APPEARED, &now[j++], err);
		else
			r = compare_vif(c, &d->v[i++], &now[j++], err);
	}
	return r;
}

/* A name that goes with its domain is no change of the name. */
int seen_compare(const struct seen_domain *d, const struct domain *id, const struct vif *now,
		 size_t n, watch_visitor visit, void *data, struct error *err)
{
	const struct domain label = {
		.domid = id->domid,
		.name = id->name ? id->name : d->id.name,
		.uuid = id->uuid ? id->uuid : d->id.uuid,
	};
	const struct seen_comparison c = { &label, visit, data };
	int r = 0;

	if (d->is_known)
		r = tell_node(&c, NULL, "name", d->id.name, label.name, err);
	if (d->is_known && !r)
		r = tell_node(&c, NULL, "uuid", d->id.uuid, label.uuid, err);
	return r ? r : compare_vifs(&c, d, now, n, err);
}
