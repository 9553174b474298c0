#include "hold.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/map.h"
#include "spool.h"

/* Before each run of lines that waits. */
struct head { gate_ticket ticket; size_t n; };

/* A session with something that waits. */
struct waiting {
	uint64_t session;
	struct space space;
	uint64_t size;			/* bytes in it */
	size_t memory;			/* as counted */
	struct waiting *older, *newer;
};

struct hold {
	struct gate *gate;
	struct spool *spool;
	struct output_file *file;
	struct hold_mark mark;
	hold_writer *write;		/* or NULL */
	void *self;
	struct map waiting;
	struct waiting *oldest, *newest;
	struct map forced;		/* sessions that are shown as they come: their numbers; the values are the hold itself */
	/* the line that is being written */
	struct buf piece;		/* with its head, if it waits */
	uint64_t session;
	bool waits;
	bool failed;			/* said already; nothing more is kept or let out */
	size_t memory;
};

struct hold *
hold_new(const struct output_options *o, struct output_file *file, struct hold_mark mark)
{
	struct hold *h = xcalloc(1, sizeof *h);

	h->gate = o->gate;
	h->spool = o->spool;
	h->file = file;
	h->mark = mark;
	buf_init(&h->piece, SIZE_MAX / 2);
	return h;
}

void
hold_set_let_out(struct hold *h, hold_writer *write, void *self)
{
	h->write = write;
	h->self = self;
}

static struct waiting *
waiting_of(struct hold *h, uint64_t session)
{
	struct waiting *w = map_get(&h->waiting, session);

	if (w != NULL)
		return w;
	w = xcalloc(1, sizeof *w);
	w->session = session;
	w->older = h->newest;
	if (h->newest != NULL)
		h->newest->newer = w;
	else
		h->oldest = w;
	h->newest = w;
	map_put(&h->waiting, session, w);
	return w;
}

static void
forget(struct hold *h, struct waiting *w)
{
	if (w->older != NULL)
		w->older->newer = w->newer;
	else
		h->oldest = w->newer;
	if (w->newer != NULL)
		w->newer->older = w->older;
	else
		h->newest = w->older;
	map_take(&h->waiting, w->session);
	h->memory -= w->memory;
	space_fini(h->spool, &w->space);
	free(w);
}

void
hold_free(struct hold **hp)
{
	struct hold *h = *hp;

	if (h == NULL)
		return;
	while (h->oldest != NULL)
		forget(h, h->oldest);
	map_fini(&h->waiting);
	map_fini(&h->forced);
	buf_fini(&h->piece);
	free(h);
	*hp = NULL;
}

size_t
hold_memory(const struct hold *h)
{
	return h->memory;
}

/* --- out --- */

static int
put_waited(struct hold *h, uint64_t session, slice line)
{
	return h->write != NULL ? h->write(h->self, session, line) : output_add(h->file, line);
}

static int
put_marked(struct hold *h, uint64_t session, slice lines)
{
	size_t before = h->mark.before < lines.n ? h->mark.before : lines.n;
	struct buf *out;

	if (h->write != NULL)
		return h->write(h->self, session, lines);
	out = output_buf(h->file);
	buf_add(out, slice_take(lines, lines.n - before));
	buf_add(out, h->mark.text);
	buf_add(out, slice_drop(lines, lines.n - before));
	return output_commit(h->file);
}

/* What waits, read piece by piece. */
struct reading {
	struct hold *hold;
	const struct waiting *of;
	size_t next;			/* block */
	uint64_t left;
	slice bytes;
	uint8_t block[SPOOL_BLOCK];
};

static int
read_bytes(struct reading *r, struct buf *to, size_t n)
{
	buf_clear(to);
	r->left -= n;
	while (to->n < n) {
		size_t missing = n - to->n;

		if (r->bytes.n == 0 && spool_read(r->hold->spool, &r->of->space, r->next++, r->block, &r->bytes) < 0)
			return -1;
		buf_add(to, slice_take(r->bytes, missing));
		r->bytes = slice_drop(r->bytes, missing);
	}
	return 0;
}

