/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-look.c - the guard of all vifs of this host, as guard.conf says and as it is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/guard/guard-look.h"
#include "src/kernel/kernel.h"

#define TRIES 10

/* Its links are those of this moment. */
static void find_facts(struct guard_state *state)
{
	struct error why = { 0 };
	int r;

	if (state->options.mode == GUARD_OFF)
		return;
	r = guard_vif_of(state->vif, &state->vif->ips, &state->options, &state->facts, &why);
	state->is_possible = !r;
	if (r)
		snprintf(state->why, sizeof(state->why), "%.199s", why.text);
}

static void state_of(struct guard_look *look, const struct vif *vif, guard_choose choose,
		     void *data, struct guard_state *out)
{
	*out = (struct guard_state){ .vif = vif };
	guard_options_of(&look->conf, vif, &out->options);
	if (choose && !vif->backend_domid)
		choose(vif, out, data);
	look->is_wanted |= out->options.mode != GUARD_OFF;
	find_facts(out);
}

/* A link that was renamed is where its chain is, which follows it; one that does not exist has none. */
static bool find_link(const struct guard_look *look, struct guard_state *state)
{
	if (!guard_vif_has_link(&look->host, &state->facts))
		guard_vif_follow(&look->sync.seen, &state->facts);
	if (guard_vif_has_link(&look->host, &state->facts))
		return true;
	snprintf(state->why, sizeof(state->why), "link '%.15s' does not exist", state->vif->link);
	return state->is_possible = false;
}

static int look_at_vif(struct guard_look *look, struct guard_state *state, struct error *err)
{
	struct nft_ruleset wanted = { 0 };
	int r;

	state->first = look->sync.found.n;
	state->facts.confirm_s = state->confirm_s;
	state->facts.options = &state->options;
	guard_of_vif(&look->host, &state->facts, &wanted);
	r = guard_sync_vif(&look->sync, &wanted, err);
	nft_ruleset_release(&wanted);
	state->n = look->sync.found.n - state->first;
	state->ends_ms = guard_armed_ms(&look->sync, &look->host, &state->facts, &state->is_armed);
	return r;
}

static bool is_listed(const struct guard_look *look, unsigned domid, unsigned devid)
{
	for (size_t i = 0; i < look->n; i++)
		if (look->v[i].vif->domain.domid == domid && look->v[i].vif->devid == devid)
			return true;
	return false;
}

/* A name may have been that of another vif's link before. */
static bool is_link_of_listed(const struct guard_look *look, const char *name)
{
	for (size_t i = 0; i < look->n; i++) {
		const struct guard_vif *facts = &look->v[i].facts;

		if (look->v[i].vif->link && !strcmp(look->v[i].vif->link, name))
			return true;
		for (size_t j = 0; j < facts->n_links; j++)
			if (!strncmp(facts->links[j].name, name, sizeof(facts->links[j].name)))
				return true;
	}
	return false;
}

/* Its link exists, and the vifs were listed before it had nodes: it starts at this moment. */
static bool is_newcomer(const struct guard_look *look, const struct nft_seen_chain *chain,
			struct guard_vif *out)
{
	*out = (struct guard_vif){ 0 };
	if (chain->is_wanted || sscanf(chain->name, "vif-%9u.%9u", &out->domid, &out->devid) != 2 ||
	    is_listed(look, out->domid, out->devid))
		return false;
	for (size_t i = 0; i < chain->n_devices && i < GUARD_LINKS_MAX; i++) {
		struct guard_link *link = &out->links[out->n_links];

		memcpy(link->name, chain->devices[i], sizeof(link->name));
		link->index = is_link_of_listed(look, link->name) ? 0 : kernel_link(link->name);
		out->n_links += link->index != 0;
	}
	return out->n_links > 0;
}

static int look_at_rest(struct guard_look *look, const struct guard_vif *guarded, size_t n,
			struct error *err)
{
	const struct nft_seen *seen = &look->sync.seen;
	CLEANUP(cleanup_free)
	struct guard_vif *all = calloc(n + seen->n_chains + 1, sizeof(*all));

	if (!all)
		return error_memory(err);
	memcpy(all, guarded, n * sizeof(*all));
	for (size_t i = 0; i < seen->n_chains; i++)
		if (is_newcomer(look, &seen->chains[i], &all[n]))
			guard_sync_keep(&look->sync, &all[n++]);
	return guard_sync_rest(&look->sync, &look->host, &look->shared, all, n, err);
}

