/*
 * filter.h - the parser's seccomp filter, made of calls.h by libseccomp.
 */
#ifndef SECCOMP_FILTER_H
#define SECCOMP_FILTER_H

#include <stdbool.h>

struct filter_options {
	bool live;			/* packet sockets are open */
	int monitor, runner;		/* sockets; -1: there is none */
};

bool filter_is_possible(void);		/* does the kernel have it? */
/* From now on, for this thread and those that it starts. False: errno. */
bool filter_install(const struct filter_options *);

#endif
