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

int
presence_loopback(const struct interface *i)
{
	struct ifreq r = { .ifr_name = "lo" };

	if (!i->any && strcmp(i->name, r.ifr_name) != 0)
		return -1;
	return ioctl(i->fd, SIOCGIFINDEX, &r) == 0 ? r.ifr_ifindex : -1;
}

/* The device that the socket listens to, whatever it is called by now; -1: none any more. */
static int
bound_to(const struct interface *i)
{
	struct sockaddr_ll address = { 0 };
	socklen_t size = sizeof address;

	return getsockname(i->fd, (struct sockaddr *)&address, &size) == 0 ? address.sll_ifindex : -1;
}

/* To the device that has the name now. One of another kind would bring frames that are read wrongly. */
static int
bind_again(const struct interface *i)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct packet_mreq membership = { .mr_type = PACKET_MR_PROMISC };
	struct ifreq r;

	if (!ask(i, SIOCGIFINDEX, &r))
		return -1;
	address.sll_ifindex = membership.mr_ifindex = r.ifr_ifindex;
	if (presence_hardware(i) != i->hardware) {
		errno = ENODEV;
		return -1;
	}
	if (bind(i->fd, (struct sockaddr *)&address, sizeof address) != 0)
		return -1;
	/* Not every device can do it; packets come in any case. */
	if (i->promiscuous)
		(void)setsockopt(i->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership);
	return address.sll_ifindex;
}

int
presence_bind(const struct interface *i)
{
	struct ifreq r = { 0 };
	int device = bound_to(i);

	if (device <= 0 && (device = bind_again(i)) < 0)
		return -1;
	r.ifr_ifindex = device;
	if (ioctl(i->fd, SIOCGIFNAME, &r) != 0 || ioctl(i->fd, SIOCGIFFLAGS, &r) != 0)
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
