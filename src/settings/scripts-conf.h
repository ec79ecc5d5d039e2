/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scripts-conf.h - the hotplug scripts that the operator vouches for.
 *
 * Lines "PATH SHA256 METHOD [routes]": the script of that content (as sha256sum(1)
 * prints it) may be used by METHOD, "delta" or "cycle"; with "routes", it routes
 * each address of a list to the link, and that is compared. Blank lines and what
 * follows "#" are passed over.
 */
#ifndef XVIF_SCRIPTS_CONF_H
#define XVIF_SCRIPTS_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

#define SCRIPTS_CONF "/etc/xvif/scripts.conf"

enum vouched {
	VOUCHED_NOT,
	VOUCHED_DELTA, /* "online" adds only what the ip node lists */
	VOUCHED_CYCLE, /* offline and online, with an outage */
};

struct scripts_conf {
	char *text; /* that the rest borrows */
	struct voucher {
		const char *path, *digest;
		enum vouched how;
		bool promises_routes; /* one to the link, for each address of the list */
	} * v;
	size_t n;
};

/*
 * scripts_conf_parse - take apart the text of such a file.
 * @text: for free(); @out has it, also after a failure
 * @name: of the file, for errors
 * @out: release with scripts_conf_release(), also after a failure
 *
 * Returns 0, -EINVAL for a line that is none of these, or -ENOMEM.
 */
int scripts_conf_parse(char *text, const char *name, struct scripts_conf *out, struct error *err);

/* The same of SCRIPTS_CONF; empty when there is none. Returns what settings_read() does, too. */
int scripts_conf_read(struct scripts_conf *out, struct error *err);

/*
 * scripts_conf_find - what is said of a script.
 * @digest: SHA-256 of the whole file, as sha256sum(1) prints it
 * @is_other_out: its path is listed, but for other content only
 * Borrowed; NULL: nothing.
 */
const struct voucher *scripts_conf_find(const struct scripts_conf *conf, const char *path,
					const char *digest, bool *is_other_out);

void scripts_conf_release(struct scripts_conf *conf);

#endif
