#include "charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "chars.h"
#include "charset_labels.h"
#include "err.h"
#include "utf8.h"

#define REPLACEMENT 0xfffd

enum {
	OUT = 4096,		/* gathered before it is told */
	OUT_ROOM = 64,		/* what one step may write */
	HELD = 8,		/* the longest beginning of a character or escape, and more */
	CHUNK = 1024,		/* given to iconv, or turned into EUC, at a time */
	ASCII_RUN = 32		/* ASCII of this length does not go through iconv */
};

/* What the bytes behind an escape mean. */
enum set { SET_ASCII, SET_KANA, SET_PAIRS, SET_PAIRS2, SET_SAME, SET_TILDE };

struct charset_stream {
	struct charset_user user;
	struct charset charset;
	bool known, replaced;
	bool opened, failed;		/* cd; there is no such converter */
	bool transparent;		/* the converter takes ASCII as it is and keeps none of it back */
	bool converted;			/* something went through it: it may hold a character back */
	bool marked;			/* the byte order mark was looked for */
	bool base64;			/* UTF-7: between '+' and '-' */
	bool little;			/* UTF-16 and UTF-32 */
	iconv_t cd;
	enum set set;			/* ISO-2022, HZ */
	uint32_t bits;			/* UTF-7: not yet a unit */
	unsigned nbits, base64_n;
	uint32_t surrogate;		/* UTF-7, UTF-16: the high one, or 0 */
	uint8_t held[HELD];
	size_t nheld;
	size_t nout;
	uint8_t out[OUT];		/* last: not cleared */
};

