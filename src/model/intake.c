/*
 * intake.c - news become items.
 */
#include "items.h"

/* Serials of commands and numbers of sessions are counted from 1 and never get near these widths. */
static uint64_t
key_of(uint64_t session, uint32_t mail, bool server_reading)
{
	return session << 33 | (uint64_t)mail << 1 | server_reading;
}

static struct known *
session_for(struct items *s, const struct news *n)
{
	struct known *e = items_at(s, items_session(s, n->session));

	if (e != NULL || n->session == 0 || (e = items_add(s, n, ITEM_SESSION)) == NULL)
		return e;
	items_number(s, n->session, s->end - 1);
	return e;
}

static void
take_record(struct known *e, const struct news *n, uint64_t version)
{
	e->item.severity = (enum severity)n->severity;
	e->item.over = n->over;
	e->item.trouble = n->trouble;
	e->item.time = n->time;
	e->item.record = n->where;
	if (n->index != 0)
		e->item.index = n->index;
	e->version = version;
}

/* A transaction that came to no record of its own (RFC 5321 4.1.4: MAIL inside another one) was told while it was open. */
static void
forget_untold(struct items *s, struct known *session)
{
	uint32_t *link = &session->item.next;

	session->last = NO_ITEM;
	while (*link != NO_ITEM) {
		uint32_t item = *link;
		struct known *e = items_at(s, item);

		if (e->item.over) {
			session->last = item;
			link = &e->item.next;
			continue;
		}
		map_take(&s->open, key_of(e->item.number, e->item.mail, e->item.server_reading));
		*link = e->item.next;
		items_drop(s, item);
	}
	session->open = 0;
}

static uint32_t
take_session(struct items *s, const struct news *n, uint64_t version)
{
	struct known *e = session_for(s, n);

	if (e == NULL)
		return NO_ITEM;
	take_record(e, n, version);
	if (n->over && e->open > 0)
		forget_untold(s, e);
	return e->item.session;
}

static void
take_tale(struct items *s, const struct news *n, uint64_t version)
{
	struct known *e = session_for(s, n);

	if (e == NULL)
		return;
	e->version = version;
	items_join(s, e, &n->where);
}

/* The message that the news are about: one that is open, or a new one, at the end of its session's. NO_ITEM: no number is left. */
static uint32_t
message_for(struct items *s, const struct news *n, struct known *session)
{
	uint64_t key = key_of(n->session, n->mail, n->server_reading);
	uintptr_t known = (uintptr_t)map_get(&s->open, key);
	uint32_t item = s->end;
	struct known *e = known ? NULL : items_add(s, n, ITEM_MESSAGE);

	if (known)
		return (uint32_t)(known - 1);
	if (e == NULL)
		return NO_ITEM;
	e->item.session = session->item.session;
	*(session->last == NO_ITEM ? &session->item.next : &items_at(s, session->last)->item.next) = item;
	session->last = item;
	session->open++;
	map_put(&s->open, key, (void *)((uintptr_t)item + 1));
	return item;
}

static uint32_t
take_message(struct items *s, const struct news *n, uint64_t version)
{
	struct known *session = session_for(s, n);
	uint32_t item = session ? message_for(s, n, session) : NO_ITEM;

	if (item == NO_ITEM)
		return item;
	take_record(items_at(s, item), n, version);
	session->version = version;
	if (n->over) {
		map_take(&s->open, key_of(n->session, n->mail, n->server_reading));
		session->open--;
	}
	return item;
}

/* Attempts are counted again and again; until they are over they are known by their index. */
static uint32_t
take_attempt(struct items *s, const struct news *n, uint64_t version)
{
	uint64_t key = key_of(0, n->index, false);
	uintptr_t known = (uintptr_t)map_get(&s->open, key);
	struct known *e = known ? items_at(s, (uint32_t)(known - 1)) : items_add(s, n, ITEM_ATTEMPT);

	if (e == NULL)
		return NO_ITEM;
	take_record(e, n, version);
	if (known && n->over)
		map_take(&s->open, key);
	else if (!known && !n->over)
		map_put(&s->open, key, (void *)((uintptr_t)e->item.session + 1));
	return e->item.session;
}

static uint32_t
take_lone(struct items *s, const struct news *n, uint64_t version)
{
	struct known *e = items_add(s, n, ITEM_LONE);

	if (e == NULL)
		return NO_ITEM;
	take_record(e, n, version);
	return e->item.session;
}

uint32_t
items_take(struct items *s, const struct news *n, uint64_t version)
{
	switch (n->kind) {
	case NEWS_TALE:
		take_tale(s, n, version);
		return NO_ITEM;
	case NEWS_SESSION:
		return take_session(s, n, version);
	case NEWS_MESSAGE:
		return take_message(s, n, version);
	case NEWS_ATTEMPT:
		return take_attempt(s, n, version);
	default:
		return take_lone(s, n, version);
	}
}
