/*
 * mime_tree.h - feeds a message through header and walk as who carries it does, and writes down the parts, a line each, then the
 * findings. Checks on the way that parts nest, and that sizes are the sums of their bytes. For unit tests and fuzz targets, each
 * of which is one program: so the functions stand here.
 *
 *	1.2 application/pdf "report.pdf" 12 bytes [content, if it is short]
 */
#ifndef MIME_TREE_H
#define MIME_TREE_H

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "dissectors/mime/header/field.h"
#include "dissectors/mime/mime.h"

enum { TREE_SHORT = 64 };		/* bytes of content that are written down */

struct tree_part {
	struct buf head, content;
	uint32_t parent;
	enum part_kind kind;
	unsigned depth;
	uint64_t size;
	bool ended;
	struct buf tail;
};

struct tree {
	struct tree_part *part;
	size_t n, cap;
	struct buf notes, other;	/* findings; facts, members, links, texts */
	struct mime *m;
	struct header_parser header;
	struct field_text text;
	uint64_t at, field;
	slice piece;
	uint64_t piece_at;
	size_t calls;			/* of `bytes` */
	uint64_t bytes;			/* told, of parts that were not unpacked */
	bool keep;			/* content is written down */
};

static void
tree_escape(struct buf *b, slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\r' || s.p[i] == '\n')
			buf_text(b, s.p[i] == '\r' ? "\\r" : "\\n");
		else if (s.p[i] < 0x20 || s.p[i] >= 0x7f)
			buf_printf(b, "\\x%02x", s.p[i]);
		else
			buf_add_byte(b, s.p[i]);
}

static void
tree_field(struct buf *b, const char *name, slice s)
{
	if (s.p == NULL)
		return;
	buf_printf(b, " %s=", name);
	tree_escape(b, s);
}

static struct tree_part *
tree_part(struct tree *t, uint32_t number)
{
	CHECK(number >= 1 && number <= t->n);
	CHECK(!t->part[number - 1].ended);
	return &t->part[number - 1];
}

static void
tree_begin(void *self, struct ev_part_begin *ev, const struct mime_at *at)
{
	struct tree *t = self;
	struct tree_part *p;

	CHECK(ev->part == t->n + 1 && ev->parent <= t->n);
	if (ev->parent > 0) {
		CHECK(tree_part(t, ev->parent)->kind != PART_LEAF || ev->kind == PART_UNPACKED);
		CHECK(tree_part(t, ev->parent)->depth + 1 == ev->depth);
	} else
		CHECK(ev->depth == 0);
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 16;
		t->part = xrealloc(t->part, t->cap, sizeof *t->part);
	}
	p = &t->part[t->n++];
	*p = (struct tree_part){ .parent = ev->parent, .kind = ev->kind, .depth = ev->depth };
	buf_init(&p->head, MiB);
	buf_init(&p->tail, MiB);
	buf_init(&p->content, SIZE_MAX);
	buf_spaces(&p->head, 2 * ev->depth);
	CHECK((ev->kind == PART_UNPACKED) == (ev->path.p == NULL));
	buf_add(&p->head, ev->path.p == NULL ? S("+") : ev->path.n == 0 ? S("-") : ev->path);
	buf_add_byte(&p->head, ' ');
	tree_escape(&p->head, ev->content_type);
	if (!ev->declared)
		buf_add_byte(&p->head, '?');
	if (ev->kind == PART_MESSAGE)
		buf_text(&p->head, " (message)");
	if (ev->filename.p != NULL) {
		buf_text(&p->head, " \"");
		tree_escape(&p->head, ev->filename);
		buf_add_byte(&p->head, '"');
	}
	if (at->guessed)
		buf_text(&p->head, " GUESSED");
	tree_field(&p->head, "charset", ev->charset);
	tree_field(&p->head, "encoding", ev->encoding);
	tree_field(&p->head, "disposition", ev->disposition);
	tree_field(&p->head, "id", ev->content_id);
	tree_field(&p->head, "description", ev->description);
	buf_printf(&p->head, " @%llu", (unsigned long long)at->offset);
}

static void
tree_bytes(void *self, struct ev_part_bytes *ev, const struct mime_at *at)
{
	struct tree *t = self;
	struct tree_part *p = tree_part(t, ev->part);

	(void)at;
	CHECK(p->kind != PART_MULTIPART && ev->bytes.n > 0);
	t->calls++;
	t->bytes += p->kind == PART_UNPACKED ? 0 : ev->bytes.n;
	p->size += ev->bytes.n;
	if (t->keep)
		buf_add(&p->content, ev->bytes);
}

static void
tree_end(void *self, struct ev_part_end *ev, const struct mime_at *at)
{
	struct tree *t = self;
	struct tree_part *p = tree_part(t, ev->part);

	for (size_t i = 0; i < t->n; i++)
		CHECK(t->n > 1000 || t->part[i].parent != ev->part || t->part[i].ended);
	CHECK(p->size == ev->size);
	if (p->kind != PART_MULTIPART)
		buf_printf(&p->tail, " %llu bytes", (unsigned long long)ev->size);
	if (!ev->whole)
		buf_printf(&p->tail, " NOT WHOLE");
	if (ev->missing > 0)
		buf_printf(&p->tail, " missing %llu", (unsigned long long)ev->missing);
	if (ev->truncated)
		buf_printf(&p->tail, " TRUNCATED");
	CHECK(ev->whole || !ev->has_sha256);
	if (ev->has_sha256) {
		uint8_t sum[SHA256_SIZE];

		crypto_sha256(buf_slice(&p->content), sum);
		CHECK(!t->keep || memcmp(sum, ev->sha256, sizeof sum) == 0);
		buf_text(&p->tail, " #");
	}
	if (ev->detected != NULL)
		buf_printf(&p->tail, " is %s", ev->detected);
	if (p->kind != PART_MULTIPART && ev->size <= TREE_SHORT) {
		buf_text(&p->tail, " [");
		tree_escape(&p->tail, buf_slice(&p->content));
		buf_add_byte(&p->tail, ']');
	}
	buf_printf(&p->tail, " +%llu", (unsigned long long)at->length);
	p->ended = true;
}

