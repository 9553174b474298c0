/* Datagrams in pieces: any order, overlaps of every kind, what never comes, and every bound. */
#include "decode_frames.h"

enum { PAYLOAD = 3000, WHOLE = PAYLOAD + 20 };

static uint8_t whole[WHOLE];		/* the TCP segment that is cut into fragments */

static void
make_whole(void)
{
	start();
	for (size_t i = 0; i < PAYLOAD; i++)
		*front(1) = (uint8_t)(i * 7 + i / 251);
	put_tcp();
	memcpy(whole, made().p, WHOLE);
}

static struct said
last_said(void)
{
	assert_true(rig.n > 0);
	return rig.said[rig.n - 1];
}

struct frag {
	bool v6;
	unsigned protocol;		/* 0: TCP */
	unsigned id;
	size_t offset, n;
	bool more;
	int change;			/* added to each byte */
	size_t cut;			/* bytes that the snaplen took */
	unsigned ttl;			/* 0: as put_ipv4() has it */
	unsigned vlan;
};

static void
put_fragment(const struct frag *f)
{
	unsigned protocol = f->protocol ? f->protocol : 6;
	uint8_t *p;

	start();
	p = front(f->n);
	for (size_t i = 0; i < f->n; i++)
		p[i] = (uint8_t)((f->offset + i < WHOLE ? whole[f->offset + i] : 0) + f->change);
	if (f->v6) {
		p = front(8);
		p[0] = (uint8_t)protocol;
		put16(p + 2, f->offset | f->more);
		put32(p + 4, f->id);
		p = put_ipv6(44);
		p[7] = (uint8_t)(f->ttl ? f->ttl : p[7]);
	} else {
		p = put_ipv4(protocol);
		put16(p + 4, f->id);
		put16(p + 6, f->offset / 8 | (f->more ? 0x2000u : 0));
		p[8] = (uint8_t)(f->ttl ? f->ttl : p[8]);
		fix_ipv4_sum(p);
	}
	if (f->vlan) {
		put_hex(f->v6 ? "86dd" : "0800");
		put16(front(2), f->vlan);
	}
	put_ethernet(f->vlan ? 0x8100 : f->v6 ? 0x86dd : 0x0800);
}

static enum decoded
send_fragment(struct frag f)
{
	put_fragment(&f);
	return decode_view(slice_take(made(), made().n - f.cut), made().n, 1, 0);
}

#define SEND(...) send_fragment((struct frag){ __VA_ARGS__ })
#define KEPT(...) assert_int_equal(SEND(__VA_ARGS__), DECODED_FRAGMENT)
#define DONE(...) assert_int_equal(SEND(__VA_ARGS__), DECODED_SEGMENT)

static void
assert_whole(void)
{
	assert_int_equal(rig.segment.length, PAYLOAD);
	assert_payload((slice){ whole + 20, PAYLOAD });
	assert_true(rig.segment.fragmented);
	assert_int_equal(rig.segment.mark, 0);
	assert_int_equal(rig.segment.from.packet, rig.packets);
	assert_int_equal(rig.segment.seq, SEQ);
}

static void
test_any_order(void **state)
{
	static const size_t at[] = { 0, 8, 1000, 2200, WHOLE };

	(void)state;
	for (int order = 0; order < 24; order++) {
		int left[4] = { 0, 1, 2, 3 }, o = order;

		rig_new();
		for (int n = 4; n > 0; n--) {
			int k = o % n, i = left[k];

			o /= n;
			left[k] = left[n - 1];
			assert_int_equal(SEND(.offset = at[i], .n = at[i + 1] - at[i], .more = i < 3, .ttl = i ? 9 : 50),
			    n == 1 ? DECODED_SEGMENT : DECODED_FRAGMENT);
		}
		assert_whole();
		assert_int_equal(rig.segment.npiece, 3);
		for (unsigned i = 0; i < 3; i++)
			assert_int_equal(rig.segment.piece[i].packet, rig.packets - 3 + i);
		assert_int_equal(rig.segment.ttl, 50);
		assert_int_equal(stats().reassembled, 1);
		assert_int_equal(stats().fragments, 4);
	}
}

