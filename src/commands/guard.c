/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard.c - xvif guard: keep vifs to their lists. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/commands/guard.h"
#include "src/commands/guard-status.h"
#include "src/guard/guard-look.h"
#include "src/output/output.h"
#include "src/settings/guard-hook.h"
#include "src/xen/vif-find.h"
#include "src/xen/vif-list.h"

static const struct option option_confirm = {
	.name = "confirm",
	.value = "SECONDS",
	.is_number = true,
	.help = "with 'on': stop dropping after SECONDS unless 'guard confirm' is run",
};

enum guard_action {
	ACTION_STATUS,
	ACTION_ON,
	ACTION_OBSERVE,
	ACTION_OFF,
	ACTION_CONFIRM,
	ACTION_RESTORE,
	ACTION_CLEAR,
	ACTION_HOOK,
};

/* Without that for hotplug scripts. */
static const struct action actions[] = {
	[ACTION_STATUS] = { "status", "show what is guarded, and what was refused" },
	[ACTION_ON] = { "on", "drop what is not allowed" },
	[ACTION_OBSERVE] = { "observe", "count what is not allowed, and let it pass" },
	[ACTION_OFF] = { "off", "check nothing" },
	[ACTION_CONFIRM] = { "confirm", "keep dropping, after 'on --confirm'" },
	[ACTION_RESTORE] = { "restore", "put the rules that guard.conf asks for into the kernel" },
	[ACTION_CLEAR] = { "clear", "remove all rules from the kernel" },
	{ 0 },
};

struct guard_run {
	enum guard_action action;
	bool has_action;  /* it was said */
	const char *word; /* DOMAIN[:VIF]; NULL: all */
	char *domain;	  /* of @word */
	struct guard_whom whom;
	unsigned confirm_s;
	char *selector; /* how guard.conf names it */
};

/* False: it is not said, and the word is a domain. */
static bool parse_action(const char *word, enum guard_action *out)
{
	for (size_t i = 0; actions[i].name; i++)
		if (!strcmp(word, actions[i].name)) {
			*out = (enum guard_action)i;
			return true;
		}
	if (strcmp(word, "hook") != 0)
		return false;
	*out = ACTION_HOOK;
	return true;
}

static int parse_run(const struct args *args, struct guard_run *run, struct error *err)
{
	size_t at = args->n_words && parse_action(args->words[0], &run->action);

	run->has_action = at > 0;
	if (args->n_words > at + 1)
		return error_status(err, STATUS_USAGE, -EINVAL, "guard: too many arguments at '%s'",
				    args->words[at + 1]);
	run->word = at < args->n_words ? args->words[at] : NULL;
	run->whom.is_all = !run->word;
	if (run->action == ACTION_HOOK && !run->word)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "guard hook: the command of the script is missing");
	run->confirm_s = args_number(args, &option_confirm);
	if (run->confirm_s && run->action != ACTION_ON)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "guard: --confirm has an effect with 'guard on' only");
	if (args_has(args, &option_dry_run) && run->action == ACTION_STATUS)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "guard status: --dry-run has no effect");
	return 0;
}

static int check_guard(const struct args *args, struct error *err)
{
	struct guard_run run = { 0 };

	return parse_run(args, &run, err);
}

/* A name that stands in guard.conf as it is; else the uuid. */
static bool is_plain(const char *name)
{
	return name && *name && strcmp(name, "default") && !strpbrk(name, " \t#=\"'\\,") &&
	       !strchr(name, '\n');
}

static int find_selector(const struct domain *domain, struct guard_run *run, struct error *err)
{
	const char *name = is_plain(domain->name) ? domain->name : domain->uuid;

	if (!name)
		return error_set(err, -ENOENT,
				 "%s: has neither a name nor a uuid that " GUARD_CONF " could hold",
				 run->word);
	if (run->whom.has_devid ? asprintf(&run->selector, "%s:%u", name, run->whom.devid) < 0 :
				  !(run->selector = strdup(name))) {
		run->selector = NULL;
		return error_memory(err);
	}
	return 0;
}

/* Without an action it may be either. */
static int refuse_word(const struct guard_run *run, struct error *err)
{
	return error_status(err, STATUS_NOT_FOUND, -ENOENT,
			    "guard: '%s' is not a domain, and none of status, on, observe, off, confirm, "
			    "restore and clear",
			    run->word);
}

/* DOMAIN[:VIF]; a colon in a name is one of it if such a domain exists. */
static int find_whom(struct store *st, struct guard_run *run, struct error *err)
{
	CLEANUP(domain_release) struct domain domain = { 0 };
	CLEANUP(vif_release) struct vif vif = { 0 };
	struct error ignored = { 0 };
	char *colon;
	int r;

	if (!run->word)
		return 0;
	run->domain = strdup(run->word);
	if (!run->domain)
		return error_memory(err);
	colon = strrchr(run->domain, ':');
	r = domain_find(st, run->domain, &domain, colon ? &ignored : err);
	if (r == -ENOENT && !colon && !run->has_action)
		return refuse_word(run, err);
	if (r && colon) {
		domain_release(&domain);
		domain = (struct domain){ 0 };
		*colon = '\0';
		r = domain_find(st, run->domain, &domain, err);
		if (!r)
			r = vif_find(st, &domain, colon + 1, &vif, err);
		run->whom.has_devid = true;
		run->whom.devid = vif.devid;
	}
	run->whom.domid = domain.domid;
	return r ? r : find_selector(&domain, run, err);
}

