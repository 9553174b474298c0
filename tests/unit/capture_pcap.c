/* capture_pcap.c - classic capture files: every magic, every oddity, every damage. */
#include "capture_build.h"

#include <pcap/pcap.h>

static const uint32_t MICRO = 0xa1b2c3d4, NANO = 0xa1b23c4d, KUZNETZOV = 0xa1b2cd34;

static struct buf
begin_pcap(bool big, uint32_t magic, uint32_t snaplen, uint32_t link)
{
	struct buf b;

	buf_init(&b, SIZE_MAX / 2);
	put_pcap_header(&b, big, magic, snaplen, link);
	return b;
}

static struct run *
run_and_free(struct buf *b)
{
	struct run *r = run_bytes(buf_slice(b));

	buf_fini(b);
	return r;
}

static void
test_magics(void **state)
{
	static const struct { bool big; bool nano; } cases[] = { { false, false }, { false, true }, { true, false }, { true, true } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = begin_pcap(cases[i].big, cases[i].nano ? NANO : MICRO, 65535, 1);
		struct run *r;

		put_record(&b, cases[i].big, 1700000000, 123456, S("one"), 3);
		put_record(&b, cases[i].big, 4000000000U, 5, S("two, cut"), 1000);
		r = run_and_free(&b);
		assert_int_equal(r->opened, 0);
		assert_int_equal(r->end, SOURCE_END);
		assert_int_equal(r->n, 2);
		assert_slice(r->frame[0].bytes, "one");
		assert_int_equal(r->frame[0].wire, 3);
		assert_int_equal(r->frame[0].linktype, 1);
		assert_int_equal(r->frame[0].fcs, 0);
		assert_int_equal(r->frame[0].number, 1);
		assert_true(r->frame[0].time == 1700000000 * NSTIME_S + (cases[i].nano ? 123456 : 123456000));
		assert_int_equal(r->frame[0].digits, cases[i].nano ? 9 : 6);
		assert_slice(r->frame[1].bytes, "two, cut");
		assert_int_equal(r->frame[1].wire, 1000);
		assert_true(r->frame[1].time == 4000000000 * NSTIME_S + (cases[i].nano ? 5 : 5000));
		assert_int_equal(r->frame[1].number, 2);
		assert_int_equal(r->notes, 0);
		assert_false(r->stats.damaged);
		assert_int_equal(r->stats.packets, 2);
		assert_int_equal(r->stats.bytes, 11);
		assert_int_equal(r->stats.read, r->stats.size);
		assert_int_equal(r->stats.digits, cases[i].nano ? 9 : 6);
		run_free(r);
	}
}

static void
test_kuznetzov(void **state)
{
	struct buf b = begin_pcap(false, KUZNETZOV, 65535, 1);
	struct run *r;

	(void)state;
	for (int i = 0; i < 2; i++) {
		put_record(&b, false, 10, 1, SLICE_NONE, 4);
		set_number(&b, b.n - 8, false, 4);
		put_number(&b, false, 0x1122334455667788, 8);		/* interface, protocol, packet type */
		buf_add(&b, S("data"));
	}
	r = run_and_free(&b);
	assert_int_equal(r->n, 2);
	assert_slice(r->frame[1].bytes, "data");
	run_free(r);
}

/* Before 2.3 the captured length stood last. */
static void
test_old_version(void **state)
{
	struct buf b = begin_pcap(false, MICRO, 65535, 1);
	struct run *r;

	(void)state;
	b.p[6] = 2;
	put_record(&b, false, 1, 0, S("abcde"), 9);
	set_number(&b, 24 + 8, false, 9);
	set_number(&b, 24 + 12, false, 5);
	r = run_and_free(&b);
	assert_int_equal(r->n, 1);
	assert_slice(r->frame[0].bytes, "abcde");
	assert_int_equal(r->frame[0].wire, 9);
	run_free(r);
}

