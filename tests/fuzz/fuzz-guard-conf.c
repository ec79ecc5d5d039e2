/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-guard-conf.c - any bytes as guard.conf: a mistake has a place, and what
 * is read keeps its limits. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/settings/guard-conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz-guard-conf: %s\n", what);
	abort();
}

static void check_options(const struct guard_options *o)
{
	check(o->mode <= GUARD_CLOSED, "mode");
	check(o->n_vids <= GUARD_VIDS_MAX && o->n_types <= GUARD_TYPES_MAX &&
		      o->n_macs <= GUARD_MACS_MAX &&
		      o->n_shared <= sizeof(o->shared) / sizeof(o->shared[0]),
	      "limits");
	for (size_t i = 0; i < o->n_vids; i++)
		check(o->vids[i].first > 0 && o->vids[i].first <= o->vids[i].last &&
			      o->vids[i].last < 4095,
		      "VLAN");
	for (size_t i = 0; i < o->n_types; i++)
		check(o->types[i] >= 0x600, "ethertype");
	for (size_t i = 0; i < o->n_macs; i++)
		check(!(o->macs[i][0] & 1), "MAC");
}

/* The first two bytes say where the rest ends: tests/fuzz/seeds.c cuts so. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t mac[6] = { 0, 0x16, 0x3e, 0, 0, 7 };
	const size_t end = size < 2 ? 0 : (size_t)(data[0] << 8 | data[1]);
	const size_t len = size < 2 ? 0 : end < size - 2 ? end : size - 2;
	char *text = malloc(len + 1);
	struct guard_options options;
	struct guard_conf conf;
	struct error err = { 0 };

	check(text != NULL, "memory");
	if (len)
		memcpy(text, data + 2, len);
	text[len] = '\0';
	if (guard_conf_parse(text, "file", &conf, &err))
		check(!strncmp(err.text, "file:", 5), "a mistake without a place");
	for (size_t i = 0; i < conf.n; i++)
		check_options(&conf.v[i].options);
	for (unsigned devid = 0; devid < 2; devid++) {
		guard_conf_find(&conf, "web01", "00000002-1111-4111-8111-111111111111", devid, mac,
				&options);
		check_options(&options);
	}
	guard_conf_release(&conf);
	return 0;
}
