/*
 * flow_script.h - conversations in a few words, for the tests of flow.
 *
 * A script is lines (or parts ended by ';') of words. The first says who
 * sends, C or S; or it is a command:
 *
 *	open		SYN, SYN-ACK, ACK
 *	close		FINs of both sides, acknowledged
 *	wait MS		time passes
 *	C 0:100 ack 5	the client sends its bytes 0 to 100, and acknowledges 5 of the server's
 *
 * Other words behind C or S: syn fin rst; urg N (the pointer), win N, ts N,
 * ttl N, at N (offset of a segment without bytes; else the sender's end so
 * far), ack N or noack (else all that the other side has sent so far), other
 * (bytes that differ from the true ones), cut N (so many were captured), isn N
 * (of a SYN), scale N, late (it does not count as sent so far), gone (its
 * frame cannot be recalled), sum bad|good|off.
 *
 * Each line is a millisecond later than the one before; ticks come by
 * themselves. What flow tells is one line of words, pieces that touch joined:
 *
 *	C0:100 S0:5 Cgap10 C110!120 Ceof Seof fin-C
 *
 * where ! says that the bytes are `other`. Findings are the names without
 * "tcp.", in alphabetical order, x2 if told twice.
 */
#ifndef FLOW_SCRIPT_H
#define FLOW_SCRIPT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "flow/flow.h"

enum { SCRIPT_TEXT = 1 << 16, SCRIPT_FRAMES = 1 << 22, CLIENT_PORT = 40000, SERVER_PORT = 25 };

struct told {
	char streams[SCRIPT_TEXT];
	char findings[4096];
	char details[SCRIPT_TEXT];	/* of the findings, a line each */
	char attempts[1024];
	struct tcp_facts facts;		/* of the last connection that was closed */
	struct flow_stats stats;
	unsigned finding[FINDINGS];
	unsigned packets;
};

struct script {
	struct flow_config config;
	uint16_t port[2];
	bool unjoined;			/* pieces are told as they come */
	bool stop;			/* do not end the capture */
	bool refuse;			/* open() returns NULL */
	/* from here on: how it stands */
	struct flows *flows;
	struct told *told;
	nstime now;
	uint64_t packet;
	uint32_t isn[2];
	int64_t sent[2];		/* by each side, FIN included */
	uint32_t window[2];
	uint8_t *frames;		/* bytes of frames stay where they are, as a source's would */
	size_t used;
	uint64_t forgotten;		/* marks up to here cannot be recalled */
	int64_t pos[2];			/* told */
	char last[8];			/* the last word's direction and kind, to join */
	int64_t last_end;
	bool ignore_next;
};

static inline uint8_t
script_byte(int dir, int64_t pos, bool other)
{
	return (uint8_t)((pos * 7 + pos / 251 + dir * 100) % 253 + (other ? 1 : 0));
}

static inline void __attribute__((format(printf, 2, 3)))
script_say(struct script *s, const char *format, ...)
{
	size_t n = strlen(s->told->streams);
	va_list args;

	if (n > SCRIPT_TEXT - 64)
		return;
	va_start(args, format);
	vsnprintf(s->told->streams + n, SCRIPT_TEXT - n, format, args);
	va_end(args);
}

static inline void *
script_open(void *self, struct flow *f)
{
	struct script *s = self;

	(void)f;
	s->pos[0] = s->pos[1] = 0;
	s->last[0] = '\0';
	return s->refuse ? NULL : s;
}

