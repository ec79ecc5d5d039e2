/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey-rules.c - the rules of a vif: as they are, and as the scripts set them for a list. */
#include <errno.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/edit/survey-parts.h"

int survey_rule_changes(const struct survey *s, struct rules *missing, struct rules *surplus,
			struct error *err)
{
	int r = s->uses_rules ? rules_subtract(&s->wanted, &s->rules, missing, err) : 0;

	if (!r && s->uses_rules)
		r = rules_surplus(&s->rules, &s->wanted, &s->obsolete, surplus, err);
	return r;
}

/* A script that is not known: are its rules those of its vif-common.sh at all? */
static void doubt_rules(struct survey *s, const struct rules *before)
{
	struct rules missing = { 0 };

	if (s->script.family->rules == RULES_UNKNOWN &&
	    (!before->n || rules_subtract(before, &s->rules, &missing, NULL) || missing.n)) {
		s->uses_rules = false;
		if (s->rules.n || before->n || s->wanted.n)
			uncompared_add(&s->uncompared, REASON_FOREIGN_RULES,
				       "rules: the present ones are not those of vif-common.sh");
		if (s->rules.n)
			strv_add(&s->notes, "the present rules are not those of vif-common.sh: "
					    "they are left alone");
		else if (before->n || s->wanted.n)
			strv_add(&s->notes, "it has no rules, and its script is not a stock one: "
					    "xvif sets none");
	}
	rules_release(&missing);
}

/* The rules of an interface that was unplugged stay, by its name: they have to follow the list. */
static bool has_rules(const struct survey *s, const struct port *port)
{
	struct rules ours = { 0 };
	bool any;

	if (port == &s->ports[PORT_VIF])
		return true;
	if (!s->script.sets_emulated_rules || port->link)
		return s->script.sets_emulated_rules;
	any = !rules_of_scripts(&s->rules, port->name, &ours, NULL) && ours.n;
	rules_release(&ours);
	return any;
}

enum { FOR_AFTER, FOR_BEFORE, RECORDINGS };

/* Of one port: what the scripts set for the lists, added to what is known of the others. */
static int take_recordings(struct survey *s, const struct recording *of, struct rules *before,
			   struct rules *ours, struct error *err)
{
	int r = rules_append(&s->wanted, &of[FOR_AFTER].rules, err);

	if (!r)
		r = rules_append(before, &of[FOR_BEFORE].rules, err);
	/* rules of unacceptable words are listed otherwise than they were set: known by their shape */
	if (!r && (iplist_first_invalid(&s->before) || s->options->repair))
		r = rules_of_scripts(&s->rules, of->link, ours, err);
	return r;
}

static int compare_recordings(struct survey *s, const struct recording *all, size_t n,
			      struct error *err)
{
	struct rules before = { 0 }, ours = { 0 };
	int r = 0;

	for (size_t i = 0; i < n && !r; i += RECORDINGS)
		r = take_recordings(s, &all[i], &before, &ours, err);
	if (!r)
		r = rules_append(&ours, &before, err);
	if (!r)
		r = rules_subtract(&ours, &s->wanted, &s->obsolete, err);
	if (!r)
		doubt_rules(s, &before);
	rules_release(&before);
	rules_release(&ours);
	return r;
}

static int record_rules(struct survey *s, struct error *err)
{
	struct recording all[PORTS_MAX * RECORDINGS + 1] = { 0 };
	const struct port *vif = &s->ports[PORT_VIF];
	size_t n = 0, by_script;
	int r;

	for (size_t p = 0; p < s->n_ports; p++) {
		const struct port *port = &s->ports[p];

		if (!has_rules(s, port))
			continue;
		all[n++] = (struct recording){ port->name, port->command, &s->after, { 0 } };
		all[n++] = (struct recording){ port->name, port->command, &s->before, { 0 } };
	}
	by_script = vif->runs_script && vif->unrouted.n && !s->options->snapshot;
	if (by_script)
		all[n] = (struct recording){ vif->name, vif->command, &vif->unrouted, { 0 } };
	r = snapshot_record(s->options->snapshot, &s->script, all, n + by_script, err);
	if (!r && by_script)
		r = rules_append(&s->by_script, &all[n].rules, err);
	if (!r)
		r = compare_recordings(s, all, n, err);
	for (size_t i = 0; i < n + by_script; i++)
		rules_release(&all[i].rules);
	return r;
}

