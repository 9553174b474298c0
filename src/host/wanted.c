#include "wanted.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "decode/decode.h"

enum { PAGE = 32768 };				/* numbers of one page of bits */

struct page { uint64_t bit[PAGE / 64]; };

/* Packets between two hosts, at one's port, in a time. */
struct span {
	struct addr client;
	struct endpoint server;
	nstime first, last;
	struct span *next;			/* with the same key */
};

void
wanted_fini(struct wanted *w)
{
	struct page *page;
	size_t cursor = 0;

	while ((page = map_next(&w->page, &cursor)) != NULL)
		free(page);
	map_fini(&w->page);
	map_fini(&w->span);
	for (size_t i = 0; i < w->nspan; i++)
		free(w->spans[i]);
	free(w->spans);
	decoder_free(&w->decoder);
	*w = (struct wanted){ 0 };
}

/* --- numbers --- */

void
wanted_add(struct wanted *w, uint64_t number)
{
	struct page *page = map_get(&w->page, number / PAGE);
	uint64_t *word, bit = UINT64_C(1) << (number % 64);

	if (page == NULL) {
		page = xcalloc(1, sizeof *page);
		map_put(&w->page, number / PAGE, page);
	}
	word = &page->bit[number % PAGE / 64];
	w->n += (*word & bit) == 0;
	*word |= bit;
	if (number > w->last)
		w->last = number;
}

static bool
has_number(const struct wanted *w, uint64_t number)
{
	const struct page *page = map_get(&w->page, number / PAGE);

	return page != NULL && (page->bit[number % PAGE / 64] >> (number % 64) & 1);
}

/* --- attempts --- */

static uint64_t
mix(uint64_t h, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n-- > 0)
		h = (h ^ *p++) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t
key_of(const struct addr *client, const struct endpoint *server)
{
	uint64_t h = mix(UINT64_C(0xcbf29ce484222325), client->ip, sizeof client->ip);

	return mix(mix(h, server->addr.ip, sizeof server->addr.ip), &server->port, sizeof server->port);
}

void
wanted_attempt(struct wanted *w, const struct rec_attempt *a)
{
	uint64_t key = key_of(&a->client, &a->server);
	struct span *s = xcalloc(1, sizeof *s), *same = map_get(&w->span, key);

	*s = (struct span){ a->client, a->server, a->first, a->last, NULL };
	w->spans = xrealloc(w->spans, w->nspan + 1, sizeof *w->spans);
	w->spans[w->nspan++] = s;
	if (same != NULL) {
		s->next = same->next;
		same->next = s;
	} else {
		map_put(&w->span, key, s);
	}
}

static bool
is_in(const struct span *s, const struct endpoint *from, const struct endpoint *to, nstime time)
{
	return addr_eq(&s->client, &from->addr) && addr_eq(&s->server.addr, &to->addr) && s->server.port == to->port
	    && time >= s->first && time <= s->last;
}

static bool
is_between(const struct wanted *w, const struct endpoint *client, const struct endpoint *server, nstime time)
{
	for (const struct span *s = map_get(&w->span, key_of(&client->addr, server)); s != NULL; s = s->next)
		if (is_in(s, client, server, time))
			return true;
	return false;
}

/* Errors that routers send about it are its own, too. */
static bool
is_of_attempt(struct wanted *w, const struct frame *f)
{
	struct frame_view view = {
		.bytes = f->bytes, .wire = f->wire, .linktype = f->linktype, .fcs = f->fcs, .from = { f->number, f->time, false },
	};
	struct segment s;
	struct icmp_error icmp;

	switch (decode_frame(w->decoder, &view, &s, &icmp)) {
	case DECODED_SEGMENT:
		return is_between(w, &s.src, &s.dst, f->time) || is_between(w, &s.dst, &s.src, f->time);
	case DECODED_ICMP:
		return is_between(w, &icmp.src, &icmp.dst, f->time);
	default:
		return false;
	}
}

/* --- frames --- */

static void
quiet_note(void *self, enum finding f, struct origin from, slice detail)
{
	(void)self;
	(void)f;
	(void)from;
	(void)detail;
}

bool
wanted_begin(struct wanted *w)
{
	struct decode_user user = { NULL, quiet_note };

	decoder_free(&w->decoder);
	if (w->nspan > 0)
		w->decoder = decoder_new(&user, LIMIT_FRAGMENT_BYTES);
	return w->n > 0 || w->nspan > 0;
}

bool
wanted_has(struct wanted *w, const struct frame *f)
{
	bool of_attempt = w->nspan > 0 && is_of_attempt(w, f);

	return of_attempt || has_number(w, f->number);
}

bool
wanted_is_behind(const struct wanted *w, uint64_t found, uint64_t packet)
{
	return w->nspan == 0 && (found >= w->n || packet > w->last);
}
