/*
 * tls - recognises TLS under another protocol, and keeps it from being read as
 * that.
 *
 * smtp puts it under itself when a 220 answered STARTTLS, or when the client's
 * first bytes are a handshake (RFC 8314 3: implicit TLS). It looks at the
 * client's first bytes:
 *
 *	a ClientHello	TLS begins. From then on records are counted, and
 *			nothing is forwarded: ciphertext is nobody's mail.
 *	anything else	there is no TLS. The bytes go up, and so does all that
 *			follows.
 *
 * The server waits its turn; what it says before the client's hello is, if a
 * handshake follows, somebody's attempt to be heard as part of it
 * (CVE-2021-38370), and is a finding. A handshake may fail in clear: after an
 * alert, or in place of the server's hello, either side may go on as before
 * STARTTLS. Then TLS ends, and the bytes go up.
 *
 * BUGS: when a gap swallows a record's header, that direction's boundaries are
 * lost for good, and its bytes are only counted.
 */
#include "base/chars.h"
#include "dissect/dissector.h"
#include "record.h"

enum phase { LOOKING, INSIDE };
enum { INJECTED_TEXT = 128 };		/* kept of bytes before the server's handshake, to show them */

struct end {
	uint8_t hello[RECORD_HELLO];	/* LOOKING: its first bytes, held until they are enough */
	size_t nhello;
	uint64_t lost;			/* LOOKING: so many were not captured */
	bool alone;			/* the other side will not help to decide */
	struct records records;
};

struct tls {
	enum phase phase;
	struct end end[2];
	enum dir begun_by;		/* INSIDE: whose bytes said that it is TLS, and where */
	uint64_t begun_at;
	bool turned;			/* ... and keys are in use */
	bool ended;			/* ... by a fatal alert */
	bool starttls;			/* the server had spoken before: not implicit */
	bool server_early;		/* it spoke before the client's hello */
	uint64_t injected, injected_at;	/* what it said that is no record: bytes, stream offset of the first */
	uint8_t text[INJECTED_TEXT];
	bool injected_noted;
};

static void
emit(struct layer *l, enum tls_what what, enum dir dir, uint64_t offset, uint16_t version)
{
	const struct tls *t = layer_state(l);
	struct event ev;

	layer_event(l, EV_TLS, dir, &ev);
	ev.at.offset = offset;
	ev.at.length = what == TLS_BEGINS ? RECORD_HEADER : 0;
	ev.u.tls = (struct ev_tls){ what, t->starttls ? "starttls" : "implicit", version };
	layer_emit(l, &ev);
}

/* The session turned to TLS: said when keys are in use, because until then the handshake may fail. */
static void
note_turned(struct layer *l)
{
	struct tls *t = layer_state(l);
	enum finding finding = t->starttls ? FINDING_SMTP_STARTTLS : FINDING_SMTP_IMPLICIT_TLS;

	if (!t->turned)
		layer_note(l, finding, t->begun_by, t->begun_at, RECORD_HEADER, 0, SLICE_NONE);
	t->turned = true;
}

/* version 0: it is TLS, but its hello was not captured. */
static void
begin(struct layer *l, enum dir dir, uint64_t offset, uint16_t version)
{
	struct tls *t = layer_state(l);

	t->phase = INSIDE;
	t->begun_by = dir;
	t->begun_at = offset;
	emit(l, TLS_BEGINS, dir, offset, version);
	if (version == 0)
		note_turned(l);
}

/*
 * Bytes are not TLS, and so not mine: those held go up, and the stack gives the rest to the layer above. Retired
 * first, so that the layer above knows that they are no plaintext of mine.
 */
static void
step_out(struct layer *l, enum dir dir, slice held)
{
	layer_retire(l, LAYER_PASS);
	layer_forward(l, dir, held);
}

static void
give_up(struct layer *l, enum dir dir, uint64_t offset, slice held)
{
	struct tls *t = layer_state(l);

	emit(l, TLS_NOT, dir, offset, 0);
	if (t->starttls)
		layer_note(l, FINDING_SMTP_STARTTLS_NOT_TLS, dir, offset, 1, 0, SLICE_NONE);
	layer_retire(l, LAYER_PASS);
	for (enum dir d = DIR_CLIENT; d <= DIR_SERVER; d++) {
		if (t->end[d].lost > 0)
			layer_forward_gap(l, d, t->end[d].lost);
	}
	step_out(l, dir, held);
}

