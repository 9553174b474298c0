#include "part_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/words.h"

enum { MEMBERS = 12, DEPTH_MOST = 8, SIZE_COLUMNS = 15, TYPE_COLUMNS = 24 };

void
part_tree_fini(struct part_tree *t)
{
	free(t->v);
	*t = (struct part_tree){ .n = 0 };
}

static void
add(struct part_tree *t, struct node node)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 16;
		t->v = xrealloc(t->v, t->cap, sizeof *t->v);
	}
	t->v[t->n++] = node;
}

static void
add_members(struct part_tree *t, const struct rec_part *p, int depth)
{
	size_t n = p->nmember > MEMBERS ? MEMBERS - 1 : p->nmember;

	for (size_t i = 0; i < n; i++)
		add(t, (struct node){ NODE_MEMBER, depth + (int)(p->member[i].depth < DEPTH_MOST ? p->member[i].depth : DEPTH_MOST), p, &p->member[i] });
	if (p->members > n)
		add(t, (struct node){ NODE_MORE, depth, p, NULL });
}

/* An unpacked one stands in what it was unpacked from, which may have been unpacked itself. */
static int
depth_of(const struct rec_message *m, const struct rec_part *p)
{
	int depth = 1;

	while (p->parent > 0 && p->parent <= m->npart && depth < DEPTH_MOST) {
		p = &m->part[p->parent - 1];
		depth++;
	}
	return depth;
}

void
part_tree_make(struct part_tree *t, const struct rec_message *m)
{
	t->n = 0;
	add(t, (struct node){ .kind = NODE_MESSAGE });
	for (size_t i = 0; i < m->npart; i++) {
		int depth = depth_of(m, &m->part[i]);

		add(t, (struct node){ NODE_PART, depth, &m->part[i], NULL });
		add_members(t, &m->part[i], depth + 1);
	}
	if (m->nurl > 0)
		add(t, (struct node){ .kind = NODE_LINKS, .depth = 1 });
}

size_t
part_tree_find(const struct part_tree *t, uint32_t part)
{
	for (size_t i = 0; i < t->n; i++)
		if (part == 0 ? t->v[i].kind == NODE_MESSAGE : t->v[i].kind == NODE_PART && t->v[i].part->number == part)
			return i;
	return SIZE_MAX;
}

size_t
part_tree_first(const struct part_tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct rec_part *p = t->v[i].part;

		if (t->v[i].kind == NODE_PART && p->kind == PART_LEAF && slice_starts(p->content_type, S("text/"))
		    && !slice_eq(p->disposition, S("attachment")) && p->size > 0)
			return i;
	}
	return 0;
}

void
part_tree_name(const struct rec_part *p, struct buf *out)
{
	buf_add(out, p->filename.n > 0 ? p->filename : p->content_type);
}

const char *
part_tree_differs(const struct rec_part *p)
{
	slice said = p->content_type, is;

	if (p->detected == NULL || p->kind == PART_MULTIPART || p->kind == PART_MESSAGE)
		return NULL;
	is = slice_of(p->detected);
	if (slice_eq(said, is) || (slice_eq(is, S("text/plain")) && (slice_starts(said, S("text/")) || slice_starts(said, S("message/")))))
		return NULL;
	if (slice_eq(said, S("application/rtf")) && slice_eq(is, S("text/rtf")))
		return NULL;
	return p->detected;
}

/* --- drawing --- */

static int
draw_size(struct area a, int y, enum style style, uint64_t size)
{
	struct buf words;

	buf_init(&words, 64);
	words_count(&words, size, "byte", "bytes");
	canvas_right(a, a.width - SIZE_COLUMNS, y, SIZE_COLUMNS, style, buf_slice(&words));
	buf_fini(&words);
	return a.width - SIZE_COLUMNS - 1;
}

/* What is left of the line for the words that follow, from x on. Returns the column behind them. */
static int
draw_words(struct area a, int x, int y, int right, enum style style, slice words)
{
	return x < right && words.n > 0 ? x + canvas_text(a, x, y, right - x, style, words) + 1 : x;
}

