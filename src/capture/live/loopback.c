/*
 * loopback.c - each packet of the loopback interface once.
 *
 * The kernel shows it twice there, as it leaves and as it arrives. libpcap
 * passes over the first when it comes by; but by then it has taken up room in
 * the ring. So the filter that libpcap has set is set once more, behind a few
 * instructions that leave out what leaves. libpcap goes on checking packets
 * with its own until the first ones are through, and could not with these:
 * they ask for what only the kernel knows (packet(7), PACKET_OUTGOING).
 */
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/err.h"
#include "interface.h"

#ifndef SO_GET_FILTER
#define SO_GET_FILTER SO_ATTACH_FILTER
#endif

enum { LEAD = 5 };

/* That which is set, as the kernel has it, behind room for the lead; NULL: none. Its length counts instructions. */
static struct sock_filter *
read_filter(int fd, socklen_t *n_r)
{
	struct sock_filter *all;

	*n_r = 0;
	if (getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, n_r) != 0 || *n_r == 0)
		return NULL;
	all = xcalloc(LEAD + (size_t)*n_r, sizeof *all);
	if (getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, all + LEAD, n_r) == 0)
		return all;
	free(all);
	return NULL;
}

void
loopback_once(const struct interface *i)
{
	int device = presence_loopback(i);
	const struct sock_filter lead[LEAD] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (__u32)(SKF_AD_OFF + SKF_AD_IFINDEX)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (__u32)device, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (__u32)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_filter *all;
	socklen_t n;

	if (device < 0 || (all = read_filter(i->fd, &n)) == NULL)
		return;
	memcpy(all, lead, sizeof lead);
	/* Where it cannot be set, libpcap's stays. */
	(void)setsockopt(i->fd, SOL_SOCKET, SO_ATTACH_FILTER, &(struct sock_fprog){ (unsigned short)(LEAD + n), all },
	    sizeof(struct sock_fprog));
	free(all);
}
