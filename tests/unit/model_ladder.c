/* The ladder: what is under which arrow, and who was waited for, as far as packets prove it. */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "model/session/ladder.h"

/* A conversation by hand: milliseconds since the first packet, then who said what. */
struct wire {
	struct ladder *ladder;
	uint64_t packet, said[2];	/* bytes, of each side */
	uint32_t serial, mail;
	size_t rows;
	nstime now;
	struct tcp_facts tcp;
};

static struct event
event_at(struct wire *w, double ms, enum ev_kind kind, enum dir dir)
{
	struct event e;

	memset(&e, 0, sizeof e);
	e.kind = kind;
	w->now = SCRIPT_START + (nstime)(ms * 1e6 + 0.5);
	e.at = (struct where){ .session = 1, .packet = w->packet, .time = w->now, .dir = dir, .offset = w->said[dir] };
	return e;
}

static void
packet(struct wire *w, double ms, enum dir dir, uint64_t offset, uint64_t length, uint32_t flags)
{
	struct event e = event_at(w, ms, EV_PACKET, dir);

	e.at.packet = ++w->packet;
	e.at.offset = offset;
	e.at.length = length;
	e.u.packet = (struct ev_packet){ .acknowledged = w->said[dir_other(dir)], .window = 1000, .flags = flags };
	ladder_event(w->ladder, &e, w->rows);
}

static void
ack(struct wire *w, double ms, enum dir dir)
{
	packet(w, ms, dir, w->said[dir], 0, PACKET_ACK);
}

/* The handshake as it is seen so far from the client, and so far from the server. */
static struct wire
wire_open(double to_server, double to_client)
{
	struct wire w = { .ladder = ladder_new(false), .packet = 3 };
	struct event e = event_at(&w, to_server + to_client, EV_OPEN, DIR_CLIENT);
	bool seen = to_server >= 0;

	w.tcp = (struct tcp_facts){
		.first = SCRIPT_START, .midstream = !seen, .handshake = seen ? e.at.time - SCRIPT_START : NSTIME_NONE,
	};
	e.u.open.protocol = "smtp";
	e.u.open.tcp = &w.tcp;
	ladder_event(w.ladder, &e, w.rows++);
	if (!seen)
		return w;
	w.packet = 0;
	packet(&w, 0, DIR_CLIENT, 0, 0, PACKET_SYN);
	packet(&w, to_server, DIR_SERVER, 0, 0, PACKET_SYN | PACKET_ACK);
	packet(&w, to_server + to_client, DIR_CLIENT, 0, 0, PACKET_ACK);
	return w;
}

static void
command_in_packet(struct wire *w, double ms, const char *line, bool pipelined)
{
	struct event e = event_at(w, ms, EV_COMMAND, DIR_CLIENT);
	struct ev_command *c = &e.u.command;

	c->line = slice_of(line);
	slice_cut(c->line, ' ', &c->verb, &c->args);
	c->serial = ++w->serial;
	if (slice_eq(c->verb, S("MAIL")))
		w->mail = w->serial;
	c->mail = w->mail;
	c->pipelined = pipelined;
	e.at.length = c->line.n + 2;
	w->said[DIR_CLIENT] += e.at.length;
	ladder_event(w->ladder, &e, w->rows++);
}

static void
command(struct wire *w, double ms, const char *line)
{
	packet(w, ms, DIR_CLIENT, w->said[DIR_CLIENT], strlen(line) + 2, PACKET_ACK | PACKET_PSH);
	command_in_packet(w, ms, line, false);
}

static void
reply_in_packet(struct wire *w, double ms, uint32_t answers, const char *verb, double wait, const char *line)
{
	struct event e = event_at(w, ms, EV_REPLY, DIR_SERVER);
	struct ev_reply *r = &e.u.reply;
	slice lines[1] = { slice_of(line) };

	r->answers = answers;
	r->code = atoi(line);
	r->line = lines;
	r->nline = 1;
	r->text = slice_drop(lines[0], 4);
	r->verb = slice_of(verb);
	r->wait = (nstime)(wait * 1e6 + 0.5);
	r->mail = w->mail;
	e.at.length = lines[0].n + 2;
	w->said[DIR_SERVER] += e.at.length;
	ladder_event(w->ladder, &e, w->rows++);
}

static void
reply(struct wire *w, double ms, uint32_t answers, const char *verb, double wait, const char *line)
{
	packet(w, ms, DIR_SERVER, w->said[DIR_SERVER], strlen(line) + 2, PACKET_ACK | PACKET_PSH);
	reply_in_packet(w, ms, answers, verb, wait, line);
}

