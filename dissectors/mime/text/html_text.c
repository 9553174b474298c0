#include "html_text.h"

#include <stdlib.h>

#include "base/chars.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "entities.h"
#include "html.h"
#include "html_style.h"
#include "layout.h"
#include "link.h"
#include "url.h"
#include "url_find.h"

struct element {
	uint8_t name;			/* enum html_name */
	bool hidden, tiny, pre;		/* and so is what is in it */
};

struct link {
	bool open, picture;		/* a picture is all that it may show */
	bool blank, cut;		/* of its text: one is due; it is too long */
	struct buf url, host, text;
};

struct html_text {
	struct text_user user;
	struct html *html;
	struct layout layout;
	struct url_find find, condition;	/* in words; in comments that Outlook reads */
	struct link link;
	struct buf base;		/* of relative links */
	bool brace;			/* "{" was laid out */
	unsigned beyond;		/* elements that are open and not on the stack */
	size_t n;
	struct element stack[HTML_TEXT_DEPTH];
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

/* Of what a link shows, blanks collapse, and whole characters fit. */
static void
add_link_text(struct link *link, slice text)
{
	while (text.n > 0 && !link->cut) {
		uint32_t c;
		size_t n = utf8_take(text, &c);

		if (c <= ' ' || c == 0xa0) {
			link->blank = link->text.n > 0;
		} else if (c != 0x200b && c != 0xad && c != 0xfeff && c != 0x2060) {
			link->cut = link->text.n + link->blank + n > LIMIT_LINK_TEXT;
			if (link->cut)
				return;
			buf_add(&link->text, link->blank ? S(" ") : SLICE_NONE);
			link->blank = false;
			buf_add(&link->text, slice_take(text, n));
		}
		text = slice_drop(text, n);
	}
}

static void
on_text(void *self, slice text)
{
	struct html_text *t = self;

	if (!is_hidden(t)) {
		if (t->link.open)
			add_link_text(&t->link, text);
		else if (t->user.url != NULL)
			url_find_feed(&t->find, text);
	}
	if (is_laid_out(t))
		lay_out(t, text);
}

static void
on_style(void *self, slice css)
{
	struct html_text *t = self;

	if (t->user.url != NULL)
		url_find_feed(&t->find, css);
}

/* URLs */

static void
tell_url(struct html_text *t, slice url, slice host, slice text)
{
	const struct text_url told = { url, host, text };

	if (t->user.url != NULL)
		t->user.url(t->user.self, &told);
}

static void
on_found(void *self, slice url, slice host)
{
	tell_url(self, url, host, SLICE_NONE);
}

/* A URL that nobody sees: a picture's, a form's. */
static void
tell_reference(void *self, slice reference)
{
	struct html_text *t = self;
	struct buf url, host;

	if (t->user.url == NULL || reference.n == 0)
		return;
	buf_init(&url, LIMIT_URL);
	buf_init(&host, LIMIT_URL);
	if (url_resolve(buf_slice(&t->base), reference, &url)) {
		url_host(buf_slice(&url), &host);
		tell_url(t, buf_slice(&url), buf_slice(&host), SLICE_NONE);
	}
	buf_fini(&url);
	buf_fini(&host);
}

/* As it stands in the comment, where its entities are still in it. */
static void
on_found_in_condition(void *self, slice raw, slice host)
{
	struct buf url;

	(void)host;
	if (raw.n > 2 && slice_eq(slice_drop(raw, raw.n - 2), S("--")))		/* the comment's end */
		raw.n -= 2;
	buf_init(&url, LIMIT_URL);
	entity_decode(raw, &url);
	tell_reference(self, buf_slice(&url));
	buf_fini(&url);
}

/* Outlook opens what stands there. */
static void
on_condition(void *self, slice comment, bool ends)
{
	struct html_text *t = self;

	if (t->user.url == NULL)
		return;
	if (ends)
		url_find_end(&t->condition);
	else
		url_find_feed(&t->condition, comment);
}

/* "a.png 1x, b.png 2x" */
static void
tell_sources(struct html_text *t, slice set)
{
	while (set.n > 0) {
		slice one;
		size_t n = 0;

		while (set.n > 0 && (set.p[0] <= ' ' || set.p[0] == ','))
			set = slice_drop(set, 1);
		while (n < set.n && set.p[n] > ' ')
			n++;
		one = slice_take(set, n);
		if (one.n > 0 && one.p[one.n - 1] == ',') {
			one.n--;
			set = slice_drop(set, n);
		} else {
			slice descriptor;

			slice_cut(slice_drop(set, n), ',', &descriptor, &set);
		}
		tell_reference(t, one);
	}
}

/* "5; url=https://…" */
static void
tell_refresh(struct html_text *t, slice content)
{
	for (; content.n > 4; content = slice_drop(content, 1)) {
		if (!slice_istarts(content, S("url=")))
			continue;
		content = slice_drop(content, 4);
		while (content.n > 0 && (content.p[0] == '"' || content.p[0] == '\'' || content.p[0] == ' '))
			content = slice_drop(content, 1);
		while (content.n > 0 && (content.p[content.n - 1] == '"' || content.p[content.n - 1] == '\''))
			content.n--;
		tell_reference(t, content);
		return;
	}
}

/* Every attribute that makes a client ask a host, but for a link's href. */
static void
tell_references(struct html_text *t, const struct html_tag *tag)
{
	static const enum html_attribute plain[] = {
		HTML_SRC, HTML_ACTION, HTML_FORMACTION, HTML_BACKGROUND, HTML_POSTER, HTML_DATA, HTML_XLINK_HREF
	};

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (tag->has[plain[i]])
			tell_reference(t, html_value(tag, plain[i]));
	if (tag->has[HTML_HREF] && tag->name != HTML_A && tag->name != HTML_BASE)
		tell_reference(t, html_value(tag, HTML_HREF));
	if (tag->has[HTML_SRCSET])
		tell_sources(t, html_value(tag, HTML_SRCSET));
	if (tag->has[HTML_STYLE_ATTRIBUTE])
		style_urls(html_value(tag, HTML_STYLE_ATTRIBUTE), tell_reference, t);
	if (tag->name == HTML_META && slice_ieq(slice_trim(html_value(tag, HTML_HTTP_EQUIV)), S("refresh")))
		tell_refresh(t, html_value(tag, HTML_CONTENT));
}

/* Links */

static void
begin_link(struct html_text *t, slice reference)
{
	struct link *link = &t->link;

	buf_clear(&link->url);
	buf_clear(&link->host);
	buf_clear(&link->text);
	link->picture = link->blank = link->cut = false;
	link->open = url_resolve(buf_slice(&t->base), reference, &link->url);
	if (link->open)
		url_host(buf_slice(&link->url), &link->host);
}

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
	struct link *link = &t->link;
	struct buf shown;

