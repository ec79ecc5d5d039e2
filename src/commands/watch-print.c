/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-print.c - a change on one line: for people, as JSON, as an S-expression. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/cleanup.h"
#include "src/output/iplist-diff.h"
#include "src/output/output.h"
#include "src/output/result.h"
#include "src/base/text.h"
#include "src/commands/watch-print.h"

/* Of a value that a guest may have written; bytes. */
#define SHOWN_MAX 256

static const struct field vif_fields[] = {
	{ .name = "link", .kind = KIND_TEXT },
	{ .name = "mac", .kind = KIND_TEXT },
	{ .name = "script", .kind = KIND_TEXT },
	{ .name = "state", .kind = KIND_TEXT },
	{ .name = "hotplug_status", .kind = KIND_TEXT },
	{ .name = "ips", .kind = KIND_LIST },
	{ 0 },
};

static const struct field hex_fields[] = {
	{ .name = "hex", .kind = KIND_TEXT },
	{ 0 },
};

enum {
	FIELD_TIME,
	FIELD_DOMAIN,
	FIELD_DOMID,
	FIELD_VIF,
	FIELD_NODE,
	FIELD_BEFORE,
	FIELD_AFTER,
	N_FIELDS
};

/* As it is for most nodes; the kind of the last two is set for each change. */
static const struct field change_fields[N_FIELDS + 1] = {
	[FIELD_TIME] = { .name = "time", .kind = KIND_TEXT },
	[FIELD_DOMAIN] = { .name = "domain", .kind = KIND_TEXT },
	[FIELD_DOMID] = { .name = "domid", .kind = KIND_NUMBER },
	[FIELD_VIF] = { .name = "vif", .kind = KIND_NUMBER },
	[FIELD_NODE] = { .name = "node", .kind = KIND_TEXT },
	[FIELD_BEFORE] = { .name = "before", .kind = KIND_TEXT },
	[FIELD_AFTER] = { .name = "after", .kind = KIND_TEXT },
};

struct change_document {
	struct sxp_doc *doc;
	sxp_node list;
	struct field fields[N_FIELDS + 1];
	bool has_bytes; /* the format prints any */
};

static bool is_node(const struct watch_change *change, const char *name)
{
	return change->vif && change->node && !strcmp(change->node, name);
}

/* A state by its name; one that has none as it is. */
static const char *state_text(const char *value)
{
	const char *name = vif_state_name(value);

	return !value || !strcmp(name, "unknown") ? value : name;
}

static void add_vif(struct change_document *line, int field, const struct vif *vif)
{
	sxp_node element = sxp_add_element(line->doc, line->list, change_fields[field].name);

	line->fields[field].kind = KIND_OBJECT;
	line->fields[field].fields = vif_fields;
	result_text(line->doc, element, "link", vif->link);
	result_text(line->doc, element, "mac", vif->mac);
	result_text(line->doc, element, "script", vif->script);
	result_text(line->doc, element, "state", state_text(vif->state));
	result_text(line->doc, element, "hotplug_status", vif->hotplug_status);
	result_ips(line->doc, element, "ips", &vif->ips);
}

static int add_list(struct change_document *line, int field, const char *text, struct error *err)
{
	CLEANUP(iplist_release) struct iplist ips = { 0 };
	int r = iplist_parse(text, &ips, err);

	line->fields[field].kind = KIND_LIST;
	if (!r)
		result_ips(line->doc, line->list, change_fields[field].name, &ips);
	return r;
}

static bool is_text(const struct watch_value *value)
{
	const char *p = value->text;

	while (*p && text_character(p).is_utf8)
		p += text_character(p).len;
	return p == value->text + value->len;
}

/* What JSON cannot say as text. */
static int add_hex(struct change_document *line, int field, const struct watch_value *value)
{
	CLEANUP(cleanup_free) char *hex = malloc(value->len * 2 + 1);
	sxp_node element = sxp_add_element(line->doc, line->list, change_fields[field].name);

	if (!hex)
		return -ENOMEM;
	hex[0] = '\0';
	for (size_t i = 0; i < value->len; i++)
		snprintf(hex + i * 2, 3, "%02x", (unsigned char)value->text[i]);
	line->fields[field].kind = KIND_OBJECT;
	line->fields[field].fields = hex_fields;
	result_text(line->doc, element, "hex", hex);
	return 0;
}

static int add_value(struct change_document *line, int field, const struct watch_value *value,
		     struct error *err)
{
	sxp_node element;

	if (!value->text)
		return 0;
	if (!line->has_bytes && !is_text(value))
		return add_hex(line, field, value) ? error_memory(err) : 0;
	element = sxp_add_element(line->doc, line->list, change_fields[field].name);
	sxp_add_text(line->doc, element, value->text, value->len);
	return 0;
}

static int add_values(struct change_document *line, const struct watch_change *change,
		      struct error *err)
{
	int r;

	if (change->kind != CHANGE_NODE) {
		add_vif(line, change->kind == CHANGE_APPEARED ? FIELD_AFTER : FIELD_BEFORE,
			change->vif);
		return 0;
	}
	if (is_node(change, "ip")) {
		r = add_list(line, FIELD_BEFORE, change->before.text, err);
		return r ? r : add_list(line, FIELD_AFTER, change->after.text, err);
	}
	if (is_node(change, "state")) {
		result_text(line->doc, line->list, "before", state_text(change->before.text));
		result_text(line->doc, line->list, "after", state_text(change->after.text));
		return 0;
	}
	r = add_value(line, FIELD_BEFORE, &change->before, err);
	return r ? r : add_value(line, FIELD_AFTER, &change->after, err);
}

