/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard-conf.h - which vifs are guarded, and what may be different for one.
 *
 * Lines "WHOM OPTION...": WHOM is "default", DOMAIN, DOMAIN:VIF (a name or uuid, a devid), or
 * mac=MAC. Blank lines and what follows "#" are passed over. What a line about a vif says
 * goes before what one about its domain says, and that before "default".
 */
#ifndef XVIF_GUARD_CONF_H
#define XVIF_GUARD_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/net/iplist.h"

#define GUARD_CONF "/etc/xvif/guard.conf"
#define GUARD_CONF_SAVED "/var/lib/xvif/guard.conf"

#define GUARD_MACS_MAX 8
#define GUARD_VIDS_MAX 64
#define GUARD_TYPES_MAX 16

/* What the guard of a vif does with a frame that it refuses. */
enum guard_mode {
	GUARD_OFF,     /* there is no guard */
	GUARD_OBSERVE, /* counts it, and lets it pass */
	GUARD_ENFORCE, /* drops it */
	GUARD_CLOSED,  /* the same; and without a list the vif can send nothing */
};

const char *guard_mode_name(enum guard_mode mode);

enum guard_flag {
	GUARD_UNLISTED_CLOSED = 1 << 0, /* without a list it can send nothing */
	GUARD_ANY_SOURCE = 1 << 1,	/* from any address but the host's */
	GUARD_STRICT_LOCAL = 1 << 2,	/* only the link-local address that is made of its MAC */
	GUARD_ROUTER_ADVERTISER = 1 << 3,
	GUARD_DHCP_SERVER = 1 << 4,
	GUARD_MULTICAST_QUERIER = 1 << 5,
	GUARD_FAIL_OPEN = 1 << 6, /* its start goes on if the guard cannot be made */
};

/* Tags, from the first to the last. */
struct guard_vlans {
	uint16_t first, last;
};

struct guard_options {
	enum guard_mode mode;
	unsigned flags;				 /* of enum guard_flag */
	struct guard_vlans vids[GUARD_VIDS_MAX]; /* tags that it may send; none: it is not a trunk */
	size_t n_vids;
	uint16_t types[GUARD_TYPES_MAX]; /* of Ethernet, beside those of IP and ARP */
	size_t n_types;
	uint8_t macs[GUARD_MACS_MAX][6]; /* that it may send from, beside its own */
	size_t n_macs;
	struct ipnet shared[64]; /* may be in lists of others, too */
	size_t n_shared;
};

/* A line. */
struct guard_line {
	const char *domain; /* name or uuid; NULL: any */
	bool has_devid, has_mac;
	unsigned devid;
	uint8_t mac[6];
	unsigned number; /* from 1 */
	bool has_mode, has_vids, has_types, has_macs, has_shared;
	unsigned flags_said; /* of those in options.flags */
	struct guard_options options;
};

struct guard_conf {
	char *text; /* that the rest borrows */
	struct guard_line *v;
	size_t n;
	bool exists;	     /* somebody has said something of the guard */
	struct error broken; /* text "": it is not; else guard_conf_instead() is in force */
	bool is_saved;	     /* read from the copy of the last one that was valid */
};

/*
 * guard_conf_parse - take apart the text of such a file.
 * @text: for free(); @out has it, also after a failure
 * Returns 0, -EINVAL with "FILE:LINE:COLUMN: ...", or -ENOMEM; release in any case.
 */
int guard_conf_parse(char *text, const char *name, struct guard_conf *out, struct error *err);

/*
 * guard_conf_read - that of this host.
 *
 * A file that cannot be used is an error in @out->broken, and what was saved of the last good
 * one is in force; without that, all vifs that have a list are to be guarded. Returns 0 or -ENOMEM.
 */
int guard_conf_read(struct guard_conf *out, struct error *err);

/* Of a broken file: what is in force in its place, as a sentence. */
const char *guard_conf_instead(const struct guard_conf *conf);

/* Keep a copy of what is in force, for when the file is broken. Returns 0 or a negative errno. */
int guard_conf_save(const struct guard_conf *conf, struct error *err);
void guard_conf_release(struct guard_conf *conf);

/* What it says of a vif. @uuid, @name: may be NULL */
void guard_conf_find(const struct guard_conf *conf, const char *name, const char *uuid,
		     unsigned devid, const uint8_t mac[6], struct guard_options *out);

/* Is it said to be guarded anywhere? */
bool guard_conf_is_used(const struct guard_conf *conf);

/*
 * guard_conf_set - say the mode of @whom, as a line begins with it, in the file; all else stays.
 * @mode: GUARD_OFF is said too, for it may be otherwise by default
 * Returns 0 or a negative errno.
 */
int guard_conf_set(const char *whom, enum guard_mode mode, struct error *err);

/* "00:16:3e:00:00:01"; false: it is none that a guest may have. */
bool guard_parse_mac(const char *text, uint8_t out[6]);

#endif
