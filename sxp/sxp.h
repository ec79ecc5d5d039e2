/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sxp.h - Xen's S-expressions: reading, walking, building, printing, editing.
 *
 * The format is that of xend (tools/python/xen/xend/sxp.py, in the Xen tree
 * before 4.5); see sxp(5). A value is a list or a text; a text is bytes with
 * a length and may hold NUL. An "element" is a list whose first value is a
 * text, its name: (memory 420).
 *
 * A document owns all its values; nothing in it may be used after sxp_free().
 * There is no state outside a document: different ones may be used by
 * different threads at once. Of one document, several threads may use those
 * functions at once that take it as const, except sxp_text() and
 * sxp_child_text(), which keep what they decoded.
 *
 * Nothing recurses: depth is limited by memory alone. Lengths and offsets are
 * in bytes; offsets count from 0, lines, columns and [N] in paths from 1.
 */
#ifndef SXP_H
#define SXP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sxp_doc;

/* A value of a document. 0 is no value; it may be passed to every function. */
typedef uint32_t sxp_node;

/* ---- Errors ---------------------------------------------------------- */

enum sxp_code {
	SXP_OK,
	SXP_NO_MEMORY,
	SXP_TOO_LONG,	       /* longer than allowed, or than SXP_LENGTH_MAX */
	SXP_TOO_DEEP,	       /* more lists inside each other than allowed */
	SXP_LIST_NOT_CLOSED,   /* text ends in a list; see opened_* */
	SXP_STRING_NOT_CLOSED, /* text ends in a string; see opened_* */
	SXP_LIST_NOT_OPENED,   /* ")" without "(" */
	SXP_OCTAL_TOO_BIG,     /* octal escape above 377 */
	SXP_CONTROL_BYTE,      /* control byte where a value may begin */
	SXP_NOT_UTF8,	       /* only with SXP_UTF8 */
	SXP_FILE,	       /* a file could not be read; see errno */
	SXP_PATH,	       /* a path cannot be understood; column says where */
	SXP_CONFLICT,	       /* an edit of something that another edit replaces */
};

/*
 * What was wrong and where. @found is the byte there, -1 at the end of the
 * text. opened_* is where the list or string begins that is not closed, 0
 * with other codes. Columns are counted in bytes. Places are worked out when
 * there is something to report, not before.
 */
struct sxp_error {
	enum sxp_code code;
	int found;
	size_t offset, line, column;
	size_t opened_line, opened_column;
};

/* A sentence for @code, in lower case and without a full stop; never NULL. */
const char *sxp_strerror(enum sxp_code code);

/*
 * sxp_describe - the whole message: place, what was found and expected
 * @buf: @size bytes, always ends in NUL if @size is not 0; 160 are enough
 *
 * "line 1, column 3: end of text: list opened at line 1, column 1 is not closed".
 * Returns the length that was needed, as snprintf().
 */
size_t sxp_describe(const struct sxp_error *err, char *buf, size_t size);

/* ---- Reading --------------------------------------------------------- */

/* No document is longer. */
#define SXP_LENGTH_MAX ((size_t)0x7ffffeff)

/*
 * Where memory comes from. One function: as realloc(), @old is NULL for a new
 * piece; @size 0 frees and returns NULL; pieces are aligned for any type. A
 * shrinking request may not fail.
 */
struct sxp_allocator {
	void *(*resize)(void *arg, void *old, size_t old_size, size_t size);
	void *arg;
};

enum sxp_flags {
	SXP_RECOVER = 1, /* go on after an error, see sxp_read_with() */
	SXP_UTF8 = 2,	 /* bytes from 0x80 must be UTF-8 */
};

/* What may be asked of a reader; all zero is what sxp_read() does. */
struct sxp_options {
	unsigned flags;	   /* of enum sxp_flags */
	size_t max_length; /* 0: SXP_LENGTH_MAX; a stream: of one text */
	size_t max_depth;  /* 0: what memory allows */

	/*
	 * Memory of the caller's, aligned for any type, used first. A document
	 * for which it suffices is read without any allocation; see SXP_MEMORY().
	 */
	void *memory;
	size_t memory_size;
	const struct sxp_allocator *allocator; /* NULL: malloc() and so on */

