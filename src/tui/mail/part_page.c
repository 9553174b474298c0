#include "part_page.h"

#include <stdlib.h>

#include "base/defang.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/words.h"
#include "model/message/content.h"
#include "tui/widgets/hex.h"
#include "tui/widgets/lines.h"
#include "tui/widgets/sheet_pane.h"

enum {
	LINE_MOST = 16 * KiB,
	HIGH = 12,			/* lines of a pane of which the facts take a half at most … */
	BYTES_LEAST = 3,		/* … of a lower one all but these … */
	FACTS_LEAST = 6			/* … and of a lower one than this none */
};

enum body { BODY_NONE, BODY_LINES, BODY_HEX };

struct part_page {
	struct app *app;
	uint32_t item;			/* of the message */
	struct unit unit;
	struct node node;
	enum page_how how;
	bool there;			/* something is shown */

	struct sheet_pane sheet;	/* facts: alone, or above the body */
	bool facts;

	enum body body;
	struct content *content;
	struct lines *lines;
	struct hex hex;
	bool reads;			/* text that may hold URLs: shown is `text` */
	struct buf text;
	size_t taken;			/* of the content's bytes, into text */
	size_t *gap, ngap, capgap;	/* where gaps are in text */
};

/* --- what is missing --- */

static void
say_gap(struct buf *words, const struct content_gap *g)
{
	buf_text(words, "⋯ ");
	if (g->missing == 0)
		buf_text(words, g->let_go ? "what was here was let go to make room"
		    : "bytes were not captured; nobody knows how many");
	else
		words_count(words, g->missing, "byte", "bytes");
	if (g->missing > 0 && g->let_go)
		buf_text(words, g->missing == 1 ? " was let go to make room" : " were let go to make room");
	else if (g->missing > 0)
		buf_text(words, g->missing == 1 ? " was not captured" : " were not captured");
	buf_text(words, " ⋯");
}

static size_t
kept(const struct part_page *p)
{
	return content_bytes(p->content).n;
}

/* What is kept of it is all that is shown. */
static bool
say_more(const struct part_page *p, size_t *at_r, struct buf *words)
{
	if (!content_over(p->content) || content_size(p->content) <= kept(p))
		return false;
	*at_r = p->reads ? p->text.n : kept(p);
	buf_text(words, "⋯ these are the first ");
	words_count(words, kept(p), "byte", "bytes");
	buf_text(words, ": s saves all of it, | pipes it ⋯");
	return true;
}

static bool
note(void *self, size_t i, size_t *at_r, struct buf *words)
{
	const struct part_page *p = self;
	size_t n = p->reads ? p->ngap : content_gaps(p->content);
	struct content_gap g;

	if (i >= n)
		return i == n && say_more(p, at_r, words);
	g = content_gap_at(p->content, i);
	*at_r = p->reads ? p->gap[i] : (size_t)g.at;
	if (*at_r > kept(p) && !p->reads)
		return false;
	say_gap(words, &g);
	return true;
}

static enum style
line_style(void *self, slice line)
{
	const struct part_page *p = self;

	if (p->how == PAGE_RAW)
		return STYLE_PLAIN;
	return slice_starts(line, S(">")) ? STYLE_DIM : STYLE_PLAIN;
}

/* --- text, with its URLs so written that nobody clicks on them --- */

static void
add_line(struct part_page *p, slice line)
{
	if (app_options(p->app)->live_links)
		buf_add(&p->text, line);
	else
		defang_text(&p->text, line);
}

/* Whole lines of it, for a URL that is cut is not seen. last: what is left, too. */
static void
add_lines(struct part_page *p, slice text, bool last)
{
	size_t lf;

	while (slice_find(text, '\n', &lf)) {
		add_line(p, slice_take(text, lf + 1));
		p->taken += lf + 1;
		text = slice_drop(text, lf + 1);
	}
	if (last || text.n > LINE_MOST) {
		add_line(p, text);
		p->taken += text.n;
	}
}

