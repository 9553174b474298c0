/*
 * fuzz_filter.c - any text as a display filter. What compiles must say the
 * same twice and printed anew, and its three values must be true to their
 * meaning: what was sure of a session that had just begun, or of a message in
 * it, is still so when everything is known; and a message that was let go
 * with its answers only gets the verdict that its record would have got.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/filter_sample.h"
#include "base/err.h"
#include "base/limits.h"
#include "filter/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { QUESTIONS = 65536 };

/* The sample's session, when only its first commands were heard. */
static struct rec_session
young_session(struct rec_exchange heard[3])
{
	struct rec_session s = sample_session;

	s.end = s.time;
	s.closed = s.quit = false;
	s.nauth = 1;
	memcpy(heard, sample_session_exchange, 3 * sizeof *heard);
	heard[2].answered = false;
	heard[2].reply = (struct rec_reply){ 0 };
	heard[2].wait = NSTIME_NONE;
	s.exchange = heard;
	s.nexchange = 3;
	s.messages = s.accepted = s.errors = 0;
	s.commands = 3;
	s.ncapability = 0;
	s.tcp.retransmitted = 0;
	s.tcp.missing[0] = s.tcp.missing[1] = 0;
	s.findings = (struct rec_findings){ 0 };
	return s;
}

static void
check_sure(enum truth early, enum truth late)
{
	CHECK(late != TRUTH_UNSURE);
	CHECK(early == TRUTH_UNSURE || early == late);
}

/* The sample's message when the server has asked for its content: nobody has a fate. */
static struct rec_message
young_message(const struct rec_session *s, struct rec_recipient to[3])
{
	struct rec_message m = sample_message;

	memcpy(to, sample_recipient, 3 * sizeof *to);
	for (int i = 0; i < 3; i++) {
		to[i].reply = (struct rec_reply){ 250, SLICE_NONE, SLICE_NONE };
		to[i].accepted = true;
	}
	m.session = s;
	m.recipient = to;
	m.status = MAIL_INCOMPLETE;
	m.end = m.time;
	m.stage = NULL;
	m.reply = (struct rec_reply){ 0 };
	m.queue_id = m.subject = m.date = m.message_id = SLICE_NONE;
	m.has_content = m.whole = m.has_sha256 = false;
	m.size = m.accepted_recipients = m.parts = m.attachments = m.urls = 0;
	m.nfrom = m.nto = m.nreference = m.nhop = m.npart = m.nurl = m.nheader = 0;
	m.nexchange = 3;
	m.date_time = m.wait_data = m.content_time = m.wait_accept = NSTIME_NONE;
	m.findings = (struct rec_findings){ 0 };
	return m;
}

static void
check_values(const struct filter *f)
{
	static uint8_t answers[QUESTIONS];
	struct rec_recipient to[3];
	struct rec_exchange heard[3];
	const struct rec_session young = young_session(heard);
	const struct rec_message envelope = young_message(&young, to);
	const struct unit content = { .session = &young, .message = &envelope, .begun = true };
	const struct unit begun = { .session = &young }, early = { .session = &young, .message = &sample_message };
	const struct unit over = { .session = &sample_session, .over = true };
	const struct unit whole = { .session = &sample_session, .message = &sample_message, .over = true };
	const struct unit attempt = { .attempt = &sample_attempt, .over = true };

	check_sure(filter_ask(f, &begun), filter_ask(f, &over));
	check_sure(filter_ask(f, &early), filter_ask(f, &whole));
	check_sure(filter_ask(f, &content), filter_ask(f, &whole));
	check_sure(filter_ask(f, &begun), filter_ask(f, &whole));
	CHECK(filter_ask(f, &attempt) != TRUTH_UNSURE);
	CHECK(filter_questions(f) <= QUESTIONS);
	filter_note(f, &early, answers);
	CHECK(filter_resume(f, answers, &over) == filter_ask(f, &whole));
	for (size_t i = 0; i < sample_message.nrecipient; i++) {
		struct unit one = whole;

		one.only = SCOPE_RECIPIENT;
		one.index = i;
		CHECK(filter_ask(f, &one) != TRUTH_UNSURE);
		filter_note(f, &whole, answers);
		CHECK(filter_ask_element(f, &one, answers) == filter_ask(f, &one));
	}
}

static void
check_printed(const struct filter *f, const struct buf *printed)
{
	const struct unit whole = { .session = &sample_session, .message = &sample_message, .over = true };
	struct buf again, error;
	struct filter *g;

	buf_init(&again, SIZE_MAX / 2);
	buf_init(&error, MiB);
	g = filter_new(buf_slice(printed), &error);
	/* What is printed is longer: only that may be a fault of it. */
	CHECK(g != NULL || printed->n > LIMIT_FILTER);
	if (g != NULL) {
		filter_print(g, &again);
		CHECK(slice_eq(buf_slice(&again), buf_slice(printed)));
		CHECK(filter_ask(f, &whole) == filter_ask(g, &whole));
	}
	filter_free(&g);
	buf_fini(&again);
	buf_fini(&error);
}

/* "in @FILE": no file of this machine is read. */
static bool
names_file(slice text)
{
	for (size_t at, from = 0; slice_find(slice_drop(text, from), '@', &at); from += at + 1) {
		slice before = slice_take(text, from + at);

		while (before.n > 0 && (char_is_control(before.p[before.n - 1]) || before.p[before.n - 1] == ' '))
			before.n--;
		if (before.n >= 2 && slice_ieq(slice_drop(before, before.n - 2), S("in")))
			return true;
	}
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf error, second, printed;
	struct filter *f, *g;
	slice text = { data, size };

	if (names_file(text))
		return 0;
	buf_init(&error, MiB);
	buf_init(&second, MiB);
	buf_init(&printed, SIZE_MAX / 2);
	f = filter_new(text, &error);
	g = filter_new(text, &second);
	CHECK((f == NULL) == (g == NULL));
	CHECK(slice_eq(buf_slice(&error), buf_slice(&second)));
	CHECK((f == NULL) == (error.n > 0));
	if (f != NULL) {
		filter_print(f, &printed);
		check_printed(f, &printed);
		check_values(f);
	}
	filter_free(&f);
	filter_free(&g);
	buf_fini(&error);
	buf_fini(&second);
	buf_fini(&printed);
	return 0;
}