static void
test_link_type(void **state)
{
	/* draft-ietf-opsawg-pcap: FCS length 2 units of 16 bits, P bit set, link type 1; then without the P bit */
	static const struct { uint32_t field; int linktype; unsigned fcs; } cases[] = {
		{ 0x24000001, 1, 4 }, { 0x20000001, 1, 0 }, { 0x00000071, 113, 0 }, { 101, 101, 0 }, { 276, 276, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = begin_pcap(i % 2, MICRO, 65535, cases[i].field);
		struct run *r;

		put_record(&b, i % 2, 1, 0, S("x"), 1);
		r = run_and_free(&b);
		assert_int_equal(r->n, 1);
		assert_int_equal(r->frame[0].linktype, cases[i].linktype);
		assert_int_equal(r->frame[0].fcs, cases[i].fcs);
		run_free(r);
	}
}

/* Lengths that contradict each other, and are accepted all the same. */
static void
test_odd_lengths(void **state)
{
	static const struct { uint32_t snaplen, wire, wire_r; } cases[] = {
		{ 0, 6, 6 },		/* no snaplen */
		{ 4, 6, 6 },		/* longer than the snaplen */
		{ 65535, 5, 6 },	/* longer than the packet was */
		{ 65535, 0, 6 },
		{ UINT32_MAX, 6, 6 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = begin_pcap(false, MICRO, cases[i].snaplen, 1);
		struct run *r;

		put_record(&b, false, 1, 0, S("sixsix"), cases[i].wire);
		put_record(&b, false, 1, 1, S(""), 0);
		r = run_and_free(&b);
		assert_int_equal(r->n, 2);
		assert_slice(r->frame[0].bytes, "sixsix");
		assert_int_equal(r->frame[0].wire, cases[i].wire_r);
		assert_int_equal(r->frame[1].bytes.n, 0);
		assert_false(r->stats.damaged);
		run_free(r);
	}
}

/* A file cut at any place gives the packets that are whole, and says where it was cut. */
static void
test_truncated(void **state)
{
	struct buf b = begin_pcap(false, MICRO, 65535, 1);
	size_t end[3];

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		put_record(&b, false, 100 + i, 0, S("some bytes"), 10);
		end[i] = b.n;
	}
	for (size_t cut = 0; cut <= b.n; cut++) {
		struct run *r = run_bytes(slice_take(buf_slice(&b), cut));
		unsigned whole = (unsigned)(cut >= end[0]) + (cut >= end[1]) + (cut >= end[2]);
		bool clean = cut == 24 || cut == end[0] || cut == end[1] || cut == end[2];

		if (cut < 24) {
			assert_int_equal(r->opened, -1);
			assert_int_equal(r->exit, 2);
			run_free(r);
			continue;
		}
		assert_int_equal(r->opened, 0);
		assert_int_equal(r->end, SOURCE_END);
		assert_int_equal(r->n, whole);
		assert_int_equal(r->stats.damaged, !clean);
		assert_int_equal(r->notes, !clean);
		if (!clean) {
			assert_int_equal(r->note[0].finding, FINDING_FILE_TRUNCATED);
			assert_int_equal(r->note[0].offset, whole ? end[whole - 1] : 24);
			assert_int_equal(r->note[0].packet, whole);
		}
		run_free(r);
	}
	buf_fini(&b);
}

/* Bytes thrown in between records: everything else is found again. */
static void
test_bad_record(void **state)
{
	static const uint8_t rubbish[] = "\xff\xfe\xfd\xfc rubbish that is no record at all \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";

	(void)state;
	for (int big = 0; big < 2; big++) {
		struct buf b = begin_pcap(big, big ? NANO : MICRO, 65535, 1);
		struct run *r;
		char skipped[40];
		size_t at;

		put_record(&b, big, 100, 1, S("before"), 6);
		at = b.n;
		buf_add(&b, (slice){ rubbish, sizeof rubbish });
		put_record(&b, big, 100, 2, S("after"), 5);
		put_record(&b, big, 100, 3, S("and later"), 2000);
		r = run_and_free(&b);
		assert_int_equal(r->n, 3);
		assert_slice(r->frame[1].bytes, "after");
		assert_slice(r->frame[2].bytes, "and later");
		assert_int_equal(r->notes, 1);
		assert_int_equal(r->note[0].finding, FINDING_FILE_BAD_RECORD);
		assert_int_equal(r->note[0].offset, at);
		assert_int_equal(r->note[0].packet, 1);
		snprintf(skipped, sizeof skipped, ": %zu bytes skipped", sizeof rubbish);
		assert_non_null(strstr(r->note[0].words, skipped));
		assert_true(r->stats.damaged);
		run_free(r);
	}
}

static void
test_bad_record_to_the_end(void **state)
{
	struct buf b = begin_pcap(false, MICRO, 65535, 1);
	struct run *r;

	(void)state;
	put_record(&b, false, 100, 1, S("before"), 6);
	for (unsigned i = 0; i < 3000000; i++)
		buf_add_byte(&b, (uint8_t)(i * 7919 >> 5 | 0x80));
	r = run_and_free(&b);
	assert_int_equal(r->n, 1);
	assert_int_equal(r->notes, 1);
	assert_int_equal(r->note[0].finding, FINDING_FILE_BAD_RECORD);
	assert_non_null(strstr(r->note[0].words, "3000000 bytes, cannot be read"));
	run_free(r);
}

/* Records that a scan could take for believable ones, days away from the packet before, are not taken. */
static void
test_bad_record_far_away(void **state)
{
	struct buf b = begin_pcap(false, MICRO, 65535, 1);
	struct run *r;

	(void)state;
	put_record(&b, false, 1700000000, 1, S("before"), 6);
	put_number(&b, false, UINT64_MAX, 8);
	put_number(&b, false, UINT64_MAX, 8);
	for (uint32_t i = 0; i < 4; i++)
		put_record(&b, false, 17 + i, 1, S("a capture inside"), 16);
	put_record(&b, false, 1700000000, 2, S("after"), 5);
	r = run_and_free(&b);
	assert_int_equal(r->n, 2);
	assert_slice(r->frame[1].bytes, "after");
	run_free(r);
}

/* Damage without end is told in a bounded number of findings. */
static void
test_many_damages(void **state)
{
	struct buf b = begin_pcap(false, MICRO, 65535, 1);
	struct run *r;

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		put_record(&b, false, 100, i, S("good"), 4);
		put_record(&b, false, 100, i, S("good"), 4);
		put_record(&b, false, 100, i, S("good"), 4);
		put_number(&b, false, UINT64_MAX, 8);
		put_number(&b, false, UINT64_MAX, 8);
	}
	r = run_and_free(&b);
	assert_int_equal(r->n, 300);
	assert_int_equal(r->notes, LIMIT_DAMAGES + 1);
	run_free(r);
}

