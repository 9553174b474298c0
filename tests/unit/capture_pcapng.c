/* capture_pcapng.c - every block, byte order and resolution of time, and damage between and inside blocks. */
#include "capture_build.h"

static struct buf
begin_file(bool big)
{
	struct buf b;

	buf_init(&b, SIZE_MAX / 2);
	put_section(&b, big);
	return b;
}

static struct run *
run_and_free(struct buf *b)
{
	struct run *r = run_bytes(buf_slice(b));

	buf_fini(b);
	return r;
}

/* Two sections of different byte order; interfaces of different link types; packets of them mixed. */
static void
test_sections(void **state)
{
	(void)state;
	for (int first = 0; first < 2; first++) {
		bool big = first, other = !first;
		struct buf b = begin_file(big);
		struct run *r;

		put_interface(&b, big, 1, 65535, -1, 0);
		put_interface(&b, big, 113, 0, 9, 0);
		put_packet(&b, big, 1, 1700000000123456789, S("cooked"), 60);
		put_packet(&b, big, 0, 1700000000654321, S("ethernet"), 8);
		put_section(&b, other);
		put_interface(&b, other, 101, 65535, -1, 0);
		put_packet(&b, other, 0, 1700000001000001, S("raw"), 2);
		r = run_and_free(&b);
		assert_int_equal(r->n, 3);
		assert_slice(r->frame[0].bytes, "cooked");
		assert_int_equal(r->frame[0].wire, 60);
		assert_int_equal(r->frame[0].linktype, 113);
		assert_int_equal(r->frame[0].digits, 9);
		assert_true(r->frame[0].time == 1700000000123456789);
		assert_slice(r->frame[1].bytes, "ethernet");
		assert_int_equal(r->frame[1].linktype, 1);
		assert_int_equal(r->frame[1].digits, 6);
		assert_true(r->frame[1].time == 1700000000654321000);
		assert_slice(r->frame[2].bytes, "raw");
		assert_int_equal(r->frame[2].wire, 3);		/* less than was captured: accepted */
		assert_int_equal(r->frame[2].linktype, 101);
		assert_int_equal(r->stats.digits, 9);
		assert_false(r->stats.damaged);
		assert_int_equal(r->notes, 0);
		run_free(r);
	}
}

