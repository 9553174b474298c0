/*
 * fuzz_frame.c - hostile frames, one after the other, through the decoder.
 *
 * The input is a list of frames: link type (an index), how (below), two bytes
 * of length, the bytes. What must hold, whatever they are:
 *
 *   - the same frames at other addresses, through another decoder with another
 *     hash seed, give the same answers and the same findings;
 *   - what is given on lies inside the frame, or is marked as put together;
 *   - it never claims more bytes than were captured, or a length beyond reason;
 *   - a frame cut shorter gives the same segment with less payload, or nothing;
 *   - the checksum says what the plainest sum says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/read.h"
#include "decode/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* how: bits of the second byte */
enum { HOW_LATER = 0x03, HOW_CUT = 0x04, HOW_FCS = 0x08, HOW_BACK = 0x10 };

enum { MARK = 77, CUTS = 24 };

static const int linktypes[] = { 1, 0, 9, 12, 14, 50, 51, 101, 104, 108, 113, 204, 219, 228, 229, 276, 105 };
static const nstime later[] = { 0, NSTIME_MS, 20 * NSTIME_S, 4000 * NSTIME_S };

struct side {
	struct decoder *decoder;
	struct segment segment;
	struct icmp_error icmp;
	enum decoded decoded;
	uint64_t notes;			/* a hash of all of them, and their number */
	uint64_t nnotes;
};

static void
on_note(void *self, enum finding f, struct origin from, slice detail)
{
	struct side *s = self;

	CHECK(f < FINDINGS);
	CHECK(detail.n > 0 && detail.n < 256);
	s->nnotes++;
	s->notes = s->notes * 31 + f + from.packet;
	for (size_t i = 0; i < detail.n; i++) {
		CHECK(detail.p[i] >= 0x20 && detail.p[i] < 0x7f);
		s->notes = s->notes * 31 + detail.p[i];
	}
}

static void
side_init(struct side *s)
{
	const struct decode_user user = { .self = s, .note = on_note };

	memset(s, 0, sizeof *s);
	s->decoder = decoder_new(&user, 64 * KiB);
}

/* Outputs are filled with what they must not keep. */
static void
side_feed(struct side *s, const struct frame_view *view, int fill)
{
	memset(&s->segment, fill, sizeof s->segment);
	memset(&s->icmp, fill, sizeof s->icmp);
	s->decoded = decode_frame(s->decoder, view, &s->segment, &s->icmp);
}

static bool
same_end(const struct endpoint *a, const struct endpoint *b)
{
	return addr_eq(&a->addr, &b->addr) && a->port == b->port;
}

static void
check_same_header(const struct segment *a, const struct segment *b)
{
	CHECK(same_end(&a->src, &b->src) && same_end(&a->dst, &b->dst));
	CHECK(a->seq == b->seq && a->ack == b->ack && a->flags == b->flags && a->ttl == b->ttl);
	CHECK(a->window == b->window && a->urgent == b->urgent && a->length == b->length);
	CHECK(a->nvlan == b->nvlan && a->vlan[0] == b->vlan[0] && a->vlan[1] == b->vlan[1] && a->depth == b->depth);
	CHECK(a->mark == b->mark && a->fragmented == b->fragmented && a->bad_header == b->bad_header);
}

static void
check_same_segment(const struct segment *a, const struct segment *b)
{
	check_same_header(a, b);
	CHECK(a->wscale == b->wscale && a->mss == b->mss && a->has_timestamp == b->has_timestamp);
	CHECK(a->tsval == b->tsval && a->tsecr == b->tsecr);
	CHECK(slice_eq(a->payload, b->payload) && slice_eq(a->tcp, b->tcp));
	CHECK(segment_checksum(a) == segment_checksum(b));
}

static void
check_same_icmp(const struct icmp_error *a, const struct icmp_error *b)
{
	char one[128], other[128];

	CHECK(same_end(&a->src, &b->src) && same_end(&a->dst, &b->dst) && addr_eq(&a->by, &b->by));
	CHECK(a->seq == b->seq && a->type == b->type && a->code == b->code && a->mtu == b->mtu);
	CHECK(strcmp(icmp_error_text(a, one, sizeof one), icmp_error_text(b, other, sizeof other)) == 0);
	CHECK(icmp_error_is_unreachable(a) || a->code == 4 || a->by.family == 6);
}

static bool
inside(slice part, slice all)
{
	return part.n == 0 || (part.p >= all.p && part.n <= all.n && part.p + part.n <= all.p + all.n);
}

static uint32_t
plain_sum(uint32_t sum, slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		sum += i % 2 ? s.p[i] : (uint32_t)s.p[i] << 8;
		sum = (sum >> 16) + (sum & 0xffff);
	}
	return sum;
}

static void
check_sum(const struct segment *s)
{
	size_t n = s->src.addr.family == 4 ? 4 : 16, header = (size_t)(s->tcp.p[12] >> 4) * 4;
	uint32_t sum = 6 + ((uint32_t)s->tcp.n >> 16) + ((uint32_t)s->tcp.n & 0xffff);
	enum checksum c = segment_checksum(s);

	sum = plain_sum(sum, (slice){ s->src.addr.ip, n });
	sum = plain_sum(sum, (slice){ s->dst.addr.ip, n });
	sum = plain_sum(sum, s->tcp);
	sum = plain_sum((sum >> 16) + (sum & 0xffff), SLICE_NONE);
	CHECK(!s->bad_header || c == CHECKSUM_BAD);
	if (s->bad_header)
		return;
	CHECK((c == CHECKSUM_UNKNOWN) == (s->tcp.n < header + s->length));
	if (c != CHECKSUM_UNKNOWN)
		CHECK((c == CHECKSUM_GOOD) == (sum == 0xffff));
}

