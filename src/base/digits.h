/*
 * digits.h - decimal numbers, without printf: there is one in every line of output.
 */
#ifndef DIGITS_H
#define DIGITS_H

#include <stdint.h>
#include <string.h>

enum { DIGITS_MAX = 20 };	/* of a uint64_t, and the most for `least` */

/* Writes the number with at least that many digits, no NUL. Returns the end. */
static inline char *
digits_put(char *at, uint64_t value, int least)
{
	char text[DIGITS_MAX], *first = text + DIGITS_MAX;

	for (; value > 0 || least > 0; value /= 10, least--)
		*--first = (char)('0' + value % 10);
	memcpy(at, first, (size_t)(text + DIGITS_MAX - first));
	return at + (text + DIGITS_MAX - first);
}

#endif
