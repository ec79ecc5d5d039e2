/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nodes [PATH VALUE PERMISSIONS]... - write many nodes with one process. PERMISSIONS are as of
 * xenstore-chmod, "n0 r1"; of what is written below a node later they are the same. With "" there,
 * they are left as they are.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <xenstore.h>

#define PERMS_MAX 8

static unsigned flags_of(char letter)
{
	switch (letter) {
	case 'r':
		return XS_PERM_READ;
	case 'w':
		return XS_PERM_WRITE;
	case 'b':
		return XS_PERM_READ | XS_PERM_WRITE;
	default:
		return XS_PERM_NONE;
	}
}

static unsigned parse_perms(char *text, struct xs_permissions *perms)
{
	unsigned n = 0;

	for (char *word = strtok(text, " "); word && n < PERMS_MAX; word = strtok(NULL, " ")) {
		perms[n].perms = flags_of(*word);
		perms[n++].id = (unsigned)atoi(word + 1);
	}
	return n;
}

int main(int argc, char **argv)
{
	struct xs_handle *xs = xs_open(0);

	if (!xs)
		err(1, "xenstored");
	for (int i = 1; i + 2 < argc; i += 3) {
		struct xs_permissions perms[PERMS_MAX];
		const char *path = argv[i], *value = argv[i + 1];
		const unsigned n = parse_perms(argv[i + 2], perms);

		if (!xs_write(xs, XBT_NULL, path, value, (unsigned)strlen(value)))
			err(1, "%s", path);
		if (n && !xs_set_permissions(xs, XBT_NULL, path, perms, n))
			err(1, "%s: permissions", path);
	}
	xs_close(xs);
	return 0;
}
