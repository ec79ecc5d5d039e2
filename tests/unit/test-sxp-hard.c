/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where it gets hard: each allocation fails, texts up to 2 GiB and beyond 4,
 * many threads, bytes that mean nothing.
 */
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sxp/doc.h"
#include "sxp-random.h"

/* ---- memory ---- */

/*
 * All that libsxp allocates comes from realloc() unless the caller brings an
 * allocator; the linker hands these calls to us (--wrap). Per thread, as some
 * tests here have several.
 */
static _Thread_local bool is_limited;
static _Thread_local size_t left, held;

void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

void *__wrap_realloc(void *old, size_t size)
{
	if (is_limited && !left)
		return NULL;
	left -= is_limited;
	held += !old;
	return __real_realloc(old, size);
}

void __wrap_free(void *old)
{
	held -= old != NULL;
	__real_free(old);
}

/* What was done comes to a text; NULL and a tidy end when memory was short. */
typedef char *scenario(const char *text, size_t len);

static char *read_and_print(const char *text, size_t len)
{
	struct sxp_error err;
	struct sxp_doc *doc = sxp_read(text, len, &err);
	char *out;

	if (!doc) {
		assert_int_equal(err.code, SXP_NO_MEMORY);
		return NULL;
	}
	out = sxp_to_string(doc, ROOT, NULL);
	sxp_free(doc);
	return out;
}

static char *decode(const char *text, size_t len)
{
	struct sxp_options options = { .flags = SXP_RECOVER | SXP_UTF8 };
	struct sxp_doc *doc = sxp_read_with(text, len, &options, NULL);
	bool ok = doc != NULL;
	char *out = NULL;

	for (sxp_node i = ROOT + 1; doc && i < doc->n_words - 2; i++)
		if (doc_is_text(doc, i))
			ok = sxp_text(doc, i, NULL) && ok;
	if (ok)
		out = sxp_to_string(doc, ROOT, NULL);
	assert_true(!doc || sxp_failed(doc) == !ok);
	sxp_free(doc);
	return out;
}

static char *check_only(const char *text, size_t len)
{
	struct sxp_error err;
	char *out = NULL;

	if (!sxp_check(text, len, NULL, &err)) {
		assert_int_equal(err.code, SXP_NO_MEMORY);
		return NULL;
	}
	out = doc_resize(&doc_malloc, NULL, 0, 3);
	return out ? strcpy(out, "ok") : NULL;
}

/* From a pipe, so that it has to be read first. */
static char *read_pipe(const char *text, size_t len)
{
	struct sxp_error err;
	struct sxp_doc *doc;
	char name[32], *out = NULL;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], text, len), (ssize_t)len);
	close(fds[1]);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fds[0]);
	doc = sxp_read_file(name, NULL, &err);
	close(fds[0]);
	if (doc)
		out = sxp_to_string(doc, ROOT, NULL);
	else
		assert_int_equal(err.code, SXP_NO_MEMORY);
	sxp_free(doc);
	return out;
}

static char *build(const char *text, size_t len)
{
	struct sxp_doc *doc = sxp_read(text, len, NULL), *built = sxp_new();
	char *out = NULL;

	if (doc && built) {
		for (sxp_node n = sxp_first(doc, ROOT); n; n = sxp_next(doc, n)) {
			sxp_add_copy(built, ROOT, doc, n);
			sxp_add_merged(built, ROOT, doc, n, doc, sxp_first(doc, ROOT));
		}
		sxp_add_pair(built, ROOT, "name", "web 01");
		sxp_add_element(doc, ROOT, "more");
		if (!sxp_failed(built) && !sxp_failed(doc))
			out = sxp_to_string(built, ROOT, NULL);
	}
	sxp_free(doc);
	sxp_free(built);
	return out;
}