	/* With SXP_RECOVER: called for each error, in order; false gives up. */
	bool (*defect)(void *arg, const struct sxp_error *err);
	void *arg;
};

/* As sxp_options.memory, enough for each document of at most @length bytes. */
#define SXP_MEMORY(length) ((size_t)1536 + (size_t)8 * (length))

/*
 * sxp_read - read a document, strictly: the first error ends it
 * @text: @len bytes; not copied, so it must stay as it is until sxp_free();
 *        need not end in NUL
 * @err:  filled on failure; may be NULL
 *
 * Any number of values may stand in @text; they become the children of
 * sxp_root(). Takes time and memory proportional to @len: 4 bytes for each
 * text and each parenthesis. Returns the document, for sxp_free(), or NULL.
 */
struct sxp_doc *sxp_read(const char *text, size_t len, struct sxp_error *err);

/*
 * sxp_read_with - as sxp_read(), with @options (borrowed for the call; may be NULL)
 *
 * With SXP_RECOVER an error is handed to @options->defect and reading goes on:
 * a ")" without "(" is left out; a list or string is closed where the text
 * ends (one error each, the outermost list first); an octal escape that is too
 * big stays as it is written; a control byte begins an atom; bytes which are
 * not UTF-8 are kept. Then only memory, limits and @options->defect can fail;
 * in the latter case @err is the error it was called with.
 */
struct sxp_doc *sxp_read_with(const char *text, size_t len, const struct sxp_options *options,
			      struct sxp_error *err);

/*
 * As sxp_read_with(), from the file @path, which is mapped and must not become
 * shorter until sxp_free(). What cannot be mapped (a pipe) is read first.
 */
struct sxp_doc *sxp_read_file(const char *path, const struct sxp_options *options,
			      struct sxp_error *err);

/*
 * Whether @text can be read, strictly, without making a document of it: no
 * memory is needed unless it is not well-formed. Of @options (may be NULL) the
 * limits and SXP_UTF8 are used.
 */
bool sxp_check(const char *text, size_t len, const struct sxp_options *options,
	       struct sxp_error *err);

/* Free a document and all its values; NULL is allowed. Does not free sxp_options.memory. */
void sxp_free(struct sxp_doc *doc);

/* ---- Walking --------------------------------------------------------- */

/* The list of the document's top-level values. */
sxp_node sxp_root(const struct sxp_doc *doc);

bool sxp_is_list(const struct sxp_doc *doc, sxp_node node);

/* The first value of a list; 0 for an empty list, a text or 0. */
sxp_node sxp_first(const struct sxp_doc *doc, sxp_node list);

/* The value after @node in its list; 0 after the last one. */
sxp_node sxp_next(const struct sxp_doc *doc, sxp_node node);

/* The list that @node stands in; 0 for the root. Time grows with the values after @node in it. */
sxp_node sxp_parent(const struct sxp_doc *doc, sxp_node node);

/* ---- Texts ----------------------------------------------------------- */

/*
 * sxp_text - the bytes of a text, escapes decoded, with a NUL after them
 * @len: number of bytes; may be NULL
 *
 * Made when it is asked for the first time. Borrowed until sxp_free().
 * NULL for a list or 0, and when memory is short (see sxp_failed()).
 */
const char *sxp_text(const struct sxp_doc *doc, sxp_node node, size_t *len);

/*
 * sxp_raw - a value as it is written in the document's source
 * @len: number of bytes
 *
 * Quotes, escapes, comments in a list and all; needs no memory. Borrowed as
 * long as the source. NULL for 0, the root and what was not read but built.
 */
const char *sxp_raw(const struct sxp_doc *doc, sxp_node node, size_t *len);

/*
 * sxp_view - the bytes of a text, where they can be had without making anything
 * @len: number of bytes
 *
 * As sxp_text() without the NUL, and NULL if the text has escapes that were
 * not decoded yet. The cheapest way to look at most texts.
 */
const char *sxp_view(const struct sxp_doc *doc, sxp_node node, size_t *len);

/*
 * sxp_copy_text - the bytes of a text, escapes decoded, into @buf
 * @buf: at most @size bytes are written, no NUL; may be NULL if @size is 0
 *
 * Returns the length of the whole text, 0 for a list or 0.
 */
