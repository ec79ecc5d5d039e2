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
#else
size_t peer_simdjson(const char *, size_t)
{
	return 0;
}
#endif
