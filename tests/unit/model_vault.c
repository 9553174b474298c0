/* model_vault.c - the rings that remember: what wraps, what is gone, who is told, and never other bytes. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/thread.h"
#include "model/news.h"
#include "model/vault/vault.h"

enum { MOST = 4096 };

/* The bytes of a piece tell its number: other bytes are never taken for it. */
static slice
piece(uint32_t number, size_t n, uint8_t *room)
{
	uint32_t x = number * 2654435761u + 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525u + 1013904223u;
		room[i] = (uint8_t)(x >> 24);
	}
	return (slice){ room, n };
}

static size_t
size_of(uint32_t number)
{
	return 1 + number * 7919u % (MOST - 1);
}

static void
assert_reads(const struct vault *v, const struct extent *e, uint32_t number)
{
	uint8_t room[MOST];
	slice want = piece(number, e->length, room);
	struct buf out;

	buf_init(&out, MOST + 1);
	buf_add_byte(&out, 'x');
	assert_true(vault_read(v, e, 0, e->length, &out));
	assert_int_equal(out.n, 1 + want.n);
	assert_memory_equal(out.p + 1, want.p, want.n);
	buf_clear(&out);
	assert_true(vault_read(v, e, want.n / 3, want.n - want.n / 3, &out));
	assert_memory_equal(out.p, want.p + want.n / 3, want.n - want.n / 3);
	buf_fini(&out);
}

static void
assert_not_there(const struct vault *v, const struct extent *e)
{
	struct buf out;

	buf_init(&out, MOST + 1);
	buf_add_byte(&out, 'x');
	assert_false(vault_has(v, e));
	assert_false(vault_read(v, e, 0, e->length, &out));
	assert_int_equal(out.n, 1);
	buf_fini(&out);
}

/* Pieces of many sizes through a small ring: the newest are there, the oldest gone, and the sums are right. */
static void
test_wrap(void **state)
{
	enum { PIECES = 500 };
	static struct extent e[PIECES];
	uint8_t room[MOST];
	uint64_t all = 0;

	(void)state;
	for (size_t max = 64 * KiB; max < 70 * KiB; max += 1000) {
		struct vault *v = vault_new(max);
		bool there = false;
		size_t kept = 0;

		assert_null(vault_trouble(v));
		for (uint32_t i = 0; i < PIECES; i++) {
			e[i] = vault_write(v, VAULT_BODY, piece(i, size_of(i), room));
			if (i % 3 == 0) {
				vault_flush(v);
				assert_reads(v, &e[i], i);
			}
		}
		vault_flush(v);
		all = 0;
		for (uint32_t i = 0; i < PIECES; i++) {
			all += e[i].length;
			if (there || vault_has(v, &e[i])) {
				there = true;		/* and all that follow */
				assert_reads(v, &e[i], i);
				kept += e[i].length;
			} else {
				assert_not_there(v, &e[i]);
			}
		}
		assert_true(kept > max / 2 * 3 / 4 && kept <= max / 2);
		assert_true(vault_kept(v, VAULT_BODY) >= kept && vault_kept(v, VAULT_BODY) <= max / 2);
		assert_int_equal(vault_kept(v, VAULT_BODY) + vault_gone(v, VAULT_BODY), all);
		assert_int_equal(vault_kept(v, VAULT_TALE) + vault_gone(v, VAULT_TALE), 0);
		vault_free(&v);
		assert_null(v);
	}
}

/* The two rings do not touch each other's bytes. */
static void
test_two(void **state)
{
	struct vault *v = vault_new(64 * KiB);
	uint8_t room[MOST];
	struct extent tale = vault_write(v, VAULT_TALE, piece(1, 1000, room)), last = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		last = vault_write(v, VAULT_BODY, piece(i, 1001, room));
	assert_not_there(v, &last);
	vault_flush(v);
	assert_reads(v, &last, 999);
	assert_reads(v, &tale, 1);
	assert_int_equal(last.ring, VAULT_BODY);
	assert_int_equal(tale.ring, VAULT_TALE);
	vault_free(&v);
}

