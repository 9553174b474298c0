#include "packets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/words.h"
#include "capture/file.h"
#include "capture/writer.h"
#include "decode/decode.h"
#include "model/list/list.h"
#include "model/session/tale.h"

enum {
	PAGE = 32768,			/* packet numbers of one page of bits */
	AT_ONCE = 64,			/* packets, events: between two looks at the clock */
	COLLECTING = 20			/* percent that the search for numbers is worth */
};

struct page { uint64_t bit[PAGE / 64]; };

/* Packets between two hosts, at one's port, in a time. */
struct span {
	struct addr client;
	struct endpoint server;
	nstime first, last;
	struct span *next;		/* with the same key */
};

struct packets {
	struct packets_options o;
	uint32_t *item;
	char *path;
	size_t at;			/* the item whose events are looked at */
	struct tale *tale;
	uint64_t gone;			/* places where what was remembered had been let go */
	struct map page;		/* by number / PAGE */
	uint64_t wanted, found, last;	/* packets; the highest number */
	struct map span;		/* by key_of() */
	struct span **spans;
	size_t nspan;
	struct desk *desk;
	bool reading;
	struct source source;
	struct decoder *decoder;	/* if there are spans */
	struct source_stats input;
	struct writer *writer;
	struct writer_options how;
	size_t secrets;			/* bytes of keys that were written */
};

/* --- opening and closing --- */

static bool
ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

struct packets *
packets_new(const struct packets_options *o, struct buf *why)
{
	struct packets *p;
	struct stat st;

	if (lstat(o->path, &st) == 0) {
		buf_printf(why, "%s is there already, and is not overwritten", o->path);
		return NULL;
	}
	if (o->tee != NULL && tee_trouble(o->tee) != NULL) {
		buf_text(why, tee_trouble(o->tee));
		return NULL;
	}
	p = xcalloc(1, sizeof *p);
	p->o = *o;
	p->item = xcalloc(o->n, sizeof *p->item);
	if (o->n > 0)
		memcpy(p->item, o->item, o->n * sizeof *p->item);
	p->path = strdup(o->path);
	if (p->path == NULL)
		die("out of memory");
	p->desk = desk_new();
	p->how = (struct writer_options){ .path = p->path, .pcapng = ends_in(p->path, ".pcapng") };
	return p;
}

static void
close_source(struct packets *p)
{
	if (p->reading)
		p->source.close(p->source.self);
	p->reading = false;
	decoder_free(&p->decoder);
}

static void
packets_free(struct packets **pp)
{
	struct packets *p = *pp;
	size_t cursor = 0;
	struct page *page;

	close_source(p);
	tale_close(&p->tale);
	while ((page = map_next(&p->page, &cursor)) != NULL)
		free(page);
	map_fini(&p->page);
	map_fini(&p->span);
	for (size_t i = 0; i < p->nspan; i++)
		free(p->spans[i]);
	free(p->spans);
	desk_free(&p->desk);
	free(p->item);
	free(p->path);
	free(p);
	*pp = NULL;
}

void
packets_stop(struct packets **pp)
{
	struct buf nobody;

	if (*pp == NULL)
		return;
	buf_init(&nobody, KiB);
	writer_close(&(*pp)->writer, true, &nobody);
	buf_fini(&nobody);
	packets_free(pp);
}

/* --- which packets --- */

static void
want(struct packets *p, uint64_t number)
{
	struct page *page = map_get(&p->page, number / PAGE);
	uint64_t *word, bit = UINT64_C(1) << (number % 64);

	if (page == NULL) {
		page = xcalloc(1, sizeof *page);
		map_put(&p->page, number / PAGE, page);
	}
	word = &page->bit[number % PAGE / 64];
	p->wanted += (*word & bit) == 0;
	*word |= bit;
	if (number > p->last)
		p->last = number;
}

static bool
is_wanted(const struct packets *p, uint64_t number)
{
	const struct page *page = map_get(&p->page, number / PAGE);

	return page != NULL && (page->bit[number % PAGE / 64] >> (number % 64) & 1);
}

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

