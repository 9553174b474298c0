/*
 * model_dossier.c - sessions read back from the vault: their rows are those
 * that a sink makes which hears the events themselves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* cmocka wants the first ones above */
#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/machine.h"
#include "capture/file.h"
#include "decode/decode.h"
#include "engine/engine.h"
#include "model/list/list.h"
#include "model/recorder/recorder.h"
#include "model/session/dossier.h"

enum { SESSIONS = 64 };

static const struct row_style style = { .digests = WANT_SHA256 };

struct run {
	struct vault *vault;
	struct model *model;
	struct rows *told[SESSIONS];	/* by session number, by a sink of our own */
	struct dossier *followed;	/* of the first session, opened as soon as it is there */
	uint64_t versions;		/* that were seen of it */
	struct source source;
	unsigned frames, pause_every;
};

static int
on_event(void *self, const struct event *e)
{
	struct run *r = self;

	if (e->at.session == 0 || e->at.session >= SESSIONS)
		return 0;
	if (r->told[e->at.session] == NULL)
		r->told[e->at.session] = rows_new(&style, NULL);
	rows_event(r->told[e->at.session], e);
	return 0;
}

static int
on_close(void *self, bool failed)
{
	(void)self;
	(void)failed;
	return 0;
}

static const struct sink_ops listener = { .name = "listener", .event = on_event, .close = on_close };

static bool
give(void *self, struct news_batch *b)
{
	struct run *r = self;
	uint32_t first;

	model_take(r->model, &b);
	first = model_find(r->model, 1);
	if (r->pause_every > 0 && first != NO_ITEM && r->followed == NULL)
		r->followed = dossier_open(r->model, first, false);
	if (r->followed != NULL) {
		uint64_t version = dossier_version(r->followed);

		while (dossier_work(r->followed, 0))
			continue;
		r->versions += version != dossier_version(r->followed);
	}
	return true;
}

static enum source_result
next_with_pauses(void *self, struct frame *frame)
{
	struct run *r = self;
	struct timespec pause = { .tv_nsec = RECORDER_HASTE + NSTIME_MS };

	if (r->pause_every > 0 && ++r->frames % r->pause_every == 0) {
		nanosleep(&pause, NULL);
		return SOURCE_NONE;
	}
	return r->source.next(r->source.self, frame);
}

static bool
recall(void *self, uint64_t mark)
{
	return ((struct run *)self)->source.recall(((struct run *)self)->source.self, mark);
}

static void
stats(void *self, struct source_stats *stats_r)
{
	((struct run *)self)->source.stats(((struct run *)self)->source.self, stats_r);
}

static void
run_open(struct run *r, size_t spool)
{
	*r = (struct run){ .vault = vault_new(spool) };
	r->model = model_new(r->vault, 64 * MiB);
}

static void
run_capture(struct run *r, const char *path)
{
	static const uint16_t ports[] = { 24, 25, 465, 587 };
	struct file_options file = { .path = &path, .npath = 1, .quiet = true, .linktype_known = decode_linktype_known };
	struct source source, slow = { .name = "slow", .next = next_with_pauses, .recall = recall, .stats = stats, .self = r };
	struct engine_result result;
	struct engine *e;
	struct sink sink;
	int status;

	assert_int_equal(file_open(&file, &source, &status), 0);
	r->source = source;
	e = engine_new(&(struct engine_options){ .source = &slow, .mail_port = ports, .nmail_port = 4, .memory = LIMIT_MEMORY,
	    .keep = recorder_keeps(false) });
	recorder_open(&(struct recorder_options){ .vault = r->vault, .fold = engine_fold(e), .give = give, .self = r }, &sink);
	engine_add_sink(e, &sink);
	engine_add_sink(e, &(struct sink){ &listener, r, rows_wants(&style) | WANT_JUDGEMENT });
	engine_run(e, &result);
	assert_false(result.failed);
	engine_free(&e);
	source.close(source.self);
}

static void
run_close(struct run *r)
{
	dossier_close(&r->followed);
	for (size_t i = 0; i < SESSIONS; i++)
		rows_free(&r->told[i]);
	model_free(&r->model);
	vault_free(&r->vault);
}

static void
assert_same_text(slice a, slice b)
{
	if (!slice_eq(a, b))
		fail_msg("'%.*s' is not '%.*s'", (int)a.n, (const char *)a.p, (int)b.n, (const char *)b.p);
}

static void
assert_same_row(const struct row *a, const struct row *b)
{
	assert_same_text(a->text, b->text);
	assert_same_text(a->answers, b->answers);
	assert_same_text(a->path, b->path);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->severity, b->severity);
	assert_int_equal(a->time, b->time);
	assert_int_equal(a->wait, b->wait);
	assert_int_equal(a->packet, b->packet);
	assert_int_equal(a->offset, b->offset);
	assert_int_equal(a->length, b->length);
	assert_int_equal(a->dir, b->dir);
	assert_int_equal(a->line_end, b->line_end);
	assert_int_equal(a->mail, b->mail);
	assert_int_equal(a->serial, b->serial);
	assert_int_equal(a->index, b->index);
	assert_int_equal(a->part, b->part);
	assert_int_equal(a->depth, b->depth);
	assert_true(a->continued == b->continued && a->hosts == b->hosts && a->secret == b->secret && a->truncated == b->truncated
	    && a->decrypted == b->decrypted && a->lost == b->lost && a->after_gap == b->after_gap);
	assert_true(a->kind != ROW_FINDING || a->finding == b->finding);
}

