#include "slice.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

bool
slice_find(slice s, uint8_t byte, size_t *index_r)
{
	const uint8_t *at = s.n ? memchr(s.p, byte, s.n) : NULL;

	if (at == NULL)
		return false;
	*index_r = (size_t)(at - s.p);
	return true;
}

/* Faster than memchr() where `first` alone is frequent. */
bool
slice_find_pair(slice s, uint8_t first, uint8_t second, size_t *index_r)
{
	size_t i = 0;

#ifdef __SSE2__
	const __m128i a = _mm_set1_epi8((char)first), b = _mm_set1_epi8((char)second);

	for (; s.n - i >= 17; i += 16) {
		__m128i here = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.p + i)), a);
		__m128i next = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.p + i + 1)), b);
		int hit = _mm_movemask_epi8(_mm_and_si128(here, next));

		if (hit != 0) {
			*index_r = i + (size_t)__builtin_ctz((unsigned)hit);
			return true;
		}
	}
#endif
	while (i < s.n && (s.p[i] != first || (i + 1 < s.n && s.p[i + 1] != second)))
		i++;
	*index_r = i;
	return i < s.n;
}

bool
slice_cut(slice s, uint8_t at, slice *head_r, slice *tail_r)
{
	size_t i;

	if (!slice_find(s, at, &i)) {
		*head_r = s;
		*tail_r = SLICE_NONE;
		return false;
	}
	*head_r = slice_take(s, i);
	*tail_r = slice_drop(s, i + 1);
	return true;
}

slice
slice_trim(slice s)
{
	while (s.n > 0 && char_is_blank(s.p[0]))
		s = slice_drop(s, 1);
	while (s.n > 0 && char_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

slice
slice_chomp(slice s)
{
	bool lf = s.n > 0 && s.p[s.n - 1] == '\n';

	if (lf)
		s.n--;
	if (s.n > 0 && s.p[s.n - 1] == '\r')
		s.n--;
	return s;
}

bool
slice_same_letters(slice s, slice prefix)
{
	for (size_t i = 0; i < prefix.n; i++)
		if (char_lower(s.p[i]) != char_lower(prefix.p[i]))
			return false;
	return true;
}

bool
slice_icontains(slice s, slice piece)
{
	for (; s.n >= piece.n; s = slice_drop(s, 1))
		if (slice_istarts(s, piece))
			return true;
	return false;
}

int
slice_compare(slice a, slice b)
{
	size_t common = a.n < b.n ? a.n : b.n;
	int order = common ? memcmp(a.p, b.p, common) : 0;

	if (order != 0)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

bool
slice_number(slice s, uint64_t *value_r)
{
	uint64_t value = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = s.p[i] - (unsigned)'0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*value_r = value;
	return true;
}