static void
want_attempt(struct packets *p, const struct rec_attempt *a)
{
	uint64_t key = key_of(&a->client, &a->server);
	struct span *s = xcalloc(1, sizeof *s), *same = map_get(&p->span, key);

	*s = (struct span){ a->client, a->server, a->first, a->last, NULL };
	p->spans = xrealloc(p->spans, p->nspan + 1, sizeof *p->spans);
	p->spans[p->nspan++] = s;
	if (same != NULL) {
		s->next = same->next;
		same->next = s;
	} else {
		map_put(&p->span, key, s);
	}
}

/* Some of the session's events, or all of them. True: there are more. */
static bool
look_at_tale(struct packets *p)
{
	struct event e;
	struct extent body;

	for (int i = 0; i < AT_ONCE; i++) {
		switch (tale_next(p->tale, &e, &body)) {
		case TALE_EVENT:
			if (e.at.packet != 0)
				want(p, e.at.packet);
			break;
		case TALE_GONE:
			p->gone++;
			break;
		case TALE_NOT_YET:
			tale_close(&p->tale);
			return false;
		}
	}
	return true;
}

static void
next_item(struct packets *p)
{
	uint32_t number = p->item[p->at++];
	const struct item *item = model_item(p->o.model, number);
	struct unit u;

	if (item != NULL && (item->kind == ITEM_SESSION || item->kind == ITEM_MESSAGE)) {
		p->tale = tale_open(p->o.model, item->session);
	} else if (item == NULL || !model_read(p->o.model, number, p->desk, &u)) {
		p->gone++;
	} else if (u.attempt != NULL) {
		want_attempt(p, u.attempt);
	}
}

/* --- reading them --- */

static void
quiet_note(void *self, enum finding f, struct origin from, slice detail)
{
	(void)self;
	(void)f;
	(void)from;
	(void)detail;
}

static bool
open_source(struct packets *p, struct buf *why)
{
	const struct options *o = p->o.options;
	struct file_options file = { .path = o->input, .npath = o->ninput, .filter = o->filter, .quiet = true };
	struct decode_user user = { NULL, quiet_note };
	int status;

	if (p->o.tee != NULL) {
		p->source = tee_again(p->o.tee);
	} else if (file_open(&file, &p->source, &status) != 0) {
		buf_text(why, "the capture cannot be read again");
		return false;
	}
	p->source.stats(p->source.self, &p->input);
	if (p->nspan > 0)
		p->decoder = decoder_new(&user, LIMIT_FRAGMENT_BYTES);
	p->how.nanoseconds |= p->input.digits > 6;
	p->reading = true;
	p->found = 0;
	return true;
}

static bool
is_in(const struct span *s, const struct endpoint *from, const struct endpoint *to, nstime time)
{
	return addr_eq(&s->client, &from->addr) && addr_eq(&s->server.addr, &to->addr) && s->server.port == to->port
	    && time >= s->first && time <= s->last;
}

static bool
is_between(const struct packets *p, const struct endpoint *client, const struct endpoint *server, nstime time)
{
	for (const struct span *s = map_get(&p->span, key_of(&client->addr, server)); s != NULL; s = s->next)
		if (is_in(s, client, server, time))
			return true;
	return false;
}

/* Of an attempt? Errors that routers send about it are, too. */
static bool
is_of_attempt(struct packets *p, const struct frame *f)
{
	struct frame_view view = {
		.bytes = f->bytes, .wire = f->wire, .linktype = f->linktype, .fcs = f->fcs, .from = { f->number, f->time, false },
	};
	struct segment s;
	struct icmp_error icmp;

	switch (decode_frame(p->decoder, &view, &s, &icmp)) {
	case DECODED_SEGMENT:
		return is_between(p, &s.src, &s.dst, f->time) || is_between(p, &s.dst, &s.src, f->time);
	case DECODED_ICMP:
		return is_between(p, &icmp.src, &icmp.dst, f->time);
	default:
		return false;
	}
}

/* Keys stand before the first packet that needs them, as they did. */
static int
write_secrets(struct packets *p)
{
	slice all = p->source.secrets(p->source.self);
	slice more = slice_drop(all, p->secrets);

	p->secrets = all.n;
	return writer_secrets(p->writer, more);
}

