/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packets.c - send UDP packets of IPv4 as fast as this kernel takes them from a link.
 *
 * packets LINK SOURCE-MAC TARGET-MAC SOURCE TARGET N
 * Prints the nanoseconds that one takes; with veth that is the way to its last receiver. They are sent
 * in short bursts, of which most are not interrupted: the median of these counts.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define AT_ONCE 64

struct frame {
	struct ether_header link;
	struct iphdr ip;
	struct udphdr udp;
	char data[18];
} __attribute__((packed));

static int parse_mac(const char *text, uint8_t out[6])
{
	return sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &out[0], &out[1], &out[2], &out[3],
		      &out[4], &out[5]) == 6;
}

static uint16_t sum_of(const void *data, size_t len)
{
	const uint16_t *words = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < len / 2; i++)
		sum += words[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static int make(char **argv, struct frame *f)
{
	struct iphdr ip = { .ihl = 5, .version = 4, .ttl = 64, .protocol = IPPROTO_UDP };

	if (!parse_mac(argv[2], f->link.ether_shost) || !parse_mac(argv[3], f->link.ether_dhost) ||
	    inet_pton(AF_INET, argv[4], &ip.saddr) != 1 ||
	    inet_pton(AF_INET, argv[5], &ip.daddr) != 1)
		return 0;
	f->link.ether_type = htons(ETH_P_IP);
	ip.tot_len = htons(sizeof(*f) - sizeof(f->link));
	ip.check = sum_of(&ip, sizeof(ip));
	f->ip = ip;
	f->udp.source = f->udp.dest = htons(9);
	f->udp.len = htons(sizeof(f->udp) + sizeof(f->data));
	return 1;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6 };
	struct frame f = { 0 };
	struct iovec data = { &f, sizeof(f) };
	struct mmsghdr all[AT_ONCE] = { 0 };
	long n = argc == 7 ? atol(argv[6]) : 0;
	long n_bursts = n / AT_ONCE + 1;
	double *took = calloc((size_t)n_bursts, sizeof(*took));
	int fd;

	if (n <= 0 || !make(argv, &f)) {
		fputs("usage: packets LINK SOURCE-MAC TARGET-MAC SOURCE TARGET N\n", stderr);
		return 2;
	}
	to.sll_ifindex = (int)if_nametoindex(argv[1]);
	for (int i = 0; i < AT_ONCE; i++)
		all[i].msg_hdr = (struct msghdr){ &to, sizeof(to), &data, 1, NULL, 0, 0 };
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	for (long i = 0; i < n_bursts && took; i++) {
		double begin = now();

		if (sendmmsg(fd, all, AT_ONCE, 0) != AT_ONCE) {
			perror("packets");
			return 1;
		}
		took[i] = (now() - begin) / AT_ONCE;
	}
	if (!took)
		return 1;
	qsort(took, (size_t)n_bursts, sizeof(*took), by_size);
	printf("%.1f\n", took[n_bursts / 2]);
	free(took);
	return 0;
}
