/* SPDX-License-Identifier: GPL-2.0-or-later */
/* userdata.c - libxl's stored configuration of a running domain. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/base/input.h"
#include "src/stored/userdata-json.h"
#include "src/stored/userdata.h"

#define FOLDER "/var/lib/xen"

static int failed(const char *path, const char *what, struct error *err)
{
	int code = errno;

	return error_set(err, -code, "'%s': cannot %s: %s", path, what, strerror(code));
}

static char *make_path(const struct domain *domain, char kind, const char *name)
{
	char *path;

	if (asprintf(&path, FOLDER "/userdata-%c.%u.%s.%s", kind, domain->domid, domain->uuid,
		     name) < 0)
		return NULL;
	return path;
}

char *userdata_path(const struct domain *domain)
{
	return domain->uuid ? make_path(domain, 'd', "libxl-json") : NULL;
}

bool userdata_is_superseded(const struct domain *domain)
{
	CLEANUP(cleanup_free) char *path = domain->uuid ? make_path(domain, 'd', "xl") : NULL;
	struct stat sb;

	return path && !stat(path, &sb) && sb.st_size > 0;
}

bool userdata_is_libvirt(const struct domain *domain)
{
	CLEANUP(cleanup_free) char *path = domain->uuid ? make_path(domain, 'd', "libvirt-xml") :
							  NULL;

	return path && !access(path, F_OK);
}

/* A file that was put there for another domain is not written, nor compared. */
static int check_owner(const struct userdata *u, const struct domain *domain, struct error *err)
{
	CLEANUP(cleanup_free) char *uuid = NULL;
	int r = userdata_json_uuid(u->text, u->len, &uuid);

	if (r == -ENOMEM)
		return error_memory(err);
	/* what cannot be understood is told when the vif is looked for */
	if (r || !uuid || !strcasecmp(uuid, domain->uuid))
		return 0;
	return error_reason(err, REASON_USERDATA_UNREADABLE, -EILSEQ,
			    "'%s': is of another domain, with the uuid %s", u->path, uuid);
}

static int read_file(struct userdata *u, const struct domain *domain, struct error *err)
{
	int r;

	if (access(u->path, F_OK) && errno == ENOENT)
		return 0;
	r = error_add_reason(err, REASON_USERDATA_UNREADABLE,
			     input_read(u->path, &u->text, &u->len, err));
	return r ? r : check_owner(u, domain, err);
}

/* Without a uuid there is no such file. */
static int name_files(struct userdata *u, const struct domain *domain, struct error *err)
{
	*u = (struct userdata){ 0 };
	if (!domain->uuid)
		return 0;
	u->path = userdata_path(domain);
	u->lock_path = make_path(domain, 'l', "domain-userdata-lock");
	return u->path && u->lock_path ? 0 : error_memory(err);
}

int userdata_read(struct userdata *u, const struct domain *domain, struct error *err)
{
	int r = name_files(u, domain, err);

	return r || !u->path ? r : read_file(u, domain, err);
}

int userdata_lock(struct userdata *u, const struct domain *domain, unsigned timeout_s,
		  struct error *err)
{
	int r = name_files(u, domain, err);

	if (r || !u->path || (access(u->path, F_OK) && errno == ENOENT))
		return r;
	r = lock_file(&u->lock, u->lock_path, timeout_s, err);
	if (r == -ETIMEDOUT)
		return error_set(err, r, "'%s': libxl's lock was not had in time", u->lock_path);
	return r ? r : read_file(u, domain, err);
}

void userdata_release(struct userdata *u)
{
	lock_release(&u->lock);
	free(u->path);
	free(u->lock_path);
	free(u->text);
	*u = (struct userdata){ 0 };
}

static int not_understood(const struct userdata *u, unsigned devid, int r, struct error *err)
{
	if (r == -ENOENT)
		return error_set(err, r, "'%s': has no nic with devid %u", u->path, devid);
	if (r == -ENOMEM)
		return error_memory(err);
	return error_reason(err, REASON_USERDATA_UNREADABLE, -EILSEQ, "'%s': cannot be understood",
			    u->path);
}

int userdata_get_ips(const struct userdata *u, unsigned devid, char **out, struct error *err)
{
	int r = userdata_json_get(u->text, u->len, devid, out);

	return r ? not_understood(u, devid, r, err) : 0;
}

static int write_file(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return -1;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return fsync(fd);
}

/* As libxl: written to "userdata-n...", mode 0600, then renamed. */
static int put(const struct userdata *u, const char *text, size_t len, struct error *err)
{
	CLEANUP(cleanup_free) char *path = strdup(u->path);
	int fd, r;

	if (!path)
		return error_memory(err);
	path[sizeof(FOLDER "/userdata-") - 1] = 'n';
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return failed(path, "create", err);
	r = write_file(fd, text, len) ? failed(path, "write", err) : 0;
	if (close(fd) && !r)
		r = failed(path, "write", err);
	if (!r && rename(path, u->path))
		r = failed(u->path, "replace", err);
	if (r)
		unlink(path);
	return r;
}

int userdata_set_ips(struct userdata *u, unsigned devid, const char *ips, struct error *err)
{
	CLEANUP(cleanup_free) char *now = NULL, *text = NULL;
	size_t len;
	int r = userdata_json_get(u->text, u->len, devid, &now);

	if (!r && ((now && ips && !strcmp(now, ips)) || now == ips))
		return 0;
	if (!r)
		r = userdata_json_set(u->text, u->len, devid, ips, &text, &len);
	return r ? not_understood(u, devid, r, err) : put(u, text, len, err);
}
