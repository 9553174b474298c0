/*
 * filter_words.c - what could stand at the cursor of a filter that is typed:
 * names of fields, comparisons, the words that a field may have.
 */
#include "parts.h"

#include "base/arena.h"
#include "base/limits.h"
#include "filter/lexer.h"

enum expect { EXPECT_NOTHING, EXPECT_FIELD, EXPECT_COMPARE, EXPECT_VALUE, EXPECT_JOIN };

struct spot {
	size_t from;			/* where what could be completed begins, its quote included */
	slice word;			/* … without it, up to the cursor */
	enum expect expect;
	const struct field *field;	/* that is compared, if it is known */
};

/* --- where the cursor stands --- */

static bool
is_word_byte(uint8_t c)
{
	return c > ' ' && c != 0x7f && strchr("\"'(){},=!<>&|~", c) == NULL;
}

/* The quote that is open at the end of the text; SIZE_MAX: none is. */
static size_t
open_quote(slice text)
{
	size_t at = SIZE_MAX;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (at == SIZE_MAX && (c == '"' || (c == '\'' && (i == 0 || !is_word_byte(text.p[i - 1])))))
			at = i;
		else if (at != SIZE_MAX && c == '\\')
			i++;
		else if (at != SIZE_MAX && c == text.p[at])
			at = SIZE_MAX;
	}
	return at;
}

static bool
is_function(slice word)
{
	return slice_ieq(word, S("lower")) || slice_ieq(word, S("upper")) || slice_ieq(word, S("len"));
}

/* What is due behind the tokens of the text. */
static void
follow(struct spot *s, slice text)
{
	struct arena *arena = arena_new(LIMIT_FILTER);
	struct lexer lexer = { .text = text, .arena = arena };
	bool function = false;

	s->expect = EXPECT_FIELD;
	for (struct token t = lexer_next(&lexer); t.kind != TOKEN_END; t = lexer_next(&lexer)) {
		switch (t.kind) {
		case TOKEN_WORD:
			if (s->expect == EXPECT_FIELD && is_function(t.text)) {
				function = true;
			} else if (s->expect == EXPECT_FIELD) {
				s->field = field_find(t.text);
				s->expect = EXPECT_COMPARE;
			} else {
				s->expect = EXPECT_JOIN;
			}
			break;
		case TOKEN_TEXT: s->expect = EXPECT_JOIN; break;
		case TOKEN_CLOSE: s->expect = function ? EXPECT_COMPARE : EXPECT_JOIN; function = false; break;
		case TOKEN_SET_END: s->expect = EXPECT_JOIN; break;
		case TOKEN_COMPARE: case TOKEN_SET: case TOKEN_COMMA: case TOKEN_TO: s->expect = EXPECT_VALUE; break;
		case TOKEN_IN: s->expect = EXPECT_NOTHING; break;
		case TOKEN_AND: case TOKEN_OR: case TOKEN_NOT: case TOKEN_OPEN: case TOKEN_ANY: case TOKEN_ALL:
			s->expect = EXPECT_FIELD;
			break;
		default:
			s->expect = EXPECT_NOTHING;
			arena_free(&arena);
			return;
		}
	}
	arena_free(&arena);
}

static struct spot
spot_of(slice text, size_t cursor)
{
	slice before = slice_take(text, cursor);
	struct spot s = { .from = open_quote(before) };
	bool quoted = s.from != SIZE_MAX;

	if (quoted) {
		s.word = slice_drop(before, s.from + 1);
	} else {
		for (s.from = before.n; s.from > 0 && is_word_byte(before.p[s.from - 1]); s.from--)
			;
		s.word = slice_drop(before, s.from);
	}
	follow(&s, slice_take(before, s.from));
	if (quoted && s.expect != EXPECT_VALUE)
		s.expect = EXPECT_NOTHING;
	return s;
}

/* --- what could stand there --- */

/* One more of what is counted; true: it was the one that was asked for. */
static bool
is_the_one(size_t *n)
{
	return (*n)-- == 0;
}

static void
add(struct buf *out, slice word, const char *about)
{
	buf_add(out, word);
	buf_add_byte(out, '\t');
	buf_text(out, about);
}

static bool
holds(slice name, slice word)
{
	for (size_t i = 0; i + word.n <= name.n; i++)
		if (slice_istarts(slice_drop(name, i), word))
			return true;
	return false;
}

