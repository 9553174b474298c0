#include "shape.h"

#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "constant.h"

enum {
	NUMBER_MOST = 10,		/* bytes of one */
	BITS = 8,
	MEMBERS_MOST = 128,
	AGAIN_LEAST = 3			/* bytes of a slice that is told by where it stands in another */
};

/* --- numbers in memory --- */

static uint64_t
load(const uint8_t *p, size_t size)
{
	uint64_t eight;
	uint32_t four;
	uint16_t two;

	switch (size) {
	case 1:	return *p;
	case 2:	memcpy(&two, p, 2); return two;
	case 4:	memcpy(&four, p, 4); return four;
	}
	memcpy(&eight, p, 8);
	return eight;
}

static void
store(uint8_t *p, size_t size, uint64_t v)
{
	uint32_t four = (uint32_t)v;
	uint16_t two = (uint16_t)v;

	switch (size) {
	case 1:	*p = (uint8_t)v; return;
	case 2:	memcpy(p, &two, 2); return;
	case 4:	memcpy(p, &four, 4); return;
	}
	memcpy(p, &v, 8);
}

static bool
load_flag(const uint8_t *p)
{
	bool b;

	memcpy(&b, p, sizeof b);
	return b;
}

static int64_t
load_signed(const uint8_t *p, size_t size)
{
	int64_t eight;
	int32_t four;

	if (size == sizeof four) {
		memcpy(&four, p, sizeof four);
		return four;
	}
	memcpy(&eight, p, sizeof eight);
	return eight;
}

static slice
load_slice(const uint8_t *p)
{
	slice s;

	memcpy(&s, p, sizeof s);
	return s;
}

static const void *
load_pointer(const uint8_t *p)
{
	const void *pointer;

	memcpy(&pointer, p, sizeof pointer);
	return pointer;
}

static size_t
load_size(const uint8_t *p)
{
	size_t n;

	memcpy(&n, p, sizeof n);
	return n;
}

