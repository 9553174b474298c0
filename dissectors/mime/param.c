#include "param.h"

#include <stdlib.h>

#include "base/charset.h"
#include "base/err.h"
#include "base/limits.h"
#include "word.h"

enum {
	PIECES_SEEN = LIMIT_CONTINUATIONS / 32,
	PARAMS_READ = LIMIT_PARAMS * LIMIT_CONTINUATIONS	/* no more than these can be of use */
};

/* Words of `text`, which still moves. */
struct place { size_t at, n; };

/* Everything that was given under one name. */
struct entry {
	struct place name;
	struct place plain, extended;		/* name=, name*= */
	bool has_plain, has_extended;
	uint32_t seen[PIECES_SEEN];		/* which of name*0= … */
	unsigned pieces;
	unsigned last;				/* the piece that came last */
};

struct piece {
	size_t entry;
	unsigned number;
	bool encoded;				/* its name ends in '*': with percent escapes */
	struct place text;
};

enum form { FORM_PLAIN, FORM_EXTENDED, FORM_PIECE };

struct parser {
	slice in;
	size_t at;
	struct params *params;
	struct buf text;			/* names and values as sent, quotes undone */
	struct entry *entry;
	size_t nentry, capentry;
	struct piece *piece;
	size_t npiece, cappiece;
	bool no_quotes, no_comments;		/* one was not closed: from there on its opening is a byte as others are */
};

/*
 * Parameters that begin behind a blank although no semicolon stands there. Of any other name it is more
 * likely that a file name holds a blank and an equals sign.
 */
static const slice known_names[] = {
	SLICE("boundary"), SLICE("charset"), SLICE("creation-date"), SLICE("delsp"), SLICE("filename"), SLICE("format"),
	SLICE("method"), SLICE("micalg"), SLICE("modification-date"), SLICE("name"), SLICE("protocol"), SLICE("read-date"),
	SLICE("report-type"), SLICE("reply-type"), SLICE("size"), SLICE("smime-type"), SLICE("start"), SLICE("type"),
};

static bool
is_space(uint8_t c)
{
	return char_is_blank(c) || c == '\r' || c == '\n';
}

/* RFC 2045 5.1 */
static bool
is_tspecial(uint8_t c)
{
	return c != 0 && strchr("()<>@,;:\\\"/[]?=", c) != NULL;
}

static bool
is_token(uint8_t c)
{
	return c > ' ' && c != 0x7f && !is_tspecial(c);
}

static bool
at_end(const struct parser *p)
{
	return p->at == p->in.n;
}

static uint8_t
peek(const struct parser *p)
{
	return p->at < p->in.n ? p->in.p[p->at] : 0;
}

static slice
span(const struct parser *p, size_t from, size_t to)
{
	return slice_take(slice_drop(p->in, from), to - from);
}

static slice
text_of(const struct parser *p, struct place t)
{
	return slice_take(slice_drop(buf_slice(&p->text), t.at), t.n);
}

/* --- comments and blanks --- */

/* Behind the comment that opens at `at`; 0 if it is not closed. Counts, so that nesting costs no stack. */
static size_t
comment_end(struct parser *p, size_t at)
{
	size_t depth = 0;

	for (size_t i = at; i < p->in.n && !p->no_comments; i++) {
		uint8_t c = p->in.p[i];

		if (c == '\\')
			i++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			return i + 1;
	}
	p->no_comments = true;
	return 0;
}

static void
skip_space(struct parser *p)
{
	while (!at_end(p)) {
		size_t end;

		if (peek(p) == '(' && (end = comment_end(p, p->at)) > 0)
			p->at = end;
		else if (is_space(peek(p)))
			p->at++;
		else
			return;
	}
}

static size_t
behind_space(const struct parser *p, size_t at)
{
	while (at < p->in.n && is_space(p->in.p[at]))
		at++;
	return at;
}

