/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-hook.c - xvif guard hook: what hotplug scripts ask for, by the hook, and udev, by its rule. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "src/base/cleanup.h"
#include "src/commands/guard.h"
#include "src/guard/guard-script.h"
#include "src/kernel/kernel.h"

/*
 * Which vif the script is run for: the last two parts of the path. A path of xvif's own is that
 * of an edit, which lets the script add addresses and holds the lock of the vif. Returns 0, 1 (of an
 * edit), or -EINVAL.
 */
static int find_vif(unsigned *domid, unsigned *devid, struct error *err)
{
	const char *path = getenv("XENBUS_PATH"), *last;
	char end;

	if (!path)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "guard hook: XENBUS_PATH is not set: only hotplug scripts run this");
	if (!strncmp(path, "xvif/", 5) || strstr(path, "/xvif/"))
		return 1;
	last = strstr(path, "/vif/");
	if (!last || sscanf(last, "/vif/%9u/%9u%c", domid, devid, &end) != 2)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "guard hook: XENBUS_PATH '%s' names no vif", path);
	return 0;
}

static int read_vif(struct store *st, unsigned domid, unsigned devid, struct vif *out,
		    struct error *err)
{
	CLEANUP(domain_release) struct domain domain = { .domid = domid };
	int r = domain_read(st, 0, &domain, 1, err);

	return r ? r : vif_read(st, 0, &domain, devid, out, err);
}

static int remove_vif(unsigned domid, unsigned devid, struct error *err)
{
	char link[32];
	struct vif vif = { .domain = { .domid = domid }, .devid = devid, .link = link };

	snprintf(link, sizeof(link), "vif%u.%u", domid, devid);
	return guard_remove(&vif, err);
}

/* The list is read anew: the script may have been given another. */
static int make_vif(struct store *st, unsigned domid, unsigned devid, struct error *err)
{
	CLEANUP(vif_release) struct vif vif = { 0 };
	int r = read_vif(st, domid, devid, &vif, err);

	return r ? r : guard_start(&vif, err);
}

/*
 * Of a link that has gone udev knows the last name, but its device, too: "/devices/vif-D-N/net/NAME"
 * (Linux, drivers/xen/xenbus/xenbus_probe_backend.c). Else "vifD.N", or the emulated card of that.
 */
static bool find_vif_of_link(unsigned *domid, unsigned *devid)
{
	const char *link = getenv("INTERFACE"), *path = getenv("DEVPATH");
	const char *device = path ? strstr(path, "/vif-") : NULL;
	int end = 0;

	if (device && sscanf(device, "/vif-%9u-%9u/net/%n", domid, devid, &end) == 2 && end)
		return true;
	return link && sscanf(link, "vif%9u.%9u%n", domid, devid, &end) == 2 &&
	       (!link[end] || !strcmp(link + end, "-emu"));
}

/*
 * Its nodes were written before the link was made; a link without them is not Xen's. The script may
 * have given it another name by now, or it may have gone: whatever the vif has is guarded.
 */
static int make_vif_of_link(struct store *st, unsigned domid, unsigned devid, struct error *err)
{
	CLEANUP(vif_release) struct vif vif = { 0 };
	int r = read_vif(st, domid, devid, &vif, err);

	if (!r)
		r = guard_start(&vif, err);
	else if (r == -ENOENT)
		r = 0;
	return r == -ENODEV ? 0 : r;
}

static bool has_link(unsigned domid, unsigned devid)
{
	char link[32];

	snprintf(link, sizeof(link), "vif%u.%u", domid, devid);
	return kernel_link(link) != 0;
}

/*
 * By the rule of udev: a link has appeared, and its script has not run yet, or does so at this
 * moment; or it has gone. One that exists again stays guarded.
 */
static int run_for_link(struct store *st, struct error *err)
{
	const char *action = getenv("ACTION"), *link = getenv("INTERFACE");
	bool is_gone = action && !strcmp(action, "remove");
	unsigned domid, devid;
	int r = 0;

	if (!action || !link)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "guard hook: no ACTION and INTERFACE: it is for udev");
	if (!find_vif_of_link(&domid, &devid))
		return 0;
	if (!is_gone || kernel_link(link) || has_link(domid, devid))
		r = make_vif_of_link(st, domid, devid, err);
	else if (!strstr(link, "-emu"))
		r = remove_vif(domid, devid, err);
	if (r)
		syslog(LOG_ERR, "vif %u.%u (%s): %s: %s", domid, devid, link,
		       is_gone ? "its guard is not removed yet" : "it is not guarded yet", err->text);
	return r;
}

int guard_run_hook(struct store *st, const char *command, struct error *err)
{
	unsigned domid = 0, devid = 0;
	int r;

	if (!strcmp(command, "link"))
		return run_for_link(st, err);
	r = find_vif(&domid, &devid, err);
	if (r)
		return r < 0 ? r : 0;
	if (!strcmp(command, "online") || !strcmp(command, "add"))
		return make_vif(st, domid, devid, err);
	/* the guest unplugs its emulated card; the vif stays */
	if (!strcmp(command, "remove"))
		return 0;
	if (!strcmp(command, "offline"))
		return remove_vif(domid, devid, err);
	return error_status(err, STATUS_USAGE, -EINVAL, "guard hook: invalid command '%s'", command);
}
