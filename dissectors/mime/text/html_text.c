#include "html_text.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "html.h"
#include "html_links.h"
#include "html_style.h"
#include "layout.h"

struct element {
	uint8_t name;			/* enum html_name */
	bool hidden, tiny, pre;		/* and so is what is in it */
};

struct html_text {
	struct text_user user;
	struct html *html;
	struct layout layout;
	struct html_links links;
	bool picture;			/* in this link, and that may be all that it shows */
	bool brace;			/* "{" was laid out */
	unsigned beyond;		/* elements that are open and not on the stack */
	size_t n;
	struct element stack[LIMIT_HTML_DEPTH];
	unsigned open[HTML_NAMES];	/* how many of each are on the stack */
};

static struct element
top(const struct html_text *t)
{
	return t->n > 0 ? t->stack[t->n - 1] : (struct element){ HTML_OTHER, false, false, false };
}

static bool
is_hidden(const struct html_text *t)
{
	return top(t).hidden || top(t).tiny;
}

static bool
is_laid_out(const struct html_text *t)
{
	return t->user.text != NULL;
}

/* Words */

static void
close_brace(struct html_text *t)
{
	if (t->brace)
		layout_append(&t->layout, S("}"));
	t->brace = false;
}

/* Braces stand around words only. */
static void
lay_out_hidden(struct html_text *t, slice text)
{
	size_t n = t->brace ? 0 : layout_find_word(&t->layout, text);

	layout_text(&t->layout, slice_take(text, n));
	text = slice_drop(text, n);
	if (!t->brace && text.n > 0) {
		layout_text(&t->layout, S("{"));
		t->brace = true;
	}
	layout_text(&t->layout, text);
}

static void
lay_out(struct html_text *t, slice text)
{
	t->layout.no_joiners = is_hidden(t);
	if (is_hidden(t)) {
		lay_out_hidden(t, text);
		return;
	}
	if (t->brace && (top(t).pre || layout_find_word(&t->layout, text) < text.n))
		close_brace(t);
	if (top(t).pre)
		layout_as_it_stands(&t->layout, text);
	else
		layout_text(&t->layout, text);
}

static void
on_text(void *self, slice text)
{
	struct html_text *t = self;

	if (!is_hidden(t))
		html_links_words(&t->links, text);
	if (is_laid_out(t))
		lay_out(t, text);
}

static void
on_style(void *self, slice css)
{
	struct html_text *t = self;

	html_links_style(&t->links, css);
}

static void
on_condition(void *self, slice comment, bool ends)
{
	struct html_text *t = self;

	html_links_condition(&t->links, comment, ends);
}

/* Links */

/* Words that are all of a character: of a long one, the beginning. */
static void
show_url(slice url, struct buf *out)
{
	size_t n = LIMIT_URL_SHOWN;

	if (slice_starts(url, S("mailto:")))
		url = slice_drop(url, 7);
	while (n > 0 && n < url.n && (url.p[n] & 0xc0) == 0x80)
		n--;
	buf_text(out, "<");
	buf_add(out, slice_take(url, n));
	buf_text(out, n < url.n ? "…>" : ">");
}

static void
lay_out_link(struct html_text *t)
{
	bool words = t->links.text.n > 0;
	struct buf shown;

	buf_init(&shown, LIMIT_URL_SHOWN + 8);
	buf_add(&shown, words ? S(" ") : SLICE_NONE);
	show_url(buf_slice(&t->links.url), &shown);
	close_brace(t);
	if (words)
		layout_append(&t->layout, buf_slice(&shown));
	else
		layout_text(&t->layout, buf_slice(&shown));
	buf_fini(&shown);
}

static void
end_link(struct html_text *t)
{
	if (html_links_end(&t->links) && is_laid_out(t) && !is_hidden(t) && (t->links.text.n > 0 || t->picture))
		lay_out_link(t);
}

/* Elements that are open */

enum kind {
	INLINE,			/* part of a line; closed wherever it stands, what is in it stays open */
	PHRASE,			/* part of a line; no end tag of it closes a block */
	LINE,			/* on lines of its own */
	PARAGRAPH,		/* between empty lines */
	ALONE			/* has no content */
};

