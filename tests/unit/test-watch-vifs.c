/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-watch-vifs.c - which vifs an event marks, and what differs from what was seen. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "src/base/cleanup.h"
#include "src/watch/watch-internal.h"

/* What seen_compare() says, as text: "+0 -1 0:state=4>5 name=a>b ". */
static int note(const struct watch_change *c, void *data, struct error *err)
{
	char *text = data, vif[8] = "";

	(void)err;
	text += strlen(text);
	if (c->vif)
		snprintf(vif, sizeof(vif), "%u", c->vif->devid);
	switch (c->kind) {
	case CHANGE_APPEARED:
		sprintf(text, "+%s ", vif);
		break;
	case CHANGE_VANISHED:
		sprintf(text, "-%s ", vif);
		break;
	case CHANGE_NODE:
		sprintf(text, "%s%s%s=%s>%s ", vif, *vif ? ":" : "", c->node,
			c->before.text ? c->before.text : "", c->after.text ? c->after.text : "");
		break;
	}
	return 0;
}

static struct vif make_vif(unsigned devid, const char *state, const char *ip)
{
	struct vif vif = { .devid = devid, .state = strdup(state), .ip = strdup(ip) };
	struct error err;

	vif.backend = strdup("/local/domain/0/backend/vif/1/0");
	assert_int_equal(iplist_parse(ip, &vif.ips, &err), 0);
	return vif;
}

static char name_a[] = "a", name_b[] = "b";

static void differs(const struct seen_domain *seen, const struct domain *id, struct vif *now,
		    size_t n, const char *wanted)
{
	char text[200] = "";
	struct error err;

	assert_int_equal(seen_compare(seen, id, now, n, note, text, &err), 0);
	assert_string_equal(text, wanted);
}

TEST(vifs_appear_and_vanish)
{
	const struct domain id = { .domid = 1, .name = name_a };
	struct vif v[] = { make_vif(0, "4", ""), make_vif(1, "4", ""), make_vif(3, "4", "") };
	struct vif gap[] = { v[0], v[2] };
	struct seen_domain d = { .id = id, .v = v, .n = 3, .is_known = true };

	differs(&d, &id, v, 3, "");
	differs(&d, &id, gap, 2, "-1 ");
	differs(&d, &id, v, 0, "-0 -1 -3 ");
	d.v = gap;
	d.n = 2;
	differs(&d, &id, v, 3, "+1 ");
	for (size_t i = 0; i < 3; i++)
		vif_release(&v[i]);
}

TEST(a_node_changes)
{
	const struct domain id = { .domid = 1, .name = name_a };
	struct vif before = make_vif(0, "4", "10.0.0.1 10.0.0.2");
	struct vif after = make_vif(0, "5", "10.0.0.2 10.0.0.1"), other;
	struct seen_domain d = { .id = id, .v = &before, .n = 1, .is_known = true };

	differs(&d, &id, &after, 1, "0:ip=10.0.0.1 10.0.0.2>10.0.0.2 10.0.0.1 0:state=4>5 ");
	other = after;
	other.state = NULL;
	differs(&d, &id, &other, 1, "0:ip=10.0.0.1 10.0.0.2>10.0.0.2 10.0.0.1 0:state=4> ");
	vif_release(&before);
	vif_release(&after);
}

/* Other blanks between the same words are no change of the list. */
TEST(a_list_is_compared_by_its_words)
{
	const struct domain id = { .domid = 1, .name = name_a };
	struct vif before = make_vif(0, "4", "10.0.0.1 10.0.0.2");
	struct vif after = make_vif(0, "4", " 10.0.0.1\t10.0.0.2");
	struct seen_domain d = { .id = id, .v = &before, .n = 1, .is_known = true };

	differs(&d, &id, &after, 1, "");
	vif_release(&before);
	vif_release(&after);
}

TEST(a_vif_with_another_backend_is_another)
{
	const struct domain id = { .domid = 1, .name = name_a };
	struct vif before = make_vif(0, "4", ""), after = make_vif(0, "1", "");
	struct seen_domain d = { .id = id, .v = &before, .n = 1, .is_known = true };

	free(after.backend);
	after.backend = strdup("/local/domain/3/backend/vif/1/0");
	differs(&d, &id, &after, 1, "-0 +0 ");
	vif_release(&before);
	vif_release(&after);
}

