/* SPDX-License-Identifier: GPL-2.0-or-later */
/* family.c - the families of hotplug scripts, one row each (Xen 4.4 to 4.22, tools/hotplug/Linux). */
#include <string.h>

#include "src/hotplug/family.h"
#include "src/hotplug/native.h"
#include "src/hotplug/stock-digests.h"

#define DIGESTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A macro: the compiler refuses a row that leaves a field out. */
#define FAMILY(name_, digests_, wiring_, routes_, metric_, emulated_metric_, rules_, emulated_, \
	       ipv6_, hooks_, edit_, refusal_, program_, package_) \
	{ \
		.name = name_, .digests = digests_, .wiring = wiring_, .routes = routes_, \
		.metric = metric_, .emulated_metric = emulated_metric_, .rules = rules_, \
		.emulated = emulated_, .ipv6 = ipv6_, .hooks = hooks_, .edit = edit_, \
		.refusal = refusal_, .program = program_, .package = package_, \
	}

/* clang-format off */
const struct family family_unknown =
	FAMILY("unknown", DIGESTS(NULL),
	       WIRING_UNKNOWN, ROUTES_UNKNOWN, 0, 0, RULES_UNKNOWN, EMULATED_UNKNOWN,
	       IPV6_UNKNOWN, HOOKS_UNKNOWN, EDIT_IF_VOUCHED, NULL,
	       NULL, NULL);

static const struct family families[] = {
	/* metrics: "case ${type_if}"; the interface of an emulated card is preferred while it is there */
	FAMILY("vif-route", DIGESTS(STOCK_VIF_ROUTE),
	       WIRING_ROUTED, ROUTES_FROM_GATEWAYDEV, 2, 1, RULES_OF_COMMON, EMULATED_LIKE_VIF,
	       IPV6_FAILS, HOOKS_CALLED, EDIT_BY_SCRIPT, NULL,
	       "ifconfig", "net-tools"),
	/* "ip route" without a command, for "add" sets none: bash ends it at that */
	FAMILY("vif-route", DIGESTS(STOCK_VIF_ROUTE_NO_METRIC),
	       WIRING_ROUTED, ROUTES_FROM_GATEWAYDEV, 0, 0, RULES_OF_COMMON, EMULATED_FAILS,
	       IPV6_FAILS, HOOKS_CALLED, EDIT_BY_SCRIPT, NULL,
	       "ifconfig", "net-tools"),
	FAMILY("vif-bridge", DIGESTS(STOCK_VIF_BRIDGE),
	       WIRING_BRIDGED, ROUTES_NONE, 0, 0, RULES_OF_COMMON, EMULATED_LIKE_VIF,
	       IPV6_FAILS_AT_RULES, HOOKS_CALLED, EDIT_RULES, NULL,
	       NULL, NULL),
	/* rules: "if [ "$type_if" = vif ]" */
	FAMILY("vif-bridge", DIGESTS(STOCK_VIF_BRIDGE_VIF_ONLY),
	       WIRING_BRIDGED, ROUTES_NONE, 0, 0, RULES_OF_COMMON, EMULATED_WITHOUT_RULES,
	       IPV6_FAILS_AT_RULES, HOOKS_CALLED, EDIT_RULES, NULL,
	       NULL, NULL),
	/* "#handle_iptable" */
	FAMILY("vif-bridge", DIGESTS(STOCK_VIF_BRIDGE_NO_RULES),
	       WIRING_BRIDGED, ROUTES_NONE, 0, 0, RULES_NONE, EMULATED_WITHOUT_RULES,
	       IPV6_FAILS_AT_RULES, HOOKS_CALLED, EDIT_RULES, NULL,
	       NULL, NULL),
	/* rules: "if [ "$type_if" = vif ]" */
	FAMILY("vif-openvswitch", DIGESTS(STOCK_VIF_OPENVSWITCH),
	       WIRING_SWITCHED, ROUTES_NONE, 0, 0, RULES_OF_COMMON, EMULATED_WITHOUT_RULES,
	       IPV6_FAILS_AT_RULES, HOOKS_IGNORED, EDIT_RULES, NULL,
	       "ovs-vsctl", "openvswitch-switch"),
	FAMILY("vif-nat", DIGESTS(STOCK_VIF_NAT),
	       WIRING_ROUTED, ROUTES_FOR_ONE, 0, 0, RULES_OF_COMMON, EMULATED_LIKE_VIF,
	       IPV6_FAILS, HOOKS_CALLED, EDIT_REFUSED,
	       "supports one address only and cannot be run again for a list",
	       NULL, NULL),
};

static const struct family natives[] = {
	FAMILY("vif-xvif-route", DIGESTS(NULL),
	       WIRING_ROUTED, ROUTES_FROM_GATEWAYDEV, NATIVE_METRIC, NATIVE_EMULATED_METRIC, RULES_NONE,
	       EMULATED_LIKE_VIF, IPV6_LIKE_IPV4, HOOKS_CALLED, EDIT_NETLINK, NULL,
	       NULL, NULL),
	FAMILY("vif-xvif-bridge", DIGESTS(NULL),
	       WIRING_BRIDGED, ROUTES_NONE, 0, 0, RULES_NONE,
	       EMULATED_LIKE_VIF, IPV6_LIKE_IPV4, HOOKS_CALLED, EDIT_NETLINK, NULL,
	       NULL, NULL),
};
/* clang-format on */

static bool has_digest(const struct family *family, const char *digest)
{
	for (const char *const *d = family->digests; *d; d++)
		if (!strcmp(*d, digest))
			return true;
	return false;
}

const struct family *family_of(const char *digest)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (has_digest(&families[i], digest))
			return &families[i];
	return &family_unknown;
}

const struct family *family_native(const char *name)
{
	for (size_t i = 0; i < sizeof(natives) / sizeof(*natives); i++)
		if (!strcmp(natives[i].name, name))
			return &natives[i];
	return NULL;
}
