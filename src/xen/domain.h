/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain.h - who a domain is: domid, name, uuid. */
#ifndef XVIF_DOMAIN_H
#define XVIF_DOMAIN_H

#include "src/store/store.h"

struct domain {
	unsigned domid;
	char *name; /* NULL while the store has none */
	char *uuid; /* likewise; from /local/domain/D/vm */
};

struct domains {
	struct domain *v; /* by domid */
	size_t n;
};

/*
 * domain_find - the domain that @word names: a domid (all digits), a uuid or a name.
 * Returns 0, -ENOENT (STATUS_NOT_FOUND, with near matches as a hint) or
 * another negative errno; release with domain_release().
 */
int domain_find(struct store *st, const char *word, struct domain *out, struct error *err);

/* domain_find() among domains that were listed; borrowed, or NULL with the error. */
const struct domain *domain_pick(const struct store *st, const struct domains *all,
				 const char *word, struct error *err);

/* All domains in the store; a domain that vanishes meanwhile is left out. */
int domain_list(struct store *st, struct domains *out, struct error *err);

/* The same without their uuids. */
int domain_list_names(struct store *st, struct domains *out, struct error *err);

/*
 * Read name and uuid of @n domains whose domid is set; NULL where there is none.
 * Returns 0 or a negative errno; release each with domain_release(), also then.
 */
int domain_read(struct store *st, store_tx tx, struct domain *v, size_t n, struct error *err);

/*
 * domain_is_gone - is there nothing of this number, for the store and, where
 * it can be asked, for the hypervisor? Returns 0 or a negative errno.
 */
int domain_is_gone(struct store *st, unsigned domid, bool *gone_out, struct error *err);

/* Have both the same name and the same uuid, or neither? */
bool domain_is_same(const struct domain *a, const struct domain *b);

void domain_release(struct domain *domain);
void domains_release(struct domains *domains);

/* Its name or, where it has none, its domid, in @buf. */
#define DOMAIN_LABEL_SIZE 16
const char *domain_label(const struct domain *domain, char buf[DOMAIN_LABEL_SIZE]);

/* All digits, and what they say; a number that does not fit is no domid. */
bool parse_id(const char *word, unsigned *out);

#endif
