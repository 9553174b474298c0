#include "leaf.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "dissectors/mime/encoding/embedded.h"
#include "dissectors/mime/text/text.h"
#include "unpacked.h"

enum { BLOCK = 4 * KiB };

struct leaf {
	struct telling *t;
	struct file *file;		/* NULL: nothing is told of it */
	struct cte_stream *cte;		/* NULL: content is what stands there */
	struct text_stream *text;
	struct embedded *embedded;
	struct unpacked *open;		/* a file in the text */
	struct leaf_about about;	/* entity: not valid */
	struct mime_at at;
	enum cte encoding;
	struct buf encoding_name;
	struct buf block;		/* of text, as far as it is there */
	bool lost;
};

/* --- its text --- */

static void
tell_text(void *self, slice text)
{
	struct leaf *l = self;
	struct ev_part_text ev = { .part = l->about.file.part, .text = text };

	if (l->t->user.text != NULL)
		l->t->user.text(l->t->user.self, &ev, &l->at);
}

static void
tell_url(void *self, const struct text_url *u)
{
	struct leaf *l = self;
	struct ev_url ev = { .part = l->about.file.part, .url = u->url, .host = u->host, .text = u->text };

	if (l->t->user.url == NULL)
		return;
	if (l->t->urls == LIMIT_URLS_TOLD) {
		file_cut(l->file);
		return;
	}
	l->t->urls++;
	l->t->user.url(l->t->user.self, &ev, &l->at);
}

static void
tell_note(void *self, enum finding f, slice detail)
{
	struct leaf *l = self;

	telling_note(l->t, f, &l->at, detail);
}

static enum text_form
form_of(slice type)
{
	if (slice_eq(type, S("text/html")))
		return TEXT_HTML;
	return slice_eq(type, S("text/enriched")) || slice_eq(type, S("text/richtext")) ? TEXT_ENRICHED : TEXT_PLAIN;
}

static void
begin_text(struct leaf *l, const struct entity *e)
{
	const struct mime_user *u = &l->t->user;
	struct text_user user = { .self = l, .text = u->text != NULL ? tell_text : NULL, .url = u->url != NULL ? tell_url : NULL,
	    .note = telling_judges(l->t) ? tell_note : NULL };

	if (!slice_starts(buf_slice(&e->type), S("text/")) || slice_eq(buf_slice(&e->type), S("text/rtf")))
		return;
	if (user.text != NULL || user.url != NULL || user.note != NULL)
		l->text = text_new(form_of(buf_slice(&e->type)), buf_slice(&e->charset), e->flow, &user);
}

/* --- files in its text --- */

static void
embedded_begin(void *self, enum cte kind, slice name)
{
	struct leaf *l = self;
	slice encoding = kind == CTE_UU ? S("x-uuencode") : kind == CTE_YENC ? S("x-yenc") : S("mac-binhex40");

	telling_note(l->t, FINDING_MIME_UUENCODE, &l->at, name.n > 0 ? name : encoding);
	unpacked_end(&l->open, false);
	l->open = unpacked_new(l->file, &(struct opener_member){ .name = name }, encoding);
	if (kind == CTE_UNKNOWN && l->open != NULL)
		unpacked_end(&l->open, false);
}

static void
embedded_bytes(void *self, slice bytes)
{
	struct leaf *l = self;

	if (l->open != NULL)
		unpacked_feed(l->open, bytes);
}

static void
embedded_end(void *self, bool whole, const struct cte_told *told)
{
	struct leaf *l = self;

	(void)told;
	unpacked_end(&l->open, whole);
}

/* Programs that make such files send plain text, or say nothing of its type. */
static void
begin_embedded(struct leaf *l, const struct entity *e)
{
	bool wanted = telling_judges(l->t) || telling_inside(l->t);

	if (l->file != NULL && wanted && slice_eq(buf_slice(&e->type), S("text/plain")) && e->cte != CTE_UU && e->cte != CTE_YENC)
		l->embedded = embedded_new(&(struct embedded_user){ l, embedded_begin, embedded_bytes, embedded_end });
}

/* --- its encoding --- */

/* Several read it: what they tell must come in one order, wherever it was cut. So they get it in blocks of one size. */
static void
give_block(struct leaf *l, slice block)
{
	file_feed(l->file, block);
	if (l->text != NULL)
		text_feed(l->text, block);
	if (l->embedded != NULL)
		embedded_feed(l->embedded, block);
}

static void
flush_block(struct leaf *l)
{
	if (l->block.n > 0)
		give_block(l, buf_slice(&l->block));
	buf_clear(&l->block);
}

static void
add_blocks(struct leaf *l, slice bytes)
{
	while (bytes.n > 0) {
		slice part = slice_take(bytes, BLOCK - l->block.n);

		if (part.n == BLOCK)
			give_block(l, part);
		else
			buf_add(&l->block, part);
		if (l->block.n == BLOCK)
			flush_block(l);
		bytes = slice_drop(bytes, part.n);
	}
}

