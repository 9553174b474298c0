#include "proof.h"

#include <string.h>

#include "base/limits.h"

static bool
joins(const struct proofs *ps, int64_t upto, int64_t high, nstime now)
{
	const struct proof *last;

	if (ps->n == 0 || ps->n == PROOFS)
		return ps->n > 0;
	last = &ps->at[ps->n - 1];
	return now - last->since < LIMIT_PATIENCE / 16 && (last->upto > high) == (upto > high);
}

void
proofs_add(struct proofs *ps, int64_t upto, int64_t high, int64_t said_at, struct origin from, bool with_data)
{
	struct proof *last = ps->n > 0 ? &ps->at[ps->n - 1] : NULL;

	if (last != NULL && upto <= last->upto) {
		/* Said again, now by a segment that waits for it. */
		if (with_data && upto == last->upto)
			last->with_data = true;
		return;
	}
	if (!joins(ps, upto, high, from.time)) {
		ps->at[ps->n++] = (struct proof){ .upto = upto, .since = from.time, .packet = from.packet, .said_at = said_at, .with_data = with_data };
		return;
	}
	last->upto = upto;
	last->packet = from.packet;
	last->said_at = said_at;
	last->with_data |= with_data;
}

static void
cut_front(struct proofs *ps, unsigned n)
{
	ps->n -= n;
	memmove(ps->at, ps->at + n, ps->n * sizeof *ps->at);
}

void
proofs_drop(struct proofs *ps, int64_t upto)
{
	unsigned n = 0;

	while (n < ps->n && ps->at[n].upto <= upto)
		n++;
	if (n > 0)
		cut_front(ps, n);
}

void
proofs_limit(struct proofs *ps, int64_t upto)
{
	for (unsigned i = 0; i < ps->n; i++)
		if (ps->at[i].upto >= upto) {
			ps->at[i].upto = upto;
			ps->n = i + 1;
		}
}

int64_t
proofs_highest(const struct proofs *ps)
{
	return ps->n > 0 ? ps->at[ps->n - 1].upto : INT64_MIN;
}

bool
proofs_were(const struct proofs *ps, int64_t upto, nstime by)
{
	for (unsigned i = 0; i < ps->n; i++)
		if (ps->at[i].upto == upto)
			return ps->at[i].since <= by;
	return false;
}

/*
 * The sender's first new bytes below a claim may come late, as a
 * retransmission of what the capture lost: they begin a patience of their own.
 */
static bool
claim_is_false(struct proof *p, nstime now)
{
	if (now - p->since < LIMIT_PATIENCE) {
		p->answered = true;
		return false;
	}
	if (p->answered)
		return true;
	p->answered = p->late = true;
	p->since = now;
	return false;
}

bool
proofs_answer(struct proofs *ps, int64_t high, nstime now, int64_t *upto_r)
{
	for (unsigned i = 0; i < ps->n; i++)
		if (ps->at[i].upto > high && claim_is_false(&ps->at[i], now)) {
			*upto_r = ps->at[i].upto;
			ps->n = i;		/* the later ones claim even more */
			return true;
		}
	return false;
}

bool
proofs_deny(struct proofs *ps, int64_t ack, int64_t high, int64_t said_at, nstime now, int64_t *upto_r)
{
	for (unsigned i = 0; i < ps->n; i++)
		if (ps->at[i].upto > high && ps->at[i].upto > ack && ps->at[i].said_at <= said_at &&
		    now - ps->at[i].since >= LIMIT_PATIENCE) {
			*upto_r = ps->at[i].upto;
			ps->n = i;
			return true;
		}
	return false;
}