static inline void
script_data(void *self, void *conn, enum dir dir, slice bytes, struct origin from)
{
	struct script *s = self;
	int64_t pos = s->pos[dir], end = pos + (int64_t)bytes.n;
	bool other = bytes.n > 0 && bytes.p[0] != script_byte((int)dir, pos, false);
	char what[8] = { dir == DIR_CLIENT ? 'C' : 'S', other ? '!' : ':' };
	size_t i;

	(void)conn;
	(void)from;
	for (i = 0; i < bytes.n && bytes.p[i] == script_byte((int)dir, pos + (int64_t)i, other); i++)
		;
	if (i < bytes.n && i > 0) {		/* true bytes and others in one piece */
		script_data(self, conn, dir, slice_take(bytes, i), from);
		script_data(self, conn, dir, slice_drop(bytes, i), from);
		return;
	}
	if (i < bytes.n)
		script_say(s, "WRONG ");
	s->pos[dir] = end;
	if (!s->unjoined && strcmp(what, s->last) == 0) {
		char *tail = strrchr(s->told->streams, what[1]);

		snprintf(tail + 1, 32, "%lld ", (long long)end);
	} else
		script_say(s, "%c%lld%c%lld ", what[0], (long long)pos, what[1], (long long)end);
	memcpy(s->last, what, sizeof what);
}

static inline void __attribute__((format(printf, 2, 3)))
script_word(struct script *s, const char *format, ...)
{
	char word[64];
	va_list args;

	va_start(args, format);
	vsnprintf(word, sizeof word, format, args);
	va_end(args);
	script_say(s, "%s ", word);
	s->last[0] = '\0';
}

static inline void
script_gap(void *self, void *conn, enum dir dir, uint64_t missing, struct origin from)
{
	struct script *s = self;

	(void)conn;
	(void)from;
	script_word(s, "%cgap%llu", dir == DIR_CLIENT ? 'C' : 'S', (unsigned long long)missing);
	s->pos[dir] += (int64_t)missing;
}

static inline void
script_eof(void *self, void *conn, enum dir dir, struct origin from)
{
	(void)conn;
	(void)from;
	script_word(self, "%ceof", dir == DIR_CLIENT ? 'C' : 'S');
}

static inline void
script_one_sided(void *self, void *conn, struct origin from)
{
	(void)conn;
	(void)from;
	script_word(self, "one-sided");
}

static inline void
script_close(void *self, void *conn, struct flow *f, enum why why, enum dir who, struct origin from)
{
	static const char *const words[] = { "fin", "rst", "idle", "evicted", "end" };
	struct script *s = self;

	(void)conn;
	(void)from;
	flow_facts(f, &s->told->facts);
	if (why == WHY_FIN || why == WHY_RST)
		script_word(s, "%s-%c", words[why], who == DIR_CLIENT ? 'C' : 'S');
	else
		script_word(s, "%s", words[why]);
}

static inline void
script_attempt(void *self, struct flow *f, enum attempt a, struct origin first, struct origin last, slice detail)
{
	static const char *const words[] = { "refused", "no-answer", "unreachable", "no-greeting", "other" };
	struct script *s = self;
	size_t n = strlen(s->told->attempts);
	struct endpoint client, server;

	(void)first;
	(void)last;
	flow_endpoints(f, &client, &server);
	snprintf(s->told->attempts + n, sizeof s->told->attempts - n, "%s%u:%s%s%.*s", n ? " " : "", server.port, words[a],
	    detail.n ? "=" : "", (int)detail.n, detail.n ? (const char *)detail.p : "");
}

static inline void
script_note(void *self, void *conn, struct flow *f, enum finding finding, enum dir dir, uint64_t offset, struct origin from, slice detail)
{
	struct script *s = self;
	size_t n = strlen(s->told->details);

	(void)conn;
	(void)f;
	s->told->finding[finding]++;
	if (n < SCRIPT_TEXT - 512)
		snprintf(s->told->details + n, SCRIPT_TEXT - n, "%s %c%llu #%llu %.*s\n", finding_info(finding)->id, dir == DIR_CLIENT ? 'C' : 'S',
		    (unsigned long long)offset, (unsigned long long)from.packet, (int)detail.n, (const char *)detail.p);
}

static inline void
script_packet(void *self, void *conn, enum dir dir, const struct segment *seg, uint64_t offset, uint64_t acked, uint32_t flags)
{
	(void)conn;
	(void)dir;
	(void)seg;
	(void)offset;
	(void)acked;
	(void)flags;
	((struct script *)self)->told->packets++;
}