static void
test_time(void **state)
{
	static const struct { int resolution; int64_t offset; uint64_t ticks; nstime time; int digits; } cases[] = {
		{ -1, 0, 1700000000000001, 1700000000000001000, 6 },
		{ 0, 0, 1700000000, 1700000000 * NSTIME_S, 3 },
		{ 3, 0, 1700000000001, 1700000000001000000, 3 },
		{ 7, 0, 17000000000000001, 1700000000000000100, 7 },		/* Windows */
		{ 9, 0, 1700000000000000001, 1700000000000000001, 9 },
		{ 12, 0, 1700000000000001, 1700000000000, 9 },			/* 1,700 s and 1 ps */
		{ 19, 0, 1 * UINT64_C(10000000000000000000), 1 * NSTIME_S, 9 },
		{ 127, 0, UINT64_MAX, 0, 9 },
		{ 0x80 | 0, 0, 17, 17 * NSTIME_S, 3 },
		{ 0x80 | 10, 0, 1024 * 5 + 512, 5 * NSTIME_S + 500000000, 3 },
		{ 0x80 | 20, 0, (7 << 20) + 1, 7 * NSTIME_S + 953, 6 },
		{ 0x80 | 32, 0, (UINT64_C(1700000000) << 32) + (1U << 31), 1700000000 * NSTIME_S + 500000000, 9 },
		{ 0x80 | 60, 0, (UINT64_C(9) << 60) + (UINT64_C(1) << 58), 9 * NSTIME_S + 250000000, 9 },
		{ 0x80 | 127, 0, UINT64_MAX, 0, 9 },
		{ 6, 1700000000, 5, 1700000000000005000, 6 },
		{ 6, -10, 15000000, 5 * NSTIME_S, 6 },
		{ 6, -10, 5000000, -5 * NSTIME_S, 6 },
		{ 0x80 | 10, 100, 1024, 101 * NSTIME_S, 3 },
		{ 6, 0, UINT64_MAX, INT64_MAX / 2, 6 },				/* farther than is believable */
		{ 0, 0, UINT64_MAX, INT64_MAX / 2, 3 },
		{ 0, INT64_MAX, UINT64_MAX, INT64_MAX / 2, 3 },
		{ 6, INT64_MIN, 0, -INT64_MAX / 2, 6 },
		{ 9, 1, INT64_MAX, INT64_MAX / 2, 9 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		bool big = i % 2;
		struct buf b = begin_file(big);
		struct run *r;

		put_interface(&b, big, 1, 0, cases[i / 2].resolution, cases[i / 2].offset);
		put_packet(&b, big, 0, cases[i / 2].ticks, S("x"), 1);
		r = run_and_free(&b);
		assert_int_equal(r->n, 1);
		if (r->frame[0].time != cases[i / 2].time || r->frame[0].digits != cases[i / 2].digits)
			fail_msg("case %zu: %lld, %d digits", i / 2, (long long)r->frame[0].time, r->frame[0].digits);
		run_free(r);
	}
}

/* Simple packets, cut by the first interface's snaplen; the obsolete packet block; frame check sequences. */
static void
test_other_packets(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		bool big = i;
		struct buf b = begin_file(big);
		struct run *r;
		size_t at = begin_block(&b, big, 1);

		put_number(&b, big, 1, 2);
		put_number(&b, big, 0, 2);
		put_number(&b, big, 6, 4);			/* snaplen */
		put_option(&b, big, 13, S("\x04"));		/* if_fcslen */
		end_block(&b, big, at);

		at = begin_block(&b, big, 2);
		put_number(&b, big, 0, 2);
		put_number(&b, big, 7, 2);			/* drops */
		put_number(&b, big, 0, 4);
		put_number(&b, big, 1000000, 4);
		put_number(&b, big, 3, 4);
		put_number(&b, big, 99, 4);
		buf_add(&b, S("old"));
		put_padding(&b);
		end_block(&b, big, at);

		at = begin_block(&b, big, 3);
		put_number(&b, big, 10, 4);
		buf_add(&b, S("simple"));
		end_block(&b, big, at);
		at = begin_block(&b, big, 3);
		put_number(&b, big, 5, 4);
		buf_add(&b, S("short"));
		end_block(&b, big, at);

		at = begin_block(&b, big, 6);
		put_number(&b, big, 0, 4);
		put_number(&b, big, 0, 4);
		put_number(&b, big, 3000000, 4);
		put_number(&b, big, 3, 4);
		put_number(&b, big, 3, 4);
		buf_add(&b, S("fcs"));
		put_padding(&b);
		put_number(&b, big, 2, 2);			/* epb_flags: FCS length 2 */
		put_number(&b, big, 4, 2);
		put_number(&b, big, 2 << 5, 4);
		put_number(&b, big, 4, 2);			/* epb_dropcount */
		put_number(&b, big, 8, 2);
		put_number(&b, big, 2, 8);
		end_block(&b, big, at);

		r = run_and_free(&b);
		assert_int_equal(r->n, 4);
		assert_slice(r->frame[0].bytes, "old");
		assert_int_equal(r->frame[0].wire, 99);
		assert_true(r->frame[0].time == NSTIME_S);
		assert_int_equal(r->frame[0].fcs, 4);
		assert_slice(r->frame[1].bytes, "simple");
		assert_int_equal(r->frame[1].wire, 10);
		assert_true(r->frame[1].time == NSTIME_S);	/* none of its own */
		assert_slice(r->frame[2].bytes, "short");
		assert_int_equal(r->frame[2].wire, 5);
		assert_slice(r->frame[3].bytes, "fcs");
		assert_int_equal(r->frame[3].fcs, 2);
		assert_false(r->stats.damaged);
		assert_int_equal(r->stats.dropped, 9);
		run_free(r);
	}
}

static void
put_statistics(struct buf *b, bool big, uint32_t interface, uint64_t by_interface, uint64_t by_system)
{
	size_t at = begin_block(b, big, 5);

	put_number(b, big, interface, 4);
	put_number(b, big, 0, 8);
	put_number(b, big, 5, 2);
	put_number(b, big, 8, 2);
	put_number(b, big, by_interface, 8);
	put_number(b, big, 7, 2);
	put_number(b, big, 8, 2);
	put_number(b, big, by_system, 8);
	put_number(b, big, 0, 4);
	end_block(b, big, at);
}