/* One edit after the other, also after one that failed; all of them or none count. */
static char *edit_all(const char *text, size_t len)
{
	static const char expr[] = "(new (y)) 'q' # z";
	struct sxp_doc *doc = sxp_read(text, len, NULL);
	struct sxp_edit *edit = doc ? sxp_edit_new(doc) : NULL;
	bool ok = edit != NULL;
	char *out = NULL;

	for (sxp_node n = ok ? sxp_first(doc, ROOT) : 0, i = 0; n; n = sxp_next(doc, n), i++) {
		enum sxp_code code = SXP_OK;

		switch (i % 6) {
		case 0:
			code = sxp_edit_set(edit, n,
					    "a long text that has to be quoted \\ and more", 44);
			break;
		case 1:
			code = sxp_edit_set_expr(edit, n, expr, sizeof(expr) - 1);
			break;
		case 2:
			code = sxp_edit_insert(edit, ROOT, n, expr, sizeof(expr) - 1);
			break;
		case 3:
			code = sxp_edit_delete(edit, n);
			break;
		case 4:
			code = sxp_edit_rename(edit, n, "new name", 8);
			break;
		case 5:
			code = sxp_edit_insert(edit, n, 0, expr, sizeof(expr) - 1);
			break;
		}
		assert_true(code == SXP_OK || code == SXP_NO_MEMORY || code == SXP_CONFLICT);
		ok = ok && code != SXP_NO_MEMORY;
	}
	if (edit) {
		/* what did not fail is whole */
		out = sxp_edit_to_string(edit, NULL);
		if (out && !ok) {
			free(out);
			out = NULL;
		}
	}
	sxp_edit_free(edit);
	sxp_free(doc);
	return out;
}

static char *stream_in_pieces(const char *text, size_t len)
{
	struct sxp_stream *st = sxp_stream_new(NULL);
	struct sxp_doc *built = sxp_new();
	sxp_node list = ROOT;
	enum sxp_event event = SXP_ERROR;
	struct sxp_token token;
	char *out = NULL;
	size_t from = 0;

	while (st && built && (event = sxp_stream_next(st, &token)) != SXP_END && event != SXP_ERROR) {
		if (event == SXP_MORE) {
			size_t n = len - from < 7 ? len - from : 7;

			sxp_stream_feed(st, text + from, n, from + n == len);
			from += n;
		} else if (event == SXP_OPEN) {
			list = sxp_add_list(built, list);
		} else if (event == SXP_CLOSE) {
			list = sxp_parent(built, list);
		} else {
			sxp_add_text(built, list, token.text, token.len);
		}
		if (sxp_failed(built))
			break;
	}
	if (event == SXP_END)
		out = sxp_to_string(built, ROOT, NULL);
	else if (event == SXP_ERROR && st && built)
		assert_int_equal(sxp_stream_error(st)->code, SXP_NO_MEMORY);
	sxp_stream_free(st);
	sxp_free(built);
	return out;
}

static void fail_at_each(scenario *run, const char *text, size_t len, size_t at_least)
{
	size_t held_before = held, limit;
	char *wanted = run(text, len), *out = NULL;

	assert_non_null(wanted);
	for (limit = 0; !out && limit < 100000; limit++) {
		is_limited = true;
		left = limit;
		out = run(text, len);
		is_limited = false;
		assert_int_equal(held, held_before + 1 + (out != NULL));
	}
	assert_string_equal(out, wanted);
	assert_between(limit, at_least, 99999);
	free(out);
	free(wanted);
	assert_int_equal(held, held_before);
}

TEST(each_allocation_may_fail_in_all_that_is_done)
{
	struct random r = { 21 };
	size_t len;

	for (int i = 0; i < 20; i++) {
		char *text = random_tree(&r, 400, &len);

		if (!len)
			continue;
		fail_at_each(read_and_print, text, len, 2);
		fail_at_each(decode, text, len, 2);
		fail_at_each(check_only, text, len, 1);
		fail_at_each(read_pipe, text, len, 3);
		fail_at_each(build, text, len, 5);
		fail_at_each(edit_all, text, len, 3);
		fail_at_each(stream_in_pieces, text, len, 3);
		__real_free(text);
	}
}

/* ---- long texts ---- */

#define PIECE ((size_t)1 << 24)

/* A comment of 4 GiB and more goes by in pieces. */
TEST(a_stream_goes_beyond_4_gib)
{
	struct sxp_stream *st = sxp_stream_new(NULL);
	struct sxp_token token;
	char *piece = malloc(PIECE);
	size_t n = ((size_t)1 << 32) + 3 * PIECE;

	memset(piece, '-', PIECE);
	sxp_stream_feed(st, "(a\n(b #", 7, false);
	for (int i = 0; i < 4; i++)
		assert_int_equal(sxp_stream_next(st, &token), i % 2 ? SXP_TEXT : SXP_OPEN);
	assert_int_equal(sxp_stream_next(st, &token), SXP_MORE);
	for (size_t i = 0; i < n; i += PIECE) {
		sxp_stream_feed(st, piece, PIECE, false);
		assert_int_equal(sxp_stream_next(st, &token), SXP_MORE);
	}
	sxp_stream_feed(st, "\n  'c\\x41' \x01", 12, true);
	assert_int_equal(sxp_stream_next(st, &token), SXP_TEXT);
	assert_int_equal(token.len, 2);
	assert_memory_equal(token.text, "cA", 2);
	assert_int_equal(token.offset, 7 + n + 3);
	assert_int_equal(sxp_stream_next(st, &token), SXP_ERROR);
	assert_int_equal(sxp_stream_error(st)->code, SXP_CONTROL_BYTE);
	assert_int_equal(sxp_stream_error(st)->offset, 7 + n + 11);
	assert_int_equal(sxp_stream_error(st)->line, 3);
	assert_int_equal(sxp_stream_error(st)->column, 11);
	sxp_stream_free(st);
	free(piece);
}

