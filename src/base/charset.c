#include "charset.h"

#include <errno.h>
#include <iconv.h>

#include "chars.h"
#include "utf8.h"

#define REPLACEMENT S("\xef\xbf\xbd")		/* U+FFFD */

enum method { ASCII, UTF8, CP1252, ICONV, JAPANESE, KOREAN, UTF16, UTF32 };

struct charset {
	enum method method;
	const char *iconv;		/* what is opened; NULL: no iconv is needed */
};

/*
 * Labels in lower case, with '-' for '_' and without a leading "x-". ISO-2022-CN and its kin are left out: nobody mails in them, and their iconv
 * modules have let attackers write out of bounds (CVE-2024-2961).
 */
static const struct {
	const char *label;
	struct charset charset;
} table[] = {
	{ "utf-8", { UTF8, NULL } },
	{ "utf8", { UTF8, NULL } },
	{ "unicode-1-1-utf-8", { UTF8, NULL } },
	{ "utf-8-mac", { UTF8, NULL } },
	{ "us-ascii", { ASCII, NULL } },
	{ "ascii", { ASCII, NULL } },
	{ "ansi-x3.4-1968", { ASCII, NULL } },
	{ "iso646-us", { ASCII, NULL } },
	{ "646", { ASCII, NULL } },
	{ "iso-8859-1", { CP1252, NULL } },
	{ "iso8859-1", { CP1252, NULL } },
	{ "iso-8859-1-windows-3.1-latin-1", { CP1252, NULL } },
	{ "latin1", { CP1252, NULL } },
	{ "l1", { CP1252, NULL } },
	{ "windows-1252", { CP1252, NULL } },
	{ "cp1252", { CP1252, NULL } },
	{ "cp-1252", { CP1252, NULL } },
	{ "ansi", { CP1252, NULL } },
	{ "iso-8859-2", { ICONV, "ISO-8859-2" } },
	{ "latin2", { ICONV, "ISO-8859-2" } },
	{ "iso-8859-3", { ICONV, "ISO-8859-3" } },
	{ "iso-8859-4", { ICONV, "ISO-8859-4" } },
	{ "iso-8859-5", { ICONV, "ISO-8859-5" } },
	{ "iso-8859-6", { ICONV, "ISO-8859-6" } },
	{ "iso-8859-6-i", { ICONV, "ISO-8859-6" } },
	{ "iso-8859-6-e", { ICONV, "ISO-8859-6" } },
	{ "iso-8859-7", { ICONV, "ISO-8859-7" } },
	{ "iso-8859-8", { ICONV, "ISO-8859-8" } },
	{ "iso-8859-8-i", { ICONV, "ISO-8859-8" } },
	{ "iso-8859-8-e", { ICONV, "ISO-8859-8" } },
	{ "logical", { ICONV, "ISO-8859-8" } },
	{ "visual", { ICONV, "ISO-8859-8" } },
	{ "iso-8859-9", { ICONV, "CP1254" } },
	{ "iso-8859-10", { ICONV, "ISO-8859-10" } },
	{ "iso-8859-11", { ICONV, "CP874" } },
	{ "iso-8859-13", { ICONV, "ISO-8859-13" } },
	{ "iso-8859-14", { ICONV, "ISO-8859-14" } },
	{ "iso-8859-15", { ICONV, "ISO-8859-15" } },
	{ "latin9", { ICONV, "ISO-8859-15" } },
	{ "iso-8859-16", { ICONV, "ISO-8859-16" } },
	{ "windows-874", { ICONV, "CP874" } },
	{ "cp874", { ICONV, "CP874" } },
	{ "tis-620", { ICONV, "CP874" } },
	{ "windows-1250", { ICONV, "CP1250" } },
	{ "cp1250", { ICONV, "CP1250" } },
	{ "windows-1251", { ICONV, "CP1251" } },
	{ "cp1251", { ICONV, "CP1251" } },
	{ "windows-1253", { ICONV, "CP1253" } },
	{ "cp1253", { ICONV, "CP1253" } },
	{ "windows-1254", { ICONV, "CP1254" } },
	{ "cp1254", { ICONV, "CP1254" } },
	{ "windows-1255", { ICONV, "CP1255" } },
	{ "cp1255", { ICONV, "CP1255" } },
	{ "windows-1256", { ICONV, "CP1256" } },
	{ "cp1256", { ICONV, "CP1256" } },
	{ "windows-1257", { ICONV, "CP1257" } },
	{ "cp1257", { ICONV, "CP1257" } },
	{ "windows-1258", { ICONV, "CP1258" } },
	{ "cp1258", { ICONV, "CP1258" } },
	{ "koi8-r", { ICONV, "KOI8-R" } },
	{ "koi8", { ICONV, "KOI8-R" } },
	{ "koi8-u", { ICONV, "KOI8-U" } },
	{ "koi8-ru", { ICONV, "KOI8-U" } },
	{ "ibm437", { ICONV, "CP437" } },
	{ "cp437", { ICONV, "CP437" } },
	{ "ibm850", { ICONV, "CP850" } },
	{ "cp850", { ICONV, "CP850" } },
	{ "ibm852", { ICONV, "CP852" } },
	{ "ibm866", { ICONV, "CP866" } },
	{ "cp866", { ICONV, "CP866" } },
	{ "mac", { ICONV, "MACINTOSH" } },
	{ "macintosh", { ICONV, "MACINTOSH" } },
	{ "mac-roman", { ICONV, "MACINTOSH" } },
	{ "gb2312", { ICONV, "GB18030" } },
	{ "gb-2312-80", { ICONV, "GB18030" } },
	{ "euc-cn", { ICONV, "GB18030" } },
	{ "cn-gb", { ICONV, "GB18030" } },
	{ "gbk", { ICONV, "GB18030" } },
	{ "cp936", { ICONV, "GB18030" } },
	{ "gb18030", { ICONV, "GB18030" } },
	{ "big5", { ICONV, "BIG5-HKSCS" } },
	{ "big5-hkscs", { ICONV, "BIG5-HKSCS" } },
	{ "cn-big5", { ICONV, "BIG5-HKSCS" } },
	{ "cp950", { ICONV, "CP950" } },
	{ "shift-jis", { ICONV, "CP932" } },
	{ "sjis", { ICONV, "CP932" } },
	{ "ms-kanji", { ICONV, "CP932" } },
	{ "windows-31j", { ICONV, "CP932" } },
	{ "cp932", { ICONV, "CP932" } },
	{ "euc-jp", { ICONV, "EUC-JP-MS" } },
	{ "iso-2022-jp", { JAPANESE, "EUC-JP-MS" } },
	{ "iso-2022-jp-1", { JAPANESE, "EUC-JP-MS" } },
	{ "iso-2022-jp-ms", { JAPANESE, "EUC-JP-MS" } },
	{ "cp50220", { JAPANESE, "EUC-JP-MS" } },
	{ "cp50221", { JAPANESE, "EUC-JP-MS" } },
	{ "euc-kr", { ICONV, "CP949" } },
	{ "ks-c-5601-1987", { ICONV, "CP949" } },
	{ "ks-c-5601-1989", { ICONV, "CP949" } },
	{ "ks-c-5601", { ICONV, "CP949" } },
	{ "ksc5601", { ICONV, "CP949" } },
	{ "windows-949", { ICONV, "CP949" } },
	{ "cp949", { ICONV, "CP949" } },
	{ "iso-2022-kr", { KOREAN, "CP949" } },
	{ "utf-7", { ICONV, "UTF-7" } },
	{ "unicode-1-1-utf-7", { ICONV, "UTF-7" } },
	{ "utf-16", { UTF16, "UTF-16BE" } },
	{ "utf-16be", { ICONV, "UTF-16BE" } },
	{ "utf-16le", { ICONV, "UTF-16LE" } },
	{ "utf-32", { UTF32, "UTF-32BE" } },
	{ "utf-32be", { ICONV, "UTF-32BE" } },
	{ "utf-32le", { ICONV, "UTF-32LE" } },
};

