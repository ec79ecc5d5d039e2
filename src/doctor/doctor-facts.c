/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-facts.c - this host as far as vifs depend on it. */
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/doctor/doctor-facts.h"
#include "src/hotplug/rules-iptables.h"
#include "src/base/input.h"
#include "src/kernel/kernel.h"
#include "src/stored/xlconfig.h"

#define TEXT_MAX (1 << 20)

/* What the probes ask of a vif. */
#define NODES \
	(1u << NODE_IP | 1u << NODE_MAC | 1u << NODE_SCRIPT | 1u << NODE_VIFNAME | \
	 1u << NODE_GATEWAYDEV | 1u << NODE_HOTPLUG_STATUS | 1u << NODE_STUBDOM | 1u << NODE_TYPE)

/* Into @out, for free(); NULL: it cannot be read, or is no text. Returns 0 or -ENOMEM. */
static int read_text(const char *path, char **out)
{
	size_t len;
	char *text;
	int r = input_read(path, &text, &len, NULL);

	*out = NULL;
	if (r)
		return r == -ENOMEM ? r : 0;
	if (len <= TEXT_MAX && strlen(text) == len)
		*out = text;
	else
		free(text);
	return 0;
}

/* Without the heap: what is not known when memory is short would be a finding. */
static bool read_line(char out[FACT_SIZE], const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));

static bool read_line(char out[FACT_SIZE], const char *format, va_list ap)
{
	char path[128];
	ssize_t n = -1;
	int fd;

	vsnprintf(path, sizeof(path), format, ap);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, out, FACT_SIZE - 1);
		close(fd);
	}
	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return n > 0;
}

bool facts_read(char out[FACT_SIZE], const char *format, ...)
{
	va_list ap;
	bool ok;

	va_start(ap, format);
	ok = read_line(out, format, ap);
	va_end(ap);
	return ok;
}

long facts_read_number(long otherwise, const char *format, ...)
{
	char text[FACT_SIZE], *end;
	va_list ap;
	long value;
	bool ok;

	va_start(ap, format);
	ok = read_line(text, format, ap);
	va_end(ap);
	value = strtol(text, &end, 10);
	return ok && end != text ? value : otherwise;
}

bool facts_vif_bridge(const struct facts_vif *hv, char *out, size_t size)
{
	char path[64], target[128];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/class/net/%.15s/master", hv->vif->link);
	n = hv->link ? readlink(path, target, sizeof(target) - 1) : -1;
	target[n > 0 ? n : 0] = '\0';
	if (n <= 0 || !strrchr(target, '/'))
		return false;
	snprintf(out, size, "%s", strrchr(target, '/') + 1);
	return true;
}

/* By the setting of its bridge or that of all bridges. */
bool facts_vif_is_shown(const struct facts_vif *hv, int family)
{
	const char *digit = family == AF_INET6 ? "6" : "";
	char bridge[16] = "?";

	if (hv->wiring != WIRING_BRIDGED)
		return false;
	facts_vif_bridge(hv, bridge, sizeof(bridge));
	return facts_read_number(0, "/proc/sys/net/bridge/bridge-nf-call-ip%stables", digit) > 0 ||
	       facts_read_number(0, "/sys/class/net/%s/bridge/nf_call_ip%stables", bridge, digit) > 0;
}

static enum wiring find_wiring(const struct facts_vif *hv)
{
	enum wiring wiring = hv->script && !hv->script->code ? hv->script->id.family->wiring :
							       WIRING_UNKNOWN;
	char bridge[16];

	if (wiring != WIRING_UNKNOWN)
		return wiring;
	if (facts_vif_bridge(hv, bridge, sizeof(bridge)))
		return strcmp(bridge, "ovs-system") ? WIRING_BRIDGED : WIRING_SWITCHED;
	return hv->link && kernel_link_is_up(hv->vif->link) ? WIRING_ROUTED : WIRING_UNKNOWN;
}

static size_t find_folder(const struct facts *facts, const char *path, size_t len)
{
	size_t i;

	for (i = 0; i < facts->n_folders; i++)
		if (strlen(facts->folders[i].path) == len &&
		    !strncmp(facts->folders[i].path, path, len))
			break;
	return i;
}

/* The folder of a script, read when it is the first in there. Returns 0 or -ENOMEM. */
static int add_folder(struct facts *facts, const char *script, size_t *out)
{
	size_t len = (size_t)(strrchr(script, '/') - script);
	struct facts_folder *v, *folder;

	*out = find_folder(facts, script, len);
	if (*out < facts->n_folders)
		return 0;
	v = array_grow(facts->folders, facts->n_folders, sizeof(*v));
	if (!v)
		return -ENOMEM;
	facts->folders = v;
	folder = &v[facts->n_folders++];
	*folder = (struct facts_folder){ .path = strndup(script, len) };
	if (asprintf(&folder->common_path, "%.*s/vif-common.sh", (int)len, script) < 0)
		folder->common_path = NULL;
	if (!folder->path || !folder->common_path)
		return -ENOMEM;
	if (read_text(folder->common_path, &folder->text))
		return -ENOMEM;
	if (folder->text)
		folder->common = vif_common_read(folder->text);
	return folder->common.failed ? -ENOMEM : 0;
}