static enum kind
kind_of(enum html_name name)
{
	static const uint8_t kinds[HTML_NAMES] = {
		[HTML_OTHER] = PHRASE, [HTML_A] = INLINE, [HTML_AREA] = ALONE, [HTML_BASE] = ALONE, [HTML_BLOCK] = LINE,
		[HTML_BLOCKQUOTE] = PARAGRAPH, [HTML_BODY] = LINE, [HTML_BR] = ALONE, [HTML_BUTTON] = PHRASE, [HTML_DD] = LINE,
		[HTML_DIV] = LINE, [HTML_DL] = PARAGRAPH, [HTML_DT] = LINE, [HTML_FONT] = INLINE, [HTML_HEADING] = PARAGRAPH,
		[HTML_HR] = ALONE, [HTML_IMG] = ALONE, [HTML_INLINE] = INLINE, [HTML_INPUT] = ALONE, [HTML_LI] = LINE, [HTML_META] = ALONE,
		[HTML_OL] = LINE, [HTML_OPTION] = LINE, [HTML_P] = PARAGRAPH, [HTML_PRE] = LINE, [HTML_RAW] = ALONE, [HTML_SPAN] = PHRASE,
		[HTML_STYLE] = ALONE, [HTML_TABLE] = LINE, [HTML_TD] = LINE, [HTML_TEMPLATE] = PHRASE, [HTML_TR] = LINE, [HTML_UL] = LINE,
		[HTML_VOID] = ALONE, [HTML_XMP] = LINE,
	};

	return kinds[name];
}

static bool
is_one_of(uint8_t name, const uint8_t *set, size_t n)
{
	return n > 0 && memchr(set, name, n) != NULL;
}

static void
break_around(struct html_text *t, enum html_name name)
{
	enum kind kind = kind_of(name);

	if (is_laid_out(t) && (kind == LINE || kind == PARAGRAPH) && name != HTML_TD && name != HTML_BODY)
		layout_break(&t->layout, kind == PARAGRAPH ? 2 : 1);
}

/* The element's end, but for the stack. */
static void
close_element(struct html_text *t, enum html_name name)
{
	t->open[name]--;
	if (name == HTML_A)
		end_link(t);
	if (!is_laid_out(t))
		return;
	if (name == HTML_BLOCKQUOTE)
		layout_quote(&t->layout, false);
	else if (name == HTML_UL || name == HTML_OL)
		layout_list_end(&t->layout);
	else if (name == HTML_TABLE)
		layout_table_end(&t->layout);
	else
		break_around(t, name);
}

/* Down to and with the element at this place. The end of a link still sees whether it is hidden. */
static void
pop_to(struct html_text *t, size_t at)
{
	while (t->n > at) {
		close_element(t, t->stack[t->n - 1].name);
		t->n--;
	}
}

/* The innermost open element of a set; t->n: none, or one of `walls` stands before it. */
static size_t
find_open(const struct html_text *t, const uint8_t *set, size_t nset, const uint8_t *walls, size_t nwalls)
{
	for (size_t i = t->n; i > 0; i--) {
		if (is_one_of(t->stack[i - 1].name, set, nset))
			return i - 1;
		if (is_one_of(t->stack[i - 1].name, walls, nwalls))
			break;
	}
	return t->n;
}

/* Which elements end where another begins, unless a wall stands between them. */
static const struct implied { uint8_t begins; uint8_t nends, nwalls; uint8_t ends[2], walls[2]; } implied[] = {
	{ HTML_LI, 1, 2, { HTML_LI }, { HTML_UL, HTML_OL } },
	{ HTML_DD, 2, 1, { HTML_DD, HTML_DT }, { HTML_DL } },
	{ HTML_DT, 2, 1, { HTML_DD, HTML_DT }, { HTML_DL } },
	{ HTML_TD, 1, 2, { HTML_TD }, { HTML_TR, HTML_TABLE } },
	{ HTML_TR, 1, 1, { HTML_TR }, { HTML_TABLE } },
	{ HTML_OPTION, 1, 1, { HTML_OPTION }, { HTML_BLOCK } },
	{ HTML_A, 1, 1, { HTML_A }, { HTML_TABLE } },
};