static void
check_segment(const struct segment *s, const struct frame_view *view)
{
	size_t header = (size_t)(s->tcp.p[12] >> 4) * 4;

	CHECK(s->src.addr.family == s->dst.addr.family && (s->src.addr.family == 4 || s->src.addr.family == 6));
	CHECK(s->tcp.n >= 20 && header >= 20);
	CHECK(s->payload.n <= s->length && s->length <= LIMIT_PACKET);
	CHECK(s->payload.n == (s->tcp.n > header ? s->tcp.n - header : 0));
	CHECK(inside(s->payload, s->tcp));
	CHECK(s->from.packet == view->from.packet);
	CHECK(s->fragmented ? s->mark == 0 : s->mark == MARK);
	if (!s->fragmented)
		CHECK(inside(s->tcp, view->bytes));
	CHECK(s->nvlan <= 2 && s->depth <= LIMIT_TUNNELS);
	check_sum(s);
}

/* The snaplen takes bytes away, never adds or changes any. */
static void
check_cut(struct side *side, const struct frame_view *view, size_t n, const struct segment *whole)
{
	struct frame_view cut = *view;

	cut.bytes.n = n;
	side_feed(side, &cut, 0x33);
	CHECK(side->decoded == DECODED_NOTHING || side->decoded == DECODED_SEGMENT);
	if (side->decoded != DECODED_SEGMENT)
		return;
	check_same_header(&side->segment, whole);
	CHECK(slice_starts(whole->payload, side->segment.payload));
	CHECK(inside(side->segment.tcp, cut.bytes));
}

static void
check_cuts(struct side *side, const struct frame_view *view)
{
	struct segment whole;

	side_feed(side, view, 0x22);
	whole = side->segment;
	if (side->decoded != DECODED_SEGMENT || whole.fragmented)
		return;
	for (size_t i = 0; i < CUTS; i++)
		check_cut(side, view, view->bytes.n * i / CUTS, &whole);
	for (size_t i = 1; i <= CUTS && i <= view->bytes.n; i++)
		check_cut(side, view, view->bytes.n - i, &whole);
}

static void
one_frame(struct side side[3], const struct frame_view *view)
{
	uint8_t *copy = malloc(view->bytes.n + 1);
	struct frame_view other = *view;

	CHECK(copy != NULL);
	memcpy(copy + 1, view->bytes.p, view->bytes.n);
	other.bytes.p = copy + 1;
	side_feed(&side[0], view, 0xaa);
	side_feed(&side[1], &other, 0x55);
	CHECK(side[0].decoded == side[1].decoded);
	CHECK(side[0].nnotes == side[1].nnotes && side[0].notes == side[1].notes);
	if (side[0].decoded == DECODED_SEGMENT) {
		check_same_segment(&side[0].segment, &side[1].segment);
		check_segment(&side[0].segment, view);
		check_segment(&side[1].segment, &other);
	} else if (side[0].decoded == DECODED_ICMP)
		check_same_icmp(&side[0].icmp, &side[1].icmp);
	check_cuts(&side[2], view);
	free(copy);
}

static bool
next_frame(struct reader *r, struct frame_view *view, nstime *now)
{
	size_t type = read_u8(r) % (sizeof linktypes / sizeof *linktypes);
	uint8_t how = read_u8(r);
	size_t n = read_be16(r);

	if (r->short_of)
		return false;
	*now += how & HOW_BACK ? -later[how & HOW_LATER] : later[how & HOW_LATER];
	view->bytes = read_bytes(r, n < r->rest.n ? n : r->rest.n);
	view->wire = view->bytes.n + (how & HOW_CUT ? view->bytes.n + 1000 : 0);
	view->linktype = linktypes[type];
	view->fcs = how & HOW_FCS ? 4 : 0;
	view->from.packet++;
	view->from.time = *now;
	view->mark = MARK;
	return true;
}

static void
check_stats(const struct side *a, const struct side *b)
{
	struct decode_stats one, other;

	decoder_stats(a->decoder, &one);
	decoder_stats(b->decoder, &other);
	CHECK(memcmp(&one, &other, sizeof one) == 0);
	CHECK(one.reassembled <= one.fragments);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_of((slice){ data, size });
	struct frame_view view = { 0 };
	struct side side[3];
	nstime now = 1700000000 * NSTIME_S;

	for (int i = 0; i < 3; i++)
		side_init(&side[i]);
	while (next_frame(&r, &view, &now))
		one_frame(side, &view);
	for (int i = 0; i < 3; i++)
		decoder_finish(side[i].decoder);
	CHECK(side[0].nnotes == side[1].nnotes && side[0].notes == side[1].notes);
	check_stats(&side[0], &side[1]);
	for (int i = 0; i < 3; i++)
		decoder_free(&side[i].decoder);
	return 0;
}
