/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-steps.c - an edit as a list of steps: what is planned, and what is
 * undone when a step fails. The store is a dump, which can be read only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "src/edit/apply.h"
#include "src/edit/step-kinds.h"
#include "src/store/store-file.h"

static const char dump[] =
	"(node /local/domain '' "
	"(node 0 '' (node backend '' (node vif '' (node 1 '' (node 0 ''"
	"  (node ip '10.0.0.1 10.0.0.2') (node script /etc/xen/scripts/vif-route)"
	"  (node vifname web) (node hotplug-status connected) (node frontend-id 1))))) "
	"(node xvif '' (node journal '' (node 1 '' (node 0 ''"
	"  (node before '10.0.0.1') (node after '10.0.0.1 10.0.0.2') (node method cycle)"
	"  (node link vif1.0) (node uuid aaaa))))))"
	"(node 1 '' (node vm /vm/aaaa)))";

static struct store st;

static int open_store(void **state)
{
	char name[] = "/tmp/test-steps.XXXXXX";
	int fd = mkstemp(name);
	struct error err = { 0 };
	int r;

	(void)state;
	if (fd < 0 || write(fd, dump, sizeof(dump) - 1) != (ssize_t)sizeof(dump) - 1)
		return -1;
	r = store_file_open(&st, name, &err);
	if (r)
		fprintf(stderr, "%s\n", err.text);
	close(fd);
	unlink(name);
	return r;
}

static int close_store(void **state)
{
	(void)state;
	store_close(&st);
	return 0;
}

/* A vif of a script of the family unknown, whose list changes. */
struct sample {
	struct vif vif;
	struct apply_options options;
	struct survey s;
	struct steps steps;
};

static char uuid[] = "aaaa", name[] = "web01", link_name[] = "vif1.0",
	    script[] = "/etc/xen/scripts/vif-route";
static char backend[] = "/local/domain/0/backend/vif/1/0";

static void sample_begin(struct sample *x, enum method how, const char *before, const char *after)
{
	struct error err = { 0 };

	*x = (struct sample){
		.vif = { .domain = { .domid = 1, .name = name, .uuid = uuid },
			 .backend = backend,
			 .link = link_name,
			 .script = script },
		.s = { .how = how,
		       .method = "sample",
		       .script = { .path = script, .family = &family_unknown } },
	};
	x->s.vif = &x->vif;
	x->s.options = &x->options;
	assert_int_equal(iplist_parse(before, &x->s.before, &err), 0);
	assert_int_equal(iplist_parse(after, &x->s.after, &err), 0);
	assert_int_equal(iplist_subtract(&x->s.after, &x->s.before, &x->s.added, &err), 0);
	assert_int_equal(iplist_subtract(&x->s.before, &x->s.after, &x->s.removed, &err), 0);
	x->s.n_ports = 1;
	snprintf(x->s.ports[0].name, sizeof(x->s.ports[0].name), "%s", link_name);
}

static void sample_end(struct sample *x)
{
	steps_release(&x->steps);
	survey_release(&x->s);
}

static void assert_plan(struct sample *x, const char *const *wanted)
{
	struct strv plan = { 0 };
	struct error err = { 0 };
	size_t n = 0;

	assert_int_equal(steps_make(&st, &x->s, NULL, &x->steps, &err), 0);
	assert_int_equal(steps_describe(&x->steps, &x->s, &plan, &err), 0);
	for (; wanted[n]; n++) {
		assert_true(n < plan.n);
		assert_string_equal(plan.v[n], wanted[n]);
	}
	assert_int_equal(plan.n, n);
	strv_release(&plan);
}

#define JOURNAL "/local/domain/0/xvif/journal/1/0"
#define JOURNAL_BEGINS(before, after) \
	"write /local/domain/0/xvif = \"\"", "permissions /local/domain/0/xvif = n0", \
		"write " JOURNAL "/before = \"" before "\"", \
		"write " JOURNAL "/after = \"" after "\"", "write " JOURNAL "/method = \"sample\"", \
		"write " JOURNAL "/link = \"vif1.0\"", "write " JOURNAL "/uuid = \"aaaa\""
#define JOURNAL_ENDS \
	"remove " JOURNAL " and what is empty above it", \
		"remove /local/domain/0/xvif/vif/1/0 and what is empty above it"

