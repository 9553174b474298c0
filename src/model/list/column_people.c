/* column_people.c - columns of who it was; in "from → to" both ends stay in sight where there is little room. */
#include "column_cells.h"

#include "base/clean.h"
#include "base/words.h"

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

void
show_client(column *c, entry *e, style *s, struct buf *out)
{
	struct endpoint client = end_of(e, DIR_CLIENT);
	char text[ADDR_TEXT];

	(void)c;
	(void)s;
	if (client.addr.family != 0)
		buf_text(out, addr_text(&client.addr, text));
}

void
show_port(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	if (end_of(e, DIR_CLIENT).port != 0 && s->when.format != TIME_NONE)
		buf_number(out, end_of(e, DIR_CLIENT).port);
}

bool
rank_port(column *c, entry *e, int64_t *n)
{
	(void)c;
	return rank_put(n, end_of(e, DIR_CLIENT).port);
}

void
show_server(column *c, entry *e, style *s, struct buf *out)
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
	return rank_put(n, v << 16 | (dir == DIR_SERVER ? end.port : 0));
}

bool
rank_client(column *c, entry *e, int64_t *n)
{
	(void)c;
	return address_number(e, DIR_CLIENT, n);
}

bool
rank_server(column *c, entry *e, int64_t *n)
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

void
show_from(column *c, entry *e, style *s, struct buf *out)
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

void
show_to(column *c, entry *e, style *s, struct buf *out)
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

void
show_route(column *c, entry *e, style *s, struct buf *out)
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

void
show_subject(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (e->unit.message != NULL)
		buf_add(out, e->unit.message->subject);
}

void
show_helo(column *c, entry *e, style *s, struct buf *out)
{
	(void)c;
	(void)s;
	if (!e->of_session && e->unit.message != NULL)
		buf_add(out, e->unit.message->helo_name);
	else if (e->unit.session != NULL)
		buf_add(out, e->unit.session->helo_name);
}

/* Who authenticated; a name with ! is one that was refused. */
void
show_auth(column *c, entry *e, style *s, struct buf *out)
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

