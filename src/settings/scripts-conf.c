/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scripts-conf.c - the hotplug scripts that the operator vouches for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/array.h"
#include "src/settings/scripts-conf.h"
#include "src/settings/settings.h"

#define DIGEST_LENGTH 64

enum { WORD_PATH, WORD_DIGEST, WORD_METHOD, WORD_PROMISE, WORDS };

static size_t split(char *line, char *words[WORDS + 1])
{
	char *save, *word;
	size_t n = 0;

	line[strcspn(line, "#")] = '\0';
	for (word = strtok_r(line, BLANKS, &save); word && n <= WORDS;
	     word = strtok_r(NULL, BLANKS, &save))
		words[n++] = word;
	return n;
}

static int check_words(char *const words[WORDS], const char *name, unsigned line, struct error *err)
{
	const char *digest = words[WORD_DIGEST], *method = words[WORD_METHOD];
	const char *promise = words[WORD_PROMISE];

	if (words[WORD_PATH][0] != '/')
		return error_set(err, -EINVAL, "%s:%u: invalid path '%s' (expected an absolute one)",
				 name, line, words[WORD_PATH]);
	if (strlen(digest) != DIGEST_LENGTH ||
	    strspn(digest, "0123456789abcdefABCDEF") != DIGEST_LENGTH)
		return error_set(err, -EINVAL,
				 "%s:%u: invalid SHA-256 '%s' (expected 64 hexadecimal digits)",
				 name, line, digest);
	if (strcmp(method, "delta") && strcmp(method, "cycle"))
		return error_set(err, -EINVAL, "%s:%u: invalid method '%s' (expected delta or cycle)",
				 name, line, method);
	if (promise && strcmp(promise, "routes"))
		return error_set(err, -EINVAL, "%s:%u: invalid word '%s' (expected routes)", name,
				 line, promise);
	return 0;
}

static int take_line(char *text, const char *name, unsigned line, struct scripts_conf *out,
		     struct error *err)
{
	char *words[WORDS + 1] = { NULL };
	size_t n = split(text, words);
	struct voucher *v;
	int r;

	if (!n)
		return 0;
	if (n < WORD_PROMISE || n > WORDS)
		return error_set(err, -EINVAL, "%s:%u: expected PATH SHA256 METHOD [routes]", name,
				 line);
	r = check_words(words, name, line, err);
	if (r)
		return r;
	v = array_grow(out->v, out->n, sizeof(*v));
	if (!v)
		return error_memory(err);
	out->v = v;
	v[out->n++] = (struct voucher){
		.path = words[WORD_PATH],
		.digest = words[WORD_DIGEST],
		.how = strcmp(words[WORD_METHOD], "delta") ? VOUCHED_CYCLE : VOUCHED_DELTA,
		.promises_routes = words[WORD_PROMISE] != NULL,
	};
	return 0;
}

int scripts_conf_parse(char *text, const char *name, struct scripts_conf *out, struct error *err)
{
	char *next = text, *line;
	unsigned number = 0;
	int r = 0;

	*out = (struct scripts_conf){ .text = text };
	while (!r && (line = strsep(&next, "\n")))
		r = take_line(line, name, ++number, out, err);
	return r;
}

int scripts_conf_read(struct scripts_conf *out, struct error *err)
{
	char *text;
	int r = settings_read(SCRIPTS_CONF, &text, err);

	*out = (struct scripts_conf){ 0 };
	return r || !text ? r : scripts_conf_parse(text, SCRIPTS_CONF, out, err);
}

/* Several lines may speak of a path: of the script as it was before an upgrade, and after it. */
const struct voucher *scripts_conf_find(const struct scripts_conf *conf, const char *path,
					const char *digest, bool *is_other_out)
{
	*is_other_out = false;
	for (size_t i = 0; i < conf->n; i++) {
		if (strcmp(conf->v[i].path, path))
			continue;
		*is_other_out = strcasecmp(conf->v[i].digest, digest) != 0;
		if (!*is_other_out)
			return &conf->v[i];
	}
	return NULL;
}

void scripts_conf_release(struct scripts_conf *conf)
{
	free(conf->text);
	free(conf->v);
	*conf = (struct scripts_conf){ 0 };
}
