/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reason.c - why a vif could not be compared: the words and what they mean. */
#include <string.h>

#include "src/base/reason.h"

static const struct {
	const char *word, *meaning;
} table[N_REASONS] = { [REASON_NONE] = { "", "" },
		       [REASON_CLOSING] = { "", "" },
#define ROW(name, word, meaning) [REASON_##name] = { word, meaning },
		       REASONS(ROW)
#undef ROW
};

const char *reason_word(enum reason reason)
{
	return table[reason].word;
}

const char *reason_meaning(enum reason reason)
{
	return table[reason].meaning;
}

static enum reason find(const char *word, size_t len)
{
	for (enum reason reason = 0; reason < N_REASONS && len; reason++)
		if (strlen(table[reason].word) == len && !strncmp(table[reason].word, word, len))
			return reason;
	return REASON_NONE;
}

bool reasons_parse(const char *list, reasons *out, const char **word_out, size_t *len_out)
{
	*out = 0;
	for (;;) {
		size_t len = strcspn(list, ",");
		enum reason reason = find(list, len);

		*word_out = list;
		*len_out = len;
		if (!reason)
			return false;
		*out |= 1ull << reason;
		if (!list[len])
			return true;
		list += len + 1;
	}
}
