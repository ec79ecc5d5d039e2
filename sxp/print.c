/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* print.c - a value on one line, byte for byte as xend printed it. */
#include <stdlib.h>
#include <string.h>

#include "sxp/doc.h"

struct printer {
	const struct sxp_doc *doc;
	int (*write)(void *arg, const char *text, size_t len);
	void *arg;
};

static int put(const struct printer *pr, const char *text, size_t len)
{
	return len ? pr->write(pr->arg, text, len) : 0;
}

static bool is_bare(const char *text, size_t len)
{
	if (len == 1 && *text == '@')
		return true;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr(".-_:/~", c))))
			return false;
	}
	return len > 0;
}

/* One byte as Python 2's repr() of a byte string shows it, into @out; returns its length. */
static size_t quote_byte(unsigned char c, char quote, char out[4])
{
	static const char hex[] = "0123456789abcdef", plain[] = "\t\n\r", named[] = "tnr";
	const char *p;

	out[0] = '\\';
	if (c == '\\' || c == quote) {
		out[1] = (char)c;
		return 2;
	}
	p = c ? strchr(plain, c) : NULL;
	if (p) {
		out[1] = named[p - plain];
		return 2;
	}
	if (c >= 0x20 && c < 0x7f) {
		out[0] = (char)c;
		return 1;
	}
	out[1] = 'x';
	out[2] = hex[c >> 4];
	out[3] = hex[c & 15];
	return 4;
}

static int put_quoted(const struct printer *pr, const char *text, size_t len)
{
	char quote = memchr(text, '\'', len) && !memchr(text, '"', len) ? '"' : '\'';
	char out[4];
	int r = put(pr, &quote, 1);

	for (size_t i = 0; i < len && !r; i++)
		r = put(pr, out, quote_byte((unsigned char)text[i], quote, out));
	return r ? r : put(pr, &quote, 1);
}

static int put_text(const struct printer *pr, sxp_node node)
{
	size_t len;
	const char *text = sxp_text(pr->doc, node, &len);

	return is_bare(text, len) ? put(pr, text, len) : put_quoted(pr, text, len);
}

/* After @node: close the lists that end there; returns the value to go on with, 0 at the end. */
static sxp_node step_over(const struct printer *pr, sxp_node node, sxp_node top, int *r)
{
	const struct node *nodes = pr->doc->nodes;

	while (node != top && !nodes[node].next && !*r) {
		node = nodes[node].parent;
		*r = put(pr, ")", 1);
	}
	if (node == top || *r)
		return 0;
	*r = put(pr, " ", 1);
	return nodes[node].next;
}

static int print_value(const struct printer *pr, sxp_node top)
{
	const struct node *nodes = pr->doc->nodes;
	sxp_node node = top;
	int r = 0;

	while (node && !r) {
		if (!nodes[node].is_list) {
			r = put_text(pr, node);
		} else if (nodes[node].first) {
			r = put(pr, "(", 1);
			node = nodes[node].first;
			continue;
		} else {
			r = put(pr, "()", 2);
		}
		if (!r)
			node = step_over(pr, node, top, &r);
	}
	return r;
}

int sxp_print(const struct sxp_doc *doc, sxp_node node,
	      int (*write)(void *arg, const char *text, size_t len), void *arg)
{
	struct printer pr = { doc, write, arg };
	int r = 0;

	if (node != sxp_root(doc))
		return print_value(&pr, node);
	for (node = sxp_first(doc, node); node && !r; node = sxp_next(doc, node)) {
		r = print_value(&pr, node);
		if (!r)
			r = put(&pr, "\n", 1);
	}
	return r;
}

struct buffer {
	char *text;
	size_t len, size;
};

static int append(void *arg, const char *text, size_t len)
{
	struct buffer *buf = arg;

	if (buf->len + len + 1 > buf->size) {
		size_t size = (buf->len + len + 64) * 2;
		char *p = realloc(buf->text, size);

		if (!p)
			return -1;
		buf->text = p;
		buf->size = size;
	}
	memcpy(buf->text + buf->len, text, len);
	buf->len += len;
	buf->text[buf->len] = '\0';
	return 0;
}

char *sxp_to_string(const struct sxp_doc *doc, sxp_node node, size_t *len)
{
	struct buffer buf = { 0 };

	if (append(&buf, "", 0) || sxp_print(doc, node, append, &buf)) {
		free(buf.text);
		return NULL;
	}
	if (len)
		*len = buf.len;
	return buf.text;
}
