/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * batch.h - requests to xenstore, gathered to be sent together.
 *
 *	struct batch b = { 0 };
 *
 *	batch_get(&b, &name, "/local/domain/%u/name", domid);
 *	batch_list(&b, &devids, "/libxl/%u/device/vif", domid);
 *	r = store_run(st, 0, &b, err);
 *
 * The variables are filled by store_run(), each as by one read of its own; it
 * does the requests in their order. Outside a transaction they are no snapshot.
 */
#ifndef XVIF_BATCH_H
#define XVIF_BATCH_H

#include <stddef.h>

struct names {
	char **v; /* one block, for names_release() */
	unsigned n;
};

void names_release(struct names *names);

enum batch_kind {
	BATCH_VALUE,
	BATCH_LIST,
	BATCH_PERMS,
	BATCH_WRITE,
	BATCH_MAKE,
	BATCH_REMOVE,
	BATCH_SET_PERMS,
	BATCH_CONTROL,
	BATCH_PART, /* for back ends: a part of a list, the ends of a transaction */
	BATCH_BEGIN,
	BATCH_END,
};

struct batch_request {
	enum batch_kind kind;
	size_t body, len;  /* in @bodies, the path in front with its NUL */
	char **value;	   /* what is to be filled, ... */
	size_t *value_len; /* ... or NULL */
	struct names *names;
};

struct batch {
	char *bodies;
	size_t bodies_len, bodies_size;
	struct batch_request *v;
	size_t n;
	int failed; /* memory was short */
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

/* Write a node, creating it and its parents. */
void batch_write(struct batch *b, const char *value, size_t len, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Create a node without a value, and its parents; one that is there stays as it is. */
void batch_make(struct batch *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Remove a node with all below it; one that is absent stays so. */
void batch_remove(struct batch *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Set the permissions of a node, given as batch_perms() hands them out. */
void batch_set_perms(struct batch *b, const struct names *perms, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Ask the daemon about itself (docs/misc/xenstore.txt, CONTROL): @command with @argument, or
 * NULL for none. @answer_out is for free(), NULL where it knows of nothing like that.
 */
void batch_control(struct batch *b, char **answer_out, const char *command, const char *argument);

const char *batch_path(const struct batch *b, size_t i);

/* For back ends: a request that is not about a path. */
void batch_add(struct batch *b, enum batch_kind kind, char **value_out, const char *body);

/* For back ends: read the names below @path from byte @from of their list on. */
void batch_part(struct batch *b, const char *path, size_t from, char **value_out, size_t *len_out);

/* For back ends: what follows the path of request @i. */
const char *batch_rest(const struct batch *b, size_t i, size_t *len_out);

/*
 * For back ends: the answer to request @i; NULL when there is no such node.
 * Names and permissions are @len bytes of strings, each with its NUL. Returns 0
 * or -ENOMEM.
 */
int batch_deliver(struct batch *b, size_t i, const char *bytes, size_t len);

/* Forget the requests; what was filled stays. */
void batch_release(struct batch *b);

#endif
