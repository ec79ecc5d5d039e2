/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules.c - iptables rules as multisets. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/hotplug/rule-key.h"
#include "src/hotplug/rules.h"

void rules_release(struct rules *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		free(rules->v[i].key);
		free(rules->v[i].text);
	}
	free(rules->v);
	*rules = (struct rules){ 0 };
}

int rules_add(struct rules *rules, const char *text, struct error *err)
{
	struct rule *v = array_grow(rules->v, rules->n, sizeof(*v));

	if (!v)
		return error_memory(err);
	rules->v = v;
	v[rules->n] = (struct rule){ .key = rule_key(text), .text = strdup(text) };
	rules->n++;
	return v[rules->n - 1].key && v[rules->n - 1].text ? 0 : error_memory(err);
}

/* The next link that a rule names, from @p on; NULL: no more. */
static const char *next_link(const char *p, size_t *len_out)
{
	const char *option = strstr(p, "--physdev-"), *value;

	for (; option; option = strstr(option + 1, "--physdev-")) {
		value = strchr(option, ' ');
		if (!value || strncmp(option, "--physdev-is-", strlen("--physdev-is-")) == 0)
			continue;
		*len_out = strcspn(value + 1, " ");
		return value + 1;
	}
	return NULL;
}

bool rule_names(const struct rule *rule, const char *const *links)
{
	size_t len;

	for (const char *p = next_link(rule->key, &len); p; p = next_link(p, &len)) {
		if (!links)
			return true;
		for (size_t i = 0; links[i]; i++)
			if (strlen(links[i]) == len && !strncmp(p, links[i], len))
				return true;
	}
	return false;
}

/* Worth a closer look? */
static bool mentions(const char *line, const char *const *links)
{
	if (!links)
		return strstr(line, "--physdev-");
	for (size_t i = 0; links[i]; i++)
		if (strstr(line, links[i]))
			return true;
	return false;
}

static int add_if_named(struct rules *rules, const char *text, const char *const *links,
			struct error *err)
{
	int r = rules_add(rules, text, err);

	if (!r && !rule_names(&rules->v[rules->n - 1], links)) {
		struct rule *rule = &rules->v[--rules->n];

		free(rule->key);
		free(rule->text);
	}
	return r;
}

int rules_parse(char *listing, const char *const *links, struct rules *out, struct error *err)
{
	char *save, *line;
	int r = 0;

	for (line = strtok_r(listing, "\n", &save); line && !r; line = strtok_r(NULL, "\n", &save))
		if (!strncmp(line, "-A FORWARD ", 11) && mentions(line, links))
			r = add_if_named(out, line + 11, links, err);
	return r;
}

static int compare_names(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = strncmp(a, b, a_len < b_len ? a_len : b_len);

	return order ? order : a_len < b_len ? -1 : a_len > b_len;
}

static int by_name(const void *a, const void *b)
{
	const struct rule_link *x = a, *y = b;
	int order = compare_names(x->name, x->len, y->name, y->len);

	return order ? order : x->rule < y->rule ? -1 : x->rule > y->rule;
}

static size_t gather_links(const struct rules *rules, struct rule_link *out)
{
	size_t n = 0, len;

	for (size_t i = 0; i < rules->n; i++)
		for (const char *p = next_link(rules->v[i].key, &len); p; p = next_link(p, &len), n++)
			if (out)
				out[n] = (struct rule_link){ p, len, &rules->v[i] };
	return n;
}

int rules_index(const struct rules *rules, struct rule_links *out, struct error *err)
{
	out->n = gather_links(rules, NULL);
	out->v = calloc(out->n + 1, sizeof(*out->v));
	if (!out->v)
		return error_memory(err);
	gather_links(rules, out->v);
	qsort(out->v, out->n, sizeof(*out->v), by_name);
	return 0;
}

static int compare_link(const void *key, const void *element)
{
	const struct rule_link *x = key, *y = element;

	return compare_names(x->name, x->len, y->name, y->len);
}

