/* ICMP errors: which segment they speak of, and in what words. */
#include "decode_frames.h"

static void
put_icmp(unsigned type, unsigned code, uint32_t rest, bool v6)
{
	uint8_t *p = front(8);
	uint32_t sum = 0;

	p[0] = (uint8_t)type;
	p[1] = (uint8_t)code;
	put32(p + 4, rest);
	if (v6) {	/* the pseudo-header of put_ipv6() */
		sum = slow_sum(58, S("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x05"));
		sum += (uint32_t)made().n;
	}
	put16(p + 2, (uint16_t)~slow_sum(sum, made()));
}

/* The client's segment, cut to what routers quote, comes back from the server's side; `by` is 192.0.2.10 here. */
static void
make(bool v6, unsigned type, unsigned code, uint32_t rest, size_t quoted)
{
	put_segment();
	v6 ? put_ipv6(6) : put_ipv4(6);
	if (made().n > quoted) {
		size_t more = made().n - quoted;

		memmove(packet.bytes + packet.at + more, packet.bytes + packet.at, quoted);
		packet.at += more;
	}
	put_icmp(type, code, rest, v6);
	v6 ? put_ipv6(58) : put_ipv4(1);
}

static const struct row {
	bool v6;
	unsigned type, code;
	uint32_t rest;
	const char *text;
	bool too_big;
	uint16_t mtu;
} rows[] = {
	{ false, 3, 0, 0, "network unreachable", false, 0 },
	{ false, 3, 1, 0, "host unreachable", false, 0 },
	{ false, 3, 3, 0, "port unreachable", false, 0 },
	{ false, 3, 4, 1400, "fragmentation needed, MTU 1400", true, 1400 },
	{ false, 3, 4, 0, "fragmentation needed", true, 0 },
	{ false, 3, 9, 0, "communication with network administratively prohibited", false, 0 },
	{ false, 3, 10, 0, "communication with host administratively prohibited", false, 0 },
	{ false, 3, 13, 0, "communication administratively prohibited", false, 0 },
	{ false, 3, 15, 0, "precedence cutoff in effect", false, 0 },
	{ false, 3, 16, 0, "destination unreachable, code 16", false, 0 },
	{ false, 11, 0, 0, "time to live exceeded in transit", false, 0 },
	{ true, 1, 0, 0, "no route to destination", false, 0 },
	{ true, 1, 1, 0, "communication administratively prohibited", false, 0 },
	{ true, 1, 3, 0, "address unreachable", false, 0 },
	{ true, 1, 4, 0, "port unreachable", false, 0 },
	{ true, 1, 9, 0, "destination unreachable, code 9", false, 0 },
	{ true, 2, 0, 1280, "packet too big, MTU 1280", true, 1280 },
	{ true, 2, 0, 70000, "packet too big, MTU 65535", true, 65535 },
	{ true, 3, 0, 0, "hop limit exceeded in transit", false, 0 },
};

static void
assert_error(const struct row *r)
{
	char text[128], end[ENDPOINT_TEXT], by[ADDR_TEXT];
	const struct icmp_error *e = &rig.icmp;

	assert_string_equal(icmp_error_text(e, text, sizeof text), r->text);
	assert_int_equal(icmp_error_is_unreachable(e), !r->too_big);
	assert_int_equal(e->mtu, r->mtu);
	assert_string_equal(endpoint_text(&e->src, end), r->v6 ? "[2001:db8::10]:51234" : "192.0.2.10:51234");
	assert_string_equal(endpoint_text(&e->dst, end), r->v6 ? "[2001:db8::5]:25" : "198.51.100.5:25");
	assert_string_equal(addr_text(&e->by, by), r->v6 ? "2001:db8::10" : "192.0.2.10");
	assert_int_equal(e->seq, SEQ);
	assert_int_equal(e->from.packet, rig.packets);
}

static void
test_errors(void **state)
{
	(void)state;
	for (const struct row *r = rows; r < rows + sizeof rows / sizeof *rows; r++)
		for (size_t quoted = (r->v6 ? 48 : 28); quoted < 70; quoted += 13) {
			make(r->v6, r->type, r->code, r->rest, quoted);
			if (decode_made(101) != DECODED_ICMP)
				fail_msg("%s", r->text);
			assert_error(r);
		}
	assert_int_equal(rig.n, 0);
}

static void
test_text_is_cut(void **state)
{
	char few[8];

	(void)state;
	make(false, 3, 1, 0, 28);
	decode_made(101);
	assert_string_equal(icmp_error_text(&rig.icmp, few, sizeof few), "host un");
}

static void
test_not_of_tcp(void **state)
{
	(void)state;
	make(false, 8, 0, 0, 28);			/* echo */
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	make(false, 3, 1, 0, 27);			/* quotes too little */
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	make(true, 1, 0, 0, 47);
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	put_segment();
	put_ipv4(17);
	put_icmp(3, 3, 0, false);			/* about UDP */
	put_ipv4(1);
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	put_segment();
	put_ipv4(6)[7] = 1;				/* about a later fragment: no ports in it */
	put_icmp(3, 3, 0, false);
	put_ipv4(1);
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	assert_int_equal(stats().icmp, 5);
}

static void
test_bad_sum(void **state)
{
	(void)state;
	make(false, 3, 1, 0, 28);
	packet.bytes[ROOM - 1] ^= 1;
	assert_int_equal(decode_made(101), DECODED_NOTHING);
	assert_int_equal(stats().malformed, 1);
	/* Cut by the snaplen nobody can tell. */
	assert_int_equal(decode_view(made(), made().n + 10, 101, 0), DECODED_NOTHING);
	put16(packet.bytes + packet.at + 2, made().n + 10);
	fix_ipv4_sum(packet.bytes + packet.at);
	assert_int_equal(decode_view(made(), made().n + 10, 101, 0), DECODED_ICMP);
}

/* Extension headers in the quoted packet. */
static void
test_quoted_extensions(void **state)
{
	(void)state;
	put_segment();
	put_hex("2c 00 0104 00000000  06 00 0001 00000007");	/* destination options, first fragment */
	put_ipv6(60);
	put_icmp(1, 4, 0, true);
	put_ipv6(58);
	assert_int_equal(decode_made(101), DECODED_ICMP);
	assert_error(&(struct row){ true, 1, 4, 0, "port unreachable", false, 0 });
	put_segment();
	put_hex("06 00 0009 00000007");				/* a later fragment */
	put_ipv6(44);
	put_icmp(1, 4, 0, true);
	put_ipv6(58);
	assert_int_equal(decode_made(101), DECODED_NOTHING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_errors), RIG_TEST(test_text_is_cut), RIG_TEST(test_not_of_tcp), RIG_TEST(test_bad_sum),
		RIG_TEST(test_quoted_extensions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
