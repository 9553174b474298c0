/*
 * nstime.h - packet time: the only clock that the program has.
 *
 * Nanoseconds since 1970-01-01 UTC, from the capture, never from the machine's
 * clock. Differences are nstime too. NSTIME_NONE stands for "not known".
 */
#ifndef NSTIME_H
#define NSTIME_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t nstime;

#define NSTIME_NONE  INT64_MIN
#define NSTIME_MS    INT64_C(1000000)
#define NSTIME_S     INT64_C(1000000000)

enum { NSTIME_TEXT = 48 };		/* room for any of the texts below, with the NUL */

/* "2026-11-21T18:29:01.123456Z" (RFC 3339, UTC) with 0 to 9 digits. Returns buf. */
const char *nstime_utc(nstime, int digits, char buf[NSTIME_TEXT]);
/* "20261121T182901Z", for file names. Returns buf. */
const char *nstime_stamp(nstime, char buf[NSTIME_TEXT]);
/* "Sat Nov 21 18:29:01 2026" in UTC, as asctime() has it. Returns buf. */
const char *nstime_asctime(nstime, char buf[NSTIME_TEXT]);
/* Seconds, "-0.024": sign only if negative, 0 to 9 digits, rounded half away from zero. Returns buf. */
const char *nstime_seconds(nstime, int digits, char buf[NSTIME_TEXT]);

struct civil { int64_t year; int month, day, hour, minute, second; };	/* month and day from 1 */
struct civil nstime_civil(nstime);			/* in UTC, whatever TZ says */
nstime nstime_from_civil(struct civil);			/* the inverse; no range checks beyond what int64 holds */

#endif
