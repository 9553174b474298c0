/* A pair of bytes is found where a plain search finds it, at every place and alignment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/slice.h"

static bool
plain_find(slice s, size_t *at_r)
{
	for (*at_r = 0; *at_r < s.n; ++*at_r)
		if (s.p[*at_r] == 'e' && (*at_r + 1 == s.n || s.p[*at_r + 1] == 'n'))
			return true;
	return false;
}

static void
agrees(slice s)
{
	size_t want, got;
	bool found = plain_find(s, &want);

	assert_int_equal(slice_find_pair(s, 'e', 'n', &got), found);
	if (found)
		assert_int_equal(got, want);
}

static void
one_pair(void **state)
{
	uint8_t text[80];

	(void)state;
	for (size_t start = 0; start < 17; start++)
		for (size_t n = 0; n <= 60; n++)
			for (size_t at = 0; at < n; at++) {
				memset(text, at % 2 ? 'n' : 'e', sizeof text);
				for (size_t i = 0; at % 2 == 0 && i + 1 < n; i++)
					text[start + i] = 'x';
				text[start + at] = 'e';
				if (at + 1 < n)
					text[start + at + 1] = at % 3 ? 'n' : 'x';
				agrees((slice){ text + start, n });
			}
}

static void
many_beginnings(void **state)
{
	uint8_t text[70];
	uint32_t r = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof text; i++)
			text[i] = (uint8_t)"exnx"[(r = r * 1103515245 + 12345) >> 16 & (round % 2 ? 3 : 1)];
		agrees((slice){ text, (r >> 8) % sizeof text });
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(one_pair), cmocka_unit_test(many_beginnings) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
