/*
 * model_recorder.c - real captures through the engine into the recorder, the
 * vault and the model: all that the records say can be read back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/file.h"
#include "decode/decode.h"
#include "engine/engine.h"
#include "model/model.h"
#include "model/recorder/recorder.h"

static const char *const captures[] = {
	"captures/tour.pcapng", "captures/normal.pcap", "captures/one-sided.pcap", "captures/mid-stream.pcap",
	"captures/auth.pcap", "captures/japanese.pcap", "captures/snaplen-96.pcap", "captures/200-messages.pcap.gz",
};

enum { MOST = 4096, LINE = 200 };

/* What the records said, a line each; and what the model says. */
struct lines { char (*v)[LINE]; size_t n; };

struct run {
	struct vault *vault;
	struct model *model;
	struct lines told;
	size_t findings, batches;
	bool over;
	size_t stop_after;		/* batches; 0: never */
	bool busy;			/* who listens has enough to do */
	unsigned pause_every;		/* frames: nothing comes for as long as a hand-over takes; 0: never */
	unsigned frames;
	size_t open_sessions, open_messages, open_tales, open_attempts;	/* seen on the way */
	struct source source;
};

static void add_line(struct lines *, const char *, ...) __attribute__((format(printf, 2, 3)));

static void
add_line(struct lines *l, const char *format, ...)
{
	va_list args;

	assert_true(l->n < MOST);
	if (l->v == NULL)
		l->v = xcalloc(MOST, LINE);
	va_start(args, format);
	vsnprintf(l->v[l->n++], LINE, format, args);
	va_end(args);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
sort_lines(struct lines *l)
{
	if (l->n > 0)
		qsort(l->v, l->n, LINE, by_text);
}

static void
tell_session(struct lines *l, const struct rec_session *s)
{
	add_line(l, "session %s %llu %s %llu %llu %zu %lld", s->uid, (unsigned long long)s->number, rec_session_close(s),
	    (unsigned long long)s->messages, (unsigned long long)s->commands, s->findings.n, (long long)s->end);
}

static void
tell_message(struct lines *l, const struct rec_message *m)
{
	add_line(l, "message %s %u %s %llu %zu %zu %zu %.*s", m->uid, m->index, mail_status_name(m->status),
	    (unsigned long long)m->size, m->npart, m->nheader, m->findings.n, (int)m->subject.n, (const char *)m->subject.p);
}

static void
tell_attempt(struct lines *l, const struct rec_attempt *a)
{
	add_line(l, "attempt %s %s %llu", a->uid, attempt_name(a->outcome), (unsigned long long)a->count);
}

static void
tell_finding(struct lines *l, const struct rec_lone_finding *f)
{
	add_line(l, "finding %s %s %d", f->own_uid, f->uid, f->finding.finding);
}

/* A sink beside the recorder. */
static int
on_record(void *self, const struct record *r)
{
	struct run *run = self;

	switch (r->kind) {
	case REC_SESSION:
		tell_session(&run->told, r->u.session);
		run->findings += r->u.session->findings.n;
		break;
	case REC_MESSAGE:
		tell_message(&run->told, r->u.message);
		run->findings += r->u.message->findings.n;
		break;
	case REC_ATTEMPT:
		tell_attempt(&run->told, r->u.attempt);
		run->findings += r->u.attempt->findings.n;
		break;
	case REC_FINDING:
		tell_finding(&run->told, r->u.finding);
		run->findings++;
		break;
	case REC_STATS:
		break;
	}
	return 0;
}

static int
on_close(void *self, bool failed)
{
	(void)self;
	(void)failed;
	return 0;
}

static const struct sink_ops listener = { .name = "listener", .record = on_record, .close = on_close };

/* All that is told can be read at once; of what goes on, what is known so far. */
static void
look_around(struct run *r)
{
	struct desk *d = desk_new();
	struct unit u;

	for (uint32_t i = model_first(r->model); i < model_end(r->model); i++) {
		const struct item *item = model_item(r->model, i);
		size_t n;

		assert_true(model_read(r->model, i, d, &u));
		if (u.session != NULL)
			assert_int_equal(u.session->closed, model_item(r->model, item->session)->over);
		if (item->over)
			continue;
		assert_false(r->over);
		r->open_attempts += u.attempt != NULL;
		if (u.attempt != NULL)
			continue;
		assert_true(u.session->number == item->number);
		if (item->kind == ITEM_MESSAGE) {
			assert_int_equal(u.message->mail, item->mail);
			assert_true(u.begun);
			r->open_messages++;
			continue;
		}
		assert_non_null(model_tale(r->model, i, &n));
		r->open_tales += n;
		r->open_sessions++;
	}
	desk_free(&d);
}

static bool
give(void *self, struct news_batch *b)
{
	struct run *r = self;

	r->over |= b->over;
	r->batches++;
	model_take(r->model, &b);
	if (r->pause_every > 0)
		look_around(r);
	return r->stop_after == 0 || r->batches < r->stop_after;
}

static bool
is_busy(void *self)
{
	return ((struct run *)self)->busy;
}

static void
run_open(struct run *r, size_t spool, size_t memory)
{
	*r = (struct run){ .vault = vault_new(spool) };
	r->model = model_new(r->vault, memory);
}

static void
run_close(struct run *r)
{
	free(r->told.v);
	model_free(&r->model);
	vault_free(&r->vault);
}

static enum source_result
next_with_pauses(void *self, struct frame *frame)
{
	struct run *r = self;
	struct timespec pause = { .tv_nsec = RECORDER_HASTE + NSTIME_MS };

	if (++r->frames % r->pause_every == 0) {
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
run_capture(struct run *r, const char *path)
{
	static const uint16_t ports[] = { 25, 465, 587 };
	struct file_options file = { .path = &path, .npath = 1, .quiet = true, .linktype_known = decode_linktype_known };
	struct source source, slow = { .name = "slow", .next = next_with_pauses, .recall = recall, .stats = stats, .self = r };
	int status;
	struct engine_result result;
	struct engine *e;
	struct sink sink;

	assert_int_equal(file_open(&file, &source, &status), 0);
	r->source = source;
	e = engine_new(&(struct engine_options){
		.source = r->pause_every > 0 ? &slow : &source, .mail_port = ports, .nmail_port = 3, .memory = LIMIT_MEMORY, .keep = recorder_keeps(false),
	});
	recorder_open(&(struct recorder_options){ .vault = r->vault, .fold = engine_fold(e), .give = give, .busy = is_busy, .self = r }, &sink);
	engine_add_sink(e, &sink);
	engine_add_sink(e, &(struct sink){ &listener, r, 0 });
	engine_run(e, &result);
	assert_false(result.failed);
	engine_free(&e);
	source.close(source.self);
}

/* What the model says of its items. */
static struct lines
read_back(const struct run *r, struct desk *d)
{
	struct lines l = { 0 };

	for (uint32_t i = model_first(r->model); i < model_end(r->model); i++) {
		const struct item *item = model_item(r->model, i);
		struct unit u;

		if (item == NULL)
			continue;
		assert_true(model_read(r->model, i, d, &u));
		assert_true(item->over);
		switch (item->kind) {
		case ITEM_SESSION:	tell_session(&l, u.session); break;
		case ITEM_MESSAGE:	tell_message(&l, u.message); break;
		case ITEM_ATTEMPT:	tell_attempt(&l, u.attempt); break;
		case ITEM_LONE:		tell_finding(&l, u.finding); break;
		}
	}
	sort_lines(&l);
	return l;
}

static void
assert_same_lines(const struct lines *a, const struct lines *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		assert_string_equal(a->v[i], b->v[i]);
	assert_int_equal(a->n, b->n);
}

static void
test_everything(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof captures / sizeof captures[0]; i++) {
		struct desk *d = desk_new();
		struct lines l;
		struct run r;

		run_open(&r, 64 * MiB, 64 * MiB);
		run_capture(&r, captures[i]);
		assert_true(r.over);
		assert_true(model_over(r.model));
		l = read_back(&r, d);
		sort_lines(&r.told);
		assert_true(l.n > 0);
		assert_same_lines(&l, &r.told);
		assert_int_equal(model_findings(r.model), r.findings);
		assert_int_equal(model_findings_all(r.model), r.findings);
		assert_non_null(model_figures(r.model));
		free(l.v);
		desk_free(&d);
		run_close(&r);
	}
}

/* Sessions that go on are told as far as they are known; at the end it makes no difference. */
static void
test_while_it_happens(void **state)
{
	struct desk *d = desk_new();
	struct lines l;
	struct run r;

	(void)state;
	run_open(&r, 64 * MiB, 64 * MiB);
	r.pause_every = 17;
	run_capture(&r, captures[0]);
	assert_true(r.batches > 5);
	assert_true(r.open_attempts > 2);
	assert_true(r.open_sessions > 5 && r.open_messages > 0 && r.open_tales >= r.open_sessions);
	l = read_back(&r, d);
	sort_lines(&r.told);
	assert_same_lines(&l, &r.told);
	assert_int_equal(model_findings(r.model), r.findings);
	free(l.v);
	desk_free(&d);
	run_close(&r);
}

/* Who is busy is not waited for: all comes when there is time. */
static void
test_busy(void **state)
{
	struct desk *d = desk_new();
	struct lines l;
	struct run r;

	(void)state;
	run_open(&r, 64 * MiB, 64 * MiB);
	r.pause_every = 17;
	r.busy = true;
	run_capture(&r, captures[0]);
	assert_int_equal(r.batches, 1);
	l = read_back(&r, d);
	sort_lines(&r.told);
	assert_same_lines(&l, &r.told);
	assert_int_equal(model_findings(r.model), r.findings);
	free(l.v);
	desk_free(&d);
	run_close(&r);
}

/* Nothing comes for a while: nobody is woken for that. */
static void
test_silence(void **state)
{
	struct timespec pause = { .tv_nsec = 2 * RECORDER_HASTE };
	struct fold_user nobody = { NULL, NULL };
	struct fold *fold = fold_new(&nobody, 0);
	struct sink sink;
	struct run r;

	(void)state;
	run_open(&r, 64 * MiB, 64 * MiB);
	recorder_open(&(struct recorder_options){ .vault = r.vault, .fold = fold, .give = give, .self = &r }, &sink);
	for (int i = 0; i < 5; i++) {
		nanosleep(&pause, NULL);
		assert_int_equal(sink.ops->tick(sink.self, NSTIME_NONE), 0);
	}
	assert_int_equal(r.batches, 0);
	assert_int_equal(sink.ops->close(sink.self, false), 0);
	assert_int_equal(r.batches, 1);
	assert_true(r.over);
	fold_free(&fold);
	run_close(&r);
}

/* Each finding names its record, and stands in it. */
static void
test_findings(void **state)
{
	struct desk *d = desk_new();
	struct run r;

	(void)state;
	run_open(&r, 64 * MiB, 64 * MiB);
	run_capture(&r, captures[0]);
	assert_true(model_findings(r.model) > 0);
	for (size_t i = 0; i < model_findings(r.model); i++) {
		struct model_finding f = model_finding(r.model, i);
		const struct rec_findings *in = NULL;
		struct unit u;

		assert_true(model_read(r.model, f.item, d, &u));
		if (u.finding != NULL) {
			assert_int_equal(u.finding->finding.finding, f.is.finding);
			continue;
		}
		in = u.message ? &u.message->findings : u.attempt ? &u.attempt->findings : &u.session->findings;
		assert_true(f.is.nth < in->n);
		assert_int_equal(in->v[f.is.nth].finding, f.is.finding);
		assert_int_equal(in->v[f.is.nth].offset, f.is.offset);
		assert_int_equal(model_item(r.model, f.item)->severity >= finding_info(f.is.finding)->severity, 1);
	}
	desk_free(&d);
	run_close(&r);
}

/* Sessions stand in the order of their beginnings, each before its messages, and messages in theirs. */
static void
test_order(void **state)
{
	struct run r;
	uint64_t number = 0;
	size_t messages = 0;

	(void)state;
	run_open(&r, 64 * MiB, 64 * MiB);
	run_capture(&r, captures[0]);
	for (uint32_t i = 0; i < model_end(r.model); i++) {
		const struct item *item = model_item(r.model, i);
		uint32_t index = 0;

		if (item->kind != ITEM_SESSION)
			continue;
		assert_true(item->number > number);
		number = item->number;
		assert_int_equal(model_find(r.model, number), i);
		for (uint32_t m = item->next; m != NO_ITEM; m = model_item(r.model, m)->next) {
			assert_true(m > i);
			assert_int_equal(model_item(r.model, m)->session, i);
			assert_true(model_item(r.model, m)->index >= index);
			index = model_item(r.model, m)->index;
			assert_int_equal(model_find_message(r.model, number, index, model_item(r.model, m)->server_reading), m);
			messages++;
		}
	}
	assert_true(messages > 5);
	run_close(&r);
}

/* In a capture of ordinary mail nothing failed; in the tour the session with refused recipients did. */
static void
test_trouble(void **state)
{
	struct run r;
	size_t troubled = 0;

	(void)state;
	run_open(&r, 64 * MiB, 64 * MiB);
	run_capture(&r, "captures/normal.pcap");
	for (uint32_t i = 0; i < model_end(r.model); i++)
		troubled += model_item(r.model, i)->trouble;
	assert_int_equal(troubled, 0);
	run_close(&r);

	run_open(&r, 64 * MiB, 64 * MiB);
	run_capture(&r, captures[0]);
	for (uint32_t i = 0; i < model_end(r.model); i++)
		troubled += model_item(r.model, i)->trouble;
	assert_true(troubled > 3);
	assert_true(model_item(r.model, model_find(r.model, 1))->trouble);
	run_close(&r);
}

/* A small spool: what was let go is told so, and is the oldest. */
static void
test_small_spool(void **state)
{
	struct desk *d = desk_new();
	struct run r;
	size_t gone = 0, read = 0;
	bool before = false;

	(void)state;
	run_open(&r, 128 * KiB, 64 * MiB);
	run_capture(&r, "captures/200-messages.pcap.gz");
	for (uint32_t i = 0; i < model_end(r.model); i++) {
		const struct item *item = model_item(r.model, i);
		bool here = vault_has(r.vault, &item->record);

		if (item->kind != ITEM_MESSAGE)
			continue;
		assert_true(here || !before);		/* the oldest go first */
		before = here;
		gone += !here;
		read += here;
	}
	assert_true(gone > 0 && read > 0);
	assert_true(vault_gone(r.vault, VAULT_RECORD) > 0);
	desk_free(&d);
	run_close(&r);
}

/* A small budget: the oldest sessions are forgotten with their messages, and counted. */
static void
test_small_budget(void **state)
{
	struct desk *d = desk_new();
	struct run r;
	size_t sessions = 0;

	(void)state;
	run_open(&r, 64 * MiB, 6 * KiB);
	run_capture(&r, captures[1]);
	assert_true(model_forgotten(r.model) > 0);
	assert_true(model_first(r.model) > 0);
	for (uint32_t i = 0; i < model_end(r.model); i++) {
		const struct item *item = model_item(r.model, i);
		struct unit u;

		assert_int_equal(model_read(r.model, i, d, &u), item != NULL);
		sessions += item != NULL && item->kind == ITEM_SESSION;
	}
	assert_int_equal(sessions + model_forgotten(r.model), model_figures(r.model)->stats.sessions);
	desk_free(&d);
	run_close(&r);
}

/* Nobody listens any more: the run goes on to its end, and nothing more is said. */
static void
test_deaf(void **state)
{
	struct run r;

	(void)state;
	run_open(&r, 64 * MiB, 64 * MiB);
	r.stop_after = 1;
	run_capture(&r, captures[0]);
	assert_int_equal(r.batches, 1);
	run_close(&r);
}

static void
test_marks(void **state)
{
	struct run r;

	(void)state;
	run_open(&r, 64 * MiB, 64 * MiB);
	run_capture(&r, captures[0]);
	model_mark(r.model, 0, true);
	model_mark(r.model, 0, true);
	model_mark(r.model, 1, true);
	assert_int_equal(model_marked(r.model), 2);
	model_mark(r.model, 0, false);
	assert_int_equal(model_marked(r.model), 1);
	assert_true(model_item(r.model, 1)->marked);
	model_mark(r.model, NO_ITEM, true);
	assert_int_equal(model_marked(r.model), 1);
	run_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_while_it_happens),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_trouble),
		cmocka_unit_test(test_small_spool),
		cmocka_unit_test(test_small_budget),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
