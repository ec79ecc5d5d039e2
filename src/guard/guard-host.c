/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-host.c - what the guard needs to know, from this host and its vifs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "src/guard/guard-host.h"
#include "src/kernel/kernel.h"

/* Up to 6.15 a chain is bound to a link, follows when that is renamed, and goes with it. */
static bool kernel_binds_names(void)
{
	struct utsname system;
	unsigned major = 0, minor = 0;

	return !uname(&system) && sscanf(system.release, "%3u.%3u", &major, &minor) == 2 &&
	       (major > 6 || (major == 6 && minor >= 16));
}

int guard_host_read(struct guard_host *out, struct error *err)
{
	*out = (struct guard_host){ .binds_names = kernel_binds_names() };
	return kernel_own_addresses(&out->addresses, err);
}

static bool is_local(const struct ipnet *net)
{
	return net->family == AF_INET6 && net->prefix == 128 && net->addr[0] == 0xfe &&
	       (net->addr[1] & 0xc0) == 0x80;
}

int guard_host_add_lists(struct guard_host *host, const struct vif *vifs, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < vifs[i].ips.n; j++) {
			const struct ipword *word = &vifs[i].ips.words[j];

			if (word->is_valid && is_local(&word->net) &&
			    ipnets_add(&host->listed_local, &word->net))
				return error_memory(err);
		}
	ipnets_unique(&host->listed_local);
	return 0;
}

void guard_host_release(struct guard_host *host)
{
	own_addresses_release(&host->addresses);
	free(host->listed_local.v);
	*host = (struct guard_host){ 0 };
}

static void add_link(struct guard_vif *out, const char *name)
{
	struct guard_link *link = &out->links[out->n_links];

	if (!*name || strlen(name) >= IFNAMSIZ || strchr(name, '/') || out->n_links == GUARD_LINKS_MAX)
		return;
	for (size_t i = 0; i < out->n_links; i++)
		if (!strcmp(out->links[i].name, name))
			return;
	*link = (struct guard_link){ .index = kernel_link(name) };
	memcpy(link->name, name, strlen(name));
	out->n_links++;
}

/* By the name that it is made with, the one that its script gives it, and those of the emulated card. */
int guard_vif_of(const struct vif *vif, const struct iplist *list,
		 const struct guard_options *options, struct guard_vif *out, struct error *err)
{
	char name[VIF_EMULATED_SIZE];

	*out = (struct guard_vif){
		.domid = vif->domain.domid, .devid = vif->devid, .list = list, .options = options
	};
	snprintf(name, sizeof(name), "vif%u.%u", vif->domain.domid, vif->devid);
	add_link(out, name);
	add_link(out, vif->link);
	if (vif_emulated_link(vif, name)) {
		add_link(out, name);
		snprintf(name, sizeof(name), "vif%u.%u-emu", vif->domain.domid, vif->devid);
		add_link(out, name);
	}
	if (vif->mac && guard_parse_mac(vif->mac, out->mac))
		return 0;
	return error_set(err, -EINVAL, "vif %u.%u: its MAC '%s' is not a unicast address",
			 vif->domain.domid, vif->devid, vif->mac ? vif->mac : "");
}

void guard_vif_follow(const struct nft_seen *seen, struct guard_vif *vif)
{
	const struct nft_seen_chain *chain;
	char name[NFT_NAME_SIZE];

	guard_name(name, "vif", vif->domid, vif->devid);
	chain = nft_seen_find_chain(seen, name);
	for (size_t i = 0; chain && i < chain->n_devices && i < NFT_DEVICES_MAX; i++)
		add_link(vif, chain->devices[i]);
}

bool guard_vif_has_link(const struct guard_host *host, const struct guard_vif *vif)
{
	for (size_t i = 0; i < vif->n_links; i++)
		if (host->binds_names || vif->links[i].index)
			return true;
	return false;
}

static size_t name_length(const char *name)
{
	static const char incoming[] = "--incoming";
	size_t len = strlen(name), end = sizeof(incoming) - 1;

	return len > end && !strcmp(name + len - end, incoming) ? len - end : len;
}

void guard_options_of(const struct guard_conf *conf, const struct vif *vif, struct guard_options *out)
{
	char name[256] = "";
	uint8_t mac[6] = { 0 };

	if (vif->mac)
		guard_parse_mac(vif->mac, mac);
	/* so a guest is called while it is moved to this host (Xen, tools/xl/xl_migrate.c) */
	if (vif->domain.name)
		snprintf(name, sizeof(name), "%.*s", (int)name_length(vif->domain.name),
			 vif->domain.name);
	guard_conf_find(conf, vif->domain.name ? name : NULL, vif->domain.uuid, vif->devid, mac, out);
	if (vif->backend_domid)
		out->mode = GUARD_OFF;
}

bool guard_options_share(const struct guard_options *options, const struct ipnet *net)
{
	for (size_t i = 0; i < options->n_shared; i++)
		if (options->shared[i].prefix <= net->prefix &&
		    ipnet_overlaps(&options->shared[i], net))
			return true;
	return false;
}

bool guard_conf_shares(const struct guard_conf *conf, const struct vif *a, const struct vif *b,
		       const struct ipnet *net)
{
	struct guard_options of_a, of_b;

	guard_options_of(conf, a, &of_a);
	guard_options_of(conf, b, &of_b);
	return guard_options_share(&of_a, net) && guard_options_share(&of_b, net);
}