static inline bool
script_recall(void *self, uint64_t mark)
{
	return mark > ((struct script *)self)->forgotten;
}

static inline bool
script_mail_port(void *self, uint16_t port)
{
	(void)self;
	return port == SERVER_PORT;
}

static inline enum evict_class
script_evict(void *self, void *conn)
{
	(void)self;
	(void)conn;
	return EVICT_IDLE;
}

static inline void
script_default(struct script *s)
{
	memset(s, 0, sizeof *s);
	flow_config_default(&s->config);
	s->config.seed = 1;
	s->port[0] = CLIENT_PORT;
	s->port[1] = SERVER_PORT;
}

/* Time goes on, with a tick at each 100 ms. */
static inline void
script_wait(struct script *s, nstime by)
{
	const nstime tick = 100 * NSTIME_MS;
	nstime to = s->now + by;

	while (s->now / tick < to / tick) {
		s->now = (s->now / tick + 1) * tick;
		flows_tick(s->flows, s->now);
	}
	s->now = to;
}

static inline struct segment
script_segment(struct script *s, int dir)
{
	struct segment seg;

	memset(&seg, 0, sizeof seg);
	for (int i = 0; i < 2; i++) {
		struct endpoint *e = i == dir ? &seg.src : &seg.dst;

		e->addr.family = 4;
		e->addr.ip[0] = 192;
		e->addr.ip[2] = 2;
		e->addr.ip[3] = (uint8_t)(i + 1);
		e->port = s->port[i];
	}
	seg.from = (struct origin){ .packet = ++s->packet, .time = s->now };
	seg.mark = s->packet;
	seg.flags = TCP_ACK;
	seg.ttl = 64;
	seg.wscale = NO_WSCALE;
	seg.window = (uint16_t)s->window[dir];
	seg.ack = s->isn[!dir] + 1 + (uint32_t)s->sent[!dir];
	return seg;
}

/* The bytes [from, to) of a stream, in memory that stays. */
static inline slice
script_bytes(struct script *s, int dir, int64_t from, int64_t to, bool other)
{
	uint8_t *p = s->frames + s->used;

	assert_true(s->used + (size_t)(to - from) <= SCRIPT_FRAMES);
	for (int64_t i = from; i < to; i++)
		p[i - from] = script_byte(dir, i, other);
	s->used += (size_t)(to - from);
	return (slice){ p, (size_t)(to - from) };
}

/* A TCP header with a checksum that is right, wrong, or as offload leaves it; the payload behind it. */
static inline void
script_checksum(struct script *s, struct segment *seg, const char *how)
{
	uint8_t *p = s->frames + s->used;
	size_t n = 20 + seg->payload.n;
	uint32_t sum = 0;

	memset(p, 0, 20);
	p[0] = (uint8_t)(seg->src.port >> 8), p[1] = (uint8_t)seg->src.port;
	p[2] = (uint8_t)(seg->dst.port >> 8), p[3] = (uint8_t)seg->dst.port;
	for (int i = 0; i < 4; i++) {
		p[4 + i] = (uint8_t)(seg->seq >> (24 - 8 * i));
		p[8 + i] = (uint8_t)(seg->ack >> (24 - 8 * i));
	}
	p[12] = 0x50;
	p[13] = seg->flags;
	if (seg->payload.n > 0)
		memcpy(p + 20, seg->payload.p, seg->payload.n);
	for (int i = 0; i < 4; i += 2)
		sum += (uint32_t)(seg->src.addr.ip[i] << 8 | seg->src.addr.ip[i + 1]) + (uint32_t)(seg->dst.addr.ip[i] << 8 | seg->dst.addr.ip[i + 1]);
	sum += 6 + (uint32_t)n;
	if (strcmp(how, "off") != 0)
		for (size_t i = 0; i < n; i++)
			sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	if (strcmp(how, "off") != 0)
		sum = ~sum & 0xffff;
	if (strcmp(how, "bad") == 0)
		sum ^= 0x1234;
	p[16] = (uint8_t)(sum >> 8);
	p[17] = (uint8_t)sum;
	seg->tcp = (slice){ p, n };
	if (seg->payload.n > 0)
		seg->payload.p = p + 20;
	s->used += n;
}

