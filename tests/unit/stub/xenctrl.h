/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xenctrl.h - as much of libxenctrl's interface as src/xen/hypervisor.c uses, of
 * both sides of Xen 4.18, so that either can be compiled anywhere (Xen,
 * tools/include/xenctrl.h, xen/include/public/domctl.h).
 */
#ifndef STUB_XENCTRL_H
#define STUB_XENCTRL_H

#include <stdarg.h>
#include <stdint.h>

typedef enum { XTL_NONE } xentoollog_level;
typedef struct xentoollog_logger xentoollog_logger;
struct xentoollog_logger {
	void (*vmessage)(struct xentoollog_logger *logger, xentoollog_level level, int errnoval,
			 const char *context, const char *format, va_list al);
	void (*progress)(struct xentoollog_logger *logger, const char *context,
			 const char *doing_what, int percent, unsigned long done,
			 unsigned long total);
	void (*destroy)(struct xentoollog_logger *logger);
};

typedef struct xc_interface_core xc_interface;

#define XEN_DOMINF_dying (1u << 0)
#define XEN_DOMINF_shutdown (1u << 2)

typedef struct {
	uint16_t domain;
	uint32_t flags;
} xc_domaininfo_t;

typedef struct {
	uint32_t domid;
	unsigned dying : 1, crashed : 1, shutdown : 1;
} xc_dominfo_t;

xc_interface *xc_interface_open(xentoollog_logger *logger, xentoollog_logger *dombuild_logger,
				unsigned open_flags);
int xc_interface_close(xc_interface *xch);
int xc_domain_getinfolist(xc_interface *xch, uint32_t first_domain, unsigned max_domains,
			  xc_domaininfo_t *info);
int xc_domain_getinfo_single(xc_interface *xch, uint32_t domid, xc_domaininfo_t *info);
int xc_domain_getinfo(xc_interface *xch, uint32_t first_domid, unsigned max_doms, xc_dominfo_t *info);

#endif
