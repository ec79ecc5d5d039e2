/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json.c - a value as JSON (RFC 8259). */
#include "sxp/print.h"

static const char hex[] = "0123456789abcdef";

static bool is_utf8(struct bytes bytes)
{
	unsigned char character[4];
	size_t n = 0;
	int c;

	if (!bytes.escaped)
		return bytes_utf8(bytes.text, bytes.len) == bytes.len;
	while ((c = bytes_next(&bytes)) >= 0) {
		character[n++] = (unsigned char)c;
		if (bytes_utf8(character, n) == n)
			n = 0;
		else if (n == sizeof(character))
			return false;
	}
	return n == 0;
}

static void put_byte(struct writer *out, int c)
{
	static const char escaped[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
	const char *p = c ? strchr(escaped, c) : NULL;
	char *to = writer_room(out);

	if (!p && c >= ' ') {
		*to++ = (char)c;
	} else if (p) {
		*to++ = '\\';
		*to++ = names[p - escaped];
	} else {
		memcpy(to, "\\u00", 4);
		to[4] = hex[c >> 4];
		to[5] = hex[c & 15];
		to += 6;
	}
	out->p = to;
}

static void put_hex(struct writer *out, struct bytes bytes)
{
	int c;

	writer_put(out, "{\"hex\":\"", 8);
	while ((c = bytes_next(&bytes)) >= 0) {
		writer_byte(out, hex[c >> 4]);
		writer_byte(out, hex[c & 15]);
	}
	writer_put(out, "\"}", 2);
}

static void put_text(struct writer *out, const struct sxp_doc *doc, sxp_node node)
{
	struct bytes bytes = text_bytes(doc, node);
	int c;

	if (!is_utf8(bytes)) {
		put_hex(out, bytes);
		return;
	}
	writer_byte(out, '"');
	while ((c = bytes_next(&bytes)) >= 0)
		put_byte(out, c);
	writer_byte(out, '"');
}

void print_json(struct writer *out, const struct sxp_doc *doc, sxp_node node)
{
	struct walk walk = walk_begin(doc, node);
	bool first = true;

	while (walk_next(&walk) != WALK_END && !out->result) {
		if (walk.event == WALK_CLOSE) {
			writer_byte(out, ']');
			first = false;
			continue;
		}
		if (!first)
			writer_byte(out, ',');
		first = walk.event == WALK_OPEN;
		if (first)
			writer_byte(out, '[');
		else
			put_text(out, doc, walk.node);
	}
}
