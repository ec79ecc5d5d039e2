/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump.c - xvif dump: a subtree of xenstore as text. */
#include <errno.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/store/subtree.h"

static int run_dump(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	const char *path = args->n_words ? args->words[0] : cx->store->file ? cx->store->root : "/";
	int r;

	if (!subtree_is_path(path))
		return error_status(err, STATUS_USAGE, -EINVAL, "'%s': no path of xenstore", path);
	r = subtree_read(cx->store, 0, path, SUBTREE_VALUES | SUBTREE_PERMS, SUBTREE_ALL, &t, err);
	if (r)
		return r;
	if (!t.n)
		return error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: no such node", path);
	return output_nodes(&t, &args->style, cx->out, err);
}

const struct command cmd_dump = {
	.name = "dump",
	.summary = "print a part of xenstore, to be looked at or loaded",
	.help = "Print the node at PATH ('/') and all below it, byte for byte, with permissions:\n"
		"(node NAME VALUE (perms n0 r1) CHILD...), or with --json\n"
		"{\"path\":...,\"value\":...,\"perms\":[...],\"children\":[...]}, where a value that is not\n"
		"UTF-8 or holds NUL is {\"hex\":\"...\"}. Nodes that vanish meanwhile are left out. It\n"
		"holds what guests keep secret in xenstore, too: mind who can read the file.\n"
		"'xvif load' puts it back; 'xvif show --store FILE' and others read it.",
	.example = "# xvif dump /local/domain/1/device/vif/0\n"
		   "(node /local/domain/1/device/vif/0 '' (perms n1 r0)\n"
		   " (node backend /local/domain/0/backend/vif/1/0 (perms n1 r0))\n"
		   " (node backend-id 0 (perms n1 r0))\n"
		   " (node handle 0 (perms n1 r0))\n"
		   " (node mac 00:16:3e:00:00:01 (perms n1 r0))\n"
		   " (node state 4 (perms n1 r0))\n"
		   " (node trusted 1 (perms n1 r0)))\n"
		   "# xvif dump >host.sxp\n"
		   "# xvif show --store host.sxp db01 -o VIF,MAC,IPS\n"
		   "VIF MAC               IPS\n"
		   "  0 00:16:3e:00:00:02 10.0.1.1\n"
		   "  1 00:16:3e:00:00:03",
	.arguments = { ARG_PATH },
	.options = OPTIONS(&option_store),
	.needs_store = true,
	.output = OUTPUT_NODES,
	.run = run_dump,
};