size_t sxp_copy_text(const struct sxp_doc *doc, sxp_node node, char *buf, size_t size);

/* Whether a text is written in quotes; a list, 0 or what was built is not. */
bool sxp_is_quoted(const struct sxp_doc *doc, sxp_node node);

/* Whether @node is a text of exactly these bytes, or those of a string. */
bool sxp_text_is(const struct sxp_doc *doc, sxp_node node, const char *text, size_t len);
bool sxp_is(const struct sxp_doc *doc, sxp_node node, const char *string);

/* Where a value begins in the source; all 0 for 0, the root and what was built. */
struct sxp_place {
	size_t offset, line, column;
};
struct sxp_place sxp_where(const struct sxp_doc *doc, sxp_node node);

/* Whether two values, also of different documents, hold the same; quotes do not count. */
bool sxp_equal(const struct sxp_doc *doc, sxp_node node, const struct sxp_doc *other_doc,
	       sxp_node other);

/* ---- Building -------------------------------------------------------- */

/* An empty document to build in, for sxp_free(); NULL when memory is short. */
struct sxp_doc *sxp_new(void);

/* The same with an allocator; NULL: malloc() and so on. */
struct sxp_doc *sxp_new_with(const struct sxp_allocator *allocator);

/*
 * Append an empty list, or a text of @len bytes (copied), to @list, which may
 * be of a document that was read: that takes more memory from then on, but
 * its values keep their numbers.
 * Returns the value, or 0 when memory is short or @list is no list; once an
 * addition failed, all later ones do and sxp_failed() is true, so that a
 * builder need look only once.
 */
sxp_node sxp_add_list(struct sxp_doc *doc, sxp_node list);
sxp_node sxp_add_text(struct sxp_doc *doc, sxp_node list, const char *text, size_t len);

/* sxp_add_text() of a string that ends in NUL. */
sxp_node sxp_add(struct sxp_doc *doc, sxp_node list, const char *text);

/* Append the list (NAME) or the list (NAME TEXT); as sxp_add_list(). */
sxp_node sxp_add_element(struct sxp_doc *doc, sxp_node list, const char *name);
sxp_node sxp_add_pair(struct sxp_doc *doc, sxp_node list, const char *name, const char *text);

/* Append a copy of a value, which may be of another document; as sxp_add_list(). */
sxp_node sxp_add_copy(struct sxp_doc *doc, sxp_node list, const struct sxp_doc *from, sxp_node node);

/*
 * Append the two elements @a of @a_doc and @b of @b_doc, merged, neither of
 * @doc; as sxp_add_list(). The n-th element of a name in @a is merged with the
 * n-th of that name in @b; texts are taken from @a; elements which only @b has
 * follow. If @a is no element it is copied. (xend: sxp.merge)
 */
sxp_node sxp_add_merged(struct sxp_doc *doc, sxp_node list, const struct sxp_doc *a_doc, sxp_node a,
			const struct sxp_doc *b_doc, sxp_node b);

bool sxp_failed(const struct sxp_doc *doc);

/* ---- Looking up ------------------------------------------------------ */

/* The name of an element; 0 if @node is none. (xend: sxp.name) */
sxp_node sxp_name(const struct sxp_doc *doc, sxp_node node);

/* The first element of @list with the name @name; 0 when there is none. (xend: sxp.child) */
sxp_node sxp_child(const struct sxp_doc *doc, sxp_node list, const char *name);

/*
 * The n-th value of an element, the name and the attributes not counted; from
 * 0 as xend did. (xend: sxp.child_at)
 */
sxp_node sxp_child_at(const struct sxp_doc *doc, sxp_node element, size_t n);

/* sxp_child_at(..., 0) of sxp_child(); 0 when there is none. (xend: sxp.child_value) */
sxp_node sxp_child_value(const struct sxp_doc *doc, sxp_node list, const char *name);

/* sxp_text() of sxp_child_value(); NULL when there is none. */
const char *sxp_child_text(const struct sxp_doc *doc, sxp_node list, const char *name);

/*
 * The list (@ (KEY VALUE)...) that stands second in an element; 0 when there
 * is none. sxp_attribute(): the value for @key. (xend: sxp.attributes, attribute)
 */
