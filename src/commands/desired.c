/* SPDX-License-Identifier: GPL-2.0-or-later */
/* desired.c - a declared state, from YAML, JSON or S-expressions; all are read as the last. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sxp/sxp.h"

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/commands/desired.h"
#include "src/format/json-sxp.h"
#include "src/output/result.h"
#include "src/format/yaml-sxp.h"

#define wrong(err, ...) error_status(err, STATUS_USAGE, -EINVAL, __VA_ARGS__)

void desired_release(struct desired *desired)
{
	for (size_t i = 0; i < desired->n; i++) {
		free(desired->v[i].domain);
		free(desired->v[i].vif);
		iplist_release(&desired->v[i].ips);
	}
	free(desired->v);
	*desired = (struct desired){ 0 };
}

struct desired_reader {
	const struct sxp_doc *doc;
	const char *name; /* of the file */
	bool has_values;  /* from YAML or JSON: what an element holds is one value */
	struct desired *out;
	struct error *err;
};

/* @domain and @vif as they are written; @vif may be NULL. */
static struct desired_vif *add_vif(struct desired_reader *r, const char *domain, const char *vif)
{
	struct desired_vif *v = array_grow(r->out->v, r->out->n, sizeof(*v));
	struct desired_vif *one;

	if (!v)
		return NULL;
	r->out->v = v;
	one = &v[r->out->n];
	*one = (struct desired_vif){ .domain = strdup(domain), .vif = vif ? strdup(vif) : NULL };
	if (one->domain && (!vif || one->vif)) {
		r->out->n++;
		return one;
	}
	free(one->domain);
	free(one->vif);
	return NULL;
}

static int add_word(struct desired_reader *r, struct desired_vif *vif, const char *word)
{
	struct error why = { 0 };
	int code = iplist_parse_argument(word, &vif->ips, &why);

	if (!code || code == -ENOMEM)
		return code ? error_memory(r->err) : 0;
	return wrong(r->err, "%s: %s%s%s: %s", r->name, vif->domain, vif->vif ? " vif " : "",
		     vif->vif ? vif->vif : "", why.text);
}

/* *out: NULL if @node is no text */
static int text_of(struct desired_reader *r, sxp_node node, const char **out)
{
	size_t len;

	*out = sxp_text(r->doc, node, &len);
	if (!*out || strlen(*out) == len)
		return 0;
	return wrong(r->err, "%s: the text that begins with '%s' holds NUL", r->name, *out);
}

/* Texts, and lists of texts: all one list of addresses. */
static int add_words(struct desired_reader *r, struct desired_vif *vif, sxp_node value)
{
	const char *word;
	int code = 0;

	for (; value && !code; value = sxp_next(r->doc, value)) {
		if (sxp_is_list(r->doc, value)) {
			code = add_words(r, vif, sxp_first(r->doc, value));
			continue;
		}
		code = text_of(r, value, &word);
		if (!code)
			code = add_word(r, vif, word);
	}
	return code;
}

static int add_list(struct desired_reader *r, const char *domain, const char *vif, sxp_node value)
{
	struct desired_vif *one = add_vif(r, domain, vif);

	return one ? add_words(r, one, value) : error_memory(r->err);
}

static bool is_element(const struct desired_reader *r, sxp_node node)
{
	return sxp_name(r->doc, node) != 0;
}

/* (VIF IP...) from @vif on; of a mapping (VIF LIST) */
static int add_vifs(struct desired_reader *r, const char *domain, sxp_node vif)
{
	const char *name;
	int code = 0;

	for (; vif && !code; vif = sxp_next(r->doc, vif)) {
		if (!is_element(r, vif))
			return wrong(r->err, "%s: %s: a vif with its addresses was expected",
				     r->name, domain);
		code = text_of(r, sxp_name(r->doc, vif), &name);
		if (!code)
			code = add_list(r, domain, name, sxp_next(r->doc, sxp_name(r->doc, vif)));
	}
	return code;
}

/* (DOMAIN IP...) or (DOMAIN (VIF IP...)...); of a mapping (DOMAIN (IP...)) or (DOMAIN ((VIF LIST)...)) */
static int add_domain(struct desired_reader *r, sxp_node element)
{
	sxp_node value, first;
	const char *domain;
	int code = text_of(r, sxp_name(r->doc, element), &domain);

	if (code)
		return code;
	if (!domain)
		return wrong(r->err, "%s: a domain with its vifs was expected", r->name);
	value = sxp_next(r->doc, sxp_name(r->doc, element));
	first = r->has_values && sxp_is_list(r->doc, value) ? sxp_first(r->doc, value) : value;
	return first && sxp_is_list(r->doc, first) ? add_vifs(r, domain, first) :
						     add_list(r, domain, NULL, value);
}

