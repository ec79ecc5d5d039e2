/* SPDX-License-Identifier: GPL-2.0-or-later */
/* step-proxy.c - steps that have the host answer for an address on the gateway device, or no more. */
#include "src/edit/step-kinds.h"
#include "src/edit/survey-parts.h"
#include "src/hotplug/native.h"
#include "src/kernel/kernel-set.h"

static int describe(const char *operation, const struct step *step, const struct survey *s,
		    struct strv *out)
{
	char text[IPNET_TEXT_SIZE];

	ipnet_format(&step->address, text);
	return strv_add(out, "ip -6 neigh %s proxy %s dev %s", operation, text,
			survey_gateway_device(s));
}

static int describe_add(const struct step *step, const struct survey *s, struct strv *out)
{
	return describe("add", step, s, out);
}

static int describe_delete(const struct step *step, const struct survey *s, struct strv *out)
{
	return describe("del", step, s, out);
}

static int add(struct apply *a, const struct step *step, struct error *err)
{
	int r = native_proxy_enable(a->s->outer, err);

	return r ? r : kernel_proxy_add(a->s->outer, &step->address, err);
}

static int delete (struct apply *a, const struct step *step, struct error *err)
{
	return kernel_proxy_delete(a->s->outer, &step->address, err);
}

/* What a kept address lacked it may have: the entry may have been there, and had no effect. */
static int undo_add(struct apply *a, const struct step *step, struct error *err)
{
	return iplist_has(&a->s->added, &step->address) ? delete (a, step, err) : 0;
}

/* A guest that has gone leaves none. */
static int undo_delete(struct apply *a, const struct step *step, struct error *err)
{
	return a->is_gone ? 0 : add(a, step, err);
}

const struct step_kind step_proxy_add = {
	.describe = describe_add,
	.apply = add,
	.undo = undo_add,
};

const struct step_kind step_proxy_delete = {
	.describe = describe_delete,
	.apply = delete,
	.undo = undo_delete,
};
