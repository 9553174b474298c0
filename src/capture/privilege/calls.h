/*
 * calls.h - the system calls that the parser, and the monitor, may make, and
 * why. Everything else ends the parser (refusal.h); to the monitor it is EPERM.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calls { bool live; const char *why, *names; };	/* live: only with packet sockets open. names: parted by blanks */

/*
 * Calls of which some arguments are allowed, or which are answered with an error instead: the program, or a library, can live
 * without. Of argument `number` the bits in `mask` are `value`; mask 0: whatever they are. `error` 0: allowed.
 */
enum calls_value { CALLS_NUMBER, CALLS_OURSELVES, CALLS_SOCKET, CALLS_RUNNER };	/* `value`, or our pid, or a descriptor */

struct calls_argument {
	bool live;
	const char *names;
	unsigned number;
	uint64_t mask, value;
	enum calls_value what;
	int error;
};

struct calls_list {
	const struct calls *allowed;
	size_t nallowed;
	const struct calls_argument *argument;
	size_t narguments;
};

extern const struct calls_list calls_of_parser, calls_of_monitor;

/* What the descriptors of packet sockets are not for. */
extern const char calls_sending[];

/* The name of one that is not allowed, NULL if it has none here. Safe in a signal handler. */
const char *calls_name(long number);

#endif