/* Where windows-1252 is not Latin-1; 0: no character. */
static const uint16_t cp1252[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

/* Output */

static void
tell(struct charset_stream *s)
{
	slice out = { s->out, s->nout };

	s->nout = 0;
	if (out.n > 0)
		s->user.text(s->user.self, out);
}

/* Long text goes past the buffer. */
static void
put(struct charset_stream *s, slice utf8)
{
	if (utf8.n > OUT - s->nout)
		tell(s);
	if (utf8.n > OUT / 4) {
		tell(s);
		s->user.text(s->user.self, utf8);
		return;
	}
	if (utf8.n > 0)
		memcpy(s->out + s->nout, utf8.p, utf8.n);
	s->nout += utf8.n;
}

static void
put_character(struct charset_stream *s, uint32_t c)
{
	uint8_t bytes[4];

	if (c == REPLACEMENT)
		s->replaced = true;
	put(s, (slice){ bytes, utf8_put(c, bytes) });
}

/* What needs no iconv. Each convert function takes what it can of `in` and returns how much; all of it if `last`. */

static size_t
convert_ascii(struct charset_stream *s, slice in)
{
	for (slice rest = in; rest.n > 0; ) {
		size_t n = utf8_ascii(rest);

		put(s, slice_take(rest, n));
		if (n < rest.n)
			put_character(s, REPLACEMENT);
		rest = slice_drop(rest, n + 1);
	}
	return in.n;
}

static void
put_cp1252(struct charset_stream *s, uint8_t c)
{
	uint32_t character = c >= 0x80 && c < 0xa0 ? cp1252[c - 0x80] : c;

	put_character(s, character == 0 && c != 0 ? REPLACEMENT : character);
}

static size_t
convert_cp1252(struct charset_stream *s, slice in)
{
	for (slice rest = in; rest.n > 0; ) {
		size_t n = utf8_ascii(rest);

		put(s, slice_take(rest, n));
		if (n < rest.n)
			put_cp1252(s, rest.p[n]);
		rest = slice_drop(rest, n + 1);
	}
	return in.n;
}

/* How much of it is valid, and how long the broken character behind that is. */
static size_t
valid_run(slice in, size_t *broken_r)
{
	size_t n = 0;

	for (*broken_r = 0; n < in.n; ) {
		slice rest = slice_drop(in, n);
		size_t ascii = utf8_ascii(rest), length;
		uint32_t c;

		n += ascii;
		if (n == in.n)
			break;
		length = utf8_take(slice_drop(rest, ascii), &c);
		if (c == UTF8_INVALID) {
			*broken_r = length;
			break;
		}
		n += length;
	}
	return n;
}

static void
put_broken(struct charset_stream *s, slice bytes)
{
	if (s->charset.method == CHARSET_UTF8)
		put_character(s, REPLACEMENT);
	else
		for (size_t i = 0; i < bytes.n; i++)
			put_cp1252(s, bytes.p[i]);
}

static size_t
convert_utf8(struct charset_stream *s, slice in, bool last)
{
	size_t at = 0;

	while (at < in.n) {
		slice rest = slice_drop(in, at);
		size_t broken, n = valid_run(rest, &broken);

		put(s, slice_take(rest, n));
		/* The beginning of a character, which the next piece may complete? */
		if (!last && broken > 0 && n + broken == rest.n && rest.p[n] >= 0xc2 && rest.p[n] <= 0xf4)
			return at + n;
		if (broken > 0)
			put_broken(s, slice_take(slice_drop(rest, n), broken));
		at += n + broken;
	}
	return in.n;
}

/* Units of UTF-16, as they come: a surrogate without its other half is no character. */
static void
put_unit(struct charset_stream *s, uint32_t unit)
{
	bool low = unit >= 0xdc00 && unit < 0xe000;
	uint32_t high = s->surrogate;

	s->surrogate = 0;
	if (high != 0 && low) {
		put_character(s, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
		return;
	}
	if (high != 0)
		put_character(s, REPLACEMENT);
	if (unit >= 0xd800 && unit < 0xdc00)
		s->surrogate = unit;
	else
		put_character(s, low ? REPLACEMENT : unit);
}

static void
drop_surrogate(struct charset_stream *s)
{
	if (s->surrogate != 0)
		put_character(s, REPLACEMENT);
	s->surrogate = 0;
}

static uint32_t
read_unit(const struct charset_stream *s, slice in, size_t size)
{
	uint32_t unit = 0;

	for (size_t i = 0; i < size; i++)
		unit = unit << 8 | in.p[s->little ? size - 1 - i : i];
	return unit;
}

/*
 * A byte order mark decides, and is not text. Without one UTF-16 is big-endian (RFC 2781 4.3), but senders forget
 * that: where the first unit can only be ASCII, its zero says which end is which.
 */
static size_t
take_mark(struct charset_stream *s, slice in, size_t size)
{
	enum charset_method method = s->charset.method;
	uint32_t big;

	s->marked = true;
	s->little = method == CHARSET_UTF16LE || method == CHARSET_UTF32LE;
	if (method == CHARSET_UTF16 || method == CHARSET_UTF32) {
		s->little = true;
		if (read_unit(s, in, size) == 0xfeff)
			return size;
		s->little = in.p[size - 1] == 0 && in.p[0] != 0;
	}
	big = read_unit(s, in, size);
	return big == 0xfeff ? size : 0;
}

static size_t
convert_units(struct charset_stream *s, slice in, bool last, size_t size)
{
	slice rest = in;

	if (!s->marked && in.n >= size)
		rest = slice_drop(rest, take_mark(s, rest, size));
	for (; rest.n >= size; rest = slice_drop(rest, size)) {
		uint32_t unit = read_unit(s, rest, size);

		if (size == 2)
			put_unit(s, unit);
		else
			put_character(s, unit > 0x10ffff || (unit >= 0xd800 && unit < 0xe000) ? REPLACEMENT : unit);
	}
	if (!last)
		return in.n - rest.n;
	drop_surrogate(s);
	if (rest.n > 0)
		put_character(s, REPLACEMENT);
	return in.n;
}

/* UTF-7 (RFC 2152) */

static int
base64_value(uint8_t c)
{
	if (char_is_upper(c))
		return c - 'A';
	if (char_is_alpha(c))
		return c - 'a' + 26;
	if (char_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void
end_base64(struct charset_stream *s)
{
	drop_surrogate(s);
	s->base64 = false;
	s->bits = 0;
	s->nbits = s->base64_n = 0;
}

static void
take_utf7(struct charset_stream *s, uint8_t c)
{
	int value = s->base64 ? base64_value(c) : -1;

	if (value >= 0) {
		s->bits = s->bits << 6 | (uint32_t)value;
		s->nbits += 6;
		s->base64_n++;
		if (s->nbits >= 16) {
			s->nbits -= 16;
			put_unit(s, s->bits >> s->nbits & 0xffff);
		}
		return;
	}
	if (s->base64) {
		bool empty = s->base64_n == 0;

		end_base64(s);
		if (c == '-') {
			if (empty)
				put_character(s, '+');
			return;
		}
	}
	if (c == '+')
		s->base64 = true;
	else
		put_character(s, c < 0x80 ? c : REPLACEMENT);
}

static size_t
convert_utf7(struct charset_stream *s, slice in, bool last)
{
	for (size_t i = 0; i < in.n; i++)
		take_utf7(s, in.p[i]);
	if (last)
		end_base64(s);
	return in.n;
}

/* By iconv */

/* ASCII through a converter that keeps back a letter that an accent may follow (windows-1258) is not what went in. */
static bool
takes_ascii(iconv_t cd)
{
	char in[129], out[256], *from = in, *to = out;
	size_t from_left = sizeof in, to_left = sizeof out;

	for (size_t i = 0; i < 128; i++)
		in[i] = (char)i;
	in[128] = 'a';
	return iconv(cd, &from, &from_left, &to, &to_left) == 0 && from_left == 0
	    && sizeof out - to_left == sizeof in && memcmp(in, out, sizeof in) == 0;
}

struct kept { const char *name; iconv_t cd; };

static bool
is_kept(const struct kept *kept, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(kept[i].name, name) == 0)
			return true;
	return false;
}

/* What is opened here stays open: so the C library keeps the module, and opens it again without a look at the disk. */
void
charset_prepare(void)
{
	enum { MOST = 128 };
	static struct kept kept[MOST];
	static size_t n;
	const struct charset *c;

	for (size_t i = 0; (c = charset_at(i)) != NULL; i++)
		if (c->iconv != NULL && !is_kept(kept, n, c->iconv)) {
			CHECK(n < MOST);
			kept[n++] = (struct kept){ c->iconv, iconv_open("UTF-8", c->iconv) };
		}
}

/* False: the module is not installed. */
static bool
open_converter(struct charset_stream *s)
{
	if (s->opened || s->failed)
		return s->opened;
	s->cd = iconv_open("UTF-8", s->charset.iconv);
	s->opened = s->cd != (iconv_t)-1;
	s->failed = !s->opened;
	if (s->opened) {
		s->transparent = takes_ascii(s->cd);
		iconv(s->cd, NULL, NULL, NULL, NULL);
	}
	return s->opened;
}

/* What the converter holds back, a letter that might have been combined, comes out; it begins anew. */
static void
flush_converter(struct charset_stream *s)
{
	char *to;
	size_t left;

	if (!s->opened || !s->converted)
		return;
	if (OUT - s->nout < OUT_ROOM)
		tell(s);
	to = (char *)s->out + s->nout;
	left = OUT - s->nout;
	iconv(s->cd, NULL, NULL, &to, &left);
	s->nout = OUT - left;
	s->converted = false;
}

enum step { STEP_DONE, STEP_INCOMPLETE, STEP_BAD };

/* All of it, or up to a byte that is not taken or begins a character that ends beyond. */
static enum step
convert_some(struct charset_stream *s, slice *in)
{
	for (;;) {
		char *from = (char *)(uintptr_t)in->p, *to;
		size_t from_left = in->n, to_left, result;

		if (OUT - s->nout < OUT_ROOM)
			tell(s);
		to = (char *)s->out + s->nout;
		to_left = OUT - s->nout;
		result = iconv(s->cd, &from, &from_left, &to, &to_left);
		s->converted = true;
		s->nout = OUT - to_left;
		*in = slice_drop(*in, in->n - from_left);
		if (result != (size_t)-1)
			return STEP_DONE;
		if (errno != E2BIG)
			return errno == EINVAL ? STEP_INCOMPLETE : STEP_BAD;
	}
}

/*
 * How much of a broken character to pass over, 0 if that shows only with more bytes: a pair goes whole, so that the
 * pairs behind it are not split in the wrong places, but for a byte of it that is ASCII.
 */
static size_t
broken_length(const struct charset_stream *s, slice in, bool last)
{
	bool three = in.p[0] == 0x8f && strncmp(s->charset.iconv, "EUC-JP", 6) == 0;
	size_t n = s->charset.method == CHARSET_SINGLE || in.p[0] < 0x81 || in.p[0] == 0xff ? 1 : three ? 3 : 2;

	for (size_t i = 1; i < n; i++) {
		if (i == in.n)
			return last ? i : 0;
		if (in.p[i] < 0x80)
			return i;
	}
	return n;
}

/* A long run of ASCII at the front is told as it stands. Returns its length. */
static size_t
pass_ascii(struct charset_stream *s, slice in)
{
	size_t n = s->transparent ? utf8_ascii(in) : 0;

	if (n < ASCII_RUN && n < in.n)
		return 0;
	if (n > 0) {
		flush_converter(s);
		put(s, slice_take(in, n));
	}
	return n;
}

static size_t
convert_by_iconv(struct charset_stream *s, slice in, bool last)
{
	slice rest = in;

	if (in.n > 0 && !open_converter(s))
		return convert_ascii(s, in);
	while (rest.n > 0) {
		slice chunk;
		enum step step;
		size_t skip, n = pass_ascii(s, rest);

		rest = slice_drop(rest, n);
		chunk = slice_take(rest, CHUNK);
		step = convert_some(s, &chunk);
		rest = slice_drop(rest, (size_t)(chunk.p - rest.p));
		if (step == STEP_DONE || (step == STEP_INCOMPLETE && chunk.n < rest.n))
			continue;				/* there is more behind what was given */
		skip = step == STEP_BAD ? broken_length(s, rest, last) : last ? rest.n : 0;
		if (skip == 0)
			break;
		flush_converter(s);
		put_character(s, REPLACEMENT);
		rest = slice_drop(rest, skip);
	}
	if (last)
		flush_converter(s);
	return in.n - rest.n;
}

/* ISO-2022-JP (RFC 1468, RFC 2237 and mail as it is), ISO-2022-KR (RFC 1557) and HZ (RFC 1843) as EUC */

static const struct { enum charset_method method; const char *escape; enum set set; } escapes[] = {
	{ CHARSET_JAPANESE, "\x1b(B", SET_ASCII },
	{ CHARSET_JAPANESE, "\x1b(J", SET_ASCII },
	{ CHARSET_JAPANESE, "\x1b(H", SET_ASCII },
	{ CHARSET_JAPANESE, "\x1b(I", SET_KANA },
	{ CHARSET_JAPANESE, "\x1b$@", SET_PAIRS },
	{ CHARSET_JAPANESE, "\x1b$B", SET_PAIRS },
	{ CHARSET_JAPANESE, "\x1b$(@", SET_PAIRS },
	{ CHARSET_JAPANESE, "\x1b$(B", SET_PAIRS },
	{ CHARSET_JAPANESE, "\x1b$(D", SET_PAIRS2 },
	{ CHARSET_KOREAN, "\x1b$)C", SET_SAME },
	{ CHARSET_KOREAN, "\x0e", SET_PAIRS },
	{ CHARSET_KOREAN, "\x0f", SET_ASCII },
	{ CHARSET_HZ, "~{", SET_PAIRS },
	{ CHARSET_HZ, "~}", SET_ASCII },
	{ CHARSET_HZ, "~~", SET_TILDE },
	{ CHARSET_HZ, "~\n", SET_SAME },
};

/* The length of the escape at the front; 0: none. More is needed to say so: *more_r. */
static size_t
find_escape(enum charset_method method, slice in, enum set *set, bool *more_r)
{
	*more_r = false;
	if (in.p[0] != 0x1b && in.p[0] != '~' && in.p[0] != 0x0e && in.p[0] != 0x0f)
		return 0;
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
		slice escape = slice_of(escapes[i].escape);

		if (escapes[i].method != method)
			continue;
		if (slice_starts(in, escape)) {
			*set = escapes[i].set;
			return escape.n;
		}
		if (slice_starts(escape, in))
			*more_r = true;
	}
	return 0;
}

static bool
is_graphic(uint8_t c)
{
	return c > ' ' && c < 0x7f;
}

/* Whole characters, not yet converted. */
struct euc { uint8_t p[CHUNK]; size_t n; };

static void
put_euc(struct charset_stream *s, struct euc *euc)
{
	if (euc->n > 0)
		convert_by_iconv(s, (slice){ euc->p, euc->n }, true);
	euc->n = 0;
}

static void
add_euc(struct euc *euc, uint8_t byte)
{
	euc->p[euc->n++] = byte;
}

/* Bytes over 127 have no meaning there, but that some write kana so. False: no character. */
static bool
add_high_byte(const struct charset_stream *s, uint8_t c, struct euc *euc)
{
	if (s->charset.method != CHARSET_JAPANESE || c < 0xa1 || c > 0xdf)
		return false;
	add_euc(euc, 0x8e);
	add_euc(euc, c);
	return true;
}

/* One character of the set that was shifted to. Returns its length, 0 if it is not all there. */
static size_t
add_shifted(const struct charset_stream *s, slice in, bool last, struct euc *euc)
{
	if (s->set == SET_KANA) {
		add_euc(euc, 0x8e);
		add_euc(euc, in.p[0] | 0x80);
		return 1;
	}
	if (in.n < 2 && !last)
		return 0;
	if (in.n < 2 || !is_graphic(in.p[1])) {		/* half a character: as it stands */
		add_euc(euc, in.p[0]);
		return 1;
	}
	if (s->set == SET_PAIRS2)
		add_euc(euc, 0x8f);
	add_euc(euc, in.p[0] | 0x80);
	add_euc(euc, in.p[1] | 0x80);
	return 2;
}

static void
shift(struct charset_stream *s, enum set set, struct euc *euc)
{
	if (set == SET_TILDE)
		add_euc(euc, '~');
	else if (set != SET_SAME)
		s->set = set;
}

/* One escape or character. Returns its length, 0 if it is not all there. */
static size_t
take_shifting(struct charset_stream *s, slice in, bool last, struct euc *euc)
{
	enum set set;
	bool more;
	size_t n = find_escape(s->charset.method, in, &set, &more);
	uint8_t c = in.p[0];

	if (n > 0) {
		shift(s, set, euc);
		return n;
	}
	if (more && !last)
		return 0;
	if (s->set != SET_ASCII && is_graphic(c))
		return add_shifted(s, in, last, euc);
	if (c == '\n')			/* a line begins in ASCII (RFC 1468) */
		s->set = SET_ASCII;
	if (c < 0x80) {
		add_euc(euc, c);
	} else if (!add_high_byte(s, c, euc)) {
		put_euc(s, euc);
		put_character(s, REPLACEMENT);
	}
	return 1;
}

static size_t
convert_shifting(struct charset_stream *s, slice in, bool last)
{
	slice rest = in;
	struct euc euc;

	euc.n = 0;
	while (rest.n > 0) {
		size_t n = take_shifting(s, rest, last, &euc);

		if (n == 0)
			break;
		if (euc.n > CHUNK - HELD)		/* room for the next one */
			put_euc(s, &euc);
		rest = slice_drop(rest, n);
	}
	put_euc(s, &euc);
	return in.n - rest.n;
}

/* The stream */

static size_t
convert(struct charset_stream *s, slice in, bool last)
{
	switch (s->charset.method) {
	case CHARSET_ASCII:
		return convert_ascii(s, in);
	case CHARSET_CP1252:
		return convert_cp1252(s, in);
	case CHARSET_UTF8:
	case CHARSET_GUESS:
		return convert_utf8(s, in, last);
	case CHARSET_SINGLE:
	case CHARSET_DOUBLE:
		return convert_by_iconv(s, in, last);
	case CHARSET_JAPANESE:
	case CHARSET_KOREAN:
	case CHARSET_HZ:
		return convert_shifting(s, in, last);
	case CHARSET_UTF7:
		return convert_utf7(s, in, last);
	case CHARSET_UTF16:
	case CHARSET_UTF16BE:
	case CHARSET_UTF16LE:
		return convert_units(s, in, last, 2);
	case CHARSET_UTF32:
	case CHARSET_UTF32BE:
	case CHARSET_UTF32LE:
		return convert_units(s, in, last, 4);
	}
	return in.n;
}

/* What was held goes first, with as much behind it as makes it whole. Returns what is left of `in`. */
static slice
feed_held(struct charset_stream *s, slice in)
{
	uint8_t joined[4 * HELD];
	slice more = slice_take(in, sizeof joined - s->nheld), left;
	size_t taken;

	memcpy(joined, s->held, s->nheld);
	memcpy(joined + s->nheld, more.p, more.n);
	taken = convert(s, (slice){ joined, s->nheld + more.n }, false);
	if (taken >= s->nheld) {
		in = slice_drop(in, taken - s->nheld);
		s->nheld = 0;
		return in;
	}
	left = (slice){ joined + taken, s->nheld + more.n - taken };
	CHECK(more.n == in.n && left.n <= HELD);
	memcpy(s->held, left.p, left.n);
	s->nheld = left.n;
	return slice_drop(in, in.n);
}

void
charset_stream_feed(struct charset_stream *s, slice in)
{
	if (s->nheld > 0 && in.n > 0)
		in = feed_held(s, in);
	if (s->nheld == 0 && in.n > 0) {
		slice left = slice_drop(in, convert(s, in, false));

		CHECK(left.n <= HELD);
		if (left.n > 0)
			memcpy(s->held, left.p, left.n);
		s->nheld = left.n;
	}
	tell(s);
}

void
charset_stream_gap(struct charset_stream *s)
{
	convert(s, (slice){ s->held, s->nheld }, true);
	s->nheld = 0;
	s->set = SET_ASCII;
	flush_converter(s);
	tell(s);
}

enum charset_result
charset_stream_finish(struct charset_stream *s)
{
	charset_stream_gap(s);
	if (!s->known || s->failed)
		return CHARSET_UNKNOWN;
	return s->replaced ? CHARSET_REPLACED : CHARSET_OK;
}

static void
init(struct charset_stream *s, slice label, const struct charset_user *user)
{
	const struct charset *found = charset_find(label);

	memset(s, 0, offsetof(struct charset_stream, out));	/* the room for output is large, and has nothing to lose */
	s->user = *user;
	s->known = found != NULL;
	s->charset = found ? *found : (struct charset){ CHARSET_ASCII, NULL };
}

static void
fini(struct charset_stream *s)
{
	if (s->opened)
		iconv_close(s->cd);
}

struct charset_stream *
charset_stream_new(slice label, const struct charset_user *user)
{
	struct charset_stream *s = xrealloc(NULL, 1, sizeof *s);

	init(s, label, user);
	return s;
}

void
charset_stream_free(struct charset_stream **s)
{
	if (*s != NULL)
		fini(*s);
	free(*s);
	*s = NULL;
}

size_t
charset_stream_memory(const struct charset_stream *s)
{
	return sizeof *s;
}

/* At once */

static void
add_text(void *self, slice utf8)
{
	buf_add(self, utf8);
}

enum charset_result
charset_to_utf8(slice label, slice in, struct buf *out)
{
	struct charset_user user = { out, add_text };
	struct charset_stream s;
	enum charset_result result;

	init(&s, label, &user);
	charset_stream_feed(&s, in);
	result = charset_stream_finish(&s);
	fini(&s);
	return result;
}

bool
charset_known(slice label)
{
	return charset_find(label) != NULL;
}

bool
charset_hides_ascii(slice label)
{
	const struct charset *charset = charset_find(label);

	return charset != NULL && charset->method >= CHARSET_UTF7;
}
