#include "html.h"

#include <stdlib.h>

#include "base/chars.h"
#include "base/err.h"
#include "base/limits.h"
#include "entities.h"

enum { NAME_MAX = 16 };			/* of elements and attributes that we know */

enum state {
	TEXT, ENTITY, TAG_OPEN, END_TAG_OPEN, TAG_NAME, BEFORE_ATTRIBUTE, ATTRIBUTE_NAME, AFTER_NAME, BEFORE_VALUE,
	VALUE_QUOTED, VALUE_BARE, MARKUP, CONDITION, COMMENT, BOGUS, RAW, RAW_END,
	STATES
};

struct html {
	struct html_user user;
	enum state state;
	const uint8_t *next_tag;	/* in this piece: the next "<", once it was looked for */
	char name[NAME_MAX];		/* of the element, or of the attribute */
	size_t name_n;			/* NAME_MAX: it is longer */
	struct html_tag tag;
	size_t attribute;		/* being read, or HTML_ATTRIBUTES */
	uint8_t quote;
	unsigned dashes;		/* of a comment's beginning or end so far */
	bool bang;			/* comment: "--!" */
	bool condition;			/* comment: it began with "[if" */
	char raw[NAME_MAX];		/* the element whose content is no markup */
	enum html_name raw_name;
	size_t raw_n, matched;		/* of "</name", or "[if", so far */
	uint8_t held[ENTITY_MAX];	/* a reference so far */
	size_t nheld;
	struct buf scratch;
};

/* What is known of names, sorted. */

static const struct { const char *name; enum html_name id; } names[] = {
	{ "a", HTML_A }, { "abbr", HTML_INLINE }, { "address", HTML_BLOCK }, { "area", HTML_AREA }, { "article", HTML_BLOCK },
	{ "aside", HTML_BLOCK }, { "b", HTML_INLINE }, { "base", HTML_BASE }, { "big", HTML_INLINE }, { "blockquote", HTML_BLOCKQUOTE },
	{ "body", HTML_BODY }, { "br", HTML_BR }, { "button", HTML_BUTTON }, { "caption", HTML_BLOCK }, { "center", HTML_DIV },
	{ "cite", HTML_INLINE }, { "code", HTML_INLINE }, { "col", HTML_VOID }, { "dd", HTML_DD }, { "del", HTML_INLINE },
	{ "dir", HTML_UL }, { "div", HTML_DIV }, { "dl", HTML_DL }, { "dt", HTML_DT }, { "em", HTML_INLINE },
	{ "embed", HTML_VOID }, { "fieldset", HTML_BLOCK }, { "figcaption", HTML_BLOCK }, { "figure", HTML_BLOCK }, { "font", HTML_FONT },
	{ "footer", HTML_BLOCK }, { "form", HTML_BLOCK }, { "h1", HTML_HEADING }, { "h2", HTML_HEADING }, { "h3", HTML_HEADING },
	{ "h4", HTML_HEADING }, { "h5", HTML_HEADING }, { "h6", HTML_HEADING }, { "header", HTML_BLOCK }, { "hr", HTML_HR },
	{ "i", HTML_INLINE }, { "iframe", HTML_RAW }, { "image", HTML_IMG }, { "img", HTML_IMG }, { "input", HTML_INPUT },
	{ "ins", HTML_INLINE }, { "legend", HTML_BLOCK }, { "li", HTML_LI }, { "link", HTML_VOID }, { "listing", HTML_PRE },
	{ "main", HTML_BLOCK }, { "menu", HTML_UL }, { "meta", HTML_META }, { "nav", HTML_BLOCK }, { "nobr", HTML_INLINE },
	{ "noembed", HTML_RAW }, { "noframes", HTML_RAW }, { "ol", HTML_OL }, { "option", HTML_OPTION }, { "p", HTML_P },
	{ "param", HTML_VOID }, { "pre", HTML_PRE }, { "q", HTML_INLINE }, { "s", HTML_INLINE }, { "script", HTML_RAW },
	{ "section", HTML_BLOCK }, { "select", HTML_BLOCK }, { "small", HTML_INLINE }, { "source", HTML_VOID }, { "span", HTML_SPAN },
	{ "strike", HTML_INLINE }, { "strong", HTML_INLINE }, { "style", HTML_STYLE }, { "sub", HTML_INLINE }, { "summary", HTML_BLOCK },
	{ "sup", HTML_INLINE }, { "table", HTML_TABLE }, { "td", HTML_TD }, { "template", HTML_TEMPLATE }, { "textarea", HTML_XMP },
	{ "th", HTML_TD }, { "title", HTML_RAW }, { "tr", HTML_TR }, { "track", HTML_VOID }, { "tt", HTML_INLINE },
	{ "u", HTML_INLINE }, { "ul", HTML_UL }, { "wbr", HTML_VOID }, { "xmp", HTML_XMP },
};

