/*
 * fuzz_date.c - dates of any bytes. What is one, written as RFC 5322 says and
 * as RFC 3339 does, is read back the same.
 */
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/nstime.h"
#include "dissectors/mime/header/date.h"

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static void
check_same(const char *text, nstime want)
{
	nstime again;

	CHECK(date_parse(slice_of(text), &again));
	CHECK(again == want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[NSTIME_TEXT];
	struct civil c;
	nstime t, second;

	if (!date_parse((slice){ data, size }, &t))
		return 0;
	c = nstime_civil(t);
	CHECK(c.year >= 1899 && c.year <= 2262);
	if (c.year < 1900 || c.year > 2261)
		return 0;
	check_same(nstime_utc(t, 9, text), t);
	c.second = 0;
	second = nstime_from_civil(c);
	snprintf(text, sizeof text, "%d %s %04d %02d:%02d:00 +0000", c.day, months[c.month - 1], (int)c.year, c.hour, c.minute);
	check_same(text, second);
	return 0;
}
