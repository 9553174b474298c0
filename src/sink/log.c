/*
 * log.c - `-T log`: one line for each recipient, as a mail server would log
 * it, so that its log and the wire can be laid side by side.
 *
 *	TIME #SESSION.MESSAGE CLIENT>SERVER from=<> to=<> size= delay= dsn= status= stage= (reply)
 *
 * delay: from the connection's start to the reply that decided the
 * recipient's fate. A connection that came to nothing is a line with
 * stage=CONNECT.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/chars.h"
#include "base/clean.h"
#include "base/err.h"
#include "formats.h"
#include "hold.h"
#include "options.h"

struct log_sink {
	struct output_file *file;
	struct gate *gate;
	struct hold *hold;
	struct when when;
	nstime before;			/* of the line before, or NSTIME_NONE */
};

/* What one line tells of a recipient, or of a message that has none. */
struct fate {
	const char *status;
	const char *stage;		/* lower case, or NULL */
	const struct rec_reply *reply;
	nstime time;
};

static void
add_time(struct log_sink *x, struct buf *out, nstime t, nstime start)
{
	char text[NSTIME_TEXT];

	if (x->when.format == TIME_NONE)
		return;
	buf_printf(out, "%s ", when_text(&x->when, t, start, x->before == NSTIME_NONE ? t : x->before, text));
	x->before = t;
}

/* Two digits behind the point, three for what is short: as exact as anyone reads it. */
static void
add_delay(const struct log_sink *x, struct buf *out, nstime t)
{
	char text[NSTIME_TEXT];

	if (x->when.format != TIME_NONE)
		buf_printf(out, " delay=%s", nstime_seconds(t, t < 10 * NSTIME_MS ? 3 : 2, text));
}

static void
add_address(struct buf *out, const char *key, slice address)
{
	buf_printf(out, " %s=<", key);
	if (address.n > 0)
		clean_add(out, address, CLEAN_WORD);
	buf_add_byte(out, '>');
}

/* A recipient's own refusal, else what became of the message. */
static struct fate
fate_of(const struct rec_message *m, const struct rec_recipient *to)
{
	struct fate f = { mail_status_name(m->status), m->stage, &m->reply, m->end };

	if (to != NULL && to->reply.code == 0 && to->rcpt_code != 0)	/* LMTP: others were answered, this one was not */
		return (struct fate){ mail_status_name(MAIL_UNKNOWN), m->stage, &to->reply, m->end };
	if (to == NULL || to->reply.code == 0)
		return f;
	if (to->rcpt_code != 0 || !to->accepted) {
		f.reply = &to->reply;
		f.time = to->replied != NSTIME_NONE ? to->replied : m->end;
	}
	if (to->rcpt_code != 0)		/* LMTP: after the content, each has its own (RFC 2033 4.2) */
		f.status = mail_status_name(to->accepted ? MAIL_ACCEPTED : MAIL_REJECTED);
	else if (!to->accepted) {
		f.status = mail_status_name(MAIL_REFUSED);
		f.stage = "rcpt";
	}
	return f;
}

static void
add_peers(struct buf *out, const struct addr *client, const struct endpoint *server)
{
	char from[ADDR_TEXT], to[ENDPOINT_TEXT];

	buf_printf(out, " %s>%s", addr_text(client, from), endpoint_text(server, to));
}

static void
add_stage(struct buf *out, const char *stage)
{
	buf_add(out, S(" stage="));
	for (; *stage != '\0'; stage++)
		buf_add_byte(out, char_upper((uint8_t)*stage));
}

static void
add_reply(struct buf *out, const struct rec_reply *reply)
{
	if (reply->code == 0)
		return;
	buf_printf(out, " (%03d", reply->code);
	if (reply->enhanced.n > 0) {
		buf_add_byte(out, ' ');
		clean_add(out, reply->enhanced, CLEAN_TERMINAL);
	}
	if (reply->text.n > 0) {
		buf_add_byte(out, ' ');
		clean_add(out, reply->text, CLEAN_TERMINAL);
	}
	buf_add_byte(out, ')');
}

