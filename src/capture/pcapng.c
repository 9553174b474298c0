/*
 * pcapng.c - the block format (draft-ietf-opsawg-pcapng): several sections,
 * each with its own byte order and interfaces, each interface with its own
 * link type, snaplen, resolution and offset of time.
 *
 * What is wrong inside a block whose frame is right (a packet of an interface
 * that was never described) costs that block. A block whose frame is wrong (its
 * two lengths differ) ends the reading: there is no telling where the next one
 * begins.
 *
 * BUGS: of blocks over 1 MiB only the first MiB is looked at, and their second
 * length is not compared; packets in them are skipped as wrong.
 */
#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "capfile.h"
#include "order.h"

enum {
	BLOCK_INTERFACE = 1, BLOCK_OLD_PACKET = 2, BLOCK_SIMPLE_PACKET = 3, BLOCK_STATISTICS = 5, BLOCK_PACKET = 6,
	BLOCK_SECRETS = 10, BLOCK_SECTION = 0x0a0d0d0a
};
enum { BYTE_ORDER_MAGIC = 0x1a2b3c4d, SECRETS_TLS = 0x544c534b };
enum { FRAME_BYTES = 12, FRAME_HEAD = 8 };		/* type, length, and the length again */

struct interface {
	int linktype;
	uint32_t snaplen;
	unsigned fcs;
	bool binary;			/* ticks are 2^-exponent seconds, else 10^-exponent */
	uint8_t exponent;
	uint8_t digits;
	int64_t ticks_ns;		/* of a decimal tick of at least 1 ns, else 0 */
	int64_t offset;			/* seconds */
	uint64_t dropped, by_itself;	/* its last statistics say: in all; of them by the interface */
	uint64_t dropped_between;	/* its packets say, in all */
	struct { uint64_t dropped, by_itself; } told;
	nstime read, last;		/* of its last statistics, of its last packet; or NSTIME_NONE */
};

struct pcapng {
	bool big;			/* byte order of this section */
	struct interface *interface;
	size_t n, cap;
};

/* What a block came to. */
enum outcome { BLOCK_DONE, BLOCK_FRAME, BLOCK_WRONG, BLOCK_FATAL };

struct view {				/* a block being read */
	struct capfile *f;
	struct pcapng *ng;
	struct frame *frame;
	slice body;			/* without frame: to be read by `big` */
	uint64_t offset;
	bool whole;			/* the body is all there */
	const char *wrong;		/* what is wrong with it */
};

/* A failed block, said in words. */
static enum outcome
wrong(struct view *v, const char *words)
{
	v->wrong = words;
	return BLOCK_WRONG;
}

/* Options: code, length, value, padding to 32 bits; until code 0 or the end. */
static bool
next_option(const struct pcapng *ng, slice *options, uint16_t *code_r, slice *value_r)
{
	size_t n;

	if (options->n < 4)
		return false;
	*code_r = order_u16(ng->big, options->p);
	n = order_u16(ng->big, options->p + 2);
	*options = slice_drop(*options, 4);
	if (*code_r == 0 || n > options->n)
		return false;
	*value_r = slice_take(*options, n);
	*options = slice_drop(*options, (n + 3) & ~(size_t)3);
	return true;
}

/* Sections and interfaces. */

/* What an interface dropped may be told by its statistics and by its packets: the higher one is right. */
static void
count_drops(struct intake *in, struct interface *n, nstime after, nstime now)
{
	uint64_t all = n->dropped > n->dropped_between ? n->dropped : n->dropped_between;
	uint64_t more = all - n->told.dropped, by_itself = n->by_itself - n->told.by_itself;

	if (more == 0)
		return;
	if (by_itself > more)
		by_itself = more;
	in->dropped += more;
	in->drops.interface += by_itself;
	in->drops.kernel += more - by_itself;
	in->rising = after;
	in->counted = now;
	n->told.dropped += more;
	n->told.by_itself += by_itself;
}

static enum outcome
read_section(struct view *v)
{
	if (v->body.n < 16 || order_u16(v->ng->big, v->body.p + 4) != 1) {
		v->wrong = "a section of an unknown version";
		return BLOCK_FATAL;
	}
	v->ng->n = 0;
	return BLOCK_DONE;
}

