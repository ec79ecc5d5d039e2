/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script.h - which hotplug script a vif has, found out without executing it. */
#ifndef XVIF_SCRIPT_H
#define XVIF_SCRIPT_H

#include <stdbool.h>
#include <sys/stat.h>

#include "src/base/error.h"
#include "src/hotplug/family.h"
#include "src/settings/scripts-conf.h"

struct script {
	const char *path; /* borrowed */
	const struct family *family;
	bool sets_rules;	  /* handle_iptable() of its vif-common.sh is active */
	bool sets_emulated_rules; /* likewise, and for an emulated card's interface, too */
	bool quotes_list;	  /* that function is active and takes a list for one address */
	bool has_common;	  /* a vif-common.sh stands beside it */
	bool is_of_nix;		  /* it calls programs by their paths in /nix/store */
	bool has_hooks; /* xvif's own: hooks of others change what it does, as @why_unknown says */
	enum vouched vouched;	 /* unknown: what the operator says of it (scripts-conf.h) */
	bool promises_routes;	 /* likewise: it routes each address to the link */
	char why_unknown[400];	 /* unknown: the reason, in words */
	bool is_unsafe;		 /* others than root can change it, or what it sources: ... */
	struct error why_unsafe; /* ... in words, and what to do */
	struct stat file;	 /* the file that was looked at ... */
	struct stat common_file; /* ... and its vif-common.sh; st_ino 0: there was none */
};

/*
 * script_identify - compare a script and its vif-common.sh with the digests
 * of stock versions, comments and blank lines apart.
 * Returns 0, -ENOENT or -EACCES when it is missing or not executable, or
 * another negative errno when one of them cannot be read.
 */
int script_identify(const char *path, struct script *out, struct error *err);

/*
 * script_check_trust - can only root change the script, what it sources and the hooks?
 * Those that do not exist are left out. Returns 0, -EPERM as trust_path(), or another negative errno.
 */
int script_check_trust(const char *path, struct error *err);

/*
 * script_check_same - the same once more, right before the script or its vif-common.sh
 * is run, and are they the files that script_identify() read?
 * Returns 0, -EBUSY when one was changed, or another negative errno.
 */
int script_check_same(const struct script *script, struct error *err);

#define SCRIPT_PATH_SIZE 4096

/* "/etc/xen/scripts/vif-route" and "vif-common.sh" -> "/etc/xen/scripts/vif-common.sh" */
void script_beside(const char *path, const char *name, char out[SCRIPT_PATH_SIZE]);

/* Is it a stock one, with a stock vif-common.sh and without hooks? */
bool script_is_known(const struct script *script);

#endif
