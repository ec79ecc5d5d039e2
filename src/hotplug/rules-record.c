/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules-record.c - what the site's scripts would set for a list. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/base/memory-stream.h"
#include "src/base/process.h"
#include "src/hotplug/rules-record.h"

#define TIMEOUT_S 40

/*
 * Reads lines "COMMAND LINK ADDRESS..."; prints LIST for each, and then what would be set for it.
 * A command that the functions call by its path is replaced by a function of that name, too.
 */
static const char recorder[] =
	"xenstore-read() { return 1; }\n"
	"xenstore-write() { :; }\n"
	"logger() { :; }\n"
	". \"${0%/*}/vif-common.sh\" </dev/null\n"
	"claim_lock() { :; }\n"
	"release_lock() { :; }\n"
	"iptables() { case \" $* \" in *' -I FORWARD '*) echo \"RULE $*\";; esac; }\n"
	"ip6tables() { :; }\n"
	"arptables() { :; }\n"
	"ebtables() { :; }\n"
	"ipset() { :; }\n"
	"nft() { :; }\n"
	"text=$(declare -f)\n"
	"by_path='(/[A-Za-z0-9/._+-]*)?/(ip6?tables|arptables|ebtables|ipset|nft)'\n"
	"while [[ $text =~ [^A-Za-z0-9/._+-]($by_path)[^A-Za-z0-9/._+-] ]]; do\n"
	"	eval \"${BASH_REMATCH[1]}() { ${BASH_REMATCH[3]} \\\"\\$@\\\"; }\"\n"
	"	text=${text//\"${BASH_REMATCH[1]}\"/}\n"
	"done\n"
	"while read -r command dev ip; do vif=$dev; echo LIST; handle_iptable </dev/null; done\n";

/* iptables refuses an IPv6 address, and the scripts go on: so a rule with one is left out. */
static int take_recorded(char *output, struct recording *recordings, size_t n, struct error *err)
{
	char *save, *line;
	size_t lists = 0;
	int r = 0;

	for (line = strtok_r(output, "\n", &save); line && !r; line = strtok_r(NULL, "\n", &save)) {
		char *rule = strstr(line, "-I FORWARD ");

		if (!strcmp(line, "LIST"))
			lists++;
		else if (!strncmp(line, "RULE ", 5) && rule && lists && lists <= n &&
			 !strchr(rule, ':'))
			r = rules_add(&recordings[lists - 1].rules, rule + strlen("-I FORWARD "),
				      err);
	}
	return lists == n || r ? r : -EIO;
}

/* As iptables lists them: "-s 10.0.0.05" is "-s 10.0.0.5". For free(); NULL when memory is short. */
static char *format_spelled(const struct iplist *list)
{
	CLEANUP(iplist_release) struct iplist copy = { 0 };

	return iplist_copy(list, &copy, NULL) || iplist_spell_all(&copy, NULL) ?
		       NULL :
		       iplist_format(&copy);
}

/* The recorder's lines, for free(); NULL when memory is short. */
static char *make_questions(const struct recording *recordings, size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *f = memory_stream(&text, &size);
	bool complete = f != NULL;

	for (size_t i = 0; i < n && complete; i++) {
		CLEANUP(cleanup_free) char *list = format_spelled(recordings[i].list);

		complete = list && fprintf(f, "%s %s %s\n", recordings[i].command,
					   recordings[i].link, list) > 0;
	}
	if (f && fclose(f))
		complete = false;
	if (complete)
		return text;
	free(text);
	return NULL;
}

int rules_record(const struct script *script, struct recording *recordings, size_t n,
		 struct error *err)
{
	CLEANUP(cleanup_free) char *questions = make_questions(recordings, n);
	CLEANUP(cleanup_free) char *link_env = NULL, *output = NULL;
	const char *argv[] = { "bash", "-c", recorder, script->path, "online", "type_if=vif", NULL };
	const char *env[] = { NULL,
			      "XENBUS_PATH=xvif/record",
			      "XENBUS_TYPE=vif",
			      "XENBUS_BASE_PATH=xvif",
			      "netdev=",
			      "ip",
			      "BASH_ENV",
			      NULL };
	struct process p = { .argv = argv, .env = env, .input = questions, .timeout_s = TIMEOUT_S };
	int r;

	if (!n)
		return 0;
	r = script_check_same(script, err);
	if (r)
		return r;
	if (!questions || asprintf(&link_env, "vif=%s", recordings[0].link) < 0)
		return error_memory(err);
	env[0] = link_env;
	r = process_run(&p, err);
	output = p.output;
	if (r)
		return r;
	if (p.timed_out)
		return error_reason(err, REASON_RULES_UNREADABLE, -EIO,
				    "'%s': its rules could not be recorded within %d s; its process "
				    "group was killed",
				    script->path, TIMEOUT_S);
	r = take_recorded(output, recordings, n, err);
	if (r == -EIO || p.status)
		return error_reason(err, REASON_RULES_UNREADABLE, -EIO,
				    "'%s': its rules could not be recorded: exit status %d",
				    script->path, p.status);
	return r;
}
