/*
 * checksum.c - the Internet checksum (RFC 1071).
 *
 * The sum is taken over the machine's own words, eight bytes at a time, and
 * turned to network order at the end: RFC 1071 2 (B) shows that a sum of
 * swapped words is the swapped sum. Where the processor has AVX2, 32 bytes at
 * a time.
 */
#include "walk.h"

#if defined __x86_64__ && defined __GNUC__
#include <immintrin.h>
#define HAVE_VECTORS
#endif

enum { CHECKSUM_AT = 16 };	/* in the TCP header */

static uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* The carry comes back in at the low end: ones' complement, 64 bits wide. */
static uint64_t
add_carry(uint64_t a, uint64_t b)
{
	a += b;
	return a + (a < b);
}

#ifdef HAVE_VECTORS

enum { VECTOR = 32, WORTH_IT = 4 * VECTOR };

/* Halves of 64-bit words, in sums of 64 bits that no packet makes overflow. What is no whole vector is left in *s. */
__attribute__((target("avx2"))) static uint64_t
add_vectors(slice *s)
{
	const __m256i low_half = _mm256_set1_epi64x(0xffffffff);
	__m256i low = _mm256_setzero_si256(), high = low;
	uint64_t sum[4];

	for (; s->n >= VECTOR; s->p += VECTOR, s->n -= VECTOR) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)s->p);

		low = _mm256_add_epi64(low, _mm256_and_si256(v, low_half));
		high = _mm256_add_epi64(high, _mm256_srli_epi64(v, 32));
	}
	_mm256_storeu_si256((__m256i *)(void *)sum, _mm256_add_epi64(low, high));
	return sum[0] + sum[1] + sum[2] + sum[3];
}

#endif

static uint64_t
add_words(uint64_t sum, slice s)
{
	uint64_t a = sum, b = 0, c = 0, d = 0, tail = 0;

	for (; s.n >= 32; s.p += 32, s.n -= 32) {
		a = add_carry(a, load64(s.p));
		b = add_carry(b, load64(s.p + 8));
		c = add_carry(c, load64(s.p + 16));
		d = add_carry(d, load64(s.p + 24));
	}
	for (; s.n >= 8; s.p += 8, s.n -= 8)
		b = add_carry(b, load64(s.p));
	if (s.n > 0)
		memcpy(&tail, s.p, s.n);	/* an odd byte is followed by a zero */
	return add_carry(add_carry(a, b), add_carry(add_carry(c, d), tail));
}

uint64_t
checksum_add(uint64_t sum, slice s)
{
#ifdef HAVE_VECTORS
	if (s.n >= WORTH_IT && __builtin_cpu_supports("avx2"))
		sum = add_carry(sum, add_vectors(&s));
#endif
	return add_words(sum, s);
}

uint16_t
checksum_fold(uint64_t sum)
{
	uint8_t word[2];
	uint16_t folded;

	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	folded = (uint16_t)sum;
	memcpy(word, &folded, 2);
	return get_be16(word);
}

/* An address of IPv4 is followed by zeroes (net.h), which add nothing. */
static uint64_t
add_address(uint64_t sum, const struct addr *a)
{
	sum = add_carry(sum, load64(a->ip));
	return a->family == 4 ? sum : add_carry(sum, load64(a->ip + 8));
}

/* RFC 9293 3.1; RFC 8200 8.1 for IPv6. The addresses, the protocol and the length; order and position within 16 bits do not matter. */
static uint64_t
pseudo_header(const struct segment *s, size_t length)
{
	const uint8_t last[8] = {
		(uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length,
		0, 0, 0, PROTOCOL_TCP
	};

	return add_address(add_address(load64(last), &s->src.addr), &s->dst.addr);
}

/* What a host leaves in the field for its card to finish; for TSO some stacks leave the length out. */
static bool
is_offload(const struct segment *s, uint16_t field)
{
	unsigned whole = checksum_fold(pseudo_header(s, s->tcp.n)) ^ field;
	unsigned without = checksum_fold(pseudo_header(s, 0)) ^ field;

	return whole == 0 || whole == 0xffff || without == 0 || without == 0xffff;
}

enum checksum
segment_checksum(const struct segment *s)
{
	size_t header;

	if (s->bad_header)
		return CHECKSUM_BAD;
	if (s->tcp.n < TCP_HEADER)
		return CHECKSUM_UNKNOWN;
	header = (size_t)(s->tcp.p[12] >> 4) * 4;
	if (s->tcp.n < header + s->length)
		return CHECKSUM_UNKNOWN;
	if (checksum_fold(checksum_add(pseudo_header(s, s->tcp.n), s->tcp)) == 0xffff)
		return CHECKSUM_GOOD;
	return is_offload(s, get_be16(s->tcp.p + CHECKSUM_AT)) ? CHECKSUM_OFFLOAD : CHECKSUM_BAD;
}
