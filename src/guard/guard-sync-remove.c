/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-sync-remove.c - what is to go of the guard in the kernel: of a vif, or of none. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "src/guard/guard-host.h"
#include "src/guard/guard-sync-parts.h"

/* By these names a vif has sets, whatever its options were. */
static const char *const set_names[] = { "ip4", "ip6", "nd", "macs", "vids" };

static void remove_set(struct guard_sync *sync, const char *name)
{
	struct nft_seen_set *seen = guard_find_set(sync, name);

	if (!seen)
		return;
	nft_delete_set(&sync->batch, name);
	seen->is_gone = true;
}

static void remove_chain(struct guard_sync *sync, const char *name)
{
	struct nft_seen_chain *seen = guard_find_chain(sync, name);

	if (!seen)
		return;
	nft_delete_chain(&sync->batch, name);
	seen->is_gone = true;
}

static bool is_link_of(const struct guard_host *host, const struct guard_vif *vifs, size_t n,
		       const uint8_t *key)
{
	uint32_t index;

	memcpy(&index, key, sizeof(index));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < vifs[i].n_links; j++)
			if (host->binds_names ?
				    !strncmp((const char *)key, vifs[i].links[j].name, IFNAMSIZ) :
				    index == vifs[i].links[j].index)
				return true;
	return false;
}

/* Where links are known by number, one that has gone leaves its elements, which are nobody's any more. */
static bool is_link_gone(const struct guard_host *host, const uint8_t *key)
{
	char name[IF_NAMESIZE];
	uint32_t index;

	memcpy(&index, key, sizeof(index));
	return !host->binds_names && !if_indextoname(index, name);
}

/* @was: its sets of elements by link are looked at */
static int remove_elements(struct guard_sync *sync, const struct guard_host *host,
			   const struct guard_vif *vif, const struct nft_ruleset *was,
			   struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < was->n_sets && !r; i++) {
		const struct nft_set *set = &was->sets[i];
		struct nft_seen_set *seen = guard_is_by_link(set->name) ?
						    guard_find_set(sync, set->name) :
						    NULL;

		if (!seen)
			continue;
		r = guard_read_elements(seen, err);
		for (size_t j = 0; j < seen->n && !r; j++)
			if (is_link_of(host, vif, 1, seen->elements[j].first) ||
			    is_link_gone(host, seen->elements[j].first))
				nft_delete_elements(&sync->batch, set, &seen->elements[j], 1);
	}
	return r;
}

int guard_sync_remove(struct guard_sync *sync, const struct guard_host *host,
		      const struct guard_vif *vif, struct error *err)
{
	struct guard_vif with_links = *vif;
	struct nft_ruleset was = { 0 };
	char name[NFT_NAME_SIZE];
	int r;

	guard_vif_follow(&sync->seen, &with_links);
	guard_of_vif(host, &with_links, &was);
	guard_name(name, "vif", vif->domid, vif->devid);
	remove_chain(sync, name);
	for (size_t i = 0; i < sizeof(set_names) / sizeof(*set_names); i++) {
		guard_name(name, set_names[i], vif->domid, vif->devid);
		remove_set(sync, name);
	}
	r = was.failed ? error_memory(err) : remove_elements(sync, host, &with_links, &was, err);
	nft_ruleset_release(&was);
	return r;
}

void guard_sync_keep(struct guard_sync *sync, const struct guard_vif *vif)
{
	char name[NFT_NAME_SIZE];

	guard_name(name, "vif", vif->domid, vif->devid);
	guard_find_chain(sync, name);
	for (size_t i = 0; i < sizeof(set_names) / sizeof(*set_names); i++) {
		guard_name(name, set_names[i], vif->domid, vif->devid);
		guard_find_set(sync, name);
	}
}

/* Whose it was: names end in "-D.N". */
static void note_numbers(struct guard_sync *sync, const char *name)
{
	struct guard_difference *last = sync->found.n ? &sync->found.v[sync->found.n - 1] : NULL;
	const char *dash = strrchr(name, '-');

	if (last && dash && sscanf(dash, "-%9u.%9u", &last->domid, &last->devid) != 2)
		last->domid = last->devid = 0;
}

/* Elements whose link is that of no vif. */
static int remove_orphans(struct guard_sync *sync, const struct guard_host *host,
			  const struct nft_set *set, const struct guard_vif *vifs, size_t n,
			  struct error *err)
{
	struct nft_seen_set *seen = guard_find_set(sync, set->name);
	int r = seen ? guard_read_elements(seen, err) : 0;
	size_t extra = 0;

	for (size_t i = 0; seen && i < seen->n && !r; i++) {
		/* the one before was asked for that link */
		if (is_link_of(host, vifs, n, seen->elements[i].first))
			continue;
		nft_delete_elements(&sync->batch, set, &seen->elements[i], 1);
		extra++;
	}
	if (extra)
		guard_differs(sync, "guard-extra",
			      "set '%s' has elements of links that belong to no guarded vif: %zu",
			      set->name, extra);
	return r;
}

int guard_sync_rest(struct guard_sync *sync, const struct guard_host *host,
		    const struct nft_ruleset *shared, const struct guard_vif *vifs, size_t n,
		    struct error *err)
{
	int r = 0;

	if (sync->is_rebuilt)
		return 0;
	for (size_t i = 0; i < sync->seen.n_chains; i++)
		if (!sync->seen.chains[i].is_wanted) {
			guard_differs(sync, "guard-extra", "chain '%s' belongs to no guarded vif",
				      sync->seen.chains[i].name);
			note_numbers(sync, sync->seen.chains[i].name);
			nft_delete_chain(&sync->batch, sync->seen.chains[i].name);
		}
	for (size_t i = 0; i < sync->seen.n_sets; i++)
		if (!sync->seen.sets[i].is_wanted) {
			guard_differs(sync, "guard-extra", "set '%s' belongs to no guarded vif",
				      sync->seen.sets[i].name);
			note_numbers(sync, sync->seen.sets[i].name);
			nft_delete_set(&sync->batch, sync->seen.sets[i].name);
		}
	for (size_t i = 0; i < shared->n_sets && !r; i++)
		if (guard_is_by_link(shared->sets[i].name))
			r = remove_orphans(sync, host, &shared->sets[i], vifs, n, err);
	return r || !sync->found.failed ? r : error_memory(err);
}

uint64_t guard_armed_ms(const struct guard_sync *sync, const struct guard_host *host,
			const struct guard_vif *vif, bool *is_armed_out)
{
	const struct nft_seen_set *seen = nft_seen_find_set(&sync->seen, GUARD_ARMED);
	uint64_t least = 0;

	*is_armed_out = false;
	for (size_t i = 0; seen && i < seen->n; i++) {
		if (!is_link_of(host, vif, 1, seen->elements[i].first))
			continue;
		*is_armed_out = true;
		least = least && least < seen->elements[i].expires_ms ? least :
									seen->elements[i].expires_ms;
	}
	return least;
}
