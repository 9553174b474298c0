/*
 * fuzz_records.c - any events at all, as JSON.
 *
 * The input is a script: each step makes one event of some session, with
 * numbers and texts taken from the input, in an order that no dissector would
 * keep. Oracles: every record is one line of strict JSON within --json-max,
 * with one type for each key; a session is told once for each time that it was
 * opened; what must stay secret is not told; the figures add up.
 */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/analysis.h"
#include "base/err.h"
#include "record/fold.h"
#include "sink/json_records.h"
#include "tests/unit/json_check.h"

enum { SESSIONS = 3, PAIRS = 4 };

#define SECRET  "kept+secret"

struct input { const uint8_t *p; size_t n; uint32_t parts[8]; /* of each mail, so far */ };

struct run {
	struct fold *fold;
	struct analysis *analysis;
	struct json_records json;
	struct json_check check;
	bool open[SESSIONS + 1];
	uint64_t opened, closed, messages, told_messages;
	struct rec_stats last;
	bool known;			/* the input says the secret itself: a fuzzer learns it from our comparisons */
};

static uint8_t
take(struct input *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return *in->p++;
}

static slice
take_text(struct input *in)
{
	size_t n = take(in);
	slice s = { in->p, n < in->n ? n : in->n };

	if (n % 16 == 15 || s.n == 0)
		return SLICE_NONE;
	in->p += s.n;
	in->n -= s.n;
	return s;
}

static bool
holds(slice s, slice what)
{
	for (; s.n >= what.n; s = slice_drop(s, 1))
		if (slice_starts(s, what))
			return true;
	return false;
}

static int
on_record(void *self, const struct record *r)
{
	static const char *const root[] = { "session", "message", "attempt", "finding", "stats" };
	struct run *run = self;
	slice line = json_records_line(&run->json, r);

	if (!json_check_line(&run->check, root[r->kind], line)) {
		fprintf(stderr, "%s at %s: %.*s", run->check.error, run->check.path, (int)line.n, (const char *)line.p);
		abort();
	}
	/* Below some size only the base is left, which has its own bounds. */
	CHECK(line.n <= (run->json.options->json_max > 8192 ? run->json.options->json_max : 8192));
	CHECK(run->known || !holds(line, S(SECRET)));
	run->closed += r->kind == REC_SESSION;
	run->told_messages += r->kind == REC_MESSAGE;
	if (r->kind == REC_STATS)
		run->last = *r->u.stats;
	return 0;
}

static void
feed(void *self, const struct event *e)
{
	struct run *run = self;

	bool *open = &run->open[e->at.session];

	run->opened += e->kind == EV_OPEN && !*open;
	run->messages += e->kind == EV_MAIL_DONE && *open && e->u.mail_done.mail != 0;
	if (e->kind == EV_OPEN || e->kind == EV_CLOSE)
		*open = e->kind == EV_OPEN;
	CHECK(fold_event(run->fold, e) == 0);
}

static void
fill_command(struct ev_command *c, struct input *in, struct pair *pair)
{
	static const char *const verb[] = { "MAIL", "RCPT", "DATA", "BDAT", "EHLO", "HELO", "QUIT", "", "AUTH*", "XYZZY" };

	c->verb = slice_of(verb[take(in) % 10]);
	c->serial = take(in) % 8;
	c->mail = take(in) % 8;
	c->line = c->args = take_text(in);
	c->has_path = take(in) & 1;
	c->address = take_text(in);
	c->path = take_text(in);
	c->nparameter = take(in) % PAIRS;
	for (size_t i = 0; i < c->nparameter; i++)
		pair[i] = (struct pair){ take_text(in), take_text(in) };
	c->parameter = pair;
}

static void
fill_reply(struct ev_reply *r, struct input *in, slice *line)
{
	static const char *const verb[] = { "MAIL", "RCPT", "DATA", "BDAT", "EHLO", "HELO", "QUIT", "", ".", "XYZZY" };

	r->verb = slice_of(verb[take(in) % 10]);
	r->answers = take(in) % 8;
	r->mail = take(in) % 8;
	r->code = take(in) * 3;
	r->enhanced = take_text(in);
	r->text = take_text(in);
	r->address = take_text(in);
	r->nline = 1 + take(in) % (PAIRS - 1);
	for (size_t i = 0; i < r->nline; i++)
		line[i] = take_text(in);
	r->line = r->capability = line;
	r->ncapability = r->nline - 1;
	r->recipient = take(in) % 8 - 1;
	r->wait = take(in) & 1 ? NSTIME_NONE : take(in) * NSTIME_MS * 10;
}

