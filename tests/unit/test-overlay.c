/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-overlay.c - a store that records: its transactions read what the base has at one moment. */
#include <errno.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "src/base/cleanup.h"
#include "shell/overlay.h"

/* A store in which each node is "v", and somebody else changes what is read. */
struct base {
	store_tx begun;	    /* the transaction that runs; 0: none */
	unsigned n_outside; /* requests outside of it */
	unsigned n_changes; /* so often something has changed when it is committed */
	unsigned n_begun, n_aborted;
};

static int run_base(void *handle, store_tx tx, struct batch *b, size_t *at_out)
{
	struct base *base = handle;

	base->n_outside += tx != base->begun || !tx;
	for (*at_out = 0; *at_out < b->n; ++*at_out)
		if (batch_deliver(b, *at_out, "v", 1))
			return ENOMEM;
	return 0;
}

static store_tx begin_base(void *handle)
{
	struct base *base = handle;

	return base->begun = 7 + base->n_begun++;
}

static bool end_base(void *handle, store_tx tx, bool commit)
{
	struct base *base = handle;

	assert_int_equal(tx, base->begun);
	base->begun = 0;
	base->n_aborted += !commit;
	errno = EAGAIN;
	if (!commit || !base->n_changes)
		return true;
	base->n_changes--;
	return false;
}

static const struct store_ops base_ops = { .run = run_base, .begin = begin_base, .end = end_base };

static int read_two(struct store *st, store_tx tx, void *data, struct error *err)
{
	int *code = data;

	for (int i = 0; i < 2; i++) {
		CLEANUP(cleanup_free) char *value = NULL;
		int r = store_get(st, tx, &value, err, "/n/%d", i);

		if (r)
			return r;
		assert_string_equal(value, "v");
	}
	return *code;
}

/* Two overlays, one on the other, as those of a session in a dry run. */
static int transact(struct base *base, int code)
{
	struct store st = { .ops = &base_ops, .handle = base };
	struct overlay open, now;
	struct error err = { 0 };
	int r;

	overlay_begin(&open, &st);
	overlay_begin(&now, &open.store);
	r = store_transact(&now.store, read_two, &code, &err);
	assert_false(now.in_transaction || open.in_transaction || base->begun);
	overlay_end(&now);
	overlay_end(&open);
	return r;
}

TEST(a_transaction_reads_in_one_of_the_base)
{
	struct base base = { 0 };

	assert_int_equal(transact(&base, 0), 0);
	assert_int_equal(base.n_begun, 1);
	assert_int_equal(base.n_outside, 0);
}

TEST(what_others_change_meanwhile_is_read_again)
{
	struct base base = { .n_changes = 2 };

	assert_int_equal(transact(&base, 0), 0);
	assert_int_equal(base.n_begun, 3);
	base.n_changes = 1000;
	assert_int_equal(transact(&base, 0), -EBUSY);
}

TEST(one_that_fails_is_aborted_in_the_base)
{
	struct base base = { .n_changes = 1 };

	assert_int_equal(transact(&base, -EPERM), -EPERM);
	assert_int_equal(base.n_begun, 1);
	assert_int_equal(base.n_aborted, 1);
}

TEST(a_base_that_is_gone_is_no_transaction)
{
	struct store st = { 0 };
	struct overlay now;
	struct error err = { 0 };
	int code = 0;

	overlay_begin(&now, &st);
	assert_int_equal(store_transact(&now.store, read_two, &code, &err), -EIO);
	assert_false(now.in_transaction);
	overlay_end(&now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transaction_reads_in_one_of_the_base),
		cmocka_unit_test(what_others_change_meanwhile_is_read_again),
		cmocka_unit_test(one_that_fails_is_aborted_in_the_base),
		cmocka_unit_test(a_base_that_is_gone_is_no_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
