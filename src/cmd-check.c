/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd-check.c - xvif check: do the places where addresses live agree? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cleanup.h"
#include "src/commands.h"
#include "src/dump-check.h"
#include "src/each-vif.h"
#include "src/output.h"
#include "src/repair.h"
#include "src/result.h"

const struct field difference_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT },
	{ .name = "domid", .kind = KIND_NUMBER },
	{ .name = "vif", .kind = KIND_NUMBER },
	{ .name = "kind", .kind = KIND_TEXT },
	{ .name = "detail", .kind = KIND_TEXT },
	{ 0 }
};

static const struct field check_fields[] = {
	{ .name = "consistent", .kind = KIND_BOOL },
	{ .name = "differences", .kind = KIND_OBJECTS, .fields = difference_fields },
	{ .name = "notes", .kind = KIND_LIST },
	{ 0 }
};

/* An address or network of a vif, as the range it covers. */
struct range {
	uint8_t first[16], last[16];
	int family;
	const struct vif *vif;
	const char *word;
};

struct check {
	struct report report;
	struct apply_options options;
	bool is_named;		/* one domain is asked for: ... */
	unsigned domid;		/* ... this one */
};

static int compare_vif(struct store *st, const struct vif *vif, struct check *check,
		       struct error *err)
{
	CLEANUP(lines_release) struct lines claims = { 0 };
	CLEANUP(repair_release) struct repair repair = { 0 };
	int r = st->file ? dump_compare(st, vif, &repair.found, err) :
			   repair_look(st, vif, &check->options, &repair, err);

	if (r && err->status == STATUS_REFUSED && (r == -EPERM || r == -ENODEV))
		r = report_note(&check->report, vif, "routes and rules not compared: %s", err->text);
	for (size_t i = 0; i < repair.found.n && !r; i++)
		r = report_difference(&check->report, vif, &repair.found.v[i]);
	if (!r)
		r = vif_claims(st, vif, &claims, err);
	for (size_t i = 0; i < claims.n && !r; i++) {
		struct ipnet net;

		if (ipnet_parse(claims.v[i], &net, NULL) || !iplist_covers(&vif->ips, &net))
			r = report_note(&check->report, vif, "the guest says it has %s", claims.v[i]);
	}
	return r;
}

/* A running edit makes differences for a moment: what is found is looked at again under its lock. */
static int check_vif(struct store *st, const struct vif *vif, void *data, struct error *err)
{
	struct check *check = data;
	struct check first = { .options = check->options };
	CLEANUP(lock_release) struct lock lock = { 0 };
	CLEANUP(vif_release) struct vif now = { 0 };
	size_t found;
	int r;

	check->domid = vif->domain.domid;
	if (st->file)
		return compare_vif(st, vif, check, err);
	r = compare_vif(st, vif, &first, err);
	found = first.report.differences.n;
	for (size_t i = 0; i < first.report.notes.n && !r && !found; i++)
		r = lines_add(&check->report.notes, "%s", first.report.notes.v[i]);
	report_release(&first.report);
	if (r || !found)
		return r;
	if (geteuid() == 0 &&
	    lock_vif(&lock, vif->domain.domid, vif->devid, check->options.timeout_s, err))
		return report_note(&check->report, vif, "an edit is running: %s", err->text);
	r = vif_load(st, 0, &vif->domain, vif->devid, &now, err);
	if (r)
		return r == -ENOENT ? 0 : r;
	return compare_vif(st, &now, check, err);
}

static struct range make_range(const struct vif *vif, const struct ipword *word)
{
	struct range range = { .family = word->net.family, .vif = vif, .word = word->text };

	ipnet_range(&word->net, range.first, range.last);
	return range;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->family != y->family ? x->family - y->family :
					memcmp(x->first, y->first, sizeof(x->first));
}