static void
set_resolution(struct interface *n, uint8_t value)
{
	static const int64_t power[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000 };

	n->binary = value & 0x80;
	n->exponent = value & 0x7f;
	n->ticks_ns = !n->binary && n->exponent <= 9 ? power[9 - n->exponent] : 0;
	/* 2^-10 s is finer than a millisecond by little: three binary digits and a third make a decimal one. */
	n->digits = (uint8_t)(n->binary ? (n->exponent * 3 + 9) / 10 : n->exponent);
	n->digits = n->digits < 3 ? 3 : n->digits > 9 ? 9 : n->digits;
}

static void
read_interface_options(const struct pcapng *ng, struct interface *n, slice options)
{
	enum { IF_TSRESOL = 9, IF_FCSLEN = 13, IF_TSOFFSET = 14 };
	uint16_t code;
	slice value;

	while (next_option(ng, &options, &code, &value))
		if (code == IF_TSRESOL && value.n == 1)
			set_resolution(n, value.p[0]);
		else if (code == IF_FCSLEN && value.n == 1)	/* the draft says bits, its example and writers say bytes */
			n->fcs = value.p[0] >= 16 ? value.p[0] / 8 : value.p[0];
		else if (code == IF_TSOFFSET && value.n == 8)
			n->offset = (int64_t)order_u64(ng->big, value.p);
}

static enum outcome
read_interface(struct view *v)
{
	struct pcapng *ng = v->ng;
	struct interface *n;

	if (v->body.n < 8)
		return wrong(v, "an interface description that is too short");
	if (ng->n == LIMIT_INTERFACES)
		return wrong(v, "more interfaces than are believable");
	if (ng->n == ng->cap) {
		ng->cap = ng->cap ? ng->cap * 2 : 4;
		ng->interface = xrealloc(ng->interface, ng->cap, sizeof *ng->interface);
	}
	n = &ng->interface[ng->n++];
	*n = (struct interface){
		.linktype = order_u16(ng->big, v->body.p), .snaplen = order_u32(ng->big, v->body.p + 4),
		.read = NSTIME_NONE, .last = NSTIME_NONE,
	};
	set_resolution(n, 6);
	read_interface_options(ng, n, slice_drop(v->body, 8));
	return BLOCK_DONE;
}

static enum outcome
read_secrets(struct view *v)
{
	size_t n;

	if (v->body.n < 8)
		return wrong(v, "secrets that are too short");
	n = order_u32(v->ng->big, v->body.p + 4);
	if (n > v->body.n - 8 && v->whole)
		return wrong(v, "secrets longer than their block");
	if (order_u32(v->ng->big, v->body.p) == SECRETS_TLS)
		capfile_secrets(v->f, slice_take(slice_drop(v->body, 8), n));
	return BLOCK_DONE;
}

/* Time. */

/* Within these bounds the difference of any two times is a number too. */
static const nstime TIME_MOST = INT64_MAX / 2;

/* 2^-exponent s; of exponents above 32 only the first 32 binary digits matter to a nanosecond. */
static void
split_binary(const struct interface *n, uint64_t ticks, uint64_t *seconds_r, uint64_t *ns_r)
{
	unsigned e = n->exponent;

	if (e > 32) {
		ticks = e - 32 < 64 ? ticks >> (e - 32) : 0;
		e = 32;
	}
	*seconds_r = ticks >> e;
	*ns_r = (ticks - (*seconds_r << e)) * (uint64_t)NSTIME_S >> e;
}

/* Decimal ticks below a nanosecond are cut. */
static void
split_decimal(const struct interface *n, uint64_t ticks, uint64_t *seconds_r, uint64_t *ns_r)
{
	for (unsigned e = n->exponent; e > 9 && ticks > 0; e--)
		ticks /= 10;
	if (n->ticks_ns != 0) {
		uint64_t per_second = (uint64_t)(NSTIME_S / n->ticks_ns);

		*seconds_r = ticks / per_second;
		*ns_r = ticks % per_second * (uint64_t)n->ticks_ns;
		return;
	}
	*seconds_r = ticks / (uint64_t)NSTIME_S;
	*ns_r = ticks % (uint64_t)NSTIME_S;
}

