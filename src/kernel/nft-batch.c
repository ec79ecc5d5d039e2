/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-batch.c - changes of one table of nftables, in one transaction. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <libnftnl/rule.h>

#include "src/base/cleanup.h"
#include "src/kernel/nft-attr.h"
#include "src/kernel/nft-batch.h"
#include "src/kernel/nft-encode.h"
#include "src/kernel/nft-notes.h"
#include "src/kernel/nft-since.h"

/* No message is longer. */
#define MESSAGE_MAX 65536
/* So many elements are in one message. */
#define ELEMENTS_AT_ONCE 300

static void *room_for_message(struct nft_batch *batch)
{
	size_t room = batch->room ? batch->room * 2 : 4l * MESSAGE_MAX;
	char *grown;

	if (batch->failed)
		return NULL;
	if (batch->room - batch->len >= MESSAGE_MAX)
		return batch->buffer + batch->len;
	grown = realloc(batch->buffer, room);
	if (!grown) {
		batch->failed = true;
		return NULL;
	}
	batch->buffer = grown;
	batch->room = room;
	return grown + batch->len;
}

/* Begin a message; NULL: memory is short. */
static struct nlmsghdr *begin(struct nft_batch *batch, int type, int flags)
{
	void *at = room_for_message(batch);
	bool is_bound = type == NFNL_MSG_BATCH_BEGIN || type == NFNL_MSG_BATCH_END;
	struct nfgenmsg *head;
	struct nlmsghdr *nlh;

	if (!at)
		return NULL;
	nlh = mnl_nlmsg_put_header(at);
	nlh->nlmsg_type = (uint16_t)(is_bound ? type : NFNL_SUBSYS_NFTABLES << 8 | type);
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	nlh->nlmsg_seq = batch->n++;
	head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));
	*head = (struct nfgenmsg){
		.nfgen_family = is_bound ? NFPROTO_UNSPEC : NFPROTO_NETDEV,
		.version = NFNETLINK_V0,
		.res_id = is_bound ? htons(NFNL_SUBSYS_NFTABLES) : 0,
	};
	return nlh;
}

static void end(struct nft_batch *batch, const struct nlmsghdr *nlh)
{
	batch->len += MNL_ALIGN(nlh->nlmsg_len);
}

void nft_batch_release(struct nft_batch *batch)
{
	free(batch->buffer);
	*batch = (struct nft_batch){ 0 };
}

bool nft_batch_is_empty(const struct nft_batch *batch)
{
	return !batch->failed && batch->n <= 2;
}

/* A message that names the table and one thing in it. */
static struct nlmsghdr *begin_named(struct nft_batch *batch, int type, int flags,
				    uint16_t table_attribute, uint16_t name_attribute,
				    const char *name)
{
	struct nlmsghdr *nlh = begin(batch, type, flags);

	if (nlh)
		mnl_attr_put_strz(nlh, table_attribute, NFT_TABLE);
	if (nlh && name)
		mnl_attr_put_strz(nlh, name_attribute, name);
	return nlh;
}

static void put_named(struct nft_batch *batch, int type, int flags, uint16_t table_attribute,
		      uint16_t name_attribute, const char *name)
{
	struct nlmsghdr *nlh = begin_named(batch, type, flags, table_attribute, name_attribute, name);

	if (nlh)
		end(batch, nlh);
}

void nft_begin(struct nft_batch *batch)
{
	struct nlmsghdr *nlh;

	*batch = (struct nft_batch){ 0 };
	nlh = begin(batch, NFNL_MSG_BATCH_BEGIN, 0);
	if (nlh) {
		mnl_attr_put_u32(nlh, NFNL_BATCH_GENID, 0);
		end(batch, nlh);
	}
	put_named(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_ACK, NFTA_TABLE_NAME, 0, NULL);
}

