/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script.h - which hotplug script a vif has, found out without executing it. */
#ifndef XVIF_SCRIPT_H
#define XVIF_SCRIPT_H

#include <stdbool.h>

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
	enum vouched vouched;	  /* unknown: what the operator says of it (scripts-conf.h) */
	char why_unknown[400];	  /* unknown: the reason, in words */
};

/*
 * script_identify - compare a script and its vif-common.sh with the digests
 * of stock versions, comments and blank lines apart.
 * Returns 0, -ENOENT or -EACCES when it is missing or not executable, or
 * another negative errno when one of them cannot be read.
 */
int script_identify(const char *path, struct script *out, struct error *err);

/* Is it a stock one, with a stock vif-common.sh and without hooks? */
bool script_is_known(const struct script *script);

#endif