static void
tree_note(void *self, enum finding f, const struct mime_at *at, slice detail)
{
	struct tree *t = self;

	buf_printf(&t->notes, "! %s @%llu+%llu ", finding_info(f)->id, (unsigned long long)at->offset, (unsigned long long)at->length);
	tree_escape(&t->notes, detail);
	buf_add_byte(&t->notes, '\n');
}

static void
tree_fact(void *self, struct ev_part_fact *ev, const struct mime_at *at)
{
	struct tree *t = self;

	(void)at;
	buf_printf(&t->other, "fact %u.%u ", tree_part(t, ev->part) != NULL ? ev->part : 0, ev->group);
	tree_escape(&t->other, ev->name);
	buf_add_byte(&t->other, '=');
	tree_escape(&t->other, ev->value);
	buf_add_byte(&t->other, '\n');
}

static void
tree_member(void *self, struct ev_part_member *ev, const struct mime_at *at)
{
	struct tree *t = self;

	(void)at;
	tree_part(t, ev->part);
	buf_printf(&t->other, "member %u ", ev->part);
	tree_escape(&t->other, ev->name);
	buf_add_byte(&t->other, '\n');
}

static void
tree_url(void *self, struct ev_url *ev, const struct mime_at *at)
{
	struct tree *t = self;

	(void)at;
	tree_part(t, ev->part);
	buf_printf(&t->other, "url %u ", ev->part);
	tree_escape(&t->other, ev->url);
	buf_add_byte(&t->other, '\n');
}

static void
tree_text(void *self, struct ev_part_text *ev, const struct mime_at *at)
{
	(void)at;
	tree_part(self, ev->part);
}

static uint64_t
tree_place(const struct tree *t, slice bytes)
{
	uintptr_t p = (uintptr_t)bytes.p, piece = (uintptr_t)t->piece.p;

	return p >= piece && p < piece + t->piece.n ? t->piece_at + (p - piece) : t->piece_at - bytes.n;
}

static void
tree_on_field(void *self, const struct header_field *f)
{
	struct tree *t = self;
	slice decoded = field_decode(&t->text, f->value);

	mime_field(t->m, f, decoded, t->text.words, t->field);
	t->field += f->raw.n;
}

static void
tree_on_bytes(void *self, slice bytes, bool in_header)
{
	struct tree *t = self;

	if (!in_header)
		mime_body(t->m, bytes, tree_place(t, bytes));
}

static void
tree_init(struct tree *t, uint32_t wants, bool keep)
{
	struct mime_user user = { t, tree_begin, tree_bytes, tree_text, tree_fact, tree_member, tree_end, tree_url, tree_note };

	*t = (struct tree){ .keep = keep };
	buf_init(&t->notes, 16 * MiB);
	buf_init(&t->other, 64 * MiB);
	field_init(&t->text);
	header_init(&t->header, &(struct header_user){ .self = t, .field = tree_on_field, .bytes = tree_on_bytes });
	t->m = mime_new(&user, wants, &(struct mime_about){ .time = NSTIME_NONE });
}

static void
tree_feed(struct tree *t, slice in)
{
	size_t n = 0;

	t->piece = in;
	t->piece_at = t->at;
	if (!t->header.done)
		n = header_feed(&t->header, in);
	if (t->header.done)
		mime_body(t->m, slice_drop(in, n), t->at + n);
	t->at += in.n;
}

static void
tree_gap(struct tree *t, uint64_t missing)
{
	t->at += missing;
	t->field = t->at;
	header_gap(&t->header);
	mime_gap(t->m, missing);
}

static void
tree_finish(struct tree *t, bool whole)
{
	t->piece = SLICE_NONE;
	t->piece_at = t->at;
	header_finish(&t->header);
	mime_finish(t->m, whole);
	for (size_t i = 0; i < t->n; i++)
		CHECK(t->part[i].ended);
}

static void
tree_fini(struct tree *t)
{
	mime_free(&t->m);
	header_fini(&t->header);
	field_fini(&t->text);
	for (size_t i = 0; i < t->n; i++) {
		buf_fini(&t->part[i].head);
		buf_fini(&t->part[i].tail);
		buf_fini(&t->part[i].content);
	}
	free(t->part);
	buf_fini(&t->notes);
	buf_fini(&t->other);
}

/* All of it, as a test compares it. */
static void
tree_write(const struct tree *t, struct buf *out)
{
	for (size_t i = 0; i < t->n; i++) {
		buf_add(out, buf_slice(&t->part[i].head));
		buf_add(out, buf_slice(&t->part[i].tail));
		buf_add_byte(out, '\n');
	}
	buf_add(out, buf_slice(&t->notes));
	buf_add(out, buf_slice(&t->other));
}

/* cut: bytes in a piece, 0: all, SIZE_MAX: at random. Each piece is a block of its own, so that reading beyond it is caught. */
static void
tree_pieces(struct tree *t, slice in, size_t cut)
{
	while (in.n > 0) {
		size_t n = cut == 0 ? in.n : cut == SIZE_MAX ? 1 + (size_t)rand() % 100 : cut;
		slice piece = slice_take(in, n);
		uint8_t *copy = malloc(piece.n);

		memcpy(copy, piece.p, piece.n);
		tree_feed(t, (slice){ copy, piece.n });
		free(copy);
		in = slice_drop(in, n);
	}
}

#endif