/* In the first message; the kernel takes 0 for any (nf_tables_valid_genid()). */
void nft_expect(struct nft_batch *batch, uint32_t generation)
{
	struct nlmsghdr *nlh = (void *)batch->buffer;
	struct nlattr *attr;

	if (!nlh)
		return;
	attr = mnl_nlmsg_get_payload_offset(nlh, sizeof(struct nfgenmsg));
	generation = htonl(generation);
	memcpy(mnl_attr_get_payload(attr), &generation, sizeof(generation));
}

void nft_delete_table(struct nft_batch *batch, bool again)
{
	put_named(batch, NFT_MSG_DELTABLE, 0, NFTA_TABLE_NAME, 0, NULL);
	if (again)
		put_named(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE, NFTA_TABLE_NAME, 0, NULL);
}

void nft_delete_set(struct nft_batch *batch, const char *name)
{
	put_named(batch, NFT_MSG_DELSET, 0, NFTA_SET_TABLE, NFTA_SET_NAME, name);
}

void nft_delete_chain(struct nft_batch *batch, const char *name)
{
	put_named(batch, NFT_MSG_DELCHAIN, 0, NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME, name);
}

void nft_flush_chain(struct nft_batch *batch, const char *name)
{
	put_named(batch, NFT_MSG_DELRULE, 0, NFTA_RULE_TABLE, NFTA_RULE_CHAIN, name);
}

static void put_counter(struct nlmsghdr *nlh, uint16_t attribute)
{
	struct nlattr *expression = mnl_attr_nest_start(nlh, attribute), *data;

	mnl_attr_put_strz(nlh, NFTA_EXPR_NAME, "counter");
	data = mnl_attr_nest_start(nlh, NFTA_EXPR_DATA);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, expression);
}

static uint32_t set_flags(const struct nft_set *set)
{
	return (set->is_interval ? NFT_SET_INTERVAL : 0) | (set->is_dynamic ? NFT_SET_EVAL : 0) |
	       (set->has_timeouts ? NFT_SET_TIMEOUT : 0) | (set->n_key > 1 ? NFT_SET_CONCAT : 0);
}

/* nft numbers types by six bits for each field of a key. */
static uint32_t key_type(const struct nft_set *set)
{
	uint32_t type = 0;

	for (size_t i = 0; i < set->n_key; i++)
		type = type << 6 | set->key[i]->type;
	return type;
}

static void put_description(struct nlmsghdr *nlh, const struct nft_set *set)
{
	struct nlattr *description = mnl_attr_nest_start(nlh, NFTA_SET_DESC), *concat, *field;

	if (set->size)
		mnl_attr_put_u32(nlh, NFTA_SET_DESC_SIZE, htonl(set->size));
	if (set->n_key > 1) {
		concat = mnl_attr_nest_start(nlh, NFTA_SET_DESC_CONCAT);
		for (size_t i = 0; i < set->n_key; i++) {
			field = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);
			mnl_attr_put_u32(nlh, NFTA_SET_FIELD_LEN, htonl(set->key[i]->size));
			mnl_attr_nest_end(nlh, field);
		}
		mnl_attr_nest_end(nlh, concat);
	}
	mnl_attr_nest_end(nlh, description);
}

static void put_u64(struct nlmsghdr *nlh, uint16_t attribute, uint64_t value)
{
	mnl_attr_put_u64(nlh, attribute, htobe64(value));
}

void nft_put_set(struct nft_batch *batch, const struct nft_set *set)
{
	struct nlmsghdr *nlh = begin_named(batch, NFT_MSG_NEWSET, NLM_F_CREATE, NFTA_SET_TABLE,
					   NFTA_SET_NAME, set->name);

	if (!nlh)
		return;
	mnl_attr_put_u32(nlh, NFTA_SET_FLAGS, htonl(set_flags(set)));
	mnl_attr_put_u32(nlh, NFTA_SET_KEY_TYPE, htonl(key_type(set)));
	mnl_attr_put_u32(nlh, NFTA_SET_KEY_LEN, htonl((uint32_t)nft_key_size(set->key, set->n_key)));
	mnl_attr_put_u32(nlh, NFTA_SET_ID, htonl(++batch->n_sets));
	if (set->timeout_s)
		put_u64(nlh, NFTA_SET_TIMEOUT, set->timeout_s * 1000ull);
	if (set->size || set->n_key > 1)
		put_description(nlh, set);
	if (set->has_counters)
		put_counter(nlh, NFTA_SET_EXPR);
	nft_put_notes(nlh, set);
	end(batch, nlh);
}

