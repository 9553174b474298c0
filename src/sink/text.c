/*
 * text.c - `-T text`: transcripts for people, each when its session ends.
 *
 * Owns a transcript for every open session. Attempts and findings that belong
 * to no session are printed as they become known, mostly at the end.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clean.h"
#include "base/err.h"
#include "base/map.h"
#include "base/words.h"
#include "formats.h"
#include "gate.h"
#include "output.h"
#include "transcript.h"

struct text {
	struct output_file *file;
	struct gate *gate;
	struct paint paint;
	struct row_page *page;
	struct row_style style;
	bool any;			/* something was printed: an empty line stands between sessions */
	bool was_session;		/* ... and it was a session */
	struct map sessions;		/* number to struct transcript */
	size_t memory;			/* of all transcripts */
};

static struct transcript *
transcript_of(struct text *x, const struct event *e)
{
	struct transcript *t = map_get(&x->sessions, e->at.session);

	/* Known from the first packet, as of its addresses: then there is nothing to keep. */
	if (t == NULL && e->kind == EV_OPEN && gate_session(x->gate, e->at.session) != TRUTH_NO) {
		t = transcript_new(&x->paint, &x->style, x->page);
		map_put(&x->sessions, e->at.session, t);
		x->memory += transcript_memory(t);
	}
	return t;
}

static int
event(void *self, const struct event *e)
{
	struct text *x = self;
	struct transcript *t = transcript_of(x, e);

	if (t == NULL)
		return 0;
	x->memory -= transcript_memory(t);
	transcript_event(t, e);
	x->memory += transcript_memory(t);
	return 0;
}

/* Sessions stand apart, single lines together. */
static struct buf *
begin(struct text *x, bool session)
{
	struct buf *out = output_buf(x->file);

	if (x->any && (session || x->was_session))
		buf_add_byte(out, '\n');
	x->any = true;
	x->was_session = session;
	return out;
}

static int
print_session(struct text *x, const struct rec_session *s)
{
	struct transcript *t = map_take(&x->sessions, s->number);

	if (t == NULL)
		return 0;
	x->memory -= transcript_memory(t);
	if (gate_session(x->gate, s->number) == TRUTH_YES)
		transcript_print(t, s, begin(x, true));
	transcript_free(&t);
	return output_commit(x->file);
}

static void
print_findings(struct text *x, const struct rec_findings *findings, struct buf *out)
{
	for (size_t i = 0; i < findings->n; i++)
		paint_finding(&x->paint, out, findings->v[i].finding, findings->v[i].detail, findings->v[i].packet);
}

static int
print_attempt(struct text *x, const struct rec_attempt *a)
{
	struct buf *out = begin(x, false);
	char client[ADDR_TEXT], server[ENDPOINT_TEXT], text[NSTIME_TEXT];

	buf_printf(out, "── %s · ", attempt_name(a->outcome));
	if (x->paint.when.format != TIME_NONE)
		buf_printf(out, "%s · ", when_date(&x->paint.when, a->first, text));
	buf_printf(out, "%s → %s", addr_text(&a->client, client), endpoint_text(&a->server, server));
	if (a->count > 1) {
		buf_add(out, S(" · "));
		words_count(out, a->count, "time", "times");
		if (x->paint.when.format != TIME_NONE)
			buf_printf(out, " in %s s", nstime_seconds(a->last - a->first, 3, text));
	}
	if (a->detail.n > 0) {
		buf_add(out, S(" · "));
		clean_add(out, a->detail, CLEAN_TERMINAL);
	}
	buf_add_byte(out, '\n');
	print_findings(x, &a->findings, out);
	return output_commit(x->file);
}

static int
print_finding(struct text *x, const struct rec_lone_finding *f)
{
	struct buf *out = begin(x, false);

	paint_finding(&x->paint, out, f->finding.finding, f->finding.detail, f->finding.packet);
	return output_commit(x->file);
}

static int
record(void *self, const struct record *r)
{
	struct text *x = self;
	struct transcript *t;

	switch (r->kind) {
	case REC_MESSAGE:
		t = map_get(&x->sessions, r->u.message->session->number);
		if (t == NULL)
			return 0;
		x->memory -= transcript_memory(t);
		transcript_message(t, r->u.message);
		x->memory += transcript_memory(t);
		return 0;
	case REC_SESSION:
		return print_session(x, r->u.session);
	case REC_ATTEMPT:
		return gate_attempt(x->gate, r->u.attempt) ? print_attempt(x, r->u.attempt) : 0;
	case REC_FINDING:
		return gate_finding(x->gate, r->u.finding) ? print_finding(x, r->u.finding) : 0;
	case REC_STATS:
		break;
	}
	return 0;
}

static size_t
memory(void *self)
{
	const struct text *x = self;

	return x->memory;
}

static int
close_text(void *self, bool failed)
{
	struct text *x = self;
	struct transcript *t;
	int status;

	for (size_t at = 0; (t = map_next(&x->sessions, &at)) != NULL; )
		transcript_free(&t);
	map_fini(&x->sessions);
	row_page_free(&x->page);
	status = output_close(&x->file, failed);
	free(x);
	return status;
}

int
text_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	static const struct sink_ops ops = { .name = "text", .event = event, .record = record, .memory = memory, .reopen = output_sink_reopen, .wrote = output_sink_wrote, .close = close_text };
	struct output_file *file = output_open(where, options);
	struct output_look look = output_look(where, options);
	struct text *x;

	(void)fold;
	if (file == NULL)
		return -1;
	x = xcalloc(1, sizeof *x);
	x->file = file;
	x->gate = options->gate;
	x->page = row_page_new();
	x->style = (struct row_style){ options->show_secrets, options->verbose > 0, options->digests };
	x->paint = (struct paint){ .when = when_of(options, TIME_RELATIVE, 3), .verbose = options->verbose,
	    .wire = options->wire, .hex = options->hex, .colour = look.colour, .defang = look.defang, .width = look.width };
	*sink_r = (struct sink){ &ops, x, transcript_wants(&x->paint, &x->style) | output_digests(options) };
	return 0;
}
