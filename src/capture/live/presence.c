/*
 * presence.c - an interface goes down, or away, and comes again.
 *
 * The kernel tells it by an error of the socket, ENETDOWN, once. When the
 * interface comes up again the socket listens again by itself; when it is
 * removed, the socket belongs to no interface any more (packet(7)), and is
 * bound to the one that has its name next. All this is asked of that socket, by
 * the process that kept its rights.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/limits.h"
#include "interface.h"

static bool
ask(const struct interface *i, unsigned long what, struct ifreq *r)
{
	size_t n = strlen(i->name);

	*r = (struct ifreq){ 0 };
	memcpy(r->ifr_name, i->name, n < IFNAMSIZ ? n : IFNAMSIZ - 1);
	return ioctl(i->fd, what, r) == 0;
}

int
presence_hardware(const struct interface *i)
{
	struct ifreq r;

	return !i->any && ask(i, SIOCGIFHWADDR, &r) ? r.ifr_hwaddr.sa_family : -1;
}

bool
presence_is_loopback(const struct interface *i)
{
	struct ifreq r;

	return !i->any && ask(i, SIOCGIFFLAGS, &r) && r.ifr_flags & IFF_LOOPBACK;
}

/* Of the device that the socket listens to, or -1. */
static int
bound_to(const struct interface *i)
{
	struct sockaddr_ll address = { 0 };
	socklen_t size = sizeof address;

	return getsockname(i->fd, (struct sockaddr *)&address, &size) == 0 ? address.sll_ifindex : -1;
}

static int
bind_to(const struct interface *i, int device)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = device };
	struct packet_mreq membership = { .mr_ifindex = device, .mr_type = PACKET_MR_PROMISC };

	if (bind(i->fd, (struct sockaddr *)&address, sizeof address) != 0)
		return -1;
	/* Not every device can do it; packets come in any case. */
	if (i->promiscuous)
		(void)setsockopt(i->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership);
	return 0;
}

/* A device of another kind that has the name would bring frames that are read wrongly. */
int
presence_bind(const struct interface *i)
{
	struct ifreq r;
	int device;

	if (!ask(i, SIOCGIFINDEX, &r))
		return -1;
	device = r.ifr_ifindex;
	if (presence_hardware(i) != i->hardware) {
		errno = ENODEV;
		return -1;
	}
	if (bound_to(i) != device && bind_to(i, device) != 0)
		return -1;
	if (!ask(i, SIOCGIFFLAGS, &r))
		return -1;
	errno = ENETDOWN;
	return r.ifr_flags & IFF_UP ? 0 : -1;
}

static enum presence
look(size_t index)
{
	if (live_rebind(index) == 0)
		return PRESENCE_THERE;
	return errno == ENETDOWN ? PRESENCE_DOWN : PRESENCE_GONE;
}

void
presence_check(struct interface *i, size_t index, nstime now)
{
	static const char *const words[] = {
		[PRESENCE_THERE] = "is there again", [PRESENCE_DOWN] = "is down: waiting for it",
		[PRESENCE_GONE] = "has gone: waiting for it"
	};
	enum presence before = i->presence;
	nstime pause = before == PRESENCE_THERE ? LIMIT_LIVE_SURE : LIMIT_LIVE_LOOK;

	if (i->any || (!i->troubled && now >= i->looked && now - i->looked < pause))
		return;
	i->looked = now;
	i->presence = look(index);
	if (i->presence != before)
		warn("%s %s", i->name, words[i->presence]);
	i->troubled = false;
}