/* From the beginning, in a format that holds what this frame has. */
static bool
begin_again(struct packets *p, const struct frame *f, struct buf *why)
{
	struct buf nobody;

	p->how.nanoseconds |= f->time % 1000 != 0;
	p->how.pcapng |= f->linktype != p->how.linktype || f->fcs != p->how.fcs || p->source.secrets(p->source.self).n > 0;
	buf_init(&nobody, KiB);
	writer_close(&p->writer, true, &nobody);
	buf_fini(&nobody);
	close_source(p);
	p->secrets = 0;
	return open_source(p, why);
}

static bool
needs_another_format(const struct packets *p, const struct frame *f)
{
	return !writer_fits(p->writer, f) || (!p->how.pcapng && p->source.secrets(p->source.self).n > 0);
}

/* -1: it failed. */
static int
write_frame(struct packets *p, const struct frame *f, struct buf *said)
{
	if (p->writer == NULL) {
		p->how.linktype = f->linktype;
		p->how.fcs = f->fcs;
		p->how.pcapng |= p->source.secrets(p->source.self).n > 0;
		if ((p->writer = writer_open(&p->how, said)) == NULL)
			return -1;
	}
	if (needs_another_format(p, f))
		return begin_again(p, f, said) ? 0 : -1;
	if (write_secrets(p) != 0 || writer_frame(p->writer, f) != 0) {
		buf_text(said, writer_trouble(p->writer));
		return -1;
	}
	p->found++;
	return 0;
}

/* 1: more; 0: all that is wanted was read; -1: it failed. */
static int
read_some(struct packets *p, struct buf *said)
{
	struct frame f;

	for (int i = 0; i < AT_ONCE; i++) {
		enum source_result r;

		if (p->found == p->wanted && p->nspan == 0)
			return 0;
		r = p->source.next(p->source.self, &f);
		if (r == SOURCE_NONE)
			return 1;
		if (r != SOURCE_FRAME || (f.number > p->last && p->nspan == 0))
			return 0;
		if ((is_wanted(p, f.number) || (p->nspan > 0 && is_of_attempt(p, &f))) && write_frame(p, &f, said) != 0)
			return -1;
	}
	return 1;
}

/* --- a slice --- */

static unsigned
percent(struct packets *p)
{
	struct source_stats now = { 0 };

	if (!p->reading)
		return p->o.n > 0 ? (unsigned)(p->at * COLLECTING / p->o.n) : 0;
	p->source.stats(p->source.self, &now);
	if (now.size == 0 || now.read > now.size)
		return COLLECTING;
	return COLLECTING + (unsigned)((double)now.read / (double)now.size * (99 - COLLECTING));
}

/* Collects, then reads. 1, 0, -1 as read_some(). */
static int
step(struct packets *p, struct buf *said)
{
	if (p->tale != NULL) {
		(void)look_at_tale(p);
		return 1;
	}
	if (p->at < p->o.n) {
		next_item(p);
		return 1;
	}
	if (!p->reading)
		return open_source(p, said) ? 1 : -1;
	return read_some(p, said);
}

static void
tell(const struct packets *p, struct buf *said)
{
	words_count(said, p->found, "packet", "packets");
	buf_printf(said, " in %s", p->path);
	if (p->found < p->wanted || p->gone > 0) {
		buf_text(said, "; some are missing: ");
		buf_text(said, p->gone > 0 ? "what was remembered of the oldest had to go" : "they are not kept any more");
	}
}

static int
finish(struct packets **pp, int status, struct buf *said)
{
	struct packets *p = *pp;

	if (status == 0 && p->writer == NULL) {
		buf_text(said, p->gone > 0 || p->wanted > 0 ? "nothing is kept of these packets any more" : "there are no packets to write");
		status = -1;
	} else if (status == 0) {
		status = writer_close(&p->writer, false, said);
		if (status == 0)
			tell(p, said);
	}
	packets_stop(pp);
	return status;
}

int
packets_work(struct packets **pp, nstime until, unsigned *percent_r, struct buf *said)
{
	int status;

	while ((status = step(*pp, said)) == 1 && list_clock() < until)
		;
	*percent_r = status == 1 ? percent(*pp) : 100;
	return status == 1 ? 1 : finish(pp, status, said);
}
