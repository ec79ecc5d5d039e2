/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domain-saving.c - is a domain on its way to a file, or to another host?
 *
 * Nothing in xenstore says so. While it lasts libxl has a process
 * "libxl-save-helper --save-domain FD FD DOMID FLAGS ..." (Xen, tools/libs/light,
 * libxl_save_callout.c and libxl_save_helper.c, since 4.7).
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static bool is_helper_of(const char *line, size_t len, unsigned domid)
{
	const char *program = word_at(line, len, 0), *mode = word_at(line, len, 1),
		   *number = word_at(line, len, 4);
	const char *slash = program ? strrchr(program, '/') : NULL;
	unsigned id;

	return mode && number && !strcmp(slash ? slash + 1 : program, HELPER) &&
	       !strcmp(mode, "--save-domain") && parse_id(number, &id) && id == domid;
}

static bool is_saving(const char *pid, unsigned domid)
{
	char path[300], line[512];
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
	return is_helper_of(line, (size_t)n, domid);
}

bool domain_is_being_saved(unsigned domid)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	bool is_so = false;

	while (proc && !is_so && (entry = readdir(proc)))
		is_so = *entry->d_name >= '1' && *entry->d_name <= '9' &&
			is_saving(entry->d_name, domid);
	if (proc)
		closedir(proc);
	return is_so;
}