static nstime
slow_time(const struct interface *n, uint64_t ticks)
{
	uint64_t seconds, ns;
	int64_t total;

	if (n->binary)
		split_binary(n, ticks, &seconds, &ns);
	else
		split_decimal(n, ticks, &seconds, &ns);
	if (seconds > INT64_MAX || __builtin_add_overflow((int64_t)seconds, n->offset, &total))
		return TIME_MOST;
	if (total >= TIME_MOST / NSTIME_S || total <= -TIME_MOST / NSTIME_S)
		return total > 0 ? TIME_MOST : -TIME_MOST;
	return total * NSTIME_S + (int64_t)ns;
}

static nstime
packet_time(const struct interface *n, const uint8_t *p, bool big)
{
	uint64_t ticks = (uint64_t)order_u32(big, p) << 32 | order_u32(big, p + 4);

	if (n->ticks_ns != 0 && n->offset == 0 && ticks <= (uint64_t)(TIME_MOST / n->ticks_ns))
		return (nstime)ticks * n->ticks_ns;
	return slow_time(n, ticks);
}

/* They count from the start of the capture. */
static enum outcome
read_statistics(struct view *v)
{
	enum { ISB_IFDROP = 5, ISB_OSDROP = 7 };
	slice options = slice_drop(v->body, 12), value;
	uint64_t by_itself = 0, by_system = 0, dropped;
	struct interface *n;
	uint16_t code;
	nstime now;

	if (v->body.n < 12)
		return wrong(v, "interface statistics that are too short");
	if (order_u32(v->ng->big, v->body.p) >= v->ng->n)
		return wrong(v, "statistics of an interface that was never described");
	n = &v->ng->interface[order_u32(v->ng->big, v->body.p)];
	while (next_option(v->ng, &options, &code, &value))
		if (code == ISB_IFDROP && value.n == 8)
			by_itself = order_u64(v->ng->big, value.p);
		else if (code == ISB_OSDROP && value.n == 8)
			by_system = order_u64(v->ng->big, value.p);
	if (__builtin_add_overflow(by_itself, by_system, &dropped))
		return wrong(v, "interface statistics that cannot be right");
	if (dropped > n->dropped)
		n->dropped = dropped;
	if (by_itself > n->by_itself)
		n->by_itself = by_itself;
	now = packet_time(n, v->body.p + 4, v->ng->big);
	count_drops(v->f->in, n, n->read, now);
	n->read = now;
	return BLOCK_DONE;
}

/* Packets. */

/* Packet data of `captured` bytes at the front of `data`; what follows its padding is options. */
static enum outcome
give_packet(struct view *v, struct interface *n, slice data, uint32_t captured, uint32_t wire, slice *options_r)
{
	if (captured > data.n)
		return wrong(v, "a packet longer than its block");
	if (captured > LIMIT_RECORD)
		return wrong(v, "a packet of a length that cannot be right");
	v->frame->bytes = slice_take(data, captured);
	v->frame->wire = wire > captured ? wire : captured;
	v->frame->linktype = n->linktype;
	v->frame->fcs = n->fcs;
	v->frame->digits = n->digits;
	v->frame->mark = cursor_mark(&v->f->cursor);
	*options_r = slice_drop(data, ((size_t)captured + 3) & ~(size_t)3);
	return BLOCK_FRAME;
}

static void
read_packet_options(const struct pcapng *ng, struct interface *n, slice options, struct frame *frame)
{
	enum { EPB_FLAGS = 2, EPB_DROPCOUNT = 4 };
	uint16_t code;
	slice value;

	while (next_option(ng, &options, &code, &value))
		if (code == EPB_FLAGS && value.n == 4) {
			unsigned fcs = order_u32(ng->big, value.p) >> 5 & 15;	/* 0: not known */

			if (fcs != 0)
				frame->fcs = fcs;
		} else if (code == EPB_DROPCOUNT && value.n == 8) {
			uint64_t sum;

			if (!__builtin_add_overflow(n->dropped_between, order_u64(ng->big, value.p), &sum))
				n->dropped_between = sum;
		}
}

