/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path.h - nodes as they are named in the shell: relative paths, "..", "~", "@NAME", patterns. */
#ifndef XVIF_PATH_H
#define XVIF_PATH_H

#include "src/base/strv.h"
#include "shell/session.h"

/*
 * path_resolve - the absolute path, without a slash at its end, that @word means.
 * @out: for free()
 *
 * "~" is the home of the domain at hand: the one that the current path belongs
 * to, else domain 0. "@NAME" is the home of the domain so called. Whether there
 * is such a node is not looked at. Returns 0, -EINVAL (STATUS_USAGE) for what
 * xenstore takes for no path, or what domain_find() returns.
 */
int path_resolve(struct session *session, const char *word, char **out, struct error *err);

/*
 * paths_from_words - the nodes that the words from @first on mean; patterns are
 * replaced by the nodes that match them. Each node once.
 * Without words: the current one. Returns 0, -ENOENT (STATUS_NOT_FOUND) when
 * nothing matches a pattern, or as path_resolve().
 */
int paths_from_words(struct session *session, const struct args *args, size_t first,
		     struct strv *out, struct error *err);

/* The one node that word @i means. As paths_from_words(); -EINVAL when several match. */
int path_from_word(struct session *session, const struct args *args, size_t i, char **out,
		   struct error *err);

/* As words are: its length, for it may hold NUL. */
size_t word_length(const struct session *session, const char *word);

/* -ENOENT (STATUS_NOT_FOUND, with near names as a hint). */
int path_not_found(struct session *session, const char *path, struct error *err);

/* The home of the domain that @path belongs to, for free(); NULL when memory is short. */
char *path_home(const char *path);

#endif
