#include "put.h"

enum {
	SNAPLEN = 262144,		/* as tcpdump's: libpcap believes no more */
	LINKTYPE_BITS = 0xffff,
	FCS_GIVEN = 0x04000000,		/* draft-ietf-opsawg-pcap 4: the P bit, and the length in units of 16 bits above */
	MAGIC_MICRO = 0xa1b2c3d4, MAGIC_NANO = 0xa1b23c4d,
	BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_STATISTICS = 5, BLOCK_PACKET = 6, BLOCK_SECRETS = 10,
	OPTION_NAME = 2, OPTION_APPLICATION = 4, OPTION_RESOLUTION = 9, OPTION_FCS = 13,
	OPTION_IFDROP = 5, OPTION_OSDROP = 7,		/* of statistics */
	SECRETS_TLS = 0x544c534b
};

struct put_kind
put_kind_of(const struct frame *f)
{
	return (struct put_kind){ f->linktype, f->fcs, f->digits > 6 || f->time % 1000 != 0 };
}

bool
put_kind_eq(const struct put_kind *a, const struct put_kind *b)
{
	return a->linktype == b->linktype && a->fcs == b->fcs && a->nanoseconds == b->nanoseconds;
}

static void
put(struct buf *b, const void *p, size_t n)
{
	buf_add(b, (slice){ p, n });
}

static void
put32(struct buf *b, uint32_t v)
{
	put(b, &v, sizeof v);
}

static void
put_padded(struct buf *b, slice s)
{
	static const uint8_t zero[4];

	buf_add(b, s);
	put(b, zero, (4 - s.n % 4) % 4);
}

static uint32_t
wire_length(const struct frame *f)
{
	size_t n = f->wire > f->bytes.n ? f->wire : f->bytes.n;

	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static uint64_t
representable(nstime time)
{
	return time > 0 ? (uint64_t)time : 0;
}

/* --- pcap (draft-ietf-opsawg-pcap) --- */

void
put_pcap(struct buf *b, const struct put_kind *k)
{
	uint32_t link = (uint32_t)k->linktype & LINKTYPE_BITS;
	uint16_t version[2] = { 2, 4 };

	if (k->fcs > 0)
		link |= FCS_GIVEN | (uint32_t)(k->fcs / 2 & 0xf) << 28;
	put32(b, k->nanoseconds ? MAGIC_NANO : MAGIC_MICRO);
	put(b, version, sizeof version);
	put32(b, 0);
	put32(b, 0);
	put32(b, SNAPLEN);
	put32(b, link);
}

void
put_pcap_frame(struct buf *b, const struct frame *f, bool nanoseconds)
{
	uint64_t time = representable(f->time), seconds = time / NSTIME_S;
	uint32_t below = (uint32_t)(time % NSTIME_S);
	uint32_t head[PUT_PCAP_RECORD / 4] = {
		seconds < UINT32_MAX ? (uint32_t)seconds : UINT32_MAX, nanoseconds ? below : below / 1000,
		(uint32_t)f->bytes.n, wire_length(f)
	};

	put(b, head, sizeof head);
	buf_add(b, f->bytes);
}

struct frame
put_pcap_read(const uint8_t *record, const struct put_kind *k)
{
	uint32_t head[PUT_PCAP_RECORD / 4];

	memcpy(head, record, sizeof head);
	return (struct frame){
		.bytes = { record + sizeof head, head[2] }, .wire = head[3], .linktype = k->linktype, .fcs = k->fcs,
		.time = head[0] * NSTIME_S + head[1] * (k->nanoseconds ? 1 : 1000), .digits = k->nanoseconds ? 9 : 6,
	};
}

/* --- pcapng (draft-ietf-opsawg-pcapng) --- */

static size_t
begin_block(struct buf *b, uint32_t type)
{
	size_t at = b->n;

	put32(b, type);
	put32(b, 0);
	return at;
}

static void
end_block(struct buf *b, size_t at)
{
	uint32_t length = (uint32_t)(b->n + 4 - at);

	put32(b, length);
	memcpy(b->p + at + 4, &length, sizeof length);
}

static void
put_option(struct buf *b, uint16_t code, slice value)
{
	uint16_t head[2] = { code, (uint16_t)value.n };

	put(b, head, sizeof head);
	put_padded(b, value);
}

static void
put_option_byte(struct buf *b, uint16_t code, uint8_t value)
{
	put_option(b, code, (slice){ &value, 1 });
}

void
put_pcapng(struct buf *b)
{
	size_t at = begin_block(b, BLOCK_SECTION);
	uint16_t version[2] = { 1, 0 };

	put32(b, 0x1a2b3c4d);
	put(b, version, sizeof version);
	put32(b, UINT32_MAX);			/* how long the section is will not be said */
	put32(b, UINT32_MAX);
	put_option(b, OPTION_APPLICATION, slice_of("smtptap " VERSION));
	put32(b, 0);				/* the end of options */
	end_block(b, at);
}

void
put_pcapng_interface(struct buf *b, const struct put_kind *k, const char *name)
{
	size_t at = begin_block(b, BLOCK_INTERFACE);
	uint16_t link[2] = { (uint16_t)k->linktype, 0 };

	put(b, link, sizeof link);
	put32(b, 0);				/* no limit of length */
	if (name != NULL)
		put_option(b, OPTION_NAME, slice_take(slice_of(name), UINT16_MAX));
	put_option_byte(b, OPTION_RESOLUTION, k->nanoseconds ? 9 : 6);
	if (k->fcs > 0)
		put_option_byte(b, OPTION_FCS, (uint8_t)k->fcs);
	put32(b, 0);
	end_block(b, at);
}

void
put_pcapng_frame(struct buf *b, const struct frame *f, uint32_t interface, bool nanoseconds)
{
	uint64_t time = representable(f->time) / (nanoseconds ? 1 : 1000);
	size_t at = begin_block(b, BLOCK_PACKET);
	uint32_t head[] = { interface, (uint32_t)(time >> 32), (uint32_t)time, (uint32_t)f->bytes.n, wire_length(f) };

	put(b, head, sizeof head);
	put_padded(b, f->bytes);
	end_block(b, at);
}

void
put_pcapng_drops(struct buf *b, uint32_t interface, bool nanoseconds, nstime now, uint64_t by_interface, uint64_t by_system)
{
	uint64_t time = representable(now) / (nanoseconds ? 1 : 1000);
	size_t at = begin_block(b, BLOCK_STATISTICS);
	uint32_t head[] = { interface, (uint32_t)(time >> 32), (uint32_t)time };

	put(b, head, sizeof head);
	put_option(b, OPTION_IFDROP, (slice){ (const uint8_t *)&by_interface, sizeof by_interface });
	put_option(b, OPTION_OSDROP, (slice){ (const uint8_t *)&by_system, sizeof by_system });
	put32(b, 0);
	end_block(b, at);
}

void
put_pcapng_secrets(struct buf *b, slice lines)
{
	size_t at = begin_block(b, BLOCK_SECRETS);

	put32(b, SECRETS_TLS);
	put32(b, (uint32_t)lines.n);
	put_padded(b, lines);
	end_block(b, at);
}
