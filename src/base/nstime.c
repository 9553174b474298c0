#include "nstime.h"

#include <stdio.h>

enum { DAY = 86400 };

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
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

static long
fraction(int64_t ns, int digits)
{
	int64_t unit = 1;

	for (int i = digits; i < 9; i++)
		unit *= 10;
	return (long)(ns / unit);
}

const char *
nstime_utc(nstime t, int digits, char buf[NSTIME_TEXT])
{
	struct civil c = nstime_civil(t);
	int n = snprintf(buf, NSTIME_TEXT, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)c.year, c.month, c.day,
	    c.hour, c.minute, c.second);

	if (digits > 0)
		n += snprintf(buf + n, NSTIME_TEXT - (size_t)n, ".%0*ld", digits,
		    fraction(t - floor_div(t, NSTIME_S) * NSTIME_S, digits));
	snprintf(buf + n, NSTIME_TEXT - (size_t)n, "Z");
	return buf;
}

const char *
nstime_stamp(nstime t, char buf[NSTIME_TEXT])
{
	struct civil c = nstime_civil(t);

	snprintf(buf, NSTIME_TEXT, "%04lld%02d%02dT%02d%02d%02dZ", (long long)c.year, c.month, c.day,
	    c.hour, c.minute, c.second);
	return buf;
}

const char *
nstime_seconds(nstime t, int digits, char buf[NSTIME_TEXT])
{
	const char *sign = t < 0 ? "-" : "";
	uint64_t ns = t < 0 ? 0 - (uint64_t)t : (uint64_t)t;
	uint64_t half = 5;

	for (int i = digits; i < 8; i++)
		half *= 10;
	if (digits < 9)
		ns += half;
	if (digits > 0)
		snprintf(buf, NSTIME_TEXT, "%s%llu.%0*ld", sign, (unsigned long long)(ns / (uint64_t)NSTIME_S), digits,
		    fraction((int64_t)(ns % (uint64_t)NSTIME_S), digits));
	else
		snprintf(buf, NSTIME_TEXT, "%s%llu", sign, (unsigned long long)(ns / (uint64_t)NSTIME_S));
	return buf;
}
