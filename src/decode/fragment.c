/*
 * fragment.c - IP datagrams put together from their fragments.
 *
 * The rules are those of Linux since 4.20 for both versions of IP
 * (inet_frag_queue_insert), because that is what most mail servers do with
 * what they receive. Pieces that arrive in order at the end form a run. A
 * fragment that lies wholly inside one run is a duplicate and dropped, its
 * bytes unread; any other overlap discards the whole datagram (RFC 5722 4 asks
 * that of IPv6; IPv4 follows it since FragmentSmack, CVE-2018-5391). Later
 * fragments of the same datagram start anew. Whether the bytes differ makes no
 * difference to the receiver, but it does to us: ip.frag-conflict.
 *
 * A piece owns its bytes. What the snaplen cut off a piece is a hole, and the
 * datagram is given on with what stands before the first hole, its true length
 * beside it.
 *
 * Everything is bounded: datagrams, pieces of each, bytes, time. The oldest
 * datagram gives way, and it is told.
 *
 * BUGS: Linux also drops a datagram when more than 64 others of the same
 * sender began after it (ipfrag_max_dist); that depends on what the host saw
 * and is not imitated.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "walk.h"

enum {
	BUCKETS = 1024, DATAGRAM_MAX = 65535,
	CLOCK_JUMP_PACKETS = 8		/* that must agree before a jump of over an hour counts */
};
#define CLOCK_JUMP (3600 * NSTIME_S)

enum { TOLD_OVERLAP = 1, TOLD_CONFLICT = 2, TOLD_OVERSIZE = 4, TOLD_TINY = 8, TOLD_MALFORMED = 16 };

struct piece {
	struct piece *next;		/* in order of start; pieces never overlap */
	struct origin from;
	uint32_t start, end;		/* in the datagram's payload */
	uint32_t run;			/* start of the run that it belongs to */
	uint32_t captured;		/* less than end - start when the snaplen cut it */
	uint8_t bytes[];
};

struct key {
	struct addr src, dst;
	uint32_t id;
	uint16_t vlan[2];
	uint8_t protocol;		/* IPv4 only: IPv6 takes that of the first fragment */
};

struct datagram {
	struct key key;
	uint64_t hash;
	struct datagram *chain;		/* the same bucket, or free */
	struct datagram *older, *newer;	/* the same queue */
	struct piece *first, *last;
	unsigned pieces;
	uint32_t length;		/* highest end seen; the datagram's if ended */
	uint32_t received;
	uint32_t header;		/* of the fragment at offset 0 */
	uint8_t ttl, protocol;
	uint8_t told;
	bool ended;			/* the last fragment was seen */
	bool done;			/* it was whole once: what comes now are copies */
	bool ignored;			/* UDP that is no tunnel */
	bool tunnel;			/* UDP that is one */
	nstime started;			/* when the first piece came, by the clock below */
	struct origin from;		/* the packet that brought it */
};

/* Datagrams of one version of IP, in the order in which they began. */
struct queue {
	struct datagram *oldest, *newest;
	nstime patience;
};

struct fragments {
	struct datagram pool[LIMIT_DATAGRAMS];
	struct datagram *bucket[BUCKETS];
	struct datagram *spare;
	size_t used;			/* of the pool, spares included: what was never needed is never touched */
	struct queue queue[2];		/* IPv4, IPv6 */
	size_t bytes, max_bytes;
	uint64_t seed;
	nstime clock;
	unsigned ahead;			/* packets in a row that are over an hour ahead of the clock */
	uint8_t *whole;			/* the datagram put together last */
	size_t whole_size;
	struct origin from[LIMIT_FRAGMENTS];	/* the packets that brought it, but for the last */
};

