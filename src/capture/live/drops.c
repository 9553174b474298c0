/*
 * drops.c - packets that never came.
 *
 * The kernel counts those for which its ring had no room, and begins anew with
 * each reading (packet(7), PACKET_STATISTICS), so that 32 bits are enough if
 * they are read often. pcap_stats() would add them up in 32 bits, and open
 * files in /sys each time. What the interface itself could not take stands in
 * two such files, which are kept open: they can still be read when no other
 * file can.
 *
 * BUGS: drops of an interface that was removed, and came again, are counted by
 * the kernel only.
 */
#include <fcntl.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "interface.h"

static const char *const counters[] = { "rx_missed_errors", "rx_fifo_errors" };	/* as libpcap counts: ps_ifdrop */

enum { COUNTERS = sizeof counters / sizeof counters[0] };

static bool
read_counter(int fd, uint64_t *value_r)
{
	char text[32];
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);

	if (n <= 0)
		return false;
	text[n] = '\0';
	*value_r = strtoull(text, NULL, 10);
	return true;
}

static int
open_counter(const struct interface *i, const char *name)
{
	char path[INTERFACE_NAME + 64];

	snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s", i->name, name);
	return i->any ? -1 : open(path, O_RDONLY | O_CLOEXEC);
}

void
drops_open(struct interface *i)
{
	for (int c = 0; c < COUNTERS; c++) {
		i->counter[c] = open_counter(i, counters[c]);
		read_counter(i->counter[c], &i->counted[c]);
	}
}

void
drops_close(struct interface *i)
{
	for (int c = 0; c < COUNTERS; c++)
		if (i->counter[c] >= 0)
			close(i->counter[c]);
}

/* Seldom: a driver may have to ask its card. */
static void
count_interface(struct interface *i, nstime now)
{
	uint64_t value;

	if (now >= i->asked && now - i->asked < LIMIT_LIVE_SURE)
		return;
	i->asked = now;
	for (int c = 0; c < COUNTERS; c++) {
		if (!read_counter(i->counter[c], &value))
			continue;
		if (value > i->counted[c])	/* a driver may begin anew */
			i->dropped_interface += value - i->counted[c];
		i->counted[c] = value;
	}
}

void
drops_count(struct interface *i, nstime now)
{
	struct tpacket_stats_v3 stats = { 0 };
	socklen_t size = sizeof stats;

	if (getsockopt(i->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0) {
		i->received += stats.tp_packets;
		i->dropped_kernel += stats.tp_drops;
	}
	count_interface(i, now);
}
