/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-scripts.c - probes of the hotplug scripts and of what they call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/doctor/doctor.h"
#include "src/base/atomic-file.h"

/* "2 vifs have it", "vifs to come have it" */
static const char *users_of(const struct facts_script *script, char buf[48])
{
	if (!script->n_vifs)
		return "vifs to come have it";
	snprintf(buf, 48, script->n_vifs == 1 ? "%u vif has it" : "%u vifs have it", script->n_vifs);
	return buf;
}

static void judge_script(const struct facts_script *script, struct findings *out)
{
	static const char *const methods[] = { "", "delta", "cycle" };
	char buf[48];

	if (script->code)
		bad(out,
		    "%s; %s: such a vif does not come up; install xen-utils-common, or put the script "
		    "back",
		    script->why, users_of(script, buf));
	else if (script->id.is_unsafe)
		note(out, "%s can be changed by others than root, see script-permissions; %s",
		     script->path, users_of(script, buf));
	else if (script->id.has_hooks && script->id.vouched == VOUCHED_NOT)
		note(out, "%s: %s; %s: edits need --hotplug=delta, or a line in " SCRIPTS_CONF,
		     script->path, script->id.why_unknown, users_of(script, buf));
	else if (script->id.family->edit == EDIT_NETLINK)
		ok(out, "%s is a script of this xvif; %s", script->path, users_of(script, buf));
	else if (script_is_known(&script->id))
		ok(out, "%s is as Xen ships it; %s", script->path, users_of(script, buf));
	else if (script->id.vouched != VOUCHED_NOT)
		ok(out, "%s is this site's own; " SCRIPTS_CONF " vouches for it (%s%s); %s",
		   script->path, methods[script->id.vouched],
		   script->id.promises_routes ? " routes" : "", users_of(script, buf));
	else
		note(out, "%s: %s; %s: edits need --hotplug, or a line in " SCRIPTS_CONF,
		     script->path, script->id.why_unknown, users_of(script, buf));
}

void look_at_scripts(const struct facts *facts, struct findings *out)
{
	for (size_t i = 0; i < facts->n_scripts; i++)
		judge_script(&facts->scripts[i], out);
}

void look_at_script_permissions(const struct facts *facts, struct findings *out)
{
	for (size_t i = 0; i < facts->n_scripts; i++) {
		const struct facts_script *script = &facts->scripts[i];
		const struct error *why = &script->id.why_unsafe;

		if (script->code)
			continue;
		if (script->id.is_unsafe)
			bad(out, "%s: %s: others can become root with it; edits are refused%s%s",
			    script->path, why->text, *why->hint ? "; type: " : "", why->hint);
		else
			ok(out, "only root can change %s and what it sources", script->path);
	}
}

static void mend(const struct facts_folder *folder, struct findings *out)
{
	CLEANUP(cleanup_free) char *after = vif_common_unquote(folder->text);
	CLEANUP(cleanup_free) char *backup = NULL;
	struct error err = { 0 };

	if (!after) {
		out->has_failed = true;
		return;
	}
	if (atomic_file_backup_name(folder->common_path, &backup, &err) ||
	    atomic_file_keeping(folder->common_path, backup, folder->text, strlen(folder->text),
				after, strlen(after), &err)) {
		bad(out, "%s", err.text);
		return;
	}
	out->has_changed = true;
	ok(out,
	   "%s: mended, line %u; as it was: %s; a vif that is up has its rules once its script has "
	   "run again",
	   folder->common_path, folder->common.quoted_line, backup);
}

static void judge_list(const struct facts_folder *folder, struct findings *out)
{
	const struct vif_common *common = &folder->common;

	if (!common->n_quoted) {
		ok(out, "%s takes each word of a list as an address", folder->common_path);
		return;
	}
	if (out->is_to_fix) {
		mend(folder, out);
		return;
	}
	if (common->is_disabled)
		note(out,
		     "%s: line %u has the list in quotes, as one address; without effect while "
		     "handle_iptable() is disabled; 'xvif doctor --fix' repairs it",
		     folder->common_path, common->quoted_line);
	else
		bad(out,
		    "%s: line %u has the list in quotes, as one address: a vif with several gets no "
		    "rule for any; 'xvif doctor --fix' repairs it",
		    folder->common_path, common->quoted_line);
	if (!out->has_failed)
		out->v[out->n - 1].is_fixable = true;
}

void look_at_quoted_ip(const struct facts *facts, struct findings *out)
{
	for (size_t i = 0; i < facts->n_folders; i++)
		if (facts->folders[i].text)
			judge_list(&facts->folders[i], out);
}

