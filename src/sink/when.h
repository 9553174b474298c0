/*
 * when.h - times and waits as the text, lines and log outputs print them
 * (-t: tshark's letters).
 *
 * Local times (a, ad) are the only place where the zone of the machine counts.
 */
#ifndef WHEN_H
#define WHEN_H

#include "options.h"

struct when {
	enum time_format format;
	int digits;		/* of absolute times */
	int relative_digits;	/* of r and d */
};

/* What -t asked for, else the output's own default. */
struct when when_of(const struct output_options *, enum time_format by_default, int relative_digits);
/* The time in that format; start: the session's, for r; before: the line's before, for d. Empty for n. Returns buf. */
const char *when_text(const struct when *, nstime, nstime start, nstime before, char buf[NSTIME_TEXT]);
/* The same with its date even if the format leaves it out: of r and d in UTC. Empty for n. Returns buf. */
const char *when_date(const struct when *, nstime, char buf[NSTIME_TEXT]);
/* "0.4 ms", "21 ms", "2.4 s", at most 6 columns up to 9999 s. Returns buf. */
const char *when_wait(nstime, char buf[NSTIME_TEXT]);
/* Seconds with 3 digits, or more if there is more to tell: "0.007", "0.000213". Returns buf. */
const char *when_span(nstime, char buf[NSTIME_TEXT]);

#endif
