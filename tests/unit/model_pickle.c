/* model_pickle.c - events and records become bytes and are the same again; nothing is forgotten, nothing damaged believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "model/vault/pickle.h"
#include "model/vault/pickle_table.h"
#include "pickle_fill.h"

/* --- nothing is forgotten --- */

#if defined __has_builtin
#if __has_builtin(__builtin_clear_padding)
#define CAN_TELL_PADDING
#endif
#endif

#ifdef CAN_TELL_PADDING
static const struct shape *
find_shape(const char *name)
{
	for (size_t i = 0; i < nshapes_all; i++)
		if (strcmp(shapes_all[i]->name, name) == 0)
			return shapes_all[i];
	fail_msg("there is no table %s", name);
	return NULL;
}

static void
unmark(uint8_t *mark, const struct shape *shape, size_t offset, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_true(offset + i < shape->size);
		if (mark[offset + i] == 0)
			fail_msg("%s: byte %zu is padding, or two members'", shape->name, offset + i);
		mark[offset + i] = 0;
	}
}

/* All bytes of a struct that are not padding belong to one member each. */
static void
check_covered(const struct shape *shape, uint8_t *mark, size_t size)
{
	assert_int_equal(shape->size, size);
	for (size_t i = 0; i < shape->n; i++) {
		const struct member *m = &shape->member[i];

		if (m->kind == MEMBER_STRUCT || m->kind == MEMBER_ARRAY)
			memset(mark + m->offset, 0xff, m->size);	/* its own padding is its own table's matter */
		unmark(mark, shape, m->offset, m->size);
		if (m->kind == MEMBER_LIST || m->kind == MEMBER_ARRAY)
			unmark(mark, shape, m->count, sizeof(size_t));
	}
	for (size_t i = 0; i < size; i++)
		if (mark[i] != 0)
			fail_msg("%s: byte %zu is in no table", shape->name, i);
}