struct fragments *
fragments_new(size_t max_bytes)
{
	struct fragments *fs = xcalloc(1, sizeof *fs);

	fs->queue[0].patience = LIMIT_FRAGMENT_TIME;
	fs->queue[1].patience = LIMIT_FRAGMENT_TIME6;
	fs->max_bytes = max_bytes < LIMIT_FRAGMENT_BYTES ? max_bytes : LIMIT_FRAGMENT_BYTES;
	if (getentropy(&fs->seed, sizeof fs->seed) != 0)	/* no order depends on it */
		fs->seed = (uint64_t)(uintptr_t)fs;
	return fs;
}

bool
fragments_any(const struct fragments *fs)
{
	return fs->queue[0].oldest != NULL || fs->queue[1].oldest != NULL;
}

/* One datagram */

static struct queue *
queue_of(struct fragments *fs, const struct datagram *g)
{
	return &fs->queue[g->key.src.family == 6];
}

static void
queue_leave(struct fragments *fs, struct datagram *g)
{
	struct queue *q = queue_of(fs, g);

	*(g->older ? &g->older->newer : &q->oldest) = g->newer;
	*(g->newer ? &g->newer->older : &q->newest) = g->older;
	g->older = g->newer = NULL;
}

static void
queue_join(struct fragments *fs, struct datagram *g)
{
	struct queue *q = queue_of(fs, g);

	g->older = q->newest;
	g->newer = NULL;
	*(q->newest ? &q->newest->newer : &q->oldest) = g;
	q->newest = g;
}

static size_t
piece_size(size_t captured)
{
	return sizeof(struct piece) + captured;
}

/* Forgets the pieces; what was told, and that it was whole once, stays. */
static void
datagram_empty(struct fragments *fs, struct datagram *g)
{
	struct piece *next;

	for (struct piece *p = g->first; p != NULL; p = next) {
		next = p->next;
		fs->bytes -= piece_size(p->captured);
		free(p);
	}
	g->first = g->last = NULL;
	g->pieces = 0;
	g->length = g->received = g->header = 0;
	g->ended = false;
}

static void
datagram_free(struct fragments *fs, struct datagram *g)
{
	struct datagram **at = &fs->bucket[g->hash % BUCKETS];

	datagram_empty(fs, g);
	while (*at != g)
		at = &(*at)->chain;
	*at = g->chain;
	queue_leave(fs, g);
	g->chain = fs->spare;
	fs->spare = g;
}

void
fragments_free(struct fragments **fsp)
{
	struct fragments *fs = *fsp;

	if (fs == NULL)
		return;
	for (int i = 0; i < 2; i++)
		while (fs->queue[i].oldest != NULL)
			datagram_free(fs, fs->queue[i].oldest);
	free(fs->whole);
	free(fs);
	*fsp = NULL;
}

/* A datagram that nobody will open is no loss, and one that was told of already needs no second word. */
static bool
loss_matters(const struct datagram *g)
{
	if (g->pieces == 0 || g->done || g->ignored || g->told & ~TOLD_TINY)
		return false;
	return g->protocol != PROTOCOL_ICMPV6 && (g->protocol != PROTOCOL_UDP || g->tunnel);
}

static void
tell_incomplete(struct decoder *d, const struct datagram *g, const char *why)
{
	char src[ADDR_TEXT], dst[ADDR_TEXT];

	if (!loss_matters(g))
		return;
	decoder_note(d, FINDING_IP_FRAG_INCOMPLETE, g->from, "datagram %u from %s to %s: %u bytes in %u fragment%s of %s%u, %s",
	    g->key.id, addr_text(&g->key.src, src), addr_text(&g->key.dst, dst), g->received, g->pieces,
	    g->pieces == 1 ? "" : "s", g->ended ? "" : "at least ", g->length, why);
}

static void
give_up(struct decoder *d, struct datagram *g, const char *why)
{
	tell_incomplete(d, g, why);
	datagram_free(d->fragments, g);
}

/* Time */

