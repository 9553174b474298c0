#include "content.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/machine.h"
#include "model/list/list.h"
#include "model/session/tale.h"
#include "reread.h"

enum { EVENTS_A_LOOK = 64, BYTES_A_LOOK = 128 * KiB };	/* between two looks at the clock */

struct content {
	const struct model *model;
	uint32_t session;		/* its item */
	uint32_t mail, part;
	bool server_reading;
	enum content_how how;
	bool (*take)(void *self, slice piece);
	void *take_self;

	struct tale *tale;
	struct reread *reread;		/* NULL: its content has not begun */
	struct buf piece;		/* bytes of it, read from the vault */
	struct buf kept;
	uint64_t size;			/* of what is shown */
	uint64_t stored, gone;		/* of the message: bytes read, and let go */
	uint64_t end;			/* in the stream: behind what was read */
	uint64_t missing;
	uint64_t spent;			/* bytes and events since the last look at the clock */
	bool open;			/* the part that is shown is being read */
	bool hole;			/* of the tale: it is not known what was in it */
	bool let_go;
	bool over;

	struct content_gap *gap;
	size_t ngap, capgap;
	struct content_gap told;	/* that the parts are hearing of now */
	char said[64];			/* what the text says of it: left out, for the gap is told by itself; "": none waits */

	struct arena *arena;		/* of CONTENT_HEADER */
	struct content_field *field;
	size_t nfield, capfield;
};

/* --- what comes out --- */

static void
put(struct content *c, slice bytes)
{
	if (bytes.n == 0 || c->over)
		return;
	c->size += bytes.n;
	buf_add(&c->kept, bytes);
	if (c->take != NULL && !c->take(c->take_self, bytes))
		c->over = true;
}

static void
add_gap(struct content *c)
{
	struct content_gap *last = c->ngap > 0 ? &c->gap[c->ngap - 1] : NULL;

	if (last != NULL && ((last->at == c->size && last->let_go == c->told.let_go) || c->ngap == LIMIT_CONTENT_GAPS)) {
		last->missing += c->told.missing;
		return;
	}
	if (c->ngap == c->capgap) {
		c->capgap = c->capgap ? 2 * c->capgap : 4;
		c->gap = xrealloc(c->gap, c->capgap, sizeof *c->gap);
	}
	c->told.at = c->size;
	c->gap[c->ngap++] = c->told;
}

static bool
in_sight(const struct content *c)
{
	return c->how == CONTENT_RAW || c->how == CONTENT_HEADER || c->open;
}

/* The text reader says "[1448 bytes missing]" in its place: text.h. That is not for here. */
static void
on_gap(void *self, uint64_t missing, bool let_go, bool over)
{
	struct content *c = self;

	if (!over) {
		c->told = (struct content_gap){ .missing = missing, .let_go = let_go };
		c->let_go |= let_go;
		if (c->how == CONTENT_TEXT && in_sight(c))
			snprintf(c->said, sizeof c->said, "[%llu byte%s missing]\n", (unsigned long long)missing,
			    missing == 1 ? "" : "s");
		return;
	}
	if (in_sight(c) && !let_go)
		c->missing += missing;
	if (in_sight(c) && (c->how != CONTENT_TEXT || c->said[0] != '\0'))
		add_gap(c);
	c->said[0] = '\0';
}

static bool
find_said(const struct content *c, slice text, size_t *at_r)
{
	slice said = slice_of(c->said);

	for (size_t at = 0; said.n > 0 && at + said.n <= text.n; at++)
		if (slice_starts(slice_drop(text, at), said)) {
			*at_r = at;
			return true;
		}
	return false;
}

static void
on_text(void *self, struct ev_part_text *t, const struct mime_at *at)
{
	struct content *c = self;
	slice text = t->text;
	size_t said;

	(void)at;
	if (t->part != c->part)
		return;
	if (!find_said(c, text, &said)) {
		put(c, text);
		return;
	}
	put(c, slice_take(text, said));
	text = slice_drop(text, said + strlen(c->said));
	c->said[0] = '\0';
	add_gap(c);
	put(c, text);
}

static void
on_bytes(void *self, struct ev_part_bytes *b, const struct mime_at *at)
{
	struct content *c = self;

	(void)at;
	if (b->part == c->part)
		put(c, b->bytes);
}

