/* Every link type and tag that decode/link.c knows, each around the same packet. */
#include "decode_frames.h"

static const struct row {
	const char *name;
	int linktype;
	const char *link;		/* what stands before the IP header */
	bool v6;
	bool tagged;
	uint8_t nvlan;
	uint16_t vlan[2];
	uint8_t depth;
} rows[] = {
	{ .name = "Ethernet", 1, "020000000001 020000000002 0800" },
	{ .name = "Ethernet, IPv6", 1, "020000000001 020000000002 86dd", true },
	{ .name = "802.1Q", 1, "020000000001 020000000002 8100 2064 0800", false, true, 1, { 100 } },
	{ .name = "802.1ad", 1, "020000000001 020000000002 88a8 2007 8100 ffff 86dd", true, true, 2, { 7, 4095 } },
	{ .name = "QinQ 9100", 1, "020000000001 020000000002 9100 0001 9100 0002 0800", false, true, 2, { 1, 2 } },
	{ .name = "three tags", 1, "020000000001 020000000002 8100 0001 8100 0002 8100 0003 0800", false, true, 2, { 1, 2 } },
	{ .name = "LLC and SNAP", 1, "020000000001 020000000002 0045 aaaa03 000000 0800" },
	{ .name = "LLC and SNAP, IPv6", 1, "020000000001 020000000002 0059 aaaa03 0000f8 86dd", true },
	{ .name = "LLC's own SAP of IP", 1, "020000000001 020000000002 0040 060603" },
	{ .name = "SNAP in a VLAN", 1, "020000000001 020000000002 8100 0005 0045 aaaa03 000000 0800", false, true, 1, { 5 } },
	{ .name = "VLAN in SNAP", 1, "020000000001 020000000002 0049 aaaa03 000000 8100 0009 0800", false, true, 1, { 9 } },
	{ .name = "MPLS", 1, "020000000001 020000000002 8847 00010140", false, true },
	{ .name = "MPLS, three labels", 1, "020000000001 020000000002 8848 00010040 00020040 00002140", true, true },
	{ .name = "MPLS pseudowire with control word", 1,
	    "020000000001 020000000002 8847 00010140 00000000 020000000003 020000000004 0800", false, true, 0, { 0 }, 1 },
	{ .name = "MPLS pseudowire without", 1,
	    "020000000001 020000000002 8847 00010140 220000000003 020000000004 86dd", true, true, 0, { 0 }, 1 },
	{ .name = "PPPoE", 1, "020000000001 020000000002 8864 1100 0001 003f 0021", false, true },
	{ .name = "PPPoE, IPv6", 1, "020000000001 020000000002 8864 1100 0001 0053 0057", true, true },
	{ .name = "PPPoE, protocol compressed", 1, "020000000001 020000000002 8864 1100 0001 003e 21", false, true },
	{ .name = "VLAN and PPPoE", 1, "020000000001 020000000002 8100 0008 8864 1100 0001 003f 0021", false, true, 1, { 8 } },
	{ .name = "PPP_ETHER", 51, "1100 0001 003f 0021", false, true },
	{ .name = "SLL", 113, "0000 0001 0006 0200000000020000 0800" },
	{ .name = "SLL with a VLAN", 113, "0004 0001 0006 0200000000020000 8100 000a 86dd", true, true, 1, { 10 } },
	{ .name = "SLL, LLC", 113, "0000 0001 0006 0200000000020000 0004 aaaa03 000000 0800" },
	{ .name = "SLL2", 276, "0800 0000 00000002 0001 00 06 0200000000020000" },
	{ .name = "SLL2, IPv6", 276, "86dd 0000 00000002 0001 04 06 0200000000020000", true },
	{ .name = "NULL, little-endian", 0, "02000000" },
	{ .name = "NULL, big-endian", 0, "00000002" },
	{ .name = "NULL, Darwin's IPv6", 0, "1e000000", true },
	{ .name = "NULL, FreeBSD's IPv6, big-endian", 0, "0000001c", true },
	{ .name = "NULL, OpenBSD's IPv6", 0, "18000000", true },
	{ .name = "NULL, Windows' IPv6", 0, "17000000", true },
	{ .name = "NULL, Linux' IPv6", 0, "0a000000", true },
	{ .name = "LOOP", 108, "00000002" },
	{ .name = "LOOP, IPv6", 108, "00000018", true },
	{ .name = "RAW", 101, "" },
	{ .name = "RAW, IPv6", 101, "", true },
	{ .name = "RAW, BSD's number", 12, "" },
	{ .name = "RAW, OpenBSD's number", 14, "" },
	{ .name = "IPV4", 228, "" },
	{ .name = "IPV6", 229, "", true },
	{ .name = "PPP", 9, "0021" },
	{ .name = "PPP with address and control", 9, "ff03 0021" },
	{ .name = "PPP, protocol compressed", 9, "57", true },
	{ .name = "PPP carrying MPLS", 9, "ff03 0281 00010140", false, true },
	{ .name = "PPP_HDLC", 50, "ff03 0057", true },
	{ .name = "PPP_HDLC that is Cisco's", 50, "0f00 0800" },
	{ .name = "C_HDLC", 104, "8f00 86dd", true },
	{ .name = "PPP_WITH_DIR", 204, "01 ff03 0021" },
	{ .name = "MPLS as link type", 219, "00010140", false, true },
};

