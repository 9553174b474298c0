#include "tale.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "model/vault/pickle.h"

struct tale {
	const struct model *model;
	uint32_t item;
	size_t piece;			/* that is being read; the last one may grow */
	size_t pieces;			/* there were at the last look */
	uint32_t done;			/* bytes of it that were taken, or are gone */
	struct buf bytes;		/* of the piece that is being read */
	slice rest;			/* of it */
	struct pickle_before before;	/* what its last event said */
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

/* What is new in the piece. False: it was let go. */
static bool
read_piece(struct tale *t, const struct extent *at)
{
	uint32_t from = t->done;

	t->done = at->length;
	buf_clear(&t->bytes);
	t->rest = SLICE_NONE;
	if (t->arena == NULL)
		t->arena = arena_new(LIMIT_RECORD_ARENA);
	arena_clear(t->arena);
	if (!vault_read(model_vault(t->model), at, from, at->length - from, &t->bytes))
		return false;
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

		if (n < t->pieces)
			return forgotten(t);
		t->pieces = n;
		if (t->piece < n && t->done == v[t->piece].length && t->piece + 1 < n) {
			t->piece++;
			t->done = 0;
		}
		if (t->piece == n || t->done == v[t->piece].length)
			return TALE_NOT_YET;
		if (!read_piece(t, &v[t->piece]))
			return TALE_GONE;
	}
	if (!unpickle_event(&t->rest, t->arena, event_r, body_r, &t->before)) {
		t->rest = SLICE_NONE;
		return TALE_GONE;
	}
	return TALE_EVENT;
}

unsigned
tale_percent(const struct tale *t)
{
	size_t n;
	const struct extent *v = model_tale(t->model, t->item, &n);

	if (t->piece >= n || v[t->piece].length == 0)
		return 100;
	return (unsigned)((100 * t->piece + 100 * (t->done - t->rest.n) / v[t->piece].length) / n);
}

uint64_t
tale_read(const struct tale *t)
{
	return t->read;
}
