/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words.c - a line of the shell, cut into commands and words. Pure. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/base/text.h"
#include "shell/words.h"

/* A line as it is being read. */
struct line_reader {
	const char *line;
	size_t len, at;
	bool is_open; /* it need not be complete */
	struct parsed_commands *out;
	struct open_word open;
};

/* A word as it grows. */
struct growing {
	char *text, *pattern; /* room for the rest of the line each, twice for the pattern */
	size_t len, pattern_len;
	bool has_glob;
};

static size_t column(const struct line_reader *rd, size_t at)
{
	size_t n = 1;

	for (size_t i = 0; i < at; i += text_character(rd->line + i).len)
		n++;
	return n;
}

#define wrong(err, rd, where, format, ...) \
	error_status(err, STATUS_USAGE, -EINVAL, "column %zu: " format, column(rd, where), \
		     ##__VA_ARGS__)

static void parsed_command_release(struct parsed_command *parsed)
{
	for (size_t i = 0; i < parsed->n; i++) {
		free(parsed->words[i].text);
		free(parsed->words[i].pattern);
	}
	free(parsed->words);
	free(parsed->pipe);
	free(parsed->file);
	free(parsed->shell);
}

void parsed_commands_release(struct parsed_commands *commands)
{
	for (size_t i = 0; i < commands->n; i++)
		parsed_command_release(&commands->v[i]);
	free(commands->v);
	*commands = (struct parsed_commands){ 0 };
}

static void grow(struct growing *w, char c, bool is_quoted)
{
	w->text[w->len++] = c;
	if (!is_quoted && strchr("*?[", c))
		w->has_glob = true;
	if (is_quoted && strchr("*?[]\\!-", c))
		w->pattern[w->pattern_len++] = '\\';
	w->pattern[w->pattern_len++] = c;
}

static int hex(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	return isxdigit((unsigned char)c) ? (c | 32) - 'a' + 10 : -1;
}

static const char escapes[][2] = {
	{ 'n', '\n' }, { 't', '\t' },  { 'r', '\r' }, { 'e', '\033' },
	{ '0', '\0' }, { '\\', '\\' }, { '"', '"' },  { '\'', '\'' },
};

/* At the backslash, between double quotes. */
static int read_escape(struct line_reader *rd, struct growing *w, struct error *err)
{
	size_t at = rd->at++;
	char c = rd->at < rd->len ? rd->line[rd->at] : '\0';
	bool is_hex = c == 'x' && rd->len - rd->at > 2;
	int high = is_hex ? hex(rd->line[rd->at + 1]) : -1;
	int low = is_hex ? hex(rd->line[rd->at + 2]) : -1;

	if (high >= 0 && low >= 0) {
		grow(w, (char)(high << 4 | low), true);
		rd->at += 3;
		return 0;
	}
	for (size_t i = 0; i < sizeof(escapes) / sizeof(*escapes); i++) {
		if (c != escapes[i][0] || rd->at >= rd->len)
			continue;
		grow(w, escapes[i][1], true);
		rd->at++;
		return 0;
	}
	if (rd->is_open)
		return 0;
	wrong(err, rd, at, "unknown escape '\\%.1s'", rd->at < rd->len ? rd->line + rd->at : "");
	error_hint(err, "there are \\n \\t \\r \\e \\0 \\xHH \\\\ \\\" \\'");
	return -EINVAL;
}

/* At the quote. */
static int read_quoted(struct line_reader *rd, struct growing *w, struct error *err)
{
	size_t at = rd->at++;
	char quote = rd->line[at];
	int r = 0;

	while (rd->at < rd->len && rd->line[rd->at] != quote && !r) {
		if (quote == '"' && rd->line[rd->at] == '\\')
			r = read_escape(rd, w, err);
		else
			grow(w, rd->line[rd->at++], true);
	}
	if (r)
		return r;
	if (rd->at >= rd->len && rd->is_open)
		rd->open.quote = quote;
	else if (rd->at >= rd->len)
		return wrong(err, rd, at, "the quote %c is never closed", quote);
	else
		rd->at++;
	return 0;
}

static bool ends_word(char c)
{
	return strchr(" \t\r;|>", c) != NULL;
}

static int read_text(struct line_reader *rd, struct growing *w, struct error *err)
{
	int r = 0;

	while (rd->at < rd->len && !ends_word(rd->line[rd->at]) && !r) {
		char c = rd->line[rd->at];

		if (c == '\'' || c == '"') {
			r = read_quoted(rd, w, err);
		} else if (c == '\\') {
			rd->at++;
			if (rd->at < rd->len)
				grow(w, rd->line[rd->at++], true);
			else if (!rd->is_open)
				r = wrong(err, rd, rd->at - 1, "nothing follows the backslash");
		} else {
			grow(w, c, false);
			rd->at++;
		}
	}
	return r;
}

static int read_word(struct line_reader *rd, struct word *out, struct error *err)
{
	size_t room = rd->len - rd->at + 1;
	struct growing w = { .text = malloc(room), .pattern = malloc(room * 2) };
	int r;

	*out = (struct word){ .at = rd->at };
	rd->open.at = rd->at;
	rd->open.quote = 0;
	r = w.text && w.pattern ? read_text(rd, &w, err) : error_memory(err);
	if (r) {
		free(w.text);
		free(w.pattern);
		return r;
	}
	w.text[w.len] = w.pattern[w.pattern_len] = '\0';
	out->text = w.text;
	out->len = w.len;
	out->pattern = w.has_glob ? w.pattern : NULL;
	if (!w.has_glob)
		free(w.pattern);
	return 0;
}

static int add_word(struct line_reader *rd, struct parsed_command *parsed, struct error *err)
{
	struct word *words = array_grow(parsed->words, parsed->n, sizeof(*words));
	int r;

	if (!words)
		return error_memory(err);
	parsed->words = words;
	r = read_word(rd, &words[parsed->n], err);
	parsed->n += !r;
	return r;
}

static void skip_blanks(struct line_reader *rd)
{
	while (rd->at < rd->len && strchr(" \t\r", rd->line[rd->at]))
		rd->at++;
}

/* Behind '>': a file's name. */
static int read_file(struct line_reader *rd, struct parsed_command *parsed, struct error *err)
{
	CLEANUP(cleanup_free) char *pattern = NULL;
	size_t at = rd->at++;
	struct word word;
	int r;

	if (parsed->file)
		return wrong(err, rd, at, "the output goes to '%s' already", parsed->file);
	parsed->appends = rd->at < rd->len && rd->line[rd->at] == '>';
	rd->at += parsed->appends;
	skip_blanks(rd);
	rd->open.is_file = rd->at == rd->len || !ends_word(rd->line[rd->at]);
	r = read_word(rd, &word, err);
	if (r)
		return r;
	parsed->file = word.text;
	pattern = word.pattern;
	if (rd->at < rd->len)
		rd->open.is_file = false;
	if (!rd->is_open && (!word.len || strlen(word.text) != word.len))
		return wrong(err, rd, at, "the name of a file is missing");
	return 0;
}

/* The end of what sh reads as one command: an unquoted ';', or the line's. */
static size_t sh_end(const struct line_reader *rd, size_t at)
{
	char quote = 0;

	for (; at < rd->len; at++) {
		char c = rd->line[at];

		if (c == '\\' && quote != '\'' && at + 1 < rd->len)
			at++;
		else if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '\'' || c == '"')
			quote = c;
		else if (c == ';')
			break;
	}
	return at;
}