static void
test_any_order_ipv6(void **state)
{
	static const size_t at[] = { 0, 24, 1000, 2200, WHOLE };

	(void)state;
	for (int order = 0; order < 24; order++) {
		int left[4] = { 0, 1, 2, 3 }, o = order;

		rig_new();
		for (int n = 4; n > 0; n--) {
			int k = o % n, i = left[k];

			o /= n;
			left[k] = left[n - 1];
			/* What follows is told by the first fragment alone. */
			assert_int_equal(SEND(true, .offset = at[i], .n = at[i + 1] - at[i], .more = i < 3, .ttl = i ? 9 : 50,
			    .protocol = i ? 59 : 6), n == 1 ? DECODED_SEGMENT : DECODED_FRAGMENT);
		}
		assert_whole();
		assert_int_equal(rig.segment.ttl, 50);
		assert_int_equal(rig.n, 0);
	}
}

/* The same fragment captured twice is no overlap, and a copy after the end is no new datagram that never ends. */
static void
test_duplicates(void **state)
{
	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		rig_new();
		KEPT(v6, .n = 1480, .more = true);
		KEPT(v6, .n = 1480, .more = true);
		DONE(v6, .offset = 1480, .n = WHOLE - 1480);
		assert_whole();
		KEPT(v6, .offset = 1480, .n = WHOLE - 1480);
		decoder_finish(rig.decoder);
		assert_int_equal(rig.n, 0);
	}
}

static void
test_overlap(void **state)
{
	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		rig_new();
		KEPT(v6, .n = 1480, .more = true);
		KEPT(v6, .offset = 1464, .n = WHOLE - 1464);
		assert_int_equal(rig.n, 1);
		assert_int_equal(last_said().finding, FINDING_IP_FRAG_OVERLAP);
		assert_text("fragment at offset 1464 overlaps by 16 bytes; the datagram is discarded");
		/* Told once, and its parts are not told as incomplete besides. */
		KEPT(v6, .n = 1480, .more = true);
		KEPT(v6, .offset = 1464, .n = WHOLE - 1464);
		KEPT(v6, .n = 1480, .more = true);
		DONE(v6, .offset = 1480, .n = WHOLE - 1480);
		assert_whole();
		decoder_finish(rig.decoder);
		assert_int_equal(rig.n, 1);
	}
}

static void
test_conflict(void **state)
{
	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		rig_new();
		KEPT(v6, .n = 1480, .more = true);
		KEPT(v6, .offset = 1464, .n = WHOLE - 1464, .change = 1);
		assert_int_equal(rig.n, 1);
		assert_int_equal(last_said().finding, FINDING_IP_FRAG_CONFLICT);
		assert_text("fragment at offset 1464 overlaps by 16 bytes, and they differ; the datagram is discarded");
		/* Why the datagram never came to be was told: its other pieces are no news. */
		KEPT(v6, .offset = 1480, .n = WHOLE - 1480);
		decoder_finish(rig.decoder);
		assert_int_equal(rig.n, 1);
	}
}

/* Wholly inside a run, Linux calls it a duplicate and never reads it. */
static void
test_inside_a_run(void **state)
{
	(void)state;
	KEPT(.n = 800, .more = true);
	KEPT(.offset = 800, .n = 800, .more = true);
	KEPT(.offset = 400, .n = 800, .more = true, .change = 1);
	assert_text("fragment at offset 400 overlaps by 800 bytes, and they differ; the first copy counts");
	DONE(.offset = 1600, .n = WHOLE - 1600);
	assert_whole();
}

/* The same pieces, but the second came first: no run holds both. */
static void
test_across_two_runs(void **state)
{
	(void)state;
	KEPT(.offset = 800, .n = 800, .more = true);
	KEPT(.n = 800, .more = true);
	KEPT(.offset = 400, .n = 800, .more = true);
	assert_text("fragment at offset 400 overlaps by 800 bytes; the datagram is discarded");
	KEPT(.offset = 1600, .n = WHOLE - 1600);
}

/* An exact copy with other bytes: the first counts. */
static void
test_copy_that_differs(void **state)
{
	(void)state;
	KEPT(.n = 1480, .more = true);
	KEPT(.n = 1480, .more = true, .change = 5);
	assert_int_equal(last_said().finding, FINDING_IP_FRAG_CONFLICT);
	DONE(.offset = 1480, .n = WHOLE - 1480);
	assert_whole();
}

static void
test_ends_disagree(void **state)
{
	(void)state;
	KEPT(.offset = 1480, .n = 800);
	KEPT(.offset = 1480, .n = 1540);
	assert_text("fragments disagree about the datagram's end; the datagram is discarded");
	rig_new();
	KEPT(.offset = 1480, .n = 800);
	KEPT(.offset = 2400, .n = 80, .more = true);
	assert_int_equal(last_said().finding, FINDING_IP_MALFORMED);
	rig_new();
	KEPT(.offset = 1480, .n = 800, .more = true);
	KEPT(.offset = 8, .n = 800);
	assert_text("fragments disagree about the datagram's end; the datagram is discarded");
	rig_new();
	KEPT(.offset = 1480, .n = 0);
	assert_text("a fragment without a byte; the datagram is discarded");
}

