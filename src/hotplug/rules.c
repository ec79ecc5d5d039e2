/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules.c - the iptables rules of a vif, recorded, listed, compared and changed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/base/lock.h"
#include "src/base/process.h"
#include "src/hotplug/rules.h"

#define WORDS_MAX 64
#define TIMEOUT_S 40

/* The scripts put these in front of what they inherit (xen-hotplug-common.sh). */
static const char path_env[] = "PATH=/sbin:/bin:/usr/bin:/usr/sbin:/usr/local/sbin:/usr/local/bin";

/* Reads lines "COMMAND LINK ADDRESS..."; prints LIST for each, and then what would be set for it. */
static const char recorder[] =
	"xenstore-read() { return 1; }\n"
	"xenstore-write() { :; }\n"
	"logger() { :; }\n"
	". \"${0%/*}/vif-common.sh\" </dev/null\n"
	"claim_lock() { :; }\n"
	"release_lock() { :; }\n"
	"iptables() { case \" $* \" in *' -I FORWARD '*) echo \"RULE $*\";; esac; }\n"
	"while read -r command dev ip; do vif=$dev; echo LIST; handle_iptable </dev/null; done\n";

void rules_release(struct rules *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		free(rules->v[i].key);
		free(rules->v[i].text);
	}
	free(rules->v);
	*rules = (struct rules){ 0 };
}

static size_t split(char *text, char **words, size_t max)
{
	size_t n = 0;
	char *save, *word;

	for (word = strtok_r(text, " ", &save); word && n < max; word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	return n;
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "-s" and "10.0.0.1" -> "-s 10.0.0.1/32", as iptables lists it */
static char *join_option(const char *option, const char *value)
{
	bool is_address = !strcmp(option, "-s") || !strcmp(option, "-d");
	char *out;

	if (!value)
		return strdup(option);
	if (asprintf(&out, "%s %s%s", option, value,
		     is_address && !strchr(value, '/') ? "/32" : "") < 0)
		return NULL;
	return out;
}

/* "-m MATCH" only loads what the other options name, and is listed where it was not given. */
static size_t gather_options(char **words, size_t n, char **options)
{
	size_t n_options = 0;

	for (size_t i = 0; i < n; i++) {
		const char *value = i + 1 < n && words[i + 1][0] != '-' ? words[i + 1] : NULL;

		if (strcmp(words[i], "-m"))
			options[n_options++] = join_option(words[i], value);
		i += value != NULL;
	}
	return n_options;
}

static char *make_key(const char *text)
{
	CLEANUP(cleanup_free) char *copy = strdup(text);
	char *words[WORDS_MAX], *options[WORDS_MAX], *key = NULL, *p;
	size_t n = copy ? split(copy, words, WORDS_MAX) : 0, size = 1;
	bool complete = true;

	n = gather_options(words, n, options);
	for (size_t i = 0; i < n; i++) {
		complete &= options[i] != NULL;
		size += options[i] ? strlen(options[i]) + 1 : 0;
	}
	if (complete && copy)
		key = malloc(size);
	if (key) {
		qsort(options, n, sizeof(*options), compare_words);
		*(p = key) = '\0';
		for (size_t i = 0; i < n; i++)
			p = stpcpy(stpcpy(p, options[i]), " ");
	}
	for (size_t i = 0; i < n; i++)
		free(options[i]);
	return key;
}

static int append(struct rules *rules, const char *text, struct error *err)
{
	struct rule *v = realloc(rules->v, (rules->n + 1) * sizeof(*v));

	if (!v)
		return error_memory(err);
	rules->v = v;
	v[rules->n] = (struct rule){ .key = make_key(text), .text = strdup(text) };
	rules->n++;
	return v[rules->n - 1].key && v[rules->n - 1].text ? 0 : error_memory(err);
}

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
			r = append(&recordings[lists - 1].rules, rule + strlen("-I FORWARD "), err);
	}
	return lists == n || r ? r : -EIO;
}