static int read_sh(struct line_reader *rd, size_t end, char **out, struct error *err)
{
	size_t at = rd->at;

	rd->open = (struct open_word){ .at = end, .is_for_sh = true };
	*out = strndup(rd->line + at, end - at);
	rd->at = end;
	if (!*out)
		return error_memory(err);
	if (!rd->is_open && !(*out)[strspn(*out, " \t\r")])
		return wrong(err, rd, at - 1, "a command for sh is missing");
	return 0;
}

/* Up to ';' or the end. */
static int read_command(struct line_reader *rd, struct parsed_command *parsed, struct error *err)
{
	int r = 0;

	for (skip_blanks(rd); rd->at < rd->len && !r; skip_blanks(rd)) {
		char c = rd->line[rd->at];

		if (c == ';' || c == '#') {
			break;
		} else if (c == '!' && !parsed->n && !parsed->file) {
			rd->at++;
			r = read_sh(rd, rd->len, &parsed->shell, err);
		} else if (c == '>') {
			r = read_file(rd, parsed, err);
		} else if (c == '|' && parsed->file) {
			r = wrong(err, rd, rd->at, "the output goes to '%s' already", parsed->file);
		} else if (c == '|') {
			rd->at++;
			r = read_sh(rd, sh_end(rd, rd->at), &parsed->pipe, err);
		} else {
			r = add_word(rd, parsed, err);
		}
	}
	if (!r && !rd->is_open && (parsed->pipe || parsed->file) && !parsed->n)
		return wrong(err, rd, rd->at ? rd->at - 1 : 0, "a command is missing");
	return r;
}

