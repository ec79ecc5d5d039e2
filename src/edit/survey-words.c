/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey-words.c - words of the list that its script cannot set up.
 *
 * The list is what the guest is started with: its vif does not come up where the
 * script fails, though all may be well while it runs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/base/memory-stream.h"
#include "src/edit/survey-parts.h"

#define SHOWN_WORD 64  /* bytes of a word */
#define SHOWN_WORDS 16 /* of a list, in what is to be typed */

bool survey_fails_at_ipv6(const struct survey *s)
{
	const struct family *family = s->script.family;

	return family && (family->ipv6 == IPV6_FAILS ||
			  (family->ipv6 == IPV6_FAILS_AT_RULES && s->script.sets_rules));
}

static bool has_routes(const struct survey *s)
{
	return s->script.family->routes == ROUTES_FROM_GATEWAYDEV;
}

/* ip(8) adds no route twice. */
static bool fails_at_repeated(const struct survey *s)
{
	return has_routes(s) && s->script.family->edit != EDIT_NETLINK;
}

/* A word that the script sets up as it stands. */
static bool is_usable(const struct survey *s, const struct iplist *list, size_t i)
{
	const struct ipword *word = &list->words[i];

	return word->is_valid && (!word->is_loose || word->is_certain) &&
	       !iplist_is_repeated(list, i) &&
	       !(word->net.family == AF_INET6 && survey_fails_at_ipv6(s));
}

/* "xvif set-ips 1 --vif 0 10.0.0.1 ...", for free(); NULL when memory is short. */
static char *format_way(const struct survey *s)
{
	const struct iplist *list = &s->after;
	char *text = NULL, word[IPNET_TEXT_SIZE];
	size_t size, n = 0;
	FILE *f = memory_stream(&text, &size);

	if (!f)
		return NULL;
	fprintf(f, "xvif set-ips %u --vif %u", s->vif->domain.domid, s->vif->devid);
	for (size_t i = 0; i < list->n && n <= SHOWN_WORDS; i++) {
		if (!is_usable(s, list, i))
			continue;
		ipnet_format(&list->words[i].net, word);
		if (n++ < SHOWN_WORDS)
			fprintf(f, " %s", word);
	}
	fputs(n && n <= SHOWN_WORDS ? "" : " ADDRESS...", f);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

/* One that a repair cannot put right: why, and what to type. */
static int add_left(struct survey *s, const struct ipword *word, const char *why)
{
	CLEANUP(cleanup_free) char *way = format_way(s);
	const char *dots = strlen(word->text) > SHOWN_WORD ? "..." : "";

	return way ? strv_add(&s->left_words, "'%.*s%s' %s; to leave it out, type: %s", SHOWN_WORD,
			      word->text, dots, why, way) :
		     -ENOMEM;
}

static int check_loose(struct survey *s, const struct ipword *word)
{
	CLEANUP(cleanup_free) char *why = NULL;
	char text[IPNET_TEXT_SIZE];

	ipnet_format(&word->net, text);
	if (word->is_certain)
		return strv_add(&s->repaired_words,
				"'%s' means %s to its script; 'xvif repair' writes it so",
				word->text, text);
	if (s->script.family->edit == EDIT_NETLINK)
		return add_left(s, word, "is not an address to its script, which fails at it");
	if (asprintf(&why, "means %s to its script, and may be meant otherwise", text) < 0) {
		why = NULL;
		return -ENOMEM;
	}
	return add_left(s, word, why);
}

static int check_invalid(struct survey *s, const struct ipword *word)
{
	CLEANUP(cleanup_free) char *text = NULL;
	const char *fate = has_routes(s) ? "its script fails, or routes what no guest may have" :
					   "what its script makes of it is not known";
	struct error why = { 0 };
	const char *colon;
	struct ipnet net;

	if (strchr(word->text, '='))
		return add_left(s, word, "is a parameter that lacks the comma before it");
	ipnet_parse(word->text, &net, &why);
	/* without the word, which may fill all of the text */
	colon = strstr(why.text, "': ");
	if (asprintf(&text, "cannot be used, %s: %s", colon ? colon + 3 : "too long for an address",
		     fate) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return add_left(s, word, text);
}

static bool makes_script_fail(const struct survey *s, size_t i)
{
	return (fails_at_repeated(s) && iplist_is_repeated(&s->after, i)) ||
	       (s->after.words[i].net.family == AF_INET6 && survey_fails_at_ipv6(s));
}

/* Its rollback would run the script as well, and cut the guest off. */
static int refuse_cycle(const struct survey *s, struct error *err)
{
	for (size_t i = 0; i < s->after.n && s->how == METHOD_CYCLE; i++)
		if (s->after.words[i].is_valid && makes_script_fail(s, i))
			return error_set(err, -EPERM,
					 "vif %u.%u: its script would fail at '%s' of the list, and "
					 "leave the guest without all",
					 s->vif->domain.domid, s->vif->devid, s->after.words[i].text);
	return 0;
}

static int check_word(struct survey *s, size_t i)
{
	const struct ipword *word = &s->after.words[i];

	if (!word->is_valid)
		return check_invalid(s, word);
	if (word->net.family == AF_INET6 && survey_fails_at_ipv6(s))
		return add_left(s, word, "is an IPv6 address, and its script fails at these");
	if (iplist_is_repeated(&s->after, i) && fails_at_repeated(s))
		return strv_add(&s->repaired_words,
				"'%s' is repeated, and its script fails at the second; 'xvif "
				"repair' removes that",
				word->text);
	return word->is_loose ? check_loose(s, word) : 0;
}

static int note_words(struct survey *s, const struct strv *words)
{
	int r = 0;

	for (size_t i = 0; i < words->n && !r; i++)
		r = strv_add(&s->notes, "its list: %s", words->v[i]);
	return r;
}

int survey_check_words(struct survey *s, struct error *err)
{
	int r = 0;

	if (!script_is_known(&s->script) || s->how == METHOD_NONE)
		return 0;
	for (size_t i = 0; i < s->after.n && !r; i++)
		r = check_word(s, i);
	if (!r && !s->options->repair)
		r = note_words(s, &s->repaired_words) || note_words(s, &s->left_words);
	if (r)
		return error_memory(err);
	if (!s->options->repair)
		return refuse_cycle(s, err);
	if (has_routes(s))
		iplist_remove_repeated(&s->after);
	r = iplist_spell_certain(&s->after, err);
	return r ? r : refuse_cycle(s, err);
}
