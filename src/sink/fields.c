/*
 * fields.c - -T fields and -T csv: a line for each session, message,
 * recipient … with the fields that -e names.
 *
 * A line of a message that asks for what only the end of its session tells
 * (session.duration, findings) waits for it, its cells side by side, as a
 * line waits that -Y is not sure of.
 */
#include <stdlib.h>

#include "base/err.h"
#include "columns.h"
#include "formats.h"
#include "hold.h"

struct fields_sink {
	struct output_file *file;
	struct gate *gate;
	struct hold *hold;
	struct columns columns;
	struct columns_cell cell[COLUMNS_MAX];
	int digits;
	const struct fold *fold;
	const struct rec_session *session;	/* whose record is told: held lines are of it */
};

/* --- lines that wait --- */

struct cell_head { size_t n; bool any, late; };

static void
pack(const struct fields_sink *s, struct buf *out)
{
	for (size_t i = 0; i < s->columns.n; i++) {
		const struct columns_cell *cell = &s->cell[i];
		struct cell_head head = { cell->text.n, cell->any, cell->late };

		buf_add(out, (slice){ (const uint8_t *)&head, sizeof head });
		buf_add(out, buf_slice(&cell->text));
	}
}

static void
unpack(struct fields_sink *s, slice packed)
{
	for (size_t i = 0; i < s->columns.n; i++) {
		struct columns_cell *cell = &s->cell[i];
		struct cell_head head;

		CHECK(packed.n >= sizeof head);
		memcpy(&head, packed.p, sizeof head);
		packed = slice_drop(packed, sizeof head);
		CHECK(packed.n >= head.n);
		buf_clear(&cell->text);
		buf_add(&cell->text, slice_take(packed, head.n));
		cell->any = head.any;
		cell->late = head.late;
		packed = slice_drop(packed, head.n);
	}
}

static int
print(struct fields_sink *s)
{
	struct buf *out = output_buf(s->file);

	for (size_t i = 0; i < s->columns.n; i++)
		columns_put(&s->columns, out, i, buf_slice(&s->cell[i].text));
	columns_end(&s->columns, out);
	return output_commit(s->file);
}

/* Before the session's end only if the spool is full: with what is known of it. */
static int
let_out(void *self, uint64_t number, slice packed)
{
	struct fields_sink *s = self;
	struct unit u = { .session = s->session != NULL ? s->session : fold_session(s->fold, number), .over = true };

	unpack(s, packed);
	for (size_t i = 0; i < s->columns.n; i++)
		columns_finish(&s->columns, i, &u, &s->cell[i], s->digits);
	return print(s);
}

/* --- rows --- */

static int
put_row(struct fields_sink *s, const struct unit *u, enum truth verdict, gate_ticket ticket)
{
	bool late = false;
	struct buf *out;

	if (verdict == TRUTH_NO)
		return 0;
	for (size_t i = 0; i < s->columns.n; i++) {
		columns_fill(&s->columns, i, u, &s->cell[i], s->digits);
		late |= s->cell[i].late;
	}
	if (verdict == TRUTH_YES && !late)
		return print(s);
	out = hold_begin(s->hold, u->session->number, TRUTH_UNSURE, verdict == TRUTH_YES ? GATE_ALWAYS : ticket);
	pack(s, out);
	return hold_end(s->hold);
}

static int
put_sure(struct fields_sink *s, const struct unit *u)
{
	return put_row(s, u, gate_unit(s->gate, u) ? TRUTH_YES : TRUTH_NO, GATE_SESSION);
}

/* The elements that a message has of its own. */
static int
put_message_list(struct fields_sink *s, const struct rec_message *m)
{
	struct unit own = { .message = m }, u = { .session = m->session, .message = m, .only = s->columns.list };
	size_t n = scope_count(s->columns.list, &own);
	int status = 0;

	for (u.index = 0; u.index < n && status == 0; u.index++) {
		gate_ticket ticket;
		enum truth verdict = gate_element(s->gate, m, s->columns.list, u.index, &ticket);

		status = put_row(s, &u, verdict, ticket);
	}
	return status;
}

