/*
 * filter.h - the seccomp filters, made of calls.h by libseccomp.
 */
#ifndef SECCOMP_FILTER_H
#define SECCOMP_FILTER_H

#include <stdbool.h>

struct filter_options {
	const struct calls_list *calls;
	int error;			/* of what is not in it; 0: SIGSYS */
	bool live;			/* packet sockets are open */
	bool fence;			/* … and nothing is sent on them */
	bool jobs;			/* SIGTSTP may go to all of our job */
	int socket, runner;		/* what is asked, and answered, on; -1: there is none */
};

bool filter_is_possible(void);		/* does the kernel have it? */
/* From now on, for this thread and those that it starts. False: errno. */
bool filter_install(const struct filter_options *);

#endif
