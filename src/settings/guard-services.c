/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-services.c - what udev and systemd do for the guard. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/base/input.h"
#include "src/base/process.h"
#include "src/settings/guard-services.h"

/* As udev and systemd look for files, the first of a name goes before the others. */
static const char *const folders[] = { "/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib" };
#define N_FOLDERS (sizeof(folders) / sizeof(*folders))

/* For free(); NULL: there is none that can be read. */
static char *read_first(const char *file)
{
	struct error ignored = { 0 };
	char *text = NULL, path[128];
	size_t len;

	for (size_t i = 0; i < N_FOLDERS; i++) {
		snprintf(path, sizeof(path), "%s/%s", folders[i], file);
		if (!access(path, F_OK))
			return input_read(path, &text, &len, &ignored) ? NULL : text;
	}
	return NULL;
}

/* A rule that is a comment does nothing. */
static bool runs_it(const char *text)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		const char *at, *end;

		line += strspn(line, " \t\n");
		end = line + strcspn(line, "\n");
		at = strstr(line, XVIF_PROGRAM " guard hook link");
		if (*line != '#' && at && at < end)
			return true;
	}
	return false;
}

enum guard_rule guard_rule_find(void)
{
	CLEANUP(cleanup_free) char *text = NULL;

	if (access("/run/udev/control", F_OK))
		return GUARD_RULE_NO_UDEV;
	text = read_first("udev/rules.d/" GUARD_RULE);
	return text && runs_it(text) ? GUARD_RULE_WORKS : GUARD_RULE_MISSING;
}

enum guard_service guard_service_find(void)
{
	CLEANUP(cleanup_free) char *text = NULL;

	if (access("/run/systemd/system", F_OK))
		return GUARD_SERVICE_NO_SYSTEMD;
	if (!access("/etc/systemd/system/multi-user.target.wants/" GUARD_SERVICE, F_OK))
		return GUARD_SERVICE_ENABLED;
	text = read_first("systemd/system/" GUARD_SERVICE);
	return text ? GUARD_SERVICE_DISABLED : GUARD_SERVICE_MISSING;
}

/* A reload of nftables reaches only services that are active: so it is started, too. */
int guard_service_enable(struct error *err)
{
	struct process p = {
		.argv = (const char *const[]){ "systemctl", "--quiet", "enable", "--now",
					       GUARD_SERVICE, NULL },
		.timeout_s = 30,
	};
	enum guard_service found = guard_service_find();
	int r;

	if (found != GUARD_SERVICE_DISABLED && found != GUARD_SERVICE_ENABLED)
		return 0;
	r = process_run(&p, err);
	if (!r && (p.timed_out || p.status))
		r = error_set(err, -EIO, "systemctl enable --now " GUARD_SERVICE ": %s",
			      p.timed_out ? "timed out" :
			      p.output	  ? p.output :
					    "failed");
	free(p.output);
	return r ? r : found == GUARD_SERVICE_DISABLED;
}
