/*
 * json.c - -T json: every record as one line, when it is known.
 */
#include <stdlib.h>

#include "base/err.h"
#include "formats.h"
#include "hold.h"
#include "json_records.h"

struct json_sink {
	struct output_file *file;
	struct gate *gate;
	struct hold *hold;
	struct json_records records;
};

static int
put(struct json_sink *s, const struct record *r, bool shown)
{
	return shown ? output_add(s->file, json_records_line(&s->records, r)) : 0;
}

static int
on_message(struct json_sink *s, const struct record *r)
{
	const struct rec_message *m = r->u.message;
	gate_ticket ticket;
	enum truth verdict = gate_message(s->gate, m, &ticket);

	if (verdict != TRUTH_UNSURE)
		return put(s, r, verdict == TRUTH_YES);
	return hold_put(s->hold, m->session->number, verdict, ticket, json_records_line(&s->records, r));
}

static int
on_record(void *self, const struct record *r)
{
	struct json_sink *s = self;

	switch (r->kind) {
	case REC_MESSAGE:
		return on_message(s, r);
	case REC_SESSION:
		if (hold_finish(s->hold, r->u.session->number) < 0)
			return -1;
		return put(s, r, gate_session(s->gate, r->u.session->number) == TRUTH_YES);
	case REC_ATTEMPT:
		return put(s, r, gate_attempt(s->gate, r->u.attempt));
	case REC_FINDING:
		return put(s, r, gate_finding(s->gate, r->u.finding));
	case REC_STATS:
		break;
	}
	return put(s, r, true);
}

static size_t
memory(void *self)
{
	const struct json_sink *s = self;

	return hold_memory(s->hold);
}

static int
on_close(void *self, bool failed)
{
	struct json_sink *s = self;
	int status = output_close(&s->file, failed);

	hold_free(&s->hold);
	json_records_fini(&s->records);
	free(s);
	return status;
}

static const struct sink_ops ops = { .name = "json", .record = on_record, .memory = memory, .reopen = output_sink_reopen, .wrote = output_sink_wrote, .close = on_close };

int
json_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	struct json_sink *s = xcalloc(1, sizeof *s);

	(void)fold;
	s->file = output_open(where, options);
	if (s->file == NULL) {
		free(s);
		return -1;
	}
	s->gate = options->gate;
	s->hold = hold_new(options, s->file, (struct hold_mark){ S(",\"undecided\":true"), 2 });
	json_records_init(&s->records, options);
	*sink_r = (struct sink){ .ops = &ops, .self = s, .wants = output_digests(options) };
	return 0;
}