/* What was opened, and a column, beyond 4 GiB. */
TEST(a_place_in_a_stream_may_be_beyond_4_gib)
{
	struct sxp_stream *st = sxp_stream_new(NULL);
	struct sxp_token token;
	char *piece = malloc(PIECE);
	size_t n = ((size_t)1 << 32) + PIECE;

	memset(piece, ' ', PIECE);
	for (size_t i = 0; i < n; i += PIECE) {
		sxp_stream_feed(st, piece, PIECE, false);
		assert_int_equal(sxp_stream_next(st, &token), SXP_MORE);
	}
	sxp_stream_feed(st, "(a", 2, true);
	assert_int_equal(sxp_stream_next(st, &token), SXP_OPEN);
	assert_int_equal(token.offset, n);
	assert_int_equal(sxp_stream_next(st, &token), SXP_TEXT);
	assert_int_equal(token.offset, n + 1);
	assert_int_equal(sxp_stream_next(st, &token), SXP_ERROR);
	assert_int_equal(sxp_stream_error(st)->code, SXP_LIST_NOT_CLOSED);
	assert_int_equal(sxp_stream_error(st)->column, n + 3);
	assert_int_equal(sxp_stream_error(st)->opened_column, n + 1);
	sxp_stream_free(st);
	free(piece);
}

/*
 * A stream which is larger than all memory it may use: domains without an end,
 * with as much memory as one of them takes.
 */
struct budget {
	size_t now, peak;
};

