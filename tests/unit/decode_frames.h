/*
 * decode_frames.h - for the decoder's tests: frames built from the inside out,
 * and a decoder whose findings are kept.
 *
 * Headers are put in front of what is there: payload, TCP, IP, link. Those that
 * hold a length or a checksum of what follows find it there.
 */
#ifndef DECODE_FRAMES_H
#define DECODE_FRAMES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/read.h"
#include "decode/decode.h"

#define UNUSED __attribute__((unused))

enum { ROOM = 600 * 1024, CLIENT_PORT = 51234, SERVER_PORT = 25, SEQ = 0x01020304, ACKED = 0x0a0b0c0d };

struct packet {
	uint8_t bytes[ROOM];
	size_t at;			/* the packet is bytes + at, up to the end */
};

static struct packet packet;

static inline void UNUSED
put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void UNUSED
put32(uint8_t *p, size_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static inline slice UNUSED
made(void)
{
	return (slice){ packet.bytes + packet.at, ROOM - packet.at };
}

static inline uint8_t *UNUSED
front(size_t n)
{
	packet.at -= n;
	memset(packet.bytes + packet.at, 0, n);
	return packet.bytes + packet.at;
}

static inline void UNUSED
start(void)
{
	packet.at = ROOM;
}

static inline void UNUSED
put(slice s)
{
	if (s.n > 0)
		memcpy(front(s.n), s.p, s.n);
}

static inline slice UNUSED
unhex(const char *hex, uint8_t *out)
{
	size_t n = 0;
	unsigned v;

	for (; *hex != '\0'; hex++)
		if (*hex != ' ') {
			assert_int_equal(sscanf(hex, "%2x", &v), 1);
			out[n++] = (uint8_t)v;
			hex++;
		}
	return (slice){ out, n };
}

static inline void UNUSED
put_hex(const char *hex)
{
	uint8_t out[512];

	put(unhex(hex, out));
}

/* Bytes behind what is there: padding, a frame check sequence. */
static inline void UNUSED
append(size_t n)
{
	memmove(packet.bytes + packet.at - n, packet.bytes + packet.at, ROOM - packet.at);
	packet.at -= n;
	memset(packet.bytes + ROOM - n, 0xee, n);
}

/* The plainest way to say what the Internet checksum is: the reference for the fast one. */
static inline uint32_t UNUSED
slow_sum(uint32_t sum, slice s)
{
	for (size_t i = 0; i < s.n; i++)
		sum += i % 2 == 0 ? (uint32_t)s.p[i] << 8 : s.p[i];
	while (sum > 0xffff)
		sum = (sum >> 16) + (sum & 0xffff);
	return sum;
}

static inline void UNUSED
put_tcp_flags(unsigned flags, const char *options)
{
	uint8_t o[40];
	slice opt = unhex(options, o);
	uint8_t *p;

	put(opt);
	p = front(20);
	put16(p, CLIENT_PORT);
	put16(p + 2, SERVER_PORT);
	put32(p + 4, SEQ);
	put32(p + 8, ACKED);
	p[12] = (uint8_t)((20 + opt.n) / 4 << 4);
	p[13] = (uint8_t)flags;
	put16(p + 14, 501);
}

static inline void UNUSED
put_tcp(void)
{
	put_tcp_flags(TCP_ACK | TCP_PSH, "");
}

/* 192.0.2.10 to 198.51.100.5 */
static inline uint8_t *UNUSED
put_ipv4_options(unsigned protocol, const char *options)
{
	uint8_t o[40];
	slice opt = unhex(options, o);
	size_t header = 20 + opt.n, total;
	uint8_t *p;

	put(opt);
	p = front(20);
	total = made().n;
	p[0] = (uint8_t)(0x40 | header / 4);
	put16(p + 2, total > 65535 ? 0 : total);
	p[8] = 64;
	p[9] = (uint8_t)protocol;
	memcpy(p + 12, "\300\000\002\012\306\063\144\005", 8);
	put16(p + 10, (uint16_t)~slow_sum(0, (slice){ p, header }));
	return p;
}

static inline uint8_t *UNUSED
put_ipv4(unsigned protocol)
{
	return put_ipv4_options(protocol, "");
}

static inline void UNUSED
fix_ipv4_sum(uint8_t *p)
{
	put16(p + 10, 0);
	put16(p + 10, (uint16_t)~slow_sum(0, (slice){ p, (size_t)(p[0] & 15) * 4 }));
}

/* 2001:db8::10 to 2001:db8::5 */
static inline uint8_t *UNUSED
put_ipv6(unsigned next)
{
	size_t payload = made().n;
	uint8_t *p = front(40);

	p[0] = 0x60;
	put16(p + 4, payload > 65535 ? 0 : payload);
	p[6] = (uint8_t)next;
	p[7] = 61;
	memcpy(p + 8, "\x20\x01\x0d\xb8", 4);
	p[23] = 0x10;
	memcpy(p + 24, "\x20\x01\x0d\xb8", 4);
	p[39] = 0x05;
	return p;
}

static inline void UNUSED
put_udp(unsigned src, unsigned dst)
{
	size_t n = made().n;
	uint8_t *p = front(8);

	put16(p, src);
	put16(p + 2, dst);
	put16(p + 4, n + 8);
}

static inline void UNUSED
put_ethernet(unsigned type)
{
	uint8_t *p = front(14);

	memcpy(p, "\002\000\000\000\000\001\002\000\000\000\000\002", 12);
	put16(p + 12, type);
}

/* The payload and TCP that the tests look for. */
static inline void UNUSED
put_segment(void)
{
	start();
	put(S("EHLO client.example\r\n"));
	put_tcp();
}

/* The decoder, and what it said. */

struct said {
	enum finding finding;
	struct origin from;
	char text[256];
};

struct rig {
	struct decoder *decoder;
	struct segment segment;
	struct icmp_error icmp;
	struct said said[600];
	size_t n;
	uint64_t packets;
	nstime time;
};

static struct rig rig;

static inline void
rig_note(void *self, enum finding f, struct origin from, slice detail)
{
	struct rig *r = self;
	struct said *s = &r->said[r->n];

	assert_true(r->n < sizeof r->said / sizeof *r->said);
	r->n++;
	s->finding = f;
	s->from = from;
	snprintf(s->text, sizeof s->text, "%.*s", (int)detail.n, (const char *)detail.p);
}

static inline void UNUSED
rig_new(void)
{
	const struct decode_user user = { .self = &rig, .note = rig_note };

	decoder_free(&rig.decoder);
	memset(&rig, 0, sizeof rig);
	rig.decoder = decoder_new(&user, LIMIT_FRAGMENT_BYTES);
	rig.time = 1700000000 * NSTIME_S;
}

/* The outputs are filled with rubbish first: what a header does not set must be set all the same. */
static inline enum decoded UNUSED
decode_view(slice bytes, size_t wire, int linktype, unsigned fcs)
{
	struct frame_view view = {
		.bytes = bytes, .wire = wire, .linktype = linktype, .fcs = fcs,
		.from = { .packet = ++rig.packets, .time = rig.time }, .mark = 77
	};

	memset(&rig.segment, 0xaa, sizeof rig.segment);
	memset(&rig.icmp, 0xaa, sizeof rig.icmp);
	return decode_frame(rig.decoder, &view, &rig.segment, &rig.icmp);
}

static inline enum decoded UNUSED
decode_made(int linktype)
{
	return decode_view(made(), made().n, linktype, 0);
}

static inline bool UNUSED
said(enum finding f)
{
	for (size_t i = 0; i < rig.n; i++)
		if (rig.said[i].finding == f)
			return true;
	return false;
}

static inline struct decode_stats UNUSED
stats(void)
{
	struct decode_stats s;

	decoder_stats(rig.decoder, &s);
	return s;
}

static inline void UNUSED
assert_text(const char *want)
{
	assert_true(rig.n > 0);
	assert_string_equal(rig.said[rig.n - 1].text, want);
}

static inline void UNUSED
assert_ends(const char *src, const char *dst)
{
	char text[ENDPOINT_TEXT];

	assert_string_equal(endpoint_text(&rig.segment.src, text), src);
	assert_string_equal(endpoint_text(&rig.segment.dst, text), dst);
}

static inline void UNUSED
assert_payload(slice want)
{
	assert_int_equal(rig.segment.payload.n, want.n);
	assert_memory_equal(rig.segment.payload.p, want.p, want.n);
}

/* The segment of put_segment(), whole. */
static inline void UNUSED
assert_segment4(void)
{
	assert_ends("192.0.2.10:51234", "198.51.100.5:25");
	assert_payload(S("EHLO client.example\r\n"));
	assert_int_equal(rig.segment.length, 21);
	assert_int_equal(rig.segment.seq, SEQ);
	assert_int_equal(rig.segment.ack, ACKED);
	assert_int_equal(rig.segment.ttl, 64);
	assert_int_equal(rig.segment.tcp.n, 41);
}

static inline void UNUSED
assert_segment6(void)
{
	assert_ends("[2001:db8::10]:51234", "[2001:db8::5]:25");
	assert_payload(S("EHLO client.example\r\n"));
	assert_int_equal(rig.segment.length, 21);
	assert_int_equal(rig.segment.ttl, 61);
}

static inline int UNUSED
rig_setup(void **state)
{
	(void)state;
	rig_new();
	return 0;
}

static inline int UNUSED
rig_teardown(void **state)
{
	(void)state;
	decoder_free(&rig.decoder);
	return 0;
}

#define RIG_TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

#endif
