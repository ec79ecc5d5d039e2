/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domain-changes.h - which domains change while they and their vifs are read.
 *
 *	CLEANUP(domain_changes_release) struct domain_changes c = DOMAIN_CHANGES;
 *
 *	r = domain_changes_begin(&c, st, err);
 *	... read ...
 *	r = domain_changes_end(&c, err);
 *	if (domids_have(&c.domains, domid))
 *		... it is to be read again ...
 */
#ifndef XVIF_DOMAIN_CHANGES_H
#define XVIF_DOMAIN_CHANGES_H

#include "src/store/events.h"
#include "src/store/store.h"

/* Numbers of domains, each once after domids_sort(). */
struct domids {
	unsigned *v;
	size_t n;
};

int domids_add(struct domids *domids, unsigned domid, struct error *err);
void domids_sort(struct domids *domids);
bool domids_have(const struct domids *domids, unsigned domid); /* sorted */

struct domain_changes {
	struct store *st;
	struct events ev;
	struct drain aside;
	struct domids domains;	/* they have changed, or their vifs have */
	struct domids backends; /* in these, all backends may have changed at once */
	int failed;		/* a negative errno, and ... */
	struct error why;
};
#define DOMAIN_CHANGES \
	{ \
		.ev.wire.fd = -1 \
	}

/*
 * domain_changes_begin - watch, before anything is read from @st, which must
 * outlive @c. Until domain_changes_end() or _release(), the events are read
 * whenever an answer is waited for: xenstored does not keep any number of them.
 * Returns 0 or a negative errno.
 */
int domain_changes_begin(struct domain_changes *c, struct store *st, struct error *err);

/* What has changed since, in @c->domains and @c->backends, sorted. Ends the watching. */
int domain_changes_end(struct domain_changes *c, struct error *err);

/* Also ends the watching, if that has not been done. */
void domain_changes_release(struct domain_changes *c);

#endif
