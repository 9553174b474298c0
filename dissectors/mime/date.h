/*
 * date.h - dates of header fields (RFC 5322 3.3, obsolete forms of 4.3).
 */
#ifndef MIME_DATE_H
#define MIME_DATE_H

#include "base/nstime.h"
#include "base/slice.h"

/* False: not a date. */
bool date_parse(slice unfolded, nstime *time_r);

#endif
