/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * batch.h - reads of xenstore, gathered to be sent together.
 *
 *	struct batch b = { 0 };
 *
 *	batch_get(&b, &name, "/local/domain/%u/name", domid);
 *	batch_list(&b, &devids, "/libxl/%u/device/vif", domid);
 *	r = store_run(st, &b, err);
 *
 * The variables are filled by store_run(), each as by one read of its own;
 * the reads together are no snapshot.
 */
#ifndef XVIF_BATCH_H
#define XVIF_BATCH_H

#include <stddef.h>

struct names {
	char **v;		/* one block, for names_release() */
	unsigned n;
};

void names_release(struct names *names);

enum batch_kind {
	BATCH_VALUE,
	BATCH_LIST,
	BATCH_PERMS,
};

struct batch_read {
	enum batch_kind kind;
	size_t path;		/* where in @paths */
	char **value;		/* what is to be filled, ... */
	size_t *len;		/* ... or NULL */
	struct names *names;
};

struct batch {
	char *paths;		/* each with its NUL */
	size_t paths_len, paths_size;
	struct batch_read *v;
	size_t n, size;
	int failed;		/* memory was short */
};

/* Read a node: @value_out is for free(), NULL when there is no such node. */
void batch_get(struct batch *b, char **value_out, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Also its length: a value may hold any byte. */
void batch_get_bytes(struct batch *b, char **value_out, size_t *len_out, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The names below a node; none when it is absent. */
void batch_list(struct batch *b, struct names *names_out, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Its permissions as "n0", "r1", ...; none when it is absent. */
void batch_perms(struct batch *b, struct names *names_out, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

const char *batch_path(const struct batch *b, size_t i);

/*
 * For back ends: the answer to read @i; NULL when there is no such node. Names
 * and permissions are @len bytes of strings, each with its NUL. Returns 0 or -ENOMEM.
 */
int batch_deliver(struct batch *b, size_t i, const char *bytes, size_t len);

/* Forget the reads; what was filled stays. */
void batch_release(struct batch *b);

#endif