static void
close_implied(struct html_text *t, enum html_name begins)
{
	static const uint8_t p[] = { HTML_P }, cells[] = { HTML_TD, HTML_TABLE };
	enum kind kind = kind_of(begins);

	for (size_t i = 0; i < sizeof implied / sizeof *implied; i++)
		if (implied[i].begins == begins)
			pop_to(t, find_open(t, implied[i].ends, implied[i].nends, implied[i].walls, implied[i].nwalls));
	if (t->open[HTML_P] > 0 && (kind == LINE || kind == PARAGRAPH) && begins != HTML_TD && begins != HTML_TR)
		pop_to(t, find_open(t, p, 1, cells, sizeof cells));
}

static void
push(struct html_text *t, const struct html_tag *tag)
{
	unsigned style = tag->has[HTML_STYLE_ATTRIBUTE] ? style_read(html_value(tag, HTML_STYLE_ATTRIBUTE)) : 0;
	struct element e = top(t);

	if (t->n == LIMIT_HTML_DEPTH) {
		t->beyond++;
		return;
	}
	e.name = (uint8_t)tag->name;
	e.hidden = e.hidden || tag->has[HTML_HIDDEN] || tag->name == HTML_TEMPLATE || (style & STYLE_HIDES);
	e.tiny = style & STYLE_SIZED ? false : e.tiny || (style & STYLE_TINY);
	e.pre = e.pre || tag->name == HTML_PRE || tag->name == HTML_XMP;
	t->stack[t->n++] = e;
	t->open[e.name]++;
}

/* An end tag. One that ends nothing is passed over, but for "</p>" and "</br>", which are what they would end. */
static void
end_element(struct html_text *t, enum html_name name)
{
	static const uint8_t cells[] = { HTML_TD, HTML_TABLE }, table[] = { HTML_TABLE };
	const uint8_t set[] = { (uint8_t)name };
	bool of_table = name == HTML_TD || name == HTML_TR || name == HTML_TABLE;
	size_t at;

	if (name == HTML_A && t->open[name] == 0)
		end_link(t);
	if (t->beyond > 0) {
		t->beyond--;
		return;
	}
	if (t->open[name] == 0) {
		if (name == HTML_P)
			break_around(t, name);
		return;
	}
	at = of_table ? find_open(t, set, 1, table, sizeof table) : find_open(t, set, 1, cells, sizeof cells);
	if (at == t->n)
		return;
	if (kind_of(name) == INLINE) {
		close_element(t, name);
		memmove(t->stack + at, t->stack + at + 1, (t->n - at - 1) * sizeof *t->stack);
		t->n--;
		return;
	}
	if (kind_of(name) == PHRASE)
		for (size_t i = at + 1; i < t->n; i++)
			if (kind_of(t->stack[i].name) >= LINE)
				return;
	pop_to(t, at);
}

/* Tags */

static void
lay_out_words(struct html_text *t, slice before, slice words, slice behind)
{
	if (words.n == 0)
		return;
	if (t->links.open && !is_hidden(t)) {
		html_links_words(&t->links, before);
		html_links_words(&t->links, words);
		html_links_words(&t->links, behind);
	}
	if (!is_laid_out(t))
		return;
	lay_out(t, before);
	lay_out(t, words);
	lay_out(t, behind);
}

static void
show_picture(struct html_text *t, const struct html_tag *tag)
{
	t->picture = true;
	lay_out_words(t, S("["), slice_trim(html_value(tag, HTML_ALT)), S("]"));
}

static void
show_input(struct html_text *t, const struct html_tag *tag)
{
	static const slice buttons[] = { SLICE("submit"), SLICE("button"), SLICE("reset") };

	for (size_t i = 0; i < sizeof buttons / sizeof *buttons; i++)
		if (slice_ieq(html_value(tag, HTML_TYPE), buttons[i]))
			lay_out_words(t, S("["), slice_trim(html_value(tag, HTML_VALUE)), S("]"));
	if (slice_ieq(html_value(tag, HTML_TYPE), S("image")))
		show_picture(t, tag);
}

static void
lay_out_alone(struct html_text *t, const struct html_tag *tag)
{
	switch (tag->name) {
	case HTML_BR:
		layout_line_end(&t->layout);
		break;
	case HTML_HR:
		layout_break(&t->layout, 1);
		lay_out(t, S("--------"));
		layout_break(&t->layout, 1);
		break;
	default:
		break;
	}
}