/* Do blanks, or a comma, and a "name=" stand at `at`? Looks no further than the name. */
static bool
name_follows(const struct parser *p, size_t at, slice *name_r)
{
	size_t from;

	at = behind_space(p, at);
	if (at < p->in.n && p->in.p[at] == ',')
		at = behind_space(p, at + 1);
	for (from = at; at < p->in.n && is_token(p->in.p[at]); )
		at++;
	*name_r = span(p, from, at);
	return at > from && at < p->in.n && p->in.p[at] == '=';
}

static bool
known_name_follows(const struct parser *p, size_t at)
{
	slice name, rest;

	if (!name_follows(p, at, &name))
		return false;
	slice_cut(name, '*', &name, &rest);
	for (size_t i = 0; i < sizeof known_names / sizeof *known_names; i++) {
		if (slice_ieq(name, known_names[i]))
			return true;
	}
	return false;
}

/* --- values --- */

static struct place
begin_text(const struct parser *p)
{
	return (struct place){ .at = p->text.n };
}

static void
end_text(const struct parser *p, struct place *t)
{
	t->n = p->text.n - t->at;
}

/* Folds undone; the tab of one stands where a blank was: that is how programs fold long file names. */
static void
add_unfolded(struct buf *b, slice text)
{
	bool fold = false;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c == '\n' || (c == '\r' && i + 1 < text.n && text.p[i + 1] == '\n')) {
			fold = true;
			continue;
		}
		buf_add_byte(b, fold && c == '\t' ? ' ' : c);
		fold = false;
	}
}

/*
 * A backslash quotes only what needs it. Before anything else it is one of a
 * path that was put between quotes as it was, "C:\temp\new.txt"; no program
 * quotes letters.
 */
static void
add_unquoted(struct buf *b, slice text)
{
	size_t i;

	while (slice_find(text, '\\', &i)) {
		bool quotes = i + 1 < text.n && is_tspecial(text.p[i + 1]);

		add_unfolded(b, slice_take(text, quotes ? i : i + 1));
		text = slice_drop(text, i + 1);
		if (quotes) {
			buf_add_byte(b, text.p[0]);
			text = slice_drop(text, 1);
		}
	}
	add_unfolded(b, text);
}

/* Is the quote at `at` the last of its string? Those inside are often not escaped: name="the "best" of.pdf". */
static bool
quote_closes(const struct parser *p, size_t at)
{
	size_t next = behind_space(p, at + 1);
	slice name;

	return next == p->in.n || p->in.p[next] == ';' || p->in.p[next] == '(' || name_follows(p, next, &name);
}

/* The quote that ends the string which begins at `at`; in.n if there is none. A semicolon outside of any pair ends it too. */
static size_t
quoted_end(struct parser *p)
{
	size_t end = p->in.n;
	bool inside = true;

	for (size_t i = p->at + 1; i < p->in.n && !p->no_quotes; i++) {
		uint8_t c = p->in.p[i];

		if (c == '\\' && i + 1 < p->in.n && is_tspecial(p->in.p[i + 1])) {
			i++;
		} else if (c == '"') {
			inside = !inside;
			end = i;
			if (quote_closes(p, i))
				return end;
			p->params->problems |= PARAM_MALFORMED;
		} else if (c == ';' && !inside) {
			return end;
		}
	}
	p->no_quotes |= end == p->in.n;
	return end;
}

static bool
take_quoted(struct parser *p)
{
	size_t end = quoted_end(p);

	if (end == p->in.n)
		return false;
	add_unquoted(&p->text, span(p, p->at + 1, end));
	p->at = end + 1;
	return true;
}

/* A comment at the end of a value is one; before more of the value, "report(1).pdf", it belongs to it. */
static void
take_parenthesis(struct parser *p, size_t *end)
{
	size_t close = comment_end(p, p->at), next = close > 0 ? behind_space(p, close) : p->at;

	if (close > 0 && (next == p->in.n || p->in.p[next] == ';' || p->in.p[next] == '(' || known_name_follows(p, close))) {
		p->at = close;
		return;
	}
	p->params->problems |= PARAM_MALFORMED;
	*end = p->at = close > 0 ? close : p->at + 1;
}