static int look_at_vifs(struct guard_look *look, struct error *err)
{
	CLEANUP(cleanup_free) struct guard_vif *guarded = calloc(look->n + 1, sizeof(*guarded));
	size_t n = 0;
	int r = 0;

	if (!guarded)
		return error_memory(err);
	for (size_t i = 0; i < look->n && !r; i++) {
		struct guard_state *state = &look->v[i];

		if (state->options.mode == GUARD_OFF || !state->is_possible ||
		    !find_link(look, state))
			continue;
		r = look_at_vif(look, state, err);
		guarded[n++] = state->facts;
	}
	look->rest = look->sync.found.n;
	if (r || look->sync.is_partial)
		return r;
	return look_at_rest(look, guarded, n, err);
}

/* Nobody is to be guarded: nothing is left. */
static int look_at_none(struct guard_look *look)
{
	look->rest = look->sync.found.n;
	if (look->sync.seen.has_table)
		nft_delete_table(&look->sync.batch, false);
	return 0;
}

static int compare(struct guard_look *look, struct error *err)
{
	int r = guard_sync_shared(&look->sync, &look->shared, err);

	look->n_shared = look->sync.found.n;
	return r ? r : look_at_vifs(look, err);
}

static int look(const struct vif *vifs, size_t n, bool is_partial, guard_choose choose, void *data,
		struct guard_look *out, struct error *err)
{
	int r;

	*out = (struct guard_look){ 0 };
	r = guard_conf_read(&out->conf, err);
	out->v = calloc(n + 1, sizeof(*out->v));
	if (!out->v)
		return error_memory(err);
	out->n = n;
	for (size_t i = 0; i < n && !r; i++)
		state_of(out, &vifs[i], choose, data, &out->v[i]);
	if (r || (is_partial && !out->is_wanted))
		return r;
	r = guard_host_read(&out->host, err);
	if (!r)
		r = guard_host_add_lists(&out->host, vifs, n, err);
	if (!r)
		r = guard_sync_begin(&out->sync, err);
	out->sync.is_partial = is_partial;
	if (r == -EOPNOTSUPP && !out->is_wanted)
		return 0;
	if (r)
		return r;
	if (!out->is_wanted)
		return look_at_none(out);
	guard_shared(&out->host, &out->shared);
	return compare(out, err);
}

int guard_look(const struct vifs *vifs, guard_choose choose, void *data, struct guard_look *out,
	       struct error *err)
{
	return look(vifs->v, vifs->n, false, choose, data, out, err);
}

int guard_look_at(const struct vif *vifs, size_t n, struct guard_look *out, struct error *err)
{
	return look(vifs, n, true, NULL, NULL, out, err);
}

static int compare_again(struct guard_look *look, struct error *err)
{
	bool is_partial = look->sync.is_partial;
	int r;

	for (size_t i = 0; i < look->n; i++)
		find_facts(&look->v[i]);
	guard_sync_release(&look->sync);
	r = guard_sync_begin(&look->sync, err);
	look->sync.is_partial = is_partial;
	return r ? r : compare(look, err);
}

/* A vif that started since the comparison may have made a chain that this one lacked; or one has gone. */
int guard_look_commit(struct guard_look *look, struct error *err)
{
	int r = 0;

	for (int i = 0; i < TRIES && !r; i++) {
		bool is_last = i == TRIES - 1;

		/* at last whatever came between: other programs may change nftables all the time */
		r = guard_sync_commit(&look->sync, !is_last && !look->sync.is_partial, err);
		if (is_last || (r != -EEXIST && r != -ENOENT && r != -ERESTART))
			break;
		r = compare_again(look, err);
	}
	return r;
}

void guard_look_release(struct guard_look *look)
{
	guard_conf_release(&look->conf);
	guard_host_release(&look->host);
	nft_ruleset_release(&look->shared);
	guard_sync_release(&look->sync);
	free(look->v);
}

bool guard_is_in_force(const struct guard_look *look, const struct guard_state *state)
{
	if (state->options.mode == GUARD_OFF)
		return true;
	return state->is_possible && !state->n && !look->n_shared &&
	       state->is_armed == (state->options.mode >= GUARD_ENFORCE);
}

const char *guard_word(const struct guard_look *look, const struct guard_state *state)
{
	const char *kind = look->sync.found.n ? look->sync.found.v[state->n ? state->first : 0].kind :
						"";

	if (state->options.mode == GUARD_OFF)
		return guard_mode_name(GUARD_OFF);
	if (!state->is_possible)
		return "impossible";
	if (state->n || look->n_shared)
		return !strcmp(kind, "guard-off")     ? "disarmed" :
		       !strcmp(kind, "guard-missing") ? "missing" :
							"differs";
	if (state->ends_ms)
		return "unconfirmed";
	return guard_is_in_force(look, state) ? guard_mode_name(state->options.mode) : "differs";
}
