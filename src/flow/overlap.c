/*
 * overlap.c - two segments carry the same bytes of a stream: whose are read?
 *
 * Receivers differ, and attackers know it. Only bytes above the frontier are
 * open to choice: what the receiver holds in order nobody takes back.
 *
 * Linux keeps overlapping segments and reads the one that began first, so a
 * segment's rank is where it began. A segment that begins exactly where a
 * pending one ends is glued to it, and then has the rank of that one; of two
 * that began together the longer is kept. From this all of the kernel's rules
 * follow: a segment inside another is dropped, one that covers others removes
 * them, and bytes in order beat all that is pending.
 */
#include <string.h>

#include "stream.h"

struct insertion {
	struct stream *stream;
	enum overlap policy;
	const struct piece *in;
	int64_t rank;
	bool longer;			/* than the pending one that began at the same place */
};

static int64_t
rank_of(const struct stream *t, const struct piece *in)
{
	const struct piece *at = pieces_at(&t->ahead->pieces, in->pos);
	const struct piece *before = at != NULL ? at->prev : t->ahead->pieces.last;

	if (in->pos == t->next)
		return INT64_MIN;
	/* The piece that touches from below may also be the one that covers in->pos - 1 and more: then it does not end here. */
	if (before != NULL && before->pos >= t->next && before->end == in->pos && before->kind == PIECE_BYTES)
		return before->rank;
	return in->pos;
}

static bool
is_longer(const struct stream *t, const struct piece *in)
{
	const struct piece *last = pieces_at(&t->ahead->pieces, in->end - 1);

	return last == NULL || last->pos > in->end - 1 || last->rank != in->pos;
}

static bool
wins(const struct insertion *i, const struct piece *old)
{
	const struct piece *in = i->in;

	if (in->kind != PIECE_BYTES || old->kind != PIECE_BYTES)
		return in->kind == PIECE_BYTES;
	switch (i->policy) {
	case OVERLAP_LINUX:
		return i->rank < old->rank || (i->rank == old->rank && i->longer);
	case OVERLAP_FIRST:
		return false;
	case OVERLAP_LAST:
		return true;
	case OVERLAP_BSD:
		return in->pos < old->pos || in->pos == i->stream->next;
	case OVERLAP_SOLARIS:
		return in->pos == i->stream->next || (in->end >= old->end && in->pos <= old->pos) ||
		    (in->pos > old->pos && in->end > old->end);
	}
	return false;
}

static void
compare(const struct piece *in, const struct piece *old, struct clash *clash)
{
	int64_t from = in->pos > old->pos ? in->pos : old->pos;
	int64_t to = in->end < old->end ? in->end : old->end;
	const uint8_t *a, *b;

	if (clash->seen || in->kind != PIECE_BYTES || old->kind != PIECE_BYTES)
		return;
	a = in->bytes + (from - in->pos);
	b = old->bytes + (from - old->pos);
	if (memcmp(a, b, (size_t)(to - from)) == 0)
		return;
	for (clash->at = from; *a == *b; a++, b++)
		clash->at++;
	clash->seen = true;
	clash->ttl = old->ttl;
}

/* The part [from, to) of the segment becomes a piece. */
static void
keep(const struct insertion *i, int64_t from, int64_t to)
{
	struct piece part = *i->in;

	if (from >= to)
		return;
	piece_trim_front(&part, from);
	piece_trim_back(&part, to);
	part.rank = i->rank;
	pieces_insert(&i->stream->ahead->pieces, piece_new(&part));
}

/* `old` loses [from, to). Returns the piece behind it. */
static struct piece *
carve(struct pieces *ps, struct piece *old, int64_t from, int64_t to)
{
	struct piece *next = old->next;

	if (old->pos < from && old->end > to) {
		struct piece tail = *old;

		piece_trim_front(&tail, to);
		next = piece_new(&tail);
		piece_trim_back(old, from);
		pieces_insert(ps, next);
	} else if (old->pos < from)
		piece_trim_back(old, from);
	else if (old->end > to) {
		piece_trim_front(old, to);
		next = old;
	} else
		pieces_remove(ps, old);
	return next;
}

void
overlap_insert(struct stream *t, enum overlap policy, const struct piece *in, struct clash *clash)
{
	struct pieces *ps = &t->ahead->pieces;
	struct insertion i = { t, policy, in, rank_of(t, in), is_longer(t, in) };
	struct piece *old = pieces_at(ps, in->pos);
	int64_t mine = in->pos;		/* from here on the segment's bytes are its own, and not kept yet */

	*clash = (struct clash){ 0 };
	while (old != NULL && old->pos < in->end) {
		compare(in, old, clash);
		if (wins(&i, old))
			old = carve(ps, old, in->pos, in->end);
		else {
			keep(&i, mine, old->pos);
			mine = old->end;
			old = old->next;
		}
	}
	keep(&i, mine, in->end);
	if (t->high < in->end)
		t->high = in->end;
}

size_t
overlap_compare(const struct stream *t, const struct piece *in, struct clash *clash)
{
	size_t compared = 0;

	*clash = (struct clash){ 0 };
	if (t->ahead == NULL)
		return 0;
	for (struct piece *old = pieces_at(&t->ahead->pieces, in->pos); old != NULL && old->pos < in->end; old = old->next) {
		int64_t from = in->pos > old->pos ? in->pos : old->pos;

		compare(in, old, clash);
		compared += (size_t)((in->end < old->end ? in->end : old->end) - from);
	}
	return compared;
}
