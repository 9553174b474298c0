/*
 * stack.c - a toy protocol climbs through layers: waiting, insertion under a
 * talker, retiring with and without bytes, gaps and ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "dissect/stack.h"

/* What was said, as text: each test compares it with what it expects. */
static struct buf said;

static const char *
said_text(void)
{
	buf_add_byte(&said, '\0');
	return (const char *)said.p;
}

/*
 * The toy: a client byte '?' waits until the server has said '!'; 's' from
 * the server, and 'i' from either, inserts the filter; every other byte is said with its offset
 * and packet.
 */
struct toy { unsigned answers, asked; bool guess; };

static void
toy_open(struct layer *l)
{
	(void)l;
	buf_printf(&said, "open ");
}

static void
say_byte(struct layer *l, enum dir dir, uint8_t byte, size_t at)
{
	buf_printf(&said, "%c%c@%llu#%llu ", dir == DIR_CLIENT ? 'c' : 's', byte,
	    (unsigned long long)(layer_offset(l, dir) + at), (unsigned long long)layer_origin(l).packet);
}

static size_t
toy_data(struct layer *l, enum dir dir, slice s)
{
	struct toy *t = layer_state(l);

	for (size_t i = 0; i < s.n; i++) {
		if (dir == DIR_CLIENT && s.p[i] == '?' && t->answers == 0 && !t->guess)
			return i;
		if (dir == DIR_CLIENT && s.p[i] == '?')
			t->answers -= t->answers > 0;
		if (dir == DIR_SERVER && s.p[i] == '!')
			t->answers++;
		say_byte(l, dir, s.p[i], i);
		if ((dir == DIR_SERVER && s.p[i] == 's') || s.p[i] == 'i') {
			assert_true(layer_insert(l, "filter"));
			return i + 1;
		}
	}
	return s.n;
}

static void
toy_decide(struct layer *l, enum dir dir)
{
	struct toy *t = layer_state(l);

	(void)dir;
	t->guess = true;
	buf_printf(&said, "guess ");
}

static void
toy_gap(struct layer *l, enum dir dir, uint64_t missing)
{
	(void)l;
	buf_printf(&said, "%cgap%llu ", dir == DIR_CLIENT ? 'c' : 's', (unsigned long long)missing);
}

static void
toy_eof(struct layer *l, enum dir dir)
{
	(void)l;
	buf_printf(&said, "%ceof ", dir == DIR_CLIENT ? 'c' : 's');
}

static void
toy_close(struct layer *l, enum why why, enum dir who)
{
	(void)l;
	(void)why;
	(void)who;
	buf_printf(&said, "close");
}

static enum probe
toy_probe(const struct hint *h)
{
	if (h->head[DIR_SERVER].n > 0)
		return h->head[DIR_SERVER].p[0] == 'N' ? PROBE_NO : PROBE_YES;
	if (h->head[DIR_CLIENT].n > 0 && h->head[DIR_CLIENT].p[0] == 'F')
		return PROBE_FLIPPED;
	return PROBE_MORE;
}

static const struct dissector toy = {
	.name = "toy", .summary = "a toy", .state_size = sizeof(struct toy), .probe = toy_probe, .open = toy_open,
	.data = toy_data, .decide = toy_decide, .gap = toy_gap, .eof = toy_eof, .close = toy_close,
};

/* The filter: 'P' passes, 'D' drops, '+x' forwards the x above. */
static void
filter_open(struct layer *l)
{
	(void)l;
	buf_printf(&said, "[ ");
}

static size_t
filter_data(struct layer *l, enum dir dir, slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == 'P' || s.p[i] == 'D') {
			layer_retire(l, s.p[i] == 'P' ? LAYER_PASS : LAYER_DROP);
			buf_printf(&said, "] ");
			return i + 1;
		}
		if (s.p[i] == '+' && i + 1 < s.n)
			layer_forward(l, dir, slice_take(slice_drop(s, ++i), 1));
	}
	return s.n;
}

static void
filter_gap(struct layer *l, enum dir dir, uint64_t missing)
{
	layer_forward_gap(l, dir, missing);
}

static void
filter_eof(struct layer *l, enum dir dir)
{
	layer_forward_eof(l, dir);
}

static const struct dissector filter = {
	.name = "filter", .summary = "a filter", .state_size = 1, .rank = -1, .open = filter_open,
	.data = filter_data, .gap = filter_gap, .eof = filter_eof,
};

const struct dissector *const dissectors[] = { &filter, &toy, NULL };

static void
on_emit(void *self, struct stack *s, struct event *ev)
{
	(void)self;
	(void)s;
	(void)ev;
}

static void
on_found(void *self, struct stack *s, const struct dissector *d, bool flipped)
{
	(void)self;
	(void)s;
	buf_printf(&said, "%s%s ", d->name, flipped ? "-flipped" : "");
}

static const struct stack_user user = { .emit = on_emit, .found = on_found };

/*
 * Runs a script and returns what was said. Words: "c:BYTES" "s:BYTES" data,
 * "cgap" "sgap" a gap of 7, "ceof" "seof", "one" one-sided, "close". The n-th word is packet n.
 */