static enum outcome
read_any_packet(struct view *v, uint32_t id, uint32_t old_drops)
{
	const uint8_t *p = v->body.p;
	bool big = v->ng->big;
	struct interface *n;
	enum outcome outcome;
	slice options;

	if (id >= v->ng->n)
		return wrong(v, "a packet of an interface that was never described");
	n = &v->ng->interface[id];
	outcome = give_packet(v, n, slice_drop(v->body, 20), order_u32(big, p + 12), order_u32(big, p + 16), &options);
	if (outcome != BLOCK_FRAME)
		return outcome;
	n->dropped_between += old_drops;
	v->frame->time = packet_time(n, p + 4, big);
	if (options.n > 0)
		read_packet_options(v->ng, n, options, v->frame);
	count_drops(v->f->in, n, n->last, v->frame->time);
	n->last = v->frame->time;
	return BLOCK_FRAME;
}

static enum outcome
read_packet(struct view *v)
{
	if (v->body.n < 20)
		return wrong(v, "a packet block that is too short");
	return read_any_packet(v, order_u32(v->ng->big, v->body.p), 0);
}

static enum outcome
read_old_packet(struct view *v)
{
	uint16_t drops;

	if (v->body.n < 20)
		return wrong(v, "a packet block that is too short");
	drops = order_u16(v->ng->big, v->body.p + 2);		/* 0xffff: not known */
	return read_any_packet(v, order_u16(v->ng->big, v->body.p), drops == 0xffff ? 0 : drops);
}

/* Simple packets are the first interface's, and have no time: they are given that of the packet before. */
static enum outcome
read_simple_packet(struct view *v)
{
	struct interface *n = v->ng->interface;
	uint32_t wire, captured;
	slice options;

	if (v->body.n < 4 || v->ng->n == 0)
		return wrong(v, "a simple packet with no interface or length");
	wire = captured = order_u32(v->ng->big, v->body.p);
	if (n->snaplen > 0 && captured > n->snaplen)
		captured = n->snaplen;
	v->frame->time = v->f->last == NSTIME_NONE ? 0 : v->f->last;
	return give_packet(v, n, slice_drop(v->body, 4), captured, wire, &options);
}

/* Blocks. */

static const struct kind {
	uint32_t type;
	bool packet;
	enum outcome (*read)(struct view *);
} kinds[] = {
	{ BLOCK_PACKET, true, read_packet },
	{ BLOCK_SIMPLE_PACKET, true, read_simple_packet },
	{ BLOCK_OLD_PACKET, true, read_old_packet },
	{ BLOCK_SECTION, false, read_section },
	{ BLOCK_INTERFACE, false, read_interface },
	{ BLOCK_STATISTICS, false, read_statistics },
	{ BLOCK_SECRETS, false, read_secrets },
};

static const struct kind *
find_kind(uint32_t type)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;		/* name resolution, custom, unknown: skipped */
}

/* A section begins with its byte order; what its type and magic say stands before everything else. */
static bool
set_order(struct pcapng *ng, const uint8_t *p)
{
	bool big = get_be32(p + 8) == BYTE_ORDER_MAGIC;

	if (!big && get_le32(p + 8) != BYTE_ORDER_MAGIC)
		return false;
	ng->big = big;
	return true;
}

static enum source_result
fatal(struct capfile *f, const char *words)
{
	unsigned long long at = cursor_offset(&f->cursor);

	capfile_damage(f, FINDING_FILE_BAD_BLOCK, at, "the block at byte %llu cannot be right (%s): nothing after it is read",
	    at, words);
	f->cursor.p = f->cursor.end;
	f->cursor.skip = 0;
	return SOURCE_END;
}

