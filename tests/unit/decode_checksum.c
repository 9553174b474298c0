/* The TCP checksum: known vectors, the fast sum against the plain one, and what offload leaves. */
#include "decode_frames.h"
#include "decode/walk.h"

static void
set_sum(unsigned sum)
{
	put16(packet.bytes + packet.at + (packet.bytes[packet.at] >> 4 == 4 ? 20 : 40) + 16, sum);
}

static uint16_t
plain_sum(void)
{
	const struct segment *s = &rig.segment;
	size_t n = s->src.addr.family == 4 ? 4 : 16;
	uint32_t sum = slow_sum(6, (slice){ s->src.addr.ip, n });

	sum = slow_sum(sum, (slice){ s->dst.addr.ip, n });
	sum += (uint32_t)s->tcp.n >> 16;
	sum += (uint32_t)s->tcp.n & 0xffff;
	return (uint16_t)slow_sum(sum, SLICE_NONE);
}

/* Packets whose sums another program computed and a third verified. */
static const char *const good[] = {
	"4500002e1234400040063c53c000020ac6336405 c8220019010203040a0b0c0d501801f537810000 515549540d0a",
	"4500002b1234400040063c56c000020ac6336405 c8220019010203040a0b0c0d501801f50bd30000 6f6464",
	"450000281234400040063c59c000020ac6336405 c8220019010203040a0b0c0d501801f5df3a0000",
	("600000000017063d20010db800000000000000000000001020010db8000000000000000000000005"
	"c8220019010203040a0b0c0d501801f59c8f0000 6f6464"),
};

static void
test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		uint8_t bytes[128];
		slice s = unhex(good[i], bytes);

		assert_int_equal(decode_view(s, s.n, 101, 0), DECODED_SEGMENT);
		assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_GOOD);
		bytes[s.n - 1] ^= 1;
		decode_view(s, s.n, 101, 0);
		assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_BAD);
	}
	assert_int_equal(rig.n, 0);
}

/* The TCP sum is right, but no host gets to see it. */
static void
test_bad_header(void **state)
{
	uint8_t bytes[128];
	slice s = unhex(good[0], bytes);

	(void)state;
	bytes[10] ^= 1;
	assert_int_equal(decode_view(s, s.n, 101, 0), DECODED_SEGMENT);
	assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_BAD);
}

/* RFC 1071 3, and every length and alignment against the plainest way to do it. */
static void
test_sum(void **state)
{
	uint8_t bytes[160];

	(void)state;
	assert_int_equal(checksum_fold(checksum_add(0, S("\x00\x01\xf2\x03\xf4\xf5\xf6\xf7"))), 0xddf2);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(255 - i * i / 3);
	for (size_t from = 0; from < 9; from++)
		for (size_t n = 0; from + n <= sizeof bytes; n++) {
			slice s = { bytes + from, n };

			assert_int_equal(checksum_fold(checksum_add(0, s)), slow_sum(0, s));
			assert_int_equal(checksum_fold(checksum_add(UINT64_MAX, s)) % 0xffff, slow_sum(0, s) % 0xffff);
		}
	memset(bytes, 0xff, sizeof bytes);	/* a carry out of every addition */
	assert_int_equal(checksum_fold(checksum_add(0, (slice){ bytes, sizeof bytes })), 0xffff);
}

static void
make(bool v6, size_t n)
{
	start();
	for (size_t i = 0; i < n; i++)
		*front(1) = (uint8_t)(i * 37 + n);
	put_tcp();
	v6 ? put_ipv6(6) : put_ipv4(6);
}

static void
test_good_and_bad(void **state)
{
	(void)state;
	for (int v6 = 0; v6 < 2; v6++)
		for (size_t n = 0; n < 300; n++) {
			uint16_t sum;

			make(v6, n);
			decode_made(101);
			sum = (uint16_t)~slow_sum(plain_sum(), rig.segment.tcp);
			set_sum(sum);
			assert_int_equal(decode_made(101), DECODED_SEGMENT);
			assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_GOOD);
			set_sum(sum ^ 0x1111u);
			decode_made(101);
			assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_BAD);
		}
}

static void
test_offload(void **state)
{
	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		uint16_t pseudo;

		make(v6, 100);
		decode_made(101);
		pseudo = plain_sum();
		set_sum(pseudo);
		decode_made(101);
		assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_OFFLOAD);
		set_sum((uint16_t)~pseudo);
		decode_made(101);
		assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_OFFLOAD);
		/* without the length: 120 bytes */
		set_sum(slow_sum((uint32_t)pseudo + 0xffff - 120, SLICE_NONE));
		decode_made(101);
		assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_OFFLOAD);
	}
}

/* A segment longer than 65535 bytes that the card will cut: both halves of its length count. */
static void
test_offload_large(void **state)
{
	(void)state;
	make(false, 70000);
	decode_made(101);
	assert_int_equal(rig.segment.length, 70000);
	set_sum(plain_sum());
	decode_made(101);
	assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_OFFLOAD);
}

static void
test_unknown(void **state)
{
	(void)state;
	make(false, 100);
	assert_int_equal(decode_view(slice_take(made(), made().n - 1), made().n, 101, 0), DECODED_SEGMENT);
	assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_vectors), RIG_TEST(test_bad_header), RIG_TEST(test_sum), RIG_TEST(test_good_and_bad), RIG_TEST(test_offload), RIG_TEST(test_offload_large),
		RIG_TEST(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