static void
on_begin(void *self, struct ev_part_begin *b, const struct mime_at *at)
{
	struct content *c = self;

	(void)at;
	c->open |= b->part == c->part;
}

static void
on_end(void *self, struct ev_part_end *e, const struct mime_at *at)
{
	struct content *c = self;

	(void)at;
	if (e->part != c->part)
		return;
	c->open = false;
	c->over = true;
}

static void
on_field(void *self, const struct header_field *f, slice decoded, uint64_t offset)
{
	struct content *c = self;
	struct content_field *to;
	slice raw, text;

	if (!arena_copy(c->arena, f->raw, &raw) || !arena_copy(c->arena, decoded, &text))
		return;
	if (c->nfield == c->capfield) {
		c->capfield = c->capfield ? 2 * c->capfield : 32;
		c->field = xrealloc(c->field, c->capfield, sizeof *c->field);
	}
	to = &c->field[c->nfield++];
	*to = (struct content_field){ .name = slice_take(raw, f->name.n), .raw = raw, .decoded = text, .offset = offset,
	    .truncated = f->truncated };
}

/* --- the message --- */

static void
begin(struct content *c, const struct event *ev)
{
	struct reread_user user = { .self = c, .gap = on_gap };

	if (c->reread != NULL)
		return;
	if (ev != NULL)
		c->hole = false;		/* what was let go was before it */
	user.mime.self = c;
	if (c->how == CONTENT_HEADER)
		user.field = on_field;
	if (c->how == CONTENT_BYTES || c->how == CONTENT_TEXT) {
		user.mime.begin = on_begin;
		user.mime.end = on_end;
	}
	if (c->how == CONTENT_BYTES)
		user.mime.bytes = on_bytes;
	if (c->how == CONTENT_TEXT)
		user.mime.text = on_text;
	c->reread = reread_new(&user, WANT_INSIDE, ev);
	if (ev != NULL)
		c->end = ev->at.offset;
}

/* A piece of the tale was let go, and with it maybe some of the message: what the stream's offsets tell of that. */
static void
jump_hole(struct content *c, const struct event *ev)
{
	struct event lost = *ev;

	if (!c->hole)
		return;
	c->hole = false;
	c->let_go = true;
	if (c->end == 0 || ev->at.offset <= c->end)
		return;
	lost.at.offset = c->end;
	c->gone += ev->at.offset - c->end;
	reread_lost(c->reread, &lost, ev->at.offset - c->end);
}

static void
take_piece(struct content *c, const struct event *ev, const struct extent *body)
{
	bool shown = c->how == CONTENT_RAW || (c->how == CONTENT_HEADER && ev->u.mail_bytes.in_header);

	begin(c, NULL);
	jump_hole(c, ev);
	c->end = ev->at.offset + ev->at.length;
	buf_clear(&c->piece);
	if (!vault_read(model_vault(c->model), body, 0, body->length, &c->piece)) {
		c->gone += body->length;
		reread_lost(c->reread, ev, body->length);
		return;
	}
	c->stored += body->length;
	c->spent += body->length;
	reread_bytes(c->reread, ev, buf_slice(&c->piece));
	if (shown)
		put(c, buf_slice(&c->piece));
	if (c->how == CONTENT_HEADER && !ev->u.mail_bytes.in_header)
		c->over = true;
}

static void
finish(struct content *c, bool whole)
{
	c->let_go |= c->hole;
	if (c->reread != NULL && !c->over)
		reread_finish(c->reread, whole);
	c->over = true;
}

/* A second reading that is very long is not told byte by byte: what is not among the pieces is gone. */
static void
end_message(struct content *c, const struct event *ev)
{
	const struct ev_mail_end *e = &ev->u.mail_end;

	begin(c, NULL);
	if (e->size > c->stored + c->gone && !c->over) {
		struct event lost = { .kind = EV_MAIL_BYTES, .at = { .offset = c->end } };

		reread_lost(c->reread, &lost, e->size - c->stored - c->gone);
	}
	c->hole = false;
	finish(c, e->whole);
}

