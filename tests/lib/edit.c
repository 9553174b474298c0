/*
 * edit.c - what happened on the way, or in the capture, to segments that
 * were sent as they should be.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "talk.h"

static bool
is_meant(const struct talk *t, size_t i, struct range r)
{
	const struct packet *p = &t->packet[i];

	if (r.all)
		return i + 1 >= r.first && i < r.last;
	if (p->kind != PACKET_TCP || p->session != t->now || p->dir != r.dir || p->raw)
		return false;
	if (r.flag == TCP_ACK)
		return p->payload.n == 0 && p->flags == TCP_ACK;
	if (r.flag != 0)
		return p->flags & r.flag;
	return p->ordinal >= r.first && p->ordinal <= r.last;
}

/* Calls `each` for every packet that is meant now; packets that it adds are not. */
static size_t
for_each(struct talk *t, struct range r, void (*each)(struct talk *, size_t i, const void *how), const void *how)
{
	size_t n = 0, end;

	session_flush(t);
	end = t->npacket;
	for (size_t i = 0; i < end; i++)
		if (is_meant(t, i, r)) {
			each(t, i, how);
			n++;
		}
	return n;
}

static void
lose(struct talk *t, size_t i, const void *how)
{
	(void)how;
	t->packet[i].lost = true;
}

size_t
edit_lose(struct talk *t, struct range r)
{
	return for_each(t, r, lose, NULL);
}

static void
corrupt(struct talk *t, size_t i, const void *ip)
{
	if (*(const bool *)ip)
		t->packet[i].corrupt_ip = true;
	else
		t->packet[i].corrupt = true;
}

size_t
edit_corrupt(struct talk *t, struct range r, bool ip)
{
	return for_each(t, r, corrupt, &ip);
}

static void
late(struct talk *t, size_t i, const void *by)
{
	t->packet[i].time += *(const nstime *)by;
}

size_t
edit_late(struct talk *t, struct range r, nstime by)
{
	return for_each(t, r, late, &by);
}

static void
repeat(struct talk *t, size_t i, const void *after)
{
	struct packet *copy = talk_packet(t, &t->packet[i]);

	copy->time += *(const nstime *)after;
	copy->lost = copy->corrupt = copy->corrupt_ip = false;
	copy->ordinal = 0;
	copy->dropped = 0;
	copy->ip_id = (uint16_t)(copy->ip_id + 0x4000);
}

size_t
edit_repeat(struct talk *t, struct range r, nstime after)
{
	return for_each(t, r, repeat, &after);
}

struct pieces { const struct piece *v; unsigned n; };

static void
fragment(struct talk *t, size_t i, const void *how)
{
	const struct pieces *pieces = how;

	t->packet[i].piece = pieces->v;
	t->packet[i].npiece = pieces->n;
}

size_t
edit_fragment(struct talk *t, struct range r, const struct piece *v, unsigned n)
{
	slice kept = talk_keep(t, (slice){ (const uint8_t *)v, n * sizeof *v });
	struct pieces pieces = { (const struct piece *)(const void *)kept.p, n };

	return for_each(t, r, fragment, &pieces);
}

/* By era and time; what happened at the same time stays as it was said. Times in eras: a clock set back is not undone. */
static void
sort(struct packet *v, struct packet *spare, size_t n)
{
	size_t half = n / 2, a = 0, b = half;

	if (n < 2)
		return;
	sort(v, spare, half);
	sort(v + half, spare, n - half);
	for (size_t i = 0; i < n; i++) {
		bool second = a == half || (b < n && (v[b].era < v[a].era || (v[b].era == v[a].era && v[b].time < v[a].time)));

		spare[i] = v[second ? b++ : a++];
	}
	memcpy(v, spare, n * sizeof *v);
}

void
edit_finish(struct talk *t)
{
	struct packet *spare = xcalloc(t->npacket + 1, sizeof *spare);

	for (size_t i = 0; i < t->npacket; i++) {
		const struct session *s = &t->session[t->packet[i].session];

		if (s->one_sided && t->packet[i].kind == PACKET_TCP && t->packet[i].dir != s->captured)
			t->packet[i].lost = true;
	}

	sort(t->packet, spare, t->npacket);
	free(spare);
}
