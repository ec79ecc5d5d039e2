/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sxp.h - Xen's S-expressions: reading, building, looking up, printing.
 *
 * The format is that of xend (tools/python/xen/xend/sxp.py, in the Xen tree
 * before 4.5); see sxp(5). A value is a list or a text; a text is bytes with
 * a length and may hold NUL. A document owns all its values; nothing in it
 * may be used after sxp_free(). Different documents may be used by different
 * threads at once; there is no state outside a document.
 */
#ifndef SXP_H
#define SXP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sxp_doc;

/* A value of a document. 0 is no value; it may be passed to every function. */
typedef uint32_t sxp_node;

enum sxp_code {
	SXP_OK,
	SXP_NO_MEMORY,		/* also: more than 4 GiB of text or values */
	SXP_LIST_NOT_CLOSED,	/* text ends in a list; see opened_* */
	SXP_STRING_NOT_CLOSED,	/* text ends in a string; see opened_* */
	SXP_LIST_NOT_OPENED,	/* ")" without "(" */
	SXP_OCTAL_TOO_BIG,	/* octal escape above 377 */
	SXP_CONTROL_BYTE,	/* control byte where a value may begin */
};

/*
 * Where reading failed. Lines and columns count from 1, columns in bytes;
 * offset counts from 0. opened_* is where the list or string that is not
 * closed begins, 0 otherwise.
 */
struct sxp_error {
	enum sxp_code code;
	size_t offset, line, column;
	size_t opened_line, opened_column;
};

/* A sentence for @code, in lower case and without a full stop; never NULL. */
const char *sxp_strerror(enum sxp_code code);

/*
 * sxp_read - read a document, strictly: the first error ends it.
 * @text: @len bytes, copied; need not end in NUL
 * @err:  filled on failure; may be NULL
 *
 * Any number of values may stand in @text; they become the children of
 * sxp_root(). Takes time and memory proportional to @len and does not
 * recurse. Returns the document, for sxp_free(), or NULL.
 */
struct sxp_doc *sxp_read(const char *text, size_t len, struct sxp_error *err);

/* An empty document to build in, for sxp_free(); NULL when memory is short. */
struct sxp_doc *sxp_new(void);

/* Free a document and all its values; NULL is allowed. */
void sxp_free(struct sxp_doc *doc);

/* The list of the document's top-level values. */
sxp_node sxp_root(const struct sxp_doc *doc);

bool sxp_is_list(const struct sxp_doc *doc, sxp_node node);

/* The first value of a list; 0 for an empty list, a text or 0. */
sxp_node sxp_first(const struct sxp_doc *doc, sxp_node list);

/* The value after @node in its list; 0 after the last one. */
sxp_node sxp_next(const struct sxp_doc *doc, sxp_node node);

/*
 * The bytes of a text, unescaped, with a NUL after them; NULL for a list or 0.
 * Borrowed until the next sxp_add_*() on the document or sxp_free().
 * @len: number of bytes; may be NULL
 */
const char *sxp_text(const struct sxp_doc *doc, sxp_node node, size_t *len);

/*
 * Append an empty list, or a text of @len bytes (copied), to @list.
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

bool sxp_failed(const struct sxp_doc *doc);

/*
 * The first element of @list with the name @name: a list whose first value is
 * that text. 0 when there is none. (xend: sxp.child)
 */
sxp_node sxp_child(const struct sxp_doc *doc, sxp_node list, const char *name);

/* The text after the name in sxp_child(); NULL when there is none. (xend: sxp.child_value) */
const char *sxp_child_text(const struct sxp_doc *doc, sxp_node list, const char *name);

/*
 * sxp_print - print a value on one line, exactly as xend did
 * @write: called with pieces of the text; anything but 0 ends printing
 *
 * For sxp_root() the top-level values are printed, a newline after each;
 * for another value there is no newline.
 * Returns 0 or what @write returned.
 */
int sxp_print(const struct sxp_doc *doc, sxp_node node,
	      int (*write)(void *arg, const char *text, size_t len), void *arg);

/* As sxp_print(), into a string for free(); NULL when memory is short. */
char *sxp_to_string(const struct sxp_doc *doc, sxp_node node, size_t *len);

#ifdef __cplusplus
}
#endif

#endif
