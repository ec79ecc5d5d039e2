/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layers.h - a frame as text: "ip4 src=peer4 / udp dport=53 / text hello".
 *
 * Layers, from the outermost in, are separated by " / ", frames by " + ". A layer
 * is a word and its arguments, of which each has a default: a frame is as its
 * sender ought to send it, but for what is said. See the table in layers.c.
 */
#ifndef XVIF_TEST_LAYERS_H
#define XVIF_TEST_LAYERS_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 70000
#define FRAMES_MAX 8

struct frame {
	uint8_t *bytes;
	size_t n;
	unsigned segment, transport_at; /* to be cut into TCP segments of so many bytes, or 0 */
};

struct frames {
	struct frame v[FRAMES_MAX];
	size_t n;
};

/*
 * frames_build - what the text says.
 * @text: is taken apart
 * @mark: stands in the payload of what has none
 *
 * Ends the program at a mistake.
 */
void frames_build(char *text, const char *mark, struct frames *out);

#endif
