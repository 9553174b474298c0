/*
 * tls.c - the record recogniser under a toy protocol, in which a '!' of the
 * server is its 220 to STARTTLS. Every script runs whole and byte by byte, and
 * must say the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "dissect/stack.h"

/* What happened, and which bytes came up from either side ("~5" is a gap of five). */
static struct buf told, up[2];

static size_t
toy_data(struct layer *l, enum dir dir, slice s)
{
	size_t n;

	if (dir == DIR_SERVER && !layer_has_below(l) && slice_find(s, '!', &n)) {
		buf_add(&up[dir], slice_take(s, n + 1));
		assert_true(layer_insert(l, "tls"));
		return n + 1;
	}
	buf_add(&up[dir], s);
	return s.n;
}

static void
toy_open(struct layer *l)
{
	if (layer_port(l) == 465)
		assert_true(layer_insert(l, "tls"));
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
	(void)l;
	buf_printf(&up[dir], "~%llu", (unsigned long long)missing);
}

static void
toy_eof(struct layer *l, enum dir dir)
{
	(void)l;
	buf_add(&up[dir], S("$"));
}

static enum probe
toy_probe(const struct hint *h)
{
	(void)h;
	return PROBE_YES;
}

static const struct dissector toy = {
	.name = "toy", .summary = "a toy", .probe = toy_probe, .open = toy_open,
	.data = toy_data, .decide = toy_decide, .gap = toy_gap, .eof = toy_eof,
};

extern const struct dissector tls_dissector;
const struct dissector *const dissectors[] = { &toy, &tls_dissector, NULL };

static void
on_emit(void *self, struct stack *s, struct event *ev)
{
	static const char *const what[] = { "begins", "not", "ends" };
	char side = ev->at.dir == DIR_CLIENT ? 'c' : 's';

	(void)self;
	(void)s;
	if (ev->kind == EV_TLS)
		buf_printf(&told, "%s %s %04x %c%llu; ", what[ev->u.tls.what], ev->u.tls.mode, ev->u.tls.record_version, side,
		    (unsigned long long)ev->at.offset);
	if (ev->kind == EV_ANOMALY)
		buf_printf(&told, "%s %c%llu+%llu \"%.*s\"; ", finding_info(ev->u.anomaly.finding)->id, side,
		    (unsigned long long)ev->at.offset, (unsigned long long)ev->at.length,
		    (int)ev->u.anomaly.detail.n, (const char *)ev->u.anomaly.detail.p);
}

static void
on_found(void *self, struct stack *s, const struct dissector *d, bool flipped)
{
	(void)self;
	(void)s;
	(void)d;
	(void)flipped;
}

enum { END, DATA, GAP, FIN, ALONE };
struct step { int what; enum dir dir; slice bytes; uint64_t missing; };

#define C(bytes) { DATA, DIR_CLIENT, S(bytes), 0 }
#define V(bytes) { DATA, DIR_SERVER, S(bytes), 0 }	/* the server's */
#define CGAP(n) { GAP, DIR_CLIENT, { NULL, 0 }, n }
#define VGAP(n) { GAP, DIR_SERVER, { NULL, 0 }, n }
#define CFIN { FIN, DIR_CLIENT, { NULL, 0 }, 0 }
#define ONE_SIDED { ALONE, DIR_CLIENT, { NULL, 0 }, 0 }

#define CHELLO "\x16\x03\x01\x00\x04\x01" "abc"
#define SHELLO "\x16\x03\x03\x00\x04\x02" "abc"
#define DATA5 "\x17\x03\x03\x00\x05" "EHLO\n"
#define FATAL "\x15\x03\x03\x00\x02\x02\x28"
#define WARN "\x15\x03\x03\x00\x02\x01\x5a"
#define BEGINS(version) "begins starttls " version " c0; "
#define TURNED "smtp.starttls c0+5 \"\"; "