static void
end(struct wire *w, double ms)
{
	struct event e = event_at(w, ms, EV_CLOSE, DIR_CLIENT);

	e.u.close = (struct ev_close){ WHY_FIN, DIR_CLIENT, &w->tcp };
	ladder_event(w->ladder, &e, w->rows++);
}

static void
wire_close(struct wire *w, double ms)
{
	end(w, ms);
	ladder_free(&w->ladder);
}

static void
assert_near(nstime is, double ms)
{
	if (is < (nstime)((ms - 0.001) * 1e6) || is > (nstime)((ms + 0.001) * 1e6))
		fail_msg("%f ms is not %f", (double)is / 1e6, ms);
}

static void
assert_waited(const struct wire *w, size_t rung, double network, double server, double client, double nobody)
{
	struct rung r = ladder_at(w->ladder, rung);

	assert_near(r.of[WAITED_NETWORK], network);
	assert_near(r.of[WAITED_SERVER], server);
	assert_near(r.of[WAITED_CLIENT], client);
	assert_near(r.of[WAITED_NOBODY], nobody);
	assert_near(r.wait, network + server + client + nobody);
}

static void
assert_text(const struct wire *w, size_t rung, const char *text)
{
	struct rung r = ladder_at(w->ladder, rung);

	if (!slice_eq(r.text, slice_of(text)))
		fail_msg("\"%.*s\" is not \"%s\"", (int)r.text.n, (const char *)r.text.p, text);
}

/* Greeting, EHLO, QUIT: 5 ms from the server, 2 ms from the client. */
static void
between_both(void **state)
{
	struct wire w = wire_open(5, 2);
	struct rung_packet p[8];
	size_t longest;

	(void)state;
	reply(&w, 27, 0, "", 20, "220 hello");
	command(&w, 37, "EHLO me");
	reply(&w, 40, 1, "EHLO", 3, "250 you");
	command(&w, 43, "QUIT");
	assert_int_equal(ladder_count(w.ladder), 5);
	assert_near(ladder_round_trip(w.ladder, DIR_SERVER), 3);	/* the handshake took 5, but this answer no more than 3 */
	assert_near(ladder_round_trip(w.ladder, DIR_CLIENT), 2);
	assert_text(&w, 0, "connected");
	assert_waited(&w, 0, 7, 0, 0, 0);
	assert_waited(&w, 1, 5, 15, 0, 0);
	assert_waited(&w, 2, 2, 0, 8, 0);
	assert_waited(&w, 3, 3, 0, 0, 0);
	assert_waited(&w, 4, 2, 0, 1, 0);
	assert_near(ladder_at(w.ladder, 3).since, 3);
	assert_int_equal(ladder_at(w.ladder, 3).partner, 2);
	assert_int_equal(ladder_at(w.ladder, 2).partner, 3);
	assert_int_equal(ladder_at(w.ladder, 4).row, 4);
	assert_near(ladder_waited(w.ladder, WAITED_SERVER, &longest), 15);
	assert_int_equal(longest, 1);
	assert_near(ladder_waited(w.ladder, WAITED_CLIENT, &longest), 9);
	assert_int_equal(longest, 2);
	assert_near(ladder_waited(w.ladder, WAITED_NETWORK, &longest), 19);
	assert_int_equal(ladder_packets(w.ladder, 0, p, 8), 3);
	assert_int_equal(ladder_packets(w.ladder, 1, p, 8), 1);
	assert_int_equal(p[0].number, 4);
	wire_close(&w, 50);
}

/* The acknowledgement came, but no answer: that is the server, though the handshake took longer. */
static void
acknowledged_but_not_answered(void **state)
{
	struct wire w = wire_open(50, 0);
	struct rung_packet p[8];

	(void)state;
	reply(&w, 110, 0, "", 60, "220 hello");
	command(&w, 111, "NOOP");
	ack(&w, 121, DIR_SERVER);
	reply(&w, 1121, 1, "NOOP", 1010, "250 ok");
	assert_waited(&w, 1, 50, 10, 0, 0);
	assert_waited(&w, 3, 10, 1000, 0, 0);
	assert_int_equal(ladder_packets(w.ladder, 2, p, 8), 2);		/* what acknowledges a command stands below it */
	assert_int_equal(p[1].dir, DIR_SERVER);
	wire_close(&w, 2000);
}

