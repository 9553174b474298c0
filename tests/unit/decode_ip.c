/* IPv4 and IPv6 headers: options, extension headers, lengths that do not tell, headers that cannot be right. */
#include "decode_frames.h"

static void
assert_refused(enum finding f, const char *text)
{
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	assert_int_equal(rig.n, 1);
	assert_int_equal(rig.said[0].finding, f);
	assert_string_equal(rig.said[0].text, text);
	assert_int_equal(stats().malformed, 1);
}

static void
test_ipv4_options(void **state)
{
	(void)state;
	put_segment();
	put_ipv4_options(6, "94040000");		/* router alert */
	assert_int_equal(decode_made(101), DECODED_SEGMENT);
	assert_segment4();
}

/* A source route on its way: the segment goes to, and its sum covers, the last address. */
static void
test_ipv4_source_route(void **state)
{
	(void)state;
	put_segment();
	put_ipv4_options(6, "01 83 0b 04 cb007101 cb007109");
	assert_int_equal(decode_made(101), DECODED_SEGMENT);
	assert_ends("192.0.2.10:51234", "203.0.113.9:25");
	put_segment();
	put_ipv4_options(6, "01 89 0b 0c cb007101 cb007109");	/* used up */
	assert_int_equal(decode_made(101), DECODED_SEGMENT);
	assert_segment4();
}

static void
test_ipv4_bad_option(void **state)
{
	(void)state;
	put_segment();
	put_ipv4_options(6, "07 06 0400");
	assert_refused(FINDING_IP_MALFORMED, "an IPv4 option's length runs past the header");
	rig_new();
	put_segment();
	put_ipv4_options(6, "07 01 0000");
	assert_refused(FINDING_IP_MALFORMED, "an IPv4 option's length runs past the header");
}

static void
test_ipv4_malformed(void **state)
{
	uint8_t *p;

	(void)state;
	put_segment();
	p = put_ipv4(6);
	p[0] = 0x44;
	fix_ipv4_sum(p);
	assert_refused(FINDING_IP_MALFORMED, "IPv4 header with version 4 and a length of 16");

	rig_new();
	put_segment();
	p = put_ipv4(6);
	put16(p + 2, 19);
	fix_ipv4_sum(p);
	assert_refused(FINDING_IP_MALFORMED, "IPv4 length of 19 with a header of 20");

	rig_new();
	put_segment();
	put_ipv6(6);
	put_ethernet(0x0800);
	assert_int_equal(decode_made(1), DECODED_NOTHING);
	assert_text("IPv4 header with version 6 and a length of 0");

	rig_new();
	start();
	put_hex("45000014 00000000 4006");
	assert_refused(FINDING_IP_MALFORMED, "IPv4 header: 10 of 20 bytes");
}

static enum decoded
decode_sum(unsigned protocol, unsigned sum)
{
	put_segment();
	put16(put_ipv4(protocol) + 10, sum);
	return decode_made(101);
}

/* A wrong sum makes hosts drop the segment, so it is as bad as a wrong TCP sum; a sum of zero is the card's work. */
static void
test_ipv4_checksum(void **state)
{
	(void)state;
	assert_int_equal(decode_sum(6, 0), DECODED_SEGMENT);
	assert_segment4();
	assert_false(rig.segment.bad_header);
	put_segment();
	put_ipv4(6);
	decode_made(101);
	assert_int_equal(rig.n, 0);
	assert_int_equal(decode_sum(6, 0x1234), DECODED_SEGMENT);
	assert_segment4();
	assert_true(rig.segment.bad_header);
	assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_BAD);
	assert_int_equal(rig.said[0].finding, FINDING_IP_BAD_CHECKSUM);
	assert_text("header checksum 0x1234 is wrong");
	decode_sum(6, 0x1235);
	assert_int_equal(rig.n, 2);
	assert_int_equal(stats().malformed, 2);
}

/* A capture without one right sum: told once, until one is right. */
static void
test_ipv4_checksums_all_wrong(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(decode_sum(6, 0x1234), DECODED_SEGMENT);
	assert_int_equal(rig.n, 1);
	assert_text("header checksum 0x1234 is wrong; told again once any is right");
	put_segment();
	put_ipv4(6);
	decode_made(101);
	decode_sum(6, 0x1234);
	assert_int_equal(rig.n, 2);
}