static const struct script {
	const char *name;
	uint16_t port;
	struct step step[9];
	const char *told, *client, *server;
} scripts[] = {
	{ "starttls", 25, { V("hi!"), C(CHELLO), V(SHELLO DATA5), C(DATA5 DATA5), V(DATA5), CFIN },
	    BEGINS("0301") TURNED, "$", "hi!" },
	{ "implicit", 465, { C(CHELLO), V(SHELLO DATA5), C(DATA5) },
	    "begins implicit 0301 c0; smtp.implicit-tls c0+5 \"\"; ", "", "" },
	{ "implicit port, clear talk", 465, { C("EHLO x\r\n"), V("250 x\r\n") }, "not implicit 0000 c0; ", "EHLO x\r\n", "250 x\r\n" },
	{ "SSL 2 hello", 25, { V("hi!"), C("\x80\x06\x01\x03\x01" "abc" DATA5), V(SHELLO) }, BEGINS("0301") TURNED, "", "hi!" },
	{ "not TLS", 25, { V("hi!"), C("EHLO x\r\n"), V("250 x\r\n") },
	    "not starttls 0000 c0; smtp.starttls-not-tls c0+1 \"\"; ", "EHLO x\r\n", "hi!250 x\r\n" },
	{ "nearly TLS", 25, { V("hi!"), C("\x16\x03\x01\x01\x04\x02" "abc"), V("500 what?\r\n") },
	    "not starttls 0000 c0; smtp.starttls-not-tls c0+1 \"\"; ", "\x16\x03\x01\x01\x04\x02" "abc", "hi!500 what?\r\n" },
	{ "only a beginning", 25, { V("hi!"), C("\x16\x03"), CFIN },
	    "not starttls 0000 c0; smtp.starttls-not-tls c0+1 \"\"; ", "\x16\x03$", "hi!" },
	{ "alert, then clear", 25, { V("hi!"), C(CHELLO), V(FATAL), C("MAIL\r\n"), V("250 ok\r\n") },
	    BEGINS("0301") "ends starttls 0000 s10; ", "MAIL\r\n", "hi!250 ok\r\n" },
	{ "client's alert, then clear", 25, { V("hi!"), C(CHELLO), V(SHELLO), C(FATAL "MAIL\r\n"), V("250 ok\r\n") },
	    BEGINS("0301") "ends starttls 0000 c16; ", "MAIL\r\n", "hi!250 ok\r\n" },
	{ "warning, then desync", 25, { V("hi!"), C(CHELLO), V(SHELLO WARN), C("MAIL\r\n" CHELLO), V("250 ok\r\n") }, BEGINS("0301"), "", "hi!" },
	{ "hello refused in clear", 25, { V("hi!"), C(CHELLO), V("454 no\r\n"), C("MAIL\r\n") },
	    BEGINS("0301") "ends starttls 0000 s3; ", "MAIL\r\n", "hi!454 no\r\n" },
	{ "injected reply", 25, { V("hi!250 injected\r\n"), C(CHELLO), V(SHELLO DATA5), C(DATA5) },
	    BEGINS("0301") "smtp.starttls-response-injection s3+14 \"250 injected\"; " TURNED, "", "hi!" },
	{ "injected, glued to the hello", 25, { V("hi!\x16\x03\x16\x03junk" SHELLO DATA5), C(CHELLO DATA5), V(DATA5) },
	    BEGINS("0301") "smtp.starttls-response-injection s3+8 \"\x16\x03\x16\x03junk\"; " TURNED, "", "hi!" },
	{ "injected, and no hello", 25, { V("hi!250 injected"), C(CHELLO) },
	    BEGINS("0301") "smtp.starttls-response-injection s3+12 \"250 injected\"; ", "", "hi!" },
	{ "gap in a record", 25, { V("hi!"), C(CHELLO), V(SHELLO "\x17\x03\x03\x00\x09xx"), VGAP(7), V(FATAL "250 ok\r\n"), C("x") },
	    BEGINS("0301") TURNED "ends starttls 0000 s33; ", "x", "hi!250 ok\r\n" },
	{ "gap over records", 25, { V("hi!"), C(CHELLO), V(SHELLO), VGAP(7), V(FATAL "250 ok\r\n"), C(DATA5) },
	    BEGINS("0301") TURNED, "", "hi!" },
	{ "client hello lost", 25, { V("hi!"), CGAP(9), C(DATA5), V(SHELLO DATA5), C(DATA5) },
	    "begins starttls 0303 s3; smtp.starttls s3+5 \"\"; ", "", "hi!" },
	{ "client hello lost in part", 25, { V("hi!"), C("\x16\x03"), CGAP(9), V(SHELLO), C(DATA5) },
	    "begins starttls 0000 c0; smtp.starttls c0+5 \"\"; ", "", "hi!" },
	{ "clear talk lost", 25, { V("hi!"), CGAP(9), C("MAIL\r\n"), V("250 ok\r\n") },
	    "not starttls 0000 s3; smtp.starttls-not-tls s3+1 \"\"; ", "~9MAIL\r\n", "hi!250 ok\r\n" },
	{ "server only", 25, { V("hi!"), ONE_SIDED, V(SHELLO DATA5) }, "begins starttls 0303 s3; smtp.starttls s3+5 \"\"; ", "", "hi!" },
	{ "server only, clear", 25, { V("hi!"), ONE_SIDED, V("250 ok\r\n") },
	    "not starttls 0000 s3; smtp.starttls-not-tls s3+1 \"\"; ", "", "hi!250 ok\r\n" },
	{ "bad length", 25, { V("hi!"), C("\x16\x03\x01\xff\xff\x01" "abc") },
	    "not starttls 0000 c0; smtp.starttls-not-tls c0+1 \"\"; ", "\x16\x03\x01\xff\xff\x01" "abc", "hi!" },
};