/* Sent again before it was acknowledged: until then it was the network. Sent again after that: the server had it. */
static void
sent_again(void **state)
{
	struct wire w = wire_open(10, 0);
	struct rung r;

	(void)state;
	reply(&w, 30, 0, "", 20, "220 hello");
	command(&w, 31, "NOOP");
	packet(&w, 231, DIR_CLIENT, 0, 6, PACKET_ACK | PACKET_RETRANSMITTED);
	reply(&w, 251, 1, "NOOP", 220, "250 ok");
	assert_waited(&w, 3, 210, 10, 0, 0);
	r = ladder_at(w.ladder, 2);
	assert_int_equal(r.packets, 2);
	assert_int_equal(r.retransmitted, 1);
	assert_int_equal(r.bytes[DIR_CLIENT], 6);
	command(&w, 252, "NOOP");
	ack(&w, 262, DIR_SERVER);
	packet(&w, 452, DIR_CLIENT, 6, 6, PACKET_ACK | PACKET_RETRANSMITTED);
	reply(&w, 552, 2, "NOOP", 300, "250 ok");
	assert_waited(&w, 5, 10, 290, 0, 0);
	wire_close(&w, 2000);
}

/* Without a handshake nothing is known of the way until an acknowledgement came alone. */
static void
midstream(void **state)
{
	struct wire w = wire_open(-1, 0);

	(void)state;
	command(&w, 31, "NOOP");
	reply(&w, 51, 1, "NOOP", 20, "250 ok");
	command(&w, 60, "NOOP");
	ack(&w, 67, DIR_SERVER);
	reply(&w, 90, 2, "NOOP", 30, "250 ok");
	command(&w, 91, "NOOP");
	reply(&w, 111, 3, "NOOP", 20, "250 ok");
	assert_text(&w, 0, "picked up midstream: the beginning was not captured");
	assert_waited(&w, 2, 0, 0, 0, 20);
	assert_waited(&w, 3, 0, 0, 0, 9);
	assert_waited(&w, 4, 7, 23, 0, 0);
	assert_waited(&w, 6, 7, 13, 0, 0);
	wire_close(&w, 2000);
}

/* A SYN that was sent again: which one was answered shows when an answer comes quicker than the first one's would have been. */
static void
syn_again(void **state)
{
	struct wire w = wire_open(-1, 0);

	(void)state;
	w.packet = 0;
	packet(&w, 0, DIR_CLIENT, 0, 0, PACKET_SYN);
	packet(&w, 1000, DIR_CLIENT, 0, 0, PACKET_SYN | PACKET_RETRANSMITTED);
	packet(&w, 1005, DIR_SERVER, 0, 0, PACKET_SYN | PACKET_ACK);
	packet(&w, 1007, DIR_CLIENT, 0, 0, PACKET_ACK);
	assert_int_equal(ladder_round_trip(w.ladder, DIR_SERVER), NSTIME_NONE);
	assert_near(ladder_round_trip(w.ladder, DIR_CLIENT), 2);
	command(&w, 1010, "NOOP");
	reply(&w, 1040, 1, "NOOP", 30, "250 ok");
	assert_waited(&w, 2, 5, 25, 0, 0);
	wire_close(&w, 2000);
}

/* While the server's window is closed, the server is waited for. */
static void
window_closed(void **state)
{
	struct wire w = wire_open(1, 1);
	struct event e;
	struct rung r;

	(void)state;
	reply(&w, 10, 0, "", 8, "220 hello");
	command(&w, 11, "DATA");
	reply(&w, 12, 1, "DATA", 1, "354 go");
	e = event_at(&w, 12, EV_MAIL_BEGIN, DIR_CLIENT);
	e.u.mail_begin = (struct ev_mail_begin){ 1, 1, "DATA" };
	ladder_event(w.ladder, &e, w.rows);
	packet(&w, 13, DIR_CLIENT, w.said[DIR_CLIENT], 100, PACKET_ACK);
	for (int i = 0; i < 3; i++) {
		e = event_at(&w, 14 + 100 * i, EV_PACKET, DIR_SERVER);
		e.at.packet = ++w.packet;
		e.u.packet = (struct ev_packet){ .acknowledged = w.said[DIR_CLIENT] + 100, .window = i < 2 ? 0 : 1000, .flags = PACKET_ACK };
		ladder_event(w.ladder, &e, w.rows);
	}
	packet(&w, 250, DIR_CLIENT, w.said[DIR_CLIENT] + 100, 100, PACKET_ACK);
	e = event_at(&w, 250, EV_MAIL_END, DIR_CLIENT);
	e.at.length = 200;
	e.u.mail_end = (struct ev_mail_end){ .mail = 1, .size = 200, .whole = true };
	ladder_event(w.ladder, &e, w.rows++);
	r = ladder_at(w.ladder, 4);
	assert_near(r.of[WAITED_SERVER], 200);
	assert_near(r.of[WAITED_NETWORK], 1);
	assert_near(r.wait, 201);
	wire_close(&w, 300);
}

