/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule-key.h - an iptables rule in one spelling, to compare by; pure. */
#ifndef XVIF_RULE_KEY_H
#define XVIF_RULE_KEY_H

#include <stddef.h>

/* The words of a rule, which is cut up; returns how many there are, also when not all are in @words. */
#define RULE_WORDS_MAX 64
size_t rule_words(char *text, char *words[RULE_WORDS_MAX]);

/*
 * rule_key - what rules that mean the same have in common
 * @text: "OPTION [VALUE]..." of a listing or of a command line
 *
 * The options are sorted, with a blank behind each, by their short names;
 * protocols are numbers, networks have a prefix; what says nothing is left out.
 * Returns NULL when memory is short; for free().
 */
char *rule_key(const char *text);

#endif