static inline int64_t
script_number(char **save)
{
	const char *word = strtok_r(NULL, " ", save);

	assert_non_null(word);
	return strtoll(word, NULL, 0);
}

static inline void
script_send(struct script *s, int dir, char *words, char **save)
{
	struct segment seg = script_segment(s, dir);
	int64_t from = s->sent[dir], to = from, cut = -1;
	bool other = false, late = false;
	const char *sum = NULL;

	for (char *w; (w = strtok_r(NULL, " ", save)) != NULL; ) {
		char *colon = strchr(w, ':');

		if (colon != NULL) {
			from = strtoll(w, NULL, 0);
			to = strtoll(colon + 1, NULL, 0);
		} else if (strcmp(w, "syn") == 0) {
			seg.flags = (uint8_t)((seg.flags & ~TCP_ACK) | TCP_SYN);
			seg.wscale = 7;
		} else if (strcmp(w, "synack") == 0) {
			seg.flags |= TCP_SYN;
			seg.wscale = 7;
		} else if (strcmp(w, "fin") == 0)
			seg.flags |= TCP_FIN;
		else if (strcmp(w, "rst") == 0)
			seg.flags |= TCP_RST;
		else if (strcmp(w, "urg") == 0) {
			seg.flags |= TCP_URG;
			seg.urgent = (uint16_t)script_number(save);
		} else if (strcmp(w, "win") == 0) {
			s->window[dir] = (uint32_t)script_number(save);
			seg.window = (uint16_t)s->window[dir];
		} else if (strcmp(w, "ts") == 0) {
			seg.has_timestamp = true;
			seg.tsval = (uint32_t)script_number(save);
		} else if (strcmp(w, "ttl") == 0)
			seg.ttl = (uint8_t)script_number(save);
		else if (strcmp(w, "at") == 0)
			from = to = script_number(save);
		else if (strcmp(w, "ack") == 0)
			seg.ack = s->isn[!dir] + 1 + (uint32_t)script_number(save);
		else if (strcmp(w, "noack") == 0)
			seg.flags &= (uint8_t)~TCP_ACK;
		else if (strcmp(w, "other") == 0)
			other = true;
		else if (strcmp(w, "cut") == 0)
			cut = script_number(save);
		else if (strcmp(w, "isn") == 0)
			s->isn[dir] = (uint32_t)script_number(save);
		else if (strcmp(w, "scale") == 0)
			seg.wscale = (uint8_t)script_number(save);
		else if (strcmp(w, "late") == 0)
			late = true;
		else if (strcmp(w, "gone") == 0)
			s->forgotten = seg.mark;
		else if (strcmp(w, "sum") == 0)
			sum = strtok_r(NULL, " ", save);
		else
			fail_msg("what is \"%s\" in \"%s\"?", w, words);
	}
	seg.seq = s->isn[dir] + 1 + (uint32_t)from;
	if (seg.flags & TCP_SYN) {
		seg.seq = s->isn[dir];
		if (seg.flags & TCP_ACK)
			seg.ack = seg.ack;
	}
	seg.payload = script_bytes(s, dir, from, to, other);
	seg.length = (uint32_t)(to - from);
	if (cut >= 0)
		seg.payload = slice_take(seg.payload, (size_t)cut);
	if (sum != NULL)
		script_checksum(s, &seg, sum);
	if (seg.flags & TCP_FIN)
		to++;
	if (!late && s->sent[dir] < to && !(seg.flags & (TCP_SYN | TCP_RST)))
		s->sent[dir] = to;
	flows_segment(s->flows, &seg);
	script_wait(s, NSTIME_MS);
}

static inline void script_line(struct script *s, char *line);

static inline void
script_lines(struct script *s, const char *text)
{
	char *copy = strdup(text), *save = NULL;

	for (char *line = strtok_r(copy, ";\n", &save); line != NULL; line = strtok_r(NULL, ";\n", &save))
		script_line(s, line);
	free(copy);
}

