/*
 * pdf.c - what a PDF can do besides being read: names of its dictionaries that
 * run something, hold files, or hide the rest (ISO 32000-1).
 *
 * Names are looked for where they stand in clear, behind their escapes ("#4a"
 * is "J"); the data of streams is passed over, and so are words that cannot
 * be "stream": what a search for "/" and "s" does not find is not looked at.
 *
 * BUGS: objects in compressed streams (7.5.7) are not seen: that nothing is told
 * does not mean that nothing is there.
 */
#include "facts.h"

#include "base/buf.h"
#include "base/limits.h"
#include "magic.h"

enum { WORD = 24 };			/* longer than any that counts */

static const struct { slice name; const char *told; } names[] = {
	{ SLICE("/JavaScript"), "JavaScript" },
	{ SLICE("/JS"), "JavaScript" },
	{ SLICE("/OpenAction"), "OpenAction" },		/* done when it is opened */
	{ SLICE("/Launch"), "Launch" },			/* starts a program */
	{ SLICE("/EmbeddedFile"), "EmbeddedFile" },
	{ SLICE("/RichMedia"), "RichMedia" },
	{ SLICE("/XFA"), "XFA" },			/* forms with script */
	{ SLICE("/SubmitForm"), "SubmitForm" },
	{ SLICE("/GoToR"), "GoToR" },			/* opens another file */
	{ SLICE("/Encrypt"), "Encrypt" },
};

enum { NAMES = sizeof names / sizeof *names };

struct pdf {
	struct facts facts;
	uint8_t word[WORD];
	size_t n;			/* of the word; WORD: too long to count; 0: none that may count */
	bool letter;			/* the byte before was one of a word */
	uint8_t escape[2];		/* of a name: digits behind "#" */
	unsigned digits;		/* 0: none is open; else 1 + how many there are */
	bool in_stream;
	size_t matched;			/* of "endstream" */
	bool seen[NAMES];
};

static bool
takes(const struct content_about *about, slice head)
{
	(void)head;
	return magic_of(about->detected) == MAGIC_PDF;
}

static void
open_pdf(void *state, const struct opener_user *user, const struct content_about *about)
{
	struct pdf *p = state;

	(void)about;
	p->facts.user = user;
}

static bool
is_delimiter(uint8_t c)
{
	switch (c) {
	case '(': case ')': case '<': case '>': case '[': case ']': case '{': case '}': case '/': case '%':
		return true;
	default:
		return c <= ' ';
	}
}

static void
tell_once(struct pdf *p, size_t i)
{
	bool seen = p->seen[i];

	for (size_t k = 0; k < NAMES; k++)
		if (names[k].told == names[i].told || strcmp(names[k].told, names[i].told) == 0)
			p->seen[k] = true;
	if (!seen)
		facts_tell(&p->facts, 0, S("pdf"), slice_of(names[i].told));
}

static void
end_word(struct pdf *p)
{
	slice word = { p->word, p->n };

	p->in_stream = slice_eq(word, S("stream"));
	for (size_t i = 0; i < NAMES && word.n > 0 && word.p[0] == '/'; i++)
		if (slice_eq(word, names[i].name))
			tell_once(p, i);
	p->n = p->digits = 0;
}

static void
add_letter(struct pdf *p, uint8_t c)
{
	if (p->n < WORD)
		p->word[p->n++] = c;
}

/* "#" and two digits are one letter (7.3.5); what only looks like it stays away, for no name that counts has it. */
static void
add_byte(struct pdf *p, uint8_t c)
{
	if (p->digits > 0 && char_hex(c) >= 0) {
		p->escape[p->digits - 1] = c;
		if (++p->digits == 3) {
			add_letter(p, (uint8_t)(char_hex(p->escape[0]) << 4 | char_hex(p->escape[1])));
			p->digits = 0;
		}
		return;
	}
	p->digits = c == '#';
	if (c != '#')
		add_letter(p, c);
}

/* Takes a byte that stands behind a word that may count, or where one may begin. */
static void
read_byte(struct pdf *p, uint8_t c)
{
	bool begins = c == '/' || (c == 's' && !p->letter);

	p->letter = !is_delimiter(c);
	if (!p->letter)
		end_word(p);
	if (p->n > 0 || begins)
		add_byte(p, c);
}

/* The place of `byte` at `from` or behind it; next_r: where it was found last, so that nothing is searched twice. */
static size_t
next_of(slice s, uint8_t byte, size_t from, size_t *next_r)
{
	if (*next_r < from || *next_r == SIZE_MAX) {
		slice rest = slice_drop(s, from);
		size_t at;

		*next_r = from + (slice_find(rest, byte, &at) ? at : rest.n);
	}
	return *next_r;
}

static slice
read_words(struct pdf *p, slice s)
{
	size_t slash = SIZE_MAX, letter = SIZE_MAX, at = 0;

	while (at < s.n && !p->in_stream) {
		if (p->n == 0) {
			size_t a = next_of(s, '/', at, &slash), b = next_of(s, 's', at, &letter), next = a < b ? a : b;

			if (next > at)
				p->letter = !is_delimiter(s.p[next - 1]);
			at = next;
			if (at == s.n)
				break;
		}
		read_byte(p, s.p[at++]);
	}
	return slice_drop(s, at);
}

/* The word's "e" in its middle may be its beginning: then one letter is matched already. */
static slice
pass_stream(struct pdf *p, slice s)
{
	static const slice end = SLICE("endstream");

	while (s.n > 0 && p->in_stream) {
		size_t at = 0;

		if (p->matched == 0 && !slice_find_pair(s, end.p[0], end.p[1], &at))
			return SLICE_NONE;
		while (p->matched > 0 && s.p[at] != end.p[p->matched])
			p->matched = p->matched == 7 ? 1 : 0;
		if (s.p[at] == end.p[p->matched])
			p->matched++;
		if (p->matched == end.n) {
			p->in_stream = false;
			p->matched = 0;
		}
		s = slice_drop(s, at + 1);
	}
	return s;
}

static void
feed(void *state, slice s)
{
	struct pdf *p = state;

	while (s.n > 0)
		s = p->in_stream ? pass_stream(p, s) : read_words(p, s);
}

/* Inside a stream most likely, as most of a PDF is; its end will show. */
static void
gap(void *state, uint64_t missing)
{
	struct pdf *p = state;

	(void)missing;
	p->n = p->digits = 0;
	p->matched = 0;
}

static bool
close_pdf(void *state, bool whole)
{
	struct pdf *p = state;

	(void)whole;
	end_word(p);
	return p->facts.truncated;
}

static size_t
memory(const void *state)
{
	(void)state;
	return 0;
}

const struct opener pdf_opener = {
	.name = "pdf", .state_size = sizeof(struct pdf), .takes = takes, .open = open_pdf, .feed = feed, .gap = gap, .close = close_pdf,
	.memory = memory,
};
