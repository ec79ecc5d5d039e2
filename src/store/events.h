/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * events.h - watches on xenstore: what has changed, on a connection of its own.
 *
 * An event says where, not what; it may come late, for nothing, or once for
 * several changes (Xen, docs/misc/xenstore.txt, WATCH). Each watch begins with
 * an event for the watched path itself. Read the nodes and compare.
 *
 *	r = events_open(&ev, st->is_device, timeout_s, err);
 *	r = events_watch(&ev, "/local/domain/0/backend/vif", "vifs", err);
 *	for (;;) {
 *		while ((r = events_next(&ev, 0, &event, err)) > 0)
 *			...
 *		poll() with events_fd(&ev)
 *	}
 */
#ifndef XVIF_EVENTS_H
#define XVIF_EVENTS_H

#include <stddef.h>

#include "src/base/error.h"
#include "src/store/wire-frame.h"
#include "src/store/wire.h"

struct event {
	char *path; /* one block with @token; for event_release() */
	const char *token;
};

struct events {
	struct wire wire;
	struct frames in;
	struct event *queue; /* from @queue_at on: came while an answer was waited for */
	size_t queue_at, queue_n;
};

/*
 * events_open - connect to xenstored.
 * @is_device: through the kernel's device (store.h), not the socket
 * @timeout_s: longest wait for the answer to a watch
 * @ev: for events_close(), also after a failure
 *
 * Returns 0, -ECONNREFUSED, -EACCES or another negative errno.
 */
int events_open(struct events *ev, bool is_device, unsigned timeout_s, struct error *err);
void events_close(struct events *ev);

/*
 * events_reopen - connect anew in the way it was before, with no watches.
 *
 * Where there was a socket, the kernel's device is not tried instead: with the
 * daemon gone it would keep the first request for ever.
 */
int events_reopen(struct events *ev, struct error *err);

/*
 * events_watch - watch @path and all below it, or "@introduceDomain", "@releaseDomain".
 * @token: comes back with each event
 *
 * Returns 0, -EEXIST when there is this very watch already, or another negative
 * errno; as events_next() when the daemon is gone.
 */
int events_watch(struct events *ev, const char *path, const char *token, struct error *err);

/* The same for @n paths, in one go. */
int events_watch_all(struct events *ev, const char *const *paths, size_t n, const char *token,
		     struct error *err);

/* Events that are on their way still come. As events_watch(); -ENOENT: there is none. */
int events_unwatch(struct events *ev, const char *path, const char *token, struct error *err);

/*
 * A descriptor that polls readable when there may be an event; only after
 * events_next() has returned 0. -1 when the connection is lost.
 */
int events_fd(const struct events *ev);

/*
 * events_next - the next event.
 * @timeout_ms: longest wait; 0: none, -1: for ever
 *
 * Returns 1, 0 when none came or a signal did, or a negative errno when the
 * daemon is gone or speaks nonsense; then only events_close() is left to do.
 */
int events_next(struct events *ev, int timeout_ms, struct event *out, struct error *err);

void event_release(struct event *event);

#endif
