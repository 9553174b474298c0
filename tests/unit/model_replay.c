/* model_replay.c - what a sink hears when something was let go, when only messages are chosen, when a session goes on, when it fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "model/list/list.h"
#include "model/message/replay.h"
#include "remember.h"

enum { PIECE = 1000 };

/* --- a session by hand --- */

struct said {
	struct fold *fold;
	struct sink recorder;
	struct event at;		/* goes on from event to event */
};

static int
to_recorder(void *self, const struct record *r)
{
	struct said *s = self;

	return s->recorder.ops->record(s->recorder.self, r);
}

static void
say(struct said *s, enum ev_kind kind, struct event e)
{
	static const struct tcp_facts tcp = { .first = NSTIME_S, .last = NSTIME_S, .handshake = NSTIME_NONE };

	s->at.at.packet++;
	s->at.at.time += NSTIME_MS;
	e.kind = kind;
	e.at = s->at.at;
	if (kind == EV_OPEN)
		e.u.open.tcp = &tcp;
	if (kind == EV_CLOSE)
		e.u.close.tcp = &tcp;
	if (kind == EV_OPEN)
		fold_event(s->fold, &e);
	assert_int_equal(s->recorder.ops->event(s->recorder.self, &e), 0);
	if (kind != EV_OPEN)
		fold_event(s->fold, &e);
	s->at.at.offset += e.at.length;
}

static void
say_command(struct said *s, uint32_t serial, uint32_t mail, slice verb, slice line)
{
	s->at.at.length = line.n;
	say(s, EV_COMMAND, (struct event){ .u.command = { .serial = serial, .mail = mail, .verb = verb, .line = line,
	    .address = S("a@example"), .path = S("<a@example>"), .has_path = true, .line_end = 2 } });
}

static void
say_reply(struct said *s, uint32_t answers, uint32_t mail, slice verb, int code)
{
	slice line = S("250 ok");

	say(s, EV_REPLY, (struct event){ .u.reply = { .answers = answers, .mail = mail, .verb = verb, .code = code, .line = &line, .nline = 1,
	    .text = S("ok"), .recipient = -1, .wait = NSTIME_NONE } });
}

/* MAIL, a content of so many pieces behind a header of one, its end. */
static void
say_message(struct said *s, uint32_t mail, uint32_t index, unsigned pieces, bool ends)
{
	static const slice header = SLICE("Content-Type: application/pdf; name=a.pdf\r\n\r\n");
	uint8_t bytes[PIECE];

	memset(bytes, 'a' + (int)index, sizeof bytes);
	say_command(s, mail, mail, S("MAIL"), S("MAIL FROM:<a@example>"));
	say_reply(s, mail, mail, S("MAIL"), 250);
	s->at.at.length = 0;
	say(s, EV_MAIL_BEGIN, (struct event){ .u.mail_begin = { mail, index, "DATA" } });
	s->at.at.length = header.n;
	say(s, EV_MAIL_BYTES, (struct event){ .u.mail_bytes = { mail, header, true } });
	s->at.at.length = PIECE;
	for (unsigned i = 0; i < pieces; i++)
		say(s, EV_MAIL_BYTES, (struct event){ .u.mail_bytes = { mail, { bytes, PIECE }, false } });
	s->at.at.length = 0;
	if (!ends)
		return;
	say(s, EV_MAIL_END, (struct event){ .u.mail_end = { .mail = mail, .size = header.n + pieces * PIECE, .whole = true, .has_sha256 = true } });
	say_reply(s, mail + 1, mail, S("."), 250);
	say(s, EV_MAIL_DONE, (struct event){ .u.mail_done = { .mail = mail, .index = index, .status = MAIL_ACCEPTED, .stage = "data" } });
}

