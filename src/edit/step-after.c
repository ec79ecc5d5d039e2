/* SPDX-License-Identifier: GPL-2.0-or-later */
/* step-after.c - steps of an edit that is done: a failure of theirs takes nothing back. */
#include <errno.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/edit/step-kinds.h"

static int describe_writes(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)s;
	return node_writes_describe(&step->writes, out);
}

static int end_journal(struct apply *a, const struct step *step, struct error *err)
{
	struct error why = { 0 };

	(void)err;
	if (node_writes_transact(a->st, &step->writes, &why))
		strv_add(a->warnings,
			 "the vif was changed, but the journal of this edit was not removed, run "
			 "'xvif repair': %s",
			 why.text);
	return 0;
}

const struct step_kind step_journal_end = {
	.describe = describe_writes,
	.apply = end_journal,
	.is_after = true,
};

static int describe_flush(const struct step *step, const struct survey *s, struct strv *out)
{
	char text[IPNET_TEXT_SIZE];

	(void)s;
	ipnet_format(&step->address, text);
	return strv_add(out, "forget neighbours and connections of %s", text);
}

/* What the kernel still remembers is no reason to take the edit back. */
static int flush(struct apply *a, const struct step *step, struct error *err)
{
	const struct survey *s = a->s;
	struct error why = { 0 };
	int r = kernel_flush_connections(&step->address, &why);

	(void)err;
	for (size_t p = 0; p < s->n_ports && !r; p++)
		if (s->ports[p].link)
			r = kernel_flush_neighbours(s->ports[p].link, &step->address, &why);
	if (r)
		strv_add(a->warnings, "%s", why.text);
	return 0;
}

const struct step_kind step_flush = {
	.describe = describe_flush,
	.apply = flush,
	.is_after = true,
};

static int describe_config(const struct step *step, const struct survey *s, struct strv *out)
{
	const char *backup = step->config->backup;

	if (!config_edit_is_change(step->config))
		return 0;
	return strv_add(out, "change ip= of vif %u in %s%s%s", s->vif->devid, step->config->path,
			backup ? ", keep " : "", backup ? backup : "");
}

/* The file is read anew, for an edit of another vif may have changed it since. */
static int change_config(struct apply *a, const struct step *step, struct error *err)
{
	CLEANUP(config_edit_release) struct config_edit edit = { 0 };
	CLEANUP(lock_release) struct lock lock = { 0 };
	const struct survey *s = a->s;
	struct error why = { 0 };
	int r = lock_configs(&lock, s->options->timeout_s, &why);

	if (!r)
		r = config_edit_prepare(&edit, step->config->path, s->vif, &s->after,
					step->config->backup, &why);
	if (!r)
		r = config_edit_write(&edit, &why);
	if (!r)
		return 0;
	error_status(err, STATUS_BROKEN, r,
		     "the vif was changed, its configuration file was not: %s", why.text);
	if (*why.hint)
		error_hint(err, "%s", why.hint);
	return r;
}

const struct step_kind step_config = {
	.describe = describe_config,
	.apply = change_config,
	.is_after = true,
};
