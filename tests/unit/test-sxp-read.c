/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The readers against each other: every scanner writes the words of the bytewise
 * reader, and the stream finds what the whole-document reader finds, however
 * the text is cut. Limits, memory of the caller's, memory that runs out.
 */
#include "unit.h"

#include <stdio.h>

#include "sxp/read.h"
#include "sxp-files.h"
#include "sxp-random.h"

static void same_error(const struct sxp_error *a, const struct sxp_error *b)
{
	assert_int_equal(a->code, b->code);
	assert_int_equal(a->offset, b->offset);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->column, b->column);
	assert_int_equal(a->found, b->found);
	assert_int_equal(a->opened_line, b->opened_line);
	assert_int_equal(a->opened_column, b->opened_column);
}

static void compare_scanners(const char *text, size_t len, const struct sxp_options *options)
{
	struct sxp_error err, other_err;
	struct sxp_doc *doc = reader_read(SCANNER_CAREFUL, text, len, options, &err), *other;

	for (int i = SCANNER_CAREFUL + 1; i < N_SCANNERS; i++) {
		if (!scan_can((enum scanner)i))
			continue;
		other = reader_read((enum scanner)i, text, len, options, &other_err);
		same_error(&err, &other_err);
		assert_int_equal(doc != NULL, other != NULL);
		if (doc) {
			assert_int_equal(doc->n_words, other->n_words);
			assert_memory_equal(doc->words + 1, other->words + 1, (doc->n_words - 1) * 4);
		}
		sxp_free(other);
	}
	if (!options || !(options->flags & SXP_RECOVER)) {
		assert_int_equal(sxp_check(text, len, options, &other_err), doc != NULL);
		same_error(&err, &other_err);
	}
	sxp_free(doc);
}

TEST(scanners_agree_with_the_careful_reader)
{
	struct random r = { 1 };
	struct sxp_options shallow = { .max_depth = 3 }, utf8 = { .flags = SXP_UTF8 };
	size_t len;

	for (int i = 0; i < 30000; i++) {
		char *text = random_document(&r, i < 20000 ? 20 : 200, &len);

		compare_scanners(text, len, NULL);
		compare_scanners(text, len, &shallow);
		compare_scanners(text, len, &utf8);
		free(text);
		text = random_tree(&r, 100, &len);
		compare_scanners(text, len, NULL);
		free(text);
	}
}

/* Every pair of bytes, at the seam of two blocks and elsewhere. */
TEST(scanners_agree_on_every_pair_of_bytes)
{
	char text[80];

	for (int pair = 0; pair < 65536; pair++) {
		memset(text, 'x', sizeof(text));
		text[0] = '(';
		text[79] = ')';
		text[9] = text[63] = (char)(pair >> 8);
		text[10] = text[64] = (char)pair;
		compare_scanners(text, sizeof(text), NULL);
		text[62] = ' ';
		compare_scanners(text, sizeof(text), NULL);
	}
}

/* ---- the stream, written down as it is read ---- */

struct record {
	char *text;
	size_t len, size;
};

static void put(struct record *rec, const void *bytes, size_t len)
{
	while (rec->len + len > rec->size)
		rec->text = realloc(rec->text, rec->size = rec->size * 2 + 256);
	if (len)
		memcpy(rec->text + rec->len, bytes, len);
	rec->len += len;
}

static void put_number(struct record *rec, const char *what, size_t n)
{
	char line[64];

	put(rec, line, (size_t)snprintf(line, sizeof(line), " %s=%zu", what, n));
}

static bool record_error(void *arg, const struct sxp_error *err)
{
	put_number(arg, "code", err->code);
	put_number(arg, "offset", err->offset);
	put_number(arg, "line", err->line);
	put_number(arg, "column", err->column);
	put_number(arg, "found", (size_t)err->found);
	put_number(arg, "opened", err->opened_line);
	put_number(arg, "opened", err->opened_column);
	return true;
}

