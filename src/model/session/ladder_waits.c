/*
 * ladder_waits.c - which command a reply answers, and who was waited for.
 */
#include "ladder_parts.h"

#include "base/err.h"

/* NSTIME_NONE is less than any time, so that nothing was counted before the first wait. */
void
ladder_split(struct ladder *l, struct rung *r, const struct path_split *s, enum waited_for who)
{
	enum waited_for rest = s->proven ? who : WAITED_NOBODY;

	r->wait = s->to - s->from;
	r->of[WAITED_NETWORK] += s->until - s->from;
	r->of[rest] += s->to - s->until;
	if (s->until > l->counted)
		r->own[WAITED_NETWORK] += s->until - later(s->from, l->counted);
	if (s->to > l->counted)
		r->own[rest] += s->to - later(s->until, l->counted);
	l->counted = later(l->counted, s->to);
}

void
ladder_sum(struct ladder *l, size_t index, const nstime own[WAITED])
{
	for (enum waited_for w = 0; w < WAITED && index != SIZE_MAX; w++) {
		l->sum[w] += own[w];
		if (own[w] > l->most[w]) {
			l->most[w] = own[w];
			l->longest[w] = index;
		}
	}
}

/* The client goes on, at `to`, if nothing is to be answered. */
void
ladder_wait_for_client(struct ladder *l, struct rung *r, nstime to)
{
	struct path_split s;

	if (l->reply_time == NSTIME_NONE || l->nasked > 0 || r->unsure || r->server_reading || to < l->reply_time)
		return;
	s = path_split(&l->path, DIR_SERVER, l->reply_offset, l->reply_end, l->reply_time, to);
	s.proven &= !l->skewed;
	ladder_split(l, r, &s, WAITED_CLIENT);
}

void
ladder_wait_for_server(struct ladder *l, struct rung *r, nstime wait, const struct rung *command)
{
	struct path_split s;
	uint64_t offset = command != NULL ? command->offset : 0, end = command != NULL ? offset + command->length : 0;

	if (wait == NSTIME_NONE || wait < 0 || r->server_reading)
		return;
	s = path_split(&l->path, DIR_CLIENT, offset, end, r->time - wait, r->time);
	s.proven &= !r->unsure && !l->skewed;
	ladder_split(l, r, &s, WAITED_SERVER);
}

void
ladder_ask(struct ladder *l, uint32_t serial, size_t rung)
{
	if (serial == 0 || l->nasked == LIMIT_PENDING || rung == SIZE_MAX)
		return;
	if (l->first_asked + l->nasked == l->capasked && l->first_asked > 0) {
		memmove(l->asked, l->asked + l->first_asked, l->nasked * sizeof *l->asked);
		l->first_asked = 0;
	}
	if (l->nasked == l->capasked) {
		l->capasked = l->capasked ? 2 * l->capasked : 16;
		l->asked = xrealloc(l->asked, l->capasked, sizeof *l->asked);
	}
	l->asked[l->first_asked + l->nasked++] = (struct asked){ serial, rung };
}

/* Replies come in the order of their commands. SIZE_MAX: its command is not told. */
size_t
ladder_answered(struct ladder *l, uint32_t serial)
{
	size_t rung = SIZE_MAX;

	while (l->nasked > 0 && l->asked[l->first_asked].serial <= serial) {
		if (l->asked[l->first_asked].serial == serial)
			rung = l->asked[l->first_asked].rung;
		l->first_asked++;
		l->nasked--;
	}
	return rung;
}