static size_t gather_ranges(const struct vifs *all, struct range *out)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		for (size_t j = 0; j < all->v[i].ips.n; j++) {
			if (!all->v[i].ips.words[j].is_valid)
				continue;
			if (out)
				out[n] = make_range(&all->v[i], &all->v[i].ips.words[j]);
			n++;
		}
	return n;
}

static int report_duplicate(struct report *report, const struct range *a, const struct range *b)
{
	struct differences found = { 0 };
	int r = differences_add(&found, "duplicate", "%s: vif %u.%u has %s", a->word,
				b->vif->domain.domid, b->vif->devid, b->word);

	if (!r)
		r = report_difference(report, a->vif, &found.v[0]);
	differences_release(&found);
	return r;
}

/* Sorted by where they begin, a range can only overlap the one that reaches furthest so far. */
static int check_duplicates(struct check *check, const struct vifs *all)
{
	size_t n = gather_ranges(all, NULL);
	CLEANUP(cleanup_free) struct range *ranges = calloc(n + 1, sizeof(*ranges));
	const struct range *reach = ranges;
	int r = ranges ? 0 : -ENOMEM;

	if (r)
		return r;
	gather_ranges(all, ranges);
	qsort(ranges, n, sizeof(*ranges), compare_ranges);
	for (size_t i = 1; i < n && !r; i++) {
		bool overlaps = ranges[i].family == reach->family &&
				memcmp(ranges[i].first, reach->last, sizeof(reach->last)) <= 0;

		if (overlaps && ranges[i].vif != reach->vif &&
		    (!check->is_named || ranges[i].vif->domain.domid == check->domid ||
		     reach->vif->domain.domid == check->domid))
			r = report_duplicate(&check->report, &ranges[i], reach);
		if (!overlaps || memcmp(ranges[i].last, reach->last, sizeof(reach->last)) > 0)
			reach = &ranges[i];
	}
	return r;
}

static int print_check(const struct check *check, const struct args *args, FILE *out,
		       struct error *err)
{
	const struct report *report = &check->report;
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	sxp_node root;

	if (!doc)
		return error_memory(err);
	root = sxp_add_element(doc, sxp_root(doc), "check");
	result_bool(doc, root, "consistent", !report->differences.n);
	report_add(report, doc, root, "differences");
	result_lines(doc, root, "notes", &report->notes);
	if (sxp_failed(doc))
		return error_memory(err);
	if (args->options[OPT_JSON])
		return output_json(doc, root, check_fields, out, err);
	if (args->options[OPT_SXP])
		return output_sxp(doc, root, out, err);
	if (!args->options[OPT_QUIET])
		report_print(report, out);
	return 0;
}

static int run_check(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(vifs_release) struct vifs all = { 0 };
	struct check check = {
		.options = { .timeout_s = args->timeout_s },
		.is_named = args->n_words > 0,
	};
	int r = each_vif(cx->store, args, check_vif, &check, err);

	if (!r && cx->store->file && lines_add(&check.report.notes, "%s: only the dump is compared, no "
					       "routes, rules and files of this host", cx->store->file))
		r = error_memory(err);
	if (!r)
		r = vif_list_all(cx->store, 1u << NODE_IP, &all, err);
	if (!r && check_duplicates(&check, &all))
		r = error_memory(err);
	if (!r)
		r = print_check(&check, args, cx->out, err);
	cx->status = check.report.differences.n ? STATUS_WRONG : STATUS_DONE;
	report_release(&check.report);
	return r;
}

const struct command cmd_check = {
	.name = "check",
	.summary = "compare the places where addresses live",
	.help = "Compare the list of each vif with its routes and rules, libxl's copies, and other\n"
		"vifs; print a line for each difference. The exit status is 6 if there is one. What\n"
		"a guest says of itself is only a note.",
	.arguments = { ARG_DOMAIN, ARG_VIF },
	.options = OPTION(VIF) | OPTION(STORE),
	.needs_store = true,
	.run = run_check,
};