#define COVERED(table, type) do { \
	type all; \
	memset(&all, 0xff, sizeof all); \
	__builtin_clear_padding(&all); \
	memcpy(mark, &all, sizeof all); \
	check_covered(find_shape(#table), mark, sizeof all); \
	checked++; \
} while (0)

static void
test_covered(void **state)
{
	static uint8_t mark[4096];
	size_t checked = 0;

	(void)state;
	COVERED(text_item, slice);
	COVERED(pair, struct pair);
	COVERED(addr, struct addr);
	COVERED(endpoint, struct endpoint);
	COVERED(tcp_facts, struct tcp_facts);
	COVERED(where, struct where);
	COVERED(open, struct ev_open);
	COVERED(close, struct ev_close);
	COVERED(phase, struct ev_phase);
	COVERED(command, struct ev_command);
	COVERED(reply, struct ev_reply);
	COVERED(auth, struct ev_auth);
	COVERED(tls, struct ev_tls);
	COVERED(proxy, struct ev_proxy);
	COVERED(mail_begin, struct ev_mail_begin);
	COVERED(mail_bytes, struct ev_mail_bytes);
	COVERED(mail_end, struct ev_mail_end);
	COVERED(mail_done, struct ev_mail_done);
	COVERED(header, struct ev_header);
	COVERED(part_begin, struct ev_part_begin);
	COVERED(part_bytes, struct ev_part_bytes);
	COVERED(part_text, struct ev_part_text);
	COVERED(part_fact, struct ev_part_fact);
	COVERED(part_member, struct ev_part_member);
	COVERED(part_end, struct ev_part_end);
	COVERED(url, struct ev_url);
	COVERED(gap, struct ev_gap);
	COVERED(anomaly, struct ev_anomaly);
	COVERED(packet, struct ev_packet);
	COVERED(finding, struct rec_finding);
	COVERED(findings, struct rec_findings);
	COVERED(rec_reply, struct rec_reply);
	COVERED(recipient, struct rec_recipient);
	COVERED(address, struct rec_address);
	COVERED(hop, struct rec_hop);
	COVERED(member, struct rec_member);
	COVERED(fact, struct rec_fact);
	COVERED(part, struct rec_part);
	COVERED(rec_url, struct rec_url);
	COVERED(exchange, struct rec_exchange);
	COVERED(message, struct rec_message);
	COVERED(rec_auth, struct rec_auth);
	COVERED(session, struct rec_session);
	COVERED(attempt, struct rec_attempt);
	COVERED(lone_finding, struct rec_lone_finding);
	assert_int_equal(checked, nshapes_all);
}
#else
static void
test_covered(void **state)
{
	(void)state;
	skip();				/* this compiler cannot tell padding */
}
#endif

/* --- the same again --- */

static void
assert_refused(const struct shape *shape, slice bytes, const char *what)
{
	struct arena *arena = arena_new(64 * MiB);
	slice recent[PICKLING_RECENT];
	struct pickling r = { .p = bytes.p, .end = bytes.p + bytes.n, .arena = arena, .recent = recent };

	if (shape_read(&r, shape, arena_zero(arena, shape->size)) && r.p == r.end)
		fail_msg("%s: %s was believed", shape->name, what);
	arena_free(&arena);
}

static void
write_as(const struct shape *shape, const void *p, struct buf *out)
{
	slice recent[PICKLING_RECENT];
	struct pickling w = { .recent = recent, .out = out };

	buf_clear(out);
	shape_write(&w, shape, p);
}

static void *
read_as(const struct shape *shape, slice bytes, struct arena *arena)
{
	slice recent[PICKLING_RECENT];
	struct pickling r = { .p = bytes.p, .end = bytes.p + bytes.n, .arena = arena, .recent = recent };
	void *p = arena_zero(arena, shape->size);

	return shape_read(&r, shape, p) ? p : NULL;
}

/* What is damaged is refused, or it is the pickle of something else, which is written and read like anything else. */
static void
check_damaged(const struct shape *shape, slice bytes)
{
	struct arena *arena = arena_new(64 * MiB);
	void *p = read_as(shape, bytes, arena), *q;
	struct buf out, again;

	buf_init(&out, SIZE_MAX / 2);
	buf_init(&again, SIZE_MAX / 2);
	if (p != NULL) {
		write_as(shape, p, &out);
		q = read_as(shape, buf_slice(&out), arena);
		assert_non_null(q);
		assert_null(differs(shape, p, q));
		write_as(shape, q, &again);
		assert_int_equal(again.n, out.n);
		assert_memory_equal(again.p, out.p, out.n);
	}
	buf_fini(&out);
	buf_fini(&again);
	arena_free(&arena);
}

static void
damage(const struct shape *shape, const struct buf *pickle, struct filler *f)
{
	uint8_t *copy = malloc(pickle->n);	/* of its own, so that a byte too far is seen */

	assert_non_null(copy);
	for (int i = 0; i < 20; i++) {
		memcpy(copy, pickle->p, pickle->n);
		copy[fill_random(f) % pickle->n] = (uint8_t)fill_random(f);
		copy[fill_random(f) % pickle->n] ^= (uint8_t)(1u << fill_random(f) % 8);
		check_damaged(shape, (slice){ copy, pickle->n });
	}
	free(copy);
}

static void
check_cuts(const struct shape *shape, const struct buf *pickle)
{
	for (size_t n = 0; n < pickle->n; n += 1 + n / 8) {
		uint8_t *copy = malloc(n + 1);

		memcpy(copy, pickle->p, n);
		assert_refused(shape, (slice){ copy, n }, "one that is cut");
		free(copy);
	}
}

static void
check_again(const struct shape *shape, struct filler *f)
{
	struct arena *arena = arena_new(64 * MiB);
	uint8_t *p = arena_zero(f->arena, shape->size), *q = arena_zero(arena, shape->size);
	struct buf out, again;
	slice recent[2][PICKLING_RECENT];
	struct pickling w = { .out = &out, .recent = recent[0] }, r = { .arena = arena, .recent = recent[1] };
	const char *member;

	buf_init(&out, SIZE_MAX / 2);
	buf_init(&again, SIZE_MAX / 2);
	fill_shape(f, shape, p);
	shape_write(&w, shape, p);
	r.p = out.p;
	r.end = out.p + out.n;
	if (!shape_read(&r, shape, q) || r.p != r.end)
		fail_msg("%s: refused", shape->name);
	member = differs(shape, p, q);
	if (member != NULL)
		fail_msg("%s: %s is another", shape->name, member);
	w = (struct pickling){ .out = &again, .recent = recent[0] };
	shape_write(&w, shape, q);
	assert_int_equal(again.n, out.n);
	assert_memory_equal(again.p, out.p, out.n);
	check_cuts(shape, &out);
	damage(shape, &out, f);
	buf_fini(&out);
	buf_fini(&again);
	arena_free(&arena);
}

static void
test_again(void **state)
{
	struct filler f = { .state = 88172645463325252u };

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		f.arena = arena_new(256 * MiB);
		f.sparse = round % 5 * 24;
		for (size_t i = 0; i < nshapes_all; i++)
			check_again(shapes_all[i], &f);
		arena_free(&f.arena);
	}
}

