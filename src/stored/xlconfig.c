/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xlconfig.c - a domain's configuration file: values by libxlutil, names and places by a scan. */
#include "config.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/memory-stream.h"
#include "src/base/cleanup.h"
#include "src/stored/xlconfig.h"

/* Strings end where they began or with the line (Xen, tools/libs/util/libxlu_cfg_l.l). */
static size_t string_length(const char *text, size_t len)
{
	size_t i = 1;

	while (i < len && text[i] != text[0] && text[i] != '\n')
		i += text[i] == '\\' && i + 1 < len ? 2 : 1;
	return i < len && text[i] == text[0] ? i + 1 : i;
}

/* Names have dots in xl.conf(5). */
static size_t word_length(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && (isalnum((unsigned char)text[i]) || text[i] == '_' || (i && text[i] == '.')))
		i++;
	return i;
}

bool xltoken_next(const char *text, size_t len, size_t at, struct xltoken *out)
{
	while (at < len &&
	       (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '#')) {
		const char *end = text[at] == '#' ? memchr(text + at, '\n', len - at) : text + at + 1;

		at = end ? (size_t)(end - text) : len;
	}
	if (at >= len)
		return false;
	*out = (struct xltoken){ XLTOKEN_MARK, at, 1 };
	if (text[at] == '\'' || text[at] == '"') {
		out->kind = XLTOKEN_STRING;
		out->len = string_length(text + at, len - at);
	} else if (word_length(text + at, len - at)) {
		out->kind = isdigit((unsigned char)text[at]) ? XLTOKEN_NUMBER : XLTOKEN_NAME;
		out->len = word_length(text + at, len - at);
	}
	return true;
}

static void value_release(struct xlvalue *value)
{
	for (size_t i = 0; i < value->n; i++)
		value_release(&value->items[i]);
	free(value->items);
	free(value->text);
}

void xlconfig_release(struct xlconfig *config)
{
	for (size_t i = 0; i < config->n; i++) {
		free(config->v[i].name);
		value_release(&config->v[i].value);
	}
	free(config->v);
	*config = (struct xlconfig){ 0 };
}

const struct xlvalue *xlconfig_get(const struct xlconfig *config, const char *name)
{
	for (size_t i = 0; i < config->n; i++)
		if (!strcmp(config->v[i].name, name))
			return &config->v[i].value;
	return NULL;
}

#ifdef HAVE_XLUTIL

#include <libxlutil.h>

/* libxlutil brings the whole toolstack with it: loaded when a file is to be read. */
/* clang-format off */
#define LIBRARY_FUNCTIONS(F) \
	F(xlu_cfg_init) F(xlu_cfg_readdata) F(xlu_cfg_destroy) F(xlu_cfg_get_string) \
	F(xlu_cfg_get_list) F(xlu_cfg_get_listitem2) F(xlu_cfg_value_type) \
	F(xlu_cfg_value_get_string) F(xlu_cfg_value_get_list)
/* clang-format on */

struct xlutil_library {
#define DECLARE(name) __typeof__(name) *name;
	LIBRARY_FUNCTIONS(DECLARE)
};

struct xl_reader {
	struct xlutil_library lib;
	XLU_Config *cfg;
};