/* One session with messages of 20, `pieces` and 5 pieces; the last one may have no end, and nor has the session then. */
static void
remember_session(struct memory *m, size_t vault, unsigned pieces, bool ends)
{
	struct recorder_options o = { .give = memory_take, .self = m };
	struct said s = { .at.at = { .session = 1, .time = NSTIME_S } };
	struct fold_user user = { &s, to_recorder };

	o.vault = m->vault = vault_new(vault);
	m->model = model_new(m->vault, 64 * MiB);
	s.fold = fold_new(&user, recorder_keeps(false));
	o.fold = s.fold;
	recorder_open(&o, &s.recorder);
	say(&s, EV_OPEN, (struct event){ .u.open = { .protocol = "smtp" } });
	say_message(&s, 10, 1, 20, true);
	say_message(&s, 20, 2, pieces, true);
	say_message(&s, 30, 3, 5, ends);
	if (ends)
		say(&s, EV_CLOSE, (struct event){ .u.close = { .why = WHY_FIN } });
	s.recorder.ops->close(s.recorder.self, false);
	fold_free(&s.fold);
}

/* --- a sink that counts --- */

struct heard {
	unsigned events[EV_KINDS], records[REC_STATS + 1];
	uint64_t bytes, gaps, part_bytes, part_missing;	/* of the message that is told */
	struct { uint64_t size, missing, bytes, gaps; bool whole, has_sha256; } end[4];
	size_t nend;
	struct { uint32_t index; uint64_t size, missing; bool whole, part_whole; size_t npart; } message[8];
	size_t nmessage;
	enum why why;
	int fail_after, calls;
	bool closed, closed_failed;
};

static int
maybe_fail(struct heard *h)
{
	return h->fail_after > 0 && ++h->calls >= h->fail_after ? -1 : 0;
}

static int
hear(void *self, const struct event *e)
{
	struct heard *h = self;

	h->events[e->kind]++;
	switch (e->kind) {
	case EV_MAIL_BEGIN:
		h->bytes = h->gaps = 0;
		break;
	case EV_MAIL_BYTES:
		h->bytes += e->u.mail_bytes.bytes.n;
		break;
	case EV_GAP:
		h->gaps += e->u.gap.missing;
		break;
	case EV_PART_BYTES:
		h->part_bytes += e->u.part_bytes.bytes.n;
		break;
	case EV_PART_END:
		h->part_missing += e->u.part_end.missing;
		break;
	case EV_MAIL_END:
		assert_true(h->nend < 4);
		h->end[h->nend].size = e->u.mail_end.size;
		h->end[h->nend].missing = e->u.mail_end.missing;
		h->end[h->nend].whole = e->u.mail_end.whole;
		h->end[h->nend].has_sha256 = e->u.mail_end.has_sha256;
		h->end[h->nend].bytes = h->bytes;
		h->end[h->nend++].gaps = h->gaps;
		break;
	case EV_CLOSE:
		h->why = e->u.close.why;
		break;
	default:
		break;
	}
	return maybe_fail(h);
}

static int
hear_record(void *self, const struct record *r)
{
	const struct rec_message *m = r->u.message;
	struct heard *h = self;

	h->records[r->kind]++;
	if (r->kind == REC_MESSAGE) {
		h->message[h->nmessage].index = m->index;
		h->message[h->nmessage].size = m->size;
		h->message[h->nmessage].missing = m->missing;
		h->message[h->nmessage].whole = m->whole;
		h->message[h->nmessage].npart = m->npart;
		h->message[h->nmessage++].part_whole = m->npart > 0 && m->part[0].whole;
	}
	return maybe_fail(h);
}

static int
hear_close(void *self, bool failed)
{
	struct heard *h = self;

	h->closed = true;
	h->closed_failed = failed;
	return 0;
}

static const uint32_t all_events = (WANT(EV_KINDS) - 1) & ~WANT(EV_PART_TEXT);

/* What a sink hears of these items. */
static struct heard
replay(const struct memory *m, const uint32_t *item, size_t n, uint32_t wants, int fail_after, uint64_t *gone_r)
{
	static const struct sink_ops ops = { .name = "heard", .event = hear, .record = hear_record, .close = hear_close };
	struct replay_options o = { .item = item, .n = n, .keep = FOLD_MESSAGES };
	struct heard h = { .fail_after = fail_after };
	struct replay *r = replay_new(m->model, &o);
	int status;

	replay_sink(r, &(struct sink){ &ops, &h, wants });
	while ((status = replay_work(r, 0)) == 1)
		;
	assert_int_equal(status, fail_after > 0 ? -1 : 0);
	*gone_r = replay_gone(r);
	replay_free(&r, false);
	assert_null(r);
	assert_true(h.closed);
	assert_int_equal(h.closed_failed, fail_after > 0);
	return h;
}