static void
add_gap(struct part_page *p)
{
	if (p->ngap == p->capgap) {
		p->capgap = p->capgap ? 2 * p->capgap : 4;
		p->gap = xrealloc(p->gap, p->capgap, sizeof *p->gap);
	}
	p->gap[p->ngap++] = p->text.n;
}

static void
take_text(struct part_page *p)
{
	slice all = content_bytes(p->content);

	while (p->ngap < content_gaps(p->content)) {
		uint64_t at = content_gap_at(p->content, p->ngap).at;

		if (at > all.n)
			break;
		add_lines(p, slice_drop(slice_take(all, (size_t)at), p->taken), true);
		add_gap(p);
	}
	add_lines(p, slice_drop(all, p->taken), content_over(p->content));
}

/* --- what is shown --- */

static bool
is_text(slice type)
{
	return slice_starts(type, S("text/")) && !slice_eq(type, S("text/rtf"));
}

/* Reports, archives and documents of which something is known are told by that. */
static bool
is_told(const struct rec_part *p)
{
	return p->kind == PART_MULTIPART || ((p->nfact > 0 || p->nmember > 0) && !is_text(p->content_type));
}

static bool
reads_as_bytes(const struct rec_part *p)
{
	slice detected = p->detected != NULL ? slice_of(p->detected) : SLICE_NONE;

	return p->kind == PART_MESSAGE || slice_starts(p->content_type, S("message/"))
	    || (is_text(p->content_type) && p->kind == PART_UNPACKED) || (p->kind == PART_UNPACKED && is_text(detected)) || slice_eq(detected, S("text/plain"));
}

/* More than can be shown need not be read. */
static bool
take(void *self, slice piece)
{
	const struct part_page *p = self;

	(void)piece;
	return content_size(p->content) <= LIMIT_CONTENT_SHOWN;
}

static void
open_content(struct part_page *p, enum content_how how, enum body body, bool reads)
{
	uint32_t part = p->node.part != NULL ? p->node.part->number : 0;

	p->content = content_open(app_model(p->app), p->item, part, how);
	content_take(p->content, take, p);
	p->body = body;
	p->reads = reads;
}

static void
open_part(struct part_page *p)
{
	const struct rec_part *part = p->node.part;

	if (p->how == PAGE_HEX && part->kind != PART_MULTIPART)
		open_content(p, CONTENT_BYTES, BODY_HEX, false);
	else if (is_told(part))
		p->facts = true;
	else if (is_text(part->content_type) && part->kind == PART_LEAF)
		open_content(p, CONTENT_TEXT, BODY_LINES, true);
	else if (reads_as_bytes(part))
		open_content(p, CONTENT_BYTES, BODY_LINES, true);
	else {
		p->facts = true;
		open_content(p, CONTENT_BYTES, BODY_HEX, false);
	}
}

static void
open_body(struct part_page *p)
{
	bool has_content = p->unit.message->has_content;

	if (p->how == PAGE_RAW && has_content)
		open_content(p, CONTENT_RAW, BODY_LINES, false);
	else if (p->node.kind == NODE_PART)
		open_part(p);
	else if (p->node.kind == NODE_MESSAGE && p->how == PAGE_HEX && has_content)
		open_content(p, CONTENT_RAW, BODY_HEX, false);
	else
		p->facts = true;
}

static void
close_body(struct part_page *p)
{
	content_close(&p->content);
	p->body = BODY_NONE;
	p->facts = false;
	sheet_pane_begin(&p->sheet);
	p->ngap = p->taken = 0;
	buf_clear(&p->text);
}

/* --- doors --- */

struct part_page *
part_page_new(struct app *app)
{
	struct part_page *p = xcalloc(1, sizeof *p);

	p->app = app;
	p->item = NO_ITEM;
	p->lines = lines_new(&(struct lines_user){ p, note, line_style, true });
	p->hex.user = (struct hex_user){ p, note };
	sheet_pane_init(&p->sheet);
	buf_init(&p->text, 2 * LIMIT_CONTENT_SHOWN);
	return p;
}