/* As tokens are, and with all that should have been quoted: to the semicolon. Comments and blanks at its end are not of it. */
static void
take_bare(struct parser *p)
{
	size_t from = p->at, end = p->at;

	while (!at_end(p) && peek(p) != ';') {
		if (peek(p) == '(') {
			take_parenthesis(p, &end);
		} else if (!is_space(peek(p))) {
			if (!is_token(peek(p)) || p->at > end)
				p->params->problems |= PARAM_MALFORMED;
			end = ++p->at;
		} else if (known_name_follows(p, p->at)) {
			break;
		} else {
			p->at = behind_space(p, p->at);
		}
	}
	add_unfolded(&p->text, span(p, from, end));
}

static struct place
take_value(struct parser *p)
{
	struct place t = begin_text(p);

	skip_space(p);
	if (peek(p) != '"') {
		take_bare(p);
	} else if (!take_quoted(p)) {
		p->params->problems |= PARAM_MALFORMED;
		p->at++;			/* it was not closed */
		take_bare(p);
	}
	end_text(p, &t);
	return t;
}

/* --- names --- */

static struct entry *
find_entry(const struct parser *p, slice name)
{
	for (size_t i = 0; i < p->nentry; i++) {
		if (slice_eq(text_of(p, p->entry[i].name), name))
			return &p->entry[i];
	}
	return NULL;
}

/* NULL: too many. `name` is the last thing in `room`, where it stays if it is new. */
static struct entry *
entry_of(struct parser *p, struct place name)
{
	struct entry *e = find_entry(p, text_of(p, name));

	if (e != NULL) {
		p->text.n = name.at;
		return e;
	}
	if (p->nentry == LIMIT_PARAMS) {
		p->params->problems |= PARAM_LIMIT;
		return NULL;
	}
	if (p->nentry == p->capentry) {
		p->capentry = p->capentry > 0 ? 2 * p->capentry : 4;
		p->entry = xrealloc(p->entry, p->capentry, sizeof *p->entry);
	}
	e = &p->entry[p->nentry++];
	*e = (struct entry){ .name = name };
	return e;
}

/* RFC 2231 3, 4: "name", "name*", "name*1", "name*1*". What is none of these is a plain name. */
static enum form
split_name(slice sent, slice *base_r, uint64_t *number_r, bool *encoded_r)
{
	slice rest;

	*encoded_r = false;
	*number_r = 0;
	if (slice_cut(sent, '*', base_r, &rest) && base_r->n > 0) {
		if (rest.n == 0)
			return FORM_EXTENDED;
		*encoded_r = rest.p[rest.n - 1] == '*';
		rest.n -= *encoded_r;
		if (slice_number(rest, number_r))
			return FORM_PIECE;
	}
	*base_r = sent;
	return FORM_PLAIN;
}

static void
keep_text(struct parser *p, struct place *kept, bool *has, struct place text)
{
	if (*has && !slice_eq(text_of(p, *kept), text_of(p, text)))
		p->params->problems |= PARAM_DUPLICATE;
	if (*has)
		return;
	*has = true;
	*kept = text;
}

static void
keep_piece(struct parser *p, struct entry *e, uint64_t number, bool encoded, struct place text)
{
	uint32_t bit = (uint32_t)1 << number % 32;

	if (number >= LIMIT_CONTINUATIONS) {
		p->params->problems |= PARAM_LIMIT;
		return;
	}
	if ((e->pieces > 0 && number < e->last) || (e->seen[number / 32] & bit) != 0)
		p->params->problems |= PARAM_CONTINUATION;
	if ((e->seen[number / 32] & bit) != 0)
		return;
	e->seen[number / 32] |= bit;
	e->last = (unsigned)number;
	e->pieces++;
	if (p->npiece == p->cappiece) {
		p->cappiece = p->cappiece > 0 ? 2 * p->cappiece : 8;
		p->piece = xrealloc(p->piece, p->cappiece, sizeof *p->piece);
	}
	p->piece[p->npiece++] = (struct piece){ (size_t)(e - p->entry), (unsigned)number, encoded, text };
}

