/*
 * stats.c - -T stats and -z summary: a page of figures at the end.
 *
 * It asks for replies only, so that a run with nothing else computes neither
 * contents nor headers nor digests. 80 columns, the same order every time.
 *
 * With -Y it counts the messages that match with the replies to them, and
 * the sessions that are shown with their other replies; the first section
 * is of the whole capture all the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clean.h"
#include "base/err.h"
#include "base/histogram.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/words.h"
#include "formats.h"
#include "hold.h"
#include "options.h"
#include "record/waits.h"
#include "tally.h"

enum { CODES = 1000, ENHANCED = 12, EXAMPLE = 160, TOP = 10, COLUMNS = 80, WAIT_COLUMN = 12 };

/* Refusals that say the same: verb, code and enhanced code. */
struct refusal {
	struct refusal *same;		/* of the same hash */
	enum waits verb;
	int code;
	char enhanced[ENHANCED];
	uint64_t count;
	uint8_t example[EXAMPLE];
	size_t nexample;
};

struct stats_sink {
	bool judged;			/* findings of what messages hold are among them */
	struct output_file *file;
	uint64_t code[CODES];
	uint64_t replies;
	struct histogram *wait[WAITS];
	struct map refusals;
	struct refusal *refusal[LIMIT_REFUSALS];
	size_t nrefusal;
	uint64_t refusals_untold, seed;
	struct rec_stats stats;
	bool has_stats;
	struct gate *gate;
	struct hold *hold;
	struct rec_stats matched;	/* counted here, with -Y */
	struct buf tally;
};

static bool
is_refusal(const struct refusal *r, enum waits verb, int code, slice enhanced)
{
	return r->verb == verb && r->code == code && slice_eq(slice_of(r->enhanced), enhanced);
}