/* The recorder's lines, for free(); NULL when memory is short. */
static char *make_questions(const struct recording *recordings, size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	bool complete = f != NULL;

	for (size_t i = 0; i < n && complete; i++) {
		CLEANUP(cleanup_free) char *list = iplist_format(recordings[i].list);

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
	if (!questions || asprintf(&link_env, "vif=%s", recordings[0].link) < 0)
		return error_memory(err);
	env[0] = link_env;
	r = process_run(&p, err);
	output = p.output;
	if (r)
		return r;
	r = take_recorded(output, recordings, n, err);
	if (r == -EIO || p.status)
		return error_reason(err, REASON_RULES_UNREADABLE, -EIO,
				    "'%s': its rules could not be recorded: exit status %d",
				    script->path, p.status);
	return r;
}

static int no_answer(unsigned timeout_s, struct error *err)
{
	return error_reason(err, REASON_IPTABLES_FAILED, -ETIMEDOUT,
			    "iptables: still running after %u s, killed", timeout_s);
}

/* The next link that a rule names, from @p on; NULL: no more. */
static const char *next_link(const char *p, size_t *len_out)
{
	const char *option = strstr(p, "--physdev-"), *value;

	for (; option; option = strstr(option + 1, "--physdev-")) {
		value = strchr(option, ' ');
		if (!value || strncmp(option, "--physdev-is-", strlen("--physdev-is-")) == 0)
			continue;
		*len_out = strcspn(value + 1, " ");
		return value + 1;
	}
	return NULL;
}

static bool names_link(const struct rule *rule, const char *const *links)
{
	size_t len;

	for (const char *p = next_link(rule->key, &len); p; p = next_link(p, &len)) {
		if (!links)
			return true;
		for (size_t i = 0; links[i]; i++)
			if (strlen(links[i]) == len && !strncmp(p, links[i], len))
				return true;
	}
	return false;
}

/* Worth a closer look? */
static bool mentions(const char *line, const char *const *links)
{
	if (!links)
		return strstr(line, "--physdev-");
	for (size_t i = 0; links[i]; i++)
		if (strstr(line, links[i]))
			return true;
	return false;
}

static int append_if_named(struct rules *rules, const char *text, const char *const *links,
			   struct error *err)
{
	int r = append(rules, text, err);

	if (!r && !names_link(&rules->v[rules->n - 1], links)) {
		struct rule *rule = &rules->v[--rules->n];

		free(rule->key);
		free(rule->text);
	}
	return r;
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
	char *save, *line;
	int r = print_rules(timeout_s, &output, err);

	if (r)
		return r;
	for (line = strtok_r(output, "\n", &save); line && !r; line = strtok_r(NULL, "\n", &save))
		if (!strncmp(line, "-A FORWARD ", 11) && mentions(line, links))
			r = append_if_named(out, line + 11, links, err);
	return r;
}

static int compare_names(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = strncmp(a, b, a_len < b_len ? a_len : b_len);

	return order ? order : a_len < b_len ? -1 : a_len > b_len;
}

static int by_name(const void *a, const void *b)
{
	const struct rule_link *x = a, *y = b;
	int order = compare_names(x->name, x->len, y->name, y->len);

	return order ? order : x->rule < y->rule ? -1 : x->rule > y->rule;
}

static size_t gather_links(const struct rules *rules, struct rule_link *out)
{
	size_t n = 0, len;

	for (size_t i = 0; i < rules->n; i++)
		for (const char *p = next_link(rules->v[i].key, &len); p; p = next_link(p, &len), n++)
			if (out)
				out[n] = (struct rule_link){ p, len, &rules->v[i] };
	return n;
}

int rules_index(const struct rules *rules, struct rule_links *out, struct error *err)
{
	out->n = gather_links(rules, NULL);
	out->v = calloc(out->n + 1, sizeof(*out->v));
	if (!out->v)
		return error_memory(err);
	gather_links(rules, out->v);
	qsort(out->v, out->n, sizeof(*out->v), by_name);
	return 0;
}

int rules_find(const struct rule_links *index, const char *link, struct rules *out, struct error *err)
{
	size_t low = 0, high = index->n, len = strlen(link);
	const struct rule *last = NULL;
	int r = 0;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct rule_link *at = &index->v[middle];

		if (compare_names(at->name, at->len, link, len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < index->n && !r; low++) {
		const struct rule_link *at = &index->v[low];

		if (compare_names(at->name, at->len, link, len))
			break;
		if (at->rule != last)
			r = append(out, at->rule->text, err);
		last = at->rule;
	}
	return r;
}

int rules_forward(unsigned timeout_s, struct forward *out, struct error *err)
{
	CLEANUP(cleanup_free) char *output = NULL;
	char *save, *line;
	int r = print_rules(timeout_s, &output, err);

	if (r)
		return r;
	for (line = strtok_r(output, "\n", &save); line && !r; line = strtok_r(NULL, "\n", &save)) {
		if (!strncmp(line, "-A FORWARD ", 11))
			r = append(&out->rules, line + 11, err);
		else if (!strncmp(line, "-P FORWARD ", 11))
			out->drops = strcmp(line + 11, "ACCEPT") != 0;
	}
	return r;
}

static size_t count(const struct rules *rules, const char *key, size_t end)
{
	size_t found = 0;

	for (size_t i = 0; i < end; i++)
		found += !strcmp(rules->v[i].key, key);
	return found;
}

int rules_subtract(const struct rules *a, const struct rules *b, struct rules *out, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < a->n && !r; i++)
		if (count(a, a->v[i].key, i) >= count(b, a->v[i].key, b->n))
			r = append(out, a->v[i].text, err);
	return r;
}

int rules_among(const struct rules *a, const struct rules *b, const struct rules *c,
		struct rules *out, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < a->n && !r; i++)
		if (count(b, a->v[i].key, b->n) || count(c, a->v[i].key, c->n))
			r = append(out, a->v[i].text, err);
	return r;
}

