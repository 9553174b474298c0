/*
 * described.c - what libmagic says of a part, in its words, where it was
 * asked for: a fact named "magic". Nothing else depends on it.
 */
#include "base/buf.h"
#include "base/libmagic.h"
#include "base/limits.h"
#include "facts.h"

struct described {
	struct facts facts;
	struct buf head;
	bool gap;
};

static bool
takes(const struct content_about *about, slice head)
{
	(void)about;
	return head.n > 0 && libmagic_is_open();
}

static void
open_described(void *state, const struct opener_user *user, const struct content_about *about)
{
	struct described *d = state;

	(void)about;
	d->facts.user = user;
	buf_init(&d->head, LIMIT_LIBMAGIC);
}

static void
feed(void *state, slice s)
{
	struct described *d = state;

	if (!d->gap)
		buf_add(&d->head, s);
}

static void
gap(void *state, uint64_t missing)
{
	struct described *d = state;

	(void)missing;
	d->gap = true;
}

static bool
close_described(void *state, bool whole)
{
	struct described *d = state;
	struct buf words;

	(void)whole;
	buf_init(&words, LIMIT_FACT);
	libmagic_describe(buf_slice(&d->head), &words);
	facts_tell(&d->facts, 0, S("magic"), buf_slice(&words));
	buf_fini(&words);
	buf_fini(&d->head);
	return false;
}

static size_t
memory(const void *state)
{
	return ((const struct described *)state)->head.cap;
}

const struct opener described_opener = {
	.name = "described", .state_size = sizeof(struct described), .takes = takes, .open = open_described, .feed = feed, .gap = gap,
	.close = close_described, .memory = memory,
};
