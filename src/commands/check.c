/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.c - xvif check: do the places where addresses live agree? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/edit/guard-rest.h"
#include "src/edit/check-vifs.h"
#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/commands/report-output.h"
#include "src/commands/vif-args.h"
#include "src/guard/guard-host.h"
#include "src/output/output.h"
#include "src/xen/overlap.h"
#include "src/output/result.h"
#include "src/xen/vif-list.h"

static int parse_reasons(const char *list, reasons *out, struct error *err)
{
	CLEANUP(cleanup_free) char *copy = NULL;
	const char *word, *best[2];
	struct suggest near;
	size_t len;

	if (reasons_parse(list, out, &word, &len))
		return 0;
	copy = strndup(word, len);
	near = suggest_begin(copy ? copy : "", best, 2);
	for (enum reason reason = 0; reason < N_REASONS; reason++)
		if (*reason_word(reason))
			suggest_offer(&near, reason_word(reason));
	error_status(err, STATUS_USAGE, -EINVAL, "--allow: unknown reason '%.*s'", (int)len, word);
	error_hint(err, "'xvif help check' lists the reasons");
	suggest_hint(&near, err);
	return -EINVAL;
}

static const struct option option_allow = {
	.name = "allow",
	.value = "REASON,...",
	.help = "accept what is not compared for these, see above",
	.takes = ARG_REASONS,
	.parse = parse_reasons,
};

static const struct field check_fields[] = {
	{ .name = "consistent", .kind = KIND_BOOL },
	{ .name = "differences", .kind = KIND_OBJECTS, .fields = difference_fields },
	{ .name = "uncompared", .kind = KIND_OBJECTS, .fields = uncompared_fields },
	{ .name = "notes", .kind = KIND_LIST },
	{ 0 },
};

struct check_run {
	struct report report;
	unsigned timeout_s;
	bool is_named;	/* one domain is asked for: ... */
	unsigned domid; /* ... this one */
	struct guard_conf guard;
};

static bool concerns(const struct check_run *check, const struct vif *vif)
{
	return !check->is_named || vif->domain.domid == check->domid;
}

static int note_duplicate(const struct overlap *overlap, void *data)
{
	const struct check_run *check = data;

	return (concerns(check, overlap->vif) || concerns(check, overlap->other)) &&
	       !vif_is_stub_pair(overlap->vif, overlap->other) &&
	       !guard_conf_shares(&check->guard, overlap->vif, overlap->other, overlap->common);
}

static int report_duplicate(const struct overlap *overlap, void *data)
{
	struct check_run *check = data;
	struct differences found = { 0 };
	int r;

	if (!note_duplicate(overlap, data))
		return 0;
	r = differences_add(&found, "duplicate", "%s: vif %u.%u has %s", overlap->word,
			    overlap->other->domain.domid, overlap->other->devid, overlap->other_word);
	if (!r)
		r = report_difference(&check->report, overlap->vif, &found.v[0]);
	differences_release(&found);
	return r;
}

/* "shared" of guard.conf may name a guest by its UUID */
#define LIST_NODES (1u << NODE_IP | 1u << NODE_MAC | 1u << NODE_STUBDOM | WITH_UUIDS)

/* An address that moved while the lists were read is in two of them: look again, while none moves. */
static int check_duplicates(struct store *st, struct check_run *check, const struct vifs *seen,
			    struct error *err)
{
	CLEANUP(lock_release) struct lock lock = { 0 };
	CLEANUP(vifs_release) struct vifs all = { 0 };
	int r = st->file ? 0 : guard_conf_read(&check->guard, err);

	if (r)
		return r;
	r = overlap_find(seen, note_duplicate, check);
	if (r <= 0)
		return r ? error_memory(err) : 0;
	r = geteuid() == 0 && !st->file ? lock_lists(&lock, check->timeout_s, err) : 0;
	if (!r)
		r = vif_list_all(st, LIST_NODES, &all, err);
	if (!r && overlap_find(&all, report_duplicate, check))
		r = error_memory(err);
	return r;
}

#define BACKENDS "/local/domain/0/backend/vif"

static bool has_vif_of(const struct vifs *vifs, unsigned domid)
{
	bool has = false;

	for (size_t i = 0; i < vifs->n && !has; i++)
		has = vifs->v[i].domain.domid == domid;
	for (size_t i = 0; i < vifs->broken.n && !has; i++)
		has = vifs->broken.v[i].domid == domid;
	return has;
}

/*
 * Of a domain that runs: does it have backend nodes of which none is a vif, or is
 * the domain itself not in the store? A vif that has come since is neither.
 */
static int describe_unlisted(struct store *st, unsigned domid, const char **why_out, struct error *err)
{
	CLEANUP(domain_release) struct domain domain = { .domid = domid };
	CLEANUP(names_release) struct names before = { 0 }, after = { 0 };
	CLEANUP(vifs_release) struct vifs now = { 0 };
	int r = store_list(st, 0, &before, err, BACKENDS "/%u", domid);

	if (!r)
		r = domain_read(st, 0, &domain, 1, err);
	if (!r)
		r = vif_list(st, &domain, 1, 1u << NODE_IP, &now, err);
	if (!r)
		r = store_list(st, 0, &after, err, BACKENDS "/%u", domid);
	if (r || !before.n || !after.n)
		return r;
	if (!domain.name && !domain.uuid)
		*why_out = "it runs, and the store has nothing of it but backends of vifs";
	else if (!now.n && !now.broken.n)
		*why_out = "its backends have neither a frontend-id nor a state";
	return 0;
}

