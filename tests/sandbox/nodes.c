/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nodes [PATH VALUE PERMISSIONS]... - write many nodes in one transaction. PERMISSIONS are as of
 * xenstore-chmod, "n0 r1"; of what is written below a node later they are the same. With "" there,
 * they are left as they are.
 */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
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

static unsigned parse_perms(const char *text, struct xs_permissions *perms)
{
	unsigned n = 0;

	for (; *text && n < PERMS_MAX; text += strcspn(text, " "), text += strspn(text, " ")) {
		perms[n].perms = flags_of(*text);
		perms[n++].id = (unsigned)atoi(text + 1);
	}
	return n;
}

static void write_node(struct xs_handle *xs, xs_transaction_t tx, const char *path,
		       const char *value, const char *perms)
{
	struct xs_permissions list[PERMS_MAX];
	const unsigned n = parse_perms(perms, list);

	if (!xs_write(xs, tx, path, value, (unsigned)strlen(value)))
		err(1, "%s", path);
	if (n && !xs_set_permissions(xs, tx, path, list, n))
		err(1, "%s: permissions", path);
}

int main(int argc, char **argv)
{
	struct xs_handle *xs = xs_open(0);
	bool is_done;

	if (!xs)
		err(1, "xenstored");
	do {
		const xs_transaction_t tx = xs_transaction_start(xs);

		for (int i = 1; i + 2 < argc; i += 3)
			write_node(xs, tx, argv[i], argv[i + 1], argv[i + 2]);
		is_done = xs_transaction_end(xs, tx, false);
		if (!is_done && errno != EAGAIN)
			err(1, "transaction");
	} while (!is_done);
	xs_close(xs);
	return 0;
}
