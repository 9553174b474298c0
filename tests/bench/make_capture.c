/*
 * make_capture.c - large captures for the benchmarks, made on the spot.
 *
 *	make_capture small N         N sessions of one 4 KiB message each, 64 at a time
 *	make_capture large N SIZE    N sessions of one message of SIZE bytes (base64 lines)
 *	make_capture parts N SIZE    N sessions of one message with a text and a file of SIZE bytes, base64
 *	make_capture half-open N     N SYNs, with one whole mail session in every 10,000
 *	make_capture pipelined N     one session with N messages, pipelined
 *	make_capture reversed N      one session whose message has N segments, each window captured backwards
 *	make_capture hoard N         N sessions that send 200 KB behind DATA and are never answered
 *	make_capture tiny N          one session whose message of N bytes comes one byte a segment
 *
 * A pcap file goes to standard output. Nothing is random: the same words make
 * the same bytes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"

enum { MSS = 1448, HEADERS = 14 + 20 + 32, WINDOW = 40 };

struct side { uint32_t ip, seq; uint16_t port; };
struct talk { struct side side[2]; uint64_t usec; };		/* [0] is the client */

static uint64_t now = UINT64_C(1700000000000000);

static void
put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static uint32_t
sum(const uint8_t *p, size_t n, uint32_t s)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		s += (uint32_t)p[i] << 8 | p[i + 1];
	return n % 2 ? s + ((uint32_t)p[n - 1] << 8) : s;
}

static unsigned
fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~s & 0xffff;
}

static void
write_frame(const uint8_t *frame, size_t n)
{
	uint32_t head[4] = { (uint32_t)(now / 1000000), (uint32_t)(now % 1000000), (uint32_t)n, (uint32_t)n };

	fwrite(head, sizeof head, 1, stdout);
	fwrite(frame, n, 1, stdout);
	now += 3;
}

/* One TCP segment from side `who`, with timestamps, as Linux sends them; seq is given, not advanced. */
static size_t
build(uint8_t *f, const struct talk *t, int who, unsigned flags, uint32_t seq, const void *payload, size_t n)
{
	const struct side *from = &t->side[who], *to = &t->side[!who];
	uint8_t *ip = f + 14, *tcp = ip + 20;
	uint32_t s;

	memset(f, 0, HEADERS);
	memcpy(f, "\2\0\0\0\0\1\2\0\0\0\0\2\x08\0", 14);
	ip[0] = 0x45;
	put16(ip + 2, (unsigned)(52 + n));
	put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = 6;
	put32(ip + 12, from->ip);
	put32(ip + 16, to->ip);
	put16(ip + 10, fold(sum(ip, 20, 0)));
	put16(tcp, from->port);
	put16(tcp + 2, to->port);
	put32(tcp + 4, seq);
	put32(tcp + 8, flags & 0x10 ? to->seq : 0);
	tcp[12] = 8 << 4;
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, 65535);
	memcpy(tcp + 20, "\1\1\x08\x0a", 4);
	put32(tcp + 24, (uint32_t)(now / 1000));
	put32(tcp + 28, (uint32_t)(now / 1000));
	memcpy(tcp + 32, payload, n);
	s = sum(ip + 12, 8, (uint32_t)(6 + 32 + n));
	put16(tcp + 16, fold(sum(tcp, 32 + n, s)));
	return HEADERS + n;
}

static void
send_flags(struct talk *t, int who, unsigned flags, const void *payload, size_t n)
{
	uint8_t f[HEADERS + MSS];

	write_frame(f, build(f, t, who, flags, t->side[who].seq, payload, n));
	t->side[who].seq += (uint32_t)n + (flags & 3 ? 1 : 0);
}

static void
say(struct talk *t, int who, const char *text)
{
	send_flags(t, who, 0x18, text, strlen(text));
}

static void
ack(struct talk *t, int who)
{
	send_flags(t, who, 0x10, "", 0);
}

static struct talk
begin(uint32_t number)
{
	struct talk t = { .side = { { 0x0a000000 + number / 30000 + 1, number * 7919, (uint16_t)(10000 + number % 30000) },
	    { 0xc6336405, number * 104729, 25 } } };

	send_flags(&t, 0, 0x02, "", 0);
	send_flags(&t, 1, 0x12, "", 0);
	ack(&t, 0);
	return t;
}

static void
greet(struct talk *t)
{
	say(t, 1, "220 mx.example.net ESMTP\r\n");
	say(t, 0, "EHLO client.example.org\r\n");
	say(t, 1, "250-mx.example.net\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250 8BITMIME\r\n");
}