static void choose_mode(const struct vif *vif, struct guard_state *state, void *data)
{
	const struct guard_run *run = data;

	if (!guard_whom_is(&run->whom, vif))
		return;
	/* what guard.conf says of one vif alone is not changed by what is said of all */
	if (run->action == ACTION_ON && state->options.mode < GUARD_ENFORCE)
		state->options.mode = GUARD_ENFORCE;
	if (run->action == ACTION_OBSERVE)
		state->options.mode = GUARD_OBSERVE;
	if (run->action == ACTION_OFF)
		state->options.mode = GUARD_OFF;
	if (run->confirm_s)
		state->confirm_s = run->confirm_s;
}

static const char *whom_of(const struct guard_run *run)
{
	return run->selector ? run->selector : "default";
}

/* Which mode guard.conf gets; false: it stays as it is. */
static bool find_mode(const struct guard_run *run, enum guard_mode *out)
{
	switch (run->action) {
	case ACTION_ON:
		*out = run->confirm_s ? GUARD_OBSERVE : GUARD_ENFORCE;
		return true;
	case ACTION_CONFIRM:
		*out = GUARD_ENFORCE;
		return true;
	case ACTION_OBSERVE:
		*out = GUARD_OBSERVE;
		return true;
	case ACTION_OFF:
		*out = GUARD_OFF;
		return true;
	default:
		return false;
	}
}

/* What drops already is not told to observe until somebody confirms it. */
static bool writes_mode(const struct guard_run *run, const struct guard_look *look,
			enum guard_mode *out)
{
	for (size_t i = 0; i < look->n && run->confirm_s; i++)
		if (guard_whom_is(&run->whom, look->v[i].vif) && look->v[i].is_armed &&
		    !look->v[i].ends_ms)
			return false;
	return find_mode(run, out);
}

/* What is done beside, as comments. */
static void print_rest(const struct guard_run *run, const struct guard_look *look, FILE *out)
{
	bool is_on = run->action == ACTION_ON || run->action == ACTION_OBSERVE;
	enum guard_mode mode;

	if (writes_mode(run, look, &mode))
		fprintf(out, "# " GUARD_CONF ": %s mode=%s\n", whom_of(run), guard_mode_name(mode));
	if (is_on && guard_hook_find() == GUARD_HOOK_MISSING)
		fputs("# " GUARD_HOOK ": installed\n", out);
}

/* The ruleset as it will be, in the language of nft(8). */
static int print_plan(const struct guard_run *run, const struct guard_look *look, FILE *out,
		      struct error *err)
{
	struct nft_ruleset all = { 0 };
	bool is_any = false;
	int r = 0;

	guard_shared(&look->host, &all);
	for (size_t i = 0; i < look->n; i++) {
		struct guard_vif facts = look->v[i].facts;

		if (look->v[i].options.mode == GUARD_OFF || !look->v[i].is_possible)
			continue;
		facts.options = &look->v[i].options;
		facts.confirm_s = look->v[i].confirm_s;
		guard_of_vif(&look->host, &facts, &all);
		is_any = true;
	}
	guard_merge_sets(&all);
	print_rest(run, look, out);
	fputs("table netdev xvif\ndelete table netdev xvif\n", out);
	if (all.failed)
		r = error_memory(err);
	else if (is_any)
		guard_print(&all, out);
	nft_ruleset_release(&all);
	return r;
}

/* guard.conf first: what it says is put in place by the service, if this ends here. */
static int write_conf(const struct guard_run *run, const struct guard_look *look, struct error *err)
{
	enum guard_mode mode;

	return writes_mode(run, look, &mode) ? guard_conf_set(whom_of(run), mode, err) : 0;
}

/* Is there anything to confirm? Only what drops at this moment. */
static int find_unconfirmed(struct guard_run *run, const struct guard_look *look, struct error *err)
{
	size_t n = 0;

	for (size_t i = 0; i < look->n; i++)
		n += guard_whom_is(&run->whom, look->v[i].vif) && look->v[i].ends_ms;
	if (!n)
		return error_set(err, -ENOENT,
				 "guard confirm: there is nothing to confirm: the time is over, or 'guard on' "
				 "was run without --confirm");
	return 0;
}

