/* SPDX-License-Identifier: GPL-2.0-or-later */
/* peer-libgcrypt.c - gcry_sexp_sscan(). */
#include "tests/bench/peers.h"

#ifdef HAVE_LIBGCRYPT
#include <gcrypt.h>

size_t peer_libgcrypt(const char *text, size_t len)
{
	gcry_sexp_t sexp;

	while (len && text[len - 1] == '\n')
		len--;
	if (gcry_sexp_sscan(&sexp, NULL, text, len))
		return 0;
	gcry_sexp_release(sexp);
	return 1;
}
#else
size_t peer_libgcrypt(const char *text, size_t len)
{
	(void)text;
	(void)len;
	return 0;
}
#endif
