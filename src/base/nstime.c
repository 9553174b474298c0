#include "nstime.h"

#include <stdio.h>
#include <string.h>

#include "digits.h"

enum { DAY = 86400 };

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The rest of it, never negative. */
static int64_t
floor_rest(int64_t a, int64_t b)
{
	return a % b + (a % b < 0 ? b : 0);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar; the year begins in March, so that the leap day is its last. */
static int64_t
days_from_date(int64_t year, int month, int day)
{
	int64_t era, year_of_era, day_of_year, day_of_era;

	year -= month <= 2;
	era = floor_div(year, 400);
	year_of_era = year - era * 400;
	day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

struct civil
nstime_civil(nstime t)
{
	int64_t seconds = floor_div(t, NSTIME_S);
	int64_t days = floor_div(seconds, DAY);
	int64_t rest = seconds - days * DAY;
	int64_t era, day_of_era, year_of_era, day_of_year, month;
	struct civil c;

	days += 719468;
	era = floor_div(days, 146097);
	day_of_era = days - era * 146097;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * day_of_year + 2) / 153;
	c.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	c.month = (int)(month < 10 ? month + 3 : month - 9);
	c.year = year_of_era + era * 400 + (c.month <= 2);
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	return c;
}

nstime
nstime_from_civil(struct civil c)
{
	return (days_from_date(c.year, c.month, c.day) * DAY
	    + c.hour * 3600 + c.minute * 60 + c.second) * NSTIME_S;
}

/* ".123" from the nanoseconds of a second. */
static char *
put_fraction(char *at, uint64_t ns, int digits)
{
	if (digits <= 0)
		return at;
	for (int i = digits; i < 9; i++)
		ns /= 10;
	*at++ = '.';
	return digits_put(at, ns, digits);
}

/* "-0042", "2026": a sign only if negative, at least four digits. */
static char *
put_year(char *at, int64_t year)
{
	if (year < 0)
		*at++ = '-';
	return digits_put(at, year < 0 ? 0 - (uint64_t)year : (uint64_t)year, 4);
}

const char *
nstime_utc(nstime t, int digits, char buf[NSTIME_TEXT])
{
	struct civil c = nstime_civil(t);
	const int part[] = { c.month, c.day, c.hour, c.minute, c.second };
	char *at = put_year(buf, c.year);

	for (int i = 0; i < 5; i++) {
		*at++ = "--T::"[i];
		at = digits_put(at, (uint64_t)part[i], 2);
	}
	at = put_fraction(at, (uint64_t)floor_rest(t, NSTIME_S), digits);
	memcpy(at, "Z", 2);
	return buf;
}

const char *
nstime_stamp(nstime t, char buf[NSTIME_TEXT])
{
	struct civil c = nstime_civil(t);
	char *at = put_year(buf, c.year);

	at = digits_put(at, (uint64_t)(c.month * 100 + c.day), 4);
	*at++ = 'T';
	at = digits_put(at, (uint64_t)(c.hour * 10000 + c.minute * 100 + c.second), 6);
	memcpy(at, "Z", 2);
	return buf;
}

const char *
nstime_asctime(nstime t, char buf[NSTIME_TEXT])
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct civil c = nstime_civil(t);
	int64_t day = days_from_date(c.year, c.month, c.day) + 4;		/* 1970 began on a Thursday */

	snprintf(buf, NSTIME_TEXT, "%s %s %2d %02d:%02d:%02d %lld", days[(day % 7 + 7) % 7], months[c.month - 1], c.day, c.hour,
	    c.minute, c.second, (long long)c.year);
	return buf;
}

const char *
nstime_seconds(nstime t, int digits, char buf[NSTIME_TEXT])
{
	uint64_t ns = t < 0 ? 0 - (uint64_t)t : (uint64_t)t;
	uint64_t half = 5;
	char *at = buf;

	for (int i = digits; i < 8; i++)
		half *= 10;
	if (digits < 9)
		ns += half;
	if (t < 0)
		*at++ = '-';
	at = digits_put(at, ns / (uint64_t)NSTIME_S, 1);
	at = put_fraction(at, ns % (uint64_t)NSTIME_S, digits);
	*at = '\0';
	return buf;
}