/* Where windows-1252 is not Latin-1; 0: no character. */
static const uint16_t cp1252[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

/* Case does not matter, and '_' is as good as '-'. */
static bool
label_is(slice label, const char *name)
{
	for (size_t i = 0; i < label.n; i++) {
		uint8_t c = label.p[i] == '_' ? '-' : char_lower(label.p[i]);

		if (name[i] == '\0' || c != (uint8_t)name[i])
			return false;
	}
	return name[label.n] == '\0';
}

static const struct charset *
look_up(slice label)
{
	if (slice_istarts(label, S("x-")))
		label = slice_drop(label, 2);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (label_is(label, table[i].label))
			return &table[i].charset;
	}
	return NULL;
}

/* Bytes over 127 have no meaning. */
static enum charset_result
add_ascii(slice in, struct buf *out)
{
	enum charset_result result = CHARSET_OK;

	while (in.n > 0) {
		size_t n = 0;

		while (n < in.n && in.p[n] < 0x80)
			n++;
		buf_add(out, slice_take(in, n));
		if (n < in.n) {
			buf_add(out, REPLACEMENT);
			result = CHARSET_REPLACED;
		}
		in = slice_drop(in, n + 1);
	}
	return result;
}

static enum charset_result
add_utf8(slice in, struct buf *out)
{
	if (utf8_valid(in)) {
		buf_add(out, in);
		return CHARSET_OK;
	}
	while (in.n > 0) {
		uint32_t character;
		size_t n = utf8_take(in, &character);

		buf_add(out, character == UTF8_INVALID ? REPLACEMENT : slice_take(in, n));
		in = slice_drop(in, n);
	}
	return CHARSET_REPLACED;
}

