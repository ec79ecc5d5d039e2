/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path.c - nodes as they are named in the shell. */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/xen/domain.h"
#include "src/base/suggest.h"
#include "shell/path.h"

/* Xen, xen/include/public/io/xs_wire.h, XENSTORE_ABS_PATH_MAX */
#define PATH_BYTES_MAX 3072

/* Xen, docs/misc/xenstore.txt: what a path may hold */
static bool may_be_in_path(char c)
{
	return isalnum((unsigned char)c) || strchr("-/_@", c);
}

static int check(const char *path, const char *word, struct error *err)
{
	for (const char *p = path; *p; p++)
		if (!may_be_in_path(*p))
			return error_status(err, STATUS_USAGE, -EINVAL,
					    "%s: a path of xenstore cannot "
					    "hold '%.1s'",
					    word, p);
	if (strlen(path) > PATH_BYTES_MAX)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "%.60s...: a path of xenstore has at "
				    "most %d bytes, this has %zu",
				    word, PATH_BYTES_MAX, strlen(path));
	return 0;
}

/* Without "." and "..", doubled slashes and one at the end; in place. */
static void normalize(char *path)
{
	char *out = path;

	for (char *p = path; *p;) {
		size_t n = strcspn(p + 1, "/");

		if (n == 2 && !strncmp(p, "/..", 3)) {
			while (out > path && *--out != '/')
				;
		} else if (n && !(n == 1 && p[1] == '.')) {
			memmove(out, p, n + 1);
			out += n + 1;
		}
		p += n + 1;
	}
	if (out == path)
		*out++ = '/';
	*out = '\0';
}

/* The number that step @n of a path is, counted from 0. */
static bool step_number(const char *path, unsigned n, unsigned *out)
{
	char digits[16];
	size_t len;

	for (; *path && n; n--)
		path += 1 + strcspn(path + 1, "/");
	len = *path ? strcspn(path + 1, "/") : 0;
	if (!len || len >= sizeof(digits))
		return false;
	memcpy(digits, path + 1, len);
	digits[len] = '\0';
	return parse_id(digits, out);
}

static bool begins(const char *path, const char *with)
{
	size_t n = strlen(with);

	return !strncmp(path, with, n) && (!path[n] || path[n] == '/');
}

/* A backend is about the domain that it serves: .../backend/vif/D/N */
char *path_home(const char *path)
{
	unsigned domid = 0, served;
	char *home;

	if (begins(path, "/local/domain"))
		step_number(path, 2, &domid);
	else if (begins(path, "/libxl"))
		step_number(path, 1, &domid);
	if (begins(path, "/local/domain")) {
		const char *rest = path + strlen("/local/domain");

		rest += *rest ? 1 + strcspn(rest + 1, "/") : 0;
		if (begins(rest, "/backend") && step_number(rest, 2, &served))
			domid = served;
	}
	return asprintf(&home, "/local/domain/%u", domid) < 0 ? NULL : home;
}

/* "@NAME" or "@NAME/...": the home of that domain; @rest_out: what follows. */
static int resolve_name(struct session *session, const char *word, char **out,
			const char **rest_out, struct error *err)
{
	size_t len = strcspn(word + 1, "/");
	CLEANUP(cleanup_free) char *name = strndup(word + 1, len);
	CLEANUP(domain_release) struct domain domain = { 0 };
	int r;

	if (!name)
		return error_memory(err);
	*rest_out = word + 1 + len;
	if (!*name)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "%s: the name of a domain is missing", word);
	r = domain_find(session_store(session), name, &domain, err);
	if (r)
		return r;
	return asprintf(out, "/local/domain/%u", domain.domid) < 0 ? error_memory(err) : 0;
}

int path_resolve(struct session *session, const char *word, char **out, struct error *err)
{
	CLEANUP(cleanup_free) char *base = NULL;
	const char *rest = word;
	int r = 0;

	*out = NULL;
	if (word[0] == '~' && (!word[1] || word[1] == '/')) {
		base = path_home(session->state.cwd);
		rest = word + 1;
	} else if (word[0] == '@') {
		r = resolve_name(session, word, &base, &rest, err);
	} else {
		base = strdup(*word == '/' ? "" : session->state.cwd);
	}
	if (r)
		return r;
	if (!base || asprintf(out, "%s/%s", base, rest) < 0) {
		*out = NULL;
		return error_memory(err);
	}
	normalize(*out);
	r = check(*out, word, err);
	if (r) {
		free(*out);
		*out = NULL;
	}
	return r;
}

static const struct word *find_word(const struct session *session, const char *text)
{
	for (size_t i = 0; session->parsed && i < session->parsed->n; i++)
		if (session->parsed->words[i].text == text)
			return &session->parsed->words[i];
	return NULL;
}

size_t word_length(const struct session *session, const char *text)
{
	const struct word *word = find_word(session, text);

	return word ? word->len : strlen(text);
}

static int add_once(struct strv *out, const char *path, struct error *err)
{
	for (size_t i = 0; i < out->n; i++)
		if (!strcmp(out->v[i], path))
			return 0;
	return strv_add(out, "%s", path) ? error_memory(err) : 0;
}

/* Of the nodes below each of @from, those whose name matches. */
static int match_step(struct session *session, const char *pattern, const struct strv *from,
		      struct strv *out, struct error *err)
{
	struct names *names = calloc(from->n + 1, sizeof(*names));
	struct batch b = { 0 };
	int r = names ? 0 : error_memory(err);

