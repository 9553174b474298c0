/* What was in a message, read back from the vault: raw, its header, its parts; gaps, what was let go, what is not kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "model/list/list.h"
#include "base/machine.h"
#include "model/message/content.h"
#include "remember.h"

static struct memory memory;

/* The message with that subject. */
static uint32_t
message(const char *subject, struct desk *desk, const struct rec_message **m_r)
{
	for (unsigned i = 0;; i++) {
		uint32_t item = nth_item(&memory, ITEM_MESSAGE, i);
		struct unit u;

		assert_int_not_equal(item, NO_ITEM);
		if (!model_read(memory.model, item, desk, &u) || !slice_eq(u.message->subject, slice_of(subject)))
			continue;
		*m_r = u.message;
		return item;
	}
}

static struct content *
read_all(uint32_t item, uint32_t part, enum content_how how)
{
	struct content *c = content_open(memory.model, item, part, how);

	while (content_work(c, 0))
		assert_true(content_percent(c) <= 100);
	assert_true(content_over(c));
	assert_int_equal(content_percent(c), 100);
	return c;
}

static void
is_text(const struct content *c, const char *text)
{
	assert_int_equal(content_bytes(c).n, strlen(text));
	assert_memory_equal(content_bytes(c).p, text, strlen(text));
	assert_int_equal(content_size(c), strlen(text));
}

static void
starts(const struct content *c, const char *text)
{
	assert_true(slice_starts(content_bytes(c), slice_of(text)));
}

static void
parts_as_text_and_bytes(void **state)
{
	struct desk *desk = desk_new();
	const struct rec_message *m;
	uint32_t item;
	struct content *c;

	(void)state;
	item = message("Invoice overdue", desk, &m);
	assert_int_equal(m->npart, 3);
	c = read_all(item, 2, CONTENT_TEXT);
	starts(c, "Your invoice is overdue \xe2\x80\x93 pay at https://www.bank.example/");
	content_close(&c);
	c = read_all(item, 2, CONTENT_BYTES);
	starts(c, "<");
	content_close(&c);
	c = read_all(item, 3, CONTENT_BYTES);
	assert_int_equal(content_size(c), 64);
	content_close(&c);
	c = read_all(item, 3, CONTENT_TEXT);			/* no text */
	is_text(c, "");
	content_close(&c);
	c = read_all(item, 1, CONTENT_BYTES);			/* a multipart has none of its own */
	is_text(c, "");
	content_close(&c);
	c = read_all(item, 77, CONTENT_BYTES);			/* there is no such part */
	is_text(c, "");
	assert_false(content_gone(c));
	content_close(&c);
	desk_free(&desk);
}

static void
header_has_fields(void **state)
{
	struct desk *desk = desk_new();
	const struct rec_message *m;
	struct content *c;
	struct content_field f;

	(void)state;
	c = read_all(message("Quartalsbericht \xf0\x9f\x93\x88 \xe5\xad\xa3\xe5\xba\xa6\xe6\x8a\xa5\xe5\x91\x8a", desk, &m), 0, CONTENT_HEADER);
	assert_int_equal(content_fields(c), 8);
	f = content_field_at(c, 0);
	assert_true(slice_eq(f.name, S("Received")));
	assert_true(slice_starts(f.raw, S("Received: from desk.example.org")));
	f = content_field_at(c, 3);
	assert_true(slice_eq(f.name, S("Subject")));
	assert_true(slice_starts(f.raw, S("Subject: =?utf-8?B?")));
	assert_true(slice_eq(f.decoded, m->subject));
	assert_false(f.truncated);
	assert_true(slice_starts(slice_drop(content_bytes(c), content_bytes(c).n - 4), S("\r\n\r\n")));	/* and no more */
	content_close(&c);
	desk_free(&desk);
}

