/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load.c - put a dump into xenstore, in one transaction. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/store/load.h"

/*
 * Where the toolstack keeps what runs, and where each change acts at once: a
 * backend connects or goes away, a guest is shut down or shrinks (Xen,
 * docs/misc/xenstore-paths.pandoc).
 */
static const char *const live_places[] = { "/local/domain", "/libxl", "/vm", "/tool/xenstored" };

static bool is_at_or_below(const char *path, const char *place)
{
	size_t len = strcmp(place, "/") ? strlen(place) : 0;

	return !strncmp(path, place, len) && (!path[len] || path[len] == '/');
}

/* Above them, too: whoever owns that one can take it away. */
bool load_is_live(const char *path)
{
	for (size_t i = 0; i < sizeof(live_places) / sizeof(*live_places); i++)
		if (is_at_or_below(path, live_places[i]) || is_at_or_below(live_places[i], path))
			return true;
	return false;
}

bool load_is_list(const char *path)
{
	unsigned backend, domid, devid;
	int end = 0;

	return sscanf(path, "/local/domain/%u/backend/vif/%u/%u/ip%n", &backend, &domid, &devid,
		      &end) == 3 &&
	       end && !path[end];
}

bool load_writes(const struct load *load, const struct subtree_difference *d)
{
	return load->prune || d->new != SUBTREE_NONE;
}

size_t load_path(const struct load *load, const struct subtree_difference *d, char *out, size_t size)
{
	bool is_gone = d->new == SUBTREE_NONE;

	return subtree_path(is_gone ? &load->old : load->dump, load->path,
			    is_gone ? d->old : d->new, out, size);
}

static void count(struct load *load)
{
	load->n_added = load->n_changed = load->n_removed = 0;
	for (size_t i = 0; i < load->differences.n; i++) {
		const struct subtree_difference *d = &load->differences.v[i];

		load->n_added += d->old == SUBTREE_NONE;
		load->n_removed += d->new == SUBTREE_NONE;
		load->n_changed += d->old != SUBTREE_NONE && d->new != SUBTREE_NONE;
	}
}

static int check_live(const struct load *load, struct error *err)
{
	char path[SUBTREE_PATH_SIZE];

	for (size_t i = 0; i < load->differences.n && !load->force; i++) {
		const struct subtree_difference *d = &load->differences.v[i];

		if (!load_writes(load, d))
			continue;
		load_path(load, d, path, sizeof(path));
		if (!load_is_live(path))
			continue;
		error_set(err, -EPERM,
			  "'%.300s' would change: running domains and Xen's toolstack "
			  "depend on what is there",
			  path);
		error_hint(err, "--dry-run prints all changes; --force makes them");
		return -EPERM;
	}
	return 0;
}

static void forget(struct load *load)
{
	subtree_release(&load->old);
	subtree_differences_release(&load->differences);
}

static int look(struct store *st, store_tx tx, struct load *load, struct error *err)
{
	int r;

	forget(load);
	r = subtree_read(st, tx, load->path, SUBTREE_VALUES | SUBTREE_PERMS, SUBTREE_ALL,
			 &load->old, err);
	if (!r)
		r = subtree_compare(&load->old, load->dump, &load->differences, err);
	if (!r)
		count(load);
	return r;
}

static int steps(struct store *st, store_tx tx, void *data, struct error *err)
{
	struct load *load = data;
	int r = look(st, tx, load, err);

	if (!r)
		r = check_live(load, err);
	return r ? r :
		   subtree_apply(st, tx, &load->old, load->dump, &load->differences, load->path,
				 !load->prune, err);
}

int load_run(struct store *st, struct load *load, struct error *err)
{
	int r = subtree_check(load->dump, load->path, err);

	if (r)
		return r;
	if (!load->dry_run) {
		r = store_transact(st, steps, load, err);
		if (r == -ENOENT)
			error_hint(err,
				   "xenstored knows no owner whose domain is not running here: leave "
				   "(perms ...) out, or give another one");
		return r;
	}
	r = look(st, 0, load, err);
	load->is_refused = !r && check_live(load, NULL);
	return r;
}

void load_release(struct load *load)
{
	forget(load);
}
