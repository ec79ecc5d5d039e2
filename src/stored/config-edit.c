/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config-edit.c - the "ip=" of one vif in a domain's configuration file. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/cleanup.h"
#include "src/base/text.h"
#include "src/stored/config-backup.h"
#include "src/stored/config-edit.h"
#include "src/base/input.h"
#include "src/base/atomic-file.h"
#include "src/stored/xlconfig.h"

#define ITEMS_MAX 256

/* What stands between the quotes of an item, or between two commas of it. */
static bool token_is(const char *text, const struct xltoken *token, const char *word)
{
	return token->len == strlen(word) && !memcmp(text + token->at, word, token->len);
}

/* The items of "vif" as they stand in the text; "=" begins anew, "+=" goes on. */
static size_t find_items(const char *text, size_t len, struct text_span *out)
{
	struct xltoken token, previous = { 0 };
	bool in_vif = false;
	unsigned depth = 0;
	size_t n = 0;

	for (size_t at = 0; xltoken_next(text, len, at, &token); at = token.at + token.len) {
		char mark = token.kind == XLTOKEN_MARK ? text[token.at] : '\0';

		if (!depth && (mark == '=' || mark == '+') && previous.kind == XLTOKEN_NAME) {
			in_vif = token_is(text, &previous, "vif");
			n = in_vif && mark == '=' ? 0 : n;
		}
		depth += mark == '[';
		depth -= mark == ']' && depth;
		if (in_vif && depth == 1 && token.kind == XLTOKEN_STRING && token.len >= 2 &&
		    text[token.at] == text[token.at + token.len - 1] && n < ITEMS_MAX)
			out[n++] = (struct text_span){ token.at + 1, token.len - 2 };
		previous = token;
	}
	return n;
}

/*
 * The last piece "KEY=VALUE" of an item, which is the one that xl takes (Xen,
 * tools/xl/xl_parse.c, parse_nic_config); len 0: there is none.
 */
static struct text_span find_piece(const char *text, struct text_span item, const char *key,
				   unsigned *n_out)
{
	size_t end = item.at + item.len, n = strlen(key);
	struct text_span found = { 0 };

	*n_out = 0;

	for (size_t at = item.at; at < end;) {
		const char *comma = memchr(text + at, ',', end - at);
		struct text_span piece = { at, (comma ? (size_t)(comma - text) : end) - at };
		struct text_span bare = text_trim(text, piece);
		size_t equals = bare.at + n;

		while (equals < bare.at + bare.len && isblank((unsigned char)text[equals]))
			equals++;
		if (bare.len > n && !strncasecmp(text + bare.at, key, n) &&
		    equals < bare.at + bare.len && text[equals] == '=') {
			found = piece;
			++*n_out;
		}
		at = piece.at + piece.len + 1;
	}
	return found;
}

static struct text_span value_of(const char *text, struct text_span piece)
{
	const char *equals = memchr(text + piece.at, '=', piece.len);
	size_t at = (size_t)(equals - text) + 1;

	return text_trim(text, (struct text_span){ at, piece.at + piece.len - at });
}

static bool has_mac(const char *text, struct text_span item, const char *mac)
{
	unsigned n;
	struct text_span piece = find_piece(text, item, "mac", &n), value;

	if (!piece.len)
		return false;
	value = value_of(text, piece);
	return !mac || (value.len == strlen(mac) && !strncasecmp(text + value.at, mac, value.len));
}

static const struct text_span *choose_item(const char *text, const struct text_span *items,
					   size_t n, const struct vif *vif)
{
	const struct text_span *at_devid = vif->devid < n ? &items[vif->devid] : NULL, *found = NULL;
	size_t matches = 0;

	for (size_t i = 0; i < n && vif->mac; i++) {
		if (!has_mac(text, items[i], vif->mac))
			continue;
		found = &items[i];
		matches++;
	}
	if (matches == 1)
		return found;
	if (!at_devid || has_mac(text, *at_devid, NULL) != (matches > 0))
		return NULL;
	return !matches || has_mac(text, *at_devid, vif->mac) ? at_devid : NULL;
}

static int plan_change(const char *text, struct text_span item, struct text_span piece,
		       const char *list, struct text_edit *out)
{
	struct text_span value;

	if (piece.len && *list) {
		value = value_of(text, piece);
		*out = (struct text_edit){ value.at, value.at + value.len, strdup(list) };
	} else if (piece.len) {
		bool is_first = piece.at == item.at;
		bool is_last = piece.at + piece.len == item.at + item.len;

		/* with the comma before it; where it is the first, with the one after it */
		*out = (struct text_edit){ piece.at - !is_first,
					   piece.at + piece.len + (is_first && !is_last),
					   strdup("") };
	} else {
		const char *comma = item.len ? ", " : "";

		*out = (struct text_edit){ item.at + item.len, item.at + item.len, NULL };
		if (asprintf(&out->with, "%sip=%s", *list ? comma : "", list) < 0)
			out->with = NULL;
		if (!*list && out->with)
			out->with[0] = '\0';
	}
	return out->with ? 0 : -ENOMEM;
}

static int make_contents(struct config_edit *e, const struct text_edit *change)
{
	e->after = text_edited(e->before, e->before_len, change, &e->after_len);
	return e->after ? 0 : -ENOMEM;
}

static bool same_value(const struct xlvalue *a, const struct xlvalue *b)
{
	if (a->text || b->text)
		return a->text && b->text && !strcmp(a->text, b->text);
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (!same_value(&a->items[i], &b->items[i]))
			return false;
	return a->n == b->n;
}