/* Small ones of either sign become small. */
static uint64_t
zigzag(int64_t v)
{
	return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

static int64_t
unzigzag(uint64_t v)
{
	return (int64_t)(v >> 1 ^ (v & 1 ? UINT64_MAX : 0));
}

static size_t
used(const uint8_t *p, size_t n)
{
	while (n > 0 && p[n - 1] == 0)
		n--;
	return n;
}

/* --- writing --- */

/* Most are written where there is room already. */
void
shape_put_number(struct pickling *w, uint64_t v)
{
	uint8_t few[NUMBER_MOST], *p = w->out->cap - w->out->n >= NUMBER_MOST ? w->out->p + w->out->n : few;
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		p[n++] = (uint8_t)(v | 0x80);
	p[n++] = (uint8_t)v;
	if (p == few)
		buf_add(w->out, (slice){ few, n });
	else
		w->out->n += n;
}

static void
put_bytes(struct pickling *w, slice s)
{
	shape_put_number(w, s.n);
	buf_add(w->out, s);
}

/* A slice: how it stands there, in the lowest bits of a number. */
enum {
	AS_IT_IS,			/* its length, and its bytes */
	IN_BASE,			/* its length, and where it stands in the last one that stands as it is */
	SAME,				/* as one that stands as it is, so many before the last */
	SLICE_BITS = 2, SLICE_MASK = 3
};

static uint64_t
slice_code(uint64_t n, unsigned how)
{
	return n << SLICE_BITS | how;
}

/* Later ones may be told by it. */
static void
note_slice(struct pickling *p, slice s)
{
	if (s.n < AGAIN_LEAST)
		return;
	p->base = s;
	if (p->recent != NULL)
		p->recent[p->nrecent++ % PICKLING_RECENT] = s;
}

/* SIZE_MAX: nowhere. A copy is looked for at the beginning and one behind, where a header field's value has it. */
static size_t
find_in_base(const struct pickling *w, slice s)
{
	uintptr_t at = (uintptr_t)s.p, base = (uintptr_t)w->base.p;

	if (s.n > w->base.n)
		return SIZE_MAX;
	if (at >= base && at - base <= w->base.n - s.n)
		return at - base;
	if (memcmp(w->base.p, s.p, s.n) == 0)
		return 0;
	return s.n < w->base.n && memcmp(w->base.p + 1, s.p, s.n) == 0 ? 1 : SIZE_MAX;
}

/* How many before the last; SIZE_MAX: none is the same. */
static size_t
find_same(const struct pickling *w, slice s)
{
	unsigned n = w->nrecent < PICKLING_RECENT ? w->nrecent : PICKLING_RECENT;

	for (unsigned i = 0; w->recent != NULL && i < n; i++)
		if (slice_eq(w->recent[(w->nrecent - 1 - i) % PICKLING_RECENT], s))
			return i;
	return SIZE_MAX;
}

static bool
put_slice(struct pickling *w, slice s)
{
	size_t at;

	if (s.p == NULL)
		return false;
	if (s.n >= AGAIN_LEAST && (at = find_in_base(w, s)) != SIZE_MAX) {
		shape_put_number(w, slice_code(s.n, IN_BASE));
		shape_put_number(w, at);
	} else if (s.n >= AGAIN_LEAST && (at = find_same(w, s)) != SIZE_MAX) {
		shape_put_number(w, slice_code(at, SAME));
	} else {
		shape_put_number(w, slice_code(s.n, AS_IT_IS));
		buf_add(w->out, s);
		note_slice(w, s);
	}
	return true;
}

/* 0: none; 1: so far away that it stands as it is; else the distance. */
static bool
put_time(struct pickling *w, nstime t)
{
	uint64_t far = zigzag((int64_t)((uint64_t)t - (uint64_t)w->time));

	if (t == 0)
		return false;
	if (t == NSTIME_NONE) {
		shape_put_number(w, 0);
		return true;
	}
	shape_put_number(w, far < UINT64_MAX - 1 ? far + 2 : 1);
	if (far >= UINT64_MAX - 1)
		shape_put_number(w, zigzag(t));
	w->time = t;
	return true;
}

static bool
put_wait(struct pickling *w, nstime t)
{
	if (t != 0)
		shape_put_number(w, t == NSTIME_NONE ? 0 : zigzag(t) + 1);
	return t != 0;
}

static bool
put_unsigned(struct pickling *w, uint64_t v)
{
	if (v != 0)
		shape_put_number(w, v);
	return v != 0;
}

/* Of more constants than there can be, those beyond are told as none. */
static bool
put_text(struct pickling *w, const char *text)
{
	return text != NULL && put_unsigned(w, constant_number(text));
}

static bool
put_fixed(struct pickling *w, slice s)
{
	if (s.n > 0)
		put_bytes(w, s);
	return s.n > 0;
}

static bool
put_numbers(struct pickling *w, const uint8_t *p, size_t n)
{
	if (used(p, n * sizeof(uint64_t)) == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		shape_put_number(w, load(p + i * sizeof(uint64_t), sizeof(uint64_t)));
	return true;
}

static bool
put_many(struct pickling *w, const struct shape *shape, const uint8_t *first, size_t n)
{
	if (n == 0)
		return false;
	shape_put_number(w, n);
	for (size_t i = 0; i < n; i++)
		shape_write(w, shape, first + i * shape->size);
	return true;
}

static bool put_members(struct pickling *, const struct shape *, const uint8_t *);

/* Of one that says nothing not even its bits stay. */
static bool
put_struct(struct pickling *w, const struct shape *shape, const uint8_t *p)
{
	size_t before = w->out->n;

	if (put_members(w, shape, p))
		return true;
	w->out->n = before;
	return false;
}

static bool
put_pointer(struct pickling *w, const struct shape *shape, const void *p)
{
	if (p != NULL)
		put_members(w, shape, p);
	return p != NULL;
}

/* False: there is nothing to be told of it, and nothing was written. */
static bool
put_member(struct pickling *w, const struct member *m, const uint8_t *p)
{
	const uint8_t *at = p + m->offset;

	switch ((enum member_kind)m->kind) {
	case MEMBER_FLAG:	return load_flag(at);
	case MEMBER_NUMBER:	return put_unsigned(w, load(at, m->size));
	case MEMBER_SIGNED:	return put_unsigned(w, zigzag(load_signed(at, m->size)));
	case MEMBER_TIME:	return put_time(w, load_signed(at, sizeof(nstime)));
	case MEMBER_WAIT:	return put_wait(w, load_signed(at, sizeof(nstime)));
	case MEMBER_SLICE:	return put_slice(w, load_slice(at));
	case MEMBER_TEXT:	return put_text(w, load_pointer(at));
	case MEMBER_CHARS:	return put_fixed(w, slice_of((const char *)at));
	case MEMBER_BYTES:	return put_fixed(w, (slice){ at, used(at, m->size) });
	case MEMBER_NUMBERS:	return put_numbers(w, at, m->size / sizeof(uint64_t));
	case MEMBER_STRUCT:	return put_struct(w, m->of, at);
	case MEMBER_POINTER:	return put_pointer(w, m->of, load_pointer(at));
	case MEMBER_LIST:	return put_many(w, m->of, load_pointer(at), load_size(p + m->count));
	case MEMBER_ARRAY:	return put_many(w, m->of, at, load_size(p + m->count));
	case MEMBER_OTHER:	return false;
	}
	return false;
}

/* The bits first, which are known when the members have been written. False: all members say nothing. */
static bool
put_members(struct pickling *w, const struct shape *shape, const uint8_t *p)
{
	uint8_t bits[MEMBERS_MOST / BITS] = { 0 }, any = 0;
	size_t nbits = (shape->n + BITS - 1u) / BITS, at = w->out->n;

	CHECK(shape->n <= MEMBERS_MOST);
	if (!buf_add(w->out, (slice){ bits, nbits }))
		return true;			/* no room: what is written is of no use anyway */
	for (size_t i = 0; i < shape->n; i++)
		bits[i / BITS] |= (uint8_t)(put_member(w, &shape->member[i], p) << i % BITS);
	for (size_t i = 0; i < nbits; i++)
		any |= w->out->p[at + i] = bits[i];
	return any != 0;
}

void
shape_write(struct pickling *w, const struct shape *shape, const void *p)
{
	put_members(w, shape, p);
}

/* --- reading --- */

static bool
get_long_number(struct pickling *r, uint64_t *v_r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64 && r->p < r->end; shift += 7) {
		uint8_t byte = *r->p++;

		if (shift == 63 && byte > 1)
			return false;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*v_r = v;
			return byte != 0 || shift == 0;	/* a zero on top could have been left out */
		}
	}
	return false;
}

