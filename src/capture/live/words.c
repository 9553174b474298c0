/*
 * words.c - why an interface cannot be opened, in one line that tells what to
 * do.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "interface.h"

/* The command that makes it work without root, once for all. */
static void
refuse_permission(const char *name)
{
	char program[512];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);

	program[n > 0 ? n : 0] = '\0';
	warn("%s: no permission to capture: run as root, or once: sudo setcap cap_net_raw+ep %s", name, n > 0 ? program : "smtptap");
}

static void
refuse_name(const char *name)
{
	struct buf names;

	buf_init(&names, 4 * KiB);
	list_names(&names);
	warn("%s: no such interface; there are: %.*s", name, (int)names.n, (const char *)names.p);
	buf_fini(&names);
}

int
words_refuse(const char *name, int status, const char *detail)
{
	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		refuse_name(name);
		break;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		refuse_permission(name);
		break;
	case PCAP_ERROR_IFACE_NOT_UP:
		warn("%s: the interface is down: ip link set %s up", name, name);
		break;
	default:
		warn("%s: %s", name, *detail != '\0' ? detail : pcap_statustostr(status));
	}
	return 1;
}
