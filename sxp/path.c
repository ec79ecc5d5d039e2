/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* path.c - looking values up by path; the language is described in sxp.h. */
#include "sxp/doc.h"

enum step_kind { STEP_NAME, STEP_LISTS, STEP_VALUES };

struct path_step {
	enum step_kind kind;
	struct bytes name;
	size_t conditions; /* where the first "[" stands, if there is one */
};

struct condition {
	struct bytes name, text;
	uint32_t number; /* [N], or 0 */
	bool has_text;
};

static bool is_end(char c)
{
	return !c || c == '/' || c == '[' || c == ']' || c == '=';
}

/* A name or text at *pos; quoted ones have to be closed. */
static bool parse_word(const char *path, size_t *pos, struct bytes *word)
{
	size_t begin = *pos, i = begin;
	char quote = path[i];

	if (quote != '\'' && quote != '"') {
		while (!is_end(path[i]))
			i++;
		*word = (struct bytes){ .text = (const unsigned char *)path + begin,
					.len = i - begin };
		*pos = i;
		return i > begin;
	}
	for (i++; path[i] && path[i] != quote; i++)
		i += path[i] == '\\' && path[i + 1];
	*word = (struct bytes){ .text = (const unsigned char *)path + begin + 1,
				.len = i - begin - 1,
				.escaped = true };
	*pos = path[i] ? i + 1 : i;
	return path[i] == quote;
}

static uint32_t number_of(struct bytes word)
{
	uint64_t n = 0;

	for (size_t i = 0; i < word.len; i++) {
		if (word.escaped || word.text[i] < '0' || word.text[i] > '9')
			return 0;
		n = n * 10 + word.text[i] - '0';
		if (n > WORD_VALUE)
			n = WORD_VALUE;
	}
	return (uint32_t)n;
}

/* From "[" to after "]"; *pos is where it went wrong otherwise. */
static bool parse_condition(const char *path, size_t *pos, struct condition *c)
{
	*c = (struct condition){ 0 };
	++*pos;
	if (!parse_word(path, pos, &c->name))
		return false;
	if (path[*pos] == '=') {
		++*pos;
		c->has_text = path[*pos] == ']' || parse_word(path, pos, &c->text);
		if (!c->has_text)
			return false;
	} else {
		c->number = number_of(c->name);
	}
	if (path[*pos] != ']')
		return false;
	++*pos;
	return true;
}

static bool parse_step(const char *path, size_t *pos, struct path_step *step)
{
	*step = (struct path_step){ .kind = STEP_NAME };
	if (path[*pos] == '[') {
		step->kind = STEP_VALUES;
	} else if (path[*pos] == '*' && is_end(path[*pos + 1])) {
		step->kind = STEP_LISTS;
		++*pos;
	} else if (!parse_word(path, pos, &step->name)) {
		return false;
	}
	step->conditions = *pos;
	return true;
}

static bool check_step(const char *path, size_t *pos)
{
	struct condition c;
	struct path_step step;
	unsigned n_numbers = 0;

	if (!parse_step(path, pos, &step))
		return false;
	while (path[*pos] == '[') {
		size_t begin = *pos;

		if (!parse_condition(path, pos, &c))
			return false;
		n_numbers += c.number > 0;
		if (n_numbers > 1) { /* it could only be [1], or find nothing */
			*pos = begin;
			return false;
		}
	}
	return !path[*pos] || path[*pos] == '/';
}

bool sxp_search(struct sxp_search *search, const struct sxp_doc *doc, sxp_node from,
		const char *path, struct sxp_error *err)
{
	size_t pos = 0;
	bool ok = true, more = true;

	*search = (struct sxp_search){ .doc = doc, .path = path };
	while (ok && more) {
		ok = search->n_steps < SXP_STEPS_MAX && pos < UINT32_MAX;
		if (!ok)
			break;
		search->steps[search->n_steps++] = (uint32_t)pos;
		ok = check_step(path, &pos);
		more = path[pos] == '/';
		pos += ok && more;
	}
	search->lists[0] = from;
	if (err)
		*err = (struct sxp_error){ .code = SXP_OK };
	if (ok)
		return true;
	search->n_steps = 0;
	if (err)
		*err = (struct sxp_error){ .code = SXP_PATH,
					   .offset = pos,
					   .line = 1,
					   .column = pos + 1,
					   .found = path[pos] ? (unsigned char)path[pos] : -1 };
	return false;
}

static bool text_matches(const struct sxp_doc *doc, sxp_node node, struct bytes bytes)
{
	return doc_is_text(doc, node) && bytes_equal(text_bytes(doc, node), bytes);
}

static bool has_element(const struct sxp_doc *doc, sxp_node list, const struct condition *c)
{
	for (sxp_node n = sxp_first(doc, list); n; n = sxp_next(doc, n)) {
		sxp_node name = sxp_first(doc, n);

		if (text_matches(doc, name, c->name) &&
		    (!c->has_text || text_matches(doc, sxp_next(doc, name), c->text)))
			return true;
	}
	return false;
}

static bool matches(struct sxp_search *s, const struct path_step *step, sxp_node node)
{
	const struct sxp_doc *doc = s->doc;
	size_t pos = step->conditions;
	struct condition c;

	if (step->kind == STEP_LISTS && !doc_is_list(doc, node))
		return false;
	if (step->kind == STEP_NAME && !text_matches(doc, sxp_first(doc, node), step->name))
		return false;
	while (s->path[pos] == '[') {
		parse_condition(s->path, &pos, &c);
		if (c.number ? ++s->counts[s->level] != c.number : !has_element(doc, node, &c))
			return false;
	}
	return true;
}

/* The value after the last one of this level. */
static sxp_node advance(const struct sxp_search *s, const struct path_step *step)
{
	sxp_node list = s->lists[s->level], node = s->nodes[s->level];

	if (node)
		return sxp_next(s->doc, node);
	node = sxp_first(s->doc, list);
	if (step->kind == STEP_VALUES && list != ROOT && doc_is_text(s->doc, node))
		node = sxp_next(s->doc, node);
	return node;
}

/* The next match of this level in its list. */
static sxp_node next_match(struct sxp_search *s)
{
	size_t pos = s->steps[s->level];
	struct path_step step;
	sxp_node node;

	parse_step(s->path, &pos, &step);
	do {
		node = advance(s, &step);
		s->nodes[s->level] = node;
	} while (node && !matches(s, &step, node));
	return node;
}

sxp_node sxp_found(struct sxp_search *s)
{
	while (s->n_steps) {
		sxp_node node = next_match(s);

		if (node && s->level + 1 == s->n_steps)
			return node;
		if (node) {
			s->level++;
			s->lists[s->level] = node;
			s->nodes[s->level] = 0;
			s->counts[s->level] = 0;
		} else if (s->level) {
			s->level--;
		} else {
			s->n_steps = 0;
		}
	}
	return 0;
}

sxp_node sxp_find(const struct sxp_doc *doc, sxp_node from, const char *path)
{
	struct sxp_search search;

	return sxp_search(&search, doc, from, path, NULL) ? sxp_found(&search) : 0;
}