/* A fragment or an ICMP error with a wrong sum moves nothing: nobody could confirm it. */
static void
test_ipv4_checksum_of_fragment(void **state)
{
	(void)state;
	put_segment();
	put16(put_ipv4(6) + 6, 0x2000);
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	assert_int_equal(stats().fragments, 0);
}

/* Segmentation offload: length 0, and more bytes than the field could tell. */
static void
test_length_zero(void **state)
{
	static const uint8_t much[70000];

	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		rig_new();
		start();
		put((slice){ much, sizeof much });
		put_tcp();
		v6 ? put_ipv6(6) : put_ipv4(6);
		assert_int_equal(decode_made(101), DECODED_SEGMENT);
		assert_int_equal(rig.segment.length, sizeof much);
		assert_int_equal(rig.segment.payload.n, sizeof much);
		assert_int_equal(decode_view(slice_take(made(), 200), made().n, 101, 0), DECODED_SEGMENT);
		assert_int_equal(rig.segment.length, sizeof much);
		assert_int_equal(rig.segment.payload.n, 200 - 20 - (v6 ? 40 : 20));
	}
	assert_int_equal(decode_view(made(), LIMIT_PACKET + 100, 101, 0), DECODED_NOTHING);
	assert_true(said(FINDING_IP_MALFORMED));
}

/* The header says more than the file calls the frame: something cut it without saying so. */
static void
test_longer_than_frame(void **state)
{
	uint8_t *p;

	(void)state;
	put_segment();
	p = put_ipv4(6);
	put16(p + 2, 1500);
	fix_ipv4_sum(p);
	assert_int_equal(decode_made(101), DECODED_SEGMENT);
	assert_int_equal(rig.segment.length, 1460);
	assert_payload(S("EHLO client.example\r\n"));
	assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_UNKNOWN);
	assert_text("21 of 1460 bytes of TCP data captured; later packets that are cut so are counted only");
	assert_int_equal(decode_made(101), DECODED_SEGMENT);
	assert_int_equal(rig.n, 1);
}

static void
test_ipv4_authentication(void **state)
{
	(void)state;
	put_segment();
	put_hex("06 04 0000 00000001 00000002 112233445566778899aabbcc");
	put_ipv4(51);
	assert_int_equal(decode_made(101), DECODED_SEGMENT);
	assert_segment4();
}

static const struct chain {
	const char *name;
	unsigned first;
	const char *hex;
	const char *src, *dst;
} chains[] = {
	{ .name = "hop-by-hop", 0, "06 00 05020000 0100" },
	{ .name = "destination options", 60, "06 01 010c000000000000 000000000000" },
	{ .name = "authentication", 51, "06 04 0000 00000001 00000002 112233445566778899aabbcc" },
	{ .name = "mobility", 135, "06 00 0000 0000 0000" },
	{ .name = "HIP and shim6", 139, "8c 00 0000 0000 0000  06 00 0000 0000 0000" },
	{ .name = "atomic fragment", 44, "06 00 0000 00001234" },
	{ .name = "hop-by-hop, routing, destination, atomic fragment, authentication", 0,
	    "2b 00 0104 00000000  3c 00 0000 00000000  2c 00 0104 00000000  33 00 0000 00000007  "
	    "06 04 0000 00000001 00000002 112233445566778899aabbcc" },
	{ .name = "home address option", 60, "06 02 0100 c910 20010db8000000000000000000000099 0100", .src = "[2001:db8::99]:51234" },
	{ .name = "type 2 routing", 43, "06 02 02 01 00000000 20010db8000000000000000000000077", .dst = "[2001:db8::77]:25" },
	{ .name = "type 2 routing, used up", 43, "06 02 02 00 00000000 20010db8000000000000000000000077" },
	{ .name = "type 0 routing", 43, "06 04 00 02 00000000 20010db8000000000000000000000071 20010db8000000000000000000000072",
	    .dst = "[2001:db8::72]:25" },
	{ .name = "segment routing", 43, "06 04 04 01 01000000 20010db8000000000000000000000081 20010db8000000000000000000000082",
	    .dst = "[2001:db8::81]:25" },
};

static void
test_ipv6_chains(void **state)
{
	(void)state;
	for (const struct chain *c = chains; c < chains + sizeof chains / sizeof *chains; c++) {
		rig_new();
		put_segment();
		put_hex(c->hex);
		put_ipv6(c->first);
		if (decode_made(101) != DECODED_SEGMENT)
			fail_msg("%s", c->name);
		assert_ends(c->src ? c->src : "[2001:db8::10]:51234", c->dst ? c->dst : "[2001:db8::5]:25");
		assert_payload(S("EHLO client.example\r\n"));
		assert_int_equal(rig.segment.length, 21);
		assert_false(rig.segment.fragmented);
		assert_int_equal(rig.n, 0);
	}
}

