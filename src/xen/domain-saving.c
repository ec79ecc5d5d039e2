/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domain-saving.c - is a domain on its way to a file, or to another host?
 *
 * Nothing in xenstore says so. While it lasts libxl has a process
 * "libxl-save-helper --save-domain FD FD DOMID FLAGS ..." (Xen, tools/libs/light,
 * libxl_save_callout.c and libxl_save_helper.c, since 4.7). xl itself reads the
 * configuration, under libxl's lock, before there is one: "xl migrate" logs in to
 * the other host in between (Xen, tools/xl/xl_migrate.c, migrate_domain()).
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "src/xen/domain.h"
#include "src/xen/domain-saving.h"

#define HELPER "libxl-save-helper"

/* The word with number @i of a command line of @len bytes, which ends in NUL; NULL. */
static const char *word_at(const char *line, size_t len, unsigned i)
{
	const char *p = line;

	for (; i && p < line + len; i--)
		p += strlen(p) + 1;
	return p < line + len ? p : NULL;
}

static bool is_program(const char *word, const char *name)
{
	const char *slash = word ? strrchr(word, '/') : NULL;

	return word && !strcmp(slash ? slash + 1 : word, name);
}

static bool is_helper_of(const char *line, size_t len, unsigned domid)
{
	const char *mode = word_at(line, len, 1), *number = word_at(line, len, 4);
	unsigned id;

	return mode && number && is_program(line, HELPER) && !strcmp(mode, "--save-domain") &&
	       parse_id(number, &id) && id == domid;
}

static bool is_named(const struct domain *domain, const char *word)
{
	unsigned id;

	return (parse_id(word, &id) && id == domain->domid) ||
	       (domain->name && !strcmp(word, domain->name)) ||
	       (domain->uuid && !strcasecmp(word, domain->uuid));
}

/* "xl OPTION... COMMAND OPTION... DOMAIN ..." */
static bool is_xl_of(const char *line, size_t len, const struct domain *domain)
{
	const char *word;
	unsigned i = 1;

	if (!is_program(line, "xl"))
		return false;
	while ((word = word_at(line, len, i)) && *word == '-')
		i++;
	if (!word || (strcmp(word, "save") && strcmp(word, "migrate") && strcmp(word, "remus")))
		return false;
	while ((word = word_at(line, len, ++i)))
		if (is_named(domain, word))
			return true;
	return false;
}

static bool is_saving(const char *pid, const struct domain *domain)
{
	char path[300], line[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, line, sizeof(line) - 1) : -1;
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	line[n] = '\0';
	return is_helper_of(line, (size_t)n, domain->domid) || is_xl_of(line, (size_t)n, domain);
}

bool domain_is_being_saved(const struct domain *domain)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	bool is_so = false;

	while (proc && !is_so && (entry = readdir(proc)))
		is_so = *entry->d_name >= '1' && *entry->d_name <= '9' &&
			is_saving(entry->d_name, domain);
	if (proc)
		closedir(proc);
	return is_so;
}
