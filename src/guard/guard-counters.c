/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-counters.c - what the guard has counted. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/array.h"
#include "src/guard/guard-counters.h"

static struct nft_seen_set *set_of_reason(const struct guard_look *look, const char *what,
					  size_t reason)
{
	char name[NFT_NAME_SIZE];

	snprintf(name, sizeof(name), "%s-%s", what, guard_reasons[reason].name);
	return nft_seen_find_set(&look->sync.seen, name);
}

static int read_set(struct nft_seen_set *set, struct error *err)
{
	int r = set && !set->has_elements ? nft_read_elements(set, err) : 0;

	return r == -ENOENT ? 0 : r;
}

int guard_counters_read(struct guard_look *look, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < guard_n_reasons && !r; i++) {
		r = read_set(set_of_reason(look, "dropped", i), err);
		if (!r)
			r = read_set(set_of_reason(look, "seen", i), err);
	}
	return r;
}

/* By the numbers of its links. */
static uint64_t count_dropped(const struct nft_seen_set *dropped, const struct guard_vif *vif)
{
	uint64_t packets = 0;

	for (size_t i = 0; dropped && i < vif->n_links; i++) {
		uint32_t index = vif->links[i].index;
		size_t n, at = nft_seen_find_elements(dropped, &index, sizeof(index), &n);

		for (size_t j = at; index && j < at + n; j++)
			packets += dropped->elements[j].packets;
	}
	return packets;
}

static void format_source(const struct nft_field *field, const uint8_t *bytes, char *out, size_t size)
{
	switch (field->form) {
	case NFT_IPV4:
		inet_ntop(AF_INET, bytes, out, (socklen_t)size);
		break;
	case NFT_IPV6:
		inet_ntop(AF_INET6, bytes, out, (socklen_t)size);
		break;
	case NFT_MAC:
		snprintf(out, size, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2],
			 bytes[3], bytes[4], bytes[5]);
		break;
	default:
		snprintf(out, size, "0x%02x%02x", bytes[0], bytes[1]);
		break;
	}
}

static bool is_in_list_of_sibling(const struct guard_look *look, const struct guard_state *state,
				  const struct nft_field *field, const uint8_t *bytes)
{
	struct ipnet net = { .family = field->form == NFT_IPV4 ? AF_INET : AF_INET6 };

	if (field->form != NFT_IPV4 && field->form != NFT_IPV6)
		return false;
	net.prefix = ipnet_bits(&net);
	memcpy(net.addr, bytes, net.prefix / 8);
	for (size_t i = 0; i < look->n; i++)
		if (look->v[i].vif != state->vif &&
		    look->v[i].vif->domain.domid == state->vif->domain.domid &&
		    iplist_covers(&look->v[i].vif->ips, &net))
			return true;
	return false;
}

/* @first to @end: in @out, those of this reason that other links of the vif have refused */
static int add_refused(const struct guard_look *look, const struct guard_state *state,
		       size_t reason, const struct nft_element *element, size_t first, size_t end,
		       struct guard_counters *out)
{
	const uint8_t *source = element->first + 16;
	char text[sizeof(out->refused->source)];
	struct guard_refused *v;

	format_source(guard_reasons[reason].source, source, text, sizeof(text));
	for (size_t i = first; i < end; i++)
		if (!strcmp(out->refused[i].source, text)) {
			out->refused[i].packets += element->packets;
			return 0;
		}
	v = array_grow(out->refused, out->n_refused, sizeof(*v));
	if (!v)
		return -ENOMEM;
	out->refused = v;
	v += out->n_refused++;
	*v = (struct guard_refused){ .reason = guard_reasons[reason].name,
				     .packets = element->packets };
	memcpy(v->source, text, sizeof(v->source));
	v->is_sibling = is_in_list_of_sibling(look, state, guard_reasons[reason].source, source);
	return 0;
}

/* By the names of its links. */
static int add_seen(const struct guard_look *look, const struct guard_state *state, size_t reason,
		    struct guard_counters *out)
{
	const struct nft_seen_set *seen = set_of_reason(look, "seen", reason);
	const size_t first = out->n_refused;
	int r = 0;

	for (size_t i = 0; seen && i < state->facts.n_links && !r; i++) {
		const char *name = state->facts.links[i].name;
		const size_t end = out->n_refused;
		size_t n, at = nft_seen_find_elements(seen, name, IFNAMSIZ, &n);

		for (size_t j = at; j < at + n && !r; j++)
			r = add_refused(look, state, reason, &seen->elements[j], first, end, out);
	}
	return r;
}

int guard_counters_of(const struct guard_look *look, const struct guard_state *state,
		      struct guard_counters *out)
{
	int r = 0;

	*out = (struct guard_counters){ 0 };
	for (size_t i = 0; i < guard_n_reasons && !r; i++) {
		out->dropped[i] = count_dropped(set_of_reason(look, "dropped", i), &state->facts);
		out->total += out->dropped[i];
		r = add_seen(look, state, i, out);
	}
	return r;
}

void guard_counters_release(struct guard_counters *counters)
{
	free(counters->refused);
	*counters = (struct guard_counters){ 0 };
}

static void add_count(const struct nft_element *one, struct guard_count *out)
{
	out->packets += one->packets;
	out->bytes += one->bytes;
	if (*one->since && (!out->since || strcmp(one->since, out->since) < 0))
		out->since = one->since;
}

bool guard_count_word(const struct guard_look *look, const struct guard_state *state,
		      const struct ipnet *net, struct guard_count *out)
{
	uint8_t first[16], last[16];
	const struct nft_seen_set *set;
	char name[NFT_NAME_SIZE];
	bool is_counted = false;

	guard_name(name, net->family == AF_INET ? "ip4" : "ip6", state->facts.domid,
		   state->facts.devid);
	set = nft_seen_find_set(&look->sync.seen, name);
	ipnet_range(net, first, last);
	*out = (struct guard_count){ 0 };
	for (size_t i = 0; set && i < set->n; i++) {
		const struct nft_element *one = &set->elements[i];

		if (memcmp(one->first, first, 16) < 0 || memcmp(one->last, last, 16) > 0)
			continue;
		add_count(one, out);
		is_counted = true;
	}
	return is_counted;
}