/* Four commands in one packet: their waits overlap, and the sums count each moment once. */
static void
pipelined(void **state)
{
	struct wire w = wire_open(0.5, 0);
	size_t longest;

	(void)state;
	reply(&w, 10, 0, "", 9.5, "220 hello");
	packet(&w, 11, DIR_CLIENT, 0, 55, PACKET_ACK | PACKET_PSH);
	command_in_packet(&w, 11, "MAIL FROM:<a@b>", false);
	command_in_packet(&w, 11, "RCPT TO:<c@d>", true);
	command_in_packet(&w, 11, "RCPT TO:<e@f>", true);
	command_in_packet(&w, 11, "DATA", true);
	reply(&w, 13, 1, "MAIL", 2, "250 ok");
	reply(&w, 21, 2, "RCPT", 10, "250 ok");
	packet(&w, 31, DIR_SERVER, w.said[DIR_SERVER], 16, PACKET_ACK);
	reply_in_packet(&w, 31, 3, "RCPT", 20, "550 no");
	reply_in_packet(&w, 31, 4, "DATA", 20, "354 go");
	for (size_t i = 2; i < 10; i++)
		assert_int_equal(ladder_at(w.ladder, i).group, 1);
	assert_int_equal(ladder_at(w.ladder, 2).packets, 1);
	assert_int_equal(ladder_at(w.ladder, 3).packets, 0);
	assert_int_equal(ladder_at(w.ladder, 8).severity, WARNING);
	assert_true(slice_starts(ladder_at(w.ladder, 8).answers, S("RCPT")));
	assert_int_equal(ladder_at(w.ladder, 8).partner, 4);
	assert_waited(&w, 8, 0.5, 19.5, 0, 0);
	assert_near(ladder_at(w.ladder, 8).own[WAITED_SERVER], 10);
	assert_near(ladder_at(w.ladder, 9).own[WAITED_SERVER], 0);
	assert_near(ladder_waited(w.ladder, WAITED_SERVER, &longest), 9 + 19.5);
	assert_int_equal(longest, 8);
	wire_close(&w, 40);
}

static void
content(struct wire *w, double from, double to, unsigned segments, bool lossy)
{
	struct event e = event_at(w, from, EV_MAIL_BEGIN, DIR_CLIENT);
	uint64_t offset = w->said[DIR_CLIENT];

	e.u.mail_begin = (struct ev_mail_begin){ w->mail, 1, "DATA" };
	ladder_event(w->ladder, &e, w->rows);
	for (unsigned i = 0; i < segments; i++) {
		double ms = from + (to - from) * (i + 1) / segments;

		packet(w, ms, DIR_CLIENT, offset + i * 100u, 100, PACKET_ACK);
		if (lossy && i == 1) {
			packet(w, ms + 0.1, DIR_CLIENT, offset + 100, 100, PACKET_ACK | PACKET_RETRANSMITTED);
			lossy = false;
		}
	}
	e = event_at(w, to, EV_MAIL_END, DIR_CLIENT);
	e.at.offset = offset;
	e.at.length = segments * 100;
	e.u.mail_end = (struct ev_mail_end){ .mail = w->mail, .size = e.at.length, .whole = true };
	w->said[DIR_CLIENT] += e.at.length;
	ladder_event(w->ladder, &e, w->rows++);
}

