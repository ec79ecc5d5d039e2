/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-facts.h - this host as far as vifs depend on it: its store, vifs, scripts, packet filter. */
#ifndef XVIF_DOCTOR_FACTS_H
#define XVIF_DOCTOR_FACTS_H

#include "src/hotplug/rules.h"
#include "src/hotplug/script.h"
#include "src/hotplug/vif-common.h"
#include "src/kernel/kernel-routing.h"
#include "src/kernel/nft-tables.h"
#include "src/xen/vif.h"

#define SCRIPT_FOLDER "/etc/xen/scripts"

/* A folder that holds scripts of vifs. */
struct facts_folder {
	char *path;
	char *common_path; /* of its vif-common.sh */
	char *text;	   /* of that; NULL: there is none, or it is no text */
	struct vif_common common;
};

struct facts_script {
	char *path;
	struct script id;
	int code;	 /* 0, or why it could not be looked at ... */
	char *why;	 /* ... in words */
	size_t folder;	 /* where in the host's folders it stands */
	unsigned n_vifs; /* that use it; 0: it is the one for vifs to come */
};

/* A vif whose backend is in this domain. */
struct facts_vif {
	const struct vif *vif;
	const struct facts_script *script; /* NULL: it names none */
	enum wiring wiring;
	bool sets_rules;    /* the scripts beside its script set rules for its list */
	unsigned link;	    /* interface index; 0: there is none */
	bool has_address;   /* this host has one on the link: ... */
	uint8_t address[4]; /* ... the first IPv4 one */
};

struct facts {
	unsigned timeout_s;
	struct store store;
	bool has_store;		  /* the store answers; else ... */
	struct error store_error; /* ... why not, and there are no vifs */
	size_t n_guests;	  /* domains in the store besides domain 0 */
	struct vifs vifs;
	struct facts_vif *here;
	size_t n_here;
	struct facts_vif **by_link; /* the same, sorted by the name of the link */
	struct facts_script *scripts;
	size_t n_scripts;
	struct facts_folder *folders;
	size_t n_folders;
	char *gatewaydev; /* of vifs that name none */
	struct ifaddrs *addresses;
	bool has_forward; /* chain FORWARD was listed ... */
	struct forward forward;
	char *no_forward;	  /* ... or not, and why; NULL: no vif depends on it */
	struct nft_tables tables; /* chains of nftables; none where no vif depends on them */
	char *no_tables;	  /* why they could not be read */
	struct routing routing;	  /* rules of routing; none where no vif is routed */
	char *no_routing;	  /* why they could not be read */
};

/*
 * facts_look - gather it; changes nothing, starts at most one process (iptables).
 * A store that does not answer is a fact, not a failure. Returns 0 or a negative errno;
 * release with facts_release(), also after a failure.
 */
int facts_look(struct facts *out, unsigned timeout_s, struct error *err);
void facts_release(struct facts *facts);

/* The vif of a link; NULL: it is of none. */
struct facts_vif *facts_find_link(const struct facts *facts, const char *name);

/* Is there a vif of this wiring here? */
bool facts_has(const struct facts *facts, enum wiring wiring);

/* A bridged vif with a list for which the scripts set rules. */
bool facts_has_bridge_rules(const struct facts *facts);

/* Are its packets, which are bridged, shown to the chains of IP (AF_INET, AF_INET6)? */
bool facts_vif_is_shown(const struct facts_vif *hv, int family);

/* The bridge or switch that the vif's link is a port of; false: none. */
bool facts_vif_bridge(const struct facts_vif *hv, char *out, size_t size);

/* Room for a line of a file of /proc or /sys. */
#define FACT_SIZE 256

/* The first line of such a file, without its newline; false when it cannot be read. */
bool facts_read(char out[FACT_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The number in such a file; @otherwise where there is none. */
long facts_read_number(long otherwise, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