static enum style
name_style(const struct rec_part *p)
{
	if (p->kind == PART_MULTIPART)
		return STYLE_DIM;
	return p->filename.n > 0 ? STYLE_TITLE : STYLE_PLAIN;
}

static void
draw_part(struct area a, int x, int y, const struct rec_part *p)
{
	bool leaf = p->kind != PART_MULTIPART, lost = leaf && p->ended && !p->whole;
	int right = leaf ? draw_size(a, y, STYLE_DIM, p->size) : a.width;
	const char *differs = part_tree_differs(p);
	int after = right - (lost ? 9 : 0) - (differs ? (int)strlen(differs) + 4 : 0);

	if (p->path.n > 0)
		x = draw_words(a, x, y, right, STYLE_DIM, p->path);
	x = draw_words(a, x, y, after > x + 8 ? after : right, name_style(p), p->filename.n > 0 ? p->filename : p->content_type);
	if (differs != NULL) {
		x = draw_words(a, x, y, right, STYLE_BAD, S("is"));
		x = draw_words(a, x, y, right, STYLE_BAD, slice_of(differs));
	} else if (p->filename.n > 0 && right - x > TYPE_COLUMNS)
		x = draw_words(a, x, y, right, STYLE_DIM, p->content_type);
	else if (p->charset.n > 0 && right - x > (int)p->charset.n)
		x = draw_words(a, x, y, right, STYLE_DIM, p->charset);
	if (lost)
		draw_words(a, x, y, right, STYLE_LOST, S("partial"));
}

static void
draw_member(struct area a, int x, int y, const struct rec_member *m)
{
	int right = m->directory || m->size == UINT64_MAX ? a.width : draw_size(a, y, STYLE_DIM, m->size);

	x = draw_words(a, x, y, right, STYLE_PLAIN, m->name.n > 0 ? m->name : S("(no name)"));
	if (m->encrypted)
		draw_words(a, x, y, right, STYLE_LATER, S("encrypted"));
}

static void
draw_more(struct area a, int x, int y, const struct rec_part *p)
{
	struct buf words;

	buf_init(&words, 64);
	buf_text(&words, "… ");
	words_count(&words, p->members - (MEMBERS - 1), "more file", "more files");
	canvas_text(a, x, y, a.width - x, STYLE_DIM, buf_slice(&words));
	buf_fini(&words);
}

static void
draw_links(struct area a, int x, int y, const struct rec_message *m)
{
	struct buf words;

	buf_init(&words, 64);
	words_count(&words, m->urls, "link", "links");
	canvas_text(a, x, y, a.width - x, STYLE_LINK, buf_slice(&words));
	buf_fini(&words);
}

static void
draw_message(struct area a, int x, int y, const struct rec_message *m)
{
	int right = m->has_content ? draw_size(a, y, STYLE_DIM, m->size) : a.width;
	struct buf words;

	buf_init(&words, 64);
	buf_printf(&words, "message %u", m->index);
	x = draw_words(a, x, y, right, STYLE_TITLE, buf_slice(&words));
	buf_fini(&words);
	if (!m->has_content)
		draw_words(a, x, y, right, STYLE_DIM, S("envelope only"));
	else if (!m->whole)
		draw_words(a, x, y, right, STYLE_LOST, S("partial"));
	else
		draw_words(a, x, y, right, STYLE_DIM, S("whole"));
}

void
part_tree_draw(const struct part_tree *t, struct area a, int y, size_t i, const struct rec_message *m, bool chosen)
{
	const struct node *n = &t->v[i];
	int x = 2 + 2 * n->depth;

	if (chosen)
		canvas_words(a, 0, y, STYLE_TITLE, "›");
	switch (n->kind) {
	case NODE_MESSAGE:	draw_message(a, x, y, m); break;
	case NODE_PART:		draw_part(a, x, y, n->part); break;
	case NODE_MEMBER:	draw_member(a, x, y, n->member); break;
	case NODE_MORE:		draw_more(a, x, y, n->part); break;
	case NODE_LINKS:	draw_links(a, x, y, m); break;
	}
}