/* Fragments that are not the last come in eights: IPv4 cuts the rest off, IPv6 refuses the fragment. */
static void
test_eights(void **state)
{
	(void)state;
	KEPT(.n = 1483, .more = true);
	DONE(.offset = 1480, .n = WHOLE - 1480);
	assert_whole();
	assert_int_equal(rig.n, 0);
	KEPT(true, .n = 1483, .more = true);
	assert_text("fragment of 1483 bytes, and more follow; not used");
	KEPT(true, .offset = 1480, .n = WHOLE - 1480);
	decoder_finish(rig.decoder);
	assert_true(said(FINDING_IP_FRAG_INCOMPLETE));
}

static void
test_tiny(void **state)
{
	(void)state;
	KEPT(.n = 8, .more = true);
	assert_int_equal(last_said().finding, FINDING_IP_FRAG_TINY);
	assert_text("first fragment of 8 bytes");
	DONE(.offset = 8, .n = WHOLE - 8);
	assert_whole();
	KEPT(true, .n = 16, .more = true);
	assert_text("first fragment of 16 bytes; not used");
	KEPT(true, .offset = 16, .n = WHOLE - 16);
	KEPT(true, .n = 16, .more = true);
	/* Large enough for the fixed header, but not for the options. */
	whole[12] = 0x80;
	KEPT(.id = 7, .n = 24, .more = true);
	assert_text("first fragment of 24 bytes");
	make_whole();
}

static void
test_oversize(void **state)
{
	(void)state;
	KEPT(.n = 65504, .more = true, .id = 3);
	KEPT(.offset = 65504, .n = 32, .id = 3);
	assert_int_equal(rig.n, 1);
	assert_int_equal(last_said().finding, FINDING_IP_FRAG_OVERSIZE);
	assert_text("fragment at offset 65504 ends at 65536; the datagram will not be used");
	/* 65535 with the header is as long as a datagram can be. */
	KEPT(.n = 65504, .more = true, .id = 4);
	DONE(.offset = 65504, .n = 11, .id = 4);
	assert_int_equal(rig.segment.length, 65495);
	KEPT(true, .offset = 65528, .n = 8);
	assert_text("fragment at offset 65528 ends at 65536; not used");
	decoder_finish(rig.decoder);
	assert_int_equal(rig.n, 2);
}

static void
test_timeout(void **state)
{
	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		rig_new();
		KEPT(v6, .n = 1480, .more = true, .id = 9);
		rig.time += (v6 ? 60 : 30) * NSTIME_S;
		KEPT(v6, .n = 1480, .more = true, .id = 10);
		assert_int_equal(rig.n, 0);
		rig.time += 1;
		put_segment();
		put_ipv4(6);
		decode_made(101);		/* any packet moves the clock */
		assert_int_equal(rig.n, 1);
		assert_int_equal(last_said().finding, FINDING_IP_FRAG_INCOMPLETE);
		assert_text(v6 ? "datagram 9 from 2001:db8::10 to 2001:db8::5: 1480 bytes in 1 fragment of at least 1480, and no more in time"
		    : "datagram 9 from 192.0.2.10 to 198.51.100.5: 1480 bytes in 1 fragment of at least 1480, and no more in time");
		assert_int_equal(last_said().from.packet, 1);
		KEPT(v6, .offset = 1480, .n = WHOLE - 1480, .id = 9);
		DONE(v6, .offset = 1480, .n = WHOLE - 1480, .id = 10);
	}
}

/* One packet from the future is not time; nine are. */
static void
test_stray_time(void **state)
{
	(void)state;
	KEPT(.n = 1480, .more = true);
	for (int i = 0; i < 9; i++) {
		nstime now = rig.time;

		rig.time += 7200 * NSTIME_S;
		put_segment();
		put_ipv4(6);
		decode_made(101);
		rig.time = now;
		assert_int_equal(rig.n, i < 7 ? 0 : 1);
	}
	rig_new();
	KEPT(.n = 1480, .more = true);
	rig.time = NSTIME_NONE;
	put_segment();
	put_ipv4(6);
	decode_made(101);
	rig.time = INT64_MAX;
	decode_made(101);
	DONE(.offset = 1480, .n = WHOLE - 1480);
	assert_int_equal(rig.n, 0);
}

