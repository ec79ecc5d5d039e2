/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch-target.h - inside of watch-vifs.h: the domain that is asked for; it is
 * followed by its uuid or name when it goes and comes back.
 */
#ifndef XVIF_WATCH_TARGET_H
#define XVIF_WATCH_TARGET_H

#include "src/watch/watch-vifs.h"

/* Look whether it is there, among those that are marked. Returns 0 or a negative errno. */
int target_seek(struct vif_watch *w, struct store *st, struct error *err);

/* Of other domains only what they leave behind is of interest. */
void target_unmark_others(struct vif_watch *w);

#endif
