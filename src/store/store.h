/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.h - xenstore, through an interface.
 *
 * The shipped back end is xenstored (store-xs.c). Values may hold any byte;
 * these functions hand them out with a NUL behind them.
 */
#ifndef XVIF_STORE_H
#define XVIF_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/store/drain.h"
#include "src/store/batch.h"
#include "src/base/error.h"

/* A transaction; 0 is none. */
typedef uint32_t store_tx;

/* What a back end does. */
struct store_ops {
	/* All requests of a batch; returns an errno, and which one failed. */
	int (*run)(void *handle, store_tx tx, struct batch *b, size_t *at_out);
	/* These two fail with 0 and errno: EAGAIN if others' changes are in the way. */
	store_tx (*begin)(void *handle);
	bool (*end)(void *handle, store_tx tx, bool commit);
	void (*close)(void *handle);
	/* Of the answers to come; no function where nothing is waited for. */
	void (*set_timeout)(void *handle, unsigned timeout_s);
	/* Heed it while answers are waited for; NULL: no more. No function where that needs nothing. */
	void (*set_drain)(void *handle, const struct drain *aside);
};

struct store {
	const struct store_ops *ops;
	void *handle;
	unsigned timeout_s;
	bool is_device;	  /* through the kernel's device, where there is no socket */
	const char *file; /* a dump is read (store-file.h); NULL: the store of this host */
	const char *root; /* the path of the dump's root */
};

/*
 * store_open - connect to xenstored.
 * @timeout_s: longest wait for the answer to one request
 *
 * Fails at once when nothing listens on xenstored's socket; libxenstore
 * would wait for ever. Returns 0, -ECONNREFUSED, -EACCES or -ENOMEM.
 */
int store_open(struct store *st, unsigned timeout_s, struct error *err);
void store_close(struct store *st);

/* Where xenstored's socket is, if it has one. */
const char *store_socket(void);

/* Close and open anew, after a request that got no answer. As store_open(). */
int store_reopen(struct store *st, struct error *err);

/* The longest wait for an answer from now on. */
void store_set_timeout(struct store *st, unsigned timeout_s);

/* Have @aside read, which is borrowed, until it is set to NULL. */
void store_set_drain(struct store *st, const struct drain *aside);

/*
 * store_get - read the node at a path in printf form.
 * @value_out: for free(); NULL when there is no such node
 * Returns 0, also when there is no node, or a negative errno.
 */
int store_get(struct store *st, store_tx tx, char **value_out, struct error *err,
	      const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The names below a node; none when it is absent. Returns 0 or a negative errno. */
int store_list(struct store *st, store_tx tx, struct names *names_out, struct error *err,
	       const char *format, ...) __attribute__((format(printf, 5, 6)));

/*
 * store_run - do the requests of @b, all at once where there is a socket, and
 * empty it. After a failure some may have been done.
 * Returns 0 or a negative errno.
 */
int store_run(struct store *st, store_tx tx, struct batch *b, struct error *err);

/* Write @value, creating the node and its parents; NULL removes it. */
int store_set(struct store *st, store_tx tx, const char *value, struct error *err,
	      const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Let only domain 0 read and write the node at @path. */
int store_make_private(struct store *st, store_tx tx, const char *path, struct error *err);

/* The steps of a transaction; anything but 0 aborts it. */
typedef int (*store_steps)(struct store *st, store_tx tx, void *data, struct error *err);

/*
 * store_transact - run @steps in a transaction and commit it; from the start
 * again when somebody else changed what it had read.
 * Returns 0, what @steps returned, -EBUSY when others kept changing it, or
 * -ECONNABORTED when the commit got no answer: it may have been done or not.
 */
int store_transact(struct store *st, store_steps steps, void *data, struct error *err);

#endif