int rules_append(struct rules *rules, const struct rules *more, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < more->n && !r; i++)
		r = append(rules, more->v[i].text, err);
	return r;
}

/* What the scripts set for a link (Xen, tools/hotplug/Linux/vif-common.sh); the first also with "-s NET". */
static const struct shape {
	const char *direction, *rest;
} shapes[] = {
	{ "in", "" },
	{ "out", "" },
	{ "in", "-p udp --sport 68 --dport 67 " },
};

#define N_SHAPES (sizeof(shapes) / sizeof(*shapes))

static char *make_shape(const struct shape *shape, const char *link)
{
	char text[256];

	snprintf(text, sizeof(text), "--physdev-is-bridged --physdev-%s %s %s-j ACCEPT",
		 shape->direction, link, shape->rest);
	return make_key(text);
}

static bool is_of_scripts(const struct rule *rule, char *const keys[N_SHAPES])
{
	size_t len = strlen(keys[0]);
	const char *rest = rule->key + len;

	for (size_t i = 0; i < N_SHAPES; i++)
		if (!strcmp(rule->key, keys[i]))
			return true;
	return !strncmp(rule->key, keys[0], len) && !strncmp(rest, "-s ", 3) &&
	       strchr(rest + 3, ' ') && !strchr(rest + 3, ' ')[1];
}

int rules_of_scripts(const struct rules *rules, const char *link, struct rules *out, struct error *err)
{
	char *keys[N_SHAPES];
	bool complete = true;
	int r = 0;

	for (size_t i = 0; i < N_SHAPES; i++) {
		keys[i] = make_shape(&shapes[i], link);
		complete &= keys[i] != NULL;
	}
	if (!complete)
		r = error_memory(err);
	for (size_t i = 0; i < rules->n && !r; i++)
		if (is_of_scripts(&rules->v[i], keys))
			r = append(out, rules->v[i].text, err);
	for (size_t i = 0; i < N_SHAPES; i++)
		free(keys[i]);
	return r;
}

int rules_surplus(const struct rules *present, const struct rules *wanted,
		  const struct rules *obsolete, struct rules *out, struct error *err)
{
	struct rules extra = { 0 };
	int r = rules_subtract(present, wanted, &extra, err);

	if (!r)
		r = rules_among(&extra, wanted, obsolete, out, err);
	rules_release(&extra);
	return r;
}

static int change_one(const char *operation, const struct rule *rule, unsigned timeout_s,
		      struct error *err)
{
	CLEANUP(cleanup_free) char *text = strdup(rule->text);
	CLEANUP(cleanup_free) char *output = NULL;
	const char *argv[WORDS_MAX + 5] = { "iptables", "-w", operation, "FORWARD" };
	const char *env[] = { path_env, NULL };
	struct process p = { .argv = argv, .env = env, .timeout_s = timeout_s };
	int r;

	if (!text)
		return error_memory(err);
	split(text, (char **)argv + 4, WORDS_MAX);
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