/* What says nothing takes a bit a member. */
static void
test_nothing(void **state)
{
	static const struct rec_message nothing;
	struct buf out;

	(void)state;
	buf_init(&out, SIZE_MAX / 2);
	pickle_message(&out, &nothing);
	assert_int_equal(out.n, (shape_message.n + 7) / 8);
	buf_fini(&out);
}

/* --- the doors --- */

static void
test_events(void **state)
{
	struct filler f = { .state = 42 };
	struct arena *arena = arena_new(64 * MiB);
	struct extent body = { .at = 1234567, .length = 4711, .ring = VAULT_BODY }, nowhere = { .at = UINT64_MAX, .ring = VAULT_BODY };
	struct event e[2 * EV_KINDS], got;
	struct pickle_before before = { 0 };
	struct extent where;
	struct buf out;
	slice bytes, damaged = S("\xff");

	(void)state;
	buf_init(&out, SIZE_MAX / 2);
	f.arena = arena;
	memset(e, 0, sizeof e);
	for (unsigned i = 0; i < 2 * EV_KINDS; i++) {
		e[i].kind = (enum ev_kind)(i % EV_KINDS);
		fill_shape(&f, &shape_where, (uint8_t *)&e[i].at);
		fill_shape(&f, shape_of_event[e[i].kind], (uint8_t *)&e[i].u);
		if (i % 10 == 7)
			before = (struct pickle_before){ 0 };		/* another piece */
		pickle_event(&out, &e[i], i < EV_KINDS ? &body : &nowhere, true, &before);
	}
	bytes = buf_slice(&out);
	before = (struct pickle_before){ 0 };
	for (unsigned i = 0; i < 2 * EV_KINDS; i++) {
		assert_true(unpickle_event(&bytes, arena, &got, &where, &before));
		assert_int_equal(got.kind, e[i].kind);
		assert_null(differs(&shape_where, (uint8_t *)&got.at, (uint8_t *)&e[i].at));
		assert_null(differs(shape_of_event[got.kind], (uint8_t *)&got.u, (uint8_t *)&e[i].u));
		if (got.kind == EV_MAIL_BYTES) {
			assert_true(where.at == (i < EV_KINDS ? body.at : nowhere.at));
			assert_int_equal(where.length, i < EV_KINDS ? body.length : 0);
			assert_int_equal(where.ring, VAULT_BODY);
		}
	}
	assert_int_equal(bytes.n, 0);
	assert_false(unpickle_event(&bytes, arena, &got, &where, &before));
	assert_false(unpickle_event(&damaged, arena, &got, &where, &before));
	buf_fini(&out);
	arena_free(&arena);
}

