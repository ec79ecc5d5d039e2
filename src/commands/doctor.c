/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor.c - xvif doctor: is this host fit for several addresses per vif? */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/doctor/doctor.h"
#include "src/base/suggest.h"
#include "src/output/output.h"
#include "src/output/result.h"

static const struct option option_fix = { .name = "fix", .help = "mend what can be mended" };

static const char *verdict_color(const char *verdict)
{
	return !strcmp(verdict, verdict_name(VERDICT_OK))  ? "green" :
	       !strcmp(verdict, verdict_name(VERDICT_BAD)) ? "red" :
							     "yellow";
}

static const struct field finding_fields[] = {
	{ .name = "name", .kind = KIND_TEXT, .column = "NAME", .is_default = true },
	{ .name = "verdict",
	  .kind = KIND_TEXT,
	  .column = "VERDICT",
	  .is_default = true,
	  .color = verdict_color },
	{ .name = "detail", .kind = KIND_TEXT, .column = "DETAIL", .is_default = true, .wraps = true },
	{ .name = "fixable", .kind = KIND_BOOL, .column = "FIXABLE" },
	{ 0 },
};

static const struct field doctor_fields[] = {
	{ .name = "ok", .kind = KIND_BOOL },
	{ .name = "findings", .kind = KIND_OBJECTS, .fields = finding_fields },
	{ 0 },
};

static int unknown_name(const char *word, struct error *err)
{
	const char *best[3];
	struct suggest near = suggest_begin(word, best, 3);

#define OFFER(function, name, what) suggest_offer(&near, name);
	PROBES(OFFER)
#undef OFFER
	error_status(err, STATUS_USAGE, -EINVAL, "doctor: there is no finding '%s'", word);
	error_hint(err, "'xvif help doctor' lists them");
	suggest_hint(&near, err);
	return -EINVAL;
}

static bool is_wanted(const char *name, const void *data)
{
	const struct args *args = data;

	for (size_t i = 0; i < args->n_words; i++)
		if (!strcmp(args->words[i], name))
			return true;
	return !args->n_words;
}

static bool is_ok(const struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		if (findings->v[i].verdict == VERDICT_BAD)
			return false;
	return true;
}

static bool has_unfixable(const struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		if (findings->v[i].verdict == VERDICT_BAD && !findings->v[i].is_fixable)
			return true;
	return false;
}

static int print_findings(const struct findings *findings, const struct args *args, FILE *out,
			  struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	sxp_node root, list;

	if (!doc)
		return error_memory(err);
	root = sxp_add_element(doc, sxp_root(doc), "doctor");
	result_bool(doc, root, "ok", is_ok(findings));
	list = sxp_add_element(doc, root, "findings");
	for (size_t i = 0; i < findings->n; i++) {
		const struct finding *f = &findings->v[i];
		sxp_node one = sxp_add_list(doc, list);

		result_text(doc, one, "name", f->name);
		result_text(doc, one, "verdict", verdict_name(f->verdict));
		result_text(doc, one, "detail", f->detail);
		result_bool(doc, one, "fixable", f->is_fixable);
	}
	return output_result(&(struct output_result){ .doc = doc,
						      .root = root,
						      .fields = doctor_fields,
						      .list = "findings",
						      .view = VIEW_TABLE,
						      .is_silent = args_has(args, &option_quiet) },
			     &args->style, out, err);
}

static int run_doctor(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(facts_release) struct facts facts = { 0 };
	CLEANUP(findings_release) struct findings findings = { 0 };
	int r;

	for (size_t i = 0; i < args->n_words; i++)
		if (!doctor_knows(args->words[i]))
			return unknown_name(args->words[i], err);
	if (geteuid() != 0)
		return error_set(err, -EPERM, "doctor: only root can look at all that matters");
	r = facts_look(&facts, args->timeout_s, err);
	if (r)
		return r;
	doctor_run(&facts, is_wanted, args, args_has(args, &option_fix), &findings);
	cx->has_changed = findings.has_changed;
	if (findings.has_failed)
		return error_memory(err);
	cx->status = is_ok(&findings) ? STATUS_DONE : STATUS_WRONG;
	if (args_has(args, &option_fix) && has_unfixable(&findings))
		output_message("--fix mends quoted-ip alone; xvif-doctor(8) says what to do about "
			       "the others");
	return print_findings(&findings, args, cx->out, err);
}

#define HELP_LINE(function, name, what) "  " name ": " what "\n"
#define FINDINGS_HELP PROBES(HELP_LINE)

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "check what vifs depend on on this host",
	.help = "Look at what vifs depend on on this host, or at what the NAMEs say; print a line\n"
		"for each finding with its verdict: ok; note, worth knowing; bad. Only what matters\n"
		"for the vifs that are there is looked at. The exit status is 6 if something is bad.\n"
		"xvif-doctor(8) explains each finding:\n\n" FINDINGS_HELP
		"\nNothing is changed without --fix.",
	.example = "# sysctl -q net.ipv4.ip_forward=0\n"
		   "# xvif doctor ip-forward gateway-address\n"
		   "NAME            VERDICT DETAIL\n"
		   "gateway-address ok      eth0, the gateway device, has 192.168.7.1\n"
		   "ip-forward      bad     net.ipv4.ip_forward is 0: no packet goes from or to a "
		   "routed guest...",
	.arguments = { ARG_FINDINGS },
	.columns = finding_fields,
	.output = OUTPUT_RESULT,
	.options = OPTIONS(&option_fix),
	.effect = EFFECT_HOST,
	.effect_with = &option_fix,
	.run = run_doctor,
};
