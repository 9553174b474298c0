/* list_clock.c - the machine's clock, for work in slices (list.h). */
#include "list.h"

#include <time.h>

nstime
list_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (nstime)t.tv_sec * NSTIME_S + t.tv_nsec;
}
