/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reason.h - why a vif, or a part of it, could not be compared with its list.
 *
 * The words are an interface: "xvif check" prints them, its --allow takes them.
 */
#ifndef XVIF_REASON_H
#define XVIF_REASON_H

#include <stdbool.h>
#include <stddef.h>

/* X(REASON_..., its word, what it means), as they are listed. */
#define REASONS(X) \
	X(DRIVER_DOMAIN, "driver-domain", "its backend is in another domain") \
	X(VIF_BROKEN, "vif-broken", "its nodes are missing or contradict each other") \
	X(UNSETTLED, "unsettled", "others changed it each time it was compared") \
	X(STARTING, "starting", "it is starting, still at the end of --timeout") \
	X(SCRIPT_RUNNING, "script-running", "its hotplug script runs, still at the end of --timeout") \
	X(EDIT_RUNNING, "edit-running", "an edit holds its lock, still at the end of --timeout") \
	X(EDIT_INTERRUPTED, "edit-interrupted", "an edit of it was interrupted; see 'xvif repair'") \
	X(EMULATED_LINK, "emulated-link", "a script that is not a stock one has an emulated card") \
	X(NO_SCRIPT, "no-script", "its nodes name no hotplug script") \
	X(SCRIPT_MISSING, "script-missing", "its hotplug script does not exist") \
	X(SCRIPT_UNREADABLE, "script-unreadable", "its hotplug script cannot be read or executed") \
	X(UNKNOWN_SCRIPT, "unknown-script", "its hotplug script is not a stock one") \
	X(VOUCHED_SCRIPT, "vouched-script", "only an operator knows what its script sets") \
	X(OPENVSWITCH, "openvswitch", "what Open vSwitch does with its link is not known") \
	X(VIF_NAT, "vif-nat", "vif-nat sets up one IPv4 address, the list is another") \
	X(QUOTED_IP, "quoted-ip", "its vif-common.sh takes a list for one address") \
	X(LIST_WORD, "list-word", "its list has a word that is not an address") \
	X(IPV6, "ipv6", "its script cannot handle the IPv6 addresses of its list") \
	X(IPTABLES_FAILED, "iptables-failed", "iptables does not list the rules") \
	X(RULES_UNREADABLE, "rules-unreadable", "which rules its scripts set cannot be recorded") \
	X(FOREIGN_RULES, "foreign-rules", "its rules are not those of its vif-common.sh") \
	X(GUARD_UNREADABLE, "guard-unreadable", "nftables cannot be read, and it is to be guarded") \
	X(USERDATA_UNREADABLE, "userdata-unreadable", "libxl's stored configuration cannot be read")

enum reason {
	REASON_NONE,
	REASON_CLOSING, /* it is going away, and nothing of it is asked for: has no word */
#define REASON(name, word, meaning) REASON_##name,
	REASONS(REASON)
#undef REASON
		N_REASONS
};

/* A set of them: 1ull << REASON_NO_SCRIPT | ... */
typedef unsigned long long reasons;

/* Its word and meaning, static; "" for those that have none. */
const char *reason_word(enum reason reason);
const char *reason_meaning(enum reason reason);

/*
 * reasons_parse - the reasons of a list of words, separated by commas.
 * @word_out, @len_out: the first word that is no reason, when it returns false
 */
bool reasons_parse(const char *list, reasons *out, const char **word_out, size_t *len_out);

#endif
