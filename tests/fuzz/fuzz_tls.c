/*
 * fuzz_tls.c - the record recogniser under a toy protocol, fed whole and fed
 * byte by byte: it says the same, and the same bytes come up.
 *
 * Input: steps. A step's first byte has the direction (1), a gap (2: of the
 * next byte), an end (4), and else in its upper bits how many bytes follow.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "dissect/stack.h"

struct told { struct buf events, up[2]; };

static struct told *
of_stack(struct layer *l)
{
	return *(struct told **)layer_state(l);
}

static struct told *now;		/* open() cannot be told */

static void
toy_open(struct layer *l)
{
	*(struct told **)layer_state(l) = now;
}

/* A '!' of the server puts TLS under, also when TLS was there and went. */
static size_t
toy_data(struct layer *l, enum dir dir, slice s)
{
	struct told *t = of_stack(l);
	size_t n;

	if (dir == DIR_SERVER && !layer_has_below(l) && slice_find(s, '!', &n) && layer_insert(l, "tls"))
		s = slice_take(s, n + 1);
	buf_add(&t->up[dir], s);
	return s.n;
}

static void
toy_decide(struct layer *l, enum dir dir)
{
	(void)l;
	(void)dir;
}

static void
toy_gap(struct layer *l, enum dir dir, uint64_t missing)
{
	buf_printf(&of_stack(l)->up[dir], "<gap %llu>", (unsigned long long)missing);
}

static void
toy_eof(struct layer *l, enum dir dir)
{
	buf_add(&of_stack(l)->up[dir], S("<end>"));
}

static enum probe
toy_probe(const struct hint *h)
{
	(void)h;
	return PROBE_YES;
}

static const struct dissector toy = {
	.name = "toy", .summary = "a toy", .state_size = sizeof(struct told *), .probe = toy_probe, .open = toy_open,
	.data = toy_data, .decide = toy_decide, .gap = toy_gap, .eof = toy_eof,
};

extern const struct dissector tls_dissector;
const struct dissector *const dissectors[] = { &toy, &tls_dissector, NULL };

static void
on_emit(void *self, struct stack *s, struct event *ev)
{
	struct told *t = self;

	(void)s;
	buf_printf(&t->events, "%d %d %llu+%llu ", (int)ev->kind, (int)ev->at.dir, (unsigned long long)ev->at.offset, (unsigned long long)ev->at.length);
	if (ev->kind == EV_TLS)
		buf_printf(&t->events, "%d %s %x\n", (int)ev->u.tls.what, ev->u.tls.mode, ev->u.tls.record_version);
	if (ev->kind == EV_ANOMALY) {
		buf_printf(&t->events, "%d ", (int)ev->u.anomaly.finding);
		buf_add(&t->events, ev->u.anomaly.detail);
	}
}

static void
on_found(void *self, struct stack *s, const struct dissector *d, bool flipped)
{
	(void)self;
	(void)s;
	(void)d;
	(void)flipped;
}

static slice
do_step(struct stack *s, slice in, size_t piece, bool ended[2])
{
	uint8_t op = in.p[0];
	enum dir dir = op & 1 ? DIR_SERVER : DIR_CLIENT;
	struct origin from = { .packet = 1, .time = 0 };
	slice bytes;

	in = slice_drop(in, 1);
	if (ended[dir])
		return in;
	if (op & 2) {
		stack_gap(s, dir, in.n > 0 ? 1 + (uint64_t)in.p[0] : 1, from);
		return slice_drop(in, 1);
	}
	if (op & 4) {
		ended[dir] = true;
		stack_eof(s, dir, from);
		return in;
	}
	bytes = slice_take(in, op >> 3);
	for (slice rest = bytes; rest.n > 0; rest = slice_drop(rest, piece))
		stack_data(s, dir, slice_take(rest, piece), from);
	return slice_drop(in, bytes.n);
}

static void
run(struct told *t, slice in, size_t piece)
{
	struct stack_user user = { .self = t, .emit = on_emit, .found = on_found, .wants = ~0u };
	struct stack_conn conn = { .port = 25, .mail_port = true, .handshake_done = NSTIME_NONE };
	struct stack *s = stack_new(&user, NULL, &conn);
	bool ended[2] = { false, false };

	now = t;
	buf_init(&t->events, MiB);
	buf_init(&t->up[0], MiB);
	buf_init(&t->up[1], MiB);
	while (in.n > 0)
		in = do_step(s, in, piece, ended);
	stack_close(s, WHY_END_OF_CAPTURE, DIR_CLIENT, (struct origin){ .packet = 2, .time = 0 });
	stack_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told whole, cut;

	run(&whole, (slice){ data, size }, SIZE_MAX);
	run(&cut, (slice){ data, size }, 1);
	CHECK(slice_eq(buf_slice(&whole.events), buf_slice(&cut.events)));
	for (int d = 0; d < 2; d++) {
		CHECK(slice_eq(buf_slice(&whole.up[d]), buf_slice(&cut.up[d])));
		buf_fini(&whole.up[d]);
		buf_fini(&cut.up[d]);
	}
	buf_fini(&whole.events);
	buf_fini(&cut.events);
	return 0;
}
