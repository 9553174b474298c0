#include "servers.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/err.h"
#include "base/limits.h"

enum verb_class
verb_classify(slice verb)
{
	static const struct { slice verb; enum verb_class class; } table[] = {
		{ SLICE(""), VERB_GREETING }, { SLICE("RCPT"), VERB_RCPT }, { SLICE("MAIL"), VERB_MAIL }, { SLICE("DATA"), VERB_DATA },
		{ SLICE("."), VERB_CONTENT }, { SLICE("EHLO"), VERB_HELO }, { SLICE("HELO"), VERB_HELO }, { SLICE("LHLO"), VERB_HELO },
		{ SLICE("AUTH"), VERB_AUTH }, { SLICE("AUTH*"), VERB_AUTH },
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (slice_eq(verb, table[i].verb))
			return table[i].class;
	return VERB_OTHER;
}

/* Twice the binary logarithm of the microseconds: the places begin at 0, 2, 3, 4, 6, 8, 12 … µs; there is no 1.5. */
static size_t
wait_place(nstime wait)
{
	uint64_t us = wait > 0 ? (uint64_t)wait / 1000 : 0;
	size_t octave = us > 1 ? 63 - (size_t)__builtin_clzll(us) : 0, place;

	place = 2 * octave + (octave > 0 && us >> (octave - 1) & 1);
	return place < WAIT_COUNTS ? place : WAIT_COUNTS - 1;
}

/* The first wait that is not counted at this place any more. */
static nstime
wait_above(size_t place)
{
	nstime octave = (nstime)1000 << place / 2;

	return place % 2 || place == 0 ? 2 * octave : octave + octave / 2;
}

void
waits_add(struct waits *w, nstime wait)
{
	if (w->n == UINT32_MAX)
		return;
	w->count[wait_place(wait)]++;
	w->n++;
}

nstime
waits_median(const struct waits *w)
{
	uint32_t below = 0;

	if (w->n < WAIT_ENOUGH)
		return NSTIME_NONE;
	for (size_t i = 0; i < WAIT_COUNTS; i++) {
		below += w->count[i];
		if (below > w->n / 2)
			return wait_above(i);
	}
	return NSTIME_NONE;
}

void
servers_init(struct servers *s)
{
	*s = (struct servers){ 0 };
	if (getrandom(&s->seed, sizeof s->seed, 0) != sizeof s->seed)
		die("no random numbers");
}

void
servers_fini(struct servers *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->known[i]);
	free(s->known);
	map_fini(&s->table);
}

static uint64_t
hash(const struct servers *s, const struct endpoint *e)
{
	uint64_t h = s->seed, part[3] = { 0, 0, (uint64_t)e->port << 8 | e->addr.family };

	memcpy(part, e->addr.ip, sizeof e->addr.ip);
	for (int i = 0; i < 3; i++) {
		h = (h ^ part[i]) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	return h;
}

static bool
is_endpoint(const struct server *s, const struct endpoint *e)
{
	return s->endpoint.port == e->port && addr_eq(&s->endpoint.addr, &e->addr);
}

static void
unlink_server(struct servers *s, struct server *gone)
{
	struct server *head = map_take(&s->table, gone->hash), **at = &head;

	while (*at != gone)
		at = &(*at)->same;
	*at = gone->same;
	if (head != NULL)
		map_put(&s->table, gone->hash, head);
}

/* A place in the ring: a new one, or that of a server without a session. A full turn finds nobody: NULL. */
static struct server **
place(struct servers *s)
{
	if (s->n < LIMIT_SERVERS) {
		if ((s->n & (s->n - 1)) == 0)
			s->known = xrealloc(s->known, s->n ? 2 * s->n : 1, sizeof s->known[0]);
		s->known[s->n] = NULL;
		return &s->known[s->n++];
	}
	for (size_t i = 0; i < LIMIT_SERVERS_TRIED; i++) {
		struct server **at = &s->known[s->next];

		s->next = (s->next + 1) % s->n;
		if ((*at)->sessions == 0)
			return at;
	}
	return NULL;
}

static struct server *
server_new(struct servers *s, const struct endpoint *e, uint64_t h)
{
	struct server **at = place(s), *new;

	if (at == NULL)
		return NULL;
	if (*at != NULL) {
		unlink_server(s, *at);
		free(*at);
	}
	*at = new = xcalloc(1, sizeof *new);
	new->endpoint = *e;
	new->hash = h;
	new->same = map_take(&s->table, h);
	map_put(&s->table, h, new);
	return new;
}

struct server *
servers_open(struct servers *s, const struct endpoint *e)
{
	uint64_t h = hash(s, e);
	struct server *server = map_get(&s->table, h);

	while (server != NULL && !is_endpoint(server, e))
		server = server->same;
	if (server == NULL)
		server = server_new(s, e, h);
	if (server != NULL)
		server->sessions++;
	return server;
}

void
servers_close(struct server *server)
{
	if (server != NULL)
		server->sessions--;
}
