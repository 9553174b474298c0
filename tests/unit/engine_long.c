/*
 * A wire of months, in seconds: sessions that end, that do not, that lose bytes, that are none, through the engine with all its
 * sinks and a small budget. What is kept does not grow with what has passed.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"
#include "engine/engine.h"
#include "model/model.h"
#include "model/recorder/recorder.h"
#include "sink/gate.h"
#include "sink/sinks.h"
#include "sink/spool.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SESSIONS = 12000 };		/* too few to tell: only faults are looked for */
#else
enum { SESSIONS = 100000 };
#endif

enum { HEAD = 54, ROOM = 2048, SAMPLES = 100, ENOUGH = 50000 };
enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

/* --- a wire --- */

struct step { char who; uint8_t flags; const char *text; };

static const struct step mail[] = {
	{ 'C', SYN, NULL }, { 'S', SYN | ACK, NULL }, { 'C', ACK, NULL }, { 'S', ACK, "220 mx.example ESMTP\r\n" },
	{ 'C', ACK, "EHLO client.example\r\n" }, { 'S', ACK, "250-mx.example\r\n250 PIPELINING\r\n" },
	{ 'C', ACK, "MAIL FROM:<alice#@example.org>\r\nRCPT TO:<bob#@example.net>\r\nDATA\r\n" },
	{ 'S', ACK, "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go ahead\r\n" },
	{ 'C', ACK, "From: alice#@example.org\r\nSubject: number #\r\nMessage-ID: <#@example.org>\r\n\r\n" },
	{ 'C', ACK, "text of it, with https://host#.example/\r\n" }, { 'C', ACK, "end of it\r\n.\r\n" },
	{ 'S', ACK, "250 2.0.0 Ok: queued as #\r\n" }, { 'C', ACK, "QUIT\r\n" }, { 'S', ACK, "221 2.0.0 Bye\r\n" },
	{ 'C', ACK | FIN, NULL }, { 'S', ACK | FIN, NULL }, { 'C', ACK, NULL },
};
static const struct step open_end[] = {
	{ 'C', SYN, NULL }, { 'S', SYN | ACK, NULL }, { 'C', ACK, NULL }, { 'S', ACK, "220 mx.example ESMTP\r\n" },
	{ 'C', ACK, "EHLO client.example\r\n" }, { 'S', ACK, "250 mx.example\r\n" }, { 'C', ACK, "MAIL FROM:<alice#@example.org>\r\n" },
};
static const struct step refused[] = { { 'C', SYN, NULL }, { 'S', RST | ACK, NULL } };
static const struct step unanswered[] = { { 'C', SYN, NULL } };
static const struct step stranger[] = {
	{ 'C', SYN, NULL }, { 'S', SYN | ACK, NULL }, { 'C', ACK, NULL }, { 'C', ACK, "GET /# HTTP/1.1\r\nHost: x\r\n\r\n" },
	{ 'S', ACK, "HTTP/1.1 200 OK\r\n\r\n" }, { 'C', ACK | FIN, NULL }, { 'S', ACK | FIN, NULL }, { 'C', ACK, NULL },
};

