/* SPDX-License-Identifier: GPL-2.0-or-later */
/* repair-parts.h - inside of repair.h: the differences of a kind of places. */
#ifndef XVIF_REPAIR_PARTS_H
#define XVIF_REPAIR_PARTS_H

#include "src/edit/repair.h"

/* Append those of the links and of the bridge; of the backend's state. Return 0 or -ENOMEM. */
int repair_list_links(struct repair *r);
int repair_list_state(struct repair *r);

#endif
