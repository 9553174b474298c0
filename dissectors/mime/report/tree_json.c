#include "tree.h"

#include "base/utf8.h"

enum state {
	VALUE,			/* one must follow, or "]" */
	KEY,			/* a member's name must follow, or "}" */
	COLON,
	AFTER,			/* a value: "," or an end must follow */
	STRING, ESCAPE, HEX,
	LITERAL			/* a number, true, false, null */
};

enum { HEX_DIGITS = 4 };

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t
go(struct tree_stream *s, enum state state)
{
	s->state = (uint8_t)state;
	return 1;
}

static size_t
stop(struct tree_stream *s)
{
	s->broken = true;
	return 0;
}

static bool
in_list(const struct tree_stream *s)
{
	return s->depth > 0 && s->open[s->depth - 1].list;
}

/* What the value that begins is called. */
static const struct tree_name *
name_of_value(const struct tree_stream *s)
{
	static const struct tree_name none;

	return s->depth == 0 ? &none : in_list(s) ? &s->open[s->depth - 1].name : &s->name;
}

static void
begin(struct tree_stream *s)
{
	const struct tree_name *name = name_of_value(s);

	s->user.begin(s->user.self, (slice){ name->text, name->n });
}

static size_t
end_value(struct tree_stream *s)
{
	s->done = s->depth == 0;
	return go(s, AFTER);
}

static size_t
begin_string(struct tree_stream *s, bool key)
{
	s->in_key = key;
	s->high = 0;
	if (key)
		s->name = (struct tree_name){ .n = 0 };
	else
		begin(s);
	return go(s, STRING);
}

static size_t
begin_object(struct tree_stream *s)
{
	struct tree_name name = *name_of_value(s);

	tree_push(s, &name, false);
	if (!s->broken)
		s->user.begin(s->user.self, (slice){ name.text, name.n });
	return go(s, KEY);
}

static size_t
begin_list(struct tree_stream *s)
{
	struct tree_name name = *name_of_value(s);

	tree_push(s, &name, true);
	return go(s, VALUE);
}

static size_t
end_list(struct tree_stream *s)
{
	if (!in_list(s))
		return stop(s);
	s->depth--;
	return end_value(s);
}

static size_t
end_object(struct tree_stream *s)
{
	if (s->depth == 0 || in_list(s))
		return stop(s);
	s->depth--;
	s->user.end(s->user.self);
	return end_value(s);
}

static bool
is_byte_order_mark(const struct tree_stream *s, uint8_t c)
{
	return s->depth == 0 && (c == 0xef || c == 0xbb || c == 0xbf);
}

static size_t
read_value(struct tree_stream *s, slice in)
{
	uint8_t c = in.p[0];

	if (is_blank(c) || is_byte_order_mark(s, c))
		return 1;
	if (c == '"')
		return begin_string(s, false);
	if (c == '{')
		return begin_object(s);
	if (c == '[')
		return begin_list(s);
	if (c == ']')
		return end_list(s);
	if (!char_is_alnum(c) && c != '-')
		return stop(s);
	begin(s);
	s->name = (struct tree_name){ .n = 0 };
	go(s, LITERAL);
	return 0;
}

static size_t
read_key(struct tree_stream *s, slice in)
{
	if (is_blank(in.p[0]))
		return 1;
	if (in.p[0] == '"')
		return begin_string(s, true);
	return in.p[0] == '}' ? end_object(s) : stop(s);
}

static size_t
read_colon(struct tree_stream *s, slice in)
{
	if (is_blank(in.p[0]))
		return 1;
	return in.p[0] == ':' ? go(s, VALUE) : stop(s);
}

static size_t
read_after(struct tree_stream *s, slice in)
{
	switch (in.p[0]) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return 1;
	case ',':
		return go(s, in_list(s) ? VALUE : KEY);
	case ']':
		return end_list(s);
	case '}':
		return end_object(s);
	}
	return stop(s);
}

static void
add_text(struct tree_stream *s, slice text)
{
	if (s->in_key)
		for (size_t i = 0; i < text.n; i++)
			tree_name_add(&s->name, text.p[i]);
	else
		tree_text(s, text);
}

static void
add_character(struct tree_stream *s, uint32_t character)
{
	uint8_t bytes[4];
	size_t n = utf8_put(character, bytes);

	add_text(s, (slice){ bytes, n });
}

/* The first half of a pair had no second one. */
static void
flush_half(struct tree_stream *s)
{
	if (s->high != 0)
		add_character(s, s->high);
	s->high = 0;
}

static size_t
end_string(struct tree_stream *s)
{
	flush_half(s);
	if (s->in_key)
		return go(s, COLON);
	s->user.end(s->user.self);
	return end_value(s);
}

static size_t
read_string(struct tree_stream *s, slice in)
{
	size_t n = 0;

	while (n < in.n && in.p[n] != '"' && in.p[n] != '\\')
		n++;
	if (n > 0) {
		flush_half(s);
		add_text(s, slice_take(in, n));
		return n;
	}
	return in.p[0] == '"' ? end_string(s) : go(s, ESCAPE);
}

static size_t
read_escape(struct tree_stream *s, slice in)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *at = in.p[0] != 0 ? strchr(letters, in.p[0]) : NULL;

	if (in.p[0] == 'u') {
		s->unit = 0;
		s->matched = 0;
		return go(s, HEX);
	}
	if (at == NULL)
		return stop(s);
	flush_half(s);
	add_character(s, (uint8_t)meanings[at - letters]);
	return go(s, STRING);
}

/* RFC 8259 7: beyond the basic plane an escape is a pair of UTF-16. */
static void
add_unit(struct tree_stream *s, uint16_t unit)
{
	if (s->high != 0 && unit >= 0xdc00 && unit < 0xe000) {
		add_character(s, 0x10000 + ((uint32_t)(s->high - 0xd800) << 10) + (uint32_t)(unit - 0xdc00));
		s->high = 0;
		return;
	}
	flush_half(s);
	if (unit >= 0xd800 && unit < 0xdc00)
		s->high = unit;
	else
		add_character(s, unit);
}

static size_t
read_hex(struct tree_stream *s, slice in)
{
	int digit = char_hex(in.p[0]);

	if (digit < 0)
		return stop(s);
	s->unit = (uint16_t)(s->unit << 4 | digit);
	if (++s->matched < HEX_DIGITS)
		return 1;
	add_unit(s, s->unit);
	return go(s, STRING);
}

static size_t
read_literal(struct tree_stream *s, slice in)
{
	uint8_t c = in.p[0];

	if (char_is_alnum(c) || c == '-' || c == '+' || c == '.') {
		tree_name_add(&s->name, c);
		return 1;
	}
	if (!tree_name_is(&s->name, S("null")))
		tree_text(s, (slice){ s->name.text, s->name.n });
	s->user.end(s->user.self);
	end_value(s);
	return 0;
}

/* Each takes some of what there is, or changes the state. */
static size_t (*const readers[])(struct tree_stream *, slice) = {
	[VALUE] = read_value, [KEY] = read_key, [COLON] = read_colon, [AFTER] = read_after, [STRING] = read_string,
	[ESCAPE] = read_escape, [HEX] = read_hex, [LITERAL] = read_literal,
};

void
tree_json_init(struct tree_stream *s, const struct tree_user *user)
{
	*s = (struct tree_stream){ .user = *user, .state = VALUE };
}

void
tree_json_feed(struct tree_stream *s, slice in)
{
	while (in.n > 0 && !s->done && !s->broken)
		in = slice_drop(in, readers[s->state](s, in));
}