TEST(a_domain_that_was_known_changes_its_name)
{
	struct seen_domain d = { .id = { .domid = 1, .name = name_a }, .is_known = true };

	differs(&d, &(struct domain){ .domid = 1, .name = name_b }, NULL, 0, "name=a>b ");
	/* it has gone: the name stays what it was called */
	differs(&d, &(struct domain){ .domid = 1 }, NULL, 0, "");
	d.is_known = false;
	differs(&d, &(struct domain){ .domid = 1, .name = name_b }, NULL, 0, "");
}

static int stop_at_first(const struct watch_change *c, void *data, struct error *err)
{
	(void)c, (void)err;
	++*(int *)data;
	return 7;
}

TEST(a_visitor_ends_the_comparison)
{
	const struct domain id = { .domid = 1, .name = name_b };
	struct vif v = make_vif(0, "4", "");
	struct seen_domain d = { .id = { .domid = 1, .name = name_a }, .is_known = true };
	struct error err;
	int n = 0;

	assert_int_equal(seen_compare(&d, &id, &v, 1, stop_at_first, &n, &err), 7);
	assert_int_equal(n, 1);
	vif_release(&v);
}

/* What an event for @path marks: "all ", and the domids, those with a "v" with their vifs. */
static void marks(const char *domain_word, const char *path, const char *wanted)
{
	CLEANUP(vif_watch_release) struct vif_watch w = { .domain_word = domain_word };
	char text[100] = "";

	if (domain_word)
		w.target.domid = 1;
	w.is_here = domain_word;
	assert_int_equal(vif_watch_mark(&w, path), 0);
	if (w.is_all_marked)
		strcat(text, "all ");
	for (size_t i = 0; i < w.n; i++)
		sprintf(text + strlen(text), "%u%s ", w.v[i].id.domid,
			w.v[i].are_vifs_marked ? "v" : "");
	if (strcmp(text, wanted))
		fail_msg("%s: '%s', wanted '%s'", path, text, wanted);
	assert_int_equal(vif_watch_is_marked(&w), *wanted != '\0');
}

TEST(an_event_marks_what_it_is_about)
{
	marks(NULL, "/local/domain/0/backend/vif/7/0/state", "7v ");
	marks(NULL, "/local/domain/3/backend/vif/7", "7v ");
	marks(NULL, "/local/domain/0/backend/vif", "all ");
	marks(NULL, "/local/domain/0/backend", "all ");
	marks(NULL, "/local/domain/0/backend/vbd/7/0", "");
	marks(NULL, "/libxl/7/device/vif/0/ip", "7v ");
	marks(NULL, "/libxl/7/device", "7v ");
	marks(NULL, "/libxl/7", "7v ");
	marks(NULL, "/libxl/7/type", "");
	marks(NULL, "/libxl", "all ");
	marks(NULL, "/local", "all ");
	marks(NULL, "/libxl/12345678901234567890", "");
	marks(NULL, "/libxl/7x", "");
	marks(NULL, "@introduceDomain", "");
}

TEST(an_event_of_another_domain_than_the_one_asked_for_marks_nothing)
{
	marks("web01", "/local/domain/0/backend/vif/7/0/state", "");
	marks("web01", "/local/domain/0/backend/vif/1/0/state", "1v ");
	marks("web01", "/local/domain/1/name", "1 ");
	marks("web01", "/local/domain/1/vm", "1 ");
	marks("web01", "/local/domain/1/memory", "");
}

TEST(domains_are_kept_by_their_number)
{
	CLEANUP(vif_watch_release) struct vif_watch w = { 0 };

	for (unsigned i = 0; i < 50; i++)
		assert_non_null(seen_ensure(&w, i * 7 % 50));
	assert_non_null(seen_ensure(&w, 3));
	assert_int_equal(w.n, 50);
	for (unsigned i = 0; i < 50; i++) {
		assert_int_equal(w.v[i].id.domid, i);
		assert_ptr_equal(seen_find(&w, i), &w.v[i]);
	}
	assert_null(seen_find(&w, 50));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vifs_appear_and_vanish),
		cmocka_unit_test(a_node_changes),
		cmocka_unit_test(a_list_is_compared_by_its_words),
		cmocka_unit_test(a_vif_with_another_backend_is_another),
		cmocka_unit_test(a_domain_that_was_known_changes_its_name),
		cmocka_unit_test(a_visitor_ends_the_comparison),
		cmocka_unit_test(an_event_marks_what_it_is_about),
		cmocka_unit_test(an_event_of_another_domain_than_the_one_asked_for_marks_nothing),
		cmocka_unit_test(domains_are_kept_by_their_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
