// SPDX-License-Identifier: GPL-2.0-or-later
// peer-simdjson.cc - simdjson's DOM, the parser used again and again.
#include "tests/bench/peers.h"

#ifdef HAVE_SIMDJSON
#include <simdjson.h>

size_t peer_simdjson(const char *text, size_t len)
{
	static simdjson::dom::parser parser;
	simdjson::dom::element root;

	// 64 bytes may be read behind the text
	return parser.parse(text, len, false).get(root) == simdjson::SUCCESS;
}

static size_t count(simdjson::dom::element element)
{
	simdjson::dom::array array;
	size_t n = 1;

	if (element.get(array) == simdjson::SUCCESS)
		for (simdjson::dom::element inner : array)
			n += count(inner);
	return n;
}

size_t peer_simdjson_nodes(const char *text, size_t len)
{
	simdjson::dom::parser parser;
	simdjson::dom::element root;

	return parser.parse(text, len, false).get(root) ? 0 : count(root);
}
#else
size_t peer_simdjson(const char *, size_t)
{
	return 0;
}

size_t peer_simdjson_nodes(const char *, size_t)
{
	return 0;
}
#endif
