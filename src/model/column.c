/*
 * column.c - the columns, and what they show.
 *
 * A column that is a field shows its values joined by commas. Texts are made
 * to fit here only where cutting off the end would lose what matters: in
 * "from → to" both ends stay.
 *
 * BUGS: a text is sorted by its first LIMIT_SORT_TEXT bytes.
 */
#include "column.h"

#include <stdio.h>

#include "base/clean.h"
#include "base/err.h"
#include "base/words.h"

typedef const struct column column;
typedef const struct entry entry;
typedef const struct column_style style;

/* --- texts that fit --- */

/* As many whole characters as take no more than `room` columns, and whether that is all. */
static slice
first_columns(slice s, size_t room)
{
	size_t taken = 0, n = 0;

	while (n < s.n) {
		uint32_t c;
		size_t length = utf8_take(slice_drop(s, n), &c);
		size_t width = clean_width((slice){ s.p + n, length });

		if (taken + width > room)
			break;
		taken += width;
		n += length;
	}
	return slice_take(s, n);
}

static void
add_fitting(struct buf *out, slice s, size_t room)
{
	if (clean_width(s) <= room) {
		buf_add(out, s);
	} else if (room > 0) {
		buf_add(out, first_columns(s, room - 1));
		buf_text(out, "…");
	}
}

/* --- numbers --- */

static bool
put(int64_t *number_r, uint64_t n)
{
	*number_r = n > INT64_MAX ? INT64_MAX : (int64_t)n;
	return true;
}

static bool
put_time(int64_t *number_r, nstime t)
{
	*number_r = t;
	return t != NSTIME_NONE;
}

/* "980", "3,412", "98.1K", "2.4M": at most six columns. */
static void
add_size(struct buf *out, uint64_t n)
{
	static const char unit[] = "KMGTPE";
	char text[WORDS_NUMBER];
	size_t i = 0;
	double v = (double)n / 1024;

	if (n < 100000) {
		buf_text(out, words_number(n, text));
		return;
	}
	for (; v >= 999.5; v /= 1024)
		i++;
	buf_printf(out, v < 99.95 ? "%.1f%c" : "%.0f%c", v, unit[i]);
}

static void
add_wait(struct buf *out, nstime t)
{
	char text[NSTIME_TEXT];

	if (t != NSTIME_NONE)
		buf_text(out, when_wait(t, text));
}

static void
number_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->is.number == 0)
		return;
	buf_number(out, e->is.number);
	if (e->is.kind == ITEM_MESSAGE)
		buf_printf(out, ".%u", (unsigned)e->is.index);
}

static bool
number_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return e->is.number != 0 && put(n, (e->is.number << 20) + e->is.index);
}

static void
size_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->sums.size > 0)
		add_size(out, e->sums.size);
}

static bool
size_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return put(n, e->sums.size);
}

static void
wait_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	if (s->when.format != TIME_NONE)
		add_wait(out, e->sums.slowest);
}

static bool
wait_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return put_time(n, e->sums.slowest);
}

static void
messages_text(column *c, entry *e, style *s, struct buf *out)
{
	const struct rec_session *session = e->unit.session;

	(void)c;
	(void)s;
	if (e->sums.messages == 0)
		return;
	if (session != NULL && session->closed && session->accepted < session->messages)
		buf_printf(out, "%llu/%llu", (unsigned long long)session->accepted, (unsigned long long)session->messages);
	else
		buf_number(out, e->sums.messages);
}

static bool
messages_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return put(n, e->sums.messages);
}

static void
attachments_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->sums.attachments > 0)
		buf_number(out, e->sums.attachments);
}

static bool
attachments_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return put(n, e->sums.attachments);
}

static nstime
duration(entry *e)
{
	const struct rec_message *m = e->of_session ? NULL : e->unit.message;
	const struct rec_session *s = e->unit.session;

	if (m != NULL)
		return m->time != NSTIME_NONE && m->end >= m->time ? m->end - m->time : NSTIME_NONE;
	if (e->unit.attempt != NULL)
		return e->unit.attempt->last - e->unit.attempt->first;
	return s != NULL && s->closed && s->end >= s->time ? s->end - s->time : NSTIME_NONE;
}

static void
duration_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	if (s->when.format != TIME_NONE)
		add_wait(out, duration(e));
}

static bool
duration_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return put_time(n, duration(e));
}

/* --- times --- */

static nstime
start_of(entry *e)
{
	if (!e->of_session && e->unit.message != NULL)
		return e->unit.message->time;
	if (e->unit.attempt != NULL)
		return e->unit.attempt->first;
	return e->unit.session != NULL ? e->unit.session->time : e->is.time;
}

