/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypervisor.c - the seam over libxenctrl.
 *
 * Xen 4.18 replaced xc_domain_getinfo() by xc_domain_getinfo_single();
 * xc_domain_getinfolist() stands in all versions. configure finds out which
 * there is (Xen, tools/include/xenctrl.h).
 */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>

#include "src/hypervisor.h"

#ifdef HAVE_XENCTRL

#include <xenctrl.h>

#define COUNT_AT_ONCE 64

static void silent_message(struct xentoollog_logger *logger, xentoollog_level level,
			   int errnoval, const char *context, const char *format, va_list ap)
	__attribute__((format(printf, 5, 0)));

static void silent_message(struct xentoollog_logger *logger, xentoollog_level level,
			   int errnoval, const char *context, const char *format, va_list ap)
{
	(void)logger;
	(void)level;
	(void)errnoval;
	(void)context;
	(void)format;
	(void)ap;
}

static void silent_destroy(struct xentoollog_logger *logger)
{
	(void)logger;
}

static xc_interface *open_silently(void)
{
	static struct xentoollog_logger silent = {
		.vmessage = silent_message,
		.destroy = silent_destroy,
	};

	return xc_interface_open(&silent, &silent, 0);
}

#ifdef HAVE_XC_DOMAIN_GETINFO_SINGLE
static enum life ask(xc_interface *xc, unsigned domid)
{
	xc_domaininfo_t info;

	if (xc_domain_getinfo_single(xc, domid, &info) < 0)
		return LIFE_NONE;
	return info.flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown) ? LIFE_DYING : LIFE_RUNNING;
}
#else
static enum life ask(xc_interface *xc, unsigned domid)
{
	xc_dominfo_t info;

	if (xc_domain_getinfo(xc, domid, 1, &info) != 1 || info.domid != domid)
		return LIFE_NONE;
	return info.dying || info.shutdown ? LIFE_DYING : LIFE_RUNNING;
}
#endif

enum life hypervisor_domain(unsigned domid)
{
	xc_interface *xc = open_silently();
	enum life life;

	if (!xc)
		return LIFE_UNKNOWN;
	life = ask(xc, domid);
	xc_interface_close(xc);
	return life;
}

int hypervisor_count_guests(void)
{
	xc_interface *xc = open_silently();
	xc_domaininfo_t info[COUNT_AT_ONCE];
	int n, count = 0;
	unsigned first = 1;

	if (!xc)
		return -1;
	do {
		n = xc_domain_getinfolist(xc, first, COUNT_AT_ONCE, info);
		if (n > 0) {
			count += n;
			first = info[n - 1].domain + 1u;
		}
	} while (n == COUNT_AT_ONCE);
	xc_interface_close(xc);
	return n < 0 ? -1 : count;
}

#else

enum life hypervisor_domain(unsigned domid)
{
	(void)domid;
	return LIFE_UNKNOWN;
}

int hypervisor_count_guests(void)
{
	return -1;
}

#endif