static void
envelope(struct talk *t)
{
	say(t, 0, "MAIL FROM:<alice@example.org>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n");
	say(t, 1, "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n");
}

static const char header[] = "From: Alice <alice@example.org>\r\nTo: bob@example.net\r\nSubject: benchmark\r\n"
    "Message-ID: <1@example.org>\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n\r\n";

static void
end(struct talk *t)
{
	say(t, 0, "QUIT\r\n");
	say(t, 1, "221 2.0.0 Bye\r\n");
	send_flags(t, 0, 0x11, "", 0);
	send_flags(t, 1, 0x11, "", 0);
	ack(t, 0);
}

/* Lines of 76 letters, as base64 has. */
static void
fill(char *p, size_t n, uint64_t at)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t column = (at + i) % 78;

		p[i] = column == 76 ? '\r' : column == 77 ? '\n' : (char)('A' + (at + i) % 23);
	}
}

static void
body(struct talk *t, uint64_t size)
{
	char piece[MSS];
	unsigned since = 0;

	say(t, 0, header);
	for (uint64_t at = 0; at < size; at += MSS) {
		size_t n = size - at < MSS ? (size_t)(size - at) : MSS;

		fill(piece, n, at);
		send_flags(t, 0, 0x10, piece, n);
		if (++since % 2 == 0)
			ack(t, 1);
	}
	say(t, 0, "\r\n.\r\n");
	say(t, 1, "250 2.0.0 Ok: queued as 4F1D2\r\n");
}

/* Sessions run side by side, as on a busy server: each step is done for a batch before the next one. */
static void
small(uint32_t count)
{
	enum { BATCH = 64 };
	struct talk t[BATCH];

	for (uint32_t first = 0; first < count; first += BATCH) {
		uint32_t n = count - first < BATCH ? count - first : BATCH;

		for (uint32_t i = 0; i < n; i++)
			t[i] = begin(first + i);
		for (uint32_t i = 0; i < n; i++)
			greet(&t[i]);
		for (uint32_t i = 0; i < n; i++)
			envelope(&t[i]);
		for (uint32_t i = 0; i < n; i++)
			body(&t[i], 3400);
		for (uint32_t i = 0; i < n; i++)
			end(&t[i]);
	}
}

static void
large(uint32_t count, uint64_t size)
{
	for (uint32_t i = 0; i < count; i++) {
		struct talk t = begin(i);

		greet(&t);
		envelope(&t);
		body(&t, size);
		end(&t);
	}
}

/* --- messages with files --- */

/* Content on its way into segments. */
struct flow { struct talk *t; size_t n; unsigned since; char piece[MSS]; };

static void
flush_segment(struct flow *f)
{
	send_flags(f->t, 0, 0x10, f->piece, f->n);
	f->n = 0;
	if (++f->since % 2 == 0)
		ack(f->t, 1);
}

static void
put(struct flow *f, const char *text, size_t n)
{
	while (n > 0) {
		size_t some = n < MSS - f->n ? n : MSS - f->n;

		memcpy(f->piece + f->n, text, some);
		f->n += some;
		text += some;
		n -= some;
		if (f->n == MSS)
			flush_segment(f);
	}
}

static void
put_text(struct flow *f, const char *text)
{
	put(f, text, strlen(text));
}

/* What begins as a PDF file does, whose one stream cannot be compressed. */
static void
fill_file(uint8_t *p, size_t n, uint64_t at, uint64_t *state)
{
	static const char magic[] = "%PDF-1.7\n1 0 obj\n<</Length 99999999>>\nstream\n";

	for (size_t i = 0; i < n; i++) {
		*state ^= *state << 13;
		*state ^= *state >> 7;
		*state ^= *state << 17;
		p[i] = at + i < sizeof magic - 1 ? (uint8_t)magic[at + i] : (uint8_t)(*state >> 24);
	}
}

static void
put_file(struct flow *f, uint64_t size, uint64_t seed)
{
	enum { LINE = 57 };
	uint8_t bytes[LINE];
	char line[BASE64_SIZE(LINE) + 2];
	uint64_t state = seed * 2654435761u + 1;

	for (uint64_t at = 0; at < size; at += LINE) {
		size_t n = size - at < LINE ? (size_t)(size - at) : LINE;

		fill_file(bytes, n, at, &state);
		n = base64_encode((slice){ bytes, n }, line);
		memcpy(line + n, "\r\n", 2);
		put(f, line, n + 2);
	}
}