static void *resize(void *arg, void *old, size_t old_size, size_t size)
{
	struct budget *b = arg;

	b->now += size - old_size;
	b->peak = b->now > b->peak ? b->now : b->peak;
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

TEST(a_stream_takes_no_more_memory_the_longer_it_is)
{
	static const char domain[] =
		"(domain (name 'web\\t01') (device (vif (ip '10.0.0.1 10.0.0.2'))))\n";
	struct budget b = { 0 };
	struct sxp_allocator allocator = { resize, &b };
	struct sxp_options options = { .allocator = &allocator, .max_length = 100, .max_depth = 10 };
	struct sxp_stream *st = sxp_stream_new(&options);
	size_t fed = 0, n_texts = 0, piece = 1;
	struct sxp_token token;
	enum sxp_event event;

	while ((event = sxp_stream_next(st, &token)) != SXP_END && event != SXP_ERROR) {
		n_texts += event == SXP_TEXT;
		if (event == SXP_MORE) {
			size_t at = fed % (sizeof(domain) - 1), len = sizeof(domain) - 1 - at;

			piece = piece % 61 + 1;
			len = piece < len ? piece : len;
			fed += len;
			sxp_stream_feed(st, domain + at, len, fed == 100000 * (sizeof(domain) - 1));
		}
	}
	assert_int_equal(event, SXP_END);
	assert_int_equal(n_texts, 700000);
	assert_between(b.peak, 100, 2000);
	sxp_stream_free(st);
	assert_int_equal(b.now, 0);
}

/* @len bytes of blanks, of which few are in memory. */
static char *map_blanks(size_t len)
{
	size_t size = (len + PIECE - 1) / PIECE * PIECE;
	int fd = memfd_create("blanks", MFD_CLOEXEC);
	char *text, *piece;

	assert_int_equal(ftruncate(fd, (off_t)PIECE), 0);
	piece = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(piece, MAP_FAILED);
	memset(piece, ' ', PIECE);
	munmap(piece, PIECE);
	text = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(text, MAP_FAILED);
	for (size_t i = 0; i < size; i += PIECE)
		assert_ptr_equal(mmap(text + i, PIECE, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_FIXED, fd, 0),
				 text + i);
	close(fd);
	return text;
}

TEST(a_document_may_have_2_gib)
{
	static const char end[] = "(b 'c\\x41'))";
	size_t len = SXP_LENGTH_MAX, size = len + 257, n = sizeof(end) - 1;
	char *text = map_blanks(size), *out;
	static uint64_t memory[1000];
	struct sxp_options options = { .memory = memory, .memory_size = sizeof(memory) };
	struct sxp_error err;
	struct sxp_doc *doc;
	sxp_node b;
	size_t raw_len;

	memcpy(text, "(a", 2);
	memcpy(text + len - n, end, n);
	assert_true(sxp_check(text, len, NULL, &err));
	doc = sxp_read_with(text, len, &options, &err);
	assert_non_null(doc);
	b = sxp_find(doc, ROOT, "a/b");
	assert_string_equal(sxp_child_text(doc, sxp_first(doc, ROOT), "b"), "cA");
	assert_int_equal(sxp_where(doc, b).offset, len - n);
	assert_ptr_equal(sxp_raw(doc, b, &raw_len), text + len - n);
	assert_int_equal(raw_len, n - 1);
	out = sxp_to_string(doc, ROOT, NULL);
	assert_string_equal(out, "(a (b cA))\n");
	free(out);
	sxp_free(doc);

	text[len - 1] = ' ';
	assert_null(sxp_read_with(text, len, &options, &err));
	assert_int_equal(err.code, SXP_LIST_NOT_CLOSED);
	assert_int_equal(err.offset, len);
	assert_int_equal(err.column, len + 1);

	for (size_t more = len + 1; more <= size; more += size - len - 1) {
		assert_null(sxp_read_with(text, more, &options, &err));
		assert_int_equal(err.code, SXP_TOO_LONG);
		assert_int_equal(err.offset, len);
		assert_false(sxp_check(text, more, NULL, &err));
		assert_int_equal(err.code, SXP_TOO_LONG);
	}
	/* of these nothing is looked at */
	assert_null(sxp_read(NULL, (size_t)1 << 32, &err));
	assert_int_equal(err.code, SXP_TOO_LONG);
	assert_null(sxp_read(NULL, SIZE_MAX, &err));
	assert_int_equal(err.code, SXP_TOO_LONG);
	munmap(text, (size + PIECE - 1) / PIECE * PIECE);
}

TEST(a_file_beyond_the_limit_is_refused_with_its_place)
{
	char name[] = "/tmp/test-sxp-XXXXXX";
	struct sxp_options options = { .max_length = 10 };
	struct sxp_error err;
	int fd = mkstemp(name);

	assert_int_equal(write(fd, "(a\n(b)\n(c)\n)", 12), 12);
	assert_null(sxp_read_file(name, &options, &err));
	assert_int_equal(err.code, SXP_TOO_LONG);
	assert_int_equal(err.offset, 10);
	assert_int_equal(err.line, 3);
	assert_int_equal(err.column, 4);
	close(fd);
	unlink(name);
}

/* ---- threads ---- */

#define N_THREADS 4

struct work {
	pthread_t thread;
	uint64_t seed, sum;
};

static void add(uint64_t *sum, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		*sum = (*sum ^ (unsigned char)bytes[i]) * 1099511628211u;
}

/* All kinds of work on documents of its own; everything that comes out goes into a sum. */
static void *work(void *arg)
{
	struct work *w = arg;
	struct random r = { w->seed };
	size_t len, n;

	for (int i = 0; i < 300; i++) {
		char *text = i % 2 ? random_tree(&r, 200, &len) : random_document(&r, 100, &len),
		     *out;
		struct sxp_options options = { .flags = SXP_RECOVER };
		struct sxp_doc *doc = sxp_read_with(text, len, &options, NULL), *built = sxp_new();
		struct sxp_edit *edit = sxp_edit_new(doc);

		for (int form = SXP_LINE; form <= SXP_JSON; form++) {
			struct sxp_layout layout = { .form = (enum sxp_form)form };

			out = malloc(n = sxp_print_buffer(doc, ROOT, &layout, NULL, 0));
			sxp_print_buffer(doc, ROOT, &layout, out, n);
			add(&w->sum, out, n);
			__real_free(out);
		}
		sxp_edit_insert(edit, ROOT, 0, "(a b)", 5);
		sxp_edit_delete(edit, sxp_first(doc, ROOT));
		out = sxp_edit_to_string(edit, &n);
		add(&w->sum, out, n);
		free(out);
		sxp_add_copy(built, ROOT, doc, sxp_first(doc, ROOT));
		w->sum += sxp_check(text, len, NULL, NULL) + sxp_find(doc, ROOT, "*/[1]");
		sxp_edit_free(edit);
		sxp_free(built);
		sxp_free(doc);
		__real_free(text);
	}
	return NULL;
}

TEST(threads_with_documents_of_their_own_do_not_meet)
{
	struct work alone[N_THREADS] = { 0 }, together[N_THREADS] = { 0 };

	for (uint64_t i = 0; i < N_THREADS; i++) {
		alone[i].seed = together[i].seed = 31 + i;
		work(&alone[i]);
	}
	for (int i = 0; i < N_THREADS; i++)
		assert_int_equal(pthread_create(&together[i].thread, NULL, work, &together[i]), 0);
	for (int i = 0; i < N_THREADS; i++) {
		pthread_join(together[i].thread, NULL);
		assert_int_equal(alone[i].sum, together[i].sum);
	}
}

/* One document may be looked at by several threads, but for what keeps decoded texts. */
static void *look(void *arg)
{
	const struct sxp_doc *doc = arg;
	char *out = sxp_to_string(doc, ROOT, NULL);
	uint64_t sum = sxp_find(doc, ROOT, "domain/device/vif/ip");
	char buf[100];

	add(&sum, out, strlen(out));
	free(out);
	for (sxp_node n = sxp_first(doc, ROOT); n; n = sxp_next(doc, n)) {
		size_t len = sxp_copy_text(doc, sxp_child_value(doc, n, "name"), buf, sizeof(buf));

		add(&sum, buf, len < sizeof(buf) ? len : sizeof(buf));
		sum += sxp_where(doc, n).line + sxp_equal(doc, n, doc, n);
	}
	return (void *)(uintptr_t)sum;
}

TEST(threads_may_look_at_one_document)
{
	static const char text[] = "(domain (name 'a\\tb')\n(device (vif (ip '1 2'))))(domain (name x))";
	struct sxp_doc *doc = sxp_read(text, sizeof(text) - 1, NULL);
	pthread_t threads[N_THREADS];
	void *alone = look(doc), *sum;

	for (int i = 0; i < N_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, look, doc), 0);
	for (int i = 0; i < N_THREADS; i++) {
		pthread_join(threads[i], &sum);
		assert_ptr_equal(sum, alone);
	}
	sxp_free(doc);
}

