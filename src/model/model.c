/*
 * model.c - items by number, sessions by theirs.
 *
 * Items stand in chunks that never move, so that taking news costs the same
 * whatever is known already, and a chunk whose items are all forgotten goes.
 * Session numbers are dense, so that pages of items lead from one to the other.
 */
#include "model.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/map.h"
#include "pickle.h"

enum { CHUNK = 256, PAGE = 1024 };

/* Where the events of a session are. */
struct tale { size_t n, cap; struct extent v[]; };

struct entry {
	struct item item;
	uint64_t version;
	struct tale *tale;		/* of a session, or NULL */
	uint32_t last;			/* of a session: its last message, or NO_ITEM */
	uint32_t open;			/* of a session: messages whose record is not final */
	bool here;			/* not forgotten */
};

struct chunk { size_t here; struct entry v[CHUNK]; };
struct page { size_t used; uint32_t item[PAGE]; };		/* item + 1; 0: none */

struct model {
	const struct vault *vault;
	size_t budget;
	struct chunk **chunk;		/* by item / CHUNK; NULL: all forgotten */
	size_t nchunk, capchunk, kept_chunks;
	uint32_t first, end, sweep;	/* sweep: the next that may be forgotten */
	struct map page;		/* by session number / PAGE */
	struct map open;		/* messages whose record is not final, by key_of(): item + 1 as a pointer */
	size_t here, tales;		/* items that are here; bytes of their tales */
	struct model_finding *finding;	/* a ring once it is full */
	size_t nfinding, capfinding, oldest;
	uint64_t findings, forgotten, version;
	size_t marked;
	struct figures *figures;
	struct news_progress progress;
	bool over;
};

struct model *
model_new(const struct vault *vault, size_t memory)
{
	struct model *m = xcalloc(1, sizeof *m);

	m->vault = vault;
	m->budget = memory;
	m->progress.first = m->progress.last = NSTIME_NONE;
	return m;
}

static void
free_pages(struct model *m)
{
	size_t cursor = 0;
	struct page *p;

	while ((p = map_next(&m->page, &cursor)) != NULL)
		free(p);
	map_fini(&m->page);
}

void
model_free(struct model **mp)
{
	struct model *m = *mp;

	if (m == NULL)
		return;
	for (size_t i = 0; i < m->nchunk; i++) {
		for (size_t k = 0; m->chunk[i] != NULL && k < CHUNK; k++)
			free(m->chunk[i]->v[k].tale);
		free(m->chunk[i]);
	}
	free(m->chunk);
	free_pages(m);
	map_fini(&m->open);
	free(m->finding);
	free(m->figures);
	free(m);
	*mp = NULL;
}

/* --- items --- */

static struct entry *
entry_of(const struct model *m, uint32_t item)
{
	struct chunk *c;

	if (item < m->first || item >= m->end)
		return NULL;
	c = m->chunk[item / CHUNK];
	return c != NULL && c->v[item % CHUNK].here ? &c->v[item % CHUNK] : NULL;
}

static struct chunk *
chunk_for(struct model *m, uint32_t item)
{
	if (item / CHUNK < m->nchunk)
		return m->chunk[item / CHUNK];
	if (m->nchunk == m->capchunk) {
		m->capchunk = m->capchunk ? 2 * m->capchunk : 64;
		m->chunk = xrealloc(m->chunk, m->capchunk, sizeof(struct chunk *));
	}
	m->kept_chunks++;
	return m->chunk[m->nchunk++] = xcalloc(1, sizeof(struct chunk));
}

/* NULL: there are no more numbers. */
static struct entry *
add_item(struct model *m, const struct news *n, enum item_kind kind)
{
	uint32_t item = m->end;
	struct chunk *c;
	struct entry *e;

	if (item == NO_ITEM)
		return NULL;
	c = chunk_for(m, item);
	e = &c->v[item % CHUNK];
	*e = (struct entry){ .last = NO_ITEM, .here = true };
	e->item = (struct item){
		.kind = kind, .number = n->session, .index = n->index, .mail = n->mail, .session = item,
		.server_reading = n->server_reading, .next = NO_ITEM, .time = n->time,
	};
	c->here++;
	m->here++;
	m->end++;
	return e;
}