/* The client's first bytes decide. Where they were not captured the server's do, and each side's own if nobody else will. */
static bool
must_wait(const struct tls *t, enum dir dir)
{
	bool decides = (dir == DIR_CLIENT) == (t->end[DIR_CLIENT].lost == 0);

	return !decides && !t->end[dir].alone;
}

/* Behind a gap, or where the capture began late, there may be the middle of a record: only what looks like a line is surely none. */
static bool
is_middle(struct layer *l, slice in)
{
	const struct tls *t = layer_state(l);
	bool gap = t->end[DIR_CLIENT].lost > 0 || t->end[DIR_SERVER].lost > 0 || layer_midstream(l);

	return gap && !char_is_print(in.p[0]) && in.p[0] != '\r' && in.p[0] != '\n' && in.p[0] != '\t';
}

static size_t
look(struct layer *l, enum dir dir, slice in)
{
	struct tls *t = layer_state(l);
	struct end *e = &t->end[dir];
	slice hello = { e->hello, e->nhello };
	uint64_t offset = layer_offset(l, dir) - hello.n;
	enum look look = LOOK_MORE;
	size_t n = 0;

	if (must_wait(t, dir)) {
		t->server_early |= dir == DIR_SERVER;
		return 0;
	}
	if (hello.n == 0)
		t->starttls = layer_offset(l, DIR_SERVER) > 0 || (layer_midstream(l) && layer_offset(l, DIR_CLIENT) > 0);
	while (look == LOOK_MORE && n < in.n) {
		e->hello[hello.n++] = in.p[n++];
		look = record_look_hello(hello, dir == DIR_CLIENT);
	}
	if (look == LOOK_NO && is_middle(l, hello)) {
		begin(l, dir, offset, 0);
		e->records.lost = true;
		return in.n;
	}
	if (look == LOOK_NO) {		/* what was held goes up first: as many bytes wherever this piece began */
		give_up(l, dir, offset, slice_take(hello, hello.n - 1));
		return n - 1;
	}
	e->nhello = hello.n;
	if (look == LOOK_MORE)
		return n;
	begin(l, dir, offset, record_hello_version(hello));
	records_begin_hello(&e->records, hello);
	return n;		/* not one byte more: what the other side has waiting comes first, wherever this piece ends */
}

/* The server spoke too early, and has not begun a handshake yet: what is no record is none of TLS. */
static bool
is_injected(const struct tls *t, enum dir dir)
{
	return dir == DIR_SERVER && t->server_early && t->end[dir].records.count == 0;
}

/* Held bytes of a header that turned out to be none, or else one byte of `in`, which begins at `offset`. Returns what was taken of it. */
static size_t
take_injected(struct tls *t, uint64_t offset, slice in)
{
	struct records *r = &t->end[DIR_SERVER].records;
	slice held = { r->head, r->nhead };
	slice junk = held.n > 0 ? held : slice_take(in, 1);

	if (t->injected == 0)
		t->injected_at = offset - held.n;
	for (size_t i = 0; i < junk.n && t->injected + i < INJECTED_TEXT; i++)
		t->text[t->injected + i] = junk.p[i];
	t->injected += junk.n;
	r->nhead = 0;
	return held.n > 0 ? 0 : 1;
}

static void
note_injected(struct layer *l)
{
	struct tls *t = layer_state(l);
	slice text = slice_take((slice){ t->text, INJECTED_TEXT }, t->injected < INJECTED_TEXT ? (size_t)t->injected : INJECTED_TEXT);

	if (t->injected == 0 || t->injected_noted)
		return;
	t->injected_noted = true;
	layer_note(l, FINDING_SMTP_STARTTLS_RESPONSE_INJECTION, DIR_SERVER, t->injected_at, t->injected, 0, slice_chomp(text));
}

/* May what is no record be clear text again? An alert crossed in clear, or the server never answered the hello in TLS. */
static bool
may_be_clear(const struct tls *t, enum dir dir)
{
	return t->end[DIR_CLIENT].records.alerted || t->end[DIR_SERVER].records.alerted
	    || (dir == DIR_SERVER && t->end[dir].records.count == 0);
}

