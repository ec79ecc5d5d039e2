/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hotplug.c - run a vif's hotplug script the way libxl does.
 *
 * Arguments, environment and stdin are those of libxl (Xen,
 * tools/libs/light/libxl_linux.c, libxl__hotplug_nic and get_hotplug_env;
 * libxl_device.c, device_hotplug).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/hotplug/hotplug.h"
#include "src/base/process.h"

#define LOG_FILE "/var/log/xen/xen-hotplug.log"

enum { ENV_SCRIPT, ENV_PATH, ENV_BASE, ENV_NETDEV, ENV_VIF, N_ENV };

struct environment {
	char *made[N_ENV];
	const char *list[N_ENV + 4];
};

static void release_environment(struct environment *env)
{
	for (size_t i = 0; i < N_ENV; i++)
		free(env->made[i]);
}

static int make_environment(const struct vif *vif, bool shadow, struct environment *env)
{
	const char *base = shadow ? "xvif" : "backend";
	char kernel_name[32];
	int r = 0;

	snprintf(kernel_name, sizeof(kernel_name), "vif%u.%u", vif->domain.domid, vif->devid);
	r |= asprintf(&env->made[ENV_SCRIPT], "script=%s", vif->script) < 0;
	r |= asprintf(&env->made[ENV_PATH], "XENBUS_PATH=%s/vif/%u/%u", base, vif->domain.domid,
		      vif->devid) < 0;
	r |= asprintf(&env->made[ENV_BASE], "XENBUS_BASE_PATH=%s", base) < 0;
	r |= asprintf(&env->made[ENV_NETDEV], "netdev=%s", vif->gatewaydev ? vif->gatewaydev : "") <
	     0;
	r |= asprintf(&env->made[ENV_VIF], "vif=%s", shadow ? vif->link : kernel_name) < 0;
	for (size_t i = 0; i < N_ENV; i++)
		env->list[i] = env->made[i];
	env->list[N_ENV] = "XENBUS_TYPE=vif";
	env->list[N_ENV + 1] = "ip";
	env->list[N_ENV + 2] = "INTERFACE";
	return r ? -ENOMEM : 0;
}

char *hotplug_describe(const struct vif *vif, const char *command, bool shadow)
{
	CLEANUP(release_environment) struct environment env = { 0 };
	char *out = NULL;

	if (make_environment(vif, shadow, &env))
		return NULL;
	if (asprintf(&out, "%s %s %s %s %s %s %s %s type_if=vif", env.list[ENV_SCRIPT],
		     "XENBUS_TYPE=vif", env.list[ENV_PATH], env.list[ENV_BASE],
		     env.list[ENV_NETDEV], env.list[ENV_VIF], vif->script, command) < 0)
		return NULL;
	return out;
}

static off_t log_size(void)
{
	struct stat sb;

	return stat(LOG_FILE, &sb) ? 0 : sb.st_size;
}

/* The last line that is not blank; "" if there is none. */
static const char *last_line(char *text)
{
	char *end = text + strlen(text), *line;

	while (end > text && strchr(" \t\n", end[-1]))
		*--end = '\0';
	line = strrchr(text, '\n');
	return line ? line + 1 : text;
}

static void read_log(off_t from, char *out, size_t size)
{
	int fd = open(LOG_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd >= 0) {
		n = pread(fd, out, size - 1, from);
		close(fd);
	}
	out[n > 0 ? n : 0] = '\0';
}

/*
 * The script's own words: what it wrote to the log (there goes its stderr),
 * else what it printed, else its hotplug-error.
 */
static int script_failed(const struct vif *vif, const struct process *p, off_t log_from,
			 const char *hotplug_error, struct error *err)
{
	char log[4096];
	const char *words;

	if (p->was_interrupted)
		return error_set(err, -EINTR,
				 "interrupted: hotplug script '%s' was killed, everything "
				 "is as it was",
				 vif->script);
	if (p->timed_out)
		return error_status(err, STATUS_FAILED, -ETIMEDOUT,
				    "hotplug script '%s': still running after %u s, killed",
				    vif->script, p->timeout_s);
	read_log(log_from, log, sizeof(log));
	words = last_line(log);
	if (!*words)
		words = last_line(p->output);
	if (!*words)
		words = hotplug_error ? hotplug_error : "it says nothing";
	return error_status(err, STATUS_FAILED, -EIO, "hotplug script '%s' failed: %s", vif->script,
			    words);
}

