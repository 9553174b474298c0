#include "base64.h"

#if defined __x86_64__ && defined __GNUC__
#include <immintrin.h>
#define HAVE_VECTORS
#endif

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* A letter's value, with LETTER set; 0 for what is no letter. */
enum { LETTER = 64 };
#define L(value)  (LETTER | (value))
static const uint8_t letter[256] = {
	['A'] = L(0), L(1), L(2), L(3), L(4), L(5), L(6), L(7), L(8), L(9), L(10), L(11), L(12),
	L(13), L(14), L(15), L(16), L(17), L(18), L(19), L(20), L(21), L(22), L(23), L(24), L(25),
	['a'] = L(26), L(27), L(28), L(29), L(30), L(31), L(32), L(33), L(34), L(35), L(36), L(37), L(38),
	L(39), L(40), L(41), L(42), L(43), L(44), L(45), L(46), L(47), L(48), L(49), L(50), L(51),
	['0'] = L(52), L(53), L(54), L(55), L(56), L(57), L(58), L(59), L(60), L(61),
	['+'] = L(62), ['/'] = L(63)
};
#undef L

int
base64_value(uint8_t c)
{
	return letter[c] ? letter[c] & ~LETTER : -1;
}

size_t
base64_encode(slice in, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < in.n; i += 3) {
		size_t left = in.n - i;
		uint32_t three = (uint32_t)in.p[i] << 16 | (left > 1 ? (uint32_t)in.p[i + 1] << 8 : 0)
		    | (left > 2 ? in.p[i + 2] : 0u);

		out[n++] = alphabet[three >> 18];
		out[n++] = alphabet[three >> 12 & 63];
		out[n++] = left > 1 ? alphabet[three >> 6 & 63] : '=';
		out[n++] = left > 2 ? alphabet[three & 63] : '=';
	}
	out[n] = '\0';
	return n;
}

static slice
without_padding(slice in)
{
	for (int i = 0; i < 2 && in.n > 0 && in.p[in.n - 1] == '='; i++)
		in.n--;
	return in;
}

bool
base64_decode(slice in, bool lax, uint8_t *out, size_t *n_r)
{
	slice text = without_padding(in);
	uint32_t bits = 0;
	unsigned have = 0;

	*n_r = 0;
	if (text.n % 4 == 1 || (in.n % 4 != 0 && !(lax && text.n == in.n)))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int v = base64_value(text.p[i]);

		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[(*n_r)++] = (uint8_t)(bits >> have);
		}
	}
	return true;
}

/* --- runs --- */

/* Line ends at the front, all of them. A CR at the end of the slice may be half of one and is left. */
static size_t
line_ends(const uint8_t *p, size_t n)
{
	size_t i = 0;

	for (;;) {
		if (i + 1 < n && p[i] == '\r' && p[i + 1] == '\n')
			i += 2;
		else if (i < n && p[i] == '\n')
			i++;
		else
			return i;
	}
}

size_t
base64_decode_run_plain(slice in, uint8_t *out, size_t *n_r)
{
	size_t at = 0, n = 0;

	for (;;) {
		for (; in.n - at >= 4; at += 4, n += 3) {
			uint8_t a = letter[in.p[at]], b = letter[in.p[at + 1]], c = letter[in.p[at + 2]], d = letter[in.p[at + 3]];

			if (!(a & b & c & d & LETTER))
				break;
			out[n] = (uint8_t)(a << 2 | (b & 63) >> 4);
			out[n + 1] = (uint8_t)(b << 4 | (c & 63) >> 2);
			out[n + 2] = (uint8_t)(c << 6 | (d & 63));
		}
		size_t ends = line_ends(in.p + at, in.n - at);
		if (ends == 0)
			break;
		at += ends;
	}
	*n_r = n;
	return at;
}

#ifdef HAVE_VECTORS

enum { BLOCK = 32, BLOCK_OUT = 24 };