/* Those that belong to no message. */
static int
put_list(struct fields_sink *s, struct unit u)
{
	size_t n = scope_count(s->columns.list, &u);
	int status = 0;

	u.only = s->columns.list;
	for (u.index = 0; u.index < n && status == 0; u.index++)
		status = put_sure(s, &u);
	return status;
}

static int
on_message(struct fields_sink *s, const struct rec_message *m)
{
	struct unit u = { .session = m->session, .message = m };
	gate_ticket ticket;
	enum truth verdict;

	if (s->columns.rows == ROWS_LIST)
		return put_message_list(s, m);
	if (s->columns.rows != ROWS_MESSAGE)
		return 0;
	verdict = gate_message(s->gate, m, &ticket);
	return put_row(s, &u, verdict, ticket);
}

static int
on_session(struct fields_sink *s, const struct rec_session *r)
{
	struct unit u = { .session = r, .over = true };
	int status;

	s->session = r;
	status = hold_finish(s->hold, r->number);
	s->session = NULL;
	if (status == 0 && s->columns.rows == ROWS_LIST)
		return put_list(s, u);
	if (status == 0 && s->columns.rows == ROWS_SESSION)
		return put_row(s, &u, gate_session(s->gate, r->number), GATE_SESSION);
	return status;
}

static int
on_record(void *self, const struct record *r)
{
	struct fields_sink *s = self;
	struct unit u = { .over = true };

	switch (r->kind) {
	case REC_MESSAGE:
		return on_message(s, r->u.message);
	case REC_SESSION:
		return on_session(s, r->u.session);
	case REC_ATTEMPT:
		u.attempt = r->u.attempt;
		if (s->columns.rows == ROWS_ATTEMPT)
			return put_sure(s, &u);
		return s->columns.rows == ROWS_LIST ? put_list(s, u) : 0;
	case REC_FINDING:
		u.finding = r->u.finding;
		return s->columns.rows == ROWS_LIST ? put_list(s, u) : 0;
	case REC_STATS:
		break;
	}
	return 0;
}

static size_t
memory(void *self)
{
	const struct fields_sink *s = self;

	return hold_memory(s->hold);
}

/* A file that is gone on with has them already. */
static int
put_names(struct fields_sink *s)
{
	if (!output_is_fresh(s->file))
		return 0;
	columns_put_names(&s->columns, output_buf(s->file));
	return output_commit(s->file);
}

static int
on_reopen(void *self)
{
	struct fields_sink *s = self;

	return output_reopen(s->file) < 0 ? -1 : put_names(s);
}

static int
on_close(void *self, bool failed)
{
	struct fields_sink *s = self;
	int status = output_close(&s->file, failed);

	hold_free(&s->hold);
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		buf_fini(&s->cell[i].text);
	free(s);
	return status;
}

static int
open_with(const struct output *where, const struct output_options *options, const struct fold *fold, const struct columns *columns,
    struct sink *sink_r)
{
	static const struct sink_ops ops = { .name = "fields", .record = on_record, .memory = memory, .reopen = on_reopen, .wrote = output_sink_wrote, .close = on_close };
	struct output_file *file = output_open(where, options);
	struct fields_sink *s;

	if (file == NULL)
		return -1;
	s = xcalloc(1, sizeof *s);
	s->file = file;
	s->gate = options->gate;
	s->columns = *columns;
	s->digits = options->digits > 0 ? options->digits : 6;
	s->fold = fold;
	s->hold = hold_new(options, file, (struct hold_mark){ SLICE_NONE, 0 });
	hold_set_let_out(s->hold, let_out, s);
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		buf_init(&s->cell[i].text, SIZE_MAX / 2);
	put_names(s);
	*sink_r = (struct sink){ .ops = &ops, .self = s, .wants = field_wants(columns_needs(&s->columns)) };
	return 0;
}

int
fields_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	struct columns c = columns_of_fields(options->columns);

	return open_with(where, options, fold, &c, sink_r);
}

int
csv_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	struct columns c = columns_of_csv(options->columns);

	return open_with(where, options, fold, &c, sink_r);
}