static void
fill_mail_end(struct ev_mail_end *m, struct input *in)
{
	m->mail = take(in) % 8;
	m->size = take(in);
	m->missing = take(in);
	m->whole = take(in) & 1;
	m->has_sha256 = take(in) & 1;
	m->has_md5 = m->has_sha1 = take(in) & 1;
}

/* Mostly the next number, as a walk would give; sometimes any. */
static uint32_t
take_part(struct input *in, uint32_t next)
{
	uint8_t n = take(in);

	return n < 192 ? next : n % 16;
}

static void
fill_part_begin(struct ev_part_begin *p, struct input *in)
{
	p->mail = take(in) % 8;
	p->part = take_part(in, ++in->parts[p->mail]);
	p->parent = take(in) % 8;
	p->kind = take(in) % 4;
	p->depth = take(in);
	p->path = take_text(in);
	p->content_type = take_text(in);
	p->charset = take_text(in);
	p->encoding = take_text(in);
	p->disposition = take_text(in);
	p->filename = take_text(in);
	p->content_id = take_text(in);
	p->description = take_text(in);
}

static void
fill_part_end(struct ev_part_end *p, struct input *in)
{
	p->mail = take(in) % 8;
	p->part = take(in) % 16;
	p->size = take(in);
	p->missing = take(in) % 4;
	p->whole = take(in) & 1;
	p->truncated = take(in) & 1;
	p->detected = take(in) & 1 ? "application/pdf" : NULL;
	p->has_sha256 = p->has_sha1 = p->has_md5 = take(in) & 1;
}

static void
fill_member(struct ev_part_member *m, struct input *in)
{
	m->mail = take(in) % 8;
	m->part = take(in) % 16;
	m->name = take_text(in);
	m->size = take(in) & 1 ? UINT64_MAX : take(in);
	m->packed = take(in) & 1 ? UINT64_MAX : take(in);
	m->encrypted = take(in) & 1;
	m->directory = take(in) & 1;
	m->depth = take(in);
}

/* An event of any kind. What it points to is static, and good until the next one. */
static void
make_event(struct event *e, struct input *in, const struct tcp_facts *tcp)
{
	static struct pair pair[PAIRS];
	static slice line[PAIRS];

	switch (e->kind) {
	case EV_OPEN:
		e->u.open = (struct ev_open){ .protocol = "smtp", .tcp = take(in) & 1 ? tcp : NULL };
		e->u.open.client.addr.family = take(in) & 1 ? 4 : 6;
		break;
	case EV_CLOSE:		e->u.close = (struct ev_close){ take(in) % 5, take(in) % 2, take(in) & 1 ? tcp : NULL }; break;
	case EV_PHASE:		e->u.phase.phase = "ready"; break;
	case EV_COMMAND:	fill_command(&e->u.command, in, pair); break;
	case EV_REPLY:		fill_reply(&e->u.reply, in, line); break;
	case EV_AUTH:
		e->u.auth = (struct ev_auth){ .mechanism = take_text(in), .user = take_text(in), .secret = S(SECRET), .accepted = take(in) & 1 };
		break;
	case EV_TLS:		e->u.tls = (struct ev_tls){ take(in) % 3, "starttls", take(in) }; break;
	case EV_PROXY:		e->u.proxy = (struct ev_proxy){ .by = "PROXY", .name = take_text(in) }; break;
	case EV_MAIL_BEGIN:	e->u.mail_begin = (struct ev_mail_begin){ take(in) % 8, take(in), "DATA" }; break;
	case EV_MAIL_BYTES:	e->u.mail_bytes = (struct ev_mail_bytes){ take(in) % 8, take_text(in), false }; break;
	case EV_MAIL_END:	fill_mail_end(&e->u.mail_end, in); break;
	case EV_MAIL_DONE:
		e->u.mail_done = (struct ev_mail_done){ take(in) % 8, take(in), take(in) % 7, take(in) & 1 ? "rcpt" : NULL, take(in) & 1 };
		break;
	case EV_HEADER: {
		static const char *const name[] = {
			"From", "To", "Subject", "Date", "Message-ID", "X-Mailer", "Cc", "Odd", "References", "Received",
		};

		e->u.header = (struct ev_header){ take(in) % 8, slice_of(name[take(in) % 10]), take_text(in), SLICE_NONE };
		e->u.header.decoded = e->u.header.value;
		break;
	}
	case EV_GAP:		e->u.gap = (struct ev_gap){ .missing = take(in), .mail = take(in) % 8 }; break;
	case EV_ANOMALY:	e->u.anomaly = (struct ev_anomaly){ take(in) % FINDINGS, take(in) % 8, take_text(in) }; break;
	case EV_PART_BEGIN:	fill_part_begin(&e->u.part_begin, in); break;
	case EV_PART_FACT:
		e->u.part_fact = (struct ev_part_fact){ take(in) % 8, take(in) % 16, take(in), take_text(in), take_text(in) };
		break;
	case EV_PART_MEMBER:	fill_member(&e->u.part_member, in); break;
	case EV_PART_END:	fill_part_end(&e->u.part_end, in); break;
	case EV_URL:
		e->u.url = (struct ev_url){ take(in) % 8, take(in) % 16, take_text(in), take_text(in), take_text(in) };
		break;
	case EV_PACKET:
	case EV_PART_BYTES:
	case EV_PART_TEXT:
	case EV_KINDS:
		break;
	}
}

