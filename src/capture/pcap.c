/*
 * pcap.c - the classic capture file (draft-ietf-opsawg-pcap), all magics in
 * both byte orders: microseconds, nanoseconds, and Kuznetzov's with its larger
 * record header.
 *
 * The format has no check of its own: a record whose length is absurd tells
 * that something before or in it is damaged. Then believable records are
 * looked for, byte by byte, and reading goes on there.
 */
#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "capfile.h"
#include "order.h"

enum {
	FILE_HEADER = 24,
	RECORD_HEADER = 16,
	KUZNETZOV_HEADER = 24,
	CHAIN = 3,			/* believable records in a row that make us believe */
	CHAIN_BYTES = CHAIN * (KUZNETZOV_HEADER + (int)LIMIT_RECORD)
};

static const struct magic {
	uint32_t value;
	uint32_t unit;			/* nanoseconds in one of the fraction */
	uint8_t digits;
	uint8_t header;			/* of a record */
} magics[] = {
	{ 0xa1b2c3d4, 1000, 6, RECORD_HEADER },
	{ 0xa1b23c4d, 1, 9, RECORD_HEADER },
	{ 0xa1b2cd34, 1000, 6, KUZNETZOV_HEADER },
};

struct pcap {
	const struct magic *magic;
	bool big;			/* byte order */
	uint16_t minor;			/* of the version 2.minor */
	bool scanning;			/* for a believable record, since… */
	uint64_t bad_offset;
	uint32_t bad_length;
	uint32_t snaplen;
	int linktype;
	unsigned fcs;
};

struct record {
	uint32_t seconds, fraction, captured, wire;
};

static const struct magic *
find_magic(const uint8_t *p, bool *big_r)
{
	for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
		*big_r = get_be32(p) == magics[i].value;
		if (*big_r || get_le32(p) == magics[i].value)
			return &magics[i];
	}
	return NULL;
}

static bool
pcap_recognise(slice magic)
{
	bool big;

	return find_magic(magic.p, &big) != NULL;
}

static enum got
pcap_open(struct capfile *f, void **state_r)
{
	enum got got = cursor_need(&f->cursor, FILE_HEADER);
	const uint8_t *p = f->cursor.p;
	struct pcap *pcap;
	uint32_t link;

	if (got != GOT)
		return got;
	pcap = xcalloc(1, sizeof *pcap);
	pcap->magic = find_magic(p, &pcap->big);
	pcap->minor = order_u16(pcap->big, p + 4) == 2 ? order_u16(pcap->big, p + 6) : 4;
	pcap->snaplen = order_u32(pcap->big, p + 16);
	/* draft-ietf-opsawg-pcap 4: the link type, and if the P bit is set, the FCS length in units of 16 bits. */
	link = order_u32(pcap->big, p + 20);
	pcap->linktype = (int)(link & 0xffff);
	pcap->fcs = link & 0x04000000 ? (link >> 28) * 2 : 0;
	f->cursor.p += FILE_HEADER;
	*state_r = pcap;
	return GOT;
}

/* Before version 2.3 the two lengths stood the other way round, and some writers of 2.3 had not heard of it. */
static struct record
get_record(const struct pcap *pcap, const uint8_t *p)
{
	struct record r = {
		order_u32(pcap->big, p), order_u32(pcap->big, p + 4),
		order_u32(pcap->big, p + 8), order_u32(pcap->big, p + 12)
	};

	if (pcap->minor < 4 && (pcap->minor < 3 || r.captured > r.wire)) {
		uint32_t captured = r.wire;

		r.wire = r.captured;
		r.captured = captured;
	}
	return r;
}

static nstime
record_time(const struct pcap *pcap, const struct record *r)
{
	return (nstime)r->seconds * NSTIME_S + (nstime)r->fraction * (nstime)pcap->magic->unit;
}

/* Stricter than what is accepted in order: this decides where random bytes end and records begin. */
static bool
is_believable(const struct pcap *pcap, const struct record *r, nstime near)
{
	const nstime day = 86400 * NSTIME_S;
	nstime time = record_time(pcap, r);

	return r->fraction < (uint32_t)(NSTIME_S / (nstime)pcap->magic->unit)
	    && r->captured > 0 && r->captured <= r->wire && r->wire <= LIMIT_RECORD
	    && (near == NSTIME_NONE || (time > near - day && time < near + day));
}

