/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-print.c - a ruleset in the language of nft(8). */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "src/guard/guard.h"
#include "src/kernel/nft-batch.h"

static void print_number(const uint8_t *value, size_t size, FILE *out)
{
	fputs("0x", out);
	for (size_t i = 0; i < size; i++)
		fprintf(out, "%02x", value[i]);
}

static void print_value(const struct nft_field *field, const uint8_t *value, FILE *out)
{
	char text[INET6_ADDRSTRLEN] = "";
	uint32_t index;

	switch (field->form) {
	case NFT_NUMBER:
		print_number(value, field->size, out);
		break;
	case NFT_IPV4:
	case NFT_IPV6:
		inet_ntop(field->form == NFT_IPV4 ? AF_INET : AF_INET6, value, text, sizeof(text));
		fputs(text, out);
		break;
	case NFT_MAC:
		fprintf(out, "%02x:%02x:%02x:%02x:%02x:%02x", value[0], value[1], value[2],
			value[3], value[4], value[5]);
		break;
	case NFT_NAME:
		fprintf(out, "\"%.15s\"", (const char *)value);
		break;
	case NFT_INDEX:
		memcpy(&index, value, sizeof(index));
		fprintf(out, "%u", index);
		break;
	case NFT_EXISTS:
		fputs(value[0] ? "exists" : "missing", out);
		break;
	}
}

static void print_fields(const struct nft_field *const *fields, size_t n, FILE *out)
{
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%s", i ? " . " : "", fields[i]->text);
}

static void print_key(const struct nft_set *set, const uint8_t *key, FILE *out)
{
	size_t at = 0;

	for (size_t i = 0; i < set->n_key; i++) {
		fputs(i ? " . " : "", out);
		print_value(set->key[i], key + at, out);
		at += nft_field_size(set->key[i], set->n_key);
	}
}

static void print_element(const struct nft_set *set, const struct nft_element *element, FILE *out)
{
	print_key(set, element->first, out);
	if (memcmp(element->first, element->last, NFT_KEY_SIZE)) {
		putc('-', out);
		print_key(set, element->last, out);
	}
	if (element->timeout_ms)
		fprintf(out, " timeout %llus", (unsigned long long)element->timeout_ms / 1000);
}

static void print_flags(const struct nft_set *set, FILE *out)
{
	const char *separator = "\t\tflags ";
	static const char *const names[] = { "interval", "dynamic", "timeout" };
	const bool has[] = { set->is_interval, set->is_dynamic, set->has_timeouts };

	for (size_t i = 0; i < 3; i++) {
		if (!has[i])
			continue;
		fprintf(out, "%s%s", separator, names[i]);
		separator = ",";
	}
	if (*separator == ',')
		putc('\n', out);
}

static void print_set(const struct nft_set *set, FILE *out)
{
	fprintf(out, "\tset %s {\n\t\ttypeof ", set->name);
	print_fields(set->key, set->n_key, out);
	putc('\n', out);
	print_flags(set, out);
	if (set->timeout_s)
		fprintf(out, "\t\ttimeout %us\n", set->timeout_s);
	if (set->size)
		fprintf(out, "\t\tsize %u\n", set->size);
	if (set->has_counters)
		fputs("\t\tcounter\n", out);
	for (size_t i = 0; i < set->n; i++) {
		fputs(i ? ",\n\t\t\t" : "\t\telements = { ", out);
		print_element(set, &set->elements[i], out);
	}
	fputs(set->n ? " }\n\t}\n" : "\t}\n", out);
}

static const char *test_text(enum nft_test test)
{
	switch (test) {
	case NFT_IS:
	case NFT_IN:
		return "==";
	case NFT_AT_MOST:
		return "<=";
	case NFT_AT_LEAST:
		return ">=";
	default:
		return "!=";
	}
}

