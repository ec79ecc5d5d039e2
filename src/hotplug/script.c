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

/*
 * SHA-256 of the file without blank lines, without lines that begin with "#"
 * and without the blanks around a line, each line ended by a newline (Xen,
 * tools/hotplug/Linux; the versions named).
 */
static const struct {
	const char *digest;
	enum family family;
} known_scripts[] = {
	/* 4.17 */
	{ "b83b632391d24bfbf6eb2c45089cbb17e24412527bc0a711e73d17c678d11029", FAMILY_ROUTE },
	{ "165f82ae0c45de02c7230cc07d3695f0d240a185fdab8ace14e1d4708f6bd3c6", FAMILY_BRIDGE },
	{ "a9788ad4ef493cb84e35fa954485eca0b98117d32d3f51f495bae49a962a1adf", FAMILY_OPENVSWITCH },
	{ "d53c771f19c876bb6d8bd20b8fbd31ecb7ff39a96e284e50f54d5b4dd53965f1", FAMILY_NAT },
	/* xen.git 3683290fc0, with metrics; 0a627988c1; before 4.17 */
	{ "05ec90b19635fa96c355f3f3cd58a694c62704c996f6588704a5142e5bae9684", FAMILY_ROUTE },
	{ "b5a0f550fe4a3c696e00b4fbeee8ed84415e20cf5857efc0627752e51b4c35c9", FAMILY_BRIDGE },
};

static const struct {
	const char *digest;
	bool sets_rules;
	bool sets_emulated_rules; /* "add" sets them, too */
} known_commons[] = {
	/* 4.17 as Debian ships it (bug 894013) */
	{ "a5555c080c09a17345de81a30aea5cb61f5afda2aae3b89d4d133f53caada2e5", false, false },
	/* 4.17 */
	{ "caa689e565d4ed2b7a683ee86277c869911abb575eb82e2a23afc2581b62ee59", true, true },
	/* xen.git d64a3a3e6a: there "add" deletes rules that nobody set */
	{ "500dbe9f0b6322e7b32783ceafc20a1d64d137d2d4a70f5a64462ff1841e8ece", true, false },
};

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
static bool find_hooks(void)
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

static void identify_family(struct script *script, const char *digest)
{
	for (size_t i = 0; i < sizeof(known_scripts) / sizeof(*known_scripts); i++)
		if (!strcmp(known_scripts[i].digest, digest))
			script->family = known_scripts[i].family;
	if (script->family == FAMILY_UNKNOWN)
		snprintf(script->why_unknown, sizeof(script->why_unknown),
			 "it is not one of the stock scripts");
}

static void identify_common(struct script *script)
{
	struct content common;
	char path[4096];

	beside(script->path, "vif-common.sh", path, sizeof(path));
	script->has_common = !read_content(path, &common);
	script->quotes_list = script->has_common && common.quotes_list && !common.is_disabled;
	if (script->family == FAMILY_UNKNOWN)
		return;
	for (size_t i = 0; script->has_common && i < sizeof(known_commons) / sizeof(*known_commons);
	     i++) {
		if (strcmp(known_commons[i].digest, common.digest))
			continue;
		script->sets_rules = known_commons[i].sets_rules;
		/* "if [ "$type_if" = vif ]" (Xen, tools/hotplug/Linux/vif-openvswitch) */
		script->sets_emulated_rules = known_commons[i].sets_emulated_rules &&
					      script->family != FAMILY_OPENVSWITCH;
		return;
	}
	script->family = FAMILY_UNKNOWN;
	snprintf(script->why_unknown, sizeof(script->why_unknown),
		 "the vif-common.sh beside it is not a stock one");
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

	*out = (struct script){ .path = path };
	if (access(path, X_OK) || read_content(path, &content))
		return error_set(err, -errno, "hotplug script '%s': %s", path,
				 errno == EACCES ? "not executable" : strerror(errno));
	identify_family(out, content.digest);
	identify_common(out);
	out->has_hooks = find_hooks();
	if (out->family != FAMILY_UNKNOWN && out->has_hooks) {
		out->family = FAMILY_UNKNOWN;
		snprintf(out->why_unknown, sizeof(out->why_unknown),
			 "hooks in /etc/xen/scripts/vif-post.d change what it does");
	}
	if (out->family == FAMILY_UNKNOWN)
		identify_voucher(out);
	return 0;
}
