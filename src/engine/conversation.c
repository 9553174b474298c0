/*
 * conversation.c - one connection, between reassembly and its layers.
 *
 * The flow knows TCP and no protocol, the stack knows protocols and no TCP;
 * here they meet. A connection becomes a session when a dissector recognises
 * it; what was found fault with before is held until then, and forgotten with
 * a connection that is none of our business.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/words.h"
#include "internal.h"

/* --- what is held until the protocol is known --- */

static struct held_note
note_copy(enum finding f, enum dir dir, uint64_t offset, struct origin from, slice detail)
{
	struct held_note n = { .finding = f, .dir = dir, .offset = offset, .from = from };

	buf_init(&n.detail, LIMIT_DETAIL);
	buf_add(&n.detail, detail);
	return n;
}

static void
hold(struct conversation *c, struct held_note note)
{
	if (c->nnote == LIMIT_HELD_NOTES) {
		buf_fini(&note.detail);
		return;
	}
	c->note = xrealloc(c->note, c->nnote + 1, sizeof *c->note);
	c->note[c->nnote++] = note;
}

static void
forget_notes(struct conversation *c)
{
	for (size_t i = 0; i < c->nnote; i++)
		buf_fini(&c->note[i].detail);
	free(c->note);
	c->note = NULL;
	c->nnote = 0;
}

static void
hold_packet(struct conversation *c, const struct event *packet)
{
	if (c->npacket == LIMIT_EARLY_PACKETS)
		return;
	c->packet = xrealloc(c->packet, c->npacket + 1, sizeof *c->packet);
	c->packet[c->npacket++] = *packet;
}

static void
forget_packets(struct conversation *c)
{
	free(c->packet);
	c->packet = NULL;
	c->npacket = 0;
}

/* The flow has no conversation yet: remember the note by the connection's ends and beginning. */
static void
hold_early(struct engine *e, struct flow *f, struct held_note note)
{
	struct held_note *slot = &e->early[e->nearly++ % ENGINE_EARLY];
	struct tcp_facts tcp;

	buf_fini(&slot->detail);
	*slot = note;
	flow_facts(f, &tcp);
	flow_endpoints(f, &slot->client, &slot->server);
	slot->first = tcp.first;
}

static bool
endpoint_eq(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && addr_eq(&a->addr, &b->addr);
}

static void
claim_early(struct conversation *c, nstime first, const struct endpoint *client, const struct endpoint *server)
{
	struct engine *e = c->engine;
	size_t from = e->nearly > ENGINE_EARLY ? e->nearly - ENGINE_EARLY : 0;

	for (size_t i = from; i < e->nearly; i++) {
		struct held_note *n = &e->early[i % ENGINE_EARLY];

		if (n->first != first || !endpoint_eq(&n->client, client) || !endpoint_eq(&n->server, server))
			continue;
		hold(c, *n);
		*n = (struct held_note){ 0 };
	}
}

/* --- events --- */

static enum dir
turned(const struct conversation *c, enum dir dir)
{
	return stack_flipped(c->stack) ? dir_other(dir) : dir;
}

static void
swap(uint64_t pair[2])
{
	uint64_t first = pair[0];

	pair[0] = pair[1];
	pair[1] = first;
}

static void
facts(const struct conversation *c, struct tcp_facts *tcp_r)
{
	flow_facts(c->flow, tcp_r);
	if (!stack_flipped(c->stack))
		return;
	swap(tcp_r->packets);
	swap(tcp_r->bytes);
	swap(tcp_r->missing);
}

static struct event
event_of(const struct conversation *c, enum ev_kind kind, enum dir dir, struct origin from)
{
	struct event ev;

	memset(&ev, 0, sizeof ev);
	ev.kind = kind;
	ev.at.session = c->number;
	ev.at.packet = from.packet;
	ev.at.time = from.time;
	ev.at.dir = dir;
	return ev;
}

static void
tell_note(struct conversation *c, enum finding f, enum dir dir, uint64_t offset, struct origin from, slice detail)
{
	struct event ev = event_of(c, EV_ANOMALY, turned(c, dir), from);

	ev.at.offset = offset;
	ev.u.anomaly = (struct ev_anomaly){ f, 0, detail };
	publish(c->engine, &ev);
}

