/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nohv.c - preloaded stand-in for the hypervisor, so that the distribution's
 * own xenstored runs on a machine without Xen, and libxenctrl finds domains.
 *
 * The domids that exist stand in the file $NOHV_DOMAINS, separated by blanks;
 * one followed by "d" is dying. It is read at each call.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#define HIDDEN_ARGUMENT(x) ((void)(x))

static int token;

struct found {
	unsigned domid;
	bool dying;
};

/* The domain with the lowest domid that is at least @first. */
static bool find(uint32_t first, struct found *out)
{
	const char *path = getenv("NOHV_DOMAINS");
	FILE *f = path ? fopen(path, "re") : NULL;
	bool any = first == 0;
	char word[32];

	*out = (struct found){ 0 };
	if (any || !f) {
		if (f)
			fclose(f);
		return any;
	}
	while (fscanf(f, "%31s", word) == 1) {
		char *end;
		unsigned domid = (unsigned)strtoul(word, &end, 10);

		if (domid >= first && (!any || domid < out->domid)) {
			*out = (struct found){ domid, *end == 'd' };
			any = true;
		}
	}
	fclose(f);
	return any;
}

xc_interface *xc_interface_open(xentoollog_logger *l, xentoollog_logger *d, unsigned flags)
{
	HIDDEN_ARGUMENT(l);
	HIDDEN_ARGUMENT(d);
	HIDDEN_ARGUMENT(flags);
	return (void *)&token;
}

int xc_interface_close(xc_interface *xc)
{
	HIDDEN_ARGUMENT(xc);
	return 0;
}

/* gone in Xen 4.18, with its type */
#ifdef HAVE_XC_DOMINFO_T
int xc_domain_getinfo(xc_interface *xc, uint32_t first, unsigned max, xc_dominfo_t *info)
{
	unsigned n = 0;
	struct found found;

	HIDDEN_ARGUMENT(xc);
	for (; n < max && find(first, &found); first = found.domid + 1, n++) {
		memset(&info[n], 0, sizeof(*info));
		info[n].domid = found.domid;
		info[n].dying = found.dying;
	}
	return (int)n;
}
#endif

int xc_domain_getinfolist(xc_interface *xc, uint32_t first, unsigned max, xc_domaininfo_t *info)
{
	unsigned n = 0;
	struct found found;

	HIDDEN_ARGUMENT(xc);
	for (; n < max && find(first, &found); first = found.domid + 1, n++) {
		memset(&info[n], 0, sizeof(*info));
		info[n].domain = (domid_t)found.domid;
		info[n].flags = found.dying ? XEN_DOMINF_dying : 0;
	}
	return (int)n;
}

#ifndef HAVE_XC_DOMINFO_T
int xc_domain_getinfo_single(xc_interface *xc, uint32_t domid, xc_domaininfo_t *info)
{
	if (xc_domain_getinfolist(xc, domid, 1, info) != 1 || info->domain != domid) {
		errno = ESRCH;
		return -1;
	}
	return 0;
}
#endif

/*
 * libxenmanage, which xenstored of Xen 4.21 and later asks instead; its header is declared here, for
 * older ones have none (tools/include/xenmanage.h). A domain that is asked for is there or not; of
 * those that have changed only domain 0 is told, once.
 */
enum {
	STATE_EXIST = 0x0001,
	STATE_DYING = 0x0004,
	CAPS_OF_DOMAIN_0 = 0x0007, /* control, hardware, xenstore */
};
struct xenmanage_handle;
struct xenmanage_handle *xenmanage_open(xentoollog_logger *l, unsigned flags);
int xenmanage_close(struct xenmanage_handle *h);
int xenmanage_get_domain_info(struct xenmanage_handle *h, unsigned domid, unsigned *state,
			      unsigned *caps, uint64_t *unique_id);
int xenmanage_poll_changed_domain(struct xenmanage_handle *h, unsigned *domid, unsigned *state,
				  unsigned *caps, uint64_t *unique_id);

struct xenmanage_handle *xenmanage_open(xentoollog_logger *l, unsigned flags)
{
	HIDDEN_ARGUMENT(l);
	HIDDEN_ARGUMENT(flags);
	return (void *)&token;
}

int xenmanage_close(struct xenmanage_handle *h)
{
	HIDDEN_ARGUMENT(h);
	return 0;
}

