/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is done with a document: printing in all forms, paths, edits, copies,
 * the helpers of xend, and large or deep documents.
 */
#include "unit.h"

#include <stdio.h>

#include "sxp/sxp.h"
#include "sxp-random.h"

static struct sxp_doc *read(const char *text)
{
	struct sxp_doc *doc = sxp_read(text, strlen(text), NULL);

	assert_non_null(doc);
	return doc;
}

static char *print_as(const struct sxp_doc *doc, sxp_node node, enum sxp_form form, unsigned width)
{
	struct sxp_layout layout = { .form = form, .width = width };
	size_t len = sxp_print_buffer(doc, node, &layout, NULL, 0);
	char *text = calloc(1, len + 1);

	assert_int_equal(sxp_print_buffer(doc, node, &layout, text, len), len);
	return text;
}

static void check_printed(const char *text, enum sxp_form form, unsigned width, const char *printed)
{
	struct sxp_doc *doc = read(text);
	char *out = print_as(doc, sxp_root(doc), form, width);

	assert_string_equal(out, printed);
	free(out);
	sxp_free(doc);
}

TEST(json_has_arrays_and_strings)
{
	check_printed("(a \"b\\n\\\"c\" () (é '\\xff') '\\x00')x", SXP_JSON, 0,
		      "[\"a\",\"b\\n\\\"c\",[],[\"é\",{\"hex\":\"ff\"}],\"\\u0000\"]\n\"x\"\n");
}

TEST(indented_is_flat_where_it_fits)
{
	check_printed("# head\n(domain (name web01)(memory 512) # MiB\n(device (vif (ip '10.0.0.1') "
		      "(mac 00:16:3e:01:23:45)))) ",
		      SXP_INDENTED, 40,
		      "# head\n"
		      "(domain\n"
		      "    (name web01)\n"
		      "    (memory 512) # MiB\n"
		      "    (device\n"
		      "        (vif\n"
		      "            (ip 10.0.0.1)\n"
		      "            (mac 00:16:3e:01:23:45)\n"
		      "        )\n"
		      "    )\n"
		      ")\n");
}

static void check_same(const struct sxp_doc *doc, const char *text, size_t len)
{
	struct sxp_doc *again = sxp_read(text, len, NULL);

	assert_non_null(again);
	assert_true(sxp_equal(doc, sxp_root(doc), again, sxp_root(again)));
	sxp_free(again);
}

TEST(what_is_printed_reads_back_equal)
{
	struct random r = { 11 };

	for (int i = 0; i < 3000; i++) {
		size_t len;
		char *text = random_tree(&r, i < 2000 ? 30 : 300, &len), *line, *indented, *twice,
		     *built;
		struct sxp_doc *doc = sxp_read(text, len, NULL), *copy = sxp_new(), *again;
		unsigned width = 1 + random_below(&r, 100);

		line = print_as(doc, sxp_root(doc), SXP_LINE, 0);
		check_same(doc, line, strlen(line));
		indented = print_as(doc, sxp_root(doc), SXP_INDENTED, width);
		check_same(doc, indented, strlen(indented));
		again = read(indented);
		twice = print_as(again, sxp_root(again), SXP_INDENTED, width);
		assert_string_equal(twice, indented);
		/* as a tree of links it prints the same */
		for (sxp_node n = sxp_first(doc, sxp_root(doc)); n; n = sxp_next(doc, n))
			assert_true(sxp_add_copy(copy, sxp_root(copy), doc, n) != 0);
		built = print_as(copy, sxp_root(copy), SXP_LINE, 0);
		assert_string_equal(built, line);
		assert_true(sxp_equal(doc, sxp_root(doc), copy, sxp_root(copy)));
		free(line);
		free(indented);
		free(twice);
		free(built);
		sxp_free(again);
		sxp_free(copy);
		sxp_free(doc);
		free(text);
	}
}