static uint32_t
item_of(const struct model *m, uint64_t session)
{
	const struct page *p = map_get(&m->page, session / PAGE);

	return p == NULL || p->item[session % PAGE] == 0 ? NO_ITEM : p->item[session % PAGE] - 1;
}

static void
number_item(struct model *m, uint64_t session, uint32_t item)
{
	struct page *p = map_get(&m->page, session / PAGE);

	if (p == NULL) {
		p = xcalloc(1, sizeof *p);
		map_put(&m->page, session / PAGE, p);
	}
	p->used++;
	p->item[session % PAGE] = item + 1;
}

static void
unnumber(struct model *m, uint64_t session)
{
	struct page *p = map_get(&m->page, session / PAGE);

	if (p == NULL || p->item[session % PAGE] == 0)
		return;
	p->item[session % PAGE] = 0;
	if (--p->used == 0)
		free(map_take(&m->page, session / PAGE));
}

/* --- forgetting --- */

/* Serials of commands and numbers of sessions are counted from 1 and never get near these widths. */
static uint64_t
key_of(uint64_t session, uint32_t mail, bool server_reading)
{
	return session << 33 | (uint64_t)mail << 1 | server_reading;
}

static size_t
tale_size(const struct tale *t)
{
	return t ? sizeof *t + t->cap * sizeof t->v[0] : 0;
}

static void
drop_item(struct model *m, uint32_t item)
{
	struct chunk *c = m->chunk[item / CHUNK];
	struct entry *e = &c->v[item % CHUNK];

	m->tales -= tale_size(e->tale);
	free(e->tale);
	e->tale = NULL;
	e->here = false;
	m->marked -= e->item.marked;
	m->here--;
	if (--c->here > 0 || ((uint64_t)item / CHUNK + 1) * CHUNK > m->end)
		return;				/* more will be put into the last one */
	free(c);
	m->chunk[item / CHUNK] = NULL;
	m->kept_chunks--;
}

static void
move_first(struct model *m)
{
	while (m->first < m->end && entry_of(m, m->first) == NULL)
		m->first++;
}

static void
forget_messages(struct model *m, const struct entry *session)
{
	for (uint32_t i = session->item.next, next; i != NO_ITEM; i = next) {
		next = entry_of(m, i)->item.next;
		drop_item(m, i);
	}
}

/* It goes on, or somebody marked it or one of its messages. */
static bool
is_wanted(const struct model *m, const struct entry *e)
{
	if (!e->item.over)
		return true;
	if (e->item.marked || m->marked == 0)
		return e->item.marked;
	for (uint32_t i = e->item.next; i != NO_ITEM; i = entry_of(m, i)->item.next)
		if (entry_of(m, i)->item.marked)
			return true;
	return false;
}

/* Messages go with their session. */
static void
forget(struct model *m, uint32_t item)
{
	struct entry *e = entry_of(m, item);

	if (e == NULL || e->item.kind == ITEM_MESSAGE || is_wanted(m, e))
		return;
	if (e->item.kind == ITEM_SESSION) {
		forget_messages(m, e);
		unnumber(m, e->item.number);
		m->forgotten++;
	}
	drop_item(m, item);
}

/* What is needed, not what stands in chunks because an open session is in them. */
static size_t
memory_needed(const struct model *m)
{
	return m->here * sizeof(struct entry) + m->tales + m->capfinding * sizeof *m->finding
	    + m->page.n * sizeof(struct page);
}