static int add_piece(struct line_reader *rd, struct error *err)
{
	struct parsed_command *v = array_grow(rd->out->v, rd->out->n, sizeof(*v)), *parsed;
	int r;

	if (!v)
		return error_memory(err);
	rd->out->v = v;
	skip_blanks(rd);
	parsed = &v[rd->out->n++];
	*parsed = (struct parsed_command){ .at = rd->at };
	r = read_command(rd, parsed, err);
	parsed->len = rd->at - parsed->at;
	while (parsed->len && strchr(" \t\r", rd->line[parsed->at + parsed->len - 1]))
		parsed->len--;
	return r;
}

static int read_all(struct line_reader *rd, struct error *err)
{
	int r = 0;

	*rd->out = (struct parsed_commands){ 0 };
	do
		r = add_piece(rd, err);
	while (!r && rd->at < rd->len && rd->line[rd->at] == ';' && ++rd->at <= rd->len);
	return r;
}

int words_read(const char *line, struct parsed_commands *out, struct error *err)
{
	struct line_reader rd = { .line = line, .len = strlen(line), .out = out };

	return read_all(&rd, err);
}

/* The last command only, and an empty word where one may begin. */
int words_read_open(const char *line, size_t len, struct parsed_commands *out,
		    struct open_word *open, struct error *err)
{
	struct line_reader rd = { .line = line, .len = len, .is_open = true, .out = out };
	int r = read_all(&rd, err);
	struct parsed_command *last;

	if (r)
		return r;
	last = &out->v[out->n - 1];
	/* in a comment there is nothing to complete */
	rd.open.is_for_sh |= rd.at < len;
	if (!rd.open.is_for_sh && !rd.open.is_file &&
	    (!last->n || (!rd.open.quote && len && ends_word(line[len - 1]) &&
			  !(len > 1 && line[len - 2] == '\\'))))
		r = add_word(&rd, last, err);
	*open = rd.open;
	return r;
}

/* What stands for itself in a word without quotes. */
static bool is_plain(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || strchr("-_/.:,+=@%~", c);
}

static bool needs_escapes(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i += text_character(text + i).len) {
		if (!text[i])
			return true;
		if (text_character(text + i).is_control || !text_character(text + i).is_utf8)
			return true;
	}
	return false;
}

static size_t quote_double(const char *text, size_t len, char *out)
{
	char *p = out;

	for (size_t i = 0; i < len;) {
		struct character c = { .len = 1, .is_control = true };

		if (text[i])
			c = text_character(text + i);
		if (c.is_control || !c.is_utf8) {
			for (size_t j = 0; j < c.len; j++)
				p += sprintf(p, "\\x%02x", (unsigned char)text[i + j]);
		} else {
			if (text[i] == '"' || text[i] == '\\')
				*p++ = '\\';
			p = mempcpy(p, text + i, c.len);
		}
		i += c.len;
	}
	return (size_t)(p - out);
}

static size_t quote_bare(const char *text, size_t len, char *out)
{
	char *p = out;

	for (size_t i = 0; i < len; i++) {
		if (!is_plain(text[i]))
			*p++ = '\\';
		*p++ = text[i];
	}
	return (size_t)(p - out);
}

char *words_quote(const char *text, size_t len, char quote)
{
	/* each byte as "\xHH", quotes around all, a NUL */
	char *out = malloc(len * 4 + 3), *p = out;

	if (!out)
		return NULL;
	if (quote == '\'' && !memchr(text, '\'', len) && !needs_escapes(text, len)) {
		*p++ = '\'';
		p = mempcpy(p, text, len);
		*p++ = '\'';
	} else if (quote || !len || needs_escapes(text, len)) {
		*p++ = '"';
		p += quote_double(text, len, p);
		*p++ = '"';
	} else {
		p += quote_bare(text, len, p);
	}
	*p = '\0';
	return out;
}