static void
add_character(uint16_t c, struct buf *out)
{
	uint8_t three[3] = { (uint8_t)(0xe0 | c >> 12), (uint8_t)(0x80 | (c >> 6 & 0x3f)), (uint8_t)(0x80 | (c & 0x3f)) };
	uint8_t two[2] = { (uint8_t)(0xc0 | c >> 6), three[2] };

	if (c < 0x80)
		buf_add_byte(out, (uint8_t)c);
	else
		buf_add(out, c < 0x800 ? (slice){ two, 2 } : (slice){ three, 3 });
}

static enum charset_result
add_cp1252(slice in, struct buf *out)
{
	enum charset_result result = CHARSET_OK;

	for (size_t i = 0; i < in.n; i++) {
		uint16_t c = in.p[i] >= 0x80 && in.p[i] < 0xa0 ? cp1252[in.p[i] - 0x80] : in.p[i];

		if (c == 0 && in.p[i] != 0) {
			result = CHARSET_REPLACED;
			c = 0xfffd;
		}
		add_character(c, out);
	}
	return result;
}

/* One buffer full. False: iconv stopped at a byte that it does not take, or in the middle of a character. */
static bool
convert_some(iconv_t cd, slice *in, struct buf *out)
{
	char room[4096], *to = room, *from = (char *)(uintptr_t)in->p;
	size_t to_left = sizeof room, from_left = in->n;
	size_t irreversible = iconv(cd, &from, &from_left, &to, &to_left);
	bool moved = from_left < in->n || to_left < sizeof room;

	buf_add(out, (slice){ (uint8_t *)room, sizeof room - to_left });
	*in = slice_drop(*in, in->n - from_left);
	return irreversible != (size_t)-1 || (errno == E2BIG && moved);
}

static enum charset_result
add_by_iconv(const char *name, slice in, struct buf *out)
{
	enum charset_result result = CHARSET_OK;
	iconv_t cd = iconv_open("UTF-8", name);

	if (cd == (iconv_t)-1) {		/* the module is not installed */
		add_ascii(in, out);
		return CHARSET_UNKNOWN;
	}
	while (in.n > 0) {
		if (convert_some(cd, &in, out))
			continue;
		buf_add(out, REPLACEMENT);
		result = CHARSET_REPLACED;
		in = slice_drop(in, 1);
		iconv(cd, NULL, NULL, NULL, NULL);
	}
	iconv_close(cd);
	return result;
}

/* The escapes of RFC 1468, RFC 2237 and of mail as it is: what the bytes behind them mean. */
enum set { SET_ASCII, SET_KANA, SET_KANJI, SET_KANJI2 };

static const struct { const char *escape; enum set set; } escapes[] = {
	{ "\x1b(B", SET_ASCII }, { "\x1b(J", SET_ASCII }, { "\x1b(H", SET_ASCII }, { "\x1b(I", SET_KANA },
	{ "\x1b$@", SET_KANJI }, { "\x1b$B", SET_KANJI }, { "\x1b$(B", SET_KANJI }, { "\x1b$(D", SET_KANJI2 },
};

