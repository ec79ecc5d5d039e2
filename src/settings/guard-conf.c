/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-conf.c - /etc/xvif/guard.conf: which vifs are guarded, and what is different for one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/array.h"
#include "src/settings/guard-conf.h"
#include "src/settings/settings.h"

static const char *const mode_names[] = { "off", "observe", "enforce", "closed" };
#define N_MODES (sizeof(mode_names) / sizeof(*mode_names))

const char *guard_mode_name(enum guard_mode mode)
{
	return mode_names[mode];
}

/* Where a word is that is looked at. */
struct place {
	const char *name; /* of the file */
	unsigned line;
	size_t column; /* from 1 */
};

static int wrong(const struct place *at, struct error *err, const char *what, const char *word,
		 const char *expected)
{
	return error_set(err, -EINVAL, "%s:%u:%zu: %s '%s' (expected %s)", at->name, at->line,
			 at->column, what, word, expected);
}

bool guard_parse_mac(const char *text, uint8_t out[6])
{
	uint8_t mac[6];

	for (size_t i = 0; i < 6; i++) {
		const char *digits = text + 3 * i;
		char pair[3] = { 0 };

		if (strlen(text) != 17 || (i < 5 && digits[2] != ':') ||
		    strspn(digits, "0123456789abcdefABCDEF") < 2)
			return false;
		memcpy(pair, digits, 2);
		mac[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	/* a group, or nobody */
	if (mac[0] & 1 || !memcmp(mac, "\0\0\0\0\0", 6))
		return false;
	memcpy(out, mac, 6);
	return true;
}

static bool parse_number(const char *text, int base, unsigned long min, unsigned long max,
			 uint16_t *out)
{
	char *end;
	unsigned long value = strtoul(text, &end, base);

	if (*text < '0' || *text > '9' || *end || value < min || value > max)
		return false;
	*out = (uint16_t)value;
	return true;
}

/* "10", "10-20" */
static bool parse_vlans(const char *word, struct guard_vlans *out)
{
	const char *dash = strchr(word, '-');
	char first[16];

	if (strlen(word) >= sizeof(first))
		return false;
	snprintf(first, sizeof(first), "%.*s", dash ? (int)(dash - word) : (int)strlen(word), word);
	return parse_number(first, 10, 1, 4094, &out->first) &&
	       parse_number(dash ? dash + 1 : first, 10, out->first, 4094, &out->last);
}

/* A value of an option that takes several. */
typedef int (*parse_value)(struct guard_line *line, const char *word, const struct place *at,
			   struct error *err);

static int parse_vid(struct guard_line *line, const char *word, const struct place *at,
		     struct error *err)
{
	struct guard_options *o = &line->options;

	line->has_vids = true;
	if (o->n_vids == GUARD_VIDS_MAX)
		return wrong(at, err, "too many values:", word, "at most 64");
	if (!parse_vlans(word, &o->vids[o->n_vids]))
		return wrong(at, err, "invalid VLAN", word, "1 to 4094, or a range as 10-20");
	o->n_vids++;
	return 0;
}

static int parse_type(struct guard_line *line, const char *word, const struct place *at,
		      struct error *err)
{
	struct guard_options *o = &line->options;

	line->has_types = true;
	if (o->n_types == GUARD_TYPES_MAX)
		return wrong(at, err, "too many values:", word, "at most 16");
	if (!parse_number(word, 0, 0x600, 0xffff, &o->types[o->n_types]) ||
	    o->types[o->n_types] == 0x8100 || o->types[o->n_types] == 0x88a8 ||
	    o->types[o->n_types] == 0x0800 || o->types[o->n_types] == 0x86dd ||
	    o->types[o->n_types] == 0x0806 || o->types[o->n_types] == 0x8035)
		return wrong(at, err, "invalid ethertype", word,
			     "0x600 to 0xffff, except IP, ARP, RARP and VLAN tags");
	o->n_types++;
	return 0;
}

static int parse_extra_mac(struct guard_line *line, const char *word, const struct place *at,
			   struct error *err)
{
	struct guard_options *o = &line->options;

	line->has_macs = true;
	if (o->n_macs == GUARD_MACS_MAX)
		return wrong(at, err, "too many values:", word, "at most 8");
	if (!guard_parse_mac(word, o->macs[o->n_macs]))
		return wrong(at, err, "invalid MAC", word, "a unicast MAC such as 00:00:5e:00:01:07");
	o->n_macs++;
	return 0;
}

static int parse_shared(struct guard_line *line, const char *word, const struct place *at,
			struct error *err)
{
	struct guard_options *o = &line->options;

	line->has_shared = true;
	if (o->n_shared == sizeof(o->shared) / sizeof(*o->shared))
		return wrong(at, err, "too many values:", word, "at most 64");
	if (ipnet_parse(word, &o->shared[o->n_shared], NULL))
		return wrong(at, err, "invalid address", word, "an address or network");
	o->n_shared++;
	return 0;
}

static int parse_mode(struct guard_line *line, const char *word, const struct place *at,
		      struct error *err)
{
	line->has_mode = true;
	for (size_t i = 0; i < N_MODES; i++)
		if (!strcmp(word, mode_names[i])) {
			line->options.mode = (enum guard_mode)i;
			return 0;
		}
	return wrong(at, err, "invalid mode", word, "off, observe, enforce or closed");
}

/* Options that are one of two words. */
static const struct {
	const char *name, *off, *on; /* off NULL: it takes no value */
	enum guard_flag flag;
} flags[] = {
	{ "unlisted", "free", "closed", GUARD_UNLISTED_CLOSED },
	{ "link-local", "any", "eui64", GUARD_STRICT_LOCAL },
	{ "on-failure", "refuse", "continue", GUARD_FAIL_OPEN },
	{ "any-source", NULL, NULL, GUARD_ANY_SOURCE },
	{ "router-advertiser", NULL, NULL, GUARD_ROUTER_ADVERTISER },
	{ "dhcp-server", NULL, NULL, GUARD_DHCP_SERVER },
	{ "multicast-querier", NULL, NULL, GUARD_MULTICAST_QUERIER },
};
#define N_FLAGS (sizeof(flags) / sizeof(*flags))

static const struct {
	const char *name;
	parse_value parse;
	bool is_list;
} values[] = {
	{ "mode", parse_mode, false },	    { "trunk", parse_vid, true },
	{ "ethertypes", parse_type, true }, { "extra-macs", parse_extra_mac, true },
	{ "shared", parse_shared, true },
};
#define N_VALUES (sizeof(values) / sizeof(*values))

#define OPTIONS_TEXT \
	"mode=, unlisted=, extra-macs=, shared=, any-source, trunk=, ethertypes=, router-advertiser, " \
	"dhcp-server, multicast-querier, link-local= or on-failure="

static int parse_list(struct guard_line *line, size_t which, char *text, struct place at,
		      struct error *err)
{
	char *next = text, *word;
	int r = 0;

	if (!values[which].is_list)
		return values[which].parse(line, text, &at, err);
	while (!r && (word = strsep(&next, ","))) {
		r = values[which].parse(line, word, &at, err);
		at.column += strlen(word) + 1;
	}
	return r;
}

static int set_flag(struct guard_line *line, size_t which, const char *value,
		    const struct place *at, struct error *err)
{
	const char *on = flags[which].on, *off = flags[which].off;
	char expected[64];
	bool is_on = !on || (value && !strcmp(value, on));

	snprintf(expected, sizeof(expected), on ? "%s or %s" : "no value", on ? off : "", on);
	if (on ? !value || (!is_on && strcmp(value, off)) : value != NULL)
		return wrong(at, err, "invalid value", value ? value : "", expected);
	line->flags_said |= flags[which].flag;
	line->options.flags |= is_on ? (unsigned)flags[which].flag : 0;
	return 0;
}

static bool is_said_twice(const struct guard_line *line, const char *name)
{
	const bool said[] = { line->has_mode, line->has_vids, line->has_types, line->has_macs,
			      line->has_shared };

	for (size_t i = 0; i < N_VALUES; i++)
		if (!strcmp(name, values[i].name))
			return said[i];
	for (size_t i = 0; i < N_FLAGS; i++)
		if (!strcmp(name, flags[i].name))
			return line->flags_said & flags[i].flag;
	return false;
}

static int parse_option(struct guard_line *line, char *word, struct place at, struct error *err)
{
	char *value = strchr(word, '=');
	struct place at_value = at;

	if (value)
		*value++ = '\0';
	if (value)
		at_value.column += (size_t)(value - word);
	if (is_said_twice(line, word))
		return wrong(&at, err, "repeated option", word, "each once in a line");
	for (size_t i = 0; i < N_FLAGS; i++)
		if (!strcmp(word, flags[i].name))
			return set_flag(line, i, value, &at_value, err);
	for (size_t i = 0; i < N_VALUES; i++)
		if (!strcmp(word, values[i].name))
			return value && *value ?
				       parse_list(line, i, value, at_value, err) :
				       wrong(&at, err, "missing value of", word, "one after '='");
	return wrong(&at, err, "unknown option", word, OPTIONS_TEXT);
}

static int parse_whom(struct guard_line *line, char *word, const struct place *at, struct error *err)
{
	char *colon = strrchr(word, ':');

	if (!strcmp(word, "default"))
		return 0;
	if (!strncmp(word, "mac=", 4)) {
		line->has_mac = true;
		return guard_parse_mac(word + 4, line->mac) ?
			       0 :
			       wrong(at, err, "invalid MAC", word + 4,
				     "a unicast MAC such as 00:16:3e:00:00:01");
	}
	if (strchr(word, '='))
		return wrong(at, err, "not a vif:", word,
			     "default, DOMAIN, DOMAIN:VIF or mac=MAC first");
	if (colon && colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
		line->has_devid = true;
		if (strlen(colon + 1) > 9)
			return wrong(at, err, "invalid vif", colon + 1, "its devid");
		line->devid = (unsigned)strtoul(colon + 1, NULL, 10);
		*colon = '\0';
	}
	line->domain = word;
	return *word ? 0 : wrong(at, err, "missing domain in", word, "DOMAIN:VIF");
}

static bool is_of_same(const struct guard_line *a, const struct guard_line *b)
{
	return !a->domain == !b->domain && (!a->domain || !strcmp(a->domain, b->domain)) &&
	       a->has_devid == b->has_devid && a->devid == b->devid && a->has_mac == b->has_mac &&
	       !memcmp(a->mac, b->mac, 6);
}

static int add_line(struct guard_conf *out, const struct guard_line *line, const struct place *at,
		    struct error *err)
{
	struct guard_line *v;
	char other[32];

	for (size_t i = 0; i < out->n; i++) {
		snprintf(other, sizeof(other), "%u", out->v[i].number);
		if (is_of_same(&out->v[i], line))
			return wrong(at, err, "same vif or domain as in line", other,
				     "one line for each");
	}
	v = array_grow(out->v, out->n, sizeof(*v));
	if (!v)
		return error_memory(err);
	out->v = v;
	v[out->n++] = *line;
	return 0;
}

static int parse_line(char *text, struct place at, struct guard_conf *out, struct error *err)
{
	struct guard_line line = { .number = at.line };
	const char *begin = text;
	char *word;
	bool has_whom = false;
	int r = 0;

	text[strcspn(text, "#")] = '\0';
	while (!r && (word = strsep(&text, BLANKS))) {
		if (!*word)
			continue;
		at.column = (size_t)(word - begin) + 1;
		r = has_whom ? parse_option(&line, word, at, err) : parse_whom(&line, word, &at, err);
		has_whom = true;
	}
	at.column = 1;
	return r || !has_whom ? r : add_line(out, &line, &at, err);
}

int guard_conf_parse(char *text, const char *name, struct guard_conf *out, struct error *err)
{
	struct place at = { .name = name };
	char *next = text, *line;
	int r = 0;

	*out = (struct guard_conf){ .text = text, .exists = true };
	while (!r && (line = strsep(&next, "\n"))) {
		at.line++;
		r = parse_line(line, at, out, err);
	}
	return r;
}

static int read_saved(struct guard_conf *out, struct error *err)
{
	struct error why = { 0 }, broken = out->broken;
	char *text = NULL;
	int r = settings_read(GUARD_CONF_SAVED, &text, &why);

	if (!r && text)
		r = guard_conf_parse(text, GUARD_CONF_SAVED, out, &why);
	out->broken = broken;
	out->exists = true;
	if (r == -ENOMEM)
		return error_memory(err);
	out->is_saved = !r && text;
	if (out->is_saved)
		return 0;
	/* with neither, what has a list is guarded */
	guard_conf_release(out);
	out->broken = broken;
	out->exists = true;
	out->v = calloc(1, sizeof(*out->v));
	if (!out->v)
		return error_memory(err);
	out->n = 1;
	out->v[0] = (struct guard_line){ .has_mode = true, .options.mode = GUARD_ENFORCE };
	return 0;
}

int guard_conf_read(struct guard_conf *out, struct error *err)
{
	struct error why = { 0 };
	char *text = NULL;
	int r;

	*out = (struct guard_conf){ 0 };
	r = settings_read(GUARD_CONF, &text, &why);
	if (!r && !text)
		return 0;
	if (!r)
		r = guard_conf_parse(text, GUARD_CONF, out, &why);
	if (r == -ENOMEM)
		return error_memory(err);
	if (!r)
		return 0;
	guard_conf_release(out);
	out->broken = why;
	return read_saved(out, err);
}

const char *guard_conf_instead(const struct guard_conf *conf)
{
	return conf->is_saved ? "the last valid configuration is in force" :
				"no earlier configuration is saved, so every vif is guarded";
}

void guard_conf_release(struct guard_conf *conf)
{
	free(conf->text);
	free(conf->v);
	*conf = (struct guard_conf){ 0 };
}

static void merge(const struct guard_line *line, struct guard_options *out)
{
	const struct guard_options *o = &line->options;

	if (line->has_mode)
		out->mode = o->mode;
	out->flags = (out->flags & ~line->flags_said) | o->flags;
	if (line->has_vids) {
		memcpy(out->vids, o->vids, sizeof(out->vids));
		out->n_vids = o->n_vids;
	}
	if (line->has_types) {
		memcpy(out->types, o->types, sizeof(out->types));
		out->n_types = o->n_types;
	}
	if (line->has_macs) {
		memcpy(out->macs, o->macs, sizeof(out->macs));
		out->n_macs = o->n_macs;
	}
	if (line->has_shared) {
		memcpy(out->shared, o->shared, sizeof(out->shared));
		out->n_shared = o->n_shared;
	}
}

/* 0: it is not of this vif; the higher, the closer. */
static int closeness(const struct guard_line *line, const char *name, const char *uuid,
		     unsigned devid, const uint8_t mac[6])
{
	if (line->has_mac)
		return memcmp(line->mac, mac, 6) ? 0 : 5;
	if (!line->domain)
		return 1;
	if (line->has_devid && line->devid != devid)
		return 0;
	if (uuid && !strcasecmp(line->domain, uuid))
		return line->has_devid ? 6 : 3;
	if (name && !strcmp(line->domain, name))
		return line->has_devid ? 4 : 2;
	return 0;
}

void guard_conf_find(const struct guard_conf *conf, const char *name, const char *uuid,
		     unsigned devid, const uint8_t mac[6], struct guard_options *out)
{
	*out = (struct guard_options){ .mode = GUARD_OFF };
	for (int wanted = 1; wanted <= 6; wanted++)
		for (size_t i = 0; i < conf->n; i++)
			if (closeness(&conf->v[i], name, uuid, devid, mac) == wanted)
				merge(&conf->v[i], out);
}

bool guard_conf_is_used(const struct guard_conf *conf)
{
	for (size_t i = 0; i < conf->n; i++)
		if (conf->v[i].has_mode && conf->v[i].options.mode != GUARD_OFF)
			return true;
	return false;
}