static void
attempt(struct run *run, struct input *in, nstime now)
{
	struct attempt_facts f = {
		.outcome = take(in) % 5, .first = now, .last = now + take(in), .detail = take_text(in), .finding = take(in) % (FINDINGS + 1),
	};

	f.server.addr.family = f.client.addr.family = 4;
	f.server.addr.ip[0] = take(in) % 4;
	fold_attempt(run->fold, &f);
}

static void
steps(struct run *run, struct input in)
{
	struct tcp_facts tcp = { .handshake = NSTIME_NONE };
	nstime now = 0;
	uint64_t packet = 0;

	while (in.n > 0) {
		uint8_t what = take(&in), how = take(&in);
		struct event e;

		now += how * NSTIME_MS;
		if (what % 32 >= EV_KINDS) {
			attempt(run, &in, now);
			continue;
		}
		memset(&e, 0, sizeof e);
		e.kind = what % 32;
		e.at = (struct where){
			.session = how % (SESSIONS + 1), .packet = ++packet, .time = now, .dir = how >> 2 & 1,
			.server_reading = (how >> 3 & 7) == 7, .after_gap = how >> 6 & 1,
		};
		if (e.at.session == 0 && e.kind != EV_ANOMALY)
			continue;
		make_event(&e, &in, &tcp);
		analysis_event(run->analysis, &e, feed, run);
		feed(run, &e);
	}
	for (uint64_t s = 1; s <= SESSIONS; s++) {
		struct event e = { .kind = EV_CLOSE, .at = { .session = s, .time = now } };

		feed(run, &e);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct analysis_options analysis = { .local_domains = "example.org" };
	static struct run run;
	struct input in = { .p = data, .n = size };
	struct output_options options = { .digits = 6, .all_headers = true };
	struct fold_user user = { &run, on_record };
	uint64_t sum = 0;

	memset(&run, 0, sizeof run);
	run.known = holds((slice){ data, size }, S(SECRET));
	options.json_max = (size_t)take(&in) * 1024;
	options.digests = WANT_SHA256 | WANT_SHA1 | WANT_MD5;
	options.parts_written = options.all_parts = options.json_max & 1024;
	json_records_init(&run.json, &options);
	run.fold = fold_new(&user, take(&in) & (FOLD_MESSAGES | FOLD_HEADERS | FOLD_PARTS));
	run.analysis = analysis_new(&analysis);
	steps(&run, in);
	fold_finish(run.fold, &(struct rec_stats){ .first = 0, .last = 1 });
	CHECK(run.opened == run.closed);
	CHECK(run.messages == run.told_messages && run.messages == run.last.messages);
	for (enum mail_status m = MAIL_ACCEPTED; m <= MAIL_INCOMPLETE; m++)
		sum += run.last.status[m];
	CHECK(sum == run.messages);
	fold_free(&run.fold);
	analysis_free(&run.analysis);
	json_records_fini(&run.json);
	return 0;
}