/* --- tests --- */

static void
test_all(void **state)
{
	struct memory m;
	struct heard h;
	uint64_t gone;

	(void)state;
	remember_session(&m, 4 * MiB, 100, true);
	h = replay(&m, &(uint32_t){ 0 }, 1, all_events, 0, &gone);
	assert_int_equal(gone, 0);
	assert_int_equal(h.nend, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_true(h.end[i].whole && h.end[i].has_sha256);
		assert_int_equal(h.end[i].bytes, h.end[i].size);
		assert_true(h.message[i].whole && h.message[i].part_whole);
		assert_int_equal(h.message[i].npart, 1);
	}
	assert_int_equal(h.part_bytes, 125 * PIECE);
	assert_int_equal(h.records[REC_MESSAGE], 3);
	assert_int_equal(h.records[REC_SESSION], 1);
	assert_int_equal(h.records[REC_STATS], 0);
	assert_int_equal(h.events[EV_GAP], 0);
	assert_int_equal(h.why, WHY_FIN);
	forget_all(&m);
}

/* The first message's bytes are gone, and half of the second's: both are told as partial, the third is whole. */
static void
test_bodies_gone(void **state)
{
	struct memory m;
	struct heard h;
	uint64_t gone;

	(void)state;
	remember_session(&m, 160 * KiB, 100, true);
	h = replay(&m, &(uint32_t){ 0 }, 1, all_events, 0, &gone);
	assert_int_equal(gone, 1);
	assert_int_equal(h.nend, 3);
	assert_int_equal(h.end[0].bytes, 0);
	assert_true(h.end[1].bytes > 50 * PIECE && h.end[1].bytes < 100 * PIECE);
	for (size_t i = 0; i < 2; i++) {
		assert_false(h.end[i].whole || h.end[i].has_sha256);
		assert_int_equal(h.end[i].size, h.end[i].bytes);
		assert_int_equal(h.end[i].missing, h.end[i].gaps);
		assert_int_equal(h.end[i].size + h.end[i].missing, (i == 0 ? 20 : 100) * PIECE + 45);
		assert_false(h.message[i].whole || h.message[i].part_whole);
		assert_int_equal(h.message[i].missing, h.end[i].missing);
	}
	assert_true(h.end[2].whole && h.end[2].has_sha256 && h.message[2].whole && h.message[2].part_whole);
	assert_true(h.part_missing > 0);
	/* Who does not ask for bytes hears what was true of them. */
	h = replay(&m, &(uint32_t){ 0 }, 1, WANT(EV_MAIL_END), 0, &gone);
	assert_int_equal(gone, 0);
	assert_true(h.end[0].whole && h.message[0].whole && h.message[0].size == 20 * PIECE + 45);
	forget_all(&m);
}

/* The beginning of the tale is gone, too. */
static void
test_tale_gone(void **state)
{
	struct memory m;
	struct heard h;
	uint64_t gone;

	(void)state;
	remember_session(&m, 16 * KiB, 600, true);
	assert_true(vault_gone(m.vault, VAULT_TALE) > 0);
	h = replay(&m, &(uint32_t){ 0 }, 1, all_events, 0, &gone);
	assert_int_equal(gone, 1);
	assert_int_equal(h.events[EV_OPEN], 1);
	assert_int_equal(h.events[EV_CLOSE], 1);
	assert_int_equal(h.records[REC_MESSAGE], 3);
	assert_int_equal(h.records[REC_SESSION], 1);
	for (size_t i = 0; i < h.nmessage; i++)
		assert_true(h.message[i].index == 3 || !h.message[i].whole || h.events[EV_MAIL_BEGIN] < 2);
	forget_all(&m);
}

