/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-status.c - xvif guard status: what is guarded, what is in force, what was refused. */
#include <stdio.h>

#include "src/base/cleanup.h"
#include "src/commands/guard-result.h"
#include "src/commands/guard-status.h"
#include "src/output/output.h"
#include "src/output/result.h"

bool guard_whom_is(const struct guard_whom *whom, const struct vif *vif)
{
	return whom->is_all ||
	       (vif->domain.domid == whom->domid && (!whom->has_devid || vif->devid == whom->devid));
}

static void add_addresses(struct sxp_doc *doc, sxp_node row, const struct guard_look *look,
			  const struct guard_state *state)
{
	sxp_node list = sxp_add_element(doc, row, "addresses");

	for (size_t i = 0; i < state->vif->ips.n; i++) {
		const struct ipword *word = &state->vif->ips.words[i];
		sxp_node one;

		if (!word->is_valid)
			continue;
		one = sxp_add_list(doc, list);
		result_text(doc, one, "ip", word->text);
		guard_add_word(doc, one, look, state, &word->net);
	}
}

/* In words, for the column STATE. */
static const char *state_text(const struct guard_look *look, const struct guard_state *state,
			      char *out, size_t size)
{
	if (!state->is_possible && state->options.mode != GUARD_OFF)
		snprintf(out, size, "not guarded: %s", state->why);
	else if (state->options.mode == GUARD_OFF)
		snprintf(out, size, "off");
	else if (state->n || look->n_shared)
		snprintf(out, size, "not in force: %s: %s",
			 look->sync.found.v[state->n ? state->first : 0].kind,
			 look->sync.found.v[state->n ? state->first : 0].detail);
	else if (state->ends_ms)
		snprintf(out, size, "in force; ends in %llu s unless confirmed",
			 (unsigned long long)(state->ends_ms + 999) / 1000);
	else if (!state->vif->ips.n)
		snprintf(out, size, "in force; without a list, %s",
			 state->options.mode == GUARD_CLOSED ||
					 state->options.flags & GUARD_UNLISTED_CLOSED ?
				 "it can send nothing" :
				 "any address passes");
	else
		snprintf(out, size, "in force");
	return out;
}

/* What waits for a confirmation drops, whatever guard.conf says until then. */
static enum guard_mode present_mode(const struct guard_state *state)
{
	bool drops = state->ends_ms && state->options.mode < GUARD_ENFORCE;

	return drops ? GUARD_ENFORCE : state->options.mode;
}

static void add_row(struct sxp_doc *doc, sxp_node list, const struct guard_look *look,
		    const struct guard_state *state, const struct guard_counters *counters)
{
	sxp_node row = sxp_add_list(doc, list);
	char text[320];

	result_text(doc, row, "domain", state->vif->domain.name);
	result_number(doc, row, "domid", state->vif->domain.domid);
	result_number(doc, row, "vif", state->vif->devid);
	result_text(doc, row, "link", state->vif->link);
	result_text(doc, row, "mode", guard_mode_name(present_mode(state)));
	result_bool(doc, row, "in_force", guard_is_in_force(look, state) || state->ends_ms);
	result_bool(doc, row, "listed", state->vif->ips.n > 0);
	result_text(doc, row, "state", state_text(look, state, text, sizeof(text)));
	result_number(doc, row, "refusals", counters->total);
	if (state->ends_ms)
		result_number(doc, row, "ends_s", (state->ends_ms + 999) / 1000);
	guard_add_counters(doc, row, counters);
	add_addresses(doc, row, look, state);
}

static const struct field address_fields[] = {
	{ .name = "ip", .kind = KIND_TEXT },
	{ .name = "packets", .kind = KIND_NUMBER },
	{ .name = "bytes", .kind = KIND_NUMBER },
	{ .name = "since", .kind = KIND_TEXT },
	{ 0 },
};

const struct field guard_status_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT, .column = "DOMAIN", .is_default = true },
	{ .name = "domid", .kind = KIND_NUMBER, .column = "DOMID" },
	{ .name = "vif", .kind = KIND_NUMBER, .column = "VIF", .is_default = true },
	{ .name = "link", .kind = KIND_TEXT, .column = "LINK", .is_default = true },
	{ .name = "mode", .kind = KIND_TEXT, .column = "MODE", .is_default = true },
	{ .name = "in_force", .kind = KIND_BOOL, .column = "INFORCE" },
	{ .name = "listed", .kind = KIND_BOOL, .column = "LISTED" },
	{ .name = "refusals", .kind = KIND_NUMBER, .column = "REFUSED", .is_default = true },
	{ .name = "state", .kind = KIND_TEXT, .column = "STATE", .is_default = true, .wraps = true },
	{ .name = "ends_s", .kind = KIND_NUMBER, .is_optional = true },
	{ .name = "dropped", .kind = KIND_OBJECT, .fields = guard_dropped_fields },
	{ .name = "refused", .kind = KIND_OBJECTS, .fields = guard_refused_fields },
	{ .name = "addresses", .kind = KIND_OBJECTS, .fields = address_fields },
	{ 0 },
};

static const struct field result_fields[] = {
	{ .name = "guards", .kind = KIND_OBJECTS, .fields = guard_status_fields },
	{ .name = "notes", .kind = KIND_LIST },
	{ 0 },
};

/* What is said of the host, not of one vif. */
static int list_notes(const struct guard_look *look, struct strv *out)
{
	int r = 0;

	if (*look->conf.broken.text)
		r |= strv_add(out, "%s; %s", look->conf.broken.text, guard_conf_instead(&look->conf));
	for (size_t i = 0; i < look->n_shared; i++)
		r |= strv_add(out, "%s: %s", look->sync.found.v[i].kind,
			      look->sync.found.v[i].detail);
	for (size_t i = look->rest; i < look->sync.found.n; i++)
		r |= strv_add(out, "%s: %s", look->sync.found.v[i].kind,
			      look->sync.found.v[i].detail);
	return r;
}

int guard_print_status(struct guard_look *look, const struct guard_whom *whom, struct context *cx,
		       const struct args *args, struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	CLEANUP(strv_release) struct strv notes = { 0 };
	sxp_node root, list;
	int r = guard_counters_read(look, err);

	if (!doc || list_notes(look, &notes))
		return error_memory(err);
	root = sxp_add_element(doc, sxp_root(doc), "guard");
	list = sxp_add_element(doc, root, "guards");
	if (notes.n && look->is_wanted)
		cx->status = STATUS_WRONG;
	for (size_t i = 0; i < look->n && !r; i++) {
		CLEANUP(guard_counters_release) struct guard_counters counters = { 0 };

		if (!guard_whom_is(whom, look->v[i].vif))
			continue;
		if (guard_counters_of(look, &look->v[i], &counters))
			return error_memory(err);
		add_row(doc, list, look, &look->v[i], &counters);
		if (!guard_is_in_force(look, &look->v[i]) && !look->v[i].ends_ms)
			cx->status = STATUS_WRONG;
	}
	if (r)
		return r;
	result_lines(doc, root, "notes", &notes);
	for (size_t i = 0; i < notes.n && output_is_text(&args->style); i++)
		output_message(notes.v[i]);
	return output_result(&(struct output_result){ .doc = doc,
						      .root = root,
						      .fields = result_fields,
						      .list = "guards",
						      .view = VIEW_TABLE,
						      .is_silent = args_has(args, &option_quiet) },
			     &args->style, cx->out, err);
}
