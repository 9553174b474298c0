#include "reread.h"

#include <stdlib.h>

#include "base/err.h"
#include "dissectors/mime/header/field.h"

struct reread {
	struct reread_user user;
	struct header_parser header;
	struct field_text text;
	struct mime *mime;		/* NULL: only fields are wanted */
	uint64_t field;			/* where the next header field begins */
	bool gap;			/* one was told of, and waits: */
	uint64_t missing, behind;	/* how much it is, and what stands behind it */
};

static void
take_field(void *self, const struct header_field *f)
{
	struct reread *r = self;
	slice text = field_decode(&r->text, f->value);
	uint64_t offset = r->field;

	r->field += f->raw.n;
	if (r->user.field != NULL)
		r->user.field(r->user.self, f, text, offset);
	if (r->mime != NULL)
		mime_field(r->mime, f, text, r->text.words, offset);
}

static bool
wants_parts(const struct mime_user *u)
{
	return u->begin || u->bytes || u->text || u->fact || u->member || u->end || u->url;
}

static void
lose(struct reread *r, uint64_t missing, uint64_t behind, bool let_go)
{
	if (r->user.gap != NULL)
		r->user.gap(r->user.self, missing, let_go, false);
	r->field = behind;
	header_gap(&r->header);
	if (r->mime != NULL)
		mime_gap(r->mime, missing);
	if (r->user.gap != NULL)
		r->user.gap(r->user.self, missing, let_go, true);
}

struct reread *
reread_new(const struct reread_user *user, uint32_t wants, const struct event *begin)
{
	struct reread *r = xcalloc(1, sizeof *r);
	struct mime_about about = { .time = NSTIME_NONE };

	r->user = *user;
	r->user.mime.note = NULL;
	about.offset = r->field = begin != NULL ? begin->at.offset : 0;
	field_init(&r->text);
	header_init(&r->header, &(struct header_user){ .self = r, .field = take_field });
	if (wants_parts(&user->mime))
		r->mime = mime_new(&r->user.mime, wants & ~WANT_JUDGEMENT, &about);
	if (begin == NULL)
		lose(r, 0, 0, true);
	return r;
}

void
reread_free(struct reread **rp)
{
	struct reread *r = *rp;

	if (r == NULL)
		return;
	header_fini(&r->header);
	field_fini(&r->text);
	mime_free(&r->mime);
	free(r);
	*rp = NULL;
}

static void
settle_gap(struct reread *r)
{
	if (!r->gap)
		return;
	r->gap = false;
	lose(r, r->missing, r->behind, false);
}

/* The dissector tells a gap first, and then what it still held of the bytes before it. */
static void
settle_gap_before(struct reread *r, uint64_t offset)
{
	if (offset >= r->behind)
		settle_gap(r);
}

static void
end_header(struct reread *r, uint64_t offset)
{
	if (r->header.done)
		return;
	header_finish(&r->header);
	if (r->mime != NULL)
		mime_body(r->mime, SLICE_NONE, offset);
}

/* The first reading found where the header ends: by its empty line, or before a line that is no field. */
void
reread_bytes(struct reread *r, const struct event *ev, slice bytes)
{
	settle_gap_before(r, ev->at.offset);
	if (ev->u.mail_bytes.in_header && !r->header.done) {
		header_feed(&r->header, bytes);
		if (r->header.done && r->mime != NULL)
			mime_body(r->mime, SLICE_NONE, ev->at.offset + bytes.n);
	} else {
		end_header(r, ev->at.offset);
		if (r->mime != NULL)
			mime_body(r->mime, bytes, ev->at.offset);
	}
}

void
reread_lost(struct reread *r, const struct event *ev, uint64_t length)
{
	settle_gap_before(r, ev->at.offset);
	if (!ev->u.mail_bytes.in_header) {
		if (!r->header.done)
			header_gap(&r->header);		/* a field that was open is not whole: its end may be among what was lost */
		end_header(r, ev->at.offset);
	}
	lose(r, length, ev->at.offset + length, true);
}

void
reread_gap(struct reread *r, const struct event *ev)
{
	settle_gap(r);
	r->gap = true;
	r->missing = ev->u.gap.missing;
	r->behind = ev->at.offset + ev->at.length;
}

void
reread_finish(struct reread *r, bool whole)
{
	settle_gap(r);
	if (!r->header.done)
		header_finish(&r->header);
	if (r->mime != NULL)
		mime_finish(r->mime, whole);
}

size_t
reread_memory(const struct reread *r)
{
	return sizeof *r + r->header.field.cap + r->text.unfolded.cap + r->text.decoded.cap + (r->mime ? mime_memory(r->mime) : 0);
}
