#include "mime.h"

#include <stdlib.h>

#include "base/err.h"
#include "walk.h"

struct mime {
	struct telling t;
	struct walk *top;
	bool field;			/* one was seen */
	bool body;			/* its header is over */
};

/* The seed need not be a secret that lasts: where this block lies is unknown to who wrote the message. */
static uint64_t
seed_of(const struct mime *m)
{
	return (uint64_t)(uintptr_t)m * UINT64_C(0x9e3779b97f4a7c15);
}

struct mime *
mime_new(const struct mime_user *user, uint32_t wants, const struct mime_about *about)
{
	struct mime *m = xcalloc(1, sizeof *m);

	telling_init(&m->t, user, wants, seed_of(m));
	m->t.smtputf8 = about->smtputf8;
	m->top = walk_new(&m->t, NULL, SLICE_NONE, about->offset);
	m->top->listed = true;
	walk_begin_judging(m->top, about);
	return m;
}

void
mime_free(struct mime **mp)
{
	struct mime *m = *mp;

	if (m == NULL)
		return;
	telling_hush(&m->t);
	walk_free(&m->top);
	telling_fini(&m->t);
	free(m);
	*mp = NULL;
}

void
mime_field(struct mime *m, const struct header_field *f, slice decoded, unsigned words, uint64_t offset)
{
	m->field = true;
	walk_take_field(m->top, f, decoded, words, offset);
}

void
mime_line(struct mime *m, slice beginning, uint64_t offset)
{
	if (m->top->judge != NULL)
		judge_line(m->top->judge, beginning, offset);
}

void
mime_limit(struct mime *m, uint64_t offset)
{
	if (m->top->judge != NULL)
		judge_limit(m->top->judge, offset);
}

void
mime_body(struct mime *m, slice in, uint64_t offset)
{
	if (!m->body) {
		m->body = true;
			m->top->end = offset;
		walk_begin_part(m->top, offset);
	}
	if (in.n > 0)
		walk_feed(m->top, in, offset);
}

void
mime_gap(struct mime *m, uint64_t missing)
{
	if (m->body) {
		walk_gap(m->top, missing);
		return;
	}
	m->top->lost = true;
	m->top->missing += missing;
}

void
mime_finish(struct mime *m, bool whole)
{
	if (!m->body && !whole)
		return;			/* what it would have been is not known */
	if (!m->body && !m->field && m->top->judge != NULL)
		judge_free(&m->top->judge);	/* of nothing at all, nothing is missing */
	if (!m->body)
		mime_body(m, SLICE_NONE, m->top->offset);
	walk_finish(m->top, whole);
}

size_t
mime_memory(const struct mime *m)
{
	return sizeof *m + walk_memory(m->top) + telling_memory(&m->t);
}
