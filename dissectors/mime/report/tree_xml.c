#include "tree.h"

#include "base/utf8.h"

enum state {
	TEXT, ENTITY,			/* behind "&" */
	TAG,				/* behind "<" */
	NAME, ATTRIBUTES, QUOTED,
	EMPTY,				/* behind the "/" of "/>" */
	END_NAME, END_BLANKS,
	INSTRUCTION,			/* <? … ?> */
	BANG,				/* behind "<!" */
	COMMENT, CDATA, DOCTYPE
};

enum { ENTITY_MAX = 10, BANG_MAX = 7 };		/* "#x0010FFFF", "[CDATA[" */

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Up to `byte`, or all there is. */
static slice
until(slice in, uint8_t byte)
{
	size_t at;

	return slice_find(in, byte, &at) ? slice_take(in, at) : in;
}

static size_t
go(struct tree_stream *s, enum state state)
{
	s->state = (uint8_t)state;
	s->matched = 0;
	return 1;
}

static size_t
stop(struct tree_stream *s)
{
	s->broken = true;
	return 0;
}

static size_t
begin_name(struct tree_stream *s, enum state state)
{
	s->name = (struct tree_name){ .n = 0 };
	return go(s, state);
}

static size_t
read_text(struct tree_stream *s, slice in)
{
	slice text = until(until(in, '<'), '&');

	if (text.n > 0) {
		if (s->depth > 0)
			tree_text(s, text);
		return text.n;
	}
	if (in.p[0] == '<')
		return go(s, TAG);
	return s->depth > 0 ? begin_name(s, ENTITY) : stop(s);
}

static bool
number_of(slice digits, uint32_t base, uint32_t *character_r)
{
	*character_r = 0;
	for (size_t i = 0; i < digits.n; i++) {
		int digit = char_hex(digits.p[i]);

		if (digit < 0 || (uint32_t)digit >= base)
			return false;
		*character_r = *character_r * base + (uint32_t)digit;
		if (*character_r >= UTF8_INVALID)
			return false;
	}
	return digits.n > 0;
}

/* XML 1.0, 4.1 and 4.6. What a document defines itself is not for us. */
static bool
entity_of(slice name, uint32_t *character_r)
{
	static const struct { slice name; uint8_t character; } known[] = {
		{ SLICE("amp"), '&' }, { SLICE("lt"), '<' }, { SLICE("gt"), '>' }, { SLICE("quot"), '"' }, { SLICE("apos"), '\'' },
	};

	if (slice_starts(name, S("#x")))
		return number_of(slice_drop(name, 2), 16, character_r);
	if (slice_starts(name, S("#")))
		return number_of(slice_drop(name, 1), 10, character_r);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (slice_eq(name, known[i].name)) {
			*character_r = known[i].character;
			return true;
		}
	}
	return false;
}

static size_t
read_entity(struct tree_stream *s, slice in)
{
	uint32_t character;

	if (in.p[0] != ';') {
		tree_name_add(&s->name, in.p[0]);
		return s->name.n > ENTITY_MAX ? stop(s) : 1;
	}
	if (!entity_of((slice){ s->name.text, s->name.n }, &character))
		return stop(s);
	tree_text_character(s, character);
	return go(s, TEXT);
}

static size_t
read_tag(struct tree_stream *s, slice in)
{
	switch (in.p[0]) {
	case '/':
		return begin_name(s, END_NAME);
	case '?':
		return go(s, INSTRUCTION);
	case '!':
		return begin_name(s, BANG);
	}
	begin_name(s, NAME);
	return 0;
}

static void
begin_element(struct tree_stream *s)
{
	tree_push(s, &s->name, false);
	if (!s->broken)
		s->user.begin(s->user.self, (slice){ s->name.text, s->name.n });
}

static void
end_element(struct tree_stream *s)
{
	if (s->broken)
		return;
	s->depth--;
	s->user.end(s->user.self);
	s->done = s->depth == 0;
}

/* A name's prefix belongs to its hash, by which the end is found, but is not told. */
static bool
add_to_name(struct tree_stream *s, uint8_t c)
{
	if (is_blank(c) || c == '/' || c == '>')
		return false;
	tree_name_add(&s->name, c);
	if (c == ':')
		s->name.n = 0;
	return true;
}

static size_t
read_name(struct tree_stream *s, slice in)
{
	if (in.p[0] == '<')
		return stop(s);
	if (add_to_name(s, in.p[0]))
		return 1;
	if (s->name.n == 0)
		return stop(s);
	go(s, ATTRIBUTES);
	return 0;
}

