/* SPDX-License-Identifier: GPL-2.0-or-later */
/* userdata-json.c - the "ip" of one vif in libxl's JSON. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/base/text.h"
#include "src/stored/userdata-json.h"

/* libxl's own nesting is below 10. */
#define DEPTH_MAX 64

struct json_scan {
	const char *text;
	size_t len, at;
};

static void skip_blanks(struct json_scan *s)
{
	while (s->at < s->len && s->text[s->at] && strchr(" \t\r\n", s->text[s->at]))
		s->at++;
}

static bool accept_mark(struct json_scan *s, char c)
{
	skip_blanks(s);
	if (s->at >= s->len || s->text[s->at] != c)
		return false;
	s->at++;
	return true;
}

static bool skip_string(struct json_scan *s)
{
	if (!accept_mark(s, '"'))
		return false;
	for (; s->at < s->len && s->text[s->at] != '"'; s->at++)
		if (s->text[s->at] == '\\')
			s->at++;
	return s->at < s->len && s->text[s->at++] == '"';
}

/* Numbers, true, false, null. */
static bool skip_word(struct json_scan *s)
{
	size_t from = s->at;

	while (s->at < s->len && s->text[s->at] && !strchr(" \t\r\n,:]}[{\"", s->text[s->at]))
		s->at++;
	return s->at > from;
}

/* A value of any kind; lists and objects by counting, strings apart. */
static bool skip_value(struct json_scan *s)
{
	unsigned depth = 0;

	do {
		skip_blanks(s);
		if (s->at >= s->len)
			return false;
		switch (s->text[s->at]) {
		case '{':
		case '[':
			if (++depth > DEPTH_MAX)
				return false;
			s->at++;
			break;
		case '}':
		case ']':
			if (!depth--)
				return false;
			s->at++;
			break;
		case '"':
			if (!skip_string(s))
				return false;
			break;
		case ',':
		case ':':
			if (!depth)
				return false;
			s->at++;
			break;
		default:
			if (!skip_word(s))
				return false;
		}
	} while (depth);
	return true;
}

struct member {
	struct text_span key; /* with its quotes */
	struct text_span value;
};

/* The next member of the object @s stands in; false at its end. */
static bool next_member(struct json_scan *s, struct member *out, bool *ok)
{
	accept_mark(s, ',');
	skip_blanks(s);
	if (s->at < s->len && s->text[s->at] == '}')
		return false;
	out->key.at = s->at;
	*ok = skip_string(s);
	out->key.len = s->at - out->key.at;
	*ok = *ok && accept_mark(s, ':');
	skip_blanks(s);
	out->value.at = s->at;
	*ok = *ok && skip_value(s);
	out->value.len = s->at - out->value.at;
	return *ok;
}

static bool is_text(const char *text, struct text_span span, const char *word)
{
	return span.len == strlen(word) && !memcmp(text + span.at, word, span.len);
}

/* A whole number, as libxl writes it. */
static bool is_number(const char *text, struct text_span value, unsigned long number)
{
	char digits[24];

	return value.len < sizeof(digits) &&
	       value.len == (size_t)snprintf(digits, sizeof(digits), "%lu", number) &&
	       !memcmp(text + value.at, digits, value.len);
}

struct nic {
	struct member ip, mac;	 /* key.len 0: absent */
	struct member before_ip; /* the member in front of it */
	struct text_span whole;
};

/* Look through one nic; false if it cannot be understood. */
static bool read_nic(struct json_scan *s, unsigned long devid, struct nic *out, bool *matches)
{
	struct member m, last = { 0 };
	bool ok = true;

	*out = (struct nic){ 0 };
	*matches = false;
	out->whole.at = s->at;
	if (!accept_mark(s, '{'))
		return false;
	for (; next_member(s, &m, &ok); last = m) {
		if (is_text(s->text, m.key, "\"devid\""))
			*matches = is_number(s->text, m.value, devid);
		else if (is_text(s->text, m.key, "\"mac\""))
			out->mac = m;
		else if (is_text(s->text, m.key, "\"ip\"")) {
			out->ip = m;
			out->before_ip = last;
		}
	}
	return ok && accept_mark(s, '}');
}

static int find_nic(const char *text, size_t len, unsigned devid, struct nic *out)
{
	struct json_scan s = { text, len, 0 };
	struct member m;
	bool ok = accept_mark(&s, '{'), matches = false;

	while (ok && next_member(&s, &m, &ok)) {
		struct json_scan in = { text, m.value.at + m.value.len, m.value.at };

		if (!is_text(text, m.key, "\"nics\"") || !accept_mark(&in, '['))
			continue;
		while (!matches && !accept_mark(&in, ']')) {
			accept_mark(&in, ',');
			skip_blanks(&in);
			if (!read_nic(&in, devid, out, &matches))
				return -EINVAL;
		}
		return matches ? 0 : -ENOENT;
	}
	return ok ? -ENOENT : -EINVAL;
}

