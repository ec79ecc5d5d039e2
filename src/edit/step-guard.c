/* SPDX-License-Identifier: GPL-2.0-or-later */
/* step-guard.c - steps that let the vif send from added addresses, and no more from removed ones. */
#include <errno.h>

#include "src/base/cleanup.h"
#include "src/edit/step-kinds.h"

static int describe_words(const struct survey *s, const char *operation, const struct iplist *words,
			  struct strv *out)
{
	int r = 0;

	for (size_t i = 0; i < words->n && !r; i++)
		if (words->words[i].is_valid)
			r = strv_add(out, "nft %s element netdev xvif ip%s-%u.%u { %s }", operation,
				     words->words[i].net.family == AF_INET ? "4" : "6",
				     s->vif->domain.domid, s->vif->devid, words->words[i].text);
	return r;
}

static int describe_add(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)step;
	if (s->guard_found.n && strv_add(out, "guard of vif-%u.%u: make what is missing",
					 s->vif->domain.domid, s->vif->devid))
		return -ENOMEM;
	return describe_words(s, "add", &s->added, out);
}

/* Until the list is written, what it had is allowed as well. */
static int allow_both(struct apply *a, const struct step *step, struct error *err)
{
	CLEANUP(iplist_release) struct iplist both = { 0 };
	const struct survey *s = a->s;
	int r = iplist_copy(&s->before, &both, err);

	(void)step;
	for (size_t i = 0; i < s->added.n && !r; i++)
		r = iplist_add(&both, &s->added.words[i].net, err);
	if (r)
		return r;
	/* a vif that had no list, or will have none, may use more than the two lists say */
	if (!s->before.n || !s->after.n)
		return s->guard_found.n ? guard_make(s->vif, &s->guard, &s->before, err) : 0;
	return s->guard_found.n ? guard_make(s->vif, &s->guard, &both, err) :
				  guard_set_list(s->vif, &s->guard, &both, err);
}

static int allow_before(struct apply *a, const struct step *step, struct error *err)
{
	(void)step;
	return a->is_gone ? guard_remove(a->s->vif, err) :
			    guard_set_list(a->s->vif, &a->s->guard, &a->s->before, err);
}

const struct step_kind step_guard_add = {
	.describe = describe_add,
	.apply = allow_both,
	.undo = allow_before,
};

static int describe_remove(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)step;
	return describe_words(s, "delete", &s->removed, out);
}

static int allow_after(struct apply *a, const struct step *step, struct error *err)
{
	(void)step;
	return guard_set_list(a->s->vif, &a->s->guard, &a->s->after, err);
}

const struct step_kind step_guard_remove = {
	.describe = describe_remove,
	.apply = allow_after,
	.undo = allow_before,
};
