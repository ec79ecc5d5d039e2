/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-result.c - what the guard does with vifs, as elements of results. */
#include <errno.h>

#include "src/base/cleanup.h"
#include "src/commands/guard-result.h"
#include "src/output/result.h"

const struct field guard_dropped_fields[] = {
	{ .name = "mac", .kind = KIND_NUMBER },
	{ .name = "vlan", .kind = KIND_NUMBER },
	{ .name = "ethertype", .kind = KIND_NUMBER },
	{ .name = "arp", .kind = KIND_NUMBER },
	{ .name = "ipv4", .kind = KIND_NUMBER },
	{ .name = "ipv6", .kind = KIND_NUMBER },
	{ .name = "nd", .kind = KIND_NUMBER },
	{ .name = "ra", .kind = KIND_NUMBER },
	{ .name = "dhcp", .kind = KIND_NUMBER },
	{ .name = "multicast", .kind = KIND_NUMBER },
	{ .name = "apipa", .kind = KIND_NUMBER },
	{ .name = "sibling", .kind = KIND_NUMBER },
	{ 0 },
};

const struct field guard_refused_fields[] = {
	{ .name = "source", .kind = KIND_TEXT },
	{ .name = "reason", .kind = KIND_TEXT },
	{ .name = "packets", .kind = KIND_NUMBER },
	{ 0 },
};

void guard_add_counters(struct sxp_doc *doc, sxp_node row, const struct guard_counters *counters)
{
	sxp_node list = sxp_add_element(doc, row, "dropped");
	uint64_t siblings = 0;

	for (size_t i = 0; i < guard_n_reasons; i++)
		result_number(doc, list, guard_reasons[i].name, counters->dropped[i]);
	for (size_t i = 0; i < counters->n_refused; i++)
		siblings += counters->refused[i].is_sibling ? counters->refused[i].packets : 0;
	result_number(doc, list, "sibling", siblings);
	list = sxp_add_element(doc, row, "refused");
	for (size_t i = 0; i < counters->n_refused; i++) {
		sxp_node one = sxp_add_list(doc, list);

		result_text(doc, one, "source", counters->refused[i].source);
		result_text(doc, one, "reason",
			    counters->refused[i].is_sibling ? "sibling" :
							      counters->refused[i].reason);
		result_number(doc, one, "packets", counters->refused[i].packets);
	}
}

void guard_add_word(struct sxp_doc *doc, sxp_node list, const struct guard_look *look,
		    const struct guard_state *state, const struct ipnet *net)
{
	struct guard_count count;

	if (!guard_count_word(look, state, net, &count))
		return;
	result_number(doc, list, "packets", count.packets);
	result_number(doc, list, "bytes", count.bytes);
	result_text(doc, list, "since", count.since);
}

int guards_read(const struct vif *vifs, size_t n, unsigned needs, struct guards *out,
		struct error *err)
{
	struct error why = { 0 };
	int r;

	*out = (struct guards){ .is_read = needs & WITH_GUARD, .has_counters = needs & WITH_DROPS };
	if (!out->is_read)
		return 0;
	r = guard_look_at(vifs, n, &out->look, &why);
	if (!r && out->has_counters)
		r = guard_counters_read(&out->look, &why);
	if (r == -ENOMEM)
		return error_memory(err);
	if (r)
		output_message(why.text);
	out->is_unreadable = r;
	return 0;
}

void guards_release(struct guards *guards)
{
	guard_look_release(&guards->look);
}

int guards_add(const struct guards *guards, size_t i, struct sxp_doc *doc, sxp_node row,
	       struct error *err)
{
	CLEANUP(guard_counters_release) struct guard_counters counters = { 0 };
	const struct guard_look *look = &guards->look;
	const struct guard_state *state = guards->is_read ? &look->v[i] : NULL;

	if (!state || state->vif->backend_domid)
		return 0;
	if (guards->is_unreadable && state->options.mode != GUARD_OFF) {
		result_text(doc, row, "guard", "unreadable");
		return 0;
	}
	result_text(doc, row, "guard", guard_word(look, state));
	if (!guards->has_counters || state->options.mode == GUARD_OFF)
		return 0;
	if (guard_counters_of(look, state, &counters))
		return error_memory(err);
	result_number(doc, row, "drops", counters.total);
	return 0;
}
