#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *
words_number(uint64_t n, char text[WORDS_NUMBER])
{
	char digits[WORDS_NUMBER];
	int count = snprintf(digits, sizeof digits, "%" PRIu64, n);
	char *at = text;

	for (int i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0)
			*at++ = ',';
		*at++ = digits[i];
	}
	*at = '\0';
	return text;
}

void
words_count(struct buf *out, uint64_t n, const char *one, const char *many)
{
	char number[WORDS_NUMBER];

	buf_printf(out, "%s %s", words_number(n, number), n == 1 ? one : many);
}
