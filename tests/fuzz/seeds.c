/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seeds.c - a fuzz target over the files of tests/data, each cut and ended at every byte. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *name)
{
	FILE *f = fopen(name, "rb");
	uint8_t *data = malloc(65538);
	size_t len;

	if (!f || !data) {
		perror(name);
		return 1;
	}
	len = fread(data + 2, 1, 65536, f);
	for (size_t end = 0; end <= len; end++) {
		data[0] = (uint8_t)(end >> 8);
		data[1] = (uint8_t)end;
		LLVMFuzzerTestOneInput(data, end + 2);
		LLVMFuzzerTestOneInput(data, len + 2);
	}
	fclose(f);
	free(data);
	return 0;
}

int main(void)
{
	const char *srcdir = getenv("srcdir");
	char dir[4000], name[4300];
	struct dirent *entry;
	int failed = 0;
	DIR *d;

	snprintf(dir, sizeof(dir), "%s/tests/data", srcdir ? srcdir : ".");
	d = opendir(dir);
	if (!d) {
		perror(dir);
		return 1;
	}
	while ((entry = readdir(d))) {
		if (!strstr(entry->d_name, ".sxp") && !strstr(entry->d_name, ".json") &&
		    !strstr(entry->d_name, ".conf"))
			continue;
		snprintf(name, sizeof(name), "%s/%s", dir, entry->d_name);
		failed |= run_file(name);
	}
	closedir(d);
	return failed;
}
