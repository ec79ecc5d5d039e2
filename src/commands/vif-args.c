/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif-args.c - the vifs that the arguments of a command name. */
#include <stdlib.h>

#include "src/base/cleanup.h"
#include "src/commands/vif-args.h"
#include "src/xen/vif-list.h"

static int find_one(struct store *st, const char *domain, const char *word, struct vifs *out,
		    struct error *err)
{
	out->v = calloc(1, sizeof(*out->v));
	if (!out->v)
		return error_memory(err);
	out->n = 1;
	return vif_find_named(st, domain, word, out->v, err);
}

static int find_in_domain(struct store *st, const struct args *args, struct vifs *out,
			  struct error *err)
{
	const char *word = args->n_words > 1 ? args->words[1] : args_text(args, &option_vif);
	CLEANUP(domain_release) struct domain domain = { 0 };

	return word ? find_one(st, args->words[0], word, out, err) :
		      vif_list_named(st, args->words[0], NODES_ALL, &domain, out, err);
}

int vifs_of_args(struct store *st, const struct args *args, struct vifs *out, struct error *err)
{
	return args->n_words ? find_in_domain(st, args, out, err) :
			       vif_list_all(st, NODES_ALL, out, err);
}

void vifs_print_broken(const struct vifs *vifs)
{
	for (size_t i = 0; i < vifs->broken.n; i++)
		output_message(vifs->broken.v[i].why);
}