TEST(nothing_to_change_is_no_step)
{
	struct sample x;
	const char *const wanted[] = { NULL };

	sample_begin(&x, METHOD_DELTA, "10.0.0.1", "10.0.0.1");
	assert_plan(&x, wanted);
	sample_end(&x);
}

TEST(a_list_is_written_inside_its_journal)
{
	struct sample x;
	const char *const wanted[] = {
		JOURNAL_BEGINS("10.0.0.1 10.0.0.2", "10.0.0.1"),
		"write /local/domain/0/backend/vif/1/0/ip = \"10.0.0.1\"",
		"write /libxl/1/device/vif/0/ip = \"10.0.0.1\"",
		JOURNAL_ENDS,
		NULL,
	};

	sample_begin(&x, METHOD_NONE, "10.0.0.1 10.0.0.2", "10.0.0.1");
	x.vif.has_libxl = true;
	assert_plan(&x, wanted);
	sample_end(&x);
}

TEST(an_empty_list_removes_the_nodes)
{
	struct sample x;
	const char *const wanted[] = {
		JOURNAL_BEGINS("10.0.0.1", ""),
		"remove /local/domain/0/backend/vif/1/0/ip",
		JOURNAL_ENDS,
		NULL,
	};

	sample_begin(&x, METHOD_NONE, "10.0.0.1", "");
	assert_plan(&x, wanted);
	sample_end(&x);
}

TEST(a_cycle_writes_the_list_between_offline_and_online)
{
	struct sample x;
	const char *const wanted[] = {
		JOURNAL_BEGINS("10.0.0.1", "10.0.0.2"),
		"run script=/etc/xen/scripts/vif-route XENBUS_TYPE=vif XENBUS_PATH=backend/vif/1/0 "
		"XENBUS_BASE_PATH=backend netdev= vif=vif1.0 /etc/xen/scripts/vif-route offline type_if=vif",
		"write /local/domain/0/backend/vif/1/0/ip = \"10.0.0.2\"",
		"write /local/domain/0/backend/vif/1/0/hotplug-status = \"\"",
		"run script=/etc/xen/scripts/vif-route XENBUS_TYPE=vif XENBUS_PATH=backend/vif/1/0 "
		"XENBUS_BASE_PATH=backend netdev= vif=vif1.0 /etc/xen/scripts/vif-route online type_if=vif",
		JOURNAL_ENDS,
		NULL,
	};

	sample_begin(&x, METHOD_CYCLE, "10.0.0.1", "10.0.0.2");
	assert_plan(&x, wanted);
	sample_end(&x);
}

TEST(what_is_added_comes_before_the_list_and_what_goes_after_it)
{
	struct sample x;
	struct error err = { 0 };
	const char *const wanted[] = {
		JOURNAL_BEGINS("10.0.0.1", "10.0.0.2"),
		"ip route add 10.0.0.2 dev lo metric 2",
		"write /local/domain/0/backend/vif/1/0/ip = \"10.0.0.2\"",
		"ip route del 10.0.0.1 dev lo metric 2",
		JOURNAL_ENDS,
		"forget neighbours and connections of 10.0.0.1",
		NULL,
	};
	struct port *port;
	struct route rt = { .link = 1, .metric = 2, .table = 254, .type = 1 };

	sample_begin(&x, METHOD_DELTA, "10.0.0.1", "10.0.0.2");
	x.options.flush = x.s.uses_routes = x.s.removes_routes = true;
	port = &x.s.ports[0];
	port->link = 1;
	port->metric = 2;
	port->model = rt;
	assert_int_equal(iplist_add(&port->unrouted, &x.s.after.words[0].net, &err), 0);
	rt.dst = x.s.before.words[0].net;
	port->routes.v = malloc(sizeof(rt));
	assert_non_null(port->routes.v);
	port->routes.v[0] = rt;
	port->routes.n = 1;
	assert_plan(&x, wanted);
	sample_end(&x);
}

