/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config-sxp.c - a domain's configuration file as the S-expressions xend made of it. */
#include <errno.h>
#include <string.h>

#include "src/stored/config-sxp.h"

/* Settings that list devices (xl.cfg(5), "Devices"). */
static const char *const device_lists[] = {
	"vif",	  "disk", "vtpm",  "p9",  "pvcalls", "vfb",  "channel", "rdm", "usbctrl",
	"usbdev", "pci",  "dtdev", "vkb", "vdispl",  "vsnd", "virtio",	NULL,
};

static bool is_device_list(const char *name)
{
	for (size_t i = 0; device_lists[i]; i++)
		if (!strcmp(device_lists[i], name))
			return true;
	return false;
}

struct piece {
	const char *at;
	size_t len;
};

static struct piece trim(const char *at, size_t len)
{
	while (len && strchr(" \t", at[len - 1]))
		len--;
	while (len && strchr(" \t", *at)) {
		at++;
		len--;
	}
	return (struct piece){ at, len };
}

static void add_piece(struct sxp_doc *doc, sxp_node device, struct piece piece)
{
	const char *equals = memchr(piece.at, '=', piece.len);
	struct piece key, value;
	sxp_node pair;

	if (!equals) {
		sxp_add_text(doc, device, piece.at, piece.len);
		return;
	}
	key = trim(piece.at, (size_t)(equals - piece.at));
	value = trim(equals + 1, piece.len - (size_t)(equals + 1 - piece.at));
	pair = sxp_add_list(doc, device);
	sxp_add_text(doc, pair, key.at, key.len);
	sxp_add_text(doc, pair, value.at, value.len);
}

static void add_device(struct sxp_doc *doc, sxp_node list, const char *type, const char *text)
{
	sxp_node device = sxp_add_element(doc, sxp_add_element(doc, list, "device"), type);

	while (*text) {
		size_t len = strcspn(text, ",");
		struct piece piece = trim(text, len);

		if (piece.len)
			add_piece(doc, device, piece);
		text += len + (text[len] == ',');
	}
}

static int add_devices(struct sxp_doc *doc, sxp_node list, const char *type,
		       const struct xlvalue *value, struct error *err)
{
	if (value->text)
		return error_status(err, STATUS_USAGE, -EINVAL, "%s: is no list", type);
	for (size_t i = 0; i < value->n; i++) {
		if (!value->items[i].text)
			return error_status(err, STATUS_USAGE, -EINVAL, "%s: item %zu is no text",
					    type, i + 1);
		add_device(doc, list, type, value->items[i].text);
	}
	return 0;
}

int config_sxp_vifs(const struct xlconfig *config, struct sxp_doc *doc, sxp_node list,
		    struct error *err)
{
	const struct xlvalue *value = xlconfig_get(config, "vif");

	return value ? add_devices(doc, list, "vif", value, err) : 0;
}

/* As deep as xlconfig_parse() lets lists be. */
static void add_value(struct sxp_doc *doc, sxp_node list, const struct xlvalue *value)
{
	sxp_node inner;

	if (value->text) {
		sxp_add(doc, list, value->text);
		return;
	}
	inner = sxp_add_list(doc, list);
	for (size_t i = 0; i < value->n; i++)
		add_value(doc, inner, &value->items[i]);
}

int config_sxp_domain(const struct xlconfig *config, struct sxp_doc *doc, sxp_node list,
		      struct error *err)
{
	sxp_node domain = sxp_add_element(doc, list, "domain");
	int r = 0;

	for (size_t i = 0; i < config->n && !r; i++) {
		const struct xlsetting *setting = &config->v[i];
		sxp_node element;

		if (!setting->value.text && is_device_list(setting->name)) {
			r = add_devices(doc, domain, setting->name, &setting->value, err);
			continue;
		}
		element = sxp_add_element(doc, domain, setting->name);
		if (setting->value.text)
			sxp_add(doc, element, setting->value.text);
		for (size_t j = 0; j < setting->value.n; j++)
			add_value(doc, element, &setting->value.items[j]);
	}
	return r;
}
