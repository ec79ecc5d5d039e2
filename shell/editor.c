/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * editor.c - a line typed by somebody at a terminal, by GNU readline.
 *
 * readline's callback interface hands over one key at a time, so that the wait
 * for keys is ours: it is also for what watches print, and for signals, which
 * are blocked everywhere else.
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "shell/editor.h"

#ifdef HAVE_READLINE

#include <readline/history.h>
#include <readline/readline.h>

/* readline's interface is callbacks without data and variables: no way around some of our own. */
/* clang-format off */
#define LIBRARY_NAMES(F) \
	F(rl_attempted_completion_function) F(rl_attempted_completion_over) \
	F(rl_callback_handler_install) F(rl_callback_handler_remove) F(rl_callback_read_char) \
	F(rl_callback_sigcleanup) F(rl_catch_signals) F(rl_catch_sigwinch) \
	F(rl_clear_visible_line) \
	F(rl_completer_quote_characters) F(rl_completer_word_break_characters) \
	F(rl_completion_append_character) F(rl_completion_display_matches_hook) \
	F(rl_completion_query_items) F(rl_crlf) F(rl_deprep_terminal) F(rl_display_match_list) \
	F(rl_end) F(rl_forced_update_display) F(rl_free_line_state) \
	F(rl_ignore_completion_duplicates) F(rl_line_buffer) F(rl_on_new_line) F(rl_outstream) \
	F(rl_point) F(rl_prep_terminal) F(rl_read_key) F(rl_readline_name) F(rl_redisplay) \
	F(rl_replace_line) F(rl_resize_terminal) F(rl_sort_completion_matches) \
	F(rl_variable_value) \
	F(add_history) F(history_list) F(read_history) F(stifle_history) F(using_history)
/* clang-format on */

struct readline_library {
#define DECLARE(name) __typeof__(&name) name;
	LIBRARY_NAMES(DECLARE)
};

static struct readline_library lib;
static struct editor_hooks hooks;
static struct endings shown; /* candidates of the completion that is going on */
static char *typed;	     /* the line, when Enter was pressed */
static bool has_ended;	     /* a line, or the end of the input */
static sigset_t unblocked;   /* the signals that are let through while waiting */
static volatile sig_atomic_t was_interrupted, was_resized, was_hung_up, was_stopped;

static int load_library(struct error *err)
{
	bool complete = dlopen(READLINE_SONAME, RTLD_LAZY | RTLD_GLOBAL) != NULL;

#define FIND(name) \
	*(void **)&lib.name = dlsym(RTLD_DEFAULT, #name); \
	complete &= lib.name != NULL;
	LIBRARY_NAMES(FIND)
	if (complete)
		return 0;
	error_set(err, -ENOTSUP, "typing commands needs %s, which cannot be loaded", READLINE_SONAME);
	error_hint(err, "'xvif shell -c COMMANDS' and 'xvif shell -f FILE' do without");
	return -ENOTSUP;
}

static void note_signal(int number)
{
	if (number == SIGINT)
		was_interrupted = 1;
	else if (number == SIGWINCH)
		was_resized = 1;
	else if (number == SIGTSTP)
		was_stopped = 1;
	else
		was_hung_up = 1;
}

static const int handled[] = { SIGINT, SIGWINCH, SIGTERM, SIGHUP, SIGTSTP };

static sigset_t handled_set(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(handled) / sizeof(*handled); i++)
		sigaddset(&set, handled[i]);
	return set;
}

static void handle_signals(void)
{
	const struct sigaction action = { .sa_handler = note_signal };
	const sigset_t set = handled_set();

	sigprocmask(SIG_BLOCK, &set, &unblocked);
	for (size_t i = 0; i < sizeof(handled) / sizeof(*handled); i++) {
		sigdelset(&unblocked, handled[i]);
		sigaction(handled[i], &action, NULL);
	}
	signal(SIGQUIT, SIG_IGN);
}

/* At the end of the input readline ends the line itself, if it was told to tell pasting. */
static void accept_line(char *line)
{
	const char *pasting = lib.rl_variable_value("enable-bracketed-paste");

	typed = line;
	has_ended = true;
	lib.rl_callback_handler_remove();
	if (!line && !(pasting && !strcmp(pasting, "on")))
		lib.rl_crlf();
}

