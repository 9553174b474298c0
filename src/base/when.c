#include "when.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "digits.h"

/* Of "2026-11-21T18:29:01.123Z" what stands behind the T. */
static const char *
time_of_day(const char *text)
{
	const char *t = strchr(text, 'T');

	return t ? t + 1 : text;
}

/* RFC 3339 in the machine's zone: "2026-11-21T19:29:01.123456+01:00". */
static const char *
local_text(nstime t, int digits, char buf[NSTIME_TEXT])
{
	time_t seconds = (time_t)(t / NSTIME_S - (t % NSTIME_S < 0));
	struct tm tm;
	long offset;
	size_t n;

	if (localtime_r(&seconds, &tm) == NULL)
		return nstime_utc(t, digits, buf);
	offset = tm.tm_gmtoff / 60;
	nstime_utc(t + (nstime)tm.tm_gmtoff * NSTIME_S, digits, buf);
	n = strlen(buf) - 1;			/* the Z goes */
	snprintf(buf + n, NSTIME_TEXT - n, "%c%02ld:%02ld", offset < 0 ? '-' : '+', labs(offset) / 60 % 100, labs(offset) % 60);
	return buf;
}

static const char *
without_date(const char *text, char buf[NSTIME_TEXT])
{
	const char *day = time_of_day(text);

	memmove(buf, day, strlen(day) + 1);
	return buf;
}

/* A clock on the wall needs no zone. */
static const char *
without_zone(const char *text, char buf[NSTIME_TEXT])
{
	without_date(text, buf);
	buf[strcspn(buf, "+-Z")] = '\0';
	return buf;
}

const char *
when_text(const struct when *w, nstime t, nstime start, nstime before, char buf[NSTIME_TEXT])
{
	switch (w->format) {
	case TIME_RELATIVE:
		return nstime_seconds(t - start, w->relative_digits, buf);
	case TIME_DELTA:
		return nstime_seconds(t - before, w->relative_digits, buf);
	case TIME_ABSOLUTE:
		return without_zone(local_text(t, w->digits, buf), buf);
	case TIME_ABSOLUTE_DATE:
		return local_text(t, w->digits, buf);
	case TIME_UTC_CLOCK:
		return without_date(nstime_utc(t, w->digits, buf), buf);
	case TIME_UTC_DATE:
		return nstime_utc(t, w->digits, buf);
	case TIME_EPOCH:
		return nstime_seconds(t, w->digits, buf);
	case TIME_NONE:
		break;
	}
	buf[0] = '\0';
	return buf;
}

const char *
when_date(const struct when *w, nstime t, char buf[NSTIME_TEXT])
{
	struct when dated = *w;

	if (w->format == TIME_ABSOLUTE)
		dated.format = TIME_ABSOLUTE_DATE;
	else if (w->format != TIME_ABSOLUTE_DATE && w->format != TIME_EPOCH && w->format != TIME_NONE)
		dated.format = TIME_UTC_DATE;
	return when_text(&dated, t, t, t, buf);
}

/* Rounded to whole units, half up. */
static uint64_t
rounded(uint64_t t, uint64_t unit)
{
	return (t + unit / 2) / unit;
}

/* Below a tenth of a millisecond, as between processes of one host. */
static const char *
wait_in_microseconds(bool negative, uint64_t t, char *buf)
{
	char *at = buf;

	if (negative)
		*at++ = '-';
	at = digits_put(at, rounded(t, 1000), 1);
	memcpy(at, " µs", sizeof " µs");
	return buf;
}

const char *
when_wait(nstime wait, char buf[NSTIME_TEXT])
{
	/* A reply that was captured before its command waited less than nothing. */
	uint64_t t = wait < 0 ? 0 - (uint64_t)wait : (uint64_t)wait, tenth = (uint64_t)NSTIME_MS / 10;
	bool is_ms = rounded(t, 10 * tenth) < 1000, has_point;
	char *at = buf;

	if (rounded(t, 1000) < 100)
		return wait_in_microseconds(wait < 0, t, buf);
	if (!is_ms)
		tenth *= 1000;
	has_point = rounded(t, tenth) < (is_ms ? 100 : 1000);
	if (wait < 0)
		*at++ = '-';
	at = digits_put(at, has_point ? rounded(t, tenth) / 10 : rounded(t, 10 * tenth), 1);
	if (has_point) {
		*at++ = '.';
		at = digits_put(at, rounded(t, tenth) % 10, 1);
	}
	memcpy(at, is_ms ? " ms" : " s", is_ms ? 4 : 3);
	return buf;
}

const char *
when_span(nstime t, char buf[NSTIME_TEXT])
{
	size_t n, keep;

	nstime_seconds(t, 9, buf);
	n = strlen(buf);
	keep = n - 6;
	while (n > keep && buf[n - 1] == '0')
		n--;
	buf[n] = '\0';
	return buf;
}
