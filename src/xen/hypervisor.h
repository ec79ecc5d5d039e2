/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hypervisor.h - what the hypervisor itself says of domains. */
#ifndef XVIF_HYPERVISOR_H
#define XVIF_HYPERVISOR_H

enum life {
	LIFE_UNKNOWN, /* no hypervisor to ask, or not built with libxenctrl */
	LIFE_NONE,    /* no such domain */
	LIFE_RUNNING, /* also: paused, blocked */
	LIFE_DYING,   /* shut down or being destroyed */
};

/* Ask for one domain; prints nothing, whatever happens. */
enum life hypervisor_domain(unsigned domid);

/* The number of domains besides domain 0; -1 when there is no hypervisor to ask. */
int hypervisor_count_guests(void);

#endif