/* The clock never goes back, and one stray time stamp does not move it (see DESIGN: packet time). */
static void
clock_move(struct fragments *fs, nstime now)
{
	if (now <= fs->clock) {
		fs->ahead = 0;
		return;
	}
	if ((uint64_t)now - (uint64_t)fs->clock > (uint64_t)CLOCK_JUMP && ++fs->ahead < CLOCK_JUMP_PACKETS)
		return;
	fs->ahead = 0;
	fs->clock = now;
}

void
fragments_clock(struct decoder *d, nstime now)
{
	struct fragments *fs = d->fragments;

	clock_move(fs, now);
	for (int i = 0; i < 2; i++) {
		struct queue *q = &fs->queue[i];

		while (q->oldest != NULL
		    && (uint64_t)fs->clock - (uint64_t)q->oldest->started > (uint64_t)q->patience)
			give_up(d, q->oldest, "and no more in time");
	}
}

void
fragments_finish(struct decoder *d)
{
	for (int i = 0; i < 2; i++)
		while (d->fragments->queue[i].oldest != NULL)
			give_up(d, d->fragments->queue[i].oldest, "when the capture ended");
}

/* Room */

static struct datagram *
oldest(const struct fragments *fs)
{
	struct datagram *a = fs->queue[0].oldest, *b = fs->queue[1].oldest;

	if (a == NULL || b == NULL)
		return a ? a : b;
	return b->started < a->started ? b : a;
}

static bool
make_room(struct decoder *d, size_t bytes)
{
	struct fragments *fs = d->fragments;

	while (fs->bytes + bytes > fs->max_bytes && oldest(fs) != NULL)
		give_up(d, oldest(fs), "given up to make room for others");
	return fs->bytes + bytes <= fs->max_bytes;
}

/* The table */