static const char before_file[] = "From: Alice <alice@example.org>\r\nTo: bob@example.net\r\nSubject: The report\r\n"
    "Message-ID: <1@example.org>\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"=_b1_7f3a\"\r\n\r\nThis is a message in several parts.\r\n--=_b1_7f3a\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\n\r\nhere it is:\r\n..dots\r\n--\r\nAlice\r\n--=_b1_7f3a\r\n"
    "Content-Type: application/pdf; name=\"report.pdf\"\r\nContent-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment; filename=\"report.pdf\"\r\n\r\n";

static void
parts(uint32_t count, uint64_t size)
{
	for (uint32_t i = 0; i < count; i++) {
		struct talk t = begin(i);
		struct flow f = { .t = &t };

		greet(&t);
		envelope(&t);
		put_text(&f, before_file);
		put_file(&f, size, i + 1);
		put_text(&f, "--=_b1_7f3a--\r\n.\r\n");
		flush_segment(&f);
		say(&t, 1, "250 2.0.0 Ok: queued as 4F1D2\r\n");
		end(&t);
	}
}

static void
half_open(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct talk t = { .side = { { 0x0b000000 + i, i, 40000 }, { 0xc6336405, 0, 25 } } };

		send_flags(&t, 0, 0x02, "", 0);
		if (i % 10000 == 0) {
			t = begin(i);
			greet(&t);
			envelope(&t);
			body(&t, 3400);
			end(&t);
		}
	}
}

static void
pipelined(uint32_t count)
{
	struct talk t = begin(0);

	greet(&t);
	for (uint32_t i = 0; i < count; i++) {
		envelope(&t);
		body(&t, 1000);
	}
	end(&t);
}

static void
reversed(uint32_t count)
{
	static uint8_t frame[WINDOW][HEADERS + MSS];
	struct talk t = begin(0);
	char piece[MSS];
	uint64_t at = 0;

	greet(&t);
	envelope(&t);
	say(&t, 0, header);
	ack(&t, 1);
	for (uint32_t done = 0; done < count; done += WINDOW) {
		for (int i = 0; i < WINDOW; i++, at += MSS) {
			fill(piece, MSS, at);
			build(frame[i], &t, 0, 0x10, t.side[0].seq, piece, MSS);
			t.side[0].seq += MSS;
		}
		for (int i = WINDOW; i-- > 0; )
			write_frame(frame[i], HEADERS + MSS);
		ack(&t, 1);
	}
	say(&t, 0, "\r\n.\r\n");
	say(&t, 1, "250 2.0.0 Ok: queued as 4F1D2\r\n");
	end(&t);
}

/* Content may not be read before the 354: all of it waits, in every session at once. */
static void
hoard(uint32_t count)
{
	char piece[MSS];

	fill(piece, MSS, 0);
	for (uint32_t i = 0; i < count; i++) {
		struct talk t = begin(i);

		greet(&t);
		say(&t, 0, "MAIL FROM:<alice@example.org>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n");
		for (int n = 0; n < 140; n++) {
			send_flags(&t, 0, 0x10, piece, MSS);
			ack(&t, 1);
		}
	}
}

static void
tiny(uint32_t count)
{
	struct talk t = begin(0);
	char byte;

	greet(&t);
	envelope(&t);
	say(&t, 0, header);
	for (uint32_t i = 0; i < count; i++) {
		fill(&byte, 1, i);
		send_flags(&t, 0, 0x18, &byte, 1);
		ack(&t, 1);
	}
	say(&t, 0, "\r\n.\r\n");
	say(&t, 1, "250 2.0.0 Ok: queued as 4F1D2\r\n");
	end(&t);
}

int
main(int argc, char **argv)
{
	static const uint32_t file_header[6] = { 0xa1b2c3d4, 0x00040002, 0, 0, 262144, 1 };
	uint32_t count = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
	const char *what = argc > 2 ? argv[1] : "";

	fwrite(file_header, sizeof file_header, 1, stdout);
	if (strcmp(what, "small") == 0)
		small(count);
	else if (strcmp(what, "large") == 0 && argc > 3)
		large(count, strtoull(argv[3], NULL, 10));
	else if (strcmp(what, "parts") == 0 && argc > 3)
		parts(count, strtoull(argv[3], NULL, 10));
	else if (strcmp(what, "half-open") == 0)
		half_open(count);
	else if (strcmp(what, "pipelined") == 0)
		pipelined(count);
	else if (strcmp(what, "reversed") == 0)
		reversed(count);
	else if (strcmp(what, "hoard") == 0)
		hoard(count);
	else if (strcmp(what, "tiny") == 0)
		tiny(count);
	else {
		fprintf(stderr, "usage: make_capture small|large|parts|half-open|pipelined|reversed|hoard|tiny N [SIZE]\n");
		return 2;
	}
	return ferror(stdout) || fflush(stdout) != 0;
}
