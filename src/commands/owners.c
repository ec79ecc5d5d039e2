/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners.c - who has an address, a network or a MAC. */
#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/commands/owners.h"
#include "src/kernel/kernel.h"
#include "src/xen/vif-list.h"
#include "src/xen/vif-claims.h"

#define MAC_DIGITS 12
#define MAC_DIGITS_MIN 4

/* Two digits between separators, or digits alone. */
static bool is_mac_like(const char *word)
{
	size_t digits = 0, run = 0;
	bool has_separator = strpbrk(word, ":-") != NULL;

	for (; *word; word++) {
		if (isxdigit((unsigned char)*word)) {
			digits++;
			if (has_separator && ++run > 2)
				return false;
		} else if ((*word == ':' || *word == '-') && run == 2) {
			run = 0;
		} else {
			return false;
		}
	}
	return digits >= MAC_DIGITS_MIN && digits <= MAC_DIGITS && (!has_separator || run != 1);
}

/* The digits of a MAC in lower case, at most 12. */
static void copy_digits(const char *text, char out[MAC_DIGITS + 1])
{
	size_t n = 0;

	for (; *text && n < MAC_DIGITS; text++)
		if (isxdigit((unsigned char)*text))
			out[n++] = (char)tolower((unsigned char)*text);
	out[n] = '\0';
}

int query_parse(const char *word, struct query *out, struct error *err)
{
	struct error why = { .status = STATUS_USAGE };
	size_t hex = strspn(word, "0123456789abcdefABCDEF:-");

	*out = (struct query){ 0 };
	if (!ipnet_parse(word, &out->net, &why))
		return 0;
	out->is_mac = is_mac_like(word);
	copy_digits(word, out->digits);
	if (out->is_mac)
		return 0;
	if ((!word[hex] && hex && !strstr(word, "::")) || !strpbrk(word, ".:/"))
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "%s: is no IP and no network, nor a MAC "
				    "or at least two bytes of one",
				    word);
	*err = why;
	return -EINVAL;
}

/* A whole MAC has 12 digits; a part of it begins with a byte. */
static bool mac_matches(const struct query *query, const char *mac)
{
	char digits[MAC_DIGITS + 1];
	const char *at = digits;

	if (!query->is_mac || !mac)
		return false;
	copy_digits(mac, digits);
	while ((at = strstr(at, query->digits)) && (at - digits) % 2)
		at++;
	return at != NULL;
}

void owners_release(struct owners *owners)
{
	for (size_t i = 0; i < owners->n; i++)
		free(owners->v[i].detail);
	free(owners->v);
	vifs_release(&owners->vifs);
	*owners = (struct owners){ 0 };
}

static int __attribute__((format(printf, 4, 5)))
add_owner(struct owners *owners, size_t vif, enum owner_by by, const char *format, ...)
{
	struct owner *v = array_grow(owners->v, owners->n, sizeof(*v));
	va_list ap;
	int n;

	if (!v)
		return -ENOMEM;
	owners->v = v;
	v[owners->n] = (struct owner){ .vif = vif, .by = by };
	va_start(ap, format);
	n = vasprintf(&v[owners->n].detail, format, ap);
	va_end(ap);
	if (n < 0)
		return -ENOMEM;
	owners->n++;
	return 0;
}

static bool overlaps(const struct query *query, const struct ipnet *net)
{
	return !query->is_mac && ipnet_overlaps(&query->net, net);
}

static int add_lists(struct owners *owners, const struct query *query)
{
	int r = 0;

	for (size_t i = 0; i < owners->vifs.n; i++) {
		const struct iplist *ips = &owners->vifs.v[i].ips;

		for (size_t j = 0; j < ips->n && !r; j++)
			if (ips->words[j].is_valid && overlaps(query, &ips->words[j].net))
				r = add_owner(owners, i,
					      ips->words[j].net.prefix < query->net.prefix ?
						      BY_NETWORK :
						      BY_LIST,
					      "%s", ips->words[j].text);
		if (!r && mac_matches(query, owners->vifs.v[i].mac))
			r = add_owner(owners, i, BY_MAC, "%s", owners->vifs.v[i].mac);
	}
	return r;
}