static int add_script(struct facts *facts, const char *path, unsigned n_vifs)
{
	struct facts_script *v = array_grow(facts->scripts, facts->n_scripts, sizeof(*v));
	struct facts_script *script;
	struct error err = { 0 };

	if (!v)
		return -ENOMEM;
	facts->scripts = v;
	script = &v[facts->n_scripts++];
	*script = (struct facts_script){ .path = strdup(path), .n_vifs = n_vifs };
	if (!script->path)
		return -ENOMEM;
	script->code = script_identify(script->path, &script->id, &err);
	script->why = script->code == -ENOMEM ? NULL : strdup(err.text);
	return script->why ? add_folder(facts, path, &script->folder) : -ENOMEM;
}

static size_t find_script(const struct facts *facts, const char *path)
{
	size_t i;

	for (i = 0; i < facts->n_scripts; i++)
		if (!strcmp(facts->scripts[i].path, path))
			break;
	return i;
}

static bool is_here(const struct vif *vif)
{
	return !vif->backend_domid;
}

static bool names_script(const struct vif *vif)
{
	return vif->script && vif->script[0] == '/';
}

static int add_scripts(struct facts *facts)
{
	int r = 0;

	for (size_t i = 0; i < facts->vifs.n && !r; i++) {
		const struct vif *vif = &facts->vifs.v[i];
		size_t at;

		if (!is_here(vif) || !names_script(vif))
			continue;
		at = find_script(facts, vif->script);
		if (at < facts->n_scripts)
			facts->scripts[at].n_vifs++;
		else
			r = add_script(facts, vif->script, 1);
	}
	return r;
}

static int add_here(struct facts *facts)
{
	facts->here = calloc(facts->vifs.n + 1, sizeof(*facts->here));
	if (!facts->here)
		return -ENOMEM;
	for (size_t i = 0; i < facts->vifs.n; i++) {
		struct facts_vif *hv = &facts->here[facts->n_here];
		const struct vif *vif = &facts->vifs.v[i];

		if (!is_here(vif))
			continue;
		*hv = (struct facts_vif){ .vif = vif, .link = kernel_link(vif->link) };
		if (names_script(vif)) {
			const struct facts_folder *folder;

			hv->script = &facts->scripts[find_script(facts, vif->script)];
			folder = &facts->folders[hv->script->folder];
			hv->sets_rules = folder->common.has_rules && !folder->common.is_disabled &&
					 hv->script->id.family->rules != RULES_NONE;
		}
		hv->wiring = find_wiring(hv);
		facts->n_here++;
	}
	return 0;
}

static int compare_links(const void *a, const void *b)
{
	const struct facts_vif *const *x = a, *const *y = b;

	return strcmp((*x)->vif->link, (*y)->vif->link);
}

static int compare_name(const void *name, const void *entry)
{
	const struct facts_vif *const *hv = entry;

	return strcmp(name, (*hv)->vif->link);
}

struct facts_vif *facts_find_link(const struct facts *facts, const char *name)
{
	struct facts_vif **found = bsearch(name, facts->by_link, facts->n_here,
					   sizeof(*facts->by_link), compare_name);

	return found ? *found : NULL;
}

static int sort_links(struct facts *facts)
{
	facts->by_link = calloc(facts->n_here + 1, sizeof(*facts->by_link));
	if (!facts->by_link)
		return -ENOMEM;
	for (size_t i = 0; i < facts->n_here; i++)
		facts->by_link[i] = &facts->here[i];
	qsort(facts->by_link, facts->n_here, sizeof(*facts->by_link), compare_links);
	return 0;
}

static int look_at_addresses(struct facts *facts, struct error *err)
{
	if (getifaddrs(&facts->addresses)) {
		facts->addresses = NULL;
		return error_set(err, -errno, "cannot list addresses: %s", strerror(errno));
	}
	for (const struct ifaddrs *ifa = facts->addresses; ifa; ifa = ifa->ifa_next) {
		const struct sockaddr_in *sa = (const void *)ifa->ifa_addr;
		struct facts_vif *hv = sa && sa->sin_family == AF_INET ?
					       facts_find_link(facts, ifa->ifa_name) :
					       NULL;

		if (!hv || hv->has_address)
			continue;
		hv->has_address = true;
		memcpy(hv->address, &sa->sin_addr, sizeof(hv->address));
	}
	return 0;
}

static const char *setting(const struct xlconfig *config, const char *name)
{
	const struct xlvalue *value = xlconfig_get(config, name);

	return value ? value->text : NULL;
}