static void
test_finish(void **state)
{
	(void)state;
	KEPT(.n = 1480, .more = true, .id = 1);
	KEPT(.offset = 2000, .n = WHOLE - 2000, .id = 2);
	KEPT(.n = 1480, .more = true, .id = 3, .protocol = 17);		/* UDP that nobody opens */
	KEPT(.offset = 1480, .n = 80, .more = true, .id = 4, .protocol = 17);
	SEND(.n = 1480, .more = true, .id = 5, .protocol = 50);
	KEPT(true, .n = 1480, .more = true, .id = 6, .protocol = 58);
	decoder_finish(rig.decoder);
	assert_int_equal(rig.n, 2);
	assert_string_equal(rig.said[0].text,
	    "datagram 1 from 192.0.2.10 to 198.51.100.5: 1480 bytes in 1 fragment of at least 1480, when the capture ended");
	assert_string_equal(rig.said[1].text,
	    "datagram 2 from 192.0.2.10 to 198.51.100.5: 1020 bytes in 1 fragment of 3020, when the capture ended");
	decoder_finish(rig.decoder);
	assert_int_equal(rig.n, 2);
}

static void
test_datagrams_bounded(void **state)
{
	(void)state;
	for (unsigned id = 0; id <= LIMIT_DATAGRAMS; id++)
		KEPT(.n = 80, .more = true, .id = id);
	assert_int_equal(rig.n, 1);
	assert_text("datagram 0 from 192.0.2.10 to 198.51.100.5: 80 bytes in 1 fragment of at least 80, given up to make room for others");
	DONE(.offset = 80, .n = WHOLE - 80, .id = 1);
	KEPT(.offset = 80, .n = WHOLE - 80, .id = 0);
}

static void
test_bytes_bounded(void **state)
{
	const struct decode_user user = { .self = &rig, .note = rig_note };

	(void)state;
	decoder_free(&rig.decoder);
	rig.decoder = decoder_new(&user, 4000);
	KEPT(.n = 1600, .more = true, .id = 1);
	KEPT(.n = 1600, .more = true, .id = 2);
	KEPT(.n = 1600, .more = true, .id = 3);
	assert_int_equal(rig.n, 1);
	DONE(.offset = 1600, .n = WHOLE - 1600, .id = 3);
	assert_int_equal(rig.n, 2);
	KEPT(.n = 5000, .more = true, .id = 4);		/* larger than all there is */
	assert_int_equal(last_said().finding, FINDING_IP_FRAG_INCOMPLETE);
}

static void
test_pieces_bounded(void **state)
{
	(void)state;
	for (size_t i = 0; i < LIMIT_FRAGMENTS + 2; i++)
		KEPT(.offset = 16 + i * 16, .n = 8, .more = true);
	assert_int_equal(rig.n, 1);
	assert_text("datagram 0 from 192.0.2.10 to 198.51.100.5: 512 bytes in 64 fragments of at least 1032, and no room for more of them");
}

/* Datagrams are told apart by addresses, identification, protocol and VLAN. */
static void
test_not_mixed(void **state)
{
	(void)state;
	KEPT(.n = 1480, .more = true, .id = 1, .vlan = 5);
	KEPT(.offset = 1480, .n = WHOLE - 1480, .id = 2, .vlan = 5);
	KEPT(.offset = 1480, .n = WHOLE - 1480, .id = 1, .vlan = 6);
	KEPT(.offset = 1480, .n = WHOLE - 1480, .id = 1, .vlan = 5, .protocol = 47);
	KEPT(true, .offset = 1480, .n = WHOLE - 1480, .id = 1, .vlan = 5);
	DONE(.offset = 1480, .n = WHOLE - 1480, .id = 1, .vlan = 5);
	assert_whole();
	assert_int_equal(rig.segment.vlan[0], 5);
}

/* What the snaplen took is a hole: the bytes before it are there, the length is the true one. */
static void
test_cut(void **state)
{
	(void)state;
	KEPT(.n = 1000, .more = true);
	KEPT(.offset = 1000, .n = 1000, .more = true, .cut = 300);
	DONE(.offset = 2000, .n = WHOLE - 2000);
	assert_int_equal(rig.segment.length, PAYLOAD);
	assert_payload((slice){ whole + 20, 1700 - 20 });
	assert_int_equal(segment_checksum(&rig.segment), CHECKSUM_UNKNOWN);
	KEPT(.n = 1000, .more = true, .cut = 990);
	SEND(.offset = 1000, .n = WHOLE - 1000);
	assert_int_equal(stats().reassembled, 2);
	/* Overlaps are compared only where both were captured. */
	KEPT(.n = 1000, .more = true, .cut = 500, .id = 2);
	KEPT(.n = 1000, .more = true, .id = 2);
	assert_false(said(FINDING_IP_FRAG_CONFLICT));
}

