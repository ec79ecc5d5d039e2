/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-words.c - any bytes as a line of the shell; what it reads is quoted and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shell/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const struct word *word, char quote)
{
	char *quoted = words_quote(word->text, word->len, quote);
	struct pieces back;
	struct error err;

	if (!quoted || words_read(quoted, &back, &err) || back.n != 1 || back.v[0].n != 1 ||
	    back.v[0].words[0].len != word->len ||
	    memcmp(back.v[0].words[0].text, word->text, word->len))
		abort();
	pieces_release(&back);
	free(quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1);
	struct pieces pieces;
	struct open_word open;
	struct error err;

	if (!line)
		return 0;
	memcpy(line, data, size);
	line[size] = '\0';
	if (!words_read(line, &pieces, &err))
		for (size_t i = 0; i < pieces.n; i++)
			for (size_t j = 0; j < pieces.v[i].n; j++) {
				check_again(&pieces.v[i].words[j], 0);
				check_again(&pieces.v[i].words[j], '\'');
				check_again(&pieces.v[i].words[j], '"');
			}
	pieces_release(&pieces);
	for (size_t len = 0; len <= strlen(line) && len < 200; len++) {
		if (!words_read_open(line, len, &pieces, &open, &err) && open.at > len)
			abort();
		pieces_release(&pieces);
	}
	free(line);
	return 0;
}
