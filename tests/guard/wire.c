/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire.c - raw frames into a link, and out of one. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "wire.h"

/* What comes up to the stack, by protocol; one of each socket. */
static const int stack_protocols[] = { ETH_P_IP,    ETH_P_IPV6,	  ETH_P_ARP,	 ETH_P_RARP,
				       ETH_P_8021Q, ETH_P_8021AD, ETH_P_802_2,	 ETH_P_802_3,
				       ETH_P_LLDP,  0x88b5,	  ETH_P_MPLS_UC, ETH_P_PPP_SES,
				       ETH_P_QINQ1 };

static int open_socket(const char *link, int protocol)
{
	struct sockaddr_ll where = { .sll_family = AF_PACKET,
				     .sll_protocol = htons((uint16_t)protocol),
				     .sll_ifindex = (int)if_nametoindex(link) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), on = 1, bytes = 64 << 20;

	if (fd < 0 || !where.sll_ifindex)
		err(2, "%s", link);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes));
	if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&where, sizeof(where)))
		err(2, "%s: bind", link);
	return fd;
}

static int enter(const char *netns, size_t len)
{
	char path[64];
	int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), there;

	snprintf(path, sizeof(path), "/run/netns/%.*s", (int)len, netns);
	there = open(path, O_RDONLY | O_CLOEXEC);
	if (here < 0 || there < 0 || setns(there, CLONE_NEWNET))
		err(2, "%s", path);
	close(there);
	return here;
}

static void open_sockets(const char *link, bool is_stack, struct end *out)
{
	out->n = 0;
	if (!is_stack) {
		out->fds[out->n++] = open_socket(link, ETH_P_ALL);
		return;
	}
	for (size_t i = 0; i < sizeof(stack_protocols) / sizeof(stack_protocols[0]); i++)
		out->fds[out->n++] = open_socket(link, stack_protocols[i]);
}

void end_open(const char *where, struct end *out)
{
	const bool is_stack = !strncmp(where, "stack:", 6);
	const char *netns = where + (is_stack ? 6 : 0), *slash = strchr(netns, '/');
	int here = -1;

	if (!slash)
		errx(2, "%s: expected NETNS/LINK or /LINK", where);
	if (slash > netns)
		here = enter(netns, (size_t)(slash - netns));
	open_sockets(slash + 1, is_stack, out);
	if (here >= 0 && (setns(here, CLONE_NEWNET) || close(here)))
		err(2, "setns");
}

void end_send(const struct end *end, const struct frame *frame)
{
	struct virtio_net_hdr head = { 0 };
	struct iovec parts[2] = { { &head, sizeof(head) }, { frame->bytes, frame->n } };
	int on = frame->segment != 0;

	if (frame->segment) {
		head.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		head.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
		head.gso_size = (uint16_t)frame->segment;
		head.csum_start = (uint16_t)frame->transport_at;
		head.csum_offset = 16;
		head.hdr_len = (uint16_t)(frame->transport_at + 20);
	}
	if (setsockopt(end->fds[0], SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)))
		err(2, "PACKET_VNET_HDR");
	while (writev(end->fds[0], parts + !on, 1 + on) < 0)
		if (errno != EINTR && errno != ENOBUFS)
			err(2, "cannot send a frame of %zu bytes", frame->n);
	on = 0;
	setsockopt(end->fds[0], SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on));
}

int end_receive(const struct end *end, uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < end->n; i++) {
		ssize_t n = recv(end->fds[i], bytes, size, MSG_DONTWAIT);

		if (n >= 0)
			return (int)n;
	}
	return -1;
}

bool end_wait(const struct end *end, int timeout_ms)
{
	struct pollfd fds[SOCKETS_MAX];

	for (size_t i = 0; i < end->n; i++)
		fds[i] = (struct pollfd){ .fd = end->fds[i], .events = POLLIN };
	return poll(fds, end->n, timeout_ms) > 0;
}

/* The kernel keeps the outer tag beside the bytes, and takes those of VID 0 away. */
bool frame_is(const struct frame *frame, const uint8_t *bytes, size_t n)
{
	for (size_t tags = 0; tags <= 8; tags += 4)
		if (n >= 12 && n + tags == frame->n && !memcmp(frame->bytes, bytes, 12) &&
		    !memcmp(frame->bytes + 12 + tags, bytes + 12, n - 12))
			return true;
	return false;
}