static int load_library(struct xlutil_library *lib, struct error *err)
{
	bool complete;
	const char *why;

	errno = 0;
	complete = dlopen(XLUTIL_SONAME, RTLD_LAZY | RTLD_GLOBAL) != NULL;

#define FIND(name) \
	*(void **)&lib->name = dlsym(RTLD_DEFAULT, #name); \
	complete &= lib->name != NULL;
	LIBRARY_FUNCTIONS(FIND)
	if (complete)
		return 0;
	if (errno == ENOMEM)
		return error_memory(err);
	why = dlerror();
	return error_set(err, -ENOTSUP, "reading a domain's configuration needs %s (%s)",
			 XLUTIL_SONAME, why ? why : "it is another version");
}

/* Lists in lists are as deep as the file writes them; xl itself reads two levels. */
#define DEPTH_MAX 16

static int copy_value(const struct xl_reader *rd, XLU_ConfigValue *from, unsigned depth,
		      struct xlvalue *to, struct error *err);

static int copy_list(const struct xl_reader *rd, XLU_ConfigList *list, unsigned depth,
		     struct xlvalue *to, struct error *err)
{
	XLU_ConfigValue *item;
	int r = depth > DEPTH_MAX ? error_set(err, -EINVAL, "lists are too deep") : 0;

	for (int i = 0; !r && (item = rd->lib.xlu_cfg_get_listitem2(list, i)); i++) {
		struct xlvalue *items = array_grow(to->items, to->n, sizeof(*items));

		if (!items)
			return error_memory(err);
		to->items = items;
		items[to->n] = (struct xlvalue){ 0 };
		r = copy_value(rd, item, depth + 1, &items[to->n++], err);
	}
	return r;
}

static int copy_value(const struct xl_reader *rd, XLU_ConfigValue *from, unsigned depth,
		      struct xlvalue *to, struct error *err)
{
	XLU_ConfigList *list;
	char *text;

	if (rd->lib.xlu_cfg_value_type(from) == XLU_STRING) {
		if (rd->lib.xlu_cfg_value_get_string(rd->cfg, from, &text, 1))
			return error_memory(err);
		to->text = strdup(text);
		return to->text ? 0 : error_memory(err);
	}
	if (rd->lib.xlu_cfg_value_get_list(rd->cfg, from, &list, 1))
		return error_memory(err);
	return copy_list(rd, list, depth, to, err);
}

static int add_setting(const struct xl_reader *rd, const char *name, struct xlconfig *out,
		       struct error *err)
{
	struct xlsetting *v = array_grow(out->v, out->n, sizeof(*v));
	XLU_ConfigList *list;
	const char *text;

	if (!v)
		return error_memory(err);
	out->v = v;
	v[out->n] = (struct xlsetting){ .name = strdup(name) };
	if (!v[out->n].name)
		return error_memory(err);
	out->n++;
	if (!rd->lib.xlu_cfg_get_string(rd->cfg, name, &text, 1)) {
		v[out->n - 1].value.text = strdup(text);
		return v[out->n - 1].value.text ? 0 : error_memory(err);
	}
	if (rd->lib.xlu_cfg_get_list(rd->cfg, name, &list, NULL, 1))
		return error_set(err, -EINVAL, "the value of '%s' cannot be read", name);
	return copy_list(rd, list, 0, &v[out->n - 1].value, err);
}

/* A name that begins a setting is followed by "=" or "+="; false: there is no more. */
static bool next_setting(const char *text, size_t len, size_t *at, struct xltoken *out)
{
	struct xltoken next;

	while (xltoken_next(text, len, *at, out)) {
		*at = out->at + out->len;
		if (out->kind == XLTOKEN_NAME && xltoken_next(text, len, *at, &next) &&
		    strchr("=+", text[next.at]))
			return true;
	}
	return false;
}

/* libxlutil goes through all settings for each one more; xl knows about 150. */
#define SETTINGS_MAX 5000

static int check_number(const char *text, size_t len, const char *name, struct error *err)
{
	struct xltoken token;
	size_t n = 0, at = 0;

	while (n <= SETTINGS_MAX && next_setting(text, len, &at, &token))
		n++;
	if (n <= SETTINGS_MAX)
		return 0;
	return error_status(err, STATUS_USAGE, -EINVAL, "%s: has more than %d settings", name,
			    SETTINGS_MAX);
}

static int add_settings(const struct xl_reader *rd, const char *text, size_t len,
			struct xlconfig *out, struct error *err)
{
	struct xltoken token;
	size_t at = 0;
	int r = 0;

	while (!r && next_setting(text, len, &at, &token)) {
		CLEANUP(cleanup_free) char *name = strndup(text + token.at, token.len);

		if (!name)
			return error_memory(err);
		if (!xlconfig_get(out, name))
			r = add_setting(rd, name, out, err);
	}
	return r;
}

/* The first line of what libxlutil reports, without the name it puts in front. */
static int not_read(const char *report, const char *name, struct error *err)
{
	size_t n = strlen(name);

	if (!strncmp(report, name, n) && report[n] == ':')
		report += n + 1;
	return error_status(err, STATUS_USAGE, -EINVAL, "%s: %.*s", name,
			    (int)strcspn(report, "\n"), *report ? report : "cannot be read");
}

static int parse_with(struct xl_reader *rd, const char *text, size_t len, const char *name,
		      struct xlconfig *out, struct error *err)
{
	CLEANUP(cleanup_free) char *report = NULL;
	size_t size;
	FILE *f = memory_stream(&report, &size);
	int r;

	if (!f)
		return error_memory(err);
	rd->cfg = rd->lib.xlu_cfg_init(f, name);
	errno = rd->cfg ? 0 : ENOMEM;
	r = rd->cfg ? rd->lib.xlu_cfg_readdata(rd->cfg, text, (int)len) : ENOMEM;
	/* it reports all kinds of things when memory is short */
	if (r && (r == ENOMEM || errno == ENOMEM || fflush(f)))
		r = error_memory(err);
	else
		r = r ? not_read(report, name, err) : add_settings(rd, text, len, out, err);
	if (rd->cfg)
		rd->lib.xlu_cfg_destroy(rd->cfg);
	fclose(f);
	return r;
}

int xlconfig_parse(const char *text, size_t len, const char *name, struct xlconfig *out,
		   struct error *err)
{
	struct xl_reader rd;
	int r = load_library(&rd.lib, err);

	*out = (struct xlconfig){ 0 };
	if (r)
		return r;
	if (memchr(text, '\0', len))
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "%s: is no configuration file: it has "
				    "a NUL byte",
				    name);
	r = check_number(text, len, name, err);
	if (!r)
		r = parse_with(&rd, text, len, name, out, err);
	if (r)
		xlconfig_release(out);
	return r;
}

#else

int xlconfig_parse(const char *text, size_t len, const char *name, struct xlconfig *out,
		   struct error *err)
{
	(void)text, (void)len, (void)out;
	return error_set(err, -ENOTSUP, "%s: xvif was built without libxlutil", name);
}

#endif