sxp_node sxp_attributes(const struct sxp_doc *doc, sxp_node element);
sxp_node sxp_attribute(const struct sxp_doc *doc, sxp_node element, const char *key);

/* The first value of @list, or at any depth below it, with the attribute "id" = @id. */
sxp_node sxp_child_with_id(const struct sxp_doc *doc, sxp_node list, const char *id);
sxp_node sxp_with_id(const struct sxp_doc *doc, sxp_node list, const char *id);

/*
 * Paths: steps with "/" between them, as domain/device/vif[mac=00:16:3e:01:23:45]/ip.
 * A step is NAME, the elements of that name; or *, all lists; or nothing but
 * [...], all values but the name. Then any number of conditions: [NAME=TEXT],
 * with an element (NAME TEXT ...) in it; [NAME], with an element of that name;
 * once a step [N], the N-th in its list of those which met the conditions
 * before. NAME and TEXT may be quoted with ' or ", escapes as in a document.
 * The first step is looked for in @from itself: with sxp_root() it is the head
 * of a document.
 */
#define SXP_STEPS_MAX 64

/* A search under way: of the caller's, nothing to release, fields private. */
struct sxp_search {
	const struct sxp_doc *doc;
	const char *path;
	unsigned n_steps, level;
	uint32_t steps[SXP_STEPS_MAX], counts[SXP_STEPS_MAX];
	sxp_node lists[SXP_STEPS_MAX], nodes[SXP_STEPS_MAX];
};

/*
 * sxp_search - begin to look for @path (borrowed while searching) below @from
 * @err: filled on failure (SXP_PATH, with the column in @path); may be NULL
 *
 * sxp_found() then gives each match once, in the order of the document, and 0
 * after the last one.
 */
bool sxp_search(struct sxp_search *search, const struct sxp_doc *doc, sxp_node from,
		const char *path, struct sxp_error *err);
sxp_node sxp_found(struct sxp_search *search);

/* The first match; 0 when there is none, also because @path is not a path. */
sxp_node sxp_find(const struct sxp_doc *doc, sxp_node from, const char *path);

/* ---- Printing -------------------------------------------------------- */

enum sxp_form {
	/* Byte for byte as xend printed; comments are left out. */
	SXP_LINE,
	/*
	 * Lists that do not fit on a line with their values below each other;
	 * comments of the source are kept. Indentation grows up to half the width.
	 */
	SXP_INDENTED,
	/*
	 * A list is an array, a text a string; a text that is not UTF-8 is an
	 * object {"hex":"..."}, its bytes in hexadecimal. Control and format
	 * characters (Unicode's Cc and Cf) are escaped, all others stand as they
	 * are. No two documents have the same JSON, up to quotes and comments.
	 */
	SXP_JSON,
};

struct sxp_layout {
	enum sxp_form form;
	unsigned width;	 /* SXP_INDENTED: 0 means 80 */
	unsigned indent; /* SXP_INDENTED: blanks a level; 0 means 4 */
};

/* Takes pieces of text; anything but 0 ends printing. */
typedef int sxp_write(void *arg, const char *text, size_t len);

/*
 * sxp_print - print a value on one line, exactly as xend did
 *
 * For sxp_root() the top-level values are printed, a newline after each;
 * for another value there is no newline. What was printed reads back equal.
 * Returns 0 or what @write returned.
 */
int sxp_print(const struct sxp_doc *doc, sxp_node node, sxp_write *write, void *arg);

/* As sxp_print() in the form of @layout; NULL: SXP_LINE. */
int sxp_print_as(const struct sxp_doc *doc, sxp_node node, const struct sxp_layout *layout,
		 sxp_write *write, void *arg);

/* As sxp_print_as(), to @out. Returns 0, or -1 with errno. */
int sxp_print_file(const struct sxp_doc *doc, sxp_node node, const struct sxp_layout *layout,
		   FILE *out);

/*
 * As sxp_print_as(), into @buf of @size bytes, no NUL. Returns the length of
 * the whole text, of which the first @size bytes are in @buf.
 */
size_t sxp_print_buffer(const struct sxp_doc *doc, sxp_node node, const struct sxp_layout *layout,
			char *buf, size_t size);

