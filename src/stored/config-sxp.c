/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config-sxp.c - a domain's configuration file as the S-expressions xend made of it. */
#include <errno.h>
#include <string.h>

#include "src/base/text.h"
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

static void add_span(struct sxp_doc *doc, sxp_node node, const char *text, struct text_span span)
{
	sxp_add_text(doc, node, text + span.at, span.len);
}

/* "KEY=VALUE", or another word. */
static void add_setting(struct sxp_doc *doc, sxp_node device, const char *text, struct text_span span)
{
	const char *equals = memchr(text + span.at, '=', span.len);
	size_t at = equals ? (size_t)(equals - text) : 0, end = span.at + span.len;
	sxp_node pair;

	if (!equals) {
		add_span(doc, device, text, span);
		return;
	}
	pair = sxp_add_list(doc, device);
	add_span(doc, pair, text, text_trim(text, (struct text_span){ span.at, at - span.at }));
	add_span(doc, pair, text, text_trim(text, (struct text_span){ at + 1, end - at - 1 }));
}

static void add_device(struct sxp_doc *doc, sxp_node list, const char *type, const char *text)
{
	sxp_node device = sxp_add_element(doc, sxp_add_element(doc, list, "device"), type);

	for (size_t at = 0, len; text[at]; at += len + (text[at + len] == ',')) {
		struct text_span setting;

		len = strcspn(text + at, ",");
		setting = text_trim(text, (struct text_span){ at, len });
		if (setting.len)
			add_setting(doc, device, text, setting);
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
