#include "clean.h"

#include <string.h>

enum { ESCAPE_MAX = 16 };		/* the longest escape of one character */

#define EVERY(byte)  (UINT64_C(0x0101010101010101) * (byte))

/* A bit in every byte of w that is zero (and perhaps in some above one that is: only used as yes or no). */
static inline uint64_t
zero_bytes(uint64_t w)
{
	return (w - EVERY(0x01)) & ~w & EVERY(0x80);
}

/* Is any of the eight bytes outside 0x20 to 0x7e, or one that `how` escapes besides? */
static inline bool
word_is_special(uint64_t w, enum clean_how how)
{
	uint64_t special = (w & EVERY(0x80)) | ((w - EVERY(0x20)) & ~w & EVERY(0x80)) | zero_bytes(w ^ EVERY(0x7f));

	if (how != CLEAN_TERMINAL)
		special |= zero_bytes(w ^ EVERY('"')) | zero_bytes(w ^ EVERY('\\'));
	if (how == CLEAN_WORD)
		special |= zero_bytes(w ^ EVERY(' '));
	return special != 0;
}

static inline bool
byte_is_special(uint8_t c, enum clean_how how)
{
	return c < 0x20 || c >= 0x7f || (how != CLEAN_TERMINAL && (c == '"' || c == '\\'))
	    || (how == CLEAN_WORD && c == ' ');
}

/* How many bytes at the front are ASCII that is written as it is. */
static size_t
plain_run(slice s, enum clean_how how)
{
	size_t n = 0;
	uint64_t w;

	for (; s.n - n >= sizeof w; n += sizeof w) {
		memcpy(&w, s.p + n, sizeof w);
		if (word_is_special(w, how))
			break;
	}
	while (n < s.n && !byte_is_special(s.p[n], how))
		n++;
	return n;
}

bool
clean_is_plain(slice s)
{
	uint64_t w;

	if (s.n < sizeof w)
		return plain_run(s, CLEAN_TERMINAL) == s.n;
	for (size_t n = 0; s.n - n > sizeof w; n += sizeof w) {
		memcpy(&w, s.p + n, sizeof w);
		if (word_is_special(w, CLEAN_TERMINAL))
			return false;
	}
	memcpy(&w, s.p + s.n - sizeof w, sizeof w);	/* the last word may overlap the one before it */
	return !word_is_special(w, CLEAN_TERMINAL);
}

/* Characters that turn the reading direction around (Unicode TR #36, "Trojan Source"). */
static bool
is_bidi(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
	    || c == 0x200e || c == 0x200f || c == 0x061c;
}

/* Characters that a reader cannot see, and that mail can do without; U+2028 and U+2029 end a line. */
static bool
is_invisible(uint32_t c)
{
	static const struct { uint32_t first, last; } none[] = {
		{ 0x00ad, 0x00ad }, { 0x180e, 0x180e }, { 0x200b, 0x200b }, { 0x2028, 0x2029 }, { 0x2060, 0x2065 },
		{ 0x206a, 0x206f }, { 0x3164, 0x3164 }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff9, 0xfffb },
		{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe00ff },
	};

	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		if (c >= none[i].first && c <= none[i].last)
			return true;
	return false;
}

/* What is wrong with a character of valid UTF-8 or UTF8_INVALID; 0: nothing. A tab is not worth telling, but is escaped. */
static unsigned
fault_of(uint32_t c)
{
	if (c == UTF8_INVALID)
		return CLEANED_INVALID;
	if (c < 0x20)
		return c == '\t' ? 0 : CLEANED_ESCAPE;
	if (c >= 0x7f && c < 0xa0)
		return CLEANED_ESCAPE;
	if (c < 0xad)
		return 0;
	return is_bidi(c) ? CLEANED_BIDI : is_invisible(c) ? CLEANED_INVISIBLE : 0;
}

static bool
is_escaped(uint32_t c, enum clean_how how)
{
	return fault_of(c) != 0 || (c < 0x80 && byte_is_special((uint8_t)c, how));
}

static char *
put_hex(char *at, uint32_t value, int digits)
{
	for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
		*at++ = "0123456789ABCDEF"[value >> shift & 15];
	return at;
}

static char *
put_byte(char *at, uint8_t byte)
{
	*at++ = '\\';
	*at++ = 'x';
	return put_hex(at, byte, 2);
}

/* The letter of a one-letter escape, or 0. */
static char
letter_of(uint32_t c, enum clean_how how)
{
	switch (c) {
	case '\t':	return 't';
	case '\n':	return 'n';
	case '\r':	return 'r';
	case '\b':	return how == CLEAN_JSON ? 'b' : 0;
	case '\f':	return how == CLEAN_JSON ? 'f' : 0;
	case 0x1b:	return how == CLEAN_JSON ? 0 : 'e';
	case '"':	return '"';
	case '\\':	return '\\';
	default:	return 0;
	}
}