/* ---- completion ---- */

static char *common_begin(const struct endings *list)
{
	size_t len = strlen(list->v[0].text);

	for (size_t i = 1; i < list->n; i++) {
		size_t j = 0;

		while (j < len && list->v[i].text[j] == list->v[0].text[j])
			j++;
		len = j;
	}
	/* a character is not cut */
	while (len && ((unsigned char)list->v[0].text[len] & 0xc0) == 0x80)
		len--;
	return strndup(list->v[0].text, len);
}

/* The line up to the word, and the word: readline replaces all of it. */
static char *whole_line(const char *text)
{
	char *line;

	if (asprintf(&line, "%.*s%s", (int)shown.at, *lib.rl_line_buffer, text) < 0)
		return NULL;
	return line;
}

static char **complete(const char *text, int start, int end)
{
	CLEANUP(cleanup_free) char *common = NULL;
	char **matches;

	(void)text;
	*lib.rl_attempted_completion_over = 1;
	endings_release(&shown);
	if (start)
		return NULL;
	hooks.complete(hooks.data, *lib.rl_line_buffer, (size_t)end, &shown);
	if (!shown.n)
		return NULL;
	*lib.rl_completion_append_character = shown.n == 1 && !shown.v[0].goes_on ? ' ' : '\0';
	common = common_begin(&shown);
	matches = calloc(shown.n + 2, sizeof(*matches));
	if (!matches || !common)
		return NULL;
	matches[0] = whole_line(common);
	for (size_t i = 0; i < shown.n && shown.n > 1; i++)
		matches[i + 1] = whole_line(shown.v[i].text);
	return matches;
}

/* False also for Ctrl-C. */
static bool wait_key(void)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

	while (ppoll(&fd, 1, NULL, &unblocked) < 0)
		if (was_interrupted || was_hung_up)
			return false;
	return true;
}

static bool wants_all(int n)
{
	int key;

	if (*lib.rl_completion_query_items <= 0 || n < *lib.rl_completion_query_items)
		return true;
	fprintf(*lib.rl_outstream, "\nDisplay all %d possibilities? (y or n)", n);
	fflush(*lib.rl_outstream);
	do
		key = wait_key() ? lib.rl_read_key() : 'n';
	while (!strchr("yYnN \t\r\n\a\177", key) || !key);
	return strchr("yY ", key) != NULL;
}

/* Of paths only the last step is shown. */
static void show_matches(char **matches, int n, int width)
{
	CLEANUP(cleanup_free) char **labels = calloc((size_t)n + 2, sizeof(*labels));
	int widest = 0;

	(void)width;
	for (int i = 1; i <= n && labels; i++) {
		bool is_known = (size_t)n == shown.n;

		labels[i] = is_known ? shown.v[i - 1].label : matches[i];
		if ((int)strlen(labels[i]) > widest)
			widest = (int)strlen(labels[i]);
	}
	if (labels && wants_all(n))
		lib.rl_display_match_list(labels, n, widest);
	else
		lib.rl_crlf();
	lib.rl_forced_update_display();
}

/* ---- waiting ---- */

/* What is printed meanwhile stands above the line, and the line is as it was. */
static void print_above(const struct pollfd *fds, size_t n)
{
	lib.rl_clear_visible_line();
	fflush(*lib.rl_outstream);
	hooks.ready(hooks.data, fds, n);
	fflush(stdout);
	lib.rl_on_new_line();
	lib.rl_redisplay();
}

static void begin_anew(void)
{
	was_interrupted = 0;
	fputs("^C", *lib.rl_outstream);
	lib.rl_free_line_state();
	lib.rl_callback_sigcleanup();
	*lib.rl_point = *lib.rl_end;
	lib.rl_crlf();
	lib.rl_replace_line("", 0);
	lib.rl_on_new_line();
	lib.rl_redisplay();
}

/* With the terminal as it was before. */
static void stop(void)
{
	was_stopped = 0;
	lib.rl_deprep_terminal();
	raise(SIGSTOP);
	lib.rl_prep_terminal(1);
	lib.rl_resize_terminal();
	lib.rl_forced_update_display();
}

static void resize(void)
{
	was_resized = 0;
	lib.rl_resize_terminal();
}

