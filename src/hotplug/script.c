/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script.c - which hotplug script a vif has, found out without executing it. */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <sha2.h>

#include "src/base/cleanup.h"
#include "src/hotplug/script.h"
#include "src/hotplug/stock-digests.h"

static void close_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

/* What a script is, apart from comments, blank lines and indentation. */
struct content {
	char digest[SHA256_DIGEST_STRING_LENGTH];
	bool quotes_list;		 /* has the loop below */
	bool is_disabled;		 /* its handle_iptable() returns at once */
	enum { OUTSIDE, HEAD, BODY } at; /* of that function, while it is read */
};

/*
 * "for addr in "$ip"" takes the whole list for one address; stock scripts had
 * it until 2006, and copies of them have it still. Digested without the quotes.
 */
static bool unquote_list(char *line)
{
	static const char *const quoted[] = { "for addr in \"$ip\"", "for addr in \"${ip}\"" };
	static const char plain[] = "for addr in $ip";

	for (size_t i = 0; i < sizeof(quoted) / sizeof(*quoted); i++) {
		size_t len = strlen(quoted[i]);

		if (strncmp(line, quoted[i], len))
			continue;
		memmove(line + sizeof(plain) - 1, line + len, strlen(line + len) + 1);
		memcpy(line, plain, sizeof(plain) - 1);
		return true;
	}
	return false;
}

static void note_line(struct content *content, const char *line)
{
	if (content->at == BODY)
		content->is_disabled = !strncmp(line, "return", 6);
	if (!strncmp(line, "handle_iptable()", 16))
		content->at = strchr(line, '{') ? BODY : HEAD;
	else
		content->at = content->at == HEAD && line[0] == '{' ? BODY : OUTSIDE;
}

/* Returns the line without blanks around it; NULL: nothing but a comment. */
static char *trim(char *line)
{
	size_t n = strlen(line);

	while (n && isspace((unsigned char)line[n - 1]))
		line[--n] = '\0';
	while (isspace((unsigned char)*line))
		line++;
	return *line && *line != '#' ? line : NULL;
}

static int read_content(const char *path, struct content *out)
{
	CLEANUP(close_file) FILE *f = fopen(path, "re");
	CLEANUP(cleanup_free) char *text = NULL;
	size_t size = 0;
	SHA2_CTX ctx;

	*out = (struct content){ .at = OUTSIDE };
	if (!f)
		return -errno;
	SHA256Init(&ctx);
	while (getline(&text, &size, f) >= 0) {
		char *line = trim(text);

		if (!line)
			continue;
		out->quotes_list |= unquote_list(line);
		note_line(out, line);
		SHA256Update(&ctx, (const uint8_t *)line, strlen(line));
		SHA256Update(&ctx, (const uint8_t *)"\n", 1);
	}
	SHA256End(&ctx, out->digest);
	return 0;
}

/* "/etc/xen/scripts/vif-route" and "vif-common.sh" -> "/etc/xen/scripts/vif-common.sh" */
static void beside(const char *path, const char *name, char *out, size_t size)
{
	const char *slash = strrchr(path, '/');

	snprintf(out, size, "%.*s/%s", slash ? (int)(slash - path) : 1, slash ? path : ".", name);
}

/* The hooks are sourced from this folder whatever the script's own is (xen-hotplug-common.sh, call_hooks). */
static bool has_hooks(void)
{
	glob_t found;
	bool any = false;

	if (glob("/etc/xen/scripts/vif-post.d/*.hook", 0, NULL, &found))
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++)
		any |= !access(found.gl_pathv[i], X_OK);
	globfree(&found);
	return any;
}

static const struct common {
	const char *digest;
	bool sets_rules, sets_emulated_rules;
} commons[] = { STOCK_VIF_COMMON };

static const struct common *find_common(const char *digest)
{
	for (size_t i = 0; i < sizeof(commons) / sizeof(*commons); i++)
		if (!strcmp(commons[i].digest, digest))
			return &commons[i];
	return NULL;
}

bool script_is_known(const struct script *script)
{
	return script->family != &family_unknown;
}