static inline bool
get_number(struct pickling *r, uint64_t *v_r)
{
	if (r->p < r->end && *r->p < 0x80) {
		*v_r = *r->p++;
		return true;
	}
	return get_long_number(r, v_r);
}

bool
shape_get_number(struct pickling *r, uint64_t *v_r)
{
	return get_number(r, v_r);
}

static bool
get_bytes(struct pickling *r, slice *s_r)
{
	uint64_t n;

	if (!get_number(r, &n) || n > (size_t)(r->end - r->p))
		return false;
	*s_r = (slice){ r->p, (size_t)n };
	r->p += n;
	return true;
}

static bool
get_unsigned(struct pickling *r, const struct member *m, uint8_t *at)
{
	uint64_t v;

	if (!get_number(r, &v) || v == 0 || v > m->max)
		return false;
	store(at, m->size, v);
	return true;
}

static bool
get_signed(struct pickling *r, const struct member *m, uint8_t *at)
{
	int64_t v;
	uint64_t z;

	if (!get_number(r, &z) || z == 0)
		return false;
	v = unzigzag(z);
	if (m->size == sizeof(int32_t) && (v < INT32_MIN || v > INT32_MAX))
		return false;
	store(at, m->size, (uint64_t)v);
	return true;
}

static bool
get_time(struct pickling *r, uint8_t *at)
{
	nstime t = NSTIME_NONE;
	uint64_t v, far;

	if (!get_number(r, &v))
		return false;
	if (v == 1) {
		if (!get_number(r, &far))
			return false;
		t = unzigzag(far);
		if (zigzag((int64_t)((uint64_t)t - (uint64_t)r->time)) < UINT64_MAX - 1)
			return false;
	} else if (v > 1) {
		t = (nstime)((uint64_t)r->time + (uint64_t)unzigzag(v - 2));
	}
	if (t == 0 || (v != 0 && t == NSTIME_NONE))
		return false;
	if (v != 0)
		r->time = t;
	memcpy(at, &t, sizeof t);
	return true;
}