static size_t
take_escape(slice in, enum set *set)
{
	for (size_t i = 0; in.p[0] == 0x1b && i < sizeof escapes / sizeof *escapes; i++) {
		slice escape = slice_of(escapes[i].escape);

		if (slice_starts(in, escape)) {
			*set = escapes[i].set;
			return escape.n;
		}
	}
	return 0;
}

/* ISO-2022-JP as EUC-JP: the escapes become the high bit and the single shifts. A line end goes back to ASCII (RFC 1468). */
static void
japanese_to_euc(slice in, struct buf *euc)
{
	enum set set = SET_ASCII;

	while (in.n > 0) {
		size_t n = take_escape(in, &set);
		size_t wide = set == SET_KANJI || set == SET_KANJI2 ? 2 : 1;

		if (n == 0 && (in.p[0] <= ' ' || in.p[0] >= 0x7f || set == SET_ASCII || in.n < wide)) {
			if (in.p[0] == '\n')
				set = SET_ASCII;
			buf_add_byte(euc, in.p[0]);
			n = 1;
		} else if (n == 0) {
			if (set == SET_KANA || set == SET_KANJI2)
				buf_add_byte(euc, set == SET_KANA ? 0x8e : 0x8f);
			for (size_t i = 0; i < wide; i++)
				buf_add_byte(euc, in.p[i] | 0x80);
			n = wide;
		}
		in = slice_drop(in, n);
	}
}

/* ISO-2022-KR (RFC 1557) as EUC-KR: SO and SI become the high bit; the designator says nothing more. */
static void
korean_to_euc(slice in, struct buf *euc)
{
	bool shifted = false;

	while (in.n > 0) {
		uint8_t c = in.p[0];
		size_t n = 1;

		if (slice_starts(in, S("\x1b$)C")))
			n = 4;
		else if (c == 0x0e || c == 0x0f)
			shifted = c == 0x0e;
		else
			buf_add_byte(euc, shifted && c > ' ' && c < 0x7f ? c | 0x80 : c);
		if (c == '\n')
			shifted = false;
		in = slice_drop(in, n);
	}
}

static enum charset_result
add_by_euc(const struct charset *charset, slice in, struct buf *out)
{
	enum charset_result result;
	struct buf euc;

	/* Three bytes for two, and one more for each kana, is the most that it grows. */
	buf_init(&euc, in.n > SIZE_MAX / 2 ? in.n : in.n * 2);
	if (charset->method == JAPANESE)
		japanese_to_euc(in, &euc);
	else
		korean_to_euc(in, &euc);
	result = add_by_iconv(charset->iconv, buf_slice(&euc), out);
	buf_fini(&euc);
	return result;
}

/* A byte order mark decides, and is not text; without one it is big-endian (RFC 2781 4.3). */
static enum charset_result
add_by_mark(const struct charset *charset, slice in, struct buf *out)
{
	static const struct { enum method method; slice mark; const char *name; } marks[] = {
		{ UTF16, { (const uint8_t *)"\xfe\xff", 2 }, "UTF-16BE" },
		{ UTF16, { (const uint8_t *)"\xff\xfe", 2 }, "UTF-16LE" },
		{ UTF32, { (const uint8_t *)"\0\0\xfe\xff", 4 }, "UTF-32BE" },
		{ UTF32, { (const uint8_t *)"\xff\xfe\0\0", 4 }, "UTF-32LE" },
	};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (marks[i].method == charset->method && slice_starts(in, marks[i].mark))
			return add_by_iconv(marks[i].name, slice_drop(in, marks[i].mark.n), out);
	}
	return add_by_iconv(charset->iconv, in, out);
}

bool
charset_known(slice label)
{
	return look_up(label) != NULL;
}

enum charset_result
charset_to_utf8(slice label, slice in, struct buf *out)
{
	const struct charset *charset = look_up(label);

	if (charset == NULL) {
		add_ascii(in, out);
		return CHARSET_UNKNOWN;
	}
	switch (charset->method) {
	case ASCII:
		return add_ascii(in, out);
	case UTF8:
		return add_utf8(in, out);
	case CP1252:
		return add_cp1252(in, out);
	case JAPANESE:
	case KOREAN:
		return add_by_euc(charset, in, out);
	case UTF16:
	case UTF32:
		return add_by_mark(charset, in, out);
	case ICONV:
		break;
	}
	return add_by_iconv(charset->iconv, in, out);
}
