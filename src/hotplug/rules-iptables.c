/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules-iptables.c - rules as iptables has them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/base/lock.h"
#include "src/base/process.h"
#include "src/hotplug/rule-key.h"
#include "src/hotplug/rules-iptables.h"

/*
 * The scripts put these in front of what they inherit (xen-hotplug-common.sh). The last is
 * where NixOS has the programs of the system; its scripts call the same ones by their paths.
 */
static const char path_env[] = "PATH=/sbin:/bin:/usr/bin:/usr/sbin:/usr/local/sbin:/usr/local/bin:"
			       "/run/current-system/sw/bin";

static int no_answer(unsigned timeout_s, struct error *err)
{
	return error_reason(err, REASON_IPTABLES_FAILED, -ETIMEDOUT,
			    "iptables: still running after %u s, killed", timeout_s);
}

/*
 * What "iptables -S" prints, for free(). It fails where "iptables -L" of the
 * scripts does: also for a rule of another chain that only nft(8) can show.
 */
static int print_rules(unsigned timeout_s, char **output_out, struct error *err)
{
	const char *argv[] = { "iptables", "-w", "-S", NULL };
	const char *env[] = { path_env, NULL };
	struct process p = { .argv = argv, .env = env, .timeout_s = timeout_s };
	int r = process_run(&p, err);

	*output_out = p.output;
	if (r)
		return r;
	if (p.timed_out)
		return no_answer(timeout_s, err);
	if (p.status == 127)
		return error_set(err, -ENOENT, "iptables does not work: there is no such program");
	if (p.status)
		return error_set(err, -ENOENT, "iptables does not work: %.*s",
				 (int)strcspn(p.output, "\n"), p.output);
	return 0;
}

int rules_list(const char *const *links, unsigned timeout_s, struct rules *out, struct error *err)
{
	CLEANUP(cleanup_free) char *output = NULL;
	int r = print_rules(timeout_s, &output, err);

	return r ? r : rules_parse(output, links, out, err);
}

int rules_forward(unsigned timeout_s, struct forward *out, struct error *err)
{
	CLEANUP(cleanup_free) char *output = NULL;
	int r = print_rules(timeout_s, &output, err);

	return r ? r : forward_parse(output, out, err);
}

static int change_one(const char *operation, const struct rule *rule, unsigned timeout_s,
		      struct error *err)
{
	CLEANUP(cleanup_free) char *text = strdup(rule->text);
	CLEANUP(cleanup_free) char *output = NULL;
	const char *argv[RULE_WORDS_MAX + 5] = { "iptables", "-w", operation, "FORWARD" };
	const char *env[] = { path_env, NULL };
	struct process p = { .argv = argv, .env = env, .timeout_s = timeout_s };
	int r;

	if (!text)
		return error_memory(err);
	if (rule_words(text, (char **)argv + 4) > RULE_WORDS_MAX)
		return error_set(err, -E2BIG, "a rule of chain FORWARD has more than %d words",
				 RULE_WORDS_MAX);
	r = process_run(&p, err);
	output = p.output;
	if (!r && p.timed_out)
		return no_answer(timeout_s, err);
	if (!r && p.status)
		r = error_status(err, STATUS_FAILED, -EIO, "iptables %s FORWARD %s: %.*s",
				 operation, rule->text, (int)strcspn(output, "\n"), output);
	return r;
}

static void release_lock(struct lock *lock)
{
	lock_release(lock);
}

static int change(const char *operation, const struct rules *rules, unsigned timeout_s,
		  struct error *err)
{
	CLEANUP(release_lock) struct lock lock = { 0 };
	int r = rules->n ? lock_iptables(&lock, timeout_s, err) : 0;

	/* The scripts put each rule at the head; so does going through the list from its front. */
	for (size_t i = 0; i < rules->n && !r; i++)
		r = change_one(operation, &rules->v[i], timeout_s, err);
	return r;
}

int rules_insert(const struct rules *rules, unsigned timeout_s, struct error *err)
{
	return change("-I", rules, timeout_s, err);
}

int rules_delete(const struct rules *rules, unsigned timeout_s, struct error *err)
{
	return change("-D", rules, timeout_s, err);
}