static void
test_time_backwards(void **state)
{
	struct buf b = begin_pcap(false, MICRO, 65535, 1);
	struct run *r;

	(void)state;
	put_record(&b, false, 100, 0, S("a"), 1);
	put_record(&b, false, 99, 0, S("b"), 1);
	put_record(&b, false, 98, 0, S("c"), 1);
	r = run_and_free(&b);
	assert_int_equal(r->n, 3);
	assert_slice(r->frame[1].bytes, "b");
	assert_int_equal(r->notes, 1);
	assert_int_equal(r->note[0].finding, FINDING_FILE_TIME_BACKWARDS);
	assert_int_equal(r->note[0].packet, 2);
	assert_false(r->stats.damaged);
	run_free(r);
}

/* Large files: records straddle blocks, and are what libpcap reads. */
static void
test_like_libpcap(void **state)
{
	struct buf b = begin_pcap(false, MICRO, 262144, 1);
	uint8_t data[70000];
	const char *path;
	char error[PCAP_ERRBUF_SIZE];
	struct file_options options = { .npath = 1, .quiet = true };
	struct source source;
	struct frame frame;
	struct pcap_pkthdr *header;
	const u_char *bytes;
	pcap_t *pcap;
	int exit_status;
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(random = random * 1103515245 + 12345, random >> 16);
	for (uint32_t i = 0; i < 4000; i++) {
		random = random * 1103515245 + 12345;
		size_t n = (random >> 8) % (i % 50 == 0 ? sizeof data : 3000);

		put_record(&b, false, i, i, slice_take((slice){ data, sizeof data }, n), (uint32_t)n);
	}
	assert_true(b.n > 4 * MiB);
	path = path_of(buf_slice(&b));
	options.path = &path;
	pcap = pcap_open_offline(path, error);
	assert_non_null(pcap);
	assert_int_equal(file_open(&options, &source, &exit_status), 0);
	while (source.next(source.self, &frame) == SOURCE_FRAME) {
		assert_int_equal(pcap_next_ex(pcap, &header, &bytes), 1);
		assert_int_equal(frame.bytes.n, header->caplen);
		assert_int_equal(frame.wire, header->len);
		assert_memory_equal(frame.bytes.p, bytes, header->caplen);
		assert_true(frame.time == header->ts.tv_sec * NSTIME_S + header->ts.tv_usec * 1000);
	}
	assert_int_equal(frame.number, 4000);
	assert_int_equal(pcap_next_ex(pcap, &header, &bytes), PCAP_ERROR_BREAK);
	pcap_close(pcap);
	source.close(source.self);
	forget(path);
	buf_fini(&b);
}

