/*
 * date.h - dates of header fields (RFC 5322 3.3, obsolete forms of 4.3).
 *
 * "Sat, 21 Nov 2026 18:29:01 +0100" and what mail has in its place: comments
 * and blanks anywhere, no day name, no seconds, two-digit years, zones by
 * name, no zone (taken for UTC), "+01:00", full names, "21-Nov-2026",
 * ctime()'s order, am and pm, fractions, RFC 3339, a few languages' months.
 */
#ifndef MIME_DATE_H
#define MIME_DATE_H

#include "base/nstime.h"
#include "base/slice.h"

/* False: not a date, or none between the years 1900 and 2261. The day name is not compared. */
bool date_parse(slice unfolded, nstime *time_r);

#endif
