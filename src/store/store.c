/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.c - xenstore operations with paths in printf form and sentences for their failures. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/store/store.h"

#define TRIES 100

static int failed(struct error *err, int code, const char *what, const char *path)
{
	if (code == EACCES || code == EPERM)
		return error_set(err, -EACCES, "xenstore: cannot %s '%s': no permission", what, path);
	if (code == EROFS)
		return error_set(err, -EROFS, "cannot %s '%s': a dump is only read", what, path);
	/* strerror() would speak of the arguments of a program */
	if (code == E2BIG)
		return error_set(err, -E2BIG,
				 "xenstore: cannot %s '%s': longer than xenstored takes", what, path);
	if (code == ETIMEDOUT || code == ENOTCONN || code == EPIPE || code == ECONNRESET) {
		error_set(err, -EIO, "xenstore: cannot %s '%s': xenstored does not answer", what,
			  path);
		error_hint(err, "see 'xvif doctor xenstored'");
		return -EIO;
	}
	return error_set(err, code ? -code : -EIO, "xenstore: cannot %s '%s': %s", what, path,
			 strerror(code ? code : EIO));
}

#define FORMAT_PATH(path, format) \
	do { \
		va_list ap_; \
		va_start(ap_, format); \
		if (vasprintf(&(path), format, ap_) < 0) \
			(path) = NULL; \
		va_end(ap_); \
	} while (0)

static const char *word_for(enum batch_kind kind)
{
	switch (kind) {
	case BATCH_LIST:
	case BATCH_PART:
		return "list";
	case BATCH_PERMS:
		return "read the permissions of";
	case BATCH_WRITE:
		return "write";
	case BATCH_MAKE:
		return "create";
	case BATCH_REMOVE:
		return "remove";
	case BATCH_SET_PERMS:
		return "set the permissions of";
	case BATCH_CONTROL:
		return "ask the daemon for its";
	case BATCH_VALUE:
	case BATCH_BEGIN:
	case BATCH_END:
		break;
	}
	return "read";
}

/* A store that could not be opened anew answers nothing. */
static int run(struct store *st, store_tx tx, struct batch *b, size_t *at_out)
{
	return st->ops ? st->ops->run(st->handle, tx, b, at_out) : ENOTCONN;
}

int store_run(struct store *st, store_tx tx, struct batch *b, struct error *err)
{
	size_t at = 0;
	int code = b->failed ? ENOMEM : b->n ? run(st, tx, b, &at) : 0;
	int r = code == ENOMEM ? error_memory(err) :
		code	       ? failed(err, code, word_for(b->v[at].kind), batch_path(b, at)) :
				 0;

	batch_release(b);
	return r;
}

int store_get(struct store *st, store_tx tx, char **value_out, struct error *err,
	      const char *format, ...)
{
	CLEANUP(cleanup_free) char *path = NULL;
	struct batch b = { 0 };

	FORMAT_PATH(path, format);
	if (!path)
		return error_memory(err);
	*value_out = NULL;
	batch_get(&b, value_out, "%s", path);
	return store_run(st, tx, &b, err);
}

int store_list(struct store *st, store_tx tx, struct names *names_out, struct error *err,
	       const char *format, ...)
{
	CLEANUP(cleanup_free) char *path = NULL;
	struct batch b = { 0 };

	FORMAT_PATH(path, format);
	if (!path)
		return error_memory(err);
	*names_out = (struct names){ 0 };
	batch_list(&b, names_out, "%s", path);
	return store_run(st, tx, &b, err);
}

int store_set(struct store *st, store_tx tx, const char *value, struct error *err,
	      const char *format, ...)
{
	CLEANUP(cleanup_free) char *path = NULL;
	struct batch b = { 0 };

	FORMAT_PATH(path, format);
	if (!path)
		return error_memory(err);
	if (value)
		batch_write(&b, value, strlen(value), "%s", path);
	else
		batch_remove(&b, "%s", path);
	return store_run(st, tx, &b, err);
}

int store_make_private(struct store *st, store_tx tx, const char *path, struct error *err)
{
	char nobody_else[] = "n0", *perms[] = { nobody_else };
	struct batch b = { 0 };

	batch_set_perms(&b, &(struct names){ perms, 1 }, "%s", path);
	return store_run(st, tx, &b, err);
}

/* Returns 0 or a code for the caller; @again_out: it has to be done again. */
static int try_once(struct store *st, store_steps steps, void *data, bool *again_out,
		    struct error *err)
{
	store_tx tx = st->ops ? st->ops->begin(st->handle) : 0;
	int r, code;

	if (!tx)
		return failed(err, st->ops ? errno : ENOTCONN, "begin a transaction on", "/");
	r = steps(st, tx, data, err);
	if (r) {
		st->ops->end(st->handle, tx, false);
		return r;
	}
	if (st->ops->end(st->handle, tx, true))
		return 0;
	code = errno;
	*again_out = code == EAGAIN;
	failed(err, code, "commit a transaction on", "/");
	return -ECONNABORTED;
}

int store_transact(struct store *st, store_steps steps, void *data, struct error *err)
{
	for (int i = 0; i < TRIES; i++) {
		bool again = false;
		int r = try_once(st, steps, data, &again, err);

		if (!again)
			return r;
	}
	return error_set(err, -EBUSY, "xenstore: somebody else keeps changing the same nodes");
}

void store_set_timeout(struct store *st, unsigned timeout_s)
{
	st->timeout_s = timeout_s;
	if (st->ops && st->ops->set_timeout)
		st->ops->set_timeout(st->handle, timeout_s);
}

void store_set_drain(struct store *st, const struct drain *aside)
{
	if (st->ops && st->ops->set_drain)
		st->ops->set_drain(st->handle, aside);
}

void store_close(struct store *st)
{
	if (st->ops)
		st->ops->close(st->handle);
	st->ops = NULL;
}