static void
make_row(const struct row *r)
{
	put_segment();
	if (r->v6)
		put_ipv6(6);
	else
		put_ipv4(6);
	put_hex(r->link);
}

static void
test_links(void **state)
{
	(void)state;
	for (const struct row *r = rows; r < rows + sizeof rows / sizeof *rows; r++) {
		rig_new();
		make_row(r);
		if (decode_made(r->linktype) != DECODED_SEGMENT)
			fail_msg("%s", r->name);
		if (r->v6)
			assert_segment6();
		else
			assert_segment4();
		assert_true(decode_linktype_known(r->linktype));
		assert_int_equal(stats().tagged, r->tagged);
		assert_int_equal(rig.segment.nvlan, r->nvlan);
		assert_int_equal(rig.segment.vlan[0], r->vlan[0]);
		assert_int_equal(rig.segment.vlan[1], r->vlan[1]);
		assert_int_equal(rig.segment.depth, r->depth);
		assert_int_equal(rig.segment.mark, 77);
		assert_int_equal(rig.segment.from.packet, 1);
		assert_int_equal(rig.n, 0);
	}
}

/* However much of it was captured: never more than that, and what is told is the same. */
static void
test_links_cut(void **state)
{
	(void)state;
	for (const struct row *r = rows; r < rows + sizeof rows / sizeof *rows; r++) {
		size_t n, first = 0;

		make_row(r);
		for (n = 0; n < made().n; n++) {
			rig_new();
			if (decode_view(slice_take(made(), n), made().n, r->linktype, 0) != DECODED_SEGMENT)
				continue;
			first = first ? first : n;
			assert_int_equal(rig.segment.length, 21);
			assert_int_equal(rig.segment.payload.n, 21 - (made().n - n));
			assert_true(said(FINDING_IP_TRUNCATED));
			assert_int_equal(stats().truncated, 1);
		}
		assert_int_equal(first, made().n - 21);
	}
}

/* Padding to the 60 bytes of an Ethernet frame is not data, nor is a frame check sequence. */
static void
test_padding(void **state)
{
	(void)state;
	start();
	put_tcp();
	put_ipv4(6);
	put_ethernet(0x0800);
	append(6);
	assert_int_equal(decode_made(1), DECODED_SEGMENT);
	assert_int_equal(rig.segment.length, 0);
	assert_int_equal(rig.segment.payload.n, 0);
	put_segment();
	put_ipv4(6);
	put16(packet.bytes + packet.at + 2, 0);		/* a length that does not tell, so that only the FCS is in the way */
	fix_ipv4_sum(packet.bytes + packet.at);
	put_ethernet(0x0800);
	append(4);
	assert_int_equal(decode_view(made(), made().n, 1, 4), DECODED_SEGMENT);
	assert_segment4();
}

