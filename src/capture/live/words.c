/*
 * words.c - why an interface cannot be opened, in one line that tells what to
 * do.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/privilege/privilege.h"
#include "interface.h"

static void
refuse_permission(const char *name)
{
	struct buf how;

	buf_init(&how, 8 * KiB);
	privilege_how_to_capture(&how);
	warn("%s: no permission to capture: %.*s", name, (int)how.n, (const char *)how.p);
	buf_fini(&how);
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
		if (strstr(detail, "rx ring") != NULL)	/* as libpcap calls the kernel's buffer */
			warn("%s: no room for the kernel's buffer, a smaller -B needs less: %s", name, detail);
		else
			warn("%s: %s", name, *detail != '\0' ? detail : pcap_statustostr(status));
	}
	return 1;
}