/* A tunnel in fragments, and in it a datagram in fragments. */
static void
test_nested(void **state)
{
	static uint8_t inner[2][2000];
	size_t n[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		put_fragment(&(struct frag){ .offset = i ? 1480 : 0, .n = i ? WHOLE - 1480 : 1480, .more = !i, .id = 77 });
		put_hex("0800000000002a00");
		put_udp(49152, 4789);
		n[i] = made().n;
		memcpy(inner[i], made().p, n[i]);
	}
	for (int i = 0; i < 2; i++) {
		memcpy(whole, inner[i], n[i]);
		KEPT(.offset = 800, .n = n[i] - 800, .id = 5u + (unsigned)i, .protocol = 17);
		assert_int_equal(SEND(.n = 800, .more = true, .id = 5u + (unsigned)i, .protocol = 17),
		    i ? DECODED_SEGMENT : DECODED_FRAGMENT);
	}
	make_whole();
	assert_whole();
	assert_int_equal(rig.segment.depth, 1);
	assert_int_equal(stats().reassembled, 3);
	assert_int_equal(stats().fragments, 6);
	decoder_finish(rig.decoder);
	assert_int_equal(rig.n, 0);
}

/* Fragments of UDP that is no tunnel take no room. */
static void
test_plain_udp(void **state)
{
	(void)state;
	KEPT(.n = 1480, .more = true);
	for (unsigned id = 0; id < 3 * LIMIT_DATAGRAMS; id++) {
		SEND(.n = 80, .more = true, .id = id, .protocol = 17);
		SEND(.offset = 80, .n = 80, .more = true, .id = id, .protocol = 17);
		SEND(.offset = 160, .n = 80, .id = id, .protocol = 17);
	}
	assert_int_equal(rig.n, 0);
	assert_int_equal(stats().reassembled, 0);
	DONE(.offset = 1480, .n = WHOLE - 1480);
}

/* Cut anywhere, in any order, each piece up to three times: whole as soon as all are there, and nothing to say about it. */
static void
test_random(void **state)
{
	unsigned r = 1;

	(void)state;
	for (unsigned round = 0; round < 500; round++) {
		struct frag piece[3 * 64];
		size_t n = 0, seen = 0;
		bool whole_once = false;

		for (size_t at = 0, next; at < WHOLE; at = next) {
			next = at + 24 + (r = r * 1103515245 + 12345, (r >> 16) % 60) * 8;
			for (unsigned copies = 1 + (r >> 8) % 3; copies > 0; copies--)
				piece[n++] = (struct frag){ .v6 = round % 2, .id = round, .offset = at,
				    .n = (next < WHOLE ? next : WHOLE) - at, .more = next < WHOLE };
		}
		for (size_t i = n; i > 0 && !whole_once; i--) {
			size_t k = (r = r * 1103515245 + 12345, (r >> 8) % i);
			bool first = true;

			for (size_t j = i; j < n; j++)		/* those sent stand behind */
				first &= piece[j].offset != piece[k].offset;
			seen += first ? piece[k].n : 0;
			whole_once = seen == WHOLE;
			assert_int_equal(send_fragment(piece[k]), whole_once ? DECODED_SEGMENT : DECODED_FRAGMENT);
			struct frag sent = piece[k];
			piece[k] = piece[i - 1];
			piece[i - 1] = sent;
		}
		assert_true(whole_once);
		assert_whole();
	}
	decoder_finish(rig.decoder);
	assert_int_equal(rig.n, 0);
}

static int
setup(void **state)
{
	make_whole();
	return rig_setup(state);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, rig_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_any_order), TEST(test_any_order_ipv6), TEST(test_duplicates), TEST(test_overlap), TEST(test_conflict),
		TEST(test_inside_a_run), TEST(test_across_two_runs), TEST(test_copy_that_differs), TEST(test_ends_disagree),
		TEST(test_eights), TEST(test_tiny), TEST(test_oversize), TEST(test_timeout), TEST(test_stray_time),
		TEST(test_finish), TEST(test_datagrams_bounded), TEST(test_bytes_bounded), TEST(test_pieces_bounded),
		TEST(test_not_mixed), TEST(test_cut), TEST(test_nested), TEST(test_plain_udp),
		TEST(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
