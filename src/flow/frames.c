#include "frames.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static struct frame_seen *
ring(struct frames *f)
{
	return f->many != NULL ? f->many : f->few;
}

static unsigned
size(const struct frames *f)
{
	return f->many != NULL ? FRAMES_MANY : FRAMES_FEW;
}

static void
grow(struct frames *f)
{
	f->many = xcalloc(FRAMES_MANY, sizeof *f->many);
	for (unsigned i = 0; i < FRAMES_FEW; i++)
		f->many[i] = f->few[(f->at + i) % FRAMES_FEW];
	f->at = FRAMES_FEW;
}

void
frames_add(struct frames *f, uint32_t seq, slice bytes, uint64_t mark, uint8_t ttl, uint32_t acked)
{
	struct frame_seen *oldest;

	if (mark == 0)
		return;
	oldest = &ring(f)[f->at];
	if (f->many == NULL && f->count == FRAMES_FEW && (int32_t)(oldest->seq + oldest->length - acked) > 0) {
		grow(f);
		oldest = &f->many[f->at];
	}
	*oldest = (struct frame_seen){ .seq = seq, .length = bytes.n & 0xffffff, .ttl = ttl, .p = bytes.p, .mark = mark };
	f->at = (uint8_t)((f->at + 1) % size(f));
	if (f->count < size(f))
		f->count++;
}

void
frames_fini(struct frames *f)
{
	free(f->many);
	f->many = NULL;
}

/* Where two runs of bytes differ first; n: nowhere. */
static size_t
difference(const uint8_t *a, const uint8_t *b, size_t n)
{
	size_t i = 0;

	if (memcmp(a, b, n) == 0)
		return n;
	while (a[i] == b[i])
		i++;
	return i;
}

static void
compare_one(const struct frame_seen *seen, uint32_t seq, slice bytes, struct frames_clash *clash)
{
	int64_t at = (int32_t)(seen->seq - seq);		/* where it begins in `bytes` */
	int64_t from = at > 0 ? at : 0, to = at + seen->length;
	size_t n, same;

	if (to > (int64_t)bytes.n)
		to = (int64_t)bytes.n;
	if (from >= to)
		return;
	n = (size_t)(to - from);
	same = difference(seen->p + (from - at), bytes.p + from, n);
	clash->compared += n;
	if (same == n || (size_t)from + same >= clash->first)
		return;
	clash->first = (size_t)from + same;
	clash->ttl = (uint8_t)seen->ttl;
}

void
frames_compare(const struct frames *f, uint32_t seq, slice bytes,
    bool (*recall)(void *, uint64_t), void *self, struct frames_clash *clash)
{
	const struct frame_seen *seen = f->many != NULL ? f->many : f->few;

	*clash = (struct frames_clash){ .first = SIZE_MAX };
	for (unsigned i = 0; i < f->count; i++) {
		int64_t at = (int32_t)(seen[i].seq - seq);

		if (at < (int64_t)bytes.n && at + seen[i].length > 0 && recall(self, seen[i].mark))
			compare_one(&seen[i], seq, bytes, clash);
	}
}