/* json-c writes "\/" for "/"; what else may be escaped cannot stand in a list of ours. */
static char *decode(const char *text, struct text_span value)
{
	bool is_string = value.len >= 2 && text[value.at] == '"';
	char *out = is_string ? strndup(text + value.at + 1, value.len - 2) : strdup(""), *to = out;

	for (const char *from = out; from && *from; from++) {
		from += from[0] == '\\' && from[1] == '/';
		*to++ = *from;
	}
	if (to)
		*to = '\0';
	return out;
}

/* The value of a member of the object that @in stands in front of. Returns 0, -ENOENT or -EINVAL. */
static int find_member(struct json_scan *in, const char *key, struct text_span *out)
{
	struct member m;
	bool ok = accept_mark(in, '{');

	while (ok && next_member(in, &m, &ok))
		if (is_text(in->text, m.key, key)) {
			*out = m.value;
			return 0;
		}
	return ok ? -ENOENT : -EINVAL;
}

int userdata_json_uuid(const char *text, size_t len, char **value_out)
{
	struct json_scan whole = { text, len, 0 }, inner = { .text = text };
	struct text_span value;
	int r = find_member(&whole, "\"c_info\"", &value);

	*value_out = NULL;
	if (!r) {
		inner.at = value.at;
		inner.len = value.at + value.len;
		r = find_member(&inner, "\"uuid\"", &value);
	}
	if (r)
		return r == -ENOENT ? 0 : r;
	*value_out = decode(text, value);
	return *value_out ? 0 : -ENOMEM;
}

int userdata_json_get(const char *text, size_t len, unsigned devid, char **value_out)
{
	struct nic nic;
	int r = find_nic(text, len, devid, &nic);

	*value_out = NULL;
	if (r || !nic.ip.key.len || is_text(text, nic.ip.value, "null"))
		return r;
	*value_out = decode(text, nic.ip.value);
	return *value_out ? 0 : -ENOMEM;
}

/* A member of its own after "mac", set apart as "mac" is. */
static int plan_insertion(const char *text, const struct nic *nic, const char *value,
			  struct text_edit *out)
{
	size_t blanks = nic->mac.key.at;

	if (!nic->mac.key.len)
		return -EINVAL;
	while (blanks && text[blanks - 1] && strchr(" \t\r\n", text[blanks - 1]))
		blanks--;
	out->from = out->to = nic->mac.value.at + nic->mac.value.len;
	return asprintf(&out->with, ",%.*s\"ip\": \"%s\"", (int)(nic->mac.key.at - blanks),
			text + blanks, value) < 0 ?
		       -ENOMEM :
		       0;
}

/* The member with the comma before it, or, where it is the first, with the one after it. */
static int plan_removal(const char *text, size_t len, const struct nic *nic, struct text_edit *out)
{
	struct json_scan s = { text, len, nic->ip.value.at + nic->ip.value.len };

	out->from = nic->before_ip.key.len ? nic->before_ip.value.at + nic->before_ip.value.len :
					     nic->ip.key.at;
	out->to = s.at;
	if (!nic->before_ip.key.len && accept_mark(&s, ',')) {
		skip_blanks(&s);
		out->to = s.at;
	}
	out->with = strdup("");
	return out->with ? 0 : -ENOMEM;
}

static int plan_change(const char *text, size_t len, const struct nic *nic, const char *value,
		       struct text_edit *out)
{
	*out = (struct text_edit){ 0 };
	if (!nic->ip.key.len)
		return value ? plan_insertion(text, nic, value, out) : 0;
	if (!value)
		return plan_removal(text, len, nic, out);
	out->from = nic->ip.value.at;
	out->to = nic->ip.value.at + nic->ip.value.len;
	return asprintf(&out->with, "\"%s\"", value) < 0 ? -ENOMEM : 0;
}

int userdata_json_set(const char *text, size_t len, unsigned devid, const char *value, char **out,
		      size_t *len_out)
{
	CLEANUP(cleanup_free) char *now = NULL;
	struct text_edit change;
	struct nic nic;
	int r = find_nic(text, len, devid, &nic);

	if (!r)
		r = plan_change(text, len, &nic, value, &change);
	if (r)
		return r;
	*out = text_edited(text, len, &change, len_out);
	if (*out)
		r = userdata_json_get(*out, *len_out, devid, &now);
	free(change.with);
	if (!*out || r)
		return *out ? r : -ENOMEM;
	return (now && value && !strcmp(now, value)) || now == value ? 0 : -EINVAL;
}