/* What is not flushed, or is not an extent of it, cannot be read; and no more than there is. */
static void
test_edges(void **state)
{
	struct vault *v = vault_new(64 * KiB);
	uint8_t room[MOST];
	struct extent e = vault_write(v, VAULT_BODY, piece(1, 100, room)), empty, other;
	struct buf out;

	(void)state;
	buf_init(&out, 50);
	assert_not_there(v, &e);
	vault_flush(v);
	assert_reads(v, &e, 1);
	assert_false(vault_read(v, &e, 0, 101, &out));
	assert_false(vault_read(v, &e, 101, 0, &out));
	assert_true(vault_read(v, &e, 100, 0, &out));
	assert_false(vault_read(v, &e, 0, 51, &out));		/* there is no room for it */
	assert_true(out.full);
	buf_clear(&out);
	assert_true(vault_read(v, &e, 1, 50, &out));
	empty = vault_write(v, VAULT_BODY, SLICE_NONE);
	assert_true(vault_has(v, &empty));
	assert_true(vault_read(v, &empty, 0, 0, &out));
	other = (struct extent){ .at = 90, .length = 11 };
	assert_not_there(v, &other);
	other = (struct extent){ .at = UINT64_MAX - 5, .length = 11 };
	assert_not_there(v, &other);
	other = (struct extent){ .at = 0, .length = 1, .ring = 7 };
	assert_not_there(v, &other);
	buf_fini(&out);
	vault_free(&v);
}

/* What stands around a piece is there as far as anything is. */
static void
test_around(void **state)
{
	struct vault *v = vault_new(64 * KiB);
	struct extent first, last = { 0 }, e, nowhere = { .at = UINT64_MAX, .length = 5 }, other = { .ring = 9 };
	uint8_t room[MOST];
	struct buf out;

	(void)state;
	buf_init(&out, 64 * KiB);
	first = vault_write(v, VAULT_RECORD, piece(0, 100, room));
	vault_write(v, VAULT_RECORD, piece(1, 100, room));
	vault_flush(v);
	e = vault_around(v, &first, 1000, 50);
	assert_true(e.at == 0 && e.length == 150 && e.ring == VAULT_RECORD);
	e = vault_around(v, &first, 0, 1000);
	assert_true(e.at == 0 && e.length == 200);
	for (uint32_t i = 2; i < 1000; i++)
		last = vault_write(v, VAULT_RECORD, piece(i, 100, room));
	vault_flush(v);
	e = vault_around(v, &last, MiB, MiB);
	assert_true(e.at + e.length == last.at + last.length);
	assert_int_equal(e.length, vault_kept(v, VAULT_RECORD));
	assert_true(vault_read(v, &e, 0, e.length, &out));
	assert_memory_equal(out.p + out.n - 100, piece(999, 100, room).p, 100);
	e = vault_around(v, &first, 10, 10);		/* it is gone */
	assert_true(e.at == first.at && e.length == first.length);
	e = vault_around(v, &nowhere, 10, 10);
	assert_true(e.at == nowhere.at && e.length == 5);
	e = vault_around(v, &other, 10, 10);
	assert_int_equal(e.ring, 9);
	buf_fini(&out);
	vault_free(&v);
}

/* What no ring can hold is gone at once, and the rest stays. */
static void
test_too_long(void **state)
{
	struct vault *v = vault_new(64 * KiB);
	uint8_t room[MOST], *large = xcalloc(1, 64 * KiB);
	struct extent e = vault_write(v, VAULT_BODY, piece(1, 100, room)), lost, most;

	(void)state;
	lost = vault_write(v, VAULT_BODY, (slice){ large, 32 * KiB });
	vault_flush(v);
	assert_false(vault_has(v, &lost));
	assert_int_equal(lost.length, 32 * KiB);
	assert_reads(v, &e, 1);
	assert_int_equal(vault_gone(v, VAULT_BODY), 32 * KiB);
	most = vault_write(v, VAULT_BODY, (slice){ large, 28 * KiB });
	vault_flush(v);
	assert_true(vault_has(v, &most));
	assert_not_there(v, &e);
	free(large);
	vault_free(&v);
}

