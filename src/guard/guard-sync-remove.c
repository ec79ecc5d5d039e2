/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-sync-remove.c - what is to go of the guard in the kernel: of a vif, or of none. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "src/base/cleanup.h"
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

static bool is_link_of(const struct guard_host *host, const struct guard_vif *vif, const uint8_t *key)
{
	for (size_t i = 0; i < vif->n_links; i++) {
		uint8_t own[NFT_KEY_SIZE] = { 0 };
		size_t size = guard_link_key(host, &vif->links[i], own);

		if (size && !memcmp(own, key, size))
			return true;
	}
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
			if (is_link_of(host, vif, seen->elements[j].first) ||
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

void guard_remove_unwanted(struct guard_sync *sync, const struct nft_ruleset *wanted)
{
	const char *numbers = strchr(wanted->chains[0].name, '-');
	char name[NFT_NAME_SIZE];

	for (size_t i = 0; i < sizeof(set_names) / sizeof(*set_names); i++) {
		snprintf(name, sizeof(name), "%s%s", set_names[i], numbers);
		if (nft_find_set(wanted, name) || !guard_find_set(sync, name))
			continue;
		guard_differs(sync, "guard-differs", "set '%s' is not needed", name);
		remove_set(sync, name);
	}
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

/* The elements whose link is that of one of the vifs. */
static void mark_known(const struct guard_host *host, const struct guard_vif *vifs, size_t n,
		       const struct nft_seen_set *seen, bool *is_known)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < vifs[i].n_links; j++) {
			uint8_t key[NFT_KEY_SIZE] = { 0 };
			size_t size = guard_link_key(host, &vifs[i].links[j], key), m, at;

			if (!size)
				continue;
			at = nft_seen_find_elements(seen, key, size, &m);
			memset(is_known + at, true, m);
		}
}

/* Elements whose link is that of no vif. */
static int remove_orphans(struct guard_sync *sync, const struct guard_host *host,
			  const struct nft_set *set, const struct guard_vif *vifs, size_t n,
			  struct error *err)
{
	struct nft_seen_set *seen = guard_find_set(sync, set->name);
	int r = seen ? guard_read_elements(seen, err) : 0;
	CLEANUP(cleanup_free) bool *is_known = NULL;
	size_t extra = 0;

	if (r || !seen)
		return r;
	is_known = calloc(seen->n + 1, sizeof(*is_known));
	if (!is_known)
		return error_memory(err);
	mark_known(host, vifs, n, seen, is_known);
	for (size_t i = 0; i < seen->n; i++)
		if (!is_known[i]) {
			nft_delete_elements(&sync->batch, set, &seen->elements[i], 1);
			extra++;
		}
	if (extra)
		guard_differs(sync, "guard-extra",
			      "set '%s' has elements of links that belong to no guarded vif: %zu",
			      set->name, extra);
	return 0;
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
	for (size_t i = 0; seen && i < vif->n_links; i++) {
		uint8_t key[NFT_KEY_SIZE] = { 0 };
		size_t size = guard_link_key(host, &vif->links[i], key), n = 0, at = 0;

		if (size)
			at = nft_seen_find_elements(seen, key, size, &n);
		for (; n; n--, at++) {
			uint64_t ms = seen->elements[at].expires_ms;

			*is_armed_out = true;
			least = least && least < ms ? least : ms;
		}
	}
	return least;
}
