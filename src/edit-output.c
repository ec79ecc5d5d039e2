/* SPDX-License-Identifier: GPL-2.0-or-later */
/* edit-output.c - what an edit did, as a result and as a line. */
#include <stdio.h>

#include "src/edit-output.h"
#include "src/result.h"

static const struct field persisted_fields[] = {
	{ .name = "backend", .kind = KIND_BOOL },
	{ .name = "libxl", .kind = KIND_BOOL },
	{ .name = "userdata", .kind = KIND_BOOL },
	{ .name = "config", .kind = KIND_BOOL },
	{ 0 }
};

const struct field edit_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT },
	{ .name = "domid", .kind = KIND_NUMBER },
	{ .name = "vif", .kind = KIND_NUMBER },
	{ .name = "changed", .kind = KIND_BOOL },
	{ .name = "before", .kind = KIND_LIST },
	{ .name = "after", .kind = KIND_LIST },
	{ .name = "method", .kind = KIND_TEXT },
	{ .name = "persisted", .kind = KIND_OBJECT, .fields = persisted_fields },
	{ .name = "notes", .kind = KIND_LIST },
	{ .name = "plan", .kind = KIND_LIST, .is_optional = true },
	{ 0 }
};

void edit_add_result(const struct edit *e, struct sxp_doc *doc, sxp_node edit)
{
	const struct survey *s = &e->survey;
	const struct vif *vif = &e->vif;
	bool is_there = e->is_done || !survey_is_change(s);
	sxp_node persisted;

	result_text(doc, edit, "domain", vif->domain.name);
	result_number(doc, edit, "domid", vif->domain.domid);
	result_number(doc, edit, "vif", vif->devid);
	result_bool(doc, edit, "changed", e->is_done);
	result_ips(doc, edit, "before", &s->before);
	result_ips(doc, edit, "after", &s->after);
	result_text(doc, edit, "method", s->method);
	persisted = sxp_add_element(doc, edit, "persisted");
	result_bool(doc, persisted, "backend", is_there);
	result_bool(doc, persisted, "libxl", is_there && vif->has_libxl);
	result_bool(doc, persisted, "userdata", is_there && s->has_userdata);
	result_bool(doc, persisted, "config", is_there && e->config.path);
	result_lines(doc, edit, "notes", &s->notes);
	if (s->options->dry_run)
		result_lines(doc, edit, "plan", &e->plan);
}

/* Do the words that stay stand in the order in which they stood? */
static bool keeps_order(const struct survey *s)
{
	size_t j = 0;

	for (size_t i = 0; i < s->before.n; i++) {
		if (!s->before.words[i].is_valid || !iplist_has(&s->after, &s->before.words[i].net))
			continue;
		while (j < s->after.n && !iplist_has(&s->before, &s->after.words[j].net))
			j++;
		if (j == s->after.n || !ipnet_equal(&s->after.words[j++].net, &s->before.words[i].net))
			return false;
	}
	return true;
}

#define RED "\033[31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

/* A word that is not kept, in colour if @color. */
static void print_change(const char *sign, const char *word, const char *color, FILE *stream)
{
	fprintf(stream, " %s%s", color ? color : "", sign);
	output_escaped(word, stream);
	fputs(color ? PLAIN : "", stream);
}

static void print_before(const struct survey *s, bool removed_only, bool colors, FILE *stream)
{
	for (size_t i = 0; i < s->before.n; i++) {
		const struct ipword *word = &s->before.words[i];
		bool is_kept = word->is_valid && iplist_has(&s->after, &word->net);

		if (!is_kept)
			print_change("-", word->text, colors ? RED : NULL, stream);
		else if (!removed_only)
			fprintf(stream, " %s", word->text);
	}
}

void edit_print_line(const struct edit *e, bool colors, FILE *stream)
{
	const struct survey *s = &e->survey;
	const struct vif *vif = &e->vif;
	bool in_order = keeps_order(s);

	if (vif->domain.name)
		output_escaped(vif->domain.name, stream);
	else
		fprintf(stream, "%u", vif->domain.domid);
	fprintf(stream, " vif %u:", vif->devid);
	if (in_order)
		print_before(s, false, colors, stream);
	for (size_t i = 0; i < s->after.n; i++) {
		const struct ipword *word = &s->after.words[i];

		if (!iplist_has(&s->before, &word->net))
			print_change("+", word->text, colors ? GREEN : NULL, stream);
		else if (!in_order)
			fprintf(stream, " %s", word->text);
	}
	if (!in_order)
		print_before(s, true, colors, stream);
	fputs(s->options->dry_run ? " (dry run)\n" : "\n", stream);
}