/* What vifs to come will have (xl.conf(5)); the file cannot be read: what xl then takes. */
static int look_at_defaults(struct facts *facts)
{
	CLEANUP(xlconfig_release) struct xlconfig config = { 0 };
	CLEANUP(input_close) struct input in = { 0 };
	CLEANUP(cleanup_free) char *path = NULL;
	const char *script;

	if (!input_open("/etc/xen/xl.conf", &in, NULL) && in.len)
		xlconfig_parse(in.text, in.len, in.name, &config, NULL);
	script = setting(&config, "vif.default.script");
	if (!script)
		script = "vif-bridge";
	if (setting(&config, "vif.default.gatewaydev"))
		facts->gatewaydev = strdup(setting(&config, "vif.default.gatewaydev"));
	else
		facts->gatewaydev = strdup("eth0");
	if (!facts->gatewaydev ||
	    asprintf(&path, "%s%s", script[0] == '/' ? "" : SCRIPT_FOLDER "/", script) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return facts->n_scripts ? 0 : add_script(facts, path, 0);
}

/* Not to be reached, or silent: a fact. Only a shortage of memory is a failure. */
static int look_at_store(struct facts *facts)
{
	CLEANUP(domains_release) struct domains domains = { 0 };
	struct error *err = &facts->store_error;
	int r = store_open(&facts->store, facts->timeout_s, err);

	if (!r)
		r = domain_list(&facts->store, &domains, err);
	if (!r)
		r = vif_list(&facts->store, domains.v, domains.n, NODES, &facts->vifs, err);
	for (size_t i = 0; i < domains.n; i++)
		facts->n_guests += domains.v[i].domid != 0;
	facts->has_store = !r;
	if (r)
		vifs_release(&facts->vifs);
	return r == -ENOMEM ? r : 0;
}

/* Packets of vifs on a switch and of no vif at all do not pass the chain. */
static int look_at_forward(struct facts *facts)
{
	struct error err = { 0 };
	int r;

	if (!facts_has(facts, WIRING_ROUTED) && !facts_has(facts, WIRING_BRIDGED) &&
	    !facts_has_bridge_rules(facts))
		return 0;
	r = rules_forward(facts->timeout_s, &facts->forward, &err);
	facts->has_forward = !r;
	facts->no_forward = r ? strdup(err.text) : NULL;
	if (r == -ENOMEM || (r && !facts->no_forward))
		return -ENOMEM;
	r = nft_tables_read(&facts->tables, &err);
	facts->no_tables = r ? strdup(err.text) : NULL;
	return r == -ENOMEM || (r && !facts->no_tables) ? -ENOMEM : 0;
}

static int look_at_routing(struct facts *facts)
{
	const struct routes none = { 0 };
	struct error err = { 0 };
	int r = facts_has(facts, WIRING_ROUTED) ? kernel_routing(&none, &facts->routing, &err) : 0;

	if (!r)
		return 0;
	routing_release(&facts->routing);
	facts->no_routing = strdup(err.text);
	return r == -ENOMEM || !facts->no_routing ? -ENOMEM : 0;
}

int facts_look(struct facts *out, unsigned timeout_s, struct error *err)
{
	int r;

	*out = (struct facts){ .timeout_s = timeout_s };
	r = look_at_store(out);
	if (!r)
		r = add_scripts(out);
	if (!r)
		r = look_at_defaults(out);
	if (!r)
		r = add_here(out);
	if (!r)
		r = look_at_forward(out);
	if (!r)
		r = look_at_routing(out);
	if (!r)
		r = sort_links(out);
	return r ? error_memory(err) : look_at_addresses(out, err);
}

void facts_release(struct facts *facts)
{
	for (size_t i = 0; i < facts->n_scripts; i++) {
		free(facts->scripts[i].path);
		free(facts->scripts[i].why);
	}
	for (size_t i = 0; i < facts->n_folders; i++) {
		free(facts->folders[i].path);
		free(facts->folders[i].common_path);
		free(facts->folders[i].text);
	}
	free(facts->scripts);
	free(facts->folders);
	free(facts->here);
	free(facts->by_link);
	free(facts->gatewaydev);
	free(facts->no_forward);
	free(facts->no_tables);
	free(facts->no_routing);
	routing_release(&facts->routing);
	nft_tables_release(&facts->tables);
	if (facts->addresses)
		freeifaddrs(facts->addresses);
	rules_release(&facts->forward.rules);
	vifs_release(&facts->vifs);
	store_close(&facts->store);
}

bool facts_has(const struct facts *facts, enum wiring wiring)
{
	for (size_t i = 0; i < facts->n_here; i++)
		if (facts->here[i].wiring == wiring)
			return true;
	return false;
}

bool facts_has_bridge_rules(const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_here; i++)
		if (facts->here[i].wiring == WIRING_BRIDGED && facts->here[i].sets_rules &&
		    facts->here[i].vif->ips.n)
			return true;
	return false;
}