static void
keep(struct parser *p, slice sent, struct place text)
{
	struct place name = begin_text(p);
	struct entry *e;
	uint64_t number;
	bool encoded;
	slice base;
	enum form form = split_name(sent, &base, &number, &encoded);

	for (size_t i = 0; i < base.n; i++)
		buf_add_byte(&p->text, char_lower(base.p[i]));
	end_text(p, &name);
	e = entry_of(p, name);
	if (e == NULL)
		return;
	if (form == FORM_PIECE)
		keep_piece(p, e, number, encoded, text);
	else if (form == FORM_EXTENDED)
		keep_text(p, &e->extended, &e->has_extended, text);
	else
		keep_text(p, &e->plain, &e->has_plain, text);
}

/* What is no parameter: a word, a string, a byte. */
static void
skip_junk(struct parser *p)
{
	size_t end = peek(p) == '"' ? quoted_end(p) : p->at;

	p->params->problems |= PARAM_MALFORMED;
	p->at = end < p->in.n ? end + 1 : p->at + 1;
}

static void
take_param(struct parser *p)
{
	size_t from = p->at;
	slice name;

	while (!at_end(p) && is_token(peek(p)))
		p->at++;
	name = span(p, from, p->at);
	if (name.n == 0) {
		skip_junk(p);
		return;
	}
	skip_space(p);
	if (peek(p) != '=') {
		p->params->problems |= PARAM_MALFORMED;
		return;
	}
	p->at++;
	keep(p, name, take_value(p));
}

/* What stands before the parameters. A name and its "=" there means that a semicolon is missing, or all of it. */
static void
take_main(struct parser *p)
{
	slice name;

	skip_space(p);
	while (!at_end(p) && peek(p) != ';') {
		bool word = !is_token(peek(p)) || p->at == 0 || !is_token(p->in.p[p->at - 1]);

		if (word && name_follows(p, p->at, &name)) {
			p->params->problems |= PARAM_MALFORMED;
			return;
		}
		if (peek(p) != '"')
			buf_add_byte(&p->text, char_lower(peek(p)));
		p->at++;
		skip_space(p);
	}
}

static struct place
read_all(struct parser *p)
{
	struct place value = begin_text(p);
	size_t n = 0;
	bool parted = false;		/* by a semicolon, from what stood before */

	take_main(p);
	end_text(p, &value);
	for (skip_space(p); !at_end(p) && n < PARAMS_READ; skip_space(p)) {
		if (peek(p) == ';') {
			parted = true;
			p->at++;
			continue;
		}
		p->params->problems |= parted ? 0 : PARAM_MALFORMED;
		parted = false;
		take_param(p);
		n++;
	}
	p->params->problems |= at_end(p) ? 0 : PARAM_LIMIT;
	return value;
}

/* --- values put together --- */

static void
add_percent_decoded(struct parser *p, struct buf *out, slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		bool room = text.p[i] == '%' && text.n - i > 2;
		int high = room ? char_hex(text.p[i + 1]) : -1;
		int low = room ? char_hex(text.p[i + 2]) : -1;

		if (high >= 0 && low >= 0) {
			buf_add_byte(out, (uint8_t)(high << 4 | low));
			i += 2;
			continue;
		}
		if (text.p[i] == '%')
			p->params->problems |= PARAM_MALFORMED;
		buf_add_byte(out, text.p[i]);
	}
}

/* RFC 2231 4: "charset'language'" before the text. Without, as with an empty charset, it is taken for UTF-8. */
static slice
take_charset(struct parser *p, slice *text)
{
	slice charset, language, rest;

	if (!slice_cut(*text, '\'', &charset, &rest) || !slice_cut(rest, '\'', &language, &rest)) {
		p->params->problems |= PARAM_MALFORMED;
		return S("utf-8");
	}
	*text = rest;
	return charset.n > 0 ? charset : S("utf-8");
}

static slice
add_room(struct parser *p, slice text)
{
	struct buf *room = &p->params->room;
	size_t at = room->n;

	buf_add(room, text);
	return slice_drop(buf_slice(room), at);
}

static slice
add_converted(struct parser *p, slice charset, slice bytes)
{
	struct buf *room = &p->params->room;
	size_t at = room->n;

	if (charset_to_utf8(charset, bytes, room) == CHARSET_UNKNOWN)
		p->params->problems |= PARAM_CHARSET;
	return slice_drop(buf_slice(room), at);
}