static bool
get_wait(struct pickling *r, uint8_t *at)
{
	nstime t = NSTIME_NONE;
	uint64_t v;

	if (!get_number(r, &v) || v == 1)
		return false;
	if (v != 0)
		t = unzigzag(v - 1);
	memcpy(at, &t, sizeof t);
	return true;
}

static bool
get_as_it_is(struct pickling *r, uint64_t n, slice *s_r)
{
	if (n > (size_t)(r->end - r->p))
		return false;
	*s_r = (slice){ r->p, (size_t)n };
	r->p += n;
	note_slice(r, *s_r);
	return true;
}

static bool
get_in_base(struct pickling *r, uint64_t n, slice *s_r)
{
	uint64_t at;

	if (!get_number(r, &at) || n < AGAIN_LEAST || n > r->base.n || at > r->base.n - n)
		return false;
	*s_r = (slice){ r->base.p + at, (size_t)n };
	return true;
}

static bool
get_same(const struct pickling *r, uint64_t i, slice *s_r)
{
	if (r->recent == NULL || i >= PICKLING_RECENT || i >= r->nrecent)
		return false;
	*s_r = r->recent[(r->nrecent - 1 - (unsigned)i) % PICKLING_RECENT];
	return true;
}

static bool
get_slice(struct pickling *r, uint8_t *at)
{
	uint64_t code;
	bool good;
	slice s;

	if (!get_number(r, &code))
		return false;
	switch (code & SLICE_MASK) {
	case AS_IT_IS:	good = get_as_it_is(r, code >> SLICE_BITS, &s); break;
	case IN_BASE:	good = get_in_base(r, code >> SLICE_BITS, &s); break;
	case SAME:	good = get_same(r, code >> SLICE_BITS, &s); break;
	default:	good = false; break;
	}
	if (good)
		memcpy(at, &s, sizeof s);
	return good;
}

static bool
get_text(struct pickling *r, uint8_t *at)
{
	const char *text;
	uint64_t number;

	if (!get_number(r, &number) || number > LIMIT_CONSTANTS)
		return false;
	text = constant_text((uint32_t)number);
	memcpy(at, &text, sizeof text);
	return text != NULL;
}

static bool
get_chars(struct pickling *r, const struct member *m, uint8_t *at)
{
	slice s;

	if (!get_bytes(r, &s) || s.n == 0 || s.n >= m->size || memchr(s.p, '\0', s.n) != NULL)
		return false;
	memcpy(at, s.p, s.n);
	return true;
}

static bool
get_fixed(struct pickling *r, const struct member *m, uint8_t *at)
{
	slice s;

	if (!get_bytes(r, &s) || s.n == 0 || s.n > m->size || s.p[s.n - 1] == 0)
		return false;
	memcpy(at, s.p, s.n);
	return true;
}

static bool
get_numbers(struct pickling *r, const struct member *m, uint8_t *at)
{
	uint64_t v, any = 0;

	for (size_t i = 0; i < m->size; i += sizeof v) {
		if (!get_number(r, &v))
			return false;
		memcpy(at + i, &v, sizeof v);
		any |= v;
	}
	return any != 0;
}