/* RFC 8259 7: \uXXXX, and a pair of surrogates beyond the first plane. */
static char *
put_json(char *at, uint32_t c)
{
	*at++ = '\\';
	*at++ = 'u';
	if (c < 0x10000)
		return put_hex(at, c, 4);
	at = put_hex(at, 0xd800 + ((c - 0x10000) >> 10), 4);
	*at++ = '\\';
	*at++ = 'u';
	return put_hex(at, 0xdc00 + ((c - 0x10000) & 0x3ff), 4);
}

static char *
put_braced(char *at, uint32_t c)
{
	int digits = 2;

	while (c >> (4 * digits) != 0)
		digits++;
	memcpy(at, "\\u{", 3);
	at = put_hex(at + 3, c, digits);
	*at++ = '}';
	return at;
}

/* Writes how one character looks that cannot go out as it is: `unit` holds its bytes. Returns the length. */
static size_t
escape(char out[ESCAPE_MAX], uint32_t c, slice unit, enum clean_how how)
{
	char *at = out;

	if (c == UTF8_INVALID && how == CLEAN_JSON) {
		memcpy(out, "\xef\xbf\xbd", 3);
		return 3;
	}
	if (c == UTF8_INVALID)
		for (size_t i = 0; i < unit.n; i++)
			at = put_byte(at, unit.p[i]);
	else if (letter_of(c, how)) {
		*at++ = '\\';
		*at++ = letter_of(c, how);
	} else if (how == CLEAN_JSON)
		at = put_json(at, c);
	else if (c < 0x80)
		at = put_byte(at, (uint8_t)c);
	else
		at = put_braced(at, c);
	return (size_t)(at - out);
}

/* How many bytes at the front are written as they are: printable ASCII and harmless characters. */
static size_t
harmless_run(slice s, enum clean_how how)
{
	size_t n = 0;

	for (;;) {
		uint32_t c;
		size_t unit;

		n += plain_run(slice_drop(s, n), how);
		if (n == s.n || s.p[n] < 0x80)
			return n;
		unit = utf8_take(slice_drop(s, n), &c);
		if (is_escaped(c, how))
			return n;
		n += unit;
	}
}

/* Adds valid UTF-8; when it does not fit, as many whole characters as do. */
static bool
add_whole(struct buf *out, slice s)
{
	size_t room = out->max - out->n;

	if (s.n <= room)
		return buf_add(out, s);
	while (room > 0 && (s.p[room] & 0xc0) == 0x80)
		room--;
	buf_add(out, slice_take(s, room));
	out->full = true;
	return false;
}

/* Adds an escape or nothing. */
static bool
add_unit(struct buf *out, const char *text, size_t n)
{
	if (n <= out->max - out->n)
		return buf_add(out, (slice){ (const uint8_t *)text, n });
	out->full = true;
	return false;
}

unsigned
clean_add(struct buf *out, slice s, enum clean_how how)
{
	char text[ESCAPE_MAX];
	unsigned found = 0;
	bool fits = true;

	if (s.n == 0 && how == CLEAN_WORD)
		add_unit(out, "\"\"", 2);
	while (s.n > 0) {
		size_t n = harmless_run(s, how);
		uint32_t c;

		fits = fits && add_whole(out, slice_take(s, n));
		s = slice_drop(s, n);
		if (s.n == 0)
			break;
		n = utf8_take(s, &c);
		found |= fault_of(c);
		fits = fits && add_unit(out, text, escape(text, c, slice_take(s, n), how));
		s = slice_drop(s, n);
	}
	return found;
}

unsigned
clean_scan(slice s)
{
	unsigned found = 0;

	while (s.n > 0) {
		uint32_t c;

		s = slice_drop(s, harmless_run(s, CLEAN_TERMINAL));
		if (s.n == 0)
			break;
		s = slice_drop(s, utf8_take(s, &c));
		found |= fault_of(c);
	}
	return found;
}

size_t
clean_width(slice s)
{
	char text[ESCAPE_MAX];
	size_t width = 0;

	while (s.n > 0) {
		size_t n = plain_run(s, CLEAN_TERMINAL);
		uint32_t c;

		width += n;
		s = slice_drop(s, n);
		if (s.n == 0)
			break;
		n = utf8_take(s, &c);
		width += is_escaped(c, CLEAN_TERMINAL) ? escape(text, c, slice_take(s, n), CLEAN_TERMINAL) : utf8_columns(c);
		s = slice_drop(s, n);
	}
	return width;
}
