/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif-common.c - what a site's vif-common.sh does with a vif's list, by reading it. */
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "src/hotplug/vif-common.h"

#define N_OF(list) (sizeof(list) / sizeof(*(list)))

/* The first match of @pattern, which is extended and knows lines. Returns 0, -ENOENT or -ENOMEM. */
static int find(const char *text, const char *pattern, regmatch_t match[2])
{
	regex_t re;
	int code;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NEWLINE))
		return -ENOMEM;
	/* glibc says REG_NOMATCH when memory is short, too */
	errno = 0;
	code = regexec(&re, text, 2, match, 0);
	if (code)
		code = errno == ENOMEM ? -ENOMEM : -ENOENT;
	regfree(&re);
	return code;
}

/* The list in quotes, from quote to quote, in match[1]. */
static int find_quoted(const char *text, regmatch_t match[2])
{
	return find(text,
		    "^[ \t]*for[ \t]+[A-Za-z_][A-Za-z0-9_]*[ \t]+in[ \t]+"
		    "(\"\\$(ip|[{]ip[}])\")[ \t]*(;.*|#.*)?$",
		    match);
}

static bool is_among(const char *word, size_t len, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == len && !strncmp(list[i], word, len))
			return true;
	return false;
}

/* A word of a command line: its length; quoted text is part of it. */
static size_t word_length(const char *word)
{
	char quote = '\0';
	size_t n = 0;

	for (; word[n] && word[n] != '\n'; n++) {
		if (quote ? word[n] == quote : word[n] == '"' || word[n] == '\'')
			quote = quote ? '\0' : word[n];
		else if (!quote && strchr(" \t;&|", word[n]))
			break;
	}
	return n;
}

/* What one line does: how much deeper it goes, and whether it begins with "return". */
struct script_line {
	int opened;
	bool returns;
};

static struct script_line read_line(const char *at)
{
	static const char *const openers[] = { "if", "case", "for", "while", "until", "select", "{" };
	static const char *const closers[] = { "fi", "esac", "done", "}" };
	static const char *const before_commands[] = { "then",	"do",	 "else", "elif", "if",
						       "while", "until", "!",	 "{" };
	struct script_line line = { 0 };
	bool is_command = true, is_first = true;

	while (*at && *at != '\n' && *at != '#') {
		size_t n = word_length(at);

		if (!n) {
			is_command |= *at != ' ' && *at != '\t';
			at++;
			continue;
		}
		if (is_command && is_among(at, n, openers, N_OF(openers)))
			line.opened++;
		if (is_command && is_among(at, n, closers, N_OF(closers)))
			line.opened--;
		line.returns |= is_first && n == 6 && !strncmp(at, "return", 6);
		is_command = is_command && is_among(at, n, before_commands, N_OF(before_commands));
		is_first = false;
		at += n;
	}
	return line;
}

static const char *next_line(const char *at)
{
	at += strcspn(at, "\n");
	return *at ? at + 1 : at;
}

/* Debian puts "return 0" in front of all else (bug 894013). */
static bool returns_at_once(const char *body)
{
	int depth = 0;
	bool is_open = false;

	for (; *body; body = next_line(body)) {
		struct script_line line = read_line(body);

		if (line.returns && depth == 1)
			return true;
		depth += line.opened;
		is_open |= depth > 0;
		if (is_open && depth <= 0)
			return false;
	}
	return false;
}

static unsigned count_lines(const char *from, const char *to)
{
	unsigned n = 1;

	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

struct vif_common vif_common_read(const char *text)
{
	struct vif_common out = { 0 };
	const char *at = text;
	regmatch_t match[2];
	int r = find(text, "^[ \t]*(function[ \t]+)?handle_iptable[ \t]*[(][ \t]*[)]", match);

	out.failed = r == -ENOMEM;
	out.has_rules = !r;
	if (out.has_rules)
		out.is_disabled = returns_at_once(text + match[0].rm_eo);
	while (!(r = find_quoted(at, match))) {
		if (!out.n_quoted++)
			out.quoted_line = count_lines(text, at + match[1].rm_so);
		at += match[0].rm_eo;
	}
	out.failed |= r == -ENOMEM;
	return out;
}

char *vif_common_unquote(const char *text)
{
	char *out = malloc(strlen(text) + 1), *end = out;
	regmatch_t match[2];
	int r = out ? 0 : -ENOMEM;

	while (!r && !(r = find_quoted(text, match))) {
		size_t head = (size_t)match[1].rm_so, len = (size_t)(match[1].rm_eo - match[1].rm_so);

		end = mempcpy(end, text, head);
		end = mempcpy(end, text + head + 1, len - 2);
		text += match[1].rm_eo;
	}
	if (r == -ENOENT) {
		strcpy(end, text);
		return out;
	}
	free(out);
	return NULL;
}