	for (size_t i = 0; i < from->n && names; i++)
		batch_list(&b, &names[i], "%s", from->v[i]);
	if (!r)
		r = store_run(session_store(session), 0, &b, err);
	for (size_t i = 0; i < from->n && !r; i++)
		for (unsigned j = 0; j < names[i].n && !r; j++)
			if (!fnmatch(pattern, names[i].v[j], 0) &&
			    strv_add(out, "%s%s%s", from->v[i], from->v[i][1] ? "/" : "",
				     names[i].v[j]))
				r = error_memory(err);
	for (size_t i = 0; i < from->n && names; i++)
		names_release(&names[i]);
	free(names);
	return r;
}

/* A step without a pattern is only put behind. */
static int add_step(const char *step, const struct strv *from, struct strv *out, struct error *err)
{
	for (size_t i = 0; i < from->n; i++) {
		CLEANUP(cleanup_free) char *path = NULL;

		if (asprintf(&path, "%s/%s", from->v[i], step) < 0) {
			path = NULL;
			return error_memory(err);
		}
		normalize(path);
		if (strv_add(out, "%s", path))
			return error_memory(err);
	}
	return 0;
}

/* Of what such a path would name, keep what is there. */
static int keep_existing(struct session *session, struct strv *paths, struct error *err)
{
	char **values = calloc(paths->n + 1, sizeof(*values));
	struct batch b = { 0 };
	size_t n = 0;
	int r = values ? 0 : error_memory(err);

	for (size_t i = 0; i < paths->n && values; i++)
		batch_get(&b, &values[i], "%s", paths->v[i]);
	if (!r)
		r = store_run(session_store(session), 0, &b, err);
	for (size_t i = 0; i < paths->n && !r; i++) {
		if (values[i])
			paths->v[n++] = paths->v[i];
		else
			free(paths->v[i]);
	}
	for (size_t i = 0; i < paths->n && values; i++)
		free(values[i]);
	if (!r)
		paths->n = n;
	free(values);
	return r;
}

static int walk(struct session *session, char *pattern, struct strv *paths, struct error *err)
{
	char *rest = NULL;
	int r = 0;

	for (char *step = strtok_r(pattern, "/", &rest); step && !r;
	     step = strtok_r(NULL, "/", &rest)) {
		struct strv next = { 0 };

		r = strpbrk(step, "*?[\\") ? match_step(session, step, paths, &next, err) :
					     add_step(step, paths, &next, err);
		strv_release(paths);
		*paths = next;
	}
	return r ? r : keep_existing(session, paths, err);
}

/* Of a pattern, what stands in front of its first step is resolved as any path is. */
static int expand(struct session *session, const struct word *word, struct strv *out,
		  struct error *err)
{
	CLEANUP(strv_release) struct strv paths = { 0 };
	CLEANUP(cleanup_free) char *base = NULL, *pattern = strdup(word->pattern);
	size_t begin = strcspn(word->pattern + 1, "/") + 1;
	CLEANUP(cleanup_free) char *first = NULL;
	int r;

	if (*word->text != '~' && *word->text != '@')
		begin = 0;
	first = begin ? strndup(word->text, strcspn(word->text + 1, "/") + 1) :
			strdup(*word->text == '/' ? "/" : ".");
	if (!pattern || !first)
		return error_memory(err);
	r = path_resolve(session, first, &base, err);
	if (!r && strv_add(&paths, "%s", base))
		r = error_memory(err);
	if (!r)
		r = walk(session, pattern + begin, &paths, err);
	if (!r && !paths.n)
		return error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: no node matches",
				    word->text);
	for (size_t i = 0; i < paths.n && !r; i++)
		r = add_once(out, paths.v[i], err);
	return r;
}

static int add_word(struct session *session, const char *text, struct strv *out, struct error *err)
{
	const struct word *word = find_word(session, text);
	CLEANUP(cleanup_free) char *path = NULL;
	int r;

	if (word && word->pattern)
		return expand(session, word, out, err);
	if (word_length(session, text) != strlen(text))
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "%s: a path of xenstore cannot hold NUL", text);
	if (!*text)
		return error_status(err, STATUS_USAGE, -EINVAL, "'': is no path");
	r = path_resolve(session, text, &path, err);
	return r ? r : add_once(out, path, err);
}

int paths_from_words(struct session *session, const struct args *args, size_t first,
		     struct strv *out, struct error *err)
{
	int r = 0;

	if (args->n_words <= first)
		return strv_add(out, "%s", session->state.cwd) ? error_memory(err) : 0;
	for (size_t i = first; i < args->n_words && !r; i++)
		r = add_word(session, args->words[i], out, err);
	return r;
}

int path_from_word(struct session *session, const struct args *args, size_t i, char **out,
		   struct error *err)
{
	CLEANUP(strv_release) struct strv paths = { 0 };
	int r = add_word(session, args->words[i], &paths, err);

	*out = NULL;
	if (r)
		return r;
	if (paths.n > 1)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "%s: %zu nodes match, one is wanted", args->words[i], paths.n);
	*out = strdup(paths.v[0]);
	return *out ? 0 : error_memory(err);
}

int path_not_found(struct session *session, const char *path, struct error *err)
{
	CLEANUP(names_release) struct names names = { 0 };
	CLEANUP(cleanup_free) char *parent = path_parent(path);
	const char *best[3], *name = strrchr(path, '/') + 1;
	struct suggest near = suggest_begin(name, best, 3);
	struct error ignored = { 0 };

	error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: no such node", path);
	if (!parent || store_list(session_store(session), 0, &names, &ignored, "%s", parent))
		return -ENOENT;
	for (unsigned i = 0; i < names.n; i++)
		suggest_offer(&near, names.v[i]);
	suggest_hint(&near, err);
	return -ENOENT;
}