/* The gap was heard of with this packet; what was being dropped then. */
static uint64_t
dropped_at(const struct conversation *c, const struct where *at)
{
	for (unsigned i = 0; i < c->nlost && i < LOST_KEPT; i++)
		if (c->lost[i].from.packet == at->packet && c->lost[i].from.time == at->time)
			return c->lost[i].dropped;
	return 0;
}

static void
emit(void *self, struct stack *stack, struct event *ev)
{
	struct conversation *c = stack_tag(stack);

	ev->at.session = c->number;
	if (ev->kind == EV_MAIL_DONE)
		c->in_transaction = false;
	else if (ev->kind == EV_GAP)
		ev->u.gap.dropped = dropped_at(c, &ev->at);
	else if (ev->kind == EV_COMMAND && ev->u.command.mail != 0)
		c->in_transaction = true;
	publish(self, ev);
}

static void
tell_open(struct conversation *c, const char *protocol, bool flipped)
{
	struct event ev = event_of(c, EV_OPEN, DIR_CLIENT, c->opened);
	struct tcp_facts tcp;

	facts(c, &tcp);
	ev.u.open.protocol = protocol;
	ev.u.open.tcp = &tcp;
	if (flipped)
		flow_endpoints(c->flow, &ev.u.open.server, &ev.u.open.client);
	else
		flow_endpoints(c->flow, &ev.u.open.client, &ev.u.open.server);
	publish(c->engine, &ev);
}

static void
tell_packets(struct conversation *c)
{
	for (size_t i = 0; i < c->npacket; i++) {
		struct event ev = c->packet[i];

		ev.at.session = c->number;
		ev.at.dir = turned(c, ev.at.dir);
		publish(c->engine, &ev);
	}
	forget_packets(c);
}

static void
found(void *self, struct stack *stack, const struct dissector *d, bool flipped)
{
	struct conversation *c = stack_tag(stack);
	struct engine *e = self;

	c->number = ++e->sessions;
	e->open_sessions++;
	tell_open(c, d->name, flipped);
	for (size_t i = 0; i < c->nnote; i++)
		tell_note(c, c->note[i].finding, c->note[i].dir, c->note[i].offset, c->note[i].from,
		    buf_slice(&c->note[i].detail));
	forget_notes(c);
	tell_packets(c);
}

/* --- connections that came to nothing --- */

static bool
is_mail_port(const struct engine *e, uint16_t port)
{
	for (size_t i = 0; i < e->options.nmail_port; i++)
		if (e->options.mail_port[i] == port)
			return true;
	return false;
}

static const char *
decode_as(const struct engine *e, uint16_t port)
{
	for (size_t i = 0; i < e->options.nas; i++)
		if (e->options.as[i].port == port)
			return e->options.as[i].protocol;
	return NULL;
}

static void
tell_attempt(struct engine *e, struct flow *f, enum attempt outcome, struct origin first, struct origin last, slice detail)
{
	static const enum finding finding[] = {
		[ATTEMPT_REFUSED] = FINDING_TCP_REFUSED, [ATTEMPT_NO_ANSWER] = FINDING_TCP_NO_ANSWER,
		[ATTEMPT_UNREACHABLE] = FINDING_TCP_NO_ANSWER, [ATTEMPT_NO_GREETING] = FINDING_SMTP_NO_GREETING,
		[ATTEMPT_OTHER_PROTOCOL] = FINDING_SMTP_NOT_SMTP,
	};
	struct attempt_facts a = {
		.outcome = (int)outcome, .first = first.time, .last = last.time, .detail = detail,
		.finding = finding[outcome], .packet = last.packet ? last.packet : first.packet,
	};

	flow_endpoints(f, &a.client, &a.server);
	publish_attempt(e, &a);
}

static bool
at_mail_port(const struct conversation *c)
{
	struct endpoint client, server;

	flow_endpoints(c->flow, &client, &server);
	return is_mail_port(c->engine, server.port);
}

/* The first line of what was spoken, the server's if it spoke. True: all of it is there, or as much as is shown. */
static bool
first_words(const struct conversation *c, slice *line_r)
{
	slice spoken = stack_head(c->stack, DIR_SERVER), rest;

	if (spoken.n == 0)
		spoken = stack_head(c->stack, DIR_CLIENT);
	return slice_cut(spoken, '\n', line_r, &rest) || line_r->n >= LIMIT_ATTEMPT_WORDS;
}