/* Counters run from the start of the capture: the last one of each interface of each section counts. */
static void
test_drops(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		bool big = i;
		struct buf b = begin_file(big);
		struct run *r;

		put_interface(&b, big, 1, 0, -1, 0);
		put_interface(&b, big, 1, 0, -1, 0);
		put_statistics(&b, big, 0, 5, 1);
		put_statistics(&b, big, 0, 7, 2);
		put_statistics(&b, big, 1, 0, 100);
		put_packet(&b, big, 0, 1, S("x"), 1);
		put_section(&b, big);
		put_interface(&b, big, 1, 0, -1, 0);
		put_statistics(&b, big, 0, 1000, 0);
		r = run_and_free(&b);
		assert_int_equal(r->stats.dropped, 1109);
		assert_int_equal(r->stats.drops.interface, 1007);
		assert_int_equal(r->stats.drops.kernel, 102);
		assert_int_equal(r->notes, 0);
		assert_false(r->stats.damaged);
		run_free(r);
	}
}

static void
put_secrets(struct buf *b, bool big, uint32_t type, slice lines)
{
	size_t at = begin_block(b, big, 10);

	put_number(b, big, type, 4);
	put_number(b, big, lines.n, 4);
	buf_add(b, lines);
	put_padding(b);
	end_block(b, big, at);
}

static void
test_secrets(void **state)
{
	struct buf b = begin_file(false);
	struct run *r;

	(void)state;
	put_secrets(&b, false, 0x544c534b, S("CLIENT_RANDOM 01 02\nCLIENT_RANDOM 03 04"));
	put_secrets(&b, false, 0x57474b4c, S("WireGuard's are not ours"));
	put_section(&b, true);
	put_secrets(&b, true, 0x544c534b, S("CLIENT_RANDOM 05 06\n"));
	put_secrets(&b, true, 0x544c534b, S(""));
	r = run_and_free(&b);
	assert_string_equal(r->secrets, "CLIENT_RANDOM 01 02\nCLIENT_RANDOM 03 04\nCLIENT_RANDOM 05 06\n");
	assert_false(r->stats.damaged);
	run_free(r);
}

/* More keys than are kept: whole lines only, and it is said. */
static void
test_secrets_limit(void **state)
{
	enum { LINES = 5000 };
	static const char line[] = "CLIENT_RANDOM 0123456789abcdef0123456789abcdef 0123456789abcdef\n";
	struct file_options options = { .npath = 1, .quiet = true };
	struct run notes = { 0 };
	struct source source;
	struct frame frame;
	struct buf b = begin_file(false), lines;
	const char *path;
	slice kept;
	int exit_status;

	(void)state;
	buf_init(&lines, SIZE_MAX / 2);
	for (int i = 0; i < LINES; i++)
		buf_add(&lines, slice_of(line));
	for (int i = 0; i < 8; i++)
		put_secrets(&b, false, 0x544c534b, buf_slice(&lines));
	path = path_of(buf_slice(&b));
	options.path = &path;
	options.user = (struct source_user){ &notes, run_note };
	assert_int_equal(file_open(&options, &source, &exit_status), 0);
	assert_int_equal(source.next(source.self, &frame), SOURCE_END);
	kept = source.secrets(source.self);
	assert_true(kept.n <= LIMIT_SECRETS && kept.n > LIMIT_SECRETS - sizeof line);
	assert_int_equal(kept.n % (sizeof line - 1), 0);
	assert_int_equal(notes.notes, 1);
	assert_int_equal(notes.note[0].finding, FINDING_LOAD_MEMORY);
	source.close(source.self);
	forget(path);
	buf_fini(&lines);
	buf_fini(&b);
}

/* Blocks that we do not know, also large ones, cost nothing but their bytes. */
static void
test_skipped_blocks(void **state)
{
	static const struct { uint32_t type; size_t size; } blocks[] = {
		{ 4, 16 }, { 0xbad, 12 }, { 0x40000bad, 5000 }, { 0x80000001, 3 * MiB }, { 9, 0 }, { 77, MiB - 12 }, { 77, MiB }, { 77, 16 * MiB - 12 },
	};
	struct buf b = begin_file(true);
	struct run *r;

	(void)state;
	put_interface(&b, true, 1, 0, -1, 0);
	for (size_t i = 0; i < COUNT(blocks); i++) {
		size_t at = begin_block(&b, true, blocks[i].type);

		for (size_t j = 0; j < blocks[i].size; j++)
			buf_add_byte(&b, 0xff);
		end_block(&b, true, at);
		put_packet(&b, true, 0, i, S("packet"), 6);
	}
	r = run_and_free(&b);
	assert_int_equal(r->n, COUNT(blocks));
	assert_false(r->stats.damaged);
	run_free(r);
}