/* As it is printed, but for a byte or two: it is copied only where it may be. */
TEST(what_is_almost_as_printed_is_printed)
{
	static const char *const pieces[] = { " a",	    " (vif (mac 00:16:3e:00:00:01))",
					      " ''",	    " (ip '1 2')",
					      " ()",	    " (a ((0) (1)))",
					      " 'it (#) x'" };
	static const char bytes[] = "   (()''\"@#a-;\\\n~_=\x01\x7f\xc3";
	struct sxp_options recover = { .flags = SXP_RECOVER };
	struct random r = { 12 };

	for (int i = 0; i < 5000; i++) {
		struct sxp_doc *doc, *copy = sxp_new();
		char line[8000] = "(a", *built, *printed;
		size_t n = 2;

		for (unsigned j = random_below(&r, 200); j; j--)
			n += (size_t)sprintf(line + n, "%s", pieces[random_below(&r, 7)]);
		n += (size_t)sprintf(line + n, ")");
		for (unsigned j = random_below(&r, 3); j; j--)
			line[1 + random_below(&r, (uint32_t)n - 1)] =
				bytes[random_below(&r, sizeof(bytes) - 1)];
		doc = sxp_read_with(line, n, &recover, NULL);
		for (sxp_node v = sxp_first(doc, sxp_root(doc)); v; v = sxp_next(doc, v))
			assert_true(sxp_add_copy(copy, sxp_root(copy), doc, v) != 0);
		printed = print_as(doc, sxp_root(doc), SXP_LINE, 0);
		built = print_as(copy, sxp_root(copy), SXP_LINE, 0);
		assert_string_equal(printed, built);
		free(printed);
		free(built);
		sxp_free(copy);
		sxp_free(doc);
	}
}

static void check_found(const char *text, const char *path, const char *printed)
{
	struct sxp_doc *doc = read(text);
	struct sxp_search search;
	char out[256] = "";
	sxp_node node;

	assert_true(sxp_search(&search, doc, sxp_root(doc), path, NULL));
	while ((node = sxp_found(&search))) {
		size_t n = strlen(out);

		n += sxp_print_buffer(doc, node, NULL, out + n, sizeof(out) - n - 2);
		memcpy(out + n, ";", 2);
	}
	assert_string_equal(out, printed);
	sxp_free(doc);
}

TEST(paths_name_elements)
{
	const char *text =
		"(domain (name web01) (device (vif (mac a) (ip '1 2')))"
		"(device (vbd (dev sda)))(device (vif (mac b) (ip 3)))(cpus ((0) (1))))(domain (name x))";

	check_found(text, "domain/device/vif/ip", "(ip '1 2');(ip 3);");
	check_found(text, "domain/device/vif[mac=b]/ip", "(ip 3);");
	check_found(text, "domain/device[2]/*", "(vbd (dev sda));");
	check_found(text, "domain/device[vif][2]/vif/mac", "(mac b);");
	check_found(text, "domain[name='x']", "(domain (name x));");
	check_found(text, "domain[1]/cpus/[1]/[2]", "(1);");
	check_found(text, "*/name", "(name web01);(name x);");
	check_found(text, "*[2]/'name'/[1]", "x;");
	check_found(text, "nothing/at/all", "");
	check_found("", "a", "");
}

TEST(bad_paths_are_errors_with_a_column)
{
	static const struct {
		const char *path;
		size_t column;
	} bad[] = { { "", 1 },	 { "/", 1 },	{ "a//b", 3 },	  { "a/", 3 },
		    { "a[", 3 }, { "a[1", 4 },	{ "a[1][2]", 5 }, { "a]", 2 },
		    { "'a", 3 }, { "a[b=", 5 }, { "a=b", 2 } };
	struct sxp_doc *doc = sxp_new();
	struct sxp_search search;
	struct sxp_error err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(sxp_search(&search, doc, sxp_root(doc), bad[i].path, &err));
		assert_int_equal(err.code, SXP_PATH);
		assert_int_equal(err.column, bad[i].column);
		assert_int_equal(sxp_found(&search), 0);
	}
	sxp_free(doc);
}