static void
test_chosen(void **state)
{
	struct memory m;
	struct heard h;
	uint32_t item[2];
	uint64_t gone;

	(void)state;
	remember_session(&m, 4 * MiB, 100, true);
	item[0] = nth_item(&m, ITEM_MESSAGE, 2);
	item[1] = nth_item(&m, ITEM_MESSAGE, 1);
	h = replay(&m, item, 2, all_events, 0, &gone);
	assert_int_equal(h.nend, 2);
	assert_int_equal(h.end[0].bytes, 100 * PIECE + 45);
	assert_int_equal(h.records[REC_MESSAGE], 2);
	assert_int_equal(h.records[REC_SESSION], 0);
	assert_int_equal(h.events[EV_OPEN] + h.events[EV_CLOSE], 0);
	assert_int_equal(h.events[EV_COMMAND], 2);
	assert_int_equal(h.events[EV_MAIL_BEGIN], 2);
	item[0] = 0;			/* with its session all of it, once */
	h = replay(&m, item, 2, all_events, 0, &gone);
	assert_int_equal(h.nend, 3);
	assert_int_equal(h.records[REC_SESSION], 1);
	item[0] = 12345;		/* there is none */
	h = replay(&m, item, 2, all_events, 0, &gone);
	assert_int_equal(gone, 1);
	assert_int_equal(h.records[REC_MESSAGE], 1);
	h = replay(&m, item, 0, all_events, 0, &gone);
	assert_int_equal(h.events[EV_OPEN], 0);
	forget_all(&m);
}

/* What goes on is told as if the capture ended here. */
static void
test_open(void **state)
{
	struct memory m;
	struct heard h;
	uint64_t gone;

	(void)state;
	remember_session(&m, 4 * MiB, 100, false);
	h = replay(&m, &(uint32_t){ 0 }, 1, all_events, 0, &gone);
	assert_int_equal(gone, 0);
	assert_int_equal(h.nend, 3);
	assert_int_equal(h.end[2].bytes, 5 * PIECE + 45);
	assert_false(h.end[2].whole);
	assert_int_equal(h.records[REC_MESSAGE], 3);
	assert_int_equal(h.message[2].index, 3);
	assert_false(h.message[2].whole);
	assert_int_equal(h.records[REC_SESSION], 1);
	assert_int_equal(h.why, WHY_END_OF_CAPTURE);
	forget_all(&m);
}

/* A sink that fails is asked nothing more, and told so at the end. */
static void
test_fails(void **state)
{
	struct memory m;
	struct heard h;
	uint64_t gone;

	(void)state;
	remember_session(&m, 4 * MiB, 100, true);
	for (int n = 1; n < 60; n += 7) {
		h = replay(&m, &(uint32_t){ 0 }, 1, all_events, n, &gone);
		assert_int_equal(h.calls, n);
	}
	forget_all(&m);
}

static bool
has_word(const struct buf *b, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= b->n; i++)
		if (memcmp(b->p + i, word, n) == 0)
			return true;
	return false;
}

/* All that the rings hold of events and records. */
static struct buf
all_that_is_remembered(const struct memory *m)
{
	struct buf all;

	buf_init(&all, SIZE_MAX / 2);
	for (uint8_t ring = 0; ring < VAULT_RINGS; ring++) {
		struct extent e = { .length = (uint32_t)vault_kept(m->vault, ring), .ring = ring };

		assert_int_equal(vault_gone(m->vault, ring), 0);
		assert_true(vault_read(m->vault, &e, 0, e.length, &all));
	}
	return all;
}

/* Credentials are left out before anything is written to the disk. */
static void
test_secrets(void **state)
{
	static const char *const secret[] = {
		"pencil", "AGpvaG4AcGVuY2ls", "cGVuY2ls", "b913a602c7eda7a495b4e6e7334d3890", "dGltIGI5MTNhNj", "dHzbZapWIk4jUhN", "Yz1iaXdzLHI9ck9wck5H",
		"ya29.not-a-real-token", "dXNlcj1qb2huQGV4YW1wbGUub3JnAW",
	};
	struct memory m;
	struct buf all;

	(void)state;
	for (int shown = 0; shown < 2; shown++) {
		assert_true(remember(&m, "captures/auth.pcap", 16 * MiB, 0, shown));
		all = all_that_is_remembered(&m);
		assert_true(has_word(&all, "EHLO desk.example.org"));
		for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++)
			if (has_word(&all, secret[i]) != shown)
				fail_msg("%s is %sremembered", secret[i], shown ? "not " : "");
		buf_fini(&all);
		forget_all(&m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_bodies_gone),
		cmocka_unit_test(test_tale_gone),
		cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
