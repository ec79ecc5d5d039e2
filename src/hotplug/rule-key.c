/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule-key.c - an iptables rule in one spelling, to compare by. */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/cleanup.h"
#include "src/hotplug/rule-key.h"

size_t rule_words(char *text, char *words[RULE_WORDS_MAX])
{
	char *save, *word;
	size_t n = 0;

	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (n < RULE_WORDS_MAX)
			words[n] = word;
		n++;
	}
	return n;
}

#define NETWORK_SIZE (INET_ADDRSTRLEN + sizeof("/32"))

/* One spelling of several. */
struct spelling {
	const char *is, *as;
};

/* (iptables, iptables/iptables.c, original_opts; extensions/libxt_udp.c, libxt_tcp.c) */
static const struct spelling options[] = {
	{ "--destination", "-d" },  { "--destination-port", "--dport" },
	{ "--dst", "-d" },	    { "--goto", "-g" },
	{ "--in-interface", "-i" }, { "--jump", "-j" },
	{ "--match", "-m" },	    { "--out-interface", "-o" },
	{ "--protocol", "-p" },	    { "--proto", "-p" },
	{ "--source", "-s" },	    { "--source-port", "--sport" },
	{ "--src", "-s" },	    { NULL, NULL },
};

/*
 * As 1.8.7 lists them, and any other where there is no /etc/protocols
 * (libxtables/xtables.c, xtables_chain_protos); "all" is none.
 */
static const struct spelling protocols[] = {
	{ "ah", "51" },	       { "all", "0" },	     { "dccp", "33" },
	{ "esp", "50" },       { "icmp", "1" },	     { "icmpv6", "58" },
	{ "ipv6-icmp", "58" }, { "ipv6-mh", "135" }, { "mobility-header", "135" },
	{ "sctp", "132" },     { "tcp", "6" },	     { "udp", "17" },
	{ "udplite", "136" },  { NULL, NULL },
};

static const char *spell(const struct spelling *spellings, const char *text)
{
	while (spellings->is && strcasecmp(spellings->is, text))
		spellings++;
	return spellings->is ? spellings->as : text;
}

/* Such a "-m" says no more than the options that need it, and is listed where it was not given. */
static bool is_implied(const char *match)
{
	static const char *const implied[] = { "icmp", "icmp6", "physdev", "tcp", "udp" };

	for (size_t i = 0; i < sizeof(implied) / sizeof(*implied); i++)
		if (!strcmp(match, implied[i]))
			return true;
	return false;
}

/* The bits of "24" or "255.255.255.0"; -1 if it is no prefix. */
static int prefix_of(const char *text)
{
	struct in_addr mask;
	uint32_t bits;
	char *end;
	long n = strtol(text, &end, 10);

	if (!*end)
		return end > text && n >= 0 && n <= 32 ? (int)n : -1;
	if (inet_pton(AF_INET, text, &mask) != 1)
		return -1;
	bits = ~ntohl(mask.s_addr);
	return bits & (bits + 1) ? -1 : 32 - __builtin_popcount(bits);
}

/* "10.0.0.1" -> "10.0.0.1/32", "10.0.0.1/255.255.255.0" -> "10.0.0.0/24"; false: something else */
static bool spell_network(char *text, char out[NETWORK_SIZE])
{
	char *slash = strchr(text, '/');
	int prefix = slash ? prefix_of(slash + 1) : 32;
	struct in_addr addr;
	bool is_address;

	if (slash)
		*slash = '\0';
	is_address = prefix >= 0 && inet_pton(AF_INET, text, &addr) == 1;
	if (slash)
		*slash = '/';
	if (!is_address)
		return false;
	addr.s_addr &= htonl(prefix ? ~(uint32_t)0 << (32 - prefix) : 0);
	inet_ntop(AF_INET, &addr, out, INET_ADDRSTRLEN);
	sprintf(out + strlen(out), "/%d", prefix);
	return true;
}