static const char *
run(const char *script)
{
	struct stack *s = stack_new(&user, NULL, &(struct stack_conn){ .port = 25, .mail_port = true });
	slice rest = slice_of(script), word;
	struct origin from = { 0 };
	bool more;

	buf_clear(&said);
	do {
		enum dir dir;

		more = slice_cut(rest, ' ', &word, &rest);
		dir = word.p[0] == 'c' ? DIR_CLIENT : DIR_SERVER;
		from.packet++;
		if (slice_eq(word, S("close")))
			stack_close(s, WHY_FIN, DIR_CLIENT, from);
		else if (slice_eq(word, S("one")))
			stack_one_sided(s, from);
		else if (word.p[1] == ':')
			stack_data(s, dir, slice_drop(word, 2), from);
		else if (word.p[1] == 'g')
			stack_gap(s, dir, 7, from);
		else
			stack_eof(s, dir, from);
	} while (more);
	if (stack_state(s) == STACK_REJECTED)
		buf_printf(&said, "rejected");
	stack_free(&s);
	return said_text();
}

static const struct { const char *name, *script, *expect; } cases[] = {
	{ "in order", "s:ab c:x close", "toy open sa@0#1 sb@1#1 cx@0#2 close" },
	{ "the first piece waits for a probe, and is told in order", "c:x s:a close", "toy open cx@0#1 sa@0#2 close" },
	{ "no", "s:N c:x", "rejected" },
	{ "flipped", "c:F s:a close", "toy-flipped open sF@0#1 ca@0#2 close" },
	{ "bytes wait for the answer and keep their packet", "s:a c:x?y c:z s:! close",
	  "toy open sa@0#1 cx@0#2 s!@1#4 c?@1#2 cy@2#2 cz@3#3 close" },
	{ "an end waits behind kept bytes", "s:a c:? ceof s:! close", "toy open sa@0#1 s!@1#4 c?@0#2 ceof close" },
	{ "a gap decides", "s:a c:?x cgap c:y close", "toy open sa@0#1 guess c?@0#2 cx@1#2 cgap7 cy@9#4 close" },
	{ "one-sided decides at once", "s:a one c:? close", "toy open sa@0#1 guess c?@0#3 close" },
	{ "the end of the capture decides", "s:a c:? close", "toy open sa@0#1 guess c?@0#2 close" },
	{ "a filter takes over", "s:as c:+x+y s:z close", "toy open sa@0#1 ss@1#1 [ cx@0#2 cy@1#2 close" },
	{ "the filter gets what was kept, then what follows", "s:a c:?+k s:s+m close",
	  "toy open sa@0#1 ss@1#3 [ ck@0#2 sm@2#3 close" },
	{ "a filter passes: its rest and all that follows go up", "s:a c:Pxy s:sb close",
	  "toy open sa@0#1 cP@0#2 cx@1#2 cy@2#2 ss@1#3 [ close" },
	{ "a filter passes on kept bytes", "s:a c:?Pxy s:sb c:w s:! close",
	  "toy open sa@0#1 ss@1#3 [ ] cx@2#2 cy@3#2 sb@2#3 cw@4#4 s!@3#5 close" },
	{ "a filter drops", "s:s c:Dxy s:zz c:w close", "toy open ss@0#1 [ ] close" },
	{ "kept runs go to a filter that an earlier run of them brought in", "s:a c:? c:Pi c:+z s:s close",
	  "toy open sa@0#1 ss@1#5 [ ] ci@2#3 [ cz@3#4 close" },
	{ "a filter that passes when it must decide hears of the gap above", "s:s c:Px cgap c:y close",
	  "toy open ss@0#1 [ ] cx@1#2 cgap7 cy@9#4 close" },
	{ "a gap and an end go through a filter", "s:s cgap ceof close", "toy open ss@0#1 [ cgap7 ceof close" },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *got = run(cases[i].script);

		if (strcmp(got, cases[i].expect) != 0)
			print_message("case: %s\n", cases[i].name);
		assert_string_equal(got, cases[i].expect);
	}
}

/* At LIMIT_KEPT the layer must guess; nothing is lost and nothing is offered twice. */
static void
test_cap(void **state)
{
	struct stack *s = stack_new(&user, NULL, &(struct stack_conn){ .port = 25, .mail_port = true });
	static uint8_t block[4096];
	size_t before;

	(void)state;
	memset(block, 'x', sizeof block);
	buf_clear(&said);
	stack_data(s, DIR_SERVER, S("a"), (struct origin){ .packet = 1 });
	stack_data(s, DIR_CLIENT, S("?"), (struct origin){ .packet = 2 });
	for (size_t n = 1; n + sizeof block < LIMIT_KEPT; n += sizeof block)
		stack_data(s, DIR_CLIENT, (slice){ block, sizeof block }, (struct origin){ .packet = 3 });
	before = said.n;
	assert_null(memchr(said.p, 'x', said.n));
	stack_data(s, DIR_CLIENT, (slice){ block, sizeof block }, (struct origin){ .packet = 4 });
	assert_true(said.n > before);
	assert_non_null(strstr(said_text(), "guess c?@0#2"));
	stack_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_cap) };
	int failed;

	buf_init(&said, 64 * MiB);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_fini(&said);
	return failed;
}
