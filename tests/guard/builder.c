/* SPDX-License-Identifier: GPL-2.0-or-later */
/* builder.c - frames of a text: its words, and what all layers need. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "names.h"

const char *layer_text(const struct layer *layer, const char *key)
{
	for (size_t i = 0; i < layer->n; i++)
		if (!strcmp(layer->args[i].key, key))
			return layer->args[i].value;
	return NULL;
}

unsigned long layer_number(const struct layer *layer, const char *key, unsigned long otherwise)
{
	const char *text = layer_text(layer, key);
	char *end = NULL;
	unsigned long value = text ? strtoul(text, &end, 0) : otherwise;

	if (text && (!*text || *end))
		errx(2, "%s: %s=%s: no number", layer->kind->name, key, text);
	return value;
}

void layer_mac(const struct layer *layer, const char *key, const char *otherwise, uint8_t out[6])
{
	const char *text = layer_text(layer, key);

	mac_parse(text ? text : otherwise, out);
}

void layer_ip4(const struct layer *layer, const char *key, const char *otherwise, uint8_t out[4])
{
	const char *text = layer_text(layer, key);

	ip4_parse(text ? text : otherwise, out);
}

void layer_ip6(const struct layer *layer, const char *key, const char *otherwise, uint8_t out[16])
{
	const char *text = layer_text(layer, key);

	ip6_parse(text ? text : otherwise, out);
}

void put(struct builder *b, const void *bytes, size_t n)
{
	if (n > FRAME_MAX - b->n)
		errx(2, "a frame of more than %d bytes", FRAME_MAX);
	memcpy(b->bytes + b->n, bytes, n);
	b->n += n;
}

void put_zeros(struct builder *b, size_t n)
{
	static const uint8_t zeros[FRAME_MAX];

	put(b, zeros, n);
}

void put8(struct builder *b, unsigned value)
{
	put(b, &(uint8_t){ (uint8_t)value }, 1);
}

void set16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

void put16(struct builder *b, unsigned value)
{
	put8(b, value >> 8 & 0xff);
	put8(b, value & 0xff);
}

void put32(struct builder *b, unsigned long value)
{
	put16(b, value >> 16 & 0xffff);
	put16(b, value & 0xffff);
}

void put_inner_or_nothing(struct builder *b, size_t i)
{
	if (i + 1 < b->n_layers) {
		b->n_put++;
		b->layers[i + 1].kind->put(b, i + 1);
	}
}

void put_inner(struct builder *b, size_t i)
{
	if (i + 1 < b->n_layers)
		put_inner_or_nothing(b, i);
	else
		put(b, b->mark, strlen(b->mark));
}

unsigned protocol_inside(const struct builder *b, size_t i, const char *key)
{
	const struct layer *layer = &b->layers[i];
	const int usual = i + 1 < b->n_layers ? b->layers[i + 1].kind->protocol : -1;

	if (!layer_text(layer, key) && usual < 0)
		errx(2, "%s: what is in it has no number: give %s", layer->kind->name, key);
	return (unsigned)layer_number(layer, key, (unsigned long)usual);
}

unsigned ethertype_inside(const struct builder *b, size_t i)
{
	const struct layer *layer = &b->layers[i];
	const int usual = i + 1 < b->n_layers ? b->layers[i + 1].kind->ethertype : 0;

	return (unsigned)layer_number(layer, "type", (unsigned long)usual);
}

static unsigned long sum(const uint8_t *bytes, size_t n)
{
	unsigned long total = 0;

	for (size_t i = 0; i < n; i++)
		total += i % 2 ? bytes[i] : (unsigned long)bytes[i] << 8;
	return total;
}

unsigned checksum(const struct builder *b, size_t from, bool has_pseudo)
{
	unsigned long total = sum(b->bytes + from, b->n - from);

	if (has_pseudo)
		total += sum(b->pseudo, b->n_pseudo) + (b->n - from);
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return ~total & 0xffff;
}

void set_destination(struct builder *b, const uint8_t mac[6])
{
	if (!b->has_destination)
		memcpy(b->bytes, mac, 6);
}

static const struct layer_kind *find_kind(const char *name)
{
	const struct layer_kind *const lists[] = { link_layers, ip_layers, icmp6_layers,
						   payload_layers };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (const struct layer_kind *kind = lists[i]; kind->name; kind++)
			if (!strcmp(kind->name, name))
				return kind;
	errx(2, "%s: no such layer", name);
}

static bool is_word_of(const char *words, const char *word, size_t len)
{
	for (const char *at = words; at && (at = strstr(at, word)); at++)
		if ((at == words || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
	return false;
}

static void add_layer(struct builder *b, struct layer layer)
{
	if (b->n_layers == LAYERS_MAX)
		errx(2, "more than %d layers", LAYERS_MAX);
	b->layers[b->n_layers++] = layer;
}

static void take_layer(struct builder *b, char *text)
{
	char *save, *word = strtok_r(text, " \t", &save);
	struct layer layer = { 0 };

	if (!word)
		errx(2, "an empty layer");
	layer.kind = find_kind(word);
	while ((word = strtok_r(NULL, " \t", &save)) && layer.n < ARGUMENTS_MAX) {
		char *value = strchr(word, '=');

		if (value)
			*value++ = '\0';
		if (!value || !is_word_of(layer.kind->keys, word, strlen(word)))
			errx(2, "%s: takes no '%s'", layer.kind->name, word);
		layer.args[layer.n].key = word;
		layer.args[layer.n++].value = value;
	}
	for (unsigned long n = layer_number(&layer, "n", 1); n; n--)
		add_layer(b, layer);
}

static void take_layers(struct builder *b, char *text)
{
	char *next;

	if (strncmp(text, "mac", 3))
		add_layer(b, (struct layer){ .kind = find_kind("mac") });
	for (char *at = text; at; at = next) {
		next = strstr(at, " / ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		take_layer(b, at);
	}
}

static void add_frame(struct frames *out, const uint8_t *bytes, size_t n)
{
	struct frame *frame = &out->v[out->n];

	if (out->n == FRAMES_MAX)
		errx(2, "more than %d frames", FRAMES_MAX);
	*frame = (struct frame){ .bytes = malloc(n ? n : 1), .n = n };
	if (!frame->bytes)
		err(2, "malloc");
	memcpy(frame->bytes, bytes, n);
	out->n++;
}

/* A piece of what is behind split_at, as a frame of its own (RFC 791, RFC 8200). */
static void add_piece(const struct builder *whole, size_t from, size_t to, bool is_last,
		      struct frames *out)
{
	static struct builder piece;
	const size_t start = whole->split_at, offset = from - start;
	const size_t units = offset / 8;
	uint8_t *ip = piece.bytes + whole->ip_at;

