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

static int read_own_set(struct one *one, const char *what, struct nft_seen_set *out,
			bool *is_there_out, struct error *err)
{
	const struct nft_set *set;
	int r;

	*out = (struct nft_seen_set){ 0 };
	guard_name(out->name, what, one->facts.domid, one->facts.devid);
	set = nft_find_set(&one->wanted, out->name);
	if (!set) {
		out->has_elements = true;
		return nft_has_set(NFT_TABLE, out->name, is_there_out, err);
	}
	out->flags = NFT_SET_INTERVAL;
	out->key_size = (uint32_t)nft_key_size(set->key, set->n_key);
	out->has_counters = set->has_counters;
	r = nft_read_elements(out, err);
	*is_there_out = r != -ENOENT;
	return *is_there_out ? r : 0;
}

/*
 * Read the vif's sets of ranges, those that there are, without a list of all: an edit changes them,
 * all else of the guard stays. One that is not wanted has no elements here. Returns 0 or a negative errno.
 */
static int read_own_sets(struct one *one, struct error *err)
{
	static const char *const names[] = { "ip4", "ip6", "nd" }; /* sorted, as the sets are */
	struct nft_seen *seen = &one->sync.seen;
	int r = 0;

	guard_sync_release(&one->sync);
	guard_sync_open(&one->sync);
	one->sync.is_partial = true;
	seen->has_table = true;
	seen->sets = calloc(sizeof(names) / sizeof(*names), sizeof(*seen->sets));
	if (!seen->sets)
		return error_memory(err);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !r; i++) {
		bool is_there = true;

		r = read_own_set(one, names[i], &seen->sets[seen->n_sets], &is_there, err);
		seen->n_sets += is_there;
	}
	return r;
}

/* Are there sets of each family that is wanted, and of no other? */
static bool has_families(const struct one *one)
{
	size_t n = 0;

	for (size_t i = 0; i < one->wanted.n_sets; i++) {
		if (!one->wanted.sets[i].is_interval)
			continue;
		if (!nft_seen_find_set(&one->sync.seen, one->wanted.sets[i].name))
			return false;
		n++;
	}
	return n == one->sync.seen.n_sets;
}

/* The first address of a family comes with sets and rules, which go with its last one. */
static void change_families(struct one *one)
{
	const struct nft_chain *chain = &one->wanted.chains[0];

	for (size_t i = 0; i < one->wanted.n_sets; i++)
		if (one->wanted.sets[i].is_interval &&
		    !nft_seen_find_set(&one->sync.seen, one->wanted.sets[i].name))
			nft_put_set(&one->sync.batch, &one->wanted.sets[i]);
	nft_flush_chain(&one->sync.batch, chain->name);
	nft_put_rules(&one->sync.batch, chain);
	guard_remove_unwanted(&one->sync, &one->wanted);
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
	r = read_own_sets(one, err);
	if (r)
		return r;
	if (!has_families(one))
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
	int r = read_own_sets(one, err);

	if (!r && !has_families(one))
		guard_differs(&one->sync, "guard-differs", "its sets are of other families");
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

/* Sets without a chain: of a vif that has gone, or whose guard was made half. */
static int find_own_sets(const struct one *one, bool *has_out, struct error *err)
{
	static const char *const names[] = { "ip4", "ip6", "nd", "macs", "vids" };
	int r = 0;

	*has_out = false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !r && !*has_out; i++) {
		char name[NFT_NAME_SIZE];

		guard_name(name, names[i], one->facts.domid, one->facts.devid);
		r = nft_has_set(NFT_TABLE, name, has_out, err);
	}
	return r;
}

/* Do the chains that all vifs share do what they are to do? */
static int find_shared(const struct one *one, bool *is_out, struct error *err)
{
	int r = 0;

	*is_out = true;
	for (size_t i = 0; i < one->shared.n_chains && !r && *is_out; i++)
		r = nft_has_rules(&one->shared.chains[i], is_out, err);
	return r;
}

/*
 * Of a vif that starts there is nothing yet: it is made without a list of all that others have, in the
 * same time whatever that is. Returns 0, -EEXIST if that is not so, or another negative errno.
 */
static int make_new(struct one *one, struct error *err)
{
	bool has_own = false, has_shared = false;
	int r = nft_has_chain(NFT_TABLE, one->wanted.chains[0].name, &has_own, err);

	if (!r && !has_own)
		r = find_own_sets(one, &has_own, err);
	if (!r && !has_own)
		r = find_shared(one, &has_shared, err);
	/* what an element says that is there already has to be seen, or changed */
	if (r || has_own || !has_shared || one->host.listed_local.n ||
	    one->facts.options->mode < GUARD_ENFORCE || one->facts.confirm_s)
		return r ? r : -EEXIST;
	guard_sync_release(&one->sync);
	guard_sync_open(&one->sync);
	one->sync.is_partial = true;
	one->sync.seen.has_table = true;
	r = guard_sync_vif(&one->sync, &one->wanted, err);
	/* its script may have given the host an address */
	if (!r)
		r = guard_sync_reserved(&one->sync, &one->shared, err);
	return r ? r : guard_sync_commit(&one->sync, false, err);
}

static int make_once(const struct vif *vif, const struct guard_options *options,
		     const struct iplist *list, struct error *err)
{
	CLEANUP(release) struct one one = { 0 };
	struct error ignored = { 0 };
	int r = make(vif, options, list, &one, err);

	if (!r && !guard_vif_has_link(&one.host, &one.facts))
		return error_status(err, STATUS_FAILED, -ENODEV,
				    "vif %u.%u: link '%s' does not exist", vif->domain.domid,
				    vif->devid, vif->link);
	if (!r && make_new(&one, &ignored))
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