static void
keep_budget(struct model *m)
{
	bool again = false;

	while (memory_needed(m) > m->budget) {
		if (m->sweep >= m->end) {
			if (again)
				break;		/* what is left is open, or marked */
			again = true;
			m->sweep = m->first;
		}
		if (m->chunk[m->sweep / CHUNK] == NULL)
			m->sweep |= CHUNK - 1;
		else
			forget(m, m->sweep);
		m->sweep++;
	}
	move_first(m);
	if (m->sweep < m->first)
		m->sweep = m->first;
}

/* --- news --- */

static struct entry *
session_for(struct model *m, const struct news *n)
{
	struct entry *e = entry_of(m, item_of(m, n->session));

	if (e != NULL || n->session == 0 || (e = add_item(m, n, ITEM_SESSION)) == NULL)
		return e;
	number_item(m, n->session, m->end - 1);
	return e;
}

static void
take_record(struct model *m, struct entry *e, const struct news *n)
{
	e->item.severity = (enum severity)n->severity;
	e->item.over = n->over;
	e->item.trouble = n->trouble;
	e->item.time = n->time;
	e->item.record = n->where;
	if (n->index != 0)
		e->item.index = n->index;
	e->version = m->version;
}

/* A transaction that came to no record of its own (RFC 5321 4.1.4: MAIL inside another one) was told while it was open. */
static void
forget_untold(struct model *m, struct entry *session)
{
	uint32_t *link = &session->item.next;

	session->last = NO_ITEM;
	while (*link != NO_ITEM) {
		uint32_t item = *link;
		struct entry *e = entry_of(m, item);

		if (e->item.over) {
			session->last = item;
			link = &e->item.next;
			continue;
		}
		map_take(&m->open, key_of(e->item.number, e->item.mail, e->item.server_reading));
		*link = e->item.next;
		drop_item(m, item);
	}
	session->open = 0;
}

static uint32_t
take_session(struct model *m, const struct news *n)
{
	struct entry *e = session_for(m, n);

	if (e == NULL)
		return NO_ITEM;
	take_record(m, e, n);
	if (n->over && e->open > 0)
		forget_untold(m, e);
	return e->item.session;
}

/* Small pieces that lie one behind the other are one: the last one may grow, so long as it is read at once, and goes at once. */
static void
take_tale(struct model *m, const struct news *n)
{
	struct entry *e = session_for(m, n);
	struct tale *t = e ? e->tale : NULL;
	struct extent *last = t ? &t->v[t->n - 1] : NULL;

	if (e == NULL)
		return;
	e->version = m->version;
	if (last != NULL && last->ring == n->where.ring && last->at + last->length == n->where.at
	    && last->length < LIMIT_TALE_PIECE && n->where.length <= LIMIT_TALE_PIECE - last->length) {
		last->length += n->where.length;
		return;
	}
	if (t == NULL || t->n == t->cap) {
		size_t kept = t ? t->n : 0, cap = t ? 2 * t->cap : 1;

		m->tales -= tale_size(t);
		t = e->tale = xrealloc(t, 1, sizeof *t + cap * sizeof t->v[0]);
		*t = (struct tale){ kept, cap };
		m->tales += tale_size(t);
	}
	t->v[t->n++] = n->where;
}

/* The message that the news are about: one that is open, or a new one, at the end of its session's. NO_ITEM: no number is left. */
static uint32_t
message_for(struct model *m, const struct news *n, struct entry *session)
{
	uint64_t key = key_of(n->session, n->mail, n->server_reading);
	uintptr_t known = (uintptr_t)map_get(&m->open, key);
	uint32_t item = m->end;
	struct entry *e = known ? NULL : add_item(m, n, ITEM_MESSAGE);

	if (known)
		return (uint32_t)(known - 1);
	if (e == NULL)
		return NO_ITEM;
	e->item.session = session->item.session;
	*(session->last == NO_ITEM ? &session->item.next : &entry_of(m, session->last)->item.next) = item;
	session->last = item;
	session->open++;
	map_put(&m->open, key, (void *)((uintptr_t)item + 1));
	return item;
}