TEST(xends_helpers_find_what_they_found)
{
	struct sxp_doc *doc = read("(a (@ (id x) (k v)) one (b (@ (id y)) two) (b three))");
	sxp_node a = sxp_first(doc, sxp_root(doc));

	assert_true(sxp_is(doc, sxp_name(doc, a), "a"));
	assert_true(sxp_is(doc, sxp_attribute(doc, a, "k"), "v"));
	assert_true(sxp_is(doc, sxp_child_at(doc, a, 0), "one"));
	assert_true(sxp_is(doc, sxp_child_value(doc, a, "b"), "two"));
	assert_int_equal(sxp_child_at(doc, a, 9), 0);
	assert_int_equal(sxp_with_id(doc, sxp_root(doc), "y"), sxp_child(doc, a, "b"));
	assert_int_equal(sxp_child_with_id(doc, sxp_root(doc), "x"), a);
	assert_int_equal(sxp_child_with_id(doc, sxp_root(doc), "y"), 0);
	sxp_free(doc);
}

TEST(merging_goes_down_by_names)
{
	struct sxp_doc *a = read("(vm (name x) (dev (vif (ip 1))) (dev 2) t)");
	struct sxp_doc *b = read("(vm (memory 1) (dev (vif (mac m))) (dev (q)) (dev 3) u)");
	struct sxp_doc *doc = sxp_new();
	char *out;

	sxp_add_merged(doc, sxp_root(doc), a, sxp_first(a, sxp_root(a)), b,
		       sxp_first(b, sxp_root(b)));
	out = sxp_to_string(doc, sxp_root(doc), NULL);
	assert_string_equal(
		out, "(vm (name x) (dev (vif (ip 1) (mac m))) (dev 2 (q)) t (memory 1) (dev 3))\n");
	free(out);
	sxp_free(a);
	sxp_free(b);
	sxp_free(doc);
}

TEST(a_document_that_was_read_can_grow)
{
	struct sxp_doc *doc = read("(a 'x\\ty' (b))\n(c)");
	sxp_node a = sxp_first(doc, sxp_root(doc)), b = sxp_child(doc, a, "b");
	char *out;

	assert_string_equal(sxp_text(doc, sxp_child_at(doc, a, 0), NULL), "x\ty");
	sxp_add_pair(doc, b, "ip", "1 2");
	sxp_add_copy(doc, a, doc, a);
	assert_int_equal(sxp_parent(doc, b), a);
	out = sxp_to_string(doc, sxp_root(doc), NULL);
	assert_string_equal(out, "(a 'x\\ty' (b (ip '1 2')) (a 'x\\ty' (b (ip '1 2'))))\n(c)\n");
	free(out);
	sxp_free(doc);
}

/* ---- edits ---- */

enum what { SET, SET_EXPR, INSERT, APPEND, DELETE, RENAME };

static enum sxp_code change(struct sxp_edit *edit, const struct sxp_doc *doc, enum what what,
			    sxp_node node, const char *text)
{
	size_t len = strlen(text);

	switch (what) {
	case SET:
		return sxp_edit_set(edit, node, text, len);
	case SET_EXPR:
		return sxp_edit_set_expr(edit, node, text, len);
	case INSERT:
		return sxp_edit_insert(edit, sxp_parent(doc, node), node, text, len);
	case APPEND:
		return sxp_edit_insert(edit, node, 0, text, len);
	case DELETE:
		return sxp_edit_delete(edit, node);
	case RENAME:
		return sxp_edit_rename(edit, node, text, len);
	}
	return SXP_OK;
}

static void check_edit(const char *text, enum what what, const char *path, const char *value,
		       const char *changed)
{
	struct sxp_doc *doc = read(text);
	struct sxp_edit *edit = sxp_edit_new(doc);
	sxp_node node = *path ? sxp_find(doc, sxp_root(doc), path) : sxp_root(doc);
	char *out;

	assert_int_equal(change(edit, doc, what, node, value), SXP_OK);
	out = sxp_edit_to_string(edit, NULL);
	assert_string_equal(out, changed);
	free(out);
	sxp_edit_free(edit);
	sxp_free(doc);
}