	piece.n = 0;
	put(&piece, whole->bytes, start);
	put(&piece, whole->bytes + from, to - from);
	if (ip[0] >> 4 == 4) {
		set16(ip + 2, (unsigned)(piece.n - whole->ip_at));
		set16(ip + 6, (is_last ? 0 : 0x2000) | (unsigned)units);
		set16(ip + 10, 0);
		piece.n = start;
		set16(ip + 10, checksum(&piece, whole->ip_at, false));
		piece.n = start + to - from;
	} else {
		set16(ip + 4, (unsigned)(piece.n - whole->ip_at - 40));
		set16(piece.bytes + start - 6, (unsigned)units << 3 | !is_last);
		if (offset && whole->next_of_later >= 0)
			piece.bytes[start - 8] = (uint8_t)whole->next_of_later;
	}
	add_frame(out, piece.bytes, piece.n);
}

static void add_pieces(const struct builder *b, struct frames *out)
{
	size_t from = b->split_at;

	for (size_t i = 0; i <= b->n_cuts; i++) {
		const bool is_last = i == b->n_cuts;
		const size_t to = is_last ? b->n : b->split_at + b->cuts[i];

		if (to <= from || to > b->n)
			errx(2, "nothing to cut at %zu", to - b->split_at);
		if (b->keep & 1u << i)
			add_piece(b, from, to, is_last, out);
		from = to;
	}
}

void frames_build(char *text, const char *mark, struct frames *out)
{
	static struct builder b;
	char *next;

	out->n = 0;
	for (char *at = text; at; at = next) {
		next = strstr(at, " + ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		memset(&b, 0, sizeof(b));
		b.mark = mark;
		b.shortened_to = FRAME_MAX;
		take_layers(&b, at + strspn(at, " "));
		b.layers[0].kind->put(&b, 0);
		if (b.n_put + 1 != b.n_layers)
			errx(2, "%s: nothing can be in %s", mark, b.layers[b.n_put].kind->name);
		if (b.n > b.shortened_to)
			b.n = b.shortened_to;
		if (b.n_cuts) {
			add_pieces(&b, out);
			continue;
		}
		add_frame(out, b.bytes, b.n);
		out->v[out->n - 1].segment = b.segment;
		out->v[out->n - 1].transport_at = b.transport_at;
	}
}
