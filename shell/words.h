/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.h - a line of the shell, cut into commands and words.
 *
 *	ls -l '/a b'; set name "two\nlines" | cat >> file	# a comment
 *	!date
 *
 * Blanks separate words; ';' ends a command. Everything between single quotes
 * is literal. Between double quotes a backslash begins an escape: \n \t \r \e
 * \0 \xHH \\ \" \'; elsewhere it takes the next character as it is. '#' at the
 * beginning of a word begins a comment. What follows '|' up to the end of the
 * command, and what follows a '!' that begins one up to the end of the line, is
 * for /bin/sh, as it stands.
 */
#ifndef XVIF_WORDS_H
#define XVIF_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

struct word {
	char *text; /* without quotes; a NUL behind it, and maybe in it */
	size_t len;
	char *pattern; /* for fnmatch(), quoted characters escaped; NULL: nothing to match */
	size_t at;     /* where it begins in the line */
};

/* One command. */
struct parsed_command {
	struct word *words;
	size_t n;
	char *pipe;	/* for /bin/sh, to read the output; or NULL */
	char *file;	/* where the output goes; or NULL */
	bool appends;	/* '>>' */
	char *shell;	/* for /bin/sh, instead of words; or NULL */
	size_t at, len; /* where it stands in the line */
};

struct parsed_commands {
	struct parsed_command *v;
	size_t n;
};

/*
 * words_read - cut a line.
 * @out: release with parsed_commands_release(), also after a failure
 * Returns 0, -EINVAL (STATUS_USAGE, with the column, counted from 1 in characters) or -ENOMEM.
 */
int words_read(const char *line, struct parsed_commands *out, struct error *err);
void parsed_commands_release(struct parsed_commands *commands);

/* The word at the end of a line that is still being typed. */
struct open_word {
	size_t at;	/* where it begins in the line, its quote included */
	char quote;	/* '\'' or '"' when one is open in it, else 0 */
	bool is_for_sh; /* behind '|' or '!' */
	bool is_file;	/* behind '>' */
};

/*
 * words_read_open - the words of the last command in the first @len bytes of a line.
 * @out: its last word is the one being typed, maybe empty; release with parsed_commands_release()
 * Returns 0 or a negative errno, as words_read().
 */
int words_read_open(const char *line, size_t len, struct parsed_commands *out,
		    struct open_word *open, struct error *err);

/*
 * words_quote - write @text so that words_read() reads it back as one word.
 * @quote: the quote that is open in front of it, or 0
 * Returns it, for free(), or NULL when memory is short.
 */
char *words_quote(const char *text, size_t len, char quote);

#endif
