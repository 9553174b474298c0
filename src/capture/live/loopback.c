/*
 * loopback.c - each packet of the loopback interface once.
 *
 * The kernel shows it twice there, as it leaves and as it arrives. libpcap
 * passes over the first when it comes by; but by then it has taken up room in
 * the ring. So the filter that libpcap has set is set once more, behind two
 * instructions that leave out what leaves (packet(7), PACKET_OUTGOING). libpcap
 * goes on checking packets with its own until the first ones are through, and
 * could not with these: they ask for what only the kernel knows.
 */
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/err.h"
#include "interface.h"

enum { LEAD = 3 };

_Static_assert(sizeof(struct sock_filter) == sizeof(struct bpf_insn), "libpcap's instructions are the kernel's");

void
loopback_once(const struct interface *i, const struct bpf_program *set)
{
	const struct sock_filter lead[LEAD] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (__u32)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_filter *all = xcalloc(LEAD + set->bf_len, sizeof *all);
	struct sock_fprog program = { .len = (unsigned short)(LEAD + set->bf_len), .filter = all };

	memcpy(all, lead, sizeof lead);
	memcpy(all + LEAD, set->bf_insns, set->bf_len * sizeof *all);
	/* Where it cannot be set, libpcap's stays. */
	(void)setsockopt(pcap_fileno(i->pcap), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
	free(all);
}