TEST(edits_change_what_they_concern)
{
	const char *text = "(vif # first\n    (ip  \"1\") # old\n    (mac m)\n)\n";

	check_edit(text, SET, "vif/ip", "1 2",
		   "(vif # first\n    (ip  '1 2') # old\n    (mac m)\n)\n");
	check_edit(text, SET_EXPR, "vif/ip", "1 (2)",
		   "(vif # first\n    (ip  1 (2)) # old\n    (mac m)\n)\n");
	check_edit(text, DELETE, "vif/mac", "", "(vif # first\n    (ip  \"1\") # old\n)\n");
	check_edit(text, DELETE, "vif/ip", "", "(vif # first\n # old\n    (mac m)\n)\n");
	check_edit(text, RENAME, "vif/mac", "m c",
		   "(vif # first\n    (ip  \"1\") # old\n    ('m c' m)\n)\n");
	check_edit(text, INSERT, "vif/mac", "(x)",
		   "(vif # first\n    (ip  \"1\") # old\n    (x)\n    (mac m)\n)\n");
	check_edit(text, APPEND, "vif", "(x)",
		   "(vif # first\n    (ip  \"1\") # old\n    (mac m)\n    (x)\n)\n");
	check_edit(text, APPEND, "", "(x) # end",
		   "(vif # first\n    (ip  \"1\") # old\n    (mac m)\n)\n(x) # end\n\n");
	check_edit("()", APPEND, "[1]", "a", "(a)");
	check_edit("(a)", SET, "a", "x", "(a x)");
	check_edit("(a;b;c)", DELETE, "a/[1]", "", "(a ;c)");
	check_edit("(a{b)", SET, "a/[1]", "x", "(a x)");
	check_edit("(a # c\n b)", DELETE, "a/[1]", "", "(a # c\n)");
	check_edit("(a b # c\n)", APPEND, "a", "d", "(a b # c\nd\n)");
	check_edit("a 'b'\x04)", DELETE, "[2]", "", "a \x04)");
	check_edit("'b'\x04)", SET, "[1]", "c", "c \x04)");
	check_edit("a 'b'\x04)", SET_EXPR, "[2]", "", "a \x04)");
	check_edit("(a) (b)", DELETE, "a", "", "(b)");
	check_edit("", APPEND, "", "(a)", "(a)\n");
}

TEST(edits_of_one_place_conflict)
{
	struct sxp_doc *doc = read("(a (b c) d)");
	struct sxp_edit *edit = sxp_edit_new(doc);
	sxp_node a = sxp_first(doc, sxp_root(doc)), b = sxp_child(doc, a, "b");
	char *out;

	assert_int_equal(sxp_edit_set(edit, b, "x", 1), SXP_OK);
	assert_int_equal(sxp_edit_delete(edit, b), SXP_CONFLICT);
	assert_int_equal(sxp_edit_set(edit, b, "y", 1), SXP_CONFLICT);
	assert_int_equal(sxp_edit_delete(edit, 0), SXP_CONFLICT);
	assert_int_equal(sxp_edit_delete(edit, sxp_root(doc)), SXP_CONFLICT);
	assert_int_equal(sxp_edit_insert(edit, a, 0, "(", 1), SXP_LIST_NOT_CLOSED);
	assert_int_equal(sxp_edit_delete(edit, sxp_next(doc, b)), SXP_OK);
	assert_int_equal(sxp_edit_rename(edit, a, "A", 1), SXP_OK);
	out = sxp_edit_to_string(edit, NULL);
	assert_string_equal(out, "(A (b x))");
	free(out);
	sxp_edit_free(edit);
	sxp_free(doc);
}