/* The length that the block really takes, or 0. Writers that did not pad are understood if the second length says so too. */
static size_t
framed_length(const struct pcapng *ng, const uint8_t *p, size_t left, uint32_t length)
{
	size_t padded = ((size_t)length + 3) & ~(size_t)3;

	if (order_u32(ng->big, p + length - 4) == length)
		return length;
	return padded > length && padded <= left && order_u32(ng->big, p + padded - 4) == length ? padded : 0;
}

static enum outcome
read_block(struct view *v, uint32_t type)
{
	const struct kind *kind = find_kind(type);

	if (kind == NULL)
		return BLOCK_DONE;
	if (kind->packet && !v->whole)
		return wrong(v, "a packet of a length that cannot be right");
	return kind->read(v);
}

/* The block at the cursor, its head seen. */
static enum source_result
step(struct capfile *f, struct pcapng *ng, struct frame *frame, uint32_t type, uint32_t length)
{
	struct cursor *c = &f->cursor;
	size_t ahead = length < LIMIT_READ_BLOCK ? (length + 3) & ~(size_t)3 : LIMIT_READ_BLOCK;
	struct view v = { f, ng, frame, SLICE_NONE, cursor_offset(c), length <= ahead, NULL };
	enum got got = cursor_need(c, ahead);
	enum outcome outcome;
	size_t taken = ahead;

	if (got == GOT_AGAIN)
		return SOURCE_NONE;
	if (got == GOT_END && cursor_left(c) < (v.whole ? length : ahead))
		return SOURCE_END;
	if (v.whole && (taken = framed_length(ng, c->p, cursor_left(c), length)) == 0)
		return fatal(f, "its two lengths differ");
	v.body = (slice){ c->p + FRAME_HEAD, (v.whole ? length - 4 : ahead) - FRAME_HEAD };
	outcome = read_block(&v, type);
	if (outcome == BLOCK_FATAL)
		return fatal(f, v.wrong);
	if (outcome == BLOCK_WRONG)
		capfile_damage(f, FINDING_FILE_BAD_BLOCK, v.offset, "the block at byte %llu is skipped: %s",
		    (unsigned long long)v.offset, v.wrong);
	c->p += taken;
	c->skip = v.whole ? 0 : length - taken;
	return outcome == BLOCK_FRAME ? SOURCE_FRAME : SOURCE_NONE;
}

static enum source_result
pcapng_next(struct capfile *f, void *state, struct frame *frame)
{
	struct pcapng *ng = state;
	struct cursor *c = &f->cursor;

	for (;;) {
		enum source_result result;
		uint64_t before;
		uint32_t type, length;
		enum got got = cursor_skip(c, 0);

		if (got == GOT)
			got = cursor_need(c, FRAME_BYTES);
		if (got != GOT)
			return got == GOT_AGAIN ? SOURCE_NONE : SOURCE_END;
		if (get_be32(c->p) == BLOCK_SECTION && !set_order(ng, c->p))
			return fatal(f, "a section without byte order");
		type = order_u32(ng->big, c->p);
		length = order_u32(ng->big, c->p + 4);
		if (length < FRAME_BYTES || length > LIMIT_BLOCK)
			return fatal(f, "its length");
		before = cursor_offset(c);
		result = step(f, ng, frame, type, length);
		if (result != SOURCE_NONE || cursor_offset(c) == before)
			return result;
	}
}

static bool
pcapng_recognise(slice magic)
{
	return get_be32(magic.p) == BLOCK_SECTION;
}

/* Nothing is taken: the first section is a block like any other. */
static enum got
pcapng_open(struct capfile *f, void **state_r)
{
	struct pcapng *ng;
	enum got got = cursor_need(&f->cursor, FRAME_BYTES);

	if (got != GOT)
		return got;
	ng = xcalloc(1, sizeof *ng);
	if (!set_order(ng, f->cursor.p)) {
		free(ng);
		return GOT_END;
	}
	*state_r = ng;
	return GOT;
}

static void
pcapng_close(struct capfile *f, void *state)
{
	struct pcapng *ng = state;

	(void)f;
	free(ng->interface);
	free(ng);
}

const struct format pcapng_format = {
	"pcapng", pcapng_recognise, pcapng_open, pcapng_next, pcapng_close
};
