/*
 * list.c - the interfaces that there are (-D), as tcpdump lists them, without
 * the queues and buses that libpcap offers behind them.
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "interface.h"

/* What the flags say, in tcpdump's words and order. */
static void
add_flags(struct buf *out, bpf_u_int32 flags)
{
	static const struct { bpf_u_int32 flag; const char *name; } names[] = {
		{ PCAP_IF_UP, "Up" }, { PCAP_IF_RUNNING, "Running" }, { PCAP_IF_LOOPBACK, "Loopback" }, { PCAP_IF_WIRELESS, "Wireless" },
	};
	const char *before = " [";

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (flags & names[i].flag) {
			buf_printf(out, "%s%s", before, names[i].name);
			before = ", ";
		}
	if (flags & (PCAP_IF_WIRELESS | PCAP_IF_LOOPBACK))
		flags |= PCAP_IF_CONNECTION_STATUS_NOT_APPLICABLE;
	if ((flags & PCAP_IF_CONNECTION_STATUS) == PCAP_IF_CONNECTION_STATUS_CONNECTED)
		buf_printf(out, "%sConnected", before), before = ", ";
	else if ((flags & PCAP_IF_CONNECTION_STATUS) == PCAP_IF_CONNECTION_STATUS_DISCONNECTED)
		buf_printf(out, "%sDisconnected", before), before = ", ";
	buf_text(out, *before == ',' ? "]" : "");
}

bool
list_is_interface(const char *name)
{
	return strcmp(name, "any") == 0 || if_nametoindex(name) != 0;
}

/* The next one of libpcap's list, from this on. */
static pcap_if_t *
interface_from(pcap_if_t *i)
{
	while (i != NULL && !list_is_interface(i->name))
		i = i->next;
	return i;
}

int
live_list(struct buf *out)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_if_t *all = NULL;
	int n = 0;

	if (pcap_findalldevs(&all, why) != 0) {
		warn("the interfaces cannot be listed: %s", why);
		return -1;
	}
	for (pcap_if_t *i = interface_from(all); i != NULL; i = interface_from(i->next)) {
		buf_printf(out, "%d.%s", ++n, i->name);
		if (i->description != NULL)
			buf_printf(out, " (%s)", i->description);
		add_flags(out, i->flags);
		buf_add_byte(out, '\n');
	}
	pcap_freealldevs(all);
	return 0;
}

bool
list_name(uint64_t number, char name_r[INTERFACE_NAME])
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_if_t *all = NULL, *i;
	bool found;

	if (pcap_findalldevs(&all, why) != 0)
		return false;
	for (i = interface_from(all); i != NULL && number > 1; i = interface_from(i->next))
		number--;
	found = i != NULL && number == 1;
	if (found)
		snprintf(name_r, INTERFACE_NAME, "%s", i->name);
	pcap_freealldevs(all);
	return found;
}

/* Those that are up: the others are hardly meant, and there may be many. */
void
list_names(struct buf *out)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_if_t *all = NULL;
	unsigned n = 0;

	if (pcap_findalldevs(&all, why) != 0)
		return;
	for (pcap_if_t *i = interface_from(all); i != NULL; i = interface_from(i->next))
		if (i->flags & PCAP_IF_UP && ++n <= LIMIT_LIVE_NAMED)
			buf_printf(out, "%s%s", n > 1 ? ", " : "", i->name);
	buf_text(out, n == 0 ? "none" : n > LIMIT_LIVE_NAMED ? ", … (smtptap -D lists them)" : "");
	pcap_freealldevs(all);
}