TEST(the_copy_of_a_backend_has_no_name_and_the_added_addresses_only)
{
	struct sample x;
	struct error err = { 0 };
	const char *const wanted[] = {
		JOURNAL_BEGINS("10.0.0.1", "10.0.0.1 10.0.0.5"),
		"remove /local/domain/0/xvif/vif/1/0",
		"write /local/domain/0/xvif/vif/1/0/frontend-id = \"1\"",
		"write /local/domain/0/xvif/vif/1/0/script = \"/etc/xen/scripts/vif-route\"",
		"write /local/domain/0/xvif/vif/1/0/ip = \"10.0.0.5\"",
		"run script=/etc/xen/scripts/vif-route XENBUS_TYPE=vif XENBUS_PATH=xvif/vif/1/0 "
		"XENBUS_BASE_PATH=xvif netdev= vif=vif1.0 /etc/xen/scripts/vif-route online type_if=vif",
		"write /local/domain/0/backend/vif/1/0/ip = \"10.0.0.1 10.0.0.5\"",
		JOURNAL_ENDS,
		NULL,
	};

	sample_begin(&x, METHOD_DELTA, "10.0.0.1", "10.0.0.1 10.0.0.5");
	x.s.ports[0].runs_script = true;
	assert_int_equal(iplist_add(&x.s.ports[0].unrouted, &x.s.added.words[0].net, &err), 0);
	assert_plan(&x, wanted);
	sample_end(&x);
}

TEST(the_repair_of_an_interrupted_edit_keeps_its_journal_until_the_end)
{
	struct sample x;
	struct journal journal = { .is_there = true };
	const char *const wanted[] = {
		"write /local/domain/0/backend/vif/1/0/ip = \"10.0.0.1\"",
		JOURNAL_ENDS,
		NULL,
	};

	sample_begin(&x, METHOD_NONE, "10.0.0.1", "10.0.0.1");
	x.options = (struct apply_options){ .repair = true, .journal = &journal };
	assert_plan(&x, wanted);
	sample_end(&x);
}

/* Steps that write down what is asked of them. */
static char said[200];
static int fails_at, fails_to_undo, fails_to_describe;

static int note(const char *verb, const struct step *step, int code, struct error *err)
{
	int n = (int)step->address.prefix;

	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s%d ", verb, n);
	return n == code ? error_status(err, STATUS_FAILED, -EIO, "%s %d failed", verb, n) : 0;
}

static int do_it(struct apply *a, const struct step *step, struct error *err)
{
	(void)a;
	return note("do", step, fails_at, err);
}

static int undo_it(struct apply *a, const struct step *step, struct error *err)
{
	(void)a;
	return note("undo", step, fails_to_undo, err);
}

static int describe_it(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)s;
	return (int)step->address.prefix == fails_to_describe ?
		       -ENOMEM :
		       strv_add(out, "%d", (int)step->address.prefix);
}

static void say_nothing(const struct strv *lines, void *data)
{
	(void)lines, (void)data;
}

static const struct step_kind plain = { .describe = describe_it, .apply = do_it, .undo = undo_it };
static const struct step_kind looks = { .describe = describe_it, .apply = do_it };
static const struct step_kind after = { .describe = describe_it, .apply = do_it, .is_after = true };

static int apply_four(struct error *err)
{
	struct step v[4] = {
		{ .kind = &plain }, { .kind = &looks }, { .kind = &plain }, { .kind = &after }
	};
	struct steps steps = { v, 4 };
	const struct step_listener listener = { .begins = say_nothing };
	struct sample x;
	struct lock lock = { 0 };
	struct strv warnings = { 0 };
	bool is_done = false;
	int r;

	for (size_t i = 0; i < 4; i++)
		v[i].address.prefix = (uint8_t)(i + 1);
	said[0] = '\0';
	sample_begin(&x, METHOD_NONE, "10.0.0.1", "10.0.0.2");
	r = apply_steps(&st, &x.s, &steps, &lock, &listener, &warnings, &is_done, err);
	strv_release(&warnings);
	sample_end(&x);
	return r;
}

TEST(steps_are_done_in_order)
{
	struct error err = { 0 };

	fails_at = fails_to_undo = 0;
	assert_int_equal(apply_four(&err), 0);
	assert_string_equal(said, "do1 do2 do3 do4 ");
}

static void say(const struct strv *lines, void *data)
{
	(void)data;
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "say%s ", lines->v[0]);
}