static void
show_alone(struct html_text *t, const struct html_tag *tag)
{
	if (tag->name == HTML_IMG)
		show_picture(t, tag);
	else if (tag->name == HTML_INPUT)
		show_input(t, tag);
	else if (tag->name == HTML_BASE && tag->has[HTML_HREF])
		html_links_base(&t->links, html_value(tag, HTML_HREF));
	else if (is_laid_out(t))
		lay_out_alone(t, tag);
}

static void
lay_out_begin(struct html_text *t, const struct html_tag *tag)
{
	struct layout *l = &t->layout;
	uint64_t first;

	switch (tag->name) {
	case HTML_BLOCKQUOTE:
		layout_quote(l, true);
		break;
	case HTML_UL:
		layout_list_begin(l, false, 1);
		break;
	case HTML_OL:
		if (!slice_number(html_value(tag, HTML_START), &first) || first > 1000000)
			first = 1;
		layout_list_begin(l, true, (unsigned)first);
		break;
	case HTML_LI:
		layout_item(l);
		break;
	case HTML_TR:
		layout_row(l);
		break;
	case HTML_TD:
		layout_cell(l);
		break;
	default:
		break_around(t, tag->name);
	}
}

static void
begin_element(struct html_text *t, const struct html_tag *tag)
{
	close_implied(t, tag->name);
	if (is_laid_out(t))
		lay_out_begin(t, tag);
	push(t, tag);
	if (tag->name == HTML_A && tag->has[HTML_HREF]) {
		end_link(t);			/* of one that is beyond the stack */
		html_links_begin(&t->links, html_value(tag, HTML_HREF));
		t->picture = false;
	}
}

static void
on_tag(void *self, const struct html_tag *tag)
{
	struct html_text *t = self;
	bool alone = kind_of(tag->name) == ALONE;

	html_links_tag(&t->links, tag);
	if (tag->end && tag->name == HTML_BR && is_laid_out(t))
		layout_line_end(&t->layout);
	else if (tag->end && !alone)
		end_element(t, tag->name);
	if (tag->end)
		return;
	if (alone)
		show_alone(t, tag);
	else
		begin_element(t, tag);
}

/* The stream */

static bool
asks_for_text(const struct text_user *user)
{
	return user->text != NULL || user->url != NULL || user->note != NULL;
}

struct html_text *
html_text_new(const struct text_user *user)
{
	struct html_text *t = xcalloc(1, sizeof *t);
	const struct html_user html = { t, asks_for_text(user) ? on_text : NULL, on_style, on_condition, on_tag };
	const struct layout_user layout = { user->self, user->text };

	t->user = *user;
	t->html = html_new(&html);
	layout_init(&t->layout, &layout);
	html_links_init(&t->links, user);
	return t;
}

void
html_text_free(struct html_text **self)
{
	struct html_text *t = *self;

	if (t == NULL)
		return;
	html_free(&t->html);
	layout_fini(&t->layout);
	html_links_fini(&t->links);
	free(t);
	*self = NULL;
}

size_t
html_text_memory(const struct html_text *t)
{
	return sizeof *t + html_memory(t->html) + t->layout.out.cap + html_links_memory(&t->links);
}

void
html_text_feed(struct html_text *t, slice utf8)
{
	html_feed(t->html, utf8);
	layout_flush(&t->layout);
}

void
html_text_gap(struct html_text *t, slice said)
{
	html_gap(t->html);
	html_links_drop(&t->links);
	if (!is_laid_out(t))
		return;
	close_brace(t);
	layout_break(&t->layout, 1);
	layout_text(&t->layout, said);
	layout_break(&t->layout, 1);
	layout_flush(&t->layout);
}

void
html_text_finish(struct html_text *t)
{
	html_finish(t->html);
	html_links_finish(&t->links);
	pop_to(t, 0);
	end_link(t);
	if (!is_laid_out(t))
		return;
	close_brace(t);
	if (t->layout.begun)
		layout_append(&t->layout, S("\n"));
	layout_flush(&t->layout);
}
