/* In which order rows are read, and which row tells which bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/session/places.h"

struct line { enum row_kind kind; enum dir dir; uint64_t offset, length, packet; bool continued, decrypted; enum finding finding; };

static struct places *
play(const struct line *line, size_t n)
{
	struct places *p = places_new();

	for (size_t i = 0; i < n; i++) {
		struct row row = { .kind = line[i].kind, .dir = line[i].dir, .offset = line[i].offset, .length = line[i].length,
		    .packet = line[i].packet, .continued = line[i].continued, .decrypted = line[i].decrypted,
		    .finding = line[i].finding };

		places_add(p, &row);
	}
	places_order(p);
	return p;
}

static void
assert_order(const struct line *line, size_t n, const size_t *order)
{
	struct places *p = play(line, n);

	assert_int_equal(places_count(p), n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(places_row(p, i), order[i]);
		assert_int_equal(places_of(p, order[i]), i);
	}
	places_free(&p);
	assert_null(p);
}

#define COUNT(v) (sizeof (v) / sizeof (v)[0])

static void
test_finding_below_its_reply(void **state)
{
	static const struct line lines[] = {
		{ ROW_CLIENT, DIR_CLIENT, 0, 10, 1, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_FINDING, DIR_SERVER, 5, 3, 2, false, false, FINDING_SMTP_BARE_LF },	/* arose before its row */
		{ ROW_SERVER, DIR_SERVER, 0, 20, 2, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_SERVER, DIR_SERVER, 20, 20, 2, true, false, FINDING_SMTP_BARE_LF },
		{ ROW_CLIENT, DIR_CLIENT, 10, 10, 3, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_FINDING, DIR_CLIENT, 2, 3, 9, false, false, FINDING_SMTP_BARE_LF },	/* arose long after */
		{ ROW_FINDING, DIR_CLIENT, 3, 1, 9, false, false, FINDING_SMTP_BARE_LF },	/* … and another: in the order in which they arose */
		{ ROW_FINDING, DIR_CLIENT, 0, 0, 9, false, false, FINDING_SMTP_BARE_LF },	/* names no bytes: stays */
	};
	static const size_t order[] = { 0, 5, 6, 2, 3, 1, 4, 7 };

	(void)state;
	assert_order(lines, COUNT(lines), order);
}

/* Behind all that belongs to the message, though a finding arose among it; of BDAT the content, not the command in the midst of it. */
static void
test_finding_below_its_message(void **state)
{
	static const struct line lines[] = {
		{ ROW_FINDING, DIR_CLIENT, 0, 0, 1, false, false, FINDING_SMTP_BARE_LF },	/* above all */
		{ ROW_CLIENT, DIR_CLIENT, 90, 10, 4, false, false, FINDING_SMTP_BARE_LF },	/* BDAT 50 */
		{ ROW_CLIENT, DIR_CLIENT, 150, 10, 4, false, false, FINDING_SMTP_BARE_LF },	/* BDAT 50 LAST */
		{ ROW_MESSAGE, DIR_CLIENT, 100, 110, 4, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_DETAIL, DIR_CLIENT, 100, 110, 4, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_FINDING, DIR_CLIENT, 170, 5, 4, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_PART, DIR_CLIENT, 100, 110, 4, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_INSIDE, DIR_CLIENT, 100, 110, 4, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_SERVER, DIR_SERVER, 0, 10, 5, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_FINDING, DIR_CLIENT, 152, 5, 4, false, false, FINDING_SMTP_BARE_LF },	/* speaks of the command */
		{ ROW_FINDING, DIR_CLIENT, 120, 0, 4, false, false, FINDING_SMTP_BARE_LF },	/* a place in the content */
		{ ROW_FINDING, DIR_CLIENT, 150, 9, 4, false, false, FINDING_NAME_DOUBLE_EXT },	/* of what the message holds, whatever it says */
		{ ROW_FINDING, DIR_SERVER, 500, 0, 9, false, false, FINDING_SMTP_BARE_LF },	/* a place that no row tells: stays */
	};
	static const size_t order[] = { 0, 1, 2, 9, 3, 4, 6, 7, 5, 10, 11, 8, 12 };

	(void)state;
	assert_order(lines, COUNT(lines), order);
}

/* Rows that come later are put in their places too, whatever was read before. */
static void
test_goes_on(void **state)
{
	struct places *p = places_new();
	struct row line = { .kind = ROW_CLIENT, .length = 10 }, finding = { .kind = ROW_FINDING, .offset = 25, .length = 1 };

	(void)state;
	places_order(p);
	assert_int_equal(places_count(p), 0);
	for (size_t i = 0; i < 200; i++, line.offset += 10) {
		places_add(p, &line);
		places_order(p);
		assert_int_equal(places_row(p, i), i);
	}
	places_add(p, &finding);
	assert_int_equal(places_count(p), 200);
	places_order(p);
	assert_int_equal(places_count(p), 201);
	assert_int_equal(places_row(p, 3), 200);
	assert_int_equal(places_of(p, 3), 4);
	places_free(&p);
}

static void
test_find(void **state)
{
	static const struct line lines[] = {
		{ ROW_CLIENT, DIR_CLIENT, 0, 10, 1, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_NOTE, DIR_CLIENT, 0, 0, 1, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_CLIENT, DIR_CLIENT, 10, 10, 2, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_CLIENT, DIR_CLIENT, 0, 30, 8, false, true, FINDING_SMTP_BARE_LF },
		{ ROW_MESSAGE, DIR_CLIENT, 100, 100, 20, false, false, FINDING_SMTP_BARE_LF },
		{ ROW_CLIENT, DIR_CLIENT, 120, 10, 20, false, false, FINDING_SMTP_BARE_LF },	/* the other reading of its middle */
		{ ROW_FINDING, DIR_CLIENT, 300, 1, 30, false, false, FINDING_SMTP_BARE_LF },
	};
	struct places *p = play(lines, COUNT(lines));

	(void)state;
	assert_int_equal(places_find(p, DIR_SERVER, 0, 1), SIZE_MAX);
	assert_int_equal(places_find(p, DIR_CLIENT, 3, 1), 0);
	assert_int_equal(places_find(p, DIR_CLIENT, 3, 7), 3);		/* by the packet */
	assert_int_equal(places_find(p, DIR_CLIENT, 25, 2), 3);		/* only one has it */
	assert_int_equal(places_find(p, DIR_CLIENT, 110, 20), 4);
	assert_int_equal(places_find(p, DIR_CLIENT, 125, 20), 5);
	assert_int_equal(places_find(p, DIR_CLIENT, 130, 20), 4);
	assert_int_equal(places_find(p, DIR_CLIENT, 999, 20), 5);	/* the last before it */
	assert_int_equal(places_find(p, DIR_CLIENT, 50, 2), 2);
	places_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finding_below_its_reply),
		cmocka_unit_test(test_finding_below_its_message),
		cmocka_unit_test(test_goes_on),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