static const struct kind { const struct step *step; size_t n; bool loses, elsewhere, midstream; } kinds[] = {
	{ .step = mail, .n = 17 }, { .step = mail, .n = 17 }, { .step = mail, .n = 17, .loses = true }, { .step = open_end, .n = 7 },
	{ .step = refused, .n = 2 }, { .step = unanswered, .n = 1 }, { .step = stranger, .n = 8 },
	{ .step = mail, .n = 17, .midstream = true }, { .step = stranger, .n = 8, .elsewhere = true },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct wire {
	uint32_t sessions;		/* in all */
	uint32_t session;		/* that speaks */
	size_t step;
	uint32_t seq[2];
	uint64_t number;
	nstime now;
	uint64_t dropped;
	struct engine *engine;
	uint8_t bytes[ROOM];
	size_t sample[SAMPLES], kept[SAMPLES];	/* bytes in use; as the engine counts */
};

static void
put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static uint32_t
mix(uint32_t v)
{
	v = (v ^ v >> 16) * 0x45d9f3b;
	return v ^ v >> 13;
}

/* "#" stands for the number of the session. */
static size_t
put_text(uint8_t *p, const char *text, uint32_t number)
{
	struct buf out;
	size_t n;

	buf_init(&out, ROOM - HEAD);
	for (; *text != '\0'; text++)
		if (*text == '#')
			buf_printf(&out, "%u", number);
		else
			buf_add_byte(&out, (uint8_t)*text);
	n = out.n;
	memcpy(p, out.p, n);
	buf_fini(&out);
	return n;
}

static size_t
make_frame(struct wire *w, const struct kind *k, const struct step *s)
{
	bool client = s->who == 'C';
	uint32_t i = w->session, ip[2] = { 0x0a000000 | (mix(i) & 0xffffff), 0xc6336400 | (mix(i / 3) & 0xffff) };
	unsigned port[2] = { 1024 + i % 60000, k->elsewhere ? 8080 : 25 };
	uint8_t *p = w->bytes;
	size_t n = s->text ? put_text(p + HEAD, s->text, i) : 0;

	memset(p, 0, HEAD);
	put16(p + 12, 0x0800);
	p[14] = 0x45;
	put16(p + 16, (unsigned)(40 + n));
	put16(p + 18, (unsigned)w->number);
	p[22] = 64;
	p[23] = 6;
	put32(p + 26, ip[!client]);
	put32(p + 30, ip[client]);
	put16(p + 34, port[!client]);
	put16(p + 36, port[client]);
	put32(p + 38, w->seq[!client]);
	put32(p + 42, s->flags & ACK ? w->seq[client] : 0);
	p[46] = 0x50;
	p[47] = s->flags;
	put16(p + 48, 65535);
	w->seq[!client] += (uint32_t)n + ((s->flags & (SYN | FIN)) != 0);
	return HEAD + n;
}

static void
take_sample(struct wire *w)
{
	size_t at = (size_t)w->session * SAMPLES / w->sessions;

	w->sample[at] = mallinfo2().uordblks;
	w->kept[at] = engine_memory(w->engine);
}

static void
next_session(struct wire *w)
{
	if (w->session % (w->sessions / SAMPLES) == 0)
		take_sample(w);
	w->session++;
	w->step = 0;
	w->seq[0] = mix(w->session);
	w->seq[1] = ~w->seq[0];
	w->now += 150 * NSTIME_MS;
}

/* Is it not captured? */
static bool
is_lost(struct wire *w, const struct kind *k)
{
	if (k->midstream && w->step < 5)
		return true;
	if (!k->loses || w->step != 9)
		return false;
	w->dropped++;
	return true;
}

static enum source_result
wire_next(void *self, struct frame *f)
{
	struct wire *w = self;

	while (w->session < w->sessions) {
		const struct kind *k = &kinds[w->session % KINDS];

		if (w->step == k->n) {
			next_session(w);
			f->time = w->now;
			return SOURCE_NONE;
		}
		w->now += NSTIME_MS;
		*f = (struct frame){
			.bytes = { w->bytes, make_frame(w, k, &k->step[w->step]) }, .linktype = 1, .time = w->now, .digits = 6,
		};
		f->wire = f->bytes.n;
		if (is_lost(w, k)) {
			w->step++;
			continue;
		}
		w->step++;
		f->number = ++w->number;
		return SOURCE_FRAME;
	}
	return SOURCE_END;
}

static bool
wire_recall(void *self, uint64_t mark)
{
	(void)self;
	(void)mark;
	return false;
}

static void
wire_stats(void *self, struct source_stats *s)
{
	const struct wire *w = self;

	*s = (struct source_stats){ .packets = w->number, .dropped = w->dropped, .drops.kernel = w->dropped, .digits = 6 };
}

/* --- who listens --- */

static struct engine *
make(struct wire *w, struct source *source, uint32_t sessions)
{
	static const uint16_t port[] = { 25 };

	w->sessions = sessions;
	*source = (struct source){ .name = "wire", .next = wire_next, .recall = wire_recall, .stats = wire_stats, .self = w };
	return w->engine = engine_new(&(struct engine_options){
		.source = source, .mail_port = port, .nmail_port = 1, .checksums = CHECKSUMS_NONE, .memory = 16 * MiB, .live = true,
		.keep = FOLD_MESSAGES | FOLD_HEADERS | FOLD_DIALOGUE, .stats_interval = 60 * NSTIME_S,
	});
}

/* Between the third and the fifth tenth everything is as full as it gets; in the last two it is as full as then, but for 1/slack. */
static void
assert_flat(const size_t v[SAMPLES], const char *what, size_t slack)
{
	size_t then = 0, now = 0;

	for (int i = 0; i < SAMPLES; i++) {
		if (i >= 30 && i < 50 && v[i] > then)
			then = v[i];
		if (i >= 80 && v[i] > now)
			now = v[i];
	}
	if (now > then + then / slack + 64 * KiB)
		for (int i = 0; i < SAMPLES; i += 5)
			print_message("%s after %d %%: %zu bytes\n", what, i, v[i]);
	assert_true(now <= then + then / slack + 64 * KiB);
}

static void
run_and_judge(struct wire *w, struct engine *e, size_t slack)
{
	struct engine_result result;

	engine_run(e, &result);
	assert_false(result.failed);
	assert_true(result.sessions > w->sessions / 3);
	assert_true(result.attempts > w->sessions / 5);
	assert_int_equal(result.open_sessions, 0);
	if (w->sessions >= ENOUGH) {
		assert_flat(w->sample, "in use", slack);
		assert_flat(w->kept, "kept for open sessions", slack);
	}
	engine_free(&e);
}

/* Counts, and looks whether statistics come in order. */
struct counter { uint64_t stats, attempts, findings, gaps, dropping; bool final; };

static int
count_record(void *self, const struct record *r)
{
	struct counter *c = self;

	c->stats += r->kind == REC_STATS;
	c->attempts += r->kind == REC_ATTEMPT;
	c->findings += r->kind == REC_FINDING;
	if (r->kind == REC_STATS) {
		assert_false(c->final);
		c->final = r->u.stats->final;
	}
	return 0;
}

static int
count_event(void *self, const struct event *e)
{
	struct counter *c = self;

	c->gaps++;
	c->dropping += e->u.gap.dropped > 0;
	return 0;
}

static int
count_close(void *self, bool failed)
{
	(void)self;
	(void)failed;
	return 0;
}

static void
add(struct engine *e, const char *format, const struct output_options *o)
{
	struct output where = { format, "/dev/null" };
	const struct sink_format *f = sink_format_find(slice_of(format));
	struct sink sink = { 0 };

	assert_non_null(f);
	assert_int_equal(f->open(&where, o, engine_fold(e), &sink), 0);
	engine_add_sink(e, &sink);
}

static void
test_outputs(void **state)
{
	static const struct sink_ops ops = { .name = "counter", .event = count_event, .record = count_record, .close = count_close };
	static const char *const formats[] = { "text", "lines", "log", "json", "events", "stats" };
	struct wire *w = xcalloc(1, sizeof *w);
	struct source source;
	struct engine *e = make(w, &source, SESSIONS);
	struct output_options o = { .live = true, .digits = 6, .digests = WANT_SHA256, .judged = true };
	struct counter c = { 0 };

	(void)state;
	engine_add_sink(e, &(struct sink){ .ops = &ops, .self = &c, .wants = WANT(EV_GAP) });
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		add(e, formats[i], &o);
	run_and_judge(w, e, 50);
	assert_true(c.final);
	assert_true(c.stats > SESSIONS / 7 / 60);
	assert_true(c.attempts > 100);			/* not only at the end */
	assert_true(c.gaps >= SESSIONS / KINDS - 1 && c.dropping >= SESSIONS / KINDS - 1);
	assert_true(c.findings > 0);
	free(w);
}

/* With -Y, what waits for its verdict comes and goes. */
static void
test_filter(void **state)
{
	static const char *const formats[] = { "text", "lines", "json", "events" };
	struct wire *w = xcalloc(1, sizeof *w);
	struct source source;
	struct engine *e = make(w, &source, SESSIONS / 2);
	struct buf error;
	struct filter *filter;
	struct output_options o = { .live = true, .digits = 6 };
	struct sink sink;

	(void)state;
	buf_init(&error, KiB);
	filter = filter_new(S("smtp.rcpt_to contains \"7@\" && session.duration < 3"), &error);
	assert_non_null(filter);
	o.gate = gate_new(filter);
	o.spool = spool_new(MiB);
	gate_open(o.gate, engine_fold(e), &sink);
	engine_add_sink(e, &sink);
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		add(e, formats[i], &o);
	run_and_judge(w, e, 50);
	gate_free(&o.gate);
	spool_free(&o.spool);
	filter_free(&filter);
	buf_fini(&error);
	free(w);
}

static bool
take_news(void *self, struct news_batch *b)
{
	model_take(self, &b);
	return true;
}

/* What the screen remembers is bounded, too. */
static void
test_screen(void **state)
{
	struct wire *w = xcalloc(1, sizeof *w);
	struct source source;
	struct engine *e = make(w, &source, SESSIONS / 2);
	struct vault *vault = vault_new(32 * MiB);
	struct model *model = model_new(vault, 4 * MiB);
	struct sink sink;

	(void)state;
	recorder_open(&(struct recorder_options){ .vault = vault, .fold = engine_fold(e), .give = take_news, .self = model }, &sink);
	engine_add_sink(e, &sink);
	run_and_judge(w, e, 5);			/* how much waits to be handed over is a matter of the machine's clock */
	assert_true(w->sessions < ENOUGH || model_forgotten(model) > 0);
	model_free(&model);
	vault_free(&vault);
	free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outputs), cmocka_unit_test(test_filter), cmocka_unit_test(test_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