/* As sxp_print(), into a string for free(); NULL when memory is short. @len may be NULL. */
char *sxp_to_string(const struct sxp_doc *doc, sxp_node node, size_t *len);

/* ---- Editing --------------------------------------------------------- */

/*
 * Changes to the source of a document that was read: values are named as the
 * document has them, the document itself does not change, and sxp_edit_write()
 * gives the new text, in which all bytes that no change concerns are as before.
 * Each of these returns SXP_OK, SXP_NO_MEMORY, SXP_CONFLICT (two changes of the
 * same place, a node that is 0 or does not fit), or what is wrong in @expr,
 * which is a part of a document: any number of values.
 */
struct sxp_edit;

/*
 * For sxp_edit_free(). @doc is borrowed, its allocator is used; NULL when
 * memory is short, or if something in @doc was built: there is no source to
 * change then.
 */
struct sxp_edit *sxp_edit_new(const struct sxp_doc *doc);
void sxp_edit_free(struct sxp_edit *edit);

/* Replace all but the name of an element, or a text, by a text (quoted as needed) or @expr. */
enum sxp_code sxp_edit_set(struct sxp_edit *edit, sxp_node node, const char *text, size_t len);
enum sxp_code sxp_edit_set_expr(struct sxp_edit *edit, sxp_node node, const char *expr, size_t len);

/*
 * Insert @expr before @before, a value of @list, or at the end of @list if
 * that is 0. It is set apart as its neighbours are: on a line of its own with
 * their indentation, or by a blank.
 */
enum sxp_code sxp_edit_insert(struct sxp_edit *edit, sxp_node list, sxp_node before,
			      const char *expr, size_t len);

/* Delete a value with the blanks before it; comments stay. */
enum sxp_code sxp_edit_delete(struct sxp_edit *edit, sxp_node node);

/* Give an element another name. */
enum sxp_code sxp_edit_rename(struct sxp_edit *edit, sxp_node element, const char *name, size_t len);

/* Write the changed text. Returns 0 or what @write returned. */
int sxp_edit_write(const struct sxp_edit *edit, sxp_write *write, void *arg);

/* The same into a string for free(); NULL when memory is short. @len may be NULL. */
char *sxp_edit_to_string(const struct sxp_edit *edit, size_t *len);

/* ---- Reading from pieces --------------------------------------------- */

enum sxp_event {
	SXP_MORE,  /* the piece is used up: sxp_stream_feed() */
	SXP_OPEN,  /* "(" */
	SXP_CLOSE, /* ")" */
	SXP_TEXT,  /* a text, in the token */
	SXP_END,   /* the text is at its end, and was well-formed */
	SXP_ERROR, /* see sxp_stream_error(); there is nothing after it */
};

/* What sxp_stream_next() has read; @text is borrowed until the next call. */
struct sxp_token {
	const char *text; /* SXP_TEXT: escapes decoded; no NUL after it */
	size_t len;
	size_t depth;  /* open lists, after SXP_OPEN and SXP_CLOSE */
	size_t offset; /* where it begins, from the start of the first piece */
	bool quoted;
};

/*
 * A reader of documents that come in pieces: pipes, sockets, documents without
 * an end. Memory is proportional to the depth and to the longest text that
 * does not lie in one piece or has escapes; both can be limited. It reads what
 * sxp_read_with() reads, and finds the same errors at the same places. Of
 * @options (copied; may be NULL) memory is not used.
 */
struct sxp_stream;

/* For sxp_stream_free(); NULL when memory is short. */
struct sxp_stream *sxp_stream_new(const struct sxp_options *options);
void sxp_stream_free(struct sxp_stream *stream);

/*
 * Hand over the next @len bytes, borrowed until SXP_MORE comes back. @is_last:
 * no more will come (@len may be 0). Call it first, and after each SXP_MORE.
 * With SXP_UTF8 it may call sxp_options.defect.
 */
void sxp_stream_feed(struct sxp_stream *stream, const char *piece, size_t len, bool is_last);

enum sxp_event sxp_stream_next(struct sxp_stream *stream, struct sxp_token *token);

/* What SXP_ERROR was about; borrowed until sxp_stream_free(). */
const struct sxp_error *sxp_stream_error(const struct sxp_stream *stream);

#ifdef __cplusplus
}
#endif

#endif