static uint32_t
take_message(struct model *m, const struct news *n)
{
	struct entry *session = session_for(m, n);
	uint32_t item = session ? message_for(m, n, session) : NO_ITEM;

	if (item == NO_ITEM)
		return item;
	take_record(m, entry_of(m, item), n);
	session->version = m->version;
	if (n->over) {
		map_take(&m->open, key_of(n->session, n->mail, n->server_reading));
		session->open--;
	}
	return item;
}

/* Attempts are counted again and again; until they are over they are known by their index. */
static uint32_t
take_attempt(struct model *m, const struct news *n)
{
	uint64_t key = key_of(0, n->index, false);
	uintptr_t known = (uintptr_t)map_get(&m->open, key);
	struct entry *e = known ? entry_of(m, (uint32_t)(known - 1)) : add_item(m, n, ITEM_ATTEMPT);

	if (e == NULL)
		return NO_ITEM;
	take_record(m, e, n);
	if (known && n->over)
		map_take(&m->open, key);
	else if (!known && !n->over)
		map_put(&m->open, key, (void *)((uintptr_t)e->item.session + 1));
	return e->item.session;
}

static uint32_t
take_lone(struct model *m, const struct news *n)
{
	struct entry *e = add_item(m, n, ITEM_LONE);

	if (e == NULL)
		return NO_ITEM;
	take_record(m, e, n);
	return e->item.session;
}

/* The item that they are about. */
static uint32_t
take_news(struct model *m, const struct news *n)
{
	switch (n->kind) {
	case NEWS_TALE:
		take_tale(m, n);
		return NO_ITEM;
	case NEWS_SESSION:
		return take_session(m, n);
	case NEWS_MESSAGE:
		return take_message(m, n);
	case NEWS_ATTEMPT:
		return take_attempt(m, n);
	default:
		return take_lone(m, n);
	}
}

/* --- findings --- */

static bool
same_place(const struct extent *a, const struct extent *b)
{
	return a->ring == b->ring && a->at == b->at && a->length == b->length;
}

/* Room for one more. The list has a share of the budget; when that is used up the oldest goes. */
static struct model_finding *
finding_room(struct model *m)
{
	size_t most = m->budget / 4 / sizeof *m->finding, at;

	if (most > LIMIT_MODEL_FINDINGS)
		most = LIMIT_MODEL_FINDINGS;
	if (most < 64)
		most = 64;
	if (m->nfinding == most) {
		at = m->oldest;
		m->oldest = (m->oldest + 1) % most;
		return &m->finding[at];
	}
	if (m->nfinding == m->capfinding) {
		m->capfinding = m->capfinding ? 2 * m->capfinding : 64;
		if (m->capfinding > most)
			m->capfinding = most;
		m->finding = xrealloc(m->finding, m->capfinding, sizeof *m->finding);
	}
	return &m->finding[m->nfinding++];
}

static uint32_t
item_by_name(const struct model *m, const struct news_finding *f)
{
	return f->index != 0 ? model_find_message(m, f->session, f->index, f->server_reading) : item_of(m, f->session);
}

/* item: what each of the news of the batch is about. */
static void
take_findings(struct model *m, const struct news_batch *b, const uint32_t *item)
{
	for (size_t i = 0; i < b->nfinding; i++) {
		const struct news_finding *f = &b->finding[i];
		bool told = f->news < b->n && same_place(&b->v[f->news].where, &f->where);

		*finding_room(m) = (struct model_finding){ *f, told ? item[f->news] : item_by_name(m, f) };
		m->findings++;
	}
}

/* --- a batch --- */

static void
take_all(struct model *m, const struct news_batch *b)
{
	uint32_t *item = xcalloc(b->n, sizeof *item);

	for (size_t i = 0; i < b->n; i++)
		item[i] = take_news(m, &b->v[i]);
	take_findings(m, b, item);
	free(item);
}

