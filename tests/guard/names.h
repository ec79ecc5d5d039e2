/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.h - the addresses that cases speak of.
 *
 * A word where an address stands is a name, or an address itself. The names are
 * those of one guest ("own"), of another ("peer"), of the receiver ("to"), of the
 * host and of the gateway; "frames names" prints them.
 */
#ifndef XVIF_TEST_NAMES_H
#define XVIF_TEST_NAMES_H

#include <stdint.h>

/* Gives a name another address: "NAME=ADDRESS". Ends the program if there is no such name. */
void names_set(const char *assignment);

/* As "NAME=ADDRESS", each on a line, with "_" for "-". */
void names_print(void);

/* These end the program at a word that is none. */
void mac_parse(const char *word, uint8_t out[6]);
void ip4_parse(const char *word, uint8_t out[4]);
void ip6_parse(const char *word, uint8_t out[16]);

#endif
