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
	struct parsed_commands back;
	struct error err;

	if (!quoted || words_read(quoted, &back, &err) || back.n != 1 || back.v[0].n != 1 ||
	    back.v[0].words[0].len != word->len ||
	    memcmp(back.v[0].words[0].text, word->text, word->len))
		abort();
	parsed_commands_release(&back);
	free(quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1);
	struct parsed_commands commands;
	struct open_word open;
	struct error err;

	if (!line)
		return 0;
	memcpy(line, data, size);
	line[size] = '\0';
	if (!words_read(line, &commands, &err))
		for (size_t i = 0; i < commands.n; i++)
			for (size_t j = 0; j < commands.v[i].n; j++) {
				check_again(&commands.v[i].words[j], 0);
				check_again(&commands.v[i].words[j], '\'');
				check_again(&commands.v[i].words[j], '"');
			}
	parsed_commands_release(&commands);
	for (size_t len = 0; len <= strlen(line) && len < 200; len++) {
		if (!words_read_open(line, len, &commands, &open, &err) && open.at > len)
			abort();
		parsed_commands_release(&commands);
	}
	free(line);
	return 0;
}