/* The clock, as exact as there is room for; of r and d the clock in UTC. */
static void
time_text(column *c, entry *e, style *s, struct buf *out)
{
	struct when when = s->when;
	char text[NSTIME_TEXT];
	nstime t = start_of(e);

	(void)c;
	if (t == NSTIME_NONE)
		return;
	if (when.format == TIME_RELATIVE || when.format == TIME_DELTA)
		when.format = TIME_UTC_CLOCK;
	if (s->width > 0 && s->width < 12 + (when.format == TIME_ABSOLUTE || when.format == TIME_UTC_CLOCK ? 0 : 12))
		when.digits = 0;
	else if (s->width > 0 || when.digits > 3)
		when.digits = 3;
	when_text(&when, t, t, t, text);
	if (when.format == TIME_UTC_CLOCK)
		text[strcspn(text, "Z")] = '\0';
	buf_text(out, text);
}

static bool
time_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return put_time(n, start_of(e));
}

static void
date_text(column *c, entry *e, style *s, struct buf *out)
{
	struct when when = s->when;
	char text[NSTIME_TEXT];
	nstime t = start_of(e);

	(void)c;
	if (t == NSTIME_NONE || when.format == TIME_NONE)
		return;
	if (when.format == TIME_EPOCH)
		when.format = TIME_UTC_DATE;
	when.digits = 0;
	when_date(&when, t, text);
	text[strcspn(text, "T")] = '\0';
	buf_text(out, text);
}

/* --- who --- */

static struct endpoint
end_of(entry *e, enum dir dir)
{
	const struct unit *u = &e->unit;

	if (u->session != NULL)
		return dir == DIR_CLIENT ? u->session->client : u->session->server;
	if (u->attempt != NULL)
		return dir == DIR_SERVER ? u->attempt->server : (struct endpoint){ .addr = u->attempt->client };
	return (struct endpoint){ 0 };
}

static void
client_text(column *c, entry *e, style *s, struct buf *out)
{
	struct endpoint client = end_of(e, DIR_CLIENT);
	char text[ADDR_TEXT];

	(void)c;
	(void)s;
	if (client.addr.family != 0)
		buf_text(out, addr_text(&client.addr, text));
}

static void
port_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	if (end_of(e, DIR_CLIENT).port != 0 && s->when.format != TIME_NONE)
		buf_number(out, end_of(e, DIR_CLIENT).port);
}

static bool
port_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return put(n, end_of(e, DIR_CLIENT).port);
}

static void
server_text(column *c, entry *e, style *s, struct buf *out)
{
	struct endpoint server = end_of(e, DIR_SERVER);
	char text[ENDPOINT_TEXT];

	(void)c;
	(void)s;
	if (server.addr.family != 0)
		buf_text(out, endpoint_text(&server, text));
}

/* Those of IPv4 by number, and before all others. */
static bool
address_number(entry *e, enum dir dir, int64_t *n)
{
	struct endpoint end = end_of(e, dir);
	uint64_t v = 0;

	if (end.addr.family != 4)
		return false;
	for (int i = 0; i < 4; i++)
		v = v << 8 | end.addr.ip[i];
	return put(n, v << 16 | (dir == DIR_SERVER ? end.port : 0));
}

static bool
client_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return address_number(e, DIR_CLIENT, n);
}

static bool
server_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return address_number(e, DIR_SERVER, n);
}

/* The envelope's sender as people write it; nothing if it was not seen. */
static slice
sender(const struct rec_message *m)
{
	if (m == NULL || !m->has_mail_from)
		return S("");
	return m->null_sender ? S("<>") : m->mail_from;
}

static slice
recipient(const struct rec_message *m)
{
	return m != NULL && m->nrecipient > 0 ? m->recipient[0].address : S("");
}

static void
add_others(struct buf *out, const struct rec_message *m)
{
	if (m != NULL && m->recipients > 1)
		buf_printf(out, " +%llu", (unsigned long long)m->recipients - 1);
}

static void
from_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	buf_add(out, sender(e->unit.message));
}

static void
add_recipients(struct buf *out, const struct rec_message *m, size_t room)
{
	struct buf others;

	buf_init(&others, WORDS_NUMBER);
	add_others(&others, m);
	if (room == 0)
		buf_add(out, recipient(m));
	else
		add_fitting(out, recipient(m), room > others.n ? room - others.n : 0);
	buf_add(out, buf_slice(&others));
	buf_fini(&others);
}