/* Shown while nothing was typed: what people ask for first. */
static const slice first_fields[] = {
	SLICE("smtp.status"), SLICE("smtp.rcpt.code"), SLICE("smtp.mail_from"), SLICE("smtp.rcpt_to"), SLICE("imf.subject"),
	SLICE("mime.filename"), SLICE("finding.severity"), SLICE("finding.id"), SLICE("smtp.reply_time"), SLICE("client.ip"),
	SLICE("server.ip"), SLICE("smtp.auth.user"), SLICE("smtp.queue_id"), SLICE("tls"), SLICE("attempt"),
};

static bool
nth_first_field(size_t n, struct buf *out)
{
	const struct field *f;

	if (n >= sizeof first_fields / sizeof first_fields[0])
		return false;
	f = field_find(first_fields[n]);
	add(out, first_fields[n], f != NULL ? f->about : "");
	return true;
}

/* Those that begin with the word, then those that hold it. */
static bool
nth_field(slice word, size_t n, struct buf *out)
{
	if (word.n == 0)
		return nth_first_field(n, out);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < nfields; i++) {
			slice name = slice_of(fields[i].name);
			bool begins = slice_istarts(name, word);

			if ((pass == 0 ? begins : !begins && holds(name, word)) && is_the_one(&n)) {
				add(out, name, fields[i].about);
				return true;
			}
		}
	return false;
}

#define OF(type)	(1u << FIELD_##type)
#define ORDERED		(OF(NUMBER) | OF(TIME) | OF(SPAN) | OF(SEVERITY))
#define ANY		(OF(TEXT) | OF(NUMBER) | OF(ADDRESS) | OF(TIME) | OF(SPAN) | OF(SEVERITY) | OF(HEX))

static const struct { const char *sign, *about; unsigned types; } compares[] = {
	{ "==", "is equal to", ANY },
	{ "!=", "is there, and none is equal to", ANY },
	{ "contains", "holds this text", OF(TEXT) | OF(HEX) },
	{ "matches", "the pattern (PCRE) fits, as \"(?i)invoice\"", OF(TEXT) | OF(HEX) },
	{ ">=", "is at least", ORDERED },
	{ ">", "is more than", ORDERED },
	{ "<=", "is at most", ORDERED },
	{ "<", "is less than", ORDERED },
	{ "in", "is one of {a, b, c..d}, or of the lines of @FILE", ANY },
	{ "&&", "… and", ~0u },
	{ "||", "… or", ~0u },
};

static bool
nth_compare(const struct spot *s, size_t n, struct buf *out)
{
	unsigned type = s->expect == EXPECT_JOIN ? 0 : s->field != NULL ? 1u << s->field->type : ANY;

	for (size_t i = 0; i < sizeof compares / sizeof compares[0]; i++) {
		bool fits = s->expect == EXPECT_JOIN ? compares[i].types == ~0u : (compares[i].types & type) != 0;

		if (fits && slice_istarts(slice_of(compares[i].sign), s->word) && is_the_one(&n)) {
			add(out, slice_of(compares[i].sign), compares[i].about);
			return true;
		}
	}
	return false;
}

/* The i-th word that the field may have; NULL: no more. */
static const char *
word_of(const struct field *f, size_t i)
{
	if (f->type == FIELD_SEVERITY)
		return i < ALERT ? severity_name((enum severity)(INFO + i)) : NULL;
	return f->word != NULL ? f->word(i) : NULL;
}

static bool
nth_value(const struct spot *s, size_t n, struct buf *out)
{
	const char *word;

	if (s->field == NULL)
		return false;
	for (size_t i = 0; (word = word_of(s->field, i)) != NULL; i++) {
		if (!slice_istarts(slice_of(word), s->word) || !is_the_one(&n))
			continue;
		if (s->field->type == FIELD_TEXT)
			buf_printf(out, "\"%s\"", word);
		else
			buf_text(out, word);
		return true;
	}
	return false;
}

bool
filter_complete(slice text, size_t cursor, size_t n, size_t *from, struct buf *word)
{
	struct spot s = spot_of(text, cursor);

	*from = s.from;
	switch (s.expect) {
	case EXPECT_FIELD: return nth_field(s.word, n, word);
	case EXPECT_COMPARE: case EXPECT_JOIN: return nth_compare(&s, n, word);
	case EXPECT_VALUE: return nth_value(&s, n, word);
	case EXPECT_NOTHING: break;
	}
	return false;
}