/* The tree as it should be after the edit, one value a line, without the source. */
static void expect(char *to, const struct sxp_doc *doc, sxp_node list, enum what what,
		   sxp_node node, const char *value, const char *quoted)
{
	bool is_name = true;

	to += strlen(to);
	if (list != sxp_root(doc))
		to += sprintf(to, "(");
	for (sxp_node n = sxp_first(doc, list); n; n = sxp_next(doc, n), is_name = false) {
		if (n == node && what == DELETE)
			continue;
		if (n == node && what == INSERT)
			to += sprintf(to, "%s ", value);
		if (list == node && what == SET && !is_name)
			continue;
		if ((list == node && what == RENAME && is_name) ||
		    (n == node && what == SET && !sxp_is_list(doc, n))) {
			to += sprintf(to, "%s ", quoted);
		} else if (sxp_is_list(doc, n)) {
			*to = '\0';
			expect(to, doc, n, what, node, value, quoted);
			to += strlen(to);
		} else {
			to += sxp_print_buffer(doc, n, NULL, to, 1000);
			to += sprintf(to, " ");
		}
	}
	if (list == node && (what == APPEND || (what == SET && sxp_is_list(doc, node))))
		to += sprintf(to, "%s ", what == SET ? quoted : value);
	sprintf(to, list != sxp_root(doc) ? ")\n" : "");
}

static void check_random_edit(struct random *r, const char *text, size_t len)
{
	static const char *const values[] = { "x", "(new (y))", "", "a b # c", "'q'(r)" };
	struct sxp_doc *doc = sxp_read(text, len, NULL), *after, *wanted;
	struct sxp_edit *edit = sxp_edit_new(doc);
	const char *value = values[random_below(r, 5)];
	enum what what = (enum what)random_below(r, 6);
	sxp_node node = sxp_root(doc), next;
	char *changed, *expected = calloc(1, len * 8 + 1000), quoted[64] = "";
	struct sxp_doc *word = sxp_new();

	/* a way down to a node by chance */
	while ((next = sxp_first(doc, node))) {
		for (uint32_t i = random_below(r, 4); i && sxp_next(doc, next); i--)
			next = sxp_next(doc, next);
		node = next;
		if (!random_below(r, 3))
			break;
	}
	what = what == SET_EXPR ? SET : what;
	sxp_add(word, sxp_root(word), value);
	sxp_print_buffer(word, sxp_first(word, sxp_root(word)), NULL, quoted, sizeof(quoted) - 1);
	if (change(edit, doc, what, node, value) == SXP_OK) {
		size_t changed_len = 0;

		changed = sxp_edit_to_string(edit, &changed_len);
		expect(expected, doc, sxp_root(doc), what, node,
		       value == values[3] ? "a b # c\n" : value, quoted);
		after = sxp_read(changed, changed_len, NULL);
		wanted = read(expected);
		if (!after || !sxp_equal(after, sxp_root(after), wanted, sxp_root(wanted)))
			fail_msg("edit %d of node %u of:\n%.*s\ngives:\n%s\ninstead of:\n%s",
				 (int)what, (unsigned)node, (int)len, text, changed, expected);
		sxp_free(after);
		sxp_free(wanted);
		free(changed);
	}
	free(expected);
	sxp_free(word);
	sxp_edit_free(edit);
	sxp_free(doc);
}

TEST(edits_change_the_tree_as_they_should)
{
	struct random r = { 12 };
	size_t len;

	for (int i = 0; i < 20000; i++) {
		char *text = random_tree(&r, 30, &len);

		check_random_edit(&r, text, len);
		free(text);
	}
}

TEST(all_values_can_be_deleted_at_once)
{
	struct sxp_doc *doc = read("(a b  (c)\n d)");
	struct sxp_edit *edit = sxp_edit_new(doc);
	sxp_node a = sxp_first(doc, sxp_root(doc)), nodes[4];
	size_t n = 0;
	char *out;

	for (sxp_node i = sxp_first(doc, a); i; i = sxp_next(doc, i))
		nodes[n++] = i;
	while (n)
		assert_int_equal(sxp_edit_delete(edit, nodes[--n]), SXP_OK);
	out = sxp_edit_to_string(edit, NULL);
	assert_string_equal(out, "()");
	free(out);
	sxp_edit_free(edit);
	sxp_free(doc);
}

