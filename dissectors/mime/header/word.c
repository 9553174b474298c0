#include "word.h"

#include "base/base64.h"
#include "base/chars.h"
#include "base/charset.h"
#include "base/limits.h"

struct word {
	slice charset;		/* without its language */
	uint8_t encoding;	/* 'B' or 'Q' */
	slice text;
	size_t length;		/* from "=?" to "?=" */
};

struct decoder {
	struct buf *out;
	struct buf bytes;	/* decoded, of words of one charset and encoding that stand side by side: not yet converted */
	struct word last;	/* the word that they came from */
	slice blanks;		/* behind it: they vanish if a word follows */
	unsigned words;
	unsigned problems;	/* WORD_… */
};

enum seen { SEEN_TEXT, SEEN_WORD, SEEN_MALFORMED };

/* RFC 2047 2: a token; the '*' of a language is one of its characters. */
static bool
is_token(uint8_t c)
{
	return char_is_alnum(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '+' || c == '*' || c == '\'' || c == '/';
}

/*
 * Is there a word at the front, which is "=?"? Neither charset nor text holds
 * a '?', so each byte is looked at a few times at most, whatever the input.
 */
static enum seen
find_word(slice in, struct word *w)
{
	slice rest = slice_drop(in, 2);
	size_t n = 0;

	while (n < rest.n && is_token(rest.p[n]))
		n++;
	if (n == 0 || rest.n < n + 3 || rest.p[n] != '?' || rest.p[n + 2] != '?')
		return SEEN_TEXT;
	w->encoding = char_upper(rest.p[n + 1]);
	if (w->encoding != 'B' && w->encoding != 'Q')
		return SEEN_TEXT;
	slice_cut(slice_take(rest, n), '*', &w->charset, &w->text);
	rest = slice_drop(rest, n + 3);
	if (!slice_find(rest, '?', &n) || n + 1 >= rest.n || rest.p[n + 1] != '=')
		return SEEN_MALFORMED;
	w->text = slice_take(rest, n);
	w->length = (size_t)(rest.p + n + 2 - in.p);
	return SEEN_WORD;
}

/* False: an '=' is no escape, and stays. */
static bool
decode_q(slice text, struct buf *out)
{
	bool good = true;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		bool room = c == '=' && text.n - i > 2;
		int high = room ? char_hex(text.p[i + 1]) : -1;
		int low = room ? char_hex(text.p[i + 2]) : -1;

		if (high >= 0 && low >= 0) {
			buf_add_byte(out, (uint8_t)(high << 4 | low));
			i += 2;
			continue;
		}
		good &= c != '=';
		buf_add_byte(out, c == '_' ? ' ' : c);
	}
	return good;
}

/* Words that programs have cut in the wrong place, or folded: other bytes are passed over, and at padding it begins anew. */
static void
decode_broken_b(slice text, struct buf *out)
{
	uint32_t bits = 0;
	unsigned n = 0;

	for (size_t i = 0; i < text.n; i++) {
		int value = base64_value(text.p[i]);

		if (text.p[i] == '=')
			n = 0;
		if (value < 0)
			continue;
		bits = bits << 6 | (uint32_t)value;
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_add_byte(out, (uint8_t)(bits >> n));
		}
	}
}

/* False: it is no good base64; what can be had of it is had. */
static bool
decode_b(slice text, struct buf *out)
{
	size_t n;

	buf_reserve(out, text.n / 4 * 3 + 3);
	if (base64_decode(text, true, out->p + out->n, &n)) {
		out->n += n;
		return true;
	}
	decode_broken_b(text, out);
	return false;
}

static void
flush_bytes(struct decoder *d)
{
	if (d->bytes.n > 0)
		charset_to_utf8(d->last.charset, buf_slice(&d->bytes), d->out);
	buf_clear(&d->bytes);
}

/* Anything but a word: what was kept in hope of one is given out. */
static void
add_text(struct decoder *d, slice text)
{
	flush_bytes(d);
	buf_add(d->out, d->blanks);
	buf_add(d->out, text);
	d->blanks = SLICE_NONE;
	d->last.length = 0;
}

/* False, and nothing changed but `bytes` flushed: there is nothing in it, or it is one too many. */
static bool
add_word(struct decoder *d, const struct word *w)
{
	size_t before;
	bool good;

	if (d->words == LIMIT_ENCODED_WORDS) {
		d->problems |= WORD_LIMIT;
		return false;
	}
	if (!slice_ieq(w->charset, d->last.charset) || w->encoding != d->last.encoding)
		flush_bytes(d);
	before = d->bytes.n;
	good = w->encoding == 'B' ? decode_b(w->text, &d->bytes) : decode_q(w->text, &d->bytes);
	d->problems |= good ? 0 : WORD_MALFORMED;
	if (!good && d->bytes.n == before)
		return false;
	d->problems |= charset_known(w->charset) ? 0 : WORD_CHARSET;
	d->words++;
	d->last = *w;
	d->blanks = SLICE_NONE;		/* RFC 2047 6.2 */
	return true;
}

static slice
blanks_at(slice in)
{
	size_t n = 0;

	while (n < in.n && char_is_blank(in.p[n]))
		n++;
	return slice_take(in, n);
}

/* Takes what begins with '=' or follows a word. Returns its length. */
static size_t
take_mark(struct decoder *d, slice in)
{
	struct word w;
	enum seen seen = slice_starts(in, S("=?")) ? find_word(in, &w) : SEEN_TEXT;

	if (seen == SEEN_WORD && add_word(d, &w)) {
		d->blanks = blanks_at(slice_drop(in, w.length));
		return w.length + d->blanks.n;
	}
	d->problems |= seen == SEEN_MALFORMED ? WORD_MALFORMED : 0;
	add_text(d, slice_take(in, 1));
	return 1;
}

unsigned
word_decode(slice unfolded, struct buf *out)
{
	struct decoder d = { .out = out };

	/* Decoded bytes are never more than what they were made of; base64_decode() asks for a little room to spare. */
	buf_init(&d.bytes, unfolded.n > SIZE_MAX - 8 ? SIZE_MAX : unfolded.n + 8);
	while (unfolded.n > 0) {
		size_t n;

		if (!slice_find(unfolded, '=', &n))
			n = unfolded.n;
		if (n > 0)
			add_text(&d, slice_take(unfolded, n));
		else
			n = take_mark(&d, unfolded);
		unfolded = slice_drop(unfolded, n);
	}
	add_text(&d, SLICE_NONE);
	buf_fini(&d.bytes);
	return d.problems;
}
