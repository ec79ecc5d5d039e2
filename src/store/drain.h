/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drain.h - what else is read while answers of xenstored are waited for.
 *
 * Events that nobody reads pile up in the daemon. oxenstored lets no client go
 * on that makes more of them than it will keep, some hundred for a connection.
 */
#ifndef XVIF_DRAIN_H
#define XVIF_DRAIN_H

struct drain {
	int (*fd)(const void *data); /* readable when there is something; -1: nothing any more */
	void (*take)(void *data);    /* what is there, without waiting */
	void *data;
};

#endif