static void act_on_signals(void)
{
	if (was_interrupted)
		begin_anew();
	if (was_stopped)
		stop();
	if (was_resized)
		resize();
}

#define FDS_MAX 64

static void wait_for_key(void)
{
	struct pollfd fds[FDS_MAX] = { { .fd = STDIN_FILENO, .events = POLLIN } };
	size_t n = 1 + hooks.poll(hooks.data, fds + 1, FDS_MAX - 1);
	bool is_ready = false;

	if (ppoll(fds, n, NULL, &unblocked) < 0) {
		act_on_signals();
		return;
	}
	for (size_t i = 1; i < n; i++)
		is_ready |= fds[i].revents != 0;
	if (is_ready)
		print_above(fds + 1, n - 1);
	if (fds[0].revents)
		lib.rl_callback_read_char();
	/* it may have waited for an answer, and for signals with it */
	if (!has_ended)
		act_on_signals();
}

enum editor_result editor_read(const char *prompt, char **line_out)
{
	typed = NULL;
	has_ended = false;
	was_interrupted = 0;
	lib.rl_callback_handler_install(prompt, accept_line);
	while (!has_ended && !was_hung_up)
		wait_for_key();
	if (!has_ended)
		lib.rl_callback_handler_remove();
	*line_out = typed;
	return was_hung_up ? EDITOR_HANGUP : typed ? EDITOR_LINE : EDITOR_END;
}

/* A command stops with us, and we with it; what ends it, we are told by its status. */
void editor_lend(void)
{
	sigset_t stops;

	signal(SIGTSTP, SIG_DFL);
	sigemptyset(&stops);
	sigaddset(&stops, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stops, NULL);
}

void editor_take_back(void)
{
	const struct timespec now = { 0 };
	const sigset_t set = handled_set();
	sigset_t interrupt;

	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGTSTP, &(struct sigaction){ .sa_handler = note_signal }, NULL);
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	while (sigtimedwait(&interrupt, NULL, &now) > 0)
		;
}

static char no_breaks[] = "";

int editor_open(const struct editor_hooks *wanted, struct error *err)
{
	int r = load_library(err);

	if (r)
		return r;
	hooks = *wanted;
	handle_signals();
	*lib.rl_readline_name = "xvif";
	*lib.rl_catch_signals = 0;
	*lib.rl_catch_sigwinch = 0;
	*lib.rl_attempted_completion_function = complete;
	*lib.rl_completion_display_matches_hook = show_matches;
	/* words are cut by our own rules: for readline the line is one word */
	*lib.rl_completer_word_break_characters = no_breaks;
	*lib.rl_completer_quote_characters = NULL;
	*lib.rl_sort_completion_matches = 0;
	*lib.rl_ignore_completion_duplicates = 0;
	lib.using_history();
	return 0;
}

void editor_close(void)
{
	endings_release(&shown);
}

int editor_history_read(const char *path, unsigned max)
{
	int code = lib.read_history(path);

	lib.stifle_history((int)max);
	return code ? -code : 0;
}

void editor_history_add(const char *line)
{
	lib.add_history(line);
}

int editor_history_list(struct strv *out)
{
	HIST_ENTRY **list = lib.history_list();

	for (; list && *list; list++)
		if (strv_add(out, "%s", (*list)->line))
			return -ENOMEM;
	return 0;
}

#else

int editor_open(const struct editor_hooks *wanted, struct error *err)
{
	(void)wanted;
	error_set(err, -ENOTSUP, "xvif was built without readline: nothing can be typed");
	error_hint(err, "'xvif shell -c COMMANDS' and 'xvif shell -f FILE' do without");
	return -ENOTSUP;
}

void editor_close(void)
{
}

enum editor_result editor_read(const char *prompt, char **line_out)
{
	(void)prompt;
	*line_out = NULL;
	return EDITOR_END;
}

void editor_lend(void)
{
}

void editor_take_back(void)
{
}

int editor_history_read(const char *path, unsigned max)
{
	(void)path, (void)max;
	return -ENOTSUP;
}

void editor_history_add(const char *line)
{
	(void)line;
}

int editor_history_list(struct strv *out)
{
	(void)out;
	return 0;
}

#endif
