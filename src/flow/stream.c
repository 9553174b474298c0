#include "stream.h"

#include <stdlib.h>

#include "base/err.h"

void
stream_init(struct stream *t)
{
	*t = (struct stream){ .edge = EDGE_NONE, .wscale = WSCALE_MOST, .zero_since = NSTIME_NONE, .last_new = NSTIME_NONE };
}

void
stream_base(struct stream *t, uint32_t seq)
{
	t->base = seq;
	t->based = true;
}

void
stream_fini(struct stream *t)
{
	free(t->trouble);
	frames_fini(&t->frames);
}

struct trouble *
stream_trouble(struct stream *t)
{
	if (t->trouble == NULL)
		*(t->trouble = xcalloc(1, sizeof *t->trouble)) = (struct trouble){ .bad_ack = INT64_MAX };
	return t->trouble;
}

struct piece *
stream_first_ahead(const struct stream *t)
{
	return t->ahead != NULL ? pieces_at(&t->ahead->pieces, t->next) : NULL;
}

void
stream_advance(struct stream *t)
{
	struct piece *p = stream_first_ahead(t);

	for (; p != NULL && p->pos == t->next; p = p->next) {
		t->next = p->end;
		pieces_settle(&t->ahead->pieces, p);
	}
	if (t->high < t->next)
		t->high = t->next;
	if (t->ahead != NULL)
		proofs_drop(&t->ahead->proofs, t->next);
}