/* Everything that waits of a session, as the tickets say, or all of it, marked. */
static int
let_out(struct hold *h, struct waiting *w, bool force)
{
	struct reading r = { .hold = h, .of = w, .left = w->size };
	struct buf piece;
	int status = 0;

	if (h->failed)			/* what waits has holes */
		return -1;
	buf_init(&piece, SIZE_MAX / 2);
	while (r.left > 0 && status == 0) {
		struct head head;

		status = read_bytes(&r, &piece, sizeof head);
		if (status < 0)
			break;
		memcpy(&head, piece.p, sizeof head);
		status = read_bytes(&r, &piece, head.n);
		if (status == 0 && force)
			status = put_marked(h, w->session, buf_slice(&piece));
		else if (status == 0 && gate_redeem(h->gate, w->session, head.ticket))
			status = put_waited(h, w->session, buf_slice(&piece));
	}
	buf_fini(&piece);
	return status;
}

/* --- in --- */

static bool
is_forced(const struct hold *h, uint64_t session)
{
	return map_get(&h->forced, session) != NULL;
}

/* The session that has waited longest and fills the file; if none does, this one. Shown, it waits no more. */
static int
make_room(struct hold *h, uint64_t session)
{
	struct waiting *w = h->oldest;
	int status = 0;

	while (w != NULL && w->space.nblock == 0)
		w = w->newer;
	if (w != NULL)
		session = w->session;
	else
		w = map_get(&h->waiting, session);
	gate_force(h->gate, session);
	map_put(&h->forced, session, h);
	if (w != NULL) {
		status = let_out(h, w, true);
		forget(h, w);
	}
	return status;
}

/* The line in `piece`, behind its head. */
static int
keep(struct hold *h)
{
	struct head head;

	memcpy(&head, h->piece.p, sizeof head);
	head.n = h->piece.n - sizeof head;
	memcpy(h->piece.p, &head, sizeof head);
	while (!is_forced(h, h->session)) {
		struct waiting *w = waiting_of(h, h->session);

		switch (spool_write(h->spool, &w->space, buf_slice(&h->piece))) {
		case SPOOL_FAILED:
			h->failed = true;
			return -1;
		case SPOOL_DONE:
			w->size += h->piece.n;
			h->memory += space_memory(&w->space) - w->memory;
			w->memory = space_memory(&w->space);
			return 0;
		case SPOOL_FULL:
			if (make_room(h, h->session) < 0)
				return -1;
		}
	}
	return put_marked(h, h->session, slice_drop(buf_slice(&h->piece), sizeof head));
}

struct buf *
hold_begin(struct hold *h, uint64_t session, enum truth verdict, gate_ticket ticket)
{
	struct head head = { ticket, 0 };

	h->session = session;
	h->waits = verdict == TRUTH_UNSURE;
	if (verdict == TRUTH_NO)
		return NULL;
	if (verdict == TRUTH_YES)
		return output_buf(h->file);
	buf_clear(&h->piece);
	buf_add(&h->piece, (slice){ (const uint8_t *)&head, sizeof head });
	return &h->piece;
}

int
hold_settle(struct hold *h, uint64_t session, enum truth verdict)
{
	struct waiting *w = verdict != TRUTH_UNSURE ? map_get(&h->waiting, session) : NULL;
	int status = 0;

	if (w == NULL)
		return 0;
	if (verdict == TRUTH_YES)
		status = let_out(h, w, false);
	forget(h, w);
	return status;
}

struct buf *
hold_begin_event(struct hold *h, const struct event *e)
{
	enum truth verdict = gate_event(h->gate, e);

	h->failed |= hold_settle(h, e->at.session, verdict) < 0;
	return hold_begin(h, e->at.session, verdict, GATE_SESSION);
}

int
hold_end(struct hold *h)
{
	int status = h->failed ? -1 : h->waits ? keep(h) : output_commit(h->file);

	return h->failed ? -1 : status;
}

int
hold_put(struct hold *h, uint64_t session, enum truth verdict, gate_ticket ticket, slice line)
{
	struct buf *out = hold_begin(h, session, verdict, ticket);

	if (out == NULL)
		return 0;
	buf_add(out, line);
	return hold_end(h);
}

int
hold_finish(struct hold *h, uint64_t session)
{
	struct waiting *w = map_get(&h->waiting, session);
	int status = 0;

	map_take(&h->forced, session);
	if (w == NULL)
		return 0;
	status = let_out(h, w, false);
	forget(h, w);
	return status;
}
