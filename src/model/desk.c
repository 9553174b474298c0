/*
 * desk.c - records read back from the vault, when somebody looks.
 *
 * Whoever reads all records reads them nearly as they stand in the vault: after
 * a few that lie close to each other, more is read at once than was asked for.
 * A record that is told again stands behind those told meanwhile.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "model.h"
#include "model/vault/pickle.h"

enum { CLOSE = 128 * 1024, CLOSE_ONES = 8, BEFORE = 64 * 1024, BEHIND = 256 * 1024 };

struct desk {
	struct buf session_bytes, bytes;
	struct arena *session_arena, *arena;
	struct extent session_at;		/* which session was read last */
	const struct rec_session *session;	/* or NULL */
	struct extent ahead;			/* what was read ahead; length 0: nothing */
	struct buf ahead_bytes;
	uint64_t last;				/* where the last one stood … */
	unsigned close;				/* … and how many were close to the one before */
};

struct desk *
desk_new(void)
{
	struct desk *d = xcalloc(1, sizeof *d);

	buf_init(&d->session_bytes, UINT32_MAX);
	buf_init(&d->bytes, UINT32_MAX);
	buf_init(&d->ahead_bytes, UINT32_MAX);
	d->session_arena = arena_new(2 * LIMIT_RECORD_ARENA);
	d->arena = arena_new(2 * LIMIT_RECORD_ARENA);
	return d;
}

void
desk_free(struct desk **dp)
{
	struct desk *d = *dp;

	if (d == NULL)
		return;
	arena_free(&d->session_arena);
	arena_free(&d->arena);
	buf_wipe(&d->ahead_bytes);		/* records may hold credentials that were asked for */
	buf_fini(&d->ahead_bytes);
	buf_fini(&d->session_bytes);
	buf_fini(&d->bytes);
	free(d);
	*dp = NULL;
}

static bool
same_place(const struct extent *a, const struct extent *b)
{
	return a->ring == b->ring && a->at == b->at && a->length == b->length;
}

static bool
is_ahead(const struct desk *d, const struct extent *e)
{
	return d->ahead.length > 0 && e->ring == d->ahead.ring && e->at >= d->ahead.at && e->length <= d->ahead.length
	    && e->at - d->ahead.at <= d->ahead.length - e->length;
}

/* What was read once stays true, also when it is written over. */
static void
read_ahead(const struct model *m, struct desk *d, const struct extent *e)
{
	uint64_t far = e->at > d->last ? e->at - d->last : d->last - e->at;

	d->close = far < CLOSE ? d->close + 1 : 0;
	d->last = e->at;
	if (d->close < CLOSE_ONES || is_ahead(d, e))
		return;
	d->ahead = vault_around(model_vault(m), e, BEFORE, BEHIND);
	buf_clear(&d->ahead_bytes);
	if (!vault_read(model_vault(m), &d->ahead, 0, d->ahead.length, &d->ahead_bytes))
		d->ahead.length = 0;
}

/* Its bytes, with an empty arena for what they say. */
static bool
fetch(const struct model *m, struct desk *d, const struct extent *e, struct buf *bytes, struct arena *arena)
{
	arena_clear(arena);
	buf_clear(bytes);
	if (e->length == 0)
		return false;
	read_ahead(m, d, e);
	if (is_ahead(d, e))
		return buf_add(bytes, (slice){ d->ahead_bytes.p + (e->at - d->ahead.at), e->length });
	return vault_read(model_vault(m), e, 0, e->length, bytes);
}

/* One after the other, messages of a session need it once. */
static bool
read_session(const struct model *m, const struct item *item, struct desk *d)
{
	if (d->session != NULL && same_place(&d->session_at, &item->record))
		return true;
	d->session = NULL;
	if (fetch(m, d, &item->record, &d->session_bytes, d->session_arena))
		d->session = unpickle_session(buf_slice(&d->session_bytes), d->session_arena);
	d->session_at = item->record;
	return d->session != NULL;
}

static bool
read_message(const struct model *m, const struct item *item, const struct item *session, struct desk *d, struct unit *u)
{
	if (session == NULL || !read_session(m, session, d) || !fetch(m, d, &item->record, &d->bytes, d->arena))
		return false;
	u->session = d->session;
	u->over = session->over;
	u->begun = !item->over;
	u->message = unpickle_message(buf_slice(&d->bytes), d->arena, d->session);
	return u->message != NULL;
}

bool
model_read(const struct model *m, uint32_t number, struct desk *d, struct unit *u)
{
	const struct item *item = model_item(m, number);

	*u = (struct unit){ 0 };
	if (item == NULL)
		return false;
	switch (item->kind) {
	case ITEM_SESSION:
		u->over = item->over;
		if (read_session(m, item, d))
			u->session = d->session;
		return u->session != NULL;
	case ITEM_MESSAGE:
		return read_message(m, item, model_item(m, item->session), d, u);
	case ITEM_ATTEMPT:
		u->over = item->over;
		if (fetch(m, d, &item->record, &d->bytes, d->arena))
			u->attempt = unpickle_attempt(buf_slice(&d->bytes), d->arena);
		return u->attempt != NULL;
	case ITEM_LONE:
		u->over = true;
		if (fetch(m, d, &item->record, &d->bytes, d->arena))
			u->finding = unpickle_finding(buf_slice(&d->bytes), d->arena);
		return u->finding != NULL;
	}
	return false;
}
