#include "words.h"

#include "digits.h"

const char *
words_number(uint64_t n, char text[WORDS_NUMBER])
{
	char digits[WORDS_NUMBER];
	int count = (int)(digits_put(digits, n, 1) - digits);
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

	buf_add(out, slice_of(words_number(n, number)));
	buf_add_byte(out, ' ');
	buf_add(out, slice_of(n == 1 ? one : many));
}