/* ---- bytes that mean nothing ---- */

TEST(nul_is_a_byte_of_texts_and_no_start_of_one)
{
	static const char text[] = "(a\0b '\0' \"x\\0y\\x00\")";
	struct sxp_doc *doc = sxp_read(text, sizeof(text) - 1, NULL);
	sxp_node node = sxp_first(doc, sxp_first(doc, ROOT));
	struct sxp_error err;
	size_t len;

	assert_true(sxp_text_is(doc, node, "a\0b", 3));
	assert_false(sxp_is(doc, node, "a"));
	assert_memory_equal(sxp_text(doc, node = sxp_next(doc, node), &len), "\0", 2);
	assert_int_equal(len, 1);
	assert_memory_equal(sxp_text(doc, node = sxp_next(doc, node), &len), "x\0y\0", 5);
	assert_int_equal(len, 4);
	sxp_free(doc);
	assert_null(sxp_read("(a \0)", 5, &err));
	assert_int_equal(err.code, SXP_CONTROL_BYTE);
	assert_int_equal(err.column, 4);
	assert_int_equal(err.found, 0);
}

TEST(each_kind_of_bytes_that_are_not_utf8_is_found)
{
	static const struct {
		const char *bytes;
		size_t good; /* that come before it; SIZE_MAX: all are */
	} texts[] = {
		{ "a\xc3\xa9", SIZE_MAX },
		{ "\xe2\x82\xac", SIZE_MAX },
		{ "\xf0\x9f\x98\x80", SIZE_MAX },
		{ "\xf4\x8f\xbf\xbf", SIZE_MAX },
		{ "\xed\x9f\xbf", SIZE_MAX },
		{ "\xef\xbf\xbf", SIZE_MAX },
		{ "ab\x80", 2 },
		{ "\xc3", 0 },
		{ "a\xe2\x82", 1 },
		{ "\xf0\x9f\x98", 0 },
		{ "\xc0\xaf", 0 },
		{ "\xc1\xbf", 0 },
		{ "\xe0\x9f\xbf", 0 },
		{ "\xf0\x8f\xbf\xbf", 0 },
		{ "\xed\xa0\x80", 0 },
		{ "\xed\xbf\xbf", 0 },
		{ "\xf4\x90\x80\x80", 0 },
		{ "\xf5\x80\x80\x80", 0 },
		{ "\xfe", 0 },
		{ "\xff", 0 },
		{ "\xc3(", 0 },
		{ "\xe2(\xa1", 0 },
		{ "\xe2\x82(", 0 },
	};
	struct sxp_options options = { .flags = SXP_UTF8 };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		for (size_t before = 0; before < 70; before++) {
			char text[100];
			size_t len = (size_t)sprintf(text, "(%*s'%s')", (int)before, "",
						     texts[i].bytes);
			struct sxp_error err;
			struct sxp_doc *doc = sxp_read_with(text, len, &options, &err);

			assert_int_equal(sxp_check(text, len, &options, NULL), doc != NULL);
			assert_int_equal(doc != NULL, texts[i].good == SIZE_MAX);
			if (!doc) {
				assert_int_equal(err.code, SXP_NOT_UTF8);
				assert_int_equal(err.offset, before + 2 + texts[i].good);
				assert_int_equal(err.found,
						 (unsigned char)texts[i].bytes[texts[i].good]);
			}
			sxp_free(doc);
			assert_true(sxp_check(text, len, NULL, NULL));
		}
	}
}