static void
take_content(struct leaf *l, slice bytes, uint64_t offset)
{
	if (bytes.n == 0)
		return;
	if (l->text != NULL || l->embedded != NULL)
		add_blocks(l, bytes);
	else if (l->file != NULL)
		file_feed(l->file, bytes);
	if (l->about.content != NULL)
		l->about.content(l->about.self, bytes, offset);
}

static void
take_decoded(void *self, slice bytes)
{
	struct leaf *l = self;

	take_content(l, bytes, l->at.offset);
}

static slice
base64_trouble(const struct cte_told *told)
{
	if (told->junk > 0)
		return S("bytes outside the alphabet");
	return told->padding_inside > 0 ? S("padding in the middle") : S("cut short");
}

/* Decoders disagree about these, or show something else. */
static void
note_encoding(struct leaf *l, bool whole)
{
	const struct cte_told *told = &l->cte->told;
	slice name = buf_slice(&l->encoding_name);

	if (l->encoding == CTE_BASE64 && (told->junk > 0 || told->padding_inside > 0 || (told->odd_tail > 0 && whole)))
		telling_note(l->t, FINDING_MIME_BASE64_INVALID, &l->at, base64_trouble(told));
	if (l->encoding == CTE_QP && told->bad_escapes > 0)
		telling_note(l->t, FINDING_MIME_QP_INVALID, &l->at, SLICE_NONE);
	if (l->encoding == CTE_UU || l->encoding == CTE_YENC)
		telling_note(l->t, FINDING_MIME_UUENCODE, &l->at,
		    told->bad_lines > 0 ? S("damaged") : told->no_end ? S("without its end") : name);
}

static void
begin_encoding(struct leaf *l, const struct entity *e)
{
	buf_init(&l->encoding_name, LIMIT_DETAIL);
	buf_init(&l->block, BLOCK);
	l->encoding = e->cte;
	if (e->cte == CTE_NONE)
		return;
	buf_add(&l->encoding_name, buf_slice(&e->encoding));
	if (e->cte == CTE_UNKNOWN)
		return;
	l->cte = xcalloc(1, sizeof *l->cte);
	cte_init(l->cte, e->cte, &(struct cte_user){ l, take_decoded });
}

/* --- doors --- */

struct leaf *
leaf_new(struct telling *t, const struct leaf_about *about)
{
	struct leaf *l = xcalloc(1, sizeof *l);

	l->t = t;
	l->about = *about;
	l->about.entity = NULL;
	l->at = about->file.at;
	if (about->file.part != 0)
		l->file = file_new(t, &about->file);
	begin_encoding(l, about->entity);
	if (l->file != NULL)
		begin_text(l, about->entity);
	begin_embedded(l, about->entity);
	return l;
}

void
leaf_feed(struct leaf *l, slice in, uint64_t offset)
{
	if (l->cte != NULL)
		cte_feed(l->cte, in);
	else
		take_content(l, in, offset);
}

void
leaf_gap(struct leaf *l, uint64_t missing)
{
	l->lost = true;
	if (l->cte != NULL)
		cte_gap(l->cte, missing);
	flush_block(l);
	if (l->file != NULL)
		file_gap(l->file, missing);
	if (l->text != NULL)
		text_gap(l->text, missing);
	if (l->embedded != NULL)
		embedded_gap(l->embedded, missing);
}

void
leaf_finish(struct leaf *l, bool whole)
{
	if (l->cte != NULL)
		cte_finish(l->cte);
	flush_block(l);
	if (l->embedded != NULL)
		embedded_finish(l->embedded);
	unpacked_end(&l->open, false);
	if (l->text != NULL)
		text_finish(l->text);
	if (l->cte != NULL) {
		note_encoding(l, whole && !l->lost);
		if (l->file != NULL)
			file_skip(l->file, l->cte->told.skipped);
	}
	if (l->encoding == CTE_UNKNOWN)
		telling_note(l->t, FINDING_MIME_CTE_UNKNOWN, &l->at, buf_slice(&l->encoding_name));
}

void
leaf_end(struct leaf **lp, bool whole, uint64_t length)
{
	struct leaf *l = *lp;

	if (l == NULL)
		return;
	file_end(&l->file, whole, length);
	if (l->text != NULL)
		text_free(&l->text);
	if (l->embedded != NULL)
		embedded_free(&l->embedded);
	buf_fini(&l->encoding_name);
	buf_fini(&l->block);
	free(l->cte);
	free(l);
	*lp = NULL;
}

size_t
leaf_memory(const struct leaf *l)
{
	return sizeof *l + l->block.cap + (l->cte ? sizeof *l->cte : 0) + (l->file ? file_memory(l->file) : 0)
	    + (l->open ? unpacked_memory(l->open) : 0)
	    + (l->text ? text_memory(l->text) : 0);
}
