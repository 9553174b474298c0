#include "keep.h"

#include <string.h>

#include "base/chars.h"

slice
keep_slice(struct keeper *k, slice s)
{
	slice copy = SLICE_NONE;

	if (s.p != NULL && !arena_copy(k->arena, s, &copy))
		k->cut = true;
	return copy;
}

slice
keep_upper(struct keeper *k, slice s)
{
	slice copy = keep_slice(k, s);

	for (size_t i = 0; i < copy.n; i++)
		((uint8_t *)copy.p)[i] = char_upper(copy.p[i]);
	return copy;
}

slice
keep_text(struct keeper *k, struct kept_text *t, slice s)
{
	if (s.p == NULL)
		return SLICE_NONE;
	if (s.n > t->cap || t->p == NULL) {
		size_t cap = s.n < 16 ? 16 : s.n;

		if (cap < 2 * t->cap)
			cap = 2 * t->cap;
		*t = (struct kept_text){ arena_zero(k->arena, cap), cap };
		if (t->p == NULL) {
			*t = (struct kept_text){ 0 };
			k->cut = true;
			return SLICE_NONE;
		}
	}
	memcpy(t->p, s.p, s.n);
	return (slice){ t->p, s.n };
}

static bool
grow(struct keeper *k, struct kept_list *l, size_t size)
{
	size_t cap = l->cap ? 2 * l->cap : 2;
	void *v = arena_zero(k->arena, cap * size);

	if (v == NULL)
		return false;
	if (l->n > 0)
		memcpy(v, l->v, l->n * size);
	l->v = v;
	l->cap = cap;
	return true;
}

void *
keep_add(struct keeper *k, struct kept_list *l, size_t size, size_t max)
{
	if (l->n >= max || (l->n == l->cap && !grow(k, l, size))) {
		k->cut = true;
		return NULL;
	}
	return (uint8_t *)l->v + size * l->n++;
}

const struct pair *
keep_parameters(struct keeper *k, const struct pair *from, size_t n, size_t *n_r)
{
	struct pair *to = n ? arena_zero(k->arena, n * sizeof *to) : NULL;

	*n_r = to ? n : 0;
	if (to == NULL) {
		k->cut |= n > 0;
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		to[i] = (struct pair){ keep_upper(k, from[i].name), keep_slice(k, from[i].value) };
	return to;
}

/* What stands behind "250-2.1.5 ". The enhanced code is repeated on each line (RFC 2034 4), and told once. */
static slice
line_text(slice line, const struct ev_reply *r)
{
	if (r->code == 0)
		return line;
	line = slice_drop(line, 4);
	if (r->enhanced.n > 0 && slice_starts(line, r->enhanced)
	    && (line.n == r->enhanced.n || char_is_blank(line.p[r->enhanced.n])))
		line = slice_drop(line, r->enhanced.n);
	return slice_trim(line);
}

static slice
join_lines(struct keeper *k, const struct ev_reply *r)
{
	size_t size = 0;
	uint8_t *p, *end;

	for (size_t i = 0; i < r->nline; i++)
		size += r->line[i].n + 1;
	p = end = arena_zero(k->arena, size);
	if (p == NULL) {
		k->cut = true;
		return SLICE_NONE;
	}
	for (size_t i = 0; i < r->nline; i++) {
		slice s = line_text(r->line[i], r);

		if (s.n == 0)
			continue;
		if (end > p)
			*end++ = ' ';
		memcpy(end, s.p, s.n);
		end += s.n;
	}
	return (slice){ p, (size_t)(end - p) };
}

struct rec_reply
keep_reply(struct keeper *k, const struct ev_reply *r)
{
	return (struct rec_reply){
		.code = r->code,
		.enhanced = r->enhanced.n ? keep_slice(k, r->enhanced) : SLICE_NONE,
		.text = r->nline > 1 ? join_lines(k, r) : keep_slice(k, r->text),
	};
}

void
keep_finding(struct keeper *k, struct rec_findings *r, struct kept_list *list, const struct event *e)
{
	enum finding id = e->u.anomaly.finding;
	struct rec_finding *f = keep_add(k, list, sizeof *f, LIMIT_FINDINGS);

	r->count++;
	r->seen[id / 64] |= UINT64_C(1) << (id % 64);
	if (finding_info(id)->severity > r->severity)
		r->severity = finding_info(id)->severity;
	if (f == NULL)
		return;
	*f = (struct rec_finding){
		.finding = id, .detail = keep_slice(k, e->u.anomaly.detail), .dir = e->at.dir,
		.offset = e->at.offset, .length = e->at.length, .packet = e->at.packet, .time = e->at.time,
	};
	r->v = list->v;
	r->n = list->n;
}
