/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* read.c - bytes or a file to a document: memory, limits, which reader. */

#include <sys/mman.h>

#include "sxp/read.h"

#define HUGE_PAGE ((uintptr_t)2 << 20)

static const struct sxp_options no_options;

void lines_find(struct lines *lines, size_t offset, size_t *line, size_t *column)
{
	const unsigned char *p;

	while (lines->seen < offset) {
		p = memchr(lines->text + lines->seen, '\n', offset - lines->seen);
		if (!p)
			break;
		lines->seen = lines->start = (size_t)(p - lines->text) + 1;
		lines->line++;
	}
	if (lines->seen < offset)
		lines->seen = offset;
	*line = lines->line;
	*column = offset - lines->start + 1;
}

static bool out_of_memory(struct reader *rd)
{
	if (rd->err)
		*rd->err = (struct sxp_error){ .code = SXP_NO_MEMORY, .found = -1 };
	return false;
}

/* The stack of @depth lists and the root stands at the end of the memory. */
static void place_words(struct reader *rd, void *memory, size_t size)
{
	struct whole *whole = memory;
	size_t n = (size - sizeof(*whole)) / sizeof(uint32_t);

	rd->doc = &whole->doc;
	rd->doc->texts = &whole->texts;
	rd->size = size;
	rd->words = (uint32_t *)(whole + 1);
	rd->base = rd->words + n - SCAN_GUARD - 1;
	rd->doc->words = rd->words;
}

static void clear_words(struct reader *rd)
{
	rd->n_words = ROOT + 1;
	rd->depth = 0;
	rd->top = rd->base;
	memset(rd->base + 1, 0, SCAN_GUARD * sizeof(uint32_t));
	rd->words[0] = 0;
	*rd->top = ROOT;
}

bool reader_grow(struct reader *rd)
{
	struct sxp_doc *doc = rd->doc;
	struct sxp_allocator allocator = doc->allocator;
	size_t old = rd->size, size = old * 2, n_stack = (size_t)(rd->base - rd->top);
	uint32_t *stack_before;
	void *memory;

	if (doc->allocated) {
		memory = doc_resize(&allocator, doc, old, size);
	} else {
		memory = doc_resize(&allocator, NULL, 0, size);
		if (memory)
			memcpy(memory, doc, old);
	}
	if (!memory)
		return out_of_memory(rd);
	stack_before = (uint32_t *)((struct whole *)memory + 1) + (rd->top - rd->words);
	place_words(rd, memory, size);
	rd->doc->allocated = size;
	rd->top = rd->base - n_stack;
	memmove(rd->top, stack_before, (n_stack + 1 + SCAN_GUARD) * sizeof(*rd->top));
	return true;
}

/* Large pieces in large pages, or half the time goes into page faults. */
static void advise(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
	uintptr_t begin = (uintptr_t)memory + HUGE_PAGE - 1, end = (uintptr_t)memory + size;

	begin -= begin % HUGE_PAGE;
	end -= end % HUGE_PAGE;
	if (size >= 16 * HUGE_PAGE)
		madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#else
	(void)memory;
	(void)size;
#endif
}

/* The first piece: enough for most documents, and pages which are not touched cost nothing. */
static bool make_memory(struct reader *rd, const unsigned char *text, size_t len)
{
	const struct sxp_options *options = rd->options;
	const struct sxp_allocator *allocator = options->allocator ? options->allocator : &doc_malloc;
	size_t least = sizeof(struct whole) + (SCAN_ROOM + SCAN_GUARD + 8) * sizeof(uint32_t);
	size_t size = options->memory_size, allocated = 0;
	void *memory = options->memory;

	if (!memory || size < least) {
		size = allocated = least + len;
		memory = doc_resize(allocator, NULL, 0, size);
		if (!memory)
			return out_of_memory(rd);
		if (allocator == &doc_malloc)
			advise(memory, size);
	}
	memset(memory, 0, sizeof(struct whole));
	place_words(rd, memory, size);
	rd->doc->text = text;
	rd->doc->len = rd->doc->end = len;
	rd->doc->allocator = *allocator;
	rd->doc->allocated = allocated;
	clear_words(rd);
	return true;
}

static bool is_utf8(const struct sxp_doc *doc)
{
	return bytes_utf8(doc->text, doc->len) == doc->len;
}

