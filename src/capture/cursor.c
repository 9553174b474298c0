#include "cursor.h"

#include <string.h>

void
cursor_init(struct cursor *c, const struct input *input, struct ring *ring, size_t first_size, size_t block_size)
{
	*c = (struct cursor){ .input = *input, .ring = ring, .block_size = block_size };
	c->block = ring_take(ring, first_size);
	c->p = c->end = c->block->bytes;
}

void
cursor_fini(struct cursor *c)
{
	c->input.close(c->input.self);
	ring_release(c->ring, &c->block);
}

/*
 * Goes on in a fresh block, taking along what has not been used yet. There is
 * always room for much more than what is asked for: a reader that goes forward
 * by a byte and asks for as much again must not have it all moved each time.
 */
static void
next_block(struct cursor *c, size_t n)
{
	size_t rest = cursor_left(c);
	struct block *b = ring_take(c->ring, n <= c->block_size / 2 ? c->block_size : n + c->block_size);

	if (rest > 0)
		memcpy(b->bytes, c->p, rest);
	b->used = rest;
	ring_release(c->ring, &c->block);
	c->block = b;
	c->p = b->bytes;
	c->end = b->bytes + rest;
}

static enum got
read_more(struct cursor *c)
{
	struct block *b = c->block;
	long n = c->input.read(c->input.self, b->bytes + b->used, b->cap - b->used);

	if (n == INPUT_AGAIN)
		return GOT_AGAIN;
	if (n <= 0) {
		c->over = true;
		c->why = (enum input_end)n;
		return GOT_END;
	}
	b->used += (size_t)n;
	c->end += n;
	c->end_offset += (uint64_t)n;
	return GOT;
}

enum got
cursor_fill(struct cursor *c, size_t n)
{
	while (cursor_left(c) < n) {
		enum got got;

		if (c->over)
			return GOT_END;
		if (c->block->cap - (size_t)(c->p - c->block->bytes) < n)
			next_block(c, n);
		if ((got = read_more(c)) != GOT)
			return got;
	}
	return GOT;
}

enum got
cursor_skip(struct cursor *c, uint64_t n)
{
	c->skip += n;
	while (c->skip > 0) {
		size_t left = cursor_left(c);
		size_t now = c->skip < left ? (size_t)c->skip : left;
		enum got got;

		c->p += now;
		c->skip -= now;
		if (c->skip > 0 && (got = cursor_need(c, 1)) != GOT)
			return got;
	}
	return GOT;
}