static void
test_fcs_cut(void **state)
{
	(void)state;
	put_segment();
	put_ipv4(6);
	put_ethernet(0x0800);
	/* Captured up to the last byte before the FCS: nothing of the packet is missing. */
	assert_int_equal(decode_view(made(), made().n + 4, 1, 4), DECODED_SEGMENT);
	assert_segment4();
	assert_int_equal(rig.n, 0);
}

/* PPPoE tells its length too: where IP leaves it to the card, that one counts. */
static void
test_pppoe_length(void **state)
{
	(void)state;
	put_segment();
	put16(put_ipv4(6) + 2, 0);
	fix_ipv4_sum(packet.bytes + packet.at);
	put_hex("1100 0001 003f 0021");
	put_ethernet(0x8864);
	append(6);
	assert_int_equal(decode_made(1), DECODED_SEGMENT);
	assert_segment4();
}

/* A file may claim fewer bytes on the wire than it holds. */
static void
test_wire_below_captured(void **state)
{
	(void)state;
	put_segment();
	put_ipv4(6);
	put_ethernet(0x0800);
	assert_int_equal(decode_view(made(), 10, 1, 0), DECODED_SEGMENT);
	assert_segment4();
	put_segment();
	put16(put_ipv4(6) + 2, 0);
	fix_ipv4_sum(packet.bytes + packet.at);
	put_ethernet(0x0800);
	assert_int_equal(decode_view(made(), 60, 1, 0), DECODED_SEGMENT);
	assert_segment4();
}

static void
test_not_ip(void **state)
{
	static const struct { int linktype; const char *hex; } other[] = {
		{ 1, "ffffffffffff 020000000002 0806 0001080006040001" },	/* ARP */
		{ 1, "0180c2000000 020000000002 0026 424203 0000" },		/* spanning tree */
		{ 1, "020000000001 020000000002 05ff 0000" },			/* neither length nor type */
		{ 1, "020000000001 020000000002 8863 1109 0000 0000" },		/* PPPoE discovery */
		{ 1, "020000000001 020000000002 8864 1109 0000 0000 0021" },
		{ 9, "ff03 c021 01010004" },					/* LCP */
		{ 0, "07000000 45000000" },
		{ 113, "0000 0001 0006 0200000000020000 0001 ffff" },
		{ 101, "50000000" },
		{ 105, "0800 0000" },						/* 802.11 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
		rig_new();
		start();
		put_hex(other[i].hex);
		assert_int_equal(decode_made(other[i].linktype), DECODED_NOTHING);
		assert_int_equal(stats().not_ip, 1);
		assert_int_equal(rig.n, 0);
	}
	assert_false(decode_linktype_known(105));
	assert_false(decode_linktype_known(-1));
}

static void
test_too_many_tags(void **state)
{
	(void)state;
	for (int tags = 7; tags <= 9; tags++) {
		rig_new();
		put_segment();
		put_ipv4(6);
		for (int i = 0; i < tags; i++)
			put_hex(i ? "0001 8100" : "0001 0800");
		put_ethernet(0x8100);
		assert_int_equal(decode_made(1), tags > LIMIT_VLAN_TAGS ? DECODED_NOTHING : DECODED_SEGMENT);
		assert_int_equal(said(FINDING_IP_DEPTH), tags > LIMIT_VLAN_TAGS);
	}
}

static void
test_too_many_labels(void **state)
{
	(void)state;
	for (int labels = 15; labels <= 17; labels++) {
		rig_new();
		put_segment();
		put_ipv4(6);
		for (int i = 0; i < labels; i++)
			put_hex(i ? "00010040" : "00010140");
		put_ethernet(0x8847);
		assert_int_equal(decode_made(1), labels > LIMIT_MPLS_LABELS ? DECODED_NOTHING : DECODED_SEGMENT);
		assert_int_equal(said(FINDING_IP_DEPTH), labels > LIMIT_MPLS_LABELS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_links), RIG_TEST(test_links_cut), RIG_TEST(test_padding), RIG_TEST(test_fcs_cut),
		RIG_TEST(test_pppoe_length), RIG_TEST(test_wire_below_captured), RIG_TEST(test_not_ip), RIG_TEST(test_too_many_tags),
		RIG_TEST(test_too_many_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
