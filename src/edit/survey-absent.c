/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey-absent.c - what libxl should have of a vif, and has not. */
#include "src/base/cleanup.h"
#include "src/edit/survey-parts.h"

/* Is it the stub domain of a guest? libxl stores no configuration of these (Xen, tools/libs/light/libxl_dm.c). */
static int is_stub(struct store *st, unsigned domid, bool *out, struct error *err)
{
	CLEANUP(cleanup_free) char *target = NULL;
	int r = store_get(st, 0, &target, err, "/local/domain/%u/target", domid);

	*out = target != NULL;
	return r;
}

static int find_userdata(struct store *st, struct survey *s, struct error *err)
{
	bool stub = false;
	int r = 0;

	/* xend and XAPI have neither the one nor the other */
	s->lacks_userdata &= s->vif->has_libxl && s->vif->domain.uuid;
	if (s->lacks_userdata)
		r = is_stub(st, s->vif->domain.domid, &stub, err);
	s->lacks_userdata &= !stub;
	return r;
}

int survey_find_absent(struct store *st, struct survey *s, struct error *err)
{
	CLEANUP(cleanup_free) char *node = NULL;
	int r = s->options->repair ? find_userdata(st, s, err) : 0;

	if (r || !s->options->repair || s->vif->has_libxl)
		return r;
	r = store_get(st, 0, &node, err, "/libxl/%u", s->vif->domain.domid);
	s->lacks_libxl = node != NULL;
	return r;
}