/* The events of a whole document; lists that end with the text are closed at its end. */
static void record_whole(struct record *rec, const char *text, size_t len, unsigned flags)
{
	struct record defects = { 0 };
	struct sxp_options options = { .flags = flags, .defect = record_error, .arg = &defects };
	struct sxp_error err;
	struct sxp_doc *doc = sxp_read_with(text, len, &options, &err);
	struct walk walk;

	if (!doc)
		record_error(rec, &err);
	walk = walk_begin(doc, ROOT);
	while (doc && walk_next(&walk) != WALK_END) {
		if (walk.node == ROOT)
			continue;
		put_number(rec, "event",
			   walk.event == WALK_OPEN  ? SXP_OPEN :
			   walk.event == WALK_CLOSE ? SXP_CLOSE :
						      SXP_TEXT);
		put_number(rec, "at",
			   text_begin(doc, walk.event == WALK_CLOSE ?
						   doc->words[walk.node] & WORD_VALUE :
						   walk.node));
		if (walk.event == WALK_TEXT) {
			size_t n;
			const char *bytes = sxp_text(doc, walk.node, &n);

			put(rec, bytes, n);
			put_number(rec, "quoted", sxp_is_quoted(doc, walk.node));
		}
	}
	put(rec, defects.text, defects.len);
	free(defects.text);
	sxp_free(doc);
}

static void record_stream(struct record *rec, enum scanner scanner, const char *text, size_t len,
			  size_t cut, size_t second, unsigned flags)
{
	struct record defects = { 0 };
	struct sxp_options options = { .flags = flags, .defect = record_error, .arg = &defects };
	struct sxp_stream *st = stream_new(scanner, &options);
	size_t ends[] = { cut, second, len }, from = 0, i = 0;
	struct sxp_token token;
	enum sxp_event event;
	char *piece = NULL;

	while ((event = sxp_stream_next(st, &token)) != SXP_END && event != SXP_ERROR) {
		if (event == SXP_MORE) {
			size_t n = ends[i] - from;

			/* each piece in memory of its own, gone when it is used up */
			free(piece);
			piece = malloc(n ? n : 1);
			memcpy(piece, text + from, n);
			from = ends[i++];
			sxp_stream_feed(st, piece, n, i == 3);
			continue;
		}
		put_number(rec, "event", event);
		put_number(rec, "at", token.offset);
		if (event == SXP_TEXT) {
			put(rec, token.text, token.len);
			put_number(rec, "quoted", token.quoted);
		}
	}
	if (event == SXP_ERROR) {
		rec->len = 0;
		record_error(rec, sxp_stream_error(st));
	}
	put(rec, defects.text, defects.len);
	free(defects.text);
	free(piece);
	sxp_stream_free(st);
}

static void compare_stream(const char *text, size_t len, size_t cut, size_t second)
{
	for (unsigned flags = 0; flags <= (SXP_RECOVER | SXP_UTF8); flags++) {
		struct record whole = { 0 };

		record_whole(&whole, text, len, flags);
		put(&whole, "", 1);
		for (int i = SCANNER_CAREFUL; i < N_SCANNERS; i++) {
			struct record stream = { 0 };

			if (!scan_can((enum scanner)i))
				continue;
			record_stream(&stream, (enum scanner)i, text, len, cut, second, flags);
			put(&stream, "", 1);
			assert_string_equal(whole.text, stream.text);
			assert_int_equal(whole.len, stream.len);
			assert_memory_equal(whole.text, stream.text, whole.len);
			free(stream.text);
		}
		free(whole.text);
	}
}

TEST(a_stream_cut_anywhere_reads_the_same)
{
	struct random r = { 2 };
	size_t len;

	for (int i = 0; i < 300; i++) {
		char *text = random_document(&r, 20, &len);

		for (size_t cut = 0; cut <= len; cut++)
			compare_stream(text, len, cut,
				       cut + random_below(&r, (uint32_t)(len - cut + 1)));
		free(text);
	}
}

