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

#ifdef __cplusplus
}
#endif

#endif