/* Nobody spoke, or what was spoken is not SMTP: then its first words are the best hint that there is. */
static void
tell_no_smtp(struct conversation *c, struct origin last)
{
	slice line;

	if (!at_mail_port(c))
		return;
	first_words(c, &line);
	tell_attempt(c->engine, c->flow, stack_head(c->stack, DIR_SERVER).n + stack_head(c->stack, DIR_CLIENT).n ? ATTEMPT_OTHER_PROTOCOL : ATTEMPT_NO_GREETING,
	    c->opened, last, slice_take(slice_chomp(line), LIMIT_ATTEMPT_WORDS));
}

/* --- what the flow says --- */

static void *
on_open(void *self, struct flow *f)
{
	struct engine *e = self;
	struct stack_user user = { e, e->wants | e->fold_wants | e->analysis_wants, emit, found };
	struct endpoint client, server;
	struct tcp_facts tcp;
	struct conversation *c = xcalloc(1, sizeof *c);

	flow_endpoints(f, &client, &server);
	flow_facts(f, &tcp);
	c->engine = e;
	c->flow = f;
	c->opened.time = c->heard[0] = c->heard[1] = tcp.first;
	c->stack = stack_new(&user, c, &(struct stack_conn){
		.port = server.port, .mail_port = is_mail_port(e, server.port), .forced = decode_as(e, server.port),
		.midstream = tcp.midstream, .handshake_done = flow_handshake_done(f),
	});
	if (e->nearly > 0)
		claim_early(c, tcp.first, &client, &server);
	return c;
}

static void
count_memory(struct conversation *c, size_t now)
{
	c->engine->conversation_memory += now - c->memory;
	c->memory = now;
}

static void
conversation_free(struct conversation *c)
{
	count_memory(c, 0);
	forget_notes(c);
	forget_packets(c);
	stack_free(&c->stack);
	free(c);
}

/*
 * After bytes went up: it takes more memory than before, or nobody wants it.
 * At a mail port the rest of the line that was spoken instead is waited for,
 * so that it does not matter how it was cut into segments.
 */
static void
look_after(struct conversation *c, struct origin from)
{
	slice line;

	if (stack_state(c->stack) != STACK_REJECTED) {
		count_memory(c, stack_memory(c->stack));
		return;
	}
	if (at_mail_port(c) && !first_words(c, &line))
		return;
	tell_no_smtp(c, from);
	flow_ignore(c->flow);
	conversation_free(c);
}

static void
on_data(void *self, void *conn, enum dir dir, slice bytes, struct origin from)
{
	struct conversation *c = conn;

	(void)self;
	if (c->opened.packet == 0)
		c->opened.packet = from.packet;
	c->heard[dir] = from.time;
	stack_data(c->stack, dir, bytes, from);
	look_after(c, from);
}

/* Known of, or not yet. */
static void
note_on(struct conversation *c, enum finding f, enum dir dir, uint64_t offset, struct origin from, slice detail)
{
	if (c->number == 0)
		hold(c, note_copy(f, dir, offset, from, detail));
	else
		tell_note(c, f, dir, offset, from, detail);
}

/* Bytes are missing from a time in which packets were dropped: that is said, and no more is known. Once as a finding. */
static void
lost_packets(struct conversation *c, enum dir dir, uint64_t missing, uint64_t dropped, struct origin from)
{
	struct buf words;

	if (c->nlost == 0) {
		buf_init(&words, LIMIT_DETAIL);
		words_count(&words, missing, "byte is", "bytes are");
		buf_text(&words, " missing from a time in which ");
		words_count(&words, dropped, "packet was", "packets were");
		buf_text(&words, " being dropped");
		note_on(c, FINDING_LOAD_LOST_PACKETS, dir, c->gap, from, buf_slice(&words));
		buf_fini(&words);
	}
	c->lost[c->nlost++ % LOST_KEPT] = (struct lost){ from, dropped };
}