/* 2026-01-01T00:00:00Z */
static int begin_line(struct change_document *line, const struct args *args, struct error *err)
{
	time_t now = time(NULL);
	char text[32];

	line->has_bytes = output_abilities(&args->style) & FORMAT_BYTES;
	memcpy(line->fields, change_fields, sizeof(change_fields));
	line->doc = sxp_new();
	if (!line->doc)
		return error_memory(err);
	line->list = sxp_add_element(line->doc, sxp_root(line->doc), "change");
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	result_text(line->doc, line->list, "time", text);
	return 0;
}

static void free_line(struct change_document *line)
{
	sxp_free(line->doc);
}

/* Escaped, and cut where it is long: anybody may have written it. */
static void print_value(const struct watch_value *value, FILE *out)
{
	size_t len = value->len > SHOWN_MAX ? SHOWN_MAX : value->len;
	const char *p = value->text;

	if (!p) {
		fputs("(none)", out);
		return;
	}
	putc('\'', out);
	while (p < value->text + len) {
		struct character c = text_character(p);
		char one[5] = "";

		memcpy(one, p, c.len);
		if (*p)
			output_escaped(one, out);
		else
			fputs("\\x00", out);
		p += c.len;
	}
	putc('\'', out);
	if (value->len > len)
		fprintf(out, "... (%zu bytes)", value->len);
}

/* What the daemon or a script wrote needs no quotes unless it is empty. */
static void print_word(const char *text, FILE *out)
{
	if (!text || !*text)
		fputs(text ? "''" : "(none)", out);
	else
		output_escaped(text, out);
}

static void print_pair(const char *name, const char *text, FILE *out)
{
	if (!text)
		return;
	fprintf(out, ", %s ", name);
	print_word(text, out);
}

static int print_lists(const struct watch_change *change, bool colors, FILE *out, struct error *err)
{
	CLEANUP(iplist_release) struct iplist before = { 0 }, after = { 0 };
	int r = iplist_parse(change->before.text, &before, err);

	if (!r)
		r = iplist_parse(change->after.text, &after, err);
	if (!r)
		iplist_diff_print(&before, &after, colors, out);
	return r;
}

/* "appeared: 10.0.0.1 10.0.0.2, mac ..., state connected, hotplug-status connected" */
static void print_vif(const struct vif *vif, const char *what, FILE *out)
{
	fprintf(out, " %s:", what);
	for (size_t i = 0; i < vif->ips.n; i++) {
		putc(' ', out);
		output_escaped(vif->ips.words[i].text, out);
	}
	if (!vif->ips.n)
		fputs(" no address", out);
	print_pair("mac", vif->mac, out);
	print_pair("state", state_text(vif->state), out);
	print_pair("hotplug-status", vif->hotplug_status, out);
}

static void print_where(const struct watch_change *change, FILE *out)
{
	time_t now = time(NULL);
	char text[32];

	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", localtime(&now));
	fprintf(out, "%s ", text);
	if (change->domain && change->domain->name)
		output_escaped(change->domain->name, out);
	else if (change->domain)
		fprintf(out, "%u", change->domain->domid);
	if (change->vif)
		fprintf(out, " vif %u", change->vif->devid);
	if (change->domain)
		putc(':', out);
}

/* A change, as people see it. */
struct change_view {
	const struct watch_change *change;
	const struct output_style *style;
};

static int print_for_people(void *data, FILE *out, struct error *err)
{
	const struct change_view *view = data;
	const struct watch_change *change = view->change;
	bool is_state = is_node(change, "state");
	int r = 0;

	print_where(change, out);
	if (change->kind != CHANGE_NODE) {
		print_vif(change->vif, change->kind == CHANGE_APPEARED ? "appeared" : "vanished",
			  out);
	} else if (!change->domain) {
		output_escaped(change->node, out);
		fputs(": ", out);
		print_value(&change->before, out);
		fputs(" -> ", out);
		print_value(&change->after, out);
	} else if (is_node(change, "ip")) {
		fputs(" ip:", out);
		r = print_lists(change, output_has_colors(view->style, out), out, err);
	} else {
		fprintf(out, " %s: ", change->node);
		print_word(is_state ? state_text(change->before.text) : change->before.text, out);
		fputs(" -> ", out);
		print_word(is_state ? state_text(change->after.text) : change->after.text, out);
	}
	putc('\n', out);
	return r;
}

int watch_print(const struct watch_change *change, const struct args *args, FILE *out,
		struct error *err)
{
	CLEANUP(free_line) struct change_document line = { 0 };
	int r = begin_line(&line, args, err);

	if (r)
		return r;
	if (change->domain) {
		result_text(line.doc, line.list, "domain", change->domain->name);
		result_number(line.doc, line.list, "domid", change->domain->domid);
	}
	if (change->vif)
		result_number(line.doc, line.list, "vif", change->vif->devid);
	result_text(line.doc, line.list, "node", change->node ? change->node : "vif");
	r = add_values(&line, change, err);
	if (r)
		return r;
	return output_result(&(struct output_result){ .doc = line.doc,
						      .root = line.list,
						      .fields = line.fields,
						      .print = print_for_people,
						      .data = &(struct change_view){ change,
										     &args->style } },
			     &args->style, out, err);
}

int watch_print_gap(bool is_lost, const struct args *args, FILE *out, struct error *err)
{
	CLEANUP(free_line) struct change_document line = { 0 };
	int r = begin_line(&line, args, err);

	if (r)
		return r;
	result_text(line.doc, line.list, "node", "xenstored");
	result_text(line.doc, line.list, "before", is_lost ? "connected" : "lost");
	result_text(line.doc, line.list, "after", is_lost ? "lost" : "connected");
	return output_result(&(struct output_result){ .doc = line.doc,
						      .root = line.list,
						      .fields = line.fields },
			     &args->style, out, err);
}
