/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-services.c - probes of services that change links, routes or rules of others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/doctor/doctor.h"

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

/* Both services keep a file for each link they know, named by its index. */
static char *read_link_state(const char *folder, const struct facts_vif *hv, const char *key)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%u", folder, hv->link);
	return hv->link ? read_key(path, key) : NULL;
}

/* The vifs whose link state says one of @words; @is_there_out: the service knows vifs at all. */
static struct some find_managed(const struct facts *facts, const char *folder, const char *key,
				const char *const *words, bool *is_there_out)
{
	struct some managed = { 0 };

	*is_there_out = false;
	for (size_t i = 0; i < facts->n_here; i++) {
		const struct facts_vif *hv = &facts->here[i];
		CLEANUP(cleanup_free) char *state = read_link_state(folder, hv, key);

		*is_there_out |= state != NULL;
		for (size_t j = 0; state && words[j]; j++)
			if (!strcmp(state, words[j]))
				some_add(&managed, hv->vif->link);
	}
	return managed;
}

/*
 * A link that a .network file matches loses foreign addresses, with them the
 * routes that have them as source, and its bridge, whatever
 * ManageForeignRoutes says (seen with systemd 252).
 */
void look_at_networkd(const struct facts *facts, struct findings *out)
{
	static const char *const words[] = { "configuring", "configured", NULL };
	bool is_there;
	struct some managed = find_managed(facts, "/run/systemd/netif/links", "ADMIN_STATE", words,
					   &is_there);

	if (managed.n)
		bad(out,
		    "systemd-networkd manages %s: it takes away addresses and routes that vif-route set, "
		    "and takes vifs out of their bridge; let a .network file with 'Name=vif*' and "
		    "'Unmanaged=yes' come first",
		    some_text(&managed));
	else if (is_there)
		ok(out, "systemd-networkd leaves vifs alone");
}

void look_at_networkmanager(const struct facts *facts, struct findings *out)
{
	static const char *const words[] = { "true", NULL };
	bool is_there;
	struct some managed = find_managed(facts, "/run/NetworkManager/devices", "managed", words,
					   &is_there);

	if (managed.n)
		bad(out,
		    "NetworkManager manages %s and may replace addresses and routes, or take vifs out of their "
		    "bridge; "
		    "'unmanaged-devices=interface-name:vif*' below [keyfile] in a file of "
		    "/etc/NetworkManager/conf.d keeps it away",
		    some_text(&managed));
	else if (is_there)
		ok(out, "NetworkManager leaves vifs alone");
}

static bool is_running(const char *pid_file, const char *name)
{
	long pid = facts_read_number(0, "%s", pid_file);
	char comm[FACT_SIZE];

	return pid > 0 && facts_read(comm, "/proc/%ld/comm", pid) && !strcmp(comm, name);
}

void look_at_firewalld(const struct facts *facts, struct findings *out)
{
	CLEANUP(cleanup_free) char *backend = NULL;

	if (!facts->n_here || !is_running("/run/firewalld.pid", "firewalld"))
		return;
	backend = read_key("/etc/firewalld/firewalld.conf", "FirewallBackend");
	if (backend && !strcmp(backend, "iptables") && facts_has_bridge_rules(facts))
		bad(out,
		    "firewalld runs with iptables below it and removes the vifs' rules when it starts or "
		    "reloads; run 'xvif repair' after that, or set FirewallBackend=nftables");
	else
		note(out,
		     "firewalld runs: packets of guests pass only as far as the zones of their links "
		     "allow, whatever chain FORWARD says; see 'firewall-cmd --get-active-zones'");
}