/* One that says nothing would not have been written. */
static bool
get_struct(struct pickling *r, const struct shape *shape, uint8_t *at)
{
	const uint8_t *from = r->p;

	return shape_read(r, shape, at) && used(from, (shape->n + BITS - 1u) / BITS) > 0;
}

static bool
get_pointer(struct pickling *r, const struct member *m, uint8_t *at)
{
	void *p = arena_zero(r->arena, m->of->size);

	if (p == NULL)
		return false;
	memcpy(at, &p, sizeof p);
	return shape_read(r, m->of, p);
}

/* Each takes its bits at least: what is announced cannot be more than what is there. */
static bool
get_count(struct pickling *r, const struct member *m, uint8_t *p, size_t *n_r)
{
	size_t least = (m->of->n + BITS - 1u) / BITS;
	uint64_t n;

	if (!get_number(r, &n) || n == 0 || n > (size_t)(r->end - r->p) / least)
		return false;
	*n_r = (size_t)n;
	memcpy(p + m->count, n_r, sizeof *n_r);
	return true;
}

static bool
get_many(struct pickling *r, const struct shape *shape, uint8_t *first, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!shape_read(r, shape, first + i * shape->size))
			return false;
	return true;
}

static bool
get_list(struct pickling *r, const struct member *m, uint8_t *p)
{
	uint8_t *first;
	size_t n;

	if (!get_count(r, m, p, &n) || n > SIZE_MAX / m->of->size || (first = arena_zero(r->arena, n * m->of->size)) == NULL)
		return false;
	memcpy(p + m->offset, &first, sizeof first);
	return get_many(r, m->of, first, n);
}

static bool
get_array(struct pickling *r, const struct member *m, uint8_t *p)
{
	size_t n;

	return get_count(r, m, p, &n) && n <= m->max && get_many(r, m->of, p + m->offset, n);
}

static bool
get_flag(uint8_t *at)
{
	bool yes = true;

	memcpy(at, &yes, sizeof yes);
	return true;
}

static inline bool
get_member(struct pickling *r, const struct member *m, uint8_t *p)
{
	uint8_t *at = p + m->offset;

	switch ((enum member_kind)m->kind) {
	case MEMBER_FLAG:	return get_flag(at);
	case MEMBER_NUMBER:	return get_unsigned(r, m, at);
	case MEMBER_SIGNED:	return get_signed(r, m, at);
	case MEMBER_TIME:	return get_time(r, at);
	case MEMBER_WAIT:	return get_wait(r, at);
	case MEMBER_SLICE:	return get_slice(r, at);
	case MEMBER_TEXT:	return get_text(r, at);
	case MEMBER_CHARS:	return get_chars(r, m, at);
	case MEMBER_BYTES:	return get_fixed(r, m, at);
	case MEMBER_NUMBERS:	return get_numbers(r, m, at);
	case MEMBER_STRUCT:	return get_struct(r, m->of, at);
	case MEMBER_POINTER:	return get_pointer(r, m, at);
	case MEMBER_LIST:	return get_list(r, m, p);
	case MEMBER_ARRAY:	return get_array(r, m, p);
	case MEMBER_OTHER:	return false;
	}
	return false;
}

bool
shape_read(struct pickling *r, const struct shape *shape, void *p)
{
	size_t nbytes = (shape->n + BITS - 1u) / BITS;
	const uint8_t *bits = r->p;

	if (nbytes > (size_t)(r->end - r->p))
		return false;
	if (shape->n % BITS != 0 && bits[nbytes - 1] >> shape->n % BITS != 0)
		return false;
	r->p += nbytes;
	for (size_t i = 0; i < nbytes; i++)
		for (unsigned left = bits[i]; left != 0; left &= left - 1)
			if (!get_member(r, &shape->member[i * BITS + (unsigned)__builtin_ctz(left)], p))
				return false;
	return true;
}