/* A string that ends in the middle of an escape is not closed; one that is closed keeps it. */
TEST(truncated_escapes_are_no_escapes)
{
	static const char *const escapes[] = { "\\", "\\x", "\\x4", "\\x41", "\\1", "\\10", "\\101" };
	static const char *const printed[] = { NULL,	     "'a\\\\x'\n", "'a\\x04'\n", "aA\n",
					       "'a\\x01'\n", "'a\\x08'\n", "aA\n" };

	for (size_t i = 0; i < sizeof(escapes) / sizeof(*escapes); i++) {
		char text[20];
		size_t len = (size_t)sprintf(text, "'a%s", escapes[i]);
		struct sxp_error err;
		struct sxp_doc *doc;
		char *out;

		assert_null(sxp_read(text, len, &err));
		assert_int_equal(err.code, SXP_STRING_NOT_CLOSED);
		assert_int_equal(err.offset, len);
		assert_int_equal(err.opened_column, 1);
		text[len++] = '\'';
		doc = sxp_read(text, len, &err);
		assert_int_equal(doc != NULL, printed[i] != NULL);
		if (doc) {
			out = sxp_to_string(doc, ROOT, NULL);
			assert_string_equal(out, printed[i]);
			free(out);
		}
		sxp_free(doc);
	}
}

/* Each separator alone, and two together, is an atom or two. */
TEST(lone_separators_are_atoms)
{
	static const char separators[] = "{}<>[];";

	for (const char *a = separators; *a; a++) {
		for (const char *b = separators; *b; b++) {
			char text[8] = { '(', *a, ' ', *a, *b, ')' };
			struct sxp_doc *doc = sxp_read(text, 6, NULL);
			sxp_node n = sxp_first(doc, sxp_first(doc, ROOT));

			assert_true(sxp_text_is(doc, n, a, 1));
			assert_true(sxp_text_is(doc, n = sxp_next(doc, n), a, 1));
			assert_true(sxp_text_is(doc, n = sxp_next(doc, n), b, 1));
			assert_int_equal(sxp_next(doc, n), 0);
			sxp_free(doc);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_may_fail_in_all_that_is_done),
		cmocka_unit_test(a_stream_goes_beyond_4_gib),
		cmocka_unit_test(a_place_in_a_stream_may_be_beyond_4_gib),
		cmocka_unit_test(a_stream_takes_no_more_memory_the_longer_it_is),
		cmocka_unit_test(a_document_may_have_2_gib),
		cmocka_unit_test(a_file_beyond_the_limit_is_refused_with_its_place),
		cmocka_unit_test(threads_with_documents_of_their_own_do_not_meet),
		cmocka_unit_test(threads_may_look_at_one_document),
		cmocka_unit_test(nul_is_a_byte_of_texts_and_no_start_of_one),
		cmocka_unit_test(each_kind_of_bytes_that_are_not_utf8_is_found),
		cmocka_unit_test(truncated_escapes_are_no_escapes),
		cmocka_unit_test(lone_separators_are_atoms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
