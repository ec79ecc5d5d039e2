/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey-parts.h - inside of survey.h: what a survey finds out, one after the other. */
#ifndef XVIF_SURVEY_PARTS_H
#define XVIF_SURVEY_PARTS_H

#include "src/edit/survey.h"

/* Is nothing to be changed, and as much as can be to be compared? */
static inline bool survey_only_compares(const struct survey *s)
{
	return s->options->repair && s->options->snapshot;
}

/* How a vif of XAPI is kept to its addresses (xen-api, ocaml/idl/datamodel.ml, VIF). */
#define XAPI_WAY "xe vif-param-set uuid=... locking-mode=locked ipv4-allowed=ADDRESS,..."

/* How it is done, and whether it may be, for this script. Each returns 0 or a negative errno. */
int survey_choose_method(struct survey *s, struct error *err);
int survey_find_ports(struct survey *s, struct error *err);
int survey_check_ipv6(struct survey *s, struct error *err);

/*
 * Words of the list that its script cannot set up, or others read otherwise; a repair
 * writes those anew of which it is certain what they mean. Returns 0 or a negative errno.
 */
int survey_check_words(struct survey *s, struct error *err);

/* How it is guarded, and what of that is not in force. Returns 0 or a negative errno. */
int survey_guard(struct survey *s, struct error *err);

/* Does the script fail at an IPv6 address? */
bool survey_fails_at_ipv6(const struct survey *s);

/* From which vif-route takes the source of its routes: static, or borrowed. */
static inline const char *survey_gateway_device(const struct survey *s)
{
	return s->vif->gatewaydev && *s->vif->gatewaydev ? s->vif->gatewaydev : "eth0";
}

/* The link of each port, compared with what the script makes of it. */
int survey_find_links(struct survey *s, struct error *err);

/* Is the link as the script leaves it, once this survey's faults are mended? Only where that is known. */
bool survey_will_be_plugged_in(const struct survey *s);
/* The port that a route leaves by, borrowed; NULL: none. */
const struct port *survey_port_of(const struct survey *s, const struct route *route);

/* For which addresses the host has to answer on the gateway device, and does not, or has no more to. */
int survey_find_proxies(struct survey *s, const struct routes *all, struct error *err);

/* What of the list the kernel sends elsewhere, by @all routes: refused if it is added, told if it is kept. */
int survey_find_elsewhere(struct survey *s, const struct routes *all, struct error *err);

/* Routes of the ports that lead neither to addresses of the list, nor to networks behind these. */
int survey_find_foreign(struct survey *s, struct error *err);

/* The routes of each port, and what lacks one; whether the script would add these as they are to be. */
int survey_find_routes(struct survey *s, struct error *err);
int survey_check_source(struct survey *s, struct error *err);
bool survey_lacks_routes(const struct survey *s);

/* The rules as they are and as they are to be; what cannot be told is left out of a comparison. */
int survey_compare_rules(struct survey *s, struct error *err);

/* A repair: what libxl should have of the vif, and has not. Returns 0 or a negative errno. */
int survey_find_absent(struct store *st, struct survey *s, struct error *err);

#endif