/* A content is one rung, however many packets; what stood still in it is somebody's wait, the rest is not. */
static void
one_rung_a_content(void **state)
{
	struct wire w = wire_open(1, 1);
	struct rung_packet p[LIMIT_RUNG_PACKETS + 1];
	struct rung r;
	size_t longest;

	(void)state;
	reply(&w, 10, 0, "", 8, "220 hello");
	command(&w, 11, "MAIL FROM:<a@b>");
	reply(&w, 12, 1, "MAIL", 1, "250 ok");
	command(&w, 13, "DATA");
	reply(&w, 14, 2, "DATA", 1, "354 go");
	content(&w, 14, 1014, 500, true);
	ack(&w, 1015, DIR_SERVER);
	reply(&w, 3414, 3, ".", 2400, "250 queued");
	command(&w, 3415, "QUIT");
	r = ladder_at(w.ladder, 6);
	assert_int_equal(r.kind, RUNG_CONTENT);
	assert_text(&w, 6, "message 1: 50,000 bytes, whole");
	assert_int_equal(r.packets, 502);
	assert_int_equal(r.n, LIMIT_RUNG_PACKETS);
	assert_int_equal(ladder_packets(w.ladder, 6, p, LIMIT_RUNG_PACKETS + 1), LIMIT_RUNG_PACKETS);
	assert_int_equal(r.retransmitted, 1);
	assert_int_equal(r.bytes[DIR_CLIENT], 50000);
	assert_near(r.first, (double)SCRIPT_START / 1e6 + 16);
	assert_near(r.since, 1000);
	assert_near(r.of[WAITED_CLIENT], 1);
	assert_near(r.of[WAITED_NETWORK], 1 + 0.1);
	assert_int_equal(r.partner, 7);
	assert_waited(&w, 7, 1, 2399, 0, 0);
	assert_int_equal(ladder_at(w.ladder, 7).partner, 6);
	assert_near(ladder_waited(w.ladder, WAITED_SERVER, &longest), 2399 + 7);
	assert_int_equal(longest, 7);
	wire_close(&w, 3500);
}

static void
findings_stand_below_what_they_speak_of(void **state)
{
	struct wire w = wire_open(1, 1);
	struct event e;

	(void)state;
	e = event_at(&w, 10, EV_ANOMALY, DIR_SERVER);
	e.at.length = 11;
	e.u.anomaly = (struct ev_anomaly){ FINDING_SMTP_SLOW_REPLY, 0, S("slow") };
	ladder_event(w.ladder, &e, w.rows++);
	reply(&w, 10, 0, "", 8, "220 hello");
	e.u.anomaly.detail = S("late");
	ladder_event(w.ladder, &e, w.rows++);
	assert_int_equal(ladder_count(w.ladder), 4);
	assert_text(&w, 1, "220 hello");
	assert_text(&w, 2, "slow");
	assert_int_equal(ladder_at(w.ladder, 2).row, 1);
	assert_int_equal(ladder_at(w.ladder, 2).kind, RUNG_FINDING);
	assert_text(&w, 3, "late");
	wire_close(&w, 20);
}

static void
secrets_are_not_told(void **state)
{
	struct wire w = wire_open(1, 1);
	struct event e = event_at(&w, 10, EV_COMMAND, DIR_CLIENT);

	(void)state;
	e.at.secret = true;
	e.u.command = (struct ev_command){ .serial = 1, .verb = S("AUTH"), .line = S("AUTH PLAIN xyzzy"), .args = S("PLAIN xyzzy") };
	ladder_event(w.ladder, &e, 1);
	assert_text(&w, 1, "AUTH PLAIN <redacted>");
	assert_true(ladder_at(w.ladder, 1).secret);
	wire_close(&w, 20);
}

/* TLS swallows packets of both sides, and what is in clear again has its own. */
static void
inside_tls(void **state)
{
	struct wire w = wire_open(1, 1);
	struct event e;
	struct rung r;

	(void)state;
	reply(&w, 10, 0, "", 8, "220 hello");
	command(&w, 11, "STARTTLS");
	reply(&w, 12, 1, "STARTTLS", 1, "220 go");
	packet(&w, 13, DIR_CLIENT, w.said[DIR_CLIENT], 200, PACKET_ACK);
	e = event_at(&w, 13, EV_TLS, DIR_CLIENT);
	e.u.tls = (struct ev_tls){ TLS_BEGINS, "starttls", 0x0301 };
	ladder_event(w.ladder, &e, w.rows++);
	w.said[DIR_CLIENT] += 200;
	packet(&w, 14, DIR_SERVER, w.said[DIR_SERVER], 1000, PACKET_ACK);
	w.said[DIR_SERVER] += 1000;
	ack(&w, 15, DIR_CLIENT);
	r = ladder_at(w.ladder, 4);
	assert_int_equal(r.kind, RUNG_TLS);
	assert_true(r.open);
	assert_int_equal(r.packets, 3);
	assert_int_equal(r.bytes[DIR_CLIENT], 200);
	assert_int_equal(r.bytes[DIR_SERVER], 1000);
	e = event_at(&w, 20, EV_TLS, DIR_CLIENT);
	e.u.tls = (struct ev_tls){ TLS_ENDS, "starttls", 0x0301 };
	ladder_event(w.ladder, &e, w.rows++);
	command(&w, 21, "QUIT");
	assert_false(ladder_at(w.ladder, 4).open);
	assert_int_equal(ladder_at(w.ladder, 6).packets, 1);
	wire_close(&w, 30);
}

