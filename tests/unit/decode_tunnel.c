/* Packets in packets. */
#include "decode_frames.h"

enum outer { OUTER_IP, OUTER_UDP };

static const struct row {
	const char *name;
	const char *header;		/* of the tunnel, up to the inner packet */
	unsigned protocol;		/* of the outer IP header, or UDP's destination port */
	enum outer outer;
	bool v6;			/* the inner packet */
	bool outer6;
	uint16_t vlan;
} rows[] = {
	{ .name = "IP in IP", "", 4 },
	{ .name = "6in4", "", 41, .v6 = true },
	{ .name = "4in6", "", 4, .outer6 = true },
	{ .name = "6in6", "", 41, .v6 = true, .outer6 = true },
	{ .name = "GRE", "0000 0800", 47 },
	{ .name = "GRE, IPv6", "0000 86dd", 47, .v6 = true, .outer6 = true },
	{ .name = "GRE with checksum, key and sequence", "b000 0800 12340000 00000007 00000001", 47 },
	{ .name = "GRE with key", "2000 86dd 00000007", 47, .v6 = true },
	{ .name = "GRE, Ethernet", "0000 6558 020000000003 020000000004 0800", 47 },
	{ .name = "GRE, Ethernet, VLAN", "2000 6558 00000001 020000000003 020000000004 8100 0021 86dd", 47, .v6 = true, .vlan = 0x21 },
	{ .name = "GRE, MPLS", "0000 8847 00010140", 47 },
	{ .name = "PPTP", "3081 880b 00400001 00000001 00000001 ff03 0021", 47 },
	{ .name = "PPTP without acknowledgement", "3001 880b 00400001 00000001 0057", 47, .v6 = true },
	{ .name = "ERSPAN I", "0000 88be 020000000003 020000000004 0800", 47 },
	{ .name = "ERSPAN II", "1000 88be 00000001 1001000000000000 020000000003 020000000004 0800", 47 },
	{ .name = "ERSPAN III", "1000 22eb 00000001 200100000000000000000000 020000000003 020000000004 0800", 47 },
	{ .name = "ERSPAN III with a subheader",
	    "1000 22eb 00000001 200100000000000000000001 0000000000000000 020000000003 020000000004 0800", 47 },
	{ .name = "EtherIP", "3000 020000000003 020000000004 86dd", 97, .v6 = true },
	{ .name = "MPLS in IP", "00010140", 137 },
	{ .name = "VXLAN", "0800000000002a00 020000000003 020000000004 0800", 4789, OUTER_UDP },
	{ .name = "VXLAN at Linux' old port", "0800000000002a00 020000000003 020000000004 86dd", 8472, OUTER_UDP, .v6 = true },
	{ .name = "VXLAN, VLAN", "0800000000002a00 020000000003 020000000004 8100 0111 0800", 4789, OUTER_UDP, .vlan = 0x111 },
	{ .name = "VXLAN over IPv6", "0800000000002a00 020000000003 020000000004 0800", 4789, OUTER_UDP, .outer6 = true },
	{ .name = "Geneve", "0000 6558 00002a00 020000000003 020000000004 0800", 6081, OUTER_UDP },
	{ .name = "Geneve with options", "0200 6558 00002a00 0102800100000000 020000000003 020000000004 0800", 6081, OUTER_UDP },
	{ .name = "Geneve, IP", "0000 0800 00002a00", 6081, OUTER_UDP },
	{ .name = "GTP-U", "30ff 003d 00000001", 2152, OUTER_UDP },
	{ .name = "GTP-U with sequence number", "32ff 003d 00000001 00010000", 2152, OUTER_UDP, .v6 = true },
	{ .name = "GTP-U with extensions", "36ff 003d 00000001 000100 85 01 0009 c0 02 000000000000 00", 2152, OUTER_UDP },
};

static void
make_row(const struct row *r)
{
	put_segment();
	r->v6 ? put_ipv6(6) : put_ipv4(6);
	put_hex(r->header);
	if (r->outer == OUTER_UDP)
		put_udp(49152, r->protocol);
	r->outer6 ? put_ipv6(r->outer == OUTER_UDP ? 17 : r->protocol) : put_ipv4(r->outer == OUTER_UDP ? 17 : r->protocol);
}

