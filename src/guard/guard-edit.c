/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-edit.c - the guard of one vif, compared and changed. */
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/base/lock.h"
#include "src/guard/guard-edit.h"
#include "src/guard/guard-sync-parts.h"
#include "src/kernel/nft-list.h"

/* What one vif is to have. */
struct one {
	struct guard_host host;
	struct guard_vif facts;
	struct nft_ruleset wanted, shared;
	struct guard_sync sync;
	bool has_other[2]; /* there is a set of IPv4, of IPv6, that is not wanted */
};

static void release(struct one *one)
{
	guard_host_release(&one->host);
	nft_ruleset_release(&one->wanted);
	nft_ruleset_release(&one->shared);
	guard_sync_release(&one->sync);
}

static int make(const struct vif *vif, const struct guard_options *options,
		const struct iplist *list, struct one *out, struct error *err)
{
	struct vif with_list = *vif;
	int r = guard_vif_of(vif, list, options, &out->facts, err);

	with_list.ips = *list;
	if (!r)
		r = guard_host_read(&out->host, err);
	if (!r)
		r = guard_host_add_lists(&out->host, &with_list, 1, err);
	if (r)
		return r;
	guard_of_vif(&out->host, &out->facts, &out->wanted);
	guard_shared(&out->host, &out->shared);
	return out->wanted.failed || out->shared.failed ? error_memory(err) : 0;
}

/* Sets of ranges, which an edit changes; all else of the guard stays. */
static bool is_of_list(const struct nft_set *set)
{
	return set->is_interval;
}

/* Read the vif's own sets, those that there are, without a list of all. Returns 0 or a negative errno. */
static int read_own_sets(struct one *one, struct error *err)
{
	struct nft_seen *seen = &one->sync.seen;
	int r = 0;

	seen->sets = calloc(one->wanted.n_sets, sizeof(*seen->sets));
	if (!seen->sets)
		return error_memory(err);
	for (size_t i = 0; i < one->wanted.n_sets && !r; i++) {
		const struct nft_set *set = &one->wanted.sets[i];
		struct nft_seen_set *own = &seen->sets[seen->n_sets];

		if (!is_of_list(set))
			continue;
		*own = (struct nft_seen_set){
			.flags = NFT_SET_INTERVAL,
			.key_size = (uint32_t)nft_key_size(set->key, set->n_key),
			.has_counters = set->has_counters,
		};
		memcpy(own->name, set->name, sizeof(own->name));
		r = nft_read_elements(own, err);
		if (r == -ENOENT)
			r = 0;
		else
			seen->n_sets++;
	}
	seen->has_table = true;
	return r;
}

/* The name of a set of its chain's vif. */
static void name_of_set(const struct one *one, const char *what, char out[NFT_NAME_SIZE])
{
	snprintf(out, NFT_NAME_SIZE, "%s%s", what, strchr(one->wanted.chains[0].name, '-'));
}

/* A list that had its last address of a family removed has no set of it. */
static int find_other_sets(struct one *one, struct error *err)
{
	static const char *const names[] = { "ip4", "ip6" };
	char name[NFT_NAME_SIZE];
	int r = 0;

	for (size_t i = 0; i < 2 && !r; i++) {
		name_of_set(one, names[i], name);
		if (!nft_find_set(&one->wanted, name))
			r = nft_has_set(NFT_TABLE, name, &one->has_other[i], err);
	}
	return r;
}

static size_t put_missing_sets(struct one *one)
{
	size_t n = 0;

	for (size_t i = 0; i < one->wanted.n_sets; i++) {
		const struct nft_set *set = &one->wanted.sets[i];

		if (!is_of_list(set) || nft_seen_find_set(&one->sync.seen, set->name))
			continue;
		nft_put_set(&one->sync.sets, set);
		n++;
	}
	return n;
}

static void delete_other_sets(struct one *one)
{
	static const char *const names[] = { "ip4", "ip6", "nd" };
	char name[NFT_NAME_SIZE];

	for (size_t i = 0; i < 3; i++) {
		name_of_set(one, names[i], name);
		if (one->has_other[i ? 1 : 0])
			nft_delete_set(&one->sync.batch, name);
	}
}

/* The first address of a family comes with a set and rules, which go with its last one. */
static void change_families(struct one *one)
{
	const struct nft_chain *chain = &one->wanted.chains[0];

	if (!put_missing_sets(one) && !one->has_other[0] && !one->has_other[1])
		return;
	nft_flush_chain(&one->sync.batch, chain->name);
	nft_put_rules(&one->sync.batch, chain);
	delete_other_sets(one);
}

/* Sets without it let pass everything. */
static int find_own_chain(const struct one *one, struct error *err)
{
	const char *name = one->wanted.chains[0].name;
	bool has_chain;
	int r = nft_has_chain(NFT_TABLE, name, &has_chain, err);

	return r || has_chain ? r : error_set(err, -ENOENT, "chain '%s' is missing", name);
}

/* Elements of the vif's own sets, and what it needs for another family. */
static int change_elements(struct one *one, struct error *err)
{
	int r = find_own_chain(one, err);

	if (r)
		return r;
	guard_sync_open(&one->sync);
	one->sync.is_partial = true;
	r = read_own_sets(one, err);
	if (!r)
		r = find_other_sets(one, err);
	if (r)
		return r;
	change_families(one);
	r = guard_sync_elements(&one->sync, &one->wanted, err);
	if (!r)
		r = one->host.listed_local.n ? guard_sync_reserved(&one->sync, &one->shared, err) : 0;
	return r ? r : guard_sync_commit(&one->sync, false, err);
}