static const struct { const char *name; enum html_attribute id; } attributes[] = {
	{ "action", HTML_ACTION }, { "alt", HTML_ALT }, { "background", HTML_BACKGROUND }, { "content", HTML_CONTENT },
	{ "data", HTML_DATA }, { "formaction", HTML_FORMACTION }, { "hidden", HTML_HIDDEN }, { "href", HTML_HREF },
	{ "http-equiv", HTML_HTTP_EQUIV }, { "poster", HTML_POSTER }, { "src", HTML_SRC }, { "srcset", HTML_SRCSET },
	{ "start", HTML_START }, { "style", HTML_STYLE_ATTRIBUTE }, { "type", HTML_TYPE }, { "value", HTML_VALUE },
	{ "xlink:href", HTML_XLINK_HREF },
};

static enum html_name
find_name(const char *name)
{
	size_t low = 0, high = sizeof names / sizeof *names;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, names[middle].name);

		if (order == 0)
			return names[middle].id;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return HTML_OTHER;
}

static size_t
find_attribute(const char *name)
{
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (name[0] == attributes[i].name[0] && strcmp(name, attributes[i].name) == 0)
			return attributes[i].id;
	return HTML_ATTRIBUTES;
}

/* Names as they are read: in lower case; one too long to be known is cut, and then is none of ours. */

static void
add_to_name(struct html *h, slice s)
{
	for (size_t i = 0; i < s.n && h->name_n < NAME_MAX - 1; i++)
		h->name[h->name_n++] = (char)char_lower(s.p[i]);
	h->name[h->name_n] = '\0';
}

/* Tags */

static void
begin_tag(struct html *h, bool end)
{
	h->tag.end = end;
	h->tag.name = HTML_OTHER;
	memset(h->tag.has, 0, sizeof h->tag.has);
	h->name_n = 0;
}

static void
end_tag_name(struct html *h)
{
	h->tag.name = find_name(h->name);
	memcpy(h->raw, h->name, NAME_MAX);
	h->raw_n = h->name_n;
	h->state = BEFORE_ATTRIBUTE;
}

/* The first of two attributes of one name is meant. */
static void
end_attribute_name(struct html *h)
{
	h->attribute = h->tag.end ? HTML_ATTRIBUTES : find_attribute(h->name);
	if (h->attribute == HTML_ATTRIBUTES)
		return;
	if (h->tag.has[h->attribute]) {
		h->attribute = HTML_ATTRIBUTES;
		return;
	}
	h->tag.has[h->attribute] = true;
	buf_clear(&h->tag.value[h->attribute]);
}

static void
add_value(struct html *h, slice s)
{
	if (h->attribute < HTML_ATTRIBUTES)
		buf_add(&h->tag.value[h->attribute], s);
}

/* Entities are undone when all of a value is there. */
static void
end_value(struct html *h)
{
	struct buf *value = h->attribute < HTML_ATTRIBUTES ? &h->tag.value[h->attribute] : NULL;
	size_t n;

	h->state = BEFORE_ATTRIBUTE;
	if (value == NULL || !slice_find(buf_slice(value), '&', &n))
		return;
	buf_clear(&h->scratch);
	entity_decode(buf_slice(value), &h->scratch);
	buf_clear(value);
	buf_add(value, buf_slice(&h->scratch));
}