static void
to_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	add_recipients(out, e->unit.message, (size_t)s->width);
}

/* Of a session that brought no message: who was there. */
static void
add_visitor(struct buf *out, const struct unit *u)
{
	const struct rec_session *s = u->session;

	if (u->attempt != NULL) {
		char text[ENDPOINT_TEXT];

		buf_printf(out, "→ %s", endpoint_text(&u->attempt->server, text));
		if (u->attempt->count > 1)
			buf_printf(out, ", %llu times", (unsigned long long)u->attempt->count);
		return;
	}
	if (s == NULL)
		return;
	if (s->helo_name.n > 0) {
		buf_add(out, s->helo_verb);
		buf_add_byte(out, ' ');
		buf_add(out, s->helo_name);
	}
	for (size_t i = s->nauth; i > 0; i--)
		if (s->auth[i - 1].user.n > 0) {
			buf_text(out, s->helo_name.n > 0 ? ", as " : "as ");
			buf_add(out, s->auth[i - 1].user);
			return;
		}
}

/* How much of `room` the left text gets, when both do not fit: half, or what the other one leaves. */
static size_t
share(size_t left, size_t right, size_t room)
{
	if (left + right <= room || left <= room / 2)
		return left;
	return right <= room - room / 2 ? room - right : room / 2;
}

static void
route_text(column *c, entry *e, style *s, struct buf *out)
{
	const struct rec_message *m = e->unit.message;
	struct buf to;
	size_t width = (size_t)s->width, left;

	(void)c;
	if (m == NULL) {
		add_visitor(out, &e->unit);
		return;
	}
	buf_init(&to, LIMIT_COMMAND_LINE);
	add_recipients(&to, m, 0);
	left = width > 3 ? share(clean_width(sender(m)), clean_width(buf_slice(&to)), width - 3) : SIZE_MAX;
	add_fitting(out, sender(m), left);
	if (to.n > 0) {
		buf_text(out, " → ");
		add_recipients(out, m, width > 3 ? width - 3 - left : 0);
	}
	buf_fini(&to);
}

static void
subject_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->unit.message != NULL)
		buf_add(out, e->unit.message->subject);
}

static void
helo_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (!e->of_session && e->unit.message != NULL)
		buf_add(out, e->unit.message->helo_name);
	else if (e->unit.session != NULL)
		buf_add(out, e->unit.session->helo_name);
}

/* Who authenticated; a name with ! is one that was refused. */
static void
auth_text(column *c, entry *e, style *s, struct buf *out)
{
	const struct rec_session *session = e->unit.session;
	const struct rec_auth *last = session != NULL && session->nauth > 0 ? &session->auth[session->nauth - 1] : NULL;

	(void)c;
	(void)s;
	if (!e->of_session && e->unit.message != NULL) {
		buf_add(out, e->unit.message->auth_user);
	} else if (last != NULL) {
		if (!last->accepted)
			buf_add_byte(out, '!');
		buf_add(out, last->user.n > 0 ? last->user : last->mechanism);
	}
}

/* --- what came of it --- */

static void
result_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->gone)
		buf_text(out, "let go");
	else
		unit_result(&e->unit, out);
}

/* The worst is the greatest, and of equals the one with the higher code. */
static bool
result_number(column *c, entry *e, int64_t *n)
{
	struct buf text;
	uint64_t code = 0;

	(void)c;
	buf_init(&text, LIMIT_REPLY_LINE);
	*n = (int64_t)result_badness(unit_result(&e->unit, &text)) * 1000;
	if (slice_number(slice_take(buf_slice(&text), 3), &code))
		*n += (int64_t)code;
	buf_fini(&text);
	return !e->gone;
}

static void
reason_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	unit_reason(&e->unit, out);
}

static void
queue_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->unit.message != NULL)
		buf_add(out, e->unit.message->queue_id);
}

static void
tls_text(column *c, entry *e, style *s, struct buf *out)
{
	const struct rec_session *session = e->unit.session;

	(void)c;
	(void)s;
	if (session == NULL)
		return;
	if (session->tls)
		buf_text(out, session->tls_facts.mode != NULL && strcmp(session->tls_facts.mode, "implicit") == 0 ? "TLS" : "STARTTLS");
	else if (session->tls_broken)
		buf_text(out, "failed");
}

static void
close_text(column *c, entry *e, style *s, struct buf *out)
{
	const char *word = e->unit.session != NULL ? rec_session_close(e->unit.session) : NULL;

	(void)c;
	(void)s;
	if (word != NULL)
		buf_text(out, word);
	else if (e->unit.session != NULL)
		buf_text(out, "open");
}