int rules_find(const struct rule_links *index, const char *link, struct rules *out, struct error *err)
{
	const struct rule_link wanted = { .name = link, .len = strlen(link) };
	size_t i = array_place(&wanted, index->v, index->n, sizeof(*index->v), compare_link);
	const struct rule *last = NULL;
	int r = 0;

	for (; i < index->n && !compare_link(&wanted, &index->v[i]) && !r; i++) {
		if (index->v[i].rule != last)
			r = rules_add(out, index->v[i].rule->text, err);
		last = index->v[i].rule;
	}
	return r;
}

int forward_parse(char *listing, struct forward *out, struct error *err)
{
	char *save, *line;
	int r = 0;

	for (line = strtok_r(listing, "\n", &save); line && !r; line = strtok_r(NULL, "\n", &save)) {
		if (!strncmp(line, "-A FORWARD ", 11))
			r = rules_add(&out->rules, line + 11, err);
		else if (!strncmp(line, "-P FORWARD ", 11))
			out->drops = strcmp(line + 11, "ACCEPT") != 0;
	}
	return r;
}

static size_t count(const struct rules *rules, const char *key, size_t end)
{
	size_t found = 0;

	for (size_t i = 0; i < end; i++)
		found += !strcmp(rules->v[i].key, key);
	return found;
}

int rules_subtract(const struct rules *a, const struct rules *b, struct rules *out, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < a->n && !r; i++)
		if (count(a, a->v[i].key, i) >= count(b, a->v[i].key, b->n))
			r = rules_add(out, a->v[i].text, err);
	return r;
}

int rules_among(const struct rules *a, const struct rules *b, const struct rules *c,
		struct rules *out, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < a->n && !r; i++)
		if (count(b, a->v[i].key, b->n) || count(c, a->v[i].key, c->n))
			r = rules_add(out, a->v[i].text, err);
	return r;
}

int rules_append(struct rules *rules, const struct rules *more, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < more->n && !r; i++)
		r = rules_add(rules, more->v[i].text, err);
	return r;
}

/* What the scripts set for a link (Xen, tools/hotplug/Linux/vif-common.sh); the first also with "-s NET". */
static const struct shape {
	const char *direction, *rest;
} shapes[] = {
	{ "in", "" },
	{ "out", "" },
	{ "in", "-p udp --sport 68 --dport 67 " },
};

#define N_SHAPES (sizeof(shapes) / sizeof(*shapes))

static char *make_shape(const struct shape *shape, const char *link)
{
	char text[256];

	snprintf(text, sizeof(text), "--physdev-is-bridged --physdev-%s %s %s-j ACCEPT",
		 shape->direction, link, shape->rest);
	return rule_key(text);
}

static bool is_of_scripts(const struct rule *rule, char *const keys[N_SHAPES])
{
	size_t len = strlen(keys[0]);
	const char *rest = rule->key + len;

	for (size_t i = 0; i < N_SHAPES; i++)
		if (!strcmp(rule->key, keys[i]))
			return true;
	return !strncmp(rule->key, keys[0], len) && !strncmp(rest, "-s ", 3) &&
	       strchr(rest + 3, ' ') && !strchr(rest + 3, ' ')[1];
}

int rules_of_scripts(const struct rules *rules, const char *link, struct rules *out, struct error *err)
{
	char *keys[N_SHAPES];
	bool complete = true;
	int r = 0;

	for (size_t i = 0; i < N_SHAPES; i++) {
		keys[i] = make_shape(&shapes[i], link);
		complete &= keys[i] != NULL;
	}
	if (!complete)
		r = error_memory(err);
	for (size_t i = 0; i < rules->n && !r; i++)
		if (is_of_scripts(&rules->v[i], keys))
			r = rules_add(out, rules->v[i].text, err);
	for (size_t i = 0; i < N_SHAPES; i++)
		free(keys[i]);
	return r;
}

int rules_surplus(const struct rules *present, const struct rules *wanted,
		  const struct rules *obsolete, struct rules *out, struct error *err)
{
	CLEANUP(rules_release) struct rules extra = { 0 };
	int r = rules_subtract(present, wanted, &extra, err);

	if (!r)
		r = rules_among(&extra, wanted, obsolete, out, err);
	return r;
}