static slice
join_extended(struct parser *p, const struct entry *e)
{
	slice text = text_of(p, e->extended), charset = take_charset(p, &text), value;
	struct buf bytes;

	buf_init(&bytes, text.n);
	add_percent_decoded(p, &bytes, text);
	value = add_converted(p, charset, buf_slice(&bytes));
	buf_fini(&bytes);
	return value;
}

static int
compare_pieces(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* A character may be split over pieces: all are put together before they are converted. */
static slice
join_pieces(struct parser *p, const struct piece *piece, size_t n, bool *extended_r)
{
	slice charset = S("utf-8"), value;
	struct buf bytes;

	*extended_r = false;
	buf_init(&bytes, p->text.n);
	for (size_t i = 0; i < n; i++) {
		slice text = text_of(p, piece[i].text);

		*extended_r |= piece[i].encoded;
		if (i == 0 && piece[i].encoded)
			charset = take_charset(p, &text);
		if (piece[i].encoded)
			add_percent_decoded(p, &bytes, text);
		else
			buf_add(&bytes, text);
	}
	value = *extended_r ? add_converted(p, charset, buf_slice(&bytes)) : add_room(p, buf_slice(&bytes));
	buf_fini(&bytes);
	return value;
}

/* piece: the entry's, in order, if it has any. */
static struct param
join(struct parser *p, const struct entry *e, const struct piece *piece)
{
	struct param param = { .name = add_room(p, text_of(p, e->name)), .extended = e->has_extended };

	if (e->pieces > 0 && piece[e->pieces - 1].number != e->pieces - 1)
		p->params->problems |= PARAM_CONTINUATION;
	if (e->has_extended)
		param.value = join_extended(p, e);
	else if (e->pieces > 0)
		param.value = join_pieces(p, piece, e->pieces, &param.extended);
	else
		param.value = add_room(p, text_of(p, e->plain));
	return param;
}

static void
join_all(struct parser *p)
{
	struct params *params = p->params;
	size_t piece = 0;

	if (p->npiece > 0)
		qsort(p->piece, p->npiece, sizeof *p->piece, compare_pieces);
	if (p->nentry > 0)
		params->v = xcalloc(p->nentry, sizeof *params->v);
	for (size_t i = 0; i < p->nentry; i++) {
		const struct entry *e = &p->entry[i];

		if (e->has_plain || e->has_extended || e->pieces > 0)
			params->v[params->n++] = join(p, e, e->pieces > 0 ? p->piece + piece : NULL);
		piece += e->pieces;
	}
	if (params->room.full)
		params->problems |= PARAM_LIMIT;
}

void
params_parse(struct params *params, slice value)
{
	struct parser p = { .in = value, .params = params };
	struct place main;

	*params = (struct params){ 0 };
	buf_init(&p.text, 2 * value.n);		/* names and values, once each, and what stands before them */
	main = read_all(&p);
	/* Reserved at once, so that slices of it stay. A byte becomes three in UTF-8, hardly ever four. */
	buf_init(&params->room, 4 * p.text.n);
	buf_reserve(&params->room, 4 * p.text.n);
	params->value = add_room(&p, text_of(&p, main));
	join_all(&p);
	buf_fini(&p.text);
	free(p.entry);
	free(p.piece);
}

void
params_fini(struct params *params)
{
	free(params->v);
	buf_fini(&params->room);
	*params = (struct params){ 0 };
}

static const struct param *
find_param(const struct params *params, slice name)
{
	for (size_t i = 0; i < params->n; i++) {
		if (slice_ieq(params->v[i].name, name))
			return &params->v[i];
	}
	return NULL;
}

slice
params_get(const struct params *params, slice name)
{
	const struct param *p = find_param(params, name);

	return p != NULL ? p->value : SLICE_NONE;
}

bool
params_text(const struct params *params, slice name, struct buf *out)
{
	const struct param *p = find_param(params, name);

	if (p != NULL && p->extended)
		buf_add(out, p->value);
	else if (p != NULL)
		word_decode(p->value, out);
	return p != NULL;
}