/* Does a chain of believable records begin here? The file's end is a good end of it. */
static bool
begins_chain(const struct pcap *pcap, slice ahead, bool to_end, nstime near)
{
	for (int i = 0; i < CHAIN; i++) {
		struct record r;

		if (ahead.n == 0 && to_end && i > 0)
			return true;
		if (ahead.n < pcap->magic->header)
			return false;
		r = get_record(pcap, ahead.p);
		if (!is_believable(pcap, &r, near))
			return false;
		if (ahead.n - pcap->magic->header < r.captured)
			return to_end && i > 0;
		near = record_time(pcap, &r);
		ahead = slice_drop(ahead, pcap->magic->header + r.captured);
	}
	return true;
}

static void
tell_bad_record(struct capfile *f, const struct pcap *pcap, bool found)
{
	unsigned long long at = pcap->bad_offset, skipped = cursor_offset(&f->cursor) - at;

	capfile_damage(f, FINDING_FILE_BAD_RECORD, at, found
	    ? "the record at byte %llu cannot be right (length %lu): %llu bytes skipped"
	    : "the record at byte %llu cannot be right (length %lu): the rest, %llu bytes, cannot be read",
	    at, (unsigned long)pcap->bad_length, skipped);
}

/* Goes forward to the next believable record. GOT: there is one. */
static enum got
scan(struct capfile *f, struct pcap *pcap)
{
	struct cursor *c = &f->cursor;

	for (;;) {
		enum got got = cursor_need(c, CHAIN_BYTES);
		bool to_end = got == GOT_END;
		slice ahead = { c->p, cursor_left(c) };

		if (got == GOT_AGAIN)
			return got;
		/* Where there is enough to see, a whole stretch is searched before more is asked for. */
		while (ahead.n >= (to_end ? 1 : CHAIN_BYTES) && !begins_chain(pcap, ahead, to_end, f->last))
			ahead = slice_drop(ahead, 1);
		c->p = c->end - ahead.n;
		if (to_end || ahead.n >= CHAIN_BYTES) {
			pcap->scanning = false;
			tell_bad_record(f, pcap, ahead.n > 0);
			return ahead.n > 0 ? GOT : GOT_END;
		}
	}
}

static enum got
begin_scan(struct capfile *f, struct pcap *pcap, uint32_t length)
{
	pcap->scanning = true;
	pcap->bad_offset = cursor_offset(&f->cursor);
	pcap->bad_length = length;
	f->cursor.p++;
	return scan(f, pcap);
}

/* Longer than the packet was, or than the file says that packets are. Writers do this; but damage does too. */
static bool
is_odd(const struct pcap *pcap, const struct record *r)
{
	return r->captured > r->wire || (pcap->snaplen > 0 && r->captured > pcap->snaplen);
}

/* A whole record at the cursor. END: there is none any more. */
static enum got
find_record(struct capfile *f, struct pcap *pcap, struct record *r)
{
	for (;;) {
		enum got got = pcap->scanning ? scan(f, pcap) : GOT;

		if (got == GOT)
			got = cursor_need(&f->cursor, pcap->magic->header);
		if (got != GOT)
			return got;
		*r = get_record(pcap, f->cursor.p);
		if (r->captured <= LIMIT_RECORD) {
			got = cursor_need(&f->cursor, pcap->magic->header + r->captured);
			/* Cut by the end of the file, or is its length wrong? Only where the length was odd before. */
			if (got != GOT_END || !is_odd(pcap, r))
				return got;
		}
		got = begin_scan(f, pcap, r->captured);
		if (got != GOT)
			return got;
	}
}

static enum source_result
pcap_next(struct capfile *f, void *state, struct frame *frame)
{
	struct pcap *pcap = state;
	struct record r;
	enum got got = find_record(f, pcap, &r);

	if (got != GOT)
		return got == GOT_AGAIN ? SOURCE_NONE : SOURCE_END;
	frame->bytes = (slice){ f->cursor.p + pcap->magic->header, r.captured };
	frame->wire = r.wire > r.captured ? r.wire : r.captured;	/* seen in the wild: more captured than was there */
	frame->linktype = pcap->linktype;
	frame->fcs = pcap->fcs;
	frame->time = record_time(pcap, &r);
	frame->mark = cursor_mark(&f->cursor);
	frame->digits = pcap->magic->digits;
	f->cursor.p += pcap->magic->header + r.captured;
	return SOURCE_FRAME;
}

static void
pcap_close(struct capfile *f, void *state)
{
	(void)f;
	free(state);
}

const struct format pcap_format = {
	"pcap", pcap_recognise, pcap_open, pcap_next, pcap_close
};
