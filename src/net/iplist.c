/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iplist.c - the list of addresses in a vif's "ip" node. Pure: no store, no output. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/net/iplist.h"

#define BLANKS " \t\n\v\f\r"

static int append(struct iplist *list, const char *text, size_t len, struct error *err)
{
	struct ipword *words = array_grow(list->words, list->n, sizeof(*words));
	struct ipword *word;

	if (!words)
		return error_memory(err);
	list->words = words;
	word = &words[list->n];
	*word = (struct ipword){ .text = strndup(text, len) };
	if (!word->text)
		return error_memory(err);
	word->is_valid = !ipnet_parse(word->text, &word->net, NULL);
	if (!word->is_valid)
		word->is_valid = word->is_loose = ipnet_parse_loosely(word->text, &word->net,
								      &word->is_certain);
	list->n++;
	return 0;
}

int iplist_parse(const char *text, struct iplist *list, struct error *err)
{
	struct iplist found = { 0 };
	int r = 0;

	for (text = text ? text : ""; *(text += strspn(text, BLANKS)) && !r;) {
		size_t len = strcspn(text, BLANKS);

		r = append(&found, text, len, err);
		text += len;
	}
	if (r)
		iplist_release(&found);
	else
		*list = found;
	return r;
}

void iplist_release(struct iplist *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->words[i].text);
	free(list->words);
	*list = (struct iplist){ 0 };
}

int iplist_copy(const struct iplist *from, struct iplist *to, struct error *err)
{
	CLEANUP(cleanup_free) char *text = iplist_format(from);

	return text ? iplist_parse(text, to, err) : error_memory(err);
}

char *iplist_format(const struct iplist *list)
{
	size_t size = 1;
	char *out, *p;

	for (size_t i = 0; i < list->n; i++)
		size += strlen(list->words[i].text) + 1;
	p = out = malloc(size);
	if (!out)
		return NULL;
	*p = '\0';
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			*p++ = ' ';
		p = stpcpy(p, list->words[i].text);
	}
	return out;
}

static const struct ipword *find(const struct iplist *list, const struct ipnet *net)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->words[i].is_valid && ipnet_equal(&list->words[i].net, net))
			return &list->words[i];
	return NULL;
}

bool ipword_equal(const struct ipword *a, const struct ipword *b)
{
	if (a->is_valid != b->is_valid)
		return false;
	return a->is_valid ? ipnet_equal(&a->net, &b->net) : !strcmp(a->text, b->text);
}

bool iplist_equal(const struct iplist *a, const struct iplist *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!ipword_equal(&a->words[i], &b->words[i]))
			return false;
	return true;
}

bool iplist_has(const struct iplist *list, const struct ipnet *net)
{
	return find(list, net) != NULL;
}

int iplist_add(struct iplist *list, const struct ipnet *net, struct error *err)
{
	char text[IPNET_TEXT_SIZE];

	if (iplist_has(list, net))
		return 0;
	ipnet_format(net, text);
	return append(list, text, strlen(text), err);
}

void iplist_remove(struct iplist *list, const struct ipnet *net)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (list->words[i].is_valid && ipnet_equal(&list->words[i].net, net))
			free(list->words[i].text);
		else
			list->words[kept++] = list->words[i];
	}
	list->n = kept;
}

bool iplist_is_repeated(const struct iplist *list, size_t i)
{
	const struct iplist before = { .words = list->words, .n = i };

	return list->words[i].is_valid && iplist_has(&before, &list->words[i].net);
}

void iplist_remove_repeated(struct iplist *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct ipword word = list->words[i];
		const struct iplist before = { .words = list->words, .n = kept };

		if (word.is_valid && iplist_has(&before, &word.net))
			free(word.text);
		else
			list->words[kept++] = word;
	}
	list->n = kept;
}

static int spell(struct ipword *word, struct error *err)
{
	char text[IPNET_TEXT_SIZE], *copy;

	ipnet_format(&word->net, text);
	copy = strdup(text);
	if (!copy)
		return error_memory(err);
	free(word->text);
	word->text = copy;
	word->is_loose = word->is_certain = false;
	return 0;
}

int iplist_spell_all(struct iplist *list, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < list->n && !r; i++)
		if (list->words[i].is_loose)
			r = spell(&list->words[i], err);
	return r;
}

int iplist_spell_certain(struct iplist *list, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < list->n && !r; i++)
		if (list->words[i].is_loose && list->words[i].is_certain)
			r = spell(&list->words[i], err);
	return r;
}

void iplist_remove_invalid(struct iplist *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (!list->words[i].is_valid)
			free(list->words[i].text);
		else
			list->words[kept++] = list->words[i];
	}
	list->n = kept;
}

bool iplist_covers(const struct iplist *list, const struct ipnet *net)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->words[i].is_valid && list->words[i].net.prefix <= net->prefix &&
		    ipnet_overlaps(&list->words[i].net, net))
			return true;
	return false;
}

int iplist_keep_words(struct iplist *list, const struct iplist *from, struct error *err)
{
	for (size_t i = 0; i < list->n; i++) {
		struct ipword *word = &list->words[i];
		const struct ipword *old = word->is_valid ? find(from, &word->net) : NULL;
		char *text;

		if (!old || old->is_loose)
			continue;
		text = strdup(old->text);
		if (!text)
			return error_memory(err);
		free(word->text);
		word->text = text;
	}
	return 0;
}

int iplist_subtract(const struct iplist *a, const struct iplist *b, struct iplist *out,
		    struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < a->n && !r; i++)
		if (a->words[i].is_valid && !iplist_has(b, &a->words[i].net))
			r = iplist_add(out, &a->words[i].net, err);
	return r;
}

bool iplist_is(const struct iplist *list, const char *text)
{
	size_t i = 0, len;

	for (text = text ? text : ""; *(text += strspn(text, BLANKS)); text += len, i++) {
		len = strcspn(text, BLANKS);
		if (i == list->n || strlen(list->words[i].text) != len ||
		    memcmp(list->words[i].text, text, len))
			return false;
	}
	return i == list->n;
}

const char *iplist_first_invalid(const struct iplist *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!list->words[i].is_valid)
			return list->words[i].text;
	return NULL;
}

bool iplist_has_family(const struct iplist *list, int family)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->words[i].is_valid && list->words[i].net.family == family)
			return true;
	return false;
}

int iplist_parse_argument(const char *text, struct iplist *list, struct error *err)
{
	int r = 0;

	while (*(text += strspn(text, BLANKS ",")) && !r) {
		size_t len = strcspn(text, BLANKS ",");
		CLEANUP(cleanup_free) char *word = strndup(text, len);
		struct ipnet net;

		if (!word)
			return error_memory(err);
		r = ipnet_parse(word, &net, err);
		if (!r)
			r = iplist_add(list, &net, err);
		text += len;
	}
	return r;
}
