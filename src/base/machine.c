#include "machine.h"

#include <time.h>

static nstime
ask(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (nstime)t.tv_sec * NSTIME_S + t.tv_nsec;
}

nstime
machine_steady(void)
{
	return ask(CLOCK_MONOTONIC);
}

nstime
machine_time(void)
{
	return ask(CLOCK_REALTIME);
}