/* Vifs by the name of their link. */
struct vif_link {
	const char *text;
	size_t vif;
};

struct vif_links {
	struct vif_link *v;
	size_t n;
};

static int by_text(const void *a, const void *b)
{
	const struct vif_link *x = a, *y = b;

	return strcmp(x->text, y->text);
}

/* The links of vifs whose backend is in this domain. */
static int index_links(const struct vifs *vifs, struct vif_links *out)
{
	out->v = calloc(vifs->n + 1, sizeof(*out->v));
	if (!out->v)
		return -ENOMEM;
	for (size_t i = 0; i < vifs->n; i++)
		if (!vifs->v[i].backend_domid)
			out->v[out->n++] = (struct vif_link){ vifs->v[i].link, i };
	qsort(out->v, out->n, sizeof(*out->v), by_text);
	return 0;
}

static void release_links(struct vif_links *index)
{
	free(index->v);
}

/*
 * The vif behind a link. The second interface of an emulated network card has
 * the name of the first and "-emu" (Xen, tools/libs/light, TAP_DEVICE_SUFFIX).
 */
static bool find_link(const struct vif_links *links, unsigned link, size_t *vif_out)
{
	char name[IF_NAMESIZE] = "", *suffix;
	const struct vif_link *found = NULL, key = { .text = name };

	if (if_indextoname(link, name))
		found = bsearch(&key, links->v, links->n, sizeof(*links->v), by_text);
	suffix = strstr(name, "-emu");
	if (!found && suffix && !suffix[4]) {
		*suffix = '\0';
		found = bsearch(&key, links->v, links->n, sizeof(*links->v), by_text);
	}
	if (found)
		*vif_out = found->vif;
	return found != NULL;
}

static int add_routes(struct owners *owners, const struct query *query,
		      const struct vif_links *links, const struct routes *routes)
{
	int r = 0;

	for (size_t i = 0; i < routes->n && !r; i++) {
		char text[ROUTE_TEXT_SIZE];
		size_t vif;

		if (!routes->v[i].dst.prefix || !overlaps(query, &routes->v[i].dst) ||
		    !find_link(links, routes->v[i].link, &vif))
			continue;
		route_format(&routes->v[i], text);
		r = add_owner(owners, vif, BY_ROUTE, "%s", text);
	}
	return r;
}