/* TLS is over, before it was any or after: said once. */
static void
end(struct layer *l, enum dir dir, uint64_t offset)
{
	struct tls *t = layer_state(l);

	if (!t->ended)
		emit(l, TLS_ENDS, dir, offset, 0);
	t->ended = true;
}

/* What the records walked over so far have shown. */
static void
note_progress(struct layer *l, enum dir dir)
{
	const struct tls *t = layer_state(l);

	if (dir == DIR_SERVER && t->end[dir].records.count > 0)
		note_injected(l);
	if (t->end[dir].records.encrypted)
		note_turned(l);
}

/* Walks to what stops it, passing over what was injected. */
static size_t
walk(struct layer *l, enum dir dir, slice in, enum walk *why_r)
{
	struct tls *t = layer_state(l);
	struct records *r = &t->end[dir].records;
	uint64_t offset = layer_offset(l, dir);
	size_t n = records_walk(r, in, why_r);

	while (*why_r == WALK_FATAL || (*why_r == WALK_NONE && is_injected(t, dir))) {
		if (*why_r == WALK_FATAL) {
			note_progress(l, dir);
			end(l, dir, offset + n);
		} else {
			n += take_injected(t, offset + n, slice_drop(in, n));
		}
		n += records_walk(r, slice_drop(in, n), why_r);
	}
	return n;
}

static size_t
inside(struct layer *l, enum dir dir, slice in)
{
	struct tls *t = layer_state(l);
	struct records *r = &t->end[dir].records;
	enum walk why;
	size_t n = walk(l, dir, in, &why);

	note_progress(l, dir);
	if (why == WALK_ALL)
		return n;
	if (may_be_clear(t, dir)) {
		end(l, dir, layer_offset(l, dir) + n - r->nhead);
		step_out(l, dir, (slice){ r->head, r->nhead });
		return n;
	}
	r->lost = true;
	return in.n;
}

static size_t
tls_data(struct layer *l, enum dir dir, slice in)
{
	struct tls *t = layer_state(l);

	return t->phase == LOOKING ? look(l, dir, in) : inside(l, dir, in);
}

static void
tls_decide(struct layer *l, enum dir dir)
{
	struct tls *t = layer_state(l);

	t->end[dir].alone = true;
}

/* Held bytes can only be a record's: no line begins with them. Without any, the other side decides. */
static void
tls_gap(struct layer *l, enum dir dir, uint64_t missing)
{
	struct tls *t = layer_state(l);
	struct end *e = &t->end[dir];

	note_injected(l);
	records_gap(&e->records, missing);
	if (t->phase == LOOKING && e->nhello > 0)
		begin(l, dir, layer_offset(l, dir) - missing - e->nhello, 0);
	else if (t->phase == LOOKING)
		e->lost += missing;
}

static void
tls_eof(struct layer *l, enum dir dir)
{
	struct tls *t = layer_state(l);
	struct end *e = &t->end[dir];

	if (t->phase == LOOKING && e->nhello > 0)
		give_up(l, dir, layer_offset(l, dir) - e->nhello, (slice){ e->hello, e->nhello });
	layer_forward_eof(l, dir);
}

/* The server had agreed, both were seen to the end, and the client said nothing more. */
static bool
nothing_followed(struct layer *l, enum why why)
{
	const struct tls *t = layer_state(l);
	bool lost = t->end[DIR_CLIENT].lost > 0 || t->end[DIR_SERVER].lost > 0 || layer_one_sided(l);

	return t->phase == LOOKING && !lost && (why == WHY_FIN || why == WHY_RST) && layer_offset(l, DIR_SERVER) > 0;
}

static void
tls_close(struct layer *l, enum why why, enum dir dir)
{
	(void)dir;
	note_injected(l);
	if (nothing_followed(l, why))
		layer_note(l, FINDING_SMTP_STARTTLS_NOT_TLS, DIR_CLIENT, layer_offset(l, DIR_CLIENT), 0, 0, SLICE_NONE);
}

/* All zero is where it begins. */
static void
tls_open(struct layer *l)
{
	(void)l;
}

const struct dissector tls_dissector = {
	.name = "tls",
	.summary = "TLS records, recognised and counted",
	.state_size = sizeof(struct tls),
	.rank = -1,
	.open = tls_open,
	.data = tls_data,
	.decide = tls_decide,
	.gap = tls_gap,
	.eof = tls_eof,
	.close = tls_close,
};