static int run(struct store *st, const struct vif *vif, const char *command, bool shadow,
	       const struct lock *lock, struct error *err)
{
	CLEANUP(release_environment) struct environment env = { 0 };
	CLEANUP(cleanup_free) char *output = NULL, *status = NULL, *words = NULL;
	const char *argv[] = { vif->script, command, "type_if=vif", NULL };
	struct process p = { .argv = argv,
			     .env = env.list,
			     .timeout_s = HOTPLUG_TIMEOUT_S,
			     .keep_fd = lock->fd,
			     .is_interruptible = shadow };
	const char *base = shadow ? "xvif" : "backend";
	off_t log_from = log_size();
	int r;

	if (make_environment(vif, shadow, &env))
		return error_memory(err);
	r = process_run(&p, err);
	output = p.output;
	if (!r)
		r = store_get(st, 0, &status, err, "/local/domain/0/%s/vif/%u/%u/hotplug-status",
			      base, vif->domain.domid, vif->devid);
	if (!r)
		r = store_get(st, 0, &words, err, "/local/domain/0/%s/vif/%u/%u/hotplug-error",
			      base, vif->domain.domid, vif->devid);
	if (r)
		return r;
	if (p.status || p.timed_out)
		return script_failed(vif, &p, log_from, words, err);
	if (!strcmp(command, "online") && (!status || strcmp(status, "connected")))
		return error_status(err, STATUS_FAILED, -EIO,
				    "hotplug script '%s' ended without setting hotplug-status to "
				    "connected",
				    vif->script);
	return 0;
}

void hotplug_root(struct node_writes *w)
{
	node_writes_set(w, "", HOTPLUG_SHADOW_ROOT);
	node_writes_private(w, HOTPLUG_SHADOW_ROOT);
}

/* "online" has to set hotplug-status itself, as on a cold start, where libxl leaves it empty. */
int hotplug_run(struct store *st, const struct vif *vif, const char *command,
		const struct lock *lock, struct error *err)
{
	int r = 0;

	if (!strcmp(command, "online"))
		r = store_set(st, 0, "", err, "%s/hotplug-status", vif->backend);
	return r ? r : run(st, vif, command, false, lock, err);
}

int hotplug_run_shadow(struct store *st, const struct vif *vif, const struct lock *lock,
		       struct error *err)
{
	return run(st, vif, "online", true, lock, err);
}

void hotplug_clear_shadow(const struct vif *vif, struct node_writes *w)
{
	node_writes_clear(w, HOTPLUG_SHADOW_ROOT, HOTPLUG_SHADOW_ROOT "/vif/%u/%u",
			  vif->domain.domid, vif->devid);
}

/* Left out of the shadow: what the script would act on, or writes itself. */
static bool is_copied(const char *name)
{
	static const char *const left_out[] = {
		"vifname", "ip", "hotplug-status", "hotplug-error", NULL,
	};

	for (size_t i = 0; left_out[i]; i++)
		if (!strcmp(name, left_out[i]))
			return false;
	return true;
}

static int read_values(struct store *st, const struct vif *vif, const struct names *names,
		       char **values, struct error *err)
{
	struct batch b = { 0 };

	for (unsigned i = 0; i < names->n; i++)
		if (is_copied(names->v[i]))
			batch_get(&b, &values[i], "%s/%s", vif->backend, names->v[i]);
	return store_run(st, 0, &b, err);
}

int hotplug_lay_shadow(struct store *st, const struct vif *vif, const struct iplist *added,
		       struct node_writes *w, struct error *err)
{
	CLEANUP(names_release) struct names names = { 0 };
	CLEANUP(cleanup_free) char *ips = iplist_format(added);
	CLEANUP(cleanup_free) char **values = NULL;
	int r = store_list(st, 0, &names, err, "%s", vif->backend);

	if (r)
		return r;
	values = calloc(names.n + 1, sizeof(*values));
	if (!ips || !values)
		return error_memory(err);
	r = read_values(st, vif, &names, values, err);
	node_writes_set(w, NULL, HOTPLUG_SHADOW_ROOT "/vif/%u/%u", vif->domain.domid, vif->devid);
	for (unsigned i = 0; i < names.n; i++) {
		if (values[i])
			node_writes_set(w, values[i], HOTPLUG_SHADOW_ROOT "/vif/%u/%u/%s",
					vif->domain.domid, vif->devid, names.v[i]);
		free(values[i]);
	}
	node_writes_set(w, ips, HOTPLUG_SHADOW_ROOT "/vif/%u/%u/ip", vif->domain.domid, vif->devid);
	return r;
}
