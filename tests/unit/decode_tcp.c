/* TCP headers and options. */
#include "decode_frames.h"

static enum decoded
decode_options(unsigned flags, const char *options)
{
	start();
	put(S("x"));
	put_tcp_flags(flags, options);
	put_ipv4(6);
	return decode_made(101);
}

static void
test_header(void **state)
{
	(void)state;
	put_segment();
	put32(packet.bytes + packet.at + 14, 0x12340000);
	put16(packet.bytes + packet.at + 18, 0x0102);
	put_ipv4(6);
	assert_int_equal(decode_made(101), DECODED_SEGMENT);
	assert_segment4();
	assert_int_equal(rig.segment.flags, TCP_ACK | TCP_PSH);
	assert_int_equal(rig.segment.window, 0x1234);
	assert_int_equal(rig.segment.urgent, 0x0102);
	assert_int_equal(rig.segment.wscale, NO_WSCALE);
	assert_int_equal(rig.segment.mss, 0);
	assert_false(rig.segment.has_timestamp);
	assert_int_equal(stats().tcp, 1);
}

static const struct row {
	const char *name;
	unsigned flags;
	const char *options;
	unsigned mss, wscale;
	bool timestamp, malformed;
} rows[] = {
	{ "a SYN of Linux", TCP_SYN, "020405b4 0402 080a 11223344 55667788 01 030307", 1460, 7, true, false },
	{ "a SYN of Windows", TCP_SYN, "020405b4 01 030308 0101 0402", 1460, 8, false, false },
	{ "a data segment", TCP_ACK, "0101 080a 11223344 55667788", 0, NO_WSCALE, true, false },
	{ "with SACK", TCP_ACK, "0101 050a 00000001 00000002 0101 080a 11223344 55667788", 0, NO_WSCALE, true, false },
	{ "MSS and scale mean nothing without SYN", TCP_ACK, "020405b4 01 030307", 0, NO_WSCALE, false, false },
	{ "scale above 14", TCP_SYN, "01 0303ff", 0, 14, false, false },
	{ "after the end of options", TCP_SYN, "00 030307", 0, NO_WSCALE, false, false },
	{ "timestamp of a wrong length", TCP_ACK, "0808 11223344 5566 01010101", 0, NO_WSCALE, false, false },
	{ "length 0", TCP_SYN, "020405b4 0300 0000", 1460, NO_WSCALE, false, true },
	{ "length 1", TCP_SYN, "020405b4 0301 0000", 1460, NO_WSCALE, false, true },
	{ "length past the header", TCP_SYN, "020405b4 01 0304 07", 1460, NO_WSCALE, false, true },
	{ "kind without length", TCP_SYN, "010101 03", 0, NO_WSCALE, false, true },
};

static void
test_options(void **state)
{
	(void)state;
	for (const struct row *r = rows; r < rows + sizeof rows / sizeof *rows; r++) {
		rig_new();
		if (decode_options(r->flags, r->options) != DECODED_SEGMENT)
			fail_msg("%s", r->name);
		assert_int_equal(rig.segment.mss, r->mss);
		assert_int_equal(rig.segment.wscale, r->wscale);
		assert_int_equal(rig.segment.has_timestamp, r->timestamp);
		if (r->timestamp) {
			assert_int_equal(rig.segment.tsval, 0x11223344);
			assert_int_equal(rig.segment.tsecr, 0x55667788);
		}
		assert_int_equal(rig.n, r->malformed);
		assert_int_equal(said(FINDING_TCP_MALFORMED), r->malformed);
		assert_payload(S("x"));
	}
}

static void
test_malformed(void **state)
{
	(void)state;
	put_segment();
	packet.bytes[packet.at + 12] = 4 << 4;
	put_ipv4(6);
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	assert_text("data offset of 16 bytes in a segment of 41");
	put_segment();
	packet.bytes[packet.at + 12] = 11 << 4;
	put_ipv4(6);
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	assert_text("data offset of 44 bytes in a segment of 41");
	start();
	put_hex("c822001901020304 00000000 5010");
	put_ipv4(6);
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	assert_text("TCP header: 14 of 20 bytes");
	assert_int_equal(rig.n, 3);
	assert_int_equal(rig.said[2].finding, FINDING_TCP_MALFORMED);
	assert_int_equal(stats().malformed, 3);
}

/* Options that the snaplen cut: the segment still tells where it stands and how long it was. */
static void
test_options_cut(void **state)
{
	(void)state;
	start();
	put(S("hello"));
	put_tcp_flags(TCP_ACK, "0101 080a 11223344 55667788");
	put_ipv4(6);
	assert_int_equal(decode_view(slice_take(made(), 46), made().n, 101, 0), DECODED_SEGMENT);
	assert_int_equal(rig.segment.length, 5);
	assert_int_equal(rig.segment.payload.n, 0);
	assert_int_equal(rig.segment.seq, SEQ);
	assert_false(rig.segment.has_timestamp);
	assert_int_equal(rig.n, 1);
	assert_int_equal(rig.said[0].finding, FINDING_IP_TRUNCATED);
	assert_text("TCP header with options: 26 of 32 bytes captured");
	assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_UNKNOWN);
	assert_int_equal(decode_view(slice_take(made(), 39), made().n, 101, 0), DECODED_NOTHING);
	assert_text("TCP header: 19 of 20 bytes captured");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_header), RIG_TEST(test_options), RIG_TEST(test_malformed), RIG_TEST(test_options_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