static void put_devices(struct nlmsghdr *nlh, const struct nft_chain *chain)
{
	struct nlattr *devices = mnl_attr_nest_start(nlh, NFTA_HOOK_DEVS);

	for (size_t i = 0; i < chain->n_devices; i++) {
		if (chain->is_prefix)
			mnl_attr_put_strz(nlh, NFT_DEVICE_PREFIX, chain->devices[i]);
		else
			mnl_attr_put_strz(nlh, NFTA_DEVICE_NAME, chain->devices[i]);
	}
	mnl_attr_nest_end(nlh, devices);
}

void nft_put_chain(struct nft_batch *batch, const struct nft_chain *chain)
{
	struct nlmsghdr *nlh = begin_named(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL,
					   NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME, chain->name);
	struct nlattr *hook;

	if (!nlh)
		return;
	if (chain->is_base) {
		hook = mnl_attr_nest_start(nlh, NFTA_CHAIN_HOOK);
		mnl_attr_put_u32(nlh, NFTA_HOOK_HOOKNUM, htonl(NF_NETDEV_INGRESS));
		mnl_attr_put_u32(nlh, NFTA_HOOK_PRIORITY, htonl((uint32_t)chain->priority));
		put_devices(nlh, chain);
		mnl_attr_nest_end(nlh, hook);
		mnl_attr_put_u32(nlh, NFTA_CHAIN_POLICY, htonl(NF_ACCEPT));
		mnl_attr_put_strz(nlh, NFTA_CHAIN_TYPE, "filter");
	}
	end(batch, nlh);
}

void nft_put_rules(struct nft_batch *batch, const struct nft_chain *chain)
{
	for (size_t i = 0; i < chain->n; i++) {
		struct nftnl_rule *rule = nft_encode_rule(NFT_TABLE, chain->name, &chain->rules[i]);
		struct nlmsghdr *nlh = NULL;

		if (rule)
			nlh = begin(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
		if (nlh) {
			nftnl_rule_nlmsg_build_payload(nlh, rule);
			end(batch, nlh);
		}
		batch->failed |= !rule;
		if (rule)
			nftnl_rule_free(rule);
	}
}

static void put_key(struct nlmsghdr *nlh, const uint8_t *key, size_t size)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_KEY);

	mnl_attr_put(nlh, NFTA_DATA_VALUE, size, key);
	mnl_attr_nest_end(nlh, nest);
}

/* The key behind @last, where a range ends; false: there is none behind it. */
static bool find_end(const uint8_t *last, size_t size, uint8_t *out)
{
	memcpy(out, last, size);
	for (size_t i = size; i-- > 0;)
		if (++out[i])
			return true;
	return false;
}

/* Without its end, a range reaches to the last key there is. */
static void put_element(struct nlmsghdr *nlh, int type, const struct nft_set *set,
			const struct nft_element *element)
{
	size_t size = nft_key_size(set->key, set->n_key);
	struct nlattr *nest = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);
	uint8_t behind[NFT_KEY_SIZE];

	put_key(nlh, element->first, size);
	if (element->timeout_ms)
		put_u64(nlh, NFTA_SET_ELEM_TIMEOUT, element->timeout_ms);
	if (set->has_counters && type == NFT_MSG_NEWSETELEM)
		nft_put_since(nlh);
	mnl_attr_nest_end(nlh, nest);
	if (!set->is_interval || !find_end(element->last, size, behind))
		return;
	nest = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);
	mnl_attr_put_u32(nlh, NFTA_SET_ELEM_FLAGS, htonl(NFT_SET_ELEM_INTERVAL_END));
	put_key(nlh, behind, size);
	mnl_attr_nest_end(nlh, nest);
}

