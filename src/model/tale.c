#include "tale.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "pickle.h"

struct tale {
	const struct model *model;
	uint32_t item;
	size_t piece;			/* the next one */
	size_t pieces;			/* there were at the last look */
	struct buf bytes;		/* of the piece that is being read */
	slice rest;			/* of it */
	struct arena *arena;		/* what its events hold */
	uint64_t read;
	bool forgotten;			/* told */
};

struct tale *
tale_open(const struct model *model, uint32_t session_item)
{
	struct tale *t = xcalloc(1, sizeof *t);

	t->model = model;
	t->item = session_item;
	buf_init(&t->bytes, SIZE_MAX);
	return t;
}

void
tale_close(struct tale **tp)
{
	struct tale *t = *tp;

	if (t == NULL)
		return;
	buf_wipe(&t->bytes);		/* with --show-secrets it holds credentials */
	buf_fini(&t->bytes);
	arena_free(&t->arena);
	free(t);
	*tp = NULL;
}

/* False: it was let go. */
static bool
read_piece(struct tale *t, const struct extent *at)
{
	buf_clear(&t->bytes);
	t->rest = SLICE_NONE;
	arena_free(&t->arena);
	if (!vault_read(model_vault(t->model), at, 0, at->length, &t->bytes))
		return false;
	t->arena = arena_new(LIMIT_RECORD_ARENA);
	t->rest = buf_slice(&t->bytes);
	t->read += t->rest.n;
	return true;
}

/* The model forgets whole sessions: what is left of one is no tale. */
static enum tale_got
forgotten(struct tale *t)
{
	if (t->forgotten || t->pieces == 0)
		return TALE_NOT_YET;
	t->forgotten = true;
	return TALE_GONE;
}

enum tale_got
tale_next(struct tale *t, struct event *event_r, struct extent *body_r)
{
	while (t->rest.n == 0) {
		size_t n;
		const struct extent *v = model_tale(t->model, t->item, &n);

		if (n < t->piece)
			return forgotten(t);
		t->pieces = n;
		if (t->piece == n)
			return TALE_NOT_YET;
		if (!read_piece(t, &v[t->piece++]))
			return TALE_GONE;
	}
	if (!unpickle_event(&t->rest, t->arena, event_r, body_r)) {
		t->rest = SLICE_NONE;
		return TALE_GONE;
	}
	return TALE_EVENT;
}

unsigned
tale_percent(const struct tale *t)
{
	size_t n, inside = 0;

	model_tale(t->model, t->item, &n);
	if (n == 0)
		return 100;
	if (t->bytes.n > 0)
		inside = 100 * t->rest.n / t->bytes.n;
	return t->piece > n ? 100 : (unsigned)((100 * t->piece - (t->piece > 0 ? inside : 0)) / n);
}

uint64_t
tale_read(const struct tale *t)
{
	return t->read;
}