/* Where nothing can be written nothing is there, and it is said. */
static void
test_no_directory(void **state)
{
	uint8_t room[MOST];
	struct vault *v;
	struct extent e;

	(void)state;
	setenv("TMPDIR", "/nonexistent/smtptap", 1);
	v = vault_new(MiB);
	unsetenv("TMPDIR");
	assert_non_null(vault_trouble(v));
	assert_non_null(strstr(vault_trouble(v), "/nonexistent/smtptap"));
	assert_non_null(strstr(vault_trouble(v), strerror(ENOENT)));
	e = vault_write(v, VAULT_BODY, piece(1, 100, room));
	vault_flush(v);
	assert_not_there(v, &e);
	assert_int_equal(vault_gone(v, VAULT_BODY), 100);
	assert_int_equal(vault_kept(v, VAULT_BODY), 0);
	vault_free(&v);
	v = vault_new(10);
	assert_non_null(vault_trouble(v));
	e = vault_write(v, VAULT_BODY, piece(1, 5, room));
	vault_flush(v);
	assert_not_there(v, &e);
	vault_free(&v);
}

/* The file of a process that may write no more than so many bytes: as if the disk were full. */
static struct rlimit
allow(size_t bytes)
{
	struct rlimit before, now;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	now = (struct rlimit){ .rlim_cur = bytes, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
	return before;
}

/* The disk fills when the ring is half full: it becomes that large, and goes on; nothing that was promised is lost. */
static void
test_disk_full(void **state)
{
	enum { PIECES = 600 };
	static struct extent e[PIECES];
	struct vault *v = vault_new(2 * MiB * 16 / 5 + 16);
	struct rlimit before = allow(MiB + 123);	/* the tale's 2 MiB stand first: they are five of 16 shares */
	uint8_t room[MOST];
	uint32_t first = PIECES;

	(void)state;
	for (uint32_t i = 0; i < PIECES; i++) {
		e[i] = vault_write(v, VAULT_TALE, piece(i, MOST, room));
		vault_flush(v);
		assert_reads(v, &e[i], i);
		assert_true(i < 200 ? vault_trouble(v) == NULL : true);
	}
	assert_non_null(vault_trouble(v));
	assert_non_null(strstr(vault_trouble(v), strerror(EFBIG)));
	assert_non_null(strstr(vault_trouble(v), "1024 KiB"));
	while (first > 0 && vault_has(v, &e[first - 1]))
		first--;
	assert_true(PIECES - first >= 128 && PIECES - first < 256);	/* of 256 */
	for (uint32_t i = 0; i < PIECES; i++)
		if (i < first)
			assert_not_there(v, &e[i]);
		else
			assert_reads(v, &e[i], i);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	vault_free(&v);
}

/* It fills at once: what could be written stays, all else is gone, also what had only been collected. */
static void
test_disk_full_at_once(void **state)
{
	struct vault *v = vault_new(8 * MiB);
	uint8_t room[MOST];
	struct extent e = vault_write(v, VAULT_TALE, piece(1, MOST, room)), late, later;
	struct rlimit before;

	(void)state;
	vault_flush(v);
	before = allow(MOST + 100);
	late = vault_write(v, VAULT_TALE, piece(2, MOST, room));
	vault_flush(v);
	assert_non_null(strstr(vault_trouble(v), "no more sessions"));
	later = vault_write(v, VAULT_TALE, piece(3, 50, room));
	vault_flush(v);
	assert_reads(v, &e, 1);
	assert_not_there(v, &late);
	assert_not_there(v, &later);
	assert_int_equal(vault_gone(v, VAULT_TALE), MOST + 50);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	vault_flush(v);
	assert_not_there(v, &late);
	vault_free(&v);
}

/* No more than what one may write, from the beginning. */
static void
test_limited(void **state)
{
	struct rlimit before = allow(128 * KiB);
	struct vault *v = vault_new(1024 * MiB);
	struct extent e = { 0 };
	uint8_t room[MOST];

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		e = vault_write(v, VAULT_BODY, piece(i, MOST, room));
	vault_flush(v);
	assert_null(vault_trouble(v));
	assert_reads(v, &e, 99);
	assert_true(vault_kept(v, VAULT_BODY) <= 64 * KiB);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	vault_free(&v);
}

/* The file has no name, is nobody else's, and is not inherited. */
static void
test_private(void **state)
{
	int next = dup(0);
	struct vault *v;
	struct stat st;

	(void)state;
	assert_true(next >= 0);
	close(next);
	v = vault_new(MiB);
	assert_int_equal(fstat(next, &st), 0);		/* the lowest free number is the vault's */
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_nlink, 0);
	assert_true(fcntl(next, F_GETFD) & FD_CLOEXEC);
	vault_free(&v);
	assert_int_equal(fcntl(next, F_GETFD), -1);
}

