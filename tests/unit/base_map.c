/* The map against a plain array, with keys that collide and keys that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/map.h"

enum { KEYS = 500 };

static int value[KEYS];

static void
agrees_with_array(uint64_t step)
{
	struct map m = { 0 };
	bool held[KEYS] = { 0 };
	unsigned r = 1;
	size_t n = 0;

	for (int round = 0; round < 20000; round++) {
		size_t k = (r = r * 1103515245 + 12345, (r >> 8) % KEYS);

		if (held[k] && r & 128) {
			assert_ptr_equal(map_take(&m, k * step), &value[k]);
			held[k] = false;
			n--;
		} else if (!held[k] && n < (round / 1000 % 2 ? 20 : KEYS)) {
			map_put(&m, k * step, &value[k]);
			held[k] = true;
			n++;
		}
		assert_int_equal(m.n, n);
		k = (r >> 4) % KEYS;
		assert_ptr_equal(map_get(&m, k * step), held[k] ? &value[k] : NULL);
	}
	size_t cursor = 0, seen = 0;
	while (map_next(&m, &cursor) != NULL)
		seen++;
	assert_int_equal(seen, n);
	map_fini(&m);
}

static void
consecutive(void **state)
{
	(void)state;
	agrees_with_array(1);
}

static void
colliding(void **state)
{
	(void)state;
	agrees_with_array(UINT64_C(1) << 44);
}

static void
empty(void **state)
{
	struct map m = { 0 };

	(void)state;
	assert_null(map_get(&m, 1));
	assert_null(map_take(&m, 1));
	map_fini(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(consecutive),
		cmocka_unit_test(colliding),
		cmocka_unit_test(empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