/* A writer that did not pad its blocks. */
static void
test_unpadded(void **state)
{
	struct buf b = begin_file(false);
	struct run *r;

	(void)state;
	put_interface(&b, false, 1, 0, -1, 0);
	for (uint32_t i = 0; i < 2; i++) {
		size_t at = begin_block(&b, false, 6);

		put_number(&b, false, 0, 4);
		put_number(&b, false, 0, 4);
		put_number(&b, false, i, 4);
		put_number(&b, false, 5, 4);
		put_number(&b, false, 5, 4);
		buf_add(&b, S("12345"));
		put_number(&b, false, b.n + 4 - at, 4);
		set_number(&b, at + 4, false, (uint32_t)(b.n - at));
	}
	r = run_and_free(&b);
	assert_int_equal(r->n, 2);
	assert_slice(r->frame[1].bytes, "12345");
	assert_false(r->stats.damaged);
	run_free(r);
}

/* What is wrong inside a block costs that block only. */
static void
test_wrong_blocks(void **state)
{
	struct buf b = begin_file(false);
	struct run *r;
	size_t at, bad;

	(void)state;
	put_interface(&b, false, 1, 0, -1, 0);
	put_packet(&b, false, 0, 1, S("good"), 4);
	bad = b.n;
	put_packet(&b, false, 1, 2, S("no such interface"), 17);
	put_packet(&b, false, UINT32_MAX, 2, S("no such interface"), 17);
	at = b.n;
	put_packet(&b, false, 0, 3, S("longer than its block"), 21);
	set_number(&b, at + 20, false, 1000);
	at = begin_block(&b, false, 6);
	end_block(&b, false, at);
	at = begin_block(&b, false, 1);
	end_block(&b, false, at);
	put_statistics(&b, false, 8, 1, 1);
	put_packet(&b, false, 0, 4, S("good too"), 8);
	r = run_and_free(&b);
	assert_int_equal(r->n, 2);
	assert_slice(r->frame[1].bytes, "good too");
	assert_true(r->stats.damaged);
	assert_int_equal(r->notes, 6);
	assert_int_equal(r->note[0].finding, FINDING_FILE_BAD_BLOCK);
	assert_int_equal(r->note[0].offset, bad);
	assert_int_equal(r->note[0].packet, 1);
	run_free(r);
}

/* A packet of a size that nobody can have captured. */
static void
test_huge_packet(void **state)
{
	static const size_t sizes[] = { 300 * KiB, 2 * MiB };
	struct buf b = begin_file(false), data;
	struct run *r;

	(void)state;
	buf_init(&data, SIZE_MAX / 2);
	for (size_t i = 0; i < 2 * MiB; i++)
		buf_add_byte(&data, 'x');
	put_interface(&b, false, 1, 0, -1, 0);
	put_packet(&b, false, 0, 1, slice_take(buf_slice(&data), LIMIT_RECORD), LIMIT_RECORD);
	for (size_t i = 0; i < COUNT(sizes); i++)
		put_packet(&b, false, 0, 2, slice_take(buf_slice(&data), sizes[i]), (uint32_t)sizes[i]);
	put_packet(&b, false, 0, 3, S("after"), 5);
	r = run_and_free(&b);
	assert_int_equal(r->n, 2);
	assert_int_equal(r->frame[0].bytes.n, LIMIT_RECORD);
	assert_int_equal(r->notes, 2);
	assert_int_equal(r->note[0].finding, FINDING_FILE_BAD_BLOCK);
	run_free(r);
	buf_fini(&data);
}

