/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-sync.h - the guard in the kernel compared with what it is to be, and made so. */
#ifndef XVIF_GUARD_SYNC_H
#define XVIF_GUARD_SYNC_H

#include "src/guard/guard.h"
#include "src/kernel/nft-batch.h"
#include "src/kernel/nft-read.h"

/* What is not as it is to be. */
struct guard_difference {
	const char *kind;      /* "guard-missing", "guard-differs", "guard-extra"; static */
	unsigned domid, devid; /* of "guard-extra": of a vif that has gone, or is not to be guarded */
	char detail[200];
};

struct guard_differences {
	struct guard_difference *v;
	size_t n;
	bool failed; /* memory was short */
};

void guard_differences_release(struct guard_differences *all);

/* A comparison. */
struct guard_sync {
	struct nft_seen seen; /* what the kernel has */
	struct nft_batch first; /* what makes it what it is to be: new sets of new chains, with elements */
	struct nft_batch batch; /* the rest */
	struct guard_differences found;
	bool is_partial; /* not all vifs are known: what others need is left alone */
	bool is_rebuilt; /* the table is made anew: all has to be put */
	bool is_new;	 /* what is compared now has no chain yet */
};

/*
 * guard_sync_open - nothing is known of what is there; release always.
 * guard_sync_begin - read what is there; release always.
 * guard_sync_shared - compare the part that all vifs share, first; if that cannot be put
 * right in its place, the table goes, and what comes after is made anew.
 * guard_sync_vif - compare that of one vif, and put what is missing.
 * guard_sync_remove - what there is of a vif, goes.
 * These return 0 or a negative errno.
 */
void guard_sync_open(struct guard_sync *sync);
int guard_sync_begin(struct guard_sync *sync, struct error *err);
int guard_sync_shared(struct guard_sync *sync, const struct nft_ruleset *shared, struct error *err);
int guard_sync_vif(struct guard_sync *sync, const struct nft_ruleset *wanted, struct error *err);
/* Elements alone: of sets of ranges of a vif; link-local addresses that its list names. */
int guard_sync_elements(struct guard_sync *sync, const struct nft_ruleset *wanted, struct error *err);
int guard_sync_reserved(struct guard_sync *sync, const struct nft_ruleset *shared, struct error *err);

int guard_sync_remove(struct guard_sync *sync, const struct guard_host *host,
		      const struct guard_vif *vif, struct error *err);

/* What there is of a vif, stays, whatever it is. */
void guard_sync_keep(struct guard_sync *sync, const struct guard_vif *vif);

/* What belongs to none of these vifs, goes; call it last. */
int guard_sync_rest(struct guard_sync *sync, const struct guard_host *host,
		    const struct nft_ruleset *shared, const struct guard_vif *vifs, size_t n,
		    struct error *err);

/* Is all as it is to be? */
bool guard_sync_is_empty(const struct guard_sync *sync);

/*
 * guard_sync_commit - make what was found to be wrong right.
 * @alone: only if nobody has changed nftables since guard_sync_begin()
 * A set that is looked into from the moment on in which it is made is found empty for some
 * microseconds: the kernel makes rules valid first, then elements (nf_tables_commit(), which calls
 * nft_set_commit_update() at its end). A link that was not guarded must lose nothing, so the sets of
 * a new chain are committed before it; what ends between both leaves sets without a chain, and
 * whoever finds no chain compares all. A chain that is there gets a set, of a family of which
 * nothing could pass, together with the rules that look into it.
 * Returns 0 or a negative errno of nft_commit().
 */
int guard_sync_commit(struct guard_sync *sync, bool alone, struct error *err);
void guard_sync_release(struct guard_sync *sync);

/* When does the guard of a vif end to drop by itself, in ms from now? 0: it does not. */
uint64_t guard_armed_ms(const struct guard_sync *sync, const struct guard_host *host,
			const struct guard_vif *vif, bool *is_armed_out);

#endif
