/*
 * monitor.h - the process that keeps the rights to open files.
 *
 * A question is one datagram, and so is its answer. The monitor reads nothing
 * else, believes nothing of what it reads (base/files.h knows what is
 * allowed), ignores the terminal's signals, and ends when nobody is there to
 * ask. Of its capabilities it keeps those for files, and with interfaces open
 * CAP_NET_RAW; of system calls, those of calls.h.
 *
 * In the parser questions may come from every thread: one after the other.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <stdbool.h>

/*
 * Forks it; from now on files_ask() and live_rebind() go to it. Should it end before us, that is said on stderr, and SIGTERM
 * ends us in good order. Its socket; -1: errno.
 */
int  monitor_start(bool live, bool weak);	/* weak: rights are given up by it, too */
bool monitor_is_gone(void);

#endif