static void
on_gap(void *self, void *conn, enum dir dir, uint64_t missing, struct origin from)
{
	struct conversation *c = conn;
	uint64_t dropped = statistics_dropped(self, c->heard[dir], from.time);

	if (dropped > 0)
		lost_packets(c, dir, missing, dropped, from);
	stack_gap(c->stack, dir, missing, from);
	look_after(c, from);
}

static void
on_eof(void *self, void *conn, enum dir dir, struct origin from)
{
	struct conversation *c = conn;

	(void)self;
	stack_eof(c->stack, dir, from);
	look_after(c, from);
}

static void
on_one_sided(void *self, void *conn, struct origin from)
{
	struct conversation *c = conn;

	(void)self;
	c->one_sided = true;
	stack_one_sided(c->stack, from);
	look_after(c, from);
}

static void
on_close(void *self, void *conn, struct flow *f, enum why why, enum dir who, struct origin from)
{
	struct conversation *c = conn;
	struct tcp_facts tcp;

	(void)f;
	stack_close(c->stack, why, who, from);
	if (c->number == 0)
		tell_no_smtp(c, from);
	else {
		struct event ev = event_of(c, EV_CLOSE, turned(c, who), from);

		facts(c, &tcp);
		ev.u.close = (struct ev_close){ why, turned(c, who), &tcp };
		publish(self, &ev);
		c->engine->open_sessions--;
	}
	conversation_free(c);
}

static void
on_attempt(void *self, struct flow *f, enum attempt outcome, struct origin first, struct origin last, slice detail)
{
	tell_attempt(self, f, outcome, first, last, detail);
}

static void
note_gap(struct conversation *c, enum dir dir, uint64_t offset, struct origin from, slice detail)
{
	uint64_t dropped = statistics_dropped(c->engine, c->heard[dir], from.time);
	struct buf words;

	c->gap = offset;
	buf_init(&words, LIMIT_DETAIL);
	buf_add(&words, detail);
	if (dropped > 0) {
		buf_text(&words, ", while ");
		words_count(&words, dropped, "packet was being dropped", "packets were being dropped");
	}
	note_on(c, FINDING_TCP_GAP, dir, offset, from, buf_slice(&words));
	buf_fini(&words);
}

static void
on_note(void *self, void *conn, struct flow *f, enum finding finding, enum dir dir, uint64_t offset, struct origin from, slice detail)
{
	struct conversation *c = conn;

	if (f == NULL)
		publish_lone(self, finding, from.packet, from.time, offset, detail);
	else if (c == NULL)
		hold_early(self, f, note_copy(finding, dir, offset, from, detail));
	else if (finding == FINDING_TCP_GAP)
		note_gap(c, dir, offset, from, detail);
	else
		note_on(c, finding, dir, offset, from, detail);
}

static void
on_packet(void *self, void *conn, enum dir dir, const struct segment *s, uint64_t offset, uint64_t acknowledged, uint32_t flags)
{
	struct conversation *c = conn;
	struct event ev = event_of(c, EV_PACKET, c->number != 0 ? turned(c, dir) : dir, s->from);

	ev.at.offset = offset;
	ev.at.length = s->length;
	ev.u.packet = (struct ev_packet){ .acknowledged = acknowledged, .window = s->window, .flags = flags };
	if (c->number != 0)
		publish(self, &ev);
	else
		hold_packet(c, &ev);
}

static bool
on_recall(void *self, uint64_t mark)
{
	struct engine *e = self;

	return e->options.source->recall(e->options.source->self, mark);
}

static bool
on_mail_port(void *self, uint16_t port)
{
	return is_mail_port(self, port);
}

static enum evict_class
on_evict(void *self, void *conn)
{
	const struct conversation *c = conn;

	(void)self;
	if (c->number == 0)
		return EVICT_UNRECOGNISED;
	if (c->one_sided && !c->in_transaction)
		return EVICT_ONE_SIDED;
	return c->in_transaction ? EVICT_IN_TRANSACTION : EVICT_IDLE;
}

struct stream_user
conversation_user(struct engine *e)
{
	return (struct stream_user){
		.self = e, .open = on_open, .data = on_data, .gap = on_gap, .eof = on_eof, .one_sided = on_one_sided,
		.close = on_close, .attempt = on_attempt, .note = on_note, .packet = on_packet,
		.recall = on_recall, .mail_port = on_mail_port, .evict = on_evict,
	};
}