/* One writes, one reads what the other says it wrote, and both are in a hurry. */
struct race {
	struct vault *vault;
	_Atomic uint32_t written;
	struct extent extent[1 << 16];
};

static void
race_write(void *self)
{
	struct race *r = self;
	uint8_t room[MOST];

	for (uint32_t i = 0; i < 1 << 16; i++) {
		r->extent[i] = vault_write(r->vault, VAULT_BODY, piece(i, size_of(i), room));
		if (i % 5 == 0)
			vault_flush(r->vault);
		atomic_store(&r->written, i + 1);
	}
}

static void
test_race(void **state)
{
	struct race *r = xcalloc(1, sizeof *r);
	uint32_t n, good = 0, gone = 0, back = 0;
	struct thread *thread;
	uint8_t room[MOST];
	struct buf out;

	(void)state;
	buf_init(&out, MOST);
	r->vault = vault_new(64 * KiB);
	thread = thread_start(race_write, r);
	assert_non_null(thread);
	while ((n = atomic_load(&r->written)) < 1 << 16) {
		uint32_t number = n > back ? n - 1 - back : 0;
		const struct extent *e = &r->extent[number];

		back = (back + 1) % 24;
		if (n == 0)
			continue;
		buf_clear(&out);
		if (vault_read(r->vault, e, 0, e->length, &out)) {
			assert_memory_equal(out.p, piece(number, e->length, room).p, e->length);
			good++;
		} else {
			assert_int_equal(out.n, 0);
			gone++;
		}
	}
	thread_join(&thread);
	assert_true(good > 0 && gone > 0);
	vault_free(&r->vault);
	buf_fini(&out);
	free(r);
}

/* Batches grow, and own what is in them. */
static void
test_news(void **state)
{
	struct news_batch *b = news_batch_new();

	(void)state;
	assert_int_equal(b->progress.first, NSTIME_NONE);
	for (uint32_t i = 0; i < 1000; i++) {
		news_add(b, &(struct news){ .index = i });
		news_add_finding(b, &(struct news_finding){ .nth = i });
	}
	assert_int_equal(b->n, 1000);
	assert_int_equal(b->nfinding, 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		assert_int_equal(b->v[i].index, i);
		assert_int_equal(b->finding[i].nth, i);
	}
	b->figures = xcalloc(1, sizeof *b->figures);
	news_batch_free(&b);
	assert_null(b);
	news_batch_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_around),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_no_directory),
		cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_disk_full_at_once),
		cmocka_unit_test(test_limited),
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_race),
		cmocka_unit_test(test_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