/* "" if it has none. */
static void format_mac(const struct neighbour *one, char out[18])
{
	const uint8_t *m = one->mac;

	snprintf(out, 18, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
	if (!one->has_mac)
		out[0] = '\0';
}

static bool neighbour_matches(const struct query *query, const struct neighbour *one)
{
	char mac[18];

	format_mac(one, mac);
	return overlaps(query, &one->address) || mac_matches(query, mac);
}

static bool has_mac(const struct vif *vif, const char *mac)
{
	char ours[MAC_DIGITS + 1], theirs[MAC_DIGITS + 1];

	copy_digits(vif->mac ? vif->mac : "", ours);
	copy_digits(mac, theirs);
	return *ours && !strcmp(ours, theirs);
}

static int add_neighbour(struct owners *owners, const struct neighbour *one, size_t vif)
{
	char address[IPNET_TEXT_SIZE], mac[18], link[IF_NAMESIZE] = "?";

	ipnet_format(&one->address, address);
	format_mac(one, mac);
	if_indextoname(one->link, link);
	return add_owner(owners, vif, BY_NEIGHBOUR, "%s dev %s%s%s", address, link,
			 *mac ? " lladdr " : "", mac);
}

/* Behind its own link a neighbour is the guest, whatever its MAC; on a bridge the MAC tells. */
static int add_neighbours(struct owners *owners, const struct query *query,
			  const struct vif_links *links, const struct neighbours *neighbours)
{
	int r = 0;

	for (size_t i = 0; i < neighbours->n && !r; i++) {
		const struct neighbour *one = &neighbours->v[i];
		char mac[18];
		size_t vif;

		if (!neighbour_matches(query, one))
			continue;
		if (find_link(links, one->link, &vif)) {
			r = add_neighbour(owners, one, vif);
			continue;
		}
		format_mac(one, mac);
		for (vif = 0; vif < owners->vifs.n && !r; vif++)
			if (has_mac(&owners->vifs.v[vif], mac))
				r = add_neighbour(owners, one, vif);
	}
	return r;
}

struct kernel_facts {
	struct routes routes;
	struct neighbours neighbours;
};

static void release_kernel_facts(struct kernel_facts *facts)
{
	routes_release(&facts->routes);
	neighbours_release(&facts->neighbours);
}

static int ask_kernel(const struct store *st, const struct query *query, struct kernel_facts *out,
		      struct error *err)
{
	int r = st->file || query->is_mac ? 0 : kernel_routes(0, &out->routes, err);

	return r || st->file ? r : kernel_neighbours(&out->neighbours, err);
}

/* MACs are read only if some may be compared. */
static unsigned needed_nodes(const struct query *query, const struct kernel_facts *facts)
{
	if (query->is_mac)
		return 1u << NODE_MAC;
	for (size_t i = 0; i < facts->neighbours.n; i++)
		if (neighbour_matches(query, &facts->neighbours.v[i]))
			return 1u << NODE_IP | 1u << NODE_MAC;
	return 1u << NODE_IP;
}

static int add_kernel(struct owners *owners, const struct query *query,
		      const struct kernel_facts *facts)
{
	CLEANUP(release_links) struct vif_links links = { 0 };
	int r = index_links(&owners->vifs, &links);

	if (!r)
		r = add_routes(owners, query, &links, &facts->routes);
	return r ? r : add_neighbours(owners, query, &links, &facts->neighbours);
}

static int add_claims(struct store *st, struct owners *owners, const struct query *query,
		      struct error *err)
{
	CLEANUP(cleanup_free) struct strv *claims = calloc(owners->vifs.n + 1, sizeof(*claims));
	int r = claims ? vif_claims_of(st, 0, owners->vifs.v, owners->vifs.n, claims, err) :
			 error_memory(err);

	for (size_t i = 0; i < owners->vifs.n && claims; i++) {
		for (size_t j = 0; j < claims[i].n && !r; j++) {
			struct ipnet net;
			char text[IPNET_TEXT_SIZE];

			if (ipnet_parse(claims[i].v[j], &net, NULL) || !overlaps(query, &net))
				continue;
			ipnet_format(&net, text);
			if (add_owner(owners, i, BY_GUEST, "%s", text))
				r = error_memory(err);
		}
		strv_release(&claims[i]);
	}
	return r;
}

static int by_source(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	if (x->by != y->by)
		return x->by < y->by ? -1 : 1;
	if (x->vif != y->vif)
		return x->vif < y->vif ? -1 : 1;
	return strcmp(x->detail, y->detail);
}

int find_owners(struct store *st, const struct query *query, unsigned nodes, struct owners *out,
		struct error *err)
{
	CLEANUP(release_kernel_facts) struct kernel_facts facts = { 0 };
	int r = ask_kernel(st, query, &facts, err);

	if (!r)
		r = vif_list_all(st, nodes | needed_nodes(query, &facts), &out->vifs, err);
	if (!r && (add_lists(out, query) || add_kernel(out, query, &facts)))
		r = error_memory(err);
	if (!r && !query->is_mac)
		r = add_claims(st, out, query, err);
	if (!r && out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_source);
	return r;
}
