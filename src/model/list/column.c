/*
 * column.c - the columns: names, titles, widths, ranks; and which are shown at
 * first. What they show stands in the files that column_cells.h names.
 *
 * BUGS: a text is sorted by its first LIMIT_SORT_TEXT bytes.
 */
#include "column_cells.h"

#include "base/err.h"

/* name, title, narrow, wide, rank, right, sessions, messages, function, fields, about */
#define TEXT(n, t, a, w, r, right_, s_, m_, fn, f_, about_) \
	{ .name = n, .title = t, .about = about_, .narrow = a, .wide = w, .rank = r, .right = right_, .in_sessions = s_, \
	  .in_messages = m_, .text = show_##fn, .fields = f_ }
/* The same, and sorted by a number; RANKED: the highest first. */
#define NUMBER(n, t, a, w, r, right_, s_, m_, fn, f_, about_) \
	{ .name = n, .title = t, .about = about_, .narrow = a, .wide = w, .rank = r, .right = right_, .in_sessions = s_, \
	  .in_messages = m_, .text = show_##fn, .number = rank_##fn, .fields = f_ }

#define RANKED(n, t, a, w, r, right_, s_, m_, fn, f_, about_) \
	{ .name = n, .title = t, .about = about_, .narrow = a, .wide = w, .rank = r, .right = right_, .in_sessions = s_, \
	  .in_messages = m_, .worst_first = true, .text = show_##fn, .number = rank_##fn, .fields = f_ }

const struct column columns_known[] = {
	NUMBER("number", "#", 3, 9, 1, true, true, true, number, "session.number,message.index", "number of the session, and of the message in it"),
	TEXT("date", "date", 10, 10, 14, false, true, true, date, "frame.time", "the day on which it began"),
	{ .name = "time", .title = "time", .about = "when it began (-t: how times are written)", .narrow = 8, .wide = 12, .rank = 3,
	    .in_sessions = true, .in_messages = true, .adapts = true, .text = show_time, .number = rank_time, .fields = "frame.time" },
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
		    .text = show_field, .number = rank_field, .fields = f->name, .field = f };
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
