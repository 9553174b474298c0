#include "param.h"

#include <stdlib.h>

#include "base/err.h"
#include "param_inside.h"
#include "word.h"

enum { PARAMS_READ = LIMIT_PARAMS * LIMIT_CONTINUATIONS };	/* no more than these can be of use */

struct parser {
	slice in;
	size_t at;
	struct params *params;
	struct gathered gathered;
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
	switch (c) {
	case '(': case ')': case '<': case '>': case '@': case ',': case ';': case ':':
	case '\\': case '"': case '/': case '[': case ']': case '?': case '=':
		return true;
	}
	return false;
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
	add_unquoted(&p->gathered.text, span(p, p->at + 1, end));
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
	add_unfolded(&p->gathered.text, span(p, from, end));
}

static struct place
take_value(struct parser *p)
{
	struct place t = begin_place(&p->gathered);

	skip_space(p);
	if (peek(p) != '"') {
		take_bare(p);
	} else if (!take_quoted(p)) {
		p->params->problems |= PARAM_MALFORMED;
		p->at++;			/* it was not closed */
		take_bare(p);
	}
	end_place(&p->gathered, &t);
	return t;
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
	gathered_keep(&p->gathered, name, take_value(p));
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
			buf_add_byte(&p->gathered.text, char_lower(peek(p)));
		p->at++;
		skip_space(p);
	}
}

static struct place
read_all(struct parser *p)
{
	struct place value = begin_place(&p->gathered);
	size_t n = 0;
	bool parted = false;		/* by a semicolon, from what stood before */

	take_main(p);
	end_place(&p->gathered, &value);
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

void
params_parse(struct params *params, slice value)
{
	struct parser p = { .in = value, .params = params, .gathered.params = params };

	*params = (struct params){ 0 };
	buf_init(&p.gathered.text, 2 * value.n);	/* names and values, once each, and what stands before them */
	gathered_join(&p.gathered, read_all(&p));
	gathered_fini(&p.gathered);
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