static uint64_t
mix(uint64_t h, const void *p, size_t n)
{
	const uint8_t *bytes = p;

	for (size_t i = 0; i < n; i += 4) {
		uint32_t v;

		memcpy(&v, bytes + i, sizeof v);
		h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return h;
}

static uint64_t
key_hash(const struct key *k, uint64_t seed)
{
	uint64_t h = mix(seed, k->src.ip, 16);

	h = mix(h, k->dst.ip, 16);
	return mix(h, &k->id, 4);
}

static bool
key_eq(const struct key *a, const struct key *b)
{
	return a->id == b->id && a->protocol == b->protocol && a->vlan[0] == b->vlan[0] && a->vlan[1] == b->vlan[1]
	    && addr_eq(&a->src, &b->src) && addr_eq(&a->dst, &b->dst);
}

/* With nothing to wait for the clock stands wherever the packet says. */
static void
datagram_begin(struct fragments *fs, struct datagram *g, struct origin from)
{
	if (!fragments_any(fs)) {
		fs->clock = from.time;
		fs->ahead = 0;
	}
	g->started = fs->clock;
	g->from = from;
	queue_join(fs, g);
}

static struct datagram *
datagram_new(struct decoder *d, const struct key *k, uint64_t hash, struct origin from)
{
	struct fragments *fs = d->fragments;
	struct datagram *g;

	if (fs->spare == NULL && fs->used == LIMIT_DATAGRAMS)
		give_up(d, oldest(fs), "given up to make room for others");
	g = fs->spare ? fs->spare : &fs->pool[fs->used++];
	if (g == fs->spare)
		fs->spare = g->chain;
	*g = (struct datagram){ .key = *k, .hash = hash, .chain = fs->bucket[hash % BUCKETS] };
	fs->bucket[hash % BUCKETS] = g;
	datagram_begin(fs, g, from);
	return g;
}

static struct datagram *
datagram_find(struct decoder *d, const struct segment *s, const struct fragment *f)
{
	struct key k = {
		.src = s->src.addr, .dst = s->dst.addr, .id = f->id, .vlan = { s->vlan[0], s->vlan[1] },
		.protocol = s->src.addr.family == 4 ? f->protocol : 0
	};
	uint64_t hash = key_hash(&k, d->fragments->seed);

	for (struct datagram *g = d->fragments->bucket[hash % BUCKETS]; g != NULL; g = g->chain)
		if (g->hash == hash && key_eq(&g->key, &k))
			return g;
	return datagram_new(d, &k, hash, s->from);
}

/* The first piece, of a new datagram or after it was emptied: its time begins. */
static void
datagram_start(struct fragments *fs, struct datagram *g, const struct walk *w, const struct fragment *f)
{
	queue_leave(fs, g);
	datagram_begin(fs, g, w->segment->from);
	g->protocol = f->protocol;
}

/* A state of affairs is told once a datagram. */
static bool
first_time(struct datagram *g, uint8_t what)
{
	bool first = !(g->told & what);

	g->told |= what;
	return first;
}

/* Overlaps */

struct overlap_seen {
	uint32_t bytes;			/* that stand in pieces already */
	bool differ;
	bool copy;			/* of one piece, exactly */
};

static struct overlap_seen
compare(const struct datagram *g, uint32_t start, uint32_t end, slice bytes)
{
	struct overlap_seen seen = { 0 };

	for (const struct piece *p = g->first; p != NULL && p->start < end; p = p->next) {
		uint32_t from = p->start > start ? p->start : start;
		uint32_t to = p->end < end ? p->end : end;
		slice old, new;

		if (from >= to)
			continue;
		seen.bytes += to - from;
		seen.copy = p->start == start && p->end == end;
		old = slice_take(slice_drop((slice){ p->bytes, p->captured }, from - p->start), to - from);
		new = slice_take(slice_drop(bytes, from - start), to - from);
		seen.differ |= !slice_eq(slice_take(old, new.n), slice_take(new, old.n));
	}
	return seen;
}

static void
tell_overlap(struct decoder *d, struct datagram *g, const struct walk *w, uint32_t start, struct overlap_seen seen,
    bool discarded)
{
	const char *then = discarded ? "the datagram is discarded" : "the first copy counts";

	if (seen.differ && first_time(g, TOLD_CONFLICT))
		decoder_note(d, FINDING_IP_FRAG_CONFLICT, w->segment->from,
		    "fragment at offset %u overlaps by %u bytes, and they differ; %s", start, seen.bytes, then);
	else if (!seen.differ && !seen.copy && first_time(g, TOLD_OVERLAP))
		decoder_note(d, FINDING_IP_FRAG_OVERLAP, w->segment->from, "fragment at offset %u overlaps by %u bytes; %s",
		    start, seen.bytes, then);
}

enum fit { FIT, FIT_DUPLICATE, FIT_OVERLAP };

/* Linux looks at runs, not at pieces: see the top. */
static enum fit
fit(const struct datagram *g, uint32_t start, uint32_t end)
{
	const struct piece *p = g->first;

	if (g->last != NULL && g->last->end < end)
		return start < g->last->end ? FIT_OVERLAP : FIT;
	while (p != NULL) {
		uint32_t run = p->run, run_end = p->end;

		for (p = p->next; p != NULL && p->run == run; p = p->next)
			run_end = p->end;
		if (start >= run && end <= run_end)
			return FIT_DUPLICATE;
		if (start < run_end && end > run)
			return FIT_OVERLAP;
	}
	return FIT;
}

static void
insert(struct fragments *fs, struct datagram *g, uint32_t start, uint32_t end, slice bytes, struct origin from)
{
	struct piece **at = &g->first, *p = xcalloc(1, piece_size(bytes.n));

	*p = (struct piece){ .from = from, .start = start, .end = end, .run = start, .captured = (uint32_t)bytes.n };
	if (bytes.n > 0)
		memcpy(p->bytes, bytes.p, bytes.n);
	if (g->last != NULL && g->last->end == start)
		p->run = g->last->run;
	if (g->last != NULL && g->last->end <= start)
		at = &g->last->next;
	while (*at != NULL && (*at)->start < start)
		at = &(*at)->next;
	p->next = *at;
	*at = p;
	if (p->next == NULL)
		g->last = p;
	g->pieces++;
	g->received += end - start;
	fs->bytes += piece_size(bytes.n);
}

/* One fragment */

static bool
is_tiny(const struct walk *w, const struct fragment *f)
{
	if (f->offset != 0 || f->protocol != PROTOCOL_TCP)
		return false;
	return w->wire < TCP_HEADER || (w->rest.n > 12 && (size_t)(w->rest.p[12] >> 4) * 4 > w->wire);
}

static void
tell_tiny(const struct walk *w, const char *then)
{
	decoder_note(w->decoder, FINDING_IP_FRAG_TINY, w->segment->from, "first fragment of %zu bytes%s", w->wire, then);
}

/* What Linux refuses of IPv6 before it looks at the others (RFC 8200 4.5, RFC 7112 5). */
static bool
ipv6_acceptable(struct walk *w, const struct fragment *f)
{
	if (f->offset + w->wire > DATAGRAM_MAX)
		decoder_note(w->decoder, FINDING_IP_FRAG_OVERSIZE, w->segment->from,
		    "fragment at offset %u ends at %zu; not used", f->offset, f->offset + w->wire);
	else if (f->more && w->wire % 8 != 0)
		walk_malformed(w, FINDING_IP_MALFORMED, "fragment of %zu bytes, and more follow; not used", w->wire);
	else if (is_tiny(w, f) && w->wire < TCP_HEADER)
		tell_tiny(w, "; not used");
	else
		return true;
	return false;
}

static void
discard_malformed(struct walk *w, struct datagram *g, const char *why)
{
	w->decoder->stats.malformed++;
	if (first_time(g, TOLD_MALFORMED))
		decoder_note(w->decoder, FINDING_IP_MALFORMED, w->segment->from, "%s; the datagram is discarded", why);
	datagram_empty(w->decoder->fragments, g);
}

/* As Linux checks each piece against what is known of the end. */
static bool
end_agrees(struct datagram *g, const struct fragment *f, uint32_t end)
{
	if (!f->more) {
		if (end < g->length || (g->ended && end != g->length))
			return false;
		g->ended = true;
		g->length = end;
	} else if (end > g->length) {
		if (g->ended)
			return false;
		g->length = end;
	}
	return true;
}

/* UDP matters only as a tunnel, and only the first fragment has the ports. False: nobody wants this datagram. */
static bool
wanted(struct fragments *fs, struct datagram *g, const struct walk *w, const struct fragment *f)
{
	if (f->offset == 0) {
		g->ignored = g->tunnel = false;
		if (f->protocol == PROTOCOL_UDP && w->rest.n >= 4) {
			g->tunnel = tunnel_port(get_be16(w->rest.p), get_be16(w->rest.p + 2));
			g->ignored = !g->tunnel;
		}
	}
	if (!g->ignored)
		return true;
	datagram_empty(fs, g);
	if (!f->more)
		datagram_free(fs, g);
	return false;
}

/* What only the fragment at offset 0 can say. */
static void
note_first(struct walk *w, struct datagram *g, const struct fragment *f)
{
	if (is_tiny(w, f) && first_time(g, TOLD_TINY))
		tell_tiny(w, "");
	if (f->header + f->offset + w->wire > DATAGRAM_MAX && first_time(g, TOLD_OVERSIZE))
		decoder_note(w->decoder, FINDING_IP_FRAG_OVERSIZE, w->segment->from,
		    "fragment at offset %u ends at %zu; the datagram will not be used", f->offset, f->offset + w->wire);
}

/* Puts the fragment among the others. True: it is in, and all may be there. */
static bool
place(struct walk *w, struct datagram *g, const struct fragment *f)
{
	struct decoder *d = w->decoder;
	uint32_t start = f->offset, end = start + (uint32_t)w->wire;
	enum fit how;

	if (start == end || !end_agrees(g, f, end)) {
		discard_malformed(w, g, start == end ? "a fragment without a byte" : "fragments disagree about the datagram's end");
		return false;
	}
	how = fit(g, start, end);
	if (how != FIT) {
		tell_overlap(d, g, w, start, compare(g, start, end, w->rest), how == FIT_OVERLAP);
		if (how == FIT_OVERLAP)
			datagram_empty(d->fragments, g);
		return false;
	}
	insert(d->fragments, g, start, end, w->rest, w->segment->from);
	if (start == 0) {
		g->header = (uint32_t)f->header;
		g->ttl = w->segment->ttl;
		g->protocol = f->protocol;
	}
	return true;
}

/* The packets that brought it, in their order; the one that is looked at was the last. */
static unsigned
list_packets(struct fragments *fs, const struct datagram *g, uint64_t last)
{
	unsigned n = 0;

	for (const struct piece *p = g->first; p != NULL; p = p->next) {
		unsigned at = n;

		if (p->from.packet == last)
			continue;
		for (; at > 0 && fs->from[at - 1].packet > p->from.packet; at--)
			fs->from[at] = fs->from[at - 1];
		fs->from[at] = p->from;
		n++;
	}
	return n;
}

/* The walk goes on in the datagram: all of it, or what stands before the first byte that was not captured. */
static void
put_together(struct walk *w, struct datagram *g)
{
	struct fragments *fs = w->decoder->fragments;
	size_t n = 0;

	if (fs->whole_size < g->length) {
		fs->whole = xrealloc(fs->whole, g->length, 1);
		fs->whole_size = g->length;
	}
	for (const struct piece *p = g->first; p != NULL; p = p->next) {
		memcpy(fs->whole + n, p->bytes, p->captured);
		n += p->captured;
		if (p->captured < p->end - p->start)
			break;
	}
	w->rest = (slice){ fs->whole, n };
	w->wire = g->length;
	w->segment->fragmented = true;
	w->segment->piece = fs->from;
	w->segment->npiece = list_packets(fs, g, w->segment->from.packet);
	w->segment->mark = 0;
	w->segment->ttl = g->ttl;
	w->decoder->stats.reassembled++;
}

/* IPv4 may have sent us something that we could never open. */
static bool
can_be_opened(const struct segment *s, uint8_t protocol)
{
	static const uint8_t tunnels[] = {
		PROTOCOL_IPV4, PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_IPV6, PROTOCOL_GRE, PROTOCOL_AH, PROTOCOL_ETHERIP, PROTOCOL_MPLS
	};

	return s->src.addr.family == 6 || memchr(tunnels, protocol, sizeof tunnels) != NULL;
}

bool
fragment_add(struct walk *w, const struct fragment *f, uint8_t *protocol_r)
{
	struct decoder *d = w->decoder;
	bool v6 = w->segment->src.addr.family == 6;
	struct datagram *g;
	bool whole;

	d->stats.fragments++;
	if (!can_be_opened(w->segment, f->protocol) || (v6 && !ipv6_acceptable(w, f)))
		return false;
	if (f->more)		/* IPv4 takes what fills units of eight (IPv6 refused the others above) */
		walk_set_length(w, w->wire & ~(size_t)7);
	if (w->wire > DATAGRAM_MAX || !make_room(d, piece_size(w->rest.n)))
		return false;
	g = datagram_find(d, w->segment, f);
	if (!wanted(d->fragments, g, w, f))
		return false;
	if (g->pieces == 0)
		datagram_start(d->fragments, g, w, f);
	note_first(w, g, f);
	if (g->pieces == LIMIT_FRAGMENTS) {
		tell_incomplete(d, g, "and no room for more of them");
		g->told |= TOLD_MALFORMED;
		datagram_empty(d->fragments, g);
		return false;
	}
	if (!place(w, g, f) || !g->ended || g->received != g->length)
		return false;
	*protocol_r = g->protocol;
	whole = g->header + g->length <= DATAGRAM_MAX;
	if (whole) {
		put_together(w, g);
		g->done = true;
	}
	datagram_empty(d->fragments, g);
	return whole;
}
