/*
 * fuzz_pickle.c - bytes read as pickles: what is not refused is, written
 * and read again, the same; and written once more the same bytes.
 *
 * The first byte says what it is a pickle of: a struct of the table, or
 * events.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "model/vault/constant.h"
#include "model/vault/pickle.h"
#include "model/vault/pickle_table.h"
#include "tests/unit/pickle_fill.h"

enum { MEMORY = 16 * 1024 * 1024 };

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

static void *
read_as(const struct shape *shape, slice bytes, struct arena *arena)
{
	slice recent[PICKLING_RECENT];
	struct pickling r = { .p = bytes.p, .end = bytes.p + bytes.n, .arena = arena, .recent = recent };
	void *p = arena_zero(arena, shape->size);

	return shape_read(&r, shape, p) ? p : NULL;
}

static void
write_as(const struct shape *shape, const void *p, struct buf *out)
{
	slice recent[PICKLING_RECENT];
	struct pickling w = { .recent = recent, .out = out };

	shape_write(&w, shape, p);
}

static void
check_struct(const struct shape *shape, slice bytes)
{
	struct arena *arena = arena_new(MEMORY);
	const void *p = read_as(shape, bytes, arena), *q;
	struct buf out, again;

	buf_init(&out, SIZE_MAX / 2);
	buf_init(&again, SIZE_MAX / 2);
	if (p != NULL) {
		write_as(shape, p, &out);
		q = read_as(shape, buf_slice(&out), arena);
		CHECK(q != NULL && differs(shape, p, q) == NULL);
		write_as(shape, q, &again);
		CHECK(slice_eq(buf_slice(&out), buf_slice(&again)));
	}
	buf_fini(&out);
	buf_fini(&again);
	arena_free(&arena);
}

/* All that can be read, written as one piece, reads the same. */
static void
check_events(slice bytes)
{
	struct arena *arena = arena_new(MEMORY);
	struct pickle_before before = { 0 }, to = { 0 }, from = { 0 };
	struct extent body[2];
	struct event e[2];
	struct buf out;

	buf_init(&out, SIZE_MAX / 2);
	while (unpickle_event(&bytes, arena, &e[0], &body[0], &before)) {
		slice again;

		buf_clear(&out);
		pickle_event(&out, &e[0], &body[0], true, &to);
		again = buf_slice(&out);
		CHECK(unpickle_event(&again, arena, &e[1], &body[1], &from) && again.n == 0);
		CHECK(e[0].kind == e[1].kind && body[0].at == body[1].at && body[0].length == body[1].length);
		CHECK(differs(&shape_where, (uint8_t *)&e[0].at, (uint8_t *)&e[1].at) == NULL);
		CHECK(differs(shape_of_event[e[0].kind], (uint8_t *)&e[0].u, (uint8_t *)&e[1].u) == NULL);
		buf_clear(&out);
		pickle_event(&out, &e[0], &body[0], false, &(struct pickle_before){ 0 });	/* and without credentials */
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
