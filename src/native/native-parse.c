/* SPDX-License-Identifier: GPL-2.0-or-later */
/* native-parse.c - what a native script is asked for: by its name, arguments and environment. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/native/native.h"

static const struct native_kind *const kinds[] = { &native_route, &native_bridge };

static const struct native_kind *find_kind(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

/* The value of "NAME=VALUE" among the arguments, else in the environment; NULL where it is empty. */
static const char *find_variable(int argc, char **argv, const char *name)
{
	size_t len = strlen(name);
	const char *value = getenv(name);

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], name, len) && argv[i][len] == '=')
			value = argv[i] + len + 1;
	return value && *value ? value : NULL;
}

static const char *find_command(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strchr(argv[i], '='))
			return argv[i];
	return "";
}

/* The command "online" is for the vif's own interface, "add" for that of its emulated card. */
static int parse_command(struct native *out, const char *type, struct error *err)
{
	const char *command = out->command;
	bool of_vif = !strcmp(command, "online") || !strcmp(command, "offline");

	if (!of_vif && strcmp(command, "add") != 0 && strcmp(command, "remove") != 0)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "invalid command '%s': online, offline, add or remove", command);
	if (strcmp(type, "vif") != 0 && strcmp(type, "tap") != 0)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "invalid interface type '%s': vif or tap", type);
	out->is_emulated = !strcmp(type, "tap");
	out->is_up = !strcmp(command, "online") || !strcmp(command, "add");
	return out->is_emulated == of_vif;
}

int native_parse(int argc, char **argv, struct native *out, struct error *err)
{
	const char *type = find_variable(argc, argv, "type_if");
	int r;

	*out = (struct native){ .kind = find_kind(argv[0]), .command = find_command(argc, argv) };
	if (!out->kind)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "'%s': the name of the script is vif-xvif-route or vif-xvif-bridge",
				    argv[0]);
	r = parse_command(out, type ? type : "vif", err);
	if (r)
		return r;
	out->interface = find_variable(argc, argv, out->is_emulated ? "INTERFACE" : "vif");
	out->gateway_device = find_variable(argc, argv, "netdev");
	out->bridge = find_variable(argc, argv, "bridge");
	out->xenbus_path = find_variable(argc, argv, "XENBUS_PATH");
	out->is_gateway_named = out->gateway_device != NULL;
	if (!out->is_gateway_named)
		out->gateway_device = "eth0";
	if (!out->interface || strlen(out->interface) >= IFNAMSIZ)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "%s is not set: only a toolstack runs this script",
				    out->is_emulated ? "INTERFACE" : "vif");
	if (!out->xenbus_path)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "XENBUS_PATH is not set: only a toolstack runs this script");
	return 0;
}
