#include "lexer.h"

#include "base/chars.h"

/* Signs, the longest first. */
static const struct { slice sign; enum token_kind kind; enum compare compare; } signs[] = {
	{ SLICE("==="), TOKEN_COMPARE, COMPARE_ALL_EQ }, { SLICE("!=="), TOKEN_COMPARE, COMPARE_ANY_NE },
	{ SLICE("=="), TOKEN_COMPARE, COMPARE_EQ }, { SLICE("!="), TOKEN_COMPARE, COMPARE_NE },
	{ SLICE("<="), TOKEN_COMPARE, COMPARE_LE }, { SLICE(">="), TOKEN_COMPARE, COMPARE_GE },
	{ SLICE("<"), TOKEN_COMPARE, COMPARE_LT }, { SLICE(">"), TOKEN_COMPARE, COMPARE_GT },
	{ SLICE("~"), TOKEN_COMPARE, COMPARE_MATCHES },
	{ SLICE("&&"), TOKEN_AND, 0 }, { SLICE("||"), TOKEN_OR, 0 }, { SLICE("!"), TOKEN_NOT, 0 },
	{ SLICE("("), TOKEN_OPEN, 0 }, { SLICE(")"), TOKEN_CLOSE, 0 }, { SLICE("{"), TOKEN_SET, 0 }, { SLICE("}"), TOKEN_SET_END, 0 },
	{ SLICE(","), TOKEN_COMMA, 0 }, { SLICE(".."), TOKEN_TO, 0 },
};

static const struct { slice word; enum token_kind kind; enum compare compare; } words[] = {
	{ SLICE("and"), TOKEN_AND, 0 }, { SLICE("or"), TOKEN_OR, 0 }, { SLICE("not"), TOKEN_NOT, 0 }, { SLICE("in"), TOKEN_IN, COMPARE_IN },
	{ SLICE("any"), TOKEN_ANY, 0 }, { SLICE("all"), TOKEN_ALL, 0 },
	{ SLICE("eq"), TOKEN_COMPARE, COMPARE_EQ }, { SLICE("any_eq"), TOKEN_COMPARE, COMPARE_EQ },
	{ SLICE("all_eq"), TOKEN_COMPARE, COMPARE_ALL_EQ }, { SLICE("ne"), TOKEN_COMPARE, COMPARE_NE },
	{ SLICE("all_ne"), TOKEN_COMPARE, COMPARE_NE }, { SLICE("any_ne"), TOKEN_COMPARE, COMPARE_ANY_NE },
	{ SLICE("lt"), TOKEN_COMPARE, COMPARE_LT }, { SLICE("le"), TOKEN_COMPARE, COMPARE_LE },
	{ SLICE("gt"), TOKEN_COMPARE, COMPARE_GT }, { SLICE("ge"), TOKEN_COMPARE, COMPARE_GE },
	{ SLICE("contains"), TOKEN_COMPARE, COMPARE_CONTAINS }, { SLICE("matches"), TOKEN_COMPARE, COMPARE_MATCHES },
};

static struct token
bad(size_t at, size_t end, const char *fault)
{
	return (struct token){ .kind = TOKEN_BAD, .at = at, .end = end, .fault = fault };
}

static bool
is_word_byte(uint8_t c)
{
	return c > ' ' && c != 0x7f && strchr("\"(){},=!<>&|~", c) == NULL;
}

/* The byte behind a backslash, at *at; -1: there is no such escape. */
static int
unescape(slice s, size_t *at)
{
	static const char from[] = "nrtabfv0\\\"'", to[] = "\n\r\t\a\b\f\v\0\\\"'";
	const char *found;
	uint8_t c = s.p[*at];

	if (c == 'x' && s.n - *at > 2 && char_hex(s.p[*at + 1]) >= 0 && char_hex(s.p[*at + 2]) >= 0) {
		*at += 3;
		return char_hex(s.p[*at - 2]) << 4 | char_hex(s.p[*at - 1]);
	}
	found = c ? strchr(from, c) : NULL;
	++*at;
	return found != NULL ? (uint8_t)to[found - from] : -1;
}

/* at: of the token, which may begin with an r; from: behind the quote. */
static struct token
quoted(struct lexer *l, size_t at, size_t from, bool raw)
{
	uint8_t quote = l->text.p[from - 1];
	uint8_t *out = arena_zero(l->arena, l->text.n - from + 1);
	size_t n = 0;

	if (out == NULL)
		return bad(at, l->text.n, "the filter takes too much memory");
	for (l->at = from; l->at < l->text.n && l->text.p[l->at] != quote; ) {
		uint8_t c = l->text.p[l->at++];
		size_t escape = l->at - 1;
		int byte = c;

		/* A raw text holds its backslashes; the one before a quote keeps it from ending the text, and stays too. */
		if (c == '\\' && raw && l->at < l->text.n) {
			out[n++] = c;
			byte = l->text.p[l->at++];
		} else if (c == '\\' && l->at < l->text.n) {
			byte = unescape(l->text, &l->at);
		}
		if (byte < 0)
			return bad(escape, l->at, "there is no such escape in a text; write \\\\ for a backslash, or r\"...\"");
		out[n++] = (uint8_t)byte;
	}
	if (l->at == l->text.n)
		return bad(at, l->text.n, "this text has no closing quote");
	l->at++;
	return (struct token){ .kind = TOKEN_TEXT, .text = { out, n }, .at = at, .end = l->at };
}

static struct token
word(struct lexer *l)
{
	size_t at = l->at;
	slice text;

	while (l->at < l->text.n && is_word_byte(l->text.p[l->at]) && !slice_starts(slice_drop(l->text, l->at), S("..")))
		l->at++;
	text = (slice){ l->text.p + at, l->at - at };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_ieq(text, words[i].word))
			return (struct token){ words[i].kind, words[i].compare, text, at, l->at, NULL };
	return (struct token){ .kind = TOKEN_WORD, .text = text, .at = at, .end = l->at };
}

static struct token
stray(struct lexer *l)
{
	switch (l->text.p[l->at]) {
	case '=': return bad(l->at, l->at + 1, "a comparison is written ==");
	case '&': return bad(l->at, l->at + 1, "and is written && (bits cannot be asked for)");
	case '|': return bad(l->at, l->at + 1, "or is written ||");
	default:  return bad(l->at, l->at + 1, "this byte can stand in quotes only");
	}
}

struct token
lexer_next(struct lexer *l)
{
	slice rest;

	while (l->at < l->text.n && (char_is_blank(l->text.p[l->at]) || l->text.p[l->at] == '\n' || l->text.p[l->at] == '\r'))
		l->at++;
	rest = slice_drop(l->text, l->at);
	if (rest.n == 0)
		return (struct token){ .kind = TOKEN_END, .at = l->at, .end = l->at };
	if (slice_starts(rest, S("\342\200\234")) || slice_starts(rest, S("\342\200\235")) || slice_starts(rest, S("\342\200\236")))
		return bad(l->at, l->at + 3, "texts stand in straight quotes: \"");
	if (rest.p[0] == '"' || rest.p[0] == '\'')
		return quoted(l, l->at, l->at + 1, false);
	if (slice_istarts(rest, S("r\"")))
		return quoted(l, l->at, l->at + 2, true);
	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if (slice_starts(rest, signs[i].sign)) {
			size_t at = l->at;

			l->at += signs[i].sign.n;
			return (struct token){ signs[i].kind, signs[i].compare, signs[i].sign, at, l->at, NULL };
		}
	return is_word_byte(rest.p[0]) ? word(l) : stray(l);
}