/* Others may make the same at the same time: a script's hook, udev, an administrator. */
#define TRIES 10

static int change_all(struct one *one, struct error *err)
{
	int r, tries = 0;

	CLEANUP(lock_release) struct lock lock = { 0 };
	bool is_locked = false;

again:
	guard_sync_release(&one->sync);
	r = guard_sync_begin(&one->sync, err);
	one->sync.is_partial = true;
	if (!r)
		r = guard_sync_shared(&one->sync, &one->shared, err);
	/* what all vifs share is made by one at a time */
	if (!r && one->sync.found.n && !is_locked) {
		r = lock_guard(&lock, 10, err);
		is_locked = true;
		if (!r)
			goto again;
	}
	if (!r && one->sync.is_rebuilt)
		return error_status(err, STATUS_FAILED, -EEXIST,
				    "nftables: table 'netdev xvif' was created by another program or "
				    "version; 'xvif guard restore' replaces it");
	if (!r)
		r = guard_sync_vif(&one->sync, &one->wanted, err);
	if (!r)
		r = guard_sync_commit(&one->sync, false, err);
	if ((r == -EEXIST || r == -ENOENT) && ++tries < TRIES)
		goto again;
	return r;
}

static int verify(const struct vif *vif, struct one *one, struct error *err)
{
	int r;

	guard_sync_release(&one->sync);
	guard_sync_open(&one->sync);
	one->sync.is_partial = true;
	r = read_own_sets(one, err);
	if (!r && put_missing_sets(one))
		guard_differs(&one->sync, "guard-missing", "some of its sets do not exist");
	if (!r)
		r = guard_sync_elements(&one->sync, &one->wanted, err);
	if (!r && one->sync.found.n)
		r = error_status(err, STATUS_FAILED, -EIO,
				 "vif %u.%u: the kernel's guard differs from what was written: %s",
				 vif->domain.domid, vif->devid, one->sync.found.v[0].detail);
	return r;
}

int guard_set_list(const struct vif *vif, const struct guard_options *options,
		   const struct iplist *list, struct error *err)
{
	CLEANUP(release) struct one one = { 0 };
	struct error ignored = { 0 };
	int r = make(vif, options, list, &one, err);

	if (r)
		return r;
	/* a flush took it away, or others changed it */
	if (change_elements(&one, &ignored))
		r = change_all(&one, err);
	return r ? r : verify(vif, &one, err);
}

static int make_once(const struct vif *vif, const struct guard_options *options,
		     const struct iplist *list, struct error *err)
{
	CLEANUP(release) struct one one = { 0 };
	int r = make(vif, options, list, &one, err);

	if (!r && !guard_vif_has_link(&one.host, &one.facts))
		return error_status(err, STATUS_FAILED, -ENODEV,
				    "vif %u.%u: link '%s' does not exist", vif->domain.domid,
				    vif->devid, vif->link);
	if (!r)
		r = change_all(&one, err);
	return r ? r : verify(vif, &one, err);
}

/* Its link may get another name, or go, at any moment. */
int guard_make(const struct vif *vif, const struct guard_options *options,
	       const struct iplist *list, struct error *err)
{
	int r = make_once(vif, options, list, err);

	for (int i = 0; i < 2 && r == -ENOENT; i++)
		r = make_once(vif, options, list, err);
	return r;
}

static int remove_once(const struct vif *vif, struct error *err)
{
	static const struct guard_options none = { .mode = GUARD_OFF };
	CLEANUP(release) struct one one = { 0 };
	struct error ignored = { 0 };
	int r = guard_sync_begin(&one.sync, err);

	if (r || !one.sync.seen.has_table)
		return r == -EOPNOTSUPP ? 0 : r;
	r = guard_host_read(&one.host, err);
	/* without a MAC it has no elements; its chain and sets are known by its numbers */
	guard_vif_of(vif, &vif->ips, &none, &one.facts, &ignored);
	if (!r)
		r = guard_sync_remove(&one.sync, &one.host, &one.facts, err);
	return r ? r : guard_sync_commit(&one.sync, false, err);
}

/* The script and udev remove it at the same time when a vif goes. */
int guard_remove(const struct vif *vif, struct error *err)
{
	int r = remove_once(vif, err);

	for (int i = 1; i < TRIES && r == -ENOENT; i++)
		r = remove_once(vif, err);
	return r;
}

int guard_compare(const struct vif *vif, const struct guard_options *options,
		  const struct iplist *list, struct guard_differences *out, struct error *err)
{
	CLEANUP(release) struct one one = { 0 };
	int r = make(vif, options, list, &one, err);

	if (!r)
		r = guard_sync_begin(&one.sync, err);
	one.sync.is_partial = true;
	if (!r)
		r = guard_sync_shared(&one.sync, &one.shared, err);
	if (!r)
		r = guard_sync_vif(&one.sync, &one.wanted, err);
	if (r)
		return r;
	*out = one.sync.found;
	one.sync.found = (struct guard_differences){ 0 };
	return 0;
}