/* Where the frame of a block is wrong, nothing after it can be believed. */
static void
test_bad_frames(void **state)
{
	static const struct { size_t at; uint32_t value; const char *words; } cases[] = {
		{ 4, 0, "its length" }, { 4, 11, "its length" }, { 4, 17 * MiB, "its length" }, { 4, 44, "its two lengths differ" },
		{ 36, 39, "its two lengths differ" }, { 36, UINT32_MAX, "its two lengths differ" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = begin_file(false);
		struct run *r;
		size_t at;

		put_interface(&b, false, 1, 0, -1, 0);
		put_packet(&b, false, 0, 1, S("good"), 4);
		at = b.n;
		put_packet(&b, false, 0, 2, S("damaged"), 7);
		put_packet(&b, false, 0, 3, S("after"), 5);
		set_number(&b, at + cases[i].at, false, cases[i].value);
		r = run_and_free(&b);
		assert_int_equal(r->n, 1);
		assert_int_equal(r->end, SOURCE_END);
		assert_true(r->stats.damaged);
		assert_int_equal(r->notes, 1);
		assert_int_equal(r->note[0].finding, FINDING_FILE_BAD_BLOCK);
		assert_int_equal(r->note[0].offset, at);
		assert_non_null(strstr(r->note[0].words, cases[i].words));
		run_free(r);
	}
}

static void
test_bad_section(void **state)
{
	for (int which = 0; which < 2; which++) {
		struct buf b = begin_file(false);
		struct run *r;
		size_t at;

		(void)state;
		put_interface(&b, false, 1, 0, -1, 0);
		put_packet(&b, false, 0, 1, S("good"), 4);
		at = b.n;
		put_section(&b, false);
		set_number(&b, at + (which ? 8 : 12), false, 0x12345678);	/* byte order; version */
		put_packet(&b, false, 0, 2, S("after"), 5);
		r = run_and_free(&b);
		assert_int_equal(r->n, 1);
		assert_int_equal(r->note[0].finding, FINDING_FILE_BAD_BLOCK);
		run_free(r);
	}
}

/* Cut at any place: what is whole is given, what is not is told. */
static void
test_truncated(void **state)
{
	struct buf b = begin_file(true);
	size_t first, second;

	(void)state;
	put_interface(&b, true, 1, 0, -1, 0);
	put_packet(&b, true, 0, 1, S("one"), 3);
	first = b.n;
	put_packet(&b, true, 0, 2, S("two"), 3);
	second = b.n;
	for (size_t cut = 12; cut <= b.n; cut++) {
		struct run *r = run_bytes(slice_take(buf_slice(&b), cut));
		bool clean = cut == 28 || cut == 52 || cut == first || cut == second;

		assert_int_equal(r->opened, 0);
		assert_int_equal(r->end, SOURCE_END);
		assert_int_equal(r->n, (unsigned)(cut >= first) + (cut >= second));
		assert_int_equal(r->stats.damaged, !clean);
		assert_int_equal(run_noted(r, FINDING_FILE_TRUNCATED), !clean);
		run_free(r);
	}
	buf_fini(&b);
}

/* Cut inside a block so large that it is passed over unseen. */
static void
test_truncated_large_block(void **state)
{
	struct buf b = begin_file(false);
	struct run *r;
	size_t at;

	(void)state;
	at = begin_block(&b, false, 77);
	for (size_t i = 0; i < 3 * MiB; i++)
		buf_add_byte(&b, 0);
	end_block(&b, false, at);
	r = run_bytes(slice_take(buf_slice(&b), 2 * MiB));
	buf_fini(&b);
	assert_true(run_noted(r, FINDING_FILE_TRUNCATED));
	run_free(r);
}

static void
test_many_interfaces(void **state)
{
	struct buf b = begin_file(false);
	struct run *r;

	(void)state;
	for (unsigned i = 0; i < LIMIT_INTERFACES + 2; i++)
		put_interface(&b, false, (uint16_t)(i % 300), 0, -1, 0);
	put_packet(&b, false, LIMIT_INTERFACES - 1, 1, S("last"), 4);
	put_packet(&b, false, LIMIT_INTERFACES, 1, S("too many"), 8);
	r = run_and_free(&b);
	assert_int_equal(r->n, 1);
	assert_int_equal(r->frame[0].linktype, (LIMIT_INTERFACES - 1) % 300);
	assert_int_equal(r->notes, 3);
	run_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_other_packets),
		cmocka_unit_test(test_drops),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_secrets_limit),
		cmocka_unit_test(test_skipped_blocks),
		cmocka_unit_test(test_unpadded),
		cmocka_unit_test(test_wrong_blocks),
		cmocka_unit_test(test_huge_packet),
		cmocka_unit_test(test_bad_frames),
		cmocka_unit_test(test_bad_section),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_truncated_large_block),
		cmocka_unit_test(test_many_interfaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