int xenmanage_get_domain_info(struct xenmanage_handle *h, unsigned domid, unsigned *state,
			      unsigned *caps, uint64_t *unique_id)
{
	struct found found;

	HIDDEN_ARGUMENT(h);
	if (!find(domid, &found) || found.domid != domid) {
		errno = ENOENT;
		return -1;
	}
	if (state)
		*state = STATE_EXIST | (found.dying ? STATE_DYING : 0);
	if (caps)
		*caps = domid ? 0 : CAPS_OF_DOMAIN_0;
	if (unique_id)
		*unique_id = domid + UINT64_C(1);
	return 0;
}

int xenmanage_poll_changed_domain(struct xenmanage_handle *h, unsigned *domid, unsigned *state,
				  unsigned *caps, uint64_t *unique_id)
{
	static bool told;

	if (told) {
		errno = ENOENT;
		return -1;
	}
	told = true;
	*domid = 0;
	return xenmanage_get_domain_info(h, 0, state, caps, unique_id);
}

xenevtchn_handle *xenevtchn_open(xentoollog_logger *l, unsigned flags)
{
	HIDDEN_ARGUMENT(l);
	HIDDEN_ARGUMENT(flags);
	return (void *)&token;
}

xenevtchn_handle *xenevtchn_fdopen(xentoollog_logger *l, int fd, unsigned flags)
{
	HIDDEN_ARGUMENT(fd);
	return xenevtchn_open(l, flags);
}

int xenevtchn_fd(xenevtchn_handle *h)
{
	static int fd = -1;

	HIDDEN_ARGUMENT(h);
	if (fd < 0)
		fd = eventfd(0, EFD_CLOEXEC);
	return fd;
}

static int next_port = 1;

xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *h, unsigned virq)
{
	HIDDEN_ARGUMENT(h);
	HIDDEN_ARGUMENT(virq);
	return next_port++;
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *h, uint32_t domid,
						     evtchn_port_t port)
{
	HIDDEN_ARGUMENT(h);
	HIDDEN_ARGUMENT(domid);
	HIDDEN_ARGUMENT(port);
	return next_port++;
}

int xenevtchn_notify(xenevtchn_handle *h, evtchn_port_t port)
{
	HIDDEN_ARGUMENT(h);
	HIDDEN_ARGUMENT(port);
	return 0;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *h)
{
	HIDDEN_ARGUMENT(h);
	return -1;
}

int xenevtchn_unbind(xenevtchn_handle *h, evtchn_port_t port)
{
	return xenevtchn_notify(h, port);
}

int xenevtchn_unmask(xenevtchn_handle *h, evtchn_port_t port)
{
	return xenevtchn_notify(h, port);
}

xengnttab_handle *xengnttab_open(xentoollog_logger *l, unsigned flags)
{
	HIDDEN_ARGUMENT(l);
	HIDDEN_ARGUMENT(flags);
	return (void *)&token;
}

int xengnttab_close(xengnttab_handle *h)
{
	HIDDEN_ARGUMENT(h);
	return 0;
}

int xengnttab_set_max_grants(xengnttab_handle *h, uint32_t n)
{
	HIDDEN_ARGUMENT(h);
	HIDDEN_ARGUMENT(n);
	return 0;
}

void *xengnttab_map_grant_ref(xengnttab_handle *h, uint32_t domid, uint32_t ref, int prot)
{
	HIDDEN_ARGUMENT(h);
	HIDDEN_ARGUMENT(domid);
	HIDDEN_ARGUMENT(ref);
	HIDDEN_ARGUMENT(prot);
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_SHARED, -1, 0);
}

int xengnttab_unmap(xengnttab_handle *h, void *address, uint32_t n)
{
	HIDDEN_ARGUMENT(h);
	return munmap(address, 4096UL * n);
}

/* The files by which the kernel tells xenstored of domain 0's connection. */
static int open_xen_file(const char *path)
{
	int fd = -1;

	if (strstr(path, "/xsd_port")) {
		fd = memfd_create("xsd_port", 0);
		if (fd >= 0 && (write(fd, "1", 1) != 1 || lseek(fd, 0, SEEK_SET)))
			return -1;
	} else if (strstr(path, "/xsd_kva")) {
		fd = memfd_create("xsd_kva", 0);
		if (fd >= 0 && ftruncate(fd, 4096))
			return -1;
	}
	return fd;
}

#define DEFINE_OPEN(name) \
	int name(const char *path, int flags, ...) \
	{ \
		static int (*real)(const char *, int, ...); \
		va_list ap; \
		int fd = open_xen_file(path), mode; \
		va_start(ap, flags); \
		mode = va_arg(ap, int); \
		va_end(ap); \
		if (fd >= 0) \
			return fd; \
		if (!real) \
			real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); \
		return real(path, flags, mode); \
	}

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