/* The document may move when its memory grows. */
static bool run_scanner(struct reader *rd, enum scanner scanner)
{
	struct scan sc = {
		.text = rd->doc->text,
		.len = rd->doc->len,
		.max_depth = rd->max_depth,
		.after_end = 1,
		.words = rd->words,
		.top = rd->top,
		.n_words = rd->n_words,
	};
	enum scan_result result = scan_run(scanner, &sc);

	while (result == SCAN_FULL) {
		rd->top = sc.top;
		if (!reader_grow(rd))
			return false;
		sc.words = rd->words;
		sc.top = rd->top;
		result = scan_run(scanner, &sc);
	}
	if (result == SCAN_DONE && (rd->options->flags & SXP_UTF8) && sc.has_high && !is_utf8(rd->doc))
		result = SCAN_ODD;
	if (result == SCAN_DONE) {
		rd->n_words = sc.n_words;
		return true;
	}
	clear_words(rd);
	return reader_read_bytewise(rd);
}

/* Close the root, and give back what was not needed. */
static struct sxp_doc *finish(struct reader *rd)
{
	uint32_t end = (uint32_t)rd->n_words;
	struct sxp_doc *doc = rd->doc;
	size_t size;

	rd->words[ROOT] = WORD_PAREN | end;
	rd->words[end] = WORD_PAREN | ROOT;
	rd->words[end + 1] = WORD_PAREN;
	doc->n_words = end + 2;
	size = sizeof(struct whole) + doc->n_words * sizeof(uint32_t);
	if (doc->allocated && size < doc->allocated - doc->allocated / 4) {
		struct sxp_allocator allocator = doc->allocator;
		struct whole *whole = doc_resize(&allocator, doc, doc->allocated, size);

		if (whole) {
			doc = &whole->doc;
			doc->texts = &whole->texts;
			doc->words = (uint32_t *)(whole + 1);
			doc->allocated = size;
		}
	}
	return doc;
}

static bool too_long(const char *text, size_t len, const struct sxp_options *options,
		     struct sxp_error *err)
{
	struct lines lines = { .text = (const unsigned char *)text, .line = 1 };
	size_t max = options->max_length;

	if (!max || max > SXP_LENGTH_MAX)
		max = SXP_LENGTH_MAX;
	if (len <= max)
		return false;
	if (err) {
		*err = (struct sxp_error){ .code = SXP_TOO_LONG,
					   .offset = max,
					   .found = text ? (unsigned char)text[max] : -1 };
		if (text)
			lines_find(&lines, max, &err->line, &err->column);
	}
	return true;
}

struct sxp_doc *reader_read(enum scanner scanner, const char *text, size_t len,
			    const struct sxp_options *options, struct sxp_error *err)
{
	struct reader rd = {
		.options = options ? options : &no_options,
		.err = err,
		.lines = { .text = (const unsigned char *)text, .line = 1 },
		.not_utf8 = SIZE_MAX,
	};

	if (err)
		*err = (struct sxp_error){ .code = SXP_OK };
	if (too_long(text, len, rd.options, err))
		return NULL;
	rd.max_depth = rd.options->max_depth ? rd.options->max_depth : SIZE_MAX;
	if (!make_memory(&rd, (const unsigned char *)text, len))
		return NULL;
	if (run_scanner(&rd, scanner))
		return finish(&rd);
	sxp_free(rd.doc);
	return NULL;
}

struct sxp_doc *sxp_read_with(const char *text, size_t len, const struct sxp_options *options,
			      struct sxp_error *err)
{
	return reader_read(scan_best(), text, len, options, err);
}

struct sxp_doc *sxp_read(const char *text, size_t len, struct sxp_error *err)
{
	return sxp_read_with(text, len, NULL, err);
}

bool sxp_check(const char *text, size_t len, const struct sxp_options *options, struct sxp_error *err)
{
	struct sxp_options strict = options ? *options : no_options;
	struct scan sc = { .text = (const unsigned char *)text, .len = len, .after_end = 1 };
	struct sxp_doc *doc;

	strict.flags &= ~(unsigned)SXP_RECOVER;
	if (err)
		*err = (struct sxp_error){ .code = SXP_OK };
	if (too_long(text, len, &strict, err))
		return false;
	sc.max_depth = strict.max_depth ? strict.max_depth : SIZE_MAX;
	if (scan_run(scan_best(), &sc) == SCAN_DONE &&
	    (!sc.has_high || !(strict.flags & SXP_UTF8) || bytes_utf8(sc.text, len) == len))
		return true;
	doc = reader_read(SCANNER_CAREFUL, text, len, &strict, err);
	sxp_free(doc);
	return doc != NULL;
}
