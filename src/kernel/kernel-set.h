/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel-set.h - what a hotplug script sets up on a link, beside what an edit changes
 * (kernel_link_change()). Each function returns 0 or a negative errno.
 */
#ifndef XVIF_KERNEL_SET_H
#define XVIF_KERNEL_SET_H

#include "src/kernel/kernel-links.h"

/* Give the link another name, and @link with it; the old one becomes its alias. -EEXIST: another link has it. */
int kernel_link_rename(struct host_link *link, const char *name, struct error *err);

/* @mtu: in bytes, in words; what is no number is -EINVAL. */
int kernel_link_set_mtu(const struct host_link *link, const char *mtu, struct error *err);

/* Add an IPv6 address, which is not looked for on the link before it is used; one that is there stays. */
int kernel_address_add(unsigned link, const struct ipnet *address, struct error *err);
int kernel_address_delete(unsigned link, const struct ipnet *address, struct error *err);

/* Delete all addresses of the link but link-local ones of IPv6, which come and go with it. */
int kernel_addresses_flush(unsigned link, struct error *err);

/* Answer for @address on @link, or no more; what is so already stays so. */
int kernel_proxy_add(unsigned link, const struct ipnet *address, struct error *err);
int kernel_proxy_delete(unsigned link, const struct ipnet *address, struct error *err);

/* The number that a sysctl of net.ipv4.conf.LINK, or of ipv6, has; -1 if that cannot be told. */
int kernel_conf_read(int family, const char *link, const char *name);

/* Does the kernel do IPv6 on this link? */
bool kernel_has_ipv6(const char *link);

/* Write the sysctl net.ipv4.conf.LINK.NAME, or that of ipv6. */
int kernel_conf_write(int family, const char *link, const char *name, int value, struct error *err);

#endif
