/*
 * fuzz_pickle.c - bytes read as pickles: what is not refused is, written
 * again, the same bytes.
 *
 * The first byte says what it is a pickle of: a struct of the table, or
 * events.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "model/constant.h"
#include "model/pickle.h"
#include "model/pickle_table.h"

enum { MEMORY = 16 * 1024 * 1024, FIRST = 0x80 };

/* So that numbers of constants mean something, and always the same. */
static void
add_constants(void)
{
	static const char *const word[] = {
		"smtp", "lmtp", "greeting", "ready", "mail", "rcpt", "data", "bdat", "auth", "tls", "unsure", "quit",
		"DATA", "BDAT", "starttls", "implicit", "PROXY", "XCLIENT", "CONNECT", "text/plain", "text/html", "application/pdf",
	};

	for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
		CHECK(constant_number(word[i]) == i + 1);
}

static void
check_struct(const struct shape *shape, slice bytes)
{
	struct arena *arena = arena_new(MEMORY);
	struct pickling r = { .p = bytes.p, .end = bytes.p + bytes.n, .arena = arena }, w = { 0 };
	void *p = arena_zero(arena, shape->size);
	struct buf out;

	buf_init(&out, SIZE_MAX / 2);
	w.out = &out;
	if (shape_read(&r, shape, p)) {
		shape_write(&w, shape, p);
		CHECK(slice_eq(buf_slice(&out), slice_take(bytes, (size_t)(r.p - bytes.p))));
	}
	buf_fini(&out);
	arena_free(&arena);
}

static void
check_events(slice bytes)
{
	struct arena *arena = arena_new(MEMORY);
	struct pickle_before before = { 0 }, again = { 0 };
	struct extent body;
	struct event e;
	struct buf out;

	buf_init(&out, SIZE_MAX / 2);
	for (;;) {
		slice from = bytes;

		if (!unpickle_event(&bytes, arena, &e, &body, &before))
			break;
		if (*from.p & FIRST)
			again = (struct pickle_before){ 0 };
		buf_clear(&out);
		pickle_event(&out, &e, &body, true, &again);
		CHECK(slice_eq(buf_slice(&out), slice_take(from, from.n - bytes.n)));
		CHECK(memcmp(&before, &again, sizeof before) == 0);
		buf_clear(&out);
		pickle_event(&out, &e, &body, false, &(struct pickle_before){ 0 });	/* and without credentials */
	}
	buf_fini(&out);
	arena_free(&arena);
}

/* The doors' own checks. */
static void
check_doors(slice bytes)
{
	struct arena *arena = arena_new(MEMORY);
	const struct rec_message *m = unpickle_message(bytes, arena, NULL);
	uint64_t sum = 0;

	for (size_t i = 0; m != NULL && i < m->npart; i++)
		sum += m->part[m->part[i].holder > 0 ? m->part[i].holder - 1 : i].number;
	CHECK(m == NULL || m->npart == 0 || sum > 0);
	unpickle_session(bytes, arena);
	unpickle_attempt(bytes, arena);
	unpickle_finding(bytes, arena);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;				/* of its own, so that a byte too far is seen */
	slice bytes;

	if (size == 0)
		return 0;
	add_constants();
	copy = malloc(size);
	CHECK(copy != NULL);
	memcpy(copy, data, size);
	bytes = (slice){ copy + 1, size - 1 };
	if (copy[0] < nshapes_all)
		check_struct(shapes_all[copy[0]], bytes);
	else
		check_events(bytes);
	check_doors(bytes);
	free(copy);
	return 0;
}
