/*
 * pickle.c - what it costs to remember: bytes of events and records as
 * pickles, and the time to write and to read them.
 *
 *	pickle CAPTURE [PACKETS]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/file.h"
#include "decode/decode.h"
#include "engine/engine.h"
#include "model/recorder/recorder.h"
#include "model/vault/pickle.h"

enum { KINDS = EV_KINDS + REC_STATS };		/* of events, then of records */

struct bench {
	struct pickle_before before;		/* as if all events were of one session */
	struct buf bytes;			/* all of it, in order */
	uint8_t *kind;
	uint32_t *length;
	size_t n, cap;
};

static uint64_t count[KINDS], size[KINDS];

static void
note(struct bench *b, unsigned kind, size_t before)
{
	if (b->n == b->cap) {
		b->cap = b->cap ? 2 * b->cap : 4096;
		b->kind = xrealloc(b->kind, b->cap, sizeof *b->kind);
		b->length = xrealloc(b->length, b->cap, sizeof *b->length);
	}
	b->kind[b->n] = (uint8_t)kind;
	b->length[b->n++] = (uint32_t)(b->bytes.n - before);
	count[kind]++;
	size[kind] += b->bytes.n - before;
}

static int
on_event(void *self, const struct event *e)
{
	struct bench *b = self;
	size_t before = b->bytes.n;

	pickle_event(&b->bytes, e, &(struct extent){ .at = before, .length = 1000, .ring = VAULT_BODY }, false,
	    e->kind == EV_OPEN ? &(struct pickle_before){ 0 } : &b->before);
	note(b, e->kind, before);
	return 0;
}

static int
on_record(void *self, const struct record *r)
{
	struct bench *b = self;
	size_t before = b->bytes.n;

	switch (r->kind) {
	case REC_SESSION:	pickle_session(&b->bytes, r->u.session); break;
	case REC_MESSAGE:	pickle_message(&b->bytes, r->u.message); break;
	case REC_ATTEMPT:	pickle_attempt(&b->bytes, r->u.attempt); break;
	case REC_FINDING:	pickle_finding(&b->bytes, r->u.finding); break;
	case REC_STATS:		return 0;
	}
	note(b, EV_KINDS + r->kind, before);
	return 0;
}

static int
on_close(void *self, bool failed)
{
	(void)self;
	(void)failed;
	return 0;
}

static void
run(struct bench *b, const char *capture, uint64_t packets)
{
	static const struct sink_ops ops = { .name = "bench", .event = on_event, .record = on_record, .close = on_close };
	struct file_options file = { .path = &capture, .npath = 1, .linktype_known = decode_linktype_known };
	struct engine_options o = { .memory = LIMIT_MEMORY, .keep = recorder_keeps(false), .stop_packets = packets };
	struct sink sink = { &ops, b, (WANT(EV_KINDS) - 1) & ~(WANT(EV_PART_BYTES) | WANT(EV_PART_TEXT)) };
	struct engine_result result;
	struct source source;
	struct engine *e;
	int status;

	if (file_open(&file, &source, &status) != 0)
		exit(status);
	o.source = &source;
	e = engine_new(&o);
	sink.wants |= WANT_SHA256 | WANT_JUDGEMENT | WANT_INSIDE;
	engine_add_sink(e, &sink);
	engine_run(e, &result);
	engine_free(&e);
	source.close(source.self);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* All of one kind, read; and written again, if they can be. */
static void
measure(const struct bench *b, unsigned kind)
{
	double began = now(), reading, again;
	slice all = buf_slice(&b->bytes);
	struct arena *arena = NULL;
	struct event e;
	struct extent body;
	struct buf out;
	struct pickle_before before = { .any = true, .time = 1 }, again_before = { 0 };
	size_t at = 0, read = 0;

	buf_init(&out, SIZE_MAX / 2);
	for (size_t i = 0; i < b->n; at += b->length[i++]) {
		slice one = slice_take(slice_drop(all, at), b->length[i]);
		bool good;

		if (b->kind[i] != kind)
			continue;
		if (read++ % (kind < EV_KINDS ? 100 : 1) == 0) {
			arena_free(&arena);
			arena = arena_new(LIMIT_RECORD_ARENA);
		}
		good = kind < EV_KINDS ? unpickle_event(&one, arena, &e, &body, &before)
		    : kind == EV_KINDS + REC_SESSION ? unpickle_session(one, arena) != NULL
		    : kind == EV_KINDS + REC_MESSAGE ? unpickle_message(one, arena, NULL) != NULL
		    : kind == EV_KINDS + REC_ATTEMPT ? unpickle_attempt(one, arena) != NULL : unpickle_finding(one, arena) != NULL;
		CHECK(good);
	}
	arena_free(&arena);
	reading = now() - began;
	at = 0;
	arena = arena_new(SIZE_MAX / 2);
	began = now();
	for (size_t i = 0; i < b->n && kind < EV_KINDS; at += b->length[i++]) {
		slice one = slice_take(slice_drop(all, at), b->length[i]);

		if (b->kind[i] != kind)
			continue;
		CHECK(unpickle_event(&one, arena, &e, &body, &before));
		pickle_event(&out, &e, &body, true, &again_before);
		if (out.n > 16 * MiB)
			buf_clear(&out);
	}
	again = now() - began - reading;
	arena_free(&arena);
	buf_fini(&out);
	printf("%-12s %9" PRIu64 " %6.1f bytes each  %6.0f ns to read", kind < EV_KINDS ? event_name((enum ev_kind)kind)
	    : kind == EV_KINDS + REC_SESSION ? "SESSION" : kind == EV_KINDS + REC_MESSAGE ? "MESSAGE" : "OTHER",
	    count[kind], (double)size[kind] / (double)count[kind], reading * 1e9 / (double)count[kind]);
	if (kind < EV_KINDS)
		printf("  %6.0f ns to write", again * 1e9 / (double)count[kind]);
	printf("  %5.1f MB\n", (double)size[kind] / 1e6);
}

int
main(int argc, char **argv)
{
	struct bench b = { 0 };

	if (argc < 2)
		return 2;
	buf_init(&b.bytes, SIZE_MAX / 2);
	run(&b, argv[1], argc > 2 ? strtoull(argv[2], NULL, 10) : 0);
	for (unsigned kind = 0; kind < KINDS; kind++)
		if (count[kind] > 0)
			measure(&b, kind);
	printf("%zu events and records, %.1f MB\n", b.n, (double)b.bytes.n / 1e6);
	buf_fini(&b.bytes);
	free(b.kind);
	free(b.length);
	return 0;
}
