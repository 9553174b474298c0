/* Columns on screens of any width: nobody overlaps, nobody stands outside, the important ones stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tui/views/list_columns.h"

static struct list_columns
parsed(const char *text)
{
	struct list_columns l = { .n = 0 };
	struct buf why;

	buf_init(&why, 1000);
	assert_true(list_columns_parse(&l, slice_of(text), &why));
	assert_int_equal(why.n, 0);
	buf_fini(&why);
	return l;
}

static void
check(const struct list_columns *l, int width, int gap)
{
	int end = l->left;

	for (size_t i = 0; i < l->n; i++) {
		const struct list_column *c = &l->v[i];

		if (c->width == 0)
			continue;
		assert_true(c->width > 0);
		assert_int_equal(c->x, end);
		end += c->width + gap;
	}
	assert_true(end - gap <= width || end == l->left);
}

static bool
shows(struct list_columns *l, const char *name)
{
	struct list_column *c = list_columns_find(l, column_find(slice_of(name)));

	return c != NULL && c->width > 0;
}

static void
test_any_width(void **state)
{
	unsigned r = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct list_columns l = { .n = 0 };
		int width = (r = r * 1103515245 + 12345, (int)(r >> 16) % 260 + 1);

		for (size_t i = 0; i < ncolumns_known; i++)
			if ((r = r * 1103515245 + 12345, r >> 20) % 3 != 0) {
				l.v[l.n] = list_column_of(&columns_known[i]);
				l.v[l.n].seen = (int)(r >> 8) % 60;
				l.v[l.n++].chosen = (r >> 24) % 8 == 0 ? (int)(r >> 10) % 50 : 0;
			}
		check(&l, width, list_columns_lay_out(&l, width));
	}
}

static void
test_by_rank(void **state)
{
	struct list_columns l = parsed(columns_default(false));

	(void)state;
	for (size_t i = 0; i < l.n; i++)
		l.v[i].seen = l.v[i].is->narrow;
	list_columns_lay_out(&l, 40);
	assert_true(shows(&l, "route") && shows(&l, "result") && shows(&l, "severity"));
	assert_false(shows(&l, "client") || shows(&l, "server") || shows(&l, "size"));
	list_columns_lay_out(&l, 80);
	assert_true(shows(&l, "number") && shows(&l, "time") && shows(&l, "client") && shows(&l, "wait"));
	assert_false(shows(&l, "tls") || shows(&l, "date"));
	list_columns_lay_out(&l, 200);
	assert_true(shows(&l, "server") && shows(&l, "subject") && shows(&l, "size") && shows(&l, "duration"));
}

/* What somebody chose is there, also where there is little room. */
static void
test_own_come_first(void **state)
{
	struct list_columns l = parsed("number,time,client,route,result,wait,severity,mime.filename");

	(void)state;
	list_columns_lay_out(&l, 60);
	assert_true(shows(&l, "mime.filename") && shows(&l, "route") && shows(&l, "result"));
}

static void
test_text(void **state)
{
	struct list_columns l = parsed(" number, Route:50 ,,result,route,smtp.SIZE:0"), before;
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	list_columns_print(&l, &out);
	assert_true(slice_eq(buf_slice(&out), S("number,route:50,result,smtp.size")));
	buf_clear(&out);
	before = l;
	assert_false(list_columns_parse(&l, S("nonsuch, neither"), &out));
	assert_int_equal(l.n, before.n);
	assert_true(out.n > 0);
	buf_clear(&out);
	assert_true(list_columns_parse(&l, S("nonsuch,time:99999999999999999999"), &out));
	assert_int_equal(l.n, 1);
	assert_int_equal(l.v[0].chosen, 0);
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_width), cmocka_unit_test(test_by_rank), cmocka_unit_test(test_own_come_first), cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