static uint64_t
hash(uint64_t seed, enum waits verb, int code, slice enhanced)
{
	uint64_t h = seed ^ (uint64_t)code << 8 ^ verb;

	for (size_t i = 0; i < enhanced.n; i++)
		h = (h ^ enhanced.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

static struct refusal *
refusal_of(struct stats_sink *s, enum waits verb, int code, slice full_code, slice text)
{
	slice enhanced = slice_take(full_code, ENHANCED - 1);
	uint64_t h = hash(s->seed, verb, code, enhanced);
	struct refusal *head = map_get(&s->refusals, h), *f;

	for (f = head; f != NULL; f = f->same)
		if (is_refusal(f, verb, code, enhanced))
			return f;
	if (s->nrefusal == LIMIT_REFUSALS)
		return NULL;
	f = s->refusal[s->nrefusal++] = xcalloc(1, sizeof *f);
	f->verb = verb;
	f->code = code;
	snprintf(f->enhanced, sizeof f->enhanced, "%.*s", (int)enhanced.n, enhanced.n ? (const char *)enhanced.p : "");
	f->nexample = slice_take(text, EXAMPLE).n;
	if (f->nexample > 0)
		memcpy(f->example, text.p, f->nexample);
	if (head == NULL) {
		map_put(&s->refusals, h, f);
	} else {
		f->same = head->same;
		head->same = f;
	}
	return f;
}

static void
on_reply(void *self, slice verb_said, int code, nstime wait, slice enhanced, slice text)
{
	struct stats_sink *s = self;
	enum waits verb = waits_of(verb_said);

	s->replies++;
	s->code[code > 0 && code < CODES ? code : 0]++;
	s->matched.reply_class[code >= 100 && code < 600 ? code / 100 : 0]++;
	if (wait != NSTIME_NONE) {
		if (s->wait[verb] == NULL)
			s->wait[verb] = xcalloc(1, sizeof *s->wait[verb]);
		histogram_add(s->wait[verb], wait);
	}
	if (code >= 400 && code < 600) {
		struct refusal *f = refusal_of(s, verb, code, enhanced, text);

		if (f != NULL)
			f->count++;
		else
			s->refusals_untold++;
	}
}

static int
on_event(void *self, const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;

	on_reply(self, r->verb, r->code, r->wait, r->enhanced, r->text);
	return 0;
}

/* --- with -Y --- */

static void
on_message(void *self, enum mail_status status, uint64_t recipients, uint64_t bytes)
{
	struct rec_stats *st = &((struct stats_sink *)self)->matched;

	st->messages++;
	st->status[status]++;
	st->recipients += recipients;
	st->message_bytes += bytes;
}

static void
on_session(void *self, uint64_t commands)
{
	struct rec_stats *st = &((struct stats_sink *)self)->matched;

	st->sessions++;
	st->command_count += commands;
}

static void
on_attempt(void *self, uint64_t count)
{
	((struct stats_sink *)self)->matched.attempts += count;
}

static void
on_finding(void *self, enum finding f)
{
	((struct stats_sink *)self)->matched.finding[f]++;
}

static int
count(void *self, uint64_t session, slice tally)
{
	const struct tally_user user = { self, on_message, on_session, on_attempt, on_reply, on_finding };

	(void)session;
	tally_tell(tally, &user);
	return 0;
}

static int
count_message(struct stats_sink *s, const struct rec_message *m)
{
	gate_ticket ticket;
	enum truth verdict = gate_message(s->gate, m, &ticket);

	if (verdict == TRUTH_NO)
		return 0;
	tally_message(&s->tally, m);
	if (verdict == TRUTH_YES)
		return count(s, 0, buf_slice(&s->tally));
	return hold_put(s->hold, m->session->number, verdict, ticket, buf_slice(&s->tally));
}

static int
count_matched(struct stats_sink *s, const struct record *r)
{
	buf_clear(&s->tally);
	if (r->kind == REC_MESSAGE)
		return count_message(s, r->u.message);
	if (r->kind == REC_SESSION && hold_finish(s->hold, r->u.session->number) < 0)
		return -1;
	if (r->kind == REC_SESSION && gate_session(s->gate, r->u.session->number) == TRUTH_YES)
		tally_session(&s->tally, r->u.session);
	else if (r->kind == REC_ATTEMPT && gate_attempt(s->gate, r->u.attempt))
		tally_attempt(&s->tally, r->u.attempt);
	else if (r->kind == REC_FINDING && gate_finding(s->gate, r->u.finding))
		tally_finding(&s->tally, r->u.finding);
	return s->tally.n > 0 ? count(s, 0, buf_slice(&s->tally)) : 0;
}

/* What the run counted of everything, but for what was counted here. */
static void
replace(struct rec_stats *st, const struct rec_stats *matched)
{
	st->sessions = matched->sessions;
	st->attempts = matched->attempts;
	st->command_count = matched->command_count;
	st->messages = matched->messages;
	st->recipients = matched->recipients;
	st->message_bytes = matched->message_bytes;
	memcpy(st->status, matched->status, sizeof st->status);
	memcpy(st->reply_class, matched->reply_class, sizeof st->reply_class);
	memcpy(st->finding, matched->finding, sizeof st->finding);
}

static int
on_record(void *self, const struct record *r)
{
	struct stats_sink *s = self;

	if (r->kind != REC_STATS)
		return s->gate != NULL ? count_matched(s, r) : 0;
	if (!r->u.stats->final)
		return 0;
	s->stats = *r->u.stats;
	s->has_stats = true;
	if (s->gate != NULL)
		replace(&s->stats, &s->matched);
	return 0;
}

static size_t
memory(void *self)
{
	const struct stats_sink *s = self;

	return hold_memory(s->hold);
}

/* --- the page --- */

/* "1,234,567" in 15 columns. */
static void
put_number(struct buf *b, uint64_t v)
{
	char text[WORDS_NUMBER];

	buf_printf(b, "%15s", words_number(v, text));
}

static void
row(struct buf *b, const char *label, uint64_t v)
{
	buf_printf(b, "  %-28s", label);
	put_number(b, v);
	buf_add_byte(b, '\n');
}

static void
row_of(struct buf *b, const char *label, uint64_t v, uint64_t all)
{
	buf_printf(b, "  %-28s", label);
	put_number(b, v);
	buf_printf(b, "%8.1f %%\n", all ? 100.0 * (double)v / (double)all : 0.0);
}

/* Each has another remedy: a larger buffer, or the card. */
static void
who_dropped(struct buf *b, const struct rec_stats *st)
{
	row(b, "dropped while capturing", st->dropped);
	if (st->dropped == 0)
		return;
	row(b, "  by the kernel", st->drops.kernel);
	row(b, "  by the interface", st->drops.interface);
	row(b, "  by smtptap", st->drops.ours);
}

static void
page_capture(struct buf *b, const struct rec_stats *st)
{
	char first[NSTIME_TEXT], last[NSTIME_TEXT], span[NSTIME_TEXT];

	buf_add(b, S("Capture\n"));
	if (st->first != NSTIME_NONE)
		buf_printf(b, "  %s to %s, %s s\n", nstime_utc(st->first, 3, first), nstime_utc(st->last, 3, last),
		    nstime_seconds(st->last - st->first, 3, span));
	row(b, "packets", st->packets);
	row(b, "bytes", st->bytes);
	row(b, "filtered out", st->filtered);
	who_dropped(b, st);
	row(b, "gaps in streams", st->gaps);
	row(b, "bytes missing in them", st->missing_bytes);
	row(b, "segments retransmitted", st->retransmitted);
	row(b, "segments out of order", st->out_of_order);
	row(b, "overlaps that conflict", st->conflicts);
	row(b, "flows evicted", st->evicted);
	if (st->damaged)
		buf_add(b, S("  the input is damaged or cut: the figures are of what could be read\n"));
}

static void
page_filter(struct buf *b, const struct gate *gate)
{
	buf_add(b, S("\nWhat follows is of what matches\n  "));
	clean_add(b, filter_text(gate_filter(gate)), CLEAN_TERMINAL);
	buf_add_byte(b, '\n');
}

static void
page_sessions(struct buf *b, const struct rec_stats *st, bool connections)
{
	buf_add(b, S("\nSessions\n"));
	if (connections)
		row(b, "TCP connections", st->connections);
	row(b, "mail sessions", st->sessions);
	row(b, "attempts without a session", st->attempts);
	row(b, "commands", st->command_count);
}

static void
page_messages(struct buf *b, const struct rec_stats *st)
{
	buf_add(b, S("\nMessages\n"));
	row(b, "messages", st->messages);
	for (enum mail_status m = MAIL_ACCEPTED; m <= MAIL_INCOMPLETE; m++) {
		char label[32];

		snprintf(label, sizeof label, "  %s", mail_status_name(m));
		if (st->status[m] > 0)
			row_of(b, label, st->status[m], st->messages);
	}
	row(b, "recipients", st->recipients);
	row(b, "bytes of content", st->message_bytes);
}

static void
page_top_codes(struct buf *b, const struct stats_sink *s)
{
	uint64_t count[CODES];

	memcpy(count, s->code, sizeof count);
	count[0] = 0;
	for (int n = 0; n < TOP; n++) {
		int top = 0;
		char label[16];

		for (int c = 1; c < CODES; c++)
			if (count[c] > count[top])
				top = c;
		if (top == 0)
			return;
		snprintf(label, sizeof label, "  %03d", top);
		row_of(b, label, count[top], s->replies);
		count[top] = 0;
	}
}

static void
page_replies(struct buf *b, const struct stats_sink *s)
{
	static const char *const class[] = { "not a code", "1yz", "2yz done", "3yz go on", "4yz not now", "5yz no" };

	buf_add(b, S("\nReplies\n"));
	row(b, "replies", s->replies);
	for (int c = 0; c < 6; c++)
		if (s->stats.reply_class[c] > 0)
			row_of(b, class[c], s->stats.reply_class[c], s->replies);
	page_top_codes(b, s);
}

static void
put_wait(struct buf *b, nstime wait)
{
	char text[NSTIME_TEXT];
	size_t n = clean_width(slice_of(when_wait(wait, text)));

	buf_spaces(b, n < WAIT_COLUMN ? WAIT_COLUMN - n : 0);
	buf_text(b, text);
}

static void
page_latency(struct buf *b, const struct stats_sink *s)
{
	static const unsigned percent[] = { 50, 90, 99 };
	bool any = false;

	for (enum waits v = 0; v < WAITS; v++) {
		if (s->wait[v] == NULL)
			continue;
		if (!any)
			buf_printf(b, "\n%-14s%15s%12s%12s%12s%12s\n", "Waits", "replies", "p50", "p90", "p99", "longest");
		any = true;
		buf_printf(b, "  %-12s", waits_name(v));
		put_number(b, s->wait[v]->n);
		for (int i = 0; i < 3; i++)
			put_wait(b, histogram_percentile(s->wait[v], percent[i]));
		put_wait(b, s->wait[v]->max);
		buf_add_byte(b, '\n');
	}
}

static int
by_count(const void *ap, const void *bp)
{
	const struct refusal *a = *(struct refusal *const *)ap, *b = *(struct refusal *const *)bp;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	if (a->verb != b->verb)
		return a->verb < b->verb ? -1 : 1;
	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	return strcmp(a->enhanced, b->enhanced);
}

/* As much of the text as fits the line; what is left out is told by dots. */
static void
put_example(struct buf *b, slice text, size_t columns)
{
	struct buf clean;

	buf_init(&clean, 16 * EXAMPLE);
	clean_add(&clean, text, CLEAN_TERMINAL);
	if (clean_width(buf_slice(&clean)) > columns) {
		while (clean.n > 0 && (clean_width(buf_slice(&clean)) > columns - 2 || !utf8_valid(buf_slice(&clean))))
			clean.n--;
		buf_add(&clean, S(".."));
	}
	buf_add(b, buf_slice(&clean));
	buf_fini(&clean);
}

static void
page_refusals(struct buf *b, struct stats_sink *s)
{
	if (s->nrefusal == 0)
		return;
	qsort(s->refusal, s->nrefusal, sizeof s->refusal[0], by_count);
	buf_add(b, S("\nRefusals, the most frequent, with the first one's text\n"));
	for (size_t i = 0; i < s->nrefusal && i < TOP; i++) {
		const struct refusal *f = s->refusal[i];
		char answer[32];

		snprintf(answer, sizeof answer, "%03d %s", f->code, f->enhanced);
		put_number(b, f->count);
		buf_printf(b, "  %-11s %-12s ", waits_name(f->verb), answer);
		put_example(b, (slice){ f->example, f->nexample }, COLUMNS - 42);
		buf_add_byte(b, '\n');
	}
	if (s->nrefusal > TOP)
		buf_printf(b, "  and %zu more kinds\n", s->nrefusal - TOP);
	if (s->refusals_untold > 0)
		buf_printf(b, "  and %llu refusals of still other kinds\n", (unsigned long long)s->refusals_untold);
}

static void
page_findings(struct buf *b, const struct rec_stats *st, bool judged)
{
	bool any = false;

	for (enum severity v = ALERT; v > SEVERITY_NONE; v--)
		for (enum finding f = 0; f < FINDINGS; f++) {
			if (st->finding[f] == 0 || finding_info(f)->severity != v)
				continue;
			if (!any)
				buf_add(b, S("\nFindings\n"));
			any = true;
			put_number(b, st->finding[f]);
			buf_printf(b, "  %-8s  %s\n", severity_name(v), finding_info(f)->id);
		}
	if (!any)
		buf_add(b, S("\nNo findings\n"));
	if (!judged && st->messages > 0)
		buf_add(b, S("  (what the messages hold was not looked into: -v does)\n"));
}

static void
page(struct stats_sink *s)
{
	struct buf *b = output_buf(s->file);

	page_capture(b, &s->stats);
	if (s->gate != NULL)
		page_filter(b, s->gate);
	page_sessions(b, &s->stats, s->gate == NULL);
	page_messages(b, &s->stats);
	page_replies(b, s);
	page_latency(b, s);
	page_refusals(b, s);
	page_findings(b, &s->stats, s->judged);
}

static int
on_close(void *self, bool failed)
{
	struct stats_sink *s = self;
	int status = 0;

	if (s->has_stats && !failed) {
		page(s);
		status = output_commit(s->file);
	}
	status |= output_close(&s->file, failed);
	for (enum waits v = 0; v < WAITS; v++)
		free(s->wait[v]);
	for (size_t i = 0; i < s->nrefusal; i++)
		free(s->refusal[i]);
	map_fini(&s->refusals);
	hold_free(&s->hold);
	buf_fini(&s->tally);
	free(s);
	return status;
}

static const struct sink_ops ops = { .name = "stats", .event = on_event, .record = on_record, .memory = memory, .close = on_close };

int
stats_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	struct stats_sink *s = xcalloc(1, sizeof *s);

	(void)fold;
	if (getrandom(&s->seed, sizeof s->seed, 0) != sizeof s->seed)
		die("no random numbers");
	s->file = output_open(where, options);
	if (s->file == NULL) {
		free(s);
		return -1;
	}
	s->judged = options->judged;
	s->gate = options->gate;
	s->hold = hold_new(options, s->file, (struct hold_mark){ SLICE_NONE, 0 });
	hold_set_let_out(s->hold, count, s);
	buf_init(&s->tally, SIZE_MAX / 2);
	*sink_r = (struct sink){ .ops = &ops, .self = s, .wants = s->gate != NULL ? 0 : WANT(EV_REPLY) };
	return 0;
}