static int change(struct guard_run *run, const struct vifs *vifs, struct context *cx,
		  const struct args *args, struct error *err)
{
	CLEANUP(guard_look_release) struct guard_look look = { 0 };
	struct guard_run chosen = *run;
	int r;

	if (run->action == ACTION_CONFIRM)
		chosen.action = ACTION_ON;
	r = guard_look(vifs, choose_mode, &chosen, &look, err);
	if (!r && run->action == ACTION_CONFIRM)
		r = find_unconfirmed(run, &look, err);
	if (r)
		return r;
	if (args_has(args, &option_dry_run))
		return print_plan(run, &look, cx->out, err);
	if (run->action != ACTION_RESTORE && *look.conf.broken.text) {
		*err = look.conf.broken;
		return -EINVAL;
	}
	r = write_conf(run, &look, err);
	if (!r && (run->action == ACTION_ON || run->action == ACTION_OBSERVE))
		r = guard_install_hook(err);
	if (!r)
		r = guard_look_commit(&look, err);
	if (r)
		return r;
	cx->has_changed = true;
	r = guard_conf_save(&look.conf, err);
	if (run->action == ACTION_ON || run->action == ACTION_OBSERVE)
		guard_enable_services();
	return r;
}

/* Whatever guard.conf says; for the removal of this program. */
static int clear(struct context *cx, struct error *err)
{
	struct nft_batch batch;
	int r;

	nft_begin(&batch);
	nft_delete_table(&batch, false);
	r = nft_commit(&batch, err);
	nft_batch_release(&batch);
	cx->has_changed |= !r;
	return r == -EOPNOTSUPP ? 0 : r;
}

#define ROUNDS 5

/*
 * What was written into the kernel is compared again, with the lists of this moment: an edit, or a
 * vif that has started, may have come between.
 */
static int settle(struct store *st, struct vifs *vifs, struct guard_look *out, struct error *err)
{
	int r = 0;

	for (int i = 0; i < ROUNDS && !r; i++) {
		guard_look_release(out);
		*out = (struct guard_look){ 0 };
		vifs_release(vifs);
		*vifs = (struct vifs){ 0 };
		r = vif_list_all(st, NODES_ALL, vifs, err);
		if (!r)
			r = guard_look(vifs, NULL, NULL, out, err);
		if (r || !out->sync.found.n || i == ROUNDS - 1)
			break;
		r = guard_look_commit(out, err);
	}
	return r;
}

static int run_guard(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	CLEANUP(guard_look_release) struct guard_look look = { 0 };
	bool is_dry_run = args_has(args, &option_dry_run);
	struct guard_run run = { 0 };
	int r = parse_run(args, &run, err);

	if (!r && run.action == ACTION_HOOK)
		return guard_run_hook(cx->store, run.word, err);
	if (!r && run.action == ACTION_CLEAR)
		return clear(cx, err);
	if (!r && geteuid() != 0)
		r = error_set(err, -EPERM, "guard: only root can read nftables");
	if (!r)
		r = find_whom(cx->store, &run, err);
	if (!r)
		r = vif_list_all(cx->store, NODES_ALL, &vifs, err);
	if (!r && run.action == ACTION_STATUS)
		r = guard_look(&vifs, NULL, NULL, &look, err);
	else if (!r)
		r = change(&run, &vifs, cx, args, err);
	if (!r && run.action != ACTION_STATUS && !is_dry_run)
		r = settle(cx->store, &vifs, &look, err);
	if (!r && !is_dry_run)
		r = guard_print_status(&look, &run.whom, cx, args, err);
	free(run.domain);
	free(run.selector);
	return r;
}

const struct command cmd_guard = {
	.name = "guard",
	.summary = "keep vifs to the addresses of their lists",
	.help = "A guarded vif can send with its own MAC and from the addresses of its list only.\n"
		"IPv4, IPv6, ARP, neighbour discovery, DHCP and router advertisements are checked,\n"
		"whether they are for other guests, this host or the network. See xvif-guard(7).\n"
		"  status [DOMAIN[:VIF]]    show what is guarded, and what was refused\n"
		"  on [DOMAIN[:VIF]]        drop what is not allowed; without DOMAIN, for all vifs, also\n"
		"                           those that start later\n"
		"  observe [DOMAIN[:VIF]]   count what is not allowed, and let it pass\n"
		"  off [DOMAIN[:VIF]]       check nothing\n"
		"  confirm [DOMAIN[:VIF]]   keep dropping, after 'on --confirm'\n"
		"  restore                  put the rules that /etc/xvif/guard.conf asks for into the kernel\n"
		"  clear                    remove all rules from the kernel, until the next 'restore'\n"
		"Without ACTION, 'status' is meant. It exits with 6 if what is configured is not in\n"
		"force.",
	.example = "# xvif guard on -q\n"
		   "# xvif guard\n"
		   "DOMAIN VIF LINK   MODE    REFUSED STATE\n"
		   "web01    0 vif1.0 enforce       0 in force\n"
		   "db01     0 vif2.0 enforce       0 in force\n"
		   "db01     1 vif2.1 enforce       0 in force; without a list, any address passes\n"
		   "# xvif guard off -q",
	.arguments = { ARG_ACTION, ARG_WHOM },
	.actions = actions,
	.columns = guard_status_fields,
	.options = OPTIONS(&option_confirm, &option_dry_run),
	.needs_store = true,
	.effect = EFFECT_HOST,
	.output = OUTPUT_RESULT,
	.check = check_guard,
	.run = run_guard,
};
