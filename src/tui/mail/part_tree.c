#include "part_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/words.h"
#include "tui/widgets/sheet.h"

enum { MEMBERS = 12, DEPTH_MOST = 8, SIZE_COLUMNS = 18, TYPE_COLUMNS = 24, FINDING_COLUMNS = 30, NAME_LEAST = 12 };

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
		add(t, (struct node){ .kind = NODE_MEMBER, .part = p, .member = &p->member[i],
		    .depth = depth + (int)(p->member[i].depth < DEPTH_MOST ? p->member[i].depth : DEPTH_MOST) });
	if (p->members > n)
		add(t, (struct node){ .kind = NODE_MORE, .depth = depth, .part = p });
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

static bool
is_about_files(const struct rec_finding *f)
{
	const char *id = finding_info(f->finding)->id;

	return strncmp(id, "mime.", 5) == 0 || strncmp(id, "name.", 5) == 0;
}

bool
part_tree_speaks_of(const struct rec_finding *f, slice file)
{
	slice end = slice_drop(f->detail, f->detail.n > file.n ? f->detail.n - file.n : 0);
	slice before = slice_take(f->detail, f->detail.n - end.n);

	if (file.n == 0 || !is_about_files(f) || !slice_eq(end, file))
		return false;
	return before.n == 0 || (before.n > 2 && before.p[before.n - 1] == ' ' && before.p[before.n - 2] == ':');
}

static void
mark_findings(struct part_tree *t, const struct rec_message *m)
{
	for (size_t i = 0; i < m->findings.n; i++) {
		const struct rec_finding *f = &m->findings.v[i];

		for (size_t k = 0; k < t->n; k++) {
			struct node *n = &t->v[k];
			slice file = n->kind == NODE_MEMBER ? n->member->name
			    : n->kind == NODE_PART ? n->part->filename : SLICE_NONE;

			if (part_tree_speaks_of(f, file) && (n->worst == NULL
			    || finding_info(n->worst->finding)->severity < finding_info(f->finding)->severity))
				n->worst = f;
		}
	}
}

void
part_tree_make(struct part_tree *t, const struct rec_message *m, bool open)
{
	t->n = 0;
	t->open = open;
	add(t, (struct node){ .kind = NODE_MESSAGE });
	for (size_t i = 0; i < m->npart; i++) {
		int depth = depth_of(m, &m->part[i]);

		add(t, (struct node){ .kind = NODE_PART, .depth = depth, .part = &m->part[i] });
		add_members(t, &m->part[i], depth + 1);
	}
	if (m->nurl > 0)
		add(t, (struct node){ .kind = NODE_LINKS, .depth = 1 });
	mark_findings(t, m);
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
	if (slice_eq(said, is))
		return NULL;
	if (slice_eq(is, S("text/plain")) && (slice_starts(said, S("text/")) || slice_starts(said, S("message/"))))
		return NULL;
	if (slice_eq(said, S("application/rtf")) && slice_eq(is, S("text/rtf")))
		return NULL;
	return p->detected;
}

enum style
part_tree_differs_style(const struct rec_part *p)
{
	return !p->declared || slice_eq(p->content_type, S("application/octet-stream")) ? STYLE_DIM : STYLE_BAD;
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

/* "! mime.executable", or as much as there is room for. */
static void
draw_finding(struct area a, int x, int y, int right, const struct rec_finding *f)
{
	const struct finding_info *info;
	enum style style;

	if (f == NULL)
		return;
	info = finding_info(f->finding);
	style = sheet_severity(info->severity);
	x = draw_words(a, x, y, right, style, S("!"));
	if (right - x > (int)strlen(info->id))
		draw_words(a, x, y, right, style, slice_of(info->id));
}

/* The kind of a type goes without saying: "vnd.microsoft.portable-executable". */
static slice
short_type(const char *type)
{
	slice s = slice_of(type), prefix = S("application/");

	return slice_starts(s, prefix) ? slice_drop(s, prefix.n) : s;
}

/* Whatever its name leaves room for, what is wrong with it comes first. */
static void
draw_part(struct area a, int x, int y, const struct node *n)
{
	const struct rec_part *p = n->part;
	bool leaf = p->kind != PART_MULTIPART, lost = leaf && p->ended && !p->whole;
	int right = leaf && p->ended ? draw_size(a, y, STYLE_DIM, p->size) : a.width;
	const char *differs = part_tree_differs(p);
	int wrong = (lost ? 8 : 0) + (n->worst != NULL ? 2 : 0), type = differs != NULL ? (int)short_type(differs).n + 4 : 0;

	if (p->path.n > 0)
		x = draw_words(a, x, y, right, STYLE_DIM, p->path);
	if (right - wrong - type < x + NAME_LEAST) {
		differs = NULL;
		type = 0;
	}
	x = draw_words(a, x, y, right - wrong - type, name_style(p), p->filename.n > 0 ? p->filename : p->content_type);
	if (differs != NULL) {
		x = draw_words(a, x, y, right, part_tree_differs_style(p), S("is"));
		x = draw_words(a, x, y, right, part_tree_differs_style(p), short_type(differs));
	} else if (p->filename.n > 0 && right - x > wrong + TYPE_COLUMNS + (n->worst ? FINDING_COLUMNS : 0))
		x = draw_words(a, x, y, right, STYLE_DIM, p->content_type);
	else if (p->charset.n > 0 && right - x > wrong + (int)p->charset.n)
		x = draw_words(a, x, y, right, STYLE_DIM, p->charset);
	if (lost)
		x = draw_words(a, x, y, right, STYLE_LOST, S("partial"));
	draw_finding(a, x, y, right, n->worst);
}

static void
draw_member(struct area a, int x, int y, const struct node *n)
{
	const struct rec_member *m = n->member;
	int right = m->directory || m->size == UINT64_MAX ? a.width : draw_size(a, y, STYLE_DIM, m->size);
	int wrong = (n->worst != NULL ? 2 : 0) + (m->encrypted ? 10 : 0);

	x = draw_words(a, x, y, right - wrong, STYLE_PLAIN, m->name.n > 0 ? m->name : S("(no name)"));
	if (m->encrypted)
		x = draw_words(a, x, y, right, STYLE_LATER, S("encrypted"));
	draw_finding(a, x, y, right, n->worst);
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
draw_message(struct area a, int x, int y, const struct rec_message *m, bool open)
{
	int right = m->has_content && !open ? draw_size(a, y, STYLE_DIM, m->size) : a.width;
	struct buf words;

	buf_init(&words, 64);
	buf_text(&words, "message");
	if (m->index > 0)
		buf_printf(&words, " %u", m->index);
	if (m->index > 0 && m->session->messages > 1)
		buf_printf(&words, " of %llu", (unsigned long long)m->session->messages);
	x = draw_words(a, x, y, right, STYLE_TITLE, buf_slice(&words));
	buf_fini(&words);
	if (open)
		draw_words(a, x, y, right, STYLE_INFO, S("under way"));
	else if (!m->has_content)
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
	case NODE_MESSAGE:	draw_message(a, x, y, m, t->open); break;
	case NODE_PART:		draw_part(a, x, y, n); break;
	case NODE_MEMBER:	draw_member(a, x, y, n); break;
	case NODE_MORE:		draw_more(a, x, y, n->part); break;
	case NODE_LINKS:	draw_links(a, x, y, m); break;
	}
}
