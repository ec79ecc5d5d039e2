/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypervisor.c - the seam over libxenctrl.
 *
 * Xen 4.18 replaced xc_domain_getinfo() by xc_domain_getinfo_single();
 * xc_domain_getinfolist() stands in all versions. configure finds out which
 * there is (Xen, tools/include/xenctrl.h).
 */
#include "config.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "src/xen/hypervisor.h"

#ifdef HAVE_XENCTRL

#include <xenctrl.h>

#define COUNT_AT_ONCE 64

static void silent_message(struct xentoollog_logger *logger, xentoollog_level level, int errnoval,
			   const char *context, const char *format, va_list ap)
	__attribute__((format(printf, 5, 0)));

static void silent_message(struct xentoollog_logger *logger, xentoollog_level level, int errnoval,
			   const char *context, const char *format, va_list ap)
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

/*
 * Few commands ask the hypervisor, and libxenctrl with what it needs takes a
 * third of the time that "xvif show" takes to start: loaded on first use.
 */
/* clang-format off */
#define LIBRARY_FUNCTIONS(F) \
	F(xc_interface_open) F(xc_interface_close) F(xc_domain_getinfolist) F(GETINFO)
/* clang-format on */

#ifdef HAVE_XC_DOMAIN_GETINFO_SINGLE
#define GETINFO xc_domain_getinfo_single
#else
#define GETINFO xc_domain_getinfo
#endif

struct xenctrl_library {
#define DECLARE(name) DECLARE_EXPANDED(name)
#define DECLARE_EXPANDED(name) __typeof__(name) *name;
	LIBRARY_FUNCTIONS(DECLARE)
};

static bool load_library(struct xenctrl_library *lib)
{
	bool complete = dlopen(XENCTRL_SONAME, RTLD_LAZY | RTLD_GLOBAL) != NULL;

#define FIND(name) FIND_EXPANDED(name)
#define FIND_EXPANDED(name) \
	*(void **)&lib->name = dlsym(RTLD_DEFAULT, #name); \
	complete &= lib->name != NULL;
	LIBRARY_FUNCTIONS(FIND)
	return complete;
}

static xc_interface *open_silently(struct xenctrl_library *lib)
{
	static struct xentoollog_logger silent = {
		.vmessage = silent_message,
		.destroy = silent_destroy,
	};

	return load_library(lib) ? lib->xc_interface_open(&silent, &silent, 0) : NULL;
}

#ifdef HAVE_XC_DOMAIN_GETINFO_SINGLE
static enum life ask(const struct xenctrl_library *lib, xc_interface *xc, unsigned domid)
{
	xc_domaininfo_t info;

	if (lib->xc_domain_getinfo_single(xc, domid, &info) < 0)
		return LIFE_NONE;
	return info.flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown) ? LIFE_DYING : LIFE_RUNNING;
}
#else
static enum life ask(const struct xenctrl_library *lib, xc_interface *xc, unsigned domid)
{
	xc_dominfo_t info;

	if (lib->xc_domain_getinfo(xc, domid, 1, &info) != 1 || info.domid != domid)
		return LIFE_NONE;
	return info.dying || info.shutdown ? LIFE_DYING : LIFE_RUNNING;
}
#endif

enum life hypervisor_domain(unsigned domid)
{
	struct xenctrl_library lib;
	xc_interface *xc = open_silently(&lib);
	enum life life;

	if (!xc)
		return LIFE_UNKNOWN;
	life = ask(&lib, xc, domid);
	lib.xc_interface_close(xc);
	return life;
}

int hypervisor_count_guests(void)
{
	struct xenctrl_library lib;
	xc_interface *xc = open_silently(&lib);
	xc_domaininfo_t info[COUNT_AT_ONCE];
	int n, count = 0;
	unsigned first = 1;

	if (!xc)
		return -1;
	do {
		n = lib.xc_domain_getinfolist(xc, first, COUNT_AT_ONCE, info);
		if (n > 0) {
			count += n;
			first = info[n - 1].domain + 1u;
		}
	} while (n == COUNT_AT_ONCE);
	lib.xc_interface_close(xc);
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
