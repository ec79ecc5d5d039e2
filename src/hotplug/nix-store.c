/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nix-store.c - commands as NixOS writes them into scripts: by their paths.
 *
 * nixpkgs, pkgs/by-name/xe/xen/0002-scripts-external-executable-calls.patch; what a
 * path in the store looks like: the Nix manual, "Store Path".
 */
#include <stdbool.h>
#include <string.h>

#include "src/hotplug/nix-store.h"

#define STORE "/nix/store/"
#define BIN "/bin/"

enum { HASH_LENGTH = 32 };

static const char hash_letters[] = "0123456789abcdfghijklmnpqrsvwxyz";
static const char program_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				      "+-._";
static const char name_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				   "+-._?=";

/* How many of @letters stand at @text, which has @len bytes; a NUL is none of them. */
static size_t span(const char *text, size_t len, const char *letters)
{
	size_t n = 0;

	while (n < len && text[n] && strchr(letters, text[n]))
		n++;
	return n;
}

static bool begins_with(const char *text, size_t len, const char *word)
{
	return len >= strlen(word) && !memcmp(text, word, strlen(word));
}

/* In front of a command: "$(", "`", or a blank. */
static bool is_start_of_word(const char *line, size_t at)
{
	return !at || (line[at - 1] && strchr(" \t(`", line[at - 1]));
}

/* The path of a folder "/nix/store/HASH-NAME"; 0: it is none. */
static size_t folder_length(const char *text, size_t len)
{
	size_t end = strlen(STORE) + HASH_LENGTH, name;

	if (!begins_with(text, len, STORE) || len <= end || text[end] != '-' ||
	    span(text + strlen(STORE), HASH_LENGTH, hash_letters) != HASH_LENGTH)
		return 0;
	name = span(text + end + 1, len - end - 1, name_letters);
	return name ? end + 1 + name : 0;
}

size_t nix_store_prefix(const char *line, size_t len, size_t at)
{
	const char *text = line + at;
	size_t left = len - at, end = folder_length(text, left), program;

	if (!end || !is_start_of_word(line, at) || !begins_with(text + end, left - end, BIN))
		return 0;
	end += strlen(BIN);
	program = span(text + end, left - end, program_letters);
	if (!program || text[end] == '.' || (end + program < left && text[end + program] == '/'))
		return 0;
	return end;
}
