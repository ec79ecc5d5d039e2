/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file.c - a document from a file: mapped, or read where that is not possible. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sxp/doc.h"

struct contents {
	void *text;
	size_t len, size; /* size: allocated or mapped */
	bool is_mapped;
};

static bool read_all(int fd, const struct sxp_allocator *allocator, size_t max, struct contents *c)
{
	ssize_t n;

	do {
		if (!doc_grow(allocator, &c->text, &c->size, c->len + 65536, 1)) {
			errno = ENOMEM;
			return false;
		}
		n = read(fd, (char *)c->text + c->len, c->size - c->len);
		if (n > 0)
			c->len += (size_t)n;
	} while ((n > 0 && c->len <= max) || (n < 0 && errno == EINTR));
	return n >= 0;
}

static bool get_contents(int fd, const struct sxp_allocator *allocator, size_t max,
			 struct contents *c)
{
	struct stat st;

	if (fstat(fd, &st))
		return false;
	if (S_ISREG(st.st_mode) && st.st_size > 0) {
		c->text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd,
			       0);
		if (c->text != MAP_FAILED) {
			c->len = c->size = (size_t)st.st_size;
			c->is_mapped = true;
			return true;
		}
		c->text = NULL;
	}
	return read_all(fd, allocator, max, c);
}

static void release(const struct sxp_allocator *allocator, struct contents *c)
{
	if (c->is_mapped)
		munmap(c->text, c->size);
	else
		doc_resize(allocator, c->text, c->size, 0);
}

struct sxp_doc *sxp_read_file(const char *path, const struct sxp_options *options,
			      struct sxp_error *err)
{
	const struct sxp_allocator *allocator = options && options->allocator ? options->allocator :
										&doc_malloc;
	size_t max = options && options->max_length ? options->max_length : SXP_LENGTH_MAX;
	struct contents c = { 0 };
	struct sxp_doc *doc = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;

	if (fd < 0 || !get_contents(fd, allocator, max, &c)) {
		saved = errno;
		if (err)
			*err = (struct sxp_error){
				.code = errno == ENOMEM ? SXP_NO_MEMORY : SXP_FILE,
				.found = -1,
			};
	} else {
		saved = errno;
		doc = sxp_read_with(c.text ? c.text : "", c.len, options, err);
	}
	if (fd >= 0)
		close(fd);
	if (doc) {
		doc->map = c.text;
		doc->map_size = c.size;
		doc->is_mapped = c.is_mapped;
	} else {
		release(allocator, &c);
	}
	errno = saved;
	return doc;
}