static void
gap_is_told_in_its_place(void **state)
{
	struct desk *desk = desk_new();
	const struct rec_message *m;
	uint32_t item;
	struct content *c;
	slice text;
	struct content_gap g;

	(void)state;
	item = message("Minutes of the meeting", desk, &m);
	for (enum content_how how = CONTENT_BYTES; how <= CONTENT_TEXT; how++) {
		c = read_all(item, 1, how);
		text = content_bytes(c);
		assert_int_equal(content_missing(c), 1448);
		assert_int_equal(content_gaps(c), 1);
		g = content_gap_at(c, 0);
		assert_int_equal(g.missing, 1448);
		assert_false(g.let_go);
		assert_true(slice_starts(slice_drop(text, (size_t)g.at), S("as said that anybody wrote down.")));
		assert_false(content_gone(c));
		for (size_t i = 0; i < text.n; i++)		/* the sentence that -T text says is told as a gap instead */
			assert_false(slice_starts(slice_drop(text, i), S("bytes missing]")));
		content_close(&c);
	}
	c = read_all(item, 0, CONTENT_RAW);
	assert_int_equal(content_size(c), m->size);
	assert_int_equal(content_missing(c), m->missing);
	content_close(&c);
	desk_free(&desk);
}

static bool
take_two(void *self, slice piece)
{
	unsigned *n = self;

	(void)piece;
	return ++*n < 2;
}

static void
enough_is_enough(void **state)
{
	struct desk *desk = desk_new();
	const struct rec_message *m;
	struct content *c = content_open(memory.model, message("Minutes of the meeting", desk, &m), 0, CONTENT_RAW);
	unsigned pieces = 0;

	(void)state;
	content_take(c, take_two, &pieces);
	while (content_work(c, 0))
		;
	assert_true(content_over(c));
	assert_int_equal(pieces, 2);
	assert_true(content_size(c) < m->size);
	content_close(&c);
	desk_free(&desk);
}

static void
nothing_comes_of_what_is_no_message(void **state)
{
	struct content *c = read_all(nth_item(&memory, ITEM_SESSION, 0), 0, CONTENT_RAW);

	(void)state;
	is_text(c, "");
	content_close(&c);
	c = read_all(NO_ITEM, 1, CONTENT_TEXT);
	is_text(c, "");
	content_close(&c);
}

/* A message that still comes is read as far as it is there. */
static void
content_grows(void **state)
{
	struct memory whole = memory;
	struct content *c;
	uint32_t item;

	(void)state;
	assert_true(remember(&memory, "captures/tour.pcapng", 64 * MiB, 20, false));
	item = nth_item(&memory, ITEM_MESSAGE, 0);
	assert_int_not_equal(item, NO_ITEM);
	c = content_open(memory.model, item, 0, CONTENT_HEADER);
	while (content_work(c, machine_steady() + NSTIME_S))
		;
	assert_int_equal(content_fields(c), 8);
	content_close(&c);
	forget_all(&memory);
	memory = whole;
}

/* With a vault of a few KiB the oldest messages' bytes are gone, and that is said. */
static void
what_was_let_go_is_told(void **state)
{
	struct memory whole = memory;
	unsigned gone = 0, there = 0;

	(void)state;
	assert_true(remember(&memory, "captures/tour.pcapng", 24 * KiB, 0, false));
	for (unsigned i = 0; nth_item(&memory, ITEM_MESSAGE, i) != NO_ITEM; i++) {
		struct content *c = read_all(nth_item(&memory, ITEM_MESSAGE, i), 0, CONTENT_RAW);

		gone += content_gone(c);
		there += !content_gone(c) && content_size(c) > 0;
		content_close(&c);
	}
	assert_true(gone > 0);
	assert_true(there > 0);
	forget_all(&memory);
	memory = whole;
}

static int
open_tour(void **state)
{
	(void)state;
	return remember(&memory, "captures/tour.pcapng", 64 * MiB, 0, false) ? 0 : -1;
}

static int
close_tour(void **state)
{
	(void)state;
	forget_all(&memory);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_as_text_and_bytes),
		cmocka_unit_test(header_has_fields),
		cmocka_unit_test(gap_is_told_in_its_place),
		cmocka_unit_test(enough_is_enough),
		cmocka_unit_test(nothing_comes_of_what_is_no_message),
		cmocka_unit_test(content_grows),
		cmocka_unit_test(what_was_let_go_is_told),
	};

	return cmocka_run_group_tests(tests, open_tour, close_tour);
}
