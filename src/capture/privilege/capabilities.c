#include "capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { HALVES = _LINUX_CAPABILITY_U32S_3, LAST = 64 };

static struct __user_cap_header_struct
header(void)
{
	return (struct __user_cap_header_struct){ .version = _LINUX_CAPABILITY_VERSION_3 };
}

static uint64_t
permitted(void)
{
	struct __user_cap_header_struct h = header();
	struct __user_cap_data_struct half[HALVES] = { { 0 } };

	if (syscall(SYS_capget, &h, half) != 0)
		return 0;
	return half[0].permitted | (uint64_t)half[1].permitted << 32;
}

/* The kernel knows some number of them, and says EINVAL beyond. Without CAP_SETPCAP nothing changes, and nothing needs to. */
void
capabilities_bound(uint64_t keep)
{
	for (unsigned long c = 0; c < LAST && prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		if (!(keep & CAPABILITY(c)))
			prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

bool
capabilities_keep(uint64_t keep)
{
	struct __user_cap_header_struct h = header();
	struct __user_cap_data_struct half[HALVES] = { { 0 } };
	uint64_t stay = permitted() & keep;

	for (int i = 0; i < HALVES; i++)
		half[i].permitted = half[i].effective = (uint32_t)(stay >> 32 * i);
	return syscall(SYS_capset, &h, half) == 0 && permitted() == stay;
}
