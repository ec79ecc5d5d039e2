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

/*
 * Format characters turn lines around or are not seen: general category Cf of
 * Unicode 15.0, first and last of each range.
 */
static const uint32_t format_characters[][2] = {
	{ 0x00ad, 0x00ad },   { 0x0600, 0x0605 },   { 0x061c, 0x061c },	  { 0x06dd, 0x06dd },
	{ 0x070f, 0x070f },   { 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },	  { 0x180e, 0x180e },
	{ 0x200b, 0x200f },   { 0x202a, 0x202e },   { 0x2060, 0x2064 },	  { 0x2066, 0x206f },
	{ 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },   { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
	{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0001, 0xe0001 },
	{ 0xe0020, 0xe007f },
};

/* DEL and C1 act on some terminals. */
static bool is_escaped(uint32_t code)
{
	size_t i = 0, n = sizeof(format_characters) / sizeof(*format_characters);

	while (i < n && code > format_characters[i][1])
		i++;
	return (code >= 0x7f && code < 0xa0) || (i < n && code >= format_characters[i][0]);
}

static char *put_unit(char *to, uint32_t unit)
{
	memcpy(to, "\\u", 2);
	for (int i = 0; i < 4; i++)
		to[2 + i] = hex[unit >> (12 - 4 * i) & 15];
	return to + 6;
}

/* A character that is not ASCII, well-formed, from its first byte on. */
static void put_character(struct writer *out, int first, struct bytes *bytes)
{
	size_t n = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t code = (uint32_t)first & (0x7fu >> n);
	char *to = writer_room(out), *p = to;

	*p++ = (char)first;
	for (size_t i = 1; i < n; i++) {
		int c = bytes_next(bytes);

		*p++ = (char)c;
		code = code << 6 | ((uint32_t)c & 0x3f);
	}
	if (is_escaped(code) && code > 0xffff)
		p = put_unit(put_unit(to, 0xd7c0 + (code >> 10)), 0xdc00 + (code & 0x3ff));
	else if (is_escaped(code))
		p = put_unit(to, code);
	out->p = p;
}

static void put_byte(struct writer *out, int c)
{
	static const char escaped[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
	const char *p = c ? strchr(escaped, c) : NULL;
	char *to = writer_room(out);

	if (!p && c >= ' ' && c != 0x7f) {
		*to++ = (char)c;
	} else if (p) {
		*to++ = '\\';
		*to++ = names[p - escaped];
	} else {
		to = put_unit(to, (uint32_t)c);
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
	while ((c = bytes_next(&bytes)) >= 0) {
		if (c < 0x80)
			put_byte(out, c);
		else
			put_character(out, c, &bytes);
	}
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