static void
test_ipv6_chain_too_long(void **state)
{
	(void)state;
	for (int n = 15; n <= 16; n++) {
		rig_new();
		put_segment();
		for (int i = 0; i < n; i++)
			put_hex(i ? "3c 00 0104 00000000" : "06 00 0104 00000000");
		put_ipv6(60);
		assert_int_equal(decode_made(101), n == 16 ? DECODED_NOTHING : DECODED_SEGMENT);
		assert_int_equal(said(FINDING_IP_MALFORMED), n == 16);
	}
}

static void
test_ipv6_malformed(void **state)
{
	(void)state;
	start();
	put_hex("06 ff 0000");
	put_ipv6(60);
	assert_refused(FINDING_IP_MALFORMED, "IPv6 extension header: 4 of 2048 bytes");
	rig_new();
	put_segment();
	put_ipv4(6);
	put_ethernet(0x86dd);
	assert_int_equal(decode_made(1), DECODED_NOTHING);
	assert_text("IPv6 header with version 4");
}

static void
test_jumbogram(void **state)
{
	uint8_t *p;

	(void)state;
	start();
	put((slice){ (const uint8_t[66000]){ 1 }, 66000 });
	put_tcp();
	p = front(8);
	memcpy(p, "\006\000\302\004\000\001\001\354", 8);	/* 66028 */
	put_ipv6(0);
	append(3);
	assert_int_equal(decode_made(101), DECODED_SEGMENT);
	assert_int_equal(rig.segment.length, 66000);
	assert_int_equal(rig.segment.payload.n, 66000);
}

static void
test_other_protocols(void **state)
{
	static const unsigned protocols[] = { 0, 2, 50, 58, 59, 89, 132 };

	(void)state;
	for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
		rig_new();
		put_segment();
		put_ipv4(protocols[i]);
		assert_int_equal(decode_made(101), DECODED_NOTHING);
		assert_int_equal(stats().other_ip, 1);
	}
	rig_new();
	put_segment();
	put_udp(53, 53);
	put_ipv4(17);
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	assert_int_equal(stats().udp, 1);
	assert_int_equal(rig.n, 0);
}

/* One state of affairs a packet, and a million packets of it: so many are told, and then how many more. */
static void
test_notes_are_bounded(void **state)
{
	(void)state;
	put_segment();
	put16(put_ipv4(6) + 10, 0x1234);
	for (int i = 0; i < LIMIT_FINDINGS + 44; i++)
		decode_made(101);
	assert_int_equal(rig.n, 1);			/* no sum is right: told once */
	rig_new();
	decode_sum(6, 0);
	put_segment();
	put_ipv4(6);
	decode_made(101);
	for (int i = 0; i < LIMIT_FINDINGS + 7; i++)
		decode_sum(6, 0x1234);
	assert_int_equal(rig.n, LIMIT_FINDINGS);
	decoder_finish(rig.decoder);
	assert_text("7 more, not told one by one");
	rig_new();
	packet.bytes[packet.at] = 0x44;
	for (int i = 0; i < LIMIT_FINDINGS + 44; i++)
		decode_made(101);
	assert_int_equal(rig.n, LIMIT_FINDINGS);
	decoder_finish(rig.decoder);
	assert_int_equal(rig.n, LIMIT_FINDINGS + 1);
	assert_text("44 more, not told one by one");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_ipv4_options), RIG_TEST(test_ipv4_source_route), RIG_TEST(test_ipv4_bad_option),
		RIG_TEST(test_ipv4_malformed), RIG_TEST(test_ipv4_checksum),
		RIG_TEST(test_ipv4_checksums_all_wrong), RIG_TEST(test_ipv4_checksum_of_fragment), RIG_TEST(test_length_zero),
		RIG_TEST(test_longer_than_frame), RIG_TEST(test_ipv4_authentication), RIG_TEST(test_ipv6_chains),
		RIG_TEST(test_ipv6_chain_too_long), RIG_TEST(test_ipv6_malformed), RIG_TEST(test_jumbogram),
		RIG_TEST(test_other_protocols), RIG_TEST(test_notes_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
