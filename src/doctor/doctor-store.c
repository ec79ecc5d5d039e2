/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-store.c - probes of xenstored and of what it says of vifs. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/doctor/doctor.h"
#include "src/guard/guard-host.h"
#include "src/xen/hypervisor.h"
#include "src/xen/overlap.h"

/* The process that listens on a socket; 0: nobody does, or it is not seen from here. */
static pid_t find_listener(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	if (fd < 0)
		return 0;
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
		peer.pid = 0;
	close(fd);
	return peer.pid;
}

void look_at_xenstored(const struct facts *facts, struct findings *out)
{
	const char *path = store_socket();
	char name[FACT_SIZE];
	pid_t pid;

	if (!facts->has_store) {
		bad(out,
		    "%s; vifs cannot be read or changed until it answers; running guests keep "
		    "running; 'systemctl status xenstored' shows whether it runs",
		    facts->store_error.text);
		return;
	}
	if (access(path, F_OK)) {
		ok(out,
		   "a xenstored answers through the kernel's device: it runs in a domain of its own");
		return;
	}
	pid = find_listener(path);
	if (!pid || !facts_read(name, "/proc/%d/comm", (int)pid))
		ok(out, "an unknown server answers on %s", path);
	else
		ok(out, "%s%s answers on %s (process %d)", strcmp(name, "xenstored") ? "" : "C ",
		   name, path, (int)pid);
}

/* Tools find a domain by its name. */
static void look_at_names(const struct facts *facts, struct findings *out)
{
	for (size_t i = 0; i < facts->vifs.n; i++) {
		const struct domain *domain = &facts->vifs.v[i].domain;

		if (!domain->name && (!i || facts->vifs.v[i - 1].domain.domid != domain->domid))
			note(out,
			     "domain %u has no name in the store: only its domid finds it; "
			     "'xenstore-write /local/domain/%u/name NAME' gives it back",
			     domain->domid, domain->domid);
	}
}

/* A xenstored that was started again has lost all nodes: guests run on, unknown to every tool. */
void look_at_lost_domains(const struct facts *facts, struct findings *out)
{
	int running = facts->has_store ? hypervisor_count_guests() : -1;

	look_at_names(facts, out);
	if (running < 0)
		return;
	if (running && !facts->n_guests)
		bad(out,
		    "the hypervisor has %d guests, the store none: xenstored was restarted and has "
		    "lost them; they keep running: shut each down from inside, then create it anew",
		    running);
	else if ((size_t)running > facts->n_guests)
		note(out,
		     "the hypervisor has %d guests, the store %zu: the others are dying or were "
		     "never entered",
		     running, facts->n_guests);
	else
		ok(out, "the store has the %d guests of the hypervisor", running);
}

/* netback goes on to "connected" when hotplug-status says so, and waits for that without end. */
void look_at_hotplug_error(const struct facts *facts, struct findings *out)
{
	size_t before = out->n;
	char buf[DOMAIN_LABEL_SIZE];

	for (size_t i = 0; i < facts->n_here; i++) {
		const struct vif *vif = facts->here[i].vif;
		const char *status = vif->hotplug_status ? vif->hotplug_status : "";

		if (!strcmp(status, "error"))
			bad(out,
			    "%s vif %u: its script failed, hotplug-status is 'error': it cannot reconnect; "
			    "the reason is in "
			    "/var/log/xen/xen-hotplug.log, 'xvif repair %u %u' puts it right",
			    domain_label(&vif->domain, buf), vif->devid, vif->domain.domid,
			    vif->devid);
	}
	if (facts->n_here && out->n == before)
		ok(out, "no script of a vif has failed");
}

struct duplicates {
	struct findings *out;
	struct guard_conf guard;
};

static int report_overlap(const struct overlap *overlap, void *data)
{
	const struct duplicates *to = data;
	char one[DOMAIN_LABEL_SIZE], other[DOMAIN_LABEL_SIZE];

	if (vif_is_stub_pair(overlap->vif, overlap->other) ||
	    guard_conf_shares(&to->guard, overlap->vif, overlap->other, overlap->common))
		return 0;
	bad(to->out,
	    "%s vif %u has %s, %s vif %u has %s: only one of them is reached; take it from the "
	    "other with 'xvif del-ip'",
	    domain_label(&overlap->vif->domain, one), overlap->vif->devid, overlap->word,
	    domain_label(&overlap->other->domain, other), overlap->other->devid, overlap->other_word);
	return 0;
}