/* An event tells what is new in it, and nobody reads one without those before it. */
static void
test_lean(void **state)
{
	struct event e = { .kind = EV_PACKET, .at = { .session = 123456, .packet = 7654321, .time = 1795500000 * NSTIME_S, .offset = 4711,
	    .length = 100, .dir = DIR_SERVER } }, got;
	struct pickle_before before = { 0 }, none = { 0 };
	struct arena *arena = arena_new(MiB);
	struct extent body;
	struct buf out;
	slice bytes;
	size_t first;

	(void)state;
	buf_init(&out, KiB);
	pickle_event(&out, &e, NULL, false, &before);
	first = out.n;
	e.at.packet++;
	e.at.offset += 100;
	pickle_event(&out, &e, NULL, false, &before);
	assert_true(first > 22 && out.n - first < 10);
	bytes = slice_drop(buf_slice(&out), first);
	assert_false(unpickle_event(&bytes, arena, &got, &body, &none));
	bytes = buf_slice(&out);
	assert_true(unpickle_event(&bytes, arena, &got, &body, &none));
	assert_int_equal(got.at.packet, 7654321);
	assert_true(unpickle_event(&bytes, arena, &got, &body, &none));
	assert_null(differs(&shape_where, (uint8_t *)&got.at, (uint8_t *)&e.at));
	buf_fini(&out);
	arena_free(&arena);
}

/* Words of a line are told by where they stand in it. */
static void
test_again_in_line(void **state)
{
	struct event e = { .kind = EV_COMMAND }, got;
	struct pickle_before before = { 0 }, none = { 0 };
	struct arena *arena = arena_new(MiB);
	slice line = S("RCPT TO:<somebody.with.a.long.name@example.net>");
	struct extent body;
	struct buf out;
	slice bytes;

	(void)state;
	buf_init(&out, KiB);
	e.u.command = (struct ev_command){
		.line = line, .verb = S("RCPT"), .args = slice_drop(line, 5), .path = slice_drop(line, 8),
		.address = slice_take(slice_drop(line, 9), line.n - 10), .has_path = true,
	};
	pickle_event(&out, &e, NULL, false, &before);
	assert_true(out.n < line.n + 30);
	bytes = buf_slice(&out);
	assert_true(unpickle_event(&bytes, arena, &got, &body, &none));
	assert_null(differs(shape_of_event[EV_COMMAND], (uint8_t *)&got.u, (uint8_t *)&e.u));
	buf_fini(&out);
	arena_free(&arena);
}

static bool
holds(const struct buf *b, slice s)
{
	for (size_t i = 0; i + s.n <= b->n; i++)
		if (memcmp(b->p + i, s.p, s.n) == 0)
			return true;
	return false;
}

static struct event
forget(struct event e, struct arena *arena, struct buf *out)
{
	struct pickle_before before = { 0 };
	struct extent body;
	struct event got;
	slice bytes;

	buf_clear(out);
	pickle_event(out, &e, NULL, false, &before);
	before = (struct pickle_before){ 0 };
	assert_false(holds(out, S("hunter2")));
	bytes = buf_slice(out);
	assert_true(unpickle_event(&bytes, arena, &got, &body, &before));
	return got;
}

#define ASSERT_TEXT(s, text) assert_true(slice_eq((s), S(text)))

