/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor-quota.c - the probe of what xenstored lets a guest have.
 *
 * The answers of the daemon in C (Xen, tools/xenstored/control.c, domain.c):
 *	nodes            :     1000 Nodes per domain
 *	nodes            :       45 (max      200)
 * and of oxenstored, about one guest only (tools/ocaml/xenstored/quota.ml):
 *	dom1 quota: 45/1000
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/doctor/doctor.h"

#define NEAR 0.8 /* of a limit */

/* Those that a guest uses up. Others bound one node or one transaction, or what is so for a moment. */
static const struct {
	const char *name, *unit;
} quotas[] = {
	{ "nodes", "nodes" },
	{ "watches", "watches" },
	{ "memory", "bytes" },
};

/* The number of a line "NAME : NUMBER"; -1: there is no such line. */
static long find_number(const char *answer, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = answer; line; line = strchr(line, '\n')) {
		const char *rest;

		line += *line == '\n';
		if (strncmp(line, name, len))
			continue;
		rest = line + len + strspn(line + len, " ");
		if (*rest == ':')
			return strtol(rest + 1, NULL, 10);
	}
	return -1;
}

static void judge(const struct domain *guest, const char *unit, long has, long limit,
		  struct findings *out)
{
	char label[DOMAIN_LABEL_SIZE];

	if (has < 0 || limit <= 0 || (double)has < (double)limit * NEAR)
		return;
	finding_add(out, has < limit ? VERDICT_NOTE : VERDICT_BAD,
		    "%s has %ld of the %ld %s in the store that xenstored allows a guest: %sit "
		    "cannot write there, and its vifs do not reconnect; find out what in the guest makes them",
		    domain_label(guest, label), has, limit, unit, has < limit ? "at the limit " : "");
}

static void judge_guest(const struct domain *guest, const char *limits, const char *answer,
			struct findings *out)
{
	long has, limit;

	if (sscanf(answer, "dom%*u quota: %ld/%ld", &has, &limit) == 2)
		judge(guest, "nodes", has, limit, out);
	for (size_t i = 0; i < sizeof(quotas) / sizeof(*quotas); i++)
		judge(guest, quotas[i].unit, find_number(answer, quotas[i].name),
		      find_number(limits, quotas[i].name), out);
}

/* The limits, then what each guest has of them. Returns 0, or a negative errno: this daemon does not tell. */
static int ask(struct store *st, const struct domains *domains, char **limits, char **answers,
	       struct error *err)
{
	struct batch b = { 0 };

	batch_control(&b, limits, "quota", NULL);
	for (size_t i = 0; i < domains->n; i++) {
		char domid[16];

		snprintf(domid, sizeof(domid), "%u", domains->v[i].domid);
		if (domains->v[i].domid)
			batch_control(&b, &answers[i], "quota", domid);
	}
	return store_run(st, 0, &b, err);
}

void look_at_store_quota(const struct facts *facts, struct findings *out)
{
	CLEANUP(domains_release) struct domains domains = { 0 };
	CLEANUP(store_close) struct store st = { 0 };
	CLEANUP(cleanup_free) char *limits = NULL;
	CLEANUP(cleanup_free) char **answers = NULL;
	struct error err = { 0 };
	size_t before = out->n, n_known = 0;
	int r;

	if (!facts->has_store || !facts->n_guests)
		return;
	/* a connection of its own: a daemon that does not know the command may close it */
	r = store_open(&st, facts->timeout_s, &err);
	if (!r)
		r = domain_list_names(&st, &domains, &err);
	answers = calloc(domains.n + 1, sizeof(*answers));
	if (!answers || r == -ENOMEM)
		out->has_failed = true;
	if (r || !answers)
		return;
	r = ask(&st, &domains, &limits, answers, &err);
	out->has_failed |= r == -ENOMEM;
	if (!r && limits)
		for (size_t i = 0; i < domains.n; i++)
			if (answers[i]) {
				judge_guest(&domains.v[i], limits, answers[i], out);
				n_known++;
			}
	for (size_t i = 0; i < domains.n; i++)
		free(answers[i]);
	if (n_known && out->n == before)
		ok(out, "none of the %zu guests is near a limit of xenstored", n_known);
}