/* A session without end: bounded, and said to be. */
static void
bounded(void **state)
{
	struct wire w = wire_open(1, 1);

	(void)state;
	for (unsigned i = 0; i < LIMIT_RUNGS; i++)
		command(&w, 10 + i, "NOOP");
	assert_int_equal(ladder_count(w.ladder), LIMIT_RUNGS);
	assert_true(ladder_truncated(w.ladder));
	for (unsigned i = 0; i < 1000; i++)
		packet(&w, 1e6 + i, DIR_SERVER, 1000000 + 10 * i, 10, PACKET_ACK);
	wire_close(&w, 2e6);
}

/* What holds for every ladder: a wait is the sum of its shares, no moment counts twice, no packet is lost or told twice. */
static void
assert_lawful(const struct wire *w, uint64_t packets, nstime span)
{
	nstime own[WAITED] = { 0 }, all = 0;
	uint64_t told = 0;
	size_t longest;

	for (size_t i = 0; i < ladder_count(w->ladder); i++) {
		struct rung r = ladder_at(w->ladder, i);
		nstime of = 0;

		for (enum waited_for who = 0; who < WAITED; who++) {
			assert_true(r.of[who] >= 0 && r.own[who] >= 0);
			of += r.of[who];
			own[who] += r.own[who];
		}
		assert_true(r.wait == NSTIME_NONE ? of == 0 : of == r.wait);
		assert_true(r.n <= r.packets);
		told += r.packets;
	}
	for (enum waited_for who = 0; who < WAITED; who++) {
		assert_true(ladder_waited(w->ladder, who, &longest) == own[who]);
		all += own[who];
	}
	assert_true(all <= span);
	assert_int_equal(told, packets);
}

/* Random events in any order do no harm: for the sanitizers. */
static void
any_order(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct wire w = wire_open(round % 3 - 1, 1);
		uint64_t packets = round % 3 == 0 ? 0 : 3;

		for (int i = 0; i < 100; i++) {
			struct event e;
			slice line = S("250 x");

			random = random * 1103515245 + 12345;
			e = event_at(&w, (random >> 16) % 1000, (random >> 8) % EV_KINDS, random >> 30 & 1);
			if (e.kind == EV_OPEN || e.kind == EV_CLOSE)
				continue;
			e.at.offset = (random >> 12) % 50;
			e.at.length = (random >> 20) % 20;
			e.at.server_reading = (random >> 24) % 4 == 0;
			e.at.secret = (random >> 26) % 4 == 0;
			if (e.kind == EV_REPLY)
				e.u.reply = (struct ev_reply){ .answers = random >> 28, .line = &line, .nline = 1, .wait = (nstime)(random >> 4) - 1000 };
			if (e.kind == EV_COMMAND)
				e.u.command = (struct ev_command){ .serial = random >> 28, .verb = line, .line = line, .pipelined = random >> 29 & 1 };
			if (e.kind == EV_PACKET)
				e.u.packet = (struct ev_packet){ (random >> 5) % 60, (random >> 9) % 2, (random >> 7) % 2048 };
			packets += e.kind == EV_PACKET;
			ladder_event(w.ladder, &e, 0);
		}
		end(&w, 2000);
		assert_lawful(&w, packets, 2000 * NSTIME_MS);
		ladder_free(&w.ladder);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(between_both), cmocka_unit_test(acknowledged_but_not_answered), cmocka_unit_test(sent_again),
		cmocka_unit_test(midstream), cmocka_unit_test(syn_again), cmocka_unit_test(window_closed), cmocka_unit_test(pipelined), cmocka_unit_test(one_rung_a_content),
		cmocka_unit_test(findings_stand_below_what_they_speak_of), cmocka_unit_test(secrets_are_not_told),
		cmocka_unit_test(inside_tls), cmocka_unit_test(bounded), cmocka_unit_test(any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