void
model_take(struct model *m, struct news_batch **bp)
{
	struct news_batch *b = *bp;

	m->version++;
	take_all(m, b);
	if (b->figures != NULL) {
		free(m->figures);
		m->figures = b->figures;
		b->figures = NULL;
	}
	m->progress = b->progress;
	m->over |= b->over;
	keep_budget(m);
	news_batch_free(bp);
}

/* --- asking --- */

uint32_t
model_first(const struct model *m)
{
	return m->first;
}

uint32_t
model_end(const struct model *m)
{
	return m->end;
}

const struct item *
model_item(const struct model *m, uint32_t item)
{
	const struct entry *e = entry_of(m, item);

	return e ? &e->item : NULL;
}

uint32_t
model_find(const struct model *m, uint64_t session)
{
	return item_of(m, session);
}

uint32_t
model_find_message(const struct model *m, uint64_t session, uint32_t index, bool server_reading)
{
	const struct entry *e = entry_of(m, item_of(m, session));

	for (uint32_t i = e ? e->item.next : NO_ITEM; i != NO_ITEM; i = e->item.next) {
		e = entry_of(m, i);
		if (e->item.index == index && e->item.server_reading == server_reading)
			return i;
	}
	return NO_ITEM;
}

void
model_mark(struct model *m, uint32_t item, bool on)
{
	struct entry *e = entry_of(m, item);

	if (e == NULL || e->item.marked == on)
		return;
	e->item.marked = on;
	if (on)
		m->marked++;
	else
		m->marked--;
}

size_t
model_marked(const struct model *m)
{
	return m->marked;
}

uint64_t
model_forgotten(const struct model *m)
{
	return m->forgotten;
}

uint64_t
model_version(const struct model *m)
{
	return m->version;
}

uint64_t
model_item_version(const struct model *m, uint32_t item)
{
	const struct entry *e = entry_of(m, item);

	return e ? e->version : 0;
}

const struct extent *
model_tale(const struct model *m, uint32_t item, size_t *n_r)
{
	const struct entry *e = entry_of(m, item);

	*n_r = e != NULL && e->tale != NULL ? e->tale->n : 0;
	return *n_r > 0 ? e->tale->v : NULL;
}

size_t
model_findings(const struct model *m)
{
	return m->nfinding;
}

uint64_t
model_findings_all(const struct model *m)
{
	return m->findings;
}

struct model_finding
model_finding(const struct model *m, size_t i)
{
	struct model_finding f = m->finding[(m->oldest + i) % m->nfinding];

	if (entry_of(m, f.item) == NULL)
		f.item = NO_ITEM;
	return f;
}

const struct figures *
model_figures(const struct model *m)
{
	return m->figures;
}

const struct news_progress *
model_progress(const struct model *m)
{
	return &m->progress;
}

bool
model_over(const struct model *m)
{
	return m->over;
}

size_t
model_memory(const struct model *m)
{
	return sizeof *m + m->kept_chunks * sizeof(struct chunk) + m->capchunk * sizeof(struct chunk *) + m->tales
	    + m->capfinding * sizeof *m->finding + m->page.n * sizeof(struct page)
	    + (m->page.size + m->open.size) * sizeof(struct map_slot) + (m->figures ? sizeof *m->figures : 0);
}

const struct vault *
model_vault(const struct model *m)
{
	return m->vault;
}

/* --- reading --- */

/*
 * Whoever reads all records reads them nearly as they stand in the vault: after a few that lie close to each other, more is
 * read at once than was asked for. A record that is told again stands behind those told meanwhile.
 */
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
	d->ahead = vault_around(m->vault, e, BEFORE, BEHIND);
	buf_clear(&d->ahead_bytes);
	if (!vault_read(m->vault, &d->ahead, 0, d->ahead.length, &d->ahead_bytes))
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
	return vault_read(m->vault, e, 0, e->length, bytes);
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
