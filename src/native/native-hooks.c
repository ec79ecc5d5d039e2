/* SPDX-License-Identifier: GPL-2.0-or-later */
/* native-hooks.c - hooks of others, run as the stock scripts run them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/cleanup.h"
#include "src/base/process.h"
#include "src/native/native.h"
#include "src/settings/guard-hook.h"

#define SCRIPTS "/etc/xen/scripts"
#define TIMEOUT_S 15

/* vif-common.sh itself would rename the link again. */
static const char text[] = "dir=" SCRIPTS "\n"
			   ". \"$dir/xen-hotplug-common.sh\"\n"
			   ". \"$dir/xen-network-common.sh\"\n"
			   "for f in \"$dir\"/vif-post.d/*.hook; do\n"
			   "\tif [ -x \"$f\" ] && [ \"$f\" != \"$xvif_guard_hook\" ]; then . \"$f\"; fi\n"
			   "done\n";

enum { ENV_DEV, ENV_IP, ENV_BRIDGE, ENV_COMMAND, ENV_TYPE, ENV_PATH, ENV_GUARD, N_ENV };

struct environment {
	char *made[N_ENV];
	const char *list[N_ENV + 1];
};

static void release(struct environment *env)
{
	for (size_t i = 0; i < N_ENV; i++)
		free(env->made[i]);
}

static int set(struct environment *env, size_t i, const char *name, const char *value)
{
	if (asprintf(&env->made[i], "%s=%s", name, value ? value : "") < 0)
		env->made[i] = NULL;
	env->list[i] = env->made[i];
	return env->made[i] ? 0 : -ENOMEM;
}

/* The variables that vif-common.sh has by then. */
static int make_environment(const struct native *n, struct environment *env)
{
	int r = set(env, ENV_DEV, "dev", n->link.name);

	r |= set(env, ENV_IP, "ip", n->vif.ip);
	r |= set(env, ENV_BRIDGE, "bridge", n->vif.bridge ? n->vif.bridge : n->bridge);
	r |= set(env, ENV_COMMAND, "command", n->command);
	r |= set(env, ENV_TYPE, "type_if", n->is_emulated ? "tap" : "vif");
	r |= set(env, ENV_PATH, "XENBUS_PATH", n->vif.backend);
	r |= set(env, ENV_GUARD, "xvif_guard_hook",
		 guard_hook_find() == GUARD_HOOK_OURS ? GUARD_HOOK : NULL);
	return r;
}

static int run(const struct native *n, const char *const *argv, struct error *err)
{
	CLEANUP(release) struct environment env = { 0 };
	struct process p = { .argv = argv, .env = env.list, .timeout_s = TIMEOUT_S };
	int r = make_environment(n, &env) ? error_memory(err) : process_run(&p, err);

	free(p.output);
	if (r)
		return r;
	if (p.timed_out)
		return error_set(err, -ETIMEDOUT,
				 "a hook in " SCRIPTS "/vif-post.d ran longer than %u s", TIMEOUT_S);
	if (p.status)
		return error_set(err, -EIO,
				 "a hook in " SCRIPTS "/vif-post.d failed with status %d", p.status);
	return 0;
}

int native_run_hooks(const struct native *n, int argc, char **argv, struct error *err)
{
	CLEANUP(cleanup_free) const char **words = NULL;
	size_t count = argc > 0 ? (size_t)argc : 0;
	bool has_hooks;
	int r = guard_hook_find_others(&has_hooks, err);

	if (r || !has_hooks)
		return r;
	words = calloc(count + 5, sizeof(*words));
	if (!words)
		return error_memory(err);
	words[0] = "/bin/bash";
	words[1] = "-c";
	words[2] = text;
	words[3] = n->kind == &native_route ? SCRIPTS "/vif-xvif-route" : SCRIPTS "/vif-xvif-bridge";
	for (size_t i = 1; i < count; i++)
		words[3 + i] = argv[i];
	return run(n, words, err);
}
