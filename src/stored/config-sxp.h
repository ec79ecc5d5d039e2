/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config-sxp.h - a domain's configuration file as the S-expressions xend made of it. */
#ifndef XVIF_CONFIG_SXP_H
#define XVIF_CONFIG_SXP_H

#include "sxp/sxp.h"
#include "src/stored/xlconfig.h"

/*
 * config_sxp_vifs - append (device (vif (KEY VALUE)...)) for each item of the
 * setting "vif", keys in written order
 *
 * An item is cut at commas, blanks around a piece are dropped, a piece is cut
 * at its first "="; a piece without "=" stands as a text. Returns 0, or
 * -EINVAL for an item that is no text.
 */
int config_sxp_vifs(const struct xlconfig *config, struct sxp_doc *doc, sxp_node list,
		    struct error *err);

/*
 * Append (domain ...) with all settings in written order: a text as (NAME
 * TEXT), a list of devices as above, any other list as (NAME VALUE...).
 */
int config_sxp_domain(const struct xlconfig *config, struct sxp_doc *doc, sxp_node list,
		      struct error *err);

#endif