/* An option with its values, as rule_key() has it. */
struct option {
	bool is_negated;
	const char *name;
	char *value; /* NULL: none */
};

/* "OPTION [VALUE]...", with "! " in front where it is negated, for free(); "" if it says nothing. */
static char *spell_option(const struct option *option)
{
	char network[NETWORK_SIZE], *out;
	const char *name = spell(options, option->name), *value = option->value;
	bool says_all = false;

	if (value && !strcmp(name, "-p")) {
		value = spell(protocols, value);
		says_all = !strcmp(value, "0");
	} else if (value && (!strcmp(name, "-s") || !strcmp(name, "-d")) &&
		   spell_network(option->value, network)) {
		value = network;
		says_all = !strcmp(value, "0.0.0.0/0");
	} else if (value && !strcmp(name, "-m")) {
		says_all = is_implied(value);
	}
	if (says_all && !option->is_negated)
		return strdup("");
	if (asprintf(&out, "%s%s%s%s ", option->is_negated ? "! " : "", name, value ? " " : "",
		     value ? value : "") < 0)
		return NULL;
	return out;
}

/* Does a text in quotes, which may have blanks in it, end with this word? */
static bool ends_quoted(const char *word)
{
	size_t len = strlen(word);

	return len && word[len - 1] == '"' && (len == 1 || word[len - 2] != '\\');
}

/* The index of the option that follows the values from @i on. */
static size_t values_end(char **words, size_t n, size_t i)
{
	while (i < n && words[i][0] != '-' && strcmp(words[i], "!")) {
		bool is_open = words[i][0] == '"' && (!words[i][1] || !ends_quoted(words[i]));

		for (i++; i < n && is_open; i++)
			is_open = !ends_quoted(words[i]);
	}
	return i;
}

/* Words next to each other in a text, as the one that they were. */
static char *join(char **words, size_t from, size_t to)
{
	for (size_t i = from; i + 1 < to; i++)
		words[i][strlen(words[i])] = ' ';
	return from < to ? words[from] : NULL;
}

/* Each with its values; returns how many, some of them NULL when memory is short. */
static size_t spell_options(char **words, size_t n, char **out)
{
	size_t n_out = 0, end;

	for (size_t i = 0; i < n; i = end) {
		struct option option = { .is_negated = !strcmp(words[i], "!") };

		i += option.is_negated && i + 1 < n;
		option.name = words[i];
		end = values_end(words, n, i + 1);
		option.value = join(words, i + 1, end);
		out[n_out++] = spell_option(&option);
	}
	return n_out;
}

/* NULL, no memory, is first. */
static int compare_words(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;

	return x && y ? strcmp(x, y) : (x != NULL) - (y != NULL);
}

/* All of @texts after each other, for free(); NULL when memory is short. */
static char *concatenate(char **texts, size_t n)
{
	size_t size = 1;
	char *out, *p;

	for (size_t i = 0; i < n; i++) {
		if (!texts[i])
			return NULL;
		size += strlen(texts[i]);
	}
	out = p = malloc(size);
	if (!out)
		return NULL;
	*p = '\0';
	for (size_t i = 0; i < n; i++)
		p = stpcpy(p, texts[i]);
	return out;
}

char *rule_key(const char *text)
{
	CLEANUP(cleanup_free) char *copy = strdup(text);
	char *words[RULE_WORDS_MAX], *spelt[RULE_WORDS_MAX], *key;
	size_t n = copy ? rule_words(copy, words) : 0;

	if (!copy)
		return NULL;
	/* no script writes such a one */
	if (n > RULE_WORDS_MAX)
		return strdup(text);
	n = spell_options(words, n, spelt);
	qsort(spelt, n, sizeof(*spelt), compare_words);
	key = concatenate(spelt, n);
	for (size_t i = 0; i < n; i++)
		free(spelt[i]);
	return key;
}
