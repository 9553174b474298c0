/*
 * pickle_fill.h - structs full of anything, made and compared by the tables of
 * model/vault/pickle_table.h.
 */
#ifndef PICKLE_FILL_H
#define PICKLE_FILL_H

#include <string.h>

#include "base/arena.h"
#include "model/vault/shape.h"

struct filler {
	uint64_t state;
	struct arena *arena;
	unsigned sparse;		/* of 100 members so many say nothing */
};

static inline uint64_t
fill_random(struct filler *f)
{
	f->state ^= f->state << 13;
	f->state ^= f->state >> 7;
	f->state ^= f->state << 17;
	return f->state;
}

/* Of all lengths, the short ones more often. */
static inline uint64_t
fill_number(struct filler *f)
{
	return fill_random(f) >> (fill_random(f) % 64);
}

static inline slice
fill_text(struct filler *f, bool printable)
{
	size_t n = (size_t)(fill_random(f) % (fill_random(f) % 8 == 0 ? 300 : 20));
	uint8_t *p = arena_zero(f->arena, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = printable ? (uint8_t)('a' + fill_random(f) % 26) : (uint8_t)fill_random(f);
	return (slice){ p, n };
}

static inline void fill_shape(struct filler *, const struct shape *, uint8_t *);

static inline void
fill_integer(struct filler *f, const struct member *m, uint8_t *at)
{
	uint64_t v = fill_number(f);

	if (m->kind == MEMBER_NUMBER)
		v = m->max == UINT64_MAX ? v : v % (m->max + 1);
	if (m->size == 1)
		memcpy(at, &(uint8_t){ (uint8_t)v }, 1);
	else if (m->size == 2)
		memcpy(at, &(uint16_t){ (uint16_t)v }, 2);
	else if (m->size == 4)
		memcpy(at, &(uint32_t){ (uint32_t)v }, 4);
	else
		memcpy(at, &v, 8);
}

static inline void
fill_time(struct filler *f, uint8_t *at)
{
	static const nstime edge[] = { NSTIME_NONE, NSTIME_NONE + 1, INT64_MAX, INT64_MAX - 1, -1, 1 };
	uint64_t which = fill_random(f) % 16;
	nstime t = which < 6 ? edge[which] : (nstime)fill_number(f);

	memcpy(at, &t, sizeof t);
}

static inline void
fill_list(struct filler *f, const struct member *m, uint8_t *p)
{
	size_t n = (size_t)(fill_random(f) % 4 + 1);
	uint8_t *first = m->kind == MEMBER_ARRAY ? p + m->offset : arena_zero(f->arena, n * m->of->size);

	for (size_t i = 0; i < n; i++)
		fill_shape(f, m->of, first + i * m->of->size);
	memcpy(p + m->count, &n, sizeof n);
	if (m->kind == MEMBER_LIST)
		memcpy(p + m->offset, &first, sizeof first);
}

static inline void
fill_member(struct filler *f, const struct member *m, uint8_t *p)
{
	static const char *const constant[] = { "DATA", "", "starttls", "application/pdf", "x" };
	uint8_t *at = p + m->offset, *pointed;
	slice s;

	switch ((enum member_kind)m->kind) {
	case MEMBER_FLAG:
		*at = 1;
		break;
	case MEMBER_NUMBER:
	case MEMBER_SIGNED:
		fill_integer(f, m, at);
		break;
	case MEMBER_TIME:
	case MEMBER_WAIT:
		fill_time(f, at);
		break;
	case MEMBER_SLICE:
		s = fill_text(f, false);
		memcpy(at, &s, sizeof s);
		break;
	case MEMBER_TEXT:
		memcpy(at, &constant[fill_random(f) % 5], sizeof constant[0]);
		break;
	case MEMBER_CHARS:
		s = slice_take(fill_text(f, true), m->size - 1u);
		memcpy(at, s.p, s.n);
		break;
	case MEMBER_BYTES:
	case MEMBER_NUMBERS:
		for (size_t i = 0; i < m->size; i++)
			at[i] = (uint8_t)fill_number(f);
		break;
	case MEMBER_STRUCT:
		fill_shape(f, m->of, at);
		break;
	case MEMBER_POINTER:
		pointed = arena_zero(f->arena, m->of->size);
		fill_shape(f, m->of, pointed);
		memcpy(at, &pointed, sizeof pointed);
		break;
	case MEMBER_LIST:
	case MEMBER_ARRAY:
		fill_list(f, m, p);
		break;
	case MEMBER_OTHER:
		break;
	}
}

/* The struct is all zero before. */
static inline void
fill_shape(struct filler *f, const struct shape *shape, uint8_t *p)
{
	for (size_t i = 0; i < shape->n; i++)
		if (fill_random(f) % 100 >= f->sparse)
			fill_member(f, &shape->member[i], p);
}

/* NULL: they say the same; else the name of the first member that does not. */
static inline const char *differs(const struct shape *, const uint8_t *a, const uint8_t *b);

static inline const char *
differ_many(const struct shape *shape, const uint8_t *a, const uint8_t *b, size_t n)
{
	const char *name = NULL;

	for (size_t i = 0; i < n && name == NULL; i++)
		name = differs(shape, a + i * shape->size, b + i * shape->size);
	return name;
}

static inline const char *
differ_in(const struct member *m, const uint8_t *a, const uint8_t *b)
{
	const uint8_t *x, *y;
	size_t n, k;
	slice s, t;

	switch ((enum member_kind)m->kind) {
	case MEMBER_SLICE:
		memcpy(&s, a + m->offset, sizeof s);
		memcpy(&t, b + m->offset, sizeof t);
		return slice_eq(s, t) && (s.p == NULL) == (t.p == NULL) ? NULL : m->name;
	case MEMBER_TEXT:
		memcpy(&x, a + m->offset, sizeof x);
		memcpy(&y, b + m->offset, sizeof y);
		return (x == NULL) == (y == NULL) && (x == NULL || strcmp((const char *)x, (const char *)y) == 0) ? NULL : m->name;
	case MEMBER_STRUCT:
		return differs(m->of, a + m->offset, b + m->offset);
	case MEMBER_POINTER:
		memcpy(&x, a + m->offset, sizeof x);
		memcpy(&y, b + m->offset, sizeof y);
		return (x == NULL) != (y == NULL) ? m->name : x == NULL ? NULL : differs(m->of, x, y);
	case MEMBER_LIST:
	case MEMBER_ARRAY:
		memcpy(&n, a + m->count, sizeof n);
		memcpy(&k, b + m->count, sizeof k);
		memcpy(&x, a + m->offset, sizeof x);
		memcpy(&y, b + m->offset, sizeof y);
		if (m->kind == MEMBER_ARRAY) {
			x = a + m->offset;
			y = b + m->offset;
		}
		return n != k ? m->name : n == 0 ? NULL : differ_many(m->of, x, y, n);
	case MEMBER_OTHER:
		return NULL;
	default:
		return memcmp(a + m->offset, b + m->offset, m->size) == 0 ? NULL : m->name;
	}
}

static inline const char *
differs(const struct shape *shape, const uint8_t *a, const uint8_t *b)
{
	const char *name = NULL;

	for (size_t i = 0; i < shape->n && name == NULL; i++)
		name = differ_in(&shape->member[i], a, b);
	return name;
}

#endif
