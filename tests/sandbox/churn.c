/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * churn FIRST N SECONDS - create, change, rename and delete domains with a vif
 * as fast as it goes, each step in one transaction as libxl does it; the domids
 * are FIRST to FIRST+N-1, used again and again. Each state that the store was
 * in is a line on stdout, in order:
 *	DOMID NAME UUID MAC IP STATE	or	DOMID -
 * No name, uuid, MAC or address occurs in two lives of a domain, and none but
 * the state's number comes back within one. At the end all domains are there.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <xenstore.h>

#define SLOTS_MAX 64

struct slot {
	unsigned domid;
	bool is_there;
	unsigned name, life, ip, state;
};

static struct xs_handle *xs;
static unsigned counter, first;

static void put(xs_transaction_t tx, const char *value, const char *format, ...)
{
	char path[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(path, sizeof(path), format, ap);
	va_end(ap);
	if (!xs_write(xs, tx, path, value, (unsigned)strlen(value)) && errno != EAGAIN)
		exit(2);
}

static void name_of(const struct slot *s, char out[32])
{
	snprintf(out, 32, "d%un%u", s->domid, s->name);
}

static void uuid_of(const struct slot *s, char out[40])
{
	snprintf(out, 40, "%08u-%04u-4000-8000-000000000000", s->life, s->domid);
}

static void mac_of(const struct slot *s, char out[32])
{
	snprintf(out, 32, "00:16:%02x:%02x:%02x:%02x", first >> 4 & 255, s->life >> 16 & 255,
		 s->life >> 8 & 255, s->life & 255);
}

static void ip_of(const struct slot *s, char out[32])
{
	snprintf(out, 32, "%u.%u.%u.%u", 10 + first % 7, s->ip >> 16 & 255, s->ip >> 8 & 255,
		 s->ip & 255);
}

static void put_vif(xs_transaction_t tx, const struct slot *s, const char *base)
{
	char mac[32], ip[32], state[16];

	mac_of(s, mac);
	ip_of(s, ip);
	snprintf(state, sizeof(state), "%u", s->state);
	put(tx, state, "%s/state", base);
	put(tx, mac, "%s/mac", base);
	put(tx, ip, "%s/ip", base);
	put(tx, "1", "%s/online", base);
	put(tx, "/etc/xen/scripts/vif-route", "%s/script", base);
	put(tx, "connected", "%s/hotplug-status", base);
}

static void create(xs_transaction_t tx, const struct slot *s)
{
	char name[32], uuid[40], vm[48], base[64], domid[16];

	name_of(s, name);
	uuid_of(s, uuid);
	snprintf(vm, sizeof(vm), "/vm/%s", uuid);
	put(tx, name, "/local/domain/%u/name", s->domid);
	put(tx, vm, "/local/domain/%u/vm", s->domid);
	snprintf(base, sizeof(base), "/libxl/%u/device/vif/0", s->domid);
	put_vif(tx, s, base);
	snprintf(base, sizeof(base), "/local/domain/0/backend/vif/%u/0", s->domid);
	put(tx, base, "/libxl/%u/device/vif/0/backend", s->domid);
	snprintf(domid, sizeof(domid), "%u", s->domid);
	put(tx, domid, "%s/frontend-id", base);
	put_vif(tx, s, base);
}

static void remove_all(xs_transaction_t tx, const struct slot *s)
{
	static const char *const trees[] = { "/local/domain/%u", "/libxl/%u",
					     "/local/domain/0/backend/vif/%u" };
	char path[64];

	for (size_t i = 0; i < sizeof(trees) / sizeof(*trees); i++) {
		snprintf(path, sizeof(path), trees[i], s->domid);
		if (!xs_rm(xs, tx, path) && errno != EAGAIN)
			exit(2);
	}
}

enum step { STEP_CREATE, STEP_DELETE, STEP_RENAME, STEP_IP, STEP_STATE };

/* What it is to be after the step. */
static struct slot next(const struct slot *s, enum step step)
{
	struct slot to = *s;

	counter++;
	switch (step) {
	case STEP_CREATE:
		to.is_there = true;
		to.name = to.life = to.ip = counter;
		to.state = 1 + counter % 6;
		break;
	case STEP_DELETE:
		to.is_there = false;
		break;
	case STEP_RENAME:
		to.name = counter;
		break;
	case STEP_IP:
		to.ip = counter;
		break;
	case STEP_STATE:
		to.state = 1 + to.state % 6;
		break;
	}
	return to;
}

static void perform(xs_transaction_t tx, const struct slot *to, enum step step)
{
	char text[32];

	switch (step) {
	case STEP_CREATE:
		create(tx, to);
		break;
	case STEP_DELETE:
		remove_all(tx, to);
		break;
	case STEP_RENAME:
		name_of(to, text);
		put(tx, text, "/local/domain/%u/name", to->domid);
		break;
	case STEP_IP:
		ip_of(to, text);
		put(tx, text, "/local/domain/0/backend/vif/%u/0/ip", to->domid);
		break;
	case STEP_STATE:
		snprintf(text, sizeof(text), "%u", to->state);
		put(tx, text, "/local/domain/0/backend/vif/%u/0/state", to->domid);
		break;
	}
}

static void tell(const struct slot *s)
{
	char name[32], uuid[40], mac[32], ip[32];

	name_of(s, name);
	uuid_of(s, uuid);
	mac_of(s, mac);
	ip_of(s, ip);
	if (s->is_there)
		printf("%u %s %s %s %s %u\n", s->domid, name, uuid, mac, ip, s->state);
	else
		printf("%u -\n", s->domid);
}

static void take_step(struct slot *s, enum step step)
{
	struct slot to = next(s, step);
	bool is_done = false;

	while (!is_done) {
		xs_transaction_t tx = xs_transaction_start(xs);

		if (!tx)
			exit(2);
		perform(tx, &to, step);
		is_done = xs_transaction_end(xs, tx, false);
		if (!is_done && errno != EAGAIN)
			exit(2);
	}
	*s = to;
	tell(s);
}

int main(int argc, char **argv)
{
	static struct slot slots[SLOTS_MAX];
	unsigned n = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
	time_t end = time(NULL) + (argc > 3 ? atoi(argv[3]) : 1);

	xs = xs_open(0);
	if (!xs || n > SLOTS_MAX)
		return 2;
	first = argc > 1 ? (unsigned)atoi(argv[1]) : 100;
	srandom(first);
	for (unsigned i = 0; i < n; i++)
		slots[i].domid = first + i;
	while (time(NULL) < end) {
		struct slot *s = &slots[(unsigned)random() % n];

		take_step(s, s->is_there ? STEP_DELETE + (enum step)(random() % 4) : STEP_CREATE);
	}
	for (unsigned i = 0; i < n; i++)
		if (!slots[i].is_there)
			take_step(&slots[i], STEP_CREATE);
	xs_close(xs);
	return fflush(stdout) ? 2 : 0;
}