/* Content that is no markup, up to its end tag. */
static bool
holds_raw_text(enum html_name name)
{
	return name == HTML_RAW || name == HTML_STYLE || name == HTML_XMP;
}

static void
end_tag(struct html *h)
{
	h->state = !h->tag.end && holds_raw_text(h->tag.name) ? RAW : TEXT;
	h->raw_name = h->tag.name;
	h->user.tag(h->user.self, &h->tag);
}

/* Text */

static void
tell(struct html *h, slice text)
{
	if (h->user.text != NULL && text.n > 0)
		h->user.text(h->user.self, text);
}

static void
tell_raw(struct html *h, slice text)
{
	if (text.n == 0)
		return;
	if (h->raw_name == HTML_XMP)
		tell(h, text);
	else if (h->raw_name == HTML_STYLE && h->user.style != NULL)
		h->user.style(h->user.self, text);
}

/* What was held as a reference: its character, and what of it was none. */
static void
tell_held(struct html *h)
{
	slice held = { h->held, h->nheld };
	size_t n;

	buf_clear(&h->scratch);
	n = entity_take(held, false, &h->scratch);
	buf_add(&h->scratch, slice_drop(held, n));
	h->nheld = 0;
	h->state = TEXT;
	tell(h, buf_slice(&h->scratch));
}

/* Where the next "<" is: looked for once in each piece and stretch of text. */
static size_t
text_length(struct html *h, slice in)
{
	if (h->next_tag == NULL || h->next_tag < in.p) {
		const uint8_t *found = memchr(in.p, '<', in.n);

		h->next_tag = found ? found : in.p + in.n;
	}
	return (size_t)(h->next_tag - in.p);
}

/* The states. Each takes some of the piece, which is not empty, and returns how much; nothing only if it goes to another state. */

static size_t
in_text(struct html *h, slice in)
{
	size_t n = text_length(h, in), reference;

	if (h->user.text != NULL && slice_find(slice_take(in, n), '&', &reference)) {
		tell(h, slice_take(in, reference));
		h->state = ENTITY;
		h->held[h->nheld++] = '&';
		return reference + 1;
	}
	tell(h, slice_take(in, n));
	if (n == in.n)
		return n;
	h->state = TAG_OPEN;
	return n + 1;
}

static size_t
in_entity(struct html *h, slice in)
{
	uint8_t c = in.p[0];
	bool goes_on = entity_goes_on(c) && (c != '#' || h->nheld == 1);

	if (goes_on)
		h->held[h->nheld++] = c;
	if (!goes_on || c == ';' || h->nheld == ENTITY_MAX)
		tell_held(h);
	return goes_on ? 1 : 0;
}

static size_t
in_tag_open(struct html *h, slice in)
{
	uint8_t c = in.p[0];

	if (char_is_alpha(c)) {
		begin_tag(h, false);
		h->state = TAG_NAME;
		return 0;
	}
	if (c == '/' || c == '!') {
		h->state = c == '/' ? END_TAG_OPEN : MARKUP;
		h->dashes = 0;
		return 1;
	}
	h->state = c == '?' ? BOGUS : TEXT;
	if (c != '?')
		tell(h, S("<"));
	return 0;
}

