/* SPDX-License-Identifier: GPL-2.0-or-later */
/* builder.h - a frame while its layers are put into it. */
#ifndef XVIF_TEST_BUILDER_H
#define XVIF_TEST_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layers.h"

#define ARGUMENTS_MAX 12
#define LAYERS_MAX 40
#define CUTS_MAX (FRAMES_MAX - 1)

struct builder;

struct layer {
	const struct layer_kind *kind;
	struct {
		const char *key, *value;
	} args[ARGUMENTS_MAX];
	size_t n;
};

struct layer_kind {
	const char *name;
	void (*put)(struct builder *b, size_t i); /* layer number i and all that is in it */
	int ethertype;				  /* that announces it, or 0 */
	int protocol;				  /* of IP that announces it, or -1 */
	int type;				  /* of ICMPv6 */
	int hop_limit;				  /* that is usual around it, or 0 */
	const char *keys;			  /* the arguments that it takes */
};

struct builder {
	struct layer layers[LAYERS_MAX];
	size_t n_layers, n_put;
	const char *mark;
	uint8_t bytes[FRAME_MAX];
	size_t n;
	bool has_destination;
	/* of the innermost IP header: for checksums of what is in it */
	size_t ip_at;
	uint8_t pseudo[40];
	size_t n_pseudo;
	/* what is behind split_at goes into several frames, cut at these offsets; those of the bits stay */
	size_t split_at, cuts[CUTS_MAX], n_cuts;
	unsigned keep;
	int next_of_later;
	size_t shortened_to;
	unsigned segment, transport_at; /* as in struct frame */
};

/* What the layer says of the key, or NULL. */
const char *layer_text(const struct layer *layer, const char *key);
/* A number of C's syntax. */
unsigned long layer_number(const struct layer *layer, const char *key, unsigned long otherwise);
void layer_mac(const struct layer *layer, const char *key, const char *otherwise, uint8_t out[6]);
void layer_ip4(const struct layer *layer, const char *key, const char *otherwise, uint8_t out[4]);
void layer_ip6(const struct layer *layer, const char *key, const char *otherwise, uint8_t out[16]);

void put(struct builder *b, const void *bytes, size_t n);
void put8(struct builder *b, unsigned value);
void put16(struct builder *b, unsigned value);
void put32(struct builder *b, unsigned long value);
void put_zeros(struct builder *b, size_t n);
void set16(uint8_t *at, unsigned value);

/* What is in layer number i, or the mark if that is nothing. */
void put_inner(struct builder *b, size_t i);
/* The same, without a mark. */
void put_inner_or_nothing(struct builder *b, size_t i);

/* The number of IP by which layer number i announces what is in it: what its key says, or the usual. */
unsigned protocol_inside(const struct builder *b, size_t i, const char *key);
unsigned ethertype_inside(const struct builder *b, size_t i);

/* The Internet checksum (RFC 1071) of what is behind "from", with the pseudo header if it is to be. */
unsigned checksum(const struct builder *b, size_t from, bool has_pseudo);

/* In the destination of the frame, unless the case gives one. */
void set_destination(struct builder *b, const uint8_t mac[6]);

/* Layers of each file, up to one without a name. */
extern const struct layer_kind link_layers[], ip_layers[], icmp6_layers[], payload_layers[];

#endif