/* Every row is read once; findings below a row that tells their bytes, if one does. */
static void
assert_readable(const struct dossier *d)
{
	size_t n = dossier_rows(d), findings = 0;
	bool *seen = xcalloc(n + 1, sizeof *seen);

	for (size_t place = 0; place < n; place++) {
		size_t row = dossier_read(d, place);

		assert_true(row < n && !seen[row]);
		seen[row] = true;
		assert_int_equal(dossier_place(d, row), place);
		findings += dossier_row(d, row).kind == ROW_FINDING;
	}
	assert_int_equal(findings, dossier_findings(d));
	free(seen);
}

static void
assert_same_session(struct run *r, struct dossier *d, uint64_t number)
{
	const struct rows *told = r->told[number];
	struct unit unit;

	while (dossier_work(d, machine_steady() + NSTIME_MS))
		continue;
	assert_int_equal(dossier_percent(d), 100);
	assert_false(dossier_gone(d));
	assert_int_equal(dossier_start(d), rows_start(told));
	assert_int_equal(dossier_rows(d), rows_count(told));
	for (size_t i = 0; i < rows_count(told); i++) {
		struct row a = dossier_row(d, i), b = rows_at(told, i);

		assert_same_row(&a, &b);
	}
	assert_readable(d);
	assert_true(dossier_unit(d, &unit));
	assert_int_equal(unit.session->number, number);
	assert_int_equal(dossier_messages(d), unit.session->messages);
	for (size_t i = 0; i < dossier_messages(d); i++)
		assert_int_equal(model_item(r->model, dossier_message(d, i))->session, dossier_item(d));
}

static void
test_rows(void **state)
{
	static const char *const captures[] = {
		"captures/tour.pcapng", "captures/auth.pcap", "captures/one-sided.pcap", "captures/mid-stream.pcap",
		"captures/200-messages.pcap.gz", "captures/japanese.pcap", "captures/snaplen-96.pcap",
	};

	(void)state;
	for (size_t i = 0; i < sizeof captures / sizeof captures[0]; i++) {
		struct run r;
		size_t sessions = 0;

		run_open(&r, 64 * MiB);
		run_capture(&r, captures[i]);
		for (uint64_t number = 1; number < SESSIONS; number++) {
			uint32_t item = model_find(r.model, number);
			struct dossier *d;

			if (item == NO_ITEM)
				continue;
			d = dossier_open(r.model, item, false);
			assert_same_session(&r, d, number);
			dossier_close(&d);
			assert_null(d);
			sessions++;
		}
		assert_true(sessions > 0);
		run_close(&r);
	}
}

/* One that is open while the session goes on comes to the same. */
static void
test_follows(void **state)
{
	struct run r;

	(void)state;
	run_open(&r, 64 * MiB);
	r.pause_every = 3;
	run_capture(&r, "captures/tour.pcapng");
	assert_non_null(r.followed);
	assert_true(r.versions > 3);
	assert_same_session(&r, r.followed, 1);
	run_close(&r);
}

/* What was let go is told; what is left is read, and times count from the beginning that the model knows. */
static void
test_gone(void **state)
{
	struct run r;
	bool gone = false;

	(void)state;
	run_open(&r, 200 * KiB);
	run_capture(&r, "captures/200-messages.pcap.gz");
	for (uint32_t item = model_first(r.model); item < model_end(r.model); item++) {
		const struct item *is = model_item(r.model, item);
		struct dossier *d;

		if (is == NULL || is->kind != ITEM_SESSION)
			continue;
		d = dossier_open(r.model, item, false);
		while (dossier_work(d, 0))
			continue;
		gone |= dossier_gone(d);
		if (dossier_gone(d))
			assert_int_equal(dossier_start(d), is->time);
		assert_readable(d);
		dossier_close(&d);
	}
	assert_true(gone);
	run_close(&r);
}

/* Of an attempt there is no tale, but rows all the same. */
static void
test_attempts(void **state)
{
	struct run r;
	size_t attempts = 0;

	(void)state;
	run_open(&r, 64 * MiB);
	run_capture(&r, "captures/tour.pcapng");
	for (uint32_t item = model_first(r.model); item < model_end(r.model); item++) {
		struct dossier *d;

		if (model_item(r.model, item)->kind != ITEM_ATTEMPT)
			continue;
		d = dossier_open(r.model, item, false);
		assert_false(dossier_work(d, 0));
		assert_int_equal(dossier_rows(d), 2);
		assert_int_equal(dossier_findings(d), 1);
		assert_int_equal(dossier_row(d, 0).kind, ROW_NOTE);
		assert_int_equal(dossier_row(d, 1).kind, ROW_FINDING);
		assert_int_equal(dossier_messages(d), 0);
		assert_readable(d);
		attempts++;
		dossier_close(&d);
	}
	assert_int_equal(attempts, 2);
	run_close(&r);
}

/* Where segments began within lines: those of the tour's session that was pipelined. */
static void
test_edges(void **state)
{
	struct run r;
	struct dossier *d;
	uint64_t edge;
	size_t edges = 0;

	(void)state;
	run_open(&r, 64 * MiB);
	run_capture(&r, "captures/tour.pcapng");
	d = dossier_open(r.model, model_find(r.model, 1), false);
	while (dossier_work(d, 0))
		continue;
	for (size_t i = 0; i < dossier_rows(d); i++) {
		struct row row = dossier_row(d, i);

		for (size_t k = 0; dossier_edge(d, i, k, &edge); k++, edges++)
			assert_true(edge >= row.offset && edge < row.offset + row.length);
		if (row.kind == ROW_CLIENT)	/* RCPT and DATA went with MAIL */
			assert_int_equal(dossier_edge(d, i, 0, &edge), slice_starts(row.text, S("EHLO")) || slice_starts(row.text, S("MAIL"))
			    || slice_starts(row.text, S("QUIT")));
	}
	assert_true(edges > 8);
	dossier_close(&d);
	run_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_follows),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_attempts),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
