/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-tree.c - results as trees, by libsmartcols. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_SMARTCOLS
#include <libsmartcols.h>
#endif

#include "src/base/cleanup.h"
#include "src/output/output-text.h"
#include "src/output/output-columns.h"

#ifdef HAVE_SMARTCOLS
#include "src/output/output-scols.h"

struct tree {
	struct libscols_table *table;
	const struct sxp_doc *doc;
	const struct field *fields;
	const struct field *columns[COLUMNS_MAX]; /* beside that of the names */
	size_t n_columns;
};

static struct libscols_line *add_line(const struct tree *tree, struct libscols_line *parent,
				      char *name, sxp_node row, enum level level)
{
	struct libscols_line *line = scols_table_new_line(tree->table, parent);
	int r = line ? scols_set_cell(line, 0, name, NULL) : -ENOMEM;

	if (!line)
		free(name);
	for (size_t i = 0; i < tree->n_columns && !r; i++)
		if (tree->columns[i]->level == level)
			r = scols_set_cell(line, i + 1,
					   scols_text_of(tree->doc, row, tree->columns[i]),
					   tree->columns[i]);
	return r ? NULL : line;
}

static bool is_same_group(const struct tree *tree, sxp_node a, sxp_node b)
{
	for (const struct field *f = tree->fields; f->name; f++) {
		sxp_node x = sxp_child(tree->doc, a, f->name), y = sxp_child(tree->doc, b, f->name);

		if (f->level == LEVEL_GROUP &&
		    (!x != !y || (x && !sxp_equal(tree->doc, x, tree->doc, y))))
			return false;
	}
	return true;
}

/* The first field of a level that @row has a text for; for free(). */
static char *name_of(const struct tree *tree, sxp_node row, enum level level)
{
	for (const struct field *f = tree->fields; f->name; f++)
		if (f->level == level && sxp_child(tree->doc, row, f->name))
			return scols_text_of(tree->doc, row, f);
	return strdup("");
}

static int add_leaves(const struct tree *tree, struct libscols_line *parent, sxp_node row)
{
	for (const struct field *f = tree->fields; f->name; f++) {
		sxp_node text = f->level == LEVEL_LEAF ? sxp_child(tree->doc, row, f->name) : 0;

		for (text = sxp_next(tree->doc, sxp_first(tree->doc, text)); text;
		     text = sxp_next(tree->doc, text))
			if (!add_line(tree, parent,
				      scols_word_of(tree->doc, row, sxp_text(tree->doc, text, NULL)),
				      row, LEVEL_LEAF))
				return -ENOMEM;
	}
	return 0;
}

static int fill_tree(struct tree *tree, sxp_node list)
{
	struct libscols_line *group = NULL, *line;
	sxp_node last = 0;
	int r = scols_table_new_column(tree->table, "NAME", 0, SCOLS_FL_TREE) ? 0 : -ENOMEM;

	for (size_t i = 0; i < tree->n_columns && !r; i++)
		r = scols_add_column(tree->table, tree->columns[i]);
	for (sxp_node row = sxp_first(tree->doc, list); row && !r; row = sxp_next(tree->doc, row)) {
		if (!sxp_is_list(tree->doc, row))
			continue;
		if (!last || !is_same_group(tree, last, row))
			group = add_line(tree, NULL, name_of(tree, row, LEVEL_GROUP), row,
					 LEVEL_GROUP);
		line = group ? add_line(tree, group, name_of(tree, row, LEVEL_LABEL), row, LEVEL_ROW) :
			       NULL;
		r = line ? add_leaves(tree, line, row) : -ENOMEM;
		last = row;
	}
	return r;
}

/* Is it among the names already? */
static bool is_name(const struct field *fields, const struct field *field)
{
	const struct field *first = fields;

	while (first->name && first->level != LEVEL_GROUP)
		first++;
	return field == first || field->level == LEVEL_LABEL || field->level == LEVEL_LEAF;
}

int output_tree(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		const struct output_style *style, FILE *out, struct error *err)
{
	struct tree tree = { .doc = doc, .fields = fields };
	const struct field *chosen[COLUMNS_MAX];
	size_t n = 0;
	int r = output_choose_columns(fields, style->columns, chosen, &n, err);

	if (r)
		return r;
	for (size_t i = 0; i < n; i++)
		if (!is_name(fields, chosen[i]))
			tree.columns[tree.n_columns++] = chosen[i];
	tree.table = scols_begin(style, out);
	return tree.table ? scols_finish(tree.table, fill_tree(&tree, list), err) : error_memory(err);
}

#else
int output_tree(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		const struct output_style *style, FILE *out, struct error *err)
{
	(void)doc, (void)list, (void)fields, (void)style, (void)out;
	return error_set(err, -ENOTSUP, "built without libsmartcols");
}
#endif