static void
severity_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	buf_text(out, severity_letter(e->sums.severity));
}

static bool
severity_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return put(n, e->sums.severity);
}

static const struct rec_findings *
findings_of(entry *e)
{
	const struct unit *u = &e->unit;
	const struct rec_findings *of_session = u->session != NULL ? &u->session->findings : NULL;

	if (u->attempt != NULL)
		return &u->attempt->findings;
	if (u->message != NULL && (!e->of_session || of_session == NULL || u->message->findings.severity >= of_session->severity))
		return &u->message->findings;
	return of_session;
}

/* The worst one's id, and how many others. */
static void
findings_text(column *c, entry *e, style *s, struct buf *out)
{
	const struct rec_findings *f = findings_of(e);

	(void)c;
	(void)s;
	for (size_t i = 0; f != NULL && i < f->n; i++) {
		if (finding_info(f->v[i].finding)->severity != f->severity)
			continue;
		buf_text(out, finding_info(f->v[i].finding)->id);
		if (f->count > 1)
			buf_printf(out, " +%llu", (unsigned long long)f->count - 1);
		return;
	}
}

/* --- fields --- */

static size_t
add_values(struct buf *out, const struct field *f, const struct unit *u, size_t limit, struct value *first_r)
{
	struct place at = { .unit = u };
	struct buf room;
	size_t values = 0;

	buf_init(&room, LIMIT_HEADER);
	at.room = &room;
	for (size_t i = 0, n = scope_count(f->scope, u); i < n && values < limit; i++) {
		struct value v = { 0 };

		at.element = scope_element(f->scope, u, i);
		for (size_t k = 0; values < limit && f->get(f, &at, k, &v); k++) {
			if (value_is_absent(f, &v))
				continue;
			if (values++ == 0 && first_r != NULL)
				*first_r = v;
			else if (out != NULL && values > 1)
				buf_text(out, ", ");
			if (out != NULL)
				value_add_text(out, f, &v, 3);
		}
	}
	buf_fini(&room);
	return values;
}

enum { FIELD_VALUES = 100 };		/* shown in a cell */

static void
field_text(column *c, entry *e, style *s, struct buf *out)
{
	(void)s;
	add_values(out, c->field, &e->unit, FIELD_VALUES, NULL);
}

static bool
field_number(column *c, entry *e, int64_t *n)
{
	enum field_type type = c->field->type;
	struct value v;

	if (type == FIELD_TEXT || type == FIELD_HEX || type == FIELD_ADDRESS)
		return false;
	if (add_values(NULL, c->field, &e->unit, 1, &v) == 0)
		*n = INT64_MIN;
	else
		*n = v.number;
	return true;
}

/* --- the table --- */