/* Characters and pieces of them, in texts, comments and between them, each byte a piece of its own, too. */
TEST(a_stream_finds_what_is_not_utf8_wherever_it_is_cut)
{
	static const char *const pieces[] = { "\xe2\x82\xac",
					      "\xe2\x82",
					      "\xe2",
					      "\x82",
					      "\xf0\x9f\x98\x80",
					      "\xf0\x9f\x98",
					      "\xc3\xa9",
					      "\xc3",
					      "\xed\xa0\x80",
					      "\xff",
					      "a",
					      " ",
					      "'",
					      "(",
					      ")",
					      "#",
					      "\n",
					      "\\",
					      "\x04",
					      "\\400" };
	struct random r = { 5 };

	for (int i = 0; i < 4000; i++) {
		char text[64] = "", *exact;
		size_t len = 0;

		for (uint32_t n = random_below(&r, 12); n; n--)
			len += (size_t)sprintf(text + len, "%s",
					       pieces[random_below(&r, i % 2 ? 20 : 14)]);
		exact = malloc(len ? len : 1);
		memcpy(exact, text, len);
		for (size_t cut = 0; cut <= len; cut++)
			compare_stream(exact, len, cut, cut < len ? cut + 1 : cut);
		free(exact);
	}
}

static void cut_everywhere(const char *name, const char *text, size_t len)
{
	struct random r = { len + 1 };

	(void)name;
	for (size_t cut = 0; cut <= len; cut++)
		compare_stream(text, len, cut, cut + random_below(&r, (uint32_t)(len - cut + 1)));
}

TEST(the_documents_that_programs_print_cut_anywhere_read_the_same)
{
	each_file(cut_everywhere);
}

static void scan_whole_and_truncated(const char *name, const char *text, size_t len)
{
	struct sxp_options recover = { .flags = SXP_RECOVER };

	(void)name;
	for (size_t end = 0; end <= len; end++) {
		char *exact = malloc(end ? end : 1);

		memcpy(exact, text, end);
		compare_scanners(exact, end, NULL);
		compare_scanners(exact, end, &recover);
		free(exact);
	}
}

TEST(scanners_agree_on_the_documents_that_programs_print)
{
	each_file(scan_whole_and_truncated);
}

TEST(a_stream_has_limits)
{
	struct sxp_options options = { .max_length = 4, .max_depth = 2 };
	struct sxp_stream *st = sxp_stream_new(&options);
	struct sxp_token token;

	sxp_stream_feed(st, "(abcd abc", 9, false);
	assert_int_equal(sxp_stream_next(st, &token), SXP_OPEN);
	assert_int_equal(sxp_stream_next(st, &token), SXP_TEXT);
	assert_int_equal(sxp_stream_next(st, &token), SXP_MORE);
	sxp_stream_feed(st, "de", 2, false);
	assert_int_equal(sxp_stream_next(st, &token), SXP_ERROR);
	assert_int_equal(sxp_stream_error(st)->code, SXP_TOO_LONG);
	assert_int_equal(sxp_stream_error(st)->column, 7);
	sxp_stream_free(st);
	st = sxp_stream_new(&options);
	sxp_stream_feed(st, "((\n(", 4, false);
	assert_int_equal(sxp_stream_next(st, &token), SXP_OPEN);
	assert_int_equal(sxp_stream_next(st, &token), SXP_OPEN);
	assert_int_equal(sxp_stream_next(st, &token), SXP_ERROR);
	assert_int_equal(sxp_stream_error(st)->code, SXP_TOO_DEEP);
	assert_int_equal(sxp_stream_error(st)->line, 2);
	sxp_stream_free(st);
}

/* ---- memory ---- */

struct budget {
	size_t left, held;
};

static void *resize(void *arg, void *old, size_t old_size, size_t size)
{
	struct budget *b = arg;
	void *p = NULL;

	if (size > old_size && !b->left)
		return NULL;
	b->left -= size > old_size;
	/* always elsewhere: old pointers must not be used any more */
	if (size) {
		p = malloc(size);
		if (old)
			memcpy(p, old, old_size < size ? old_size : size);
	}
	free(old);
	b->held += size - old_size;
	return p;
}