/* Which edits of each node were taken. */
struct taken {
	bool is_deleted, is_set, has_before, has_appended;
};

/* As expect(), of many edits at once; each writes the text "x". */
static char *expect_all(char *to, const struct sxp_doc *doc, sxp_node list, const struct taken *taken)
{
	for (sxp_node n = sxp_first(doc, list); n; n = sxp_next(doc, n)) {
		if (taken[n].has_before)
			to = stpcpy(to, " x ");
		if (taken[n].is_deleted)
			continue;
		if (sxp_is_list(doc, n)) {
			to = expect_all(stpcpy(to, "("), doc, n, taken);
			to = stpcpy(to, ")\n");
		} else if (taken[n].is_set) {
			to = stpcpy(to, "x ");
		} else {
			to += sxp_print_buffer(doc, n, NULL, to, 1000);
			to = stpcpy(to, " ");
		}
	}
	return stpcpy(to, taken[list].has_appended ? " x " : "");
}

static enum sxp_code edit_by_chance(struct random *r, struct sxp_edit *edit,
				    const struct sxp_doc *doc, sxp_node node, struct taken *taken)
{
	enum sxp_code code;

	switch (random_below(r, 6)) {
	case 0:
		code = sxp_is_list(doc, node) ? SXP_CONFLICT : sxp_edit_set(edit, node, "x", 1);
		taken->is_set |= !code;
		return code;
	case 1:
		code = taken->has_before ?
			       SXP_CONFLICT :
			       sxp_edit_insert(edit, sxp_parent(doc, node), node, "x", 1);
		taken->has_before |= !code;
		return code;
	case 2:
		code = taken->has_appended ? SXP_CONFLICT : sxp_edit_insert(edit, node, 0, "x", 1);
		taken->has_appended |= !code;
		return code;
	default:
		code = sxp_edit_delete(edit, node);
		taken->is_deleted |= !code;
		return code;
	}
}

static void check_random_edits(struct random *r, const char *text, size_t len)
{
	struct sxp_doc *doc = sxp_read(text, len, NULL), *after, *wanted;
	struct sxp_edit *edit = sxp_edit_new(doc);
	struct taken *taken = calloc(len + 2, sizeof(*taken));
	char *changed, *expected = calloc(1, len * 8 + 1000);
	size_t changed_len = 0;

	for (uint32_t i = random_below(r, 12); i; i--) {
		sxp_node node = sxp_first(doc, sxp_root(doc)), down;

		for (uint32_t j = random_below(r, 40); j && node; j--) {
			down = random_below(r, 2) ? sxp_first(doc, node) : 0;
			if (!down && !(down = sxp_next(doc, node)))
				break;
			node = down;
		}
		if (node)
			edit_by_chance(r, edit, doc, node, &taken[node]);
	}
	changed = sxp_edit_to_string(edit, &changed_len);
	expect_all(expected, doc, sxp_root(doc), taken);
	after = sxp_read(changed, changed_len, NULL);
	wanted = read(expected);
	if (!after || !sxp_equal(after, sxp_root(after), wanted, sxp_root(wanted)))
		fail_msg("edits of:\n%.*s\ngive:\n%s\ninstead of:\n%s", (int)len, text, changed,
			 expected);
	sxp_free(after);
	sxp_free(wanted);
	free(changed);
	free(expected);
	free(taken);
	sxp_edit_free(edit);
	sxp_free(doc);
}

TEST(many_edits_at_once_change_the_tree_as_they_should)
{
	struct random r = { 13 };
	size_t len;

	for (int i = 0; i < 20000; i++) {
		char *text = random_tree(&r, 30, &len);

		check_random_edits(&r, text, len);
		free(text);
	}
}