void look_at_rules_disabled(const struct facts *facts, struct findings *out)
{
	for (size_t i = 0; i < facts->n_folders; i++) {
		const struct facts_folder *folder = &facts->folders[i];

		if (!folder->common.has_rules)
			continue;
		if (folder->common.is_disabled)
			note(out,
			     "%s: handle_iptable() returns at once, as Debian ships it: no rule keeps a "
			     "guest to its addresses",
			     folder->common_path);
		else
			ok(out, "%s sets rules for the addresses of a vif", folder->common_path);
	}
}

enum {
	FOR_ALL = 1,
	FOR_RULES = 2,
};

/*
 * What the scripts of Xen 4.17 cannot do without (tools/hotplug/Linux); struct family has a program more.
 * Those of NixOS bring their programs with them.
 */
static const struct {
	const char *name;
	const char *package; /* of Debian */
	unsigned users;
} tools[] = {
	{ "bash", "bash", FOR_ALL },
	{ "ip", "iproute2", FOR_ALL },
	{ "awk", "mawk", FOR_ALL },
	{ "xenstore-read", "xenstore-utils", FOR_ALL },
	{ "xenstore-write", "xenstore-utils", FOR_ALL },
	{ "iptables", "iptables", FOR_RULES },
	{ "flock", "util-linux", FOR_RULES },
	{ "stat", "coreutils", FOR_RULES },
};

static bool is_in(const char *folder, size_t len, const char *name)
{
	CLEANUP(cleanup_free) char *path = NULL;

	if (asprintf(&path, "%.*s/%s", (int)len, folder, name) < 0) {
		path = NULL;
		return false;
	}
	return !access(path, X_OK);
}

static bool is_in_path(const char *folders, const char *name)
{
	while (folders && *folders) {
		size_t len = strcspn(folders, ":");

		if (len && is_in(folders, len, name))
			return true;
		folders += len + (folders[len] == ':');
	}
	return false;
}

/* The folders that the scripts put in front of the PATH they get (hotplugpath.sh). */
static bool is_in_xen_folders(const char *name)
{
	static const char *const variables[] = { "bindir=\"", "sbindir=\"", "LIBEXEC_BIN=\"" };
	FILE *f = fopen(SCRIPT_FOLDER "/hotplugpath.sh", "re");
	char line[512];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
			size_t len = strlen(variables[i]);

			if (!strncmp(line, variables[i], len))
				found |= is_in(line + len, strcspn(line + len, "\"\n"), name);
		}
	if (f)
		fclose(f);
	return found;
}

static bool is_installed(const char *name)
{
	return is_in_path("/sbin:/bin:/usr/bin:/usr/sbin", name) ||
	       is_in_path(getenv("PATH"), name) || is_in_xen_folders(name);
}

static unsigned find_users(const struct facts *facts)
{
	unsigned users = 0;

	for (size_t i = 0; i < facts->n_scripts; i++) {
		const struct facts_script *script = &facts->scripts[i];
		const struct vif_common *common = &facts->folders[script->folder].common;

		if (script->code || !script->id.has_common || script->id.is_of_nix)
			continue;
		users |= FOR_ALL;
		if (common->has_rules && !common->is_disabled)
			users |= FOR_RULES;
	}
	return users;
}

static void miss(const char *name, const char *package, struct findings *out)
{
	bad(out, "%s is missing, and the scripts call it: %s; install it (Debian: %s)", name,
	    strcmp(name, "iptables") ? "vifs do not come up" : "vifs come up without their rules",
	    package);
}

static bool is_first_with_program(const struct facts *facts, size_t i)
{
	const char *program = facts->scripts[i].id.family->program;

	for (size_t j = 0; j < i; j++) {
		const char *other = facts->scripts[j].id.family->program;

		if (other && !strcmp(other, program) && !facts->scripts[j].id.is_of_nix)
			return false;
	}
	return true;
}

static void look_at_programs(const struct facts *facts, struct findings *out)
{
	for (size_t i = 0; i < facts->n_scripts; i++) {
		const struct facts_script *script = &facts->scripts[i];
		const char *program = script->id.family->program;

		if (program && script->id.has_common && !script->id.is_of_nix &&
		    is_first_with_program(facts, i) && !is_installed(program))
			miss(program, script->id.family->package, out);
	}
}

void look_at_tools(const struct facts *facts, struct findings *out)
{
	unsigned users = find_users(facts);
	size_t before = out->n;

	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
		if (tools[i].users & users && !is_installed(tools[i].name))
			miss(tools[i].name, tools[i].package, out);
	look_at_programs(facts, out);
	if (users && out->n == before)
		ok(out, "all programs that the scripts call are there");
}