static void
print_recipient(struct log_sink *x, struct buf *out, const struct rec_message *m, const struct rec_recipient *to)
{
	const struct rec_session *s = m->session;
	struct fate fate = fate_of(m, to);

	add_time(x, out, fate.time, s->time);
	buf_printf(out, "#%" PRIu64 ".%" PRIu32, s->number, m->index);
	add_peers(out, &s->client.addr, &s->server);
	if (m->has_mail_from)
		add_address(out, "from", m->mail_from);
	if (to != NULL)
		add_address(out, "to", to->address);
	if (m->has_content)
		buf_printf(out, " size=%" PRIu64, m->size);
	add_delay(x, out, fate.time - s->time);
	if (fate.reply->enhanced.n > 0) {
		buf_add(out, S(" dsn="));
		clean_add(out, fate.reply->enhanced, CLEAN_WORD);
	}
	buf_printf(out, " status=%s", fate.status);
	if (fate.stage != NULL)
		add_stage(out, fate.stage);
	if (m->missing > 0)
		buf_printf(out, " missing=%" PRIu64, m->missing);
	if (m->two_readings)
		buf_printf(out, " reading=%s", m->server_reading ? "server" : "rfc");
	add_reply(out, fate.reply);
	buf_add_byte(out, '\n');
}

/* A message without a recipient is one line, of its own. */
static int
print_if_shown(struct log_sink *x, const struct rec_message *m, size_t i)
{
	const struct rec_recipient *to = i < m->nrecipient ? &m->recipient[i] : NULL;
	gate_ticket ticket;
	enum truth verdict = to ? gate_element(x->gate, m, SCOPE_RECIPIENT, i, &ticket) : gate_message(x->gate, m, &ticket);
	struct buf *out = hold_begin(x->hold, m->session->number, verdict, ticket);

	if (out == NULL)
		return 0;
	print_recipient(x, out, m, to);
	return hold_end(x->hold);
}

/* Recipients over the limit are counted, not kept: one line says how many. */
static int
print_rest(struct log_sink *x, const struct rec_message *m)
{
	gate_ticket ticket;
	enum truth verdict = gate_message(x->gate, m, &ticket);
	struct buf *out = hold_begin(x->hold, m->session->number, verdict, ticket);

	if (out == NULL)
		return 0;
	add_time(x, out, m->end, m->session->time);
	buf_printf(out, "#%" PRIu64 ".%" PRIu32 " %" PRIu64 " more recipients are not told\n", m->session->number, m->index,
	    m->recipients - m->nrecipient);
	return hold_end(x->hold);
}

static int
print_message(struct log_sink *x, const struct rec_message *m)
{
	for (size_t i = 0; i < m->nrecipient || i == 0; i++)
		if (print_if_shown(x, m, i) != 0)
			return -1;
	return m->recipients > m->nrecipient ? print_rest(x, m) : 0;
}

static int
print_attempt(struct log_sink *x, const struct rec_attempt *a)
{
	struct buf *out = output_buf(x->file);

	add_time(x, out, a->first, a->first);
	buf_add_byte(out, '-');
	add_peers(out, &a->client, &a->server);
	buf_printf(out, " count=%" PRIu64, a->count);
	add_delay(x, out, a->last - a->first);
	buf_printf(out, " status=%s stage=CONNECT", attempt_name(a->outcome));
	if (a->detail.n > 0) {
		buf_add(out, S(" ("));
		clean_add(out, a->detail, CLEAN_TERMINAL);
		buf_add_byte(out, ')');
	}
	buf_add_byte(out, '\n');
	return output_commit(x->file);
}

static int
record(void *self, const struct record *r)
{
	struct log_sink *x = self;

	if (r->kind == REC_MESSAGE)
		return print_message(x, r->u.message);
	if (r->kind == REC_SESSION)
		return hold_finish(x->hold, r->u.session->number);
	return r->kind == REC_ATTEMPT && gate_attempt(x->gate, r->u.attempt) ? print_attempt(x, r->u.attempt) : 0;
}

static size_t
memory(void *self)
{
	const struct log_sink *x = self;

	return hold_memory(x->hold);
}

static int
close_log(void *self, bool failed)
{
	struct log_sink *x = self;
	int status = output_close(&x->file, failed);

	hold_free(&x->hold);
	free(x);
	return status;
}

int
log_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	static const struct sink_ops ops = { .name = "log", .record = record, .memory = memory, .reopen = output_sink_reopen, .wrote = output_sink_wrote, .close = close_log };
	struct output_file *file = output_open(where, options);
	struct log_sink *x;

	(void)fold;
	if (file == NULL)
		return -1;
	x = xcalloc(1, sizeof *x);
	x->file = file;
	x->gate = options->gate;
	x->hold = hold_new(options, file, (struct hold_mark){ S(" undecided=yes"), 1 });
	x->when = when_of(options, TIME_UTC_DATE, options->digits > 0 ? options->digits : 6);
	x->before = NSTIME_NONE;
	*sink_r = (struct sink){ &ops, x, 0 };
	return 0;
}