/* Of credentials nothing is left but how long they are. */
static void
test_secrets(void **state)
{
	struct arena *arena = arena_new(MiB);
	struct event e = { .kind = EV_COMMAND, .at = { .secret = true, .length = 20 } }, got;
	slice line[2] = { SLICE("334-hunter2"), SLICE("334 ok") }, capability = SLICE("hunter2");
	struct buf out;

	(void)state;
	buf_init(&out, SIZE_MAX / 2);
	e.u.command = (struct ev_command){ .verb = S("AUTH"), .line = S("AUTH PLAIN hunter2"), .args = S("PLAIN hunter2") };
	got = forget(e, arena, &out);
	ASSERT_TEXT(got.u.command.verb, "AUTH");
	ASSERT_TEXT(got.u.command.args, "PLAIN *******");
	ASSERT_TEXT(got.u.command.line, "******************");
	assert_true(got.at.secret);
	assert_int_equal(got.at.length, 20);
	e.u.command = (struct ev_command){ .verb = S("AUTH*"), .line = S("hunter2 x"), .args = S("hunter2 x") };
	ASSERT_TEXT(forget(e, arena, &out).u.command.args, "*********");
	e.u.command = (struct ev_command){ .verb = S(""), .line = S("PASS hunter2"), .args = S("hunter2") };
	ASSERT_TEXT(forget(e, arena, &out).u.command.args, "*******");
	e.at.secret = false;
	e.u.command = (struct ev_command){ .verb = S("NOOP"), .line = S("NOOP hunter3"), .args = S("hunter3") };
	ASSERT_TEXT(forget(e, arena, &out).u.command.args, "hunter3");

	e = (struct event){ .kind = EV_REPLY, .at = { .secret = true } };
	e.u.reply = (struct ev_reply){ .code = 334, .text = S("hunter2"), .line = line, .nline = 2, .capability = &capability, .ncapability = 1 };
	got = forget(e, arena, &out);
	assert_int_equal(got.u.reply.nline, 2);
	ASSERT_TEXT(got.u.reply.line[0], "334-*******");
	ASSERT_TEXT(got.u.reply.line[1], "334 **");
	ASSERT_TEXT(got.u.reply.text, "*******");

	e = (struct event){ .kind = EV_AUTH };
	e.u.auth = (struct ev_auth){ .user = S("jo"), .secret = S("hunter2") };
	got = forget(e, arena, &out);
	ASSERT_TEXT(got.u.auth.user, "jo");
	ASSERT_TEXT(got.u.auth.secret, "<redacted>");
	e.u.auth.secret = SLICE_NONE;
	assert_null(forget(e, arena, &out).u.auth.secret.p);

	e = (struct event){ .kind = EV_ANOMALY, .at = { .secret = true } };
	e.u.anomaly.detail = S("hunter2");
	ASSERT_TEXT(forget(e, arena, &out).u.anomaly.detail, "*******");
	buf_fini(&out);
	arena_free(&arena);
}

static void
test_records(void **state)
{
	struct arena *arena = arena_new(MiB);
	struct rec_session s = { .number = 7, .uid = "123", .greeting_host = S("mx") };
	struct rec_part part = { .number = 1, .path = S("1") };
	struct rec_message m = { .uid = "123.1", .subject = S("hello"), .part = &part, .npart = 1 };
	struct rec_attempt a = { .count = 3, .detail = S("no") };
	struct rec_lone_finding l = { .uid = "9", .finding = { .detail = S("x") } };
	const struct rec_session *session;
	const struct rec_message *message;
	struct buf out;

	(void)state;
	buf_init(&out, SIZE_MAX / 2);
	pickle_session(&out, &s);
	session = unpickle_session(buf_slice(&out), arena);
	assert_non_null(session);
	assert_null(differs(&shape_session, (const uint8_t *)session, (const uint8_t *)&s));
	buf_add_byte(&out, 0);
	assert_null(unpickle_session(buf_slice(&out), arena));	/* more than one */
	buf_clear(&out);
	pickle_message(&out, &m);
	message = unpickle_message(buf_slice(&out), arena, session);
	assert_non_null(message);
	assert_ptr_equal(message->session, session);
	assert_null(differs(&shape_message, (const uint8_t *)message, (const uint8_t *)&m));
	assert_null(unpickle_message(slice_take(buf_slice(&out), out.n - 1), arena, session));
	part.number = 2;
	buf_clear(&out);
	pickle_message(&out, &m);
	assert_null(unpickle_message(buf_slice(&out), arena, session));	/* there is no part 1 before it */
	buf_clear(&out);
	pickle_attempt(&out, &a);
	assert_int_equal(unpickle_attempt(buf_slice(&out), arena)->count, 3);
	buf_clear(&out);
	pickle_finding(&out, &l);
	assert_string_equal(unpickle_finding(buf_slice(&out), arena)->uid, "9");
	assert_null(unpickle_finding(SLICE_NONE, arena));
	arena_free(&arena);
	arena = arena_new(100);
	buf_clear(&out);
	pickle_session(&out, &s);
	assert_null(unpickle_session(buf_slice(&out), arena));	/* no room */
	buf_fini(&out);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_covered),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_lean),
		cmocka_unit_test(test_again_in_line),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