static void put_some(struct nft_batch *batch, int type, int flags, const struct nft_set *set,
		     const struct nft_element *elements, size_t n)
{
	struct nlmsghdr *nlh = begin_named(batch, type, flags, NFTA_SET_ELEM_LIST_TABLE,
					   NFTA_SET_ELEM_LIST_SET, set->name);
	struct nlattr *list;

	if (!nlh)
		return;
	list = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	for (size_t i = 0; i < n; i++)
		put_element(nlh, type, set, &elements[i]);
	mnl_attr_nest_end(nlh, list);
	end(batch, nlh);
}

static void put_all(struct nft_batch *batch, int type, int flags, const struct nft_set *set,
		    const struct nft_element *elements, size_t n)
{
	for (size_t i = 0; i < n; i += ELEMENTS_AT_ONCE)
		put_some(batch, type, flags, set, elements + i,
			 n - i < ELEMENTS_AT_ONCE ? n - i : ELEMENTS_AT_ONCE);
}

void nft_put_elements(struct nft_batch *batch, const struct nft_set *set,
		      const struct nft_element *elements, size_t n)
{
	put_all(batch, NFT_MSG_NEWSETELEM, NLM_F_CREATE, set, elements, n);
}

void nft_delete_elements(struct nft_batch *batch, const struct nft_set *set,
			 const struct nft_element *elements, size_t n)
{
	put_all(batch, NFT_MSG_DELSETELEM, 0, set, elements, n);
}

static void close_netlink(struct mnl_socket **nl)
{
	if (*nl)
		mnl_socket_close(*nl);
}

/* One message is one buffer in the kernel, which is not to be refused for its size. */
static void make_room(const struct mnl_socket *nl, size_t len)
{
	int fd = mnl_socket_get_fd(nl), size = (int)len + 65536, on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
}

/* What the kernel answers is there when the batch has been sent. Returns 0 or an errno. */
static int read_answers(const struct mnl_socket *nl)
{
	char buf[16384];
	bool is_answered = false;
	int first = 0;

	for (;;) {
		ssize_t n = recv(mnl_socket_get_fd(nl), buf, sizeof(buf), MSG_DONTWAIT);
		const struct nlmsghdr *nlh = (const void *)buf;
		int left = (int)n;

		if (n < 0 && errno == EINTR)
			continue;
		/* more errors than fit: the first is known, or nothing is */
		if (n < 0)
			return first			      ? first :
			       is_answered && errno == EAGAIN ? 0 :
			       errno == EAGAIN		      ? EIO :
								errno;
		for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			const struct nlmsgerr *error = mnl_nlmsg_get_payload(nlh);

			if (nlh->nlmsg_type != NLMSG_ERROR)
				continue;
			is_answered = true;
			first = first ? first : -error->error;
		}
	}
}

static int send_batch(struct nft_batch *batch)
{
	CLEANUP(close_netlink) struct mnl_socket *nl = mnl_socket_open2(NETLINK_NETFILTER,
									SOCK_CLOEXEC);

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		return errno;
	make_room(nl, batch->len);
	if (mnl_socket_sendto(nl, batch->buffer, batch->len) < 0)
		return errno;
	return read_answers(nl);
}

static int commit_failed(int code, struct error *err)
{
	if (code == EINVAL || code == EPROTONOSUPPORT || code == EOPNOTSUPP)
		return error_status(err, STATUS_FAILED, -EOPNOTSUPP,
				    "nftables: this kernel does not take the rules of the guard: %s",
				    strerror(code));
	return error_status(err, STATUS_FAILED, -code, "nftables: the guard cannot be changed: %s",
			    strerror(code));
}

/* The first message is answered if all were done; those that fail are in any case. */
int nft_commit(struct nft_batch *batch, struct error *err)
{
	struct nlmsghdr *nlh;
	int code;

	if (nft_batch_is_empty(batch))
		return 0;
	nlh = begin(batch, NFNL_MSG_BATCH_END, 0);
	if (!nlh)
		return error_memory(err);
	end(batch, nlh);
	code = send_batch(batch);
	return code ? commit_failed(code, err) : 0;
}
