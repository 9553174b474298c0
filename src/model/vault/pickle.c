#include "pickle.h"

#include <string.h>

#include "base/err.h"
#include "pickle_table.h"

/* --- credentials --- */

/* What a line was made unreadable with: as long as the line, so that what is told of its length stays true. */
struct veil {
	struct buf bytes;
	struct arena *lists;
};

static void
hide(struct veil *v, slice *s, size_t clear)
{
	size_t at = v->bytes.n;

	if (s->p == NULL)
		return;
	buf_add(&v->bytes, slice_take(*s, clear));
	while (v->bytes.n - at < s->n)
		buf_add_byte(&v->bytes, '*');
	s->p = v->bytes.p + at;
}

/* The mechanism of AUTH and X-EXPS is no secret; what follows it is. */
static void
hide_command(struct veil *v, struct ev_command *c)
{
	bool names = slice_eq(c->verb, S("AUTH")) || slice_eq(c->verb, S("X-EXPS"));
	slice mechanism = SLICE_NONE, rest;
	bool cut = names && slice_cut(c->args, ' ', &mechanism, &rest);

	hide(v, &c->args, cut ? mechanism.n + 1 : 0);
	hide(v, &c->line, 0);
}

static const slice *
hide_list(struct veil *v, const slice *list, size_t n, size_t clear)
{
	slice *copy = arena_zero(v->lists, n * sizeof *copy);

	for (size_t i = 0; i < n; i++) {
		copy[i] = list[i];
		hide(v, &copy[i], clear);
	}
	return copy;
}

/* Servers repeat what they do not understand. Its code is no secret. */
static void
hide_reply(struct veil *v, struct ev_reply *r)
{
	enum { CODE = 4 };

	r->line = hide_list(v, r->line, r->nline, CODE);
	r->capability = hide_list(v, r->capability, r->ncapability, 0);
	hide(v, &r->text, 0);
}

/* Room for all that is hidden, so that it stands still. */
static size_t
to_hide(const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;
	size_t n = 0;

	if (e->kind == EV_COMMAND)
		return e->u.command.line.n + e->u.command.args.n;
	if (e->kind == EV_ANOMALY)
		return e->u.anomaly.detail.n;
	if (e->kind != EV_REPLY)
		return 0;
	for (size_t i = 0; i < r->nline; i++)
		n += r->line[i].n;
	for (size_t i = 0; i < r->ncapability; i++)
		n += r->capability[i].n;
	return n + r->text.n;
}

static void
veil_init(struct veil *v, const struct event *e)
{
	buf_init(&v->bytes, SIZE_MAX / 2);
	buf_reserve(&v->bytes, to_hide(e) + 1);
	v->lists = arena_new(SIZE_MAX);
}

static void
veil_fini(struct veil *v)
{
	buf_fini(&v->bytes);
	arena_free(&v->lists);
}

static void
hide_event(struct veil *v, struct event *e)
{
	if (e->kind == EV_COMMAND)
		hide_command(v, &e->u.command);
	else if (e->kind == EV_REPLY)
		hide_reply(v, &e->u.reply);
	else if (e->kind == EV_ANOMALY)
		hide(v, &e->u.anomaly.detail, 0);
	else if (e->kind == EV_AUTH && e->u.auth.secret.n > 0)
		e->u.auth.secret = S("<redacted>");
}

/* --- events --- */

enum { FIRST = 0x80 };			/* beside its kind: the event leans on none before it */

/* Differences of either sign, as numbers that are small if they are. */
static uint64_t
far_from(uint64_t there, uint64_t here)
{
	uint64_t d = there - here;

	return d << 1 ^ (d >> 63 ? UINT64_MAX : 0);
}

static uint64_t
at_distance(uint64_t here, uint64_t far)
{
	return here + (far >> 1 ^ (far & 1 ? UINT64_MAX : 0));
}

static void
remember_where(struct pickle_before *b, const struct where *at)
{
	b->any = true;
	b->session = at->session;
	b->packet = at->packet;
	b->end[at->dir] = at->offset + at->length;
	if (at->time != NSTIME_NONE)
		b->time = at->time;
}

static void
write_where(struct pickling *w, const struct where *at, struct pickle_before *b)
{
	struct where told = *at;

	told.session = far_from(at->session, b->session);
	told.packet = far_from(at->packet, b->packet);
	told.offset = far_from(at->offset, b->end[at->dir]);
	w->time = b->time;
	shape_write(w, &shape_where, &told);
	remember_where(b, at);
}

static bool
read_where(struct pickling *r, struct where *at, struct pickle_before *b)
{
	r->time = b->time;
	if (!shape_read(r, &shape_where, at))
		return false;
	at->session = at_distance(b->session, at->session);
	at->packet = at_distance(b->packet, at->packet);
	at->offset = at_distance(b->end[at->dir], at->offset);
	remember_where(b, at);
	return true;
}

