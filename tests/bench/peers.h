/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peers.h - other readers, where they are installed: not 0 if they could read it. */
#ifndef XVIF_PEERS_H
#define XVIF_PEERS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

size_t peer_libgcrypt(const char *text, size_t len);
size_t peer_simdjson(const char *text, size_t len);

/* What it read, as it prints it; the length, 0 if there is no such peer. */
size_t peer_libgcrypt_print(const char *text, size_t len, char *out, size_t size);

/* How many arrays and strings it read. */
size_t peer_simdjson_nodes(const char *text, size_t len);

#ifdef __cplusplus
}
#endif

#endif
