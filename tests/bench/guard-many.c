/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard-many.c - the guard of many vifs, without their domains: chains for links that do not exist
 * stand for them, which Linux has from 6.16 on.
 *
 * guard-many put N      guard N vifs, in one transaction
 * guard-many compare N  read and compare all, as "xvif guard status" does
 * guard-many edit N     change the list of one of them, there and back
 *
 * Prints milliseconds, those that passed and those that the processor worked; of an edit for one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/cleanup.h"
#include "src/guard/guard-edit.h"

#define EDITS 50
#define FIRST_DOMID 20000

/* What is the same of all of them. */
struct many {
	struct guard_host host;
	struct guard_options options;
	struct nft_ruleset shared;
	unsigned n;
};

struct one {
	struct iplist list;
	struct guard_vif facts;
};

static double ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int begin_one(const struct many *m, unsigned i, struct one *out, struct error *err)
{
	struct guard_link *link = &out->facts.links[0];
	char text[128];

	out->facts = (struct guard_vif){ .domid = FIRST_DOMID + i,
					 .n_links = 1,
					 .mac = { 0, 0x16, 0x3e, (uint8_t)(i >> 16),
						  (uint8_t)(i >> 8), (uint8_t)i },
					 .list = &out->list,
					 .options = &m->options };
	snprintf(link->name, sizeof(link->name), "vif%u.0", FIRST_DOMID + i);
	snprintf(text, sizeof(text), "10.%u.%u.%u 2001:db8::%x", 64 + (i >> 16), i >> 8 & 255,
		 i & 255, i + 1);
	return iplist_parse(text, &out->list, err);
}

static int sync_one(const struct many *m, unsigned i, struct guard_sync *sync,
		    struct guard_vif *facts_out, struct error *err)
{
	CLEANUP(iplist_release) struct iplist list = { 0 };
	struct nft_ruleset wanted = { 0 };
	struct one one = { 0 };
	int r = begin_one(m, i, &one, err);

	list = one.list;
	one.facts.list = &list;
	guard_of_vif(&m->host, &one.facts, &wanted);
	if (!r)
		r = guard_sync_vif(sync, &wanted, err);
	nft_ruleset_release(&wanted);
	*facts_out = one.facts;
	return r;
}

/* Compare all; put what is missing if @puts. */
static int sync_all(const struct many *m, bool puts, struct error *err)
{
	CLEANUP(guard_sync_release) struct guard_sync sync = { 0 };
	CLEANUP(cleanup_free) struct guard_vif *facts = calloc(m->n + 1, sizeof(*facts));
	int r = facts ? guard_sync_begin(&sync, err) : error_memory(err);

	if (!r)
		r = guard_sync_shared(&sync, &m->shared, err);
	for (unsigned i = 0; i < m->n && !r; i++)
		r = sync_one(m, i, &sync, &facts[i], err);
	if (!r && !puts)
		r = guard_sync_rest(&sync, &m->host, &m->shared, facts, m->n, err);
	if (!r && !puts && sync.found.n)
		return error_set(err, -1, "%s: %s", sync.found.v[0].kind, sync.found.v[0].detail);
	return r || !puts ? r : nft_commit(&sync.batch, err);
}

static int edit(const struct many *m, struct error *err)
{
	CLEANUP(iplist_release) struct iplist other = { 0 };
	CLEANUP(iplist_release) struct iplist list = { 0 };
	struct one one = { 0 };
	char mac[18], *link = NULL;
	struct vif vif = { 0 };
	int r = begin_one(m, m->n / 2, &one, err);

	list = one.list;
	link = one.facts.links[0].name;
	snprintf(mac, sizeof(mac), "00:16:3e:%02x:%02x:%02x", one.facts.mac[3], one.facts.mac[4],
		 one.facts.mac[5]);
	vif = (struct vif){ .domain = { .domid = one.facts.domid }, .mac = mac, .link = link };
	if (!r)
		r = iplist_parse("10.63.0.1", &other, err);
	for (unsigned i = 0; i < EDITS / 2 && !r; i++) {
		r = guard_set_list(&vif, &m->options, &other, err);
		if (!r)
			r = guard_set_list(&vif, &m->options, &list, err);
	}
	return r;
}

static int init(struct many *m, struct error *err)
{
	int r = guard_host_read(&m->host, err);

	if (r)
		return r;
	if (!m->host.binds_names)
		return error_set(err, -1, "this kernel makes no chains for links that do not exist");
	m->options.mode = GUARD_ENFORCE;
	guard_shared(&m->host, &m->shared);
	return m->shared.failed ? error_memory(err) : 0;
}

int main(int argc, char **argv)
{
	struct many m = { .n = argc > 2 ? (unsigned)atoi(argv[2]) : 0 };
	double wall = ms(CLOCK_MONOTONIC), cpu = ms(CLOCK_PROCESS_CPUTIME_ID);
	struct error err = { 0 };
	bool edits = argc == 3 && !strcmp(argv[1], "edit"),
	     puts = argc == 3 && !strcmp(argv[1], "put");
	int r;

	if (argc != 3 || (!edits && !puts && strcmp(argv[1], "compare") != 0)) {
		fputs("usage: guard-many put|compare|edit N\n", stderr);
		return 2;
	}
	r = init(&m, &err);
	if (!r)
		r = edits ? edit(&m, &err) : sync_all(&m, puts, &err);
	if (r) {
		fprintf(stderr, "guard-many: %s\n", err.text);
		return 1;
	}
	printf("%.3f %.3f\n", (ms(CLOCK_MONOTONIC) - wall) / (edits ? EDITS : 1),
	       (ms(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (edits ? EDITS : 1));
	nft_ruleset_release(&m.shared);
	guard_host_release(&m.host);
	return 0;
}
