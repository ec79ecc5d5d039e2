/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script.c - which hotplug script a vif has, found out without executing it. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <sha2.h>

#include "src/base/cleanup.h"
#include "src/base/input.h"
#include "src/hotplug/nix-store.h"
#include "src/hotplug/script.h"
#include "src/hotplug/stock-digests.h"
#include "src/settings/guard-hook.h"

/* What a script is, apart from comments, blank lines and indentation. */
struct content {
	char digest[SHA256_DIGEST_STRING_LENGTH];
	bool quotes_list;		 /* has the loop below */
	bool is_disabled;		 /* its handle_iptable() returns at once */
	bool is_of_nix;			 /* has commands by their paths in /nix/store */
	enum { OUTSIDE, HEAD, BODY } at; /* of that function, while it is read */
};

static bool begins_with(const char *line, size_t len, const char *word)
{
	return len >= strlen(word) && !memcmp(line, word, strlen(word));
}

/*
 * "for addr in "$ip"" takes the whole list for one address; stock scripts had
 * it until 2006, and copies of them have it still. Digested without the quotes.
 * Returns how long that beginning of the line is, or 0.
 */
static size_t find_quoted_list(const char *line, size_t len)
{
	static const char *const quoted[] = { "for addr in \"$ip\"", "for addr in \"${ip}\"" };

	for (size_t i = 0; i < sizeof(quoted) / sizeof(*quoted); i++)
		if (begins_with(line, len, quoted[i]))
			return strlen(quoted[i]);
	return 0;
}

static void note_line(struct content *content, const char *line, size_t len)
{
	if (content->at == BODY)
		content->is_disabled = begins_with(line, len, "return");
	if (begins_with(line, len, "handle_iptable()"))
		content->at = memchr(line, '{', len) ? BODY : HEAD;
	else
		content->at = content->at == HEAD && line[0] == '{' ? BODY : OUTSIDE;
}

/* Without what NixOS puts before commands. Returns whether there was any of that. */
static bool digest_commands(SHA2_CTX *ctx, const char *line, size_t len, size_t from)
{
	bool found = false;

	for (size_t at = from; at < len; at++) {
		size_t prefix = line[at] == '/' ? nix_store_prefix(line, len, at) : 0;

		if (!prefix)
			continue;
		SHA256Update(ctx, (const uint8_t *)line + from, at - from);
		from = at + prefix;
		at = from;
		found = true;
	}
	SHA256Update(ctx, (const uint8_t *)line + from, len - from);
	return found;
}

static bool digest_line(SHA2_CTX *ctx, const char *line, size_t len, size_t quoted)
{
	static const char plain[] = "for addr in $ip";
	bool found;

	if (quoted)
		SHA256Update(ctx, (const uint8_t *)plain, sizeof(plain) - 1);
	found = digest_commands(ctx, line, len, quoted);
	SHA256Update(ctx, (const uint8_t *)"\n", 1);
	return found;
}

/* A line without the blanks around it; a NUL is part of it. */
static void take_line(struct content *out, SHA2_CTX *ctx, const char *line, size_t len)
{
	size_t quoted;

	while (len && isspace((unsigned char)line[len - 1]))
		len--;
	while (len && isspace((unsigned char)*line)) {
		line++;
		len--;
	}
	if (!len || *line == '#')
		return;
	quoted = find_quoted_list(line, len);
	out->quotes_list |= quoted > 0;
	note_line(out, line, len);
	out->is_of_nix |= digest_line(ctx, line, len, quoted);
}

static struct content take_content(const char *text, size_t len)
{
	struct content out = { .at = OUTSIDE };
	const char *end = text + len;
	SHA2_CTX ctx;

	SHA256Init(&ctx);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *line_end = newline ? newline : end;

		take_line(&out, &ctx, text, (size_t)(line_end - text));
		text = line_end + 1;
	}
	SHA256End(&ctx, out.digest);
	return out;
}

void script_beside(const char *path, const char *name, char out[SCRIPT_PATH_SIZE])
{
	const char *slash = strrchr(path, '/');

	snprintf(out, SCRIPT_PATH_SIZE, "%.*s/%s", slash ? (int)(slash - path) : 1,
		 slash ? path : ".", name);
}

/* What is read and what @file tells are of one opened file. */
static int open_file(const char *path, struct input *in, struct stat *file, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0 || fstat(fd, file))
		r = error_set(err, -errno, "%s: cannot be read: %s", path, strerror(errno));
	else
		r = input_open_fd(fd, path, in, err);
	if (fd >= 0)
		close(fd);
	return r;
}

#define WHY_HOOKS "hooks in /etc/xen/scripts/vif-post.d change what it does"

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

static int read_common(struct script *script, struct content *out, struct error *err)
{
	CLEANUP(input_close) struct input in = { 0 };
	char path[SCRIPT_PATH_SIZE];
	int r;

	script_beside(script->path, "vif-common.sh", path);
	r = open_file(path, &in, &script->common_file, err);
	script->has_common = !r;
	if (!r)
		*out = take_content(in.text, in.len);
	return r == -ENOENT ? 0 : r;
}