/* Nodes that a domain left behind when it ended do no harm; those of one that runs were not compared. */
static int note_backends(struct store *st, struct check_run *check, unsigned domid, struct error *err)
{
	struct broken_vif broken = { .domid = domid, .is_domain = true };
	const char *why = NULL;
	bool is_gone = false;
	int r = domain_is_gone(st, domid, &is_gone, err);

	if (!r && !is_gone)
		r = describe_unlisted(st, domid, &why, err);
	if (r)
		return r;
	broken.why = (char *)why;
	if (is_gone)
		r = strv_add(&check->report.notes,
			     "domain %u is gone, its backend nodes are still below " BACKENDS "/%u",
			     domid, domid);
	else if (why)
		r = report_broken(&check->report, &broken);
	return r ? error_memory(err) : 0;
}

static int note_leftovers(struct store *st, struct check_run *check, const struct vifs *vifs,
			  struct error *err)
{
	CLEANUP(names_release) struct names domids = { 0 };
	int r = store_list(st, 0, &domids, err, BACKENDS);

	for (unsigned i = 0; i < domids.n && !r; i++) {
		unsigned domid;

		if (parse_id(domids.v[i], &domid) && !has_vif_of(vifs, domid))
			r = note_backends(st, check, domid, err);
	}
	return r;
}

static int print_lines(void *data, FILE *out, struct error *err)
{
	(void)err;
	report_print(data, "", out);
	return 0;
}

static int print_check(const struct check_run *check, const struct args *args, FILE *out,
		       struct error *err)
{
	const struct report *report = &check->report;
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	sxp_node root;

	if (!doc)
		return error_memory(err);
	root = sxp_add_element(doc, sxp_root(doc), "check");
	result_bool(doc, root, "consistent", report_is_consistent(report));
	report_add(&report->differences, doc, root, "differences");
	report_add(&report->uncompared, doc, root, "uncompared");
	result_lines(doc, root, "notes", &report->notes);
	return output_result(&(struct output_result){ .doc = doc,
						      .root = root,
						      .fields = check_fields,
						      .is_silent = args_has(args, &option_quiet),
						      .print = print_lines,
						      .data = (void *)report },
			     &args->style, out, err);
}

static int check_lists(struct store *st, struct check_run *check, const struct vifs *looked_at,
		       struct error *err)
{
	CLEANUP(vifs_release) struct vifs all = { 0 };
	int r;

	if (!check->is_named) {
		r = check_duplicates(st, check, looked_at, err);
		return r ? r : note_leftovers(st, check, looked_at, err);
	}
	r = vif_list_all(st, LIST_NODES, &all, err);
	for (size_t i = 0; i < all.broken.n && !r; i++)
		if (all.broken.v[i].domid != check->domid &&
		    report_broken(&check->report, &all.broken.v[i]))
			r = error_memory(err);
	return r ? r : check_duplicates(st, check, &all, err);
}

static int run_check(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	struct check_run check = {
		.timeout_s = args->timeout_s,
		.is_named = args->n_words > 0,
	};
	int r = vifs_of_args(cx->store, args, &vifs, err);

	if (vifs.n)
		check.domid = vifs.v[0].domain.domid;
	if (!r)
		r = check_vifs(cx->store, &vifs, check.timeout_s, &check.report, err);
	if (!r && cx->store->file &&
	    strv_add(&check.report.notes,
		     "%s: only the dump is compared, no "
		     "routes, rules and files of this host",
		     cx->store->file))
		r = error_memory(err);
	if (!r && !check.is_named && !cx->store->file)
		r = guard_rest(&vifs, &check.report, err);
	/* without a vif nothing is known of whom to look for, and 0 is a domain, too */
	if (!r && (vifs.n || !check.is_named))
		r = check_lists(cx->store, &check, &vifs, err);
	report_allow(&check.report, args_bits(args, &option_allow));
	if (!r)
		r = print_check(&check, args, cx->out, err);
	cx->status = report_is_consistent(&check.report) ? STATUS_DONE : STATUS_WRONG;
	report_release(&check.report);
	guard_conf_release(&check.guard);
	return r;
}

#define REASON_LINE(name, word, meaning) "  " word ": " meaning "\n"

const struct command cmd_check = {
	.name = "check",
	.summary = "compare the places where addresses live",
	.help = "Compare the list of each vif with its link, routes and rules, libxl's copies, and\n"
		"other vifs. Print a line for each difference, and a line for each part that could not\n"
		"be compared, with the reason. The exit status is 6 if there is such a line. What\n"
		"differs is compared again, under the lock of the vif, so that no edit and no guest\n"
		"that ends at that moment makes a difference. A vif that is starting or closing, whose\n"
		"script runs, or that is being edited, is waited for, at most --timeout seconds; one\n"
		"that is going away is not compared, which is only a note. Notes are also what a guest\n"
		"says of itself, and that an edit with --hotplug=none or --no-persist was asked to\n"
		"leave what differs. Which kinds of difference there are is in xvif(1).\n"
		"\n"
		"With --store, lists, libxl's copies and hotplug-status are compared; a dump has\n"
		"nothing else, and that is only a note.\n"
		"\n"
		"Reasons why a part of a vif is not compared; --allow takes those that are known and\n"
		"accepted, separated by commas. They are then printed with -J and -S only, marked\n"
		"'allowed', and exit status 6 is not for them:\n" REASONS(REASON_LINE),
	.example = "# xvif check && echo all agree\n"
		   "all agree\n"
		   "# ip route del 10.0.0.1 dev vif1.0\n"
		   "# xvif check web01\n"
		   "web01 vif 0: route-missing: 10.0.0.1 has no route on vif1.0\n"
		   "# echo $?\n"
		   "6",
	.arguments = { ARG_DOMAIN, ARG_VIF },
	.options = OPTIONS(&option_vif, &option_store, &option_allow),
	.needs_store = true,
	.output = OUTPUT_RESULT,
	.run = run_check,
};
