/*
 * when.h - times and waits as people read them, in transcripts and on the screen
 * (-t: tshark's letters).
 *
 * Local times (a, ad) are the only place where the zone of the machine counts.
 */
#ifndef WHEN_H
#define WHEN_H

#include "nstime.h"

enum time_format {		/* tshark's letters */
	TIME_RELATIVE,		/* r: since the session's start */
	TIME_ABSOLUTE,		/* a: local clock time */
	TIME_ABSOLUTE_DATE,	/* ad */
	TIME_UTC_CLOCK,		/* u (TIME_UTC is a macro of <time.h>) */
	TIME_UTC_DATE,		/* ud */
	TIME_EPOCH,		/* e */
	TIME_DELTA,		/* d: since the line before */
	TIME_NONE		/* n: no times, client ports or waits: two runs can be compared */
};

struct when {
	enum time_format format;
	int digits;		/* of absolute times */
	int relative_digits;	/* of r and d */
};

/* The time in that format; start: the session's, for r; before: the line's before, for d. Empty for n. Returns buf. */
const char *when_text(const struct when *, nstime, nstime start, nstime before, char buf[NSTIME_TEXT]);
/* The same with its date even if the format leaves it out: of r and d in UTC. Empty for n. Returns buf. */
const char *when_date(const struct when *, nstime, char buf[NSTIME_TEXT]);
/* "31 µs", "0.4 ms", "21 ms", "2.4 s", at most 6 columns up to 9999 s; UTF-8. Returns buf. */
const char *when_wait(nstime, char buf[NSTIME_TEXT]);
/* Seconds with 3 digits, or more if there is more to tell: "0.007", "0.000213". Returns buf. */
const char *when_span(nstime, char buf[NSTIME_TEXT]);

#endif
