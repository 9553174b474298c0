/* column_facts.c - columns of numbers, waits and times. */
#include "column_cells.h"

#include <string.h>

#include "base/words.h"

/* --- numbers --- */

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

void
show_number(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->is.number == 0)
		return;
	buf_number(out, e->is.number);
	if (e->is.kind == ITEM_MESSAGE)
		buf_printf(out, ".%u", (unsigned)e->is.index);
}

bool
rank_number(column *c, entry *e, int64_t *n)
{
	(void)c;
	return e->is.number != 0 && rank_put(n, (e->is.number << 20) + e->is.index);
}

void
show_size(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->sums.size > 0)
		add_size(out, e->sums.size);
}

bool
rank_size(column *c, entry *e, int64_t *n)
{
	(void)c;
	return rank_put(n, e->sums.size);
}

void
show_wait(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	if (s->when.format != TIME_NONE)
		add_wait(out, e->sums.slowest);
}

bool
rank_wait(column *c, entry *e, int64_t *n)
{
	(void)c;
	return rank_put_time(n, e->sums.slowest);
}

void
show_messages(column *c, entry *e, style *s, struct buf *out)
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

bool
rank_messages(column *c, entry *e, int64_t *n)
{
	(void)c;
	return rank_put(n, e->sums.messages);
}

void
show_attachments(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->sums.attachments > 0)
		buf_number(out, e->sums.attachments);
}

bool
rank_attachments(column *c, entry *e, int64_t *n)
{
	(void)c;
	return rank_put(n, e->sums.attachments);
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

void
show_duration(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	if (s->when.format != TIME_NONE)
		add_wait(out, duration(e));
}

bool
rank_duration(column *c, entry *e, int64_t *n)
{
	(void)c;
	return rank_put_time(n, duration(e));
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
void
show_time(column *c, entry *e, style *s, struct buf *out)
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

bool
rank_time(column *c, entry *e, int64_t *n)
{
	(void)c;
	return rank_put_time(n, start_of(e));
}

void
show_date(column *c, entry *e, style *s, struct buf *out)
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