static int identify_common(struct script *script, struct error *err)
{
	const struct common *stock;
	struct content common = { 0 };
	int r = read_common(script, &common, err);

	script->quotes_list = script->has_common && common.quotes_list && !common.is_disabled;
	if (r || !script_is_known(script))
		return r;
	if (!script->has_common)
		return error_set(err, -ENOENT,
				 "hotplug script '%s': there is no vif-common.sh beside it",
				 script->path);
	stock = find_common(common.digest);
	if (!stock) {
		forget_family(script, "the vif-common.sh beside it is not a stock one");
		return 0;
	}
	script->is_of_nix |= common.is_of_nix;
	script->sets_rules = stock->sets_rules && script->family->rules != RULES_NONE;
	script->sets_emulated_rules = script->sets_rules && stock->sets_emulated_rules &&
				      script->family->emulated == EMULATED_LIKE_VIF;
	return 0;
}

static void add_reason(struct script *script, const char *why)
{
	size_t len = strlen(script->why_unknown);

	snprintf(script->why_unknown + len, sizeof(script->why_unknown) - len, ", and %s", why);
}

static int identify_voucher(struct script *script, const struct input *in, struct error *err)
{
	CLEANUP(scripts_conf_release) struct scripts_conf conf = { 0 };
	char digest[SHA256_DIGEST_STRING_LENGTH];
	struct error why = { 0 };
	const struct voucher *voucher;
	bool is_other;
	int r = scripts_conf_read(&conf, &why);

	if (r == -ENOMEM)
		return error_memory(err);
	if (r) {
		add_reason(script, why.text);
		return 0;
	}
	SHA256Data((const uint8_t *)in->text, in->len, digest);
	voucher = scripts_conf_find(&conf, script->path, digest, &is_other);
	script->vouched = voucher ? voucher->how : VOUCHED_NOT;
	script->promises_routes = voucher && voucher->promises_routes;
	if (is_other)
		add_reason(script, "its line in " SCRIPTS_CONF " has another SHA-256");
	return 0;
}

static int identify(struct script *out, const struct input *in, struct error *err)
{
	struct content content = take_content(in->text, in->len);
	bool has_hooks;
	int r;

	out->family = family_of(content.digest);
	out->is_of_nix = content.is_of_nix;
	if (!script_is_known(out))
		forget_family(out, "it is not one of the stock scripts");
	r = identify_common(out, err);
	if (!r)
		r = guard_hook_find_others(&has_hooks, err);
	if (r)
		return r;
	if (script_is_known(out) && out->family->hooks != HOOKS_IGNORED && has_hooks)
		forget_family(out, WHY_HOOKS);
	return script_is_known(out) ? 0 : identify_voucher(out, in, err);
}

/* xvif's own scripts are links to one program, which does what the name of the link says. */
static const struct family *find_native(const char *path)
{
	CLEANUP(cleanup_free) char *target = realpath(path, NULL), *own = realpath(XVIF_NATIVE, NULL);
	const char *slash = strrchr(path, '/');

	return target && own && !strcmp(target, own) ? family_native(slash ? slash + 1 : path) : NULL;
}

static int identify_native(struct script *out, const struct input *in, struct error *err)
{
	char beside[SCRIPT_PATH_SIZE];
	int r = guard_hook_find_others(&out->has_hooks, err);

	/* it sources nothing; what stands there is looked at before any script is run */
	script_beside(out->path, "vif-common.sh", beside);
	if (!r && stat(beside, &out->common_file))
		out->common_file = (struct stat){ 0 };
	if (r || !out->has_hooks)
		return r;
	snprintf(out->why_unknown, sizeof(out->why_unknown), "%s", WHY_HOOKS);
	return identify_voucher(out, in, err);
}

static int read_script(const char *path, struct script *out, struct error *err)
{
	CLEANUP(input_close) struct input in = { 0 };
	const struct family *native;
	int r;

	if (access(path, X_OK))
		return error_set(err, -errno, "hotplug script '%s': %s", path,
				 errno == EACCES ? "not executable" : strerror(errno));
	r = open_file(path, &in, &out->file, err);
	if (r)
		return r;
	native = find_native(path);
	if (!native)
		return identify(out, &in, err);
	out->family = native;
	return identify_native(out, &in, err);
}

/* Nothing of an unsafe one is run, so what rules it sets is not known. */
static int find_unsafe(struct script *script, struct error *err)
{
	int r = script_check_trust(script->path, &script->why_unsafe);

	script->is_unsafe = r != 0;
	if (r)
		script->sets_rules = script->sets_emulated_rules = script->has_common =
			script->quotes_list = false;
	return r == -ENOMEM ? error_memory(err) : 0;
}

int script_identify(const char *path, struct script *out, struct error *err)
{
	int r;

	*out = (struct script){ .path = path, .family = &family_unknown };
	r = read_script(path, out, err);
	if (!r)
		r = find_unsafe(out, err);
	return error_add_reason(err,
				r == -ENOENT || r == -ENOTDIR ? REASON_SCRIPT_MISSING :
								REASON_SCRIPT_UNREADABLE,
				r);
}
