/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-lists.c - any bytes as a list of addresses, and as libxl's JSON. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/net/iplist.h"
#include "src/stored/userdata-json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz-lists: %s\n", what);
	abort();
}

/* What is accepted is only what a shell expands to itself, and reads back equal. */
static void check_list(const char *text)
{
	struct iplist list = { 0 }, back = { 0 };
	char *out;

	if (!iplist_parse_argument(text, &list, NULL)) {
		out = iplist_format(&list);
		check(strspn(out, "0123456789abcdef.:/ ") == strlen(out), "characters");
		check(!iplist_parse(out, &back, NULL) && back.n == list.n, "list");
		check(!iplist_first_invalid(&back), "word");
		free(out);
	}
	iplist_release(&list);
	iplist_release(&back);
	if (!iplist_parse(text, &list, NULL))
		iplist_release(&list);
}

static void check_json(const char *text, size_t len)
{
	char *out = NULL, *now = NULL;
	size_t n;

	for (unsigned devid = 0; devid < 2; devid++) {
		if (!userdata_json_set(text, len, devid, "10.0.0.1 10.0.0.2", &out, &n)) {
			check(!userdata_json_get(out, n, devid, &now), "patched");
			check(now && !strcmp(now, "10.0.0.1 10.0.0.2"), "value");
		}
		free(out);
		free(now);
		out = now = NULL;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	check_list(text);
	check_json(text, size);
	free(text);
	return 0;
}
