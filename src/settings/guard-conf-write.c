/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-conf-write.c - say a mode in /etc/xvif/guard.conf, keep a copy of that file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/atomic-file.h"
#include "src/base/cleanup.h"
#include "src/base/lock.h"
#include "src/settings/guard-conf.h"
#include "src/settings/settings.h"

#define LOCK_S 60

/* Each write is whole, or there is none. */
static int put_file(const char *path, const char *text, size_t len, struct error *err)
{
	int fd;

	if (!access(path, F_OK))
		return atomic_file_put(path, text, len, err);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_set(err, -errno, "cannot create '%s': %s", path, strerror(errno));
	close(fd);
	return atomic_file_put(path, text, len, err);
}

int guard_conf_save(const struct guard_conf *conf, struct error *err)
{
	CLEANUP(cleanup_free) char *text = NULL, *saved = NULL;
	struct error ignored = { 0 };
	int r;

	if (*conf->broken.text || !conf->exists)
		return 0;
	r = settings_read(GUARD_CONF, &text, err);
	if (r || !text)
		return r;
	if (!settings_read(GUARD_CONF_SAVED, &saved, &ignored) && saved && !strcmp(saved, text))
		return 0;
	mkdir("/var/lib/xvif", 0755);
	return put_file(GUARD_CONF_SAVED, text, strlen(text), err);
}

/* The text of a line with @mode said of its vif, in a file of that text. */
static void copy_line(const char *line, size_t len, const char *mode, FILE *out)
{
	size_t comment = strcspn(line, "#\n"), at = 0;
	bool is_said = false;

	comment = comment < len ? comment : len;
	while (at < comment) {
		size_t blanks = strspn(line + at, BLANKS), word;

		blanks = blanks < comment - at ? blanks : comment - at;
		word = strcspn(line + at + blanks, BLANKS "#\n");
		word = word < comment - at - blanks ? word : comment - at - blanks;
		if (word > 5 && !strncmp(line + at + blanks, "mode=", 5)) {
			fprintf(out, "%.*smode=%s", (int)blanks, line + at, mode);
			is_said = true;
		} else if (word || comment < len || is_said) {
			fwrite(line + at, 1, blanks + word, out);
		}
		at += blanks + word;
	}
	if (!is_said)
		fprintf(out, " mode=%s", mode);
	if (comment < len)
		fprintf(out, "%s%.*s", is_said ? "" : " ", (int)(len - comment), line + comment);
}

static bool is_of(const char *line, size_t len, const char *whom)
{
	size_t blanks = strspn(line, BLANKS), word;

	if (blanks >= len)
		return false;
	word = strcspn(line + blanks, BLANKS "#\n");
	return word == strlen(whom) && blanks + word <= len && !strncmp(line + blanks, whom, word);
}

static void copy_file(const char *text, const char *whom, const char *mode, FILE *out)
{
	bool is_said = false;

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (is_of(text, len, whom)) {
			copy_line(text, len, mode, out);
			is_said = true;
		} else {
			fwrite(text, 1, len, out);
		}
		putc('\n', out);
		text += len + (text[len] == '\n');
	}
	if (!is_said)
		fprintf(out, "%s mode=%s\n", whom, mode);
}

static int set_mode(const char *whom, enum guard_mode mode, struct error *err)
{
	CLEANUP(cleanup_free) char *text = NULL, *changed = NULL;
	CLEANUP(guard_conf_release) struct guard_conf parsed = { 0 };
	size_t len = 0;
	FILE *out;
	char *copy;
	int r = settings_read(GUARD_CONF, &text, err);

	if (r)
		return r;
	out = open_memstream(&changed, &len);
	if (!out)
		return error_memory(err);
	if (!text)
		fputs("# which vifs xvif keeps to their lists: see xvif-guard(7)\n", out);
	copy_file(text ? text : "", whom, guard_mode_name(mode), out);
	if (fclose(out) || !changed)
		return error_memory(err);
	copy = strdup(changed);
	r = copy ? guard_conf_parse(copy, GUARD_CONF, &parsed, err) : error_memory(err);
	if (r)
		return r;
	mkdir("/etc/xvif", 0755);
	return put_file(GUARD_CONF, changed, len, err);
}

int guard_conf_set(const char *whom, enum guard_mode mode, struct error *err)
{
	struct lock lock = { 0 };
	int r = lock_configs(&lock, LOCK_S, err);

	if (!r)
		r = set_mode(whom, mode, err);
	lock_release(&lock);
	return r;
}
