/*
 * histogram.h - waits, counted so that percentiles can be asked for.
 *
 * Sixteen places to a doubling, from 1 µs to beyond an hour: a percentile is
 * right to 6 %, whatever was counted, in the same few KiB.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include "base/nstime.h"

enum { HISTOGRAM_PLACES = 34 * 16 };

struct histogram {
	uint64_t count[HISTOGRAM_PLACES];
	uint64_t n;
	nstime max;
};

void   histogram_add(struct histogram *, nstime wait);
nstime histogram_percentile(const struct histogram *, unsigned percent);	/* never above the longest; 0 if nothing was counted */

#endif