static void forget_family(struct script *script, const char *why)
{
	script->family = &family_unknown;
	snprintf(script->why_unknown, sizeof(script->why_unknown), "%s", why);
}

static void identify_common(struct script *script)
{
	const struct common *stock;
	struct content common;
	char path[4096];

	beside(script->path, "vif-common.sh", path, sizeof(path));
	script->has_common = !read_content(path, &common);
	script->quotes_list = script->has_common && common.quotes_list && !common.is_disabled;
	if (!script_is_known(script))
		return;
	stock = script->has_common ? find_common(common.digest) : NULL;
	if (!stock) {
		forget_family(script, "the vif-common.sh beside it is not a stock one");
		return;
	}
	script->sets_rules = stock->sets_rules;
	script->sets_emulated_rules = stock->sets_emulated_rules &&
				      script->family->emulated == EMULATED_LIKE_VIF;
}

/* Does the line "PATH SHA256 METHOD" speak of this file as it is now? If it speaks of it and does not
 * vouch, @why_out is said why. */
static enum vouched read_line(char *line, const char *path, const char *digest, const char **why_out)
{
	const char *words[3] = { "", "", "" };
	char *save, *word;
	size_t n = 0;

	line[strcspn(line, "#\n")] = '\0';
	for (word = strtok_r(line, " \t", &save); word && n < 3; word = strtok_r(NULL, " \t", &save))
		words[n++] = word;
	if (strcmp(words[0], path))
		return VOUCHED_NOT;
	if (strcmp(words[2], "delta") && strcmp(words[2], "cycle"))
		*why_out = "its line in " SCRIPT_CONF " is not PATH SHA256 delta or cycle";
	else if (strcasecmp(words[1], digest))
		*why_out = "its line in " SCRIPT_CONF " has another SHA-256";
	else
		return strcmp(words[2], "delta") ? VOUCHED_CYCLE : VOUCHED_DELTA;
	return VOUCHED_NOT;
}

/* Only root can vouch. */
static bool is_trusted(FILE *f)
{
	struct stat sb;

	return !fstat(fileno(f), &sb) && sb.st_uid == 0 && !(sb.st_mode & (S_IWGRP | S_IWOTH));
}

static enum vouched find_voucher(const char *path, const char **why_out)
{
	CLEANUP(close_file) FILE *f = fopen(SCRIPT_CONF, "re");
	CLEANUP(cleanup_free) char *line = NULL;
	char digest[SHA256_DIGEST_STRING_LENGTH];
	enum vouched vouched = VOUCHED_NOT;
	size_t size = 0;

	if (!f || !SHA256File(path, digest))
		return VOUCHED_NOT;
	if (!is_trusted(f))
		*why_out = SCRIPT_CONF " is not read: others than root may write it";
	else
		while (vouched == VOUCHED_NOT && getline(&line, &size, f) >= 0)
			vouched = read_line(line, path, digest, why_out);
	return vouched;
}

static void identify_voucher(struct script *script)
{
	size_t len = strlen(script->why_unknown);
	const char *why = NULL;

	script->vouched = find_voucher(script->path, &why);
	if (script->vouched == VOUCHED_NOT && why)
		snprintf(script->why_unknown + len, sizeof(script->why_unknown) - len, ", and %s",
			 why);
}

int script_identify(const char *path, struct script *out, struct error *err)
{
	struct content content;

	*out = (struct script){ .path = path, .family = &family_unknown };
	if (access(path, X_OK) || read_content(path, &content))
		return error_reason(err,
				    errno == ENOENT || errno == ENOTDIR ? REASON_SCRIPT_MISSING :
									  REASON_SCRIPT_UNREADABLE,
				    -errno, "hotplug script '%s': %s", path,
				    errno == EACCES ? "not executable" : strerror(errno));
	out->family = family_of(content.digest);
	if (!script_is_known(out))
		forget_family(out, "it is not one of the stock scripts");
	identify_common(out);
	if (script_is_known(out) && out->family->hooks != HOOKS_IGNORED && has_hooks())
		forget_family(out, "hooks in /etc/xen/scripts/vif-post.d change what it does");
	if (!script_is_known(out))
		identify_voucher(out);
	return 0;
}