static void
do_step(struct stack *s, const struct step *step, size_t piece)
{
	static struct origin from = { .packet = 1, .time = 0 };

	from.packet++;
	switch (step->what) {
	case DATA:
		for (slice rest = step->bytes; rest.n > 0; rest = slice_drop(rest, piece))
			stack_data(s, step->dir, slice_take(rest, piece), from);
		break;
	case GAP:
		stack_gap(s, step->dir, step->missing, from);
		break;
	case FIN:
		stack_eof(s, step->dir, from);
		break;
	case ALONE:
		stack_one_sided(s, from);
		break;
	}
}

static void
check(const char *name, size_t piece, const char *what, struct buf *got, const char *want)
{
	if (!slice_eq(buf_slice(got), slice_of(want)))
		fail_msg("%s, pieces of %zu: %s \"%.*s\", want \"%s\"", name, piece, what, (int)got->n, (const char *)got->p, want);
}

static void
run(const struct script *script, size_t piece)
{
	struct stack_user user = { .emit = on_emit, .found = on_found, .wants = ~0u };
	struct stack_conn conn = { .port = script->port, .mail_port = true, .handshake_done = NSTIME_NONE };
	struct stack *s = stack_new(&user, NULL, &conn);

	buf_init(&told, 4096);
	buf_init(&up[0], 4096);
	buf_init(&up[1], 4096);
	for (const struct step *step = script->step; step->what != END; step++)
		do_step(s, step, piece);
	stack_close(s, WHY_END_OF_CAPTURE, DIR_CLIENT, (struct origin){ .packet = 99 });
	check(script->name, piece, "told", &told, script->told);
	check(script->name, piece, "client", &up[0], script->client);
	check(script->name, piece, "server", &up[1], script->server);
	stack_free(&s);
	buf_fini(&told);
	buf_fini(&up[0]);
	buf_fini(&up[1]);
}

static void
test_scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		run(&scripts[i], SIZE_MAX);
		run(&scripts[i], 1);
		run(&scripts[i], 3);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_scripts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
