/*
 * fuzz_tnef.c - winmail.dat, fed whole and fed cut: the same is told.
 *
 * Input: one byte that says how to cut, then the part. Its sums need not be right.
 */
#include <stdint.h>

#include "openers.h"

extern const struct opener tnef_opener;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size >= 1)
		check_cuts(&tnef_opener, (slice){ data + 1, size - 1 }, data[0]);
	return 0;
}
