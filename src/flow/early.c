/*
 * early.c - the first packets of a connection, told when somebody wants it.
 *
 * Until a byte is delivered nobody knows whether the connection is worth
 * telling of; then its handshake is, too. Kept only if packets are told at all.
 */
#include <stdlib.h>

#include "base/err.h"
#include "connection.h"

struct early {
	unsigned n, room;
	struct early_packet v[];
};

void
early_add(struct early **ep, const struct early_packet *packet)
{
	struct early *e = *ep;

	if (e != NULL && e->n == LIMIT_EARLY_PACKETS)
		return;
	if (e == NULL || e->n == e->room) {
		unsigned n = e != NULL ? e->n : 0, room = n > 0 ? 2 * n : 2;

		e = xrealloc(e, 1, sizeof *e + room * sizeof e->v[0]);
		e->n = n;
		e->room = room;
		*ep = e;
	}
	e->v[e->n++] = *packet;
}

bool
early_has(const struct early *e, unsigned side, uint32_t seen)
{
	for (unsigned i = 0; e != NULL && i < e->n; i++)
		if (e->v[i].side == side && (e->v[i].seen & ~(uint32_t)SEEN_RETRANSMITTED) == seen)
			return true;
	return false;
}

void
early_tell(struct flow *f)
{
	struct stream_user *u = &f->flows->user;
	struct early *e = f->early;

	f->early = NULL;
	for (unsigned i = 0; e != NULL && i < e->n && !flow_over(f); i++) {
		const struct early_packet *p = &e->v[i];
		struct segment s = { .from = p->from, .length = p->length, .window = p->window };

		u->packet(u->self, f->conn, flow_dir(f, p->side), &s, p->offset, p->acknowledged, p->seen);
	}
	free(e);
}
