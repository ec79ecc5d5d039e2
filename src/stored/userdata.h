/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * userdata.h - libxl's stored configuration of a running domain, from which
 * its vifs are made anew when it reboots, is saved or migrates (Xen,
 * tools/libs/light/libxl_dom.c, userdata_path; libxl_internal.c,
 * libxl__lock_domain_userdata).
 */
#ifndef XVIF_USERDATA_H
#define XVIF_USERDATA_H

#include <stdbool.h>

#include "src/xen/domain.h"
#include "src/base/lock.h"

struct userdata {
	struct lock lock;
	char *path, *lock_path;
	char *text; /* NULL: there is no file (xend, XAPI, a stub domain) */
	size_t len;
};

/*
 * userdata_lock - take libxl's lock of the domain and read the file.
 * @timeout_s: longest wait for the lock
 *
 * Returns 0, also when there is no file; -ETIMEDOUT, or another negative
 * errno. Release with userdata_release(), which also lets the lock go.
 */
int userdata_lock(struct userdata *u, const struct domain *domain, unsigned timeout_s,
		  struct error *err);
void userdata_release(struct userdata *u);

/* Where the file stands, for free(); NULL when memory is short or the domain has no uuid. */
char *userdata_path(const struct domain *domain);

/*
 * Has "xl config-update" left a configuration? xl takes it at the guest's next
 * reboot, instead of the file (Xen, tools/xl/xl_vmcontrol.c, reload_domain_config).
 */
bool userdata_is_superseded(const struct domain *domain);

/*
 * Does libvirt run the domain? It starts it anew from its own copy, which it also keeps here
 * (libvirt, src/libxl/libxl_domain.c, libxlDomainStart).
 */
bool userdata_is_libvirt(const struct domain *domain);

/*
 * userdata_read - the file alone, without the lock, to look at.
 * As userdata_lock().
 */
int userdata_read(struct userdata *u, const struct domain *domain, struct error *err);

/* The list of a vif in it, for free(); NULL: none. Returns 0, -ENOENT (no such nic), -EILSEQ. */
int userdata_get_ips(const struct userdata *u, unsigned devid, char **out, struct error *err);

/*
 * userdata_set_ips - put the file with this list of a vif in place; NULL: none.
 * Only under the lock. Nothing but the bytes of that value changes. Returns 0
 * or a negative errno: then the file is as it was.
 */
int userdata_set_ips(struct userdata *u, unsigned devid, const char *ips, struct error *err);

#endif
