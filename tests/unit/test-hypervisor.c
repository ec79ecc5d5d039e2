/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-hypervisor.c - the seam over libxenctrl against a hypervisor made
 * here; built once for each of the two interfaces.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "src/xen/hypervisor.h"
#include "tests/unit/stub/xenctrl.h"

static struct {
	uint16_t domid;
	uint32_t flags;
} domains[300];
static int n_domains;
static bool is_xen;

xc_interface *xc_interface_open(xentoollog_logger *logger, xentoollog_logger *dombuild_logger,
				unsigned open_flags)
{
	assert_non_null(logger);
	assert_non_null(dombuild_logger);
	assert_int_equal(open_flags, 0);
	return is_xen ? (xc_interface *)domains : NULL;
}

int xc_interface_close(xc_interface *xch)
{
	assert_ptr_equal(xch, domains);
	return 0;
}

int xc_domain_getinfolist(xc_interface *xch, uint32_t first, unsigned max, xc_domaininfo_t *info)
{
	int n = 0;

	(void)xch;
	for (int i = 0; i < n_domains && n < (int)max; i++)
		if (domains[i].domid >= first)
			info[n++] = (xc_domaininfo_t){ domains[i].domid, domains[i].flags };
	return n;
}

int xc_domain_getinfo_single(xc_interface *xch, uint32_t domid, xc_domaininfo_t *info)
{
	if (xc_domain_getinfolist(xch, domid, 1, info) == 1 && info->domain == domid)
		return 0;
	errno = ESRCH;
	return -1;
}

/* The old call answers with the next domain when there is no such one. */
int xc_domain_getinfo(xc_interface *xch, uint32_t first, unsigned max, xc_dominfo_t *info)
{
	xc_domaininfo_t one;

	assert_int_equal(max, 1);
	if (xc_domain_getinfolist(xch, first, 1, &one) != 1)
		return -1;
	memset(info, 0, sizeof(*info));
	info->domid = one.domain;
	info->dying = !!(one.flags & XEN_DOMINF_dying);
	info->shutdown = !!(one.flags & XEN_DOMINF_shutdown);
	return 1;
}

TEST(off_xen_nothing_is_known)
{
	is_xen = false;
	assert_int_equal(hypervisor_domain(1), LIFE_UNKNOWN);
	assert_int_equal(hypervisor_count_guests(), -1);
}

TEST(a_domain_runs_dies_or_is_absent)
{
	is_xen = true;
	n_domains = 4;
	domains[1].domid = 1;
	domains[2].domid = 3;
	domains[2].flags = XEN_DOMINF_dying;
	domains[3].domid = 5;
	domains[3].flags = XEN_DOMINF_shutdown;
	assert_int_equal(hypervisor_domain(1), LIFE_RUNNING);
	assert_int_equal(hypervisor_domain(2), LIFE_NONE);
	assert_int_equal(hypervisor_domain(3), LIFE_DYING);
	assert_int_equal(hypervisor_domain(5), LIFE_DYING);
	assert_int_equal(hypervisor_domain(6), LIFE_NONE);
	assert_int_equal(hypervisor_count_guests(), 3);
}

TEST(more_guests_than_one_answer_holds)
{
	is_xen = true;
	n_domains = 300;
	for (int i = 0; i < n_domains; i++)
		domains[i].domid = (uint16_t)(i * 2);
	assert_int_equal(hypervisor_count_guests(), 299);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(off_xen_nothing_is_known),
		cmocka_unit_test(a_domain_runs_dies_or_is_absent),
		cmocka_unit_test(more_guests_than_one_answer_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