#define TWICE(...)  _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)	/* a table for each half of a vector */

/*
 * What is no letter, as a mask of bits. The high half of a byte chooses a class, a bit; the low half says for
 * which classes it is no letter: class 1 is "+/" (0x2x), 2 the digits (0x3x), 4 where letters begin (0x4x 0x6x),
 * 8 where they end (0x5x 0x7x), 16 the rest.
 */
__attribute__((target("avx2"))) static inline uint32_t
not_letters(__m256i high, __m256i low)
{
	const __m256i class_of = TWICE(16, 16, 1, 2, 4, 8, 4, 8, 16, 16, 16, 16, 16, 16, 16, 16);
	const __m256i wrong_for = TWICE(1 + 4 + 16, 1 + 16, 1 + 16, 1 + 16, 1 + 16, 1 + 16, 1 + 16, 1 + 16, 1 + 16, 1 + 16,
	    1 + 2 + 16, 2 + 8 + 16, 1 + 2 + 8 + 16, 1 + 2 + 8 + 16, 1 + 2 + 8 + 16, 2 + 8 + 16);
	__m256i wrong = _mm256_and_si256(_mm256_shuffle_epi8(class_of, high), _mm256_shuffle_epi8(wrong_for, low));

	return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(wrong, _mm256_setzero_si256()));
}

/* Letters to their values: what is added depends on the high half, but "/" has an entry of its own, the one before that of "+". */
__attribute__((target("avx2"))) static inline __m256i
values_of(__m256i text, __m256i high)
{
	const __m256i add = TWICE(0, 63 - '/', 62 - '+', 52 - '0', 0 - 'A', 0 - 'A', 26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0);
	__m256i slash = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('/'));		/* -1 where it is one */

	return _mm256_add_epi8(text, _mm256_shuffle_epi8(add, _mm256_add_epi8(high, slash)));
}

/* Four values of six bits into three bytes, all to the front. */
__attribute__((target("avx2"))) static inline __m256i
pack(__m256i values)
{
	const __m256i big_endian = TWICE(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
	__m256i twelve = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
	__m256i groups = _mm256_madd_epi16(twelve, _mm256_set1_epi32(0x00011000));

	return _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(groups, big_endian), _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

/*
 * A block that holds something else is decoded all the same; its groups before that are right. So lines of any
 * length take no other path, as long as there is a whole block behind them.
 */
__attribute__((target("avx2"))) static size_t
decode_run_avx2(slice in, uint8_t *out, size_t *n_r)
{
	const __m256i half = _mm256_set1_epi8(15);
	size_t at = 0, n = 0, rest;

	while (in.n - at >= BLOCK) {
		__m256i text = _mm256_loadu_si256((const __m256i *)(const void *)(in.p + at));
		__m256i high = _mm256_and_si256(_mm256_srli_epi32(text, 4), half);
		uint32_t wrong = not_letters(high, _mm256_and_si256(text, half));

		_mm256_storeu_si256((__m256i *)(void *)(out + n), pack(values_of(text, high)));
		if (wrong != 0) {
			size_t groups = (size_t)__builtin_ctz(wrong) / 4, ends;

			at += groups * 4;
			n += groups * 3;
			ends = line_ends(in.p + at, in.n - at);
			at += ends;
			if (ends == 0)
				break;
		} else {
			at += BLOCK;
			n += BLOCK_OUT;
		}
	}
	at += base64_decode_run_plain(slice_drop(in, at), out + n, &rest);
	*n_r = n + rest;
	return at;
}

#endif

size_t
base64_decode_run(slice in, uint8_t *out, size_t *n_r)
{
#ifdef HAVE_VECTORS
	if (in.n >= BLOCK && __builtin_cpu_supports("avx2"))
		return decode_run_avx2(in, out, n_r);
#endif
	return base64_decode_run_plain(in, out, n_r);
}
