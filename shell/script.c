/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script.c - commands from a file, from stdin, or from the command line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/base/text.h"
#include "shell/execute.h"
#include "shell/script.h"
#include "shell/invocation.h"

static int run_line(struct session *session, const char *line, size_t len, bool goes_on)
{
	if (strlen(line) == len)
		return execute_line(session, line, goes_on);
	fprintf(stderr, "xvif: %sthe line has a NUL byte; in a value it is written \"\\0\"\n",
		session->place);
	return STATUS_USAGE;
}

static int report_memory(struct session *session)
{
	struct error err = { .status = STATUS_REFUSED };

	error_memory(&err);
	return session_report(session, &err);
}

static int report_read(struct session *session, const char *name)
{
	struct error err = { 0 };

	error_status(&err, STATUS_USAGE, -errno, "%s: cannot be read: %s", name, strerror(errno));
	return session_report(session, &err);
}

int script_run(struct session *session, FILE *f, const char *name, bool goes_on)
{
	CLEANUP(cleanup_free) char *line = NULL;
	CLEANUP(cleanup_free) char *shown = malloc(TEXT_ESCAPED_SIZE(strlen(name)));
	size_t size = 0;
	int failed = 0;
	ssize_t n;

	if (!shown)
		return report_memory(session);
	text_escape(name, shown, TEXT_ESCAPED_SIZE(strlen(name)));
	for (size_t number = 1; (n = getline(&line, &size, f)) >= 0; number++) {
		CLEANUP(cleanup_free) char *place = NULL;
		int status;

		if (n && line[n - 1] == '\n')
			line[--n] = '\0';
		if (asprintf(&place, "%s:%zu: ", shown, number) < 0)
			place = NULL;
		session->place = place ? place : "";
		status = run_line(session, line, (size_t)n, goes_on);
		session->place = "";
		failed = failed ? failed : status;
		if (session->state.wants_exit || (status && !goes_on))
			break;
	}
	if (n < 0 && !feof(f))
		failed = failed ? failed : report_read(session, name);
	return failed;
}

/* Lines of it are lines. */
int script_run_text(struct session *session, const char *text, bool goes_on)
{
	int failed = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		CLEANUP(cleanup_free) char *line = strndup(text, len);
		int status = line ? execute_line(session, line, goes_on) : report_memory(session);

		failed = failed ? failed : status;
		if (session->state.wants_exit || (status && !goes_on))
			break;
		text += len + (text[len] == '\n');
	}
	return failed;
}
