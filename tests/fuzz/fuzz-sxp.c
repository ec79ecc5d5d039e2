/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz-sxp.c - any bytes at all: both modes of the reader, each scanner, the
 * stream, the printers and the editor, against each other. The first two bytes
 * say where the stream is cut, which nodes are edited and how. "make fuzz"
 * builds it for libFuzzer; tests/fuzz/seeds.c runs the seeds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sxp/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz-sxp: %s\n", what);
	abort();
}

static char *print_as(const struct sxp_doc *doc, enum sxp_form form, size_t *len)
{
	struct sxp_layout layout = { .form = form };
	char *text;

	*len = sxp_print_buffer(doc, ROOT, &layout, NULL, 0);
	text = malloc(*len + 1);
	check(sxp_print_buffer(doc, ROOT, &layout, text, *len) == *len, "length");
	return text;
}

static void check_printing(const struct sxp_doc *doc)
{
	for (int form = SXP_LINE; form <= SXP_JSON; form++) {
		size_t len;
		char *text = print_as(doc, (enum sxp_form)form, &len);

		if (form != SXP_JSON) {
			struct sxp_doc *again = sxp_read(text, len, NULL);

			check(again && sxp_equal(doc, ROOT, again, ROOT), "round trip");
			sxp_free(again);
		}
		free(text);
	}
}

static void check_readers(const char *text, size_t len)
{
	for (unsigned flags = 0; flags < 4; flags++) {
		struct sxp_options options = { .flags = flags };
		struct sxp_error err, other_err;
		struct sxp_doc *doc = reader_read(SCANNER_CAREFUL, text, len, &options, &err), *other;

		for (int i = SCANNER_CAREFUL + 1; i < N_SCANNERS; i++) {
			if (!scan_can((enum scanner)i))
				continue;
			other = reader_read((enum scanner)i, text, len, &options, &other_err);
			check(!other == !doc && err.code == other_err.code &&
				      err.offset == other_err.offset,
			      "scanner");
			check(!doc || (doc->n_words == other->n_words &&
				       !memcmp(doc->words + 1, other->words + 1,
					       (doc->n_words - 1) * 4)),
			      "words");
			sxp_free(other);
		}
		if (doc)
			check_printing(doc);
		sxp_free(doc);
	}
}

/* The stream, cut at @cut and then into pieces of @piece bytes, against the whole document. */
static void check_stream(const char *text, size_t len, size_t cut, size_t piece, unsigned flags)
{
	struct sxp_options options = { .flags = flags };
	struct sxp_stream *st = sxp_stream_new(&options);
	struct sxp_error err;
	struct sxp_doc *doc = sxp_read_with(text, len, &options, &err);
	struct sxp_token token;
	struct walk walk = walk_begin(doc, ROOT);
	enum sxp_event event;
	size_t from = 0;

	if (doc)
		walk_next(&walk);
	while ((event = sxp_stream_next(st, &token)) != SXP_END && event != SXP_ERROR) {
		if (event == SXP_MORE) {
			size_t end = from < cut ? cut : len - from < piece ? len : from + piece;

			sxp_stream_feed(st, text + from, end - from, end == len);
			from = end;
			continue;
		}
		if (!doc)
			continue;
		walk_next(&walk);
		check((event == SXP_OPEN) == (walk.event == WALK_OPEN) &&
			      (event == SXP_CLOSE) == (walk.event == WALK_CLOSE),
		      "event");
		check(event != SXP_TEXT || sxp_text_is(doc, walk.node, token.text, token.len),
		      "text");
	}
	check((event == SXP_END) == (doc != NULL), "end of stream");
	if (!doc)
		check(sxp_stream_error(st)->code == err.code &&
			      sxp_stream_error(st)->line == err.line &&
			      sxp_stream_error(st)->column == err.column &&
			      sxp_stream_error(st)->opened_column == err.opened_column,
		      "error of stream");
	sxp_stream_free(st);
	sxp_free(doc);
}

/* One change of a node, of a kind; what the editor refuses changes nothing. */
static void change(struct sxp_edit *edit, const struct sxp_doc *doc, sxp_node node, unsigned kind)
{
	static const char *const exprs[] = { "(x) # y", "", "a b", "'q'(r)\n", "(#\n)" };
	const char *expr = exprs[kind / 6 % 5];

	switch (kind % 6) {
	case 0:
		sxp_edit_set(edit, node, "a b", 3);
		break;
	case 1:
		sxp_edit_set_expr(edit, node, expr, strlen(expr));
		break;
	case 2:
		sxp_edit_insert(edit, node, 0, expr, strlen(expr));
		break;
	case 3:
		sxp_edit_insert(edit, sxp_parent(doc, node), node, expr, strlen(expr));
		break;
	case 4:
		sxp_edit_delete(edit, node);
		break;
	case 5:
		sxp_edit_rename(edit, node, "n", 1);
		break;
	}
}

/* A well-formed document stays so; one that was recovered is still read the same way. */
static void check_editor(const char *text, size_t len, unsigned random, unsigned flags)
{
	struct sxp_options options = { .flags = flags };
	struct sxp_doc *doc = sxp_read_with(text, len, &options, NULL), *after;
	struct sxp_edit *edit = doc ? sxp_edit_new(doc) : NULL;
	size_t changed_len = 0;
	char *changed;

	if (!edit)
		return;
	for (unsigned i = 1 + random % 5; i; i--) {
		sxp_node node = (sxp_node)(ROOT + random % (doc->n_words - 2));

		if (!word_closes(doc->words[node], node))
			change(edit, doc, node, random / 7);
		random = random * 1103515245 + 12345;
		random = random >> 16 ^ random;
	}
	changed = sxp_edit_to_string(edit, &changed_len);
	after = sxp_read_with(changed, changed_len, &options, NULL);
	check(after != NULL, "edited");
	sxp_free(after);
	free(changed);
	sxp_edit_free(edit);
	sxp_free(doc);
}

static void check_path(const char *text, size_t len)
{
	struct sxp_search search;
	struct sxp_doc *doc = sxp_read("(a (b c) (b (d e)) 'x y')(a)", 28, NULL);
	char *path = calloc(1, len + 1);

	memcpy(path, text, len);
	if (sxp_search(&search, doc, ROOT, path, NULL)) {
		check(search.n_steps > 0, "path");
		for (int n = 0; sxp_found(&search); n++)
			check(n < 20, "matches");
	}
	free(path);
	sxp_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 2;
	unsigned random;
	size_t len;

	if (size < 2)
		return 0;
	len = size - 2;
	random = data[0] << 8 | data[1];
	check_readers(text, len);
	for (unsigned flags = 0; flags <= (SXP_RECOVER | SXP_UTF8); flags++) {
		check_stream(text, len, random % (len + 1), 1 + random % 67, flags);
		check_editor(text, len, random, flags);
	}
	check_path(text, len);
	return 0;
}