/* Addresses of an edit that was interrupted, which the list in force does not have. */
static int list_interrupted(const struct survey *s, struct iplist *out, struct error *err)
{
	const struct journal *journal = s->options->journal;
	CLEANUP(iplist_release) struct iplist more = { 0 };
	int r = 0;

	if (!s->options->repair || !journal || !journal->is_there)
		return 0;
	r = iplist_subtract(&journal->before, &s->after, out, err);
	if (!r)
		r = iplist_subtract(&journal->after, &s->after, &more, err);
	for (size_t i = 0; i < more.n && !r; i++)
		r = iplist_add(out, &more.words[i].net, err);
	return r;
}

/* Is a rule there, @n times at least? */
static int find_rule(const struct survey *s, const struct rule *rule, size_t n, bool *there_out,
		     struct error *err)
{
	CLEANUP(rules_release) struct rules absent = { 0 };
	struct rule same[2] = { *rule, *rule };
	const struct rules wanted = { same, n };
	int r = rules_subtract(&wanted, &s->rules, &absent, err);

	*there_out = !r && !absent.n;
	return r;
}

/*
 * Rules come in pairs, for the way in and out: of each address one, and one of all
 * for DHCP, which the script set once more for what it added.
 */
static int take_interrupted(struct survey *s, const struct rules *recorded, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i + 1 < recorded->n && !r; i += 2) {
		const struct rules pair = { .v = &recorded->v[i], .n = 2 };
		bool is_there;

		r = find_rule(s, pair.v, strstr(pair.v->text, "-s ") ? 1 : 2, &is_there, err);
		if (!r && is_there)
			r = rules_append(&s->obsolete, &pair, err);
	}
	return r;
}

static int record_interrupted(struct survey *s, const struct iplist *gone, struct error *err)
{
	int r = 0;

	for (size_t p = 0; p < s->n_ports && !r; p++) {
		const struct port *port = &s->ports[p];
		struct recording recording = { port->name, port->command, gone, { 0 } };

		r = has_rules(s, port) ? rules_record(&s->script, &recording, 1, err) : 0;
		if (!r)
			r = take_interrupted(s, &recording.rules, err);
		rules_release(&recording.rules);
	}
	/* all others are as they are wanted */
	return r ? r : rules_subtract(&s->rules, &s->obsolete, &s->wanted, err);
}

/*
 * Words that cannot be read have rules that nobody can tell: nothing is compared
 * then, but what an edit has left that was interrupted.
 */
static int survey_interrupted(struct survey *s, struct error *err)
{
	CLEANUP(iplist_release) struct iplist gone = { 0 };
	int r = script_is_known(&s->script) ? list_interrupted(s, &gone, err) : 0;

	s->uses_rules = gone.n > 0;
	if (r || !gone.n)
		return r;
	r = snapshot_rules(s->options->snapshot, s->links, s->options->timeout_s, &s->rules, err);
	if (r == -ENOENT) {
		s->uses_rules = false;
		return 0;
	}
	return r ? r : record_interrupted(s, &gone, err);
}

static int survey_rules(struct survey *s, struct error *err)
{
	int r;

	if (!s->uses_rules || !(survey_is_change(s) || s->options->repair))
		return 0;
	if (s->options->repair && iplist_first_invalid(&s->after))
		return survey_interrupted(s, err);
	r = snapshot_rules(s->options->snapshot, s->links, s->options->timeout_s, &s->rules, err);
	/* the script has an iptables of its own, which may work */
	if (r == -ENOENT && s->script.is_of_nix) {
		error_reason(err, REASON_IPTABLES_FAILED, -EPERM,
			     "iptables is not found, and '%s' calls one in /nix/store",
			     s->script.path);
		error_hint(err, "put iptables into environment.systemPackages");
		return -EPERM;
	}
	if (r == -ENOENT) {
		s->uses_rules = false;
		uncompared_add(&s->uncompared, REASON_IPTABLES_FAILED, "rules: %s", err->text);
		strv_add(&s->notes, "iptables does not work here, so the script sets no rules");
		return 0;
	}
	return r ? r : record_rules(s, err);
}

/* Rules that cannot be told keep nothing else from being compared. */
int survey_compare_rules(struct survey *s, struct error *err)
{
	int r = survey_rules(s, err);

	if (!r || !err->reason || !survey_only_compares(s))
		return r;
	s->uses_rules = false;
	uncompared_add(&s->uncompared, err->reason, "rules: %s", err->text);
	return 0;
}
