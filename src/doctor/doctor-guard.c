/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-guard.c - probe of the guard: is it in force, and will it be for vifs to come? */
#include <errno.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/doctor/doctor.h"
#include "src/guard/guard-look.h"
#include "src/settings/guard-hook.h"
#include "src/settings/guard-services.h"

/* @is_early: a script need not call it, as links are guarded when they appear */
static void look_at_hook(const struct facts *facts, bool is_early, struct findings *out)
{
	struct some deaf = { 0 };

	switch (guard_hook_find()) {
	case GUARD_HOOK_MISSING:
		bad(out, "the hook " GUARD_HOOK " does not exist: vifs that start are not guarded; "
			 "'xvif guard on' installs it");
		break;
	case GUARD_HOOK_OTHER:
		bad(out, GUARD_HOOK
		    " differs from the hook of this xvif: vifs that start may not be guarded; "
		    "remove it, and run 'xvif guard on'");
		break;
	case GUARD_HOOK_OURS:
		break;
	}
	for (size_t i = 0; i < facts->n_scripts; i++)
		if (!facts->scripts[i].code && facts->scripts[i].id.family->hooks != HOOKS_CALLED)
			some_add(&deaf, facts->scripts[i].path);
	if (deaf.n && is_early)
		note(out,
		     "%s is not known to call hooks: a vif that it starts is guarded by udev's rule " GUARD_RULE
		     " alone, and starts also where that fails",
		     some_text(&deaf));
	else if (deaf.n)
		bad(out,
		    "%s is not known to call hooks: vifs that it starts are not guarded until 'xvif guard restore' is run",
		    some_text(&deaf));
}

/* Is a vif guarded before its script sets its link up? A guest that starts is not running then. */
static bool look_at_rule(struct findings *out)
{
	switch (guard_rule_find()) {
	case GUARD_RULE_WORKS:
		ok(out, "links of vifs are guarded as they appear, by udev's rule " GUARD_RULE);
		return true;
	case GUARD_RULE_MISSING:
		bad(out,
		    "udev has no rule " GUARD_RULE " that runs " XVIF_PROGRAM
		    ": a vif that is attached to a running guest is "
		    "not guarded for some milliseconds; 'make install' or the package puts it there");
		break;
	case GUARD_RULE_NO_UDEV:
		note(out, "udev does not run: a vif that is attached to a running guest is not guarded "
			  "for some milliseconds; 'systemctl start systemd-udevd' starts it");
		break;
	}
	return false;
}

static void look_at_service(struct findings *out)
{
	switch (guard_service_find()) {
	case GUARD_SERVICE_DISABLED:
		bad(out, GUARD_SERVICE
		    " is not enabled: after a boot, and after a reload of "
		    "nftables.service, guests are not guarded; 'xvif guard on' enables it");
		break;
	case GUARD_SERVICE_MISSING:
		bad(out,
		    "systemd has no " GUARD_SERVICE
		    ": after a boot, and after a reload of nftables.service, guests are not guarded "
		    "until 'xvif guard restore' is run; 'make install' or the package puts it there");
		break;
	case GUARD_SERVICE_ENABLED:
	case GUARD_SERVICE_NO_SYSTEMD:
		break;
	}
}

static void look_at_vifs(const struct guard_look *look, struct findings *out)
{
	struct some wrong = { 0 }, free_vifs = { 0 };

	for (size_t i = 0; i < look->n; i++) {
		const struct guard_state *state = &look->v[i];

		if (!guard_is_in_force(look, state) && !state->ends_ms)
			some_add(&wrong, state->vif->link);
		else if (state->options.mode != GUARD_OFF && state->options.mode != GUARD_CLOSED &&
			 !state->vif->ips.n && !(state->options.flags & GUARD_UNLISTED_CLOSED))
			some_add(&free_vifs, state->vif->link);
	}
	if (wrong.n)
		bad(out,
		    "%s: not guarded as " GUARD_CONF " says: 'xvif guard status' shows why, "
		    "'xvif repair' repairs it",
		    some_text(&wrong));
	if (free_vifs.n)
		note(out,
		     "%s: guarded without a list: it can send from addresses of other guests; with "
		     "'unlisted=closed' in " GUARD_CONF " it can send nothing",
		     some_text(&free_vifs));
	if (!wrong.n && !look->n_shared)
		ok(out, "what " GUARD_CONF " says is in force");
}

/* Guests that nothing keeps to their lists, on one bridge or routed. */
static void look_at_unguarded(const struct facts *facts, struct findings *out)
{
	struct some open = { 0 };

	for (size_t i = 0; i < facts->n_here; i++)
		if (facts->here[i].vif->ips.n)
			some_add(&open, facts->here[i].vif->link);
	if (open.n > 1)
		note(out,
		     "%s can send from addresses of each other: rules of the hotplug scripts do not look "
		     "at what guests of this host send to each other; 'xvif guard on' keeps each to its list",
		     some_text(&open));
}

void look_at_guard(const struct facts *facts, struct findings *out)
{
	CLEANUP(guard_look_release) struct guard_look look = { 0 };
	CLEANUP(guard_conf_release) struct guard_conf conf = { 0 };
	struct error err = { 0 };
	int r;

	if (!facts->has_store)
		return;
	r = guard_conf_read(&conf, &err);
	if (*conf.broken.text)
		bad(out, "%s; %s", conf.broken.text, guard_conf_instead(&conf));
	if (!r && !guard_conf_is_used(&conf)) {
		look_at_unguarded(facts, out);
		return;
	}
	r = r ? r : guard_look(&facts->vifs, NULL, NULL, &look, &err);
	out->has_failed |= r == -ENOMEM;
	if (r) {
		bad(out, "%s: guests are not guarded", err.text);
		return;
	}
	look_at_hook(facts, look_at_rule(out), out);
	look_at_service(out);
	look_at_vifs(&look, out);
}