static void
test_tunnels(void **state)
{
	(void)state;
	for (const struct row *r = rows; r < rows + sizeof rows / sizeof *rows; r++) {
		rig_new();
		make_row(r);
		append(3);		/* padding behind the outer packet */
		if (decode_made(101) != DECODED_SEGMENT)
			fail_msg("%s", r->name);
		if (r->v6)
			assert_segment6();
		else
			assert_segment4();
		if (rig.segment.depth != 1)
			fail_msg("%s: depth %u", r->name, rig.segment.depth);
		assert_int_equal(rig.segment.vlan[0], r->vlan);
		assert_int_equal(stats().tunnelled, 1);
		assert_int_equal(rig.n, 0);
	}
}

static void
test_tunnels_cut(void **state)
{
	(void)state;
	for (const struct row *r = rows; r < rows + sizeof rows / sizeof *rows; r++) {
		make_row(r);
		for (size_t n = 0; n < made().n; n++) {
			rig_new();
			if (decode_view(slice_take(made(), n), made().n, 101, 0) == DECODED_SEGMENT) {
				assert_int_equal(rig.segment.length, 21);
				assert_int_equal(rig.segment.payload.n, 21 - (made().n - n));
			}
		}
	}
}

/* A port is a hint only: what does not look like the tunnel is UDP, and nothing is said. */
static void
test_no_tunnel(void **state)
{
	static const struct { unsigned port; const char *hex; } plain[] = {
		{ 4789, "0000000000002a00 020000000003 020000000004 0800" },	/* no I flag */
		{ 4789, "0800000000002a01 020000000003 020000000004 0800" },
		{ 4789, "0800" },
		{ 6081, "4000 6558 00002a00 020000000003 020000000004 0800" },
		{ 6081, "3f00 6558" },
		{ 2152, "3001 0000 00000000" },					/* an echo request */
		{ 2152, "50ff 003d 00000001" },
		{ 53, "30ff 003d 00000001" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		rig_new();
		put_segment();
		put_ipv4(6);
		put_hex(plain[i].hex);
		put_udp(49152, plain[i].port);
		put_ipv4(17);
		assert_int_equal(decode_made(101), DECODED_NOTHING);
		assert_int_equal(rig.n, 0);
	}
}

/* Bytes behind the UDP datagram are not the inner packet's, even if that leaves its length open. */
static void
test_udp_length(void **state)
{
	(void)state;
	put_segment();
	put16(put_ipv4(6) + 2, 0);
	fix_ipv4_sum(packet.bytes + packet.at);
	put_hex("0000 0800 00002a00");
	put_udp(49152, 6081);
	append(5);
	put_ipv4(17);
	assert_int_equal(decode_made(101), DECODED_SEGMENT);
	assert_segment4();
}

static void
test_gre_refused(void **state)
{
	static const char *const gre[] = { "4000 0800 00000000", "0002 0800", "0000 0806", "0000 88cc" };

	(void)state;
	for (size_t i = 0; i < sizeof gre / sizeof *gre; i++) {
		put_segment();
		put_ipv4(6);
		put_hex(gre[i]);
		put_ipv4(47);
		assert_int_equal(decode_made(101), DECODED_NOTHING);
	}
	assert_int_equal(rig.n, 0);
}

/* GTP-U extension headers of length zero would never end. */
static void
test_gtpu_extension_zero(void **state)
{
	(void)state;
	put_segment();
	put_ipv4(6);
	put_hex("34ff 003d 00000001 000000 85 00 0000 85");
	put_udp(2152, 2152);
	put_ipv4(17);
	assert_int_equal(decode_made(101), DECODED_NOTHING);
}

static void
test_depth(void **state)
{
	(void)state;
	for (int depth = 3; depth <= 5; depth++) {
		rig_new();
		put_segment();
		put_ipv4(6);
		for (int i = 0; i < depth; i++)
			put_ipv4(4);
		assert_int_equal(decode_made(101), depth > LIMIT_TUNNELS ? DECODED_NOTHING : DECODED_SEGMENT);
		assert_int_equal(said(FINDING_IP_DEPTH), depth > LIMIT_TUNNELS);
		if (depth <= LIMIT_TUNNELS)
			assert_int_equal(rig.segment.depth, depth);
	}
	assert_text("more than 4 encapsulations");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_tunnels), RIG_TEST(test_tunnels_cut), RIG_TEST(test_no_tunnel), RIG_TEST(test_udp_length),
		RIG_TEST(test_gre_refused),
		RIG_TEST(test_gtpu_extension_zero), RIG_TEST(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