/* What recall() promises, is still there; it promises the last 8 MiB, and forgets what is much older. */
static void
test_recall(void **state)
{
	enum { PACKETS = 30000, BYTES = 1000 };
	struct buf b = begin_pcap(false, MICRO, 65535, 1);
	uint8_t data[BYTES];
	const char *path;
	struct file_options options = { .npath = 1, .quiet = true };
	struct source source;
	struct frame frame, *seen = xcalloc(PACKETS, sizeof *seen);
	size_t n = 0, recalled = 0;
	uint64_t mark = 0;
	int exit_status;

	(void)state;
	for (uint32_t i = 0; i < PACKETS; i++) {
		memset(data, (int)(i % 251), sizeof data);
		put_record(&b, false, 1, i, (slice){ data, sizeof data }, BYTES);
	}
	path = path_of(buf_slice(&b));
	options.path = &path;
	assert_int_equal(file_open(&options, &source, &exit_status), 0);
	while (source.next(source.self, &frame) == SOURCE_FRAME) {
		assert_true(frame.mark >= mark && frame.mark != 0);
		mark = frame.mark;
		seen[n++] = frame;
		if (n % 5000 != 0)
			continue;
		for (size_t i = 0; i < n; i++) {
			bool there = source.recall(source.self, seen[i].mark);

			if ((n - i) * (BYTES + 16) <= LIMIT_RECALL)
				assert_true(there);
			if ((n - i) * (BYTES + 16) > LIMIT_RECALL + 3 * LIMIT_READ_BLOCK)
				assert_false(there);
			if (!there)
				continue;
			recalled++;
			assert_int_equal(seen[i].bytes.p[0], i % 251);
			assert_int_equal(seen[i].bytes.p[BYTES - 1], i % 251);
		}
	}
	assert_int_equal(n, PACKETS);
	assert_true(recalled > 5 * LIMIT_RECALL / (BYTES + 16));
	assert_false(source.recall(source.self, 0));
	source.close(source.self);
	forget(path);
	buf_fini(&b);
	free(seen);
}

static void
test_no_capture(void **state)
{
	static const slice files[] = { { NULL, 0 }, { (const uint8_t *)"abc", 3 }, { (const uint8_t *)"From: nobody\n", 13 },
		{ (const uint8_t *)"\x0a\x0d\x0d\x0a not pcapng", 15 } };
	const char *missing[] = { "/nonexistent/\x1b[2Jfile.pcap" };
	struct run *r;

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		r = run_bytes(files[i]);
		assert_int_equal(r->opened, -1);
		assert_int_equal(r->exit, 2);
		run_free(r);
	}
	r = run_paths(missing, 1);
	assert_int_equal(r->opened, -1);
	assert_int_equal(r->exit, 2);
	assert_int_equal(r->notes, 0);
	run_free(r);
}

/* A header alone is a capture in which nothing happened. */
static void
test_no_packets(void **state)
{
	struct buf b = begin_pcap(true, NANO, 65535, 1);
	struct run *r = run_and_free(&b);

	(void)state;
	assert_int_equal(r->opened, 0);
	assert_int_equal(r->n, 0);
	assert_int_equal(r->end, SOURCE_END);
	assert_int_equal(r->notes, 0);
	assert_false(r->stats.damaged);
	run_free(r);
}

static bool
knows_ethernet(int linktype)
{
	return linktype == 1;
}

static void
test_unknown_link_type(void **state)
{
	struct buf b = begin_pcap(false, MICRO, 65535, 189);
	const char *path;
	struct file_options options = { .npath = 1, .quiet = true, .linktype_known = knows_ethernet };
	struct run *r;

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		put_record(&b, false, i, 0, S("?"), 1);
	path = path_of(buf_slice(&b));
	options.path = &path;
	r = run_options(&options);
	assert_int_equal(r->n, 5);
	assert_int_equal(r->notes, 1);
	assert_int_equal(r->note[0].finding, FINDING_FILE_LINKTYPE);
	assert_int_equal(r->note[0].packet, 1);
	assert_string_equal(r->note[0].words, "link type 189 (USB_LINUX): 5 packets cannot be read");
	run_free(r);
	forget(path);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_magics),
		cmocka_unit_test(test_kuznetzov),
		cmocka_unit_test(test_old_version),
		cmocka_unit_test(test_link_type),
		cmocka_unit_test(test_odd_lengths),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_bad_record),
		cmocka_unit_test(test_bad_record_to_the_end),
		cmocka_unit_test(test_bad_record_far_away),
		cmocka_unit_test(test_many_damages),
		cmocka_unit_test(test_time_backwards),
		cmocka_unit_test(test_like_libpcap),
		cmocka_unit_test(test_recall),
		cmocka_unit_test(test_no_capture),
		cmocka_unit_test(test_no_packets),
		cmocka_unit_test(test_unknown_link_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