/* One of the objects that "show --json" prints: its domain, its devid, its list. */
static int add_shown(struct desired_reader *r, sxp_node row, size_t number)
{
	sxp_node ips = sxp_child(r->doc, row, "ips");
	const char *domain, *vif = sxp_child_text(r->doc, row, "vif");
	int code = text_of(r, sxp_child_value(r->doc, row, "domain"), &domain);

	if (code)
		return code;
	if (!domain)
		domain = sxp_child_text(r->doc, row, "domid");
	if (!domain || !ips)
		return wrong(r->err, "%s: vifs: number %zu has no '%s'", r->name, number,
			     domain ? "ips" : "domain");
	return add_list(r, domain, vif, sxp_next(r->doc, sxp_name(r->doc, ips)));
}

/* What "show --sxp" prints: (device (vif (ip LIST) (devid N) (domid D)...)) */
static int add_device(struct desired_reader *r, sxp_node vif)
{
	const char *domid = sxp_child_text(r->doc, vif, "domid");
	const char *devid = sxp_child_text(r->doc, vif, "devid");
	sxp_node ip = sxp_child(r->doc, vif, "ip");

	if (!domid || !devid)
		return wrong(r->err, "%s: a device without '%s': whose vif is it?", r->name,
			     domid ? "devid" : "domid");
	return add_list(r, domid, devid, ip ? sxp_next(r->doc, sxp_name(r->doc, ip)) : 0);
}

/* The (vif (NAME...)...) of a device; 0 if it is none, but may be a domain of that name. */
static sxp_node device_vif(const struct desired_reader *r, sxp_node element)
{
	const char *name = sxp_text(r->doc, sxp_name(r->doc, element), NULL);
	sxp_node vif = name && !strcmp(name, "device") ? sxp_child(r->doc, element, "vif") : 0;
	sxp_node first = vif ? sxp_next(r->doc, sxp_name(r->doc, vif)) : 0;

	return first && is_element(r, first) ? vif : 0;
}

static int add_document(struct desired_reader *r, sxp_node list)
{
	sxp_node shown = sxp_child_value(r->doc, list, "vifs");
	size_t number = 0;
	int code = 0;

	if (r->has_values && sxp_is_list(r->doc, sxp_first(r->doc, shown)) &&
	    !is_element(r, sxp_first(r->doc, shown))) {
		for (sxp_node n = sxp_first(r->doc, shown); n && !code; n = sxp_next(r->doc, n))
			code = add_shown(r, n, ++number);
		return code;
	}
	for (sxp_node n = sxp_first(r->doc, list); n && !code; n = sxp_next(r->doc, n)) {
		sxp_node device = r->has_values ? 0 : device_vif(r, n);

		code = device ? add_device(r, device) : add_domain(r, n);
	}
	return code;
}

static int read_sxp(const struct input *in, struct desired *out, struct error *err)
{
	struct sxp_error why;
	char text[256];
	CLEANUP(result_free) struct sxp_doc *doc = sxp_read(in->text, in->len, &why);
	struct desired_reader r = { .doc = doc, .name = in->name, .out = out, .err = err };

	int code;

	if (doc) {
		code = add_document(&r, sxp_root(doc));
		return sxp_failed(doc) ? error_memory(err) : code;
	}
	if (why.code == SXP_NO_MEMORY)
		return error_memory(err);
	sxp_describe(&why, text, sizeof(text));
	return wrong(err, "%s: %s", in->name, text);
}

static int read_other(const struct input *in, bool is_json, struct desired *out, struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	struct desired_reader r = {
		.doc = doc, .name = in->name, .has_values = true, .out = out, .err = err
	};
	int code;

	if (!doc)
		return error_memory(err);
	code = (is_json ? json_sxp_read : yaml_sxp_read)(in->text, in->len, in->name, doc,
							 sxp_root(doc), err);
	if (code)
		return code;
	if (sxp_next(doc, sxp_first(doc, sxp_root(doc))))
		return wrong(err, "%s: more than one document", in->name);
	if (!sxp_is_list(doc, sxp_first(doc, sxp_root(doc))))
		return wrong(err, "%s: domains with their vifs were expected", in->name);
	return add_document(&r, sxp_first(doc, sxp_root(doc)));
}

/* The first byte that is neither blank nor in a comment; 0: there is none. */
static char first_byte(const struct input *in)
{
	for (size_t i = 0; i < in->len; i++) {
		while (i < in->len && in->text[i] == '#') {
			const char *end = memchr(in->text + i, '\n', in->len - i);

			i = end ? (size_t)(end - in->text) : in->len;
		}
		if (i < in->len && !strchr(" \t\r\n", in->text[i]))
			return in->text[i];
	}
	return 0;
}

int desired_read(const struct input *in, struct desired *out, struct error *err)
{
	char first = first_byte(in);

	return first == '(' ? read_sxp(in, out, err) : read_other(in, first == '{', out, err);
}