static size_t
read_attributes(struct tree_stream *s, slice in)
{
	switch (in.p[0]) {
	case '<':
		return stop(s);
	case '>':
		begin_element(s);
		return go(s, TEXT);
	case '/':
		return go(s, EMPTY);
	case '"':
	case '\'':
		s->quote = in.p[0];
		return go(s, QUOTED);
	}
	return 1;
}

static size_t
read_quoted(struct tree_stream *s, slice in)
{
	slice text = until(in, s->quote);

	return text.n > 0 ? text.n : go(s, ATTRIBUTES);
}

static size_t
read_empty(struct tree_stream *s, slice in)
{
	if (in.p[0] != '>')
		return stop(s);
	begin_element(s);
	end_element(s);
	return go(s, TEXT);
}

static size_t
read_end_name(struct tree_stream *s, slice in)
{
	if (add_to_name(s, in.p[0]))
		return 1;
	if (s->depth == 0 || s->open[s->depth - 1].name.hash != s->name.hash)
		return stop(s);
	go(s, END_BLANKS);
	return 0;
}

static size_t
read_end_blanks(struct tree_stream *s, slice in)
{
	if (is_blank(in.p[0]))
		return 1;
	if (in.p[0] != '>')
		return stop(s);
	end_element(s);
	return go(s, TEXT);
}

/* To "?>", "-->" or "]]>": `n` times a byte, and ">". Returns whether the end was reached. */
static bool
at_end_of(struct tree_stream *s, uint8_t c, uint8_t byte, uint8_t n)
{
	if (c == '>' && s->matched == n)
		return true;
	if (c != byte)
		s->matched = 0;
	else if (s->matched < n)
		s->matched++;
	return false;
}

static size_t
read_instruction(struct tree_stream *s, slice in)
{
	return at_end_of(s, in.p[0], '?', 1) ? go(s, TEXT) : 1;
}

static size_t
read_comment(struct tree_stream *s, slice in)
{
	return at_end_of(s, in.p[0], '-', 2) ? go(s, TEXT) : 1;
}

static size_t
read_cdata(struct tree_stream *s, slice in)
{
	slice text = until(in, ']');
	uint8_t before = s->matched;

	if (text.n > 0 && before == 0) {
		tree_text(s, text);
		return text.n;
	}
	if (at_end_of(s, in.p[0], ']', 2))
		return go(s, TEXT);
	if (in.p[0] == ']')		/* of three, the first is text */
		tree_text(s, slice_take(S("]"), before == 2));
	else
		tree_text(s, slice_take(S("]]"), before));
	return in.p[0] == ']';
}

/* One that brings entities of its own has them between brackets. */
static size_t
read_doctype(struct tree_stream *s, slice in)
{
	uint8_t c = in.p[0];

	if (s->matched != 0) {		/* in quotes */
		if (c == s->matched)
			s->matched = 0;
		return 1;
	}
	if (c == '[')
		return stop(s);
	if (c == '"' || c == '\'')
		s->matched = c;
	return c == '>' ? go(s, TEXT) : 1;
}

static size_t
read_bang(struct tree_stream *s, slice in)
{
	tree_name_add(&s->name, in.p[0]);
	if (tree_name_is(&s->name, S("--")))
		return go(s, COMMENT);
	if (tree_name_is(&s->name, S("[CDATA[")) && s->depth > 0)
		return go(s, CDATA);
	if (tree_name_is(&s->name, S("DOCTYPE")) && s->depth == 0)
		return go(s, DOCTYPE);
	return s->name.n >= BANG_MAX ? stop(s) : 1;
}

/* Each takes some of what there is, or changes the state. */
static size_t (*const readers[])(struct tree_stream *, slice) = {
	[TEXT] = read_text, [ENTITY] = read_entity, [TAG] = read_tag, [NAME] = read_name, [ATTRIBUTES] = read_attributes,
	[QUOTED] = read_quoted, [EMPTY] = read_empty, [END_NAME] = read_end_name, [END_BLANKS] = read_end_blanks,
	[INSTRUCTION] = read_instruction, [BANG] = read_bang, [COMMENT] = read_comment, [CDATA] = read_cdata,
	[DOCTYPE] = read_doctype,
};

void
tree_xml_init(struct tree_stream *s, const struct tree_user *user)
{
	*s = (struct tree_stream){ .user = *user, .state = TEXT };
}

void
tree_xml_feed(struct tree_stream *s, slice in)
{
	while (in.n > 0 && !s->done && !s->broken)
		in = slice_drop(in, readers[s->state](s, in));
}
