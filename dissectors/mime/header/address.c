#include "address.h"

#include <string.h>

#include "base/chars.h"

/* In `plain`, between words: where a comma may be missing. No other line end gets in there. */
enum { MARK = '\n' };

struct parser {
	slice in;
	size_t at;
	void (*each)(void *self, const struct mailbox *);
	void *self;

	/* Of the mailbox that is being read: the same words twice, for nobody knows yet whether a "<" will follow. */
	struct buf phrase;	/* as a display name */
	struct buf plain;	/* as an address: no blanks, quotes kept */
	struct buf angle;	/* what stood in brackets */
	struct buf comment;	/* the last one */
	bool has_angle;
	bool blank;		/* a blank or a comment stands before what comes */

	struct buf group;
	bool in_group, has_member;
	bool no_quotes, no_comments;	/* one was not closed: from there on its opening is a byte as others are */
};

static bool
is_space(uint8_t c)
{
	return char_is_blank(c) || c == '\r' || c == '\n';
}

/* What ends a run of plain bytes. */
static bool
is_special(uint8_t c)
{
	switch (c) {
	case '(': case ')': case '<': case '>': case ',': case ';': case ':': case '"': case '[': case '\\':
		return true;
	}
	return is_space(c);
}

static uint8_t
peek(const struct parser *p)
{
	return p->at < p->in.n ? p->in.p[p->at] : 0;
}

static void
clear_mailbox(struct parser *p)
{
	buf_clear(&p->phrase);
	buf_clear(&p->plain);
	buf_clear(&p->angle);
	buf_clear(&p->comment);
	p->has_angle = p->blank = false;
}

static void
tell(struct parser *p, slice name, slice address)
{
	struct mailbox m = { .name = name, .address = address, .group = buf_slice(&p->group) };

	p->has_member = true;
	p->each(p->self, &m);
}

/*
 * Without brackets: every word with an "@" is an address, and a comment the last one's name; or it is one word, a local
 * name; or it is only a display name.
 */
static void
tell_plain(struct parser *p)
{
	slice rest = buf_slice(&p->plain), one, last = SLICE_NONE;
	bool more = rest.n > 0;
	size_t i;

	while (more) {
		more = slice_cut(rest, MARK, &one, &rest);
		if (!slice_find(one, '@', &i))
			continue;
		if (last.n > 0)
			tell(p, SLICE_NONE, last);
		last = one;
	}
	if (last.n > 0)
		tell(p, buf_slice(&p->comment), last);
	if (last.n > 0 || p->plain.n == 0)
		return;
	if (slice_find(buf_slice(&p->plain), MARK, &i))
		tell(p, buf_slice(&p->phrase), SLICE_NONE);
	else
		tell(p, buf_slice(&p->comment), buf_slice(&p->plain));
}

static void
end_mailbox(struct parser *p)
{
	if (p->has_angle)
		tell(p, buf_slice(p->phrase.n > 0 ? &p->phrase : &p->comment), buf_slice(&p->angle));
	else
		tell_plain(p);
	clear_mailbox(p);
}

static void
end_group(struct parser *p)
{
	struct mailbox m = { .group = buf_slice(&p->group), .group_only = true };

	if (p->in_group && !p->has_member)
		p->each(p->self, &m);
	buf_clear(&p->group);
	p->in_group = false;
}

static void
begin_group(struct parser *p)
{
	if (p->has_angle)
		end_mailbox(p);
	end_group(p);
	buf_add(&p->group, buf_slice(&p->phrase));
	p->in_group = true;
	p->has_member = false;
	clear_mailbox(p);
}

/* Where the quoted string or comment that opens at `at` closes; in.n if nowhere. Counts, so that nesting costs no stack. */
static size_t
closing(const struct parser *p, uint8_t open, uint8_t close)
{
	size_t depth = 0;

	for (size_t i = p->at; i < p->in.n; i++) {
		uint8_t c = p->in.p[i];

		if (c == '\\')
			i++;
		else if (c == close && (depth == 1 || open == close) && i > p->at)
			return i;
		else if (c == close)
			depth--;
		else if (c == open)
			depth++;
	}
	return p->in.n;
}

/* Quoted pairs undone, line ends as blanks. */
static void
add_unquoted(struct buf *b, slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\' && i + 1 < text.n)
			i++;
		buf_add_byte(b, is_space(text.p[i]) ? ' ' : text.p[i]);
	}
}

/* As sent, quotes included. */
static void
add_quoted(struct buf *b, slice text)
{
	for (size_t i = 0; i < text.n; i++)
		buf_add_byte(b, is_space(text.p[i]) ? ' ' : text.p[i]);
}

/* False: it is not closed, and so no comment. */
static bool
take_comment(struct parser *p)
{
	size_t end = p->no_comments ? p->in.n : closing(p, '(', ')');

	if (end == p->in.n) {
		p->no_comments = true;
		return false;
	}
	buf_clear(&p->comment);
	add_unquoted(&p->comment, slice_trim(slice_take(slice_drop(p->in, p->at + 1), end - p->at - 1)));
	p->at = end + 1;
	p->blank = true;
	return true;
}

