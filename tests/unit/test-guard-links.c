/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-guard-links.c - the guard of links that were renamed, or do not exist, where chains follow links. */
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/guard/guard-host.h"
#include "src/guard/guard-sync.h"
#include "tests/unit/unit.h"

#define NO_INDEX 0x7ffffff0

static const struct guard_options options = { .mode = GUARD_ENFORCE };
static const struct iplist no_list;
static const struct guard_host by_index, by_name = { .binds_names = true };

/* vif 7.1, none of whose links exists */
static struct guard_vif make_vif(void)
{
	char mac[] = "00:16:3e:00:00:07", link[] = "no-such-link";
	struct vif vif = { .domain = { .domid = 7 }, .devid = 1, .mac = mac, .link = link };
	struct guard_vif made;
	struct error err = { 0 };

	assert_int_equal(guard_vif_of(&vif, &no_list, &options, &made, &err), 0);
	return made;
}

/* Of one type, in what is to be sent. */
static size_t count_messages(const struct nft_batch *batch, int type)
{
	size_t n = 0;

	for (size_t at = 0; at < batch->len;) {
		const struct nlmsghdr *nlh = (const void *)(batch->buffer + at);

		n += nlh->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | type);
		at += NLMSG_ALIGN(nlh->nlmsg_len);
	}
	return n;
}

static size_t count_chains(const struct guard_host *host)
{
	CLEANUP(guard_sync_release) struct guard_sync sync = { 0 };
	CLEANUP(nft_ruleset_release) struct nft_ruleset wanted = { 0 };
	const struct guard_vif vif = make_vif();
	struct error err = { 0 };

	nft_begin(&sync.batch);
	guard_of_vif(host, &vif, &wanted);
	assert_int_equal(guard_sync_vif(&sync, &wanted, &err), 0);
	return count_messages(&sync.batch, NFT_MSG_NEWCHAIN);
}

TEST(a_chain_is_made_at_a_name_or_at_a_link_that_exists)
{
	const struct guard_vif vif = make_vif();

	assert_false(guard_vif_has_link(&by_index, &vif));
	assert_int_equal(count_chains(&by_index), 0);
	assert_true(guard_vif_has_link(&by_name, &vif));
	assert_int_equal(count_chains(&by_name), 1);
}

TEST(a_renamed_link_is_where_its_chain_is)
{
	struct nft_seen_chain chain = { .name = "vif-7.1", .devices = { "lo" }, .n_devices = 1 };
	const struct nft_seen seen = { .chains = &chain, .n_chains = 1 };
	struct guard_vif vif = make_vif();

	guard_vif_follow(&seen, &vif);
	assert_true(guard_vif_has_link(&by_index, &vif));
	assert_string_equal(vif.links[vif.n_links - 1].name, "lo");
	assert_int_equal(vif.links[vif.n_links - 1].index, if_nametoindex("lo"));
	vif = make_vif();
	vif.n_links = GUARD_LINKS_MAX;
	guard_vif_follow(&seen, &vif);
	assert_int_equal(vif.n_links, GUARD_LINKS_MAX);
}

/* How many elements of set "armed" go with a vif, if these two links are in it. */
static size_t count_removed(const struct guard_host *host, uint32_t a, uint32_t b)
{
	CLEANUP(guard_sync_release) struct guard_sync sync = { 0 };
	const struct guard_vif vif = make_vif();
	struct nft_seen_set *set = calloc(1, sizeof(*set));
	struct error err = { 0 };

	*set = (struct nft_seen_set){ .name = GUARD_ARMED, .has_elements = true, .n = 2 };
	set->elements = calloc(2, sizeof(*set->elements));
	memcpy(set->elements[0].first, &a, sizeof(a));
	memcpy(set->elements[1].first, &b, sizeof(b));
	sync.seen.sets = set;
	sync.seen.n_sets = 1;
	nft_begin(&sync.batch);
	assert_int_equal(guard_sync_remove(&sync, host, &vif, &err), 0);
	return count_messages(&sync.batch, NFT_MSG_DELSETELEM);
}

TEST(elements_of_a_link_that_has_gone_go)
{
	const uint32_t lo = if_nametoindex("lo");

	assert_int_equal(count_removed(&by_index, lo, NO_INDEX), 1);
	assert_int_equal(count_removed(&by_index, lo, lo), 0);
	assert_int_equal(count_removed(&by_name, lo, NO_INDEX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_is_made_at_a_name_or_at_a_link_that_exists),
		cmocka_unit_test(a_renamed_link_is_where_its_chain_is),
		cmocka_unit_test(elements_of_a_link_that_has_gone_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