/* All values of a list but its name, the last one first or not. */
static void check_deletions(const char *text, bool is_backward, const char *changed)
{
	struct sxp_doc *doc = read(text);
	struct sxp_edit *edit = sxp_edit_new(doc);
	sxp_node nodes[4], name = sxp_first(doc, sxp_first(doc, sxp_root(doc)));
	size_t n = 0;
	char *out;

	for (sxp_node i = sxp_next(doc, name); i; i = sxp_next(doc, i))
		nodes[n++] = i;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(sxp_edit_delete(edit, nodes[is_backward ? n - 1 - i : i]), SXP_OK);
	out = sxp_edit_to_string(edit, NULL);
	assert_string_equal(out, changed);
	free(out);
	sxp_edit_free(edit);
	sxp_free(doc);
}

TEST(a_comment_takes_nothing_in_when_what_follows_it_is_deleted)
{
	check_deletions("(a # c\n  (x)\n  (y))", false, "(a # c\n)");
	check_deletions("(a # c\n  (x)\n  (y))", true, "(a # c\n)");
	check_deletions("(a # c\n  x\n  y\n  z\n)", false, "(a # c\n)");
	check_deletions("(a # c\n  x # d\n  y)", false, "(a # c\n # d\n)");
}

/* ---- large ---- */

static void check_large(char *text, size_t len)
{
	struct sxp_doc *doc = sxp_read(text, len, NULL), *copy = sxp_new();
	size_t n = 0;
	char *out;

	assert_non_null(doc);
	out = sxp_to_string(doc, sxp_first(doc, sxp_root(doc)), &n);
	assert_int_equal(n, len);
	assert_memory_equal(out, text, len);
	free(out);
	assert_true(sxp_equal(doc, sxp_root(doc), doc, sxp_root(doc)));
	assert_true(sxp_add_copy(copy, sxp_root(copy), doc, sxp_first(doc, sxp_root(doc))) != 0);
	out = sxp_to_string(copy, sxp_first(copy, sxp_root(copy)), &n);
	assert_int_equal(n, len);
	free(out);
	out = print_as(doc, sxp_root(doc), SXP_INDENTED, 0);
	free(out);
	out = print_as(doc, sxp_root(doc), SXP_JSON, 0);
	free(out);
	sxp_free(copy);
	sxp_free(doc);
	free(text);
}

TEST(depth_costs_no_stack)
{
	size_t n = 1000000;
	char *text = malloc(2 * n);

	memset(text, '(', n);
	memset(text + n, ')', n);
	check_large(text, 2 * n);
}

TEST(an_atom_may_be_long)
{
	size_t n = 10000000;
	char *text = malloc(n);

	memset(text, 'a', n);
	text[0] = '(';
	text[n - 1] = ')';
	check_large(text, n);
}

TEST(a_list_may_be_wide)
{
	size_t n = 5000001;
	char *text = malloc(n);

	for (size_t i = 0; i < n; i++)
		text[i] = i % 2 ? 'a' : ' ';
	text[0] = '(';
	text[n - 1] = ')';
	check_large(text, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_arrays_and_strings),
		cmocka_unit_test(indented_is_flat_where_it_fits),
		cmocka_unit_test(what_is_printed_reads_back_equal),
		cmocka_unit_test(what_is_almost_as_printed_is_printed),
		cmocka_unit_test(paths_name_elements),
		cmocka_unit_test(bad_paths_are_errors_with_a_column),
		cmocka_unit_test(xends_helpers_find_what_they_found),
		cmocka_unit_test(merging_goes_down_by_names),
		cmocka_unit_test(a_document_that_was_read_can_grow),
		cmocka_unit_test(edits_change_what_they_concern),
		cmocka_unit_test(edits_of_one_place_conflict),
		cmocka_unit_test(edits_change_the_tree_as_they_should),
		cmocka_unit_test(many_edits_at_once_change_the_tree_as_they_should),
		cmocka_unit_test(all_values_can_be_deleted_at_once),
		cmocka_unit_test(a_comment_takes_nothing_in_when_what_follows_it_is_deleted),
		cmocka_unit_test(depth_costs_no_stack),
		cmocka_unit_test(an_atom_may_be_long),
		cmocka_unit_test(a_list_may_be_wide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