static size_t
in_end_tag_open(struct html *h, slice in)
{
	if (in.p[0] == '>') {		/* "</>" is nothing at all */
		h->state = TEXT;
		return 1;
	}
	h->state = char_is_alpha(in.p[0]) ? TAG_NAME : BOGUS;
	begin_tag(h, true);
	return 0;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static size_t
name_length(slice in, bool equals)
{
	size_t n = 0;

	while (n < in.n && !is_blank(in.p[n]) && in.p[n] != '/' && in.p[n] != '>' && (!equals || in.p[n] != '='))
		n++;
	return n;
}

static size_t
in_tag_name(struct html *h, slice in)
{
	size_t n = name_length(in, false);

	add_to_name(h, slice_take(in, n));
	if (n < in.n)
		end_tag_name(h);
	return n;
}

static size_t
in_before_attribute(struct html *h, slice in)
{
	size_t n = 0;

	while (n < in.n && (is_blank(in.p[n]) || in.p[n] == '/'))
		n++;
	if (n == in.n)
		return n;
	if (in.p[n] == '>') {
		end_tag(h);
		return n + 1;
	}
	h->name_n = 0;
	h->state = ATTRIBUTE_NAME;
	add_to_name(h, (slice){ in.p + n, 1 });		/* whatever it is, be it "=" */
	return n + 1;
}

static size_t
in_attribute_name(struct html *h, slice in)
{
	size_t n = name_length(in, true);

	add_to_name(h, slice_take(in, n));
	if (n < in.n) {
		end_attribute_name(h);
		h->state = AFTER_NAME;
	}
	return n;
}

static size_t
in_after_name(struct html *h, slice in)
{
	if (is_blank(in.p[0]))
		return 1;
	h->state = in.p[0] == '=' ? BEFORE_VALUE : BEFORE_ATTRIBUTE;
	return in.p[0] == '=';
}

static size_t
in_before_value(struct html *h, slice in)
{
	uint8_t c = in.p[0];

	if (is_blank(c))
		return 1;
	h->quote = c;
	h->state = c == '"' || c == '\'' ? VALUE_QUOTED : c == '>' ? BEFORE_ATTRIBUTE : VALUE_BARE;
	return c == '"' || c == '\'';
}

static size_t
in_value_quoted(struct html *h, slice in)
{
	size_t n;

	if (!slice_find(in, h->quote, &n)) {
		add_value(h, in);
		return in.n;
	}
	add_value(h, slice_take(in, n));
	end_value(h);
	return n + 1;
}

static size_t
in_value_bare(struct html *h, slice in)
{
	size_t n = 0;

	while (n < in.n && !is_blank(in.p[n]) && in.p[n] != '>')
		n++;
	add_value(h, slice_take(in, n));
	if (n < in.n)
		end_value(h);
	return n;
}

/* "<!": two dashes make a comment, anything else is one that ends at ">". */
static size_t
in_markup(struct html *h, slice in)
{
	if (in.p[0] != '-') {
		h->state = BOGUS;
		return 0;
	}
	if (++h->dashes == 2) {
		h->state = CONDITION;
		h->matched = 0;
		h->bang = h->condition = false;
	}
	return 1;
}

/* Right behind "<!--". */
static size_t
in_condition(struct html *h, slice in)
{
	static const char condition[] = "[if";

	if (char_lower(in.p[0]) == (uint8_t)condition[h->matched]) {
		h->condition = condition[++h->matched] == '\0';
		h->state = h->condition ? COMMENT : CONDITION;
		h->dashes = 0;
		return 1;
	}
	h->state = COMMENT;
	h->dashes = h->matched == 0 ? 3 : 0;
	return 0;
}

static void
tell_condition(struct html *h, slice comment, bool ends)
{
	if (h->condition && h->user.condition != NULL)
		h->user.condition(h->user.self, comment, ends);
}

/*
 * Ends at "-->" or "--!>". What stands right behind "<!--" (3), and one dash
 * further (4), may end it too, but not with "!".
 */
static size_t
in_comment(struct html *h, slice in)
{
	static const uint8_t after_dash[] = { 1, 2, 2, 4, 2 };
	uint8_t c = in.p[0];
	size_t n;

	if (h->dashes == 0 && c != '-') {
		n = slice_find(in, '-', &n) ? n : in.n;
		tell_condition(h, slice_take(in, n), false);
		return n;
	}
	tell_condition(h, slice_take(in, 1), false);
	if (c == '>' && h->dashes >= 2) {
		h->state = TEXT;
		tell_condition(h, SLICE_NONE, true);
	}
	if (c == '-')
		h->dashes = h->bang ? 1 : after_dash[h->dashes];
	else if (c != '!' || h->dashes != 2 || h->bang)
		h->dashes = 0;
	h->bang = c == '!' && h->dashes == 2;
	return 1;
}

static size_t
in_bogus(struct html *h, slice in)
{
	size_t n;

	if (!slice_find(in, '>', &n))
		return in.n;
	h->state = TEXT;
	return n + 1;
}

static size_t
in_raw(struct html *h, slice in)
{
	size_t n = text_length(h, in);

	tell_raw(h, slice_take(in, n));
	if (n == in.n)
		return n;
	h->state = RAW_END;
	h->matched = 1;
	return n + 1;
}

/* "</name" so far: is the next byte its next, or does it stand behind it? What was no end tag is text. */
static size_t
in_raw_end(struct html *h, slice in)
{
	char end[NAME_MAX + 2] = "</";
	uint8_t c = char_lower(in.p[0]);

	memcpy(end + 2, h->raw, h->raw_n);
	if (h->matched < h->raw_n + 2 && c == (uint8_t)end[h->matched]) {
		h->matched++;
		return 1;
	}
	if (h->matched == h->raw_n + 2 && (is_blank(c) || c == '/' || c == '>')) {
		enum html_name name = h->raw_name;

		begin_tag(h, true);
		h->tag.name = name;
		h->state = BEFORE_ATTRIBUTE;
		return 0;
	}
	h->state = RAW;
	tell_raw(h, slice_take(slice_of("</"), h->matched));
	if (h->matched > 2)
		tell_raw(h, (slice){ (const uint8_t *)h->raw, h->matched - 2 });
	return 0;
}

static size_t (*const states[STATES])(struct html *, slice) = {
	[TEXT] = in_text,
	[ENTITY] = in_entity,
	[TAG_OPEN] = in_tag_open,
	[END_TAG_OPEN] = in_end_tag_open,
	[TAG_NAME] = in_tag_name,
	[BEFORE_ATTRIBUTE] = in_before_attribute,
	[ATTRIBUTE_NAME] = in_attribute_name,
	[AFTER_NAME] = in_after_name,
	[BEFORE_VALUE] = in_before_value,
	[VALUE_QUOTED] = in_value_quoted,
	[VALUE_BARE] = in_value_bare,
	[MARKUP] = in_markup,
	[CONDITION] = in_condition,
	[COMMENT] = in_comment,
	[BOGUS] = in_bogus,
	[RAW] = in_raw,
	[RAW_END] = in_raw_end,
};

/* The stream */

struct html *
html_new(const struct html_user *user)
{
	struct html *h = xcalloc(1, sizeof *h);

	h->user = *user;
	for (size_t i = 0; i < HTML_ATTRIBUTES; i++)
		buf_init(&h->tag.value[i], LIMIT_URL);
	buf_init(&h->scratch, LIMIT_URL);
	return h;
}

void
html_free(struct html **h)
{
	for (size_t i = 0; *h != NULL && i < HTML_ATTRIBUTES; i++)
		buf_fini(&(*h)->tag.value[i]);
	if (*h != NULL)
		buf_fini(&(*h)->scratch);
	free(*h);
	*h = NULL;
}

size_t
html_memory(const struct html *h)
{
	size_t n = sizeof *h + h->scratch.cap;

	for (size_t i = 0; i < HTML_ATTRIBUTES; i++)
		n += h->tag.value[i].cap;
	return n;
}

void
html_feed(struct html *h, slice in)
{
	h->next_tag = NULL;
	while (in.n > 0)
		in = slice_drop(in, states[h->state](h, in));
}

void
html_gap(struct html *h)
{
	if (h->state == ENTITY)
		tell_held(h);
	if (h->state == CONDITION)
		h->state = COMMENT;
	if (h->state >= TAG_OPEN && h->state <= MARKUP)
		h->state = BOGUS;
	if (h->state == RAW_END)
		h->state = RAW;
	h->dashes = 0;
}

void
html_finish(struct html *h)
{
	if (h->state == ENTITY)
		tell_held(h);
	else if (h->state == TAG_OPEN)
		tell(h, S("<"));
	else if (h->state == END_TAG_OPEN)
		tell(h, S("</"));
}