void look_at_duplicate_ip(const struct facts *facts, struct findings *out)
{
	struct duplicates to = { .out = out };
	struct error ignored = { 0 };
	size_t before = out->n;

	if (guard_conf_read(&to.guard, &ignored) || overlap_find(&facts->vifs, report_overlap, &to))
		out->has_failed = true;
	guard_conf_release(&to.guard);
	if (facts->vifs.n > 1 && out->n == before)
		ok(out, "no address is in the lists of two vifs");
}

static int compare_macs(const void *a, const void *b)
{
	const struct facts_vif *x = *(const struct facts_vif *const *)a;
	const struct facts_vif *y = *(const struct facts_vif *const *)b;

	return strcasecmp(x->vif->mac ? x->vif->mac : "", y->vif->mac ? y->vif->mac : "");
}

static bool has_same_mac(const struct facts_vif *a, const struct facts_vif *b)
{
	return a->vif->mac && *a->vif->mac && !compare_macs(&a, &b);
}

static bool shares_bridge(const struct facts_vif *a, const struct facts_vif *b)
{
	char one[DOMAIN_LABEL_SIZE], other[DOMAIN_LABEL_SIZE];

	return facts_vif_bridge(a, one, sizeof(one)) && facts_vif_bridge(b, other, sizeof(other)) &&
	       !strcmp(one, other);
}

static void report_twins(const struct vif *a, const struct vif *b, struct findings *out)
{
	char one[DOMAIN_LABEL_SIZE], other[DOMAIN_LABEL_SIZE];

	bad(out,
	    "%s vif %u and %s vif %u have the MAC %s on one bridge: frames for one reach the other; "
	    "give one of them another 'mac='",
	    domain_label(&a->domain, one), a->devid, domain_label(&b->domain, other), b->devid,
	    a->mac);
}

/* Six bytes in hexadecimal; nobody compares anything else. */
static bool is_mac(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	for (size_t i = 0; i < len; i++)
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
	return len == strlen("00:16:3e:00:00:00");
}

static void look_at_macs(const struct facts *facts, struct findings *out)
{
	char label[DOMAIN_LABEL_SIZE];

	for (size_t i = 0; i < facts->n_here; i++) {
		const struct vif *vif = facts->here[i].vif;

		if (!is_mac(vif->mac))
			bad(out,
			    "%s vif %u: its node mac is '%.40s', which is no MAC: it cannot be compared "
			    "with others; libxl's copy is in /libxl/%u/device/vif/%u/mac",
			    domain_label(&vif->domain, label), vif->devid, vif->mac ? vif->mac : "",
			    vif->domain.domid, vif->devid);
	}
}

void look_at_duplicate_mac(const struct facts *facts, struct findings *out)
{
	CLEANUP(cleanup_free)
	const struct facts_vif **sorted = calloc(facts->n_here + 1, sizeof(*sorted));
	size_t before = out->n;

	look_at_macs(facts, out);
	if (!sorted || !facts_has(facts, WIRING_BRIDGED)) {
		out->has_failed |= !sorted;
		return;
	}
	for (size_t i = 0; i < facts->n_here; i++)
		sorted[i] = &facts->here[i];
	qsort(sorted, facts->n_here, sizeof(*sorted), compare_macs);
	for (size_t i = 0; i < facts->n_here; i++)
		for (size_t j = i + 1; j < facts->n_here && has_same_mac(sorted[i], sorted[j]); j++)
			if (shares_bridge(sorted[i], sorted[j]) &&
			    !vif_is_stub_pair(sorted[i]->vif, sorted[j]->vif))
				report_twins(sorted[i]->vif, sorted[j]->vif, out);
	if (out->n == before)
		ok(out, "no MAC is there twice on a bridge");
}
