/* Rows of varying height: the cursor is in sight whatever happens, nothing is blank that need not be, all can be reached. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tui/widgets/tall.h"

struct rows { int lines[400]; };

static int
lines_of(void *self, size_t row)
{
	return ((struct rows *)self)->lines[row];
}

static uint32_t
next_number(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

static int
lines_from(const struct tall *t, size_t row, int line)
{
	int n = -line;

	for (size_t i = row; i < t->count; i++)
		n += lines_of(t->self, i);
	return n;
}

static void
assert_sane(const struct tall *t)
{
	int above = -t->line, lines;

	if (t->count == 0) {
		assert_int_equal(t->cursor, 0);
		return;
	}
	assert_true(t->cursor < t->count && t->top < t->count && t->top <= t->cursor);
	assert_true(t->line >= 0 && t->line < lines_of(t->self, t->top));
	for (size_t i = t->top; i < t->cursor; i++)
		above += lines_of(t->self, i);
	lines = lines_of(t->self, t->cursor);
	assert_true(above < t->height && above + lines > 0);			/* some of it is in sight … */
	assert_true(lines > t->height || (above >= 0 && above + lines <= t->height));	/* … all of it if there is room */
	assert_true((t->top == 0 && t->line == 0) || lines_from(t, t->top, t->line) >= t->height);
}

static void
test_random(void **state)
{
	static const enum action actions[] = { ACTION_DOWN, ACTION_UP, ACTION_PAGE_DOWN, ACTION_PAGE_UP, ACTION_HALF_DOWN,
	    ACTION_HALF_UP, ACTION_FIRST, ACTION_LAST, ACTION_DOWN, ACTION_UP };
	uint32_t seed = 3;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct rows rows;
		struct tall t = { .height = 1, .lines = lines_of, .self = &rows };
		size_t count = next_number(&seed, 60);

		for (size_t i = 0; i < 400; i++)
			rows.lines[i] = 1 + (int)(next_number(&seed, 4) == 0 ? next_number(&seed, 30) : next_number(&seed, 3));
		for (int step = 0; step < 200; step++) {
			if (step % 16 == 0)
				tall_set(&t, count = count + next_number(&seed, 9), 1 + (int)next_number(&seed, 25));
			if (step % 21 == 0)
				tall_show(&t, next_number(&seed, 70), (int)next_number(&seed, 6));
			else
				assert_true(tall_act(&t, actions[next_number(&seed, 10)]));
			assert_sane(&t);
		}
		assert_false(tall_act(&t, ACTION_OPEN));
	}
}

/* Going down comes by every line of every row, and page by page to the end; and back. */
static void
test_reaches_all(void **state)
{
	struct rows rows;
	struct tall t = { .height = 1, .lines = lines_of, .self = &rows };
	uint32_t seed = 9;

	(void)state;
	for (size_t i = 0; i < 400; i++)
		rows.lines[i] = i == 50 ? 100 : 1 + (int)next_number(&seed, 7);
	for (int height = 1; height < 30; height += 7) {
		size_t steps = 0;
		int all = 0;

		for (size_t i = 0; i < 400; i++)
			all += rows.lines[i];
		tall_set(&t, 400, height);
		tall_act(&t, ACTION_FIRST);
		while (t.cursor != 399 && steps++ < 3000) {
			int before = lines_from(&t, t.top, t.line);
			size_t cursor = t.cursor;

			tall_act(&t, ACTION_DOWN);
			assert_true(t.cursor == cursor + 1 || lines_from(&t, t.top, t.line) == before - 1);
		}
		assert_int_equal(t.cursor, 399);
		for (steps = 0; t.cursor != 0 && steps < 3000; steps++)
			tall_act(&t, ACTION_UP);
		assert_int_equal(t.cursor, 0);
		for (steps = 0; t.cursor != 399; steps++)
			tall_act(&t, ACTION_PAGE_DOWN);
		assert_true(height == 1 || steps <= (size_t)(all / (height - 1)) + 2);
		for (steps = 0; t.cursor != 0; steps++)
			tall_act(&t, ACTION_HALF_UP);
		assert_true(height == 1 || steps <= (size_t)(2 * all / (height - 1)) + 2);
	}
}

static void
test_mouse(void **state)
{
	struct rows rows = { { 2, 1, 3, 1 } };
	struct tall t = { .height = 1, .lines = lines_of, .self = &rows };
	struct mouse m = { MOUSE_CLICK, 0, 0 };
	static const size_t at[] = { SIZE_MAX, 0, 0, 1, 2, 2, 2, 3, SIZE_MAX };
	size_t row;

	(void)state;
	tall_set(&t, 4, 10);
	for (m.y = 0; m.y < 9; m.y++) {
		assert_int_equal(tall_mouse(&t, &m, 1, &row), at[m.y] != SIZE_MAX);
		assert_int_equal(row, at[m.y]);
	}
	assert_int_equal(t.cursor, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_reaches_all),
		cmocka_unit_test(test_mouse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