/* name, title, narrow, wide, rank, right, sessions, messages, function, fields, about */
#define TEXT(n, t, a, w, r, right_, s_, m_, fn, f_, about_) \
	{ .name = n, .title = t, .about = about_, .narrow = a, .wide = w, .rank = r, .right = right_, .in_sessions = s_, \
	  .in_messages = m_, .text = fn##_text, .fields = f_ }
/* The same, and sorted by a number; RANKED: the highest first. */
#define NUMBER(n, t, a, w, r, right_, s_, m_, fn, f_, about_) \
	{ .name = n, .title = t, .about = about_, .narrow = a, .wide = w, .rank = r, .right = right_, .in_sessions = s_, \
	  .in_messages = m_, .text = fn##_text, .number = fn##_number, .fields = f_ }

#define RANKED(n, t, a, w, r, right_, s_, m_, fn, f_, about_) \
	{ .name = n, .title = t, .about = about_, .narrow = a, .wide = w, .rank = r, .right = right_, .in_sessions = s_, \
	  .in_messages = m_, .worst_first = true, .text = fn##_text, .number = fn##_number, .fields = f_ }

const struct column columns_known[] = {
	NUMBER("number", "#", 3, 9, 1, true, true, true, number, "session.number,message.index", "number of the session, and of the message in it"),
	TEXT("date", "date", 10, 10, 14, false, true, true, date, "frame.time", "the day on which it began"),
	{ .name = "time", .title = "time", .about = "when it began (-t: how times are written)", .narrow = 8, .wide = 12, .rank = 3,
	    .in_sessions = true, .in_messages = true, .adapts = true, .text = time_text, .number = time_number, .fields = "frame.time" },
	NUMBER("client", "client", 9, 15, 5, false, true, true, client, "client.ip", "address of who sends"),
	NUMBER("port", "port", 5, 5, 20, true, true, true, port, "client.port", "the client's port"),
	NUMBER("server", "server", 9, 21, 8, false, true, true, server, "server.ip,server.port", "address and port of who takes it"),
	TEXT("route", "from → to", 16, 0, 0, false, true, true, route, "smtp.mail_from,smtp.rcpt_to", "sender, first recipient and how many more, of the envelope"),
	TEXT("from", "from", 12, 30, 4, false, true, true, from, "smtp.mail_from", "the envelope's sender; <> is the null sender"),
	TEXT("to", "to", 12, 30, 4, false, true, true, to, "smtp.rcpt_to", "the envelope's first recipient, and how many more"),
	TEXT("subject", "subject", 16, 0, 6, false, true, true, subject, "imf.subject", "Subject of the message, decoded"),
	RANKED("result", "result", 9, 11, 0, false, true, true, result, "smtp.status,smtp.reply.code,smtp.reply.enhanced", "what came of it: a reply code, how many recipients, or a word"),
	TEXT("reason", "answer", 18, 0, 7, false, true, true, reason, "smtp.reply.text", "what was answered: of a refused recipient, else at the end"),
	RANKED("wait", "wait", 6, 7, 2, true, true, true, wait, "smtp.reply_time", "the longest wait for an answer"),
	RANKED("duration", "took", 6, 7, 12, true, true, true, duration, "session.duration", "from its beginning to its end"),
	RANKED("size", "size", 6, 7, 10, true, true, true, size, "smtp.size", "octets of content"),
	RANKED("messages", "msgs", 4, 7, 11, true, true, false, messages, "session.accepted,session.messages", "messages, or accepted/all"),
	RANKED("attachments", "att", 3, 4, 13, true, true, true, attachments, "message.attachments", "how many attachments"),
	TEXT("helo", "helo", 12, 24, 16, false, true, true, helo, "smtp.helo", "the name that the client gave"),
	TEXT("tls", "tls", 8, 8, 15, false, true, true, tls, "tls", "how encryption began, or that it failed"),
	TEXT("auth", "auth", 8, 20, 17, false, true, true, auth, "smtp.auth.user", "who authenticated; with ! who was refused"),
	TEXT("queue", "queue id", 10, 16, 18, false, true, true, queue, "smtp.queue_id", "the name under which the server took it"),
	TEXT("close", "ended", 10, 14, 19, false, true, false, close, "session.close", "how the connection ended"),
	TEXT("findings", "finding", 12, 28, 14, false, true, true, findings, "finding.id", "the worst finding, and how many others"),
	RANKED("severity", "!", 1, 1, 0, false, true, true, severity, "finding.severity", "the worst finding: i info, n note, w warning, a alert"),
};
const size_t ncolumns_known = sizeof columns_known / sizeof columns_known[0];

/* One for each field, made when it is first asked for: a table of our own could not hold their names as constants. */
static const struct column *
column_of_field(const struct field *f)
{
	enum { ROOM = 256 };
	static struct column made[ROOM];
	size_t i = (size_t)(f - fields);
	struct column *c = &made[i];

	CHECK(nfields <= ROOM);
	if (c->name == NULL)
		*c = (struct column){ .name = f->name, .title = f->name, .about = f->about, .narrow = 6, .wide = 30, .rank = 21,
		    .right = f->type == FIELD_NUMBER || f->type == FIELD_SPAN, .in_sessions = true, .in_messages = true,
		    .text = field_text, .number = field_number, .fields = f->name, .field = f };
	return c;
}

const struct column *
column_find(slice name)
{
	const struct field *f;

	for (size_t i = 0; i < ncolumns_known; i++)
		if (slice_ieq(name, slice_of(columns_known[i].name)))
			return &columns_known[i];
	f = field_find(name);
	return f != NULL ? column_of_field(f) : NULL;
}

const char *
columns_default(bool messages)
{
	return messages ? "number,time,client,server,route,subject,result,reason,wait,size,attachments,queue,severity"
	    : "number,date,time,client,server,route,subject,result,reason,wait,duration,size,messages,tls,severity";
}

void
column_text(const struct column *c, const struct entry *e, const struct column_style *s, struct buf *out)
{
	struct column_style wide = *s;

	wide.width = 0;
	c->text(c, e, &wide, out);
}

bool
column_number(const struct column *c, const struct entry *e, int64_t *number_r)
{
	return c->number != NULL && c->number(c, e, number_r);
}
