/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-services.c - probes of services that change links, routes or rules of others. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/cleanup.h"
#include "src/doctor.h"

/*
 * The value of "KEY=VALUE" in a file of sections or in one without, the last
 * one; for free(), NULL: there is none.
 */
static char *read_key(const char *path, const char *key)
{
	FILE *f = fopen(path, "re");
	CLEANUP(cleanup_free) char *line = NULL;
	size_t size = 0, len = strlen(key);
	char *value = NULL;

	while (f && getline(&line, &size, f) >= 0) {
		char *p = line + strspn(line, " \t");

		if (strncmp(p, key, len) || p[len + strspn(p + len, " \t")] != '=')
			continue;
		p = strchr(p, '=') + 1;
		p += strspn(p, " \t");
		p[strcspn(p, " \t\r\n")] = '\0';
		free(value);
		value = strdup(p);
	}
	if (f)
		fclose(f);
	return value;
}

static const char *const config_folders[] = {
	"/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd",
};

#define N_FOLDERS (sizeof(config_folders) / sizeof(*config_folders))

/* Of files with one name the folder that stands first decides; of names the last one does. */
struct drop_in {
	char name[256];
	char *value;
};

static void take_drop_in(const char *folder, const char *name, const char *key,
			 struct drop_in *last, struct lines *seen, struct findings *out)
{
	CLEANUP(cleanup_free) char *path = NULL, *value = NULL;

	for (size_t i = 0; i < seen->n; i++)
		if (!strcmp(seen->v[i], name))
			return;
	if (lines_add(seen, "%s", name) ||
	    asprintf(&path, "%s/networkd.conf.d/%s", folder, name) < 0) {
		path = NULL;
		out->has_failed = true;
		return;
	}
	value = read_key(path, key);
	if (!value || strcmp(name, last->name) < 0)
		return;
	snprintf(last->name, sizeof(last->name), "%s", name);
	free(last->value);
	last->value = value;
	value = NULL;
}

static char *read_drop_ins(const char *key, struct findings *out)
{
	CLEANUP(lines_release) struct lines seen = { 0 };
	struct drop_in last = { 0 };

	for (size_t i = 0; i < N_FOLDERS; i++) {
		CLEANUP(cleanup_free) char *path = NULL;
		const struct dirent *entry;
		DIR *dir;

		if (asprintf(&path, "%s/networkd.conf.d", config_folders[i]) < 0)
			path = NULL;
		dir = path ? opendir(path) : NULL;
		while (dir && (entry = readdir(dir))) {
			const char *end = strrchr(entry->d_name, '.');

			if (end && !strcmp(end, ".conf"))
				take_drop_in(config_folders[i], entry->d_name, key, &last, &seen, out);
		}
		if (dir)
			closedir(dir);
	}
	return last.value;
}

/* networkd.conf(5): of the main files only the first one found counts; drop-ins come after it. */
static char *read_networkd(const char *key, struct findings *out)
{
	char *value = read_drop_ins(key, out);

	for (size_t i = 0; !value && i < N_FOLDERS; i++) {
		char path[64];
		FILE *f;

		snprintf(path, sizeof(path), "%s/networkd.conf", config_folders[i]);
		f = fopen(path, "re");
		if (!f)
			continue;
		fclose(f);
		return read_key(path, key);
	}
	return value;
}

static bool is_no(const char *value)
{
	static const char *const words[] = { "no", "false", "off", "0", "n", "f" };

	for (size_t i = 0; value && i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(value, words[i]))
			return true;
	return false;
}

/* Both services keep a file for each link they know, named by its index. */
static char *read_link_state(const char *folder, const struct host_vif *hv, const char *key)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%u", folder, hv->link);
	return hv->link ? read_key(path, key) : NULL;
}

/* Only links that a .network file matches are touched (systemd, network/networkd-link.c). */
void look_at_networkd(const struct host *host, struct findings *out)
{
	struct some managed = { 0 };
	bool is_there = false;

	for (size_t i = 0; i < host->n_here; i++) {
		const struct host_vif *hv = &host->here[i];
		CLEANUP(cleanup_free) char *state = NULL;

		if (hv->wiring != WIRING_ROUTED)
			continue;
		state = read_link_state("/run/systemd/netif/links", hv, "ADMIN_STATE");
		is_there |= state != NULL;
		if (state && (!strcmp(state, "configuring") || !strcmp(state, "configured")))
			some_add(&managed, hv->vif->link);
	}
	if (managed.n) {
		CLEANUP(cleanup_free) char *value = read_networkd("ManageForeignRoutes", out);

		if (is_no(value))
			ok(out, "systemd-networkd manages %s, and leaves routes of others alone",
			   some_text(&managed));
		else
			bad(out, "systemd-networkd manages %s and removes routes that it did not set when it "
			    "starts or reloads: 'ManageForeignRoutes=no' in /etc/systemd/networkd.conf, or "
			    "'Unmanaged=yes' for vifs", some_text(&managed));
	} else if (is_there) {
		ok(out, "systemd-networkd leaves routed vifs alone");
	}
}

void look_at_networkmanager(const struct host *host, struct findings *out)
{
	struct some managed = { 0 };
	bool is_there = false;

	for (size_t i = 0; i < host->n_here; i++) {
		const struct host_vif *hv = &host->here[i];
		CLEANUP(cleanup_free) char *state =
			read_link_state("/run/NetworkManager/devices", hv, "managed");

		is_there |= state != NULL;
		if (state && !strcmp(state, "true"))
			some_add(&managed, hv->vif->link);
	}
	if (managed.n)
		bad(out, "NetworkManager manages %s and may replace addresses and routes: "
		    "'unmanaged-devices=interface-name:vif*' below [keyfile] in "
		    "/etc/NetworkManager/conf.d", some_text(&managed));
	else if (is_there)
		ok(out, "NetworkManager leaves vifs alone");
}

static bool is_running(const char *pid_file, const char *name)
{
	long pid = host_read_number(0, "%s", pid_file);
	CLEANUP(cleanup_free) char *comm = pid > 0 ? host_read("/proc/%ld/comm", pid) : NULL;

	return comm && !strcmp(comm, name);
}

void look_at_firewalld(const struct host *host, struct findings *out)
{
	CLEANUP(cleanup_free) char *backend = NULL;

	if (!host->n_here || !is_running("/run/firewalld.pid", "firewalld"))
		return;
	backend = read_key("/etc/firewalld/firewalld.conf", "FirewallBackend");
	if (backend && !strcmp(backend, "iptables") && host_has_bridge_rules(host))
		bad(out, "firewalld runs with iptables below it and removes the vifs' rules when it starts or "
		    "reloads; run 'xvif repair' after that, or set FirewallBackend=nftables");
	else
		note(out, "firewalld runs: packets of guests pass only as far as the zones of their links "
		     "allow, whatever chain FORWARD says; see 'firewall-cmd --get-active-zones'");
}