	buf_init(&shown, LIMIT_URL_SHOWN + 8);
	if (link->text.n > 0)
		buf_text(&shown, " ");
	show_url(buf_slice(&link->url), &shown);
	close_brace(t);
	if (link->text.n > 0)
		layout_append(&t->layout, buf_slice(&shown));
	else
		layout_text(&t->layout, buf_slice(&shown));
	buf_fini(&shown);
}

static void
judge_link(struct html_text *t)
{
	struct buf shown, detail;

	if (t->user.note == NULL)
		return;
	buf_init(&shown, LIMIT_URL);
	buf_init(&detail, LIMIT_DETAIL);
	if (link_deceives(buf_slice(&t->link.text), buf_slice(&t->link.url), buf_slice(&t->link.host), &shown)) {
		buf_text(&detail, "shows ");
		buf_add(&detail, slice_take(buf_slice(&shown), LIMIT_DETAIL / 3));
		buf_text(&detail, ", opens ");
		buf_add(&detail, slice_take(buf_slice(&t->link.host), LIMIT_DETAIL / 3));
		t->user.note(t->user.self, FINDING_URL_TEXT_MISMATCH, buf_slice(&detail));
	}
	buf_fini(&shown);
	buf_fini(&detail);
}

static void
end_link(struct html_text *t)
{
	struct link *link = &t->link;
	bool shows_itself;

	if (!link->open)
		return;
	link->open = false;
	shows_itself = link_shows_itself(buf_slice(&link->text), buf_slice(&link->url));
	tell_url(t, buf_slice(&link->url), buf_slice(&link->host), shows_itself ? SLICE_NONE : buf_slice(&link->text));
	if (shows_itself)
		return;
	judge_link(t);
	if (is_laid_out(t) && (link->text.n > 0 || link->picture) && !is_hidden(t))
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

	if (t->n == HTML_TEXT_DEPTH) {
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
	if (t->link.open && !is_hidden(t)) {
		add_link_text(&t->link, before);
		add_link_text(&t->link, words);
		add_link_text(&t->link, behind);
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
	t->link.picture = true;
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
set_base(struct html_text *t, slice href)
{
	if (t->base.n == 0)			/* the first one counts */
		url_resolve(SLICE_NONE, href, &t->base);
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
		set_base(t, html_value(tag, HTML_HREF));
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
	if (tag->name == HTML_A && tag->has[HTML_HREF])
		begin_link(t, html_value(tag, HTML_HREF));
}

static void
on_tag(void *self, const struct html_tag *tag)
{
	struct html_text *t = self;
	bool alone = kind_of(tag->name) == ALONE;

	url_find_end(&t->find);
	if (tag->end && tag->name == HTML_BR && is_laid_out(t))
		layout_line_end(&t->layout);
	else if (tag->end && !alone)
		end_element(t, tag->name);
	if (tag->end)
		return;
	if (t->user.url != NULL)
		tell_references(t, tag);
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
	const struct url_find_user find = { t, on_found }, condition = { t, on_found_in_condition };

	t->user = *user;
	t->html = html_new(&html);
	layout_init(&t->layout, &layout);
	url_find_init(&t->find, &find);
	url_find_init(&t->condition, &condition);
	buf_init(&t->link.url, LIMIT_URL);
	buf_init(&t->link.host, LIMIT_URL);
	buf_init(&t->link.text, LIMIT_LINK_TEXT);
	buf_init(&t->base, LIMIT_URL);
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
	url_find_fini(&t->find);
	url_find_fini(&t->condition);
	buf_fini(&t->link.url);
	buf_fini(&t->link.host);
	buf_fini(&t->link.text);
	buf_fini(&t->base);
	free(t);
	*self = NULL;
}

size_t
html_text_memory(const struct html_text *t)
{
	return sizeof *t + html_memory(t->html) + t->layout.out.cap + url_find_memory(&t->find) + url_find_memory(&t->condition)
	    + t->link.url.cap + t->link.host.cap + t->link.text.cap + t->base.cap;
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
	url_find_drop(&t->find);
	url_find_drop(&t->condition);
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
	url_find_end(&t->find);
	pop_to(t, 0);
	if (!is_laid_out(t))
		return;
	close_brace(t);
	if (t->layout.begun)
		layout_append(&t->layout, S("\n"));
	layout_flush(&t->layout);
}