static void print_match(const struct nft_match *match, FILE *out)
{
	bool is_lookup = match->test == NFT_IN || match->test == NFT_NOT_IN;

	print_fields(match->fields, match->n_fields, out);
	if (match->is_masked) {
		fputs(" & ", out);
		print_value(match->fields[0], match->mask, out);
	}
	if (is_lookup && match->test == NFT_IN)
		fprintf(out, " @%s ", match->set);
	else if (is_lookup)
		fprintf(out, " != @%s ", match->set);
	else if (match->fields[0]->form == NFT_EXISTS) {
		putc(' ', out);
		print_value(match->fields[0], match->value, out);
		putc(' ', out);
	} else {
		fprintf(out, " %s ", test_text(match->test));
		print_value(match->fields[0], match->value, out);
		putc(' ', out);
	}
}

static void print_verdict(const struct nft_rule *rule, FILE *out)
{
	switch (rule->verdict) {
	case NFT_ACCEPTS:
		fputs("accept", out);
		break;
	case NFT_DROPS:
		fputs("drop", out);
		break;
	case NFT_RETURNS:
		fputs("return", out);
		break;
	case NFT_JUMPS:
		fprintf(out, "jump %s", rule->target);
		break;
	case NFT_GOES_TO:
		fprintf(out, "goto %s", rule->target);
		break;
	case NFT_GOES_ON:
		break;
	}
}

static void print_rule(const struct nft_rule *rule, FILE *out)
{
	fputs("\t\t", out);
	for (size_t i = 0; i < rule->n; i++)
		print_match(&rule->matches[i], out);
	if (rule->add.n_fields) {
		fprintf(out, "%s @%s { ", rule->add.timeout_s ? "update" : "add", rule->add.set);
		print_fields(rule->add.fields, rule->add.n_fields, out);
		if (rule->add.timeout_s)
			fprintf(out, " timeout %us", rule->add.timeout_s);
		fputs(" counter }", out);
	}
	print_verdict(rule, out);
	putc('\n', out);
}

static void print_hook(const struct nft_chain *chain, FILE *out)
{
	fputs("\t\ttype filter hook ingress devices = { ", out);
	for (size_t i = 0; i < chain->n_devices; i++)
		fprintf(out, "%s\"%s%s\"", i ? ", " : "", chain->devices[i],
			chain->is_prefix ? "*" : "");
	fprintf(out, " } priority %d; policy accept;\n", chain->priority);
}

static void print_chain(const struct nft_chain *chain, FILE *out)
{
	fprintf(out, "\tchain %s {\n", chain->name);
	if (chain->is_base)
		print_hook(chain, out);
	for (size_t i = 0; i < chain->n; i++)
		print_rule(&chain->rules[i], out);
	fputs("\t}\n", out);
}

static void move_elements(struct nft_ruleset *ruleset, struct nft_set *from, struct nft_set *to)
{
	for (size_t i = 0; i < from->n; i++) {
		struct nft_element *element = nft_add_element(ruleset, to);

		if (element)
			*element = from->elements[i];
	}
	nft_set_release(from);
}

void guard_merge_sets(struct nft_ruleset *ruleset)
{
	size_t n = 0;

	for (size_t i = 0; i < ruleset->n_sets; i++) {
		struct nft_set *set = &ruleset->sets[i];
		size_t same = 0;

		while (same < n && strcmp(ruleset->sets[same].name, set->name) != 0)
			same++;
		if (same < n)
			move_elements(ruleset, set, &ruleset->sets[same]);
		else
			ruleset->sets[n++] = *set;
	}
	ruleset->n_sets = n;
}

void guard_print(const struct nft_ruleset *ruleset, FILE *out)
{
	fprintf(out, "table netdev %s {\n", NFT_TABLE);
	for (size_t i = 0; i < ruleset->n_sets; i++)
		print_set(&ruleset->sets[i], out);
	for (size_t i = 0; i < ruleset->n_chains; i++)
		print_chain(&ruleset->chains[i], out);
	fputs("}\n", out);
}