/* A word begins, and `first` is its first byte. */
static void
begin_word(struct parser *p, uint8_t first)
{
	uint8_t last = p->plain.n > 0 ? p->plain.p[p->plain.n - 1] : 0;

	if (p->has_angle)		/* "<a@b> Name …": a comma is missing */
		end_mailbox(p);
	if (p->blank && p->phrase.n > 0)
		buf_add_byte(&p->phrase, ' ');
	if (p->blank && last != 0 && last != '@' && last != '.' && first != '@' && first != '.')
		buf_add_byte(&p->plain, MARK);
	p->blank = false;
}

static bool
take_quoted(struct parser *p)
{
	size_t end = p->no_quotes ? p->in.n : closing(p, '"', '"');
	slice text;

	if (end == p->in.n) {
		p->no_quotes = true;
		return false;
	}
	begin_word(p, '"');
	text = slice_take(slice_drop(p->in, p->at), end - p->at + 1);
	add_unquoted(&p->phrase, slice_take(slice_drop(text, 1), text.n - 2));
	add_quoted(&p->plain, text);
	p->at = end + 1;
	return true;
}

/* "[…]", blanks removed (RFC 5322 3.4.1); in it no byte is special. */
static void
take_literal(struct parser *p, struct buf *b)
{
	uint8_t c;

	do {
		c = p->in.p[p->at++];
		if (!is_space(c))
			buf_add_byte(b, c);
	} while (c != ']' && p->at < p->in.n);
}

static void
take_word(struct parser *p)
{
	size_t from = p->at;
	slice word;

	begin_word(p, p->in.p[from]);
	if (p->in.p[from] == '[' && p->plain.n > 0 && p->plain.p[p->plain.n - 1] == '@') {
		take_literal(p, &p->plain);
		add_quoted(&p->phrase, slice_take(slice_drop(p->in, from), p->at - from));
		return;
	}
	do
		p->at++;
	while (p->at < p->in.n && !is_special(p->in.p[p->at]));
	word = slice_take(slice_drop(p->in, from), p->at - from);
	buf_add(&p->phrase, word);
	buf_add(&p->plain, word);
}

static bool
take_angle_quoted(struct parser *p)
{
	size_t end = p->no_quotes ? p->in.n : closing(p, '"', '"');

	if (end == p->in.n) {
		p->no_quotes = true;
		return false;
	}
	add_quoted(&p->angle, slice_take(slice_drop(p->in, p->at), end - p->at + 1));
	p->at = end + 1;
	return true;
}

/* One byte, string, comment or literal inside brackets. RFC 5322 4.4: a route "@a,@b:" goes before the address. */
static void
take_in_angle(struct parser *p)
{
	uint8_t c = peek(p);
	bool route = p->angle.n > 0 && p->angle.p[0] == '@';

	if ((c == '(' && take_comment(p)) || (c == '"' && take_angle_quoted(p)))
		return;
	if (c == '[') {
		take_literal(p, &p->angle);
		return;
	}
	if (c == '<' || (c == ':' && route))
		buf_clear(&p->angle);
	else if (!is_space(c))
		buf_add_byte(&p->angle, c);
	p->at++;
}

static void
take_angle(struct parser *p)
{
	if (p->has_angle)
		end_mailbox(p);
	p->has_angle = true;
	p->at++;
	while (p->at < p->in.n) {
		uint8_t c = peek(p);
		bool route = p->angle.n > 0 && p->angle.p[0] == '@';

		if (c == '>' || c == ';' || (c == ',' && !route))
			break;
		take_in_angle(p);
	}
	if (peek(p) == '>')
		p->at++;
	p->blank = true;
}

static void
take_some(struct parser *p)
{
	uint8_t c = peek(p);

	if ((c == '(' && take_comment(p)) || (c == '"' && take_quoted(p)))
		return;
	if (c == '<') {
		take_angle(p);
		return;
	}
	if (!is_space(c) && (c == 0 || strchr(",;:>\"", c) == NULL)) {
		take_word(p);
		return;
	}
	if (c == ',' || c == ';')
		end_mailbox(p);
	if (c == ';')
		end_group(p);
	if (c == ':')
		begin_group(p);
	if (is_space(c))
		p->blank = true;
	p->at++;
}

void
address_parse(slice unfolded, void (*each)(void *self, const struct mailbox *), void *self)
{
	struct parser p = { .in = unfolded, .each = each, .self = self };
	struct buf *const all[] = { &p.phrase, &p.plain, &p.angle, &p.comment, &p.group };

	/* Nothing is longer than the input, but for a MARK at each blank. */
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_init(all[i], unfolded.n);
	while (p.at < p.in.n)
		take_some(&p);
	end_mailbox(&p);
	end_group(&p);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_fini(all[i]);
}