/* As xl reads them, the two differ in one item of "vif" at most, and that one has the list. */
static bool is_as_meant(const struct xlconfig *before, const struct xlconfig *after, const char *list)
{
	size_t differing = 0;

	if (before->n != after->n)
		return false;
	for (size_t i = 0; i < after->n; i++) {
		const struct xlvalue *a = &before->v[i].value, *b = &after->v[i].value;

		if (same_value(a, b))
			continue;
		if (strcmp(after->v[i].name, "vif") || a->n != b->n)
			return false;
		for (size_t j = 0; j < b->n; j++) {
			if (same_value(&a->items[j], &b->items[j]))
				continue;
			differing++;
			if (!b->items[j].text || !strstr(b->items[j].text, list))
				return false;
		}
	}
	return differing <= 1;
}

static int verify(const struct config_edit *e, const char *list, struct error *err)
{
	struct xlconfig before = { 0 }, after = { 0 };
	int r = xlconfig_parse(e->before, e->before_len, e->path, &before, err);

	if (!r)
		r = xlconfig_parse(e->after, e->after_len, e->path, &after, err);
	if (!r && !is_as_meant(&before, &after, list))
		r = error_set(err, -EINVAL,
			      "%s: the vif's item cannot be changed alone; change it by "
			      "hand",
			      e->path);
	xlconfig_release(&before);
	xlconfig_release(&after);
	return r;
}

static int read_file(struct config_edit *e, const char *path, struct error *err)
{
	int r = input_read(path, &e->before, &e->before_len, err);

	if (r)
		return r;
	e->path = realpath(path, NULL);
	if (!e->path)
		return error_set(err, -errno, "%s: cannot be read: %s", path, strerror(errno));
	return 0;
}

static bool is_same_uuid(const char *a, const char *b)
{
	do {
		a += strspn(a, "-");
		b += strspn(b, "-");
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
	} while (*a++ && *b++);
	return true;
}

static int refuse_foreign(const struct config_edit *e, const char *what, const char *theirs,
			  const char *ours, struct error *err)
{
	return error_set(err, -EPERM, "%s: is of another domain: its %s is '%s', not '%s'", e->path,
			 what, theirs, ours);
}

static int check_domain(const struct config_edit *e, const struct xlconfig *config,
			const struct domain *domain, struct error *err)
{
	const struct xlvalue *name = xlconfig_get(config, "name"),
			     *uuid = xlconfig_get(config, "uuid");

	if (name && name->text && domain->name && strcmp(name->text, domain->name))
		return refuse_foreign(e, "name", name->text, domain->name, err);
	if (uuid && uuid->text && domain->uuid && !is_same_uuid(uuid->text, domain->uuid))
		return refuse_foreign(e, "uuid", uuid->text, domain->uuid, err);
	return 0;
}

static int read_listed(struct config_edit *e, struct text_span piece, struct error *err)
{
	struct text_span value = piece.len ? value_of(e->before, piece) : piece;
	CLEANUP(cleanup_free) char *list = strndup(e->before + value.at, value.len);

	return list ? iplist_parse(list, &e->listed, err) : error_memory(err);
}

static int change_contents(struct config_edit *e, const struct vif *vif, const char *list,
			   struct error *err)
{
	struct text_span items[ITEMS_MAX];
	const struct text_span *item = choose_item(e->before, items,
						   find_items(e->before, e->before_len, items), vif);
	struct text_span piece;
	struct text_edit change;
	unsigned n_pieces;
	int r;

	if (!item)
		return error_set(err, -ENOENT, "%s: has no vif with MAC %s", e->path,
				 vif->mac ? vif->mac : "(none)");
	if (memchr(e->before + item->at, '\\', item->len))
		return error_set(err, -EINVAL, "%s: the vif's item has escapes; change it by hand",
				 e->path);
	piece = find_piece(e->before, *item, "ip", &n_pieces);
	if (n_pieces > 1 && !*list)
		return error_set(err, -EINVAL,
				 "%s: the vif's item has several ip=; change it by hand", e->path);
	r = read_listed(e, piece, err);
	if (r)
		return r;
	r = plan_change(e->before, *item, piece, list, &change);
	if (!r)
		r = make_contents(e, &change);
	free(change.with);
	return r ? error_memory(err) : verify(e, list, err);
}

int config_edit_prepare(struct config_edit *e, const char *path, const struct vif *vif,
			const struct iplist *after, bool has_backup, struct error *err)
{
	CLEANUP(cleanup_free) char *list = iplist_format(after);
	struct xlconfig config = { 0 };
	int r;

	*e = (struct config_edit){ 0 };
	r = list ? read_file(e, path, err) : error_memory(err);
	if (!r)
		r = xlconfig_parse(e->before, e->before_len, e->path, &config, err);
	if (!r)
		r = check_domain(e, &config, &vif->domain, err);
	xlconfig_release(&config);
	if (!r && has_backup && !(e->backup = config_backup_name(e->path)))
		r = error_memory(err);
	return r ? r : change_contents(e, vif, list, err);
}

bool config_edit_is_change(const struct config_edit *e)
{
	return e->after_len != e->before_len || memcmp(e->after, e->before, e->after_len);
}

int config_edit_write(struct config_edit *e, struct error *err)
{
	int r = 0;

	if (!config_edit_is_change(e))
		return 0;
	if (e->backup)
		r = config_backup_write(e->path, e->backup, e->before, e->before_len, err);
	return r ? r : atomic_file_put(e->path, e->after, e->after_len, err);
}

void config_edit_release(struct config_edit *e)
{
	free(e->path);
	free(e->backup);
	iplist_release(&e->listed);
	free(e->before);
	free(e->after);
	*e = (struct config_edit){ 0 };
}