static void
write_event(struct buf *out, const struct event *e, const struct extent *body, struct pickle_before *before)
{
	struct pickling w = { .out = out };

	CHECK(e->kind < EV_KINDS);
	buf_add_byte(out, (uint8_t)(e->kind | (before->any ? 0 : FIRST)));
	write_where(&w, &e->at, before);
	shape_write(&w, shape_of_event[e->kind], &e->u);
	if (e->kind == EV_MAIL_BYTES) {
		shape_put_number(&w, body->at + 1);	/* of what was never put anywhere 0 */
		shape_put_number(&w, body->length);
	}
}

void
pickle_event(struct buf *out, const struct event *e, const struct extent *body, bool secrets, struct pickle_before *before)
{
	struct event hidden;
	struct veil veil;

	if (secrets || (!e->at.secret && e->kind != EV_AUTH)) {
		write_event(out, e, body, before);
		return;
	}
	hidden = *e;
	veil_init(&veil, e);
	hide_event(&veil, &hidden);
	write_event(out, &hidden, body, before);
	veil_fini(&veil);
}

static bool
read_body(struct pickling *r, struct extent *body)
{
	uint64_t at, length;

	if (!shape_get_number(r, &at) || !shape_get_number(r, &length) || length > UINT32_MAX)
		return false;
	*body = (struct extent){ .at = at - 1, .length = (uint32_t)length, .ring = VAULT_BODY };
	return true;
}

/* What kind it is; a first one forgets what was before. */
static bool
read_kind(struct pickling *r, struct event *e, struct pickle_before *before)
{
	uint8_t kind = r->p < r->end ? *r->p : 0xff;

	if ((kind & ~FIRST) >= EV_KINDS || (!(kind & FIRST) && !before->any))
		return false;
	if (kind & FIRST)
		*before = (struct pickle_before){ 0 };
	e->kind = (enum ev_kind)(kind & ~FIRST);
	r->p++;
	return true;
}

bool
unpickle_event(slice *bytes, struct arena *arena, struct event *e, struct extent *body_r, struct pickle_before *before)
{
	struct pickling r = { .p = bytes->p, .end = bytes->p + bytes->n, .arena = arena };

	memset(e, 0, sizeof *e);
	*body_r = (struct extent){ .ring = VAULT_BODY };
	if (!read_kind(&r, e, before) || !read_where(&r, &e->at, before) || !shape_read(&r, shape_of_event[e->kind], &e->u)
	    || (e->kind == EV_MAIL_BYTES && !read_body(&r, body_r)))
		return false;
	*bytes = (slice){ r.p, (size_t)(r.end - r.p) };
	return true;
}

/* --- records --- */

static void
write_record(struct buf *out, const struct shape *shape, const void *record)
{
	slice recent[PICKLING_RECENT];
	struct pickling w = { .out = out, .recent = recent };

	shape_write(&w, shape, record);
}

static void *
read_record(slice bytes, struct arena *arena, const struct shape *shape)
{
	slice recent[PICKLING_RECENT];
	struct pickling r = { .p = bytes.p, .end = bytes.p + bytes.n, .arena = arena, .recent = recent };
	void *record = arena_zero(arena, shape->size);

	return record != NULL && bytes.p != NULL && shape_read(&r, shape, record) && r.p == r.end ? record : NULL;
}

void
pickle_session(struct buf *out, const struct rec_session *s)
{
	write_record(out, &shape_session, s);
}

void
pickle_message(struct buf *out, const struct rec_message *m)
{
	write_record(out, &shape_message, m);
}

void
pickle_attempt(struct buf *out, const struct rec_attempt *a)
{
	write_record(out, &shape_attempt, a);
}

void
pickle_finding(struct buf *out, const struct rec_lone_finding *f)
{
	write_record(out, &shape_lone_finding, f);
}

const struct rec_session *
unpickle_session(slice bytes, struct arena *arena)
{
	return read_record(bytes, arena, &shape_session);
}

/* Parts name each other by their places in the list (record.h): there must be such places. */
static bool
parts_are_there(const struct rec_message *m)
{
	for (size_t i = 0; i < m->npart; i++)
		if (m->part[i].number != i + 1 || m->part[i].holder > i)
			return false;
	return true;
}

const struct rec_message *
unpickle_message(slice bytes, struct arena *arena, const struct rec_session *session)
{
	struct rec_message *m = read_record(bytes, arena, &shape_message);

	if (m == NULL || !parts_are_there(m))
		return NULL;
	m->session = session;
	return m;
}

const struct rec_attempt *
unpickle_attempt(slice bytes, struct arena *arena)
{
	return read_record(bytes, arena, &shape_attempt);
}

const struct rec_lone_finding *
unpickle_finding(slice bytes, struct arena *arena)
{
	return read_record(bytes, arena, &shape_lone_finding);
}