void
part_page_free(struct part_page **pp)
{
	struct part_page *p = *pp;

	if (p == NULL)
		return;
	close_body(p);
	lines_free(&p->lines);
	sheet_pane_fini(&p->sheet);
	buf_fini(&p->text);
	free(p->gap);
	free(p);
	*pp = NULL;
}

void
part_page_empty(struct part_page *p)
{
	close_body(p);
	p->there = false;
}

void
part_page_show(struct part_page *p, uint32_t message_item, const struct unit *u, const struct node *node, enum page_how how)
{
	close_body(p);
	p->there = true;
	p->item = message_item;
	p->unit = *u;
	p->node = *node;
	p->how = how;
	open_body(p);
	hex_begin(&p->hex);
	lines_begin(p->lines, how == PAGE_RAW ? LINES_EXACT : LINES_WORDS);
}

void
part_page_refresh(struct part_page *p, const struct unit *u, const struct node *node)
{
	bool facts = p->facts;
	enum body body = p->body;

	p->unit = *u;
	p->node = *node;
	p->sheet.width = 0;
	if (body == BODY_NONE && facts) {	/* what was nothing may have become a text */
		close_body(p);
		open_body(p);
	}
}

static void
give_bytes(struct part_page *p)
{
	if (p->reads)
		take_text(p);
	if (p->body == BODY_HEX)
		hex_bytes(&p->hex, content_bytes(p->content));
	else
		lines_text(p->lines, p->reads ? buf_slice(&p->text) : content_bytes(p->content), content_over(p->content));
}

bool
part_page_work(struct part_page *p, nstime until)
{
	bool more;

	if (!p->there || p->body == BODY_NONE)
		return false;
	more = content_work(p->content, until);
	give_bytes(p);
	if (p->body == BODY_LINES)
		more |= lines_work(p->lines, until);
	return more;
}

/* --- drawing --- */

static void
fill_part(struct part_page *p, const struct facts_look *look)
{
	const struct rec_part *part = p->node.part;
	bool head = p->body != BODY_NONE || part->nfact > 0 || part->nmember > 0;

	facts_of_part(&p->sheet.sheet, look, part, head);
	facts_of_file(&p->sheet.sheet, look, p->unit.message, part->filename);
	if (p->body == BODY_NONE)
		facts_inside(&p->sheet.sheet, look, part);
}

static void
fill_sheet(struct part_page *p, int width)
{
	const struct app_options *o = app_options(p->app);
	const struct item *item = model_item(app_model(p->app), p->item);
	const struct facts_look look = { .width = width, .open = item != NULL && !item->over, .live_links = o->live_links,
	    .when = o->when };

	switch (p->node.kind) {
	case NODE_MESSAGE:	facts_of_message(&p->sheet.sheet, &look, &p->unit); break;
	case NODE_PART:
	case NODE_MORE:		fill_part(p, &look); break;
	case NODE_MEMBER:	facts_of_member(&p->sheet.sheet, &look, p->node.part, p->node.member);
				facts_of_file(&p->sheet.sheet, &look, p->unit.message, p->node.member->name); break;
	case NODE_LINKS:	facts_of_links(&p->sheet.sheet, &look, p->unit.message); break;
	}
}

/* Returns the lines that it took. */
static int
draw_facts(struct part_page *p, struct area a)
{
	int room = p->body == BODY_NONE ? a.height : a.height < HIGH ? a.height - BYTES_LEAST : a.height / 2;

	if (p->body != BODY_NONE && a.height < FACTS_LEAST)
		return 0;
	if (sheet_pane_fit(&p->sheet, a.width))
		fill_sheet(p, a.width);
	if (p->body != BODY_NONE && p->sheet.sheet.height < room)
		room = p->sheet.sheet.height;
	sheet_pane_draw(&p->sheet, area_part(a, 0, 0, a.width, room), app_search_words(p->app));
	return room + 1;
}