/* Who is told may stop: then nobody else may wait for libxl's lock. */
TEST(a_step_under_a_lock_is_told_of_when_it_is_done)
{
	static const struct step_kind locked = { describe_it, do_it, undo_it, .is_locked = true };
	struct step v[3] = { { .kind = &plain }, { .kind = &locked }, { .kind = &plain } };
	struct steps steps = { v, 3 };
	const struct step_listener listener = { .begins = say };
	struct sample x;
	struct lock lock = { 0 };
	struct strv warnings = { 0 };
	struct error err = { 0 };
	bool is_done = false;

	for (size_t i = 0; i < 3; i++)
		v[i].address.prefix = (uint8_t)(i + 1);
	for (fails_at = 0; fails_at < 3; fails_at += 2) {
		said[0] = '\0';
		sample_begin(&x, METHOD_NONE, "10.0.0.1", "10.0.0.2");
		apply_steps(&st, &x.s, &steps, &lock, &listener, &warnings, &is_done, &err);
		assert_string_equal(said, fails_at ? "say1 do1 do2 undo2 undo1 " :
						     "say1 do1 do2 say2 say3 do3 ");
		sample_end(&x);
	}
	fails_at = 0;
	strv_release(&warnings);
}

TEST(a_step_that_fails_is_undone_with_those_before_it_backwards)
{
	struct error err = { 0 };

	fails_at = 3;
	fails_to_undo = 0;
	assert_int_equal(apply_four(&err), -EIO);
	assert_int_equal(err.status, STATUS_FAILED);
	assert_string_equal(said, "do1 do2 do3 undo3 undo1 ");
	assert_string_equal(err.text, "do 3 failed");
}

TEST(a_step_that_cannot_be_announced_was_not_done_and_is_not_undone)
{
	struct error err = { 0 };

	fails_at = fails_to_undo = 0;
	fails_to_describe = 3;
	assert_int_equal(apply_four(&err), -ENOMEM);
	fails_to_describe = 0;
	assert_string_equal(said, "do1 do2 undo1 ");
}

TEST(what_cannot_be_undone_stops_nothing_before_it_from_being_undone)
{
	struct error err = { 0 };

	fails_at = fails_to_undo = 3;
	assert_int_equal(apply_four(&err), -EIO);
	assert_int_equal(err.status, STATUS_BROKEN);
	assert_string_equal(said, "do1 do2 do3 undo3 undo1 ");
	assert_non_null(strstr(err.text, "do 3 failed"));
	assert_non_null(strstr(err.text, "undo 3 failed"));
}

TEST(a_failure_after_the_edit_takes_nothing_back)
{
	struct error err = { 0 };

	fails_at = 4;
	fails_to_undo = 0;
	assert_int_equal(apply_four(&err), -EIO);
	assert_string_equal(said, "do1 do2 do3 do4 ");
}

static void read_journal(unsigned domid, char *domain_uuid, struct journal *out)
{
	const struct vif vif = { .domain = { .domid = domid, .uuid = domain_uuid } };
	struct error err = { 0 };

	assert_int_equal(journal_read(&st, &vif, out, &err), 0);
}

TEST(a_journal_is_read_for_the_domain_that_it_is_of)
{
	struct journal journal;
	char other[] = "bbbb";

	read_journal(1, uuid, &journal);
	assert_true(journal.is_there && journal.is_cycle && !journal.is_none && !journal.is_stale);
	assert_int_equal(journal.before.n, 1);
	assert_int_equal(journal.after.n, 2);
	journal_release(&journal);
	read_journal(1, other, &journal);
	assert_true(!journal.is_there && journal.is_stale);
	read_journal(2, uuid, &journal);
	assert_true(!journal.is_there && !journal.is_stale);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_change_is_no_step),
		cmocka_unit_test(a_list_is_written_inside_its_journal),
		cmocka_unit_test(an_empty_list_removes_the_nodes),
		cmocka_unit_test(a_cycle_writes_the_list_between_offline_and_online),
		cmocka_unit_test(what_is_added_comes_before_the_list_and_what_goes_after_it),
		cmocka_unit_test(the_copy_of_a_backend_has_no_name_and_the_added_addresses_only),
		cmocka_unit_test(the_repair_of_an_interrupted_edit_keeps_its_journal_until_the_end),
		cmocka_unit_test(steps_are_done_in_order),
		cmocka_unit_test(a_step_under_a_lock_is_told_of_when_it_is_done),
		cmocka_unit_test(a_step_that_fails_is_undone_with_those_before_it_backwards),
		cmocka_unit_test(a_step_that_cannot_be_announced_was_not_done_and_is_not_undone),
		cmocka_unit_test(what_cannot_be_undone_stops_nothing_before_it_from_being_undone),
		cmocka_unit_test(a_failure_after_the_edit_takes_nothing_back),
		cmocka_unit_test(a_journal_is_read_for_the_domain_that_it_is_of),
	};

	return cmocka_run_group_tests(tests, open_store, close_store);
}