static inline void
script_icmp(struct script *s, char **save)
{
	struct segment seg = script_segment(s, 0);
	struct icmp_error e = { .src = seg.src, .dst = seg.dst, .from = seg.from, .type = 3 };

	e.by.family = 4;
	e.by.ip[0] = 10;
	e.code = (uint8_t)script_number(save);
	e.seq = s->isn[0] + (uint32_t)script_number(save);
	e.mtu = e.code == 4 ? 1400 : 0;
	flows_icmp(s->flows, &e);
}

static inline void
script_line(struct script *s, char *line)
{
	char *save = NULL, *word = strtok_r(line, " ", &save);

	if (word == NULL || word[0] == '#')
		return;
	if (strcmp(word, "C") == 0 || strcmp(word, "S") == 0)
		script_send(s, word[0] == 'S', word, &save);
	else if (strcmp(word, "wait") == 0)
		script_wait(s, script_number(&save) * NSTIME_MS);
	else if (strcmp(word, "icmp") == 0)		/* code, offset from the client's SYN */
		script_icmp(s, &save);
	else if (strcmp(word, "open") == 0)
		script_lines(s, "C syn;S synack;C at 0");
	else if (strcmp(word, "close") == 0)
		script_lines(s, "C fin;S fin;C");
	else
		fail_msg("what is \"%s\"?", word);
}

static inline void
script_findings(struct told *t)
{
	for (enum finding f = 0; f < FINDINGS; f++) {
		size_t n = strlen(t->findings);
		const char *id = finding_info(f)->id;
		char times[16] = "";

		if (t->finding[f] == 0)
			continue;
		if (t->finding[f] > 1)
			snprintf(times, sizeof times, "x%u", t->finding[f]);
		snprintf(t->findings + n, sizeof t->findings - n, "%s%s%s", n ? " " : "", strncmp(id, "tcp.", 4) == 0 ? id + 4 : id, times);
	}
}

static inline void
script_begin(struct script *s, struct told *told)
{
	struct stream_user user = { s, script_open, script_data, script_gap, script_eof, script_one_sided, script_close,
	    script_attempt, script_note, script_packet, script_recall, script_mail_port, script_evict };

	memset(told, 0, sizeof *told);
	s->told = told;
	s->now = 1000 * NSTIME_S;
	s->isn[0] = 0xffffff00;		/* every test wraps around */
	s->isn[1] = 5000;
	s->window[0] = s->window[1] = 60000;
	s->frames = malloc(SCRIPT_FRAMES);
	s->flows = flows_new(&s->config, &user);
}

static inline void
script_end(struct script *s)
{
	size_t n;

	if (!s->stop)
		flows_finish(s->flows);
	flows_stats(s->flows, &s->told->stats);
	flows_free(&s->flows);
	free(s->frames);
	n = strlen(s->told->streams);
	if (n > 0)
		s->told->streams[n - 1] = '\0';
	script_findings(s->told);
}

static inline void
script_run(struct script *s, const char *text, struct told *told)
{
	script_begin(s, told);
	script_lines(s, text);
	script_end(s);
}

static inline void
script_check(const char *file, int line, struct script *s, const char *text, const char *streams, const char *findings)
{
	struct told *told = malloc(sizeof *told);
	bool same;

	script_run(s, text, told);
	same = strcmp(told->streams, streams) == 0 && strcmp(told->findings, findings) == 0;
	if (!same)
		fprintf(stderr, "%s:%d: %s\n  told     %s | %s\n  expected %s | %s\n%s", file, line, text, told->streams, told->findings,
		    streams, findings, told->details);
	free(told);
	if (!same)
		_fail(file, line);
}

/* Text, what the streams are, what is found fault with. */
#define CHECK_SCRIPT(text, streams, findings) \
	do { \
		struct script script_; \
		script_default(&script_); \
		script_check(__FILE__, __LINE__, &script_, text, streams, findings); \
	} while (0)

#endif