static void
draw_body(struct part_page *p, struct area a)
{
	give_bytes(p);
	if (p->body == BODY_HEX)
		hex_draw(&p->hex, area_part(a, 1, 0, a.width - 1, a.height), app_search_words(p->app));
	else
		lines_draw(p->lines, area_part(a, 1, 0, a.width - 1, a.height), app_search_words(p->app));
	if (content_over(p->content) && kept(p) == 0 && content_gaps(p->content) == 0)
		canvas_words(a, 1, 0, STYLE_DIM, content_gone(p->content) ? "Its bytes were let go to make room"
		    : "Nothing: it is empty");
}

void
part_page_draw(struct part_page *p, struct area a)
{
	int y = 0;

	if (!p->there)
		return;
	if (p->facts)
		y = draw_facts(p, a);
	if (p->body != BODY_NONE && y < a.height)
		draw_body(p, area_part(a, 0, y, a.width, a.height - y));
}

/* --- moving, searching --- */

bool
part_page_act(struct part_page *p, enum action action)
{
	if (p->body == BODY_LINES)
		return lines_act(p->lines, action);
	return p->body == BODY_HEX ? hex_act(&p->hex, action) : sheet_pane_act(&p->sheet, action);
}

bool
part_page_mouse(struct part_page *p, const struct mouse *m)
{
	if (p->body == BODY_LINES)
		return lines_mouse(p->lines, m);
	if (p->body == BODY_HEX)
		return hex_mouse(&p->hex, m);
	return sheet_pane_mouse(&p->sheet, m);
}

bool
part_page_search(struct part_page *p, slice words, bool backwards)
{
	if (!p->there || words.n == 0)
		return false;
	if (p->body == BODY_LINES)
		return lines_search(p->lines, words, backwards);
	if (p->body == BODY_HEX)
		return hex_search(&p->hex, words, backwards);
	return sheet_pane_search(&p->sheet, words, backwards);
}

/* --- titles --- */

static void
title_part(const struct part_page *p, struct buf *out)
{
	const struct rec_part *part = p->node.part;

	if (part->path.n > 0) {
		buf_add(out, part->path);
		buf_text(out, " ");
	}
	part_tree_name(part, out);
	if (part->filename.n > 0) {
		buf_text(out, " · ");
		buf_add(out, part->content_type);
	}
	if (part->kind != PART_MULTIPART && part->ended) {
		buf_text(out, " · ");
		words_count(out, part->size, "byte", "bytes");
		buf_text(out, part->whole ? "" : ", partial");
	}
}

void
part_page_title(const struct part_page *p, struct buf *out)
{
	if (!p->there)
		return;
	if (p->how == PAGE_RAW || p->node.kind == NODE_MESSAGE) {
		buf_text(out, "message");
		if (p->unit.message->index > 0)
			buf_printf(out, " %u", p->unit.message->index);
		return;
	}
	switch (p->node.kind) {
	case NODE_LINKS:
		buf_text(out, "where its links lead");
		break;
	case NODE_MEMBER:
		buf_add(out, p->node.member->name);
		break;
	default:
		title_part(p, out);
		break;
	}
}

const char *
part_page_mode(const struct part_page *p)
{
	if (p->how == PAGE_RAW)
		return "as sent";
	if (p->body == BODY_HEX)
		return "bytes";
	return p->body == BODY_LINES ? "text" : "facts";
}

void
part_page_status(const struct part_page *p, struct buf *out)
{
	if (!p->there)
		return;
	if (p->body == BODY_NONE)
		sheet_pane_status(&p->sheet, out);
	else if (!content_over(p->content) && content_percent(p->content) < 100)
		buf_printf(out, "reading %u %%", content_percent(p->content));
	else if (p->body == BODY_HEX)
		hex_status(&p->hex, out);
	else
		lines_status(p->lines, out);
}

void
part_page_text(struct part_page *p, struct buf *out)
{
	if (!p->there)
		return;
	if (p->facts)
		sheet_print(&p->sheet.sheet, out);
	if (p->body == BODY_LINES)
		buf_add(out, p->reads ? buf_slice(&p->text) : content_bytes(p->content));
}