/* All that allocates; whether it could. */
static bool use_memory(const char *text, size_t len, const struct sxp_allocator *allocator)
{
	struct sxp_options options = { .allocator = allocator, .flags = SXP_RECOVER | SXP_UTF8 };
	struct sxp_stream *st = sxp_stream_new(&options);
	struct sxp_doc *doc = sxp_read_with(text, len, &options, NULL);
	struct sxp_doc *built = sxp_new_with(allocator);
	enum sxp_event event = SXP_MORE;
	struct sxp_token token;
	bool ok = doc && built && st;

	for (uint32_t i = ROOT + 1; doc && i < doc->n_words - 2; i++)
		if (!word_closes(doc->words[i], i) && !sxp_is_list(doc, i))
			ok = sxp_text(doc, i, NULL) && ok;
	if (doc && built) {
		sxp_add_copy(built, sxp_root(built), doc, sxp_root(doc));
		sxp_add_merged(built, sxp_root(built), doc, sxp_first(doc, ROOT), doc,
			       sxp_first(doc, ROOT));
		sxp_add(doc, sxp_root(doc), "more");
		ok = ok && !sxp_failed(doc) && !sxp_failed(built);
	}
	if (st)
		sxp_stream_feed(st, text, len, true);
	while (st && event != SXP_END && event != SXP_ERROR)
		event = sxp_stream_next(st, &token);
	ok = ok && event == SXP_END;
	sxp_stream_free(st);
	sxp_free(doc);
	sxp_free(built);
	return ok;
}

TEST(each_allocation_may_fail)
{
	struct random r = { 3 };
	size_t len, limit;

	for (int i = 0; i < 60; i++) {
		char *text = i % 2 ? random_document(&r, 3000, &len) : random_tree(&r, 2000, &len);
		struct budget b = { 0 };
		struct sxp_allocator allocator = { resize, &b };

		for (limit = 0; limit < 1000; limit++) {
			bool ok;

			b.left = limit;
			ok = use_memory(text, len, &allocator);
			assert_int_equal(b.held, 0);
			if (ok)
				break;
		}
		assert_between(limit, 5, 999);
		free(text);
	}
}

TEST(the_callers_memory_is_enough)
{
	struct budget none = { 0 };
	struct sxp_allocator allocator = { resize, &none };
	struct random r = { 4 };
	size_t len;

	for (int i = 0; i < 2000; i++) {
		char *text = i ? random_document(&r, 100, &len) : malloc(len = 5000);
		struct sxp_options options = { .allocator = &allocator, .flags = SXP_RECOVER };
		struct sxp_doc *doc;

		if (!i)
			memset(text, '(', len);
		options.memory_size = SXP_MEMORY(len);
		options.memory = malloc(options.memory_size);
		doc = sxp_read_with(text, len, &options, NULL);
		assert_non_null(doc);
		sxp_free(doc);
		free(options.memory);
		free(text);
	}
}

TEST(what_does_not_fit_the_callers_memory_is_read_elsewhere)
{
	static uint64_t memory[256];
	struct sxp_options options = { .memory = memory, .memory_size = sizeof(memory) };
	char text[6000];
	struct sxp_doc *doc;

	memset(text, '(', 3000);
	memset(text + 3000, ')', 3000);
	doc = sxp_read_with(text, sizeof(text), &options, NULL);
	assert_non_null(doc);
	assert_true((void *)doc != (void *)memory);
	sxp_free(doc);
	doc = sxp_read_with(text + 2900, 200, &options, NULL);
	assert_true((void *)doc == (void *)memory);
	sxp_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scanners_agree_with_the_careful_reader),
		cmocka_unit_test(scanners_agree_on_every_pair_of_bytes),
		cmocka_unit_test(a_stream_cut_anywhere_reads_the_same),
		cmocka_unit_test(a_stream_finds_what_is_not_utf8_wherever_it_is_cut),
		cmocka_unit_test(the_documents_that_programs_print_cut_anywhere_read_the_same),
		cmocka_unit_test(scanners_agree_on_the_documents_that_programs_print),
		cmocka_unit_test(a_stream_has_limits),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(the_callers_memory_is_enough),
		cmocka_unit_test(what_does_not_fit_the_callers_memory_is_read_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
