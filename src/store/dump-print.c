/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump-print.c - a subtree as S-expressions or JSON, a line for each node. */
#include <errno.h>
#include <string.h>

#include "sxp/sxp.h"
#include "src/base/cleanup.h"
#include "src/store/dump.h"

/* Deeper nodes are indented no further. */
#define INDENT_MAX 40
/* Texts that are quoted by libsxp before its memory is given back. */
#define TEXTS_MAX 512

struct printer {
	const struct subtree *t;
	enum dump_form form;
	FILE *out;
	struct sxp_doc *doc;
	unsigned n_texts;
	int code;
};

static void put_text(struct printer *p, const char *bytes, size_t len)
{
	const struct sxp_layout layout = { .form = p->form == DUMP_JSON ? SXP_JSON : SXP_LINE };
	sxp_node text;

	if (p->code)
		return;
	if (p->n_texts++ % TEXTS_MAX == 0) {
		sxp_free(p->doc);
		p->doc = sxp_new();
	}
	text = p->doc ? sxp_add_text(p->doc, sxp_root(p->doc), bytes, len) : 0;
	if (!text)
		p->code = -ENOMEM;
	else if (sxp_print_file(p->doc, text, &layout, p->out))
		p->code = -EIO;
}

/* After a failure nothing more: what is printed then is a part, not another whole. */
static void put(struct printer *p, const char *text)
{
	if (!p->code)
		fputs(text, p->out);
}

static void put_hex(struct printer *p, const char *bytes, size_t len)
{
	char digits[3];

	put(p, "{\"hex\":\"");
	for (size_t i = 0; i < len; i++) {
		snprintf(digits, sizeof(digits), "%02x", (unsigned char)bytes[i]);
		put(p, digits);
	}
	put(p, "\"}");
}

static void put_perms_json(struct printer *p, const char *perms)
{
	char letter[2] = "";

	put(p, "[\"");
	for (; *perms; perms++) {
		letter[0] = *perms;
		put(p, *perms == ' ' ? "\",\"" : letter);
	}
	put(p, "\"]");
}

static void put_path(struct printer *p, uint32_t node)
{
	char path[SUBTREE_PATH_SIZE];
	size_t len = subtree_path(p->t, NULL, node, path, sizeof(path));

	put_text(p, path, len < sizeof(path) ? len : sizeof(path) - 1);
}

static void open_json(struct printer *p, uint32_t node)
{
	const char *perms = subtree_perms(p->t, node), *value;
	size_t len;

	put(p, "{\"path\":");
	put_path(p, node);
	put(p, ",\"value\":");
	value = subtree_value(p->t, node, &len);
	if (!value)
		put(p, "null");
	else if (memchr(value, '\0', len))
		put_hex(p, value, len);
	else
		put_text(p, value, len);
	put(p, ",\"perms\":");
	if (perms)
		put_perms_json(p, perms);
	else
		put(p, "null");
	put(p, ",\"children\":[");
}

static void open_sxp(struct printer *p, uint32_t node)
{
	const char *perms = subtree_perms(p->t, node), *value;
	size_t len;

	put(p, "(node ");
	if (node)
		put_text(p, subtree_name(p->t, node), strlen(subtree_name(p->t, node)));
	else
		put_path(p, node);
	value = subtree_value(p->t, node, &len);
	if (value) {
		put(p, " ");
		put_text(p, value, len);
	}
	if (perms) {
		put(p, " (perms ");
		put(p, perms);
		put(p, ")");
	}
}

/* From the end of one node to the line of the next: close @n lists, indent to @depth. */
static void go_on(struct printer *p, uint32_t n, uint32_t depth, bool is_first)
{
	while (n--)
		put(p, p->form == DUMP_JSON ? "]}" : ")");
	if (p->form == DUMP_JSON && !is_first)
		put(p, ",");
	put(p, "\n");
	for (uint32_t i = 0; i < depth && i < INDENT_MAX; i++)
		put(p, " ");
}

static void print_nodes(struct printer *p)
{
	uint32_t depth = 0;

	for (uint32_t i = 0; i < p->t->n && !p->code; i = subtree_after(p->t, i)) {
		uint32_t now = subtree_depth(p->t, i);

		if (i)
			go_on(p, depth + 1 - now, now, now > depth);
		if (p->form == DUMP_JSON)
			open_json(p, i);
		else
			open_sxp(p, i);
		depth = now;
	}
	for (uint32_t i = 0; i <= depth; i++)
		put(p, p->form == DUMP_JSON ? "]}" : ")");
	put(p, "\n");
}

int dump_print(const struct subtree *t, enum dump_form form, FILE *out, struct error *err)
{
	struct printer p = { .t = t, .form = form, .out = out };

	print_nodes(&p);
	sxp_free(p.doc);
	if (p.code == -ENOMEM)
		return error_memory(err);
	return p.code ? error_set(err, p.code, "cannot write the result: %s", strerror(errno)) : 0;
}
