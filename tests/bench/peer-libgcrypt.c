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

size_t peer_libgcrypt_print(const char *text, size_t len, char *out, size_t size)
{
	gcry_sexp_t sexp;
	size_t n;

	while (len && text[len - 1] == '\n')
		len--;
	if (gcry_sexp_sscan(&sexp, NULL, text, len))
		return 0;
	n = gcry_sexp_sprint(sexp, GCRYSEXP_FMT_ADVANCED, out, size);
	gcry_sexp_release(sexp);
	return n;
}
#else
size_t peer_libgcrypt(const char *text, size_t len)
{
	(void)text;
	(void)len;
	return 0;
}

size_t peer_libgcrypt_print(const char *text, size_t len, char *out, size_t size)
{
	(void)text;
	(void)len;
	(void)out;
	(void)size;
	return 0;
}
#endif