static uint32_t
mail_of(const struct event *ev)
{
	switch (ev->kind) {
	case EV_MAIL_BEGIN:	return ev->u.mail_begin.mail;
	case EV_MAIL_BYTES:	return ev->u.mail_bytes.mail;
	case EV_GAP:		return ev->u.gap.mail;
	case EV_MAIL_END:	return ev->u.mail_end.mail;
	case EV_MAIL_DONE:	return ev->u.mail_done.mail;
	default:		return 0;
	}
}

static void
take_event(struct content *c, const struct event *ev, const struct extent *body)
{
	if (mail_of(ev) != c->mail || ev->at.server_reading != c->server_reading || c->mail == 0)
		return;
	switch (ev->kind) {
	case EV_MAIL_BEGIN:
		begin(c, ev);
		break;
	case EV_MAIL_BYTES:
		take_piece(c, ev, body);
		break;
	case EV_GAP:
		begin(c, NULL);
		reread_gap(c->reread, ev);
		break;
	case EV_MAIL_END:
		end_message(c, ev);
		break;
	default:			/* EV_MAIL_DONE: whatever comes now is not of it */
		finish(c, false);
		break;
	}
}

/* --- doors --- */

struct content *
content_open(const struct model *model, uint32_t message_item, uint32_t part, enum content_how how)
{
	struct content *c = xcalloc(1, sizeof *c);
	const struct item *item = model_item(model, message_item);

	c->model = model;
	c->how = how;
	c->part = part;
	c->session = NO_ITEM;
	c->over = item == NULL || item->kind != ITEM_MESSAGE;
	if (!c->over) {
		c->session = item->session;
		c->mail = item->mail;
		c->server_reading = item->server_reading;
		c->tale = tale_open(model, c->session);
	}
	if (how == CONTENT_HEADER)
		c->arena = arena_new(4 * LIMIT_HEADER_BYTES);
	buf_init(&c->piece, SIZE_MAX);
	buf_init(&c->kept, LIMIT_CONTENT_SHOWN);
	return c;
}

void
content_close(struct content **cp)
{
	struct content *c = *cp;

	if (c == NULL)
		return;
	tale_close(&c->tale);
	reread_free(&c->reread);
	buf_fini(&c->piece);
	buf_fini(&c->kept);
	arena_free(&c->arena);
	free(c->field);
	free(c->gap);
	free(c);
	*cp = NULL;
}

void
content_take(struct content *c, bool (*take)(void *self, slice piece), void *self)
{
	c->take = take;
	c->take_self = self;
}

static bool
session_is_over(const struct content *c)
{
	const struct item *item = model_item(c->model, c->session);

	return item == NULL || item->over;
}

/* False: there is no more now. */
static bool
step(struct content *c)
{
	struct event ev;
	struct extent body;

	switch (tale_next(c->tale, &ev, &body)) {
	case TALE_EVENT:
		take_event(c, &ev, &body);
		break;
	case TALE_GONE:
		c->hole = true;
		break;
	case TALE_NOT_YET:
		if (session_is_over(c))
			finish(c, false);
		return false;
	}
	return !c->over;
}

bool
content_work(struct content *c, nstime until)
{
	if (c->over)
		return false;
	for (;;) {
		for (unsigned i = 0; i < EVENTS_A_LOOK && c->spent < BYTES_A_LOOK; i++)
			if (!step(c))
				return false;
		c->spent = 0;
		if (machine_steady() >= until)
			return true;
	}
}

bool
content_over(const struct content *c)
{
	return c->over;
}

unsigned
content_percent(const struct content *c)
{
	return c->over ? 100 : tale_percent(c->tale);
}

slice
content_bytes(const struct content *c)
{
	return buf_slice(&c->kept);
}

uint64_t
content_size(const struct content *c)
{
	return c->size;
}

bool
content_gone(const struct content *c)
{
	return c->let_go;
}

uint64_t
content_missing(const struct content *c)
{
	return c->missing;
}

size_t
content_gaps(const struct content *c)
{
	return c->ngap;
}

struct content_gap
content_gap_at(const struct content *c, size_t i)
{
	return c->gap[i];
}

size_t
content_fields(const struct content *c)
{
	return c->nfield;
}

struct content_field
content_field_at(const struct content *c, size_t i)
{
	return c->field[i];
}
